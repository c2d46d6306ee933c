//! Utilisation out of a 1000BASE-X link, beside its PCS: mode A, B or C by `mode` (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | 125 MHz, recovered |
//! | mode | in | clk | 0 off, 1 A, 2 B, 3 C; others hear nothing |
//! | sync | in | clk | the receiver is synchronised; low drops what has been collected |
//! | group_k28_5_minus, group_control, group_valid, group_value | in | clk | the current code-group: exactly `001111 1010`; Kx.y; valid; its byte |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | in | clk | from the PCS, before any elastic buffer |
//! | valid, record | out | clk | a good record of the known version: a pulse, and version down to queue |
//! | crc_error | out | clk | a record or a field was lost, cut short or wrong: a pulse |
//! | version_error | out | clk | a good record of another version (modes A and B): a pulse |
//!
//! Invariant: one mode at a time; a change of mode drops what was collected (`a_change_of_mode_drops_what_was_collected`).
//! Latency: that of each mode's core. Throughput: a code-group a cycle.

use super::{ControlExtract, PreambleExtract, UtilisationExtract};
use rust_hdl::prelude::*;
use spareband_spec::embedding;

#[derive(LogicBlock)]
pub struct UtilisationReceive1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub mode: Signal<In, Bits<3>>,
    pub sync: Signal<In, Bit>,
    pub group_k28_5_minus: Signal<In, Bit>,
    pub group_control: Signal<In, Bit>,
    pub group_valid: Signal<In, Bit>,
    pub group_value: Signal<In, Bits<8>>,
    pub gmii_rxd: Signal<In, Bits<8>>,
    pub gmii_rx_dv: Signal<In, Bit>,
    pub gmii_rx_er: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub crc_error: Signal<Out, Bit>,
    pub version_error: Signal<Out, Bit>,
    sets: UtilisationExtract,
    characters: ControlExtract,
    preambles: PreambleExtract,
    mode_a: Constant<Bits<3>>,
    mode_b: Constant<Bits<3>>,
    mode_c: Constant<Bits<3>>,
    is_a: Signal<Local, Bit>,
    is_b: Signal<Local, Bit>,
    is_c: Signal<Local, Bit>,
}

impl Default for UtilisationReceive1g {
    fn default() -> Self {
        with_defaults!(Self {
            mode_a: Constant::new(bits::<3>(u64::from(embedding::A))),
            mode_b: Constant::new(bits::<3>(u64::from(embedding::B))),
            mode_c: Constant::new(bits::<3>(u64::from(embedding::C))),
        }
            defaults clk reset mode sync group_k28_5_minus group_control group_valid group_value gmii_rxd gmii_rx_dv gmii_rx_er
            valid record crc_error version_error sets characters preambles is_a is_b is_c)
    }
}

impl Logic for UtilisationReceive1g {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.sets.clk.next = self.clk.val();
        self.sets.reset.next = self.reset.val();
        self.characters.clk.next = self.clk.val();
        self.characters.reset.next = self.reset.val();
        self.preambles.clk.next = self.clk.val();
        self.preambles.reset.next = self.reset.val();
        self.is_a.next = self.mode.val() == self.mode_a.val();
        self.is_b.next = self.mode.val() == self.mode_b.val();
        self.is_c.next = self.mode.val() == self.mode_c.val();
        self.sets.sync.next = self.sync.val() & self.is_a.val();
        self.sets.k28_5_minus.next = self.group_k28_5_minus.val();
        self.sets.data.next = self.group_valid.val() & !self.group_control.val();
        self.sets.value.next = self.group_value.val();
        self.characters.sync.next = self.sync.val() & self.is_b.val();
        self.characters.k28_5_minus.next = self.group_k28_5_minus.val();
        self.characters.control.next = self.group_valid.val() & self.group_control.val();
        self.characters.value.next = self.group_value.val();
        self.preambles.enable.next = self.sync.val() & self.is_c.val();
        self.preambles.gmii_rxd.next = self.gmii_rxd.val();
        self.preambles.gmii_rx_dv.next = self.gmii_rx_dv.val();
        self.preambles.gmii_rx_er.next = self.gmii_rx_er.val();
        self.valid.next = (self.sets.valid.val() & self.is_a.val())
            | (self.characters.valid.val() & self.is_b.val())
            | (self.preambles.valid.val() & self.is_c.val());
        self.crc_error.next = (self.sets.crc_error.val() & self.is_a.val())
            | (self.characters.crc_error.val() & self.is_b.val())
            | (self.preambles.error.val() & self.is_c.val());
        self.version_error.next =
            (self.sets.version_error.val() & self.is_a.val()) | (self.characters.version_error.val() & self.is_b.val());
        self.record.next = self.sets.record.val();
        if self.is_b.val() {
            self.record.next = self.characters.record.val();
        }
        if self.is_c.val() {
            self.record.next = self.preambles.record.val();
        }
    }
}
