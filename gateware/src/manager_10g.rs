//! A manager of N chassis, or of N blades with fast links: as `Manager`, but each blade link is itself 10GBASE-R, and records come over it in mode D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core | in | 1 | | 156.25 MHz: transmit to uplink and blades, forwarding, registers |
//! | clk_uplink_rx | in | 1 | | 156.25 MHz, recovered from the uplink |
//! | clk_blade_rx | in | N x 1 | | 156.25 MHz, recovered from each blade's link |
//! | reset | in | 1 | any | active high, at least 64 cycles of the slowest clock |
//! | serdes_tx_data, serdes_tx_hdr | out | 64, 2 | clk_core | 66-bit blocks to the uplink; bit 0 first, header before data |
//! | serdes_rx_data, serdes_rx_hdr | in | 64, 2 | clk_uplink_rx | 66-bit blocks from the uplink |
//! | serdes_rx_bitslip | out | 1 | clk_uplink_rx | one cycle: move the block boundary by a bit |
//! | blade_tx_data, blade_tx_hdr | out | N x 64, 2 | clk_core | 66-bit blocks to each blade |
//! | blade_rx_data, blade_rx_hdr | in | N x 64, 2 | clk_blade_rx | 66-bit blocks from each blade |
//! | blade_rx_bitslip | out | N x 1 | clk_blade_rx | one cycle: move that blade's block boundary by a bit |
//! | uart_rx, uart_tx | in, out | 1 | any, clk_core | register access, 8N1 |
//! | uart_divisor | in | 16 | static | cycles of clk_core of one bit |
//!
//! Invariant: no blade's link, queue or load delays another blade's frames.
//! Latency and throughput: those of its parts; see docs/ARCHITECTURE.md. Holds no logic.

use crate::blade_port_10g::BladePort10g;
use crate::manager_core::ManagerCore;
use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct Manager10g<const N: usize> {
    pub clk_core: Signal<In, Clock>,
    pub clk_uplink_rx: Signal<In, Clock>,
    pub clk_blade_rx: [Signal<In, Clock>; N],
    pub reset: Signal<In, Bit>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub blade_tx_data: [Signal<Out, Bits<64>>; N],
    pub blade_tx_hdr: [Signal<Out, Bits<2>>; N],
    pub blade_rx_data: [Signal<In, Bits<64>>; N],
    pub blade_rx_hdr: [Signal<In, Bits<2>>; N],
    pub blade_rx_bitslip: [Signal<Out, Bit>; N],
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub uart_divisor: Signal<In, Bits<16>>,
    core: ManagerCore<N>,
    blade: [BladePort10g; N],
    /// The counter of the link that is asked for.
    count: DFF<Bits<64>>,
}

impl<const N: usize> Default for Manager10g<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk_core clk_uplink_rx reset serdes_tx_data serdes_tx_hdr serdes_rx_data serdes_rx_hdr serdes_rx_bitslip
            uart_rx uart_tx uart_divisor core count
            ; arrays clk_blade_rx blade_tx_data blade_tx_hdr blade_rx_data blade_rx_hdr blade_rx_bitslip blade)
    }
}

impl<const N: usize> Logic for Manager10g<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.core.clk_core.next = self.clk_core.val();
        self.core.clk_uplink_rx.next = self.clk_uplink_rx.val();
        self.core.reset.next = self.reset.val();
        self.serdes_tx_data.next = self.core.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.core.serdes_tx_hdr.val();
        self.core.serdes_rx_data.next = self.serdes_rx_data.val();
        self.core.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.serdes_rx_bitslip.next = self.core.serdes_rx_bitslip.val();
        self.core.uart_divisor.next = self.uart_divisor.val();
        self.core.uart_rx.next = self.uart_rx.val();
        self.uart_tx.next = self.core.uart_tx.val();
        self.count.clock.next = self.clk_core.val();
        self.count.d.next = self.count.q.val();
        self.core.count.next = self.count.q.val();
        self.core.count_valid.next = true;
        for i in 0..N {
            self.blade[i].counter.next = self.core.counter.val();
            if self.core.count_link.val() == i.to_bits::<4>() {
                self.count.d.next = self.blade[i].count.val();
            }
            self.blade[i].clk_core.next = self.clk_core.val();
            self.blade[i].core_reset.next = self.core.core_reset.val();
            self.blade[i].clk_rx.next = self.clk_blade_rx[i].val();
            self.blade[i].reset.next = self.reset.val();
            self.blade[i].max_frame_length.next = self.core.max_frame_length.val();
            self.blade[i].control.next = self.core.link_control[i].val();
            self.blade[i].mac_settings.next = self.core.mac_settings[i].val();
            self.core.mac_report[i].next = self.blade[i].mac_report.val();
            self.blade[i].forwarded.next = self.core.forwarded.val();
            self.blade[i].select.next = self.core.select[i].val();
            self.blade[i].crossed.next = self.core.crossed.val();
            self.blade[i].cross_select.next = self.core.cross_select[i].val();
            self.core.returned[i].next = self.blade[i].returned.val();
            self.blade[i].return_ready.next = self.core.return_ready[i].val();
            self.core.report[i].next = self.blade[i].report.val();
            self.core.events[i].next = self.blade[i].events.val();
            self.blade_tx_data[i].next = self.blade[i].serdes_tx_data.val();
            self.blade_tx_hdr[i].next = self.blade[i].serdes_tx_hdr.val();
            self.blade[i].serdes_rx_data.next = self.blade_rx_data[i].val();
            self.blade[i].serdes_rx_hdr.next = self.blade_rx_hdr[i].val();
            self.blade_rx_bitslip[i].next = self.blade[i].serdes_rx_bitslip.val();
        }
    }
    spareband_hdl::module_name!();
}
