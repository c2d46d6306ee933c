//! What the plane says itself: ARP replies (RFC 826), neighbour advertisements (RFC 4861 4.4, 7.2.4), echo replies (RFC 792, RFC 4443 4.2).
//!
//! A reply bears the tags of its request. Fields that the standards leave open are those of the request: an echo reply keeps identification and
//! type of service.
use super::packet::protocol::{ICMP, ICMPV6};
use super::packet::{ArpRequest, Ip, Packet, Solicitation};
use super::{Mac, rewrite::half};
use crate::link::MIN_FRAME;
use std::net::{IpAddr, Ipv6Addr};

/// The Internet checksum (RFC 1071) of bytes that may be odd in number.
pub fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u32 = 0;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}

/// Ethernet header to `to`, with the tags of the request.
fn begin(packet: &Packet, request: &[u8], to: Mac, own: Mac) -> Vec<u8> {
    let mut frame = Vec::with_capacity(request.len());
    frame.extend(to);
    frame.extend(own);
    frame.extend(&request[12..packet.network_at]);
    frame
}

fn pad(mut frame: Vec<u8>) -> Vec<u8> {
    frame.resize(frame.len().max(MIN_FRAME), 0);
    frame
}

pub fn arp(packet: &Packet, asked: &ArpRequest, request: &[u8], own: Mac) -> Vec<u8> {
    let mut frame = begin(packet, request, asked.sender_mac, own);
    frame.extend([0, 1, 0x08, 0x00, 6, 4, 0, 2]);
    frame.extend(own);
    frame.extend(asked.target.octets());
    frame.extend(asked.sender_mac);
    frame.extend(asked.sender.octets());
    pad(frame)
}

pub fn advertisement(packet: &Packet, ip: &Ip, asked: &Solicitation, request: &[u8], own: Mac) -> Vec<u8> {
    const SOLICITED: u8 = 0x40;
    const OVERRIDE: u8 = 0x20;
    let all_nodes = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1);
    let asker = match ip.source {
        IpAddr::V6(address) if address != Ipv6Addr::UNSPECIFIED => Some(address),
        _ => None,
    };
    let (to, to_mac, flags) = match asker {
        Some(address) => (address, asked.source_mac.unwrap_or(packet.source), SOLICITED | OVERRIDE),
        None => (all_nodes, [0x33, 0x33, 0, 0, 0, 1], OVERRIDE),
    };
    let mut message = vec![136, 0, 0, 0, flags, 0, 0, 0];
    message.extend(asked.target.octets());
    // Target link-layer address.
    message.extend([2, 1]);
    message.extend(own);
    let mut pseudo = [asked.target.octets(), to.octets()].concat();
    pseudo.extend([0, 0, 0, message.len() as u8, 0, 0, 0, ICMPV6]);
    pseudo.extend(&message);
    message[2..4].copy_from_slice(&checksum(&pseudo).to_be_bytes());
    let mut frame = begin(packet, request, to_mac, own);
    frame.extend([0x60, 0, 0, 0, 0, message.len() as u8, ICMPV6, 255]);
    frame.extend(asked.target.octets());
    frame.extend(to.octets());
    frame.extend(message);
    pad(frame)
}

/// A word of what a checksum covers changes: HC' = ~(~HC + ~m + m'), RFC 1624 equation 3.
fn update(frame: &mut [u8], sum_at: usize, word_at: usize, new: u16) {
    let mut sum = u32::from(!half(frame, sum_at)) + u32::from(!half(frame, word_at)) + u32::from(new);
    while sum >> 16 != 0 {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    frame[sum_at..sum_at + 2].copy_from_slice(&(!(sum as u16)).to_be_bytes());
    frame[word_at..word_at + 2].copy_from_slice(&new.to_be_bytes());
}

/// The request with both pairs of addresses turned round, another type, and the time to live of a new packet. Checksums change by these alone,
/// so a wrong one stays wrong.
pub fn echo(packet: &Packet, ip: &Ip, request: &[u8], own: Mac) -> Vec<u8> {
    /// RFC 1122 3.2.1.7 and the assigned numbers; the hop limit of IPv6 is the same.
    const TIME_TO_LIVE: u8 = 64;
    let network = packet.network_at;
    let icmp = network + ip.header;
    // What came behind the packet is not answered; the shortest frame is filled up with zeros.
    let mut frame = request[..icmp + ip.payload].to_vec();
    frame.resize(frame.len().max(60), 0);
    frame[..6].copy_from_slice(&packet.source);
    frame[6..12].copy_from_slice(&own);
    let code = half(&frame, icmp) & 0xFF;
    if ip.protocol == ICMP {
        frame[network + 12..network + 20].rotate_left(4);
        let protocol = half(&frame, network + 8) & 0xFF;
        update(&mut frame, network + 10, network + 8, u16::from(TIME_TO_LIVE) << 8 | protocol);
        update(&mut frame, icmp + 2, icmp, code);
    } else {
        frame[network + 8..network + 40].rotate_left(16);
        frame[network + 7] = TIME_TO_LIVE;
        update(&mut frame, icmp + 2, icmp, 129 << 8 | code);
    }
    frame
}
