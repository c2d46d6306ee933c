//! Second stage of the responder: whether a packet is a request that is to be answered. RFC 826; RFC 4861 7.1.1; RFC 792 and 1122 3.2.2.6;
//! RFC 4443 4.1.
//!
//! > A flag that was set stands until `clear`; what is `unanswerable` may be `invalid` too.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | clear | in | 1 | before a packet's first step |
//! | step_valid, step, data, last | in | 1, 4, 64, 1 | eight bytes of the packet; steps go up to 15 and stay there |
//! | kind, source_group | in | 2, 1 | 1 ARP, 2 IPv4, 3 IPv6; the frame's source is a group address |
//! | unanswerable | out | 1 | no ARP request, neighbour solicitation or echo request; IPv4 with options or a fragment; a group address asked |
//! | invalid | out | 1 | against the rules of its standard |
//! | solicitation | out | 1 | a neighbour solicitation |
//! | unspecified | out | 1 | its IPv6 source is the unspecified address |
//!
//! Latency: 2 cycles. Throughput: a step in 2 cycles. No reset: `clear` comes before every packet. The checksum is looked at elsewhere (`ReplyChecksum`).

use rust_hdl::prelude::*;

/// A step's own part of the judgement.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Seen {
    step_0: Bit,
    step_1: Bit,
    step_2: Bit,
    step_3: Bit,
    step_4: Bit,
    step_5: Bit,
    options: Bit,
    /// Without regard to earlier steps; an ARP request's first word apart, which is a wide comparison.
    bad: Bit,
    other: Bit,
    arp_head: Bit,
    is_request: Bit,
    zero: Bit,
    is_prefix: Bit,
    is_rest: Bit,
    /// An echo request's or a solicitation's first word.
    echo: Bit,
    solicits: Bit,
    /// All bits of the first byte; the sixth and the eighth byte.
    group: Bit,
    ragged: Bit,
    far: Bit,
    /// An option's head: without length; the source's address.
    no_length: Bit,
    is_source: Bit,
    /// What follows if this is an option's head.
    option_rest: Bits<8>,
    last: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Findings {
    unanswerable: Bit,
    invalid: Bit,
    solicitation: Bit,
    unspecified: Bit,
    half_zero: Bit,
    to_group: Bit,
    half_solicited_node: Bit,
    solicited_node: Bit,
    far: Bit,
    ragged: Bit,
    /// Words of the option under way that are still to come.
    option_left: Bits<8>,
}

#[derive(LogicBlock)]
pub struct RequestExaminer {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub step_valid: Signal<In, Bit>,
    pub step: Signal<In, Bits<4>>,
    pub data: Signal<In, Bits<64>>,
    pub last: Signal<In, Bit>,
    pub kind: Signal<In, Bits<2>>,
    pub source_group: Signal<In, Bit>,
    pub unanswerable: Signal<Out, Bit>,
    pub invalid: Signal<Out, Bit>,
    pub solicitation: Signal<Out, Bit>,
    pub unspecified: Signal<Out, Bit>,
    seen: DFF<Seen>,
    findings: DFF<Findings>,
    arp_request: Constant<Bits<64>>,
    solicited_prefix: Constant<Bits<64>>,
    solicited_rest: Constant<Bits<40>>,
    octet_0: Signal<Local, Bits<8>>,
    octet_1: Signal<Local, Bits<8>>,
    octet_4: Signal<Local, Bits<8>>,
    octet_5: Signal<Local, Bits<8>>,
    octet_6: Signal<Local, Bits<8>>,
    octet_7: Signal<Local, Bits<8>>,
    fragment: Signal<Local, Bits<14>>,
    version: Signal<Local, Bits<4>>,
    ihl: Signal<Local, Bits<4>>,
    left: Signal<Local, Bits<8>>,
    bad: Signal<Local, Bit>,
    other: Signal<Local, Bit>,
    heads: Signal<Local, Bit>,
}

impl Default for RequestExaminer {
    fn default() -> Self {
        with_defaults!(Self {
            arp_request: Constant::new(bits::<64>(u64::from_le_bytes([0, 1, 8, 0, 6, 4, 0, 1]))),
            solicited_prefix: Constant::new(bits::<64>(u64::from_le_bytes([0xFF, 2, 0, 0, 0, 0, 0, 0]))),
            solicited_rest: Constant::new(bits::<40>(u64::from_le_bytes([0, 0, 0, 1, 0xFF, 0, 0, 0]))),
        }
            defaults clk clear step_valid step data last kind source_group unanswerable invalid solicitation unspecified seen findings
            octet_0 octet_1 octet_4 octet_5 octet_6 octet_7 fragment version ihl left bad other heads)
    }
}

impl Logic for RequestExaminer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, seen, findings);
        self.octet_0.next = self.data.val().get_bits::<8>(0);
        self.octet_1.next = self.data.val().get_bits::<8>(8);
        self.octet_4.next = self.data.val().get_bits::<8>(32);
        self.octet_5.next = self.data.val().get_bits::<8>(40);
        self.octet_6.next = self.data.val().get_bits::<8>(48);
        self.octet_7.next = self.data.val().get_bits::<8>(56);
        self.version.next = self.data.val().get_bits::<4>(4);
        self.ihl.next = self.data.val().get_bits::<4>(0);
        // Offset and "more fragments", whatever the other two flags are.
        self.fragment.next = (bit_cast::<14, 6>(self.data.val().get_bits::<6>(48)) << 8) | bit_cast::<14, 8>(self.octet_7.val());
        // First: the step for itself.
        self.bad.next = false;
        self.other.next = false;
        if (self.kind.val() == 1) & (self.step.val() == 1) {
            self.bad.next = self.data.val().get_bit(0);
        }
        if self.kind.val() == 2 {
            if self.step.val() == 0 {
                self.bad.next = (self.version.val() != 4) | (self.ihl.val() < 5);
                self.other.next = (self.ihl.val() > 5) | self.fragment.val().any();
            }
            if self.step.val() == 1 {
                self.bad.next = (self.octet_4.val() == 0) | (self.octet_4.val() == 127) | (self.octet_4.val() >= 224);
                self.other.next = self.octet_1.val() != 1;
            }
            if self.step.val() == 2 {
                self.other.next = (self.octet_0.val() >= 224) | (self.octet_4.val() != 8) | (self.octet_5.val() != 0);
            }
        }
        if self.kind.val() == 3 {
            if self.step.val() == 0 {
                self.bad.next = self.version.val() != 6;
                self.other.next = self.octet_6.val() != 58;
            }
            if self.step.val() == 1 {
                self.bad.next = self.octet_0.val() == 255;
            }
            if self.step.val() == 5 {
                self.bad.next = (self.octet_0.val() == 135) & ((self.octet_1.val() != 0) | self.last.val());
                self.other.next = (self.octet_0.val() != 135) & ((self.octet_0.val() != 128) | (self.octet_1.val() != 0));
            }
            // From here on only solicitations come: target and options.
            if self.step.val() == 6 {
                self.bad.next = (self.octet_0.val() == 255) | self.last.val();
            }
        }
        self.seen.d.next.bad = self.step_valid.val() & self.bad.val();
        self.seen.d.next.other = self.step_valid.val() & self.other.val();
        self.seen.d.next.step_0 = self.step_valid.val() & (self.step.val() == 0);
        self.seen.d.next.step_1 = self.step_valid.val() & (self.step.val() == 1);
        self.seen.d.next.step_2 = self.step_valid.val() & (self.step.val() == 2);
        self.seen.d.next.step_3 = self.step_valid.val() & (self.step.val() == 3);
        self.seen.d.next.step_4 = self.step_valid.val() & (self.step.val() == 4);
        self.seen.d.next.step_5 = self.step_valid.val() & (self.step.val() == 5) & (self.kind.val() == 3);
        self.seen.d.next.options = self.step_valid.val() & self.step.val().get_bit(3) & (self.kind.val() == 3);
        self.seen.d.next.arp_head = self.step_valid.val() & (self.kind.val() == 1) & (self.step.val() == 0);
        self.seen.d.next.is_request = self.data.val() == self.arp_request.val();
        self.seen.d.next.zero = !self.data.val().any();
        self.seen.d.next.is_prefix = self.data.val() == self.solicited_prefix.val();
        self.seen.d.next.is_rest = self.data.val().get_bits::<40>(0) == self.solicited_rest.val();
        self.seen.d.next.echo = self.octet_0.val() == 128;
        self.seen.d.next.solicits = self.octet_0.val() == 135;
        self.seen.d.next.group = self.octet_0.val() == 255;
        self.seen.d.next.ragged = self.octet_5.val().get_bits::<3>(0).any();
        self.seen.d.next.far = self.octet_7.val() != 255;
        self.seen.d.next.no_length = self.octet_1.val() == 0;
        self.seen.d.next.is_source = self.octet_0.val() == 1;
        self.seen.d.next.option_rest = self.octet_1.val() - 1;
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
        if self.seen.q.val().other | (self.seen.q.val().arp_head & !self.seen.q.val().is_request) {
            self.findings.d.next.unanswerable = true;
        }
        if self.seen.q.val().step_0 {
            self.findings.d.next.far = self.seen.q.val().far;
            self.findings.d.next.ragged = self.seen.q.val().ragged;
        }
        if self.seen.q.val().step_1 {
            self.findings.d.next.half_zero = self.seen.q.val().zero;
        }
        if self.seen.q.val().step_2 {
            self.findings.d.next.unspecified = self.findings.q.val().half_zero & self.seen.q.val().zero & (self.kind.val() == 3);
        }
        if self.seen.q.val().step_3 {
            self.findings.d.next.to_group = self.seen.q.val().group;
            self.findings.d.next.half_solicited_node = self.seen.q.val().is_prefix;
        }
        if self.seen.q.val().step_4 {
            self.findings.d.next.solicited_node = self.findings.q.val().half_solicited_node & self.seen.q.val().is_rest;
        }
        if self.seen.q.val().step_5 {
            self.findings.d.next.solicitation = self.seen.q.val().solicits;
            if self.seen.q.val().echo & self.findings.q.val().to_group {
                self.findings.d.next.unanswerable = true;
            }
            if self.seen.q.val().echo & self.findings.q.val().unspecified {
                self.findings.d.next.invalid = true;
            }
            if self.seen.q.val().solicits
                & (self.findings.q.val().far
                    | self.findings.q.val().ragged
                    | (self.findings.q.val().unspecified & !self.findings.q.val().solicited_node))
            {
                self.findings.d.next.invalid = true;
            }
        }
        if self.seen.q.val().options {
            self.findings.d.next.option_left = self.left.val();
            if self.heads.val() & (self.seen.q.val().no_length | (self.seen.q.val().is_source & self.findings.q.val().unspecified)) {
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
            self.findings.d.next.unspecified = false;
            self.findings.d.next.option_left = 0.into();
        }
        self.unanswerable.next = self.findings.q.val().unanswerable;
        self.invalid.next = self.findings.q.val().invalid | self.source_group.val();
        self.solicitation.next = self.findings.q.val().solicitation;
        self.unspecified.next = self.findings.q.val().unspecified;
    }
    spareband_hdl::module_name!();
}
