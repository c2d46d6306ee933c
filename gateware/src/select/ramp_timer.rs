//! Ticks of slow start and of the memory of refusals.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset begins an interval |
//! | interval | in | 32 | units of 65536 cycles; 0: no ticks |
//! | tick | out | 1 | pulse, one an interval |
//!
//! Latency: none that matters; the first tick comes an interval after reset (`ticks_come_at_their_interval`). Bad input: an interval that becomes
//! shorter than what has passed of it ends with the next unit.

use rust_hdl::prelude::*;
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Passed {
    cycles: Bits<16>,
    whole: Bit,
    units: Bits<32>,
    over: Bit,
    tick: Bit,
}

#[derive(LogicBlock)]
pub struct RampTimer {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub interval: Signal<In, Bits<32>>,
    pub tick: Signal<Out, Bit>,
    passed: DFF<Passed>,
}

impl Default for RampTimer {
    fn default() -> Self {
        assert_eq!(FLOW_TIMEOUT_UNIT_CYCLES, 1 << 16);
        with_defaults!(Self {} defaults clk reset interval tick passed)
    }
}

impl Logic for RampTimer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, passed);
        self.passed.d.next.cycles = self.passed.q.val().cycles + 1;
        self.passed.d.next.whole = self.passed.q.val().cycles.all();
        // Known long before the next unit.
        self.passed.d.next.over = self.passed.q.val().units >= self.interval.val();
        self.passed.d.next.tick = false;
        if self.passed.q.val().whole {
            self.passed.d.next.units = self.passed.q.val().units + 1;
        }
        if self.passed.q.val().over & (self.passed.q.val().cycles == 4) {
            self.passed.d.next.units = 0.into();
            self.passed.d.next.tick = self.interval.val().any();
        }
        self.tick.next = self.passed.q.val().tick;
        if self.reset.val() {
            self.passed.d.next.cycles = 0.into();
            self.passed.d.next.units = 0.into();
            self.passed.d.next.whole = false;
            self.passed.d.next.over = false;
            self.passed.d.next.tick = false;
        }
    }
    spareband_hdl::module_name!();
}
