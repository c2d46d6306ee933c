//! What the uplink's frames teach: sources of good frames alone, not too often, and in lockstep with the Verilog.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::UplinkTap;

const PACE: u64 = 64;
const LATENCY: u64 = 7;

struct Bench {
    uut: UplinkTap,
    cycle: u64,
    /// Cycle, address and VLAN.
    learned: Vec<(u64, u64, u64)>,
}

impl Bench {
    fn new() -> Self {
        let mut uut = UplinkTap::default();
        uut.connect_all();
        let mut bench = Self {
            uut,
            cycle: 0,
            learned: vec![],
        };
        bench.uut.reset.next = true;
        bench.tick(false);
        bench.uut.reset.next = false;
        bench
    }

    fn tick(&mut self, ready: bool) {
        self.uut.learn_ready.next = ready;
        self.uut.clk.next = false.into();
        assert!(simulate(&mut self.uut, 100));
        if self.uut.learn.val() && ready {
            let source = (self.cycle, self.uut.learn_mac.val().to_u64(), self.uut.learn_vid.val().to_u64());
            self.learned.push(source);
        }
        self.uut.clk.next = true.into();
        assert!(simulate(&mut self.uut, 100));
        self.cycle += 1;
    }

    fn words(&mut self, bytes: &[u8]) {
        let words = bytes.len() / 8;
        for (index, word) in bytes.chunks(8).enumerate() {
            self.uut.word_valid.next = true;
            self.uut.word_data.next = bits(u64::from_le_bytes(word.try_into().unwrap()));
            self.uut.word_last.next = index + 1 == words;
            self.tick(true);
        }
        self.uut.word_valid.next = false;
    }

    fn end(&mut self, well_formed: bool) {
        (self.uut.ended.next, self.uut.well_formed.next) = (true, well_formed);
        self.tick(true);
        self.uut.ended.next = false;
    }
}

/// A frame of so many words, its source as the registers hold it and its VLAN; nothing of a frame of one word.
fn frame(rng: &mut StdRng, words: usize) -> (Vec<u8>, Option<(u64, u64)>) {
    let mut bytes: Vec<u8> = (0..8 * words).map(|_| rng.r#gen()).collect();
    if words == 1 {
        return (bytes, None);
    }
    let tag: Option<[u8; 2]> = [None, Some([0x81, 0]), Some([0x88, 0xA8]), Some([0x91, 0])][rng.gen_range(0..4)];
    bytes[12..14].copy_from_slice(&tag.unwrap_or([8, 0]));
    let mac = bytes[6..12].iter().rev().fold(0, |mac, byte| mac << 8 | u64::from(*byte));
    let tagged = matches!(tag, Some([0x81, 0] | [0x88, 0xA8]));
    let vid = u64::from(u16::from_be_bytes([bytes[14], bytes[15]]) & 0xFFF);
    (bytes, Some((mac, if tagged { vid } else { 0 })))
}

/// Up to twelve frames are under way before their ends are told; those that come more than the pace apart are all learned from.
#[test]
fn sources_are_those_of_the_good_frames() {
    let mut rng = seeded(0x71);
    let mut bench = Bench::new();
    let mut expected = vec![];
    for _ in 0..150 {
        let batch: Vec<_> = (0..rng.gen_range(1..13))
            .map(|_| {
                let words = rng.gen_range(1..12);
                frame(&mut rng, words)
            })
            .collect();
        for (bytes, _) in &batch {
            bench.words(bytes);
            (0..rng.gen_range(0..3)).for_each(|_| bench.tick(true));
        }
        (0..rng.gen_range(3..9)).for_each(|_| bench.tick(true));
        for (_, source) in batch {
            let well_formed = source.is_some() && rng.gen_bool(0.6);
            bench.end(well_formed);
            if let Some(source) = source.filter(|_| well_formed) {
                expected.push(source);
            }
            (0..PACE + LATENCY).for_each(|_| bench.tick(true));
        }
    }
    let learned: Vec<_> = bench.learned.iter().map(|(_, mac, vid)| (*mac, *vid)).collect();
    assert_eq!(learned, expected);
    assert!(learned.len() > 300);
}

/// Frames as close as they come, and a database that is busy: no two sources within the pace, and each of those learned was sent.
#[test]
fn a_flood_of_sources_is_thinned() {
    let mut rng = seeded(0x72);
    let mut bench = Bench::new();
    let mut sent = vec![];
    for _ in 0..2000 {
        let (bytes, source) = frame(&mut rng, 8);
        bench.words(&bytes);
        sent.extend(source);
        bench.tick(rng.gen_bool(0.2));
        bench.end(true);
    }
    let times: Vec<u64> = bench.learned.iter().map(|(cycle, ..)| *cycle).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] > PACE), "{times:?}");
    assert!(times.len() as u64 > 2000 * 10 / (PACE + 40), "{} of 2000", times.len());
    assert!(bench.learned.iter().all(|(_, mac, vid)| sent.contains(&(*mac, *vid))));
}

#[test]
fn a_good_frame_teaches() {
    let mut rng = seeded(0x73);
    let mut bench = Bench::new();
    let (bytes, source) = frame(&mut rng, 8);
    bench.words(&bytes);
    (0..20).for_each(|_| bench.tick(true));
    let ended = bench.cycle;
    bench.end(true);
    (0..20).for_each(|_| bench.tick(true));
    let (mac, vid) = source.unwrap();
    assert_eq!(bench.learned, [(ended + LATENCY - 1, mac, vid)]);
}

#[test]
fn uplink_tap_lockstep() {
    spareband_hdl::lockstep!(UplinkTap::default(); clk, reset, word_valid, word_data, word_last, ended, well_formed, learn_ready)
        .clock("clk")
        .bias("reset", 0.005)
        .bias("word_last", 0.2)
        .bias("ended", 0.1)
        .cycles(4_000)
        .run();
}
