//! Check of the pseudo-random test pattern of 10GBASE-R. IEEE 802.3 49.2.12.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | enable | in | clk | count: the pattern is expected, and the receiver has block lock; low begins anew |
//! | local_fault | in | clk, constant | data pattern: the block of two Local Fault ordered sets; low: 64 zeros |
//! | payload | in | clk | descrambled, bit 0 first |
//! | error | out | clk | pulse: a block counts as an error |
//!
//! A block matches that is the data pattern or its inverse. In each window of 128 blocks one mismatch is the loading of a seed, wherever it lies, and does
//! not count; every further one does. So no seed has to be known, and an error in the block that a seed was loaded for hides.
//! A line error makes one mismatch, or two where it reaches into the next block through the descrambler.
//!
//! Invariant: errors counted in a window are its mismatches less one, or none. Latency: 3 cycles (`the_check_counts_what_the_model_counts`).
//! Throughput: 1 block a cycle. Needs no reset: `enable` low is one.

use rust_hdl::prelude::*;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct TestPatternCheck {
    pub clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub local_fault: Signal<In, Bit>,
    pub payload: Signal<In, Bits<64>>,
    pub error: Signal<Out, Bit>,
    expected: Signal<Local, Bits<64>>,
    difference: DFF<Bits<64>>,
    running: DFF<Bit>,
    /// Of the block before: eight bits each are all equal to the pattern, to its inverse.
    equal: DFF<Bits<8>>,
    inverse: DFF<Bits<8>>,
    judged: DFF<Bit>,
    equal_now: Signal<Local, Bits<8>>,
    inverse_now: Signal<Local, Bits<8>>,
    mismatch: Signal<Local, Bit>,
    /// Blocks of the window that were judged, and whether one of them did not match.
    block: DFF<Bits<7>>,
    seen: DFF<Bit>,
    seen_now: Signal<Local, Bit>,
    wrong: DFF<Bit>,
    zeros: Constant<Bits<64>>,
    local_fault_block: Constant<Bits<64>>,
    no_bits: Constant<Bits<8>>,
    all_bits: Constant<Bits<8>>,
    first_block: Constant<Bits<7>>,
}

impl Default for TestPatternCheck {
    fn default() -> Self {
        with_defaults!(Self {
            zeros: Constant::new(bits(0)),
            local_fault_block: Constant::new(bits(baser::LOCAL_FAULT_PAYLOAD)),
            no_bits: Constant::new(bits(0)),
            all_bits: Constant::new(bits(0xFF)),
            first_block: Constant::new(bits(0)),
        }
            defaults clk enable local_fault payload error expected difference running equal inverse judged equal_now inverse_now mismatch block
            seen seen_now wrong)
    }
}

impl Logic for TestPatternCheck {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, difference, running, equal, inverse, judged, block, seen, wrong);
        self.expected.next = self.zeros.val();
        if self.local_fault.val() {
            self.expected.next = self.local_fault_block.val();
        }
        self.difference.d.next = self.payload.val() ^ self.expected.val();
        self.running.d.next = self.enable.val();

        self.equal_now.next = self.no_bits.val();
        self.inverse_now.next = self.no_bits.val();
        for i in 0..8 {
            if self.difference.q.val().get_bits::<8>(8 * i) == self.no_bits.val() {
                self.equal_now.next = self.equal_now.val().replace_bit(i, true);
            }
            if self.difference.q.val().get_bits::<8>(8 * i) == self.all_bits.val() {
                self.inverse_now.next = self.inverse_now.val().replace_bit(i, true);
            }
        }
        self.equal.d.next = self.equal_now.val();
        self.inverse.d.next = self.inverse_now.val();
        self.judged.d.next = self.running.q.val();

        self.mismatch.next =
            self.judged.q.val() & (self.equal.q.val() != self.all_bits.val()) & (self.inverse.q.val() != self.all_bits.val());
        // A window has as many blocks as the count has values.
        self.seen_now.next = self.seen.q.val() & (self.block.q.val() != self.first_block.val());
        self.block.d.next = self.block.q.val() + 1;
        self.seen.d.next = self.seen_now.val() | self.mismatch.val();
        self.wrong.d.next = self.seen_now.val() & self.mismatch.val();
        if !self.judged.q.val() {
            self.block.d.next = self.first_block.val();
        }
        self.error.next = self.wrong.q.val();
    }
    spareband_hdl::module_name!();
}
