//! What a protocol number (IPv4) or next header value (IPv6) means to the parser: `spareband_spec::frame::next_header`, one bit each.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | octet | in | 8 | the number |
//! | meaning | out | 8 | at most one bit set; none: not understood |
//!
//! No clock, no latency.

use rust_hdl::prelude::*;
use spareband_spec::frame::{
    PROTOCOL_AUTHENTICATION, PROTOCOL_DESTINATION_OPTIONS, PROTOCOL_FRAGMENT, PROTOCOL_HOP_BY_HOP, PROTOCOL_ICMP, PROTOCOL_ICMPV6,
    PROTOCOL_ROUTING, PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP,
};

#[derive(LogicBlock)]
pub struct NextHeader {
    pub octet: Signal<In, Bits<8>>,
    pub meaning: Signal<Out, Bits<8>>,
    tcp: Constant<Bits<8>>,
    udp: Constant<Bits<8>>,
    sctp: Constant<Bits<8>>,
    icmp: Constant<Bits<8>>,
    icmpv6: Constant<Bits<8>>,
    hop_by_hop: Constant<Bits<8>>,
    routing: Constant<Bits<8>>,
    destination_options: Constant<Bits<8>>,
    fragment: Constant<Bits<8>>,
    authentication: Constant<Bits<8>>,
    is_options: Signal<Local, Bit>,
}

impl Default for NextHeader {
    fn default() -> Self {
        with_defaults!(Self {
            tcp: Constant::new(PROTOCOL_TCP.to_bits()),
            udp: Constant::new(PROTOCOL_UDP.to_bits()),
            sctp: Constant::new(PROTOCOL_SCTP.to_bits()),
            icmp: Constant::new(PROTOCOL_ICMP.to_bits()),
            icmpv6: Constant::new(PROTOCOL_ICMPV6.to_bits()),
            hop_by_hop: Constant::new(PROTOCOL_HOP_BY_HOP.to_bits()),
            routing: Constant::new(PROTOCOL_ROUTING.to_bits()),
            destination_options: Constant::new(PROTOCOL_DESTINATION_OPTIONS.to_bits()),
            fragment: Constant::new(PROTOCOL_FRAGMENT.to_bits()),
            authentication: Constant::new(PROTOCOL_AUTHENTICATION.to_bits()),
        }
            defaults octet meaning is_options)
    }
}

impl Logic for NextHeader {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_options.next = (self.octet.val() == self.hop_by_hop.val())
            | (self.octet.val() == self.routing.val())
            | (self.octet.val() == self.destination_options.val());
        // The order is that of `spareband_spec::frame::next_header`.
        self.meaning.next = bit_cast::<8, 1>((self.octet.val() == self.tcp.val()).into())
            | (bit_cast::<8, 1>((self.octet.val() == self.udp.val()).into()) << 1)
            | (bit_cast::<8, 1>((self.octet.val() == self.sctp.val()).into()) << 2)
            | (bit_cast::<8, 1>((self.octet.val() == self.icmp.val()).into()) << 3)
            | (bit_cast::<8, 1>((self.octet.val() == self.icmpv6.val()).into()) << 4)
            | (bit_cast::<8, 1>(self.is_options.val().into()) << 5)
            | (bit_cast::<8, 1>((self.octet.val() == self.fragment.val()).into()) << 6)
            | (bit_cast::<8, 1>((self.octet.val() == self.authentication.val()).into()) << 7);
    }
    spareband_hdl::module_name!();
}
