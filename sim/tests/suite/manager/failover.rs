//! Blades that fail: how many cycles of `clk_core` new flows go on to them, and what becomes of everything when none is left.
//!
//! A blade's end of the link goes silent, or its records stop. What the manager sends can still be seen, so that the last frame to the blade
//! is told at the manager's own pins: the time counts from the failure to there, the loss of synchronisation and the way through the manager
//! included, so it is above what the claims are about.
use super::rig::{self, CYCLE, client, client_of, segment};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use spareband_sim::chassis::{Chassis, Device};
use spareband_sim::frame::{ACK, SYN, TCP};
use spareband_sim::link::far_end::Offer;
use spareband_spec::regs::BLADE;
use std::collections::BTreeMap;

const SERVICE: [u8; 4] = [10, 0, 0, 1];
const BLADES: usize = 4;
/// 1 us in cycles of `clk_core`.
const MICROSECOND: u64 = 156;
const SEED: u64 = 3;

struct Clients {
    next: u32,
}

impl Clients {
    /// SYNs of so many new clients, one every `octets`; and who they are.
    fn open(&mut self, count: u32, octets: u64) -> (Vec<Offer>, std::ops::Range<u32>) {
        let clients = self.next..self.next + count;
        self.next = clients.end;
        let offers = clients.clone().enumerate();
        let offers = offers.map(|(place, flow)| Offer::new(place as u64 * octets, of(flow, SYN), false));
        (offers.collect(), clients)
    }
}

fn of(flow: u32, flags: u8) -> Vec<u8> {
    segment(&client(flow, TCP, SERVICE, 80), flags, flow, 0)
}

/// Frames that the blades got since this was asked last: the client of each, by blade.
fn arrived(chassis: &mut Chassis) -> Vec<Vec<u32>> {
    let servers = chassis.servers.iter_mut();
    servers
        .map(|server| {
            std::mem::take(&mut server.received)
                .iter()
                .map(|frame| client_of(&frame.bytes))
                .collect()
        })
        .collect()
}

/// Each of these clients sends a segment; where it went.
fn continue_all(chassis: &mut Chassis, clients: std::ops::Range<u32>) -> BTreeMap<u32, usize> {
    let offers = clients
        .enumerate()
        .map(|(place, flow)| Offer::new(place as u64 * 300, of(flow, ACK), false));
    rig::start(chassis, offers.collect());
    rig::finish(chassis);
    homes(&arrived(chassis))
}

fn homes(arrived: &[Vec<u32>]) -> BTreeMap<u32, usize> {
    let blades = arrived.iter().enumerate();
    blades
        .flat_map(|(blade, flows)| flows.iter().map(move |&flow| (flow, blade)))
        .collect()
}

fn counter(chassis: &mut Chassis, name: &str) -> u64 {
    rig::counters(chassis)[name]
}

fn linked(chassis: &mut Chassis, blade: usize) -> bool {
    rig::get(chassis, "blade", blade, "record") & rig::mask("blade", "record", "link") != 0
}

/// The links of these blades are cut in the midst of SYNs, one every 240 ns. Cycles until the last frame to each began at the manager's pins.
fn fail(chassis: &mut Chassis, clients: &mut Clients, blades: &[usize], random: &mut StdRng) -> Vec<u64> {
    let (offers, opened) = clients.open(160, 300);
    let overwritten = rig::get(chassis, "forwarding_statistics", 0, "flow_evictions");
    rig::start(chassis, offers);
    chassis.run(600 + random.gen_range(0..40));
    (0..BLADES).for_each(|blade| drop(chassis.take_starts(blade)));
    let cut = chassis.time;
    blades.iter().for_each(|&blade| chassis.cut(blade, true));
    rig::finish(chassis);
    let mut times = Vec::new();
    for &blade in blades {
        let last = chassis.take_starts(blade).last().copied();
        times.push(last.map_or(0, |time| (time - cut).div_ceil(CYCLE)));
    }
    let before = homes(&arrived(chassis));
    assert_eq!(before.len(), 160, "every SYN arrives");
    assert!(before.values().any(|blade| blades.contains(blade)), "flows were there before");
    // Flows of the blades that failed go on elsewhere, the others where they are; none loses a frame.
    let after = continue_all(chassis, opened);
    assert_eq!(after.len(), 160);
    assert!(after.values().all(|blade| !blades.contains(blade)));
    let moved = after
        .iter()
        .filter(|(flow, blade)| !blades.contains(&before[*flow]) && before[*flow] != **blade);
    // Of so many flows that have only sent a SYN, one may have overwritten another's entry before that went on.
    let overwritten = rig::get(chassis, "forwarding_statistics", 0, "flow_evictions") - overwritten;
    assert!(moved.count() as u64 <= overwritten, "{overwritten}");
    times
}

/// Flows of earlier rounds would fill the table in the end.
fn forget(chassis: &mut Chassis) {
    rig::set(chassis, "policy", 0, "command", rig::mask("policy", "command", "flush_flows"));
    chassis.run(1000);
}

fn join(chassis: &mut Chassis, clients: &mut Clients, blades: &[usize]) {
    blades.iter().for_each(|&blade| chassis.cut(blade, false));
    let mut patience = 100;
    while !blades.iter().all(|&blade| linked(chassis, blade)) {
        patience -= 1;
        assert!(patience > 0, "the link comes back");
    }
    rig::start(chassis, clients.open(16, 300).0);
    rig::finish(chassis);
    let homes = arrived(chassis);
    assert!(blades.iter().all(|&blade| homes[blade].len() >= 3), "{homes:?}");
}

#[test]
fn a_lost_link_gets_no_new_flow_after_a_microsecond() {
    let rounds = if rig::long() { 60 } else { 8 };
    let mut chassis = rig::chassis(BLADES, 12);
    let mut clients = Clients { next: 0 };
    let mut random = StdRng::seed_from_u64(SEED);
    for failing in [&[1][..], &[0, 3]] {
        let mut all = Vec::new();
        for _ in 0..rounds {
            all.extend(fail(&mut chassis, &mut clients, failing, &mut random));
            join(&mut chassis, &mut clients, failing);
            forget(&mut chassis);
        }
        all.sort_unstable();
        println!(
            "Failover: {} of {BLADES} links lost at once, {rounds} times: in {} of {} a new flow's frame to a lost one began after the loss of signal, \
             the last one {} cycles after it; {MICROSECOND} are 1 us",
            failing.len(),
            all.iter().filter(|cycles| **cycles > 0).count(),
            all.len(),
            all[all.len() - 1]
        );
        assert!(all[all.len() - 1] <= MICROSECOND, "seed {SEED}: {all:?}");
        // It was seen at all: some frame was on its way when the link was lost.
        assert!(all[all.len() - 1] > 0);
    }
    assert_eq!(rig::dropped(&rig::counters(&mut chassis)), 0);
}

fn report(chassis: &mut Chassis, blade: usize, cpu: u32, sends: u32) {
    let device = Device::Blade(blade);
    chassis.write(device, BLADE.address("record", "load"), &[cpu, 0, sends, 1]).unwrap();
}

/// The least busy blade's records stop: it gets all new flows until its last one is stale, and none after.
#[test]
fn a_stale_record_gets_no_new_flow_after_the_limit_and_a_microsecond() {
    const STALE: u64 = 20_000;
    /// More than a minimum frame takes on a blade's link.
    const SPACING: u64 = 900;
    let rounds = if rig::long() { 40 } else { 3 };
    let mut chassis = rig::chassis(BLADES, 12);
    let mut clients = Clients { next: 0 };
    let mut random = StdRng::seed_from_u64(SEED);
    rig::set(&mut chassis, "policy", 0, "stale_limit", STALE);
    // Least utilised.
    rig::set(&mut chassis, "policy", 0, "select", 1);
    (0..BLADES).for_each(|blade| report(&mut chassis, blade, 200, 1));
    let mut all = Vec::new();
    for _ in 0..rounds {
        forget(&mut chassis);
        report(&mut chassis, 2, 10, 1);
        let count = (STALE * 8 / SPACING) as u32 + 120;
        let (offers, _) = clients.open(count, SPACING);
        rig::start(&mut chassis, offers);
        chassis.run(200 + random.gen_range(0..40));
        assert!(chassis.begin_write(Device::Blade(2), BLADE.address("record", "load"), &[10, 0, 0, 1]));
        while !chassis.request_sent(Device::Blade(2)) {
            chassis.step();
        }
        let ended = chassis.time;
        drop(chassis.take_starts(2));
        rig::finish(&mut chassis);
        chassis.poll_write(Device::Blade(2)).expect("an answer").unwrap();
        let last = *chassis.take_starts(2).last().expect("flows until it is stale");
        all.push((last - ended).div_ceil(CYCLE));
        let homes = arrived(&mut chassis);
        assert_eq!(homes.iter().map(Vec::len).sum::<usize>(), count as usize);
        assert!(homes[2].len() > 150 && homes.iter().enumerate().all(|(blade, flows)| blade == 2 || flows.len() > 5));
    }
    all.sort_unstable();
    println!(
        "Failover: a record goes stale, {rounds} times: the last new flow's frame begins {} cycles after the blade was told to stop sending records in \
         the median, {} at worst; the limit is {STALE}, and {MICROSECOND} are 1 us",
        all[all.len() / 2],
        all[all.len() - 1]
    );
    assert!(all[all.len() - 1] <= STALE + MICROSECOND, "seed {SEED}: {all:?}");
    // A record counts until then: nothing before it but the distance between two SYNs.
    assert!(all[0] >= STALE - SPACING / 8, "seed {SEED}: {all:?}");
}

/// Flows of a blade whose link is lost go by their hash meanwhile. Kept, they are at the blade again when its link is back; re-homed, they stay where
/// they went. The others stay in any case, and no frame is lost.
#[test]
fn flows_of_a_lost_link_are_kept_or_re_homed() {
    const LOST: usize = 2;
    let mut chassis = rig::chassis(BLADES, 12);
    let mut clients = Clients { next: 0 };
    for re_home in [false, true] {
        rig::set(&mut chassis, "forwarding", 0, "link_down", re_home.into());
        let (offers, opened) = clients.open(60, 300);
        rig::start(&mut chassis, offers);
        rig::finish(&mut chassis);
        let before = homes(&arrived(&mut chassis));
        assert_eq!(continue_all(&mut chassis, opened.clone()), before, "established");
        chassis.cut(LOST, true);
        // A sweep of the table takes 20,480 cycles and more.
        chassis.run(10_000);
        let lost = before.values().filter(|blade| **blade == LOST).count();
        assert!(lost > 0);
        let flows = rig::get(&mut chassis, "blade", LOST, "active_flows");
        assert_eq!(flows, if re_home { 0 } else { lost as u64 });
        let meanwhile = continue_all(&mut chassis, opened.clone());
        let stayed = |flow: &u32| meanwhile[flow] == before[flow];
        assert!(before.iter().all(|(flow, blade)| stayed(flow) == (*blade != LOST)), "{meanwhile:?}");
        chassis.cut(LOST, false);
        while !linked(&mut chassis, LOST) {}
        let after = continue_all(&mut chassis, opened);
        assert_eq!(after, if re_home { meanwhile } else { before });
        let fate = if re_home {
            "re-homed, stay where they went"
        } else {
            "kept, are back with it"
        };
        println!("Failover: {lost} flows of a lost link, {fate}; {} others stay", 60 - lost);
        forget(&mut chassis);
    }
    assert_eq!(rig::dropped(&rig::counters(&mut chassis)), 0);
}

/// The host has the manager forget a blade's flows: the next frame of each goes by its hash; those of the other blades stay.
#[test]
fn a_blades_flows_are_forgotten_by_command() {
    const FLUSHED: usize = 1;
    let mut chassis = rig::chassis(BLADES, 12);
    let mut clients = Clients { next: 0 };
    let (offers, opened) = clients.open(60, 300);
    rig::start(&mut chassis, offers);
    rig::finish(&mut chassis);
    let before = homes(&arrived(&mut chassis));
    assert_eq!(continue_all(&mut chassis, opened.clone()), before, "established");
    rig::set(
        &mut chassis,
        "blade",
        FLUSHED,
        "control",
        rig::mask("blade", "control", "enabled") | 1,
    );
    rig::set(
        &mut chassis,
        "forwarding",
        0,
        "command",
        1 << FLUSHED << rig::mask("forwarding", "command", "flush_blades").trailing_zeros(),
    );
    chassis.run(10_000);
    assert_eq!(rig::get(&mut chassis, "blade", FLUSHED, "active_flows"), 0);
    let after = continue_all(&mut chassis, opened);
    assert!(
        after
            .iter()
            .all(|(flow, blade)| *blade != FLUSHED && (before[flow] == FLUSHED || *blade == before[flow]))
    );
    assert_eq!(rig::dropped(&rig::counters(&mut chassis)), 0);
}

fn control(chassis: &mut Chassis, admin: u64) {
    let enabled = rig::mask("blade", "control", "enabled");
    (0..BLADES).for_each(|blade| rig::set(chassis, "blade", blade, "control", admin | enabled));
}

#[test]
fn when_all_blades_are_out_flows_go_on_where_they_may() {
    let mut chassis = rig::chassis(BLADES, 12);
    let mut clients = Clients { next: 0 };
    let mut open = |chassis: &mut Chassis| {
        let (offers, opened) = clients.open(40, 300);
        rig::start(chassis, offers);
        rig::finish(chassis);
        (homes(&arrived(chassis)), opened)
    };
    let (before, opened) = open(&mut chassis);
    assert_eq!(before.len(), 40);
    // All drain: flows go on where they are, and new ones go to draining blades as the last resort.
    control(&mut chassis, 1);
    assert_eq!(continue_all(&mut chassis, opened.clone()), before);
    let (last_resort, _) = open(&mut chassis);
    assert_eq!(last_resort.len(), 40);
    // One is ready again: it gets all that is new, and the others keep what they have.
    rig::set(&mut chassis, "blade", 3, "control", rig::mask("blade", "control", "enabled"));
    let (ready, _) = open(&mut chassis);
    assert!(ready.len() == 40 && ready.values().all(|blade| *blade == 3));
    assert_eq!(continue_all(&mut chassis, opened.clone()), before);
    assert_eq!(counter(&mut chassis, "dropped_no_blade"), 0);
    // Maintenance is no resort: each frame is dropped and counted.
    control(&mut chassis, 2);
    assert!(open(&mut chassis).0.is_empty());
    assert_eq!(counter(&mut chassis, "dropped_no_blade"), 40);
    assert!(continue_all(&mut chassis, opened.clone()).is_empty());
    assert_eq!(counter(&mut chassis, "dropped_no_blade"), 80);
    // Back: every flow is where it was.
    control(&mut chassis, 0);
    assert_eq!(continue_all(&mut chassis, opened.clone()), before);
    // No link at all; then one comes back and takes everything.
    (0..BLADES).for_each(|blade| chassis.cut(blade, true));
    chassis.run(100);
    assert!(open(&mut chassis).0.is_empty());
    assert!(continue_all(&mut chassis, opened.clone()).is_empty());
    assert_eq!(counter(&mut chassis, "dropped_no_blade"), 160);
    chassis.cut(1, false);
    while !linked(&mut chassis, 1) {}
    let (only, _) = open(&mut chassis);
    assert!(only.len() == 40 && only.values().all(|blade| *blade == 1));
    let after = continue_all(&mut chassis, opened);
    assert!(after.len() == 40 && after.values().all(|blade| *blade == 1));
    let counters = rig::counters(&mut chassis);
    assert_eq!(rig::dropped(&counters), 160);
    println!("Failover: all blades out: 160 frames without a blade, each counted; flows and new flows go on by draining blades");
}
