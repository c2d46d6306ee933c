//! Key of one blade for the tournament, and its two weights for the weighted pick, each with the decision's rule and the service's weight.
//! `spareband_spec::score`: `Lane::score`, `share`, `headroom_weight`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | weight | in | 5 | of the blade in the decision's service; above 16 it counts as 16 |
//! | load, second, estimate, tracked, flows, headroom, triple, load_hot, second_is_hot, full | in | | `BladeLane`, **1 cycle after** the weight |
//! | by_load, by_estimate, by_tracked, by_share, by_heat, by_fill | in | 1 | the rule, 1 cycle after the weight, one at most; none: the score is 0 |
//! | candidate, behind | in | 1 | takes part; stands before the pointer, so that it comes later among equals: **2 cycles after** the weight |
//! | key | out | 23 | 3 cycles after the weight; all ones: out |
//! | headroom_weight, plain_weight | out | 8, 5 | 3 cycles after; 0: out |
//!
//! Latency: 3 cycles (part of `latency_is_eight` of the selector). Throughput: one a cycle. Reset: none; no state but the pipeline.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{LookupTable, Multiplier};
use spareband_spec::score::{MAX_WEIGHT, reciprocal};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Second {
    score: Bits<22>,
    hot: Bit,
    shared: Bit,
    weight: Bits<5>,
    /// Headroom times the weight: the upper bits of its product with bits 1..0, and that with bits 4..2.
    scaled_low: Bits<8>,
    scaled_high: Bits<10>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Third {
    key: Bits<23>,
    headroom_weight: Bits<8>,
    plain_weight: Bits<5>,
}

#[derive(LogicBlock)]
pub struct LaneScore {
    pub clk: Signal<In, Clock>,
    pub weight: Signal<In, Bits<5>>,
    pub load: Signal<In, Bits<8>>,
    pub second: Signal<In, Bits<8>>,
    pub estimate: Signal<In, Bits<13>>,
    pub tracked: Signal<In, Bits<16>>,
    pub flows: Signal<In, Bits<13>>,
    pub headroom: Signal<In, Bits<8>>,
    pub triple: Signal<In, Bits<10>>,
    pub load_hot: Signal<In, Bit>,
    pub second_is_hot: Signal<In, Bit>,
    pub full: Signal<In, Bit>,
    pub by_load: Signal<In, Bit>,
    pub by_estimate: Signal<In, Bit>,
    pub by_tracked: Signal<In, Bit>,
    pub by_share: Signal<In, Bit>,
    pub by_heat: Signal<In, Bit>,
    pub by_fill: Signal<In, Bit>,
    pub candidate: Signal<In, Bit>,
    pub behind: Signal<In, Bit>,
    pub key: Signal<Out, Bits<23>>,
    pub headroom_weight: Signal<Out, Bits<8>>,
    pub plain_weight: Signal<Out, Bits<5>>,
    inverse: LookupTable<5, 25>,
    inverse_of: DFF<Bits<25>>,
    counted: DFF<Bits<5>>,
    stage: DFF<Second>,
    last: DFF<Third>,
    high: Multiplier<13, 18, 31>,
    low: Multiplier<13, 7, 20>,
    max_weight: Constant<Bits<5>>,
    hot: Signal<Local, Bit>,
    sum: Signal<Local, Bits<31>>,
    low_part: Signal<Local, Bits<31>>,
    share: Signal<Local, Bits<22>>,
    score: Signal<Local, Bits<22>>,
    by_load_score: Signal<Local, Bits<22>>,
    by_estimate_score: Signal<Local, Bits<22>>,
    by_tracked_score: Signal<Local, Bits<22>>,
    by_heat_score: Signal<Local, Bits<22>>,
    by_fill_score: Signal<Local, Bits<22>>,
    wide: Signal<Local, Bits<10>>,
    low_bits: Signal<Local, Bits<2>>,
    high_bits: Signal<Local, Bits<2>>,
    scaled_low: Signal<Local, Bits<10>>,
    scaled_high: Signal<Local, Bits<10>>,
    scaled: Signal<Local, Bits<10>>,
    scaled_low_bits: Signal<Local, Bits<3>>,
    scaled_weight: Signal<Local, Bits<8>>,
}

impl Default for LaneScore {
    fn default() -> Self {
        let inverse = (0..32)
            .map(|weight: u8| u64::from(reciprocal(weight.clamp(1, MAX_WEIGHT))))
            .collect();
        with_defaults!(Self {
            inverse: LookupTable::new(inverse),
            max_weight: Constant::new(MAX_WEIGHT.to_bits()),
        }
            defaults clk weight load second estimate tracked flows headroom triple load_hot second_is_hot full by_load by_estimate by_tracked
            by_share by_heat by_fill candidate behind key headroom_weight plain_weight inverse_of counted stage last high low hot sum
            low_part share score by_load_score by_estimate_score by_tracked_score by_heat_score by_fill_score wide low_bits high_bits
            scaled_low scaled_high scaled scaled_low_bits scaled_weight)
    }
}

impl Logic for LaneScore {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, inverse_of, counted, stage, last);
        // First: the weight and its reciprocal.
        self.inverse.address.next = self.weight.val();
        self.inverse_of.d.next = self.inverse.data.val();
        self.counted.d.next = self.weight.val();
        if self.weight.val().get_bit(4) {
            self.counted.d.next = self.max_weight.val();
        }
        // Second: products, and the score but for a share. The reciprocal is wider than a DSP block's input.
        self.high.clk.next = self.clk.val();
        self.high.a.next = self.flows.val();
        self.high.b.next = self.inverse_of.q.val().get_bits::<18>(7);
        self.low.clk.next = self.clk.val();
        self.low.a.next = self.flows.val();
        self.low.b.next = self.inverse_of.q.val().get_bits::<7>(0);
        // The weighted headroom without a product, since a DSP block lies far from where its factors are, and its parts without a sum: by two bits of the
        // weight each, of none, the headroom, twice and three times that. A weight of 16 has no other bit.
        self.wide.next = bit_cast::<10, 8>(self.headroom.val());
        self.low_bits.next = self.counted.q.val().get_bits::<2>(0);
        self.high_bits.next = self.counted.q.val().get_bits::<2>(2);
        self.scaled_low.next = 0.into();
        if self.low_bits.val() == 1 {
            self.scaled_low.next = self.wide.val();
        }
        if self.low_bits.val() == 2 {
            self.scaled_low.next = self.wide.val() << 1;
        }
        if self.low_bits.val() == 3 {
            self.scaled_low.next = self.triple.val();
        }
        self.scaled_high.next = 0.into();
        if self.high_bits.val() == 1 {
            self.scaled_high.next = self.wide.val();
        }
        if self.high_bits.val() == 2 {
            self.scaled_high.next = self.wide.val() << 1;
        }
        if self.high_bits.val() == 3 {
            self.scaled_high.next = self.triple.val();
        }
        if self.counted.q.val().get_bit(4) {
            self.scaled_high.next = self.wide.val() << 2;
        }
        self.stage.d.next.scaled_low = self.scaled_low.val().get_bits::<8>(2);
        self.stage.d.next.scaled_high = self.scaled_high.val();
        self.hot.next = self.load_hot.val() | self.second_is_hot.val();
        self.stage.d.next.weight = self.counted.q.val();
        self.stage.d.next.hot = self.by_heat.val();
        self.stage.d.next.shared = self.by_share.val() | (self.by_heat.val() & self.hot.val());
        self.by_load_score.next = 0.into();
        self.by_estimate_score.next = 0.into();
        self.by_tracked_score.next = 0.into();
        self.by_heat_score.next = 0.into();
        self.by_fill_score.next = 0.into();
        if self.by_load.val() {
            self.by_load_score.next = bit_cast::<22, 8>(self.load.val());
        }
        if self.by_estimate.val() | (self.by_fill.val() & self.full.val()) {
            self.by_estimate_score.next = bit_cast::<22, 13>(self.estimate.val());
        }
        if self.by_tracked.val() {
            self.by_tracked_score.next = bit_cast::<22, 16>(self.tracked.val());
        }
        if self.by_heat.val() {
            self.by_heat_score.next = (bit_cast::<22, 13>(self.estimate.val()) << 8) | bit_cast::<22, 8>(self.second.val());
        }
        if self.by_fill.val() {
            self.by_fill_score.next = bit_cast::<22, 1>(self.full.val().into()) << 21;
        }
        self.stage.d.next.score = self.by_load_score.val()
            | self.by_estimate_score.val()
            | self.by_tracked_score.val()
            | self.by_heat_score.val()
            | self.by_fill_score.val();
        // Third: the share of (active + 1) * 256 * 2^24 / weight, of which the products lack 2^8.
        self.low_part.next = bit_cast::<31, 13>(self.low.product.val().get_bits::<13>(7));
        self.sum.next = self.high.product.val() + self.low_part.val();
        self.share.next = self.sum.val().get_bits::<22>(9);
        self.score.next = self.stage.q.val().score;
        if self.stage.q.val().shared {
            self.score.next = self.share.val() | (bit_cast::<22, 1>(self.stage.q.val().hot.into()) << 21);
        }
        self.scaled.next = self.stage.q.val().scaled_high + bit_cast::<10, 8>(self.stage.q.val().scaled_low);
        self.scaled_weight.next = self.scaled.val().get_bits::<8>(2);
        self.last.d.next.key = (bit_cast::<23, 22>(self.score.val()) << 1) | bit_cast::<23, 1>(self.behind.val().into());
        self.last.d.next.headroom_weight = self.scaled_weight.val();
        // It is 0 where the sum is below four, which the summands tell sooner.
        self.scaled_low_bits.next = bit_cast::<3, 2>(self.stage.q.val().scaled_high.get_bits::<2>(0))
            + bit_cast::<3, 2>(self.stage.q.val().scaled_low.get_bits::<2>(0));
        if !self.stage.q.val().scaled_high.get_bits::<8>(2).any()
            & !self.stage.q.val().scaled_low.get_bits::<6>(2).any()
            & !self.scaled_low_bits.val().get_bit(2)
        {
            self.last.d.next.headroom_weight = 1.into();
        }
        self.last.d.next.plain_weight = self.stage.q.val().weight;
        if !self.candidate.val() {
            self.last.d.next.key = 0x7FFFFF.into();
            self.last.d.next.headroom_weight = 0.into();
            self.last.d.next.plain_weight = 0.into();
        }
        self.key.next = self.last.q.val().key;
        self.headroom_weight.next = self.last.q.val().headroom_weight;
        self.plain_weight.next = self.last.q.val().plain_weight;
    }
    spareband_hdl::module_name!();
}
