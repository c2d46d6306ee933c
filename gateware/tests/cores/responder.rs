//! The responder against a model from the RFCs, and against its Verilog.

use crate::responder_bench;
use crate::responder_model;
use etherparse::{Icmpv6Slice, Ipv4Header};
use rand::prelude::*;
use responder_bench::*;
use responder_model::{ALL_NODES, ALL_NODES_MAC, OWN_MAC, Outcome, advertisement, arp, ethernet, outcome, random_frame, request, tags};
use rust_hdl::prelude::*;
use spareband_gateware::forward::NeighbourResponder;
use spareband_hdl::lockstep;
use std::collections::VecDeque;
/// Frames back to back with no gap at all, whole, cut and changed, more than can be answered and while the way out stands still now and then.
#[test]
fn answers_as_the_model_does() {
    let seed = 11;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Bench::new();
    let (mut arriving, mut waiting, mut wanted) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
    let mut count = std::collections::BTreeMap::<&str, u32>::new();
    let (mut sent, mut calm) = (0, 0);
    for step in 0..34_000_u32 {
        if bench.sending.is_empty() && step < 25_000 {
            if calm > 0 {
                calm -= 1;
            } else {
                let longest = if rng.gen_bool(0.05) { 1500 } else { 120 };
                let frame = random_frame(&mut rng, longest);
                (bench.commit, bench.select) = (rng.gen_bool(0.95), rng.gen_bool(0.95));
                if bench.commit && bench.select {
                    arriving.push_back(outcome(&frame));
                    sent += 1;
                }
                bench.send(frame);
                // Half of the time at line rate, half of the time so that most are answered.
                calm = if step / 3000 % 2 == 0 { 0 } else { rng.gen_range(0..60) };
            }
        }
        let cycle = bench.cycle(step % 2000 > 500 || rng.gen_bool(0.3));
        if let Some(event) = cycle.arrival {
            *count.entry(event).or_default() += 1;
            let due = arriving.pop_front().expect("a frame that arrived");
            match due {
                Outcome::Oversize => assert_eq!(event, "oversize", "seed {seed}"),
                Outcome::Short => assert_eq!(event, "short", "seed {seed}"),
                Outcome::Other => assert_eq!(event, "other", "seed {seed}"),
                due => {
                    assert!(["queued", "full"].contains(&event), "seed {seed}: {event} for {due:?}");
                    if event == "queued" {
                        waiting.push_back(due);
                    }
                }
            }
        }
        if let Some(event) = cycle.turn {
            *count.entry(event).or_default() += 1;
            let (name, reply) = match waiting.pop_front().expect("a request that waited") {
                Outcome::Unanswerable => ("unanswerable", None),
                Outcome::Invalid => ("invalid", None),
                Outcome::Arp(reply) => ("arp", Some(reply)),
                Outcome::Neighbour(reply) => ("neighbour", Some(reply)),
                Outcome::Echo(reply) => ("echo", Some(reply)),
                due => panic!("{due:?} does not wait"),
            };
            assert_eq!(event, name, "seed {seed}: {reply:02X?}");
            wanted.extend(reply);
        }
        if let Some(frame) = cycle.frame {
            let due = wanted.pop_front().expect("a reply");
            assert_eq!(frame, due, "seed {seed}:\n{frame:02X?}\n{due:02X?}");
        }
    }
    assert!(arriving.is_empty() && waiting.is_empty() && wanted.is_empty(), "seed {seed}");
    println!("{sent} frames, {count:?}");
    for name in ARRIVAL.iter().chain(&TURN) {
        let least = if ["announced", "limit"].contains(name) { 0 } else { 3 };
        assert!(count.get(name).copied().unwrap_or(0) >= least, "{name}: {count:?}");
    }
}

fn reply_to(bench: &mut Bench, frame: Vec<u8>) -> Option<Vec<u8>> {
    bench.send(frame);
    (0..700).find_map(|_| bench.cycle(true).frame)
}

/// etherparse takes each reply apart and says that its checksums are right. Every length of an echo, every depth of tags.
#[test]
fn replies_are_right_for_a_foreign_parser() {
    let seed = 12;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bench = Bench::new();
    for n in 0..150_usize {
        let (kind, depth) = (1 + n as u32 % 3, n / 3 % 3);
        let payload = if n > 140 { 1522 - 22 - 48 } else { n / 3 };
        let (ethertype, packet) = loop {
            let (ethertype, packet) = request(&mut rng, kind, payload);
            let frame = ethernet(&OWN_MAC, &[2; 6], &[], ethertype, &packet);
            if matches!(outcome(&frame), Outcome::Neighbour(_) | Outcome::Echo(_)) {
                break (ethertype, packet);
            }
        };
        let tags = tags(&mut rng, depth);
        let frame = ethernet(&OWN_MAC, &[2, 3, 4, 5, 6, 7], &tags, ethertype, &packet);
        let reply = reply_to(&mut bench, frame).unwrap_or_else(|| panic!("seed {seed}: no reply to {packet:02X?}"));
        assert_eq!((&reply[6..12], &reply[12..12 + tags.len()]), (&OWN_MAC[..], &tags[..]));
        let reply = &reply[14 + tags.len()..];
        if kind == 1 {
            let (header, rest) = Ipv4Header::from_slice(reply).unwrap();
            assert_eq!((header.header_checksum, header.time_to_live), (header.calc_header_checksum(), 64));
            assert_eq!(responder_model::sum(&[&rest[..payload + 8]]), 0);
            assert_eq!((header.source[..] == packet[16..20], &rest[4..payload + 8]), (true, &packet[24..]));
        } else {
            let (header, rest) = etherparse::Ipv6Header::from_slice(reply).unwrap();
            let message = Icmpv6Slice::from_slice(&rest[..header.payload_length.into()]).unwrap();
            assert!(
                message.is_checksum_valid(header.source, header.destination),
                "seed {seed}: {reply:02X?}"
            );
            assert_eq!(message.type_u8(), if kind == 2 { 129 } else { 136 });
            assert_eq!(header.hop_limit, if kind == 2 { 64 } else { 255 });
        }
    }
}

/// From a request's last word to its reply's first.
#[test]
fn latency_of_each_reply() {
    let mut rng = StdRng::seed_from_u64(13);
    let mut slowest = [0; 4];
    for n in 0..24_u32 {
        let mut bench = Bench::new();
        let (kind, depth) = (n as usize % 4, n as usize / 4 % 3);
        let frame = loop {
            let (ethertype, packet) = request(&mut rng, kind as u32, 32);
            let frame = ethernet(&OWN_MAC, &[2; 6], &tags(&mut rng, depth), ethertype, &packet);
            let plain = if kind == 3 { 62 + 8 + 16 + depth * 4 } else { 0 };
            if matches!(outcome(&frame), Outcome::Arp(_) | Outcome::Neighbour(_) | Outcome::Echo(_)) && (kind < 3 || frame.len() == plain) {
                break frame;
            }
        };
        bench.send(frame);
        let (mut queued, mut replied) = (0, false);
        while !replied {
            let cycle = bench.cycle(true);
            if cycle.arrival == Some("queued") {
                queued = bench.now - 1 - bench.last_in;
            }
            replied = cycle.frame.is_some();
        }
        assert_eq!(queued, 6);
        slowest[kind] = slowest[kind].max(bench.first_out - bench.last_in);
    }
    println!("ARP, echo IPv4, echo IPv6, solicitation: {slowest:?} cycles");
    assert_eq!(slowest, [90, 88, 107, 158]);
}

/// Cycles from reply to reply while requests wait: of the shortest frames, and of the longest echo.
#[test]
fn replies_in_a_row() {
    let mut rng = StdRng::seed_from_u64(15);
    let mut each = vec![];
    for (kind, payload) in [(0, 0), (1, 8), (2, 8), (3, 0), (1, 1522 - 42)] {
        let mut bench = Bench::new();
        let (ethertype, packet) = loop {
            let (ethertype, packet) = request(&mut rng, kind, payload);
            let frame = ethernet(&OWN_MAC, &[2; 6], &[], ethertype, &packet);
            if matches!(outcome(&frame), Outcome::Arp(_) | Outcome::Neighbour(_) | Outcome::Echo(_)) && (kind < 3 || packet.len() == 72) {
                break (ethertype, packet);
            }
        };
        let mut ends = vec![];
        while ends.len() < 6 {
            if bench.sending.is_empty() {
                bench.send(ethernet(&OWN_MAC, &[2; 6], &[], ethertype, &packet));
            }
            if bench.cycle(true).frame.is_some() {
                ends.push(bench.now);
            }
        }
        each.push((ends[5] - ends[1]) / 4);
    }
    println!("ARP, echo IPv4, echo IPv6, solicitation without option, longest echo: {each:?} cycles each");
    assert_eq!(each, [75, 70, 87, 139, 382]);
}

#[test]
fn limits_its_replies() {
    let mut rng = StdRng::seed_from_u64(14);
    let mut bench = Bench::new();
    bench.uut.reply_limit.next = bits::<16>(3);
    let (mut answered, mut limited, mut waiting) = (0, 0, 0);
    // 20 intervals of 512 cycles.
    for _ in 0..20 * 512 {
        if bench.sending.is_empty() {
            let (ethertype, packet) = request(&mut rng, 0, 0);
            bench.send(ethernet(&OWN_MAC, &[2; 6], &[], ethertype, &packet));
        }
        let cycle = bench.cycle(true);
        waiting += i32::from(cycle.arrival == Some("queued")) - i32::from(cycle.turn.is_some());
        answered += u32::from(cycle.turn == Some("arp"));
        limited += u32::from(cycle.turn == Some("limit"));
    }
    println!("{answered} answered, {limited} over the limit");
    assert!(
        (60..=63).contains(&answered) && limited > 180 && waiting < 60,
        "{answered} {limited} {waiting}"
    );
}

#[test]
fn announces() {
    let mut bench = Bench::new();
    let target: [u8; 16] = [0x20, 1, 0xD, 0xB8, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xE1];
    let vip = [203, 0, 113, 77];
    let neighbour = advertisement(&target, &ALL_NODES, 0x20);
    let request = arp(1, (&OWN_MAC, &vip), (&[0; 6], &vip));
    for (is_ipv6, tags) in [
        (false, vec![]),
        (true, vec![]),
        (false, vec![0x81, 0, 0x0A, 0xBC]),
        (true, vec![0x81, 0, 0x0A, 0xBC]),
    ] {
        let address = if is_ipv6 {
            target.to_vec()
        } else {
            // What stands above an IPv4 address is of no meaning.
            [&[0xEE; 12], &vip[..]].concat()
        };
        let due = if is_ipv6 {
            ethernet(&ALL_NODES_MAC, &OWN_MAC, &tags, 0x86DD, &neighbour)
        } else {
            ethernet(&[0xFF; 6], &OWN_MAC, &tags, 0x0806, &request)
        };
        bench.uut.announce_is_ipv6.next = is_ipv6;
        bench.uut.announce_tagged.next = !tags.is_empty();
        bench.uut.announce_vid.next = bits::<12>(0xABC);
        bench.uut.announce_address.next = address.iter().fold(bits::<128>(0), |n, b| (n << 8) | bits::<128>((*b).into()));
        bench.uut.announce.next = true;
        bench.cycle(true);
        assert!(bench.uut.accepted.val());
        // A second one while the first waits is not taken.
        bench.cycle(true);
        assert!(!bench.uut.accepted.val());
        bench.uut.announce.next = false;
        let mut turns = 0;
        let frame = (0..200).find_map(|_| {
            let cycle = bench.cycle(true);
            turns += u32::from(cycle.turn == Some("announced"));
            cycle.frame
        });
        assert_eq!((frame, turns), (Some(due), 1));
        assert!((0..100).all(|_| bench.cycle(true).frame.is_none()));
    }
}

#[test]
fn lockstep() {
    let (mut frame, mut at, mut gap) = (vec![], 0, 3);
    lockstep!(NeighbourResponder::<8, 6>::default(); clk, reset, in_valid, in_data, in_keep, in_last, in_commit, in_select, own_mac, reply_limit,
        announce, announce_is_ipv6, announce_address, announce_vid, announce_tagged, out_ready)
    .clock("clk")
    .bias("out_ready", 0.8)
    .bias("announce", 0.005)
    .cycles(6000)
    .stimulus(move |cycle, inputs| {
        inputs.set("own_mac", own_mac());
        inputs.set("reset", u32::from((4000..4008).contains(&cycle)));
        inputs.set("reply_limit", if cycle > 5000 { 1_u32 } else { 0 });
        inputs.set("in_valid", u32::from(gap == 0));
        if gap > 0 {
            gap -= 1;
            return;
        }
        if at == 0 {
            frame = random_frame(inputs.rng, 200);
        }
        let word = &frame[at..frame.len().min(at + 8)];
        let mut data = [0x5A; 8];
        data[..word.len()].copy_from_slice(word);
        at += 8;
        inputs.set("in_data", u64::from_le_bytes(data));
        inputs.set("in_keep", (1_u32 << word.len()) - 1);
        inputs.set("in_last", u32::from(at >= frame.len()));
        inputs.set("in_commit", 1_u32);
        inputs.set("in_select", u32::from(cycle % 50 != 0));
        if at >= frame.len() {
            at = 0;
            gap = inputs.rng.gen_range(0..30);
        }
    })
    .run();
}
