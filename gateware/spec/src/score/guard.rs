//! Guards: which blades a decision may take, and by which rule when the reports are old.

use super::{Lane, Policy, Settings, State};

/// Masks of lanes, from the preferred to the last resort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// The lanes that take part.
    pub mask: u128,
    /// No lane is eligible: these are draining.
    pub last_resort: bool,
}

/// The first that is not empty of: eligible, not avoided and let through by its ramp; eligible and not avoided; eligible; usable.
/// `gate` is a random nibble: a lane in its ramp takes part if the nibble is below the ramp.
pub fn candidates<const N: usize>(state: &State<N>, settings: &Settings, lanes: &[Lane; N], service: u128, gate: u8) -> Candidates {
    let (mut usable, mut eligible, mut avoided, mut held) = (0u128, 0u128, 0u128, 0u128);
    for (i, lane) in lanes.iter().enumerate() {
        let bit = 1 << i;
        usable |= if lane.usable { bit } else { 0 };
        eligible |= if lane.eligible { bit } else { 0 };
        if state.sunk[i] || state.good[i] < settings.good_reports {
            avoided |= bit;
        }
        if settings.ramp && gate >= state.ramp[i] {
            held |= bit;
        }
    }
    let (usable, eligible) = (usable & service, eligible & service);
    let preferred = eligible & !avoided;
    let mask = [preferred & !held, preferred, eligible, usable].into_iter().find(|mask| *mask != 0);
    Candidates {
        mask: mask.unwrap_or(0),
        last_resort: eligible == 0,
    }
}

/// How much the reports still say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// The estimate is good.
    Trust,
    /// It says where headroom was, no more.
    Random,
    /// It says nothing.
    Last,
}

/// Where more than half of the service's eligible lanes stand: one dead agent among sixteen does not change the rule for the others.
pub fn rung<const N: usize>(state: &State<N>, settings: &Settings, lanes: &[Lane; N], service: u128) -> Rung {
    let (mut past_trust, mut past_random, mut eligible) = (0, 0, 0);
    for (i, lane) in lanes.iter().enumerate().filter(|(i, lane)| lane.eligible && service >> i & 1 == 1) {
        eligible += 1;
        past_trust += u32::from(lane.unknown || state.sent[i] > settings.ladder_trust);
        past_random += u32::from(lane.unknown || state.sent[i] > settings.ladder_random);
    }
    let half = eligible / 2;
    if past_random > half {
        Rung::Last
    } else if past_trust > half {
        Rung::Random
    } else {
        Rung::Trust
    }
}

/// The rule after the staleness ladder, which concerns the rules that take the least load for the idle blade.
pub(super) fn laddered(policy: Policy, settings: &Settings, rung: impl FnOnce() -> Rung) -> Policy {
    let by_least_load = matches!(policy, Policy::LeastUtilised | Policy::LeastUtilisedDelta | Policy::LeastTracked);
    if !settings.ladder || !by_least_load {
        return policy;
    }
    match rung() {
        Rung::Trust => policy,
        Rung::Random => Policy::HeadroomRandom,
        Rung::Last => Policy::WeightedRoundRobin,
    }
}
