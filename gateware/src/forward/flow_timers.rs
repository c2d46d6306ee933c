//! Timers of the flow table's sweeps: one of each time-out class, of closing and of half-open entries.
//!
//! > A timer's pulses are its time-out / 16 apart, or it has none.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset starts all timers anew |
//! | timeout | in | 6 x 32 | units of 65536 cycles: the four classes, closing, half-open; 0: never |
//! | due | out | 6 | pulses: entries of this kind grow older by a 16th of their time-out |
//!
//! Latency: a pulse every `timeout` times 4096 cycles (`a_pulse_every_sixteenth`); a time-out set lower than what has gone pulses within 4104.
//! One adder and one comparator serve all: the elapsed times go round in a ring, a place a cycle, once in 4096 cycles.

use rust_hdl::prelude::*;
use spareband_spec::frame::SWEEPS_A_TIMEOUT;
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Round {
    tick: Bits<12>,
    /// The timer whose time-out is fetched, and the one that counts a cycle later; 6 and more: none.
    fetch: Bits<3>,
    count: Bits<3>,
    limit: Bits<32>,
    /// The timer that counted a cycle ago was due, and which it was.
    reached: Bit,
    counted: Bits<3>,
    due: Bits<6>,
}

#[derive(LogicBlock)]
pub struct FlowTimers {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub timeout: [Signal<In, Bits<32>>; 6],
    pub due: Signal<Out, Bits<6>>,
    round: DFF<Round>,
    /// Sixteenths of units, from 1; the last is whose turn it is.
    elapsed: [DFF<Bits<32>>; 6],
    ring_end: Constant<Bits<3>>,
    counting: Signal<Local, Bit>,
    reached: Signal<Local, Bit>,
    carried: Signal<Local, Bits<32>>,
    kept: Signal<Local, Bits<32>>,
    dues: Signal<Local, Bits<6>>,
}

impl Default for FlowTimers {
    fn default() -> Self {
        // The tick is a register of 12 bits.
        assert_eq!(FLOW_TIMEOUT_UNIT_CYCLES / SWEEPS_A_TIMEOUT, 1 << 12);
        with_defaults!(Self { ring_end: Constant::new(bits::<3>(6)), }
            defaults clk reset due round counting reached carried kept dues
            ; arrays timeout elapsed)
    }
}

impl Logic for FlowTimers {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, round);
        self.round.d.next.tick = self.round.q.val().tick + 1;
        self.round.d.next.count = self.round.q.val().fetch;
        if self.round.q.val().fetch < self.ring_end.val() {
            self.round.d.next.fetch = self.round.q.val().fetch + 1;
        } else if self.round.q.val().tick.all() {
            self.round.d.next.fetch = 0.into();
        }
        self.round.d.next.limit = 0.into();
        self.counting.next = self.round.q.val().count < self.ring_end.val();
        self.reached.next = self.elapsed[5].q.val() >= self.round.q.val().limit;
        self.carried.next = self.elapsed[5].q.val() + 1;
        if self.reached.val() {
            self.carried.next = 1.into();
        }
        self.round.d.next.reached = self.reached.val() & self.round.q.val().limit.any();
        self.round.d.next.counted = self.round.q.val().count;
        self.dues.next = 0.into();
        for i in 0..6 {
            if self.round.q.val().fetch == i.to_bits::<3>() {
                self.round.d.next.limit = self.timeout[i].val();
            }
            self.dues.next = self
                .dues
                .val()
                .replace_bit(i, self.round.q.val().reached & (self.round.q.val().counted == i.to_bits::<3>()));
            self.elapsed[i].clock.next = self.clk.val();
            self.kept.next = self.elapsed[i].q.val();
            self.elapsed[i].d.next = self.kept.val();
            if self.counting.val() {
                self.elapsed[i].d.next = self.carried.val();
            }
            self.carried.next = self.kept.val();
            if self.reset.val() {
                self.elapsed[i].d.next = 1.into();
            }
        }
        self.round.d.next.due = self.dues.val();
        self.due.next = self.round.q.val().due;
        if self.reset.val() {
            self.round.d.next.tick = 0.into();
            self.round.d.next.fetch = self.ring_end.val();
            self.round.d.next.count = self.ring_end.val();
            self.round.d.next.reached = false;
            self.round.d.next.due = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
