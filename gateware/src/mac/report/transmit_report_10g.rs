//! Frame reports of a 10G MAC's transmit stream.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | transmit clock; the same reset as the MAC's |
//! | tx_due, tx_valid, tx_data, tx_keep, tx_last, tx_error | in | clk | the words that `MacTx10g` sends: its `word_*` |
//! | report_valid, report | out | clk | `spareband_spec::frame_report`, one cycle a frame; nothing is too long |
//!
//! Latency: 3 cycles (`ten_gigabit_transmit_reports_equal_the_model`). Throughput: a word a cycle.
//! Bad input: a frame that runs dry is reported there, with `coding`; what the MAC throws away of it later is no frame.

use super::FrameReport10g;
use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct TransmitReport10g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub tx_due: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_data: Signal<In, Bits<64>>,
    pub tx_keep: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub report_valid: Signal<Out, Bit>,
    pub report: Signal<Out, Bits<32>>,
    frame: FrameReport10g,
    cut: Signal<Local, Bit>,
    no_limit: Constant<Bits<16>>,
}

impl Default for TransmitReport10g {
    fn default() -> Self {
        with_defaults!(Self {
            no_limit: Constant::new(bits::<16>(u16::MAX.into())),
        }
            defaults clk reset tx_due tx_valid tx_data tx_keep tx_last tx_error report_valid report frame cut)
    }
}

impl Logic for TransmitReport10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.cut.next = self.tx_due.val() & !self.tx_valid.val();
        self.frame.clk.next = self.clk.val();
        self.frame.reset.next = self.reset.val();
        self.frame.take.next = self.tx_due.val() & self.tx_valid.val();
        self.frame.data.next = self.tx_data.val();
        self.frame.keep.next = self.tx_keep.val();
        self.frame.last.next = self.tx_last.val();
        self.frame.cut.next = self.cut.val();
        self.frame.pad.next = true;
        self.frame.no_data.next = false;
        self.frame.fcs_error.next = self.tx_error.val();
        self.frame.coding.next = self.cut.val();
        self.frame.max_length.next = self.no_limit.val();
        self.report_valid.next = self.frame.report_valid.val();
        self.report.next = self.frame.report.val();
    }
    spareband_hdl::module_name!();
}
