//! What the selector knows of one blade, and the load it makes of that.

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
    estimate_from(blade.cpu, blade, blade.latched, d)
}

/// The same from any signal `load`, 8 bits, higher is busier. The result has 13 bits.
pub const fn estimate_from(load: u8, blade: &BladeState, latched: u16, d: u8) -> u16 {
    let active = counted(blade.active);
    if blade.unknown() || load >= FULL_UTILISATION {
        return FULL_SCORE + active;
    }
    let estimate = load as i32 + d as i32 * (active as i32 - latched as i32);
    if estimate < 0 {
        0
    } else if estimate > 255 {
        255
    } else {
        estimate as u16
    }
}

/// Active flows as a score counts them: 12 bits, saturating.
pub const fn counted(active: u16) -> u16 {
    if active > ACTIVE_MAX { ACTIVE_MAX } else { active }
}

/// One step of the average of active flows: `a += ((active << 16) - a) >> shift`, rounding down.
pub const fn average_step(average: u32, active: u16, shift: u32) -> u32 {
    let difference = ((counted(active) as i64) << AVERAGE_FRACTION_BITS) - average as i64;
    (average as i64 + (difference >> shift)) as u32
}

/// The integer part of the average, which is what is latched when a record arrives.
pub const fn average_integer(average: u32) -> u16 {
    (average >> AVERAGE_FRACTION_BITS) as u16
}
