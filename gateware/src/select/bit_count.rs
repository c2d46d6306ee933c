//! How many bits of a mask of sixteen are set.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | of | in | 16 | the mask |
//! | count | out | 5 | 0 to 16; of `less_one` one less, and 31 for none |
//!
//! Combinational: a table for each nibble, one for each pair of nibbles, then a sum (`counts_every_mask`).

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;

#[derive(LogicBlock)]
pub struct BitCount {
    pub of: Signal<In, Bits<16>>,
    pub count: Signal<Out, Bits<5>>,
    nibble: [LookupTable<4, 3>; 4],
    byte: [LookupTable<6, 5>; 2],
    low: Signal<Local, Bits<3>>,
    high: Signal<Local, Bits<3>>,
}

/// Set bits of each number of A bits.
pub(super) fn table<const A: usize, const D: usize>() -> LookupTable<A, D> {
    LookupTable::new((0..1_u64 << A).map(|number| u64::from(number.count_ones())).collect())
}

/// Sums of a number of three bits and one of A - 3 above it, `less` taken off, modulo 2^D.
pub(super) fn sums<const A: usize, const D: usize>(less: u64) -> LookupTable<A, D> {
    LookupTable::new(
        (0..1_u64 << A)
            .map(|pair| ((pair & 7) + (pair >> 3)).wrapping_sub(less) & ((1 << D) - 1))
            .collect(),
    )
}

impl BitCount {
    fn with_less(less: u64) -> Self {
        with_defaults!(Self {
            nibble: std::array::from_fn(|_| table()),
            byte: [sums(less), sums(0)],
        }
            defaults of count low high)
    }

    /// Counts one less.
    pub fn less_one() -> Self {
        Self::with_less(1)
    }
}

impl Default for BitCount {
    fn default() -> Self {
        Self::with_less(0)
    }
}

impl Logic for BitCount {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..4 {
            self.nibble[i].address.next = self.of.val().get_bits::<4>(4 * i);
        }
        for i in 0..2 {
            self.low.next = self.nibble[2 * i].data.val();
            self.high.next = self.nibble[2 * i + 1].data.val();
            self.byte[i].address.next = (bit_cast::<6, 3>(self.high.val()) << 3) | bit_cast::<6, 3>(self.low.val());
        }
        self.count.next = self.byte[0].data.val() + self.byte[1].data.val();
    }
    spareband_hdl::module_name!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_mask() {
        for (mut uut, less) in [(BitCount::default(), 0), (BitCount::less_one(), 1)] {
            uut.connect_all();
            for mask in 0..1_u64 << 16 {
                uut.of.next = bits::<16>(mask);
                assert!(simulate(&mut uut, 10));
                assert_eq!(uut.count.val().to_u64(), u64::from(mask.count_ones()).wrapping_sub(less) & 31);
            }
        }
    }
}
