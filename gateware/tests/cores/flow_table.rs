//! Flow table and verdict against the model of `flow_bench`, and what the model does not know: floods, time-outs, flushes and the sweep.

use crate::flow_bench;
use flow_bench::{BLADES, Bench, Events, Job, Key, Kind, Model, counts_are_of_the_entries, job, verdict};
use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use std::collections::HashMap;

/// Sixteen sweeps a time-out.
const UNIT: u64 = 65536;

fn random_traffic<const A: usize, const H: usize>(seed: u64, flows: u32, rounds: u32) -> Events {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Bench::<A, H>::new();
    let mut model = Model::new(A, H);
    let keys: Vec<Key> = (0..flows).map(|_| (rng.r#gen(), rng.r#gen())).collect();
    for round in 0..rounds {
        let what = format!("seed {seed} round {round}");
        let usable = std::array::from_fn(|_| rng.gen_bool(0.9));
        (bench.usable, model.usable) = (usable, usable);
        let any = usable.contains(&true);
        let mut wanted = vec![];
        for _ in 0..40 {
            let job = Job {
                key: keys[rng.gen_range(0..keys.len())],
                kind: [
                    Kind::Syn,
                    Kind::Syn,
                    Kind::Segment,
                    Kind::Segment,
                    Kind::Fin,
                    Kind::Rst,
                    Kind::Datagram,
                    Kind::Fragment,
                ][rng.gen_range(0..8)],
                class: rng.gen_range(0..4),
                good: rng.gen_bool(0.9),
                by_policy: any.then(|| rng.gen_range(0..BLADES)),
                by_hash: any.then(|| rng.gen_range(0..BLADES)),
            };
            bench.period = [10, 10, 10, 11, 30][rng.gen_range(0..5)];
            let end_after = if bench.period == 30 { rng.gen_range(0..20) } else { 0 };
            // A frame that is known to be bad from the start need not be looked up.
            wanted.push((model.frame(&job), !job.good && end_after == 0));
            bench.frame(job, end_after);
        }
        bench.idle(30);
        assert_eq!(bench.verdicts.len(), wanted.len(), "{what}");
        for (frame, (verdict, (blade, bad))) in bench.verdicts.drain(..).zip(wanted).enumerate() {
            assert!(
                verdict == blade || (bad && verdict.is_none()),
                "{what} frame {frame}: {verdict:?}, not {blade:?}"
            );
        }
        assert_eq!(bench.events, model.events, "{what}");
        let mut entries: Vec<_> = counts_are_of_the_entries(&mut bench, &what)
            .into_iter()
            .map(|(_, tag, entry)| (tag, entry))
            .collect();
        let mut modelled: Vec<_> = model.entries.iter().map(|(key, entry)| (key.1, *entry)).collect();
        entries.sort_unstable();
        modelled.sort_unstable();
        assert_eq!(entries, modelled, "{what}");
        // Room, by the flush of a blade.
        let blade = rng.gen_range(0..BLADES);
        bench.uut.flush_blade.next = bits::<16>(1 << blade);
        bench.idle(200);
        bench.uut.flush_blade.next = bits::<16>(0);
        let gone: Vec<Key> = model
            .entries
            .iter()
            .filter(|(_, entry)| entry.blade == blade)
            .map(|(key, _)| *key)
            .collect();
        gone.into_iter().for_each(|key| model.remove(key));
    }
    assert_eq!((bench.late, bench.look_up), (0, 6));
    model.events
}

#[test]
fn random_traffic_follows_the_model() {
    for (seed, flows) in [(1, 30), (2, 12)] {
        let events = random_traffic::<2, 1>(seed, flows, 60);
        println!("{events:?}");
        assert!(events.promotions > 20 && events.pickups > 20 && events.hits > 300, "{events:?}");
        assert_eq!(events.evictions > 20 && events.failures > 20, flows == 30, "{events:?}");
    }
    random_traffic::<1, 3>(3, 20, 30);
}

/// 20,000 SYNs, each of a new flow, a frame in 10 cycles, with 1,000 live flows among them.
#[test]
fn a_syn_flood_touches_no_live_flow() {
    const LIVE: usize = 1000;
    const FLOOD: u32 = 20_000;
    let seed = 7;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Bench::<12, 8>::new();
    let live: Vec<Key> = (0..LIVE).map(|_| (rng.r#gen(), rng.r#gen())).collect();
    for (i, key) in live.iter().enumerate() {
        bench.frame(job(*key, Kind::Syn, i % BLADES), 0);
        bench.frame(job(*key, Kind::Segment, 0), 0);
    }
    bench.idle(30);
    assert_eq!((bench.entries(), bench.events.promotions), (LIVE, 1000), "seed {seed}");
    let moved = |bench: &mut Bench<12, 8>, wanted: &[(usize, usize)]| {
        let verdicts: Vec<_> = bench.verdicts.drain(..).collect();
        wanted.iter().filter(|(at, blade)| verdicts[*at] != Some(*blade)).count()
    };
    bench.verdicts.clear();
    let mut wanted = vec![];
    let mut frames = 0;
    for _ in 0..FLOOD {
        if rng.gen_bool(0.2) {
            let flow = rng.gen_range(0..LIVE);
            // A retransmitted SYN now and then.
            let kind = if rng.gen_bool(0.1) { Kind::Syn } else { Kind::Segment };
            wanted.push((frames, flow % BLADES));
            bench.frame(job(live[flow], kind, rng.gen_range(0..BLADES)), 0);
            frames += 1;
        }
        bench.frame(job((rng.r#gen(), rng.r#gen()), Kind::Syn, rng.gen_range(0..BLADES)), 0);
        frames += 1;
    }
    bench.idle(30);
    assert!(wanted.len() > 3500);
    assert_eq!(moved(&mut bench, &wanted), 0, "seed {seed}");
    assert_eq!(bench.entries(), LIVE + 1024);
    assert_eq!(
        (bench.events.evictions, bench.events.failures, bench.events.without_syn),
        (FLOOD - 1024, 0, 0)
    );
    assert_eq!(bench.events.half_opens, FLOOD + 1000);
    assert_eq!((0..BLADES).map(|blade| bench.active(blade)).sum::<usize>(), LIVE + 1024);
    // Every live flow, once more.
    let last: Vec<_> = (0..LIVE).map(|flow| (flow, flow % BLADES)).collect();
    let hits = bench.events.hits;
    live.iter().for_each(|key| bench.frame(job(*key, Kind::Segment, 3), 0));
    bench.idle(30);
    assert_eq!((moved(&mut bench, &last), bench.events.hits - hits), (0, 1000), "seed {seed}");
    // The frames came 10 cycles apart, and none waited.
    assert_eq!((bench.late, bench.look_up), (0, 6));
}

/// The oldest half-open flow of a full set gives way, and then goes by its hash.
#[test]
fn the_oldest_half_open_flow_gives_way() {
    let mut bench = Bench::<3, 1>::new();
    for tag in 0..4 {
        assert_eq!(verdict(&mut bench, job((0, tag), Kind::Syn, 2)), Some(2));
    }
    // A retransmission makes it no younger; one that leaves makes room.
    assert_eq!(verdict(&mut bench, job((0, 0), Kind::Syn, 1)), Some(2));
    assert_eq!(verdict(&mut bench, job((0, 2), Kind::Segment, 1)), Some(2));
    assert_eq!(verdict(&mut bench, job((0, 4), Kind::Syn, 1)), Some(1));
    assert_eq!(bench.events.evictions, 0);
    for (evictions, tag) in [(1, 5), (2, 6), (3, 7)] {
        assert_eq!(verdict(&mut bench, job((0, tag), Kind::Syn, 1)), Some(1));
        assert_eq!(bench.events.evictions, evictions);
    }
    let mut left: Vec<u32> = bench
        .read_all()
        .into_iter()
        .filter(|(_, _, entry)| entry.half_open)
        .map(|(_, tag, _)| tag)
        .collect();
    left.sort_unstable();
    assert_eq!(left, [4, 5, 6, 7]);
    let hash = job((0, 1), Kind::Segment, 0);
    assert_eq!(verdict(&mut bench, hash), hash.by_hash);
    assert_eq!((bench.events.without_syn, bench.events.pickups), (1, 1));
    // It stays there.
    assert_eq!(verdict(&mut bench, job((0, 1), Kind::Segment, 2)), hash.by_hash);
}

#[test]
fn ports_are_used_again() {
    for (half_open, end) in [(false, Kind::Fin), (false, Kind::Rst), (true, Kind::Rst)] {
        let mut bench = Bench::<2, 2>::new();
        let key = (1, 77);
        assert_eq!(verdict(&mut bench, job(key, Kind::Syn, 0)), Some(0));
        if !half_open {
            assert_eq!(verdict(&mut bench, job(key, Kind::Segment, 1)), Some(0));
        }
        // A SYN of a live flow is a retransmission.
        assert_eq!(verdict(&mut bench, job(key, Kind::Syn, 1)), Some(0));
        assert_eq!(verdict(&mut bench, job(key, end, 1)), Some(0));
        assert_eq!((bench.active(0), bench.entries(), bench.events.closed), (0, 1, 1));
        // What is still on its way goes there.
        assert_eq!(verdict(&mut bench, job(key, Kind::Segment, 1)), Some(0));
        assert_eq!(verdict(&mut bench, job(key, Kind::Fin, 1)), Some(0));
        assert_eq!(bench.events.closed, 1);
        // A new connection.
        assert_eq!(verdict(&mut bench, job(key, Kind::Syn, 3)), Some(3));
        assert_eq!((bench.active(0), bench.active(3), bench.entries()), (0, 1, 1));
        assert_eq!(verdict(&mut bench, job(key, Kind::Segment, 1)), Some(3));
        counts_are_of_the_entries(&mut bench, "ports");
    }
}

/// Each entry goes within 15/16 to 16/16 of the time-out of its kind after its last frame.
#[test]
fn each_kind_has_its_time_out() {
    let mut bench = Bench::<2, 2>::new();
    bench.timeouts([1, 2, 3, 0], 1, 2);
    bench.idle(5000);
    let mut begins = HashMap::new();
    for (tag, class) in [(0, 0), (1, 1), (2, 2), (3, 3)] {
        verdict(
            &mut bench,
            Job {
                class,
                ..job((tag, tag), Kind::Datagram, 0)
            },
        );
        begins.insert(tag, bench.cycle);
    }
    // Half open, closing of a class that stays for ever, and half open and closing.
    verdict(&mut bench, job((0, 4), Kind::Syn, 1));
    verdict(
        &mut bench,
        Job {
            class: 3,
            ..job((0, 5), Kind::Segment, 1)
        },
    );
    verdict(
        &mut bench,
        Job {
            class: 3,
            ..job((0, 5), Kind::Fin, 1)
        },
    );
    verdict(&mut bench, job((1, 6), Kind::Syn, 1));
    verdict(&mut bench, job((1, 6), Kind::Rst, 1));
    (4..7).for_each(|tag| _ = begins.insert(tag, bench.cycle));
    let wanted = HashMap::from([(0, 1), (1, 2), (2, 3), (4, 2), (5, 1), (6, 1)]);
    let mut gone: HashMap<u32, u64> = HashMap::new();
    // All entries, time and again.
    while bench.cycle < 7 * UNIT / 2 {
        let there: Vec<u32> = bench.read_all().into_iter().map(|(_, tag, _)| tag).collect();
        for tag in 0..7 {
            if !there.contains(&tag) && !gone.contains_key(&tag) {
                gone.insert(tag, bench.cycle - begins[&tag]);
            }
        }
        bench.idle(200);
    }
    for (tag, units) in &wanted {
        let age = gone[tag];
        assert!(
            (units * UNIT * 15 / 16 - 1200..units * UNIT + 1200).contains(&age),
            "tag {tag}: {age}"
        );
    }
    assert!(!gone.contains_key(&3), "class 3 has no time-out");
    assert_eq!(bench.expired, 4, "closing entries are not counted");
    counts_are_of_the_entries(&mut bench, "time-outs");
}

#[test]
fn flush_and_reset_empty_both_partitions() {
    let mut bench = Bench::<2, 4>::new();
    for by_reset in [false, true] {
        for tag in 0..6 {
            verdict(&mut bench, job((tag, tag), Kind::Syn, 0));
            if tag % 2 == 0 {
                verdict(&mut bench, job((tag, tag), Kind::Segment, 0));
            }
        }
        assert_eq!((bench.entries(), bench.active(0)), (6, 6));
        (bench.uut.flush.next, bench.uut.reset.next) = (!by_reset, by_reset);
        bench.tick();
        (bench.uut.flush.next, bench.uut.reset.next) = (false, false);
        assert_eq!((bench.entries(), bench.active(0)), (0, 0));
        // While the table is being emptied everything goes by its hash, and nothing is entered.
        let failures = bench.events.failures;
        let hash = job((9, 9), Kind::Syn, 0);
        bench.frame(hash, 0);
        bench.idle(20);
        assert_eq!(bench.verdicts.pop_front(), Some(hash.by_hash));
        assert_eq!((bench.entries(), bench.events.failures - failures), (0, 1));
        assert_eq!(counts_are_of_the_entries(&mut bench, "flushed"), []);
    }
}
