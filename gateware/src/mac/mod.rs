//! Media access control.

pub mod mac_1g;
pub mod rx_1g;
pub mod tx_1g;

pub use mac_1g::Mac1g;
pub use rx_1g::Rx1g;
pub use tx_1g::Tx1g;
