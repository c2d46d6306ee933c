//! Test patterns of 10GBASE-R beside PRBS31: pseudo-random and square wave. IEEE 802.3 49.2.8.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | enable | in | clk | make the pseudo-random pattern; low: its next block is the first of its sequence |
//! | local_fault | in | clk, constant | data pattern: the block of two Local Fault ordered sets; low: 64 zeros |
//! | seed_a, seed_b | in | clk, constant | bit i goes to S(i) of the scrambler's Figure 49-8: bit 0 is the bit sent last |
//! | valid, data, header | out | clk | the pseudo-random pattern's block, bit 0 first |
//! | square_data, square_header | out | none | the square wave's block, bit 0 first, header before data: 11 ones and 11 zeros in turn |
//!
//! Pseudo-random: the scrambler, fed with the data pattern, is loaded every 128 blocks with seed A, its inverse, seed B, its inverse, and so on; with an inverse
//! the data pattern is inverse too, so that those 128 blocks are those of the seed, inverted. The header is that of a control block. With one seed in
//! both places the sequences of 52.9.1.1 leave.
//! Square wave: the standard allows 4 to 11 bits a level; with 11 a block holds three whole periods and is always the same.
//!
//! Invariant: the blocks 2k and 2k + 1 of 128 are inverse of each other. Latency: the first block is there 1 cycle after `enable`
//! (`the_pseudo_random_pattern_is_the_standards`). Throughput: 1 block a cycle. Needs no reset: `enable` low is one.

use super::scrambler::scramble;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct TestPatternGenerate {
    pub clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub local_fault: Signal<In, Bit>,
    pub seed_a: Signal<In, Bits<58>>,
    pub seed_b: Signal<In, Bits<58>>,
    pub valid: Signal<Out, Bit>,
    pub data: Signal<Out, Bits<64>>,
    pub header: Signal<Out, Bits<2>>,
    pub square_data: Signal<Out, Bits<64>>,
    pub square_header: Signal<Out, Bits<2>>,
    /// {data pattern, bits sent before} to the bits to send, none of them inverted.
    network: XorNet<122, 64>,
    /// S(0) is the bit sent last, bit 0 of a block the one sent first.
    reverse: XorNet<58, 58>,
    sent: DFF<Bits<64>>,
    inverted: DFF<Bit>,
    running: DFF<Bit>,
    /// {half of the sequence, inverse, block of the 128} of the next block.
    place: DFF<Bits<9>>,
    first: Signal<Local, Bit>,
    seed: Signal<Local, Bits<58>>,
    sent_before: Signal<Local, Bits<58>>,
    pattern: Signal<Local, Bits<64>>,
    first_block: Constant<Bits<7>>,
    first_place: Constant<Bits<9>>,
    zeros: Constant<Bits<64>>,
    local_fault_block: Constant<Bits<64>>,
    control: Constant<Bits<2>>,
    square_wave_data: Constant<Bits<64>>,
    square_wave_header: Constant<Bits<2>>,
}

impl Default for TestPatternGenerate {
    fn default() -> Self {
        with_defaults!(Self {
            network: XorNet::from_fn(scramble),
            reverse: XorNet::from_fn(|seed| u128::from((seed as u64).reverse_bits() >> 6)),
            first_block: Constant::new(bits(0)),
            first_place: Constant::new(bits(0)),
            zeros: Constant::new(bits(0)),
            local_fault_block: Constant::new(bits(baser::LOCAL_FAULT_PAYLOAD)),
            control: Constant::new(bits(baser::HEADER_CONTROL.into())),
            square_wave_data: Constant::new(bits((baser::SQUARE_WAVE >> 2) as u64)),
            square_wave_header: Constant::new(bits((baser::SQUARE_WAVE & 3) as u64)),
        }
            defaults clk enable local_fault seed_a seed_b valid data header square_data square_header sent inverted running place first seed sent_before pattern)
    }
}

impl Logic for TestPatternGenerate {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, sent, inverted, running, place);
        self.first.next = self.place.q.val().get_bits::<7>(0) == self.first_block.val();
        self.seed.next = self.seed_a.val();
        if self.place.q.val().get_bit(8) {
            self.seed.next = self.seed_b.val();
        }
        self.reverse.x.next = self.seed.val();
        self.sent_before.next = self.sent.q.val().get_bits::<58>(6);
        if self.first.val() {
            self.sent_before.next = self.reverse.y.val();
        }
        self.pattern.next = self.zeros.val();
        if self.local_fault.val() {
            self.pattern.next = self.local_fault_block.val();
        }
        self.network.x.next = (bit_cast::<122, 64>(self.pattern.val()) << 58) | bit_cast::<122, 58>(self.sent_before.val());
        self.sent.d.next = self.network.y.val();
        self.inverted.d.next = self.place.q.val().get_bit(7);
        self.place.d.next = self.place.q.val() + 1;
        if !self.enable.val() {
            self.place.d.next = self.first_place.val();
        }
        self.running.d.next = self.enable.val();
        self.valid.next = self.running.q.val();
        self.data.next = self.sent.q.val();
        if self.inverted.q.val() {
            self.data.next = !self.sent.q.val();
        }
        self.header.next = self.control.val();
        self.square_data.next = self.square_wave_data.val();
        self.square_header.next = self.square_wave_header.val();
    }
    spareband_hdl::module_name!();
}
