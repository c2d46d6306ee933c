//! A manager of N blades: a 10GBASE-R uplink, a 1000BASE-X link to each blade, and what decides which blade a frame goes to.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core | in | 1 | | 156.25 MHz: uplink transmit, forwarding, registers |
//! | clk_uplink_rx | in | 1 | | 156.25 MHz, recovered from the uplink |
//! | clk_blade_tx | in | 1 | | 125 MHz: transmit to every blade |
//! | clk_blade_rx | in | N x 1 | | 125 MHz, recovered from each blade's link |
//! | reset | in | 1 | any | active high, at least 64 cycles of the slowest clock |
//! | serdes_tx_data, serdes_tx_hdr | out | 64, 2 | clk_core | 66-bit blocks to the uplink; bit 0 first, header before data |
//! | serdes_rx_data, serdes_rx_hdr | in | 64, 2 | clk_uplink_rx | 66-bit blocks from the uplink |
//! | serdes_rx_bitslip | out | 1 | clk_uplink_rx | one cycle: move the block boundary by a bit |
//! | blade_tx_code_group | out | N x 10 | clk_blade_tx | code-groups to each blade, bit 0 first |
//! | blade_rx_code_group | in | N x 10 | clk_blade_rx | code-groups from each blade, any alignment |
//! | uart_rx, uart_tx | in, out | 1 | any, clk_core | register access, 8N1 |
//! | uart_divisor | in | 16 | static | cycles of clk_core of one bit |
//!
//! Invariant: no blade's link, queue or load delays another blade's frames.
//! Latency and throughput: those of its parts; see docs/ARCHITECTURE.md. Holds no logic.
//! A blade's return queue holds 2^R words of 64 bits, `return_words_log2` of the blades.

use crate::blade_port::BladePort;
use crate::mac::SharedStatistics;
use crate::manager_core::ManagerCore;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetSync;

/// Up to 8 blades 16 KiB: a jumbo frame of 9600 bytes, and 6.8 KB that come while one of each other blade is sent. Beyond that 32 KiB: more blades
/// take longer, and from the tenth on together they are as fast as the uplink.
pub const fn return_words_log2(blades: usize) -> usize {
    if blades > 8 { 12 } else { 11 }
}

#[derive(LogicBlock)]
pub struct Manager<const N: usize, const R: usize> {
    pub clk_core: Signal<In, Clock>,
    pub clk_uplink_rx: Signal<In, Clock>,
    pub clk_blade_tx: Signal<In, Clock>,
    pub clk_blade_rx: [Signal<In, Clock>; N],
    pub reset: Signal<In, Bit>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub blade_tx_code_group: [Signal<Out, Bits<10>>; N],
    pub blade_rx_code_group: [Signal<In, Bits<10>>; N],
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub uart_divisor: Signal<In, Bits<16>>,
    blade_tx_reset: ResetSync,
    core: ManagerCore<N>,
    blade: [BladePort<R>; N],
    statistics: SharedStatistics<N>,
}

impl<const N: usize, const R: usize> Default for Manager<N, R> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk_core clk_uplink_rx clk_blade_tx reset serdes_tx_data serdes_tx_hdr serdes_rx_data serdes_rx_hdr
            serdes_rx_bitslip uart_rx uart_tx uart_divisor blade_tx_reset core statistics
            ; arrays clk_blade_rx blade_tx_code_group blade_rx_code_group blade)
    }
}

impl<const N: usize, const R: usize> Logic for Manager<N, R> {
    #[hdl_gen]
    fn update(&mut self) {
        self.blade_tx_reset.clk.next = self.clk_blade_tx.val();
        self.blade_tx_reset.reset_in.next = self.reset.val();
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
        self.statistics.clk.next = self.clk_core.val();
        self.statistics.read.next = self.core.count_read.val();
        self.statistics.read_link.next = self.core.count_link.val();
        self.statistics.read_counter.next = self.core.counter.val();
        self.core.count_valid.next = self.statistics.read_valid.val();
        self.core.count.next = self.statistics.read_data.val();
        for i in 0..N {
            self.statistics.tx_waiting[i].next = self.blade[i].tx_report_waiting.val();
            self.statistics.tx_report[i].next = self.blade[i].tx_report.val();
            self.blade[i].tx_report_take.next = self.statistics.tx_take[i].val();
            self.statistics.rx_waiting[i].next = self.blade[i].rx_report_waiting.val();
            self.statistics.rx_report[i].next = self.blade[i].rx_report.val();
            self.blade[i].rx_report_take.next = self.statistics.rx_take[i].val();
            self.statistics.drop_event[i].next = self.blade[i].drop_event.val();
            self.blade[i].clk_core.next = self.clk_core.val();
            self.blade[i].core_reset.next = self.core.core_reset.val();
            self.blade[i].clk_blade_tx.next = self.clk_blade_tx.val();
            self.blade[i].blade_tx_reset.next = self.blade_tx_reset.reset_out.val();
            self.blade[i].clk_blade_rx.next = self.clk_blade_rx[i].val();
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
            self.blade_tx_code_group[i].next = self.blade[i].tx_code_group.val();
            self.blade[i].rx_code_group.next = self.blade_rx_code_group[i].val();
        }
    }
    spareband_hdl::module_name!();
}
