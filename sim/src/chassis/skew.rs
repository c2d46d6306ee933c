//! Clocks that all differ by some parts per million: every rising edge at its own exact time.
//!
//! The unit is 1e-16 s: a period of 6.4 ns is 64,000,000 of them, of 8 ns 80,000,000, and a part per million of either is a whole number.

/// Units in 0.1 ns.
pub const UNITS: u64 = 1_000_000;
const CORE_PERIOD: i64 = 64_000_000;
const BLADE_PERIOD: i64 = 80_000_000;
const MILLION: i64 = 1_000_000;

/// How far the clocks are off, in parts per million; a positive clock is fast. The manager's own are the measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skew {
    pub uplink: i32,
    /// Of each blade; the last counts for those that are not there.
    pub blades: Vec<i32>,
}

struct Oscillator {
    next: u64,
    period: u64,
}

impl Oscillator {
    fn new(period: i64, ppm: i32, phase: u64) -> Self {
        Self {
            next: phase,
            period: (period - period / MILLION * i64::from(ppm)) as u64,
        }
    }

    /// Whether it rises at `now`; if so, when next.
    fn rises(&mut self, now: u64) -> bool {
        let rises = self.next == now;
        self.next += if rises { self.period } else { 0 };
        rises
    }
}

/// Which clocks rise at an instant.
#[derive(Default)]
pub struct Rising {
    pub core: bool,
    pub uplink: bool,
    pub blade_tx: bool,
    pub blades: Vec<bool>,
}

pub struct Oscillators {
    core: Oscillator,
    uplink: Oscillator,
    blade_tx: Oscillator,
    blades: Vec<Oscillator>,
}

impl Oscillators {
    /// `blades` of them; phases are a few nanoseconds apart, so that edges fall together only now and then.
    pub fn new(skew: &Skew, blades: usize) -> Self {
        let ppm = |index: usize| skew.blades.get(index).or(skew.blades.last()).copied().unwrap_or(0);
        Self {
            core: Oscillator::new(CORE_PERIOD, 0, 0),
            uplink: Oscillator::new(CORE_PERIOD, skew.uplink, 21_000_000),
            blade_tx: Oscillator::new(BLADE_PERIOD, 0, 32_000_000),
            blades: (0..blades)
                .map(|index| Oscillator::new(BLADE_PERIOD, ppm(index), 3_000_001 * (index as u64 + 1)))
                .collect(),
        }
    }

    /// The next instant at which any clock rises, and which.
    pub fn step(&mut self, rising: &mut Rising) -> u64 {
        let all = [&self.core, &self.uplink, &self.blade_tx].into_iter().chain(&self.blades);
        let now = all.map(|o| o.next).min().expect("three at least");
        rising.core = self.core.rises(now);
        rising.uplink = self.uplink.rises(now);
        rising.blade_tx = self.blade_tx.rises(now);
        rising.blades.clear();
        rising.blades.extend(self.blades.iter_mut().map(|o| o.rises(now)));
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_second_a_clock_is_ahead_by_its_parts_per_million() {
        let skew = Skew {
            uplink: 200,
            blades: vec![-200, 100],
        };
        let mut oscillators = Oscillators::new(&skew, 3);
        let (mut rising, mut counts) = (Rising::default(), [0u64; 6]);
        // A hundredth of a second.
        while oscillators.step(&mut rising) < 100_000_000_000_000 {
            let flags = [
                rising.core,
                rising.uplink,
                rising.blade_tx,
                rising.blades[0],
                rising.blades[1],
                rising.blades[2],
            ];
            counts.iter_mut().zip(flags).for_each(|(count, flag)| *count += u64::from(flag));
        }
        let off = |count: u64, rate: u64| count as i64 - (rate / 100) as i64;
        assert!(off(counts[0], 156_250_000).abs() <= 1 && off(counts[2], 125_000_000).abs() <= 1);
        assert!((off(counts[1], 156_250_000) - 312).abs() <= 2, "{}", off(counts[1], 156_250_000));
        assert!((off(counts[3], 125_000_000) + 250).abs() <= 2);
        assert!((off(counts[4], 125_000_000) - 125).abs() <= 2 && (off(counts[5], 125_000_000) - 125).abs() <= 2);
    }
}
