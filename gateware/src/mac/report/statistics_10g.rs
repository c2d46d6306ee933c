//! The statistics of a 10G link: frame reports of both directions beside its MAC, counted in the transmit clock.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | tx_clk, tx_reset, rx_clk, rx_reset | in | 1 | | as given to `Mac10g` |
//! | tx_due, tx_valid, tx_data, tx_keep, tx_last, tx_error | in | 1, 1, 64, 8, 1, 1 | tx_clk | `tx_word_*` of `Mac10g` |
//! | rx_valid, rx_data, rx_keep, rx_last, rx_cause, rx_fcs_error, rx_no_data | in | 1, 64, 8, 1, 3, 1, 1 | rx_clk | as they leave `Mac10g` |
//! | rx_max_length | in | 16 | any, constant | as given to `Mac10g` |
//! | drop_event | in | 1 | tx_clk | a good frame was dropped for want of room |
//! | read_address, read_data | in, out | 6, 64 | tx_clk | as in `LinkStatistics` |
//!
//! Crossing: `rx_reports` (AsyncFifo); a report every 2 cycles at most, so that it never fills. Holds no logic.
//! Latency: a frame counts at most 130 cycles of tx_clk after its end. Throughput, reset, bad input: those of its parts.

use super::{LinkStatistics, ReceiveReport10g, TransmitReport10g};
use rust_hdl::prelude::*;
use spareband_hdl::parts::AsyncFifo;

#[derive(LogicBlock, Default)]
pub struct MacStatistics10g {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub tx_due: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_data: Signal<In, Bits<64>>,
    pub tx_keep: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<64>>,
    pub rx_keep: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub rx_fcs_error: Signal<In, Bit>,
    pub rx_no_data: Signal<In, Bit>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub drop_event: Signal<In, Bit>,
    pub read_address: Signal<In, Bits<6>>,
    pub read_data: Signal<Out, Bits<64>>,
    rx_report: ReceiveReport10g,
    tx_report: TransmitReport10g,
    rx_reports: AsyncFifo<32, 3>,
    statistics: LinkStatistics,
}

impl Logic for MacStatistics10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.rx_report.clk.next = self.rx_clk.val();
        self.rx_report.reset.next = self.rx_reset.val();
        self.rx_report.rx_valid.next = self.rx_valid.val();
        self.rx_report.rx_data.next = self.rx_data.val();
        self.rx_report.rx_keep.next = self.rx_keep.val();
        self.rx_report.rx_last.next = self.rx_last.val();
        self.rx_report.rx_cause.next = self.rx_cause.val();
        self.rx_report.rx_fcs_error.next = self.rx_fcs_error.val();
        self.rx_report.rx_no_data.next = self.rx_no_data.val();
        self.rx_report.rx_max_length.next = self.rx_max_length.val();
        self.rx_reports.write_clk.next = self.rx_clk.val();
        self.rx_reports.write_reset.next = self.rx_reset.val();
        self.rx_reports.write.next = self.rx_report.report_valid.val();
        self.rx_reports.write_data.next = self.rx_report.report.val();
        self.tx_report.clk.next = self.tx_clk.val();
        self.tx_report.reset.next = self.tx_reset.val();
        self.tx_report.tx_due.next = self.tx_due.val();
        self.tx_report.tx_valid.next = self.tx_valid.val();
        self.tx_report.tx_data.next = self.tx_data.val();
        self.tx_report.tx_keep.next = self.tx_keep.val();
        self.tx_report.tx_last.next = self.tx_last.val();
        self.tx_report.tx_error.next = self.tx_error.val();

        self.rx_reports.read_clk.next = self.tx_clk.val();
        self.rx_reports.read_reset.next = self.tx_reset.val();
        self.rx_reports.read.next = !self.rx_reports.empty.val();
        self.statistics.clk.next = self.tx_clk.val();
        self.statistics.rx_report_valid.next = !self.rx_reports.empty.val();
        self.statistics.rx_report.next = self.rx_reports.read_data.val();
        self.statistics.tx_report_valid.next = self.tx_report.report_valid.val();
        self.statistics.tx_report.next = self.tx_report.report.val();
        self.statistics.drop_event.next = self.drop_event.val();
        self.statistics.read_address.next = self.read_address.val();
        self.read_data.next = self.statistics.read_data.val();
    }
    spareband_hdl::module_name!();
}
