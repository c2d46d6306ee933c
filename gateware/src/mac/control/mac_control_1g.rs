//! The MAC Control sublayer beside a gigabit MAC: obeys PAUSE frames and sends them. IEEE 802.3 Clause 31, Annexes 31B and 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | tx_clk, tx_reset, rx_clk, rx_reset | in | 1 | | 125 MHz; as given to `Mac1g` |
//! | own_address | in | 48 | static | of this end; bits 7..0 first on the wire |
//! | quanta | in | 16 | static | what a PAUSE frame asks for; 0 asks for nothing |
//! | rx_enable, tx_enable | in | 1 | any | PAUSE frames are obeyed, and MAC Control frames end here; PAUSE frames are sent |
//! | priority_mode | in | 1 | any | both by priority; changes while nothing is requested |
//! | link_up | in | 1 | any | low: no pause is obeyed and none asked for |
//! | request, request_priorities | in | 1, 8 | any | level: the other end is to pause |
//! | rx_valid, rx_data, rx_last, rx_error, rx_cause | in | 1, 8, 1, 1, 3 | rx_clk | as they leave `Mac1g` |
//! | client_error, client_cause | out | 1, 3 | rx_clk | instead of rx_error and rx_cause for the client: MAC Control frames are `frame_cause::CONTROL` |
//! | tx_valid, tx_ready, tx_data, tx_last, tx_error | in, out, in.. | 1, 1, 8, 1, 1 | tx_clk | the client's frames |
//! | tx_priority | in | 3 | tx_clk | with a frame's first byte, of the frame; 0 where there is but one queue |
//! | mac_valid, mac_ready, mac_data, mac_last, mac_error | out, in, out.. | 1, 1, 8, 1, 1 | tx_clk | to `Mac1g` |
//! | mac_idle | in | 1 | tx_clk | `tx_idle` of `Mac1g` |
//! | paused, paused_priorities | out | 1, 8 | tx_clk | the client's frames are held back; those of these priorities |
//! | pause_sent | out | 1 | tx_clk | event: a PAUSE frame of either kind was sent |
//! | pause_received, unsupported_opcode | out | 1 | rx_clk | events: a PAUSE frame of either kind was received; a MAC Control frame with another opcode |
//!
//! Crossings: `levels` (CdcBit), `crossing` (CdcPulse, and words that stand still). Holds no logic but the choice of the client's cause.
//! Invariant: no data frame begins later than 8 cycles, MAC and crossing included (`gigabit_ends_stop_in_time`; 31B.3.7 allows 128),
//! after the end of a PAUSE frame, and none is lost for it. Every pause ends: by its time, by reset or with the link.
//! Latency: none but a cycle for a frame to send that comes when none waited (`PauseGate`); `client_error` and `client_cause` add a choice. Throughput: a byte a cycle.
//! Bad input: a broken frame, one of less than 64 bytes, or one to another address says nothing. See `PauseRequest` for the least `quanta`.

use super::control_levels::ControlLevels;
use super::pause_crossing::PauseCrossing;
use super::{PauseReceive1g, PauseTimers, PauseTransmit1g};
use rust_hdl::prelude::*;
use spareband_spec::mac_control::QUANTUM_CYCLES_LOG2_1G;
use spareband_spec::regs::frame_cause;

#[derive(LogicBlock)]
pub struct MacControl1g {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub own_address: Signal<In, Bits<48>>,
    pub quanta: Signal<In, Bits<16>>,
    pub rx_enable: Signal<In, Bit>,
    pub tx_enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub request_priorities: Signal<In, Bits<8>>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_error: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub client_error: Signal<Out, Bit>,
    pub client_cause: Signal<Out, Bits<3>>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub tx_priority: Signal<In, Bits<3>>,
    pub mac_valid: Signal<Out, Bit>,
    pub mac_ready: Signal<In, Bit>,
    pub mac_data: Signal<Out, Bits<8>>,
    pub mac_last: Signal<Out, Bit>,
    pub mac_error: Signal<Out, Bit>,
    pub mac_idle: Signal<In, Bit>,
    pub paused: Signal<Out, Bit>,
    pub paused_priorities: Signal<Out, Bits<8>>,
    pub pause_sent: Signal<Out, Bit>,
    pub pause_received: Signal<Out, Bit>,
    pub unsupported_opcode: Signal<Out, Bit>,
    levels: ControlLevels,
    receive: PauseReceive1g,
    crossing: PauseCrossing,
    timers: PauseTimers<QUANTUM_CYCLES_LOG2_1G>,
    transmit: PauseTransmit1g,
    control: Constant<Bits<3>>,
}

impl Default for MacControl1g {
    fn default() -> Self {
        with_defaults!(Self { control: Constant::new(frame_cause::CONTROL.to_bits()), }
            defaults tx_clk tx_reset rx_clk rx_reset own_address quanta rx_enable tx_enable priority_mode link_up request
            request_priorities rx_valid rx_data rx_last rx_error rx_cause client_error client_cause tx_valid tx_ready tx_data
            tx_last tx_error tx_priority mac_valid mac_ready mac_data mac_last mac_error mac_idle paused paused_priorities
            pause_sent pause_received unsupported_opcode levels receive crossing timers transmit)
    }
}

impl Logic for MacControl1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.levels.tx_clk.next = self.tx_clk.val();
        self.levels.rx_clk.next = self.rx_clk.val();
        self.levels.rx_enable.next = self.rx_enable.val();
        self.levels.tx_enable.next = self.tx_enable.val();
        self.levels.priority_mode.next = self.priority_mode.val();
        self.levels.link_up.next = self.link_up.val();
        self.levels.request.next = self.request.val();
        self.levels.request_priorities.next = self.request_priorities.val();

        // Received frames.
        self.receive.clk.next = self.rx_clk.val();
        self.receive.reset.next = self.rx_reset.val();
        self.receive.enable.next = self.levels.receive_enable.val();
        self.receive.priority_mode.next = self.levels.receive_priority_mode.val();
        self.receive.own_address.next = self.own_address.val();
        self.receive.valid.next = self.rx_valid.val();
        self.receive.data.next = self.rx_data.val();
        self.receive.last.next = self.rx_last.val();
        self.receive.error.next = self.rx_error.val();
        self.client_error.next = self.rx_error.val() | self.receive.control_frame.val();
        self.client_cause.next = self.rx_cause.val();
        if self.receive.control_frame.val() & !self.rx_error.val() {
            self.client_cause.next = self.control.val();
        }
        self.pause_received.next = self.receive.pause_valid.val() | self.receive.priority_valid.val();
        self.unsupported_opcode.next = self.receive.unsupported.val();
        self.crossing.rx_clk.next = self.rx_clk.val();
        self.crossing.pause_valid.next = self.receive.pause_valid.val();
        self.crossing.pause_quanta.next = self.receive.pause_quanta.val();
        self.crossing.priority_valid.next = self.receive.priority_valid.val();
        self.crossing.priority_enable.next = self.receive.priority_enable.val();
        self.crossing.priority_quanta.next = self.receive.priority_quanta.val();
        self.crossing.tx_clk.next = self.tx_clk.val();

        // Pauses.
        self.timers.clk.next = self.tx_clk.val();
        self.timers.enable.next = self.levels.obey.val() & !self.tx_reset.val();
        self.timers.priority_mode.next = self.levels.transmit_priority_mode.val();
        self.timers.load.next = self.crossing.load.val();
        self.timers.load_quanta.next = self.crossing.load_quanta.val();
        self.timers.load_priority.next = self.crossing.load_priority.val();
        self.timers.load_enable.next = self.crossing.load_enable.val();
        self.timers.load_priority_quanta.next = self.crossing.load_priority_quanta.val();
        self.paused.next = self.timers.paused.val();
        self.paused_priorities.next = self.timers.paused_priorities.val();

        // Frames to send.
        self.transmit.clk.next = self.tx_clk.val();
        self.transmit.reset.next = self.tx_reset.val();
        self.transmit.own_address.next = self.own_address.val();
        self.transmit.link_up.next = self.levels.up.val();
        self.transmit.enable.next = self.levels.transmit_enable.val();
        self.transmit.priority_mode.next = self.levels.transmit_priority_mode.val();
        self.transmit.request.next = self.levels.asked.val();
        self.transmit.request_priorities.next = self.levels.asked_priorities.val();
        self.transmit.quanta.next = self.quanta.val();
        self.transmit.tick.next = self.timers.tick.val();
        self.transmit.paused.next = self.timers.paused.val();
        self.transmit.paused_priorities.next = self.timers.paused_priorities.val();
        self.transmit.valid.next = self.tx_valid.val();
        self.tx_ready.next = self.transmit.ready.val();
        self.transmit.data.next = self.tx_data.val();
        self.transmit.last.next = self.tx_last.val();
        self.transmit.error.next = self.tx_error.val();
        self.transmit.frame_priority.next = self.tx_priority.val();
        self.mac_valid.next = self.transmit.mac_valid.val();
        self.transmit.mac_ready.next = self.mac_ready.val();
        self.mac_data.next = self.transmit.mac_data.val();
        self.mac_last.next = self.transmit.mac_last.val();
        self.mac_error.next = self.transmit.mac_error.val();
        self.transmit.mac_idle.next = self.mac_idle.val();
        self.pause_sent.next = self.transmit.sent.val();
    }
    spareband_hdl::module_name!();
}
