//! What the host's window shows of the flow table and of the filtering database: words of their entries, on the port that `TablePort` drives.
//!
//! > An access is answered when the table has done it, and nothing else waits for that.
//!
//! `FlowTableAccess`, read only: word 2 i is entry i (valid 1, half-open 1, closing 1, class 2, 3 bits 0, blade 4, age 4), word 2 i + 1 its tag as of the last
//! read of an even word. i: bits 1..0 the way, above it the set, bit 19 the half-open partition.
//!
//! `MacTableAccess`: word 4 i is entry i (valid 1, static 1, age 4, 2 bits 0, port 5, 3 bits 0, vid 12), words 4 i + 1 and 4 i + 2 its address as of the last
//! read of word 4 i, bits 31..0 and 47..32. Bit 20 of the word's number: 0 and 1 hold an address for a command; 2 is the command: vid in
//! bits 11..0, port in 20..16, bit 31 to remove the static entry instead of writing it; 2 reads as whether the last command did it.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core |
//! | address, write_data | in | 21, 32 | as in `TablePort` |
//! | write, read, ready, read_valid, read_data | in, in, out, out, out | 1, 1, 1, 1, 32 | as in `TablePort` |
//! | entry_*, host_* | | | `FlowTable`, `MacTable` |
//!
//! Latency: 3 cycles more than the table's; what asks their table comes from registers. `read_data` stands with `read_valid` alone. Bad input: a write to what is read only is taken and does nothing.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Access {
    /// The table was asked; it is asked now; its old answer has gone.
    asked: Bit,
    reads: Bit,
    settled: Bit,
    valid: Bit,
    data: Bits<32>,
}

#[derive(LogicBlock, Default)]
pub struct FlowTableAccess {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub address: Signal<In, Bits<21>>,
    pub write: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub read_valid: Signal<Out, Bit>,
    pub read_data: Signal<Out, Bits<32>>,
    pub entry_read: Signal<Out, Bit>,
    pub entry_index: Signal<Out, Bits<20>>,
    pub entry_ready: Signal<In, Bit>,
    pub entry_valid: Signal<In, Bit>,
    pub entry_half_open: Signal<In, Bit>,
    pub entry_blade: Signal<In, Bits<4>>,
    pub entry_class: Signal<In, Bits<2>>,
    pub entry_closing: Signal<In, Bit>,
    pub entry_age: Signal<In, Bits<4>>,
    pub entry_tag: Signal<In, Bits<32>>,
    access: DFF<Access>,
    fields: Signal<Local, Bits<32>>,
}

impl Logic for FlowTableAccess {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, access);
        self.fields.next = bit_cast::<32, 1>(self.entry_valid.val().into())
            | (bit_cast::<32, 1>(self.entry_half_open.val().into()) << 1)
            | (bit_cast::<32, 1>(self.entry_closing.val().into()) << 2)
            | (bit_cast::<32, 2>(self.entry_class.val()) << 3)
            | (bit_cast::<32, 4>(self.entry_blade.val()) << 8)
            | (bit_cast::<32, 4>(self.entry_age.val()) << 12);
        self.ready.next = !self.access.q.val().asked;
        self.entry_read.next = self.access.q.val().reads;
        self.entry_index.next = self.address.val().get_bits::<20>(1);
        self.access.d.next.valid = false;
        self.access.d.next.reads = false;
        self.access.d.next.settled = self.access.q.val().asked;
        if self.read.val() & !self.access.q.val().asked {
            self.access.d.next.asked = !self.address.val().get_bit(0);
            self.access.d.next.reads = !self.address.val().get_bit(0);
            self.access.d.next.valid = self.address.val().get_bit(0);
            self.access.d.next.data = self.entry_tag.val();
        }
        if self.access.q.val().asked & self.access.q.val().settled & self.entry_ready.val() {
            self.access.d.next.asked = false;
            self.access.d.next.settled = false;
            self.access.d.next.valid = true;
            self.access.d.next.data = self.fields.val();
        }
        self.read_valid.next = self.access.q.val().valid;
        self.read_data.next = self.access.q.val().data;
        if self.reset.val() {
            self.access.d.next.asked = false;
            self.access.d.next.reads = false;
            self.access.d.next.settled = false;
            self.access.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Command {
    /// The table is to write, remove or read an entry, until it takes that.
    writes: Bit,
    removes: Bit,
    reads: Bit,
    /// It was asked, and has not done it.
    asked: Bit,
    /// The access is taken in this cycle.
    taken: Bit,
    valid: Bit,
    data: Bits<32>,
    mac: Bits<48>,
    good: Bit,
}

#[derive(LogicBlock, Default)]
pub struct MacTableAccess {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub address: Signal<In, Bits<21>>,
    pub write_data: Signal<In, Bits<32>>,
    pub write: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub read_valid: Signal<Out, Bit>,
    pub read_data: Signal<Out, Bits<32>>,
    pub host_write: Signal<Out, Bit>,
    pub host_remove: Signal<Out, Bit>,
    pub host_read: Signal<Out, Bit>,
    pub host_ready: Signal<In, Bit>,
    pub host_mac: Signal<Out, Bits<48>>,
    pub host_vid: Signal<Out, Bits<12>>,
    pub host_port: Signal<Out, Bits<5>>,
    pub host_index: Signal<Out, Bits<16>>,
    pub host_done: Signal<In, Bit>,
    pub host_good: Signal<In, Bit>,
    pub host_entry: Signal<In, Bits<71>>,
    command: DFF<Command>,
    word: Signal<Local, Bits<2>>,
    commands: Signal<Local, Bit>,
    wants: Signal<Local, Bit>,
    free: Signal<Local, Bit>,
    executes: Signal<Local, Bit>,
    fetches: Signal<Local, Bit>,
    fields: Signal<Local, Bits<32>>,
}

impl Logic for MacTableAccess {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, command);
        self.word.next = self.address.val().get_bits::<2>(0);
        self.commands.next = self.address.val().get_bit(20);
        self.wants.next = self.command.q.val().writes | self.command.q.val().removes | self.command.q.val().reads;
        self.free.next = !self.command.q.val().asked & !self.command.q.val().taken & !self.wants.val();
        self.executes.next = self.write.val() & self.commands.val() & (self.word.val() == 2);
        self.fetches.next = self.read.val() & !self.commands.val() & (self.word.val() == 0);
        self.host_write.next = self.command.q.val().writes;
        self.host_remove.next = self.command.q.val().removes;
        self.host_read.next = self.command.q.val().reads;
        self.host_mac.next = self.command.q.val().mac;
        self.host_vid.next = self.write_data.val().get_bits::<12>(0);
        self.host_port.next = self.write_data.val().get_bits::<5>(16);
        self.host_index.next = self.address.val().get_bits::<16>(2);
        self.ready.next = self.command.q.val().taken;
        self.fields.next = bit_cast::<32, 6>(self.host_entry.val().get_bits::<6>(0))
            | (bit_cast::<32, 5>(self.host_entry.val().get_bits::<5>(6)) << 8)
            | (bit_cast::<32, 12>(self.host_entry.val().get_bits::<12>(11)) << 16);
        self.command.d.next.valid = false;
        self.command.d.next.taken = self.free.val() & (self.write.val() | self.read.val()) & !self.executes.val() & !self.fetches.val();
        if self.free.val() {
            self.command.d.next.writes = self.executes.val() & !self.write_data.val().get_bit(31);
            self.command.d.next.removes = self.executes.val() & self.write_data.val().get_bit(31);
            self.command.d.next.reads = self.fetches.val();
        } else if self.host_ready.val() | !(self.write.val() | self.read.val()) {
            self.command.d.next.writes = false;
            self.command.d.next.removes = false;
            self.command.d.next.reads = false;
        }
        if self.write.val() & self.commands.val() & self.free.val() {
            if self.word.val() == 0 {
                self.command.d.next.mac =
                    (bit_cast::<48, 16>(self.command.q.val().mac.get_bits::<16>(32)) << 32) | bit_cast::<48, 32>(self.write_data.val());
            }
            if self.word.val() == 1 {
                self.command.d.next.mac = (bit_cast::<48, 16>(self.write_data.val().get_bits::<16>(0)) << 32)
                    | bit_cast::<48, 32>(self.command.q.val().mac.get_bits::<32>(0));
            }
        }
        if self.wants.val() & self.host_ready.val() {
            self.command.d.next.asked = true;
            self.command.d.next.taken = true;
        }
        // The word is taken in whether it is asked for or not, and stands with `valid` alone.
        self.command.d.next.data = self.host_entry.val().get_bits::<32>(23);
        if self.word.val() == 2 {
            self.command.d.next.data = bit_cast::<32, 16>(self.host_entry.val().get_bits::<16>(55));
        }
        if self.commands.val() {
            self.command.d.next.data = bit_cast::<32, 1>(self.command.q.val().good.into());
        }
        if self.command.q.val().asked {
            self.command.d.next.data = self.fields.val();
        }
        if self.command.q.val().taken & self.read.val() & !self.fetches.val() {
            self.command.d.next.valid = true;
        }
        if self.command.q.val().asked & self.host_done.val() {
            self.command.d.next.asked = false;
            self.command.d.next.good = self.host_good.val();
            // A write was answered when it was taken; nobody looks at this then.
            self.command.d.next.valid = true;
        }
        self.read_valid.next = self.command.q.val().valid;
        self.read_data.next = self.command.q.val().data;
        if self.reset.val() {
            self.command.d.next.writes = false;
            self.command.d.next.removes = false;
            self.command.d.next.reads = false;
            self.command.d.next.taken = false;
            self.command.d.next.asked = false;
            self.command.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
