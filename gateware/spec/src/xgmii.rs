//! XGMII, the 10 Gigabit Media Independent Interface (IEEE 802.3 Clause 46), as a 64-bit word: eight lanes, two columns of four.
//! Lane 0 is bits 7:0 of the data and bit 0 of the control; it is first on the wire.

/// Control characters (Table 46-3).
pub const LOW_POWER_IDLE: u8 = 0x06;
pub const IDLE: u8 = 0x07;
pub const RESERVED_0: u8 = 0x1C;
pub const RESERVED_1: u8 = 0x3C;
pub const SIGNAL: u8 = 0x5C;
pub const RESERVED_2: u8 = 0x7C;
pub const SEQUENCE: u8 = 0x9C;
pub const RESERVED_3: u8 = 0xBC;
pub const RESERVED_4: u8 = 0xDC;
pub const RESERVED_5: u8 = 0xF7;
pub const START: u8 = 0xFB;
pub const TERMINATE: u8 = 0xFD;
pub const ERROR: u8 = 0xFE;

/// Data characters that a frame starts with.
pub const PREAMBLE: u8 = 0x55;
pub const START_FRAME_DELIMITER: u8 = 0xD5;

/// Third data character of a Sequence ordered set /Q/ = `9C 00 00 x` (Table 46-5).
pub const LOCAL_FAULT: u8 = 0x01;
pub const REMOTE_FAULT: u8 = 0x02;

/// A word of one control character in every lane.
pub const fn word_of(character: u8) -> u64 {
    u64::from_le_bytes([character; 8])
}
/// Control bits of a word whose lanes all carry control characters, and of a word of two ordered sets.
pub const ALL_CONTROL: u8 = 0xFF;
pub const TWO_ORDERED_SETS: u8 = 0x11;

pub const IDLE_WORD: u64 = word_of(IDLE);
pub const ERROR_WORD: u64 = word_of(ERROR);
/// A word of two Sequence ordered sets that say `fault`.
pub const fn fault_word(fault: u8) -> u64 {
    u64::from_le_bytes([SEQUENCE, 0, 0, fault, SEQUENCE, 0, 0, fault])
}

/// Start, preamble and start frame delimiter from lane 0.
pub const PREAMBLE_WORD: u64 = u64::from_le_bytes([
    START,
    PREAMBLE,
    PREAMBLE,
    PREAMBLE,
    PREAMBLE,
    PREAMBLE,
    PREAMBLE,
    START_FRAME_DELIMITER,
]);

/// Link fault signalling (46.3.4, Figure 46-9): so many fault sequences make a fault, so many columns without one end it.
pub const FAULT_SEQUENCES: u32 = 4;
pub const FAULT_COLUMNS: u32 = 128;

/// Bytes between two frames, from Terminate on, that a transmitter keeps on average, and the most it may fall short of that (46.3.1.4).
pub const INTER_PACKET_GAP: u32 = 12;
pub const DEFICIT_IDLE_LIMIT: u32 = 3;
/// The shortest gap that a receiver must take (Table 46-6 note: what clock compensation leaves).
pub const RECEIVE_GAP: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_put_lane_0_in_the_low_byte() {
        assert_eq!(IDLE_WORD, 0x0707_0707_0707_0707);
        assert_eq!(PREAMBLE_WORD, 0xD555_5555_5555_55FB);
        assert_eq!(fault_word(LOCAL_FAULT), 0x0100_009C_0100_009C);
        assert_eq!(ERROR_WORD, 0xFEFE_FEFE_FEFE_FEFE);
    }
}
