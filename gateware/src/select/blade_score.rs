//! Selection key of one blade, without the distance from the rotating pointer: `spareband_spec::score` in three registered steps.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | link_up, enabled, host_admin | in | 1, 1, 2 | may it carry frames, new flows |
//! | known, stale, admin, cpu | in | 1, 1, 2, 8 | its last good record |
//! | active | in | 16 | its flows in the flow table |
//! | latched | in | 12 | average of active when the record came |
//! | delta | in | 8 | load of one flow, lu-delta's `d` |
//! | by_cpu, by_estimate | in | 1 | the policy, **two cycles later** than the other inputs; neither: the score is 0 |
//! | usable, eligible | out | 1 | may carry frames; may take new flows |
//! | score | out | 13 | 3 cycles after the inputs |
//!
//! Latency: 3 cycles (part of `latency_is_seven` of the selector). Throughput: one a cycle. Reset: none; no state but the pipeline.

use rust_hdl::prelude::*;
use spareband_hdl::parts::Multiplier;
use spareband_spec::score::{ACTIVE_MAX, ADMIN_MAINTENANCE, ADMIN_READY, FULL_UTILISATION, UNKNOWN_UTILISATION};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Difference {
    usable: Bit,
    eligible: Bit,
    unknown: Bit,
    full: Bit,
    cpu: Bits<8>,
    active: Bits<12>,
    negative: Bit,
    /// The step is past the range of utilisation, whatever the product's bits say.
    far: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Scored {
    usable: Bit,
    eligible: Bit,
    score: Bits<13>,
}

#[derive(LogicBlock)]
pub struct BladeScore {
    pub clk: Signal<In, Clock>,
    pub link_up: Signal<In, Bit>,
    pub enabled: Signal<In, Bit>,
    pub host_admin: Signal<In, Bits<2>>,
    pub known: Signal<In, Bit>,
    pub stale: Signal<In, Bit>,
    pub admin: Signal<In, Bits<2>>,
    pub cpu: Signal<In, Bits<8>>,
    pub active: Signal<In, Bits<16>>,
    pub latched: Signal<In, Bits<12>>,
    pub delta: Signal<In, Bits<8>>,
    pub by_cpu: Signal<In, Bit>,
    pub by_estimate: Signal<In, Bit>,
    pub usable: Signal<Out, Bit>,
    pub eligible: Signal<Out, Bit>,
    pub score: Signal<Out, Bits<13>>,
    first: DFF<Difference>,
    second: DFF<Difference>,
    third: DFF<Scored>,
    magnitude: DFF<Bits<8>>,
    /// Utilisation, or its complement where the step goes down: a - b is the complement of the complement of a plus b.
    base: DFF<Bits<8>>,
    multiplier: Multiplier<8, 8, 16>,
    ready: Constant<Bits<2>>,
    maintenance: Constant<Bits<2>>,
    active_max: Constant<Bits<12>>,
    full_utilisation: Constant<Bits<8>>,
    unknown_utilisation: Constant<Bits<8>>,
    is_usable: Signal<Local, Bit>,
    is_ready: Signal<Local, Bit>,
    counted: Signal<Local, Bits<12>>,
    over: Signal<Local, Bit>,
    rise: Signal<Local, Bits<13>>,
    fall: Signal<Local, Bits<13>>,
    change: Signal<Local, Bits<12>>,
    sum: Signal<Local, Bits<9>>,
    clamped: Signal<Local, Bits<8>>,
    estimate: Signal<Local, Bits<8>>,
    overloaded: Signal<Local, Bits<5>>,
}

impl Default for BladeScore {
    fn default() -> Self {
        with_defaults!(Self {
            ready: Constant::new(ADMIN_READY.to_bits()),
            maintenance: Constant::new(ADMIN_MAINTENANCE.to_bits()),
            active_max: Constant::new(ACTIVE_MAX.to_bits()),
            full_utilisation: Constant::new(FULL_UTILISATION.to_bits()),
            unknown_utilisation: Constant::new(UNKNOWN_UTILISATION.to_bits()),
        }
            defaults clk link_up enabled host_admin known stale admin cpu active latched delta by_cpu by_estimate usable eligible
            score first second third magnitude base multiplier is_usable is_ready counted over rise fall change sum clamped
            estimate overloaded)
    }
}

impl Logic for BladeScore {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, first, second, third, magnitude, base);
        // First: who may, and how far active is from its average.
        self.is_usable.next = self.link_up.val()
            & self.enabled.val()
            & (self.host_admin.val() < self.maintenance.val())
            & !(self.known.val() & (self.admin.val() >= self.maintenance.val()));
        self.is_ready.next = (self.host_admin.val() == self.ready.val()) & !(self.known.val() & (self.admin.val() != self.ready.val()));
        // A count past the maximum is the maximum; its distance from a value of 12 bits is the complement, which needs no subtraction.
        self.counted.next = self.active.val().get_bits::<12>(0);
        self.over.next = self.active.val().get_bits::<4>(12).any();
        self.rise.next = bit_cast::<13, 12>(self.counted.val()) - bit_cast::<13, 12>(self.latched.val());
        self.fall.next = bit_cast::<13, 12>(self.latched.val()) - bit_cast::<13, 12>(self.counted.val());
        self.change.next = self.rise.val().get_bits::<12>(0);
        if self.rise.val().get_bit(12) {
            self.change.next = self.fall.val().get_bits::<12>(0);
        }
        if self.over.val() {
            self.change.next = !self.latched.val();
        }
        // A change of 255 flows or more already saturates the estimate for every d but 0.
        self.magnitude.d.next = self.change.val().get_bits::<8>(0);
        self.first.d.next.far = self.change.val().get_bits::<4>(8).any();
        self.first.d.next.usable = self.is_usable.val();
        self.first.d.next.eligible = self.is_usable.val() & self.is_ready.val();
        self.first.d.next.unknown = !self.known.val() | self.stale.val();
        self.first.d.next.full = self.cpu.val() >= self.full_utilisation.val();
        self.first.d.next.cpu = self.cpu.val();
        self.first.d.next.active = self.counted.val();
        if self.over.val() {
            self.first.d.next.active = self.active_max.val();
        }
        self.first.d.next.negative = self.rise.val().get_bit(12) & !self.over.val();
        // Second: the product.
        self.multiplier.clk.next = self.clk.val();
        self.multiplier.a.next = self.magnitude.q.val();
        self.multiplier.b.next = self.delta.val();
        self.second.d.next = self.first.q.val();
        self.second.d.next.far = self.first.q.val().far & self.delta.val().any();
        self.base.d.next = self.first.q.val().cpu;
        if self.first.q.val().negative {
            self.base.d.next = !self.first.q.val().cpu;
        }
        // Third: clamp, and choose by policy.
        self.sum.next = bit_cast::<9, 8>(self.base.q.val()) + bit_cast::<9, 8>(self.multiplier.product.val().get_bits::<8>(0));
        self.clamped.next = self.sum.val().get_bits::<8>(0);
        if self.sum.val().get_bit(8) | self.multiplier.product.val().get_bits::<8>(8).any() | self.second.q.val().far {
            self.clamped.next = 255.into();
        }
        self.estimate.next = self.clamped.val();
        if self.second.q.val().negative {
            self.estimate.next = !self.clamped.val();
        }
        // 256 + active, which only concerns the upper bits.
        self.overloaded.next = bit_cast::<5, 4>(self.second.q.val().active.get_bits::<4>(8)) + 1;
        self.third.d.next.usable = self.second.q.val().usable;
        self.third.d.next.eligible = self.second.q.val().eligible;
        self.third.d.next.score = 0.into();
        if self.by_estimate.val() {
            if self.second.q.val().unknown | self.second.q.val().full {
                self.third.d.next.score =
                    (bit_cast::<13, 5>(self.overloaded.val()) << 8) | bit_cast::<13, 8>(self.second.q.val().active.get_bits::<8>(0));
            } else {
                self.third.d.next.score = bit_cast::<13, 8>(self.estimate.val());
            }
        } else if self.by_cpu.val() {
            self.third.d.next.score = bit_cast::<13, 8>(self.second.q.val().cpu);
            if self.second.q.val().unknown {
                self.third.d.next.score = bit_cast::<13, 8>(self.unknown_utilisation.val());
            }
        }
        self.usable.next = self.third.q.val().usable;
        self.eligible.next = self.third.q.val().eligible;
        self.score.next = self.third.q.val().score;
    }
    spareband_hdl::module_name!();
}
