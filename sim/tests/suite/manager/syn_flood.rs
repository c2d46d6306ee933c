//! A flood of SYNs beside live flows, and more flows than the table holds.
use super::rig::{self, Deliveries, Flows, client, segment};
use spareband_sim::chassis::Chassis;
use spareband_sim::frame::{ACK, SYN, TCP};
use spareband_sim::link::far_end::Offer;
use std::collections::BTreeMap;

const SERVICE: [u8; 4] = [10, 0, 0, 1];
const BLADES: usize = 16;
/// A frame of 64 bytes, its preamble and a gap of 8 are 80 octets: 15.625 million frames a second. With the usual gap of 12 the link carries
/// 14.88 million, which would leave no room beside the flood.
const GAP: u64 = 8;
/// SYNs of the flood to a frame of a live flow: 14.88 million SYNs a second, and 0.74 million other frames.
const SYNS_TO_ONE: usize = 20;
/// Clients of the flood have numbers from here on.
const FLOOD: u32 = 1 << 20;

/// Segments of flows, numbered in the order in which they are sent.
#[derive(Default)]
struct Traffic {
    /// Numbers of each flow's segments.
    flows: BTreeMap<u32, Vec<u32>>,
    next: u32,
}

impl Traffic {
    fn segment(&mut self, flow: u32, flags: u8) -> Offer {
        let number = self.next;
        self.next += 1;
        self.flows.entry(flow).or_default().push(number);
        Offer::new(0, segment(&client(flow, TCP, SERVICE, 80), flags, number, 0), false)
    }
}

/// Sends all back to back; the frames a second that came of it.
fn send(chassis: &mut Chassis, offers: Vec<Offer>) -> f64 {
    let count = offers.len();
    rig::start(chassis, offers);
    rig::finish(chassis);
    let started = &chassis.far_end.started;
    assert_eq!(started.len(), count);
    let octets = started.last().unwrap() - started[0];
    (count - 1) as f64 / (octets as f64 * 0.8e-9)
}

/// Live flows go on while the uplink is full of SYNs of flows that do no more: every frame arrives, each live flow's where it began.
#[test]
fn a_syn_flood_at_line_rate_moves_no_live_flow() {
    let (live, rounds) = if rig::long() { (10_000, 2) } else { (1_000, 1) };
    let mut chassis = rig::chassis(BLADES, GAP);
    let mut traffic = Traffic::default();
    let opening: Vec<Offer> = (0..live)
        .flat_map(|flow| [SYN, ACK].map(|flags| (flow, flags)))
        .map(|(flow, flags)| traffic.segment(flow, flags))
        .collect();
    send(&mut chassis, opening);
    let before = rig::counters(&mut chassis);
    let mut flood = Vec::new();
    let mut fresh = FLOOD;
    for _ in 0..rounds {
        for flow in 0..live {
            for _ in 0..SYNS_TO_ONE {
                flood.push(traffic.segment(fresh, SYN));
                fresh += 1;
            }
            flood.push(traffic.segment(flow, ACK));
        }
    }
    let syns = (fresh - FLOOD) as usize;
    let total = flood.len();
    let rate = send(&mut chassis, flood);
    let after = rig::counters(&mut chassis);
    let rise = |name: &str| after[name] - before[name];
    let deliveries = Deliveries::of(&chassis, traffic.next as usize);
    traffic.flows.retain(|flow, _| *flow < FLOOD);
    let flows = Flows::of(&deliveries, &traffic.flows);
    println!(
        "SYN flood: {:.2} M SYNs/s ({syns} SYNs) beside {:.2} M frames/s of {} live flows: {} frames of them, {} lost, {} flows moved; \
         of the {} frames in all {} lost; half-open flows overwritten {}, live flows that the table had no room for {}",
        rate * syns as f64 / total as f64 / 1e6,
        rate * (total - syns) as f64 / total as f64 / 1e6,
        flows.flows,
        flows.frames,
        flows.lost,
        flows.broken.len(),
        traffic.next,
        deliveries.lost(),
        rise("flow_evictions"),
        u64::from(live) - before["flow_promotions"],
    );
    assert!((rate - 15.625e6).abs() < 0.01e6, "{rate}");
    assert_eq!((flows.flows, flows.lost, flows.broken.len()), (live as usize, 0, 0));
    assert_eq!((deliveries.lost(), rig::dropped(&after)), (0, 0));
    assert_eq!(rise("flow_half_opens"), syns as u64);
    // The flood had its partition for itself, many times over.
    assert!(rise("flow_evictions") > syns as u64 * 9 / 10 && rise("flow_evictions") > 10_000);
}

/// Flows without end, each of two segments that no table has room for: none is dropped for it, and each goes to one blade, in the table or not.
#[test]
fn a_full_flow_table_drops_nothing_and_moves_nothing() {
    let count = if rig::long() { 60_000 } else { 18_000 };
    // 10 Gb/s of the smallest frames.
    let mut chassis = rig::chassis(BLADES, 12);
    let mut traffic = Traffic::default();
    // Without SYN: each is picked up, so that it belongs into the main partition at once.
    for _ in 0..2 {
        let round: Vec<Offer> = (0..count).map(|flow| traffic.segment(flow, ACK)).collect();
        let rate = send(&mut chassis, round);
        assert!((rate - 14.88e6).abs() < 0.01e6, "{rate}");
    }
    let counters = rig::counters(&mut chassis);
    let entries = rig::get(&mut chassis, "flows", 0, "entries");
    let flows = Flows::of(&Deliveries::of(&chassis, traffic.next as usize), &traffic.flows);
    println!(
        "Full flow table: {} flows, {entries} entries, {} frames without room: {} frames lost, {} flows moved",
        flows.flows,
        counters["flow_insert_failures"],
        flows.lost,
        flows.broken.len()
    );
    assert_eq!((flows.flows, flows.lost, flows.broken.len()), (count as usize, 0, 0));
    assert_eq!(rig::dropped(&counters), 0);
    assert!(counters["flow_insert_failures"] > 2_000);
    if rig::long() {
        assert_eq!(entries, 1 << 14, "every place is taken");
    }
}
