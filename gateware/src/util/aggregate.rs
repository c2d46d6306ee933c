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
//! takes without asking again. Latency: a change shows after at most 1024 + 9 N + 15 cycles (`a_change_shows_in_time`).
//! A sample is gathered over 9 N cycles, so a blade that changes meanwhile counts as before or as after. Reset: drain, until the first sample.

use rust_hdl::prelude::*;
use spareband_spec::record;
use spareband_spec::regs::MAX_BLADES;

/// Fields of one blade.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Chosen {
    eligible: Bit,
    weight: Bits<8>,
    cpu: Bits<20>,
    irq: Bits<20>,
    queue: Bits<20>,
    work: Bits<8>,
    power: Bits<8>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sums {
    weight: Bits<20>,
    cpu: Bits<20>,
    irq: Bits<20>,
    queue: Bits<20>,
    work: Bits<9>,
    power: Bits<9>,
    any: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Quotients {
    cpu: Bits<8>,
    irq: Bits<8>,
    queue: Bits<8>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Place {
    /// Cycles since the sample began.
    tick: Bits<10>,
    blade: Bits<5>,
    /// 0 take the blade, 1..8 a bit of its weight; while dividing 0..7 a bit of the quotient.
    step: Bits<4>,
    gather: Bit,
    /// All blades are in the sums, and the divisor is made of them.
    prepare: Bit,
    divide: Bit,
    /// Whether the sample differs from the one before is being told.
    compare: Bit,
    done: Bit,
    differs: Bit,
    /// A weight's bit of this step while gathering.
    unit: Bits<20>,
    /// The sum of the weights, shifted to the quotient's bit of this step.
    divisor: Bits<20>,
    fields: Bits<42>,
    seq: Bits<4>,
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
    chosen: DFF<Chosen>,
    sums: DFF<Sums>,
    quotients: DFF<Quotients>,
    place: DFF<Place>,
    blades: Constant<Bits<5>>,
    version: Constant<Bits<2>>,
    /// Drain, everything full, nothing left.
    nothing: Constant<Bits<42>>,
    ready: Constant<Bits<2>>,
    most: Constant<Bits<9>>,
    able: Signal<Local, Bits<N>>,
    work_sum: Signal<Local, Bits<9>>,
    power_sum: Signal<Local, Bits<9>>,
    cpu_rest: Signal<Local, Bits<21>>,
    irq_rest: Signal<Local, Bits<21>>,
    queue_rest: Signal<Local, Bits<21>>,
    tick: Signal<Local, Bits<10>>,
    blade: Signal<Local, Bits<5>>,
    step: Signal<Local, Bits<4>>,
    seq: Signal<Local, Bits<4>>,
    fields: Signal<Local, Bits<42>>,
    shown: Signal<Local, Bits<42>>,
    weight_left: Signal<Local, Bits<8>>,
    cpu_now: Signal<Local, Bits<8>>,
    irq_now: Signal<Local, Bits<8>>,
    queue_now: Signal<Local, Bits<8>>,
}

/// Fields from admin down to queue, without seq.
fn packed(admin: u8, cpu: u8, irq: u8, work: u8, power: u8, queue: u8) -> u64 {
    [cpu, irq, work, power, queue]
        .iter()
        .fold(u64::from(admin), |word, field| word << 8 | u64::from(*field))
}

impl<const N: usize> Default for ChassisAggregate<N> {
    fn default() -> Self {
        assert!(N <= MAX_BLADES, "the widths of the sums");
        with_defaults!(Self {
            blades: Constant::new(bits::<5>(N as u64)),
            version: Constant::new(bits::<2>(record::VERSION.into())),
            nothing: Constant::new(bits::<42>(packed(record::ADMIN_DRAIN, 255, 255, 0, 0, 255))),
            most: Constant::new(bits::<9>(255)),
            ready: Constant::new(bits::<2>(record::ADMIN_READY.into())),
        }
            defaults clk reset record eligible able chosen sums quotients place work_sum power_sum cpu_rest irq_rest queue_rest tick blade step seq fields shown weight_left cpu_now irq_now
            queue_now
            ; arrays link_up enabled known stale host_admin admin weight cpu irq work power queue)
    }
}

impl<const N: usize> Logic for ChassisAggregate<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, eligible, chosen, sums, quotients, place);
        self.able.next = 0.into();
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
        }
        self.eligible.d.next = self.able.val();

        // When what happens.
        self.tick.next = self.place.q.val().tick + 1;
        self.blade.next = self.place.q.val().blade + 1;
        self.step.next = self.place.q.val().step + 1;
        self.place.d.next.tick = self.tick.val();
        self.place.d.next.compare = false;
        self.place.d.next.done = self.place.q.val().compare;
        if self.place.q.val().tick == 0 {
            self.place.d.next.gather = true;
            self.place.d.next.blade = 0.into();
            self.place.d.next.step = 0.into();
            self.sums.d.next.weight = 0.into();
            self.sums.d.next.cpu = 0.into();
            self.sums.d.next.irq = 0.into();
            self.sums.d.next.queue = 0.into();
            self.sums.d.next.work = 0.into();
            self.sums.d.next.power = 0.into();
            self.sums.d.next.any = false;
            self.quotients.d.next.cpu = 0.into();
            self.quotients.d.next.irq = 0.into();
            self.quotients.d.next.queue = 0.into();
        }
        self.work_sum.next = self.sums.q.val().work + bit_cast::<9, 8>(self.chosen.q.val().work);
        self.power_sum.next = self.sums.q.val().power + bit_cast::<9, 8>(self.chosen.q.val().power);
        self.place.d.next.unit = self.place.q.val().unit << 1;
        // From the top bit of the quotient down; what does not fit borrows.
        self.place.d.next.divisor = self.place.q.val().divisor >> 1;
        if self.place.q.val().prepare {
            self.place.d.next.divisor = self.sums.q.val().weight << 7;
            self.place.d.next.prepare = false;
            self.place.d.next.divide = true;
        }
        self.cpu_rest.next = bit_cast::<21, 20>(self.sums.q.val().cpu) - bit_cast::<21, 20>(self.place.q.val().divisor);
        self.irq_rest.next = bit_cast::<21, 20>(self.sums.q.val().irq) - bit_cast::<21, 20>(self.place.q.val().divisor);
        self.queue_rest.next = bit_cast::<21, 20>(self.sums.q.val().queue) - bit_cast::<21, 20>(self.place.q.val().divisor);
        self.weight_left.next = self.chosen.q.val().weight;

        self.cpu_now.next = 0.into();
        self.irq_now.next = 0.into();
        self.queue_now.next = 0.into();
        // A blade after the other; its products bit by bit of its weight.
        if self.place.q.val().gather {
            self.place.d.next.step = self.step.val();
            if self.place.q.val().step == 0 {
                self.place.d.next.unit = 1.into();
                for i in 0..N {
                    if self.place.q.val().blade == i.to_bits::<5>() {
                        self.chosen.d.next.eligible = self.eligible.q.val().get_bit(i);
                        self.chosen.d.next.weight = self.weight[i].val();
                        self.cpu_now.next = self.cpu[i].val();
                        self.irq_now.next = self.irq[i].val();
                        self.queue_now.next = self.queue[i].val();
                        self.chosen.d.next.work = self.work[i].val();
                        self.chosen.d.next.power = self.power[i].val();
                    }
                }
                self.chosen.d.next.cpu = bit_cast::<20, 8>(self.cpu_now.val());
                self.chosen.d.next.irq = bit_cast::<20, 8>(self.irq_now.val());
                self.chosen.d.next.queue = bit_cast::<20, 8>(self.queue_now.val());
            } else {
                self.chosen.d.next.weight = self.chosen.q.val().weight >> 1;
                self.chosen.d.next.cpu = self.chosen.q.val().cpu << 1;
                self.chosen.d.next.irq = self.chosen.q.val().irq << 1;
                self.chosen.d.next.queue = self.chosen.q.val().queue << 1;
                if self.chosen.q.val().eligible & self.weight_left.val().get_bit(0) {
                    self.sums.d.next.weight = self.sums.q.val().weight + self.place.q.val().unit;
                    self.sums.d.next.cpu = self.sums.q.val().cpu + self.chosen.q.val().cpu;
                    self.sums.d.next.irq = self.sums.q.val().irq + self.chosen.q.val().irq;
                    self.sums.d.next.queue = self.sums.q.val().queue + self.chosen.q.val().queue;
                    self.sums.d.next.any = true;
                }
                if self.chosen.q.val().eligible & (self.place.q.val().step == 1) {
                    self.sums.d.next.work = self.work_sum.val();
                    if self.work_sum.val().get_bit(8) {
                        self.sums.d.next.work = self.most.val();
                    }
                    self.sums.d.next.power = self.power_sum.val();
                    if self.power_sum.val().get_bit(8) {
                        self.sums.d.next.power = self.most.val();
                    }
                }
            }
            if self.place.q.val().step == 8 {
                self.place.d.next.step = 0.into();
                self.place.d.next.blade = self.blade.val();
                if self.blade.val() == self.blades.val() {
                    self.place.d.next.gather = false;
                    self.place.d.next.prepare = true;
                }
            }
        }

        // Quotients bit by bit; a mean of bytes is a byte.
        if self.place.q.val().divide {
            self.place.d.next.step = self.step.val();
            self.quotients.d.next.cpu = self.quotients.q.val().cpu << 1;
            if !self.cpu_rest.val().get_bit(20) {
                self.sums.d.next.cpu = self.cpu_rest.val().get_bits::<20>(0);
                self.quotients.d.next.cpu = (self.quotients.q.val().cpu << 1) | 1;
            }
            self.quotients.d.next.irq = self.quotients.q.val().irq << 1;
            if !self.irq_rest.val().get_bit(20) {
                self.sums.d.next.irq = self.irq_rest.val().get_bits::<20>(0);
                self.quotients.d.next.irq = (self.quotients.q.val().irq << 1) | 1;
            }
            self.quotients.d.next.queue = self.quotients.q.val().queue << 1;
            if !self.queue_rest.val().get_bit(20) {
                self.sums.d.next.queue = self.queue_rest.val().get_bits::<20>(0);
                self.quotients.d.next.queue = (self.quotients.q.val().queue << 1) | 1;
            }
            if self.place.q.val().step == 7 {
                self.place.d.next.divide = false;
                self.place.d.next.compare = true;
            }
        }

        // The new sample.
        self.fields.next = self.nothing.val();
        if self.sums.q.val().any {
            self.fields.next = (bit_cast::<42, 2>(self.ready.val()) << 40)
                | (bit_cast::<42, 8>(self.quotients.q.val().cpu) << 32)
                | (bit_cast::<42, 8>(self.quotients.q.val().irq) << 24)
                | (bit_cast::<42, 9>(self.sums.q.val().work) << 16)
                | (bit_cast::<42, 9>(self.sums.q.val().power) << 8)
                | bit_cast::<42, 8>(self.quotients.q.val().queue);
        }
        self.seq.next = self.place.q.val().seq + 1;
        self.place.d.next.differs = self.fields.val() != self.place.q.val().fields;
        if self.place.q.val().done {
            self.place.d.next.fields = self.fields.val();
            if self.place.q.val().differs {
                self.place.d.next.seq = self.seq.val();
            }
        }
        self.shown.next = self.place.q.val().fields;
        self.record.next = (bit_cast::<48, 2>(self.version.val()) << 46)
            | (bit_cast::<48, 2>(self.shown.val().get_bits::<2>(40)) << 44)
            | (bit_cast::<48, 4>(self.place.q.val().seq) << 40)
            | bit_cast::<48, 40>(self.shown.val().get_bits::<40>(0));
        if self.reset.val() {
            self.place.d.next.tick = 0.into();
            self.place.d.next.gather = false;
            self.place.d.next.prepare = false;
            self.place.d.next.divide = false;
            self.place.d.next.compare = false;
            self.place.d.next.done = false;
            self.place.d.next.fields = self.nothing.val();
            self.place.d.next.seq = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
