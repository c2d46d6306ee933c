//! The models of a chassis: a manager with its blades, and a root manager above such chassis. Each knows its pins and its lines; when
//! what happens is `Chassis`'s business.
use super::serial::Serial;
use super::wires::{BackplanePins, Blade10gPins, BladePins, BlockLinkPins, CorePins, SerdesPins};
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
        let pins = CorePins::new(&model, uart_divisor)?;
        Ok(Self {
            model,
            pins,
            serial: Serial::new(uart_divisor.into()),
        })
    }

    #[inline(always)]
    pub fn uart(&mut self) {
        self.pins.uart.exchange(&mut self.serial);
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
    /// Nothing of what the blade sends reaches the manager.
    pub cut: bool,
    /// When each frame began at the manager's pins.
    pub starts: Vec<u64>,
}

/// /S/, K27.7, at either running disparity (IEEE 802.3 Table 36-2); bit 0 first on the wire.
const START_OF_PACKET: [u16; 2] = [0x05B, 0x3A4];
/// A line that nobody drives: no code-group of the standard.
const SILENCE: u16 = 0;

impl BladeUnit {
    /// What happens at an edge of the clock that the manager sends with: the blade's receiver runs on it too.
    #[inline(always)]
    pub fn receive_side(&mut self, time: u64) {
        let sent = self.backplane.tx_code_group.get();
        if START_OF_PACKET.contains(&sent) {
            self.starts.push(time);
        }
        self.pins.rx_code_group.set(self.to_blade.pass(sent));
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
        let carried = self.to_manager.pass(p.tx_code_group.get());
        self.backplane.rx_code_group.set(if self.cut { SILENCE } else { carried });
        p.gmii_txd.set(sent.data);
        p.gmii_tx_en.set(sent.valid.into());
        p.gmii_tx_er.set(sent.error.into());
        p.uart.exchange(&mut self.serial);
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
            let pins = BladePins::new(&model, uart_divisor)?;
            Ok(BladeUnit {
                backplane: BackplanePins::new(&node.model, index)?,
                model,
                pins,
                to_blade: CodeGroupLine::new(random.gen_range(0..10)),
                to_manager: CodeGroupLine::new(random.gen_range(0..10)),
                serial: Serial::new(uart_divisor.into()),
                cut: false,
                starts: Vec::new(),
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

/// A blade on a 10GBASE-R link.
pub struct Blade10gUnit {
    pub model: Model,
    pub pins: Blade10gPins,
    pub serial: Serial,
}

impl Blade10gUnit {
    fn new(library: &ModelLibrary, uart_divisor: u16) -> Result<Self> {
        let model = library.instantiate()?;
        Ok(Self {
            pins: Blade10gPins::new(&model, uart_divisor)?,
            model,
            serial: Serial::new(uart_divisor.into()),
        })
    }

    /// What happens at an edge of the server's clocks.
    #[inline(always)]
    fn server_side(&mut self, server: &mut Server, time: u64) {
        server.receive_columns(self.pins.for_server(), time);
        self.pins.set_from_server(server.transmit_columns(time));
        self.pins.uart.exchange(&mut self.serial);
    }
}

/// A manager with 10GBASE-R links, to the uplinks of chassis or to blades.
pub struct Root {
    pub node: Node,
    links: Vec<BlockLink>,
    /// None where the links go to chassis.
    pub blades: Vec<Blade10gUnit>,
}

struct BlockLink {
    pins: BlockLinkPins,
    down: BlockLine,
    up: BlockLine,
}

impl BlockLink {
    /// One block each way.
    #[inline(always)]
    fn exchange(&mut self, below: &SerdesPins) {
        let down: Block = self.down.pass(self.pins.serdes.sent(), below.bitslip());
        self.pins.serdes.receive(self.up.pass(below.sent(), self.pins.serdes.bitslip()));
        below.receive(down);
    }
}

impl Root {
    pub fn new(folder: &Path, links: usize, blades: usize, uart_divisor: u16, random: &mut StdRng) -> Result<Self> {
        let node = Node::new(&ModelLibrary::load(folder, &format!("manager_10g_{links}"))?, uart_divisor)?;
        let link = |index: usize| -> Result<BlockLink> {
            Ok(BlockLink {
                pins: BlockLinkPins::new(&node.model, index)?,
                down: BlockLine::new(random.gen_range(0..66)),
                up: BlockLine::new(random.gen_range(0..66)),
            })
        };
        let links = (0..links).map(link).collect::<Result<_>>()?;
        let blades = match blades {
            0 => Vec::new(),
            count => {
                let library = ModelLibrary::load(folder, "blade_10g")?;
                (0..count)
                    .map(|_| Blade10gUnit::new(&library, uart_divisor))
                    .collect::<Result<_>>()?
            }
        };
        Ok(Self { node, links, blades })
    }

    pub fn reset(&self, level: u8) {
        self.node.pins.reset.set(level);
        self.blades.iter().for_each(|b| b.pins.reset.set(level));
    }

    pub fn fall_alone(&self) -> bool {
        self.node.fall_alone() && self.links.iter().all(|l| l.pins.clk_rx.falls_alone()) && self.blades.iter().all(|b| b.pins.fall_alone())
    }

    /// What happens on the links at an edge of the clock: with the chassis, or with the blades and their servers.
    #[inline(always)]
    pub fn exchange(&mut self, units: &[Unit], servers: &mut [Server], time: u64) {
        for (link, unit) in self.links.iter_mut().zip(units) {
            link.exchange(&unit.node.pins.serdes);
        }
        for ((link, blade), server) in self.links.iter_mut().zip(&mut self.blades).zip(servers) {
            link.exchange(&blade.pins.serdes);
            blade.server_side(server, time);
        }
    }

    /// The clocks of the links, and of the blades on them.
    #[inline(always)]
    pub fn link_clocks(&self, change: impl Fn(&Clock)) {
        self.links.iter().for_each(|l| change(&l.pins.clk_rx));
        for blade in &self.blades {
            change(&blade.pins.clk_blade_tx);
            change(&blade.pins.clk_blade_rx);
        }
    }

    #[inline(always)]
    pub fn eval(&self) {
        self.node.model.eval();
        self.blades.iter().for_each(|b| b.model.eval());
    }
}
