//! Frame reports of a 10G MAC's receive stream, in front of anything that drops frames.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | receive clock |
//! | rx_valid, rx_data, rx_keep, rx_last, rx_cause, rx_fcs_error, rx_no_data | in | clk | as they leave `Mac10g` |
//! | rx_max_length | in | clk | as given to `Mac10g` |
//! | report_valid, report | out | clk | `spareband_spec::frame_report`, one cycle a frame |
//!
//! Latency: 3 cycles (`ten_gigabit_reports_equal_the_model`). Throughput: a word a cycle. Bad input: see `FrameReport10g`.

use super::FrameReport10g;
use rust_hdl::prelude::*;
use spareband_spec::regs::frame_cause;

#[derive(LogicBlock)]
pub struct ReceiveReport10g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<64>>,
    pub rx_keep: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub rx_fcs_error: Signal<In, Bit>,
    pub rx_no_data: Signal<In, Bit>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    frame: FrameReport10g,
    bad_coding: Constant<Bits<3>>,
}

impl Default for ReceiveReport10g {
    fn default() -> Self {
        with_defaults!(Self {
            bad_coding: Constant::new(bits::<3>(frame_cause::CODING.into())),
        }
            defaults clk reset rx_valid rx_data rx_keep rx_last rx_cause rx_fcs_error rx_no_data rx_max_length report_valid report frame)
    }
}

impl Logic for ReceiveReport10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.frame.clk.next = self.clk.val();
        self.frame.reset.next = self.reset.val();
        self.frame.take.next = self.rx_valid.val();
        self.frame.data.next = self.rx_data.val();
        self.frame.keep.next = self.rx_keep.val();
        self.frame.last.next = self.rx_last.val();
        self.frame.cut.next = false;
        self.frame.pad.next = false;
        self.frame.no_data.next = self.rx_no_data.val();
        self.frame.fcs_error.next = self.rx_fcs_error.val();
        self.frame.coding.next = self.rx_cause.val() == self.bad_coding.val();
        self.frame.max_length.next = self.rx_max_length.val();
        self.report_valid.next = self.frame.report_valid.val();
        self.report.next = self.frame.report.val();
    }
    spareband_hdl::module_name!();
}
