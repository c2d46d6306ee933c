//! 10G MAC: frame streams to and from XGMII. IEEE 802.3 Clauses 3, 4 and 46.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, tx_rst, rx_clk, rx_rst | in | | 156.25 MHz; resets synchronous, active high |
//! | tx_valid, tx_ready, tx_data, tx_keep, tx_last, tx_error | stream | tx_clk | frames without preamble and FCS, padded to 64 bytes |
//! | tx_underrun | out | tx_clk | one cycle: a frame ran dry |
//! | tx_idle | out | tx_clk | a frame begins in this cycle if tx_valid: for `MacControl10g` |
//! | tx_word_* | out | tx_clk | `word_*` of `MacTx10g` |
//! | rx_valid, rx_data, rx_keep, rx_last, rx_error, rx_cause | stream | rx_clk | frames without preamble and FCS; never stops |
//! | rx_fcs_error, rx_no_data | out | rx_clk | with rx_last, for `ReceiveReport10g`: see `MacRx10g` |
//! | rx_max_length | in | rx_clk | bytes that a frame may have with its FCS |
//! | xgmii_txd, xgmii_txc, xgmii_rxd, xgmii_rxc | out, in | | lane 0 in the low bits |
//!
//! Latency: 2 cycles each way, a frame's Start for its first word (its part of `latency_of_the_link`). Throughput: 14.88 million frames of 64 bytes a second.
//! Bad input: see the two halves.

use super::{MacRx10g, MacTx10g};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct Mac10g {
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
    pub tx_idle: Signal<Out, Bit>,
    pub tx_word_due: Signal<Out, Bit>,
    pub tx_word_valid: Signal<Out, Bit>,
    pub tx_word_data: Signal<Out, Bits<64>>,
    pub tx_word_keep: Signal<Out, Bits<8>>,
    pub tx_word_last: Signal<Out, Bit>,
    pub tx_word_error: Signal<Out, Bit>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<64>>,
    pub rx_keep: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub rx_fcs_error: Signal<Out, Bit>,
    pub rx_no_data: Signal<Out, Bit>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub xgmii_txd: Signal<Out, Bits<64>>,
    pub xgmii_txc: Signal<Out, Bits<8>>,
    pub xgmii_rxd: Signal<In, Bits<64>>,
    pub xgmii_rxc: Signal<In, Bits<8>>,
    transmit: MacTx10g,
    receive: MacRx10g,
}

impl Logic for Mac10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.transmit.clk.next = self.tx_clk.val();
        self.transmit.reset.next = self.tx_rst.val();
        self.transmit.valid.next = self.tx_valid.val();
        self.transmit.data.next = self.tx_data.val();
        self.transmit.keep.next = self.tx_keep.val();
        self.transmit.last.next = self.tx_last.val();
        self.transmit.error.next = self.tx_error.val();
        self.tx_ready.next = self.transmit.ready.val();
        self.tx_underrun.next = self.transmit.underrun.val();
        self.tx_idle.next = self.transmit.idle.val();
        self.tx_word_due.next = self.transmit.word_due.val();
        self.tx_word_valid.next = self.transmit.word_valid.val();
        self.tx_word_data.next = self.transmit.word_data.val();
        self.tx_word_keep.next = self.transmit.word_keep.val();
        self.tx_word_last.next = self.transmit.word_last.val();
        self.tx_word_error.next = self.transmit.word_error.val();
        self.xgmii_txd.next = self.transmit.xgmii_txd.val();
        self.xgmii_txc.next = self.transmit.xgmii_txc.val();

        self.receive.clk.next = self.rx_clk.val();
        self.receive.reset.next = self.rx_rst.val();
        self.receive.max_length.next = self.rx_max_length.val();
        self.receive.xgmii_rxd.next = self.xgmii_rxd.val();
        self.receive.xgmii_rxc.next = self.xgmii_rxc.val();
        self.rx_valid.next = self.receive.valid.val();
        self.rx_data.next = self.receive.data.val();
        self.rx_keep.next = self.receive.keep.val();
        self.rx_last.next = self.receive.last.val();
        self.rx_error.next = self.receive.error.val();
        self.rx_cause.next = self.receive.cause.val();
        self.rx_fcs_error.next = self.receive.fcs_error.val();
        self.rx_no_data.next = self.receive.no_data.val();
    }
    spareband_hdl::module_name!();
}
