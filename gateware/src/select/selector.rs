//! Selects the blade of a new flow: round robin, least utilised, or least utilised with what was sent and left since (`spareband_spec::score`).
//!
//! > The decision for a request is a pure function of the inputs and the rotating pointer in the cycle of the request.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears the pointer, the averages and requests under way |
//! | request | in | 1 | decide on the inputs of this cycle |
//! | by_hash, hash_start | in | 1, 4 | instead of the policy: the first blade at or after hash_start, cyclically |
//! | policy, delta, ewma_shift | in | 4, 8, 4 | rule; load of one flow; window of the average of active flows |
//! | link_up, enabled, host_admin | in | N x 1, 1, 2 | per blade: host side |
//! | known, stale, admin, cpu, updated | in | N x 1, 1, 2, 8, 1 | per blade: utilisation table |
//! | active_flows | in | N x 16 | per blade: flow table |
//! | grant_valid | out | 1 | a decision, 7 cycles after its request |
//! | grant_blade, grant_none | out | 4, 1 | the blade; or no blade is usable |
//! | accept, accept_blade | in | 1, 4 | move the pointer past this blade (tie to the grant where each grant is used) |
//! | latched | out | N x 12 | averages as of the last record, for status |
//!
//! Latency: 7 cycles (`latency_is_seven`). Throughput: a decision a cycle; requests before the last decision was accepted see the old pointer.
//! A blade without a fresh record counts as full. Eligible blades win over draining ones, which win over none.

use super::{BladeScore, FlowAverage, TournamentTree};
use rust_hdl::prelude::*;
use spareband_spec::score::Policy;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Pipeline {
    /// Bit i: a request of i + 1 cycles ago.
    request: Bits<7>,
    /// Nibble i: where that request's pointer stood.
    start: Bits<28>,
    by_cpu: Bits<2>,
    by_estimate: Bits<2>,
    pointer: Bits<4>,
}

#[derive(LogicBlock)]
pub struct BladeSelector<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub by_hash: Signal<In, Bit>,
    pub hash_start: Signal<In, Bits<4>>,
    pub policy: Signal<In, Bits<4>>,
    pub delta: Signal<In, Bits<8>>,
    pub ewma_shift: Signal<In, Bits<4>>,
    pub link_up: [Signal<In, Bit>; N],
    pub enabled: [Signal<In, Bit>; N],
    pub host_admin: [Signal<In, Bits<2>>; N],
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub admin: [Signal<In, Bits<2>>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub updated: [Signal<In, Bit>; N],
    pub active_flows: [Signal<In, Bits<16>>; N],
    pub grant_valid: Signal<Out, Bit>,
    pub grant_blade: Signal<Out, Bits<4>>,
    pub grant_none: Signal<Out, Bit>,
    pub accept: Signal<In, Bit>,
    pub accept_blade: Signal<In, Bits<4>>,
    pub latched: [Signal<Out, Bits<12>>; N],
    pipeline: DFF<Pipeline>,
    distance: [DFF<Bits<4>>; N],
    lane: [BladeScore; N],
    average: FlowAverage<N>,
    tree: TournamentTree<19>,
    out_of_use: Constant<Bits<19>>,
    last_blade: Constant<Bits<4>>,
    least_utilised: Constant<Bits<4>>,
    least_utilised_delta: Constant<Bits<4>>,
    start: Signal<Local, Bits<4>>,
    by_cpu: Signal<Local, Bit>,
    by_estimate: Signal<Local, Bit>,
    key: Signal<Local, Bits<19>>,
    lane_distance: Signal<Local, Bits<4>>,
    lane_score: Signal<Local, Bits<13>>,
}

impl<const N: usize> Default for BladeSelector<N> {
    fn default() -> Self {
        assert!((2..=16).contains(&N), "2 to 16 blades, not {N}");
        with_defaults!(Self {
            out_of_use: Constant::new(!Bits::<19>::default()),
            last_blade: Constant::new((N - 1).to_bits()),
            least_utilised: Constant::new((Policy::LeastUtilised as u8).to_bits()),
            least_utilised_delta: Constant::new((Policy::LeastUtilisedDelta as u8).to_bits()),
        }
            defaults clk reset request by_hash hash_start policy delta ewma_shift grant_valid grant_blade grant_none accept
            accept_blade pipeline average tree start by_cpu by_estimate key lane_distance lane_score
            ; arrays link_up enabled host_admin known stale admin cpu updated active_flows latched distance lane)
    }
}

impl<const N: usize> Logic for BladeSelector<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, pipeline);
        self.start.next = self.pipeline.q.val().pointer;
        if self.by_hash.val() {
            self.start.next = self.hash_start.val();
        }
        self.by_cpu.next = (self.policy.val() == self.least_utilised.val()) & !self.by_hash.val();
        self.by_estimate.next = (self.policy.val() == self.least_utilised_delta.val()) & !self.by_hash.val();
        self.pipeline.d.next.request = (self.pipeline.q.val().request << 1) | bit_cast::<7, 1>(self.request.val().into());
        self.pipeline.d.next.start = (self.pipeline.q.val().start << 4) | bit_cast::<28, 4>(self.start.val());
        self.pipeline.d.next.by_cpu = (self.pipeline.q.val().by_cpu << 1) | bit_cast::<2, 1>(self.by_cpu.val().into());
        self.pipeline.d.next.by_estimate = (self.pipeline.q.val().by_estimate << 1) | bit_cast::<2, 1>(self.by_estimate.val().into());
        if self.accept.val() {
            self.pipeline.d.next.pointer = self.accept_blade.val() + 1;
            if self.accept_blade.val() == self.last_blade.val() {
                self.pipeline.d.next.pointer = 0.into();
            }
        }
        self.average.clk.next = self.clk.val();
        self.average.reset.next = self.reset.val();
        self.average.shift.next = self.ewma_shift.val();
        self.tree.clk.next = self.clk.val();
        for i in 0..16 {
            self.tree.leaf[i].next = self.out_of_use.val();
        }
        for i in 0..N {
            self.average.active[i].next = self.active_flows[i].val();
            self.average.updated[i].next = self.updated[i].val();
            self.latched[i].next = self.average.latched[i].val();
            self.lane[i].clk.next = self.clk.val();
            self.lane[i].link_up.next = self.link_up[i].val();
            self.lane[i].enabled.next = self.enabled[i].val();
            self.lane[i].host_admin.next = self.host_admin[i].val();
            self.lane[i].known.next = self.known[i].val();
            self.lane[i].stale.next = self.stale[i].val();
            self.lane[i].admin.next = self.admin[i].val();
            self.lane[i].cpu.next = self.cpu[i].val();
            self.lane[i].active.next = self.active_flows[i].val();
            self.lane[i].latched.next = self.average.latched[i].val();
            self.lane[i].delta.next = self.delta.val();
            self.lane[i].by_cpu.next = self.pipeline.q.val().by_cpu.get_bit(1);
            self.lane[i].by_estimate.next = self.pipeline.q.val().by_estimate.get_bit(1);
            self.distance[i].clock.next = self.clk.val();
            self.distance[i].d.next = i.to_bits::<4>() - self.pipeline.q.val().start.get_bits::<4>(4);
            self.lane_distance.next = self.distance[i].q.val();
            self.lane_score.next = self.lane[i].score.val();
            self.key.next = bit_cast::<19, 4>(self.lane_distance.val()) | (bit_cast::<19, 13>(self.lane_score.val()) << 4);
            self.key.next = self.key.val().replace_bit(17, !self.lane[i].eligible.val());
            self.key.next = self.key.val().replace_bit(18, !self.lane[i].usable.val());
            self.tree.leaf[i].next = self.key.val();
        }
        self.grant_valid.next = self.pipeline.q.val().request.get_bit(6);
        self.grant_none.next = self.tree.least.val().get_bit(18);
        self.grant_blade.next = self.pipeline.q.val().start.get_bits::<4>(24) + self.tree.least.val().get_bits::<4>(0);
        if self.reset.val() {
            self.pipeline.d.next.request = 0.into();
            self.pipeline.d.next.pointer = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
