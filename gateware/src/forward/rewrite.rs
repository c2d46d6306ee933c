//! Sends each stored frame to its queues as its verdict says, with the blade's address as destination and the blade's VLAN where the flow was
//! balanced. IEEE 802.1Q 9.6 (tag control information), IEEE 802.3 3.2.8 (shortest frame).
//!
//! > A frame leaves whole, its words follow each other, and only a pushed tag holds up the words behind it, by one cycle a frame.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | word_valid, word_take, word_data, word_keep, word_last, word_error | in, out, in.. | 1, 1, 64, 8, 1, 1 | stored words; error with last: the frame is bad |
//! | verdict_valid, verdict_take, verdict_mask, verdict_flood, verdict_rewrite, verdict_blade | in, out, in.. | 1, 1, 17, 1, 1, 4 | verdicts in the order of the frames; bit 16 of the mask is the responder |
//! | blade_mac | in | N x 48 | bits 7..0 first on the wire |
//! | vlan_action, vlan_id | in | N x 2, 12 | of the blade of a rewritten frame: 0, 3 keep; 1 strip the outer tag, if there is one; 2 set: replace the outer tag's VLAN identifier, or push a tag of priority 0 |
//! | out_valid, out_data, out_keep, out_last | out | 1, 64, 8, 1 | to the queues |
//! | out_commit | out | 1 | with out_last: keep the frame |
//! | out_mask, out_responder, out_flood | out | N, 1, 1 | the queues and the responder, the same for the whole frame; whether it is a flooded one |
//!
//! Latency: 2 cycles from word to output once the verdict is there, which takes 2 from `verdict_valid` (`rewriter_latency`). Throughput: a word a
//! cycle, no gap between frames; a frame of n words that gets a tag takes n + 1 cycles where its last word has more than 4 bytes. At 10 Gbit/s
//! a frame of n words takes at least n + 2 cycles (`pushed_tags_keep_line_rate`). An outer tag is one of 0x8100 or 0x88A8. A frame
//! that loses its tag is padded with zeros to 60 bytes; one that came shorter than that is bad and stays so. Frames with an empty mask are swallowed.

use rust_hdl::prelude::*;
use spareband_spec::frame::ETHERTYPE_VLAN;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Waiting {
    valid: Bit,
    mask: Bits<17>,
    flood: Bit,
    rewrite: Bit,
    blade: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Current {
    valid: Bit,
    mask: Bits<17>,
    /// Somebody takes the frame.
    wanted: Bit,
    flood: Bit,
    rewrite: Bit,
    mac: Bits<48>,
    strips: Bit,
    sets: Bit,
    vid: Bits<12>,
    /// Place of the next word, up to 8.
    index: Bits<4>,
}

/// A word of a frame, which leaves as it is or beside its neighbour's half.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Held {
    valid: Bit,
    index: Bits<4>,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    commit: Bit,
    mask: Bits<17>,
    wanted: Bit,
    flood: Bit,
    vid: Bits<12>,
    /// The frame's second word.
    second: Bit,
    /// The frame is stripped, or a tag is pushed into it, from its second word on, which shows whether there is one.
    strips: Bit,
    pushes: Bit,
    /// The second word has a tag, which is replaced.
    replaces: Bit,
    /// The last word with more than four bytes.
    long_tail: Bit,
    /// It came in the cycle before with a tag pushed, and takes another.
    stalls: Bit,
}

/// How the frame from its second word on is shifted.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Shift {
    /// The upper half of the word before.
    rest: Bits<32>,
    /// The upper half of the last word is to leave alone.
    flush: Bit,
    /// The last word has left with the one before.
    skip: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Output {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    commit: Bit,
    mask: Bits<17>,
    flood: Bit,
}

#[derive(LogicBlock)]
pub struct FrameRewriter<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_take: Signal<Out, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_keep: Signal<In, Bits<8>>,
    pub word_last: Signal<In, Bit>,
    pub word_error: Signal<In, Bit>,
    pub verdict_valid: Signal<In, Bit>,
    pub verdict_take: Signal<Out, Bit>,
    pub verdict_mask: Signal<In, Bits<17>>,
    pub verdict_flood: Signal<In, Bit>,
    pub verdict_rewrite: Signal<In, Bit>,
    pub verdict_blade: Signal<In, Bits<4>>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub vlan_action: [Signal<In, Bits<2>>; N],
    pub vlan_id: [Signal<In, Bits<12>>; N],
    pub out_valid: Signal<Out, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub out_commit: Signal<Out, Bit>,
    pub out_mask: Signal<Out, Bits<N>>,
    pub out_responder: Signal<Out, Bit>,
    pub out_flood: Signal<Out, Bit>,
    waiting: DFF<Waiting>,
    current: DFF<Current>,
    held: DFF<Held>,
    shift: DFF<Shift>,
    staged: DFF<Output>,
    /// As the wire has them, first byte in the low bits.
    tag_type: Constant<Bits<16>>,
    service_tag_type: Constant<Bits<16>>,
    pushed_type: Constant<Bits<64>>,
    low_half: Constant<Bits<64>>,
    vid_place: Constant<Bits<64>>,
    take: Signal<Local, Bit>,
    ready: Signal<Local, Bit>,
    advance: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    mac: Signal<Local, Bits<48>>,
    action: Signal<Local, Bits<2>>,
    vid: Signal<Local, Bits<12>>,
    second: Signal<Local, Bit>,
    strips: Signal<Local, Bit>,
    pushes: Signal<Local, Bit>,
    pushes_next: Signal<Local, Bit>,
    replaces: Signal<Local, Bit>,
    long_tail: Signal<Local, Bit>,
    has_tag: Signal<Local, Bit>,
    ends_with_next: Signal<Local, Bit>,
    leaves: Signal<Local, Bit>,
    sends: Signal<Local, Bit>,
    next_type: Signal<Local, Bits<16>>,
    data: Signal<Local, Bits<64>>,
    high: Signal<Local, Bits<32>>,
    octet: Signal<Local, Bits<8>>,
    padded: Signal<Local, Bits<64>>,
    tag_vid: Signal<Local, Bits<64>>,
    held_vid: Signal<Local, Bits<12>>,
    vid_low: Signal<Local, Bits<8>>,
    vid_high: Signal<Local, Bits<4>>,
    keep: Signal<Local, Bits<8>>,
    next_keep: Signal<Local, Bits<8>>,
    next_low: Signal<Local, Bits<32>>,
    low: Signal<Local, Bits<32>>,
}

impl<const N: usize> Default for FrameRewriter<N> {
    fn default() -> Self {
        with_defaults!(Self {
            tag_type: Constant::new(ETHERTYPE_VLAN.swap_bytes().to_bits()),
            service_tag_type: Constant::new(0x88A8_u16.swap_bytes().to_bits()),
            pushed_type: Constant::new(bits::<64>(u64::from(ETHERTYPE_VLAN.swap_bytes()) << 32)),
            low_half: Constant::new(bits::<64>(0xFFFF_FFFF)),
            vid_place: Constant::new(bits::<64>(0xFF0F << 48)),
        }
            defaults clk reset word_valid word_take word_data word_keep word_last word_error verdict_valid verdict_take
            verdict_mask verdict_flood verdict_rewrite verdict_blade out_valid out_data out_keep out_last out_commit out_mask
            out_responder out_flood waiting current held shift staged take ready advance load mac action vid second strips pushes pushes_next
            replaces long_tail has_tag ends_with_next leaves sends next_type data high octet padded tag_vid held_vid vid_low vid_high keep
            next_keep next_low low
            ; arrays blade_mac vlan_action vlan_id)
    }
}

impl<const N: usize> Logic for FrameRewriter<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, waiting, current, held, shift, staged);
        // What becomes of the held word.
        self.second.next = self.held.q.val().second;
        self.strips.next = self.held.q.val().strips;
        self.pushes.next = self.held.q.val().pushes;
        self.replaces.next = self.held.q.val().replaces;
        self.keep.next = self.held.q.val().keep;
        self.next_keep.next = self.word_keep.val();
        self.long_tail.next = self.held.q.val().long_tail;
        // A stripped frame's word takes half of the next one, and its last one with it; but the eighth word is never missing.
        self.ends_with_next.next = self.strips.val()
            & !self.held.q.val().last
            & self.word_last.val()
            & !self.next_keep.val().get_bit(4)
            & (self.held.q.val().index != 6);
        self.ready.next = self.word_valid.val() & self.current.q.val().valid;
        self.leaves.next =
            self.held.q.val().valid & (!self.strips.val() | self.held.q.val().last | self.ready.val()) & !self.held.q.val().stalls;
        // A word that waits for the next one leaves when that is taken.
        self.take.next = self.ready.val() & !self.held.q.val().stalls;
        self.word_take.next = self.take.val();
        // Two places for verdicts, so that the address is chosen while the frame before is on its way. The second is filled in the cycle after
        // it was left, of which a frame has at least eight: so what is taken from the verdicts does not hang on the words.
        self.advance.next = !self.current.q.val().valid | (self.take.val() & self.word_last.val());
        self.load.next = !self.waiting.q.val().valid;
        self.verdict_take.next = self.load.val();
        if self.advance.val() {
            self.waiting.d.next.valid = false;
        }
        if self.load.val() {
            self.waiting.d.next.valid = self.verdict_valid.val();
            self.waiting.d.next.mask = self.verdict_mask.val();
            self.waiting.d.next.flood = self.verdict_flood.val();
            self.waiting.d.next.rewrite = self.verdict_rewrite.val();
            self.waiting.d.next.blade = self.verdict_blade.val();
        }
        self.mac.next = 0.into();
        self.action.next = 0.into();
        self.vid.next = 0.into();
        for i in 0..N {
            if self.waiting.q.val().blade == i.to_bits::<4>() {
                self.mac.next = self.blade_mac[i].val();
                self.action.next = self.vlan_action[i].val();
                self.vid.next = self.vlan_id[i].val();
            }
        }
        if self.take.val() {
            if self.current.q.val().index != 8 {
                self.current.d.next.index = self.current.q.val().index + 1;
            }
            if self.word_last.val() {
                self.current.d.next.index = 0.into();
            }
        }
        if self.advance.val() {
            self.current.d.next.valid = self.waiting.q.val().valid;
            self.current.d.next.mask = self.waiting.q.val().mask;
            self.current.d.next.wanted = self.waiting.q.val().mask.any();
            self.current.d.next.flood = self.waiting.q.val().flood;
            self.current.d.next.rewrite = self.waiting.q.val().rewrite;
            self.current.d.next.mac = self.mac.val();
            self.current.d.next.strips = self.waiting.q.val().rewrite & (self.action.val() == 1);
            self.current.d.next.sets = self.waiting.q.val().rewrite & (self.action.val() == 2);
            self.current.d.next.vid = self.vid.val();
        }
        // The next word to be held.
        self.next_type.next = self.word_data.val().get_bits::<16>(32);
        self.has_tag.next = (self.next_type.val() == self.tag_type.val()) | (self.next_type.val() == self.service_tag_type.val());
        if self.leaves.val() {
            self.held.d.next.valid = false;
        }
        self.pushes_next.next = self.held.q.val().pushes;
        if self.current.q.val().index == 0 {
            self.pushes_next.next = false;
        }
        if self.current.q.val().index == 1 {
            self.pushes_next.next = self.current.q.val().sets & !self.has_tag.val();
        }
        self.held.d.next.stalls = self.take.val() & self.pushes_next.val() & self.word_last.val() & self.next_keep.val().get_bit(4);
        if self.take.val() {
            self.held.d.next.valid = true;
            self.held.d.next.index = self.current.q.val().index;
            self.held.d.next.data = self.word_data.val();
            if self.current.q.val().rewrite & (self.current.q.val().index == 0) {
                self.held.d.next.data =
                    (bit_cast::<64, 16>(self.word_data.val().get_bits::<16>(48)) << 48) | bit_cast::<64, 48>(self.current.q.val().mac);
            }
            self.held.d.next.keep = self.word_keep.val();
            self.held.d.next.last = self.word_last.val();
            self.held.d.next.commit = !self.word_error.val();
            self.held.d.next.long_tail = self.word_last.val() & self.next_keep.val().get_bit(4);
            self.held.d.next.second = self.current.q.val().index == 1;
            self.held.d.next.replaces = false;
            self.held.d.next.pushes = self.pushes_next.val();
            if self.current.q.val().index == 0 {
                self.held.d.next.strips = false;
            }
            if self.current.q.val().index == 1 {
                self.held.d.next.strips = self.current.q.val().strips & self.has_tag.val();
                self.held.d.next.replaces = self.current.q.val().sets & self.has_tag.val();
            }
            self.held.d.next.mask = self.current.q.val().mask;
            self.held.d.next.wanted = self.current.q.val().wanted;
            self.held.d.next.flood = self.current.q.val().flood;
            self.held.d.next.vid = self.current.q.val().vid;
        }
        // What goes out.
        self.data.next = self.held.q.val().data;
        self.high.next = self.data.val().get_bits::<32>(32);
        self.low.next = self.data.val().get_bits::<32>(0);
        self.next_low.next = self.word_data.val().get_bits::<32>(0);
        self.held_vid.next = self.held.q.val().vid;
        self.vid_low.next = self.held_vid.val().get_bits::<8>(0);
        self.vid_high.next = self.held_vid.val().get_bits::<4>(8);
        self.tag_vid.next = (bit_cast::<64, 8>(self.vid_low.val()) << 56) | (bit_cast::<64, 4>(self.vid_high.val()) << 48);
        self.padded.next = 0.into();
        for i in 4..8 {
            self.octet.next = self.data.val().get_bits::<8>(8 * i);
            if !self.keep.val().get_bit(i) {
                self.octet.next = 0.into();
            }
            self.padded.next = (self.padded.val() >> 8) | (bit_cast::<64, 8>(self.octet.val()) << 24);
        }
        self.sends.next =
            self.held.q.val().valid & !self.shift.q.val().skip & (!self.strips.val() | self.held.q.val().last | self.ready.val());
        self.staged.d.next.valid = self.sends.val() & self.held.q.val().wanted;
        self.staged.d.next.data = self.data.val();
        self.staged.d.next.keep = self.keep.val();
        self.staged.d.next.last = self.held.q.val().last;
        self.staged.d.next.commit = self.held.q.val().commit;
        self.staged.d.next.mask = self.held.q.val().mask;
        self.staged.d.next.flood = self.held.q.val().flood;
        if self.replaces.val() {
            self.staged.d.next.data = (self.data.val() & !self.vid_place.val()) | self.tag_vid.val();
        }
        if self.pushes.val() {
            self.staged.d.next.data = (bit_cast::<64, 32>(self.low.val()) << 32) | bit_cast::<64, 32>(self.shift.q.val().rest);
            if self.second.val() {
                self.staged.d.next.data = bit_cast::<64, 32>(self.low.val()) | self.pushed_type.val() | self.tag_vid.val();
            }
            self.staged.d.next.keep = (self.keep.val() << 4) | 15;
            self.staged.d.next.last = self.held.q.val().last & !self.long_tail.val();
            if self.shift.q.val().flush {
                self.staged.d.next.data = bit_cast::<64, 32>(self.high.val());
                self.staged.d.next.keep = self.keep.val() >> 4;
                self.staged.d.next.last = true;
            }
        }
        if self.strips.val() {
            self.staged.d.next.data = (bit_cast::<64, 32>(self.next_low.val()) << 32) | bit_cast::<64, 32>(self.high.val());
            if self.second.val() {
                self.staged.d.next.data = (bit_cast::<64, 32>(self.next_low.val()) << 32) | bit_cast::<64, 32>(self.low.val());
            }
            self.staged.d.next.keep = 255.into();
            if self.ends_with_next.val() {
                self.staged.d.next.keep = (self.next_keep.val() << 4) | 15;
                self.staged.d.next.last = true;
                self.staged.d.next.commit = !self.word_error.val();
            }
            if self.held.q.val().last {
                self.staged.d.next.data = self.padded.val();
                self.staged.d.next.keep = self.keep.val() >> 4;
                if self.held.q.val().index == 7 {
                    self.staged.d.next.keep = 15.into();
                }
                if self.second.val() {
                    self.staged.d.next.data = bit_cast::<64, 32>(self.low.val());
                    self.staged.d.next.keep = self.keep.val() & 15;
                }
            }
        }
        self.shift.d.next.flush = self.held.q.val().stalls;
        if self.leaves.val() {
            self.shift.d.next.rest = self.high.val();
            self.shift.d.next.skip = self.ends_with_next.val();
        }
        self.out_valid.next = self.staged.q.val().valid;
        self.out_data.next = self.staged.q.val().data;
        self.out_keep.next = self.staged.q.val().keep;
        self.out_last.next = self.staged.q.val().last;
        self.out_commit.next = self.staged.q.val().commit;
        self.out_mask.next = self.staged.q.val().mask.get_bits::<N>(0);
        self.out_responder.next = self.staged.q.val().mask.get_bit(16);
        self.out_flood.next = self.staged.q.val().flood;
        if self.reset.val() {
            self.waiting.d.next.valid = false;
            self.current.d.next.valid = false;
            self.current.d.next.index = 0.into();
            self.held.d.next.valid = false;
            self.held.d.next.stalls = false;
            self.shift.d.next.flush = false;
            self.shift.d.next.skip = false;
            self.staged.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
