//! The models of a chassis: a manager with its blades, and a root manager above such chassis. Each knows its pins and its lines; when
//! what happens is `Chassis`'s business.
use super::serial::Serial;
use super::wires::{BackplanePins, BladePins, BlockLinkPins, CorePins};
use crate::error::Result;
use crate::link::gmii::Gmii;
use crate::link::serdes::{Block, BlockLine, CodeGroupLine};
use crate::model::{Clock, Model, ModelLibrary};
use crate::server::Server;
use rand::Rng;
use rand::rngs::StdRng;
use std::path::Path;

/// What the two ends of the uplink and the UART need of any manager.
pub struct Node {
    pub model: Model,
    pub pins: CorePins,
    pub serial: Serial,
}

impl Node {
    fn new(library: &ModelLibrary, uart_divisor: u16) -> Result<Self> {
        let model = library.instantiate()?;
        let pins = CorePins::new(&model)?;
        pins.uart_divisor.set(uart_divisor);
        pins.uart_rx.set(1);
        Ok(Self {
            model,
            pins,
            serial: Serial::new(uart_divisor.into()),
        })
    }

    #[inline(always)]
    pub fn uart(&mut self) {
        self.pins.uart_rx.set(self.serial.cycle(self.pins.uart_tx.get() != 0).into());
    }

    fn fall_alone(&self) -> bool {
        self.pins.clk_core.falls_alone() && self.pins.clk_uplink_rx.falls_alone()
    }
}

/// A blade and its line to the manager.
pub struct BladeUnit {
    pub model: Model,
    pub pins: BladePins,
    pub backplane: BackplanePins,
    to_blade: CodeGroupLine,
    to_manager: CodeGroupLine,
    pub serial: Serial,
}

impl BladeUnit {
    /// What happens at an edge of the clock that the manager sends with: the blade's receiver runs on it too.
    #[inline(always)]
    pub fn receive_side(&mut self) {
        self.pins.rx_code_group.set(self.to_blade.pass(self.backplane.tx_code_group.get()));
    }

    /// What happens at an edge of the blade's own clock, which is the server's in both directions.
    #[inline(always)]
    pub fn send_side(&mut self, server: &mut Server, time: u64) {
        let p = &self.pins;
        let received = Gmii {
            data: p.gmii_rxd.get(),
            valid: p.gmii_rx_dv.get() != 0,
            error: p.gmii_rx_er.get() != 0,
        };
        server.receive(received, time);
        let sent = server.transmit(time);
        self.backplane.rx_code_group.set(self.to_manager.pass(p.tx_code_group.get()));
        p.gmii_txd.set(sent.data);
        p.gmii_tx_en.set(sent.valid.into());
        p.gmii_tx_er.set(sent.error.into());
        p.uart_rx.set(self.serial.cycle(p.uart_tx.get() != 0).into());
    }
}

/// A manager with 1000BASE-X links to its blades.
pub struct Unit {
    pub node: Node,
    pub clk_blade_tx: Clock,
    pub blades: Vec<BladeUnit>,
}

impl Unit {
    pub fn new(folder: &Path, blades: usize, uart_divisor: u16, random: &mut StdRng) -> Result<Self> {
        let node = Node::new(&ModelLibrary::load(folder, &format!("manager_{blades}"))?, uart_divisor)?;
        let library = ModelLibrary::load(folder, "blade")?;
        let blade = |index: usize| -> Result<BladeUnit> {
            let model = library.instantiate()?;
            let pins = BladePins::new(&model)?;
            pins.uart_divisor.set(uart_divisor);
            pins.uart_rx.set(1);
            Ok(BladeUnit {
                backplane: BackplanePins::new(&node.model, index)?,
                model,
                pins,
                to_blade: CodeGroupLine::new(random.gen_range(0..10)),
                to_manager: CodeGroupLine::new(random.gen_range(0..10)),
                serial: Serial::new(uart_divisor.into()),
            })
        };
        let blades = (0..blades).map(blade).collect::<Result<_>>()?;
        Ok(Self {
            clk_blade_tx: node.model.clock("clk_blade_tx")?,
            node,
            blades,
        })
    }

    pub fn reset(&self, level: u8) {
        self.node.pins.reset.set(level);
        self.blades.iter().for_each(|b| b.pins.reset.set(level));
    }

    /// Whether no clock needs an evaluation for its falling edge.
    pub fn fall_alone(&self) -> bool {
        let blade = |b: &BladeUnit| b.pins.fall_alone() && b.backplane.clk_rx.falls_alone();
        self.node.fall_alone() && self.clk_blade_tx.falls_alone() && self.blades.iter().all(blade)
    }
}

/// A manager with 10GBASE-R links to the uplinks of chassis.
pub struct Root {
    pub node: Node,
    links: Vec<BlockLink>,
}

struct BlockLink {
    pins: BlockLinkPins,
    to_chassis: BlockLine,
    to_root: BlockLine,
}

impl Root {
    pub fn new(folder: &Path, chassis: usize, uart_divisor: u16, random: &mut StdRng) -> Result<Self> {
        let node = Node::new(&ModelLibrary::load(folder, &format!("manager_10g_{chassis}"))?, uart_divisor)?;
        let link = |index: usize| -> Result<BlockLink> {
            Ok(BlockLink {
                pins: BlockLinkPins::new(&node.model, index)?,
                to_chassis: BlockLine::new(random.gen_range(0..66)),
                to_root: BlockLine::new(random.gen_range(0..66)),
            })
        };
        let links = (0..chassis).map(link).collect::<Result<_>>()?;
        Ok(Self { node, links })
    }

    pub fn fall_alone(&self) -> bool {
        self.node.fall_alone() && self.links.iter().all(|l| l.pins.clk_rx.falls_alone())
    }

    /// One block each way between the root and each chassis.
    #[inline(always)]
    pub fn exchange(&mut self, units: &[Unit]) {
        for (link, unit) in self.links.iter_mut().zip(units) {
            let chassis = &unit.node.pins;
            let down: Block = link.to_chassis.pass(link.pins.sent(), chassis.bitslip());
            link.pins.receive(link.to_root.pass(chassis.sent(), link.pins.bitslip()));
            chassis.receive(down);
        }
    }

    /// Clocks recovered from the chassis.
    #[inline(always)]
    pub fn link_clocks(&self, change: impl Fn(&Clock)) {
        self.links.iter().for_each(|l| change(&l.pins.clk_rx));
    }
}
