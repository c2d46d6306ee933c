//! The bus side of a register bank: takes an access, leads it through the bank's pipeline and answers it.
//! Invariant: an access is answered once, 9 cycles after its request, or 4 after the bank lets go of it.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | bus_address, bus_write_data | in | 16, 32 | clk | byte address and word, with the request |
//! | bus_write, bus_read | in | 1 | clk | one cycle: the request; never both, none before the last is answered |
//! | bus_read_data | out | 32 | clk | with `bus_done` |
//! | bus_done, bus_error | out | 1 | clk | one cycle: the answer; no such register, or not writable |
//! | page, offset | out | 8, 6 | clk | address bits 15..8 and 7..2 of the access; between accesses those of the bus a cycle ago, and so `data` and `writes` |
//! | data, low | out | 32 | clk | word to write; the word written before it, which is the low one of a wide register |
//! | begins, writes | out | 1 | clk | one cycle: `page`, `offset` and `data` are those of a new access; it is a write (level) |
//! | hold | in | 1 | clk | the bank needs longer; from at most 3 cycles after `begins` on |
//! | sample | out | 1 | clk | one cycle, 5 after `page` and `offset` came to stand, or later by `hold`: take the register |
//! | write | out | 1 | clk | with `sample`: write it |
//! | value | in | 64 | clk | the register, two cycles after `sample` |
//! | found, writable, high | in | 1 | clk | with `value`: it exists; takes writes; `offset` is its high word |
//!
//! Latency: 9 cycles, and as long as `hold` lasts beyond the 5th. Throughput: an access per 9 cycles.
//! Bad input: an address that is no multiple of 4 answers `bus_error` and writes nothing.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Access {
    /// 0 idle, 1 to 5 lets the bank find the page and its counters' RAM answer, 6 samples, 7 chooses, 8 answers.
    step: Bits<4>,
    /// Not in step 0; in step 8.
    busy: bool,
    answers: bool,
    write: bool,
    aligned: bool,
    page: Bits<8>,
    offset: Bits<6>,
    data: Bits<32>,
    low: Bits<32>,
    /// The word that was written is the low one of the next access: it goes to all slots.
    keeps: bool,
    /// High word of the wide register that was read last.
    latched: Bits<32>,
    read_data: Bits<32>,
    done: bool,
    error: bool,
    /// In step 6; and it is a write that may be.
    samples: bool,
    changes: bool,
}

#[derive(LogicBlock, Default)]
pub struct RegisterAccess {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub bus_address: Signal<In, Bits<16>>,
    pub bus_write_data: Signal<In, Bits<32>>,
    pub bus_write: Signal<In, Bit>,
    pub bus_read: Signal<In, Bit>,
    pub bus_read_data: Signal<Out, Bits<32>>,
    pub bus_done: Signal<Out, Bit>,
    pub bus_error: Signal<Out, Bit>,
    pub page: Signal<Out, Bits<8>>,
    pub offset: Signal<Out, Bits<6>>,
    pub data: Signal<Out, Bits<32>>,
    pub low: Signal<Out, Bits<32>>,
    pub begins: Signal<Out, Bit>,
    pub writes: Signal<Out, Bit>,
    pub hold: Signal<In, Bit>,
    pub sample: Signal<Out, Bit>,
    pub write: Signal<Out, Bit>,
    pub value: Signal<In, Bits<64>>,
    pub found: Signal<In, Bit>,
    pub writable: Signal<In, Bit>,
    pub high: Signal<In, Bit>,
    access: ResetReg<Access>,
    step_more: Signal<Local, Bits<4>>,
    refused: Signal<Local, Bit>,
    answered: Signal<Local, Bit>,
}

impl Logic for RegisterAccess {
    #[hdl_gen]
    fn update(&mut self) {
        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.access.d.next = self.access.q.val();
        self.access.d.next.done = false;
        self.access.d.next.error = false;
        self.step_more.next = self.access.q.val().step + 1;
        self.refused.next = !self.access.q.val().aligned | !self.found.val() | (self.access.q.val().write & !self.writable.val());
        self.begins.next = (self.access.q.val().step == 1) & self.access.q.val().aligned;
        self.writes.next = self.access.q.val().write;
        self.answered.next = (self.access.q.val().step == 5) & !self.hold.val();
        self.access.d.next.samples = self.answered.val();
        self.access.d.next.changes = self.answered.val() & self.access.q.val().write & self.access.q.val().aligned;
        self.sample.next = self.access.q.val().samples;
        self.write.next = self.access.q.val().changes;

        if !self.access.q.val().busy {
            self.access.d.next.write = self.bus_write.val();
            self.access.d.next.aligned = self.bus_address.val().get_bits::<2>(0) == 0;
            self.access.d.next.page = self.bus_address.val().get_bits::<8>(8);
            self.access.d.next.offset = self.bus_address.val().get_bits::<6>(2);
            self.access.d.next.data = self.bus_write_data.val();
        }
        if (self.access.q.val().busy | self.bus_read.val() | self.bus_write.val()) & ((self.access.q.val().step != 5) | !self.hold.val()) {
            self.access.d.next.busy = true;
            self.access.d.next.step = self.step_more.val();
        }
        self.access.d.next.answers = self.access.q.val().step == 7;
        self.access.d.next.keeps = self.access.q.val().answers & self.access.q.val().write;
        if self.access.q.val().keeps {
            self.access.d.next.low = self.access.q.val().data;
        }
        if self.access.q.val().answers {
            self.access.d.next.step = 0.into();
            self.access.d.next.busy = false;
            self.access.d.next.done = true;
            self.access.d.next.error = self.refused.val();
            self.access.d.next.read_data = self.value.val().get_bits::<32>(0);
            if self.high.val() {
                self.access.d.next.read_data = self.access.q.val().latched;
            } else if !self.access.q.val().write {
                self.access.d.next.latched = self.value.val().get_bits::<32>(32);
            }
        }

        self.page.next = self.access.q.val().page;
        self.offset.next = self.access.q.val().offset;
        self.data.next = self.access.q.val().data;
        self.low.next = self.access.q.val().low;
        self.bus_read_data.next = self.access.q.val().read_data;
        self.bus_done.next = self.access.q.val().done;
        self.bus_error.next = self.access.q.val().error;
    }

    spareband_hdl::module_name!();
}
