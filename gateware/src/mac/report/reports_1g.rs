//! The frame reports of a gigabit link: both directions' beside its MAC, brought to clk_core.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | tx_clk, tx_reset, rx_clk, rx_reset | in | 1 | | as given to `Mac1g` |
//! | core_clk | in | 1 | | where they are counted |
//! | tx_valid, tx_ready, tx_data, tx_last, tx_error | in | 1, 1, 8, 1, 1 | tx_clk | what passes between the stream and `Mac1g` |
//! | rx_valid, rx_data, rx_last, rx_cause, rx_fcs_error, rx_length | in | 1, 8, 1, 3, 1, 16 | rx_clk | as they leave `Mac1g` |
//! | rx_max_length | in | 16 | any, constant | as given to `Mac1g` |
//! | tx_waiting, tx_report, tx_take | out, out, in | 1, 24, 1 | core_clk | as in `SharedStatistics` |
//! | rx_waiting, rx_report, rx_take | out, out, in | 1, 24, 1 | core_clk | likewise |
//!
//! Crossings: `rx_reports`, `tx_reports` (ReportCdc). Holds no logic.
//! Latency: a report waits at most 10 cycles of core_clk after its frame's end. Throughput: that of its parts. Bad input: a report that meets
//! one that nobody took is lost: only frames of a few bytes, one on the other's heels on many links at once, are so much faster than `SharedStatistics`.

use super::{ReceiveReport1g, ReportCdc, TransmitReport1g};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct MacReports1g {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub core_clk: Signal<In, Clock>,
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
    pub tx_waiting: Signal<Out, Bit>,
    pub tx_report: Signal<Out, Bits<24>>,
    pub tx_take: Signal<In, Bit>,
    pub rx_waiting: Signal<Out, Bit>,
    pub rx_report: Signal<Out, Bits<24>>,
    pub rx_take: Signal<In, Bit>,
    received: ReceiveReport1g,
    sent: TransmitReport1g,
    rx_reports: ReportCdc,
    tx_reports: ReportCdc,
}

impl Logic for MacReports1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.received.clk.next = self.rx_clk.val();
        self.received.reset.next = self.rx_reset.val();
        self.received.rx_valid.next = self.rx_valid.val();
        self.received.rx_data.next = self.rx_data.val();
        self.received.rx_last.next = self.rx_last.val();
        self.received.rx_cause.next = self.rx_cause.val();
        self.received.rx_fcs_error.next = self.rx_fcs_error.val();
        self.received.rx_length.next = self.rx_length.val();
        self.received.rx_max_length.next = self.rx_max_length.val();
        self.rx_reports.link_clk.next = self.rx_clk.val();
        self.rx_reports.report_valid.next = self.received.report_valid.val();
        self.rx_reports.report.next = self.received.report.val().get_bits::<24>(0);
        self.sent.clk.next = self.tx_clk.val();
        self.sent.reset.next = self.tx_reset.val();
        self.sent.tx_valid.next = self.tx_valid.val();
        self.sent.tx_ready.next = self.tx_ready.val();
        self.sent.tx_data.next = self.tx_data.val();
        self.sent.tx_last.next = self.tx_last.val();
        self.sent.tx_error.next = self.tx_error.val();
        self.tx_reports.link_clk.next = self.tx_clk.val();
        self.tx_reports.report_valid.next = self.sent.report_valid.val();
        self.tx_reports.report.next = self.sent.report.val().get_bits::<24>(0);

        self.rx_reports.core_clk.next = self.core_clk.val();
        self.rx_reports.take.next = self.rx_take.val();
        self.rx_waiting.next = self.rx_reports.waiting.val();
        self.rx_report.next = self.rx_reports.waiting_report.val();
        self.tx_reports.core_clk.next = self.core_clk.val();
        self.tx_reports.take.next = self.tx_take.val();
        self.tx_waiting.next = self.tx_reports.waiting.val();
        self.tx_report.next = self.tx_reports.waiting_report.val();
    }
    spareband_hdl::module_name!();
}
