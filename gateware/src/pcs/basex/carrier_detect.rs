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
    /// Sub-block to: equal to K28.5's at minus, at plus, at most one bit away at minus, at plus.
    six_table: LookupTable<6, 4>,
    four_table: LookupTable<4, 4>,
    near_minus: DFF<Bit>,
    near_plus: DFF<Bit>,
    six: Signal<Local, Bits<4>>,
    four: Signal<Local, Bits<4>>,
    same: Signal<Local, Bit>,
}

fn entry(block: u64, minus: u64, plus: u64) -> u64 {
    let (m, p) = ((block ^ minus).count_ones(), (block ^ plus).count_ones());
    u64::from(m == 0) | u64::from(p == 0) << 1 | u64::from(m <= 1) << 2 | u64::from(p <= 1) << 3
}

impl Default for CarrierDetect {
    fn default() -> Self {
        let (minus, plus) = (u64::from(K28_5_MINUS), u64::from(K28_5_PLUS));
        Self {
            clk: Default::default(),
            code_group: Default::default(),
            positive: Default::default(),
            carrier: Default::default(),
            six_table: LookupTable::new((0..64).map(|block| entry(block, minus & 63, plus & 63)).collect()),
            four_table: LookupTable::new((0..16).map(|block| entry(block, minus >> 6, plus >> 6)).collect()),
            near_minus: Default::default(),
            near_plus: Default::default(),
            six: Default::default(),
            four: Default::default(),
            same: Default::default(),
        }
    }
}

impl Logic for CarrierDetect {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, near_minus, near_plus);
        self.six_table.address.next = self.code_group.val().get_bits::<6>(0);
        self.four_table.address.next = self.code_group.val().get_bits::<4>(6);
        self.six.next = self.six_table.data.val();
        self.four.next = self.four_table.data.val();
        self.same.next =
            (self.six.val().get_bit(0) & self.four.val().get_bit(0)) | (self.six.val().get_bit(1) & self.four.val().get_bit(1));
        self.near_minus.d.next = self.same.val()
            | (self.six.val().get_bit(0) & self.four.val().get_bit(2))
            | (self.six.val().get_bit(2) & self.four.val().get_bit(0));
        self.near_plus.d.next = self.same.val()
            | (self.six.val().get_bit(1) & self.four.val().get_bit(3))
            | (self.six.val().get_bit(3) & self.four.val().get_bit(1));
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
