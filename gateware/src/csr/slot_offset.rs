//! The offset of an access near the slot whose registers it may mean: many slots are asked, and they are far apart.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | here, offset | in | 1, W | the access is in this slot's pages; from `RegisterAccess` |
//! | near | out | W | the offset, where it is here; else 0. Flip-flops of this slot's own, since no other's have the same value |
//!
//! Latency: 1 cycle. Throughput: an offset a cycle. No reset: it follows its inputs.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct SlotOffset<const W: usize> {
    pub clk: Signal<In, Clock>,
    pub here: Signal<In, Bit>,
    pub offset: Signal<In, Bits<W>>,
    pub near: Signal<Out, Bits<W>>,
    kept: DFF<Bits<W>>,
}

impl<const W: usize> Logic for SlotOffset<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, kept);
        self.kept.d.next = 0.into();
        if self.here.val() {
            self.kept.d.next = self.offset.val();
        }
        self.near.next = self.kept.q.val();
    }
    spareband_hdl::module_name!();
}
