//! What the guards remember of one blade: flows sent since its report, good reports in a row, its ramp and its refusals. `spareband_spec::score::State::clock`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset: nothing remembered, a full ramp |
//! | usable | in | 1 | may carry frames, **a cycle after** the events |
//! | ready | in | 1 | its record says so too |
//! | reported, accepted, refused, tick | in | 1 | events: its record, a flow for it, its reset of a flow, time |
//! | trust, random | in | 8 | marks of the ladder |
//! | good_reports, refused_mark, refused_stay | in | 8 | reports that are enough; from where and down to where refusals make a sink hole |
//! | past_trust, past_random | out | 1 | more flows than the mark were sent |
//! | wanting | out | 1 | too few good reports |
//! | sunk_set, sunk_stay | out | 1 | refusals are at the mark; not below where a sink hole ends |
//! | ramp | out | 5 | sixteenths |
//!
//! Latency: the registers move a cycle after the event, for a refusal two, as events come from far away; the outputs tell them a cycle later (held by
//! `decides_as_the_arithmetic_says`). Throughput: all events in each cycle; which counts where they meet says `State::clock`.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::score::RAMP_FULL;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Outputs {
    past_trust: Bit,
    past_random: Bit,
    wanting: Bit,
    sunk_set: Bit,
    sunk_stay: Bit,
    ramp: Bits<5>,
}

/// Of the cycle before.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Happened {
    ready: Bit,
    reported: Bit,
    accepted: Bit,
    refused: Bit,
    tick: Bit,
}

#[derive(LogicBlock)]
pub struct BladeGuards {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub usable: Signal<In, Bit>,
    pub ready: Signal<In, Bit>,
    pub reported: Signal<In, Bit>,
    pub accepted: Signal<In, Bit>,
    pub refused: Signal<In, Bit>,
    pub tick: Signal<In, Bit>,
    pub trust: Signal<In, Bits<8>>,
    pub random: Signal<In, Bits<8>>,
    pub good_reports: Signal<In, Bits<8>>,
    pub refused_mark: Signal<In, Bits<8>>,
    pub refused_stay: Signal<In, Bits<8>>,
    pub past_trust: Signal<Out, Bit>,
    pub past_random: Signal<Out, Bit>,
    pub wanting: Signal<Out, Bit>,
    pub sunk_set: Signal<Out, Bit>,
    pub sunk_stay: Signal<Out, Bit>,
    pub ramp: Signal<Out, Bits<5>>,
    outputs: DFF<Outputs>,
    happened: DFF<Happened>,
    refusal: DFF<Bit>,
    sent: DFF<Bits<8>>,
    good: DFF<Bits<8>>,
    refusals: DFF<Bits<8>>,
    slope: ResetReg<Bits<5>>,
    ramp_full: Constant<Bits<5>>,
    eighth: Signal<Local, Bits<5>>,
    change: Signal<Local, Bits<8>>,
    one: Signal<Local, Bit>,
    augend: Signal<Local, Bits<9>>,
    addend: Signal<Local, Bits<9>>,
    total: Signal<Local, Bits<9>>,
}

impl Default for BladeGuards {
    fn default() -> Self {
        with_defaults!(Self {
            slope: ResetReg::new(RAMP_FULL.to_bits()),
            ramp_full: Constant::new(RAMP_FULL.to_bits()),
        }
            defaults clk reset usable ready reported accepted refused tick trust random good_reports refused_mark refused_stay
            past_trust past_random wanting sunk_set sunk_stay ramp outputs happened refusal sent good refusals eighth change one augend addend total)
    }
}

impl Logic for BladeGuards {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, outputs, happened, refusal, sent, good, refusals);
        self.happened.d.next.ready = self.ready.val();
        self.happened.d.next.reported = self.reported.val();
        self.happened.d.next.accepted = self.accepted.val();
        self.happened.d.next.refused = self.refused.val();
        self.happened.d.next.tick = self.tick.val();
        self.refusal.d.next = self.happened.q.val().refused;
        if self.happened.q.val().accepted & !self.sent.q.val().all() {
            self.sent.d.next = self.sent.q.val() + 1;
        }
        // A report goes before a flow of its cycle.
        if self.happened.q.val().reported {
            self.sent.d.next = bit_cast::<8, 1>(self.happened.q.val().accepted.into());
            self.good.d.next = 0.into();
            if self.happened.q.val().ready {
                self.good.d.next = self.good.q.val();
                if !self.good.q.val().all() {
                    self.good.d.next = self.good.q.val() + 1;
                }
            }
        }
        self.slope.clk.next = self.clk.val();
        self.slope.reset.next = self.reset.val();
        self.slope.d.next = self.slope.q.val();
        if self.happened.q.val().tick & (self.slope.q.val() < self.ramp_full.val()) {
            self.slope.d.next = self.slope.q.val() + 1;
        }
        if !self.usable.val() {
            self.good.d.next = 0.into();
            self.slope.d.next = 1.into();
        }
        // One sum for all events: to take b away is to add its complement and one, and an eighth rounded up is one more than rounded down, unless
        // nothing is left over. The one comes in as a carry from below.
        self.eighth.next = self.refusals.q.val().get_bits::<5>(3);
        self.change.next = 0.into();
        self.one.next = false;
        if self.happened.q.val().accepted {
            self.change.next = !bit_cast::<8, 3>(self.refusals.q.val().get_bits::<3>(5));
            self.one.next = true;
        }
        if self.happened.q.val().tick {
            self.change.next = !bit_cast::<8, 5>(self.eighth.val());
            self.one.next = !self.refusals.q.val().get_bits::<3>(0).any();
        }
        if self.refusal.q.val() {
            self.change.next = bit_cast::<8, 5>(!self.eighth.val());
            self.one.next = false;
        }
        self.augend.next = (bit_cast::<9, 8>(self.refusals.q.val()) << 1) | 1;
        self.addend.next = (bit_cast::<9, 8>(self.change.val()) << 1) | bit_cast::<9, 1>(self.one.val().into());
        self.total.next = self.augend.val() + self.addend.val();
        self.refusals.d.next = self.total.val().get_bits::<8>(1);
        self.outputs.d.next.past_trust = self.sent.q.val() > self.trust.val();
        self.outputs.d.next.past_random = self.sent.q.val() > self.random.val();
        self.outputs.d.next.wanting = self.good.q.val() < self.good_reports.val();
        self.outputs.d.next.sunk_set = self.refused_mark.val().any() & (self.refusals.q.val() >= self.refused_mark.val());
        self.outputs.d.next.sunk_stay = self.refused_mark.val().any() & (self.refusals.q.val() >= self.refused_stay.val());
        self.outputs.d.next.ramp = self.slope.q.val();
        self.past_trust.next = self.outputs.q.val().past_trust;
        self.past_random.next = self.outputs.q.val().past_random;
        self.wanting.next = self.outputs.q.val().wanting;
        self.sunk_set.next = self.outputs.q.val().sunk_set;
        self.sunk_stay.next = self.outputs.q.val().sunk_stay;
        self.ramp.next = self.outputs.q.val().ramp;
        if self.reset.val() {
            self.happened.d.next.reported = false;
            self.happened.d.next.accepted = false;
            self.happened.d.next.refused = false;
            self.happened.d.next.tick = false;
            self.refusal.d.next = false;
            self.sent.d.next = 0.into();
            self.good.d.next = 0.into();
            self.refusals.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
