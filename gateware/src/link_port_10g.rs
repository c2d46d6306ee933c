//! A 10GBASE-R link end whose received frames and states are brought to the core's clock: the manager's uplink, and the link to a blade
//! or chassis that has such a link.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core, core_reset | in | 1 | | 156.25 MHz, also transmit |
//! | clk_rx | in | 1 | | 156.25 MHz, recovered |
//! | reset | in | 1 | any | the manager's reset; synchronised here to clk_rx |
//! | tx_* | stream | 64 | clk_core | frames to send; a word a cycle must follow within a frame |
//! | tx_underrun | out | 1 | clk_core | event: a frame ran dry |
//! | rx_* | stream | 64 | clk_core | received frames; never held up |
//! | max_frame_length | in | 16 | any, constant | longest frame accepted |
//! | send_records, send_chassis, send_record | in | 1, 1, 48 | clk_core | send utilisation records in mode D; as a chassis; the record |
//! | take_records, take_chassis | in | 1 | clk_core | listen to records in mode D; to chassis, not to blades |
//! | record_valid, record, record_error | out | 1, 48, 1 | clk_core | records, and those that came broken |
//! | mac_settings, mac_report | in, out | struct | clk_core | `MacSettings`, `MacReport`: flow control |
//! | counter, count | in, out | 6, 64 | clk_core | `read_address`, `read_data` of `LinkStatistics` |
//! | request_pause | in | 1 | clk_core | level: the other end is to pause |
//! | drop_event | in | 1 | clk_core | a good received frame was dropped for want of room |
//! | serdes_* | | | | as in `Pcs10gbaseR` |
//! | block_lock, local_fault, remote_fault, high_ber | out | 1 | clk_core | state |
//! | link_up | out | 1 | clk_core | block lock and neither fault |
//! | prbs31_transmit, prbs31_check | in | 1 | clk_core | test pattern, as in `Pcs10gbaseR` |
//! | bad_blocks, sequence_errors, prbs31_errors | out | 6 | clk_core | events in this cycle; of the last one a word that is not PRBS31 |
//!
//! Crossings: `rx_words` (AsyncFifo), CdcBit a state, CdcEvents a kind of event. Holds no logic but two registers: XGMII behind mode D, and
//! the received words before MAC control, statistics and FIFO.
//! Mode D sits between MAC and reconciliation sublayer. Without the link nothing is sent and nothing listened to.
//! Latency: looped back at the serial side that of `Link10g` and of the two registers, and at most 5 cycles of `AsyncFifo` on receive.
//! The FIFO cannot fill: both clocks are within 200 ppm of each other, and between any two frames are 13 bytes at least that carry no word.

use crate::blade_link::{MacReport, MacSettings};
use crate::mac::{Mac10g, MacControl10g, MacStatistics10g};
use crate::pcs::baser::Pcs10gbaseR;
use crate::rs::ReconciliationSublayer;
use crate::util::{SequenceExtract, SequenceInject, UtilisationCdc};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{AsyncFifo, CdcBit, CdcEvents, ResetSync};
use spareband_spec::xgmii::IDLE_WORD;

/// Cause, error, last, keep, data.
const WORD: usize = 77;

/// XGMII, the eight lanes of a column of 64 bits.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Column {
    data: Bits<64>,
    control: Bits<8>,
}

/// What the receive MAC gives.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Received {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    error: Bit,
    cause: Bits<3>,
    fcs_error: Bit,
    no_data: Bit,
}

#[derive(LogicBlock)]
pub struct LinkPort10g {
    pub clk_core: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub clk_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<64>>,
    pub tx_keep: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub tx_underrun: Signal<Out, Bit>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<64>>,
    pub rx_keep: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub max_frame_length: Signal<In, Bits<16>>,
    pub mac_settings: Signal<In, MacSettings>,
    pub mac_report: Signal<Out, MacReport>,
    pub counter: Signal<In, Bits<6>>,
    pub count: Signal<Out, Bits<64>>,
    pub request_pause: Signal<In, Bit>,
    pub drop_event: Signal<In, Bit>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub send_records: Signal<In, Bit>,
    pub send_chassis: Signal<In, Bit>,
    pub send_record: Signal<In, Bits<48>>,
    pub take_records: Signal<In, Bit>,
    pub take_chassis: Signal<In, Bit>,
    pub record_valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub record_error: Signal<Out, Bit>,
    pub link_up: Signal<Out, Bit>,
    pub block_lock: Signal<Out, Bit>,
    pub local_fault: Signal<Out, Bit>,
    pub remote_fault: Signal<Out, Bit>,
    pub high_ber: Signal<Out, Bit>,
    pub prbs31_transmit: Signal<In, Bit>,
    pub prbs31_check: Signal<In, Bit>,
    pub prbs31_errors: Signal<Out, Bits<6>>,
    pub bad_blocks: Signal<Out, Bits<6>>,
    pub sequence_errors: Signal<Out, Bits<6>>,
    rx_reset: ResetSync,
    mac: Mac10g,
    mac_control: MacControl10g,
    statistics: MacStatistics10g,
    inject: SequenceInject,
    reconciliation: ReconciliationSublayer,
    pcs: Pcs10gbaseR,
    extract: SequenceExtract,
    records: UtilisationCdc,
    take_records_crossing: CdcBit,
    take_chassis_crossing: CdcBit,
    rx_words: AsyncFifo<WORD, 5>,
    block_lock_crossing: CdcBit,
    local_fault_crossing: CdcBit,
    remote_fault_crossing: CdcBit,
    high_ber_crossing: CdcBit,
    prbs31_check_crossing: CdcBit,
    prbs31_error_crossing: CdcEvents,
    bad_block_crossing: CdcEvents,
    sequence_error_crossing: CdcEvents,
    sent: DFF<Column>,
    received: DFF<Received>,
    idle: Constant<Bits<64>>,
    up: Signal<Local, Bit>,
    marks: Signal<Local, Bits<5>>,
    word_in: Signal<Local, Bits<WORD>>,
    word_out: Signal<Local, Bits<WORD>>,
}

impl Default for LinkPort10g {
    fn default() -> Self {
        with_defaults!(Self {
            idle: Constant::new(IDLE_WORD.to_bits()),
        }
            defaults clk_core core_reset clk_rx reset tx_valid tx_ready tx_data tx_keep tx_last tx_error tx_underrun rx_valid rx_data
            rx_keep rx_last rx_error rx_cause max_frame_length mac_settings mac_report counter count request_pause drop_event serdes_tx_data
            serdes_tx_hdr serdes_rx_data serdes_rx_hdr serdes_rx_bitslip send_records send_chassis send_record take_records take_chassis
            record_valid record record_error link_up block_lock local_fault remote_fault high_ber prbs31_transmit prbs31_check
            prbs31_errors bad_blocks sequence_errors rx_reset mac mac_control statistics inject reconciliation pcs extract records
            take_records_crossing take_chassis_crossing rx_words block_lock_crossing local_fault_crossing remote_fault_crossing
            high_ber_crossing prbs31_check_crossing prbs31_error_crossing bad_block_crossing sequence_error_crossing sent received up
            marks word_in word_out)
    }
}

impl Logic for LinkPort10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.sent.clock.next = self.clk_core.val();
        self.received.clock.next = self.clk_rx.val();
        self.rx_reset.clk.next = self.clk_rx.val();
        self.rx_reset.reset_in.next = self.reset.val();
        self.mac.tx_clk.next = self.clk_core.val();
        self.reconciliation.tx_clk.next = self.clk_core.val();
        self.pcs.tx_clk.next = self.clk_core.val();
        self.mac.tx_rst.next = self.core_reset.val();
        self.reconciliation.tx_rst.next = self.core_reset.val();
        self.pcs.tx_rst.next = self.core_reset.val();
        self.mac.rx_clk.next = self.clk_rx.val();
        self.reconciliation.rx_clk.next = self.clk_rx.val();
        self.pcs.rx_clk.next = self.clk_rx.val();
        self.mac.rx_rst.next = self.rx_reset.reset_out.val();
        self.reconciliation.rx_rst.next = self.rx_reset.reset_out.val();
        self.pcs.rx_rst.next = self.rx_reset.reset_out.val();
        self.mac_control.tx_clk.next = self.clk_core.val();
        self.mac_control.tx_reset.next = self.core_reset.val();
        self.mac_control.tx_valid.next = self.tx_valid.val();
        self.tx_ready.next = self.mac_control.tx_ready.val();
        self.mac_control.tx_data.next = self.tx_data.val();
        self.mac_control.tx_keep.next = self.tx_keep.val();
        self.mac_control.tx_last.next = self.tx_last.val();
        self.mac_control.tx_error.next = self.tx_error.val();
        self.mac_control.tx_priority.next = 0.into();
        self.mac.tx_valid.next = self.mac_control.mac_valid.val();
        self.mac_control.mac_ready.next = self.mac.tx_ready.val();
        self.mac.tx_data.next = self.mac_control.mac_data.val();
        self.mac.tx_keep.next = self.mac_control.mac_keep.val();
        self.mac.tx_last.next = self.mac_control.mac_last.val();
        self.mac.tx_error.next = self.mac_control.mac_error.val();
        self.mac_control.mac_idle.next = self.mac.tx_idle.val();
        self.tx_underrun.next = self.mac.tx_underrun.val();
        self.mac.rx_max_length.next = self.max_frame_length.val();
        self.serdes_tx_data.next = self.pcs.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.pcs.serdes_tx_hdr.val();
        self.pcs.serdes_rx_data.next = self.serdes_rx_data.val();
        self.pcs.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.pcs.cfg_tx_prbs31_enable.next = self.prbs31_transmit.val();
        self.prbs31_check_crossing.clk.next = self.clk_rx.val();
        self.prbs31_check_crossing.d.next = self.prbs31_check.val();
        self.pcs.cfg_rx_prbs31_enable.next = self.prbs31_check_crossing.q.val();
        self.prbs31_error_crossing.in_clk.next = self.clk_rx.val();
        self.prbs31_error_crossing.event_in.next = self.pcs.rx_error_count.val().any();
        self.prbs31_error_crossing.out_clk.next = self.clk_core.val();
        self.prbs31_errors.next = self.prbs31_error_crossing.increment.val();
        self.serdes_rx_bitslip.next = self.pcs.serdes_rx_bitslip.val();

        // Between MAC and serial side.
        self.inject.clk.next = self.clk_core.val();
        self.inject.reset.next = self.core_reset.val();
        self.inject.enable.next = self.send_records.val();
        self.inject.inhibit.next = !self.up.val();
        self.inject.chassis.next = self.send_chassis.val();
        self.inject.record.next = self.send_record.val();
        self.inject.mac_txd.next = self.mac.xgmii_txd.val();
        self.inject.mac_txc.next = self.mac.xgmii_txc.val();
        self.sent.d.next.data = self.inject.xgmii_txd.val();
        self.sent.d.next.control = self.inject.xgmii_txc.val();
        self.reconciliation.mac_txd.next = self.sent.q.val().data;
        self.reconciliation.mac_txc.next = self.sent.q.val().control;
        self.pcs.xgmii_txd.next = self.reconciliation.xgmii_txd.val();
        self.pcs.xgmii_txc.next = self.reconciliation.xgmii_txc.val();
        self.mac.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.mac.xgmii_rxc.next = self.pcs.xgmii_rxc.val();
        self.reconciliation.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.reconciliation.xgmii_rxc.next = self.pcs.xgmii_rxc.val();
        self.take_records_crossing.clk.next = self.clk_rx.val();
        self.take_records_crossing.d.next = self.take_records.val();
        self.take_chassis_crossing.clk.next = self.clk_rx.val();
        self.take_chassis_crossing.d.next = self.take_chassis.val();
        self.extract.clk.next = self.clk_rx.val();
        self.extract.reset.next = self.rx_reset.reset_out.val();
        self.extract.enable.next = self.take_records_crossing.q.val() & self.pcs.rx_status.val() & !self.reconciliation.local_fault.val();
        self.extract.chassis.next = self.take_chassis_crossing.q.val();
        self.extract.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.extract.xgmii_rxc.next = self.pcs.xgmii_rxc.val();
        self.records.rx_clk.next = self.clk_rx.val();
        self.records.rx_valid.next = self.extract.valid.val();
        self.records.rx_record.next = self.extract.record.val();
        self.records.rx_error.next = self.extract.error.val();
        self.records.core_clk.next = self.clk_core.val();
        self.record_valid.next = self.records.valid.val();
        self.record.next = self.records.record.val();
        self.record_error.next = self.records.error.val();

        self.received.d.next.valid = self.mac.rx_valid.val();
        self.received.d.next.data = self.mac.rx_data.val();
        self.received.d.next.keep = self.mac.rx_keep.val();
        self.received.d.next.last = self.mac.rx_last.val();
        self.received.d.next.error = self.mac.rx_error.val();
        self.received.d.next.cause = self.mac.rx_cause.val();
        self.received.d.next.fcs_error = self.mac.rx_fcs_error.val();
        self.received.d.next.no_data = self.mac.rx_no_data.val();

        // Flow control and statistics.
        self.mac_control.rx_clk.next = self.clk_rx.val();
        self.mac_control.rx_reset.next = self.rx_reset.reset_out.val();
        self.mac_control.rx_valid.next = self.received.q.val().valid;
        self.mac_control.rx_data.next = self.received.q.val().data;
        self.mac_control.rx_last.next = self.received.q.val().last;
        self.mac_control.rx_error.next = self.received.q.val().error;
        self.mac_control.rx_cause.next = self.received.q.val().cause;
        self.mac_control.own_address.next = self.mac_settings.val().address;
        self.mac_control.quanta.next = self.mac_settings.val().quanta;
        self.mac_control.rx_enable.next = self.mac_settings.val().obey_pause;
        self.mac_control.tx_enable.next = self.mac_settings.val().send_pause;
        self.mac_control.priority_mode.next = false;
        self.mac_control.request_priorities.next = 0.into();
        self.mac_control.link_up.next = self.up.val();
        self.mac_control.request.next = self.request_pause.val();
        self.mac_report.next.paused = self.mac_control.paused.val();
        self.mac_report.next.pausing = self.request_pause.val() & self.mac_settings.val().send_pause;
        self.statistics.tx_clk.next = self.clk_core.val();
        self.statistics.tx_reset.next = self.core_reset.val();
        self.statistics.tx_due.next = self.mac.tx_word_due.val();
        self.statistics.tx_valid.next = self.mac.tx_word_valid.val();
        self.statistics.tx_data.next = self.mac.tx_word_data.val();
        self.statistics.tx_keep.next = self.mac.tx_word_keep.val();
        self.statistics.tx_last.next = self.mac.tx_word_last.val();
        self.statistics.tx_error.next = self.mac.tx_word_error.val();
        self.statistics.rx_clk.next = self.clk_rx.val();
        self.statistics.rx_reset.next = self.rx_reset.reset_out.val();
        self.statistics.rx_valid.next = self.received.q.val().valid;
        self.statistics.rx_data.next = self.received.q.val().data;
        self.statistics.rx_keep.next = self.received.q.val().keep;
        self.statistics.rx_last.next = self.received.q.val().last;
        self.statistics.rx_cause.next = self.received.q.val().cause;
        self.statistics.rx_fcs_error.next = self.received.q.val().fcs_error;
        self.statistics.rx_no_data.next = self.received.q.val().no_data;
        self.statistics.rx_max_length.next = self.max_frame_length.val();
        self.statistics.drop_event.next = self.drop_event.val();
        self.statistics.read_address.next = self.counter.val();
        self.count.next = self.statistics.read_data.val();

        self.marks.next = (bit_cast::<5, 3>(self.mac_control.client_cause.val()) << 2)
            | (bit_cast::<5, 1>(self.mac_control.client_error.val().into()) << 1)
            | bit_cast::<5, 1>(self.received.q.val().last.into());
        self.word_in.next = (bit_cast::<WORD, 5>(self.marks.val()) << 72)
            | (bit_cast::<WORD, 8>(self.received.q.val().keep) << 64)
            | bit_cast::<WORD, 64>(self.received.q.val().data);
        self.rx_words.write_clk.next = self.clk_rx.val();
        self.rx_words.write_reset.next = self.rx_reset.reset_out.val();
        self.rx_words.write.next = self.received.q.val().valid;
        self.rx_words.write_data.next = self.word_in.val();
        self.rx_words.read_clk.next = self.clk_core.val();
        self.rx_words.read_reset.next = self.core_reset.val();
        self.rx_words.read.next = !self.rx_words.empty.val();
        self.word_out.next = self.rx_words.read_data.val();
        self.rx_valid.next = !self.rx_words.empty.val();
        self.rx_data.next = self.word_out.val().get_bits::<64>(0);
        self.rx_keep.next = self.word_out.val().get_bits::<8>(64);
        self.rx_last.next = self.word_out.val().get_bit(72);
        self.rx_error.next = self.word_out.val().get_bit(73);
        self.rx_cause.next = self.word_out.val().get_bits::<3>(74);

        self.block_lock_crossing.clk.next = self.clk_core.val();
        self.block_lock_crossing.d.next = self.pcs.rx_block_lock.val();
        self.block_lock.next = self.block_lock_crossing.q.val();
        self.local_fault_crossing.clk.next = self.clk_core.val();
        self.local_fault_crossing.d.next = self.reconciliation.local_fault.val();
        self.local_fault.next = self.local_fault_crossing.q.val();
        self.remote_fault_crossing.clk.next = self.clk_core.val();
        self.remote_fault_crossing.d.next = self.reconciliation.remote_fault.val();
        self.remote_fault.next = self.remote_fault_crossing.q.val();
        self.high_ber_crossing.clk.next = self.clk_core.val();
        self.high_ber_crossing.d.next = self.pcs.rx_high_ber.val();
        self.high_ber.next = self.high_ber_crossing.q.val();
        self.up.next = self.block_lock_crossing.q.val() & !self.local_fault_crossing.q.val() & !self.remote_fault_crossing.q.val();
        self.link_up.next = self.up.val();
        self.bad_block_crossing.in_clk.next = self.clk_rx.val();
        self.bad_block_crossing.event_in.next = self.pcs.rx_bad_block.val();
        self.bad_block_crossing.out_clk.next = self.clk_core.val();
        self.bad_blocks.next = self.bad_block_crossing.increment.val();
        self.sequence_error_crossing.in_clk.next = self.clk_rx.val();
        self.sequence_error_crossing.event_in.next = self.pcs.rx_sequence_error.val();
        self.sequence_error_crossing.out_clk.next = self.clk_core.val();
        self.sequence_errors.next = self.sequence_error_crossing.increment.val();
        if self.core_reset.val() {
            self.sent.d.next.data = self.idle.val();
            self.sent.d.next.control = 255.into();
        }
        if self.rx_reset.reset_out.val() {
            self.received.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
