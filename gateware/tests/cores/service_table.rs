//! The service table against a map of its rows, with a host that changes services between look-ups, and in lockstep with its Verilog.
//!
//! The model shares `spareband_spec::service` with the circuit: layout and hash are held by the known answers of that module.

use crate::common;
use crate::service_bench;
use common::seeded;
use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use service_bench::*;
use spareband_gateware::forward::ServiceTable;
use spareband_hdl::lockstep;
use spareband_spec::service::{Placement, PlacementError, SERVICES, ServiceKey, Target, WEIGHT_WORDS, word_address};
use std::collections::VecDeque;

/// Few values of each part, so that keys differ in one part only.
fn random_key(rng: &mut StdRng) -> ServiceKey {
    let is_ipv6 = rng.gen_bool(0.5);
    let address = [0xC0A8_0001, 0xC0A8_0002, 0x0A00_0001][rng.gen_range(0..3)];
    ServiceKey {
        address: if is_ipv6 && rng.gen_bool(0.8) { address << 96 | 1 } else { address },
        is_ipv6,
        protocol: [6, 17][rng.gen_range(0..2)],
        port: [0, 80, 443, 0xFFFF][rng.gen_range(0..4)],
    }
}

fn row_words(target: Target, number: u8, words: &[u32]) -> Vec<(u16, u32)> {
    words
        .iter()
        .enumerate()
        .map(|(word, data)| (word_address(target, number.into(), word), *data))
        .collect()
}

/// The words that add, change or remove a service at random; parameters before the key, the key before what else its number meant.
fn random_change(rng: &mut StdRng, placement: &mut Placement, held: &mut Vec<u8>, refused: &mut u32) -> Vec<(u16, u32)> {
    let choice = rng.gen_range(0..5);
    let parameters = rng.r#gen::<u32>() & 0x03FF_FFFF;
    let weights: [u32; WEIGHT_WORDS] = rng.r#gen();
    if choice == 0 && !held.is_empty() {
        let number = held.swap_remove(rng.gen_range(0..held.len()));
        return placement.remove(number).expect("it is held").word_writes().to_vec();
    }
    if choice < 3 {
        let number = held.choose(rng).copied().unwrap_or(0);
        return match choice {
            1 => row_words(Target::Weights, number, &weights),
            _ => row_words(Target::Parameters, number, &[parameters]),
        };
    }
    let mut words = vec![];
    match placement.add(&random_key(rng)) {
        Ok((number, plan)) => {
            held.push(number);
            words.extend(row_words(Target::Weights, number, &weights));
            words.extend(row_words(Target::Parameters, number, &[parameters]));
            plan.writes().iter().for_each(|write| words.extend(write.word_writes()));
        }
        Err(PlacementError::NoPlace) => *refused += 1,
        Err(PlacementError::KeyInUse(_)) => {}
        Err(error) => panic!("{error}"),
    }
    words
}

/// Every answer is one that the rows gave at some moment between look-up and result, whole.
fn random_changes_and_lookups<const A: usize>(seed: u64, cycles: u64) {
    let mut rng = seeded(seed);
    let mut bench = Bench::<A>::new();
    let mut placement = Placement::new(A);
    let (mut held, mut refused, mut words) = (vec![], 0, VecDeque::new());
    let mut next_lookup = 0;
    while bench.cycle < cycles {
        if words.is_empty() {
            words.extend(random_change(&mut rng, &mut placement, &mut held, &mut refused));
        }
        if bench.cycle >= next_lookup {
            bench.lookup(&random_key(&mut rng));
            next_lookup = bench.cycle + [SPACING, 10, rng.gen_range(SPACING..14)][rng.gen_range(0..3)];
        }
        if bench.uut.host_ready.val() && !words.is_empty() && rng.gen_bool(0.7) {
            let (address, data) = words.pop_front().unwrap();
            bench.write(address, data);
        }
        bench.tick();
        // The host's words are random where nothing is to be written.
        bench.uut.host_write_data.next = bits(rng.r#gen::<u32>().into());
        bench.uut.port.next = bits(rng.r#gen::<u16>().into());
    }
    assert!(
        bench.found > bench.results / 4 && bench.found < bench.results * 9 / 10,
        "{} of {} found",
        bench.found,
        bench.results
    );
    println!("{} look-ups, {} found, {refused} refused", bench.results, bench.found);
    assert!(A > 3 || refused > 10);
}

#[test]
fn finds_whole_entries_while_the_host_changes_them() {
    random_changes_and_lookups::<3>(1, 12_000);
    random_changes_and_lookups::<9>(2, 6000);
}

/// All 64 services of a full table by their exact port, a service of any port, and none of another's.
#[test]
fn finds_each_of_64_services() {
    let mut rng = seeded(3);
    let mut bench = Bench::<9>::new();
    let mut placement = Placement::default();
    let mut keys = vec![];
    for number in 0..SERVICES as u8 {
        let address = if number % 2 == 0 {
            rng.r#gen::<u32>().into()
        } else {
            rng.r#gen::<u128>()
        };
        let key = ServiceKey {
            address,
            is_ipv6: number % 2 == 1,
            protocol: rng.r#gen(),
            port: if number % 4 < 2 { 0 } else { rng.r#gen() },
        };
        for write in placement.insert(number, &key).expect("a place").writes() {
            for (address, data) in write.word_writes() {
                bench.write_now(address, data);
            }
        }
        bench.write_now(word_address(Target::Parameters, number.into(), 0), number.into());
        keys.push(key);
    }
    for (number, key) in keys.iter().enumerate() {
        let near = ServiceKey {
            address: key.address ^ 1 << rng.gen_range(0..if key.is_ipv6 { 128 } else { 32 }),
            ..*key
        };
        let other_port = ServiceKey { port: !key.port, ..*key };
        for (asked, expected) in [(key, true), (&near, false), (&other_port, key.port == 0)] {
            bench.lookup(asked);
            (0..10).for_each(|_| bench.tick());
            assert_eq!(
                bench.answer().map(|answer| usize::from(answer.number)),
                expected.then_some(number),
                "{asked:x?}"
            );
        }
    }
}

#[test]
fn latency_is_seven() {
    let mut bench = Bench::<4>::new();
    bench.lookup(&random_key(&mut seeded(4)));
    for cycle in 1..20 {
        bench.tick();
        assert_eq!(bench.uut.result_soon.val(), cycle + 1 == LATENCY);
        assert_eq!(bench.uut.lookup_ready.val(), cycle >= SPACING, "{cycle}");
    }
}

/// A look-up that comes too early is not taken, and those before and after it are answered.
#[test]
fn an_early_lookup_is_not_taken() {
    let mut bench = Bench::<4>::new();
    let mut rng = seeded(5);
    for _ in 0..40 {
        bench.lookup(&random_key(&mut rng));
        bench.tick();
        for _ in 1..SPACING {
            assert!(!bench.uut.lookup_ready.val());
            bench.uut.lookup.next = true;
            bench.uut.port.next = bits(rng.r#gen::<u16>().into());
            bench.tick();
        }
    }
    assert_eq!(bench.results, 39);
}

#[test]
fn the_host_is_served_within_8_cycles() {
    let mut longest = [0; 2];
    for spacing in SPACING..12 {
        for phase in 0..spacing {
            for read in [false, true] {
                let mut bench = Bench::<3>::new();
                let key = random_key(&mut StdRng::seed_from_u64(6));
                let start = 30 + phase;
                let mut over = None;
                for cycle in 0..60 {
                    if cycle % spacing == 0 {
                        bench.lookup(&key);
                    }
                    if cycle == start {
                        if read {
                            bench.uut.host_read.next = true;
                            bench.uut.host_address.next = bits(word_address(Target::Parameters, 3, 0).into());
                        } else {
                            bench.write(word_address(Target::Parameters, 3, 0), 5);
                        }
                    }
                    bench.tick();
                    if cycle >= start && over.is_none() && bench.uut.host_ready.val() {
                        over = Some(cycle + 1 - start);
                    }
                }
                let over = over.expect("it is served");
                longest[usize::from(read)] = over.max(longest[usize::from(read)]);
                assert!(over <= HOST_CYCLES, "{over} cycles, a look-up in {spacing}");
            }
        }
    }
    println!("write {}, read {} cycles at most", longest[0], longest[1]);
    assert_eq!(longest, [5, 7]);
}

#[test]
fn the_host_reads_what_it_wrote_under_lookups() {
    let mut rng = seeded(7);
    let mut bench = Bench::<3>::new();
    let targets = [Target::Bank0, Target::Bank1, Target::Parameters, Target::Weights];
    for row in 0..8 {
        for target in targets {
            for word in 0..=target.last_word() {
                bench.write_now(word_address(target, row, word), rng.r#gen());
            }
        }
    }
    for _ in 0..400 {
        let target = targets[rng.gen_range(0..4)];
        let address = word_address(target, rng.gen_range(0..8), rng.gen_range(0..=target.last_word()));
        if bench.uut.lookup_ready.val() && rng.gen_bool(0.5) {
            bench.lookup(&random_key(&mut rng));
        }
        assert_eq!(bench.read_now(address), bench.rows.word(address), "{target:?} {address:#x}");
    }
}

/// A reset finds nothing from its first cycle on, and takes what the host writes once the rows are clear.
#[test]
fn reset_empties_the_banks() {
    let mut bench = Bench::<5>::new();
    let key = random_key(&mut seeded(8));
    let mut placement = Placement::new(5);
    let writes = placement.insert(9, &key).expect("a place").writes()[0].word_writes();
    writes.into_iter().for_each(|(address, data)| bench.write_now(address, data));
    bench.lookup(&key);
    (0..10).for_each(|_| bench.tick());
    assert_eq!(bench.found, 1);
    bench.uut.reset.next = true;
    bench.tick();
    bench.uut.reset.next = false;
    bench.rows.banks.clear();
    let mut clearing = 0;
    while !bench.uut.host_ready.val() {
        if bench.uut.lookup_ready.val() {
            bench.lookup(&key);
        }
        bench.tick();
        clearing += 1;
    }
    assert_eq!(clearing, 1 << 5);
    bench.lookup(&key);
    (0..10).for_each(|_| bench.tick());
    assert_eq!(bench.found, 1);
    writes.into_iter().for_each(|(address, data)| bench.write_now(address, data));
    bench.lookup(&key);
    (0..10).for_each(|_| bench.tick());
    assert_eq!(bench.found, 2);
}

#[test]
fn service_table_lockstep() {
    let mut placement = Placement::new(3);
    let (mut held, mut refused, mut words) = (vec![], 0, VecDeque::new());
    lockstep!(ServiceTable::<3, 6>::default(); clk, reset, lookup, address, is_ipv6, protocol, port, host_write, host_read, host_address,
        host_write_data)
    .clock("clk")
    .cycles(3000)
    .stimulus(move |cycle, inputs| {
        inputs.set("reset", u32::from(cycle == 0 || cycle == 1800));
        if cycle == 1800 {
            (placement, held) = (Placement::new(3), vec![]);
            words.clear();
        }
        let key = random_key(inputs.rng);
        inputs.set("address", key.address);
        inputs.set("is_ipv6", u32::from(key.is_ipv6));
        inputs.set("protocol", key.protocol);
        inputs.set("port", key.port);
        if words.is_empty() {
            words.extend(random_change(inputs.rng, &mut placement, &mut held, &mut refused));
        }
        // Not all are taken: the outcome of that is compared too.
        let ready = inputs.output("host_ready") == 1_u32.into();
        let (address, data): (u16, u32) = if ready { words.pop_front() } else { None }.unwrap_or_else(|| inputs.rng.r#gen());
        inputs.set("host_write", u32::from(ready));
        inputs.set("host_address", address);
        inputs.set("host_write_data", data);
    })
    .run();
}
