//! A report on every frame of a 64-bit stream. RFC 2819, IEEE 802.3 Clause 30; layout: `spareband_spec::frame_report`.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset forgets the frame on its way |
//! | take, data, keep, last | in | clk | a word passes; a frame without preamble and FCS |
//! | cut | in | clk | the frame ends before this cycle's word; not with take |
//! | pad | in | static | frames shorter than 64 bytes count as 64 |
//! | no_data, fcs_error, coding | in | clk | with `last` or `cut`, of the frame; no_data: it has four bytes or fewer, as many as `keep` says beyond four |
//! | max_length | in | clk | bytes with FCS above which a frame is too long |
//! | report_valid, report | out | clk | one cycle a frame |
//!
//! Latency: 3 cycles from the last word (`ten_gigabit_reports_equal_the_model`). Throughput: a word a cycle, a frame a cycle.
//! Bad input: frames of 65,535 bytes and more count as 65,535. What the address and the type of a frame are that is too short for them means nothing.

use super::report_word::ReportWord;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::frame_report::address;

/// The word that passed, looked at.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Looked {
    taken: bool,
    ends: bool,
    first: bool,
    second: bool,
    bytes: Bits<16>,
    address: Bits<2>,
    length_type: Bits<16>,
    opcode: Bits<16>,
    fcs_error: bool,
    coding: bool,
}

/// The frame so far, and the whole one when it has ended.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Frame {
    ended: bool,
    sum: Bits<16>,
    length: Bits<16>,
    address: Bits<2>,
    typed: bool,
    length_type: Bits<16>,
    opcode: Bits<16>,
    fcs_error: bool,
    coding: bool,
}

#[derive(LogicBlock)]
pub struct FrameReport10g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub data: Signal<In, Bits<64>>,
    pub keep: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub cut: Signal<In, Bit>,
    pub pad: Signal<In, Bit>,
    pub no_data: Signal<In, Bit>,
    pub fcs_error: Signal<In, Bit>,
    pub coding: Signal<In, Bit>,
    pub max_length: Signal<In, Bits<16>>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    looked: ResetReg<Looked>,
    frame: ResetReg<Frame>,
    word: ReportWord,
    /// A word of the frame has passed; exactly one has.
    begun: DFF<Bit>,
    at_second: DFF<Bit>,
    ends: Signal<Local, Bit>,
    bytes: Signal<Local, Bits<16>>,
    destination: Signal<Local, Bits<48>>,
    total: Signal<Local, Bits<17>>,
    length: Signal<Local, Bits<16>>,
    no_bytes: Constant<Bits<16>>,
    fcs_bytes: Constant<Bits<16>>,
    saturated: Constant<Bits<16>>,
    unicast: Constant<Bits<2>>,
    multicast: Constant<Bits<2>>,
    broadcast: Constant<Bits<2>>,
}

impl Default for FrameReport10g {
    fn default() -> Self {
        let word = |value: u16| Constant::new(bits::<16>(value.into()));
        let two = |value: u8| Constant::new(bits::<2>(value.into()));
        with_defaults!(Self {
            no_bytes: word(0),
            fcs_bytes: word(4),
            saturated: word(u16::MAX),
            unicast: two(address::UNICAST),
            multicast: two(address::MULTICAST),
            broadcast: two(address::BROADCAST),
        }
            defaults clk reset take data keep last cut pad no_data fcs_error coding max_length report_valid report looked frame word
            begun at_second ends bytes destination total length)
    }
}

impl Logic for FrameReport10g {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, begun, at_second);
        self.looked.clk.next = self.clk.val();
        self.looked.reset.next = self.reset.val();
        self.frame.clk.next = self.clk.val();
        self.frame.reset.next = self.reset.val();

        // The word.
        self.ends.next = (self.take.val() & self.last.val()) | self.cut.val();
        if self.take.val() {
            self.at_second.d.next = !self.begun.q.val();
            self.begun.d.next = true;
        }
        if self.ends.val() | self.reset.val() {
            self.begun.d.next = false;
            self.at_second.d.next = false;
        }
        self.bytes.next = self.no_bytes.val();
        for i in 0..8 {
            if self.take.val() & self.keep.val().get_bit(i) {
                self.bytes.next = (i + 1).to_bits::<16>();
            }
        }
        self.looked.d.next.bytes = self.bytes.val();
        if self.ends.val() {
            self.looked.d.next.bytes = self.bytes.val() + self.fcs_bytes.val();
            if self.no_data.val() {
                self.looked.d.next.bytes = self.bytes.val() - self.fcs_bytes.val();
            }
        }
        self.looked.d.next.taken = self.take.val();
        self.looked.d.next.ends = self.ends.val();
        self.looked.d.next.first = !self.begun.q.val();
        self.looked.d.next.second = self.at_second.q.val() & self.take.val();
        self.destination.next = self.data.val().get_bits::<48>(0);
        self.looked.d.next.address = self.unicast.val();
        if self.data.val().get_bit(0) {
            self.looked.d.next.address = self.multicast.val();
        }
        if self.destination.val().all() {
            self.looked.d.next.address = self.broadcast.val();
        }
        self.looked.d.next.length_type = self.data.val().get_bits::<16>(32);
        self.looked.d.next.opcode = self.data.val().get_bits::<16>(48);
        self.looked.d.next.fcs_error = self.fcs_error.val() | self.coding.val();
        self.looked.d.next.coding = self.coding.val();

        // The frame.
        self.frame.d.next = self.frame.q.val();
        self.total.next = bit_cast::<17, 16>(self.frame.q.val().sum) + bit_cast::<17, 16>(self.looked.q.val().bytes);
        if self.looked.q.val().first {
            self.total.next = bit_cast::<17, 16>(self.looked.q.val().bytes);
            self.frame.d.next.typed = false;
            self.frame.d.next.address = self.looked.q.val().address;
        }
        if self.looked.q.val().second {
            self.frame.d.next.typed = true;
            self.frame.d.next.opcode = self.looked.q.val().opcode;
            self.frame.d.next.length_type = self.looked.q.val().length_type;
        }
        self.length.next = self.total.val().get_bits::<16>(0);
        if self.total.val().get_bit(16) {
            self.length.next = self.saturated.val();
        }
        if self.looked.q.val().taken {
            self.frame.d.next.sum = self.length.val();
        }
        self.frame.d.next.ended = self.looked.q.val().ends;
        self.frame.d.next.length = self.length.val();
        self.frame.d.next.fcs_error = self.looked.q.val().fcs_error;
        self.frame.d.next.coding = self.looked.q.val().coding;

        self.word.clk.next = self.clk.val();
        self.word.reset.next = self.reset.val();
        self.word.ended.next = self.frame.q.val().ended;
        self.word.length.next = self.frame.q.val().length;
        self.word.address.next = self.frame.q.val().address;
        self.word.typed.next = self.frame.q.val().typed;
        self.word.length_type.next = self.frame.q.val().length_type;
        self.word.opcode.next = self.frame.q.val().opcode;
        self.word.fcs_error.next = self.frame.q.val().fcs_error;
        self.word.coding.next = self.frame.q.val().coding;
        self.word.pad.next = self.pad.val();
        self.word.max_length.next = self.max_length.val();
        self.report_valid.next = self.word.report_valid.val();
        self.report.next = self.word.report.val();
    }
    spareband_hdl::module_name!();
}
