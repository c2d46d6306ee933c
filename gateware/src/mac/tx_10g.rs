//! Transmit half of the 10G MAC: frames to XGMII. IEEE 802.3 Clauses 3, 4 and 46.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset drops the frame on its way and sends idles |
//! | valid, ready | in, out | clk | the word is taken where both are set, the first as the frame begins; `ready` depends on registers alone |
//! | data, keep, last, error | in | clk | a frame without preamble and FCS; `error` with `last` spoils it |
//! | xgmii_txd, xgmii_txc | out | clk | lane 0 in the low bits |
//! | underrun | out | clk | one cycle: the frame had no word where it needed one |
//! | idle | out | clk | a frame begins in this cycle if `valid`; in no other cycle does one begin |
//! | word_due, word_valid, word_data, word_keep, word_last, word_error | out | clk | for `TransmitReport10g`: a frame needs a word in this cycle; here it is, zero where `word_keep` is not set |
//!
//! Invariant: whatever comes in, each Start is followed by its Terminate and, on average, by twelve bytes of gap, never fewer than nine.
//! Latency: 2 cycles from a frame's first word on offer to its Start on XGMII, 3 from a word taken to its bytes (its part of
//! `latency_of_the_link`). Throughput: a frame of 64 bytes every 10.5 cycles.
//! Bad input: a frame that runs dry ends with four /E/ in place of its FCS, and what comes of it later, up to `last`, is thrown away. `keep` must
//! be contiguous from bit 0, and full but in the last word. A word that comes with `reset` is lost.
//!
//! A word waits for a cycle in a register, masked by `keep`, since the way from its last bytes to the lanes is long. Frames start in lane 0 or 4. A word
//! is turned by four lanes behind that register, so that all that follows sees XGMII's own lanes.
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::{DeficitIdle, TxCheck10g};
use rust_hdl::prelude::*;
use spareband_spec::xgmii;

/// The word that a frame sends in this cycle; all zero where there is none.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Taken {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
    error: Bit,
}

#[derive(LogicBlock)]
pub struct MacTx10g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub data: Signal<In, Bits<64>>,
    pub keep: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub error: Signal<In, Bit>,
    pub xgmii_txd: Signal<Out, Bits<64>>,
    pub xgmii_txc: Signal<Out, Bits<8>>,
    pub underrun: Signal<Out, Bit>,
    pub idle: Signal<Out, Bit>,
    pub word_due: Signal<Out, Bit>,
    pub word_valid: Signal<Out, Bit>,
    pub word_data: Signal<Out, Bits<64>>,
    pub word_keep: Signal<Out, Bits<8>>,
    pub word_last: Signal<Out, Bit>,
    pub word_error: Signal<Out, Bit>,

    taken: DFF<Taken>,
    /// The last word of the frame that began has not come: it is taken, and thrown away if the frame ran dry.
    open: DFF<Bit>,

    // What the words of a frame do. One at a time; none of them: between frames.
    /// A word of the frame is sent.
    sending: DFF<Bit>,
    /// A word of zeros is sent, since the frame is short.
    padding: DFF<Bit>,
    /// The word after the frame's last: what is left of it, of FCS and Terminate.
    tail: DFF<Bit>,
    /// A word of the gap.
    gap: DFF<Bit>,
    /// Idle words of the gap yet to come.
    gap_left: DFF<Bits<2>>,
    /// The frame, or the next one, starts in lane 4.
    in_lane_4: DFF<Bit>,
    /// Frame words so far, modulo eight.
    words: DFF<Bits<3>>,
    /// A frame that ended with this word would be too short; would be with four bytes fewer than a word.
    shorter: DFF<Bit>,
    short: DFF<Bit>,
    spoil: DFF<Bit>,
    underrun_seen: DFF<Bit>,

    kept: Signal<Local, Bits<8>>,
    /// Bytes of this word that the frame counts, zeros of the padding among them.
    counted: Signal<Local, Bits<8>>,
    in_frame: Signal<Local, Bit>,
    dry: Signal<Local, Bit>,
    wants_end: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    spoil_now: Signal<Local, Bit>,
    idle_state: Signal<Local, Bit>,
    starts: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    octet: Signal<Local, Bits<8>>,
    masked: Signal<Local, Bits<64>>,
    low: Signal<Local, Bits<32>>,
    high: Signal<Local, Bits<32>>,
    turned_low: Signal<Local, Bits<32>>,
    turned_high: Signal<Local, Bits<32>>,
    /// The half word that waits for the next word, if the frame started in lane 4.
    held: DFF<Bits<32>>,
    /// XGMII's data lanes, all others zero.
    lanes: DFF<Bits<64>>,

    /// One bit a byte, from this word on: the frame's data take it.
    filled: Signal<Local, Bits<12>>,
    /// The same for the frame's last word.
    filled_last: DFF<Bits<12>>,
    // One bit a lane of this word: before the end of data, of FCS, of Terminate.
    before_fcs: Signal<Local, Bits<8>>,
    before_terminate: Signal<Local, Bits<8>>,
    before_idle: Signal<Local, Bits<8>>,
    check: Signal<Local, Bits<8>>,
    fcs_lanes: DFF<Bits<8>>,
    terminate_now: Signal<Local, Bits<8>>,
    error_now: Signal<Local, Bits<8>>,
    idle_now: Signal<Local, Bits<8>>,
    start_now: Signal<Local, Bits<8>>,
    // Lanes of /T/, /I/ and /E/ by the character's bits 0, 1, 2, and 3 to 7: nothing else is in such a lane, so they are added.
    bit_0_lanes: DFF<Bits<8>>,
    bit_1_lanes: DFF<Bits<8>>,
    bit_2_lanes: DFF<Bits<8>>,
    high_bits_lanes: DFF<Bits<8>>,
    control_lanes: DFF<Bits<8>>,

    /// Half words from the one where the next frame can start at the earliest.
    start_half: Signal<Local, Bits<3>>,

    checker: TxCheck10g,
    deficit_idle: DeficitIdle,
    fcs: Signal<Local, Bits<64>>,
    character: Signal<Local, Bits<8>>,
    word: Signal<Local, Bits<64>>,
    txd: DFF<Bits<64>>,
    txc: DFF<Bits<8>>,

    no_word: Constant<Bits<64>>,
    no_half: Constant<Bits<32>>,
    no_lanes: Constant<Bits<8>>,
    all_lanes: Constant<Bits<8>>,
    lane_0: Constant<Bits<8>>,
    lane_4: Constant<Bits<8>>,
    lanes_0_to_3: Constant<Bits<8>>,
    lanes_0_to_4: Constant<Bits<8>>,
    low_filled: Constant<Bits<12>>,
    none_filled: Constant<Bits<12>>,
    preamble_low: Constant<Bits<32>>,
    preamble_high: Constant<Bits<32>>,
    bit_0: Constant<Bits<8>>,
    bit_1: Constant<Bits<8>>,
    bit_2: Constant<Bits<8>>,
    high_bits: Constant<Bits<8>>,
    no_words: Constant<Bits<3>>,
    sixth_word: Constant<Bits<3>>,
    zero: Constant<Bits<2>>,
    one: Constant<Bits<2>>,
}

impl Default for MacTx10g {
    fn default() -> Self {
        let byte = |value: u8| Constant::new(bits::<8>(value.into()));
        with_defaults!(Self {
            no_word: Constant::new(bits(0)),
            no_half: Constant::new(bits(0)),
            no_lanes: byte(0),
            all_lanes: byte(0xFF),
            lane_0: byte(0x01),
            lane_4: byte(0x10),
            lanes_0_to_3: byte(0x0F),
            lanes_0_to_4: byte(0x1F),
            low_filled: Constant::new(bits(0xF)),
            none_filled: Constant::new(bits(0)),
            preamble_low: Constant::new(bits(xgmii::PREAMBLE_WORD & 0xFFFF_FFFF)),
            preamble_high: Constant::new(bits(xgmii::PREAMBLE_WORD >> 32)),
            bit_0: byte(xgmii::TERMINATE & xgmii::IDLE & !xgmii::ERROR),
            bit_1: byte(xgmii::ERROR & xgmii::IDLE & !xgmii::TERMINATE),
            bit_2: byte(xgmii::TERMINATE & xgmii::ERROR & xgmii::IDLE),
            high_bits: byte(xgmii::TERMINATE & xgmii::ERROR & !xgmii::IDLE),
            no_words: Constant::new(bits(0)),
            sixth_word: Constant::new(bits(6)),
            zero: Constant::new(bits(0)),
            one: Constant::new(bits(1)),
        }
            defaults clk reset valid ready data keep last error xgmii_txd xgmii_txc underrun idle word_due word_valid word_data word_keep
            word_last word_error taken open sending padding tail gap gap_left in_lane_4 words shorter short spoil underrun_seen kept counted in_frame dry wants_end ends spoil_now
            idle_state starts takes octet masked low high turned_low turned_high held lanes filled filled_last before_fcs
            before_terminate before_idle check fcs_lanes terminate_now error_now idle_now start_now bit_0_lanes bit_1_lanes
            bit_2_lanes high_bits_lanes control_lanes start_half checker deficit_idle fcs character word txd txc)
    }
}

impl Logic for MacTx10g {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            taken,
            open,
            sending,
            padding,
            tail,
            gap,
            gap_left,
            in_lane_4,
            words,
            shorter,
            short,
            spoil,
            underrun_seen,
            held,
            lanes,
            filled_last,
            fcs_lanes,
            bit_0_lanes,
            bit_1_lanes,
            bit_2_lanes,
            high_bits_lanes,
            control_lanes,
            txd,
            txc
        );
        // What this cycle's word is.
        self.in_frame.next = self.sending.q.val() | self.padding.q.val();
        self.dry.next = self.sending.q.val() & !self.taken.q.val().valid;
        self.wants_end.next = self.padding.q.val() | (self.sending.q.val() & (!self.taken.q.val().valid | self.taken.q.val().last));
        self.ends.next = self.wants_end.val() & !self.shorter.q.val();
        self.spoil_now.next = self.spoil.q.val() | (self.sending.q.val() & (!self.taken.q.val().valid | self.taken.q.val().error));
        self.idle_state.next = !(self.in_frame.val() | self.tail.q.val() | self.gap.q.val());
        self.starts.next = self.idle_state.val() & self.valid.val() & !self.open.q.val();
        self.counted.next = self.taken.q.val().keep;
        if self.shorter.q.val() {
            self.counted.next = self.all_lanes.val();
        } else if self.short.q.val() {
            self.counted.next = self.taken.q.val().keep | self.lanes_0_to_3.val();
        }

        // The word that comes next: the first as the frame begins, another while one goes.
        self.takes.next =
            self.valid.val() & (self.starts.val() | (self.sending.q.val() & self.taken.q.val().valid & !self.taken.q.val().last));
        self.kept.next = self.no_lanes.val();
        if self.takes.val() {
            self.kept.next = self.keep.val();
        }
        self.masked.next = self.no_word.val();
        for i in 0..8 {
            self.octet.next = self.data.val().get_bits::<8>(8 * i);
            self.masked.next = self.masked.val() >> 8;
            if self.kept.val().get_bit(i) {
                self.masked.next = self.masked.val() | (bit_cast::<64, 8>(self.octet.val()) << 56);
            }
        }
        self.taken.d.next.valid = self.takes.val();
        self.taken.d.next.data = self.masked.val();
        self.taken.d.next.keep = self.kept.val();
        self.taken.d.next.last = self.takes.val() & self.last.val();
        self.taken.d.next.error = self.takes.val() & self.last.val() & self.error.val();
        if self.starts.val() {
            self.open.d.next = !self.last.val();
        } else if self.valid.val() & self.last.val() {
            self.open.d.next = false;
        }
        self.word_due.next = self.sending.q.val();
        self.word_valid.next = self.taken.q.val().valid;
        self.word_data.next = self.taken.q.val().data;
        self.word_keep.next = self.taken.q.val().keep;
        self.word_last.next = self.taken.q.val().last;
        self.word_error.next = self.taken.q.val().error;
        self.low.next = self.taken.q.val().data.get_bits::<32>(0);
        self.high.next = self.taken.q.val().data.get_bits::<32>(32);

        // Where the frame is.
        if self.in_frame.val() {
            self.words.d.next = self.words.q.val() + 1;
            if self.words.q.val() == self.sixth_word.val() {
                self.shorter.d.next = false;
            }
            if self.words.q.val().all() {
                self.short.d.next = false;
            }
            if self.ends.val() {
                self.shorter.d.next = false;
                self.short.d.next = false;
            }
            self.spoil.d.next = self.spoil_now.val();
            self.sending.d.next = self.sending.q.val() & !self.wants_end.val();
            self.padding.d.next = self.wants_end.val() & self.shorter.q.val();
            self.tail.d.next = self.ends.val();
        }
        self.underrun_seen.d.next = self.dry.val();
        if self.starts.val() {
            self.sending.d.next = true;
            self.words.d.next = self.no_words.val();
            self.shorter.d.next = true;
            self.short.d.next = true;
            self.spoil.d.next = false;
        } else if self.idle_state.val() {
            self.in_lane_4.d.next = false;
        }

        // The gap.
        self.deficit_idle.clk.next = self.clk.val();
        self.deficit_idle.reset.next = self.reset.val();
        self.deficit_idle.decide.next = self.tail.q.val();
        self.deficit_idle.forget.next = self.idle_state.val() & !self.starts.val();
        self.deficit_idle.filled.next = (bit_cast::<3, 1>(self.filled_last.q.val().get_bits::<1>(11)) << 2)
            | (bit_cast::<3, 1>(self.filled_last.q.val().get_bits::<1>(7)) << 1)
            | bit_cast::<3, 1>(self.filled_last.q.val().get_bits::<1>(3));
        self.deficit_idle.beyond.next = self.checker.beyond.val();
        self.start_half.next = self.deficit_idle.start_half.val();
        if self.tail.q.val() {
            self.tail.d.next = false;
            self.in_lane_4.d.next = self.start_half.val().get_bit(0);
            self.gap_left.d.next = self.start_half.val().get_bits::<2>(1);
            self.gap.d.next = self.start_half.val().get_bits::<2>(1) != self.zero.val();
        }
        if self.gap.q.val() {
            self.gap_left.d.next = self.gap_left.q.val() - 1;
            self.gap.d.next = self.gap_left.q.val() != self.one.val();
        }

        // Lanes: data.
        self.held.d.next = self.high.val();
        self.turned_low.next = self.low.val();
        self.turned_high.next = self.high.val();
        if self.in_lane_4.q.val() {
            self.turned_low.next = self.held.q.val();
            self.turned_high.next = self.low.val();
        }
        if self.starts.val() {
            self.held.d.next = self.preamble_high.val();
            if self.in_lane_4.q.val() {
                self.turned_low.next = self.no_half.val();
                self.turned_high.next = self.preamble_low.val();
            } else {
                self.turned_low.next = self.preamble_low.val();
                self.turned_high.next = self.preamble_high.val();
            }
        }
        self.lanes.d.next = (bit_cast::<64, 32>(self.turned_high.val()) << 32) | bit_cast::<64, 32>(self.turned_low.val());

        // Lanes: all else.
        self.filled.next = bit_cast::<12, 8>(self.counted.val());
        if self.in_lane_4.q.val() {
            self.filled.next = (bit_cast::<12, 8>(self.counted.val()) << 4) | self.low_filled.val();
        }
        self.before_fcs.next = self.no_lanes.val();
        self.before_terminate.next = self.no_lanes.val();
        self.before_idle.next = self.no_lanes.val();
        self.start_now.next = self.no_lanes.val();
        if self.in_frame.val() {
            self.before_fcs.next = self.all_lanes.val();
            self.before_terminate.next = self.all_lanes.val();
            self.before_idle.next = self.all_lanes.val();
            if self.ends.val() {
                self.filled_last.d.next = self.filled.val();
                self.before_fcs.next = self.filled.val().get_bits::<8>(0);
                self.before_terminate.next = (self.filled.val().get_bits::<8>(0) << 4) | self.lanes_0_to_3.val();
                self.before_idle.next = (self.filled.val().get_bits::<8>(0) << 5) | self.lanes_0_to_4.val();
            }
        }
        if self.tail.q.val() {
            self.before_fcs.next = bit_cast::<8, 4>(self.filled_last.q.val().get_bits::<4>(8));
            self.before_terminate.next = self.filled_last.q.val().get_bits::<8>(4);
            self.before_idle.next = self.filled_last.q.val().get_bits::<8>(3);
        }
        if self.gap.q.val() {
            // Data up to the end of the word before leave Terminate for this one.
            self.before_idle.next = bit_cast::<8, 1>(self.filled_last.q.val().get_bits::<1>(11));
            self.filled_last.d.next = self.none_filled.val();
        }
        if self.starts.val() {
            self.before_fcs.next = self.all_lanes.val();
            self.before_terminate.next = self.all_lanes.val();
            self.before_idle.next = self.all_lanes.val();
            self.start_now.next = self.lane_0.val();
            if self.in_lane_4.q.val() {
                self.before_idle.next = !self.lanes_0_to_3.val();
                self.start_now.next = self.lane_4.val();
            }
        }
        self.check.next = !self.before_fcs.val() & self.before_terminate.val();
        self.fcs_lanes.d.next = self.check.val();
        self.error_now.next = self.no_lanes.val();
        if self.spoil_now.val() {
            self.fcs_lanes.d.next = self.no_lanes.val();
            self.error_now.next = self.check.val();
        }
        self.terminate_now.next = !self.before_terminate.val() & self.before_idle.val();
        self.idle_now.next = !self.before_idle.val();
        self.bit_0_lanes.d.next = self.terminate_now.val() | self.idle_now.val();
        self.bit_1_lanes.d.next = self.error_now.val() | self.idle_now.val();
        self.bit_2_lanes.d.next = self.terminate_now.val() | self.error_now.val() | self.idle_now.val();
        self.high_bits_lanes.d.next = self.terminate_now.val() | self.error_now.val();
        self.control_lanes.d.next = self.terminate_now.val() | self.error_now.val() | self.idle_now.val() | self.start_now.val();

        // The check sequence.
        self.checker.clk.next = self.clk.val();
        self.checker.start.next = self.starts.val();
        self.checker.taking.next = self.in_frame.val();
        self.checker.data.next = self.taken.q.val().data;
        self.checker.keep.next = self.taken.q.val().keep;
        self.checker.full.next = self.shorter.q.val();
        self.checker.ends.next = self.ends.val();
        self.checker.counted.next = self.counted.val();
        self.fcs.next = (bit_cast::<64, 32>(self.checker.fcs.val()) << 32) | bit_cast::<64, 32>(self.checker.fcs.val());

        // XGMII.
        self.word.next = self.lanes.q.val();
        for i in 0..8 {
            self.character.next = self.word.val().get_bits::<8>(0);
            if self.fcs_lanes.q.val().get_bit(i) {
                self.character.next = self.character.val() | self.fcs.val().get_bits::<8>(8 * i);
            }
            if self.bit_0_lanes.q.val().get_bit(i) {
                self.character.next = self.character.val() | self.bit_0.val();
            }
            if self.bit_1_lanes.q.val().get_bit(i) {
                self.character.next = self.character.val() | self.bit_1.val();
            }
            if self.bit_2_lanes.q.val().get_bit(i) {
                self.character.next = self.character.val() | self.bit_2.val();
            }
            if self.high_bits_lanes.q.val().get_bit(i) {
                self.character.next = self.character.val() | self.high_bits.val();
            }
            self.word.next = (self.word.val() >> 8) | (bit_cast::<64, 8>(self.character.val()) << 56);
        }
        self.txd.d.next = self.word.val();
        self.txc.d.next = self.control_lanes.q.val();

        if self.reset.val() {
            self.sending.d.next = false;
            self.padding.d.next = false;
            self.tail.d.next = false;
            // Within a gap no word is taken.
            self.gap.d.next = true;
            self.gap_left.d.next = self.one.val();
            self.filled_last.d.next = self.none_filled.val();
            self.taken.d.next.valid = false;
            self.taken.d.next.data = self.no_word.val();
            self.taken.d.next.keep = self.no_lanes.val();
            self.taken.d.next.last = false;
            self.taken.d.next.error = false;
            self.open.d.next = false;
            self.in_lane_4.d.next = false;
            self.spoil.d.next = false;
            self.underrun_seen.d.next = false;
            self.lanes.d.next = self.no_word.val();
            self.fcs_lanes.d.next = self.no_lanes.val();
            self.bit_0_lanes.d.next = self.all_lanes.val();
            self.bit_1_lanes.d.next = self.all_lanes.val();
            self.bit_2_lanes.d.next = self.all_lanes.val();
            self.high_bits_lanes.d.next = self.no_lanes.val();
            self.control_lanes.d.next = self.all_lanes.val();
        }
        self.ready.next = self.open.q.val() | self.idle_state.val();
        self.xgmii_txd.next = self.txd.q.val();
        self.xgmii_txc.next = self.txc.q.val();
        self.underrun.next = self.underrun_seen.q.val();
        self.idle.next = self.idle_state.val() & !self.open.q.val();
    }
    spareband_hdl::module_name!();
}
