//! FIFO of 2^A wide words on one clock, first-word-fall-through, whose reader says a cycle ahead that the offered word goes.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | reset | in | clk | empties the FIFO at the next edge |
//! | write, write_data | in | clk | store a word; ignored while `full` |
//! | full | out | clk | 2^A words are inside, the offered one not counted |
//! | read | in | clk | the offered word stays for the next cycle and is gone after it; ignored while `empty` and in the cycle behind one |
//! | read_data | out | clk | the offered word, valid while not `empty` |
//! | empty | out | clk | no word is offered |
//!
//! Invariant: words come out as they went in, in order, each once. All outputs are registers, and what all bits of a word hang on is a register too,
//! which is why `read` is a cycle early.
//! Latency: a written word is offered after 3 edges, that of the write included (`latency_is_three`). Throughput: a write a cycle, a read in two cycles.

use super::text::{count_up, range};
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct WideFifo<const D: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<D>>,
    pub full: Signal<Out, Bit>,
    pub read: Signal<In, Bit>,
    pub read_data: Signal<Out, Bits<D>>,
    pub empty: Signal<Out, Bit>,
    _memory: Vec<Bits<D>>,
    _write_pointer: usize,
    _read_pointer: usize,
    _ram_word: Bits<D>,
    /// In this cycle the RAM's word is taken to be offered; the offered word is there for the last time.
    _loads: bool,
    _leaves: bool,
}

impl<const D: usize, const A: usize> WideFifo<D, A> {
    const DEPTH: usize = 1 << A;
}

impl<const D: usize, const A: usize> Default for WideFifo<D, A> {
    fn default() -> Self {
        assert!((1..=15).contains(&A), "2^{A} words");
        Self {
            clk: Default::default(),
            reset: Default::default(),
            write: Default::default(),
            write_data: Default::default(),
            full: Default::default(),
            read: Default::default(),
            read_data: Default::default(),
            empty: Signal::new_with_default(true),
            _memory: vec![Bits::default(); Self::DEPTH],
            _write_pointer: 0,
            _read_pointer: 0,
            _ram_word: Default::default(),
            _loads: false,
            _leaves: false,
        }
    }
}

impl<const D: usize, const A: usize> Logic for WideFifo<D, A> {
    fn update(&mut self) {
        if !self.clk.pos_edge() {
            return;
        }
        let (empty, read, loads, leaves) = (self.empty.val(), self.read.val(), self._loads, self._leaves);
        let waits = self._write_pointer != self._read_pointer;
        if loads {
            self.read_data.next = self._ram_word;
        }
        self._ram_word = self._memory[self._read_pointer % Self::DEPTH];
        if self.write.val() && !self.full.val() {
            self._memory[self._write_pointer % Self::DEPTH] = self.write_data.val();
            self._write_pointer = (self._write_pointer + 1) % (2 * Self::DEPTH);
        }
        self._read_pointer = (self._read_pointer + usize::from(loads)) % (2 * Self::DEPTH);
        self._loads = waits && !loads && (empty || leaves || read);
        self._leaves = read && !empty && !leaves;
        let mut offers = loads || (!empty && !leaves);
        if self.reset.val() {
            (self._write_pointer, self._read_pointer) = (0, 0);
            (self._loads, self._leaves, offers) = (false, false, false);
        }
        self.empty.next = !offers;
        self.full.next = (self._write_pointer + 2 * Self::DEPTH - self._read_pointer) % (2 * Self::DEPTH) == Self::DEPTH;
    }
    fn connect(&mut self) {
        self.full.connect();
        self.read_data.connect();
        self.empty.connect();
    }
    crate::module_name!(clk => full, read_data, empty);
    fn hdl(&self) -> Verilog {
        let (count, depth) = (A + 1, Self::DEPTH);
        let data = range(D);
        Verilog::Custom(format!(
            "// A word is never used that is read while it is written.
(* no_rw_check *) reg {data}memory_words [0:{last}];
reg [{A}:0] write_pointer;
reg [{A}:0] read_pointer;
reg {data}ram_word;
reg loads_word;
reg word_leaves;
initial begin
  write_pointer = {count}'d0;
  read_pointer = {count}'d0;
  loads_word = 1'b0;
  word_leaves = 1'b0;
  read_data = {D}'h0;
  full = 1'b0;
  empty = 1'b1;
end
wire store_word = write & ~full;
wire word_waits = write_pointer != read_pointer;
wire [{A}:0] words_inside = write_pointer - read_pointer;
always @(posedge clk) begin
  if (store_word) memory_words[write_pointer[{top}:0]] <= write_data;
  ram_word <= memory_words[read_pointer[{top}:0]];
  if (loads_word) read_data <= ram_word;
  if (reset) begin
    write_pointer <= {count}'d0;
    read_pointer <= {count}'d0;
    loads_word <= 1'b0;
    word_leaves <= 1'b0;
    empty <= 1'b1;
    full <= 1'b0;
  end else begin
    write_pointer <= {write_more};
    read_pointer <= {read_more};
    loads_word <= word_waits & ~loads_word & (empty | word_leaves | read);
    word_leaves <= read & ~empty & ~word_leaves;
    empty <= ~(loads_word | (~empty & ~word_leaves));
    full <= ~loads_word & (full | (store_word & (words_inside == {count}'d{before_full})));
  end
end
",
            top = A - 1,
            last = depth - 1,
            before_full = depth - 1,
            write_more = count_up("write_pointer", count, "store_word"),
            read_more = count_up("read_pointer", count, "loads_word"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;
    use std::collections::VecDeque;

    fn cycle<const A: usize>(uut: &mut WideFifo<40, A>, reset: bool, write: Option<u64>, read: bool) {
        uut.reset.next = reset;
        uut.write.next = write.is_some();
        uut.write_data.next = bits::<40>(write.unwrap_or(0xEE));
        uut.read.next = read;
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(uut, 10));
        }
    }

    #[test]
    fn latency_is_three() {
        let mut uut = WideFifo::<40, 4>::default();
        uut.connect_all();
        cycle(&mut uut, false, Some(7), false);
        assert!(uut.empty.val());
        cycle(&mut uut, false, None, false);
        assert!(uut.empty.val());
        cycle(&mut uut, false, None, false);
        assert!(!uut.empty.val());
        assert_eq!(uut.read_data.val().to_u64(), 7);
    }

    fn random<const A: usize>(seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = WideFifo::<40, A>::default();
        uut.connect_all();
        let mut model = VecDeque::new();
        let (mut write_odds, mut read_odds) = (0.5, 0.5);
        let (mut fullest, mut leaves) = (0, false);
        for step in 0..6000_u64 {
            if step % 100 == 0 {
                (write_odds, read_odds) = [(1.0, 1.0), (0.9, 0.2), (0.2, 0.9), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.gen_range(0..6)];
            }
            let (full, empty) = (uut.full.val(), uut.empty.val());
            let inside = model.len() - usize::from(!empty);
            assert_eq!(full, inside == 1 << A, "seed {seed}");
            fullest = fullest.max(inside);
            let (write, read, reset) = (rng.gen_bool(write_odds), rng.gen_bool(read_odds), rng.gen_bool(0.002));
            if !empty {
                assert_eq!(Some(&uut.read_data.val().to_u64()), model.front(), "seed {seed}");
            }
            cycle(&mut uut, reset, write.then_some(step), read);
            if leaves {
                model.pop_front();
            }
            leaves = read && !empty && !leaves;
            if write && !full {
                model.push_back(step);
            }
            if reset {
                model.clear();
                leaves = false;
            }
        }
        assert_eq!(fullest, 1 << A);
        for _ in 0..2 * (1 << A) + 6 {
            cycle(&mut uut, false, None, !leaves);
            if leaves {
                model.pop_front();
            }
            leaves = !leaves && !model.is_empty() && !uut.empty.val();
            if !uut.empty.val() {
                assert_eq!(Some(&uut.read_data.val().to_u64()), model.front());
            }
        }
        assert!(model.is_empty() && uut.empty.val());
    }

    #[test]
    fn neither_loses_nor_reorders() {
        random::<1>(1);
        random::<2>(2);
        random::<5>(3);
    }

    #[test]
    fn moves_a_word_in_two_cycles() {
        let mut uut = WideFifo::<40, 3>::default();
        uut.connect_all();
        let mut first = None;
        for step in 0..50 {
            if !uut.empty.val() {
                let first = *first.get_or_insert(step);
                assert_eq!(uut.read_data.val().to_u64(), (step - first) / 2, "cycle {step}");
            }
            let even = first.is_none_or(|first| (step - first) % 2 == 0);
            cycle(&mut uut, false, (step < 8).then_some(step), even);
            assert!(first.is_none() || step >= 18 || !uut.empty.val(), "no gap");
        }
    }
}
