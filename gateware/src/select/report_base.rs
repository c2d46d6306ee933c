//! What a report leaves behind for the loads: the load of the flows it found, and `lu-track`'s base. `spareband_spec::score::State::latch`.
//! One multiplier serves the blades in `FlowAverage`'s turns.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears both |
//! | turn_phase, turn_blade, turn_average, turn_latches, latched | in | 8, 16, 16, 1, N x 12 | `FlowAverage` |
//! | load | in | N x 8 | the load of each blade's record |
//! | delta | in | 8 | load of one flow |
//! | latched_load | out | N x 20 | delta * latched |
//! | base | out | N x 21 | signed |
//!
//! Latency: `latched_load` moves at the end of phase 6, `base` at the end of phase 7 (held by `decides_as_the_arithmetic_says`). After a change of delta
//! `latched_load` is right within 128 + 8 cycles; a base stays as it was computed until the next report.

use super::TurnChoice;
use rust_hdl::prelude::*;
use spareband_hdl::parts::Multiplier;
use spareband_spec::score::FULL_UTILISATION;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Work {
    load: Bits<8>,
    /// What delta is multiplied by.
    factor: Bits<16>,
    old: Bits<21>,
    base: Bits<21>,
    lower: Bit,
}

#[derive(LogicBlock)]
pub struct ReportBase<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub turn_phase: Signal<In, Bits<8>>,
    pub turn_blade: Signal<In, Bits<16>>,
    pub turn_average: Signal<In, Bits<16>>,
    pub turn_latches: Signal<In, Bit>,
    pub latched: [Signal<In, Bits<12>>; N],
    pub load: [Signal<In, Bits<8>>; N],
    pub delta: Signal<In, Bits<8>>,
    pub latched_load: [Signal<Out, Bits<20>>; N],
    pub base: [Signal<Out, Bits<21>>; N],
    work: DFF<Work>,
    loads: [DFF<Bits<20>>; N],
    bases: [DFF<Bits<21>>; N],
    multiplier: Multiplier<8, 16, 24>,
    load_now: TurnChoice<8, N>,
    latched_now: TurnChoice<12, N>,
    base_now: TurnChoice<21, N>,
    full_utilisation: Constant<Bits<8>>,
    less: Signal<Local, Bits<22>>,
    keeps: Signal<Local, Bit>,
    moves: Signal<Local, Bit>,
}

impl<const N: usize> Default for ReportBase<N> {
    fn default() -> Self {
        with_defaults!(Self {
            full_utilisation: Constant::new(FULL_UTILISATION.to_bits()),
        }
            defaults clk reset turn_phase turn_blade turn_average turn_latches delta work multiplier less load_now
            latched_now base_now keeps moves
            ; arrays latched load latched_load base loads bases)
    }
}

impl<const N: usize> Logic for ReportBase<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, work);
        self.multiplier.clk.next = self.clk.val();
        self.multiplier.a.next = self.delta.val();
        self.multiplier.b.next = self.work.q.val().factor;
        self.load_now.turn.next = self.turn_blade.val();
        self.latched_now.turn.next = self.turn_blade.val();
        self.base_now.turn.next = self.turn_blade.val();
        for i in 0..N {
            self.load_now.word[i].next = self.load[i].val();
            self.latched_now.word[i].next = self.latched[i].val();
            self.base_now.word[i].next = self.bases[i].q.val();
        }
        self.work.d.next.old = self.base_now.chosen.val();
        self.work.d.next.load = self.load_now.chosen.val();
        // The record that was read in phase 3 counts for the rest of the turn.
        if self.turn_phase.val().get_bits::<4>(4).any() {
            self.work.d.next.load = self.work.q.val().load;
        }
        self.work.d.next.factor = bit_cast::<16, 12>(self.latched_now.chosen.val());
        if self.turn_phase.val().get_bit(3) {
            self.work.d.next.factor = self.turn_average.val();
        }
        // 3: load; 4: average times delta; 5: the base, and latched times delta; 6: whether it is lower; 6, 7: keep them.
        if self.turn_phase.val().get_bit(5) {
            self.work.d.next.base =
                bit_cast::<21, 20>(self.multiplier.product.val().get_bits::<20>(4)) - bit_cast::<21, 8>(self.work.q.val().load);
        }
        // With the sign turned round an unsigned comparison is right.
        self.less.next = bit_cast::<22, 21>(self.work.q.val().base.replace_bit(20, !self.work.q.val().base.get_bit(20)))
            - bit_cast::<22, 21>(self.work.q.val().old.replace_bit(20, !self.work.q.val().old.get_bit(20)));
        if self.turn_phase.val().get_bit(6) {
            self.work.d.next.lower = self.less.val().get_bit(21) | (self.work.q.val().load < self.full_utilisation.val());
        }
        self.keeps.next = self.turn_phase.val().get_bit(6);
        self.moves.next = self.turn_phase.val().get_bit(7) & self.turn_latches.val() & self.work.q.val().lower;
        for i in 0..N {
            self.loads[i].clock.next = self.clk.val();
            self.bases[i].clock.next = self.clk.val();
            self.loads[i].d.next = self.loads[i].q.val();
            self.bases[i].d.next = self.bases[i].q.val();
            if self.keeps.val() & self.turn_blade.val().get_bit(i) {
                self.loads[i].d.next = self.multiplier.product.val().get_bits::<20>(0);
            }
            if self.moves.val() & self.turn_blade.val().get_bit(i) {
                self.bases[i].d.next = self.work.q.val().base;
            }
            self.latched_load[i].next = self.loads[i].q.val();
            self.base[i].next = self.bases[i].q.val();
            if self.reset.val() {
                self.loads[i].d.next = 0.into();
                self.bases[i].d.next = 0.into();
            }
        }
    }
    spareband_hdl::module_name!();
}
