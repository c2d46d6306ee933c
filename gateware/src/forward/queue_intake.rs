//! Where a stream's words enter the memory of a queue: which frames are for it, the limit, and what became of each.
//!
//! > Each good frame of the stream that is for this queue is told once, as queued or as dropped.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core |
//! | in_valid, in_data, in_beyond, in_last, in_commit, in_flood | in | 1, 64, 3, 1, 1, 1 | a stream of frames, a word a cycle at most; its bytes beyond the first, from `KeepCount` |
//! | in_select | in | 1 | the frame is for this queue |
//! | limit | in | 16 | words that may be in the queue, 0: as many as fit; a frame that would make it more is dropped as one that did not fit |
//! | write, write_data, write_last, write_commit | out | 1, 67, 1, 1 | to the frame FIFO: the number of bytes beyond the first, and the bytes |
//! | write_load | out | 1 | set where `write` is, and maybe elsewhere |
//! | overflow, write_level | in | 1, 16 | from it |
//! | queued, queued_bytes | out | 1, 16 | pulse: a frame was queued; its bytes |
//! | dropped_full, flood_dropped_full | out | 1 | pulse: a good frame did not fit, sent to this blade; flooded |
//!
//! Latency: 1 cycle to the memory, 2 to the events. Throughput: a word a cycle. Reset: the rest of a frame counts for a frame. `limit` counts as
//! `write_level` does, a word that was read some cycles ago included; a frame that ends within three cycles behind one that was dropped is measured
//! with that one.

use rust_hdl::prelude::*;

/// A word of the stream: its source feeds the queues of all blades.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Arrived {
    writes: Bit,
    /// The same where a word came, anything else where none did: the word's bits hang on it.
    loads: Bit,
    data: Bits<64>,
    /// Bytes of the word beyond its first, and whether it counts for a full one.
    beyond: Bits<3>,
    adds: Bit,
    last: Bit,
    commit: Bit,
    flood: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Account {
    /// Full words of the frame, in two parts; after it until `ended` is over.
    low: Bits<6>,
    high: Bits<7>,
    /// The next full word moves the upper part.
    low_full: Bit,
    ended: Bit,
    kept: Bit,
    flood: Bit,
    /// Bytes of the last word beyond its first.
    beyond: Bits<3>,
    /// Over the limit.
    over: Bit,
    /// A word came in the cycle before; in the one before that.
    wrote: Bit,
    wrote_before: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Mark {
    limited: Bit,
    limit: Bits<16>,
    /// Words up to the limit as the level of the cycle before has it; two's complement.
    room: Bits<17>,
    /// A word more is over the limit, where none came in the cycle before; where one came.
    over: Bit,
    over_behind: Bit,
}

#[derive(LogicBlock, Default)]
pub struct QueueIntake {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_beyond: Signal<In, Bits<3>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_flood: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
    pub limit: Signal<In, Bits<16>>,
    pub write: Signal<Out, Bit>,
    pub write_load: Signal<Out, Bit>,
    pub write_data: Signal<Out, Bits<67>>,
    pub write_last: Signal<Out, Bit>,
    pub write_commit: Signal<Out, Bit>,
    pub overflow: Signal<In, Bit>,
    pub write_level: Signal<In, Bits<16>>,
    pub queued: Signal<Out, Bit>,
    pub queued_bytes: Signal<Out, Bits<16>>,
    pub dropped_full: Signal<Out, Bit>,
    pub flood_dropped_full: Signal<Out, Bit>,
    arrived: DFF<Arrived>,
    account: DFF<Account>,
    mark: DFF<Mark>,
    beyond: Signal<Local, Bits<3>>,
    writes: Signal<Local, Bit>,
    more: Signal<Local, Bits<6>>,
    begun: Signal<Local, Bits<6>>,
    room: Signal<Local, Bits<17>>,
    none: Signal<Local, Bit>,
    few: Signal<Local, Bit>,
    any_wrote: Signal<Local, Bit>,
    both_wrote: Signal<Local, Bit>,
    over: Signal<Local, Bit>,
    spill: Signal<Local, Bit>,
    rest: Signal<Local, Bits<3>>,
}

impl Logic for QueueIntake {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, arrived, account, mark);
        self.arrived.d.next.writes = self.in_valid.val() & self.in_select.val();
        self.arrived.d.next.loads = self.in_select.val();
        self.arrived.d.next.data = self.in_data.val();
        self.arrived.d.next.beyond = self.in_beyond.val();
        // Of this queue's frames alone: what decides here is a register of its own, near by, not one for the queues of all blades.
        self.arrived.d.next.last = self.in_valid.val() & self.in_select.val() & self.in_last.val();
        self.arrived.d.next.commit = self.in_valid.val() & self.in_select.val() & self.in_last.val() & self.in_commit.val();
        self.arrived.d.next.flood = self.in_flood.val();
        // A full last word counts for one too: its bytes are none beyond the words.
        self.arrived.d.next.adds = self.in_valid.val() & self.in_select.val() & (!self.in_last.val() | self.in_beyond.val().all());
        self.beyond.next = self.arrived.q.val().beyond;
        self.writes.next = self.arrived.q.val().writes;
        self.write.next = self.writes.val();
        self.write_load.next = self.arrived.q.val().loads;
        self.write_data.next = (bit_cast::<67, 3>(self.beyond.val()) << 64) | bit_cast::<67, 64>(self.arrived.q.val().data);
        self.write_last.next = self.arrived.q.val().last;
        // The level lacks the words of this cycle and of the one before, and the room is two cycles older where it is judged: what came in these
        // four is counted by itself, so that nothing of the level is in the way of a word.
        self.mark.d.next.limited = self.limit.val().any();
        self.mark.d.next.limit = self.limit.val();
        self.mark.d.next.room = bit_cast::<17, 16>(self.mark.q.val().limit) - bit_cast::<17, 16>(self.write_level.val());
        self.account.d.next.wrote = self.writes.val();
        self.account.d.next.wrote_before = self.account.q.val().wrote;
        self.room.next = self.mark.q.val().room;
        self.none.next = self.room.val().get_bit(16);
        self.few.next = !self.room.val().get_bits::<14>(2).any();
        self.any_wrote.next = self.account.q.val().wrote | self.account.q.val().wrote_before;
        self.both_wrote.next = self.account.q.val().wrote & self.account.q.val().wrote_before;
        self.mark.d.next.over = self.mark.q.val().limited
            & (self.none.val()
                | (self.few.val()
                    & ((!self.room.val().get_bit(1) & (!self.room.val().get_bit(0) | self.any_wrote.val()))
                        | (self.room.val().get_bit(1) & !self.room.val().get_bit(0) & self.both_wrote.val()))));
        self.mark.d.next.over_behind = self.mark.q.val().limited
            & (self.none.val()
                | (self.few.val()
                    & (!self.room.val().get_bit(1) | (!self.room.val().get_bit(0) & self.any_wrote.val()) | self.both_wrote.val())));
        self.over.next = self.mark.q.val().over;
        if self.account.q.val().wrote {
            self.over.next = self.mark.q.val().over_behind;
        }
        self.account.d.next.over = self.over.val();
        self.write_commit.next = self.arrived.q.val().commit & !self.over.val();
        self.account.d.next.ended = self.writes.val() & self.arrived.q.val().last;
        self.account.d.next.kept = self.arrived.q.val().commit;
        self.account.d.next.flood = self.arrived.q.val().flood;
        self.account.d.next.beyond = self.beyond.val();
        self.begun.next = self.account.q.val().low;
        self.more.next = bit_cast::<6, 1>(self.arrived.q.val().adds.into());
        self.account.d.next.low_full = self.account.q.val().low_full;
        if self.arrived.q.val().adds {
            self.account.d.next.low_full = self.account.q.val().low == 62;
            if self.account.q.val().low_full {
                self.account.d.next.high = self.account.q.val().high + 1;
            }
        }
        if self.account.q.val().ended {
            self.begun.next = 0.into();
            self.account.d.next.low_full = false;
            self.account.d.next.high = 0.into();
        }
        self.account.d.next.low = self.begun.val() + self.more.val();
        // `overflow` comes in the cycle after the last word, as `ended` does.
        self.spill.next = self.account.q.val().ended & self.account.q.val().kept & (self.overflow.val() | self.account.q.val().over);
        self.queued.next = self.account.q.val().ended & self.account.q.val().kept & !self.spill.val();
        self.rest.next = self.account.q.val().beyond + 1;
        self.queued_bytes.next = (bit_cast::<16, 7>(self.account.q.val().high) << 9)
            | (bit_cast::<16, 6>(self.account.q.val().low) << 3)
            | bit_cast::<16, 3>(self.rest.val());
        self.dropped_full.next = self.spill.val() & !self.account.q.val().flood;
        self.flood_dropped_full.next = self.spill.val() & self.account.q.val().flood;
        if self.reset.val() {
            self.arrived.d.next.writes = false;
            self.arrived.d.next.commit = false;
            self.arrived.d.next.adds = false;
            self.account.d.next.ended = false;
            self.account.d.next.wrote = false;
            self.account.d.next.wrote_before = false;
            self.account.d.next.low = 0.into();
            self.account.d.next.high = 0.into();
            self.account.d.next.low_full = false;
        }
    }
    spareband_hdl::module_name!();
}
