//! Where the blades' frames go, against the rules of a bridge (IEEE 802.1Q 8.6) and what this one adds to them.
//!
//! The model shares with the circuit the order of an address's bytes, the EtherTypes and what docs/ARCHITECTURE.md decides.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::BladeSwitch;
use spareband_spec::frame::STORM_PERIOD;
use spareband_spec::mac_table::UPLINK_PORT;
use std::collections::{HashMap, VecDeque};

const N: usize = 4;
const LATENCY: u64 = 13;
const LOOKUP: u64 = 6;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Sent {
    mask: u16,
    bytes: Vec<u8>,
}

/// Addresses as the bytes of a frame.
type Mac = [u8; 6];

struct Bench {
    uut: BladeSwitch<N>,
    cycle: u64,
    stations: HashMap<(u64, u64), u8>,
    /// Answers on their way: when, and what.
    answers: VecDeque<(u64, Option<u8>)>,
    database_ready: f64,
    /// The next look-up is taken so many cycles late.
    late: u64,
    uplink_ready: f64,
    rng: StdRng,
    up: Vec<Vec<u8>>,
    crossed: Vec<Sent>,
    partial_up: Vec<u8>,
    partial_cross: Option<Sent>,
    events: [u32; 3],
    first_up: Option<u64>,
}

fn value(mac: &[u8]) -> u64 {
    mac.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn blade_mac(blade: usize) -> Mac {
    [2, 0x53, 0x42, 0, 0, blade as u8]
}

impl Bench {
    fn new(seed: u64) -> Self {
        let mut uut = BladeSwitch::default();
        uut.connect_all();
        for blade in 0..N {
            uut.blade_mac[blade].next = bits(value(&blade_mac(blade)));
            uut.link_up[blade].next = true;
            uut.enabled[blade].next = true;
        }
        let mut bench = Self {
            uut,
            cycle: 0,
            stations: HashMap::new(),
            answers: VecDeque::new(),
            database_ready: 1.0,
            late: 0,
            uplink_ready: 1.0,
            rng: seeded(seed),
            up: vec![],
            crossed: vec![],
            partial_up: vec![],
            partial_cross: None,
            events: [0; 3],
            first_up: None,
        };
        bench.uut.reset.next = true;
        bench.tick();
        bench.uut.reset.next = false;
        bench
    }

    /// A cycle; whether the word on offer was taken.
    fn tick(&mut self) -> bool {
        let answer = self.answers.front().filter(|(at, _)| *at == self.cycle).map(|(_, port)| *port);
        if let Some(port) = answer {
            self.answers.pop_front();
            self.uut.found.next = port.is_some();
            self.uut.found_port.next = bits(port.unwrap_or_else(|| self.rng.gen_range(0..17)).into());
        }
        self.uut.result_coming.next = self.answers.front().is_some_and(|(at, _)| *at == self.cycle + 1);
        let late = self.late > 0 && self.uut.lookup.val();
        self.late -= u64::from(late);
        self.uut.lookup_ready.next = self.rng.gen_bool(self.database_ready) && !late;
        self.uut.up_ready.next = self.rng.gen_bool(self.uplink_ready);
        self.uut.clk.next = false.into();
        assert!(simulate(&mut self.uut, 50));
        let uut = &self.uut;
        if uut.lookup.val() && uut.lookup_ready.val() {
            let key = (uut.lookup_mac.val().to_u64(), uut.lookup_vid.val().to_u64());
            self.answers.push_back((self.cycle + LOOKUP, self.stations.get(&key).copied()));
        }
        assert!(
            uut.up_valid.val() || self.partial_up.is_empty(),
            "a gap within a frame to the uplink"
        );
        if uut.up_valid.val() && uut.up_ready.val() {
            self.first_up.get_or_insert(self.cycle);
            let keep = uut.up_keep.val().to_u64().trailing_ones() as usize;
            self.partial_up.extend(&uut.up_data.val().to_u64().to_le_bytes()[..keep]);
            if uut.up_last.val() {
                self.up.push(std::mem::take(&mut self.partial_up));
            }
        }
        if uut.cross_valid.val() {
            let mask = uut.cross_mask.val().to_u64() as u16;
            let frame = self.partial_cross.get_or_insert(Sent { mask, bytes: vec![] });
            assert_eq!(frame.mask, mask);
            assert_ne!(mask, 0);
            let bytes = uut.cross_beyond.val().to_u64() as usize + 1;
            frame.bytes.extend(&uut.cross_data.val().to_u64().to_le_bytes()[..bytes]);
            if uut.cross_last.val() {
                self.crossed.extend(self.partial_cross.take());
            }
        }
        for (count, event) in self
            .events
            .iter_mut()
            .zip([uut.crossed.val(), uut.flooded.val(), uut.dropped.val()])
        {
            *count += u32::from(event);
        }
        let taken = uut.in_valid.val() && uut.in_ready.val();
        self.uut.clk.next = true.into();
        assert!(simulate(&mut self.uut, 50));
        self.cycle += 1;
        taken
    }

    /// A frame as `ReturnArbiter` brings it, then so many cycles.
    fn frame(&mut self, from: usize, bytes: &[u8], gap: u64) {
        let words = bytes.len().div_ceil(8);
        for (index, word) in bytes.chunks(8).enumerate() {
            let mut padded = [0x5A; 8];
            padded[..word.len()].copy_from_slice(word);
            self.uut.in_valid.next = true;
            self.uut.in_data.next = bits(u64::from_le_bytes(padded));
            self.uut.in_keep.next = bits((1 << word.len()) - 1);
            self.uut.in_last.next = index + 1 == words;
            self.uut.in_blade.next = bits(from as u64);
            let begin = self.cycle;
            while !self.tick() {
                assert!(self.cycle - begin < 2000, "it waits for ever");
            }
        }
        self.uut.in_valid.next = false;
        (0..gap).for_each(|_| _ = self.tick());
    }
}

fn build(destination: Mac, tag: Option<(u16, u16)>, ethertype: u16, length: usize, rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = destination.to_vec();
    bytes.extend([2, 0xBB, 0, 0, 0, 1]);
    if let Some((kind, vid)) = tag {
        bytes.extend(kind.to_be_bytes());
        bytes.extend((vid | 0x6000).to_be_bytes());
    }
    bytes.extend(ethertype.to_be_bytes());
    while bytes.len() < length {
        bytes.push(rng.r#gen());
    }
    bytes
}

/// Blades of the mask, and whether the uplink.
fn rule(stations: &HashMap<(u64, u64), u8>, reachable: u16, from: usize, bytes: &[u8]) -> (u16, bool) {
    let kind = u16::from_be_bytes([bytes[12], bytes[13]]);
    if kind == 0x8808 {
        return (0, false);
    }
    let vid = match kind {
        0x8100 | 0x88A8 => u64::from(u16::from_be_bytes([bytes[14], bytes[15]]) & 0xFFF),
        _ => 0,
    };
    let place = (0..N)
        .find(|blade| blade_mac(*blade) == bytes[..6])
        .map(|blade| blade as u8)
        .or_else(|| stations.get(&(value(&bytes[..6]), vid)).copied());
    let others = reachable & !(1 << from);
    match place.filter(|_| bytes[0] & 1 == 0) {
        None => (others, true),
        Some(UPLINK_PORT) => (0, true),
        Some(blade) => (others & 1 << blade, false),
    }
}

#[test]
fn frames_go_where_a_bridge_sends_them() {
    for seed in 0..6 {
        let mut bench = Bench::new(seed);
        let mut rng = StdRng::seed_from_u64(seed + 100);
        bench.database_ready = [1.0, 0.5, 0.9][seed as usize % 3];
        bench.uplink_ready = [1.0, 0.9, 0.4][seed as usize / 2];
        let pool: Vec<Mac> = (0..8).map(|i| [2, 0xAA, 0, 0, 0, i]).collect();
        for mac in &pool[..6] {
            for vid in [0, 7] {
                if rng.gen_bool(0.7) {
                    let port = [rng.gen_range(0..N as u8), UPLINK_PORT][rng.gen_range(0..2)];
                    bench.stations.insert((value(mac), vid), port);
                }
            }
        }
        let reachable = [0b1111, 0b1011, 0b0110][seed as usize % 3];
        for blade in 0..N {
            let up = reachable >> blade & 1 == 1;
            bench.uut.link_up[blade].next = up || seed % 2 == 0;
            bench.uut.enabled[blade].next = up || seed % 2 == 1;
        }
        (0..4).for_each(|_| _ = bench.tick());
        let (mut up, mut crossed, mut events) = (vec![], vec![], [0; 3]);
        for _ in 0..300 {
            let destination = match rng.gen_range(0..10) {
                0..3 => blade_mac(rng.gen_range(0..N)),
                3 => [0xFF; 6],
                4 => [1, 0, 0x5E, 0, 0, rng.r#gen()],
                _ => *pool.choose(&mut rng).unwrap(),
            };
            let tag = [None, None, Some((0x8100, 7)), Some((0x88A8, 7)), Some((0x9100, 7))][rng.gen_range(0..5)];
            let kind = if rng.gen_bool(0.05) { 0x8808 } else { 0x0800 };
            let length = [60, 60, 61, 64, 67, 200, rng.gen_range(60..1515)][rng.gen_range(0..7)];
            let from = rng.gen_range(0..N);
            let bytes = build(destination, tag, kind, length, &mut rng);
            let (mask, to_uplink) = rule(&bench.stations, reachable, from, &bytes);
            bench.frame(from, &bytes, [2, 2, 2, 3, rng.gen_range(2..60)][rng.gen_range(0..5)]);
            events[0] += u32::from(!to_uplink && mask != 0);
            events[1] += u32::from(to_uplink && mask != 0);
            events[2] += u32::from(!to_uplink && mask == 0);
            if mask != 0 {
                crossed.push(Sent {
                    mask,
                    bytes: bytes.clone(),
                });
            }
            if to_uplink {
                up.push(bytes);
            }
        }
        (0..2000).for_each(|_| _ = bench.tick());
        assert_eq!(bench.up, up, "seed {seed}");
        assert_eq!(bench.crossed, crossed, "seed {seed}");
        assert_eq!(bench.events, events, "seed {seed}");
        assert!(events.iter().all(|count| *count > 5), "{events:?}");
    }
}

/// In a period as many frames are flooded to blades as the limit says; the others still go up.
#[test]
fn floods_to_blades_are_limited() {
    let mut bench = Bench::new(1);
    let mut rng = StdRng::seed_from_u64(9);
    bench.uut.storm_limit.next = bits(5);
    // Tokens of one period.
    (0..u64::from(STORM_PERIOD) + 10).for_each(|_| _ = bench.tick());
    let mut frames = vec![];
    for number in 0..20 {
        let bytes = build([0xFF; 6], None, 0x0806, 60 + number, &mut rng);
        bench.frame(number % N, &bytes, 8);
        frames.push(bytes);
    }
    (0..100).for_each(|_| _ = bench.tick());
    assert_eq!(bench.up, frames);
    assert_eq!(bench.crossed.len(), 5);
    assert_eq!(bench.events, [0, 5, 0]);
}

#[test]
fn latency() {
    let mut bench = Bench::new(2);
    let mut rng = StdRng::seed_from_u64(9);
    bench.tick();
    let begin = bench.cycle;
    let bytes = build([0xFF; 6], None, 0x0806, 400, &mut rng);
    bench.frame(0, &bytes, 30);
    assert_eq!(bench.first_up.unwrap() - begin, LATENCY);
}

/// Shortest frames 10 cycles apart, to the uplink and across; the database takes a look-up at once, or behind one of the uplink's frames.
#[test]
fn line_rate() {
    let mut bench = Bench::new(3);
    let mut rng = StdRng::seed_from_u64(9);
    bench.stations.insert((value(&[2, 0xCC, 0, 0, 0, 1]), 0), UPLINK_PORT);
    let begin = bench.cycle;
    for number in 0..500 {
        bench.late = number as u64 % 3;
        let to = if number % 2 == 0 {
            [2, 0xCC, 0, 0, 0, 1]
        } else {
            blade_mac(number / 2 % N)
        };
        let bytes = build(to, None, 0x0800, 60, &mut rng);
        bench.frame((number / 2 + 1) % N, &bytes, 2);
    }
    assert_eq!(bench.cycle - begin, 5000, "the arbiter was held up");
    (0..100).for_each(|_| _ = bench.tick());
    assert_eq!((bench.up.len(), bench.crossed.len()), (250, 250));
}

#[test]
fn blade_switch_lockstep() {
    spareband_hdl::lockstep!(BladeSwitch::<3>::default(); clk, reset, in_valid, in_data, in_keep, in_last, in_blade, blade_mac, link_up, enabled,
        storm_limit, lookup_ready, result_coming, found, found_port, up_ready)
    .clock("clk")
    .bias("reset", 0.002)
    .bias("in_last", 0.2)
    .cycles(5_000)
    .stimulus(|cycle, inputs| {
        inputs.set("storm_limit", (cycle / 1000) as u32);
        // Addresses that are some blade's now and then.
        if cycle % 3 == 0 {
            inputs.set("in_data", 0x0102_0304_0502_u64);
        }
        inputs.set("blade_mac_1", 0x0102_0304_0502_u64);
    })
    .run();
}
