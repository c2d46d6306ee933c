//! The selectors' integer arithmetic. Gateware, simulation and evaluation use these numbers bit for bit.
//!
//! [`decide`] is all rules and guards, with its state in one struct, for up to 128 lanes (the gateware has 16). [`select`](select) states three of the
//! rules once more. `State::clock` is what a cycle of the gateware does to the state.
//!
//! A decision in hardware, a new one every cycle (`gateware/src/select`):
//!
//! | step | core | cycles after the request | what |
//! |---|---|---|---|
//! | lane | `LaneTurns`, `BladeGuards` | -6 - N to 0, a blade a cycle | load, estimate, tracked load, headroom; flags, which move in the request's cycle |
//! | candidates | `Candidates` | 0 to 2 | four masks, the first that is not empty; where more than half of the eligible lanes stand on the ladder |
//! | score | `LaneScore` | 0 to 2 | reciprocal, products, key and weights |
//! | tournament | `TournamentTree` | 3 to 6 | least key of 16: (out, score, behind the pointer), of equals the first |
//! | weighted pick | `WeightedPick` | 3 to 7 | prefix sums of 16 weights (2), number * total, first prefix above it |
//! | pair | `PairPick` | 2 to 7 | ranks, two of them, their keys, the lesser |
//! | grant | `BladeSelector` | 7 | one of the three; out 8 cycles after the request |
//!
//! What a report leaves behind (`latched`, and the base of `lu-track`) is computed in its own time by `FlowAverage` and `ReportBase`.

mod blade;
mod decide;
mod guard;
mod lane;
mod pick;
mod policy;
mod present;
mod state;

pub use blade::*;
pub use decide::{Decision, Request, decide};
pub use guard::{Candidates, Rung, candidates, rung};
pub use lane::{Lane, RECIPROCAL_SHIFT, SCORE_WIDE_BITS, headroom_weight, lane, reciprocal, share};
pub use pick::{GOLDEN, kth, least, random_step, two_of, weighted};
pub use policy::{GATEWARE, POLICIES, Policy, Signal};
pub use present::{key, next_start, score, select};
pub use state::{BladeInput, Events, HYSTERESIS, MAX_LANES, MAX_WEIGHT, RAMP_FULL, SENT_MAX, SERVICES, Settings, State};

#[cfg(test)]
mod tests;
