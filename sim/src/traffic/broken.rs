//! Frames broken in every way a network can hold: each must be counted by its cause or passed whole, and hurt no other frame.
use super::client;
use crate::frame::{ACK, SYN, TCP, UDP, tcp, udp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const ETHERTYPE: usize = 12;
const IP: usize = 14;
const TRANSPORT: usize = 34;

/// A good frame before and after each broken one.
pub fn frames(seed: u64) -> Vec<Vec<u8>> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut all = Vec::new();
    for (number, broken) in kinds(&mut random).into_iter().enumerate() {
        let mut first = tcp(&client(number as u32, TCP), SYN, random.r#gen(), 0, &[]);
        first.resize(crate::link::MIN_FRAME, 0);
        all.push(first);
        all.push(broken);
        all.push(tcp(
            &client(number as u32, TCP),
            ACK,
            random.r#gen(),
            1,
            &vec![7; random.gen_range(6..1400)],
        ));
    }
    all
}

fn good(payload: usize) -> Vec<u8> {
    tcp(&client(9999, TCP), ACK, 1, 1, &vec![0xD5; payload])
}

fn with(changes: &[(usize, u8)]) -> Vec<u8> {
    let mut frame = good(64);
    changes.iter().for_each(|&(at, value)| frame[at] = value);
    frame
}

fn kinds(random: &mut StdRng) -> Vec<Vec<u8>> {
    let mut kinds: Vec<Vec<u8>> = Vec::new();
    // Runts of every length that matters, down to one byte; only `run --raw` sends them as they are.
    kinds.extend([1, 5, 6, 12, 13, 14, 15, 20, 33, 34, 40, 54, 58, 59].map(|length| good(64)[..length].to_vec()));
    // Longer than a switch takes: 9618 bytes with FCS are the limit, 9614 here.
    kinds.extend([1515, 9000, 9614, 9615, 9700, 16_000, 65_535].map(|length| {
        let mut frame = good(64);
        frame.resize(length, 0xEE);
        frame
    }));
    // IP version, header length below 5, beyond the frame, total length 0, below the header, beyond the frame.
    kinds.extend([0x55, 0x05, 0x00, 0x40, 0x44, 0x4F].map(|value| with(&[(IP, value)])));
    kinds.extend([(0, 0), (0, 19), (0, 20), (0, 39), (0xFF, 0xFF)].map(|(high, low)| with(&[(IP + 2, high), (IP + 3, low)])));
    // Cut within the IP header and within the TCP header, padded to the minimum by the sender or already long enough.
    kinds.extend([TRANSPORT - 1, TRANSPORT, TRANSPORT + 4, TRANSPORT + 13, TRANSPORT + 19].map(|length| good(64)[..length].to_vec()));
    // Options that fill the header, with the ports behind them in the next words.
    let mut options = good(100);
    options[IP] = 0x4F;
    options.splice(TRANSPORT..TRANSPORT, [1; 40]);
    kinds.push(options);
    // Wrong checksums, time to live 0, TCP data offsets below 5 and beyond the segment, no flags, all flags, port 0.
    kinds.extend(
        [
            (IP + 10, 0),
            (TRANSPORT + 16, 0),
            (IP + 8, 0),
            (TRANSPORT + 12, 0),
            (TRANSPORT + 12, 0xF0),
        ]
        .map(|change| with(&[change])),
    );
    kinds.extend([(TRANSPORT + 13, 0), (TRANSPORT + 13, 0xFF), (TRANSPORT, 0)].map(|change| with(&[change])));
    // Fragments: first, later, later without a transport header; the evil bit.
    kinds.extend([(0x20, 0), (0x20, 8), (0, 8), (0x80, 0)].map(|(high, low)| with(&[(IP + 6, high), (IP + 7, low)])));
    // UDP with length 0 and length beyond the datagram; protocols that are neither.
    let datagram = udp(&client(9998, UDP), &[1; 40]);
    for (at, value) in [
        (TRANSPORT + 5, 0),
        (TRANSPORT + 4, 0xFF),
        (IP + 9, 1),
        (IP + 9, 0),
        (IP + 9, 47),
        (IP + 9, 255),
    ] {
        let mut frame = datagram.clone();
        frame[at] = value;
        kinds.push(frame);
    }
    // Length/type: LLC with a right, a too long and a zero length, the gap 0x05DD..0x05FF, flow control, IPv6, unknown.
    for kind in [0x0032u16, 0x05DC, 0x0000, 0x05DD, 0x05FF, 0x0600, 0x8808, 0x86DD, 0x88CC, 0xFFFF] {
        let mut frame = good(64);
        frame[ETHERTYPE..ETHERTYPE + 2].copy_from_slice(&kind.to_be_bytes());
        kinds.push(frame);
    }
    // VLAN: one tag, priority only, two, three and five tags, a tag with nothing behind it.
    for tags in [1, 2, 3, 5] {
        let mut frame = good(64);
        for tag in 0..tags {
            let outer = if tag > 0 { 0x88 } else { 0x81 };
            frame.splice(ETHERTYPE..ETHERTYPE, [outer, if outer == 0x88 { 0xA8 } else { 0 }, 0x60, tag as u8]);
        }
        kinds.push(frame);
    }
    kinds.push([&good(0)[..12], &[0x81, 0x00, 0x00, 0x01]].concat());
    // Addresses: to nobody, from nobody, from a group, to everybody with a TCP frame inside, source = destination.
    for (at, bytes) in [(0, [0; 6]), (6, [0; 6]), (6, [0xFF; 6]), (0, [0xFF; 6]), (0, [1, 0, 0x5E, 0, 0, 1])] {
        let mut frame = good(64);
        frame[at..at + 6].copy_from_slice(&bytes);
        kinds.push(frame);
    }
    // Every octet the same as a control character or a delimiter.
    kinds.extend([0x00, 0xFF, 0x07, 0xFB, 0xFD, 0xFE, 0x9C, 0x55, 0xD5].map(|byte| vec![byte; 100]));
    // Noise.
    kinds.extend((0..40).map(|_| (0..random.gen_range(14..1600)).map(|_| random.r#gen()).collect()));
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_frame_of_each_kind_between_good_ones() {
        let all = frames(1);
        assert_eq!(all.len() % 3, 0);
        let has = |test: &dyn Fn(&[u8]) -> bool| all.iter().any(|f| test(f));
        assert!(has(&|f| f.len() == 1) && has(&|f| f.len() == 9615) && has(&|f| f.len() == 65_535));
        assert!(has(&|f| f.len() > 14 && f[12..14] == [0x81, 0]) && has(&|f| f.len() > 14 && f[12..14] == [0, 0x32]));
        assert!(all.iter().step_by(3).all(|f| crate::frame::layout(f).is_some()));
    }
}
