//! The frame check sequence: CRC-32 of IEEE 802.3 3.2.9, eight table look-ups for eight bytes.
const POLYNOMIAL: u32 = 0xEDB8_8320;

const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut register = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            register = (register >> 1) ^ (POLYNOMIAL * (register & 1));
            bit += 1;
        }
        tables[0][byte] = register;
        byte += 1;
    }
    let mut level = 1;
    while level < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[level - 1][byte];
            tables[level][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        level += 1;
    }
    tables
}

/// The register after `bytes`, from all ones, not inverted.
pub fn register(bytes: &[u8]) -> u32 {
    let mut register = u32::MAX;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let low = u32::from_le_bytes([word[0], word[1], word[2], word[3]]) ^ register;
        let at = |table: usize, value: u32| TABLES[table][(value & 0xFF) as usize];
        register = at(7, low) ^ at(6, low >> 8) ^ at(5, low >> 16) ^ at(4, low >> 24);
        register ^= TABLES[3][word[4] as usize] ^ TABLES[2][word[5] as usize] ^ TABLES[1][word[6] as usize] ^ TABLES[0][word[7] as usize];
    }
    for byte in words.remainder() {
        register = (register >> 8) ^ TABLES[0][((register as u8) ^ byte) as usize];
    }
    register
}

/// The four FCS bytes in wire order.
pub fn fcs(frame: &[u8]) -> [u8; 4] {
    (!register(frame)).to_le_bytes()
}

/// The register over a frame and its right FCS is always 0xDEBB20E3.
pub fn residue_is_good(frame_with_fcs: &[u8]) -> bool {
    register(frame_with_fcs) == 0xDEBB_20E3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_value_of_the_catalogue() {
        assert_eq!(!register(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn eight_at_a_time_equals_bit_by_bit() {
        let bytes: Vec<u8> = (0..200u32).map(|i| (i * 37 + 11) as u8).collect();
        for length in 0..bytes.len() {
            let mut slow = u32::MAX;
            for byte in &bytes[..length] {
                slow ^= u32::from(*byte);
                for _ in 0..8 {
                    slow = if slow & 1 == 1 { (slow >> 1) ^ POLYNOMIAL } else { slow >> 1 };
                }
            }
            assert_eq!(register(&bytes[..length]), slow, "{length} bytes");
        }
    }

    #[test]
    fn residue_of_a_frame_with_its_fcs_and_of_a_spoiled_one() {
        let mut frame = vec![0xAB; 61];
        let fcs = fcs(&frame);
        frame.extend(fcs);
        assert!(residue_is_good(&frame));
        frame[17] ^= 4;
        assert!(!residue_is_good(&frame));
    }
}
