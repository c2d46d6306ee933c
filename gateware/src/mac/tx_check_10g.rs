//! Frame check sequence of the 10G transmitter. IEEE 802.3 3.2.9.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | start | in | clk | a frame begins with the next word |
//! | taking | in | clk | a word of the frame is there |
//! | data, keep | in | clk | `keep` contiguous from bit 0; `data` zero where it is not set |
//! | full | in | clk | the word counts as eight bytes whatever `keep` says |
//! | ends, counted | in | clk | it is the last, and has so many bytes, in unary |
//! | fcs | out | clk | in the lanes, modulo four, where it belongs; until the next start |
//! | beyond | out | clk | bytes of the last word, modulo four |
//!
//! Latency: 1 cycle (part of `latency_of_the_link`). Throughput: 1 word a cycle. Needs no reset.
//!
//! The FCS of a frame that does not end with a whole word would need one network for each of eight lengths. Here the last word counts as four bytes
//! or as eight, filled up with zeros, and the cycle after takes the zero bytes (none to three) out of the register again: running a CRC backwards is as
//! linear as running it. The FCS then already stands in its lanes, since its place modulo four is the number of zero bytes.

use super::crc_nets;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::crc;

#[derive(LogicBlock)]
pub struct TxCheck10g {
    pub clk: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub taking: Signal<In, Bit>,
    pub data: Signal<In, Bits<64>>,
    pub keep: Signal<In, Bits<8>>,
    pub full: Signal<In, Bit>,
    pub ends: Signal<In, Bit>,
    pub counted: Signal<In, Bits<8>>,
    pub fcs: Signal<Out, Bits<32>>,
    pub beyond: Signal<Out, Bits<2>>,
    first_bytes: Signal<Local, Bits<32>>,
    eight: Signal<Local, Bit>,
    low_net: XorNet<32, 64>,
    high_net: XorNet<32, 32>,
    sum_low: Signal<Local, Bits<64>>,
    crc: DFF<Bits<32>>,
    /// Zero bytes that the last word was filled up with.
    zeros_now: Signal<Local, Bits<2>>,
    zeros: DFF<Bits<2>>,
    undo: XorNet<32, 128>,
    undone: Signal<Local, Bits<128>>,
    before_zeros: Signal<Local, Bits<32>>,
    crc_initial: Constant<Bits<32>>,
    zero: Constant<Bits<2>>,
    one: Constant<Bits<2>>,
    two: Constant<Bits<2>>,
    three: Constant<Bits<2>>,
}

impl Default for TxCheck10g {
    fn default() -> Self {
        with_defaults!(Self {
            low_net: crc_nets::low_or_high(),
            high_net: crc_nets::high(),
            undo: crc_nets::undo(),
            crc_initial: Constant::new(bits(crc::CRC32_INITIAL.into())),
            zero: Constant::new(bits(0)),
            one: Constant::new(bits(1)),
            two: Constant::new(bits(2)),
            three: Constant::new(bits(3)),
        }
            defaults clk start taking data keep full ends counted fcs beyond first_bytes eight sum_low crc
            zeros_now zeros undone before_zeros)
    }
}

impl Logic for TxCheck10g {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, crc, zeros);
        // The register is added to the first four bytes, so that the networks need no other input; four bytes alone are the last four of eight.
        self.first_bytes.next = self.data.val().get_bits::<32>(0) ^ self.crc.q.val();
        self.low_net.x.next = self.first_bytes.val();
        self.high_net.x.next = self.data.val().get_bits::<32>(32);
        self.sum_low.next = self.low_net.y.val();
        self.eight.next = self.full.val() | self.keep.val().get_bit(4);
        if self.taking.val() {
            self.crc.d.next = self.sum_low.val().get_bits::<32>(32);
            if self.eight.val() {
                self.crc.d.next = self.sum_low.val().get_bits::<32>(0) ^ self.high_net.y.val();
            }
        }
        if self.start.val() {
            self.crc.d.next = self.crc_initial.val();
        }

        self.zeros_now.next = self.zero.val();
        if (self.counted.val().get_bit(6) & !self.counted.val().get_bit(7))
            | (self.counted.val().get_bit(2) & !self.counted.val().get_bit(3))
        {
            self.zeros_now.next = self.one.val();
        }
        if (self.counted.val().get_bit(5) & !self.counted.val().get_bit(6))
            | (self.counted.val().get_bit(1) & !self.counted.val().get_bit(2))
        {
            self.zeros_now.next = self.two.val();
        }
        if (self.counted.val().get_bit(4) & !self.counted.val().get_bit(5))
            | (self.counted.val().get_bit(0) & !self.counted.val().get_bit(1))
        {
            self.zeros_now.next = self.three.val();
        }
        if self.ends.val() {
            self.zeros.d.next = self.zeros_now.val();
        }
        self.undo.x.next = self.crc.q.val();
        self.undone.next = self.undo.y.val();
        self.before_zeros.next = self.undone.val().get_bits::<32>(0);
        if self.zeros.q.val() == self.one.val() {
            self.before_zeros.next = self.undone.val().get_bits::<32>(32);
        }
        if self.zeros.q.val() == self.two.val() {
            self.before_zeros.next = self.undone.val().get_bits::<32>(64);
        }
        if self.zeros.q.val() == self.three.val() {
            self.before_zeros.next = self.undone.val().get_bits::<32>(96);
        }
        self.fcs.next = !self.before_zeros.val();
        self.beyond.next = self.zero.val() - self.zeros.q.val();
    }
    spareband_hdl::module_name!();
}
