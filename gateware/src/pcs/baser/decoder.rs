//! 64b/66b decoder and receive state machine, 10GBASE-R. IEEE 802.3 49.2.11, 49.2.13.2.3, Figure 49-15.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset returns to RX_INIT |
//! | payload, header | in | clk | the block, descrambled |
//! | usable | in | clk | locked, no hi_ber and no test pattern: blocks mean something; without it local fault leaves (RX_INIT) |
//! | xgmii_rxd, xgmii_rxc | out | clk | the word |
//! | bad_block | out | clk | the word is /E/ in every lane because its block is none of the standard's |
//! | sequence_error | out | clk | it is because its block has no place here |
//!
//! Invariant: no frame leaves with /T/ unless its start, all its data and the block after it were right.
//! Latency: 3 cycles (`decoder_equals_the_model`). Throughput: 1 block a cycle.
//! Bad input: wrong sync header, unknown type, unknown or error code, unknown O code, data outside a frame, start or control within one, terminate
//! whose next block is no control or start block: the word is eight /E/. After such a word the state is RX_E, which takes no start.
//!
//! The lane's codes are judged before the type is known, in the cycle that descrambles; the second stage decodes and classifies; the third decides with
//! the class of the next block at hand.

use super::encoder::TYPES;
use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;
use spareband_spec::{baser, xgmii};

#[derive(LogicBlock)]
pub struct BaserDecoder {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub payload: Signal<In, Bits<64>>,
    pub header: Signal<In, Bits<2>>,
    pub usable: Signal<In, Bit>,
    pub xgmii_rxd: Signal<Out, Bits<64>>,
    pub xgmii_rxc: Signal<Out, Bits<8>>,
    pub bad_block: Signal<Out, Bit>,
    pub sequence_error: Signal<Out, Bit>,
    /// Type field to one bit a type, in the order of `TYPES`.
    type_table: LookupTable<8, 15>,
    /// Seven-bit code to: of Table 49-1, and not /E/.
    code_table: [LookupTable<7, 1>; 8],
    /// Bits 6, 5, 4, 1 of a code, which tell all good ones apart, to the character.
    character_table: [LookupTable<4, 8>; 8],
    // First stage: as descrambled, with what can be told without the type.
    code_seen: Signal<Local, Bits<8>>,
    known: Signal<Local, Bits<1>>,
    types_seen: Signal<Local, Bits<15>>,
    o0_seen: Signal<Local, Bits<4>>,
    o4_seen: Signal<Local, Bits<4>>,
    raw: DFF<Bits<64>>,
    is_type: DFF<Bits<15>>,
    is_data: DFF<Bit>,
    code_good: DFF<Bits<8>>,
    o0_good: DFF<Bit>,
    o4_good: DFF<Bit>,
    // Second stage: decoded and classified.
    types: Signal<Local, Bits<15>>,
    good: Signal<Local, Bits<8>>,
    ends: Signal<Local, Bits<8>>,
    starts_4: Signal<Local, Bit>,
    set_0: Signal<Local, Bit>,
    set_4: Signal<Local, Bit>,
    c0_to_3: Signal<Local, Bit>,
    c4_to_7: Signal<Local, Bit>,
    c6_to_7: Signal<Local, Bit>,
    next_control: Signal<Local, Bit>,
    next_start: Signal<Local, Bit>,
    next_terminate: Signal<Local, Bit>,
    data_lanes: Signal<Local, Bits<8>>,
    code_high: Signal<Local, Bits<3>>,
    code_low: Signal<Local, Bits<1>>,
    start_lanes: Signal<Local, Bits<8>>,
    sequence_lanes: Signal<Local, Bits<8>>,
    signal_lanes: Signal<Local, Bits<8>>,
    is_signal_0: Signal<Local, Bit>,
    is_signal_4: Signal<Local, Bit>,
    shifted: Signal<Local, Bits<64>>,
    character: Signal<Local, Bits<8>>,
    word: Signal<Local, Bits<64>>,
    decoded: DFF<Bits<64>>,
    decoded_control: DFF<Bits<8>>,
    r_control: DFF<Bit>,
    r_start: DFF<Bit>,
    r_data: DFF<Bit>,
    r_terminate: DFF<Bit>,
    // Third stage: the state machine.
    /// In RX_D: a frame may go on.
    within: DFF<Bit>,
    /// In RX_E: anything but a start may follow.
    errored: DFF<Bit>,
    error: Signal<Local, Bit>,
    rxd: DFF<Bits<64>>,
    rxc: DFF<Bits<8>>,
    bad: DFF<Bit>,
    out_of_sequence: DFF<Bit>,
    header_data: Constant<Bits<2>>,
    header_control: Constant<Bits<2>>,
    o_sequence: Constant<Bits<4>>,
    o_signal: Constant<Bits<4>>,
    no_types: Constant<Bits<15>>,
    start: Constant<Bits<8>>,
    terminate: Constant<Bits<8>>,
    sequence: Constant<Bits<8>>,
    signal: Constant<Bits<8>>,
    no_word: Constant<Bits<64>>,
    no_lanes: Constant<Bits<8>>,
    all_lanes: Constant<Bits<8>>,
    lanes_1_to_3: Constant<Bits<8>>,
    lanes_1_to_7: Constant<Bits<8>>,
    lanes_5_to_7: Constant<Bits<8>>,
    /// Data lanes before a terminate in lane i.
    lanes_before: [Constant<Bits<8>>; 8],
    error_word: Constant<Bits<64>>,
    all_control: Constant<Bits<8>>,
    fault_word: Constant<Bits<64>>,
    fault_control: Constant<Bits<8>>,
}

/// The four bits of a good code by which the character table looks up.
fn character_address(code: u8) -> usize {
    usize::from((code >> 4 & 7) << 1 | code >> 1 & 1)
}

impl Default for BaserDecoder {
    fn default() -> Self {
        let mut types = vec![0; 256];
        for (index, t) in TYPES.iter().enumerate() {
            types[usize::from(*t)] = 1 << index;
        }
        let mut codes = vec![0; 128];
        let mut characters = vec![u64::from(xgmii::IDLE); 16];
        for (character, code) in baser::CONTROL_CODES {
            codes[usize::from(code)] = 1;
            characters[character_address(code)] = u64::from(character);
        }
        for (character, code) in baser::CONTROL_CODES {
            assert_eq!(
                characters[character_address(code)],
                u64::from(character),
                "code {code:02X} shares its address"
            );
        }
        let byte = |value: u8| Constant::new(bits::<8>(value.into()));
        with_defaults!(Self {
            type_table: LookupTable::new(types),
            code_table: std::array::from_fn(|_| LookupTable::new(codes.clone())),
            character_table: std::array::from_fn(|_| LookupTable::new(characters.clone())),
            header_data: Constant::new(bits(baser::HEADER_DATA.into())),
            header_control: Constant::new(bits(baser::HEADER_CONTROL.into())),
            o_sequence: Constant::new(bits(baser::O_SEQUENCE.into())),
            o_signal: Constant::new(bits(baser::O_SIGNAL.into())),
            no_types: Constant::new(bits(0)),
            start: byte(xgmii::START),
            terminate: byte(xgmii::TERMINATE),
            sequence: byte(xgmii::SEQUENCE),
            signal: byte(xgmii::SIGNAL),
            no_word: Constant::new(bits(0)),
            no_lanes: byte(0),
            all_lanes: byte(0xFF),
            lanes_1_to_3: byte(0x0E),
            lanes_1_to_7: byte(0xFE),
            lanes_5_to_7: byte(0xE0),
            lanes_before: std::array::from_fn(|lane| byte((1 << lane) - 1)),
            error_word: Constant::new(bits(xgmii::ERROR_WORD)),
            all_control: byte(xgmii::ALL_CONTROL),
            fault_word: Constant::new(bits(xgmii::fault_word(xgmii::LOCAL_FAULT))),
            fault_control: byte(xgmii::TWO_ORDERED_SETS),
        }
            defaults clk reset payload header usable xgmii_rxd xgmii_rxc bad_block sequence_error code_seen types_seen o0_seen
            o4_seen known code_high code_low start_lanes sequence_lanes signal_lanes is_signal_0 is_signal_4 raw is_type is_data
            code_good o0_good o4_good types good ends starts_4 set_0 set_4 c0_to_3 c4_to_7 c6_to_7 next_control next_start
            next_terminate data_lanes shifted character word decoded decoded_control r_control r_start r_data r_terminate within
            errored error rxd rxc bad out_of_sequence)
    }
}

impl Logic for BaserDecoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            raw,
            is_type,
            is_data,
            code_good,
            o0_good,
            o4_good,
            decoded,
            decoded_control,
            r_control,
            r_start,
            r_data,
            r_terminate,
            within,
            errored,
            rxd,
            rxc,
            bad,
            out_of_sequence
        );
        // First stage.
        self.raw.d.next = self.payload.val();
        self.type_table.address.next = self.payload.val().get_bits::<8>(0);
        self.types_seen.next = self.no_types.val();
        if self.header.val() == self.header_control.val() {
            self.types_seen.next = self.type_table.data.val();
        }
        self.is_type.d.next = self.types_seen.val();
        self.is_data.d.next = self.header.val() == self.header_data.val();
        self.code_seen.next = self.no_lanes.val();
        for i in 0..8 {
            self.code_table[i].address.next = self.payload.val().get_bits::<7>(8 + 7 * i);
            self.known.next = self.code_table[i].data.val();
            self.code_seen.next = (self.code_seen.val() >> 1) | (bit_cast::<8, 1>(self.known.val()) << 7);
        }
        self.code_good.d.next = self.code_seen.val();
        self.o0_seen.next = self.payload.val().get_bits::<4>(32);
        self.o4_seen.next = self.payload.val().get_bits::<4>(36);
        self.o0_good.d.next = (self.o0_seen.val() == self.o_sequence.val()) | (self.o0_seen.val() == self.o_signal.val());
        self.o4_good.d.next = (self.o4_seen.val() == self.o_sequence.val()) | (self.o4_seen.val() == self.o_signal.val());

        // Second stage: R_TYPE.
        self.types.next = self.is_type.q.val();
        self.good.next = self.code_good.q.val();
        self.ends.next = self.types.val().get_bits::<8>(7);
        self.starts_4.next = self.types.val().get_bit(2) | self.types.val().get_bit(3);
        self.set_0.next = self.types.val().get_bit(3) | self.types.val().get_bit(4) | self.types.val().get_bit(6);
        self.set_4.next = self.types.val().get_bit(1) | self.types.val().get_bit(4);
        self.c0_to_3.next =
            self.good.val().get_bit(0) & self.good.val().get_bit(1) & self.good.val().get_bit(2) & self.good.val().get_bit(3);
        self.c6_to_7.next = self.good.val().get_bit(6) & self.good.val().get_bit(7);
        self.c4_to_7.next = self.good.val().get_bit(4) & self.good.val().get_bit(5) & self.c6_to_7.val();
        self.next_control.next = (self.types.val().get_bit(0) & self.c0_to_3.val() & self.c4_to_7.val())
            | (self.types.val().get_bit(1) & self.c0_to_3.val() & self.o4_good.q.val())
            | (self.types.val().get_bit(4) & self.o0_good.q.val() & self.o4_good.q.val())
            | (self.types.val().get_bit(6) & self.o0_good.q.val() & self.c4_to_7.val());
        self.next_start.next = (self.types.val().get_bit(2) & self.c0_to_3.val())
            | (self.types.val().get_bit(3) & self.o0_good.q.val())
            | self.types.val().get_bit(5);
        self.next_terminate.next = (self.ends.val().get_bit(0)
            & self.good.val().get_bit(1)
            & self.good.val().get_bit(2)
            & self.good.val().get_bit(3)
            & self.c4_to_7.val())
            | (self.ends.val().get_bit(1) & self.good.val().get_bit(2) & self.good.val().get_bit(3) & self.c4_to_7.val())
            | (self.ends.val().get_bit(2) & self.good.val().get_bit(3) & self.c4_to_7.val())
            | (self.ends.val().get_bit(3) & self.c4_to_7.val())
            | (self.ends.val().get_bit(4) & self.good.val().get_bit(5) & self.c6_to_7.val())
            | (self.ends.val().get_bit(5) & self.c6_to_7.val())
            | (self.ends.val().get_bit(6) & self.good.val().get_bit(7))
            | self.ends.val().get_bit(7);
        self.r_control.d.next = self.next_control.val();
        self.r_start.d.next = self.next_start.val();
        self.r_terminate.d.next = self.next_terminate.val();
        self.r_data.d.next = self.is_data.q.val();

        // The lanes that hold data: in place, or one byte down after the type field of a terminate block.
        self.data_lanes.next = self.no_lanes.val();
        if self.is_data.q.val() {
            self.data_lanes.next = self.data_lanes.val() | self.all_lanes.val();
        }
        if self.types.val().get_bit(5) {
            self.data_lanes.next = self.data_lanes.val() | self.lanes_1_to_7.val();
        }
        if self.set_0.val() {
            self.data_lanes.next = self.data_lanes.val() | self.lanes_1_to_3.val();
        }
        if self.set_4.val() | self.starts_4.val() {
            self.data_lanes.next = self.data_lanes.val() | self.lanes_5_to_7.val();
        }
        for i in 0..8 {
            if self.ends.val().get_bit(i) {
                self.data_lanes.next = self.data_lanes.val() | self.lanes_before[i].val();
            }
        }
        self.shifted.next = self.raw.q.val();
        if self.ends.val().any() {
            self.shifted.next = self.raw.q.val() >> 8;
        }
        self.start_lanes.next = bit_cast::<8, 1>(self.types.val().get_bit(5).into()) | (bit_cast::<8, 1>(self.starts_4.val().into()) << 4);
        self.is_signal_0.next = self.set_0.val() & self.raw.q.val().get_bit(32);
        self.is_signal_4.next = self.set_4.val() & self.raw.q.val().get_bit(36);
        self.signal_lanes.next = bit_cast::<8, 1>(self.is_signal_0.val().into()) | (bit_cast::<8, 1>(self.is_signal_4.val().into()) << 4);
        self.sequence_lanes.next = bit_cast::<8, 1>(self.set_0.val().into()) | (bit_cast::<8, 1>(self.set_4.val().into()) << 4);
        self.word.next = self.no_word.val();
        for i in 0..8 {
            self.code_high.next = self.raw.q.val().get_bits::<3>(12 + 7 * i);
            self.code_low.next = self.raw.q.val().get_bits::<1>(9 + 7 * i);
            self.character_table[i].address.next = (bit_cast::<4, 3>(self.code_high.val()) << 1) | bit_cast::<4, 1>(self.code_low.val());
            self.character.next = self.character_table[i].data.val();
            if self.ends.val().get_bit(i) {
                self.character.next = self.terminate.val();
            }
            if self.start_lanes.val().get_bit(i) {
                self.character.next = self.start.val();
            }
            if self.sequence_lanes.val().get_bit(i) {
                self.character.next = self.sequence.val();
            }
            if self.signal_lanes.val().get_bit(i) {
                self.character.next = self.signal.val();
            }
            if self.data_lanes.val().get_bit(i) {
                self.character.next = self.shifted.val().get_bits::<8>(8 * i);
            }
            self.word.next = (self.word.val() >> 8) | (bit_cast::<64, 8>(self.character.val()) << 56);
        }
        self.decoded.d.next = self.word.val();
        self.decoded_control.d.next = !self.data_lanes.val();

        // Third stage. RX_INIT, RX_C and RX_T take the same next blocks, and are neither `within` nor `errored`.
        self.error.next = !((self.r_control.q.val() & !self.within.q.val())
            | (self.r_start.q.val() & !self.within.q.val() & !self.errored.q.val())
            | (self.r_data.q.val() & (self.within.q.val() | self.errored.q.val()))
            | (self.r_terminate.q.val()
                & (self.within.q.val() | self.errored.q.val())
                & (self.next_control.val() | self.next_start.val())));
        self.errored.d.next = self.error.val();
        self.within.d.next = !self.error.val() & (self.r_start.q.val() | self.r_data.q.val());
        self.rxd.d.next = self.decoded.q.val();
        self.rxc.d.next = self.decoded_control.q.val();
        self.bad.d.next = !(self.r_control.q.val() | self.r_start.q.val() | self.r_data.q.val() | self.r_terminate.q.val());
        self.out_of_sequence.d.next =
            self.error.val() & (self.r_control.q.val() | self.r_start.q.val() | self.r_data.q.val() | self.r_terminate.q.val());
        if self.error.val() {
            self.rxd.d.next = self.error_word.val();
            self.rxc.d.next = self.all_control.val();
        }
        if self.reset.val() | !self.usable.val() {
            self.errored.d.next = false;
            self.within.d.next = false;
            self.rxd.d.next = self.fault_word.val();
            self.rxc.d.next = self.fault_control.val();
            self.bad.d.next = false;
            self.out_of_sequence.d.next = false;
        }
        self.xgmii_rxd.next = self.rxd.q.val();
        self.xgmii_rxc.next = self.rxc.q.val();
        self.bad_block.next = self.bad.q.val();
        self.sequence_error.next = self.out_of_sequence.q.val();
    }
    spareband_hdl::module_name!();
}
