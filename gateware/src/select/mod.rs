//! Selection of a blade for a new flow.

mod average;
mod awake_count;
mod bit_count;
mod blade_guards;
mod blade_lane;
mod blade_standing;
mod candidates;
mod lane_result;
mod lane_score;
mod lane_turns;
mod pair_pick;
mod ramp_timer;
mod report_base;
mod selector;
mod settings;
mod tournament_tree;
mod turn_choice;
mod weighted_pick;

pub use average::FlowAverage;
pub use awake_count::AwakeCount;
pub use bit_count::BitCount;
pub use blade_guards::BladeGuards;
pub use blade_lane::BladeLane;
pub use blade_standing::BladeStanding;
pub use candidates::Candidates;
pub use lane_result::LaneResult;
pub use lane_score::LaneScore;
pub use lane_turns::LaneTurns;
pub use pair_pick::PairPick;
pub use ramp_timer::RampTimer;
pub use report_base::ReportBase;
pub use selector::BladeSelector;
pub use settings::SelectorSettings;
pub use tournament_tree::TournamentTree;
pub use turn_choice::TurnChoice;
pub use weighted_pick::WeightedPick;
