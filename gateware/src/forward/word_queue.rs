//! Queue of whole frames in clk_core's 64-bit words, for both directions of a link whose words are 64 bit too.
//!
//! > A frame comes out whole or not at all, and its words follow each other as fast as they are taken.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core |
//! | in_valid, in_data, in_beyond, in_last | in | 1, 64, 3, 1 | words of a frame, and their bytes beyond the first, from `KeepCount`; there is no back-pressure |
//! | in_commit, in_flood | in | 1 | with `in_last`: the frame counts; it goes to other queues too |
//! | in_cause | in | 3 | with `in_last` and without `in_commit`: why not, as in `frame_cause` |
//! | out_valid, out_ready, out_data, out_keep, out_last | out, in, out.. | 1, 1, 64, 8, 1 | good frames; no gap within one |
//! | out_waits | out | 1 | a word is on offer, or will be in the next cycle; wrong at most in the cycle of a frame's last word |
//! | frame, frame_bytes | out | 1, 16 | pulse: a frame was queued; its bytes |
//! | dropped_full, flood_dropped_full | out | 1 | pulse: a good frame did not fit; one that was flooded |
//! | dropped_bad_fcs, dropped_runt, dropped_oversize, dropped_coding | out | 1 | pulse: a frame was dropped for its cause; a MAC Control frame is without one |
//! | level | out | 16 | words in the queue |
//! | limit | in | 16 | words that may be in the queue, 0: as many as fit; a frame that would make it more is dropped as one that did not fit |
//!
//! 2^A words; in by `QueueIntake`. Latency: a frame's first word at most 6 cycles after its last word came (`word_queue_keeps_whole_frames`).
//! Throughput: a word a cycle in and out, out with a cycle between frames. Reset: empties it.
//! Both sides of its `AsyncFrameFifo` run on one clock: the few flip-flops of the crossing are cheaper than a second kind of FIFO.

use super::{KeepMask, QueueIntake};
use rust_hdl::prelude::*;
use spareband_hdl::parts::AsyncFrameFifo;
use spareband_spec::regs::frame_cause;

/// A frame that does not count ended; it is told with what becomes of those that do.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Bad {
    ended: Bit,
    cause: Bits<3>,
}

#[derive(LogicBlock)]
pub struct WordQueue<const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_beyond: Signal<In, Bits<3>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_flood: Signal<In, Bit>,
    pub in_cause: Signal<In, Bits<3>>,
    pub out_valid: Signal<Out, Bit>,
    pub out_waits: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub frame: Signal<Out, Bit>,
    pub frame_bytes: Signal<Out, Bits<16>>,
    pub dropped_full: Signal<Out, Bit>,
    pub flood_dropped_full: Signal<Out, Bit>,
    pub dropped_bad_fcs: Signal<Out, Bit>,
    pub dropped_runt: Signal<Out, Bit>,
    pub dropped_oversize: Signal<Out, Bit>,
    pub dropped_coding: Signal<Out, Bit>,
    pub level: Signal<Out, Bits<16>>,
    pub limit: Signal<In, Bits<16>>,
    intake: QueueIntake,
    fifo: AsyncFrameFifo<67, A>,
    mask: KeepMask,
    arrived: DFF<Bad>,
    bad: DFF<Bad>,
    bad_fcs: Constant<Bits<3>>,
    runt: Constant<Bits<3>>,
    oversize: Constant<Bits<3>>,
    control: Constant<Bits<3>>,
    offered: Signal<Local, Bits<67>>,
}

impl<const A: usize> Default for WordQueue<A> {
    fn default() -> Self {
        with_defaults!(Self {
            bad_fcs: Constant::new(frame_cause::BAD_FCS.to_bits()),
            runt: Constant::new(frame_cause::RUNT.to_bits()),
            oversize: Constant::new(frame_cause::OVERSIZE.to_bits()),
            control: Constant::new(frame_cause::CONTROL.to_bits()),
        }
            defaults clk reset in_valid in_data in_beyond in_last in_commit in_flood in_cause out_valid out_waits out_ready out_data out_keep
            out_last frame frame_bytes dropped_full flood_dropped_full dropped_bad_fcs dropped_runt dropped_oversize dropped_coding
            level limit intake fifo mask arrived bad offered)
    }
}

impl<const A: usize> Logic for WordQueue<A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, arrived, bad);
        self.fifo.write_clk.next = self.clk.val();
        self.fifo.write_reset.next = self.reset.val();
        self.fifo.read_clk.next = self.clk.val();
        self.fifo.read_reset.next = self.reset.val();
        self.intake.clk.next = self.clk.val();
        self.intake.reset.next = self.reset.val();
        self.intake.in_valid.next = self.in_valid.val();
        self.intake.in_data.next = self.in_data.val();
        self.intake.in_beyond.next = self.in_beyond.val();
        self.intake.in_last.next = self.in_last.val();
        self.intake.in_commit.next = self.in_commit.val();
        self.intake.in_flood.next = self.in_flood.val();
        self.intake.in_select.next = true;
        self.intake.limit.next = self.limit.val();
        self.fifo.write.next = self.intake.write.val();
        self.fifo.write_data.next = self.intake.write_data.val();
        self.fifo.write_last.next = self.intake.write_last.val();
        self.fifo.write_commit.next = self.intake.write_commit.val();
        self.intake.overflow.next = self.fifo.overflow.val();
        self.intake.write_level.next = self.fifo.write_level.val();
        self.level.next = self.fifo.write_level.val();
        self.frame.next = self.intake.queued.val();
        self.frame_bytes.next = self.intake.queued_bytes.val();
        self.dropped_full.next = self.intake.dropped_full.val();
        self.flood_dropped_full.next = self.intake.flood_dropped_full.val();
        self.arrived.d.next.ended = self.in_valid.val() & self.in_last.val() & !self.in_commit.val();
        self.arrived.d.next.cause = self.in_cause.val();
        self.bad.d.next = self.arrived.q.val();
        self.dropped_bad_fcs.next = self.bad.q.val().ended & (self.bad.q.val().cause == self.bad_fcs.val());
        self.dropped_runt.next = self.bad.q.val().ended & (self.bad.q.val().cause == self.runt.val());
        self.dropped_oversize.next = self.bad.q.val().ended & (self.bad.q.val().cause == self.oversize.val());
        self.dropped_coding.next = self.bad.q.val().ended
            & (self.bad.q.val().cause != self.control.val())
            & ((self.bad.q.val().cause > self.oversize.val()) | (self.bad.q.val().cause == 0));
        // Out.
        self.offered.next = self.fifo.read_data.val();
        self.mask.beyond.next = self.offered.val().get_bits::<3>(64);
        self.out_valid.next = self.fifo.frame_available.val();
        self.out_waits.next = self.fifo.frame_available.val() | self.fifo.frame_follows.val();
        self.fifo.read.next = self.out_ready.val();
        self.out_data.next = self.offered.val().get_bits::<64>(0);
        self.out_keep.next = self.mask.keep.val();
        self.out_last.next = self.fifo.read_last.val();
        if self.reset.val() {
            self.arrived.d.next.ended = false;
            self.bad.d.next.ended = false;
        }
    }
    spareband_hdl::module_name!();
}
