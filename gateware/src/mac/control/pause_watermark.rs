//! When a queue is full enough to ask the other end to pause, and empty enough to let it go on.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | level | in | 16 | clk | words in the queue, as `AsyncFrameFifo` gives them to its writer |
//! | high, low | in | 16 | static | asked from `high` words on, until there are `low` or fewer |
//! | request | out | 1 | clk | for `MacControl10g` or `MacControl1g`; from a flip-flop |
//!
//! Above `high` the queue must hold what still comes: the frame that this end is sending, since a PAUSE frame waits for its end, the one that the other end has
//! begun, what 31B.3.7 lets it take to stop (480 words of 64 bits at 10 Gb/s, 16 at 1 Gb/s) and twice what is under way on the line.
//! Latency: 1 cycle (`a_watermark_has_two_levels`). Throughput: a level a cycle. Bad input: `low` not below `high` makes one level of both, `high`.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct PauseWatermark {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub level: Signal<In, Bits<16>>,
    pub high: Signal<In, Bits<16>>,
    pub low: Signal<In, Bits<16>>,
    pub request: Signal<Out, Bit>,
    asking: DFF<Bit>,
}

impl Logic for PauseWatermark {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, asking);
        if self.level.val() <= self.low.val() {
            self.asking.d.next = false;
        }
        // Where the low mark is not below the high one, what is below the high one is not above the low one.
        if self.level.val() >= self.high.val() {
            self.asking.d.next = true;
        }
        if self.reset.val() {
            self.asking.d.next = false;
        }
        self.request.next = self.asking.q.val();
    }
    spareband_hdl::module_name!();
}
