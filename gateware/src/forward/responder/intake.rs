//! First stage of the responder: takes the link layer off a frame and cuts the packet to its own length, at a word a cycle.
//! IEEE 802.3 3.1.1, IEEE 802.1Q 9 (tags), RFC 826, 791 and 8200 (lengths).
//!
//! > Every selected and committed frame gives exactly one of `queued`, `dropped_full`, `dropped_oversize`, `dropped_short` and `dropped_other`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; the rest of a frame cut by reset is taken for a frame |
//! | in_valid, in_data, in_keep, in_last, in_commit, in_select | in | 1, 64, 8, 1, 1, 1 | the forwarding plane's stream |
//! | write, write_data, write_last, write_commit | out | 1, 64, 1, 1 | to an `AsyncFrameFifo` |
//! | overflow | in | 1 | of that FIFO |
//! | queued | out | 1 | pulse: a packet waits for its answer |
//! | dropped_full, dropped_oversize, dropped_short, dropped_other | out | 1 | pulse: no room; beyond 1,522 bytes; shorter than 60 bytes or than its packet; neither ARP nor IP behind 0 to 2 tags |
//!
//! A stored frame is a head word (source address 48, kind 2, tagged, tagged twice), the tags if there are any, and the packet from its first
//! byte on, with zeros behind its last. Kinds: 0 none, 1 ARP, 2 IPv4, 3 IPv6.
//! Latency: 6 cycles from the last word to the event (`latency_of_each_reply`). Throughput: a word a cycle, frames of any length back to back: the words of the link
//! layer leave the cycles in which the head and the end are written.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use crate::forward::KeepCount;
use rust_hdl::prelude::*;
use spareband_spec::frame::MIN_FRAME_BYTES;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Arrival {
    in_frame: Bit,
    index: Bits<2>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    valid: Bit,
    /// The frame's second, its third, one behind that.
    second: Bit,
    third: Bit,
    later: Bit,
    data: Bits<64>,
    last: Bit,
    commit: Bit,
    /// Bytes beyond the first.
    beyond: Bits<3>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Link {
    source: Bits<48>,
    /// The second stands only where there are two.
    first_tag: Bits<32>,
    second_tag: Bits<32>,
    has_tag: Bit,
    has_two_tags: Bit,
    kind: Bits<2>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Ending {
    valid: Bit,
    commit: Bit,
    /// Of the frame, beyond its first.
    beyond: Bits<12>,
}

/// Eight bytes of the packet, and in the cycle after the frame's last word what is left.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Aligned {
    valid: Bit,
    step: Bits<8>,
    data: Bits<64>,
    ended: Bit,
    commit: Bit,
    beyond: Bits<12>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Packet {
    length: Bits<17>,
    /// The step that holds the packet's last byte.
    last_step: Bits<8>,
    /// Bytes of the frame that the packet needs, beyond the first.
    needed: Bits<18>,
    complete: Bit,
    last_word: Bits<64>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Outcome {
    good: Bit,
    oversize: Bit,
    short: Bit,
    other: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Stored {
    valid: Bit,
    data: Bits<64>,
    ended: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Write {
    valid: Bit,
    data: Bits<64>,
    last: Bit,
    commit: Bit,
}

#[derive(LogicBlock)]
pub struct PacketIntake {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_keep: Signal<In, Bits<8>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
    pub write: Signal<Out, Bit>,
    pub write_data: Signal<Out, Bits<64>>,
    pub write_last: Signal<Out, Bit>,
    pub write_commit: Signal<Out, Bit>,
    pub overflow: Signal<In, Bit>,
    pub queued: Signal<Out, Bit>,
    pub dropped_full: Signal<Out, Bit>,
    pub dropped_oversize: Signal<Out, Bit>,
    pub dropped_short: Signal<Out, Bit>,
    pub dropped_other: Signal<Out, Bit>,
    count: KeepCount,
    arrival: DFF<Arrival>,
    word: DFF<Word>,
    /// Words of the frame before this one, up to 256.
    words: DFF<Bits<9>>,
    previous: DFF<Bits<64>>,
    link: DFF<Link>,
    ending: DFF<Ending>,
    step: DFF<Bits<8>>,
    aligned: DFF<Aligned>,
    packet: DFF<Packet>,
    stored: DFF<Stored>,
    verdict: DFF<Outcome>,
    outcome: DFF<Outcome>,
    counted: DFF<Outcome>,
    head_due: DFF<Bit>,
    tags_due: DFF<Bit>,
    writing: DFF<Write>,
    /// As the wire has them, first byte in the low bits.
    ethertype_tag: Constant<Bits<16>>,
    ethertype_service_tag: Constant<Bits<16>>,
    ethertype_arp: Constant<Bits<16>>,
    ethertype_ipv4: Constant<Bits<16>>,
    ethertype_ipv6: Constant<Bits<16>>,
    arp_bytes: Constant<Bits<17>>,
    ipv6_header: Constant<Bits<17>>,
    least_ipv4: Constant<Bits<17>>,
    least_ipv6: Constant<Bits<17>>,
    shortest: Constant<Bits<12>>,
    longest: Constant<Bits<12>>,
    take: Signal<Local, Bit>,
    index: Signal<Local, Bits<2>>,
    data: Signal<Local, Bits<64>>,
    first_type: Signal<Local, Bits<16>>,
    second_type: Signal<Local, Bits<16>>,
    first_kind: Signal<Local, Bits<2>>,
    second_kind: Signal<Local, Bits<2>>,
    twice: Signal<Local, Bit>,
    starts: Signal<Local, Bit>,
    field: Signal<Local, Bits<16>>,
    length: Signal<Local, Bits<17>>,
    overhead: Signal<Local, Bits<18>>,
    at_last: Signal<Local, Bit>,
    octet: Signal<Local, Bits<8>>,
    cut: Signal<Local, Bits<64>>,
    less: Signal<Local, Bits<17>>,
    short: Signal<Local, Bit>,
    tail: Signal<Local, Bits<3>>,
}

impl Default for PacketIntake {
    fn default() -> Self {
        with_defaults!(Self {
            ethertype_tag: Constant::new(0x8100_u16.swap_bytes().to_bits()),
            ethertype_service_tag: Constant::new(0x88A8_u16.swap_bytes().to_bits()),
            ethertype_arp: Constant::new(0x0806_u16.swap_bytes().to_bits()),
            ethertype_ipv4: Constant::new(0x0800_u16.swap_bytes().to_bits()),
            ethertype_ipv6: Constant::new(0x86DD_u16.swap_bytes().to_bits()),
            arp_bytes: Constant::new(28_u16.to_bits()),
            ipv6_header: Constant::new(40_u16.to_bits()),
            least_ipv4: Constant::new(28_u16.to_bits()),
            least_ipv6: Constant::new(48_u16.to_bits()),
            shortest: Constant::new((MIN_FRAME_BYTES - 1).to_bits()),
            longest: Constant::new(1522_u16.to_bits()),
        }
            defaults clk reset in_valid in_data in_keep in_last in_commit in_select write write_data write_last write_commit overflow
            queued dropped_full dropped_oversize dropped_short dropped_other count arrival word words previous link ending step aligned packet
            stored verdict outcome counted head_due tags_due writing take index data first_type second_type
            first_kind second_kind twice starts field length overhead at_last octet cut less short tail)
    }
}

impl Logic for PacketIntake {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clk, arrival, word, words, previous, link, ending, step, aligned, packet, stored, verdict, outcome, counted, head_due,
            tags_due, writing
        );
        // Arrival: number the words.
        self.take.next = self.in_valid.val() & self.in_select.val();
        self.index.next = self.arrival.q.val().index;
        if !self.arrival.q.val().in_frame {
            self.index.next = 0.into();
        }
        self.count.keep.next = self.in_keep.val();
        self.count.last.next = true;
        if self.take.val() {
            self.arrival.d.next.in_frame = !self.in_last.val();
            self.arrival.d.next.index = self.index.val() + 1;
            if self.index.val() == 3 {
                self.arrival.d.next.index = 3.into();
            }
        }
        self.word.d.next.valid = self.take.val();
        self.word.d.next.second = self.take.val() & (self.index.val() == 1);
        self.word.d.next.third = self.take.val() & (self.index.val() == 2);
        self.word.d.next.later = self.take.val() & (self.index.val() == 3);
        self.word.d.next.data = self.in_data.val();
        self.word.d.next.last = self.in_last.val();
        self.word.d.next.commit = self.in_commit.val();
        self.word.d.next.beyond = self.count.beyond.val();
        // The words before it, a cycle later: with its own bytes beyond the first they are the frame's beyond its first.
        if self.word.q.val().valid {
            if !self.words.q.val().get_bit(8) {
                self.words.d.next = self.words.q.val() + 1;
            }
            if self.word.q.val().last {
                self.words.d.next = 0.into();
            }
        }
        // The link layer: addresses and tags.
        self.data.next = self.word.q.val().data;
        self.first_type.next = self.data.val().get_bits::<16>(32);
        self.second_type.next = self.data.val().get_bits::<16>(0);
        self.twice.next = self.second_type.val() == self.ethertype_tag.val();
        self.first_kind.next = 0.into();
        self.second_kind.next = 0.into();
        if self.first_type.val() == self.ethertype_arp.val() {
            self.first_kind.next = 1.into();
        }
        if self.first_type.val() == self.ethertype_ipv4.val() {
            self.first_kind.next = 2.into();
        }
        if self.first_type.val() == self.ethertype_ipv6.val() {
            self.first_kind.next = 3.into();
        }
        if self.second_type.val() == self.ethertype_arp.val() {
            self.second_kind.next = 1.into();
        }
        if self.second_type.val() == self.ethertype_ipv4.val() {
            self.second_kind.next = 2.into();
        }
        if self.second_type.val() == self.ethertype_ipv6.val() {
            self.second_kind.next = 3.into();
        }
        self.head_due.d.next = false;
        self.tags_due.d.next = self.head_due.q.val() & self.link.q.val().has_tag;
        if self.word.q.val().valid {
            self.previous.d.next = self.data.val();
        }
        if self.word.q.val().second {
            self.link.d.next.source = (bit_cast::<48, 32>(self.data.val().get_bits::<32>(0)) << 16)
                | bit_cast::<48, 16>(self.previous.q.val().get_bits::<16>(48));
            self.link.d.next.first_tag = self.data.val().get_bits::<32>(32);
            self.link.d.next.has_tag =
                (self.first_type.val() == self.ethertype_tag.val()) | (self.first_type.val() == self.ethertype_service_tag.val());
            self.link.d.next.has_two_tags = false;
            self.link.d.next.kind = self.first_kind.val();
        }
        if self.word.q.val().third {
            self.head_due.d.next = true;
            if self.link.q.val().has_tag {
                self.link.d.next.has_two_tags = self.twice.val();
                self.link.d.next.kind = self.second_kind.val();
                if self.twice.val() {
                    self.link.d.next.kind = self.first_kind.val();
                }
            }
            self.link.d.next.second_tag = self.data.val().get_bits::<32>(0);
        }
        // The packet from its first byte on. After the last word comes what that left over.
        self.ending.d.next.valid = self.word.q.val().valid & self.word.q.val().last;
        self.ending.d.next.commit = self.word.q.val().commit;
        self.ending.d.next.beyond = (bit_cast::<12, 9>(self.words.q.val()) << 3) | bit_cast::<12, 3>(self.word.q.val().beyond);
        self.starts.next = (self.word.q.val().third & !self.link.q.val().has_tag) | self.word.q.val().later;
        self.aligned.d.next.valid = self.starts.val() | self.ending.q.val().valid;
        self.aligned.d.next.ended = self.ending.q.val().valid;
        self.aligned.d.next.commit = self.ending.q.val().commit;
        self.aligned.d.next.beyond = self.ending.q.val().beyond;
        self.aligned.d.next.step = self.step.q.val();
        if self.ending.q.val().valid {
            self.step.d.next = 0.into();
        } else if self.starts.val() & (self.step.q.val() != 255) {
            self.step.d.next = self.step.q.val() + 1;
        }
        self.aligned.d.next.data = (self.previous.q.val() >> 48) | (self.data.val() << 16);
        if self.link.q.val().has_tag & !self.link.q.val().has_two_tags {
            self.aligned.d.next.data = (self.previous.q.val() >> 16) | (self.data.val() << 48);
        }
        // How long the packet says it is. All of this stands by its third step, and no packet that is kept ends before its fourth.
        self.field.next = (bit_cast::<16, 8>(self.aligned.q.val().data.get_bits::<8>(16)) << 8)
            | bit_cast::<16, 8>(self.aligned.q.val().data.get_bits::<8>(24));
        self.length.next = bit_cast::<17, 16>(self.field.val());
        if self.link.q.val().kind == 3 {
            self.field.next = (bit_cast::<16, 8>(self.aligned.q.val().data.get_bits::<8>(32)) << 8)
                | bit_cast::<16, 8>(self.aligned.q.val().data.get_bits::<8>(40));
            self.length.next = bit_cast::<17, 16>(self.field.val()) + self.ipv6_header.val();
        }
        if self.link.q.val().kind == 1 {
            self.length.next = self.arp_bytes.val();
        }
        self.overhead.next = 13.into();
        if self.link.q.val().has_tag {
            self.overhead.next = 17.into();
        }
        if self.link.q.val().has_two_tags {
            self.overhead.next = 21.into();
        }
        self.less.next = self.packet.q.val().length - 1;
        self.packet.d.next.last_step = self.less.val().get_bits::<8>(3);
        self.packet.d.next.needed = bit_cast::<18, 17>(self.packet.q.val().length) + self.overhead.val();
        self.at_last.next = self.aligned.q.val().valid
            & (self.aligned.q.val().step > 2)
            & (self.aligned.q.val().step == self.packet.q.val().last_step)
            & !self.packet.q.val().complete;
        self.tail.next = self.packet.q.val().length.get_bits::<3>(0);
        self.cut.next = 0.into();
        for i in 0..8 {
            self.octet.next = self.aligned.q.val().data.get_bits::<8>(8 * i);
            if (self.tail.val() != 0) & (self.tail.val() <= i.to_bits::<3>()) {
                self.octet.next = 0.into();
            }
            self.cut.next = (self.cut.val() >> 8) | (bit_cast::<64, 8>(self.octet.val()) << 56);
        }
        if self.aligned.q.val().valid & (self.aligned.q.val().step == 0) {
            self.packet.d.next.length = self.length.val();
            self.packet.d.next.complete = false;
        }
        if self.at_last.val() {
            self.packet.d.next.complete = true;
            self.packet.d.next.last_word = self.cut.val();
        }
        self.stored.d.next.valid = self.aligned.q.val().valid
            & !self.aligned.q.val().ended
            & !self.at_last.val()
            & !((self.aligned.q.val().step != 0) & self.packet.q.val().complete);
        self.stored.d.next.data = self.aligned.q.val().data;
        self.stored.d.next.ended = self.aligned.q.val().ended;
        // What becomes of it.
        self.short.next = (self.packet.q.val().needed > bit_cast::<18, 12>(self.aligned.q.val().beyond))
            | ((self.link.q.val().kind == 2) & (self.packet.q.val().length < self.least_ipv4.val()))
            | ((self.link.q.val().kind == 3) & (self.packet.q.val().length < self.least_ipv6.val()));
        self.verdict.d.next.good = false;
        self.verdict.d.next.oversize = false;
        self.verdict.d.next.short = false;
        self.verdict.d.next.other = false;
        if self.aligned.q.val().ended & self.aligned.q.val().commit {
            if self.aligned.q.val().beyond >= self.longest.val() {
                self.verdict.d.next.oversize = true;
            } else if self.aligned.q.val().beyond < self.shortest.val() {
                self.verdict.d.next.short = true;
            } else if self.link.q.val().kind == 0 {
                self.verdict.d.next.other = true;
            } else if self.short.val() {
                self.verdict.d.next.short = true;
            } else {
                self.verdict.d.next.good = true;
            }
        }
        // One word a cycle to the FIFO.
        self.writing.d.next.valid = self.stored.q.val().valid | self.stored.q.val().ended | self.head_due.q.val() | self.tags_due.q.val();
        self.writing.d.next.last = self.stored.q.val().ended;
        self.writing.d.next.commit = self.verdict.q.val().good;
        self.writing.d.next.data = self.stored.q.val().data;
        if self.head_due.q.val() {
            self.writing.d.next.data = (bit_cast::<64, 1>(self.link.q.val().has_two_tags.into()) << 51)
                | (bit_cast::<64, 1>(self.link.q.val().has_tag.into()) << 50)
                | (bit_cast::<64, 2>(self.link.q.val().kind) << 48)
                | bit_cast::<64, 48>(self.link.q.val().source);
        }
        if self.tags_due.q.val() {
            self.writing.d.next.data =
                (bit_cast::<64, 32>(self.link.q.val().second_tag) << 32) | bit_cast::<64, 32>(self.link.q.val().first_tag);
        }
        if self.stored.q.val().ended {
            self.writing.d.next.data = self.packet.q.val().last_word;
        }
        self.write.next = self.writing.q.val().valid;
        self.write_data.next = self.writing.q.val().data;
        self.write_last.next = self.writing.q.val().last;
        self.write_commit.next = self.writing.q.val().commit;
        // `overflow` comes in the cycle after the last word.
        self.outcome.d.next = self.verdict.q.val();
        self.counted.d.next = self.outcome.q.val();
        self.queued.next = self.counted.q.val().good & !self.overflow.val();
        self.dropped_full.next = self.counted.q.val().good & self.overflow.val();
        self.dropped_oversize.next = self.counted.q.val().oversize;
        self.dropped_short.next = self.counted.q.val().short;
        self.dropped_other.next = self.counted.q.val().other;
        if self.reset.val() {
            self.arrival.d.next.in_frame = false;
            self.word.d.next.valid = false;
            self.word.d.next.second = false;
            self.word.d.next.third = false;
            self.word.d.next.later = false;
            self.words.d.next = 0.into();
            self.ending.d.next.valid = false;
            self.step.d.next = 0.into();
            self.aligned.d.next.valid = false;
            self.aligned.d.next.ended = false;
            self.stored.d.next.valid = false;
            self.stored.d.next.ended = false;
            self.verdict.d.next.good = false;
            self.outcome.d.next.good = false;
            self.counted.d.next.good = false;
            self.head_due.d.next = false;
            self.tags_due.d.next = false;
            self.writing.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
