//! The manager: `spareband_spec::score` bit for bit, a state a dispatcher, reports as agents make them.
//!
//! What the model adds to the gateware's arithmetic: 32, 64 or 128 lanes where a published set-up has more than 16 servers, and steps of the
//! average every window / 256 where that is longer than 1024 cycles.

use super::reports::{Report, Reports};
use super::{Balancer, Options};
use crate::cluster::model::Model;
use crate::cluster::server::Server;
use spareband_spec::score::{self, AVERAGE_PERIOD, BladeInput, BladeState, MAX_WEIGHT, Policy, Request, Settings, Signal, State, decide};

/// Hertz of clk_core.
const CLOCK: f64 = 156.25e6;

struct Manager<const N: usize> {
    policy: Policy,
    settings: Settings,
    pending: bool,
    reports: Reports,
    /// Steps of the averages: how often, the next, the shift.
    step: f64,
    next_step: Vec<f64>,
    shift: u32,
    states: Vec<State<N>>,
    inputs: Vec<[BladeInput; N]>,
    weights: [u8; N],
    flow: u64,
    awake: usize,
    next_tick: f64,
}

pub fn build(policy: Policy, options: Options, model: &Model, seed: u64) -> Box<dyn Balancer> {
    match model.servers {
        ..=16 => Box::new(Manager::<16>::new(policy, options, model, seed)),
        17..=32 => Box::new(Manager::<32>::new(policy, options, model, seed)),
        33..=64 => Box::new(Manager::<64>::new(policy, options, model, seed)),
        65..=100 => Box::new(Manager::<100>::new(policy, options, model, seed)),
        _ => Box::new(Manager::<128>::new(policy, options, model, seed)),
    }
}

/// What one flow on one core adds: 255 / cores. For `lu-delta` a quarter of it, as the register's description says.
pub fn delta(policy: Policy, cores: f64) -> u8 {
    let parts = if policy == Policy::LeastUtilisedDelta { 4.0 } else { 1.0 };
    (255.0 / (parts * cores)).round().clamp(1.0, 255.0) as u8
}

impl<const N: usize> Manager<N> {
    fn new(policy: Policy, options: Options, model: &Model, seed: u64) -> Self {
        let signal = if options.queue { Signal::Queue } else { Signal::Cpu };
        let settings = Settings {
            signal,
            second: Signal::Queue,
            second_hot: (4.0 * model.cores).min(255.0) as u8,
            delta: options
                .delta
                .unwrap_or_else(|| if options.queue { 1 } else { delta(policy, model.cores) }),
            ladder: options.ladder,
            span: options.span.unwrap_or(Settings::default().span),
            hot: options.hot.unwrap_or(Settings::default().hot),
            fill: options.fill.unwrap_or(Settings::default().fill),
            wake: options.fill.map_or(Settings::default().wake, |fill| fill.saturating_sub(30)),
            ramp: model.sleep.is_some(),
            ..Default::default()
        };
        let step = (model.window / 256.0).max(f64::from(AVERAGE_PERIOD) / CLOCK);
        // A running mean over a window has the same mean age as an exponential one of half its length.
        let shift = (model.window / 2.0 / step).log2().round().clamp(0.0, 15.0) as u32;
        let mut input = [BladeInput::default(); N];
        for blade in input.iter_mut().take(model.servers) {
            blade.blade = BladeState {
                link_up: true,
                enabled: true,
                ..Default::default()
            };
        }
        let mut weights = [0; N];
        weights[..model.servers].fill(MAX_WEIGHT);
        Manager {
            policy,
            settings,
            pending: options.pending,
            reports: Reports::new(model),
            step,
            next_step: vec![step; model.servers],
            shift,
            states: (0..model.managers)
                .map(|d| State::new((seed as u32).wrapping_mul(0x9E37_79B9) ^ (d as u32 + 1).wrapping_mul(0x85EB_CA6B)))
                .collect(),
            inputs: vec![input; model.managers],
            weights,
            flow: seed,
            awake: model.servers,
            next_tick: 0.1,
        }
    }

    fn average_until(&mut self, time: f64, server: usize) {
        if self.next_step[server] > time {
            return;
        }
        let steps = ((time - self.next_step[server]) / self.step) as u64 + 1;
        self.next_step[server] += steps as f64 * self.step;
        for (state, inputs) in self.states.iter_mut().zip(&self.inputs) {
            let active = inputs[server].blade.active;
            for _ in 0..steps {
                let before = state.average[server];
                state.average(&self.settings, server, active, self.shift);
                if state.average[server] == before {
                    break;
                }
            }
        }
    }

    fn take(&mut self, server: usize, report: &Report) {
        for (state, inputs) in self.states.iter_mut().zip(&mut self.inputs) {
            let input = &mut inputs[server];
            input.blade.known = true;
            input.blade.cpu = (255.0 * report.utilisation).round() as u8;
            input.queue = report.queue.min(255) as u8;
            state.report(&self.settings, server, input);
        }
    }

    fn count(&mut self, dispatcher: usize, server: usize, change: i32) {
        let manager = dispatcher % self.states.len();
        let active = &mut self.inputs[manager][server].blade.active;
        *active = (i32::from(*active) + change).clamp(0, i32::from(u16::MAX)) as u16;
    }
}

impl<const N: usize> Balancer for Manager<N> {
    fn before(&mut self, now: f64, server: usize, servers: &mut [Server]) {
        while let Some(report) = self.reports.due(now, server, servers) {
            self.average_until(report.time, server);
            self.take(server, &report);
        }
        self.average_until(now, server);
    }

    fn choose(&mut self, now: f64, dispatcher: usize, servers: &mut [Server]) -> usize {
        let manager = dispatcher % self.states.len();
        for server in 0..servers.len() {
            self.before(now, server, servers);
        }
        while self.next_tick <= now {
            self.states.iter_mut().for_each(State::ramp_tick);
            self.next_tick += 0.1;
        }
        // Any sequence that spreads will do as the flows' hashes.
        self.flow = self.flow.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut hash = self.flow;
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        hash ^= hash >> 31;
        let request = Request {
            policy: self.policy,
            service: 0,
            mask: u128::MAX >> (128 - servers.len()),
            weights: &self.weights,
            hash: (hash >> 48) as u16,
            table: &[],
        };
        let decision = decide(&mut self.states[manager], &self.settings, &self.inputs[manager], &request);
        if self.policy == Policy::Pack {
            self.awake = self.awake.max(usize::from(decision.awake));
        }
        let blade = decision.blade.expect("one server is always awake");
        self.states[manager].accept(blade);
        blade
    }

    fn sent(&mut self, _now: f64, dispatcher: usize, server: usize) {
        self.count(dispatcher, server, 1);
    }

    fn done(&mut self, _now: f64, dispatcher: usize, server: usize, _reply: &super::Reply) {
        if self.pending {
            self.count(dispatcher, server, -1);
        }
    }

    fn left(&mut self, _now: f64, dispatcher: usize, server: usize) {
        if !self.pending {
            self.count(dispatcher, server, -1);
        }
    }

    fn set_usable(&mut self, server: usize, usable: bool) {
        for inputs in &mut self.inputs {
            inputs[server].blade.link_up = usable;
            inputs[server].blade.known &= usable;
        }
    }

    /// The most that any decision since the last question wanted.
    fn awake(&mut self) -> Option<usize> {
        (self.policy == Policy::Pack).then(|| std::mem::replace(&mut self.awake, 0))
    }
}

const _: () = assert!(score::MAX_LANES == 128);
