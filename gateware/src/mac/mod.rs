//! Media access control: frame streams to and from the media-independent interfaces.

mod control;
mod crc_nets;
mod deficit_idle;
mod link_10g;
mod mac_10g;
mod mac_1g;
mod report;
mod rx_10g;
mod rx_1g;
mod tx_10g;
mod tx_1g;
mod tx_check_10g;

pub use control::{
    MacControl1g, MacControl10g, PauseReceive1g, PauseReceive10g, PauseTimers, PauseTransmit1g, PauseTransmit10g, PauseWatermark,
};
pub use deficit_idle::DeficitIdle;
pub use link_10g::Link10g;
pub use mac_1g::Mac1g;
pub use mac_10g::Mac10g;
pub use report::{
    FrameReport1g, FrameReport10g, LinkStatistics, MacReports1g, MacStatistics10g, ReceiveReport1g, ReceiveReport10g, ReportCdc,
    SharedStatistics, TransmitReport1g, TransmitReport10g,
};
pub use rx_1g::Rx1g;
pub use rx_10g::MacRx10g;
pub use tx_1g::Tx1g;
pub use tx_10g::MacTx10g;
pub use tx_check_10g::TxCheck10g;
