//! The manager's forwarding plane: time-outs, limits, commands, and what it counts beside `statistics`.

use super::Access::{ReadOnly, ReadWrite, Strobe};
use super::{Block, Count, FLOW_TIMEOUT_DEFAULT, VALUE_32, VALUE_64, choice, counters, field, register, timeout_units, wide};
use crate::mac_table::AGING_SECONDS_DEFAULT;

/// Counters of the forwarding plane, in the order of their addresses; bit i of the plane's events counts in counter i.
pub const FORWARDING_COUNTERS: [(&str, &str); 16] = [
    (
        "dropped_no_service",
        "Frames from the uplink to the manager's own address that no service takes.",
    ),
    (
        "dropped_filtered",
        "Frames from the uplink whose destination is known behind the uplink.",
    ),
    (
        "dropped_storm",
        "Frames from the uplink that would have been flooded beyond forwarding.storm_limit.",
    ),
    ("responded", "Frames from the uplink given to the responder."),
    ("replies", "Frames that the responder sent."),
    (
        "responder_dropped",
        "Frames that the responder did not answer: not for it after all, too long, beyond forwarding.reply_limit, or no room.",
    ),
    (
        "flow_half_opens",
        "Flows that began with a SYN and await the client's next segment.",
    ),
    ("flow_promotions", "Half-open flows whose client went on."),
    ("flow_evictions", "Half-open flows that a newer one overwrote."),
    ("flow_pickups", "Flows entered without having been seen to begin."),
    (
        "macs_moved",
        "Learned addresses that came to another blade, or from a blade to the uplink or back.",
    ),
    ("macs_evicted", "Learned addresses that a newer one took the place of."),
    ("macs_refused", "Addresses not learned for want of room."),
    ("blade_to_blade", "Frames from a blade to another blade alone."),
    ("blade_flooded", "Frames from a blade that went to the uplink and to other blades."),
    (
        "blade_dropped",
        "Frames from a blade for itself, for a blade that nothing reaches, or of MAC Control.",
    ),
];

const fn timeout(name: &'static str, offset: u16, reset: u32, doc: &'static str) -> super::Register {
    register(name, offset, ReadWrite, reset as u64, doc, VALUE_32)
}

pub(super) const BLOCK: Block = Block {
    name: "forwarding",
    base: 0x0500,
    stride: 0x100,
    count: Count::One,
    doc: "Time-outs, limits and commands of the forwarding plane. Time-outs are in units of 65536 cycles; 0 is for ever.",
    registers: &[
        timeout(
            "flow_timeout_1",
            0x00,
            FLOW_TIMEOUT_DEFAULT,
            "Idle time of the flows of services of class 1; class 0 has policy.flow_timeout.",
        ),
        timeout("flow_timeout_2", 0x04, FLOW_TIMEOUT_DEFAULT, "Class 2."),
        timeout("flow_timeout_3", 0x08, FLOW_TIMEOUT_DEFAULT, "Class 3."),
        timeout(
            "closing_timeout",
            0x0C,
            timeout_units(5),
            "Idle time after which a flow is forgotten that its client closed by FIN or RST: time for what is sent once more at the end.",
        ),
        timeout(
            "half_open_timeout",
            0x10,
            timeout_units(10),
            "Idle time after which a flow is forgotten whose client sent nothing after its SYN; 10 s let it answer after a lost SYN or two (RFC 6298).",
        ),
        timeout(
            "mac_age_time",
            0x14,
            timeout_units(AGING_SECONDS_DEFAULT),
            "Time after which a learned address is forgotten; 300 s after reset (IEEE 802.1Q 8.8.3).",
        ),
        register(
            "storm_limit",
            0x18,
            ReadWrite,
            0,
            "Frames to group or unknown addresses that are flooded in 65536 cycles: so many from the uplink, and so many from blades to blades. 0: no limit.",
            &[field("frames", 0, 16, "")],
        ),
        register(
            "reply_limit",
            0x1C,
            ReadWrite,
            64,
            "Frames that the responder sends in 65536 cycles; 0: no limit.",
            &[field("frames", 0, 16, "")],
        ),
        wide(
            "announce_low",
            0x20,
            ReadWrite,
            0,
            "Address to announce: IPv4 in the low 32 bits, or the low half of an IPv6 address.",
            VALUE_64,
        ),
        wide(
            "announce_high",
            0x28,
            ReadWrite,
            0,
            "High half of an IPv6 address to announce.",
            VALUE_64,
        ),
        register(
            "announce",
            0x30,
            Strobe,
            0,
            "Announce an address of this manager to the uplink: gratuitous ARP, or unsolicited neighbour advertisement.",
            &[
                field("go", 0, 1, "Send it."),
                field("is_ipv6", 1, 1, "An IPv6 address."),
                field("tagged", 2, 1, "In the VLAN `vid`."),
                field("vid", 4, 12, "VLAN identifier."),
            ],
        ),
        register(
            "command",
            0x34,
            Strobe,
            0,
            "Actions.",
            &[
                field("flush_macs", 0, 1, "Forget every learned address."),
                field(
                    "flush_blades",
                    16,
                    16,
                    "Bit i: forget the flows of blade i; their next frames choose a blade anew.",
                ),
            ],
        ),
        register(
            "geometry",
            0x38,
            ReadOnly,
            0,
            "Sizes of the tables, as they were built.",
            &[
                field("flow_sets_log2", 0, 5, "Sets of four entries of the flow table."),
                field("half_open_sets_log2", 8, 5, "Sets of four half-open entries."),
            ],
        ),
        register(
            "link_down",
            0x3C,
            ReadWrite,
            0,
            "What becomes of the flows of a blade whose link is down or that is disabled. Their frames go by the hash meanwhile.",
            &[choice(
                "flows",
                0,
                1,
                "Kept: they are the blade's again when it is back. Re-homed: they are forgotten, so that the next frame of each chooses a blade that it stays with.",
                &[("keep", 0), ("re_home", 1)],
            )],
        ),
    ],
};

pub(super) const STATISTICS: Block = Block {
    name: "forwarding_statistics",
    base: 0x0700,
    stride: 0x100,
    count: Count::One,
    doc: "Counters of the forwarding plane beside those of `statistics`.",
    registers: &counters(0x00, &FORWARDING_COUNTERS),
};
