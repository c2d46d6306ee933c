//! When to send a PAUSE frame, and what it says. IEEE 802.3 31B.3.2, 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | transmit clock |
//! | link_up | in | 1 | clk | low: nothing is sent, and the other end is taken to be asked for nothing |
//! | enable | in | 1 | clk | low: the other end may send |
//! | priority_mode | in | 1 | clk | by priority; changes while nothing is requested |
//! | request, request_priorities | in | 1, 8 | clk | levels: the other end is to pause |
//! | quanta | in | 16 | static | what is asked for at a time; 0 asks for nothing |
//! | tick | in | 1 | clk | a quantum has passed |
//! | start | in | 1 | clk | a PAUSE frame begins; in the cycle after, `named` and `pausing` are its contents |
//! | due | out | 1 | clk | a PAUSE frame is to be sent |
//! | named, pausing | out | 8, 8 | clk | the priorities that the frame speaks of; that are to pause. A plain PAUSE frame is of priority 0 |
//!
//! Invariant: what the last frame said differs from what is requested only while `due`.
//! A pause that is kept up is asked for anew after half its quanta (`repeats_at_half_the_time`). The margin is the other half: the frame must only wait for the one
//! under way, which takes 24 quanta at 1518 bytes and 151 at 9618. So `quanta` from 2 x 24 + 4 = 52, and 306 with the longest frames, leave no gap.
//! Latency: 2 cycles from a request to `due` (part of `repeats_at_half_the_time`). Bad input: a request of one cycle may be sent as what is requested after it.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Requested {
    wanted: Bits<8>,
    /// What the other end was asked for last.
    announced: Bits<8>,
    /// Quanta until it is asked again.
    left: Bits<15>,
    due: bool,
    named: Bits<8>,
    pausing: Bits<8>,
}

#[derive(LogicBlock)]
pub struct PauseRequest {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub request_priorities: Signal<In, Bits<8>>,
    pub quanta: Signal<In, Bits<16>>,
    pub tick: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub due: Signal<Out, Bit>,
    pub named: Signal<Out, Bits<8>>,
    pub pausing: Signal<Out, Bits<8>>,
    requested: ResetReg<Requested>,
    quiet: Signal<Local, Bit>,
    differs: Signal<Local, Bits<8>>,
    nothing: Constant<Bits<8>>,
    priority_0: Constant<Bits<8>>,
}

impl Default for PauseRequest {
    fn default() -> Self {
        with_defaults!(Self { nothing: Constant::new(bits(0)), priority_0: Constant::new(bits(1)), }
            defaults clk reset link_up enable priority_mode request request_priorities quanta tick start due named pausing requested
            quiet differs)
    }
}

impl Logic for PauseRequest {
    #[hdl_gen]
    fn update(&mut self) {
        self.requested.clk.next = self.clk.val();
        self.requested.reset.next = self.reset.val() | !self.link_up.val();
        self.requested.d.next = self.requested.q.val();
        self.quiet.next = !self.enable.val() | !self.quanta.val().any();
        self.requested.d.next.wanted = self.nothing.val();
        if !self.quiet.val() {
            if self.priority_mode.val() {
                self.requested.d.next.wanted = self.request_priorities.val();
            } else if self.request.val() {
                self.requested.d.next.wanted = self.priority_0.val();
            }
        }
        self.differs.next = self.requested.q.val().wanted ^ self.requested.q.val().announced;
        self.requested.d.next.due =
            self.differs.val().any() | (self.requested.q.val().announced.any() & !self.requested.q.val().left.any());
        if self.tick.val() & self.requested.q.val().left.any() {
            self.requested.d.next.left = self.requested.q.val().left - 1;
        }
        if self.start.val() {
            self.requested.d.next.named = self.requested.q.val().wanted | self.requested.q.val().announced;
            self.requested.d.next.pausing = self.requested.q.val().wanted;
            self.requested.d.next.announced = self.requested.q.val().wanted;
            self.requested.d.next.left = self.quanta.val().get_bits::<15>(1);
        }
        self.due.next = self.requested.q.val().due;
        self.named.next = self.requested.q.val().named;
        self.pausing.next = self.requested.q.val().pausing;
    }
    spareband_hdl::module_name!();
}
