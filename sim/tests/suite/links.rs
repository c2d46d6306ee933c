//! The links below a manager, set by register while the chassis runs: the embedding modes. Needs the models (`make sim`).
use spareband_sim::agents::Agents;
use spareband_sim::chassis::{BladeLinks, Chassis, Config, Device};
use spareband_sim::frame::{Ends, Flow, UDP, udp};
use spareband_sim::link::far_end::Offer;
use spareband_sim::server::Behaviour;
use spareband_sim::session::{Session, stop_flag};
use spareband_spec::embedding;
use spareband_spec::regs::MANAGER;
use std::path::{Path, PathBuf};

/// Steps of 32 ns in which a record must have come, at one record in 0.3 us.
const RECORD_STEPS: u64 = 200;

fn models() -> PathBuf {
    let build = std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
    build.join("sim")
}

fn session() -> Session {
    let chassis = Chassis::new(&Config {
        blades: 4,
        chassis: 0,
        blade_links: BladeLinks::Base1000X,
        model_dir: models(),
        gap: 12,
        seed: 3,
        servers: Behaviour::Echo,
        uart_divisor: 4,
        skew: None,
    });
    let agents = Agents::new(4, &[], 0, 100_000);
    let mut session = Session::begin(chassis.unwrap(), agents, None, stop_flag().unwrap()).unwrap();
    // Round robin: frames go to every blade.
    session.chassis.set_register(Device::Manager, "policy", "select", 0).unwrap();
    session
}

/// Frames of as many flows through the chassis and back; all must come.
fn all_frames_pass(session: &mut Session, count: usize, port: u16) {
    let [to, back] = [
        session.chassis.servers.iter().map(|s| s.received.len()).sum::<usize>(),
        session.chassis.far_end.received.len(),
    ];
    let offers = (0..count).map(|number| {
        let flow = Flow {
            protocol: UDP,
            source: [10, 1, 0, number as u8],
            destination: [10, 0, 0, 1],
            source_port: port,
            destination_port: 53,
        };
        let ends = Ends {
            destination_mac: [2, 0x53, 0x42, 0, 0xFF, 1],
            source_mac: [2, 0xC1, 0, 0, 0, 1],
            flow,
        };
        Offer::new(400 * number as u64, udp(&ends, &vec![number as u8; 18 + 7 * number]), false)
    });
    session.traffic(offers.collect(), |_| {}).unwrap();
    let servers = &session.chassis.servers;
    assert_eq!(servers.iter().map(|s| s.received.len()).sum::<usize>() - to, count);
    assert!(servers.iter().all(|s| s.received.iter().all(spareband_sim::link::xgmii::is_good)));
    assert_eq!(session.chassis.far_end.received.len() - back, count);
}

fn known(session: &mut Session, blade: usize) -> bool {
    let record = session.chassis.register(Device::Manager, "blade", blade, "record").unwrap();
    MANAGER.register("blade", "record").field("known").get(record) == 1
}

fn set_manager(session: &mut Session, blade: usize, name: &str, value: u64) {
    session
        .chassis
        .set_register_of(Device::Manager, "blade", blade, name, value)
        .unwrap();
}

fn set_blade(session: &mut Session, blade: usize, name: &str, value: u64) {
    session.chassis.set_register(Device::Blade(blade), "link", name, value).unwrap();
}

/// Off: the record ages and its blade's load is stale, frames pass all the same. On again: it is fresh.
#[test]
fn records_can_be_turned_off_at_either_end_while_frames_pass() {
    let mut session = session();
    for (at_blade, blade) in [(true, 2), (false, 3)] {
        let set = |session: &mut Session, mode: u8| match at_blade {
            true => set_blade(session, blade, "control", u64::from(mode)),
            false => set_manager(session, blade, "link_control", u64::from(mode)),
        };
        let age = |session: &mut Session| session.chassis.register(Device::Manager, "blade", blade, "age").unwrap();
        assert!(age(&mut session) < 1000);
        set(&mut session, embedding::OFF);
        session.chassis.run(3000);
        assert!(age(&mut session) > 10_000);
        all_frames_pass(&mut session, 40, 5000 + blade as u16);
        set(&mut session, embedding::A);
        session.chassis.run(RECORD_STEPS);
        assert!(age(&mut session) < 5000 && known(&mut session, blade));
    }
}

/// Modes B and C as well: records come, none is wrong, every frame passes, and back to A.
#[test]
fn each_mode_carries_records_beside_frames() {
    let mut session = session();
    let counter = |session: &mut Session, name: &str| session.chassis.register(Device::Manager, "blade", 1, name).unwrap();
    for (number, mode) in [embedding::B, embedding::C, embedding::A].into_iter().enumerate() {
        set_blade(&mut session, 1, "control", u64::from(mode));
        set_manager(&mut session, 1, "link_control", u64::from(mode));
        session.chassis.run(RECORD_STEPS);
        let [good, wrong] = ["records_good", "records_crc_error"].map(|name| counter(&mut session, name));
        all_frames_pass(&mut session, 60, 6000 + number as u16);
        assert!(counter(&mut session, "records_good") > good, "mode {mode}: no record");
        assert_eq!(counter(&mut session, "records_crc_error"), wrong, "mode {mode}");
        assert!(known(&mut session, 1));
    }
}
