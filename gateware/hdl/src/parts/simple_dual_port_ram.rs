//! RAM of 2^A words of D bits, one write port, one read port, one clock.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | write_enable, write_address, write_data | in | clk | word to write |
//! | read_address | in | clk | word to read |
//! | read_data | out | clk | the word, 1 cycle later; zero from the start |
//!
//! Latency: 1 cycle. Throughput: a write and a read a cycle. Collision: a read of the word being written returns the word as it was;
//! on ECP5 that costs a bypass of about 1.4 LUT4 and 2 flip-flops a bit. `without_bypass` saves it: the simulators do the same, a circuit may
//! then return anything on a collision. `distributed` asks for lookup tables instead of block RAM, for words that would leave most of one empty.
//! All words are zero at the start unless `new` was given others. No reset.

use super::text::{cleared, range};
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct SimpleDualPortRam<const D: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    pub write_address: Signal<In, Bits<A>>,
    pub write_data: Signal<In, Bits<D>>,
    pub read_address: Signal<In, Bits<A>>,
    pub read_data: Signal<Out, Bits<D>>,
    _memory: Vec<Bits<D>>,
    /// The words at the start, up to the last given one.
    _initial: Vec<Bits<D>>,
    _bypass: bool,
    _distributed: bool,
}

impl<const D: usize, const A: usize> SimpleDualPortRam<D, A> {
    /// Starts with these words at 0, 1, …; the others are zero.
    pub fn new(initial: Vec<Bits<D>>) -> Self {
        assert!(initial.len() <= 1 << A, "{} words do not fit", initial.len());
        let mut memory = vec![Bits::default(); 1 << A];
        memory[..initial.len()].copy_from_slice(&initial);
        Self {
            clk: Default::default(),
            write_enable: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            _memory: memory,
            _initial: initial,
            _bypass: true,
            _distributed: false,
        }
    }

    /// For a user that never uses a word it read in the cycle in which it wrote it.
    pub fn without_bypass(mut self) -> Self {
        self._bypass = false;
        self
    }

    pub fn distributed(mut self) -> Self {
        self._distributed = true;
        self
    }
}

impl<const D: usize, const A: usize> Default for SimpleDualPortRam<D, A> {
    fn default() -> Self {
        Self::new(vec![])
    }
}

/// The memory and what it starts with.
pub(super) fn memory_verilog<const D: usize, const A: usize>(initial: &[Bits<D>]) -> String {
    let words = 1 << A;
    let declaration = format!("reg {}memory_words [0:{}];\n", range(D), words - 1);
    if initial.is_empty() {
        return declaration + &cleared("memory_words", words, D) + &format!("initial read_data = {D}'h0;\n");
    }
    let mut text = declaration + "initial begin\n";
    for address in 0..words {
        let word = initial.get(address).map_or_else(|| "0".into(), |word| format!("{word:x}"));
        text += &format!("  memory_words[{address}] = {D}'h{word};\n");
    }
    text + &format!("  read_data = {D}'h0;\nend\n")
}

impl<const D: usize, const A: usize> Logic for SimpleDualPortRam<D, A> {
    fn update(&mut self) {
        if self.clk.pos_edge() {
            self.read_data.next = self._memory[self.read_address.val().index()];
            if self.write_enable.val() {
                self._memory[self.write_address.val().index()] = self.write_data.val();
            }
        }
    }
    fn connect(&mut self) {
        self.read_data.connect();
    }
    crate::module_name!(clk => read_data);
    fn hdl(&self) -> Verilog {
        let attributes = [("no_rw_check", !self._bypass), ("ram_style = \"distributed\"", self._distributed)];
        let attributes: Vec<&str> = attributes.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        let attribute = if attributes.is_empty() {
            String::new()
        } else {
            format!("(* {} *) ", attributes.join(", "))
        };
        Verilog::Custom(
            attribute
                + &memory_verilog::<D, A>(&self._initial)
                + "always @(posedge clk) begin\n  if (write_enable) memory_words[write_address] <= write_data;\n  read_data <= memory_words[read_address];\nend\n",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    #[test]
    fn reads_what_was_written_and_the_old_word_on_a_collision() {
        let seed = 3;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = SimpleDualPortRam::<40, 3>::new(vec![bits::<40>(5), bits::<40>(1 << 39)]);
        uut.connect_all();
        let mut model = [5, 1 << 39, 0, 0, 0, 0, 0, 0];
        for _ in 0..2000 {
            let (enable, write, data, read) = (
                rng.r#gen(),
                rng.gen_range(0..8_u64),
                rng.r#gen::<u64>() >> 24,
                rng.gen_range(0..8_u64),
            );
            uut.write_enable.next = enable;
            uut.write_address.next = bits::<3>(write);
            uut.write_data.next = bits::<40>(data);
            uut.read_address.next = bits::<3>(read);
            for level in [false, true] {
                uut.clk.next = level.into();
                assert!(simulate(&mut uut, 10));
            }
            assert_eq!(uut.read_data.val().to_u64(), model[read as usize], "seed {seed}");
            if enable {
                model[write as usize] = data;
            }
        }
    }
}
