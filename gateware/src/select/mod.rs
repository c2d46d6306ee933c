//! Selection of a blade for a new flow.

mod average;
mod blade_score;
mod selector;
mod tournament_tree;

pub use average::FlowAverage;
pub use blade_score::BladeScore;
pub use selector::BladeSelector;
pub use tournament_tree::TournamentTree;
