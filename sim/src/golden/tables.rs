//! A setup in the manager's tables: services, addresses and stations, written by the window as a host does.
use super::device::mac_value;
use crate::chassis::{Chassis, Device as Address};
use crate::error::{Error, Result};
use crate::plane_model::{Address as Entry, Affinity, Mac, Place, Service, Setup};
use spareband_spec::mac_table;
use spareband_spec::maglev::{self, Version};
use spareband_spec::regs::tables::{Table, place};
use spareband_spec::service::{
    COUNTERS, Placement, Plan, ServiceKey, ServiceParameters, Target, WEIGHTS, counters, counters_word, weight_words, word_address,
};

/// What the tables hold.
#[derive(Default)]
pub struct Tables {
    placement: Placement,
    stations: Vec<Mac>,
    select: Option<u32>,
    /// As it was applied last.
    services: Vec<Service>,
    addresses: Vec<Entry>,
    of_stations: Vec<(Mac, Place)>,
}

impl Tables {
    fn write(&mut self, chassis: &mut Chassis, table: Table, word: u32, words: &[u32]) -> Result<()> {
        let (select, address) = place(table, word);
        if self.select.replace(select) != Some(select) {
            chassis.set_register(Address::Manager, "tables", "select", select.into())?;
        }
        chassis.write(Address::Manager, address, words)
    }

    /// The counters of each of the first services, as the window shows them.
    pub fn counters(&mut self, chassis: &mut Chassis, services: usize) -> Result<Vec<[u64; COUNTERS]>> {
        let (select, address) = place(Table::ServiceCounters, counters_word(0));
        if self.select.replace(select) != Some(select) {
            chassis.set_register(Address::Manager, "tables", "select", select.into())?;
        }
        let words = chassis.read(Address::Manager, address, 2 * COUNTERS * services)?;
        let of_service = |words: &[u32]| counters(&std::array::from_fn(|word| words[word]));
        Ok(words.chunks_exact(2 * COUNTERS).map(of_service).collect())
    }

    fn carry_out(&mut self, chassis: &mut Chassis, plan: &Plan) -> Result<()> {
        for write in plan.writes() {
            let [(address, _), ..] = write.word_writes();
            self.write(chassis, Table::Services, address.into(), &write.words)?;
        }
        Ok(())
    }

    /// Replaces all that the tables hold by what the setup says.
    pub fn apply(&mut self, chassis: &mut Chassis, setup: &Setup) -> Result<()> {
        if (&self.services, &self.addresses) != (&setup.services, &setup.addresses) {
            self.serve(chassis, setup)?;
            (self.services, self.addresses) = (setup.services.clone(), setup.addresses.clone());
        }
        if self.of_stations != setup.stations {
            self.stations(chassis, setup)?;
            self.of_stations.clone_from(&setup.stations);
        }
        Ok(())
    }

    fn serve(&mut self, chassis: &mut Chassis, setup: &Setup) -> Result<()> {
        let held: Vec<ServiceKey> = self.placement.keys().map(|(_, key)| *key).collect();
        for key in held {
            if let Some(write) = self.placement.remove_key(&key) {
                let [(address, _), ..] = write.word_writes();
                self.write(chassis, Table::Services, address.into(), &write.words)?;
            }
        }
        for (number, service) in setup.services.iter().enumerate() {
            let blade_set = service.blades.iter().fold(0, |set, blade| set | 1 << blade);
            let parameters = ServiceParameters {
                blade_set,
                policy: 0,
                timeout_class: 0,
                udp_per_packet: service.affinity == Affinity::Datagram,
                rewrite: service.rewrite,
                sticky_by_source: service.affinity == Affinity::Source,
                enabled: true,
            };
            let weights: [u8; WEIGHTS] = std::array::from_fn(|blade| (blade_set >> blade & 1) as u8);
            let at = |target| word_address(target, number as u16, 0).into();
            self.write(chassis, Table::Services, at(Target::Parameters), &[parameters.word()])?;
            self.write(chassis, Table::Services, at(Target::Weights), &weight_words(&weights))?;
            let entries = maglev::table(&weights, 0).ok_or_else(|| Error::failed("a service without a blade"))?;
            let copy = maglev::table_address(number, 0, 0).into();
            self.write(chassis, Table::Maglev, copy, &maglev::words(&entries))?;
            let version = maglev::version_address(number).into();
            self.write(chassis, Table::Maglev, version, &[Version::default().word()])?;
            let plan = self.placement.insert(
                number as u8,
                &ServiceKey::new(service.address, service.protocol, service.port.unwrap_or(0)),
            );
            self.carry_out(chassis, &plan.map_err(|error| Error::failed(error.to_string()))?)?;
        }
        for (number, service) in setup.services.iter().enumerate() {
            // Of an address and protocol the first service takes the fragments.
            let fragments = ServiceKey::new(service.address, service.protocol, 0).fragments();
            if self.placement.find(&fragments).is_none() {
                self.alias(chassis, number, &fragments)?;
            }
        }
        for address in &setup.addresses {
            let of_address = ServiceKey::new(address.address, 0, 0);
            for (key, wanted) in [(of_address.resolution(), address.resolve), (of_address.echo(), address.echo)] {
                if wanted {
                    self.alias(chassis, 0, &key)?;
                }
            }
        }
        Ok(())
    }

    fn alias(&mut self, chassis: &mut Chassis, number: usize, key: &ServiceKey) -> Result<()> {
        let plan = self
            .placement
            .alias(number as u8, key)
            .map_err(|error| Error::failed(error.to_string()))?;
        self.carry_out(chassis, &plan)
    }

    fn stations(&mut self, chassis: &mut Chassis, setup: &Setup) -> Result<()> {
        for mac in std::mem::take(&mut self.stations) {
            let [low, high, entry] = mac_table::command(mac_value(&mac), 0, 0);
            self.write(chassis, Table::Macs, mac_table::COMMAND, &[low, high, entry | mac_table::REMOVE])?;
        }
        for (mac, place) in &setup.stations {
            let port = match place {
                Place::Blade(blade) => *blade as u8,
                Place::Uplink => mac_table::UPLINK_PORT,
            };
            // Frames without a tag are of VLAN 0 to the table.
            let command = mac_table::command(mac_value(mac), 0, port);
            self.write(chassis, Table::Macs, mac_table::COMMAND, &command)?;
            self.stations.push(*mac);
        }
        Ok(())
    }
}
