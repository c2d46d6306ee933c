//! What passes between `ManagerCore` and the port of one blade's link, whatever kind of link that is. All of it in clk_core.

use rust_hdl::prelude::*;

/// A word from the forwarding plane: every port sees it, and its own bit of the mask says whether it takes it.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct ForwardedWord {
    pub valid: Bit,
    pub data: Bits<64>,
    pub keep: Bits<8>,
    pub last: Bit,
    /// With `last`: the frame counts; else it is taken back.
    pub commit: Bit,
    pub flood: Bit,
}

/// A word of a good frame from the blade; the words of a frame follow each other as fast as they are taken.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct ReturnedWord {
    pub valid: Bit,
    pub data: Bits<64>,
    pub keep: Bits<8>,
    pub last: Bit,
}

/// For the utilisation table.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct BladeReport {
    pub link_up: Bit,
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
