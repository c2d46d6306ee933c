//! The settings and requests of a MAC Control sublayer, from any clock into both of its own.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | rx_enable, tx_enable, priority_mode, link_up, request, request_priorities | in | 1, 1, 1, 1, 1, 8 | any | levels from flip-flops |
//! | rx_clk, tx_clk | in | 1 | | |
//! | receive_enable, receive_priority_mode | out | 1 | rx_clk | |
//! | obey | out | 1 | tx_clk | rx_enable with the link up |
//! | transmit_enable, transmit_priority_mode, up, asked, asked_priorities | out | 1, 1, 1, 1, 8 | tx_clk | |
//!
//! Latency: 2 cycles, `CdcBit`. Each level means something by itself, so that it does not matter that two may arrive in different cycles.

use rust_hdl::prelude::*;
use spareband_hdl::parts::CdcBit;

#[derive(LogicBlock, Default)]
pub struct ControlLevels {
    pub rx_enable: Signal<In, Bit>,
    pub tx_enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub request_priorities: Signal<In, Bits<8>>,
    pub rx_clk: Signal<In, Clock>,
    pub receive_enable: Signal<Out, Bit>,
    pub receive_priority_mode: Signal<Out, Bit>,
    pub tx_clk: Signal<In, Clock>,
    pub obey: Signal<Out, Bit>,
    pub transmit_enable: Signal<Out, Bit>,
    pub transmit_priority_mode: Signal<Out, Bit>,
    pub up: Signal<Out, Bit>,
    pub asked: Signal<Out, Bit>,
    pub asked_priorities: Signal<Out, Bits<8>>,
    rx_enable_to_rx: CdcBit,
    priority_mode_to_rx: CdcBit,
    rx_enable_to_tx: CdcBit,
    tx_enable_to_tx: CdcBit,
    priority_mode_to_tx: CdcBit,
    link_up_to_tx: CdcBit,
    request_to_tx: CdcBit,
    priority_to_tx: [CdcBit; 8],
    priorities: Signal<Local, Bits<8>>,
}

impl Logic for ControlLevels {
    #[hdl_gen]
    fn update(&mut self) {
        self.rx_enable_to_rx.clk.next = self.rx_clk.val();
        self.rx_enable_to_rx.d.next = self.rx_enable.val();
        self.receive_enable.next = self.rx_enable_to_rx.q.val();
        self.priority_mode_to_rx.clk.next = self.rx_clk.val();
        self.priority_mode_to_rx.d.next = self.priority_mode.val();
        self.receive_priority_mode.next = self.priority_mode_to_rx.q.val();

        self.link_up_to_tx.clk.next = self.tx_clk.val();
        self.link_up_to_tx.d.next = self.link_up.val();
        self.up.next = self.link_up_to_tx.q.val();
        self.rx_enable_to_tx.clk.next = self.tx_clk.val();
        self.rx_enable_to_tx.d.next = self.rx_enable.val();
        self.obey.next = self.rx_enable_to_tx.q.val() & self.link_up_to_tx.q.val();
        self.tx_enable_to_tx.clk.next = self.tx_clk.val();
        self.tx_enable_to_tx.d.next = self.tx_enable.val();
        self.transmit_enable.next = self.tx_enable_to_tx.q.val();
        self.priority_mode_to_tx.clk.next = self.tx_clk.val();
        self.priority_mode_to_tx.d.next = self.priority_mode.val();
        self.transmit_priority_mode.next = self.priority_mode_to_tx.q.val();
        self.request_to_tx.clk.next = self.tx_clk.val();
        self.request_to_tx.d.next = self.request.val();
        self.asked.next = self.request_to_tx.q.val();
        self.priorities.next = 0.into();
        for i in 0..8 {
            self.priority_to_tx[i].clk.next = self.tx_clk.val();
            self.priority_to_tx[i].d.next = self.request_priorities.val().get_bit(i);
            self.priorities.next = self.priorities.val().replace_bit(i, self.priority_to_tx[i].q.val());
        }
        self.asked_priorities.next = self.priorities.val();
    }
    spareband_hdl::module_name!();
}
