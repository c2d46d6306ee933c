//! The parser's second stage: walks from header to header. ARP (RFC 826), IPv4 with options (RFC 791), IPv6 with its extension headers (RFC 8200;
//! AH: RFC 4302), ICMP (RFC 792), ICMPv6 (RFC 4443), the packet that their errors quote, neighbour solicitation (RFC 4861).
//!
//! > In a frame at most one of `finish` and `transport`, once.
//!
//! A header takes as many windows as it is long: its first gives the kind of the next and how many windows to skip until there. As an IPv4
//! header may be an odd number of 32-bit words, what follows may be shifted by four bytes (`odd`).
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | window_*, meaning_*, odd_length, no_length, length_more, half_more, offset, is_ipv4, is_ipv6, is_arp, tags | in | | `HeaderAligner` |
//! | out_valid, out_window, out_flush | out | 1, 64, 1 | the windows, from the header's start that is being looked at |
//! | finish, bad | out | 1 | the walk is over, without ports; the packet is malformed |
//! | transport | out | 1 | a TCP, UDP or SCTP header begins in this window, 8 bytes of it within the packet at least |
//! | left | out | 16 | bytes of the packet from this header on |
//! | more | out | 1 | with `transport`: a second window of it is to be looked at, and is there |
//! | too_short | out | 1 | with `transport`: the packet ends within the TCP or SCTP header |
//! | network_ipv4, network_ipv6, tcp, udp, sctp, fragment, later, quoted, echo, arp, solicitation, protocol, source, destination | out | 1.., 8, 128, 128 | `FrameParser` |
//! | needed | out | 17 | bytes of the frame that its packet needs |
//!
//! Latency: 1 cycle from a window to what it says. Throughput: a window a cycle.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::next_header::NextHeader;
use rust_hdl::prelude::*;
use spareband_spec::frame::{
    ARP_REQUEST, ICMP_ECHO_REQUEST, ICMP_ERRORS, ICMPV6_ECHO_REQUEST, ICMPV6_NEIGHBOUR_SOLICITATION, IPV6_HEADER_BYTES,
    MAX_EXTENSION_HEADERS, MIN_IHL, NETWORK_OFFSET, next_header,
};

/// Which window is next, of headers that take several.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Step {
    ipv4_1: Bit,
    /// The destination of an IPv4 header, whose windows were odd; the next header may have begun.
    ipv4_2: Bit,
    ipv4_2_odd: Bit,
    ipv6_1: Bit,
    ipv6_2: Bit,
    ipv6_3: Bit,
    ipv6_4: Bit,
    arp_1: Bit,
    arp_2: Bit,
    arp_3: Bit,
    solicitation_1: Bit,
    solicitation_2: Bit,
    quoted_ipv4: Bit,
    quoted_ipv6: Bit,
    /// The next header begins in the next window but `skip`.
    ready: Bit,
    at_next: Bit,
    skip: Bits<8>,
    /// What this window gives: half of an IPv6 address, the lower half of what is shown, or of what was shown late.
    source_high: Bit,
    source_low: Bit,
    source_shown: Bit,
    source_late: Bit,
    destination_high: Bit,
    destination_low: Bit,
    destination_shown: Bit,
    destination_late: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Walk {
    odd: Bit,
    ihl: Bits<4>,
    /// The IPv4 header reaches beyond its packet, or a quoted one beyond the quote.
    header_short: Bit,
    /// Before the ICMP header was taken off, at least so many bytes were left.
    held_24: Bit,
    held_28: Bit,
    held_48: Bit,
    later_ipv4: Bit,
    hop_limit_255: Bit,
    /// What the next header is, and that it is not to be looked into.
    coming: Bits<8>,
    stop: Bit,
    /// The last header reaches beyond the packet.
    beyond: Bit,
    count: Bits<4>,
    is_ipv4: Bit,
    is_ipv6: Bit,
    fragment: Bit,
    later: Bit,
    quoted: Bit,
    echo: Bit,
    arp: Bit,
    solicitation: Bit,
    protocol: Bits<8>,
    left: Bits<16>,
    /// Less than eight bytes are left, where a header may begin.
    short: Bit,
    needed: Bits<17>,
    source: Bits<128>,
    destination: Bits<128>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Event {
    valid: Bit,
    flush: Bit,
    window: Bits<64>,
    /// The walk is over: before or at the next header, within one, or at the frame's first window; and the packet is malformed.
    next_over: Bit,
    next_bad: Bit,
    step_over: Bit,
    step_bad: Bit,
    first_over: Bit,
    first_bad: Bit,
    transport: Bit,
    more: Bit,
    short: Bit,
}

#[derive(LogicBlock)]
pub struct HeaderWalker {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub window_valid: Signal<In, Bit>,
    pub window_first: Signal<In, Bit>,
    pub window_flush: Signal<In, Bit>,
    pub window: Signal<In, Bits<64>>,
    pub meaning_0: Signal<In, Bits<8>>,
    pub meaning_1: Signal<In, Bits<8>>,
    pub meaning_5: Signal<In, Bits<8>>,
    pub odd_length: Signal<In, Bit>,
    pub no_length: Signal<In, Bit>,
    pub length_more: Signal<In, Bits<9>>,
    pub half_more: Signal<In, Bits<8>>,
    pub offset: Signal<In, Bit>,
    pub is_ipv4: Signal<In, Bit>,
    pub is_ipv6: Signal<In, Bit>,
    pub is_arp: Signal<In, Bit>,
    pub tags: Signal<In, Bits<2>>,
    pub out_valid: Signal<Out, Bit>,
    pub out_window: Signal<Out, Bits<64>>,
    pub out_flush: Signal<Out, Bit>,
    pub finish: Signal<Out, Bit>,
    pub bad: Signal<Out, Bit>,
    pub transport: Signal<Out, Bit>,
    pub left: Signal<Out, Bits<16>>,
    pub more: Signal<Out, Bit>,
    pub too_short: Signal<Out, Bit>,
    pub network_ipv4: Signal<Out, Bit>,
    pub network_ipv6: Signal<Out, Bit>,
    pub tcp: Signal<Out, Bit>,
    pub udp: Signal<Out, Bit>,
    pub sctp: Signal<Out, Bit>,
    pub fragment: Signal<Out, Bit>,
    pub later: Signal<Out, Bit>,
    pub quoted: Signal<Out, Bit>,
    pub echo: Signal<Out, Bit>,
    pub arp: Signal<Out, Bit>,
    pub solicitation: Signal<Out, Bit>,
    pub protocol: Signal<Out, Bits<8>>,
    pub source: Signal<Out, Bits<128>>,
    pub destination: Signal<Out, Bits<128>>,
    pub needed: Signal<Out, Bits<17>>,
    step: DFF<Step>,
    walk: DFF<Walk>,
    event: DFF<Event>,
    /// The frame has been reported: its addresses go.
    clears: DFF<Bit>,
    /// Lower half of the window before, and what its byte 5 means.
    before: DFF<Bits<32>>,
    meaning_before: DFF<Bits<8>>,
    look: NextHeader,
    min_ihl: Constant<Bits<4>>,
    ipv6_header_less: Constant<Bits<17>>,
    ipv6_header_more: Constant<Bits<17>>,
    /// By tags.
    overhead: [Constant<Bits<17>>; 3],
    overhead_ipv6: [Constant<Bits<17>>; 3],
    arp_request: Constant<Bits<64>>,
    ipv4_meanings: Constant<Bits<8>>,
    ipv6_meanings: Constant<Bits<8>>,
    icmp_errors: Constant<Bits<16>>,
    icmp_echo: Constant<Bits<8>>,
    icmpv6_echo: Constant<Bits<8>>,
    neighbour_solicitation: Constant<Bits<8>>,
    max_headers: Constant<Bits<4>>,
    data: Signal<Local, Bits<64>>,
    shown: Signal<Local, Bits<64>>,
    late: Signal<Local, Bits<32>>,
    start: Signal<Local, Bit>,
    early: Signal<Local, Bit>,
    short_quote: Signal<Local, Bit>,
    is_transport: Signal<Local, Bit>,
    is_extension: Signal<Local, Bit>,
    is_icmp: Signal<Local, Bit>,
    at_limit: Signal<Local, Bit>,
    meaning: Signal<Local, Bits<8>>,
    size_less: Signal<Local, Bits<17>>,
    size_more: Signal<Local, Bits<17>>,
    spare: Signal<Local, Bits<17>>,
    ihl_less: Signal<Local, Bits<4>>,
    ihl_more: Signal<Local, Bits<5>>,
    takes_off: Signal<Local, Bit>,
    rest: Signal<Local, Bits<17>>,
    length: Signal<Local, Bits<8>>,
    windows: Signal<Local, Bits<4>>,
    icmp_type: Signal<Local, Bits<8>>,
    icmp_type_low: Signal<Local, Bits<4>>,
    code_zero: Signal<Local, Bit>,
    alone: Signal<Local, Bit>,
    over: Signal<Local, Bit>,
    malformed: Signal<Local, Bit>,
    step_over: Signal<Local, Bit>,
    step_bad: Signal<Local, Bit>,
    first_over: Signal<Local, Bit>,
    first_bad: Signal<Local, Bit>,
    first_short: Signal<Local, Bit>,
    shown_offset: Signal<Local, Bit>,
    turned: Signal<Local, Bit>,
    base: Signal<Local, Bits<17>>,
    ihl: Signal<Local, Bits<4>>,
    holds_12: Signal<Local, Bit>,
    holds_16: Signal<Local, Bit>,
    holds_20: Signal<Local, Bit>,
    holds_28: Signal<Local, Bit>,
    holds_48: Signal<Local, Bit>,
    holds_24: Signal<Local, Bit>,
}

impl Default for HeaderWalker {
    fn default() -> Self {
        let ipv6_meanings = 0xFF - (1 << next_header::ICMP);
        let ipv4_meanings = 1 << next_header::TCP | 1 << next_header::UDP | 1 << next_header::SCTP | 1 << next_header::ICMP;
        let icmp_errors = ICMP_ERRORS.iter().fold(0_u16, |map, kind| map | 1 << kind);
        with_defaults!(Self {
            min_ihl: Constant::new(MIN_IHL.to_bits()),
            ipv6_header_less: Constant::new((IPV6_HEADER_BYTES - 1).to_bits()),
            ipv6_header_more: Constant::new((IPV6_HEADER_BYTES + 7).to_bits()),
            overhead: std::array::from_fn(|tags| Constant::new((NETWORK_OFFSET + 4 * tags as u8).to_bits())),
            overhead_ipv6: std::array::from_fn(|tags| Constant::new((NETWORK_OFFSET + IPV6_HEADER_BYTES + 4 * tags as u8).to_bits())),
            arp_request: Constant::new(ARP_REQUEST.to_bits()),
            ipv4_meanings: Constant::new(bits::<8>(ipv4_meanings)),
            ipv6_meanings: Constant::new(bits::<8>(ipv6_meanings)),
            icmp_errors: Constant::new(icmp_errors.to_bits()),
            icmp_echo: Constant::new(ICMP_ECHO_REQUEST.to_bits()),
            icmpv6_echo: Constant::new(ICMPV6_ECHO_REQUEST.to_bits()),
            neighbour_solicitation: Constant::new(ICMPV6_NEIGHBOUR_SOLICITATION.to_bits()),
            max_headers: Constant::new(MAX_EXTENSION_HEADERS.to_bits()),
        }
            defaults clk reset window_valid window_first window_flush window meaning_0 meaning_1 meaning_5 odd_length no_length length_more half_more offset is_ipv4 is_ipv6 is_arp tags
            out_valid out_window out_flush finish bad transport left more too_short network_ipv4 network_ipv6 tcp udp sctp
            fragment later quoted echo arp solicitation protocol source destination needed step walk event clears before meaning_before look
            data shown late start early short_quote is_transport is_extension is_icmp at_limit meaning size_less size_more spare ihl_less ihl_more takes_off rest length windows
            icmp_type icmp_type_low code_zero alone over malformed step_over step_bad first_over first_bad first_short shown_offset turned base ihl holds_12 holds_16 holds_20 holds_28 holds_48 holds_24)
    }
}

impl Logic for HeaderWalker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, step, walk, event, clears, before, meaning_before);
        self.data.next = self.window.val();
        self.shown.next = self.data.val();
        self.late.next = self.data.val().get_bits::<32>(32);
        self.meaning.next = self.meaning_1.val();
        if self.walk.q.val().odd {
            self.shown.next = (bit_cast::<64, 32>(self.before.q.val()) << 32) | (self.data.val() >> 32);
            self.meaning.next = self.meaning_before.q.val();
        }
        if self.step.q.val().ipv4_2_odd {
            self.late.next = self.before.q.val();
        }
        self.ihl.next = self.shown.val().get_bits::<4>(56);
        self.length.next = self.data.val().get_bits::<8>(48);
        self.shown_offset.next = self.shown.val().get_bits::<13>(0).any();
        self.look.octet.next = self.walk.q.val().protocol;
        // What is left of the packet, against what headers need.
        self.holds_12.next =
            self.walk.q.val().left.get_bits::<12>(4).any() | (self.walk.q.val().left.get_bit(3) & self.walk.q.val().left.get_bit(2));
        self.holds_16.next = self.walk.q.val().left.get_bits::<12>(4).any();
        self.holds_20.next = self.walk.q.val().left.get_bits::<11>(5).any()
            | (self.walk.q.val().left.get_bit(4) & (self.walk.q.val().left.get_bit(3) | self.walk.q.val().left.get_bit(2)));
        self.holds_24.next =
            self.walk.q.val().left.get_bits::<11>(5).any() | (self.walk.q.val().left.get_bit(4) & self.walk.q.val().left.get_bit(3));
        self.holds_28.next = self.walk.q.val().left.get_bits::<11>(5).any() | self.walk.q.val().left.get_bits::<3>(2).all();
        self.holds_48.next = self.walk.q.val().left.get_bits::<10>(6).any() | self.walk.q.val().left.get_bits::<2>(4).all();
        self.short_quote.next =
            !self.walk.q.val().left.get_bits::<10>(6).any() & (self.walk.q.val().left.get_bits::<4>(2) < self.ihl.val());
        // A header's size less one, and seven more than it; a length of AH counts where it is even.
        self.ihl_less.next = self.walk.q.val().ihl - 1;
        self.ihl_more.next = bit_cast::<5, 4>(self.walk.q.val().ihl) + 1;
        self.size_less.next = 7.into();
        self.size_more.next = 15.into();
        if self.step.q.val().ipv4_1 {
            self.size_less.next = (bit_cast::<17, 4>(self.ihl_less.val()) << 2) | 3;
            self.size_more.next = (bit_cast::<17, 5>(self.ihl_more.val()) << 2) | 3;
        } else if self.step.q.val().ipv6_1 {
            self.size_less.next = self.ipv6_header_less.val();
            self.size_more.next = self.ipv6_header_more.val();
        } else if self.walk.q.val().coming.get_bit(5) {
            self.size_less.next = (bit_cast::<17, 8>(self.length.val()) << 3) | 7;
            self.size_more.next = (bit_cast::<17, 9>(self.length_more.val()) << 3) | 7;
        } else if self.walk.q.val().coming.get_bit(7) {
            self.size_less.next = (bit_cast::<17, 8>(self.length.val()) << 2) | 7;
            self.size_more.next = (bit_cast::<17, 8>(self.half_more.val()) << 3) | 7;
        }
        self.rest.next = bit_cast::<17, 16>(self.walk.q.val().left) + !self.size_less.val();
        self.spare.next = bit_cast::<17, 16>(self.walk.q.val().left) + !self.size_more.val();
        // What comes next: nothing to look into is known before its window is there, which may lie beyond the frame. Both mean nothing without a
        // window, and what hangs on them hangs on that too.
        self.early.next = self.step.q.val().ready & (self.walk.q.val().stop | self.walk.q.val().beyond | self.walk.q.val().short);
        self.start.next = self.step.q.val().ready & self.step.q.val().at_next & !self.early.val();
        self.is_transport.next = self.walk.q.val().coming.get_bits::<3>(0).any();
        self.is_icmp.next = self.walk.q.val().coming.get_bits::<2>(3).any();
        self.is_extension.next = self.walk.q.val().coming.get_bits::<3>(5).any();
        self.at_limit.next = self.walk.q.val().count == self.max_headers.val();
        self.alone.next = !self.walk.q.val().fragment & !self.walk.q.val().quoted;
        // A quote or a fragment is not looked into beyond its ports.
        self.event.d.next.more = self.alone.val()
            & ((self.walk.q.val().coming.get_bit(0) & self.holds_20.val()) | (self.walk.q.val().coming.get_bit(2) & self.holds_16.val()));
        self.event.d.next.short = self.alone.val()
            & ((self.walk.q.val().coming.get_bit(0) & !self.holds_20.val()) | (self.walk.q.val().coming.get_bit(2) & !self.holds_12.val()));
        self.icmp_type.next = self.shown.val().get_bits::<8>(56);
        self.icmp_type_low.next = self.shown.val().get_bits::<4>(56);
        self.code_zero.next = !self.shown.val().get_bits::<8>(48).any();
        // Windows from the one after next to the header behind this IPv4 header.
        self.windows.next = (self.walk.q.val().ihl >> 1) - 2;
        if self.walk.q.val().ihl.get_bit(0) & !self.walk.q.val().odd {
            self.windows.next = (self.walk.q.val().ihl >> 1) - 1;
        }
        self.base.next = self.overhead[0].val();
        if self.tags.val().get_bit(0) {
            self.base.next = self.overhead[1].val();
        }
        if self.tags.val().get_bit(1) {
            self.base.next = self.overhead[2].val();
        }
        if self.walk.q.val().is_ipv6 {
            self.base.next = self.overhead_ipv6[0].val();
            if self.tags.val().get_bit(0) {
                self.base.next = self.overhead_ipv6[1].val();
            }
            if self.tags.val().get_bit(1) {
                self.base.next = self.overhead_ipv6[2].val();
            }
        }
        self.turned.next = self.walk.q.val().quoted;
        self.over.next = false;
        self.malformed.next = false;
        self.step_over.next = false;
        self.step_bad.next = false;
        self.first_over.next = false;
        self.first_bad.next = false;
        self.first_short.next = false;
        self.takes_off.next =
            self.step.q.val().ipv4_1 | (self.step.q.val().ipv6_1 & self.turned.val()) | (self.start.val() & !self.is_transport.val());
        self.walk.d.next.short = !self.walk.q.val().left.get_bits::<13>(3).any();
        if self.window_valid.val() & self.takes_off.val() {
            self.walk.d.next.short = self.spare.val().get_bit(16);
        }
        self.event.d.next.transport = false;
        if self.window_valid.val() {
            self.before.d.next = self.data.val().get_bits::<32>(0);
            self.meaning_before.d.next = self.meaning_5.val();
            self.walk.d.next.held_24 = self.holds_24.val();
            self.walk.d.next.held_28 = self.holds_28.val();
            self.walk.d.next.held_48 = self.holds_48.val();
            self.step.d.next.ipv4_1 = false;
            self.step.d.next.ipv4_2 = self.step.q.val().ipv4_1;
            self.step.d.next.ipv6_1 = false;
            self.step.d.next.ipv6_2 = self.step.q.val().ipv6_1;
            self.step.d.next.ipv6_3 = self.step.q.val().ipv6_2;
            self.step.d.next.ipv6_4 = self.step.q.val().ipv6_3;
            self.step.d.next.arp_1 = false;
            self.step.d.next.arp_2 = self.step.q.val().arp_1;
            self.step.d.next.arp_3 = self.step.q.val().arp_2;
            self.step.d.next.solicitation_1 = false;
            self.step.d.next.solicitation_2 = self.step.q.val().solicitation_1;
            self.step.d.next.quoted_ipv4 = false;
            self.step.d.next.quoted_ipv6 = false;
            // The next window's addresses. A quote came from this side: it is turned round.
            self.step.d.next.source_high = self.step.q.val().ipv6_2 & self.turned.val();
            self.step.d.next.source_low = (self.step.q.val().ipv6_1 & !self.turned.val()) | (self.step.q.val().ipv6_3 & self.turned.val());
            self.step.d.next.source_shown = false;
            self.step.d.next.source_late = self.step.q.val().ipv4_1 & self.turned.val() & !self.walk.q.val().header_short;
            self.step.d.next.destination_high = self.step.q.val().ipv6_2 & !self.turned.val();
            self.step.d.next.destination_low = (self.step.q.val().ipv6_3 & !self.turned.val())
                | (self.step.q.val().ipv6_1 & self.turned.val())
                | (self.step.q.val().solicitation_1 & self.walk.q.val().held_24);
            self.step.d.next.destination_shown = false;
            self.step.d.next.destination_late = self.step.q.val().ipv4_1 & !self.turned.val() & !self.walk.q.val().header_short;
            self.step.d.next.skip = self.step.q.val().skip - 1;
            self.step.d.next.at_next = self.step.q.val().skip == 1;
            // As long as the header says, whether anything comes of it or not: so little hangs on that.
            if self.step.q.val().at_next {
                self.step.d.next.at_next = !self.walk.q.val().coming.get_bit(7);
                if self.walk.q.val().coming.get_bit(5) {
                    self.step.d.next.skip = self.length.val();
                    self.step.d.next.at_next = self.no_length.val();
                } else if self.walk.q.val().coming.get_bit(7) {
                    self.step.d.next.skip = self.length.val() >> 1;
                }
            }
            // The next header.
            if self.early.val() {
                self.over.next = true;
                self.step.d.next.ready = false;
                self.malformed.next = !self.walk.q.val().quoted
                    & (self.walk.q.val().beyond
                        | (!self.walk.q.val().stop
                            & ((self.is_extension.val() & !self.at_limit.val())
                                | (self.is_transport.val() & !self.walk.q.val().fragment))));
            }
            if self.start.val() {
                self.step.d.next.ready = false;
                if self.is_transport.val() {
                    self.event.d.next.transport = true;
                } else if self.is_extension.val() {
                    self.over.next = self.at_limit.val();
                    if self.walk.q.val().coming.get_bit(7) & self.odd_length.val() {
                        self.over.next = true;
                    }
                    if !self.over.val() {
                        self.step.d.next.ready = true;
                        self.walk.d.next.protocol = self.data.val().get_bits::<8>(56);
                        self.walk.d.next.coming = self.meaning_0.val() & self.ipv6_meanings.val();
                        self.walk.d.next.stop = !(self.meaning_0.val() & self.ipv6_meanings.val()).any();
                        self.walk.d.next.count = self.walk.q.val().count + 1;
                        self.walk.d.next.beyond = self.rest.val().get_bit(16);
                        if !self.walk.q.val().coming.get_bit(5) & !self.walk.q.val().coming.get_bit(7) {
                            if self.offset.val() {
                                self.over.next = true;
                                self.step.d.next.ready = false;
                            }
                            if !self.walk.q.val().quoted {
                                self.walk.d.next.fragment = self.walk.q.val().fragment | self.offset.val() | self.data.val().get_bit(32);
                                self.walk.d.next.later = self.offset.val();
                            }
                        }
                    }
                } else {
                    self.over.next = true;
                    // Whether the rest is long enough is known a window later, and it is not in the frame's last.
                    if self.alone.val() & self.is_icmp.val() {
                        if self.walk.q.val().is_ipv4 {
                            if !self.icmp_type.val().get_bits::<4>(4).any()
                                & self.icmp_errors.val().get_bit(self.icmp_type_low.val().index())
                            {
                                self.step.d.next.quoted_ipv4 = true;
                                self.over.next = self.window_flush.val();
                            }
                            self.walk.d.next.echo = (self.icmp_type.val() == self.icmp_echo.val()) & self.code_zero.val();
                        } else {
                            if self.icmp_type.val().any() & (self.icmp_type.val() < 5) {
                                self.step.d.next.quoted_ipv6 = true;
                                self.over.next = self.window_flush.val();
                            }
                            if (self.icmp_type.val() == self.neighbour_solicitation.val())
                                & self.code_zero.val()
                                & self.walk.q.val().hop_limit_255
                            {
                                self.step.d.next.solicitation_1 = true;
                                self.step.d.next.destination_high = self.holds_24.val();
                                self.over.next = self.window_flush.val();
                            }
                            self.walk.d.next.echo = (self.icmp_type.val() == self.icmpv6_echo.val()) & self.code_zero.val();
                        }
                    }
                }
            }
            // The steps of a network header, the frame's own or a quoted one.
            if self.step.q.val().ipv4_1 {
                if self.walk.q.val().header_short {
                    self.step_over.next = true;
                    self.step_bad.next = !self.walk.q.val().quoted;
                    self.walk.d.next.quoted = false;
                    self.step.d.next.ipv4_2 = false;
                } else {
                    self.walk.d.next.protocol = self.shown.val().get_bits::<8>(48);
                    self.walk.d.next.coming = self.meaning.val() & self.ipv4_meanings.val();
                    self.walk.d.next.stop = !(self.meaning.val() & self.ipv4_meanings.val()).any() | self.walk.q.val().later_ipv4;
                    self.walk.d.next.odd = self.walk.q.val().odd ^ self.walk.q.val().ihl.get_bit(0);
                    self.step.d.next.ipv4_2_odd = self.walk.q.val().odd;
                    self.step.d.next.ready = true;
                    self.step.d.next.skip = bit_cast::<8, 4>(self.windows.val());
                    self.step.d.next.at_next = !self.windows.val().any();
                }
            }
            if self.step.q.val().ipv6_1 {
                self.walk.d.next.coming = self.look.meaning.val() & self.ipv6_meanings.val();
            }
            if self.step.q.val().ipv6_2 {
                self.walk.d.next.stop = !self.walk.q.val().coming.any();
            }
            if self.step.q.val().ipv6_4 {
                self.step.d.next.ready = true;
                self.step.d.next.at_next = true;
            }
            if self.step.q.val().solicitation_1 & !self.walk.q.val().held_24 {
                self.step_over.next = true;
                self.step.d.next.solicitation_2 = false;
            }
            if self.step.q.val().solicitation_2 {
                self.step_over.next = true;
                self.walk.d.next.solicitation = true;
            }
            if self.step.q.val().quoted_ipv4 {
                if !self.walk.q.val().held_28 | (self.shown.val().get_bits::<4>(60) != 4) | (self.ihl.val() < self.min_ihl.val()) {
                    self.step_over.next = true;
                } else {
                    self.step.d.next.ipv4_1 = true;
                    self.step.d.next.destination_shown = !self.short_quote.val();
                    self.walk.d.next.quoted = true;
                    self.walk.d.next.ihl = self.ihl.val();
                    self.walk.d.next.header_short = self.short_quote.val();
                    self.walk.d.next.later_ipv4 = self.shown_offset.val();
                }
            }
            if self.step.q.val().quoted_ipv6 {
                if !self.walk.q.val().held_48 | (self.data.val().get_bits::<4>(60) != 6) {
                    self.step_over.next = true;
                } else {
                    self.step.d.next.ipv6_1 = true;
                    self.step.d.next.destination_high = true;
                    self.walk.d.next.quoted = true;
                    self.walk.d.next.protocol = self.data.val().get_bits::<8>(8);
                    self.walk.d.next.count = 0.into();
                }
            }
            if (self.step.q.val().ipv4_1 | self.step.q.val().ipv6_1) & !self.turned.val() {
                self.walk.d.next.needed = bit_cast::<17, 16>(self.walk.q.val().left) + self.base.val();
            }
            if self.takes_off.val() {
                self.walk.d.next.left = self.rest.val().get_bits::<16>(0);
            }
            if self.step.q.val().arp_3 {
                self.walk.d.next.arp = true;
                self.step_over.next = true;
            }
        }
        // The addresses. A window's place is filled by whatever stands there until the window does: so little hangs on whether it does. ARP: addresses
        // at bytes 14 and 24, both as IPv4's.
        if self.step.q.val().source_high {
            self.walk.d.next.source = bit_cast::<128, 64>(self.data.val()) << 64;
        }
        if self.step.q.val().source_low {
            self.walk.d.next.source =
                (bit_cast::<128, 64>(self.walk.q.val().source.get_bits::<64>(64)) << 64) | bit_cast::<128, 64>(self.data.val());
        }
        if self.step.q.val().source_shown {
            self.walk.d.next.source = bit_cast::<128, 32>(self.shown.val().get_bits::<32>(0));
        }
        if self.step.q.val().source_late {
            self.walk.d.next.source = bit_cast::<128, 32>(self.late.val());
        }
        if self.step.q.val().arp_1 {
            self.walk.d.next.source = bit_cast::<128, 16>(self.data.val().get_bits::<16>(0)) << 16;
        }
        if self.step.q.val().arp_2 {
            self.walk.d.next.source = (bit_cast::<128, 16>(self.walk.q.val().source.get_bits::<16>(16)) << 16)
                | bit_cast::<128, 16>(self.data.val().get_bits::<16>(48));
        }
        if self.step.q.val().destination_high {
            self.walk.d.next.destination = bit_cast::<128, 64>(self.data.val()) << 64;
        }
        if self.step.q.val().destination_low {
            self.walk.d.next.destination =
                (bit_cast::<128, 64>(self.walk.q.val().destination.get_bits::<64>(64)) << 64) | bit_cast::<128, 64>(self.data.val());
        }
        if self.step.q.val().destination_shown {
            self.walk.d.next.destination = bit_cast::<128, 32>(self.shown.val().get_bits::<32>(0));
        }
        if self.step.q.val().destination_late {
            self.walk.d.next.destination = bit_cast::<128, 32>(self.late.val());
        }
        if self.step.q.val().arp_3 {
            self.walk.d.next.destination = bit_cast::<128, 32>(self.data.val().get_bits::<32>(32));
        }
        self.clears.d.next = self.window_flush.val() | self.reset.val();
        if self.clears.q.val() {
            self.walk.d.next.source = 0.into();
            self.walk.d.next.destination = 0.into();
        }
        // A frame's first window, which is always one.
        if self.window_first.val() {
            self.walk.d.next.needed = 0.into();
            self.walk.d.next.odd = false;
            self.walk.d.next.coming = 0.into();
            self.walk.d.next.stop = false;
            self.walk.d.next.beyond = false;
            self.walk.d.next.count = 0.into();
            self.walk.d.next.is_ipv4 = self.is_ipv4.val();
            self.walk.d.next.is_ipv6 = self.is_ipv6.val();
            self.walk.d.next.fragment = self.is_ipv4.val() & (self.data.val().get_bits::<13>(0).any() | self.data.val().get_bit(13));
            self.walk.d.next.later = self.is_ipv4.val() & self.data.val().get_bits::<13>(0).any();
            self.walk.d.next.later_ipv4 = self.data.val().get_bits::<13>(0).any();
            self.walk.d.next.quoted = false;
            self.walk.d.next.echo = false;
            self.walk.d.next.arp = false;
            self.walk.d.next.solicitation = false;
            self.walk.d.next.protocol = 0.into();
            self.walk.d.next.ihl = self.data.val().get_bits::<4>(56);
            self.first_short.next =
                !self.data.val().get_bits::<10>(38).any() & (self.data.val().get_bits::<4>(34) < self.data.val().get_bits::<4>(56));
            self.walk.d.next.header_short = self.first_short.val();
            self.walk.d.next.hop_limit_255 = self.data.val().get_bits::<8>(0).all();
            self.walk.d.next.left = self.data.val().get_bits::<16>(32);
            if self.is_ipv6.val() {
                self.walk.d.next.protocol = self.data.val().get_bits::<8>(8);
                self.walk.d.next.left = self.data.val().get_bits::<16>(16);
            }
            self.step.d.next.ready = false;
            if self.is_ipv4.val() {
                self.first_bad.next = (self.data.val().get_bits::<4>(60) != 4) | (self.data.val().get_bits::<4>(56) < self.min_ihl.val());
                self.first_over.next = self.first_bad.val();
                self.step.d.next.ipv4_1 = !self.first_bad.val();
                self.step.d.next.source_shown = !self.first_bad.val() & !self.first_short.val();
            } else if self.is_ipv6.val() {
                self.first_bad.next = self.data.val().get_bits::<4>(60) != 6;
                self.first_over.next = self.first_bad.val();
                self.step.d.next.ipv6_1 = !self.first_bad.val();
                self.step.d.next.source_high = !self.first_bad.val();
            } else {
                self.step.d.next.arp_1 = self.is_arp.val() & (self.data.val() == self.arp_request.val());
                self.first_over.next = !(self.is_arp.val() & (self.data.val() == self.arp_request.val()));
            }
        }
        self.event.d.next.valid = self.window_valid.val();
        self.event.d.next.flush = self.window_flush.val();
        self.event.d.next.window = self.shown.val();
        self.event.d.next.next_over = self.over.val();
        self.event.d.next.next_bad = self.malformed.val();
        self.event.d.next.step_over = self.step_over.val();
        self.event.d.next.step_bad = self.step_bad.val();
        self.event.d.next.first_over = self.first_over.val();
        self.event.d.next.first_bad = self.first_bad.val();
        self.out_valid.next = self.event.q.val().valid;
        self.out_window.next = self.event.q.val().window;
        self.out_flush.next = self.event.q.val().flush;
        self.finish.next = self.event.q.val().next_over | self.event.q.val().step_over | self.event.q.val().first_over;
        self.bad.next = self.event.q.val().next_bad | self.event.q.val().step_bad | self.event.q.val().first_bad;
        self.transport.next = self.event.q.val().transport;
        self.left.next = self.walk.q.val().left;
        self.more.next = self.event.q.val().more;
        self.too_short.next = self.event.q.val().short;
        self.network_ipv4.next = self.walk.q.val().is_ipv4;
        self.network_ipv6.next = self.walk.q.val().is_ipv6;
        self.tcp.next = self.walk.q.val().coming.get_bit(0);
        self.udp.next = self.walk.q.val().coming.get_bit(1);
        self.sctp.next = self.walk.q.val().coming.get_bit(2);
        self.fragment.next = self.walk.q.val().fragment;
        self.later.next = self.walk.q.val().later;
        self.quoted.next = self.walk.q.val().quoted;
        self.echo.next = self.walk.q.val().echo;
        self.arp.next = self.walk.q.val().arp;
        self.solicitation.next = self.walk.q.val().solicitation;
        self.protocol.next = self.walk.q.val().protocol;
        self.source.next = self.walk.q.val().source;
        self.destination.next = self.walk.q.val().destination;
        self.needed.next = self.walk.q.val().needed;
        if self.window_flush.val() | self.reset.val() {
            self.step.d.next.ipv4_1 = false;
            self.step.d.next.ipv4_2 = false;
            self.step.d.next.ipv6_1 = false;
            self.step.d.next.ipv6_2 = false;
            self.step.d.next.ipv6_3 = false;
            self.step.d.next.ipv6_4 = false;
            self.step.d.next.arp_1 = false;
            self.step.d.next.arp_2 = false;
            self.step.d.next.arp_3 = false;
            self.step.d.next.solicitation_1 = false;
            self.step.d.next.solicitation_2 = false;
            self.step.d.next.quoted_ipv4 = false;
            self.step.d.next.quoted_ipv6 = false;
            self.step.d.next.ready = false;
            self.step.d.next.source_high = false;
            self.step.d.next.source_low = false;
            self.step.d.next.source_shown = false;
            self.step.d.next.source_late = false;
            self.step.d.next.destination_high = false;
            self.step.d.next.destination_low = false;
            self.step.d.next.destination_shown = false;
            self.step.d.next.destination_late = false;
        }
        if self.reset.val() {
            self.event.d.next.valid = false;
            self.event.d.next.flush = false;
            self.event.d.next.next_over = false;
            self.event.d.next.step_over = false;
            self.event.d.next.first_over = false;
            self.event.d.next.transport = false;
        }
    }
    spareband_hdl::module_name!();
}
