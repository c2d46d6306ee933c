//! RAM of 2^A words of D bits, one write port and one read port, each with its own clock.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | write_clk | in | | rising edge |
//! | write_enable, write_address, write_data | in | write_clk | word to write |
//! | read_clk | in | | rising edge |
//! | read_address | in | read_clk | word to read |
//! | read_data | out | read_clk | the word, 1 cycle later; zero from the start |
//!
//! Latency: 1 cycle. Throughput: a write and a read a cycle. Collision: where both clocks rise together both simulators return the word as it
//! was; a circuit may return anything, so a user must not read a word near the time it is written.
//! All words are zero at the start unless `new` was given others. No reset.

use super::simple_dual_port_ram::memory_verilog;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct DualClockRam<const D: usize, const A: usize> {
    pub write_clk: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    pub write_address: Signal<In, Bits<A>>,
    pub write_data: Signal<In, Bits<D>>,
    pub read_clk: Signal<In, Clock>,
    pub read_address: Signal<In, Bits<A>>,
    pub read_data: Signal<Out, Bits<D>>,
    _memory: Vec<Bits<D>>,
    _initial: Vec<Bits<D>>,
}

impl<const D: usize, const A: usize> DualClockRam<D, A> {
    /// Starts with these words at 0, 1, …; the others are zero.
    pub fn new(initial: Vec<Bits<D>>) -> Self {
        assert!(initial.len() <= 1 << A, "{} words do not fit", initial.len());
        let mut memory = vec![Bits::default(); 1 << A];
        memory[..initial.len()].copy_from_slice(&initial);
        Self {
            write_clk: Default::default(),
            write_enable: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            read_clk: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            _memory: memory,
            _initial: initial,
        }
    }
}

impl<const D: usize, const A: usize> Default for DualClockRam<D, A> {
    fn default() -> Self {
        Self::new(vec![])
    }
}

impl<const D: usize, const A: usize> Logic for DualClockRam<D, A> {
    fn update(&mut self) {
        // The read comes first: at a common edge it sees the word from before.
        if self.read_clk.pos_edge() {
            self.read_data.next = self._memory[self.read_address.val().index()];
        }
        if self.write_clk.pos_edge() && self.write_enable.val() {
            self._memory[self.write_address.val().index()] = self.write_data.val();
        }
    }
    fn connect(&mut self) {
        self.read_data.connect();
    }
    crate::module_name!(read_clk => read_data);
    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            memory_verilog::<D, A>(&self._initial)
                + "always @(posedge write_clk) begin\n  if (write_enable) memory_words[write_address] <= write_data;\nend\n\
                   always @(posedge read_clk) begin\n  read_data <= memory_words[read_address];\nend\n",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::clocks::Clocks;
    use super::*;
    use rand::prelude::*;

    #[test]
    fn reads_what_was_written_at_any_ratio_of_clocks() {
        for (seed, periods) in [(1, [10, 10]), (2, [10, 37]), (3, [37, 10]), (4, [5, 6])] {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut uut = DualClockRam::<33, 4>::default();
            uut.connect_all();
            let mut clocks = Clocks::new(periods);
            let mut model = [0; 16];
            let (mut enable, mut write, mut data, mut read) = (false, 0, 0, 0);
            for _ in 0..2000 {
                let rising = clocks.step();
                if rising[0] {
                    (enable, write, data) = (rng.r#gen(), rng.gen_range(0..16_u64), rng.r#gen::<u64>() >> 31);
                }
                if rising[1] {
                    read = rng.gen_range(0..16_u64);
                }
                uut.write_enable.next = enable;
                uut.write_address.next = bits::<4>(write);
                uut.write_data.next = bits::<33>(data);
                uut.read_address.next = bits::<4>(read);
                clocks.drive(&mut uut, rising, |uut, levels| {
                    if let Some(level) = levels[0] {
                        uut.write_clk.next = level.into();
                    }
                    if let Some(level) = levels[1] {
                        uut.read_clk.next = level.into();
                    }
                });
                if rising[1] {
                    assert_eq!(uut.read_data.val().to_u64(), model[read as usize], "seed {seed}");
                }
                if rising[0] && enable {
                    model[write as usize] = data;
                }
            }
        }
    }
}
