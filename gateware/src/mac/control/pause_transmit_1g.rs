//! PAUSE on the transmit side of a gigabit MAC: holds the client's frames back and puts PAUSE frames between them. IEEE 802.3 31B.3, 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | transmit clock; the same reset as the MAC's |
//! | own_address | in | 48 | static | bits 7..0 first on the wire |
//! | link_up, enable, priority_mode, request, request_priorities, quanta, tick | in | | clk | see `PauseRequest` |
//! | paused, paused_priorities | in | 1, 8 | clk | what `PauseTimers` says |
//! | valid, ready, data, last, error | stream | 8 | clk | the client's frames, as `Tx1g` takes them |
//! | frame_priority | in | 3 | clk | with the frame's first byte, of the frame |
//! | mac_valid, mac_ready, mac_data, mac_last, mac_error, mac_idle | stream | 8 | clk | to `Tx1g` |
//! | sent | out | 1 | clk | one cycle: a PAUSE frame was handed over |
//!
//! Invariant: the client's frames reach the MAC whole, in order and unchanged; none begins while it is paused. PAUSE frames are not held back.
//! Latency: none within a frame; a cycle for one that comes when none waited (`adds_a_cycle_to_a_frame_that_comes_alone`). Throughput: a byte a cycle. Bad input: see `PauseGate`.
//! A PAUSE frame is given without its zeros, which the MAC adds.

use super::pause_gate::PauseGate;
use super::pause_request::PauseRequest;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{EnableReg, LookupTable};
use spareband_spec::mac_control;

#[derive(LogicBlock)]
pub struct PauseTransmit1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub own_address: Signal<In, Bits<48>>,
    pub link_up: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub request_priorities: Signal<In, Bits<8>>,
    pub quanta: Signal<In, Bits<16>>,
    pub tick: Signal<In, Bit>,
    pub paused: Signal<In, Bit>,
    pub paused_priorities: Signal<In, Bits<8>>,
    pub valid: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub data: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub error: Signal<In, Bit>,
    pub frame_priority: Signal<In, Bits<3>>,
    pub mac_valid: Signal<Out, Bit>,
    pub mac_ready: Signal<In, Bit>,
    pub mac_data: Signal<Out, Bits<8>>,
    pub mac_last: Signal<Out, Bit>,
    pub mac_error: Signal<Out, Bit>,
    pub mac_idle: Signal<In, Bit>,
    pub sent: Signal<Out, Bit>,
    asked: PauseRequest,
    gate: PauseGate,
    of_priority: Signal<Local, Bits<8>>,
    /// The PAUSE frame's byte that is offered, and the place of the one after it; between frames the first of all.
    place: DFF<Bits<6>>,
    octet: EnableReg<Bits<8>>,
    /// It is the frame's last.
    is_last: EnableReg<Bit>,
    at_last: Signal<Local, Bit>,
    low_place: Signal<Local, Bits<4>>,
    /// What stands in a PAUSE frame whoever sends it.
    fixed: LookupTable<6, 8>,
    /// Which time of a priority PAUSE frame stands there, whether its priority is to pause, and the time.
    time_index: Signal<Local, Bits<3>>,
    of_time: Signal<Local, Bits<8>>,
    quanta_there: Signal<Local, Bits<16>>,
    no_place: Constant<Bits<6>>,
    first_place: Constant<Bits<6>>,
    opcode_place: Constant<Bits<6>>,
    operand_high: Constant<Bits<6>>,
    operand_low: Constant<Bits<6>>,
    pause_last: Constant<Bits<6>>,
    priority_last: Constant<Bits<6>>,
    priority_opcode: Constant<Bits<8>>,
    nothing: Constant<Bits<16>>,
}

/// Bytes of a PAUSE frame by their place; zeros where the sender or its request say more.
fn fixed() -> Vec<u64> {
    let mut bytes = [0; 64];
    bytes[..6].copy_from_slice(&mac_control::PAUSE_ADDRESS);
    bytes[12..14].copy_from_slice(&mac_control::MAC_CONTROL_TYPE.to_be_bytes());
    bytes[14..16].copy_from_slice(&mac_control::OPCODE_PAUSE.to_be_bytes());
    bytes.map(u64::from).to_vec()
}

// Both opcodes end with the same byte. The times of a priority PAUSE frame begin at an even place: of 9 x 2, modulo 8, one is taken off.
const _: () = assert!(mac_control::OPCODE_PAUSE & 0xFF == mac_control::OPCODE_PRIORITY_PAUSE & 0xFF && mac_control::PAUSE_BYTES == 18);

impl Default for PauseTransmit1g {
    fn default() -> Self {
        let place = |place: usize| Constant::new(bits::<6>(place as u64));
        with_defaults!(Self {
            gate: PauseGate::new(false),
            fixed: LookupTable::new(fixed()),
            no_place: place(0),
            first_place: place(1),
            opcode_place: place(14),
            operand_high: place(16),
            operand_low: place(17),
            pause_last: place(mac_control::PAUSE_BYTES - 1),
            priority_last: place(mac_control::PRIORITY_PAUSE_BYTES - 1),
            priority_opcode: Constant::new(bits(u64::from(mac_control::OPCODE_PRIORITY_PAUSE >> 8))),
            nothing: Constant::new(bits(0)),
        }
            defaults clk reset own_address link_up enable priority_mode request request_priorities quanta tick paused
            paused_priorities valid ready data last error frame_priority mac_valid mac_ready mac_data mac_last mac_error mac_idle
            sent asked of_priority place octet is_last at_last low_place time_index of_time quanta_there)
    }
}

impl Logic for PauseTransmit1g {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, place);
        self.asked.clk.next = self.clk.val();
        self.asked.reset.next = self.reset.val();
        self.asked.link_up.next = self.link_up.val();
        self.asked.enable.next = self.enable.val();
        self.asked.priority_mode.next = self.priority_mode.val();
        self.asked.request.next = self.request.val();
        self.asked.request_priorities.next = self.request_priorities.val();
        self.asked.quanta.next = self.quanta.val();
        self.asked.tick.next = self.tick.val();
        self.asked.start.next = self.gate.starts.val();
        self.gate.clk.next = self.clk.val();
        self.gate.reset.next = self.reset.val();
        self.of_priority.next = self.paused_priorities.val() >> self.frame_priority.val();
        self.gate.held.next = self.paused.val() | self.of_priority.val().get_bit(0);
        self.gate.due.next = self.asked.due.val();
        self.gate.client_valid.next = self.valid.val();
        self.gate.client_last.next = self.last.val();
        self.gate.mac_ready.next = self.mac_ready.val();
        self.gate.mac_idle.next = self.mac_idle.val();
        self.ready.next = self.gate.client_ready.val();
        self.mac_valid.next = self.gate.mac_valid.val();
        self.sent.next = self.gate.sent.val();

        // The PAUSE frame.
        self.at_last.next = self.place.q.val() == self.pause_last.val();
        if self.priority_mode.val() {
            self.at_last.next = self.place.q.val() == self.priority_last.val();
        }
        if self.gate.starts.val() {
            self.place.d.next = self.first_place.val();
        } else if !self.gate.in_control.val() | self.gate.sent.val() {
            self.place.d.next = self.no_place.val();
        } else if self.mac_ready.val() {
            self.place.d.next = self.place.q.val() + 1;
        }
        self.is_last.clk.next = self.clk.val();
        self.is_last.enable.next = !self.gate.in_control.val() | self.mac_ready.val();
        self.is_last.d.next = self.at_last.val();
        self.gate.control_last.next = self.is_last.q.val();
        self.octet.clk.next = self.clk.val();
        self.octet.enable.next = !self.gate.in_control.val() | self.mac_ready.val();
        self.fixed.address.next = self.place.q.val();
        self.octet.d.next = self.fixed.data.val();
        // From place 16 on operands stand in front of it.
        self.low_place.next = self.place.q.val().get_bits::<4>(0);
        for i in 0..6 {
            if self.low_place.val() == (i + 6).to_bits::<4>() {
                self.octet.d.next = self.own_address.val().get_bits::<8>(8 * i);
            }
        }
        self.time_index.next = self.place.q.val().get_bits::<3>(1) - 1;
        self.of_time.next = self.asked.pausing.val();
        if self.priority_mode.val() {
            self.of_time.next = self.asked.pausing.val() >> self.time_index.val();
        }
        self.quanta_there.next = self.nothing.val();
        if self.of_time.val().get_bit(0) {
            self.quanta_there.next = self.quanta.val();
        }
        if self.priority_mode.val() & (self.place.q.val() == self.opcode_place.val()) {
            self.octet.d.next = self.priority_opcode.val();
        }
        // Operands begin at place 16.
        if self.place.q.val().get_bit(4) | self.place.q.val().get_bit(5) {
            self.octet.d.next = self.quanta_there.val().get_bits::<8>(8);
            if self.place.q.val().get_bit(0) {
                self.octet.d.next = self.quanta_there.val().get_bits::<8>(0);
            }
            if self.priority_mode.val() & (self.place.q.val() == self.operand_high.val()) {
                self.octet.d.next = self.nothing.val().get_bits::<8>(0);
            }
            if self.priority_mode.val() & (self.place.q.val() == self.operand_low.val()) {
                self.octet.d.next = self.asked.named.val();
            }
        }

        self.mac_data.next = self.data.val();
        self.mac_last.next = self.last.val();
        self.mac_error.next = self.error.val();
        if self.gate.in_control.val() {
            self.mac_data.next = self.octet.q.val();
            self.mac_last.next = self.is_last.q.val();
            self.mac_error.next = false;
        }
    }
    spareband_hdl::module_name!();
}
