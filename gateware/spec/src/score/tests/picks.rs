//! The two picks and their numbers.
use super::*;

#[test]
fn the_random_register_visits_before_it_repeats_and_never_stops() {
    let mut x = 1;
    for step in 1..1_000_000 {
        x = random_step(x);
        assert!(x != 0 && x != 1, "step {step}");
    }
    // Marsaglia's example value for this triple, from y = 2463534242.
    assert_eq!(random_step(2_463_534_242), 723_471_715);
}

#[test]
fn the_kth_set_bit() {
    let mut r = Numbers(7);
    for _ in 0..2000 {
        let mask = u128::from(r.next()) << 64 | u128::from(r.next());
        let set: Vec<usize> = (0..128).filter(|i| mask >> i & 1 == 1).collect();
        let k = r.below(set.len() as u64) as u32;
        assert_eq!(kth(mask, k), set[k as usize]);
    }
}

/// Every ordered pair of lanes has its share of the 2^24 numbers, within the grain of 12 bits.
#[test]
fn pairs_are_uniform() {
    for mask in [0b11u128, 0b1_0110, 0xFFFF, 0x8421] {
        let n = mask.count_ones() as usize;
        let mut seen = std::collections::HashMap::new();
        for first in (0..4096).step_by(1) {
            for second in (0..4096).step_by(16) {
                *seen.entry(two_of(mask, first, second)).or_insert(0usize) += 1;
            }
        }
        assert_eq!(seen.len(), n * (n - 1));
        let share = (4096 * 256) / seen.len();
        for ((a, b), times) in seen {
            assert!(a != b && mask >> a & 1 == 1 && mask >> b & 1 == 1);
            assert!(times.abs_diff(share) <= share / 16, "{a} {b}: {times} of {share}");
        }
    }
    assert_eq!(two_of(0b100, 4095, 4095), (2, 2));
}

/// Over all numbers a lane is taken as often as its weight says, to one number.
#[test]
fn the_weighted_pick_is_exact_over_all_numbers() {
    let mut r = Numbers(11);
    for _ in 0..8 {
        let weights: [u32; 16] = std::array::from_fn(|_| r.below(256) as u32);
        let mask = u128::from(r.next() & 0xFFFF) | 1;
        let total: u32 = (0..16).filter(|i| mask >> i & 1 == 1).map(|i| weights[i]).sum();
        let mut counts = [0f64; 16];
        for number in 0..=u16::MAX {
            match weighted::<16>(mask, number, |i| weights[i]) {
                Some(lane) => counts[lane] += 1.0,
                None => assert_eq!(total, 0),
            }
        }
        for i in 0..16 {
            let share = if mask >> i & 1 == 1 && total > 0 {
                65536.0 * f64::from(weights[i]) / f64::from(total)
            } else {
                0.0
            };
            assert!((counts[i] - share).abs() <= 1.0, "lane {i}: {} for {share}", counts[i]);
        }
    }
}

#[test]
fn ties_go_to_the_lane_nearest_the_pointer() {
    let score = |i: usize| [5, 3, 3, 9][i];
    assert_eq!(least::<4>(0b1111, 0, score), Some(1));
    assert_eq!(least::<4>(0b1111, 2, score), Some(2));
    assert_eq!(least::<4>(0b1111, 3, score), Some(1));
    assert_eq!(least::<4>(0b1001, 3, score), Some(0));
    assert_eq!(least::<4>(0, 3, score), None);
}
