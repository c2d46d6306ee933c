//! MAC Control frames (IEEE 802.3 Clause 31, Annexes 31A, 31B, 31D).

/// Length/Type of MAC Control frames.
pub const MAC_CONTROL_TYPE: u16 = 0x8808;
/// PAUSE and priority-based flow control PAUSE (Table 31A-1).
pub const OPCODE_PAUSE: u16 = 0x0001;
pub const OPCODE_PRIORITY_PAUSE: u16 = 0x0101;
/// Destination of both, 01-80-C2-00-00-01, first byte on top.
pub const PAUSE_ADDRESS: u64 = 0x0180_C200_0001;
/// Bit times of a unit of pause_time (31B.2).
pub const QUANTUM_BITS: u32 = 512;
/// log2 of the cycles of a quantum at eight bytes and at one byte a cycle.
pub const QUANTUM_CYCLES_LOG2_10G: usize = 3;
pub const QUANTUM_CYCLES_LOG2_1G: usize = 6;
/// Quanta from the end of a PAUSE frame at the MDI within which no further frame may start any more (31B.3.7), at 10 Gb/s and 1 Gb/s.
pub const REACTION_QUANTA_10G: u32 = 60;
pub const REACTION_QUANTA_1G: u32 = 2;

const _: () = assert!(QUANTUM_BITS == 64 << QUANTUM_CYCLES_LOG2_10G && QUANTUM_BITS == 8 << QUANTUM_CYCLES_LOG2_1G);
