//! What a responder does with a frame, from RFC 826, 791, 792, 1071, 4443, 4861 and IEEE 802.1Q, and frames to try it with. It shares with the
//! circuit which frames are left alone (options, fragments, extension headers) and how these are counted, and nothing of how it is done.

use etherparse::PacketBuilder;
use rand::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Oversize,
    Short,
    Other,
    Unanswerable,
    Invalid,
    Arp(Vec<u8>),
    Neighbour(Vec<u8>),
    Echo(Vec<u8>),
}

pub const OWN_MAC: [u8; 6] = [0x02, 0x5B, 0xA1, 0x00, 0xC3, 0x7E];
pub const ALL_NODES: [u8; 16] = [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
pub const ALL_NODES_MAC: [u8; 6] = [0x33, 0x33, 0, 0, 0, 1];

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b))
}

/// The sum of 16-bit words modulo 0xFFFF; 0 for what holds its own right checksum.
pub fn sum(parts: &[&[u8]]) -> u32 {
    let words = |part: &[u8]| {
        part.chunks(2)
            .map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |b| u32::from(*b)))
            .sum::<u32>()
    };
    parts.iter().map(|part| words(part) % 0xFFFF).sum::<u32>() % 0xFFFF
}

/// The checksum that brings the whole to `residue`, where it holds 0 as checksum now.
fn checksum(parts: &[&[u8]], residue: u32) -> [u8; 2] {
    (((residue + 0xFFFF - sum(parts)) % 0xFFFF) as u16).to_be_bytes()
}

pub fn ethernet(destination: &[u8], source: &[u8], tags: &[u8], ethertype: u16, packet: &[u8]) -> Vec<u8> {
    let mut frame = [destination, source, tags, &ethertype.to_be_bytes(), packet].concat();
    frame.resize(frame.len().max(60), 0);
    frame
}

pub fn arp(operation: u16, sender: (&[u8], &[u8]), target: (&[u8], &[u8])) -> Vec<u8> {
    [
        &[0, 1, 8, 0, 6, 4],
        &operation.to_be_bytes()[..],
        sender.0,
        sender.1,
        target.0,
        target.1,
    ]
    .concat()
}

/// RFC 4861 4.4 with the option of 4.6.1.
pub fn advertisement(target: &[u8], destination: &[u8], flags: u8) -> Vec<u8> {
    let mut message = [&[136, 0, 0, 0, flags, 0, 0, 0], target, &[2, 1], &OWN_MAC].concat();
    let pseudo = [0, 0, 0, 32, 0, 0, 0, 58];
    let check = checksum(&[target, destination, &pseudo, &message], 0);
    message[2..4].copy_from_slice(&check);
    [&[0x60, 0, 0, 0, 0, 32, 58, 255], target, destination, &message].concat()
}

pub fn outcome(frame: &[u8]) -> Outcome {
    if frame.len() > 1522 {
        return Outcome::Oversize;
    }
    if frame.len() < 60 {
        return Outcome::Short;
    }
    let mut at = 12;
    if [0x8100, 0x88A8].contains(&number(&frame[at..at + 2])) {
        at += 4;
        if number(&frame[at..at + 2]) == 0x8100 {
            at += 4;
        }
    }
    let (tags, packet, source) = (&frame[12..at], &frame[at + 2..], &frame[6..12]);
    let group_source = source[0] & 1 == 1;
    match number(&frame[at..at + 2]) {
        0x0806 => {
            if packet[..8] != [0, 1, 8, 0, 6, 4, 0, 1] {
                Outcome::Unanswerable
            } else if group_source || packet[8] & 1 == 1 {
                Outcome::Invalid
            } else {
                let reply = arp(2, (&OWN_MAC, &packet[24..28]), (&packet[8..14], &packet[14..18]));
                Outcome::Arp(ethernet(&packet[8..14], &OWN_MAC, tags, 0x0806, &reply))
            }
        }
        0x0800 => {
            let length = number(&packet[2..4]);
            if length < 28 || length > packet.len() {
                return Outcome::Short;
            }
            match ipv4(&packet[..length], group_source) {
                Ok(reply) => Outcome::Echo(ethernet(source, &OWN_MAC, tags, 0x0800, &reply)),
                Err(why) => why,
            }
        }
        0x86DD => {
            let length = 40 + number(&packet[4..6]);
            if length < 48 || length > packet.len() {
                return Outcome::Short;
            }
            ipv6(&packet[..length], source, tags)
        }
        _ => Outcome::Other,
    }
}

fn ipv4(packet: &[u8], group_source: bool) -> Result<Vec<u8>, Outcome> {
    let (version, ihl) = (packet[0] >> 4, packet[0] & 15);
    let fragment = number(&packet[6..8]) & 0x3FFF != 0;
    if ihl > 5 || fragment || packet[9] != 1 || packet[16] >= 224 || packet[20] != 8 || packet[21] != 0 {
        return Err(Outcome::Unanswerable);
    }
    if version != 4 || ihl < 5 || [0, 127].contains(&packet[12]) || packet[12] >= 224 || group_source {
        return Err(Outcome::Invalid);
    }
    // What was wrong before is as wrong now.
    let residues = (sum(&[&packet[..20]]), sum(&[&packet[20..]]));
    let mut reply = packet.to_vec();
    reply[8] = 64;
    reply[12..16].copy_from_slice(&packet[16..20]);
    reply[16..20].copy_from_slice(&packet[12..16]);
    reply[20] = 0;
    reply[10..12].fill(0);
    reply[22..24].fill(0);
    let checks = (checksum(&[&reply[..20]], residues.0), checksum(&[&reply[20..]], residues.1));
    reply[10..12].copy_from_slice(&checks.0);
    reply[22..24].copy_from_slice(&checks.1);
    Ok(reply)
}

fn ipv6(packet: &[u8], source_mac: &[u8], tags: &[u8]) -> Outcome {
    let (from, to, message) = (&packet[8..24], &packet[24..40], &packet[40..]);
    let unspecified = from.iter().all(|b| *b == 0);
    let bad = packet[0] >> 4 != 6 || from[0] == 0xFF || source_mac[0] & 1 == 1;
    let length = (message.len() as u32).to_be_bytes();
    let residue = sum(&[from, to, &length, &[0, 58], message]);
    match (packet[6], message[0], message[1]) {
        (58, 128, 0) if to[0] != 0xFF => {
            if bad || unspecified {
                return Outcome::Invalid;
            }
            let mut reply = [&packet[..8], to, from, message].concat();
            reply[7] = 64;
            reply[40] = 129;
            reply[42..44].fill(0);
            let check = checksum(&[to, from, &length, &[0, 58], &reply[40..]], residue);
            reply[42..44].copy_from_slice(&check);
            Outcome::Echo(ethernet(source_mac, &OWN_MAC, tags, 0x86DD, &reply))
        }
        (58, 135, code) => {
            if bad || packet[7] != 255 || code != 0 || residue != 0 || message.len() < 24 || message[8] == 0xFF {
                return Outcome::Invalid;
            }
            let mut options = &message[24..];
            while !options.is_empty() {
                let length = options.get(1).map_or(0, |units| usize::from(*units) * 8);
                if length == 0 || length > options.len() || (unspecified && options[0] == 1) {
                    return Outcome::Invalid;
                }
                options = &options[length..];
            }
            let solicited_node = to[..13] == [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF];
            let target = &message[8..24];
            if !unspecified {
                return Outcome::Neighbour(ethernet(source_mac, &OWN_MAC, tags, 0x86DD, &advertisement(target, from, 0x60)));
            }
            if !solicited_node {
                return Outcome::Invalid;
            }
            let reply = advertisement(target, &ALL_NODES, 0x20);
            Outcome::Neighbour(ethernet(&ALL_NODES_MAC, &OWN_MAC, tags, 0x86DD, &reply))
        }
        _ => Outcome::Unanswerable,
    }
}

/// A packet to be answered, and its EtherType. `payload`: bytes of an echo.
pub fn request(rng: &mut StdRng, kind: u32, payload: usize) -> (u16, Vec<u8>) {
    let data: Vec<u8> = (0..payload).map(|_| rng.r#gen()).collect();
    let mut ipv6: [[u8; 16]; 2] = rng.r#gen();
    ipv6.iter_mut().for_each(|address| address[0] = 0x20);
    // Wrong in one thing and right in all else, its checksum too.
    match rng.gen_range(0..60) {
        0 => ipv6[0] = [0; 16],
        1 => ipv6[0][0] = 0xFF,
        2 => ipv6[1][0] = 0xFF,
        _ => {}
    }
    let ipv4 = [[10, rng.r#gen(), 2, 3], [192, 0, 2, rng.r#gen()]];
    let mut packet = vec![];
    match kind {
        0 => {
            let sender = [0x02, rng.r#gen(), 3, 4, 5, 6];
            let address = if rng.gen_bool(0.3) { [0; 4] } else { ipv4[0] };
            return (0x0806, arp(1, (&sender, &address), (&[0; 6], &ipv4[1])));
        }
        1 => PacketBuilder::ipv4(ipv4[0], ipv4[1], rng.r#gen())
            .icmpv4_echo_request(rng.r#gen(), rng.r#gen())
            .write(&mut packet, &data)
            .unwrap(),
        2 => PacketBuilder::ipv6(ipv6[0], ipv6[1], rng.r#gen())
            .icmpv6_echo_request(rng.r#gen(), rng.r#gen())
            .write(&mut packet, &data)
            .unwrap(),
        _ => {
            let target = ipv6[1];
            let mut message = target.to_vec();
            let mut solicited = [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0, 0, 0];
            solicited[13..].copy_from_slice(&target[13..]);
            let unspecified = rng.gen_bool(0.3);
            let source = if unspecified { [0; 16] } else { ipv6[0] };
            if unspecified == rng.gen_bool(0.1) {
                message.extend([1, 1, 2, 3, 4, 5, 6, 7]);
            }
            if rng.gen_bool(0.2) {
                let units = rng.gen_range(0..4_u8);
                message.extend([14, units]);
                message.extend((0..(usize::from(units) * 8).max(8) - 2).map(|_| rng.r#gen::<u8>()));
            }
            // An option that its message cuts short.
            if rng.gen_bool(0.1) {
                message.extend(&[14, 1, 0, 0, 0, 0, 0][..rng.gen_range(1..8)]);
            }
            let to = if rng.gen_bool(0.1) { target } else { solicited };
            PacketBuilder::ipv6(source, to, 255)
                .icmpv6_raw(135, u8::from(rng.gen_bool(0.03)), [0; 4])
                .write(&mut packet, &message)
                .unwrap();
        }
    }
    (if kind == 1 { 0x0800 } else { 0x86DD }, packet)
}

pub fn tags(rng: &mut StdRng, number: usize) -> Vec<u8> {
    let outer = if rng.r#gen() { [0x81, 0x00] } else { [0x88, 0xA8] };
    let mut tags = vec![];
    for n in 0..number {
        tags.extend(if n == 0 { outer } else { [0x81, 0x00] });
        tags.extend(rng.r#gen::<[u8; 2]>());
    }
    tags
}

/// Requests behind 0 to 2 tags, now and then 3; a good part of them changed, cut or lengthened.
pub fn random_frame(rng: &mut StdRng, longest: usize) -> Vec<u8> {
    let payload = if rng.gen_bool(0.6) {
        rng.gen_range(0..40)
    } else {
        rng.gen_range(0..longest)
    };
    let kind = rng.gen_range(0..4);
    let (ethertype, packet) = request(rng, kind, payload);
    let number = if rng.gen_bool(0.04) { 3 } else { rng.gen_range(0..3) };
    let tags = tags(rng, number);
    let mut frame = ethernet(&OWN_MAC, &[0x02, 9, 8, rng.r#gen(), 6, 5], &tags, ethertype, &packet);
    match rng.gen_range(0..12) {
        0 | 1 => {
            let at = rng.gen_range(0..frame.len().min(22 + 64));
            frame[at] = if rng.r#gen() {
                rng.r#gen()
            } else {
                frame[at] ^ 1 << rng.gen_range(0..8)
            };
        }
        2 => {
            let length = rng.gen_range(1..=frame.len());
            frame.truncate(length);
        }
        3 if rng.gen_bool(0.1) => frame.resize(rng.gen_range(1519..1540), 0x77),
        3 => frame.extend((0..rng.gen_range(1..30)).map(|_| rng.r#gen::<u8>())),
        4 => {
            // The header's bytes that decide.
            let at = tags.len() + 14 + [0, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 20, 21, 24, 40, 41, 48, 64, 65][rng.gen_range(0..19)];
            if at < frame.len() {
                frame[at] = [0, 1, 255, 58, 128, 135, 127, 224, 0x44, 0x46, 0x65][rng.gen_range(0..11)];
            }
        }
        _ => {}
    }
    frame
}
