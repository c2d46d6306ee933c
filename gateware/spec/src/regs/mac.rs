//! The registers of a link's MAC: its statistics, and flow control by PAUSE frames.

use super::Access::{ReadOnly, ReadWrite};
use super::{Register, counters, field, joined, register, wide};
use crate::statistics::LINK_COUNTERS;

/// Counters of the block, in the order of `LinkStatistics`.
pub const MAC_COUNTERS: [(&str, &str); LINK_COUNTERS.len()] = {
    let mut counters = [("", ""); LINK_COUNTERS.len()];
    let mut index = 0;
    while index < counters.len() {
        counters[index] = (LINK_COUNTERS[index].name, LINK_COUNTERS[index].doc);
        index += 1;
    }
    counters
};

/// Words of a queue at which the other end is asked to pause, and at which it may go on. A queue from a blade
/// has 2048; the uplink's frames in that to a blade 1536 at most and 512 at least.
pub const PAUSE_HIGH: u16 = 512;
pub const PAUSE_LOW: u16 = 256;
/// Quanta that a PAUSE frame asks for; `PauseRequest` says from which on there is no gap.
pub const PAUSE_QUANTA: u16 = 1024;

const SETTINGS: [Register; 6] = [
    register(
        "pause_control",
        0x180,
        ReadWrite,
        0,
        "Flow control by PAUSE frames (IEEE 802.3 Annex 31B); both off after reset.",
        &[
            field(
                "receive",
                0,
                1,
                "Obey PAUSE frames. MAC Control frames then end here; else they pass as any frame.",
            ),
            field(
                "transmit",
                1,
                1,
                "Send PAUSE frames while the queue behind the receiver is filling.",
            ),
        ],
    ),
    register(
        "pause_quanta",
        0x184,
        ReadWrite,
        PAUSE_QUANTA as u64,
        "Time that a PAUSE frame asks for, in units of 512 bit times; asked for anew at half of it. 306 and more leave no gap.",
        &[field("value", 0, 16, "")],
    ),
    register(
        "pause_high",
        0x188,
        ReadWrite,
        PAUSE_HIGH as u64,
        "Words of 8 bytes in the queue from which on the other end is asked to pause. Uplink: in the fullest queue to a blade.",
        &[field("value", 0, 16, "")],
    ),
    register(
        "pause_low",
        0x18C,
        ReadWrite,
        PAUSE_LOW as u64,
        "Words in the queue at which it may go on.",
        &[field("value", 0, 16, "")],
    ),
    register(
        "pause_status",
        0x190,
        ReadOnly,
        0,
        "Flow control now.",
        &[
            field("paused", 0, 1, "The other end has asked for a pause."),
            field("pausing", 1, 1, "The other end is asked to pause."),
        ],
    ),
    wide(
        "address",
        0x198,
        ReadWrite,
        0,
        "MAC address of this end, for MAC Control frames; bits 7..0 are the first byte on the wire.",
        &[field("value", 0, 48, "")],
    ),
];

/// Registers of a block whose address registers begin with this reset value, and add this for each further link.
pub(super) const fn registers(address: u64, step: u64) -> [Register; LINK_COUNTERS.len() + 6] {
    let mut settings = SETTINGS;
    settings[5].reset = address;
    settings[5].reset_step = step;
    joined(counters(0, &MAC_COUNTERS), settings)
}
