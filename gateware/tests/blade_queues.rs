//! The two queues to a blade: neither stream loses to the other, and no event of either is lost.

mod common;

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
            let (data, keep) = (bits::<64>(u64::from_le_bytes(bytes)), bits::<8>((1 << word.len()) - 1));
            if side == 0 {
                (uut.in_valid.next, uut.in_last.next, uut.in_commit.next, uut.in_select.next) = (valid, last, true, true);
                (uut.in_data.next, uut.in_keep.next) = (data, keep);
            } else {
                (uut.cross_valid.next, uut.cross_last.next, uut.cross_select.next) = (valid, last, true);
                (uut.cross_data.next, uut.cross_keep.next) = (data, keep);
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
    spareband_hdl::lockstep!(WordQueues::<5>::default(); clk, reset, limit, in_valid, in_data, in_keep, in_last, in_commit, in_flood, in_select,
        cross_valid, cross_data, cross_keep, cross_last, cross_flood, cross_select, tx_ready)
    .clock("clk")
    .bias("in_last", 0.15)
    .bias("cross_last", 0.15)
    .bias("tx_ready", 0.8)
    .cycles(3000)
    .stimulus(|_, inputs| inputs.set("reset", 0_u32))
    .run();
    spareband_hdl::lockstep!(BladeQueues::<5>::default(); clk, reset, limit, in_valid, in_data, in_keep, in_last, in_commit, in_flood, in_select,
        cross_valid, cross_data, cross_keep, cross_last, cross_flood, cross_select, tx_clk, tx_reset, tx_ready)
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
