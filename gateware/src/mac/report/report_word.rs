//! The report word of a frame that has ended, for both widths.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | ended | in | clk | one cycle a frame; the rest is looked at with it |
//! | length | in | clk | bytes with FCS |
//! | address | in | clk | `spareband_spec::frame_report::address` |
//! | typed, length_type, opcode | in | clk | the frame is long enough for a type; bytes 12, 13 and 14, 15, the first in the low bits |
//! | fcs_error, coding | in | clk | |
//! | pad | in | static | frames shorter than 64 bytes count as 64 |
//! | max_length | in | clk | bytes with FCS above which a frame is too long |
//! | report_valid, report | out | clk | |
//!
//! Latency: 1 cycle (part of `ten_gigabit_reports_equal_the_model`). Throughput: a frame a cycle. Bad input: none.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::frame_report::{self, control};
use spareband_spec::mac_control;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Report {
    valid: bool,
    word: Bits<32>,
}

#[derive(LogicBlock)]
pub struct ReportWord {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub ended: Signal<In, Bit>,
    pub length: Signal<In, Bits<16>>,
    pub address: Signal<In, Bits<2>>,
    pub typed: Signal<In, Bit>,
    pub length_type: Signal<In, Bits<16>>,
    pub opcode: Signal<In, Bits<16>>,
    pub fcs_error: Signal<In, Bit>,
    pub coding: Signal<In, Bit>,
    pub pad: Signal<In, Bit>,
    pub max_length: Signal<In, Bits<16>>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    made: ResetReg<Report>,
    number: Signal<Local, Bits<16>>,
    code: Signal<Local, Bits<16>>,
    counted: Signal<Local, Bits<16>>,
    expected: Signal<Local, Bits<16>>,
    kind: Signal<Local, Bits<2>>,
    length_error: Signal<Local, Bit>,
    too_long: Signal<Local, Bit>,
    flags: Signal<Local, Bits<4>>,
    minimum: Constant<Bits<16>>,
    overhead: Constant<Bits<16>>,
    least_data: Constant<Bits<16>>,
    largest_length: Constant<Bits<16>>,
    control_type: Constant<Bits<16>>,
    pause_opcode: Constant<Bits<16>>,
    priority_opcode: Constant<Bits<16>>,
    no_control: Constant<Bits<2>>,
    pause: Constant<Bits<2>>,
    priority_pause: Constant<Bits<2>>,
    other: Constant<Bits<2>>,
}

// Where the fields are put below.
const _: () = assert!(
    frame_report::FCS_ERROR == 16
        && frame_report::CODING == 17
        && frame_report::TOO_LONG == 18
        && frame_report::LENGTH_ERROR == 19
        && frame_report::ADDRESS == 20
        && frame_report::CONTROL == 22
);

impl Default for ReportWord {
    fn default() -> Self {
        let word = |value: u16| Constant::new(bits::<16>(value.into()));
        let two = |value: u8| Constant::new(bits::<2>(value.into()));
        with_defaults!(Self {
            minimum: word(frame_report::LEAST_DATA + frame_report::FRAME_OVERHEAD),
            overhead: word(frame_report::FRAME_OVERHEAD),
            least_data: word(frame_report::LEAST_DATA),
            largest_length: word(frame_report::LARGEST_LENGTH),
            control_type: word(mac_control::MAC_CONTROL_TYPE),
            pause_opcode: word(mac_control::OPCODE_PAUSE),
            priority_opcode: word(mac_control::OPCODE_PRIORITY_PAUSE),
            no_control: two(control::NONE),
            pause: two(control::PAUSE),
            priority_pause: two(control::PRIORITY_PAUSE),
            other: two(control::OTHER),
        }
            defaults clk reset ended length address typed length_type opcode fcs_error coding pad max_length report_valid report made
            number code counted expected kind length_error too_long flags)
    }
}

impl Logic for ReportWord {
    #[hdl_gen]
    fn update(&mut self) {
        self.made.clk.next = self.clk.val();
        self.made.reset.next = self.reset.val();
        // Both fields are sent with the high byte first.
        self.number.next = (self.length_type.val() << 8) | (self.length_type.val() >> 8);
        self.code.next = (self.opcode.val() << 8) | (self.opcode.val() >> 8);
        self.counted.next = self.length.val();
        if self.pad.val() & (self.length.val() < self.minimum.val()) {
            self.counted.next = self.minimum.val();
        }
        self.too_long.next = self.counted.val() > self.max_length.val();

        // A length of less than the least data means the least data.
        self.expected.next = self.number.val() + self.overhead.val();
        if self.number.val() < self.least_data.val() {
            self.expected.next = self.minimum.val();
        }
        self.length_error.next =
            self.typed.val() & (self.number.val() <= self.largest_length.val()) & (self.counted.val() != self.expected.val());

        self.kind.next = self.no_control.val();
        if self.typed.val() & (self.number.val() == self.control_type.val()) {
            self.kind.next = self.other.val();
            if self.code.val() == self.pause_opcode.val() {
                self.kind.next = self.pause.val();
            }
            if self.code.val() == self.priority_opcode.val() {
                self.kind.next = self.priority_pause.val();
            }
        }
        self.flags.next = (bit_cast::<4, 1>(self.length_error.val().into()) << 3)
            | (bit_cast::<4, 1>(self.too_long.val().into()) << 2)
            | (bit_cast::<4, 1>(self.coding.val().into()) << 1)
            | bit_cast::<4, 1>(self.fcs_error.val().into());
        self.made.d.next.valid = self.ended.val();
        self.made.d.next.word = (bit_cast::<32, 2>(self.kind.val()) << 22)
            | (bit_cast::<32, 2>(self.address.val()) << 20)
            | (bit_cast::<32, 4>(self.flags.val()) << 16)
            | bit_cast::<32, 16>(self.counted.val());
        self.report_valid.next = self.made.q.val().valid;
        self.report.next = self.made.q.val().word;
    }
    spareband_hdl::module_name!();
}
