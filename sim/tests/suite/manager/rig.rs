//! A chassis to put frames through, and what became of each frame.
use spareband_sim::chassis::{BladeLinks, Chassis, Config, Device};
use spareband_sim::frame::{Ends, Flow, TCP};
use spareband_sim::link::FrameStatus;
use spareband_sim::link::far_end::Offer;
use spareband_sim::server::Behaviour;
use spareband_spec::regs::{FORWARDING_COUNTERS, MANAGER_COUNTERS};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Steps of 32 ns without a frame anywhere after which the chassis is empty: more than a frame of 1518 bytes takes on a blade's link,
const QUIET: u64 = 600;
/// and than a jumbo frame takes.
const QUIET_JUMBO: u64 = 4_000;
/// One cycle of `clk_core` in units of the chassis' time, 0.1 ns.
pub const CYCLE: u64 = 64;

/// Whether tests are to have their full size.
pub fn long() -> bool {
    std::env::var_os("SPAREBAND_LONG").is_some()
}

pub fn models() -> PathBuf {
    let build = std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
    build.join("sim")
}

/// With its links up, servers that only listen, under round robin. `gap`: bytes between frames on the uplink.
pub fn chassis(blades: usize, gap: u64) -> Chassis {
    let config = Config {
        blades,
        chassis: 0,
        blade_links: BladeLinks::Base1000X,
        skew: None,
        model_dir: models(),
        gap,
        seed: 1,
        servers: Behaviour::Sink,
        uart_divisor: 4,
    };
    let mut chassis = Chassis::new(&config).unwrap_or_else(|error| panic!("{error}; run `make sim`"));
    chassis.bring_up().unwrap();
    set(&mut chassis, "policy", 0, "select", 0);
    chassis
}

pub fn set(chassis: &mut Chassis, block: &str, index: usize, name: &str, value: u64) {
    chassis.set_register_of(Device::Manager, block, index, name, value).unwrap();
}

pub fn get(chassis: &mut Chassis, block: &str, index: usize, name: &str) -> u64 {
    chassis.register(Device::Manager, block, index, name).unwrap()
}

/// A mask of a register's field.
pub fn mask(block: &str, register: &str, field: &str) -> u64 {
    Device::Manager.map().register(block, register).field(field).mask()
}

/// All that the manager counts as a whole.
pub fn counters(chassis: &mut Chassis) -> BTreeMap<&'static str, u64> {
    let mut all = chassis.counters(Device::Manager, "statistics", 0, &MANAGER_COUNTERS).unwrap();
    all.extend(
        chassis
            .counters(Device::Manager, "forwarding_statistics", 0, &FORWARDING_COUNTERS)
            .unwrap(),
    );
    all.into_iter().collect()
}

/// Drops of every cause.
pub fn dropped(counters: &BTreeMap<&str, u64>) -> u64 {
    let causes = counters.iter().filter(|(name, _)| name.starts_with("dropped_"));
    causes.map(|(_, count)| count).sum()
}

/// A client of many, to the service's address and port.
pub fn client(number: u32, protocol: u8, service: [u8; 4], port: u16) -> Ends {
    let [_, a, b, c] = number.to_be_bytes();
    Ends {
        destination_mac: [0x02, 0x53, 0x42, 0x00, 0xFF, 0x01],
        source_mac: [0x02, 0xC1, 0, a, b, c],
        flow: Flow {
            protocol,
            source: [10, 64 + a, b, c],
            destination: service,
            source_port: 1024 + (number.wrapping_mul(7919) % 60_000) as u16,
            destination_port: port,
        },
    }
}

/// The client's number, of one of its frames.
pub fn client_of(frame: &[u8]) -> u32 {
    u32::from_be_bytes([0, frame[27] - 64, frame[28], frame[29]])
}

/// A TCP segment whose sequence number is the frame's number.
pub fn segment(ends: &Ends, flags: u8, number: u32, payload: usize) -> Vec<u8> {
    assert_eq!(ends.flow.protocol, TCP);
    spareband_sim::frame::tcp(ends, flags, number, 1, &vec![number as u8; payload])
}

/// A segment's number.
pub fn number_of(frame: &[u8]) -> u32 {
    u32::from_be_bytes(frame[38..42].try_into().unwrap())
}

/// Starts offers; when the chassis' time was.
pub fn start(chassis: &mut Chassis, offers: Vec<Offer>) -> u64 {
    chassis.far_end.start(offers);
    chassis.time
}

/// When the block with this octet came to the manager's pins, offers having started at `begin`.
pub fn arrival(begin: u64, octet: u64) -> u64 {
    begin + octet / 8 * CYCLE
}

/// Runs until everything that was started is out, of frames of up to 1518 bytes.
pub fn finish(chassis: &mut Chassis) {
    finish_after(chassis, QUIET);
}

pub fn finish_jumbo(chassis: &mut Chassis) {
    finish_after(chassis, QUIET_JUMBO);
}

fn finish_after(chassis: &mut Chassis, quiet: u64) {
    let mut seen = (0, 0);
    let mut silent = 0;
    while silent < quiet {
        chassis.run(100);
        let now = (
            chassis.far_end.sent() + chassis.far_end.received.len(),
            chassis.servers.iter().map(|server| server.received.len()).sum(),
        );
        let busy = !chassis.far_end.all_sent() || chassis.servers.iter().any(|server| !server.quiet());
        silent = if now == seen && !busy { silent + 100 } else { 0 };
        seen = now;
    }
}

/// Where each segment went, by its number; every frame must be good and come once.
pub struct Deliveries {
    blades: Vec<Option<u8>>,
}

impl Deliveries {
    pub fn of(chassis: &Chassis, frames: usize) -> Self {
        let mut blades = vec![None; frames];
        for (blade, server) in chassis.servers.iter().enumerate() {
            for frame in &server.received {
                assert_eq!(frame.status, FrameStatus::Good);
                let place = &mut blades[number_of(&frame.bytes) as usize];
                assert!(place.is_none(), "segment {} came twice", number_of(&frame.bytes));
                *place = Some(blade as u8);
            }
        }
        Self { blades }
    }

    pub fn blade(&self, number: u32) -> Option<usize> {
        self.blades[number as usize].map(usize::from)
    }

    pub fn lost(&self) -> usize {
        self.blades.iter().filter(|blade| blade.is_none()).count()
    }
}

/// What became of flows.
#[derive(Debug, Default)]
pub struct Flows {
    pub flows: usize,
    pub frames: usize,
    pub lost: usize,
    /// A frame after the first reached another blade.
    pub broken: Vec<u32>,
}

impl Flows {
    /// Each flow's frames by their numbers, in the order in which they were sent.
    pub fn of(deliveries: &Deliveries, flows: &BTreeMap<u32, Vec<u32>>) -> Self {
        let mut all = Self {
            flows: flows.len(),
            ..Self::default()
        };
        for (&flow, numbers) in flows {
            all.frames += numbers.len();
            let mut arrived = numbers.iter().filter_map(|&number| deliveries.blade(number));
            let first = arrived.next();
            if arrived.any(|blade| Some(blade) != first) {
                all.broken.push(flow);
            }
            all.lost += numbers.iter().filter(|&&number| deliveries.blade(number).is_none()).count();
        }
        all
    }
}
