//! A stage of a stream: no path leads through it, neither forward by valid and data nor backward by ready.
//!
//! > The words that go out are those that came in, in order, each once; a word on offer stays as it is until it is taken.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset drops what is inside |
//! | in_valid, in_ready, in_data | in, out, in | 1, 1, D | a word is taken where both are set |
//! | out_valid, out_ready, out_data | out, in, out | 1, 1, D | likewise |
//!
//! Latency: 1 cycle. Throughput: a word a cycle. A second word finds room while the first waits, so `in_ready`, which is a register, falls a cycle
//! after `out_ready`.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct StreamRegister<const D: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_data: Signal<In, Bits<D>>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<D>>,
    offered: DFF<Bit>,
    /// The word on offer, and the one behind it.
    word: DFF<Bits<D>>,
    second: DFF<Bits<D>>,
    /// There is one behind it; there is none, once more, as what hangs on it is far from the words.
    held: DFF<Bit>,
    ready: DFF<Bit>,
    goes: Signal<Local, Bit>,
    holds: Signal<Local, Bit>,
}

impl<const D: usize> Logic for StreamRegister<D> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, offered, word, second, held, ready);
        self.goes.next = !self.offered.q.val() | self.out_ready.val();
        self.holds.next = (self.held.q.val() | (self.in_valid.val() & self.ready.q.val())) & !self.goes.val();
        if !self.held.q.val() {
            self.second.d.next = self.in_data.val();
        }
        if self.goes.val() {
            self.word.d.next = self.in_data.val();
            self.offered.d.next = self.in_valid.val() & self.ready.q.val();
            if self.held.q.val() {
                self.word.d.next = self.second.q.val();
                self.offered.d.next = true;
            }
        }
        self.held.d.next = self.holds.val();
        self.ready.d.next = !self.holds.val();
        self.in_ready.next = self.ready.q.val();
        self.out_valid.next = self.offered.q.val();
        self.out_data.next = self.word.q.val();
        if self.reset.val() {
            self.offered.d.next = false;
            self.held.d.next = false;
            self.ready.d.next = true;
        }
    }
    spareband_hdl::module_name!();
}
