//! The client and the typed device against a device in memory that fails in every way a line fails.

use spareband::snapshot::{Manager, Policy};
use spareband::{Client, Device, Error, Fault, MemoryDevice, Transport};
use std::io;
use std::time::Duration;

fn open(memory: MemoryDevice) -> Result<Device<MemoryDevice>, Error> {
    Device::open(Client::new(memory))
}

#[test]
fn identity() {
    let device = open(MemoryDevice::manager(5)).unwrap();
    assert_eq!(
        (device.identity().kind, device.blades(), device.identity().version.as_str()),
        ("manager", 5, "0.1.0")
    );
    assert_eq!(open(MemoryDevice::blade()).unwrap().identity().clock_hz, 125_000_000);
}

#[test]
fn one_fault_of_any_kind_is_got_over() {
    for fault in [
        Fault::Silence,
        Fault::Damage,
        Fault::Cut,
        Fault::Noise,
        Fault::RequestDamaged,
        Fault::Late,
    ] {
        let mut memory = MemoryDevice::manager(2);
        memory.inject(&[fault]);
        let device = open(memory).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(device.blades(), 2, "{fault:?}");
    }
}

#[test]
fn faults_that_stay_end_in_the_right_error() {
    for (fault, code, text) in [
        (Fault::Silence, 4, "no answer"),
        (Fault::Damage, 4, "damaged"),
        (Fault::Cut, 4, "no answer"),
        (Fault::RequestDamaged, 4, "damaged"),
        (Fault::Late, 4, "no answer"),
    ] {
        let mut memory = MemoryDevice::manager(2);
        memory.inject(&[fault; 3]);
        let error = open(memory).err().unwrap_or_else(|| panic!("{fault:?}"));
        assert_eq!(error.exit_code(), code, "{fault:?}: {error}");
        assert!(error.to_string().contains(text), "{fault:?}: {error}");
        assert!(error.help().is_some());
    }
}

struct Babble;

impl Transport for Babble {
    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
    fn receive(&mut self, buffer: &mut [u8], _: Duration) -> io::Result<usize> {
        buffer.fill(0x55);
        Ok(buffer.len())
    }
    fn discard(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_that_babbles_is_given_up() {
    let error = Device::open(Client::new(Babble)).err().unwrap();
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
}

#[test]
fn another_map_is_refused() {
    for (register, value) in [("map_hash", 0x1234), ("kind", 7), ("blades", 17)] {
        let mut memory = MemoryDevice::manager(2);
        memory.set("identity", 0, register, value);
        let error = open(memory).err().unwrap();
        assert!(matches!(error, Error::MapMismatch { .. }), "{register}: {error}");
        assert_eq!(error.exit_code(), 5);
    }
    let mut memory = MemoryDevice::blade();
    memory.set("identity", 0, "magic", 0xFFFF_FFFF);
    assert!(matches!(open(memory).err().unwrap(), Error::NotSpareband(0xFFFF_FFFF)));
}

#[test]
fn every_register_reads_its_reset_value_in_few_bursts() {
    let mut device = open(MemoryDevice::manager(16)).unwrap();
    let places: Vec<_> = device.map().places(16).collect();
    let values = device.read_places(&places).unwrap();
    for (place, value) in places.iter().zip(values) {
        if place.block.name != "identity" {
            assert_eq!(
                value,
                place.reset(),
                "{}[{}].{}",
                place.block.name,
                place.index,
                place.register.name
            );
        }
    }
}

#[test]
fn writes_are_read_back_and_keep_other_fields() {
    let mut device = open(MemoryDevice::manager(2)).unwrap();
    device.write_named("blade[1].control.admin", 2).unwrap();
    assert_eq!(device.read_named("blade[1].control").unwrap(), 0b110);
    device.write_named("policy.hash_key", 0x0123_4567_89AB_CDEF).unwrap();
    assert_eq!(device.read_named("policy.hash_key").unwrap(), 0x0123_4567_89AB_CDEF);
    assert!(matches!(device.write_named("blade[1].record", 0), Err(Error::Usage(_))));
    assert!(matches!(device.write_named("statistics.frames_in", 0), Err(Error::Usage(_))));
    device.write_named("policy.command.clear_worst", 1).unwrap();
}

#[test]
fn a_manager_with_faults_has_findings() {
    let mut memory = MemoryDevice::manager(3);
    memory.set_field("uplink", 0, "status", "block_lock", 1);
    for blade in 0..3 {
        memory.set_field("blade", blade, "record", "link", 1);
        memory.set_field("blade", blade, "record", "known", 1);
    }
    let findings = |memory| Manager::read(&mut open(memory).unwrap()).unwrap().findings();
    memory.set_field("blade", 1, "record", "stale", 1);
    assert_eq!(findings(memory), ["blade 1: record stale"]);
    assert_eq!(
        findings(MemoryDevice::manager(1)),
        ["uplink: no block lock", "blade 0: link down", "no blade takes new flows"]
    );
}

#[test]
fn policy_in_units_of_people() {
    let policy = Policy::read(&mut open(MemoryDevice::manager(1)).unwrap()).unwrap();
    assert_eq!((policy.select, policy.vip.as_str()), ("lu-track", "0.0.0.0"));
    assert!((policy.stale_limit_seconds - 0.001).abs() < 1e-9 && (policy.flow_timeout_seconds - 60.0).abs() < 0.001);
    assert!(Policy::read(&mut open(MemoryDevice::blade()).unwrap()).is_err());
}
