//! Learns from the blades' frames: the source address, VLAN and blade of each frame on its way to the uplink, for the filtering database.
//!
//! > One source at a time is offered; a frame whose source finds the last one still waiting is not learned from, and its next one is.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets a frame under way, whose rest then counts for a frame |
//! | word_valid, word_data, word_last, word_blade | in | 1, 64, 1, 4 | words as they are taken; the blade they come from |
//! | learn, learn_ready, learn_mac, learn_vid, learn_port | out, in, out.. | 1, 1, 48, 12, 5 | `MacTable`; VLAN of the outer tag, 0 without one |
//!
//! Latency: 2 cycles from a frame's second word. Throughput: a frame in 2 words. Bad input: a frame of one word has no source. Group addresses are
//! `MacTable`'s to refuse.

use super::SourceReader;
use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Source {
    waiting: Bit,
    mac: Bits<48>,
    vid: Bits<12>,
    port: Bits<5>,
}

#[derive(LogicBlock, Default)]
pub struct SourceTap {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_last: Signal<In, Bit>,
    pub word_blade: Signal<In, Bits<4>>,
    pub learn: Signal<Out, Bit>,
    pub learn_ready: Signal<In, Bit>,
    pub learn_mac: Signal<Out, Bits<48>>,
    pub learn_vid: Signal<Out, Bits<12>>,
    pub learn_port: Signal<Out, Bits<5>>,
    reader: SourceReader,
    source: DFF<Source>,
    /// Of the cycle before, as what the reader tells.
    blade: DFF<Bits<4>>,
}

impl Logic for SourceTap {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, source, blade);
        self.blade.d.next = self.word_blade.val();
        self.reader.clk.next = self.clk.val();
        self.reader.reset.next = self.reset.val();
        self.reader.word_valid.next = self.word_valid.val();
        self.reader.word_data.next = self.word_data.val();
        self.reader.word_last.next = self.word_last.val();
        // While none waits, what is read is taken in, whether it is a source or not: so little hangs on that.
        if !self.source.q.val().waiting | self.learn_ready.val() {
            self.source.d.next.waiting = self.reader.there.val();
            self.source.d.next.mac = self.reader.mac.val();
            self.source.d.next.vid = self.reader.vid.val();
            self.source.d.next.port = bit_cast::<5, 4>(self.blade.q.val());
        }
        self.learn.next = self.source.q.val().waiting;
        self.learn_mac.next = self.source.q.val().mac;
        self.learn_vid.next = self.source.q.val().vid;
        self.learn_port.next = self.source.q.val().port;
        if self.reset.val() {
            self.source.d.next.waiting = false;
        }
    }
    spareband_hdl::module_name!();
}
