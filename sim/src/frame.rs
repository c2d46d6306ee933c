//! What the simulation itself understands of a frame: the five-tuple, TCP flags. Independent of the gateware's parser.
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;

pub const FIN: u8 = 0x01;
pub const SYN: u8 = 0x02;
pub const RST: u8 = 0x04;
pub const PSH: u8 = 0x08;
pub const ACK: u8 = 0x10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flow {
    pub protocol: u8,
    pub source: [u8; 4],
    pub destination: [u8; 4],
    pub source_port: u16,
    pub destination_port: u16,
}

/// Where the parts of an IPv4 TCP or UDP frame lie.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub flow: Flow,
    pub ip: usize,
    pub transport: usize,
    /// TCP flags; 0 for UDP.
    pub flags: u8,
    /// Payload bytes by the IP length.
    pub payload: usize,
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// `None` for whatever is no whole, unfragmented IPv4 TCP or UDP frame, with up to two VLAN tags.
pub fn layout(frame: &[u8]) -> Option<Layout> {
    let mut at = 12;
    let mut tags = 0;
    while matches!(half(frame, at)?, 0x8100 | 0x88A8) && tags < 2 {
        at += 4;
        tags += 1;
    }
    if half(frame, at)? != 0x0800 {
        return None;
    }
    let ip = at + 2;
    let head = frame.get(ip..ip + 20)?;
    let ip_length = usize::from(head[0] & 15) * 4;
    let total = usize::from(half(head, 2)?);
    let fragment = half(head, 6)? & 0x3FFF != 0;
    if head[0] >> 4 != 4 || ip_length < 20 || fragment || total < ip_length || ip + total > frame.len() {
        return None;
    }
    let transport = ip + ip_length;
    let protocol = head[9];
    let (flags, head_length) = match protocol {
        TCP if total >= ip_length + 20 => (frame[transport + 13] & 0x3F, usize::from(frame[transport + 12] >> 4) * 4),
        UDP if total >= ip_length + 8 => (0, 8),
        _ => return None,
    };
    if protocol == TCP && head_length < 20 {
        return None;
    }
    let flow = Flow {
        protocol,
        source: head[12..16].try_into().ok()?,
        destination: head[16..20].try_into().ok()?,
        source_port: half(frame, transport)?,
        destination_port: half(frame, transport + 2)?,
    };
    Some(Layout {
        flow,
        ip,
        transport,
        flags,
        payload: total.checked_sub(ip_length + head_length)?,
    })
}

/// The Internet checksum (RFC 1071) over parts that each start on an even byte.
pub fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0u32;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
        }
    }
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !(sum as u16)
}

/// Puts right the checksums of a frame whose layout is known and that has no bytes after the IP packet but padding.
pub fn fix_checksums(frame: &mut [u8], layout: &Layout) {
    let Layout { ip, transport, flow, .. } = *layout;
    frame[ip + 10..ip + 12].fill(0);
    let sum = checksum(&[&frame[ip..transport]]);
    frame[ip + 10..ip + 12].copy_from_slice(&sum.to_be_bytes());
    let total = usize::from(u16::from_be_bytes([frame[ip + 2], frame[ip + 3]]));
    let field = transport + if flow.protocol == TCP { 16 } else { 6 };
    frame[field..field + 2].fill(0);
    let segment = &frame[transport..ip + total];
    let length = (segment.len() as u16).to_be_bytes();
    let sum = checksum(&[&flow.source, &flow.destination, &[0, flow.protocol], &length, segment]);
    let sum = if sum == 0 && flow.protocol == UDP { 0xFFFF } else { sum };
    frame[field..field + 2].copy_from_slice(&sum.to_be_bytes());
}

/// Addresses of a frame to make.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    pub destination_mac: [u8; 6],
    pub source_mac: [u8; 6],
    pub flow: Flow,
}

/// An Ethernet II, IPv4, TCP frame with right checksums.
pub fn tcp(ends: &Ends, flags: u8, sequence: u32, acknowledge: u32, payload: &[u8]) -> Vec<u8> {
    let mut head = [0; 20];
    head[4..8].copy_from_slice(&sequence.to_be_bytes());
    head[8..12].copy_from_slice(&acknowledge.to_be_bytes());
    head[12..16].copy_from_slice(&[0x50, flags, 0xFF, 0xFF]);
    ipv4(ends, &head, payload)
}

/// An Ethernet II, IPv4, UDP frame with right checksums.
pub fn udp(ends: &Ends, payload: &[u8]) -> Vec<u8> {
    let mut head = [0; 8];
    head[4..6].copy_from_slice(&(8 + payload.len() as u16).to_be_bytes());
    ipv4(ends, &head, payload)
}

fn ipv4(ends: &Ends, transport_head: &[u8], payload: &[u8]) -> Vec<u8> {
    let flow = ends.flow;
    let total = 20 + transport_head.len() + payload.len();
    let mut frame = Vec::with_capacity(14 + total);
    frame.extend(ends.destination_mac);
    frame.extend(ends.source_mac);
    frame.extend([0x08, 0x00, 0x45, 0x00]);
    frame.extend((total as u16).to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, flow.protocol, 0, 0]);
    frame.extend(flow.source);
    frame.extend(flow.destination);
    frame.extend(flow.source_port.to_be_bytes());
    frame.extend(flow.destination_port.to_be_bytes());
    frame.extend(&transport_head[4..]);
    frame.extend(payload);
    let layout = layout(&frame).expect("made whole");
    fix_checksums(&mut frame, &layout);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(protocol: u8) -> Ends {
        let flow = Flow {
            protocol,
            source: [10, 1, 2, 3],
            destination: [10, 0, 0, 1],
            source_port: 40000,
            destination_port: 80,
        };
        Ends {
            destination_mac: [2, 0, 0, 0, 0, 1],
            source_mac: [2, 0, 0, 0, 0, 2],
            flow,
        }
    }

    #[test]
    fn what_is_made_is_understood_with_any_tags() {
        for (frame, flags, payload) in [(tcp(&ends(TCP), SYN, 1, 0, &[]), SYN, 0), (udp(&ends(UDP), &[1; 99]), 0, 99)] {
            for tags in 0..=2 {
                let mut tagged = frame.clone();
                for _ in 0..tags {
                    tagged.splice(12..12, [0x81, 0x00, 0x00, 0x07]);
                }
                let seen = layout(&tagged).unwrap();
                assert_eq!(
                    (seen.flow, seen.flags, seen.payload),
                    (ends(seen.flow.protocol).flow, flags, payload)
                );
            }
        }
    }

    #[test]
    fn checksums_add_up() {
        // Header example of RFC 1071 discussions: its own sum included gives zero.
        let frame = tcp(&ends(TCP), ACK, 7, 8, b"odd");
        assert_eq!(checksum(&[&frame[14..34]]), 0);
        let segment = &frame[34..];
        let length = (segment.len() as u16).to_be_bytes();
        assert_eq!(checksum(&[&[10, 1, 2, 3, 10, 0, 0, 1, 0, TCP], &length, segment]), 0);
    }

    #[test]
    fn broken_heads_are_no_flow_and_no_panic() {
        let whole = tcp(&ends(TCP), SYN, 1, 0, &[5; 30]);
        for cut in 0..whole.len() {
            assert!(layout(&whole[..cut]).is_none());
        }
        for (at, value) in [(14, 0x65), (14, 0x41), (12, 0x86), (20, 0x20), (16, 0xFF), (46, 0xF0), (46, 0x40)] {
            let mut bad = whole.clone();
            bad[at] = value;
            assert!(layout(&bad).is_none(), "byte {at} = {value:x}");
        }
    }
}
