//! `rr`, `lu` and `lu-delta` without guards once more, as a pure function of the blades and the rotating pointer: an independent statement for tests
//! and for models of the whole plane. `decide` gives the same blades for these three rules when no guard is on; a test holds that.

use super::{BLADE_BITS, BladeState, KEY_BITS, MAX_BLADES, Policy, UNKNOWN_UTILISATION, estimate};

/// The three rules; any other has no score here and acts as `rr`.
pub const fn score(policy: Policy, blade: &BladeState, d: u8) -> u16 {
    match policy {
        Policy::LeastUtilised if blade.unknown() => UNKNOWN_UTILISATION as u16,
        Policy::LeastUtilised => blade.cpu as u16,
        Policy::LeastUtilisedDelta => estimate(blade, d),
        _ => 0,
    }
}

/// Key of blade `index` with the rotating pointer at `start`.
pub const fn key(policy: Policy, blade: &BladeState, d: u8, index: usize, start: usize) -> u32 {
    let distance = (index + MAX_BLADES - start) % MAX_BLADES;
    let mut key = (score(policy, blade, d) as u32) << BLADE_BITS | distance as u32;
    if !blade.eligible() {
        key |= 1 << (KEY_BITS - 2);
    }
    if !blade.usable() {
        key |= 1 << (KEY_BITS - 1);
    }
    key
}

/// The blade that gets the next flow, if any is usable. `start` is one past the blade of the last accepted decision, or where a hash points.
pub fn select(policy: Policy, blades: &[BladeState], d: u8, start: usize) -> Option<usize> {
    let (index, blade) = blades
        .iter()
        .enumerate()
        .min_by_key(|(index, blade)| key(policy, blade, d, *index, start))?;
    blade.usable().then_some(index)
}

/// Where the rotating pointer stands after a decision for `blade` was accepted.
pub const fn next_start(blade: usize, blades: usize) -> usize {
    if blade + 1 >= blades { 0 } else { blade + 1 }
}
