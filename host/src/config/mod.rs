//! The whole configuration of a manager as a file: policy, selector, forwarding, uplink, blades, services and static addresses.
//!
//! What a file does not name stays as it is. A list of services or of addresses is the whole list: where a file has one, the device ends
//! with just these. `reader` and `document` read and write the file, `schema` says which keys there are, `Plan` what is to change on a device.

mod apply;
mod document;
mod plan;
mod reader;
mod schema;

use crate::macs::{self, Address};
use crate::services::{Keys, Name, Services, Settings};
use crate::{Device, Error, Transport};
use spareband_spec::regs::CORE_CLOCK_HZ;
use spareband_spec::service::WEIGHTS;
use std::collections::BTreeMap;

pub use apply::apply;
pub use document::Format;
pub use plan::{Change, Plan, Step};
pub use reader::refused;
pub use schema::{KEYS, Key, PAUSES, Section};

/// Weight of a blade of a service where none is given.
pub const WEIGHT: u8 = 16;
/// Name and version of the document.
pub const SCHEMA: &str = "spareband.config.v1";

/// What the device is that a configuration is for.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub blades: usize,
    pub clock_hz: u32,
}

impl Target {
    /// A manager of so many blades.
    pub fn manager(blades: usize) -> Self {
        Target {
            blades,
            clock_hz: CORE_CLOCK_HZ,
        }
    }

    /// This device.
    pub fn of<T: Transport>(device: &Device<T>) -> Self {
        Target {
            blades: device.blades(),
            clock_hz: device.identity().clock_hz,
        }
    }
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub key: &'static Key,
    /// 0 where there is only one.
    pub blade: usize,
    /// The register's bits that the key sets.
    pub value: u64,
}

impl Setting {
    /// `policy.delta`, `blade.2.mac`.
    pub fn path(&self) -> String {
        let section = schema::SECTIONS[self.key.section as usize].0;
        match self.key.section {
            Section::Blade => format!("{section}.{}.{}", self.blade, self.key.name),
            _ => format!("{section}.{}", self.key.name),
        }
    }
}

/// A configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub settings: Vec<Setting>,
    /// None: no list, so the device keeps what it has.
    pub services: Option<Vec<(Name, Settings)>>,
    pub addresses: Option<BTreeMap<Address, u8>>,
}

/// A configuration that was read from a device, and how its service table is laid out.
pub struct Present {
    pub config: Config,
    keys: Option<Keys>,
    /// The numbers of the services.
    numbers: Vec<u8>,
}

impl Present {
    /// Reads it, with services and addresses where these are wanted; `progress` is told what is done and how much there is of the services.
    pub fn read<T: Transport>(
        device: &mut Device<T>,
        services: bool,
        addresses: bool,
        progress: impl FnMut(usize, usize),
    ) -> Result<Self, Error> {
        crate::snapshot::require_manager(device)?;
        let keyed = places(device.blades());
        let places: Vec<_> = keyed.iter().map(|(key, blade)| key.place(*blade)).collect();
        let values = device.read_places(&places)?;
        let settings = keyed.into_iter().zip(values).map(|((key, blade), value)| Setting {
            key,
            blade,
            value: key.canonical(value),
        });
        let mut present = Present {
            config: Config {
                settings: settings.collect(),
                ..Default::default()
            },
            keys: None,
            numbers: vec![],
        };
        if services {
            let mut table = Services::open(device, progress)?;
            let listed = table.list()?;
            present.numbers = listed.iter().map(|service| service.number).collect();
            let named = listed.into_iter().map(|service| (service.name, comparable(service.settings)));
            present.config.services = Some(named.collect());
            present.keys = Some(table.keys().clone());
        }
        if addresses {
            present.config.addresses = Some(macs::statics(device)?);
        }
        Ok(present)
    }
}

/// Every key, of each blade where there is one for each.
fn places(blades: usize) -> Vec<(&'static Key, usize)> {
    let (each, once): (Vec<&Key>, Vec<&Key>) = KEYS.iter().partition(|key| key.section == Section::Blade);
    let once = once.into_iter().map(|key| (key, 0));
    once.chain((0..blades).flat_map(|blade| each.iter().map(move |key| (*key, blade)).collect::<Vec<_>>()))
        .collect()
}

/// Weights of blades that a service does not choose are no part of a configuration.
fn comparable(mut settings: Settings) -> Settings {
    for blade in 0..WEIGHTS {
        if settings.parameters.blade_set >> blade & 1 == 0 {
            settings.weights[blade] = WEIGHT;
        }
    }
    settings
}
