//! Fair arbiter of the way back: frames of N blades to one uplink, round robin by frame.
//!
//! > A frame goes out whole and without a gap, and between two frames of a blade every waiting blade has its turn.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset cuts a frame under way, and its rest goes out as a frame |
//! | in_valid, in_ready, in_data, in_keep, in_last | in, out, in.. | N x 1, 1, 64, 8, 1 | whole frames: valid does not drop within one |
//! | tx_valid, tx_ready, tx_data, tx_keep, tx_last | out, in, out.. | 1, 1, 64, 8, 1 | to the uplink's MAC |
//!
//! Latency: 3 cycles from an idle start. Throughput: a word a cycle; one to two idle cycles between frames.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    /// The blade whose frame goes out, or went last.
    busy: Bit,
    blade: Bits<4>,
    /// The blade to follow, chosen ahead.
    chosen: Bit,
    follower: Bits<4>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
}

#[derive(LogicBlock)]
pub struct ReturnArbiter<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: [Signal<In, Bit>; N],
    pub in_ready: [Signal<Out, Bit>; N],
    pub in_data: [Signal<In, Bits<64>>; N],
    pub in_keep: [Signal<In, Bits<8>>; N],
    pub in_last: [Signal<In, Bit>; N],
    pub tx_valid: Signal<Out, Bit>,
    pub tx_ready: Signal<In, Bit>,
    pub tx_data: Signal<Out, Bits<64>>,
    pub tx_keep: Signal<Out, Bits<8>>,
    pub tx_last: Signal<Out, Bit>,
    turn: DFF<Turn>,
    word: DFF<Word>,
    load: Signal<Local, Bit>,
    mine: Signal<Local, Bit>,
    valid: Signal<Local, Bit>,
    data: Signal<Local, Bits<64>>,
    keep: Signal<Local, Bits<8>>,
    last: Signal<Local, Bit>,
    any_higher: Signal<Local, Bit>,
    any_lower: Signal<Local, Bit>,
    higher: Signal<Local, Bits<4>>,
    lower: Signal<Local, Bits<4>>,
}

impl<const N: usize> Default for ReturnArbiter<N> {
    fn default() -> Self {
        assert!((1..=16).contains(&N), "1 to 16 blades, not {N}");
        with_defaults!(Self {}
            defaults clk reset tx_valid tx_ready tx_data tx_keep tx_last turn word load mine valid data keep last any_higher
            any_lower higher lower
            ; arrays in_valid in_ready in_data in_keep in_last)
    }
}

impl<const N: usize> Logic for ReturnArbiter<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn, word);
        self.load.next = !self.word.q.val().valid | self.tx_ready.val();
        self.valid.next = false;
        self.data.next = 0.into();
        self.keep.next = 0.into();
        self.last.next = false;
        self.any_higher.next = false;
        self.any_lower.next = false;
        self.higher.next = 0.into();
        self.lower.next = 0.into();
        for i in 0..N {
            self.mine.next = self.turn.q.val().busy & (self.turn.q.val().blade == i.to_bits::<4>());
            self.in_ready[i].next = self.mine.val() & self.load.val();
            if self.mine.val() {
                self.valid.next = self.in_valid[i].val();
                self.data.next = self.in_data[i].val();
                self.keep.next = self.in_keep[i].val();
                self.last.next = self.in_last[i].val();
            }
            // Whose frame is under way does not follow itself: its valid may be that frame's.
            if self.in_valid[i].val() & !self.mine.val() {
                if (self.turn.q.val().blade < i.to_bits::<4>()) & !self.any_higher.val() {
                    self.any_higher.next = true;
                    self.higher.next = i.to_bits::<4>();
                }
                if !self.any_lower.val() {
                    self.any_lower.next = true;
                    self.lower.next = i.to_bits::<4>();
                }
            }
        }
        self.turn.d.next.chosen = self.any_lower.val();
        self.turn.d.next.follower = self.lower.val();
        if self.any_higher.val() {
            self.turn.d.next.follower = self.higher.val();
        }
        if self.load.val() {
            self.word.d.next.valid = self.valid.val();
            self.word.d.next.data = self.data.val();
            self.word.d.next.keep = self.keep.val();
            self.word.d.next.last = self.last.val();
        }
        if !self.turn.q.val().busy | (self.load.val() & self.valid.val() & self.last.val()) {
            self.turn.d.next.busy = self.turn.q.val().chosen;
            if self.turn.q.val().chosen {
                self.turn.d.next.blade = self.turn.q.val().follower;
                // The choice of this cycle does not know of this turn.
                self.turn.d.next.chosen = false;
            }
        }
        self.tx_valid.next = self.word.q.val().valid;
        self.tx_data.next = self.word.q.val().data;
        self.tx_keep.next = self.word.q.val().keep;
        self.tx_last.next = self.word.q.val().last;
        if self.reset.val() {
            self.turn.d.next.busy = false;
            self.turn.d.next.chosen = false;
            self.word.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
