//! The bench on small circuits of each kind, and that it finds what is wrong.

use rust_hdl::prelude::*;
use spareband_hdl::comment;

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    Idle,
    Count,
    Hold,
}

#[derive(LogicBlock)]
struct Counter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub go: Signal<In, Bit>,
    pub step: Signal<In, Bits<8>>,
    pub lanes: [Signal<In, Bits<4>>; 3],
    pub count: Signal<Out, Bits<70>>,
    pub busy: Signal<Out, Bit>,
    pub sum: Signal<Out, Bits<6>>,
    value: DFF<Bits<70>>,
    state: DFF<State>,
    limit: Constant<Bits<70>>,
    total: Signal<Local, Bits<6>>,
    lane: Signal<Local, Bits<4>>,
}

impl Default for Counter {
    fn default() -> Self {
        Counter {
            clock: Default::default(),
            reset: Default::default(),
            go: Default::default(),
            step: Default::default(),
            lanes: std::array::from_fn(|_| Default::default()),
            count: Default::default(),
            busy: Default::default(),
            sum: Default::default(),
            value: Default::default(),
            state: Default::default(),
            limit: Constant::new(bits(200)),
            total: Default::default(),
            lane: Default::default(),
        }
    }
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, value, state);
        self.busy.next = self.state.q.val() != State::Idle;
        self.count.next = self.value.q.val();
        self.total.next = 0.into();
        for i in 0..3 {
            self.lane.next = self.lanes[i].val();
            self.total.next = self.total.val() + bit_cast::<6, 4>(self.lane.val());
        }
        self.sum.next = self.total.val();
        match self.state.q.val() {
            State::Idle => {
                if self.go.val() {
                    self.state.d.next = State::Count;
                }
            }
            State::Count => {
                comment!("one step a cycle");
                self.value.d.next = self.value.q.val() + bit_cast::<70, 8>(self.step.val());
                if self.value.q.val() >= self.limit.val() {
                    self.state.d.next = State::Hold;
                }
            }
            State::Hold => {
                self.value.d.next = 0.into();
                self.state.d.next = State::Idle;
            }
        }
        if self.reset.val() {
            self.state.d.next = State::Idle;
        }
    }
    spareband_hdl::module_name!();
}

#[test]
fn a_state_machine_runs_in_lockstep() {
    spareband_hdl::lockstep!(Counter::default(); clock, reset, go, step, lanes)
        .clock("clock")
        .bias("reset", 0.01)
        .run();
}

/// A hand-written part whose Verilog is not what it simulates.
#[derive(LogicBlock, Default)]
struct Wrong {
    pub clock: Signal<In, Clock>,
    pub d: Signal<In, Bits<4>>,
    pub q: Signal<Out, Bits<4>>,
    _text: &'static str,
}

impl Logic for Wrong {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self.q.next = self.d.val();
        }
    }
    fn connect(&mut self) {
        self.q.connect();
    }
    fn hdl(&self) -> Verilog {
        Verilog::Custom(self._text.into())
    }
    spareband_hdl::module_name!(clock => q);
}

fn complaint(text: &'static str) -> String {
    let bench = || {
        spareband_hdl::lockstep!(Wrong { _text: text, ..Default::default() }; clock, d)
            .clock("clock")
            .cycles(50)
            .run()
    };
    let panic = std::panic::catch_unwind(bench).expect_err("the bench saw nothing");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_difference_is_found_and_named() {
    let said = complaint("initial q = 4'h0;\nalways @(posedge clock) q <= ~d;");
    assert!(
        said.contains("output `q` is") && said.contains("under Verilator (seed 1)") && said.contains("inputs: clock="),
        "{said}"
    );
}

#[test]
fn a_value_unknown_to_icarus_is_a_difference() {
    let said = complaint("always @(posedge clock) q <= d;");
    assert!(said.contains("x under Icarus Verilog"), "{said}");
}

#[test]
fn a_warning_of_verilator_fails_the_bench() {
    let said = complaint("initial q = 4'h0;\nalways @(posedge clock) q <= {1'b0, d};");
    assert!(said.contains("verilator -Wall is not silent") && said.contains("WIDTH"), "{said}");
}

/// A toggle of one clock seen by another, and a path shaped by the stimulus.
#[derive(LogicBlock, Default)]
struct TwoClocks {
    pub fast: Signal<In, Clock>,
    pub slow: Signal<In, Clock>,
    pub data: Signal<In, Bits<8>>,
    pub sum: Signal<Out, Bits<8>>,
    pub seen: Signal<Out, Bits<8>>,
    total: DFF<Bits<8>>,
    copy: DFF<Bits<8>>,
}

impl Logic for TwoClocks {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, fast, total);
        dff_setup!(self, slow, copy);
        self.total.d.next = self.total.q.val() + self.data.val();
        self.copy.d.next = self.total.q.val();
        self.sum.next = self.total.q.val();
        self.seen.next = self.copy.q.val();
    }
    spareband_hdl::module_name!();
}

#[test]
fn two_clocks_and_a_stimulus_of_ones_own() {
    spareband_hdl::lockstep!(TwoClocks::default(); fast, slow, data)
        .clock_period("fast", 8)
        .clock_period("slow", 10)
        .cycles(500)
        .stimulus(|cycle, inputs| {
            assert!(inputs.output("seen") <= 255u32.into());
            inputs.set("data", u32::from(cycle % 3 == 0));
        })
        .run();
}
