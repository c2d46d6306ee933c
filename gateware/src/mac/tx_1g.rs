//! Gigabit MAC, transmit. IEEE 802.3 Clauses 3 and 4, full duplex, over GMII (Clause 35).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | 125 MHz |
//! | tx_valid, tx_data, tx_last, tx_error | in | clk | a frame without preamble and FCS; tx_error with tx_last spoils it |
//! | tx_ready | out | clk | the byte is taken |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | out | clk | GMII |
//! | underrun | out | clk | tx_valid fell within a frame: a pulse |
//! | idle | out | clk | a frame begins in this cycle if tx_valid; in no other cycle does one begin |
//!
//! Invariant: every frame without error on GMII is 7 preamble bytes, delimiter, at least 60 bytes, right FCS, then at least 12 idles.
//! Latency: first tx_valid to the first preamble byte 1 cycle, to the first data byte 9 (`transmitted_frames_are_exact` in `tests/mac_1g.rs`). Throughput: 1 byte a cycle.
//! Bad input: a spoiled frame goes out with a wrong FCS and gmii_tx_er during it; an underrun ends with one byte of gmii_tx_er and
//! no FCS, and the rest of the frame is thrown away.

use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{crc, ordered_set};

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    Idle,
    Preamble,
    Data,
    Pad,
    Fcs,
    Gap,
    Drain,
}

#[derive(LogicBlock)]
pub struct Tx1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub gmii_txd: Signal<Out, Bits<8>>,
    pub gmii_tx_en: Signal<Out, Bit>,
    pub gmii_tx_er: Signal<Out, Bit>,
    pub underrun: Signal<Out, Bit>,
    pub idle: Signal<Out, Bit>,
    crc_net: XorNet<40, 32>,
    crc_initial: Constant<Bits<32>>,
    preamble: Constant<Bits<8>>,
    delimiter: Constant<Bits<8>>,
    last_preamble: Constant<Bits<6>>,
    last_pad: Constant<Bits<6>>,
    last_fcs: Constant<Bits<6>>,
    last_gap: Constant<Bits<6>>,
    state: DFF<State>,
    /// Position in the preamble, the padded data (up to its minimum), the FCS or the gap.
    count: DFF<Bits<6>>,
    crc: DFF<Bits<32>>,
    spoil: DFF<Bit>,
    txd: DFF<Bits<8>>,
    tx_en: DFF<Bit>,
    tx_er: DFF<Bit>,
    is_underrun: DFF<Bit>,
    crc_byte: Signal<Local, Bits<8>>,
    shifted: Signal<Local, Bits<32>>,
}

/// Register in bits 31:0, byte in 39:32.
pub(super) fn crc_step(x: u128) -> u128 {
    u128::from(crc::crc32_byte(x as u32, (x >> 32) as u8))
}

impl Default for Tx1g {
    fn default() -> Self {
        with_defaults!(Self {
            crc_net: XorNet::from_fn(crc_step),
            crc_initial: Constant::new(bits::<32>(u64::from(crc::CRC32_INITIAL))),
            preamble: Constant::new(bits::<8>(u64::from(ordered_set::PREAMBLE))),
            delimiter: Constant::new(bits::<8>(u64::from(ordered_set::START_FRAME_DELIMITER))),
            last_preamble: Constant::new(bits::<6>(ordered_set::PREAMBLE_BYTES as u64)),
            last_pad: Constant::new(bits::<6>(ordered_set::MINIMUM_FRAME as u64 - 5)),
            last_fcs: Constant::new(bits::<6>(3)),
            last_gap: Constant::new(bits::<6>(ordered_set::INTERPACKET_GAP as u64 - 1)),
        }
            defaults clk reset tx_valid tx_ready tx_data tx_last tx_error gmii_txd gmii_tx_en gmii_tx_er underrun idle state count crc
            spoil txd tx_en tx_er is_underrun crc_byte shifted)
    }
}

impl Logic for Tx1g {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state, count, crc, spoil, txd, tx_en, tx_er, is_underrun);
        self.crc_byte.next = self.tx_data.val();
        if self.state.q.val() == State::Pad {
            self.crc_byte.next = 0.into();
        }
        self.crc_net.x.next = (bit_cast::<40, 8>(self.crc_byte.val()) << 32) | bit_cast::<40, 32>(self.crc.q.val());
        self.shifted.next = self.crc.q.val() >> 8;
        self.tx_ready.next = false;
        self.tx_en.d.next = false;
        self.tx_er.d.next = false;
        self.is_underrun.d.next = false;
        self.txd.d.next = self.tx_data.val();
        self.count.d.next = self.count.q.val() + 1;
        match self.state.q.val() {
            State::Preamble => {
                self.tx_en.d.next = true;
                self.txd.d.next = self.preamble.val();
                self.crc.d.next = self.crc_initial.val();
                self.spoil.d.next = false;
                if self.count.q.val() == self.last_preamble.val() {
                    self.txd.d.next = self.delimiter.val();
                    self.count.d.next = 0.into();
                    self.state.d.next = State::Data;
                }
            }
            State::Data => {
                self.tx_ready.next = true;
                self.tx_en.d.next = true;
                self.crc.d.next = self.crc_net.y.val();
                if self.count.q.val() == self.last_pad.val() {
                    self.count.d.next = self.count.q.val();
                }
                if self.tx_valid.val() {
                    if self.tx_last.val() {
                        self.spoil.d.next = self.tx_error.val();
                        self.state.d.next = State::Pad;
                        if self.count.q.val() == self.last_pad.val() {
                            self.count.d.next = 0.into();
                            self.state.d.next = State::Fcs;
                        }
                    }
                } else {
                    self.tx_er.d.next = true;
                    self.is_underrun.d.next = true;
                    self.state.d.next = State::Drain;
                }
            }
            State::Pad => {
                self.tx_en.d.next = true;
                self.txd.d.next = 0.into();
                self.crc.d.next = self.crc_net.y.val();
                if self.count.q.val() == self.last_pad.val() {
                    self.count.d.next = 0.into();
                    self.state.d.next = State::Fcs;
                }
            }
            State::Fcs => {
                self.tx_en.d.next = true;
                self.crc.d.next = self.shifted.val();
                self.txd.d.next = !self.crc.q.val().get_bits::<8>(0);
                if self.spoil.q.val() {
                    self.txd.d.next = self.crc.q.val().get_bits::<8>(0);
                    self.tx_er.d.next = true;
                }
                if self.count.q.val() == self.last_fcs.val() {
                    self.count.d.next = 0.into();
                    self.state.d.next = State::Gap;
                }
            }
            State::Gap => {
                if self.count.q.val() == self.last_gap.val() {
                    self.state.d.next = State::Idle;
                }
            }
            State::Drain => {
                self.tx_ready.next = true;
                self.count.d.next = 0.into();
                if self.tx_valid.val() & self.tx_last.val() {
                    self.state.d.next = State::Gap;
                }
            }
            _ => {
                self.count.d.next = 1.into();
                if self.tx_valid.val() {
                    self.tx_en.d.next = true;
                    self.txd.d.next = self.preamble.val();
                    self.state.d.next = State::Preamble;
                }
            }
        }
        if self.reset.val() {
            self.tx_en.d.next = false;
            self.state.d.next = State::Idle;
        }
        self.gmii_txd.next = self.txd.q.val();
        self.gmii_tx_en.next = self.tx_en.q.val();
        self.gmii_tx_er.next = self.tx_er.q.val();
        self.underrun.next = self.is_underrun.q.val();
        self.idle.next = self.state.q.val() == State::Idle;
    }
}
