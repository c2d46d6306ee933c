//! What passes between `ManagerCore` and the port of one blade's link, whatever kind of link that is. All of it in clk_core.

use rust_hdl::prelude::*;
use spareband_spec::regs;

/// A word from the forwarding plane: every port sees it, and its own bit of the mask says whether it takes it.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct ForwardedWord {
    pub valid: Bit,
    pub data: Bits<64>,
    /// Bytes beyond the first, 7 before the last word: from `KeepCount`.
    pub beyond: Bits<3>,
    pub last: Bit,
    /// With `last`: the frame counts; else it is taken back.
    pub commit: Bit,
    pub flood: Bit,
}

/// A word of a good frame from the blade; the words of a frame follow each other as fast as they are taken.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct ReturnedWord {
    pub valid: Bit,
    /// A word is on offer, or will be in the next cycle.
    pub waits: Bit,
    pub data: Bits<64>,
    pub keep: Bits<8>,
    pub last: Bit,
}

/// What the host chose for a link; the fields of spec's `LINK_CONTROL`, and what auto-negotiation needs.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct LinkControl {
    /// Embedding mode, spec::embedding.
    pub mode: Bits<3>,
    /// 10GBASE-R links: chassis aggregates are listened to, not blades.
    pub chassis: Bit,
    pub an_enable: Bit,
    pub an_restart: Bit,
    pub an_ability: Bits<16>,
    /// In cycles of 125 MHz.
    pub an_link_timer: Bits<21>,
    /// The manager's end: words that may be in the queue to the blade; 0: as many as fit.
    pub queue_limit: Bits<16>,
}

/// What the registers of a link's MAC tell it; spec's blocks `uplink_mac` and `blade_mac`.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct MacSettings {
    pub obey_pause: Bit,
    pub send_pause: Bit,
    pub quanta: Bits<16>,
    /// Words in the queue behind the receiver: the other end is asked to pause, and may go on.
    pub high: Bits<16>,
    pub low: Bits<16>,
    pub address: Bits<48>,
}

/// What the MAC of a link tells its registers.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct MacReport {
    /// The other end has asked for a pause.
    pub paused: Bit,
    /// The other end is asked to pause.
    pub pausing: Bit,
}

/// State of the link, and records for the utilisation table.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct BladeReport {
    pub link_up: Bit,
    pub an_complete: Bit,
    pub an_lp_ability: Bits<16>,
    /// One cycle: a good record.
    pub record_valid: Bit,
    pub record: Bits<48>,
    /// One cycle: a record that came broken.
    pub record_error: Bit,
}

/// For the register bank: a level, and events in this cycle. Bytes count with their frames.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct BladeEvents {
    pub queue_level: Bits<16>,
    pub tx_frames: Bit,
    pub tx_bytes: Bits<16>,
    pub tx_dropped_full: Bit,
    pub tx_flood_dropped_full: Bit,
    pub rx_frames: Bit,
    pub rx_bytes: Bits<16>,
    pub rx_dropped_bad_fcs: Bit,
    pub rx_dropped_runt: Bit,
    pub rx_dropped_oversize: Bit,
    pub rx_dropped_coding: Bit,
    pub rx_dropped_full: Bit,
    pub code_errors: Bits<6>,
}

impl LinkControl {
    /// Reset values: those of the block's control register of that name and of the two auto-negotiation registers beside it.
    pub fn reset_of(block: &regs::Block, control: &str) -> Self {
        let control = block.register(control);
        let field = |name: &str| control.field(name).get(control.reset);
        Self {
            mode: bits::<3>(field("mode")),
            chassis: field("source") == 1,
            an_enable: field("an_enable") == 1,
            an_restart: field("an_restart") == 1,
            an_ability: bits::<16>(block.register("an_ability").reset),
            an_link_timer: bits::<21>(block.register("an_link_timer").reset),
            queue_limit: bits::<16>(0),
        }
    }
}
