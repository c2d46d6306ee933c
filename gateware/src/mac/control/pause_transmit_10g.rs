//! PAUSE on the transmit side of a 10G MAC: holds the client's frames back and puts PAUSE frames between them. IEEE 802.3 31B.3, 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | transmit clock; the same reset as the MAC's |
//! | own_address | in | 48 | static | bits 7..0 first on the wire |
//! | link_up, enable, priority_mode, request, request_priorities, quanta, tick | in | | clk | see `PauseRequest` |
//! | paused, paused_priorities | in | 1, 8 | clk | what `PauseTimers` says |
//! | valid, ready, data, keep, last, error | stream | 64 | clk | the client's frames, as `MacTx10g` takes them |
//! | frame_priority | in | 3 | clk | with the frame's first word, of the frame |
//! | mac_valid, mac_ready, mac_data, mac_keep, mac_last, mac_error, mac_idle | stream | 64 | clk | to `MacTx10g` |
//! | sent | out | 1 | clk | one cycle: a PAUSE frame was handed over |
//!
//! Invariant: the client's frames reach the MAC whole, in order and unchanged; none begins while it is paused. PAUSE frames are not held back.
//! Latency: none within a frame; a cycle for one that comes when none waited (`adds_a_cycle_to_a_frame_that_comes_alone`). Throughput: a word a cycle. Bad input: see `PauseGate`.
//! A PAUSE frame is given without its zeros, which the MAC adds.

use super::pause_gate::PauseGate;
use super::pause_request::PauseRequest;
use rust_hdl::prelude::*;
use spareband_spec::mac_control;

#[derive(LogicBlock)]
pub struct PauseTransmit10g {
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
    pub data: Signal<In, Bits<64>>,
    pub keep: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub error: Signal<In, Bit>,
    pub frame_priority: Signal<In, Bits<3>>,
    pub mac_valid: Signal<Out, Bit>,
    pub mac_ready: Signal<In, Bit>,
    pub mac_data: Signal<Out, Bits<64>>,
    pub mac_keep: Signal<Out, Bits<8>>,
    pub mac_last: Signal<Out, Bit>,
    pub mac_error: Signal<Out, Bit>,
    pub mac_idle: Signal<In, Bit>,
    pub sent: Signal<Out, Bit>,
    asked: PauseRequest,
    gate: PauseGate,
    of_priority: Signal<Local, Bits<8>>,
    /// Place of the PAUSE frame's word that is offered; between frames of the first. The MAC has a register for the word.
    place: DFF<Bits<3>>,
    word: Signal<Local, Bits<64>>,
    /// It is the frame's last.
    at_last: Signal<Local, Bit>,
    /// The quanta, high byte first.
    turned: Signal<Local, Bits<16>>,
    times: [Signal<Local, Bits<16>>; 8],
    operand: Signal<Local, Bits<16>>,
    destination: Constant<Bits<64>>,
    pause_type: Constant<Bits<64>>,
    priority_type: Constant<Bits<64>>,
    no_place: Constant<Bits<3>>,
    first_place: Constant<Bits<3>>,
    pause_last: Constant<Bits<3>>,
    priority_last: Constant<Bits<3>>,
    last_keep: Constant<Bits<8>>,
    nothing: Constant<Bits<16>>,
}

/// Type and opcode in their place in a word.
fn type_word(opcode: u16) -> Constant<Bits<64>> {
    let [type_high, type_low] = mac_control::MAC_CONTROL_TYPE.to_be_bytes();
    let [opcode_high, opcode_low] = opcode.to_be_bytes();
    Constant::new(bits(u64::from_le_bytes([0, 0, 0, 0, type_high, type_low, opcode_high, opcode_low])))
}

// Both kinds end with two bytes in their last word.
const _: () = assert!(mac_control::PAUSE_BYTES % 8 == 2 && mac_control::PRIORITY_PAUSE_BYTES % 8 == 2);

impl Default for PauseTransmit10g {
    fn default() -> Self {
        let mut destination = [0; 8];
        destination[..6].copy_from_slice(&mac_control::PAUSE_ADDRESS);
        let place = |words: usize| Constant::new(bits::<3>(words as u64));
        with_defaults!(Self {
            gate: PauseGate::new(true),
            destination: Constant::new(bits(u64::from_le_bytes(destination))),
            pause_type: type_word(mac_control::OPCODE_PAUSE),
            priority_type: type_word(mac_control::OPCODE_PRIORITY_PAUSE),
            no_place: place(0),
            first_place: place(1),
            pause_last: place(mac_control::PAUSE_BYTES / 8),
            priority_last: place(mac_control::PRIORITY_PAUSE_BYTES / 8),
            last_keep: Constant::new(bits(0b11)),
            nothing: Constant::new(bits(0)),
        }
            defaults clk reset own_address link_up enable priority_mode request request_priorities quanta tick paused
            paused_priorities valid ready data keep last error frame_priority mac_valid mac_ready mac_data mac_keep mac_last
            mac_error mac_idle sent asked of_priority place word at_last turned operand; arrays times)
    }
}

impl Logic for PauseTransmit10g {
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
        self.gate.control_last.next = self.at_last.val();
        self.turned.next = (self.quanta.val() << 8) | (self.quanta.val() >> 8);
        for i in 0..8 {
            self.times[i].next = self.nothing.val();
            if self.asked.pausing.val().get_bit(i) {
                self.times[i].next = self.turned.val();
            }
        }
        self.operand.next = self.times[0].val();
        if self.priority_mode.val() {
            self.operand.next = bit_cast::<16, 8>(self.asked.named.val()) << 8;
        }
        self.word.next = bit_cast::<64, 16>(self.times[7].val());
        if self.place.q.val() == 0 {
            self.word.next = (bit_cast::<64, 16>(self.own_address.val().get_bits::<16>(0)) << 48) | self.destination.val();
        }
        if self.place.q.val() == 1 {
            self.word.next = bit_cast::<64, 32>(self.own_address.val().get_bits::<32>(16)) | self.pause_type.val();
            if self.priority_mode.val() {
                self.word.next = bit_cast::<64, 32>(self.own_address.val().get_bits::<32>(16)) | self.priority_type.val();
            }
        }
        if self.place.q.val() == 2 {
            self.word.next = (bit_cast::<64, 16>(self.times[2].val()) << 48)
                | (bit_cast::<64, 16>(self.times[1].val()) << 32)
                | (bit_cast::<64, 16>(self.times[0].val()) << 16)
                | bit_cast::<64, 16>(self.operand.val());
        }
        if self.place.q.val() == 3 {
            self.word.next = (bit_cast::<64, 16>(self.times[6].val()) << 48)
                | (bit_cast::<64, 16>(self.times[5].val()) << 32)
                | (bit_cast::<64, 16>(self.times[4].val()) << 16)
                | bit_cast::<64, 16>(self.times[3].val());
        }

        self.mac_data.next = self.data.val();
        self.mac_keep.next = self.keep.val();
        self.mac_last.next = self.last.val();
        self.mac_error.next = self.error.val();
        if self.gate.in_control.val() {
            self.mac_data.next = self.word.val();
            self.mac_keep.next = !self.nothing.val().get_bits::<8>(0);
            if self.at_last.val() {
                self.mac_keep.next = self.last_keep.val();
            }
            self.mac_last.next = self.at_last.val();
            self.mac_error.next = false;
        }
    }
    spareband_hdl::module_name!();
}
