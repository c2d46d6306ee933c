//! 64b/66b blocks of 10GBASE-R (IEEE 802.3 Clause 49). A block is a two-bit sync header and a 64-bit payload whose bit 0 is first on the wire.

use crate::xgmii;

/// Sync headers. Bit 0 is first on the wire, so 0b10 is the standard's "01" (data) and 0b01 its "10" (control).
pub const HEADER_DATA: u8 = 0b10;
pub const HEADER_CONTROL: u8 = 0b01;

/// Block type fields (Figure 49-7): C control, O ordered set, S start, T terminate, D data; the lanes in order.
pub const TYPE_C0_C4: u8 = 0x1E;
pub const TYPE_C0_O4: u8 = 0x2D;
pub const TYPE_C0_S4: u8 = 0x33;
pub const TYPE_O0_S4: u8 = 0x66;
pub const TYPE_O0_O4: u8 = 0x55;
pub const TYPE_S0_D4: u8 = 0x78;
pub const TYPE_O0_C4: u8 = 0x4B;
/// Terminate in lane 0 to 7.
pub const TYPE_TERMINATE: [u8; 8] = [0x87, 0x99, 0xAA, 0xB4, 0xCC, 0xD2, 0xE1, 0xFF];

/// O codes (Table 49-1).
pub const O_SEQUENCE: u8 = 0x0;
pub const O_SIGNAL: u8 = 0xF;

/// Seven-bit code of /E/; the code of /I/ is 0.
pub const CODE_ERROR: u8 = 0x1E;
/// Control characters that a control block may carry beside /E/, and their seven-bit codes (Table 49-1).
pub const CONTROL_CODES: [(u8, u8); 8] = [
    (xgmii::IDLE, 0x00),
    (xgmii::LOW_POWER_IDLE, 0x06),
    (xgmii::RESERVED_0, 0x2D),
    (xgmii::RESERVED_1, 0x33),
    (xgmii::RESERVED_2, 0x4B),
    (xgmii::RESERVED_3, 0x55),
    (xgmii::RESERVED_4, 0x66),
    (xgmii::RESERVED_5, 0x78),
];

/// Bit of the payload where the seven-bit code of `lane` starts, in every block type.
pub const fn code_position(lane: usize) -> usize {
    8 + 7 * lane
}
/// Bits of the payload where the O codes of lanes 0 and 4 start.
pub const O0_POSITION: usize = 32;
pub const O4_POSITION: usize = 36;

/// Payload of the error block EBLOCK (49.2.13.2.1): eight /E/.
pub const ERROR_PAYLOAD: u64 = {
    let mut payload = TYPE_C0_C4 as u64;
    let mut lane = 0;
    while lane < 8 {
        payload |= (CODE_ERROR as u64) << code_position(lane);
        lane += 1;
    }
    payload
};

/// The self-synchronising scrambler is 1 + x^39 + x^58 (49.2.6).
pub const SCRAMBLER_TAPS: [usize; 2] = [39, 58];

/// Block synchronisation (Figure 49-12): headers a window, and invalid ones in a window that lose lock.
pub const LOCK_WINDOW: u32 = 64;
pub const LOCK_INVALID: u32 = 16;
/// Cycles after a bit slip in which headers are not judged: what a transceiver needs to act on it. With it, 65 slips take some 600 cycles.
pub const BITSLIP_WAIT: u32 = 7;

/// Bit error ratio monitor (Figure 49-13): cycles of its window of 125 us, and invalid headers in a window that are too many.
pub const BER_WINDOW: usize = 19_531;
pub const HI_BER_INVALID: u32 = 16;
/// The window of `pcs_10gbase_r_fast_ber`, for test beds.
pub const FAST_BER_WINDOW: usize = 195;
/// Receiver watchdog: wrong blocks that make a window bad, and bad windows in a row that ask for a reset.
pub const WATCHDOG_WRONG_BLOCKS: u32 = 15;
pub const WATCHDOG_WINDOWS: u32 = 4;

/// The test pattern PRBS31 is 1 + x^28 + x^31, inverted on the line (49.2.8).
pub const PRBS31_TAPS: [usize; 2] = [28, 31];
/// The pseudo-random test pattern (49.2.8, 49.2.12): blocks a seed, and the data pattern of two Local Fault ordered sets.
pub const PSEUDO_RANDOM_BLOCKS: u32 = 128;
pub const LOCAL_FAULT_PAYLOAD: u64 = TYPE_O0_O4 as u64 | (xgmii::LOCAL_FAULT as u64) << 24 | (xgmii::LOCAL_FAULT as u64) << 56;
/// Of the square wave test pattern: bits a level, 4 to 11 by the standard, and the 66 bits of every block, header first.
pub const SQUARE_WAVE_BITS: u32 = 11;
pub const SQUARE_WAVE: u128 = {
    let mut block = 0;
    let mut bit = 0;
    while bit < 66 {
        block |= ((bit / SQUARE_WAVE_BITS + 1) as u128 % 2) << bit;
        bit += 1;
    }
    block
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_types_are_four_apart() {
        // 49.2.4.4: the type fields have a Hamming distance of four.
        let mut all = [0; 15];
        all[..7].copy_from_slice(&[TYPE_C0_C4, TYPE_C0_O4, TYPE_C0_S4, TYPE_O0_S4, TYPE_O0_O4, TYPE_S0_D4, TYPE_O0_C4]);
        all[7..].copy_from_slice(&TYPE_TERMINATE);
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                assert!((a ^ b).count_ones() >= 4, "{a:02X} {b:02X}");
            }
        }
    }

    #[test]
    fn control_codes_are_four_apart() {
        let codes = CONTROL_CODES.map(|(_, code)| code);
        for (i, a) in codes.iter().enumerate() {
            assert!(*a == 0x06 || *a == 0 || (a ^ CODE_ERROR).count_ones() >= 4, "{a:02X}");
            for b in &codes[..i] {
                assert!(
                    (a ^ b).count_ones() >= if *a == 0x06 || *b == 0x06 { 2 } else { 4 },
                    "{a:02X} {b:02X}"
                );
            }
        }
    }

    #[test]
    fn error_block() {
        assert_eq!(ERROR_PAYLOAD, 0x3C78_F1E3_C78F_1E1E);
    }
}
