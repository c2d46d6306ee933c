//! Second stage of the responder: whether a packet is a request that is to be answered. RFC 826; RFC 4861 7.1.1; RFC 792 and 1122 3.2.2.6;
//! RFC 4443 4.1.
//!
//! > A flag that was set stands until `clear`; what is `unanswerable` may be `invalid` too.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | clear | in | 1 | before a packet's first bits |
//! | valid, place, data, last | in | 1, 6, 16, 1 | 16 bits of the packet; their place from 8 on, of options 40 to 43 again and again; in its last eight bytes |
//! | kind, source_group | in | 2, 1 | 1 ARP, 2 IPv4, 3 IPv6; the frame's source is a group address |
//! | unanswerable | out | 1 | no ARP request, neighbour solicitation or echo request; IPv4 with options or a fragment; a group address asked |
//! | invalid | out | 1 | against the rules of its standard |
//! | solicitation | out | 1 | a neighbour solicitation |
//! | unspecified | out | 1 | of an IPv6 packet: its source is the unspecified address |
//!
//! Latency: 2 cycles. Throughput: 16 bits a cycle. No reset: `clear` comes before every packet. The checksum is looked at elsewhere (`ReplyChecksum`).

use rust_hdl::prelude::*;

/// What 16 bits show for themselves.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Seen {
    bad: Bit,
    other: Bit,
    far: Bit,
    ragged: Bit,
    /// Part of the source that is not zero.
    sourced: Bit,
    /// The destination is a group; no solicited node's.
    to_group: Bit,
    elsewhere: Bit,
    /// An echo request's or a solicitation's first bits.
    echo: Bit,
    solicits: Bit,
    /// Eight bytes of options begin. If this is an option's head: without length; the source's address; what follows.
    options: Bit,
    no_length: Bit,
    is_source: Bit,
    option_rest: Bits<8>,
    last: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Findings {
    unanswerable: Bit,
    invalid: Bit,
    solicitation: Bit,
    sourced: Bit,
    to_group: Bit,
    elsewhere: Bit,
    far: Bit,
    ragged: Bit,
    /// Words of the option under way that are still to come.
    option_left: Bits<8>,
}

#[derive(LogicBlock)]
pub struct RequestExaminer {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub place: Signal<In, Bits<6>>,
    pub data: Signal<In, Bits<16>>,
    pub last: Signal<In, Bit>,
    pub kind: Signal<In, Bits<2>>,
    pub source_group: Signal<In, Bit>,
    pub unanswerable: Signal<Out, Bit>,
    pub invalid: Signal<Out, Bit>,
    pub solicitation: Signal<Out, Bit>,
    pub unspecified: Signal<Out, Bit>,
    seen: DFF<Seen>,
    findings: DFF<Findings>,
    hardware_ethernet: Constant<Bits<16>>,
    protocol_ipv4: Constant<Bits<16>>,
    address_lengths: Constant<Bits<16>>,
    all_nodes: Constant<Bits<16>>,
    first: Signal<Local, Bits<8>>,
    second: Signal<Local, Bits<8>>,
    fragment: Signal<Local, Bits<6>>,
    version: Signal<Local, Bits<4>>,
    ihl: Signal<Local, Bits<4>>,
    expected: Signal<Local, Bits<16>>,
    differs: Signal<Local, Bit>,
    is_ipv6: Signal<Local, Bit>,
    in_source: Signal<Local, Bit>,
    in_node: Signal<Local, Bit>,
    unspecified_source: Signal<Local, Bit>,
    left: Signal<Local, Bits<8>>,
    bad: Signal<Local, Bit>,
    other: Signal<Local, Bit>,
    heads: Signal<Local, Bit>,
}

impl Default for RequestExaminer {
    fn default() -> Self {
        let wire = |value: u16| Constant::new(value.swap_bytes().to_bits());
        with_defaults!(Self {
            hardware_ethernet: wire(0x0001),
            protocol_ipv4: wire(0x0800),
            address_lengths: wire(0x0604),
            all_nodes: wire(0xFF02),
        }
            defaults clk clear valid place data last kind source_group unanswerable invalid solicitation unspecified seen findings
            first second fragment version ihl expected differs is_ipv6 in_source in_node unspecified_source left bad other heads)
    }
}

impl Logic for RequestExaminer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, seen, findings);
        self.first.next = self.data.val().get_bits::<8>(0);
        self.second.next = self.data.val().get_bits::<8>(8);
        self.version.next = self.data.val().get_bits::<4>(4);
        self.ihl.next = self.data.val().get_bits::<4>(0);
        // The upper bits of the offset and "more fragments", whatever the other two flags are.
        self.fragment.next = self.data.val().get_bits::<6>(0);
        self.is_ipv6.next = self.kind.val() == 3;
        // What an ARP request for Ethernet and IPv4 begins with; a solicited node's address.
        self.expected.next = 0.into();
        if (self.place.val() == 8) | (self.place.val() == 11) | (self.place.val() == 25) {
            self.expected.next = self.hardware_ethernet.val();
        }
        if self.place.val() == 9 {
            self.expected.next = self.protocol_ipv4.val();
        }
        if self.place.val() == 10 {
            self.expected.next = self.address_lengths.val();
        }
        if self.place.val() == 20 {
            self.expected.next = self.all_nodes.val();
        }
        self.differs.next = self.data.val() != self.expected.val();
        // First: 16 bits for themselves.
        self.bad.next = false;
        self.other.next = false;
        if self.kind.val() == 1 {
            self.other.next = (self.place.val() < 12) & self.differs.val();
            self.bad.next = (self.place.val() == 12) & self.data.val().get_bit(0);
        }
        if self.kind.val() == 2 {
            if self.place.val() == 8 {
                self.bad.next = (self.version.val() != 4) | (self.ihl.val() < 5);
                self.other.next = self.ihl.val() > 5;
            }
            if self.place.val() == 11 {
                self.other.next = self.fragment.val().any() | self.second.val().any();
            }
            if self.place.val() == 12 {
                self.other.next = self.second.val() != 1;
            }
            if self.place.val() == 14 {
                self.bad.next = (self.first.val() == 0) | (self.first.val() == 127) | (self.first.val() >= 224);
            }
            if self.place.val() == 16 {
                self.other.next = self.first.val() >= 224;
            }
            if self.place.val() == 18 {
                self.other.next = (self.first.val() != 8) | self.second.val().any();
            }
        }
        if self.is_ipv6.val() {
            if self.place.val() == 8 {
                self.bad.next = self.version.val() != 6;
            }
            if self.place.val() == 11 {
                self.other.next = self.first.val() != 58;
            }
            if self.place.val() == 12 {
                self.bad.next = self.first.val() == 255;
            }
            if self.place.val() == 28 {
                self.bad.next = (self.first.val() == 135) & (self.second.val().any() | self.last.val());
                self.other.next = (self.first.val() != 135) & ((self.first.val() != 128) | self.second.val().any());
            }
            // From here on only solicitations come: target and options.
            if self.place.val() == 32 {
                self.bad.next = (self.first.val() == 255) | self.last.val();
            }
        }
        self.seen.d.next.bad = self.valid.val() & self.bad.val();
        self.seen.d.next.other = self.valid.val() & self.other.val();
        self.seen.d.next.ragged = self.valid.val() & (self.place.val() == 10) & self.second.val().get_bits::<3>(0).any();
        self.seen.d.next.far = self.valid.val() & (self.place.val() == 11) & (self.second.val() != 255);
        self.in_source.next = (self.place.val() >= 12) & (self.place.val() < 20);
        self.seen.d.next.sourced = self.valid.val() & self.in_source.val() & self.data.val().any();
        self.seen.d.next.to_group = self.valid.val() & (self.place.val() == 20) & (self.first.val() == 255);
        self.in_node.next = (self.place.val() >= 20) & (self.place.val() < 26);
        self.seen.d.next.elsewhere =
            self.valid.val() & ((self.in_node.val() & self.differs.val()) | ((self.place.val() == 26) & (self.first.val() != 255)));
        self.seen.d.next.echo = self.valid.val() & self.is_ipv6.val() & (self.place.val() == 28) & (self.first.val() == 128);
        self.seen.d.next.solicits = self.valid.val() & self.is_ipv6.val() & (self.place.val() == 28) & (self.first.val() == 135);
        self.seen.d.next.options = self.valid.val() & (self.place.val() == 40);
        self.seen.d.next.no_length = !self.second.val().any();
        self.seen.d.next.is_source = self.first.val() == 1;
        self.seen.d.next.option_rest = self.second.val() - 1;
        self.seen.d.next.last = self.last.val();
        // Second: with what earlier steps have shown.
        self.left.next = self.findings.q.val().option_left - 1;
        self.heads.next = self.findings.q.val().option_left == 0;
        if self.heads.val() {
            self.left.next = self.seen.q.val().option_rest;
        }
        if self.seen.q.val().bad {
            self.findings.d.next.invalid = true;
        }
        if self.seen.q.val().other {
            self.findings.d.next.unanswerable = true;
        }
        if self.seen.q.val().far {
            self.findings.d.next.far = true;
        }
        if self.seen.q.val().ragged {
            self.findings.d.next.ragged = true;
        }
        if self.seen.q.val().sourced {
            self.findings.d.next.sourced = true;
        }
        if self.seen.q.val().to_group {
            self.findings.d.next.to_group = true;
        }
        if self.seen.q.val().elsewhere {
            self.findings.d.next.elsewhere = true;
        }
        self.unspecified_source.next = !self.findings.q.val().sourced;
        if self.seen.q.val().echo {
            if self.findings.q.val().to_group {
                self.findings.d.next.unanswerable = true;
            }
            if self.unspecified_source.val() {
                self.findings.d.next.invalid = true;
            }
        }
        if self.seen.q.val().solicits {
            self.findings.d.next.solicitation = true;
            if self.findings.q.val().far | self.findings.q.val().ragged | (self.unspecified_source.val() & self.findings.q.val().elsewhere)
            {
                self.findings.d.next.invalid = true;
            }
        }
        if self.seen.q.val().options {
            self.findings.d.next.option_left = self.left.val();
            if self.heads.val() & (self.seen.q.val().no_length | (self.seen.q.val().is_source & self.unspecified_source.val())) {
                self.findings.d.next.invalid = true;
            }
            if self.seen.q.val().last & self.left.val().any() {
                self.findings.d.next.invalid = true;
            }
        }
        if self.clear.val() {
            self.findings.d.next.unanswerable = false;
            self.findings.d.next.invalid = false;
            self.findings.d.next.solicitation = false;
            self.findings.d.next.sourced = false;
            self.findings.d.next.to_group = false;
            self.findings.d.next.elsewhere = false;
            self.findings.d.next.far = false;
            self.findings.d.next.ragged = false;
            self.findings.d.next.option_left = 0.into();
        }
        self.unanswerable.next = self.findings.q.val().unanswerable;
        self.invalid.next = self.findings.q.val().invalid | self.source_group.val();
        self.solicitation.next = self.findings.q.val().solicitation;
        self.unspecified.next = self.unspecified_source.val();
    }
    spareband_hdl::module_name!();
}
