//! The chassis: managers and blades at code-group and 66-bit block level, the uplink's far end, servers, serial ports.
//!
//! One tier is a manager and its blades, on 1000BASE-X or on 10GBASE-R links. Two tiers are a root manager whose blade links go to the
//! uplinks of chassis of the first kind.
//!
//! Time runs in frames of 32 ns: five cycles of the 156.25 MHz clocks and four of the 125 MHz clocks, exactly. Every rising edge samples
//! what the pins carried before it: outputs of all models are read first, inputs and clocks are set together, then each model that has a
//! rising edge is evaluated once: a manager eight times in 32 ns, a blade four times. Falling edges are not evaluated (`Clock::fall`), or, if
//! a model does not allow that, at the events that are there for it. With skewed clocks each has its own times (`skew`).
mod node;
mod registers;
mod serial;
mod skew;
mod wires;

pub use registers::Device;
pub use skew::Skew;

use crate::error::{Error, Result};
use crate::link::far_end::FarEnd;
use crate::model::{Clock, Model};
use crate::pty::Pty;
use crate::server::{Behaviour, Server};
use node::{BladeUnit, Root, Unit};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serial::Serial;
use skew::{Oscillators, Rising};
use std::path::PathBuf;

/// One unit of chassis time.
pub const TENTHS_OF_A_NANOSECOND: u64 = 10;
/// Length of a step in units of 0.1 ns.
pub const STEP: u64 = 320;
/// Core cycles in a step.
pub const CORE_CYCLES_A_STEP: u64 = 5;
/// Steps between two looks at the terminals: 0.65 ms at full speed of the simulation.
const EXCHANGE_STEPS: u64 = 512;

/// What the links to the blades are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum BladeLinks {
    #[value(name = "1000base-x")]
    Base1000X,
    #[value(name = "10gbase-r")]
    Base10GR,
}

pub struct Config {
    /// Blades of each chassis.
    pub blades: usize,
    /// Chassis under a root manager; 0: one chassis at the far end itself.
    pub chassis: usize,
    /// Links to the blades; 10GBASE-R is for one tier.
    pub blade_links: BladeLinks,
    pub model_dir: PathBuf,
    /// Average gap between frames on the uplink, in bytes.
    pub gap: u64,
    pub seed: u64,
    pub servers: Behaviour,
    /// UART clocks a bit.
    pub uart_divisor: u16,
    /// Clocks that are not exact; for one tier.
    pub skew: Option<Skew>,
}

pub struct Chassis {
    root: Option<Root>,
    units: Vec<Unit>,
    pub far_end: FarEnd,
    /// Of all blades, chassis by chassis.
    pub servers: Vec<Server>,
    /// In units of 0.1 ns.
    pub time: u64,
    steps: u64,
    /// No model needs an evaluation for falling edges.
    fall_alone: bool,
    skew: Option<(Oscillators, Rising)>,
}

/// What a clock does at an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    None,
    Rise,
    Fall,
}
use Edge::{Fall, None as Still, Rise};

/// When, what the 156.25 MHz clocks do, what the 125 MHz clocks do.
const SCHEDULE: [(u64, Edge, Edge); 10] = [
    (0, Rise, Fall),
    (32, Fall, Rise),
    (64, Rise, Fall),
    (112, Fall, Rise),
    (128, Rise, Fall),
    (160, Fall, Still),
    (192, Rise, Rise),
    (224, Fall, Fall),
    (256, Rise, Still),
    (272, Fall, Rise),
];

#[inline(always)]
fn change(edge: Edge) -> fn(&Clock) {
    if edge == Rise { Clock::rise } else { Clock::fall }
}

impl Chassis {
    /// Loads the models and holds them in reset for a while.
    pub fn new(config: &Config) -> Result<Self> {
        if config.skew.is_some() && config.chassis > 0 {
            return Err(Error::usage("--skew is for one tier"));
        }
        let fast = config.blade_links == BladeLinks::Base10GR;
        if fast && (config.skew.is_some() || config.chassis > 0) {
            return Err(Error::usage("10GBASE-R links to the blades are for one tier without --skew"));
        }
        let mut random = StdRng::seed_from_u64(config.seed);
        let mut unit = || Unit::new(&config.model_dir, config.blades, config.uart_divisor, &mut random);
        let units = if fast { 0 } else { config.chassis.max(1) };
        let units = (0..units).map(|_| unit()).collect::<Result<Vec<_>>>()?;
        let mut root = |links, blades| Root::new(&config.model_dir, links, blades, config.uart_divisor, &mut random).map(Some);
        let root = match config.chassis {
            0 if fast => root(config.blades, config.blades)?,
            0 => None,
            chassis => root(chassis, 0)?,
        };
        let servers = (0..config.blades * config.chassis.max(1))
            .map(|number| {
                let mut server = Server::new(config.servers, random.r#gen());
                // The address that the manager gives a blade after reset.
                server.address = Some([2, 0x53, 0x42, 0, 0, (number % config.blades) as u8]);
                server
            })
            .collect();
        let far_end = FarEnd::new(config.gap, [random.gen_range(0..66), random.gen_range(0..66)]);
        let fall_alone = units.iter().all(Unit::fall_alone) && root.as_ref().is_none_or(Root::fall_alone);
        let skew = config.skew.as_ref();
        let mut chassis = Self {
            root,
            units,
            far_end,
            servers,
            time: 0,
            steps: 0,
            fall_alone,
            skew: skew.map(|s| (Oscillators::new(s, config.blades), Rising::default())),
        };
        chassis.reset(1);
        chassis.run(32);
        chassis.reset(0);
        Ok(chassis)
    }

    fn reset(&self, level: u8) {
        if let Some(root) = &self.root {
            root.reset(level);
        }
        self.units.iter().for_each(|unit| unit.reset(level));
    }

    /// Blades of all chassis.
    pub fn blades(&self) -> usize {
        self.servers.len()
    }

    pub fn blades_a_chassis(&self) -> usize {
        self.servers.len() / self.units.len().max(1)
    }

    /// Chassis under a root; 0 when there is none.
    pub fn tiers_below(&self) -> usize {
        self.root.as_ref().map_or(0, |_| self.units.len())
    }

    /// Whether the links to the blades are 10GBASE-R.
    pub fn blades_10g(&self) -> bool {
        self.root.as_ref().is_some_and(|root| !root.blades.is_empty())
    }

    /// The managers that blades hang on: one, or one a chassis.
    pub fn managers(&self) -> Vec<Device> {
        match self.tiers_below() {
            0 => vec![Device::Manager],
            chassis => (0..chassis).map(Device::Chassis).collect(),
        }
    }

    pub fn core_cycles(&self) -> u64 {
        self.steps * CORE_CYCLES_A_STEP
    }

    /// Cuts what a blade on a 1000BASE-X link sends off the manager, or joins it again; what the manager sends goes on.
    pub fn cut(&mut self, blade: usize, cut: bool) {
        self.blade_unit(blade).cut = cut;
    }

    /// When each frame to a blade on a 1000BASE-X link began at the manager's pins, in units of 0.1 ns, since this was asked last.
    pub fn take_starts(&mut self, blade: usize) -> Vec<u64> {
        std::mem::take(&mut self.blade_unit(blade).starts)
    }

    fn blade_unit(&mut self, index: usize) -> &mut BladeUnit {
        let a_chassis = self.blades_a_chassis();
        &mut self.units[index / a_chassis].blades[index % a_chassis]
    }

    pub fn attach(&mut self, device: Device, pty: Pty) {
        self.serial_of(device).attach(pty);
    }

    fn serial_of(&mut self, device: Device) -> &mut Serial {
        let a_chassis = self.blades_a_chassis();
        match (device, &mut self.root) {
            (Device::Manager, Some(root)) => &mut root.node.serial,
            (Device::Manager, None) => &mut self.units[0].node.serial,
            (Device::Chassis(index), _) => &mut self.units[index].node.serial,
            (Device::Blade(index), Some(root)) if !root.blades.is_empty() => &mut root.blades[index].serial,
            (Device::Blade(index), _) => &mut self.units[index / a_chassis].blades[index % a_chassis].serial,
        }
    }

    pub fn run(&mut self, steps: u64) {
        for _ in 0..steps {
            self.step();
        }
    }

    /// 32 ns.
    pub fn step(&mut self) {
        let start = self.time;
        if self.skew.is_some() {
            while self.skewed_event() < start + STEP {}
        } else {
            for (at, core, blade) in SCHEDULE {
                self.time = start + at;
                self.event(core, blade);
            }
        }
        self.time = start + STEP;
        self.steps += 1;
        if self.steps.is_multiple_of(EXCHANGE_STEPS) {
            if let Some(root) = &mut self.root {
                root.node.serial.exchange();
                root.blades.iter_mut().for_each(|b| b.serial.exchange());
            }
            for unit in &mut self.units {
                unit.node.serial.exchange();
                unit.blades.iter_mut().for_each(|b| b.serial.exchange());
            }
        }
    }

    #[inline(always)]
    fn event(&mut self, core: Edge, blade: Edge) {
        if core == Rise {
            self.core_pins();
        }
        if blade == Rise {
            self.blade_pins();
        }
        if let Some(root) = &self.root {
            if core != Still {
                let change = change(core);
                change(&root.node.pins.clk_core);
                change(&root.node.pins.clk_uplink_rx);
                root.link_clocks(change);
            }
            if core == Rise || (core == Fall && !self.fall_alone) {
                root.eval();
            }
        }
        for unit in &self.units {
            if core != Still {
                let change = change(core);
                change(&unit.node.pins.clk_core);
                change(&unit.node.pins.clk_uplink_rx);
            }
            if blade != Still {
                self.blade_clocks(unit, blade);
            }
            if core == Rise || blade == Rise || !self.fall_alone {
                unit.node.model.eval();
            }
        }
    }

    #[inline(always)]
    fn blade_clocks(&self, unit: &Unit, edge: Edge) {
        let change = change(edge);
        change(&unit.clk_blade_tx);
        for blade in &unit.blades {
            change(&blade.backplane.clk_rx);
            change(&blade.pins.clk_blade_tx);
            change(&blade.pins.clk_blade_rx);
            if edge == Rise || !self.fall_alone {
                blade.model.eval();
            }
        }
    }

    #[inline(always)]
    fn core_pins(&mut self) {
        let Self {
            root,
            units,
            far_end,
            servers,
            time,
            ..
        } = self;
        if let Some(root) = root {
            root.exchange(units, servers, *time);
            root.node.uart();
        }
        let top = root.as_mut().map_or_else(|| &mut units[0].node, |root| &mut root.node);
        let serdes = &top.pins.serdes;
        serdes.receive(far_end.cycle(serdes.sent(), serdes.bitslip(), *time));
        units.iter_mut().for_each(|unit| unit.node.uart());
    }

    #[inline(always)]
    fn blade_pins(&mut self) {
        let Self { units, servers, time, .. } = self;
        let blades = units.iter_mut().flat_map(|unit| &mut unit.blades);
        for (blade, server) in blades.zip(servers) {
            blade.receive_side(*time);
            blade.send_side(server, *time);
        }
    }

    /// The next instant at which clocks of their own rise; when that was, in units of 0.1 ns.
    fn skewed_event(&mut self) -> u64 {
        let Self {
            units,
            servers,
            far_end,
            skew,
            fall_alone,
            ..
        } = self;
        let (oscillators, rising) = skew.as_mut().expect("asked for by one who has it");
        let time = oscillators.step(rising) / skew::UNITS;
        let Unit {
            node,
            clk_blade_tx,
            blades,
        } = &mut units[0];
        let mut risen: Vec<&Clock> = Vec::with_capacity(2 * blades.len() + 3);
        if rising.core {
            far_end.receive(node.pins.serdes.sent(), time);
            node.uart();
        }
        if rising.uplink {
            node.pins.serdes.receive(far_end.transmit(node.pins.serdes.bitslip()));
        }
        for (index, (blade, server)) in blades.iter_mut().zip(servers).enumerate() {
            if rising.blade_tx {
                blade.receive_side(time);
            }
            if rising.blades[index] {
                blade.send_side(server, time);
            }
        }
        let mut models: Vec<&Model> = vec![&node.model];
        let mut rise = |clock, it_rises: bool| it_rises.then(|| risen.push(clock));
        rise(&node.pins.clk_core, rising.core);
        rise(&node.pins.clk_uplink_rx, rising.uplink);
        rise(clk_blade_tx, rising.blade_tx);
        for (index, blade) in blades.iter().enumerate() {
            rise(&blade.pins.clk_blade_rx, rising.blade_tx);
            rise(&blade.pins.clk_blade_tx, rising.blades[index]);
            rise(&blade.backplane.clk_rx, rising.blades[index]);
            if rising.blade_tx || rising.blades[index] {
                models.push(&blade.model);
            }
        }
        risen.iter().for_each(|clock| clock.rise());
        models.iter().for_each(|model| model.eval());
        risen.iter().for_each(|clock| clock.fall());
        if !*fall_alone {
            models.iter().for_each(|model| model.eval());
        }
        self.time = time;
        time
    }

    /// Runs until the uplink and every link below are up at both ends, as the managers' registers say.
    pub fn bring_up(&mut self) -> Result<()> {
        const LIMIT: u64 = 400_000;
        let end = self.steps + LIMIT;
        loop {
            let blades = self.units.iter().flat_map(|unit| &unit.blades);
            let blades_down = blades.filter(|b: &&BladeUnit| b.pins.sync.get() == 0).count()
                + self.root.iter().flat_map(|root| &root.blades).filter(|b| !b.pins.locked()).count();
            if self.far_end.link_up() && blades_down == 0 && self.manager_links_up()? {
                return Ok(());
            }
            if self.steps > end {
                return Err(Error::failed(format!(
                    "the links did not come up within {} core cycles: uplink {}, {blades_down} blades without synchronisation",
                    LIMIT * CORE_CYCLES_A_STEP,
                    if self.far_end.link_up() { "up" } else { "down" },
                )));
            }
            self.run(1000);
        }
    }
}
