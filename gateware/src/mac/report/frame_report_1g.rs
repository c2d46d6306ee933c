//! A report on every frame of an 8-bit stream. RFC 2819, IEEE 802.3 Clause 30; layout: `spareband_spec::frame_report`.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset forgets the frame on its way |
//! | take, data, last | in | clk | a byte passes; a frame without preamble and FCS |
//! | cut | in | clk | the frame ends before this cycle's byte; not with take |
//! | length | in | clk | with `last` or `cut`: its bytes with FCS |
//! | pad | in | static | frames shorter than 64 bytes count as 64 |
//! | fcs_error, coding | in | clk | with `last` or `cut`, of the frame |
//! | max_length | in | clk | bytes with FCS above which a frame is too long |
//! | report_valid, report | out | clk | one cycle a frame |
//!
//! Latency: 2 cycles from the last byte (`gigabit_reports_equal_the_model`). Throughput: a byte a cycle.
//! Bad input: what the address of a frame is that is too short for one means nothing.

use super::report_word::ReportWord;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::frame_report::address;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Frame {
    ended: bool,
    /// Bytes so far, up to sixteen.
    position: Bits<5>,
    length: Bits<16>,
    broadcast: bool,
    multicast: bool,
    /// Bytes 12 to 15, the first in the low bits.
    fields: Bits<32>,
    typed: bool,
    fcs_error: bool,
    coding: bool,
}

#[derive(LogicBlock)]
pub struct FrameReport1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub data: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub cut: Signal<In, Bit>,
    pub length: Signal<In, Bits<16>>,
    pub pad: Signal<In, Bit>,
    pub fcs_error: Signal<In, Bit>,
    pub coding: Signal<In, Bit>,
    pub max_length: Signal<In, Bits<16>>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    frame: ResetReg<Frame>,
    word: ReportWord,
    ends: Signal<Local, Bit>,
    start: Constant<Bits<5>>,
    after_address: Constant<Bits<5>>,
    at_type: Constant<Bits<5>>,
    last_opcode_byte: Constant<Bits<5>>,
    unicast: Constant<Bits<2>>,
    multicast: Constant<Bits<2>>,
    broadcast: Constant<Bits<2>>,
}

impl Default for FrameReport1g {
    fn default() -> Self {
        let position = |value: u64| Constant::new(bits::<5>(value));
        let two = |value: u8| Constant::new(bits::<2>(value.into()));
        with_defaults!(Self {
            start: position(0),
            after_address: position(6),
            at_type: position(12),
            last_opcode_byte: position(15),
            unicast: two(address::UNICAST),
            multicast: two(address::MULTICAST),
            broadcast: two(address::BROADCAST),
        }
            defaults clk reset take data last cut length pad fcs_error coding max_length report_valid report frame word ends)
    }
}

impl Logic for FrameReport1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.frame.clk.next = self.clk.val();
        self.frame.reset.next = self.reset.val();
        self.frame.d.next = self.frame.q.val();
        self.ends.next = (self.take.val() & self.last.val()) | self.cut.val();
        if self.take.val() {
            if !self.frame.q.val().position.get_bit(4) {
                self.frame.d.next.position = self.frame.q.val().position + 1;
            }
            if self.frame.q.val().position < self.after_address.val() {
                self.frame.d.next.broadcast = self.frame.q.val().broadcast & self.data.val().all();
            }
            if self.frame.q.val().position == self.start.val() {
                self.frame.d.next.broadcast = self.data.val().all();
                self.frame.d.next.multicast = self.data.val().get_bit(0);
                self.frame.d.next.typed = false;
            }
            if (self.frame.q.val().position >= self.at_type.val()) & !self.frame.q.val().position.get_bit(4) {
                self.frame.d.next.fields = (self.frame.q.val().fields >> 8) | (bit_cast::<32, 8>(self.data.val()) << 24);
            }
            if self.frame.q.val().position == self.last_opcode_byte.val() {
                self.frame.d.next.typed = true;
            }
        }
        if self.ends.val() {
            self.frame.d.next.position = self.start.val();
        }
        self.frame.d.next.ended = self.ends.val();
        self.frame.d.next.length = self.length.val();
        self.frame.d.next.fcs_error = self.fcs_error.val() | self.coding.val();
        self.frame.d.next.coding = self.coding.val();

        self.word.clk.next = self.clk.val();
        self.word.reset.next = self.reset.val();
        self.word.ended.next = self.frame.q.val().ended;
        self.word.length.next = self.frame.q.val().length;
        self.word.address.next = self.unicast.val();
        if self.frame.q.val().multicast {
            self.word.address.next = self.multicast.val();
        }
        if self.frame.q.val().broadcast {
            self.word.address.next = self.broadcast.val();
        }
        self.word.typed.next = self.frame.q.val().typed;
        self.word.length_type.next = self.frame.q.val().fields.get_bits::<16>(0);
        self.word.opcode.next = self.frame.q.val().fields.get_bits::<16>(16);
        self.word.fcs_error.next = self.frame.q.val().fcs_error;
        self.word.coding.next = self.frame.q.val().coding;
        self.word.pad.next = self.pad.val();
        self.word.max_length.next = self.max_length.val();
        self.report_valid.next = self.word.report_valid.val();
        self.report.next = self.word.report.val();
    }
    spareband_hdl::module_name!();
}
