//! Frame reports of both MACs and the counters made of them. RFC 2819, IEEE 802.3 Clause 30.

mod frame_report_10g;
mod frame_report_1g;
mod link_statistics;
mod octet_steps;
mod receive_report_10g;
mod receive_report_1g;
mod report_cdc;
mod report_class;
mod report_groups;
mod report_word;
mod reports_1g;
mod shared_statistics;
mod statistics_10g;
mod transmit_report_10g;
mod transmit_report_1g;

pub use frame_report_1g::FrameReport1g;
pub use frame_report_10g::FrameReport10g;
pub use link_statistics::LinkStatistics;
pub use receive_report_1g::ReceiveReport1g;
pub use receive_report_10g::ReceiveReport10g;
pub use report_cdc::ReportCdc;
pub use reports_1g::MacReports1g;
pub use shared_statistics::SharedStatistics;
pub use statistics_10g::MacStatistics10g;
pub use transmit_report_1g::TransmitReport1g;
pub use transmit_report_10g::TransmitReport10g;
