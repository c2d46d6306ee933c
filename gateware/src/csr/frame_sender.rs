//! Makes frames of the bytes of a body: flags, escapes and the CRC. spec::uart_frame.
//! Invariant: between two flags that frame a body no byte equals the flag.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | body_data, body_valid | in | 8, 1 | clk | one byte of a body, without CRC; taken when `body_ready` |
//! | body_last | in | 1 | clk | with `body_valid`: the body's last byte |
//! | body_ready | out | 1 | clk | |
//! | data, data_valid | out | 8, 1 | clk | byte to the UART; taken when `data_ready` |
//! | data_ready | in | 1 | clk | |
//! | busy | out | 1 | clk | a frame is being sent |
//!
//! Latency: the opening flag is offered 1 cycle after the first `body_valid`. Throughput: 1 byte per 11 cycles, more than a UART takes.
//! Bad input: a body that is never ended keeps the frame open; the master above always ends it.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::uart_frame::{CRC_INITIAL, CRC_POLYNOMIAL, ESCAPE, ESCAPE_XOR, FLAG};

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Phase {
    Idle,
    Open,
    Fetch,
    Put,
    PutEscaped,
    Step,
    Close,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sender {
    byte: Bits<8>,
    last: bool,
    crc: Bits<32>,
    crc_bits_left: Bits<4>,
    /// Bytes of the CRC that were taken.
    crc_bytes: Bits<3>,
}

#[derive(LogicBlock)]
pub struct FrameSender {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub body_data: Signal<In, Bits<8>>,
    pub body_valid: Signal<In, Bit>,
    pub body_last: Signal<In, Bit>,
    pub body_ready: Signal<Out, Bit>,
    pub data: Signal<Out, Bits<8>>,
    pub data_valid: Signal<Out, Bit>,
    pub data_ready: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    phase: ResetReg<Phase>,
    sender: ResetReg<Sender>,
    flag: Constant<Bits<8>>,
    escape: Constant<Bits<8>>,
    escape_xor: Constant<Bits<8>>,
    crc_initial: Constant<Bits<32>>,
    crc_polynomial: Constant<Bits<32>>,
    current: Signal<Local, Bits<8>>,
    crc: Signal<Local, Bits<32>>,
    crc_inverted: Signal<Local, Bits<32>>,
    crc_stepped: Signal<Local, Bits<32>>,
    crc_bits_less: Signal<Local, Bits<4>>,
    crc_bytes_more: Signal<Local, Bits<3>>,
}

impl Default for FrameSender {
    fn default() -> Self {
        with_defaults!(Self {
            flag: Constant::new(bits::<8>(FLAG.into())),
            escape: Constant::new(bits::<8>(ESCAPE.into())),
            escape_xor: Constant::new(bits::<8>(ESCAPE_XOR.into())),
            crc_initial: Constant::new(bits::<32>(CRC_INITIAL.into())),
            crc_polynomial: Constant::new(bits::<32>(CRC_POLYNOMIAL.into())),
        }
            defaults clk reset body_data body_valid body_last body_ready data data_valid data_ready busy phase sender current crc
            crc_inverted crc_stepped crc_bits_less crc_bytes_more)
    }
}

impl Logic for FrameSender {
    #[hdl_gen]
    fn update(&mut self) {
        self.phase.clk.next = self.clk.val();
        self.phase.reset.next = self.reset.val();
        self.phase.d.next = self.phase.q.val();
        self.sender.clk.next = self.clk.val();
        self.sender.reset.next = self.reset.val();
        self.sender.d.next = self.sender.q.val();

        // One bit of the CRC a cycle.
        self.crc.next = self.sender.q.val().crc;
        self.crc_inverted.next = !self.crc.val();
        self.crc_stepped.next = self.crc.val() >> 1;
        if self.crc.val().get_bit(0) {
            self.crc_stepped.next = (self.crc.val() >> 1) ^ self.crc_polynomial.val();
        }
        self.crc_bits_less.next = self.sender.q.val().crc_bits_left - 1;
        self.crc_bytes_more.next = self.sender.q.val().crc_bytes + 1;
        if self.sender.q.val().crc_bits_left != 0 {
            self.sender.d.next.crc = self.crc_stepped.val();
            self.sender.d.next.crc_bits_left = self.crc_bits_less.val();
        }

        self.current.next = self.sender.q.val().byte;
        self.body_ready.next = false;
        self.data.next = self.flag.val();
        self.data_valid.next = false;
        self.busy.next = true;

        match self.phase.q.val() {
            Phase::Idle => {
                self.busy.next = false;
                self.sender.d.next.crc = self.crc_initial.val();
                self.sender.d.next.crc_bytes = 0.into();
                if self.body_valid.val() {
                    self.phase.d.next = Phase::Open;
                }
            }
            Phase::Open => {
                self.data_valid.next = true;
                if self.data_ready.val() {
                    self.phase.d.next = Phase::Fetch;
                }
            }
            Phase::Fetch => {
                self.body_ready.next = self.sender.q.val().crc_bits_left == 0;
                if self.body_valid.val() & (self.sender.q.val().crc_bits_left == 0) {
                    self.sender.d.next.byte = self.body_data.val();
                    self.sender.d.next.last = self.body_last.val();
                    self.sender.d.next.crc = self.crc.val() ^ bit_cast::<32, 8>(self.body_data.val());
                    self.sender.d.next.crc_bits_left = 8_u8.to_bits::<4>();
                    self.phase.d.next = Phase::Put;
                }
            }
            Phase::Put => {
                self.data_valid.next = true;
                if (self.current.val() == self.flag.val()) | (self.current.val() == self.escape.val()) {
                    self.data.next = self.escape.val();
                    if self.data_ready.val() {
                        self.phase.d.next = Phase::PutEscaped;
                    }
                } else {
                    self.data.next = self.current.val();
                    if self.data_ready.val() {
                        self.phase.d.next = Phase::Step;
                    }
                }
            }
            Phase::PutEscaped => {
                self.data_valid.next = true;
                self.data.next = self.current.val() ^ self.escape_xor.val();
                if self.data_ready.val() {
                    self.phase.d.next = Phase::Step;
                }
            }
            Phase::Step => {
                if !self.sender.q.val().last {
                    self.phase.d.next = Phase::Fetch;
                } else if self.sender.q.val().crc_bits_left == 0 {
                    if self.sender.q.val().crc_bytes == 4 {
                        self.phase.d.next = Phase::Close;
                    } else {
                        self.sender.d.next.byte = self.crc_inverted.val().get_bits::<8>(0);
                        self.sender.d.next.crc = self.crc.val() >> 8;
                        self.sender.d.next.crc_bytes = self.crc_bytes_more.val();
                        self.phase.d.next = Phase::Put;
                    }
                }
            }
            Phase::Close => {
                self.data_valid.next = true;
                if self.data_ready.val() {
                    self.phase.d.next = Phase::Idle;
                }
            }
            _ => {
                self.phase.d.next = Phase::Idle;
            }
        }
    }

    spareband_hdl::module_name!();
}
