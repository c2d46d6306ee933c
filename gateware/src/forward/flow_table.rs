//! Flow table: 2^A sets of 4 entries in block RAM, with a sweep that ages them and counts the flows of each blade.
//!
//! > `active_flows[i]` is the number of valid entries of blade i that are not closing; `table_entries` that of all valid ones.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset, flush | in | 1 | rising edge; reset and flush empty the table, which takes 2^A cycles of finding neither entry nor room |
//! | timeout | in | 32 | idle time of an entry in units of 65536 cycles; 0: for ever |
//! | lookup, lookup_index, lookup_tag | in | 1, A, 32 | look a flow up; not before the last was finished |
//! | result_valid | out | 1 | pulse 5 cycles after `lookup`; the result stays until the next |
//! | found, found_blade, found_closing, room | out | 1, 4, 1, 1 | the flow's entry; or a free place |
//! | finish | in | 1 | done with the flow, at `result_valid` or later |
//! | write, write_keep, write_closing, write_blade | in | 1, 1, 1, 4 | with `finish`: (over)write the entry, used now; or, without keep, remove it |
//! | active_flows | out | N x 16 | per blade |
//! | table_entries | out | 16 | all |
//! | expired | out | 1 | pulse: an idle entry was removed |
//!
//! Latency: look-up 5 cycles; a `finish` is seen by a look-up in the next cycle and in `active_flows` then. Throughput: a flow in 6 cycles.
//! An entry that the sweep removes leaves the counts a cycle later, or two where a caller's write comes just then.
//! An idle entry goes after 15/16 to 16/16 of the time-out, a closing one after 1/16 to 2/16; later where a sweep takes longer than that.
//! A tag of 32 bits: two flows share an entry with probability 2^-30 a pair in one set, and then share a blade.

use super::FlowCounts;
use rust_hdl::prelude::*;
use spareband_hdl::parts::SimpleDualPortRam;
use spareband_spec::frame::{AGE_EXPIRED, SWEEPS_A_TIMEOUT};
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;

/// Entry: valid, closing, blade 4, age 4, tag 32.
const ENTRY: usize = 42;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Lookup {
    busy: Bit,
    was_busy: Bit,
    /// Bit i: the look-up began i + 1 cycles ago.
    stage: Bits<5>,
    tag: Bits<32>,
    /// The table was being emptied: neither entry nor room.
    blind: Bit,
    hit: Bits<4>,
    free: Bits<4>,
    found: Bit,
    room: Bit,
    blade: Bits<4>,
    closing: Bit,
    /// One-hot: the entry to write.
    way: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sweep {
    clearing: Bit,
    running: Bit,
    due: Bit,
    step: Bits<3>,
    tick: Bits<12>,
    elapsed: Bits<32>,
    expire: Bits<4>,
    closing: Bit,
    blade: Bits<4>,
    expired: Bit,
}

#[derive(LogicBlock)]
pub struct FlowTable<const N: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    pub timeout: Signal<In, Bits<32>>,
    pub lookup: Signal<In, Bit>,
    pub lookup_index: Signal<In, Bits<A>>,
    pub lookup_tag: Signal<In, Bits<32>>,
    pub result_valid: Signal<Out, Bit>,
    pub found: Signal<Out, Bit>,
    pub found_blade: Signal<Out, Bits<4>>,
    pub found_closing: Signal<Out, Bit>,
    pub room: Signal<Out, Bit>,
    pub finish: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub write_keep: Signal<In, Bit>,
    pub write_closing: Signal<In, Bit>,
    pub write_blade: Signal<In, Bits<4>>,
    pub active_flows: [Signal<Out, Bits<16>>; N],
    pub table_entries: Signal<Out, Bits<16>>,
    pub expired: Signal<Out, Bit>,
    ram: [SimpleDualPortRam<ENTRY, A>; 4],
    way: [DFF<Bits<ENTRY>>; 4],
    lookup_state: DFF<Lookup>,
    set: DFF<Bits<A>>,
    sweep: DFF<Sweep>,
    sweep_set: DFF<Bits<A>>,
    /// The write port of the RAMs.
    port_enable: DFF<Bits<4>>,
    port_address: DFF<Bits<A>>,
    port_data: [DFF<Bits<ENTRY>>; 4],
    counts: FlowCounts<N>,
    last_set: Constant<Bits<A>>,
    age_expired: Constant<Bits<4>>,
    age_mask: Constant<Bits<ENTRY>>,
    enable: Signal<Local, Bit>,
    enables: Signal<Local, Bits<4>>,
    entry: Signal<Local, Bits<ENTRY>>,
    entry_age: Signal<Local, Bits<4>>,
    entry_tag: Signal<Local, Bits<32>>,
    hits: Signal<Local, Bits<4>>,
    frees: Signal<Local, Bits<4>>,
    first_free: Signal<Local, Bits<4>>,
    found_any: Signal<Local, Bit>,
    hit_blade: Signal<Local, Bits<4>>,
    hit_closing: Signal<Local, Bit>,
    update: Signal<Local, Bit>,
    written: Signal<Local, Bits<ENTRY>>,
    aged: Signal<Local, Bits<ENTRY>>,
    expire: Signal<Local, Bits<4>>,
    expire_closing: Signal<Local, Bit>,
    expire_blade: Signal<Local, Bits<4>>,
    expire_any: Signal<Local, Bit>,
    same_set: Signal<Local, Bit>,
    sweep_go: Signal<Local, Bit>,
    sweep_frees: Signal<Local, Bit>,
    empty_out: Signal<Local, Bit>,
}

impl<const N: usize, const A: usize> Default for FlowTable<N, A> {
    fn default() -> Self {
        assert!((1..=14).contains(&A), "2^{A} sets");
        // The tick is a register of 12 bits: a sweep begins every `timeout` wraps of it.
        assert_eq!(FLOW_TIMEOUT_UNIT_CYCLES / SWEEPS_A_TIMEOUT, 1 << 12);
        with_defaults!(Self {
            last_set: Constant::new(!Bits::<A>::default()),
            age_expired: Constant::new(AGE_EXPIRED.to_bits()),
            age_mask: Constant::new(0x3C0_u32.to_bits()),
        }
            defaults clk reset flush timeout lookup lookup_index lookup_tag result_valid found found_blade found_closing room
            finish write write_keep write_closing write_blade table_entries expired lookup_state set sweep sweep_set port_enable
            port_address counts enable enables entry entry_age entry_tag hits frees first_free found_any hit_blade hit_closing
            update written aged expire expire_closing expire_blade expire_any same_set sweep_go sweep_frees empty_out
            ; arrays active_flows ram way port_data)
    }
}

impl<const N: usize, const A: usize> Logic for FlowTable<N, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, lookup_state, set, sweep, sweep_set, port_enable, port_address);
        self.empty_out.next = self.reset.val() | self.flush.val();
        // Look-up: 1 address, 2 RAM, 3 its fabric register, 4 compare, 5 choose.
        self.lookup_state.d.next.was_busy = self.lookup_state.q.val().busy;
        self.lookup_state.d.next.stage = (self.lookup_state.q.val().stage << 1) | bit_cast::<5, 1>(self.lookup.val().into());
        if self.lookup.val() {
            self.lookup_state.d.next.busy = true;
            self.lookup_state.d.next.tag = self.lookup_tag.val();
            self.lookup_state.d.next.blind = self.sweep.q.val().clearing;
            self.set.d.next = self.lookup_index.val();
        }
        if self.finish.val() {
            self.lookup_state.d.next.busy = false;
        }
        self.hits.next = 0.into();
        self.frees.next = 0.into();
        self.first_free.next = 0.into();
        self.hit_blade.next = 0.into();
        self.hit_closing.next = false;
        self.expire.next = 0.into();
        self.expire_any.next = false;
        self.expire_closing.next = false;
        self.expire_blade.next = 0.into();
        for i in 0..4 {
            self.entry.next = self.way[i].q.val();
            self.entry_tag.next = self.entry.val().get_bits::<32>(10);
            self.entry_age.next = self.entry.val().get_bits::<4>(6);
            self.hits.next = self.hits.val().replace_bit(
                i,
                self.entry.val().get_bit(0) & (self.entry_tag.val() == self.lookup_state.q.val().tag),
            );
            self.frees.next = self.frees.val().replace_bit(i, !self.entry.val().get_bit(0));
            // A cycle later, the registers of the ways still hold the same set.
            if self.lookup_state.q.val().hit.get_bit(i) {
                self.hit_blade.next = self.hit_blade.val() | self.entry.val().get_bits::<4>(2);
                self.hit_closing.next = self.hit_closing.val() | self.entry.val().get_bit(1);
            }
            if self.lookup_state.q.val().free.get_bit(i) & !self.first_free.val().any() {
                self.first_free.next = self.first_free.val().replace_bit(i, true);
            }
            if self.entry.val().get_bit(0)
                & ((self.entry_age.val() == self.age_expired.val()) | (self.entry.val().get_bit(1) & self.entry_age.val().any()))
                & !self.expire_any.val()
            {
                self.expire_any.next = true;
                self.expire.next = self.expire.val().replace_bit(i, true);
                self.expire_closing.next = self.entry.val().get_bit(1);
                self.expire_blade.next = self.entry.val().get_bits::<4>(2);
            }
        }
        if self.lookup_state.q.val().stage.get_bit(2) {
            self.lookup_state.d.next.hit = self.hits.val();
            self.lookup_state.d.next.free = self.frees.val();
        }
        self.found_any.next = self.lookup_state.q.val().hit.any() & !self.lookup_state.q.val().blind;
        if self.lookup_state.q.val().stage.get_bit(3) {
            self.lookup_state.d.next.found = self.found_any.val();
            self.lookup_state.d.next.room = self.lookup_state.q.val().free.any() & !self.lookup_state.q.val().blind;
            self.lookup_state.d.next.blade = self.hit_blade.val();
            self.lookup_state.d.next.closing = self.hit_closing.val();
            self.lookup_state.d.next.way = self.first_free.val();
            if self.found_any.val() {
                self.lookup_state.d.next.way = self.lookup_state.q.val().hit;
            }
        }
        self.result_valid.next = self.lookup_state.q.val().stage.get_bit(4);
        self.found.next = self.lookup_state.q.val().found;
        self.found_blade.next = self.lookup_state.q.val().blade;
        self.found_closing.next = self.lookup_state.q.val().closing;
        self.room.next = self.lookup_state.q.val().room;
        // What the caller decided.
        self.update.next = self.write.val() & !self.lookup_state.q.val().blind;
        self.written.next = 0.into();
        if self.write_keep.val() {
            self.written.next = (bit_cast::<42, 32>(self.lookup_state.q.val().tag) << 10)
                | (bit_cast::<42, 4>(self.write_blade.val()) << 2)
                | (bit_cast::<42, 1>(self.write_closing.val().into()) << 1)
                | 1;
        }
        // Sweep: 0 read where no look-up does, 1 RAM, 2 examine, 3 write unless a look-up came between, 4 wait for the write.
        // The caller's write is in the RAM two cycles after `finish`, when a look-up in the next cycle reads it.
        self.same_set.next =
            (self.lookup_state.q.val().busy | self.lookup_state.q.val().was_busy) & (self.set.q.val() == self.sweep_set.q.val());
        self.sweep_go.next = false;
        self.sweep.d.next.expired = false;
        self.sweep.d.next.tick = self.sweep.q.val().tick + 1;
        if self.sweep.q.val().tick.all() {
            self.sweep.d.next.elapsed = self.sweep.q.val().elapsed + 1;
        }
        if self.sweep.q.val().elapsed >= self.timeout.val() {
            self.sweep.d.next.elapsed = 0.into();
            self.sweep.d.next.due = self.timeout.val().any();
        }
        if self.sweep.q.val().running {
            self.sweep.d.next.step = self.sweep.q.val().step + 1;
            if (self.sweep.q.val().step == 0)
                & (self.lookup_state.q.val().stage.get_bit(0) | self.lookup_state.q.val().stage.get_bit(1) | self.same_set.val())
            {
                self.sweep.d.next.step = 0.into();
            }
            if self.sweep.q.val().step == 3 {
                self.sweep_go.next =
                    !self.same_set.val() & !self.update.val() & !self.lookup.val() & !self.lookup_state.q.val().stage.get_bit(2);
                if !self.sweep_go.val() {
                    self.sweep.d.next.step = 0.into();
                }
            }
            if self.sweep.q.val().step == 4 {
                self.sweep.d.next.step = 0.into();
            }
        } else if self.sweep.q.val().due & !self.sweep.q.val().clearing {
            self.sweep.d.next.running = true;
            self.sweep.d.next.due = false;
            self.sweep.d.next.step = 0.into();
        }
        self.sweep.d.next.expire = self.expire.val();
        self.sweep.d.next.closing = self.expire_closing.val();
        self.sweep.d.next.blade = self.expire_blade.val();
        self.sweep_frees.next = self.sweep_go.val() & self.sweep.q.val().expire.any();
        self.sweep.d.next.expired = self.sweep_frees.val() & !self.sweep.q.val().closing;
        if (self.sweep_go.val() & !self.sweep.q.val().expire.any()) | self.sweep.q.val().clearing {
            self.sweep_set.d.next = self.sweep_set.q.val() + 1;
            if self.sweep_set.q.val() == self.last_set.val() {
                self.sweep.d.next.running = false;
                self.sweep.d.next.clearing = false;
            }
        }
        self.expired.next = self.sweep.q.val().expired;
        // The RAMs. A look-up's set is read twice, since the choice comes a cycle after the comparison.
        self.enables.next = 0.into();
        self.port_address.d.next = self.sweep_set.q.val();
        if self.update.val() {
            self.port_address.d.next = self.set.q.val();
        }
        for i in 0..4 {
            self.way[i].clock.next = self.clk.val();
            self.way[i].d.next = self.ram[i].read_data.val();
            self.ram[i].clk.next = self.clk.val();
            self.ram[i].read_address.next = self.sweep_set.q.val();
            if self.lookup_state.q.val().stage.get_bit(0) | self.lookup_state.q.val().stage.get_bit(1) {
                self.ram[i].read_address.next = self.set.q.val();
            }
            self.entry.next = self.way[i].q.val();
            self.entry_age.next = self.entry.val().get_bits::<4>(6) + 1;
            self.aged.next = self.entry.val() & !self.age_mask.val();
            self.aged.next = self.aged.val() | (bit_cast::<42, 4>(self.entry_age.val()) << 6);
            self.port_data[i].clock.next = self.clk.val();
            self.port_data[i].d.next = 0.into();
            self.enable.next = self.sweep.q.val().clearing;
            if self.update.val() {
                self.enable.next = self.lookup_state.q.val().way.get_bit(i);
                self.port_data[i].d.next = self.written.val();
            } else if self.sweep_go.val() {
                if self.sweep.q.val().expire.any() {
                    self.enable.next = self.sweep.q.val().expire.get_bit(i);
                } else {
                    self.enable.next = self.entry.val().get_bit(0);
                    self.port_data[i].d.next = self.aged.val();
                }
            }
            self.enables.next = self.enables.val().replace_bit(i, self.enable.val());
            self.ram[i].write_enable.next = self.port_enable.q.val().get_bit(i);
            self.ram[i].write_address.next = self.port_address.q.val();
            self.ram[i].write_data.next = self.port_data[i].q.val();
        }
        self.port_enable.d.next = self.enables.val();
        // The counts. Caller and sweep never write in one cycle.
        self.counts.clk.next = self.clk.val();
        self.counts.clear.next = self.empty_out.val();
        self.counts.update.next = self.update.val();
        self.counts.keep.next = self.write_keep.val();
        self.counts.closing.next = self.write_closing.val();
        self.counts.blade.next = self.write_blade.val();
        self.counts.found.next = self.lookup_state.q.val().found;
        self.counts.found_closing.next = self.lookup_state.q.val().closing;
        self.counts.found_blade.next = self.lookup_state.q.val().blade;
        self.counts.freed.next = self.sweep_frees.val();
        self.counts.freed_closing.next = self.sweep.q.val().closing;
        self.counts.freed_blade.next = self.sweep.q.val().blade;
        self.table_entries.next = self.counts.table_entries.val();
        for i in 0..N {
            self.active_flows[i].next = self.counts.active_flows[i].val();
        }
        if self.empty_out.val() {
            self.sweep_set.d.next = 0.into();
            self.sweep.d.next.clearing = true;
            self.sweep.d.next.running = false;
            self.sweep.d.next.expired = false;
            self.lookup_state.d.next.blind = true;
        }
        if self.reset.val() {
            self.lookup_state.d.next.busy = false;
            self.lookup_state.d.next.stage = 0.into();
            self.sweep.d.next.due = false;
            self.sweep.d.next.tick = 0.into();
            self.sweep.d.next.elapsed = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
