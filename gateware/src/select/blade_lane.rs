//! What the selector makes of one blade: its load, the estimate, the tracked load and their flags. `spareband_spec::score::lane`, a registered step at a time.
//!
//! > The flags move with decisions only, each by the values of its own decision.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears the flags |
//! | link_up, enabled, host_admin | in | 1, 1, 2 | may it carry frames, new flows |
//! | known, stale, admin | in | 1, 1, 2 | its last good record |
//! | cpu, irq, work, power, queue_length | in | 8 each | signals of that record |
//! | signal, second_signal | in | 3 | `score::Signal` for the load, and for the second signal |
//! | active | in | 16 | its flows in the flow table |
//! | latched_load, base | in | 20, 21 | `ReportBase` |
//! | delta | in | 8 | load of one flow |
//! | hot, hot_stay, second_hot, second_stay, fill, fill_stay | in | 8 | marks, and where flags that are set clear |
//! | decide | in | 1 | a decision is requested on the values of 4 cycles ago: the flags move |
//! | usable_now | out | 1 | in the cycle of the inputs |
//! | usable, eligible, unknown | out | 1 | 4 cycles after the inputs |
//! | raw_load | out | 8 | the load as the record has it, 1 cycle after |
//! | load, second, estimate, tracked, flows | out | 8, 8, 13, 16, 13 | 5 cycles after; `flows` is active + 1 |
//! | headroom | out | 8 | 255 - estimate, at least 4; 5 cycles after |
//! | load_hot, second_is_hot, full | out | 1 | flags, 5 cycles after, if `decide` was set 4 cycles after |
//!
//! Latency: 4 and 5 cycles (held by `decides_as_the_arithmetic_says`). Throughput: one a cycle. Bad input: a signal above 4 is the queue; the selector gives none.

use rust_hdl::prelude::*;
use spareband_hdl::parts::Multiplier;
use spareband_spec::score::{ACTIVE_MAX, ADMIN_MAINTENANCE, ADMIN_READY, FULL_UTILISATION, UNKNOWN_UTILISATION};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Seen {
    usable: Bit,
    eligible: Bit,
    unknown: Bit,
    full: Bit,
    load: Bits<8>,
    second: Bits<8>,
    active: Bits<12>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Values {
    load: Bits<8>,
    second: Bits<8>,
    estimate: Bits<13>,
    tracked: Bits<16>,
    flows: Bits<13>,
    headroom: Bits<8>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Flags {
    load_hot: Bit,
    second_hot: Bit,
    full: Bit,
}

#[derive(LogicBlock)]
pub struct BladeLane {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub enabled: Signal<In, Bit>,
    pub host_admin: Signal<In, Bits<2>>,
    pub known: Signal<In, Bit>,
    pub stale: Signal<In, Bit>,
    pub admin: Signal<In, Bits<2>>,
    pub cpu: Signal<In, Bits<8>>,
    pub irq: Signal<In, Bits<8>>,
    pub work: Signal<In, Bits<8>>,
    pub power: Signal<In, Bits<8>>,
    pub queue_length: Signal<In, Bits<8>>,
    pub signal: Signal<In, Bits<3>>,
    pub second_signal: Signal<In, Bits<3>>,
    pub active: Signal<In, Bits<16>>,
    pub latched_load: Signal<In, Bits<20>>,
    pub base: Signal<In, Bits<21>>,
    pub delta: Signal<In, Bits<8>>,
    pub hot: Signal<In, Bits<8>>,
    pub hot_stay: Signal<In, Bits<8>>,
    pub second_hot: Signal<In, Bits<8>>,
    pub second_stay: Signal<In, Bits<8>>,
    pub fill: Signal<In, Bits<8>>,
    pub fill_stay: Signal<In, Bits<8>>,
    pub decide: Signal<In, Bit>,
    pub usable_now: Signal<Out, Bit>,
    pub usable: Signal<Out, Bit>,
    pub eligible: Signal<Out, Bit>,
    pub unknown: Signal<Out, Bit>,
    pub raw_load: Signal<Out, Bits<8>>,
    pub load: Signal<Out, Bits<8>>,
    pub second: Signal<Out, Bits<8>>,
    pub estimate: Signal<Out, Bits<13>>,
    pub tracked: Signal<Out, Bits<16>>,
    pub flows: Signal<Out, Bits<13>>,
    pub headroom: Signal<Out, Bits<8>>,
    pub load_hot: Signal<Out, Bit>,
    pub second_is_hot: Signal<Out, Bit>,
    pub full: Signal<Out, Bit>,
    first: DFF<Seen>,
    second_step: DFF<Seen>,
    third: DFF<Seen>,
    fourth: DFF<Seen>,
    /// Load without that of the latched flows; then with that of the flows.
    rest: DFF<Bits<21>>,
    estimated: DFF<Bits<21>>,
    followed: DFF<Bits<21>>,
    /// Without a sign, and past 16 bits if its upper part is past 8.
    follow_low: DFF<Bits<8>>,
    follow_high: DFF<Bits<13>>,
    clamped: DFF<Bits<13>>,
    values: DFF<Values>,
    flags: DFF<Flags>,
    multiplier: Multiplier<8, 12, 20>,
    ready: Constant<Bits<2>>,
    maintenance: Constant<Bits<2>>,
    active_max: Constant<Bits<12>>,
    full_utilisation: Constant<Bits<8>>,
    unknown_utilisation: Constant<Bits<8>>,
    is_usable: Signal<Local, Bit>,
    is_ready: Signal<Local, Bit>,
    product: Signal<Local, Bits<21>>,
    sum: Signal<Local, Bits<21>>,
    follow_sum: Signal<Local, Bits<21>>,
    follow_part: Signal<Local, Bits<13>>,
    overloaded: Signal<Local, Bits<5>>,
    spare: Signal<Local, Bits<8>>,
}

impl Default for BladeLane {
    fn default() -> Self {
        with_defaults!(Self {
            ready: Constant::new(ADMIN_READY.to_bits()),
            maintenance: Constant::new(ADMIN_MAINTENANCE.to_bits()),
            active_max: Constant::new(ACTIVE_MAX.to_bits()),
            full_utilisation: Constant::new(FULL_UTILISATION.to_bits()),
            unknown_utilisation: Constant::new(UNKNOWN_UTILISATION.to_bits()),
        }
            defaults clk reset link_up enabled host_admin known stale admin cpu irq work power queue_length signal second_signal active
            latched_load base delta hot hot_stay second_hot second_stay fill fill_stay decide usable_now usable eligible unknown raw_load load
            second estimate tracked flows headroom load_hot second_is_hot full first second_step third fourth rest estimated followed
            follow_low follow_high clamped values flags multiplier is_usable is_ready product sum follow_sum follow_part overloaded spare)
    }
}

impl Logic for BladeLane {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            first,
            second_step,
            third,
            fourth,
            rest,
            estimated,
            followed,
            follow_low,
            follow_high,
            clamped,
            values,
            flags
        );
        // First: who may, and by which signals.
        self.is_usable.next = self.link_up.val()
            & self.enabled.val()
            & (self.host_admin.val() < self.maintenance.val())
            & !(self.known.val() & (self.admin.val() >= self.maintenance.val()));
        self.is_ready.next = (self.host_admin.val() == self.ready.val()) & !(self.known.val() & (self.admin.val() != self.ready.val()));
        self.usable_now.next = self.is_usable.val();
        self.first.d.next.usable = self.is_usable.val();
        self.first.d.next.eligible = self.is_usable.val() & self.is_ready.val();
        self.first.d.next.unknown = !self.known.val() | self.stale.val();
        self.first.d.next.full = false;
        self.first.d.next.load = self.cpu.val();
        if self.signal.val().get_bit(0) {
            self.first.d.next.load = self.irq.val();
        }
        if self.signal.val().get_bit(1) {
            self.first.d.next.load = !self.work.val();
            if self.signal.val().get_bit(0) {
                self.first.d.next.load = !self.power.val();
            }
        }
        if self.signal.val().get_bit(2) {
            self.first.d.next.load = self.queue_length.val();
        }
        self.first.d.next.second = self.cpu.val();
        if self.second_signal.val().get_bit(0) {
            self.first.d.next.second = self.irq.val();
        }
        if self.second_signal.val().get_bit(1) {
            self.first.d.next.second = !self.work.val();
            if self.second_signal.val().get_bit(0) {
                self.first.d.next.second = !self.power.val();
            }
        }
        if self.second_signal.val().get_bit(2) {
            self.first.d.next.second = self.queue_length.val();
        }
        self.first.d.next.active = self.active.val().get_bits::<12>(0);
        if self.active.val().get_bits::<4>(12).any() {
            self.first.d.next.active = self.active_max.val();
        }
        self.raw_load.next = self.first.q.val().load;
        // Second: the product, and what is to be added to it.
        self.multiplier.clk.next = self.clk.val();
        self.multiplier.a.next = self.delta.val();
        self.multiplier.b.next = self.first.q.val().active;
        self.rest.d.next = bit_cast::<21, 8>(self.first.q.val().load) - bit_cast::<21, 20>(self.latched_load.val());
        self.second_step.d.next = self.first.q.val();
        self.second_step.d.next.full = self.first.q.val().unknown | (self.first.q.val().load >= self.full_utilisation.val());
        if self.first.q.val().unknown {
            self.second_step.d.next.load = self.unknown_utilisation.val();
            self.second_step.d.next.second = self.unknown_utilisation.val();
        }
        // Third: the sums. All stay within 21 bits with sign.
        self.product.next = bit_cast::<21, 20>(self.multiplier.product.val());
        self.estimated.d.next = self.product.val() + self.rest.q.val();
        self.followed.d.next = self.product.val() - self.base.val();
        self.third.d.next = self.second_step.q.val();
        // Fourth: clamped, or 256 + active, which only concerns the upper bits.
        self.fourth.d.next = self.third.q.val();
        self.sum.next = self.estimated.q.val();
        self.overloaded.next = bit_cast::<5, 4>(self.third.q.val().active.get_bits::<4>(8)) + 1;
        self.clamped.d.next = bit_cast::<13, 8>(self.sum.val().get_bits::<8>(0));
        if self.sum.val().get_bits::<12>(8).any() {
            self.clamped.d.next = 255.into();
        }
        if self.sum.val().get_bit(20) {
            self.clamped.d.next = 0.into();
        }
        if self.third.q.val().full {
            self.clamped.d.next =
                (bit_cast::<13, 5>(self.overloaded.val()) << 8) | bit_cast::<13, 8>(self.third.q.val().active.get_bits::<8>(0));
        }
        self.follow_sum.next = self.followed.q.val();
        if self.followed.q.val().get_bit(20) {
            self.follow_sum.next = 0.into();
        }
        self.follow_low.d.next = self.follow_sum.val().get_bits::<8>(0);
        self.follow_part.next = bit_cast::<13, 12>(self.follow_sum.val().get_bits::<12>(8));
        self.follow_high.d.next = self.follow_part.val() + bit_cast::<13, 1>(self.third.q.val().full.into());
        // Fifth: flags and what depends on the estimate.
        self.values.d.next.load = self.fourth.q.val().load;
        self.values.d.next.second = self.fourth.q.val().second;
        self.values.d.next.estimate = self.clamped.q.val();
        self.values.d.next.tracked =
            (bit_cast::<16, 8>(self.follow_high.q.val().get_bits::<8>(0)) << 8) | bit_cast::<16, 8>(self.follow_low.q.val());
        if self.follow_high.q.val().get_bits::<5>(8).any() {
            self.values.d.next.tracked = 0xFFFF.into();
        }
        self.values.d.next.flows = bit_cast::<13, 12>(self.fourth.q.val().active) + 1;
        self.spare.next = !self.clamped.q.val().get_bits::<8>(0);
        self.values.d.next.headroom = self.spare.val();
        if self.clamped.q.val().get_bits::<5>(8).any() | !self.spare.val().get_bits::<6>(2).any() {
            self.values.d.next.headroom = 4.into();
        }
        if self.decide.val() {
            self.flags.d.next.load_hot = (self.clamped.q.val() >= bit_cast::<13, 8>(self.hot.val()))
                | (self.flags.q.val().load_hot & (self.clamped.q.val() >= bit_cast::<13, 8>(self.hot_stay.val())));
            self.flags.d.next.second_hot = (self.fourth.q.val().second >= self.second_hot.val())
                | (self.flags.q.val().second_hot & (self.fourth.q.val().second >= self.second_stay.val()));
            self.flags.d.next.full = (self.clamped.q.val() >= bit_cast::<13, 8>(self.fill.val()))
                | (self.flags.q.val().full & (self.clamped.q.val() >= bit_cast::<13, 8>(self.fill_stay.val())));
        }
        self.usable.next = self.fourth.q.val().usable;
        self.eligible.next = self.fourth.q.val().eligible;
        self.unknown.next = self.fourth.q.val().unknown;
        self.load.next = self.values.q.val().load;
        self.second.next = self.values.q.val().second;
        self.estimate.next = self.values.q.val().estimate;
        self.tracked.next = self.values.q.val().tracked;
        self.flows.next = self.values.q.val().flows;
        self.headroom.next = self.values.q.val().headroom;
        self.load_hot.next = self.flags.q.val().load_hot;
        self.second_is_hot.next = self.flags.q.val().second_hot;
        self.full.next = self.flags.q.val().full;
        if self.reset.val() {
            self.flags.d.next.load_hot = false;
            self.flags.d.next.second_hot = false;
            self.flags.d.next.full = false;
        }
    }
    spareband_hdl::module_name!();
}
