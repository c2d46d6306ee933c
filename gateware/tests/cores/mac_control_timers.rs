//! How long a pause lasts and when a queue asks for one, against models and in lockstep with the Verilog.

use crate::common;
use common::seeded;
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{PauseTimers, PauseWatermark};

macro_rules! edges {
    ($uut:expr) => {
        for level in [true, false] {
            $uut.clk.next = Clock { clk: level };
            assert!(simulate($uut, 100));
        }
    };
}

fn new<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    assert!(simulate(&mut uut, 100));
    uut
}

/// Cycles of a pause of so many quanta that begins anywhere between two beats.
#[test]
fn pauses_last_as_long_as_asked() {
    let mut uut: PauseTimers<3> = new();
    uut.enable.next = true;
    let mut longest = [0; 4];
    for (kind, quanta) in [1_u64, 2, 3, 17].into_iter().enumerate() {
        for offset in 0..9 {
            (0..offset + 8).for_each(|_| edges!(&mut uut));
            uut.load.next = true;
            uut.load_quanta.next = bits(quanta);
            edges!(&mut uut);
            uut.load.next = false;
            let mut cycles = 0;
            while uut.paused.val() {
                edges!(&mut uut);
                cycles += 1;
                assert!(cycles <= 8 * (quanta + 1), "{cycles} cycles of {quanta} quanta");
            }
            assert!(cycles >= 8 * quanta, "{cycles} cycles of {quanta} quanta");
            longest[kind] = longest[kind].max(cycles);
        }
    }
    println!("longest pauses of 1, 2, 3 and 17 quanta: {longest:?} cycles");
}

#[test]
fn the_longest_pause_ends() {
    // A quantum of two cycles: the count of quanta is what matters here.
    let mut uut: PauseTimers<1> = new();
    uut.enable.next = true;
    uut.load.next = true;
    uut.load_quanta.next = bits(0xFFFF);
    edges!(&mut uut);
    uut.load.next = false;
    let mut cycles = 0;
    while uut.paused.val() {
        edges!(&mut uut);
        cycles += 1;
        assert!(cycles <= 2 * 65_536, "no end");
    }
    assert!(cycles >= 2 * 65_535, "{cycles}");
}

/// Each timer against the time it was last given, in cycles.
#[test]
fn timers_equal_the_model() {
    let mut rng = seeded(4);
    let mut uut: PauseTimers<3> = new();
    // Of each timer, the link's last: when it was given its time, and the time.
    let mut given: [Option<(u64, u64)>; 9] = [None; 9];
    let (mut seen_paused, mut seen_free, mut seen_late) = (0, 0, 0);
    let (mut enable, mut by_priority) = (true, false);
    for cycle in 0..60_000_u64 {
        if rng.gen_bool(0.001) {
            by_priority = rng.r#gen();
        }
        if rng.gen_bool(0.001) || !enable {
            enable = !enable;
        }
        uut.enable.next = enable;
        uut.priority_mode.next = by_priority;
        let quanta: [u64; 9] = std::array::from_fn(|_| [0, 1, rng.gen_range(0..12), rng.gen_range(0..100)][rng.gen_range(0..4)]);
        let (load, load_priority, mask) = (rng.gen_bool(0.003), rng.gen_bool(0.006), rng.r#gen::<u8>());
        uut.load.next = load;
        uut.load_quanta.next = bits(quanta[8]);
        uut.load_priority.next = load_priority;
        uut.load_enable.next = bits(mask.into());
        let mut times = bits::<128>(0);
        for (n, quanta) in quanta[..8].iter().enumerate() {
            times = times | bits::<128>(*quanta) << bits::<8>(16 * n as u64);
        }
        uut.load_priority_quanta.next = times;
        edges!(&mut uut);
        for (n, given) in given.iter_mut().enumerate() {
            let link = n == 8;
            if !enable || link == by_priority {
                *given = None;
            } else if link && load || !link && load_priority && mask >> n & 1 == 1 {
                *given = Some((cycle, quanta[n]));
            }
            let paused = if link {
                uut.paused.val()
            } else {
                uut.paused_priorities.val().get_bit(n)
            };
            let passed = given.map_or(0, |(at, _)| cycle - at);
            let quanta = given.map_or(0, |(_, quanta)| quanta);
            if quanta == 0 || passed >= 8 * (quanta + 1) {
                assert!(!paused, "timer {n} after {passed} cycles of {quanta} quanta");
                seen_free += 1;
            } else if passed < 8 * quanta {
                assert!(paused, "timer {n} after {passed} cycles of {quanta} quanta");
                seen_paused += 1;
            } else {
                seen_late += 1;
            }
        }
    }
    assert!(
        seen_paused > 20_000 && seen_free > 20_000 && seen_late > 1000,
        "{seen_paused} {seen_free} {seen_late}"
    );
}

#[test]
fn timers_lockstep() {
    spareband_hdl::lockstep!(PauseTimers::<3>::default(); clk, enable, priority_mode, load, load_quanta, load_priority, load_enable, load_priority_quanta)
        .clock("clk")
        .bias("enable", 0.999)
        .bias("priority_mode", 0.5)
        .bias("load", 0.01)
        .bias("load_quanta", 0.2)
        .bias("load_priority", 0.01)
        .bias("load_priority_quanta", 0.1)
        .cycles(6000)
        .stimulus(|cycle, inputs| inputs.set("priority_mode", u8::from(cycle / 700 % 2 == 1)))
        .run();
}

/// Levels that wander; the model looks back for the last level that decided.
#[test]
fn a_watermark_has_two_levels() {
    let mut rng = seeded(6);
    for (high, low) in [(60, 20), (60, 59), (1, 0), (40, 40), (40, 70)] {
        let mut uut: PauseWatermark = new();
        uut.high.next = bits(high);
        uut.low.next = bits(low);
        let mut levels: Vec<u64> = vec![];
        let (mut level, mut changes) = (0_u64, 0);
        for _ in 0..3000 {
            level = match rng.gen_range(0..10) {
                0 => rng.gen_range(0..3),
                1 => rng.gen_range(0..=100),
                _ => (level + rng.gen_range(0..8)).saturating_sub(rng.gen_range(0..8)),
            };
            uut.level.next = bits(level);
            let before = uut.request.val();
            edges!(&mut uut);
            levels.push(level);
            let last = if low < high {
                levels.iter().rfind(|level| **level >= high || **level <= low)
            } else {
                levels.last()
            };
            let asked = last.is_some_and(|level| *level >= high);
            assert_eq!(uut.request.val(), asked, "{level} of {low} to {high}");
            changes += u32::from(asked != before);
        }
        assert!(changes > 20, "{changes} changes from {low} to {high}");
    }
}

#[test]
fn watermark_lockstep() {
    spareband_hdl::lockstep!(PauseWatermark::default(); clk, reset, level, high, low)
        .clock("clk")
        .bias("reset", 0.01)
        .stimulus(|_, inputs| {
            for name in ["level", "high", "low"] {
                let value = inputs.rng.gen_range(0..12_u8);
                inputs.set(name, value);
            }
        })
        .run();
}
