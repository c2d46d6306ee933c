//! The forwarding plane: from the uplink's receive MAC to the blades' queues.
//!
//! > frames_in = forwarded + flooded + the sum of dropped_*, once all frames are through: each frame counts in exactly one.
//!
//! Parser -> classifier -> flow hash -> verdict (flow table and selector), while the words wait in a FIFO -> rewriter. 2^A sets of flows.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset drops what is inside and empties the flow table |
//! | rx_valid, rx_data, rx_keep, rx_last, rx_error, rx_cause | in | 1, 64, 8, 1, 1, 3 | frames from the uplink, without FCS; never held up |
//! | vip, vip_mask | in | 32 | IPv4 TCP and UDP to this address under this mask is balanced; mask 0: all |
//! | policy, delta, ewma_shift | in | 4, 8, 4 | see `BladeSelector` |
//! | flow_timeout | in | 32 | units of 65536 cycles; 0: flows stay for ever |
//! | hash_key, flush_flows | in | 64, 1 | key of the flow hash; pulse: forget all flows |
//! | blade_mac | in | N x 48 | bits 7..0 first on the wire |
//! | blade_enabled, host_admin, link_up | in | N x 1, 2, 1 | host's registers; state of the link |
//! | known, stale, cpu, admin, updated | in | N x 1, 1, 8, 2, 1 | utilisation table |
//! | out_valid, out_data, out_keep, out_last, out_commit | out | 1, 64, 8, 1, 1 | frames to the queues; commit with last: keep it |
//! | out_mask, out_flood | out | N, 1 | queues that take this frame; whether it is flooded |
//! | frames_in, forwarded, flooded, dropped_bad_fcs, .._runt, .._oversize, .._coding, .._control, .._malformed, .._no_blade, .._overrun | out | 1 | events |
//! | new_flows | out | N x 1 | events: a flow was given to the blade |
//! | flow_hits, flow_misses, flow_misses_without_syn, flow_insert_failures, flow_closed, flow_expired | out | 1 | events |
//! | active_flows, table_entries | out | N x 16, 16 | flows in the table that are not closing, by blade; entries |
//!
//! Latency: 36 cycles from first word in to first word out for a new TCP flow (`first_word_latency`). Throughput: a word a cycle
//! and a frame in 9 cycles, for ever (`line_rate_of_new_flows`). Frames that come faster than that for more than 8 frames are dropped whole
//! and count as dropped_overrun. Frames with an error are dropped whole and leave no trace in the flow table.

use super::{Classifier, FlowHash, FlowTable, FrameParser, FrameRewriter, VerdictUnit};
use crate::select::BladeSelector;
use rust_hdl::prelude::*;
use spareband_hdl::parts::SyncFifo;
use spareband_spec::frame::FRAMES_IN_FLIGHT;
use spareband_spec::score::ADMIN_MAINTENANCE;

/// Protocol, ports, destination, source, flags (tracked, starts, fin, rst), blade, class.
const JOB: usize = 114;
/// Error, last, keep, data.
const WORD: usize = 74;
/// Blade, rewrite, flood, mask.
const VERDICT: usize = 22;

#[derive(LogicBlock)]
pub struct ForwardingPlane<const N: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<64>>,
    pub rx_keep: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_error: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub vip: Signal<In, Bits<32>>,
    pub vip_mask: Signal<In, Bits<32>>,
    pub policy: Signal<In, Bits<4>>,
    pub delta: Signal<In, Bits<8>>,
    pub ewma_shift: Signal<In, Bits<4>>,
    pub flow_timeout: Signal<In, Bits<32>>,
    pub hash_key: Signal<In, Bits<64>>,
    pub flush_flows: Signal<In, Bit>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub blade_enabled: [Signal<In, Bit>; N],
    pub host_admin: [Signal<In, Bits<2>>; N],
    pub link_up: [Signal<In, Bit>; N],
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub admin: [Signal<In, Bits<2>>; N],
    pub updated: [Signal<In, Bit>; N],
    pub out_valid: Signal<Out, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub out_commit: Signal<Out, Bit>,
    pub out_mask: Signal<Out, Bits<N>>,
    pub out_flood: Signal<Out, Bit>,
    pub frames_in: Signal<Out, Bit>,
    pub forwarded: Signal<Out, Bit>,
    pub flooded: Signal<Out, Bit>,
    pub dropped_bad_fcs: Signal<Out, Bit>,
    pub dropped_runt: Signal<Out, Bit>,
    pub dropped_oversize: Signal<Out, Bit>,
    pub dropped_coding: Signal<Out, Bit>,
    pub dropped_control: Signal<Out, Bit>,
    pub dropped_malformed: Signal<Out, Bit>,
    pub dropped_no_blade: Signal<Out, Bit>,
    pub dropped_overrun: Signal<Out, Bit>,
    pub flow_hits: Signal<Out, Bit>,
    pub flow_misses: Signal<Out, Bit>,
    pub flow_misses_without_syn: Signal<Out, Bit>,
    pub flow_insert_failures: Signal<Out, Bit>,
    pub flow_closed: Signal<Out, Bit>,
    pub flow_expired: Signal<Out, Bit>,
    pub table_entries: Signal<Out, Bits<16>>,
    pub new_flows: [Signal<Out, Bit>; N],
    pub active_flows: [Signal<Out, Bits<16>>; N],
    parser: FrameParser,
    classifier: Classifier<N>,
    jobs: SyncFifo<JOB, 4>,
    ends: SyncFifo<4, 4>,
    frame_words: SyncFifo<WORD, 8>,
    verdicts: SyncFifo<VERDICT, 4>,
    hash: FlowHash<N>,
    flow_table: FlowTable<N, A>,
    selector: BladeSelector<N>,
    verdict: VerdictUnit<N>,
    rewriter: FrameRewriter<N>,
    in_flight: DFF<Bits<4>>,
    usable: [DFF<Bit>; N],
    reachable: [DFF<Bit>; N],
    frames_in_flight: Constant<Bits<4>>,
    maintenance: Constant<Bits<2>>,
    job: Signal<Local, Bits<114>>,
    flags: Signal<Local, Bits<4>>,
    word: Signal<Local, Bits<74>>,
    verdict_word: Signal<Local, Bits<22>>,
    job_out: Signal<Local, Bits<114>>,
    end_out: Signal<Local, Bits<4>>,
    word_out: Signal<Local, Bits<74>>,
    verdict_out: Signal<Local, Bits<22>>,
}

impl<const N: usize, const A: usize> Default for ForwardingPlane<N, A> {
    fn default() -> Self {
        with_defaults!(Self {
            frames_in_flight: Constant::new(FRAMES_IN_FLIGHT.to_bits()),
            maintenance: Constant::new(ADMIN_MAINTENANCE.to_bits()),
        }
            defaults clk reset rx_valid rx_data rx_keep rx_last rx_error rx_cause vip vip_mask policy delta ewma_shift
            flow_timeout hash_key flush_flows out_valid out_data out_keep out_last out_commit out_mask out_flood frames_in
            forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize dropped_coding dropped_control dropped_malformed dropped_no_blade
            dropped_overrun flow_hits flow_misses flow_misses_without_syn flow_insert_failures flow_closed flow_expired
            table_entries parser classifier jobs ends frame_words verdicts hash flow_table selector verdict rewriter in_flight job
            flags word verdict_word job_out end_out word_out verdict_out
            ; arrays blade_mac blade_enabled host_admin link_up known stale cpu admin updated new_flows active_flows usable
            reachable)
    }
}

impl<const N: usize, const A: usize> Logic for ForwardingPlane<N, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, in_flight);
        self.parser.clk.next = self.clk.val();
        self.parser.reset.next = self.reset.val();
        self.classifier.clk.next = self.clk.val();
        self.classifier.reset.next = self.reset.val();
        self.jobs.clk.next = self.clk.val();
        self.jobs.reset.next = self.reset.val();
        self.ends.clk.next = self.clk.val();
        self.ends.reset.next = self.reset.val();
        self.frame_words.clk.next = self.clk.val();
        self.frame_words.reset.next = self.reset.val();
        self.verdicts.clk.next = self.clk.val();
        self.verdicts.reset.next = self.reset.val();
        self.hash.clk.next = self.clk.val();
        self.hash.reset.next = self.reset.val();
        self.flow_table.clk.next = self.clk.val();
        self.flow_table.reset.next = self.reset.val();
        self.selector.clk.next = self.clk.val();
        self.selector.reset.next = self.reset.val();
        self.verdict.clk.next = self.clk.val();
        self.verdict.reset.next = self.reset.val();
        self.rewriter.clk.next = self.clk.val();
        self.rewriter.reset.next = self.reset.val();
        // The parser, which admits a frame while there is room for its verdict.
        self.parser.rx_valid.next = self.rx_valid.val();
        self.parser.rx_data.next = self.rx_data.val();
        self.parser.rx_keep.next = self.rx_keep.val();
        self.parser.rx_last.next = self.rx_last.val();
        self.parser.rx_error.next = self.rx_error.val();
        self.parser.rx_cause.next = self.rx_cause.val();
        self.parser.admit.next = self.in_flight.q.val() < self.frames_in_flight.val();
        if self.parser.admitted.val() & !self.verdict.end_take.val() {
            self.in_flight.d.next = self.in_flight.q.val() + 1;
        }
        if !self.parser.admitted.val() & self.verdict.end_take.val() {
            self.in_flight.d.next = self.in_flight.q.val() - 1;
        }
        self.word.next = (bit_cast::<74, 1>(self.parser.word_error.val().into()) << 73)
            | (bit_cast::<74, 1>(self.parser.word_last.val().into()) << 72)
            | (bit_cast::<74, 8>(self.parser.word_keep.val()) << 64)
            | bit_cast::<74, 64>(self.parser.word_data.val());
        self.frame_words.write.next = self.parser.word_valid.val();
        self.frame_words.write_data.next = self.word.val();
        self.ends.write.next = self.parser.end_valid.val();
        // Whether there is a cause at all is told beside it, since the flow table waits for that.
        self.ends.write_data.next =
            (bit_cast::<4, 1>((!self.parser.end_cause.val().any()).into()) << 3) | bit_cast::<4, 3>(self.parser.end_cause.val());
        self.classifier.header_valid.next = self.parser.header_valid.val();
        self.classifier.destination_mac.next = self.parser.destination_mac.val();
        self.classifier.is_ipv4.next = self.parser.is_ipv4.val();
        self.classifier.malformed.next = self.parser.malformed.val();
        self.classifier.is_fragment.next = self.parser.is_fragment.val();
        self.classifier.is_tcp.next = self.parser.is_tcp.val();
        self.classifier.is_udp.next = self.parser.is_udp.val();
        self.classifier.source.next = self.parser.source.val();
        self.classifier.destination.next = self.parser.destination.val();
        self.classifier.ports.next = self.parser.ports.val();
        self.classifier.protocol.next = self.parser.protocol.val();
        self.classifier.syn.next = self.parser.syn.val();
        self.classifier.ack.next = self.parser.ack.val();
        self.classifier.fin.next = self.parser.fin.val();
        self.classifier.rst.next = self.parser.rst.val();
        self.classifier.vip.next = self.vip.val();
        self.classifier.vip_mask.next = self.vip_mask.val();
        self.flags.next = bit_cast::<4, 1>(self.classifier.job_tracked.val().into())
            | (bit_cast::<4, 1>(self.classifier.job_starts.val().into()) << 1)
            | (bit_cast::<4, 1>(self.classifier.job_fin.val().into()) << 2)
            | (bit_cast::<4, 1>(self.classifier.job_rst.val().into()) << 3);
        self.job.next = (bit_cast::<114, 8>(self.classifier.job_protocol.val()) << 106)
            | (bit_cast::<114, 32>(self.classifier.job_ports.val()) << 74)
            | (bit_cast::<114, 32>(self.classifier.job_destination.val()) << 42)
            | (bit_cast::<114, 32>(self.classifier.job_source.val()) << 10)
            | (bit_cast::<114, 4>(self.flags.val()) << 6)
            | (bit_cast::<114, 4>(self.classifier.job_blade.val()) << 2)
            | bit_cast::<114, 2>(self.classifier.job_class.val());
        self.jobs.write.next = self.classifier.job_valid.val();
        self.jobs.write_data.next = self.job.val();
        self.job_out.next = self.jobs.read_data.val();
        self.hash.key.next = self.hash_key.val();
        self.hash.in_valid.next = !self.jobs.empty.val();
        self.jobs.read.next = self.hash.in_ready.val();
        self.hash.in_class.next = self.job_out.val().get_bits::<2>(0);
        self.hash.in_blade.next = self.job_out.val().get_bits::<4>(2);
        self.hash.in_flags.next = self.job_out.val().get_bits::<4>(6);
        self.hash.in_source.next = self.job_out.val().get_bits::<32>(10);
        self.hash.in_destination.next = self.job_out.val().get_bits::<32>(42);
        self.hash.in_ports.next = self.job_out.val().get_bits::<32>(74);
        self.hash.in_protocol.next = self.job_out.val().get_bits::<8>(106);
        self.hash.out_take.next = self.verdict.job_take.val();
        // The verdict, and whom it asks.
        self.verdict.job_valid.next = self.hash.out_valid.val();
        self.verdict.job_class.next = self.hash.out_class.val();
        self.verdict.job_blade.next = self.hash.out_blade.val();
        self.verdict.job_tracked.next = self.hash.out_flags.val().get_bit(0);
        self.verdict.job_starts.next = self.hash.out_flags.val().get_bit(1);
        self.verdict.job_fin.next = self.hash.out_flags.val().get_bit(2);
        self.verdict.job_rst.next = self.hash.out_flags.val().get_bit(3);
        self.verdict.job_start.next = self.hash.out_start.val();
        self.end_out.next = self.ends.read_data.val();
        self.verdict.end_valid.next = !self.ends.empty.val();
        self.verdict.end_good.next = self.end_out.val().get_bit(3);
        self.verdict.end_cause.next = self.end_out.val().get_bits::<3>(0);
        self.ends.read.next = self.verdict.end_take.val();
        self.flow_table.flush.next = self.flush_flows.val();
        self.flow_table.timeout.next = self.flow_timeout.val();
        self.flow_table.lookup.next = self.verdict.lookup.val();
        self.flow_table.lookup_index.next = self.hash.out_index.val().get_bits::<A>(0);
        self.flow_table.lookup_tag.next = self.hash.out_tag.val();
        self.verdict.result_valid.next = self.flow_table.result_valid.val();
        self.verdict.found.next = self.flow_table.found.val();
        self.verdict.found_blade.next = self.flow_table.found_blade.val();
        self.verdict.found_closing.next = self.flow_table.found_closing.val();
        self.verdict.room.next = self.flow_table.room.val();
        self.flow_table.finish.next = self.verdict.finish.val();
        self.flow_table.write.next = self.verdict.write.val();
        self.flow_table.write_keep.next = self.verdict.write_keep.val();
        self.flow_table.write_closing.next = self.verdict.write_closing.val();
        self.flow_table.write_blade.next = self.verdict.write_blade.val();
        self.selector.request.next = self.verdict.request.val();
        self.selector.by_hash.next = self.verdict.by_hash.val();
        self.selector.hash_start.next = self.verdict.hash_start.val();
        self.selector.accept.next = self.verdict.accept.val();
        self.selector.accept_blade.next = self.verdict.accept_blade.val();
        self.verdict.grant_valid.next = self.selector.grant_valid.val();
        self.verdict.grant_blade.next = self.selector.grant_blade.val();
        self.verdict.grant_none.next = self.selector.grant_none.val();
        self.selector.policy.next = self.policy.val();
        self.selector.delta.next = self.delta.val();
        self.selector.ewma_shift.next = self.ewma_shift.val();
        for i in 0..N {
            self.usable[i].clock.next = self.clk.val();
            self.usable[i].d.next = self.link_up[i].val()
                & self.blade_enabled[i].val()
                & (self.host_admin[i].val() < self.maintenance.val())
                & !(self.known[i].val() & (self.admin[i].val() >= self.maintenance.val()));
            self.reachable[i].clock.next = self.clk.val();
            self.reachable[i].d.next = self.link_up[i].val() & self.blade_enabled[i].val();
            self.verdict.usable[i].next = self.usable[i].q.val();
            self.verdict.reachable[i].next = self.reachable[i].q.val();
            self.classifier.blade_mac[i].next = self.blade_mac[i].val();
            self.rewriter.blade_mac[i].next = self.blade_mac[i].val();
            self.selector.link_up[i].next = self.link_up[i].val();
            self.selector.enabled[i].next = self.blade_enabled[i].val();
            self.selector.host_admin[i].next = self.host_admin[i].val();
            self.selector.known[i].next = self.known[i].val();
            self.selector.stale[i].next = self.stale[i].val();
            self.selector.admin[i].next = self.admin[i].val();
            self.selector.cpu[i].next = self.cpu[i].val();
            self.selector.updated[i].next = self.updated[i].val();
            self.selector.active_flows[i].next = self.flow_table.active_flows[i].val();
            self.active_flows[i].next = self.flow_table.active_flows[i].val();
            self.new_flows[i].next = self.verdict.new_flows[i].val();
        }
        // The frames' way out.
        self.verdict_word.next = (bit_cast::<22, 4>(self.verdict.verdict_blade.val()) << 18)
            | (bit_cast::<22, 1>(self.verdict.verdict_rewrite.val().into()) << 17)
            | (bit_cast::<22, 1>(self.verdict.verdict_flood.val().into()) << 16)
            | bit_cast::<22, 16>(self.verdict.verdict_mask.val());
        self.verdicts.write.next = self.verdict.verdict_valid.val();
        self.verdicts.write_data.next = self.verdict_word.val();
        self.verdict_out.next = self.verdicts.read_data.val();
        self.verdicts.read.next = self.rewriter.verdict_take.val();
        self.rewriter.verdict_valid.next = !self.verdicts.empty.val();
        self.rewriter.verdict_mask.next = self.verdict_out.val().get_bits::<16>(0);
        self.rewriter.verdict_flood.next = self.verdict_out.val().get_bit(16);
        self.rewriter.verdict_rewrite.next = self.verdict_out.val().get_bit(17);
        self.rewriter.verdict_blade.next = self.verdict_out.val().get_bits::<4>(18);
        self.word_out.next = self.frame_words.read_data.val();
        self.frame_words.read.next = self.rewriter.word_take.val();
        self.rewriter.word_valid.next = !self.frame_words.empty.val();
        self.rewriter.word_data.next = self.word_out.val().get_bits::<64>(0);
        self.rewriter.word_keep.next = self.word_out.val().get_bits::<8>(64);
        self.rewriter.word_last.next = self.word_out.val().get_bit(72);
        self.rewriter.word_error.next = self.word_out.val().get_bit(73);
        self.out_valid.next = self.rewriter.out_valid.val();
        self.out_data.next = self.rewriter.out_data.val();
        self.out_keep.next = self.rewriter.out_keep.val();
        self.out_last.next = self.rewriter.out_last.val();
        self.out_commit.next = self.rewriter.out_commit.val();
        self.out_mask.next = self.rewriter.out_mask.val();
        self.out_flood.next = self.rewriter.out_flood.val();
        self.frames_in.next = self.parser.frame_in.val();
        self.dropped_overrun.next = self.parser.overrun.val();
        self.forwarded.next = self.verdict.forwarded.val();
        self.flooded.next = self.verdict.flooded.val();
        self.dropped_bad_fcs.next = self.verdict.dropped_bad_fcs.val();
        self.dropped_runt.next = self.verdict.dropped_runt.val();
        self.dropped_oversize.next = self.verdict.dropped_oversize.val();
        self.dropped_coding.next = self.verdict.dropped_coding.val();
        self.dropped_control.next = self.verdict.dropped_control.val();
        self.dropped_malformed.next = self.verdict.dropped_malformed.val();
        self.dropped_no_blade.next = self.verdict.dropped_no_blade.val();
        self.flow_hits.next = self.verdict.flow_hits.val();
        self.flow_misses.next = self.verdict.flow_misses.val();
        self.flow_misses_without_syn.next = self.verdict.flow_misses_without_syn.val();
        self.flow_insert_failures.next = self.verdict.flow_insert_failures.val();
        self.flow_closed.next = self.verdict.flow_closed.val();
        self.flow_expired.next = self.flow_table.expired.val();
        self.table_entries.next = self.flow_table.table_entries.val();
        if self.reset.val() {
            self.in_flight.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
