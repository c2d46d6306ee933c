//! Two clocks of any ratio for native tests.

use rust_hdl::prelude::*;

/// Steps from rising edge to rising edge of two clocks; both rise in one step where their times coincide.
pub(super) struct Clocks {
    periods: [u64; 2],
    next: [u64; 2],
    now: u64,
}

impl Clocks {
    pub(super) fn new(periods: [u64; 2]) -> Self {
        Self {
            periods,
            next: periods,
            now: 0,
        }
    }
    pub(super) fn time(&self) -> u64 {
        self.now
    }
    /// Goes to the next edge and says which clocks rise there.
    pub(super) fn step(&mut self) -> [bool; 2] {
        self.now = self.next[0].min(self.next[1]);
        std::array::from_fn(|clock| {
            let rising = self.next[clock] == self.now;
            if rising {
                self.next[clock] += self.periods[clock];
            }
            rising
        })
    }
    /// Lowers the clocks that are to rise, settles, raises them in one step, settles. Inputs set before are stable before the edge.
    pub(super) fn drive<B: Block>(&self, uut: &mut B, rising: [bool; 2], set: impl Fn(&mut B, [Option<bool>; 2])) {
        for level in [false, true] {
            set(uut, rising.map(|rises| rises.then_some(level)));
            assert!(simulate(uut, 20), "does not settle");
        }
    }
}
