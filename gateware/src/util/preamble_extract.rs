//! Mode C of the link protocol, receive: the fields in front of frame delimiters on GMII back to records (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | enable | in | clk | low drops what has been collected |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | in | clk | what the MAC receives too |
//! | valid, record | out | clk | a whole round: a pulse, and version down to queue |
//! | error | out | clk | a preamble neither plain nor a word with its CRC-8, or a round that did not end: a pulse |
//!
//! Invariant: a field is the H V C 55 right before a frame's first D5, with a blade's nibble in H, no error on the way and a right CRC-8. So
//! a preamble may have lost bytes before H (a PCS drops one). Plain preambles are nothing, the chassis aggregate's words are passed over.
//! Latency: 3 cycles from the delimiter of field 5's frame (`mode_c_latency_is_three_from_the_delimiter`). Throughput: a field a frame.

use super::FieldAssembler;
use super::preamble_inject::crc8_step;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{embedding, ordered_set};

#[derive(LogicBlock)]
pub struct PreambleExtract {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub gmii_rxd: Signal<In, Bits<8>>,
    pub gmii_rx_dv: Signal<In, Bit>,
    pub gmii_rx_er: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub error: Signal<Out, Bit>,
    assembler: FieldAssembler,
    crc_net: XorNet<16, 8>,
    preamble: Constant<Bits<8>>,
    delimiter: Constant<Bits<8>>,
    plain_word: Constant<Bits<32>>,
    blade: Constant<Bits<4>>,
    chassis: Constant<Bits<4>>,
    /// The last four bytes, the newest in the low byte.
    last: DFF<Bits<32>>,
    /// Within a frame, before its delimiter, without an error so far.
    before: DFF<Bit>,
    found: DFF<Bit>,
    source: Signal<Local, Bits<4>>,
    good: Signal<Local, Bit>,
    is_field: DFF<Bit>,
    is_wrong: DFF<Bit>,
    field: DFF<Bits<4>>,
    value: DFF<Bits<8>>,
}

impl Default for PreambleExtract {
    fn default() -> Self {
        with_defaults!(Self {
            crc_net: XorNet::from_fn(crc8_step),
            preamble: Constant::new(bits::<8>(u64::from(ordered_set::PREAMBLE))),
            delimiter: Constant::new(bits::<8>(u64::from(ordered_set::START_FRAME_DELIMITER))),
            plain_word: Constant::new(bits::<32>(u64::from(u32::from_be_bytes([ordered_set::PREAMBLE; 4])))),
            blade: Constant::new(bits::<4>(u64::from(embedding::SOURCE_BLADE))),
            chassis: Constant::new(bits::<4>(u64::from(embedding::SOURCE_CHASSIS))),
        }
            defaults clk reset enable gmii_rxd gmii_rx_dv gmii_rx_er valid record error assembler last before found source good
            is_field is_wrong field value)
    }
}

impl Logic for PreambleExtract {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, last, before, found, is_field, is_wrong, field, value);
        self.found.d.next = false;
        if self.gmii_rx_dv.val() {
            if self.before.q.val() {
                self.before.d.next = !self.gmii_rx_er.val() & (self.gmii_rxd.val() != self.delimiter.val());
                self.found.d.next = !self.gmii_rx_er.val() & (self.gmii_rxd.val() == self.delimiter.val());
                if self.gmii_rxd.val() != self.delimiter.val() {
                    self.last.d.next =
                        (bit_cast::<32, 24>(self.last.q.val().get_bits::<24>(0)) << 8) | bit_cast::<32, 8>(self.gmii_rxd.val());
                }
            }
        } else {
            self.before.d.next = true;
            // Bytes that a short preamble lacks count as plain ones.
            self.last.d.next = self.plain_word.val();
        }
        if self.reset.val() | !self.enable.val() {
            self.before.d.next = false;
            self.found.d.next = false;
        }

        self.crc_net.x.next = self.last.q.val().get_bits::<16>(16);
        self.source.next = self.last.q.val().get_bits::<4>(28);
        self.good.next = ((self.source.val() == self.blade.val()) | (self.source.val() == self.chassis.val()))
            & (self.last.q.val().get_bits::<8>(0) == self.preamble.val())
            & (self.last.q.val().get_bits::<8>(8) == self.crc_net.y.val());
        self.is_field.d.next = self.found.q.val() & self.good.val() & (self.source.val() == self.blade.val());
        self.is_wrong.d.next = self.found.q.val() & !self.good.val() & (self.last.q.val() != self.plain_word.val());
        self.field.d.next = self.last.q.val().get_bits::<4>(24);
        self.value.d.next = self.last.q.val().get_bits::<8>(16);

        self.assembler.clk.next = self.clk.val();
        self.assembler.reset.next = self.reset.val();
        self.assembler.clear.next = !self.enable.val();
        self.assembler.field_valid.next = self.is_field.q.val();
        self.assembler.field.next = self.field.q.val();
        self.assembler.value.next = self.value.q.val();
        self.assembler.field_error.next = self.is_wrong.q.val();
        self.valid.next = self.assembler.valid.val();
        self.record.next = self.assembler.record.val();
        self.error.next = self.assembler.error.val();
    }
}
