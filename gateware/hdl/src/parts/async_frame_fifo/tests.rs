//! Properties of the frame FIFO against a queue of frames.

use super::*;
use crate::parts::clocks::Clocks;
use rand::prelude::*;
use std::collections::VecDeque;

type Uut<const A: usize> = AsyncFrameFifo<40, A>;

fn drive<const A: usize>(clocks: &Clocks, uut: &mut Uut<A>, rising: [bool; 2]) {
    clocks.drive(uut, rising, |uut, levels| {
        if let Some(level) = levels[0] {
            uut.write_clk.next = level.into();
        }
        if let Some(level) = levels[1] {
            uut.read_clk.next = level.into();
        }
    });
}

fn set<const A: usize>(uut: &mut Uut<A>, word: Option<u64>, last: bool, commit: bool) {
    uut.write.next = word.is_some();
    uut.write_data.next = bits::<40>(word.unwrap_or(0xEE_EEEE));
    uut.write_last.next = last;
    uut.write_commit.next = commit;
}

/// A frame either comes out whole and in order, or was discarded by commit, or by an overflow that the RAM's level explains.
fn random<const A: usize>(seed: u64, periods: [u64; 2]) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = Uut::<A>::default();
    uut.connect_all();
    let mut clocks = Clocks::new(periods);
    // Words committed and not yet read; the words of the frame being written, and the most words inside since it began.
    let mut queue: VecDeque<(u64, bool)> = VecDeque::new();
    let mut frame: Vec<u64> = vec![];
    let mut peak = 0;
    // Words the writer may still count after they were read: five write edges and one read edge of them.
    let unseen = (6 * periods[0] / periods[1] + 3) as usize;
    let (mut left, mut commit, mut count) = (0, false, 0_u64);
    let (mut write_odds, mut read_odds) = (0.5, 0.5);
    let (mut delivered, mut overflows, mut discarded) = (0, 0, 0);
    let mut mid_frame = false;
    let steps = 20_000;
    for step in 0..steps {
        if step % 300 == 0 {
            (write_odds, read_odds) = [(1.0, 1.0), (0.9, 0.2), (0.2, 0.9), (0.5, 0.5), (1.0, 0.0), (0.1, 1.0)][rng.gen_range(0..6)];
        }
        let draining = step > steps - 1000;
        let rising = clocks.step();
        if rising[0] {
            if left == 0 && !draining {
                left = if rng.gen_bool(0.3) { 1 } else { rng.gen_range(1..=(3 << A) / 4) };
                commit = rng.gen_bool(0.8);
            }
            let write = left > 0 && (draining || rng.gen_bool(write_odds));
            let last = left == 1;
            set(
                &mut uut,
                write.then_some(count),
                if write { last } else { rng.r#gen() },
                if last { commit } else { rng.r#gen() },
            );
        }
        if rising[1] {
            uut.read.next = draining || rng.gen_bool(read_odds);
        }
        let offered = (uut.frame_available.val(), uut.read_data.val().to_u64(), uut.read_last.val());
        let follows = uut.frame_follows.val();
        let inside = queue.len() + frame.len();
        drive(&clocks, &mut uut, rising);
        if rising[1] {
            assert!(offered.0 || !mid_frame, "seed {seed}: a gap within a frame");
            // An edge ahead where no word is offered; and it is heard within a frame.
            assert!(
                offered.0 || uut.frame_available.val() == follows,
                "seed {seed}: what follows is told"
            );
            assert!(!mid_frame || offered.2 || follows, "seed {seed}: a word follows within a frame");
            if offered.0 && uut.read.val() {
                assert_eq!(
                    Some((offered.1, offered.2)),
                    queue.pop_front(),
                    "seed {seed} {periods:?} step {step}"
                );
                mid_frame = !offered.2;
                delivered += 1;
            }
        }
        if rising[0] {
            let write = uut.write.val();
            if write {
                frame.push(count);
                count += 1;
                left -= 1;
                peak = peak.max(inside);
            }
            if write && left == 0 {
                let frame = std::mem::take(&mut frame);
                if uut.overflow.val() {
                    assert!(peak + unseen >= 1 << A, "seed {seed} {periods:?}: overflow at {peak} words");
                    overflows += 1;
                } else if commit {
                    let length = frame.len();
                    queue.extend(frame.into_iter().enumerate().map(|(index, word)| (word, index + 1 == length)));
                    assert!(queue.len() <= (1 << A) + 1, "seed {seed}: more words than fit");
                } else {
                    discarded += 1;
                }
                peak = 0;
            } else {
                assert!(!uut.overflow.val());
            }
        }
        assert!(uut.write_level.val().index() <= 1 << A);
    }
    assert!(
        queue.is_empty() && !uut.frame_available.val(),
        "seed {seed} {periods:?}: {} words left",
        queue.len()
    );
    assert_eq!(uut.write_level.val().index(), 0);
    assert!(
        delivered > 500 && overflows > 3 && discarded > 20,
        "seed {seed} {periods:?}: {delivered} {overflows} {discarded}"
    );
}

#[test]
fn frames_come_out_whole_or_not_at_all() {
    for (seed, periods) in [(1, [10, 10]), (2, [10, 37]), (3, [37, 10]), (4, [64, 80]), (5, [100, 101])] {
        random::<3>(seed, periods);
        random::<6>(seed, periods);
    }
}

#[test]
fn latency_is_six() {
    for periods in [[10, 10], [10, 7], [7, 10], [100, 9]] {
        let mut uut = Uut::<3>::default();
        uut.connect_all();
        let mut clocks = Clocks::new(periods);
        let (mut written, mut edges) = (0, 0);
        while !uut.frame_available.val() {
            set(&mut uut, (written < 2).then_some(written), written == 1, true);
            let rising = clocks.step();
            drive(&clocks, &mut uut, rising);
            edges += u64::from(rising[1] && written == 2);
            written = (written + u64::from(rising[0])).min(2);
        }
        assert!((4..=6).contains(&edges), "{edges} at {periods:?}");
        assert_eq!((uut.read_data.val().to_u64(), uut.read_last.val()), (0, false));
    }
}

#[test]
fn moves_a_word_a_cycle_and_a_frame_in_one_more() {
    for length in 1..4 {
        let mut uut = Uut::<5>::default();
        uut.connect_all();
        let mut clocks = Clocks::new([10, 10]);
        uut.read.next = true;
        let (mut received, mut gap) = (0, true);
        for cycle in 0..200 {
            let (frame, place) = (cycle / (length + 1), cycle % (length + 1));
            let word = (place < length).then_some(frame * length + place);
            set(&mut uut, word, place == length - 1, true);
            let rising = clocks.step();
            drive(&clocks, &mut uut, rising);
            if uut.frame_available.val() {
                assert_eq!(uut.read_data.val().to_u64(), received);
                received += 1;
                gap = false;
            } else {
                assert!(received == 0 || (!gap && received % length == 0), "a gap at frames of {length}");
                gap = true;
            }
            assert!(!uut.overflow.val());
        }
        assert!(received > 190 * length / (length + 1));
    }
}

#[test]
fn a_frame_as_long_as_the_ram_fits_and_one_longer_overflows() {
    for (length, fits) in [(16, true), (17, false), (40, false)] {
        let mut uut = Uut::<4>::default();
        uut.connect_all();
        let mut clocks = Clocks::new([10, 10]);
        let mut pulses = 0;
        for word in 0..length {
            set(&mut uut, Some(word), word + 1 == length, true);
            let rising = clocks.step();
            drive(&clocks, &mut uut, rising);
            pulses += u32::from(uut.overflow.val());
        }
        for _ in 0..10 {
            set(&mut uut, None, true, true);
            let rising = clocks.step();
            drive(&clocks, &mut uut, rising);
            pulses += u32::from(uut.overflow.val());
        }
        assert_eq!((uut.frame_available.val(), pulses), (fits, u32::from(!fits)), "{length} words");
    }
}
