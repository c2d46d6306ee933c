//! Sends each stored frame to its queues as its verdict says, with the blade's address as destination where the flow was balanced.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | word_valid, word_take, word_data, word_keep, word_last, word_error | in, out, in.. | 1, 1, 64, 8, 1, 1 | stored words; error with last: the frame is bad |
//! | verdict_valid, verdict_take, verdict_mask, verdict_flood, verdict_rewrite, verdict_blade | in, out, in.. | 1, 1, 16, 1, 1, 4 | verdicts in the order of the frames |
//! | blade_mac | in | N x 48 | bits 7..0 first on the wire |
//! | out_valid, out_data, out_keep, out_last | out | 1, 64, 8, 1 | to the queues |
//! | out_commit | out | 1 | with out_last: keep the frame |
//! | out_mask, out_flood | out | N, 1 | the queues, the same for the whole frame; whether it is a flooded one |
//!
//! Latency: 1 cycle from word to output once the verdict is there, which takes 2 from `verdict_valid`. Throughput: a word a cycle, no gap
//! between frames. Frames with an empty mask are swallowed.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Waiting {
    valid: Bit,
    mask: Bits<16>,
    flood: Bit,
    rewrite: Bit,
    blade: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Current {
    valid: Bit,
    mask: Bits<16>,
    flood: Bit,
    rewrite: Bit,
    mac: Bits<48>,
    /// Beyond the first word.
    inside: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Output {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    commit: Bit,
    mask: Bits<16>,
    flood: Bit,
}

#[derive(LogicBlock)]
pub struct FrameRewriter<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_take: Signal<Out, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_keep: Signal<In, Bits<8>>,
    pub word_last: Signal<In, Bit>,
    pub word_error: Signal<In, Bit>,
    pub verdict_valid: Signal<In, Bit>,
    pub verdict_take: Signal<Out, Bit>,
    pub verdict_mask: Signal<In, Bits<16>>,
    pub verdict_flood: Signal<In, Bit>,
    pub verdict_rewrite: Signal<In, Bit>,
    pub verdict_blade: Signal<In, Bits<4>>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub out_valid: Signal<Out, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub out_commit: Signal<Out, Bit>,
    pub out_mask: Signal<Out, Bits<N>>,
    pub out_flood: Signal<Out, Bit>,
    waiting: DFF<Waiting>,
    current: DFF<Current>,
    staged: DFF<Output>,
    take: Signal<Local, Bit>,
    advance: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    mac: Signal<Local, Bits<48>>,
}

impl<const N: usize> Default for FrameRewriter<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk reset word_valid word_take word_data word_keep word_last word_error verdict_valid verdict_take
            verdict_mask verdict_flood verdict_rewrite verdict_blade out_valid out_data out_keep out_last out_commit out_mask
            out_flood waiting current staged take advance load mac
            ; arrays blade_mac)
    }
}

impl<const N: usize> Logic for FrameRewriter<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, waiting, current, staged);
        self.take.next = self.word_valid.val() & self.current.q.val().valid;
        self.word_take.next = self.take.val();
        // Two places for verdicts, so that the address is chosen while the frame before is on its way.
        self.advance.next = !self.current.q.val().valid | (self.take.val() & self.word_last.val());
        self.load.next = !self.waiting.q.val().valid | self.advance.val();
        self.verdict_take.next = self.load.val();
        if self.load.val() {
            self.waiting.d.next.valid = self.verdict_valid.val();
            self.waiting.d.next.mask = self.verdict_mask.val();
            self.waiting.d.next.flood = self.verdict_flood.val();
            self.waiting.d.next.rewrite = self.verdict_rewrite.val();
            self.waiting.d.next.blade = self.verdict_blade.val();
        }
        self.mac.next = 0.into();
        for i in 0..N {
            if self.waiting.q.val().blade == i.to_bits::<4>() {
                self.mac.next = self.blade_mac[i].val();
            }
        }
        if self.take.val() {
            self.current.d.next.inside = !self.word_last.val();
        }
        if self.advance.val() {
            self.current.d.next.valid = self.waiting.q.val().valid;
            self.current.d.next.mask = self.waiting.q.val().mask;
            self.current.d.next.flood = self.waiting.q.val().flood;
            self.current.d.next.rewrite = self.waiting.q.val().rewrite;
            self.current.d.next.mac = self.mac.val();
        }
        self.staged.d.next.valid = self.take.val() & self.current.q.val().mask.any();
        self.staged.d.next.data = self.word_data.val();
        if self.current.q.val().rewrite & !self.current.q.val().inside {
            self.staged.d.next.data =
                (bit_cast::<64, 16>(self.word_data.val().get_bits::<16>(48)) << 48) | bit_cast::<64, 48>(self.current.q.val().mac);
        }
        self.staged.d.next.keep = self.word_keep.val();
        self.staged.d.next.last = self.word_last.val();
        self.staged.d.next.commit = !self.word_error.val();
        self.staged.d.next.mask = self.current.q.val().mask;
        self.staged.d.next.flood = self.current.q.val().flood;
        self.out_valid.next = self.staged.q.val().valid;
        self.out_data.next = self.staged.q.val().data;
        self.out_keep.next = self.staged.q.val().keep;
        self.out_last.next = self.staged.q.val().last;
        self.out_commit.next = self.staged.q.val().commit;
        self.out_mask.next = self.staged.q.val().mask.get_bits::<N>(0);
        self.out_flood.next = self.staged.q.val().flood;
        if self.reset.val() {
            self.waiting.d.next.valid = false;
            self.current.d.next.valid = false;
            self.current.d.next.inside = false;
            self.staged.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
