//! Where wires are too many: what a tile of wire costs there.
//! Invariant: without a crowd each costs one.

/// Rows, or columns, that are looked at as one.
const BAND: i16 = 4;

/// A net's share of the wires: how much it counts, and its bounding box.
pub type Share = (f32, [i16; 2], [i16; 2]);

pub struct Crowd {
    /// Tiles on each axis.
    size: [usize; 2],
    /// Of wires along each axis, in each band across it: what all tiles before a place on the axis cost together.
    sums: [Vec<f32>; 2],
}

impl Crowd {
    pub fn new(size: [i16; 2]) -> Self {
        let size = size.map(|size| size as usize);
        let mut crowd = Self {
            size,
            sums: [vec![], vec![]],
        };
        crowd.price([vec![1.0; crowd.places(0)], vec![1.0; crowd.places(1)]]);
        crowd
    }

    fn places(&self, axis: usize) -> usize {
        self.size[axis] * self.size[1 - axis].div_ceil(BAND as usize)
    }

    fn price(&mut self, prices: [Vec<f32>; 2]) {
        for (axis, mut prices) in prices.into_iter().enumerate() {
            for band in prices.chunks_mut(self.size[axis]) {
                let mut sum = 0.0;
                for price in band {
                    sum += std::mem::replace(price, sum);
                }
            }
            self.sums[axis] = prices;
        }
    }

    /// What a net's wires cost, along both sides of its box.
    pub fn cost(&self, low: [i16; 2], high: [i16; 2]) -> f32 {
        let along = |axis: usize| {
            let band = ((low[1 - axis] + high[1 - axis]) / (2 * BAND)) as usize * self.size[axis];
            self.sums[axis][band + high[axis] as usize] - self.sums[axis][band + low[axis] as usize]
        };
        along(0) + along(1)
    }

    /// Wires along each axis in a tile of each band across it, each net's spread over its box.
    pub fn density(&self, nets: impl Iterator<Item = Share>) -> [Vec<f32>; 2] {
        let mut steps = [0, 1].map(|axis| vec![0.0; self.places(axis)]);
        for (weight, low, high) in nets {
            for (axis, steps) in steps.iter_mut().enumerate() {
                let (first, last) = (low[1 - axis], high[1 - axis]);
                if low[axis] == high[axis] {
                    continue;
                }
                let share = weight / f32::from(last - first + 1) / f32::from(BAND);
                for band in first / BAND..=last / BAND {
                    let rows = f32::from(last.min(band * BAND + BAND - 1) - first.max(band * BAND) + 1);
                    let start = band as usize * self.size[axis];
                    steps[start + low[axis] as usize] += share * rows;
                    steps[start + high[axis] as usize] -= share * rows;
                }
            }
        }
        for (axis, steps) in steps.iter_mut().enumerate() {
            for band in steps.chunks_mut(self.size[axis]) {
                let mut sum = 0.0;
                for step in band {
                    sum += *step;
                    *step = sum;
                }
            }
        }
        steps
    }

    /// Prices for a density: a tile of wire costs more by `steep` for each time that `room` is exceeded by itself.
    pub fn set(&mut self, density: &[Vec<f32>; 2], room: f32, steep: f32) {
        let price = |density: &f32| 1.0 + steep * (density / room - 1.0).max(0.0);
        self.price([0, 1].map(|axis| density[axis].iter().map(price).collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::Crowd;

    #[test]
    fn wires_cost_what_they_cross() {
        let mut crowd = Crowd::new([8, 8]);
        assert_eq!(crowd.cost([1, 2], [6, 7]), 10.0);
        // A net from (2, 0) to (6, 3): four tiles of four rows, each a quarter of them; three tiles up in five columns, of which two lie in the first band.
        let density = crowd.density([(2.0, [2, 0], [6, 3])].into_iter());
        let mut across = [0.0; 16];
        across[2..6].fill(2.0 / 4.0);
        assert_eq!(density[0], across);
        let mut up = [0.0; 16];
        up[0..3].fill(2.0 * 2.0 / 5.0 / 4.0);
        up[8..11].fill(2.0 * 3.0 / 5.0 / 4.0);
        assert!(
            density[1].iter().zip(up).all(|(is, should)| (is - should).abs() < 1e-6),
            "{:?}",
            density[1]
        );
        // Twice the room: one more a tile along the first axis, in the first band only.
        crowd.set(&density, 0.25, 1.0);
        assert_eq!(crowd.cost([0, 1], [4, 1]), 6.0);
        assert_eq!(crowd.cost([0, 6], [4, 6]), 4.0);
    }
}
