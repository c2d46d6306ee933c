//! The parser's third stage: TCP (RFC 9293), UDP (RFC 768), SCTP (RFC 9260), and that each frame is reported once.
//!
//! > Every frame gives exactly one `done`, at its flush at the latest.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | window_valid, window, window_flush, finish, bad, transport, left, more, too_short | in | | `HeaderWalker` |
//! | is_ip, tcp, quoted | in | 1 | what the walker found |
//! | done | out | 1 | all that will be known of this frame's header is known |
//! | malformed, has_ports | out | 1 | with `done` |
//! | ports | out | 32 | with `done`: source port in the upper half; 0 without ports; a quote's turned round |
//! | syn, ack, fin, rst | out | 1 | with `done`: TCP flags; `syn` for an INIT chunk too |
//!
//! `done` and what goes with it are combinational, for the report's registers. TCP's flags and SCTP's first chunk are in a header's second
//! window.

use rust_hdl::prelude::*;
use spareband_spec::frame::{MIN_DATA_OFFSET, SCTP_INIT};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct State {
    reported: Bit,
    second: Bit,
    ports: Bits<32>,
}

#[derive(LogicBlock)]
pub struct TransportReader {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub window_valid: Signal<In, Bit>,
    pub window: Signal<In, Bits<64>>,
    pub window_flush: Signal<In, Bit>,
    pub finish: Signal<In, Bit>,
    pub bad: Signal<In, Bit>,
    pub transport: Signal<In, Bit>,
    pub left: Signal<In, Bits<16>>,
    pub more: Signal<In, Bit>,
    pub too_short: Signal<In, Bit>,
    pub is_ip: Signal<In, Bit>,
    pub tcp: Signal<In, Bit>,
    pub quoted: Signal<In, Bit>,
    pub done: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    pub has_ports: Signal<Out, Bit>,
    pub ports: Signal<Out, Bits<32>>,
    pub syn: Signal<Out, Bit>,
    pub ack: Signal<Out, Bit>,
    pub fin: Signal<Out, Bit>,
    pub rst: Signal<Out, Bit>,
    state: DFF<State>,
    min_data_offset: Constant<Bits<4>>,
    init: Constant<Bits<8>>,
    octets: Signal<Local, Bits<64>>,
    rest: Signal<Local, Bits<16>>,
    offset: Signal<Local, Bits<4>>,
    chunk: Signal<Local, Bits<8>>,
    offset_bad: Signal<Local, Bit>,
    now: Signal<Local, Bit>,
}

impl Default for TransportReader {
    fn default() -> Self {
        with_defaults!(Self {
            min_data_offset: Constant::new(MIN_DATA_OFFSET.to_bits()),
            init: Constant::new(SCTP_INIT.to_bits()),
        }
            defaults clk reset window_valid window window_flush finish bad transport left more too_short is_ip tcp quoted done malformed has_ports ports syn ack fin rst state octets rest offset chunk offset_bad now)
    }
}

impl Logic for TransportReader {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state);
        self.octets.next = self.window.val();
        self.rest.next = self.left.val();
        // Bytes 12 and 13 of the header. The data offset counts 32-bit words, and the header ends within the packet.
        self.offset.next = self.octets.val().get_bits::<4>(28);
        self.chunk.next = self.octets.val().get_bits::<8>(24);
        self.offset_bad.next = (self.offset.val() < self.min_data_offset.val())
            | (!self.rest.val().get_bits::<10>(6).any() & (self.rest.val().get_bits::<4>(2) < self.offset.val()));
        self.now.next = false;
        self.malformed.next = false;
        self.has_ports.next = false;
        self.ports.next = 0.into();
        self.syn.next = false;
        self.ack.next = false;
        self.fin.next = false;
        self.rst.next = false;
        if self.finish.val() {
            self.now.next = true;
            self.malformed.next = self.bad.val();
        } else if self.transport.val() {
            self.now.next = !self.more.val();
            self.malformed.next = self.too_short.val();
            self.has_ports.next = true;
            if self.quoted.val() {
                self.ports.next = (self.octets.val().get_bits::<32>(32) << 16) | (self.octets.val().get_bits::<32>(32) >> 16);
            } else {
                self.ports.next = self.octets.val().get_bits::<32>(32);
            }
            self.state.d.next.second = self.more.val();
            self.state.d.next.ports = self.ports.val();
        } else if self.window_valid.val() & self.state.q.val().second {
            self.now.next = true;
            self.state.d.next.second = false;
            self.has_ports.next = true;
            self.ports.next = self.state.q.val().ports;
            if self.tcp.val() {
                self.malformed.next = self.offset_bad.val();
                self.fin.next = self.octets.val().get_bit(16);
                self.syn.next = self.octets.val().get_bit(17);
                self.rst.next = self.octets.val().get_bit(18);
                self.ack.next = self.octets.val().get_bit(20);
            } else {
                self.syn.next = self.chunk.val() == self.init.val();
            }
        } else if self.window_flush.val() {
            // The frame ended before its packet's header did.
            self.now.next = true;
            self.malformed.next = self.is_ip.val();
        }
        if self.now.val() {
            self.state.d.next.reported = true;
        }
        self.done.next = self.now.val() & !self.state.q.val().reported;
        if self.window_flush.val() {
            self.done.next = !self.state.q.val().reported;
            self.state.d.next.reported = false;
            self.state.d.next.second = false;
        }
        if self.reset.val() {
            self.state.d.next.reported = false;
            self.state.d.next.second = false;
        }
    }
    spareband_hdl::module_name!();
}
