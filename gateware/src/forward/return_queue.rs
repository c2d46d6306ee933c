//! Queue from one blade: good frames from the bytes of the blade's recovered clock to clk_core's 64-bit words.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | rx_clk, rx_reset | in | 1 | | clk_blade_rx |
//! | rx_valid, rx_data, rx_last, rx_error, rx_cause | in | 1, 8, 1, 1, 3 | rx_clk | frames from the MAC, without FCS; never held up |
//! | clk, reset | in | 1 | | clk_core |
//! | out_valid, out_ready, out_data, out_keep, out_last | out, in, out.. | 1, 1, 64, 8, 1 | clk | whole good frames; no gap within one |
//! | out_waits | out | 1 | clk | a word is on offer, or will be in the next cycle; wrong at most in the cycle of a frame's last word |
//! | frames, frame_bytes | out | 1, 16 | clk | pulse, a cycle after its last word was taken: a good frame was passed on; its bytes |
//! | dropped_bad_fcs, dropped_runt, dropped_oversize, dropped_coding, dropped_full | out | 1 | clk | pulse: a frame was dropped; a MAC Control frame is without one |
//! | level | out | 16 | rx_clk | words in the queue |
//!
//! 2^A words of 64 bits. Latency: a frame's first word at most 8 edges of clk after its last byte. Throughput: a byte a cycle in, a word a
//! cycle out with a cycle between frames. Events cross by `CdcPulse`: frames are at least 4 cycles of the slower clock apart, which their preambles see to.
//! Reset: both at once, see `AsyncFrameFifo`.

use super::KeepMask;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{AsyncFrameFifo, CdcPulse};
use spareband_spec::regs::frame_cause;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Assembly {
    /// Place of the next byte.
    place: Bits<3>,
    /// A word is complete: bytes beyond its first, whether it ends a frame, and how the frame is.
    valid: Bit,
    beyond: Bits<3>,
    last: Bit,
    good: Bit,
    bad_fcs: Bit,
    runt: Bit,
    oversize: Bit,
    coding: Bit,
    /// What the FIFO's `overflow` is about.
    was_good: Bit,
}

/// Bytes of the word, each with an enable of its own.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Octets {
    at_0: Bits<8>,
    at_1: Bits<8>,
    at_2: Bits<8>,
    at_3: Bits<8>,
    at_4: Bits<8>,
    at_5: Bits<8>,
    at_6: Bits<8>,
    at_7: Bits<8>,
}

/// Full words of the frame that were passed on, in two parts.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Words {
    low: Bits<6>,
    high: Bits<7>,
    /// The next full word moves the upper part.
    low_full: Bit,
}

/// A frame that was passed on, for the counters.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Count {
    frame: Bit,
    bytes: Bits<16>,
}

#[derive(LogicBlock)]
pub struct ReturnQueue<const A: usize> {
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_error: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub level: Signal<Out, Bits<16>>,
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_waits: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub frames: Signal<Out, Bit>,
    pub frame_bytes: Signal<Out, Bits<16>>,
    pub dropped_bad_fcs: Signal<Out, Bit>,
    pub dropped_runt: Signal<Out, Bit>,
    pub dropped_oversize: Signal<Out, Bit>,
    pub dropped_coding: Signal<Out, Bit>,
    pub dropped_full: Signal<Out, Bit>,
    fifo: AsyncFrameFifo<67, A>,
    mask: KeepMask,
    assembly: DFF<Assembly>,
    octets: DFF<Octets>,
    words: DFF<Words>,
    count: DFF<Count>,
    bad_fcs_crossing: CdcPulse,
    runt_crossing: CdcPulse,
    oversize_crossing: CdcPulse,
    coding_crossing: CdcPulse,
    full_crossing: CdcPulse,
    bad_fcs: Constant<Bits<3>>,
    runt: Constant<Bits<3>>,
    oversize: Constant<Bits<3>>,
    control: Constant<Bits<3>>,
    ends: Signal<Local, Bit>,
    fails: Signal<Local, Bit>,
    offered: Signal<Local, Bits<67>>,
    passed: Signal<Local, Bit>,
    beyond: Signal<Local, Bits<3>>,
    rest: Signal<Local, Bits<3>>,
    more: Signal<Local, Bits<6>>,
    low: Signal<Local, Bits<6>>,
    high: Signal<Local, Bits<7>>,
}

impl<const A: usize> Default for ReturnQueue<A> {
    fn default() -> Self {
        with_defaults!(Self {
            bad_fcs: Constant::new(frame_cause::BAD_FCS.to_bits()),
            runt: Constant::new(frame_cause::RUNT.to_bits()),
            oversize: Constant::new(frame_cause::OVERSIZE.to_bits()),
            control: Constant::new(frame_cause::CONTROL.to_bits()),
        }
            defaults rx_clk rx_reset rx_valid rx_data rx_last rx_error rx_cause level clk reset out_valid out_waits out_ready out_data out_keep
            out_last frames frame_bytes dropped_bad_fcs dropped_runt dropped_oversize dropped_coding dropped_full fifo mask assembly octets
            words count bad_fcs_crossing runt_crossing oversize_crossing coding_crossing full_crossing ends fails offered
            passed beyond rest more low high)
    }
}

impl<const A: usize> Logic for ReturnQueue<A> {
    #[hdl_gen]
    fn update(&mut self) {
        self.assembly.clock.next = self.rx_clk.val();
        self.assembly.d.next = self.assembly.q.val();
        self.octets.clock.next = self.rx_clk.val();
        self.octets.d.next = self.octets.q.val();
        self.words.clock.next = self.clk.val();
        self.words.d.next = self.words.q.val();
        self.count.clock.next = self.clk.val();
        self.fifo.write_clk.next = self.rx_clk.val();
        self.fifo.write_reset.next = self.rx_reset.val();
        self.fifo.read_clk.next = self.clk.val();
        self.fifo.read_reset.next = self.reset.val();
        self.level.next = self.fifo.write_level.val();
        // In: bytes enter a word at their place.
        self.ends.next = self.rx_valid.val() & self.rx_last.val();
        self.fails.next = self.ends.val() & self.rx_error.val();
        self.assembly.d.next.valid = self.rx_valid.val() & (self.rx_last.val() | (self.assembly.q.val().place == 7));
        self.assembly.d.next.last = self.rx_last.val();
        self.assembly.d.next.good = self.ends.val() & !self.rx_error.val();
        self.assembly.d.next.bad_fcs = self.fails.val() & (self.rx_cause.val() == self.bad_fcs.val());
        self.assembly.d.next.runt = self.fails.val() & (self.rx_cause.val() == self.runt.val());
        self.assembly.d.next.oversize = self.fails.val() & (self.rx_cause.val() == self.oversize.val());
        self.assembly.d.next.coding = self.fails.val()
            & (self.rx_cause.val() != self.control.val())
            & ((self.rx_cause.val() > self.oversize.val()) | (self.rx_cause.val() == 0));
        self.assembly.d.next.was_good = self.assembly.q.val().good;
        if self.rx_valid.val() {
            if self.assembly.q.val().place == 0 {
                self.octets.d.next.at_0 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 1 {
                self.octets.d.next.at_1 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 2 {
                self.octets.d.next.at_2 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 3 {
                self.octets.d.next.at_3 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 4 {
                self.octets.d.next.at_4 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 5 {
                self.octets.d.next.at_5 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 6 {
                self.octets.d.next.at_6 = self.rx_data.val();
            }
            if self.assembly.q.val().place == 7 {
                self.octets.d.next.at_7 = self.rx_data.val();
            }
            self.assembly.d.next.beyond = self.assembly.q.val().place;
            self.assembly.d.next.place = self.assembly.q.val().place + 1;
            if self.rx_last.val() {
                self.assembly.d.next.place = 0.into();
            }
        }
        self.fifo.write.next = self.assembly.q.val().valid;
        self.fifo.write_data.next = (bit_cast::<67, 3>(self.assembly.q.val().beyond) << 64)
            | (bit_cast::<67, 8>(self.octets.q.val().at_7) << 56)
            | (bit_cast::<67, 8>(self.octets.q.val().at_6) << 48)
            | (bit_cast::<67, 8>(self.octets.q.val().at_5) << 40)
            | (bit_cast::<67, 8>(self.octets.q.val().at_4) << 32)
            | (bit_cast::<67, 8>(self.octets.q.val().at_3) << 24)
            | (bit_cast::<67, 8>(self.octets.q.val().at_2) << 16)
            | (bit_cast::<67, 8>(self.octets.q.val().at_1) << 8)
            | bit_cast::<67, 8>(self.octets.q.val().at_0);
        self.fifo.write_last.next = self.assembly.q.val().last;
        self.fifo.write_commit.next = self.assembly.q.val().good;
        self.bad_fcs_crossing.in_clk.next = self.rx_clk.val();
        self.runt_crossing.in_clk.next = self.rx_clk.val();
        self.oversize_crossing.in_clk.next = self.rx_clk.val();
        self.coding_crossing.in_clk.next = self.rx_clk.val();
        self.full_crossing.in_clk.next = self.rx_clk.val();
        self.bad_fcs_crossing.out_clk.next = self.clk.val();
        self.runt_crossing.out_clk.next = self.clk.val();
        self.oversize_crossing.out_clk.next = self.clk.val();
        self.coding_crossing.out_clk.next = self.clk.val();
        self.full_crossing.out_clk.next = self.clk.val();
        self.bad_fcs_crossing.pulse_in.next = self.assembly.q.val().bad_fcs;
        self.runt_crossing.pulse_in.next = self.assembly.q.val().runt;
        self.oversize_crossing.pulse_in.next = self.assembly.q.val().oversize;
        self.coding_crossing.pulse_in.next = self.assembly.q.val().coding;
        self.full_crossing.pulse_in.next = self.fifo.overflow.val() & self.assembly.q.val().was_good;
        self.dropped_bad_fcs.next = self.bad_fcs_crossing.pulse_out.val();
        self.dropped_runt.next = self.runt_crossing.pulse_out.val();
        self.dropped_oversize.next = self.oversize_crossing.pulse_out.val();
        self.dropped_coding.next = self.coding_crossing.pulse_out.val();
        self.dropped_full.next = self.full_crossing.pulse_out.val();
        if self.rx_reset.val() {
            self.assembly.d.next.place = 0.into();
            self.assembly.d.next.valid = false;
        }
        // Out.
        self.offered.next = self.fifo.read_data.val();
        self.mask.beyond.next = self.offered.val().get_bits::<3>(64);
        self.out_valid.next = self.fifo.frame_available.val();
        self.out_waits.next = self.fifo.frame_available.val() | self.fifo.frame_follows.val();
        self.out_data.next = self.offered.val().get_bits::<64>(0);
        self.out_keep.next = self.mask.keep.val();
        self.out_last.next = self.fifo.read_last.val();
        self.fifo.read.next = self.out_ready.val();
        self.passed.next = self.fifo.frame_available.val() & self.out_ready.val();
        // A full last word counts for one too: its bytes are none beyond the words.
        self.beyond.next = self.offered.val().get_bits::<3>(64);
        self.rest.next = self.beyond.val() + 1;
        self.more.next = bit_cast::<6, 1>(self.beyond.val().all().into());
        self.low.next = self.words.q.val().low + self.more.val();
        self.high.next = self.words.q.val().high;
        if self.beyond.val().all() & self.words.q.val().low_full {
            self.high.next = self.words.q.val().high + 1;
        }
        self.count.d.next.frame = self.passed.val() & self.fifo.read_last.val();
        self.count.d.next.bytes =
            (bit_cast::<16, 7>(self.high.val()) << 9) | (bit_cast::<16, 6>(self.low.val()) << 3) | bit_cast::<16, 3>(self.rest.val());
        self.frames.next = self.count.q.val().frame;
        self.frame_bytes.next = self.count.q.val().bytes;
        if self.passed.val() {
            self.words.d.next.low = self.low.val();
            self.words.d.next.high = self.high.val();
            self.words.d.next.low_full = self.low.val().all();
            if self.fifo.read_last.val() {
                self.words.d.next.low = 0.into();
                self.words.d.next.high = 0.into();
                self.words.d.next.low_full = false;
            }
        }
        if self.reset.val() {
            self.count.d.next.frame = false;
            self.words.d.next.low = 0.into();
            self.words.d.next.high = 0.into();
            self.words.d.next.low_full = false;
        }
    }
    spareband_hdl::module_name!();
}
