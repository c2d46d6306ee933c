//! Services of a manager: what is in its service table, and changes to it that never let a service that stays be missing.
//!
//! A service has its own key and, shared by all services of its address, keys for fragments (one a protocol), for ARP and neighbour discovery, and for
//! echo requests. Those belong to the service of the lowest number of that address, and pass on when it goes.

use crate::{Device, Error, Transport};
use serde::Serialize;
use spareband_spec::frame::{PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP};
use spareband_spec::maglev::{self, Version};
use spareband_spec::regs::tables::Table;
use spareband_spec::service::{
    BANKS, ENTRY_WORDS, Placement, ROWS_LOG2, ServiceKey, ServiceParameters, SlotWrite, Target, WEIGHT_WORDS, WEIGHTS, decode,
    weight_words, word_address,
};
use std::fmt;
use std::net::IpAddr;

/// Protocols that are balanced, by their names.
pub const PROTOCOLS: [(&str, u8); 3] = [("tcp", PROTOCOL_TCP), ("udp", PROTOCOL_UDP), ("sctp", PROTOCOL_SCTP)];
/// Words from one row of a bank to the next.
const ROW_WORDS: usize = 8;
/// Rows that are read in one go.
const ROWS_AT_ONCE: usize = 32;
/// Seed of the consistent hash: managers with one seed and the same weights send a flow to the same blade.
const MAGLEV_SEED: u64 = 0;

/// Address, protocol and port of a service, written `10.0.0.1:80/tcp`, `[2001:db8::1]:443/tcp`, or without port for all ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    pub address: IpAddr,
    pub protocol: u8,
    pub port: Option<u16>,
}

impl Name {
    pub fn parse(text: &str) -> Result<Name, String> {
        let bad = |what: &str| format!("`{text}` {what}; write a service as 10.0.0.1:80/tcp, [2001:db8::1]:443/tcp or 10.0.0.1/udp");
        let (place, protocol) = text.rsplit_once('/').ok_or_else(|| bad("names no protocol"))?;
        let protocol = PROTOCOLS
            .iter()
            .find(|(name, _)| *name == protocol)
            .ok_or_else(|| bad("has another protocol than tcp, udp and sctp"))?
            .1;
        let whole: Result<IpAddr, _> = place.trim_matches(['[', ']']).parse();
        let (address, port) = match whole {
            Ok(address) => (address, None),
            Err(_) => {
                let (address, port) = place.rsplit_once(':').ok_or_else(|| bad("has no address"))?;
                let address = address.trim_matches(['[', ']']).parse().map_err(|_| bad("has no address"))?;
                let port = port
                    .parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or_else(|| bad("has no port of 1 to 65535"))?;
                (address, Some(port))
            }
        };
        Ok(Name { address, protocol, port })
    }

    fn key(&self) -> ServiceKey {
        ServiceKey::new(self.address, self.protocol, self.port.unwrap_or(0))
    }

    /// None: the key is one beside a service's own.
    fn of(key: &ServiceKey) -> Option<Name> {
        let own = PROTOCOLS.iter().any(|(_, protocol)| *protocol == key.protocol);
        own.then(|| Name {
            address: key.ip(),
            protocol: key.protocol,
            port: (key.port != 0).then_some(key.port),
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match (self.address, self.port) {
            (address, None) => write!(f, "{address}")?,
            (IpAddr::V4(address), Some(port)) => write!(f, "{address}:{port}")?,
            (IpAddr::V6(address), Some(port)) => write!(f, "[{address}]:{port}")?,
        }
        let protocol = PROTOCOLS.iter().find(|(_, protocol)| *protocol == self.protocol);
        write!(f, "/{}", protocol.map_or("?", |(name, _)| name))
    }
}

/// How a service is balanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub parameters: ServiceParameters,
    pub weights: [u8; WEIGHTS],
    /// The manager answers ARP requests and neighbour solicitations for the address.
    pub arp: bool,
    /// The manager answers echo requests to the address.
    pub echo: bool,
}

/// A service as the device has it.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    pub number: u8,
    pub name: Name,
    pub settings: Settings,
    /// Flows of the version of the consistent hash before still go by it.
    pub two_versions: bool,
}

/// A service for programs.
#[derive(Serialize)]
pub struct ServiceReport {
    number: u8,
    service: String,
    enabled: bool,
    policy: u8,
    blades: Vec<usize>,
    weights: Vec<u8>,
    timeout_class: u8,
    udp_per_packet: bool,
    sticky_by_source: bool,
    rewrite: bool,
    arp: bool,
    echo: bool,
    two_versions: bool,
}

impl Service {
    pub fn report(&self) -> ServiceReport {
        let parameters = &self.settings.parameters;
        let blades: Vec<usize> = blades_of(parameters.blade_set);
        ServiceReport {
            number: self.number,
            service: self.name.to_string(),
            enabled: parameters.enabled,
            policy: parameters.policy,
            weights: blades.iter().map(|blade| self.settings.weights[*blade]).collect(),
            blades,
            timeout_class: parameters.timeout_class,
            udp_per_packet: parameters.udp_per_packet,
            sticky_by_source: parameters.sticky_by_source,
            rewrite: parameters.rewrite,
            arp: self.settings.arp,
            echo: self.settings.echo,
            two_versions: self.two_versions,
        }
    }
}

/// The blades of a set.
pub fn blades_of(set: u16) -> Vec<usize> {
    (0..WEIGHTS).filter(|blade| set >> blade & 1 == 1).collect()
}

/// The service table of a device.
pub struct Services<'a, T> {
    device: &'a mut Device<T>,
    placement: Placement,
}

impl<'a, T: Transport> Services<'a, T> {
    /// Reads the banks; `progress` is told rows read and rows in all.
    pub fn open(device: &'a mut Device<T>, mut progress: impl FnMut(usize, usize)) -> Result<Self, Error> {
        crate::snapshot::require_manager(device)?;
        let mut placement = Placement::default();
        let rows = 1 << ROWS_LOG2;
        for bank in 0..BANKS {
            for first in (0..rows).step_by(ROWS_AT_ONCE) {
                let target = if bank == 0 { Target::Bank0 } else { Target::Bank1 };
                let mut words = [0; ROWS_AT_ONCE * ROW_WORDS];
                device.read_table(Table::Services, word_address(target, first as u16, 0).into(), &mut words)?;
                for (row, words) in words.chunks_exact(ROW_WORDS).enumerate() {
                    let entry: [u32; ENTRY_WORDS] = std::array::from_fn(|word| words[word]);
                    if let Some((key, number)) = decode(&entry) {
                        placement.adopt(bank, (first + row) as u16, number, &key)?;
                    }
                }
                progress(bank * rows + first + ROWS_AT_ONCE, BANKS * rows);
            }
        }
        Ok(Services { device, placement })
    }

    /// All services, by number.
    pub fn list(&mut self) -> Result<Vec<Service>, Error> {
        let mut found: Vec<(u8, Name)> = self
            .placement
            .keys()
            .filter_map(|(number, key)| Name::of(key).map(|name| (number, name)))
            .collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(number, name)| self.read(number, name)).collect()
    }

    fn read(&mut self, number: u8, name: Name) -> Result<Service, Error> {
        let (mut word, mut weights) = ([0], [0; WEIGHT_WORDS]);
        let at = |target| word_address(target, number.into(), 0).into();
        self.device.read_table(Table::Services, at(Target::Parameters), &mut word)?;
        self.device.read_table(Table::Services, at(Target::Weights), &mut weights)?;
        Ok(Service {
            number,
            name,
            settings: Settings {
                parameters: ServiceParameters::from_word(word[0]),
                weights: std::array::from_fn(|blade| (weights[blade / 4] >> (8 * (blade % 4))) as u8),
                arp: self.placement.find(&name.key().resolution()).is_some(),
                echo: self.placement.find(&name.key().echo()).is_some(),
            },
            two_versions: self.version(number)?.two_versions,
        })
    }

    /// The service of this number.
    pub fn get(&mut self, number: u8) -> Result<Service, Error> {
        let none = || {
            Error::Usage(format!(
                "there is no service {number}; `spareband service list` shows those there are"
            ))
        };
        let name = self
            .placement
            .keys()
            .filter(|(held, _)| *held == number)
            .find_map(|(_, key)| Name::of(key))
            .ok_or_else(none)?;
        self.read(number, name)
    }

    /// Adds a service; its number. Nothing is visible of it before all of it is there.
    pub fn add(&mut self, name: Name, settings: &Settings) -> Result<u8, Error> {
        // Tried on a copy, so that a table that is full is left alone, and the number's own words are there before the key.
        let mut placement = self.placement.clone();
        let (number, plan) = placement.add(&name.key())?;
        self.set_version(number, Version::default())?;
        self.write_hash(number, settings, 0)?;
        self.write_settings(number, settings)?;
        for write in plan.writes() {
            self.write_slot(write)?;
        }
        self.placement = placement;
        self.settle_keys(&name, settings)?;
        Ok(number)
    }

    /// Changes a service. Flows keep their blades: those in the flow table by it, others by the old version of the hash until `settle`.
    pub fn set(&mut self, number: u8, settings: &Settings) -> Result<(), Error> {
        let before = self.get(number)?;
        if hash_weights(&before.settings) != hash_weights(settings) {
            let mut version = self.version(number)?;
            version.two_versions = false;
            self.set_version(number, version)?;
            let spare = 1 - version.new_copy;
            self.write_hash(number, settings, spare)?;
            self.set_version(
                number,
                Version {
                    new_copy: spare,
                    two_versions: true,
                },
            )?;
        }
        self.write_settings(number, settings)?;
        self.settle_keys(&before.name, settings)
    }

    /// Ends the old version of a service's hash.
    pub fn settle(&mut self, number: u8) -> Result<(), Error> {
        self.get(number)?;
        let version = self.version(number)?;
        self.set_version(
            number,
            Version {
                two_versions: false,
                ..version
            },
        )
    }

    /// Removes a service. Its flows in the table stay there and lose their service: frames of theirs are no longer balanced.
    pub fn remove(&mut self, number: u8) -> Result<(), Error> {
        let Service { name, settings, .. } = self.get(number)?;
        if let Some(write) = self.placement.remove_key(&name.key()) {
            self.write_slot(&write)?;
        }
        self.settle_keys(&name, &settings)
    }

    /// Brings the keys beside the services of an address in line with which services there are.
    fn settle_keys(&mut self, name: &Name, settings: &Settings) -> Result<(), Error> {
        let of_address = |name: &Name, protocol: Option<u8>, placement: &Placement| {
            placement
                .keys()
                .filter_map(|(number, key)| Name::of(key).map(|held| (number, held)))
                .filter(|(_, held)| held.address == name.address && protocol.is_none_or(|protocol| protocol == held.protocol))
                .map(|(number, _)| number)
                .min()
        };
        let any = of_address(name, None, &self.placement);
        let same = of_address(name, Some(name.protocol), &self.placement);
        let own = name.key();
        for (key, owner) in [
            (own.fragments(), same),
            (own.resolution(), any.filter(|_| settings.arp)),
            (own.echo(), any.filter(|_| settings.echo)),
        ] {
            match (owner, self.placement.find(&key)) {
                (Some(owner), None) => {
                    let plan = self.placement.alias(owner, &key)?;
                    for write in plan.writes() {
                        self.write_slot(write)?;
                    }
                }
                (Some(owner), Some(number)) if owner != number => {
                    if let Some(write) = self.placement.renumber(&key, owner) {
                        self.write_slot(&write)?;
                    }
                }
                (None, Some(_)) => {
                    if let Some(write) = self.placement.remove_key(&key) {
                        self.write_slot(&write)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn write_slot(&mut self, write: &SlotWrite) -> Result<(), Error> {
        let [(address, _), ..] = write.word_writes();
        self.device.write_table(Table::Services, address.into(), &write.words)
    }

    fn write_settings(&mut self, number: u8, settings: &Settings) -> Result<(), Error> {
        let at = |target| word_address(target, number.into(), 0).into();
        self.device
            .write_table(Table::Services, at(Target::Weights), &weight_words(&settings.weights))?;
        self.device
            .write_table(Table::Services, at(Target::Parameters), &[settings.parameters.word()])
    }

    fn write_hash(&mut self, number: u8, settings: &Settings, copy: u8) -> Result<(), Error> {
        let entries = maglev::table(&hash_weights(settings), MAGLEV_SEED)
            .ok_or_else(|| Error::Usage("a service needs a blade whose weight is not 0".into()))?;
        let word = maglev::table_address(number.into(), copy.into(), 0);
        self.device.write_table(Table::Maglev, word.into(), &maglev::words(&entries))
    }

    fn version(&mut self, number: u8) -> Result<Version, Error> {
        let mut word = [0];
        self.device
            .read_table(Table::Maglev, maglev::version_address(number.into()).into(), &mut word)?;
        Ok(Version::from_word(word[0]))
    }

    fn set_version(&mut self, number: u8, version: Version) -> Result<(), Error> {
        self.device
            .write_table(Table::Maglev, maglev::version_address(number.into()).into(), &[version.word()])
    }
}

/// The weights that the consistent hash goes by.
fn hash_weights(settings: &Settings) -> [u8; WEIGHTS] {
    std::array::from_fn(|blade| settings.weights[blade] * (settings.parameters.blade_set >> blade & 1) as u8)
}
