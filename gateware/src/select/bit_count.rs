//! How many bits of a mask of sixteen are set.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | of | in | 16 | the mask |
//! | count | out | 5 | 0 to 16 |
//!
//! Combinational: a table for each byte, then a sum.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;

#[derive(LogicBlock)]
pub struct BitCount {
    pub of: Signal<In, Bits<16>>,
    pub count: Signal<Out, Bits<5>>,
    byte: [LookupTable<8, 4>; 2],
}

/// Set bits of each number of A bits.
pub(super) fn table<const A: usize, const D: usize>() -> LookupTable<A, D> {
    LookupTable::new((0..1_u64 << A).map(|number| u64::from(number.count_ones())).collect())
}

impl Default for BitCount {
    fn default() -> Self {
        with_defaults!(Self {
            byte: std::array::from_fn(|_| table()),
        }
            defaults of count)
    }
}

impl Logic for BitCount {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..2 {
            self.byte[i].address.next = self.of.val().get_bits::<8>(8 * i);
        }
        self.count.next = bit_cast::<5, 4>(self.byte[0].data.val()) + bit_cast::<5, 4>(self.byte[1].data.val());
    }
    spareband_hdl::module_name!();
}
