//! The manager's counters: of its forwarding, and of each blade.

/// Counters of the manager as a whole, in the order of their addresses.
pub const MANAGER_COUNTERS: [(&str, &str); 27] = [
    ("frames_in", "Frames from the uplink, good and bad."),
    ("bytes_in", "Bytes of the frames from the uplink, without frame check sequence."),
    ("forwarded", "Frames given to one blade's queue."),
    ("flooded", "Frames given to every blade's queue: unknown and group destinations."),
    (
        "dropped_bad_fcs",
        "Frames from the uplink dropped for a wrong frame check sequence.",
    ),
    ("dropped_runt", "Frames from the uplink dropped as shorter than 64 bytes."),
    (
        "dropped_oversize",
        "Frames from the uplink dropped as longer than uplink.max_frame_length.",
    ),
    ("dropped_coding", "Frames from the uplink dropped for a coding error."),
    (
        "dropped_malformed",
        "Frames from the uplink dropped since their headers contradict each other or their length.",
    ),
    ("dropped_no_blade", "Frames from the uplink dropped since no blade may take them."),
    (
        "dropped_overrun",
        "Frames from the uplink dropped since too many short ones came at once.",
    ),
    (
        "dropped_queue_full",
        "Frames forwarded to one blade that its full queue dropped; forwarded counts them too.",
    ),
    ("flow_hits", "Balanced frames of a known flow."),
    ("flow_misses", "Balanced frames that open a flow."),
    ("flow_misses_without_syn", "TCP segments of an unknown flow that do not open one."),
    ("flow_insert_failures", "Flows that found no free place in the table."),
    ("flow_closed", "Flows closed by FIN or RST."),
    (
        "flow_expired",
        "Flows removed after their time-out without a frame, half-open ones among them; of those that were closed none is counted.",
    ),
    ("uplink_tx_frames", "Frames sent to the uplink."),
    (
        "uplink_tx_bytes",
        "Bytes of the frames sent to the uplink, without frame check sequence.",
    ),
    ("uplink_tx_underruns", "Frames to the uplink that were spoilt for want of data."),
    ("uplink_bad_blocks", "Received 66-bit blocks with a wrong header or type."),
    ("uplink_sequence_errors", "Received 66-bit blocks out of sequence."),
    ("uplink_block_lock_losses", "Times block lock was lost."),
    ("uplink_faults", "Times a local or remote fault began."),
    (
        "dropped_control",
        "MAC Control frames from the uplink, which end in its MAC while it obeys PAUSE frames.",
    ),
    (
        "uplink_prbs31_errors",
        "Received 66-bit words with a bit that is not PRBS31, while that is checked.",
    ),
];

/// Counters of each blade, in the order of their addresses.
pub const MANAGER_BLADE_COUNTERS: [(&str, &str); 16] = [
    ("new_flows", "Flows given to this blade."),
    (
        "tx_frames",
        "Frames queued to the blade, flooded ones and those of other blades included.",
    ),
    ("tx_bytes", "Bytes of those frames, without frame check sequence."),
    (
        "tx_dropped_full",
        "Frames to the blade dropped for a full queue, flooded ones and those of other blades included.",
    ),
    ("rx_frames", "Frames from the blade that went on to the uplink."),
    ("rx_bytes", "Bytes of those frames, without frame check sequence."),
    (
        "rx_dropped_bad_fcs",
        "Frames from the blade dropped for a wrong frame check sequence.",
    ),
    ("rx_dropped_runt", "Frames from the blade dropped as shorter than 64 bytes."),
    (
        "rx_dropped_oversize",
        "Frames from the blade dropped as longer than uplink.max_frame_length.",
    ),
    ("rx_dropped_coding", "Frames from the blade dropped for a coding error."),
    ("rx_dropped_full", "Good frames from the blade dropped for a full queue."),
    ("records_good", "Utilisation records accepted."),
    ("records_crc_error", "Utilisation records with a wrong CRC or version."),
    ("records_rejected", "Utilisation records with a right CRC held back as implausible."),
    (
        "code_errors",
        "Received code-groups that are no code-group, or of the wrong disparity.",
    ),
    ("sync_losses", "Times the link to the blade lost synchronisation."),
];
