//! Utilisation into a 1000BASE-X link, beside its PCS: mode A, B or C by `mode` (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | 125 MHz |
//! | mode | in | clk | 0 off, 1 A, 2 B, 3 C; others send nothing |
//! | enable | in | clk | send records |
//! | record | in | clk | version down to queue, 48 bits |
//! | tx_data | in | clk | the PCS sends data (xmit = DATA, synchronised) |
//! | set_sent, offer_taken | in | clk | from the PCS: an idle set goes now; it carries the offer |
//! | offer_valid, offer_control, offer | out | clk | second code-group for the next set, Kx.y if offer_control |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | in | clk | from the MAC; the last two go to the PCS, too |
//! | pcs_txd | out | clk | for the PCS: gmii_txd, in mode C with a word in the preamble |
//!
//! Invariant: one mode at a time; what another mode had begun is dropped. Off, and while the link is not up, idles and preambles are plain.
//! Latency: gmii_txd to pcs_txd 0 cycles. Throughput: that of each mode's core.

use super::{ControlInject, PreambleInject, UtilisationInject};
use rust_hdl::prelude::*;
use spareband_spec::embedding;

#[derive(LogicBlock)]
pub struct UtilisationTransmit1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub mode: Signal<In, Bits<3>>,
    pub enable: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub tx_data: Signal<In, Bit>,
    pub set_sent: Signal<In, Bit>,
    pub offer_taken: Signal<In, Bit>,
    pub offer_valid: Signal<Out, Bit>,
    pub offer_control: Signal<Out, Bit>,
    pub offer: Signal<Out, Bits<8>>,
    pub gmii_txd: Signal<In, Bits<8>>,
    pub gmii_tx_en: Signal<In, Bit>,
    pub gmii_tx_er: Signal<In, Bit>,
    pub pcs_txd: Signal<Out, Bits<8>>,
    sets: UtilisationInject,
    characters: ControlInject,
    preambles: PreambleInject,
    mode_a: Constant<Bits<3>>,
    mode_b: Constant<Bits<3>>,
    mode_c: Constant<Bits<3>>,
    go: Signal<Local, Bit>,
    is_b: Signal<Local, Bit>,
}

impl Default for UtilisationTransmit1g {
    fn default() -> Self {
        with_defaults!(Self {
            mode_a: Constant::new(bits::<3>(u64::from(embedding::A))),
            mode_b: Constant::new(bits::<3>(u64::from(embedding::B))),
            mode_c: Constant::new(bits::<3>(u64::from(embedding::C))),
        }
            defaults clk reset mode enable record tx_data set_sent offer_taken offer_valid offer_control offer gmii_txd gmii_tx_en
            gmii_tx_er pcs_txd sets characters preambles go is_b)
    }
}

impl Logic for UtilisationTransmit1g {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.sets.clk.next = self.clk.val();
        self.sets.reset.next = self.reset.val();
        self.characters.clk.next = self.clk.val();
        self.characters.reset.next = self.reset.val();
        self.preambles.clk.next = self.clk.val();
        self.preambles.reset.next = self.reset.val();
        self.go.next = self.enable.val() & self.tx_data.val();
        self.is_b.next = self.mode.val() == self.mode_b.val();
        self.sets.enable.next = self.go.val() & (self.mode.val() == self.mode_a.val());
        self.characters.enable.next = self.go.val() & self.is_b.val();
        self.preambles.enable.next = self.go.val() & (self.mode.val() == self.mode_c.val());
        self.sets.record.next = self.record.val();
        self.characters.record.next = self.record.val();
        self.preambles.record.next = self.record.val();
        self.sets.set_sent.next = self.set_sent.val();
        self.characters.set_sent.next = self.set_sent.val();
        self.sets.offer_taken.next = self.offer_taken.val() & !self.is_b.val();
        self.characters.offer_taken.next = self.offer_taken.val() & self.is_b.val();
        self.offer_valid.next = self.sets.offer_valid.val() | self.characters.offer_valid.val();
        self.offer_control.next = self.is_b.val();
        self.offer.next = self.sets.offer.val();
        if self.is_b.val() {
            self.offer.next = self.characters.offer.val();
        }
        self.preambles.gmii_txd.next = self.gmii_txd.val();
        self.preambles.gmii_tx_en.next = self.gmii_tx_en.val();
        self.preambles.gmii_tx_er.next = self.gmii_tx_er.val();
        self.pcs_txd.next = self.preambles.pcs_txd.val();
    }
}
