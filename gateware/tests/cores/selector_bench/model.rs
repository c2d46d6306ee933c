//! The selector's state as its definition moves it, with the past that a decision sees and the turns of the averages.

use super::SHIFT;
use spareband_spec::score::{
    ADMIN_READY, AVERAGE_FRACTION_BITS, BladeInput, BladeState, Decision, Events, Request, Settings, Signal, State, counted, decide,
};
use std::collections::VecDeque;

/// One run: the circuit's registers as the model has them, and their past.
pub struct Model<const N: usize> {
    pub state: State<N>,
    /// Averages at the latest latch, which reach the loads later.
    pub shadow: State<N>,
    pub pending: u16,
    pub latches: bool,
    pub sampled: u16,
    /// Records that the lane's turn has not come to, and those of its last turns, the last first.
    waits: u16,
    news: VecDeque<u16>,
    /// Of the last cycles, this one first.
    inputs: VecDeque<[BladeInput; N]>,
    signals: VecDeque<Signal>,
    past: VecDeque<State<N>>,
    pub cycle: u64,
}

impl<const N: usize> Model<N> {
    /// Cycles that anything is seen back.
    const PAST: usize = 8 + N;

    pub fn new() -> Self {
        Model {
            state: State::new(1),
            shadow: State::new(1),
            pending: 0,
            latches: false,
            sampled: 0,
            waits: 0,
            news: vec![0; 9].into(),
            inputs: vec![[BladeInput::default(); N]; Self::PAST].into(),
            signals: vec![Signal::Cpu; Self::PAST].into(),
            past: vec![State::new(1); Self::PAST].into(),
            cycle: 0,
        }
    }

    /// The inputs of a cycle and the signal of the loads, and its state.
    pub fn note(&mut self, blades: [BladeInput; N], signal: Signal) {
        self.inputs.push_front(blades);
        self.inputs.truncate(Self::PAST);
        self.signals.push_front(signal);
        self.signals.truncate(Self::PAST);
        self.past.push_front(self.state.clone());
        self.past.truncate(Self::PAST);
    }

    /// How many cycles ago the lane had its last turn with the blade that was `least` ago or more.
    fn turn(&self, blade: usize, least: u64) -> usize {
        let since = (self.cycle + 16 * N as u64 - least - blade as u64) % N as u64;
        (least + since) as usize
    }

    /// What a decision sees of a blade: whether it may carry frames a cycle ago, all else at its turn.
    fn seen(&self, blade: usize) -> BladeInput {
        let (standing, lane) = (self.inputs[1][blade].blade, self.inputs[self.turn(blade, 7)][blade]);
        BladeInput {
            blade: BladeState {
                known: true,
                admin: if standing.known { standing.admin } else { ADMIN_READY },
                stale: lane.blade.unknown(),
                cpu: lane.blade.cpu,
                active: lane.blade.active,
                ..standing
            },
            ..lane
        }
    }

    /// In the cycle of the request, whose inputs have been noted.
    pub fn decide(&mut self, settings: &Settings, request: &Request<'_, N>) -> Decision {
        let mut seen = self.state.clone();
        let guards = &self.past[2];
        (seen.sent, seen.good, seen.ramp, seen.refused) = (guards.sent, guards.good, guards.ramp, guards.refused);
        for i in 0..N {
            let turn = self.turn(i, 7);
            seen.latched[i] = self.past[turn - 1].latched[i];
            seen.base[i] = self.past[turn - 2].base[i];
        }
        let blades = std::array::from_fn(|i| self.seen(i));
        let decision = decide(&mut seen, settings, &blades, request);
        self.state.random = seen.random;
        self.state.phase = seen.phase;
        (self.state.load_hot, self.state.second_hot) = (seen.load_hot, seen.second_hot);
        (self.state.full, self.state.sunk) = (seen.full, seen.sunk);
        decision
    }

    /// The rising edge: events, then the turn of one blade's average.
    pub fn edge(&mut self, settings: &Settings, events: &Events<'_, N>) {
        self.state.clock(events);
        let (phase, turn) = (self.cycle & 7, (self.cycle >> 3 & 15) as usize);
        let first = self.cycle < 128;
        match phase {
            _ if turn >= N => (),
            0 => self.sampled = counted(self.inputs[0][turn].blade.active),
            3 => {
                self.latches = self.pending >> turn & 1 == 1;
                self.shadow.average = self.state.average;
                if self.latches {
                    self.pending &= !(1 << turn);
                    let lane = self.turn(turn, 8);
                    let signal = self.signals[lane];
                    self.shadow.latch(&Settings { signal, ..*settings }, turn, &self.inputs[lane][turn]);
                }
            }
            5 if first => self.state.average[turn] = u32::from(self.sampled.min(settings.span)) << AVERAGE_FRACTION_BITS,
            5 if self.cycle >> 7 & 7 == 0 => self.state.average(settings, turn, self.sampled, SHIFT),
            6 => self.state.latched[turn] = self.shadow.latched[turn],
            7 => self.state.base[turn] = self.shadow.base[turn],
            _ => (),
        }
        let lane = 1 << (self.cycle % N as u64);
        self.news.push_front(self.waits & lane);
        self.news.truncate(9);
        self.waits = (self.waits & !lane) | events.reported as u16;
        self.pending |= self.news[8];
        self.cycle += 1;
    }
}
