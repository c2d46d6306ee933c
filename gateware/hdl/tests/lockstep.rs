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
    println!("{}", spareband_hdl::verilog::export(&mut Counter::default()).unwrap().to_verilog());
    spareband_hdl::lockstep!(Counter::default(); clock, reset, go, step, lanes)
        .clock("clock")
        .bias("reset", 0.01)
        .run();
}
