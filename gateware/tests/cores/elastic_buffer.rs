//! The elastic buffer between two clocks whose edges are at exact times of their own.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::basex::ElasticBuffer;
use spareband_hdl::lockstep;

const DV: u16 = 0x100;
const ER: u16 = 0x200;
/// Times of an exact period of 8 ns; a part per million of it is one.
const PERIOD: u64 = 1_000_000;

/// A run of octets with rx_dv or rx_er, and the idles before it.
#[derive(Clone, Debug, PartialEq)]
struct Burst {
    gap: usize,
    words: Vec<u16>,
    /// Of the edge that takes the first octet, or after which it is there.
    time: u64,
}

struct Bench {
    uut: ElasticBuffer,
    periods: [u64; 2],
    next: [u64; 2],
    sent: Vec<Burst>,
    received: Vec<Burst>,
    broken: u64,
}

fn note(bursts: &mut Vec<Burst>, gap: &mut usize, word: u16, time: u64) {
    if word & (DV | ER) == 0 {
        *gap += 1;
        return;
    }
    if *gap > 0 || bursts.is_empty() {
        bursts.push(Burst {
            gap: std::mem::take(gap),
            words: vec![],
            time,
        });
    }
    bursts.last_mut().unwrap().words.push(word);
}

impl Bench {
    /// The writer's clock is fast by `ppm`; its first edge is at `phase`.
    fn new(ppm: i64, phase: u64) -> Self {
        let mut uut = ElasticBuffer::default();
        uut.connect_all();
        Self {
            uut,
            periods: [(PERIOD as i64 - ppm) as u64, PERIOD],
            next: [phase, PERIOD],
            sent: vec![],
            received: vec![],
            broken: 0,
        }
    }

    /// Sends these words, one a cycle of the writer's clock.
    fn run(&mut self, words: impl IntoIterator<Item = u16>) {
        let mut words = words.into_iter();
        let mut gaps = [0; 2];
        loop {
            let now = self.next[0].min(self.next[1]);
            let rises = self.next.map(|next| next == now);
            if rises[0] {
                let Some(word) = words.next() else { return };
                note(&mut self.sent, &mut gaps[0], word, now);
                self.uut.in_rxd.next = bits((word & 0xFF).into());
                self.uut.in_rx_dv.next = word & DV != 0;
                self.uut.in_rx_er.next = word & ER != 0;
            }
            for level in [false, true] {
                if rises[0] {
                    self.uut.write_clk.next = level.into();
                }
                if rises[1] {
                    self.uut.read_clk.next = level.into();
                }
                assert!(simulate(&mut self.uut, 20), "does not settle");
            }
            if rises[1] {
                let u = &self.uut;
                let word = u.gmii_rxd.val().to_u16() | u16::from(u.gmii_rx_dv.val()) << 8 | u16::from(u.gmii_rx_er.val()) << 9;
                note(&mut self.received, &mut gaps[1], word, now);
                self.broken += u.frames_broken.val().to_u64();
            }
            for (next, (rises, period)) in self.next.iter_mut().zip(rises.into_iter().zip(self.periods)) {
                *next += if rises { period } else { 0 };
            }
        }
    }

    /// All that was sent came out, at gaps within the bounds.
    fn assert_whole(&self, context: &str) {
        assert_eq!(self.broken, 0, "{context}");
        assert_eq!(self.received.len(), self.sent.len(), "{context}");
        for (index, (sent, received)) in self.sent.iter().zip(&self.received).enumerate() {
            assert!(sent.words == received.words, "{context}: burst {index}");
            let allowed = sent.gap.min(8)..=sent.gap + 5;
            let gap = received.gap;
            assert!(
                index == 0 || allowed.contains(&gap),
                "{context}: gap {} came out as {gap}",
                sent.gap
            );
        }
    }

    /// From the edge that takes a burst's first octet to the edge after which it is there, in cycles of the reader.
    fn latencies(&self) -> impl Iterator<Item = f64> {
        let pairs = self.sent.iter().zip(&self.received);
        pairs.map(|(sent, received)| (received.time - sent.time) as f64 / PERIOD as f64)
    }
}

fn idles(count: usize) -> Vec<u16> {
    vec![0; count]
}

fn octets(rng: &mut StdRng, count: usize) -> Vec<u16> {
    (0..count).map(|_| DV | rng.r#gen::<u16>() & 0xFF).collect()
}

/// Frames of so many octets at these gaps in turn, and idles until all is through.
fn frames(rng: &mut StdRng, count: usize, length: usize, gaps: &[usize]) -> Vec<u16> {
    let mut words = idles(20);
    for gap in gaps.iter().cycle().take(count) {
        words.extend(octets(rng, length));
        words.extend(idles(*gap));
    }
    words.extend(idles(60));
    words
}

/// A frame of 9,600 bytes, a tag, preamble and delimiter.
const JUMBO: usize = 9600 + 4 + 8;

#[test]
fn jumbo_frames_pass_whole_at_any_skew() {
    let mut rng = seeded(1);
    for ppm in [-400, -200, 0, 200, 400] {
        // The transmitter of 1000BASE-X moves a frame by an octet to begin at an even place.
        for gaps in [&[12, 12], &[11, 13]] {
            let mut bench = Bench::new(ppm, rng.gen_range(1..PERIOD));
            bench.run(frames(&mut rng, 6, JUMBO, gaps));
            bench.assert_whole(&format!("{ppm} ppm"));
            assert_eq!(bench.received.len(), 6);
        }
    }
}

#[test]
fn latencies() {
    let mut rng = seeded(2);
    for ppm in [-400, 0, 400] {
        let (mut least, mut most) = (f64::MAX, 0.0_f64);
        for phase in [1, PERIOD / 2, PERIOD - 1] {
            let mut bench = Bench::new(ppm, phase);
            bench.run(frames(&mut rng, 4, JUMBO, &[12]));
            bench.assert_whole(&format!("{ppm} ppm"));
            for latency in bench.latencies() {
                (least, most) = (least.min(latency), most.max(latency));
            }
        }
        println!("{ppm} ppm: {least:.2} to {most:.2} cycles");
        assert!(least >= 9.0 && most <= 10.0, "{ppm} ppm: {least} to {most}");
    }
}

/// Frames of every length with errors in them, false carriers, carrier extension; gaps down to 5 and long ones.
fn mixture(rng: &mut StdRng, count: usize) -> Vec<u16> {
    let mut words = idles(20);
    for _ in 0..count {
        let length = [1, 2, 8, 72, 300, 1526][rng.gen_range(0..6)];
        match rng.gen_range(0..8) {
            0 => words.extend((0..length).map(|_| ER | 0x0E)),
            1 => {
                words.extend(octets(rng, length));
                words.extend([ER | 0x0F; 3]);
            }
            _ => {
                let error = rng.gen_bool(0.2);
                let octets = octets(rng, length);
                words.extend(octets.iter().map(|octet| octet | if error && rng.gen_bool(0.1) { ER } else { 0 }));
            }
        }
        let gap = [rng.gen_range(5..9), 12, rng.gen_range(12..40), rng.gen_range(8..20)][rng.gen_range(0..4)];
        words.extend(idles(gap));
    }
    words.extend(idles(60));
    words
}

#[test]
fn every_burst_passes_unchanged() {
    for seed in 10..22 {
        let mut rng = seeded(seed);
        let ppm = rng.gen_range(-400..401);
        let mut bench = Bench::new(ppm, rng.gen_range(1..PERIOD));
        bench.run(mixture(&mut rng, 60));
        bench.assert_whole(&format!("seed {seed}, {ppm} ppm"));
        assert_eq!(bench.sent.len(), 60);
    }
}

/// Of what came out in order: whole frames, and frames that are marked and otherwise begin as one that was sent.
fn account(bench: &Bench) -> (u64, u64) {
    let (mut whole, mut marked) = (0, 0);
    let mut sent = bench.sent.iter();
    for received in &bench.received {
        let Some((last, before)) = received.words.split_last() else {
            unreachable!()
        };
        if *last == DV | ER {
            let found = sent.any(|sent| sent.words.starts_with(before));
            assert!(found, "a marked frame that was not sent");
            marked += 1;
        } else {
            assert!(
                sent.any(|sent| sent.words == received.words),
                "a frame that was not sent goes unmarked"
            );
            whole += 1;
        }
    }
    (whole, marked)
}

#[test]
fn beyond_the_range_frames_are_marked_and_counted() {
    for (seed, ppm) in [(30, 10_000), (31, -10_000), (32, 100_000), (33, -100_000)] {
        let mut rng = seeded(seed);
        let mut bench = Bench::new(ppm, rng.gen_range(1..PERIOD));
        let mut words = frames(&mut rng, 60, 3000, &[12]);
        // Short ones pass again after it.
        words.extend(frames(&mut rng, 20, 30, &[12, 40]));
        bench.run(words);
        let (whole, marked) = account(&bench);
        println!("{ppm} ppm: {whole} whole, {marked} marked, {} broken", bench.broken);
        assert!(marked >= 20 && bench.broken >= marked, "{ppm} ppm");
        assert_eq!(
            whole + bench.broken,
            80,
            "{ppm} ppm: each sent frame came whole or counts as broken"
        );
    }
}

#[test]
fn a_reset_breaks_what_is_on_its_way_and_no_more() {
    for read_side in [false, true] {
        let mut rng = seeded(40);
        for at in 25..45 {
            let mut bench = Bench::new(100, rng.gen_range(1..PERIOD));
            let words = frames(&mut rng, 3, 100, &[30]);
            bench.run(words[..at].iter().copied());
            let set = |uut: &mut ElasticBuffer, level| match read_side {
                true => uut.read_reset.next = level,
                false => uut.write_reset.next = level,
            };
            set(&mut bench.uut, true);
            bench.run(words[at..at + 12].iter().copied());
            set(&mut bench.uut, false);
            bench.run(words[at + 12..].iter().copied());
            // Each run notes bursts of its own: the last three sent are the rest of the first, the second and the third.
            let tail = |bursts: &[Burst]| bursts[bursts.len() - 2..].iter().map(|b| b.words.clone()).collect::<Vec<_>>();
            assert_eq!(tail(&bench.sent), tail(&bench.received), "at {at}");
            let [first @ .., _, _] = &bench.received[..] else { unreachable!() };
            let got = first.iter().flat_map(|burst| burst.words.clone()).collect::<Vec<_>>();
            let (last, before) = got.split_last().expect("the first frame has begun");
            assert!(words[20..].starts_with(before), "at {at}");
            if !read_side {
                assert_eq!(*last, DV | ER, "at {at}");
            }
            assert_eq!(bench.broken, 0);
        }
    }
}

#[test]
fn a_clock_that_stands_still_ends_the_frame_with_an_error() {
    let mut rng = seeded(50);
    let mut bench = Bench::new(0, 500);
    let words = frames(&mut rng, 3, 200, &[12]);
    bench.run(words[..100].iter().copied());
    // A writer's cycle that lasts a thousand.
    bench.next[0] += 1000 * PERIOD;
    bench.run(words[100..].iter().copied());
    let received = bench.received.iter().flat_map(|burst| burst.words.clone()).collect::<Vec<_>>();
    assert_eq!(received[..80], words[20..100]);
    assert_eq!(received[80], DV | ER);
    assert_eq!(received[81..], [&words[232..432], &words[444..644]].concat());
    assert_eq!(bench.broken, 1);
}

#[test]
fn in_lockstep() {
    for (seed, periods) in [(1, [200, 202]), (2, [202, 200]), (3, [14, 10]), (4, [10, 14])] {
        let (mut left, mut busy) = (20, false);
        lockstep!(ElasticBuffer::default(); write_clk, write_reset, in_rxd, in_rx_dv, in_rx_er, read_clk, read_reset)
            .clock_period("write_clk", periods[0])
            .clock_period("read_clk", periods[1])
            .seed(seed)
            .cycles(6000)
            .bias("write_reset", 0.002)
            .bias("read_reset", 0.002)
            .stimulus(move |_, inputs| {
                if left == 0 {
                    busy = !busy;
                    left = if busy {
                        inputs.rng.gen_range(1..150)
                    } else {
                        inputs.rng.gen_range(1..20)
                    };
                }
                left -= 1;
                let error = busy && inputs.rng.gen_bool(0.05);
                inputs.set("in_rx_dv", u8::from(busy));
                inputs.set("in_rx_er", u8::from(error));
            })
            .run();
    }
}
