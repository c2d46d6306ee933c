//! What a frame's headers say, written from RFC 826, 791, 792, 768, 9293, 9260, 8200, 4302, 4443, 4861 and IEEE 802.1Q over the whole frame at once.
//! It shares with the circuit what the project decided (which headers are looked into, what counts as malformed) and nothing else.

/// As the ports of `FrameParser`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    pub destination_mac: [u8; 6],
    pub source_mac: [u8; 6],
    pub tags: u8,
    pub vid: u16,
    pub network_start: usize,
    pub is_ipv4: bool,
    pub is_ipv6: bool,
    pub is_arp_request: bool,
    pub malformed: bool,
    pub is_fragment: bool,
    pub later_fragment: bool,
    pub has_ports: bool,
    pub is_icmp_error: bool,
    pub is_echo_request: bool,
    pub is_neighbour_solicitation: bool,
    pub source: u128,
    pub destination: u128,
    pub ports: u32,
    pub protocol: u8,
    /// FIN, SYN, RST and ACK at their places in TCP's octet.
    pub flags: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    Runt,
    Truncated,
}

struct Malformed;

fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn address(bytes: &[u8]) -> u128 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

pub fn read(frame: &[u8]) -> Result<Header, Bad> {
    if frame.len() < 60 {
        return Err(Bad::Runt);
    }
    let mut header = Header {
        destination_mac: frame[..6].try_into().unwrap(),
        source_mac: frame[6..12].try_into().unwrap(),
        network_start: 14,
        ..Default::default()
    };
    if matches!(half(frame, 12), 0x8100 | 0x88A8) {
        header.tags = if half(frame, 16) == 0x8100 { 2 } else { 1 };
        header.vid = half(frame, 14) & 0xFFF;
        header.network_start += 4 * usize::from(header.tags);
    }
    let packet = &frame[header.network_start..];
    let result = match half(frame, header.network_start - 2) {
        0x0800 => {
            header.is_ipv4 = true;
            if packet[0] >> 4 == 4 && packet[0] & 15 >= 5 {
                let total = usize::from(half(packet, 2));
                ipv4(&mut header, packet.get(..total).ok_or(Bad::Truncated)?)
            } else {
                Err(Malformed)
            }
        }
        0x86DD => {
            header.is_ipv6 = true;
            if packet[0] >> 4 == 6 {
                let total = 40 + usize::from(half(packet, 4));
                ipv6(&mut header, packet.get(..total).ok_or(Bad::Truncated)?)
            } else {
                Err(Malformed)
            }
        }
        0x0806 => {
            // Hardware, protocol, their lengths, operation; sender's addresses, target's.
            if packet[..8] == [0, 1, 8, 0, 6, 4, 0, 1] {
                header.is_arp_request = true;
                header.source = address(&packet[14..18]);
                header.destination = address(&packet[24..28]);
            }
            Ok(())
        }
        _ => Ok(()),
    };
    header.malformed = result.is_err();
    Ok(header)
}

fn ipv4(header: &mut Header, packet: &[u8]) -> Result<(), Malformed> {
    let length = 4 * usize::from(packet.first().ok_or(Malformed)? & 15);
    if packet.len() < length {
        return Err(Malformed);
    }
    let offset = half(packet, 6) & 0x1FFF;
    header.later_fragment = offset != 0;
    header.is_fragment = offset != 0 || packet[6] & 0x20 != 0;
    header.protocol = packet[9];
    header.source = address(&packet[12..16]);
    header.destination = address(&packet[16..20]);
    let rest = &packet[length..];
    if header.later_fragment {
        return Ok(());
    }
    if packet[9] != 1 {
        return transport(header, rest);
    }
    if rest.len() >= 8 && !header.is_fragment {
        header.is_echo_request = rest[..2] == [8, 0];
        let quote = &rest[8..];
        if matches!(rest[0], 3 | 4 | 5 | 11 | 12) && quote.len() >= 20 {
            let length = 4 * usize::from(quote[0] & 15);
            if quote[0] >> 4 == 4 && length >= 20 && quote.len() >= length {
                let whole = half(quote, 6) & 0x1FFF == 0;
                let addresses = (address(&quote[12..16]), address(&quote[16..20]));
                quoted(header, addresses, quote[9], whole.then(|| &quote[length..]));
            }
        }
    }
    Ok(())
}

fn ipv6(header: &mut Header, packet: &[u8]) -> Result<(), Malformed> {
    header.source = address(&packet[8..24]);
    header.destination = address(&packet[24..40]);
    let walk = walk(packet[6], &packet[40..]);
    header.protocol = walk.protocol;
    header.is_fragment = walk.fragment;
    let Some(rest) = walk.rest? else {
        header.later_fragment = walk.later;
        return Ok(());
    };
    if walk.protocol != 58 {
        return transport(header, rest);
    }
    if rest.len() >= 8 && !header.is_fragment {
        header.is_echo_request = rest[..2] == [128, 0];
        // RFC 4861 7.1.1: hop limit 255, code 0, 24 octets or more.
        if rest[..2] == [135, 0] && packet[7] == 255 && rest.len() >= 24 {
            header.is_neighbour_solicitation = true;
            header.destination = address(&rest[8..24]);
        }
        let quote = &rest[8..];
        if matches!(rest[0], 1..=4) && quote.len() >= 40 && quote[0] >> 4 == 6 {
            let addresses = (address(&quote[8..24]), address(&quote[24..40]));
            let walk = self::walk(quote[6], &quote[40..]);
            quoted(header, addresses, walk.protocol, walk.rest.unwrap_or(None));
        }
    }
    Ok(())
}

struct Walk<'a> {
    /// Of the header the walk stopped at.
    protocol: u8,
    fragment: bool,
    later: bool,
    /// None: not to be looked into.
    rest: Result<Option<&'a [u8]>, Malformed>,
}

/// Along the extension headers of IPv6.
fn walk(next: u8, payload: &[u8]) -> Walk<'_> {
    let mut walk = Walk {
        protocol: next,
        fragment: false,
        later: false,
        rest: Ok(None),
    };
    let mut rest = payload;
    for _ in 0..8 {
        let protocol = walk.protocol;
        if !matches!(protocol, 0 | 43 | 44 | 51 | 60) {
            break;
        }
        if rest.len() < 8 {
            walk.rest = Err(Malformed);
            return walk;
        }
        let length = match protocol {
            44 => 8,
            // In 32-bit words without two; a multiple of 8 octets in IPv6, with 12 octets fixed.
            51 if rest[1] < 1 || !rest[1].is_multiple_of(2) => return walk,
            51 => 4 * (usize::from(rest[1]) + 2),
            _ => 8 * (usize::from(rest[1]) + 1),
        };
        walk.protocol = rest[0];
        if protocol == 44 {
            walk.later = half(rest, 2) >> 3 != 0;
            walk.fragment |= walk.later || rest[3] & 1 != 0;
            if walk.later {
                return walk;
            }
        }
        if length > rest.len() {
            walk.rest = Err(Malformed);
            return walk;
        }
        rest = &rest[length..];
    }
    if matches!(walk.protocol, 6 | 17 | 58 | 132) {
        walk.rest = Ok(Some(rest));
    }
    walk
}

/// Not of a later fragment.
fn transport(header: &mut Header, bytes: &[u8]) -> Result<(), Malformed> {
    let least = match header.protocol {
        6 => 20,
        17 => 8,
        132 => 12,
        _ => return Ok(()),
    };
    if header.is_fragment {
        if bytes.len() >= 8 {
            header.has_ports = true;
            header.ports = address(&bytes[..4]) as u32;
        }
        return Ok(());
    }
    if bytes.len() < least {
        return Err(Malformed);
    }
    header.has_ports = true;
    header.ports = address(&bytes[..4]) as u32;
    if header.protocol == 6 {
        let offset = 4 * usize::from(bytes[12] >> 4);
        if offset < 20 || offset > bytes.len() {
            return Err(Malformed);
        }
        header.flags = bytes[13] & 0b1_0111;
    } else if header.protocol == 132 && bytes.len() >= 16 && bytes[12] == 1 {
        header.flags = 2;
    }
    Ok(())
}

/// An ICMP error's quote, which this side had sent: the flow is the other way round.
fn quoted(header: &mut Header, (source, destination): (u128, u128), protocol: u8, rest: Option<&[u8]>) {
    header.is_icmp_error = true;
    header.is_echo_request = false;
    (header.source, header.destination) = (destination, source);
    header.protocol = protocol;
    if let Some(rest) = rest
        && matches!(protocol, 6 | 17 | 132)
        && rest.len() >= 8
    {
        header.has_ports = true;
        header.ports = (address(&rest[..4]) as u32).rotate_left(16);
    }
}
