//! CRC-32 as XOR networks, for the MACs that take eight bytes a cycle.
//!
//! The register is a polynomial modulo the CRC's, which is irreducible: an element of the field of 2^32. Eight zero bytes multiply it by x^64. Squaring is an automorphism
//! of that field, so the register that is kept as its 64th root is multiplied by x instead: eight bytes are one shift.

use spareband_hdl::parts::XorNet;
use spareband_spec::crc;

/// The register multiplied by x: after one more zero bit.
fn shift(register: u32) -> u32 {
    (register >> 1) ^ (crc::CRC32_POLYNOMIAL & (register & 1).wrapping_neg())
}

/// The product of two registers. Bit 31 is the coefficient of 1.
fn multiply(a: u32, b: u32) -> u32 {
    let mut power = a;
    (0..32).rev().fold(0, |sum, bit| {
        let term = power & (b >> bit & 1).wrapping_neg();
        power = shift(power);
        sum ^ term
    })
}

/// The 64th root of a register: squaring 32 times gives the register back, so squaring 26 times undoes six.
pub(super) fn root(register: u32) -> u32 {
    (0..26).fold(register, |register, _| multiply(register, register))
}

/// {four bytes, root before} to what the first four of eight bytes and the root before make of the root.
pub(super) fn root_low() -> XorNet<64, 32> {
    XorNet::from_fn(|input| {
        let mut data = [0; 8];
        data[..4].copy_from_slice(&((input >> 32) as u32).to_le_bytes());
        u128::from(shift(input as u32) ^ root(crc::crc32(0, &data)))
    })
}

/// What the last four of eight bytes add to the root.
pub(super) fn root_high() -> XorNet<32, 32> {
    XorNet::from_fn(|half| u128::from(root(crc::crc32(0, &(half as u32).to_le_bytes()))))
}

/// What four bytes add to the register as the first of eight, and in the high half as the last.
pub(super) fn low_or_high() -> XorNet<32, 64> {
    XorNet::from_fn(|half| {
        let last = crc::crc32(0, &(half as u32).to_le_bytes());
        u128::from(crc::crc32(last, &[0; 4])) | u128::from(last) << 32
    })
    .cut_inputs()
}

/// What four bytes add to the register as the last of eight.
pub(super) fn high() -> XorNet<32, 32> {
    XorNet::from_fn(|half| u128::from(crc::crc32(0, &(half as u32).to_le_bytes()))).cut_inputs()
}

/// The register before zero, one, two and three zero bytes, each turned so that its low byte falls into the lane, modulo four, where those zero bytes were.
pub(super) fn undo() -> XorNet<32, 128> {
    XorNet::from_fn(|register| {
        (0..4).fold(0, |all, zero_bytes| {
            let before = (0..zero_bytes).fold(register as u32, |register, _| crc::crc32_undo_zero_byte(register));
            all | u128::from(before.rotate_left(8 * ((4 - zero_bytes) % 4))) << (32 * zero_bytes)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_are_one_shift_of_the_root() {
        let mut register = crc::CRC32_INITIAL;
        for _ in 0..100 {
            let next = crc::crc32(register, &[0; 8]);
            assert_eq!(root(next), shift(root(register)));
            register = next;
        }
    }

    #[test]
    fn the_root_is_one() {
        let squared = (0..6).fold(root(0x1234_5678), |register, _| multiply(register, register));
        assert_eq!(squared, 0x1234_5678);
    }
}
