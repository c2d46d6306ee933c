//! The MAC Control sublayer beside both MACs: PAUSE and priority-based flow control. IEEE 802.3 Clause 31, Annexes 31B and 31D.

mod control_levels;
mod mac_control_10g;
mod mac_control_1g;
mod pause_crossing;
mod pause_gate;
mod pause_quantum;
mod pause_receive_10g;
mod pause_receive_1g;
mod pause_request;
mod pause_timer;
mod pause_timers;
mod pause_transmit_10g;
mod pause_transmit_1g;
mod pause_watermark;

pub use mac_control_1g::MacControl1g;
pub use mac_control_10g::MacControl10g;
pub use pause_receive_1g::PauseReceive1g;
pub use pause_receive_10g::PauseReceive10g;
pub use pause_timers::PauseTimers;
pub use pause_transmit_1g::PauseTransmit1g;
pub use pause_transmit_10g::PauseTransmit10g;
pub use pause_watermark::PauseWatermark;
