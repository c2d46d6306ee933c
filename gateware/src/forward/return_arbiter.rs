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
//! | in_valid, in_ready, in_data, in_keep, in_last | in, out, in.. | N x 1, 1, 64, 8, 1 | whole frames: valid does not drop within one, and does in the cycle behind it |
//! | in_waits | in | N x 1 | a word is on offer, or will be in the next cycle; it does not count in the cycle of a frame's last word |
//! | tx_valid, tx_ready, tx_data, tx_keep, tx_last | out, in, out.. | 1, 1, 64, 8, 1 | to the switch |
//! | tx_blade | out | 4 | the blade that the word is from |
//!
//! Latency: 8 cycles from an idle start (`an_idle_start_takes_eight_cycles`), four from a word's being taken to its being offered. `in_ready` and all that goes
//! out are registers: a word is asked for while a FIFO of 16 has room for four, whatever becomes of those before, and also in the cycle behind a
//! frame's last word, when none is on offer; so nothing is decided on what comes from queues or switch, which are far away, but a cycle later. Throughput: a word a cycle; 2 idle cycles between frames, which preamble,
//! frame check sequence and gap cover, and one more where a blade that is alone begins a turn (`return_arbiter_is_fair`); a blade's next frame may
//! come in the second cycle after its last one's end, no later for that. A quantum
//! below the longest frame costs a turn without a frame, 2 cycles, for each quantum of debt. Frames have 16383 bytes at most: a longer one
//! makes credits wrong until the reset, and no frame.

use rust_hdl::prelude::*;
use spareband_hdl::parts::SyncFifo;

/// Data, keep, last, blade.
const WORD: usize = 77;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Turn {
    /// A blade has its turn: its frame goes out, until its last word is being charged, or it is decided what follows.
    busy: Bit,
    sending: Bit,
    blade: Bits<4>,
    /// The same, a bit a blade: what is ready and ends hangs on it.
    of_blade: Bits<16>,
    /// Its next frame waits; in the cycle of a frame's last word it does not count.
    waits: Bit,
    /// In the cycle before a frame of another blade waited.
    others: Bit,
    /// What the blade may still send, less one, so that the sign says whether it may; two's complement.
    credit: Bits<16>,
    /// The blade to follow, chosen ahead, and a cycle later its credit.
    chosen: Bit,
    priced: Bit,
    follower: Bits<4>,
    follower_credit: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    /// It came in the cycle before, and is being charged.
    fresh: Bit,
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
    pub in_waits: [Signal<In, Bit>; N],
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
    /// Whose word is taken if one is there.
    reads: DFF<Bits<N>>,
    /// The word that came, and those on their way out.
    word: DFF<Word>,
    words: SyncFifo<WORD, 4>,
    /// Whose frames waited in the cycle before: the choice is far from them and has time.
    seen: DFF<Bits<N>>,
    /// What a turn has overdrawn.
    debts: [DFF<Bits<16>>; N],
    offered: Signal<Local, Bits<WORD>>,
    asking: Signal<Local, Bits<N>>,
    begins: Signal<Local, Bit>,
    stays: Signal<Local, Bit>,
    follows: Signal<Local, Bit>,
    my_turn: Signal<Local, Bit>,
    ending: Signal<Local, Bit>,
    comes: Signal<Local, Bit>,
    waiting: Signal<Local, Bit>,
    rivals: Signal<Local, Bits<16>>,
    switches: Signal<Local, Bit>,
    positive: Signal<Local, Bit>,
    pauses: Signal<Local, Bit>,
    goes_on: Signal<Local, Bit>,
    closes: Signal<Local, Bit>,
    kept: Signal<Local, Bits<16>>,
    debt: Signal<Local, Bits<16>>,
    of_follower: Signal<Local, Bits<16>>,
    step: Signal<Local, Bits<16>>,
    bytes: Signal<Local, Bits<16>>,
    accepts: Signal<Local, Bit>,
    arrived: Signal<Local, Bits<N>>,
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
            defaults clk reset quantum tx_valid tx_ready tx_data tx_keep tx_last tx_blade turn reads word words offered seen arrived asking
            begins stays follows my_turn ending comes waiting rivals switches positive pauses goes_on closes kept
            debt of_follower step bytes accepts data keep last any_higher any_lower higher lower
            ; arrays in_valid in_waits in_ready in_data in_keep in_last debts)
    }
}

impl<const N: usize> Logic for ReturnArbiter<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, turn, reads, word, seen);
        self.data.next = 0.into();
        self.keep.next = 0.into();
        self.last.next = false;
        self.any_higher.next = false;
        self.any_lower.next = false;
        self.higher.next = 0.into();
        self.lower.next = 0.into();
        self.waiting.next = false;
        self.comes.next = false;
        self.debt.next = 0.into();
        self.of_follower.next = 0.into();
        self.arrived.next = 0.into();
        for i in 0..N {
            self.my_turn.next = self.turn.q.val().busy & self.turn.q.val().of_blade.get_bit(i);
            self.in_ready[i].next = self.reads.q.val().get_bit(i);
            self.waiting.next = self.waiting.val() | (self.turn.q.val().of_blade.get_bit(i) & self.in_waits[i].val());
            self.comes.next = self.comes.val() | (self.turn.q.val().of_blade.get_bit(i) & self.in_valid[i].val());
            self.last.next = self.last.val() | (self.turn.q.val().of_blade.get_bit(i) & self.in_last[i].val());
            if self.turn.q.val().of_blade.get_bit(i) {
                self.data.next = self.data.val() | self.in_data[i].val();
                self.keep.next = self.keep.val() | self.in_keep[i].val();
            }
            self.of_follower.next = self
                .of_follower
                .val()
                .replace_bit(i, self.turn.q.val().follower == i.to_bits::<4>());
            if self.turn.q.val().follower == i.to_bits::<4>() {
                self.debt.next = self.debt.val() | self.debts[i].q.val();
            }
            // Whose turn it is does not follow itself: it may be the frame under way that waits.
            self.arrived.next = self.arrived.val().replace_bit(i, self.in_waits[i].val());
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
        self.accepts.next = self.reads.q.val().any() & self.turn.q.val().sending & self.comes.val();
        self.step.next = bit_cast::<16, 14>(self.quantum.val());
        if !self.quantum.val().any() {
            self.step.next = 0x2000_u16.to_bits::<16>();
        }
        // Once chosen, the follower stays: it waits, and who comes later has not waited so long.
        self.turn.d.next.priced = self.turn.q.val().chosen;
        self.turn.d.next.follower_credit = self.step.val() + !self.debt.val();
        if !self.turn.q.val().chosen {
            self.turn.d.next.chosen = self.any_lower.val();
            self.turn.d.next.follower = self.lower.val();
            if self.any_higher.val() {
                self.turn.d.next.follower = self.higher.val();
            }
        }
        // A word that was asked for finds room: two more may be on their way behind it when the FIFO gets full.
        self.word.d.next.fresh = self.accepts.val();
        self.word.d.next.data = self.data.val();
        self.word.d.next.keep = self.keep.val();
        self.word.d.next.last = self.last.val();
        self.word.d.next.blade = self.turn.q.val().blade;
        self.words.clk.next = self.clk.val();
        self.words.reset.next = self.reset.val();
        self.words.write.next = self.word.q.val().fresh;
        self.words.write_data.next = (bit_cast::<WORD, 4>(self.word.q.val().blade) << 73)
            | (bit_cast::<WORD, 1>(self.word.q.val().last.into()) << 72)
            | (bit_cast::<WORD, 8>(self.word.q.val().keep) << 64)
            | bit_cast::<WORD, 64>(self.word.q.val().data);
        // The bytes of the word that is charged: a frame's last one when it stands in the register.
        self.bytes.next = 8.into();
        if self.word.q.val().last {
            self.bytes.next = 0.into();
            for i in 0..8 {
                if self.word.q.val().keep.get_bit(i) {
                    self.bytes.next = (i + 1).to_bits::<16>();
                }
            }
        }
        self.kept.next = self.turn.q.val().credit - self.bytes.val();
        if self.word.q.val().fresh {
            self.turn.d.next.credit = self.kept.val();
        }
        self.positive.next = !self.turn.q.val().credit.get_bit(15);
        self.ending.next = self.word.q.val().fresh & self.word.q.val().last;
        self.stays.next = self.turn.q.val().sending & !self.ending.val();
        self.begins.next = false;
        self.follows.next = false;
        self.closes.next = false;
        self.pauses.next = self.turn.q.val().busy & !self.turn.q.val().sending;
        self.goes_on.next = self.positive.val() & self.turn.q.val().waits;
        if self.pauses.val() {
            if self.goes_on.val() {
                self.begins.next = true;
            } else if self.turn.q.val().chosen | self.turn.q.val().others {
                self.closes.next = self.turn.q.val().priced;
            } else if self.turn.q.val().waits {
                self.turn.d.next.credit = self.turn.q.val().credit + self.step.val();
            } else {
                self.closes.next = true;
            }
        }
        if self.closes.val() {
            self.turn.d.next.busy = false;
        }
        // A priced follower is a chosen one: the turn before it closes then, whoever else waits. It waits itself, as it did when it was chosen.
        self.switches.next = (!self.turn.q.val().busy | (self.pauses.val() & !self.goes_on.val())) & self.turn.q.val().priced;
        self.turn.d.next.waits = self.waiting.val() | self.switches.val();
        self.rivals.next = bit_cast::<16, N>(self.arrived.val()) & !self.turn.q.val().of_blade;
        if self.switches.val() {
            self.turn.d.next.busy = true;
            self.turn.d.next.blade = self.turn.q.val().follower;
            self.turn.d.next.of_blade = self.of_follower.val();
            self.turn.d.next.credit = self.turn.q.val().follower_credit;
            self.rivals.next = bit_cast::<16, N>(self.arrived.val()) & !self.of_follower.val();
            self.follows.next = !self.turn.q.val().follower_credit.get_bit(15);
            // The choice of this cycle does not know of this turn.
            self.turn.d.next.chosen = false;
            self.turn.d.next.priced = false;
        }
        self.turn.d.next.others = self.rivals.val().any();
        self.turn.d.next.sending = self.stays.val() | self.begins.val() | self.follows.val();
        self.asking.next = 0.into();
        for i in 0..N {
            self.asking.next = self.asking.val().replace_bit(
                i,
                !self.words.almost_full.val()
                    & (((self.stays.val() | self.begins.val()) & self.turn.q.val().of_blade.get_bit(i))
                        | (self.follows.val() & self.of_follower.val().get_bit(i))),
            );
            self.debts[i].clock.next = self.clk.val();
            self.debts[i].d.next = self.debts[i].q.val();
            if self.closes.val() & self.turn.q.val().of_blade.get_bit(i) {
                self.debts[i].d.next = !self.turn.q.val().credit;
                // Nothing waits.
                if self.positive.val() {
                    self.debts[i].d.next = 0.into();
                }
            }
            if self.reset.val() {
                self.debts[i].d.next = 0.into();
            }
        }
        self.reads.d.next = self.asking.val();
        self.offered.next = self.words.read_data.val();
        self.words.read.next = self.tx_ready.val();
        self.tx_valid.next = !self.words.empty.val();
        self.tx_data.next = self.offered.val().get_bits::<64>(0);
        self.tx_keep.next = self.offered.val().get_bits::<8>(64);
        self.tx_last.next = self.offered.val().get_bit(72);
        self.tx_blade.next = self.offered.val().get_bits::<4>(73);
        if self.reset.val() {
            self.turn.d.next.busy = false;
            self.turn.d.next.sending = false;
            self.turn.d.next.chosen = false;
            self.turn.d.next.priced = false;
            self.turn.d.next.others = false;
            self.seen.d.next = 0.into();
            self.reads.d.next = 0.into();
            self.word.d.next.fresh = false;
        }
    }
    spareband_hdl::module_name!();
}
