//! Properties of the shared FIFO against two queues of frames and a count of pages.

mod bench;

use bench::{Bench, Uut, drive, pages, set};
use rand::prelude::*;

/// Frames of both streams at all rates. Each comes out whole and in its stream's order, or was discarded, or found no page when there was none.
fn random<const A: usize>(seed: u64, periods: [u64; 2]) {
    println!("seed {seed}, {periods:?}, 2^{A} words");
    let mut bench = Bench::<A>::new(periods);
    let mut rng = StdRng::seed_from_u64(seed);
    for _ in 0..60 {
        let write_odds = [0, 1].map(|_| [1.0, 0.9, 0.5, 0.2, 0.02, 0.0][rng.gen_range(0..6)]);
        let read_odds = [1.0, 0.9, 0.2, 0.02, 0.0][rng.gen_range(0..5)];
        let longest = [3, 20, 1 << (A - 1), (3 << A) / 4][rng.gen_range(0..4)];
        let kept = [1.0, 0.8, 0.1][rng.gen_range(0..3)];
        let mut write_rng = StdRng::seed_from_u64(rng.r#gen());
        bench.run(
            600,
            |n, _| {
                let frame = (write_rng.gen_range(1..=longest), write_rng.gen_bool(kept));
                (write_rng.gen_bool(write_odds[n]), Some(frame))
            },
            |_| rng.gen_bool(read_odds),
        );
    }
    bench.drain();
    println!("read {:?}, lost {:?}, discarded {:?}", bench.read, bench.lost, bench.discarded);
    let enough = |counts: [usize; 2], least| counts.iter().all(|count| *count >= least);
    assert!(enough(bench.read, 50) && enough(bench.lost, 5) && enough(bench.discarded, 50));
}

#[test]
fn frames_come_out_whole_or_not_at_all() {
    for (seed, periods) in [(1, [10, 10]), (2, [10, 37]), (3, [37, 10]), (4, [64, 80]), (5, [100, 101])] {
        random::<5>(seed, periods);
        random::<6>(seed, periods);
        random::<8>(seed, periods);
    }
}

/// Each alignment of two streams that never pause, with frames of each length and some discarded: the places before the banks suffice (the model
/// refuses a second word in one), whatever parity the frames have.
#[test]
fn two_words_a_cycle_are_never_too_many() {
    for lengths in (1..=4).flat_map(|a| (1..=4).map(move |b| [a, b])) {
        for (shift, kept) in [(0, [1, 1]), (1, [1, 1]), (0, [2, 3]), (1, [3, 2])] {
            let mut bench = Bench::<8>::new([10, 10]);
            let mut begun = [0; 2];
            bench.run(shift, |n, _| (n == 1, Some((lengths[n], true))), |_| false);
            bench.run(
                60,
                |n, inside| {
                    begun[n] += usize::from(!inside);
                    (true, Some((lengths[n], begun[n] % kept[n] == 0)))
                },
                |_| true,
            );
            assert_eq!(bench.lost, [0, 0]);
            bench.drain();
            assert!(bench.read.iter().all(|read| *read >= 60 / 4 / 3), "{:?}", bench.read);
        }
    }
}

/// A stream that nobody empties fills 24 pages of 32; the other has 8, whole, and again and again.
#[test]
fn an_overload_of_one_stream_leaves_a_quarter_to_the_other() {
    const WORDS: usize = 1 << 8;
    for flood in 0..2 {
        let mut bench = Bench::<8>::new([10, 10]);
        bench.run(2000, |n, _| (n == flood, (n == flood).then_some((12, true))), |_| false);
        assert!(bench.lost[flood] > 50 && bench.lost[1 - flood] == 0);
        let (held, _) = pages(&bench.uut);
        assert_eq!(held[flood], 24);
        assert_eq!(bench.wanted[flood].len(), WORDS * 3 / 4 / 12);
        let lost = bench.lost[flood];
        // The other's quarter to the last word, then a word too many, while the first goes on.
        let mut frames = vec![1, WORDS / 4 + 1 - 8, 7];
        bench.run(
            600,
            |n, inside| {
                let frame = if n == flood {
                    Some(12)
                } else if inside {
                    None
                } else {
                    frames.pop()
                };
                (true, frame.map(|words| (words, true)))
            },
            |_| false,
        );
        assert!(bench.lost[flood] > lost);
        assert_eq!(
            (bench.lost[1 - flood], bench.wanted[1 - flood].len()),
            (1, 2),
            "7 words and 1 fit, 57 do not"
        );
        bench.drain();
    }
}

/// The first stream's frame of 9216 bytes of the real size, and the second's, one after the other and behind each other.
#[test]
fn a_jumbo_frame_fits_in_either_stream() {
    const JUMBO: usize = 9216 / 8;
    for stream in 0..2 {
        for before in [0, 1, 63, 100, 300] {
            let mut bench = Bench::<11>::new([64, 80]);
            let mut frames = vec![JUMBO, before];
            // The other holds its quarter.
            bench.run(2000, |n, _| (n != stream, (n != stream).then_some((32, true))), |_| false);
            let other = bench.wanted[1 - stream].len() * 32;
            bench.drain();
            bench.run(
                4000,
                |n, inside| {
                    let words = if n == stream && !inside { frames.pop() } else { None };
                    (n == stream, words.filter(|words| *words > 0).map(|words| (words, true)))
                },
                |_| false,
            );
            assert_eq!(bench.lost[stream], 0, "{before} words before it, {other} of the other");
            assert_eq!(bench.wanted[stream].iter().map(Vec::len).max(), Some(JUMBO));
            bench.drain();
        }
    }
}

/// A frame that is discarded at its last word, or found no page at all, leaves no page taken.
#[test]
fn a_discarded_frame_gives_its_pages_back() {
    let mut bench = Bench::<8>::new([10, 10]);
    for length in [1, 7, 8, 9, 100, 192, 193, 400] {
        for n in 0..2 {
            let mut frame = Some((length, false));
            bench.run(length + 5, |m, _| (m == n, if m == n { frame.take() } else { None }), |_| false);
            bench.run(60, |_, _| (false, None), |_| false);
            let (held, free) = pages(&bench.uut);
            assert_eq!((held, free), ([1, 1], Uut::<8>::PAGES - 2), "{length} words");
        }
    }
    assert_eq!((bench.lost, bench.discarded), ([2, 2], [6, 6]));
}

/// Streams take turns while both have frames.
#[test]
fn streams_take_turns() {
    let mut bench = Bench::<8>::new([10, 10]);
    bench.run(40, |_, _| (true, Some((3, true))), |_| false);
    let mut order = vec![];
    while bench.wanted.iter().any(|frames| !frames.is_empty()) {
        let before = bench.read;
        bench.run(1, |_, inside| (inside, None), |_| true);
        order.extend((0..2).filter(|n| bench.read[*n] > before[*n]));
    }
    assert!(order.len() >= 26);
    assert!(order.windows(2).all(|pair| pair[0] != pair[1]), "{order:?}");
}

#[test]
fn latency_of_a_frame() {
    for periods in [[10, 10], [10, 7], [7, 10], [100, 9], [64, 80]] {
        for stream in 0..2 {
            let mut bench = Bench::<6>::new(periods);
            bench.run(30, |n, _| (false, (n == stream).then_some((2, true))), |_| false);
            let start = loop {
                bench.run(1, |n, inside| (n == stream && inside, None), |_| false);
                if bench.frames[stream].is_none() {
                    break bench.clocks.time();
                }
            };
            let mut edges = 0;
            while !bench.uut.frame_available.val() {
                let rising = bench.clocks.step();
                set(&mut bench.uut, stream, None);
                drive(&bench.clocks, &mut bench.uut, rising);
                edges += u64::from(rising[1] && bench.clocks.time() > start + 3 * periods[0]);
            }
            println!("{periods:?}: {edges} edges");
            assert!((5..=6).contains(&edges), "{edges} at {periods:?}");
        }
    }
}

#[test]
fn a_word_in_four_cycles() {
    let mut bench = Bench::<8>::new([10, 10]);
    bench.run(100, |n, _| (n == 0, Some((10, true))), |_| false);
    let mut since = 0;
    let mut gaps = vec![];
    for _ in 0..410 {
        since += 1;
        if bench.uut.frame_available.val() {
            gaps.push(since);
            since = 0;
        }
        bench.run(1, |_, inside| (inside, None), |_| true);
    }
    // The first was there; every tenth word has a frame's end before it.
    assert!(gaps.len() >= 95, "{gaps:?}");
    for (index, gap) in gaps.iter().enumerate().skip(2) {
        assert_eq!(*gap, if index % 10 == 0 { 5 } else { 4 }, "word {index}: {gaps:?}");
    }
}

/// Both resets in the middle of frames, in and out: nothing of before comes out, all pages are there again.
#[test]
fn a_reset_empties_both() {
    let mut rng = StdRng::seed_from_u64(11);
    let mut bench = Bench::<8>::new([64, 80]);
    for round in 0..30 {
        let edges = rng.gen_range(20..700);
        bench.run(edges, |_, _| (true, Some((13, true))), |edge| edge % 5 == 0);
        bench.reset();
        assert_eq!(pages(&bench.uut), ([0, 0], Uut::<8>::PAGES), "round {round}");
        assert!(!bench.uut.frame_available.val());
        bench.run(14, |_, _| (false, None), |_| false);
    }
    bench.run(400, |_, _| (true, Some((5, true))), |_| true);
    bench.drain();
    assert!(bench.read[0] > 20 && bench.read[1] > 20);
}
