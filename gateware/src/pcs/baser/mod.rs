//! 10GBASE-R physical coding sublayer, IEEE 802.3 Clause 49.

mod ber_monitor;
mod block_sync;
mod decoder;
mod descrambler;
mod encoder;
mod encoder_lane;
mod pcs;
mod prbs31;
mod scrambler;
mod test_pattern;
mod test_pattern_check;
mod test_pattern_generate;
mod watchdog;

pub use ber_monitor::BerMonitor;
pub use block_sync::BlockSync;
pub use decoder::BaserDecoder;
pub use descrambler::BaserDescrambler;
pub use encoder::BaserEncoder;
pub use encoder_lane::EncoderLane;
pub use pcs::Pcs10gbaseR;
pub use prbs31::{Prbs31Check, Prbs31Next};
pub use scrambler::BaserScrambler;
pub use test_pattern::TestPattern10gbaseR;
pub use test_pattern_check::TestPatternCheck;
pub use test_pattern_generate::TestPatternGenerate;
pub use watchdog::ReceiverWatchdog;
