//! Mode C of the link protocol, transmit: a field of the record in each frame's preamble on GMII (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | enable | in | clk | low starts a new round |
//! | record | in | clk | version down to queue, 48 bits; one is taken a round, when the frame of its first field begins |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | in | clk | GMII |
//! | pcs_txd | out | clk | the same byte, or one of H V C; tx_en and tx_er stay as they are |
//!
//! Invariant: only 55 in the places 3 to 5 of a preamble that was 55 so far changes, so that no byte from the delimiter on ever does, and none
//! becomes a delimiter. A field that went with a preamble of another length than 7 goes again.
//! Latency: 0 cycles, combinational. Throughput: a field a frame. A value whose word would hold D5 goes as its neighbour.
//! Without a delay the end of the preamble is not known when the word begins: in a preamble of 4 to 6 bytes, or of more than 7, parts of the
//! word go, which a receiver counts as wrong or passes over.

use super::FieldRound;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{embedding, ordered_set};

#[derive(LogicBlock)]
pub struct PreambleInject {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub gmii_txd: Signal<In, Bits<8>>,
    pub gmii_tx_en: Signal<In, Bit>,
    pub gmii_tx_er: Signal<In, Bit>,
    pub pcs_txd: Signal<Out, Bits<8>>,
    round: FieldRound,
    crc_net: XorNet<16, 8>,
    preamble: Constant<Bits<8>>,
    delimiter: Constant<Bits<8>>,
    blade: Constant<Bits<8>>,
    last_place: Constant<Bits<3>>,
    header_place: Constant<Bits<3>>,
    value_place: Constant<Bits<3>>,
    crc_place: Constant<Bits<3>>,
    adjust_place: Constant<Bits<3>>,
    /// The frame was 55 so far.
    plain: DFF<Bit>,
    place: DFF<Bits<3>>,
    /// The field has been taken from the round and has not gone whole.
    pending: DFF<Bit>,
    header: DFF<Bits<8>>,
    value: DFF<Bits<8>>,
    go: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    is_preamble: Signal<Local, Bit>,
}

/// H in bits 15:8, V in 7:0.
pub(super) fn crc8_step(x: u128) -> u128 {
    u128::from(embedding::crc8((x >> 8) as u8, x as u8))
}

impl Default for PreambleInject {
    fn default() -> Self {
        let place = |offset: usize| Constant::new(bits::<3>((embedding::PREAMBLE_HEADER + offset) as u64));
        with_defaults!(Self {
            crc_net: XorNet::from_fn(crc8_step),
            preamble: Constant::new(bits::<8>(u64::from(ordered_set::PREAMBLE))),
            delimiter: Constant::new(bits::<8>(u64::from(ordered_set::START_FRAME_DELIMITER))),
            blade: Constant::new(bits::<8>(u64::from(embedding::header(embedding::SOURCE_BLADE, 0)))),
            last_place: Constant::new(bits::<3>(ordered_set::PREAMBLE_BYTES as u64)),
            header_place: place(0),
            value_place: place(1),
            crc_place: place(2),
            adjust_place: Constant::new(bits::<3>(1)),
        }
            defaults clk reset enable record gmii_txd gmii_tx_en gmii_tx_er pcs_txd round plain place pending header value go load
            is_preamble)
    }
}

impl Logic for PreambleInject {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, plain, place, pending, header, value);
        self.go.next = self.enable.val() & !self.reset.val();
        self.load.next = self.go.val() & self.gmii_tx_en.val() & self.plain.q.val() & !self.place.q.val().any() & !self.pending.q.val();
        self.round.clk.next = self.clk.val();
        self.round.reset.next = !self.go.val();
        self.round.record.next = self.record.val();
        self.round.sent.next = self.load.val();
        self.crc_net.x.next = (bit_cast::<16, 8>(self.header.q.val()) << 8) | bit_cast::<16, 8>(self.value.q.val());
        if self.load.val() {
            self.header.d.next = self.blade.val() | bit_cast::<8, 3>(self.round.field.val());
            self.value.d.next = self.round.value.val();
            self.pending.d.next = true;
        }
        // The neighbour's word never holds the delimiter, so that a field that goes again stays as it is.
        if (self.place.q.val() == self.adjust_place.val())
            & ((self.value.q.val() == self.delimiter.val()) | (self.crc_net.y.val() == self.delimiter.val()))
        {
            self.value.d.next = self.value.q.val() ^ 1;
        }

        self.is_preamble.next =
            self.plain.q.val() & self.gmii_tx_en.val() & !self.gmii_tx_er.val() & (self.gmii_txd.val() == self.preamble.val());
        self.pcs_txd.next = self.gmii_txd.val();
        if self.is_preamble.val() & self.pending.q.val() {
            if self.place.q.val() == self.header_place.val() {
                self.pcs_txd.next = self.header.q.val();
            }
            if self.place.q.val() == self.value_place.val() {
                self.pcs_txd.next = self.value.q.val();
            }
            if self.place.q.val() == self.crc_place.val() {
                self.pcs_txd.next = self.crc_net.y.val();
            }
        }
        if self.gmii_tx_en.val() {
            self.plain.d.next = self.is_preamble.val() & (self.place.q.val() != self.last_place.val());
            if self.is_preamble.val() {
                self.place.d.next = self.place.q.val() + 1;
            }
            if self.plain.q.val() & (self.place.q.val() == self.last_place.val()) & (self.gmii_txd.val() == self.delimiter.val()) {
                self.pending.d.next = false;
            }
        } else {
            self.plain.d.next = true;
            self.place.d.next = 0.into();
        }
        // Not within a frame that had begun before.
        if !self.go.val() {
            self.pending.d.next = false;
            self.plain.d.next = false;
        }
    }
}
