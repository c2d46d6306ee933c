//! Modes C and D, transmit: a record as a round of six fields (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset begins a new round |
//! | record | in | clk | version down to queue, 48 bits; taken whole when the round's first field goes |
//! | sent | in | clk | the field shown goes now |
//! | field | out | clk | its index, 0 (cpu) to 5 (admin) |
//! | value | out | clk | its value; of field 5 seq, two zero bits and admin |
//!
//! Invariant: the six fields of a round carry one value of `record` (`a_round_is_one_record`).
//! Latency: the next field shows in the cycle after `sent`; cpu is `record`'s in the very cycle. Throughput: a field a cycle.
//! Bad input: the version is not sent; the receiver's stands for it.

use rust_hdl::prelude::*;
use spareband_spec::record;

#[derive(LogicBlock)]
pub struct FieldRound {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub sent: Signal<In, Bit>,
    pub field: Signal<Out, Bits<3>>,
    pub value: Signal<Out, Bits<8>>,
    first_place: Constant<Bits<5>>,
    /// One bit each for the fields 1 to 5; none for field 0.
    place: DFF<Bits<5>>,
    taken: DFF<Bits<48>>,
    admin: Signal<Local, Bits<8>>,
    chosen: Signal<Local, Bits<8>>,
    low: Signal<Local, Bit>,
    middle: Signal<Local, Bit>,
    high: Signal<Local, Bit>,
}

impl Default for FieldRound {
    fn default() -> Self {
        // The slices of `update`, which cannot name constants.
        assert_eq!(
            [record::ADMIN_BIT, record::SEQ_BIT, record::CPU_BIT, record::IRQ_BIT],
            [44, 40, 32, 24]
        );
        with_defaults!(Self {
            first_place: Constant::new(bits::<5>(1)),
        }
            defaults clk reset record sent field value place taken admin chosen low middle high)
    }
}

impl Logic for FieldRound {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, place, taken);
        self.admin.next =
            (bit_cast::<8, 4>(self.taken.q.val().get_bits::<4>(40)) << 4) | bit_cast::<8, 2>(self.taken.q.val().get_bits::<2>(44));
        self.chosen.next = 0.into();
        for i in 0..4 {
            if self.place.q.val().get_bit(i) {
                self.chosen.next = self.chosen.val() | self.taken.q.val().get_bits::<8>(24 - i * 8);
            }
        }
        if self.place.q.val().get_bit(4) {
            self.chosen.next = self.chosen.val() | self.admin.val();
        }
        self.value.next = self.chosen.val();
        if !self.place.q.val().any() {
            self.value.next = self.record.val().get_bits::<8>(32);
        }
        self.low.next = self.place.q.val().get_bit(0) | self.place.q.val().get_bit(2) | self.place.q.val().get_bit(4);
        self.middle.next = self.place.q.val().get_bit(1) | self.place.q.val().get_bit(2);
        self.high.next = self.place.q.val().get_bit(3) | self.place.q.val().get_bit(4);
        self.field.next = (bit_cast::<3, 1>(self.high.val().into()) << 2)
            | (bit_cast::<3, 1>(self.middle.val().into()) << 1)
            | bit_cast::<3, 1>(self.low.val().into());
        if self.sent.val() {
            self.place.d.next = self.place.q.val() << 1;
            if !self.place.q.val().any() {
                self.place.d.next = self.first_place.val();
                self.taken.d.next = self.record.val();
            }
        }
        if self.reset.val() {
            self.place.d.next = 0.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;
    use spareband_spec::embedding;

    #[test]
    fn a_round_is_one_record() {
        let mut uut = FieldRound::default();
        uut.connect_all();
        uut.sent.next = true;
        let mut record = 0x7123_4567_89AB_u64;
        uut.record.next = record.into();
        for n in 0..60 {
            uut.clk.next = false.into();
            assert!(simulate(&mut uut, 20));
            let field = n % 6;
            if field == 0 {
                record = record.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
                uut.record.next = record.into();
                assert!(simulate(&mut uut, 20));
            }
            assert_eq!(uut.field.val().to_u64(), u64::from(field));
            assert_eq!(uut.value.val().to_u64(), u64::from(embedding::field_value(record, field)));
            tick!(uut, clk);
            // Another record in the middle of the round is not seen.
            uut.record.next = (!record & 0xFFFF_FFFF_FFFF).into();
        }
    }
}
