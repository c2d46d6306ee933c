//! Which blades' flows the flow table is to forget now: those that the host names, and, if it chose so, those of blades that are gone.
//!
//! > What the host names is asked for until each partition's sweep has gone over all its sets since.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets what was asked |
//! | command | in | 16 | pulse, bit i: forget the flows of blade i |
//! | gone | in | 16 | level: the blade's link is down, or the host disabled it |
//! | re_home | in | 1 | level: the flows of a blade that is gone are forgotten, so that their next frames choose anew; else they wait for it |
//! | sweeping | in | 2 | a partition's sweep is under way; it falls for a cycle at least between two |
//! | flush_blade | out | 16 | level, as in `FlowTable` |
//! | flushing | out | 1 | what the host asked for is not over |
//!
//! A sweep that was under way at the command may have passed entries already, so the second one that ends is waited for. A command that comes
//! meanwhile begins both anew. Latency: 2 cycles to `flush_blade`; then two sweeps, which `FlowPartition` bounds. Bad input: none.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct State {
    asked: Bits<16>,
    flushes: Bits<16>,
    /// Each partition: whether it was sweeping; a sweep has ended since the command, and a second one.
    swept: Bits<2>,
    first: Bits<2>,
    second: Bits<2>,
}

#[derive(LogicBlock, Default)]
pub struct BladeFlush {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub command: Signal<In, Bits<16>>,
    pub gone: Signal<In, Bits<16>>,
    pub re_home: Signal<In, Bit>,
    pub sweeping: Signal<In, Bits<2>>,
    pub flush_blade: Signal<Out, Bits<16>>,
    pub flushing: Signal<Out, Bit>,
    state: DFF<State>,
    ends: Signal<Local, Bits<2>>,
}

impl Logic for BladeFlush {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state);
        self.state.d.next.swept = self.sweeping.val();
        self.ends.next = self.state.q.val().swept & !self.sweeping.val();
        self.state.d.next.first = self.state.q.val().first | self.ends.val();
        self.state.d.next.second = self.state.q.val().second | (self.state.q.val().first & self.ends.val());
        if self.state.q.val().second.all() {
            self.state.d.next.asked = 0.into();
        }
        if self.command.val().any() {
            self.state.d.next.asked = self.state.q.val().asked | self.command.val();
            self.state.d.next.first = 0.into();
            self.state.d.next.second = 0.into();
        }
        self.state.d.next.flushes = self.state.q.val().asked;
        if self.re_home.val() {
            self.state.d.next.flushes = self.state.q.val().asked | self.gone.val();
        }
        self.flush_blade.next = self.state.q.val().flushes;
        self.flushing.next = self.state.q.val().asked.any();
        if self.reset.val() {
            self.state.d.next.asked = 0.into();
            self.state.d.next.flushes = 0.into();
            self.state.d.next.swept = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
