//! The pins of the models, by the names of docs/CORES.md.
use super::serial::Serial;
use crate::error::Result;
use crate::link::baser::Columns;
use crate::link::serdes::{self, Block};
use crate::model::{Clock, Input, Model, Output};

/// The serial side of a 10GBASE-R link end.
pub struct SerdesPins {
    tx_data: Output<u64>,
    tx_hdr: Output<u8>,
    rx_data: Input<u64>,
    rx_hdr: Input<u8>,
    rx_bitslip: Output<u8>,
}

impl SerdesPins {
    /// `name` makes the port's name of `tx_data` and so on.
    pub fn new(model: &Model, name: impl Fn(&str) -> String) -> Result<Self> {
        Ok(Self {
            tx_data: model.output(&name("tx_data"))?,
            tx_hdr: model.output(&name("tx_hdr"))?,
            rx_data: model.input(&name("rx_data"))?,
            rx_hdr: model.input(&name("rx_hdr"))?,
            rx_bitslip: model.output(&name("rx_bitslip"))?,
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

/// The register access of any device.
pub struct UartPins {
    rx: Input<u8>,
    tx: Output<u8>,
}

impl UartPins {
    /// An idle line, at so many clocks a bit.
    pub fn new(model: &Model, divisor: u16) -> Result<Self> {
        model.input::<u16>("uart_divisor")?.set(divisor);
        let pins = Self {
            rx: model.input("uart_rx")?,
            tx: model.output("uart_tx")?,
        };
        pins.rx.set(1);
        Ok(pins)
    }

    #[inline(always)]
    pub fn exchange(&self, serial: &mut Serial) {
        self.rx.set(serial.cycle(self.tx.get() != 0).into());
    }
}

/// What every manager has.
pub struct CorePins {
    pub clk_core: Clock,
    pub clk_uplink_rx: Clock,
    pub reset: Input<u8>,
    pub serdes: SerdesPins,
    pub uart: UartPins,
}

impl CorePins {
    pub fn new(model: &Model, uart_divisor: u16) -> Result<Self> {
        Ok(Self {
            clk_core: model.clock("clk_core")?,
            clk_uplink_rx: model.clock("clk_uplink_rx")?,
            reset: model.input("reset")?,
            serdes: SerdesPins::new(model, |pin| format!("serdes_{pin}"))?,
            uart: UartPins::new(model, uart_divisor)?,
        })
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
    pub serdes: SerdesPins,
}

impl BlockLinkPins {
    pub fn new(model: &Model, index: usize) -> Result<Self> {
        Ok(Self {
            clk_rx: model.clock(&format!("clk_blade_rx_{index}"))?,
            serdes: SerdesPins::new(model, |pin| format!("blade_{pin}_{index}"))?,
        })
    }
}

/// A blade on a 1000BASE-X link.
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
    pub uart: UartPins,
}

impl BladePins {
    /// Whether no clock needs an evaluation for its falling edge.
    pub fn fall_alone(&self) -> bool {
        self.clk_blade_tx.falls_alone() && self.clk_blade_rx.falls_alone()
    }

    pub fn new(model: &Model, uart_divisor: u16) -> Result<Self> {
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
            uart: UartPins::new(model, uart_divisor)?,
        })
    }
}

/// A blade on a 10GBASE-R link.
pub struct Blade10gPins {
    pub clk_blade_tx: Clock,
    pub clk_blade_rx: Clock,
    pub reset: Input<u8>,
    xgmii_txd: Input<u64>,
    xgmii_txc: Input<u8>,
    xgmii_rxd: Output<u64>,
    xgmii_rxc: Output<u8>,
    pub serdes: SerdesPins,
    rx_block_lock: Output<u8>,
    pub uart: UartPins,
}

impl Blade10gPins {
    pub fn new(model: &Model, uart_divisor: u16) -> Result<Self> {
        Ok(Self {
            clk_blade_tx: model.clock("clk_blade_tx")?,
            clk_blade_rx: model.clock("clk_blade_rx")?,
            reset: model.input("reset")?,
            xgmii_txd: model.input("xgmii_txd")?,
            xgmii_txc: model.input("xgmii_txc")?,
            xgmii_rxd: model.output("xgmii_rxd")?,
            xgmii_rxc: model.output("xgmii_rxc")?,
            serdes: SerdesPins::new(model, |pin| format!("serdes_{pin}"))?,
            rx_block_lock: model.output("rx_block_lock")?,
            uart: UartPins::new(model, uart_divisor)?,
        })
    }

    /// Whether no clock needs an evaluation for its falling edge.
    pub fn fall_alone(&self) -> bool {
        self.clk_blade_tx.falls_alone() && self.clk_blade_rx.falls_alone()
    }

    pub fn locked(&self) -> bool {
        self.rx_block_lock.get() != 0
    }

    /// What the blade gives to its server.
    #[inline(always)]
    pub fn for_server(&self) -> Columns {
        Columns {
            data: self.xgmii_rxd.get(),
            control: self.xgmii_rxc.get(),
        }
    }

    #[inline(always)]
    pub fn set_from_server(&self, columns: Columns) {
        self.xgmii_txd.set(columns.data);
        self.xgmii_txc.set(columns.control);
    }
}
