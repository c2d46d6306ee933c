//! A blade's gateware: a bump in the wire between a server's GMII and the backplane, which adds the server's utilisation record.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk_blade_tx | in | | 125 MHz; the server's one clock, GTX_CLK and RX_CLK |
//! | clk_blade_rx | in | | 125 MHz, recovered from the backplane; each of the two within 200 ppm |
//! | reset | in | any | active high |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | in | clk_blade_tx | from the server |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | out | clk_blade_tx | to the server |
//! | tx_code_group | out | clk_blade_tx | to the backplane, bit 0 first |
//! | rx_code_group | in | clk_blade_rx | from the backplane, bit 0 first, any alignment |
//! | uart_rx, uart_tx | in, out | any, clk_blade_tx | register access of the agent on the server |
//! | uart_divisor | in | static | cycles of clk_blade_tx of one bit |
//! | sync | out | clk_blade_rx | the link is synchronised |
//!
//! Invariant: frames pass unchanged in both directions, whatever the registers say; only idle sets between them carry records.
//! Latency: that of `UtilisationPcs1000baseX`, and to the server that of `ElasticBuffer`. Throughput: 1 Gb/s in both directions.
//! What the server must leave between frames: 5 cycles for a whole preamble (/T/R/R/ and one idle set). A gap of 8, the least that
//! the standard lets a receiver see, carries one symbol of a record, one of 12 carries three; below 8 records wait for longer gaps.

use crate::csr::{BladeRegisters, UartRegisterMaster};
use crate::pcs::basex::{ElasticBuffer, Pcs1000baseX};
use crate::util::UtilisationTransmit1g;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CdcBit, CdcBits, CdcEvents, ResetSync};

#[derive(LogicBlock, Default)]
pub struct Blade {
    pub clk_blade_tx: Signal<In, Clock>,
    pub clk_blade_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub gmii_txd: Signal<In, Bits<8>>,
    pub gmii_tx_en: Signal<In, Bit>,
    pub gmii_tx_er: Signal<In, Bit>,
    pub gmii_rxd: Signal<Out, Bits<8>>,
    pub gmii_rx_dv: Signal<Out, Bit>,
    pub gmii_rx_er: Signal<Out, Bit>,
    pub tx_code_group: Signal<Out, Bits<10>>,
    pub rx_code_group: Signal<In, Bits<10>>,
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub uart_divisor: Signal<In, Bits<16>>,
    pub sync: Signal<Out, Bit>,
    reset_tx: ResetSync,
    reset_rx: ResetSync,
    pcs: Pcs1000baseX,
    elastic_buffer: ElasticBuffer,
    utilisation: UtilisationTransmit1g,
    uart: UartRegisterMaster,
    registers: BladeRegisters,
    sync_to_tx: CdcBit,
    link_up: CdcBit,
    an_complete: CdcBit,
    an_lp_ability: CdcBits<16>,
    code_errors: CdcEvents,
}

impl Logic for Blade {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.reset_tx.clk.next = self.clk_blade_tx.val();
        self.reset_tx.reset_in.next = self.reset.val();
        self.reset_rx.clk.next = self.clk_blade_rx.val();
        self.reset_rx.reset_in.next = self.reset.val();

        self.pcs.tx_clk.next = self.clk_blade_tx.val();
        self.pcs.tx_reset.next = self.reset_tx.reset_out.val();
        self.pcs.gmii_txd.next = self.utilisation.pcs_txd.val();
        self.pcs.gmii_tx_en.next = self.gmii_tx_en.val();
        self.pcs.gmii_tx_er.next = self.gmii_tx_er.val();
        self.tx_code_group.next = self.pcs.tx_code_group.val();
        self.utilisation.clk.next = self.clk_blade_tx.val();
        self.utilisation.reset.next = self.reset_tx.reset_out.val();
        self.utilisation.mode.next = self.registers.link_control.val().mode;
        self.utilisation.enable.next = self.registers.record_enable.val();
        self.utilisation.record.next = self.registers.record.val();
        self.utilisation.tx_data.next = self.pcs.tx_data.val();
        self.utilisation.set_sent.next = self.pcs.set_sent.val();
        self.utilisation.offer_taken.next = self.pcs.offer_taken.val();
        self.pcs.offer_valid.next = self.utilisation.offer_valid.val();
        self.pcs.offer_control.next = self.utilisation.offer_control.val();
        self.pcs.offer.next = self.utilisation.offer.val();
        self.utilisation.gmii_txd.next = self.gmii_txd.val();
        self.utilisation.gmii_tx_en.next = self.gmii_tx_en.val();
        self.utilisation.gmii_tx_er.next = self.gmii_tx_er.val();
        self.pcs.an_enable.next = self.registers.link_control.val().an_enable;
        self.pcs.an_restart.next = self.registers.link_control.val().an_restart;
        self.pcs.an_sgmii.next = false;
        self.pcs.an_ability.next = self.registers.link_control.val().an_ability;
        self.pcs.an_link_timer.next = self.registers.link_control.val().an_link_timer;
        self.pcs.rx_clk.next = self.clk_blade_rx.val();
        self.pcs.rx_reset.next = self.reset_rx.reset_out.val();
        self.pcs.rx_code_group.next = self.rx_code_group.val();
        self.elastic_buffer.write_clk.next = self.clk_blade_rx.val();
        self.elastic_buffer.write_reset.next = self.reset_rx.reset_out.val();
        self.elastic_buffer.in_rxd.next = self.pcs.gmii_rxd.val();
        self.elastic_buffer.in_rx_dv.next = self.pcs.gmii_rx_dv.val();
        self.elastic_buffer.in_rx_er.next = self.pcs.gmii_rx_er.val();
        self.elastic_buffer.read_clk.next = self.clk_blade_tx.val();
        self.elastic_buffer.read_reset.next = self.reset_tx.reset_out.val();
        self.gmii_rxd.next = self.elastic_buffer.gmii_rxd.val();
        self.gmii_rx_dv.next = self.elastic_buffer.gmii_rx_dv.val();
        self.gmii_rx_er.next = self.elastic_buffer.gmii_rx_er.val();
        self.registers.rx_frames_broken.next = self.elastic_buffer.frames_broken.val();
        self.sync.next = self.pcs.sync.val();

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

        self.sync_to_tx.clk.next = self.clk_blade_tx.val();
        self.sync_to_tx.d.next = self.pcs.sync.val();
        self.link_up.clk.next = self.clk_blade_tx.val();
        self.link_up.d.next = self.pcs.link_up.val();
        self.registers.link_up.next = self.link_up.q.val();
        self.an_complete.clk.next = self.clk_blade_tx.val();
        self.an_complete.d.next = self.pcs.an_complete.val();
        self.registers.an_complete.next = self.an_complete.q.val();
        self.an_lp_ability.tx_clk.next = self.clk_blade_rx.val();
        self.an_lp_ability.tx_data.next = self.pcs.an_lp_ability.val();
        self.an_lp_ability.rx_clk.next = self.clk_blade_tx.val();
        self.registers.an_lp_ability.next = self.an_lp_ability.rx_data.val();
        self.registers.sync.next = self.sync_to_tx.q.val();
        self.code_errors.in_clk.next = self.clk_blade_rx.val();
        self.code_errors.event_in.next = self.pcs.rx_code_error.val() | self.pcs.rx_disparity_error.val();
        self.code_errors.out_clk.next = self.clk_blade_tx.val();
        self.registers.code_errors.next = self.code_errors.increment.val();
    }
}
