//! The queues to and from the blades: whole frames, in order, none lost but those that must be.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::{ReturnQueue, WordQueue};
use spareband_spec::regs::frame_cause;
use std::collections::VecDeque;

/// Steps two clocks of 8 and 10 time units; says which of them rise now.
struct Clocks(u64);

impl Clocks {
    fn next(&mut self) -> (bool, bool, [bool; 2]) {
        self.0 += 1;
        let (core, blade) = (self.0 % 8 >= 4, (self.0 + 1) % 10 >= 5);
        (core, blade, [self.0 % 8 == 4, (self.0 + 1) % 10 == 5])
    }
}

fn frame_of(rng: &mut StdRng, longest: usize) -> Vec<u8> {
    (0..rng.gen_range(1..longest + 1)).map(|_| rng.r#gen()).collect()
}

#[test]
fn return_queue_discards_bad_frames_and_counts_them() {
    let seed = 4;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = ReturnQueue::<6>::default();
    uut.connect_all();
    let mut clocks = Clocks(0);
    let (mut wanted, mut got, mut current): (Vec<Vec<u8>>, Vec<Vec<u8>>, Vec<u8>) = (vec![], vec![], vec![]);
    let (mut sending, mut at, mut gap): (Option<(Vec<u8>, u8)>, usize, u32) = (None, 0, 5);
    let (mut sent, mut counted, mut good) = ([0_u32; 7], [0_u32; 5], 0_u32);
    // Now and then nobody takes anything for a while, so that the queue overflows.
    let (mut full, mut passed) = (0, None);
    for step in 0..120_000_u64 {
        let (core, blade, [core_rises, blade_rises]) = clocks.next();
        if core_rises {
            // A cycle behind the frame's last word.
            assert_eq!(uut.frames.val(), passed.is_some());
            if let Some(length) = passed.take() {
                assert_eq!(uut.frame_bytes.val().index(), length);
            }
            if uut.out_valid.val() && uut.out_ready.val() {
                let keep = uut.out_keep.val().to_u64();
                current.extend(&uut.out_data.val().to_u64().to_le_bytes()[..keep.trailing_ones() as usize]);
                if uut.out_last.val() {
                    passed = Some(current.len());
                    good += 1;
                    got.push(std::mem::take(&mut current));
                }
            }
            counted[1] += u32::from(uut.dropped_bad_fcs.val());
            counted[2] += u32::from(uut.dropped_runt.val());
            counted[3] += u32::from(uut.dropped_oversize.val());
            counted[4] += u32::from(uut.dropped_coding.val());
            full += u32::from(uut.dropped_full.val());
        }
        uut.rx_clk.next = blade.into();
        uut.clk.next = core.into();
        assert!(simulate(&mut uut, 20));
        if blade_rises && step < 110_000 {
            uut.rx_valid.next = false;
            if gap > 0 {
                gap -= 1;
            } else {
                let (frame, cause) = sending.get_or_insert_with(|| {
                    (
                        frame_of(&mut rng, 150),
                        if rng.gen_bool(0.7) {
                            0
                        } else {
                            [1, 2, 3, 4, frame_cause::CONTROL][rng.gen_range(0..5)]
                        },
                    )
                });
                uut.rx_valid.next = true;
                uut.rx_data.next = bits::<8>(frame[at].into());
                at += 1;
                let last = at == frame.len();
                uut.rx_last.next = last;
                uut.rx_error.next = last && *cause != 0;
                uut.rx_cause.next = bits::<3>(u64::from(*cause));
                if last {
                    sent[usize::from(*cause)] += 1;
                    if *cause == 0 {
                        wanted.push(frame.clone());
                    }
                    (sending, at, gap) = (None, 0, 12);
                }
            }
            assert!(simulate(&mut uut, 20));
        }
        if core_rises {
            uut.out_ready.next = step % 30_000 > 12_000 && rng.gen_bool(0.5);
            assert!(simulate(&mut uut, 20));
        }
    }
    // A MAC Control frame is gone without a word.
    assert_eq!(counted[1..], sent[1..5], "seed {seed}");
    assert!(sent[usize::from(frame_cause::CONTROL)] > 3, "{sent:?}");
    assert!(full > 3, "{full}");
    assert_eq!(sent[0], good + full);
    // In order, with those missing that did not fit.
    let mut rest = wanted.iter();
    assert!(got.iter().all(|frame| rest.any(|sent| sent == frame)), "seed {seed}");
}

/// Random frames back to back into a queue of 64 words, some with a cause against them, while the reader now and then stands still.
#[test]
fn word_queue_keeps_whole_frames() {
    let seed = 9;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = WordQueue::<6>::default();
    uut.connect_all();
    let (mut frame, mut at, mut cause, mut flood): (Vec<u8>, usize, u64, bool) = (vec![], 0, 0, false);
    let mut pending: VecDeque<(Vec<u8>, u64, bool)> = VecDeque::new();
    let (mut wanted, mut got, mut current, mut in_frame) = (VecDeque::new(), 0, vec![], false);
    let (mut dropped, mut full) = ([0; 6], [0; 2]);
    let (mut ended_at, mut slowest) = (None, 0);
    for step in 0..40_000_u32 {
        if frame.is_empty() && step < 39_000 && rng.gen_bool(if step % 4000 < 1000 { 0.02 } else { 0.4 }) {
            frame = frame_of(&mut rng, 200);
            (at, cause, flood) = (0, if rng.gen_bool(0.7) { 0 } else { rng.gen_range(1..7) }, rng.gen_bool(0.3));
        }
        uut.in_valid.next = !frame.is_empty();
        let word = &frame[at.min(frame.len())..frame.len().min(at + 8)];
        let mut data = [0x5A; 8];
        data[..word.len()].copy_from_slice(word);
        uut.in_data.next = bits::<64>(u64::from_le_bytes(data));
        uut.in_beyond.next = bits::<3>(word.len().saturating_sub(1) as u64);
        let last = !frame.is_empty() && at + 8 >= frame.len();
        (uut.in_last.next, uut.in_commit.next, uut.in_flood.next) = (last, cause == 0, flood);
        uut.in_cause.next = bits::<3>(cause);
        uut.out_ready.next = step % 4000 < 1000 || (step % 1000 > 300 && rng.gen_bool(0.8));
        uut.clk.next = false.into();
        assert!(simulate(&mut uut, 20));
        assert!(uut.out_valid.val() || !in_frame, "seed {seed}: a gap within a frame");
        if uut.out_valid.val() {
            if let Some(ended) = ended_at.take() {
                slowest = slowest.max(step - ended);
            }
            if uut.out_ready.val() {
                let keep = uut.out_keep.val().to_u64();
                current.extend(&uut.out_data.val().to_u64().to_le_bytes()[..keep.trailing_ones() as usize]);
                in_frame = !uut.out_last.val();
                if !in_frame {
                    assert_eq!(Some(std::mem::take(&mut current)), wanted.pop_front(), "seed {seed}");
                    got += 1;
                }
            }
        }
        let bad = [
            uut.dropped_bad_fcs.val(),
            uut.dropped_runt.val(),
            uut.dropped_oversize.val(),
            uut.dropped_coding.val(),
        ];
        let good = [uut.frame.val(), uut.dropped_full.val(), uut.flood_dropped_full.val()];
        if let Some(event) = bad.iter().chain(&good).position(|e| *e) {
            assert_eq!(bad.iter().chain(&good).filter(|e| **e).count(), 1, "seed {seed}");
            let (frame, cause, flood) = pending.pop_front().expect("a frame that ended");
            match event {
                0..4 => {
                    assert_eq!(event as u64 + 1, cause.min(4), "seed {seed}");
                    dropped[cause as usize] += 1;
                }
                4 => {
                    assert_eq!((cause, uut.frame_bytes.val().index()), (0, frame.len()), "seed {seed}");
                    // What waits behind nothing shows the latency.
                    ended_at = (wanted.is_empty() && current.is_empty()).then_some(step - 2);
                    wanted.push_back(frame);
                }
                _ => {
                    assert_eq!((cause, flood), (0, event == 6), "seed {seed}");
                    full[event - 5] += 1;
                }
            }
        }
        if last {
            let frame = std::mem::take(&mut frame);
            // A MAC Control frame is gone without a word.
            if cause != u64::from(frame_cause::CONTROL) {
                pending.push_back((frame, cause, flood));
            }
        }
        at += 8;
        uut.clk.next = true.into();
        assert!(simulate(&mut uut, 20));
    }
    assert!(wanted.is_empty() && pending.is_empty(), "seed {seed}");
    assert!(
        got > 500 && dropped[1..].iter().chain(&full).all(|n| *n > 20),
        "{got} {dropped:?} {full:?}"
    );
    assert_eq!(slowest, 6, "cycles from the last word in to the first word out");
}
