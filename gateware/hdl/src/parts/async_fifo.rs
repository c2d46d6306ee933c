//! FIFO of 2^A words of D bits between two clocks, first-word-fall-through, Gray-coded pointers.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | write_clk | in | | rising edge |
//! | write_reset | in | write_clk | empties the FIFO, together with `read_reset` |
//! | write, write_data | in | write_clk | store a word; ignored while `full` |
//! | full | out | write_clk | the RAM is full as far as this side knows |
//! | read_clk | in | | rising edge |
//! | read_reset | in | read_clk | empties the FIFO, together with `write_reset` |
//! | read | in | read_clk | take the offered word; ignored while `empty` |
//! | read_data | out | read_clk | the offered word, valid while not `empty` |
//! | empty | out | read_clk | no word is offered |
//!
//! Invariant: a pointer that crosses changes one bit at most a clock. All outputs are registers.
//! Latency: a written word is offered at most 5 edges of `read_clk` after the edge of the write (`latency_is_five`): two to cross, one to read
//! the RAM, one to offer, and one for the phase. A slot is free again 3 edges of `write_clk` after its word left the RAM, plus phase.
//! Throughput: a word a cycle on both sides. Holds 2^A words in RAM and one offered.
//! Reset: both resets at once for at least 4 cycles of the slower clock; one alone leaves the two sides in disagreement.

use super::text::{count_up, range};
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct AsyncFifo<const D: usize, const A: usize> {
    pub write_clk: Signal<In, Clock>,
    pub write_reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<D>>,
    pub full: Signal<Out, Bit>,
    pub read_clk: Signal<In, Clock>,
    pub read_reset: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub read_data: Signal<Out, Bits<D>>,
    pub empty: Signal<Out, Bit>,
    _memory: Vec<Bits<D>>,
    _w: WriteSide,
    _r: ReadSide<D>,
}

/// Pointers run modulo twice the depth. Natively they cross as they are: the Gray code is for the circuit's sake.
#[derive(Clone, Copy, Debug, Default)]
struct WriteSide {
    pointer: usize,
    /// The read pointer on its way here.
    read_pointer: [usize; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct ReadSide<const D: usize> {
    pointer: usize,
    write_pointer: [usize; 2],
    ram_word: Bits<D>,
    available: bool,
}

impl<const D: usize, const A: usize> AsyncFifo<D, A> {
    const DEPTH: usize = 1 << A;
}

impl<const D: usize, const A: usize> Default for AsyncFifo<D, A> {
    fn default() -> Self {
        assert!((1..=15).contains(&A), "2^{A} words");
        Self {
            write_clk: Default::default(),
            write_reset: Default::default(),
            write: Default::default(),
            write_data: Default::default(),
            full: Default::default(),
            read_clk: Default::default(),
            read_reset: Default::default(),
            read: Default::default(),
            read_data: Default::default(),
            empty: Signal::new_with_default(true),
            _memory: vec![Bits::default(); Self::DEPTH],
            _w: Default::default(),
            _r: Default::default(),
        }
    }
}

impl<const D: usize, const A: usize> Logic for AsyncFifo<D, A> {
    fn update(&mut self) {
        let (w, r) = (self._w, self._r);
        // The read side comes first: at a common edge it sees the RAM from before.
        if self.read_clk.pos_edge() {
            let advance = r.available && (self.empty.val() || self.read.val());
            if advance {
                self.read_data.next = r.ram_word;
            }
            let pointer = (r.pointer + usize::from(advance)) % (2 * Self::DEPTH);
            self._r.ram_word = self._memory[pointer % Self::DEPTH];
            self._r.write_pointer = [w.pointer, r.write_pointer[0]];
            if self.read_reset.val() {
                (self._r.pointer, self._r.available) = (0, false);
                self.empty.next = true;
            } else {
                (self._r.pointer, self._r.available) = (pointer, pointer != r.write_pointer[1]);
                self.empty.next = !advance && (self.empty.val() || self.read.val());
            }
        }
        if self.write_clk.pos_edge() {
            let store = self.write.val() && !self.full.val();
            if store {
                self._memory[w.pointer % Self::DEPTH] = self.write_data.val();
            }
            let pointer = (w.pointer + usize::from(store)) % (2 * Self::DEPTH);
            self._w.read_pointer = [r.pointer, w.read_pointer[0]];
            if self.write_reset.val() {
                self._w.pointer = 0;
                self.full.next = false;
            } else {
                self._w.pointer = pointer;
                self.full.next = pointer == (w.read_pointer[1] + Self::DEPTH) % (2 * Self::DEPTH);
            }
        }
    }
    fn connect(&mut self) {
        self.full.connect();
        self.read_data.connect();
        self.empty.connect();
    }
    crate::module_name!(write_clk => full; read_clk => read_data, empty);
    fn hdl(&self) -> Verilog {
        let count = A + 1;
        let data = range(D);
        Verilog::Custom(format!(
            "reg {data}memory_words [0:{last}];
reg [{A}:0] write_pointer;
reg [{A}:0] write_pointer_next;
reg [{A}:0] write_gray;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] read_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] read_gray_second;
reg [{A}:0] read_pointer;
reg [{A}:0] read_pointer_next;
reg [{A}:0] read_gray;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] write_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] write_gray_second;
reg {data}ram_word;
reg word_available;
initial begin
  write_pointer = {count}'d0;
  write_pointer_next = {count}'d1;
  write_gray = {count}'d0;
  read_gray_first = {count}'d0;
  read_gray_second = {count}'d0;
  read_pointer = {count}'d0;
  read_pointer_next = {count}'d1;
  read_gray = {count}'d0;
  write_gray_first = {count}'d0;
  write_gray_second = {count}'d0;
  word_available = 1'b0;
  full = 1'b0;
  read_data = {D}'h0;
  empty = 1'b1;
end

wire store_word = write & ~full;
wire [{A}:0] write_gray_next = write_pointer_next ^ (write_pointer_next >> 1);
// The Gray code of a pointer 2^{A} ahead differs in the two upper bits.
wire [{A}:0] read_gray_full = read_gray_second ^ {count}'d{two};
always @(posedge write_clk) begin
  if (store_word) memory_words[write_pointer[{top}:0]] <= write_data;
  read_gray_first <= read_gray;
  read_gray_second <= read_gray_first;
  if (write_reset) begin
    write_pointer <= {count}'d0;
    write_pointer_next <= {count}'d1;
    write_gray <= {count}'d0;
    full <= 1'b0;
  end else begin
    if (store_word) begin
      write_pointer <= write_pointer_next;
      write_pointer_next <= {write_more};
      write_gray <= write_gray_next;
    end
    full <= store_word ? write_gray_next == read_gray_full : write_gray == read_gray_full;
  end
end

wire advance_read = word_available & (empty | read);
wire [{A}:0] read_gray_next = read_pointer_next ^ (read_pointer_next >> 1);
wire {address}read_address = advance_read ? read_pointer_next[{top}:0] : read_pointer[{top}:0];
always @(posedge read_clk) begin
  ram_word <= memory_words[read_address];
  if (advance_read) read_data <= ram_word;
  write_gray_first <= write_gray;
  write_gray_second <= write_gray_first;
  if (read_reset) begin
    read_pointer <= {count}'d0;
    read_pointer_next <= {count}'d1;
    read_gray <= {count}'d0;
    word_available <= 1'b0;
    empty <= 1'b1;
  end else begin
    if (advance_read) begin
      read_pointer <= read_pointer_next;
      read_pointer_next <= {read_more};
      read_gray <= read_gray_next;
    end
    word_available <= advance_read ? read_gray_next != write_gray_second : read_gray != write_gray_second;
    empty <= ~advance_read & (empty | read);
  end
end
",
            address = range(A),
            top = A - 1,
            last = Self::DEPTH - 1,
            two = 3_usize << (A - 1),
            write_more = count_up("write_pointer_next", count, "1'b1"),
            read_more = count_up("read_pointer_next", count, "1'b1"),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::clocks::Clocks;
    use super::*;
    use rand::prelude::*;
    use std::collections::VecDeque;

    fn drive<const D: usize, const A: usize>(clocks: &Clocks, uut: &mut AsyncFifo<D, A>, rising: [bool; 2]) {
        clocks.drive(uut, rising, |uut, levels| {
            if let Some(level) = levels[0] {
                uut.write_clk.next = level.into();
            }
            if let Some(level) = levels[1] {
                uut.read_clk.next = level.into();
            }
        });
    }

    fn random<const A: usize>(seed: u64, periods: [u64; 2]) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = AsyncFifo::<36, A>::default();
        uut.connect_all();
        let mut clocks = Clocks::new(periods);
        let mut model = VecDeque::new();
        let (mut write_odds, mut read_odds) = (0.5, 0.5);
        let (mut count, mut fullest, mut received) = (0_u64, 0, 0);
        for step in 0..8000 {
            if step % 150 == 0 {
                (write_odds, read_odds) = [(1.0, 1.0), (0.9, 0.2), (0.2, 0.9), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.gen_range(0..6)];
            }
            let draining = step > 7500;
            let rising = clocks.step();
            if rising[0] {
                uut.write.next = !draining && rng.gen_bool(write_odds);
                uut.write_data.next = bits::<36>(count);
            }
            if rising[1] {
                uut.read.next = draining || rng.gen_bool(read_odds);
            }
            let (full, empty, offered) = (uut.full.val(), uut.empty.val(), uut.read_data.val().to_u64());
            drive(&clocks, &mut uut, rising);
            if rising[1] && !empty && uut.read.val() {
                assert_eq!(Some(offered), model.pop_front(), "seed {seed} {periods:?}");
                received += 1;
            }
            if rising[0] && !full && uut.write.val() {
                model.push_back(count);
                count += 1;
            }
            fullest = fullest.max(model.len());
            assert!(model.len() <= (1 << A) + 1, "seed {seed} {periods:?}");
        }
        assert!(model.is_empty() && uut.empty.val(), "seed {seed} {periods:?}");
        assert_eq!(fullest, (1 << A) + 1, "seed {seed} {periods:?}");
        assert!(received > 300, "seed {seed} {periods:?}: {received}");
    }

    #[test]
    fn neither_loses_nor_reorders_at_any_ratio() {
        for (seed, periods) in [(1, [10, 10]), (2, [10, 37]), (3, [37, 10]), (4, [64, 80]), (5, [100, 101])] {
            random::<1>(seed, periods);
            random::<4>(seed, periods);
        }
    }

    #[test]
    fn latency_is_five() {
        for periods in [[10, 10], [10, 7], [7, 10], [100, 9]] {
            let mut uut = AsyncFifo::<8, 3>::default();
            uut.connect_all();
            let mut clocks = Clocks::new(periods);
            uut.write_data.next = bits::<8>(0x5A);
            uut.write.next = true;
            let mut edges = None;
            while uut.empty.val() {
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
                if rising[0] && edges.is_none() {
                    edges = Some(0);
                    uut.write.next = false;
                } else if let Some(edges) = edges.as_mut() {
                    *edges += u32::from(rising[1]);
                }
            }
            assert!((4..=5).contains(&edges.unwrap()), "{edges:?} at {periods:?}");
            assert_eq!(uut.read_data.val().to_u64(), 0x5A);
        }
    }

    #[test]
    fn moves_a_word_a_cycle_and_resets() {
        let mut uut = AsyncFifo::<16, 4>::default();
        uut.connect_all();
        let mut clocks = Clocks::new([10, 10]);
        for round in 0..2 {
            uut.write.next = true;
            uut.read.next = true;
            for step in 0..100_u64 {
                uut.write_data.next = bits::<16>(step);
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
                assert!(!uut.full.val());
                assert_eq!(uut.empty.val(), step < 4, "round {round} step {step}");
                if step >= 4 {
                    assert_eq!(uut.read_data.val().to_u64(), step - 4);
                }
            }
            uut.write_reset.next = true;
            uut.read_reset.next = true;
            for _ in 0..4 {
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
            }
            assert!(uut.empty.val());
            uut.write_reset.next = false;
            uut.read_reset.next = false;
        }
    }
}
