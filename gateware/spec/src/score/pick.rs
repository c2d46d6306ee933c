//! The two ways to take one lane of many, and the numbers they need.

/// 2^32 over the golden ratio: of all steps the one whose multiples, modulo 2^32, lie most evenly at every length.
pub const GOLDEN: u32 = 0x9E37_79B9;

/// xorshift32 (Marsaglia 2003, 13, 17, 5): a linear feedback register that moves all 32 bits in one cycle, period 2^32 - 1.
pub const fn random_step(mut x: u32) -> u32 {
    x ^= x << 13;
    x ^= x >> 17;
    x ^ (x << 5)
}

/// The lane of least (score, distance from `start`) in `mask`.
pub fn least<const N: usize>(mask: u128, start: usize, score: impl Fn(usize) -> u32) -> Option<usize> {
    let mut best: Option<(u32, usize)> = None;
    // In order of distance, so that the first of equals is the nearest.
    for i in (start..N).chain(0..start) {
        if mask >> i & 1 == 1 {
            let s = score(i);
            if best.is_none_or(|(b, _)| s < b) {
                best = Some((s, i));
            }
        }
    }
    best.map(|(_, i)| i)
}

/// The first lane whose sum of weights up to and with it exceeds `(number * total) >> 16`. Weights of lanes outside the mask count 0.
pub fn weighted<const N: usize>(mask: u128, number: u16, weight: impl Fn(usize) -> u32) -> Option<usize> {
    let mut prefix = [0u32; N];
    let mut total = 0;
    for (i, sum) in prefix.iter_mut().enumerate() {
        if mask >> i & 1 == 1 {
            total += weight(i);
        }
        *sum = total;
    }
    let threshold = (u32::from(number) * total) >> 16;
    prefix.iter().position(|sum| *sum > threshold)
}

/// The lane of the `k`-th set bit, counted from 0.
pub const fn kth(mut mask: u128, k: u32) -> usize {
    let mut skipped = 0;
    while skipped < k {
        mask &= mask - 1;
        skipped += 1;
    }
    mask.trailing_zeros() as usize
}

/// Two different lanes of the mask by two 12-bit numbers, every ordered pair alike; the same lane twice if there is but one.
pub const fn two_of(mask: u128, first: u16, second: u16) -> (usize, usize) {
    let count = mask.count_ones();
    let a = (first as u32 * count) >> 12;
    if count == 1 {
        return (kth(mask, a), kth(mask, a));
    }
    let b = (second as u32 * (count - 1)) >> 12;
    (kth(mask, a), kth(mask, if b >= a { b + 1 } else { b }))
}
