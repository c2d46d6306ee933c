//! Half a round of HalfSipHash's permutation (`spareband_spec::frame::flow_hash`).
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | state | in | 128 | v0 in bits 31..0, then v1, v2, v3; before a second half v1 and v3 change places |
//! | second_half | in | 1 | which half |
//! | turned | out | 128 | the state after it, as the next half takes it |
//!
//! No clock, no latency. Both halves are the same circuit with v1 and v3 changed about: two sums, two rotations against them, one turn by 16. So each
//! half hands them on with their places changed, and which half it is matters behind the sums only.

use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct HashHalf {
    pub state: Signal<In, Bits<128>>,
    pub second_half: Signal<In, Bit>,
    pub turned: Signal<Out, Bits<128>>,
    a0: Signal<Local, Bits<32>>,
    a1: Signal<Local, Bits<32>>,
    a2: Signal<Local, Bits<32>>,
    a3: Signal<Local, Bits<32>>,
    s0: Signal<Local, Bits<32>>,
    s2: Signal<Local, Bits<32>>,
    r1: Signal<Local, Bits<32>>,
    r3: Signal<Local, Bits<32>>,
    b0: Signal<Local, Bits<32>>,
    b2: Signal<Local, Bits<32>>,
}

impl Logic for HashHalf {
    #[hdl_gen]
    fn update(&mut self) {
        self.a0.next = self.state.val().get_bits::<32>(0);
        self.a1.next = self.state.val().get_bits::<32>(32);
        self.a2.next = self.state.val().get_bits::<32>(64);
        self.a3.next = self.state.val().get_bits::<32>(96);
        self.s0.next = self.a0.val() + self.a1.val();
        self.s2.next = self.a2.val() + self.a3.val();
        if self.second_half.val() {
            self.r1.next = (self.a1.val() << 7) | (self.a1.val() >> 25);
            self.r3.next = (self.a3.val() << 13) | (self.a3.val() >> 19);
            self.b0.next = self.s0.val();
            self.b2.next = (self.s2.val() << 16) | (self.s2.val() >> 16);
        } else {
            self.r1.next = (self.a1.val() << 5) | (self.a1.val() >> 27);
            self.r3.next = (self.a3.val() << 8) | (self.a3.val() >> 24);
            self.b0.next = (self.s0.val() << 16) | (self.s0.val() >> 16);
            self.b2.next = self.s2.val();
        }
        self.turned.next = bit_cast::<128, 32>(self.b0.val())
            | (bit_cast::<128, 32>(self.r3.val() ^ self.s2.val()) << 32)
            | (bit_cast::<128, 32>(self.b2.val()) << 64)
            | (bit_cast::<128, 32>(self.r1.val() ^ self.s0.val()) << 96);
    }
    spareband_hdl::module_name!();
}
