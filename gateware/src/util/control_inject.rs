//! Mode B of the link protocol, transmit: the record as expanded control characters in idle sets (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | enable | in | clk | offer sets; low starts a new record |
//! | record | in | clk | version down to queue, 48 bits; taken whole when its mark goes |
//! | set_sent | in | clk | an idle set goes now |
//! | offer_taken | in | clk | it carries the offer |
//! | offer_valid, offer | out | clk | second code-group (Kx.y) for the next set |
//!
//! Invariant: of 8 sets in a row one is a real idle; between two marks go 64 bits of one value of `record`. The mark that ends a record
//! begins the next, so that a record takes 65 sets.
//! Latency: the next offer shows in the cycle after `offer_taken`. Throughput: 1 bit a set. Known answers: `tests/embedding_1g.rs`.
//! The guard rule at frames is the transmitter's, as in mode A.
//!
//! Fed with its own top bit the CRC register only shifts, so that the CRC leaves by the same way that takes the fields in.

use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{embedding, ordered_set, record};

#[derive(LogicBlock)]
pub struct ControlInject {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub set_sent: Signal<In, Bit>,
    pub offer_taken: Signal<In, Bit>,
    pub offer_valid: Signal<Out, Bit>,
    pub offer: Signal<Out, Bits<8>>,
    crc_net: XorNet<17, 16>,
    bit_0: Constant<Bits<8>>,
    bit_1: Constant<Bits<8>>,
    mark: Constant<Bits<8>>,
    crc_initial: Constant<Bits<16>>,
    most_in_a_row: Constant<Bits<3>>,
    /// A record is under way; otherwise its mark is next.
    started: DFF<Bit>,
    count: DFF<Bits<6>>,
    fields: DFF<Bits<48>>,
    crc: DFF<Bits<16>>,
    in_a_row: DFF<Bits<3>>,
    one: Signal<Local, Bit>,
}

/// CRC register in bits 15:0, one bit in 16.
pub(super) fn crc_bit(x: u128) -> u128 {
    u128::from(record::crc16_update(x as u16, (x >> 16) as u64, 1))
}

impl Default for ControlInject {
    fn default() -> Self {
        with_defaults!(Self {
            crc_net: XorNet::from_fn(crc_bit),
            bit_0: Constant::new(bits::<8>(u64::from(embedding::BIT_0))),
            bit_1: Constant::new(bits::<8>(u64::from(embedding::BIT_1))),
            mark: Constant::new(bits::<8>(u64::from(embedding::MARK))),
            crc_initial: Constant::new(bits::<16>(u64::from(record::CRC_INITIAL))),
            most_in_a_row: Constant::new(bits::<3>(u64::from(ordered_set::SETS_PER_REAL_IDLE) - 1)),
        }
            defaults clk reset enable record set_sent offer_taken offer_valid offer started count fields crc in_a_row one)
    }
}

impl Logic for ControlInject {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, started, count, fields, crc, in_a_row);
        self.one.next = self.fields.q.val().get_bit(47);
        // From 48 on.
        if self.count.q.val().get_bit(5) & self.count.q.val().get_bit(4) {
            self.one.next = self.crc.q.val().get_bit(15);
        }
        self.crc_net.x.next = (bit_cast::<17, 1>(self.one.val().into()) << 16) | bit_cast::<17, 16>(self.crc.q.val());
        self.offer.next = self.mark.val();
        if self.started.q.val() {
            self.offer.next = self.bit_0.val();
            if self.one.val() {
                self.offer.next = self.bit_1.val();
            }
        }
        if self.offer_taken.val() {
            if self.started.q.val() {
                self.count.d.next = self.count.q.val() + 1;
                self.fields.d.next = self.fields.q.val() << 1;
                self.crc.d.next = self.crc_net.y.val();
                if self.count.q.val().all() {
                    self.started.d.next = false;
                }
            } else {
                self.started.d.next = true;
                self.count.d.next = 0.into();
                self.fields.d.next = self.record.val();
                self.crc.d.next = self.crc_initial.val();
            }
        }
        if self.set_sent.val() {
            self.in_a_row.d.next = 0.into();
            if self.offer_taken.val() {
                self.in_a_row.d.next = self.in_a_row.q.val() + 1;
            }
        }
        if self.reset.val() | !self.enable.val() {
            self.started.d.next = false;
        }
        self.offer_valid.next = self.enable.val() & (self.in_a_row.q.val() != self.most_in_a_row.val());
    }
}
