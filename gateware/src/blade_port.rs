//! The manager's end of one blade's link: PCS, MAC and queues of a 1000BASE-X link, and everything of it brought to the core's clock.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core, core_reset | in | 1 | | 156.25 MHz |
//! | clk_blade_tx, blade_tx_reset | in | 1 | | 125 MHz, of all blades |
//! | clk_blade_rx | in | 1 | | 125 MHz, recovered from this link |
//! | reset | in | 1 | any | the manager's reset; synchronised here to clk_blade_rx |
//! | max_frame_length | in | 16 | any, constant | longest frame accepted |
//! | in_*, in_select | in | 64 | clk_core | the forwarding plane's stream, and whether this blade takes the frame |
//! | out_* | out | 64 | clk_core | good frames from the blade |
//! | tx_code_group, rx_code_group | out, in | 10 | blade clocks | the link, bit 0 first on the wire |
//! | link_up | out | 1 | clk_core | the link is synchronised |
//! | record_valid, record, record_error | out | 1, 48, 1 | clk_core | utilisation records, and those that came broken |
//! | queue_level … code_errors | out | | clk_core | for the register bank: level, and events in this cycle |
//!
//! Crossings: `queue`, `return_queue` (AsyncFrameFifo), `records` (UtilisationCdc), CdcBit, CdcEvents, ResetSync. Holds no logic.
//! Latency and throughput: those of its parts. Bad frames end in `return_queue`, bad records in `records`.

use crate::forward::{BladeQueue, ReturnQueue};
use crate::mac::Mac1g;
use crate::pcs::basex::UtilisationPcs1000baseX;
use crate::util::UtilisationCdc;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CdcBit, CdcEvents, ResetSync};

/// log2 of the 64-bit words that a queue holds: 16 KiB, one jumbo frame and more.
const QUEUE_WORDS_LOG2: usize = 11;

#[derive(LogicBlock, Default)]
pub struct BladePort {
    pub clk_core: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub clk_blade_tx: Signal<In, Clock>,
    pub blade_tx_reset: Signal<In, Bit>,
    pub clk_blade_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub max_frame_length: Signal<In, Bits<16>>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_keep: Signal<In, Bits<8>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_flood: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub tx_code_group: Signal<Out, Bits<10>>,
    pub rx_code_group: Signal<In, Bits<10>>,
    pub link_up: Signal<Out, Bit>,
    pub record_valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub record_error: Signal<Out, Bit>,
    pub queue_level: Signal<Out, Bits<16>>,
    pub tx_frames: Signal<Out, Bit>,
    pub tx_bytes: Signal<Out, Bits<16>>,
    pub tx_dropped_full: Signal<Out, Bit>,
    pub tx_flood_dropped_full: Signal<Out, Bit>,
    pub rx_frames: Signal<Out, Bit>,
    pub rx_bytes: Signal<Out, Bits<16>>,
    pub rx_dropped_bad_fcs: Signal<Out, Bit>,
    pub rx_dropped_runt: Signal<Out, Bit>,
    pub rx_dropped_oversize: Signal<Out, Bit>,
    pub rx_dropped_coding: Signal<Out, Bit>,
    pub rx_dropped_full: Signal<Out, Bit>,
    pub code_errors: Signal<Out, Bits<6>>,
    rx_reset: ResetSync,
    pcs: UtilisationPcs1000baseX,
    mac: Mac1g,
    queue: BladeQueue<QUEUE_WORDS_LOG2>,
    return_queue: ReturnQueue<QUEUE_WORDS_LOG2>,
    records: UtilisationCdc,
    sync_crossing: CdcBit,
    code_error_crossing: CdcEvents,
}

impl Logic for BladePort {
    #[hdl_gen]
    fn update(&mut self) {
        self.rx_reset.clk.next = self.clk_blade_rx.val();
        self.rx_reset.reset_in.next = self.reset.val();

        // To the blade.
        self.queue.clk.next = self.clk_core.val();
        self.queue.reset.next = self.core_reset.val();
        self.queue.in_valid.next = self.in_valid.val();
        self.queue.in_data.next = self.in_data.val();
        self.queue.in_keep.next = self.in_keep.val();
        self.queue.in_last.next = self.in_last.val();
        self.queue.in_commit.next = self.in_commit.val();
        self.queue.in_flood.next = self.in_flood.val();
        self.queue.in_select.next = self.in_select.val();
        self.queue.tx_clk.next = self.clk_blade_tx.val();
        self.queue.tx_reset.next = self.blade_tx_reset.val();
        self.mac.tx_clk.next = self.clk_blade_tx.val();
        self.mac.tx_reset.next = self.blade_tx_reset.val();
        self.mac.tx_valid.next = self.queue.tx_valid.val();
        self.queue.tx_ready.next = self.mac.tx_ready.val();
        self.mac.tx_data.next = self.queue.tx_data.val();
        self.mac.tx_last.next = self.queue.tx_last.val();
        self.mac.tx_error.next = false;
        self.pcs.tx_clk.next = self.clk_blade_tx.val();
        self.pcs.tx_reset.next = self.blade_tx_reset.val();
        self.pcs.gmii_txd.next = self.mac.gmii_txd.val();
        self.pcs.gmii_tx_en.next = self.mac.gmii_tx_en.val();
        self.pcs.gmii_tx_er.next = self.mac.gmii_tx_er.val();
        self.pcs.util_tx_enable.next = false;
        self.pcs.util_tx_record.next = 0.into();
        self.tx_code_group.next = self.pcs.tx_code_group.val();

        // From the blade.
        self.pcs.an_enable.next = false;
        self.pcs.an_restart.next = false;
        self.pcs.an_sgmii.next = false;
        self.pcs.an_ability.next = 0.into();
        self.pcs.an_link_timer.next = 0.into();
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
        self.return_queue.rx_error.next = self.mac.rx_error.val();
        self.return_queue.rx_cause.next = self.mac.rx_cause.val();
        self.return_queue.clk.next = self.clk_core.val();
        self.return_queue.reset.next = self.core_reset.val();
        self.out_valid.next = self.return_queue.out_valid.val();
        self.return_queue.out_ready.next = self.out_ready.val();
        self.out_data.next = self.return_queue.out_data.val();
        self.out_keep.next = self.return_queue.out_keep.val();
        self.out_last.next = self.return_queue.out_last.val();

        // Utilisation and the state of the link.
        self.records.rx_clk.next = self.clk_blade_rx.val();
        self.records.rx_reset.next = self.rx_reset.reset_out.val();
        self.records.rx_valid.next = self.pcs.util_rx_valid.val();
        self.records.rx_record.next = self.pcs.util_rx_record.val();
        self.records.rx_error.next = self.pcs.util_rx_crc_error.val() | self.pcs.util_rx_version_error.val();
        self.records.core_clk.next = self.clk_core.val();
        self.records.core_reset.next = self.core_reset.val();
        self.record_valid.next = self.records.valid.val();
        self.record.next = self.records.record.val();
        self.record_error.next = self.records.error.val();
        self.sync_crossing.clk.next = self.clk_core.val();
        self.sync_crossing.d.next = self.pcs.sync.val();
        self.link_up.next = self.sync_crossing.q.val();
        self.code_error_crossing.in_clk.next = self.clk_blade_rx.val();
        self.code_error_crossing.event_in.next = self.pcs.rx_code_error.val() | self.pcs.rx_disparity_error.val();
        self.code_error_crossing.out_clk.next = self.clk_core.val();
        self.code_errors.next = self.code_error_crossing.increment.val();

        // For the register bank.
        self.queue_level.next = self.queue.level.val();
        self.tx_frames.next = self.queue.queued.val();
        self.tx_bytes.next = self.queue.queued_bytes.val();
        self.tx_dropped_full.next = self.queue.dropped_full.val();
        self.tx_flood_dropped_full.next = self.queue.flood_dropped_full.val();
        self.rx_frames.next = self.return_queue.frames.val();
        self.rx_bytes.next = self.return_queue.frame_bytes.val();
        self.rx_dropped_bad_fcs.next = self.return_queue.dropped_bad_fcs.val();
        self.rx_dropped_runt.next = self.return_queue.dropped_runt.val();
        self.rx_dropped_oversize.next = self.return_queue.dropped_oversize.val();
        self.rx_dropped_coding.next = self.return_queue.dropped_coding.val();
        self.rx_dropped_full.next = self.return_queue.dropped_full.val();
    }
    spareband_hdl::module_name!();
}
