//! Answers for the services' addresses on the manager's own uplink: ARP requests, neighbour solicitations and echo requests. RFC 826, 5227,
//! 4861, 792, 4443, 1624.
//!
//! > Every selected and committed frame counts in exactly one of answered_* and dropped_*, and nothing that arrives waits for anything outside.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; at least 5 cycles; empties the queue and cuts a reply under way |
//! | in_valid, in_data, in_keep, in_last, in_commit, in_select | in | 1, 64, 8, 1, 1, 1 | frames for an address of ours, on the queues' stream; never held up |
//! | own_mac | in | 48 | the hardware address that is told; bits 7..0 first on the wire; changes only while nothing is answered |
//! | reply_limit | in | 16 | replies in 2^I cycles at most; 0: no limit |
//! | announce, announce_is_ipv6, announce_address, announce_vid, announce_tagged | in | 1, 1, 128, 12, 1 | pulse: tell all that this address is here; IPv4 in the low 32 bits; first byte most significant |
//! | accepted | out | 1 | pulse in the next cycle: the announcement is taken; else another waits and this one is lost |
//! | out_valid, out_ready, out_data, out_keep, out_last | out, in, out.. | 1, 1, 64, 8, 1 | whole frames without FCS, no gap within one |
//! | queued | out | 1 | pulse: a request waits for its answer |
//! | answered_arp, answered_neighbour, answered_echo, announced | out | 1 | pulse: a frame goes out |
//! | dropped_full, dropped_oversize, dropped_short, dropped_other | out | 1 | pulse, on arrival: see `PacketIntake` |
//! | dropped_unanswerable, dropped_invalid, dropped_limit | out | 1 | pulse, when its turn came: see `RequestExaminer`; a wrong checksum of a solicitation is invalid; over the limit |
//! | level | out | 16 | words in the queue |
//!
//! A reply goes to whom the request came from, behind the same tags: of ARP to the sender's hardware address in the request, else to the frame's
//! source. Which address is asked is not looked at: the plane sends only requests for an address that it may answer.
//! ARP: a probe and an announcement of another host are answered too. An advertisement has the flags S and O and the target's link-layer address;
//! to the unspecified address it goes to all nodes without S. An announcement is an ARP request of the address for itself, or an advertisement to
//! all nodes with O. An echo reply has TTL or hop limit 64, and keeps all else, so an echo request's wrong checksum stays wrong. Neither IPv4
//! options nor fragments nor IPv6 extension headers are answered.
//! 2^A words of requests, at 4 to 191 words of packet and 1 to 2 more each. Replies are rare and limited, so that they are made by 16 bits a cycle;
//! only an echo's rest passes by eight bytes. A frame goes out once it is whole, or once 12 words of it wait. Latency from a request's last word to
//! its reply's first word at most 90 (ARP), 88 (echo, IPv4), 107 (echo, IPv6) and 158 cycles (solicitation with an option;
//! `latency_of_each_reply`). Throughput: a reply to the shortest ARP request in 75 cycles, echo in 70 and 87, a solicitation in 139, the longest
//! echo in 382 with A = 8, where no second one fits beside it (`replies_in_a_row`); a request that is not answered in 41 (ARP).

mod announce;
mod checksum;
mod emit;
mod examine;
mod intake;
mod reply;
mod script;

pub use announce::AnnouncementSource;
pub use checksum::ReplyChecksum;
pub use emit::FrameEmitter;
pub use examine::RequestExaminer;
pub use intake::PacketIntake;
pub use reply::ReplyBuilder;

use super::StreamRegister;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{AsyncFrameFifo, SyncFifo};

#[derive(LogicBlock, Default)]
pub struct NeighbourResponder<const A: usize, const I: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_data: Signal<In, Bits<64>>,
    pub in_keep: Signal<In, Bits<8>>,
    pub in_last: Signal<In, Bit>,
    pub in_commit: Signal<In, Bit>,
    pub in_select: Signal<In, Bit>,
    pub own_mac: Signal<In, Bits<48>>,
    pub reply_limit: Signal<In, Bits<16>>,
    pub announce: Signal<In, Bit>,
    pub announce_is_ipv6: Signal<In, Bit>,
    pub announce_address: Signal<In, Bits<128>>,
    pub announce_vid: Signal<In, Bits<12>>,
    pub announce_tagged: Signal<In, Bit>,
    pub accepted: Signal<Out, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub queued: Signal<Out, Bit>,
    pub answered_arp: Signal<Out, Bit>,
    pub answered_neighbour: Signal<Out, Bit>,
    pub answered_echo: Signal<Out, Bit>,
    pub announced: Signal<Out, Bit>,
    pub dropped_full: Signal<Out, Bit>,
    pub dropped_oversize: Signal<Out, Bit>,
    pub dropped_short: Signal<Out, Bit>,
    pub dropped_other: Signal<Out, Bit>,
    pub dropped_unanswerable: Signal<Out, Bit>,
    pub dropped_invalid: Signal<Out, Bit>,
    pub dropped_limit: Signal<Out, Bit>,
    pub level: Signal<Out, Bits<16>>,
    intake: PacketIntake,
    requests: AsyncFrameFifo<64, A>,
    next_word: StreamRegister<65>,
    queued_word: Signal<Local, Bits<65>>,
    offered: Signal<Local, Bits<65>>,
    announcements: AnnouncementSource,
    builder: ReplyBuilder<I>,
    emitter: FrameEmitter,
    replies: SyncFifo<73, 4>,
    emitted: Signal<Local, Bits<73>>,
    reply: Signal<Local, Bits<73>>,
}

impl<const A: usize, const I: usize> Logic for NeighbourResponder<A, I> {
    #[hdl_gen]
    fn update(&mut self) {
        self.intake.clk.next = self.clk.val();
        self.intake.reset.next = self.reset.val();
        self.requests.write_clk.next = self.clk.val();
        self.requests.write_reset.next = self.reset.val();
        self.requests.read_clk.next = self.clk.val();
        self.requests.read_reset.next = self.reset.val();
        self.announcements.clk.next = self.clk.val();
        self.announcements.reset.next = self.reset.val();
        self.builder.clk.next = self.clk.val();
        self.builder.reset.next = self.reset.val();
        self.emitter.clk.next = self.clk.val();
        self.emitter.reset.next = self.reset.val();
        self.intake.in_valid.next = self.in_valid.val();
        self.intake.in_data.next = self.in_data.val();
        self.intake.in_keep.next = self.in_keep.val();
        self.intake.in_last.next = self.in_last.val();
        self.intake.in_commit.next = self.in_commit.val();
        self.intake.in_select.next = self.in_select.val();
        self.requests.write.next = self.intake.write.val();
        self.requests.write_data.next = self.intake.write_data.val();
        self.requests.write_last.next = self.intake.write_last.val();
        self.requests.write_commit.next = self.intake.write_commit.val();
        self.intake.overflow.next = self.requests.overflow.val();
        self.level.next = self.requests.write_level.val();
        self.announcements.announce.next = self.announce.val();
        self.announcements.announce_is_ipv6.next = self.announce_is_ipv6.val();
        self.announcements.announce_address.next = self.announce_address.val();
        self.announcements.announce_vid.next = self.announce_vid.val();
        self.announcements.announce_tagged.next = self.announce_tagged.val();
        self.announcements.take.next = self.builder.announce_take.val();
        self.announcements.place.next = self.builder.place.val();
        self.accepted.next = self.announcements.accepted.val();
        self.builder.announce_waiting.next = self.announcements.waiting.val();
        self.builder.announce_is_ipv6.next = self.announcements.is_ipv6.val();
        self.builder.announce_has_tag.next = self.announcements.has_tag.val();
        self.builder.announce_data.next = self.announcements.data.val();
        self.next_word.clk.next = self.clk.val();
        self.next_word.reset.next = self.reset.val();
        self.next_word.in_valid.next = self.requests.frame_available.val();
        self.requests.read.next = self.next_word.in_ready.val();
        self.queued_word.next =
            (bit_cast::<65, 1>(self.requests.read_last.val().into()) << 64) | bit_cast::<65, 64>(self.requests.read_data.val());
        self.next_word.in_data.next = self.queued_word.val();
        self.offered.next = self.next_word.out_data.val();
        self.builder.available.next = self.next_word.out_valid.val();
        self.builder.read_data.next = self.offered.val().get_bits::<64>(0);
        self.builder.read_last.next = self.offered.val().get_bit(64);
        self.next_word.out_ready.next = self.builder.read.val();
        self.builder.own_mac.next = self.own_mac.val();
        self.builder.reply_limit.next = self.reply_limit.val();
        self.builder.done.next = self.emitter.done.val();
        self.builder.drained.next = self.replies.level.val() == 0;
        self.builder.room.next = !self.replies.almost_full.val();
        self.emitter.start.next = self.builder.start.val();
        self.emitter.total.next = self.builder.total.val();
        self.emitter.piece_valid.next = self.builder.piece_valid.val();
        self.emitter.piece.next = self.builder.piece.val();
        self.emitter.moves.next = self.builder.moves.val();
        self.emitter.word.next = self.offered.val().get_bits::<64>(0);
        self.emitter.filled.next = self.replies.almost_full.val();
        self.emitted.next = (bit_cast::<73, 1>(self.emitter.out_last.val().into()) << 72)
            | (bit_cast::<73, 8>(self.emitter.out_keep.val()) << 64)
            | bit_cast::<73, 64>(self.emitter.out_data.val());
        self.replies.clk.next = self.clk.val();
        self.replies.reset.next = self.reset.val();
        self.replies.write.next = self.emitter.out_valid.val();
        self.replies.write_data.next = self.emitted.val();
        // A frame's first words wait until the others will be there in time.
        self.replies.read.next = self.out_ready.val() & self.emitter.released.val();
        self.reply.next = self.replies.read_data.val();
        self.out_valid.next = !self.replies.empty.val() & self.emitter.released.val();
        self.out_data.next = self.reply.val().get_bits::<64>(0);
        self.out_keep.next = self.reply.val().get_bits::<8>(64);
        self.out_last.next = self.reply.val().get_bit(72);
        self.queued.next = self.intake.queued.val();
        self.dropped_full.next = self.intake.dropped_full.val();
        self.dropped_oversize.next = self.intake.dropped_oversize.val();
        self.dropped_short.next = self.intake.dropped_short.val();
        self.dropped_other.next = self.intake.dropped_other.val();
        self.answered_arp.next = self.builder.answered_arp.val();
        self.answered_neighbour.next = self.builder.answered_neighbour.val();
        self.answered_echo.next = self.builder.answered_echo.val();
        self.announced.next = self.builder.announced.val();
        self.dropped_unanswerable.next = self.builder.dropped_unanswerable.val();
        self.dropped_invalid.next = self.builder.dropped_invalid.val();
        self.dropped_limit.next = self.builder.dropped_limit.val();
    }
    spareband_hdl::module_name!();
}
