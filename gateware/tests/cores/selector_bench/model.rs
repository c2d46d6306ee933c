//! The selector's state as its definition moves it, with the past that a decision sees and the turns of the averages.

use super::SHIFT;
use spareband_spec::score::{AVERAGE_FRACTION_BITS, BladeInput, Decision, Events, Request, Settings, State, counted, decide};
use std::collections::VecDeque;

/// One run: the circuit's registers as the model has them, and their past.
pub struct Model<const N: usize> {
    pub state: State<N>,
    /// Averages at the latest latch, which reach the loads later.
    pub shadow: State<N>,
    pub pending: u16,
    pub latches: bool,
    pub sampled: u16,
    pub inputs: VecDeque<[BladeInput; N]>,
    /// The state in the last cycles, this one first.
    pub past: VecDeque<State<N>>,
    pub cycle: u64,
}

impl<const N: usize> Model<N> {
    pub fn new() -> Self {
        Model {
            state: State::new(1),
            shadow: State::new(1),
            pending: 0,
            latches: false,
            sampled: 0,
            inputs: [[BladeInput::default(); N]; 5].into(),
            past: vec![State::new(1); 4].into(),
            cycle: 0,
        }
    }

    /// In the cycle of the request, whose inputs have been noted.
    pub fn decide(&mut self, settings: &Settings, request: &Request<'_, N>) -> Decision {
        let mut seen = self.state.clone();
        let guards = &self.past[1];
        (seen.sent, seen.good, seen.ramp, seen.refused) = (guards.sent, guards.good, guards.ramp, guards.refused);
        seen.latched = self.past[3].latched;
        seen.base = self.past[2].base;
        let decision = decide(&mut seen, settings, &self.inputs[4], request);
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
                    self.shadow.latch(settings, turn, &self.inputs[1][turn]);
                }
            }
            5 if first => self.state.average[turn] = u32::from(self.sampled.min(settings.span)) << AVERAGE_FRACTION_BITS,
            5 if self.cycle >> 7 & 7 == 0 => self.state.average(settings, turn, self.sampled, SHIFT),
            6 => self.state.latched[turn] = self.shadow.latched[turn],
            7 => self.state.base[turn] = self.shadow.base[turn],
            _ => (),
        }
        self.pending |= events.reported as u16;
        self.cycle += 1;
    }
}
