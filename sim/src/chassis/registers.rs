//! Register access the way a host has it: frames over the device's UART, answered by the gateware.
use super::{CORE_CYCLES_A_STEP, Chassis};
use crate::error::{Error, Result};
use spareband_spec::regs::{BLADE, MANAGER, Map};
use spareband_spec::uart_frame::MAX_WORDS;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The manager on the uplink: of the only chassis, or the root.
    Manager,
    /// The manager of a chassis under a root.
    Chassis(usize),
    /// Counted over all chassis.
    Blade(usize),
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manager => write!(f, "the manager"),
            Self::Chassis(index) => write!(f, "the manager of chassis {index}"),
            Self::Blade(index) => write!(f, "blade {index}"),
        }
    }
}

impl Device {
    pub fn map(self) -> &'static Map {
        match self {
            Self::Manager | Self::Chassis(_) => &MANAGER,
            Self::Blade(_) => &BLADE,
        }
    }
}

/// Steps after which a request is taken as lost: ten times the longest frame both ways at 8 clocks a bit.
const ANSWER_STEPS: u64 = 160_000;

impl Chassis {
    pub fn read(&mut self, device: Device, address: u16, words: usize) -> Result<Vec<u32>> {
        let mut all = Vec::with_capacity(words);
        while all.len() < words {
            let count = (words - all.len()).min(MAX_WORDS);
            let at = address + 4 * all.len() as u16;
            let data = self.transact(device, at, |serial| serial.ask_read(at, count as u8))?;
            if data.len() != count {
                return Err(Error::failed(format!(
                    "{device} answered {} words at {at:#06x}, not {count}",
                    data.len()
                )));
            }
            all.extend(data);
        }
        Ok(all)
    }

    pub fn write(&mut self, device: Device, address: u16, data: &[u32]) -> Result<()> {
        self.transact(device, address, |serial| serial.ask_write(address, data)).map(|_| ())
    }

    fn transact(&mut self, device: Device, address: u16, ask: impl FnOnce(&mut super::serial::Serial)) -> Result<Vec<u32>> {
        let mut steps = 0;
        while !self.serial_of(device).free() && steps < ANSWER_STEPS {
            self.run(16);
            steps += 16;
        }
        ask(self.serial_of(device));
        for _ in 0..ANSWER_STEPS / 16 {
            self.run(16);
            match self.serial_of(device).answer() {
                Some(Ok(data)) => return Ok(data),
                Some(Err(status)) => return Err(Error::failed(format!("{device} refused address {address:#06x}: {status:?}"))),
                None => {}
            }
        }
        self.serial_of(device).abandon();
        let cycles = ANSWER_STEPS * CORE_CYCLES_A_STEP;
        Err(Error::failed(format!(
            "{device} did not answer at address {address:#06x} over its UART within {cycles} core cycles"
        )))
    }

    /// Starts a write without waiting; false if the line is busy.
    pub fn begin_write(&mut self, device: Device, address: u16, data: &[u32]) -> bool {
        let serial = self.serial_of(device);
        let free = serial.free();
        if free {
            serial.ask_write(address, data);
        }
        free
    }

    /// Whether the last bit of what was asked of a device has gone to it.
    pub fn request_sent(&mut self, device: Device) -> bool {
        self.serial_of(device).sent()
    }

    /// `None` while a begun write is on its way.
    pub fn poll_write(&mut self, device: Device) -> Option<Result<()>> {
        self.serial_of(device).answer().map(|answer| match answer {
            Ok(_) => Ok(()),
            Err(status) => Err(Error::failed(format!("{device} refused a write: {status:?}"))),
        })
    }

    /// One register's value, by name; `index` is the instance of its block.
    pub fn register(&mut self, device: Device, block: &str, index: usize, name: &str) -> Result<u64> {
        let block = device.map().block(block);
        let register = block.register(name);
        let words = self.read(device, block.address_of(index, register), register.words.into())?;
        Ok(u64::from(words[0]) | words.get(1).map_or(0, |&high| u64::from(high) << 32))
    }

    pub fn set_register(&mut self, device: Device, block: &str, name: &str, value: u64) -> Result<()> {
        self.set_register_of(device, block, 0, name, value)
    }

    pub fn set_register_of(&mut self, device: Device, block: &str, index: usize, name: &str, value: u64) -> Result<()> {
        let block = device.map().block(block);
        let register = block.register(name);
        let words = [value as u32, (value >> 32) as u32];
        self.write(device, block.address_of(index, register), &words[..register.words.into()])
    }

    /// All counters of a block in one go, with their names.
    pub fn counters(
        &mut self,
        device: Device,
        block: &str,
        index: usize,
        names: &[(&'static str, &'static str)],
    ) -> Result<Vec<(&'static str, u64)>> {
        let block = device.map().block(block);
        let first = block.address_of(index, block.register(names[0].0));
        let words = self.read(device, first, 2 * names.len())?;
        let values = words.chunks_exact(2).map(|w| u64::from(w[0]) | u64::from(w[1]) << 32);
        Ok(names.iter().map(|n| n.0).zip(values).collect())
    }

    pub(super) fn manager_links_up(&mut self) -> Result<bool> {
        let mut managers: Vec<_> = self.managers().into_iter().map(|m| (m, self.blades_a_chassis())).collect();
        if self.tiers_below() > 0 {
            managers.push((Device::Manager, self.tiers_below()));
        }
        let field = |name: &str, status| MANAGER.register("uplink", "status").field(name).get(status);
        for (manager, links) in managers {
            let status = self.register(manager, "uplink", 0, "status")?;
            let mut up = field("block_lock", status) == 1 && field("local_fault", status) == 0 && field("remote_fault", status) == 0;
            for index in 0..links {
                let record = self.register(manager, "blade", index, "record")?;
                up &= MANAGER.register("blade", "record").field("link").get(record) == 1;
            }
            if !up {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
