//! A chassis under traffic: set-up, the main loop, the end.
use crate::agents::Agents;
use crate::chassis::{CORE_CYCLES_A_STEP, Chassis, Device, STEP, TENTHS_OF_A_NANOSECOND};
use crate::error::{Error, Result};
use crate::link::far_end::Offer;
use spareband_spec::embedding;
use spareband_spec::regs::{BLADE_MAP_HASH, MANAGER, MANAGER_MAP_HASH};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Steps between two looks at agents, speed limit and end: 0.5 us.
const SLICE: u64 = 16;
/// The chassis is taken to be empty when no frame came out anywhere for so long, in units of 0.1 ns: longer than the longest frame.
const QUIET: u64 = 2_000_000;

/// Set by SIGINT and SIGTERM.
pub fn stop_flag() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&flag)).map_err(|e| Error::failed(format!("cannot take signal {signal}: {e}")))?;
    }
    Ok(flag)
}

pub struct Session {
    pub chassis: Chassis,
    pub agents: Agents,
    stop: Arc<AtomicBool>,
    /// Core cycles a second at most.
    limit: Option<f64>,
    /// Chassis time when the traffic began, in 0.1 ns.
    pub origin: u64,
    pub wall: Duration,
    pub cycles: u64,
}

impl Session {
    /// Brings the links up, checks that the gateware has the register maps this program knows, and lets the agents report.
    pub fn begin(mut chassis: Chassis, mut agents: Agents, limit: Option<f64>, stop: Arc<AtomicBool>) -> Result<Self> {
        chassis.bring_up()?;
        let mut managers = chassis.managers();
        if chassis.tiers_below() > 0 {
            managers.push(Device::Manager);
        }
        let hashes = managers
            .iter()
            .map(|&m| (m, MANAGER_MAP_HASH))
            .chain([(Device::Blade(0), BLADE_MAP_HASH)]);
        for (device, hash) in hashes {
            if chassis.register(device, "identity", 0, "map_hash")? != u64::from(hash) {
                return Err(Error::failed(format!(
                    "{device}'s register map is not this program's; run `make sim`"
                )));
            }
        }
        // Blades of different chassis under one root have addresses of their own: the fifth byte is the chassis.
        for index in 0..chassis.tiers_below() {
            for blade in 0..chassis.blades_a_chassis() {
                let manager = Device::Chassis(index);
                let mac = chassis.register(manager, "blade", blade, "mac")? | (index as u64 + 1) << 32;
                chassis.set_register_of(manager, "blade", blade, "mac", mac)?;
                let server = index * chassis.blades_a_chassis() + blade;
                chassis.servers[server].address = mac.to_le_bytes().first_chunk().copied();
            }
        }
        for index in 0..chassis.tiers_below() {
            let aggregate = MANAGER.register("uplink", "control").field("aggregate").mask();
            chassis.set_register(Device::Chassis(index), "uplink", "control", aggregate)?;
            let source = MANAGER.register("blade", "link_control").field("source").mask();
            chassis.set_register_of(Device::Manager, "blade", index, "link_control", source | u64::from(embedding::D))?;
        }
        if chassis.blades_10g() {
            for index in 0..chassis.blades() {
                chassis.set_register_of(Device::Manager, "blade", index, "link_control", embedding::D.into())?;
                chassis.set_register(Device::Blade(index), "link", "control", embedding::D.into())?;
            }
        }
        agents.begin(&mut chassis)?;
        // A record takes twelve idle sets, and an aggregate ten microseconds more; then ages begin to count.
        chassis.run(if chassis.tiers_below() > 0 { 600 } else { 100 });
        let clear = Device::Manager.map().register("policy", "command").field("clear_worst").mask();
        for manager in managers {
            chassis.set_register(manager, "policy", "command", clear)?;
        }
        Ok(Self {
            chassis,
            agents,
            stop,
            limit,
            origin: 0,
            wall: Duration::ZERO,
            cycles: 0,
        })
    }

    /// Nanoseconds since the traffic began.
    fn now(&self) -> u64 {
        (self.chassis.time - self.origin) / TENTHS_OF_A_NANOSECOND
    }

    /// Sends everything and runs until the last frame is out. `progress` is told the number of frames sent.
    pub fn traffic(&mut self, offers: Vec<Offer>, mut progress: impl FnMut(usize)) -> Result<()> {
        self.origin = self.chassis.time;
        self.chassis.far_end.start(offers);
        let (begin, first) = (Instant::now(), self.chassis.core_cycles());
        let mut last_count = 0;
        let mut last_change = self.chassis.time;
        loop {
            self.slice()?;
            progress(self.chassis.far_end.sent());
            let count = self.frames_out();
            if count != last_count || !self.chassis.far_end.all_sent() || !self.chassis.servers.iter().all(|s| s.quiet()) {
                (last_count, last_change) = (count, self.chassis.time);
            }
            if self.chassis.time - last_change > QUIET {
                break;
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(Error::failed("stopped by a signal; nothing was written"));
            }
            self.brake(begin, first);
        }
        self.wall = begin.elapsed();
        self.cycles = self.chassis.core_cycles() - first;
        self.agents.settle(&mut self.chassis)
    }

    /// Keeps the chassis alive for programs on the pseudo-terminals, until a signal or for `duration`.
    pub fn hold(&mut self, duration: Option<Duration>) -> Result<()> {
        let (begin, first) = (Instant::now(), self.chassis.core_cycles());
        while !self.stop.load(Ordering::Relaxed) && duration.is_none_or(|d| begin.elapsed() < d) {
            self.slice()?;
            self.brake(begin, first);
        }
        Ok(())
    }

    fn slice(&mut self) -> Result<()> {
        self.chassis.run(SLICE);
        let now = self.now();
        self.agents.poll(&mut self.chassis, now)
    }

    fn frames_out(&self) -> usize {
        self.chassis.far_end.received.len() + self.chassis.servers.iter().map(|s| s.received.len() + s.sent.len()).sum::<usize>()
    }

    fn brake(&self, begin: Instant, first: u64) {
        let Some(limit) = self.limit else { return };
        let due = Duration::from_secs_f64((self.chassis.core_cycles() - first) as f64 / limit);
        if let Some(ahead) = due.checked_sub(begin.elapsed()).filter(|a| *a > Duration::from_millis(5)) {
            std::thread::sleep(ahead);
        }
    }

    pub fn simulated_ns(&self) -> u64 {
        self.cycles / CORE_CYCLES_A_STEP * STEP / TENTHS_OF_A_NANOSECOND
    }
}
