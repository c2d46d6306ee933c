//! The frame meter against the plain sum of the bytes that pass.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::csr::FrameMeter;

fn cycle(uut: &mut FrameMeter, take: bool, keep: u64, last: bool) -> Option<u64> {
    uut.take.next = take;
    uut.keep.next = bits::<8>(keep);
    uut.last.next = last;
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 10));
    }
    assert!(uut.frame.val() || uut.length.val() == 0);
    uut.frame.val().then(|| uut.length.val().to_u64())
}

#[test]
fn latency_is_two() {
    let mut uut = FrameMeter::default();
    uut.connect_all();
    assert_eq!(cycle(&mut uut, true, 0x07, true), None);
    assert_eq!(cycle(&mut uut, false, 0xFF, true), Some(3));
    assert_eq!(cycle(&mut uut, false, 0xFF, true), None);
}

#[test]
fn frames_back_to_back_and_with_gaps() {
    let seed = 4;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = FrameMeter::default();
    uut.connect_all();
    let (mut expected, mut got, mut sum) = (vec![], vec![], 0);
    for _ in 0..4000 {
        let (take, last) = (rng.gen_bool(0.7), rng.gen_bool(0.1));
        let bytes = if last { rng.gen_range(1..=8) } else { 8 };
        if take {
            sum += bytes;
            if last {
                expected.push(sum);
                sum = 0;
            }
        }
        got.extend(cycle(&mut uut, take, (1 << bytes) - 1, last));
    }
    got.extend(cycle(&mut uut, false, 0, false));
    assert_eq!(got, expected, "seed {seed}");
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(FrameMeter::default(); clk, reset, take, keep, last)
        .clock("clk")
        .bias("reset", 0.01)
        .run();
}
