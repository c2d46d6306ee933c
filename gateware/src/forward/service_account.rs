//! What the forwarding plane tells `ServiceStatistics`: each frame's length meets its verdict, and the host reads the counters by its window.
//!
//! > Each good frame that a service took is counted once, with its own octets and its own service.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets what is under way, the counters run from configuration on |
//! | word_valid, word_keep, word_last | in | 1, 8, 1 | the words of all admitted frames |
//! | ended | in | 1 | pulse: the verdict on the oldest frame is carried out; its last word has come |
//! | counts, service, new_flow, dropped | in | 1, 6, 1, 1 | with `ended`: a service took this good frame; which; it began a flow; no blade could have it |
//! | address | in | 21 | as in `TablePort` |
//! | write, read, ready, read_valid, read_data | in, in, out, out, out | 1, 1, 1, 1, 32 | as in `TablePort` |
//!
//! Words of the host: 8 s + 2 c is the low half of counter c (`spareband_spec::service::Counter`) of service s, the word after it the high half as of
//! the last read of an even word, so that a counter is read whole. Octets are those of the frame as it came, without frame check sequence.
//! Latency: a frame is in the counters 20 cycles after `ended` at most, a read is over within 12 (`latencies`). Throughput: a counted frame in
//! 9 cycles, one less than the verdict takes for it; 16 that come faster wait. Bad input: frames of 65536 bytes and more count
//! modulo that; a write to what is read only is taken and does nothing; words past the last are those of the services modulo 64.

use super::ServiceStatistics;
use rust_hdl::prelude::*;
use spareband_hdl::parts::SyncFifo;

/// Dropped, new flow, service, counts.
const FATE: usize = 9;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Account {
    /// Bytes of the frame so far.
    bytes: Bits<16>,
    /// The word before ended its frame, whose length this is.
    complete: Bit,
    length: Bits<16>,
    /// A frame's length and fate are both there, and are taken.
    pairs: Bit,
    /// A counter is being read.
    asked: Bit,
    valid: Bit,
    data: Bits<32>,
}

#[derive(LogicBlock, Default)]
pub struct ServiceAccount {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_keep: Signal<In, Bits<8>>,
    pub word_last: Signal<In, Bit>,
    pub ended: Signal<In, Bit>,
    pub counts: Signal<In, Bit>,
    pub service: Signal<In, Bits<6>>,
    pub new_flow: Signal<In, Bit>,
    pub dropped: Signal<In, Bit>,
    pub address: Signal<In, Bits<21>>,
    pub write: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub read_valid: Signal<Out, Bit>,
    pub read_data: Signal<Out, Bits<32>>,
    lengths: SyncFifo<16, 5>,
    fates: SyncFifo<FATE, 5>,
    statistics: ServiceStatistics<6, 8>,
    account: DFF<Account>,
    word_bytes: Signal<Local, Bits<16>>,
    bytes: Signal<Local, Bits<16>>,
    fate: Signal<Local, Bits<9>>,
    fate_out: Signal<Local, Bits<9>>,
    both: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
}

impl Logic for ServiceAccount {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, account);
        self.lengths.clk.next = self.clk.val();
        self.lengths.reset.next = self.reset.val();
        self.fates.clk.next = self.clk.val();
        self.fates.reset.next = self.reset.val();
        self.statistics.clk.next = self.clk.val();
        self.statistics.reset.next = self.reset.val();
        // Lengths.
        self.word_bytes.next = 0.into();
        for i in 0..8 {
            if self.word_keep.val().get_bit(i) {
                self.word_bytes.next = (i + 1).to_bits::<16>();
            }
        }
        self.bytes.next = self.account.q.val().bytes + self.word_bytes.val();
        self.account.d.next.complete = self.word_valid.val() & self.word_last.val();
        self.account.d.next.length = self.bytes.val();
        if self.word_valid.val() {
            self.account.d.next.bytes = self.bytes.val();
            if self.word_last.val() {
                self.account.d.next.bytes = 0.into();
            }
        }
        self.lengths.write.next = self.account.q.val().complete;
        self.lengths.write_data.next = self.account.q.val().length;
        // Fates; a pair of both is counted, or passes where no service took the frame.
        self.fate.next = (bit_cast::<FATE, 1>(self.dropped.val().into()) << 8)
            | (bit_cast::<FATE, 1>(self.new_flow.val().into()) << 7)
            | (bit_cast::<FATE, 6>(self.service.val()) << 1)
            | bit_cast::<FATE, 1>(self.counts.val().into());
        self.fates.write.next = self.ended.val();
        self.fates.write_data.next = self.fate.val();
        self.fate_out.next = self.fates.read_data.val();
        self.both.next = !self.lengths.empty.val() & !self.fates.empty.val();
        // The statistics stay ready until they take a frame, so what is taken hangs on a register.
        self.account.d.next.pairs =
            self.both.val() & !self.account.q.val().pairs & (!self.fate_out.val().get_bit(0) | self.statistics.frame_ready.val());
        self.lengths.read.next = self.account.q.val().pairs;
        self.fates.read.next = self.account.q.val().pairs;
        self.statistics.frame.next = self.account.q.val().pairs & self.fate_out.val().get_bit(0);
        self.statistics.service.next = self.fate_out.val().get_bits::<6>(1);
        self.statistics.octets.next = self.lengths.read_data.val();
        self.statistics.new_flow.next = self.fate_out.val().get_bit(7);
        self.statistics.dropped.next = self.fate_out.val().get_bit(8);
        // The host's words.
        self.asks.next = self.read.val() & !self.account.q.val().asked & !self.address.val().get_bit(0);
        self.statistics.read.next = self.asks.val();
        self.statistics.read_address.next = self.address.val().get_bits::<8>(1);
        self.ready.next =
            !self.account.q.val().asked & (self.statistics.read_ready.val() | self.write.val() | self.address.val().get_bit(0));
        self.account.d.next.valid = false;
        if self.read.val() & !self.account.q.val().asked & self.address.val().get_bit(0) {
            self.account.d.next.valid = true;
            self.account.d.next.data = self.statistics.read_data.val().get_bits::<32>(32);
        }
        if self.asks.val() & self.statistics.read_ready.val() {
            self.account.d.next.asked = true;
        }
        if self.account.q.val().asked & self.statistics.read_valid.val() {
            self.account.d.next.asked = false;
            self.account.d.next.valid = true;
            self.account.d.next.data = self.statistics.read_data.val().get_bits::<32>(0);
        }
        self.read_valid.next = self.account.q.val().valid;
        self.read_data.next = self.account.q.val().data;
        if self.reset.val() {
            self.account.d.next.bytes = 0.into();
            self.account.d.next.complete = false;
            self.account.d.next.pairs = false;
            self.account.d.next.asked = false;
            self.account.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
