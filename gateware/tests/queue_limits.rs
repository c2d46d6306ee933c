//! Limit of the queues, and that a queue which nobody empties is nobody else's trouble.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::{BladeQueue, WordQueue};
use std::collections::VecDeque;

/// A frame of `words` words for the WordQueue; returns whether it was queued.
struct Words {
    uut: WordQueue<6>,
}

impl Words {
    fn cycle(&mut self, word: Option<(u64, bool, bool)>, ready: bool) -> (bool, bool) {
        let uut = &mut self.uut;
        let (data, last, commit) = word.unwrap_or_default();
        uut.in_valid.next = word.is_some();
        uut.in_data.next = bits::<64>(data);
        uut.in_keep.next = bits::<8>(255);
        (uut.in_last.next, uut.in_commit.next, uut.in_cause.next) = (last, commit, bits::<3>(1));
        uut.out_ready.next = ready;
        uut.clk.next = false.into();
        assert!(simulate(uut, 20));
        let events = (uut.frame.val(), uut.dropped_full.val());
        uut.clk.next = true.into();
        assert!(simulate(uut, 20));
        events
    }
}

/// Frames apart from each other, so that the level stands still in between: each is queued just if it fits under the limit.
#[test]
fn limit_is_exact() {
    let seed = 31;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Words { uut: WordQueue::default() };
    bench.uut.connect_all();
    let (mut queued_frames, mut dropped_frames) = (0, 0);
    for round in 0..500_u32 {
        let limit = [0, 1, 9, 20, 63, 64, 200][round as usize / 10 % 7];
        bench.uut.limit.next = bits::<16>(limit);
        for _ in 0..8 {
            bench.cycle(None, false);
        }
        let before = bench.uut.level.val().to_u64();
        let (words, commit) = (rng.gen_range(1..14_u64), rng.gen_bool(0.9));
        let (mut queued, mut dropped) = (0, 0);
        for n in 0..words + 8 {
            let word = (n < words && (n == 0 || n + 1 == words || rng.gen_bool(0.9))).then_some((n, n + 1 == words, commit));
            let events = bench.cycle(word, false);
            queued += u32::from(events.0);
            dropped += u32::from(events.1);
        }
        // 64 words fit at all.
        let most = if limit == 0 { 64 } else { limit.min(64) };
        // Left-out words make a frame shorter.
        let level = bench.uut.level.val().to_u64();
        if commit {
            assert_eq!(queued + dropped, 1, "seed {seed}");
            queued_frames += queued;
            dropped_frames += dropped;
            if queued == 1 {
                assert!(level <= most, "seed {seed}: {level} words with a limit of {limit}");
            } else {
                assert!(
                    before + words > most && level == before,
                    "seed {seed}: {words} words at {before} dropped, limit {limit}"
                );
            }
        } else {
            assert_eq!((queued, dropped, level), (0, 0, before), "seed {seed}");
        }
        if rng.gen_bool(0.25) {
            for _ in 0..rng.gen_range(0..70) {
                bench.cycle(None, true);
            }
        }
    }
    assert!(queued_frames > 50 && dropped_frames > 50, "{queued_frames} {dropped_frames}");
}

/// Three queues on one stream. Nobody takes anything from the first, whose limit is less than it holds. The others pass on every frame of theirs, flooded
/// ones too, in order and whole.
#[test]
fn a_queue_never_drained_leaves_the_others_alone() {
    let seed = 32;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut queues: [BladeQueue<8>; 3] = std::array::from_fn(|_| BladeQueue::default());
    queues[0].limit.next = bits::<16>(100);
    queues.iter_mut().for_each(|queue| queue.connect_all());
    let mut wanted: [VecDeque<Vec<u8>>; 3] = Default::default();
    let mut current: [Vec<u8>; 3] = Default::default();
    let (mut dropped, mut got, mut line) = ([0; 3], [0; 3], 0_u64);
    let (mut frame, mut at, mut mask): (Vec<u8>, usize, u8) = (vec![], 0, 0);
    // The blades' clock is taken as this one: a byte a cycle, so a frame to each may come every so many cycles.
    for cycle in 0..30_000_u64 {
        if frame.is_empty() && cycle >= line && cycle < 28_000 {
            frame = (0..rng.gen_range(60..300)).map(|_| rng.r#gen()).collect();
            mask = [1, 2, 4, 7, 6, 3][rng.gen_range(0..6)];
            (at, line) = (0, cycle + frame.len() as u64 + 10);
            for (n, wanted) in wanted.iter_mut().enumerate() {
                if mask >> n & 1 == 1 {
                    wanted.push_back(frame.clone());
                }
            }
        }
        let word = &frame[at.min(frame.len())..frame.len().min(at + 8)];
        let mut data = [0x5A; 8];
        data[..word.len()].copy_from_slice(word);
        let last = !word.is_empty() && at + 8 >= frame.len();
        for (n, uut) in queues.iter_mut().enumerate() {
            uut.in_valid.next = !word.is_empty();
            uut.in_data.next = bits::<64>(u64::from_le_bytes(data));
            uut.in_keep.next = bits::<8>((1 << word.len()) - 1);
            (uut.in_last.next, uut.in_commit.next) = (last, true);
            uut.in_flood.next = mask.count_ones() > 1;
            uut.in_select.next = mask >> n & 1 == 1;
            uut.tx_ready.next = n > 0;
            (uut.clk.next, uut.tx_clk.next) = (false.into(), false.into());
            assert!(simulate(uut, 20));
            dropped[n] += u32::from(uut.dropped_full.val()) + u32::from(uut.flood_dropped_full.val());
            if n > 0 && uut.tx_valid.val() {
                current[n].push(uut.tx_data.val().to_u8());
                if uut.tx_last.val() {
                    assert_eq!(
                        Some(std::mem::take(&mut current[n])),
                        wanted[n].pop_front(),
                        "seed {seed}: queue {n}"
                    );
                    got[n] += 1;
                }
            }
            (uut.clk.next, uut.tx_clk.next) = (true.into(), true.into());
            assert!(simulate(uut, 20));
        }
        at += 8;
        if last {
            frame.clear();
        }
        // While nothing comes, there is nothing that may yet be taken back.
        if frame.is_empty() && cycle + 1 == line {
            assert!(queues[0].level.val().to_u64() <= 100);
        }
    }
    println!("{got:?} frames came out, {dropped:?} were dropped");
    assert!(wanted[1].is_empty() && wanted[2].is_empty(), "seed {seed}");
    assert!(dropped[0] > 50 && dropped[1..] == [0, 0] && got[1..].iter().all(|n| *n > 50));
    assert!(queues[0].level.val().to_u64() > 60);
}
