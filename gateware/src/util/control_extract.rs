//! Mode B of the link protocol, receive: expanded control characters back to records (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | sync | in | clk | the receiver is synchronised; low drops what has been collected |
//! | k28_5_minus | in | clk | this code-group is exactly `001111 1010` |
//! | control, value | in | clk | this code-group is a valid /K/, and which |
//! | valid | out | clk | `record` is good and of the known version: a pulse |
//! | record | out | clk | version down to queue; holds until the next record's first bit |
//! | crc_error | out | clk | between two marks came a wrong CRC, or neither 64 bits nor none: a pulse |
//! | version_error | out | clk | a record with a good CRC is of another version: a pulse |
//!
//! Invariant: every mark ends what is before it and begins what follows; exactly one pulse answers a mark after bits that followed a mark.
//! Latency: 2 cycles from the mark that ends the record (`mode_b_latency_is_two_from_the_mark`). Throughput: a set every 2 cycles.
//! A valid /K/ after K28.5 at negative disparity is in the positive column: the byte says the exact ten bits. Any other set is an idle.

use super::control_inject::crc_bit;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{embedding, record};

#[derive(LogicBlock)]
pub struct ControlExtract {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub sync: Signal<In, Bit>,
    pub k28_5_minus: Signal<In, Bit>,
    pub control: Signal<In, Bit>,
    pub value: Signal<In, Bits<8>>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub crc_error: Signal<Out, Bit>,
    pub version_error: Signal<Out, Bit>,
    crc_net: XorNet<17, 16>,
    bit_0: Constant<Bits<8>>,
    bit_1: Constant<Bits<8>>,
    mark: Constant<Bits<8>>,
    crc_initial: Constant<Bits<16>>,
    whole: Constant<Bits<7>>,
    version: Constant<Bits<2>>,
    after_k28_5: DFF<Bit>,
    is_set: Signal<Local, Bit>,
    is_bit: DFF<Bit>,
    one: DFF<Bit>,
    is_mark: DFF<Bit>,
    open: DFF<Bit>,
    /// Bits since the mark; stops at 65.
    count: DFF<Bits<7>>,
    fields: DFF<Bits<48>>,
    crc: DFF<Bits<16>>,
    good: Signal<Local, Bit>,
    good_version: Signal<Local, Bit>,
    ended: Signal<Local, Bit>,
    is_valid: DFF<Bit>,
    is_crc_error: DFF<Bit>,
    is_version_error: DFF<Bit>,
}

impl Default for ControlExtract {
    fn default() -> Self {
        with_defaults!(Self {
            crc_net: XorNet::from_fn(crc_bit),
            bit_0: Constant::new(bits::<8>(u64::from(embedding::BIT_0))),
            bit_1: Constant::new(bits::<8>(u64::from(embedding::BIT_1))),
            mark: Constant::new(bits::<8>(u64::from(embedding::MARK))),
            crc_initial: Constant::new(bits::<16>(u64::from(record::CRC_INITIAL))),
            whole: Constant::new(bits::<7>(embedding::BITS_BETWEEN_MARKS as u64)),
            version: Constant::new(bits::<2>(u64::from(record::VERSION))),
        }
            defaults clk reset sync k28_5_minus control value valid record crc_error version_error after_k28_5 is_set is_bit one
            is_mark open count fields crc good good_version ended is_valid is_crc_error is_version_error)
    }
}

impl Logic for ControlExtract {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, after_k28_5, is_bit, one, is_mark, open, count, fields, crc);
        dff_setup!(self, clk, is_valid, is_crc_error, is_version_error);
        self.after_k28_5.d.next = self.k28_5_minus.val();
        self.is_set.next = self.after_k28_5.q.val() & self.control.val() & self.sync.val();
        self.one.d.next = self.value.val() == self.bit_1.val();
        self.is_bit.d.next = self.is_set.val() & ((self.value.val() == self.bit_0.val()) | (self.value.val() == self.bit_1.val()));
        self.is_mark.d.next = self.is_set.val() & (self.value.val() == self.mark.val());

        self.crc_net.x.next = (bit_cast::<17, 1>(self.one.q.val().into()) << 16) | bit_cast::<17, 16>(self.crc.q.val());
        if self.is_bit.q.val() {
            self.crc.d.next = self.crc_net.y.val();
            if !(self.count.q.val().get_bit(6) & self.count.q.val().get_bit(0)) {
                self.count.d.next = self.count.q.val() + 1;
            }
            // Below 48.
            if !(self.count.q.val().get_bit(6) | (self.count.q.val().get_bit(5) & self.count.q.val().get_bit(4))) {
                self.fields.d.next =
                    (bit_cast::<48, 47>(self.fields.q.val().get_bits::<47>(0)) << 1) | bit_cast::<48, 1>(self.one.q.val().into());
            }
        }
        if self.is_mark.q.val() {
            self.open.d.next = true;
            self.count.d.next = 0.into();
            self.crc.d.next = self.crc_initial.val();
        }
        if self.reset.val() | !self.sync.val() {
            self.open.d.next = false;
            self.is_bit.d.next = false;
            self.is_mark.d.next = false;
        }

        // The whole record with its CRC leaves a zero register.
        self.good.next = !self.crc.q.val().any() & (self.count.q.val() == self.whole.val());
        self.good_version.next = self.fields.q.val().get_bits::<2>(46) == self.version.val();
        self.ended.next = self.is_mark.q.val() & self.open.q.val() & self.count.q.val().any() & self.sync.val();
        self.is_valid.d.next = self.ended.val() & self.good.val() & self.good_version.val();
        self.is_version_error.d.next = self.ended.val() & self.good.val() & !self.good_version.val();
        self.is_crc_error.d.next = self.ended.val() & !self.good.val();
        self.valid.next = self.is_valid.q.val();
        self.crc_error.next = self.is_crc_error.q.val();
        self.version_error.next = self.is_version_error.q.val();
        self.record.next = self.fields.q.val();
    }
}
