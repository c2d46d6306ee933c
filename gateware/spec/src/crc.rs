//! Cyclic redundancy checks.

/// CRC-32 of the frame check sequence (IEEE 802.3 3.2.9), bits reversed as they go on the wire, low bit of a byte first.
pub const CRC32_POLYNOMIAL: u32 = 0xEDB8_8320;
pub const CRC32_INITIAL: u32 = 0xFFFF_FFFF;
/// The register after a frame and its right check sequence.
pub const CRC32_RESIDUE: u32 = 0xDEBB_20E3;

/// The CRC-32 register after one more byte. The frame check sequence is the complement, low byte first.
pub const fn crc32_byte(register: u32, byte: u8) -> u32 {
    let mut register = register ^ byte as u32;
    let mut bit = 0;
    while bit < 8 {
        register = (register >> 1) ^ (CRC32_POLYNOMIAL & (register & 1).wrapping_neg());
        bit += 1;
    }
    register
}

/// The CRC-32 register after more bytes.
pub const fn crc32(mut register: u32, bytes: &[u8]) -> u32 {
    let mut index = 0;
    while index < bytes.len() {
        register = crc32_byte(register, bytes[index]);
        index += 1;
    }
    register
}

/// The CRC-32 register before a zero byte that left `register`: [`crc32_byte`] with byte 0 run backwards.
pub const fn crc32_undo_zero_byte(mut register: u32) -> u32 {
    let mut bit = 0;
    while bit < 8 {
        // The polynomial's top bit is set, so the top bit tells whether it was added.
        let added = register >> 31;
        register = ((register ^ (CRC32_POLYNOMIAL & added.wrapping_neg())) << 1) | added;
        bit += 1;
    }
    register
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_check_value() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        assert_eq!(!crc32(CRC32_INITIAL, b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn crc32_residue() {
        let fcs = 0xCBF4_3926_u32.to_le_bytes();
        assert_eq!(crc32(crc32(CRC32_INITIAL, b"123456789"), &fcs), CRC32_RESIDUE);
    }

    #[test]
    fn crc32_backwards() {
        let mut register = 1;
        for _ in 0..1000 {
            let next = crc32_byte(register, 0);
            assert_eq!(crc32_undo_zero_byte(next), register);
            register = next.wrapping_mul(3);
        }
    }
}
