//! A blade's gateware on a link that is itself 10GBASE-R: a bump in the wire between a server's XGMII and the backplane, which adds the
//! server's utilisation record in mode D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_blade_tx | in | 1 | | 156.25 MHz; the server's TX_CLK |
//! | clk_blade_rx | in | 1 | | 156.25 MHz, recovered from the backplane; the server's RX_CLK. Each of the two within 200 ppm |
//! | reset | in | 1 | any | active high |
//! | xgmii_txd, xgmii_txc | in | 64, 8 | clk_blade_tx | from the server, two columns a cycle, lane 0 in the low bits |
//! | xgmii_rxd, xgmii_rxc | out | 64, 8 | clk_blade_rx | to the server |
//! | serdes_tx_data, serdes_tx_hdr | out | 64, 2 | clk_blade_tx | 66-bit blocks to the backplane; bit 0 first, header before data |
//! | serdes_rx_data, serdes_rx_hdr | in | 64, 2 | clk_blade_rx | 66-bit blocks from the backplane |
//! | serdes_rx_bitslip, serdes_rx_reset_req | out | 1 | clk_blade_rx | as in `Pcs10gbaseR` |
//! | uart_rx, uart_tx | in, out | 1 | any, clk_blade_tx | register access of the agent on the server |
//! | uart_divisor | in | 16 | static | cycles of clk_blade_tx of one bit |
//! | rx_block_lock | out | 1 | clk_blade_rx | the link is synchronised |
//!
//! Invariant: frames pass unchanged in both directions, whatever the registers say; only idle columns between them carry records.
//! The registers are those of `Blade`: `sync` is block lock, `code_errors` are bad blocks and blocks out of sequence; there is no
//! auto-negotiation and no elastic buffer, so their fields read 0. Records go where the link's mode is D; each other mode sends none.
//! The server has a reconciliation sublayer of its own (46.3.4): faults pass to it, and its answers pass to the link. While this end sees
//! a fault, no record goes.
//! Latency: `Pcs10gbaseR`, nothing beyond it. Throughput: 10 Gb/s in both directions. Holds no logic but the sum of two kinds of error.

use crate::csr::{BladeRegisters, UartRegisterMaster};
use crate::pcs::baser::Pcs10gbaseR;
use crate::rs::LinkFault;
use crate::util::SequenceInject;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CdcBit, CdcEvents, ResetSync};
use spareband_spec::embedding;
use spareband_spec::regs::CORE_CLOCK_HZ;

#[derive(LogicBlock)]
pub struct Blade10g {
    pub clk_blade_tx: Signal<In, Clock>,
    pub clk_blade_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub xgmii_txd: Signal<In, Bits<64>>,
    pub xgmii_txc: Signal<In, Bits<8>>,
    pub xgmii_rxd: Signal<Out, Bits<64>>,
    pub xgmii_rxc: Signal<Out, Bits<8>>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub serdes_rx_reset_req: Signal<Out, Bit>,
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub uart_divisor: Signal<In, Bits<16>>,
    pub rx_block_lock: Signal<Out, Bit>,
    reset_tx: ResetSync,
    reset_rx: ResetSync,
    pcs: Pcs10gbaseR,
    link_fault: LinkFault,
    inject: SequenceInject,
    uart: UartRegisterMaster,
    registers: BladeRegisters,
    block_lock_to_tx: CdcBit,
    local_fault_to_tx: CdcBit,
    remote_fault_to_tx: CdcBit,
    code_errors: CdcEvents,
    mode_d: Constant<Bits<3>>,
    link_up: Signal<Local, Bit>,
}

impl Default for Blade10g {
    fn default() -> Self {
        with_defaults!(Self {
            registers: BladeRegisters::new(CORE_CLOCK_HZ),
            mode_d: Constant::new(bits::<3>(embedding::D.into())),
        }
            defaults clk_blade_tx clk_blade_rx reset xgmii_txd xgmii_txc xgmii_rxd xgmii_rxc serdes_tx_data serdes_tx_hdr serdes_rx_data
            serdes_rx_hdr serdes_rx_bitslip serdes_rx_reset_req uart_rx uart_tx uart_divisor rx_block_lock reset_tx reset_rx pcs
            link_fault inject uart block_lock_to_tx local_fault_to_tx remote_fault_to_tx code_errors link_up)
    }
}

impl Logic for Blade10g {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.reset_tx.clk.next = self.clk_blade_tx.val();
        self.reset_tx.reset_in.next = self.reset.val();
        self.reset_rx.clk.next = self.clk_blade_rx.val();
        self.reset_rx.reset_in.next = self.reset.val();

        // From the server to the backplane.
        self.inject.clk.next = self.clk_blade_tx.val();
        self.inject.reset.next = self.reset_tx.reset_out.val();
        self.inject.enable.next = self.registers.record_enable.val() & (self.registers.link_control.val().mode == self.mode_d.val());
        self.inject.inhibit.next = !self.link_up.val();
        self.inject.chassis.next = false;
        self.inject.record.next = self.registers.record.val();
        self.inject.mac_txd.next = self.xgmii_txd.val();
        self.inject.mac_txc.next = self.xgmii_txc.val();
        self.pcs.tx_clk.next = self.clk_blade_tx.val();
        self.pcs.tx_rst.next = self.reset_tx.reset_out.val();
        self.pcs.xgmii_txd.next = self.inject.xgmii_txd.val();
        self.pcs.xgmii_txc.next = self.inject.xgmii_txc.val();
        self.serdes_tx_data.next = self.pcs.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.pcs.serdes_tx_hdr.val();
        self.pcs.cfg_tx_prbs31_enable.next = false;

        // From the backplane to the server.
        self.pcs.rx_clk.next = self.clk_blade_rx.val();
        self.pcs.rx_rst.next = self.reset_rx.reset_out.val();
        self.pcs.serdes_rx_data.next = self.serdes_rx_data.val();
        self.pcs.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.serdes_rx_bitslip.next = self.pcs.serdes_rx_bitslip.val();
        self.serdes_rx_reset_req.next = self.pcs.serdes_rx_reset_req.val();
        self.pcs.cfg_rx_prbs31_enable.next = false;
        self.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.xgmii_rxc.next = self.pcs.xgmii_rxc.val();
        self.rx_block_lock.next = self.pcs.rx_block_lock.val();
        self.link_fault.clk.next = self.clk_blade_rx.val();
        self.link_fault.reset.next = self.reset_rx.reset_out.val();
        self.link_fault.xgmii_rxd.next = self.pcs.xgmii_rxd.val();
        self.link_fault.xgmii_rxc.next = self.pcs.xgmii_rxc.val();

        self.uart.clk.next = self.clk_blade_tx.val();
        self.uart.reset.next = self.reset_tx.reset_out.val();
        self.uart.divisor.next = self.uart_divisor.val();
        self.uart.rx.next = self.uart_rx.val();
        self.uart_tx.next = self.uart.tx.val();
        self.registers.clk.next = self.clk_blade_tx.val();
        self.registers.reset.next = self.reset_tx.reset_out.val();
        self.registers.bus_address.next = self.uart.bus_address.val();
        self.registers.bus_write_data.next = self.uart.bus_write_data.val();
        self.registers.bus_write.next = self.uart.bus_write.val();
        self.registers.bus_read.next = self.uart.bus_read.val();
        self.uart.bus_read_data.next = self.registers.bus_read_data.val();
        self.uart.bus_done.next = self.registers.bus_done.val();
        self.uart.bus_error.next = self.registers.bus_error.val();

        self.block_lock_to_tx.clk.next = self.clk_blade_tx.val();
        self.block_lock_to_tx.d.next = self.pcs.rx_block_lock.val();
        self.local_fault_to_tx.clk.next = self.clk_blade_tx.val();
        self.local_fault_to_tx.d.next = self.link_fault.local_fault.val();
        self.remote_fault_to_tx.clk.next = self.clk_blade_tx.val();
        self.remote_fault_to_tx.d.next = self.link_fault.remote_fault.val();
        self.link_up.next = self.block_lock_to_tx.q.val() & !self.local_fault_to_tx.q.val() & !self.remote_fault_to_tx.q.val();
        self.registers.sync.next = self.block_lock_to_tx.q.val();
        self.registers.link_up.next = self.link_up.val();
        self.registers.an_complete.next = false;
        self.registers.an_lp_ability.next = 0.into();
        self.registers.rx_frames_broken.next = 0.into();
        self.code_errors.in_clk.next = self.clk_blade_rx.val();
        self.code_errors.event_in.next = self.pcs.rx_bad_block.val() | self.pcs.rx_sequence_error.val();
        self.code_errors.out_clk.next = self.clk_blade_tx.val();
        self.registers.code_errors.next = self.code_errors.increment.val();
    }
}
