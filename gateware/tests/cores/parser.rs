//! The parser against the reference of `plane_model::headers`, and that reference against etherparse.

use crate::plane_model;
use plane_model::frames::{self, KINDS};
use plane_model::headers::{self, Bad, Header};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::FrameParser;
use std::collections::HashMap;

/// What came out for one frame.
#[derive(Debug, Default)]
struct Outcome {
    header: Option<Header>,
    kinds: [bool; 3],
    header_at: u64,
    cause: Option<u64>,
    end_at: u64,
    words: Vec<u8>,
}

struct Bench {
    uut: Box<FrameParser>,
    cycle: u64,
    open: Outcome,
    /// Headers reported before the frame under way has ended.
    outcomes: Vec<Outcome>,
}

impl Bench {
    fn new() -> Self {
        let mut uut = Box::<FrameParser>::default();
        uut.connect_all();
        uut.admit.next = true;
        Self {
            uut,
            cycle: 0,
            open: Outcome::default(),
            outcomes: vec![],
        }
    }

    fn header(&self) -> Header {
        let uut = &self.uut;
        let mac = |value: u64| value.to_le_bytes()[..6].try_into().unwrap();
        Header {
            destination_mac: mac(uut.destination_mac.val().to_u64()),
            source_mac: mac(uut.source_mac.val().to_u64()),
            tags: uut.tags.val().to_u8(),
            vid: uut.vid.val().to_u16(),
            network_start: uut.network_start.val().index(),
            is_ipv4: uut.is_ipv4.val(),
            is_ipv6: uut.is_ipv6.val(),
            is_arp_request: uut.is_arp_request.val(),
            malformed: uut.malformed.val(),
            is_fragment: uut.is_fragment.val(),
            later_fragment: uut.later_fragment.val(),
            has_ports: uut.has_ports.val(),
            is_icmp_error: uut.is_icmp_error.val(),
            is_echo_request: uut.is_echo_request.val(),
            is_neighbour_solicitation: uut.is_neighbour_solicitation.val(),
            source: uut.source.val().to_u128(),
            destination: uut.destination.val().to_u128(),
            ports: uut.ports.val().to_u32(),
            protocol: uut.protocol.val().to_u8(),
            flags: u8::from(uut.fin.val()) | u8::from(uut.syn.val()) << 1 | u8::from(uut.rst.val()) << 2 | u8::from(uut.ack.val()) << 4,
        }
    }

    fn tick(&mut self) {
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(self.uut.as_mut(), 30), "settles");
        }
        self.cycle += 1;
        if self.uut.header_valid.val() {
            assert!(self.open.header.is_none(), "a second header");
            self.open.header = Some(self.header());
            self.open.kinds = [self.uut.is_tcp.val(), self.uut.is_udp.val(), self.uut.is_sctp.val()];
            self.open.header_at = self.cycle;
        }
        if self.uut.word_valid.val() {
            let keep = self.uut.word_keep.val().to_u64().trailing_ones() as usize;
            self.open.words.extend(&self.uut.word_data.val().to_u64().to_le_bytes()[..keep]);
            assert_eq!(self.uut.word_last.val(), self.uut.end_valid.val());
        }
        if self.uut.end_valid.val() {
            assert!(self.uut.word_valid.val());
            let mut outcome = std::mem::take(&mut self.open);
            outcome.cause = Some(self.uut.end_cause.val().to_u64());
            outcome.end_at = self.cycle;
            assert_eq!(self.uut.word_error.val(), outcome.cause != Some(0));
            assert!(outcome.header.is_some(), "a frame ends without a header");
            self.outcomes.push(outcome);
        }
    }

    /// A frame, with what lies beyond its end set to `beyond`, then `gap` idle cycles.
    fn frame(&mut self, frame: &[u8], beyond: u8, gap: usize) {
        for (i, word) in frame.chunks(8).enumerate() {
            let mut bytes = [beyond; 8];
            bytes[..word.len()].copy_from_slice(word);
            self.uut.rx_valid.next = true;
            self.uut.rx_data.next = bits::<64>(u64::from_le_bytes(bytes));
            self.uut.rx_keep.next = bits::<8>((1 << word.len()) - 1);
            self.uut.rx_last.next = i + 1 == frame.len().div_ceil(8);
            self.tick();
        }
        self.uut.rx_valid.next = false;
        self.uut.rx_last.next = false;
        self.uut.rx_data.next = bits::<64>(u64::from_le_bytes([beyond; 8]));
        (0..gap).for_each(|_| self.tick());
    }
}

/// What must agree of a malformed packet: that it is one.
fn of_malformed(header: &Header) -> Header {
    Header {
        destination_mac: header.destination_mac,
        source_mac: header.source_mac,
        tags: header.tags,
        vid: header.vid,
        network_start: header.network_start,
        is_ipv4: header.is_ipv4,
        is_ipv6: header.is_ipv6,
        malformed: true,
        ..Default::default()
    }
}

/// All frames through the parser and the reference.
fn compare(frames: &[Vec<u8>], rng: &mut StdRng, what: &str) -> HashMap<&'static str, u32> {
    let mut bench = Bench::new();
    for frame in frames {
        let gap = [0, 0, 1, 2, 5][rng.gen_range(0..5)];
        bench.frame(frame, rng.r#gen(), gap);
    }
    (0..10).for_each(|_| bench.tick());
    assert_eq!(bench.outcomes.len(), frames.len(), "{what}");
    let mut seen = HashMap::new();
    for (i, (frame, got)) in frames.iter().zip(&bench.outcomes).enumerate() {
        let context = || format!("{what}, frame {i}: {frame:02x?}");
        assert_eq!(got.words, *frame, "{}", context());
        let header = got.header.as_ref().unwrap();
        let mut count = |what, is: bool| *seen.entry(what).or_default() += u32::from(is);
        match headers::read(frame) {
            Err(bad) => {
                let cause = if bad == Bad::Runt { 2 } else { 5 };
                assert_eq!(got.cause, Some(cause), "{}", context());
                count("bad", true);
            }
            Ok(want) if want.malformed => {
                assert_eq!(got.cause, Some(0), "{}", context());
                assert!(header.malformed, "{}", context());
                assert_eq!(of_malformed(header), of_malformed(&want), "{}", context());
                count("malformed", true);
            }
            Ok(want) => {
                assert_eq!(got.cause, Some(0), "{}", context());
                assert_eq!(*header, want, "{}", context());
                assert_eq!(
                    got.kinds,
                    [6, 17, 132].map(|protocol| (want.is_ipv4 || want.is_ipv6) && want.protocol == protocol),
                    "{}",
                    context()
                );
                count("ARP", want.is_arp_request);
                count("fragment", want.is_fragment && want.has_ports);
                count("later", want.later_fragment);
                count("error", want.is_icmp_error && want.has_ports && want.is_ipv4);
                count("error 6", want.is_icmp_error && want.has_ports && want.is_ipv6);
                count("error without ports", want.is_icmp_error && !want.has_ports);
                count("echo", want.is_echo_request);
                count("solicitation", want.is_neighbour_solicitation);
                count("ports", want.has_ports && want.is_ipv4);
                count("ports 6", want.has_ports && want.is_ipv6);
                count("INIT", want.protocol == 132 && want.flags == 2);
                count("two tags", want.tags == 2);
            }
        }
    }
    seen
}

#[test]
fn frames_of_all_kinds() {
    let seed = 11;
    let mut rng = StdRng::seed_from_u64(seed);
    let frames: Vec<_> = (0..2000).map(|i| frames::frame(&mut rng, i % KINDS)).collect();
    let seen = compare(&frames, &mut rng, &format!("seed {seed}"));
    assert!(
        seen.iter().all(|(what, n)| *n >= 5 || matches!(*what, "malformed" | "bad")),
        "{seen:?}"
    );
    assert_eq!((seen.get("bad"), seen.get("malformed")), (None, None), "{seen:?}");
}

#[test]
fn mutated_frames() {
    let seed = 12;
    let mut rng = StdRng::seed_from_u64(seed);
    let frames: Vec<_> = (0..3000)
        .map(|i| {
            let mut frame = frames::frame(&mut rng, i % KINDS);
            frames::mutate(&mut rng, &mut frame);
            frame
        })
        .collect();
    let seen = compare(&frames, &mut rng, &format!("seed {seed}"));
    assert!(seen["bad"] > 100 && seen["malformed"] > 60, "{seen:?}");
}

/// Every frame of every kind cut after each of its bytes.
#[test]
fn every_truncation() {
    let seed = 13;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut frames = vec![];
    for kind in 0..2 * KINDS {
        let mut frame = frames::frame(&mut rng, kind % KINDS);
        frame.truncate(130);
        frames.extend((1..=frame.len()).map(|length| frame[..length].to_vec()));
    }
    compare(&frames, &mut rng, &format!("seed {seed}"));
}

/// Every packet cut after each of its bytes, with a length that says so, in a frame that is just long enough, or padded.
#[test]
fn every_packet_length() {
    let seed = 14;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut frames = vec![];
    for number in 0..36 {
        let v6 = number % 2 == 1;
        let packet = frames::packet(&mut rng, v6, true);
        let tags = number / 2 % 3;
        let least = if v6 { 40 } else { 0 };
        for length in least..=packet.len().min(140) {
            let mut frame = vec![2; 12];
            (0..tags).for_each(|_| frame.extend([0x81, 0, 0x12, 0x34]));
            frame.extend(if v6 { [0x86, 0xDD] } else { [8, 0] });
            let start = frame.len();
            frame.extend(&packet[..length.max(20)]);
            let (at, value) = if v6 { (start + 4, length - 40) } else { (start + 2, length) };
            frame[at..at + 2].copy_from_slice(&(value as u16).to_be_bytes());
            frame.resize(frame.len().max(60) + if rng.gen_bool(0.3) { 9 } else { 0 }, rng.r#gen());
            frames.push(frame);
        }
    }
    let seen = compare(&frames, &mut rng, &format!("seed {seed}"));
    assert!(seen["malformed"] > 200 && !seen.contains_key("bad"), "{seen:?}");
}

/// Cycles from a word to what it says, the word's own counted.
#[test]
fn latencies() {
    // UDP: its ports are bytes 34 to 37, in a window of eight bytes that the sixth word completes.
    let mut frame = vec![0; 60];
    frame[12..24].copy_from_slice(&[8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17]);
    for (frame, header_word, header, is_udp) in [
        (frame, 6, 5, true),
        // No EtherType of ours; known with the first window, or at the end of a frame that has none.
        (vec![9; 60], 3, 5, false),
        (vec![9; 24], 3, 5, false),
        (vec![9; 3], 1, 6, false),
    ] {
        let words = frame.len().div_ceil(8) as u64;
        let mut bench = Bench::new();
        bench.frame(&frame, 0, 10);
        let outcome = &bench.outcomes[0];
        assert_eq!((outcome.header_at + 1 - header_word, outcome.end_at + 1 - words), (header, 6));
        assert_eq!(outcome.header.as_ref().unwrap().has_ports, is_udp);
    }
}

/// The reference's fields against a parser that others wrote.
#[test]
fn reference_agrees_with_etherparse() {
    use etherparse::{NetSlice, SlicedPacket, TransportSlice};
    let seed = 15;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut checked = [0; 6];
    for i in 0..20_000 {
        let frame = frames::frame(&mut rng, 2 + i % (KINDS - 2));
        let Ok(sliced) = SlicedPacket::from_ethernet(&frame) else {
            continue;
        };
        let want = headers::read(&frame).unwrap();
        // Its walk has no limit of headers, and an odd AH it takes.
        match &sliced.net {
            Some(NetSlice::Ipv4(ip)) => {
                assert!(want.is_ipv4);
                let header = ip.header();
                if !want.is_icmp_error {
                    assert_eq!(
                        (header.source(), header.destination()),
                        ((want.source as u32).to_be_bytes(), (want.destination as u32).to_be_bytes())
                    );
                    assert_eq!(header.protocol().0, want.protocol);
                }
                assert_eq!(header.is_fragmenting_payload(), want.is_fragment);
                checked[0] += 1;
            }
            Some(NetSlice::Ipv6(ip)) => {
                assert!(want.is_ipv6);
                if !want.is_icmp_error && !want.is_neighbour_solicitation {
                    let header = ip.header();
                    assert_eq!(
                        (header.source(), header.destination()),
                        (want.source.to_be_bytes(), want.destination.to_be_bytes())
                    );
                }
                if want.has_ports && !want.is_icmp_error {
                    assert_eq!(ip.payload().ip_number.0, want.protocol, "{frame:02x?}");
                    assert_eq!(ip.is_payload_fragmented(), want.is_fragment, "{frame:02x?}");
                }
                checked[1] += 1;
            }
            _ => assert!(!want.is_ipv4 && !want.is_ipv6),
        }
        let ports = |source: u16, destination: u16| u32::from(source) << 16 | u32::from(destination);
        match &sliced.transport {
            Some(TransportSlice::Tcp(tcp)) if want.has_ports => {
                assert_eq!(want.ports, ports(tcp.source_port(), tcp.destination_port()));
                let flags = u8::from(tcp.fin()) | u8::from(tcp.syn()) << 1 | u8::from(tcp.rst()) << 2 | u8::from(tcp.ack()) << 4;
                assert_eq!(want.flags, flags);
                checked[2] += 1;
            }
            Some(TransportSlice::Udp(udp)) if want.has_ports => {
                assert_eq!(want.ports, ports(udp.source_port(), udp.destination_port()));
                checked[3] += 1;
            }
            Some(TransportSlice::Icmpv4(icmp)) => {
                assert_eq!(want.is_echo_request, (icmp.type_u8(), icmp.code_u8()) == (8, 0));
                checked[4] += 1;
            }
            Some(TransportSlice::Icmpv6(icmp)) => {
                if !want.is_fragment && want.protocol == 58 {
                    assert_eq!(want.is_echo_request, (icmp.type_u8(), icmp.code_u8()) == (128, 0));
                }
                checked[5] += 1;
            }
            // One side's limits: a header that the other one did not get to.
            _ => {}
        }
        if let Some(vlan) = &sliced.vlan() {
            assert!(want.tags > 0);
            let outer = match vlan {
                etherparse::VlanSlice::SingleVlan(tag) => tag.vlan_identifier(),
                etherparse::VlanSlice::DoubleVlan(tags) => tags.outer.vlan_identifier(),
            };
            assert_eq!(want.vid, outer.value());
        }
    }
    assert!(checked.iter().all(|n| *n > 300), "seed {seed}: {checked:?}");
}
