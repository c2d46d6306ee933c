//! 8b/10b encoder. IEEE 802.3 36.2.4.5 to 36.2.4.6.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset returns to negative running disparity |
//! | control, value | in | clk | Dx.y, or Kx.y if `control`; one a cycle |
//! | code_group | out | clk | bit 0 = `a`, first on the wire |
//! | positive | out | clk | running disparity before the symbol that is at the input |
//!
//! Invariant: the running disparity at the end of every code-group is +1 or -1.
//! Latency: 2 cycles (`latency_is_two`). Throughput: 1 symbol a cycle.
//! Bad input: Kx.y that is none of the twelve special code-groups gives an undefined code-group of correct disparity.
//!
//! The first stage looks both sub-blocks up without knowing the disparity, so that its loop is two gates long.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;
use spareband_spec::code_8b10b as code;

#[derive(LogicBlock)]
pub struct Encoder8b10b {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub control: Signal<In, Bit>,
    pub value: Signal<In, Bits<8>>,
    pub code_group: Signal<Out, Bits<10>>,
    pub positive: Signal<Out, Bit>,
    /// {k28, x} to {y = 7 alternates at plus, at minus, complement at plus, flips, abcdei}.
    six_table: LookupTable<6, 10>,
    /// {k28, y = 7 alternates at plus, at minus, y} to {flips, fghj at plus, fghj at minus}.
    four_table: LookupTable<6, 9>,
    k28_x: Constant<Bits<5>>,
    x: Signal<Local, Bits<5>>,
    y: Signal<Local, Bits<3>>,
    k28: Signal<Local, Bit>,
    seven_plus: Signal<Local, Bit>,
    seven_minus: Signal<Local, Bit>,
    six: DFF<Bits<6>>,
    six_flips: DFF<Bit>,
    six_alternates: DFF<Bit>,
    four_minus: DFF<Bits<4>>,
    four_plus: DFF<Bits<4>>,
    four_flips: DFF<Bit>,
    disparity: DFF<Bit>,
    middle: Signal<Local, Bit>,
    after: Signal<Local, Bit>,
    six_out: Signal<Local, Bits<6>>,
    four_out: Signal<Local, Bits<4>>,
    group: DFF<Bits<10>>,
}

fn six_entry(address: u64) -> u64 {
    let (x, k28) = ((address & 31) as u8, address >= 32 && address & 31 == 28);
    u64::from(code::six_minus(x, k28))
        | u64::from(code::six_flips(x, k28)) << 6
        | u64::from(code::six_alternates(x, k28)) << 7
        | u64::from(code::alternate_seven(false, x, false)) << 8
        | u64::from(code::alternate_seven(false, x, true)) << 9
}

fn four_entry(address: u64) -> u64 {
    let (y, k28) = ((address & 7) as u8, address & 32 != 0);
    let four = |alternates: bool, positive: bool| {
        // Any x with the wanted property stands for all: K28, an x whose D.7 alternates, an x whose D.7 does not.
        let x = match (k28, alternates, positive) {
            (true, ..) => 28,
            (_, true, true) => 11,
            (_, true, false) => 17,
            _ => 0,
        };
        u64::from(code::four(k28, code::byte(x, y), positive))
    };
    four(address & 8 != 0, false) | four(address & 16 != 0, true) << 4 | u64::from(code::four_flips(code::byte(0, y))) << 8
}

impl Default for Encoder8b10b {
    fn default() -> Self {
        with_defaults!(Self {
            six_table: LookupTable::new((0..64).map(six_entry).collect()),
            four_table: LookupTable::new((0..64).map(four_entry).collect()),
            k28_x: Constant::new(bits::<5>(28)),
        }
            defaults clk reset control value code_group positive x y k28 seven_plus seven_minus six six_flips six_alternates
            four_minus four_plus four_flips disparity middle after six_out four_out group)
    }
}

impl Logic for Encoder8b10b {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            six,
            six_flips,
            six_alternates,
            four_minus,
            four_plus,
            four_flips,
            disparity,
            group
        );
        self.x.next = self.value.val().get_bits::<5>(0);
        self.y.next = self.value.val().get_bits::<3>(5);
        self.k28.next = self.control.val() & (self.x.val() == self.k28_x.val());
        self.six_table.address.next = (bit_cast::<6, 1>(self.k28.val().into()) << 5) | bit_cast::<6, 5>(self.x.val());
        self.seven_minus.next = self.control.val() | self.six_table.data.val().get_bit(8);
        self.seven_plus.next = self.control.val() | self.six_table.data.val().get_bit(9);
        self.four_table.address.next = (bit_cast::<6, 1>(self.k28.val().into()) << 5)
            | (bit_cast::<6, 1>(self.seven_plus.val().into()) << 4)
            | (bit_cast::<6, 1>(self.seven_minus.val().into()) << 3)
            | bit_cast::<6, 3>(self.y.val());
        self.six.d.next = self.six_table.data.val().get_bits::<6>(0);
        self.six_flips.d.next = self.six_table.data.val().get_bit(6);
        self.six_alternates.d.next = self.six_table.data.val().get_bit(7);
        self.four_minus.d.next = self.four_table.data.val().get_bits::<4>(0);
        self.four_plus.d.next = self.four_table.data.val().get_bits::<4>(4);
        self.four_flips.d.next = self.four_table.data.val().get_bit(8);

        self.middle.next = self.disparity.q.val() ^ self.six_flips.q.val();
        self.six_out.next = self.six.q.val();
        if self.disparity.q.val() & self.six_alternates.q.val() {
            self.six_out.next = !self.six.q.val();
        }
        self.four_out.next = self.four_minus.q.val();
        if self.middle.val() {
            self.four_out.next = self.four_plus.q.val();
        }
        self.group.d.next = (bit_cast::<10, 4>(self.four_out.val()) << 6) | bit_cast::<10, 6>(self.six_out.val());
        self.after.next = self.middle.val() ^ self.four_flips.q.val();
        self.disparity.d.next = self.after.val();
        if self.reset.val() {
            self.disparity.d.next = false;
        }
        self.positive.next = self.after.val();
        self.code_group.next = self.group.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;

    /// Every symbol at both disparities, checked against the code itself: the state is steered by K28.5, which flips it, and D16.2,
    /// which does not.
    #[test]
    fn all_symbols_at_both_disparities() {
        let mut uut = Encoder8b10b::default();
        uut.connect_all();
        let mut expected = std::collections::VecDeque::from([None, None]);
        let (mut positive, mut checked) = (false, 0);
        let symbols: Vec<(bool, u8)> = (0..512u32)
            .map(|n| (n >= 256, n as u8))
            .filter(|s| !s.0 || code::is_special(s.1))
            .collect();
        assert_eq!(symbols.len(), 268);
        let mut seen = std::collections::HashSet::new();
        for wanted in [false, true] {
            for symbol in &symbols {
                while positive != wanted {
                    feed(&mut uut, (true, code::K28_5), &mut positive, &mut expected, &mut checked);
                }
                seen.insert((positive, *symbol));
                feed(&mut uut, *symbol, &mut positive, &mut expected, &mut checked);
            }
        }
        assert_eq!(seen.len(), 2 * 268);
        assert!(checked >= 2 * 268 - 2);
    }

    fn feed(
        uut: &mut Encoder8b10b,
        (control, value): (bool, u8),
        positive: &mut bool,
        expected: &mut std::collections::VecDeque<Option<u16>>,
        checked: &mut usize,
    ) {
        let (group, after) = code::encode(control, value, *positive).unwrap();
        uut.control.next = control;
        uut.value.next = u64::from(value).into();
        tick!(*uut, clk);
        expected.push_back(Some(group));
        expected.pop_front();
        if let Some(group) = expected[0] {
            assert_eq!(uut.code_group.val().to_u64(), u64::from(group), "{control} {value:02x}");
            *checked += 1;
        }
        *positive = after;
    }

    #[test]
    fn latency_is_two() {
        let mut uut = Encoder8b10b::default();
        uut.connect_all();
        for _ in 0..3 {
            tick!(uut, clk);
        }
        uut.control.next = true;
        uut.value.next = u64::from(code::K28_5).into();
        let is_comma = |group: u64| group == u64::from(code::K28_5_MINUS) || group == u64::from(code::K28_5_PLUS);
        let mut cycles = 0;
        while !is_comma(uut.code_group.val().to_u64()) {
            tick!(uut, clk);
            cycles += 1;
            assert!(cycles < 10);
        }
        assert_eq!(cycles, 2);
    }
}
