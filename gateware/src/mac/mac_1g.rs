//! The gigabit MAC: transmit and receive over one GMII. IEEE 802.3 Clauses 3, 4 and 35.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, tx_reset | in | | 125 MHz |
//! | tx_* | in, out | tx_clk | frames to send, see `Tx1g` |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | out | tx_clk | GMII transmit |
//! | rx_clk, rx_reset | in | | 125 MHz, recovered |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | in | rx_clk | GMII receive |
//! | rx_* | in, out | rx_clk | received frames, see `Rx1g` |
//!
//! Invariant: the two directions share nothing.

use super::{Rx1g, Tx1g};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct Mac1g {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub tx_underrun: Signal<Out, Bit>,
    pub tx_idle: Signal<Out, Bit>,
    pub gmii_txd: Signal<Out, Bits<8>>,
    pub gmii_tx_en: Signal<Out, Bit>,
    pub gmii_tx_er: Signal<Out, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub gmii_rxd: Signal<In, Bits<8>>,
    pub gmii_rx_dv: Signal<In, Bit>,
    pub gmii_rx_er: Signal<In, Bit>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub rx_fcs_error: Signal<Out, Bit>,
    pub rx_length: Signal<Out, Bits<16>>,
    tx: Tx1g,
    rx: Rx1g,
}

impl Logic for Mac1g {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.tx.clk.next = self.tx_clk.val();
        self.tx.reset.next = self.tx_reset.val();
        self.tx.tx_valid.next = self.tx_valid.val();
        self.tx.tx_data.next = self.tx_data.val();
        self.tx.tx_last.next = self.tx_last.val();
        self.tx.tx_error.next = self.tx_error.val();
        self.tx_ready.next = self.tx.tx_ready.val();
        self.tx_underrun.next = self.tx.underrun.val();
        self.tx_idle.next = self.tx.idle.val();
        self.gmii_txd.next = self.tx.gmii_txd.val();
        self.gmii_tx_en.next = self.tx.gmii_tx_en.val();
        self.gmii_tx_er.next = self.tx.gmii_tx_er.val();
        self.rx.clk.next = self.rx_clk.val();
        self.rx.reset.next = self.rx_reset.val();
        self.rx.gmii_rxd.next = self.gmii_rxd.val();
        self.rx.gmii_rx_dv.next = self.gmii_rx_dv.val();
        self.rx.gmii_rx_er.next = self.gmii_rx_er.val();
        self.rx.rx_max_length.next = self.rx_max_length.val();
        self.rx_valid.next = self.rx.rx_valid.val();
        self.rx_data.next = self.rx.rx_data.val();
        self.rx_last.next = self.rx.rx_last.val();
        self.rx_error.next = self.rx.rx_error.val();
        self.rx_cause.next = self.rx.rx_cause.val();
        self.rx_fcs_error.next = self.rx.rx_fcs_error.val();
        self.rx_length.next = self.rx.rx_length.val();
    }
}
