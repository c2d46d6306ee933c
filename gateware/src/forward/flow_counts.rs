//! Counts of the flow table's entries: those of each blade that are not closing, and all.
//!
//! > Once nothing waits, each count is the number of such entries.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, clear | in | 1 | rising edge; the table is empty |
//! | update, closing, blade | in | 1, 1, 4 | an entry is written; what it becomes; at most once in 6 cycles |
//! | found, found_closing, found_blade | in | 1, 1, 4 | what the updated entry was; not found: there was none |
//! | removed, removed_closing, removed_blade | in | 3 x 1, 1, 4 | this entry is gone; three sources, each at most once in 5 cycles |
//! | active_flows | out | N x 16 | entries of the blade that are not closing; 65535: 65528 or more |
//! | table_entries | out | 20 | all |
//!
//! Latency: an update counts 2 cycles after it; a removal 3, and each update and each other removal that comes then holds it up by
//! one more: 6 at most. It waits, since the sweep's decision is late in its cycle.
//! Bad input: an entry removed that was never written wraps a count; removals that come faster are lost.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct FlowCounts<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub update: Signal<In, Bit>,
    pub closing: Signal<In, Bit>,
    pub blade: Signal<In, Bits<4>>,
    pub found: Signal<In, Bit>,
    pub found_closing: Signal<In, Bit>,
    pub found_blade: Signal<In, Bits<4>>,
    pub removed: [Signal<In, Bit>; 3],
    pub removed_closing: [Signal<In, Bit>; 3],
    pub removed_blade: [Signal<In, Bits<4>>; 3],
    pub active_flows: [Signal<Out, Bits<16>>; N],
    pub table_entries: Signal<Out, Bits<20>>,
    /// Entries that are gone, while they still count.
    waits: [DFF<Bit>; 3],
    waits_active: [DFF<Bit>; 3],
    waits_blade: [DFF<Bits<4>>; 3],
    /// The blade has one entry more, one fewer; counted a cycle later, as many are asked at once.
    more: [DFF<Bit>; N],
    fewer: [DFF<Bit>; N],
    entry_more: DFF<Bit>,
    entry_fewer: DFF<Bit>,
    active: [DFF<Bits<20>>; N],
    /// The count is, or soon may be, past what 16 bits hold; a cycle late, which the margin of 8 makes up for.
    many: [DFF<Bit>; N],
    entries: DFF<Bits<20>>,
    count: Signal<Local, Bits<20>>,
    shown: Signal<Local, Bits<16>>,
    margin: Signal<Local, Bits<13>>,
    beyond: Signal<Local, Bits<4>>,
    was_active: Signal<Local, Bit>,
    is_active: Signal<Local, Bit>,
    rises: Signal<Local, Bit>,
    falls: Signal<Local, Bit>,
    leaves: Signal<Local, Bit>,
    leaves_active: Signal<Local, Bit>,
    leaves_blade: Signal<Local, Bits<4>>,
}

impl<const N: usize> Default for FlowCounts<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk clear update closing blade found found_closing found_blade table_entries entry_more entry_fewer entries count shown margin beyond
            was_active is_active rises falls leaves leaves_active leaves_blade
            ; arrays removed removed_closing removed_blade active_flows waits waits_active waits_blade more fewer active many)
    }
}

impl<const N: usize> Logic for FlowCounts<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, entry_more, entry_fewer, entries);
        // One that waits leaves in a cycle without update.
        self.leaves.next = false;
        self.leaves_active.next = false;
        self.leaves_blade.next = 0.into();
        for i in 0..3 {
            self.waits[i].clock.next = self.clk.val();
            self.waits_active[i].clock.next = self.clk.val();
            self.waits_blade[i].clock.next = self.clk.val();
            self.waits[i].d.next = self.waits[i].q.val();
            self.waits_active[i].d.next = self.waits_active[i].q.val();
            self.waits_blade[i].d.next = self.waits_blade[i].q.val();
            if self.waits[i].q.val() & !self.leaves.val() {
                self.leaves.next = true;
                self.leaves_active.next = self.waits_active[i].q.val() & !self.update.val();
                self.leaves_blade.next = self.waits_blade[i].q.val();
                self.waits[i].d.next = self.update.val();
            }
            if self.removed[i].val() {
                self.waits[i].d.next = true;
                self.waits_active[i].d.next = !self.removed_closing[i].val();
                self.waits_blade[i].d.next = self.removed_blade[i].val();
            }
            if self.clear.val() {
                self.waits[i].d.next = false;
            }
        }
        self.was_active.next = self.update.val() & self.found.val() & !self.found_closing.val();
        self.is_active.next = self.update.val() & !self.closing.val();
        for i in 0..N {
            self.active[i].clock.next = self.clk.val();
            self.many[i].clock.next = self.clk.val();
            self.count.next = self.active[i].q.val();
            self.beyond.next = self.count.val().get_bits::<4>(16);
            self.margin.next = self.count.val().get_bits::<13>(3);
            self.many[i].d.next = self.beyond.val().any() | self.margin.val().all();
            self.shown.next = self.count.val().get_bits::<16>(0);
            if self.many[i].q.val() {
                self.shown.next = 0xFFFF_u16.to_bits::<16>();
            }
            self.active_flows[i].next = self.shown.val();
            self.active[i].d.next = self.count.val();
            self.rises.next = self.is_active.val() & (self.blade.val() == i.to_bits::<4>());
            self.falls.next = (self.was_active.val() & (self.found_blade.val() == i.to_bits::<4>()))
                | (self.leaves_active.val() & (self.leaves_blade.val() == i.to_bits::<4>()));
            self.more[i].clock.next = self.clk.val();
            self.fewer[i].clock.next = self.clk.val();
            self.more[i].d.next = self.rises.val() & !self.falls.val();
            self.fewer[i].d.next = self.falls.val() & !self.rises.val();
            if self.more[i].q.val() {
                self.active[i].d.next = self.count.val() + 1;
            }
            if self.fewer[i].q.val() {
                self.active[i].d.next = self.count.val() - 1;
            }
            if self.clear.val() {
                self.more[i].d.next = false;
                self.fewer[i].d.next = false;
                self.active[i].d.next = 0.into();
                self.many[i].d.next = false;
            }
        }
        self.table_entries.next = self.entries.q.val();
        self.entry_more.d.next = self.update.val() & !self.found.val();
        self.entry_fewer.d.next = self.leaves.val() & !self.update.val();
        if self.entry_more.q.val() {
            self.entries.d.next = self.entries.q.val() + 1;
        }
        if self.entry_fewer.q.val() {
            self.entries.d.next = self.entries.q.val() - 1;
        }
        if self.clear.val() {
            self.entry_more.d.next = false;
            self.entry_fewer.d.next = false;
            self.entries.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
