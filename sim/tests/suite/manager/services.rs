//! Services of a manager, written by the window as a host does.
use super::rig;
use spareband_sim::chassis::{Chassis, Device};
use spareband_spec::maglev::{self, Version};
use spareband_spec::regs::tables::{Table, place};
use spareband_spec::service::{Placement, ServiceKey, ServiceParameters, Target, WEIGHTS, weight_words, word_address};
use std::net::IpAddr;

#[derive(Default)]
pub struct Services {
    placement: Placement,
}

fn write(chassis: &mut Chassis, table: Table, word: u32, words: &[u32]) {
    let (select, address) = place(table, word);
    rig::set(chassis, "tables", 0, "select", select.into());
    chassis.write(Device::Manager, address, words).unwrap();
}

/// Sets a service's rule and blades.
pub fn parameters(chassis: &mut Chassis, number: usize, blade_set: u16, policy: u8) {
    let parameters = ServiceParameters {
        blade_set,
        policy,
        timeout_class: 0,
        udp_per_packet: false,
        rewrite: true,
        sticky_by_source: false,
        enabled: true,
    };
    let at = word_address(Target::Parameters, number as u16, 0);
    write(chassis, Table::Services, at.into(), &[parameters.word()]);
}

/// Sets the weights of a service's blades, for the rules that use them.
pub fn weights(chassis: &mut Chassis, number: usize, weights: &[u8; WEIGHTS]) {
    let at = word_address(Target::Weights, number as u16, 0);
    write(chassis, Table::Services, at.into(), &weight_words(weights));
}

/// Fills a copy of the consistent hash and makes it the new version beside the other copy's.
pub fn rehash(chassis: &mut Chassis, number: usize, copy: usize, weights: &[u8; WEIGHTS]) {
    fill(chassis, number, copy, weights, true);
}

fn fill(chassis: &mut Chassis, number: usize, copy: usize, weights: &[u8; WEIGHTS], two_versions: bool) {
    let entries = maglev::table(weights, 0).expect("a blade at least");
    let at = maglev::table_address(number, copy, 0);
    write(chassis, Table::Maglev, at.into(), &maglev::words(&entries));
    let version = Version {
        new_copy: copy as u8,
        two_versions,
    };
    write(chassis, Table::Maglev, maglev::version_address(number).into(), &[version.word()]);
}

impl Services {
    /// A service of all blades in the set, each of weight 1.
    pub fn add(&mut self, chassis: &mut Chassis, number: usize, key: (IpAddr, u8, u16), blade_set: u16, policy: u8) {
        let even: [u8; WEIGHTS] = std::array::from_fn(|blade| (blade_set >> blade & 1) as u8);
        parameters(chassis, number, blade_set, policy);
        weights(chassis, number, &even);
        fill(chassis, number, 0, &even, false);
        let (address, protocol, port) = key;
        let plan = self
            .placement
            .insert(number as u8, &ServiceKey::new(address, protocol, port))
            .unwrap();
        for entry in plan.writes() {
            let [(at, _), ..] = entry.word_writes();
            write(chassis, Table::Services, at.into(), &entry.words);
        }
    }
}
