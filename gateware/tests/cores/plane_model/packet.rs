//! Frames made of a flow, and what the balancing rules make of a frame's headers (`headers`).

use super::headers::{self, Bad};
use spareband_spec::frame::FlowKey;

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const ACK: u8 = 16;

#[derive(Clone, Debug)]
pub struct Builder {
    pub destination_mac: [u8; 6],
    pub tag: Option<u16>,
    pub options: usize,
    pub fragment: u16,
    pub flow: FlowKey,
    pub flags: u8,
    pub payload: usize,
    /// An ICMP error with which the client answers a packet of this flow's other direction.
    pub error: bool,
}

pub fn flow(source: u32, port: u16, protocol: u8) -> FlowKey {
    FlowKey {
        source: 0x0A00_0000 + u128::from(source),
        destination: 0xC0A8_0001,
        ports: u32::from(port) << 16 | 80,
        protocol,
        is_ipv6: false,
    }
}

impl Builder {
    pub fn tcp(flow: FlowKey, flags: u8) -> Self {
        Self {
            destination_mac: [2, 0, 0, 0, 1, 0],
            tag: None,
            options: 0,
            fragment: 0,
            flow,
            flags,
            payload: 0,
            error: false,
        }
    }
    pub fn udp(flow: FlowKey) -> Self {
        Self::tcp(FlowKey { protocol: 17, ..flow }, 0)
    }
    pub fn to(self, destination_mac: [u8; 6]) -> Self {
        Self { destination_mac, ..self }
    }
    pub fn payload(self, payload: usize) -> Self {
        Self { payload, ..self }
    }
    /// Without FCS, padded to 60 bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut l4 = (self.flow.ports >> 16).to_be_bytes()[2..].to_vec();
        l4.extend(&self.flow.ports.to_be_bytes()[2..]);
        match self.flow.protocol {
            6 => {
                l4.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, self.flags, 0xFF, 0xFF, 0, 0, 0, 0]);
            }
            17 => {
                l4.extend(((8 + self.payload) as u16).to_be_bytes());
                l4.extend([0, 0]);
            }
            132 => {
                // Verification tag, checksum, and a chunk header: INIT if it is to open an association, else DATA.
                l4.extend([0, 0, 0, 7, 0, 0, 0, 0, u8::from(self.flags == SYN), 0, 0, 4]);
            }
            _ => {}
        }
        l4.extend((0..self.payload).map(|i| i as u8));
        let mut protocol = self.flow.protocol;
        if self.error {
            l4.resize(l4.len().max(8), 0);
            let mut quote = vec![3, 1, 0, 0, 0, 0, 0, 0];
            quote.extend([0x45, 0, 5, 0xDC, 0x12, 0x34, 0x40, 0, 60, protocol, 0, 0]);
            quote.extend(&self.flow.destination.to_be_bytes()[12..]);
            quote.extend(&self.flow.source.to_be_bytes()[12..]);
            quote.extend([&l4[2..4], &l4[..2], &l4[4..8]].concat());
            protocol = 1;
            l4 = quote;
        }
        let mut frame = self.destination_mac.to_vec();
        frame.extend([2, 0xAA, 0, 0, 0, 9]);
        if let Some(tag) = self.tag {
            frame.extend([0x81, 0]);
            frame.extend(tag.to_be_bytes());
        }
        frame.extend([8, 0]);
        frame.extend([0x45 + self.options as u8, 0]);
        frame.extend(((20 + 4 * self.options + l4.len()) as u16).to_be_bytes());
        frame.extend([0x12, 0x34]);
        frame.extend(self.fragment.to_be_bytes());
        frame.extend([64, protocol, 0, 0]);
        // An error comes from a router as a rule, here the client's neighbour.
        frame.extend(&(self.flow.source ^ u128::from(self.error)).to_be_bytes()[12..]);
        frame.extend(&self.flow.destination.to_be_bytes()[12..]);
        frame.extend(std::iter::repeat_n(1, 4 * self.options));
        frame.extend(l4);
        frame.resize(frame.len().max(60), 0);
        frame
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet {
    Other,
    Malformed,
    Truncated,
    /// TCP, UDP or SCTP of IPv4, with a place in the flow table; or a fragment of one, ports 0. An ICMP error counts as its quote does.
    Transport {
        flow: FlowKey,
        tracked: bool,
        starts: bool,
        flags: u8,
    },
}

pub fn parse(frame: &[u8]) -> Packet {
    let header = match headers::read(frame) {
        Ok(header) => header,
        Err(Bad::Truncated) => return Packet::Truncated,
        Err(Bad::Runt) => unreachable!("runts are dropped before"),
    };
    if header.malformed {
        return Packet::Malformed;
    }
    if !header.is_ipv4 || !matches!(header.protocol, 6 | 17 | 132) {
        return Packet::Other;
    }
    let tracked = header.has_ports && !header.is_fragment;
    let flags = if header.protocol == 6 { header.flags } else { 0 };
    Packet::Transport {
        flow: FlowKey {
            source: header.source,
            destination: header.destination,
            ports: if tracked { header.ports } else { 0 },
            protocol: header.protocol,
            is_ipv6: false,
        },
        tracked,
        starts: tracked && !header.is_icmp_error && (header.protocol == 17 || header.flags == SYN),
        flags,
    }
}
