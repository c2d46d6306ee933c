//! Services of a manager: what is in its service table, and changes to it that never let a service that stays be missing.
//!
//! A service has its own key and, shared by all services of its address, keys for fragments (one a protocol), for ARP and neighbour discovery, and for
//! echo requests. Those belong to the service of the lowest number of that address, and pass on when it goes.

mod keys;
mod name;

use crate::{Device, Error, Transport};
use serde::Serialize;
use spareband_spec::maglev::{self, Version};
use spareband_spec::regs::tables::Table;
use spareband_spec::service::{
    BANKS, COUNTERS, Counter, ENTRY_WORDS, ROWS_LOG2, ServiceKey, ServiceParameters, SlotWrite, Target, WEIGHT_WORDS, WEIGHTS, counters,
    counters_word, decode, row, weight_words, word_address,
};
use std::net::IpAddr;

pub use keys::Keys;
pub use name::{Name, PROTOCOLS, protocol_name};

const BANK_TARGETS: [Target; BANKS] = [Target::Bank0, Target::Bank1];
/// Words from one row of a bank to the next.
const ROW_WORDS: usize = 8;
/// Rows that are read in one go.
const ROWS_AT_ONCE: usize = 32;
/// Seed of the consistent hash: managers with one seed and the same weights send a flow to the same blade.
const MAGLEV_SEED: u64 = 0;

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
    /// What this number counted since the device was configured, in the order of `spareband_spec::service::Counter`.
    pub counters: [u64; COUNTERS],
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
    packets: u64,
    octets: u64,
    new_flows: u64,
    drops: u64,
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
            packets: self.counter(Counter::Packets),
            octets: self.counter(Counter::Octets),
            new_flows: self.counter(Counter::NewFlows),
            drops: self.counter(Counter::Drops),
        }
    }

    pub fn counter(&self, counter: Counter) -> u64 {
        self.counters[counter as usize]
    }
}

/// The blades of a set.
pub fn blades_of(set: u16) -> Vec<usize> {
    (0..WEIGHTS).filter(|blade| set >> blade & 1 == 1).collect()
}

/// The service table of a device.
pub struct Services<'a, T> {
    device: &'a mut Device<T>,
    keys: Keys,
}

impl<'a, T: Transport> Services<'a, T> {
    /// Reads the banks; `progress` is told rows read and rows in all.
    pub fn open(device: &'a mut Device<T>, mut progress: impl FnMut(usize, usize)) -> Result<Self, Error> {
        crate::snapshot::require_manager(device)?;
        let mut keys = Keys::default();
        let rows = 1 << ROWS_LOG2;
        for (bank, target) in BANK_TARGETS.into_iter().enumerate() {
            for first in (0..rows).step_by(ROWS_AT_ONCE) {
                let mut words = [0; ROWS_AT_ONCE * ROW_WORDS];
                device.read_table(Table::Services, word_address(target, first as u16, 0).into(), &mut words)?;
                for (row, words) in words.chunks_exact(ROW_WORDS).enumerate() {
                    let entry: [u32; ENTRY_WORDS] = std::array::from_fn(|word| words[word]);
                    if let Some((key, number)) = decode(&entry) {
                        keys.adopt(bank, (first + row) as u16, number, &key)?;
                    }
                }
                progress(bank * rows + first + ROWS_AT_ONCE, BANKS * rows);
            }
        }
        Ok(Services { device, keys })
    }

    /// The table whose keys are known already, as nobody else has changed it since.
    pub fn resume(device: &'a mut Device<T>, keys: Keys) -> Self {
        Services { device, keys }
    }

    /// The keys that the table holds.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// All services, by number.
    pub fn list(&mut self) -> Result<Vec<Service>, Error> {
        let mut found: Vec<(u8, Name)> = self.keys.names().collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(number, name)| self.read(number, name)).collect()
    }

    fn read(&mut self, number: u8, name: Name) -> Result<Service, Error> {
        let (mut word, mut weights) = ([0], [0; WEIGHT_WORDS]);
        let at = |target| word_address(target, number.into(), 0).into();
        self.device.read_table(Table::Services, at(Target::Parameters), &mut word)?;
        self.device.read_table(Table::Services, at(Target::Weights), &mut weights)?;
        let mut counted = [0; 2 * COUNTERS];
        self.device
            .read_table(Table::ServiceCounters, counters_word(number), &mut counted)?;
        Ok(Service {
            number,
            name,
            settings: Settings {
                parameters: ServiceParameters::from_word(word[0]),
                weights: std::array::from_fn(|blade| (weights[blade / 4] >> (8 * (blade % 4))) as u8),
                arp: self.keys.holds(&name.key().resolution()),
                echo: self.keys.holds(&name.key().echo()),
            },
            two_versions: self.version(number)?.two_versions,
            counters: counters(&counted),
        })
    }

    /// The service of this number.
    pub fn get(&mut self, number: u8) -> Result<Service, Error> {
        let none = || {
            Error::Usage(format!(
                "there is no service {number}; `spareband service list` shows those there are"
            ))
        };
        let (_, name) = self.keys.names().find(|(held, _)| *held == number).ok_or_else(none)?;
        self.read(number, name)
    }

    /// Adds a service; its number. Nothing is visible of it before all of it is there, and nothing is written if it does not fit.
    pub fn add(&mut self, name: Name, settings: &Settings) -> Result<u8, Error> {
        let mut keys = self.keys.clone();
        let (number, writes) = keys.add(&name, settings.arp, settings.echo)?;
        // The number's own words are there before the key.
        let hash = hash_words(settings)?;
        self.set_version(number, Version::default())?;
        self.write_hash(number, &hash, 0)?;
        self.write_settings(number, settings)?;
        self.write_slots(&writes)?;
        self.keys = keys;
        Ok(number)
    }

    /// Changes a service. Flows keep their blades: those in the flow table by it, others by the old version of the hash until `settle`.
    pub fn set(&mut self, number: u8, settings: &Settings) -> Result<(), Error> {
        let before = self.get(number)?;
        let mut keys = self.keys.clone();
        let writes = keys.settle(&before.name, settings.arp, settings.echo)?;
        if hash_weights(&before.settings) != hash_weights(settings) {
            let hash = hash_words(settings)?;
            let mut version = self.version(number)?;
            version.two_versions = false;
            self.set_version(number, version)?;
            let spare = 1 - version.new_copy;
            self.write_hash(number, &hash, spare)?;
            self.set_version(
                number,
                Version {
                    new_copy: spare,
                    two_versions: true,
                },
            )?;
        }
        self.write_settings(number, settings)?;
        self.write_slots(&writes)?;
        self.keys = keys;
        Ok(())
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
        let mut keys = self.keys.clone();
        let writes = keys.remove(&name, settings.arp, settings.echo)?;
        self.write_slots(&writes)?;
        self.keys = keys;
        Ok(())
    }

    /// Puts right what a change that was broken off left in the table.
    pub fn tidy(&mut self) -> Result<(), Error> {
        let mut keys = self.keys.clone();
        self.write_slots(&keys.tidy()?)?;
        self.keys = keys;
        Ok(())
    }

    fn write_slots(&mut self, writes: &[SlotWrite]) -> Result<(), Error> {
        for write in writes {
            let [(address, _), ..] = write.word_writes();
            self.device.write_table(Table::Services, address.into(), &write.words)?;
        }
        Ok(())
    }

    fn write_settings(&mut self, number: u8, settings: &Settings) -> Result<(), Error> {
        let at = |target| word_address(target, number.into(), 0).into();
        self.device
            .write_table(Table::Services, at(Target::Weights), &weight_words(&settings.weights))?;
        self.device
            .write_table(Table::Services, at(Target::Parameters), &[settings.parameters.word()])
    }

    fn write_hash(&mut self, number: u8, words: &[u32], copy: u8) -> Result<(), Error> {
        let word = maglev::table_address(number.into(), copy.into(), 0);
        self.device.write_table(Table::Maglev, word.into(), words)
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

/// The words of a service's consistent hash.
fn hash_words(settings: &Settings) -> Result<Vec<u32>, Error> {
    let entries = maglev::table(&hash_weights(settings), MAGLEV_SEED)
        .ok_or_else(|| Error::Usage("a service needs a blade whose weight is not 0".into()))?;
    Ok(maglev::words(&entries).to_vec())
}

/// Number and parameters of the service that takes the frames of this name: its own port's, else that of all ports.
pub fn taker<T: Transport>(device: &mut Device<T>, name: &Name) -> Result<Option<(u8, ServiceParameters)>, Error> {
    let own = name.key();
    let Some(number) = look_up(device, &own)?.map_or_else(|| look_up(device, &own.any_port()), |number| Ok(Some(number)))? else {
        return Ok(None);
    };
    let mut word = [0];
    let address = word_address(Target::Parameters, number.into(), 0);
    device.read_table(Table::Services, address.into(), &mut word)?;
    Ok(Some((number, ServiceParameters::from_word(word[0]))))
}

/// Whether the manager answers ARP requests and neighbour solicitations for an address.
pub fn answers_for<T: Transport>(device: &mut Device<T>, address: IpAddr) -> Result<bool, Error> {
    Ok(look_up(device, &ServiceKey::new(address, 0, 0).resolution())?.is_some())
}

/// The number of a key, from the two rows that it may stand in.
fn look_up<T: Transport>(device: &mut Device<T>, key: &ServiceKey) -> Result<Option<u8>, Error> {
    for (bank, target) in BANK_TARGETS.into_iter().enumerate() {
        let row = row(bank, key.address, key.upper(), ROWS_LOG2);
        let mut words = [0; ENTRY_WORDS];
        device.read_table(Table::Services, word_address(target, row, 0).into(), &mut words)?;
        if let Some((held, number)) = decode(&words)
            && held == *key
        {
            return Ok(Some(number));
        }
    }
    Ok(None)
}
