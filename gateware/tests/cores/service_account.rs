//! Counters of services: `ServiceAccount` against sums, and the whole plane against what was sent, read by the host's window.

use crate::common;
use crate::plane_bench;
use crate::plane_model;
use common::seeded;
use plane_bench::Bench;
use plane_model::{ACK, Builder, SYN, Setup, flow};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::ServiceAccount;
use spareband_hdl::lockstep;
use spareband_spec::regs::tables::Table;
use spareband_spec::service::{
    COUNTERS, Counter, ENTRY_WORDS, Placement, ServiceKey, ServiceParameters, Target, WEIGHTS, counters, counters_word, weight_words,
    word_address,
};
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};

const COUNTED_AFTER: u64 = 20;
const READ_CYCLES: u64 = 12;

fn tick(uut: &mut ServiceAccount) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 30), "no fixed point");
    }
}

/// One word, as `TablePort` reads it, and the cycles that it took.
fn read(uut: &mut ServiceAccount, word: u32) -> (u32, u64) {
    uut.address.next = bits(word.into());
    uut.read.next = true;
    let mut taken = false;
    for cycle in 1..100 {
        uut.clk.next = false.into();
        assert!(simulate(uut, 30));
        taken |= uut.ready.val();
        tick(uut);
        uut.read.next = !taken;
        if taken && uut.read_valid.val() {
            return (uut.read_data.val().to_u32(), cycle);
        }
    }
    panic!("no answer at {word}");
}

/// Frames as close as they come, whose verdicts come at once, late, or all together.
#[test]
fn lengths_meet_their_verdicts() {
    let mut rng = seeded(1);
    let mut uut = ServiceAccount::default();
    uut.connect_all();
    uut.reset.next = true;
    tick(&mut uut);
    uut.reset.next = false;
    let mut sums = [[0_u64; COUNTERS]; 64];
    let mut open: Vec<u64> = vec![];
    for frame in 0..400 {
        let length = if rng.gen_bool(0.7) {
            rng.gen_range(60..70_u64)
        } else {
            rng.gen_range(60..1600)
        };
        for word in 0..length.div_ceil(8) {
            let bytes = (length - 8 * word).min(8);
            uut.word_valid.next = true;
            uut.word_keep.next = bits((1 << bytes) - 1);
            uut.word_last.next = 8 * word + bytes == length;
            tick(&mut uut);
            uut.word_valid.next = false;
            uut.word_last.next = false;
        }
        open.push(length);
        (0..rng.gen_range(1..4)).for_each(|_| tick(&mut uut));
        // Sixteen frames may be under way in the plane, and it ends one in 7 cycles at the fastest.
        if open.len() > 12 || rng.gen_bool(0.3) || frame == 399 {
            for length in std::mem::take(&mut open) {
                let (service, counts) = (rng.gen_range(0..64), rng.gen_bool(0.8));
                let (new_flow, dropped) = (rng.gen_bool(0.3), rng.gen_bool(0.2));
                uut.ended.next = true;
                uut.counts.next = counts;
                uut.service.next = bits(service as u64);
                uut.new_flow.next = new_flow;
                uut.dropped.next = dropped;
                tick(&mut uut);
                uut.ended.next = false;
                (0..6).for_each(|_| tick(&mut uut));
                if counts {
                    let adds = [1, length, u64::from(new_flow), u64::from(dropped)];
                    (0..COUNTERS).for_each(|i| sums[service][i] += adds[i]);
                }
            }
        }
    }
    (0..200).for_each(|_| tick(&mut uut));
    for (service, sums) in sums.iter().enumerate() {
        let first = counters_word(service as u8);
        let words = std::array::from_fn(|word| read(&mut uut, first + word as u32).0);
        assert_eq!(counters(&words), *sums, "service {service}");
    }
}

#[test]
fn latencies() {
    let mut longest = 0;
    for phase in 0..8 {
        let mut uut = ServiceAccount::default();
        uut.connect_all();
        let frame = |uut: &mut ServiceAccount, cycle: u64| {
            uut.word_valid.next = true;
            uut.word_keep.next = bits(0xFF);
            uut.word_last.next = cycle % 8 == 7;
            uut.ended.next = cycle % 8 == 7;
            uut.counts.next = true;
        };
        for cycle in 0..80 + phase {
            frame(&mut uut, cycle);
            tick(&mut uut);
        }
        uut.read.next = true;
        for cycle in 0..40 {
            frame(&mut uut, cycle + 80 + phase);
            tick(&mut uut);
            uut.read.next = false;
            if uut.read_valid.val() {
                longest = longest.max(cycle + 1);
                break;
            }
        }
    }
    println!("a read takes {longest} cycles at most");
    assert!(longest > 0 && longest <= READ_CYCLES);
    let mut uut = ServiceAccount::default();
    uut.connect_all();
    tick(&mut uut);
    (uut.word_valid.next, uut.word_last.next, uut.ended.next, uut.counts.next) = (true, true, true, true);
    uut.word_keep.next = bits(7);
    tick(&mut uut);
    (uut.word_valid.next, uut.ended.next) = (false, false);
    (0..COUNTED_AFTER - 4).for_each(|_| tick(&mut uut));
    assert_eq!(read(&mut uut, 2).0, 3, "the octets");
}

#[test]
fn service_account_lockstep() {
    lockstep!(ServiceAccount::default(); clk, reset, word_valid, word_keep, word_last, ended, counts, service, new_flow, dropped, address,
        write, read)
    .clock("clk")
    .bias("reset", 0.005)
    .bias("word_last", 0.2)
    .bias("ended", 0.1)
    .cycles(3000)
    .run();
}

impl<const N: usize> Bench<N> {
    fn access(&mut self, table: Table, word: u32, data: Option<u32>) -> u32 {
        let uut = &mut self.uut;
        uut.table_address.next = bits(word.into());
        uut.table_write_data.next = bits(data.unwrap_or(0).into());
        let select = bits::<5>(1 << table as u64);
        if data.is_some() {
            uut.table_write.next = select;
        } else {
            uut.table_read.next = select;
        }
        let mut taken = false;
        for _ in 0..128 {
            self.uut.clk.next = false.into();
            assert!(simulate(self.uut.as_mut(), 30));
            taken |= (self.uut.table_ready.val() & select).any();
            self.tick();
            if taken {
                self.uut.table_write.next = bits(0);
                self.uut.table_read.next = bits(0);
                if data.is_some() || (self.uut.table_read_valid.val() & select).any() {
                    return self.uut.table_read_data[table as usize].val().to_u32();
                }
            }
        }
        panic!("no answer of {table:?} at {word}");
    }

    fn service_counters(&mut self, number: u8) -> [u64; COUNTERS] {
        let words = std::array::from_fn(|word| self.access(Table::ServiceCounters, counters_word(number) + word as u32, None));
        counters(&words)
    }
}

/// Two services and the default rule: each frame counts where it belongs, and once.
#[test]
fn the_plane_counts_what_was_sent() {
    let mut setup = Setup::ready(3);
    let mut bench = Bench::<3>::new(&setup);
    // The banks empty.
    bench.idle(600);
    let vip = IpAddr::V4(Ipv4Addr::from_bits(setup.vip));
    let mut placement = Placement::default();
    for (number, protocol) in [(5_u8, 6), (9, 17)] {
        let parameters = ServiceParameters {
            blade_set: 7,
            rewrite: true,
            enabled: true,
            ..Default::default()
        };
        let at = word_address(Target::Parameters, number.into(), 0);
        bench.access(Table::Services, at.into(), Some(parameters.word()));
        // Without a weight no blade of the service could have a flow.
        for (i, word) in weight_words(&[1; WEIGHTS]).into_iter().enumerate() {
            bench.access(Table::Services, word_address(Target::Weights, number.into(), i).into(), Some(word));
        }
        let plan = placement.insert(number, &ServiceKey::new(vip, protocol, 80)).unwrap();
        for write in plan.writes() {
            for (address, word) in &write.word_writes()[..ENTRY_WORDS] {
                bench.access(Table::Services, (*address).into(), Some(*word));
            }
        }
    }
    let mut wanted = [[0_u64; COUNTERS]; 64];
    let mut rng = seeded(3);
    let mut seen = HashSet::new();
    for round in 0..2 {
        // In the second round no blade may have a frame.
        if round == 1 {
            setup.blades.iter_mut().for_each(|blade| blade.link_up = false);
            bench.configure(&setup);
            bench.idle(10);
        }
        for number in 0..60_u32 {
            let payload = rng.gen_range(0..200);
            let flow = flow(number % 4, 1000, [6, 17, 132][number as usize % 3]);
            let first = seen.insert(flow);
            let frame = Builder::tcp(flow, if first { SYN } else { ACK }).payload(payload).build();
            let bad = rng.gen_bool(0.2) && !first;
            bench.frame(&frame, bad.then_some(1), 9);
            let service = match flow.protocol {
                6 => 5,
                17 => 9,
                // SCTP goes by the default rule.
                _ => continue,
            };
            if bad {
                continue;
            }
            let counters = &mut wanted[service];
            counters[Counter::Packets as usize] += 1;
            counters[Counter::Octets as usize] += frame.len() as u64;
            counters[Counter::NewFlows as usize] += u64::from(first);
            counters[Counter::Drops as usize] += u64::from(round == 1);
        }
        bench.idle(200);
        for service in [0, 5, 9, 63] {
            assert_eq!(
                bench.service_counters(service as u8),
                wanted[service],
                "service {service} round {round}"
            );
        }
    }
    assert!(wanted[5].iter().chain(&wanted[9]).all(|count| *count > 0), "{wanted:?}");
}
