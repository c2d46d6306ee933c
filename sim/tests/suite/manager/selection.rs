//! What a host sets of a service's choice, and what blades report and answer, as it shows in where new flows go.
use super::rig::{self, Deliveries, client, segment};
use super::services::{self, Services};
use spareband_sim::chassis::{Chassis, Device};
use spareband_sim::frame::{SYN, TCP};
use spareband_sim::link::far_end::Offer;
use spareband_sim::server::Behaviour;
use spareband_spec::regs::BLADE;
use spareband_spec::score::{GOLDEN, Policy, Signal, weighted};
use spareband_spec::service::WEIGHTS;
use std::net::IpAddr;

const BLADES: usize = 4;
const ALL: u16 = (1 << BLADES) - 1;
const SERVICES: [([u8; 4], u16); 2] = [([10, 0, 0, 1], 80), ([10, 0, 0, 2], 443)];

fn syn(number: u32, (address, port): ([u8; 4], u16)) -> Vec<u8> {
    segment(&client(number, TCP, address, port), SYN, number, 0)
}

/// SYNs of new clients, one every `octets`, each to the service that `service` says; the blade that each reached.
fn open(chassis: &mut Chassis, clients: std::ops::Range<u32>, octets: u64, service: impl Fn(u32) -> usize) -> Vec<usize> {
    chassis.servers.iter_mut().for_each(|server| server.received.clear());
    let offers = clients.clone().enumerate();
    let offers = offers.map(|(place, number)| Offer::new(place as u64 * octets, syn(number, SERVICES[service(number)]), false));
    rig::start(chassis, offers.collect());
    rig::finish(chassis);
    let deliveries = Deliveries::of(chassis, clients.end as usize);
    clients.map(|number| deliveries.blade(number).expect("every SYN arrives")).collect()
}

fn shares(blades: &[usize]) -> [usize; BLADES] {
    std::array::from_fn(|blade| blades.iter().filter(|chosen| **chosen == blade).count())
}

/// A blade's record says so, and the manager has it.
fn report(chassis: &mut Chassis, blade: usize, signal: Signal, value: u8) {
    // Work and power are what is left.
    let mut values = [0, 0, 255, 255, 0];
    let place = Signal::ALL.iter().position(|known| *known == signal).expect("one of them");
    values[place] = if values[place] == 255 { 255 - value } else { value };
    let [cpu, irq, work, power, queue] = values.map(u32::from);
    let words = [cpu | irq << 8 | work << 16 | power << 24, queue, 1, 1];
    chassis
        .write(Device::Blade(blade), BLADE.address("record", "load"), &words)
        .unwrap();
}

/// Two services whose new flows come mixed go by the weights of each: blade for blade what the model says, to the flow.
#[test]
fn each_service_has_its_weights() {
    const FLOWS: u32 = 320;
    let weights: [[u8; WEIGHTS]; 2] =
        [[4, 2, 1, 1], [1, 0, 2, 5]].map(|given| std::array::from_fn(|blade| *given.get(blade).unwrap_or(&0)));
    let mut chassis = rig::chassis(BLADES, 12);
    let mut all = Services::default();
    for (number, &(address, port)) in SERVICES.iter().enumerate() {
        let rule = Policy::WeightedRoundRobin as u8;
        all.add(&mut chassis, number, (IpAddr::from(address), TCP, port), ALL, rule);
        services::weights(&mut chassis, number, &weights[number]);
    }
    let chosen = open(&mut chassis, 0..FLOWS, 420, |number| number as usize & 1);
    for (service, weights) in weights.iter().enumerate() {
        let got: Vec<usize> = chosen.iter().skip(service).step_by(2).copied().collect();
        let lanes = (0..WEIGHTS)
            .filter(|lane| weights[*lane] > 0)
            .fold(0, |mask, lane| mask | 1 << lane);
        let mut phase = 0_u32;
        let wanted = got.iter().map(|_| {
            phase = phase.wrapping_add(GOLDEN);
            weighted::<WEIGHTS>(lanes, (phase >> 16) as u16, |lane| weights[lane].into()).expect("a lane")
        });
        assert_eq!(got, wanted.collect::<Vec<_>>(), "service {service}");
        println!("Weights {:?}: {:?} of {} new flows", &weights[..BLADES], shares(&got), got.len());
        // Evenly spread: off by less than two flows.
        let total: usize = weights.iter().map(|weight| usize::from(*weight)).sum();
        for (blade, share) in shares(&got).into_iter().enumerate() {
            let fair = got.len() * usize::from(weights[blade]) / total;
            assert!(share.abs_diff(fair) < 2, "blade {blade}: {share}, fair is {fair}");
        }
    }
}

/// Least load by each of the five signals alone: the blade that has least of it, whatever the others of its signals say.
#[test]
fn each_signal_counts_alone() {
    let mut chassis = rig::chassis(BLADES, 12);
    let (address, port) = SERVICES[0];
    let rule = Policy::LeastUtilised as u8;
    Services::default().add(&mut chassis, 0, (IpAddr::from(address), TCP, port), ALL, rule);
    let mut number = 0;
    for (place, signal) in Signal::ALL.into_iter().enumerate() {
        let least = (place + 1) % BLADES;
        for blade in 0..BLADES {
            let load = if blade == least { 40 } else { 60 + 10 * blade as u8 };
            report(&mut chassis, blade, signal, load);
        }
        rig::set(&mut chassis, "selector", 0, "signals", signal as u64);
        chassis.run(2000);
        let chosen = open(&mut chassis, number..number + 12, 420, |_| 0);
        number += 12;
        assert!(
            chosen.iter().all(|blade| *blade == least),
            "{signal:?}: {chosen:?}, {least} has the least"
        );
    }
}

/// A blade that refuses connections is idle and would draw them all; with the guard it is left alone until it is forgotten, and asked again.
#[test]
fn a_blade_that_refuses_is_no_sink_hole() {
    const SINK: usize = 2;
    const FLOWS: u32 = 30;
    /// 25 us: the answer to one is there before the next comes.
    const OCTETS: u64 = 31_250;
    let mut chassis = rig::chassis(BLADES, 12);
    let (address, port) = SERVICES[0];
    let rule = Policy::LeastUtilised as u8;
    Services::default().add(&mut chassis, 0, (IpAddr::from(address), TCP, port), ALL, rule);
    chassis.servers[SINK].behaviour = Behaviour::Refuse;
    for blade in 0..BLADES {
        report(&mut chassis, blade, Signal::Cpu, if blade == SINK { 5 } else { 120 });
    }
    chassis.run(2000);
    let unguarded = open(&mut chassis, 0..FLOWS, OCTETS, |_| 0);
    assert!(unguarded.iter().all(|blade| *blade == SINK), "{unguarded:?}");
    // From where on it is avoided, and no ticks: what was refused is remembered for good.
    let marks = rig::get(&mut chassis, "selector", 0, "marks") & !rig::mask("selector", "marks", "refused");
    rig::set(&mut chassis, "selector", 0, "marks", marks | 200 << 24);
    rig::set(&mut chassis, "selector", 0, "tick_interval", 0);
    chassis.run(2000);
    let guarded = open(&mut chassis, FLOWS..2 * FLOWS, OCTETS, |_| 0);
    // Refusals so far are remembered already, so that it is avoided at once.
    assert!(guarded.iter().all(|blade| *blade != SINK), "{guarded:?}");
    // With ticks it is forgotten, 1/8 each 0.42 ms; then it is asked again until its refusals are at the mark.
    rig::set(&mut chassis, "selector", 0, "tick_interval", 1);
    chassis.run(50_000);
    rig::set(&mut chassis, "selector", 0, "tick_interval", 0);
    let again = open(&mut chassis, 2 * FLOWS..3 * FLOWS, OCTETS, |_| 0);
    let asked = again.iter().take_while(|blade| **blade == SINK).count();
    println!(
        "A blade that refuses, idle beside others at half: {FLOWS} of {FLOWS} flows without the guard, 0 with it, {asked} after it was forgotten"
    );
    assert!((1..FLOWS as usize).contains(&asked), "{again:?}");
    assert_eq!(shares(&again)[SINK], asked, "{again:?}");
}
