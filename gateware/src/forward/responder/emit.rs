//! Last stage of the responder: addresses, tags and a packet become a frame. IEEE 802.3 3.1.1, IEEE 802.1Q 9.
//!
//! > From a frame's first word to its last `out_valid` falls only after `room` did.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset cuts a frame under way |
//! | start | in | 1 | pulse: a frame begins; all else here stands still until `done` |
//! | destination, own_mac | in | 48 | bits 7..0 first on the wire |
//! | tags, has_tag, has_two_tags | in | 64, 1, 1 | first byte in the low bits |
//! | ethertype | in | 16 | first byte in the low bits |
//! | total | in | 12 | bytes of the frame |
//! | body, body_take | in, out | 64, 1 | the packet from its first byte on, zeros behind its end; the next word from the next cycle on |
//! | done | out | 1 | pulse: the last word is on its way |
//! | out_valid, out_data, out_keep, out_last | out | 1, 64, 8, 1 | a word of the frame without FCS, for one cycle |
//! | room | in | 1 | a register: there is room for three words more |
//!
//! Latency: 2 cycles from `start` to the first word. Throughput: a word a cycle. The words that `room` still allows come in the two
//! cycles after it. Bad input: a frame of less than nine bytes.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Progress {
    active: Bit,
    /// A word goes in this cycle; the next that goes is the last.
    moves: Bit,
    last: Bit,
    /// The second word of a tagged frame holds nothing of the packet; then the packet.
    second: Bit,
    packet: Bit,
    /// Words after the next.
    left: Bits<9>,
    word: Bits<64>,
    /// What the word before left over.
    rest: Bits<48>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Output {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
}

#[derive(LogicBlock, Default)]
pub struct FrameEmitter {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub destination: Signal<In, Bits<48>>,
    pub own_mac: Signal<In, Bits<48>>,
    pub tags: Signal<In, Bits<64>>,
    pub has_tag: Signal<In, Bit>,
    pub has_two_tags: Signal<In, Bit>,
    pub ethertype: Signal<In, Bits<16>>,
    pub total: Signal<In, Bits<12>>,
    pub body: Signal<In, Bits<64>>,
    pub body_take: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub room: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    progress: DFF<Progress>,
    sent: DFF<Output>,
    advance: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    less: Signal<Local, Bits<12>>,
    tail: Signal<Local, Bits<3>>,
    source_rest: Signal<Local, Bits<32>>,
    first_tag: Signal<Local, Bits<32>>,
    second_tag: Signal<Local, Bits<32>>,
    by_two: Signal<Local, Bit>,
    keep: Signal<Local, Bits<8>>,
}

impl Logic for FrameEmitter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, progress, sent);
        // All that moves hangs on registers.
        self.advance.next = self.progress.q.val().moves;
        self.take.next = self.advance.val() & !self.progress.q.val().second;
        self.ends.next = self.advance.val() & self.progress.q.val().last;
        self.progress.d.next.moves = self.room.val() & (self.start.val() | (self.progress.q.val().active & !self.ends.val()));
        self.body_take.next = self.take.val();
        self.done.next = self.ends.val();
        self.source_rest.next = self.own_mac.val().get_bits::<32>(16);
        self.first_tag.next = self.tags.val().get_bits::<32>(0);
        self.second_tag.next = self.tags.val().get_bits::<32>(32);
        // The packet begins 2 bytes before the end of a word behind an even number of tags, else 6.
        self.by_two.next = self.has_tag.val() & !self.has_two_tags.val();
        self.less.next = self.total.val() - 1;
        self.tail.next = self.less.val().get_bits::<3>(0);
        self.keep.next = 0.into();
        for i in 0..8 {
            self.keep.next = self.keep.val().replace_bit(i, self.tail.val() >= i.to_bits::<3>());
        }
        self.sent.d.next.valid = self.advance.val();
        self.sent.d.next.last = self.ends.val();
        self.sent.d.next.keep = 255.into();
        if self.ends.val() {
            self.sent.d.next.keep = self.keep.val();
        }
        self.sent.d.next.data = (bit_cast::<64, 48>(self.own_mac.val()) << 48) | bit_cast::<64, 48>(self.destination.val());
        if self.progress.q.val().second {
            self.sent.d.next.data = (bit_cast::<64, 32>(self.first_tag.val()) << 32) | bit_cast::<64, 32>(self.source_rest.val());
        }
        if self.progress.q.val().packet {
            self.sent.d.next.data = (self.progress.q.val().word << 48) | bit_cast::<64, 48>(self.progress.q.val().rest);
            if self.by_two.val() {
                self.sent.d.next.data =
                    (self.progress.q.val().word << 16) | bit_cast::<64, 16>(self.progress.q.val().rest.get_bits::<16>(0));
            }
        }
        if self.advance.val() {
            self.progress.d.next.left = self.progress.q.val().left - 1;
            self.progress.d.next.last = self.progress.q.val().left == 1;
            self.progress.d.next.packet = self.progress.q.val().packet | self.progress.q.val().second | !self.has_tag.val();
            self.progress.d.next.second = !self.progress.q.val().packet & !self.progress.q.val().second & self.has_tag.val();
            if self.ends.val() {
                self.progress.d.next.active = false;
            }
        }
        if self.take.val() {
            self.progress.d.next.word = self.body.val();
            self.progress.d.next.rest = self.progress.q.val().word.get_bits::<48>(16);
            if self.by_two.val() {
                self.progress.d.next.rest = bit_cast::<48, 16>(self.progress.q.val().word.get_bits::<16>(48));
            }
            if !self.progress.q.val().packet {
                self.progress.d.next.rest = (bit_cast::<48, 16>(self.ethertype.val()) << 32) | bit_cast::<48, 32>(self.source_rest.val());
                if self.has_two_tags.val() {
                    self.progress.d.next.rest =
                        (bit_cast::<48, 16>(self.ethertype.val()) << 32) | bit_cast::<48, 32>(self.second_tag.val());
                }
                if self.by_two.val() {
                    self.progress.d.next.rest = bit_cast::<48, 16>(self.ethertype.val());
                }
            }
        }
        if self.start.val() {
            self.progress.d.next.active = true;
            self.progress.d.next.second = false;
            self.progress.d.next.packet = false;
            self.progress.d.next.last = false;
            self.progress.d.next.left = self.less.val().get_bits::<9>(3);
        }
        self.out_valid.next = self.sent.q.val().valid;
        self.out_data.next = self.sent.q.val().data;
        self.out_keep.next = self.sent.q.val().keep;
        self.out_last.next = self.sent.q.val().last;
        if self.reset.val() {
            self.progress.d.next.active = false;
            self.progress.d.next.moves = false;
            self.sent.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
