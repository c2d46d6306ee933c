//! The event queue: one time a slot (a server's next completion, the next arrival, an antagonist), the earliest found by a tournament.
//! A slot that changes costs a walk to the root, and no stale entry is ever left. Of equal times the lowest slot is first.

pub struct Timers {
    /// Complete binary tree; the leaves begin at `leaves`.
    winner: Vec<u32>,
    time: Vec<f64>,
    leaves: usize,
}

impl Timers {
    pub fn new(slots: usize) -> Self {
        let leaves = slots.next_power_of_two().max(2);
        let mut timers = Timers {
            winner: vec![0; leaves],
            time: vec![f64::INFINITY; leaves],
            leaves,
        };
        for node in (1..leaves).rev() {
            timers.winner[node] = timers.better(node);
        }
        timers
    }

    fn better(&self, node: usize) -> u32 {
        let child = |c: usize| {
            if c >= self.leaves {
                (c - self.leaves) as u32
            } else {
                self.winner[c]
            }
        };
        let (a, b) = (child(2 * node), child(2 * node + 1));
        if self.time[b as usize] < self.time[a as usize] { b } else { a }
    }

    /// `f64::INFINITY`: never.
    pub fn set(&mut self, slot: usize, time: f64) {
        self.time[slot] = time;
        let mut node = (slot + self.leaves) / 2;
        while node > 0 {
            self.winner[node] = self.better(node);
            node /= 2;
        }
    }

    pub fn next(&self) -> (f64, usize) {
        let slot = self.winner[1] as usize;
        (self.time[slot], slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::random::Random;

    #[test]
    fn the_earliest_is_the_least_of_all() {
        let mut r = Random::new(3, 0);
        let (mut timers, mut times) = (Timers::new(37), [f64::INFINITY; 37]);
        assert_eq!(timers.next(), (f64::INFINITY, 0));
        for _ in 0..5000 {
            let slot = r.below(37);
            times[slot] = if r.below(5) == 0 { f64::INFINITY } else { r.below(50) as f64 };
            timers.set(slot, times[slot]);
            let least = times.iter().copied().fold(f64::INFINITY, f64::min);
            let first = times.iter().position(|t| *t == least).unwrap();
            assert_eq!(timers.next(), (least, first));
        }
    }
}
