//! Flow table: a main partition of 2^A sets of 4 entries, and a half-open one of 2^H sets for TCP flows whose client has only sent its SYN.
//!
//! > `active_flows[i]` is the number of valid entries of blade i that are not closing, of both partitions; `table_entries` that of all valid ones.
//! > No half-open flow ever takes the place of an entry of the main partition.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset, flush | in | 1 | rising edge; reset and flush empty the table, in which time it is not ready: 2^A cycles, or 2^H where that is more |
//! | timeout | in | 4 x 32 | idle time of the entries of a class, in units of 65536 cycles; 0: for ever |
//! | closing_timeout, half_open_timeout | in | 32, 32 | that of closing entries, and of half-open ones |
//! | flush_blade | in | 16 | level: remove the entries of these blades |
//! | sweeping | out | 2 | sweeps of the main and of the half-open partition, as in `FlowPartition` |
//! | lookup, lookup_index, lookup_tag | in | 1, 32, 32 | look a flow up; not before the last was finished |
//! | result_valid | out | 1 | pulse 6 cycles after `lookup`; the result stays until the next |
//! | usable | in | 16 | blades that may carry frames |
//! | found, found_half_open, found_blade, found_usable, found_closing | out | 1, 1, 4, 1, 1 | the flow's entry; it stands in the half-open partition; its blade was usable 3 cycles before `result_valid` |
//! | room, ready | out | 1, 1 | the main partition has a free place for it; the half-open one takes it, which it always does unless the table is being emptied |
//! | finish | in | 1 | done with the flow, at `result_valid` or later |
//! | write, write_half_open, write_closing, write_blade, write_class | in | 1, 1, 1, 4, 2 | with `finish`: write the flow's entry, used now |
//! | active_flows | out | N x 16 | per blade; 65535: 65528 or more |
//! | table_entries | out | 20 | all |
//! | expired, evicted | out | 1, 1 | pulses: an idle entry that was not closing was removed; a half-open one was overwritten |
//! | read, read_index | in | 1, 20 | pulse: read an entry for the host. Bits 1..0 the way, above it the set, bit 19 the half-open partition |
//! | read_ready | out | 1 | level: the answer is there, until the next `read` |
//! | read_valid, read_half_open, read_blade, read_class, read_closing, read_age, read_tag | out | 1, 1, 4, 2, 1, 4, 32 | the entry; age in 16ths of its time-out; not valid: there is none |
//!
//! `write` with `write_half_open`: the flow's half-open entry is written in its place, or one is made, in a full set over the oldest one; not for
//! a flow of the main partition. Without: the main partition's entry is written, or made in its free place, which the caller has seen with `room`;
//! the half-open entry of the flow, if any, is gone with that (it is promoted).
//! Latency: look-up 6 cycles, the first for the register of all that is asked; a `finish` is seen by a look-up in the next cycle, and in
//! `active_flows` 3 cycles after it. Throughput: a flow in 7 cycles.
//! An entry that is removed leaves the counts 3 to 7 cycles later (`FlowCounts`). A `read` takes 36 cycles at most, and never delays a look-up
//! (`entries_are_read_out_while_traffic_runs`); while the table is being emptied it waits for that.
//! An idle entry goes after 15/16 to 16/16 of its time-out, give or take a sweep, which is 5 cycles a set and more under load; later where that is longer
//! than a 16th.
//! A tag of 32 bits: two flows share an entry with probability 2^-30 a pair in one set, and then share a blade.
//! Bad input: a `read` beyond the table finds no entry; one that comes while another is under way is ignored.

use super::flow_partition::ENTRY;
use super::{FlowCounts, FlowPartition, FlowTimers};
use rust_hdl::prelude::*;

/// What was asked, a cycle ago.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Asked {
    lookup: Bit,
    /// A look-up or a finish.
    acts: Bit,
    index: Bits<32>,
    tag: Bits<32>,
    finish: Bit,
    write: Bit,
    half_open: Bit,
    closing: Bit,
    blade: Bits<4>,
    class: Bits<2>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Lookup {
    /// Bit i: the look-up began i + 2 cycles ago.
    stage: Bits<5>,
    /// The table was being emptied: neither entry nor room.
    blind: Bit,
    found: Bit,
    half_open: Bit,
    room: Bit,
    blade: Bits<4>,
    usable: Bit,
    closing: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Events {
    expired: Bit,
    /// Both partitions removed an idle entry in one cycle.
    second: Bit,
    evicted: Bit,
}

/// An entry that is written, and one that is lost with that, for the counts.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Counted {
    update: Bit,
    closing: Bit,
    blade: Bits<4>,
    found: Bit,
    found_closing: Bit,
    found_blade: Bits<4>,
    evicted: Bit,
    evicted_closing: Bit,
    evicted_blade: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Read {
    index: Bits<20>,
    begins: Bit,
    /// An entry of this partition is being read.
    full: Bit,
    half_open: Bit,
    ready: Bit,
}

#[derive(LogicBlock)]
pub struct FlowTable<const N: usize, const A: usize, const H: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    pub timeout: [Signal<In, Bits<32>>; 4],
    pub closing_timeout: Signal<In, Bits<32>>,
    pub half_open_timeout: Signal<In, Bits<32>>,
    pub flush_blade: Signal<In, Bits<16>>,
    pub sweeping: Signal<Out, Bits<2>>,
    pub lookup: Signal<In, Bit>,
    pub lookup_index: Signal<In, Bits<32>>,
    pub lookup_tag: Signal<In, Bits<32>>,
    pub result_valid: Signal<Out, Bit>,
    pub found: Signal<Out, Bit>,
    pub found_half_open: Signal<Out, Bit>,
    pub found_blade: Signal<Out, Bits<4>>,
    pub usable: Signal<In, Bits<16>>,
    pub found_usable: Signal<Out, Bit>,
    pub found_closing: Signal<Out, Bit>,
    pub room: Signal<Out, Bit>,
    pub ready: Signal<Out, Bit>,
    pub finish: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub write_half_open: Signal<In, Bit>,
    pub write_closing: Signal<In, Bit>,
    pub write_blade: Signal<In, Bits<4>>,
    pub write_class: Signal<In, Bits<2>>,
    pub active_flows: [Signal<Out, Bits<16>>; N],
    pub table_entries: Signal<Out, Bits<20>>,
    pub expired: Signal<Out, Bit>,
    pub evicted: Signal<Out, Bit>,
    pub read: Signal<In, Bit>,
    pub read_index: Signal<In, Bits<20>>,
    pub read_ready: Signal<Out, Bit>,
    pub read_valid: Signal<Out, Bit>,
    pub read_half_open: Signal<Out, Bit>,
    pub read_blade: Signal<Out, Bits<4>>,
    pub read_class: Signal<Out, Bits<2>>,
    pub read_closing: Signal<Out, Bit>,
    pub read_age: Signal<Out, Bits<4>>,
    pub read_tag: Signal<Out, Bits<32>>,
    full_open: FlowPartition<A>,
    half_open: FlowPartition<H>,
    timers: FlowTimers,
    counts: FlowCounts<N>,
    counted: DFF<Counted>,
    asked: DFF<Asked>,
    state: DFF<Lookup>,
    events: DFF<Events>,
    read_state: DFF<Read>,
    read_word: DFF<Bits<ENTRY>>,
    full_entries: Constant<Bits<19>>,
    half_entries: Constant<Bits<19>>,
    empty_out: Signal<Local, Bit>,
    found_full: Signal<Local, Bit>,
    update: Signal<Local, Bit>,
    promotes: Signal<Local, Bit>,
    dues: Signal<Local, Bits<6>>,
    due_classes: Signal<Local, Bits<4>>,
    full_due: Signal<Local, Bits<5>>,
    half_due: Signal<Local, Bits<5>>,
    full_expired: Signal<Local, Bit>,
    half_expired: Signal<Local, Bit>,
    index: Signal<Local, Bits<20>>,
    place: Signal<Local, Bits<19>>,
    answer: Signal<Local, Bits<ENTRY>>,
}

impl<const N: usize, const A: usize, const H: usize> Default for FlowTable<N, A, H> {
    fn default() -> Self {
        with_defaults!(Self {
            full_entries: Constant::new(bits::<19>(4 << A)),
            half_entries: Constant::new(bits::<19>(4 << H)),
        }
            defaults clk reset flush closing_timeout half_open_timeout flush_blade sweeping lookup lookup_index lookup_tag result_valid found
            found_half_open found_blade usable found_usable found_closing room ready finish write write_half_open write_closing write_blade write_class
            table_entries expired evicted read read_index read_ready read_valid read_half_open read_blade read_class read_closing
            read_age read_tag full_open half_open timers counts counted asked state events read_state read_word empty_out found_full update
            promotes dues due_classes full_due half_due full_expired half_expired index place answer
            ; arrays timeout active_flows)
    }
}

impl<const N: usize, const A: usize, const H: usize> Logic for FlowTable<N, A, H> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, counted, asked, state, events, read_state, read_word);
        self.full_open.clk.next = self.clk.val();
        self.full_open.reset.next = self.reset.val();
        self.half_open.clk.next = self.clk.val();
        self.half_open.reset.next = self.reset.val();
        self.timers.clk.next = self.clk.val();
        self.timers.reset.next = self.reset.val();
        self.counts.clk.next = self.clk.val();
        self.empty_out.next = self.reset.val() | self.flush.val();
        self.full_open.clear.next = self.empty_out.val();
        self.half_open.clear.next = self.empty_out.val();
        self.counts.clear.next = self.empty_out.val();
        self.asked.d.next.lookup = self.lookup.val();
        self.asked.d.next.acts = self.lookup.val() | self.finish.val();
        self.asked.d.next.index = self.lookup_index.val();
        self.asked.d.next.tag = self.lookup_tag.val();
        self.asked.d.next.finish = self.finish.val();
        self.asked.d.next.write = self.write.val();
        self.asked.d.next.half_open = self.write_half_open.val();
        self.asked.d.next.closing = self.write_closing.val();
        self.asked.d.next.blade = self.write_blade.val();
        self.asked.d.next.class = self.write_class.val();
        // Look-up in both; an entry of the main partition counts first.
        self.full_open.usable.next = self.usable.val();
        self.half_open.usable.next = self.usable.val();
        self.full_open.lookup.next = self.asked.q.val().lookup;
        self.full_open.lookup_index.next = self.asked.q.val().index.get_bits::<A>(0);
        self.full_open.lookup_tag.next = self.asked.q.val().tag;
        self.half_open.lookup.next = self.asked.q.val().lookup;
        self.half_open.lookup_index.next = self.asked.q.val().index.get_bits::<H>(0);
        self.half_open.lookup_tag.next = self.asked.q.val().tag;
        self.state.d.next.stage = (self.state.q.val().stage << 1) | bit_cast::<5, 1>(self.asked.q.val().lookup.into());
        if self.asked.q.val().lookup {
            self.state.d.next.blind = self.full_open.clearing.val() | self.half_open.clearing.val();
        }
        self.found_full.next = self.full_open.found.val();
        if self.state.q.val().stage.get_bit(3) {
            self.state.d.next.found = (self.found_full.val() | self.half_open.found.val()) & !self.state.q.val().blind;
            self.state.d.next.half_open = self.half_open.found.val() & !self.found_full.val() & !self.state.q.val().blind;
            self.state.d.next.room = self.full_open.room.val() & !self.state.q.val().blind;
            self.state.d.next.blade = self.half_open.found_blade.val();
            self.state.d.next.usable = self.half_open.found_usable.val();
            self.state.d.next.closing = self.half_open.found_closing.val();
            if self.found_full.val() {
                self.state.d.next.blade = self.full_open.found_blade.val();
                self.state.d.next.usable = self.full_open.found_usable.val();
                self.state.d.next.closing = self.full_open.found_closing.val();
            }
        }
        self.result_valid.next = self.state.q.val().stage.get_bit(4);
        self.found.next = self.state.q.val().found;
        self.found_half_open.next = self.state.q.val().half_open;
        self.found_blade.next = self.state.q.val().blade;
        self.found_usable.next = self.state.q.val().usable;
        self.found_closing.next = self.state.q.val().closing;
        self.room.next = self.state.q.val().room;
        self.ready.next = !self.state.q.val().blind;
        // What the caller decided.
        self.update.next = self.asked.q.val().write & !self.state.q.val().blind;
        self.promotes.next = self.state.q.val().half_open & !self.asked.q.val().half_open;
        self.full_open.acts.next = self.asked.q.val().acts;
        self.half_open.acts.next = self.asked.q.val().acts;
        self.full_open.finish.next = self.asked.q.val().finish;
        self.full_open.update.next = self.update.val() & !self.asked.q.val().half_open;
        self.full_open.push.next = false;
        self.full_open.remove.next = false;
        self.full_open.write_closing.next = self.asked.q.val().closing;
        self.full_open.write_blade.next = self.asked.q.val().blade;
        self.full_open.write_class.next = self.asked.q.val().class;
        self.half_open.finish.next = self.asked.q.val().finish;
        self.half_open.update.next = self.update.val() & (self.asked.q.val().half_open | self.promotes.val());
        self.half_open.push.next = self.asked.q.val().half_open & !self.state.q.val().half_open;
        self.half_open.remove.next = !self.asked.q.val().half_open;
        self.half_open.write_closing.next = self.asked.q.val().closing;
        self.half_open.write_blade.next = self.asked.q.val().blade;
        self.half_open.write_class.next = self.asked.q.val().class;
        // Sweeps.
        for i in 0..4 {
            self.timers.timeout[i].next = self.timeout[i].val();
        }
        self.timers.timeout[4].next = self.closing_timeout.val();
        self.timers.timeout[5].next = self.half_open_timeout.val();
        self.dues.next = self.timers.due.val();
        self.full_due.next = self.dues.val().get_bits::<5>(0);
        self.due_classes.next = 0.into();
        if self.dues.val().get_bit(5) {
            self.due_classes.next = 15.into();
        }
        self.half_due.next = bit_cast::<5, 4>(self.due_classes.val()) | (bit_cast::<5, 1>(self.dues.val().get_bit(4).into()) << 4);
        self.full_open.due.next = self.full_due.val();
        self.full_open.flush_blade.next = self.flush_blade.val();
        self.half_open.due.next = self.half_due.val();
        self.half_open.flush_blade.next = self.flush_blade.val();
        self.sweeping.next =
            bit_cast::<2, 1>(self.full_open.sweeping.val().into()) | (bit_cast::<2, 1>(self.half_open.sweeping.val().into()) << 1);
        // Events.
        self.full_expired.next = self.full_open.freed.val() & self.full_open.freed_old.val() & !self.full_open.freed_closing.val();
        self.half_expired.next = self.half_open.freed.val() & self.half_open.freed_old.val() & !self.half_open.freed_closing.val();
        self.events.d.next.expired = self.full_expired.val() | self.half_expired.val() | self.events.q.val().second;
        self.events.d.next.second = self.full_expired.val() & self.half_expired.val();
        self.events.d.next.evicted = self.half_open.evicted.val();
        self.expired.next = self.events.q.val().expired;
        self.evicted.next = self.events.q.val().evicted;
        // The counts.
        // A cycle later: they are many, and far from the partitions.
        self.counted.d.next.update = self.update.val() & !self.empty_out.val();
        self.counted.d.next.closing = self.asked.q.val().closing;
        self.counted.d.next.blade = self.asked.q.val().blade;
        self.counted.d.next.found = self.state.q.val().found;
        self.counted.d.next.found_closing = self.state.q.val().closing;
        self.counted.d.next.found_blade = self.state.q.val().blade;
        self.counted.d.next.evicted = self.half_open.evicted.val() & !self.empty_out.val();
        self.counted.d.next.evicted_closing = self.half_open.evicted_closing.val();
        self.counted.d.next.evicted_blade = self.half_open.evicted_blade.val();
        self.counts.update.next = self.counted.q.val().update;
        self.counts.closing.next = self.counted.q.val().closing;
        self.counts.blade.next = self.counted.q.val().blade;
        self.counts.found.next = self.counted.q.val().found;
        self.counts.found_closing.next = self.counted.q.val().found_closing;
        self.counts.found_blade.next = self.counted.q.val().found_blade;
        self.counts.removed[0].next = self.full_open.freed.val();
        self.counts.removed_closing[0].next = self.full_open.freed_closing.val();
        self.counts.removed_blade[0].next = self.full_open.freed_blade.val();
        self.counts.removed[1].next = self.half_open.freed.val();
        self.counts.removed_closing[1].next = self.half_open.freed_closing.val();
        self.counts.removed_blade[1].next = self.half_open.freed_blade.val();
        self.counts.removed[2].next = self.counted.q.val().evicted;
        self.counts.removed_closing[2].next = self.counted.q.val().evicted_closing;
        self.counts.removed_blade[2].next = self.counted.q.val().evicted_blade;
        self.table_entries.next = self.counts.table_entries.val();
        for i in 0..N {
            self.active_flows[i].next = self.counts.active_flows[i].val();
        }
        // An entry for the host.
        self.index.next = self.read_state.q.val().index;
        self.place.next = self.index.val().get_bits::<19>(0);
        self.full_open.peek.next = self.read_state.q.val().full;
        self.full_open.peek_set.next = self.index.val().get_bits::<A>(2);
        self.full_open.peek_way.next = self.index.val().get_bits::<2>(0);
        self.half_open.peek.next = self.read_state.q.val().half_open;
        self.half_open.peek_set.next = self.index.val().get_bits::<H>(2);
        self.half_open.peek_way.next = self.index.val().get_bits::<2>(0);
        self.read_state.d.next.begins = false;
        if self.read_state.q.val().begins {
            self.read_state.d.next.full = !self.index.val().get_bit(19) & (self.place.val() < self.full_entries.val());
            self.read_state.d.next.half_open = self.index.val().get_bit(19) & (self.place.val() < self.half_entries.val());
            self.read_word.d.next = 0.into();
        } else if self.read_state.q.val().full {
            if self.full_open.peek_done.val() {
                self.read_state.d.next.full = false;
                self.read_word.d.next = self.full_open.peek_entry.val();
            }
        } else if self.read_state.q.val().half_open {
            if self.half_open.peek_done.val() {
                self.read_state.d.next.half_open = false;
                self.read_word.d.next = self.half_open.peek_entry.val();
            }
        } else if !self.read_state.q.val().ready {
            self.read_state.d.next.ready = true;
        } else if self.read.val() {
            self.read_state.d.next.begins = true;
            self.read_state.d.next.ready = false;
            self.read_state.d.next.index = self.read_index.val();
        }
        self.answer.next = self.read_word.q.val();
        self.read_ready.next = self.read_state.q.val().ready;
        self.read_valid.next = self.answer.val().get_bit(0);
        self.read_half_open.next = self.index.val().get_bit(19);
        self.read_closing.next = self.answer.val().get_bit(1);
        self.read_blade.next = self.answer.val().get_bits::<4>(2);
        self.read_age.next = self.answer.val().get_bits::<4>(6);
        self.read_class.next = self.answer.val().get_bits::<2>(10);
        self.read_tag.next = self.answer.val().get_bits::<32>(12);
        if self.empty_out.val() {
            self.state.d.next.blind = true;
        }
        if self.reset.val() {
            self.state.d.next.stage = 0.into();
            self.asked.d.next.lookup = false;
            self.asked.d.next.finish = false;
            self.asked.d.next.acts = false;
            self.events.d.next.second = false;
            self.read_state.d.next.begins = false;
            self.read_state.d.next.full = false;
            self.read_state.d.next.half_open = false;
            self.read_state.d.next.ready = false;
            self.read_word.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
