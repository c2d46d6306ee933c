//! Storm limit: a token bucket for frames that would go to every blade (broadcast, unknown addresses).
//!
//! > A frame passes if a token is there, and takes it; with `rate` 0 every frame passes.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset empties the bucket and clears the count |
//! | rate | in | 16 | tokens a period; 0: no limit |
//! | burst | in | 16 | most tokens in the bucket; 0 with a rate: nothing passes |
//! | period | in | 24 | cycles between two fillings; 0 and 1: every cycle |
//! | frame | in | 1 | such a frame is there; one in any cycle |
//! | pass | out | 1 | a frame of this cycle may pass; combinational from registers and `rate` |
//! | drops | out | 32 | frames that came where `pass` was not set; wraps |
//!
//! So at most rate * n + burst frames pass in any n periods. A smaller `burst` counts from the next filling on, a smaller `period` at once.
//! Latency: a frame's token is gone in the next cycle, a drop is counted then (`latencies`). Throughput: a frame a cycle. Bad input: none.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct StormLimit {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub rate: Signal<In, Bits<16>>,
    pub burst: Signal<In, Bits<16>>,
    pub period: Signal<In, Bits<24>>,
    pub frame: Signal<In, Bit>,
    pub pass: Signal<Out, Bit>,
    pub drops: Signal<Out, Bits<32>>,
    elapsed: DFF<Bits<24>>,
    fills: DFF<Bit>,
    tokens: DFF<Bits<16>>,
    dropped: DFF<Bits<32>>,
    longer: Signal<Local, Bits<25>>,
    passes: Signal<Local, Bit>,
    left: Signal<Local, Bits<16>>,
    filled: Signal<Local, Bits<17>>,
}

impl Logic for StormLimit {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, elapsed, fills, tokens, dropped);
        self.fills.d.next = false;
        self.longer.next = bit_cast::<25, 24>(self.elapsed.q.val()) + 1;
        self.elapsed.d.next = self.longer.val().get_bits::<24>(0);
        if self.longer.val() >= bit_cast::<25, 24>(self.period.val()) {
            self.elapsed.d.next = 0.into();
            self.fills.d.next = true;
        }
        self.passes.next = self.tokens.q.val().any() | !self.rate.val().any();
        self.pass.next = self.passes.val();
        self.left.next = self.tokens.q.val();
        if self.frame.val() & self.tokens.q.val().any() {
            self.left.next = self.tokens.q.val() - 1;
        }
        self.tokens.d.next = self.left.val();
        self.filled.next = bit_cast::<17, 16>(self.left.val()) + bit_cast::<17, 16>(self.rate.val());
        if self.fills.q.val() {
            self.tokens.d.next = self.filled.val().get_bits::<16>(0);
            if self.filled.val() > bit_cast::<17, 16>(self.burst.val()) {
                self.tokens.d.next = self.burst.val();
            }
        }
        if self.frame.val() & !self.passes.val() {
            self.dropped.d.next = self.dropped.q.val() + 1;
        }
        self.drops.next = self.dropped.q.val();
        if self.reset.val() {
            self.elapsed.d.next = 0.into();
            self.fills.d.next = false;
            self.tokens.d.next = 0.into();
            self.dropped.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
