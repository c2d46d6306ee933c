//! PCS receive. IEEE 802.3 36.2.5.2.2, Figures 36-7a and 36-7b, full duplex.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | control, value, invalid | in | clk | decoded code-group |
//! | carrier | in | clk | carrier_detect of it |
//! | sync, even | in | clk | sync_status and rx_even of the code-group of the cycle before (its classes are registered here) |
//! | xmit_configuration, xmit_data | in | clk | xmit is CONFIGURATION, DATA; neither: IDLE |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | out | clk | GMII |
//! | rudi_configuration, rudi_idle, rudi_invalid | out | clk | RX_UNITDATA.indicate of /C/, /I/, INVALID: one cycle each |
//! | configuration | out | clk | rx_Config_Reg, with `rudi_configuration` |
//!
//! Invariant: gmii_rx_dv rises only at /S/ after an idle, and a frame that does not end with /T/R/ has gmii_rx_er in it.
//! Latency: 4 cycles: one for the classes, two of look-ahead (check_end), one at the output. Throughput: 1 code-group a cycle.
//! Bad input: an invalid code-group in a frame gives gmii_rx_er with it; a frame cut short by idles or configuration gives it once
//! (EARLY_END), loss of synchronisation too (LINK_FAILED); anything but /S/ after an idle is a false carrier (gmii_rx_er, 0x0E).
//! Carrier extension (0x0F) is reported; bursts are not told from single frames. While xmit is not DATA GMII is idle.

use rust_hdl::prelude::*;
use spareband_spec::{code_8b10b, ordered_set};

/// RX_INVALID and TRI+RRI lead on as WAIT_FOR_K does, EARLY_END as RX_K; TRR+EXTEND, EARLY_END_EXT and EPD2_CHECK_END are one.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    WaitForK,
    RxK,
    IdleD,
    RxCb,
    RxCc,
    RxCd,
    FalseCarrier,
    Receive,
    Extend,
}

#[derive(LogicBlock)]
pub struct Receive {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub control: Signal<In, Bit>,
    pub value: Signal<In, Bits<8>>,
    pub invalid: Signal<In, Bit>,
    pub carrier: Signal<In, Bit>,
    pub sync: Signal<In, Bit>,
    pub even: Signal<In, Bit>,
    pub xmit_configuration: Signal<In, Bit>,
    pub xmit_data: Signal<In, Bit>,
    pub gmii_rxd: Signal<Out, Bits<8>>,
    pub gmii_rx_dv: Signal<Out, Bit>,
    pub gmii_rx_er: Signal<Out, Bit>,
    pub rudi_configuration: Signal<Out, Bit>,
    pub rudi_idle: Signal<Out, Bit>,
    pub rudi_invalid: Signal<Out, Bit>,
    pub configuration: Signal<Out, Bits<16>>,
    d0_0: Constant<Bits<8>>,
    configuration_1: Constant<Bits<8>>,
    configuration_2: Constant<Bits<8>>,
    preamble: Constant<Bits<8>>,
    extend_byte: Constant<Bits<8>>,
    false_carrier_byte: Constant<Bits<8>>,
    /// The code-group being received (`now`) and the two that follow it on the line (`next`, `after`).
    after_value: DFF<Bits<8>>,
    after_data: DFF<Bit>,
    after_k28_5: DFF<Bit>,
    after_start: DFF<Bit>,
    after_end: DFF<Bit>,
    after_extend: DFF<Bit>,
    after_configuration: DFF<Bit>,
    after_carrier: DFF<Bit>,
    after_zero: DFF<Bit>,
    next_value: DFF<Bits<8>>,
    next_data: DFF<Bit>,
    next_k28_5: DFF<Bit>,
    next_start: DFF<Bit>,
    next_end: DFF<Bit>,
    next_extend: DFF<Bit>,
    next_configuration: DFF<Bit>,
    next_carrier: DFF<Bit>,
    next_even: DFF<Bit>,
    next_sync: DFF<Bit>,
    now_value: DFF<Bits<8>>,
    now_data: DFF<Bit>,
    now_k28_5: DFF<Bit>,
    now_start: DFF<Bit>,
    now_end: DFF<Bit>,
    now_extend: DFF<Bit>,
    now_configuration: DFF<Bit>,
    now_carrier: DFF<Bit>,
    now_even: DFF<Bit>,
    now_sync: DFF<Bit>,
    good_control: Signal<Local, Bit>,
    k28: Signal<Local, Bit>,
    y_5: Constant<Bits<3>>,
    good_data: Signal<Local, Bit>,
    state: DFF<State>,
    early_end: Signal<Local, Bit>,
    k_at_even: Signal<Local, Bit>,
    rxd: DFF<Bits<8>>,
    rx_dv: DFF<Bit>,
    rx_er: DFF<Bit>,
    /// To RX_INVALID.
    broken: Signal<Local, Bit>,
    /// gmii_rxd of the cycle before: with it now the two bytes of rx_Config_Reg.
    low: DFF<Bits<8>>,
    got_configuration: DFF<Bit>,
    got_idle: DFF<Bit>,
    got_invalid: DFF<Bit>,
}

fn byte(value: u8) -> Constant<Bits<8>> {
    Constant::new(bits::<8>(u64::from(value)))
}

impl Default for Receive {
    fn default() -> Self {
        with_defaults!(Self {
            d0_0: byte(code_8b10b::D0_0),
            configuration_1: byte(ordered_set::CONFIGURATION[0]),
            configuration_2: byte(ordered_set::CONFIGURATION[1]),
            preamble: byte(ordered_set::PREAMBLE),
            extend_byte: byte(ordered_set::GMII_CARRIER_EXTEND),
            false_carrier_byte: byte(ordered_set::GMII_FALSE_CARRIER),
            y_5: Constant::new(bits::<3>(u64::from(code_8b10b::K28_5 >> 5))),
        }
            defaults clk reset control value invalid carrier sync even xmit_configuration xmit_data gmii_rxd gmii_rx_dv gmii_rx_er
            rudi_configuration rudi_idle rudi_invalid configuration after_value after_data
            after_k28_5 after_start after_end after_extend after_configuration after_carrier after_zero next_value next_data
            next_k28_5 next_start next_end next_extend next_configuration next_carrier next_even next_sync now_value now_data
            now_k28_5 now_start now_end now_extend now_configuration now_carrier now_even now_sync good_control k28 good_data
            state early_end k_at_even rxd rx_dv rx_er broken low got_configuration got_idle got_invalid)
    }
}

impl Logic for Receive {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            after_value,
            after_data,
            after_k28_5,
            after_start,
            after_end,
            after_extend,
            after_configuration,
            after_carrier,
            after_zero,
            next_value,
            next_data,
            next_k28_5,
            next_start,
            next_end,
            next_extend,
            next_configuration,
            next_carrier,
            next_even,
            next_sync,
            now_value,
            now_data,
            now_k28_5,
            now_start,
            now_end,
            now_extend,
            now_configuration,
            now_carrier,
            now_even,
            now_sync
        );
        dff_setup!(self, clk, state, rxd, rx_dv, rx_er, low, got_configuration, got_idle, got_invalid);
        self.good_control.next = self.control.val() & !self.invalid.val();
        self.good_data.next = !self.control.val() & !self.invalid.val();
        self.after_value.d.next = self.value.val();
        self.after_data.d.next = self.good_data.val();
        // The valid special code-groups are K28.y, K23.7, K27.7, K29.7 and K30.7: one bit of x tells most of them.
        self.k28.next = self.good_control.val() & !self.value.val().get_bit(1) & !self.value.val().get_bit(0);
        self.after_k28_5.d.next = self.k28.val() & (self.value.val().get_bits::<3>(5) == self.y_5.val());
        self.after_start.d.next = self.good_control.val() & !self.value.val().get_bit(2);
        self.after_end.d.next = self.good_control.val() & !self.value.val().get_bit(1) & self.value.val().get_bit(0);
        self.after_extend.d.next = self.good_control.val() & !self.value.val().get_bit(3);
        self.after_configuration.d.next =
            self.good_data.val() & ((self.value.val() == self.configuration_1.val()) | (self.value.val() == self.configuration_2.val()));
        self.after_carrier.d.next = self.carrier.val();
        self.after_zero.d.next = self.good_data.val() & (self.value.val() == self.d0_0.val());
        self.next_value.d.next = self.after_value.q.val();
        self.next_data.d.next = self.after_data.q.val();
        self.next_k28_5.d.next = self.after_k28_5.q.val();
        self.next_start.d.next = self.after_start.q.val();
        self.next_end.d.next = self.after_end.q.val();
        self.next_extend.d.next = self.after_extend.q.val();
        self.next_configuration.d.next = self.after_configuration.q.val();
        self.next_carrier.d.next = self.after_carrier.q.val();
        self.next_even.d.next = self.even.val();
        self.next_sync.d.next = self.sync.val();
        self.now_value.d.next = self.next_value.q.val();
        self.now_data.d.next = self.next_data.q.val();
        self.now_k28_5.d.next = self.next_k28_5.q.val();
        self.now_start.d.next = self.next_start.q.val();
        self.now_end.d.next = self.next_end.q.val();
        self.now_extend.d.next = self.next_extend.q.val();
        self.now_configuration.d.next = self.next_configuration.q.val();
        self.now_carrier.d.next = self.next_carrier.q.val();
        self.now_even.d.next = self.next_even.q.val();
        self.now_sync.d.next = self.next_sync.q.val();

        self.k_at_even.next = self.now_k28_5.q.val() & self.now_even.q.val();
        self.early_end.next = self.k_at_even.val()
            & ((self.next_data.q.val() & self.after_k28_5.q.val()) | (self.next_configuration.q.val() & self.after_zero.q.val()));
        self.rxd.d.next = self.now_value.q.val();
        self.low.d.next = self.rxd.q.val();
        self.rx_dv.d.next = false;
        self.rx_er.d.next = false;
        self.broken.next = false;
        self.got_configuration.d.next = false;
        self.got_idle.d.next = false;
        match self.state.q.val() {
            State::RxK => {
                self.state.d.next = State::IdleD;
                if self.now_configuration.q.val() {
                    self.state.d.next = State::RxCb;
                } else {
                    self.got_idle.d.next = self.now_data.q.val() | self.xmit_data.val();
                    self.broken.next = !self.now_data.q.val() & !self.xmit_data.val();
                }
            }
            State::IdleD => {
                self.state.d.next = State::RxK;
                if !self.now_k28_5.q.val() {
                    if self.xmit_data.val() {
                        if self.now_even.q.val() & self.now_carrier.q.val() {
                            if self.now_start.q.val() {
                                self.state.d.next = State::Receive;
                                self.rx_dv.d.next = true;
                                self.rxd.d.next = self.preamble.val();
                            } else {
                                self.state.d.next = State::FalseCarrier;
                                self.rx_er.d.next = true;
                                self.rxd.d.next = self.false_carrier_byte.val();
                            }
                        }
                    } else {
                        self.broken.next = true;
                    }
                }
            }
            State::RxCb => {
                self.state.d.next = State::RxCc;
                self.broken.next = !self.now_data.q.val();
            }
            State::RxCc => {
                self.state.d.next = State::RxCd;
                self.got_configuration.d.next = self.now_data.q.val();
                self.broken.next = !self.now_data.q.val();
            }
            State::RxCd => {
                self.state.d.next = State::RxK;
                self.broken.next = !self.k_at_even.val();
            }
            State::FalseCarrier => {
                if self.k_at_even.val() {
                    self.state.d.next = State::RxK;
                } else {
                    self.rx_er.d.next = true;
                    self.rxd.d.next = self.false_carrier_byte.val();
                }
            }
            State::Receive => {
                self.rx_dv.d.next = true;
                if self.early_end.val() {
                    self.rx_er.d.next = true;
                    self.state.d.next = State::RxK;
                } else {
                    if self.next_extend.q.val() & (self.now_end.q.val() | self.now_extend.q.val()) & self.after_extend.q.val() {
                        self.state.d.next = State::Extend;
                        self.rx_er.d.next = true;
                        if self.now_end.q.val() {
                            self.rx_dv.d.next = false;
                            self.rxd.d.next = self.extend_byte.val();
                        }
                    } else {
                        if self.now_end.q.val() & self.next_extend.q.val() & self.after_k28_5.q.val() & self.now_even.q.val() {
                            self.rx_dv.d.next = false;
                            self.state.d.next = State::WaitForK;
                        } else {
                            self.rx_er.d.next = !self.now_data.q.val();
                        }
                    }
                }
            }
            State::Extend => {
                if self.now_extend.q.val() & self.next_extend.q.val() & self.after_k28_5.q.val() & self.now_even.q.val() {
                    self.state.d.next = State::WaitForK;
                } else {
                    if self.k_at_even.val() {
                        self.state.d.next = State::RxK;
                    } else {
                        self.rx_er.d.next = true;
                        self.rxd.d.next = self.extend_byte.val();
                    }
                }
            }
            _ => {
                if self.k_at_even.val() {
                    self.state.d.next = State::RxK;
                }
            }
        }
        self.got_invalid.d.next = self.broken.val() & self.xmit_configuration.val();
        if self.broken.val() {
            self.state.d.next = State::WaitForK;
        }
        // LINK_FAILED: one octet of error if a frame is being received.
        if !self.now_sync.q.val() {
            self.got_configuration.d.next = false;
            self.got_idle.d.next = false;
            self.got_invalid.d.next = !self.xmit_data.val();
            self.rx_dv.d.next = self.state.q.val() == State::Receive;
            self.rx_er.d.next = self.state.q.val() == State::Receive;
            self.state.d.next = State::WaitForK;
        }
        if self.reset.val() {
            self.rx_dv.d.next = false;
            self.rx_er.d.next = false;
            self.state.d.next = State::WaitForK;
        }
        self.gmii_rxd.next = self.rxd.q.val();
        self.gmii_rx_dv.next = self.rx_dv.q.val();
        self.gmii_rx_er.next = self.rx_er.q.val();
        self.rudi_configuration.next = self.got_configuration.q.val();
        self.rudi_idle.next = self.got_idle.q.val();
        self.rudi_invalid.next = self.got_invalid.q.val();
        self.configuration.next = (bit_cast::<16, 8>(self.rxd.q.val()) << 8) | bit_cast::<16, 8>(self.low.q.val());
    }
}
