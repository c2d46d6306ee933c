//! Average of each blade's active flows, and its value when the blade's last record arrived. `spareband_spec::score::average_step`.
//! One adder serves the blades in turn, 8 cycles each; every 1024 cycles each average moves one step.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; the averages start from the first active count seen |
//! | active | in | N x 16 | flows in the flow table |
//! | updated | in | N | pulse: a record with a new seq was accepted |
//! | shift | in | 4 | window = 1024 cycles << shift |
//! | span | in | 12 | more active flows than this count as this many |
//! | latched | out | N x 12 | integer part of the average when the last record came |
//! | turn_phase, turn_blade | out | 8, 16 | phase and blade whose turn it is, one-hot; `latched` may move at the end of phase 3 |
//! | turn_average, turn_latches | out | 16, 1 | in phase 3, with four bits of fraction; from phase 4 to 7: it was latched |
//!
//! Latency: `latched` follows `updated` within 128 + 8 cycles (`latches_within_a_round`).

use super::TurnChoice;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{ResetReg, SimpleDualPortRam};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    blade: Bits<4>,
    round: Bits<3>,
    primed: Bit,
    latches: Bit,
    chosen: Bits<16>,
    active: Bits<12>,
    average: Bits<28>,
    difference: Bits<29>,
    step: Bits<28>,
}

#[derive(LogicBlock)]
pub struct FlowAverage<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub active: [Signal<In, Bits<16>>; N],
    pub updated: [Signal<In, Bit>; N],
    pub shift: Signal<In, Bits<4>>,
    pub span: Signal<In, Bits<12>>,
    pub latched: [Signal<Out, Bits<12>>; N],
    pub turn_phase: Signal<Out, Bits<8>>,
    pub turn_blade: Signal<Out, Bits<16>>,
    pub turn_average: Signal<Out, Bits<16>>,
    pub turn_latches: Signal<Out, Bit>,
    turn: DFF<Turn>,
    /// One-hot, as the next.
    phase: ResetReg<Bits<8>>,
    /// Bit i: it is blade i's turn.
    whose: ResetReg<Bits<16>>,
    pending: DFF<Bits<16>>,
    latch: [DFF<Bits<12>>; N],
    averages: SimpleDualPortRam<28, 4>,
    choice: TurnChoice<16, N>,
    target: Signal<Local, Bits<29>>,
    positive: Signal<Local, Bits<29>>,
    shifted: Signal<Local, Bits<29>>,
    due: Signal<Local, Bit>,
    awaited: Signal<Local, Bits<16>>,
    awaits: Signal<Local, Bits<16>>,
}

impl<const N: usize> Default for FlowAverage<N> {
    fn default() -> Self {
        with_defaults!(Self {
            phase: ResetReg::new(1_u8.to_bits()),
            whose: ResetReg::new(1_u16.to_bits()),
        }
            defaults clk reset shift span turn_phase turn_blade turn_average turn_latches turn pending averages choice target positive shifted due awaited awaits
            ; arrays active updated latched latch)
    }
}

impl<const N: usize> Logic for FlowAverage<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn, pending);
        for i in 0..N {
            self.latch[i].clock.next = self.clk.val();
            self.latch[i].d.next = self.latch[i].q.val();
            self.latched[i].next = self.latch[i].q.val();
            self.choice.word[i].next = self.active[i].val();
        }
        self.choice.turn.next = self.whose.q.val();
        self.phase.clk.next = self.clk.val();
        self.phase.reset.next = self.reset.val();
        self.phase.d.next = (self.phase.q.val() << 1) | (self.phase.q.val() >> 7);
        self.whose.clk.next = self.clk.val();
        self.whose.reset.next = self.reset.val();
        self.whose.d.next = self.whose.q.val();
        if self.phase.q.val().get_bit(7) {
            self.whose.d.next = (self.whose.q.val() << 1) | (self.whose.q.val() >> 15);
            self.turn.d.next.blade = self.turn.q.val().blade + 1;
            if self.turn.q.val().blade == 15 {
                self.turn.d.next.round = self.turn.q.val().round + 1;
                self.turn.d.next.primed = true;
            }
        }
        // Phase 0 chooses, 1 limits, 2 subtracts, 3 shifts, 4 adds, 5 stores.
        if self.phase.q.val().get_bit(0) {
            self.turn.d.next.chosen = self.choice.chosen.val();
        }
        if self.phase.q.val().get_bit(1) {
            self.turn.d.next.active = self.turn.q.val().chosen.get_bits::<12>(0);
            if self.turn.q.val().chosen > bit_cast::<16, 12>(self.span.val()) {
                self.turn.d.next.active = self.span.val();
            }
        }
        self.target.next = bit_cast::<29, 12>(self.turn.q.val().active) << 16;
        if self.phase.q.val().get_bit(2) {
            self.turn.d.next.average = self.averages.read_data.val();
            self.turn.d.next.difference = self.target.val() - bit_cast::<29, 28>(self.averages.read_data.val());
        }
        // An arithmetic shift: of the complement, if negative.
        self.positive.next = self.turn.q.val().difference;
        if self.turn.q.val().difference.get_bit(28) {
            self.positive.next = !self.turn.q.val().difference;
        }
        self.shifted.next = self.positive.val() >> self.shift.val();
        if self.phase.q.val().get_bit(3) {
            self.turn.d.next.step = self.shifted.val().get_bits::<28>(0);
            if self.turn.q.val().difference.get_bit(28) {
                self.turn.d.next.step = !self.shifted.val().get_bits::<28>(0);
            }
        }
        if self.phase.q.val().get_bit(4) {
            self.turn.d.next.average = self.turn.q.val().average + self.turn.q.val().step;
            if !self.turn.q.val().primed {
                self.turn.d.next.average = self.target.val().get_bits::<28>(0);
            }
        }
        self.due.next = self.phase.q.val().get_bit(5) & ((self.turn.q.val().round == 0) | !self.turn.q.val().primed);
        self.averages.clk.next = self.clk.val();
        self.averages.read_address.next = self.turn.q.val().blade;
        self.averages.write_address.next = self.turn.q.val().blade;
        self.averages.write_data.next = self.turn.q.val().average;
        self.averages.write_enable.next = self.due.val();
        // A record that arrives in the very cycle of its blade's turn waits for the next.
        self.awaited.next = self.pending.q.val();
        self.awaits.next = self.pending.q.val() & self.whose.q.val();
        if self.phase.q.val().get_bit(3) {
            self.turn.d.next.latches = self.awaits.val().any();
            self.awaited.next = self.pending.q.val() & !self.whose.q.val();
        }
        for i in 0..N {
            if self.phase.q.val().get_bit(3) & self.awaits.val().get_bit(i) {
                self.latch[i].d.next = self.turn.q.val().average.get_bits::<12>(16);
            }
            if self.updated[i].val() {
                self.awaited.next = self.awaited.val().replace_bit(i, true);
            }
        }
        self.pending.d.next = self.awaited.val();
        self.turn_phase.next = self.phase.q.val();
        self.turn_blade.next = self.whose.q.val();
        self.turn_average.next = self.turn.q.val().average.get_bits::<16>(12);
        self.turn_latches.next = self.turn.q.val().latches;
        if self.reset.val() {
            self.turn.d.next.blade = 0.into();
            self.turn.d.next.round = 0.into();
            self.turn.d.next.primed = false;
            self.turn.d.next.latches = false;
            self.pending.d.next = 0.into();
            for i in 0..N {
                self.latch[i].d.next = 0.into();
            }
        }
    }
    spareband_hdl::module_name!();
}
