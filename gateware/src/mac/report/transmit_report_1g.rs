//! Frame reports of a gigabit MAC's transmit stream.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | transmit clock; the same reset as the MAC's |
//! | tx_valid, tx_ready, tx_data, tx_last, tx_error | in | clk | what passes between the stream and `Mac1g` |
//! | report_valid, report | out | clk | `spareband_spec::frame_report`, one cycle a frame; nothing is too long |
//!
//! Latency: 3 cycles (`gigabit_transmit_reports_equal_the_model`). Throughput: a byte a cycle.
//! Bad input: a frame that runs dry is reported there, with `coding`; what the MAC throws away of it later is no frame. Its length counts the FCS
//! that it does not have and padding to 64 bytes; frames of 65,535 bytes and more count as 65,535.

use super::FrameReport1g;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;

/// The MAC's ports in the cycle before: whose byte it is, is known late.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Passed {
    valid: Bit,
    ready: Bit,
    data: Bits<8>,
    last: Bit,
    error: Bit,
}

#[derive(LogicBlock)]
pub struct TransmitReport1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    passed: ResetReg<Passed>,
    frame: FrameReport1g,
    /// The frame ran dry: the MAC takes the rest and throws it away.
    draining: DFF<Bit>,
    /// The frame's bytes with the FCS to come.
    length: ResetReg<Bits<16>>,
    take: Signal<Local, Bit>,
    cut: Signal<Local, Bit>,
    counted: Signal<Local, Bits<16>>,
    fcs_bytes: Constant<Bits<16>>,
    no_limit: Constant<Bits<16>>,
}

impl Default for TransmitReport1g {
    fn default() -> Self {
        with_defaults!(Self {
            length: ResetReg::new(bits::<16>(4)),
            fcs_bytes: Constant::new(bits::<16>(4)),
            no_limit: Constant::new(bits::<16>(u16::MAX.into())),
        }
            defaults clk reset tx_valid tx_ready tx_data tx_last tx_error report_valid report passed frame draining take cut counted)
    }
}

impl Logic for TransmitReport1g {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, draining);
        self.length.clk.next = self.clk.val();
        self.length.reset.next = self.reset.val();
        self.passed.clk.next = self.clk.val();
        self.passed.reset.next = self.reset.val();
        self.passed.d.next.valid = self.tx_valid.val();
        self.passed.d.next.ready = self.tx_ready.val();
        self.passed.d.next.data = self.tx_data.val();
        self.passed.d.next.last = self.tx_last.val();
        self.passed.d.next.error = self.tx_error.val();
        // A MAC that is ready and has no byte is within a frame.
        self.cut.next = self.passed.q.val().ready & !self.passed.q.val().valid & !self.draining.q.val();
        self.take.next = self.passed.q.val().valid & self.passed.q.val().ready & !self.draining.q.val();
        self.counted.next = self.length.q.val();
        if self.take.val() & !self.length.q.val().all() {
            self.counted.next = self.length.q.val() + 1;
        }
        self.length.d.next = self.counted.val();
        if self.cut.val() {
            self.draining.d.next = true;
        }
        if self.reset.val() | (self.passed.q.val().ready & self.passed.q.val().valid & self.passed.q.val().last) {
            self.draining.d.next = false;
        }
        if self.cut.val() | (self.take.val() & self.passed.q.val().last) {
            self.length.d.next = self.fcs_bytes.val();
        }
        self.frame.clk.next = self.clk.val();
        self.frame.reset.next = self.reset.val();
        self.frame.take.next = self.take.val();
        self.frame.data.next = self.passed.q.val().data;
        self.frame.last.next = self.passed.q.val().last;
        self.frame.cut.next = self.cut.val();
        self.frame.length.next = self.counted.val();
        self.frame.pad.next = true;
        self.frame.fcs_error.next = self.passed.q.val().error;
        self.frame.coding.next = self.cut.val();
        self.frame.max_length.next = self.no_limit.val();
        self.report_valid.next = self.frame.report_valid.val();
        self.report.next = self.frame.report.val();
    }
    spareband_hdl::module_name!();
}
