//! What to do with a frame, from its header and two tables: balance, to one blade, to all, to the responder, or drop (`spareband_spec::frame::class`).
//!
//! > Each header that is taken gives one job, in order.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets a header under way |
//! | head_valid, head_take | in, out | 1 | a header waits; it is taken in the next cycle. Its fields stand until then |
//! | destination_mac .. rst | in | | the fields of `FrameParser` |
//! | own_mac | in | 48 | the manager's own address; bits 7..0 first on the wire |
//! | vip, vip_mask | in | 32 | IPv4 TCP, UDP and SCTP to this address under this mask is balanced though no service takes it; mask 0: all |
//! | blade_mac | in | N x 48 | bits 7..0 first on the wire |
//! | lookup, lookup_ready | out, in | 1 | look service and address up; both tables take it where both are set |
//! | key_address, key_is_ipv6, key_protocol, key_port | out | 128, 1, 8, 16 | for `ServiceTable`, see `spareband_spec::service` |
//! | result_soon, found, enabled, service, blade_set, policy, timeout_class, udp_per_packet, rewrite, sticky_by_source | in | | its result, in the cycle after `result_soon` |
//! | mac_found, mac_port | in | 1, 5 | result of `MacTable`, with or before that of `ServiceTable` |
//! | default_policy | in | 4 | selection rule where no service took the frame |
//! | storm | in | 1 | no more frames may be flooded now |
//! | flooding | out | 1 | pulse: a frame is flooded |
//! | job_valid | out | 1 | pulse: the job_* are those of the header taken in the last cycle |
//! | job_class, job_blade | out | 3, 4 | class; the blade if UNICAST |
//! | job_tracked, job_starts, job_datagram | out | 1 | has a place in the flow table; may open a flow there; which then is no half-open one |
//! | job_each | out | 1 | balanced by itself: never in the flow table |
//! | job_fin, job_rst | out | 1 | TCP flags that close the flow |
//! | job_in_service, job_service, job_blade_set, job_policy, job_timeout_class, job_rewrite | out | 1, 6, 16, 4, 2, 1 | parameters of the service, or the default's |
//! | job_is_ipv6, job_source, job_destination, job_ports, job_protocol | out | 1, 128, 128, 32, 8 | the flow's key |
//!
//! Order: malformed; a question for the responder (ARP, neighbour solicitation, echo) that an address entry takes; a blade's own address, that of a
//! register before a learned one, of two registers the lower number; a group address; a service; the default rule; the manager's own address; an
//! address known behind the uplink; all else. Latency: 10 cycles from a header offered to its job; throughput: a header in 9 cycles
//! (`latency_and_throughput`). A frame that turns out to be bad at its end has counted for the storm limit.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use rust_hdl::prelude::*;
use spareband_spec::frame::class;
use spareband_spec::mac_table::UPLINK_PORT;
use spareband_spec::service::{ADDRESS_PROTOCOL, ECHO_PROTOCOL, FRAGMENT_PROTOCOL_BIT};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Asking {
    /// The key is made; the tables have taken it.
    keyed: Bit,
    asked: Bit,
    /// The first without the second.
    asks: Bit,
    /// The result is there.
    taken: Bit,
    address: Bits<128>,
    is_ipv6: Bit,
    protocol: Bits<8>,
    port: Bits<16>,
    /// Of the head, settled long before the answer comes.
    own: Bits<3>,
    vip: Bits<4>,
    question: Bit,
    balanceable: Bit,
    by_default: Bit,
    /// What these bits say together.
    is_own: Bit,
    default_takes: Bit,
    whole: Bit,
    starts: Bit,
    addressed: Bit,
    blade: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Job {
    valid: Bit,
    flooding: Bit,
    class: Bits<3>,
    blade: Bits<4>,
    tracked: Bit,
    starts: Bit,
    datagram: Bit,
    each: Bit,
    fin: Bit,
    rst: Bit,
    in_service: Bit,
    service: Bits<6>,
    blade_set: Bits<16>,
    policy: Bits<4>,
    timeout_class: Bits<2>,
    rewrite: Bit,
    is_ipv6: Bit,
    source: Bits<128>,
    destination: Bits<128>,
    ports: Bits<32>,
    protocol: Bits<8>,
}

#[derive(LogicBlock)]
pub struct Classifier<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub head_valid: Signal<In, Bit>,
    pub head_take: Signal<Out, Bit>,
    pub destination_mac: Signal<In, Bits<48>>,
    pub is_ipv4: Signal<In, Bit>,
    pub is_ipv6: Signal<In, Bit>,
    pub is_arp_request: Signal<In, Bit>,
    pub malformed: Signal<In, Bit>,
    pub is_fragment: Signal<In, Bit>,
    pub is_tcp: Signal<In, Bit>,
    pub is_udp: Signal<In, Bit>,
    pub is_sctp: Signal<In, Bit>,
    pub has_ports: Signal<In, Bit>,
    pub is_icmp_error: Signal<In, Bit>,
    pub is_echo_request: Signal<In, Bit>,
    pub is_neighbour_solicitation: Signal<In, Bit>,
    pub source: Signal<In, Bits<128>>,
    pub destination: Signal<In, Bits<128>>,
    pub ports: Signal<In, Bits<32>>,
    pub protocol: Signal<In, Bits<8>>,
    pub syn: Signal<In, Bit>,
    pub ack: Signal<In, Bit>,
    pub fin: Signal<In, Bit>,
    pub rst: Signal<In, Bit>,
    pub own_mac: Signal<In, Bits<48>>,
    pub vip: Signal<In, Bits<32>>,
    pub vip_mask: Signal<In, Bits<32>>,
    pub blade_mac: [Signal<In, Bits<48>>; N],
    pub lookup: Signal<Out, Bit>,
    pub lookup_ready: Signal<In, Bit>,
    pub key_address: Signal<Out, Bits<128>>,
    pub key_is_ipv6: Signal<Out, Bit>,
    pub key_protocol: Signal<Out, Bits<8>>,
    pub key_port: Signal<Out, Bits<16>>,
    pub result_soon: Signal<In, Bit>,
    pub found: Signal<In, Bit>,
    pub enabled: Signal<In, Bit>,
    pub service: Signal<In, Bits<6>>,
    pub blade_set: Signal<In, Bits<16>>,
    pub policy: Signal<In, Bits<4>>,
    pub timeout_class: Signal<In, Bits<2>>,
    pub udp_per_packet: Signal<In, Bit>,
    pub rewrite: Signal<In, Bit>,
    pub sticky_by_source: Signal<In, Bit>,
    pub mac_found: Signal<In, Bit>,
    pub mac_port: Signal<In, Bits<5>>,
    pub default_policy: Signal<In, Bits<4>>,
    pub storm: Signal<In, Bit>,
    pub flooding: Signal<Out, Bit>,
    pub job_valid: Signal<Out, Bit>,
    pub job_class: Signal<Out, Bits<3>>,
    pub job_blade: Signal<Out, Bits<4>>,
    pub job_tracked: Signal<Out, Bit>,
    pub job_starts: Signal<Out, Bit>,
    pub job_datagram: Signal<Out, Bit>,
    pub job_each: Signal<Out, Bit>,
    pub job_fin: Signal<Out, Bit>,
    pub job_rst: Signal<Out, Bit>,
    pub job_in_service: Signal<Out, Bit>,
    pub job_service: Signal<Out, Bits<6>>,
    pub job_blade_set: Signal<Out, Bits<16>>,
    pub job_policy: Signal<Out, Bits<4>>,
    pub job_timeout_class: Signal<Out, Bits<2>>,
    pub job_rewrite: Signal<Out, Bit>,
    pub job_is_ipv6: Signal<Out, Bit>,
    pub job_source: Signal<Out, Bits<128>>,
    pub job_destination: Signal<Out, Bits<128>>,
    pub job_ports: Signal<Out, Bits<32>>,
    pub job_protocol: Signal<Out, Bits<8>>,
    asking: DFF<Asking>,
    job: DFF<Job>,
    /// Bit i: 16 bits number i of the destination are the blade's.
    mac_parts: [DFF<Bits<3>>; N],
    malformed_class: Constant<Bits<3>>,
    unicast_class: Constant<Bits<3>>,
    flood_class: Constant<Bits<3>>,
    balance_class: Constant<Bits<3>>,
    respond_class: Constant<Bits<3>>,
    no_service_class: Constant<Bits<3>>,
    filtered_class: Constant<Bits<3>>,
    storm_class: Constant<Bits<3>>,
    address_protocol: Constant<Bits<8>>,
    echo_protocol: Constant<Bits<8>>,
    fragment_bit: Constant<Bits<8>>,
    uplink_port: Constant<Bits<5>>,
    difference: Signal<Local, Bits<48>>,
    parts: Signal<Local, Bits<3>>,
    foreign: Signal<Local, Bits<32>>,
    vip_bytes: Signal<Local, Bits<4>>,
    transport: Signal<Local, Bit>,
    opening: Signal<Local, Bit>,
    addressed: Signal<Local, Bit>,
    addressee: Signal<Local, Bits<4>>,
    takes: Signal<Local, Bit>,
    service_takes: Signal<Local, Bit>,
    decided: Signal<Local, Bits<3>>,
    sticky: Signal<Local, Bit>,
    each: Signal<Local, Bit>,
}

impl<const N: usize> Default for Classifier<N> {
    fn default() -> Self {
        with_defaults!(Self {
            malformed_class: Constant::new(class::MALFORMED.to_bits()),
            unicast_class: Constant::new(class::UNICAST.to_bits()),
            flood_class: Constant::new(class::FLOOD.to_bits()),
            balance_class: Constant::new(class::BALANCE.to_bits()),
            respond_class: Constant::new(class::RESPOND.to_bits()),
            no_service_class: Constant::new(class::NO_SERVICE.to_bits()),
            filtered_class: Constant::new(class::FILTERED.to_bits()),
            storm_class: Constant::new(class::STORM.to_bits()),
            address_protocol: Constant::new(ADDRESS_PROTOCOL.to_bits()),
            echo_protocol: Constant::new(ECHO_PROTOCOL.to_bits()),
            fragment_bit: Constant::new(FRAGMENT_PROTOCOL_BIT.to_bits()),
            uplink_port: Constant::new(UPLINK_PORT.to_bits()),
        }
            defaults clk reset head_valid head_take destination_mac is_ipv4 is_ipv6 is_arp_request malformed is_fragment is_tcp is_udp
            is_sctp has_ports is_icmp_error is_echo_request is_neighbour_solicitation source destination ports protocol syn ack fin rst
            own_mac vip vip_mask lookup lookup_ready key_address key_is_ipv6 key_protocol key_port result_soon found enabled service
            blade_set policy timeout_class udp_per_packet rewrite sticky_by_source mac_found mac_port default_policy storm flooding
            job_valid job_class job_blade job_tracked job_starts job_datagram job_each job_fin job_rst job_in_service job_service
            job_blade_set job_policy job_timeout_class job_rewrite job_is_ipv6 job_source job_destination job_ports job_protocol asking job
            difference parts foreign vip_bytes transport opening addressed addressee takes service_takes decided sticky each
            ; arrays blade_mac mac_parts)
    }
}

impl<const N: usize> Logic for Classifier<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, asking, job);
        // The key, and what the head alone says: its fields stand still for the 9 cycles that the tables take.
        self.transport.next = self.is_tcp.val() | self.is_udp.val() | self.is_sctp.val();
        self.asking.d.next.keyed = self.head_valid.val();
        self.asking.d.next.address = self.destination.val();
        self.asking.d.next.is_ipv6 = self.is_ipv6.val();
        self.asking.d.next.protocol = self.protocol.val();
        self.asking.d.next.port = 0.into();
        if self.is_arp_request.val() | self.is_neighbour_solicitation.val() {
            self.asking.d.next.protocol = self.address_protocol.val();
        } else if self.is_echo_request.val() {
            self.asking.d.next.protocol = self.echo_protocol.val();
        } else if self.is_fragment.val() {
            self.asking.d.next.protocol = self.protocol.val() ^ self.fragment_bit.val();
        } else if self.has_ports.val() {
            self.asking.d.next.port = self.ports.val().get_bits::<16>(0);
        }
        self.asking.d.next.question = self.is_arp_request.val() | self.is_neighbour_solicitation.val() | self.is_echo_request.val();
        self.asking.d.next.balanceable = self.is_ipv4.val() | self.is_ipv6.val();
        self.asking.d.next.by_default = self.is_ipv4.val() & self.transport.val();
        self.asking.d.next.whole = self.has_ports.val() & !self.is_fragment.val();
        // SCTP's INIT comes as SYN; a quoted packet has no flags.
        self.opening.next = self.syn.val() & !self.ack.val() & !self.fin.val() & !self.rst.val();
        self.asking.d.next.starts = !self.is_icmp_error.val() & (self.is_udp.val() | self.opening.val());
        self.foreign.next = (self.destination.val().get_bits::<32>(0) ^ self.vip.val()) & self.vip_mask.val();
        self.vip_bytes.next = 0.into();
        for i in 0..4 {
            self.vip_bytes.next = self.vip_bytes.val().replace_bit(i, !self.foreign.val().get_bits::<8>(8 * i).any());
        }
        self.asking.d.next.vip = self.vip_bytes.val();
        self.difference.next = self.destination_mac.val() ^ self.own_mac.val();
        self.parts.next = 0.into();
        for k in 0..3 {
            self.parts.next = self.parts.val().replace_bit(k, !self.difference.val().get_bits::<16>(16 * k).any());
        }
        self.asking.d.next.own = self.parts.val();
        self.addressed.next = false;
        self.addressee.next = 0.into();
        for i in 0..N {
            self.mac_parts[i].clock.next = self.clk.val();
            self.difference.next = self.destination_mac.val() ^ self.blade_mac[i].val();
            self.parts.next = 0.into();
            for k in 0..3 {
                self.parts.next = self.parts.val().replace_bit(k, !self.difference.val().get_bits::<16>(16 * k).any());
            }
            self.mac_parts[i].d.next = self.parts.val();
            if self.mac_parts[i].q.val().all() & !self.addressed.val() {
                self.addressed.next = true;
                self.addressee.next = i.to_bits::<4>();
            }
        }
        self.asking.d.next.addressed = self.addressed.val();
        self.asking.d.next.blade = self.addressee.val();

        // The tables.
        self.lookup.next = self.asking.q.val().asks;
        self.asking.d.next.asks = self.head_valid.val() & !self.asking.q.val().asked;
        self.key_address.next = self.asking.q.val().address;
        self.key_is_ipv6.next = self.asking.q.val().is_ipv6;
        self.key_protocol.next = self.asking.q.val().protocol;
        self.key_port.next = self.asking.q.val().port;
        if self.asking.q.val().keyed & self.lookup_ready.val() {
            self.asking.d.next.asked = true;
            self.asking.d.next.asks = false;
        }
        // Said a cycle before: the whole width of the headers' queue hangs on it.
        self.takes.next = self.asking.q.val().asked & self.result_soon.val();
        self.asking.d.next.taken = self.takes.val();
        self.head_take.next = self.takes.val();
        if self.asking.q.val().taken {
            self.asking.d.next.keyed = false;
            self.asking.d.next.asked = false;
            self.asking.d.next.asks = false;
        }

        // The order of the rules: the last that holds wins.
        self.service_takes.next = self.found.val() & self.enabled.val() & self.asking.q.val().balanceable & !self.asking.q.val().question;
        self.asking.d.next.is_own = self.asking.q.val().own.all();
        self.asking.d.next.default_takes = self.asking.q.val().by_default & self.asking.q.val().vip.all();
        self.decided.next = self.flood_class.val();
        if self.mac_found.val() & (self.mac_port.val() == self.uplink_port.val()) {
            self.decided.next = self.filtered_class.val();
        }
        if self.asking.q.val().is_own {
            self.decided.next = self.no_service_class.val();
        }
        if self.service_takes.val() | self.asking.q.val().default_takes {
            self.decided.next = self.balance_class.val();
        }
        if self.destination_mac.val().get_bit(0) {
            self.decided.next = self.flood_class.val();
        }
        if self.asking.q.val().addressed | (self.mac_found.val() & (self.mac_port.val() != self.uplink_port.val())) {
            self.decided.next = self.unicast_class.val();
        }
        if self.asking.q.val().question & self.found.val() {
            self.decided.next = self.respond_class.val();
        }
        if self.malformed.val() {
            self.decided.next = self.malformed_class.val();
        }
        self.job.d.next.valid = self.asking.q.val().taken;
        self.job.d.next.flooding = self.asking.q.val().taken & !self.storm.val() & (self.decided.val() == self.flood_class.val());
        self.job.d.next.class = self.decided.val();
        if self.storm.val() & (self.decided.val() == self.flood_class.val()) {
            self.job.d.next.class = self.storm_class.val();
        }
        self.job.d.next.blade = self.mac_port.val().get_bits::<4>(0);
        if self.asking.q.val().addressed {
            self.job.d.next.blade = self.asking.q.val().blade;
        }

        // The flow and how it is balanced.
        self.sticky.next = self.service_takes.val() & self.sticky_by_source.val();
        self.each.next = self.service_takes.val() & self.udp_per_packet.val() & self.is_udp.val() & !self.is_icmp_error.val();
        self.job.d.next.each = self.each.val();
        self.job.d.next.tracked = (self.asking.q.val().whole | self.sticky.val()) & !self.each.val();
        self.job.d.next.starts = self.asking.q.val().starts & (self.asking.q.val().whole | self.sticky.val());
        self.job.d.next.datagram = !self.is_tcp.val();
        // A flow of all of a client's connections outlasts each of them.
        self.job.d.next.fin = self.is_tcp.val() & self.fin.val() & !self.sticky.val();
        self.job.d.next.rst = self.is_tcp.val() & self.rst.val() & !self.sticky.val();
        self.job.d.next.in_service = self.service_takes.val();
        self.job.d.next.service = self.service.val();
        self.job.d.next.blade_set = self.blade_set.val();
        self.job.d.next.policy = self.policy.val();
        self.job.d.next.timeout_class = self.timeout_class.val();
        self.job.d.next.rewrite = self.rewrite.val();
        if !self.service_takes.val() {
            self.job.d.next.blade_set = 0xFFFF.into();
            self.job.d.next.policy = self.default_policy.val();
            self.job.d.next.timeout_class = 0.into();
            self.job.d.next.rewrite = true;
        }
        self.job.d.next.is_ipv6 = self.is_ipv6.val();
        self.job.d.next.source = self.source.val();
        self.job.d.next.destination = self.destination.val();
        self.job.d.next.ports = 0.into();
        if self.asking.q.val().whole & !self.sticky.val() {
            self.job.d.next.ports = self.ports.val();
        }
        self.job.d.next.protocol = self.protocol.val();
        if self.sticky.val() {
            self.job.d.next.protocol = 0.into();
        }

        self.flooding.next = self.job.q.val().flooding;
        self.job_valid.next = self.job.q.val().valid;
        self.job_class.next = self.job.q.val().class;
        self.job_blade.next = self.job.q.val().blade;
        self.job_tracked.next = self.job.q.val().tracked;
        self.job_starts.next = self.job.q.val().starts;
        self.job_datagram.next = self.job.q.val().datagram;
        self.job_each.next = self.job.q.val().each;
        self.job_fin.next = self.job.q.val().fin;
        self.job_rst.next = self.job.q.val().rst;
        self.job_in_service.next = self.job.q.val().in_service;
        self.job_service.next = self.job.q.val().service;
        self.job_blade_set.next = self.job.q.val().blade_set;
        self.job_policy.next = self.job.q.val().policy;
        self.job_timeout_class.next = self.job.q.val().timeout_class;
        self.job_rewrite.next = self.job.q.val().rewrite;
        self.job_is_ipv6.next = self.job.q.val().is_ipv6;
        self.job_source.next = self.job.q.val().source;
        self.job_destination.next = self.job.q.val().destination;
        self.job_ports.next = self.job.q.val().ports;
        self.job_protocol.next = self.job.q.val().protocol;
        if self.reset.val() {
            self.asking.d.next.keyed = false;
            self.asking.d.next.asked = false;
            self.asking.d.next.asks = false;
            self.asking.d.next.taken = false;
            self.job.d.next.valid = false;
            self.job.d.next.flooding = false;
        }
    }
    spareband_hdl::module_name!();
}
