//! The register maps of a manager and of a blade, as data. Gateware decodes from it, the host reads and writes by it, and the
//! documentation is printed from it.
//!
//! Addresses are byte addresses of 32-bit words; the two low bits are zero. A register of two words holds its low half at the lower
//! address. Reading the low word of a two-word register latches its high word, so reading low then high is one sample; writing the low
//! word is held back until the high word is written.
//!
//! Every map begins with the same identity block, so that a host learns from the first words what it talks to and whether it knows this
//! map: `map_hash` covers names, addresses, widths, accesses, reset values and enumerations, and leaves the prose out.

mod blade;
mod description;
mod forwarding;
mod hash;
mod mac;
mod manager;
mod manager_counters;
mod selector;
pub mod tables;

pub use blade::{BLADE, BLADE_COUNTERS, BLADE_MAP_HASH};
pub use description::{Access, Block, Count, Field, Map, Place, Register, Window};
pub use forwarding::FORWARDING_COUNTERS;
pub use mac::MAC_COUNTERS;
pub use manager::{MANAGER, MANAGER_MAP_HASH};
pub use manager_counters::{MANAGER_BLADE_COUNTERS, MANAGER_COUNTERS};
pub use selector::{SELECTOR_WORDS, SIGNALS};

use crate::embedding;

/// The first word of every map: "SPBD".
pub const MAGIC: u32 = 0x5350_4244;
/// Version of the gateware: major, minor, patch.
pub const VERSION: [u8; 3] = [0, 1, 0];
/// `identity.kind` of a manager.
pub const KIND_MANAGER: u32 = 1;
/// `identity.kind` of a blade.
pub const KIND_BLADE: u32 = 2;
/// Most blades of one manager.
pub const MAX_BLADES: usize = 16;
/// Frequency of `clk_core`.
pub const CORE_CLOCK_HZ: u32 = 156_250_000;
/// Frequency of `clk_blade_tx`, on which a blade's registers run.
pub const BLADE_CLOCK_HZ: u32 = 125_000_000;
/// Default stale limit: 1 ms of `clk_core`.
pub const STALE_LIMIT_CYCLES: u32 = CORE_CLOCK_HZ / 1000;
/// Cycles of one unit of `policy.flow_timeout`.
pub const FLOW_TIMEOUT_UNIT_CYCLES: u32 = 1 << 16;
/// Default flow time-out: one minute.
pub const FLOW_TIMEOUT_DEFAULT: u32 = timeout_units(60);
/// Largest frame accepted by default, in bytes with its frame check sequence.
pub const MAX_FRAME_LENGTH: u16 = 9618;
/// Cycles of one unit of a blade's `record.hold_limit`.
pub const HOLD_LIMIT_UNIT_CYCLES: u32 = 1 << 10;
/// Default hold limit of a blade's record: one second.
pub const HOLD_LIMIT_DEFAULT: u32 = BLADE_CLOCK_HZ / HOLD_LIMIT_UNIT_CYCLES;

/// Units of `FLOW_TIMEOUT_UNIT_CYCLES` in so many seconds, rounded up. 1,000,000 s, the longest ageing time of IEEE 802.1Q, fit.
pub const fn timeout_units(seconds: u32) -> u32 {
    (seconds as u64 * CORE_CLOCK_HZ as u64).div_ceil(FLOW_TIMEOUT_UNIT_CYCLES as u64) as u32
}

/// What a receive MAC says of a frame, with the frame's last word.
pub mod frame_cause {
    /// The frame is good.
    pub const GOOD: u8 = 0;
    /// The frame check sequence is wrong.
    pub const BAD_FCS: u8 = 1;
    /// Shorter than 64 bytes with its frame check sequence.
    pub const RUNT: u8 = 2;
    /// Longer than the receive limit.
    pub const OVERSIZE: u8 = 3;
    /// A coding error within the frame, or an end that is none.
    pub const CODING: u8 = 4;
    // 5 is `frame::CAUSE_TRUNCATED`, which the parser adds.
    /// A good MAC Control frame: it ends in the MAC Control sublayer.
    pub const CONTROL: u8 = 6;
}

/// Number of bits of a frame cause.
pub const FRAME_CAUSE_BITS: usize = 3;

/// Names of `embedding`'s numbers.
const MODE_VALUES: &[(&str, u32)] = &[
    ("off", embedding::OFF as u32),
    ("a", embedding::A as u32),
    ("b", embedding::B as u32),
    ("c", embedding::C as u32),
    ("d", embedding::D as u32),
];

/// Link timer of auto-negotiation in cycles of 125 MHz: 10 ms (IEEE 802.3 37.3.1.4).
pub const AN_LINK_TIMER_CYCLES: u32 = 1_250_000;
/// Bits of the link timer.
pub const AN_LINK_TIMER_BITS: u8 = 21;
/// Base page that is advertised: full duplex (37.2.1).
pub const AN_ABILITY: u16 = 0x0020;

/// What both ends of a link to a blade let the host choose; one word each.
const LINK_CONTROL: &[Field] = &[
    choice(
        "mode",
        0,
        3,
        "How records travel (docs/LINK_PROTOCOL.md). On a 10GBASE-R link there is d only.",
        MODE_VALUES,
    ),
    choice(
        "source",
        3,
        1,
        "10GBASE-R links: whose records are listened to.",
        &[("blade", 0), ("chassis", 1)],
    ),
    field(
        "an_enable",
        4,
        1,
        "1000BASE-X links: auto-negotiate (Clause 37). While 0, this end sends data from the start.",
    ),
    field("an_restart", 5, 1, "Break the link as long as it is set; then negotiate anew."),
];

const fn field(name: &'static str, lsb: u8, width: u8, doc: &'static str) -> Field {
    Field {
        name,
        lsb,
        width,
        doc,
        values: &[],
    }
}

const fn choice(name: &'static str, lsb: u8, width: u8, doc: &'static str, values: &'static [(&'static str, u32)]) -> Field {
    Field {
        name,
        lsb,
        width,
        doc,
        values,
    }
}

const fn register(name: &'static str, offset: u16, access: Access, reset: u64, doc: &'static str, fields: &'static [Field]) -> Register {
    Register {
        name,
        offset,
        words: 1,
        access,
        reset,
        reset_step: 0,
        doc,
        fields,
    }
}

const fn wide(name: &'static str, offset: u16, access: Access, reset: u64, doc: &'static str, fields: &'static [Field]) -> Register {
    Register {
        name,
        offset,
        words: 2,
        access,
        reset,
        reset_step: 0,
        doc,
        fields,
    }
}

/// A register of one 32-bit field named `value`.
const VALUE_32: &[Field] = &[field("value", 0, 32, "")];
/// A register of one 64-bit field named `value`.
const VALUE_64: &[Field] = &[field("value", 0, 64, "")];

/// States of administration, as in the utilisation record.
const ADMIN_VALUES: &[(&str, u32)] = &[("ready", 0), ("drain", 1), ("maintenance", 2)];

/// Registers of counters, eight bytes apart.
const fn counters<const N: usize>(first: u16, names: &[(&'static str, &'static str); N]) -> [Register; N] {
    let mut registers = [wide("", 0, Access::Counter, 0, "", VALUE_64); N];
    let mut index = 0;
    while index < N {
        registers[index] = wide(
            names[index].0,
            first + 8 * index as u16,
            Access::Counter,
            0,
            names[index].1,
            VALUE_64,
        );
        index += 1;
    }
    registers
}

/// One array of registers after another; `N` must be `A + B`.
const fn joined<const A: usize, const B: usize, const N: usize>(first: [Register; A], second: [Register; B]) -> [Register; N] {
    assert!(A + B == N);
    let mut all = [wide("", 0, Access::Counter, 0, "", VALUE_64); N];
    let mut index = 0;
    while index < N {
        all[index] = if index < A { first[index] } else { second[index - A] };
        index += 1;
    }
    all
}

const fn version_word() -> u64 {
    ((VERSION[0] as u64) << 16) | ((VERSION[1] as u64) << 8) | VERSION[2] as u64
}

/// The identity block: the same in every map but for its reset values. `map_hash`, `kind`, `blades` and `clock_hz` have the reset value
/// zero in the description, since the hash covers the description.
const fn identity() -> Block {
    const REGISTERS: &[Register] = &[
        register("magic", 0x00, Access::ReadOnly, MAGIC as u64, "Always \"SPBD\".", VALUE_32),
        register(
            "map_hash",
            0x04,
            Access::ReadOnly,
            0,
            "FNV-1a of this map; another value means another map.",
            VALUE_32,
        ),
        register(
            "version",
            0x08,
            Access::ReadOnly,
            version_word(),
            "Version of the gateware.",
            &[field("patch", 0, 8, ""), field("minor", 8, 8, ""), field("major", 16, 8, "")],
        ),
        register(
            "kind",
            0x0C,
            Access::ReadOnly,
            0,
            "What the device is.",
            &[choice("value", 0, 4, "", &[("manager", KIND_MANAGER), ("blade", KIND_BLADE)])],
        ),
        register(
            "blades",
            0x10,
            Access::ReadOnly,
            0,
            "Number of blades the manager serves; 0 in a blade.",
            &[field("value", 0, 5, "")],
        ),
        register(
            "clock_hz",
            0x14,
            Access::ReadOnly,
            0,
            "Frequency of the clock the registers run on, in hertz.",
            VALUE_32,
        ),
        register(
            "scratch",
            0x18,
            Access::ReadWrite,
            0,
            "Keeps what the host writes; does nothing.",
            VALUE_32,
        ),
        wide("uptime", 0x20, Access::ReadOnly, 0, "Clock cycles since reset.", VALUE_64),
    ];
    Block {
        name: "identity",
        base: 0x0000,
        stride: 0x100,
        count: Count::One,
        doc: "What the device is.",
        registers: REGISTERS,
    }
}

#[cfg(test)]
mod tests;
