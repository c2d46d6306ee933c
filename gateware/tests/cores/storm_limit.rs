//! The storm limit against a bucket of tokens and its bound, and in lockstep with its Verilog.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::StormLimit;
use spareband_hdl::lockstep;

fn tick(uut: &mut StormLimit) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 20), "no fixed point");
    }
}

fn start(rate: u64, burst: u64, period: u64) -> StormLimit {
    let mut uut = StormLimit::default();
    uut.connect_all();
    uut.rate.next = bits(rate);
    uut.burst.next = bits(burst);
    uut.period.next = bits(period);
    uut.reset.next = true;
    tick(&mut uut);
    uut.reset.next = false;
    uut
}

/// In any n periods at most rate * n + burst frames pass, in each full one under load at least `rate` where the burst allows; the rest is counted.
#[test]
fn passes_what_the_rate_says() {
    let mut rng = seeded(1);
    for (rate, burst, period) in [
        (3, 10, 50),
        (1, 1, 7),
        (20, 5, 40),
        (5, 0, 10),
        (2, 65535, 1),
        (1, 3, 0),
        (65535, 65535, 100),
    ] {
        let mut uut = start(rate, burst, period);
        let (mut passed, mut dropped, mut offered) = (vec![], 0, 0);
        for cycle in 0..3000_u64 {
            // A storm, silence, some.
            let frame = match cycle / 500 % 3 {
                0 => true,
                1 => false,
                _ => rng.gen_bool(0.2),
            };
            uut.frame.next = frame;
            if frame {
                offered += 1;
                if uut.pass.val() {
                    passed.push(cycle);
                } else {
                    dropped += 1;
                }
            }
            tick(&mut uut);
        }
        assert_eq!(uut.drops.val().to_u64(), dropped);
        assert_eq!(passed.len() as u64 + dropped, offered);
        let period = period.max(1);
        for (first, cycle) in passed.iter().enumerate() {
            for (last, other) in passed.iter().enumerate().skip(first) {
                let fillings = (other - cycle) / period + 1;
                assert!(
                    (last - first + 1) as u64 <= rate * fillings + burst,
                    "{rate} {burst} {period}: {cycle} to {other}"
                );
            }
        }
        // In the first storm of 500 cycles.
        let in_storm = passed.iter().filter(|cycle| **cycle < 500).count() as u64;
        let least = (rate.min(burst) * (500 / period - 1)).min(390);
        assert!(in_storm >= least, "{rate} {burst} {period}: {in_storm} < {least}");
    }
}

#[test]
fn no_rate_is_no_limit() {
    let mut uut = start(0, 0, 10);
    uut.frame.next = true;
    for _ in 0..100 {
        assert!(uut.pass.val());
        tick(&mut uut);
    }
    assert_eq!(uut.drops.val().to_u64(), 0);
}

#[test]
fn latencies() {
    // Two tokens at cycle 10; a frame in every cycle.
    let mut uut = start(2, 2, 10);
    uut.frame.next = true;
    let passes: Vec<bool> = (0..26)
        .map(|_| {
            let pass = uut.pass.val();
            let drops = uut.drops.val().to_u64();
            tick(&mut uut);
            assert_eq!(uut.drops.val().to_u64(), drops + u64::from(!pass));
            pass
        })
        .collect();
    let at: Vec<usize> = (0..26).filter(|cycle| passes[*cycle]).collect();
    assert_eq!(at, [11, 12, 21, 22]);
}

#[test]
fn storm_limit_lockstep() {
    lockstep!(StormLimit::default(); clk, reset, rate, burst, period, frame)
        .clock("clk")
        .bias("reset", 0.003)
        .cycles(3000)
        .stimulus(|cycle, inputs| {
            let small = inputs.rng.gen_range(0..4_u32);
            if cycle % 4 != 0 {
                inputs.set("rate", small);
                inputs.set("burst", small + 1);
                inputs.set("period", small * 5);
            }
        })
        .run();
}
