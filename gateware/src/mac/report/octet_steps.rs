//! Adds the bytes of frames up in steps that a bank of counters takes: 14 bits at once.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk | in | 1 | | rising edge |
//! | octets | in | 16 | clk | bytes of a frame that ended; 0 for none |
//! | step | out | 14 | clk | what to add in this cycle |
//!
//! Latency: 0 cycles; of 8192 bytes and more, the multiples of 8192 follow one a cycle (`every_counter_equals_the_model`).
//! Throughput: a frame a cycle. Bad input: so long frames nearer to each other than they can be lose bytes.

use rust_hdl::prelude::*;
use spareband_spec::statistics;

#[derive(LogicBlock)]
pub struct OctetSteps {
    pub clk: Signal<In, Clock>,
    pub octets: Signal<In, Bits<16>>,
    pub step: Signal<Out, Bits<14>>,
    /// Multiples of 8192 that are still to be added.
    owed: DFF<Bits<4>>,
    owes: Signal<Local, Bit>,
    none: Constant<Bits<4>>,
}

const _: () = assert!(statistics::STEP_LOG2 == 13 && statistics::OCTET_BITS == 14);

impl Default for OctetSteps {
    fn default() -> Self {
        with_defaults!(Self { none: Constant::new(bits(0)), } defaults clk octets step owed owes)
    }
}

impl Logic for OctetSteps {
    #[hdl_gen]
    fn update(&mut self) {
        self.owed.clock.next = self.clk.val();
        self.owes.next = self.owed.q.val() != self.none.val();
        self.step.next = (bit_cast::<14, 1>(self.owes.val().into()) << 13) | bit_cast::<14, 13>(self.octets.val().get_bits::<13>(0));
        self.owed.d.next =
            (self.owed.q.val() - bit_cast::<4, 1>(self.owes.val().into())) + bit_cast::<4, 3>(self.octets.val().get_bits::<3>(13));
    }
    spareband_hdl::module_name!();
}
