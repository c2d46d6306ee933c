//! Verdict on each frame: looks its flow up, has a blade selected, and when the frame's end is known to be good, keeps the flow table.
//!
//! > Each job gives one verdict, and at the frame's end exactly one of `forwarded`, `flooded`, `responded` and the `dropped_*`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | job_valid, job_take, job_taken | in, out, out | 1 | a job from the flow hash; it is taken, and must stand for the cycle after; it was, a cycle ago |
//! | job_class, job_blade, job_tracked, job_starts, job_fin, job_rst, job_each, job_rewrite, job_in_service, job_blade_set, job_policy | in | 3, 4, 1.., 16, 4 | see `Classifier` |
//! | job_half_open | in | 1 | with job_starts: a TCP SYN, whose flow is half open until its client sends a segment without |
//! | job_timeout_class | in | 2 | of the flow's entry |
//! | job_service | in | 6 | the service, with job_in_service |
//! | job_start | in | 4 | where its hash points |
//! | end_valid, end_take, end_good, end_cause | in, out, in, in | 1, 1, 1, 3 | the oldest frame's end is known; taken; it has no cause to be dropped; the cause |
//! | reachable | in | N | per blade: may carry frames |
//! | lookup, result_valid, found, found_half_open, found_blade, found_usable, found_closing, room, ready, finish, write, write_half_open, write_closing, write_blade, write_class | | | `FlowTable` |
//! | request, grant_valid, grant_blade, grant_none, accept, accept_blade | | | `BladeSelector`; asked where a flow may be opened |
//! | hash_start, hash_blade, hash_none | out, in, in | 4, 4, 1 | `HashPick`: where the job's hash points, which stands from the cycle after `lookup`; its answer within 6 cycles of that |
//! | request_set, request_policy | out | 16, 4 | of the job, with each request and until the grant: blades that may be chosen, the rule |
//! | consistent_blade, consistent_none | in | 4, 1 | the consistent hash's answer to `lookup`, from the first grant on: decides by hash where the job is in a service |
//! | verdict_valid, verdict_mask, verdict_flood, verdict_rewrite, verdict_blade | out | 1, 17, 1, 1, 4 | pulse: which queues, bit 16 the responder; more than one may be meant; the destination becomes the blade's |
//! | forwarded, flooded, dropped_bad_fcs, dropped_runt, dropped_oversize, dropped_coding, dropped_control, dropped_malformed, dropped_no_blade, dropped_no_service, dropped_filtered, dropped_storm, responded | out | 1 | events |
//! | new_flows | out | N | event: a flow was given to the blade |
//! | flow_hits, flow_misses, flow_misses_without_syn, flow_insert_failures, flow_closed | out | 1 | events, of good frames: known; opens a flow; TCP of a flow not known; no room; a live flow becomes closing |
//! | ended, well_formed | out | 1 | events, a cycle after the end and one before the others: a frame's end was taken; its addresses can be trusted |
//! | served, service, served_new_flow, served_none | out | 1, 6, 1, 1 | with `ended`: a service took this good frame; which; it began a flow; no blade could have it |
//! | flow_half_opens, flow_promotions, flow_pickups | out | 1 | events, of good frames: opens a half-open flow; moves it to the main partition; enters a flow without SYN there |
//!
//! Latency: verdict 2 cycles after the job if it needs no blade, 8 for a known flow, 11 for a new one. Throughput: a frame in 10 cycles, as a job may be
//! taken in the cycle of the end before.
//! A TCP SYN of an unknown flow opens a half-open one; the first segment without SYN or RST moves it to the main partition, or finds no room
//! there, leaves it where it is and counts as an insert failure. A flow that would find none has its blade by hash from its SYN on: it stays there
//! when newer SYNs overwrite its half-open entry. Other flows are opened in the main partition. FIN and RST make an entry closing.
//! A known flow whose blade may carry nothing is opened anew by SYN or UDP, in its place, and goes by its hash otherwise. A SYN on a closing
//! flow opens it anew, in its place. Where the table has no room the hash decides, as it will for the flow's next frames. A segment
//! without SYN or RST of an unknown flow is picked up: the blade that the hash gives is entered, if there is room.
//! A decision by hash is the consistent hash's where the job is in a service, else that of `HashPick`, and falls 8 cycles after the look-up. A frame balanced by itself is never looked for in the table. Grants come in the order of their requests, at most 8 cycles after each for the
//! throughput; later ones are waited for.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use rust_hdl::prelude::*;
use spareband_spec::frame::{CAUSE_TRUNCATED, class};
use spareband_spec::regs::frame_cause;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Verdict {
    /// The flow is being looked up; the verdict is out and the frame's end is awaited. Neither: idle.
    looking: Bit,
    ending: Bit,
    /// The table has answered that a grant is needed.
    resolved: Bit,
    /// The look-up is made; a blade is asked for with it.
    asks: Bit,
    requests: Bit,
    /// A job was taken in the cycle before.
    taken: Bit,
    /// Bit i: a look-up began i + 1 cycles ago.
    stage: Bits<8>,
    balanced: Bit,
    hit: Bit,
    opens: Bit,
    full: Bit,
    /// The flow should be in the main partition and finds no room there.
    no_room: Bit,
    /// The entry written is a half-open one.
    half_open: Bit,
    promotes: Bit,
    picks_up: Bit,
    /// A good end writes the flow, or opens it, or picks it up.
    writes: Bit,
    keeps: Bit,
    keeps_pickup: Bit,
    /// A good end tells the selector of a flow.
    accepts: Bit,
    blade: Bits<4>,
    none: Bit,
    valid: Bit,
    /// Queues that are meant beside the one of `blade`, and whether that is.
    mask: Bits<17>,
    single: Bit,
    flood: Bit,
    rewrite: Bit,
    /// The job.
    class: Bits<3>,
    tracked: Bit,
    starts: Bit,
    /// A TCP SYN.
    syn: Bit,
    fin: Bit,
    rst: Bit,
    start: Bits<4>,
    timeout_class: Bits<2>,
    may_rewrite: Bit,
    in_service: Bit,
    service: Bits<6>,
    blade_set: Bits<16>,
    policy: Bits<4>,
    /// The blade is not asked for.
    by_hash: Bit,
    each: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Events {
    bad_fcs: Bit,
    runt: Bit,
    oversize: Bit,
    control: Bit,
    coding: Bit,
    malformed: Bit,
    no_blade: Bit,
    flooded: Bit,
    forwarded: Bit,
    responded: Bit,
    no_service: Bit,
    filtered: Bit,
    storm: Bit,
    hit: Bit,
    without_syn: Bit,
    full: Bit,
    half_open: Bit,
    promoted: Bit,
    picked_up: Bit,
    miss: Bit,
    closed: Bit,
}

/// What is known of a frame at its end, and what became of it: from here events are told.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Frame {
    /// An end was taken in the cycle before; all else here is of any cycle.
    ended: Bit,
    /// It ended well; and opened a flow, closed one, made it a half-open one, moved it, picked it up.
    settled: Bit,
    opened: Bit,
    closed: Bit,
    half_opened: Bit,
    promoted: Bit,
    picked_up: Bit,
    cause: Bits<3>,
    class: Bits<3>,
    none: Bit,
    flood: Bit,
    balanced: Bit,
    hit: Bit,
    /// A segment of a flow that began before.
    follows: Bit,
    no_room: Bit,
    blade: Bits<4>,
    in_service: Bit,
    service: Bits<6>,
}

#[derive(LogicBlock)]
pub struct VerdictUnit<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub job_valid: Signal<In, Bit>,
    pub job_take: Signal<Out, Bit>,
    pub job_taken: Signal<Out, Bit>,
    pub job_class: Signal<In, Bits<3>>,
    pub job_blade: Signal<In, Bits<4>>,
    pub job_tracked: Signal<In, Bit>,
    pub job_starts: Signal<In, Bit>,
    pub job_half_open: Signal<In, Bit>,
    pub job_fin: Signal<In, Bit>,
    pub job_rst: Signal<In, Bit>,
    pub job_start: Signal<In, Bits<4>>,
    pub job_timeout_class: Signal<In, Bits<2>>,
    pub job_each: Signal<In, Bit>,
    pub job_rewrite: Signal<In, Bit>,
    pub job_in_service: Signal<In, Bit>,
    pub job_service: Signal<In, Bits<6>>,
    pub job_blade_set: Signal<In, Bits<16>>,
    pub job_policy: Signal<In, Bits<4>>,
    pub end_valid: Signal<In, Bit>,
    pub end_take: Signal<Out, Bit>,
    pub end_good: Signal<In, Bit>,
    pub end_cause: Signal<In, Bits<3>>,
    pub reachable: [Signal<In, Bit>; N],
    pub lookup: Signal<Out, Bit>,
    pub result_valid: Signal<In, Bit>,
    pub found: Signal<In, Bit>,
    pub found_half_open: Signal<In, Bit>,
    pub found_blade: Signal<In, Bits<4>>,
    pub found_usable: Signal<In, Bit>,
    pub found_closing: Signal<In, Bit>,
    pub room: Signal<In, Bit>,
    pub ready: Signal<In, Bit>,
    pub finish: Signal<Out, Bit>,
    pub write: Signal<Out, Bit>,
    pub write_half_open: Signal<Out, Bit>,
    pub write_closing: Signal<Out, Bit>,
    pub write_blade: Signal<Out, Bits<4>>,
    pub write_class: Signal<Out, Bits<2>>,
    pub request: Signal<Out, Bit>,
    pub hash_start: Signal<Out, Bits<4>>,
    pub hash_blade: Signal<In, Bits<4>>,
    pub hash_none: Signal<In, Bit>,
    pub request_set: Signal<Out, Bits<16>>,
    pub request_policy: Signal<Out, Bits<4>>,
    pub consistent_blade: Signal<In, Bits<4>>,
    pub consistent_none: Signal<In, Bit>,
    pub grant_valid: Signal<In, Bit>,
    pub grant_blade: Signal<In, Bits<4>>,
    pub grant_none: Signal<In, Bit>,
    pub accept: Signal<Out, Bit>,
    pub accept_blade: Signal<Out, Bits<4>>,
    pub verdict_valid: Signal<Out, Bit>,
    pub verdict_mask: Signal<Out, Bits<17>>,
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
    pub dropped_no_service: Signal<Out, Bit>,
    pub dropped_filtered: Signal<Out, Bit>,
    pub dropped_storm: Signal<Out, Bit>,
    pub responded: Signal<Out, Bit>,
    pub new_flows: [Signal<Out, Bit>; N],
    pub flow_hits: Signal<Out, Bit>,
    pub flow_misses: Signal<Out, Bit>,
    pub flow_misses_without_syn: Signal<Out, Bit>,
    pub flow_insert_failures: Signal<Out, Bit>,
    pub flow_closed: Signal<Out, Bit>,
    pub flow_half_opens: Signal<Out, Bit>,
    pub flow_promotions: Signal<Out, Bit>,
    pub flow_pickups: Signal<Out, Bit>,
    pub ended: Signal<Out, Bit>,
    pub well_formed: Signal<Out, Bit>,
    pub served: Signal<Out, Bit>,
    pub service: Signal<Out, Bits<6>>,
    pub served_new_flow: Signal<Out, Bit>,
    pub served_none: Signal<Out, Bit>,
    state: DFF<Verdict>,
    frame: DFF<Frame>,
    events: DFF<Events>,
    malformed_class: Constant<Bits<3>>,
    unicast_class: Constant<Bits<3>>,
    flood_class: Constant<Bits<3>>,
    balance_class: Constant<Bits<3>>,
    respond_class: Constant<Bits<3>>,
    no_service_class: Constant<Bits<3>>,
    filtered_class: Constant<Bits<3>>,
    storm_class: Constant<Bits<3>>,
    responder_mask: Constant<Bits<17>>,
    bad_fcs: Constant<Bits<3>>,
    runt: Constant<Bits<3>>,
    oversize: Constant<Bits<3>>,
    truncated: Constant<Bits<3>>,
    mac_control: Constant<Bits<3>>,
    by_hash: Signal<Local, Bit>,
    arrived: Signal<Local, Bit>,
    granted_blade: Signal<Local, Bits<4>>,
    granted_none: Signal<Local, Bit>,
    to_blades: Signal<Local, Bit>,
    reachable_mask: Signal<Local, Bits<16>>,
    chosen_mask: Signal<Local, Bits<16>>,
    hits: Signal<Local, Bit>,
    job_reachable: Signal<Local, Bit>,
    idle: Signal<Local, Bit>,
    looks: Signal<Local, Bit>,
    keeps: Signal<Local, Bit>,
    may_open: Signal<Local, Bit>,
    place: Signal<Local, Bit>,
    joins: Signal<Local, Bit>,
    opens_flow: Signal<Local, Bit>,
    settled: Signal<Local, Bit>,
    bad: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    went: Signal<Local, Bit>,
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
            respond_class: Constant::new(class::RESPOND.to_bits()),
            no_service_class: Constant::new(class::NO_SERVICE.to_bits()),
            filtered_class: Constant::new(class::FILTERED.to_bits()),
            storm_class: Constant::new(class::STORM.to_bits()),
            responder_mask: Constant::new((1_u64 << 16).to_bits()),
            bad_fcs: Constant::new(frame_cause::BAD_FCS.to_bits()),
            runt: Constant::new(frame_cause::RUNT.to_bits()),
            oversize: Constant::new(frame_cause::OVERSIZE.to_bits()),
            truncated: Constant::new(CAUSE_TRUNCATED.to_bits()),
            mac_control: Constant::new(frame_cause::CONTROL.to_bits()),
        }
            defaults ended well_formed served service served_new_flow served_none job_service clk reset job_valid job_take job_taken job_class job_blade job_tracked job_starts job_half_open job_fin job_rst job_start
            job_timeout_class job_each job_rewrite job_in_service job_blade_set job_policy request_set request_policy consistent_blade
            consistent_none end_valid end_take end_good end_cause lookup result_valid found found_half_open found_blade found_usable found_closing
            room ready finish write write_half_open write_closing write_blade write_class request hash_start hash_blade hash_none grant_valid
            grant_blade grant_none accept accept_blade verdict_valid verdict_mask verdict_flood verdict_rewrite verdict_blade
            forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize dropped_coding dropped_control dropped_malformed
            dropped_no_blade dropped_no_service dropped_filtered dropped_storm responded by_hash arrived granted_blade granted_none to_blades flow_hits flow_misses flow_misses_without_syn flow_insert_failures flow_closed flow_half_opens
            flow_promotions flow_pickups state frame events reachable_mask chosen_mask hits job_reachable idle looks keeps
            may_open place joins opens_flow settled bad ends went balanced closes
            ; arrays reachable new_flows)
    }
}

impl<const N: usize> Logic for VerdictUnit<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state, frame, events);
        self.reachable_mask.next = 0.into();
        for i in 0..N {
            self.reachable_mask.next = self.reachable_mask.val().replace_bit(i, self.reachable[i].val());
        }
        // Idle, or at the end of the frame before: what needs no flow is settled at once. A frame whose end is there and bad is not looked up;
        // in the cycle of an end its own is not there yet.
        self.ends.next = self.state.q.val().ending & self.end_valid.val();
        self.idle.next = !self.state.q.val().looking & (!self.state.q.val().ending | self.ends.val()) & self.job_valid.val();
        self.bad.next = self.end_valid.val() & !self.end_good.val() & !self.state.q.val().ending;
        self.looks.next = self.idle.val() & !self.bad.val() & (self.job_class.val() == self.balance_class.val());
        self.may_open.next = (self.job_tracked.val() & self.job_starts.val()) | self.job_each.val();
        self.state.d.next.valid = false;
        self.state.d.next.stage = (self.state.q.val().stage << 1) | bit_cast::<8, 1>(self.state.q.val().asks.into());
        self.state.d.next.taken = self.idle.val();
        self.state.d.next.asks = self.looks.val();
        self.state.d.next.requests = self.looks.val() & self.may_open.val();
        if self.ends.val() {
            self.state.d.next.ending = false;
        }
        if self.idle.val() {
            self.state.d.next.class = self.job_class.val();
            self.state.d.next.tracked = self.job_tracked.val();
            self.state.d.next.starts = self.job_starts.val();
            self.state.d.next.syn = self.job_starts.val() & self.job_half_open.val();
            self.state.d.next.timeout_class = self.job_timeout_class.val();
            self.state.d.next.may_rewrite = self.job_rewrite.val();
            self.state.d.next.in_service = self.job_in_service.val();
            self.state.d.next.service = self.job_service.val();
            self.state.d.next.blade_set = self.job_blade_set.val();
            self.state.d.next.policy = self.job_policy.val();
            self.state.d.next.by_hash = !self.may_open.val();
            self.state.d.next.each = self.job_each.val();
            self.state.d.next.fin = self.job_fin.val();
            self.state.d.next.rst = self.job_rst.val();
            self.state.d.next.start = self.job_start.val();
            self.state.d.next.looking = self.looks.val();
            self.state.d.next.ending = !self.looks.val();
            self.state.d.next.valid = !self.looks.val();
            self.state.d.next.balanced = self.looks.val();
            self.state.d.next.resolved = false;
            self.state.d.next.hit = false;
            self.state.d.next.opens = false;
            self.state.d.next.writes = false;
            self.state.d.next.keeps = false;
            self.state.d.next.keeps_pickup = false;
            self.state.d.next.accepts = false;
            self.state.d.next.half_open = false;
            self.state.d.next.promotes = false;
            self.state.d.next.picks_up = false;
            self.state.d.next.full = false;
            self.state.d.next.no_room = false;
            self.state.d.next.none = false;
            self.state.d.next.blade = self.job_blade.val();
            self.state.d.next.rewrite = false;
            self.state.d.next.flood = (self.job_class.val() == self.flood_class.val()) & !self.bad.val();
        }
        // All who are asked are asked a cycle later, from registers: they are many, and far apart.
        self.lookup.next = self.state.q.val().asks;
        self.request.next = self.state.q.val().requests;
        self.job_taken.next = self.state.q.val().taken;
        self.hash_start.next = self.state.q.val().start;
        self.request_set.next = self.state.q.val().blade_set;
        self.request_policy.next = self.state.q.val().policy;
        // A service's hash is the consistent one. All answers are there by the time of the grant.
        self.by_hash.next = self.state.q.val().by_hash | self.state.q.val().full;
        self.arrived.next = self.grant_valid.val();
        if self.state.q.val().by_hash {
            self.arrived.next = self.state.q.val().stage.get_bit(7);
        }
        self.granted_blade.next = self.grant_blade.val();
        self.granted_none.next = self.grant_none.val();
        if self.by_hash.val() {
            self.granted_blade.next = self.hash_blade.val();
            self.granted_none.next = self.hash_none.val();
            if self.state.q.val().in_service {
                self.granted_blade.next = self.consistent_blade.val();
                self.granted_none.next = self.consistent_none.val();
            }
        }
        // Looking: the table's answer, then a grant if it takes one.
        self.opens_flow.next = self.state.q.val().tracked & self.state.q.val().starts;
        // A segment that belongs into the main partition; and the place that a new flow would have.
        self.joins.next = self.state.q.val().tracked & !self.state.q.val().starts & !self.state.q.val().rst;
        self.place.next = self.room.val();
        if self.state.q.val().syn {
            self.place.next = self.ready.val();
        }
        // What the answers say is taken in while they are awaited, so that little hangs on whether they are there: the last to come stays.
        self.hits.next = self.state.q.val().tracked
            & self.found.val()
            & self.found_usable.val()
            & !(self.state.q.val().starts & self.found_closing.val());
        if self.state.q.val().looking & !self.state.q.val().resolved {
            self.state.d.next.hit = self.hits.val();
            self.state.d.next.writes = self.hits.val();
            self.state.d.next.half_open = (self.found_half_open.val() & !(self.hits.val() & self.joins.val() & self.room.val()))
                | (self.state.q.val().syn & !self.found.val());
            self.state.d.next.promotes = self.hits.val() & self.found_half_open.val() & self.joins.val() & self.room.val();
            self.state.d.next.opens = self.opens_flow.val() & (self.found.val() | self.place.val());
            self.state.d.next.full = self.opens_flow.val() & !self.found.val() & !self.room.val();
            self.state.d.next.picks_up = self.joins.val() & !self.found.val() & self.room.val();
            self.state.d.next.no_room = (!self.found.val() & self.opens_flow.val() & !self.place.val())
                | (self.joins.val() & !self.room.val() & (!self.found.val() | (self.hits.val() & self.found_half_open.val())));
            self.state.d.next.blade = self.found_blade.val();
            self.state.d.next.single = true;
        }
        if self.state.q.val().looking & self.state.q.val().resolved {
            self.state.d.next.blade = self.granted_blade.val();
            self.state.d.next.none = self.granted_none.val();
            self.state.d.next.single = !self.granted_none.val();
            self.state.d.next.writes = (self.state.q.val().opens | self.state.q.val().picks_up) & !self.granted_none.val();
            self.state.d.next.keeps = self.state.q.val().opens & !self.granted_none.val();
            self.state.d.next.keeps_pickup = self.state.q.val().picks_up & !self.granted_none.val();
            self.state.d.next.accepts = (self.state.q.val().opens | self.state.q.val().each) & !self.granted_none.val();
        }
        if self.state.q.val().looking {
            self.state.d.next.rewrite = self.state.q.val().may_rewrite;
        }
        if self.result_valid.val() & self.state.q.val().looking & !self.hits.val() {
            self.state.d.next.resolved = true;
        }
        if self.state.q.val().looking & ((self.result_valid.val() & self.hits.val()) | (self.arrived.val() & self.state.q.val().resolved)) {
            self.state.d.next.looking = false;
            self.state.d.next.ending = true;
            self.state.d.next.valid = true;
        }
        self.chosen_mask.next = 0.into();
        self.job_reachable.next = false;
        for i in 0..N {
            self.chosen_mask.next = self
                .chosen_mask
                .val()
                .replace_bit(i, self.state.q.val().single & (self.state.q.val().blade == i.to_bits::<4>()));
            if self.job_blade.val() == i.to_bits::<4>() {
                self.job_reachable.next = self.reachable[i].val();
            }
        }
        if self.idle.val() {
            self.state.d.next.mask = 0.into();
            self.state.d.next.single = false;
            if !self.bad.val() & (self.job_class.val() == self.flood_class.val()) {
                self.state.d.next.mask = bit_cast::<17, 16>(self.reachable_mask.val());
            }
            if !self.bad.val() & (self.job_class.val() == self.unicast_class.val()) {
                self.state.d.next.single = self.job_reachable.val();
            }
            // Of a bad frame nobody asks that.
            if self.job_class.val() == self.flood_class.val() {
                self.state.d.next.none = !self.reachable_mask.val().any();
            }
            if self.job_class.val() == self.unicast_class.val() {
                self.state.d.next.none = !self.job_reachable.val();
            }
            if !self.bad.val() & (self.job_class.val() == self.respond_class.val()) {
                self.state.d.next.mask = self.responder_mask.val();
            }
        }
        self.verdict_valid.next = self.state.q.val().valid;
        self.verdict_mask.next = self.state.q.val().mask | bit_cast::<17, 16>(self.chosen_mask.val());
        self.verdict_flood.next = self.state.q.val().flood;
        self.verdict_rewrite.next = self.state.q.val().rewrite;
        self.verdict_blade.next = self.state.q.val().blade;
        // Ending: only a good frame leaves a trace in the flow table and the selector.
        // What is written is settled before the last grant, so it need not wait for its logic: the flow table has little of the cycle to lose.
        self.settled.next = self.state.q.val().ending & self.end_valid.val() & self.end_good.val();
        self.closes.next = self.settled.val() & self.state.q.val().hit & (self.state.q.val().fin | self.state.q.val().rst);
        self.keeps.next = self.settled.val() & self.state.q.val().keeps;
        self.job_take.next = self.idle.val();
        self.end_take.next = self.ends.val();
        self.finish.next = self.ends.val() & self.state.q.val().balanced;
        self.write.next = self.settled.val() & self.state.q.val().writes;
        self.write_half_open.next = self.state.q.val().half_open;
        self.write_class.next = self.state.q.val().timeout_class;
        self.write_closing.next = (self.state.q.val().hit & (self.found_closing.val() | self.state.q.val().rst))
            | (!self.state.q.val().starts & self.state.q.val().fin);
        self.write_blade.next = self.state.q.val().blade;
        self.accept.next = self.settled.val() & self.state.q.val().accepts;
        self.accept_blade.next = self.state.q.val().blade;
        self.frame.d.next.ended = self.ends.val();
        self.frame.d.next.settled = self.settled.val();
        self.frame.d.next.opened = self.keeps.val();
        self.frame.d.next.closed = self.closes.val() & !self.found_closing.val();
        self.frame.d.next.half_opened = self.state.q.val().half_open & !self.found.val();
        self.frame.d.next.promoted = self.state.q.val().promotes;
        self.frame.d.next.picked_up = self.state.q.val().keeps_pickup;
        self.frame.d.next.cause = self.end_cause.val();
        self.frame.d.next.class = self.state.q.val().class;
        self.frame.d.next.none = self.state.q.val().none;
        self.frame.d.next.flood = self.state.q.val().flood;
        self.frame.d.next.balanced = self.state.q.val().balanced;
        self.frame.d.next.hit = self.state.q.val().hit;
        self.frame.d.next.follows = self.state.q.val().tracked & !self.state.q.val().starts;
        self.frame.d.next.no_room = self.state.q.val().no_room;
        self.frame.d.next.blade = self.state.q.val().blade;
        self.frame.d.next.in_service = self.state.q.val().in_service;
        self.frame.d.next.service = self.state.q.val().service;
        // The events, two cycles after the end: those who count them are far.
        self.went.next = self.frame.q.val().settled & !self.frame.q.val().none;
        self.balanced.next = self.went.val() & self.frame.q.val().balanced;
        self.events.d.next.bad_fcs = self.frame.q.val().ended & (self.frame.q.val().cause == self.bad_fcs.val());
        self.events.d.next.runt = self.frame.q.val().ended & (self.frame.q.val().cause == self.runt.val());
        self.events.d.next.oversize = self.frame.q.val().ended & (self.frame.q.val().cause == self.oversize.val());
        self.events.d.next.control = self.frame.q.val().ended & (self.frame.q.val().cause == self.mac_control.val());
        self.events.d.next.coding = self.frame.q.val().ended
            & (self.frame.q.val().cause > self.oversize.val())
            & (self.frame.q.val().cause != self.truncated.val())
            & (self.frame.q.val().cause != self.mac_control.val());
        self.events.d.next.malformed = (self.went.val() & (self.frame.q.val().class == self.malformed_class.val()))
            | (self.frame.q.val().ended & (self.frame.q.val().cause == self.truncated.val()));
        self.events.d.next.no_blade = self.frame.q.val().settled & self.frame.q.val().none;
        self.events.d.next.flooded = self.went.val() & self.frame.q.val().flood;
        self.to_blades.next =
            (self.frame.q.val().class == self.balance_class.val()) | (self.frame.q.val().class == self.unicast_class.val());
        self.events.d.next.forwarded = self.went.val() & self.to_blades.val();
        self.events.d.next.responded = self.went.val() & (self.frame.q.val().class == self.respond_class.val());
        self.events.d.next.no_service = self.went.val() & (self.frame.q.val().class == self.no_service_class.val());
        self.events.d.next.filtered = self.went.val() & (self.frame.q.val().class == self.filtered_class.val());
        self.events.d.next.storm = self.went.val() & (self.frame.q.val().class == self.storm_class.val());
        self.events.d.next.hit = self.balanced.val() & self.frame.q.val().hit;
        self.events.d.next.miss = self.frame.q.val().opened;
        self.events.d.next.without_syn = self.balanced.val() & self.frame.q.val().follows & !self.frame.q.val().hit;
        self.events.d.next.full = self.balanced.val() & self.frame.q.val().no_room;
        self.events.d.next.closed = self.frame.q.val().closed;
        self.events.d.next.half_open = self.frame.q.val().opened & self.frame.q.val().half_opened;
        self.events.d.next.promoted = self.frame.q.val().settled & self.frame.q.val().promoted;
        self.events.d.next.picked_up = self.frame.q.val().settled & self.frame.q.val().picked_up;
        self.dropped_bad_fcs.next = self.events.q.val().bad_fcs;
        self.dropped_runt.next = self.events.q.val().runt;
        self.dropped_oversize.next = self.events.q.val().oversize;
        self.dropped_control.next = self.events.q.val().control;
        self.dropped_coding.next = self.events.q.val().coding;
        self.dropped_malformed.next = self.events.q.val().malformed;
        self.dropped_no_blade.next = self.events.q.val().no_blade;
        self.flooded.next = self.events.q.val().flooded;
        self.forwarded.next = self.events.q.val().forwarded;
        self.responded.next = self.events.q.val().responded;
        self.dropped_no_service.next = self.events.q.val().no_service;
        self.dropped_filtered.next = self.events.q.val().filtered;
        self.dropped_storm.next = self.events.q.val().storm;
        self.flow_hits.next = self.events.q.val().hit;
        self.flow_misses_without_syn.next = self.events.q.val().without_syn;
        self.flow_insert_failures.next = self.events.q.val().full;
        self.flow_half_opens.next = self.events.q.val().half_open;
        self.flow_promotions.next = self.events.q.val().promoted;
        self.flow_pickups.next = self.events.q.val().picked_up;
        self.flow_misses.next = self.events.q.val().miss;
        self.flow_closed.next = self.events.q.val().closed;
        self.ended.next = self.frame.q.val().ended;
        self.well_formed.next = self.frame.q.val().settled & (self.frame.q.val().class != self.malformed_class.val());
        self.served.next = self.frame.q.val().settled & self.frame.q.val().balanced & self.frame.q.val().in_service;
        self.service.next = self.frame.q.val().service;
        self.served_new_flow.next = self.frame.q.val().opened;
        self.served_none.next = self.frame.q.val().none;
        for i in 0..N {
            self.new_flows[i].next = self.frame.q.val().opened & (self.frame.q.val().blade == i.to_bits::<4>());
        }
        if self.reset.val() {
            self.state.d.next.looking = false;
            self.state.d.next.ending = false;
            self.state.d.next.valid = false;
            self.state.d.next.stage = 0.into();
            self.state.d.next.asks = false;
            self.state.d.next.requests = false;
            self.state.d.next.taken = false;
        }
    }
    spareband_hdl::module_name!();
}
