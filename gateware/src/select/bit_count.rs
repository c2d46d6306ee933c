//! How many bits of a mask of sixteen are set.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | of | in | 16 | the mask |
//! | count | out | 5 | 0 to 16 |
//!
//! Combinational: a table for each nibble, then two sums.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;

#[derive(LogicBlock)]
pub struct BitCount {
    pub of: Signal<In, Bits<16>>,
    pub count: Signal<Out, Bits<5>>,
    nibble: [LookupTable<4, 3>; 4],
    low: Signal<Local, Bits<4>>,
    high: Signal<Local, Bits<4>>,
}

/// Set bits of each nibble.
pub(super) fn nibble_table() -> LookupTable<4, 3> {
    LookupTable::new((0..16_u64).map(|nibble| u64::from(nibble.count_ones())).collect())
}

impl Default for BitCount {
    fn default() -> Self {
        with_defaults!(Self {
            nibble: std::array::from_fn(|_| nibble_table()),
        }
            defaults of count low high)
    }
}

impl Logic for BitCount {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..4 {
            self.nibble[i].address.next = self.of.val().get_bits::<4>(4 * i);
        }
        self.low.next = bit_cast::<4, 3>(self.nibble[0].data.val()) + bit_cast::<4, 3>(self.nibble[1].data.val());
        self.high.next = bit_cast::<4, 3>(self.nibble[2].data.val()) + bit_cast::<4, 3>(self.nibble[3].data.val());
        self.count.next = bit_cast::<5, 4>(self.low.val()) + bit_cast::<5, 4>(self.high.val());
    }
    spareband_hdl::module_name!();
}
