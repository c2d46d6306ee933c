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
}

impl Logic for KeepCount {
    #[hdl_gen]
    fn update(&mut self) {
        self.beyond.next = 0.into();
        for i in 1..8 {
            if self.keep.val().get_bit(i) | !self.last.val() {
                self.beyond.next = i.to_bits::<3>();
            }
        }
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
