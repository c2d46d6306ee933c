//! The 1000BASE-X PCS with 8b/10b, auto-negotiation and utilisation records. IEEE 802.3 Clauses 36 and 37, docs/LINK_PROTOCOL.md mode A.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, tx_reset | in | | 125 MHz |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | in | tx_clk | GMII transmit |
//! | tx_code_group | out | tx_clk | bit 0 = `a`, first on the wire |
//! | util_tx_enable | in | tx_clk | send records while data is sent and the own receiver is synchronised |
//! | util_tx_record | in | tx_clk | 48 bits, version down to queue |
//! | rx_clk, rx_reset | in | | 125 MHz, recovered |
//! | rx_code_group | in | rx_clk | ten bits of the line, bit 0 first, any alignment |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | out | rx_clk | GMII receive |
//! | sync | out | rx_clk | sync_status |
//! | rx_code_error, rx_disparity_error | out | rx_clk | pulses, while synchronised |
//! | util_rx_valid, util_rx_record | out | rx_clk | a good record |
//! | util_rx_crc_error, util_rx_version_error | out | rx_clk | pulses |
//! | an_*, link_up | | | auto-negotiation, as in `Pcs1000baseX` |
//!
//! Invariant: with records or without, a receiver by the standard sees the same frames with the same gaps (`tests/basex.rs`).
//! Latency: that of `Pcs1000baseX` for frames; a record is reported 5 cycles after the code-group of its last symbol is decoded.
//! Throughput: 1 byte a cycle. Reset, bad input: those of `Pcs1000baseX`, `UtilisationInject` and `UtilisationExtract`.

use super::Pcs1000baseX;
use crate::util::{UtilisationExtract, UtilisationInject};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct UtilisationPcs1000baseX {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub gmii_txd: Signal<In, Bits<8>>,
    pub gmii_tx_en: Signal<In, Bit>,
    pub gmii_tx_er: Signal<In, Bit>,
    pub tx_code_group: Signal<Out, Bits<10>>,
    pub util_tx_enable: Signal<In, Bit>,
    pub util_tx_record: Signal<In, Bits<48>>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub rx_code_group: Signal<In, Bits<10>>,
    pub gmii_rxd: Signal<Out, Bits<8>>,
    pub gmii_rx_dv: Signal<Out, Bit>,
    pub gmii_rx_er: Signal<Out, Bit>,
    pub sync: Signal<Out, Bit>,
    pub rx_code_error: Signal<Out, Bit>,
    pub rx_disparity_error: Signal<Out, Bit>,
    pub util_rx_valid: Signal<Out, Bit>,
    pub util_rx_record: Signal<Out, Bits<48>>,
    pub util_rx_crc_error: Signal<Out, Bit>,
    pub util_rx_version_error: Signal<Out, Bit>,
    pub an_enable: Signal<In, Bit>,
    pub an_restart: Signal<In, Bit>,
    pub an_sgmii: Signal<In, Bit>,
    pub an_ability: Signal<In, Bits<16>>,
    pub an_link_timer: Signal<In, Bits<21>>,
    pub an_complete: Signal<Out, Bit>,
    pub an_page_received: Signal<Out, Bit>,
    pub an_lp_ability: Signal<Out, Bits<16>>,
    pub link_up: Signal<Out, Bit>,
    pcs: Pcs1000baseX,
    inject: UtilisationInject,
    extract: UtilisationExtract,
}

impl Logic for UtilisationPcs1000baseX {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.pcs.tx_clk.next = self.tx_clk.val();
        self.pcs.tx_reset.next = self.tx_reset.val();
        self.pcs.gmii_txd.next = self.gmii_txd.val();
        self.pcs.gmii_tx_en.next = self.gmii_tx_en.val();
        self.pcs.gmii_tx_er.next = self.gmii_tx_er.val();
        self.tx_code_group.next = self.pcs.tx_code_group.val();
        self.inject.clk.next = self.tx_clk.val();
        self.inject.reset.next = self.tx_reset.val();
        self.inject.enable.next = self.util_tx_enable.val() & self.pcs.tx_data.val();
        self.inject.record.next = self.util_tx_record.val();
        self.inject.set_sent.next = self.pcs.set_sent.val();
        self.inject.offer_taken.next = self.pcs.offer_taken.val();
        self.pcs.offer_valid.next = self.inject.offer_valid.val();
        self.pcs.offer_control.next = false;
        self.pcs.offer.next = self.inject.offer.val();

        self.pcs.rx_clk.next = self.rx_clk.val();
        self.pcs.rx_reset.next = self.rx_reset.val();
        self.pcs.rx_code_group.next = self.rx_code_group.val();
        self.gmii_rxd.next = self.pcs.gmii_rxd.val();
        self.gmii_rx_dv.next = self.pcs.gmii_rx_dv.val();
        self.gmii_rx_er.next = self.pcs.gmii_rx_er.val();
        self.sync.next = self.pcs.sync.val();
        self.rx_code_error.next = self.pcs.rx_code_error.val();
        self.rx_disparity_error.next = self.pcs.rx_disparity_error.val();
        self.extract.clk.next = self.rx_clk.val();
        self.extract.reset.next = self.rx_reset.val();
        self.extract.sync.next = self.pcs.rx_data.val();
        self.extract.k28_5_minus.next = self.pcs.group_k28_5_minus.val();
        self.extract.data.next = self.pcs.group_valid.val() & !self.pcs.group_control.val();
        self.extract.value.next = self.pcs.group_value.val();
        self.util_rx_valid.next = self.extract.valid.val();
        self.util_rx_record.next = self.extract.record.val();
        self.util_rx_crc_error.next = self.extract.crc_error.val();
        self.util_rx_version_error.next = self.extract.version_error.val();

        self.pcs.an_enable.next = self.an_enable.val();
        self.pcs.an_restart.next = self.an_restart.val();
        self.pcs.an_sgmii.next = self.an_sgmii.val();
        self.pcs.an_ability.next = self.an_ability.val();
        self.pcs.an_link_timer.next = self.an_link_timer.val();
        self.an_complete.next = self.pcs.an_complete.val();
        self.an_page_received.next = self.pcs.an_page_received.val();
        self.an_lp_ability.next = self.pcs.an_lp_ability.val();
        self.link_up.next = self.pcs.link_up.val();
    }
}
