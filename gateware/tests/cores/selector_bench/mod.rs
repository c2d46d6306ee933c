//! Random decisions of the Verilated selector against `spareband_spec::score`, which is its definition. The bench adds what the definition leaves to the
//! circuit: which cycle each value of a decision is from, and whose turn the averages have. It shares the arithmetic and so cannot find a wrong rule.
mod layout;
mod model;

use layout::Layout;
use model::Model;

use rand::prelude::*;
use spareband_gateware::select::BladeSelector;
use spareband_hdl::lockstep::{Replay, Running};
use spareband_spec::score::{BladeInput, BladeState, Decision, Events, Policy, Request, SERVICES, Settings, Signal};
use std::collections::VecDeque;

pub const LATENCY: usize = 8;
/// Cycles after which every register has taken part in a change of settings, but for a turn of the lane.
const SETTLING: u64 = 144;
/// Decisions between changes of the settings.
const EPISODE: u64 = 1500;
/// The average's shift; short, so that averages move within an episode.
const SHIFT: u32 = 1;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub decisions: u64,
    pub cycles: u64,
    /// Differences, and the first of them.
    pub wrong: u64,
    pub first: Option<String>,
    pub blades: [u64; 16],
    pub none: u64,
    /// Decisions whose rule the ladder changed; of the last resort.
    pub laddered: u64,
    pub last_resort: u64,
    /// Decisions of pack by their awake blades.
    pub awake: [u64; 18],
}

/// The model's settings of a mutant: what is wrong in them.
pub type Mutation = fn(&mut Settings);

/// Values of the settings' ports, in the order of their names above.
fn setting_values(settings: &Settings) -> [u16; 15] {
    [
        settings.signal as u16,
        settings.second as u16,
        settings.delta.into(),
        SHIFT as u16,
        settings.span,
        settings.hot.into(),
        settings.second_hot.into(),
        settings.fill.into(),
        settings.wake.into(),
        settings.ladder.into(),
        settings.ladder_trust.into(),
        settings.ladder_random.into(),
        settings.ramp.into(),
        settings.good_reports.into(),
        settings.refused_mark.into(),
    ]
}

pub struct Bench<const N: usize> {
    replay: Replay,
    layout: Layout<N>,
}

impl<const N: usize> Bench<N> {
    pub fn new() -> Self {
        let replay = Replay::new(BladeSelector::<N>::default(), "clk");
        let layout = Layout::new(&replay);
        Bench { replay, layout }
    }

    /// Decisions by `policy` from `seed` on. A mutation makes the model's settings wrong, which must show.
    pub fn run(&self, policy: Policy, seed: u64, decisions: u64, mutation: Option<Mutation>) -> Found {
        let mut run = Run {
            bench: self,
            rng: StdRng::seed_from_u64(seed),
            circuit: self.replay.start(),
            model: Model::new(),
            blades: [BladeInput::default(); N],
            settings: Settings::default(),
            wrong_settings: Settings::default(),
            expected: VecDeque::new(),
            bytes: vec![],
            found: Found::default(),
            weights: [16; N],
            base: vec![0; self.layout.bytes],
            last: None,
            awake: 0,
        };
        while run.found.decisions < decisions && (mutation.is_some() || run.found.wrong == 0) {
            run.episode(policy, mutation);
        }
        run.found
    }
}

impl<const N: usize> Default for Bench<N> {
    fn default() -> Self {
        Self::new()
    }
}

struct Run<'a, const N: usize> {
    bench: &'a Bench<N>,
    rng: StdRng,
    circuit: Running,
    model: Model<N>,
    blades: [BladeInput; N],
    settings: Settings,
    /// The settings that the model has.
    wrong_settings: Settings,
    expected: VecDeque<(Option<Decision>, [u16; N])>,
    bytes: Vec<u8>,
    found: Found,
    weights: [u8; N],
    /// A cycle's bytes with what stays.
    base: Vec<u8>,
    last: Option<usize>,
    /// By the last decision of pack.
    awake: u8,
}

impl<const N: usize> Run<'_, N> {
    fn setup(&mut self) -> Settings {
        let r = &mut self.rng;
        let mark = |r: &mut StdRng| [0_u8, 1, 30, 100, 180, 230, 248, 255][r.gen_range(0..8)];
        Settings {
            signal: Signal::ALL[r.gen_range(0..5)],
            second: Signal::ALL[r.gen_range(0..5)],
            delta: [0, 1, 4, 16, 64, 255][r.gen_range(0..6)],
            span: [4095, 300, 12, 0][r.gen_range(0..4)],
            hot: mark(r),
            second_hot: mark(r),
            fill: mark(r),
            wake: mark(r),
            ladder: r.gen_bool(0.5),
            ladder_trust: [0, 1, 3, 8][r.gen_range(0..4)],
            ladder_random: [2, 6, 20, 128][r.gen_range(0..4)],
            ramp: r.gen_bool(0.5),
            good_reports: [0, 0, 1, 3, 250][r.gen_range(0..5)],
            refused_mark: [0, 20, 60, 128, 200][r.gen_range(0..5)],
        }
    }

    fn fresh_blade(&mut self) -> BladeInput {
        let r = &mut self.rng;
        let often = |r: &mut StdRng| r.gen_bool(0.9);
        // Few values, so that ties happen.
        let byte = |r: &mut StdRng| [r.r#gen(), 40, 41, 100, 180, 247, 248][r.gen_range(0..7)];
        BladeInput {
            blade: BladeState {
                link_up: often(r),
                enabled: often(r),
                host_admin: if often(r) { 0 } else { r.gen_range(0..4) },
                known: often(r),
                stale: !often(r),
                admin: if often(r) { 0 } else { r.gen_range(0..4) },
                cpu: byte(r),
                active: [r.r#gen(), 7, 8, r.gen_range(0..300), r.gen_range(0..20), 4095][r.gen_range(0..6)],
                latched: 0,
            },
            irq: byte(r),
            work: byte(r),
            power: byte(r),
            queue: byte(r),
        }
    }

    fn episode(&mut self, policy: Policy, mutation: Option<Mutation>) {
        // A turn of the averages has one span and delta in the model.
        while !self.model.cycle.is_multiple_of(8) {
            self.cycle(None);
        }
        self.settings = self.setup();
        self.wrong_settings = self.settings;
        if let Some(wrong) = mutation {
            wrong(&mut self.wrong_settings);
        }
        let layout = &self.bench.layout;
        for ((at, size), value) in layout.settings.iter().zip(setting_values(&self.settings)) {
            self.base[*at..at + size].copy_from_slice(&value.to_le_bytes()[..*size]);
        }
        for _ in 0..SETTLING + N as u64 {
            self.cycle(None);
        }
        let least = self.found.decisions + EPISODE;
        let busy = [1.0, 0.9, 0.3][self.rng.gen_range(0..3)];
        while self.found.decisions < least {
            let wanted = self.rng.gen_bool(busy);
            self.cycle(wanted.then_some(policy));
        }
        for _ in 0..LATENCY {
            self.cycle(None);
        }
        self.compare();
    }

    fn cycle(&mut self, request: Option<Policy>) {
        // The blades change one at a time, one of them often by a flow or its load only.
        for _ in 0..self.rng.gen_range(0..3) {
            let i = self.rng.gen_range(0..N);
            match self.rng.gen_range(0..16) {
                0 => self.blades[i] = self.fresh_blade(),
                1..=7 => self.blades[i].blade.active = self.blades[i].blade.active.saturating_add(1),
                8..=13 => self.blades[i].blade.active = self.blades[i].blade.active.saturating_sub(1),
                14 => self.blades[i].blade.cpu = self.rng.r#gen(),
                _ => self.blades[i].queue = self.blades[i].queue.saturating_add(20),
            }
        }
        self.model.note(self.blades, self.wrong_settings.signal);
        let mut bytes = self.base.clone();
        let layout = &self.bench.layout;
        let r = &mut self.rng;
        if r.gen_bool(0.01) {
            self.weights = std::array::from_fn(|_| [0, 1, 2, 3, 7, 15, 16, 16, 31][r.gen_range(0..9)]);
        }
        let service = r.gen_range(0..SERVICES as u8);
        let mask = if r.gen_bool(0.7) {
            0xFFFF
        } else {
            r.r#gen::<u16>() & r.r#gen::<u16>()
        };
        let hash: u16 = r.r#gen();
        let decision = request.map(|policy| {
            let given = Request {
                policy,
                service: if service < 8 { 3 } else { service },
                mask: mask.into(),
                weights: &self.weights,
                hash,
                table: &[],
            };
            self.model.decide(&self.wrong_settings, &given)
        });
        let policy = request.map_or(r.gen_range(0..16), |policy| policy as u8);
        // Numbers past the last rule are rr.
        let policy = if policy == 0 && r.gen_bool(0.2) {
            r.gen_range(11..16)
        } else {
            policy
        };
        bytes[layout.request] = request.is_some().into();
        bytes[layout.policy] = policy;
        bytes[layout.service] = if service < 8 { 3 } else { service };
        bytes[layout.service_set..][..2].copy_from_slice(&mask.to_le_bytes());
        let weighted = (0..N).fold(0_u16, |mask, i| mask | u16::from(self.weights[i] != 0) << i);
        bytes[layout.weighted..][..2].copy_from_slice(&weighted.to_le_bytes());
        bytes[layout.hash_start] = ((usize::from(hash) * N) >> 16) as u8;
        bytes[layout.hash_gate] = hash as u8 & 15;
        let mut reported = 0_u16;
        for (i, (blade, at)) in self.blades.iter().zip(&layout.blades).enumerate() {
            let updated = r.gen_bool(0.01);
            reported |= u16::from(updated) << i;
            let state = &blade.blade;
            let values = [
                state.link_up.into(),
                state.enabled.into(),
                state.host_admin,
                state.known.into(),
                state.stale.into(),
                state.admin,
                state.cpu,
                blade.irq,
                blade.work,
                blade.power,
                blade.queue,
                updated.into(),
                self.weights[i],
                state.active as u8,
            ];
            for (value, at) in values.iter().zip(at) {
                bytes[*at] = *value;
            }
            bytes[at[13] + 1] = (state.active >> 8) as u8;
        }
        // The flow of an earlier decision, or of any blade.
        let accepted = r.gen_bool(0.7).then(|| self.last.unwrap_or(r.gen_range(0..N)));
        let refused = if r.gen_bool(0.05) {
            1 << accepted.unwrap_or(r.gen_range(0..N))
        } else if r.gen_bool(0.01) {
            r.r#gen::<u16>()
        } else {
            0
        };
        let tick = r.gen_bool(0.02);
        bytes[layout.accept] = accepted.is_some().into();
        bytes[layout.accept_blade] = accepted.unwrap_or(0) as u8;
        let refused = refused & (u16::MAX >> (16 - N));
        bytes[layout.refused..][..N.div_ceil(8)].copy_from_slice(&refused.to_le_bytes()[..N.div_ceil(8)]);
        bytes[layout.ramp_tick] = tick.into();
        let events = Events {
            blades: &self.blades,
            accepted,
            reported: reported.into(),
            refused: refused.into(),
            tick,
        };
        self.model.edge(&self.wrong_settings, &events);
        if let Some(decision) = decision {
            self.last = decision.blade;
            self.found.decisions += 1;
            self.found.none += u64::from(decision.blade.is_none());
            self.found.last_resort += u64::from(decision.last_resort && decision.blade.is_some());
            self.found.laddered += u64::from(request != Some(decision.policy));
            if let Some(blade) = decision.blade {
                self.found.blades[blade] += 1;
            }
        }
        self.found.cycles += 1;
        self.expected.push_back((decision, self.model.shadow.latched));
        self.bytes.extend_from_slice(&bytes);
    }

    /// Runs what was gathered and compares every grant, its rule, the blades that should be awake, and the averages. The last cycles have no request.
    fn compare(&mut self) {
        let outputs = self.circuit.run(&self.bytes);
        self.bytes.clear();
        let layout = &self.bench.layout;
        let expected: Vec<_> = self.expected.drain(..).collect();
        for (cycle, output) in outputs.chunks(layout.outputs).enumerate() {
            let [valid, blade, none, last_resort, policy] = layout.grant.map(|at| output[at]);
            // The request of this many cycles ago; those before the first are of a quiet time.
            let decision = (cycle + 1).checked_sub(LATENCY).and_then(|cycle| expected[cycle].0);
            let got = (valid == 1).then(|| (none == 0).then_some(usize::from(blade)));
            let mut right = got == decision.map(|decision| decision.blade);
            if let Some(decision) = decision {
                right &= decision.policy as u8 == policy && (last_resort == 1) == decision.last_resort;
                if decision.policy == Policy::Pack {
                    self.awake = decision.awake;
                    self.found.awake[usize::from(decision.awake)] += 1;
                }
            }
            right &= output[layout.awake] == self.awake;
            for (at, latched) in layout.latched.iter().zip(expected[cycle].1) {
                right &= u16::from_le_bytes([output[*at], output[at + 1]]) == latched;
            }
            if !right {
                self.found.wrong += 1;
                if self.found.first.is_none() {
                    self.found.first = Some(format!(
                        "cycle {cycle} of the episode: {decision:?}, not valid {valid} blade {blade} none {none} last {last_resort} policy {policy}; \
                         awake {} not {}; latched {:?}; {:?}",
                        self.awake, output[layout.awake], expected[cycle].1, self.settings
                    ));
                }
            }
        }
    }
}
