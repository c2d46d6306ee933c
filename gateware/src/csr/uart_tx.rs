//! UART transmitter, 8 data bits, no parity, 1 stop bit, least significant bit first.
//! Invariant: the line is high whenever no byte is being sent.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | divisor | in | 16 | clk | clock cycles of one bit, at least 4 |
//! | data | in | 8 | clk | byte to send |
//! | data_valid | in | 1 | clk | `data` is a byte; it is taken when `data_ready` |
//! | data_ready | out | 1 | clk | no byte is being sent |
//! | tx | out | 1 | clk | the line, straight from a flip-flop |
//!
//! Latency: the start bit begins 1 cycle after a byte is taken. Throughput: 1 byte per 10 * divisor + 1 cycles.
//! Bad input: a `divisor` below 2 stops the line for 65,536 cycles; it is sampled at every bit.

use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;

/// Start bit, data and stop bit.
const FRAME_BITS: u64 = 10;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Transmitter {
    /// Next bit to send in bit 0.
    shift: Bits<10>,
    busy: bool,
    /// Bits left, the one on the line among them.
    bits_left: Bits<4>,
    countdown: Bits<16>,
    /// The countdown is at 0.
    due: bool,
}

#[derive(LogicBlock)]
pub struct UartTx {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub divisor: Signal<In, Bits<16>>,
    pub data: Signal<In, Bits<8>>,
    pub data_valid: Signal<In, Bit>,
    pub data_ready: Signal<Out, Bit>,
    pub tx: Signal<Out, Bit>,
    transmitter: ResetReg<Transmitter>,
    frame_bits: Constant<Bits<4>>,
    shift: Signal<Local, Bits<10>>,
    bits_less: Signal<Local, Bits<4>>,
    count_less: Signal<Local, Bits<16>>,
    full_bit: Signal<Local, Bits<16>>,
}

impl Default for UartTx {
    fn default() -> Self {
        with_defaults!(Self {
            transmitter: ResetReg::new(Transmitter { shift: bits::<10>(0x3FF), ..Default::default() }),
            frame_bits: Constant::new(bits::<4>(FRAME_BITS)),
        }
            defaults clk reset divisor data data_valid data_ready tx shift bits_less count_less full_bit)
    }
}

impl Logic for UartTx {
    #[hdl_gen]
    fn update(&mut self) {
        self.transmitter.clk.next = self.clk.val();
        self.transmitter.reset.next = self.reset.val();
        self.transmitter.d.next = self.transmitter.q.val();

        self.full_bit.next = self.divisor.val() - 1;
        self.shift.next = self.transmitter.q.val().shift;
        self.bits_less.next = self.transmitter.q.val().bits_left - 1;
        self.count_less.next = self.transmitter.q.val().countdown - 1;
        self.data_ready.next = !self.transmitter.q.val().busy;
        self.transmitter.d.next.due = self.transmitter.q.val().countdown == 1;

        if !self.transmitter.q.val().busy {
            self.transmitter.d.next.due = false;
            if self.data_valid.val() {
                self.transmitter.d.next.busy = true;
                self.transmitter.d.next.shift = (bit_cast::<10, 8>(self.data.val()) << 1) | 0x200;
                self.transmitter.d.next.bits_left = self.frame_bits.val();
                self.transmitter.d.next.countdown = self.full_bit.val();
            }
        } else if self.transmitter.q.val().due {
            // Ones follow the stop bit, so the line stays high.
            self.transmitter.d.next.shift = (self.shift.val() >> 1) | 0x200;
            self.transmitter.d.next.bits_left = self.bits_less.val();
            self.transmitter.d.next.busy = self.transmitter.q.val().bits_left != 1;
            self.transmitter.d.next.countdown = self.full_bit.val();
            self.transmitter.d.next.due = false;
        } else {
            self.transmitter.d.next.countdown = self.count_less.val();
        }

        self.tx.next = self.shift.val().get_bit(0);
    }

    spareband_hdl::module_name!();
}
