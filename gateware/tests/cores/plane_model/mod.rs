//! Frames, and what should become of them: a model of the forwarding plane written from the header formats (`headers`) and the
//! balancing rules, frame by frame. It shares with the circuit the arithmetic of selector and flow hash (`spareband_spec`), and so
//! finds no error in those; it knows nothing of words, cycles and pipelines.
pub mod frames;
pub mod headers;
mod packet;

pub use packet::{ACK, Builder, FIN, Packet, RST, SYN, flow, parse};

use rand::prelude::*;
use spareband_spec::frame::{FlowKey, HALF_OPEN_SETS_LOG2, flow_hash, hash_start};
use spareband_spec::regs::frame_cause;
use spareband_spec::score::{self, BladeState, Policy};
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    Forwarded(usize),
    Flooded(u16),
    Dropped(Cause),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    BadFcs,
    Runt,
    Oversize,
    Coding,
    Control,
    Malformed,
    NoBlade,
    Overrun,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    blade: usize,
    closing: bool,
    half_open: bool,
}

/// What a host configured, and the state of the blades.
#[derive(Clone, Debug)]
pub struct Setup {
    pub vip: u32,
    pub vip_mask: u32,
    pub policy: u8,
    pub delta: u8,
    pub key: u64,
    /// The manager's own address.
    pub own_mac: [u8; 6],
    pub macs: Vec<[u8; 6]>,
    pub blades: Vec<BladeState>,
}

impl Setup {
    pub fn ready(blades: usize) -> Self {
        let blade = BladeState {
            link_up: true,
            enabled: true,
            known: true,
            cpu: 50,
            ..Default::default()
        };
        Self {
            vip: 0xC0A8_0001,
            vip_mask: 0xFFFF_FFFF,
            policy: Policy::RoundRobin as u8,
            delta: 16,
            key: 0x5342_9E37_79B9_7F4A,
            own_mac: [2, 0x53, 0x42, 0, 1, 0],
            macs: (0..blades as u8).map(|i| [2, 0x53, 0x42, 0, 0, i]).collect(),
            blades: vec![blade; blades],
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub fates: HashMap<Cause, u32>,
    pub forwarded: u32,
    pub flooded: u32,
    pub new_flows: Vec<u32>,
    pub hits: u32,
    pub misses: u32,
    pub without_syn: u32,
    pub insert_failures: u32,
    pub closed: u32,
}

pub struct Model {
    pub setup: Setup,
    sets: usize,
    entries: HashMap<FlowKey, Entry>,
    /// Entries of a set of the main partition; half-open flows of a set, the oldest first.
    filled: HashMap<usize, usize>,
    half_open: HashMap<usize, Vec<FlowKey>>,
    start: usize,
    pub counts: Counts,
}

impl Model {
    pub fn new(setup: Setup, sets_log2: usize) -> Self {
        let counts = Counts {
            new_flows: vec![0; setup.blades.len()],
            ..Default::default()
        };
        Self {
            setup,
            sets: 1 << sets_log2,
            entries: HashMap::new(),
            filled: HashMap::new(),
            half_open: HashMap::new(),
            start: 0,
            counts,
        }
    }

    pub fn active(&self, blade: usize) -> u16 {
        self.entries.values().filter(|entry| entry.blade == blade && !entry.closing).count() as u16
    }

    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    pub fn frame(&mut self, frame: &[u8], error: Option<u8>) -> Fate {
        let fate = self.fate(frame, error);
        match fate {
            Fate::Forwarded(_) => self.counts.forwarded += 1,
            Fate::Flooded(_) => self.counts.flooded += 1,
            Fate::Dropped(cause) => *self.counts.fates.entry(cause).or_default() += 1,
        }
        fate
    }

    fn fate(&mut self, frame: &[u8], error: Option<u8>) -> Fate {
        if let Some(cause) = error {
            return Fate::Dropped(match cause {
                frame_cause::BAD_FCS => Cause::BadFcs,
                frame_cause::RUNT => Cause::Runt,
                frame_cause::OVERSIZE => Cause::Oversize,
                frame_cause::CONTROL => Cause::Control,
                _ => Cause::Coding,
            });
        }
        if frame.len() < 60 {
            return Fate::Dropped(Cause::Runt);
        }
        let packet = parse(frame);
        let reachable = |blade: &BladeState| blade.link_up && blade.enabled;
        if matches!(packet, Packet::Truncated | Packet::Malformed) {
            return Fate::Dropped(Cause::Malformed);
        }
        if let Some(blade) = self.setup.macs.iter().position(|mac| frame[..6] == *mac) {
            return if reachable(&self.setup.blades[blade]) {
                Fate::Forwarded(blade)
            } else {
                Fate::Dropped(Cause::NoBlade)
            };
        }
        let group = frame[0] & 1 == 1;
        if let Packet::Transport {
            flow,
            tracked,
            starts,
            flags,
        } = packet
            && !group
            && (flow.destination as u32 ^ self.setup.vip) & self.setup.vip_mask == 0
        {
            return self
                .balance(flow, tracked, starts, flags)
                .map_or(Fate::Dropped(Cause::NoBlade), Fate::Forwarded);
        }
        let mask = self
            .setup
            .blades
            .iter()
            .enumerate()
            .filter(|(_, blade)| reachable(blade))
            .fold(0, |mask, (i, _)| mask | 1 << i);
        if mask == 0 {
            Fate::Dropped(Cause::NoBlade)
        } else {
            Fate::Flooded(mask)
        }
    }

    fn balance(&mut self, flow: FlowKey, tracked: bool, starts: bool, flags: u8) -> Option<usize> {
        let n = self.setup.blades.len();
        let (index, _) = flow_hash(&flow, self.setup.key);
        let (set, half_set) = (index as usize % self.sets, index as usize % (1 << HALF_OPEN_SETS_LOG2));
        let tcp = flow.protocol == 6;
        let (fin, rst) = (tcp && flags & FIN != 0, tcp && flags & RST != 0);
        let known = if tracked { self.entries.get(&flow).copied() } else { None };
        let room = *self.filled.entry(set).or_default() < 4;
        if let Some(mut entry) = known
            && self.setup.blades[entry.blade].usable()
            && !(starts && entry.closing)
        {
            self.counts.hits += 1;
            self.counts.closed += u32::from((fin || rst) && !entry.closing);
            entry.closing |= fin || rst;
            // The client's first segment without SYN makes the flow a full one.
            if entry.half_open && !starts && !rst {
                if room {
                    entry.half_open = false;
                    *self.filled.get_mut(&set).unwrap() += 1;
                    self.half_open.get_mut(&half_set).unwrap().retain(|other| *other != flow);
                } else {
                    self.counts.insert_failures += 1;
                }
            }
            self.entries.insert(flow, entry);
            return Some(entry.blade);
        }
        let blades: Vec<BladeState> = self
            .setup
            .blades
            .iter()
            .enumerate()
            .map(|(i, blade)| BladeState {
                active: self.active(i),
                ..*blade
            })
            .collect();
        if starts && (known.is_some() || tcp || room) {
            // A flow without a place but among the half-open ones goes where its hash will send it once it is overwritten there.
            let blade = if known.is_none() && !room {
                score::select(Policy::RoundRobin, &blades, 0, hash_start(index, n))?
            } else {
                score::select(Policy::from_register(self.setup.policy), &blades, self.setup.delta, self.start)?
            };
            self.start = score::next_start(blade, n);
            self.counts.misses += 1;
            self.counts.new_flows[blade] += 1;
            let half_open = known.map_or(tcp, |entry| entry.half_open);
            if known.is_none() && half_open {
                let flows = self.half_open.entry(half_set).or_default();
                flows.push(flow);
                if flows.len() > 4 {
                    self.entries.remove(&flows.remove(0));
                }
            } else if known.is_none() {
                *self.filled.get_mut(&set).unwrap() += 1;
            }
            self.entries.insert(
                flow,
                Entry {
                    blade,
                    closing: false,
                    half_open,
                },
            );
            return Some(blade);
        }
        let blade = score::select(Policy::RoundRobin, &blades, 0, hash_start(index, n))?;
        self.counts.without_syn += u32::from(tracked && !starts);
        let belongs = tracked && known.is_none() && (starts || !rst);
        self.counts.insert_failures += u32::from(belongs && !room);
        if belongs && room {
            // Picked up: it stays where its hash sent it.
            *self.filled.get_mut(&set).unwrap() += 1;
            self.entries.insert(
                flow,
                Entry {
                    blade,
                    closing: fin,
                    half_open: false,
                },
            );
        }
        Some(blade)
    }
}

/// Traffic of every kind, good and broken.
pub fn random_frame(rng: &mut StdRng, setup: &Setup, flows: u32) -> (Vec<u8>, Option<u8>) {
    let number = rng.gen_range(0..flows);
    let protocol = [17, 6, 6, 17, 6, 132][number as usize % 6];
    let mut builder = Builder::tcp(
        flow(number, number as u16, protocol),
        [SYN, SYN, SYN, ACK, ACK, ACK, FIN | ACK, RST][rng.gen_range(0..8)],
    );
    builder.payload = [0, 0, 0, 0, 1, 6, 7, 40, 200][rng.gen_range(0..9)];
    if rng.gen_bool(0.2) {
        builder.tag = Some(rng.r#gen());
    }
    if rng.gen_bool(0.2) {
        builder.options = rng.gen_range(0..11);
    }
    if rng.gen_bool(0.1) {
        builder.error = true;
    }
    match rng.gen_range(0..20) {
        0 => builder.destination_mac = setup.macs[rng.gen_range(0..setup.macs.len())],
        1 => builder.destination_mac = [0xFF; 6],
        2 => builder.destination_mac = [1, 0, 0x5E, 0, 0, 1],
        3 => builder.flow.destination ^= 1 << rng.gen_range(0..32),
        4 => builder.flow.protocol = rng.r#gen(),
        5 => builder.fragment = [0x2000, 0x0010, 0x2010, 0x4000, 0x8000][rng.gen_range(0..5)],
        _ => {}
    }
    let mut frame = builder.build();
    // What is no IPv4 to the service goes the way of layer 2, and leaves the flows alone.
    if rng.gen_bool(0.15) {
        let kind = rng.gen_range(0..frames::KINDS);
        frame = frames::frame(rng, kind);
        frame[0] &= 0xFE;
    }
    match rng.gen_range(0..12) {
        0 => frame.truncate(rng.gen_range(1..frame.len() + 1)),
        1 | 2 => {
            let at = rng.gen_range(0..frame.len().min(80));
            frame[at] ^= 1 << rng.gen_range(0..8);
        }
        3 => {
            let at = rng.gen_range(12..30);
            frame[at] = rng.r#gen();
        }
        4 => {
            frame.resize(rng.gen_range(20..130), 0);
            rng.fill(&mut frame[14..]);
        }
        _ => {}
    }
    let error = rng.gen_bool(0.05).then(|| [1, 2, 3, 4, frame_cause::CONTROL][rng.gen_range(0..5)]);
    (frame, error)
}
