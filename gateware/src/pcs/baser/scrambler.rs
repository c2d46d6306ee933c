//! Self-synchronising scrambler 1 + x^39 + x^58, 10GBASE-R transmit. IEEE 802.3 49.2.6, Figure 49-8.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | payload, header | in | clk | the block; bit 0 is first on the wire |
//! | prbs31_enable | in | clk | the test pattern PRBS31 leaves instead, in all 66 bits (49.2.8) |
//! | serdes_tx_data, serdes_tx_hdr | out | clk | the payload scrambled; the header as it came |
//!
//! Invariant: the state is the last 58 bits sent, so the output register is the state, of the scrambler and of the pattern.
//! Latency: 1 cycle (`scrambler_known_answers`). Throughput: 1 block a cycle. Needs no reset: any state will do.

use super::Prbs31Next;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::baser::SCRAMBLER_TAPS;

#[derive(LogicBlock)]
pub struct BaserScrambler {
    pub clk: Signal<In, Clock>,
    pub payload: Signal<In, Bits<64>>,
    pub header: Signal<In, Bits<2>>,
    pub prbs31_enable: Signal<In, Bit>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    /// {payload, bits sent before} to the bits to send.
    network: XorNet<122, 64>,
    prbs31: Prbs31Next,
    sent: DFF<Bits<64>>,
    sent_header: DFF<Bits<2>>,
}

/// {payload, bits sent before} to the bits to send; a line's oldest bit is the lowest.
pub(super) fn scramble(input: u128) -> u128 {
    let mut line = input & ((1 << 58) - 1);
    for bit in 58..122 {
        let sum = SCRAMBLER_TAPS.iter().fold(input >> bit, |sum, tap| sum ^ line >> (bit - tap));
        line |= (sum & 1) << bit;
    }
    line >> 58
}

impl Default for BaserScrambler {
    fn default() -> Self {
        with_defaults!(Self {
            network: XorNet::from_fn(scramble),
        }
            defaults clk payload header prbs31_enable serdes_tx_data serdes_tx_hdr prbs31 sent sent_header)
    }
}

impl Logic for BaserScrambler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, sent, sent_header);
        self.network.x.next = (bit_cast::<122, 64>(self.payload.val()) << 58) | bit_cast::<122, 58>(self.sent.q.val().get_bits::<58>(6));
        self.sent.d.next = self.network.y.val();
        self.sent_header.d.next = self.header.val();
        self.prbs31.sent.next = self.sent.q.val().get_bits::<31>(33);
        if self.prbs31_enable.val() {
            self.sent.d.next = self.prbs31.line.val().get_bits::<64>(2);
            self.sent_header.d.next = self.prbs31.line.val().get_bits::<2>(0);
        }
        self.serdes_tx_data.next = self.sent.q.val();
        self.serdes_tx_hdr.next = self.sent_header.q.val();
    }
    spareband_hdl::module_name!();
}
