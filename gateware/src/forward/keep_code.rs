//! The bytes of a frame's word as their number instead of a mask, so that a word and its marks fit the 72 bits of two block RAMs.
//!
//! > Words are full but for a frame's last one, and the bytes of that begin at the first: `KeepMask` of `KeepCount` is `keep`.
//!
//! | core | port | dir | width | meaning |
//! |---|---|---|---|---|
//! | `KeepCount` | keep, last | in | 8, 1 | bytes that count; the frame's last word |
//! | | beyond | out | 3 | number of bytes beyond the first |
//! | `KeepMask` | beyond | in | 3 | likewise |
//! | | keep | out | 8 | bytes that count |
//!
//! Combinational: two levels of lookup tables to the number, one to the mask (`every_number_of_bytes`). Bad input: a word without bytes has one;
//! of a mask with gaps the topmost byte counts, with all below.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct KeepCount {
    pub keep: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub beyond: Signal<Out, Bits<3>>,
    by_one: Signal<Local, Bit>,
    by_two: Signal<Local, Bit>,
}

impl Logic for KeepCount {
    #[hdl_gen]
    fn update(&mut self) {
        // A byte is kept only where those before it are: a bit of the number changes where every second, fourth or eighth of them begins.
        self.by_one.next = self.keep.val().get_bit(7)
            | (self.keep.val().get_bit(5) & !self.keep.val().get_bit(6))
            | (self.keep.val().get_bit(3) & !self.keep.val().get_bit(4))
            | (self.keep.val().get_bit(1) & !self.keep.val().get_bit(2));
        self.by_two.next = self.keep.val().get_bit(6) | (self.keep.val().get_bit(2) & !self.keep.val().get_bit(4));
        self.beyond.next = bit_cast::<3, 1>((self.by_one.val() | !self.last.val()).into())
            | (bit_cast::<3, 1>((self.by_two.val() | !self.last.val()).into()) << 1)
            | (bit_cast::<3, 1>((self.keep.val().get_bit(4) | !self.last.val()).into()) << 2);
    }
    spareband_hdl::module_name!();
}

#[derive(LogicBlock, Default)]
pub struct KeepMask {
    pub beyond: Signal<In, Bits<3>>,
    pub keep: Signal<Out, Bits<8>>,
}

impl Logic for KeepMask {
    #[hdl_gen]
    fn update(&mut self) {
        self.keep.next = 0.into();
        for i in 0..8 {
            self.keep.next = self.keep.val().replace_bit(i, self.beyond.val() >= i.to_bits::<3>());
        }
    }
    spareband_hdl::module_name!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_bytes() {
        let (mut count, mut mask) = (KeepCount::default(), KeepMask::default());
        count.connect_all();
        mask.connect_all();
        for (bytes, last) in (1..=8_u64).map(|bytes| (bytes, true)).chain([(8, false)]) {
            let keep = (1 << bytes) - 1;
            count.keep.next = bits::<8>(keep);
            count.last.next = last;
            assert!(simulate(&mut count, 10));
            assert_eq!(count.beyond.val().to_u64(), bytes - 1);
            mask.beyond.next = count.beyond.val();
            assert!(simulate(&mut mask, 10));
            assert_eq!(mask.keep.val().to_u64(), keep);
        }
    }
}
