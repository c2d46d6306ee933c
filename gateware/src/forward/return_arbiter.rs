//! Fair arbiter of the way back: frames of N blades to one uplink, deficit round robin by bytes.
//!
//! > A frame goes out whole and without a gap. Of two blades that always have a frame waiting, neither is ahead of the other by more than a
//! > quantum and the longest frame.
//!
//! Deficit round robin (Shreedhar and Varghese, 1995) in the form that charges a frame after it went, since its length is known only then
//! (surplus round robin, Adiseshu, Parulkar and Varghese, 1996): a blade's turn adds a quantum to its credit, and lasts while the credit is positive
//! and a frame waits. A debt stays until turns have paid it; credit is lost where no frame waits, so that an idle blade saves none.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset cuts a frame under way, and its rest goes out as a frame; credits and debts are gone |
//! | quantum | in | 14 | bytes of a turn; 0 counts as 8192 |
//! | in_valid, in_ready, in_data, in_keep, in_last | in, out, in.. | N x 1, 1, 64, 8, 1 | whole frames: valid does not drop within one |
//! | tx_valid, tx_ready, tx_data, tx_keep, tx_last | out, in, out.. | 1, 1, 64, 8, 1 | to the uplink's MAC |
//! | tx_blade | out | 4 | the blade that the word is from |
//!
//! Latency: 5 cycles from an idle start (`an_idle_start_takes_five_cycles`). Throughput: a word a cycle; 2 idle cycles between frames, which preamble,
//! frame check sequence and gap cover, and one more where a blade that is alone begins a turn (`return_arbiter_is_fair`); a blade's next frame may
//! come in the second cycle after its last one's end, no later for that. A quantum
//! below the longest frame costs a turn without a frame, 2 cycles, for each quantum of debt. Frames have 16383 bytes at most: a longer one
//! makes credits wrong until the reset, and no frame.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    /// A blade has its turn: its frame goes out, its last word is being charged, or neither, and it is decided what follows.
    busy: Bit,
    sending: Bit,
    ending: Bit,
    blade: Bits<4>,
    /// The same, a bit a blade: what is ready and ends hangs on it.
    of_blade: Bits<16>,
    /// What the blade may still send; two's complement.
    credit: Bits<16>,
    /// The blade to follow, chosen ahead, and a cycle later its credit.
    chosen: Bit,
    priced: Bit,
    follower: Bits<4>,
    follower_credit: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    blade: Bits<4>,
}

#[derive(LogicBlock)]
pub struct ReturnArbiter<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub quantum: Signal<In, Bits<14>>,
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
    pub tx_blade: Signal<Out, Bits<4>>,
    turn: DFF<Turn>,
    word: DFF<Word>,
    /// Whose frames waited in the cycle before: the choice is far from them and has time.
    seen: DFF<Bits<N>>,
    /// Debts of the blades, and what a turn left.
    credit: [DFF<Bits<16>>; N],
    load: Signal<Local, Bit>,
    my_turn: Signal<Local, Bit>,
    waiting: Signal<Local, Bit>,
    positive: Signal<Local, Bit>,
    closes: Signal<Local, Bit>,
    kept: Signal<Local, Bits<16>>,
    debt: Signal<Local, Bits<16>>,
    of_follower: Signal<Local, Bits<16>>,
    step: Signal<Local, Bits<16>>,
    bytes: Signal<Local, Bits<16>>,
    accepts: Signal<Local, Bit>,
    arrived: Signal<Local, Bits<N>>,
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
            defaults clk reset quantum tx_valid tx_ready tx_data tx_keep tx_last tx_blade turn word seen arrived load my_turn waiting positive closes kept
            debt of_follower step bytes accepts valid data keep last any_higher any_lower higher lower
            ; arrays in_valid in_ready in_data in_keep in_last credit)
    }
}

impl<const N: usize> Logic for ReturnArbiter<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn, word, seen);
        // Not also while no word stands there: what is far away then hangs on two registers alone.
        self.load.next = self.tx_ready.val();
        self.data.next = 0.into();
        self.keep.next = 0.into();
        self.last.next = false;
        self.any_higher.next = false;
        self.any_lower.next = false;
        self.higher.next = 0.into();
        self.lower.next = 0.into();
        self.waiting.next = false;
        self.debt.next = 0.into();
        self.of_follower.next = 0.into();
        self.arrived.next = 0.into();
        for i in 0..N {
            self.my_turn.next = self.turn.q.val().busy & self.turn.q.val().of_blade.get_bit(i);
            self.in_ready[i].next = self.turn.q.val().sending & self.turn.q.val().of_blade.get_bit(i) & self.load.val();
            self.waiting.next = self.waiting.val() | (self.turn.q.val().of_blade.get_bit(i) & self.in_valid[i].val());
            self.last.next = self.last.val() | (self.turn.q.val().of_blade.get_bit(i) & self.in_last[i].val());
            if self.turn.q.val().blade == i.to_bits::<4>() {
                self.data.next = self.in_data[i].val();
                self.keep.next = self.in_keep[i].val();
            }
            self.of_follower.next = self
                .of_follower
                .val()
                .replace_bit(i, self.turn.q.val().follower == i.to_bits::<4>());
            if self.turn.q.val().follower == i.to_bits::<4>() {
                self.debt.next = self.credit[i].q.val();
            }
            // Whose turn it is does not follow itself: its valid may be that of the frame under way.
            self.arrived.next = self.arrived.val().replace_bit(i, self.in_valid[i].val());
            if self.seen.q.val().get_bit(i) & !self.my_turn.val() {
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
        self.seen.d.next = self.arrived.val();
        self.valid.next = self.turn.q.val().sending & self.waiting.val();
        self.step.next = bit_cast::<16, 14>(self.quantum.val());
        if !self.quantum.val().any() {
            self.step.next = 0x2000_u16.to_bits::<16>();
        }
        // Once chosen, the follower stays: it waits, and who comes later has not waited so long.
        self.turn.d.next.priced = self.turn.q.val().chosen;
        self.turn.d.next.follower_credit = self.debt.val() + self.step.val();
        if !self.turn.q.val().chosen {
            self.turn.d.next.chosen = self.any_lower.val();
            self.turn.d.next.follower = self.lower.val();
            if self.any_higher.val() {
                self.turn.d.next.follower = self.higher.val();
            }
        }
        if self.load.val() {
            self.word.d.next.valid = self.valid.val();
            self.word.d.next.data = self.data.val();
            self.word.d.next.keep = self.keep.val();
            self.word.d.next.last = self.last.val();
            self.word.d.next.blade = self.turn.q.val().blade;
        }
        // The bytes of the word that is charged: a frame's last one when it stands in the register.
        self.bytes.next = 8.into();
        if self.turn.q.val().ending {
            self.bytes.next = 0.into();
            for i in 0..8 {
                if self.word.q.val().keep.get_bit(i) {
                    self.bytes.next = (i + 1).to_bits::<16>();
                }
            }
        }
        self.accepts.next = self.load.val() & self.valid.val();
        self.kept.next = self.turn.q.val().credit - self.bytes.val();
        if self.turn.q.val().ending | (self.accepts.val() & !self.last.val()) {
            self.turn.d.next.credit = self.kept.val();
        }
        self.turn.d.next.ending = self.accepts.val() & self.last.val();
        if self.accepts.val() & self.last.val() {
            self.turn.d.next.sending = false;
        }
        self.positive.next = self.turn.q.val().credit.any() & !self.turn.q.val().credit.get_bit(15);
        self.closes.next = false;
        if self.turn.q.val().busy & !self.turn.q.val().sending & !self.turn.q.val().ending {
            if self.positive.val() & self.waiting.val() {
                self.turn.d.next.sending = true;
            } else if self.turn.q.val().chosen | self.any_lower.val() {
                self.closes.next = self.turn.q.val().priced;
            } else if self.waiting.val() {
                self.turn.d.next.credit = self.turn.q.val().credit + self.step.val();
            } else {
                self.closes.next = true;
            }
        }
        if self.closes.val() {
            self.turn.d.next.busy = false;
        }
        if (self.closes.val() | !self.turn.q.val().busy) & self.turn.q.val().priced {
            self.turn.d.next.busy = true;
            self.turn.d.next.blade = self.turn.q.val().follower;
            self.turn.d.next.of_blade = self.of_follower.val();
            self.turn.d.next.credit = self.turn.q.val().follower_credit;
            self.turn.d.next.sending = self.turn.q.val().follower_credit.any() & !self.turn.q.val().follower_credit.get_bit(15);
            // The choice of this cycle does not know of this turn.
            self.turn.d.next.chosen = false;
            self.turn.d.next.priced = false;
        }
        for i in 0..N {
            self.credit[i].clock.next = self.clk.val();
            self.credit[i].d.next = self.credit[i].q.val();
            if self.closes.val() & self.turn.q.val().of_blade.get_bit(i) {
                self.credit[i].d.next = self.turn.q.val().credit;
                // Nothing waits.
                if self.positive.val() {
                    self.credit[i].d.next = 0.into();
                }
            }
            if self.reset.val() {
                self.credit[i].d.next = 0.into();
            }
        }
        self.tx_valid.next = self.word.q.val().valid;
        self.tx_data.next = self.word.q.val().data;
        self.tx_keep.next = self.word.q.val().keep;
        self.tx_last.next = self.word.q.val().last;
        self.tx_blade.next = self.word.q.val().blade;
        if self.reset.val() {
            self.turn.d.next.busy = false;
            self.turn.d.next.sending = false;
            self.turn.d.next.ending = false;
            self.turn.d.next.chosen = false;
            self.turn.d.next.priced = false;
            self.seen.d.next = 0.into();
            self.word.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
