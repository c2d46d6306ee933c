//! PRBS31 test pattern 1 + x^28 + x^31, 66 bits a cycle. IEEE 802.3 49.2.8, 49.2.12.
//!
//! [`Prbs31Next`], combinational:
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | sent | in | none | the last 31 bits on the line, the newest in bit 30 |
//! | line | out | none | the next 66: the header's two in bits 1..0, then the payload |
//!
//! [`Prbs31Check`]:
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | enable | in | clk | count; low clears the count |
//! | line | in | clk | 66 received bits in the same order |
//! | error_count | out | clk | of them, those that the pattern does not give |
//!
//! The line carries the pattern inverted, as the standard has it. The generator has no state: the last bits sent are it, so that a transmitter's output register
//! serves; when they are all ones, which the pattern never holds, a one is let in. The check synchronises itself: one line error counts as three, at most 66 a cycle.
//! Latency: check 3 cycles (`the_check_counts_each_error_three_times`). Throughput: 66 bits a cycle. Needs no reset.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{LookupTable, XorNet};
use spareband_spec::baser::PRBS31_TAPS;

#[derive(LogicBlock)]
pub struct Prbs31Next {
    pub sent: Signal<In, Bits<31>>,
    pub line: Signal<Out, Bits<66>>,
    network: XorNet<31, 66>,
    pattern: Signal<Local, Bits<31>>,
    stuck: Constant<Bits<31>>,
}

/// The next 66 bits of the pattern after the last 31, not inverted.
fn next(state: u128) -> u128 {
    let mut all = state;
    for bit in 31..97 {
        let sum = PRBS31_TAPS.iter().fold(0, |sum, tap| sum ^ all >> (bit - tap));
        all |= (sum & 1) << bit;
    }
    all >> 31
}

impl Default for Prbs31Next {
    fn default() -> Self {
        with_defaults!(Self {
            network: XorNet::from_fn(next),
            stuck: Constant::new(bits((1 << 31) - 1)),
        }
            defaults sent line pattern)
    }
}

impl Logic for Prbs31Next {
    #[hdl_gen]
    fn update(&mut self) {
        self.pattern.next = !self.sent.val();
        self.network.x.next = self.pattern.val() | bit_cast::<31, 1>((self.sent.val() == self.stuck.val()).into());
        self.line.next = !self.network.y.val();
    }
    spareband_hdl::module_name!();
}

#[derive(LogicBlock)]
pub struct Prbs31Check {
    pub clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub line: Signal<In, Bits<66>>,
    pub error_count: Signal<Out, Bits<7>>,
    /// {received now, received before} to the bits that the pattern does not give; of the inverted line it is inverted.
    network: XorNet<97, 66>,
    /// Ones of four bits.
    ones: [LookupTable<4, 3>; 17],
    received: DFF<Bits<31>>,
    wrong: DFF<Bits<66>>,
    padded: Signal<Local, Bits<68>>,
    count: Signal<Local, Bits<3>>,
    sums: [Signal<Local, Bits<7>>; 2],
    half: [DFF<Bits<7>>; 2],
    total: DFF<Bits<7>>,
    none: Constant<Bits<7>>,
    no_bits: Constant<Bits<66>>,
}

/// Bits of which the line with its past is not the pattern.
fn errors(line: u128) -> u128 {
    let sum = PRBS31_TAPS.iter().fold(line >> 31, |sum, tap| sum ^ line >> (31 - tap));
    sum & ((1 << 66) - 1)
}

impl Default for Prbs31Check {
    fn default() -> Self {
        let ones = (0..16_u64).map(|value| u64::from(value.count_ones())).collect::<Vec<_>>();
        with_defaults!(Self {
            network: XorNet::from_fn(errors),
            ones: std::array::from_fn(|_| LookupTable::new(ones.clone())),
            none: Constant::new(bits(0)),
            no_bits: Constant::new(bits(0)),
        }
            defaults clk enable line error_count received wrong padded count total
            ; arrays sums half)
    }
}

impl Logic for Prbs31Check {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, received, wrong, total);
        self.received.d.next = self.line.val().get_bits::<31>(35);
        self.network.x.next = (bit_cast::<97, 66>(self.line.val()) << 31) | bit_cast::<97, 31>(self.received.q.val());
        // Three inverted bits have an inverted sum.
        self.wrong.d.next = !self.network.y.val();
        if !self.enable.val() {
            self.wrong.d.next = self.no_bits.val();
        }
        self.padded.next = bit_cast::<68, 66>(self.wrong.q.val());
        self.sums[0].next = self.none.val();
        self.sums[1].next = self.none.val();
        for i in 0..8 {
            self.ones[i].address.next = self.padded.val().get_bits::<4>(4 * i);
            self.count.next = self.ones[i].data.val();
            self.sums[0].next = self.sums[0].val() + bit_cast::<7, 3>(self.count.val());
        }
        for i in 8..17 {
            self.ones[i].address.next = self.padded.val().get_bits::<4>(4 * i);
            self.count.next = self.ones[i].data.val();
            self.sums[1].next = self.sums[1].val() + bit_cast::<7, 3>(self.count.val());
        }
        for i in 0..2 {
            self.half[i].clock.next = self.clk.val();
            self.half[i].d.next = self.sums[i].val();
        }
        self.total.d.next = self.half[0].q.val() + self.half[1].q.val();
        self.error_count.next = self.total.q.val();
    }
    spareband_hdl::module_name!();
}
