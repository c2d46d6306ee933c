//! Quantiles of many values in little memory, and intervals of confidence over runs of different seeds.

use serde::{Deserialize, Serialize};

/// 128 bins an octave: a quantile is within 0.4 % of the true one.
const MANTISSA_BITS: u32 = 7;
const SHIFT: u32 = 52 - MANTISSA_BITS;
/// Exponents from 2^-40 to 2^23 seconds.
const LOWEST: u64 = (1023 - 40) << MANTISSA_BITS;
const BINS: usize = 64 << MANTISSA_BITS;

pub struct Histogram {
    bins: Vec<u64>,
    pub count: u64,
    sum: f64,
    pub max: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram {
            bins: vec![0; BINS],
            count: 0,
            sum: 0.0,
            max: 0.0,
        }
    }
}

impl Histogram {
    pub fn add(&mut self, value: f64) {
        let bin = (value.to_bits() >> SHIFT).saturating_sub(LOWEST) as usize;
        self.bins[bin.min(BINS - 1)] += 1;
        self.count += 1;
        self.sum += value;
        self.max = self.max.max(value);
    }

    pub fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// The value that a share `q` of all does not exceed, to the middle of its bin.
    pub fn quantile(&self, q: f64) -> f64 {
        let rank = ((q * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        for (bin, count) in self.bins.iter().enumerate() {
            seen += count;
            if seen >= rank {
                let edge = |b: u64| f64::from_bits((b + LOWEST) << SHIFT);
                return ((edge(bin as u64) + edge(bin as u64 + 1)) / 2.0).min(self.max);
            }
        }
        self.max
    }
}

/// What is kept of one run.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct Figures {
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub p999: f64,
    pub max: f64,
    /// Share of requests given up.
    pub timeouts: f64,
    pub measured: u64,
    pub requests: u64,
    pub simulated: f64,
    pub wall: f64,
    /// Mean number of servers asleep.
    pub asleep: f64,
    /// Most requests a server got over the mean.
    pub imbalance: f64,
    /// Probes or polls a request that go over the network.
    pub messages: f64,
}

/// Mean and half the width of the 95 % interval.
#[derive(Clone, Copy, Debug, Default, Serialize, PartialEq)]
pub struct Estimate {
    pub mean: f64,
    pub half: f64,
}

/// Student's t, two-sided 95 %, by degrees of freedom from 1.
const STUDENT: [f64; 15] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
];

pub fn estimate(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    if values.is_empty() {
        return Estimate::default();
    }
    let mean = values.iter().sum::<f64>() / n;
    if values.len() == 1 {
        return Estimate { mean, half: f64::NAN };
    }
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let t = STUDENT.get(values.len() - 2).copied().unwrap_or(1.96);
    Estimate {
        mean,
        half: t * (variance / n).sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::random::Random;

    #[test]
    fn quantiles_are_close_to_the_sorted_ones() {
        let mut r = Random::new(9, 9);
        let (mut h, mut all) = (Histogram::default(), vec![]);
        for _ in 0..50_000 {
            let x = r.exponential(0.01);
            h.add(x);
            all.push(x);
        }
        all.sort_by(f64::total_cmp);
        for q in [0.0, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let exact = all[((q * 50_000f64).ceil() as usize).clamp(1, 50_000) - 1];
            assert!((h.quantile(q) / exact - 1.0).abs() < 0.005, "{q}: {} {exact}", h.quantile(q));
        }
        h.add(0.0);
        assert!(h.quantile(0.0) < 1e-11);
    }

    /// The interval of 10 runs holds the mean in 95 % of the cases.
    #[test]
    fn intervals_hold_what_they_say() {
        let mut r = Random::new(10, 1);
        let held = (0..4000)
            .filter(|_| {
                let values: Vec<f64> = (0..10).map(|_| r.normal()).collect();
                let e = estimate(&values);
                e.mean.abs() <= e.half
            })
            .count();
        assert!((3740..=3860).contains(&held), "{held} of 4000");
        assert!(estimate(&[1.0]).half.is_nan());
    }
}
