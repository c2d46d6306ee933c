//! UART receiver, 8 data bits, no parity, 1 stop bit, least significant bit first.
//! Invariant: a byte is reported once, in the middle of its stop bit, and only if that is high.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | divisor | in | 16 | clk | clock cycles of one bit, at least 4 |
//! | rx | in | 1 | any | the line, high when idle |
//! | data | out | 8 | clk | the byte |
//! | data_valid | out | 1 | clk | one cycle: `data` is a byte |
//! | framing_error | out | 1 | clk | one cycle: the stop bit was low; the byte is dropped |
//!
//! Latency: a byte comes half a bit before its stop bit ends, and 4 cycles. Throughput: bytes back to back, with a clock up to 4 % off.
//! Bad input: a start bit that is high in its middle is noise; after a low stop bit the line must be high before another byte is looked for.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{CdcBit, ResetReg};

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Phase {
    Idle,
    Start,
    Data,
    Stop,
    Break,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Receiver {
    countdown: Bits<16>,
    /// The countdown is at 0; of no meaning in `Break`.
    due: bool,
    bits_left: Bits<3>,
    shift: Bits<8>,
    valid: bool,
    error: bool,
}

#[derive(LogicBlock, Default)]
pub struct UartRx {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub divisor: Signal<In, Bits<16>>,
    pub rx: Signal<In, Bit>,
    pub data: Signal<Out, Bits<8>>,
    pub data_valid: Signal<Out, Bit>,
    pub framing_error: Signal<Out, Bit>,
    line: CdcBit,
    phase: ResetReg<Phase>,
    receiver: ResetReg<Receiver>,
    line_high: Signal<Local, Bit>,
    full_bit: Signal<Local, Bits<16>>,
    half_bit: Signal<Local, Bits<16>>,
    count_less: Signal<Local, Bits<16>>,
    bits_less: Signal<Local, Bits<3>>,
    shift: Signal<Local, Bits<8>>,
    shifted: Signal<Local, Bits<8>>,
    due: Signal<Local, Bit>,
}

impl Logic for UartRx {
    #[hdl_gen]
    fn update(&mut self) {
        self.line.clk.next = self.clk.val();
        self.line.d.next = self.rx.val();
        self.phase.clk.next = self.clk.val();
        self.phase.reset.next = self.reset.val();
        self.phase.d.next = self.phase.q.val();
        self.receiver.clk.next = self.clk.val();
        self.receiver.reset.next = self.reset.val();
        self.receiver.d.next = self.receiver.q.val();
        self.receiver.d.next.valid = false;
        self.receiver.d.next.error = false;

        self.line_high.next = self.line.q.val();
        self.full_bit.next = self.divisor.val() - 1;
        self.half_bit.next = self.full_bit.val() >> 1;
        self.count_less.next = self.receiver.q.val().countdown - 1;
        self.bits_less.next = self.receiver.q.val().bits_left - 1;
        self.due.next = self.receiver.q.val().due;
        self.receiver.d.next.due = (self.receiver.q.val().countdown == 1) & !self.receiver.q.val().due;
        self.shift.next = self.receiver.q.val().shift;
        self.shifted.next = bit_cast::<8, 7>(self.shift.val().get_bits::<7>(1));
        if self.line_high.val() {
            self.shifted.next = bit_cast::<8, 7>(self.shift.val().get_bits::<7>(1)) | 0x80;
        }
        self.receiver.d.next.countdown = self.count_less.val();

        match self.phase.q.val() {
            Phase::Idle => {
                self.receiver.d.next.countdown = self.half_bit.val();
                self.receiver.d.next.due = false;
                if !self.line_high.val() {
                    self.phase.d.next = Phase::Start;
                }
            }
            Phase::Start => {
                if self.due.val() {
                    self.receiver.d.next.countdown = self.full_bit.val();
                    self.receiver.d.next.bits_left = 7_u8.to_bits::<3>();
                    if self.line_high.val() {
                        self.phase.d.next = Phase::Idle;
                    } else {
                        self.phase.d.next = Phase::Data;
                    }
                }
            }
            Phase::Data => {
                if self.due.val() {
                    self.receiver.d.next.countdown = self.full_bit.val();
                    self.receiver.d.next.bits_left = self.bits_less.val();
                    self.receiver.d.next.shift = self.shifted.val();
                    if self.receiver.q.val().bits_left == 0 {
                        self.phase.d.next = Phase::Stop;
                    }
                }
            }
            Phase::Stop => {
                if self.due.val() {
                    if self.line_high.val() {
                        self.receiver.d.next.valid = true;
                        self.phase.d.next = Phase::Idle;
                    } else {
                        self.receiver.d.next.error = true;
                        self.phase.d.next = Phase::Break;
                    }
                }
            }
            Phase::Break => {
                if self.line_high.val() {
                    self.phase.d.next = Phase::Idle;
                }
            }
            _ => {
                self.phase.d.next = Phase::Idle;
            }
        }

        self.data.next = self.receiver.q.val().shift;
        self.data_valid.next = self.receiver.q.val().valid;
        self.framing_error.next = self.receiver.q.val().error;
    }

    spareband_hdl::module_name!();
}
