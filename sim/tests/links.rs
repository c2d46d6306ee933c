//! The links below a manager, set by register while the chassis runs: auto-negotiation, embedding modes. Needs the models (`make sim`).
use spareband_sim::agents::Agents;
use spareband_sim::chassis::{Chassis, Config, Device};
use spareband_sim::frame::{Ends, Flow, UDP, udp};
use spareband_sim::link::far_end::Offer;
use spareband_sim::server::Behaviour;
use spareband_sim::session::{Session, stop_flag};
use spareband_spec::embedding;
use spareband_spec::regs::{AN_ABILITY, AN_LINK_TIMER_CYCLES, BLADE, MANAGER};
use std::path::{Path, PathBuf};

/// Cycles of the link timer in these tests; the standard's 10 ms would take minutes.
const LINK_TIMER: u64 = 600;
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
        model_dir: models(),
        gap: 12,
        seed: 3,
        servers: Behaviour::Echo,
        uart_divisor: 8,
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

fn link_status(session: &mut Session, blade: usize, field: &str) -> u64 {
    let status = session.chassis.register(Device::Manager, "blade", blade, "link_status").unwrap();
    MANAGER.register("blade", "link_status").field(field).get(status)
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

fn control(mode: u8, fields: &[&str]) -> u64 {
    let register = BLADE.register("link", "control");
    fields
        .iter()
        .fold(u64::from(mode), |value, name| register.field(name).set(value, 1))
}

#[test]
#[ignore = "until auto-negotiation stands behind the ports of Pcs1000baseX"]
fn auto_negotiation_end_to_end() {
    let mut session = session();
    let (blade, ours) = (1, 0x01A0);
    assert_eq!(
        session.chassis.register(Device::Manager, "blade", blade, "an_link_timer").unwrap(),
        u64::from(AN_LINK_TIMER_CYCLES)
    );
    assert!(known(&mut session, blade) && link_status(&mut session, blade, "an_complete") == 0);
    set_manager(&mut session, blade, "an_link_timer", LINK_TIMER);
    set_manager(&mut session, blade, "an_ability", ours);
    set_blade(&mut session, blade, "an_link_timer", LINK_TIMER);
    // One end negotiates, the other does not: no link, no record, and the other blades go on.
    set_manager(&mut session, blade, "link_control", control(embedding::A, &["an_enable"]));
    session.chassis.run(4 * LINK_TIMER);
    assert_eq!(["up", "an_complete"].map(|f| link_status(&mut session, blade, f)), [0, 0]);
    assert!(!known(&mut session, blade) && known(&mut session, 0));
    // Both do.
    set_blade(&mut session, blade, "control", control(embedding::A, &["an_enable"]));
    session.chassis.run(8 * LINK_TIMER);
    assert_eq!(["up", "an_complete"].map(|f| link_status(&mut session, blade, f)), [1, 1]);
    // The acknowledge bit comes with the page (37.2.1.6).
    assert_eq!(link_status(&mut session, blade, "lp_ability") & !0x4000, u64::from(AN_ABILITY));
    let status = session.chassis.register(Device::Blade(blade), "link", 0, "status").unwrap();
    let register = BLADE.register("link", "status");
    assert_eq!(["sync", "an_complete"].map(|f| register.field(f).get(status)), [1, 1]);
    assert_eq!(register.field("lp_ability").get(status) & !0x4000, ours);
    session.chassis.run(RECORD_STEPS);
    assert!(known(&mut session, blade));
    all_frames_pass(&mut session, 40, 5000);
    // Broken and begun anew by the blade's end: the manager forgets the load at once, and learns it again.
    set_blade(&mut session, blade, "control", control(embedding::A, &["an_enable", "an_restart"]));
    session.chassis.run(4 * LINK_TIMER);
    assert!(!known(&mut session, blade) && link_status(&mut session, blade, "up") == 0);
    set_blade(&mut session, blade, "control", control(embedding::A, &["an_enable"]));
    session.chassis.run(8 * LINK_TIMER);
    assert!(known(&mut session, blade) && link_status(&mut session, blade, "an_complete") == 1);
    all_frames_pass(&mut session, 40, 5001);
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
