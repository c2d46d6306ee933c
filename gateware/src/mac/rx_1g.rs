//! Gigabit MAC, receive. IEEE 802.3 Clauses 3 and 4, full duplex, over GMII (Clause 35).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | 125 MHz, recovered |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | in | clk | GMII |
//! | rx_max_length | in | clk | longest good frame in bytes, with FCS |
//! | rx_valid, rx_data, rx_last | out | clk | frames without preamble and FCS; no back-pressure |
//! | rx_error, rx_cause | out | clk | with rx_last: the frame is bad, and why (spec::regs::frame_cause) |
//! | rx_fcs_error | out | clk | with rx_last: the FCS is wrong, whatever rx_cause says |
//! | rx_length | out | clk | with rx_last: bytes of the frame with FCS, those not given out too; 65535 stands for more |
//!
//! Invariant: every frame on GMII that has a start frame delimiter gives exactly one rx_last; without one it is no frame.
//! Latency: 6 cycles from a byte to rx_data (`receive_causes_and_latency` in `tests/mac_1g.rs`). Throughput: 1 byte a cycle.
//! Bad input, in order of precedence: coding (gmii_rx_er anywhere),
//! oversize, runt, bad FCS. A frame of less than 5 bytes gives one byte of no meaning. Bytes beyond rx_max_length are not given out.
//! A preamble may be shortened to nothing, and what its bytes say is not looked at: mode C writes there. gmii_rx_er without gmii_rx_dv (false carrier, extension) is not part of a frame.

use super::tx_1g::crc_step;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{crc, ordered_set, regs::frame_cause};

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    /// Until gmii_rx_dv is low: after a reset a frame's tail is no frame.
    Wait,
    Idle,
    Preamble,
    Frame,
}

#[derive(LogicBlock)]
pub struct Rx1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub gmii_rxd: Signal<In, Bits<8>>,
    pub gmii_rx_dv: Signal<In, Bit>,
    pub gmii_rx_er: Signal<In, Bit>,
    pub rx_max_length: Signal<In, Bits<16>>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub rx_fcs_error: Signal<Out, Bit>,
    pub rx_length: Signal<Out, Bits<16>>,
    crc_net: XorNet<40, 32>,
    crc_initial: Constant<Bits<32>>,
    crc_residue: Constant<Bits<32>>,
    delimiter: Constant<Bits<8>>,
    full_line: Constant<Bits<16>>,
    minimum: Constant<Bits<16>>,
    good: Constant<Bits<3>>,
    bad_fcs: Constant<Bits<3>>,
    runt: Constant<Bits<3>>,
    oversize: Constant<Bits<3>>,
    coding: Constant<Bits<3>>,
    state: DFF<State>,
    /// The last five bytes, the oldest on top: the FCS and the last byte before it when the frame ends.
    line: DFF<Bits<40>>,
    length: DFF<Bits<16>>,
    crc: DFF<Bits<32>>,
    damaged: DFF<Bit>,
    /// The length is 65534 at least, as it was a cycle ago.
    full: DFF<Bit>,
    too_long: Signal<Local, Bit>,
    counted: Signal<Local, Bits<16>>,
    open: Signal<Local, Bit>,
    valid: DFF<Bit>,
    data: DFF<Bits<8>>,
    last: DFF<Bit>,
    cause: DFF<Bits<3>>,
    fcs_error: DFF<Bit>,
}

impl Default for Rx1g {
    fn default() -> Self {
        with_defaults!(Self {
            crc_net: XorNet::from_fn(crc_step),
            crc_initial: Constant::new(bits::<32>(u64::from(crc::CRC32_INITIAL))),
            crc_residue: Constant::new(bits::<32>(u64::from(crc::CRC32_RESIDUE))),
            delimiter: Constant::new(bits::<8>(u64::from(ordered_set::START_FRAME_DELIMITER))),
            full_line: Constant::new(bits::<16>(5)),
            minimum: Constant::new(bits::<16>(ordered_set::MINIMUM_FRAME as u64)),
            good: cause(frame_cause::GOOD),
            bad_fcs: cause(frame_cause::BAD_FCS),
            runt: cause(frame_cause::RUNT),
            oversize: cause(frame_cause::OVERSIZE),
            coding: cause(frame_cause::CODING),
        }
            defaults clk reset gmii_rxd gmii_rx_dv gmii_rx_er rx_max_length rx_valid rx_data rx_last rx_error rx_cause rx_fcs_error rx_length state line
            length crc damaged full too_long counted open valid data last cause fcs_error)
    }
}

fn cause(value: u8) -> Constant<Bits<3>> {
    Constant::new(bits::<3>(u64::from(value)))
}

impl Logic for Rx1g {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clk, state, line, length, crc, damaged, full, valid, data, last, cause, fcs_error
        );
        self.crc_net.x.next = (bit_cast::<40, 8>(self.gmii_rxd.val()) << 32) | bit_cast::<40, 32>(self.crc.q.val());
        self.too_long.next = self.length.q.val() > self.rx_max_length.val();
        self.counted.next = self.length.q.val();
        self.full.d.next = self.counted.val().get_bits::<15>(1).all();
        self.open.next = false;
        self.valid.d.next = false;
        self.last.d.next = false;
        self.data.d.next = self.line.q.val().get_bits::<8>(32);
        match self.state.q.val() {
            State::Idle => {
                self.length.d.next = 0.into();
                self.full.d.next = false;
                self.crc.d.next = self.crc_initial.val();
                self.damaged.d.next = self.gmii_rx_er.val();
                self.open.next = true;
            }
            State::Preamble => {
                self.damaged.d.next = self.damaged.q.val() | self.gmii_rx_er.val();
                self.open.next = true;
            }
            State::Frame => {
                if self.gmii_rx_dv.val() {
                    self.line.d.next =
                        (bit_cast::<40, 32>(self.line.q.val().get_bits::<32>(0)) << 8) | bit_cast::<40, 8>(self.gmii_rxd.val());
                    self.crc.d.next = self.crc_net.y.val();
                    self.damaged.d.next = self.damaged.q.val() | self.gmii_rx_er.val();
                    if !self.full.q.val() {
                        self.length.d.next = self.length.q.val() + 1;
                    }
                    self.valid.d.next = (self.length.q.val() >= self.full_line.val()) & !self.too_long.val();
                } else {
                    self.valid.d.next = true;
                    self.last.d.next = true;
                    self.state.d.next = State::Idle;
                }
            }
            _ => {
                if !self.gmii_rx_dv.val() {
                    self.state.d.next = State::Idle;
                }
            }
        }
        if self.open.val() {
            if self.gmii_rx_dv.val() {
                self.state.d.next = State::Preamble;
                if self.gmii_rxd.val() == self.delimiter.val() {
                    self.state.d.next = State::Frame;
                }
            } else {
                self.state.d.next = State::Idle;
            }
        }
        self.fcs_error.d.next = self.crc.q.val() != self.crc_residue.val();
        if self.damaged.q.val() {
            self.cause.d.next = self.coding.val();
        } else {
            if self.too_long.val() {
                self.cause.d.next = self.oversize.val();
            } else {
                if self.length.q.val() < self.minimum.val() {
                    self.cause.d.next = self.runt.val();
                } else {
                    if self.crc.q.val() != self.crc_residue.val() {
                        self.cause.d.next = self.bad_fcs.val();
                    } else {
                        self.cause.d.next = self.good.val();
                    }
                }
            }
        }
        if self.reset.val() {
            self.valid.d.next = false;
            self.state.d.next = State::Wait;
        }
        self.rx_valid.next = self.valid.q.val();
        self.rx_data.next = self.data.q.val();
        self.rx_last.next = self.last.q.val();
        self.rx_error.next = self.last.q.val() & self.cause.q.val().any();
        self.rx_cause.next = self.cause.q.val();
        self.rx_fcs_error.next = self.fcs_error.q.val();
        self.rx_length.next = self.length.q.val();
    }
}
