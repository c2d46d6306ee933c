//! Reconciliation sublayer between a 10G MAC and XGMII: link fault signalling. IEEE 802.3 46.3.4.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, tx_rst, rx_clk, rx_rst | in | | 156.25 MHz; resets synchronous, active high |
//! | mac_txd, mac_txc | in | tx_clk | from the MAC |
//! | xgmii_txd, xgmii_txc | out | tx_clk | the same, or remote fault, or idles |
//! | xgmii_rxd, xgmii_rxc | in | rx_clk | what the MAC receives too |
//! | local_fault, remote_fault | out | rx_clk | link_fault |
//! | sending_fault | out | tx_clk | this cycle's word is remote fault or a forced idle, not the MAC's: nothing may be put into it |
//!
//! Invariant: on local fault remote fault leaves, on remote fault idles; the MAC is let through again at the start of a frame, not within one.
//! Latency: 1 cycle, transmit (`the_mac_passes_through`). Throughput: 1 word a cycle. After reset the MAC passes from its first gap on.
//! Bad input: none; see [`LinkFault`].

use super::LinkFault;
use rust_hdl::prelude::*;
use spareband_hdl::parts::CdcBit;
use spareband_spec::xgmii;

#[derive(LogicBlock)]
pub struct ReconciliationSublayer {
    pub tx_clk: Signal<In, Clock>,
    pub tx_rst: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_rst: Signal<In, Bit>,
    pub mac_txd: Signal<In, Bits<64>>,
    pub mac_txc: Signal<In, Bits<8>>,
    pub xgmii_txd: Signal<Out, Bits<64>>,
    pub xgmii_txc: Signal<Out, Bits<8>>,
    pub xgmii_rxd: Signal<In, Bits<64>>,
    pub xgmii_rxc: Signal<In, Bits<8>>,
    pub local_fault: Signal<Out, Bit>,
    pub remote_fault: Signal<Out, Bit>,
    pub sending_fault: Signal<Out, Bit>,
    link_fault: LinkFault,
    local_crossing: CdcBit,
    remote_crossing: CdcBit,
    send_fault: DFF<Bit>,
    /// The MAC was held and has not come to a gap since, inverted.
    passing: DFF<Bit>,
    /// The word sent is not the MAC's.
    forced: DFF<Bit>,
    txd: DFF<Bits<64>>,
    txc: DFF<Bits<8>>,
    fault_word: Constant<Bits<64>>,
    fault_control: Constant<Bits<8>>,
    idle_word: Constant<Bits<64>>,
    idle_control: Constant<Bits<8>>,
}

impl Default for ReconciliationSublayer {
    fn default() -> Self {
        with_defaults!(Self {
            fault_word: Constant::new(bits(xgmii::fault_word(xgmii::REMOTE_FAULT))),
            fault_control: Constant::new(bits(xgmii::TWO_ORDERED_SETS.into())),
            idle_word: Constant::new(bits(xgmii::IDLE_WORD)),
            idle_control: Constant::new(bits(xgmii::ALL_CONTROL.into())),
        }
            defaults tx_clk tx_rst rx_clk rx_rst mac_txd mac_txc xgmii_txd xgmii_txc xgmii_rxd xgmii_rxc local_fault remote_fault sending_fault
            link_fault local_crossing remote_crossing send_fault passing forced txd txc)
    }
}

impl Logic for ReconciliationSublayer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, tx_clk, send_fault, passing, forced, txd, txc);
        self.link_fault.clk.next = self.rx_clk.val();
        self.link_fault.reset.next = self.rx_rst.val();
        self.link_fault.xgmii_rxd.next = self.xgmii_rxd.val();
        self.link_fault.xgmii_rxc.next = self.xgmii_rxc.val();
        self.local_fault.next = self.link_fault.local_fault.val();
        self.remote_fault.next = self.link_fault.remote_fault.val();

        self.local_crossing.clk.next = self.tx_clk.val();
        self.local_crossing.d.next = self.link_fault.local_fault.val();
        self.remote_crossing.clk.next = self.tx_clk.val();
        self.remote_crossing.d.next = self.link_fault.remote_fault.val();
        self.send_fault.d.next = self.local_crossing.q.val();
        // A control character in lane 7 is no Start, so the next word begins in a gap or starts a frame.
        self.passing.d.next =
            !self.local_crossing.q.val() & !self.remote_crossing.q.val() & (self.passing.q.val() | self.mac_txc.val().get_bit(7));
        if self.tx_rst.val() {
            self.send_fault.d.next = false;
            self.passing.d.next = false;
        }
        self.forced.d.next = self.send_fault.q.val() | !self.passing.q.val();
        self.sending_fault.next = self.forced.q.val();
        self.txd.d.next = self.mac_txd.val();
        self.txc.d.next = self.mac_txc.val();
        if self.send_fault.q.val() {
            self.txd.d.next = self.fault_word.val();
            self.txc.d.next = self.fault_control.val();
        } else if !self.passing.q.val() {
            self.txd.d.next = self.idle_word.val();
            self.txc.d.next = self.idle_control.val();
        }
        self.xgmii_txd.next = self.txd.q.val();
        self.xgmii_txc.next = self.txc.q.val();
    }
    spareband_hdl::module_name!();
}
