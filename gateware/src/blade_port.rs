//! The manager's end of one blade's link: PCS, MAC and queues of a 1000BASE-X link, and everything of it brought to the core's clock.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core, core_reset | in | 1 | | 156.25 MHz |
//! | clk_blade_tx, blade_tx_reset | in | 1 | | 125 MHz, of all blades |
//! | clk_blade_rx | in | 1 | | 125 MHz, recovered from this link |
//! | reset | in | 1 | any | the manager's reset; synchronised here to clk_blade_rx |
//! | max_frame_length | in | 16 | any, constant | longest frame accepted |
//! | control | in | struct | clk_core | `LinkControl` |
//! | mac_settings, mac_report | in, out | struct | clk_core | `MacSettings`, `MacReport`: flow control |
//! | tx_report_waiting, tx_report, tx_report_take | out, out, in | 1, 24, 1 | clk_core | report of a sent frame, for `SharedStatistics` |
//! | rx_report_waiting, rx_report, rx_report_take | out, out, in | 1, 24, 1 | clk_core | likewise, of a received one |
//! | drop_event | out | 1 | clk_core | pulse: a received frame met a full queue |
//! | forwarded, select | in | struct, 1 | clk_core | the forwarding plane's stream, and whether this blade takes the frame |
//! | crossed, cross_select | in | struct, 1 | clk_core | likewise, frames of other blades |
//! | returned, return_ready | out, in | struct, 1 | clk_core | good frames from the blade |
//! | tx_code_group, rx_code_group | out, in | 10 | blade clocks | the link, bit 0 first on the wire |
//! | report | out | struct | clk_core | `BladeReport`: frames can pass; auto-negotiation; utilisation records, and those that came broken |
//! | events | out | struct | clk_core | `BladeEvents` for the register bank |
//!
//! Crossings: `queue` (PagedFrameFifo), `return_queue` (AsyncFrameFifo), `records` (UtilisationCdc), CdcBit, CdcEvents, ResetSync, and those in `mac_control` and `reports`. Holds no logic.
//! The return queue holds 2^R words of 64 bits. Latency and throughput: those of its parts. Bad frames end in `return_queue`, bad records in `records`.

use crate::blade_link::{BladeEvents, BladeReport, ForwardedWord, LinkControl, MacReport, MacSettings, ReturnedWord};
use crate::forward::{BladeQueues, ReturnQueue};
use crate::mac::{Mac1g, MacControl1g, MacReports1g, PauseWatermark};
use crate::pcs::basex::Pcs1000baseX;
use crate::util::{UtilisationCdc, UtilisationReceive1g};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CdcBit, CdcBits, CdcEvents, ResetSync};

/// log2 of the 64-bit words for what goes to the blade: 16 KiB, of which the uplink's frames and the other blades' may have 3/4 each: one jumbo frame
/// and more.
const QUEUE_WORDS_LOG2: usize = 11;

#[derive(LogicBlock, Default)]
pub struct BladePort<const R: usize> {
    pub clk_core: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub clk_blade_tx: Signal<In, Clock>,
    pub blade_tx_reset: Signal<In, Bit>,
    pub clk_blade_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub max_frame_length: Signal<In, Bits<16>>,
    pub control: Signal<In, LinkControl>,
    pub mac_settings: Signal<In, MacSettings>,
    pub mac_report: Signal<Out, MacReport>,
    pub tx_report_waiting: Signal<Out, Bit>,
    pub tx_report: Signal<Out, Bits<24>>,
    pub tx_report_take: Signal<In, Bit>,
    pub rx_report_waiting: Signal<Out, Bit>,
    pub rx_report: Signal<Out, Bits<24>>,
    pub rx_report_take: Signal<In, Bit>,
    pub drop_event: Signal<Out, Bit>,
    pub forwarded: Signal<In, ForwardedWord>,
    pub select: Signal<In, Bit>,
    pub crossed: Signal<In, ForwardedWord>,
    pub cross_select: Signal<In, Bit>,
    pub returned: Signal<Out, ReturnedWord>,
    pub return_ready: Signal<In, Bit>,
    pub report: Signal<Out, BladeReport>,
    pub events: Signal<Out, BladeEvents>,
    pub tx_code_group: Signal<Out, Bits<10>>,
    pub rx_code_group: Signal<In, Bits<10>>,
    rx_reset: ResetSync,
    pcs: Pcs1000baseX,
    mode_crossing: CdcBits<3>,
    utilisation: UtilisationReceive1g,
    mac: Mac1g,
    mac_control: MacControl1g,
    watermark: PauseWatermark,
    reports: MacReports1g,
    paused_crossing: CdcBit,
    pausing_crossing: CdcBit,
    queue: BladeQueues<QUEUE_WORDS_LOG2>,
    return_queue: ReturnQueue<R>,
    records: UtilisationCdc,
    link_up_crossing: CdcBit,
    an_complete_crossing: CdcBit,
    an_lp_ability_crossing: CdcBits<16>,
    code_error_crossing: CdcEvents,
}

impl<const R: usize> Logic for BladePort<R> {
    #[hdl_gen]
    fn update(&mut self) {
        self.rx_reset.clk.next = self.clk_blade_rx.val();
        self.rx_reset.reset_in.next = self.reset.val();

        // To the blade.
        self.queue.clk.next = self.clk_core.val();
        self.queue.reset.next = self.core_reset.val();
        self.queue.limit.next = self.control.val().queue_limit;
        self.queue.in_valid.next = self.forwarded.val().valid;
        self.queue.in_data.next = self.forwarded.val().data;
        self.queue.in_beyond.next = self.forwarded.val().beyond;
        self.queue.in_last.next = self.forwarded.val().last;
        self.queue.in_commit.next = self.forwarded.val().commit;
        self.queue.in_flood.next = self.forwarded.val().flood;
        self.queue.cross_valid.next = self.crossed.val().valid;
        self.queue.cross_data.next = self.crossed.val().data;
        self.queue.cross_beyond.next = self.crossed.val().beyond;
        self.queue.cross_last.next = self.crossed.val().last;
        self.queue.cross_flood.next = self.crossed.val().flood;
        self.queue.cross_select.next = self.cross_select.val();
        self.queue.in_select.next = self.select.val();
        self.queue.tx_clk.next = self.clk_blade_tx.val();
        self.queue.tx_reset.next = self.blade_tx_reset.val();
        self.mac.tx_clk.next = self.clk_blade_tx.val();
        self.mac.tx_reset.next = self.blade_tx_reset.val();
        self.mac_control.tx_clk.next = self.clk_blade_tx.val();
        self.mac_control.tx_reset.next = self.blade_tx_reset.val();
        self.mac_control.tx_valid.next = self.queue.tx_valid.val();
        self.queue.tx_ready.next = self.mac_control.tx_ready.val();
        self.mac_control.tx_data.next = self.queue.tx_data.val();
        self.mac_control.tx_last.next = self.queue.tx_last.val();
        self.mac_control.tx_error.next = false;
        self.mac_control.tx_priority.next = 0.into();
        self.mac.tx_valid.next = self.mac_control.mac_valid.val();
        self.mac_control.mac_ready.next = self.mac.tx_ready.val();
        self.mac.tx_data.next = self.mac_control.mac_data.val();
        self.mac.tx_last.next = self.mac_control.mac_last.val();
        self.mac.tx_error.next = self.mac_control.mac_error.val();
        self.mac_control.mac_idle.next = self.mac.tx_idle.val();
        self.pcs.tx_clk.next = self.clk_blade_tx.val();
        self.pcs.tx_reset.next = self.blade_tx_reset.val();
        self.pcs.gmii_txd.next = self.mac.gmii_txd.val();
        self.pcs.gmii_tx_en.next = self.mac.gmii_tx_en.val();
        self.pcs.gmii_tx_er.next = self.mac.gmii_tx_er.val();
        self.pcs.offer_valid.next = false;
        self.pcs.offer_control.next = false;
        self.pcs.offer.next = 0.into();
        self.tx_code_group.next = self.pcs.tx_code_group.val();

        // From the blade.
        self.pcs.an_enable.next = self.control.val().an_enable;
        self.pcs.an_restart.next = self.control.val().an_restart;
        self.pcs.an_sgmii.next = false;
        self.pcs.an_ability.next = self.control.val().an_ability;
        self.pcs.an_link_timer.next = self.control.val().an_link_timer;
        self.pcs.rx_clk.next = self.clk_blade_rx.val();
        self.pcs.rx_reset.next = self.rx_reset.reset_out.val();
        self.pcs.rx_code_group.next = self.rx_code_group.val();
        self.mac.rx_clk.next = self.clk_blade_rx.val();
        self.mac.rx_reset.next = self.rx_reset.reset_out.val();
        self.mac.gmii_rxd.next = self.pcs.gmii_rxd.val();
        self.mac.gmii_rx_dv.next = self.pcs.gmii_rx_dv.val();
        self.mac.gmii_rx_er.next = self.pcs.gmii_rx_er.val();
        self.mac.rx_max_length.next = self.max_frame_length.val();
        self.return_queue.rx_clk.next = self.clk_blade_rx.val();
        self.return_queue.rx_reset.next = self.rx_reset.reset_out.val();
        self.return_queue.rx_valid.next = self.mac.rx_valid.val();
        self.return_queue.rx_data.next = self.mac.rx_data.val();
        self.return_queue.rx_last.next = self.mac.rx_last.val();
        self.mac_control.rx_clk.next = self.clk_blade_rx.val();
        self.mac_control.rx_reset.next = self.rx_reset.reset_out.val();
        self.mac_control.rx_valid.next = self.mac.rx_valid.val();
        self.mac_control.rx_data.next = self.mac.rx_data.val();
        self.mac_control.rx_last.next = self.mac.rx_last.val();
        self.mac_control.rx_error.next = self.mac.rx_error.val();
        self.mac_control.rx_cause.next = self.mac.rx_cause.val();
        self.return_queue.rx_error.next = self.mac_control.client_error.val();
        self.return_queue.rx_cause.next = self.mac_control.client_cause.val();
        self.return_queue.clk.next = self.clk_core.val();
        self.return_queue.reset.next = self.core_reset.val();
        self.returned.next.valid = self.return_queue.out_valid.val();
        self.returned.next.waits = self.return_queue.out_waits.val();
        self.return_queue.out_ready.next = self.return_ready.val();
        self.returned.next.data = self.return_queue.out_data.val();
        self.returned.next.keep = self.return_queue.out_keep.val();
        self.returned.next.last = self.return_queue.out_last.val();

        // Flow control and frame reports.
        self.mac_control.own_address.next = self.mac_settings.val().address;
        self.mac_control.quanta.next = self.mac_settings.val().quanta;
        self.mac_control.rx_enable.next = self.mac_settings.val().obey_pause;
        self.mac_control.tx_enable.next = self.mac_settings.val().send_pause;
        self.mac_control.priority_mode.next = false;
        self.mac_control.request_priorities.next = 0.into();
        self.mac_control.link_up.next = self.pcs.link_up.val();
        self.watermark.clk.next = self.clk_blade_rx.val();
        self.watermark.reset.next = self.rx_reset.reset_out.val();
        self.watermark.level.next = self.return_queue.level.val();
        self.watermark.high.next = self.mac_settings.val().high;
        self.watermark.low.next = self.mac_settings.val().low;
        self.mac_control.request.next = self.watermark.request.val();
        self.paused_crossing.clk.next = self.clk_core.val();
        self.paused_crossing.d.next = self.mac_control.paused.val();
        self.mac_report.next.paused = self.paused_crossing.q.val();
        self.pausing_crossing.clk.next = self.clk_core.val();
        self.pausing_crossing.d.next = self.watermark.request.val();
        self.mac_report.next.pausing = self.pausing_crossing.q.val() & self.mac_settings.val().send_pause;
        self.reports.tx_clk.next = self.clk_blade_tx.val();
        self.reports.tx_reset.next = self.blade_tx_reset.val();
        self.reports.tx_valid.next = self.mac_control.mac_valid.val();
        self.reports.tx_ready.next = self.mac.tx_ready.val();
        self.reports.tx_data.next = self.mac_control.mac_data.val();
        self.reports.tx_last.next = self.mac_control.mac_last.val();
        self.reports.tx_error.next = self.mac_control.mac_error.val();
        self.reports.rx_clk.next = self.clk_blade_rx.val();
        self.reports.rx_reset.next = self.rx_reset.reset_out.val();
        self.reports.rx_valid.next = self.mac.rx_valid.val();
        self.reports.rx_data.next = self.mac.rx_data.val();
        self.reports.rx_last.next = self.mac.rx_last.val();
        self.reports.rx_cause.next = self.mac.rx_cause.val();
        self.reports.rx_fcs_error.next = self.mac.rx_fcs_error.val();
        self.reports.rx_length.next = self.mac.rx_length.val();
        self.reports.rx_max_length.next = self.max_frame_length.val();
        self.reports.core_clk.next = self.clk_core.val();
        self.tx_report_waiting.next = self.reports.tx_waiting.val();
        self.tx_report.next = self.reports.tx_report.val();
        self.reports.tx_take.next = self.tx_report_take.val();
        self.rx_report_waiting.next = self.reports.rx_waiting.val();
        self.rx_report.next = self.reports.rx_report.val();
        self.reports.rx_take.next = self.rx_report_take.val();
        self.drop_event.next = self.return_queue.dropped_full.val();

        // Utilisation and the state of the link.
        self.records.rx_clk.next = self.clk_blade_rx.val();
        self.mode_crossing.tx_clk.next = self.clk_core.val();
        self.mode_crossing.tx_data.next = self.control.val().mode;
        self.mode_crossing.rx_clk.next = self.clk_blade_rx.val();
        self.utilisation.clk.next = self.clk_blade_rx.val();
        self.utilisation.reset.next = self.rx_reset.reset_out.val();
        self.utilisation.mode.next = self.mode_crossing.rx_data.val();
        self.utilisation.sync.next = self.pcs.rx_data.val();
        self.utilisation.group_k28_5_minus.next = self.pcs.group_k28_5_minus.val();
        self.utilisation.group_control.next = self.pcs.group_control.val();
        self.utilisation.group_valid.next = self.pcs.group_valid.val();
        self.utilisation.group_value.next = self.pcs.group_value.val();
        self.utilisation.gmii_rxd.next = self.pcs.gmii_rxd.val();
        self.utilisation.gmii_rx_dv.next = self.pcs.gmii_rx_dv.val();
        self.utilisation.gmii_rx_er.next = self.pcs.gmii_rx_er.val();
        self.records.rx_valid.next = self.utilisation.valid.val();
        self.records.rx_record.next = self.utilisation.record.val();
        self.records.rx_error.next = self.utilisation.crc_error.val() | self.utilisation.version_error.val();
        self.records.core_clk.next = self.clk_core.val();
        self.report.next.record_valid = self.records.valid.val();
        self.report.next.record = self.records.record.val();
        self.report.next.record_error = self.records.error.val();
        self.link_up_crossing.clk.next = self.clk_core.val();
        self.link_up_crossing.d.next = self.pcs.link_up.val();
        self.an_complete_crossing.clk.next = self.clk_core.val();
        self.an_complete_crossing.d.next = self.pcs.an_complete.val();
        self.report.next.an_complete = self.an_complete_crossing.q.val();
        self.an_lp_ability_crossing.tx_clk.next = self.clk_blade_rx.val();
        self.an_lp_ability_crossing.tx_data.next = self.pcs.an_lp_ability.val();
        self.an_lp_ability_crossing.rx_clk.next = self.clk_core.val();
        self.report.next.an_lp_ability = self.an_lp_ability_crossing.rx_data.val();
        self.report.next.link_up = self.link_up_crossing.q.val();
        self.code_error_crossing.in_clk.next = self.clk_blade_rx.val();
        self.code_error_crossing.event_in.next = self.pcs.rx_code_error.val() | self.pcs.rx_disparity_error.val();
        self.code_error_crossing.out_clk.next = self.clk_core.val();
        self.events.next.code_errors = self.code_error_crossing.increment.val();

        // For the register bank.
        self.events.next.queue_level = self.queue.level.val();
        self.events.next.tx_frames = self.queue.queued.val();
        self.events.next.tx_bytes = self.queue.queued_bytes.val();
        self.events.next.tx_dropped_full = self.queue.dropped_full.val();
        self.events.next.tx_flood_dropped_full = self.queue.flood_dropped_full.val();
        self.events.next.rx_frames = self.return_queue.frames.val();
        self.events.next.rx_bytes = self.return_queue.frame_bytes.val();
        self.events.next.rx_dropped_bad_fcs = self.return_queue.dropped_bad_fcs.val();
        self.events.next.rx_dropped_runt = self.return_queue.dropped_runt.val();
        self.events.next.rx_dropped_oversize = self.return_queue.dropped_oversize.val();
        self.events.next.rx_dropped_coding = self.return_queue.dropped_coding.val();
        self.events.next.rx_dropped_full = self.return_queue.dropped_full.val();
    }
    spareband_hdl::module_name!();
}
