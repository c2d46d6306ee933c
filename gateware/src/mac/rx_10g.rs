//! Receive half of the 10G MAC: XGMII to frames. IEEE 802.3 Clauses 3, 4 and 46.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset forgets the frame on its way |
//! | xgmii_rxd, xgmii_rxc | in | clk | lane 0 in the low bits |
//! | max_length | in | clk | bytes that a frame may have with its FCS; changes between frames |
//! | valid, data, keep, last | out | clk | the frame without preamble and FCS; cannot be stopped |
//! | error, cause | out | clk | with `last`: the frame is bad, and why (`frame_cause`) |
//! | fcs_error | out | clk | with `last`: the FCS is wrong, whatever `cause` says |
//! | no_data | out | clk | with `last`: the frame has four bytes or fewer, as many as `keep` says beyond its first four; `data` mean nothing |
//!
//! Invariant: each start frame delimiter makes one `last`, and a frame that is not exactly as sent is marked, up to what CRC-32 can tell.
//! Latency: 2 cycles from XGMII to the stream (its part of `latency_of_the_link`). Throughput: 1 word a cycle, gaps of five bytes.
//! `error` and `cause` are the only outputs not straight from registers: a comparison stands before them.
//! Bad input: a control character other than Terminate within a frame, as an errored block has, ends the frame with `CODING`; then come `RUNT`,
//! `OVERSIZE` and `BAD_FCS` in this order. A preamble without start frame delimiter is no frame. What the other preamble bytes say is not looked at.
//! A frame of four bytes or fewer is one word whose data mean nothing.
//!
//! The CRC runs over XGMII's words as they are, Terminate and idles behind it included, so that it needs neither alignment nor a choice of tails: the register of a
//! good frame is one of eight constants, by the lane of Terminate. A start in lane 4 enters as state.

use super::crc_nets;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{LookupTable, XorNet};
use spareband_spec::regs::frame_cause;
use spareband_spec::{crc, xgmii};

#[derive(LogicBlock)]
pub struct MacRx10g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub xgmii_rxd: Signal<In, Bits<64>>,
    pub xgmii_rxc: Signal<In, Bits<8>>,
    pub max_length: Signal<In, Bits<16>>,
    pub valid: Signal<Out, Bit>,
    pub data: Signal<Out, Bits<64>>,
    pub keep: Signal<Out, Bits<8>>,
    pub last: Signal<Out, Bit>,
    pub error: Signal<Out, Bit>,
    pub cause: Signal<Out, Bits<3>>,
    pub fcs_error: Signal<Out, Bit>,
    pub no_data: Signal<Out, Bit>,

    // Where the frame is on XGMII.
    rxc: Signal<Local, Bits<8>>,
    character_0: Signal<Local, Bits<8>>,
    character_3: Signal<Local, Bits<8>>,
    character_4: Signal<Local, Bits<8>>,
    character_7: Signal<Local, Bits<8>>,
    starts_0: Signal<Local, Bit>,
    starts_4: Signal<Local, Bit>,
    /// The word after a start in lane 4 holds the frame's first half word.
    begins_4: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    within: DFF<Bit>,
    second_half: DFF<Bit>,
    in_lane_4: DFF<Bit>,
    /// Of the first control character.
    lane: Signal<Local, Bits<3>>,
    character: Signal<Local, Bits<8>>,
    terminated: Signal<Local, Bit>,
    clear: Signal<Local, Bit>,

    // Its length in words of XGMII, and in few.
    words: DFF<Bits<14>>,
    few: DFF<Bits<4>>,
    limit: DFF<Bits<16>>,
    limit_words: Signal<Local, Bits<14>>,

    // The check.
    low_net: XorNet<64, 32>,
    high_net: XorNet<32, 32>,
    state: Signal<Local, Bits<32>>,
    /// The root of the register; see `crc_nets`.
    crc: DFF<Bits<32>>,
    residues: LookupTable<3, 32>,

    // What is known of the frame one cycle after its end.
    ended: DFF<Bit>,
    end_lane: DFF<Bits<3>>,
    coding: DFF<Bit>,
    runt: DFF<Bit>,
    beyond: DFF<Bit>,
    at_limit: DFF<Bit>,
    oversize: Signal<Local, Bit>,
    verdict: Signal<Local, Bits<3>>,
    kept_verdict: DFF<Bits<3>>,
    wrong_fcs: Signal<Local, Bit>,
    kept_wrong_fcs: DFF<Bit>,

    // Its words, aligned.
    held: DFF<Bits<32>>,
    held_control: DFF<Bits<4>>,
    aligned: Signal<Local, Bits<64>>,
    aligned_control: Signal<Local, Bits<8>>,
    aligned_before: Signal<Local, Bits<8>>,
    active: DFF<Bit>,
    finishes: Signal<Local, Bit>,
    // The word on its way: it leaves when the next shows whether it is the last.
    word: DFF<Bits<64>>,
    word_valid: DFF<Bit>,
    word_finishes: DFF<Bit>,
    word_before: DFF<Bits<8>>,
    /// There is none yet, but the frame has begun.
    word_awaited: DFF<Bit>,
    last_by_next: Signal<Local, Bit>,
    last_alone: Signal<Local, Bit>,
    out_valid: DFF<Bit>,
    out_last: DFF<Bit>,
    out_no_data: DFF<Bit>,
    out_keep: DFF<Bits<8>>,
    out_data: DFF<Bits<64>>,

    start: Constant<Bits<8>>,
    delimiter: Constant<Bits<8>>,
    terminate: Constant<Bits<8>>,
    only_lane_0: Constant<Bits<8>>,
    no_lanes: Constant<Bits<8>>,
    all_lanes: Constant<Bits<8>>,
    no_half: Constant<Bits<4>>,
    rxc_start: Constant<Bits<4>>,
    low_lanes: Constant<Bits<8>>,
    lane_0: Constant<Bits<3>>,
    lanes: [Constant<Bits<3>>; 8],
    no_words: Constant<Bits<14>>,
    no_few: Constant<Bits<4>>,
    seven: Constant<Bits<4>>,
    half_word: Constant<Bits<16>>,
    crc_initial: Constant<Bits<32>>,
    crc_initial_half: Constant<Bits<32>>,
    good: Constant<Bits<3>>,
    bad_fcs: Constant<Bits<3>>,
    is_runt: Constant<Bits<3>>,
    is_oversize: Constant<Bits<3>>,
    bad_coding: Constant<Bits<3>>,
}

/// The root of the register after a good frame and a word of idles but for Terminate in `lane`.
fn residue(lane: u64) -> u64 {
    let mut tail = [xgmii::IDLE; 8];
    tail[0] = xgmii::TERMINATE;
    u64::from(crc_nets::root(crc::crc32(crc::CRC32_RESIDUE, &tail[..8 - lane as usize])))
}

impl Default for MacRx10g {
    fn default() -> Self {
        let byte = |value: u8| Constant::new(bits::<8>(value.into()));
        let cause = |cause: u8| Constant::new(bits::<3>(cause.into()));
        with_defaults!(Self {
            low_net: crc_nets::root_low(),
            high_net: crc_nets::root_high(),
            residues: LookupTable::new((0..8).map(residue).collect()),
            start: byte(xgmii::START),
            delimiter: byte(xgmii::START_FRAME_DELIMITER),
            terminate: byte(xgmii::TERMINATE),
            only_lane_0: byte(0x01),
            no_lanes: byte(0),
            all_lanes: byte(0xFF),
            no_half: Constant::new(bits(0)),
            rxc_start: Constant::new(bits(1)),
            low_lanes: byte(0x0F),
            lane_0: Constant::new(bits(0)),
            lanes: std::array::from_fn(|lane| Constant::new(bits(lane as u64))),
            no_words: Constant::new(bits(0)),
            no_few: Constant::new(bits(0)),
            seven: Constant::new(bits(7)),
            half_word: Constant::new(bits(4)),
            crc_initial: Constant::new(bits(crc_nets::root(crc::CRC32_INITIAL).into())),
            crc_initial_half: Constant::new(bits(crc_nets::root(crc::crc32(crc::CRC32_INITIAL, &[0; 4])).into())),
            good: cause(frame_cause::GOOD),
            bad_fcs: cause(frame_cause::BAD_FCS),
            is_runt: cause(frame_cause::RUNT),
            is_oversize: cause(frame_cause::OVERSIZE),
            bad_coding: cause(frame_cause::CODING),
        }
            defaults clk reset xgmii_rxd xgmii_rxc max_length valid data keep last error cause fcs_error no_data rxc character_0 character_3
            character_4 character_7 starts_0 starts_4 begins_4 begins ends within second_half in_lane_4 lane character terminated
            clear words few limit limit_words state crc ended end_lane coding runt beyond at_limit oversize verdict kept_verdict wrong_fcs
            kept_wrong_fcs out_no_data
            held held_control aligned aligned_control aligned_before active finishes word word_valid word_finishes word_before
            word_awaited last_by_next last_alone out_valid out_last out_keep out_data)
    }
}

impl Logic for MacRx10g {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            within,
            second_half,
            in_lane_4,
            words,
            few,
            limit,
            crc,
            ended,
            end_lane,
            coding,
            runt,
            beyond,
            at_limit,
            kept_verdict,
            kept_wrong_fcs,
            held,
            held_control,
            active,
            word,
            word_valid,
            word_finishes,
            word_before,
            word_awaited,
            out_valid,
            out_last,
            out_no_data,
            out_keep,
            out_data
        );
        // Start and end, in XGMII's words.
        self.rxc.next = self.xgmii_rxc.val();
        self.character_0.next = self.xgmii_rxd.val().get_bits::<8>(0);
        self.character_3.next = self.xgmii_rxd.val().get_bits::<8>(24);
        self.character_4.next = self.xgmii_rxd.val().get_bits::<8>(32);
        self.character_7.next = self.xgmii_rxd.val().get_bits::<8>(56);
        self.starts_0.next = (self.rxc.val() == self.only_lane_0.val())
            & (self.character_0.val() == self.start.val())
            & (self.character_7.val() == self.delimiter.val());
        self.starts_4.next = (self.rxc.val().get_bits::<4>(4) == self.rxc_start.val()) & (self.character_4.val() == self.start.val());
        self.begins_4.next = self.second_half.q.val()
            & (self.rxc.val().get_bits::<4>(0) == self.no_half.val())
            & (self.character_3.val() == self.delimiter.val());
        self.begins.next = self.starts_0.val() | self.begins_4.val();
        self.ends.next = (self.within.q.val() | self.begins_4.val()) & self.rxc.val().any();
        self.within.d.next = self.starts_0.val() | ((self.within.q.val() | self.begins_4.val()) & !self.rxc.val().any());
        self.second_half.d.next = self.starts_4.val();
        if self.starts_4.val() {
            self.in_lane_4.d.next = true;
        }
        if self.starts_0.val() {
            self.in_lane_4.d.next = false;
        }
        self.lane.next = self.lane_0.val();
        self.clear.next = true;
        self.terminated.next = false;
        for i in 0..8 {
            self.character.next = self.xgmii_rxd.val().get_bits::<8>(8 * i);
            if self.clear.val() & self.rxc.val().get_bit(i) {
                self.lane.next = self.lanes[i].val();
                self.terminated.next = self.character.val() == self.terminate.val();
            }
            self.clear.next = self.clear.val() & !self.rxc.val().get_bit(i);
        }

        // Length.
        self.limit.d.next = self.max_length.val();
        if self.in_lane_4.q.val() {
            self.limit.d.next = self.max_length.val() - self.half_word.val();
        }
        if self.begins.val() {
            self.words.d.next = self.no_words.val();
            self.few.d.next = self.no_few.val();
        } else {
            if !self.words.q.val().get_bit(13) {
                self.words.d.next = self.words.q.val() + 1;
            }
            if !self.few.q.val().get_bit(3) {
                self.few.d.next = self.few.q.val() + 1;
            }
        }
        self.limit_words.next = bit_cast::<14, 13>(self.limit.q.val().get_bits::<13>(3));
        self.beyond.d.next = self.words.q.val() > self.limit_words.val();
        self.at_limit.d.next = self.words.q.val() == self.limit_words.val();
        self.runt.d.next = self.begins_4.val()
            | (!self.few.q.val().get_bit(3)
                & !(self.in_lane_4.q.val() & (self.few.q.val() == self.seven.val()) & self.lane.val().get_bit(2)));
        self.ended.d.next = self.ends.val();
        self.end_lane.d.next = self.lane.val();
        self.coding.d.next = !self.terminated.val();

        // Check.
        self.low_net.x.next = (bit_cast::<64, 32>(self.xgmii_rxd.val().get_bits::<32>(0)) << 32) | bit_cast::<64, 32>(self.crc.q.val());
        self.high_net.x.next = self.xgmii_rxd.val().get_bits::<32>(32);
        self.state.next = self.low_net.y.val();
        if self.second_half.q.val() {
            self.state.next = self.crc_initial_half.val();
        }
        self.crc.d.next = self.state.val() ^ self.high_net.y.val();
        if self.starts_0.val() {
            self.crc.d.next = self.crc_initial.val();
        }

        // The verdict, in the cycle after the end; kept for the frame whose last word takes one more.
        self.residues.address.next = self.end_lane.q.val();
        self.oversize.next = self.beyond.q.val() | (self.at_limit.q.val() & (self.end_lane.q.val() > self.limit.q.val().get_bits::<3>(0)));
        self.verdict.next = self.kept_verdict.q.val();
        self.wrong_fcs.next = self.kept_wrong_fcs.q.val();
        if self.ended.q.val() {
            self.verdict.next = self.good.val();
            self.wrong_fcs.next = self.crc.q.val() != self.residues.data.val();
            if self.crc.q.val() != self.residues.data.val() {
                self.verdict.next = self.bad_fcs.val();
            }
            if self.oversize.val() {
                self.verdict.next = self.is_oversize.val();
            }
            if self.runt.q.val() {
                self.verdict.next = self.is_runt.val();
            }
            if self.coding.q.val() {
                self.verdict.next = self.bad_coding.val();
            }
        }
        self.kept_verdict.d.next = self.verdict.val();
        self.kept_wrong_fcs.d.next = self.wrong_fcs.val();

        // The words, aligned.
        self.held.d.next = self.xgmii_rxd.val().get_bits::<32>(32);
        self.held_control.d.next = self.rxc.val().get_bits::<4>(4);
        self.aligned.next = self.xgmii_rxd.val();
        self.aligned_control.next = self.rxc.val();
        if self.in_lane_4.q.val() {
            self.aligned.next = (self.xgmii_rxd.val() << 32) | bit_cast::<64, 32>(self.held.q.val());
            self.aligned_control.next = (self.rxc.val() << 4) | bit_cast::<8, 4>(self.held_control.q.val());
        }
        self.clear.next = true;
        self.aligned_before.next = self.no_lanes.val();
        for i in 0..8 {
            self.clear.next = self.clear.val() & !self.aligned_control.val().get_bit(i);
            self.aligned_before.next = (self.aligned_before.val() >> 1) | (bit_cast::<8, 1>(self.clear.val().into()) << 7);
        }
        self.finishes.next = self.active.q.val() & self.aligned_control.val().any();
        self.active.d.next = self.begins.val() | (self.active.q.val() & !self.finishes.val());
        self.word.d.next = self.aligned.val();
        self.word_valid.d.next = self.active.q.val() & self.aligned_before.val().get_bit(0);
        self.word_finishes.d.next = self.finishes.val();
        self.word_before.d.next = self.aligned_before.val();
        self.word_awaited.d.next = self.begins.val();

        // Four bytes of FCS end the frame: the last word is the one before, if the next has four bytes or fewer.
        self.last_by_next.next = ((self.word_valid.q.val() & !self.word_finishes.q.val()) | self.word_awaited.q.val())
            & self.finishes.val()
            & !self.aligned_before.val().get_bit(4);
        self.last_alone.next = self.word_finishes.q.val() & self.word_before.q.val().get_bit(4);
        self.out_data.d.next = self.word.q.val();
        self.out_valid.d.next = (self.word_valid.q.val() & !self.word_finishes.q.val()) | self.last_alone.val() | self.last_by_next.val();
        self.out_last.d.next = self.last_alone.val() | self.last_by_next.val();
        self.out_no_data.d.next = self.word_awaited.q.val();
        self.out_keep.d.next = self.all_lanes.val();
        if self.word_finishes.q.val() {
            self.out_keep.d.next = self.word_before.q.val() >> 4;
        } else if self.last_by_next.val() {
            self.out_keep.d.next = (self.aligned_before.val() << 4) | self.low_lanes.val();
        }
        if self.reset.val() {
            self.within.d.next = false;
            self.second_half.d.next = false;
            self.active.d.next = false;
            self.word_valid.d.next = false;
            self.word_finishes.d.next = false;
            self.word_awaited.d.next = false;
            self.out_valid.d.next = false;
            self.ended.d.next = false;
        }
        self.valid.next = self.out_valid.q.val();
        self.last.next = self.out_last.q.val();
        self.keep.next = self.out_keep.q.val();
        self.data.next = self.out_data.q.val();
        self.cause.next = self.verdict.val();
        self.error.next = self.verdict.val().any();
        self.fcs_error.next = self.wrong_fcs.val();
        self.no_data.next = self.out_no_data.q.val();
    }
    spareband_hdl::module_name!();
}
