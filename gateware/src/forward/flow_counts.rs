//! Counts of the flow table's entries: those of each blade that are not closing, and all.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, clear | in | 1 | rising edge; the table is empty |
//! | update, keep, closing, blade | in | 1, 1, 1, 4 | an entry is written, or without keep removed; what it becomes |
//! | found, found_closing, found_blade | in | 1, 1, 4 | what the updated entry was; not found: there was none |
//! | freed, freed_closing, freed_blade | in | 1, 1, 4 | the sweep removes this entry; at most once in 3 cycles, and update not in two together |
//! | active_flows | out | N x 16 | entries of the blade that are not closing |
//! | table_entries | out | 16 | all |
//!
//! Latency: an update counts in the next cycle; what the sweep frees a cycle after that, or two where an update comes just then, since the
//! sweep's decision is late in its cycle. Bad input: an entry removed that was never written wraps a count.

use rust_hdl::prelude::*;

/// The entry freed last, while it still counts.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Freed {
    entry: Bit,
    active: Bit,
    blade: Bits<4>,
}

#[derive(LogicBlock)]
pub struct FlowCounts<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub update: Signal<In, Bit>,
    pub keep: Signal<In, Bit>,
    pub closing: Signal<In, Bit>,
    pub blade: Signal<In, Bits<4>>,
    pub found: Signal<In, Bit>,
    pub found_closing: Signal<In, Bit>,
    pub found_blade: Signal<In, Bits<4>>,
    pub freed: Signal<In, Bit>,
    pub freed_closing: Signal<In, Bit>,
    pub freed_blade: Signal<In, Bits<4>>,
    pub active_flows: [Signal<Out, Bits<16>>; N],
    pub table_entries: Signal<Out, Bits<16>>,
    waiting: DFF<Freed>,
    active: [DFF<Bits<16>>; N],
    entries: DFF<Bits<16>>,
    was_active: Signal<Local, Bit>,
    is_active: Signal<Local, Bit>,
    rises: Signal<Local, Bit>,
    falls: Signal<Local, Bit>,
}

impl<const N: usize> Default for FlowCounts<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk clear update keep closing blade found found_closing found_blade freed freed_closing freed_blade
            table_entries waiting entries was_active is_active rises falls
            ; arrays active_flows active)
    }
}

impl<const N: usize> Logic for FlowCounts<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, waiting, entries);
        if !self.update.val() {
            self.waiting.d.next.entry = false;
            self.waiting.d.next.active = false;
        }
        if self.freed.val() {
            self.waiting.d.next.entry = true;
            self.waiting.d.next.active = !self.freed_closing.val();
            self.waiting.d.next.blade = self.freed_blade.val();
        }
        self.was_active.next = self.update.val() & self.found.val() & !self.found_closing.val();
        self.is_active.next = self.update.val() & self.keep.val() & !self.closing.val();
        for i in 0..N {
            self.active[i].clock.next = self.clk.val();
            self.active[i].d.next = self.active[i].q.val();
            self.active_flows[i].next = self.active[i].q.val();
            self.rises.next = self.is_active.val() & (self.blade.val() == i.to_bits::<4>());
            self.falls.next = (self.was_active.val() & (self.found_blade.val() == i.to_bits::<4>()))
                | (self.waiting.q.val().active & !self.update.val() & (self.waiting.q.val().blade == i.to_bits::<4>()));
            if self.rises.val() & !self.falls.val() {
                self.active[i].d.next = self.active[i].q.val() + 1;
            }
            if self.falls.val() & !self.rises.val() {
                self.active[i].d.next = self.active[i].q.val() - 1;
            }
            if self.clear.val() {
                self.active[i].d.next = 0.into();
            }
        }
        self.table_entries.next = self.entries.q.val();
        if self.update.val() & self.keep.val() & !self.found.val() {
            self.entries.d.next = self.entries.q.val() + 1;
        }
        if (self.update.val() & !self.keep.val() & self.found.val()) | (self.waiting.q.val().entry & !self.update.val()) {
            self.entries.d.next = self.entries.q.val() - 1;
        }
        if self.clear.val() {
            self.entries.d.next = 0.into();
            self.waiting.d.next.entry = false;
            self.waiting.d.next.active = false;
        }
    }
    spareband_hdl::module_name!();
}
