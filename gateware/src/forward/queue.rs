//! Queue to one blade: whole frames from clk_core's 64-bit words to the bytes of the blade's transmit clock.
//!
//! > A frame comes out whole or not at all, and its bytes follow each other as fast as they are taken.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | in_valid, in_data, in_keep, in_last, in_commit, in_flood | in | 1, 64, 8, 1, 1, 1 | clk | the forwarding plane's stream |
//! | in_select | in | 1 | clk | this queue's bit of the mask |
//! | queued, queued_bytes | out | 1, 16 | clk | pulse: a frame was queued; its bytes |
//! | dropped_full, flood_dropped_full | out | 1 | clk | pulse: a good frame did not fit, sent to this blade; flooded |
//! | level | out | 16 | clk | words in the queue |
//! | limit | in | 16 | clk | words that may be in the queue, 0: as many as fit; a frame that would make it more is dropped as one that did not fit |
//! | tx_clk, tx_reset | in | 1 | | clk_blade_tx |
//! | tx_valid, tx_ready, tx_data, tx_last | out, in, out, out | 1, 1, 8, 1 | tx_clk | bytes to the MAC |
//!
//! 2^A words of 64 bits. Latency: a frame's first byte at most 7 edges of tx_clk after its last word. Throughput: a word a cycle in, a byte a
//! cycle out. Reset: both at once, see `AsyncFrameFifo`. `limit` counts as `level` does, a word that was read some cycles ago included;
//! a frame of one word right behind one that was dropped is measured with that one.

use rust_hdl::prelude::*;
use spareband_hdl::parts::AsyncFrameFifo;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Account {
    bytes: Bits<16>,
    ended: Bit,
    kept: Bit,
    flood: Bit,
    length: Bits<16>,
    /// Over the limit.
    over: Bit,
    /// A word came in the cycle before.
    wrote: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Mark {
    limited: Bit,
    limit: Bits<16>,
    /// One less.
    near: Bits<16>,
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
pub struct BladeQueue<const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_keep: Signal<In, Bits<8>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_flood: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
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
    fifo: AsyncFrameFifo<67, A>,
    account: DFF<Account>,
    mark: DFF<Mark>,
    serialiser: DFF<Serialiser>,
    beyond: Signal<Local, Bits<3>>,
    write: Signal<Local, Bit>,
    bytes: Signal<Local, Bits<16>>,
    beyond_limit: Signal<Local, Bit>,
    over: Signal<Local, Bit>,
    queued_now: Signal<Local, Bit>,
    spill: Signal<Local, Bit>,
    spent: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    offered: Signal<Local, Bits<67>>,
}

impl<const A: usize> Logic for BladeQueue<A> {
    #[hdl_gen]
    fn update(&mut self) {
        self.account.clock.next = self.clk.val();
        self.account.d.next = self.account.q.val();
        self.mark.clock.next = self.clk.val();
        self.mark.d.next = self.mark.q.val();
        self.serialiser.clock.next = self.tx_clk.val();
        self.serialiser.d.next = self.serialiser.q.val();
        self.fifo.write_clk.next = self.clk.val();
        self.fifo.write_reset.next = self.reset.val();
        self.fifo.read_clk.next = self.tx_clk.val();
        self.fifo.read_reset.next = self.tx_reset.val();
        // In: the number of bytes beyond the first instead of the keep mask.
        self.beyond.next = 0.into();
        for i in 1..8 {
            if self.in_keep.val().get_bit(i) {
                self.beyond.next = i.to_bits::<3>();
            }
        }
        self.write.next = self.in_valid.val() & self.in_select.val();
        self.fifo.write.next = self.write.val();
        self.fifo.write_data.next = (bit_cast::<67, 3>(self.beyond.val()) << 64) | bit_cast::<67, 64>(self.in_data.val());
        self.fifo.write_last.next = self.in_last.val();
        // The level lacks the words of this cycle and of the one before.
        self.mark.d.next.limited = self.limit.val().any();
        self.mark.d.next.limit = self.limit.val();
        self.mark.d.next.near = self.limit.val() - 1;
        self.account.d.next.wrote = self.write.val();
        self.beyond_limit.next = self.fifo.write_level.val() >= self.mark.q.val().limit;
        if self.account.q.val().wrote {
            self.beyond_limit.next = self.fifo.write_level.val() >= self.mark.q.val().near;
        }
        self.over.next = self.mark.q.val().limited & self.beyond_limit.val();
        self.account.d.next.over = self.over.val();
        self.fifo.write_commit.next = self.in_commit.val() & !self.over.val();
        self.level.next = self.fifo.write_level.val();
        self.bytes.next = self.account.q.val().bytes + bit_cast::<16, 3>(self.beyond.val()) + 1;
        self.account.d.next.ended = self.write.val() & self.in_last.val();
        self.account.d.next.kept = self.in_commit.val();
        self.account.d.next.flood = self.in_flood.val();
        self.account.d.next.length = self.bytes.val();
        if self.write.val() {
            self.account.d.next.bytes = self.bytes.val();
            if self.in_last.val() {
                self.account.d.next.bytes = 0.into();
            }
        }
        // `overflow` comes in the cycle after the last word, as `ended` does.
        self.spill.next = self.account.q.val().ended & self.account.q.val().kept & (self.fifo.overflow.val() | self.account.q.val().over);
        self.queued_now.next = self.account.q.val().ended & self.account.q.val().kept & !self.spill.val();
        self.queued.next = self.queued_now.val();
        self.queued_bytes.next = self.account.q.val().length;
        self.dropped_full.next = self.spill.val() & !self.account.q.val().flood;
        self.flood_dropped_full.next = self.spill.val() & self.account.q.val().flood;
        // Out: a word is loaded as the byte before it leaves.
        self.offered.next = self.fifo.read_data.val();
        self.spent.next = !self.serialiser.q.val().valid | (self.tx_ready.val() & (self.serialiser.q.val().left == 0));
        self.load.next = self.spent.val() & self.fifo.frame_available.val();
        self.fifo.read.next = self.load.val();
        if self.load.val() {
            self.serialiser.d.next.valid = true;
            self.serialiser.d.next.data = self.offered.val().get_bits::<64>(0);
            self.serialiser.d.next.left = self.offered.val().get_bits::<3>(64);
            self.serialiser.d.next.last = self.fifo.read_last.val();
        } else if self.spent.val() {
            self.serialiser.d.next.valid = false;
        } else if self.tx_ready.val() {
            self.serialiser.d.next.data = self.serialiser.q.val().data >> 8;
            self.serialiser.d.next.left = self.serialiser.q.val().left - 1;
        }
        self.tx_valid.next = self.serialiser.q.val().valid;
        self.tx_data.next = self.serialiser.q.val().data.get_bits::<8>(0);
        self.tx_last.next = self.serialiser.q.val().last & (self.serialiser.q.val().left == 0);
        if self.reset.val() {
            self.account.d.next.ended = false;
            self.account.d.next.wrote = false;
            self.account.d.next.bytes = 0.into();
        }
        if self.tx_reset.val() {
            self.serialiser.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
