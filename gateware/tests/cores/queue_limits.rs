//! Limit of the queues, and that a queue which nobody empties is nobody else's trouble.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::{BladeQueues, WordQueue};
use std::collections::VecDeque;

/// A queue in clocks that rise together.
trait Queue {
    /// Words that fit where there is no limit, whatever was in the queue before.
    const FIT: u64;
    /// Words that may fit.
    const MOST: u64;
    fn set_limit(&mut self, limit: u64);
    fn level(&self) -> u64;
    /// Shows a word (data, last, commit), and returns whether a frame was queued, dropped.
    fn cycle(&mut self, word: Option<(u64, bool, bool)>, ready: bool) -> (bool, bool);
}

impl Queue for WordQueue<6> {
    const FIT: u64 = 64;
    const MOST: u64 = 64;
    fn set_limit(&mut self, limit: u64) {
        self.limit.next = bits::<16>(limit);
    }
    fn level(&self) -> u64 {
        self.level.val().to_u64()
    }
    fn cycle(&mut self, word: Option<(u64, bool, bool)>, ready: bool) -> (bool, bool) {
        let (data, last, commit) = word.unwrap_or_default();
        self.in_valid.next = word.is_some();
        self.in_data.next = bits::<64>(data);
        self.in_beyond.next = bits::<3>(7);
        (self.in_last.next, self.in_commit.next, self.in_cause.next) = (last, commit, bits::<3>(1));
        self.out_ready.next = ready;
        self.clk.next = false.into();
        assert!(simulate(self, 20));
        let events = (self.frame.val(), self.dropped_full.val());
        self.clk.next = true.into();
        assert!(simulate(self, 20));
        events
    }
}

/// The uplink's queue.
impl Queue for BladeQueues<7> {
    /// 12 pages of 8 words, of which the first may be all but empty and the last all but full.
    const FIT: u64 = 96 - 7;
    const MOST: u64 = 96;
    fn set_limit(&mut self, limit: u64) {
        self.limit.next = bits::<16>(limit);
    }
    fn level(&self) -> u64 {
        self.level.val().to_u64()
    }
    fn cycle(&mut self, word: Option<(u64, bool, bool)>, ready: bool) -> (bool, bool) {
        let (data, last, commit) = word.unwrap_or_default();
        (self.in_valid.next, self.in_select.next) = (word.is_some(), true);
        self.in_data.next = bits::<64>(data);
        self.in_beyond.next = bits::<3>(7);
        (self.in_last.next, self.in_commit.next) = (last, commit);
        self.tx_ready.next = ready;
        (self.clk.next, self.tx_clk.next) = (false.into(), false.into());
        assert!(simulate(self, 20));
        let events = (self.queued.val(), self.dropped_full.val());
        (self.clk.next, self.tx_clk.next) = (true.into(), true.into());
        assert!(simulate(self, 20));
        events
    }
}

#[test]
fn limit_is_exact() {
    limits::<WordQueue<6>>();
    limits::<BladeQueues<7>>();
}

/// Frames apart from each other, so that the level stands still in between: each is queued just if it fits under the limit.
fn limits<Q: Queue + Default + Block>() {
    let seed = 31;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Q::default();
    bench.connect_all();
    let (mut queued_frames, mut dropped_frames) = (0, 0);
    for round in 0..500_u32 {
        let limit = [0, 1, 9, 20, Q::FIT - 1, Q::FIT, 200][round as usize / 10 % 7];
        bench.set_limit(limit);
        for _ in 0..8 {
            bench.cycle(None, false);
        }
        let before = bench.level();
        let (words, commit) = (rng.gen_range(1..14_u64), rng.gen_bool(0.9));
        let (mut queued, mut dropped) = (0, 0);
        for n in 0..words + 8 {
            let word = (n < words && (n == 0 || n + 1 == words || rng.gen_bool(0.9))).then_some((n, n + 1 == words, commit));
            let events = bench.cycle(word, false);
            queued += u32::from(events.0);
            dropped += u32::from(events.1);
        }
        let most = if limit == 0 { Q::FIT } else { limit.min(Q::FIT) };
        // Left-out words make a frame shorter.
        let level = bench.level();
        if commit {
            assert_eq!(queued + dropped, 1, "seed {seed}");
            queued_frames += queued;
            dropped_frames += dropped;
            if queued == 1 {
                assert!(
                    level <= if limit == 0 { Q::MOST } else { limit.min(Q::MOST) },
                    "seed {seed}: {level} words with a limit of {limit}"
                );
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
            for _ in 0..rng.gen_range(0..Q::FIT * 2) {
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
    let mut queues: [BladeQueues<8>; 3] = std::array::from_fn(|_| BladeQueues::default());
    queues[0].limit.next = bits::<16>(100);
    queues.iter_mut().for_each(|queue| queue.connect_all());
    let mut wanted: [VecDeque<Vec<u8>>; 3] = Default::default();
    let mut current: [Vec<u8>; 3] = Default::default();
    // The first pages are there some cycles after the start.
    let (mut dropped, mut got, mut line) = ([0; 3], [0; 3], 10_u64);
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
            uut.in_beyond.next = bits::<3>(word.len().saturating_sub(1) as u64);
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
