//! The chassis aggregate: one utilisation record that says of a whole chassis what a blade's says of a blade (docs/LINK_PROTOCOL.md, mode D).
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core |
//! | link_up, enabled, known, stale | in | N x 1 | state of each blade |
//! | host_admin, admin | in | N x 2 | what the host wants of it, what it reports |
//! | weight | in | N x 8 | its capacity |
//! | cpu, irq, work, power, queue | in | N x 8 | its record |
//! | record | out | 48 | version down to queue |
//!
//! > cpu, irq and queue are means over the eligible blades by weight, rounded down; work and power are sums, at most 255.
//!
//! Eligible is a blade with its link up and a fresh record, enabled, ready by the host and by itself. Without one, and while all weights are 0,
//! the record says drain, everything full and nothing left. seq counts samples that differ from the one before.
//! A sample is taken every 1024 cycles: between two records that arrive at back-to-back jumbo frames seq moves by less than the 8 that a receiver
//! takes without asking again. Latency: a change shows after at most 1024 + 54 N + 64 cycles (`a_change_shows_in_time`).
//! A sample is gathered over 54 N cycles, so a blade that changes meanwhile counts as before or as after. Reset: drain, until the first sample.
//!
//! It has time, so that one adder and one subtractor do all: the sums of the six fields (cpu, irq, work, power, queue, and one for the weights) go round
//! in a ring, a field a cycle, and so do a blade's fields in another, which come back doubled. A round adds them where the weight has its bit; nine rounds
//! are a blade. Eight rounds more divide the three means, a bit each, which take the places of their sums' low bits; another one tells all.

use rust_hdl::prelude::*;
use spareband_spec::record;
use spareband_spec::regs::MAX_BLADES;

/// Fields of one blade, and what is left of its weight.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Chosen {
    eligible: Bit,
    weight: Bits<8>,
    cpu: Bits<8>,
    irq: Bits<8>,
    work: Bits<8>,
    power: Bits<8>,
    queue: Bits<8>,
}

/// Fields times the weight's bit of this round; the first is added.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Products {
    first: Bits<15>,
    second: Bits<15>,
    third: Bits<15>,
    fourth: Bits<15>,
    fifth: Bits<15>,
    sixth: Bits<15>,
}

/// Their sums, a cycle behind.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sums {
    first: Bits<20>,
    second: Bits<20>,
    third: Bits<20>,
    fourth: Bits<20>,
    fifth: Bits<20>,
    sixth: Bits<20>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Place {
    /// Cycles since the sample began.
    tick: Bits<10>,
    /// The field whose turn it is.
    slot: Bits<6>,
    /// While gathering 0 the blade's fields enter, 1..8 a bit of its weight; while dividing 0..7 a bit of the quotients.
    round: Bits<4>,
    gather: Bit,
    divide: Bit,
    tell: Bit,
    /// The same of the sums' ring: they are emptied, divided, told.
    clears: Bit,
    divides: Bit,
    tells: Bit,
    /// A blade counts; a field differs from the sample before.
    any: Bit,
    differs: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Shown {
    any: Bit,
    seq: Bits<4>,
    fields: Bits<40>,
}

#[derive(LogicBlock)]
pub struct ChassisAggregate<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub link_up: [Signal<In, Bit>; N],
    pub enabled: [Signal<In, Bit>; N],
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub host_admin: [Signal<In, Bits<2>>; N],
    pub admin: [Signal<In, Bits<2>>; N],
    pub weight: [Signal<In, Bits<8>>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub irq: [Signal<In, Bits<8>>; N],
    pub work: [Signal<In, Bits<8>>; N],
    pub power: [Signal<In, Bits<8>>; N],
    pub queue: [Signal<In, Bits<8>>; N],
    pub record: Signal<Out, Bits<48>>,
    /// A bit a blade.
    eligible: DFF<Bits<N>>,
    /// The blade that is taken next.
    of_blade: DFF<Bits<N>>,
    chosen: DFF<Chosen>,
    products: DFF<Products>,
    addend: DFF<Bits<15>>,
    sums: DFF<Sums>,
    /// The sum of the weights.
    divisor: DFF<Bits<12>>,
    place: DFF<Place>,
    /// Fields of the last sample; while it is told those that come move those of the one before out.
    fields: DFF<Bits<40>>,
    shown: DFF<Shown>,
    version: Constant<Bits<2>>,
    /// Drain, everything full, nothing left.
    nothing: Constant<Bits<40>>,
    drain: Constant<Bits<2>>,
    ready: Constant<Bits<2>>,
    able: Signal<Local, Bits<N>>,
    tick: Signal<Local, Bits<10>>,
    slot: Signal<Local, Bits<6>>,
    round: Signal<Local, Bits<4>>,
    ends: Signal<Local, Bit>,
    picked_eligible: Signal<Local, Bit>,
    picked_weight: Signal<Local, Bits<8>>,
    picked_cpu: Signal<Local, Bits<8>>,
    picked_irq: Signal<Local, Bits<8>>,
    picked_work: Signal<Local, Bits<8>>,
    picked_power: Signal<Local, Bits<8>>,
    picked_queue: Signal<Local, Bits<8>>,
    weight_left: Signal<Local, Bits<8>>,
    field: Signal<Local, Bits<8>>,
    product: Signal<Local, Bits<15>>,
    counts: Signal<Local, Bit>,
    sum: Signal<Local, Bits<20>>,
    result: Signal<Local, Bits<20>>,
    old: Signal<Local, Bits<20>>,
    rest: Signal<Local, Bits<14>>,
    divided: Signal<Local, Bit>,
    summed: Signal<Local, Bit>,
    told: Signal<Local, Bits<8>>,
    last: Signal<Local, Bits<40>>,
    admin_shown: Signal<Local, Bits<2>>,
}

/// Fields from cpu down to queue.
fn packed(cpu: u8, irq: u8, work: u8, power: u8, queue: u8) -> u64 {
    [cpu, irq, work, power, queue]
        .iter()
        .fold(0, |word, field| word << 8 | u64::from(*field))
}

impl<const N: usize> Default for ChassisAggregate<N> {
    fn default() -> Self {
        assert!(N <= MAX_BLADES, "the widths of the sums");
        with_defaults!(Self {
            version: Constant::new(bits::<2>(record::VERSION.into())),
            nothing: Constant::new(bits::<40>(packed(255, 255, 0, 0, 255))),
            drain: Constant::new(bits::<2>(record::ADMIN_DRAIN.into())),
            ready: Constant::new(bits::<2>(record::ADMIN_READY.into())),
        }
            defaults clk reset record eligible of_blade chosen products addend sums divisor place fields shown able tick slot round ends picked_eligible picked_weight
            picked_cpu picked_irq picked_work picked_power picked_queue weight_left field product counts sum result old rest divided summed told last admin_shown
            ; arrays link_up enabled known stale host_admin admin weight cpu irq work power queue)
    }
}

impl<const N: usize> Logic for ChassisAggregate<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clk, eligible, of_blade, chosen, products, addend, sums, divisor, place, fields, shown
        );
        self.able.next = 0.into();
        self.picked_eligible.next = false;
        self.picked_weight.next = 0.into();
        self.picked_cpu.next = 0.into();
        self.picked_irq.next = 0.into();
        self.picked_work.next = 0.into();
        self.picked_power.next = 0.into();
        self.picked_queue.next = 0.into();
        for i in 0..N {
            self.able.next = self.able.val().replace_bit(
                i,
                self.link_up[i].val()
                    & self.enabled[i].val()
                    & self.known[i].val()
                    & !self.stale[i].val()
                    & (self.host_admin[i].val() == self.ready.val())
                    & (self.admin[i].val() == self.ready.val()),
            );
            self.picked_eligible.next = self.picked_eligible.val() | (self.of_blade.q.val().get_bit(i) & self.eligible.q.val().get_bit(i));
            if self.of_blade.q.val().get_bit(i) {
                self.picked_weight.next = self.picked_weight.val() | self.weight[i].val();
                self.picked_cpu.next = self.picked_cpu.val() | self.cpu[i].val();
                self.picked_irq.next = self.picked_irq.val() | self.irq[i].val();
                self.picked_work.next = self.picked_work.val() | self.work[i].val();
                self.picked_power.next = self.picked_power.val() | self.power[i].val();
                self.picked_queue.next = self.picked_queue.val() | self.queue[i].val();
            }
        }
        self.eligible.d.next = self.able.val();

        // When what happens.
        self.tick.next = self.place.q.val().tick + 1;
        self.place.d.next.tick = self.tick.val();
        self.slot.next = self.place.q.val().slot;
        self.place.d.next.slot = (self.slot.val() << 1) | bit_cast::<6, 1>(self.slot.val().get_bit(5).into());
        self.round.next = self.place.q.val().round + 1;
        self.ends.next = self.slot.val().get_bit(5) & (self.place.q.val().round == 8);
        if self.slot.val().get_bit(5) {
            self.place.d.next.round = self.round.val();
            self.place.d.next.clears = false;
        }
        self.place.d.next.divides = self.place.q.val().divide;
        self.place.d.next.tells = self.place.q.val().tell;
        if self.place.q.val().divide & self.slot.val().get_bit(5) & (self.place.q.val().round == 7) {
            self.place.d.next.divide = false;
            self.place.d.next.tell = true;
        }
        if self.place.q.val().tell & self.slot.val().get_bit(5) {
            self.place.d.next.tell = false;
        }

        // A blade after the other. Behind the last one comes one of zeros, which does not count while its sums are divided.
        self.weight_left.next = self.chosen.q.val().weight;
        if self.slot.val().get_bit(5) & (self.place.q.val().round != 0) {
            self.chosen.d.next.weight = self.weight_left.val() >> 1;
        }
        if self.ends.val() & self.place.q.val().gather {
            self.place.d.next.round = 0.into();
            self.of_blade.d.next = self.of_blade.q.val() << 1;
            self.chosen.d.next.eligible = self.picked_eligible.val();
            self.chosen.d.next.weight = self.picked_weight.val();
            self.chosen.d.next.cpu = self.picked_cpu.val();
            self.chosen.d.next.irq = self.picked_irq.val();
            self.chosen.d.next.work = self.picked_work.val();
            self.chosen.d.next.power = self.picked_power.val();
            self.chosen.d.next.queue = self.picked_queue.val();
            if !self.of_blade.q.val().any() {
                self.place.d.next.gather = false;
                self.place.d.next.divide = true;
            }
        }

        // The blade's fields, or what they were in the round before, twice.
        self.field.next = 0.into();
        if self.slot.val().get_bit(0) {
            self.field.next = self.field.val() | self.chosen.q.val().cpu;
        }
        if self.slot.val().get_bit(1) {
            self.field.next = self.field.val() | self.chosen.q.val().irq;
        }
        if self.slot.val().get_bit(2) {
            self.field.next = self.field.val() | self.chosen.q.val().work;
        }
        if self.slot.val().get_bit(3) {
            self.field.next = self.field.val() | self.chosen.q.val().power;
        }
        if self.slot.val().get_bit(4) {
            self.field.next = self.field.val() | self.chosen.q.val().queue;
        }
        if self.slot.val().get_bit(5) {
            self.field.next = self.field.val() | 1;
        }
        self.product.next = self.products.q.val().first;
        self.products.d.next.first = self.products.q.val().second;
        self.products.d.next.second = self.products.q.val().third;
        self.products.d.next.third = self.products.q.val().fourth;
        self.products.d.next.fourth = self.products.q.val().fifth;
        self.products.d.next.fifth = self.products.q.val().sixth;
        self.products.d.next.sixth = self.product.val() << 1;
        if self.place.q.val().round == 0 {
            self.products.d.next.sixth = bit_cast::<15, 8>(self.field.val());
        }
        // Work and power count once, whatever the weight.
        self.counts.next = self.weight_left.val().get_bit(0) & (self.place.q.val().round != 0);
        if self.slot.val().get_bit(2) | self.slot.val().get_bit(3) {
            self.counts.next = self.place.q.val().round == 1;
        }
        self.counts.next = self.counts.val() & self.chosen.q.val().eligible;
        self.addend.d.next = 0.into();
        if self.counts.val() {
            self.addend.d.next = self.product.val();
        }
        if self.counts.val() & self.slot.val().get_bit(5) {
            self.place.d.next.any = true;
        }

        // The sums' ring is a cycle behind: with the field's number one less.
        self.old.next = self.sums.q.val().first;
        self.sum.next = self.old.val() + bit_cast::<20, 15>(self.addend.q.val());
        // From the top bit of the quotient down; what does not fit borrows. A mean of bytes is a byte.
        self.rest.next = bit_cast::<14, 13>(self.old.val().get_bits::<13>(7)) - bit_cast::<14, 12>(self.divisor.q.val());
        self.divided.next = self.slot.val().get_bit(1) | self.slot.val().get_bit(2) | self.slot.val().get_bit(5);
        self.summed.next = self.slot.val().get_bit(3) | self.slot.val().get_bit(4);
        self.result.next = self.sum.val();
        if self.place.q.val().divides & self.divided.val() {
            self.result.next = self.old.val() << 1;
            if !self.rest.val().get_bit(13) {
                self.result.next = (bit_cast::<20, 12>(self.rest.val().get_bits::<12>(0)) << 8)
                    | (bit_cast::<20, 7>(self.old.val().get_bits::<7>(0)) << 1)
                    | 1;
            }
        }
        if self.place.q.val().clears {
            self.result.next = 0.into();
        }
        self.sums.d.next.first = self.sums.q.val().second;
        self.sums.d.next.second = self.sums.q.val().third;
        self.sums.d.next.third = self.sums.q.val().fourth;
        self.sums.d.next.fourth = self.sums.q.val().fifth;
        self.sums.d.next.fifth = self.sums.q.val().sixth;
        self.sums.d.next.sixth = self.result.val();
        if self.slot.val().get_bit(0) {
            self.divisor.d.next = self.sum.val().get_bits::<12>(0);
        }

        // The new sample, beside the one before.
        self.told.next = self.old.val().get_bits::<8>(0);
        if self.summed.val() & self.old.val().get_bits::<4>(8).any() {
            self.told.next = 255.into();
        }
        if !self.place.q.val().any {
            self.told.next = 0.into();
            if self.divided.val() {
                self.told.next = 255.into();
            }
        }
        self.last.next = self.fields.q.val();
        if self.place.q.val().tells {
            if self.slot.val().get_bit(0) {
                if self.place.q.val().differs | (self.place.q.val().any != self.shown.q.val().any) {
                    self.shown.d.next.any = self.place.q.val().any;
                    self.shown.d.next.seq = self.shown.q.val().seq + 1;
                    self.shown.d.next.fields = self.last.val();
                }
            } else {
                self.fields.d.next = (self.last.val() << 8) | bit_cast::<40, 8>(self.told.val());
                self.place.d.next.differs = self.place.q.val().differs | (self.told.val() != self.last.val().get_bits::<8>(32));
            }
        }
        if self.place.q.val().tick == 0 {
            self.place.d.next.slot = 1.into();
            self.place.d.next.round = 8.into();
            self.place.d.next.gather = true;
            self.place.d.next.clears = true;
            self.place.d.next.any = false;
            self.place.d.next.differs = false;
            self.of_blade.d.next = 1.into();
        }
        self.admin_shown.next = self.drain.val();
        if self.shown.q.val().any {
            self.admin_shown.next = self.ready.val();
        }
        self.record.next = (bit_cast::<48, 2>(self.version.val()) << 46)
            | (bit_cast::<48, 2>(self.admin_shown.val()) << 44)
            | (bit_cast::<48, 4>(self.shown.q.val().seq) << 40)
            | bit_cast::<48, 40>(self.shown.q.val().fields);
        if self.reset.val() {
            self.place.d.next.tick = 0.into();
            self.place.d.next.gather = false;
            self.place.d.next.divide = false;
            self.place.d.next.tell = false;
            self.place.d.next.divides = false;
            self.place.d.next.tells = false;
            self.chosen.d.next.eligible = false;
            self.fields.d.next = self.nothing.val();
            self.shown.d.next.any = false;
            self.shown.d.next.seq = 0.into();
            self.shown.d.next.fields = self.nothing.val();
        }
    }
    spareband_hdl::module_name!();
}
