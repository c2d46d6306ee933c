//! Joins two streams of whole frames: the responder's and the blades' on the way to the uplink, the plane's and the other blades' on the way to a blade.
//!
//! > A frame goes out whole and without a gap; while both sides wait, they take turns.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset cuts a frame under way, and its rest goes out as a frame |
//! | a_valid, a_ready, a_data, a_last | in, out, in.. | 1, 1, D, 1 | whole frames: valid does not drop within one |
//! | b_valid, b_ready, b_data, b_last | in, out, in.. | 1, 1, D, 1 | likewise |
//! | tx_valid, tx_ready, tx_data, tx_last | out, in, out.. | 1, 1, D, 1 | to the MAC |
//! | b_sent | out | 1 | pulse: a frame of the second stream is out |
//!
//! Latency: 0 cycles, combinational. Throughput: a word a cycle, no cycle between frames.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    /// A frame is under way.
    inside: Bit,
    /// It is one of the second stream; between frames, the last one was.
    second: Bit,
}

#[derive(LogicBlock, Default)]
pub struct FrameMerge<const D: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub a_valid: Signal<In, Bit>,
    pub a_ready: Signal<Out, Bit>,
    pub a_data: Signal<In, Bits<D>>,
    pub a_last: Signal<In, Bit>,
    pub b_valid: Signal<In, Bit>,
    pub b_ready: Signal<Out, Bit>,
    pub b_data: Signal<In, Bits<D>>,
    pub b_last: Signal<In, Bit>,
    pub tx_valid: Signal<Out, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<Out, Bits<D>>,
    pub tx_last: Signal<Out, Bit>,
    pub b_sent: Signal<Out, Bit>,
    turn: DFF<Turn>,
    second: Signal<Local, Bit>,
    valid: Signal<Local, Bit>,
    last: Signal<Local, Bit>,
}

impl<const D: usize> Logic for FrameMerge<D> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn);
        // Between frames: the side that did not have the last one, unless only the other waits.
        self.second.next = self.b_valid.val() & (!self.turn.q.val().second | !self.a_valid.val());
        if self.turn.q.val().inside {
            self.second.next = self.turn.q.val().second;
        }
        self.valid.next = self.a_valid.val();
        self.last.next = self.a_last.val();
        self.tx_data.next = self.a_data.val();
        if self.second.val() {
            self.valid.next = self.b_valid.val();
            self.last.next = self.b_last.val();
            self.tx_data.next = self.b_data.val();
        }
        self.tx_valid.next = self.valid.val();
        self.tx_last.next = self.last.val();
        self.a_ready.next = self.tx_ready.val() & !self.second.val();
        self.b_ready.next = self.tx_ready.val() & self.second.val();
        // An offered frame is begun: what is on offer may not change before it is taken.
        if self.valid.val() {
            self.turn.d.next.inside = !(self.last.val() & self.tx_ready.val());
            self.turn.d.next.second = self.second.val();
        }
        self.b_sent.next = self.valid.val() & self.last.val() & self.tx_ready.val() & self.second.val();
        if self.reset.val() {
            self.turn.d.next.inside = false;
            self.turn.d.next.second = false;
        }
    }
    spareband_hdl::module_name!();
}
