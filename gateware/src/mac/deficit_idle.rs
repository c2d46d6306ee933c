//! The gap after a frame, with a deficit idle count. IEEE 802.3 46.3.1.4.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset clears the deficit |
//! | decide | in | clk | the cycle after a frame's last word |
//! | filled, beyond | in | clk | half words that its data fill from that word on, one bit each; bytes beyond them |
//! | forget | in | clk | the gap has been longer than it had to be, by four bytes at least |
//! | start_half | out | clk | half words from the earliest possible one to the next start |
//!
//! Invariant: the deficit is three bytes at most, so that gaps have nine to fifteen bytes and twelve on average.
//! Latency: 0 cycles (part of `the_gap_is_twelve_bytes_on_average`). Throughput: 1 frame a cycle.

use rust_hdl::prelude::*;
use spareband_spec::xgmii;

// A gap of three half words and a deficit of two bits.
const _: () = assert!(xgmii::INTER_PACKET_GAP == 12 && xgmii::DEFICIT_IDLE_LIMIT == 3);

#[derive(LogicBlock)]
pub struct DeficitIdle {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub decide: Signal<In, Bit>,
    pub filled: Signal<In, Bits<3>>,
    pub beyond: Signal<In, Bits<2>>,
    pub forget: Signal<In, Bit>,
    pub start_half: Signal<Out, Bits<3>>,
    halves: Signal<Local, Bits<3>>,
    sum: Signal<Local, Bits<3>>,
    deficit: DFF<Bits<2>>,
    no_deficit: Constant<Bits<2>>,
    no_halves: Constant<Bits<3>>,
    one_half: Constant<Bits<3>>,
    two_halves: Constant<Bits<3>>,
    three_halves: Constant<Bits<3>>,
}

impl Default for DeficitIdle {
    fn default() -> Self {
        with_defaults!(Self {
            no_deficit: Constant::new(bits(0)),
            no_halves: Constant::new(bits(0)),
            one_half: Constant::new(bits(1)),
            two_halves: Constant::new(bits(2)),
            three_halves: Constant::new(bits(3)),
        }
            defaults clk reset decide filled beyond forget start_half halves sum deficit)
    }
}

impl Logic for DeficitIdle {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, deficit);
        self.halves.next = self.no_halves.val();
        if self.filled.val().get_bit(2) {
            self.halves.next = self.three_halves.val();
        } else if self.filled.val().get_bit(1) {
            self.halves.next = self.two_halves.val();
        } else if self.filled.val().get_bit(0) {
            self.halves.next = self.one_half.val();
        }
        // The gap is shortened to a half word while the deficit allows, and lengthened to the next one otherwise.
        self.sum.next = bit_cast::<3, 2>(self.deficit.q.val()) + bit_cast::<3, 2>(self.beyond.val());
        self.start_half.next = self.halves.val() + bit_cast::<3, 1>(self.sum.val().get_bits::<1>(2));
        if self.decide.val() {
            self.deficit.d.next = self.sum.val().get_bits::<2>(0);
        }
        if self.forget.val() | self.reset.val() {
            self.deficit.d.next = self.no_deficit.val();
        }
    }
    spareband_hdl::module_name!();
}
