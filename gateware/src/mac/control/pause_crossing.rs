//! Received PAUSE frames from the receive clock to the transmit clock.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | rx_clk | in | 1 | | |
//! | pause_valid, pause_quanta | in | 1, 16 | rx_clk | a PAUSE frame |
//! | priority_valid, priority_enable, priority_quanta | in | 1, 8, 128 | rx_clk | a priority PAUSE frame |
//! | tx_clk | in | 1 | | |
//! | load, load_quanta, load_priority, load_enable, load_priority_quanta | out | 1, 16, 1, 8, 128 | tx_clk | the same, for `PauseTimers` |
//!
//! Invariant: the words stand still from before their pulse is seen until after it is used. They change at the edge that takes the event; the pulse
//! (`CdcPulse`) is seen 4 edges of `tx_clk` later and used at the fifth. Two frames are 64 bytes and their gap apart, which is 9 cycles
//! where a cycle carries 64 bits.
//! Latency: 5 edges of tx_clk at most (part of `ten_gigabit_ends_stop_in_time`). Throughput: the least frames. No reset: see `CdcPulse`.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{CdcPulse, EnableReg};

#[derive(LogicBlock, Default)]
pub struct PauseCrossing {
    pub rx_clk: Signal<In, Clock>,
    pub pause_valid: Signal<In, Bit>,
    pub pause_quanta: Signal<In, Bits<16>>,
    pub priority_valid: Signal<In, Bit>,
    pub priority_enable: Signal<In, Bits<8>>,
    pub priority_quanta: Signal<In, Bits<128>>,
    pub tx_clk: Signal<In, Clock>,
    pub load: Signal<Out, Bit>,
    pub load_quanta: Signal<Out, Bits<16>>,
    pub load_priority: Signal<Out, Bit>,
    pub load_enable: Signal<Out, Bits<8>>,
    pub load_priority_quanta: Signal<Out, Bits<128>>,
    pause_crossing: CdcPulse,
    priority_crossing: CdcPulse,
    held_quanta: EnableReg<Bits<16>>,
    held_enable: EnableReg<Bits<8>>,
    held_priority_quanta: EnableReg<Bits<128>>,
}

impl Logic for PauseCrossing {
    #[hdl_gen]
    fn update(&mut self) {
        self.pause_crossing.in_clk.next = self.rx_clk.val();
        self.pause_crossing.pulse_in.next = self.pause_valid.val();
        self.pause_crossing.out_clk.next = self.tx_clk.val();
        self.load.next = self.pause_crossing.pulse_out.val();
        self.held_quanta.clk.next = self.rx_clk.val();
        self.held_quanta.enable.next = self.pause_valid.val();
        self.held_quanta.d.next = self.pause_quanta.val();
        self.load_quanta.next = self.held_quanta.q.val();

        self.priority_crossing.in_clk.next = self.rx_clk.val();
        self.priority_crossing.pulse_in.next = self.priority_valid.val();
        self.priority_crossing.out_clk.next = self.tx_clk.val();
        self.load_priority.next = self.priority_crossing.pulse_out.val();
        self.held_enable.clk.next = self.rx_clk.val();
        self.held_enable.enable.next = self.priority_valid.val();
        self.held_enable.d.next = self.priority_enable.val();
        self.load_enable.next = self.held_enable.q.val();
        self.held_priority_quanta.clk.next = self.rx_clk.val();
        self.held_priority_quanta.enable.next = self.priority_valid.val();
        self.held_priority_quanta.d.next = self.priority_quanta.val();
        self.load_priority_quanta.next = self.held_priority_quanta.q.val();
    }
    spareband_hdl::module_name!();
}
