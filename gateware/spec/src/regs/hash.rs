//! FNV-1a (32 bits) over a map's description, at compile time.

use super::{Count, Map};

const OFFSET_BASIS: u32 = 0x811C_9DC5;
const PRIME: u32 = 0x0100_0193;

/// Whether two strings are equal.
pub(super) const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// FNV-1a of some bytes, going on from `hash`.
const fn bytes(mut hash: u32, data: &[u8]) -> u32 {
    let mut index = 0;
    while index < data.len() {
        hash = (hash ^ data[index] as u32).wrapping_mul(PRIME);
        index += 1;
    }
    hash
}

/// A string and an end mark that no name contains.
const fn text(hash: u32, text: &str) -> u32 {
    bytes(bytes(hash, text.as_bytes()), &[0])
}

const fn number(hash: u32, value: u64) -> u32 {
    bytes(hash, &value.to_le_bytes())
}

/// The hash of everything a host relies on: not of the prose.
pub(super) const fn of_map(map: &Map) -> u32 {
    let mut hash = number(text(OFFSET_BASIS, map.name), map.kind as u64);
    let mut block = 0;
    while block < map.blocks.len() {
        let b = &map.blocks[block];
        hash = text(hash, b.name);
        hash = number(
            hash,
            ((b.base as u64) << 32) | ((b.stride as u64) << 8) | matches!(b.count, Count::Blades) as u64,
        );
        let mut register = 0;
        while register < b.registers.len() {
            let r = &b.registers[register];
            hash = text(text(hash, r.name), r.access.name());
            hash = number(hash, ((r.offset as u64) << 8) | r.words as u64);
            hash = number(number(hash, r.reset), r.reset_step);
            let mut field = 0;
            while field < r.fields.len() {
                let f = &r.fields[field];
                hash = number(text(hash, f.name), ((f.lsb as u64) << 8) | f.width as u64);
                let mut value = 0;
                while value < f.values.len() {
                    hash = number(text(hash, f.values[value].0), f.values[value].1 as u64);
                    value += 1;
                }
                field += 1;
            }
            register += 1;
        }
        block += 1;
    }
    let mut window = 0;
    while window < map.windows.len() {
        let w = &map.windows[window];
        hash = number(text(hash, w.name), ((w.base as u64) << 16) | w.words as u64);
        window += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of the FNV specification (draft-eastlake-fnv, appendix of test vectors).
    #[test]
    fn fnv_1a_vectors() {
        assert_eq!(bytes(OFFSET_BASIS, b""), 0x811C_9DC5);
        assert_eq!(bytes(OFFSET_BASIS, b"a"), 0xE40C_292C);
        assert_eq!(bytes(OFFSET_BASIS, b"foobar"), 0xBF9C_F968);
    }
}
