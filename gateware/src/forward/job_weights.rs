//! Weights of a job's service, as the selector counts them, beside the job until the verdict takes it.
//!
//! > The weights offered are those of the job that was the oldest not taken a cycle before.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets the jobs |
//! | table | in | 4 x 32 | `ServiceTable`'s weights, a byte a blade, **a cycle before** `write` |
//! | write, read | in | 1 | a job comes; the oldest is taken |
//! | in_service | in | 1 | the oldest job is of a service; else all blades weigh the same |
//! | weight | out | 16 x 5 | 0 to 16; what the table has above 16 counts as 16 |
//! | weighted | out | 16 | bit i: weight i is not 0 |
//!
//! Latency: 4 cycles from `write` to `weight` and `weighted` of a job that is alone (`weights_follow_their_jobs`). Throughput: a job a cycle. Bad input: more than 16
//! jobs, which the plane does not admit.

use rust_hdl::prelude::*;
use spareband_hdl::parts::SyncFifo;
use spareband_spec::score::MAX_WEIGHT;

/// Five bits a blade.
const WEIGHTS: usize = 80;

#[derive(LogicBlock)]
pub struct JobWeights {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub table: [Signal<In, Bits<32>>; 4],
    pub write: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub in_service: Signal<In, Bit>,
    pub weight: [Signal<Out, Bits<5>>; 16],
    pub weighted: Signal<Out, Bits<16>>,
    queue: SyncFifo<WEIGHTS, 4>,
    counted: DFF<Bits<WEIGHTS>>,
    /// What the selector is told, a cycle after the job stands there.
    told: DFF<Bits<WEIGHTS>>,
    told_any: DFF<Bits<16>>,
    most: Constant<Bits<5>>,
    word_0: Signal<Local, Bits<32>>,
    word_1: Signal<Local, Bits<32>>,
    word_2: Signal<Local, Bits<32>>,
    word_3: Signal<Local, Bits<32>>,
    entries: Signal<Local, Bits<128>>,
    entry: Signal<Local, Bits<8>>,
    clamped: Signal<Local, Bits<5>>,
    all: Signal<Local, Bits<WEIGHTS>>,
    any: Signal<Local, Bits<16>>,
    /// Of a job without a service.
    every: Constant<Bits<WEIGHTS>>,
}

impl Default for JobWeights {
    fn default() -> Self {
        with_defaults!(Self {
            most: Constant::new(MAX_WEIGHT.to_bits()),
            every: Constant::new((0..16).fold(Bits::default(), |all, i| all | (bits::<WEIGHTS>(MAX_WEIGHT.into()) << (5 * i)))),
        }
            defaults clk reset write read in_service weighted queue counted told told_any word_0 word_1 word_2 word_3 entries entry clamped all any
            ; arrays table weight)
    }
}

impl Logic for JobWeights {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, counted, told, told_any);
        self.queue.clk.next = self.clk.val();
        self.queue.reset.next = self.reset.val();
        self.word_0.next = self.table[0].val();
        self.word_1.next = self.table[1].val();
        self.word_2.next = self.table[2].val();
        self.word_3.next = self.table[3].val();
        self.entries.next = (bit_cast::<128, 32>(self.word_3.val()) << 96)
            | (bit_cast::<128, 32>(self.word_2.val()) << 64)
            | (bit_cast::<128, 32>(self.word_1.val()) << 32)
            | bit_cast::<128, 32>(self.word_0.val());
        self.all.next = 0.into();
        for i in 0..16 {
            self.entry.next = self.entries.val().get_bits::<8>(8 * i);
            self.clamped.next = self.entry.val().get_bits::<5>(0);
            if self.entry.val().get_bits::<4>(4).any() {
                self.clamped.next = self.most.val();
            }
            self.all.next = self.all.val().replace_bit(5 * i, self.clamped.val().get_bit(0));
            self.all.next = self.all.val().replace_bit(5 * i + 1, self.clamped.val().get_bit(1));
            self.all.next = self.all.val().replace_bit(5 * i + 2, self.clamped.val().get_bit(2));
            self.all.next = self.all.val().replace_bit(5 * i + 3, self.clamped.val().get_bit(3));
            self.all.next = self.all.val().replace_bit(5 * i + 4, self.clamped.val().get_bit(4));
        }
        self.counted.d.next = self.all.val();
        self.queue.write.next = self.write.val();
        self.queue.write_data.next = self.counted.q.val();
        self.queue.read.next = self.read.val();
        self.told.d.next = self.every.val();
        if self.in_service.val() {
            self.told.d.next = self.queue.read_data.val();
        }
        self.any.next = 0.into();
        for i in 0..16 {
            self.any.next = self
                .any
                .val()
                .replace_bit(i, !self.in_service.val() | self.queue.read_data.val().get_bits::<5>(5 * i).any());
            self.weight[i].next = self.told.q.val().get_bits::<5>(5 * i);
        }
        self.told_any.d.next = self.any.val();
        self.weighted.next = self.told_any.q.val();
    }
    spareband_hdl::module_name!();
}
