//! The chassis: one manager and N blades at code-group and 66-bit block level, the uplink's far end, servers, serial ports.
//!
//! Time runs in frames of 32 ns: five cycles of the 156.25 MHz clocks and four of the 125 MHz clocks, exactly. Every rising edge samples
//! what the pins carried before it: outputs of all models are read first, inputs and clocks are set together, then each model that has an
//! rising edge is evaluated once: the manager eight times in 32 ns, a blade four times. Falling edges are not evaluated (`Clock::fall`), or, if
//! a model does not allow that, at the events that are there for it.
mod registers;
mod serial;
mod wires;

pub use registers::Device;

use crate::error::{Error, Result};
use crate::link::far_end::FarEnd;
use crate::link::gmii::Gmii;
use crate::link::serdes::{self, CodeGroupLine};
use crate::model::{Clock, Model, ModelLibrary};
use crate::pty::Pty;
use crate::server::{Behaviour, Server};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serial::Serial;
use std::path::PathBuf;
use wires::{BladePins, ManagerPins};

/// One unit of chassis time.
pub const TENTHS_OF_A_NANOSECOND: u64 = 10;
/// Length of a step in units of 0.1 ns.
pub const STEP: u64 = 320;
/// Core cycles in a step.
pub const CORE_CYCLES_A_STEP: u64 = 5;
/// Steps between two looks at the terminals: 0.65 ms at full speed of the simulation.
const EXCHANGE_STEPS: u64 = 512;

pub struct Config {
    pub blades: usize,
    pub model_dir: PathBuf,
    /// Average gap between frames on the uplink, in bytes.
    pub gap: u64,
    pub seed: u64,
    pub servers: Behaviour,
    /// UART clocks a bit.
    pub uart_divisor: u16,
}

struct BladeUnit {
    model: Model,
    pins: BladePins,
    to_blade: CodeGroupLine,
    to_manager: CodeGroupLine,
    serial: Serial,
}

pub struct Chassis {
    manager: Model,
    pins: ManagerPins,
    serial: Serial,
    blades: Vec<BladeUnit>,
    pub far_end: FarEnd,
    pub servers: Vec<Server>,
    /// In units of 0.1 ns.
    pub time: u64,
    steps: u64,
    /// No model needs an evaluation for falling edges.
    fall_alone: bool,
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

impl Chassis {
    /// Loads the models and holds them in reset for a while.
    pub fn new(config: &Config) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(config.seed);
        let manager = ModelLibrary::load(&config.model_dir, &format!("manager_{}", config.blades))?.instantiate()?;
        let pins = ManagerPins::new(&manager, config.blades)?;
        pins.uart_divisor.set(config.uart_divisor);
        pins.uart_rx.set(1);
        let library = ModelLibrary::load(&config.model_dir, "blade")?;
        let clocks_per_bit = u32::from(config.uart_divisor);
        let mut unit = || -> Result<BladeUnit> {
            let model = library.instantiate()?;
            let pins = BladePins::new(&model)?;
            pins.uart_divisor.set(config.uart_divisor);
            pins.uart_rx.set(1);
            Ok(BladeUnit {
                model,
                pins,
                to_blade: CodeGroupLine::new(random.gen_range(0..10)),
                to_manager: CodeGroupLine::new(random.gen_range(0..10)),
                serial: Serial::new(clocks_per_bit),
            })
        };
        let blades = (0..config.blades).map(|_| unit()).collect::<Result<Vec<_>>>()?;
        let servers = (0..config.blades).map(|_| Server::new(config.servers, random.r#gen())).collect();
        let far_end = FarEnd::new(config.gap, [random.gen_range(0..66), random.gen_range(0..66)]);
        let serial = Serial::new(clocks_per_bit);
        let fall_alone = pins.fall_alone() && blades.iter().all(|b| b.pins.fall_alone());
        let mut chassis = Self {
            fall_alone,
            manager,
            pins,
            serial,
            blades,
            far_end,
            servers,
            time: 0,
            steps: 0,
        };
        chassis.reset(1);
        chassis.run(32);
        chassis.reset(0);
        Ok(chassis)
    }

    fn reset(&self, level: u8) {
        self.pins.reset.set(level);
        self.blades.iter().for_each(|b| b.pins.reset.set(level));
    }

    pub fn blades(&self) -> usize {
        self.blades.len()
    }

    pub fn core_cycles(&self) -> u64 {
        self.steps * CORE_CYCLES_A_STEP
    }

    pub fn attach(&mut self, device: Device, pty: Pty) {
        self.serial_of(device).attach(pty);
    }

    fn serial_of(&mut self, device: Device) -> &mut Serial {
        match device {
            Device::Manager => &mut self.serial,
            Device::Blade(index) => &mut self.blades[index].serial,
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
        for (at, core, blade) in SCHEDULE {
            self.time = start + at;
            self.event(core, blade);
        }
        self.time = start + STEP;
        self.steps += 1;
        if self.steps.is_multiple_of(EXCHANGE_STEPS) {
            self.serial.exchange();
            self.blades.iter_mut().for_each(|b| b.serial.exchange());
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
        match core {
            Rise => [&self.pins.clk_core, &self.pins.clk_uplink_rx].map(Clock::rise),
            Fall => [&self.pins.clk_core, &self.pins.clk_uplink_rx].map(Clock::fall),
            Still => [(), ()],
        };
        if blade != Still {
            self.blade_clocks(blade);
        }
        if core == Rise || blade == Rise || !self.fall_alone {
            self.manager.eval();
        }
    }

    #[inline(always)]
    fn blade_clocks(&mut self, edge: Edge) {
        let change = if edge == Rise { Clock::rise } else { Clock::fall };
        change(&self.pins.clk_blade_tx);
        for (unit, backplane) in self.blades.iter().zip(&self.pins.blades) {
            change(&backplane.clk_rx);
            change(&unit.pins.clk_blade_tx);
            change(&unit.pins.clk_blade_rx);
            if edge == Rise || !self.fall_alone {
                unit.model.eval();
            }
        }
    }

    #[inline(always)]
    fn core_pins(&mut self) {
        let pins = &self.pins;
        let sent = serdes::block(pins.serdes_tx_hdr.get(), pins.serdes_tx_data.get());
        let block = self.far_end.cycle(sent, pins.serdes_rx_bitslip.get() != 0, self.time);
        pins.serdes_rx_hdr.set(serdes::header(block));
        pins.serdes_rx_data.set(serdes::payload(block));
        pins.uart_rx.set(self.serial.cycle(pins.uart_tx.get() != 0).into());
    }

    #[inline(always)]
    fn blade_pins(&mut self) {
        let Self {
            blades,
            servers,
            pins,
            time,
            ..
        } = self;
        for ((unit, server), backplane) in blades.iter_mut().zip(servers).zip(&pins.blades) {
            let p = &unit.pins;
            let received = Gmii {
                data: p.gmii_rxd.get(),
                valid: p.gmii_rx_dv.get() != 0,
                error: p.gmii_rx_er.get() != 0,
            };
            let sent = server.cycle(received, *time);
            let to_manager = unit.to_manager.pass(p.tx_code_group.get());
            p.rx_code_group.set(unit.to_blade.pass(backplane.tx_code_group.get()));
            backplane.rx_code_group.set(to_manager);
            p.gmii_txd.set(sent.data);
            p.gmii_tx_en.set(sent.valid.into());
            p.gmii_tx_er.set(sent.error.into());
            p.uart_rx.set(unit.serial.cycle(p.uart_tx.get() != 0).into());
        }
    }

    /// Runs until the uplink and every blade's link are up at both ends, as the manager's registers say.
    pub fn bring_up(&mut self) -> Result<()> {
        const LIMIT: u64 = 400_000;
        let end = self.steps + LIMIT;
        loop {
            let blades_down = self.blades.iter().filter(|b| b.pins.sync.get() == 0).count();
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
