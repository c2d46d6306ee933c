//! Statistics: EVENTS counters of 64 bits in one RAM, each of which can count in every cycle.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | increment[EVENTS] | in | clk | what to add to the counter in this cycle: 1 for an event, the length for octets, 0 for nothing |
//! | read_address | in | clk | number of the counter; hold it until the data is there |
//! | read_data | out | clk | the counter, whole; 0 beyond EVENTS |
//!
//! Invariant: an accumulator is its counter modulo 2^its width, and wide enough for what a sweep can bring. So nothing is cleared and nothing
//! is lost: at any rate with `with_widths`, with `with_distances` where increments come as far apart as was said. What a counter lacks is the difference between the accumulator and the counter's own lower bits.
//! A sweep visits one counter every two cycles: in the first it reads the RAM and writes back an earlier sum, in the second the RAM's read
//! port serves `read_address`, each from a register of the address; so one RAM of one write and one read port does, and no read meets a write. It is made of lookup tables where
//! they can be RAM: most of a block RAM would be empty.
//! Latency: `read_data` follows `read_address` after at most 4 edges. Stale by at most 2 * max(EVENTS, 4) + 9 cycles, the read's own latency
//! included (`nothing_is_lost_and_reads_are_fresh`).
//! Reset: none, counters run from configuration on; they wrap after 2^64.

use super::text::{cleared, count_up, mux, range, zero_extend};
use rust_hdl::prelude::*;

/// Bits of an increment unless `with_widths` says less: a frame of 9018 octets fits.
const INCREMENT_BITS: usize = 14;

#[derive(Clone, Debug, LogicBlock)]
pub struct CounterBank<const EVENTS: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub increment: [Signal<In, Bits<14>>; EVENTS],
    pub read_address: Signal<In, Bits<A>>,
    pub read_data: Signal<Out, Bits<64>>,
    _widths: [usize; EVENTS],
    _distances: [usize; EVENTS],
    _memory: Vec<u64>,
    _accumulators: [u64; EVENTS],
    _second: bool,
    _index: usize,
    _ram_address: usize,
    _selected: u64,
    _ram_word: u64,
    _counter: u64,
    _difference: u64,
    _difference_index: usize,
    _sum: u64,
    _sum_index: usize,
}

impl<const EVENTS: usize, const A: usize> CounterBank<EVENTS, A> {
    /// Counters in a sweep, with some that count nothing where a sum would not be back in RAM before its counter is read again.
    const SWEEP: usize = if EVENTS < 4 { 4 } else { EVENTS };

    /// Words of the RAM: rows of lookup tables of 16, with one word at least that stays zero for what is beyond the counters.
    const WORDS: usize = {
        let rows = (EVENTS + 16) / 16 * 16;
        if rows < 1 << A { rows } else { 1 << A }
    };

    /// Counters that use only the lower `widths[i]` bits of their increment, 1 for plain events: the accumulators shrink with them.
    pub fn with_widths(widths: [usize; EVENTS]) -> Self {
        Self::with_distances(widths, [1; EVENTS])
    }

    /// As `with_widths`, where two increments of counter i are at least `distances[i]` cycles apart: the accumulators shrink with that, too.
    /// Increments that come sooner are lost, a multiple of 2^(bits of the accumulator) at once.
    pub fn with_distances(widths: [usize; EVENTS], distances: [usize; EVENTS]) -> Self {
        assert!(
            distances.iter().all(|distance| *distance > 0),
            "distances are 1 cycle and more: {distances:?}"
        );
        assert!(
            EVENTS > 0 && A <= 16 && Self::SWEEP <= 1 << A,
            "{EVENTS} counters at {A} address bits"
        );
        assert!(
            widths.iter().all(|width| (1..=INCREMENT_BITS).contains(width)),
            "widths are 1..={INCREMENT_BITS}: {widths:?}"
        );
        Self {
            clk: Default::default(),
            increment: std::array::from_fn(|_| Default::default()),
            read_address: Default::default(),
            read_data: Default::default(),
            _widths: widths,
            _distances: distances,
            _memory: vec![0; 1 << A],
            _accumulators: [0; EVENTS],
            _second: false,
            _index: 0,
            _ram_address: 0,
            _selected: 0,
            _ram_word: 0,
            _counter: 0,
            _difference: 0,
            _difference_index: Self::SWEEP - 1,
            _sum: 0,
            _sum_index: Self::SWEEP - 1,
        }
    }

    /// Bits that hold the increments of one sweep.
    fn accumulator_bits(&self, event: usize) -> usize {
        let most = (2 * Self::SWEEP).div_ceil(self._distances[event]) * ((1 << self._widths[event]) - 1);
        most.ilog2() as usize + 1
    }
}

impl<const EVENTS: usize, const A: usize> Default for CounterBank<EVENTS, A> {
    fn default() -> Self {
        Self::with_widths([INCREMENT_BITS; EVENTS])
    }
}

impl<const EVENTS: usize, const A: usize> Logic for CounterBank<EVENTS, A> {
    fn update(&mut self) {
        if !self.clk.pos_edge() {
            return;
        }
        let ram_word = self._memory[self._ram_address];
        if self._second {
            let mask = if self._index < EVENTS {
                (1 << self.accumulator_bits(self._index)) - 1
            } else {
                0
            };
            self._difference = self._selected.wrapping_sub(self._ram_word) & mask;
            self._difference_index = self._index;
            self._counter = self._ram_word;
            self._index = (self._index + 1) % Self::SWEEP;
            self._ram_address = self._index;
        } else {
            self.read_data.next = bits::<64>(self._ram_word);
            self._ram_address = self.read_address.val().index();
            self._selected = self._accumulators.get(self._index).copied().unwrap_or(0);
            self._memory[self._sum_index] = self._sum;
            self._sum = self._counter.wrapping_add(self._difference);
            self._sum_index = self._difference_index;
        }
        self._ram_word = ram_word;
        for event in 0..EVENTS {
            let increment = self.increment[event].val().to_u64() & ((1 << self._widths[event]) - 1);
            let sum = self._accumulators[event] + increment;
            self._accumulators[event] = sum & ((1 << self.accumulator_bits(event)) - 1);
        }
        self._second = !self._second;
    }
    fn connect(&mut self) {
        self.read_data.connect();
    }
    crate::module_name!(clk => read_data);
    fn hdl(&self) -> Verilog {
        let widest = (0..EVENTS)
            .map(|event| self.accumulator_bits(event))
            .max()
            .expect("at least one counter");
        let narrowest = (0..EVENTS)
            .map(|event| self.accumulator_bits(event))
            .min()
            .expect("at least one counter");
        let (mut declarations, mut initial, mut clocked) = (String::new(), String::new(), String::new());
        let mut values = vec![format!("{widest}'d0"); 1 << A];
        let mut masks = String::new();
        for (event, value) in values.iter_mut().enumerate().take(EVENTS) {
            let (width, bits) = (self._widths[event], self.accumulator_bits(event));
            declarations += &format!("reg [{}:0] accumulator_{event};\n", bits - 1);
            initial += &format!("  accumulator_{event} = {bits}'d0;\n");
            let accumulator = format!("accumulator_{event}");
            let sum = if width == 1 {
                count_up(&accumulator, bits, &format!("increment_{event}[0]"))
            } else {
                let increment = zero_extend(&format!("increment_{event}[{}:0]", width - 1), width, bits);
                format!("{accumulator} + {increment}")
            };
            clocked += &format!("  {accumulator} <= {sum};\n");
            *value = zero_extend(&accumulator, bits, widest);
            if bits > narrowest {
                masks += &format!("    {A}'d{event}: counter_mask = {widest}'h{:x};\n", (1_u64 << bits) - 1);
            }
        }
        // What is beyond the counters reads a word that stays zero.
        let read_address = if Self::WORDS < 1 << A {
            format!("read_address >= {A}'d{} ? {A}'d{EVENTS} : read_address", Self::WORDS)
        } else {
            "read_address".into()
        };
        let address = range(A);
        Verilog::Custom(format!(
            "// No word is read while it is written.
(* no_rw_check, ram_style = \"distributed\" *) reg [63:0] memory_words [0:{last}];
{clear}reg second_half;
reg {address}sweep_index;
// Made in the first half, so that the RAM's address is one step from it.
reg {address}next_index;
reg {address}ram_address;
reg [{top}:0] selected_count;
reg [{top}:0] selected_mask;
reg [63:0] ram_word;
reg [63:0] counter_read;
reg [{top}:0] counter_difference;
reg {address}counter_difference_index;
reg [63:0] counter_sum;
reg {address}counter_sum_index;
{declarations}initial begin
  second_half = 1'b0;
  sweep_index = {A}'d0;
  next_index = {A}'d1;
  ram_address = {A}'d0;
  selected_count = {widest}'d0;
  selected_mask = {widest}'h{narrow_mask:x};
  ram_word = 64'h0;
  counter_read = 64'h0;
  counter_difference = {widest}'d0;
  counter_difference_index = {A}'d{final_index};
  counter_sum = 64'h0;
  counter_sum_index = {A}'d{final_index};
  read_data = 64'h0;
{initial}end
// The widths of the accumulators, where nothing counts any: that is zero, as its word is.
reg [{top}:0] counter_mask;
always @(*) begin
  case (sweep_index)
{masks}    default: counter_mask = {widest}'h{narrow_mask:x};
  endcase
end
always @(posedge clk) begin
  second_half <= ~second_half;
  ram_word <= memory_words[ram_address];
  if (second_half) begin
    counter_difference <= (selected_count - ram_word[{top}:0]) & selected_mask;
    counter_difference_index <= sweep_index;
    counter_read <= ram_word;
    sweep_index <= next_index;
    ram_address <= next_index;
  end else begin
    read_data <= ram_word;
    memory_words[counter_sum_index] <= counter_sum;
    counter_sum <= counter_read + {{{pad}'d0, counter_difference}};
    counter_sum_index <= counter_difference_index;
    selected_count <= {selection};
    selected_mask <= counter_mask;
    next_index <= (sweep_index == {A}'d{final_index}) ? {A}'d0 : sweep_index + {A}'d1;
    ram_address <= {read_address};
  end
{clocked}end
",
            selection = mux("sweep_index", &values),
            last = Self::WORDS - 1,
            clear = cleared("memory_words", Self::WORDS, 64),
            narrow_mask = (1_u64 << narrowest) - 1,
            top = widest - 1,
            final_index = Self::SWEEP - 1,
            pad = 64 - widest,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    fn cycle<const EVENTS: usize, const A: usize>(uut: &mut CounterBank<EVENTS, A>) {
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(uut, 10));
        }
    }

    /// What a read returns lies between the totals of 2 * max(EVENTS, 4) + 9 cycles ago and of now; at rest it is exact.
    fn random<const EVENTS: usize, const A: usize>(seed: u64, distances: [usize; EVENTS]) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = CounterBank::<EVENTS, A>::with_distances([INCREMENT_BITS; EVENTS], distances);
        uut.connect_all();
        let mut since = [0; EVENTS];
        let mut history = vec![[0_u64; EVENTS]];
        let mut odds = [0.5; EVENTS];
        let mut held = 0;
        for step in 0..3000 {
            if step % 100 == 0 {
                odds = std::array::from_fn(|_| [0.0, 0.1, 1.0][rng.gen_range(0..3)]);
            }
            let mut totals = *history.last().unwrap();
            for event in 0..EVENTS {
                since[event] += 1;
                let increment = if since[event] >= distances[event] && rng.gen_bool(odds[event]) {
                    since[event] = 0;
                    [1, 0x3FFF, rng.gen_range(0..1 << 14)][rng.gen_range(0..3)]
                } else {
                    0
                };
                uut.increment[event].next = bits::<14>(increment);
                totals[event] += increment;
            }
            history.push(totals);
            held += 1;
            if rng.gen_bool(0.2) {
                uut.read_address.next = bits::<A>(rng.gen_range(0..1 << A));
                held = 0;
            }
            cycle(&mut uut);
            if held >= 3 {
                let event = uut.read_address.val().index();
                let data = uut.read_data.val().to_u64();
                if event < EVENTS {
                    let oldest = history[history.len().saturating_sub(2 * CounterBank::<EVENTS, A>::SWEEP + 10)][event];
                    assert!(
                        (oldest..=totals[event]).contains(&data),
                        "seed {seed}: {data} not in {oldest}..={}",
                        totals[event]
                    );
                } else {
                    assert_eq!(data, 0);
                }
            }
        }
        for increment in &mut uut.increment {
            increment.next = bits::<14>(0);
        }
        for _ in 0..2 * EVENTS.max(4) + 5 {
            cycle(&mut uut);
        }
        for event in 0..EVENTS {
            uut.read_address.next = bits::<A>(event as u64);
            (0..4).for_each(|_| cycle(&mut uut));
            assert_eq!(uut.read_data.val().to_u64(), history.last().unwrap()[event], "seed {seed}");
        }
    }

    #[test]
    fn nothing_is_lost_and_reads_are_fresh() {
        random::<1, 2>(1, [1]);
        random::<2, 2>(2, [1, 1]);
        random::<7, 3>(3, [1; 7]);
        random::<16, 4>(4, [1; 16]);
        random::<16, 4>(5, std::array::from_fn(|event| event + 1));
    }

    #[test]
    fn a_narrow_counter_ignores_the_upper_bits() {
        let mut uut = CounterBank::<2, 2>::with_widths([1, 14]);
        uut.connect_all();
        (uut.increment[0].next, uut.increment[1].next) = (bits::<14>(3), bits::<14>(3));
        for _ in 0..10 {
            cycle(&mut uut);
        }
        (uut.increment[0].next, uut.increment[1].next) = (bits::<14>(0), bits::<14>(0));
        for (address, expected) in [(0, 10), (1, 30)] {
            uut.read_address.next = bits::<2>(address);
            (0..16).for_each(|_| cycle(&mut uut));
            assert_eq!(uut.read_data.val().to_u64(), expected);
        }
    }
}
