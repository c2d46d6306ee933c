//! The responder's sum: that of a neighbour solicitation is proven with it, that of an advertisement made, those of an echo updated.
//! RFC 1071; RFC 1624 equation 3; RFC 8200 8.1 (pseudo-header).
//!
//! > Of the same words in any order, the sum is the same.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | clear | in | 1 | the sum begins anew; goes before `add` |
//! | add, invert, value | in | 1, 1, 16 | adds the word or its complement; first byte in the low bits |
//! | complement | out | 16 | that of the sum, first byte in the low bits |
//! | solicitation_good | out | 1 | all words of a solicitation and of its pseudo-header but the next header have a right sum |
//!
//! Latency: 3 cycles from the last word to `complement`, 4 to `solicitation_good`. Throughput: a word a cycle. All words have their first byte in
//! the low bits: the sum does not depend on the order of the bytes (RFC 1071 2 B). No reset.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sum {
    word: Bits<16>,
    /// To be added, as the sum is one's complement.
    carry: Bit,
}

#[derive(LogicBlock)]
pub struct ReplyChecksum {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub add: Signal<In, Bit>,
    pub invert: Signal<In, Bit>,
    pub value: Signal<In, Bits<16>>,
    pub complement: Signal<Out, Bits<16>>,
    pub solicitation_good: Signal<Out, Bit>,
    sum: DFF<Sum>,
    good: DFF<Bit>,
    /// All ones without the next header, 58.
    wanted: Constant<Bits<16>>,
    one: Constant<Bits<18>>,
    word: Signal<Local, Bits<16>>,
    added: Signal<Local, Bits<16>>,
    sum_and_carry: Signal<Local, Bits<18>>,
    added_and_one: Signal<Local, Bits<18>>,
    total: Signal<Local, Bits<18>>,
}

impl Default for ReplyChecksum {
    fn default() -> Self {
        with_defaults!(Self {
            wanted: Constant::new((0xFFFF_u16 - 58_u16.swap_bytes()).to_bits()),
            one: Constant::new(bits::<18>(1)),
        }
            defaults clk clear add invert value complement solicitation_good sum good word added sum_and_carry added_and_one total)
    }
}

impl Logic for ReplyChecksum {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, sum, good);
        self.word.next = self.value.val();
        if self.invert.val() {
            self.word.next = !self.value.val();
        }
        self.added.next = 0.into();
        if self.add.val() {
            self.added.next = self.word.val();
        }
        // The carry beside a one brings itself into the sum.
        self.sum_and_carry.next = (bit_cast::<18, 16>(self.sum.q.val().word) << 1) | bit_cast::<18, 1>(self.sum.q.val().carry.into());
        self.added_and_one.next = (bit_cast::<18, 16>(self.added.val()) << 1) | self.one.val();
        self.total.next = self.sum_and_carry.val() + self.added_and_one.val();
        self.sum.d.next.word = self.total.val().get_bits::<16>(1);
        self.sum.d.next.carry = self.total.val().get_bit(17);
        if self.clear.val() {
            self.sum.d.next.word = 0.into();
            self.sum.d.next.carry = false;
        }
        self.good.d.next = self.sum.q.val().word == self.wanted.val();
        self.solicitation_good.next = self.good.q.val();
        self.complement.next = !self.sum.q.val().word;
    }
    spareband_hdl::module_name!();
}
