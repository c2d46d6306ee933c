//! Registers, inputs and state of the selector, and the events that move the state between decisions.

use super::{BladeState, Signal, average_integer, average_step};

/// Services that have a phase of their own in `wrr`.
pub const SERVICES: usize = 16;
/// Most lanes of the model. The gateware has 16; the evaluation of published set-ups needs 100.
pub const MAX_LANES: usize = 128;
/// Greatest weight. With weights up to 16, eight fraction bits order `(active + 1) / weight` exactly.
pub const MAX_WEIGHT: u8 = 16;
/// A ramp that holds nothing back.
pub const RAMP_FULL: u8 = 16;
/// `sent` counts up to this.
pub const SENT_MAX: u8 = 255;
/// How far below its mark a flag clears.
pub const HYSTERESIS: u16 = 16;

/// Registers of the selector. `Default` is every guard off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the load `u` is (3 bits).
    pub signal: Signal,
    /// What the second signal `q` of `hcl` is (3 bits).
    pub second: Signal,
    /// Load one flow adds (8 bits).
    pub delta: u8,
    /// Active flows count up to this in the average (12 bits): about as many as fill the blade. More of them do not show in its report, so
    /// they must not count as load that has gone when they leave.
    pub span: u16,
    /// `hcl`: hot from this load on (8 bits).
    pub hot: u8,
    /// `hcl`: hot from this second signal on (8 bits).
    pub second_hot: u8,
    /// `pack`: full from this load on (8 bits).
    pub fill: u8,
    /// `pack`: from this load of the last blade in use on, one more should be awake (8 bits).
    pub wake: u8,
    /// Staleness ladder: from the least load by `hwr` to `wrr` (1 bit).
    pub ladder: bool,
    /// Ladder: flows sent since the report up to which the estimate is trusted, and up to which it still says where headroom is (8 bits each).
    pub ladder_trust: u8,
    pub ladder_random: u8,
    /// Slow start: a blade that comes up gets `ramp / 16` of the decisions that would be its (1 bit).
    pub ramp: bool,
    /// Good reports in a row before a blade is preferred (8 bits); 0: none.
    pub good_reports: u8,
    /// Sink-hole guard: refusals from which a blade is avoided (8 bits); 0: off.
    pub refused_mark: u8,
}

impl Settings {
    /// As after reset.
    pub const DEFAULT: Settings = Settings {
        signal: Signal::Cpu,
        second: Signal::Irq,
        delta: 16,
        span: super::ACTIVE_MAX,
        hot: 230,
        second_hot: 230,
        fill: 180,
        wake: 150,
        ladder: false,
        ladder_trust: 8,
        ladder_random: 128,
        ramp: false,
        good_reports: 0,
        refused_mark: 0,
    };
}

impl Default for Settings {
    fn default() -> Self {
        Settings::DEFAULT
    }
}

/// What the selector sees of one blade in the cycle of a request. `blade.latched` is not used: the state has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BladeInput {
    pub blade: BladeState,
    /// irq, work, power and queue of the last good record (8 bits each).
    pub irq: u8,
    pub work: u8,
    pub power: u8,
    pub queue: u8,
}

impl BladeInput {
    /// A signal as load: higher is busier.
    pub const fn load(&self, signal: Signal) -> u8 {
        match signal {
            Signal::Cpu => self.blade.cpu,
            Signal::Irq => self.irq,
            Signal::Work => 255 - self.work,
            Signal::Power => 255 - self.power,
            Signal::Queue => self.queue,
        }
    }
}

/// All that the selector remembers. `N` lanes, at most [`MAX_LANES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<const N: usize> {
    /// Rotating pointer (4 bits for 16 lanes).
    pub pointer: u8,
    /// Random register (32 bits), never 0.
    pub random: u32,
    /// `wrr`: a phase a service (32 bits).
    pub phase: [u32; SERVICES],
    /// Average of active flows (28 bits).
    pub average: [u32; N],
    /// Its integer part when the last record came (12 bits).
    pub latched: [u16; N],
    /// `lu-track`: load of the flows in the table less load reported, at the last report below full,
    /// lowered by full ones (21 bits, signed).
    pub base: [i32; N],
    /// Flows sent since the last record (8 bits, saturating).
    pub sent: [u8; N],
    /// Good reports in a row (8 bits, saturating).
    pub good: [u8; N],
    /// Slow start (5 bits).
    pub ramp: [u8; N],
    /// Refusals, leaky (8 bits).
    pub refused: [u8; N],
    /// The flow accepted at the last edge, which counts for the memory of its blade at the next.
    pub counted_next: Option<usize>,
    /// And the refusals.
    pub refusals_next: u128,
    /// Flags with hysteresis: load hot, second signal hot, full for `pack`, a sink hole.
    pub load_hot: [bool; N],
    pub second_hot: [bool; N],
    pub full: [bool; N],
    pub sunk: [bool; N],
}

impl<const N: usize> State<N> {
    /// As after reset. A seed of 0 would hold the random register at 0 and counts as 1.
    pub fn new(seed: u32) -> Self {
        const { assert!(N >= 1 && N <= MAX_LANES) };
        State {
            pointer: 0,
            random: if seed == 0 { 1 } else { seed },
            phase: [0; SERVICES],
            average: [0; N],
            latched: [0; N],
            base: [0; N],
            sent: [0; N],
            good: [0; N],
            ramp: [RAMP_FULL; N],
            refused: [0; N],
            counted_next: None,
            refusals_next: 0,
            load_hot: [false; N],
            second_hot: [false; N],
            full: [false; N],
            sunk: [false; N],
        }
    }

    /// A decision for `blade` was accepted: the pointer moves past it, and the flow counts.
    pub fn accept(&mut self, blade: usize) {
        self.pointer = super::next_start(blade, N) as u8;
        self.sent[blade] = self.sent[blade].saturating_add(1);
        self.refused[blade] = served(self.refused[blade]);
    }

    /// A record with a new sequence number came.
    pub fn report(&mut self, settings: &Settings, index: usize, input: &BladeInput) {
        self.latch(settings, index, input);
        self.heard(index, &input.blade);
    }

    /// Of a report what counts at once.
    fn heard(&mut self, index: usize, blade: &BladeState) {
        self.sent[index] = 0;
        self.good[index] = if blade.admin == super::ADMIN_READY {
            self.good[index].saturating_add(1)
        } else {
            0
        };
    }

    /// Of a report what the gateware computes in its own time, with the load that the blade's last record then has.
    pub fn latch(&mut self, settings: &Settings, index: usize, input: &BladeInput) {
        self.latched[index] = average_integer(self.average[index]);
        let load = input.load(settings.signal);
        // 12 bits of flows with 4 of fraction times 8 bits.
        let flows = (self.average[index] >> (super::AVERAGE_FRACTION_BITS - 4)) as i32;
        let base = ((flows * settings.delta as i32) >> 4) - load as i32;
        // A full blade has at least the load it reports, so that no more than this is idle; how much less, the report cannot say.
        if load < super::FULL_UTILISATION || base < self.base[index] {
            self.base[index] = base;
        }
    }

    /// A blade answered a first segment with a reset.
    pub fn refuse(&mut self, blade: usize) {
        self.refused[blade] = refused(self.refused[blade]);
    }

    /// A blade that may carry nothing begins anew when it may.
    pub(super) fn absent(&mut self, blade: usize) {
        self.ramp[blade] = 1;
        self.good[blade] = 0;
    }

    /// One step of the average of `blade`, every [`super::AVERAGE_PERIOD`] cycles.
    pub fn average(&mut self, settings: &Settings, blade: usize, active: u16, shift: u32) {
        self.average[blade] = average_step(self.average[blade], active.min(settings.span), shift);
    }

    /// One step of the ramps and of the memory of refusals: a blade that is avoided is tried again after some of them.
    pub fn ramp_tick(&mut self) {
        for i in 0..N {
            self.ramp[i] = steeper(self.ramp[i]);
            self.refused[i] = forgotten(self.refused[i]);
        }
    }

    /// What the gateware does at a rising edge: all events of the cycle at once, but that a flow moves the pointer at once, and it and a refusal count for
    /// their blade at the edge after. A report goes before a flow that counts in its cycle. Of several
    /// that concern the memory of refusals the first of refusal, tick and flow counts, and a blade that is not usable goes last.
    pub fn clock(&mut self, events: &Events<'_, N>) {
        if let Some(blade) = events.accepted {
            self.pointer = super::next_start(blade, N) as u8;
        }
        let counted = core::mem::replace(&mut self.counted_next, events.accepted);
        let refusals = core::mem::replace(&mut self.refusals_next, events.refused);
        for (i, input) in events.blades.iter().enumerate() {
            let accepted = counted == Some(i);
            if events.reported >> i & 1 == 1 {
                self.heard(i, &input.blade);
            }
            if accepted {
                self.sent[i] = self.sent[i].saturating_add(1);
            }
            if events.tick {
                self.ramp[i] = steeper(self.ramp[i]);
            }
            if refusals >> i & 1 == 1 {
                self.refuse(i);
            } else if events.tick {
                self.refused[i] = forgotten(self.refused[i]);
            } else if accepted {
                self.refused[i] = served(self.refused[i]);
            }
            if !input.blade.usable() {
                self.absent(i);
            }
        }
    }
}

/// Events of one cycle.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a, const N: usize> {
    /// Inputs of the cycle, for the blades' reports and whether they are usable.
    pub blades: &'a [BladeInput; N],
    pub accepted: Option<usize>,
    /// A bit a lane: its record came, it refused a flow.
    pub reported: u128,
    pub refused: u128,
    pub tick: bool,
}

/// The memory of refusals: a flow without one, a refusal, a step of time.
const fn served(memory: u8) -> u8 {
    memory - (memory >> 5)
}
const fn refused(memory: u8) -> u8 {
    memory + ((255 - memory) >> 3)
}
const fn forgotten(memory: u8) -> u8 {
    memory - memory.div_ceil(8)
}
const fn steeper(ramp: u8) -> u8 {
    if ramp < RAMP_FULL { ramp + 1 } else { ramp }
}
