//! Ordered sets of 1000BASE-X (IEEE 802.3 36.2.4.7 .. 36.2.4.17) and the alphabet of the utilisation sets that replace some /I2/.

use crate::code_8b10b::{D2_2, D2_5, D5_6, D6_5, D16_2, D21_5, D26_4, K23_7, K27_7, K29_7, K30_7, encode};

/// Second code-group of /I1/, which flips the running disparity (to negative), and of /I2/, which preserves it.
pub const IDLE_1: u8 = D5_6;
pub const IDLE_2: u8 = D16_2;
/// Second code-groups of /C1/ and /C2/.
pub const CONFIGURATION: [u8; 2] = [D21_5, D2_2];
/// Second code-groups of the low-power idle sets /LI1/ and /LI2/ (Clause 70).
pub const LOW_POWER_IDLE: [u8; 2] = [D6_5, D26_4];
/// /S/, /T/, /R/, /V/.
pub const START_OF_PACKET: u8 = K27_7;
pub const END_OF_PACKET: u8 = K29_7;
pub const CARRIER_EXTEND: u8 = K23_7;
pub const ERROR_PROPAGATION: u8 = K30_7;

/// GMII values the receiver puts beside RX_ER while RX_DV is low (Table 35-2).
pub const GMII_CARRIER_EXTEND: u8 = 0x0F;
pub const GMII_FALSE_CARRIER: u8 = 0x0E;

/// Preamble byte and start frame delimiter (3.2.1, 3.2.2).
pub const PREAMBLE: u8 = 0x55;
pub const START_FRAME_DELIMITER: u8 = 0xD5;
/// Preamble bytes before the delimiter.
pub const PREAMBLE_BYTES: usize = 7;
/// Shortest frame with its frame check sequence (4.4.2).
pub const MINIMUM_FRAME: usize = 64;
/// Idle bytes between frames (4.4.2).
pub const INTERPACKET_GAP: usize = 12;

/// Starts a utilisation record (SOF).
pub const RECORD_START: u8 = D2_5;
/// Of this many sets in a row at least one is a real /I2/.
pub const SETS_PER_REAL_IDLE: u8 = 8;

/// The code-group that flips the disparity from positive to negative, if the byte has one: it then weighs 4.
const fn flipping_back(value: u8) -> Option<u16> {
    match encode(false, value, true) {
        Some((code, false)) => Some(code),
        _ => None,
    }
}

/// Hamming distance of a code-group from the nearest form of a byte.
const fn distance(code: u16, value: u8) -> u32 {
    let mut least = 10;
    let mut n = 0;
    while n < 2 {
        if let Some((other, _)) = encode(false, value, n == 1) {
            let d = (code ^ other).count_ones();
            if d < least {
                least = d;
            }
        }
        n += 1;
    }
    least
}

/// Is this the second code-group of a utilisation set? Those that flip the disparity back to negative and stay 3 bits away from every
/// form of the configuration and low-power idle code-groups.
pub const fn is_utilisation(value: u8) -> bool {
    match flipping_back(value) {
        Some(code) => {
            let avoid = [CONFIGURATION[0], CONFIGURATION[1], LOW_POWER_IDLE[0], LOW_POWER_IDLE[1]];
            let mut n = 0;
            while n < avoid.len() {
                if distance(code, avoid[n]) < 3 {
                    return false;
                }
                n += 1;
            }
            true
        }
        None => false,
    }
}

/// Six bits to the byte of the second code-group: the utilisation bytes sorted by value.
pub const ALPHABET: [u8; 64] = {
    let mut alphabet = [0; 64];
    let (mut used, mut value) = (0, 0);
    while value < 256 {
        if is_utilisation(value as u8) && value as u8 != RECORD_START && value as u8 != IDLE_2 {
            alphabet[used] = value as u8;
            used += 1;
        }
        value += 1;
    }
    assert!(used == 64);
    alphabet
};

/// The six bits of a second code-group's byte.
pub const fn symbol(value: u8) -> Option<u8> {
    let mut n = 0;
    while n < 64 {
        if ALPHABET[n] == value {
            return Some(n as u8);
        }
        n += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "03 06 07 0A 0B 0E 11 14 15 19 1C 20 21 24 2F 30 37 38 3B 3D 3E 60 61 64 6F 70 77 78 7B 7D 7E 83 85 89 8C 8D \
        91 94 B0 B7 B8 BE C0 C1 C4 CF D0 D7 D8 DB DD DE E3 E6 E7 EA EB ED EE F1 F4 F5 F9 FC";

    #[test]
    fn alphabet_is_the_published_one() {
        let text: Vec<String> = ALPHABET.iter().map(|v| format!("{v:02X}")).collect();
        assert_eq!(text.join(" "), LISTED);
        assert_eq!((0..=255u8).filter(|v| flipping_back(*v).is_some()).count(), 122);
        for (n, value) in ALPHABET.iter().enumerate() {
            assert_eq!(symbol(*value), Some(n as u8));
        }
        assert_eq!((0..=255u8).filter(|v| symbol(*v).is_some()).count(), 64);
    }

    #[test]
    fn record_start_stands_apart() {
        let start = flipping_back(RECORD_START).unwrap();
        assert!(ALPHABET.iter().all(|v| (flipping_back(*v).unwrap() ^ start).count_ones() >= 4));
        assert_eq!((flipping_back(IDLE_2).unwrap() ^ start).count_ones(), 8);
    }

    #[test]
    fn no_single_bit_error_turns_one_second_code_group_into_another() {
        let mut all: Vec<u16> = ALPHABET.iter().map(|v| flipping_back(*v).unwrap()).collect();
        // All follow K28.5 sent at negative disparity; /I1/ begins with the other form.
        all.extend([flipping_back(RECORD_START).unwrap(), flipping_back(IDLE_2).unwrap()]);
        for (n, a) in all.iter().enumerate() {
            assert!(all[..n].iter().all(|b| (a ^ b).count_ones() >= 2));
        }
    }
}
