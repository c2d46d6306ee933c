//! FIFO of 2^A words of D bits on one clock, first-word-fall-through.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | reset | in | clk | empties the FIFO at the next edge |
//! | write, write_data | in | clk | store a word; ignored while `full` |
//! | full | out | clk | 2^A words are inside |
//! | almost_full | out | clk | at most `slack` more words fit (`default()`: 4) |
//! | read | in | clk | take the offered word; ignored while `empty` |
//! | read_data | out | clk | the offered word, valid while not `empty` |
//! | empty | out | clk | no word is offered |
//! | level | out | clk | words inside, offered or not yet |
//!
//! Invariant: `level` is the number of words written and not read. All outputs are registers.
//! Latency: a written word is offered after 3 edges, that of the write included (`latency_is_three`), through the block RAM's register and
//! one of fabric, since the RAM's own is slow. Throughput: a write and a read a cycle. `full` falls at the edge that takes a word.

use super::text::{count_up, range, zero_extend};
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct SyncFifo<const D: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<D>>,
    pub full: Signal<Out, Bit>,
    pub almost_full: Signal<Out, Bit>,
    pub read: Signal<In, Bit>,
    pub read_data: Signal<Out, Bits<D>>,
    pub empty: Signal<Out, Bit>,
    pub level: Signal<Out, Bits<16>>,
    _slack: usize,
    _memory: Vec<Bits<D>>,
    _write_pointer: usize,
    _read_pointer: usize,
    /// The word after the RAM's register, and whether it is one that was written.
    _ram_word: Bits<D>,
    _available: bool,
}

impl<const D: usize, const A: usize> SyncFifo<D, A> {
    const DEPTH: usize = 1 << A;

    /// `almost_full` while at most `slack` more words fit.
    pub fn with_slack(slack: usize) -> Self {
        assert!((1..=15).contains(&A), "2^{A} words");
        assert!(slack < Self::DEPTH, "slack {slack} of {} words", Self::DEPTH);
        Self {
            clk: Default::default(),
            reset: Default::default(),
            write: Default::default(),
            write_data: Default::default(),
            full: Default::default(),
            almost_full: Default::default(),
            read: Default::default(),
            read_data: Default::default(),
            empty: Signal::new_with_default(true),
            level: Default::default(),
            _slack: slack,
            _memory: vec![Bits::default(); Self::DEPTH],
            _write_pointer: 0,
            _read_pointer: 0,
            _ram_word: Default::default(),
            _available: false,
        }
    }
}

impl<const D: usize, const A: usize> Default for SyncFifo<D, A> {
    fn default() -> Self {
        Self::with_slack(4.min(Self::DEPTH - 1))
    }
}

impl<const D: usize, const A: usize> Logic for SyncFifo<D, A> {
    fn update(&mut self) {
        if !self.clk.pos_edge() {
            return;
        }
        let (empty, full) = (self.empty.val(), self.full.val());
        let store = self.write.val() && !full;
        let take = self.read.val() && !empty;
        let advance = self._available && (empty || self.read.val());

        if advance {
            self.read_data.next = self._ram_word;
        }
        if advance || !self._available {
            self._ram_word = self._memory[self._read_pointer % Self::DEPTH];
            self._available = self._read_pointer != self._write_pointer;
            self._read_pointer = (self._read_pointer + usize::from(self._available)) % (2 * Self::DEPTH);
        }
        if store {
            self._memory[self._write_pointer % Self::DEPTH] = self.write_data.val();
            self._write_pointer = (self._write_pointer + 1) % (2 * Self::DEPTH);
        }
        let mut level = self.level.val().index() + usize::from(store) - usize::from(take);
        let mut offers = advance || (!empty && !take);
        if self.reset.val() {
            (self._write_pointer, self._read_pointer, self._available) = (0, 0, false);
            (level, offers) = (0, false);
        }
        self.empty.next = !offers;
        self.level.next = bits::<16>(level as u64);
        self.full.next = level == Self::DEPTH;
        self.almost_full.next = level >= Self::DEPTH - self._slack;
    }
    fn connect(&mut self) {
        self.full.connect();
        self.almost_full.connect();
        self.read_data.connect();
        self.empty.connect();
        self.level.connect();
    }
    crate::module_name!(clk => full, almost_full, read_data, empty, level);
    fn hdl(&self) -> Verilog {
        let (count, depth) = (A + 1, Self::DEPTH);
        let data = range(D);
        Verilog::Custom(format!(
            "// A word is never used that is read while it is written.
(* no_rw_check *) reg {data}memory_words [0:{last}];
reg [{A}:0] write_pointer;
reg [{A}:0] read_pointer;
reg {data}ram_word;
reg word_available;
initial begin
  write_pointer = {count}'d0;
  read_pointer = {count}'d0;
  word_available = 1'b0;
  read_data = {D}'h0;
  full = 1'b0;
  almost_full = 1'b0;
  empty = 1'b1;
  level = 16'd0;
end
wire store_word = write & ~full;
wire take_word = read & ~empty;
wire advance_read = word_available & (empty | read);
// The address is a register; what hangs on reading is only whether the RAM's word is replaced.
wire load_word = ~word_available | advance_read;
wire words_unread = read_pointer != write_pointer;
wire level_rises = store_word & ~take_word;
wire level_falls = take_word & ~store_word;
wire [{A}:0] step = {step};
wire [{A}:0] words_inside = level[{A}:0] + step;
always @(posedge clk) begin
  if (store_word) memory_words[write_pointer[{top}:0]] <= write_data;
  if (load_word) ram_word <= memory_words[read_pointer[{top}:0]];
  if (advance_read) read_data <= ram_word;
  if (reset) begin
    write_pointer <= {count}'d0;
    read_pointer <= {count}'d0;
    word_available <= 1'b0;
    empty <= 1'b1;
    full <= 1'b0;
    almost_full <= 1'b0;
    level <= 16'd0;
  end else begin
    write_pointer <= {write_more};
    if (load_word) begin
      read_pointer <= {read_more};
      word_available <= words_unread;
    end
    empty <= ~(advance_read | (~empty & ~read));
    full <= ~take_word & (full | (store_word & (level[{A}:0] == {count}'d{before_full})));
    almost_full <= level_rises ? almost_full | (level[{A}:0] == {count}'d{before_threshold})
      : almost_full & ~(level_falls & (level[{A}:0] == {count}'d{threshold}));
    if (level_rises | level_falls) level <= {level};
  end
end
",
            top = A - 1,
            last = depth - 1,
            before_full = depth - 1,
            level = zero_extend("words_inside", count, 16),
            step = format_args!("{{{{{A}{{take_word}}}}, 1'b1}}"),
            threshold = depth - self._slack,
            before_threshold = depth - self._slack - 1,
            write_more = count_up("write_pointer", count, "store_word"),
            read_more = count_up("read_pointer", count, "words_unread"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;
    use std::collections::VecDeque;

    fn cycle<const A: usize>(uut: &mut SyncFifo<40, A>, reset: bool, write: Option<u64>, read: bool) {
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
        let mut uut = SyncFifo::<40, 4>::default();
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
        let mut uut = SyncFifo::<40, A>::default();
        uut.connect_all();
        let mut model = VecDeque::new();
        let (mut write_odds, mut read_odds) = (0.5, 0.5);
        let mut fullest = 0;
        for step in 0..6000_u64 {
            if step % 100 == 0 {
                (write_odds, read_odds) = [(1.0, 1.0), (0.9, 0.2), (0.2, 0.9), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.gen_range(0..6)];
            }
            assert_eq!(uut.full.val(), model.len() == 1 << A, "seed {seed}");
            assert_eq!(uut.level.val().index(), model.len(), "seed {seed}");
            assert_eq!(uut.almost_full.val(), model.len() >= (1 << A) - 4.min((1 << A) - 1), "seed {seed}");
            fullest = fullest.max(model.len());
            let (write, read, reset) = (rng.gen_bool(write_odds), rng.gen_bool(read_odds), rng.gen_bool(0.002));
            if !uut.empty.val() {
                assert_eq!(Some(&uut.read_data.val().to_u64()), model.front(), "seed {seed}");
            }
            let (full, empty) = (uut.full.val(), uut.empty.val());
            cycle(&mut uut, reset, write.then_some(step), read);
            if read && !empty {
                model.pop_front();
            }
            if write && !full {
                model.push_back(step);
            }
            if reset {
                model.clear();
            }
        }
        assert_eq!(fullest, 1 << A);
        for _ in 0..(1 << A) + 3 {
            if !uut.empty.val() {
                assert_eq!(Some(uut.read_data.val().to_u64()), model.pop_front());
            }
            cycle(&mut uut, false, None, true);
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
    fn moves_a_word_a_cycle() {
        let mut uut = SyncFifo::<40, 3>::default();
        uut.connect_all();
        for step in 0..50 {
            assert_eq!(uut.empty.val(), step < 3);
            assert!(!uut.full.val());
            cycle(&mut uut, false, Some(step), true);
        }
    }
}
