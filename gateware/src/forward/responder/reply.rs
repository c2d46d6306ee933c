//! The responder's sequence: reads a stored request, decides, and has the reply made of it. RFC 826 (packet reception), RFC 4861 7.2.4,
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
//! | announce_waiting, announce_take, announce_is_ipv6, announce_has_tag, announce_data | in, out, in.. | 1, 1, 1, 1, 16 | see `AnnouncementSource`; it goes first and does not count for the limit |
//! | place | out | 6 | which 16 bits are read |
//! | start, total | out | 1, 12 | to `FrameEmitter` |
//! | piece_valid, piece, moves, done | out, out, out, in | 1, 16, 1, 1 | with `FrameEmitter`; its `word` is `read_data` |
//! | drained, room | in | 1 | where replies wait for their way out none is left; there is room for four words |
//! | answered_arp, answered_neighbour, answered_echo, announced | out | 1 | pulse: a reply is on its way; an announcement |
//! | dropped_unanswerable, dropped_invalid, dropped_limit | out | 1 | pulse; of several causes the first of these |
//!
//! Requests are rare and few bytes of one are of use, so all of this is done by 16 bits a cycle: a request's first 48 bytes go to a store, are
//! looked at and summed up on their way, and a script (`ReplyScript`) says what of it, and what else, the reply begins with. An echo's rest
//! goes by eight bytes a cycle.
//! Latency: that of `NeighbourResponder`, of which the intake takes 10 cycles and the way out 4.
//!
//! Longer than most files here, as the sequence and what it moves are one kernel.

use super::script::ReplyScript;
use super::{ReplyChecksum, RequestExaminer};
use rust_hdl::prelude::*;
use spareband_hdl::parts::SimpleDualPortRam;
use spareband_spec::frame::MIN_FRAME_BYTES;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sequence {
    /// At any of the next five.
    busy: Bit,
    loading: Bit,
    deciding: Bit,
    scripted: Bit,
    passing: Bit,
    draining: Bit,
    /// 16 bits of the request, as stored: its head from 0 on, its tags from 4, its packet from 8.
    place: Bits<6>,
    count: Bits<3>,
    /// What is known stands.
    decides: Bit,
    start: Bit,
    /// Nothing is left of the reply before; a word of the request goes out in this cycle.
    drained: Bit,
    moves: Bit,
    /// Words of the request are still in the queue.
    rest: Bit,
    announcing: Bit,
    /// It is a solicitation, if it is IPv6.
    asks: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Request {
    kind: Bits<2>,
    source_group: Bit,
    has_tag: Bit,
    has_two_tags: Bit,
    length: Bits<12>,
    unpadded: Bits<12>,
    total: Bits<12>,
}

/// 16 bits on their way, whether of the request or of the reply.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Piece {
    /// Of the request.
    loads: Bit,
    place: Bits<6>,
    last: Bit,
    data: Bits<16>,
    /// Of the reply.
    from_store: Bit,
    from_sum: Bit,
    emit: Bit,
    add: Bit,
    invert: Bit,
    clear: Bit,
    over: Bit,
}

/// What the reply is made of, as known a cycle ago; it stands from before the decision to the reply's end.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Way {
    advertises: Bit,
    to_all: Bit,
    echo: Bit,
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
    pub announce_data: Signal<In, Bits<16>>,
    pub place: Signal<Out, Bits<6>>,
    pub start: Signal<Out, Bit>,
    pub total: Signal<Out, Bits<12>>,
    pub piece_valid: Signal<Out, Bit>,
    pub piece: Signal<Out, Bits<16>>,
    pub moves: Signal<Out, Bit>,
    pub done: Signal<In, Bit>,
    pub drained: Signal<In, Bit>,
    pub room: Signal<In, Bit>,
    pub answered_arp: Signal<Out, Bit>,
    pub answered_neighbour: Signal<Out, Bit>,
    pub answered_echo: Signal<Out, Bit>,
    pub announced: Signal<Out, Bit>,
    pub dropped_unanswerable: Signal<Out, Bit>,
    pub dropped_invalid: Signal<Out, Bit>,
    pub dropped_limit: Signal<Out, Bit>,
    examiner: RequestExaminer,
    checksum: ReplyChecksum,
    script: ReplyScript,
    store: SimpleDualPortRam<16, 5>,
    sequence: DFF<Sequence>,
    request: DFF<Request>,
    /// While the store and the constants are read, or the request's word is there; a cycle later.
    picked: DFF<Piece>,
    piece_now: DFF<Piece>,
    way: DFF<Way>,
    events: DFF<Events>,
    interval: DFF<Bits<I>>,
    renews: DFF<Bit>,
    replies: DFF<Bits<16>>,
    limited: DFF<Bit>,
    target_place: Constant<Bits<5>>,
    advertised: Constant<Bits<12>>,
    shortest: Constant<Bits<12>>,
    idle: Signal<Local, Bit>,
    quarter: Signal<Local, Bits<2>>,
    half_word: Signal<Local, Bits<32>>,
    arriving: Signal<Local, Bits<16>>,
    reading: Signal<Local, Bit>,
    loads: Signal<Local, Bit>,
    turns: Signal<Local, Bit>,
    loaded: Signal<Local, Bit>,
    at: Signal<Local, Bits<6>>,
    stored_at: Signal<Local, Bits<5>>,
    data: Signal<Local, Bits<16>>,
    first: Signal<Local, Bits<8>>,
    kind: Signal<Local, Bits<2>>,
    is_arp: Signal<Local, Bit>,
    is_ipv4: Signal<Local, Bit>,
    is_ipv6: Signal<Local, Bit>,
    examined: Signal<Local, Bit>,
    answers: Signal<Local, Bit>,
    bad: Signal<Local, Bit>,
    overhead: Signal<Local, Bits<12>>,
    over: Signal<Local, Bit>,
    has_rest: Signal<Local, Bit>,
    passed: Signal<Local, Bit>,
}

impl<const I: usize> Default for ReplyBuilder<I> {
    fn default() -> Self {
        with_defaults!(Self {
            store: SimpleDualPortRam::default().without_bypass().distributed(),
            target_place: Constant::new(bits::<5>(24)),
            // As a payload's length.
            advertised: Constant::new(32_u16.to_bits()),
            shortest: Constant::new(MIN_FRAME_BYTES.to_bits()),
        }
            defaults clk reset available read read_data read_last own_mac reply_limit announce_waiting announce_take
            announce_is_ipv6 announce_has_tag announce_data place start total piece_valid piece moves done drained room answered_arp
            answered_neighbour answered_echo announced dropped_unanswerable dropped_invalid dropped_limit examiner checksum script
            sequence request picked piece_now way events interval renews replies limited idle quarter half_word arriving reading loads turns
            loaded at stored_at data first kind is_arp is_ipv4 is_ipv6 examined answers bad overhead over has_rest passed)
    }
}

impl<const I: usize> Logic for ReplyBuilder<I> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clk, sequence, request, picked, piece_now, way, events, interval, renews, replies, limited
        );
        self.examiner.clk.next = self.clk.val();
        self.checksum.clk.next = self.clk.val();
        self.script.clk.next = self.clk.val();
        self.store.clk.next = self.clk.val();
        self.idle.next = !self.sequence.q.val().busy;
        self.kind.next = self.request.q.val().kind;
        self.is_arp.next = self.kind.val() == 1;
        self.is_ipv4.next = self.kind.val() == 2;
        self.is_ipv6.next = self.kind.val() == 3;
        self.reading.next = false;
        self.announce_take.next = false;
        // What waits first: an announcement, else the next request's head word.
        if self.idle.val() {
            self.sequence.d.next.place = 0.into();
            self.sequence.d.next.count = 0.into();
            self.sequence.d.next.announcing = false;
            self.sequence.d.next.rest = true;
            self.sequence.d.next.asks = false;
            self.request.d.next.kind = self.read_data.val().get_bits::<2>(48);
            self.request.d.next.source_group = self.read_data.val().get_bit(0);
            self.request.d.next.has_tag = self.read_data.val().get_bit(50);
            self.request.d.next.has_two_tags = self.read_data.val().get_bit(51);
            self.request.d.next.length = 0.into();
            if self.announce_waiting.val() {
                self.sequence.d.next.place = 4.into();
                self.sequence.d.next.announcing = true;
                self.sequence.d.next.rest = false;
                self.request.d.next.kind = 1.into();
                if self.announce_is_ipv6.val() {
                    self.request.d.next.kind = 3.into();
                }
                self.request.d.next.has_tag = self.announce_has_tag.val();
                self.request.d.next.has_two_tags = false;
                self.request.d.next.source_group = false;
            }
            if self.announce_waiting.val() | self.available.val() {
                self.sequence.d.next.busy = true;
                self.sequence.d.next.loading = true;
            }
        }
        // The packet's head, of a solicitation all of it: first 16 bits of the word that is there.
        self.place.next = self.sequence.q.val().place;
        self.quarter.next = self.sequence.q.val().place.get_bits::<2>(0);
        self.half_word.next = self.read_data.val().get_bits::<32>(0);
        if self.quarter.val().get_bit(1) {
            self.half_word.next = self.read_data.val().get_bits::<32>(32);
        }
        self.arriving.next = self.half_word.val().get_bits::<16>(0);
        if self.quarter.val().get_bit(0) {
            self.arriving.next = self.half_word.val().get_bits::<16>(16);
        }
        self.picked.d.next.data = self.arriving.val();
        if self.sequence.q.val().announcing {
            self.picked.d.next.data = self.announce_data.val();
        }
        self.loads.next = self.sequence.q.val().loading;
        self.picked.d.next.loads = self.loads.val();
        self.picked.d.next.place = self.sequence.q.val().place;
        self.picked.d.next.last = self.read_last.val();
        self.turns.next = self.loads.val() & (self.quarter.val() == 3);
        self.loaded.next = (self.turns.val() & self.read_last.val() & !self.sequence.q.val().announcing)
            | (self.is_ipv4.val() & (self.sequence.q.val().place == 19))
            | ((self.sequence.q.val().place == 31)
                & (self.sequence.q.val().announcing | (self.is_ipv6.val() & !self.sequence.q.val().asks)));
        if self.loads.val() {
            self.sequence.d.next.place = self.sequence.q.val().place + 1;
            if (self.sequence.q.val().place == 3) & !self.request.q.val().has_tag {
                self.sequence.d.next.place = 8.into();
            }
            // Of options it is only looked at, and not stored, what they are.
            if self.sequence.q.val().place == 43 {
                self.sequence.d.next.place = 40.into();
            }
            if self.sequence.q.val().announcing & (self.sequence.q.val().place == 5) {
                self.sequence.d.next.place = 24.into();
            }
            if self.loaded.val() {
                self.sequence.d.next.loading = false;
                self.sequence.d.next.deciding = true;
            }
        }
        if self.turns.val() & !self.sequence.q.val().announcing {
            self.reading.next = true;
        }
        // Then what they are of, a cycle later the 16 bits themselves.
        self.script.own_mac.next = self.own_mac.val();
        self.store.read_address.next = self.script.index.val();
        self.picked.d.next.from_store = self.script.from_store.val();
        self.picked.d.next.from_sum = self.script.from_sum.val();
        self.picked.d.next.emit = self.script.emit.val();
        self.picked.d.next.add = self.script.add.val();
        self.picked.d.next.invert = self.script.invert.val();
        self.picked.d.next.clear = self.script.clear.val();
        self.picked.d.next.over = self.script.over.val();
        self.at.next = self.picked.q.val().place;
        // Of the pseudo-header the length, the addresses, and the message.
        self.piece_now.d.next = self.picked.q.val();
        if self.picked.q.val().loads {
            self.piece_now.d.next.add = (self.at.val() == 10) | (self.at.val() >= 12);
        }
        self.piece_now.d.next.data = self.script.given.val();
        if self.picked.q.val().from_store {
            self.piece_now.d.next.data = self.store.read_data.val();
        }
        if self.picked.q.val().from_sum {
            self.piece_now.d.next.data = self.checksum.complement.val();
        }
        if self.picked.q.val().loads {
            self.piece_now.d.next.data = self.picked.q.val().data;
        }
        self.data.next = self.piece_now.q.val().data;
        // A solicitation's target takes the place of what follows its source.
        self.stored_at.next = self.piece_now.q.val().place.get_bits::<5>(0);
        if self.piece_now.q.val().place.get_bit(5) {
            self.stored_at.next = bit_cast::<5, 3>(self.piece_now.q.val().place.get_bits::<3>(0)) | self.target_place.val();
        }
        self.store.write_enable.next =
            self.piece_now.q.val().loads & !(self.piece_now.q.val().place.get_bit(5) & self.piece_now.q.val().place.get_bit(3));
        self.store.write_address.next = self.stored_at.val();
        self.store.write_data.next = self.data.val();
        self.examined.next = self.piece_now.q.val().loads & !self.sequence.q.val().announcing & (self.piece_now.q.val().place >= 8);
        self.examiner.clear.next = self.idle.val();
        self.examiner.valid.next = self.examined.val();
        self.examiner.place.next = self.piece_now.q.val().place;
        self.examiner.data.next = self.data.val();
        self.examiner.last.next = self.piece_now.q.val().last;
        self.examiner.kind.next = self.kind.val();
        self.examiner.source_group.next = self.request.q.val().source_group;
        self.checksum.clear.next = self.idle.val() | self.piece_now.q.val().clear;
        self.checksum.add.next = self.piece_now.q.val().add;
        self.checksum.invert.next = self.piece_now.q.val().invert;
        self.checksum.value.next = self.data.val();
        self.piece.next = self.data.val();
        self.piece_valid.next = self.piece_now.q.val().emit;
        // Lengths, which stand when the decision falls.
        self.first.next = self.data.val().get_bits::<8>(0);
        if self.examined.val()
            & ((self.is_ipv4.val() & (self.piece_now.q.val().place == 9)) | (self.is_ipv6.val() & (self.piece_now.q.val().place == 10)))
        {
            self.request.d.next.length =
                (bit_cast::<12, 4>(self.data.val().get_bits::<4>(0)) << 8) | bit_cast::<12, 8>(self.data.val().get_bits::<8>(8));
        }
        if self.examined.val() & (self.piece_now.q.val().place == 28) & (self.first.val() == 135) {
            self.sequence.d.next.asks = true;
        }
        if self.way.q.val().advertises {
            self.request.d.next.length = self.advertised.val();
        }
        self.overhead.next = 14.into();
        if self.request.q.val().has_tag {
            self.overhead.next = 18.into();
        }
        if self.request.q.val().has_two_tags {
            self.overhead.next = 22.into();
        }
        // With the header.
        if self.is_ipv6.val() {
            self.overhead.next = 54.into();
            if self.request.q.val().has_tag {
                self.overhead.next = 58.into();
            }
            if self.request.q.val().has_two_tags {
                self.overhead.next = 62.into();
            }
        }
        self.request.d.next.unpadded = self.request.q.val().length + self.overhead.val();
        self.request.d.next.total = self.request.q.val().unpadded;
        if self.request.q.val().unpadded < self.shortest.val() {
            self.request.d.next.total = self.shortest.val();
        }
        self.way.d.next.advertises =
            self.is_ipv6.val() & !self.idle.val() & (self.examiner.solicitation.val() | self.sequence.q.val().announcing);
        self.way.d.next.to_all = self.examiner.unspecified.val() | self.sequence.q.val().announcing;
        self.way.d.next.echo = !self.is_arp.val() & !self.way.q.val().advertises;
        // The limit.
        self.interval.d.next = self.interval.q.val() + 1;
        self.limited.d.next = self.reply_limit.val().any() & (self.replies.q.val() >= self.reply_limit.val());
        // The decision, when what is known stands; an answer waits until the one before is gone.
        self.events.d.next.arp = false;
        self.events.d.next.neighbour = false;
        self.events.d.next.echo = false;
        self.events.d.next.announced = false;
        self.events.d.next.unanswerable = false;
        self.events.d.next.invalid = false;
        self.events.d.next.limit = false;
        self.sequence.d.next.start = false;
        self.sequence.d.next.drained = self.drained.val();
        self.sequence.d.next.decides = self.sequence.q.val().deciding & (self.sequence.q.val().count == 6);
        self.bad.next = self.examiner.invalid.val() | (self.examiner.solicitation.val() & !self.checksum.solicitation_good.val());
        self.answers.next =
            self.sequence.q.val().announcing | (!self.examiner.unanswerable.val() & !self.bad.val() & !self.limited.q.val());
        if self.sequence.q.val().deciding & (self.sequence.q.val().count != 6) {
            self.sequence.d.next.count = self.sequence.q.val().count + 1;
        }
        if self.sequence.q.val().decides & self.sequence.q.val().deciding {
            if self.answers.val() {
                if self.sequence.q.val().drained {
                    self.sequence.d.next.deciding = false;
                    self.sequence.d.next.scripted = true;
                    self.sequence.d.next.start = true;
                    if self.sequence.q.val().announcing {
                        self.announce_take.next = true;
                        self.events.d.next.announced = true;
                    } else {
                        self.events.d.next.arp = self.is_arp.val();
                        self.events.d.next.neighbour = self.examiner.solicitation.val();
                        self.events.d.next.echo = !self.is_arp.val() & !self.examiner.solicitation.val();
                    }
                }
            } else {
                self.sequence.d.next.deciding = false;
                self.sequence.d.next.draining = true;
                if self.examiner.unanswerable.val() {
                    self.events.d.next.unanswerable = true;
                } else if self.bad.val() {
                    self.events.d.next.invalid = true;
                } else {
                    self.events.d.next.limit = true;
                }
            }
        }
        // A reply counts a cycle later, long before the next is decided on.
        if self.events.q.val().arp | self.events.q.val().neighbour | self.events.q.val().echo {
            self.replies.d.next = self.replies.q.val() + 1;
        }
        self.renews.d.next = !self.interval.q.val().any();
        if self.renews.q.val() {
            self.replies.d.next = 0.into();
        }
        // The reply: the script, then of an echo what is still in the queue, then zeros.
        self.over.next = self.piece_now.q.val().over;
        self.has_rest.next = self.way.q.val().echo & self.sequence.q.val().rest;
        self.passed.next = self.sequence.q.val().moves & self.read_last.val();
        self.sequence.d.next.moves = self.sequence.q.val().passing & self.room.val() & !self.passed.val();
        if self.over.val() & self.has_rest.val() {
            self.sequence.d.next.passing = true;
        }
        if self.passed.val() {
            self.sequence.d.next.passing = false;
        }
        if self.sequence.q.val().moves {
            self.reading.next = true;
        }
        self.script.kind.next = self.kind.val();
        self.script.announcing.next = self.sequence.q.val().announcing;
        self.script.advertises.next = self.way.q.val().advertises;
        self.script.to_all.next = self.way.q.val().to_all;
        self.script.has_tag.next = self.request.q.val().has_tag;
        self.script.has_two_tags.next = self.request.q.val().has_two_tags;
        self.script.begins.next = self.sequence.q.val().start;
        self.script.goes_on.next = self.passed.val() | (self.over.val() & !self.has_rest.val());
        self.script.stop.next = self.idle.val();
        self.moves.next = self.sequence.q.val().moves;
        // What no answer took of the request goes before the next.
        if self.sequence.q.val().scripted & self.done.val() {
            self.sequence.d.next.scripted = false;
            self.sequence.d.next.draining = true;
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
        self.total.next = self.request.q.val().total;
        self.answered_arp.next = self.events.q.val().arp;
        self.answered_neighbour.next = self.events.q.val().neighbour;
        self.answered_echo.next = self.events.q.val().echo;
        self.announced.next = self.events.q.val().announced;
        self.dropped_unanswerable.next = self.events.q.val().unanswerable;
        self.dropped_invalid.next = self.events.q.val().invalid;
        self.dropped_limit.next = self.events.q.val().limit;
        if self.reset.val() {
            self.sequence.d.next.busy = false;
            self.sequence.d.next.loading = false;
            self.sequence.d.next.deciding = false;
            self.sequence.d.next.scripted = false;
            self.sequence.d.next.passing = false;
            self.sequence.d.next.moves = false;
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
