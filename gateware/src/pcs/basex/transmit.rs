//! PCS transmit. IEEE 802.3 36.2.5.2.1, Figures 36-5 and 36-6, full duplex (carrier extension included).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | in | clk | GMII |
//! | xmit_configuration, xmit_data | in | clk | xmit is CONFIGURATION, DATA; neither: IDLE |
//! | configuration | in | clk | tx_Config_Reg |
//! | positive | in | clk | running disparity before the symbol that is at the encoder's input now |
//! | offer_valid, offer, offer_control | in | clk | a utilisation set is ready: its second code-group, Kx.y if `offer_control` |
//! | control, value | out | clk | symbol for the encoder |
//! | set_sent | out | clk | the second code-group of an idle set is chosen in this cycle |
//! | offer_taken | out | clk | it is the offered one |
//!
//! Invariant (guard rule): the first set after a frame and the last before /S/ are real idles, whatever is offered; a receiver that
//! takes every utilisation set for an idle sees the same frames at the same places.
//! Latency: 2 cycles from gmii_txd to value (the whole PCS: `tests/basex.rs`). Throughput: 1 byte a cycle.
//! A frame that starts at an odd position loses its first preamble byte (36.2.4.14); after /T/R/ a frame can only start after at
//! least one idle set, so that of a gap below 5 cycles preamble is lost, too. Bad input: a frame on its way when xmit becomes DATA is
//! not sent; one on its way when xmit leaves DATA is cut. gmii_tx_er in a frame gives /V/, beside its first byte in the byte after.
//!
//! The choice between idle and utilisation set falls at the set's second code-group, as both begin with K28.5. So one GMII cycle of
//! look-ahead tells whether /S/ follows, and the guard rule costs one cycle of delay, not two sets. /C/ begins alike, so that the
//! state for it covers its last two code-groups only.

use rust_hdl::prelude::*;
use spareband_spec::{code_8b10b, ordered_set};

/// Idle is IDLE and XMIT_DATA, Configuration the second half of /C1/ and /C2/; EPD2_NOEXT and EPD3 are EndOfPacket.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    Idle,
    Packet,
    EndOfPacket,
    CarrierExtend,
    Configuration,
}

#[derive(LogicBlock)]
pub struct Transmit {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub gmii_txd: Signal<In, Bits<8>>,
    pub gmii_tx_en: Signal<In, Bit>,
    pub gmii_tx_er: Signal<In, Bit>,
    pub xmit_configuration: Signal<In, Bit>,
    pub xmit_data: Signal<In, Bit>,
    pub configuration: Signal<In, Bits<16>>,
    pub positive: Signal<In, Bit>,
    pub offer_valid: Signal<In, Bit>,
    pub offer_control: Signal<In, Bit>,
    pub offer: Signal<In, Bits<8>>,
    pub control: Signal<Out, Bit>,
    pub value: Signal<Out, Bits<8>>,
    pub set_sent: Signal<Out, Bit>,
    pub offer_taken: Signal<Out, Bit>,
    k28_5: Constant<Bits<8>>,
    idle_1: Constant<Bits<8>>,
    idle_2: Constant<Bits<8>>,
    configuration_1: Constant<Bits<8>>,
    configuration_2: Constant<Bits<8>>,
    start_of_packet: Constant<Bits<8>>,
    end_of_packet: Constant<Bits<8>>,
    carrier_extend: Constant<Bits<8>>,
    error_propagation: Constant<Bits<8>>,
    extend_byte: Constant<Bits<8>>,
    txd: DFF<Bits<8>>,
    tx_en: DFF<Bit>,
    tx_er: DFF<Bit>,
    state: DFF<State>,
    /// The symbol to be chosen now goes to an odd position (not tx_even).
    odd: DFF<Bit>,
    /// An idle set has gone since the frame, or since the start.
    idling: DFF<Bit>,
    /// XMIT_DATA: no frame was on its way when xmit became DATA.
    ready: DFF<Bit>,
    start_error: DFF<Bit>,
    /// The next configuration set is /C2/.
    second_configuration: DFF<Bit>,
    symbol_control: DFF<Bit>,
    symbol: DFF<Bits<8>>,
    second: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    /// VOID turns the symbol into /V/.
    voided: Signal<Local, Bit>,
    starts: Signal<Local, Bit>,
}

fn byte(value: u8) -> Constant<Bits<8>> {
    Constant::new(bits::<8>(u64::from(value)))
}

impl Default for Transmit {
    fn default() -> Self {
        with_defaults!(Self {
            k28_5: byte(code_8b10b::K28_5),
            idle_1: byte(ordered_set::IDLE_1),
            idle_2: byte(ordered_set::IDLE_2),
            configuration_1: byte(ordered_set::CONFIGURATION[0]),
            configuration_2: byte(ordered_set::CONFIGURATION[1]),
            start_of_packet: byte(ordered_set::START_OF_PACKET),
            end_of_packet: byte(ordered_set::END_OF_PACKET),
            carrier_extend: byte(ordered_set::CARRIER_EXTEND),
            error_propagation: byte(ordered_set::ERROR_PROPAGATION),
            extend_byte: byte(ordered_set::GMII_CARRIER_EXTEND),
        }
            defaults clk reset gmii_txd gmii_tx_en gmii_tx_er xmit_configuration xmit_data configuration positive offer_valid
            offer_control offer control value set_sent offer_taken txd tx_en tx_er state odd idling ready start_error
            second_configuration symbol_control symbol second take voided starts)
    }
}

impl Logic for Transmit {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            txd,
            tx_en,
            tx_er,
            state,
            odd,
            idling,
            ready,
            start_error,
            second_configuration,
            symbol_control,
            symbol
        );
        self.txd.d.next = self.gmii_txd.val();
        self.tx_en.d.next = self.gmii_tx_en.val();
        self.tx_er.d.next = self.gmii_tx_er.val();
        self.odd.d.next = !self.odd.q.val();
        self.start_error.d.next = false;
        self.symbol_control.d.next = true;
        self.second.next = false;
        self.take.next = false;
        self.starts.next = false;
        self.voided.next = self.tx_er.q.val() & (self.tx_en.q.val() | (self.txd.q.val() != self.extend_byte.val()));
        match self.state.q.val() {
            State::Packet => {
                if self.tx_en.q.val() {
                    if self.tx_er.q.val() | self.start_error.q.val() {
                        self.symbol.d.next = self.error_propagation.val();
                    } else {
                        self.symbol.d.next = self.txd.q.val();
                        self.symbol_control.d.next = false;
                    }
                } else {
                    self.symbol.d.next = self.end_of_packet.val();
                    if self.voided.val() {
                        self.symbol.d.next = self.error_propagation.val();
                    }
                    self.state.d.next = State::EndOfPacket;
                    if self.tx_er.q.val() {
                        self.state.d.next = State::CarrierExtend;
                    }
                }
            }
            State::EndOfPacket => {
                // /T/R/ or /T/R/R/, so that the idle begins at an even position.
                self.symbol.d.next = self.carrier_extend.val();
                if self.odd.q.val() {
                    self.state.d.next = State::Idle;
                }
            }
            State::CarrierExtend => {
                self.symbol.d.next = self.carrier_extend.val();
                if self.tx_en.q.val() {
                    self.starts.next = true;
                } else {
                    if self.voided.val() {
                        self.symbol.d.next = self.error_propagation.val();
                    }
                    if !self.tx_er.q.val() {
                        self.state.d.next = State::EndOfPacket;
                    }
                }
            }
            State::Configuration => {
                self.symbol_control.d.next = false;
                self.symbol.d.next = self.configuration.val().get_bits::<8>(0);
                if self.odd.q.val() {
                    self.symbol.d.next = self.configuration.val().get_bits::<8>(8);
                    self.state.d.next = State::Idle;
                }
            }
            _ => {
                self.symbol.d.next = self.k28_5.val();
                if self.odd.q.val() {
                    self.symbol_control.d.next = false;
                    if self.xmit_configuration.val() {
                        self.symbol.d.next = self.configuration_1.val();
                        if self.second_configuration.q.val() {
                            self.symbol.d.next = self.configuration_2.val();
                        }
                        self.second_configuration.d.next = !self.second_configuration.q.val();
                        self.state.d.next = State::Configuration;
                    } else {
                        self.second.next = true;
                        self.symbol.d.next = self.idle_2.val();
                        if self.positive.val() {
                            self.symbol.d.next = self.idle_1.val();
                        }
                        // The next symbol is /S/ if tx_en is high at the input now.
                        self.take.next = self.offer_valid.val() & self.idling.q.val() & self.ready.q.val() & !self.gmii_tx_en.val();
                        if self.take.val() {
                            self.symbol.d.next = self.offer.val();
                            self.symbol_control.d.next = self.offer_control.val();
                        }
                    }
                } else {
                    self.starts.next = self.tx_en.q.val() & self.idling.q.val() & self.ready.q.val();
                    // Else IDLE waits for the end of the frame that it must not send the tail of.
                    if self.xmit_data.val() & !self.tx_en.q.val() & !self.tx_er.q.val() {
                        self.ready.d.next = true;
                    }
                }
            }
        }
        if self.starts.val() {
            self.symbol.d.next = self.start_of_packet.val();
            self.start_error.d.next = self.tx_er.q.val();
            self.state.d.next = State::Packet;
            self.idling.d.next = false;
        }
        if self.second.val() {
            self.idling.d.next = true;
        }
        // TX_TEST_XMIT after any code-group at an odd position: whatever is on its way ends, but a configuration set is whole.
        if !self.xmit_data.val() {
            self.ready.d.next = false;
            if !self.odd.q.val() & (self.state.q.val() != State::Configuration) {
                self.symbol_control.d.next = true;
                self.symbol.d.next = self.k28_5.val();
                self.state.d.next = State::Idle;
                self.idling.d.next = false;
            }
        }
        if self.reset.val() {
            self.state.d.next = State::Idle;
            self.idling.d.next = false;
            self.ready.d.next = false;
            self.tx_en.d.next = false;
            self.odd.d.next = false;
        }
        self.set_sent.next = self.second.val();
        self.offer_taken.next = self.take.val();
        self.control.next = self.symbol_control.q.val();
        self.value.next = self.symbol.q.val();
    }
}
