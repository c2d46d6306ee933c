//! MAC Control frames (IEEE 802.3 Clause 31, Annex 31A).

/// Length/Type of MAC Control frames.
pub const MAC_CONTROL_TYPE: u16 = 0x8808;
/// PAUSE and priority-based flow control PAUSE (Table 31A-1).
pub const OPCODE_PAUSE: u16 = 0x0001;
pub const OPCODE_PRIORITY_PAUSE: u16 = 0x0101;
