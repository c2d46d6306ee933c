//! Loop-backs between two clocks whose edges are at times of their own: words, and frames through MAC and PCS.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{Link10g, Mac1g};
use spareband_gateware::pcs::basex::Pcs1000baseX;
use spareband_gateware::pcs::loopback::{LoopbackPath, SerdesLoopback1g, SerdesLoopback10g};
use spareband_hdl::lockstep;

const PERIOD: u64 = 1_000_000;

/// Raises these clocks of a block, where `$rises` says so.
macro_rules! edge {
    ($uut:expr; $($clk:ident: $rises:expr),+) => {
        for level in [false, true] {
            $(if $rises {
                $uut.$clk.next = Clock { clk: level };
            })+
            assert!(simulate($uut, 100), "does not settle");
        }
    };
}

fn new<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    uut
}

/// Edges of a transmit and a receive clock.
struct Clocks {
    now: u64,
    next: [u64; 2],
    periods: [u64; 2],
}

impl Clocks {
    fn new(periods: [u64; 2], phase: u64) -> Self {
        Self {
            now: 0,
            next: [PERIOD, PERIOD + phase],
            periods,
        }
    }
    fn step(&mut self) -> [bool; 2] {
        self.now = self.next[0].min(self.next[1]);
        let rises = self.next.map(|next| next == self.now);
        for ((next, rises), period) in self.next.iter_mut().zip(rises).zip(self.periods) {
            *next += if rises { period } else { 0 };
        }
        rises
    }
}

/// What came out of a path while it was closed, with its slips; the words that go in count up. The reader's edges are moved by `wander` of time.
fn count_through(uut: &mut LoopbackPath<64>, mut clocks: Clocks, edges: usize, wander: impl Fn(u64) -> i64) -> (Vec<(u64, u64)>, usize) {
    let (mut words, mut slips, mut count) = (vec![], 0, 0_u64);
    let mut sent = std::collections::HashMap::new();
    let nominal = clocks.next[1];
    let mut reads = 0;
    uut.enable.next = true;
    for _ in 0..edges {
        let rises = clocks.step();
        if rises[0] {
            count += 1;
            sent.insert(count, clocks.now);
            uut.word_in.next = bits(count);
        }
        edge!(uut; write_clk: rises[0], read_clk: rises[1]);
        if rises[1] {
            reads += 1;
            let time = nominal + reads * clocks.periods[1];
            clocks.next[1] = time.saturating_add_signed(wander(time)).max(clocks.now + 1);
            slips += usize::from(uut.slip.val());
            if uut.active.val() {
                let word = uut.word_out.val().to_u64();
                words.push((word, clocks.now - sent[&word]));
            }
        }
    }
    (words, slips)
}

#[test]
fn one_frequency_any_phase() {
    for phase in [0, 1, PERIOD / 3, PERIOD / 2, PERIOD - 1] {
        let mut uut = new::<LoopbackPath<64>>();
        for _ in 0..3 {
            let (words, slips) = count_through(&mut uut, Clocks::new([PERIOD; 2], phase), 2000, |_| 0);
            assert_eq!(slips, 0);
            assert!(
                words.len() > 950 && words.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1),
                "phase {phase}"
            );
            // From the edge that takes a word to the one after which it is there; the next edge takes it.
            let latency = (words[0].1 + PERIOD) as f64 / PERIOD as f64;
            println!("phase {phase}: {latency:.2} cycles");
            assert!((8.0..=9.0).contains(&latency), "phase {phase}: {latency}");
            // Opened, it is at rest after a few cycles, and closes as it did first.
            uut.enable.next = false;
            let mut clocks = Clocks::new([PERIOD; 2], phase);
            for _ in 0..32 {
                let rises = clocks.step();
                edge!(&mut uut; write_clk: rises[0], read_clk: rises[1]);
            }
            assert!(!uut.active.val());
        }
    }
}

#[test]
fn the_phase_may_wander_by_two_words_either_way() {
    for (turn, phase) in [50.0, 400.0]
        .into_iter()
        .flat_map(|turn| [1, 300_000, 999_999].map(|phase| (turn, phase)))
    {
        let wander = |time: u64| ((time as f64 / PERIOD as f64 / turn).sin() * 2.0 * PERIOD as f64) as i64;
        let (words, slips) = count_through(&mut new(), Clocks::new([PERIOD; 2], phase), 6000, wander);
        assert_eq!(slips, 0, "turn {turn}, phase {phase}");
        assert!(
            words.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1),
            "turn {turn}, phase {phase}"
        );
    }
}

#[test]
fn other_frequencies_slip_and_say_so() {
    for ppm in [-5000_i64, -300, 300, 5000] {
        let period = (PERIOD as i64 - ppm) as u64;
        let (words, slips) = count_through(&mut new(), Clocks::new([period, PERIOD], 300_000), 40_000, |_| 0);
        let breaks = words.windows(2).filter(|pair| pair[1].0 != pair[0].0 + 1).count();
        println!("{ppm} ppm: {slips} slips, {breaks} breaks");
        assert!(slips > 0 && words.windows(2).all(|pair| pair[1].0 >= pair[0].0), "{ppm} ppm");
        // A fast writer's lost words are one slip each; a slow one's stop repeats a word some times.
        let lost: u64 = words.windows(2).map(|pair| (pair[1].0 - pair[0].0).saturating_sub(1)).sum();
        match ppm > 0 {
            true => assert!(
                slips as u64 >= lost && slips as u64 <= lost + 1 && breaks > 0,
                "{ppm} ppm: {slips}, {lost} lost"
            ),
            false => assert!(lost == 0 && breaks >= slips, "{ppm} ppm"),
        }
    }
}

fn random_frames(rng: &mut StdRng, count: usize) -> Vec<Vec<u8>> {
    let mut frame = || {
        let length = 8 * rng.gen_range(8..40);
        (0..length).map(|_| rng.r#gen()).collect()
    };
    (0..count).map(|_| frame()).collect()
}

/// A 10G link with its loop-back.
struct End10g {
    link: Link10g,
    serdes: SerdesLoopback10g,
    to_send: std::collections::VecDeque<(u64, bool)>,
    current: Vec<u8>,
    received: Vec<Vec<u8>>,
}

impl End10g {
    fn new() -> Self {
        let mut link = new::<Link10g>();
        link.rx_max_length.next = bits(2000);
        Self {
            link,
            serdes: new(),
            to_send: Default::default(),
            current: vec![],
            received: vec![],
        }
    }
    fn send(&mut self, frames: &[Vec<u8>]) {
        for frame in frames {
            let words = frame.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap()));
            self.to_send
                .extend(words.enumerate().map(|(at, word)| (word, 8 * (at + 1) == frame.len())));
        }
    }
    fn sent(&self) -> (Bits<64>, Bits<2>) {
        (self.serdes.serdes_tx_data.val(), self.serdes.serdes_tx_hdr.val())
    }
    fn edge(&mut self, rises: [bool; 2], line: (Bits<64>, Bits<2>)) {
        let Self { link, serdes, .. } = self;
        serdes.pcs_tx_data.next = link.serdes_tx_data.val();
        serdes.pcs_tx_hdr.next = link.serdes_tx_hdr.val();
        (serdes.serdes_rx_data.next, serdes.serdes_rx_hdr.next) = line;
        serdes.pcs_rx_bitslip.next = link.serdes_rx_bitslip.val();
        assert!(simulate(serdes, 100));
        link.serdes_rx_data.next = serdes.pcs_rx_data.val();
        link.serdes_rx_hdr.next = serdes.pcs_rx_hdr.val();
        if rises[0] {
            link.tx_valid.next = !self.to_send.is_empty();
            if let Some((word, last)) = self.to_send.front() {
                link.tx_data.next = bits(*word);
                link.tx_keep.next = bits(0xFF);
                link.tx_last.next = *last;
            }
        }
        assert!(simulate(link, 100));
        if rises[0] && link.tx_valid.val() && link.tx_ready.val() {
            self.to_send.pop_front();
        }
        edge!(link; tx_clk: rises[0], rx_clk: rises[1]);
        edge!(serdes; tx_clk: rises[0], rx_clk: rises[1]);
        if rises[1] && link.rx_valid.val() {
            self.current.extend(link.rx_data.val().to_u64().to_le_bytes());
            if link.rx_last.val() {
                assert!(!link.rx_error.val());
                self.received.push(std::mem::take(&mut self.current));
            }
        }
        assert!(!serdes.near_end_slip.val() && !serdes.far_end_slip.val());
    }
}

#[test]
fn near_end_frames_of_10g_come_back() {
    let mut rng = seeded(1);
    for phase in [1, PERIOD / 2] {
        let mut end = End10g::new();
        let mut clocks = Clocks::new([PERIOD; 2], phase);
        end.serdes.near_end.next = true;
        let frames = random_frames(&mut rng, 15);
        for edge in 0..4000 {
            if edge == 1600 {
                assert!(end.link.rx_block_lock.val() && end.serdes.near_end_active.val());
                end.send(&frames);
            }
            // The line is noise, and is not asked to slip once the loop is closed.
            let noise = (bits(rng.r#gen()), bits(rng.gen_range(0..4)));
            end.edge(clocks.step(), noise);
            assert!(edge < 100 || !end.serdes.serdes_rx_bitslip.val());
        }
        assert!(end.received == frames, "phase {phase}: {} frames", end.received.len());
    }
}

#[test]
fn far_end_frames_of_10g_go_back_to_the_partner() {
    let mut rng = seeded(2);
    let mut ends = [End10g::new(), End10g::new()];
    // Each receives with the other's clock; the looping one sends with the recovered clock's frequency.
    let mut clocks = Clocks::new([PERIOD; 2], 400_000);
    ends[1].serdes.far_end.next = true;
    let frames = random_frames(&mut rng, 15);
    let own = random_frames(&mut rng, 15);
    for edge in 0..4000 {
        if edge == 1600 {
            assert!(ends[0].link.rx_block_lock.val() && ends[1].link.rx_block_lock.val());
            ends[0].send(&frames);
            ends[1].send(&own);
        }
        let [a, b] = clocks.step();
        let lines = [ends[1].sent(), ends[0].sent()];
        ends[0].edge([a, b], lines[0]);
        ends[1].edge([b, a], lines[1]);
    }
    assert!(ends[0].received == frames, "{} frames came back", ends[0].received.len());
    assert!(ends[1].received == frames, "the looping end receives, too");
}

struct End1g {
    mac: Mac1g,
    pcs: Pcs1000baseX,
    serdes: SerdesLoopback1g,
    to_send: std::collections::VecDeque<(u8, bool)>,
    current: Vec<u8>,
    received: Vec<Vec<u8>>,
}

impl End1g {
    fn new() -> Self {
        let mut mac = new::<Mac1g>();
        mac.rx_max_length.next = bits(2000);
        Self {
            mac,
            pcs: new(),
            serdes: new(),
            to_send: Default::default(),
            current: vec![],
            received: vec![],
        }
    }
    fn edge(&mut self, rises: [bool; 2], line: Bits<10>) {
        let Self { mac, pcs, serdes, .. } = self;
        pcs.gmii_txd.next = mac.gmii_txd.val();
        pcs.gmii_tx_en.next = mac.gmii_tx_en.val();
        pcs.gmii_tx_er.next = mac.gmii_tx_er.val();
        mac.gmii_rxd.next = pcs.gmii_rxd.val();
        mac.gmii_rx_dv.next = pcs.gmii_rx_dv.val();
        mac.gmii_rx_er.next = pcs.gmii_rx_er.val();
        serdes.pcs_tx_code_group.next = pcs.tx_code_group.val();
        serdes.serdes_rx_code_group.next = line;
        assert!(simulate(serdes, 100));
        pcs.rx_code_group.next = serdes.pcs_rx_code_group.val();
        if rises[0] {
            mac.tx_valid.next = !self.to_send.is_empty();
            if let Some((byte, last)) = self.to_send.front() {
                mac.tx_data.next = bits((*byte).into());
                mac.tx_last.next = *last;
            }
        }
        assert!(simulate(mac, 100));
        if rises[0] && mac.tx_valid.val() && mac.tx_ready.val() {
            self.to_send.pop_front();
        }
        edge!(mac; tx_clk: rises[0], rx_clk: rises[1]);
        edge!(pcs; tx_clk: rises[0], rx_clk: rises[1]);
        edge!(serdes; tx_clk: rises[0], rx_clk: rises[1]);
        if rises[1] && mac.rx_valid.val() {
            self.current.push(mac.rx_data.val().to_u8());
            if mac.rx_last.val() {
                assert!(!mac.rx_error.val());
                self.received.push(std::mem::take(&mut self.current));
            }
        }
        assert!(!serdes.near_end_slip.val() && !serdes.far_end_slip.val());
    }
    fn send(&mut self, frames: &[Vec<u8>]) {
        for frame in frames {
            self.to_send
                .extend(frame.iter().enumerate().map(|(at, byte)| (*byte, at + 1 == frame.len())));
        }
    }
}

#[test]
fn near_end_frames_of_1g_come_back() {
    let mut rng = seeded(3);
    let mut end = End1g::new();
    let mut clocks = Clocks::new([PERIOD; 2], 700_000);
    end.serdes.near_end.next = true;
    let frames = random_frames(&mut rng, 12);
    for edge in 0..8000 {
        if edge == 400 {
            assert!(end.pcs.sync.val());
            end.send(&frames);
        }
        end.edge(clocks.step(), bits(rng.gen_range(0..1024)));
    }
    assert!(end.received == frames, "{} frames", end.received.len());
}

#[test]
fn far_end_frames_of_1g_go_back_to_the_partner() {
    let mut rng = seeded(4);
    let mut ends = [End1g::new(), End1g::new()];
    let mut clocks = Clocks::new([PERIOD; 2], 200_000);
    ends[1].serdes.far_end.next = true;
    let frames = random_frames(&mut rng, 12);
    for edge in 0..8000 {
        if edge == 400 {
            assert!(ends[0].pcs.sync.val() && ends[1].pcs.sync.val());
            ends[0].send(&frames);
        }
        let [a, b] = clocks.step();
        let lines = [ends[1].serdes.serdes_tx_code_group.val(), ends[0].serdes.serdes_tx_code_group.val()];
        ends[0].edge([a, b], lines[0]);
        ends[1].edge([b, a], lines[1]);
    }
    assert!(ends[0].received == frames && ends[1].received == frames);
}

#[test]
fn in_lockstep() {
    lockstep!(LoopbackPath::<10>::default(); write_clk, word_in, read_clk, enable)
        .clock_period("write_clk", 200)
        .clock_period("read_clk", 202)
        .cycles(4000)
        .stimulus(|cycle, inputs| inputs.set("enable", u8::from(cycle % 900 > 30)))
        .waive_x()
        .run();
    lockstep!(SerdesLoopback10g::default(); tx_clk, rx_clk, near_end, far_end, pcs_tx_data, pcs_tx_hdr, serdes_rx_data, serdes_rx_hdr, pcs_rx_bitslip)
        .clock("tx_clk")
        .clock("rx_clk")
        .stimulus(|cycle, inputs| {
            inputs.set("near_end", u8::from(cycle % 300 > 100));
            inputs.set("far_end", u8::from(cycle % 400 > 100));
        })
        .waive_x()
        .run();
    lockstep!(SerdesLoopback1g::default(); tx_clk, rx_clk, near_end, far_end, pcs_tx_code_group, serdes_rx_code_group)
        .clock("tx_clk")
        .clock("rx_clk")
        .stimulus(|cycle, inputs| {
            inputs.set("near_end", u8::from(cycle % 300 > 100));
            inputs.set("far_end", u8::from(cycle % 400 > 100));
        })
        .waive_x()
        .run();
}
