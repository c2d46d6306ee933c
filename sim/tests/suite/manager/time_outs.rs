//! Flows leave the table when they were idle, half open or closed for as long as the registers say.
use super::rig::{self, CYCLE, client, segment};
use spareband_sim::chassis::{CORE_CYCLES_A_STEP, Chassis};
use spareband_sim::frame::{ACK, FIN, SYN, TCP};
use spareband_sim::link::far_end::Offer;
use spareband_spec::frame::FLOW_SETS_LOG2;
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;

const BLADES: usize = 4;
/// Cycles of `clk_core` in the registers' unit.
const UNIT: u64 = FLOW_TIMEOUT_UNIT_CYCLES as u64;
/// Units after which flows leave that are half open, idle and closed. Sweeps of the whole table, five cycles a set, cannot come oftener
/// than for six.
const HALF_OPEN: u64 = 2;
const IDLE: u64 = 6;
const CLOSING: u64 = 7;
/// Cycles by which a flow may be seen to leave too late or too early: a sweep, for which another one's end is waited for, and what asking the manager for
/// the table's entries takes.
const LATE: u64 = (5 << FLOW_SETS_LOG2) + 2_000;

/// Segments of these flows, one after the other, and time for them to get through.
fn send(chassis: &mut Chassis, flags: u8, flows: &[u32]) {
    let offers = flows.iter().enumerate();
    let offers = offers.map(|(place, &flow)| {
        Offer::new(
            place as u64 * 100,
            segment(&client(flow, TCP, [10, 0, 0, 1], 80), flags, flow, 0),
            false,
        )
    });
    rig::start(chassis, offers.collect());
    chassis.run(200);
}

fn entries(chassis: &mut Chassis) -> u64 {
    rig::get(chassis, "flows", 0, "entries")
}

fn expired(chassis: &mut Chassis) -> u64 {
    rig::counters(chassis)["flow_expired"]
}

fn active(chassis: &mut Chassis) -> [u64; BLADES] {
    std::array::from_fn(|blade| rig::get(chassis, "blade", blade, "active_flows"))
}

/// Waits until so many flows are left, which must be after 15/16 to 16/16 of that many units.
fn leave(chassis: &mut Chassis, left: u64, begin: u64, units: u64) {
    let cycles = |chassis: &Chassis| (chassis.time - begin) / CYCLE;
    while entries(chassis) > left {
        assert!(cycles(chassis) < units * UNIT + LATE, "more than {left} flows are left");
        chassis.run(100);
    }
    assert_eq!(entries(chassis), left);
    let age = cycles(chassis);
    assert!(age >= units * UNIT * 15 / 16 - LATE, "{left} flows are left after {age} cycles");
}

#[test]
fn each_kind_of_flow_expires_by_its_register() {
    let mut chassis = rig::chassis(BLADES, 12);
    rig::set(&mut chassis, "policy", 0, "flow_timeout", IDLE);
    rig::set(&mut chassis, "forwarding", 0, "half_open_timeout", HALF_OPEN);
    rig::set(&mut chassis, "forwarding", 0, "closing_timeout", CLOSING);
    // A time-out lower than what has gone of it takes effect at the next sweep.
    chassis.run(2 * LATE / CORE_CYCLES_A_STEP);
    // Flow 4 stays half open, flow 0 is closed.
    send(&mut chassis, SYN, &[0, 1, 2, 3, 4, 5]);
    send(&mut chassis, ACK, &[0, 1, 2, 3, 5]);
    send(&mut chassis, FIN | ACK, &[0]);
    let begin = chassis.time;
    assert_eq!((entries(&mut chassis), active(&mut chassis)), (6, [1, 2, 1, 1]));
    leave(&mut chassis, 5, begin, HALF_OPEN);
    assert_eq!((active(&mut chassis), expired(&mut chassis)), ([0, 2, 1, 1], 1));
    // Flow 5 is used once more.
    send(&mut chassis, ACK, &[5]);
    let again = chassis.time;
    leave(&mut chassis, 2, begin, IDLE);
    assert_eq!((active(&mut chassis), expired(&mut chassis)), ([0, 1, 0, 0], 4));
    leave(&mut chassis, 1, begin, CLOSING);
    // It was not active any more.
    assert_eq!((active(&mut chassis), expired(&mut chassis)), ([0, 1, 0, 0], 4));
    leave(&mut chassis, 0, again, IDLE);
    assert_eq!((active(&mut chassis), expired(&mut chassis)), ([0; BLADES], 5));
}
