//! Auto-negotiation between a manager and a blade in the chassis, switched by registers: needs the models (`make sim`).

use crate::common;
use spareband_sim::agents::Agents;
use spareband_sim::chassis::{Chassis, Device};
use spareband_spec::embedding;

/// 20 us, so that what takes three of it is soon over.
const LINK_TIMER: u32 = 2500;
/// Steps of 32 ns.
const THREE_TIMERS: u64 = 3 * LINK_TIMER as u64 / 4;

/// Up, auto-negotiation complete, load known, by the manager's registers of blade 0.
fn state(chassis: &mut Chassis) -> [bool; 3] {
    let mut bit = |register: &str, field: &str| {
        let value = chassis.register(Device::Manager, "blade", 0, register).unwrap();
        Device::Manager.map().register("blade", register).field(field).get(value) == 1
    };
    [bit("link_status", "up"), bit("link_status", "an_complete"), bit("record", "known")]
}

#[test]
fn a_link_negotiates_breaks_and_negotiates_again() {
    let mut chassis = common::chassis();
    let (manager, blade) = (Device::Manager, Device::Blade(0));
    Agents::new(4, &[], 0, 100_000).begin(&mut chassis).unwrap();
    assert_eq!(state(&mut chassis), [true, false, true]);
    for (device, block, prefix) in [(manager, "blade", "link_control"), (blade, "link", "control")] {
        chassis.set_register(device, block, "an_link_timer", LINK_TIMER.into()).unwrap();
        let control = u64::from(embedding::A) | device.map().register(block, prefix).field("an_enable").mask();
        chassis.set_register(device, block, prefix, control).unwrap();
    }
    chassis.run(THREE_TIMERS + 1000);
    assert_eq!(state(&mut chassis), [true, true, true]);
    let status = chassis.register(blade, "link", 0, "status").unwrap();
    let register = blade.map().register("link", "status");
    assert_eq!(
        ["up", "an_complete", "sync"].map(|name| register.field(name).get(status)),
        [1, 1, 1]
    );
    assert_eq!(register.field("lp_ability").get(status) & 0xBFFF, 0x0020);

    // The blade's end breaks the link: down, and the load is unknown, at once, as long as it does.
    let control = chassis.register(blade, "link", 0, "control").unwrap();
    let restart = register_mask(blade, "an_restart");
    chassis.set_register(blade, "link", "control", control | restart).unwrap();
    chassis.run(2 * THREE_TIMERS);
    assert_eq!(state(&mut chassis), [false, false, false]);
    chassis.set_register(blade, "link", "control", control).unwrap();
    chassis.run(THREE_TIMERS + 1000);
    assert_eq!(state(&mut chassis), [true, true, true]);
}

fn register_mask(device: Device, field: &str) -> u64 {
    device.map().register("link", "control").field(field).mask()
}
