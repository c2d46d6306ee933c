//! Verdict on each frame: looks its flow up, has a blade selected, and when the frame's end is known to be good, keeps the flow table.
//!
//! > Each job gives one verdict, and at the frame's end exactly one of `forwarded`, `flooded` and the `dropped_*`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | job_valid, job_take | in, out | 1 | a job from the flow hash; it is taken |
//! | job_class, job_blade, job_tracked, job_starts, job_fin, job_rst | in | 2, 4, 1.. | see `Classifier` |
//! | job_start | in | 4 | where its hash points |
//! | end_valid, end_take, end_good, end_cause | in, out, in, in | 1, 1, 1, 3 | the oldest frame's end is known; taken; it has no cause to be dropped; the cause |
//! | usable, reachable | in | N | per blade: may carry balanced frames; may carry any |
//! | lookup, result_valid, found, found_blade, found_closing, room, finish, write, write_keep, write_closing, write_blade | | | `FlowTable` |
//! | request, by_hash, hash_start, grant_valid, grant_blade, grant_none, accept, accept_blade | | | `BladeSelector` |
//! | verdict_valid, verdict_mask, verdict_flood, verdict_rewrite, verdict_blade | out | 1, 16, 1, 1, 4 | pulse: which queues; more than one may be meant; the destination becomes the blade's |
//! | forwarded, flooded, dropped_bad_fcs, dropped_runt, dropped_oversize, dropped_coding, dropped_control, dropped_malformed, dropped_no_blade | out | 1 | events |
//! | new_flows | out | N | event: a flow was given to the blade |
//! | flow_hits, flow_misses, flow_misses_without_syn, flow_insert_failures, flow_closed | out | 1 | events, of good frames |
//!
//! Latency: verdict 2 cycles after the job if it needs no blade, 7 for a known flow, 9 for a new one. Throughput: a frame in 9 cycles.
//! A known flow whose blade may carry nothing is opened anew by SYN or UDP, and goes by its hash otherwise. A SYN on a closing flow opens
//! it anew. Where the table has no room the hash decides, as it will for the flow's next frames.

use rust_hdl::prelude::*;
use spareband_spec::frame::{CAUSE_TRUNCATED, class};
use spareband_spec::regs::frame_cause;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Verdict {
    /// The flow is being looked up; the verdict is out and the frame's end is awaited. Neither: idle.
    looking: Bit,
    ending: Bit,
    /// The second request is due: by hash, should the table have no room.
    second_request: Bit,
    /// The table has answered that a grant is needed.
    resolved: Bit,
    /// The first grant was passed over.
    passed: Bit,
    balanced: Bit,
    hit: Bit,
    opens: Bit,
    full: Bit,
    /// A good end writes the flow, or opens it.
    writes: Bit,
    keeps: Bit,
    blade: Bits<4>,
    none: Bit,
    valid: Bit,
    mask: Bits<16>,
    flood: Bit,
    rewrite: Bit,
    /// The job.
    class: Bits<2>,
    tracked: Bit,
    starts: Bit,
    fin: Bit,
    rst: Bit,
    start: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Events {
    forwarded: Bit,
    flooded: Bit,
    bad_fcs: Bit,
    runt: Bit,
    oversize: Bit,
    coding: Bit,
    control: Bit,
    malformed: Bit,
    no_blade: Bit,
    hit: Bit,
    miss: Bit,
    without_syn: Bit,
    full: Bit,
    closed: Bit,
    blade: Bits<4>,
}

#[derive(LogicBlock)]
pub struct VerdictUnit<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub job_valid: Signal<In, Bit>,
    pub job_take: Signal<Out, Bit>,
    pub job_class: Signal<In, Bits<2>>,
    pub job_blade: Signal<In, Bits<4>>,
    pub job_tracked: Signal<In, Bit>,
    pub job_starts: Signal<In, Bit>,
    pub job_fin: Signal<In, Bit>,
    pub job_rst: Signal<In, Bit>,
    pub job_start: Signal<In, Bits<4>>,
    pub end_valid: Signal<In, Bit>,
    pub end_take: Signal<Out, Bit>,
    pub end_good: Signal<In, Bit>,
    pub end_cause: Signal<In, Bits<3>>,
    pub usable: [Signal<In, Bit>; N],
    pub reachable: [Signal<In, Bit>; N],
    pub lookup: Signal<Out, Bit>,
    pub result_valid: Signal<In, Bit>,
    pub found: Signal<In, Bit>,
    pub found_blade: Signal<In, Bits<4>>,
    pub found_closing: Signal<In, Bit>,
    pub room: Signal<In, Bit>,
    pub finish: Signal<Out, Bit>,
    pub write: Signal<Out, Bit>,
    pub write_keep: Signal<Out, Bit>,
    pub write_closing: Signal<Out, Bit>,
    pub write_blade: Signal<Out, Bits<4>>,
    pub request: Signal<Out, Bit>,
    pub by_hash: Signal<Out, Bit>,
    pub hash_start: Signal<Out, Bits<4>>,
    pub grant_valid: Signal<In, Bit>,
    pub grant_blade: Signal<In, Bits<4>>,
    pub grant_none: Signal<In, Bit>,
    pub accept: Signal<Out, Bit>,
    pub accept_blade: Signal<Out, Bits<4>>,
    pub verdict_valid: Signal<Out, Bit>,
    pub verdict_mask: Signal<Out, Bits<16>>,
    pub verdict_flood: Signal<Out, Bit>,
    pub verdict_rewrite: Signal<Out, Bit>,
    pub verdict_blade: Signal<Out, Bits<4>>,
    pub forwarded: Signal<Out, Bit>,
    pub flooded: Signal<Out, Bit>,
    pub dropped_bad_fcs: Signal<Out, Bit>,
    pub dropped_runt: Signal<Out, Bit>,
    pub dropped_oversize: Signal<Out, Bit>,
    pub dropped_coding: Signal<Out, Bit>,
    pub dropped_control: Signal<Out, Bit>,
    pub dropped_malformed: Signal<Out, Bit>,
    pub dropped_no_blade: Signal<Out, Bit>,
    pub new_flows: [Signal<Out, Bit>; N],
    pub flow_hits: Signal<Out, Bit>,
    pub flow_misses: Signal<Out, Bit>,
    pub flow_misses_without_syn: Signal<Out, Bit>,
    pub flow_insert_failures: Signal<Out, Bit>,
    pub flow_closed: Signal<Out, Bit>,
    state: DFF<Verdict>,
    events: DFF<Events>,
    malformed_class: Constant<Bits<2>>,
    unicast_class: Constant<Bits<2>>,
    flood_class: Constant<Bits<2>>,
    balance_class: Constant<Bits<2>>,
    bad_fcs: Constant<Bits<3>>,
    runt: Constant<Bits<3>>,
    oversize: Constant<Bits<3>>,
    truncated: Constant<Bits<3>>,
    mac_control: Constant<Bits<3>>,
    found_usable: Signal<Local, Bit>,
    reachable_mask: Signal<Local, Bits<16>>,
    chosen_mask: Signal<Local, Bits<16>>,
    chosen: Signal<Local, Bits<4>>,
    choose: Signal<Local, Bit>,
    idle: Signal<Local, Bit>,
    looks: Signal<Local, Bit>,
    keeps: Signal<Local, Bit>,
    may_open: Signal<Local, Bit>,
    opens_flow: Signal<Local, Bit>,
    full_grant: Signal<Local, Bit>,
    settled: Signal<Local, Bit>,
    bad: Signal<Local, Bit>,
    ended: Signal<Local, Bit>,
    none: Signal<Local, Bit>,
    good: Signal<Local, Bit>,
    balanced: Signal<Local, Bit>,
    closes: Signal<Local, Bit>,
}

impl<const N: usize> Default for VerdictUnit<N> {
    fn default() -> Self {
        with_defaults!(Self {
            malformed_class: Constant::new(class::MALFORMED.to_bits()),
            unicast_class: Constant::new(class::UNICAST.to_bits()),
            flood_class: Constant::new(class::FLOOD.to_bits()),
            balance_class: Constant::new(class::BALANCE.to_bits()),
            bad_fcs: Constant::new(frame_cause::BAD_FCS.to_bits()),
            runt: Constant::new(frame_cause::RUNT.to_bits()),
            oversize: Constant::new(frame_cause::OVERSIZE.to_bits()),
            truncated: Constant::new(CAUSE_TRUNCATED.to_bits()),
            mac_control: Constant::new(frame_cause::CONTROL.to_bits()),
        }
            defaults clk reset job_valid job_take job_class job_blade job_tracked job_starts job_fin job_rst job_start end_valid
            end_take end_good end_cause lookup result_valid found found_blade found_closing room finish write write_keep
            write_closing write_blade request by_hash hash_start grant_valid grant_blade grant_none accept accept_blade
            verdict_valid verdict_mask verdict_flood verdict_rewrite verdict_blade forwarded flooded dropped_bad_fcs dropped_runt
            dropped_oversize dropped_coding dropped_control dropped_malformed dropped_no_blade flow_hits flow_misses flow_misses_without_syn
            flow_insert_failures flow_closed state events found_usable reachable_mask chosen_mask chosen choose idle looks keeps
            may_open opens_flow full_grant settled bad ended none good balanced closes
            ; arrays usable reachable new_flows)
    }
}

impl<const N: usize> Logic for VerdictUnit<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state, events);
        self.reachable_mask.next = 0.into();
        self.found_usable.next = false;
        for i in 0..N {
            self.reachable_mask.next = self.reachable_mask.val().replace_bit(i, self.reachable[i].val());
            if self.found_blade.val() == i.to_bits::<4>() {
                self.found_usable.next = self.usable[i].val();
            }
        }
        // Idle: what needs no flow is settled at once. A frame that is known to be bad already is not looked up.
        self.idle.next = !self.state.q.val().looking & !self.state.q.val().ending & self.job_valid.val();
        self.bad.next = self.end_valid.val() & !self.end_good.val();
        self.looks.next = self.idle.val() & !self.bad.val() & (self.job_class.val() == self.balance_class.val());
        self.may_open.next = self.job_tracked.val() & self.job_starts.val();
        self.chosen.next = self.job_blade.val();
        self.choose.next = false;
        self.state.d.next.valid = false;
        self.state.d.next.second_request = false;
        if self.idle.val() {
            self.state.d.next.class = self.job_class.val();
            self.state.d.next.tracked = self.job_tracked.val();
            self.state.d.next.starts = self.job_starts.val();
            self.state.d.next.fin = self.job_fin.val();
            self.state.d.next.rst = self.job_rst.val();
            self.state.d.next.start = self.job_start.val();
            self.state.d.next.looking = self.looks.val();
            self.state.d.next.ending = !self.looks.val();
            self.state.d.next.valid = !self.looks.val();
            self.state.d.next.balanced = self.looks.val();
            self.state.d.next.second_request = self.looks.val();
            self.state.d.next.resolved = false;
            self.state.d.next.passed = false;
            self.state.d.next.hit = false;
            self.state.d.next.opens = false;
            self.state.d.next.writes = false;
            self.state.d.next.keeps = false;
            self.state.d.next.full = false;
            self.state.d.next.none = false;
            self.state.d.next.rewrite = false;
            self.state.d.next.flood = (self.job_class.val() == self.flood_class.val()) & !self.bad.val();
        }
        self.lookup.next = self.looks.val();
        self.request.next = self.looks.val() | self.state.q.val().second_request;
        self.by_hash.next = !self.may_open.val() | self.state.q.val().second_request;
        self.hash_start.next = self.job_start.val();
        if self.state.q.val().second_request {
            self.hash_start.next = self.state.q.val().start;
        }
        // Looking: the table's answer, then a grant if it takes one.
        self.opens_flow.next = self.state.q.val().tracked & self.state.q.val().starts;
        if self.result_valid.val() & self.state.q.val().looking {
            if self.state.q.val().tracked
                & self.found.val()
                & self.found_usable.val()
                & !(self.state.q.val().starts & self.found_closing.val())
            {
                self.state.d.next.hit = true;
                self.state.d.next.writes = true;
                self.chosen.next = self.found_blade.val();
                self.choose.next = true;
            } else {
                self.state.d.next.resolved = true;
                self.state.d.next.opens = self.opens_flow.val() & (self.found.val() | self.room.val());
                self.state.d.next.full = self.opens_flow.val() & !self.found.val() & !self.room.val();
            }
        }
        if self.grant_valid.val() & self.state.q.val().resolved & self.state.q.val().looking {
            self.state.d.next.passed = true;
            self.chosen.next = self.grant_blade.val();
            self.choose.next = !self.state.q.val().full | self.state.q.val().passed;
            self.state.d.next.none = self.grant_none.val();
            self.state.d.next.writes = self.state.q.val().opens & !self.grant_none.val();
            self.state.d.next.keeps = self.state.q.val().opens & !self.grant_none.val();
        }
        if self.choose.val() {
            self.state.d.next.looking = false;
            self.state.d.next.ending = true;
            self.state.d.next.valid = true;
            self.state.d.next.rewrite = true;
            self.state.d.next.blade = self.chosen.val();
        }
        self.chosen_mask.next = 0.into();
        for i in 0..N {
            self.chosen_mask.next = self.chosen_mask.val().replace_bit(i, self.chosen.val() == i.to_bits::<4>());
        }
        if self.choose.val() {
            self.state.d.next.mask = self.chosen_mask.val();
            if self.grant_none.val() & self.state.q.val().resolved {
                self.state.d.next.mask = 0.into();
            }
        } else if self.idle.val() {
            self.state.d.next.mask = 0.into();
            if !self.bad.val() & (self.job_class.val() == self.flood_class.val()) {
                self.state.d.next.mask = self.reachable_mask.val();
                self.state.d.next.none = !self.reachable_mask.val().any();
            }
            if !self.bad.val() & (self.job_class.val() == self.unicast_class.val()) {
                self.state.d.next.mask = self.reachable_mask.val() & self.chosen_mask.val();
                self.state.d.next.none = !(self.reachable_mask.val() & self.chosen_mask.val()).any();
            }
        }
        self.verdict_valid.next = self.state.q.val().valid;
        self.verdict_mask.next = self.state.q.val().mask;
        self.verdict_flood.next = self.state.q.val().flood;
        self.verdict_rewrite.next = self.state.q.val().rewrite;
        self.verdict_blade.next = self.state.q.val().blade;
        // Ending: only a good frame leaves a trace in the flow table and the selector.
        // Where the table has no room its answer costs a grant more, made up for by not waiting a cycle with nothing to write.
        self.full_grant.next = self.grant_valid.val()
            & self.state.q.val().looking
            & self.state.q.val().resolved
            & self.state.q.val().full
            & self.state.q.val().passed;
        self.none.next = self.state.q.val().none;
        if self.full_grant.val() {
            self.none.next = self.grant_none.val();
        }
        self.ended.next = (self.state.q.val().ending | self.full_grant.val()) & self.end_valid.val();
        self.good.next = self.ended.val() & self.end_good.val() & !self.none.val();
        self.balanced.next = self.good.val() & self.state.q.val().balanced;
        // What is written is settled before the last grant, so it need not wait for its logic: the flow table has little of the cycle to lose.
        self.settled.next = self.state.q.val().ending & self.end_valid.val() & self.end_good.val();
        self.closes.next = self.settled.val() & self.state.q.val().hit & (self.state.q.val().fin | self.state.q.val().rst);
        self.keeps.next = self.settled.val() & self.state.q.val().keeps;
        self.job_take.next = self.idle.val();
        self.end_take.next = self.ended.val();
        self.finish.next = self.ended.val() & self.state.q.val().balanced;
        self.write.next = self.settled.val() & self.state.q.val().writes;
        self.write_keep.next = self.state.q.val().opens | !self.state.q.val().rst;
        self.write_closing.next = self.state.q.val().hit & (self.found_closing.val() | self.state.q.val().fin);
        self.write_blade.next = self.state.q.val().blade;
        self.accept.next = self.keeps.val();
        self.accept_blade.next = self.state.q.val().blade;
        if self.ended.val() {
            self.state.d.next.ending = false;
        }
        self.events.d.next.bad_fcs = self.ended.val() & (self.end_cause.val() == self.bad_fcs.val());
        self.events.d.next.runt = self.ended.val() & (self.end_cause.val() == self.runt.val());
        self.events.d.next.oversize = self.ended.val() & (self.end_cause.val() == self.oversize.val());
        self.events.d.next.control = self.ended.val() & (self.end_cause.val() == self.mac_control.val());
        self.events.d.next.coding = self.ended.val()
            & (self.end_cause.val() > self.oversize.val())
            & (self.end_cause.val() != self.truncated.val())
            & (self.end_cause.val() != self.mac_control.val());
        self.events.d.next.malformed = (self.good.val() & (self.state.q.val().class == self.malformed_class.val()))
            | (self.ended.val() & (self.end_cause.val() == self.truncated.val()));
        self.events.d.next.no_blade = self.ended.val() & self.end_good.val() & self.none.val();
        self.events.d.next.flooded = self.good.val() & self.state.q.val().flood;
        self.events.d.next.forwarded =
            self.good.val() & !self.state.q.val().flood & (self.state.q.val().class != self.malformed_class.val());
        self.events.d.next.hit = self.balanced.val() & self.state.q.val().hit;
        self.events.d.next.miss = self.keeps.val();
        self.events.d.next.without_syn =
            self.balanced.val() & self.state.q.val().tracked & !self.state.q.val().starts & !self.state.q.val().hit;
        self.events.d.next.full = self.balanced.val() & self.state.q.val().full;
        self.events.d.next.closed = self.closes.val() & !self.found_closing.val();
        self.events.d.next.blade = self.state.q.val().blade;
        self.forwarded.next = self.events.q.val().forwarded;
        self.flooded.next = self.events.q.val().flooded;
        self.dropped_bad_fcs.next = self.events.q.val().bad_fcs;
        self.dropped_runt.next = self.events.q.val().runt;
        self.dropped_oversize.next = self.events.q.val().oversize;
        self.dropped_coding.next = self.events.q.val().coding;
        self.dropped_control.next = self.events.q.val().control;
        self.dropped_malformed.next = self.events.q.val().malformed;
        self.dropped_no_blade.next = self.events.q.val().no_blade;
        self.flow_hits.next = self.events.q.val().hit;
        self.flow_misses.next = self.events.q.val().miss;
        self.flow_misses_without_syn.next = self.events.q.val().without_syn;
        self.flow_insert_failures.next = self.events.q.val().full;
        self.flow_closed.next = self.events.q.val().closed;
        for i in 0..N {
            self.new_flows[i].next = self.events.q.val().miss & (self.events.q.val().blade == i.to_bits::<4>());
        }
        if self.reset.val() {
            self.state.d.next.looking = false;
            self.state.d.next.ending = false;
            self.state.d.next.valid = false;
            self.state.d.next.second_request = false;
        }
    }
    spareband_hdl::module_name!();
}
