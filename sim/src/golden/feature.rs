//! What a manager must have before a case can run on it, from the case's setup and frames.
use crate::plane_model::{Affinity, Cause, Decision, Frame, Icmp, Network, Packet, Place, Setup, Verdict, VlanAction, parse};
use std::fmt;
use std::net::IpAddr;

/// A part of the forwarding plane that a manager may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// More than one address with all TCP and UDP ports over all blades.
    Services,
    Ipv6,
    Sctp,
    Qinq,
    IcmpErrors,
    /// ARP, neighbour discovery and echo for the plane's addresses.
    Responder,
    Layer2Learning,
    /// Sources of the uplink's frames are learned too.
    UplinkLearning,
    /// Frames from a blade to another, without the uplink.
    BladeToBlade,
    VlanRewrite,
    /// The manager's own address is known to the plane.
    OwnAddress,
    /// Malformed packets are dropped whatever their destination address is.
    MalformedFirst,
    /// A TCP header that reaches beyond its packet is malformed.
    TcpOffset,
    /// Services of protocols other than TCP, UDP and SCTP.
    AnyProtocol,
}

impl Feature {
    pub const ALL: [(&str, Feature); 14] = [
        ("services", Feature::Services),
        ("ipv6", Feature::Ipv6),
        ("sctp", Feature::Sctp),
        ("qinq", Feature::Qinq),
        ("icmp-errors", Feature::IcmpErrors),
        ("responder", Feature::Responder),
        ("layer2-learning", Feature::Layer2Learning),
        ("uplink-learning", Feature::UplinkLearning),
        ("blade-to-blade", Feature::BladeToBlade),
        ("vlan-rewrite", Feature::VlanRewrite),
        ("own-address", Feature::OwnAddress),
        ("malformed-first", Feature::MalformedFirst),
        ("tcp-offset", Feature::TcpOffset),
        ("any-protocol", Feature::AnyProtocol),
    ];

    pub fn read(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found
            .map(|(_, feature)| *feature)
            .ok_or_else(|| format!("`{text}` is nothing a case can need"))
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, feature)| feature == self).expect("all are listed").0;
        write!(f, "{name}")
    }
}

/// The only address of a setup that a manager with one service address can take: all ports of TCP and UDP, over all blades.
pub fn single_address(setup: &Setup) -> Option<IpAddr> {
    let [tcp, udp] = &setup.services[..] else { return None };
    let all: Vec<usize> = (0..setup.blades.len()).collect();
    let plain = [(tcp, 6), (udp, 17)].into_iter().all(|(service, protocol)| {
        service.protocol == protocol
            && service.port.is_none()
            && service.blades == all
            && service.affinity == Affinity::Flow
            && service.rewrite
            && service.address == tcp.address
            && service.address.is_ipv4()
    });
    plain.then_some(tcp.address)
}

/// What a setup needs.
pub fn of_setup(setup: &Setup) -> Vec<Feature> {
    let mut needs = Vec::new();
    let mut add = |feature, needed: bool| {
        if needed {
            needs.push(feature);
        }
    };
    add(Feature::Services, single_address(setup).is_none());
    add(Feature::Sctp, setup.services.iter().any(|s| s.protocol == 132));
    add(Feature::Ipv6, setup.services.iter().any(|s| s.address.is_ipv6()));
    add(Feature::Responder, !setup.addresses.is_empty());
    add(Feature::Layer2Learning, !setup.stations.is_empty());
    add(Feature::VlanRewrite, setup.blades.iter().any(|b| b.vlan != VlanAction::Keep));
    needs
}

/// What a frame needs, given what the model makes of it.
pub fn of_frame(from: Place, frame: &Frame, decision: &Decision, setup: &Setup) -> Vec<Feature> {
    let mut needs = Vec::new();
    if frame.bytes.len() < 60 {
        return needs;
    }
    let outside = Packet::addresses(&frame.bytes);
    let is_ip = matches!(outside.ether_type, 0x0800 | 0x86DD);
    let malformed = decision.verdict == Verdict::Dropped(Cause::Malformed);
    if from != Place::Uplink {
        if decision.verdict != Verdict::ToUplink {
            needs.push(Feature::BladeToBlade);
        }
        return needs;
    }
    match &decision.verdict {
        Verdict::Dropped(Cause::NotOurs) => needs.push(Feature::OwnAddress),
        Verdict::Dropped(Cause::BehindSource) => needs.push(match setup.stations.contains(&(outside.destination, Place::Uplink)) {
            true => Feature::Layer2Learning,
            false => Feature::UplinkLearning,
        }),
        Verdict::Dropped(Cause::InvalidSolicitation | Cause::Unanswerable) | Verdict::Reply => needs.push(Feature::Responder),
        Verdict::ToBlade(blade) if outside.destination != setup.blades[*blade].mac => needs.push(Feature::Layer2Learning),
        _ => {}
    }
    let balanced = matches!(decision.verdict, Verdict::Balanced(_));
    if (balanced || malformed) && is_ip && (outside.tags == 2 || frame.bytes[12..14] == [0x88, 0xA8]) {
        needs.push(Feature::Qinq);
    }
    if malformed {
        let to_a_blade = setup.blades.iter().any(|blade| blade.mac == outside.destination);
        if outside.destination[0] & 1 == 1 || to_a_blade {
            needs.push(Feature::MalformedFirst);
        }
        if outside.ether_type == 0x86DD {
            needs.push(Feature::Ipv6);
        } else if frame.bytes[outside.network_at + 9] == 132 {
            needs.push(Feature::Sctp);
        } else if tcp_header_reaches_beyond(&frame.bytes[outside.network_at..]) {
            needs.push(Feature::TcpOffset);
        }
    }
    if let Ok(Packet {
        network: Network::Ip(ip), ..
    }) = parse(&frame.bytes)
        && balanced
    {
        match ip.icmp {
            Icmp::Error(_) => needs.push(Feature::IcmpErrors),
            _ if !matches!(ip.protocol, 6 | 17 | 132) => needs.push(Feature::AnyProtocol),
            _ => {}
        }
    }
    needs
}

/// A whole IPv4 TCP packet that is malformed for this alone.
fn tcp_header_reaches_beyond(packet: &[u8]) -> bool {
    let header = usize::from(packet[0] & 15) * 4;
    let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    let fragment = u16::from_be_bytes([packet[6], packet[7]]) & 0x3FFF != 0;
    let tcp = packet[0] >> 4 == 4 && header >= 20 && packet[9] == 6 && !fragment && total >= header + 20 && total <= packet.len();
    let length = |at: usize| usize::from(packet[at + 12] >> 4) * 4;
    tcp && length(header) >= 20 && length(header) > total - header
}
