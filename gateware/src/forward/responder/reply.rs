//! The responder's sequence: reads a stored request, decides, and makes the reply of it. RFC 826 (packet reception), RFC 4861 7.2.4,
//! RFC 792 (echo), RFC 4443 4.2.
//!
//! > Every stored request gives exactly one of the events, and leaves the queue whole before the next is looked at.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets the request under way, together with the queue |
//! | available, read, read_data, read_last | in, out, in, in | 1, 1, 64, 1 | stored requests as `PacketIntake` writes them |
//! | own_mac | in | 48 | bits 7..0 first on the wire |
//! | reply_limit | in | 16 | replies in 2^I cycles at most; 0: no limit |
//! | announce_waiting, announce_take, announce_is_ipv6, announce_has_tag, announce_tags, announce_data | in, out, in.. | 1, 1, 1, 1, 64, 64 | see `AnnouncementSource`; it goes first and does not count for the limit |
//! | step | out | 4 | which eight bytes are read |
//! | start, destination, tags, has_tag, has_two_tags, ethertype, total | out | 1, 48, 64, 1, 1, 16, 12 | to `FrameEmitter` |
//! | body, body_take, done | out, in, in | 64, 1, 1 | with `FrameEmitter` |
//! | answered_arp, answered_neighbour, answered_echo, announced | out | 1 | pulse: a reply is on its way; an announcement |
//! | dropped_unanswerable, dropped_invalid, dropped_limit | out | 1 | pulse; of several causes the first of these |
//!
//! Latency: 15 cycles from `available` to `start` for ARP, 13 echo over IPv4, 19 echo over IPv6, 25 a solicitation with an option, one more with
//! tags (within `latency_of_each_reply`).
//!
//! Longer than most files here, as the sequence and the header words that it moves are one kernel.

use super::{ReplyChecksum, RequestExaminer};
use rust_hdl::prelude::*;
use spareband_spec::frame::MIN_FRAME_BYTES;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sequence {
    /// At any of the next five.
    busy: Bit,
    tagging: Bit,
    loading: Bit,
    deciding: Bit,
    emitting: Bit,
    draining: Bit,
    start: Bit,
    step: Bits<4>,
    /// Emitting: bit i, it is at step i; none once the rest passes.
    place: Bits<9>,
    /// Eight bytes of the request are read in this cycle.
    fetches: Bit,
    /// The eight bytes of this step are in `word`.
    fetched: Bit,
    count: Bits<3>,
    /// The count is at its end.
    decides: Bit,
    /// The head has left: what is still in the queue follows.
    passes: Bit,
    /// Words of the request are still in the queue.
    rest: Bit,
    announcing: Bit,
}

/// Eight bytes of the request, with its end.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    data: Bits<64>,
    last: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Request {
    kind: Bits<2>,
    destination: Bits<48>,
    source_group: Bit,
    tags: Bits<64>,
    has_tag: Bit,
    has_two_tags: Bit,
    length: Bits<12>,
    unpadded: Bits<12>,
    total: Bits<12>,
}

/// The packet's first words, as they came and then as they go.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Head {
    word_0: Bits<64>,
    word_1: Bits<64>,
    word_2: Bits<64>,
    word_3: Bits<64>,
    word_4: Bits<64>,
    word_5: Bits<64>,
}

/// What the reply is made of, as known a cycle ago; it stands from before the decision to the reply's end.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Way {
    arp: Bit,
    ipv4: Bit,
    ipv6: Bit,
    advertises: Bit,
    to_all: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Events {
    arp: Bit,
    neighbour: Bit,
    echo: Bit,
    announced: Bit,
    unanswerable: Bit,
    invalid: Bit,
    limit: Bit,
}

#[derive(LogicBlock)]
pub struct ReplyBuilder<const I: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub available: Signal<In, Bit>,
    pub read: Signal<Out, Bit>,
    pub read_data: Signal<In, Bits<64>>,
    pub read_last: Signal<In, Bit>,
    pub own_mac: Signal<In, Bits<48>>,
    pub reply_limit: Signal<In, Bits<16>>,
    pub announce_waiting: Signal<In, Bit>,
    pub announce_take: Signal<Out, Bit>,
    pub announce_is_ipv6: Signal<In, Bit>,
    pub announce_has_tag: Signal<In, Bit>,
    pub announce_tags: Signal<In, Bits<64>>,
    pub announce_data: Signal<In, Bits<64>>,
    pub step: Signal<Out, Bits<4>>,
    pub start: Signal<Out, Bit>,
    pub destination: Signal<Out, Bits<48>>,
    pub tags: Signal<Out, Bits<64>>,
    pub has_tag: Signal<Out, Bit>,
    pub has_two_tags: Signal<Out, Bit>,
    pub ethertype: Signal<Out, Bits<16>>,
    pub total: Signal<Out, Bits<12>>,
    pub body: Signal<Out, Bits<64>>,
    pub body_take: Signal<In, Bit>,
    pub done: Signal<In, Bit>,
    pub answered_arp: Signal<Out, Bit>,
    pub answered_neighbour: Signal<Out, Bit>,
    pub answered_echo: Signal<Out, Bit>,
    pub announced: Signal<Out, Bit>,
    pub dropped_unanswerable: Signal<Out, Bit>,
    pub dropped_invalid: Signal<Out, Bit>,
    pub dropped_limit: Signal<Out, Bit>,
    examiner: RequestExaminer,
    checksum: ReplyChecksum,
    sequence: DFF<Sequence>,
    word: DFF<Word>,
    request: DFF<Request>,
    head: DFF<Head>,
    way: DFF<Way>,
    events: DFF<Events>,
    interval: DFF<Bits<I>>,
    replies: DFF<Bits<16>>,
    limited: DFF<Bit>,
    all_nodes_mac: Constant<Bits<48>>,
    broadcast: Constant<Bits<48>>,
    ethertype_arp: Constant<Bits<16>>,
    ethertype_ipv4: Constant<Bits<16>>,
    ethertype_ipv6: Constant<Bits<16>>,
    arp_request: Constant<Bits<64>>,
    arp_reply: Constant<Bits<64>>,
    advertisement_head: Constant<Bits<64>>,
    advertisement_to_sender: Constant<Bits<64>>,
    advertisement_to_all: Constant<Bits<64>>,
    all_nodes_high: Constant<Bits<64>>,
    all_nodes_low: Constant<Bits<64>>,
    target_option: Constant<Bits<64>>,
    hop_limit: Constant<Bits<64>>,
    ttl_and_protocol: Constant<Bits<64>>,
    echo_reply_ipv6: Constant<Bits<64>>,
    arp_bytes: Constant<Bits<12>>,
    advertisement_bytes: Constant<Bits<12>>,
    ipv6_header: Constant<Bits<12>>,
    shortest: Constant<Bits<12>>,
    idle: Signal<Local, Bit>,
    taking: Signal<Local, Bit>,
    data: Signal<Local, Bits<64>>,
    fresh: Signal<Local, Bits<64>>,
    fresh_last: Signal<Local, Bit>,
    reading: Signal<Local, Bit>,
    last: Signal<Local, Bit>,
    clear: Signal<Local, Bit>,
    is_arp: Signal<Local, Bit>,
    is_ipv4: Signal<Local, Bit>,
    is_ipv6: Signal<Local, Bit>,
    loaded: Signal<Local, Bit>,
    first_octet: Signal<Local, Bits<8>>,
    advertises: Signal<Local, Bit>,
    to_all: Signal<Local, Bit>,
    decide: Signal<Local, Bit>,
    answers: Signal<Local, Bit>,
    bad: Signal<Local, Bit>,
    word_0: Signal<Local, Bits<64>>,
    word_1: Signal<Local, Bits<64>>,
    word_2: Signal<Local, Bits<64>>,
    word_3: Signal<Local, Bits<64>>,
    word_5: Signal<Local, Bits<64>>,
    head_length: Signal<Local, Bits<12>>,
    overhead: Signal<Local, Bits<12>>,
    body_word: Signal<Local, Bits<64>>,
    kind: Signal<Local, Bits<2>>,
}

impl<const I: usize> Default for ReplyBuilder<I> {
    fn default() -> Self {
        let wire = |bytes: [u8; 8]| Constant::new(bits::<64>(u64::from_le_bytes(bytes)));
        with_defaults!(Self {
            all_nodes_mac: Constant::new(bits::<48>(u64::from_le_bytes([0x33, 0x33, 0, 0, 0, 1, 0, 0]))),
            broadcast: Constant::new(bits::<48>((1 << 48) - 1)),
            ethertype_arp: Constant::new(0x0806_u16.swap_bytes().to_bits()),
            ethertype_ipv4: Constant::new(0x0800_u16.swap_bytes().to_bits()),
            ethertype_ipv6: Constant::new(0x86DD_u16.swap_bytes().to_bits()),
            arp_request: wire([0, 1, 8, 0, 6, 4, 0, 1]),
            arp_reply: wire([0, 1, 8, 0, 6, 4, 0, 2]),
            advertisement_head: wire([0x60, 0, 0, 0, 0, 32, 58, 255]),
            advertisement_to_sender: wire([136, 0, 0, 0, 0x60, 0, 0, 0]),
            advertisement_to_all: wire([136, 0, 0, 0, 0x20, 0, 0, 0]),
            all_nodes_high: wire([0xFF, 2, 0, 0, 0, 0, 0, 0]),
            all_nodes_low: wire([0, 0, 0, 0, 0, 0, 0, 1]),
            target_option: wire([2, 1, 0, 0, 0, 0, 0, 0]),
            hop_limit: wire([0, 0, 0, 0, 0, 0, 0, 64]),
            ttl_and_protocol: wire([64, 1, 0, 0, 0, 0, 0, 0]),
            echo_reply_ipv6: wire([129, 0, 0, 0, 0, 0, 0, 0]),
            arp_bytes: Constant::new(28_u16.to_bits()),
            advertisement_bytes: Constant::new(72_u16.to_bits()),
            ipv6_header: Constant::new(40_u16.to_bits()),
            shortest: Constant::new(MIN_FRAME_BYTES.to_bits()),
        }
            defaults clk reset available read read_data read_last own_mac reply_limit announce_waiting announce_take
            announce_is_ipv6 announce_has_tag announce_tags announce_data step start destination tags has_tag has_two_tags ethertype
            total body body_take done answered_arp answered_neighbour answered_echo announced dropped_unanswerable dropped_invalid
            dropped_limit examiner checksum sequence word request head way events interval replies limited idle taking data fresh fresh_last reading last
            clear is_arp is_ipv4 is_ipv6 loaded first_octet advertises to_all decide answers bad word_0 word_1 word_2 word_3
            word_5 head_length overhead body_word kind)
    }
}

impl<const I: usize> Logic for ReplyBuilder<I> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, sequence, word, request, head, way, events, interval, replies, limited);
        self.examiner.clk.next = self.clk.val();
        self.checksum.clk.next = self.clk.val();
        self.idle.next = !self.sequence.q.val().busy;
        self.sequence.d.next.fetches = false;
        self.kind.next = self.request.q.val().kind;
        self.is_arp.next = self.kind.val() == 1;
        self.is_ipv4.next = self.kind.val() == 2;
        self.is_ipv6.next = self.kind.val() == 3;
        self.fresh.next = self.read_data.val();
        self.fresh_last.next = self.read_last.val();
        if self.sequence.q.val().announcing {
            self.fresh.next = self.announce_data.val();
            self.fresh_last.next = self.is_arp.val() & (self.sequence.q.val().step == 3);
            if self.sequence.q.val().step == 7 {
                self.fresh_last.next = true;
            }
        }
        self.data.next = self.word.q.val().data;
        self.last.next = self.word.q.val().last;
        self.step.next = self.sequence.q.val().step;
        // What waits first: an announcement, else the next request's head word.
        self.clear.next = false;
        self.taking.next = false;
        self.reading.next = false;
        self.announce_take.next = false;
        if self.idle.val() {
            self.clear.next = true;
            self.sequence.d.next.step = 0.into();
            self.sequence.d.next.count = 0.into();
            self.sequence.d.next.fetched = false;
            if self.announce_waiting.val() {
                self.sequence.d.next.busy = true;
                self.sequence.d.next.loading = true;
                self.sequence.d.next.announcing = true;
                self.sequence.d.next.rest = false;
                self.request.d.next.kind = 1.into();
                if self.announce_is_ipv6.val() {
                    self.request.d.next.kind = 3.into();
                }
                self.request.d.next.tags = self.announce_tags.val();
                self.request.d.next.has_tag = self.announce_has_tag.val();
                self.request.d.next.has_two_tags = false;
                self.request.d.next.source_group = false;
            } else if self.available.val() {
                self.reading.next = true;
                self.sequence.d.next.announcing = false;
                self.sequence.d.next.rest = true;
                self.sequence.d.next.tagging = self.read_data.val().get_bit(50);
                self.sequence.d.next.busy = true;
                self.sequence.d.next.loading = !self.read_data.val().get_bit(50);
                self.sequence.d.next.fetches = !self.read_data.val().get_bit(50);
                self.request.d.next.destination = self.read_data.val().get_bits::<48>(0);
                self.request.d.next.source_group = self.read_data.val().get_bit(0);
                self.request.d.next.kind = self.read_data.val().get_bits::<2>(48);
                self.request.d.next.has_tag = self.read_data.val().get_bit(50);
                self.request.d.next.has_two_tags = self.read_data.val().get_bit(51);
            }
        }
        if self.sequence.q.val().tagging {
            self.reading.next = true;
            self.request.d.next.tags = self.read_data.val();
            self.sequence.d.next.tagging = false;
            self.sequence.d.next.loading = true;
            self.sequence.d.next.fetches = true;
        }
        // The packet's head; of a solicitation all of it. A step takes two cycles: one to fetch, one to look.
        self.first_octet.next = self.data.val().get_bits::<8>(0);
        self.loaded.next = self.last.val()
            | (self.is_ipv4.val() & (self.sequence.q.val().step == 2))
            | (self.is_ipv6.val()
                & (self.sequence.q.val().step == 5)
                & (self.first_octet.val() != 135)
                & !self.sequence.q.val().announcing);
        if self.sequence.q.val().loading & !self.sequence.q.val().fetched {
            self.word.d.next.data = self.fresh.val();
            self.word.d.next.last = self.fresh_last.val();
            self.sequence.d.next.fetched = true;
        }
        if self.sequence.q.val().fetches {
            self.reading.next = true;
        }
        // Nothing but loading fetches.
        if self.sequence.q.val().fetched {
            self.taking.next = true;
            self.sequence.d.next.fetched = false;
            self.sequence.d.next.fetches = !self.loaded.val() & !self.sequence.q.val().announcing;
            if self.sequence.q.val().step != 15 {
                self.sequence.d.next.step = self.sequence.q.val().step + 1;
            }
            if self.sequence.q.val().step == 0 {
                self.head.d.next.word_0 = self.data.val();
            }
            if self.sequence.q.val().step == 1 {
                self.head.d.next.word_1 = self.data.val();
                if self.is_arp.val() {
                    self.request.d.next.destination = self.data.val().get_bits::<48>(0);
                }
            }
            if self.sequence.q.val().step == 2 {
                self.head.d.next.word_2 = self.data.val();
            }
            // A solicitation's target takes the place of its destination.
            if (self.sequence.q.val().step == 3) | (self.sequence.q.val().step == 6) {
                self.head.d.next.word_3 = self.data.val();
            }
            if (self.sequence.q.val().step == 4) | (self.sequence.q.val().step == 7) {
                self.head.d.next.word_4 = self.data.val();
            }
            if self.sequence.q.val().step == 5 {
                self.head.d.next.word_5 = self.data.val();
            }
            if self.loaded.val() {
                self.sequence.d.next.loading = false;
                self.sequence.d.next.deciding = true;
            }
        }
        self.examiner.clear.next = self.clear.val();
        self.examiner.step_valid.next = self.taking.val();
        self.examiner.step.next = self.sequence.q.val().step;
        self.examiner.data.next = self.data.val();
        self.examiner.last.next = self.last.val();
        self.examiner.kind.next = self.kind.val();
        self.examiner.source_group.next = self.request.q.val().source_group;
        self.advertises.next = self.examiner.solicitation.val() | (self.sequence.q.val().announcing & self.is_ipv6.val());
        self.to_all.next = self.examiner.unspecified.val();
        self.way.d.next.arp = self.is_arp.val();
        self.way.d.next.ipv4 = self.is_ipv4.val();
        self.way.d.next.ipv6 = self.is_ipv6.val();
        self.way.d.next.advertises = self.advertises.val();
        self.way.d.next.to_all = self.to_all.val();
        self.word_0.next = self.head.q.val().word_0;
        self.word_1.next = self.head.q.val().word_1;
        self.word_2.next = self.head.q.val().word_2;
        self.word_3.next = self.head.q.val().word_3;
        self.word_5.next = self.head.q.val().word_5;
        self.checksum.clear.next = self.clear.val();
        self.checksum.step_valid.next = self.taking.val();
        self.checksum.step.next = self.sequence.q.val().step;
        self.checksum.data.next = self.data.val();
        self.checksum.own_mac.next = self.own_mac.val();
        self.checksum.solicitation.next = self.way.q.val().advertises;
        self.checksum.unspecified.next = self.way.q.val().to_all;
        self.checksum.is_ipv4.next = self.way.q.val().ipv4;
        self.checksum.ttl.next = self.word_1.val().get_bits::<8>(0);
        self.checksum.header_checksum.next = self.word_1.val().get_bits::<16>(16);
        self.checksum.message_checksum.next = self.word_5.val().get_bits::<16>(16);
        if self.way.q.val().ipv4 {
            self.checksum.message_checksum.next = self.word_2.val().get_bits::<16>(48);
        }
        // Lengths, which stand when the decision falls.
        self.head_length.next =
            (bit_cast::<12, 4>(self.word_0.val().get_bits::<4>(16)) << 8) | bit_cast::<12, 8>(self.word_0.val().get_bits::<8>(24));
        if self.way.q.val().ipv6 {
            self.head_length.next = ((bit_cast::<12, 4>(self.word_0.val().get_bits::<4>(32)) << 8)
                | bit_cast::<12, 8>(self.word_0.val().get_bits::<8>(40)))
                + self.ipv6_header.val();
        }
        self.request.d.next.length = self.head_length.val();
        if self.is_arp.val() {
            self.request.d.next.length = self.arp_bytes.val();
        }
        if self.way.q.val().advertises {
            self.request.d.next.length = self.advertisement_bytes.val();
        }
        self.overhead.next = 14.into();
        if self.request.q.val().has_tag {
            self.overhead.next = 18.into();
        }
        if self.request.q.val().has_two_tags {
            self.overhead.next = 22.into();
        }
        self.request.d.next.unpadded = self.request.q.val().length + self.overhead.val();
        self.request.d.next.total = self.request.q.val().unpadded;
        if self.request.q.val().unpadded < self.shortest.val() {
            self.request.d.next.total = self.shortest.val();
        }
        // The limit.
        self.interval.d.next = self.interval.q.val() + 1;
        self.limited.d.next = self.reply_limit.val().any() & (self.replies.q.val() >= self.reply_limit.val());
        // The decision, when the checksums are there.
        self.events.d.next.arp = false;
        self.events.d.next.neighbour = false;
        self.events.d.next.echo = false;
        self.events.d.next.announced = false;
        self.events.d.next.unanswerable = false;
        self.events.d.next.invalid = false;
        self.events.d.next.limit = false;
        self.sequence.d.next.start = false;
        self.decide.next = self.sequence.q.val().decides;
        self.sequence.d.next.decides = self.sequence.q.val().deciding & (self.sequence.q.val().count == 4);
        self.bad.next = self.examiner.invalid.val() | (self.examiner.solicitation.val() & !self.checksum.solicitation_good.val());
        self.answers.next =
            self.sequence.q.val().announcing | (!self.examiner.unanswerable.val() & !self.bad.val() & !self.limited.q.val());
        if self.sequence.q.val().deciding {
            self.sequence.d.next.count = self.sequence.q.val().count + 1;
        }
        if self.decide.val() {
            self.sequence.d.next.deciding = false;
            self.sequence.d.next.step = 0.into();
            self.sequence.d.next.place = 1.into();
            self.sequence.d.next.passes = false;
            if self.answers.val() {
                self.sequence.d.next.emitting = true;
                self.sequence.d.next.start = true;
                if self.sequence.q.val().announcing {
                    self.announce_take.next = true;
                    self.events.d.next.announced = true;
                } else {
                    self.events.d.next.arp = self.is_arp.val();
                    self.events.d.next.neighbour = self.examiner.solicitation.val();
                    self.events.d.next.echo = !self.is_arp.val() & !self.examiner.solicitation.val();
                }
            } else {
                self.sequence.d.next.draining = true;
                self.events.d.next.unanswerable = self.examiner.unanswerable.val();
                self.events.d.next.invalid = !self.examiner.unanswerable.val() & self.bad.val();
                self.events.d.next.limit = !self.examiner.unanswerable.val() & !self.bad.val();
            }
            // What came from a place goes there, and what was asked answers.
            if self.way.q.val().arp {
                self.head.d.next.word_0 = self.arp_reply.val();
                if self.sequence.q.val().announcing {
                    self.head.d.next.word_0 = self.arp_request.val();
                    self.request.d.next.destination = self.broadcast.val();
                }
                self.head.d.next.word_1 =
                    (bit_cast::<64, 16>(self.word_3.val().get_bits::<16>(0)) << 48) | bit_cast::<64, 48>(self.own_mac.val());
                self.head.d.next.word_2 = (bit_cast::<64, 48>(self.word_1.val().get_bits::<48>(0)) << 16)
                    | bit_cast::<64, 16>(self.word_3.val().get_bits::<16>(16));
                self.head.d.next.word_3 = (bit_cast::<64, 16>(self.word_2.val().get_bits::<16>(0)) << 16)
                    | bit_cast::<64, 16>(self.word_1.val().get_bits::<16>(48));
            }
            if self.way.q.val().ipv4 {
                self.head.d.next.word_1 = (bit_cast::<64, 32>(self.word_2.val().get_bits::<32>(0)) << 32)
                    | (bit_cast::<64, 16>(self.checksum.reply_header.val()) << 16)
                    | self.ttl_and_protocol.val();
                self.head.d.next.word_2 = (bit_cast::<64, 16>(self.checksum.reply_message.val()) << 48)
                    | bit_cast::<64, 32>(self.word_1.val().get_bits::<32>(32));
            }
            if self.way.q.val().ipv6 {
                self.head.d.next.word_0 = ((self.word_0.val() << 8) >> 8) | self.hop_limit.val();
                self.head.d.next.word_1 = self.word_3.val();
                self.head.d.next.word_2 = self.head.q.val().word_4;
                self.head.d.next.word_3 = self.word_1.val();
                self.head.d.next.word_4 = self.word_2.val();
                self.head.d.next.word_5 = (bit_cast::<64, 32>(self.word_5.val().get_bits::<32>(32)) << 32)
                    | (bit_cast::<64, 16>(self.checksum.reply_message.val()) << 16)
                    | self.echo_reply_ipv6.val();
                if self.way.q.val().advertises {
                    self.head.d.next.word_0 = self.advertisement_head.val();
                    self.head.d.next.word_5 =
                        (bit_cast::<64, 16>(self.checksum.reply_message.val()) << 16) | self.advertisement_to_sender.val();
                    if self.way.q.val().to_all {
                        self.head.d.next.word_3 = self.all_nodes_high.val();
                        self.head.d.next.word_4 = self.all_nodes_low.val();
                        self.head.d.next.word_5 =
                            (bit_cast::<64, 16>(self.checksum.reply_message.val()) << 16) | self.advertisement_to_all.val();
                        self.request.d.next.destination = self.all_nodes_mac.val();
                    }
                }
            }
        }
        // A reply counts a cycle later, long before the next is decided on.
        if self.events.q.val().arp | self.events.q.val().neighbour | self.events.q.val().echo {
            self.replies.d.next = self.replies.q.val() + 1;
        }
        if !self.interval.q.val().any() {
            self.replies.d.next = 0.into();
        }
        // The reply's packet: the head, then for an echo what is still in the queue.
        self.body_word.next = 0.into();
        if self.sequence.q.val().place.get_bit(0) {
            self.body_word.next = self.word_0.val();
        }
        if self.sequence.q.val().place.get_bit(1) | (self.way.q.val().advertises & self.sequence.q.val().place.get_bit(6)) {
            self.body_word.next = self.body_word.val() | self.word_1.val();
        }
        if self.sequence.q.val().place.get_bit(2) | (self.way.q.val().advertises & self.sequence.q.val().place.get_bit(7)) {
            self.body_word.next = self.body_word.val() | self.word_2.val();
        }
        if self.sequence.q.val().place.get_bit(3) {
            self.body_word.next = self.body_word.val() | self.word_3.val();
        }
        if self.way.q.val().ipv6 & self.sequence.q.val().place.get_bit(4) {
            self.body_word.next = self.body_word.val() | self.head.q.val().word_4;
        }
        if self.way.q.val().ipv6 & self.sequence.q.val().place.get_bit(5) {
            self.body_word.next = self.body_word.val() | self.word_5.val();
        }
        if self.way.q.val().advertises & self.sequence.q.val().place.get_bit(8) {
            self.body_word.next = self.body_word.val() | (bit_cast::<64, 48>(self.own_mac.val()) << 16) | self.target_option.val();
        }
        if self.sequence.q.val().passes & self.sequence.q.val().rest {
            self.body_word.next = self.body_word.val() | self.read_data.val();
        }
        self.body.next = self.body_word.val();
        if self.sequence.q.val().emitting {
            if self.body_take.val() {
                self.sequence.d.next.place = self.sequence.q.val().place << 1;
                if (self.way.q.val().ipv4 & self.sequence.q.val().place.get_bit(2))
                    | (self.way.q.val().ipv6 & !self.way.q.val().advertises & self.sequence.q.val().place.get_bit(5))
                {
                    self.sequence.d.next.passes = true;
                    self.sequence.d.next.place = 0.into();
                }
            }
            if self.done.val() {
                self.sequence.d.next.emitting = false;
                self.sequence.d.next.busy = false;
            }
        }
        // Nothing but emitting takes the body.
        if self.body_take.val() & self.sequence.q.val().passes & self.sequence.q.val().rest {
            self.reading.next = true;
        }
        if self.sequence.q.val().draining {
            self.reading.next = self.sequence.q.val().rest;
            if !self.sequence.q.val().rest {
                self.sequence.d.next.draining = false;
                self.sequence.d.next.busy = false;
            }
        }
        if self.reading.val() & self.read_last.val() {
            self.sequence.d.next.rest = false;
        }
        self.read.next = self.reading.val();
        self.start.next = self.sequence.q.val().start;
        self.destination.next = self.request.q.val().destination;
        self.tags.next = self.request.q.val().tags;
        self.has_tag.next = self.request.q.val().has_tag;
        self.has_two_tags.next = self.request.q.val().has_two_tags;
        self.total.next = self.request.q.val().total;
        self.ethertype.next = self.ethertype_ipv4.val();
        if self.is_arp.val() {
            self.ethertype.next = self.ethertype_arp.val();
        }
        if self.is_ipv6.val() {
            self.ethertype.next = self.ethertype_ipv6.val();
        }
        self.answered_arp.next = self.events.q.val().arp;
        self.answered_neighbour.next = self.events.q.val().neighbour;
        self.answered_echo.next = self.events.q.val().echo;
        self.announced.next = self.events.q.val().announced;
        self.dropped_unanswerable.next = self.events.q.val().unanswerable;
        self.dropped_invalid.next = self.events.q.val().invalid;
        self.dropped_limit.next = self.events.q.val().limit;
        if self.reset.val() {
            self.sequence.d.next.busy = false;
            self.sequence.d.next.fetches = false;
            self.sequence.d.next.tagging = false;
            self.sequence.d.next.loading = false;
            self.sequence.d.next.deciding = false;
            self.sequence.d.next.decides = false;
            self.sequence.d.next.emitting = false;
            self.sequence.d.next.draining = false;
            self.sequence.d.next.start = false;
            self.events.d.next.arp = false;
            self.events.d.next.neighbour = false;
            self.events.d.next.echo = false;
            self.events.d.next.announced = false;
            self.events.d.next.unanswerable = false;
            self.events.d.next.invalid = false;
            self.events.d.next.limit = false;
            self.replies.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
