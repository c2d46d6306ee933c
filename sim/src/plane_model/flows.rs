//! Affinity: which blades may take a frame of a flow, and what the choice leaves behind.
//!
//! The model remembers the blade a device chose and asks for it again, where the plane promises it: in the flow table, or by a hash that gives
//! the same blade as long as the same blades are eligible.
use super::packet::{Flags, Fragment};
use super::setup::{Admin, Affinity, Service, Setup};
use std::collections::HashMap;
use std::net::IpAddr;

/// What frames share that must go one way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Flow {
        source: IpAddr,
        destination: IpAddr,
        protocol: u8,
        ports: (u16, u16),
    },
    /// Fragments, and packets without ports.
    Pair { source: IpAddr, destination: IpAddr, protocol: u8 },
    Source {
        source: IpAddr,
        service: (IpAddr, u8, Option<u16>),
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// In the table, by a frame that may open a flow.
    Open,
    /// A FIN went by.
    Closing,
    /// By hash, perhaps with an entry: both give this blade until the eligible blades change.
    Hashed,
}

/// What a decision does to the memory once the blade is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Open(Key),
    Close(Key),
    Hash(Key),
    Forget(Key),
}

#[derive(Default)]
pub struct Flows {
    held: HashMap<Key, (usize, Held)>,
}

/// What is known of a frame that a service takes.
pub struct Candidate {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    pub ports: Option<(u16, u16)>,
    pub flags: Flags,
    pub fragment: Fragment,
    /// An ICMP error about the flow: follows it and opens none.
    pub about: bool,
}

impl Candidate {
    fn key(&self, service: &Service) -> Key {
        let Self {
            source,
            destination,
            protocol,
            ..
        } = *self;
        match (service.affinity, self.ports.filter(|_| self.fragment == Fragment::Whole)) {
            (Affinity::Source, _) => Key::Source {
                source,
                service: (service.address, service.protocol, service.port),
            },
            (_, Some(ports)) => Key::Flow {
                source,
                destination,
                protocol,
                ports,
            },
            (_, None) => Key::Pair {
                source,
                destination,
                protocol,
            },
        }
    }

    /// SYN alone, INIT, or a datagram with ports.
    fn opens(&self) -> bool {
        !self.about && self.fragment == Fragment::Whole && self.ports.is_some() && self.flags.opens
    }
}

impl Flows {
    /// Admissible blades, none if no blade may take the frame, and what to do when the choice is known.
    pub fn decide(&self, setup: &Setup, service: &Service, frame: &Candidate) -> (Vec<usize>, Option<Effect>) {
        let blades = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> { service.blades.iter().copied().filter(|&b| wanted(b)).collect() };
        let carries = |blade: usize| setup.blades[blade].carries();
        // New flows: ready blades, or draining ones as the last resort.
        let ready = blades(&|b| carries(b) && setup.blades[b].admin == Admin::Ready);
        let carrying = blades(&carries);
        let fresh = if ready.is_empty() { carrying.clone() } else { ready };
        if service.affinity == Affinity::Datagram && frame.opens() {
            return (fresh, None);
        }
        let key = frame.key(service);
        let held = self.held.get(&key).filter(|(blade, _)| carries(*blade));
        match held {
            Some((blade, Held::Open)) => (vec![*blade], self.end(frame, key)),
            Some((blade, Held::Closing | Held::Hashed)) if !frame.opens() => (vec![*blade], self.end(frame, key)),
            _ if frame.opens() => (fresh, Some(Effect::Open(key))),
            _ if frame.about => (carrying, None),
            _ if frame.flags.rst => (carrying, None),
            _ => (carrying, Some(Effect::Hash(key))),
        }
    }

    fn end(&self, frame: &Candidate, key: Key) -> Option<Effect> {
        match frame.flags {
            _ if frame.about => None,
            Flags { rst: true, .. } => Some(Effect::Forget(key)),
            Flags { fin: true, .. } => Some(Effect::Close(key)),
            _ => None,
        }
    }

    pub fn apply(&mut self, effect: &Effect, blade: usize) {
        match effect {
            Effect::Open(key) => drop(self.held.insert(key.clone(), (blade, Held::Open))),
            Effect::Hash(key) => drop(self.held.insert(key.clone(), (blade, Held::Hashed))),
            Effect::Close(key) => {
                if let Some((_, held @ Held::Open)) = self.held.get_mut(key) {
                    *held = Held::Closing;
                }
            }
            Effect::Forget(key) => drop(self.held.remove(key)),
        }
    }

    /// A hash may now point elsewhere; entries of the table do not move.
    pub fn eligible_blades_changed(&mut self) {
        self.held.retain(|_, (_, held)| *held != Held::Hashed);
    }
}
