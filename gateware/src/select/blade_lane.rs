//! What the selector makes of a blade: its load, the estimate, the tracked load and what moves their flags. `spareband_spec::score::lane`, a registered
//! step at a time. One lane serves all blades in turn: `LaneTurns`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | cpu, irq, work, power, queue_length | in | 8 each | signals of a blade's last good record |
//! | unknown | in | 1 | it has none, or a stale one |
//! | signal, second_signal | in | 3 | `score::Signal` for the load, and for the second signal |
//! | active | in | 16 | its flows in the flow table |
//! | latched_load, base | in | 20, 21 | `ReportBase`, 1 and 2 cycles after |
//! | delta | in | 8 | load of one flow |
//! | hot, hot_stay, second_hot, second_stay, fill, fill_stay | in | 8 | marks, and where flags that are set clear |
//! | was_unknown | out | 1 | 5 cycles after the inputs |
//! | reaches, keeps | out | 3 | 5 cycles after: load, second signal and fill are at the mark; not below where the flag clears |
//! | raw_load | out | 8 | the load as the record has it, 6 cycles after |
//! | load, second, estimate, tracked, flows | out | 8, 8, 13, 16, 13 | 6 cycles after; `flows` is active + 1 |
//! | headroom, triple | out | 8, 10 | 255 - estimate, at least 4; three times that; 6 cycles after |
//!
//! Latency: 5 and 6 cycles (held by `decides_as_the_arithmetic_says`). Throughput: a blade a cycle. Reset: none; no state but the pipeline.
//! Bad input: a signal above 4 is the queue; the selector gives none.

use rust_hdl::prelude::*;
use spareband_hdl::parts::Multiplier;
use spareband_spec::score::{ACTIVE_MAX, FULL_UTILISATION, UNKNOWN_UTILISATION};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Seen {
    unknown: Bit,
    full: Bit,
    /// As the record has it.
    raw: Bits<8>,
    load: Bits<8>,
    second: Bits<8>,
    active: Bits<12>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Values {
    raw: Bits<8>,
    load: Bits<8>,
    second: Bits<8>,
    estimate: Bits<13>,
    tracked: Bits<16>,
    flows: Bits<13>,
    headroom: Bits<8>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Marks {
    unknown: Bit,
    reaches: Bits<3>,
    keeps: Bits<3>,
}

#[derive(LogicBlock)]
pub struct BladeLane {
    pub clk: Signal<In, Clock>,
    pub cpu: Signal<In, Bits<8>>,
    pub irq: Signal<In, Bits<8>>,
    pub work: Signal<In, Bits<8>>,
    pub power: Signal<In, Bits<8>>,
    pub queue_length: Signal<In, Bits<8>>,
    pub unknown: Signal<In, Bit>,
    pub signal: Signal<In, Bits<3>>,
    pub second_signal: Signal<In, Bits<3>>,
    pub active: Signal<In, Bits<16>>,
    pub latched_load: Signal<In, Bits<20>>,
    pub base: Signal<In, Bits<21>>,
    pub delta: Signal<In, Bits<8>>,
    pub hot: Signal<In, Bits<8>>,
    pub hot_stay: Signal<In, Bits<8>>,
    pub second_hot: Signal<In, Bits<8>>,
    pub second_stay: Signal<In, Bits<8>>,
    pub fill: Signal<In, Bits<8>>,
    pub fill_stay: Signal<In, Bits<8>>,
    pub was_unknown: Signal<Out, Bit>,
    pub reaches: Signal<Out, Bits<3>>,
    pub keeps: Signal<Out, Bits<3>>,
    pub raw_load: Signal<Out, Bits<8>>,
    pub load: Signal<Out, Bits<8>>,
    pub second: Signal<Out, Bits<8>>,
    pub estimate: Signal<Out, Bits<13>>,
    pub tracked: Signal<Out, Bits<16>>,
    pub flows: Signal<Out, Bits<13>>,
    pub headroom: Signal<Out, Bits<8>>,
    pub triple: Signal<Out, Bits<10>>,
    first: DFF<Seen>,
    second_step: DFF<Seen>,
    third: DFF<Seen>,
    fourth: DFF<Seen>,
    /// Load without that of the latched flows; then with that of the flows.
    rest: DFF<Bits<21>>,
    estimated: DFF<Bits<21>>,
    followed: DFF<Bits<21>>,
    /// Without a sign, and past 16 bits if its upper part is past 8.
    follow_low: DFF<Bits<8>>,
    follow_high: DFF<Bits<13>>,
    clamped: DFF<Bits<13>>,
    marks: DFF<Marks>,
    /// A cycle later than the marks, so that both are of one decision.
    values: DFF<Values>,
    shown: DFF<Values>,
    tripled: DFF<Bits<10>>,
    multiplier: Multiplier<8, 12, 20>,
    active_max: Constant<Bits<12>>,
    full_utilisation: Constant<Bits<8>>,
    unknown_utilisation: Constant<Bits<8>>,
    product: Signal<Local, Bits<21>>,
    sum: Signal<Local, Bits<21>>,
    follow_sum: Signal<Local, Bits<21>>,
    follow_part: Signal<Local, Bits<13>>,
    overloaded: Signal<Local, Bits<5>>,
    spare: Signal<Local, Bits<8>>,
    wide: Signal<Local, Bits<10>>,
    reached: Signal<Local, Bits<3>>,
    kept: Signal<Local, Bits<3>>,
}

impl Default for BladeLane {
    fn default() -> Self {
        with_defaults!(Self {
            active_max: Constant::new(ACTIVE_MAX.to_bits()),
            full_utilisation: Constant::new(FULL_UTILISATION.to_bits()),
            unknown_utilisation: Constant::new(UNKNOWN_UTILISATION.to_bits()),
        }
            defaults clk cpu irq work power queue_length unknown signal second_signal active latched_load base delta hot hot_stay second_hot
            second_stay fill fill_stay was_unknown reaches keeps raw_load load second estimate tracked flows headroom triple first second_step third
            fourth rest estimated followed follow_low follow_high clamped marks values shown multiplier product sum follow_sum follow_part
            overloaded spare wide tripled reached kept)
    }
}

impl Logic for BladeLane {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            first,
            second_step,
            third,
            fourth,
            rest,
            estimated,
            followed,
            follow_low,
            follow_high,
            clamped,
            marks,
            values,
            shown,
            tripled
        );
        // First: by which signals.
        self.first.d.next.unknown = self.unknown.val();
        self.first.d.next.full = false;
        self.first.d.next.load = self.cpu.val();
        if self.signal.val().get_bit(0) {
            self.first.d.next.load = self.irq.val();
        }
        if self.signal.val().get_bit(1) {
            self.first.d.next.load = !self.work.val();
            if self.signal.val().get_bit(0) {
                self.first.d.next.load = !self.power.val();
            }
        }
        if self.signal.val().get_bit(2) {
            self.first.d.next.load = self.queue_length.val();
        }
        self.first.d.next.raw = 0.into();
        self.first.d.next.second = self.cpu.val();
        if self.second_signal.val().get_bit(0) {
            self.first.d.next.second = self.irq.val();
        }
        if self.second_signal.val().get_bit(1) {
            self.first.d.next.second = !self.work.val();
            if self.second_signal.val().get_bit(0) {
                self.first.d.next.second = !self.power.val();
            }
        }
        if self.second_signal.val().get_bit(2) {
            self.first.d.next.second = self.queue_length.val();
        }
        self.first.d.next.active = self.active.val().get_bits::<12>(0);
        if self.active.val().get_bits::<4>(12).any() {
            self.first.d.next.active = self.active_max.val();
        }
        // Second: the product, and what is to be added to it.
        self.multiplier.clk.next = self.clk.val();
        self.multiplier.a.next = self.delta.val();
        self.multiplier.b.next = self.first.q.val().active;
        self.rest.d.next = bit_cast::<21, 8>(self.first.q.val().load) - bit_cast::<21, 20>(self.latched_load.val());
        self.second_step.d.next = self.first.q.val();
        self.second_step.d.next.raw = self.first.q.val().load;
        self.second_step.d.next.full = self.first.q.val().unknown | (self.first.q.val().load >= self.full_utilisation.val());
        if self.first.q.val().unknown {
            self.second_step.d.next.load = self.unknown_utilisation.val();
            self.second_step.d.next.second = self.unknown_utilisation.val();
        }
        // Third: the sums. All stay within 21 bits with sign.
        self.product.next = bit_cast::<21, 20>(self.multiplier.product.val());
        self.estimated.d.next = self.product.val() + self.rest.q.val();
        self.followed.d.next = self.product.val() - self.base.val();
        self.third.d.next = self.second_step.q.val();
        // Fourth: clamped, or 256 + active, which only concerns the upper bits.
        self.fourth.d.next = self.third.q.val();
        self.sum.next = self.estimated.q.val();
        self.overloaded.next = bit_cast::<5, 4>(self.third.q.val().active.get_bits::<4>(8)) + 1;
        self.clamped.d.next = bit_cast::<13, 8>(self.sum.val().get_bits::<8>(0));
        if self.sum.val().get_bits::<12>(8).any() {
            self.clamped.d.next = 255.into();
        }
        if self.sum.val().get_bit(20) {
            self.clamped.d.next = 0.into();
        }
        if self.third.q.val().full {
            self.clamped.d.next =
                (bit_cast::<13, 5>(self.overloaded.val()) << 8) | bit_cast::<13, 8>(self.third.q.val().active.get_bits::<8>(0));
        }
        self.follow_sum.next = self.followed.q.val();
        if self.followed.q.val().get_bit(20) {
            self.follow_sum.next = 0.into();
        }
        self.follow_low.d.next = self.follow_sum.val().get_bits::<8>(0);
        self.follow_part.next = bit_cast::<13, 12>(self.follow_sum.val().get_bits::<12>(8));
        self.follow_high.d.next = self.follow_part.val() + bit_cast::<13, 1>(self.third.q.val().full.into());
        // Fifth: marks, and what depends on the estimate.
        self.values.d.next.raw = self.fourth.q.val().raw;
        self.values.d.next.load = self.fourth.q.val().load;
        self.values.d.next.second = self.fourth.q.val().second;
        self.values.d.next.estimate = self.clamped.q.val();
        self.values.d.next.tracked =
            (bit_cast::<16, 8>(self.follow_high.q.val().get_bits::<8>(0)) << 8) | bit_cast::<16, 8>(self.follow_low.q.val());
        if self.follow_high.q.val().get_bits::<5>(8).any() {
            self.values.d.next.tracked = 0xFFFF.into();
        }
        self.values.d.next.flows = bit_cast::<13, 12>(self.fourth.q.val().active) + 1;
        self.spare.next = !self.clamped.q.val().get_bits::<8>(0);
        self.values.d.next.headroom = self.spare.val();
        if self.clamped.q.val().get_bits::<5>(8).any() | !self.spare.val().get_bits::<6>(2).any() {
            self.values.d.next.headroom = 4.into();
        }
        self.reached.next = bit_cast::<3, 1>((self.clamped.q.val() >= bit_cast::<13, 8>(self.hot.val())).into())
            | (bit_cast::<3, 1>((self.fourth.q.val().second >= self.second_hot.val()).into()) << 1)
            | (bit_cast::<3, 1>((self.clamped.q.val() >= bit_cast::<13, 8>(self.fill.val())).into()) << 2);
        self.kept.next = bit_cast::<3, 1>((self.clamped.q.val() >= bit_cast::<13, 8>(self.hot_stay.val())).into())
            | (bit_cast::<3, 1>((self.fourth.q.val().second >= self.second_stay.val()).into()) << 1)
            | (bit_cast::<3, 1>((self.clamped.q.val() >= bit_cast::<13, 8>(self.fill_stay.val())).into()) << 2);
        self.marks.d.next.unknown = self.fourth.q.val().unknown;
        self.marks.d.next.reaches = self.reached.val();
        self.marks.d.next.keeps = self.kept.val();
        self.was_unknown.next = self.marks.q.val().unknown;
        self.reaches.next = self.marks.q.val().reaches;
        self.keeps.next = self.marks.q.val().keeps;
        self.wide.next = bit_cast::<10, 8>(self.values.q.val().headroom);
        self.shown.d.next = self.values.q.val();
        self.tripled.d.next = self.wide.val() + (self.wide.val() << 1);
        self.raw_load.next = self.shown.q.val().raw;
        self.load.next = self.shown.q.val().load;
        self.second.next = self.shown.q.val().second;
        self.estimate.next = self.shown.q.val().estimate;
        self.tracked.next = self.shown.q.val().tracked;
        self.flows.next = self.shown.q.val().flows;
        self.headroom.next = self.shown.q.val().headroom;
        self.triple.next = self.tripled.q.val();
    }
    spareband_hdl::module_name!();
}
