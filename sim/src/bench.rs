//! `bench`: core cycles a second, what the manager does with line rate at several frame sizes, and how long a frame is in it.
pub mod latency;

use crate::agents::Agents;
use crate::chassis::{BladeLinks, Chassis, Config, Device, TENTHS_OF_A_NANOSECOND};
use crate::error::{Error, Result};
use crate::frame::{Ends, Flow, UDP, udp};
use crate::link::far_end::Offer;
use crate::pcap::Packet;
use crate::rate::{Rate, schedule};
use crate::server::Behaviour;
use crate::session::{Session, stop_flag};
use crate::traffic::flows;
use serde::Serialize;
use spareband_spec::embedding;
use spareband_spec::regs::MANAGER_COUNTERS;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

/// Bytes with FCS: the smallest frame, two in between, a jumbo frame.
const SIZES: [usize; 4] = [64, 512, 1518, 9018];

#[derive(Debug, Clone, clap::Args)]
pub struct BenchOptions {
    /// Chassis sizes
    #[arg(long, value_delimiter = ',', default_values_t = [4u8, 16], value_parser = clap::value_parser!(u8).range(2..=16))]
    pub blades: Vec<u8>,
    /// Bytes on the wire for each frame size
    #[arg(long, default_value_t = 250_000)]
    pub bytes: usize,
    /// Nothing but the latency of frames
    #[arg(long)]
    pub latency_only: bool,
    /// Folder of the compiled models
    #[arg(long, default_value = "build/sim", value_name = "DIR")]
    pub model_dir: PathBuf,
    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

#[derive(Serialize)]
struct Figures {
    schema: u32,
    chassis: Vec<ChassisFigures>,
}

#[derive(Serialize)]
struct ChassisFigures {
    blades: u8,
    idle_core_cycles_per_second: f64,
    traffic_core_cycles_per_second: f64,
    link_models_ns_per_core_cycle: f64,
    line_rate: Vec<LineRate>,
    freshness: Vec<Freshness>,
    latency: Vec<latency::Latency>,
}

/// A blade's frames back to back, and how old its record gets at the manager meanwhile.
#[derive(Serialize)]
struct Freshness {
    mode: &'static str,
    /// `None`: an idle link.
    frame_bytes: Option<usize>,
    /// `None` where no records are sent.
    worst_age_ns: Option<u64>,
    frames_per_second: f64,
}

#[derive(Serialize)]
struct LineRate {
    frame_bytes: usize,
    offered: u64,
    offered_per_second: f64,
    /// A blade was chosen for the frame.
    forwarded: u64,
    /// The frame reached a server.
    delivered: u64,
    dropped_queue_full: u64,
    dropped_otherwise: u64,
}

pub fn bench(options: &BenchOptions) -> Result<()> {
    let mut chassis = Vec::new();
    for &blades in &options.blades {
        if options.latency_only {
            println!("chassis of {blades} blades");
            latency::print(&latencies(blades, options)?);
            continue;
        }
        let figures = measure(blades, options)?;
        print(&figures);
        chassis.push(figures);
    }
    if let Some(path) = options.json.as_ref().filter(|_| !options.latency_only) {
        let text = serde_json::to_string_pretty(&Figures { schema: 1, chassis }).expect("figures are plain data");
        std::fs::write(path, text + "\n").map_err(|e| Error::io("write", path, &e))?;
    }
    Ok(())
}

fn session(blades: u8, options: &BenchOptions) -> Result<Session> {
    let chassis = Chassis::new(&Config {
        blades: blades.into(),
        chassis: 0,
        blade_links: BladeLinks::Base1000X,
        skew: None,
        model_dir: options.model_dir.clone(),
        gap: 12,
        seed: 1,
        servers: Behaviour::Sink,
        uart_divisor: 8,
    })?;
    let agents = Agents::new(blades.into(), &[], 0, 100_000);
    let mut session = Session::begin(chassis, agents, None, stop_flag()?)?;
    // Round robin: what is measured is the path, not the rule.
    session.chassis.set_register(Device::Manager, "policy", "select", 0)?;
    Ok(session)
}

fn measure(blades: u8, options: &BenchOptions) -> Result<ChassisFigures> {
    let mut session = session(blades, options)?;
    let (begin, first) = (Instant::now(), session.chassis.core_cycles());
    session.chassis.run(20_000);
    let idle = (session.chassis.core_cycles() - first) as f64 / begin.elapsed().as_secs_f64();
    let packets = flows(100, 100_000.0, 1).into_iter().map(|(time, bytes)| Packet {
        time,
        original_length: bytes.len() as u32,
        bytes,
    });
    let (offers, _) = schedule(packets.collect(), Rate::Capture, 12, false);
    session.traffic(offers, |_| {})?;
    let traffic = session.cycles as f64 / session.wall.as_secs_f64();
    let line_rate = SIZES.iter().map(|&size| line_rate(blades, size, options)).collect::<Result<_>>()?;
    Ok(ChassisFigures {
        blades,
        idle_core_cycles_per_second: idle,
        traffic_core_cycles_per_second: traffic,
        link_models_ns_per_core_cycle: link_models(blades),
        line_rate,
        freshness: freshness(blades, options)?,
        latency: latencies(blades, options)?,
    })
}

/// Frames whose latency is measured alone, and bytes on the wire of those under load.
const ALONE: usize = 24;
const UNDER_LOAD: usize = 400_000;

fn latencies(blades: u8, options: &BenchOptions) -> Result<Vec<latency::Latency>> {
    let one = |&size: &usize| {
        let mut session = session(blades, options)?;
        latency::measure(&mut session, size, ALONE, (UNDER_LOAD / size).clamp(100, 2000))
    };
    latency::SIZES.iter().map(one).collect()
}

/// Embedding modes of the links to the blades that are measured.
const MODES: [(&str, u8); 4] = [
    ("off", embedding::OFF),
    ("a", embedding::A),
    ("b", embedding::B),
    ("c", embedding::C),
];
/// Time of a measurement, in steps of 32 ns: some fifty jumbo frames, in which mode B sends two records.
const MEASURE: u64 = 120_000;

fn freshness(blades: u8, options: &BenchOptions) -> Result<Vec<Freshness>> {
    let mut all = Vec::new();
    for (mode, number) in MODES {
        for size in std::iter::once(None).chain(SIZES.map(Some)) {
            // Without frames there are no preambles to write in.
            if number == embedding::C && size.is_none() {
                continue;
            }
            all.push(fresh(blades, options, mode, number, size)?);
        }
    }
    Ok(all)
}

/// A server's frame to nobody in particular, all alike but for their number.
fn upwards(number: usize, size: usize) -> Vec<u8> {
    let mut frame = vec![number as u8; size - 4];
    frame[..6].copy_from_slice(&[2, 0xC1, 0, 0, 0, 1]);
    frame[6..12].copy_from_slice(&[2, 0x53, 0x42, 0, 0, 0]);
    frame
}

fn fresh(blades: u8, options: &BenchOptions, mode: &'static str, number: u8, size: Option<usize>) -> Result<Freshness> {
    let mut session = session(blades, options)?;
    let chassis = &mut session.chassis;
    chassis.set_register(Device::Blade(0), "link", "control", number.into())?;
    chassis.set_register(Device::Manager, "blade", "link_control", number.into())?;
    if let Some(size) = size {
        // Twice as many as go in the time measured, for what the registers' line takes.
        let count = 2 * MEASURE as usize * 4 / (size + 20) + 8;
        (0..count).for_each(|n| chassis.servers[0].send(upwards(n, size)));
    }
    chassis.run(1000);
    let clear = Device::Manager.map().register("policy", "command").field("clear_worst").mask();
    chassis.set_register(Device::Manager, "policy", "command", clear)?;
    let first = chassis.far_end.received.len();
    chassis.run(MEASURE);
    let received = &chassis.far_end.received[first..];
    let times = received.first().zip(received.last());
    let frames_per_second = times.filter(|(a, b)| a.time < b.time).map_or(0.0, |(a, b)| {
        (received.len() - 1) as f64 / ((b.time - a.time) as f64 / TENTHS_OF_A_NANOSECOND as f64 * 1e-9)
    });
    let worst = chassis.register(Device::Manager, "blade", 0, "worst_age")? * 64 / 10;
    if size.is_some() && chassis.servers[0].quiet() {
        return Err(Error::failed("the frames ended before the measurement"));
    }
    Ok(Freshness {
        mode,
        frame_bytes: size,
        worst_age_ns: (number != embedding::OFF).then_some(worst),
        frames_per_second,
    })
}

/// Datagrams of 256 flows, as many as fit, back to back.
fn line_rate(blades: u8, size: usize, options: &BenchOptions) -> Result<LineRate> {
    let mut session = session(blades, options)?;
    let count = (options.bytes / (size + 20)).max(64);
    let offers: Vec<Offer> = (0..count)
        .map(|number| {
            let flow = Flow {
                protocol: UDP,
                source: [10, 1, 0, (number % 256) as u8],
                destination: [10, 0, 0, 1],
                source_port: 5000,
                destination_port: 53,
            };
            let ends = Ends {
                destination_mac: [2, 0x53, 0x42, 0, 0xFF, 1],
                source_mac: [2, 0xC1, 0, 0, 0, 1],
                flow,
            };
            Offer::new(0, udp(&ends, &vec![number as u8; size - 4 - 42]), false)
        })
        .collect();
    session.traffic(offers, |_| {})?;
    let counters: BTreeMap<_, _> = session
        .chassis
        .counters(Device::Manager, "statistics", 0, &MANAGER_COUNTERS)?
        .into_iter()
        .collect();
    let started = &session.chassis.far_end.started;
    let octets = started.last().copied().unwrap_or(1).max(1) as f64;
    let dropped: u64 = counters
        .iter()
        .filter(|(name, _)| name.starts_with("dropped_"))
        .map(|(_, count)| count)
        .sum();
    Ok(LineRate {
        frame_bytes: size,
        offered: count as u64,
        offered_per_second: (count - 1) as f64 / (octets * 0.8e-9),
        forwarded: counters["forwarded"],
        delivered: session.chassis.servers.iter().map(|s| s.received.len() as u64).sum(),
        dropped_queue_full: counters["dropped_queue_full"],
        dropped_otherwise: dropped - counters["dropped_queue_full"],
    })
}

/// What the Rust side costs without the models: far end and servers on wires that go nowhere.
fn link_models(blades: u8) -> f64 {
    const CYCLES: u64 = 400_000;
    let mut far_end = crate::link::far_end::FarEnd::new(12, [0, 0]);
    let mut servers: Vec<_> = (0..blades).map(|b| crate::server::Server::new(Behaviour::Sink, b.into())).collect();
    let mut wire = 0;
    let begin = Instant::now();
    for time in 0..CYCLES {
        wire = far_end.cycle(wire, false, time);
        if time % 5 != 4 {
            servers.iter_mut().for_each(|s| {
                std::hint::black_box(s.cycle(Default::default(), time));
            });
        }
    }
    begin.elapsed().as_nanos() as f64 / CYCLES as f64
}

fn print(figures: &ChassisFigures) {
    println!("chassis of {} blades", figures.blades);
    println!("  core cycles a second: {:>9.0} idle", figures.idle_core_cycles_per_second);
    println!(
        "                        {:>9.0} with traffic",
        figures.traffic_core_cycles_per_second
    );
    println!(
        "  of a core cycle the link models take {:.0} ns",
        figures.link_models_ns_per_core_cycle
    );
    println!(
        "  {:>6} {:>9} {:>12} {:>9} {:>9} {:>11} {:>8}",
        "bytes", "offered", "Mframes/s", "forwarded", "delivered", "queue full", "other"
    );
    for l in &figures.line_rate {
        let rate = l.offered_per_second / 1e6;
        let counts = [l.forwarded, l.delivered];
        println!(
            "  {:>6} {:>9} {rate:>12.2} {:>9} {:>9} {:>11} {:>8}",
            l.frame_bytes, l.offered, counts[0], counts[1], l.dropped_queue_full, l.dropped_otherwise
        );
    }
    println!("  a blade's frames back to back, and the greatest age of its record at the manager:");
    println!("  {:>6} {:>9} {:>12} {:>12}", "mode", "bytes", "frames/s", "age");
    for f in &figures.freshness {
        let bytes = f.frame_bytes.map_or("idle".into(), |bytes| bytes.to_string());
        let age = f.worst_age_ns.map_or("-".into(), |age| format!("{:.2} us", age as f64 / 1e3));
        println!("  {:>6} {bytes:>9} {:>12.0} {age:>12}", f.mode, f.frames_per_second);
    }
    latency::print(&figures.latency);
}
