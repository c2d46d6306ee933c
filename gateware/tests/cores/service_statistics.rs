//! The counters of services against sums, with frames as close as they come and reads at random moments, and in lockstep with their Verilog.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::ServiceStatistics;
use spareband_hdl::lockstep;
use spareband_spec::service::Counter;

const SPACING: u64 = 8;
const COUNTED_AFTER: u64 = 8;
const READ_CYCLES: u64 = 9;
const SERVICES: usize = 4;

type Uut = ServiceStatistics<2, 4>;

fn tick(uut: &mut Uut) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 20), "no fixed point");
    }
}

/// A read lies between the sums of all frames that were done when it was asked for, and of all that were taken when it was over; at rest it is exact.
#[test]
fn counts_every_frame_once() {
    let mut rng = seeded(1);
    let mut uut = Uut::default();
    uut.connect_all();
    tick(&mut uut);
    let mut sums = [[0_u64; 4]; SERVICES];
    let mut history = vec![sums; COUNTED_AFTER as usize + 1];
    let mut asked: Option<(u64, usize, u64)> = None;
    let (mut next, mut reads) = (0, 0);
    for cycle in 0..8000 {
        let at_rest = cycle % 1000 > 900;
        uut.frame.next = cycle >= next && !at_rest;
        if uut.frame.next {
            assert!(uut.frame_ready.val());
            let (service, octets) = (rng.gen_range(0..SERVICES), rng.r#gen::<u16>());
            let (new_flow, dropped) = (rng.r#gen::<bool>(), rng.r#gen::<bool>());
            uut.service.next = bits(service as u64);
            uut.octets.next = bits(octets.into());
            uut.new_flow.next = new_flow;
            uut.dropped.next = dropped;
            let of_service = &mut sums[service];
            of_service[Counter::Packets as usize] += 1;
            of_service[Counter::Octets as usize] += u64::from(octets);
            of_service[Counter::NewFlows as usize] += u64::from(new_flow);
            of_service[Counter::Drops as usize] += u64::from(dropped);
            next = cycle + [SPACING, SPACING, 9, rng.gen_range(SPACING..20)][rng.gen_range(0..4)];
        }
        history.push(sums);
        uut.read.next = asked.is_none() && rng.gen_bool(0.5);
        if uut.read.next {
            assert!(uut.read_ready.val());
            let address = rng.gen_range(0..4 * SERVICES);
            uut.read_address.next = bits(address as u64);
            let least = history[history.len() - 1 - COUNTED_AFTER as usize][address / 4][address % 4];
            asked = Some((cycle, address, least));
        }
        tick(&mut uut);
        if uut.read_valid.val() {
            let (since, address, least) = asked.take().expect("a read is under way");
            assert!(cycle + 1 - since <= READ_CYCLES);
            let (got, most) = (uut.read_data.val().to_u64(), sums[address / 4][address % 4]);
            assert!((least..=most).contains(&got), "counter {address}: {got} is not in {least}..={most}");
            reads += 1;
        }
        uut.octets.next = bits(rng.r#gen::<u16>().into());
    }
    assert!(reads > 1000, "{reads}");
}

#[test]
fn latencies() {
    let mut longest = 0;
    for phase in 0..SPACING {
        for address in 0..4_u64 {
            let mut uut = Uut::default();
            uut.connect_all();
            tick(&mut uut);
            let (mut over, start) = (None, 40 + phase);
            for cycle in 0..70 {
                // A frame whenever one is taken.
                uut.frame.next = true;
                uut.read.next = cycle == start;
                uut.read_address.next = bits(address);
                tick(&mut uut);
                if uut.read_valid.val() {
                    over = Some(cycle + 1 - start);
                }
            }
            longest = longest.max(over.expect("it is read"));
        }
    }
    println!("a read takes {longest} cycles at most");
    assert!(longest <= READ_CYCLES);
    // One frame, read as soon as it must be there.
    let mut uut = Uut::default();
    uut.connect_all();
    tick(&mut uut);
    uut.frame.next = true;
    for cycle in 0..COUNTED_AFTER + 5 {
        uut.read.next = cycle == COUNTED_AFTER - 1;
        uut.read_address.next = bits(Counter::Packets as u64);
        tick(&mut uut);
        uut.frame.next = false;
        assert_eq!(uut.frame_ready.val(), cycle + 1 >= SPACING);
    }
    assert_eq!(uut.read_data.val().to_u64(), 1);
}

#[test]
fn service_statistics_lockstep() {
    lockstep!(Uut::default(); clk, reset, frame, service, octets, new_flow, dropped, read, read_address)
        .clock("clk")
        .bias("reset", 0.005)
        .cycles(3000)
        .run();
}
