//! A reset for K places, so that none has to reach all over the device within a cycle.
//!
//! > What comes in comes out of output i after i + 1 cycles; places that hand frames to each other may so begin and end their reset K cycles apart.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | reset_in | in | 1 | of this clock, as `ResetSync` gives it |
//! | reset | out | K x 1 | each a cycle after the one before, so that synthesis cannot make one register of them |
//!
//! Latency: 1 to K cycles (`each_a_cycle_after_the_one_before`). Throughput: a level a cycle.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct ResetChain<const K: usize> {
    pub clk: Signal<In, Clock>,
    pub reset_in: Signal<In, Bit>,
    pub reset: [Signal<Out, Bit>; K],
    stage: [DFF<Bit>; K],
    level: Signal<Local, Bit>,
}

impl<const K: usize> Default for ResetChain<K> {
    fn default() -> Self {
        with_defaults!(Self {} defaults clk reset_in level; arrays reset stage)
    }
}

impl<const K: usize> Logic for ResetChain<K> {
    #[hdl_gen]
    fn update(&mut self) {
        self.level.next = self.reset_in.val();
        for i in 0..K {
            self.stage[i].clock.next = self.clk.val();
            self.stage[i].d.next = self.level.val();
            self.reset[i].next = self.stage[i].q.val();
            self.level.next = self.stage[i].q.val();
        }
    }
    spareband_hdl::module_name!();
}
