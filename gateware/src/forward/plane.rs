//! The forwarding plane: from the uplink's receive MAC to the blades' queues and the responder.
//!
//! > frames_in = forwarded + flooded + responded + the sum of dropped_*, once all frames are through: each frame counts in exactly one.
//!
//! Parser -> service and address tables -> classifier -> flow hash -> verdict (flow table, selector, consistent hash), while the words wait in a
//! FIFO -> rewriter. 2^A sets of flows.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset drops what is inside and empties the tables |
//! | rx_valid, rx_data, rx_keep, rx_last, rx_error, rx_cause | in | 1, 64, 8, 1, 1, 3 | frames from the uplink, without FCS; never held up |
//! | own_mac | in | 48 | the manager's own address; bits 7..0 first on the wire |
//! | vip, vip_mask, policy | in | 32, 32, 4 | what is balanced though no service takes it, and how; see `Classifier`, `BladeSelector` |
//! | delta, ewma_shift | in | 8, 4 | see `BladeSelector` |
//! | flow_timeout, closing_timeout, half_open_timeout | in | 4 x 32, 32, 32 | `FlowTable`: units of 65536 cycles; 0: flows stay for ever |
//! | storm_limit | in | 16 | frames flooded in `STORM_PERIOD` cycles; 0: no limit |
//! | mac_age_time, flush_macs | in | 32, 1 | `MacTable`: likewise; pulse: forget the learned addresses |
//! | hash_key, flush_flows | in | 64, 1 | key of the flow hash; pulse: forget all flows |
//! | flush_blades, re_home | in | 16, 1 | `BladeFlush`: pulse, forget these blades' flows; level, forget those of blades that are gone |
//! | blade_mac | in | N x 48 | bits 7..0 first on the wire |
//! | vlan_action, vlan_vid | in | N x 2, 12 | `FrameRewriter` |
//! | blade_enabled, host_admin, link_up | in | N x 1, 2, 1 | host's registers; state of the link |
//! | known, stale, cpu, admin, updated, irq, work, power, queue | in | N x 1, 1, 8, 2, 1, 8.. | utilisation table |
//! | selection, selection_seed, selection_load_seed | in | 7 x 32, 32, 1 | registers of block `selector`, see `SelectorSlot` |
//! | awake | out | 5 | see `BladeSelector` |
//! | refused, refused_blade | in | 1, 4 | event: this blade refused a connection; `RefusalTap` |
//! | learn, learn_ready, learn_mac, learn_vid, learn_port | in, out, in.. | 1, 1, 48, 12, 5 | sources of the blades' frames; `MacTable` |
//! | switch_lookup, switch_lookup_ready, switch_mac, switch_vid, switch_result_coming, switch_found, switch_port | in, out, in, in, out.. | 1, 1, 48, 12, 1, 1, 5 | a look-up of `BladeSwitch`, where no uplink's frame needs one; `MacTable` |
//! | table_address, table_write_data, table_write, table_read, table_ready, table_read_valid, table_read_data | in, in, in, in, out.. | 21, 32, 5, 5, 5, 5, 5 x 32 | as in `TablePort` |
//! | out_valid, out_data, out_keep, out_last, out_commit | out | 1, 64, 8, 1, 1 | frames to the queues; commit with last: keep it |
//! | out_mask, out_responder, out_flood | out | N, 1, 1 | queues that take this frame; the responder does; whether it is flooded |
//! | frames_in, forwarded, flooded, dropped_bad_fcs, .._runt, .._oversize, .._coding, .._control, .._malformed, .._no_blade, .._overrun | out | 1 | events |
//! | events | out | 13 | events of `FORWARDING_COUNTERS`, but for the responder's own |
//! | new_flows | out | N x 1 | events: a flow was given to the blade |
//! | flow_hits, flow_misses, flow_misses_without_syn, flow_insert_failures, flow_closed, flow_expired | out | 1 | events |
//! | active_flows, table_entries | out | N x 16, 16 | flows in the table that are not closing, by blade; entries, 65535 for more |
//!
//! Latency: 62 cycles from first word in to first word out for a new TCP flow (`first_word_latency`). Throughput: a word a cycle
//! and a frame in 10 cycles, for ever (`line_rate_of_new_flows`). Frames that come faster than that for more than 16 frames are dropped whole
//! and count as dropped_overrun. Frames with an error are dropped whole and leave no trace in the flow table.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::{
    BladeFlush, Classifier, FlowHash, FlowTable, FlowTableAccess, FrameParser, FrameRewriter, HashPick, JobWeights, KeepCount, KeepMask,
    MacTable, MacTableAccess, MaglevTable, ServiceAccount, ServiceTable, StormLimit, StreamRegister, UplinkTap, VerdictUnit,
};
use crate::select::{BladeSelector, RampTimer, SelectorSettings};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{SyncFifo, WideFifo};
use spareband_spec::frame::{FRAMES_IN_FLIGHT, HALF_OPEN_SETS_LOG2, STORM_PERIOD};
use spareband_spec::mac_table::{SETS_LOG2 as MAC_SETS_LOG2, UPLINK_PORT};
use spareband_spec::score::{ADMIN_MAINTENANCE, ADMIN_READY};
use spareband_spec::service::ROWS_LOG2 as SERVICE_ROWS_LOG2;

/// Protocol, ports, destination, source, flags, VLAN, destination MAC.
const HEAD: usize = 372;
/// Version, protocol, ports, destination, source, what passes the hash by, class.
const JOB: usize = 340;
/// Error, last, bytes beyond the first, data.
const WORD: usize = 69;
/// Blade, rewrite, flood, mask.
const VERDICT: usize = 23;

/// The filtering database between the uplink's frames, the blades' and the host.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sharing {
    /// VLAN and address of the header that waits.
    key: Bits<60>,
    /// Bit i: a look-up of the blades' switch was taken i + 1 cycles ago.
    switched: Bits<6>,
    /// The last answer to the classifier.
    found: Bit,
    port: Bits<5>,
    host_waits: Bit,
}

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
    pub own_mac: Signal<In, Bits<48>>,
    pub vip: Signal<In, Bits<32>>,
    pub vip_mask: Signal<In, Bits<32>>,
    pub policy: Signal<In, Bits<4>>,
    pub delta: Signal<In, Bits<8>>,
    pub ewma_shift: Signal<In, Bits<4>>,
    pub flow_timeout: [Signal<In, Bits<32>>; 4],
    pub closing_timeout: Signal<In, Bits<32>>,
    pub half_open_timeout: Signal<In, Bits<32>>,
    pub mac_age_time: Signal<In, Bits<32>>,
    pub storm_limit: Signal<In, Bits<16>>,
    pub flush_macs: Signal<In, Bit>,
    pub hash_key: Signal<In, Bits<64>>,
    pub flush_flows: Signal<In, Bit>,
    pub flush_blades: Signal<In, Bits<16>>,
    pub re_home: Signal<In, Bit>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub vlan_action: [Signal<In, Bits<2>>; N],
    pub vlan_vid: [Signal<In, Bits<12>>; N],
    pub blade_enabled: [Signal<In, Bit>; N],
    pub host_admin: [Signal<In, Bits<2>>; N],
    pub link_up: [Signal<In, Bit>; N],
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub admin: [Signal<In, Bits<2>>; N],
    pub updated: [Signal<In, Bit>; N],
    pub irq: [Signal<In, Bits<8>>; N],
    pub work: [Signal<In, Bits<8>>; N],
    pub power: [Signal<In, Bits<8>>; N],
    pub queue: [Signal<In, Bits<8>>; N],
    pub selection: [Signal<In, Bits<32>>; 7],
    pub selection_seed: Signal<In, Bits<32>>,
    pub selection_load_seed: Signal<In, Bit>,
    pub awake: Signal<Out, Bits<5>>,
    pub refused: Signal<In, Bit>,
    pub refused_blade: Signal<In, Bits<4>>,
    pub learn: Signal<In, Bit>,
    pub learn_ready: Signal<Out, Bit>,
    pub learn_mac: Signal<In, Bits<48>>,
    pub learn_vid: Signal<In, Bits<12>>,
    pub learn_port: Signal<In, Bits<5>>,
    pub switch_lookup: Signal<In, Bit>,
    pub switch_lookup_ready: Signal<Out, Bit>,
    pub switch_mac: Signal<In, Bits<48>>,
    pub switch_vid: Signal<In, Bits<12>>,
    pub switch_result_coming: Signal<Out, Bit>,
    pub switch_found: Signal<Out, Bit>,
    pub switch_port: Signal<Out, Bits<5>>,
    pub table_address: Signal<In, Bits<21>>,
    pub table_write_data: Signal<In, Bits<32>>,
    pub table_write: Signal<In, Bits<5>>,
    pub table_read: Signal<In, Bits<5>>,
    pub table_ready: Signal<Out, Bits<5>>,
    pub table_read_valid: Signal<Out, Bits<5>>,
    pub table_read_data: [Signal<Out, Bits<32>>; 5],
    pub out_valid: Signal<Out, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub out_commit: Signal<Out, Bit>,
    pub out_mask: Signal<Out, Bits<N>>,
    pub out_responder: Signal<Out, Bit>,
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
    pub events: Signal<Out, Bits<13>>,
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
    heads: WideFifo<HEAD, 4>,
    services: ServiceTable<SERVICE_ROWS_LOG2, 6>,
    macs: MacTable<MAC_SETS_LOG2, { MAC_SETS_LOG2 + 1 }>,
    consistent: MaglevTable<6, 12>,
    storm: StormLimit,
    uplink_tap: UplinkTap,
    sharing: DFF<Sharing>,
    uplink_port: Constant<Bits<5>>,
    blade_flush: BladeFlush,
    flow_access: FlowTableAccess,
    mac_access: MacTableAccess,
    account: ServiceAccount,
    jobs: SyncFifo<JOB, 4>,
    ends: SyncFifo<4, 4>,
    count: KeepCount,
    frame_words: SyncFifo<WORD, 8>,
    /// So that what becomes of a word does not lead into the FIFO.
    next_word: StreamRegister<WORD>,
    mask: KeepMask,
    verdicts: SyncFifo<VERDICT, 4>,
    hash: FlowHash<N>,
    flow_table: FlowTable<N, A, HALF_OPEN_SETS_LOG2>,
    selector: BladeSelector<N>,
    ramp_timer: RampTimer,
    job_weights: JobWeights,
    settings: SelectorSettings,
    hash_pick: HashPick,
    verdict: VerdictUnit<N>,
    rewriter: FrameRewriter<N>,
    in_flight: DFF<Bits<5>>,
    usable: [DFF<Bit>; N],
    eligible: [DFF<Bit>; N],
    reachable: [DFF<Bit>; N],
    frames_in_flight: Constant<Bits<5>>,
    storm_period: Constant<Bits<24>>,
    maintenance: Constant<Bits<2>>,
    ready: Constant<Bits<2>>,
    uplink_learns: Signal<Local, Bit>,
    entries: Signal<Local, Bits<20>>,
    head: Signal<Local, Bits<372>>,
    head_flags: Signal<Local, Bits<16>>,
    head_out: Signal<Local, Bits<372>>,
    passed: Signal<Local, Bits<40>>,
    job: Signal<Local, Bits<340>>,
    usable_mask: Signal<Local, Bits<16>>,
    eligible_mask: Signal<Local, Bits<16>>,
    refused_mask: Signal<Local, Bits<N>>,
    gone: Signal<Local, Bits<17>>,
    gone_blades: Signal<Local, Bits<16>>,
    word: Signal<Local, Bits<WORD>>,
    verdict_word: Signal<Local, Bits<23>>,
    job_out: Signal<Local, Bits<340>>,
    end_out: Signal<Local, Bits<4>>,
    word_out: Signal<Local, Bits<WORD>>,
    verdict_out: Signal<Local, Bits<23>>,
}

impl<const N: usize, const A: usize> Default for ForwardingPlane<N, A> {
    fn default() -> Self {
        with_defaults!(Self {
            frames_in_flight: Constant::new(FRAMES_IN_FLIGHT.to_bits()),
            storm_period: Constant::new(STORM_PERIOD.to_bits()),
            maintenance: Constant::new(ADMIN_MAINTENANCE.to_bits()),
            ready: Constant::new(ADMIN_READY.to_bits()),
            uplink_port: Constant::new(UPLINK_PORT.to_bits()),
        }
            defaults clk reset rx_valid rx_data rx_keep rx_last rx_error rx_cause own_mac vip vip_mask policy delta ewma_shift
            closing_timeout half_open_timeout mac_age_time storm_limit flush_macs hash_key flush_flows flush_blades re_home learn learn_ready learn_mac learn_vid learn_port
            table_address table_write_data table_write table_read table_ready table_read_valid out_valid out_data out_keep out_last
            out_commit out_mask out_responder out_flood frames_in forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize
            dropped_coding dropped_control dropped_malformed dropped_no_blade dropped_overrun events flow_hits flow_misses
            flow_misses_without_syn flow_insert_failures flow_closed flow_expired table_entries parser classifier heads services macs
            selection_seed selection_load_seed awake refused refused_blade ramp_timer job_weights settings refused_mask
            consistent storm uplink_tap sharing uplink_learns switch_lookup switch_lookup_ready switch_mac switch_vid switch_result_coming switch_found switch_port blade_flush gone_blades flow_access mac_access account jobs ends count frame_words next_word mask verdicts hash flow_table selector hash_pick verdict rewriter in_flight entries head
            head_flags head_out passed job usable_mask eligible_mask gone word verdict_word job_out end_out word_out verdict_out
            ; arrays flow_timeout blade_mac vlan_action vlan_vid blade_enabled host_admin link_up known stale cpu admin updated irq work power queue selection table_read_data
            new_flows active_flows usable eligible reachable)
    }
}

impl<const N: usize, const A: usize> Logic for ForwardingPlane<N, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, in_flight, sharing);
        self.parser.clk.next = self.clk.val();
        self.parser.reset.next = self.reset.val();
        self.classifier.clk.next = self.clk.val();
        self.classifier.reset.next = self.reset.val();
        self.heads.clk.next = self.clk.val();
        self.heads.reset.next = self.reset.val();
        self.services.clk.next = self.clk.val();
        self.services.reset.next = self.reset.val();
        self.macs.clk.next = self.clk.val();
        self.macs.reset.next = self.reset.val();
        self.consistent.clk.next = self.clk.val();
        self.consistent.reset.next = self.reset.val();
        self.storm.clk.next = self.clk.val();
        self.storm.reset.next = self.reset.val();
        self.uplink_tap.clk.next = self.clk.val();
        self.uplink_tap.reset.next = self.reset.val();
        self.blade_flush.clk.next = self.clk.val();
        self.blade_flush.reset.next = self.reset.val();
        self.flow_access.clk.next = self.clk.val();
        self.flow_access.reset.next = self.reset.val();
        self.mac_access.clk.next = self.clk.val();
        self.mac_access.reset.next = self.reset.val();
        self.account.clk.next = self.clk.val();
        self.account.reset.next = self.reset.val();
        self.jobs.clk.next = self.clk.val();
        self.jobs.reset.next = self.reset.val();
        self.ends.clk.next = self.clk.val();
        self.ends.reset.next = self.reset.val();
        self.frame_words.clk.next = self.clk.val();
        self.frame_words.reset.next = self.reset.val();
        self.next_word.clk.next = self.clk.val();
        self.next_word.reset.next = self.reset.val();
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
        if self.parser.admitted.val() & !self.verdict.ended.val() {
            self.in_flight.d.next = self.in_flight.q.val() + 1;
        }
        if !self.parser.admitted.val() & self.verdict.ended.val() {
            self.in_flight.d.next = self.in_flight.q.val() - 1;
        }
        self.count.keep.next = self.parser.word_keep.val();
        self.count.last.next = self.parser.word_last.val();
        self.word.next = (bit_cast::<WORD, 1>(self.parser.word_error.val().into()) << 68)
            | (bit_cast::<WORD, 1>(self.parser.word_last.val().into()) << 67)
            | (bit_cast::<WORD, 3>(self.count.beyond.val()) << 64)
            | bit_cast::<WORD, 64>(self.parser.word_data.val());
        self.frame_words.write.next = self.parser.word_valid.val();
        self.frame_words.write_data.next = self.word.val();
        self.ends.write.next = self.parser.end_valid.val();
        // Whether there is a cause at all is told beside it, since the flow table waits for that.
        self.ends.write_data.next =
            (bit_cast::<4, 1>((!self.parser.end_cause.val().any()).into()) << 3) | bit_cast::<4, 3>(self.parser.end_cause.val());
        // Headers wait for the tables.
        self.head_flags.next = bit_cast::<16, 1>(self.parser.is_ipv4.val().into())
            | (bit_cast::<16, 1>(self.parser.is_ipv6.val().into()) << 1)
            | (bit_cast::<16, 1>(self.parser.is_arp_request.val().into()) << 2)
            | (bit_cast::<16, 1>(self.parser.malformed.val().into()) << 3)
            | (bit_cast::<16, 1>(self.parser.is_fragment.val().into()) << 4)
            | (bit_cast::<16, 1>(self.parser.is_tcp.val().into()) << 5)
            | (bit_cast::<16, 1>(self.parser.is_udp.val().into()) << 6)
            | (bit_cast::<16, 1>(self.parser.is_sctp.val().into()) << 7)
            | (bit_cast::<16, 1>(self.parser.has_ports.val().into()) << 8)
            | (bit_cast::<16, 1>(self.parser.is_icmp_error.val().into()) << 9)
            | (bit_cast::<16, 1>(self.parser.is_echo_request.val().into()) << 10)
            | (bit_cast::<16, 1>(self.parser.is_neighbour_solicitation.val().into()) << 11)
            | (bit_cast::<16, 1>(self.parser.syn.val().into()) << 12)
            | (bit_cast::<16, 1>(self.parser.ack.val().into()) << 13)
            | (bit_cast::<16, 1>(self.parser.fin.val().into()) << 14)
            | (bit_cast::<16, 1>(self.parser.rst.val().into()) << 15);
        self.head.next = (bit_cast::<HEAD, 8>(self.parser.protocol.val()) << 364)
            | (bit_cast::<HEAD, 32>(self.parser.ports.val()) << 332)
            | (bit_cast::<HEAD, 128>(self.parser.destination.val()) << 204)
            | (bit_cast::<HEAD, 128>(self.parser.source.val()) << 76)
            | (bit_cast::<HEAD, 16>(self.head_flags.val()) << 60)
            | (bit_cast::<HEAD, 12>(self.parser.vid.val()) << 48)
            | bit_cast::<HEAD, 48>(self.parser.destination_mac.val());
        self.heads.write.next = self.parser.header_valid.val();
        self.heads.write_data.next = self.head.val();
        self.heads.read.next = self.classifier.head_take.val();
        self.head_out.next = self.heads.read_data.val();
        self.classifier.head_valid.next = !self.heads.empty.val();
        self.classifier.destination_mac.next = self.head_out.val().get_bits::<48>(0);
        self.classifier.is_ipv4.next = self.head_out.val().get_bit(60);
        self.classifier.is_ipv6.next = self.head_out.val().get_bit(61);
        self.classifier.is_arp_request.next = self.head_out.val().get_bit(62);
        self.classifier.malformed.next = self.head_out.val().get_bit(63);
        self.classifier.is_fragment.next = self.head_out.val().get_bit(64);
        self.classifier.is_tcp.next = self.head_out.val().get_bit(65);
        self.classifier.is_udp.next = self.head_out.val().get_bit(66);
        self.classifier.is_sctp.next = self.head_out.val().get_bit(67);
        self.classifier.has_ports.next = self.head_out.val().get_bit(68);
        self.classifier.is_icmp_error.next = self.head_out.val().get_bit(69);
        self.classifier.is_echo_request.next = self.head_out.val().get_bit(70);
        self.classifier.is_neighbour_solicitation.next = self.head_out.val().get_bit(71);
        self.classifier.syn.next = self.head_out.val().get_bit(72);
        self.classifier.ack.next = self.head_out.val().get_bit(73);
        self.classifier.fin.next = self.head_out.val().get_bit(74);
        self.classifier.rst.next = self.head_out.val().get_bit(75);
        self.classifier.source.next = self.head_out.val().get_bits::<128>(76);
        self.classifier.destination.next = self.head_out.val().get_bits::<128>(204);
        self.classifier.ports.next = self.head_out.val().get_bits::<32>(332);
        self.classifier.protocol.next = self.head_out.val().get_bits::<8>(364);
        self.classifier.own_mac.next = self.own_mac.val();
        self.classifier.vip.next = self.vip.val();
        self.classifier.vip_mask.next = self.vip_mask.val();
        self.classifier.default_policy.next = self.policy.val();
        self.storm.rate.next = self.storm_limit.val();
        self.storm.burst.next = self.storm_limit.val();
        self.storm.period.next = self.storm_period.val();
        self.storm.frame.next = self.classifier.flooding.val();
        self.classifier.storm.next = !self.storm.pass.val();
        // Services and addresses.
        self.services.lookup.next = self.classifier.lookup.val() & self.macs.lookup_ready.val();
        self.macs.lookup.next =
            (self.classifier.lookup.val() & self.services.lookup_ready.val()) | (!self.classifier.lookup.val() & self.switch_lookup.val());
        self.switch_lookup_ready.next = self.macs.lookup_ready.val() & !self.classifier.lookup.val();
        self.classifier.lookup_ready.next = self.services.lookup_ready.val() & self.macs.lookup_ready.val();
        self.services.address.next = self.classifier.key_address.val();
        self.services.is_ipv6.next = self.classifier.key_is_ipv6.val();
        self.services.protocol.next = self.classifier.key_protocol.val();
        self.services.port.next = self.classifier.key_port.val();
        self.classifier.result_soon.next = self.services.result_soon.val();
        self.classifier.found.next = self.services.found.val();
        self.classifier.enabled.next = self.services.enabled.val();
        self.classifier.service.next = self.services.service.val();
        self.classifier.blade_set.next = self.services.blade_set.val();
        self.classifier.policy.next = self.services.policy.val();
        self.classifier.timeout_class.next = self.services.timeout_class.val();
        self.classifier.udp_per_packet.next = self.services.udp_per_packet.val();
        self.classifier.rewrite.next = self.services.rewrite.val();
        self.classifier.sticky_by_source.next = self.services.sticky_by_source.val();
        // The header stands still from a cycle before its look-up. Its answer is kept, a cycle later, when the services' is there.
        self.sharing.d.next.key = self.head_out.val().get_bits::<60>(0);
        self.macs.lookup_mac.next = self.switch_mac.val();
        self.macs.lookup_vid.next = self.switch_vid.val();
        if self.classifier.lookup.val() {
            self.macs.lookup_mac.next = self.sharing.q.val().key.get_bits::<48>(0);
            self.macs.lookup_vid.next = self.sharing.q.val().key.get_bits::<12>(48);
        }
        self.sharing.d.next.switched = (self.sharing.q.val().switched << 1)
            | bit_cast::<6, 1>((self.switch_lookup.val() & self.macs.lookup_ready.val() & !self.classifier.lookup.val()).into());
        self.switch_result_coming.next = self.sharing.q.val().switched.get_bit(4);
        self.switch_found.next = self.macs.found.val();
        self.switch_port.next = self.macs.found_port.val();
        if self.macs.result_valid.val() & !self.sharing.q.val().switched.get_bit(5) {
            self.sharing.d.next.found = self.macs.found.val();
            self.sharing.d.next.port = self.macs.found_port.val();
        }
        self.classifier.mac_found.next = self.sharing.q.val().found;
        self.classifier.mac_port.next = self.sharing.q.val().port;
        // Jobs wait for the hash.
        self.passed.next = bit_cast::<40, 4>(self.classifier.job_blade.val())
            | (bit_cast::<40, 1>(self.classifier.job_tracked.val().into()) << 4)
            | (bit_cast::<40, 1>(self.classifier.job_starts.val().into()) << 5)
            | (bit_cast::<40, 1>(self.classifier.job_datagram.val().into()) << 6)
            | (bit_cast::<40, 1>(self.classifier.job_each.val().into()) << 7)
            | (bit_cast::<40, 1>(self.classifier.job_fin.val().into()) << 8)
            | (bit_cast::<40, 1>(self.classifier.job_rst.val().into()) << 9)
            | (bit_cast::<40, 1>(self.classifier.job_in_service.val().into()) << 10)
            | (bit_cast::<40, 1>(self.classifier.job_rewrite.val().into()) << 11)
            | (bit_cast::<40, 6>(self.classifier.job_service.val()) << 12)
            | (bit_cast::<40, 4>(self.classifier.job_policy.val()) << 18)
            | (bit_cast::<40, 16>(self.classifier.job_blade_set.val()) << 22)
            | (bit_cast::<40, 2>(self.classifier.job_timeout_class.val()) << 38);
        self.job.next = (bit_cast::<JOB, 1>(self.classifier.job_is_ipv6.val().into()) << 339)
            | (bit_cast::<JOB, 8>(self.classifier.job_protocol.val()) << 331)
            | (bit_cast::<JOB, 32>(self.classifier.job_ports.val()) << 299)
            | (bit_cast::<JOB, 128>(self.classifier.job_destination.val()) << 171)
            | (bit_cast::<JOB, 128>(self.classifier.job_source.val()) << 43)
            | (bit_cast::<JOB, 40>(self.passed.val()) << 3)
            | bit_cast::<JOB, 3>(self.classifier.job_class.val());
        self.jobs.write.next = self.classifier.job_valid.val();
        self.jobs.write_data.next = self.job.val();
        self.job_out.next = self.jobs.read_data.val();
        self.hash.key.next = self.hash_key.val();
        self.hash.in_valid.next = !self.jobs.empty.val();
        self.jobs.read.next = self.hash.in_ready.val();
        self.hash.in_class.next = self.job_out.val().get_bits::<3>(0);
        self.hash.in_passed.next = self.job_out.val().get_bits::<40>(3);
        self.hash.in_source.next = self.job_out.val().get_bits::<128>(43);
        self.hash.in_destination.next = self.job_out.val().get_bits::<128>(171);
        self.hash.in_ports.next = self.job_out.val().get_bits::<32>(299);
        self.hash.in_protocol.next = self.job_out.val().get_bits::<8>(331);
        self.hash.in_ipv6.next = self.job_out.val().get_bit(339);
        self.hash.out_take.next = self.verdict.job_take.val();
        // The verdict, and whom it asks.
        self.verdict.job_valid.next = self.hash.out_valid.val();
        self.verdict.job_class.next = self.hash.out_class.val();
        self.verdict.job_blade.next = self.hash.out_passed.val().get_bits::<4>(0);
        self.verdict.job_tracked.next = self.hash.out_passed.val().get_bit(4);
        self.verdict.job_starts.next = self.hash.out_passed.val().get_bit(5);
        self.verdict.job_half_open.next = !self.hash.out_passed.val().get_bit(6);
        self.verdict.job_each.next = self.hash.out_passed.val().get_bit(7);
        self.verdict.job_fin.next = self.hash.out_passed.val().get_bit(8);
        self.verdict.job_rst.next = self.hash.out_passed.val().get_bit(9);
        self.verdict.job_in_service.next = self.hash.out_passed.val().get_bit(10);
        self.verdict.job_service.next = self.hash.out_passed.val().get_bits::<6>(12);
        self.verdict.job_rewrite.next = self.hash.out_passed.val().get_bit(11);
        self.verdict.job_policy.next = self.hash.out_passed.val().get_bits::<4>(18);
        self.verdict.job_blade_set.next = self.hash.out_passed.val().get_bits::<16>(22);
        self.verdict.job_timeout_class.next = self.hash.out_passed.val().get_bits::<2>(38);
        self.verdict.job_start.next = self.hash.out_start.val();
        self.consistent.lookup.next = self.verdict.lookup.val();
        self.consistent.service.next = self.hash.out_passed.val().get_bits::<6>(12);
        self.consistent.hash.next = self.hash.out_index.val();
        self.consistent.starts.next = self.hash.out_passed.val().get_bit(5);
        self.usable_mask.next = 0.into();
        self.eligible_mask.next = 0.into();
        for i in 0..N {
            self.usable_mask.next = self.usable_mask.val().replace_bit(i, self.usable[i].q.val());
            self.eligible_mask.next = self.eligible_mask.val().replace_bit(i, self.eligible[i].q.val());
        }
        self.consistent.usable.next = self.usable_mask.val() & self.verdict.request_set.val();
        self.verdict.consistent_blade.next = self.consistent.blade.val();
        self.verdict.consistent_none.next = self.consistent.none.val();
        self.end_out.next = self.ends.read_data.val();
        self.verdict.end_valid.next = !self.ends.empty.val();
        self.verdict.end_good.next = self.end_out.val().get_bit(3);
        self.verdict.end_cause.next = self.end_out.val().get_bits::<3>(0);
        self.ends.read.next = self.verdict.end_take.val();
        self.flow_table.flush.next = self.flush_flows.val();
        self.flow_table.usable.next = self.usable_mask.val();
        for i in 0..4 {
            self.flow_table.timeout[i].next = self.flow_timeout[i].val();
        }
        self.flow_table.closing_timeout.next = self.closing_timeout.val();
        self.flow_table.half_open_timeout.next = self.half_open_timeout.val();
        self.gone_blades.next = 0.into();
        for i in 0..N {
            self.gone_blades.next = self.gone_blades.val().replace_bit(i, !self.reachable[i].q.val());
        }
        self.blade_flush.command.next = self.flush_blades.val();
        self.blade_flush.gone.next = self.gone_blades.val();
        self.blade_flush.re_home.next = self.re_home.val();
        self.blade_flush.sweeping.next = self.flow_table.sweeping.val();
        self.flow_table.flush_blade.next = self.blade_flush.flush_blade.val();
        self.flow_table.lookup.next = self.verdict.lookup.val();
        self.flow_table.lookup_index.next = self.hash.out_index.val();
        self.flow_table.lookup_tag.next = self.hash.out_tag.val();
        self.verdict.result_valid.next = self.flow_table.result_valid.val();
        self.verdict.found.next = self.flow_table.found.val();
        self.verdict.found_half_open.next = self.flow_table.found_half_open.val();
        self.verdict.found_blade.next = self.flow_table.found_blade.val();
        self.verdict.found_usable.next = self.flow_table.found_usable.val();
        self.verdict.found_closing.next = self.flow_table.found_closing.val();
        self.verdict.room.next = self.flow_table.room.val();
        self.verdict.ready.next = self.flow_table.ready.val();
        self.flow_table.finish.next = self.verdict.finish.val();
        self.flow_table.write.next = self.verdict.write.val();
        self.flow_table.write_half_open.next = self.verdict.write_half_open.val();
        self.flow_table.write_closing.next = self.verdict.write_closing.val();
        self.flow_table.write_blade.next = self.verdict.write_blade.val();
        self.flow_table.write_class.next = self.verdict.write_class.val();
        self.selector.request.next = self.verdict.request.val();
        self.selector.hash_start.next = self.hash.out_start.val();
        self.hash_pick.clk.next = self.clk.val();
        self.hash_pick.start.next = self.verdict.hash_start.val();
        self.hash_pick.usable.next = self.usable_mask.val();
        self.hash_pick.eligible.next = self.eligible_mask.val();
        self.verdict.hash_blade.next = self.hash_pick.blade.val();
        self.verdict.hash_none.next = self.hash_pick.none.val();
        self.selector.accept.next = self.verdict.accept.val();
        self.selector.accept_blade.next = self.verdict.accept_blade.val();
        self.verdict.grant_valid.next = self.selector.grant_valid.val();
        self.verdict.grant_blade.next = self.selector.grant_blade.val();
        self.verdict.grant_none.next = self.selector.grant_none.val();
        self.selector.policy.next = self.verdict.request_policy.val();
        self.selector.service_set.next = self.verdict.request_set.val();
        self.selector.service.next = self.hash.out_passed.val().get_bits::<4>(12);
        self.selector.hash_gate.next = self.hash.out_tag.val().get_bits::<4>(0);
        for i in 0..7 {
            self.settings.words[i].next = self.selection[i].val();
        }
        self.selector.signal.next = self.settings.signal.val();
        self.selector.second_signal.next = self.settings.second_signal.val();
        self.selector.hot.next = self.settings.hot.val();
        self.selector.second_hot.next = self.settings.second_hot.val();
        self.selector.fill.next = self.settings.fill.val();
        self.selector.refused_mark.next = self.settings.refused_mark.val();
        self.selector.ladder.next = self.settings.ladder.val();
        self.selector.ladder_trust.next = self.settings.ladder_trust.val();
        self.selector.ladder_random.next = self.settings.ladder_random.val();
        self.selector.ramp.next = self.settings.ramp.val();
        self.selector.good_reports.next = self.settings.good_reports.val();
        self.selector.span.next = self.settings.span.val();
        self.selector.wake.next = self.settings.wake.val();
        self.awake.next = self.selector.awake.val();
        self.selector.seed.next = self.selection_seed.val();
        self.selector.load_seed.next = self.selection_load_seed.val();
        self.ramp_timer.clk.next = self.clk.val();
        self.ramp_timer.reset.next = self.reset.val();
        self.ramp_timer.interval.next = self.settings.tick_interval.val();
        self.selector.ramp_tick.next = self.ramp_timer.tick.val();
        self.refused_mask.next = 0.into();
        for i in 0..N {
            self.refused_mask.next = self
                .refused_mask
                .val()
                .replace_bit(i, self.refused.val() & (self.refused_blade.val() == i.to_bits::<4>()));
        }
        self.selector.refused.next = self.refused_mask.val();
        self.job_weights.clk.next = self.clk.val();
        self.job_weights.reset.next = self.reset.val();
        for i in 0..4 {
            self.job_weights.table[i].next = self.services.weights[i].val();
        }
        self.job_weights.write.next = self.classifier.job_valid.val();
        self.job_weights.read.next = self.verdict.job_taken.val();
        self.job_weights.in_service.next = self.hash.out_passed.val().get_bit(10);
        self.selector.weighted.next = self.job_weights.weighted.val();
        self.selector.delta.next = self.delta.val();
        self.selector.ewma_shift.next = self.ewma_shift.val();
        for i in 0..N {
            self.usable[i].clock.next = self.clk.val();
            self.usable[i].d.next = self.link_up[i].val()
                & self.blade_enabled[i].val()
                & (self.host_admin[i].val() < self.maintenance.val())
                & !(self.known[i].val() & (self.admin[i].val() >= self.maintenance.val()));
            self.eligible[i].clock.next = self.clk.val();
            self.eligible[i].d.next = self.link_up[i].val()
                & self.blade_enabled[i].val()
                & (self.host_admin[i].val() == self.ready.val())
                & !(self.known[i].val() & (self.admin[i].val() != self.ready.val()));
            self.reachable[i].clock.next = self.clk.val();
            self.reachable[i].d.next = self.link_up[i].val() & self.blade_enabled[i].val();
            self.verdict.reachable[i].next = self.reachable[i].q.val();
            self.classifier.blade_mac[i].next = self.blade_mac[i].val();
            self.rewriter.blade_mac[i].next = self.blade_mac[i].val();
            self.rewriter.vlan_action[i].next = self.vlan_action[i].val();
            self.rewriter.vlan_id[i].next = self.vlan_vid[i].val();
            self.selector.link_up[i].next = self.link_up[i].val();
            self.selector.weight[i].next = self.job_weights.weight[i].val();
            self.selector.irq[i].next = self.irq[i].val();
            self.selector.work[i].next = self.work[i].val();
            self.selector.power[i].next = self.power[i].val();
            self.selector.queue[i].next = self.queue[i].val();
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
        // The host's window to the tables, and what the blades' frames teach.
        self.services.host_address.next = self.table_address.val().get_bits::<16>(0);
        self.services.host_write_data.next = self.table_write_data.val();
        self.services.host_write.next = self.table_write.val().get_bit(0);
        self.services.host_read.next = self.table_read.val().get_bit(0);
        self.table_read_data[0].next = self.services.host_read_data.val();
        self.consistent.host_address.next = self.table_address.val().get_bits::<16>(0);
        self.consistent.host_write_data.next = self.table_write_data.val();
        self.consistent.host_write.next = self.table_write.val().get_bit(1);
        self.consistent.host_read.next = self.table_read.val().get_bit(1);
        self.table_read_data[1].next = self.consistent.host_read_data.val();
        self.mac_access.address.next = self.table_address.val();
        self.mac_access.write_data.next = self.table_write_data.val();
        self.mac_access.write.next = self.table_write.val().get_bit(2);
        self.mac_access.read.next = self.table_read.val().get_bit(2);
        self.table_read_data[2].next = self.mac_access.read_data.val();
        self.flow_access.address.next = self.table_address.val();
        self.flow_access.write.next = self.table_write.val().get_bit(3);
        self.flow_access.read.next = self.table_read.val().get_bit(3);
        self.table_read_data[3].next = self.flow_access.read_data.val();
        // What each service got.
        self.account.word_valid.next = self.parser.word_valid.val();
        self.account.word_keep.next = self.parser.word_keep.val();
        self.account.word_last.next = self.parser.word_last.val();
        self.account.ended.next = self.verdict.ended.val();
        self.account.counts.next = self.verdict.served.val();
        self.account.service.next = self.verdict.service.val();
        self.account.new_flow.next = self.verdict.served_new_flow.val();
        self.account.dropped.next = self.verdict.served_none.val();
        self.account.address.next = self.table_address.val();
        self.account.write.next = self.table_write.val().get_bit(4);
        self.account.read.next = self.table_read.val().get_bit(4);
        self.table_read_data[4].next = self.account.read_data.val();
        self.table_ready.next = bit_cast::<5, 1>(self.services.host_ready.val().into())
            | (bit_cast::<5, 1>(self.consistent.host_ready.val().into()) << 1)
            | (bit_cast::<5, 1>(self.mac_access.ready.val().into()) << 2)
            | (bit_cast::<5, 1>(self.flow_access.ready.val().into()) << 3)
            | (bit_cast::<5, 1>(self.account.ready.val().into()) << 4);
        self.table_read_valid.next = bit_cast::<5, 1>(self.services.host_read_valid.val().into())
            | (bit_cast::<5, 1>(self.consistent.host_read_valid.val().into()) << 1)
            | (bit_cast::<5, 1>(self.mac_access.read_valid.val().into()) << 2)
            | (bit_cast::<5, 1>(self.flow_access.read_valid.val().into()) << 3)
            | (bit_cast::<5, 1>(self.account.read_valid.val().into()) << 4);
        self.flow_table.read.next = self.flow_access.entry_read.val();
        self.flow_table.read_index.next = self.flow_access.entry_index.val();
        self.flow_access.entry_ready.next = self.flow_table.read_ready.val();
        self.flow_access.entry_valid.next = self.flow_table.read_valid.val();
        self.flow_access.entry_half_open.next = self.flow_table.read_half_open.val();
        self.flow_access.entry_blade.next = self.flow_table.read_blade.val();
        self.flow_access.entry_class.next = self.flow_table.read_class.val();
        self.flow_access.entry_closing.next = self.flow_table.read_closing.val();
        self.flow_access.entry_age.next = self.flow_table.read_age.val();
        self.flow_access.entry_tag.next = self.flow_table.read_tag.val();
        // The host's command comes through when the uplink's sources have made way, so that it does not hang on them.
        self.macs.host_write.next = self.mac_access.host_write.val() & self.sharing.q.val().host_waits;
        self.macs.host_remove.next = self.mac_access.host_remove.val() & self.sharing.q.val().host_waits;
        self.macs.host_read.next = self.mac_access.host_read.val() & self.sharing.q.val().host_waits;
        self.mac_access.host_ready.next = self.macs.learn_ready.val() & !self.learn.val() & self.sharing.q.val().host_waits;
        self.macs.host_mac.next = self.mac_access.host_mac.val();
        self.macs.host_vid.next = self.mac_access.host_vid.val();
        self.macs.host_port.next = self.mac_access.host_port.val();
        self.macs.host_index.next = self.mac_access.host_index.val();
        self.mac_access.host_done.next = self.macs.host_done.val();
        self.mac_access.host_good.next = self.macs.host_good.val();
        self.mac_access.host_entry.next = self.macs.host_entry.val();
        self.macs.aging_time.next = self.mac_age_time.val();
        self.gone.next = 0.into();
        for i in 0..N {
            self.gone.next = self.gone.val().replace_bit(i, !self.link_up[i].val());
        }
        self.macs.flush.next = self.gone.val();
        if self.flush_macs.val() {
            self.macs.flush.next = 0x1FFFF.into();
        }
        // The blades' sources first, then the host, then the uplink's sources.
        self.uplink_tap.word_valid.next = self.parser.word_valid.val();
        self.uplink_tap.word_data.next = self.parser.word_data.val();
        self.uplink_tap.word_last.next = self.parser.word_last.val();
        self.uplink_tap.ended.next = self.verdict.ended.val();
        self.uplink_tap.well_formed.next = self.verdict.well_formed.val();
        self.sharing.d.next.host_waits =
            self.mac_access.host_write.val() | self.mac_access.host_remove.val() | self.mac_access.host_read.val();
        self.uplink_learns.next = self.uplink_tap.learn.val() & !self.learn.val() & !self.sharing.q.val().host_waits;
        self.uplink_tap.learn_ready.next = self.macs.learn_ready.val() & !self.learn.val() & !self.sharing.q.val().host_waits;
        self.macs.learn.next = self.learn.val() | self.uplink_learns.val();
        self.learn_ready.next = self.macs.learn_ready.val();
        self.macs.learn_mac.next = self.uplink_tap.learn_mac.val();
        self.macs.learn_vid.next = self.uplink_tap.learn_vid.val();
        self.macs.learn_port.next = self.uplink_port.val();
        if self.learn.val() {
            self.macs.learn_mac.next = self.learn_mac.val();
            self.macs.learn_vid.next = self.learn_vid.val();
            self.macs.learn_port.next = self.learn_port.val();
        }
        // The frames' way out.
        self.verdict_word.next = (bit_cast::<VERDICT, 4>(self.verdict.verdict_blade.val()) << 19)
            | (bit_cast::<VERDICT, 1>(self.verdict.verdict_rewrite.val().into()) << 18)
            | (bit_cast::<VERDICT, 1>(self.verdict.verdict_flood.val().into()) << 17)
            | bit_cast::<VERDICT, 17>(self.verdict.verdict_mask.val());
        self.verdicts.write.next = self.verdict.verdict_valid.val();
        self.verdicts.write_data.next = self.verdict_word.val();
        self.verdict_out.next = self.verdicts.read_data.val();
        self.verdicts.read.next = self.rewriter.verdict_take.val();
        self.rewriter.verdict_valid.next = !self.verdicts.empty.val();
        self.rewriter.verdict_mask.next = self.verdict_out.val().get_bits::<17>(0);
        self.rewriter.verdict_flood.next = self.verdict_out.val().get_bit(17);
        self.rewriter.verdict_rewrite.next = self.verdict_out.val().get_bit(18);
        self.rewriter.verdict_blade.next = self.verdict_out.val().get_bits::<4>(19);
        self.next_word.in_valid.next = !self.frame_words.empty.val();
        self.next_word.in_data.next = self.frame_words.read_data.val();
        self.frame_words.read.next = self.next_word.in_ready.val();
        self.word_out.next = self.next_word.out_data.val();
        self.next_word.out_ready.next = self.rewriter.word_take.val();
        self.rewriter.word_valid.next = self.next_word.out_valid.val();
        self.rewriter.word_data.next = self.word_out.val().get_bits::<64>(0);
        self.mask.beyond.next = self.word_out.val().get_bits::<3>(64);
        self.rewriter.word_keep.next = self.mask.keep.val();
        self.rewriter.word_last.next = self.word_out.val().get_bit(67);
        self.rewriter.word_error.next = self.word_out.val().get_bit(68);
        self.out_valid.next = self.rewriter.out_valid.val();
        self.out_data.next = self.rewriter.out_data.val();
        self.out_keep.next = self.rewriter.out_keep.val();
        self.out_last.next = self.rewriter.out_last.val();
        self.out_commit.next = self.rewriter.out_commit.val();
        self.out_mask.next = self.rewriter.out_mask.val();
        self.out_responder.next = self.rewriter.out_responder.val();
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
        self.entries.next = self.flow_table.table_entries.val();
        self.table_entries.next = self.entries.val().get_bits::<16>(0);
        if self.entries.val().get_bits::<4>(16).any() {
            self.table_entries.next = 0xFFFF.into();
        }
        self.events.next = bit_cast::<13, 1>(self.verdict.dropped_no_service.val().into())
            | (bit_cast::<13, 1>(self.verdict.dropped_filtered.val().into()) << 1)
            | (bit_cast::<13, 1>(self.verdict.dropped_storm.val().into()) << 2)
            | (bit_cast::<13, 1>(self.verdict.responded.val().into()) << 3)
            | (bit_cast::<13, 1>(self.verdict.flow_half_opens.val().into()) << 6)
            | (bit_cast::<13, 1>(self.verdict.flow_promotions.val().into()) << 7)
            | (bit_cast::<13, 1>(self.flow_table.evicted.val().into()) << 8)
            | (bit_cast::<13, 1>(self.verdict.flow_pickups.val().into()) << 9)
            | (bit_cast::<13, 1>(self.macs.moved.val().into()) << 10)
            | (bit_cast::<13, 1>(self.macs.evicted.val().into()) << 11)
            | (bit_cast::<13, 1>(self.macs.refused.val().into()) << 12);
        if self.reset.val() {
            self.in_flight.d.next = 0.into();
            self.sharing.d.next.switched = 0.into();
            self.sharing.d.next.host_waits = false;
        }
    }
    spareband_hdl::module_name!();
}
