//! The flow table while traffic runs: flush of a blade, ageing, read-out.

use crate::flow_bench;
use flow_bench::{BLADES, Bench, Job, Key, Kind, counts_are_of_the_entries, job, verdict};
use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use std::collections::HashMap;

/// Sixteen sweeps a time-out.
const UNIT: u64 = 65536;

/// The flush of a blade takes its entries out of both partitions while traffic runs, at sets that the sweep and the frames fight for; the
/// others stay as they are.
#[test]
fn a_blade_is_flushed_under_load() {
    let seed = 11;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Bench::<1, 1>::new();
    // Four flows a set at most, of which those of blade 3 come and go.
    let keys: Vec<Key> = (0..6).map(|i| (i % 2, 100 + i)).collect();
    let mut home: HashMap<Key, usize> = HashMap::new();
    let (mut lost, mut kept) = (0, 0);
    for round in 0..60 {
        bench.uut.flush_blade.next = bits::<16>(u64::from(round % 4 != 0) << 3);
        for _ in 0..60 {
            let key = keys[rng.gen_range(0..keys.len())];
            let job = job(
                key,
                [Kind::Syn, Kind::Segment, Kind::Rst, Kind::Datagram][rng.gen_range(0..4)],
                rng.gen_range(0..BLADES),
            );
            let hits = bench.events.hits;
            bench.period = rng.gen_range(10..24);
            let blade = {
                bench.frame(job, 0);
                bench.idle(4);
                bench.verdicts.pop_front().flatten().expect("a blade")
            };
            let hit = bench.events.hits > hits;
            match home.get(&key) {
                Some(3) if !hit => lost += 1,
                Some(old) if *old != 3 && (hit || blade != *old) => {
                    // Only a SYN after RST moves it.
                    assert!(
                        hit && blade == *old || matches!(job.kind, Kind::Syn | Kind::Datagram),
                        "seed {seed}: {job:?}"
                    );
                    kept += u32::from(hit);
                }
                _ => {}
            }
            if hit || job.kind != Kind::Rst {
                home.insert(key, blade);
            } else {
                // Not picked up.
                home.remove(&key);
            }
        }
        if round % 4 == 3 {
            bench.idle(60);
            let entries = counts_are_of_the_entries(&mut bench, &format!("seed {seed} round {round}"));
            assert!(entries.iter().all(|(_, _, entry)| entry.blade != 3), "{entries:?}");
            assert_eq!(bench.active(3), 0);
        }
    }
    assert!(lost > 100 && kept > 500, "{lost} {kept}");
    assert_eq!((bench.expired, bench.late), (0, 0), "a flush is no time-out");
}

/// Sweeps of all time-outs at the sets that frames write all the time: who was just used stays, who was not goes, and the counts hold.
#[test]
fn the_sweep_ages_under_load() {
    let seed = 13;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Bench::<1, 1>::new();
    bench.timeouts([1, 1, 2, 2], 1, 1);
    // Time-outs of 1 and 2 units at most: who comes every 2000 frames is sometimes gone.
    let keys: Vec<Key> = (0..8).map(|i| (i % 2, 100 + i)).collect();
    let mut used: HashMap<Key, (u64, u64)> = HashMap::new();
    let (mut gone, mut stayed) = (0, 0);
    while bench.cycle < 6 * UNIT {
        // Some flows often, some seldom.
        let rare = rng.gen_bool(0.0005);
        let number = if rare { rng.gen_range(4..8) } else { rng.gen_range(0..4) };
        let (key, class) = (keys[number], number as u64 % 4);
        let limit = [1, 1, 2, 2][class as usize] * UNIT;
        let hits = bench.events.hits;
        bench.period = 13;
        bench.frame(
            Job {
                class,
                ..job(key, Kind::Datagram, rng.gen_range(0..BLADES))
            },
            0,
        );
        bench.verdicts.clear();
        let hit = bench.events.hits > hits;
        if let Some((last, _)) = used.get(&key) {
            let idle = bench.cycle - last;
            assert!(hit || idle > limit * 15 / 16 - 100, "seed {seed}: {key:?} is gone after {idle}");
            assert!(!hit || idle < limit + 4096, "seed {seed}: {key:?} is there after {idle}");
            gone += u32::from(!hit);
            stayed += u32::from(hit);
        }
        used.insert(key, (bench.cycle, class));
    }
    assert!(gone > 0 && stayed > 20_000, "{gone} {stayed}");
    assert_eq!(bench.late, 0);
    counts_are_of_the_entries(&mut bench, "sweep");
}

/// The host's reads find what is there, take 36 cycles at most, and no frame waits for them.
#[test]
fn entries_are_read_out_while_traffic_runs() {
    let mut bench = Bench::<2, 2>::new();
    bench.uut.flush_blade.next = bits::<16>(1 << 9);
    for number in 0..16 {
        verdict(
            &mut bench,
            Job {
                class: u64::from(number % 4),
                ..job((number, number + 1), Kind::Datagram, number as usize % BLADES)
            },
        );
    }
    let mut wait = 0;
    let mut asked = None;
    let mut seen = vec![];
    let mut index = 0;
    for frame in 0..600_u64 {
        let begin = bench.cycle;
        if bench.uut.flow_table.read_ready.val() {
            if let Some(since) = asked.take() {
                wait = wait.max(begin - since);
                seen.extend(bench.answer());
            }
            if index < 16 {
                bench.uut.read_index.next = bits::<20>(index);
                bench.uut.read.next = true;
                asked = Some(begin);
                index += 1;
            }
        }
        let number = frame as u32 % 16;
        let job = Job {
            class: u64::from(number % 4),
            ..job((number, number + 1), Kind::Datagram, 0)
        };
        bench.ticks_of_a_read(job);
    }
    assert_eq!((bench.late, bench.look_up, bench.events.hits), (0, 6, 600));
    assert!((4..37).contains(&wait), "{wait}");
    assert_eq!(seen.len(), 16);
    for (tag, entry) in seen {
        let number = tag as usize - 1;
        assert_eq!(
            (entry.blade, entry.class, entry.closing, entry.half_open),
            (number % BLADES, number as u64 % 4, false, false)
        );
    }
    // Beyond the table there is nothing.
    for index in [16, 1 << 18, (1 << 19) - 1, 1 << 19 | 16, (1 << 20) - 1] {
        assert_eq!(bench.read(index), None);
    }
}
