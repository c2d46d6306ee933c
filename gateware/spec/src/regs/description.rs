//! What a register map is made of.

use super::hash;

/// What a host may do with a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Writes are refused.
    ReadOnly,
    /// Keeps what is written.
    ReadWrite,
    /// A one written to a bit acts once; reads as zero.
    Strobe,
    /// A 64-bit event counter since reset; wraps. Writes are refused.
    Counter,
}

impl Access {
    /// Two-letter name of the documentation.
    pub const fn name(self) -> &'static str {
        match self {
            Access::ReadOnly => "ro",
            Access::ReadWrite => "rw",
            Access::Strobe => "ws",
            Access::Counter => "rc",
        }
    }

    /// Whether a write is accepted.
    pub const fn writable(self) -> bool {
        matches!(self, Access::ReadWrite | Access::Strobe)
    }
}

/// Some bits of a register.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub lsb: u8,
    pub width: u8,
    pub doc: &'static str,
    /// Names of values, if the field is an enumeration.
    pub values: &'static [(&'static str, u32)],
}

impl Field {
    /// The field's bits within its register.
    pub const fn mask(&self) -> u64 {
        (u64::MAX >> (64 - self.width as u32)) << self.lsb
    }

    /// The field's value within a register's value.
    pub const fn get(&self, register: u64) -> u64 {
        (register & self.mask()) >> self.lsb
    }

    /// The register's value with this field replaced.
    pub const fn set(&self, register: u64, value: u64) -> u64 {
        (register & !self.mask()) | ((value << self.lsb) & self.mask())
    }

    /// The name of a value of an enumeration.
    pub fn value_name(&self, value: u32) -> Option<&'static str> {
        self.values.iter().find(|(_, number)| *number == value).map(|(name, _)| *name)
    }
}

/// One register of one or two words.
#[derive(Clone, Copy, Debug)]
pub struct Register {
    pub name: &'static str,
    /// Byte offset within the block.
    pub offset: u16,
    /// 1 or 2.
    pub words: u8,
    pub access: Access,
    /// Value after reset, of the block's first instance.
    pub reset: u64,
    /// What each further instance's reset value adds.
    pub reset_step: u64,
    pub doc: &'static str,
    /// Lowest first, without overlap; bits that no field names read as zero.
    pub fields: &'static [Field],
}

impl Register {
    /// Bits that hold something.
    pub const fn mask(&self) -> u64 {
        let mut mask = 0;
        let mut index = 0;
        while index < self.fields.len() {
            mask |= self.fields[index].mask();
            index += 1;
        }
        mask
    }

    /// The field of this name; a build error or panic if there is none.
    pub const fn field(&self, name: &str) -> &'static Field {
        let mut index = 0;
        while index < self.fields.len() {
            if hash::same(self.fields[index].name, name) {
                return &self.fields[index];
            }
            index += 1;
        }
        panic!("the register has no such field")
    }
}

/// How often a block exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Once.
    One,
    /// Once a blade, as many as `identity.blades` says.
    Blades,
}

/// Registers that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub name: &'static str,
    pub base: u16,
    /// Distance of two instances in bytes.
    pub stride: u16,
    pub count: Count,
    pub doc: &'static str,
    pub registers: &'static [Register],
}

impl Block {
    /// Byte address of a register in an instance of this block.
    pub const fn address_of(&self, index: usize, register: &Register) -> u16 {
        self.base + self.stride * index as u16 + register.offset
    }

    /// The register of this name; a build error or panic if there is none.
    pub const fn register(&self, name: &str) -> &'static Register {
        let mut index = 0;
        while index < self.registers.len() {
            if hash::same(self.registers[index].name, name) {
                return &self.registers[index];
            }
            index += 1;
        }
        panic!("the block has no such register")
    }
}

/// A part of the address space that shows words of a memory: which ones, other registers say.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub name: &'static str,
    pub base: u16,
    pub words: u16,
    pub doc: &'static str,
}

impl Window {
    /// Whether this is the byte address of a word of the window.
    pub const fn holds(&self, address: u16) -> bool {
        address.is_multiple_of(4) && address >= self.base && (address - self.base) / 4 < self.words
    }
}

/// A whole register map.
#[derive(Clone, Copy, Debug)]
pub struct Map {
    pub name: &'static str,
    pub kind: u32,
    pub clock_hz: u32,
    pub doc: &'static str,
    pub blocks: &'static [Block],
    pub windows: &'static [Window],
}

/// One register at one address.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub block: &'static Block,
    /// Instance of the block.
    pub index: usize,
    pub register: &'static Register,
    /// Byte address of the register's low word.
    pub address: u16,
}

impl Place {
    /// Value after reset.
    pub const fn reset(&self) -> u64 {
        self.register
            .reset
            .wrapping_add(self.register.reset_step.wrapping_mul(self.index as u64))
    }
}

impl Map {
    /// The block of this name; a build error or panic if there is none.
    pub const fn block(&self, name: &str) -> &'static Block {
        let mut index = 0;
        while index < self.blocks.len() {
            if hash::same(self.blocks[index].name, name) {
                return &self.blocks[index];
            }
            index += 1;
        }
        panic!("the map has no such block")
    }

    /// The register of this name; a build error or panic if there is none.
    pub const fn register(&self, block: &str, register: &str) -> &'static Register {
        self.block(block).register(register)
    }

    /// Byte address of a register in the block's first instance; a build error or panic if there is none.
    pub const fn address(&self, block: &str, register: &str) -> u16 {
        self.block(block).address_of(0, self.register(block, register))
    }

    /// Every register of a device with this many blades, in address order.
    pub fn places(&self, blades: usize) -> impl Iterator<Item = Place> + 'static {
        self.blocks.iter().flat_map(move |block| {
            let instances = if block.count == Count::One { 1 } else { blades };
            (0..instances).flat_map(move |index| {
                block.registers.iter().map(move |register| Place {
                    block,
                    index,
                    register,
                    address: block.address_of(index, register),
                })
            })
        })
    }

    /// The window that shows a word at this address.
    pub fn window(&self, address: u16) -> Option<&'static Window> {
        self.windows.iter().find(|window| window.holds(address))
    }

    /// The register that has a word at this address.
    pub fn find(&self, blades: usize, address: u16) -> Option<Place> {
        self.places(blades).find(|place| {
            (place.address..place.address + 4 * u16::from(place.register.words)).contains(&address) && address.is_multiple_of(4)
        })
    }
}
