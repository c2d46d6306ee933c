//! A UART that masters a register bus: UartRx, FrameReceiver, RegisterMaster, FrameSender, UartTx in a row.
//! Invariant: whatever came in on the line, a well-formed request is answered, or meets the `BadCrc` that answers the garbage and is answered
//! when repeated after that.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | divisor | in | 16 | clk | clock cycles of one bit, at least 4 |
//! | rx | in | 1 | any | line from the host |
//! | tx | out | 1 | clk | line to the host |
//! | bus_address | out | 16 | clk | byte address; stable from the request to `bus_done` |
//! | bus_write_data | out | 32 | clk | stable likewise |
//! | bus_write, bus_read | out | 1 | clk | one cycle: the request |
//! | bus_read_data, bus_done, bus_error | in | 32, 1, 1 | clk | one cycle: the answer, within 255 cycles |
//!
//! Latency and throughput: the UART's.
//! Bad input: see FrameReceiver and RegisterMaster.

use super::{FrameReceiver, FrameSender, RegisterMaster, UartRx, UartTx};
use rust_hdl::prelude::*;

#[derive(LogicBlock, Default)]
pub struct UartRegisterMaster {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub divisor: Signal<In, Bits<16>>,
    pub rx: Signal<In, Bit>,
    pub tx: Signal<Out, Bit>,
    pub bus_address: Signal<Out, Bits<16>>,
    pub bus_write_data: Signal<Out, Bits<32>>,
    pub bus_write: Signal<Out, Bit>,
    pub bus_read: Signal<Out, Bit>,
    pub bus_read_data: Signal<In, Bits<32>>,
    pub bus_done: Signal<In, Bit>,
    pub bus_error: Signal<In, Bit>,
    uart_rx: UartRx,
    frame_receiver: FrameReceiver,
    master: RegisterMaster,
    frame_sender: FrameSender,
    uart_tx: UartTx,
}

impl UartRegisterMaster {
    /// Gives a frame up when no byte came for `gap_cycles`.
    pub fn new(gap_cycles: u32) -> Self {
        Self {
            frame_receiver: FrameReceiver::new(gap_cycles),
            ..Default::default()
        }
    }
}

impl Logic for UartRegisterMaster {
    #[hdl_gen]
    fn update(&mut self) {
        self.uart_rx.clk.next = self.clk.val();
        self.uart_rx.reset.next = self.reset.val();
        self.uart_rx.divisor.next = self.divisor.val();
        self.uart_rx.rx.next = self.rx.val();

        self.frame_receiver.clk.next = self.clk.val();
        self.frame_receiver.reset.next = self.reset.val();
        self.frame_receiver.data.next = self.uart_rx.data.val();
        self.frame_receiver.data_valid.next = self.uart_rx.data_valid.val();

        self.master.clk.next = self.clk.val();
        self.master.reset.next = self.reset.val();
        self.master.body_data.next = self.frame_receiver.body_data.val();
        self.master.body_valid.next = self.frame_receiver.body_valid.val();
        self.master.body_index.next = self.frame_receiver.body_index.val();
        self.master.body_end.next = self.frame_receiver.body_end.val();
        self.master.body_good.next = self.frame_receiver.body_good.val();
        self.master.body_length.next = self.frame_receiver.body_length.val();
        self.master.send_ready.next = self.frame_sender.body_ready.val();
        self.master.sender_busy.next = self.frame_sender.busy.val();
        self.master.bus_read_data.next = self.bus_read_data.val();
        self.master.bus_done.next = self.bus_done.val();
        self.master.bus_error.next = self.bus_error.val();

        self.frame_sender.clk.next = self.clk.val();
        self.frame_sender.reset.next = self.reset.val();
        self.frame_sender.body_data.next = self.master.send_data.val();
        self.frame_sender.body_valid.next = self.master.send_valid.val();
        self.frame_sender.body_last.next = self.master.send_last.val();
        self.frame_sender.data_ready.next = self.uart_tx.data_ready.val();

        self.uart_tx.clk.next = self.clk.val();
        self.uart_tx.reset.next = self.reset.val();
        self.uart_tx.divisor.next = self.divisor.val();
        self.uart_tx.data.next = self.frame_sender.data.val();
        self.uart_tx.data_valid.next = self.frame_sender.data_valid.val();

        self.tx.next = self.uart_tx.tx.val();
        self.bus_address.next = self.master.bus_address.val();
        self.bus_write_data.next = self.master.bus_write_data.val();
        self.bus_write.next = self.master.bus_write.val();
        self.bus_read.next = self.master.bus_read.val();
    }

    spareband_hdl::module_name!();
}
