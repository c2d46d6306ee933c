//! Finds frames in the bytes of a UART, takes the escapes out and checks the CRC. spec::uart_frame.
//! Invariant: `body_end` follows at least one `body_valid`, and `body_good` with it says that the body ended in its right CRC-32.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | data, data_valid | in | 8, 1 | clk | byte from the UART |
//! | body_data, body_valid | out | 8, 1 | clk | one byte of a body, CRC bytes included |
//! | body_index | out | 9 | clk | with `body_valid`: position of the byte; stays at 511 |
//! | body_end | out | 1 | clk | one cycle: a flag ended the body |
//! | body_good | out | 1 | clk | with `body_end`: the CRC is right |
//! | body_length | out | 9 | clk | with `body_end`: bytes of the body; stays at 511 |
//!
//! Latency: 2 cycles. Throughput: 1 byte per 10 cycles (the CRC is bit-serial; a UART of divisor 4 needs 40 a byte).
//! Bad input: noise becomes bodies with a wrong CRC; a flag after an escape, or `gap_cycles` without a byte, drops a body without a word.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::uart_frame::{CRC_INITIAL, CRC_POLYNOMIAL, CRC_RESIDUE, DEVICE_GAP_CYCLES, ESCAPE, ESCAPE_XOR, FLAG};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Receiver {
    /// A flag was seen and no noise since.
    inside: bool,
    escaped: bool,
    length: Bits<9>,
    crc: Bits<32>,
    crc_bits_left: Bits<4>,
    idle_cycles: Bits<24>,
    data: Bits<8>,
    index: Bits<9>,
    valid: bool,
    ended: bool,
    good: bool,
}

/// The byte to look at, with what it is.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Arrival {
    valid: bool,
    data: Bits<8>,
    flag: bool,
    escape: bool,
}

#[derive(LogicBlock)]
pub struct FrameReceiver {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub data: Signal<In, Bits<8>>,
    pub data_valid: Signal<In, Bit>,
    pub body_data: Signal<Out, Bits<8>>,
    pub body_valid: Signal<Out, Bit>,
    pub body_index: Signal<Out, Bits<9>>,
    pub body_end: Signal<Out, Bit>,
    pub body_good: Signal<Out, Bit>,
    pub body_length: Signal<Out, Bits<9>>,
    arrival: ResetReg<Arrival>,
    receiver: ResetReg<Receiver>,
    flag: Constant<Bits<8>>,
    escape: Constant<Bits<8>>,
    escape_xor: Constant<Bits<8>>,
    crc_initial: Constant<Bits<32>>,
    crc_polynomial: Constant<Bits<32>>,
    crc_residue: Constant<Bits<32>>,
    gap_cycles: Constant<Bits<24>>,
    longest: Constant<Bits<9>>,
    plain: Signal<Local, Bits<8>>,
    crc: Signal<Local, Bits<32>>,
    crc_stepped: Signal<Local, Bits<32>>,
    crc_bits_less: Signal<Local, Bits<4>>,
    length: Signal<Local, Bits<9>>,
    length_more: Signal<Local, Bits<9>>,
    idle_more: Signal<Local, Bits<24>>,
}

impl FrameReceiver {
    /// Drops a body when no byte came for `gap_cycles`.
    pub fn new(gap_cycles: u32) -> Self {
        with_defaults!(Self {
            flag: Constant::new(bits::<8>(FLAG.into())),
            escape: Constant::new(bits::<8>(ESCAPE.into())),
            escape_xor: Constant::new(bits::<8>(ESCAPE_XOR.into())),
            crc_initial: Constant::new(bits::<32>(CRC_INITIAL.into())),
            crc_polynomial: Constant::new(bits::<32>(CRC_POLYNOMIAL.into())),
            crc_residue: Constant::new(bits::<32>(CRC_RESIDUE.into())),
            gap_cycles: Constant::new(bits::<24>(gap_cycles.into())),
            longest: Constant::new(bits::<9>(0x1FF)),
        }
            defaults clk reset data data_valid body_data body_valid body_index body_end body_good body_length arrival receiver plain crc
            crc_stepped crc_bits_less length length_more idle_more)
    }
}

impl Default for FrameReceiver {
    fn default() -> Self {
        Self::new(DEVICE_GAP_CYCLES)
    }
}

impl Logic for FrameReceiver {
    #[hdl_gen]
    fn update(&mut self) {
        self.receiver.clk.next = self.clk.val();
        self.receiver.reset.next = self.reset.val();
        self.receiver.d.next = self.receiver.q.val();
        self.receiver.d.next.valid = false;
        self.receiver.d.next.ended = false;

        self.arrival.clk.next = self.clk.val();
        self.arrival.reset.next = self.reset.val();
        self.arrival.d.next.valid = self.data_valid.val();
        self.arrival.d.next.data = self.data.val();
        self.arrival.d.next.flag = self.data.val() == self.flag.val();
        self.arrival.d.next.escape = self.data.val() == self.escape.val();
        self.plain.next = self.arrival.q.val().data;
        if self.receiver.q.val().escaped {
            self.plain.next = self.arrival.q.val().data ^ self.escape_xor.val();
        }

        // One bit of the CRC a cycle.
        self.crc.next = self.receiver.q.val().crc;
        self.crc_stepped.next = self.crc.val() >> 1;
        if self.crc.val().get_bit(0) {
            self.crc_stepped.next = (self.crc.val() >> 1) ^ self.crc_polynomial.val();
        }
        self.crc_bits_less.next = self.receiver.q.val().crc_bits_left - 1;
        if self.receiver.q.val().crc_bits_left != 0 {
            self.receiver.d.next.crc = self.crc_stepped.val();
            self.receiver.d.next.crc_bits_left = self.crc_bits_less.val();
        }

        self.length.next = self.receiver.q.val().length;
        self.length_more.next = self.length.val();
        if self.length.val() != self.longest.val() {
            self.length_more.next = self.length.val() + 1;
        }
        self.idle_more.next = self.receiver.q.val().idle_cycles + 1;
        self.receiver.d.next.idle_cycles = self.idle_more.val();

        if self.arrival.q.val().valid {
            self.receiver.d.next.idle_cycles = 0.into();
            if self.arrival.q.val().flag {
                if self.receiver.q.val().inside & !self.receiver.q.val().escaped & (self.length.val() != 0) {
                    self.receiver.d.next.ended = true;
                }
                self.receiver.d.next.good = self.crc.val() == self.crc_residue.val();
                self.receiver.d.next.index = self.length.val();
                self.receiver.d.next.inside = true;
                self.receiver.d.next.escaped = false;
                self.receiver.d.next.length = 0.into();
                self.receiver.d.next.crc = self.crc_initial.val();
                self.receiver.d.next.crc_bits_left = 0.into();
            } else if self.receiver.q.val().inside {
                if self.arrival.q.val().escape & !self.receiver.q.val().escaped {
                    self.receiver.d.next.escaped = true;
                } else {
                    self.receiver.d.next.escaped = false;
                    self.receiver.d.next.valid = true;
                    self.receiver.d.next.data = self.plain.val();
                    self.receiver.d.next.index = self.length.val();
                    self.receiver.d.next.length = self.length_more.val();
                    self.receiver.d.next.crc = self.crc.val() ^ bit_cast::<32, 8>(self.plain.val());
                    self.receiver.d.next.crc_bits_left = 8_u8.to_bits::<4>();
                }
            }
        } else if self.receiver.q.val().idle_cycles == self.gap_cycles.val() {
            self.receiver.d.next.inside = false;
            self.receiver.d.next.escaped = false;
            self.receiver.d.next.length = 0.into();
        }

        self.body_data.next = self.receiver.q.val().data;
        self.body_valid.next = self.receiver.q.val().valid;
        self.body_index.next = self.receiver.q.val().index;
        self.body_end.next = self.receiver.q.val().ended;
        self.body_good.next = self.receiver.q.val().good;
        self.body_length.next = self.receiver.q.val().index;
    }

    spareband_hdl::module_name!();
}
