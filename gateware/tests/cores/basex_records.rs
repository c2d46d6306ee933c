//! Records over the gigabit link as a whole: how fresh they are, and that noise makes none up.

use crate::basex_end;
use basex_end::{End, RECORD, padded, random_frame};
use rand::prelude::*;
use spareband_spec::regs::frame_cause;

/// LINK_PROTOCOL.md: about 0.22 us on an idle link, 49.2 us at back-to-back frames of 1518 bytes (8 ns a cycle).
#[test]
fn freshness_of_records() {
    let run = |frames: usize| {
        let (mut a, mut b) = (End::new(Some(RECORD)), End::new(Some(RECORD)));
        for _ in 0..frames {
            a.send(vec![0xA5; 1514], 0);
        }
        let (mut from_a, mut from_b) = (0, 0);
        for n in 0..if frames == 0 { 3000 } else { frames * 1538 } {
            if n < 100 {
                a.wait = 1;
            }
            let (to_b, to_a) = (from_a, from_b);
            from_a = a.cycle(to_a);
            from_b = b.cycle(to_b);
        }
        let times: Vec<u64> = b.records.iter().map(|r| r.0).filter(|time| *time > 1800 || frames == 0).collect();
        times.windows(2).map(|w| w[1] - w[0]).collect::<Vec<u64>>()
    };
    let idle = run(0);
    assert!(idle.len() > 50);
    let mean = idle.iter().sum::<u64>() as f64 / idle.len() as f64;
    assert!((27.0..28.0).contains(&mean) && *idle.iter().max().unwrap() <= 28, "{mean} {idle:?}");
    let full = run(30);
    let frame = 1518 + 8 + 12;
    assert!(full.len() >= 5);
    // Four gaps of three sets make a record; a parity change moves a set by one cycle.
    assert!(full.iter().all(|age| age.abs_diff(4 * frame) <= 2), "{full:?}");
}

/// Random bit errors: no bad frame passes as good, no record is made up.
#[test]
fn nothing_false_through_a_noisy_line() {
    let seed = 13;
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut a, mut b) = (End::new(Some(RECORD)), End::new(Some(RECORD)));
    let mut sent = std::collections::HashSet::new();
    for _ in 0..400 {
        let length = rng.gen_range(46..200);
        let data = random_frame(&mut rng, length);
        sent.insert(padded(&data));
        a.send(data, rng.gen_range(0..40));
    }
    let (mut from_a, mut from_b) = (0, 0);
    let mut n = 0;
    while !a.idle() {
        if n < 100 {
            a.wait = 1;
        }
        // Quiet at first, then a bit error in 2000, with a burst now and then that costs synchronisation.
        let rate = if n < 200 {
            0.0
        } else if n % 8000 < 40 {
            0.2
        } else {
            0.0005
        };
        let noise: u16 = (0..10).map(|bit| u16::from(rng.gen_bool(rate)) << bit).sum();
        let (to_b, to_a) = (from_a ^ noise, from_b);
        from_a = a.cycle(to_a);
        from_b = b.cycle(to_b);
        n += 1;
    }
    let good = b.received.iter().filter(|(_, cause)| *cause == frame_cause::GOOD).count();
    assert!(
        b.received
            .iter()
            .all(|(data, cause)| *cause != frame_cause::GOOD || sent.contains(data)),
        "seed {seed}"
    );
    assert!(b.records.iter().all(|(_, fields)| *fields == RECORD), "seed {seed}");
    // The test means something: some frames were lost, most came through, some records were damaged.
    assert!(
        good > 100 && good < 400 && b.record_errors > 0,
        "good {good} of {}, record errors {}",
        b.received.len(),
        b.record_errors
    );
}
