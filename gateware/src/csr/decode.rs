//! Where the blocks and registers of a map are, as the banks compare it with an access.

use rust_hdl::prelude::*;
use spareband_spec::regs::Map;

/// Number of the 256-byte page that a block fills.
pub fn page(map: &Map, block: &str) -> Constant<Bits<8>> {
    let base = map.block(block).base;
    assert_eq!(base % 0x100, 0);
    Constant::new(bits::<8>((base / 0x100).into()))
}

/// Address bits 15..12 of the blades' blocks; bits 11..8 are the blade.
pub fn blade_page(map: &Map) -> Constant<Bits<4>> {
    let block = map.block("blade");
    assert_eq!((block.base % 0x1000, block.stride), (0, 0x100));
    Constant::new(bits::<4>((block.base / 0x1000).into()))
}

/// Word within its page at which a register is.
pub fn at(map: &Map, block: &str, register: &str) -> Constant<Bits<6>> {
    word_at(map, block, register, 0)
}

/// Word within its page at which the high word of a wide register is.
pub fn at_high(map: &Map, block: &str, register: &str) -> Constant<Bits<6>> {
    word_at(map, block, register, 1)
}

fn word_at(map: &Map, block: &str, register: &str, word: u16) -> Constant<Bits<6>> {
    Constant::new(bits::<6>((map.register(block, register).offset / 4 + word).into()))
}
