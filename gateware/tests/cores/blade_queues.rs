//! The two queues to a blade: neither stream loses to the other, and no event of either is lost.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::{BladeQueues, QueueEvents, WordQueues};
use std::collections::VecDeque;

/// A random frame a stream, with its number, in a queue's words.
fn words(rng: &mut StdRng, number: u64) -> Vec<u8> {
    let length = rng.gen_range(60..300);
    (0..length)
        .map(|i| if i < 8 { number.to_le_bytes()[i] } else { rng.r#gen() })
        .collect()
}

/// Both streams at once, as fast as they come, into queues that are not full: all frames come out, whole, each stream's in order, and are counted once.
#[test]
fn neither_stream_loses_a_frame_to_the_other() {
    let mut rng = seeded(5);
    let mut uut = WordQueues::<8>::default();
    uut.connect_all();
    let (mut left, mut number) = ([60_u64; 2], [0_u64, 1 << 32]);
    let mut offers: [VecDeque<(Vec<u8>, bool)>; 2] = Default::default();
    let mut wanted: [Vec<Vec<u8>>; 2] = Default::default();
    let mut got = wanted.clone();
    let (mut events, mut octets, mut current) = (0, 0, vec![]);
    let mut pause = [0_u32; 2];
    for cycle in 0..40_000 {
        for side in 0..2 {
            let free = cycle % 600 == 0 && left[side] > 0;
            if free {
                left[side] -= 1;
                let frame = words(&mut rng, number[side]);
                number[side] += 1;
                let count = frame.len().div_ceil(8);
                offers[side].extend(frame.chunks(8).enumerate().map(|(i, word)| (word.to_vec(), i + 1 == count)));
                wanted[side].push(frame);
            }
            pause[side] = pause[side].saturating_sub(1);
            let word = (pause[side] == 0).then(|| offers[side].pop_front()).flatten();
            let mut bytes = [0; 8];
            let (valid, last) = (word.is_some(), word.as_ref().is_some_and(|(_, last)| *last));
            let word = word.map_or(vec![], |(word, _)| word);
            bytes[..word.len()].copy_from_slice(&word);
            let (data, beyond) = (
                bits::<64>(u64::from_le_bytes(bytes)),
                bits::<3>(word.len().saturating_sub(1) as u64),
            );
            if side == 0 {
                (uut.in_valid.next, uut.in_last.next, uut.in_commit.next, uut.in_select.next) = (valid, last, true, true);
                (uut.in_data.next, uut.in_beyond.next) = (data, beyond);
            } else {
                (uut.cross_valid.next, uut.cross_last.next, uut.cross_select.next) = (valid, last, true);
                (uut.cross_data.next, uut.cross_beyond.next) = (data, beyond);
            }
        }
        uut.tx_ready.next = rng.gen_bool(0.5);
        uut.clk.next = false.into();
        assert!(simulate(&mut uut, 50));
        assert!(uut.tx_valid.val() || current.is_empty(), "a gap within a frame");
        if uut.tx_valid.val() && uut.tx_ready.val() {
            let keep = uut.tx_keep.val().to_u64().trailing_ones() as usize;
            current.extend(&uut.tx_data.val().to_u64().to_le_bytes()[..keep]);
            if uut.tx_last.val() {
                let frame: Vec<u8> = std::mem::take(&mut current);
                let side = usize::from(frame[4]);
                got[side].push(frame);
            }
        }
        events += u32::from(uut.queued.val());
        octets += if uut.queued.val() { uut.queued_bytes.val().index() } else { 0 };
        assert!(!uut.dropped_full.val() && !uut.flood_dropped_full.val());
        uut.clk.next = true.into();
        assert!(simulate(&mut uut, 50));
    }
    assert_eq!(got, wanted);
    assert_eq!(events, 120);
    assert_eq!(octets, wanted.iter().flatten().map(Vec::len).sum::<usize>());
}

/// A frame on its way into a queue of bytes.
struct Offer {
    frame: Vec<u8>,
    at: usize,
    commit: bool,
    flood: bool,
    select: bool,
}

/// Shows the next word of a frame; returns whether it was the last.
fn show(uut: &mut BladeQueues<7>, side: usize, offer: Option<&mut Offer>) -> bool {
    let mut idle = Offer {
        frame: vec![0x5A],
        at: 1,
        commit: true,
        flood: true,
        select: true,
    };
    let valid = offer.is_some();
    let offer = offer.unwrap_or(&mut idle);
    let bytes = &offer.frame[offer.at..offer.frame.len().min(offer.at + 8)];
    let mut data = [0x5A; 8];
    data[..bytes.len()].copy_from_slice(bytes);
    let (data, beyond) = (
        bits::<64>(u64::from_le_bytes(data)),
        bits::<3>(bytes.len().saturating_sub(1) as u64),
    );
    offer.at += 8;
    let last = offer.at >= offer.frame.len();
    if side == 0 {
        (uut.in_valid.next, uut.in_data.next, uut.in_beyond.next, uut.in_last.next) = (valid, data, beyond, last);
        (uut.in_commit.next, uut.in_flood.next, uut.in_select.next) = (offer.commit, offer.flood, offer.select);
    } else {
        (
            uut.cross_valid.next,
            uut.cross_data.next,
            uut.cross_beyond.next,
            uut.cross_last.next,
        ) = (valid, data, beyond, last);
        (uut.cross_flood.next, uut.cross_select.next) = (offer.flood, offer.select);
    }
    valid && last
}

/// Both streams a word a cycle for long times, faster than the queues empty. What comes out is what was queued, in the order of its stream.
#[test]
fn bytes_come_out_in_whole_frames() {
    let mut rng = seeded(3);
    let mut uut = BladeQueues::<7>::default();
    uut.connect_all();
    let mut offers: [Option<Offer>; 2] = [None, None];
    // Frames that are for this blade, and whether they are flooded; what came out.
    let mut sent: [VecDeque<(Vec<u8>, bool)>; 2] = Default::default();
    let (mut got, mut got_bytes, mut got_flooded, mut current): ([usize; 2], usize, usize, Vec<u8>) = ([0; 2], 0, 0, vec![]);
    let (mut ready, mut total, mut flooded) = ([0_u32; 2], 0, 0);
    let (mut queued, mut queued_bytes, mut dropped, mut flood_dropped) = (0, 0, 0, 0);
    for step in 0..160_000_u32 {
        let (core, blade) = (step % 8 >= 4, (step + 1) % 10 >= 5);
        let rises = [step % 8 == 4, (step + 1) % 10 == 5];
        // Sampled before the edge, as the neighbours' registers do.
        if rises[1] {
            assert!(uut.tx_valid.val() || current.is_empty(), "a gap within a frame");
            if uut.tx_valid.val() && uut.tx_ready.val() {
                current.push(uut.tx_data.val().to_u8());
                if uut.tx_last.val() {
                    let frame = std::mem::take(&mut current);
                    let side = usize::from(frame[0] >> 7);
                    let (_, flood) = std::iter::from_fn(|| sent[side].pop_front())
                        .find(|(sent, _)| *sent == frame)
                        .expect("a frame that was sent, behind those that came");
                    got[side] += 1;
                    got_bytes += frame.len();
                    got_flooded += usize::from(flood);
                }
            }
        }
        if rises[0] {
            let told = [uut.queued.val(), uut.dropped_full.val(), uut.flood_dropped_full.val()];
            assert!(told.iter().filter(|told| **told).count() < 2);
            queued += usize::from(told[0]);
            queued_bytes += if told[0] { uut.queued_bytes.val().index() } else { 0 };
            dropped += usize::from(told[1]);
            flood_dropped += usize::from(told[2]);
        }
        (uut.clk.next, uut.tx_clk.next) = (core.into(), blade.into());
        assert!(simulate(&mut uut, 20));
        for side in 0..2 {
            if !rises[0] {
                break;
            }
            let odds = [0.02, 1.0, 0.1, 0.0][(step / 7000) as usize % 4];
            if offers[side].is_none() && ready[side] == 0 && step < 120_000 && rng.gen_bool(odds) {
                let mut frame: Vec<u8> = (0..rng.gen_range(1..200)).map(|_| rng.r#gen()).collect();
                frame[0] = frame[0] & 127 | (side as u8) << 7;
                // Ends of a stream's frames are 8 cycles apart.
                ready[side] = 8;
                offers[side] = Some(Offer {
                    frame,
                    at: 0,
                    commit: side == 1 || rng.gen_bool(0.8),
                    flood: rng.gen_bool(0.3),
                    select: rng.gen_bool(0.8),
                });
            }
            ready[side] = ready[side].saturating_sub(1);
            let paused = (step / 7000) % 4 == 2 && rng.gen_bool(0.5);
            if show(&mut uut, side, offers[side].as_mut().filter(|_| !paused)) {
                let Offer {
                    frame,
                    commit,
                    flood,
                    select,
                    ..
                } = offers[side].take().expect("a frame under way");
                ready[side] = ready[side].max(8 - frame.len().div_ceil(8).min(8) as u32);
                if commit && select {
                    sent[side].push_back((frame, flood));
                    total += 1;
                    flooded += usize::from(flood);
                }
            }
        }
        if rises[1] {
            uut.tx_ready.next = step > 120_000 || rng.gen_bool(0.9);
        }
        assert!(simulate(&mut uut, 20));
    }
    println!("out {got:?}, dropped {dropped} and {flood_dropped}");
    assert_eq!((queued, queued_bytes), (got[0] + got[1], got_bytes));
    assert_eq!((queued + dropped + flood_dropped, got_flooded + flood_dropped), (total, flooded));
    assert!(
        got[0] > 40 && got[1] > 40 && dropped > 20 && flood_dropped > 20,
        "{got:?} {dropped} {flood_dropped}"
    );
    assert!(current.is_empty() && uut.level.val().index() == 0);
}

#[test]
fn first_byte_latency() {
    let mut slowest = 0;
    for (side, phase) in (0..2).flat_map(|side| (0..40).map(move |phase| (side, phase))) {
        let mut uut = BladeQueues::<7>::default();
        uut.connect_all();
        let mut offer = Offer {
            frame: (0..64).collect(),
            at: 0,
            commit: true,
            flood: false,
            select: true,
        };
        // 156.25 and 125 MHz: periods of 64 and 80.
        let (mut ended, mut edges) = (None, 0);
        for step in 0..20_000_u32 {
            let rises = [step % 64 == 32, (step + 2 * phase) % 80 == 40];
            if rises[1] && ended.is_some_and(|ended| step > ended + 4 * 64) {
                edges += 1;
            }
            (uut.clk.next, uut.tx_clk.next) = ((step % 64 >= 32).into(), ((step + 2 * phase) % 80 >= 40).into());
            assert!(simulate(&mut uut, 20));
            if uut.tx_valid.val() {
                break;
            }
            if rises[0] {
                // Time for a page after the start.
                let idle = step < 1000 || offer.at >= 64;
                if ended.is_none() && offer.at >= 64 {
                    ended = Some(step);
                }
                show(&mut uut, side, Some(&mut offer).filter(|_| !idle));
                assert!(simulate(&mut uut, 20));
            }
        }
        assert!(uut.tx_valid.val());
        slowest = slowest.max(edges);
    }
    assert_eq!(slowest, 7);
}

/// Events of both queues, each 8 cycles apart at least, are all told.
#[test]
fn no_event_is_lost() {
    let mut rng = seeded(6);
    let mut uut = QueueEvents::default();
    uut.connect_all();
    let (mut next, mut wanted, mut got) = ([0; 2], [0_u64; 4], [0_u64; 4]);
    for cycle in 0..5000_u64 {
        let mut kinds = [3; 2];
        let mut sizes = [0; 2];
        for side in 0..2 {
            if cycle >= next[side] && cycle < 4900 {
                next[side] = cycle + [8, 8, rng.gen_range(8..30)][rng.gen_range(0..3)];
                (kinds[side], sizes[side]) = (rng.gen_range(0..3), rng.gen_range(60..2000));
                wanted[kinds[side]] += 1;
                wanted[3] += if kinds[side] == 0 { sizes[side] } else { 0 };
            }
        }
        (uut.a_queued.next, uut.a_dropped_full.next, uut.a_flood_dropped_full.next) = (kinds[0] == 0, kinds[0] == 1, kinds[0] == 2);
        (uut.b_queued.next, uut.b_dropped_full.next, uut.b_flood_dropped_full.next) = (kinds[1] == 0, kinds[1] == 1, kinds[1] == 2);
        (uut.a_bytes.next, uut.b_bytes.next) = (bits(sizes[0]), bits(sizes[1]));
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(&mut uut, 50));
        }
        let told = [uut.queued.val(), uut.dropped_full.val(), uut.flood_dropped_full.val()];
        (0..3).for_each(|i| got[i] += u64::from(told[i]));
        got[3] += if told[0] { uut.queued_bytes.val().to_u64() } else { 0 };
    }
    assert_eq!(got, wanted);
}

#[test]
fn queues_lockstep() {
    spareband_hdl::lockstep!(WordQueues::<5>::default(); clk, reset, limit, in_valid, in_data, in_beyond, in_last, in_commit, in_flood, in_select,
        cross_valid, cross_data, cross_beyond, cross_last, cross_flood, cross_select, tx_ready)
    .clock("clk")
    .bias("in_last", 0.15)
    .bias("cross_last", 0.15)
    .bias("tx_ready", 0.8)
    .cycles(3000)
    .stimulus(|_, inputs| inputs.set("reset", 0_u32))
    .run();
    spareband_hdl::lockstep!(BladeQueues::<5>::default(); clk, reset, limit, in_valid, in_data, in_beyond, in_last, in_commit, in_flood, in_select,
        cross_valid, cross_data, cross_beyond, cross_last, cross_flood, cross_select, tx_clk, tx_reset, tx_ready)
    .clock_period("clk", 8)
    .clock_period("tx_clk", 10)
    .bias("in_last", 0.15)
    .bias("in_valid", 0.3)
    .bias("cross_last", 0.15)
    .bias("cross_valid", 0.3)
    .bias("tx_ready", 0.8)
    .cycles(3000)
    .stimulus(|_, inputs| {
        inputs.set("reset", 0_u32);
        inputs.set("tx_reset", 0_u32);
    })
    .run();
}
