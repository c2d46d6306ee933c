//! The two queues to one blade: of the uplink's frames, and of the other blades' frames. One of bytes for 1000BASE-X, one of words for 10GBASE-R.
//!
//! > Neither stream waits for the other, and each has room of its own; a frame comes out whole or not at all, and while both have frames, they take turns.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | in_valid, in_data, in_beyond, in_last, in_commit, in_flood, in_select | in | 1, 64, 3, 1, 1, 1, 1 | clk | the forwarding plane's stream, and whether this blade takes the frame |
//! | cross_valid, cross_data, cross_beyond, cross_last, cross_flood, cross_select | in | 1, 64, 3, 1, 1, 1 | clk | likewise `BladeSwitch`'s stream of good frames |
//! | limit | in | 16 | clk | words that may be in each queue, 0: as many as fit; a frame that would make it more is dropped as one that did not fit |
//! | level | out | 16 | clk | words of the uplink's frames in the queue |
//! | queued, queued_bytes | out | 1, 16 | clk | pulse: a frame was queued in either queue; its bytes |
//! | dropped_full, flood_dropped_full | out | 1 | clk | pulse: a good frame did not fit, sent to this blade; flooded |
//! | tx_clk, tx_reset | in | 1 | | clk_blade_tx; the queue of words has its outputs on clk |
//! | tx_valid, tx_ready, tx_data, tx_last | out, in, out, out | 1, 1, 8, 1 | tx_clk | bytes to the MAC; of words: 64 bits and tx_keep |
//!
//! Two queues, since the plane can wait for nothing and a blade's link is slower than either stream; a frame is never cut by another. Those of bytes
//! share one memory of 2^A words (`PagedFrameFifo`): either may have 3/4 of it, and has always 1/4. Those of words have 2^A words each. Where
//! events of both come in one cycle, the second queue's are told in the next: good frames end 8 cycles apart at least in each.
//! Latency: a frame's first byte at most 7 edges of tx_clk after four cycles of clk after its last word (`first_byte_latency`); its first word as in
//! `WordQueue`. A frame of the other stream under way on the link is waited for. Throughput: a word a cycle of each stream in, whatever the lengths and
//! gaps of frames; a byte a cycle out. Bad input: as in `QueueIntake`. Reset: both at once, see `PagedFrameFifo`.

use super::{FrameMerge, QueueIntake, WordQueue};
use rust_hdl::prelude::*;
use spareband_hdl::parts::PagedFrameFifo;

/// Keep, data.
const WORD: usize = 72;

/// Events of two queues as those of one.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Events {
    queued: Bit,
    bytes: Bits<16>,
    dropped_full: Bit,
    flood_dropped_full: Bit,
}

#[derive(LogicBlock, Default)]
pub struct QueueEvents {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub a_queued: Signal<In, Bit>,
    pub a_bytes: Signal<In, Bits<16>>,
    pub a_dropped_full: Signal<In, Bit>,
    pub a_flood_dropped_full: Signal<In, Bit>,
    pub b_queued: Signal<In, Bit>,
    pub b_bytes: Signal<In, Bits<16>>,
    pub b_dropped_full: Signal<In, Bit>,
    pub b_flood_dropped_full: Signal<In, Bit>,
    pub queued: Signal<Out, Bit>,
    pub queued_bytes: Signal<Out, Bits<16>>,
    pub dropped_full: Signal<Out, Bit>,
    pub flood_dropped_full: Signal<Out, Bit>,
    /// Of the second queue, until a cycle without one of the first.
    waits: DFF<Events>,
    shown: DFF<Events>,
    any: Signal<Local, Bit>,
    b_any: Signal<Local, Bit>,
}

impl Logic for QueueEvents {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, waits, shown);
        self.any.next = self.a_queued.val() | self.a_dropped_full.val() | self.a_flood_dropped_full.val();
        self.b_any.next = self.b_queued.val() | self.b_dropped_full.val() | self.b_flood_dropped_full.val();
        self.shown.d.next.queued = self.a_queued.val();
        self.shown.d.next.bytes = self.a_bytes.val();
        self.shown.d.next.dropped_full = self.a_dropped_full.val();
        self.shown.d.next.flood_dropped_full = self.a_flood_dropped_full.val();
        if !self.any.val() {
            self.shown.d.next = self.waits.q.val();
            self.waits.d.next.queued = false;
            self.waits.d.next.dropped_full = false;
            self.waits.d.next.flood_dropped_full = false;
        }
        if self.b_any.val() {
            self.waits.d.next.queued = self.b_queued.val();
            self.waits.d.next.bytes = self.b_bytes.val();
            self.waits.d.next.dropped_full = self.b_dropped_full.val();
            self.waits.d.next.flood_dropped_full = self.b_flood_dropped_full.val();
        }
        self.queued.next = self.shown.q.val().queued;
        self.queued_bytes.next = self.shown.q.val().bytes;
        self.dropped_full.next = self.shown.q.val().dropped_full;
        self.flood_dropped_full.next = self.shown.q.val().flood_dropped_full;
        if self.reset.val() {
            self.waits.d.next.queued = false;
            self.waits.d.next.dropped_full = false;
            self.waits.d.next.flood_dropped_full = false;
            self.shown.d.next.queued = false;
            self.shown.d.next.dropped_full = false;
            self.shown.d.next.flood_dropped_full = false;
        }
    }
    spareband_hdl::module_name!();
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Serialiser {
    valid: Bit,
    data: Bits<64>,
    /// Bytes of the word after the one offered.
    left: Bits<3>,
    last: Bit,
}

#[derive(LogicBlock, Default)]
pub struct BladeQueues<const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_beyond: Signal<In, Bits<3>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_flood: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
    pub cross_valid: Signal<In, Bit>,
    pub cross_data: Signal<In, Bits<64>>,
    pub cross_beyond: Signal<In, Bits<3>>,
    pub cross_last: Signal<In, Bit>,
    pub cross_flood: Signal<In, Bit>,
    pub cross_select: Signal<In, Bit>,
    pub queued: Signal<Out, Bit>,
    pub queued_bytes: Signal<Out, Bits<16>>,
    pub dropped_full: Signal<Out, Bit>,
    pub flood_dropped_full: Signal<Out, Bit>,
    pub level: Signal<Out, Bits<16>>,
    pub limit: Signal<In, Bits<16>>,
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub tx_valid: Signal<Out, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<Out, Bits<8>>,
    pub tx_last: Signal<Out, Bit>,
    plane: QueueIntake,
    crossing: QueueIntake,
    frames: PagedFrameFifo<67, A>,
    tally: QueueEvents,
    serialiser: DFF<Serialiser>,
    spent: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    offered: Signal<Local, Bits<67>>,
}

impl<const A: usize> Logic for BladeQueues<A> {
    #[hdl_gen]
    fn update(&mut self) {
        self.serialiser.clock.next = self.tx_clk.val();
        self.serialiser.d.next = self.serialiser.q.val();
        self.plane.clk.next = self.clk.val();
        self.plane.reset.next = self.reset.val();
        self.plane.in_valid.next = self.in_valid.val();
        self.plane.in_data.next = self.in_data.val();
        self.plane.in_beyond.next = self.in_beyond.val();
        self.plane.in_last.next = self.in_last.val();
        self.plane.in_commit.next = self.in_commit.val();
        self.plane.in_flood.next = self.in_flood.val();
        self.plane.in_select.next = self.in_select.val();
        self.plane.limit.next = self.limit.val();
        self.level.next = self.frames.a_level.val();
        self.crossing.clk.next = self.clk.val();
        self.crossing.reset.next = self.reset.val();
        self.crossing.in_valid.next = self.cross_valid.val();
        self.crossing.in_data.next = self.cross_data.val();
        self.crossing.in_beyond.next = self.cross_beyond.val();
        self.crossing.in_last.next = self.cross_last.val();
        self.crossing.in_commit.next = true;
        self.crossing.in_flood.next = self.cross_flood.val();
        self.crossing.in_select.next = self.cross_select.val();
        self.crossing.limit.next = self.limit.val();
        self.frames.write_clk.next = self.clk.val();
        self.frames.write_reset.next = self.reset.val();
        self.frames.a_write.next = self.plane.write.val();
        self.frames.a_load.next = self.plane.write_load.val();
        self.frames.a_data.next = self.plane.write_data.val();
        self.frames.a_last.next = self.plane.write_last.val();
        self.frames.a_commit.next = self.plane.write_commit.val();
        self.plane.overflow.next = self.frames.a_overflow.val();
        self.plane.write_level.next = self.frames.a_level.val();
        self.frames.b_write.next = self.crossing.write.val();
        self.frames.b_data.next = self.crossing.write_data.val();
        self.frames.b_last.next = self.crossing.write_last.val();
        self.frames.b_commit.next = self.crossing.write_commit.val();
        self.crossing.overflow.next = self.frames.b_overflow.val();
        self.crossing.write_level.next = self.frames.b_level.val();
        self.frames.read_clk.next = self.tx_clk.val();
        self.frames.read_reset.next = self.tx_reset.val();
        // Out: a word is loaded as the byte before it leaves; it has come long before, since each before it has 8 bytes.
        self.offered.next = self.frames.read_data.val();
        self.spent.next = !self.serialiser.q.val().valid | (self.tx_ready.val() & (self.serialiser.q.val().left == 0));
        self.load.next = self.spent.val() & self.frames.frame_available.val();
        self.frames.read.next = self.load.val();
        if self.load.val() {
            self.serialiser.d.next.valid = true;
            self.serialiser.d.next.data = self.offered.val().get_bits::<64>(0);
            self.serialiser.d.next.left = self.offered.val().get_bits::<3>(64);
            self.serialiser.d.next.last = self.frames.read_last.val();
        } else if self.spent.val() {
            self.serialiser.d.next.valid = false;
        } else if self.tx_ready.val() {
            self.serialiser.d.next.data = self.serialiser.q.val().data >> 8;
            self.serialiser.d.next.left = self.serialiser.q.val().left - 1;
        }
        self.tx_valid.next = self.serialiser.q.val().valid;
        self.tx_data.next = self.serialiser.q.val().data.get_bits::<8>(0);
        self.tx_last.next = self.serialiser.q.val().last & (self.serialiser.q.val().left == 0);
        if self.tx_reset.val() {
            self.serialiser.d.next.valid = false;
        }
        self.tally.clk.next = self.clk.val();
        self.tally.reset.next = self.reset.val();
        self.tally.a_queued.next = self.plane.queued.val();
        self.tally.a_bytes.next = self.plane.queued_bytes.val();
        self.tally.a_dropped_full.next = self.plane.dropped_full.val();
        self.tally.a_flood_dropped_full.next = self.plane.flood_dropped_full.val();
        self.tally.b_queued.next = self.crossing.queued.val();
        self.tally.b_bytes.next = self.crossing.queued_bytes.val();
        self.tally.b_dropped_full.next = self.crossing.dropped_full.val();
        self.tally.b_flood_dropped_full.next = self.crossing.flood_dropped_full.val();
        self.queued.next = self.tally.queued.val();
        self.queued_bytes.next = self.tally.queued_bytes.val();
        self.dropped_full.next = self.tally.dropped_full.val();
        self.flood_dropped_full.next = self.tally.flood_dropped_full.val();
    }
    spareband_hdl::module_name!();
}

#[derive(LogicBlock, Default)]
pub struct WordQueues<const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_beyond: Signal<In, Bits<3>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_flood: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
    pub cross_valid: Signal<In, Bit>,
    pub cross_data: Signal<In, Bits<64>>,
    pub cross_beyond: Signal<In, Bits<3>>,
    pub cross_last: Signal<In, Bit>,
    pub cross_flood: Signal<In, Bit>,
    pub cross_select: Signal<In, Bit>,
    pub queued: Signal<Out, Bit>,
    pub queued_bytes: Signal<Out, Bits<16>>,
    pub dropped_full: Signal<Out, Bit>,
    pub flood_dropped_full: Signal<Out, Bit>,
    pub level: Signal<Out, Bits<16>>,
    pub limit: Signal<In, Bits<16>>,
    pub tx_valid: Signal<Out, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<Out, Bits<64>>,
    pub tx_keep: Signal<Out, Bits<8>>,
    pub tx_last: Signal<Out, Bit>,
    plane: WordQueue<A>,
    crossing: WordQueue<A>,
    merge: FrameMerge<WORD>,
    tally: QueueEvents,
    merged: Signal<Local, Bits<72>>,
}

impl<const A: usize> Logic for WordQueues<A> {
    #[hdl_gen]
    fn update(&mut self) {
        self.plane.clk.next = self.clk.val();
        self.plane.reset.next = self.reset.val();
        self.plane.in_valid.next = self.in_valid.val() & self.in_select.val();
        self.plane.in_data.next = self.in_data.val();
        self.plane.in_beyond.next = self.in_beyond.val();
        self.plane.in_last.next = self.in_last.val();
        self.plane.in_commit.next = self.in_commit.val();
        self.plane.in_flood.next = self.in_flood.val();
        self.plane.in_cause.next = 0.into();
        self.plane.limit.next = self.limit.val();
        self.level.next = self.plane.level.val();
        self.crossing.clk.next = self.clk.val();
        self.crossing.reset.next = self.reset.val();
        self.crossing.in_valid.next = self.cross_valid.val() & self.cross_select.val();
        self.crossing.in_data.next = self.cross_data.val();
        self.crossing.in_beyond.next = self.cross_beyond.val();
        self.crossing.in_last.next = self.cross_last.val();
        self.crossing.in_commit.next = true;
        self.crossing.in_flood.next = self.cross_flood.val();
        self.crossing.in_cause.next = 0.into();
        self.crossing.limit.next = self.limit.val();
        self.merge.clk.next = self.clk.val();
        self.merge.reset.next = self.reset.val();
        self.merge.a_valid.next = self.plane.out_valid.val();
        self.merge.a_data.next = (bit_cast::<WORD, 8>(self.plane.out_keep.val()) << 64) | bit_cast::<WORD, 64>(self.plane.out_data.val());
        self.merge.a_last.next = self.plane.out_last.val();
        self.plane.out_ready.next = self.merge.a_ready.val();
        self.merge.b_valid.next = self.crossing.out_valid.val();
        self.merge.b_data.next =
            (bit_cast::<WORD, 8>(self.crossing.out_keep.val()) << 64) | bit_cast::<WORD, 64>(self.crossing.out_data.val());
        self.merge.b_last.next = self.crossing.out_last.val();
        self.crossing.out_ready.next = self.merge.b_ready.val();
        self.merged.next = self.merge.tx_data.val();
        self.tx_valid.next = self.merge.tx_valid.val();
        self.merge.tx_ready.next = self.tx_ready.val();
        self.tx_data.next = self.merged.val().get_bits::<64>(0);
        self.tx_keep.next = self.merged.val().get_bits::<8>(64);
        self.tx_last.next = self.merge.tx_last.val();
        self.tally.clk.next = self.clk.val();
        self.tally.reset.next = self.reset.val();
        self.tally.a_queued.next = self.plane.frame.val();
        self.tally.a_bytes.next = self.plane.frame_bytes.val();
        self.tally.a_dropped_full.next = self.plane.dropped_full.val();
        self.tally.a_flood_dropped_full.next = self.plane.flood_dropped_full.val();
        self.tally.b_queued.next = self.crossing.frame.val();
        self.tally.b_bytes.next = self.crossing.frame_bytes.val();
        self.tally.b_dropped_full.next = self.crossing.dropped_full.val();
        self.tally.b_flood_dropped_full.next = self.crossing.flood_dropped_full.val();
        self.queued.next = self.tally.queued.val();
        self.queued_bytes.next = self.tally.queued_bytes.val();
        self.dropped_full.next = self.tally.dropped_full.val();
        self.flood_dropped_full.next = self.tally.flood_dropped_full.val();
    }
    spareband_hdl::module_name!();
}
