//! The way from the register bank to the manager's tables: a word of the window (spec::regs::tables) becomes an access to the table chosen.
//! Invariant: an access is over within TABLE_WAIT_CYCLES, whatever the table does; one that got no answer reads as no register.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | begins, writes, page, offset, data | in | 1, 1, 8, 6, 32 | clk | from RegisterAccess |
//! | select | in | 16 | clk | register `tables.select`: table in bits 3..0, page in 15..8 |
//! | hold | out | 1 | clk | the access is not over |
//! | in_window | out | 1 | clk | the address is one of the window |
//! | value, found | out | 32, 1 | clk | after `hold`: the word read; the table answered |
//! | address, write_data | out | 21, 32 | clk | word of the table; stable while an access lasts |
//! | write, read | out | T | clk | level, one-hot, from registers: an access to table i, taken where `ready` is set too |
//! | ready | in | T | clk | table i takes an access |
//! | read_valid, read_data | in | T, T x 32 | clk | pulse after a read was taken: the word, which stays until the next |
//!
//! Latency: `hold` rises a cycle after `begins` and falls a cycle after a write was taken or a read answered. Throughput: one access at a time.
//! Bad input: a table that is not there, or does not answer: not found, nothing written.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::tables::{TABLE_WAIT_CYCLES, TABLES};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct State {
    /// The access is not over.
    busy: bool,
    waited: Bits<7>,
    value: Bits<32>,
    found: bool,
}

#[derive(LogicBlock)]
pub struct TablePort<const T: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub begins: Signal<In, Bit>,
    pub writes: Signal<In, Bit>,
    pub page: Signal<In, Bits<8>>,
    pub offset: Signal<In, Bits<6>>,
    pub data: Signal<In, Bits<32>>,
    pub select: Signal<In, Bits<16>>,
    pub hold: Signal<Out, Bit>,
    pub in_window: Signal<Out, Bit>,
    pub value: Signal<Out, Bits<32>>,
    pub found: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<21>>,
    pub write_data: Signal<Out, Bits<32>>,
    pub write: Signal<Out, Bits<T>>,
    pub read: Signal<Out, Bits<T>>,
    pub ready: Signal<In, Bits<T>>,
    pub read_valid: Signal<In, Bits<T>>,
    pub read_data: [Signal<In, Bits<32>>; T],
    state: ResetReg<State>,
    // The table that is asked to write, to read, or was and has not answered; one at most.
    writing: ResetReg<Bits<T>>,
    reading: ResetReg<Bits<T>>,
    waiting: ResetReg<Bits<T>>,
    waited_more: Signal<Local, Bits<7>>,
    chosen: Signal<Local, Bits<T>>,
    chosen_data: Signal<Local, Bits<32>>,
    late: Signal<Local, Bit>,
    written: Signal<Local, Bit>,
    asked: Signal<Local, Bits<T>>,
    answered: Signal<Local, Bit>,
}

impl<const T: usize> Default for TablePort<T> {
    fn default() -> Self {
        assert_eq!(TABLE_WAIT_CYCLES, 1 << 7, "the width of State::waited");
        assert_eq!(T, TABLES.len());
        with_defaults!(Self {}
            defaults clk reset begins writes page offset data select hold in_window value found address write_data write read ready
            read_valid state writing reading waiting waited_more chosen chosen_data late written asked answered
            ; arrays read_data)
    }
}

impl<const T: usize> Logic for TablePort<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.state.clk.next = self.clk.val();
        self.state.reset.next = self.reset.val();
        self.state.d.next = self.state.q.val();
        self.writing.clk.next = self.clk.val();
        self.writing.reset.next = self.reset.val();
        self.writing.d.next = self.writing.q.val();
        self.reading.clk.next = self.clk.val();
        self.reading.reset.next = self.reset.val();
        self.reading.d.next = self.reading.q.val();
        self.waiting.clk.next = self.clk.val();
        self.waiting.reset.next = self.reset.val();
        self.waiting.d.next = self.waiting.q.val();

        self.chosen.next = 0.into();
        self.chosen_data.next = 0.into();
        for i in 0..T {
            if self.select.val().get_bits::<4>(0) == i.to_bits::<4>() {
                self.chosen.next = self.chosen.val().replace_bit(i, true);
            }
            if self.waiting.q.val().get_bit(i) {
                self.chosen_data.next = self.chosen_data.val() | self.read_data[i].val();
            }
        }
        self.in_window.next = self.page.val().get_bit(7);
        self.address.next = (bit_cast::<21, 8>(self.select.val().get_bits::<8>(8)) << 13)
            | (bit_cast::<21, 7>(self.page.val().get_bits::<7>(0)) << 6)
            | bit_cast::<21, 6>(self.offset.val());
        self.write_data.next = self.data.val();
        self.write.next = self.writing.q.val();
        self.read.next = self.reading.q.val();

        self.waited_more.next = self.state.q.val().waited + 1;
        self.late.next = self.waited_more.val() == 0;
        self.state.d.next.waited = self.waited_more.val();
        self.written.next = (self.ready.val() & self.writing.q.val()).any();
        self.asked.next = self.ready.val() & self.reading.q.val();
        self.answered.next = (self.read_valid.val() & self.waiting.q.val()).any();
        if self.written.val() {
            self.writing.d.next = 0.into();
        }
        if self.asked.val().any() {
            self.reading.d.next = 0.into();
            self.waiting.d.next = self.asked.val();
        }
        if self.answered.val() {
            self.waiting.d.next = 0.into();
            self.state.d.next.value = self.chosen_data.val();
        }
        if self.written.val() | self.answered.val() {
            self.state.d.next.busy = false;
            self.state.d.next.found = true;
        }
        if self.late.val() {
            self.writing.d.next = 0.into();
            self.reading.d.next = 0.into();
            self.waiting.d.next = 0.into();
            self.state.d.next.busy = false;
        }
        if self.begins.val() {
            self.writing.d.next = 0.into();
            self.reading.d.next = 0.into();
            self.waiting.d.next = 0.into();
            if self.page.val().get_bit(7) {
                if self.writes.val() {
                    self.writing.d.next = self.chosen.val();
                } else {
                    self.reading.d.next = self.chosen.val();
                }
            }
            self.state.d.next.busy = self.page.val().get_bit(7);
            self.state.d.next.waited = 0.into();
            self.state.d.next.value = 0.into();
            self.state.d.next.found = false;
        }
        self.hold.next = self.state.q.val().busy;
        self.value.next = self.state.q.val().value;
        self.found.next = self.state.q.val().found;
    }

    spareband_hdl::module_name!();
}
