//! One `BladeLane` serves the blades in turn, a cycle each, and what it made of each stands here until its next turn.
//!
//! > All values of a blade are of one moment, and what stands for a request is of its last turn that was over.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears the flags and begins with blade 0 |
//! | known, stale, cpu, irq, work, power, queue_length, active | in | N x 1, 1, 8.., 16 | the blades: `BladeSelector` |
//! | updated | in | N x 1 | pulse: a record came |
//! | signal … fill_stay | in | | settings: `BladeLane` |
//! | latched_load, base | in | N x 20, 21 | `ReportBase` |
//! | decide | in | 1 | a decision is requested: the flags move by the values of this moment |
//! | unknown | out | N x 1 | in the cycle of the request |
//! | raw_load, load, second, estimate, tracked, flows, headroom, triple | out | N x 8.. | `BladeLane`; for a request, in the cycle after it |
//! | load_hot, second_is_hot, full | out | N x 1 | flags, in the cycle after the request |
//! | reported | out | N x 1 | pulse: `raw_load` is of the record that came, or of a later one |
//!
//! Latency: a blade's values of a cycle take part in requests 7 cycles later (held by `decides_as_the_arithmetic_says`). Throughput: each blade once
//! in N cycles: a shortest frame takes 10, so a new flow is seen with the next frame's, or the one after.

use super::{BladeLane, LaneResult, TurnChoice};
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Whose {
    /// Whose turn it was 1 to 7 cycles ago, one-hot each.
    first: Bits<16>,
    second: Bits<16>,
    third: Bits<16>,
    fourth: Bits<16>,
    fifth: Bits<16>,
    sixth: Bits<16>,
    seventh: Bits<16>,
    /// Bit i: the blade of i + 1 cycles ago had a new record.
    news: Bits<7>,
}

#[derive(LogicBlock)]
pub struct LaneTurns<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub irq: [Signal<In, Bits<8>>; N],
    pub work: [Signal<In, Bits<8>>; N],
    pub power: [Signal<In, Bits<8>>; N],
    pub queue_length: [Signal<In, Bits<8>>; N],
    pub active: [Signal<In, Bits<16>>; N],
    pub updated: [Signal<In, Bit>; N],
    pub signal: Signal<In, Bits<3>>,
    pub second_signal: Signal<In, Bits<3>>,
    pub delta: Signal<In, Bits<8>>,
    pub hot: Signal<In, Bits<8>>,
    pub hot_stay: Signal<In, Bits<8>>,
    pub second_hot: Signal<In, Bits<8>>,
    pub second_stay: Signal<In, Bits<8>>,
    pub fill: Signal<In, Bits<8>>,
    pub fill_stay: Signal<In, Bits<8>>,
    pub latched_load: [Signal<In, Bits<20>>; N],
    pub base: [Signal<In, Bits<21>>; N],
    pub decide: Signal<In, Bit>,
    pub unknown: [Signal<Out, Bit>; N],
    pub raw_load: [Signal<Out, Bits<8>>; N],
    pub load: [Signal<Out, Bits<8>>; N],
    pub second: [Signal<Out, Bits<8>>; N],
    pub estimate: [Signal<Out, Bits<13>>; N],
    pub tracked: [Signal<Out, Bits<16>>; N],
    pub flows: [Signal<Out, Bits<13>>; N],
    pub headroom: [Signal<Out, Bits<8>>; N],
    pub triple: [Signal<Out, Bits<10>>; N],
    pub load_hot: [Signal<Out, Bit>; N],
    pub second_is_hot: [Signal<Out, Bit>; N],
    pub full: [Signal<Out, Bit>; N],
    pub reported: [Signal<Out, Bit>; N],
    turn: ResetReg<Bits<16>>,
    whose: DFF<Whose>,
    /// Records that came since the blade's turn.
    waits: ResetReg<Bits<16>>,
    reports: DFF<Bits<16>>,
    seen: DFF<Bits<57>>,
    latched_load_now: DFF<Bits<20>>,
    base_now: DFF<Bits<21>>,
    status: TurnChoice<57, N>,
    loads: TurnChoice<20, N>,
    bases: TurnChoice<21, N>,
    lane: BladeLane,
    results: [LaneResult; N],
    last: Signal<Local, Bit>,
    cpu_now: Signal<Local, Bits<8>>,
    irq_now: Signal<Local, Bits<8>>,
    work_now: Signal<Local, Bits<8>>,
    power_now: Signal<Local, Bits<8>>,
    queue_now: Signal<Local, Bits<8>>,
    active_now: Signal<Local, Bits<16>>,
    unknown_now: Signal<Local, Bit>,
    came: Signal<Local, Bits<16>>,
    news: Signal<Local, Bit>,
}

impl<const N: usize> Default for LaneTurns<N> {
    fn default() -> Self {
        with_defaults!(Self {
            turn: ResetReg::new(1_u16.to_bits()),
        }
            defaults clk reset signal second_signal delta hot hot_stay second_hot second_stay fill fill_stay decide whose waits reports seen
            latched_load_now base_now status loads bases lane last cpu_now irq_now work_now power_now queue_now active_now unknown_now came news
            ; arrays known stale cpu irq work power queue_length active updated latched_load base unknown raw_load load second estimate tracked
            flows headroom triple load_hot second_is_hot full reported results)
    }
}

impl<const N: usize> Logic for LaneTurns<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, whose, reports, seen, latched_load_now, base_now);
        self.turn.clk.next = self.clk.val();
        self.turn.reset.next = self.reset.val();
        self.waits.clk.next = self.clk.val();
        self.waits.reset.next = self.reset.val();
        self.last.next = false;
        self.came.next = 0.into();
        self.status.turn.next = self.turn.q.val();
        self.loads.turn.next = self.whose.q.val().first;
        self.bases.turn.next = self.whose.q.val().second;
        for i in 0..N {
            self.last.next = self.turn.q.val().get_bit(i);
            self.came.next = self.came.val().replace_bit(i, self.updated[i].val());
            self.cpu_now.next = self.cpu[i].val();
            self.irq_now.next = self.irq[i].val();
            self.work_now.next = self.work[i].val();
            self.power_now.next = self.power[i].val();
            self.queue_now.next = self.queue_length[i].val();
            self.active_now.next = self.active[i].val();
            self.unknown_now.next = !self.known[i].val() | self.stale[i].val();
            self.status.word[i].next = bit_cast::<57, 8>(self.cpu_now.val())
                | (bit_cast::<57, 8>(self.irq_now.val()) << 8)
                | (bit_cast::<57, 8>(self.work_now.val()) << 16)
                | (bit_cast::<57, 8>(self.power_now.val()) << 24)
                | (bit_cast::<57, 8>(self.queue_now.val()) << 32)
                | (bit_cast::<57, 16>(self.active_now.val()) << 40)
                | (bit_cast::<57, 1>(self.unknown_now.val().into()) << 56);
            self.loads.word[i].next = self.latched_load[i].val();
            self.bases.word[i].next = self.base[i].val();
        }
        self.turn.d.next = self.turn.q.val() << 1;
        if self.last.val() {
            self.turn.d.next = 1.into();
        }
        self.news.next = (self.waits.q.val() & self.turn.q.val()).any();
        self.waits.d.next = (self.waits.q.val() & !self.turn.q.val()) | self.came.val();
        self.whose.d.next.first = self.turn.q.val();
        self.whose.d.next.second = self.whose.q.val().first;
        self.whose.d.next.third = self.whose.q.val().second;
        self.whose.d.next.fourth = self.whose.q.val().third;
        self.whose.d.next.fifth = self.whose.q.val().fourth;
        self.whose.d.next.sixth = self.whose.q.val().fifth;
        self.whose.d.next.seventh = self.whose.q.val().sixth;
        self.whose.d.next.news = (self.whose.q.val().news << 1) | bit_cast::<7, 1>(self.news.val().into());
        self.seen.d.next = self.status.chosen.val();
        self.latched_load_now.d.next = self.loads.chosen.val();
        self.base_now.d.next = self.bases.chosen.val();
        self.lane.clk.next = self.clk.val();
        self.lane.cpu.next = self.seen.q.val().get_bits::<8>(0);
        self.lane.irq.next = self.seen.q.val().get_bits::<8>(8);
        self.lane.work.next = self.seen.q.val().get_bits::<8>(16);
        self.lane.power.next = self.seen.q.val().get_bits::<8>(24);
        self.lane.queue_length.next = self.seen.q.val().get_bits::<8>(32);
        self.lane.active.next = self.seen.q.val().get_bits::<16>(40);
        self.lane.unknown.next = self.seen.q.val().get_bit(56);
        self.lane.latched_load.next = self.latched_load_now.q.val();
        self.lane.base.next = self.base_now.q.val();
        self.lane.signal.next = self.signal.val();
        self.lane.second_signal.next = self.second_signal.val();
        self.lane.delta.next = self.delta.val();
        self.lane.hot.next = self.hot.val();
        self.lane.hot_stay.next = self.hot_stay.val();
        self.lane.second_hot.next = self.second_hot.val();
        self.lane.second_stay.next = self.second_stay.val();
        self.lane.fill.next = self.fill.val();
        self.lane.fill_stay.next = self.fill_stay.val();
        self.reports.d.next = 0.into();
        if self.whose.q.val().news.get_bit(6) {
            self.reports.d.next = self.whose.q.val().seventh;
        }
        for i in 0..N {
            self.results[i].clk.next = self.clk.val();
            self.results[i].reset.next = self.reset.val();
            self.results[i].decide.next = self.decide.val();
            self.results[i].take_marks.next = self.whose.q.val().sixth.get_bit(i);
            self.results[i].take_values.next = self.whose.q.val().seventh.get_bit(i);
            self.results[i].was_unknown.next = self.lane.was_unknown.val();
            self.results[i].reaches.next = self.lane.reaches.val();
            self.results[i].keeps.next = self.lane.keeps.val();
            self.results[i].raw_load_in.next = self.lane.raw_load.val();
            self.results[i].load_in.next = self.lane.load.val();
            self.results[i].second_in.next = self.lane.second.val();
            self.results[i].estimate_in.next = self.lane.estimate.val();
            self.results[i].tracked_in.next = self.lane.tracked.val();
            self.results[i].flows_in.next = self.lane.flows.val();
            self.results[i].headroom_in.next = self.lane.headroom.val();
            self.results[i].triple_in.next = self.lane.triple.val();
            self.unknown[i].next = self.results[i].unknown.val();
            self.raw_load[i].next = self.results[i].raw_load.val();
            self.load[i].next = self.results[i].load.val();
            self.second[i].next = self.results[i].second.val();
            self.estimate[i].next = self.results[i].estimate.val();
            self.tracked[i].next = self.results[i].tracked.val();
            self.flows[i].next = self.results[i].flows.val();
            self.headroom[i].next = self.results[i].headroom.val();
            self.triple[i].next = self.results[i].triple.val();
            self.load_hot[i].next = self.results[i].load_hot.val();
            self.second_is_hot[i].next = self.results[i].second_is_hot.val();
            self.full[i].next = self.results[i].full.val();
            self.reported[i].next = self.reports.q.val().get_bit(i);
        }
    }
    spareband_hdl::module_name!();
}
