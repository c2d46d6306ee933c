//! Learns from the uplink's frames: source address and VLAN of each, for the filtering database, once the frame is known to be good.
//!
//! > A frame that was bad or malformed teaches nothing, and between two sources that are offered lie 64 cycles at least.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets what is under way |
//! | word_valid, word_data, word_last | in | 1, 64, 1 | the words of all admitted frames |
//! | ended, well_formed | in | 1 | pulse: the verdict on the oldest frame is carried out; with it: its addresses can be trusted |
//! | learn, learn_ready, learn_mac, learn_vid | out, in, out, out | 1, 1, 48, 12 | `MacTable`; VLAN of the outer tag, 0 without one |
//!
//! The pace leaves the database's engine to the blades' sources, the host and the sweep: at 10 Gb/s of shortest frames each way the blades' sources
//! take 6 to 10 of 10.5 cycles. A frame whose source finds the last one still waiting, or comes too early, is not learned from, and its next one is.
//! Latency: 7 cycles from `ended` (`a_good_frame_teaches`). Throughput: a source in 65 cycles. Bad input: a frame of one word, which is never well
//! formed. Group addresses are `MacTable`'s to refuse.

use super::SourceReader;
use rust_hdl::prelude::*;
use spareband_hdl::parts::SyncFifo;

/// VLAN, address.
const SOURCE: usize = 60;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Frame {
    source: Bits<60>,
    /// The word before ended its frame; a cycle later, as it comes from far away.
    complete: Bit,
    stored: Bit,
    /// A frame's source and fate are both there, and the fate is taken; then the source.
    pairs: Bit,
    takes: Bit,
    good: Bit,
    waiting: Bit,
    offered: Bits<60>,
    /// Counts down to when another source may be offered.
    rest: Bits<6>,
}

#[derive(LogicBlock, Default)]
pub struct UplinkTap {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_last: Signal<In, Bit>,
    pub ended: Signal<In, Bit>,
    pub well_formed: Signal<In, Bit>,
    pub learn: Signal<Out, Bit>,
    pub learn_ready: Signal<In, Bit>,
    pub learn_mac: Signal<Out, Bits<48>>,
    pub learn_vid: Signal<Out, Bits<12>>,
    sources: SyncFifo<SOURCE, 5>,
    fates: SyncFifo<1, 5>,
    reader: SourceReader,
    frame: DFF<Frame>,
    both: Signal<Local, Bit>,
}

impl Logic for UplinkTap {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, frame);
        self.sources.clk.next = self.clk.val();
        self.sources.reset.next = self.reset.val();
        self.fates.clk.next = self.clk.val();
        self.fates.reset.next = self.reset.val();
        self.reader.clk.next = self.clk.val();
        self.reader.reset.next = self.reset.val();
        self.reader.word_valid.next = self.word_valid.val();
        self.reader.word_data.next = self.word_data.val();
        self.reader.word_last.next = self.word_last.val();
        self.frame.d.next.complete = self.word_valid.val() & self.word_last.val();
        if self.reader.there.val() {
            self.frame.d.next.source =
                (bit_cast::<SOURCE, 12>(self.reader.vid.val()) << 48) | bit_cast::<SOURCE, 48>(self.reader.mac.val());
        }
        self.frame.d.next.stored = self.frame.q.val().complete;
        self.sources.write.next = self.frame.q.val().stored;
        self.sources.write_data.next = self.frame.q.val().source;
        self.fates.write.next = self.ended.val();
        self.fates.write_data.next = bit_cast::<1, 1>(self.well_formed.val().into());
        self.both.next = !self.sources.empty.val() & !self.fates.empty.val();
        // A frame takes longer than three cycles, so what is taken hangs on registers.
        self.frame.d.next.pairs = self.both.val() & !self.frame.q.val().pairs & !self.frame.q.val().takes;
        self.frame.d.next.takes = self.frame.q.val().pairs;
        self.frame.d.next.good = self.fates.read_data.val().any();
        self.sources.read.next = self.frame.q.val().takes;
        self.fates.read.next = self.frame.q.val().pairs;
        if self.frame.q.val().rest.any() {
            self.frame.d.next.rest = self.frame.q.val().rest - 1;
        }
        if self.frame.q.val().waiting {
            if self.learn_ready.val() {
                self.frame.d.next.waiting = false;
                self.frame.d.next.rest = 63.into();
            }
        } else {
            self.frame.d.next.waiting = self.frame.q.val().takes & self.frame.q.val().good & !self.frame.q.val().rest.any();
            self.frame.d.next.offered = self.sources.read_data.val();
        }
        self.learn.next = self.frame.q.val().waiting;
        self.learn_mac.next = self.frame.q.val().offered.get_bits::<48>(0);
        self.learn_vid.next = self.frame.q.val().offered.get_bits::<12>(48);
        if self.reset.val() {
            self.frame.d.next.complete = false;
            self.frame.d.next.stored = false;
            self.frame.d.next.pairs = false;
            self.frame.d.next.takes = false;
            self.frame.d.next.waiting = false;
            self.frame.d.next.rest = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
