//! Which blades a decision may take, and how much the reports still say of them. `spareband_spec::score::candidates` and `rung`.
//!
//! > A decision takes part in the first of four masks that is not empty: a later one never while an earlier has a blade.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears the flags of the sink holes |
//! | decide | in | 1 | a decision is requested: the flags move |
//! | service, weighted | in | 16 | blades of the service; those with a weight |
//! | gate, ramped | in | 4, 1 | number of this decision; whether ramps hold blades back |
//! | usable, eligible, unknown | in | N x 1 | `BladeLane` |
//! | past_trust, past_random, wanting, sunk_set, sunk_stay, ramp | in | N x 1.., 5 | `BladeGuards` |
//! | mask | out | 16 | the candidates, 2 cycles later |
//! | last_resort | out | 1 | no blade is eligible, 2 cycles later |
//! | past_trusting, past_guessing | out | 1 | of more than half of the eligible blades of the service the reports are past the mark, 3 cycles later |
//!
//! Latency: 2 and 3 cycles (part of `latency_is_eight` of the selector). Throughput: one a cycle.

use super::BitCount;
use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Masks {
    preferred: Bits<16>,
    chosen: Bits<16>,
    eligible: Bits<16>,
    usable: Bits<16>,
    past_trust: Bits<16>,
    past_random: Bits<16>,
    sunk: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Counts {
    mask: Bits<16>,
    last_resort: Bit,
    eligible: Bits<5>,
    past_trust: Bits<5>,
    past_random: Bits<5>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Rung {
    trusting: Bit,
    guessing: Bit,
}

#[derive(LogicBlock)]
pub struct Candidates<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub decide: Signal<In, Bit>,
    pub service: Signal<In, Bits<16>>,
    pub weighted: Signal<In, Bits<16>>,
    pub gate: Signal<In, Bits<4>>,
    pub ramped: Signal<In, Bit>,
    pub usable: [Signal<In, Bit>; N],
    pub eligible: [Signal<In, Bit>; N],
    pub unknown: [Signal<In, Bit>; N],
    pub past_trust: [Signal<In, Bit>; N],
    pub past_random: [Signal<In, Bit>; N],
    pub wanting: [Signal<In, Bit>; N],
    pub sunk_set: [Signal<In, Bit>; N],
    pub sunk_stay: [Signal<In, Bit>; N],
    pub ramp: [Signal<In, Bits<5>>; N],
    pub mask: Signal<Out, Bits<16>>,
    pub last_resort: Signal<Out, Bit>,
    pub past_trusting: Signal<Out, Bit>,
    pub past_guessing: Signal<Out, Bit>,
    masks: DFF<Masks>,
    counts: DFF<Counts>,
    rung: DFF<Rung>,
    trust_bits: BitCount,
    random_bits: BitCount,
    eligible_bits: BitCount,
    takes: Signal<Local, Bit>,
    may: Signal<Local, Bit>,
    sunk: Signal<Local, Bit>,
    held: Signal<Local, Bit>,
    preferred: Signal<Local, Bits<16>>,
    chosen: Signal<Local, Bits<16>>,
    eligibles: Signal<Local, Bits<16>>,
    usables: Signal<Local, Bits<16>>,
    trusts: Signal<Local, Bits<16>>,
    randoms: Signal<Local, Bits<16>>,
    sinks: Signal<Local, Bits<16>>,
    eligible_count: Signal<Local, Bits<6>>,
    twice: Signal<Local, Bits<6>>,
    thrice: Signal<Local, Bits<6>>,
}

impl<const N: usize> Default for Candidates<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk reset decide service weighted gate ramped mask last_resort past_trusting past_guessing masks counts rung
            trust_bits random_bits eligible_bits takes may sunk held preferred chosen eligibles usables trusts randoms sinks
            eligible_count twice thrice
            ; arrays usable eligible unknown past_trust past_random wanting sunk_set sunk_stay ramp)
    }
}

impl<const N: usize> Logic for Candidates<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, masks, counts, rung);
        // First: the four masks.
        self.preferred.next = 0.into();
        self.chosen.next = 0.into();
        self.eligibles.next = 0.into();
        self.usables.next = 0.into();
        self.trusts.next = 0.into();
        self.randoms.next = 0.into();
        self.sinks.next = self.masks.q.val().sunk;
        for i in 0..N {
            self.takes.next = self.service.val().get_bit(i) & self.weighted.val().get_bit(i);
            self.may.next = self.takes.val() & self.eligible[i].val();
            self.sunk.next = self.sunk_set[i].val() | (self.masks.q.val().sunk.get_bit(i) & self.sunk_stay[i].val());
            self.held.next = self.ramped.val() & (bit_cast::<5, 4>(self.gate.val()) >= self.ramp[i].val());
            if self.decide.val() {
                self.sinks.next = self.sinks.val().replace_bit(i, self.sunk.val());
            }
            self.usables.next = self.usables.val().replace_bit(i, self.takes.val() & self.usable[i].val());
            self.eligibles.next = self.eligibles.val().replace_bit(i, self.may.val());
            self.preferred.next = self
                .preferred
                .val()
                .replace_bit(i, self.may.val() & !self.wanting[i].val() & !self.sunk.val());
            self.chosen.next = self
                .chosen
                .val()
                .replace_bit(i, self.may.val() & !self.wanting[i].val() & !self.sunk.val() & !self.held.val());
            self.trusts.next = self
                .trusts
                .val()
                .replace_bit(i, self.may.val() & (self.unknown[i].val() | self.past_trust[i].val()));
            self.randoms.next = self
                .randoms
                .val()
                .replace_bit(i, self.may.val() & (self.unknown[i].val() | self.past_random[i].val()));
        }
        self.masks.d.next.preferred = self.preferred.val();
        self.masks.d.next.chosen = self.chosen.val();
        self.masks.d.next.eligible = self.eligibles.val();
        self.masks.d.next.usable = self.usables.val();
        self.masks.d.next.past_trust = self.trusts.val();
        self.masks.d.next.past_random = self.randoms.val();
        self.masks.d.next.sunk = self.sinks.val();
        // Second: the first that is not empty, and counts.
        self.counts.d.next.mask = self.masks.q.val().usable;
        if self.masks.q.val().eligible.any() {
            self.counts.d.next.mask = self.masks.q.val().eligible;
        }
        if self.masks.q.val().preferred.any() {
            self.counts.d.next.mask = self.masks.q.val().preferred;
        }
        if self.masks.q.val().chosen.any() {
            self.counts.d.next.mask = self.masks.q.val().chosen;
        }
        self.counts.d.next.last_resort = !self.masks.q.val().eligible.any();
        self.eligible_bits.of.next = self.masks.q.val().eligible;
        self.trust_bits.of.next = self.masks.q.val().past_trust;
        self.random_bits.of.next = self.masks.q.val().past_random;
        self.counts.d.next.eligible = self.eligible_bits.count.val();
        self.counts.d.next.past_trust = self.trust_bits.count.val();
        self.counts.d.next.past_random = self.random_bits.count.val();
        // Third: more than half.
        self.eligible_count.next = bit_cast::<6, 5>(self.counts.q.val().eligible);
        self.twice.next = bit_cast::<6, 5>(self.counts.q.val().past_trust) << 1;
        self.thrice.next = bit_cast::<6, 5>(self.counts.q.val().past_random) << 1;
        self.rung.d.next.trusting = self.twice.val() > self.eligible_count.val();
        self.rung.d.next.guessing = self.thrice.val() > self.eligible_count.val();
        self.mask.next = self.counts.q.val().mask;
        self.last_resort.next = self.counts.q.val().last_resort;
        self.past_trusting.next = self.rung.q.val().trusting;
        self.past_guessing.next = self.rung.q.val().guessing;
        if self.reset.val() {
            self.masks.d.next.sunk = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
