//! RAM of 2^A sets of W ways of D bits, one write port with an enable for each way, one read port for the whole set, one clock.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | write_enable | in | clk | bit i: write way i |
//! | write_address, write_data[W] | in | clk | set to write in, and what |
//! | read_address | in | clk | set to read |
//! | read_data[W] | out | clk | its ways, 1 cycle later; zero from the start |
//!
//! Latency: 1 cycle. Throughput: a write and a read a cycle. Collision: a read of a word that is being written returns it as it was in the
//! simulators, and may return anything in a circuit. All words are zero at the start. No reset.
//! `default()` gives each way a memory of its own; `joined()` puts a set into one word of one memory, which fills block RAM better where it is
//! shallow: on ECP5 four ways of 44 bits take 5 DP16KD instead of 8, up to 512 sets, and no lookup table.

use super::text::{cleared, range};
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct WayRam<const D: usize, const A: usize, const W: usize> {
    pub clk: Signal<In, Clock>,
    pub write_enable: Signal<In, Bits<W>>,
    pub write_address: Signal<In, Bits<A>>,
    pub write_data: [Signal<In, Bits<D>>; W],
    pub read_address: Signal<In, Bits<A>>,
    pub read_data: [Signal<Out, Bits<D>>; W],
    _memory: Vec<[Bits<D>; W]>,
    _joined: bool,
}

impl<const D: usize, const A: usize, const W: usize> WayRam<D, A, W> {
    pub fn joined() -> Self {
        Self {
            _joined: true,
            ..Self::default()
        }
    }
}

impl<const D: usize, const A: usize, const W: usize> Default for WayRam<D, A, W> {
    fn default() -> Self {
        Self {
            clk: Default::default(),
            write_enable: Default::default(),
            write_address: Default::default(),
            write_data: std::array::from_fn(|_| Default::default()),
            read_address: Default::default(),
            read_data: std::array::from_fn(|_| Default::default()),
            _memory: vec![[Bits::default(); W]; 1 << A],
            _joined: false,
        }
    }
}

impl<const D: usize, const A: usize, const W: usize> Logic for WayRam<D, A, W> {
    fn update(&mut self) {
        if self.clk.pos_edge() {
            let read = self._memory[self.read_address.val().index()];
            let written = &mut self._memory[self.write_address.val().index()];
            for way in 0..W {
                self.read_data[way].next = read[way];
                if self.write_enable.val().get_bit(way) {
                    written[way] = self.write_data[way].val();
                }
            }
        }
    }
    fn connect(&mut self) {
        self.read_data.iter_mut().for_each(|way| way.connect());
    }
    crate::module_name!(clk => read_data);
    fn hdl(&self) -> Verilog {
        let (memories, ways) = if self._joined { (1, W) } else { (W, 1) };
        let (words, width) = (1 << A, D * ways);
        let (mut declarations, mut clocked, mut outputs) = (String::new(), String::new(), String::new());
        for memory in 0..memories {
            let (memory_words, read_word) = (format!("memory_words_{memory}"), format!("read_word_{memory}"));
            declarations += &format!(
                "(* no_rw_check *) reg {range}{memory_words} [0:{last}];\nreg {range}{read_word};\n",
                range = range(width),
                last = words - 1
            );
            declarations += &cleared(&memory_words, words, width);
            declarations += &format!("initial {read_word} = {width}'h0;\n");
            clocked += &format!("  {read_word} <= {memory_words}[read_address];\n");
            for place in 0..ways {
                let way = memory * ways + place;
                let enable = if W == 1 { String::new() } else { format!("[{way}]") };
                let bits = if ways == 1 {
                    String::new()
                } else {
                    format!("[{}:{}]", D * (place + 1) - 1, D * place)
                };
                clocked += &format!("  if (write_enable{enable}) {memory_words}[write_address]{bits} <= write_data_{way};\n");
                outputs += &format!("assign read_data_{way} = {read_word}{bits};\n");
            }
        }
        Verilog::Custom(format!("{declarations}always @(posedge clk) begin\n{clocked}end\n{outputs}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    fn reads_what_was_written(mut uut: WayRam<20, 3, 4>) {
        let seed = 4;
        let mut rng = StdRng::seed_from_u64(seed);
        uut.connect_all();
        let mut model = [[0_u64; 4]; 8];
        for _ in 0..2000 {
            let (enable, write, read) = (rng.gen_range(0..16_u64), rng.gen_range(0..8_usize), rng.gen_range(0..8_usize));
            let data: [u64; 4] = std::array::from_fn(|_| rng.gen_range(0..1 << 20));
            uut.write_enable.next = bits::<4>(enable);
            uut.write_address.next = bits::<3>(write as u64);
            uut.read_address.next = bits::<3>(read as u64);
            for (port, word) in uut.write_data.iter_mut().zip(data) {
                port.next = bits::<20>(word);
            }
            for level in [false, true] {
                uut.clk.next = level.into();
                assert!(simulate(&mut uut, 10));
            }
            for way in 0..4 {
                assert_eq!(uut.read_data[way].val().to_u64(), model[read][way], "seed {seed}");
                if enable >> way & 1 == 1 {
                    model[write][way] = data[way];
                }
            }
        }
    }

    #[test]
    fn each_way_is_written_by_its_own_enable() {
        reads_what_was_written(WayRam::default());
        reads_what_was_written(WayRam::joined());
    }
}
