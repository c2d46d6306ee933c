//! The function carrier_detect of the PCS receive process. IEEE 802.3 36.2.5.1.4.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | code_group | in | clk | aligned, bit 0 = `a` |
//! | positive | in | clk | running disparity before the code-group of the cycle before (the decoder's output) |
//! | carrier | out | clk | for the code-group of the cycle before: too far from /K28.5/ for a single bit error |
//!
//! Invariant: neither form of K28.5 and no word one bit away from the expected form is carrier; everything else is. The rule holds
//! for even positions; the caller looks at no other.
//! Latency: 1 cycle (`every_word_by_the_standard`). Throughput: 1 code-group a cycle.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;
use spareband_spec::code_8b10b::{K28_5_MINUS, K28_5_PLUS};

#[derive(LogicBlock)]
pub struct CarrierDetect {
    pub clk: Signal<In, Clock>,
    pub code_group: Signal<In, Bits<10>>,
    pub positive: Signal<In, Bit>,
    pub carrier: Signal<Out, Bit>,
    /// Bits to: equal to K28.5's at minus, at plus, at most one bit away at minus, at plus. Four, four and two bits.
    first_table: LookupTable<4, 4>,
    middle_table: LookupTable<4, 4>,
    last_table: LookupTable<2, 4>,
    near_minus: DFF<Bit>,
    near_plus: DFF<Bit>,
    first: Signal<Local, Bits<4>>,
    middle: Signal<Local, Bits<4>>,
    last: Signal<Local, Bits<4>>,
    all_minus: Signal<Local, Bit>,
    all_plus: Signal<Local, Bit>,
}

fn entry(block: u64, minus: u64, plus: u64) -> u64 {
    let (m, p) = ((block ^ minus).count_ones(), (block ^ plus).count_ones());
    u64::from(m == 0) | u64::from(p == 0) << 1 | u64::from(m <= 1) << 2 | u64::from(p <= 1) << 3
}

impl Default for CarrierDetect {
    fn default() -> Self {
        let (minus, plus) = (u64::from(K28_5_MINUS), u64::from(K28_5_PLUS));
        with_defaults!(Self {
            first_table: LookupTable::new((0..16).map(|block| entry(block, minus & 15, plus & 15)).collect()),
            middle_table: LookupTable::new((0..16).map(|block| entry(block, minus >> 4 & 15, plus >> 4 & 15)).collect()),
            last_table: LookupTable::new((0..4).map(|block| entry(block, minus >> 8, plus >> 8)).collect()),
        }
            defaults clk code_group positive carrier near_minus near_plus first middle last all_minus all_plus)
    }
}

impl Logic for CarrierDetect {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, near_minus, near_plus);
        self.first_table.address.next = self.code_group.val().get_bits::<4>(0);
        self.middle_table.address.next = self.code_group.val().get_bits::<4>(4);
        self.last_table.address.next = self.code_group.val().get_bits::<2>(8);
        self.first.next = self.first_table.data.val();
        self.middle.next = self.middle_table.data.val();
        self.last.next = self.last_table.data.val();
        self.all_minus.next = self.first.val().get_bit(0) & self.middle.val().get_bit(0) & self.last.val().get_bit(0);
        self.all_plus.next = self.first.val().get_bit(1) & self.middle.val().get_bit(1) & self.last.val().get_bit(1);
        self.near_minus.d.next = self.all_plus.val()
            | (self.first.val().get_bit(2) & self.middle.val().get_bit(0) & self.last.val().get_bit(0))
            | (self.first.val().get_bit(0) & self.middle.val().get_bit(2) & self.last.val().get_bit(0))
            | (self.first.val().get_bit(0) & self.middle.val().get_bit(0) & self.last.val().get_bit(2));
        self.near_plus.d.next = self.all_minus.val()
            | (self.first.val().get_bit(3) & self.middle.val().get_bit(1) & self.last.val().get_bit(1))
            | (self.first.val().get_bit(1) & self.middle.val().get_bit(3) & self.last.val().get_bit(1))
            | (self.first.val().get_bit(1) & self.middle.val().get_bit(1) & self.last.val().get_bit(3));
        self.carrier.next = !self.near_minus.q.val();
        if self.positive.val() {
            self.carrier.next = !self.near_plus.q.val();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;

    #[test]
    fn every_word_by_the_standard() {
        let mut uut = CarrierDetect::default();
        uut.connect_all();
        for word in 0..1024u16 {
            uut.code_group.next = u64::from(word).into();
            tick!(uut, clk);
            for positive in [false, true] {
                uut.positive.next = positive;
                assert!(simulate(&mut uut, 10));
                let (minus, plus) = ((word ^ K28_5_MINUS).count_ones(), (word ^ K28_5_PLUS).count_ones());
                let expected = if positive { plus } else { minus };
                assert_eq!(
                    uut.carrier.val(),
                    (minus >= 2 && plus >= 2) || (2..=9).contains(&expected),
                    "{word:010b}"
                );
            }
        }
    }
}
