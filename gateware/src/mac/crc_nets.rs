//! CRC-32 as XOR networks, for the MACs that take eight bytes a cycle.

use spareband_hdl::parts::XorNet;
use spareband_spec::crc;

/// The register after `BYTES` zero bytes: what a word does to the state.
pub(super) fn advance(bytes: usize) -> XorNet<32, 32> {
    XorNet::from_fn(|register| u128::from((0..bytes).fold(register as u32, |register, _| crc::crc32_byte(register, 0))))
}

/// What eight bytes add to the register.
pub(super) fn word() -> XorNet<64, 32> {
    XorNet::from_fn(|word| u128::from(crc::crc32(0, &(word as u64).to_le_bytes())))
}

/// What four bytes add to the register, `bytes` bytes from the first of them on.
pub(super) fn half(bytes: usize) -> XorNet<32, 32> {
    XorNet::from_fn(|half| {
        let mut data = [0; 8];
        data[..4].copy_from_slice(&(half as u32).to_le_bytes());
        u128::from(crc::crc32(0, &data[..bytes]))
    })
}

/// The register before so many zero bytes, turned so that its low byte falls into the lane, modulo four, where those zero bytes were.
pub(super) fn undo(zero_bytes: usize) -> XorNet<32, 32> {
    XorNet::from_fn(|register| {
        let before = (0..zero_bytes).fold(register as u32, |register, _| crc::crc32_undo_zero_byte(register));
        u128::from(before.rotate_left(8 * ((4 - zero_bytes as u32) % 4)))
    })
}
