//! Frames made and taken apart, by the header formats (RFC 791, 768, 9293, IEEE 802.1Q).

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
}

pub fn flow(source: u32, port: u16, protocol: u8) -> FlowKey {
    FlowKey {
        source: 0x0A00_0000 + source,
        destination: 0xC0A8_0001,
        ports: u32::from(port) << 16 | 80,
        protocol,
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
            _ => {}
        }
        l4.extend((0..self.payload).map(|i| i as u8));
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
        frame.extend([64, self.flow.protocol, 0, 0]);
        frame.extend(self.flow.source.to_be_bytes());
        frame.extend(self.flow.destination.to_be_bytes());
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
    /// TCP or UDP, with a place in the flow table; or a fragment of one, ports 0.
    Transport {
        flow: FlowKey,
        tracked: bool,
        flags: u8,
    },
}

pub fn parse(frame: &[u8]) -> Packet {
    let half = |at: usize| u16::from_be_bytes([frame[at], frame[at + 1]]);
    let word = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap());
    let l3 = if half(12) == 0x8100 { 18 } else { 14 };
    if half(l3 - 2) != 0x0800 {
        return Packet::Other;
    }
    let total = usize::from(half(l3 + 2));
    if l3 + total > frame.len() {
        return Packet::Truncated;
    }
    let header = 4 * usize::from(frame[l3] & 15);
    if frame[l3] >> 4 != 4 || header < 20 || total < header {
        return Packet::Malformed;
    }
    let protocol = frame[l3 + 9];
    let (source, destination, l4) = (word(l3 + 12), word(l3 + 16), l3 + header);
    if !matches!(protocol, 6 | 17) {
        return Packet::Other;
    }
    if half(l3 + 6) & 0x3FFF != 0 {
        return Packet::Transport {
            flow: FlowKey {
                source,
                destination,
                ports: 0,
                protocol,
            },
            tracked: false,
            flags: 0,
        };
    }
    if total - header < if protocol == 6 { 20 } else { 8 } || protocol == 6 && frame[l4 + 12] >> 4 < 5 {
        return Packet::Malformed;
    }
    let flags = if protocol == 6 { frame[l4 + 13] } else { 0 };
    Packet::Transport {
        flow: FlowKey {
            source,
            destination,
            ports: word(l4),
            protocol,
        },
        tracked: true,
        flags,
    }
}
