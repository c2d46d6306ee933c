//! The pins of the models, by the names of docs/CORES.md.
use crate::error::Result;
use crate::link::serdes::{self, Block};
use crate::model::{Clock, Input, Model, Output};

/// What every manager has.
pub struct CorePins {
    pub clk_core: Clock,
    pub clk_uplink_rx: Clock,
    pub reset: Input<u8>,
    serdes_tx_data: Output<u64>,
    serdes_tx_hdr: Output<u8>,
    serdes_rx_data: Input<u64>,
    serdes_rx_hdr: Input<u8>,
    serdes_rx_bitslip: Output<u8>,
    pub uart_rx: Input<u8>,
    pub uart_tx: Output<u8>,
    pub uart_divisor: Input<u16>,
}

impl CorePins {
    pub fn new(model: &Model) -> Result<Self> {
        Ok(Self {
            clk_core: model.clock("clk_core")?,
            clk_uplink_rx: model.clock("clk_uplink_rx")?,
            reset: model.input("reset")?,
            serdes_tx_data: model.output("serdes_tx_data")?,
            serdes_tx_hdr: model.output("serdes_tx_hdr")?,
            serdes_rx_data: model.input("serdes_rx_data")?,
            serdes_rx_hdr: model.input("serdes_rx_hdr")?,
            serdes_rx_bitslip: model.output("serdes_rx_bitslip")?,
            uart_rx: model.input("uart_rx")?,
            uart_tx: model.output("uart_tx")?,
            uart_divisor: model.input("uart_divisor")?,
        })
    }

    #[inline(always)]
    pub fn sent(&self) -> Block {
        serdes::block(self.serdes_tx_hdr.get(), self.serdes_tx_data.get())
    }

    #[inline(always)]
    pub fn bitslip(&self) -> bool {
        self.serdes_rx_bitslip.get() != 0
    }

    #[inline(always)]
    pub fn receive(&self, block: Block) {
        self.serdes_rx_hdr.set(serdes::header(block));
        self.serdes_rx_data.set(serdes::payload(block));
    }
}

/// A 1000BASE-X blade's side of a manager.
pub struct BackplanePins {
    pub clk_rx: Clock,
    pub tx_code_group: Output<u16>,
    pub rx_code_group: Input<u16>,
}

impl BackplanePins {
    pub fn new(model: &Model, index: usize) -> Result<Self> {
        Ok(Self {
            clk_rx: model.clock(&format!("clk_blade_rx_{index}"))?,
            tx_code_group: model.output(&format!("blade_tx_code_group_{index}"))?,
            rx_code_group: model.input(&format!("blade_rx_code_group_{index}"))?,
        })
    }
}

/// A 10GBASE-R blade's side of a manager.
pub struct BlockLinkPins {
    pub clk_rx: Clock,
    tx_data: Output<u64>,
    tx_hdr: Output<u8>,
    rx_data: Input<u64>,
    rx_hdr: Input<u8>,
    rx_bitslip: Output<u8>,
}

impl BlockLinkPins {
    pub fn new(model: &Model, index: usize) -> Result<Self> {
        Ok(Self {
            clk_rx: model.clock(&format!("clk_blade_rx_{index}"))?,
            tx_data: model.output(&format!("blade_tx_data_{index}"))?,
            tx_hdr: model.output(&format!("blade_tx_hdr_{index}"))?,
            rx_data: model.input(&format!("blade_rx_data_{index}"))?,
            rx_hdr: model.input(&format!("blade_rx_hdr_{index}"))?,
            rx_bitslip: model.output(&format!("blade_rx_bitslip_{index}"))?,
        })
    }

    #[inline(always)]
    pub fn sent(&self) -> Block {
        serdes::block(self.tx_hdr.get(), self.tx_data.get())
    }

    #[inline(always)]
    pub fn bitslip(&self) -> bool {
        self.rx_bitslip.get() != 0
    }

    #[inline(always)]
    pub fn receive(&self, block: Block) {
        self.rx_hdr.set(serdes::header(block));
        self.rx_data.set(serdes::payload(block));
    }
}

pub struct BladePins {
    pub clk_blade_tx: Clock,
    pub clk_blade_rx: Clock,
    pub reset: Input<u8>,
    pub gmii_txd: Input<u8>,
    pub gmii_tx_en: Input<u8>,
    pub gmii_tx_er: Input<u8>,
    pub gmii_rxd: Output<u8>,
    pub gmii_rx_dv: Output<u8>,
    pub gmii_rx_er: Output<u8>,
    pub tx_code_group: Output<u16>,
    pub rx_code_group: Input<u16>,
    pub sync: Output<u8>,
    pub uart_rx: Input<u8>,
    pub uart_tx: Output<u8>,
    pub uart_divisor: Input<u16>,
}

impl BladePins {
    /// Whether no clock needs an evaluation for its falling edge.
    pub fn fall_alone(&self) -> bool {
        self.clk_blade_tx.falls_alone() && self.clk_blade_rx.falls_alone()
    }

    pub fn new(model: &Model) -> Result<Self> {
        Ok(Self {
            clk_blade_tx: model.clock("clk_blade_tx")?,
            clk_blade_rx: model.clock("clk_blade_rx")?,
            reset: model.input("reset")?,
            gmii_txd: model.input("gmii_txd")?,
            gmii_tx_en: model.input("gmii_tx_en")?,
            gmii_tx_er: model.input("gmii_tx_er")?,
            gmii_rxd: model.output("gmii_rxd")?,
            gmii_rx_dv: model.output("gmii_rx_dv")?,
            gmii_rx_er: model.output("gmii_rx_er")?,
            tx_code_group: model.output("tx_code_group")?,
            rx_code_group: model.input("rx_code_group")?,
            sync: model.output("sync")?,
            uart_rx: model.input("uart_rx")?,
            uart_tx: model.output("uart_tx")?,
            uart_divisor: model.input("uart_divisor")?,
        })
    }
}
