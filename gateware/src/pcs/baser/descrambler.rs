//! Descrambler 1 + x^39 + x^58, 10GBASE-R receive. IEEE 802.3 49.2.10, Figure 49-10.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | serdes_rx_data | in | clk | as received; bit 0 is first on the wire |
//! | payload | out | clk | descrambled |
//!
//! Invariant: a payload bit depends on three received bits, so a line error makes at most three.
//! Latency: 0 cycles, one gate (`scrambler_and_descrambler_equal_the_model`): the decoder, which follows, holds the register. Throughput: 1 block a cycle.
//! Right from the second block on, whatever came before; needs no reset.

use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::baser::SCRAMBLER_TAPS;

#[derive(LogicBlock)]
pub struct BaserDescrambler {
    pub clk: Signal<In, Clock>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub payload: Signal<Out, Bits<64>>,
    /// {bits received, bits received before} to the payload.
    network: XorNet<122, 64>,
    received: DFF<Bits<58>>,
}

/// {bits received, bits received before} to the payload.
pub(super) fn descramble(line: u128) -> u128 {
    let payload = SCRAMBLER_TAPS.iter().fold(line >> 58, |sum, tap| sum ^ line >> (58 - tap));
    payload & u128::from(u64::MAX)
}

impl Default for BaserDescrambler {
    fn default() -> Self {
        with_defaults!(Self {
            network: XorNet::from_fn(descramble),
        }
            defaults clk serdes_rx_data payload received)
    }
}

impl Logic for BaserDescrambler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, received);
        self.network.x.next = (bit_cast::<122, 64>(self.serdes_rx_data.val()) << 58) | bit_cast::<122, 58>(self.received.q.val());
        self.received.d.next = self.serdes_rx_data.val().get_bits::<58>(6);
        self.payload.next = self.network.y.val();
    }
    spareband_hdl::module_name!();
}
