//! The selectors' integer arithmetic. Gateware, simulation and evaluation use these numbers bit for bit.
//!
//! A selector gives each blade a key and takes the blade with the least one. From the most significant end a key says: out (never chosen),
//! not eligible (last resort only), score of the policy, distance from a rotating pointer (decides ties).

/// Selection rules, as encoded in the policy register. Any other value acts as `RoundRobin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Policy {
    RoundRobin = 0,
    LeastUtilised = 1,
    LeastUtilisedDelta = 2,
}

impl Policy {
    pub const fn from_register(value: u8) -> Policy {
        match value {
            1 => Policy::LeastUtilised,
            2 => Policy::LeastUtilisedDelta,
            _ => Policy::RoundRobin,
        }
    }
}

/// Width of the policy register.
pub const POLICY_BITS: usize = 4;
/// Most blades of one manager; a power of two, also the span of the rotating pointer.
pub const MAX_BLADES: usize = 16;
/// Width of a blade's number.
pub const BLADE_BITS: usize = 4;
/// Width of the score: 256 + 4095 fits.
pub const SCORE_BITS: usize = 13;
/// Width of a key: out, not eligible, score, distance.
pub const KEY_BITS: usize = 2 + SCORE_BITS + BLADE_BITS;
/// Active flows count up to this in a score: the integer part of the Q12.4 average.
pub const ACTIVE_MAX: u16 = 4095;
/// At this utilisation and above a blade counts as full, and its active flows decide.
pub const FULL_UTILISATION: u8 = 248;
/// Utilisation that `LeastUtilised` assumes of a blade with no fresh record: never a low one.
pub const UNKNOWN_UTILISATION: u8 = 255;
/// Score of a full blade without active flows.
pub const FULL_SCORE: u16 = 256;
/// Fraction bits of the average of active flows. Four are the Q12.4 of the rule; the others let a long window converge.
pub const AVERAGE_FRACTION_BITS: u32 = 16;
/// Width of the average.
pub const AVERAGE_BITS: usize = 12 + AVERAGE_FRACTION_BITS as usize;
/// The average moves once in this many cycles of clk_core.
pub const AVERAGE_PERIOD: u32 = 1024;

/// `admin` of the record and of the host's register.
pub const ADMIN_READY: u8 = 0;
pub const ADMIN_DRAIN: u8 = 1;
pub const ADMIN_MAINTENANCE: u8 = 2;

/// What the selector knows of one blade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BladeState {
    pub link_up: bool,
    pub enabled: bool,
    pub host_admin: u8,
    /// A good record has arrived since the link came up.
    pub known: bool,
    /// The last good record is older than the stale limit.
    pub stale: bool,
    /// admin of the last good record.
    pub admin: u8,
    /// cpu of the last good record.
    pub cpu: u8,
    /// Flows of the blade in the flow table.
    pub active: u16,
    /// Integer part of the average of active flows when the last record arrived.
    pub latched: u16,
}

impl BladeState {
    /// May carry frames at all: established flows, and new ones if no blade is eligible.
    pub const fn usable(&self) -> bool {
        self.link_up && self.enabled && self.host_admin < ADMIN_MAINTENANCE && !(self.known && self.admin >= ADMIN_MAINTENANCE)
    }
    /// May take new flows.
    pub const fn eligible(&self) -> bool {
        self.usable() && self.host_admin == ADMIN_READY && !(self.known && self.admin != ADMIN_READY)
    }
    /// No fresh record: the load is unknown, which is never a low load.
    pub const fn unknown(&self) -> bool {
        !self.known || self.stale
    }
}

/// lu-delta: `256 + active` for a blade that is full or unknown, else `clamp(cpu + d * (active - latched), 0, 255)`.
pub const fn estimate(blade: &BladeState, d: u8) -> u16 {
    let active = if blade.active > ACTIVE_MAX { ACTIVE_MAX } else { blade.active };
    if blade.unknown() || blade.cpu >= FULL_UTILISATION {
        return FULL_SCORE + active;
    }
    let estimate = blade.cpu as i32 + d as i32 * (active as i32 - blade.latched as i32);
    if estimate < 0 {
        0
    } else if estimate > 255 {
        255
    } else {
        estimate as u16
    }
}

pub const fn score(policy: Policy, blade: &BladeState, d: u8) -> u16 {
    match policy {
        Policy::RoundRobin => 0,
        Policy::LeastUtilised if blade.unknown() => UNKNOWN_UTILISATION as u16,
        Policy::LeastUtilised => blade.cpu as u16,
        Policy::LeastUtilisedDelta => estimate(blade, d),
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

/// One step of the average of active flows: `a += ((active << 16) - a) >> shift`, rounding down.
pub const fn average_step(average: u32, active: u16, shift: u32) -> u32 {
    let active = if active > ACTIVE_MAX { ACTIVE_MAX } else { active };
    let difference = ((active as i64) << AVERAGE_FRACTION_BITS) - average as i64;
    (average as i64 + (difference >> shift)) as u32
}

/// The integer part of the average, which is what is latched when a record arrives.
pub const fn average_integer(average: u32) -> u16 {
    (average >> AVERAGE_FRACTION_BITS) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: BladeState = BladeState {
        link_up: true,
        enabled: true,
        host_admin: 0,
        known: true,
        stale: false,
        admin: 0,
        cpu: 100,
        active: 10,
        latched: 10,
    };

    #[test]
    fn estimates_by_hand() {
        assert_eq!(estimate(&READY, 16), 100);
        assert_eq!(estimate(&BladeState { active: 13, ..READY }, 16), 148);
        assert_eq!(estimate(&BladeState { active: 20, ..READY }, 16), 255);
        assert_eq!(estimate(&BladeState { active: 0, ..READY }, 16), 0);
        assert_eq!(estimate(&BladeState { active: 4, ..READY }, 16), 4);
        assert_eq!(estimate(&BladeState { cpu: 248, ..READY }, 16), 266);
        assert_eq!(
            estimate(
                &BladeState {
                    cpu: 0,
                    stale: true,
                    ..READY
                },
                16
            ),
            266
        );
        assert_eq!(
            estimate(
                &BladeState {
                    cpu: 255,
                    active: 0xFFFF,
                    ..READY
                },
                0
            ),
            256 + 4095
        );
    }

    #[test]
    fn an_unknown_blade_is_never_the_idle_one() {
        let unknown = BladeState {
            known: false,
            cpu: 0,
            active: 0,
            ..READY
        };
        let busy = BladeState { cpu: 247, ..READY };
        for policy in [Policy::LeastUtilised, Policy::LeastUtilisedDelta] {
            assert_eq!(select(policy, &[unknown, busy], 16, 0), Some(1));
        }
        assert_eq!(select(Policy::LeastUtilised, &[unknown, unknown], 16, 1), Some(1));
    }

    #[test]
    fn the_last_resort_is_a_draining_blade_never_one_that_is_out() {
        let drain = BladeState {
            admin: ADMIN_DRAIN,
            ..READY
        };
        let maintenance = BladeState {
            host_admin: ADMIN_MAINTENANCE,
            ..READY
        };
        let down = BladeState { link_up: false, ..READY };
        assert_eq!(select(Policy::RoundRobin, &[down, drain, READY, maintenance], 16, 0), Some(2));
        assert_eq!(select(Policy::RoundRobin, &[down, drain, maintenance, down], 16, 2), Some(1));
        assert_eq!(select(Policy::RoundRobin, &[down, maintenance], 16, 0), None);
    }

    #[test]
    fn ties_rotate() {
        let blades = [READY; 3];
        let mut start = 0;
        let order: [usize; 6] = std::array::from_fn(|_| {
            let blade = select(Policy::LeastUtilised, &blades, 16, start).unwrap();
            start = next_start(blade, blades.len());
            blade
        });
        assert_eq!(order, [0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn the_average_reaches_its_input_within_one_flow() {
        for shift in 0..16 {
            let mut average = 0;
            for _ in 0..16_u32 << shift {
                average = average_step(average, 100, shift);
            }
            assert!(average_integer(average) >= 99, "shift {shift}: {average}");
            for _ in 0..16_u32 << shift {
                average = average_step(average, 0, shift);
            }
            assert_eq!(average_integer(average), 0, "shift {shift}");
        }
    }
}
