//! Length of the frames of a 64-bit stream, for byte counters.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | take | in | 1 | clk | a word passes (valid, and ready where there is one) |
//! | keep | in | 8 | clk | its bytes, contiguous from bit 0 |
//! | last | in | 1 | clk | it ends the frame |
//! | frame | out | 1 | clk | one cycle: a frame ended |
//! | length | out | 14 | clk | with `frame`: its bytes; otherwise 0, so that it may be added every cycle |
//!
//! Latency: 2 cycles (`latency_is_two`). Throughput: a word a cycle.
//! Bad input: frames of 16384 bytes or more count modulo that.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Meter {
    word_bytes: Bits<4>,
    word_taken: bool,
    word_last: bool,
    sum: Bits<14>,
    frame: bool,
    length: Bits<14>,
}

#[derive(LogicBlock, Default)]
pub struct FrameMeter {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub keep: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub frame: Signal<Out, Bit>,
    pub length: Signal<Out, Bits<14>>,
    meter: ResetReg<Meter>,
    bytes: Signal<Local, Bits<4>>,
    total: Signal<Local, Bits<14>>,
}

impl Logic for FrameMeter {
    #[hdl_gen]
    fn update(&mut self) {
        self.meter.clk.next = self.clk.val();
        self.meter.reset.next = self.reset.val();
        self.meter.d.next = self.meter.q.val();

        self.bytes.next = 0.into();
        for i in 0..8 {
            if self.keep.val().get_bit(i) {
                self.bytes.next = (i + 1).to_bits::<4>();
            }
        }
        self.meter.d.next.word_bytes = self.bytes.val();
        self.meter.d.next.word_taken = self.take.val();
        self.meter.d.next.word_last = self.last.val();

        self.total.next = self.meter.q.val().sum + bit_cast::<14, 4>(self.meter.q.val().word_bytes);
        self.meter.d.next.frame = false;
        self.meter.d.next.length = 0.into();
        if self.meter.q.val().word_taken {
            self.meter.d.next.sum = self.total.val();
            if self.meter.q.val().word_last {
                self.meter.d.next.sum = 0.into();
                self.meter.d.next.frame = true;
                self.meter.d.next.length = self.total.val();
            }
        }

        self.frame.next = self.meter.q.val().frame;
        self.length.next = self.meter.q.val().length;
    }

    spareband_hdl::module_name!();
}
