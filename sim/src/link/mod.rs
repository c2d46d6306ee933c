//! Link models: the far end of the uplink (10GBASE-R), the SERDES between devices, the servers' GMII, the UART.
//!
//! Written from IEEE 802.3, not from the gateware, and sharing no tables with it: a misreading has to be made twice to go unnoticed.
pub mod baser;
pub mod crc;
pub mod far_end;
pub mod gmii;
pub mod serdes;
pub mod uart;
pub mod xgmii;

/// What a frame looks like on a medium, without preamble and FCS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub bytes: Vec<u8>,
    pub status: FrameStatus,
    /// Core time of its start, in units of 0.1 ns.
    pub time: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameStatus {
    Good,
    BadFcs,
    /// Shorter than 64 bytes with FCS.
    Runt,
    /// A code error, or an end that is no end.
    Coding,
}

/// Smallest frame without FCS; what a MAC pads to (IEEE 802.3 4.2.3.3).
pub const MIN_FRAME: usize = 60;

/// Status of a whole frame with FCS, taken off a medium.
pub fn judge(with_fcs: &mut Vec<u8>, coding_error: bool) -> FrameStatus {
    if coding_error {
        return FrameStatus::Coding;
    }
    if with_fcs.len() < 4 {
        return FrameStatus::Runt;
    }
    let good = crc::residue_is_good(with_fcs);
    let runt = with_fcs.len() < MIN_FRAME + 4;
    with_fcs.truncate(with_fcs.len() - 4);
    match (good, runt) {
        (false, _) => FrameStatus::BadFcs,
        (true, true) => FrameStatus::Runt,
        (true, false) => FrameStatus::Good,
    }
}
