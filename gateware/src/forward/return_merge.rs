//! Joins the responder's frames to those of the blades on the way to the uplink.
//!
//! > A frame goes out whole and without a gap; while both sides wait, they take turns.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset cuts a frame under way, and its rest goes out as a frame |
//! | blades_valid, blades_ready, blades_data, blades_keep, blades_last | in, out, in.. | 1, 1, 64, 8, 1 | whole frames of `ReturnArbiter`: valid does not drop within one |
//! | replies_valid, replies_ready, replies_data, replies_keep, replies_last | in, out, in.. | 1, 1, 64, 8, 1 | whole frames of the responder |
//! | tx_valid, tx_ready, tx_data, tx_keep, tx_last | out, in, out.. | 1, 1, 64, 8, 1 | to the uplink's MAC |
//! | replied | out | 1 | pulse: a frame of the responder is out |
//!
//! Latency: 0 cycles, combinational. Throughput: a word a cycle, no cycle between frames.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    /// A frame is under way.
    inside: Bit,
    /// It is one of the responder's; between frames, the last one was.
    replies: Bit,
}

#[derive(LogicBlock, Default)]
pub struct ReturnMerge {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub blades_valid: Signal<In, Bit>,
    pub blades_ready: Signal<Out, Bit>,
    pub blades_data: Signal<In, Bits<64>>,
    pub blades_keep: Signal<In, Bits<8>>,
    pub blades_last: Signal<In, Bit>,
    pub replies_valid: Signal<In, Bit>,
    pub replies_ready: Signal<Out, Bit>,
    pub replies_data: Signal<In, Bits<64>>,
    pub replies_keep: Signal<In, Bits<8>>,
    pub replies_last: Signal<In, Bit>,
    pub tx_valid: Signal<Out, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<Out, Bits<64>>,
    pub tx_keep: Signal<Out, Bits<8>>,
    pub tx_last: Signal<Out, Bit>,
    pub replied: Signal<Out, Bit>,
    turn: DFF<Turn>,
    replies: Signal<Local, Bit>,
    valid: Signal<Local, Bit>,
    last: Signal<Local, Bit>,
}

impl Logic for ReturnMerge {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn);
        // Between frames: the side that did not have the last one, unless only the other waits.
        self.replies.next = self.replies_valid.val() & (!self.turn.q.val().replies | !self.blades_valid.val());
        if self.turn.q.val().inside {
            self.replies.next = self.turn.q.val().replies;
        }
        self.valid.next = self.blades_valid.val();
        self.last.next = self.blades_last.val();
        self.tx_data.next = self.blades_data.val();
        self.tx_keep.next = self.blades_keep.val();
        if self.replies.val() {
            self.valid.next = self.replies_valid.val();
            self.last.next = self.replies_last.val();
            self.tx_data.next = self.replies_data.val();
            self.tx_keep.next = self.replies_keep.val();
        }
        self.tx_valid.next = self.valid.val();
        self.tx_last.next = self.last.val();
        self.blades_ready.next = self.tx_ready.val() & !self.replies.val();
        self.replies_ready.next = self.tx_ready.val() & self.replies.val();
        // An offered frame is begun: what is on offer may not change before it is taken.
        if self.valid.val() {
            self.turn.d.next.inside = !(self.last.val() & self.tx_ready.val());
            self.turn.d.next.replies = self.replies.val();
        }
        self.replied.next = self.valid.val() & self.last.val() & self.tx_ready.val() & self.replies.val();
        if self.reset.val() {
            self.turn.d.next.inside = false;
            self.turn.d.next.replies = false;
        }
    }
    spareband_hdl::module_name!();
}
