//! A 10GBASE-R link end: MAC, reconciliation sublayer and coding sublayer, wired.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_*, rx_* | | | as in [`Mac10g`] and [`Pcs10gbaseR`] |
//! | serdes_*, cfg_* | | | as in [`Pcs10gbaseR`] |
//! | local_fault, remote_fault, sending_fault | out | rx_clk, tx_clk | as in [`ReconciliationSublayer`] |
//!
//! Latency: 11 cycles from a word in, the first as its frame begins, to the word out, looped back at the serial side (`latency_of_the_link`). Throughput: 10 Gb/s at 156.25 MHz.
//! Holds no logic.

use super::Mac10g;
use crate::pcs::baser::Pcs10gbaseR;
use crate::rs::ReconciliationSublayer;
use rust_hdl::prelude::*;
use spareband_spec::baser::BER_WINDOW;

#[derive(LogicBlock, Default)]
pub struct Link10g {
    pub tx_clk: Signal<In, Clock>,
    pub tx_rst: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_rst: Signal<In, Bit>,
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
    pub rx_fcs_error: Signal<Out, Bit>,
    pub rx_no_data: Signal<Out, Bit>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub tx_bad_block: Signal<Out, Bit>,
    pub rx_error_count: Signal<Out, Bits<7>>,
    pub rx_bad_block: Signal<Out, Bit>,
    pub rx_sequence_error: Signal<Out, Bit>,
    pub rx_block_lock: Signal<Out, Bit>,
    pub rx_high_ber: Signal<Out, Bit>,
    pub rx_status: Signal<Out, Bit>,
    pub serdes_rx_reset_req: Signal<Out, Bit>,
    pub cfg_tx_prbs31_enable: Signal<In, Bit>,
    pub cfg_rx_prbs31_enable: Signal<In, Bit>,
    pub local_fault: Signal<Out, Bit>,
    pub remote_fault: Signal<Out, Bit>,
    pub sending_fault: Signal<Out, Bit>,
    mac: Mac10g,
    reconciliation: ReconciliationSublayer,
    pcs: Pcs10gbaseR<BER_WINDOW>,
}

impl Logic for Link10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.mac.tx_clk.next = self.tx_clk.val();
        self.mac.tx_rst.next = self.tx_rst.val();
        self.mac.rx_clk.next = self.rx_clk.val();
        self.mac.rx_rst.next = self.rx_rst.val();
        self.mac.tx_valid.next = self.tx_valid.val();
        self.mac.tx_data.next = self.tx_data.val();
        self.mac.tx_keep.next = self.tx_keep.val();
        self.mac.tx_last.next = self.tx_last.val();
        self.mac.tx_error.next = self.tx_error.val();
        self.mac.rx_max_length.next = self.rx_max_length.val();
        self.mac.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.mac.xgmii_rxc.next = self.pcs.xgmii_rxc.val();
        self.tx_ready.next = self.mac.tx_ready.val();
        self.tx_underrun.next = self.mac.tx_underrun.val();
        self.rx_valid.next = self.mac.rx_valid.val();
        self.rx_data.next = self.mac.rx_data.val();
        self.rx_keep.next = self.mac.rx_keep.val();
        self.rx_last.next = self.mac.rx_last.val();
        self.rx_error.next = self.mac.rx_error.val();
        self.rx_cause.next = self.mac.rx_cause.val();
        self.rx_fcs_error.next = self.mac.rx_fcs_error.val();
        self.rx_no_data.next = self.mac.rx_no_data.val();

        self.reconciliation.tx_clk.next = self.tx_clk.val();
        self.reconciliation.tx_rst.next = self.tx_rst.val();
        self.reconciliation.rx_clk.next = self.rx_clk.val();
        self.reconciliation.rx_rst.next = self.rx_rst.val();
        self.reconciliation.mac_txd.next = self.mac.xgmii_txd.val();
        self.reconciliation.mac_txc.next = self.mac.xgmii_txc.val();
        self.reconciliation.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.reconciliation.xgmii_rxc.next = self.pcs.xgmii_rxc.val();
        self.local_fault.next = self.reconciliation.local_fault.val();
        self.remote_fault.next = self.reconciliation.remote_fault.val();
        self.sending_fault.next = self.reconciliation.sending_fault.val();

        self.pcs.tx_clk.next = self.tx_clk.val();
        self.pcs.tx_rst.next = self.tx_rst.val();
        self.pcs.rx_clk.next = self.rx_clk.val();
        self.pcs.rx_rst.next = self.rx_rst.val();
        self.pcs.xgmii_txd.next = self.reconciliation.xgmii_txd.val();
        self.pcs.xgmii_txc.next = self.reconciliation.xgmii_txc.val();
        self.pcs.serdes_rx_data.next = self.serdes_rx_data.val();
        self.pcs.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.serdes_tx_data.next = self.pcs.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.pcs.serdes_tx_hdr.val();
        self.serdes_rx_bitslip.next = self.pcs.serdes_rx_bitslip.val();
        self.tx_bad_block.next = self.pcs.tx_bad_block.val();
        self.rx_error_count.next = self.pcs.rx_error_count.val();
        self.rx_bad_block.next = self.pcs.rx_bad_block.val();
        self.rx_sequence_error.next = self.pcs.rx_sequence_error.val();
        self.rx_block_lock.next = self.pcs.rx_block_lock.val();
        self.rx_high_ber.next = self.pcs.rx_high_ber.val();
        self.rx_status.next = self.pcs.rx_status.val();
        self.serdes_rx_reset_req.next = self.pcs.serdes_rx_reset_req.val();
        self.pcs.cfg_tx_prbs31_enable.next = self.cfg_tx_prbs31_enable.val();
        self.pcs.cfg_rx_prbs31_enable.next = self.cfg_rx_prbs31_enable.val();
    }
    spareband_hdl::module_name!();
}
