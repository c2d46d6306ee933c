//! 8b/10b decoder. IEEE 802.3 36.2.4.4 to 36.2.4.6.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | code_group | in | clk | aligned, bit 0 = `a` |
//! | control, value | out | clk | Dx.y, or Kx.y if `control`; undefined after a code error |
//! | code_error | out | clk | in neither column of Tables 36-1 and 36-2 |
//! | disparity_error | out | clk | in the column of the other running disparity only |
//! | positive | out | clk | running disparity before this code-group |
//!
//! Invariant: after any 12 bits of a valid stream the disparity is the transmitter's, whatever came before.
//! Latency: 1 cycle (`latency_is_one`). Throughput: 1 code-group a cycle. No reset: the stream itself sets the disparity.
//!
//! What a code-group demands of the running disparity and what it leaves behind is looked up before the register; the loop over
//! the disparity is one gate.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;
use spareband_spec::code_8b10b as code;

#[derive(LogicBlock)]
pub struct Decoder8b10b {
    pub clk: Signal<In, Clock>,
    pub code_group: Signal<In, Bits<10>>,
    pub control: Signal<Out, Bit>,
    pub value: Signal<Out, Bits<8>>,
    pub code_error: Signal<Out, Bit>,
    pub disparity_error: Signal<Out, Bit>,
    pub positive: Signal<Out, Bit>,
    /// abcdei to the bits of `six_entry`.
    six_table: LookupTable<6, 10>,
    /// x to: x of a Kx.7, D.7 alternates.
    x_table: LookupTable<5, 2>,
    /// fghj to the bits of `four_entry`.
    four_table: LookupTable<4, 11>,
    k28_minus_block: Constant<Bits<6>>,
    k28_plus_block: Constant<Bits<6>>,
    six: Signal<Local, Bits<6>>,
    six_invalid: Signal<Local, Bit>,
    six_minus: Signal<Local, Bit>,
    six_plus: Signal<Local, Bit>,
    six_to_plus: Signal<Local, Bit>,
    six_to_minus: Signal<Local, Bit>,
    k28: Signal<Local, Bit>,
    k28_plus: Signal<Local, Bit>,
    four_invalid: Signal<Local, Bit>,
    four_minus: Signal<Local, Bit>,
    four_plus: Signal<Local, Bit>,
    four_to_plus: Signal<Local, Bit>,
    four_to_minus: Signal<Local, Bit>,
    alternate_seven: Signal<Local, Bit>,
    primary_seven: Signal<Local, Bit>,
    neutral: Signal<Local, Bit>,
    special_x: Signal<Local, Bit>,
    alternates: Signal<Local, Bit>,
    special: Signal<Local, Bit>,
    must_alternate: Signal<Local, Bit>,
    seven_error: Signal<Local, Bit>,
    clash: Signal<Local, Bit>,
    y: Signal<Local, Bits<3>>,
    is_control: DFF<Bit>,
    byte: DFF<Bits<8>>,
    error: DFF<Bit>,
    needs_minus: DFF<Bit>,
    needs_plus: DFF<Bit>,
    to_plus: DFF<Bit>,
    to_minus: DFF<Bit>,
    disparity: DFF<Bit>,
}

/// x, then: invalid, needs minus, needs plus, leaves plus, leaves minus.
fn six_entry(address: u64) -> u64 {
    let block = address as u8;
    let six = code::decode_six(block);
    let to_plus = code::disparity_after_six(block, false);
    let to_minus = !code::disparity_after_six(block, true);
    u64::from(six.x)
        | u64::from(six.invalid) << 5
        | u64::from(six.needs_minus) << 6
        | u64::from(six.needs_plus) << 7
        | u64::from(to_plus) << 8
        | u64::from(to_minus) << 9
}

fn x_entry(address: u64) -> u64 {
    let x = address as u8;
    // Whether y = 7 alternates depends on the disparity after the block: 17, 18, 20 do at minus, 11, 13, 14 at plus, none at both.
    let alternates = code::alternate_seven(false, x, false) || code::alternate_seven(false, x, true);
    u64::from(code::is_special(code::byte(x, 7)) && x != 28) | u64::from(alternates) << 1
}

/// y, then: invalid, needs minus, needs plus, leaves plus, leaves minus, alternate seven, primary seven, neutral in K28.
fn four_entry(address: u64) -> u64 {
    let block = address as u8;
    let ones = block.count_ones();
    let found = (0..8u8).find(|y| {
        let value = code::byte(0, *y);
        block == code::four(false, value, false) || block == code::four(false, value, true)
    });
    let alternate = block == code::four(true, code::byte(23, 7), false) || block == code::four(true, code::byte(23, 7), true);
    let y = if alternate { Some(7) } else { found };
    let minus = code::four(false, code::byte(0, y.unwrap_or(0)), false);
    let unbalanced_or_three = ones != 2 || y == Some(3);
    let needs_minus = y.is_some() && unbalanced_or_three && (ones == 3 || block == minus);
    u64::from(y.unwrap_or(0))
        | u64::from(y.is_none()) << 3
        | u64::from(needs_minus) << 4
        | u64::from(y.is_some() && unbalanced_or_three && !needs_minus) << 5
        | u64::from(code::disparity_after_four(block, false)) << 6
        | u64::from(!code::disparity_after_four(block, true)) << 7
        | u64::from(alternate) << 8
        | u64::from(y == Some(7) && !alternate) << 9
        | u64::from(matches!(y, Some(1 | 2 | 5 | 6))) << 10
}

impl Default for Decoder8b10b {
    fn default() -> Self {
        with_defaults!(Self {
            six_table: LookupTable::new((0..64).map(six_entry).collect()),
            x_table: LookupTable::new((0..32).map(x_entry).collect()),
            four_table: LookupTable::new((0..16).map(four_entry).collect()),
            k28_minus_block: Constant::new(bits::<6>(u64::from(code::K28_5_MINUS & 63))),
            k28_plus_block: Constant::new(bits::<6>(u64::from(code::K28_5_PLUS & 63))),
        }
            defaults clk code_group control value code_error disparity_error positive six six_invalid six_minus six_plus
            six_to_plus six_to_minus k28 k28_plus four_invalid four_minus four_plus four_to_plus four_to_minus alternate_seven
            primary_seven neutral special_x alternates special must_alternate seven_error clash y is_control byte error
            needs_minus needs_plus to_plus to_minus disparity)
    }
}

impl Logic for Decoder8b10b {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            is_control,
            byte,
            error,
            needs_minus,
            needs_plus,
            to_plus,
            to_minus,
            disparity
        );
        self.six_table.address.next = self.code_group.val().get_bits::<6>(0);
        self.four_table.address.next = self.code_group.val().get_bits::<4>(6);
        self.six_invalid.next = self.six_table.data.val().get_bit(5);
        self.six_minus.next = self.six_table.data.val().get_bit(6);
        self.six_plus.next = self.six_table.data.val().get_bit(7);
        self.six_to_plus.next = self.six_table.data.val().get_bit(8);
        self.six_to_minus.next = self.six_table.data.val().get_bit(9);
        // 001111 or 110000.
        self.six.next = self.code_group.val().get_bits::<6>(0);
        self.k28.next = (self.six.val() == self.k28_minus_block.val()) | (self.six.val() == self.k28_plus_block.val());
        self.k28_plus.next = self.k28.val() & self.six.val().get_bit(0);
        self.x_table.address.next = self.six_table.data.val().get_bits::<5>(0);
        self.special_x.next = self.x_table.data.val().get_bit(0);
        self.alternates.next = self.x_table.data.val().get_bit(1);
        self.four_invalid.next = self.four_table.data.val().get_bit(3);
        self.four_minus.next = self.four_table.data.val().get_bit(4);
        self.four_plus.next = self.four_table.data.val().get_bit(5);
        self.four_to_plus.next = self.four_table.data.val().get_bit(6);
        self.four_to_minus.next = self.four_table.data.val().get_bit(7);
        self.alternate_seven.next = self.four_table.data.val().get_bit(8);
        self.primary_seven.next = self.four_table.data.val().get_bit(9);
        self.neutral.next = self.four_table.data.val().get_bit(10);
        self.y.next = self.four_table.data.val().get_bits::<3>(0);
        // K28's balanced four-bit blocks are complemented after the six-bit block of positive disparity.
        if self.k28_plus.val() & self.neutral.val() {
            self.y.next = !self.four_table.data.val().get_bits::<3>(0);
        }
        self.special.next = self.k28.val() | (self.special_x.val() & self.alternate_seven.val());
        self.is_control.d.next = self.special.val();
        self.byte.d.next = (bit_cast::<8, 3>(self.y.val()) << 5) | bit_cast::<8, 5>(self.six_table.data.val().get_bits::<5>(0));

        // D17, D18, D20 alternate at minus, D11, D13, D14 at plus: table bit `alternates` with bit 4 of x telling which.
        self.seven_error.next = false;
        if self.alternate_seven.val() & !self.special.val() {
            self.seven_error.next = true;
            if self.alternates.val() & (self.six_table.data.val().get_bit(4) == self.four_minus.val()) {
                self.seven_error.next = false;
            }
        }
        self.must_alternate.next =
            self.k28.val() | (self.alternates.val() & (self.six_table.data.val().get_bit(4) == self.four_minus.val()));
        if self.primary_seven.val() & self.must_alternate.val() {
            self.seven_error.next = true;
        }
        self.clash.next = (self.six_to_plus.val() & self.four_minus.val()) | (self.six_to_minus.val() & self.four_plus.val());
        self.error.d.next = self.six_invalid.val() | self.four_invalid.val() | self.clash.val() | self.seven_error.val();
        self.needs_minus.d.next = self.six_minus.val() | (self.four_minus.val() & !self.six_to_plus.val() & !self.six_to_minus.val());
        self.needs_plus.d.next = self.six_plus.val() | (self.four_plus.val() & !self.six_to_plus.val() & !self.six_to_minus.val());
        self.to_plus.d.next = self.four_to_plus.val() | (self.six_to_plus.val() & !self.four_to_minus.val());
        self.to_minus.d.next = self.four_to_minus.val() | (self.six_to_minus.val() & !self.four_to_plus.val());

        if self.to_plus.q.val() | self.to_minus.q.val() {
            self.disparity.d.next = self.to_plus.q.val();
        }
        self.control.next = self.is_control.q.val();
        self.value.next = self.byte.q.val();
        self.code_error.next = self.error.q.val();
        self.disparity_error.next = !self.error.q.val()
            & ((self.needs_minus.q.val() & self.disparity.q.val()) | (self.needs_plus.q.val() & !self.disparity.q.val()));
        self.positive.next = self.disparity.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;

    /// All 1024 ten-bit words at both disparities against the search through the encoder's range.
    #[test]
    fn all_words_at_both_disparities() {
        let mut uut = Decoder8b10b::default();
        uut.connect_all();
        // Two commas of one kind leave the disparity that the second of them implies.
        for positive in [false, true] {
            let steer = if positive { code::K28_5_MINUS } else { code::K28_5_PLUS };
            for word in 0..1024u16 {
                let expected = code::decode(word, positive);
                let second = code::decode(0b01_0101_0101, expected.positive);
                for group in [steer, word] {
                    uut.code_group.next = u64::from(group).into();
                    tick!(uut, clk);
                }
                let name = format!("{word:010b} at {positive}");
                assert_eq!(uut.positive.val(), positive, "{name}");
                assert_eq!(uut.code_error.val(), expected.code_error, "{name}");
                assert_eq!(uut.disparity_error.val(), expected.disparity_error, "{name}");
                if !expected.code_error {
                    assert_eq!(
                        (uut.control.val(), uut.value.val().to_u64()),
                        (expected.control, u64::from(expected.value)),
                        "{name}"
                    );
                }
                uut.code_group.next = 0b01_0101_0101.into();
                tick!(uut, clk);
                assert_eq!(uut.positive.val(), expected.positive, "{name}");
                assert!(!second.code_error);
            }
        }
    }

    #[test]
    fn latency_is_one() {
        let mut uut = Decoder8b10b::default();
        uut.connect_all();
        uut.code_group.next = u64::from(code::K28_5_MINUS).into();
        tick!(uut, clk);
        assert!(uut.control.val());
        assert_eq!(uut.value.val().to_u64(), u64::from(code::K28_5));
    }
}
