//! The statistics of a gigabit link: frame reports of both directions beside its MAC, brought to clk_core and counted there.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | tx_clk, tx_reset, rx_clk, rx_reset | in | 1 | | as given to `Mac1g` |
//! | core_clk, core_reset | in | 1 | | where it is counted |
//! | tx_valid, tx_ready, tx_data, tx_last, tx_error | in | 1, 1, 8, 1, 1 | tx_clk | what passes between the stream and `Mac1g` |
//! | rx_valid, rx_data, rx_last, rx_cause, rx_fcs_error, rx_length | in | 1, 8, 1, 3, 1, 16 | rx_clk | as they leave `Mac1g` |
//! | rx_max_length | in | 16 | any, constant | as given to `Mac1g` |
//! | drop_event | in | 1 | core_clk | a good frame was dropped for want of room |
//! | read_address, read_data | in, out | 6, 64 | core_clk | as in `LinkStatistics` |
//!
//! Crossings: `rx_reports`, `tx_reports` (AsyncFifo); a report every 20 cycles at most, so that neither fills. Holds no logic.
//! Latency: a frame counts at most 130 cycles of core_clk after its end. Throughput, reset, bad input: those of its parts.

use super::{LinkStatistics, ReceiveReport1g, TransmitReport1g};
use rust_hdl::prelude::*;
use spareband_hdl::parts::AsyncFifo;

#[derive(LogicBlock, Default)]
pub struct MacStatistics1g {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub core_clk: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub rx_fcs_error: Signal<In, Bit>,
    pub rx_length: Signal<In, Bits<16>>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub drop_event: Signal<In, Bit>,
    pub read_address: Signal<In, Bits<6>>,
    pub read_data: Signal<Out, Bits<64>>,
    rx_report: ReceiveReport1g,
    tx_report: TransmitReport1g,
    rx_reports: AsyncFifo<32, 3>,
    tx_reports: AsyncFifo<32, 3>,
    statistics: LinkStatistics,
}

impl Logic for MacStatistics1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.rx_report.clk.next = self.rx_clk.val();
        self.rx_report.reset.next = self.rx_reset.val();
        self.rx_report.rx_valid.next = self.rx_valid.val();
        self.rx_report.rx_data.next = self.rx_data.val();
        self.rx_report.rx_last.next = self.rx_last.val();
        self.rx_report.rx_cause.next = self.rx_cause.val();
        self.rx_report.rx_fcs_error.next = self.rx_fcs_error.val();
        self.rx_report.rx_length.next = self.rx_length.val();
        self.rx_report.rx_max_length.next = self.rx_max_length.val();
        self.rx_reports.write_clk.next = self.rx_clk.val();
        self.rx_reports.write_reset.next = self.rx_reset.val();
        self.rx_reports.write.next = self.rx_report.report_valid.val();
        self.rx_reports.write_data.next = self.rx_report.report.val();
        self.tx_report.clk.next = self.tx_clk.val();
        self.tx_report.reset.next = self.tx_reset.val();
        self.tx_report.tx_valid.next = self.tx_valid.val();
        self.tx_report.tx_ready.next = self.tx_ready.val();
        self.tx_report.tx_data.next = self.tx_data.val();
        self.tx_report.tx_last.next = self.tx_last.val();
        self.tx_report.tx_error.next = self.tx_error.val();
        self.tx_reports.write_clk.next = self.tx_clk.val();
        self.tx_reports.write_reset.next = self.tx_reset.val();
        self.tx_reports.write.next = self.tx_report.report_valid.val();
        self.tx_reports.write_data.next = self.tx_report.report.val();

        self.rx_reports.read_clk.next = self.core_clk.val();
        self.rx_reports.read_reset.next = self.core_reset.val();
        self.rx_reports.read.next = !self.rx_reports.empty.val();
        self.tx_reports.read_clk.next = self.core_clk.val();
        self.tx_reports.read_reset.next = self.core_reset.val();
        self.tx_reports.read.next = !self.tx_reports.empty.val();
        self.statistics.clk.next = self.core_clk.val();
        self.statistics.rx_report_valid.next = !self.rx_reports.empty.val();
        self.statistics.rx_report.next = self.rx_reports.read_data.val();
        self.statistics.tx_report_valid.next = !self.tx_reports.empty.val();
        self.statistics.tx_report.next = self.tx_reports.read_data.val();
        self.statistics.drop_event.next = self.drop_event.val();
        self.statistics.read_address.next = self.read_address.val();
        self.read_data.next = self.statistics.read_data.val();
    }
    spareband_hdl::module_name!();
}
