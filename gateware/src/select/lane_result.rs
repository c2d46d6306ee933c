//! What the lane last made of one blade, until its next turn, and the blade's flags. `spareband_spec::score::lane`.
//!
//! > The flags move with decisions only, each by the values of its own decision.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset clears the flags |
//! | take_marks | in | 1 | take in `was_unknown`, `reaches`, `keeps` |
//! | take_values | in | 1 | a cycle later: take in the rest |
//! | was_unknown … triple_in | in | | `BladeLane` |
//! | decide | in | 1 | a decision is requested: the flags move |
//! | unknown | out | 1 | in the cycle of the request |
//! | raw_load … triple | out | | in the cycle after it |
//! | load_hot, second_is_hot, full | out | 1 | flags, in the cycle after it |
//!
//! Latency: 1 cycle (held by `decides_as_the_arithmetic_says`). Throughput: one a cycle. Reset: the values stay.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Values {
    raw: Bits<8>,
    load: Bits<8>,
    second: Bits<8>,
    estimate: Bits<13>,
    tracked: Bits<16>,
    flows: Bits<13>,
    headroom: Bits<8>,
    triple: Bits<10>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Marks {
    unknown: Bit,
    reaches: Bits<3>,
    keeps: Bits<3>,
}

#[derive(LogicBlock, Default)]
pub struct LaneResult {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub take_marks: Signal<In, Bit>,
    pub take_values: Signal<In, Bit>,
    pub was_unknown: Signal<In, Bit>,
    pub reaches: Signal<In, Bits<3>>,
    pub keeps: Signal<In, Bits<3>>,
    pub raw_load_in: Signal<In, Bits<8>>,
    pub load_in: Signal<In, Bits<8>>,
    pub second_in: Signal<In, Bits<8>>,
    pub estimate_in: Signal<In, Bits<13>>,
    pub tracked_in: Signal<In, Bits<16>>,
    pub flows_in: Signal<In, Bits<13>>,
    pub headroom_in: Signal<In, Bits<8>>,
    pub triple_in: Signal<In, Bits<10>>,
    pub decide: Signal<In, Bit>,
    pub unknown: Signal<Out, Bit>,
    pub raw_load: Signal<Out, Bits<8>>,
    pub load: Signal<Out, Bits<8>>,
    pub second: Signal<Out, Bits<8>>,
    pub estimate: Signal<Out, Bits<13>>,
    pub tracked: Signal<Out, Bits<16>>,
    pub flows: Signal<Out, Bits<13>>,
    pub headroom: Signal<Out, Bits<8>>,
    pub triple: Signal<Out, Bits<10>>,
    pub load_hot: Signal<Out, Bit>,
    pub second_is_hot: Signal<Out, Bit>,
    pub full: Signal<Out, Bit>,
    marks: DFF<Marks>,
    values: DFF<Values>,
    flags: DFF<Bits<3>>,
}

impl Logic for LaneResult {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, marks, values, flags);
        if self.take_marks.val() {
            self.marks.d.next.unknown = self.was_unknown.val();
            self.marks.d.next.reaches = self.reaches.val();
            self.marks.d.next.keeps = self.keeps.val();
        }
        if self.decide.val() {
            self.flags.d.next = self.marks.q.val().reaches | (self.flags.q.val() & self.marks.q.val().keeps);
        }
        if self.take_values.val() {
            self.values.d.next.raw = self.raw_load_in.val();
            self.values.d.next.load = self.load_in.val();
            self.values.d.next.second = self.second_in.val();
            self.values.d.next.estimate = self.estimate_in.val();
            self.values.d.next.tracked = self.tracked_in.val();
            self.values.d.next.flows = self.flows_in.val();
            self.values.d.next.headroom = self.headroom_in.val();
            self.values.d.next.triple = self.triple_in.val();
        }
        self.unknown.next = self.marks.q.val().unknown;
        self.raw_load.next = self.values.q.val().raw;
        self.load.next = self.values.q.val().load;
        self.second.next = self.values.q.val().second;
        self.estimate.next = self.values.q.val().estimate;
        self.tracked.next = self.values.q.val().tracked;
        self.flows.next = self.values.q.val().flows;
        self.headroom.next = self.values.q.val().headroom;
        self.triple.next = self.values.q.val().triple;
        self.load_hot.next = self.flags.q.val().get_bit(0);
        self.second_is_hot.next = self.flags.q.val().get_bit(1);
        self.full.next = self.flags.q.val().get_bit(2);
        if self.reset.val() {
            self.flags.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
