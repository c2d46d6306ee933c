//! How a link carries the utilisation record: modes A to D (docs/LINK_PROTOCOL.md). Mode A's symbols are in [`crate::ordered_set`].

use crate::code_8b10b::{K28_2, K28_3, K28_6};
use crate::ordered_set::{PREAMBLE, START_FRAME_DELIMITER};
use crate::record::{self, Record};
use crate::xgmii;

/// Values of a link's `mode`, three bits.
pub const OFF: u8 = 0;
/// Ordered sets in the gap between frames.
pub const A: u8 = 1;
/// Expanded control characters.
pub const B: u8 = 2;
/// Control words bounding a data word, in the preamble.
pub const C: u8 = 3;
/// Sequence ordered sets of 10GBASE-R.
pub const D: u8 = 4;

/// Mode B: second code-groups of an ordered set.
pub const BIT_0: u8 = K28_2;
pub const BIT_1: u8 = K28_3;
pub const MARK: u8 = K28_6;
/// Bits between two marks: the 48 of the fields and the CRC-16.
pub const BITS_BETWEEN_MARKS: usize = 64;

/// The 64 bits of mode B, first sent on top.
pub const fn marked_bits(fields: u64) -> u64 {
    fields << 16 | record::crc16_update(record::CRC_INITIAL, fields, record::FIELD_BITS) as u64
}

/// Second code-groups of mode B from a record's mark to its last bit; the next record's mark ends it.
pub const fn marked_sets(fields: u64) -> [u8; BITS_BETWEEN_MARKS + 1] {
    let word = marked_bits(fields);
    let mut sets = [MARK; BITS_BETWEEN_MARKS + 1];
    let mut n = 0;
    while n < BITS_BETWEEN_MARKS {
        sets[n + 1] = if word >> (BITS_BETWEEN_MARKS - 1 - n) & 1 == 1 {
            BIT_1
        } else {
            BIT_0
        };
        n += 1;
    }
    sets
}

/// High nibble of the header of modes C and D: who speaks.
pub const SOURCE_BLADE: u8 = 0xA;
pub const SOURCE_CHASSIS: u8 = 0xB;

/// Fields of modes C and D, sent in this order, one record a round.
pub const FIELD_CPU: u8 = 0;
pub const FIELD_IRQ: u8 = 1;
pub const FIELD_WORK: u8 = 2;
pub const FIELD_POWER: u8 = 3;
pub const FIELD_QUEUE: u8 = 4;
pub const FIELD_ADMIN: u8 = 5;
pub const FIELDS: u8 = 6;

/// Header byte: H of mode C, D1 of mode D.
pub const fn header(source: u8, field: u8) -> u8 {
    source << 4 | field
}

/// Value of the field that closes a round: seq in the high nibble, admin in the low two bits.
pub const fn admin_value(seq: u8, admin: u8) -> u8 {
    seq << 4 | admin & 3
}

/// What a round carries of a record; the version is implied.
pub const fn field_value(fields: u64, field: u8) -> u8 {
    let record = Record::unpack(fields);
    match field {
        FIELD_CPU => record.cpu,
        FIELD_IRQ => record.irq,
        FIELD_WORK => record.work,
        FIELD_POWER => record.power,
        FIELD_QUEUE => record.queue,
        _ => admin_value(record.seq, record.admin),
    }
}

/// The 48 bits that a round of six values says.
pub const fn round(values: [u8; FIELDS as usize]) -> u64 {
    Record {
        version: record::VERSION,
        admin: values[FIELD_ADMIN as usize] & 3,
        seq: values[FIELD_ADMIN as usize] >> 4,
        cpu: values[FIELD_CPU as usize],
        irq: values[FIELD_IRQ as usize],
        work: values[FIELD_WORK as usize],
        power: values[FIELD_POWER as usize],
        queue: values[FIELD_QUEUE as usize],
    }
    .pack()
}

pub const CRC8_POLYNOMIAL: u8 = 0x07;
pub const CRC7_POLYNOMIAL: u8 = 0x37;
pub const CRC7_INITIAL: u8 = 0x7F;

/// The CRC-8 register of mode C after one more byte; it starts at 0.
pub const fn crc8_update(crc: u8, byte: u8) -> u8 {
    let (mut crc, mut n) = (crc ^ byte, 8);
    while n > 0 {
        n -= 1;
        crc = (crc << 1) ^ ((crc >> 7) * CRC8_POLYNOMIAL);
    }
    crc
}

/// C of mode C.
pub const fn crc8(header: u8, value: u8) -> u8 {
    crc8_update(crc8_update(0, header), value)
}

/// The CRC-7 register of mode D after the 16 bits of D1 and D2, from any state.
pub const fn crc7_update(mut crc: u8, word: u16) -> u8 {
    let mut n = 16;
    while n > 0 {
        n -= 1;
        let feedback = (crc >> 6 ^ (word >> n) as u8) & 1;
        crc = (crc << 1 & 0x7F) ^ (feedback * CRC7_POLYNOMIAL);
    }
    crc
}

/// D3 of mode D: CRC-7 over D1 and D2 below a set bit.
pub const fn check(d1: u8, d2: u8) -> u8 {
    0x80 | crc7_update(CRC7_INITIAL, (d1 as u16) << 8 | d2 as u16)
}

/// Where H, V, C stand in the eight bytes before a frame.
pub const PREAMBLE_HEADER: usize = 3;

/// Does the word of mode C hold the frame delimiter?
pub const fn holds_delimiter(header: u8, value: u8) -> bool {
    header == START_FRAME_DELIMITER || value == START_FRAME_DELIMITER || crc8(header, value) == START_FRAME_DELIMITER
}

/// The value that mode C sends for `value`: itself, or a neighbour where the word would hold the delimiter. The admin field never does.
pub const fn sendable(header: u8, value: u8) -> u8 {
    if holds_delimiter(header, value) { value ^ 1 } else { value }
}

/// Mode C's eight bytes before a frame, the first of which a PCS replaces by /S/.
pub const fn preamble(header: u8, value: u8) -> [u8; 8] {
    let value = sendable(header, value);
    let (plain, delimiter) = (PREAMBLE, START_FRAME_DELIMITER);
    [plain, plain, plain, header, value, crc8(header, value), plain, delimiter]
}

/// A word or column that is one of ours but for its CRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongCheck;

/// The word of mode C before the delimiter, found backwards from it: `Ok(None)` in a plain preamble.
pub const fn word_before_delimiter(last: [u8; 4]) -> Result<Option<(u8, u8)>, WrongCheck> {
    let [header, value, crc, plain] = last;
    if header == PREAMBLE && value == PREAMBLE && crc == PREAMBLE && plain == PREAMBLE {
        return Ok(None);
    }
    let source = header >> 4;
    if plain == PREAMBLE && (source == SOURCE_BLADE || source == SOURCE_CHASSIS) && crc8(header, value) == crc {
        return Ok(Some((header, value)));
    }
    Err(WrongCheck)
}

/// Mode D's XGMII column, lane 0 in the low byte; its control bits are [`COLUMN_CONTROL`].
pub const fn column(d1: u8, d2: u8) -> u32 {
    u32::from_le_bytes([xgmii::SEQUENCE, d1, d2, check(d1, d2)])
}
pub const COLUMN_CONTROL: u8 = 1;

/// D1 and D2 of a column of mode D: `Ok(None)` if it is none, an error if it is one with a wrong check.
pub const fn column_word(column: u32, control: u8) -> Result<Option<(u8, u8)>, WrongCheck> {
    let [o, d1, d2, d3] = column.to_le_bytes();
    let source = d1 >> 4;
    if control != COLUMN_CONTROL || o != xgmii::SEQUENCE || !(source == SOURCE_BLADE || source == SOURCE_CHASSIS) {
        return Ok(None);
    }
    if d3 == check(d1, d2) { Ok(Some((d1, d2))) } else { Err(WrongCheck) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baser;
    use crate::code_8b10b::encode;

    /// Known answers of LINK_PROTOCOL.md, mode D.
    #[test]
    fn mode_d_known_answers() {
        let rows = [
            (0xA0, 0x4B, 0xFC, 0x0000_0000_FC4B_A04B, 0xFC4B_A000_0000_002D),
            (0xA1, 0x0C, 0xF7, 0x0000_0000_F70C_A14B, 0xF70C_A100_0000_002D),
            (0xB0, 0xFF, 0xE0, 0x0000_0000_E0FF_B04B, 0xE0FF_B000_0000_002D),
            (0xA4, 0x10, 0xDB, 0x0000_0000_DB10_A44B, 0xDB10_A400_0000_002D_u64),
        ];
        for (d1, d2, d3, first, second) in rows {
            assert_eq!(check(d1, d2), d3);
            // The payload: the data characters of lanes 1 to 3 after the block type, those of lanes 5 to 7 on top; O code and idles are 0.
            let data = u64::from(column(d1, d2) >> 8);
            assert_eq!(u64::from(baser::TYPE_O0_C4) | data << 8, first);
            assert_eq!(u64::from(baser::TYPE_C0_O4) | data << 40, second);
            assert_eq!(column_word(column(d1, d2), COLUMN_CONTROL), Ok(Some((d1, d2))));
        }
    }

    #[test]
    fn mode_c_known_answer() {
        assert_eq!(crc8(0xA0, 0x4B), 0xEE);
        assert_eq!(preamble(0xA0, 0x4B), [0x55, 0x55, 0x55, 0xA0, 0x4B, 0xEE, 0x55, 0xD5]);
        // The check value of CRC-8/SMBUS in the catalogue of parametrised CRC algorithms.
        assert_eq!(b"123456789".iter().fold(0, |crc, byte| crc8_update(crc, *byte)), 0xF4);
    }

    #[test]
    fn no_word_of_mode_c_holds_the_delimiter() {
        for source in [SOURCE_BLADE, SOURCE_CHASSIS] {
            for field in 0..FIELDS {
                let header = header(source, field);
                let replaced: Vec<u8> = (0..=255).filter(|value| holds_delimiter(header, *value)).collect();
                assert_eq!(replaced.len(), 2, "{header:02X}");
                for value in 0..=255 {
                    let word = preamble(header, value);
                    assert!(!word[..7].contains(&START_FRAME_DELIMITER));
                    assert!(word[4].abs_diff(value) <= 1);
                    let last = [word[3], word[4], word[5], word[6]];
                    assert_eq!(word_before_delimiter(last), Ok(Some((header, word[4]))));
                }
                // The field that carries no number is never replaced: bits 3 and 2 of its values are 0.
                assert!(field != FIELD_ADMIN || replaced.iter().all(|value| value & 0x0C != 0));
            }
        }
    }

    #[test]
    fn words_of_mode_c() {
        assert_eq!(word_before_delimiter([0x55; 4]), Ok(None));
        let good = [0xA0, 0x4B, 0xEE, 0x55];
        for place in 0..4 {
            for flip in 1..=255 {
                let mut bad = good;
                bad[place] ^= flip;
                // A burst of 8 bits in one byte is always found.
                assert_eq!(word_before_delimiter(bad), Err(WrongCheck), "{bad:02X?}");
            }
        }
    }

    /// CRC-7 over 16 bits finds every pattern of one to three wrong bits of D1, D2, D3.
    #[test]
    fn mode_d_finds_three_wrong_bits() {
        let good = column(0xA4, 0x10);
        let places: Vec<u32> = (8..32).collect();
        let mut patterns = vec![];
        for a in &places {
            for b in &places {
                for c in &places {
                    patterns.push(1_u32 << a | 1 << b | 1 << c);
                }
            }
        }
        for pattern in patterns {
            assert!(!matches!(column_word(good ^ pattern, COLUMN_CONTROL), Ok(Some(_))), "{pattern:08X}");
        }
    }

    #[test]
    fn a_column_of_mode_d_is_no_fault() {
        for d1 in [0xA0, 0xA5, 0xB0, 0xB5] {
            assert!((0..=255).all(|d2| check(d1, d2) >= 0x80));
        }
        for fault in [xgmii::LOCAL_FAULT, xgmii::REMOTE_FAULT] {
            assert_eq!(column_word(xgmii::fault_word(fault) as u32, COLUMN_CONTROL), Ok(None));
        }
    }

    #[test]
    fn rounds() {
        let fields = 0x4523_4567_89AB_u64 | 1 << record::VERSION_BIT;
        let values: [u8; 6] = std::array::from_fn(|field| field_value(fields, field as u8));
        assert_eq!(values, [0x23, 0x45, 0x67, 0x89, 0xAB, 0x50]);
        assert_eq!(round(values), fields);
    }

    /// First record of the known answers: bits of 45 4B 0C 80 20 10 BA 29.
    #[test]
    fn mode_b_known_answer() {
        assert_eq!((BIT_0, BIT_1, MARK), (0x5C, 0x7C, 0xDC));
        assert_eq!(marked_bits(0x454B_0C80_2010), 0x454B_0C80_2010_BA29);
        let sets = marked_sets(0x454B_0C80_2010);
        assert_eq!(sets[..9], [0xDC, 0x5C, 0x7C, 0x5C, 0x5C, 0x5C, 0x7C, 0x5C, 0x7C]);
        assert_eq!(sets.len(), 65);
    }

    /// Like /I2/, a set of mode B leaves the disparity negative: each symbol flips it back. None holds a comma.
    #[test]
    fn mode_b_symbols_flip_the_disparity_back() {
        let mut codes = vec![];
        for value in [BIT_0, BIT_1, MARK] {
            let (code, positive) = encode(true, value, true).unwrap();
            assert!(!positive);
            codes.push(code);
        }
        for (n, a) in codes.iter().enumerate() {
            assert!(codes[..n].iter().all(|b| (a ^ b).count_ones() >= 2));
        }
    }
}
