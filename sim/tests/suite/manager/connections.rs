//! Flows keep their blade while blades come, drain and go, and while rules, weights and loads change.
use super::rig::{self, Deliveries, Flows, client, segment};
use super::services::{self, Services};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use spareband_sim::chassis::{Chassis, Device};
use spareband_sim::frame::{ACK, FIN, PSH, SYN, TCP};
use spareband_sim::link::far_end::Offer;
use spareband_spec::regs::{BLADE, MANAGER};
use spareband_spec::service::WEIGHTS;
use std::collections::BTreeMap;
use std::net::IpAddr;

const BLADES: usize = 16;
const FIRST: usize = 12;
const LAST: usize = 10;
/// 2 Gb/s of the smallest frames, so that a rule that sends many flows to one blade fills no queue.
const OCTETS_A_FRAME: u64 = 420;
/// SYN, ACK, data, FIN, ACK.
const SEGMENTS: u32 = 9;
/// Octets from a client's SYN or FIN to its next segment: 40 us.
const ANSWER: u64 = 50_000;
/// Two services and what the default rule takes.
const DESTINATIONS: [([u8; 4], u16); 3] = [([10, 0, 0, 1], 80), ([10, 0, 0, 2], 443), ([10, 0, 0, 3], 22)];

/// Times are shares of the whole in thousandths.
struct Generation {
    flows: u32,
    begin: (u64, u64),
    end: u64,
}

struct Plan {
    offers: Vec<Offer>,
    /// Numbers of each flow's segments.
    flows: BTreeMap<u32, Vec<u32>>,
    /// Numbers of the SYNs.
    syns: Vec<u32>,
    length: u64,
}

fn plan(generations: &[Generation], random: &mut StdRng) -> Plan {
    let count: u32 = generations.iter().map(|g| g.flows).sum();
    let length = u64::from(count * SEGMENTS) * OCTETS_A_FRAME;
    let mut events = Vec::new();
    let mut flow = 0;
    for generation in generations {
        for _ in 0..generation.flows {
            let begin = random.gen_range(length * generation.begin.0 / 1000..length * generation.begin.1 / 1000);
            let end = length * generation.end / 1000;
            let mut times: Vec<u64> = (0..SEGMENTS).map(|_| random.gen_range(begin..end)).collect();
            times.sort_unstable();
            // The second segment answers the server's SYN, the last one its FIN.
            times[1] = times[0] + ANSWER;
            times.sort_unstable();
            times[SEGMENTS as usize - 1] = times[SEGMENTS as usize - 2] + ANSWER;
            for (place, time) in times.into_iter().enumerate() {
                let flags = match place as u32 {
                    0 => SYN,
                    place if place == SEGMENTS - 2 => FIN | ACK,
                    place if place == 1 || place == SEGMENTS - 1 => ACK,
                    _ => ACK | PSH,
                };
                events.push((time, flow, flags));
            }
            flow += 1;
        }
    }
    events.sort_by_key(|&(time, ..)| time);
    let mut plan = Plan {
        offers: Vec::new(),
        flows: BTreeMap::new(),
        syns: Vec::new(),
        length,
    };
    for (number, (time, flow, flags)) in events.into_iter().enumerate() {
        let number = number as u32;
        let (address, port) = DESTINATIONS[flow as usize % DESTINATIONS.len()];
        let frame = segment(&client(flow, TCP, address, port), flags, number, usize::from(flags & PSH));
        plan.offers.push(Offer::new(time, frame, false));
        plan.flows.entry(flow).or_default().push(number);
        if flags == SYN {
            plan.syns.push(number);
        }
    }
    plan
}

/// A chassis whose blades report what they like.
struct Churn {
    chassis: Chassis,
    random: StdRng,
    begin: u64,
    swings: u64,
    last_swing: u64,
}

impl Churn {
    /// Every blade that has nothing to say at the moment reports another load.
    fn swing(&mut self) {
        let address = BLADE.address("record", "load");
        for blade in 0..BLADES {
            let device = Device::Blade(blade);
            if let Some(result) = self.chassis.poll_write(device) {
                result.unwrap();
            }
            let words = [self.random.gen_range(0..=0xFFFF), self.random.gen_range(0..256), 1, 1];
            self.swings += u64::from(self.chassis.begin_write(device, address, &words));
        }
    }

    fn run(&mut self) {
        self.chassis.run(50);
        // Some 30 us between two records of a blade.
        if self.chassis.time > self.last_swing + 300_000 {
            self.last_swing = self.chassis.time;
            self.swing();
        }
    }

    /// Up to this octet of the traffic.
    fn until(&mut self, octet: u64) {
        while self.chassis.time < rig::arrival(self.begin, octet) {
            self.run();
        }
    }

    fn control(&mut self, blade: usize, admin: u64, enabled: bool) {
        let enable = if enabled { rig::mask("blade", "control", "enabled") } else { 0 };
        rig::set(&mut self.chassis, "blade", blade, "control", admin | enable);
    }

    /// Other rules, each from the register map.
    fn rules(&mut self, shift: usize) {
        let known = MANAGER.register("policy", "select").field("value").values;
        let rule = |place: usize| known[(place + shift) % known.len()].1;
        rig::set(&mut self.chassis, "policy", 0, "select", rule(0).into());
        for service in 0..2 {
            services::parameters(&mut self.chassis, service, 0xFFFF, rule(1 + service) as u8);
        }
    }

    fn weights(&mut self) {
        for blade in 0..BLADES {
            let weight = self.random.gen_range(1..64);
            rig::set(&mut self.chassis, "blade", blade, "weight", weight);
        }
        for service in 0..2 {
            let weights: [u8; WEIGHTS] = std::array::from_fn(|_| self.random.gen_range(1..16));
            services::weights(&mut self.chassis, service, &weights);
        }
    }
}

/// 12 blades, then 16, then 10: no flow that the table holds is broken and no frame is lost, whatever else changes.
#[test]
fn no_flow_is_broken_while_blades_come_and_go() {
    const SEED: u64 = 7;
    let many = if rig::long() { 2000 } else { 280 };
    let mut random = StdRng::seed_from_u64(SEED);
    // The first end before the blades they may be on are switched off; the second begin when those drain already.
    let first = Generation {
        flows: many,
        begin: (0, 380),
        end: 650,
    };
    let second = Generation {
        flows: many,
        begin: (550, 900),
        end: 1000,
    };
    let plan = plan(&[first, second], &mut random);
    let mut churn = Churn {
        chassis: rig::chassis(BLADES, 12),
        random,
        begin: 0,
        swings: 0,
        last_swing: 0,
    };
    // Flows that were closed leave soon, so that the table holds the others.
    rig::set(&mut churn.chassis, "forwarding", 0, "closing_timeout", 1);
    let mut services = Services::default();
    for (number, &(address, port)) in DESTINATIONS[..2].iter().enumerate() {
        services.add(&mut churn.chassis, number, (IpAddr::from(address), TCP, port), 0xFFFF, number as u8);
    }
    (FIRST..BLADES).for_each(|blade| churn.control(blade, 0, false));
    churn.begin = rig::start(&mut churn.chassis, plan.offers.clone());
    let at = |thousandths: u64| plan.length * thousandths / 1000;
    churn.until(at(80));
    (FIRST..BLADES).for_each(|blade| churn.control(blade, 0, true));
    let sixteen = churn.chassis.time;
    churn.until(at(200));
    churn.rules(1);
    churn.until(at(260));
    churn.weights();
    let weights: [u8; WEIGHTS] = std::array::from_fn(|blade| 1 + blade as u8 % 3);
    (0..2).for_each(|service| services::rehash(&mut churn.chassis, service, 1, &weights));
    churn.until(at(400));
    let draining_from = churn.chassis.time;
    (LAST..BLADES).for_each(|blade| churn.control(blade, 1, true));
    // What has no entry goes by the hash, from which a blade that drains has to be taken as well.
    let left: [u8; WEIGHTS] = std::array::from_fn(|blade| u8::from(blade < LAST));
    (0..2).for_each(|service| services::rehash(&mut churn.chassis, service, 0, &left));
    let draining = churn.chassis.time;
    churn.until(at(500));
    churn.rules(2);
    churn.until(at(680));
    for blade in LAST..BLADES {
        assert_eq!(rig::get(&mut churn.chassis, "blade", blade, "active_flows"), 0, "blade {blade}");
        churn.control(blade, 1, false);
    }
    let ten = churn.chassis.time;
    churn.until(at(750));
    churn.rules(0);
    churn.weights();
    churn.until(at(1000));
    rig::finish(&mut churn.chassis);

    let deliveries = Deliveries::of(&churn.chassis, plan.offers.len());
    let flows = Flows::of(&deliveries, &plan.flows);
    let begin = churn.begin;
    let arrived: Vec<u64> = churn
        .chassis
        .far_end
        .started
        .iter()
        .map(|&octet| rig::arrival(begin, octet))
        .collect();
    let opened = |from: u64, to: u64, blades: std::ops::Range<usize>| {
        let syns = plan.syns.iter().filter(|&&number| (from..to).contains(&arrived[number as usize]));
        syns.filter(|&&number| deliveries.blade(number).is_some_and(|blade| blades.contains(&blade)))
            .count()
    };
    let kept = (0..plan.offers.len() as u32)
        .filter(|&number| arrived[number as usize] > draining && deliveries.blade(number).is_some_and(|blade| blade >= LAST))
        .count();
    let counters = rig::counters(&mut churn.chassis);
    println!(
        "Connections: 12 -> 16 -> 10 blades in {:.1} ms, {} loads reported, 3 changes of all rules, 2 of all weights: {} flows, {} frames, {} lost, \
         {} flows broken; draining blades carried {kept} frames of their flows on; {} flows opened on the four that came",
        (churn.chassis.time - begin) as f64 / 1e7,
        churn.swings,
        flows.flows,
        flows.frames,
        flows.lost,
        flows.broken.len(),
        opened(sixteen, draining_from, FIRST..BLADES),
    );
    assert_eq!((flows.lost, &flows.broken), (0, &Vec::new()), "seed {SEED}");
    assert_eq!(rig::dropped(&counters), 0);
    assert_eq!(opened(0, sixteen - 1_000_000, FIRST..BLADES), 0, "before they were enabled");
    assert!(opened(sixteen, draining_from, FIRST..BLADES) > 0);
    assert!(opened(0, draining_from, LAST..BLADES) > 0 && kept > 0);
    assert_eq!(opened(draining, u64::MAX, LAST..BLADES), 0, "a draining blade gets no new flow");
    assert!(opened(ten, u64::MAX, 0..LAST) > many as usize / 3);
    assert!(churn.swings > 100);
}
