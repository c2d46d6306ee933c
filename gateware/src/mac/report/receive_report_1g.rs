//! Frame reports of a gigabit MAC's receive stream, in front of anything that drops frames.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | receive clock |
//! | rx_valid, rx_data, rx_last, rx_cause, rx_fcs_error, rx_length | in | clk | as they leave `Mac1g` |
//! | rx_max_length | in | clk | as given to `Mac1g` |
//! | report_valid, report | out | clk | `spareband_spec::frame_report`, one cycle a frame |
//!
//! Latency: 2 cycles (`gigabit_reports_equal_the_model`). Throughput: a byte a cycle. Bad input: see `FrameReport1g`.

use super::FrameReport1g;
use rust_hdl::prelude::*;
use spareband_spec::regs::frame_cause;

#[derive(LogicBlock)]
pub struct ReceiveReport1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub rx_fcs_error: Signal<In, Bit>,
    pub rx_length: Signal<In, Bits<16>>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    frame: FrameReport1g,
    bad_coding: Constant<Bits<3>>,
}

impl Default for ReceiveReport1g {
    fn default() -> Self {
        with_defaults!(Self {
            bad_coding: Constant::new(bits::<3>(frame_cause::CODING.into())),
        }
            defaults clk reset rx_valid rx_data rx_last rx_cause rx_fcs_error rx_length rx_max_length report_valid report frame)
    }
}

impl Logic for ReceiveReport1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.frame.clk.next = self.clk.val();
        self.frame.reset.next = self.reset.val();
        self.frame.take.next = self.rx_valid.val();
        self.frame.data.next = self.rx_data.val();
        self.frame.last.next = self.rx_last.val();
        self.frame.cut.next = false;
        self.frame.length.next = self.rx_length.val();
        self.frame.pad.next = false;
        self.frame.fcs_error.next = self.rx_fcs_error.val();
        self.frame.coding.next = self.rx_cause.val() == self.bad_coding.val();
        self.frame.max_length.next = self.rx_max_length.val();
        self.report_valid.next = self.frame.report_valid.val();
        self.report.next = self.frame.report.val();
    }
    spareband_hdl::module_name!();
}
