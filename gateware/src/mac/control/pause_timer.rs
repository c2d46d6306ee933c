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
struct Timer {
    paused: bool,
    fresh: bool,
    left: Bits<16>,
}

#[derive(LogicBlock)]
pub struct PauseTimer {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub tick: Signal<In, Bit>,
    pub load: Signal<In, Bit>,
    pub quanta: Signal<In, Bits<16>>,
    pub paused: Signal<Out, Bit>,
    timer: EnableReg<Timer>,
    last_quantum: Constant<Bits<16>>,
}

impl Default for PauseTimer {
    fn default() -> Self {
        with_defaults!(Self { last_quantum: Constant::new(bits(1)), }
            defaults clk clear tick load quanta paused timer)
    }
}

impl Logic for PauseTimer {
    #[hdl_gen]
    fn update(&mut self) {
        self.timer.clk.next = self.clk.val();
        self.timer.enable.next = self.clear.val() | self.load.val() | (self.tick.val() & self.timer.q.val().paused);
        self.timer.d.next = self.timer.q.val();
        self.timer.d.next.fresh = false;
        if !self.timer.q.val().fresh {
            self.timer.d.next.left = self.timer.q.val().left - 1;
            self.timer.d.next.paused = self.timer.q.val().left != self.last_quantum.val();
        }
        if self.load.val() {
            self.timer.d.next.paused = self.quanta.val().any();
            self.timer.d.next.fresh = true;
            self.timer.d.next.left = self.quanta.val();
        }
        if self.clear.val() {
            self.timer.d.next.paused = false;
            self.timer.d.next.fresh = false;
            self.timer.d.next.left = 0.into();
        }
        self.paused.next = self.timer.q.val().paused;
    }
    spareband_hdl::module_name!();
}
