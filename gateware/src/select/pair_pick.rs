//! The less loaded of two random candidates. `spareband_spec::score::two_of`.
//!
//! > Two different blades where there are two; every ordered pair is as likely as any other.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | mask | in | 16 | the candidates |
//! | key | in | 16 x 23 | `LaneScore` with the estimate for a score, **1 cycle after** the mask |
//! | first, second | in | 12 | random numbers, 1 cycle after the mask |
//! | blade | out | 4 | 5 cycles after the mask, comes from registers and a comparison |
//!
//! Latency: 5 cycles and a comparison (part of `latency_is_eight` of the selector). Throughput: one a cycle. Reset: none; no state but the pipeline.
//! Bad input: an empty mask gives some blade.

use super::bit_count::{BitCount, sums, table};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{LookupTable, Multiplier};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Step {
    mask: Bits<16>,
    count: Bits<5>,
    /// One less.
    others: Bits<4>,
    /// Candidates in the first byte.
    below: Bits<4>,
    single: Bit,
}

/// The pair by their places among the candidates, then by their keys without the score's upper bits and, below them, their numbers.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Pair {
    masked: Bits<16>,
    placed: Bits<16>,
    single: Bit,
    first: Bits<4>,
    second: Bits<4>,
    is_first: Bits<16>,
    is_second: Bits<16>,
    first_key: Bits<18>,
    second_key: Bits<18>,
}

#[derive(LogicBlock)]
pub struct PairPick {
    pub clk: Signal<In, Clock>,
    pub mask: Signal<In, Bits<16>>,
    pub key: [Signal<In, Bits<23>>; 16],
    pub first: Signal<In, Bits<12>>,
    pub second: Signal<In, Bits<12>>,
    pub blade: Signal<Out, Bits<4>>,
    step: DFF<Step>,
    pair: DFF<Pair>,
    bit_count: BitCount,
    others_count: BitCount,
    /// Candidates in each nibble, and in its first two and three places; from the byte's first place on to the last but these; in the first byte.
    nibble: [LookupTable<4, 3>; 4],
    two: [LookupTable<2, 2>; 4],
    three: [LookupTable<3, 2>; 4],
    five: [LookupTable<4, 3>; 2],
    six: [LookupTable<5, 3>; 2],
    seven: [LookupTable<5, 3>; 2],
    byte: LookupTable<6, 4>,
    /// Candidates before each blade: in its byte, then of all.
    local: [DFF<Bits<3>>; 16],
    rank: [DFF<Bits<4>>; 16],
    settled_rank: [DFF<Bits<4>>; 16],
    key_1: [DFF<Bits<14>>; 16],
    key_2: [DFF<Bits<14>>; 16],
    key_3: [DFF<Bits<14>>; 16],
    first_of: Multiplier<12, 5, 17>,
    second_of: Multiplier<12, 5, 17>,
    low: Signal<Local, Bits<3>>,
    high: Signal<Local, Bits<3>>,
    part: Signal<Local, Bits<2>>,
    bit_0: Signal<Local, Bits<1>>,
    bit_4: Signal<Local, Bits<1>>,
    local_rank: Signal<Local, Bits<3>>,
    gated_key: Signal<Local, Bits<14>>,
    gated_blade: Signal<Local, Bits<4>>,
    place: Signal<Local, Bits<4>>,
    other: Signal<Local, Bits<4>>,
    first_key: Signal<Local, Bits<14>>,
    second_key: Signal<Local, Bits<14>>,
    first_blade: Signal<Local, Bits<4>>,
    second_blade: Signal<Local, Bits<4>>,
    is_first: Signal<Local, Bits<16>>,
    is_second: Signal<Local, Bits<16>>,
}

impl Default for PairPick {
    fn default() -> Self {
        with_defaults!(Self {
            others_count: BitCount::less_one(),
            nibble: std::array::from_fn(|_| table()),
            two: std::array::from_fn(|_| table()),
            three: std::array::from_fn(|_| table()),
            five: std::array::from_fn(|_| sums(0)),
            six: std::array::from_fn(|_| sums(0)),
            seven: std::array::from_fn(|_| sums(0)),
            byte: sums(0),
        }
            defaults clk mask first second blade step pair bit_count first_of second_of low high part bit_0 bit_4 local_rank gated_key gated_blade place other first_key second_key
            first_blade second_blade is_first is_second
            ; arrays key local rank settled_rank key_1 key_2 key_3)
    }
}

impl Logic for PairPick {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, step, pair);
        // First: how many, and how many before.
        self.bit_count.of.next = self.mask.val();
        self.step.d.next.mask = self.mask.val();
        self.others_count.of.next = self.mask.val();
        self.step.d.next.count = self.bit_count.count.val();
        self.step.d.next.others = self.others_count.count.val().get_bits::<4>(0);
        for i in 0..16 {
            self.local[i].clock.next = self.clk.val();
            self.rank[i].clock.next = self.clk.val();
            self.settled_rank[i].clock.next = self.clk.val();
            self.key_1[i].clock.next = self.clk.val();
            self.key_2[i].clock.next = self.clk.val();
            self.key_3[i].clock.next = self.clk.val();
        }
        for i in 0..4 {
            self.nibble[i].address.next = self.mask.val().get_bits::<4>(4 * i);
            self.two[i].address.next = self.mask.val().get_bits::<2>(4 * i);
            self.three[i].address.next = self.mask.val().get_bits::<3>(4 * i);
        }
        for i in 0..2 {
            self.low.next = self.nibble[2 * i].data.val();
            self.bit_0.next = self.mask.val().get_bit(8 * i).into();
            self.bit_4.next = self.mask.val().get_bit(8 * i + 4).into();
            self.five[i].address.next = (bit_cast::<4, 1>(self.bit_4.val()) << 3) | bit_cast::<4, 3>(self.low.val());
            self.part.next = self.two[2 * i + 1].data.val();
            self.six[i].address.next = (bit_cast::<5, 2>(self.part.val()) << 3) | bit_cast::<5, 3>(self.low.val());
            self.part.next = self.three[2 * i + 1].data.val();
            self.seven[i].address.next = (bit_cast::<5, 2>(self.part.val()) << 3) | bit_cast::<5, 3>(self.low.val());
            self.local[8 * i].d.next = 0.into();
            self.local[8 * i + 1].d.next = bit_cast::<3, 1>(self.bit_0.val());
            self.part.next = self.two[2 * i].data.val();
            self.local[8 * i + 2].d.next = bit_cast::<3, 2>(self.part.val());
            self.part.next = self.three[2 * i].data.val();
            self.local[8 * i + 3].d.next = bit_cast::<3, 2>(self.part.val());
            self.local[8 * i + 4].d.next = self.low.val();
            self.local[8 * i + 5].d.next = self.five[i].data.val();
            self.local[8 * i + 6].d.next = self.six[i].data.val();
            self.local[8 * i + 7].d.next = self.seven[i].data.val();
        }
        self.low.next = self.nibble[0].data.val();
        self.high.next = self.nibble[1].data.val();
        self.byte.address.next = (bit_cast::<6, 3>(self.high.val()) << 3) | bit_cast::<6, 3>(self.low.val());
        self.step.d.next.below = self.byte.data.val();
        // Second: products, ranks.
        self.first_of.clk.next = self.clk.val();
        self.first_of.a.next = self.first.val();
        self.first_of.b.next = self.step.q.val().count;
        self.second_of.clk.next = self.clk.val();
        self.second_of.a.next = self.second.val();
        self.second_of.b.next = bit_cast::<5, 4>(self.step.q.val().others);
        self.pair.d.next.masked = self.step.q.val().mask;
        self.step.d.next.single = self.step.q.val().count == 1;
        for i in 0..8 {
            self.local_rank.next = self.local[i].q.val();
            self.rank[i].d.next = bit_cast::<4, 3>(self.local_rank.val());
            self.local_rank.next = self.local[i + 8].q.val();
            self.rank[i + 8].d.next = bit_cast::<4, 3>(self.local_rank.val()) + self.step.q.val().below;
        }
        // Third: places among the candidates; the second counts on past the first.
        self.place.next = self.first_of.product.val().get_bits::<4>(12);
        self.other.next = self.second_of.product.val().get_bits::<4>(12);
        self.pair.d.next.first = self.place.val();
        self.pair.d.next.second = self.other.val();
        if (self.other.val() >= self.place.val()) & !self.step.q.val().single {
            self.pair.d.next.second = self.other.val() + 1;
        }
        self.pair.d.next.placed = self.pair.q.val().masked;
        // Fourth: who that is.
        self.is_first.next = 0.into();
        self.is_second.next = 0.into();
        for i in 0..16 {
            self.settled_rank[i].d.next = self.rank[i].q.val();
            self.is_first.next = self.is_first.val().replace_bit(
                i,
                self.pair.q.val().placed.get_bit(i) & (self.settled_rank[i].q.val() == self.pair.q.val().first),
            );
            self.is_second.next = self.is_second.val().replace_bit(
                i,
                self.pair.q.val().placed.get_bit(i) & (self.settled_rank[i].q.val() == self.pair.q.val().second),
            );
        }
        self.pair.d.next.is_first = self.is_first.val();
        self.pair.d.next.is_second = self.is_second.val();
        // Fifth: their keys and numbers, by gates and sums, which are not as deep as choices.
        self.first_key.next = 0.into();
        self.second_key.next = 0.into();
        self.first_blade.next = 0.into();
        self.second_blade.next = 0.into();
        for i in 0..16 {
            self.key_1[i].d.next = self.key[i].val().get_bits::<14>(0);
            self.key_2[i].d.next = self.key_1[i].q.val();
            self.key_3[i].d.next = self.key_2[i].q.val();
            self.gated_key.next = 0.into();
            self.gated_blade.next = 0.into();
            if self.pair.q.val().is_first.get_bit(i) {
                self.gated_key.next = self.key_3[i].q.val();
                self.gated_blade.next = i.to_bits::<4>();
            }
            self.first_key.next = self.first_key.val() | self.gated_key.val();
            self.first_blade.next = self.first_blade.val() | self.gated_blade.val();
            self.gated_key.next = 0.into();
            self.gated_blade.next = 0.into();
            if self.pair.q.val().is_second.get_bit(i) {
                self.gated_key.next = self.key_3[i].q.val();
                self.gated_blade.next = i.to_bits::<4>();
            }
            self.second_key.next = self.second_key.val() | self.gated_key.val();
            self.second_blade.next = self.second_blade.val() | self.gated_blade.val();
        }
        self.pair.d.next.first_key = (bit_cast::<18, 14>(self.first_key.val()) << 4) | bit_cast::<18, 4>(self.first_blade.val());
        self.pair.d.next.second_key = (bit_cast::<18, 14>(self.second_key.val()) << 4) | bit_cast::<18, 4>(self.second_blade.val());
        // The less loaded; of equals the one that comes first from the pointer on, as a key's last bit says, and then by number.
        self.blade.next = self.pair.q.val().first_key.get_bits::<4>(0);
        if self.pair.q.val().second_key < self.pair.q.val().first_key {
            self.blade.next = self.pair.q.val().second_key.get_bits::<4>(0);
        }
    }
    spareband_hdl::module_name!();
}
