//! Counters of 64 bits in one RAM, one of which counts or is read in a cycle. How many is said when it is made: it follows from the links
//! of a manager, which no constant of a type can be computed of.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | address | in | clk | number of the counter |
//! | add, increment | in | clk | add this to it |
//! | read_data | out | clk | the counter, as it was before |
//!
//! Invariant: none is lost and each is read whole, if a counter is used no sooner than 4 cycles after something was added to it; sooner, it
//! may read as anything.
//! Latency: `read_data` follows `address` after 2 cycles. Throughput: a counter a cycle.
//! Reset: none, counters run from configuration on; they wrap after 2^64. Bad input: address bits beyond the counters are ignored.

use super::text::{cleared, range};
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    add: bool,
    index: usize,
    increment: u64,
}

#[derive(Clone, Debug, LogicBlock)]
pub struct CountingRam {
    pub clk: Signal<In, Clock>,
    pub address: Signal<In, Bits<10>>,
    pub add: Signal<In, Bit>,
    pub increment: Signal<In, Bits<16>>,
    pub read_data: Signal<Out, Bits<64>>,
    _memory: Vec<u64>,
    _distributed: bool,
    /// What was asked for 1, 2 and 3 cycles ago.
    _steps: [Step; 3],
    _ram_word: u64,
    _sum: u64,
}

impl CountingRam {
    /// So many counters, a power of two; `distributed` asks for lookup tables instead of block RAM.
    pub fn new(counters: usize, distributed: bool) -> Self {
        assert!(
            counters.is_power_of_two() && (2..=1024).contains(&counters),
            "2 to 1024 counters, a power of two, not {counters}"
        );
        Self {
            clk: Default::default(),
            address: Default::default(),
            add: Default::default(),
            increment: Default::default(),
            read_data: Default::default(),
            _memory: vec![0; counters],
            _distributed: distributed,
            _steps: Default::default(),
            _ram_word: 0,
            _sum: 0,
        }
    }
}

impl Logic for CountingRam {
    fn update(&mut self) {
        if !self.clk.pos_edge() {
            return;
        }
        let index = self.address.val().index() % self._memory.len();
        let [first, second, third] = self._steps;
        let (word, ram_word) = (self.read_data.val().to_u64(), self._memory[index]);
        if third.add {
            self._memory[third.index] = self._sum;
        }
        self._sum = word.wrapping_add(second.increment);
        self.read_data.next = bits::<64>(self._ram_word);
        self._ram_word = ram_word;
        let asked = Step {
            add: self.add.val(),
            index,
            increment: self.increment.val().to_u64(),
        };
        self._steps = [asked, first, second];
    }
    fn connect(&mut self) {
        self.read_data.connect();
    }
    crate::module_name!(clk => read_data);
    fn hdl(&self) -> Verilog {
        let counters = self._memory.len();
        let bits = counters.ilog2() as usize;
        let (index, last) = (range(bits), counters - 1);
        let style = if self._distributed { ", ram_style = \"distributed\"" } else { "" };
        Verilog::Custom(format!(
            "(* no_rw_check{style} *) reg [63:0] memory_words [0:{last}];
{clear}wire {index}ram_address = address[{top}:0];
reg [63:0] ram_word;
reg [63:0] counter_sum;
reg [2:0] adding_steps;
// Without a value to begin with, so that bits which never change need no register; nothing is added before there is one.
reg [15:0] first_increment;
reg [15:0] second_increment;
reg {index}first_index;
reg {index}second_index;
reg {index}third_index;
initial begin
  ram_word = 64'h0;
  read_data = 64'h0;
  counter_sum = 64'h0;
  adding_steps = 3'h0;
  first_index = {bits}'h0;
  second_index = {bits}'h0;
  third_index = {bits}'h0;
end
always @(posedge clk) begin
  ram_word <= memory_words[ram_address];
  read_data <= ram_word;
  counter_sum <= read_data + {{48'h0, second_increment}};
  if (adding_steps[2]) memory_words[third_index] <= counter_sum;
  adding_steps <= {{adding_steps[1:0], add}};
  first_increment <= increment;
  second_increment <= first_increment;
  first_index <= ram_address;
  second_index <= first_index;
  third_index <= second_index;
end
",
            clear = cleared("memory_words", counters, 64),
            top = bits - 1,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    #[test]
    fn what_is_added_is_read() {
        let seed = 5;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = CountingRam::new(8, false);
        uut.connect_all();
        let (mut model, mut blocked, mut due) = ([0_u64; 8], [0_usize; 8], Vec::new());
        for cycle in 0..4000_usize {
            let address = rng.gen_range(0..8);
            let usable = blocked[address] <= cycle;
            let add = usable && rng.gen_bool(0.7);
            let increment = [1, 0xFFFF, rng.gen_range(0..0xFFFF)][rng.gen_range(0..3)];
            // Bits beyond the counters say nothing.
            uut.address.next = bits::<10>(address as u64 | rng.gen_range(0..128) << 3);
            uut.add.next = add;
            uut.increment.next = bits::<16>(increment);
            due.push(usable.then_some(model[address]));
            if add {
                model[address] += increment;
                blocked[address] = cycle + 4;
            }
            for level in [false, true] {
                uut.clk.next = level.into();
                assert!(simulate(&mut uut, 10));
            }
            if let Some(Some(want)) = cycle.checked_sub(1).map(|at| due[at]) {
                assert_eq!(uut.read_data.val().to_u64(), want, "seed {seed}, cycle {cycle}");
            }
        }
    }
}
