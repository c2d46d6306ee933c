//! Random frames of every kind the parser knows, well-formed, and what may happen to them.

use rand::prelude::*;

fn octets(rng: &mut StdRng, n: usize) -> Vec<u8> {
    (0..n).map(|_| rng.r#gen()).collect()
}

fn put(bytes: &mut [u8], at: usize, value: usize) {
    bytes[at..at + 2].copy_from_slice(&(value as u16).to_be_bytes());
}

/// (protocol, bytes) of a transport header with payload, or of something else; `v6` chooses between ICMP and ICMPv6.
fn payload(rng: &mut StdRng, v6: bool, quotes: bool) -> (u8, Vec<u8>) {
    let n = [0, 0, 1, 3, 6, 7, 12, 100][rng.gen_range(0..8)];
    match rng.gen_range(0..if quotes { 10 } else { 6 }) {
        0 | 1 => {
            let options = if rng.gen_bool(0.7) { 0 } else { rng.gen_range(0..11) };
            let mut bytes = octets(rng, 20 + 4 * options + n);
            bytes[12] = (5 + options as u8) << 4;
            bytes[13] = [2, 16, 17, 4, 18, 0x3F, 0][rng.gen_range(0..7)];
            (6, bytes)
        }
        2 => {
            let mut bytes = octets(rng, 8 + n);
            put(&mut bytes, 4, 8 + n);
            (17, bytes)
        }
        3 => {
            let mut bytes = octets(rng, 12 + n);
            if n >= 4 {
                bytes[12] = [0, 1, 1, 2, 6, 14][rng.gen_range(0..6)];
                put(&mut bytes, 14, n);
            }
            (132, bytes)
        }
        4 => ([50, 59, 47, 131, 1, 58][rng.gen_range(0..6)], octets(rng, n)),
        5 => {
            let mut bytes = octets(rng, 8 + n);
            bytes[..2].copy_from_slice(&[if v6 { 128 } else { 8 }, u8::from(rng.gen_bool(0.1))]);
            (if v6 { 58 } else { 1 }, bytes)
        }
        6 if v6 => {
            let mut bytes = octets(rng, 24 + n);
            bytes[..2].copy_from_slice(&[135, 0]);
            (58, bytes)
        }
        _ => {
            let mut bytes = octets(rng, 8);
            bytes[0] = if v6 {
                rng.gen_range(0..6)
            } else {
                [3, 4, 5, 11, 12, 0, 13][rng.gen_range(0..7)]
            };
            let mut quote = packet(rng, v6, false);
            // As much of the packet as the sender cared to quote.
            if rng.gen_bool(0.5) {
                let header = if v6 { 40 } else { 4 * usize::from(quote[0] & 15) };
                quote.truncate((header + [8, 8, 8, 0, 4, 12, 40][rng.gen_range(0..7)]).min(quote.len()));
            }
            bytes.extend(quote);
            (if v6 { 58 } else { 1 }, bytes)
        }
    }
}

/// A well-formed IP packet, but for checksums.
pub fn packet(rng: &mut StdRng, v6: bool, quotes: bool) -> Vec<u8> {
    let (protocol, bytes) = payload(rng, v6, quotes);
    if !v6 {
        let options = if rng.gen_bool(0.6) { 0 } else { rng.gen_range(0..11) };
        let mut packet = octets(rng, 20 + 4 * options);
        packet[0] = 0x45 + options as u8;
        put(&mut packet, 2, 20 + 4 * options + bytes.len());
        put(
            &mut packet,
            6,
            if rng.gen_bool(0.8) {
                [0, 0x4000][rng.gen_range(0..2)]
            } else {
                [0x2000, 0x0010, 0x2010][rng.gen_range(0..3)]
            },
        );
        packet[9] = protocol;
        packet.extend(bytes);
        return packet;
    }
    let headers = if rng.gen_bool(0.5) { 0 } else { rng.gen_range(0..10) };
    let mut chain = vec![];
    for _ in 0..headers {
        let kind = [0, 43, 60, 60, 44, 51][rng.gen_range(0..6)];
        let size = match kind {
            44 => 8,
            51 => 16 + 8 * rng.gen_range(0..2),
            _ => 8 * [1, 1, 1, 2, 3, 20][rng.gen_range(0..6)],
        };
        let mut header = octets(rng, size);
        match kind {
            44 => put(
                &mut header,
                2,
                if rng.gen_bool(0.7) {
                    0
                } else {
                    [1, 0x10, 0x11][rng.gen_range(0..3)]
                },
            ),
            51 => header[1] = (size / 4 - 2) as u8,
            _ => header[1] = (size / 8 - 1) as u8,
        }
        chain.push((kind, header));
    }
    let mut packet = octets(rng, 40);
    packet[0] = 0x60 | packet[0] & 15;
    packet[6] = chain.first().map_or(protocol, |header| header.0);
    packet[7] = if rng.gen_bool(0.7) { 255 } else { 64 };
    for i in 0..chain.len() {
        let next = chain.get(i + 1).map_or(protocol, |header| header.0);
        chain[i].1[0] = next;
        packet.extend(&chain[i].1);
    }
    packet.extend(bytes);
    let length = packet.len() - 40;
    put(&mut packet, 4, length);
    packet
}

pub const KINDS: usize = 8;

/// A well-formed frame of one of `KINDS` kinds, padded to 60 bytes.
pub fn frame(rng: &mut StdRng, kind: usize) -> Vec<u8> {
    let mut frame = octets(rng, 12);
    match rng.gen_range(0..8) {
        0 => frame.extend([0x81, 0x00, rng.r#gen(), rng.r#gen()]),
        1 => frame.extend([0x88, 0xA8, rng.r#gen(), rng.r#gen()]),
        2 => frame.extend([0x88, 0xA8, rng.r#gen(), rng.r#gen(), 0x81, 0x00, rng.r#gen(), rng.r#gen()]),
        3 => frame.extend([0x81, 0x00, rng.r#gen(), rng.r#gen(), 0x81, 0x00, rng.r#gen(), rng.r#gen()]),
        _ => {}
    }
    match kind {
        0 => {
            // ARP: requests, and what is none.
            frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, if rng.gen_bool(0.7) { 1 } else { 2 }]);
            frame.extend(octets(rng, 20));
        }
        1 => {
            frame.extend([[0x88, 0xCC], [0x81, 0x00], [0x88, 0xA8], [0x00, 0x40]][rng.gen_range(0..4)]);
            let n = rng.gen_range(0..80);
            frame.extend(octets(rng, n));
        }
        2..=4 => {
            frame.extend([0x08, 0x00]);
            frame.extend(packet(rng, false, true));
        }
        _ => {
            frame.extend([0x86, 0xDD]);
            frame.extend(packet(rng, true, true));
        }
    }
    let length = frame.len();
    frame.resize(length.max(60), 0);
    rng.fill(&mut frame[length..]);
    frame
}

/// What a broken sender, or a line that the FCS did not hold, makes of a frame.
pub fn mutate(rng: &mut StdRng, frame: &mut Vec<u8>) {
    for _ in 0..rng.gen_range(1..4) {
        let at = rng.gen_range(0..frame.len().min(120));
        match rng.gen_range(0..12) {
            0 | 5..=7 => frame[at] ^= 1 << rng.gen_range(0..8),
            1 => frame[at] = rng.r#gen(),
            2 => frame[at] = [0, 1, 6, 17, 43, 44, 51, 58, 60, 132][rng.gen_range(0..10)],
            // The lengths of IPv4 and IPv6, a little off.
            3 | 8..=10 => {
                let start = 14 + 4 * rng.gen_range(0..3) + [2, 4][rng.gen_range(0..2)];
                if let Some(bytes) = frame.get_mut(start..start + 2) {
                    let value = u16::from_be_bytes([bytes[0], bytes[1]]).wrapping_sub(rng.gen_range(0..60));
                    bytes.copy_from_slice(&value.to_be_bytes());
                }
            }
            _ => frame.truncate(rng.gen_range(1..frame.len() + 1)),
        }
    }
}
