//! The timers of received PAUSE frames: one for the link, one for each priority. IEEE 802.3 31B.3.3, 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk | in | 1 | | transmit clock |
//! | enable | in | 1 | clk | PAUSE frames are obeyed; low ends every pause |
//! | priority_mode | in | 1 | clk | by priority; the timers of the other kind rest |
//! | load, load_quanta | in | 1, 16 | clk | a PAUSE frame |
//! | load_priority, load_enable, load_priority_quanta | in | 1, 8, 128 | clk | a priority PAUSE frame: what it says of the priorities with `load_enable`, priority 0 in the low bits |
//! | tick | out | 1 | clk | the beat of quanta, for others |
//! | paused, paused_priorities | out | 1, 8 | clk | |
//!
//! LOG2: of the cycles of a quantum. Invariant: no pause outlasts 65,536 quanta after the last frame that asked for it.
//! Latency: 1 cycle (`pauses_last_as_long_as_asked`). Throughput: a frame a cycle. Bad input: none.

use super::pause_quantum::PauseQuantum;
use super::pause_timer::PauseTimer;
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct PauseTimers<const LOG2: usize> {
    pub clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub load: Signal<In, Bit>,
    pub load_quanta: Signal<In, Bits<16>>,
    pub load_priority: Signal<In, Bit>,
    pub load_enable: Signal<In, Bits<8>>,
    pub load_priority_quanta: Signal<In, Bits<128>>,
    pub tick: Signal<Out, Bit>,
    pub paused: Signal<Out, Bit>,
    pub paused_priorities: Signal<Out, Bits<8>>,
    quantum: PauseQuantum<LOG2>,
    timer: PauseTimer,
    priority_timer: [PauseTimer; 8],
    all_paused: Signal<Local, Bits<8>>,
}

impl<const LOG2: usize> Logic for PauseTimers<LOG2> {
    #[hdl_gen]
    fn update(&mut self) {
        self.quantum.clk.next = self.clk.val();
        self.tick.next = self.quantum.tick.val();
        self.timer.clk.next = self.clk.val();
        self.timer.clear.next = !self.enable.val() | self.priority_mode.val();
        self.timer.tick.next = self.quantum.tick.val();
        self.timer.load.next = self.load.val();
        self.timer.quanta.next = self.load_quanta.val();
        self.paused.next = self.timer.paused.val();
        self.all_paused.next = 0.into();
        for i in 0..8 {
            self.priority_timer[i].clk.next = self.clk.val();
            self.priority_timer[i].clear.next = !self.enable.val() | !self.priority_mode.val();
            self.priority_timer[i].tick.next = self.quantum.tick.val();
            self.priority_timer[i].load.next = self.load_priority.val() & self.load_enable.val().get_bit(i);
            self.priority_timer[i].quanta.next = self.load_priority_quanta.val().get_bits::<16>(16 * i);
            self.all_paused.next = self.all_paused.val().replace_bit(i, self.priority_timer[i].paused.val());
        }
        self.paused_priorities.next = self.all_paused.val();
    }
    spareband_hdl::module_name!();
}
