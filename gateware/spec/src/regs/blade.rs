//! The blade's map.

use super::Access::{ReadOnly, ReadWrite, Strobe};
use super::{
    ADMIN_VALUES, AN_ABILITY, AN_LINK_TIMER_BITS, AN_LINK_TIMER_CYCLES, BLADE_CLOCK_HZ, Block, Count, HOLD_LIMIT_DEFAULT, KIND_BLADE,
    LINK_CONTROL, Map, VALUE_32, choice, counters, field, hash, identity, register,
};
use crate::embedding;

/// Counters of a blade, in the order of their addresses.
pub const BLADE_COUNTERS: [(&str, &str); 3] = [
    (
        "code_errors",
        "Received code-groups that are no code-group, or of the wrong disparity.",
    ),
    ("sync_losses", "Times the link to the manager lost synchronisation."),
    (
        "rx_frames_broken",
        "Frames to the server that were cut since the clocks of link and server are further apart than 400 ppm.",
    ),
];

const BLOCKS: &[Block] = &[
    identity(),
    Block {
        name: "link",
        base: 0x0100,
        stride: 0x100,
        count: Count::One,
        doc: "The 1000BASE-X link to the manager.",
        registers: &[
            register(
                "status",
                0x00,
                ReadOnly,
                0,
                "State of the link now.",
                &[
                    field("sync", 0, 1, "The link is synchronised."),
                    field("an_complete", 1, 1, "Auto-negotiation is done."),
                    field("up", 2, 1, "Frames can pass."),
                    field(
                        "lp_ability",
                        16,
                        16,
                        "Base page of the link partner, once auto-negotiation is done.",
                    ),
                ],
            ),
            register(
                "control",
                0x04,
                ReadWrite,
                embedding::A as u64,
                "This end of the link.",
                LINK_CONTROL,
            ),
            register(
                "an_ability",
                0x08,
                ReadWrite,
                AN_ABILITY as u64,
                "Base page to advertise (37.2.1). Bit 14 (Acknowledge) is the gateware's own; bit 15 (next page) is to be 0.",
                &[field("value", 0, 16, "")],
            ),
            register(
                "an_link_timer",
                0x0C,
                ReadWrite,
                AN_LINK_TIMER_CYCLES as u64,
                "Link timer of auto-negotiation in cycles of 125 MHz; 10 ms after reset, as 1000BASE-X has it.",
                &[field("value", 0, AN_LINK_TIMER_BITS, "")],
            ),
        ],
    },
    Block {
        name: "record",
        base: 0x0200,
        stride: 0x100,
        count: Count::One,
        doc: "The utilisation record the blade sends. Nothing of it changes on the wire before commit, so one burst of four words is one sample.",
        registers: &[
            register(
                "load",
                0x00,
                ReadWrite,
                0,
                "Utilisation.",
                &[
                    field("cpu", 0, 8, "CPU utilisation, 255 = 100 %."),
                    field("irq", 8, 8, "Interrupt utilisation, 255 = 100 %."),
                    field("work", 16, 8, "Work-load capacity left, 255 = 100 %."),
                    field("power", 24, 8, "Power-saving capacity left, 255 = 100 %."),
                ],
            ),
            register(
                "state",
                0x04,
                ReadWrite,
                0,
                "Requests and administration.",
                &[
                    field("queue", 0, 8, "Requests in flight, saturating."),
                    choice("admin", 8, 2, "State of administration.", ADMIN_VALUES),
                ],
            ),
            register(
                "control",
                0x08,
                ReadWrite,
                0,
                "Whether records are sent at all.",
                &[field(
                    "enable",
                    0,
                    1,
                    "Send the record; without it the manager finds the blade's load unknown.",
                )],
            ),
            register(
                "commit",
                0x0C,
                Strobe,
                0,
                "Actions.",
                &[field(
                    "commit",
                    0,
                    1,
                    "Take load, state and control as the next sample and add one to its sequence number.",
                )],
            ),
            register(
                "sent",
                0x10,
                ReadOnly,
                0,
                "What is on the wire.",
                &[
                    field("seq", 0, 4, "Sequence number of the sample."),
                    field("enabled", 4, 1, "Records are being sent."),
                ],
            ),
            register(
                "hold_limit",
                0x14,
                ReadWrite,
                HOLD_LIMIT_DEFAULT as u64,
                "Time after the last commit at which sending ends, in units of 1024 cycles, so that the load of a dead agent becomes unknown; 0 = never.",
                VALUE_32,
            ),
        ],
    },
    Block {
        name: "statistics",
        base: 0x0400,
        stride: 0x100,
        count: Count::One,
        doc: "Counters of the blade.",
        registers: &counters(0x00, &BLADE_COUNTERS),
    },
];

/// The blade's map.
pub const BLADE: Map = Map {
    name: "blade",
    kind: KIND_BLADE,
    clock_hz: BLADE_CLOCK_HZ,
    doc: "Registers of a blade. They run on clk_blade_tx.",
    blocks: BLOCKS,
    windows: &[],
};

/// `identity.map_hash` of a blade.
pub const BLADE_MAP_HASH: u32 = hash::of_map(&BLADE);
