//! MAC Control frames (IEEE 802.3 Clause 31, Annexes 31A, 31B and 31D).

/// Length/Type of MAC Control frames.
pub const MAC_CONTROL_TYPE: u16 = 0x8808;
/// PAUSE and priority-based flow control PAUSE (Table 31A-1).
pub const OPCODE_PAUSE: u16 = 0x0001;
pub const OPCODE_PRIORITY_PAUSE: u16 = 0x0101;

/// The multicast address that PAUSE frames of both kinds go to (31B.1, 31D.3), first octet first.
pub const PAUSE_ADDRESS: [u8; 6] = [0x01, 0x80, 0xC2, 0x00, 0x00, 0x01];
/// Priorities of priority-based flow control.
pub const PRIORITIES: usize = 8;

/// Bytes of a PAUSE frame up to its last operand; zeros follow up to the least size of a frame.
pub const PAUSE_BYTES: usize = 18;
pub const PRIORITY_PAUSE_BYTES: usize = 34;

/// Bit times of a pause quantum (31B.2).
pub const QUANTUM_BITS: u32 = 512;
/// log2 of the cycles of a quantum, where a cycle carries 64 bits and where it carries 8.
pub const QUANTUM_CYCLES_LOG2_10G: usize = 3;
pub const QUANTUM_CYCLES_LOG2_1G: usize = 6;
/// Quanta from the end of a PAUSE frame after which no data frame may begin, at 10 Gb/s and at 1 Gb/s (31B.3.7).
pub const RESPONSE_QUANTA_10G: u32 = 60;
pub const RESPONSE_QUANTA_1G: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantum_is_512_bit_times_at_both_speeds() {
        assert_eq!(QUANTUM_BITS, 64 << QUANTUM_CYCLES_LOG2_10G);
        assert_eq!(QUANTUM_BITS, 8 << QUANTUM_CYCLES_LOG2_1G);
    }

    #[test]
    fn operands_follow_addresses_type_and_opcode() {
        assert_eq!(PAUSE_BYTES, 6 + 6 + 2 + 2 + 2);
        assert_eq!(PRIORITY_PAUSE_BYTES, PAUSE_BYTES + 2 * PRIORITIES);
    }
}
