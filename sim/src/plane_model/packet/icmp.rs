//! ICMP (RFC 792) and ICMPv6 (RFC 4443): echo requests, errors and the packet they quote, neighbour solicitations (RFC 4861 4.3).
use super::ip::{self, Fragment, Ip, Walk};
use super::protocol::{ICMP, ICMPV6};
use super::transport;
use crate::plane_model::{Mac, checksum};
use std::net::{IpAddr, Ipv6Addr};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Icmp {
    /// No ICMP, or one that means nothing to the plane.
    Other,
    EchoRequest,
    Error(Quote),
    Solicitation(Solicitation),
}

/// The packet that an error quotes, turned round: as a frame of the flow towards the service would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub protocol: u8,
    pub ports: Option<(u16, u16)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solicitation {
    pub target: Ipv6Addr,
    /// Of the option, if there is one.
    pub source_mac: Option<Mac>,
    /// RFC 4861 7.1.1, but for hop limit and code, without which it is none.
    pub valid: bool,
}

/// Fixed part of an ICMP message of the kinds looked at.
const HEADER: usize = 8;
/// Destination unreachable, source quench, redirect, time exceeded, parameter problem.
const ERRORS: [u8; 5] = [3, 4, 5, 11, 12];
const SOLICITATION: usize = 24;

pub fn parse(ip: &Ip, packet: &[u8], payload: &[u8]) -> Icmp {
    if payload.len() < HEADER {
        return Icmp::Other;
    }
    match (ip.protocol, ip.source, payload[0]) {
        (ICMP, IpAddr::V4(_), 8) | (ICMPV6, IpAddr::V6(_), 128) => Icmp::EchoRequest,
        (ICMP, IpAddr::V4(_), kind) if ERRORS.contains(&kind) => quote_v4(&payload[HEADER..]).map_or(Icmp::Other, Icmp::Error),
        (ICMPV6, IpAddr::V6(_), 1..=4) => quote_v6(&payload[HEADER..]).map_or(Icmp::Other, Icmp::Error),
        // One that crossed a router or has another code is nobody's question here, and goes the way of its group address.
        (ICMPV6, IpAddr::V6(_), 135) if payload.len() >= SOLICITATION && packet[7] == 255 && payload[1] == 0 => {
            Icmp::Solicitation(solicitation(ip, packet, payload))
        }
        _ => Icmp::Other,
    }
}

fn quote_v4(quoted: &[u8]) -> Option<Quote> {
    Some(turned(&ip::ipv4_header(quoted)?, quoted))
}

fn quote_v6(quoted: &[u8]) -> Option<Quote> {
    match ip::ipv6_headers(quoted)? {
        Walk::Good(ip) => Some(turned(&ip, quoted)),
        // A quote may end anywhere; the addresses are there.
        Walk::Beyond => None,
    }
}

fn turned(ip: &Ip, quoted: &[u8]) -> Quote {
    let ports = transport::ports(ip.protocol, &quoted[ip.header..]).filter(|_| ip.fragment != Fragment::Later);
    Quote {
        source: ip.destination,
        destination: ip.source,
        protocol: ip.protocol,
        ports: ports.map(|(source, destination)| (destination, source)),
    }
}

fn solicitation(ip: &Ip, packet: &[u8], payload: &[u8]) -> Solicitation {
    let target: [u8; 16] = payload[8..24].try_into().expect("sixteen bytes");
    let target = Ipv6Addr::from(target);
    let mut source_mac = None;
    let mut options_good = true;
    let mut rest = &payload[SOLICITATION..];
    while rest.len() >= 2 {
        let length = 8 * usize::from(rest[1]);
        if length == 0 || length > rest.len() {
            options_good = false;
            break;
        }
        // Source link-layer address, RFC 4861 4.6.1.
        if rest[0] == 1 && length == 8 {
            source_mac = Some(rest[2..8].try_into().expect("six bytes"));
        }
        rest = &rest[length..];
    }
    let unspecified = ip.source == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    // A solicited-node address: ff02::1:ffxx:xxxx.
    let solicited_node = matches!(ip.destination, IpAddr::V6(d) if d.octets()[..13] == [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF]);
    let mut covered = packet[8..40].to_vec();
    covered.extend((payload.len() as u32).to_be_bytes());
    covered.extend([0, 0, 0, ICMPV6]);
    covered.extend(payload);
    let valid =
        checksum(&covered) == 0 && !target.is_multicast() && options_good && (!unspecified || (solicited_node && source_mac.is_none()));
    Solicitation { target, source_mac, valid }
}
