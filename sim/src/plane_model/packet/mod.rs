//! What a frame's bytes say: Ethernet II with up to two tags (IEEE 802.1Q), ARP (RFC 826), IP and what is above it.
//!
//! Written from the standards; the limits are the documented ones of the plane. Fails with the cause for which the frame is dropped.
mod icmp;
mod ip;
mod transport;

pub use icmp::{Icmp, Solicitation};
pub use ip::{Fragment, Ip, MAX_EXTENSION_HEADERS};
pub use transport::Flags;

use super::rewrite::{SERVICE_TAG, TAG, half};
use super::{Cause, Mac};
use std::net::Ipv4Addr;

/// MAC Control, IEEE 802.3 31.4.1.
const MAC_CONTROL: u16 = 0x8808;
const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
const IPV6: u16 = 0x86DD;

pub mod protocol {
    pub const HOP_BY_HOP: u8 = 0;
    pub const ICMP: u8 = 1;
    pub const TCP: u8 = 6;
    pub const UDP: u8 = 17;
    pub const ROUTING: u8 = 43;
    pub const FRAGMENT: u8 = 44;
    pub const AUTHENTICATION: u8 = 51;
    pub const ICMPV6: u8 = 58;
    pub const DESTINATION_OPTIONS: u8 = 60;
    pub const SCTP: u8 = 132;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub destination: Mac,
    pub source: Mac,
    /// Tags in front of the network header, two at most.
    pub tags: usize,
    /// VLAN identifier of the outer tag, 0 without one.
    pub vid: u16,
    /// The EtherType behind them: a third tag is one that nobody knows.
    pub ether_type: u16,
    /// Where the network header starts.
    pub network_at: usize,
    pub is_control: bool,
    pub network: Network,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    Other,
    ArpRequest(ArpRequest),
    Ip(Ip),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArpRequest {
    pub sender_mac: Mac,
    pub sender: Ipv4Addr,
    pub target: Ipv4Addr,
}

impl Packet {
    /// The Ethernet header alone, of a frame of 60 bytes or more.
    pub fn addresses(frame: &[u8]) -> Self {
        let mut network_at = 14;
        let mut tags = 0;
        // An S-tag or a C-tag outside, a C-tag inside (IEEE 802.1Q 9.5).
        while tags < 2 && (half(frame, network_at - 2) == TAG || (tags == 0 && half(frame, network_at - 2) == SERVICE_TAG)) {
            network_at += 4;
            tags += 1;
        }
        Self {
            destination: frame[..6].try_into().expect("six bytes"),
            source: frame[6..12].try_into().expect("six bytes"),
            tags,
            vid: if tags > 0 { half(frame, 14) & 0xFFF } else { 0 },
            ether_type: half(frame, network_at - 2),
            network_at,
            is_control: half(frame, 12) == MAC_CONTROL,
            network: Network::Other,
        }
    }
}

/// A frame of 60 bytes or more.
pub fn parse(frame: &[u8]) -> Result<Packet, Cause> {
    let mut packet = Packet::addresses(frame);
    if packet.is_control {
        return Err(Cause::Control);
    }
    let bytes = &frame[packet.network_at..];
    packet.network = match packet.ether_type {
        IPV4 => Network::Ip(ip::ipv4(bytes).ok_or(Cause::Malformed)?),
        IPV6 => Network::Ip(ip::ipv6(bytes).ok_or(Cause::Malformed)?),
        ARP => arp(bytes).map_or(Network::Other, Network::ArpRequest),
        _ => Network::Other,
    };
    Ok(packet)
}

/// A request for Ethernet and IPv4; 28 bytes, which the shortest frame has room for.
fn arp(bytes: &[u8]) -> Option<ArpRequest> {
    const REQUEST: [u8; 8] = [0, 1, 0x08, 0x00, 6, 4, 0, 1];
    let address = |at: usize| Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    (bytes[..8] == REQUEST).then(|| ArpRequest {
        sender_mac: bytes[8..14].try_into().expect("six bytes"),
        sender: address(14),
        target: address(24),
    })
}
