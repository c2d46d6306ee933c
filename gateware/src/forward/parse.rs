//! Parser of the uplink's frames: Ethernet II with at most one 802.1Q tag, IPv4 with options (RFC 791), TCP and UDP.
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
//! | word_valid, word_data, word_keep, word_last, word_error | out | 1, 64, 8, 1, 1 | the admitted frames, 3 cycles later; error with last |
//! | end_valid, end_cause | out | 1, 3 | an admitted frame ended; why it is bad, 0 = good, 5 = truncated |
//! | header_valid | out | 1 | the other header_* and the fields hold what a frame's header says, until the next frame |
//! | destination_mac | out | 48 | bits 7..0 first on the wire |
//! | is_ipv4, malformed, is_fragment, is_tcp, is_udp | out | 1 | kind of packet |
//! | source, destination, ports, protocol | out | 32, 32, 32, 8 | as written: first byte most significant; ports: source port in the upper half |
//! | syn, ack, fin, rst | out | 1 | TCP flags |
//!
//! Latency: 3 cycles from the word that completes the header to `header_valid`, 3 from the last word to `end_valid`. Throughput: a word a
//! cycle, no gap between frames. Malformed is an IPv4 packet with another version, a header or total length too short for what it says to
//! hold, or a TCP data offset below 5. Truncated is one longer than its frame. Shorter than 60 bytes is a runt whatever the MAC says, and an
//! error without a cause a coding error. Not looked at: IPv4 and L4 checksums, a second tag.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use rust_hdl::prelude::*;
use spareband_spec::frame::{
    CAUSE_TRUNCATED, ETHERTYPE_IPV4, ETHERTYPE_VLAN, MIN_DATA_OFFSET, MIN_FRAME_BYTES, MIN_IHL, PROTOCOL_TCP, PROTOCOL_UDP,
    TCP_HEADER_BYTES, UDP_HEADER_BYTES,
};
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
    data: Bits<64>,
    keep: Bits<8>,
}

/// Eight bytes from the start of the IPv4 header on, in steps of eight.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Aligned {
    valid: Bit,
    first: Bit,
    third: Bit,
    last: Bit,
    cause: Bits<3>,
    /// Bytes up to here.
    length: Bits<16>,
    /// Whether `step` counts already.
    in_packet: Bit,
    step: Bits<4>,
    data: Bits<64>,
    destination_mac: Bits<48>,
    has_tag: Bit,
    is_ipv4: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Header {
    reported: Bit,
    valid: Bit,
    ended: Bit,
    cause: Bits<3>,
    destination_mac: Bits<48>,
    is_ipv4: Bit,
    malformed: Bit,
    is_fragment: Bit,
    is_tcp: Bit,
    is_udp: Bit,
    source: Bits<32>,
    destination: Bits<32>,
    ports: Bits<32>,
    protocol: Bits<8>,
    syn: Bit,
    ack: Bit,
    fin: Bit,
    rst: Bit,
    ihl: Bits<4>,
    total_length: Bits<16>,
    /// Bytes of the frame that the packet needs.
    needed: Bits<17>,
    /// Bytes of the packet after its IPv4 header.
    payload: Bits<16>,
    payload_negative: Bit,
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
    pub is_ipv4: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    pub is_fragment: Signal<Out, Bit>,
    pub is_tcp: Signal<Out, Bit>,
    pub is_udp: Signal<Out, Bit>,
    pub source: Signal<Out, Bits<32>>,
    pub destination: Signal<Out, Bits<32>>,
    pub ports: Signal<Out, Bits<32>>,
    pub protocol: Signal<Out, Bits<8>>,
    pub syn: Signal<Out, Bit>,
    pub ack: Signal<Out, Bit>,
    pub fin: Signal<Out, Bit>,
    pub rst: Signal<Out, Bit>,
    arrival: DFF<Arrival>,
    word: DFF<Word>,
    previous: DFF<Bits<64>>,
    aligned: DFF<Aligned>,
    kept: DFF<Stored>,
    stored: DFF<Stored>,
    header: DFF<Header>,
    ethertype_ipv4: Constant<Bits<16>>,
    ethertype_vlan: Constant<Bits<16>>,
    protocol_tcp: Constant<Bits<8>>,
    protocol_udp: Constant<Bits<8>>,
    min_ihl: Constant<Bits<4>>,
    min_data_offset: Constant<Bits<4>>,
    tcp_header: Constant<Bits<16>>,
    udp_header: Constant<Bits<16>>,
    last_short_index: Constant<Bits<4>>,
    runt: Constant<Bits<3>>,
    coding: Constant<Bits<3>>,
    truncated: Constant<Bits<3>>,
    index: Signal<Local, Bits<4>>,
    count: Signal<Local, Bits<13>>,
    partial: Signal<Local, Bits<16>>,
    overhead: Signal<Local, Bits<17>>,
    accepted: Signal<Local, Bit>,
    is_runt: Signal<Local, Bit>,
    ethertype: Signal<Local, Bits<16>>,
    ethertype_tagged: Signal<Local, Bits<16>>,
    step: Signal<Local, Bits<4>>,
    at: Signal<Local, Bits<4>>,
    ihl: Signal<Local, Bits<4>>,
    l4: Signal<Local, Bits<32>>,
    flags: Signal<Local, Bits<16>>,
    ports_step: Signal<Local, Bits<4>>,
    flags_step: Signal<Local, Bits<4>>,
    header_bytes: Signal<Local, Bits<16>>,
    done: Signal<Local, Bit>,
    bad: Signal<Local, Bit>,
    fresh: Signal<Local, Bit>,
    data: Signal<Local, Bits<64>>,
    octet: Signal<Local, Bits<8>>,
    big_endian: Signal<Local, Bits<64>>,
}

impl Default for FrameParser {
    fn default() -> Self {
        with_defaults!(Self {
            ethertype_ipv4: Constant::new(ETHERTYPE_IPV4.to_bits()),
            ethertype_vlan: Constant::new(ETHERTYPE_VLAN.to_bits()),
            protocol_tcp: Constant::new(PROTOCOL_TCP.to_bits()),
            protocol_udp: Constant::new(PROTOCOL_UDP.to_bits()),
            min_ihl: Constant::new(MIN_IHL.to_bits()),
            min_data_offset: Constant::new(MIN_DATA_OFFSET.to_bits()),
            tcp_header: Constant::new(TCP_HEADER_BYTES.to_bits()),
            udp_header: Constant::new(UDP_HEADER_BYTES.to_bits()),
            last_short_index: Constant::new((MIN_FRAME_BYTES / 8).to_bits()),
            runt: Constant::new(frame_cause::RUNT.to_bits()),
            coding: Constant::new(frame_cause::CODING.to_bits()),
            truncated: Constant::new(CAUSE_TRUNCATED.to_bits()),
        }
            defaults clk reset rx_valid rx_data rx_keep rx_last rx_error rx_cause admit admitted frame_in overrun word_valid
            word_data word_keep word_last word_error end_valid end_cause header_valid destination_mac is_ipv4 malformed
            is_fragment is_tcp is_udp source destination ports protocol syn ack fin rst arrival word previous aligned kept stored
            header index count partial overhead accepted is_runt ethertype ethertype_tagged step at ihl l4 flags ports_step
            flags_step header_bytes done bad fresh data octet big_endian)
    }
}

impl Logic for FrameParser {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, arrival, word, previous, aligned, kept, stored, header);
        // Arrival: number the words, admit or refuse whole frames.
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
        // The words as they are stored. Byte 59 is the last that makes a frame.
        self.is_runt.next = self.word.q.val().last
            & ((self.word.q.val().index < self.last_short_index.val())
                | ((self.word.q.val().index == self.last_short_index.val()) & !self.word.q.val().keep.get_bit(3)));
        self.kept.d.next.data = self.word.q.val().data;
        self.kept.d.next.keep = self.word.q.val().keep;
        self.stored.d.next = self.kept.q.val();
        self.stored.d.next.valid = self.aligned.q.val().valid;
        self.word_valid.next = self.stored.q.val().valid;
        self.word_data.next = self.stored.q.val().data;
        self.word_keep.next = self.stored.q.val().keep;
        self.word_last.next = self.header.q.val().ended;
        self.word_error.next = self.header.q.val().ended & self.header.q.val().cause.any();
        // Bytes of the frame, which hold what its packet says it has.
        self.partial.next = 0.into();
        for i in 0..8 {
            if self.word.q.val().keep.get_bit(i) {
                self.partial.next = (i + 1).to_bits::<16>();
            }
        }
        self.aligned.d.next.length = (bit_cast::<16, 13>(self.word.q.val().count) << 3) + self.partial.val();
        // Alignment: the IPv4 header starts at byte 14 or, behind a tag, 18.
        self.data.next = self.word.q.val().data;
        self.ethertype.next =
            (bit_cast::<16, 8>(self.data.val().get_bits::<8>(32)) << 8) | bit_cast::<16, 8>(self.data.val().get_bits::<8>(40));
        self.ethertype_tagged.next =
            (bit_cast::<16, 8>(self.data.val().get_bits::<8>(0)) << 8) | bit_cast::<16, 8>(self.data.val().get_bits::<8>(8));
        self.step.next = self.word.q.val().index - 2;
        if self.aligned.q.val().has_tag {
            self.step.next = self.word.q.val().index - 3;
        }
        self.aligned.d.next.valid = self.word.q.val().valid;
        self.aligned.d.next.first = self.word.q.val().index == 0;
        self.aligned.d.next.third = self.word.q.val().index == 2;
        self.aligned.d.next.last = self.word.q.val().last;
        self.aligned.d.next.cause = 0.into();
        if self.word.q.val().error {
            self.aligned.d.next.cause = self.word.q.val().cause;
            if self.word.q.val().cause == 0 {
                self.aligned.d.next.cause = self.coding.val();
            }
        } else if self.is_runt.val() {
            self.aligned.d.next.cause = self.runt.val();
        }
        self.aligned.d.next.step = self.step.val();
        // Long frames stay at step 12 or 13, which no header reaches.
        self.aligned.d.next.in_packet = (self.word.q.val().index > 2) | ((self.word.q.val().index == 2) & !self.aligned.q.val().has_tag);
        if self.aligned.q.val().has_tag {
            self.aligned.d.next.data = (self.previous.q.val() >> 16) | (self.data.val() << 48);
        } else {
            self.aligned.d.next.data = (self.previous.q.val() >> 48) | (self.data.val() << 16);
        }
        if self.word.q.val().valid {
            self.previous.d.next = self.data.val();
            if self.word.q.val().index == 0 {
                self.aligned.d.next.destination_mac = self.data.val().get_bits::<48>(0);
                self.aligned.d.next.has_tag = false;
                self.aligned.d.next.is_ipv4 = false;
            }
            if self.word.q.val().index == 1 {
                self.aligned.d.next.has_tag = self.ethertype.val() == self.ethertype_vlan.val();
                self.aligned.d.next.is_ipv4 = self.ethertype.val() == self.ethertype_ipv4.val();
            }
            if (self.word.q.val().index == 2) & self.aligned.q.val().has_tag {
                self.aligned.d.next.is_ipv4 = self.ethertype_tagged.val() == self.ethertype_ipv4.val();
            }
        }
        // The packet, eight bytes a step. Network byte order: turn the word.
        self.big_endian.next = 0.into();
        for i in 0..8 {
            self.octet.next = self.aligned.q.val().data.get_bits::<8>(8 * i);
            self.big_endian.next = (self.big_endian.val() << 8) | bit_cast::<64, 8>(self.octet.val());
        }
        self.at.next = self.aligned.q.val().step;
        self.ihl.next = self.header.q.val().ihl;
        self.ports_step.next = self.ihl.val() >> 1;
        self.flags_step.next = (self.ihl.val() >> 1) + 1;
        self.l4.next = self.big_endian.val().get_bits::<32>(32);
        self.flags.next = self.big_endian.val().get_bits::<16>(16);
        if self.ihl.val().get_bit(0) {
            self.flags_step.next = (self.ihl.val() >> 1) + 2;
            self.l4.next = self.big_endian.val().get_bits::<32>(0);
            self.flags.next = self.big_endian.val().get_bits::<16>(48);
        }
        self.header_bytes.next = bit_cast::<16, 4>(self.ihl.val()) << 2;
        self.done.next = false;
        self.bad.next = false;
        self.header.d.next.valid = false;
        self.header.d.next.ended = self.aligned.q.val().valid & self.aligned.q.val().last;
        self.header.d.next.cause = self.aligned.q.val().cause;
        if self.aligned.q.val().is_ipv4
            & !self.aligned.q.val().cause.any()
            & (self.header.q.val().needed > bit_cast::<17, 16>(self.aligned.q.val().length))
        {
            self.header.d.next.cause = self.truncated.val();
        }
        self.overhead.next = 14.into();
        if self.aligned.q.val().has_tag {
            self.overhead.next = 18.into();
        }
        self.fresh.next = !self.header.q.val().reported;
        if self.aligned.q.val().valid {
            if self.aligned.q.val().first {
                self.fresh.next = true;
                self.header.d.next.destination_mac = self.aligned.q.val().destination_mac;
                self.header.d.next.malformed = false;
                self.header.d.next.is_fragment = false;
                self.header.d.next.is_tcp = false;
                self.header.d.next.is_udp = false;
            }
            if self.aligned.q.val().is_ipv4 & self.aligned.q.val().in_packet {
                if self.at.val() == 0 {
                    self.header.d.next.ihl = self.big_endian.val().get_bits::<4>(56);
                    self.header.d.next.total_length = self.big_endian.val().get_bits::<16>(32);
                    self.header.d.next.is_fragment = self.big_endian.val().get_bits::<13>(0).any() | self.big_endian.val().get_bit(13);
                    if (self.big_endian.val().get_bits::<4>(60) != 4) | (self.big_endian.val().get_bits::<4>(56) < self.min_ihl.val()) {
                        self.bad.next = true;
                        self.done.next = true;
                    }
                }
                if self.at.val() == 1 {
                    self.header.d.next.protocol = self.big_endian.val().get_bits::<8>(48);
                    self.header.d.next.is_tcp = self.big_endian.val().get_bits::<8>(48) == self.protocol_tcp.val();
                    self.header.d.next.is_udp = self.big_endian.val().get_bits::<8>(48) == self.protocol_udp.val();
                    self.header.d.next.source = self.big_endian.val().get_bits::<32>(0);
                    self.header.d.next.needed = bit_cast::<17, 16>(self.header.q.val().total_length) + self.overhead.val();
                    self.header.d.next.payload = self.header.q.val().total_length - self.header_bytes.val();
                    self.header.d.next.payload_negative = self.header.q.val().total_length < self.header_bytes.val();
                }
                if self.at.val() == 2 {
                    self.header.d.next.destination = self.big_endian.val().get_bits::<32>(32);
                    self.header.d.next.ports = 0.into();
                    self.bad.next = self.header.q.val().payload_negative;
                    self.done.next = self.header.q.val().payload_negative
                        | self.header.q.val().is_fragment
                        | !(self.header.q.val().is_tcp | self.header.q.val().is_udp);
                }
                if (self.at.val() == self.ports_step.val())
                    & (self.at.val() > 1)
                    & !self.header.q.val().is_fragment
                    & (self.header.q.val().is_tcp | self.header.q.val().is_udp)
                {
                    self.header.d.next.ports = self.l4.val();
                    if self.header.q.val().is_udp {
                        self.done.next = true;
                        if self.header.q.val().payload < self.udp_header.val() {
                            self.bad.next = true;
                        }
                    }
                }
                if (self.at.val() == self.flags_step.val())
                    & (self.at.val() > 2)
                    & !self.header.q.val().is_fragment
                    & self.header.q.val().is_tcp
                {
                    self.done.next = true;
                    self.header.d.next.fin = self.flags.val().get_bit(0);
                    self.header.d.next.syn = self.flags.val().get_bit(1);
                    self.header.d.next.rst = self.flags.val().get_bit(2);
                    self.header.d.next.ack = self.flags.val().get_bit(4);
                    if (self.flags.val().get_bits::<4>(12) < self.min_data_offset.val())
                        | (self.header.q.val().payload < self.tcp_header.val())
                    {
                        self.bad.next = true;
                    }
                }
            }
            if !self.aligned.q.val().is_ipv4 & self.aligned.q.val().third {
                self.done.next = true;
            }
            // A frame that ends before its packet's header does.
            if self.aligned.q.val().last & !self.done.val() {
                self.done.next = true;
                self.bad.next = self.aligned.q.val().is_ipv4;
            }
            self.header.d.next.reported = !self.fresh.val() | self.done.val();
            if self.fresh.val() & self.done.val() {
                self.header.d.next.valid = true;
                self.header.d.next.is_ipv4 = self.aligned.q.val().is_ipv4;
                self.header.d.next.malformed = self.bad.val();
            }
        }
        self.end_valid.next = self.header.q.val().ended;
        self.end_cause.next = self.header.q.val().cause;
        self.header_valid.next = self.header.q.val().valid;
        self.destination_mac.next = self.header.q.val().destination_mac;
        self.is_ipv4.next = self.header.q.val().is_ipv4;
        self.malformed.next = self.header.q.val().malformed;
        self.is_fragment.next = self.header.q.val().is_fragment;
        self.is_tcp.next = self.header.q.val().is_tcp;
        self.is_udp.next = self.header.q.val().is_udp;
        self.source.next = self.header.q.val().source;
        self.destination.next = self.header.q.val().destination;
        self.ports.next = self.header.q.val().ports;
        self.protocol.next = self.header.q.val().protocol;
        self.syn.next = self.header.q.val().syn;
        self.ack.next = self.header.q.val().ack;
        self.fin.next = self.header.q.val().fin;
        self.rst.next = self.header.q.val().rst;
        if self.reset.val() {
            self.arrival.d.next.in_frame = false;
            self.word.d.next.valid = false;
            self.aligned.d.next.valid = false;
            self.stored.d.next.valid = false;
            self.header.d.next.valid = false;
            self.header.d.next.ended = false;
        }
    }
    spareband_hdl::module_name!();
}
