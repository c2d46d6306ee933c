//! The utilisation record: 48 bits of fields and a CRC-16, sent as one start set and eleven six-bit symbols (docs/LINK_PROTOCOL.md).

use crate::ordered_set::{ALPHABET, RECORD_START};

/// The only version a receiver uses.
pub const VERSION: u8 = 1;
/// Bits of the fields, version down to queue, most significant first.
pub const FIELD_BITS: u32 = 48;
/// Symbols after the start set: 8 of fields, 3 of CRC and two zero bits.
pub const SYMBOLS: usize = 11;
/// Symbols that carry fields.
pub const FIELD_SYMBOLS: usize = 8;
pub const SYMBOL_BITS: u32 = 6;
/// A sequence number further ahead than this counts only when it is repeated.
pub const MAX_SEQUENCE_STEP: u8 = 8;

/// Position of each field's least significant bit in the 48.
pub const QUEUE_BIT: u32 = 0;
pub const POWER_BIT: u32 = 8;
pub const WORK_BIT: u32 = 16;
pub const IRQ_BIT: u32 = 24;
pub const CPU_BIT: u32 = 32;
pub const SEQ_BIT: u32 = 40;
pub const ADMIN_BIT: u32 = 44;
pub const VERSION_BIT: u32 = 46;

/// Administrative state a blade asks for.
pub const ADMIN_READY: u8 = 0;
pub const ADMIN_DRAIN: u8 = 1;
pub const ADMIN_MAINTENANCE: u8 = 2;

pub const CRC_POLYNOMIAL: u16 = 0x1021;
pub const CRC_INITIAL: u16 = 0xFFFF;

/// Feed the low `bits` of `value`, most significant first.
pub const fn crc16_update(mut crc: u16, value: u64, bits: u32) -> u16 {
    let mut n = bits;
    while n > 0 {
        n -= 1;
        let feedback = crc >> 15 ^ (value >> n & 1) as u16;
        crc = (crc << 1) ^ (feedback * CRC_POLYNOMIAL);
    }
    crc
}

/// A record's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    pub version: u8,
    pub admin: u8,
    pub seq: u8,
    pub cpu: u8,
    pub irq: u8,
    pub work: u8,
    pub power: u8,
    pub queue: u8,
}

impl Record {
    /// The 48 bits; fields wider than theirs are cut.
    pub const fn pack(&self) -> u64 {
        (self.version as u64 & 3) << VERSION_BIT
            | (self.admin as u64 & 3) << ADMIN_BIT
            | (self.seq as u64 & 15) << SEQ_BIT
            | (self.cpu as u64) << CPU_BIT
            | (self.irq as u64) << IRQ_BIT
            | (self.work as u64) << WORK_BIT
            | (self.power as u64) << POWER_BIT
            | (self.queue as u64) << QUEUE_BIT
    }

    pub const fn unpack(fields: u64) -> Self {
        Self {
            version: (fields >> VERSION_BIT & 3) as u8,
            admin: (fields >> ADMIN_BIT & 3) as u8,
            seq: (fields >> SEQ_BIT & 15) as u8,
            cpu: (fields >> CPU_BIT) as u8,
            irq: (fields >> IRQ_BIT) as u8,
            work: (fields >> WORK_BIT) as u8,
            power: (fields >> POWER_BIT) as u8,
            queue: (fields >> QUEUE_BIT) as u8,
        }
    }

    pub const fn crc(&self) -> u16 {
        crc16_update(CRC_INITIAL, self.pack(), FIELD_BITS)
    }
}

/// Second code-groups of the twelve sets that carry 48 bits of fields.
pub const fn sets(fields: u64) -> [u8; SYMBOLS + 1] {
    let crc = crc16_update(CRC_INITIAL, fields, FIELD_BITS);
    let whole = (fields as u128) << 18 | (crc as u128) << 2;
    let mut sets = [RECORD_START; SYMBOLS + 1];
    let mut n = 0;
    while n < SYMBOLS {
        sets[n + 1] = ALPHABET[(whole >> (SYMBOL_BITS as usize * (SYMBOLS - 1 - n)) & 63) as usize];
        n += 1;
    }
    sets
}

/// Does a good record count at once, or only when the next one says the same?
pub const fn plausible(last: &Record, new: &Record) -> bool {
    let ahead = new.seq.wrapping_sub(last.seq) & 15;
    ahead <= MAX_SEQUENCE_STEP && new.admin == last.admin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_8b10b::{K28_5, encode};

    fn record(version: u8, admin: u8, seq: u8, loads: [u8; 5]) -> Record {
        let [cpu, irq, work, power, queue] = loads;
        Record {
            version,
            admin,
            seq,
            cpu,
            irq,
            work,
            power,
            queue,
        }
    }

    /// Known answers of LINK_PROTOCOL.md.
    #[test]
    fn known_answers() {
        let rows = [
            (
                record(1, 0, 5, [0x4B, 0x0C, 0x80, 0x20, 0x10]),
                0xBA29,
                "A2 38 3E C4 21 85 07 03 37 D0 8C 91",
            ),
            (record(1, 0, 0, [0; 5]), 0x6400, "A2 37 03 03 03 03 03 03 03 70 03 03"),
            (record(1, 1, 15, [0xFF; 5]), 0x78E7, "A2 64 FC FC FC FC FC FC FC 7E 2F 7B"),
            (
                record(1, 2, 9, [0x33, 0xCC, 0x01, 0xFE, 0x7F]),
                0x8FC6,
                "A2 77 3D 30 21 03 83 ED FC 8D F4 6F",
            ),
        ];
        for (fields, crc, groups) in rows {
            assert_eq!(fields.crc(), crc);
            let text: Vec<String> = sets(fields.pack()).iter().map(|v| format!("{v:02X}")).collect();
            assert_eq!(text.join(" "), groups);
            assert_eq!(Record::unpack(fields.pack()), fields);
        }
    }

    #[test]
    fn first_sets_on_the_wire() {
        let fields = record(1, 0, 5, [0x4B, 0x0C, 0x80, 0x20, 0x10]);
        let mut wire = vec![];
        for second in &sets(fields.pack())[..3] {
            for (control, value, positive) in [(true, K28_5, false), (false, *second, true)] {
                let (code, _) = encode(control, value, positive).unwrap();
                wire.push((0..10).map(|i| if code >> i & 1 == 1 { '1' } else { '0' }).collect::<String>());
            }
        }
        let expected = "0011111010 0100101010 0011111010 0011001001 0011111010 1000011001";
        assert_eq!(wire.join(" "), expected);
    }

    #[test]
    fn crc_of_the_check_string() {
        // CRC-16/IBM-3740 (also called CCITT-FALSE), check value of the reveng catalogue.
        assert_eq!(
            b"123456789".iter().fold(CRC_INITIAL, |crc, b| crc16_update(crc, *b as u64, 8)),
            0x29B1
        );
    }

    #[test]
    fn plausibility() {
        let last = record(1, 0, 14, [1; 5]);
        assert!(plausible(&last, &record(1, 0, 6, [9; 5])));
        assert!(!plausible(&last, &record(1, 0, 7, [9; 5])));
        assert!(!plausible(&last, &record(1, 1, 14, [9; 5])));
    }
}
