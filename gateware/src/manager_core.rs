//! What every manager has, whatever its blade links are: uplink, forwarding plane, return arbiter, utilisation table, registers, UART.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core | in | 1 | | 156.25 MHz: uplink transmit, forwarding, registers |
//! | clk_uplink_rx | in | 1 | | 156.25 MHz, recovered from the uplink |
//! | reset | in | 1 | any | active high |
//! | core_reset | out | 1 | clk_core | `reset`, synchronised, for the ports of the blades |
//! | max_frame_length | out | 16 | clk_core | longest frame accepted; changes only by the host |
//! | serdes_* | | | | as in `LinkPort10g` |
//! | uart_rx, uart_tx | in, out | 1 | any, clk_core | register access, 8N1 |
//! | uart_divisor | in | 16 | static | cycles of clk_core of one bit |
//! | forwarded | out | struct | clk_core | `ForwardedWord` for the ports of the blades |
//! | link_control | out | N x struct | clk_core | `LinkControl` of each blade's link |
//! | mac_settings, mac_report | out, in | N x struct | clk_core | `MacSettings` and `MacReport` of the MAC of each blade's link |
//! | counter, count_read, count_link, count_valid, count | out, out, out, in, in | 6, 1, 4, 1, 64 | clk_core | as in `ManagerRegisters` |
//! | select | out | N x 1 | clk_core | this blade takes the frame |
//! | crossed, cross_select | out | struct, N x 1 | clk_core | likewise, the frames that blades send each other |
//! | returned, return_ready | in, out | N x struct, 1 | clk_core | `ReturnedWord` of each blade, and whether it is taken |
//! | report | in | N x struct | clk_core | `BladeReport` of each blade |
//! | events | in | N x struct | clk_core | `BladeEvents` of each blade |
//!
//! Invariant: no blade's link, queue or load delays another blade's frames.
//! Latency and throughput: those of its parts; see docs/ARCHITECTURE.md. Holds no logic.
//!
//! Longer than most files here, as it is the wiring of all parts in one kernel.

use crate::blade_link::{BladeEvents, BladeReport, ForwardedWord, LinkControl, MacReport, MacSettings, ReturnedWord};
use crate::blade_tap::BladeTap;
use crate::csr::{ForwardingSettings, FrameMeter, ManagerRegisters, UartRegisterMaster};
use crate::forward::{
    BladeSwitch, ForwardingPlane, FrameMerge, KeepCount, NeighbourResponder, RefusalTap, ReturnArbiter, SourceTap, StreamRegister,
};
use crate::link_port_10g::LinkPort10g;
use crate::mac::PauseWatermark;
use crate::util::{ChassisAggregate, UtilisationTable};
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetSync;
use spareband_spec::frame::{FLOW_SETS_LOG2, RETURN_QUANTUM};

/// Last, keep, data.
const OUTGOING: usize = 73;
/// log2 of the words of requests that wait for the responder, and of the cycles in which its replies are limited.
const RESPONDER_WORDS_LOG2: usize = 9;
const REPLY_INTERVAL_LOG2: usize = 16;

/// Keep, data.
const WORD: usize = 72;

#[derive(LogicBlock)]
pub struct ManagerCore<const N: usize> {
    pub clk_core: Signal<In, Clock>,
    pub clk_uplink_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub uart_divisor: Signal<In, Bits<16>>,
    pub core_reset: Signal<Out, Bit>,
    pub max_frame_length: Signal<Out, Bits<16>>,
    pub forwarded: Signal<Out, ForwardedWord>,
    pub link_control: [Signal<Out, LinkControl>; N],
    pub mac_settings: [Signal<Out, MacSettings>; N],
    pub mac_report: [Signal<In, MacReport>; N],
    pub counter: Signal<Out, Bits<6>>,
    pub count_read: Signal<Out, Bit>,
    pub count_link: Signal<Out, Bits<4>>,
    pub count_valid: Signal<In, Bit>,
    pub count: Signal<In, Bits<64>>,
    pub select: [Signal<Out, Bit>; N],
    pub crossed: Signal<Out, ForwardedWord>,
    pub cross_select: [Signal<Out, Bit>; N],
    pub returned: [Signal<In, ReturnedWord>; N],
    pub return_ready: [Signal<Out, Bit>; N],
    pub report: [Signal<In, BladeReport>; N],
    pub events: [Signal<In, BladeEvents>; N],
    core_reset_sync: ResetSync,
    tap: [BladeTap; N],
    uplink: LinkPort10g,
    watermark: [PauseWatermark; N],
    uplink_settings: Signal<Local, MacSettings>,
    uplink_report: Signal<Local, MacReport>,
    any_full: Signal<Local, Bit>,
    plane: ForwardingPlane<N, FLOW_SETS_LOG2>,
    settings: Signal<Local, ForwardingSettings>,
    responder: NeighbourResponder<RESPONDER_WORDS_LOG2, REPLY_INTERVAL_LOG2>,
    arbiter: ReturnArbiter<N>,
    source_tap: SourceTap,
    refusal_tap: RefusalTap,
    switch: BladeSwitch<N>,
    merge: FrameMerge<WORD>,
    /// So that switch, responder, merge and the uplink's MAC have no path through each other; the arbiter's ports are registers.
    upward: StreamRegister<OUTGOING>,
    outgoing: StreamRegister<OUTGOING>,
    return_quantum: Constant<Bits<14>>,
    utilisation: UtilisationTable<N>,
    aggregate: ChassisAggregate<N>,
    registers: ManagerRegisters<N>,
    uart: UartRegisterMaster,
    receive_meter: FrameMeter,
    transmit_meter: FrameMeter,
    outgoing_word: Signal<Local, Bits<OUTGOING>>,
    switch_word: Signal<Local, Bits<OUTGOING>>,
    reply_word: Signal<Local, Bits<WORD>>,
    upward_word: Signal<Local, Bits<OUTGOING>>,
    returns: Signal<Local, Bit>,
    mask: Signal<Local, Bits<N>>,
    cross_mask: Signal<Local, Bits<N>>,
    /// The responder could not answer, a cycle ago: it has many reasons.
    unanswered: DFF<Bit>,
    test_pattern: DFF<Bit>,
    /// The plane's words and their mask, once more before they go to all queues: a port's own copy is behind a register, not behind the plane's last choice.
    leaving: DFF<ForwardedWord>,
    leaving_count: KeepCount,
    leaving_mask: DFF<Bits<N>>,
}

impl<const N: usize> Default for ManagerCore<N> {
    fn default() -> Self {
        with_defaults!(Self { return_quantum: Constant::new(RETURN_QUANTUM.to_bits()), }
            defaults clk_core clk_uplink_rx reset serdes_tx_data serdes_tx_hdr serdes_rx_data serdes_rx_hdr
            serdes_rx_bitslip uart_rx uart_tx uart_divisor max_frame_length counter count_read count_link count_valid count forwarded core_reset core_reset_sync uplink uplink_settings uplink_report any_full plane arbiter settings
            responder source_tap refusal_tap switch merge upward outgoing outgoing_word switch_word reply_word upward_word returns crossed cross_mask unanswered test_pattern leaving leaving_count leaving_mask utilisation aggregate registers uart receive_meter transmit_meter mask
            ; arrays link_control mac_settings mac_report watermark select cross_select returned return_ready report events tap)
    }
}

impl<const N: usize> Logic for ManagerCore<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.core_reset_sync.clk.next = self.clk_core.val();
        self.core_reset_sync.reset_in.next = self.reset.val();
        self.core_reset.next = self.core_reset_sync.reset_out.val();
        // In the order of the frames' way: uplink, plane, the way back, responder, utilisation, registers; then the ports.
        self.max_frame_length.next = self.registers.max_frame_length.val();

        // Uplink.
        self.uplink.clk_core.next = self.clk_core.val();
        self.uplink.core_reset.next = self.core_reset_sync.reset_out.val();
        self.uplink.clk_rx.next = self.clk_uplink_rx.val();
        self.uplink.reset.next = self.reset.val();
        self.uplink.max_frame_length.next = self.registers.max_frame_length.val();
        self.serdes_tx_data.next = self.uplink.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.uplink.serdes_tx_hdr.val();
        self.uplink.serdes_rx_data.next = self.serdes_rx_data.val();
        self.uplink.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.serdes_rx_bitslip.next = self.uplink.serdes_rx_bitslip.val();
        self.outgoing.clk.next = self.clk_core.val();
        self.outgoing.reset.next = self.core_reset_sync.reset_out.val();
        self.outgoing.in_valid.next = self.merge.tx_valid.val();
        self.outgoing.in_data.next =
            (bit_cast::<OUTGOING, 1>(self.merge.tx_last.val().into()) << 72) | bit_cast::<OUTGOING, WORD>(self.merge.tx_data.val());
        self.outgoing_word.next = self.outgoing.out_data.val();
        self.outgoing.out_ready.next = self.uplink.tx_ready.val();
        self.uplink.tx_valid.next = self.outgoing.out_valid.val();
        self.uplink.tx_data.next = self.outgoing_word.val().get_bits::<64>(0);
        self.uplink.tx_keep.next = self.outgoing_word.val().get_bits::<8>(64);
        self.uplink.tx_last.next = self.outgoing_word.val().get_bit(72);
        self.uplink.tx_error.next = false;
        self.uplink.send_records.next = self.registers.aggregate.val();
        self.uplink.send_chassis.next = true;
        self.uplink.send_record.next = self.aggregate.record.val();
        self.uplink.take_records.next = false;
        self.uplink.take_chassis.next = false;
        self.merge.tx_ready.next = self.outgoing.in_ready.val();

        // The uplink pauses when any queue to a blade is filling.
        self.uplink_settings.next = self.registers.uplink_mac.val();
        self.uplink.mac_settings.next = self.uplink_settings.val();
        self.uplink_report.next = self.uplink.mac_report.val();
        self.uplink.counter.next = self.registers.counter.val();
        self.registers.uplink_count.next = self.uplink.count.val();
        self.counter.next = self.registers.counter.val();
        self.count_read.next = self.registers.count_read.val();
        self.count_link.next = self.registers.count_link.val();
        self.registers.count_valid.next = self.count_valid.val();
        self.registers.count.next = self.count.val();
        self.registers.uplink_paused.next = self.uplink_report.val().paused;
        self.registers.uplink_pausing.next = self.uplink_report.val().pausing;
        self.registers.high_ber.next = self.uplink.high_ber.val();
        self.uplink.drop_event.next = self.plane.dropped_overrun.val();
        self.any_full.next = false;
        for i in 0..N {
            self.watermark[i].clk.next = self.clk_core.val();
            self.watermark[i].reset.next = self.core_reset_sync.reset_out.val();
            self.watermark[i].level.next = self.tap[i].queue_level.val();
            self.watermark[i].high.next = self.uplink_settings.val().high;
            self.watermark[i].low.next = self.uplink_settings.val().low;
            if self.watermark[i].request.val() {
                self.any_full.next = true;
            }
        }
        self.uplink.request_pause.next = self.any_full.val();

        // Forwarding.
        self.plane.clk.next = self.clk_core.val();
        self.plane.reset.next = self.core_reset_sync.reset_out.val();
        self.plane.rx_valid.next = self.uplink.rx_valid.val();
        self.plane.rx_data.next = self.uplink.rx_data.val();
        self.plane.rx_keep.next = self.uplink.rx_keep.val();
        self.plane.rx_last.next = self.uplink.rx_last.val();
        self.plane.rx_error.next = self.uplink.rx_error.val();
        self.plane.rx_cause.next = self.uplink.rx_cause.val();
        self.plane.vip.next = self.registers.vip.val();
        self.plane.vip_mask.next = self.registers.vip_mask.val();
        self.plane.policy.next = self.registers.policy.val();
        self.plane.delta.next = self.registers.delta.val();
        self.plane.ewma_shift.next = self.registers.ewma_shift.val();
        for i in 0..7 {
            self.plane.selection[i].next = self.registers.selection[i].val();
        }
        self.plane.selection_seed.next = self.registers.selection_seed.val();
        self.plane.selection_load_seed.next = self.registers.selection_load_seed.val();
        self.settings.next = self.registers.forwarding.val();
        self.plane.own_mac.next = self.uplink_settings.val().address;
        self.plane.flow_timeout[0].next = self.registers.flow_timeout.val();
        self.plane.flow_timeout[1].next = self.settings.val().flow_timeout_1;
        self.plane.flow_timeout[2].next = self.settings.val().flow_timeout_2;
        self.plane.flow_timeout[3].next = self.settings.val().flow_timeout_3;
        self.plane.closing_timeout.next = self.settings.val().closing_timeout;
        self.plane.half_open_timeout.next = self.settings.val().half_open_timeout;
        self.plane.storm_limit.next = self.settings.val().storm_limit;
        self.plane.mac_age_time.next = self.settings.val().mac_age_time;
        self.plane.flush_macs.next = self.settings.val().flush_macs;
        self.plane.table_address.next = self.registers.table_address.val();
        self.plane.table_write_data.next = self.registers.table_write_data.val();
        self.plane.table_write.next = self.registers.table_write.val();
        self.plane.table_read.next = self.registers.table_read.val();
        self.registers.table_ready.next = self.plane.table_ready.val();
        self.registers.table_read_valid.next = self.plane.table_read_valid.val();
        for i in 0..5 {
            self.registers.table_read_data[i].next = self.plane.table_read_data[i].val();
        }
        self.plane.hash_key.next = self.registers.hash_key.val();
        self.plane.flush_flows.next = self.registers.flush_flows.val();
        self.plane.flush_blades.next = self.settings.val().flush_blades;
        self.plane.re_home.next = self.settings.val().re_home;

        // The way back: the blades' frames, which teach where their sources are and go up or across, and the responder's.
        self.arbiter.clk.next = self.clk_core.val();
        self.arbiter.quantum.next = self.return_quantum.val();
        self.arbiter.reset.next = self.core_reset_sync.reset_out.val();
        self.source_tap.clk.next = self.clk_core.val();
        self.source_tap.reset.next = self.core_reset_sync.reset_out.val();
        self.arbiter.tx_ready.next = self.switch.in_ready.val();
        self.returns.next = self.arbiter.tx_valid.val() & self.switch.in_ready.val();
        self.source_tap.word_valid.next = self.returns.val();
        self.source_tap.word_data.next = self.arbiter.tx_data.val();
        self.source_tap.word_last.next = self.arbiter.tx_last.val();
        self.source_tap.word_blade.next = self.arbiter.tx_blade.val();
        self.refusal_tap.clk.next = self.clk_core.val();
        self.refusal_tap.reset.next = self.core_reset_sync.reset_out.val();
        self.refusal_tap.word_valid.next = self.returns.val();
        self.refusal_tap.word_data.next = self.arbiter.tx_data.val();
        self.refusal_tap.word_last.next = self.arbiter.tx_last.val();
        self.refusal_tap.word_blade.next = self.arbiter.tx_blade.val();
        self.plane.refused.next = self.refusal_tap.refused.val();
        self.plane.refused_blade.next = self.refusal_tap.refused_blade.val();
        self.plane.learn.next = self.source_tap.learn.val();
        self.source_tap.learn_ready.next = self.plane.learn_ready.val();
        self.plane.learn_mac.next = self.source_tap.learn_mac.val();
        self.plane.learn_vid.next = self.source_tap.learn_vid.val();
        self.plane.learn_port.next = self.source_tap.learn_port.val();
        self.responder.clk.next = self.clk_core.val();
        self.responder.reset.next = self.core_reset_sync.reset_out.val();
        self.responder.in_valid.next = self.plane.out_valid.val();
        self.responder.in_data.next = self.plane.out_data.val();
        self.responder.in_keep.next = self.plane.out_keep.val();
        self.responder.in_last.next = self.plane.out_last.val();
        self.responder.in_commit.next = self.plane.out_commit.val();
        self.responder.in_select.next = self.plane.out_responder.val();
        self.responder.own_mac.next = self.uplink_settings.val().address;
        self.responder.reply_limit.next = self.settings.val().reply_limit;
        self.responder.announce.next = self.settings.val().announce;
        self.responder.announce_is_ipv6.next = self.settings.val().announce_is_ipv6;
        self.responder.announce_address.next =
            (bit_cast::<128, 64>(self.settings.val().announce_high) << 64) | bit_cast::<128, 64>(self.settings.val().announce_low);
        self.responder.announce_vid.next = self.settings.val().announce_vid;
        self.responder.announce_tagged.next = self.settings.val().announce_tagged;
        self.merge.clk.next = self.clk_core.val();
        self.merge.reset.next = self.core_reset_sync.reset_out.val();
        self.switch.clk.next = self.clk_core.val();
        self.switch.reset.next = self.core_reset_sync.reset_out.val();
        self.switch.in_valid.next = self.arbiter.tx_valid.val();
        self.switch.in_data.next = self.arbiter.tx_data.val();
        self.switch.in_keep.next = self.arbiter.tx_keep.val();
        self.switch.in_last.next = self.arbiter.tx_last.val();
        self.switch.in_blade.next = self.arbiter.tx_blade.val();
        self.switch.storm_limit.next = self.settings.val().storm_limit;
        self.plane.switch_lookup.next = self.switch.lookup.val();
        self.switch.lookup_ready.next = self.plane.switch_lookup_ready.val();
        self.plane.switch_mac.next = self.switch.lookup_mac.val();
        self.plane.switch_vid.next = self.switch.lookup_vid.val();
        self.switch.result_coming.next = self.plane.switch_result_coming.val();
        self.switch.found.next = self.plane.switch_found.val();
        self.switch.found_port.next = self.plane.switch_port.val();
        self.cross_mask.next = self.switch.cross_mask.val();
        self.crossed.next.valid = self.switch.cross_valid.val();
        self.crossed.next.data = self.switch.cross_data.val();
        self.crossed.next.beyond = self.switch.cross_beyond.val();
        self.crossed.next.last = self.switch.cross_last.val();
        self.crossed.next.commit = true;
        // The account of the uplink's frames is kept by drops of what is not flooded.
        self.crossed.next.flood = true;
        self.upward.clk.next = self.clk_core.val();
        self.upward.reset.next = self.core_reset_sync.reset_out.val();
        self.switch_word.next = (bit_cast::<OUTGOING, 1>(self.switch.up_last.val().into()) << 72)
            | (bit_cast::<OUTGOING, 8>(self.switch.up_keep.val()) << 64)
            | bit_cast::<OUTGOING, 64>(self.switch.up_data.val());
        self.upward.in_valid.next = self.switch.up_valid.val();
        self.switch.up_ready.next = self.upward.in_ready.val();
        self.upward.in_data.next = self.switch_word.val();
        self.upward_word.next = self.upward.out_data.val();
        self.merge.a_valid.next = self.upward.out_valid.val();
        self.upward.out_ready.next = self.merge.a_ready.val();
        self.merge.a_data.next = self.upward_word.val().get_bits::<WORD>(0);
        self.merge.a_last.next = self.upward_word.val().get_bit(72);
        self.reply_word.next =
            (bit_cast::<WORD, 8>(self.responder.out_keep.val()) << 64) | bit_cast::<WORD, 64>(self.responder.out_data.val());
        self.merge.b_valid.next = self.responder.out_valid.val();
        self.responder.out_ready.next = self.merge.b_ready.val();
        self.merge.b_data.next = self.reply_word.val();
        self.merge.b_last.next = self.responder.out_last.val();
        self.test_pattern.clock.next = self.clk_core.val();
        self.unanswered.clock.next = self.clk_core.val();
        self.unanswered.d.next = self.responder.dropped_full.val()
            | self.responder.dropped_oversize.val()
            | self.responder.dropped_short.val()
            | self.responder.dropped_other.val()
            | self.responder.dropped_unanswerable.val()
            | self.responder.dropped_invalid.val()
            | self.responder.dropped_limit.val();
        self.registers.forwarding_events.next = bit_cast::<16, 13>(self.plane.events.val())
            | (bit_cast::<16, 1>(self.merge.b_sent.val().into()) << 4)
            | (bit_cast::<16, 1>(self.unanswered.q.val().into()) << 5)
            | (bit_cast::<16, 1>(self.switch.crossed.val().into()) << 13)
            | (bit_cast::<16, 1>(self.switch.flooded.val().into()) << 14)
            | (bit_cast::<16, 1>(self.switch.dropped.val().into()) << 15);

        // Utilisation.
        self.utilisation.clk.next = self.clk_core.val();
        self.utilisation.reset.next = self.core_reset_sync.reset_out.val();
        self.utilisation.stale_limit.next = self.registers.stale_limit.val();
        self.utilisation.clear_worst.next = self.registers.clear_worst.val();

        self.aggregate.clk.next = self.clk_core.val();
        self.aggregate.reset.next = self.core_reset_sync.reset_out.val();

        // Registers.
        self.uart.clk.next = self.clk_core.val();
        self.uart.reset.next = self.core_reset_sync.reset_out.val();
        self.uart.divisor.next = self.uart_divisor.val();
        self.uart.rx.next = self.uart_rx.val();
        self.uart_tx.next = self.uart.tx.val();
        self.registers.bus_address.next = self.uart.bus_address.val();
        self.registers.bus_write_data.next = self.uart.bus_write_data.val();
        self.registers.bus_write.next = self.uart.bus_write.val();
        self.registers.bus_read.next = self.uart.bus_read.val();
        self.uart.bus_read_data.next = self.registers.bus_read_data.val();
        self.uart.bus_done.next = self.registers.bus_done.val();
        self.uart.bus_error.next = self.registers.bus_error.val();
        self.registers.clk.next = self.clk_core.val();
        self.registers.reset.next = self.core_reset_sync.reset_out.val();
        self.registers.block_lock.next = self.uplink.block_lock.val();
        self.registers.local_fault.next = self.uplink.local_fault.val();
        self.registers.remote_fault.next = self.uplink.remote_fault.val();
        self.registers.awake.next = self.plane.awake.val();
        self.registers.table_entries.next = self.plane.table_entries.val();
        self.registers.frames_in.next = self.plane.frames_in.val();
        self.registers.forwarded.next = self.plane.forwarded.val();
        self.registers.flooded.next = self.plane.flooded.val();
        self.registers.dropped_bad_fcs.next = self.plane.dropped_bad_fcs.val();
        self.registers.dropped_runt.next = self.plane.dropped_runt.val();
        self.registers.dropped_oversize.next = self.plane.dropped_oversize.val();
        self.registers.dropped_coding.next = self.plane.dropped_coding.val();
        self.registers.dropped_control.next = self.plane.dropped_control.val();
        self.registers.dropped_malformed.next = self.plane.dropped_malformed.val();
        self.registers.dropped_no_blade.next = self.plane.dropped_no_blade.val();
        self.registers.dropped_overrun.next = self.plane.dropped_overrun.val();
        self.registers.flow_hits.next = self.plane.flow_hits.val();
        self.registers.flow_misses.next = self.plane.flow_misses.val();
        self.registers.flow_misses_without_syn.next = self.plane.flow_misses_without_syn.val();
        self.registers.flow_insert_failures.next = self.plane.flow_insert_failures.val();
        self.registers.flow_closed.next = self.plane.flow_closed.val();
        self.registers.flow_expired.next = self.plane.flow_expired.val();
        self.receive_meter.clk.next = self.clk_core.val();
        self.receive_meter.reset.next = self.core_reset_sync.reset_out.val();
        self.receive_meter.take.next = self.uplink.rx_valid.val();
        self.receive_meter.keep.next = self.uplink.rx_keep.val();
        self.receive_meter.last.next = self.uplink.rx_last.val();
        self.registers.bytes_in.next = self.receive_meter.length.val();
        self.transmit_meter.clk.next = self.clk_core.val();
        self.transmit_meter.reset.next = self.core_reset_sync.reset_out.val();
        self.transmit_meter.take.next = self.outgoing.out_valid.val() & self.uplink.tx_ready.val();
        self.transmit_meter.keep.next = self.outgoing_word.val().get_bits::<8>(64);
        self.transmit_meter.last.next = self.outgoing_word.val().get_bit(72);
        self.registers.uplink_tx_frames.next = self.transmit_meter.frame.val();
        self.registers.uplink_tx_bytes.next = self.transmit_meter.length.val();
        self.registers.uplink_tx_underruns.next = self.uplink.tx_underrun.val();
        self.registers.uplink_bad_blocks.next = self.uplink.bad_blocks.val();
        self.registers.uplink_sequence_errors.next = self.uplink.sequence_errors.val();
        // By way of a register at the encoder.
        self.test_pattern.d.next = self.registers.prbs31_transmit.val();
        self.uplink.prbs31_transmit.next = self.test_pattern.q.val();
        self.uplink.prbs31_check.next = self.registers.prbs31_check.val();
        self.registers.uplink_prbs31_errors.next = self.uplink.prbs31_errors.val();

        // What all blades see.
        self.leaving.clock.next = self.clk_core.val();
        self.leaving.d.next.valid = self.plane.out_valid.val();
        self.leaving.d.next.data = self.plane.out_data.val();
        self.leaving_count.keep.next = self.plane.out_keep.val();
        self.leaving_count.last.next = self.plane.out_last.val();
        self.leaving.d.next.beyond = self.leaving_count.beyond.val();
        self.leaving.d.next.last = self.plane.out_last.val();
        self.leaving.d.next.commit = self.plane.out_commit.val();
        self.leaving.d.next.flood = self.plane.out_flood.val();
        self.leaving_mask.clock.next = self.clk_core.val();
        self.leaving_mask.d.next = self.plane.out_mask.val();
        self.forwarded.next = self.leaving.q.val();
        self.mask.next = self.leaving_mask.q.val();

        for i in 0..N {
            self.link_control[i].next = self.registers.link_control[i].val();
            self.mac_settings[i].next = self.registers.blade_link_mac[i].val();
            self.tap[i].mac_report.next = self.mac_report[i].val();
            self.registers.paused[i].next = self.tap[i].paused.val();
            self.registers.pausing[i].next = self.tap[i].pausing.val();
            self.registers.an_complete[i].next = self.tap[i].an_complete.val();
            self.registers.an_lp_ability[i].next = self.tap[i].an_lp_ability.val();
            self.tap[i].clk.next = self.clk_core.val();
            self.tap[i].returned.next = self.returned[i].val();
            self.tap[i].report.next = self.report[i].val();
            self.tap[i].events.next = self.events[i].val();
            self.select[i].next = self.mask.val().get_bit(i);
            self.cross_select[i].next = self.cross_mask.val().get_bit(i);
            self.switch.blade_mac[i].next = self.registers.blade_mac[i].val();
            self.switch.link_up[i].next = self.tap[i].link_up.val();
            self.switch.enabled[i].next = self.registers.blade_enabled[i].val();
            self.arbiter.in_valid[i].next = self.tap[i].return_valid.val();
            self.arbiter.in_waits[i].next = self.tap[i].return_waits.val();
            self.arbiter.in_data[i].next = self.tap[i].return_data.val();
            self.arbiter.in_keep[i].next = self.tap[i].return_keep.val();
            self.arbiter.in_last[i].next = self.tap[i].return_last.val();
            self.return_ready[i].next = self.arbiter.in_ready[i].val();
            self.utilisation.record_valid[i].next = self.tap[i].record_valid.val();
            self.utilisation.record[i].next = self.tap[i].record.val();
            self.utilisation.crc_error[i].next = self.tap[i].record_error.val();
            self.utilisation.link_up[i].next = self.tap[i].link_up.val();
            self.aggregate.link_up[i].next = self.tap[i].link_up.val();
            self.aggregate.enabled[i].next = self.registers.blade_enabled[i].val();
            self.aggregate.known[i].next = self.utilisation.known[i].val();
            self.aggregate.stale[i].next = self.utilisation.stale[i].val();
            self.aggregate.host_admin[i].next = self.registers.host_admin[i].val();
            self.aggregate.admin[i].next = self.utilisation.admin[i].val();
            self.aggregate.weight[i].next = self.registers.blade_weight[i].val();
            self.aggregate.cpu[i].next = self.utilisation.cpu[i].val();
            self.aggregate.irq[i].next = self.utilisation.irq[i].val();
            self.aggregate.work[i].next = self.utilisation.work[i].val();
            self.aggregate.power[i].next = self.utilisation.power[i].val();
            self.aggregate.queue[i].next = self.utilisation.queue[i].val();
            self.plane.known[i].next = self.utilisation.known[i].val();
            self.plane.stale[i].next = self.utilisation.stale[i].val();
            self.plane.cpu[i].next = self.utilisation.cpu[i].val();
            self.plane.irq[i].next = self.utilisation.irq[i].val();
            self.plane.work[i].next = self.utilisation.work[i].val();
            self.plane.power[i].next = self.utilisation.power[i].val();
            self.plane.queue[i].next = self.utilisation.queue[i].val();
            self.plane.admin[i].next = self.utilisation.admin[i].val();
            self.plane.updated[i].next = self.utilisation.updated[i].val();
            self.plane.link_up[i].next = self.tap[i].link_up.val();
            self.plane.blade_mac[i].next = self.registers.blade_mac[i].val();
            self.plane.vlan_action[i].next = self.registers.vlan_action[i].val();
            self.plane.vlan_vid[i].next = self.registers.vlan_vid[i].val();
            self.plane.blade_enabled[i].next = self.registers.blade_enabled[i].val();
            self.plane.host_admin[i].next = self.registers.host_admin[i].val();
            self.registers.link_up[i].next = self.tap[i].link_up.val();
            self.registers.known[i].next = self.utilisation.known[i].val();
            self.registers.stale[i].next = self.utilisation.stale[i].val();
            self.registers.cpu[i].next = self.utilisation.cpu[i].val();
            self.registers.irq[i].next = self.utilisation.irq[i].val();
            self.registers.work[i].next = self.utilisation.work[i].val();
            self.registers.power[i].next = self.utilisation.power[i].val();
            self.registers.queue[i].next = self.utilisation.queue[i].val();
            self.registers.admin[i].next = self.utilisation.admin[i].val();
            self.registers.seq[i].next = self.utilisation.seq[i].val();
            self.registers.age[i].next = self.utilisation.age[i].val();
            self.registers.worst_age[i].next = self.utilisation.worst_age[i].val();
            self.registers.active_flows[i].next = self.plane.active_flows[i].val();
            self.registers.new_flows[i].next = self.plane.new_flows[i].val();
            self.registers.queue_level[i].next = self.tap[i].queue_level.val();
            self.registers.tx_frames[i].next = self.tap[i].tx_frames.val();
            self.registers.tx_bytes[i].next = self.tap[i].tx_bytes.val();
            self.registers.tx_dropped_full[i].next = self.tap[i].tx_dropped_full.val();
            self.registers.tx_flood_dropped_full[i].next = self.tap[i].tx_flood_dropped_full.val();
            self.registers.rx_frames[i].next = self.tap[i].rx_frames.val();
            self.registers.rx_bytes[i].next = self.tap[i].rx_bytes.val();
            self.registers.rx_dropped_bad_fcs[i].next = self.tap[i].rx_dropped_bad_fcs.val();
            self.registers.rx_dropped_runt[i].next = self.tap[i].rx_dropped_runt.val();
            self.registers.rx_dropped_oversize[i].next = self.tap[i].rx_dropped_oversize.val();
            self.registers.rx_dropped_coding[i].next = self.tap[i].rx_dropped_coding.val();
            self.registers.rx_dropped_full[i].next = self.tap[i].rx_dropped_full.val();
            self.registers.code_errors[i].next = self.tap[i].code_errors.val();
            self.registers.records_good[i].next = self.utilisation.good_records[i].val();
            self.registers.records_crc_error[i].next = self.tap[i].record_error.val();
            self.registers.records_rejected[i].next = self.utilisation.rejected[i].val();
        }
    }
    spareband_hdl::module_name!();
}
