//! The manager's end of a blade's link that is itself 10GBASE-R: a link end, and a queue of whole frames each way.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core, core_reset | in | 1 | | 156.25 MHz, also transmit |
//! | clk_rx | in | 1 | | 156.25 MHz, recovered from this link |
//! | reset | in | 1 | any | the manager's reset |
//! | max_frame_length | in | 16 | any, constant | longest frame accepted |
//! | control | in | struct | clk_core | `LinkControl` |
//! | mac_settings, mac_report | in, out | struct | clk_core | `MacSettings`, `MacReport`: flow control |
//! | counter, count | in, out | 6, 64 | clk_core | `read_address`, `read_data` of `LinkStatistics` |
//! | forwarded, select | in | struct, 1 | clk_core | the forwarding plane's stream, and whether this blade takes the frame |
//! | crossed, cross_select | in | struct, 1 | clk_core | likewise, frames of other blades |
//! | returned, return_ready | out, in | struct, 1 | clk_core | good frames from the blade |
//! | serdes_* | | | | as in `Pcs10gbaseR` |
//! | report | out | struct | clk_core | `BladeReport`: the link carries frames; utilisation records of mode D |
//! | events | out | struct | clk_core | `BladeEvents` for the register bank; `code_errors` are bad blocks and blocks out of sequence |
//!
//! Holds no logic but the sum of two kinds of error. Latency and throughput: those of its parts.
//! Received words cross to clk_core in `LinkPort10g`, so both queues run there. Bad frames end in `return_queue`.

use crate::blade_link::{BladeEvents, BladeReport, ForwardedWord, LinkControl, MacReport, MacSettings, ReturnedWord};
use crate::forward::{KeepCount, WordQueue, WordQueues};
use crate::link_port_10g::LinkPort10g;
use crate::mac::PauseWatermark;
use rust_hdl::prelude::*;
use spareband_spec::embedding;

/// log2 of the 64-bit words that a queue holds: 16 KiB, one jumbo frame and more.
const QUEUE_WORDS_LOG2: usize = 11;

#[derive(LogicBlock)]
pub struct BladePort10g {
    pub clk_core: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub clk_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub max_frame_length: Signal<In, Bits<16>>,
    pub control: Signal<In, LinkControl>,
    pub mac_settings: Signal<In, MacSettings>,
    pub mac_report: Signal<Out, MacReport>,
    pub counter: Signal<In, Bits<6>>,
    pub count: Signal<Out, Bits<64>>,
    pub forwarded: Signal<In, ForwardedWord>,
    pub select: Signal<In, Bit>,
    pub crossed: Signal<In, ForwardedWord>,
    pub cross_select: Signal<In, Bit>,
    pub returned: Signal<Out, ReturnedWord>,
    pub return_ready: Signal<In, Bit>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub report: Signal<Out, BladeReport>,
    pub events: Signal<Out, BladeEvents>,
    link: LinkPort10g,
    watermark: PauseWatermark,
    mode_d: Constant<Bits<3>>,
    queue: WordQueues<QUEUE_WORDS_LOG2>,
    return_queue: WordQueue<QUEUE_WORDS_LOG2>,
    return_count: KeepCount,
}

impl Default for BladePort10g {
    fn default() -> Self {
        with_defaults!(Self { mode_d: Constant::new(bits::<3>(embedding::D.into())), }
            defaults clk_core core_reset clk_rx reset max_frame_length control mac_settings mac_report counter count forwarded select crossed cross_select returned return_ready
            serdes_tx_data serdes_tx_hdr serdes_rx_data serdes_rx_hdr serdes_rx_bitslip report events link watermark queue return_queue return_count)
    }
}

impl Logic for BladePort10g {
    #[hdl_gen]
    fn update(&mut self) {
        // To the blade.
        self.queue.clk.next = self.clk_core.val();
        self.queue.reset.next = self.core_reset.val();
        self.queue.limit.next = self.control.val().queue_limit;
        self.queue.in_valid.next = self.forwarded.val().valid;
        self.queue.in_select.next = self.select.val();
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
        self.link.clk_core.next = self.clk_core.val();
        self.link.core_reset.next = self.core_reset.val();
        self.link.tx_valid.next = self.queue.tx_valid.val();
        self.queue.tx_ready.next = self.link.tx_ready.val();
        self.link.tx_data.next = self.queue.tx_data.val();
        self.link.tx_keep.next = self.queue.tx_keep.val();
        self.link.tx_last.next = self.queue.tx_last.val();
        self.link.tx_error.next = false;
        self.serdes_tx_data.next = self.link.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.link.serdes_tx_hdr.val();

        // From the blade.
        self.link.clk_rx.next = self.clk_rx.val();
        self.link.reset.next = self.reset.val();
        self.link.max_frame_length.next = self.max_frame_length.val();
        self.link.serdes_rx_data.next = self.serdes_rx_data.val();
        self.link.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.serdes_rx_bitslip.next = self.link.serdes_rx_bitslip.val();
        self.return_queue.clk.next = self.clk_core.val();
        self.return_queue.reset.next = self.core_reset.val();
        self.return_queue.limit.next = 0.into();
        self.return_queue.in_valid.next = self.link.rx_valid.val();
        self.return_queue.in_data.next = self.link.rx_data.val();
        self.return_count.keep.next = self.link.rx_keep.val();
        self.return_count.last.next = self.link.rx_last.val();
        self.return_queue.in_beyond.next = self.return_count.beyond.val();
        self.return_queue.in_last.next = self.link.rx_last.val();
        self.return_queue.in_commit.next = !self.link.rx_error.val();
        self.return_queue.in_flood.next = false;
        self.return_queue.in_cause.next = self.link.rx_cause.val();
        self.returned.next.valid = self.return_queue.out_valid.val();
        self.returned.next.waits = self.return_queue.out_waits.val();
        self.returned.next.data = self.return_queue.out_data.val();
        self.returned.next.keep = self.return_queue.out_keep.val();
        self.returned.next.last = self.return_queue.out_last.val();
        self.return_queue.out_ready.next = self.return_ready.val();

        // Flow control and statistics.
        self.link.mac_settings.next = self.mac_settings.val();
        self.mac_report.next = self.link.mac_report.val();
        self.link.counter.next = self.counter.val();
        self.count.next = self.link.count.val();
        self.watermark.clk.next = self.clk_core.val();
        self.watermark.reset.next = self.core_reset.val();
        self.watermark.level.next = self.return_queue.level.val();
        self.watermark.high.next = self.mac_settings.val().high;
        self.watermark.low.next = self.mac_settings.val().low;
        self.link.prbs31_transmit.next = false;
        self.link.prbs31_check.next = false;
        self.link.request_pause.next = self.watermark.request.val();
        self.link.drop_event.next = self.return_queue.dropped_full.val();

        // Utilisation and the state of the link.
        self.report.next.link_up = self.link.link_up.val();
        self.report.next.an_complete = false;
        self.report.next.an_lp_ability = 0.into();
        self.link.send_records.next = false;
        self.link.send_chassis.next = false;
        self.link.send_record.next = 0.into();
        self.link.take_records.next = self.control.val().mode == self.mode_d.val();
        self.link.take_chassis.next = self.control.val().chassis;
        self.report.next.record_valid = self.link.record_valid.val();
        self.report.next.record = self.link.record.val();
        self.report.next.record_error = self.link.record_error.val();

        // For the register bank.
        self.events.next.queue_level = self.queue.level.val();
        self.events.next.tx_frames = self.queue.queued.val();
        self.events.next.tx_bytes = self.queue.queued_bytes.val();
        self.events.next.tx_dropped_full = self.queue.dropped_full.val();
        self.events.next.tx_flood_dropped_full = self.queue.flood_dropped_full.val();
        self.events.next.rx_frames = self.return_queue.frame.val();
        self.events.next.rx_bytes = self.return_queue.frame_bytes.val();
        self.events.next.rx_dropped_bad_fcs = self.return_queue.dropped_bad_fcs.val();
        self.events.next.rx_dropped_runt = self.return_queue.dropped_runt.val();
        self.events.next.rx_dropped_oversize = self.return_queue.dropped_oversize.val();
        self.events.next.rx_dropped_coding = self.return_queue.dropped_coding.val();
        self.events.next.rx_dropped_full = self.return_queue.dropped_full.val();
        self.events.next.code_errors = self.link.bad_blocks.val() + self.link.sequence_errors.val();
    }
    spareband_hdl::module_name!();
}
