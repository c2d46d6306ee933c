//! A blade whose link partner sends PAUSE without end: its own frames wait and are dropped, and nobody else's.
use super::rig::{self, Deliveries, client, segment};
use spareband_sim::frame::{ACK, SYN, TCP};
use spareband_sim::link::far_end::Offer;

const SERVICE: [u8; 4] = [10, 0, 0, 1];
const BLADES: usize = 4;
const PAUSED: usize = 2;
const FLOWS: u32 = 40;
/// Payloads of the segments: frames of 64 to 1518 bytes.
const PAYLOADS: [usize; 5] = [0, 1460, 200, 6, 700];

/// 31B.1, to the group address of MAC Control.
fn pause(quanta: u16) -> Vec<u8> {
    let mut frame = vec![1, 0x80, 0xC2, 0, 0, 1, 2, 0xC1, 0, 0, 0, 9, 0x88, 0x08, 0, 1];
    frame.extend(quanta.to_be_bytes());
    frame.resize(60, 0);
    frame
}

#[test]
fn a_blade_paused_for_ever_costs_the_others_nothing() {
    // At 3.6 Gb/s, nine tenths of what the four links carry.
    let (frames, microseconds) = if rig::long() { (20_000, 20_000) } else { (2_000, 2_500) };
    let mut chassis = rig::chassis(BLADES, 12);
    for blade in 0..BLADES {
        rig::set(&mut chassis, "blade_mac", blade, "pause_control", 1);
    }
    // Every flow is opened, and so has a blade.
    let opening = (0..FLOWS).map(|flow| Offer::new(u64::from(flow) * 400, segment(&client(flow, TCP, SERVICE, 80), SYN, flow, 0), false));
    rig::start(&mut chassis, opening.collect());
    rig::finish(&mut chassis);
    let home: Vec<usize> = {
        let opened = Deliveries::of(&chassis, FLOWS as usize);
        (0..FLOWS).map(|flow| opened.blade(flow).unwrap()).collect()
    };
    chassis.servers.iter_mut().for_each(|server| server.received.clear());
    chassis.servers[PAUSED].send(pause(0xFFFF));
    chassis.run(200);
    // Each flow sends frames of all sizes, so that each blade is offered as much as another.
    let mut time = 0;
    let offers = (0..frames).map(|number| {
        let (flow, payload) = (number % FLOWS, PAYLOADS[(number / FLOWS) as usize % PAYLOADS.len()]);
        let frame = segment(&client(flow, TCP, SERVICE, 80), ACK, number, payload);
        let offer = Offer::new(time, frame, false);
        // Octets of the uplink are tenths of those of a blade's link, of which there are four.
        time += (offer.bytes.len() as u64 + 24) * 10 * 10 / (4 * 9);
        offer
    });
    let offers = offers.collect();
    rig::start(&mut chassis, offers);
    // Longer than all that, and PAUSE again and again.
    let end = chassis.time + microseconds * 10_000;
    while chassis.time < end || !chassis.far_end.all_sent() {
        chassis.servers[PAUSED].send(pause(0xFFFF));
        chassis.run(3000);
    }
    let stuck = chassis.servers[PAUSED].received.len();
    let high_water = rig::get(&mut chassis, "blade", PAUSED, "queue_high_water");
    // The pause ends after all: what waited comes out whole.
    chassis.servers[PAUSED].send(pause(0));
    rig::finish(&mut chassis);
    let deliveries = Deliveries::of(&chassis, frames as usize);
    let sent = |blade: usize| (0..frames).filter(|number| home[(number % FLOWS) as usize] == blade).count();
    let came = |blade: usize| (0..frames).filter(|&number| deliveries.blade(number) == Some(blade)).count();
    let counters = rig::counters(&mut chassis);
    for blade in 0..BLADES {
        let full = rig::get(&mut chassis, "blade", blade, "tx_dropped_full") as usize;
        println!(
            "Paused blade: blade {blade}{}: {} frames for it, {} arrived, {full} dropped for its full queue",
            if blade == PAUSED { ", paused" } else { "" },
            sent(blade),
            came(blade)
        );
        assert_eq!(came(blade) + full, sent(blade));
        assert_eq!(full > 0, blade == PAUSED);
        // No frame went to another blade than its flow's.
        assert_eq!(chassis.servers[blade].received.len(), came(blade));
        assert!((0..frames).all(|number| {
            deliveries
                .blade(number)
                .is_none_or(|blade| blade == home[(number % FLOWS) as usize])
        }));
    }
    assert_eq!(stuck, 0, "nothing comes out while it is paused");
    // 12 KiB were all that waited, less the part of a page that was read before; the frame that did not fit was of 1518 bytes at most.
    assert!((1536 - 63 - 190..=1536).contains(&high_water), "{high_water}");
    assert!(came(PAUSED) > 20);
    assert_eq!(counters["dropped_queue_full"] as usize, sent(PAUSED) - came(PAUSED));
    assert_eq!(rig::dropped(&counters), counters["dropped_queue_full"]);
}
