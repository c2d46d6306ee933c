//! The parser's first stage: finds where the network header starts (Ethernet II, up to two tags: IEEE 802.1Q) and gives the frame from there
//! on in windows of eight bytes, first byte most significant.
//!
//! > Every frame gives exactly one `window_flush`, one cycle after its last word's own window, with a window of what that word left over.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets a frame under way |
//! | word_valid, word_index, word_data, word_last | in | 1, 4, 64, 1 | a frame's words, numbered, up to 15 |
//! | window_valid, window_first | out | 1 | eight bytes of the network header and what follows; those it starts with |
//! | window_flush | out | 1 | the frame is over; `window` holds its rest, if the network header had begun |
//! | window | out | 64 | the bytes |
//! | meaning_0, meaning_1, meaning_5 | out | 8 | `NextHeader` of byte 0, 1, 5 of the window |
//! | odd_length, no_length | out | 1 | byte 1 is an odd length of AH, or below its least; is zero |
//! | length_more, half_more | out | 9, 8 | byte 1 and one; half of it and one |
//! | offset | out | 1 | bytes 2 and 3 hold a fragment's offset, as in IPv6's header, other than 0 |
//! | is_ipv4, is_ipv6, is_arp | out | 1 | EtherType behind the tags, from the first window to the next frame's |
//! | tags | out | 2 | tags before it; outside 0x8100 or 0x88A8, inside 0x8100 |
//!
//! Latency: 2 cycles from a word to its window, 3 to the flush, of those that the parser's `latencies` measures. Throughput: a word a cycle, no gap between frames: the first
//! two words of a frame give no window, and leave the cycle free for the last frame's flush. A third tag is an unknown EtherType.

use super::next_header::NextHeader;
use rust_hdl::prelude::*;
use spareband_spec::frame::{ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_SERVICE_VLAN, ETHERTYPE_VLAN};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Link {
    outer: Bit,
    inner: Bit,
    /// There is one tag; it stands from the third word on, as the next frame's windows are not before that.
    single: Bit,
    /// What the two halves of the last word that might hold the EtherType say.
    early_ipv4: Bit,
    early_ipv6: Bit,
    early_arp: Bit,
    late_ipv4: Bit,
    late_ipv6: Bit,
    late_arp: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Delayed {
    valid: Bit,
    last: Bit,
    index: Bits<4>,
    data: Bits<64>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Aligned {
    valid: Bit,
    first: Bit,
    flush: Bit,
    in_packet: Bit,
    data: Bits<64>,
    meaning_0: Bits<8>,
    meaning_1: Bits<8>,
    meaning_5: Bits<8>,
    odd_length: Bit,
    no_length: Bit,
    length_more: Bits<9>,
    half_more: Bits<8>,
    offset: Bit,
    is_ipv4: Bit,
    is_ipv6: Bit,
    is_arp: Bit,
    tags: Bits<2>,
}

#[derive(LogicBlock)]
pub struct HeaderAligner {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_index: Signal<In, Bits<4>>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_last: Signal<In, Bit>,
    pub window_valid: Signal<Out, Bit>,
    pub window_first: Signal<Out, Bit>,
    pub window_flush: Signal<Out, Bit>,
    pub window: Signal<Out, Bits<64>>,
    pub meaning_0: Signal<Out, Bits<8>>,
    pub meaning_1: Signal<Out, Bits<8>>,
    pub meaning_5: Signal<Out, Bits<8>>,
    pub odd_length: Signal<Out, Bit>,
    pub no_length: Signal<Out, Bit>,
    pub length_more: Signal<Out, Bits<9>>,
    pub half_more: Signal<Out, Bits<8>>,
    pub offset: Signal<Out, Bit>,
    pub is_ipv4: Signal<Out, Bit>,
    pub is_ipv6: Signal<Out, Bit>,
    pub is_arp: Signal<Out, Bit>,
    pub tags: Signal<Out, Bits<2>>,
    link: DFF<Link>,
    delayed: DFF<Delayed>,
    /// The word before the delayed one, of the same frame; its last one for a cycle.
    before: DFF<Bits<64>>,
    ended: DFF<Bit>,
    aligned: DFF<Aligned>,
    look_0: NextHeader,
    look_1: NextHeader,
    look_5: NextHeader,
    ethertype_ipv4: Constant<Bits<16>>,
    ethertype_ipv6: Constant<Bits<16>>,
    ethertype_arp: Constant<Bits<16>>,
    ethertype_vlan: Constant<Bits<16>>,
    ethertype_service_vlan: Constant<Bits<16>>,
    data: Signal<Local, Bits<64>>,
    early: Signal<Local, Bits<16>>,
    late: Signal<Local, Bits<16>>,
    is_inner: Signal<Local, Bit>,
    use_early: Signal<Local, Bit>,
    first: Signal<Local, Bit>,
    shifted: Signal<Local, Bits<64>>,
    octet: Signal<Local, Bits<8>>,
    length: Signal<Local, Bits<8>>,
    big_endian: Signal<Local, Bits<64>>,
}

impl Default for HeaderAligner {
    fn default() -> Self {
        with_defaults!(Self {
            ethertype_ipv4: Constant::new(ETHERTYPE_IPV4.to_bits()),
            ethertype_ipv6: Constant::new(ETHERTYPE_IPV6.to_bits()),
            ethertype_arp: Constant::new(ETHERTYPE_ARP.to_bits()),
            ethertype_vlan: Constant::new(ETHERTYPE_VLAN.to_bits()),
            ethertype_service_vlan: Constant::new(ETHERTYPE_SERVICE_VLAN.to_bits()),
        }
            defaults clk reset word_valid word_index word_data word_last window_valid window_first window_flush window meaning_0 meaning_1
            meaning_5 odd_length no_length length_more half_more offset is_ipv4 is_ipv6 is_arp tags link delayed before ended aligned look_0 look_1 look_5 data early late is_inner use_early
            first shifted octet length big_endian)
    }
}

impl Logic for HeaderAligner {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, link, delayed, before, ended, aligned);
        // EtherTypes: bytes 12 and 16 of an untagged and a tagged frame, 20 of one with two tags; 12 and 20 are at one place of their words.
        self.data.next = self.word_data.val();
        self.early.next = (bit_cast::<16, 8>(self.data.val().get_bits::<8>(0)) << 8) | bit_cast::<16, 8>(self.data.val().get_bits::<8>(8));
        self.late.next = (bit_cast::<16, 8>(self.data.val().get_bits::<8>(32)) << 8) | bit_cast::<16, 8>(self.data.val().get_bits::<8>(40));
        self.is_inner.next = self.early.val() == self.ethertype_vlan.val();
        if self.word_valid.val() & ((self.word_index.val() == 1) | ((self.word_index.val() == 2) & self.link.q.val().outer)) {
            self.link.d.next.early_ipv4 = self.early.val() == self.ethertype_ipv4.val();
            self.link.d.next.early_ipv6 = self.early.val() == self.ethertype_ipv6.val();
            self.link.d.next.early_arp = self.early.val() == self.ethertype_arp.val();
            self.link.d.next.late_ipv4 = self.late.val() == self.ethertype_ipv4.val();
            self.link.d.next.late_ipv6 = self.late.val() == self.ethertype_ipv6.val();
            self.link.d.next.late_arp = self.late.val() == self.ethertype_arp.val();
        }
        if self.word_valid.val() & (self.word_index.val() == 1) {
            self.link.d.next.outer =
                (self.late.val() == self.ethertype_vlan.val()) | (self.late.val() == self.ethertype_service_vlan.val());
            self.link.d.next.inner = false;
        }
        if self.word_valid.val() & (self.word_index.val() == 2) {
            self.link.d.next.inner = self.link.q.val().outer & self.is_inner.val();
            self.link.d.next.single = self.link.q.val().outer & !self.is_inner.val();
        }
        self.delayed.d.next.valid = self.word_valid.val();
        self.delayed.d.next.last = self.word_last.val();
        self.delayed.d.next.index = self.word_index.val();
        self.delayed.d.next.data = self.data.val();
        self.ended.d.next = self.delayed.q.val().valid & self.delayed.q.val().last;
        if self.delayed.q.val().valid {
            self.before.d.next = self.delayed.q.val().data;
        }
        // The network header starts at byte 14, 18 or 22.
        self.first.next = self.delayed.q.val().valid
            & (((self.delayed.q.val().index == 2) & !self.link.q.val().outer)
                | ((self.delayed.q.val().index == 3) & self.link.q.val().outer));
        self.use_early.next = self.link.q.val().single;
        if self.use_early.val() {
            self.shifted.next = (self.before.q.val() >> 16) | (self.delayed.q.val().data << 48);
        } else {
            self.shifted.next = (self.before.q.val() >> 48) | (self.delayed.q.val().data << 16);
        }
        self.big_endian.next = 0.into();
        for i in 0..8 {
            self.octet.next = self.shifted.val().get_bits::<8>(8 * i);
            self.big_endian.next = (self.big_endian.val() << 8) | bit_cast::<64, 8>(self.octet.val());
        }
        self.look_0.octet.next = self.shifted.val().get_bits::<8>(0);
        self.look_1.octet.next = self.shifted.val().get_bits::<8>(8);
        self.look_5.octet.next = self.shifted.val().get_bits::<8>(40);
        self.aligned.d.next.data = self.big_endian.val();
        self.aligned.d.next.meaning_0 = self.look_0.meaning.val();
        self.aligned.d.next.meaning_1 = self.look_1.meaning.val();
        self.aligned.d.next.meaning_5 = self.look_5.meaning.val();
        self.length.next = self.big_endian.val().get_bits::<8>(48);
        self.aligned.d.next.odd_length = self.length.val().get_bit(0) | !self.length.val().any();
        self.aligned.d.next.no_length = !self.length.val().any();
        self.aligned.d.next.length_more = bit_cast::<9, 8>(self.length.val()) + 1;
        self.aligned.d.next.half_more = (self.length.val() >> 1) + 1;
        self.aligned.d.next.offset = self.big_endian.val().get_bits::<13>(35).any();
        self.aligned.d.next.valid = self.first.val() | (self.aligned.q.val().in_packet & (self.delayed.q.val().valid | self.ended.q.val()));
        self.aligned.d.next.first = self.first.val();
        self.aligned.d.next.flush = self.ended.q.val();
        if self.ended.q.val() {
            self.aligned.d.next.in_packet = false;
        }
        if self.first.val() {
            self.aligned.d.next.in_packet = true;
            if self.use_early.val() {
                self.aligned.d.next.is_ipv4 = self.link.q.val().early_ipv4;
                self.aligned.d.next.is_ipv6 = self.link.q.val().early_ipv6;
                self.aligned.d.next.is_arp = self.link.q.val().early_arp;
            } else {
                self.aligned.d.next.is_ipv4 = self.link.q.val().late_ipv4;
                self.aligned.d.next.is_ipv6 = self.link.q.val().late_ipv6;
                self.aligned.d.next.is_arp = self.link.q.val().late_arp;
            }
            self.aligned.d.next.tags = bit_cast::<2, 1>(self.link.q.val().outer.into()) + bit_cast::<2, 1>(self.link.q.val().inner.into());
        }
        self.window_valid.next = self.aligned.q.val().valid;
        self.window_first.next = self.aligned.q.val().first;
        self.window_flush.next = self.aligned.q.val().flush;
        self.window.next = self.aligned.q.val().data;
        self.meaning_0.next = self.aligned.q.val().meaning_0;
        self.meaning_1.next = self.aligned.q.val().meaning_1;
        self.meaning_5.next = self.aligned.q.val().meaning_5;
        self.odd_length.next = self.aligned.q.val().odd_length;
        self.no_length.next = self.aligned.q.val().no_length;
        self.length_more.next = self.aligned.q.val().length_more;
        self.half_more.next = self.aligned.q.val().half_more;
        self.offset.next = self.aligned.q.val().offset;
        self.is_ipv4.next = self.aligned.q.val().is_ipv4;
        self.is_ipv6.next = self.aligned.q.val().is_ipv6;
        self.is_arp.next = self.aligned.q.val().is_arp;
        self.tags.next = self.aligned.q.val().tags;
        if self.reset.val() {
            self.delayed.d.next.valid = false;
            self.ended.d.next = false;
            self.aligned.d.next.valid = false;
            self.aligned.d.next.flush = false;
            self.aligned.d.next.in_packet = false;
        }
    }
    spareband_hdl::module_name!();
}
