//! Selects the blade of a new flow by one of eleven rules, with guards. The rules are `spareband_spec::score`: `decide`, `State`, `Settings`.
//!
//! > A decision is that of `decide` on one moment: pointer, phases and random number as they stand at the request, the guards' memory as two cycles
//! > before, whether blades are usable and eligible as in the cycle before, their loads as of their last turn, 7 to N + 6 cycles before. The flags and the random number move with each request, a phase with each request that goes by it.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears the state but the phases, and requests under way |
//! | request | in | 1 | decide |
//! | policy, service, service_set, weight | in | 4, 4, 16, N x 5 | rule, number, blades and weights (0 to 16) of the flow's service |
//! | weighted | in | 16 | bit i: weight i is not 0, which its user wants to know sooner than the weights tell it |
//! | hash_start, hash_gate | in | 4, 4 | for rule hash: the blade a hash points at, and the number that meets the ramps |
//! | signal, second_signal, delta, ewma_shift, span, hot, second_hot, fill, wake, ladder, ladder_trust, ladder_random, ramp, good_reports, refused_mark | in | 3, 3, 8, 4, 12, 8, 8, 8, 8, 1, 8, 8, 1, 8, 8 | `Settings`; quiet for 144 + N cycles before a request is answered by new ones in full |
//! | seed, load_seed | in | 32, 1 | the random number becomes the seed; 0 counts as 1 |
//! | link_up, enabled, host_admin | in | N x 1, 1, 2 | per blade: host side |
//! | known, stale, admin, cpu, irq, work, power, queue, updated | in | N x 1, 1, 2, 8.., 1 | per blade: utilisation table |
//! | active_flows | in | N x 16 | per blade: flow table |
//! | refused, ramp_tick | in | N, 1 | events: the blade answered a first segment with a reset; a step of ramps and of the memory of refusals |
//! | grant_valid | out | 1 | a decision, 8 cycles after its request |
//! | grant_blade, grant_none, grant_last_resort, grant_policy | out | 4, 1, 1, 4 | the blade; no blade is usable; none is eligible; the rule after the ladder |
//! | accept, accept_blade | in | 1, 4 | a flow went to this blade: the pointer moves past it (tie to the grant where each grant is used) |
//! | awake | out | 5 | how many of its service's blades should be awake by the last grant of rule pack, with that grant; `AwakeCount` |
//! | latched | out | N x 12 | averages as of the last record, for status |
//!
//! Latency: 8 cycles (`latency_is_eight`). Throughput: a decision a cycle; a request sees only accepts of earlier cycles. A report moves the loads of flows
//! within 144 + 2 N cycles (`LaneTurns`, then `ReportBase`). Bad input: a policy that is none is rr; a weight above 16 is 16; `weighted` alone says who takes part.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::{
    AwakeCount, BladeGuards, BladeStanding, Candidates, FlowAverage, LaneScore, LaneTurns, PairPick, ReportBase, TournamentTree,
    WeightedPick,
};
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::score::{Policy, Signal as LoadSignal};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Pipeline {
    /// Bit i: a request of i + 1 cycles ago.
    request: Bits<8>,
    pointer: Bits<4>,
    /// A flow of the cycle before.
    accepted: Bit,
    accepted_blade: Bits<4>,
    start: Bits<4>,
    behind: Bits<16>,
    by_load: Bit,
    by_estimate: Bit,
    by_tracked: Bit,
    by_share: Bit,
    by_heat: Bit,
    by_fill: Bit,
    /// Last nibble the youngest: rule and service of the last three requests; then of the rule after the ladder.
    policy: Bits<12>,
    service: Bits<12>,
    random: Bits<72>,
    /// Of the request three cycles ago: its rule goes up the ladder; its rule.
    least: Bit,
    wrr: Bit,
    hwr: Bit,
    /// Decided by weights, by a pair; no candidates; none eligible; each for the cycles until the grant.
    weighs: Bits<4>,
    pairs: Bits<4>,
    none: Bits<5>,
    last_resort: Bits<5>,
    rule: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Grant {
    blade: Bits<4>,
    none: Bit,
    last_resort: Bit,
    rule: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Marks {
    hot: Bits<8>,
    second_hot: Bits<8>,
    fill: Bits<8>,
    refused: Bits<8>,
}

/// Signals of the loads; cpu for those that there are not.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Measure {
    signal: Bits<3>,
    second: Bits<3>,
}

#[derive(LogicBlock)]
pub struct BladeSelector<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub policy: Signal<In, Bits<4>>,
    pub service: Signal<In, Bits<4>>,
    pub service_set: Signal<In, Bits<16>>,
    pub weight: [Signal<In, Bits<5>>; N],
    pub weighted: Signal<In, Bits<16>>,
    pub hash_start: Signal<In, Bits<4>>,
    pub hash_gate: Signal<In, Bits<4>>,
    pub signal: Signal<In, Bits<3>>,
    pub second_signal: Signal<In, Bits<3>>,
    pub delta: Signal<In, Bits<8>>,
    pub ewma_shift: Signal<In, Bits<4>>,
    pub span: Signal<In, Bits<12>>,
    pub hot: Signal<In, Bits<8>>,
    pub second_hot: Signal<In, Bits<8>>,
    pub fill: Signal<In, Bits<8>>,
    pub wake: Signal<In, Bits<8>>,
    pub ladder: Signal<In, Bit>,
    pub ladder_trust: Signal<In, Bits<8>>,
    pub ladder_random: Signal<In, Bits<8>>,
    pub ramp: Signal<In, Bit>,
    pub good_reports: Signal<In, Bits<8>>,
    pub refused_mark: Signal<In, Bits<8>>,
    pub seed: Signal<In, Bits<32>>,
    pub load_seed: Signal<In, Bit>,
    pub link_up: [Signal<In, Bit>; N],
    pub enabled: [Signal<In, Bit>; N],
    pub host_admin: [Signal<In, Bits<2>>; N],
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub admin: [Signal<In, Bits<2>>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub irq: [Signal<In, Bits<8>>; N],
    pub work: [Signal<In, Bits<8>>; N],
    pub power: [Signal<In, Bits<8>>; N],
    pub queue: [Signal<In, Bits<8>>; N],
    pub updated: [Signal<In, Bit>; N],
    pub active_flows: [Signal<In, Bits<16>>; N],
    pub refused: Signal<In, Bits<N>>,
    pub ramp_tick: Signal<In, Bit>,
    pub grant_valid: Signal<Out, Bit>,
    pub grant_blade: Signal<Out, Bits<4>>,
    pub grant_none: Signal<Out, Bit>,
    pub grant_last_resort: Signal<Out, Bit>,
    pub grant_policy: Signal<Out, Bits<4>>,
    pub accept: Signal<In, Bit>,
    pub accept_blade: Signal<In, Bits<4>>,
    pub awake: Signal<Out, Bits<5>>,
    pub latched: [Signal<Out, Bits<12>>; N],
    pipeline: DFF<Pipeline>,
    grant: DFF<Grant>,
    marks: DFF<Marks>,
    measure: DFF<Measure>,
    random: ResetReg<Bits<32>>,
    lanes: LaneTurns<N>,
    standing: [BladeStanding; N],
    guards: [BladeGuards; N],
    scored: [LaneScore; N],
    average: FlowAverage<N>,
    bases: ReportBase<N>,
    candidates: Candidates<N>,
    tree: TournamentTree<23>,
    pick: WeightedPick,
    pair: PairPick,
    awake_count: AwakeCount<N>,
    out_of_use: Constant<Bits<23>>,
    last_blade: Constant<Bits<4>>,
    queue_signal: Constant<Bits<3>>,
    least_utilised: Constant<Bits<4>>,
    least_utilised_delta: Constant<Bits<4>>,
    weighted_rule: Constant<Bits<4>>,
    least_connections: Constant<Bits<4>>,
    headroom_random: Constant<Bits<4>>,
    power_of_two: Constant<Bits<4>>,
    hot_cold: Constant<Bits<4>>,
    pack: Constant<Bits<4>>,
    hash_rule: Constant<Bits<4>>,
    /// And the last.
    least_tracked: Constant<Bits<4>>,
    rule: Signal<Local, Bits<4>>,
    settled: Signal<Local, Bits<4>>,
    behind: Signal<Local, Bits<16>>,
    shuffled: Signal<Local, Bits<32>>,
    stepped: Signal<Local, Bits<32>>,
    settling: Signal<Local, Bits<4>>,
    by_weight: Signal<Local, Bit>,
    numbers: Signal<Local, Bits<24>>,
    pointer: Signal<Local, Bits<4>>,
}

/// A rule's number in the policy register.
fn number(policy: Policy) -> Constant<Bits<4>> {
    Constant::new((policy as u8).to_bits())
}

impl<const N: usize> Default for BladeSelector<N> {
    fn default() -> Self {
        assert!((2..=16).contains(&N), "2 to 16 blades, not {N}");
        with_defaults!(Self {
            random: ResetReg::new(1_u32.to_bits()),
            out_of_use: Constant::new(!Bits::<23>::default()),
            last_blade: Constant::new((N - 1).to_bits()),
            queue_signal: Constant::new((LoadSignal::Queue as u8).to_bits()),
            least_utilised: number(Policy::LeastUtilised),
            least_utilised_delta: number(Policy::LeastUtilisedDelta),
            weighted_rule: number(Policy::WeightedRoundRobin),
            least_connections: number(Policy::WeightedLeastConnections),
            headroom_random: number(Policy::HeadroomRandom),
            power_of_two: number(Policy::PowerOfTwo),
            hot_cold: number(Policy::HotColdLexicographic),
            pack: number(Policy::Pack),
            hash_rule: number(Policy::Hash),
            least_tracked: number(Policy::LeastTracked),
        }
            defaults clk reset request policy service service_set weighted hash_start hash_gate signal second_signal delta ewma_shift span
            hot second_hot fill wake ladder ladder_trust ladder_random ramp good_reports refused_mark seed load_seed refused ramp_tick
            grant_valid grant_blade grant_none grant_last_resort grant_policy accept accept_blade awake pipeline grant marks measure lanes average bases
            candidates tree pick pair awake_count rule settled behind shuffled stepped settling by_weight numbers pointer
            ; arrays weight link_up enabled host_admin known stale admin cpu irq work power queue updated active_flows latched standing guards
            scored)
    }
}

impl<const N: usize> Logic for BladeSelector<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, pipeline, grant, marks, measure);
        self.lanes.clk.next = self.clk.val();
        self.lanes.reset.next = self.reset.val();
        self.average.clk.next = self.clk.val();
        self.average.reset.next = self.reset.val();
        self.bases.clk.next = self.clk.val();
        self.bases.reset.next = self.reset.val();
        self.candidates.clk.next = self.clk.val();
        self.candidates.reset.next = self.reset.val();
        self.tree.clk.next = self.clk.val();
        self.pick.clk.next = self.clk.val();
        self.pair.clk.next = self.clk.val();
        self.awake_count.clk.next = self.clk.val();
        self.awake_count.reset.next = self.reset.val();
        // Flags clear 16 below their mark, or a quarter of a small one.
        self.marks.d.next.hot = self.hot.val() - bit_cast::<8, 6>(self.hot.val().get_bits::<6>(2));
        if self.hot.val().get_bits::<2>(6).any() {
            self.marks.d.next.hot = self.hot.val() - 16;
        }
        self.marks.d.next.second_hot = self.second_hot.val() - bit_cast::<8, 6>(self.second_hot.val().get_bits::<6>(2));
        if self.second_hot.val().get_bits::<2>(6).any() {
            self.marks.d.next.second_hot = self.second_hot.val() - 16;
        }
        self.marks.d.next.fill = self.fill.val() - bit_cast::<8, 6>(self.fill.val().get_bits::<6>(2));
        if self.fill.val().get_bits::<2>(6).any() {
            self.marks.d.next.fill = self.fill.val() - 16;
        }
        self.marks.d.next.refused = self.refused_mark.val() - bit_cast::<8, 6>(self.refused_mark.val().get_bits::<6>(2));
        if self.refused_mark.val().get_bits::<2>(6).any() {
            self.marks.d.next.refused = self.refused_mark.val() - 16;
        }
        self.measure.d.next.signal = self.signal.val();
        if self.signal.val() > self.queue_signal.val() {
            self.measure.d.next.signal = 0.into();
        }
        self.measure.d.next.second = self.second_signal.val();
        if self.second_signal.val() > self.queue_signal.val() {
            self.measure.d.next.second = 0.into();
        }
        // The random number: xorshift32.
        self.shuffled.next = self.random.q.val() ^ (self.random.q.val() << 13);
        self.stepped.next = self.shuffled.val() ^ (self.shuffled.val() >> 17);
        self.random.clk.next = self.clk.val();
        self.random.reset.next = self.reset.val();
        self.random.d.next = self.random.q.val();
        if self.request.val() {
            self.random.d.next = self.stepped.val() ^ (self.stepped.val() << 5);
        }
        if self.load_seed.val() {
            self.random.d.next = self.seed.val();
            if !self.seed.val().any() {
                self.random.d.next = 1.into();
            }
        }
        // The flow of the cycle before moves the pointer.
        self.pipeline.d.next.accepted = self.accept.val();
        self.pipeline.d.next.accepted_blade = self.accept_blade.val();
        self.pointer.next = self.pipeline.q.val().pointer;
        if self.pipeline.q.val().accepted {
            self.pointer.next = self.pipeline.q.val().accepted_blade + 1;
            if self.pipeline.q.val().accepted_blade == self.last_blade.val() {
                self.pointer.next = 0.into();
            }
        }
        self.pipeline.d.next.pointer = self.pointer.val();
        // The request.
        self.rule.next = self.policy.val();
        if self.policy.val() > self.least_tracked.val() {
            self.rule.next = 0.into();
        }
        self.pipeline.d.next.start = self.pointer.val();
        if self.rule.val() == self.pack.val() {
            self.pipeline.d.next.start = 0.into();
        }
        self.candidates.gate.next = self.random.q.val().get_bits::<4>(0);
        if self.policy.val() == self.hash_rule.val() {
            self.pipeline.d.next.start = self.hash_start.val();
            self.candidates.gate.next = self.hash_gate.val();
        }
        self.pipeline.d.next.by_load = self.rule.val() == self.least_utilised.val();
        self.pipeline.d.next.by_estimate =
            (self.rule.val() == self.least_utilised_delta.val()) | (self.rule.val() == self.power_of_two.val());
        self.pipeline.d.next.by_tracked = self.rule.val() == self.least_tracked.val();
        self.pipeline.d.next.by_share = self.rule.val() == self.least_connections.val();
        self.pipeline.d.next.by_heat = self.rule.val() == self.hot_cold.val();
        self.pipeline.d.next.by_fill = self.rule.val() == self.pack.val();
        self.pipeline.d.next.request = (self.pipeline.q.val().request << 1) | bit_cast::<8, 1>(self.request.val().into());
        self.pipeline.d.next.policy = (self.pipeline.q.val().policy << 4) | bit_cast::<12, 4>(self.rule.val());
        self.pipeline.d.next.service = (self.pipeline.q.val().service << 4) | bit_cast::<12, 4>(self.service.val());
        self.pipeline.d.next.random = (self.pipeline.q.val().random << 24) | bit_cast::<72, 24>(self.random.q.val().get_bits::<24>(8));
        self.behind.next = 0.into();
        // The blades.
        for i in 0..16 {
            self.tree.leaf[i].next = self.out_of_use.val();
            self.pick.headroom_weight[i].next = 0.into();
            self.pick.plain_weight[i].next = 0.into();
            self.pair.key[i].next = self.out_of_use.val();
            self.behind.next = self.behind.val().replace_bit(i, i.to_bits::<4>() < self.pipeline.q.val().start);
        }
        self.pipeline.d.next.behind = self.behind.val();
        for i in 0..N {
            self.average.active[i].next = self.active_flows[i].val();
            self.average.updated[i].next = self.lanes.reported[i].val();
            self.latched[i].next = self.average.latched[i].val();
            self.bases.latched[i].next = self.average.latched[i].val();
            self.bases.load[i].next = self.lanes.raw_load[i].val();
            self.standing[i].clk.next = self.clk.val();
            self.standing[i].link_up.next = self.link_up[i].val();
            self.standing[i].enabled.next = self.enabled[i].val();
            self.standing[i].host_admin.next = self.host_admin[i].val();
            self.standing[i].known.next = self.known[i].val();
            self.standing[i].admin.next = self.admin[i].val();
            self.lanes.known[i].next = self.known[i].val();
            self.lanes.stale[i].next = self.stale[i].val();
            self.lanes.cpu[i].next = self.cpu[i].val();
            self.lanes.irq[i].next = self.irq[i].val();
            self.lanes.work[i].next = self.work[i].val();
            self.lanes.power[i].next = self.power[i].val();
            self.lanes.queue_length[i].next = self.queue[i].val();
            self.lanes.active[i].next = self.active_flows[i].val();
            self.lanes.updated[i].next = self.updated[i].val();
            self.lanes.latched_load[i].next = self.bases.latched_load[i].val();
            self.lanes.base[i].next = self.bases.base[i].val();
            self.guards[i].clk.next = self.clk.val();
            self.guards[i].reset.next = self.reset.val();
            self.guards[i].usable.next = self.standing[i].usable.val();
            self.guards[i].ready.next = !self.admin[i].val().any();
            self.guards[i].reported.next = self.updated[i].val();
            self.guards[i].accepted.next = self.pipeline.q.val().accepted & (self.pipeline.q.val().accepted_blade == i.to_bits::<4>());
            self.guards[i].refused.next = self.refused.val().get_bit(i);
            self.guards[i].tick.next = self.ramp_tick.val();
            self.guards[i].trust.next = self.ladder_trust.val();
            self.guards[i].random.next = self.ladder_random.val();
            self.guards[i].good_reports.next = self.good_reports.val();
            self.guards[i].refused_mark.next = self.refused_mark.val();
            self.guards[i].refused_stay.next = self.marks.q.val().refused;
            self.candidates.usable[i].next = self.standing[i].usable.val();
            self.candidates.eligible[i].next = self.standing[i].eligible.val();
            self.candidates.unknown[i].next = self.lanes.unknown[i].val();
            self.candidates.past_trust[i].next = self.guards[i].past_trust.val();
            self.candidates.past_random[i].next = self.guards[i].past_random.val();
            self.candidates.wanting[i].next = self.guards[i].wanting.val();
            self.candidates.sunk_set[i].next = self.guards[i].sunk_set.val();
            self.candidates.sunk_stay[i].next = self.guards[i].sunk_stay.val();
            self.candidates.ramp[i].next = self.guards[i].ramp.val();
            self.scored[i].clk.next = self.clk.val();
            self.scored[i].weight.next = self.weight[i].val();
            self.scored[i].load.next = self.lanes.load[i].val();
            self.scored[i].second.next = self.lanes.second[i].val();
            self.scored[i].estimate.next = self.lanes.estimate[i].val();
            self.scored[i].tracked.next = self.lanes.tracked[i].val();
            self.scored[i].flows.next = self.lanes.flows[i].val();
            self.scored[i].headroom.next = self.lanes.headroom[i].val();
            self.scored[i].triple.next = self.lanes.triple[i].val();
            self.scored[i].load_hot.next = self.lanes.load_hot[i].val();
            self.scored[i].second_is_hot.next = self.lanes.second_is_hot[i].val();
            self.scored[i].full.next = self.lanes.full[i].val();
            self.scored[i].by_load.next = self.pipeline.q.val().by_load;
            self.scored[i].by_estimate.next = self.pipeline.q.val().by_estimate;
            self.scored[i].by_tracked.next = self.pipeline.q.val().by_tracked;
            self.scored[i].by_share.next = self.pipeline.q.val().by_share;
            self.scored[i].by_heat.next = self.pipeline.q.val().by_heat;
            self.scored[i].by_fill.next = self.pipeline.q.val().by_fill;
            self.scored[i].candidate.next = self.candidates.mask.val().get_bit(i);
            self.scored[i].behind.next = self.pipeline.q.val().behind.get_bit(i);
            self.awake_count.full[i].next = self.lanes.full[i].val();
            self.awake_count.estimate[i].next = self.lanes.estimate[i].val();
            self.tree.leaf[i].next = self.scored[i].key.val();
            self.pick.headroom_weight[i].next = self.scored[i].headroom_weight.val();
            self.pick.plain_weight[i].next = self.scored[i].plain_weight.val();
            self.pair.key[i].next = self.scored[i].key.val();
        }
        self.lanes.signal.next = self.measure.q.val().signal;
        self.lanes.second_signal.next = self.measure.q.val().second;
        self.lanes.delta.next = self.delta.val();
        self.lanes.hot.next = self.hot.val();
        self.lanes.hot_stay.next = self.marks.q.val().hot;
        self.lanes.second_hot.next = self.second_hot.val();
        self.lanes.second_stay.next = self.marks.q.val().second_hot;
        self.lanes.fill.next = self.fill.val();
        self.lanes.fill_stay.next = self.marks.q.val().fill;
        self.lanes.decide.next = self.request.val();
        self.average.shift.next = self.ewma_shift.val();
        self.average.span.next = self.span.val();
        self.bases.turn_phase.next = self.average.turn_phase.val();
        self.bases.turn_blade.next = self.average.turn_blade.val();
        self.bases.turn_average.next = self.average.turn_average.val();
        self.bases.turn_latches.next = self.average.turn_latches.val();
        self.bases.delta.next = self.delta.val();
        self.candidates.decide.next = self.request.val();
        self.candidates.service.next = self.service_set.val();
        self.candidates.weighted.next = self.weighted.val();
        self.candidates.ramped.next = self.ramp.val();
        // Three cycles after the request the ladder is known.
        self.settling.next = self.pipeline.q.val().policy.get_bits::<4>(4);
        self.pipeline.d.next.least = self.ladder.val()
            & ((self.settling.val() == self.least_utilised.val())
                | (self.settling.val() == self.least_utilised_delta.val())
                | (self.settling.val() == self.least_tracked.val()));
        self.pipeline.d.next.wrr = self.settling.val() == self.weighted_rule.val();
        self.pipeline.d.next.hwr = self.settling.val() == self.headroom_random.val();
        self.settled.next = self.pipeline.q.val().policy.get_bits::<4>(8);
        self.by_weight.next = self.pipeline.q.val().wrr | (self.pipeline.q.val().least & self.candidates.past_guessing.val());
        self.numbers.next = self.pipeline.q.val().random.get_bits::<24>(48);
        self.pair.mask.next = self.candidates.mask.val();
        self.pair.first.next = self.numbers.val().get_bits::<12>(12);
        self.pair.second.next = self.numbers.val().get_bits::<12>(0);
        self.pick.by_weight.next = self.by_weight.val();
        self.pick.none.next = self.pipeline.q.val().none.get_bit(0);
        self.pick.valid.next = self.pipeline.q.val().request.get_bit(2);
        self.pick.service.next = self.pipeline.q.val().service.get_bits::<4>(8);
        self.pick.random.next = self.numbers.val().get_bits::<16>(8);
        self.pipeline.d.next.none = (self.pipeline.q.val().none << 1) | bit_cast::<5, 1>((!self.candidates.mask.val().any()).into());
        self.pipeline.d.next.last_resort =
            (self.pipeline.q.val().last_resort << 1) | bit_cast::<5, 1>(self.candidates.last_resort.val().into());
        self.pipeline.d.next.pairs =
            (self.pipeline.q.val().pairs << 1) | bit_cast::<4, 1>((self.settled.val() == self.power_of_two.val()).into());
        self.pipeline.d.next.weighs = self.pipeline.q.val().weighs << 1;
        self.pipeline.d.next.rule = (self.pipeline.q.val().rule << 4) | bit_cast::<16, 4>(self.settled.val());
        if self.by_weight.val() {
            self.pipeline.d.next.weighs = (self.pipeline.q.val().weighs << 1) | 1;
            self.pipeline.d.next.rule = (self.pipeline.q.val().rule << 4) | bit_cast::<16, 4>(self.weighted_rule.val());
        } else if self.pipeline.q.val().hwr | (self.pipeline.q.val().least & self.candidates.past_trusting.val()) {
            self.pipeline.d.next.weighs = (self.pipeline.q.val().weighs << 1) | 1;
            self.pipeline.d.next.rule = (self.pipeline.q.val().rule << 4) | bit_cast::<16, 4>(self.headroom_random.val());
        }
        // Seven cycles after it all ways have come to an end.
        self.grant.d.next.blade = self.tree.index.val();
        if self.pipeline.q.val().pairs.get_bit(3) {
            self.grant.d.next.blade = self.pair.blade.val();
        }
        if self.pipeline.q.val().weighs.get_bit(3) {
            self.grant.d.next.blade = self.pick.blade.val();
        }
        self.grant.d.next.none = self.pipeline.q.val().none.get_bit(4);
        self.grant.d.next.last_resort = self.pipeline.q.val().last_resort.get_bit(4);
        self.grant.d.next.rule = self.pipeline.q.val().rule.get_bits::<4>(12);
        self.awake_count.wake.next = self.wake.val();
        self.awake_count.mask.next = self.candidates.mask.val();
        self.awake_count.decided.next =
            self.pipeline.q.val().request.get_bit(6) & (self.pipeline.q.val().rule.get_bits::<4>(12) == self.pack.val());
        self.awake.next = self.awake_count.awake.val();
        self.grant_valid.next = self.pipeline.q.val().request.get_bit(7);
        self.grant_blade.next = self.grant.q.val().blade;
        self.grant_none.next = self.grant.q.val().none;
        self.grant_last_resort.next = self.grant.q.val().last_resort;
        self.grant_policy.next = self.grant.q.val().rule;
        if self.reset.val() {
            self.pipeline.d.next.request = 0.into();
            self.pipeline.d.next.pointer = 0.into();
            self.pipeline.d.next.accepted = false;
        }
    }
    spareband_hdl::module_name!();
}
