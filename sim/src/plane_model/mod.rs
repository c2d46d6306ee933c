//! An independent model of the forwarding plane: what each frame becomes, by docs/ARCHITECTURE.md and the standards alone.
//!
//! It shares with the gateware nothing but that section of the documentation, the parser's documented limits (two tags, eight extension headers)
//! and the reading of the standards. Where a policy chooses among blades the model gives the admissible ones, is told which one the device chose
//! (`Plane::chose`), and from then on holds the device to it.
//!
//! What it leaves out: time (ageing of flows and stations), room (full tables, full queues), the storm limit, and which blade a policy should
//! prefer; other tests hold those.
mod flows;
mod layer2;
mod packet;
mod replies;
mod rewrite;
mod services;
mod setup;
mod verdict;

pub use packet::{Fragment, Icmp, Ip, MAX_EXTENSION_HEADERS, Network, Packet, parse};
pub use replies::checksum;
pub use rewrite::rewrite;
pub use setup::{Address, Admin, Affinity, Blade, Service, Setup, VlanAction};

use crate::link::MIN_FRAME;
use flows::{Effect, Flows};
use layer2::Stations;
use std::fmt;

pub type Mac = [u8; 6];

/// A frame on a wire, without preamble and FCS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub bytes: Vec<u8>,
    pub spoil_fcs: bool,
}

/// Where a frame comes from or goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Uplink,
    Blade(usize),
}

/// Why a frame goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    Runt,
    Oversize,
    BadFcs,
    /// A MAC Control frame.
    Control,
    Malformed,
    /// No blade may take it.
    NoBlade,
    /// To the manager's own address, and no service's.
    NotOurs,
    /// Its destination is where it came from.
    BehindSource,
    /// A neighbour solicitation that RFC 4861 7.1.1 has discarded.
    InvalidSolicitation,
    /// A request for an address of the plane of a kind that it does not answer.
    Unanswerable,
}

impl Cause {
    pub const ALL: [(&str, Cause); 10] = [
        ("runt", Cause::Runt),
        ("oversize", Cause::Oversize),
        ("bad-fcs", Cause::BadFcs),
        ("control", Cause::Control),
        ("malformed", Cause::Malformed),
        ("no-blade", Cause::NoBlade),
        ("not-ours", Cause::NotOurs),
        ("behind-source", Cause::BehindSource),
        ("invalid-solicitation", Cause::InvalidSolicitation),
        ("unanswerable", Cause::Unanswerable),
    ];
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, cause)| cause == self).expect("all are listed").0;
        write!(f, "{name}")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// To one of these blades, by policy, affinity or hash.
    Balanced(Vec<usize>),
    /// To this blade, as its address says.
    ToBlade(usize),
    /// A copy to each of these.
    Flooded(Vec<Place>),
    ToUplink,
    /// Answered by the manager itself.
    Reply,
    Dropped(Cause),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub to: Place,
    pub bytes: Vec<u8>,
}

/// What the plane makes of a frame.
#[derive(Debug, Clone)]
pub struct Decision {
    pub verdict: Verdict,
    /// The bytes of a balanced frame for each admissible blade; of any other, what comes out.
    pub outputs: Vec<Output>,
    /// The number in the setup of the service that takes the frame, even where no blade may have it.
    pub service: Option<usize>,
    effect: Option<Effect>,
}

impl Decision {
    fn dropped(cause: Cause) -> Self {
        Self::of(Verdict::Dropped(cause), Vec::new())
    }

    fn of(verdict: Verdict, outputs: Vec<Output>) -> Self {
        Self {
            verdict,
            outputs,
            service: None,
            effect: None,
        }
    }

    /// What comes out when the device chose this blade; the same for every choice unless the frame is balanced.
    pub fn outputs_for(&self, choice: Option<usize>) -> Vec<Output> {
        match (&self.verdict, choice) {
            (Verdict::Balanced(_), Some(blade)) => self.outputs.iter().filter(|o| o.to == Place::Blade(blade)).cloned().collect(),
            _ => self.outputs.clone(),
        }
    }
}

pub struct Plane {
    setup: Setup,
    stations: Stations,
    flows: Flows,
}

impl Plane {
    pub fn new(setup: Setup) -> Self {
        Self {
            stations: Stations::new(&setup),
            flows: Flows::default(),
            setup,
        }
    }

    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Changes the state of a blade while traffic runs.
    pub fn set_blade(&mut self, blade: usize, admin: Admin, enabled: bool) {
        let blade = &mut self.setup.blades[blade];
        (blade.admin, blade.enabled) = (admin, enabled);
        self.flows.eligible_blades_changed();
    }

    /// What becomes of a frame. Learns its source; a balanced one must be followed by `chose`.
    pub fn judge(&mut self, from: Place, frame: &Frame) -> Decision {
        if let Some(cause) = self.receive_fault(frame) {
            return Decision::dropped(cause);
        }
        match from {
            Place::Uplink => self.judge_from_uplink(frame),
            Place::Blade(_) => self.judge_from_blade(from, frame),
        }
    }

    /// The blade that the device chose for the frame of this decision.
    pub fn chose(&mut self, decision: &Decision, blade: usize) {
        if let Some(effect) = &decision.effect {
            self.flows.apply(effect, blade);
        }
    }

    /// What a receive MAC drops: too short before too long before a wrong FCS (IEEE 802.3 4.2.9; the order is the MAC's own).
    fn receive_fault(&self, frame: &Frame) -> Option<Cause> {
        let length = frame.bytes.len();
        if length < MIN_FRAME {
            Some(Cause::Runt)
        } else if length + 4 > self.setup.max_frame_length {
            Some(Cause::Oversize)
        } else if frame.spoil_fcs {
            Some(Cause::BadFcs)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
