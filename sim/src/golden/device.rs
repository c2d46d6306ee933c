//! A Verilated manager with four blades, set up and asked the way the model is.
//!
//! What today's manager has is `HAS`, and `Device::apply` puts a setup into its registers: both grow with the gateware, nothing else here does.
use super::case::{Case, Step};
use super::expect::{matching, show};
use super::feature::Feature;
use super::tables::Tables;
use crate::chassis::{BladeLinks, Chassis, Config, Device as Address};
use crate::error::{Error, Result};
use crate::link::FrameStatus;
use crate::link::far_end::Offer;
use crate::plane_model::{Admin, Blade, Cause, Frame, Mac, Output, Place, Setup, Verdict, VlanAction};
use crate::server::Behaviour;
use spareband_spec::regs::{FORWARDING_COUNTERS, MANAGER, MANAGER_COUNTERS, MANAGER_MAP_HASH};
use spareband_spec::service::COUNTERS;
use std::collections::BTreeMap;
use std::path::Path;

/// What the manager has of what cases need.
pub const HAS: &[Feature] = &[
    Feature::Services,
    Feature::Ipv6,
    Feature::Sctp,
    Feature::Qinq,
    Feature::IcmpErrors,
    Feature::Responder,
    Feature::Layer2Learning,
    Feature::UplinkLearning,
    Feature::BladeToBlade,
    Feature::VlanRewrite,
    Feature::OwnAddress,
    Feature::MalformedFirst,
    Feature::TcpOffset,
    Feature::AnyProtocol,
];

/// The counters of a frame's fate lie beside each other from the first up to this one, with those of bytes between them,
const LAST_COUNTER: &str = "dropped_queue_full";
/// but for this one.
const FAR_COUNTER: &str = "dropped_control";
/// Of the forwarding plane's own counters the first are fates.
const FORWARDING_FATES: usize = 4;
/// And the last ones, of frames from blades.
const BLADE_FATES: usize = 3;
/// No fate of a frame.
const BYTES: &str = "bytes_in";

pub type Counters = BTreeMap<&'static str, u64>;

/// The counter of a verdict on a frame from the uplink; none if the manager of `HAS` cannot come to it.
pub fn counter(verdict: &Verdict) -> Option<&'static str> {
    Some(match verdict {
        Verdict::Balanced(_) | Verdict::ToBlade(_) => "forwarded",
        Verdict::Flooded(_) => "flooded",
        Verdict::Dropped(Cause::Runt) => "dropped_runt",
        Verdict::Dropped(Cause::Oversize) => "dropped_oversize",
        Verdict::Dropped(Cause::BadFcs) => "dropped_bad_fcs",
        Verdict::Dropped(Cause::Control) => "dropped_control",
        Verdict::Dropped(Cause::Malformed) => "dropped_malformed",
        Verdict::Dropped(Cause::NoBlade) => "dropped_no_blade",
        Verdict::Dropped(Cause::NotOurs) => "dropped_no_service",
        Verdict::Dropped(Cause::BehindSource) => "dropped_filtered",
        Verdict::Reply | Verdict::Dropped(Cause::InvalidSolicitation | Cause::Unanswerable) => "responded",
        _ => return None,
    })
}

/// The counter of a verdict on a frame from a blade; none if it goes up the uplink alone.
pub fn blade_counter(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::ToBlade(_) => Some("blade_to_blade"),
        Verdict::Flooded(_) => Some("blade_flooded"),
        Verdict::Dropped(_) => Some("blade_dropped"),
        _ => None,
    }
}

/// Time a frame may take through the manager, and a little more, in steps of 32 ns.
const LATENCY: u64 = 120;
/// Steps in which the flow table is emptied: 4096 core cycles.
const FLUSH: u64 = 1000;

pub struct Device {
    chassis: Chassis,
    /// What the registers of the blades hold, so that only changes are written.
    blades: Vec<Option<Blade>>,
    own: Option<Mac>,
    tables: Tables,
    /// As read last.
    counted: Counters,
}

/// A register's value of a MAC address: bits 7..0 first on the wire.
pub(super) fn mac_value(mac: &Mac) -> u64 {
    mac.iter().rev().fold(0, |value, &octet| value << 8 | u64::from(octet))
}

impl Device {
    /// Brings a chassis up whose servers only listen, under round robin, with MAC Control frames ended in the uplink's MAC.
    pub fn new(model_dir: &Path, seed: u64) -> Result<Self> {
        let config = Config {
            blades: 4,
            chassis: 0,
            blade_links: BladeLinks::Base1000X,
            model_dir: model_dir.to_owned(),
            gap: 12,
            seed,
            servers: Behaviour::Sink,
            uart_divisor: 4,
            skew: None,
        };
        let mut chassis = Chassis::new(&config)?;
        chassis.bring_up()?;
        if chassis.register(Address::Manager, "identity", 0, "map_hash")? != u64::from(MANAGER_MAP_HASH) {
            return Err(Error::failed("the manager's register map is not this program's; run `make sim`"));
        }
        chassis.set_register(Address::Manager, "policy", "select", 0)?;
        chassis.set_register(Address::Manager, "uplink_mac", "pause_control", 1)?;
        // Nothing is balanced that no service takes.
        chassis.set_register(Address::Manager, "policy", "vip_mask", u32::MAX.into())?;
        let mut device = Self {
            chassis,
            blades: vec![None; 4],
            own: None,
            tables: Tables::default(),
            counted: Counters::new(),
        };
        device.counted = device.counters()?;
        Ok(device)
    }

    /// Puts a setup into the registers and forgets all flows.
    pub fn apply(&mut self, setup: &Setup) -> Result<()> {
        if self.own.replace(setup.own) != Some(setup.own) {
            self.chassis
                .set_register(Address::Manager, "uplink_mac", "address", mac_value(&setup.own))?;
        }
        self.tables.apply(&mut self.chassis, setup)?;
        for (index, blade) in setup.blades.iter().enumerate() {
            self.set_blade(index, blade)?;
        }
        let flush = MANAGER.register("policy", "command").field("flush_flows").mask();
        self.chassis.set_register(Address::Manager, "policy", "command", flush)?;
        let flush = MANAGER.register("forwarding", "command").field("flush_macs").mask();
        self.chassis.set_register(Address::Manager, "forwarding", "command", flush)?;
        self.chassis.run(FLUSH);
        Ok(())
    }

    fn set_blade(&mut self, index: usize, blade: &Blade) -> Result<()> {
        let held = self.blades[index].replace(blade.clone());
        if held.as_ref().is_none_or(|held| held.mac != blade.mac) {
            self.chassis
                .set_register_of(Address::Manager, "blade", index, "mac", mac_value(&blade.mac))?;
        }
        if held.as_ref().is_none_or(|held| held.vlan != blade.vlan) {
            let value = match blade.vlan {
                VlanAction::Keep => 0,
                VlanAction::Strip => 1,
                VlanAction::Set(vid) => 2 | u64::from(vid) << 4,
            };
            self.chassis.set_register_of(Address::Manager, "blade", index, "vlan", value)?;
        }
        if held.is_none_or(|held| (held.admin, held.enabled) != (blade.admin, blade.enabled)) {
            let admin: u64 = match blade.admin {
                Admin::Ready => 0,
                Admin::Drain => 1,
                Admin::Maintenance => 2,
            };
            let enabled = MANAGER.register("blade", "control").field("enabled").mask();
            let control = admin | if blade.enabled { enabled } else { 0 };
            self.chassis.set_register_of(Address::Manager, "blade", index, "control", control)?;
        }
        Ok(())
    }

    pub fn counters(&mut self) -> Result<Counters> {
        let count = MANAGER_COUNTERS
            .iter()
            .position(|(name, _)| *name == LAST_COUNTER)
            .expect("a counter of that name")
            + 1;
        let all = self
            .chassis
            .counters(Address::Manager, "statistics", 0, &MANAGER_COUNTERS[..count])?;
        let far = self.chassis.register(Address::Manager, "statistics", 0, FAR_COUNTER)?;
        let all = all.into_iter().filter(|(name, _)| *name != BYTES);
        let last = FORWARDING_COUNTERS.len();
        let forwarding = self
            .chassis
            .counters(Address::Manager, "forwarding_statistics", 0, &FORWARDING_COUNTERS)?;
        let fates = forwarding.into_iter().enumerate();
        let fates = fates.filter(|(number, _)| *number < FORWARDING_FATES || *number >= last - BLADE_FATES);
        Ok(all.chain([(FAR_COUNTER, far)]).chain(fates.map(|(_, counter)| counter)).collect())
    }

    /// What each of the setup's services has counted, in the order of `spareband_spec::service::Counter`.
    pub fn service_counters(&mut self, services: usize) -> Result<Vec<[u64; COUNTERS]>> {
        self.tables.counters(&mut self.chassis, services)
    }

    /// Frames at each place so far.
    fn seen(&self) -> Vec<usize> {
        let servers = self.chassis.servers.iter().map(|server| server.received.len());
        std::iter::once(self.chassis.far_end.received.len()).chain(servers).collect()
    }

    /// What arrived at each place since, in order.
    fn since(&self, seen: &[usize]) -> BTreeMap<Place, Vec<Vec<u8>>> {
        let places = std::iter::once((Place::Uplink, &self.chassis.far_end.received));
        let servers = self.chassis.servers.iter().enumerate();
        let places = places.chain(servers.map(|(index, server)| (Place::Blade(index), &server.received)));
        places
            .zip(seen)
            .map(|((place, received), &from)| {
                let frame = |frame: &crate::link::Received| match frame.status {
                    FrameStatus::Good => frame.bytes.clone(),
                    // Never what is expected: a broken frame must be seen.
                    status => format!("{status:?}").into_bytes(),
                };
                (place, received[from..].iter().map(frame).collect())
            })
            .collect()
    }

    /// Sends a frame and waits until all that can come of it is out.
    pub fn exchange(&mut self, from: Place, frame: &Frame) -> Result<Vec<Output>> {
        let seen = self.seen();
        self.send(from, frame, 0)?;
        let length = frame.bytes.len() as u64;
        // 10 Gb/s in 32 ns are 40 bytes, 1 Gb/s are 4.
        self.chassis.run(LATENCY + 2 * length / 40 + 2 * length / 4);
        if !self.chassis.far_end.all_sent() {
            return Err(Error::failed("the far end could not send the frame"));
        }
        let arrived = self.since(&seen).into_iter();
        Ok(arrived
            .flat_map(|(to, frames)| frames.into_iter().map(move |bytes| Output { to, bytes }))
            .collect())
    }

    fn send(&mut self, from: Place, frame: &Frame, not_before: u64) -> Result<()> {
        match from {
            Place::Uplink => {
                let mut offer = Offer::new(not_before, frame.bytes.clone(), true);
                offer.spoil_fcs = frame.spoil_fcs;
                self.chassis.far_end.start(vec![offer]);
            }
            Place::Blade(blade) => {
                if frame.spoil_fcs || frame.bytes.len() < crate::link::MIN_FRAME {
                    return Err(Error::failed("a server sends good frames only"));
                }
                self.chassis.servers[blade].send(frame.bytes.clone());
            }
        }
        Ok(())
    }

    /// Sends frames of the uplink as far apart as one blade's link takes for each, and waits for the last.
    pub fn burst(&mut self, frames: &[Frame]) -> Result<BTreeMap<Place, Vec<Vec<u8>>>> {
        let seen = self.seen();
        let mut at = 0;
        let mut offers = Vec::with_capacity(frames.len());
        for frame in frames {
            let mut offer = Offer::new(at, frame.bytes.clone(), true);
            offer.spoil_fcs = frame.spoil_fcs;
            offers.push(offer);
            // An octet of 10 Gb/s is a tenth of one of 1 Gb/s; preamble, FCS, gap and a tag more are less than 32.
            at += 10 * (frame.bytes.len() as u64 + 32);
        }
        self.chassis.far_end.start(offers);
        // 40 octets a step.
        self.chassis.run(LATENCY + at / 40);
        let mut patience = 100_000;
        while !self.chassis.far_end.all_sent() && patience > 0 {
            self.chassis.run(1000);
            patience -= 1000;
        }
        self.chassis.run(LATENCY + 9618 / 4);
        match self.chassis.far_end.all_sent() {
            true => Ok(self.since(&seen)),
            false => Err(Error::failed("the far end could not send all frames")),
        }
    }

    /// Runs a case whose needs are met. An error says what differs where.
    pub fn run(&mut self, case: &Case) -> Result<()> {
        self.apply(&case.setup)?;
        let mut setup = (*case.setup).clone();
        let mut expected = self.counted.clone();
        let mut chosen = Vec::new();
        for step in &case.steps {
            let exchange = match step {
                Step::Blade { index, admin, enabled } => {
                    let blade = &mut setup.blades[*index];
                    (blade.admin, blade.enabled) = (*admin, *enabled);
                    let blade = blade.clone();
                    self.set_blade(*index, &blade)?;
                    continue;
                }
                Step::Frame(exchange) => exchange,
            };
            let outputs = self.exchange(exchange.from, &exchange.frame)?;
            let wanted = exchange.expected.alternatives(exchange.from, &exchange.frame, &setup, &chosen);
            if matching(&wanted, &outputs).is_none() {
                return Err(Error::failed(format!(
                    "{}.txt:{} ({}):\nexpected {}\ncame     {}",
                    case.file,
                    exchange.line,
                    case.name,
                    show(&wanted),
                    show(&[outputs])
                )));
            }
            chosen.push(match outputs[..] {
                [
                    Output {
                        to: Place::Blade(blade), ..
                    },
                ] => Some(blade),
                _ => None,
            });
            let verdict = exchange.expected.wanted.verdict();
            let names = match exchange.from {
                Place::Uplink => [Some("frames_in"), counter(&verdict)],
                Place::Blade(_) => [None, blade_counter(&verdict)],
            };
            for name in names.into_iter().flatten() {
                *expected.entry(name).or_default() += 1;
            }
        }
        self.count(&expected)
            .map_err(|told| Error::failed(format!("{}.txt:{} ({}): {told}", case.file, case.line, case.name)))
    }

    /// Holds the counters against what they should have become; the caller adds to `counted`.
    pub fn count(&mut self, expected: &Counters) -> Result<()> {
        let now = self.counters()?;
        let before = std::mem::replace(&mut self.counted, now);
        let differ = |(name, count): &(&&'static str, &u64)| expected.get(**name) != Some(count);
        let told = |(name, count): (&&'static str, &u64)| {
            format!("{name} rose by {}, not {}", count - before[name], expected[name] - before[name])
        };
        let told: Vec<String> = self.counted.iter().filter(differ).map(told).collect();
        match told.is_empty() {
            true => Ok(()),
            false => Err(Error::failed(told.join(", "))),
        }
    }

    /// The counters as they were read last.
    pub fn counted(&self) -> Counters {
        self.counted.clone()
    }
}
