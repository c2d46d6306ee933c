//! A host's access to RAMs that look-ups read: one word at a time waits for a cycle in which no look-up does.
//!
//! > While an access is pending its address and data stand still, and it goes in one cycle only.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets what is pending |
//! | host_write, host_read, host_ready | in, in, out | 1 | an access is taken where it is set with `host_ready`; both: the write |
//! | host_address, host_write_data | in | 16, 32 | |
//! | host_read_valid, host_read_data | out | 1, 32 | pulse; the word stays until the next |
//! | closed | in | 1 | nothing is taken |
//! | staged | in | 1 | combinational from `host_address`: the write that is taken now changes no RAM |
//! | taken | out | 1 | a write is taken now |
//! | quiet | in | 1 | the RAMs are free in this cycle |
//! | commit | out | 1 | write `address`, `data` now |
//! | address, data | out | 16, 32 | of the access that is pending; they stay after it |
//! | word | in | 32 | the word of `address`, 2 cycles after the RAMs were free for it: RAM and fabric register |
//!
//! Latency: a write goes in the first quiet cycle after the one in which it was taken; a read's word is valid 3 cycles after that, and until a cycle before
//! it nothing else is taken. What never is quiet waits for ever: the user states its own bound.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Access {
    pending: Bit,
    /// A write, a read: it has not gone yet.
    writes: Bit,
    reads: Bit,
    /// Bit i: the word of a read was asked for i + 1 cycles ago.
    read: Bits<3>,
    address: Bits<16>,
    data: Bits<32>,
    read_data: Bits<32>,
}

#[derive(LogicBlock, Default)]
pub struct HostAccess {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub host_write: Signal<In, Bit>,
    pub host_read: Signal<In, Bit>,
    pub host_ready: Signal<Out, Bit>,
    pub host_address: Signal<In, Bits<16>>,
    pub host_write_data: Signal<In, Bits<32>>,
    pub host_read_valid: Signal<Out, Bit>,
    pub host_read_data: Signal<Out, Bits<32>>,
    pub closed: Signal<In, Bit>,
    pub staged: Signal<In, Bit>,
    pub taken: Signal<Out, Bit>,
    pub quiet: Signal<In, Bit>,
    pub commit: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub data: Signal<Out, Bits<32>>,
    pub word: Signal<In, Bits<32>>,
    access: DFF<Access>,
    ready: Signal<Local, Bit>,
    goes: Signal<Local, Bit>,
    commits: Signal<Local, Bit>,
}

impl Logic for HostAccess {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, access);
        self.ready.next = !self.access.q.val().pending & !self.closed.val();
        self.host_ready.next = self.ready.val();
        self.taken.next = self.ready.val() & self.host_write.val();
        if self.ready.val() & (self.host_write.val() | self.host_read.val()) {
            self.access.d.next.pending = !self.host_write.val() | !self.staged.val();
            self.access.d.next.writes = self.host_write.val() & !self.staged.val();
            self.access.d.next.reads = !self.host_write.val();
            self.access.d.next.address = self.host_address.val();
            self.access.d.next.data = self.host_write_data.val();
        }
        self.commits.next = self.access.q.val().writes & self.quiet.val();
        self.commit.next = self.commits.val();
        if self.commits.val() {
            self.access.d.next.writes = false;
        }
        self.goes.next = self.access.q.val().reads & self.quiet.val();
        self.access.d.next.read = (self.access.q.val().read << 1) | bit_cast::<3, 1>(self.goes.val().into());
        if self.goes.val() {
            self.access.d.next.reads = false;
        }
        if self.commits.val() | self.access.q.val().read.get_bit(1) {
            self.access.d.next.pending = false;
        }
        if self.access.q.val().read.get_bit(1) {
            self.access.d.next.read_data = self.word.val();
        }
        self.address.next = self.access.q.val().address;
        self.data.next = self.access.q.val().data;
        self.host_read_valid.next = self.access.q.val().read.get_bit(2);
        self.host_read_data.next = self.access.q.val().read_data;
        if self.reset.val() {
            self.access.d.next.pending = false;
            self.access.d.next.writes = false;
            self.access.d.next.reads = false;
            self.access.d.next.read = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
