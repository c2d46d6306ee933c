//! 64b/66b encoder and transmit state machine, 10GBASE-R. IEEE 802.3 49.2.4, 49.2.13.2.3, Figure 49-14.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset returns to TX_INIT |
//! | xgmii_txd, xgmii_txc | in | clk | lane 0 in the low bits |
//! | payload, header | out | clk | the block, not scrambled; bit 0 of both is first on the wire |
//! | bad_block | out | clk | this block is EBLOCK, because the word is none of the standard's or has no place here |
//!
//! Invariant: whatever comes in, a block leaves that Figure 49-7 lists.
//! Latency: 1 cycle (`encoder_equals_the_model`). Throughput: 1 word a cycle. Reset drops the state only; the word in flight still leaves.
//! Bad input: a word that no block type fits, a word with /E/, and a word out of sequence (data with no start before it, a start within a frame)
//! leave as the error block, eight /E/.
//!
//! The first stage reduces the word to what both halves of a block need: the data with control lanes blanked, the seven-bit codes with
//! all other lanes blanked, and the block type. Data and codes then never meet, and a payload bit is one gate: the data in place, or moved up
//! by the type field of a terminate block, or the code.

use super::EncoderLane;
use rust_hdl::prelude::*;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct BaserEncoder {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub xgmii_txd: Signal<In, Bits<64>>,
    pub xgmii_txc: Signal<In, Bits<8>>,
    pub payload: Signal<Out, Bits<64>>,
    pub header: Signal<Out, Bits<2>>,
    pub bad_block: Signal<Out, Bit>,
    lane: [EncoderLane; 8],
    // What the word holds: d data, c codes, in lanes first to last.
    d1_to_3: Signal<Local, Bit>,
    d5_to_7: Signal<Local, Bit>,
    c0_to_3: Signal<Local, Bit>,
    c4_to_7: Signal<Local, Bit>,
    c6_to_7: Signal<Local, Bit>,
    d0_to_1: Signal<Local, Bit>,
    d0_to_3: Signal<Local, Bit>,
    character: Signal<Local, Bits<8>>,
    code: Signal<Local, Bits<7>>,
    word: Signal<Local, Bits<64>>,
    codes: Signal<Local, Bits<56>>,
    o_codes: Signal<Local, Bits<56>>,
    is_c0_c4: Signal<Local, Bit>,
    is_c0_o4: Signal<Local, Bit>,
    is_c0_s4: Signal<Local, Bit>,
    is_o0_s4: Signal<Local, Bit>,
    is_o0_o4: Signal<Local, Bit>,
    is_s0_d4: Signal<Local, Bit>,
    is_o0_c4: Signal<Local, Bit>,
    is_terminate: Signal<Local, Bits<8>>,
    // The first stage's registers.
    blanked: DFF<Bits<64>>,
    coded: DFF<Bits<56>>,
    is_type: DFF<Bits<15>>,
    t_control: DFF<Bit>,
    t_start: DFF<Bit>,
    t_data: DFF<Bit>,
    t_terminate: DFF<Bit>,
    /// In TX_D: a frame may go on.
    within: DFF<Bit>,
    /// In TX_E: anything but a start may follow.
    errored: DFF<Bit>,
    error: Signal<Local, Bit>,
    block_type: Signal<Local, Bits<8>>,
    moved: Signal<Local, Bits<64>>,
    plain: Signal<Local, Bits<64>>,
    no_word: Constant<Bits<64>>,
    type_value: [Constant<Bits<8>>; 15],
    no_type: Constant<Bits<8>>,
    o_signal_0: Constant<Bits<56>>,
    o_signal_4: Constant<Bits<56>>,
    no_codes: Constant<Bits<56>>,
    error_payload: Constant<Bits<64>>,
    header_data: Constant<Bits<2>>,
    header_control: Constant<Bits<2>>,
}

/// The block types in the order of `is_type`.
pub(super) const TYPES: [u8; 15] = {
    let t = baser::TYPE_TERMINATE;
    [
        baser::TYPE_C0_C4,
        baser::TYPE_C0_O4,
        baser::TYPE_C0_S4,
        baser::TYPE_O0_S4,
        baser::TYPE_O0_O4,
        baser::TYPE_S0_D4,
        baser::TYPE_O0_C4,
        t[0],
        t[1],
        t[2],
        t[3],
        t[4],
        t[5],
        t[6],
        t[7],
    ]
};

impl Default for BaserEncoder {
    fn default() -> Self {
        // The codes start behind the type field.
        let o_signal = |position: usize| bits::<56>(u64::from(baser::O_SIGNAL) << (position - 8));
        with_defaults!(Self {
            lane: std::array::from_fn(|_| EncoderLane::default()),
            no_word: Constant::new(bits(0)),
            type_value: TYPES.map(|t| Constant::new(bits(t.into()))),
            no_type: Constant::new(bits(0)),
            o_signal_0: Constant::new(o_signal(baser::O0_POSITION)),
            o_signal_4: Constant::new(o_signal(baser::O4_POSITION)),
            no_codes: Constant::new(bits(0)),
            error_payload: Constant::new(bits(baser::ERROR_PAYLOAD)),
            header_data: Constant::new(bits(baser::HEADER_DATA.into())),
            header_control: Constant::new(bits(baser::HEADER_CONTROL.into())),
        }
            defaults clk reset xgmii_txd xgmii_txc payload header bad_block d1_to_3 d5_to_7 c0_to_3 c4_to_7 c6_to_7 d0_to_1
            d0_to_3 character code word codes o_codes is_c0_c4 is_c0_o4 is_c0_s4 is_o0_s4 is_o0_o4 is_s0_d4 is_o0_c4 is_terminate
            blanked coded is_type t_control t_start t_data t_terminate within errored error block_type moved plain)
    }
}

impl Logic for BaserEncoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            blanked,
            coded,
            is_type,
            t_control,
            t_start,
            t_data,
            t_terminate,
            within,
            errored
        );
        for i in 0..8 {
            self.lane[i].character.next = self.xgmii_txd.val().get_bits::<8>(8 * i);
            self.lane[i].control.next = self.xgmii_txc.val().get_bit(i);
        }
        self.d1_to_3.next = self.lane[1].data.val() & self.lane[2].data.val() & self.lane[3].data.val();
        self.d5_to_7.next = self.lane[5].data.val() & self.lane[6].data.val() & self.lane[7].data.val();
        self.c0_to_3.next =
            self.lane[0].code_valid.val() & self.lane[1].code_valid.val() & self.lane[2].code_valid.val() & self.lane[3].code_valid.val();
        self.c6_to_7.next = self.lane[6].code_valid.val() & self.lane[7].code_valid.val();
        self.c4_to_7.next = self.lane[4].code_valid.val() & self.lane[5].code_valid.val() & self.c6_to_7.val();
        self.d0_to_1.next = self.lane[0].data.val() & self.lane[1].data.val();
        self.d0_to_3.next = self.lane[0].data.val() & self.d1_to_3.val();

        self.is_c0_c4.next = self.c0_to_3.val() & self.c4_to_7.val();
        self.is_c0_o4.next = self.c0_to_3.val() & self.lane[4].ordered_set.val() & self.d5_to_7.val();
        self.is_c0_s4.next = self.c0_to_3.val() & self.lane[4].start.val() & self.d5_to_7.val();
        self.is_o0_s4.next = self.lane[0].ordered_set.val() & self.d1_to_3.val() & self.lane[4].start.val() & self.d5_to_7.val();
        self.is_o0_o4.next = self.lane[0].ordered_set.val() & self.d1_to_3.val() & self.lane[4].ordered_set.val() & self.d5_to_7.val();
        self.is_s0_d4.next = self.lane[0].start.val() & self.d1_to_3.val() & self.lane[4].data.val() & self.d5_to_7.val();
        self.is_o0_c4.next = self.lane[0].ordered_set.val() & self.d1_to_3.val() & self.c4_to_7.val();
        self.is_terminate.next = (bit_cast::<8, 1>(
            (self.lane[0].terminate.val()
                & self.lane[1].code_valid.val()
                & self.lane[2].code_valid.val()
                & self.lane[3].code_valid.val()
                & self.c4_to_7.val())
            .into(),
        )) | (bit_cast::<8, 1>(
            (self.lane[0].data.val()
                & self.lane[1].terminate.val()
                & self.lane[2].code_valid.val()
                & self.lane[3].code_valid.val()
                & self.c4_to_7.val())
            .into(),
        ) << 1)
            | (bit_cast::<8, 1>(
                (self.d0_to_1.val() & self.lane[2].terminate.val() & self.lane[3].code_valid.val() & self.c4_to_7.val()).into(),
            ) << 2)
            | (bit_cast::<8, 1>((self.d0_to_1.val() & self.lane[2].data.val() & self.lane[3].terminate.val() & self.c4_to_7.val()).into())
                << 3)
            | (bit_cast::<8, 1>(
                (self.d0_to_3.val() & self.lane[4].terminate.val() & self.lane[5].code_valid.val() & self.c6_to_7.val()).into(),
            ) << 4)
            | (bit_cast::<8, 1>((self.d0_to_3.val() & self.lane[4].data.val() & self.lane[5].terminate.val() & self.c6_to_7.val()).into())
                << 5)
            | (bit_cast::<8, 1>(
                (self.d0_to_3.val()
                    & self.lane[4].data.val()
                    & self.lane[5].data.val()
                    & self.lane[6].terminate.val()
                    & self.lane[7].code_valid.val())
                .into(),
            ) << 6)
            | (bit_cast::<8, 1>(
                (self.d0_to_3.val()
                    & self.lane[4].data.val()
                    & self.lane[5].data.val()
                    & self.lane[6].data.val()
                    & self.lane[7].terminate.val())
                .into(),
            ) << 7);
        self.is_type.d.next = (bit_cast::<15, 8>(self.is_terminate.val()) << 7)
            | (bit_cast::<15, 1>(self.is_o0_c4.val().into()) << 6)
            | (bit_cast::<15, 1>(self.is_s0_d4.val().into()) << 5)
            | (bit_cast::<15, 1>(self.is_o0_o4.val().into()) << 4)
            | (bit_cast::<15, 1>(self.is_o0_s4.val().into()) << 3)
            | (bit_cast::<15, 1>(self.is_c0_s4.val().into()) << 2)
            | (bit_cast::<15, 1>(self.is_c0_o4.val().into()) << 1)
            | bit_cast::<15, 1>(self.is_c0_c4.val().into());
        self.t_control.d.next = self.is_c0_c4.val() | self.is_c0_o4.val() | self.is_o0_o4.val() | self.is_o0_c4.val();
        self.t_start.d.next = self.is_c0_s4.val() | self.is_o0_s4.val() | self.is_s0_d4.val();
        self.t_data.d.next = self.d0_to_3.val() & self.lane[4].data.val() & self.d5_to_7.val();
        self.t_terminate.d.next = self.is_terminate.val().any();

        self.word.next = self.no_word.val();
        self.codes.next = self.no_codes.val();
        self.o_codes.next = self.no_codes.val();
        for i in 0..8 {
            self.code.next = self.lane[i].code.val();
            self.codes.next = (self.codes.val() >> 7) | (bit_cast::<56, 7>(self.code.val()) << 49);
        }
        if self.lane[0].signal.val() {
            self.o_codes.next = self.o_codes.val() | self.o_signal_0.val();
        }
        if self.lane[4].signal.val() {
            self.o_codes.next = self.o_codes.val() | self.o_signal_4.val();
        }
        self.coded.d.next = self.codes.val() | self.o_codes.val();
        for i in 0..8 {
            self.word.next = self.word.val() >> 8;
            self.character.next = self.xgmii_txd.val().get_bits::<8>(8 * i);
            if !self.xgmii_txc.val().get_bit(i) {
                self.word.next = self.word.val() | (bit_cast::<64, 8>(self.character.val()) << 56);
            }
        }
        self.blanked.d.next = self.word.val();

        // The transmit state machine: TX_INIT, TX_C and TX_T take the same next words, and are neither `within` nor `errored`.
        self.error.next = !((self.t_control.q.val() & !self.within.q.val())
            | (self.t_start.q.val() & !self.within.q.val() & !self.errored.q.val())
            | ((self.t_data.q.val() | self.t_terminate.q.val()) & (self.within.q.val() | self.errored.q.val())));
        self.errored.d.next = self.error.val();
        self.within.d.next = !self.error.val() & (self.t_start.q.val() | self.t_data.q.val());
        if self.reset.val() {
            self.errored.d.next = false;
            self.within.d.next = false;
        }

        self.block_type.next = self.no_type.val();
        for i in 0..15 {
            if self.is_type.q.val().get_bit(i) {
                self.block_type.next = self.block_type.val() | self.type_value[i].val();
            }
        }
        self.moved.next = self.blanked.q.val();
        if self.t_terminate.q.val() {
            self.moved.next = self.blanked.q.val() << 8;
        }
        self.plain.next = self.moved.val() | (bit_cast::<64, 56>(self.coded.q.val()) << 8) | bit_cast::<64, 8>(self.block_type.val());
        self.payload.next = self.plain.val();
        self.header.next = self.header_control.val();
        if self.error.val() {
            self.payload.next = self.error_payload.val();
        } else if self.t_data.q.val() {
            self.header.next = self.header_data.val();
        }
        self.bad_block.next = self.error.val();
    }
    spareband_hdl::module_name!();
}
