//! Arithmetic of one blade: load, flags with hysteresis, headroom, share of connections.

use super::{BladeInput, FULL_SCORE, HYSTERESIS, MAX_WEIGHT, Policy, Settings, State, UNKNOWN_UTILISATION, counted, estimate_from};

/// Width of the widest score, `hcl`'s: hot, then 21 bits of share.
pub const SCORE_WIDE_BITS: u32 = 22;
const HOT: u32 = 1 << (SCORE_WIDE_BITS - 1);
/// Fraction bits of a share.
const SHARE_FRACTION_BITS: u32 = 8;
/// Fraction bits of a reciprocal; 24 make the product's integer part the exact quotient for every 21-bit numerator and weight up to 16.
pub const RECIPROCAL_SHIFT: u32 = 24;
/// Headroom never counts less: a blade that is full by its report still gets an occasional flow, so that its report can be wrong.
const LEAST_HEADROOM: u16 = 4;

/// What the lane makes of its blade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// Load as reported; 255 when unknown (8 bits).
    pub load: u8,
    /// Load with what was sent and left since; from 256 on: full or unknown (13 bits).
    pub estimate: u16,
    /// `lu-track`'s load (16 bits).
    pub tracked: u16,
    /// Second signal; 255 when unknown (8 bits).
    pub second: u8,
    pub usable: bool,
    pub eligible: bool,
    pub unknown: bool,
}

/// Set from the mark on, cleared [`HYSTERESIS`] below it, or a quarter of a mark that is small.
const fn flag(held: bool, value: u16, mark: u16) -> bool {
    let below = if mark / 4 < HYSTERESIS { mark / 4 } else { HYSTERESIS };
    value >= mark || (held && value + below >= mark)
}

/// `d * active - base`, from 0 to 16 bits; a blade that is full or unknown stands a whole blade's load behind.
const fn tracked(load: u8, blade: &super::BladeState, base: i32, d: u8) -> u16 {
    let mut value = d as i32 * counted(blade.active) as i32 - base;
    if value < 0 {
        value = 0;
    }
    if blade.unknown() || load >= super::FULL_UTILISATION {
        value += FULL_SCORE as i32;
    }
    if value > u16::MAX as i32 { u16::MAX } else { value as u16 }
}

/// The lane's values, and its flags moved by them.
pub fn lane<const N: usize>(state: &mut State<N>, settings: &Settings, index: usize, input: &BladeInput) -> Lane {
    let blade = &input.blade;
    let unknown = blade.unknown();
    let known_or_full = |load| if unknown { UNKNOWN_UTILISATION } else { load };
    let load = input.load(settings.signal);
    let lane = Lane {
        load: known_or_full(load),
        estimate: estimate_from(load, blade, state.latched[index], settings.delta),
        tracked: tracked(load, blade, state.base[index], settings.delta),
        second: known_or_full(input.load(settings.second)),
        usable: blade.usable(),
        eligible: blade.eligible(),
        unknown,
    };
    let second = lane.second as u16;
    state.load_hot[index] = flag(state.load_hot[index], lane.estimate, settings.hot as u16);
    state.second_hot[index] = flag(state.second_hot[index], second, settings.second_hot as u16);
    state.full[index] = flag(state.full[index], lane.estimate, settings.fill as u16);
    state.sunk[index] = settings.refused_mark > 0 && flag(state.sunk[index], state.refused[index] as u16, settings.refused_mark as u16);
    if !lane.usable {
        state.absent(index);
    }
    lane
}

/// `ceil(2^24 / weight)`, a table of 16 in hardware (25 bits).
pub const fn reciprocal(weight: u8) -> u32 {
    (1u32 << RECIPROCAL_SHIFT).div_ceil(weight as u32)
}

/// `floor((active + 1) * 256 / weight)` by a 13 x 25 bit product: 21 bits. A weight of 0 counts as 1, above 16 as 16.
pub const fn share(active: u16, weight: u8) -> u32 {
    let weight = if weight == 0 {
        1
    } else if weight > MAX_WEIGHT {
        MAX_WEIGHT
    } else {
        weight
    };
    let numerator = (counted(active) as u64 + 1) << SHARE_FRACTION_BITS;
    ((numerator * reciprocal(weight) as u64) >> RECIPROCAL_SHIFT) as u32
}

/// Headroom times weight: `max(4, 255 - e) * w / 16`, 1 to 255 (8 bits).
pub const fn headroom_weight(estimate: u16, weight: u8) -> u32 {
    let headroom = if estimate < FULL_SCORE - 1 - LEAST_HEADROOM {
        FULL_SCORE - 1 - estimate
    } else {
        LEAST_HEADROOM
    };
    let product = (headroom as u32 * weight as u32) >> 4;
    if product == 0 { 1 } else { product }
}

impl Lane {
    /// The tournament's score: least wins. Rules that go by weights or by the pointer alone have none.
    pub(super) fn score<const N: usize>(&self, policy: Policy, state: &State<N>, index: usize, active: u16, weight: u8) -> u32 {
        match policy {
            Policy::LeastUtilised => self.load as u32,
            Policy::LeastUtilisedDelta | Policy::PowerOfTwo => self.estimate as u32,
            Policy::LeastTracked => self.tracked as u32,
            Policy::WeightedLeastConnections => share(active, weight),
            Policy::HotColdLexicographic if state.load_hot[index] || state.second_hot[index] => HOT | share(active, weight),
            Policy::HotColdLexicographic => (self.estimate as u32) << 8 | self.second as u32,
            Policy::Pack if state.full[index] => HOT | self.estimate as u32,
            Policy::Pack | Policy::RoundRobin | Policy::WeightedRoundRobin | Policy::HeadroomRandom | Policy::Hash => 0,
        }
    }
}
