//! A decision: guards, then one of the two picks.

use super::guard::{candidates, laddered, rung};
use super::lane::{Lane, headroom_weight, lane};
use super::pick::{GOLDEN, least, random_step, two_of, weighted};
use super::{BladeInput, MAX_WEIGHT, Policy, SERVICES, Settings, State};
use crate::maglev;

/// What a flow brings.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a, const N: usize> {
    /// Rule of its service.
    pub policy: Policy,
    /// Number of its service (4 bits): whose phase `wrr` moves.
    pub service: u8,
    /// Lanes of its service. A lane of weight 0 is not one of them.
    pub mask: u128,
    /// Weights in its service, 0 to 16 (5 bits each).
    pub weights: &'a [u8; N],
    /// Hash of the flow (16 bits).
    pub hash: u16,
    /// Lane by hash, [`maglev::SIZE`] of them; with any other length the hash points at lanes directly.
    pub table: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The lane; none: no lane of the service is usable.
    pub blade: Option<usize>,
    /// The rule that decided, after the guards.
    pub policy: Policy,
    /// The lane is draining.
    pub last_resort: bool,
    /// `pack`: how many lanes of the service should be awake (8 bits); with other rules all candidates.
    pub awake: u8,
}

/// Decide on the inputs of this cycle. The random register and the flags move with every decision, a phase with every `wrr` decision, the
/// pointer and `sent` only with [`State::accept`].
pub fn decide<const N: usize>(state: &mut State<N>, settings: &Settings, blades: &[BladeInput; N], request: &Request<'_, N>) -> Decision {
    let random = state.random;
    state.random = random_step(random);
    let mut lanes = [Lane::default(); N];
    for (i, input) in blades.iter().enumerate() {
        lanes[i] = lane(state, settings, i, input);
    }
    let mut service = request.mask;
    for (i, weight) in request.weights.iter().enumerate() {
        if *weight == 0 {
            service &= !(1 << i);
        }
    }
    // A hash must not meet a new nibble each time, or a flow would change its blade.
    let gate = if request.policy == Policy::Hash {
        request.hash & 15
    } else {
        random as u16 & 15
    };
    let candidates = candidates(state, settings, &lanes, service, gate as u8);
    let mask = candidates.mask;
    let policy = laddered(request.policy, settings, || rung(state, settings, &lanes, service));
    let weight = |i: usize| request.weights[i].min(MAX_WEIGHT);
    let score = |i: usize| lanes[i].score(policy, state, i, blades[i].blade.active, weight(i));
    let pointer = usize::from(state.pointer) % N;

    let blade = match policy {
        _ if mask == 0 => None,
        Policy::WeightedRoundRobin => {
            let phase = &mut state.phase[usize::from(request.service) % SERVICES];
            *phase = phase.wrapping_add(GOLDEN);
            weighted::<N>(mask, (*phase >> 16) as u16, |i| u32::from(weight(i)))
        }
        Policy::HeadroomRandom => weighted::<N>(mask, (random >> 16) as u16, |i| headroom_weight(lanes[i].estimate, weight(i))),
        Policy::PowerOfTwo => {
            let (a, b) = two_of(mask, (random >> 20) as u16, (random >> 8) as u16 & 0xFFF);
            least::<N>(1 << a | 1 << b, pointer, score)
        }
        Policy::Pack => least::<N>(mask, 0, score),
        Policy::Hash => least::<N>(mask, hashed::<N>(request), score),
        _ => least::<N>(mask, pointer, score),
    };
    let awake = match blade {
        Some(last) if policy == Policy::Pack && !state.full[last] => {
            let used = (mask & (u128::MAX >> (127 - last))).count_ones() as u8;
            used + u8::from(lanes[last].estimate >= u16::from(settings.wake))
        }
        Some(_) if policy == Policy::Pack => mask.count_ones() as u8 + 1,
        _ => mask.count_ones() as u8,
    };
    Decision {
        blade,
        policy,
        last_resort: candidates.last_resort,
        awake,
    }
}

/// Where a flow's hash points: in the table, or scaled at a lane.
fn hashed<const N: usize>(request: &Request<'_, N>) -> usize {
    match request.table.len() {
        maglev::SIZE => usize::from(request.table[maglev::index(request.hash)]) % N,
        _ => (usize::from(request.hash) * N) >> 16,
    }
}
