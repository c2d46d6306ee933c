//! The way of a frame from the uplink to the blades, and back.

mod classify;
mod flow_counts;
mod flow_hash;
mod flow_table;
mod parse;
mod plane;
mod queue;
mod return_arbiter;
mod return_queue;
mod rewrite;
mod verdict;
mod word_queue;

pub use classify::Classifier;
pub use flow_counts::FlowCounts;
pub use flow_hash::FlowHash;
pub use flow_table::FlowTable;
pub use parse::FrameParser;
pub use plane::ForwardingPlane;
pub use queue::BladeQueue;
pub use return_arbiter::ReturnArbiter;
pub use return_queue::ReturnQueue;
pub use rewrite::FrameRewriter;
pub use verdict::VerdictUnit;
pub use word_queue::WordQueue;
