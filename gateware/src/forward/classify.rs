//! What to do with a frame, from its header alone: balance, to one blade, to all, or drop (`spareband_spec::frame::class`).
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge |
//! | header_valid, the parser's fields | in | | a header |
//! | vip, vip_mask | in | 32 | service address, bits of it that count; mask 0 = every destination |
//! | blade_mac | in | N x 48 | bits 7..0 first on the wire |
//! | job_valid | out | 1 | the job_* are those of the header of 2 cycles ago |
//! | job_class, job_blade | out | 2, 4 | class; the blade if UNICAST |
//! | job_tracked, job_starts | out | 1 | has a place in the flow table; may open a flow there (SYN alone, or UDP) |
//! | job_fin, job_rst | out | 1 | TCP flags |
//! | job_source, job_destination, job_ports, job_protocol | out | 32, 32, 32, 8 | the flow; ports 0 for a fragment |
//!
//! Order: a blade's own address, a group address, a malformed header, the service address, all else. Of two blades with one address the lower
//! number counts. Latency: 2 cycles. Throughput: a header a cycle.

use rust_hdl::prelude::*;
use spareband_spec::frame::class;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Flow {
    valid: Bit,
    group: Bit,
    malformed: Bit,
    balanced: Bit,
    tracked: Bit,
    starts: Bit,
    fin: Bit,
    rst: Bit,
    source: Bits<32>,
    destination: Bits<32>,
    ports: Bits<32>,
    protocol: Bits<8>,
    /// Byte i of the destination is the service's.
    vip: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Job {
    valid: Bit,
    class: Bits<2>,
    blade: Bits<4>,
    tracked: Bit,
    starts: Bit,
    fin: Bit,
    rst: Bit,
    source: Bits<32>,
    destination: Bits<32>,
    ports: Bits<32>,
    protocol: Bits<8>,
}

#[derive(LogicBlock)]
pub struct Classifier<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub header_valid: Signal<In, Bit>,
    pub destination_mac: Signal<In, Bits<48>>,
    pub is_ipv4: Signal<In, Bit>,
    pub malformed: Signal<In, Bit>,
    pub is_fragment: Signal<In, Bit>,
    pub is_tcp: Signal<In, Bit>,
    pub is_udp: Signal<In, Bit>,
    pub source: Signal<In, Bits<32>>,
    pub destination: Signal<In, Bits<32>>,
    pub ports: Signal<In, Bits<32>>,
    pub protocol: Signal<In, Bits<8>>,
    pub syn: Signal<In, Bit>,
    pub ack: Signal<In, Bit>,
    pub fin: Signal<In, Bit>,
    pub rst: Signal<In, Bit>,
    pub vip: Signal<In, Bits<32>>,
    pub vip_mask: Signal<In, Bits<32>>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub job_valid: Signal<Out, Bit>,
    pub job_class: Signal<Out, Bits<2>>,
    pub job_blade: Signal<Out, Bits<4>>,
    pub job_tracked: Signal<Out, Bit>,
    pub job_starts: Signal<Out, Bit>,
    pub job_fin: Signal<Out, Bit>,
    pub job_rst: Signal<Out, Bit>,
    pub job_source: Signal<Out, Bits<32>>,
    pub job_destination: Signal<Out, Bits<32>>,
    pub job_ports: Signal<Out, Bits<32>>,
    pub job_protocol: Signal<Out, Bits<8>>,
    flow: DFF<Flow>,
    job: DFF<Job>,
    /// Bit i: 16 bits number i of the destination are the blade's.
    mac_parts: [DFF<Bits<3>>; N],
    malformed_class: Constant<Bits<2>>,
    unicast_class: Constant<Bits<2>>,
    flood_class: Constant<Bits<2>>,
    balance_class: Constant<Bits<2>>,
    difference: Signal<Local, Bits<48>>,
    parts: Signal<Local, Bits<3>>,
    addressed: Signal<Local, Bit>,
    foreign: Signal<Local, Bits<32>>,
    vip_bytes: Signal<Local, Bits<4>>,
}

impl<const N: usize> Default for Classifier<N> {
    fn default() -> Self {
        with_defaults!(Self {
            malformed_class: Constant::new(class::MALFORMED.to_bits()),
            unicast_class: Constant::new(class::UNICAST.to_bits()),
            flood_class: Constant::new(class::FLOOD.to_bits()),
            balance_class: Constant::new(class::BALANCE.to_bits()),
        }
            defaults clk reset header_valid destination_mac is_ipv4 malformed is_fragment is_tcp is_udp source destination ports
            protocol syn ack fin rst vip vip_mask job_valid job_class job_blade job_tracked job_starts job_fin job_rst job_source
            job_destination job_ports job_protocol flow job difference parts addressed foreign vip_bytes
            ; arrays blade_mac mac_parts)
    }
}

impl<const N: usize> Logic for Classifier<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, flow, job);
        // First: wide comparisons in pieces.
        self.flow.d.next.valid = self.header_valid.val();
        self.flow.d.next.group = self.destination_mac.val().get_bit(0);
        self.flow.d.next.malformed = self.malformed.val();
        self.flow.d.next.balanced = self.is_ipv4.val() & (self.is_tcp.val() | self.is_udp.val());
        self.flow.d.next.tracked = !self.is_fragment.val();
        self.flow.d.next.starts =
            !self.is_fragment.val() & (self.is_udp.val() | (self.syn.val() & !self.ack.val() & !self.fin.val() & !self.rst.val()));
        self.flow.d.next.fin = self.is_tcp.val() & self.fin.val();
        self.flow.d.next.rst = self.is_tcp.val() & self.rst.val();
        self.flow.d.next.source = self.source.val();
        self.flow.d.next.destination = self.destination.val();
        self.flow.d.next.ports = self.ports.val();
        self.flow.d.next.protocol = self.protocol.val();
        self.foreign.next = (self.destination.val() ^ self.vip.val()) & self.vip_mask.val();
        self.vip_bytes.next = 0.into();
        for i in 0..4 {
            self.vip_bytes.next = self.vip_bytes.val().replace_bit(i, !self.foreign.val().get_bits::<8>(8 * i).any());
        }
        self.flow.d.next.vip = self.vip_bytes.val();
        for i in 0..N {
            self.mac_parts[i].clock.next = self.clk.val();
            self.difference.next = self.destination_mac.val() ^ self.blade_mac[i].val();
            self.parts.next = 0.into();
            for k in 0..3 {
                self.parts.next = self.parts.val().replace_bit(k, !self.difference.val().get_bits::<16>(16 * k).any());
            }
            self.mac_parts[i].d.next = self.parts.val();
        }
        // Second: the order of the rules, the last that holds wins.
        self.job.d.next.valid = self.flow.q.val().valid;
        self.job.d.next.class = self.flood_class.val();
        self.job.d.next.blade = 0.into();
        if self.flow.q.val().balanced & self.flow.q.val().vip.all() {
            self.job.d.next.class = self.balance_class.val();
        }
        if self.flow.q.val().malformed {
            self.job.d.next.class = self.malformed_class.val();
        }
        if self.flow.q.val().group {
            self.job.d.next.class = self.flood_class.val();
        }
        self.addressed.next = false;
        for i in 0..N {
            if self.mac_parts[i].q.val().all() & !self.addressed.val() {
                self.addressed.next = true;
                self.job.d.next.class = self.unicast_class.val();
                self.job.d.next.blade = i.to_bits::<4>();
            }
        }
        self.job.d.next.tracked = self.flow.q.val().tracked;
        self.job.d.next.starts = self.flow.q.val().starts;
        self.job.d.next.fin = self.flow.q.val().fin;
        self.job.d.next.rst = self.flow.q.val().rst;
        self.job.d.next.source = self.flow.q.val().source;
        self.job.d.next.destination = self.flow.q.val().destination;
        self.job.d.next.ports = self.flow.q.val().ports;
        self.job.d.next.protocol = self.flow.q.val().protocol;
        self.job_valid.next = self.job.q.val().valid;
        self.job_class.next = self.job.q.val().class;
        self.job_blade.next = self.job.q.val().blade;
        self.job_tracked.next = self.job.q.val().tracked;
        self.job_starts.next = self.job.q.val().starts;
        self.job_fin.next = self.job.q.val().fin;
        self.job_rst.next = self.job.q.val().rst;
        self.job_source.next = self.job.q.val().source;
        self.job_destination.next = self.job.q.val().destination;
        self.job_ports.next = self.job.q.val().ports;
        self.job_protocol.next = self.job.q.val().protocol;
        if self.reset.val() {
            self.flow.d.next.valid = false;
            self.job.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
