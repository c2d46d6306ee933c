//! IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200, RFC 4302). `None`: malformed.
use super::icmp::{self, Icmp};
use super::protocol::{AUTHENTICATION, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, ROUTING};
use super::transport::{self, Flags};
use crate::plane_model::rewrite::half;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Extension headers that are walked along (RFC 8200 4.1 recommends an order of eight).
pub const MAX_EXTENSION_HEADERS: usize = 8;
pub const IPV6_HEADER: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fragment {
    Whole,
    First,
    Later,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ip {
    pub source: IpAddr,
    pub destination: IpAddr,
    /// Where the walk along the headers ended.
    pub protocol: u8,
    pub fragment: Fragment,
    /// IPv6: extension headers walked along.
    pub extensions: usize,
    /// From the start of the IP header to what `protocol` names.
    pub header: usize,
    /// Bytes of the packet behind that.
    pub payload: usize,
    pub ports: Option<(u16, u16)>,
    pub flags: Flags,
    pub icmp: Icmp,
}

fn v4(bytes: &[u8], at: usize) -> IpAddr {
    Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]).into()
}

fn v6(bytes: &[u8], at: usize) -> IpAddr {
    let address: [u8; 16] = bytes[at..at + 16].try_into().expect("sixteen bytes");
    Ipv6Addr::from(address).into()
}

/// More fragments (bit 13) and offset (bits 12..0).
fn fragment(more: bool, offset: u16) -> Fragment {
    match (offset, more) {
        (0, false) => Fragment::Whole,
        (0, true) => Fragment::First,
        _ => Fragment::Later,
    }
}

/// The fixed part and the options: addresses, protocol, fragment, header length. `bytes` may be cut behind the header.
pub(super) fn ipv4_header(bytes: &[u8]) -> Option<Ip> {
    let header = usize::from(*bytes.first()? & 15) * 4;
    if bytes[0] >> 4 != 4 || header < 20 || bytes.len() < header {
        return None;
    }
    let field = half(bytes, 6);
    Some(Ip {
        source: v4(bytes, 12),
        destination: v4(bytes, 16),
        protocol: bytes[9],
        fragment: fragment(field & 0x2000 != 0, field & 0x1FFF),
        extensions: 0,
        header,
        payload: 0,
        ports: None,
        flags: Flags::default(),
        icmp: Icmp::Other,
    })
}

pub fn ipv4(bytes: &[u8]) -> Option<Ip> {
    let ip = ipv4_header(bytes)?;
    let total = usize::from(half(bytes, 2));
    if total < ip.header || total > bytes.len() {
        return None;
    }
    above(ip, &bytes[..total])
}

/// Whether the walk along extension headers met one that reaches beyond the packet.
pub(super) enum Walk {
    Good(Ip),
    Beyond,
}

/// `packet`: as much of the packet as there is.
pub(super) fn ipv6_headers(packet: &[u8]) -> Option<Walk> {
    if packet.len() < IPV6_HEADER || packet[0] >> 4 != 6 {
        return None;
    }
    let mut ip = Ip {
        source: v6(packet, 8),
        destination: v6(packet, 24),
        protocol: packet[6],
        fragment: Fragment::Whole,
        extensions: 0,
        header: IPV6_HEADER,
        payload: 0,
        ports: None,
        flags: Flags::default(),
        icmp: Icmp::Other,
    };
    while ip.extensions < MAX_EXTENSION_HEADERS {
        let rest = &packet[ip.header..];
        let length = match ip.protocol {
            HOP_BY_HOP | ROUTING | DESTINATION_OPTIONS => rest.get(1).map(|&units| 8 * (usize::from(units) + 1)),
            FRAGMENT => Some(8),
            AUTHENTICATION => match rest.get(1).map(|&words| 4 * (usize::from(words) + 2)) {
                // RFC 4302 2.2: in IPv6 a multiple of eight bytes; twelve is the fixed part.
                Some(length) if rest.len() >= 8 && (length < 12 || length % 8 != 0) => break,
                length => length,
            },
            _ => break,
        };
        if rest.len() < 8 || length.is_none_or(|length| length > rest.len()) {
            return Some(Walk::Beyond);
        }
        if ip.protocol == FRAGMENT {
            let field = half(rest, 2);
            ip.fragment = match (ip.fragment, fragment(field & 1 != 0, field >> 3)) {
                (before, Fragment::Whole) => before,
                (_, found) => found,
            };
        }
        ip.protocol = rest[0];
        ip.header += length.expect("just seen");
        ip.extensions += 1;
        if ip.fragment == Fragment::Later {
            break;
        }
    }
    Some(Walk::Good(ip))
}

pub fn ipv6(bytes: &[u8]) -> Option<Ip> {
    if bytes.len() < IPV6_HEADER || bytes[0] >> 4 != 6 {
        return None;
    }
    let packet = bytes.get(..IPV6_HEADER + usize::from(half(bytes, 4)))?;
    match ipv6_headers(packet)? {
        Walk::Good(ip) => above(ip, packet),
        Walk::Beyond => None,
    }
}

/// What the transport header says, or ICMP's.
fn above(mut ip: Ip, packet: &[u8]) -> Option<Ip> {
    let payload = &packet[ip.header..];
    ip.payload = payload.len();
    if ip.fragment == Fragment::Whole {
        (ip.ports, ip.flags) = transport::whole(ip.protocol, payload)?;
        ip.icmp = icmp::parse(&ip, packet, payload);
    }
    Some(ip)
}
