//! Parser of the uplink's frames: Ethernet II with up to two tags (IEEE 802.1Q), ARP, IPv4, IPv6, TCP, UDP, SCTP, ICMP and ICMPv6.
//!
//! > Every admitted frame gives one `header_valid` and one `end_valid`, in this order or at once, whatever its bytes are.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets a frame under way, whose rest is then taken for a frame |
//! | rx_valid, rx_data, rx_keep, rx_last, rx_error, rx_cause | in | 1, 64, 8, 1, 1, 3 | frame stream, never held up |
//! | admit | in | 1 | there is room for a frame that starts now |
//! | admitted | out | 1 | pulse: a frame began and was let in |
//! | frame_in, overrun | out | 1 | pulse at a frame's end: any frame; one not let in |
//! | word_valid, word_data, word_keep, word_last, word_error | out | 1, 64, 8, 1, 1 | the admitted frames, 6 cycles later; error with last |
//! | end_valid, end_cause | out | 1, 3 | an admitted frame ended; why it is bad, 0 = good, 5 = truncated |
//! | header_valid | out | 1 | pulse: the fields below are those of a frame's header, in this cycle alone |
//! | destination_mac, source_mac | out | 48 | bits 7..0 first on the wire |
//! | tags, vid | out | 2, 12 | tags (outside 0x8100 or 0x88A8, inside 0x8100); VLAN of the outer one, 0 without |
//! | network_start | out | 5 | byte at which the network header starts: 14, 18 or 22 |
//! | is_ipv4, is_ipv6, is_arp_request | out | 1 | kind of packet; ARP: Ethernet and IPv4 |
//! | malformed | out | 1 | IPv4 or IPv6 that breaks its own format: see below |
//! | is_fragment, later_fragment | out | 1 | any fragment; one that is not the first |
//! | is_tcp, is_udp, is_sctp | out | 1 | what `protocol` is |
//! | has_ports | out | 1 | `ports` is those of the transport header |
//! | is_icmp_error | out | 1 | error whose quote was understood: is_tcp .. is_sctp and the fields from `source` on are the quoted packet's, turned round |
//! | is_echo_request, is_neighbour_solicitation | out | 1 | ICMP or ICMPv6, whole |
//! | source, destination | out | 128 | first byte most significant. IPv4 in the low 32 bits, zeros above; ARP: sender's and target's protocol address; neighbour solicitation: `destination` is its target; others: 0 |
//! | ports | out | 32 | source port in the upper half; 0 without ports |
//! | protocol | out | 8 | of IPv4 and IPv6: where the walk along the headers stopped |
//! | syn, ack, fin, rst | out | 1 | TCP flags, not of fragments and quotes; SCTP: `syn` = the first chunk is INIT |
//!
//! Latency: 5 cycles from the word that completes the header to `header_valid`, 6 from the last word to `end_valid`, which is when a header
//! that is complete with that word is reported at the latest (`latencies`). Throughput: a word a cycle, no gap between frames.
//!
//! Malformed: an IP version that is not the EtherType's; IPv4 header or total length too short for what it says to hold; an IPv6 extension header
//! beyond the payload; TCP shorter than 20 bytes, with a data offset below 5 or beyond the packet; UDP shorter than 8 bytes, SCTP than 12 (not of a
//! fragment). Truncated is a packet longer than its frame. Shorter than 60 bytes is a runt whatever the MAC says, and an error without a cause
//! a coding error. Of a frame that ends with a cause the fields say nothing.
//!
//! Not understood, but valid, without ports, and `protocol` says where it stopped: other protocols; ESP and no next header; AH in IPv4, and in
//! IPv6 if its length is no multiple of 8 (RFC 4302 2.2) or below 12; more than 8 extension headers; a later fragment; a first
//! fragment too short for ports. An ICMP error is an ordinary ICMP packet if it is a fragment, quotes another version or less than a network
//! header, and has no ports if it quotes less than 8 bytes of transport, a later fragment or another protocol (`protocol` of a quote cut
//! off within an extension header is that header's next one). A packet of another IP version is not judged by its length. Not looked at: checksums, a third
//! tag, the UDP length, jumbograms (RFC 2675), ARP replies.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

mod align;
mod network;
mod next_header;
mod transport;

pub use align::HeaderAligner;
pub use network::HeaderWalker;
pub use transport::TransportReader;

use rust_hdl::prelude::*;
use spareband_spec::frame::{CAUSE_TRUNCATED, MIN_FRAME_BYTES, NETWORK_OFFSET};
use spareband_spec::regs::frame_cause;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Arrival {
    in_frame: Bit,
    admitted: Bit,
    index: Bits<4>,
    count: Bits<13>,
}

/// A word as it came, with its place in the frame.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    valid: Bit,
    /// Place in the frame, up to 15; and as far as 13 bits go.
    index: Bits<4>,
    count: Bits<13>,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    error: Bit,
    cause: Bits<3>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Stored {
    valid: Bit,
    /// Place in the frame, up to 3.
    index: Bits<2>,
    data: Bits<64>,
    keep: Bits<8>,
}

/// A frame's length and cause, on their way beside its last word.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct End {
    length: Bits<16>,
    cause: Bits<3>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Link {
    destination_mac: Bits<48>,
    source_mac: Bits<48>,
    vid: Bits<12>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Report {
    valid: Bit,
    ended: Bit,
    cause: Bits<3>,
    destination_mac: Bits<48>,
    source_mac: Bits<48>,
    tags: Bits<2>,
    vid: Bits<12>,
    network_start: Bits<5>,
    is_ipv4: Bit,
    is_ipv6: Bit,
    is_arp_request: Bit,
    malformed: Bit,
    is_fragment: Bit,
    later_fragment: Bit,
    is_tcp: Bit,
    is_udp: Bit,
    is_sctp: Bit,
    has_ports: Bit,
    is_icmp_error: Bit,
    is_echo_request: Bit,
    is_neighbour_solicitation: Bit,
    source: Bits<128>,
    destination: Bits<128>,
    ports: Bits<32>,
    protocol: Bits<8>,
    syn: Bit,
    ack: Bit,
    fin: Bit,
    rst: Bit,
}

#[derive(LogicBlock)]
pub struct FrameParser {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_data: Signal<In, Bits<64>>,
    pub rx_keep: Signal<In, Bits<8>>,
    pub rx_last: Signal<In, Bit>,
    pub rx_error: Signal<In, Bit>,
    pub rx_cause: Signal<In, Bits<3>>,
    pub admit: Signal<In, Bit>,
    pub admitted: Signal<Out, Bit>,
    pub frame_in: Signal<Out, Bit>,
    pub overrun: Signal<Out, Bit>,
    pub word_valid: Signal<Out, Bit>,
    pub word_data: Signal<Out, Bits<64>>,
    pub word_keep: Signal<Out, Bits<8>>,
    pub word_last: Signal<Out, Bit>,
    pub word_error: Signal<Out, Bit>,
    pub end_valid: Signal<Out, Bit>,
    pub end_cause: Signal<Out, Bits<3>>,
    pub header_valid: Signal<Out, Bit>,
    pub destination_mac: Signal<Out, Bits<48>>,
    pub source_mac: Signal<Out, Bits<48>>,
    pub tags: Signal<Out, Bits<2>>,
    pub vid: Signal<Out, Bits<12>>,
    pub network_start: Signal<Out, Bits<5>>,
    pub is_ipv4: Signal<Out, Bit>,
    pub is_ipv6: Signal<Out, Bit>,
    pub is_arp_request: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    pub is_fragment: Signal<Out, Bit>,
    pub later_fragment: Signal<Out, Bit>,
    pub is_tcp: Signal<Out, Bit>,
    pub is_udp: Signal<Out, Bit>,
    pub is_sctp: Signal<Out, Bit>,
    pub has_ports: Signal<Out, Bit>,
    pub is_icmp_error: Signal<Out, Bit>,
    pub is_echo_request: Signal<Out, Bit>,
    pub is_neighbour_solicitation: Signal<Out, Bit>,
    pub source: Signal<Out, Bits<128>>,
    pub destination: Signal<Out, Bits<128>>,
    pub ports: Signal<Out, Bits<32>>,
    pub protocol: Signal<Out, Bits<8>>,
    pub syn: Signal<Out, Bit>,
    pub ack: Signal<Out, Bit>,
    pub fin: Signal<Out, Bit>,
    pub rst: Signal<Out, Bit>,
    arrival: DFF<Arrival>,
    word: DFF<Word>,
    stored_2: DFF<Stored>,
    stored_3: DFF<Stored>,
    stored_4: DFF<Stored>,
    stored_5: DFF<Stored>,
    stored_6: DFF<Stored>,
    end_2: DFF<End>,
    end_3: DFF<End>,
    end_4: DFF<End>,
    end_5: DFF<End>,
    too_long: DFF<Bit>,
    link: DFF<Link>,
    report: DFF<Report>,
    aligner: HeaderAligner,
    walker: HeaderWalker,
    reader: TransportReader,
    last_short_index: Constant<Bits<4>>,
    runt: Constant<Bits<3>>,
    coding: Constant<Bits<3>>,
    truncated: Constant<Bits<3>>,
    untagged_start: Constant<Bits<5>>,
    index: Signal<Local, Bits<4>>,
    count: Signal<Local, Bits<13>>,
    partial: Signal<Local, Bits<16>>,
    accepted: Signal<Local, Bit>,
    is_runt: Signal<Local, Bit>,
    is_ip: Signal<Local, Bit>,
    found_tags: Signal<Local, Bits<2>>,
    found_source: Signal<Local, Bits<128>>,
    found_destination: Signal<Local, Bits<128>>,
    bytes: Signal<Local, Bits<64>>,
}

impl Default for FrameParser {
    fn default() -> Self {
        with_defaults!(Self {
            last_short_index: Constant::new((MIN_FRAME_BYTES / 8).to_bits()),
            runt: Constant::new(frame_cause::RUNT.to_bits()),
            coding: Constant::new(frame_cause::CODING.to_bits()),
            truncated: Constant::new(CAUSE_TRUNCATED.to_bits()),
            untagged_start: Constant::new(NETWORK_OFFSET.to_bits()),
        }
            defaults clk reset rx_valid rx_data rx_keep rx_last rx_error rx_cause admit admitted frame_in overrun word_valid
            word_data word_keep word_last word_error end_valid end_cause header_valid destination_mac source_mac tags vid network_start is_ipv4 is_ipv6 is_arp_request malformed is_fragment later_fragment is_tcp is_udp is_sctp has_ports is_icmp_error is_echo_request is_neighbour_solicitation source destination ports protocol syn ack fin rst arrival word stored_2 stored_3 stored_4 stored_5 stored_6 end_2 end_3 end_4 end_5
            too_long
            link report aligner walker reader index count partial accepted is_runt is_ip found_tags found_source found_destination bytes)
    }
}

impl Logic for FrameParser {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clk, arrival, word, stored_2, stored_3, stored_4, stored_5, stored_6, end_2, end_3, end_4, end_5, too_long, link, report
        );
        self.aligner.clk.next = self.clk.val();
        self.aligner.reset.next = self.reset.val();
        self.walker.clk.next = self.clk.val();
        self.walker.reset.next = self.reset.val();
        self.reader.clk.next = self.clk.val();
        self.reader.reset.next = self.reset.val();
        // Arrival: number the words, admit or refuse whole frames.
        // They are numbered anew where a frame begins, so that nothing wide hangs on whether one ends.
        self.index.next = self.arrival.q.val().index;
        self.count.next = self.arrival.q.val().count;
        self.accepted.next = self.arrival.q.val().admitted;
        if !self.arrival.q.val().in_frame {
            self.index.next = 0.into();
            self.count.next = 0.into();
            self.accepted.next = self.admit.val();
        }
        if self.rx_valid.val() {
            self.arrival.d.next.in_frame = !self.rx_last.val();
            self.arrival.d.next.admitted = self.accepted.val();
            self.arrival.d.next.index = self.index.val() + 1;
            if self.index.val() == 15 {
                self.arrival.d.next.index = 15.into();
            }
            self.arrival.d.next.count = self.count.val() + 1;
        }
        self.admitted.next = self.rx_valid.val() & !self.arrival.q.val().in_frame & self.accepted.val();
        self.frame_in.next = self.rx_valid.val() & self.rx_last.val();
        self.overrun.next = self.rx_valid.val() & self.rx_last.val() & !self.accepted.val();
        self.word.d.next.valid = self.rx_valid.val() & self.accepted.val();
        self.word.d.next.index = self.index.val();
        self.word.d.next.count = self.count.val();
        self.word.d.next.data = self.rx_data.val();
        self.word.d.next.keep = self.rx_keep.val();
        self.word.d.next.last = self.rx_last.val();
        self.word.d.next.error = self.rx_error.val();
        self.word.d.next.cause = self.rx_cause.val();
        // The words go round the parser. Byte 59 is the last that makes a frame.
        self.is_runt.next = self.word.q.val().last
            & ((self.word.q.val().index < self.last_short_index.val())
                | ((self.word.q.val().index == self.last_short_index.val()) & !self.word.q.val().keep.get_bit(3)));
        self.stored_2.d.next.valid = self.word.q.val().valid;
        self.stored_2.d.next.index = self.word.q.val().index.get_bits::<2>(0);
        if self.word.q.val().index > 3 {
            self.stored_2.d.next.index = 3.into();
        }
        self.stored_2.d.next.data = self.word.q.val().data;
        self.stored_2.d.next.keep = self.word.q.val().keep;
        self.stored_3.d.next = self.stored_2.q.val();
        self.stored_4.d.next = self.stored_3.q.val();
        self.stored_5.d.next = self.stored_4.q.val();
        self.stored_6.d.next = self.stored_5.q.val();
        self.word_valid.next = self.stored_6.q.val().valid;
        self.word_data.next = self.stored_6.q.val().data;
        self.word_keep.next = self.stored_6.q.val().keep;
        self.word_last.next = self.report.q.val().ended;
        self.word_error.next = self.report.q.val().ended & self.report.q.val().cause.any();
        // Bytes of the frame, which hold what its packet says it has.
        self.partial.next = 0.into();
        for i in 0..8 {
            if self.word.q.val().keep.get_bit(i) {
                self.partial.next = (i + 1).to_bits::<16>();
            }
        }
        self.end_2.d.next.length = (bit_cast::<16, 13>(self.word.q.val().count) << 3) + self.partial.val();
        self.end_2.d.next.cause = 0.into();
        if self.word.q.val().error {
            self.end_2.d.next.cause = self.word.q.val().cause;
            if self.word.q.val().cause == 0 {
                self.end_2.d.next.cause = self.coding.val();
            }
        } else if self.is_runt.val() {
            self.end_2.d.next.cause = self.runt.val();
        }
        self.end_3.d.next = self.end_2.q.val();
        self.end_4.d.next = self.end_3.q.val();
        self.end_5.d.next = self.end_4.q.val();
        // The addresses, taken so late that the frame before has been reported.
        self.bytes.next = self.stored_4.q.val().data;
        if self.stored_4.q.val().valid & (self.stored_4.q.val().index == 0) {
            self.link.d.next.destination_mac = self.bytes.val().get_bits::<48>(0);
            self.link.d.next.source_mac = bit_cast::<48, 16>(self.bytes.val().get_bits::<16>(48));
        }
        if self.stored_4.q.val().valid & (self.stored_4.q.val().index == 1) {
            self.link.d.next.source_mac = bit_cast::<48, 16>(self.link.q.val().source_mac.get_bits::<16>(0))
                | (bit_cast::<48, 32>(self.bytes.val().get_bits::<32>(0)) << 16);
            self.link.d.next.vid =
                (bit_cast::<12, 4>(self.bytes.val().get_bits::<4>(48)) << 8) | bit_cast::<12, 8>(self.bytes.val().get_bits::<8>(56));
        }
        // The stages.
        self.aligner.word_valid.next = self.word.q.val().valid;
        self.aligner.word_index.next = self.word.q.val().index;
        self.aligner.word_data.next = self.word.q.val().data;
        self.aligner.word_last.next = self.word.q.val().last;
        self.walker.window_valid.next = self.aligner.window_valid.val();
        self.walker.window_first.next = self.aligner.window_first.val();
        self.walker.window_flush.next = self.aligner.window_flush.val();
        self.walker.window.next = self.aligner.window.val();
        self.walker.meaning_0.next = self.aligner.meaning_0.val();
        self.walker.meaning_1.next = self.aligner.meaning_1.val();
        self.walker.meaning_5.next = self.aligner.meaning_5.val();
        self.walker.odd_length.next = self.aligner.odd_length.val();
        self.walker.no_length.next = self.aligner.no_length.val();
        self.walker.length_more.next = self.aligner.length_more.val();
        self.walker.half_more.next = self.aligner.half_more.val();
        self.walker.offset.next = self.aligner.offset.val();
        self.walker.is_ipv4.next = self.aligner.is_ipv4.val();
        self.walker.is_ipv6.next = self.aligner.is_ipv6.val();
        self.walker.is_arp.next = self.aligner.is_arp.val();
        self.walker.tags.next = self.aligner.tags.val();
        self.is_ip.next = self.walker.network_ipv4.val() | self.walker.network_ipv6.val();
        self.reader.window_valid.next = self.walker.out_valid.val();
        self.reader.window.next = self.walker.out_window.val();
        self.reader.window_flush.next = self.walker.out_flush.val();
        self.reader.finish.next = self.walker.finish.val();
        self.reader.bad.next = self.walker.bad.val();
        self.reader.transport.next = self.walker.transport.val();
        self.reader.left.next = self.walker.left.val();
        self.reader.more.next = self.walker.more.val();
        self.reader.too_short.next = self.walker.too_short.val();
        self.reader.is_ip.next = self.is_ip.val();
        self.reader.tcp.next = self.walker.tcp.val();
        self.reader.quoted.next = self.walker.quoted.val();
        // The report.
        self.report.d.next.valid = self.reader.done.val();
        self.report.d.next.ended = self.walker.out_flush.val();
        self.report.d.next.cause = self.end_5.q.val().cause;
        // The frame's packet needs more than there is; what it needs is known since its second window.
        self.too_long.d.next = self.walker.needed.val() > bit_cast::<17, 16>(self.end_4.q.val().length);
        if self.is_ip.val() & !self.end_5.q.val().cause.any() & self.too_long.q.val() {
            self.report.d.next.cause = self.truncated.val();
        }
        self.found_tags.next = self.aligner.tags.val();
        self.found_source.next = self.walker.source.val();
        self.found_destination.next = self.walker.destination.val();
        // The words are wide: they are taken in whether they are a header or not, so that nothing hangs on that.
        self.report.d.next.destination_mac = self.link.q.val().destination_mac;
        self.report.d.next.source_mac = self.link.q.val().source_mac;
        self.report.d.next.tags = self.found_tags.val();
        self.report.d.next.network_start = self.untagged_start.val() + (bit_cast::<5, 2>(self.found_tags.val()) << 2);
        self.report.d.next.vid = 0.into();
        if self.found_tags.val().any() {
            self.report.d.next.vid = self.link.q.val().vid;
        }
        self.report.d.next.is_ipv4 = self.walker.network_ipv4.val();
        self.report.d.next.is_ipv6 = self.walker.network_ipv6.val();
        self.report.d.next.is_arp_request = self.walker.arp.val();
        self.report.d.next.malformed = self.reader.malformed.val();
        self.report.d.next.is_fragment = self.walker.fragment.val();
        self.report.d.next.later_fragment = self.walker.later.val();
        self.report.d.next.is_tcp = self.walker.tcp.val();
        self.report.d.next.is_udp = self.walker.udp.val();
        self.report.d.next.is_sctp = self.walker.sctp.val();
        self.report.d.next.has_ports = self.reader.has_ports.val();
        self.report.d.next.is_icmp_error = self.walker.quoted.val();
        self.report.d.next.is_echo_request = self.walker.echo.val();
        self.report.d.next.is_neighbour_solicitation = self.walker.solicitation.val();
        self.report.d.next.source = self.found_source.val();
        self.report.d.next.destination = self.found_destination.val();
        self.report.d.next.ports = self.reader.ports.val();
        self.report.d.next.protocol = self.walker.protocol.val();
        self.report.d.next.syn = self.reader.syn.val();
        self.report.d.next.ack = self.reader.ack.val();
        self.report.d.next.fin = self.reader.fin.val();
        self.report.d.next.rst = self.reader.rst.val();
        self.end_valid.next = self.report.q.val().ended;
        self.end_cause.next = self.report.q.val().cause;
        self.header_valid.next = self.report.q.val().valid;
        self.destination_mac.next = self.report.q.val().destination_mac;
        self.source_mac.next = self.report.q.val().source_mac;
        self.tags.next = self.report.q.val().tags;
        self.vid.next = self.report.q.val().vid;
        self.network_start.next = self.report.q.val().network_start;
        self.is_ipv4.next = self.report.q.val().is_ipv4;
        self.is_ipv6.next = self.report.q.val().is_ipv6;
        self.is_arp_request.next = self.report.q.val().is_arp_request;
        self.malformed.next = self.report.q.val().malformed;
        self.is_fragment.next = self.report.q.val().is_fragment;
        self.later_fragment.next = self.report.q.val().later_fragment;
        self.is_tcp.next = self.report.q.val().is_tcp;
        self.is_udp.next = self.report.q.val().is_udp;
        self.is_sctp.next = self.report.q.val().is_sctp;
        self.has_ports.next = self.report.q.val().has_ports;
        self.is_icmp_error.next = self.report.q.val().is_icmp_error;
        self.is_echo_request.next = self.report.q.val().is_echo_request;
        self.is_neighbour_solicitation.next = self.report.q.val().is_neighbour_solicitation;
        self.source.next = self.report.q.val().source;
        self.destination.next = self.report.q.val().destination;
        self.ports.next = self.report.q.val().ports;
        self.protocol.next = self.report.q.val().protocol;
        self.syn.next = self.report.q.val().syn;
        self.ack.next = self.report.q.val().ack;
        self.fin.next = self.report.q.val().fin;
        self.rst.next = self.report.q.val().rst;
        if self.reset.val() {
            self.arrival.d.next.in_frame = false;
            self.word.d.next.valid = false;
            self.stored_2.d.next.valid = false;
            self.stored_3.d.next.valid = false;
            self.stored_4.d.next.valid = false;
            self.stored_5.d.next.valid = false;
            self.stored_6.d.next.valid = false;
            self.report.d.next.valid = false;
            self.report.d.next.ended = false;
        }
    }
    spareband_hdl::module_name!();
}
