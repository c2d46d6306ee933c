//! A partition of the flow table: 2^A sets of 4 entries in block RAM, with a sweep that ages and removes them.
//!
//! > A set that a look-up has under way is changed by its caller alone; no word of the RAM is read while it is written, but where nobody looks at it.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset ends a look-up and a sweep under way |
//! | clear, clearing | in, out | 1 | empty the partition; it takes 2^A cycles, in which nobody may update |
//! | lookup, lookup_index, lookup_tag | in | 1, A, 32 | look a flow up; not before the last was finished |
//! | usable | in | 16 | blades that may carry frames |
//! | found, found_blade, found_usable, found_closing, room | out | 1, 4, 1, 1, 1 | in the cycle 4 after `lookup` only: the flow's entry, its blade being usable a cycle ago; a free place |
//! | finish | in | 1 | done with the flow, 5 cycles after `lookup` or later |
//! | update | in | 1 | with `finish`: write the flow's entry or, where it has none, the free place |
//! | push | in | 1 | with `update`: put the flow first in its set instead, in front of the others; the last of a full set is lost |
//! | remove | in | 1 | with `update`: remove the flow's entry instead |
//! | acts | in | 1 | `lookup` or `finish` is set; from a register, as all of the write port hangs on it |
//! | write_closing, write_blade, write_class | in | 1, 4, 2 | what the entry becomes, with age 0 |
//! | evicted, evicted_closing, evicted_blade | out | 1, 1, 4 | with `update` and `push`: the entry that is lost |
//! | due | in | 5 | pulses: entries of classes 0 to 3, and the closing ones, grow older |
//! | flush_blade | in | 16 | level: remove the entries of these blades |
//! | sweeping | out | 1 | a sweep is under way; not set for a cycle at least between two |
//! | freed, freed_old, freed_closing, freed_blade | out | 1, 1, 1, 4 | the sweep removes this entry; for its age |
//! | peek, peek_set, peek_way | in | 1, A, 2 | level, until `peek_done`: read an entry where nobody else reads |
//! | peek_done, peek_entry | out | 1, 44 | pulse; the entry |
//!
//! Entry, from bit 0: valid, closing, blade 4, age 4, class 2, tag 32. Age counts the sweeps of its kind since it was last written; at 15 the next
//! removes it. Order: what `push` puts in a set stands newest first, so the last is the oldest.
//! Latency: look-up 4 cycles; a `finish` is seen by a look-up in the next cycle. Throughput: a flow in 6 cycles. A set of the sweep takes 5 cycles,
//! and starts anew for each entry it removes and where a look-up of the same set, or one at the wrong moment, comes between.
//! A `peek` is answered within 32 cycles (`entries_are_read_out_while_traffic_runs`), but not while clearing. Bad input: a sweep that
//! comes due while one runs follows it; two of a kind are one.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use rust_hdl::prelude::*;
use spareband_hdl::parts::WayRam;
use spareband_spec::frame::AGE_EXPIRED;

/// Bits of an entry.
pub(super) const ENTRY: usize = 44;
/// A block RAM of ECP5 is no deeper at its full width: with more sets, a joined memory would need choices between several.
const JOINED_SETS_LOG2: usize = 9;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Lookup {
    busy: Bit,
    was_busy: Bit,
    /// Stage 0 or 1: the set is read.
    looking: Bit,
    /// Bit i: the look-up began i + 1 cycles ago.
    stage: Bits<4>,
    tag: Bits<32>,
    hit: Bits<4>,
    /// Whether the blade of each is usable: found beside the comparison, as of the entry found it would come late.
    usable: Bits<4>,
    free: Bits<4>,
    /// One-hot: the entry to write.
    way: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sweep {
    clearing: Bit,
    running: Bit,
    /// Kinds of entries that are due, and those that this sweep ages.
    pending: Bits<5>,
    kinds: Bits<5>,
    step: Bits<3>,
    /// At step 3, and no look-up came in between.
    may_write: Bit,
    /// A look-up is about the set that the sweep has come to.
    same_set: Bit,
    remove: Bits<4>,
    old: Bits<4>,
    ages: Bits<4>,
    /// The next reading where nobody looks is a peek's; the sweep does not begin one then.
    peeking: Bit,
    /// Bit i: an entry was peeked at i + 1 cycles ago.
    peeks: Bits<2>,
}

#[derive(LogicBlock)]
pub struct FlowPartition<const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub clear: Signal<In, Bit>,
    pub clearing: Signal<Out, Bit>,
    pub lookup: Signal<In, Bit>,
    pub lookup_index: Signal<In, Bits<A>>,
    pub lookup_tag: Signal<In, Bits<32>>,
    pub usable: Signal<In, Bits<16>>,
    pub found: Signal<Out, Bit>,
    pub found_blade: Signal<Out, Bits<4>>,
    pub found_usable: Signal<Out, Bit>,
    pub found_closing: Signal<Out, Bit>,
    pub room: Signal<Out, Bit>,
    pub acts: Signal<In, Bit>,
    pub finish: Signal<In, Bit>,
    pub update: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub remove: Signal<In, Bit>,
    pub write_closing: Signal<In, Bit>,
    pub write_blade: Signal<In, Bits<4>>,
    pub write_class: Signal<In, Bits<2>>,
    pub evicted: Signal<Out, Bit>,
    pub evicted_closing: Signal<Out, Bit>,
    pub evicted_blade: Signal<Out, Bits<4>>,
    pub due: Signal<In, Bits<5>>,
    pub flush_blade: Signal<In, Bits<16>>,
    pub sweeping: Signal<Out, Bit>,
    pub freed: Signal<Out, Bit>,
    pub freed_old: Signal<Out, Bit>,
    pub freed_closing: Signal<Out, Bit>,
    pub freed_blade: Signal<Out, Bits<4>>,
    pub peek: Signal<In, Bit>,
    pub peek_set: Signal<In, Bits<A>>,
    pub peek_way: Signal<In, Bits<2>>,
    pub peek_done: Signal<Out, Bit>,
    pub peek_entry: Signal<Out, Bits<ENTRY>>,
    ram: WayRam<ENTRY, A, 4>,
    way: [DFF<Bits<ENTRY>>; 4],
    /// The set of the look-up, to move its entries by one place.
    held: [DFF<Bits<ENTRY>>; 4],
    lookup_state: DFF<Lookup>,
    set: DFF<Bits<A>>,
    sweep: DFF<Sweep>,
    sweep_set: DFF<Bits<A>>,
    /// The write port of the RAM.
    port_enable: DFF<Bits<4>>,
    port_address: DFF<Bits<A>>,
    port_data: [DFF<Bits<ENTRY>>; 4],
    last_set: Constant<Bits<A>>,
    age_expired: Constant<Bits<4>>,
    age_mask: Constant<Bits<ENTRY>>,
    looking: Signal<Local, Bit>,
    entry: Signal<Local, Bits<ENTRY>>,
    entry_valid: Signal<Local, Bit>,
    entry_closing: Signal<Local, Bit>,
    entry_blade: Signal<Local, Bits<4>>,
    entry_age: Signal<Local, Bits<4>>,
    entry_class: Signal<Local, Bits<2>>,
    entry_tag: Signal<Local, Bits<32>>,
    entry_due: Signal<Local, Bit>,
    entry_old: Signal<Local, Bit>,
    entry_out: Signal<Local, Bit>,
    kinds: Signal<Local, Bits<5>>,
    usables: Signal<Local, Bits<4>>,
    hits: Signal<Local, Bits<4>>,
    frees: Signal<Local, Bits<4>>,
    first_free: Signal<Local, Bits<4>>,
    hit_blade: Signal<Local, Bits<4>>,
    hit_closing: Signal<Local, Bit>,
    removes: Signal<Local, Bits<4>>,
    olds: Signal<Local, Bits<4>>,
    ages: Signal<Local, Bits<4>>,
    goes: Signal<Local, Bit>,
    goes_any: Signal<Local, Bit>,
    goes_old: Signal<Local, Bit>,
    goes_closing: Signal<Local, Bit>,
    goes_blade: Signal<Local, Bits<4>>,
    peeked: Signal<Local, Bits<ENTRY>>,
    same_set: Signal<Local, Bit>,
    stalled: Signal<Local, Bit>,
    between: Signal<Local, Bit>,
    sweep_go: Signal<Local, Bit>,
    peek_go: Signal<Local, Bit>,
    written: Signal<Local, Bits<ENTRY>>,
    shifted: Signal<Local, Bits<ENTRY>>,
    shifts: Signal<Local, Bit>,
    aged: Signal<Local, Bits<ENTRY>>,
    old_age: Signal<Local, Bits<4>>,
    data: Signal<Local, Bits<ENTRY>>,
    enable: Signal<Local, Bit>,
    enables: Signal<Local, Bits<4>>,
    last_held: Signal<Local, Bits<ENTRY>>,
}

impl<const A: usize> Default for FlowPartition<A> {
    fn default() -> Self {
        assert!((1..=16).contains(&A), "2^{A} sets");
        with_defaults!(Self {
            ram: if A > JOINED_SETS_LOG2 { WayRam::default() } else { WayRam::joined() },
            last_set: Constant::new(!Bits::<A>::default()),
            age_expired: Constant::new(AGE_EXPIRED.to_bits()),
            age_mask: Constant::new(0x3C0_u32.to_bits()),
        }
            defaults clk reset clear clearing lookup lookup_index lookup_tag usable found found_blade found_usable found_closing room acts finish update push
            remove write_closing write_blade write_class evicted evicted_closing evicted_blade due flush_blade sweeping freed freed_old
            freed_closing freed_blade peek peek_set peek_way peek_done peek_entry lookup_state set sweep sweep_set port_enable
            port_address looking entry entry_valid entry_closing entry_blade entry_age entry_class entry_tag entry_due entry_old
            entry_out kinds hits usables frees first_free hit_blade hit_closing removes olds ages goes goes_any goes_old goes_closing
            goes_blade peeked same_set stalled between sweep_go peek_go written shifted shifts aged old_age data enable enables last_held
            ; arrays way held port_data)
    }
}

impl<const A: usize> Logic for FlowPartition<A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, lookup_state, set, sweep, sweep_set, port_enable, port_address);
        // Look-up: 1 address, 2 RAM, 3 its fabric register, compare, 4 the entry. The set is read twice, since it is wanted for two cycles.
        self.lookup_state.d.next.was_busy = self.lookup_state.q.val().busy;
        self.lookup_state.d.next.stage = (self.lookup_state.q.val().stage << 1) | bit_cast::<4, 1>(self.lookup.val().into());
        if self.lookup.val() {
            self.lookup_state.d.next.busy = true;
            self.lookup_state.d.next.tag = self.lookup_tag.val();
            self.set.d.next = self.lookup_index.val();
        }
        if self.finish.val() {
            self.lookup_state.d.next.busy = false;
        }
        self.lookup_state.d.next.looking = self.lookup.val() | self.lookup_state.q.val().stage.get_bit(0);
        self.looking.next = self.lookup_state.q.val().looking;
        self.kinds.next = self.sweep.q.val().kinds;
        self.hits.next = 0.into();
        self.usables.next = 0.into();
        self.frees.next = 0.into();
        self.first_free.next = 0.into();
        self.hit_blade.next = 0.into();
        self.hit_closing.next = false;
        self.removes.next = 0.into();
        self.olds.next = 0.into();
        self.ages.next = 0.into();
        self.goes_any.next = false;
        self.goes_old.next = false;
        self.goes_closing.next = false;
        self.goes_blade.next = 0.into();
        self.peeked.next = 0.into();
        for i in 0..4 {
            self.entry.next = self.way[i].q.val();
            self.entry_valid.next = self.entry.val().get_bit(0);
            self.entry_closing.next = self.entry.val().get_bit(1);
            self.entry_blade.next = self.entry.val().get_bits::<4>(2);
            self.entry_age.next = self.entry.val().get_bits::<4>(6);
            self.entry_class.next = self.entry.val().get_bits::<2>(10);
            self.entry_tag.next = self.entry.val().get_bits::<32>(12);
            self.hits.next = self
                .hits
                .val()
                .replace_bit(i, self.entry_valid.val() & (self.entry_tag.val() == self.lookup_state.q.val().tag));
            self.usables.next = self
                .usables
                .val()
                .replace_bit(i, self.usable.val().get_bit(self.entry_blade.val().index()));
            self.frees.next = self.frees.val().replace_bit(i, !self.entry_valid.val());
            // A cycle later.
            if self.lookup_state.q.val().hit.get_bit(i) {
                self.hit_blade.next = self.hit_blade.val() | self.entry_blade.val();
                self.hit_closing.next = self.hit_closing.val() | self.entry_closing.val();
            }
            if self.lookup_state.q.val().free.get_bit(i) & !self.first_free.val().any() {
                self.first_free.next = self.first_free.val().replace_bit(i, true);
            }
            // The sweep's examination, and a cycle later the first of those to remove.
            self.entry_due.next = self.kinds.val().get_bit(4);
            if !self.entry_closing.val() {
                self.entry_due.next = self.kinds.val().get_bit(self.entry_class.val().index());
            }
            self.entry_out.next = self.flush_blade.val().get_bit(self.entry_blade.val().index());
            self.entry_old.next = self.entry_due.val() & (self.entry_age.val() == self.age_expired.val());
            self.olds.next = self.olds.val().replace_bit(i, self.entry_old.val());
            self.removes.next = self
                .removes
                .val()
                .replace_bit(i, self.entry_valid.val() & (self.entry_old.val() | self.entry_out.val()));
            self.ages.next = self.ages.val().replace_bit(i, self.entry_valid.val() & self.entry_due.val());
            if self.sweep.q.val().remove.get_bit(i) & !self.goes_any.val() {
                self.goes_any.next = true;
                self.goes_old.next = self.sweep.q.val().old.get_bit(i);
                self.goes_closing.next = self.entry_closing.val();
                self.goes_blade.next = self.entry_blade.val();
            }
            if self.peek_way.val() == i.to_bits::<2>() {
                self.peeked.next = self.entry.val();
            }
            self.held[i].clock.next = self.clk.val();
            self.held[i].d.next = self.held[i].q.val();
            if self.lookup_state.q.val().stage.get_bit(2) {
                self.held[i].d.next = self.entry.val();
            }
        }
        if self.lookup_state.q.val().stage.get_bit(2) {
            self.lookup_state.d.next.hit = self.hits.val();
            self.lookup_state.d.next.usable = self.usables.val();
            self.lookup_state.d.next.free = self.frees.val();
        }
        self.found.next = self.lookup_state.q.val().hit.any();
        self.found_blade.next = self.hit_blade.val();
        self.found_usable.next = (self.lookup_state.q.val().hit & self.lookup_state.q.val().usable).any();
        self.found_closing.next = self.hit_closing.val();
        self.room.next = self.lookup_state.q.val().free.any();
        if self.lookup_state.q.val().stage.get_bit(3) {
            self.lookup_state.d.next.way = self.first_free.val();
            if self.lookup_state.q.val().hit.any() {
                self.lookup_state.d.next.way = self.lookup_state.q.val().hit;
            }
        }
        // Sweep: 0 read where nobody else does, 1 RAM, 2 examine, 3 write unless a look-up came between, 4 wait for the write.
        // The caller's write is in the RAM two cycles after `finish`, when a look-up in the next cycle reads it.
        // Of the cycle before: the set of a look-up that came since is not in it, so a sweep does not write then.
        self.sweep.d.next.same_set =
            (self.lookup_state.q.val().busy | self.lookup_state.q.val().was_busy) & (self.set.q.val() == self.sweep_set.q.val());
        self.same_set.next = self.sweep.q.val().same_set;
        self.peek_go.next =
            self.sweep.q.val().peeking & !self.looking.val() & !self.port_enable.q.val().any() & !self.sweep.q.val().clearing;
        // Only where the next step is 0 or 4, as between the sweep reads its set.
        self.stalled.next = self.looking.val() | self.same_set.val();
        self.between.next = !self.sweep.q.val().running
            | (self.sweep.q.val().step == 3)
            | (self.sweep.q.val().step == 4)
            | ((self.sweep.q.val().step == 0) & self.stalled.val());
        self.sweep.d.next.peeking =
            self.peek.val() & !self.sweep.q.val().peeks.any() & !self.peek_go.val() & (self.sweep.q.val().peeking | self.between.val());
        self.sweep.d.next.peeks = (self.sweep.q.val().peeks << 1) | bit_cast::<2, 1>(self.peek_go.val().into());
        self.peek_done.next = self.sweep.q.val().peeks.get_bit(1);
        self.peek_entry.next = self.peeked.val();
        self.clearing.next = self.sweep.q.val().clearing;
        self.sweeping.next = self.sweep.q.val().running;
        // Whether a step 3 comes, and a look-up began or reads what the sweep looks at, is known a cycle before.
        self.sweep.d.next.may_write =
            self.sweep.q.val().running & (self.sweep.q.val().step == 2) & !self.lookup.val() & !self.lookup_state.q.val().stage.get_bit(1);
        self.sweep_go.next = self.sweep.q.val().may_write & !self.same_set.val() & !self.acts.val();
        self.sweep.d.next.pending = self.sweep.q.val().pending | self.due.val();
        if self.sweep.q.val().running {
            self.sweep.d.next.step = self.sweep.q.val().step + 1;
            if (self.sweep.q.val().step == 0) & (self.stalled.val() | self.sweep.q.val().peeking) {
                self.sweep.d.next.step = 0.into();
            }
            if (self.sweep.q.val().step == 3) & !self.sweep_go.val() {
                self.sweep.d.next.step = 0.into();
            }
            if self.sweep.q.val().step == 4 {
                self.sweep.d.next.step = 0.into();
            }
        } else if (self.sweep.q.val().pending.any() | self.flush_blade.val().any()) & !self.sweep.q.val().clearing {
            self.sweep.d.next.running = true;
            self.sweep.d.next.kinds = self.sweep.q.val().pending;
            self.sweep.d.next.pending = self.due.val();
            self.sweep.d.next.step = 0.into();
        }
        self.sweep.d.next.remove = self.removes.val();
        self.sweep.d.next.old = self.olds.val();
        self.sweep.d.next.ages = self.ages.val();
        self.freed.next = self.sweep_go.val() & self.goes_any.val();
        self.freed_old.next = self.goes_old.val();
        self.freed_closing.next = self.goes_closing.val();
        self.freed_blade.next = self.goes_blade.val();
        if (self.sweep_go.val() & !self.goes_any.val()) | self.sweep.q.val().clearing {
            self.sweep_set.d.next = self.sweep_set.q.val() + 1;
            if self.sweep_set.q.val() == self.last_set.val() {
                self.sweep.d.next.running = false;
                self.sweep.d.next.clearing = false;
            }
        }
        // The RAM. What the caller writes: into its entry's place, or in front of the set, whose entries move up to the first free place.
        self.written.next = 0.into();
        if !self.remove.val() {
            self.written.next = (bit_cast::<44, 32>(self.lookup_state.q.val().tag) << 12)
                | (bit_cast::<44, 2>(self.write_class.val()) << 10)
                | (bit_cast::<44, 4>(self.write_blade.val()) << 2)
                | (bit_cast::<44, 1>(self.write_closing.val().into()) << 1)
                | 1;
        }
        self.enables.next = 0.into();
        self.port_address.d.next = self.sweep_set.q.val();
        if self.acts.val() & !self.sweep.q.val().clearing {
            self.port_address.d.next = self.set.q.val();
        }
        // What would be written is settled apart from whether it is.
        self.shifted.next = self.written.val();
        self.shifts.next = true;
        self.goes.next = true;
        for i in 0..4 {
            self.way[i].clock.next = self.clk.val();
            self.way[i].d.next = self.ram.read_data[i].val();
            self.entry.next = self.way[i].q.val();
            self.old_age.next = self.entry.val().get_bits::<4>(6) + 1;
            self.aged.next = self.entry.val() & !self.age_mask.val();
            self.aged.next = self.aged.val() | (bit_cast::<44, 4>(self.old_age.val()) << 6);
            self.enable.next = self.sweep.q.val().clearing;
            self.data.next = self.aged.val();
            if self.acts.val() {
                self.data.next = self.written.val();
                if self.push.val() {
                    self.data.next = self.shifted.val();
                }
            }
            if self.sweep.q.val().clearing | (self.goes_any.val() & !self.acts.val()) {
                self.data.next = 0.into();
            }
            if self.update.val() {
                self.enable.next = self.lookup_state.q.val().way.get_bit(i);
                if self.push.val() {
                    self.enable.next = self.shifts.val();
                }
            } else if self.sweep_go.val() {
                self.enable.next = self.sweep.q.val().ages.get_bit(i);
                if self.goes_any.val() {
                    self.enable.next = self.sweep.q.val().remove.get_bit(i) & self.goes.val();
                }
            }
            self.port_data[i].clock.next = self.clk.val();
            self.port_data[i].d.next = self.data.val();
            self.shifts.next = self.shifts.val() & !self.lookup_state.q.val().free.get_bit(i);
            self.goes.next = self.goes.val() & !self.sweep.q.val().remove.get_bit(i);
            self.shifted.next = self.held[i].q.val();
            self.enables.next = self.enables.val().replace_bit(i, self.enable.val());
            self.ram.write_data[i].next = self.port_data[i].q.val();
        }
        self.port_enable.d.next = self.enables.val();
        self.ram.write_enable.next = self.port_enable.q.val();
        self.ram.write_address.next = self.port_address.q.val();
        self.ram.clk.next = self.clk.val();
        self.ram.read_address.next = self.sweep_set.q.val();
        if self.looking.val() {
            self.ram.read_address.next = self.set.q.val();
        } else if self.sweep.q.val().peeking {
            self.ram.read_address.next = self.peek_set.val();
        }
        self.last_held.next = self.held[3].q.val();
        self.evicted.next = self.update.val() & self.push.val() & !self.lookup_state.q.val().free.any();
        self.evicted_closing.next = self.last_held.val().get_bit(1);
        self.evicted_blade.next = self.last_held.val().get_bits::<4>(2);
        if self.clear.val() {
            self.sweep_set.d.next = 0.into();
            self.sweep.d.next.clearing = true;
            self.sweep.d.next.running = false;
            self.sweep.d.next.may_write = false;
        }
        if self.reset.val() {
            self.sweep.d.next.may_write = false;
            self.lookup_state.d.next.busy = false;
            self.lookup_state.d.next.stage = 0.into();
            self.lookup_state.d.next.looking = false;
            self.sweep.d.next.running = false;
            self.sweep.d.next.peeking = false;
            self.sweep.d.next.pending = 0.into();
            self.sweep.d.next.peeks = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
