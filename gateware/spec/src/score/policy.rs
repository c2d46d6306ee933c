//! Names and numbers of the rules and of the signals they go by.

/// Selection rules, as encoded in the policy register (4 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Policy {
    /// Each in turn.
    RoundRobin = 0,
    /// Least load as reported.
    LeastUtilised = 1,
    /// Least load as reported, plus what was sent and minus what left since.
    LeastUtilisedDelta = 2,
    /// Each in proportion to its weight, as evenly spread as a fixed sequence can.
    WeightedRoundRobin = 3,
    /// Least `(active + 1) / weight`.
    WeightedLeastConnections = 4,
    /// Random in proportion to headroom times weight.
    HeadroomRandom = 5,
    /// The less loaded of two random blades.
    PowerOfTwo = 6,
    /// Any blade cold: least (load, second signal) among the cold; else as least connections.
    HotColdLexicographic = 7,
    /// The first blade that is not full, so that as few as possible work.
    Pack = 8,
    /// By the flow's hash alone.
    Hash = 9,
    /// Least load as tracked: what the last report below full left unexplained is the base, flows count on from there without a limit.
    LeastTracked = 10,
}

/// Every rule with its name on command lines, in the order of the register's numbers.
pub const POLICIES: [(&str, Policy); 11] = [
    ("rr", Policy::RoundRobin),
    ("lu", Policy::LeastUtilised),
    ("lu-delta", Policy::LeastUtilisedDelta),
    ("wrr", Policy::WeightedRoundRobin),
    ("wlc", Policy::WeightedLeastConnections),
    ("hwr", Policy::HeadroomRandom),
    ("po2", Policy::PowerOfTwo),
    ("hcl", Policy::HotColdLexicographic),
    ("pack", Policy::Pack),
    ("hash", Policy::Hash),
    ("lu-track", Policy::LeastTracked),
];

/// The rules that the gateware has. The register map offers these only.
pub const GATEWARE: &[Policy] = &[
    Policy::RoundRobin,
    Policy::LeastUtilised,
    Policy::LeastUtilisedDelta,
    Policy::WeightedRoundRobin,
    Policy::WeightedLeastConnections,
    Policy::HeadroomRandom,
    Policy::PowerOfTwo,
    Policy::HotColdLexicographic,
    Policy::Pack,
    Policy::Hash,
    Policy::LeastTracked,
];

impl Policy {
    /// What the gateware does with a value of the register: a rule it does not have acts as `rr`.
    pub const fn from_register(value: u8) -> Policy {
        let mut i = 0;
        while i < GATEWARE.len() {
            if GATEWARE[i] as u8 == value {
                return GATEWARE[i];
            }
            i += 1;
        }
        Policy::RoundRobin
    }

    pub fn name(self) -> &'static str {
        POLICIES[self as usize].0
    }

    pub fn from_name(name: &str) -> Option<Policy> {
        POLICIES.iter().find(|(known, _)| *known == name).map(|(_, policy)| *policy)
    }
}

/// Signals of the record. Each can be the load `u` and the second signal `q`; the two capacities count as what is used of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Signal {
    #[default]
    Cpu = 0,
    Irq = 1,
    Work = 2,
    Power = 3,
    Queue = 4,
}

impl Signal {
    pub const ALL: [Signal; 5] = [Signal::Cpu, Signal::Irq, Signal::Work, Signal::Power, Signal::Queue];
}
