//! The selectors' integer arithmetic. Gateware, simulation and evaluation use these numbers bit for bit.
//!
//! Two layers. [`present`](select) is what the gateware has: three rules, a pure function. [`decide`] is all rules and guards, with its
//! state in one struct, for up to 128 lanes (the gateware has 16); [`GATEWARE`] says which rules the gateware has.
//!
//! A decision in hardware, a new one every cycle:
//!
//! | step | file | cycles | what |
//! |---|---|---|---|
//! | lane | `lane` | 3, ahead of the request | load `e`, headroom, flags: they depend on the blade only, so they run on every cycle |
//! | candidates | `guard` | 1 | four 16-bit masks, the first that is not empty |
//! | tournament | `pick` | 4 | least key of 16: (out, score, distance from the rotating pointer) |
//! | weighted pick | `pick` | 4 | prefix sums of 16 weights (2), number * total (1, beside the sums' second half), first prefix above it (1) |
//!
//! `lu-track` keeps a base a blade, computed when a report comes, in its own time; its lane is the product of `lu-delta` and one subtraction.
//! The request's own path is 1 + 4 and a cycle each for the request's and the grant's registers: 7 cycles, 8 at most.

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
pub use state::{BladeInput, HYSTERESIS, MAX_LANES, MAX_WEIGHT, RAMP_FULL, SENT_MAX, SERVICES, Settings, State};

#[cfg(test)]
mod tests;
