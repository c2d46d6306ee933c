//! Takes a blade by weights: at random by headroom, or by a service's phase that moves by the golden ratio. `spareband_spec::score::weighted`, `GOLDEN`.
//!
//! > The weight of a blade is the width of its piece of the line from 0 to their total; the number, scaled to the total, points into one piece.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | headroom_weight, plain_weight | in | 16 x 8, 16 x 5 | `LaneScore` |
//! | by_weight | in | 1 | by plain weights and the phase, which moves; else by headroom and the random number |
//! | none | in | 1 | no candidate: the phase stays |
//! | valid | in | 1 | there is a decision |
//! | service | in | 4 | whose phase |
//! | random | in | 16 | |
//! | blade | out | 4 | 5 cycles later, comes from a register and a decoder |
//!
//! Latency: 4 cycles and a decoder (part of `latency_is_eight` of the selector). Throughput: one a cycle, phases of one service included.
//! Reset: none. Phases start at the golden ratio's first multiple and stay over a reset: each is as good as another.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{Multiplier, SimpleDualPortRam};
use spareband_spec::score::GOLDEN;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    /// The phase moves; the decision before it was for the same service; its phase did move.
    moves: Bit,
    same: Bit,
    moved: Bit,
    service: Bits<4>,
    random: Bits<16>,
    by_weight: Bit,
    /// The next decision's phase.
    phase: Bits<32>,
    /// What points.
    number: Bits<16>,
}

/// Sums of the weights of the first eight, twelve and sixteen blades.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sums {
    half: Bits<12>,
    three: Bits<12>,
    all: Bits<12>,
}

#[derive(LogicBlock)]
pub struct WeightedPick {
    pub clk: Signal<In, Clock>,
    pub headroom_weight: [Signal<In, Bits<8>>; 16],
    pub plain_weight: [Signal<In, Bits<5>>; 16],
    pub by_weight: Signal<In, Bit>,
    pub none: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub service: Signal<In, Bits<4>>,
    pub random: Signal<In, Bits<16>>,
    pub blade: Signal<Out, Bits<4>>,
    turn: DFF<Turn>,
    phases: SimpleDualPortRam<32, 4>,
    scale: Multiplier<16, 12, 28>,
    /// Sums of the weights up to a blade: in its group of four, twice; then of all.
    partial: [DFF<Bits<10>>; 16],
    settled: [DFF<Bits<10>>; 16],
    sums: DFF<Sums>,
    scaling: [DFF<Bits<12>>; 16],
    above: DFF<Bits<16>>,
    golden: Constant<Bits<32>>,
    by_headroom: [Signal<Local, Bits<10>>; 16],
    by_plain: [Signal<Local, Bits<7>>; 16],
    within: [Signal<Local, Bits<12>>; 16],
    quarter: [Signal<Local, Bits<12>>; 4],
    headroom: Signal<Local, Bits<8>>,
    plain: Signal<Local, Bits<5>>,
    headrooms: Signal<Local, Bits<10>>,
    plains: Signal<Local, Bits<7>>,
    last_headrooms: Signal<Local, Bits<10>>,
    last_plains: Signal<Local, Bits<7>>,
    one_plain: Signal<Local, Bits<7>>,
    three_plains: Signal<Local, Bits<7>>,
    four_plains: Signal<Local, Bits<7>>,
    group: Signal<Local, Bits<10>>,
    phase: Signal<Local, Bits<32>>,
    next_phase: Signal<Local, Bits<32>>,
    threshold: Signal<Local, Bits<12>>,
    over: Signal<Local, Bits<16>>,
    found: Signal<Local, Bits<16>>,
    odd: Signal<Local, Bit>,
    second_of_pairs: Signal<Local, Bit>,
    second_of_fours: Signal<Local, Bit>,
}

impl Default for WeightedPick {
    fn default() -> Self {
        with_defaults!(Self {
            phases: SimpleDualPortRam::new(vec![GOLDEN.to_bits(); 16]).without_bypass(),
            golden: Constant::new(GOLDEN.to_bits()),
        }
            defaults clk by_weight none valid service random blade turn sums scale above headroom plain headrooms plains last_headrooms last_plains one_plain three_plains four_plains group phase next_phase threshold
            over found odd second_of_pairs second_of_fours
            ; arrays headroom_weight plain_weight partial settled scaling by_headroom by_plain within quarter)
    }
}

impl Logic for WeightedPick {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn, sums, above);
        // First: sums within each four, of both weights; the phase is read.
        for i in 0..16 {
            self.partial[i].clock.next = self.clk.val();
            self.settled[i].clock.next = self.clk.val();
            self.scaling[i].clock.next = self.clk.val();
            self.headroom.next = self.headroom_weight[i].val();
            self.plain.next = self.plain_weight[i].val();
            self.by_headroom[i].next = bit_cast::<10, 8>(self.headroom.val());
            self.by_plain[i].next = bit_cast::<7, 5>(self.plain.val());
        }
        for i in 0..4 {
            self.headrooms.next = self.by_headroom[4 * i].val() + self.by_headroom[4 * i + 1].val();
            self.plains.next = self.by_plain[4 * i].val() + self.by_plain[4 * i + 1].val();
            self.last_headrooms.next = self.by_headroom[4 * i + 2].val() + self.by_headroom[4 * i + 3].val();
            self.last_plains.next = self.by_plain[4 * i + 2].val() + self.by_plain[4 * i + 3].val();
            self.partial[4 * i].d.next = self.by_headroom[4 * i].val();
            self.partial[4 * i + 1].d.next = self.headrooms.val();
            self.partial[4 * i + 2].d.next = self.headrooms.val() + self.by_headroom[4 * i + 2].val();
            self.partial[4 * i + 3].d.next = self.headrooms.val() + self.last_headrooms.val();
            self.one_plain.next = self.by_plain[4 * i].val();
            self.three_plains.next = self.plains.val() + self.by_plain[4 * i + 2].val();
            self.four_plains.next = self.plains.val() + self.last_plains.val();
            if self.by_weight.val() {
                self.partial[4 * i].d.next = bit_cast::<10, 7>(self.one_plain.val());
                self.partial[4 * i + 1].d.next = bit_cast::<10, 7>(self.plains.val());
                self.partial[4 * i + 2].d.next = bit_cast::<10, 7>(self.three_plains.val());
                self.partial[4 * i + 3].d.next = bit_cast::<10, 7>(self.four_plains.val());
            }
        }
        self.phases.clk.next = self.clk.val();
        self.phases.read_address.next = self.service.val();
        self.turn.d.next.service = self.service.val();
        self.turn.d.next.same = self.turn.q.val().service == self.service.val();
        self.turn.d.next.by_weight = self.by_weight.val();
        self.turn.d.next.random = self.random.val();
        self.turn.d.next.moves = self.valid.val() & self.by_weight.val() & !self.none.val();
        // Second: the total, and sums of whole groups, each of pairs that no other has, so that synthesis adds three or four numbers at once;
        // the phase moves.
        for i in 0..4 {
            self.group.next = self.partial[4 * i + 3].q.val();
            self.quarter[i].next = bit_cast::<12, 10>(self.group.val());
        }
        self.sums.d.next.half = self.quarter[0].val() + self.quarter[1].val();
        self.sums.d.next.three = (self.quarter[0].val() + self.quarter[2].val()) + self.quarter[1].val();
        self.sums.d.next.all = (self.quarter[0].val() + self.quarter[3].val()) + (self.quarter[1].val() + self.quarter[2].val());
        for i in 0..16 {
            self.settled[i].d.next = self.partial[i].q.val();
        }
        // The memory does not tell what was written in the cycle of the reading.
        self.phase.next = self.phases.read_data.val();
        if self.turn.q.val().moved & self.turn.q.val().same {
            self.phase.next = self.turn.q.val().phase;
        }
        self.next_phase.next = self.phase.val() + self.golden.val();
        self.turn.d.next.phase = self.next_phase.val();
        self.turn.d.next.moved = self.turn.q.val().moves;
        self.phases.write_enable.next = self.turn.q.val().moves;
        self.phases.write_address.next = self.turn.q.val().service;
        self.phases.write_data.next = self.next_phase.val();
        self.turn.d.next.number = self.turn.q.val().random;
        if self.turn.q.val().by_weight {
            self.turn.d.next.number = self.phase.val().get_bits::<16>(16);
        }
        // Third: the number scaled to the total; sums of all.
        self.scale.clk.next = self.clk.val();
        self.scale.a.next = self.turn.q.val().number;
        self.scale.b.next = self.sums.q.val().all;
        for i in 0..16 {
            self.group.next = self.settled[i].q.val();
            self.within[i].next = bit_cast::<12, 10>(self.group.val());
        }
        for i in 0..4 {
            self.scaling[i].d.next = self.within[i].val();
            self.scaling[i + 4].d.next = self.within[i + 4].val() + self.within[3].val();
            self.scaling[i + 8].d.next = self.within[i + 8].val() + self.sums.q.val().half;
            self.scaling[i + 12].d.next = self.within[i + 12].val() + self.sums.q.val().three;
        }
        // Fourth: whose sum is above it. Sums only grow, so all blades from the first on are: a bit of its number is set where one that ends a
        // span with this bit set is above, and the last before the span is not.
        self.threshold.next = self.scale.product.val().get_bits::<12>(16);
        self.over.next = 0.into();
        for i in 0..16 {
            self.over.next = self.over.val().replace_bit(i, self.scaling[i].q.val() > self.threshold.val());
        }
        self.above.d.next = self.over.val();
        self.found.next = self.above.q.val();
        self.odd.next = !self.found.val().get_bit(14);
        for i in 0..7 {
            self.odd.next = self.odd.val() | (self.found.val().get_bit(2 * i + 1) & !self.found.val().get_bit(2 * i));
        }
        self.second_of_pairs.next = !self.found.val().get_bit(13);
        for i in 0..3 {
            self.second_of_pairs.next =
                self.second_of_pairs.val() | (self.found.val().get_bit(4 * i + 3) & !self.found.val().get_bit(4 * i + 1));
        }
        self.second_of_fours.next = !self.found.val().get_bit(11) | (self.found.val().get_bit(7) & !self.found.val().get_bit(3));
        self.blade.next = (bit_cast::<4, 1>((!self.found.val().get_bit(7)).into()) << 3)
            | (bit_cast::<4, 1>(self.second_of_fours.val().into()) << 2)
            | (bit_cast::<4, 1>(self.second_of_pairs.val().into()) << 1)
            | bit_cast::<4, 1>(self.odd.val().into());
    }
    spareband_hdl::module_name!();
}
