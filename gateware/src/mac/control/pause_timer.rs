//! One pause timer. IEEE 802.3 31B.3.3.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | transmit clock |
//! | clear | in | clk | ends the pause and bars another |
//! | tick | in | clk | a quantum has passed, see `PauseQuantum` |
//! | load, quanta | in | clk | a pause of so many quanta replaces what is left; of none ends it |
//! | paused | out | clk | |
//!
//! Invariant: a pause lasts what was asked and less than a quantum more, never less: the tick after `load` does not count.
//! Latency: 1 cycle from `load` to `paused` (`pauses_last_as_long_as_asked`). Throughput: a load a cycle. Bad input: none.
//! While `clear` is tied high nothing of it is left after synthesis.

use rust_hdl::prelude::*;
use spareband_hdl::parts::EnableReg;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct State {
    paused: bool,
    /// No tick has come since the pause was asked for.
    fresh: bool,
}

#[derive(LogicBlock)]
pub struct PauseTimer {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub tick: Signal<In, Bit>,
    pub load: Signal<In, Bit>,
    pub quanta: Signal<In, Bits<16>>,
    pub paused: Signal<Out, Bit>,
    state: DFF<State>,
    left: EnableReg<Bits<16>>,
    counts: Signal<Local, Bit>,
    last_quantum: Constant<Bits<16>>,
}

impl Default for PauseTimer {
    fn default() -> Self {
        with_defaults!(Self { last_quantum: Constant::new(bits(1)), }
            defaults clk clear tick load quanta paused state left counts)
    }
}

impl Logic for PauseTimer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state);
        self.counts.next = self.tick.val() & self.state.q.val().paused & !self.state.q.val().fresh;
        self.left.clk.next = self.clk.val();
        self.left.enable.next = self.load.val() | self.counts.val();
        self.left.d.next = self.left.q.val() - 1;
        if self.counts.val() & (self.left.q.val() == self.last_quantum.val()) {
            self.state.d.next.paused = false;
        }
        if self.tick.val() {
            self.state.d.next.fresh = false;
        }
        if self.load.val() {
            self.left.d.next = self.quanta.val();
            self.state.d.next.paused = self.quanta.val().any();
            self.state.d.next.fresh = true;
        }
        if self.clear.val() {
            self.state.d.next.paused = false;
        }
        self.paused.next = self.state.q.val().paused;
    }
    spareband_hdl::module_name!();
}
