//! The beat of pause quanta. IEEE 802.3 31B.2.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | transmit clock |
//! | tick | out | clk | one cycle in 2^LOG2, which are 512 bit times |
//!
//! Latency: none. Throughput: a tick a quantum. It has no reset: whoever waits for it must wait for any.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct PauseQuantum<const LOG2: usize> {
    pub clk: Signal<In, Clock>,
    pub tick: Signal<Out, Bit>,
    count: DFF<Bits<LOG2>>,
}

impl<const LOG2: usize> Logic for PauseQuantum<LOG2> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, count);
        self.count.d.next = self.count.q.val() + 1;
        self.tick.next = self.count.q.val().all();
    }
    spareband_hdl::module_name!();
}
