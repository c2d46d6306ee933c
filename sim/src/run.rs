//! `run` and `live`: a capture through the chassis, or a chassis to look at.
use crate::agents::Agents;
use crate::chassis::{BladeLinks, Chassis, Config, Device, Skew};
use crate::error::{Error, Result};
use crate::pcap;
use crate::pty::Pty;
use crate::rate::{Rate, schedule};
use crate::report::OutputFolder;
use crate::run_account::{account_for, print_summary};
use crate::script::{self, Event};
use crate::server::Behaviour;
use crate::session::{Session, stop_flag};
use indicatif::{ProgressBar, ProgressStyle};
use spareband_spec::regs::MANAGER;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

/// Blade links of the root manager that the simulation has.
const CHASSIS_UNDER_A_ROOT: usize = 2;

/// What `run` and `live` have in common.
#[derive(Debug, Clone, clap::Args)]
pub struct ChassisOptions {
    /// Number of blades, of each chassis; a model for it must have been built
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(2..=16))]
    pub blades: u8,
    /// 1: a chassis; 2: a root manager whose two 10GBASE-R blade links go to the uplinks of two chassis. Blades are counted over both
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub tiers: u8,
    /// Links to the blades; with 10gbase-r utilisation goes in 64b/66b ordered sets (mode D), and a model of so many links must have been built
    #[arg(long, value_enum, default_value = "1000base-x", value_name = "LINK")]
    pub blade_links: BladeLinks,
    /// Clocks that differ: parts per million by which the uplink's and each blade's clock is fast; the last counts for further blades
    #[arg(long, value_name = "UPLINK,BLADE0,..", value_delimiter = ',', allow_hyphen_values = true, value_parser = clap::value_parser!(i32).range(-200..=200))]
    pub skew: Vec<i32>,
    /// Load script: what the blades report, and when (see docs/SIMULATION.md)
    #[arg(long, value_name = "FILE")]
    pub load: Option<PathBuf>,
    /// Selection rule: rr, lu, lu-delta or another of `spareband policy set --help`
    #[arg(long, value_parser = policy)]
    pub policy: Option<u32>,
    /// Balance only IPv4 addresses under ADDRESS[/LENGTH]; all when not given
    #[arg(long, value_name = "ADDRESS[/LENGTH]", value_parser = vip)]
    pub vip: Option<(u32, u32)>,
    /// What the servers behind the blades do
    #[arg(long, value_enum, default_value = "reply")]
    pub servers: Behaviour,
    /// Time between two samples of a blade's agent, in microseconds
    #[arg(long, default_value_t = 100, value_name = "US", value_parser = clap::value_parser!(u64).range(20..))]
    pub agent_period: u64,
    /// Seed of the SERDES alignments and the servers' thinking times
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Average gap between frames on the uplink in bytes
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u64).range(8..=100_000))]
    pub gap: u64,
    /// UART clocks a bit
    #[arg(long, default_value_t = 8, value_name = "CLOCKS", value_parser = clap::value_parser!(u16).range(4..))]
    pub uart_divisor: u16,
    /// Folder of the compiled models
    #[arg(long, default_value = "build/sim", value_name = "DIR")]
    pub model_dir: PathBuf,
    /// Core cycles a second at most
    #[arg(long, value_name = "CYCLES")]
    pub max_speed: Option<f64>,
    /// Symbolic link to the manager's pseudo-terminal (implies --pty); blades get LINK.blade0 and so on, with two tiers LINK.c0, LINK.c0_blade0
    #[arg(long, value_name = "LINK")]
    pub pty_link: Option<PathBuf>,
}

#[derive(Debug, Clone, clap::Args)]
pub struct RunOptions {
    #[command(flatten)]
    pub chassis: ChassisOptions,
    /// Frames for the uplink: a classic pcap of Ethernet link type
    #[arg(long, value_name = "FILE")]
    pub pcap: PathBuf,
    /// Folder of the result: blade0.pcap .. (c0_blade0.pcap .. with two tiers), uplink.pcap, report.json, report.html
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// line, capture (its own times), bits a second (900M), or frames a second (100kpps)
    #[arg(long, default_value = "900M")]
    pub rate: String,
    /// Send frames shorter than 60 bytes as they are (runts) instead of padding them
    #[arg(long)]
    pub raw: bool,
    /// Spoil the FCS of every Nth frame
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub spoil_fcs: Option<u64>,
    /// Stop after so many frames of the capture
    #[arg(long, value_name = "N")]
    pub frames: Option<usize>,
    /// Give the manager and each blade a pseudo-terminal; paths are printed
    #[arg(long)]
    pub pty: bool,
    /// With --pty: when the traffic has ended and the result is written, keep running until killed
    #[arg(long, requires = "pty")]
    pub hold: bool,
    /// With --hold: end after so many seconds
    #[arg(long, value_name = "SECONDS", requires = "hold")]
    pub duration: Option<f64>,
}

#[derive(Debug, Clone, clap::Args)]
pub struct LiveOptions {
    #[command(flatten)]
    pub chassis: ChassisOptions,
    /// End after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub duration: Option<f64>,
}

/// Names and numbers of the rules come from the register map.
pub(crate) fn policies() -> &'static [(&'static str, u32)] {
    MANAGER.register("policy", "select").field("value").values
}

fn policy(text: &str) -> std::result::Result<u32, String> {
    let names: Vec<&str> = policies().iter().map(|(name, _)| *name).collect();
    policies()
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, number)| *number)
        .ok_or_else(|| format!("known are {}", names.join(", ")))
}

fn vip(text: &str) -> std::result::Result<(u32, u32), String> {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    let address: Ipv4Addr = address.parse().map_err(|_| format!("`{address}` is no IPv4 address"))?;
    let length: u32 = length
        .parse()
        .ok()
        .filter(|l| *l <= 32)
        .ok_or("the length is a number from 0 to 32")?;
    Ok((address.into(), u32::MAX.checked_shl(32 - length).unwrap_or(0)))
}

impl ChassisOptions {
    fn script(&self) -> Result<Vec<Event>> {
        self.load
            .as_ref()
            .map_or(Ok(Vec::new()), |path| script::read(path, self.all_blades()))
    }

    fn chassis(&self) -> usize {
        if self.tiers == 2 { CHASSIS_UNDER_A_ROOT } else { 0 }
    }

    /// Blades of all chassis.
    fn all_blades(&self) -> usize {
        usize::from(self.blades) * self.chassis().max(1)
    }

    /// What a blade is called in file names.
    fn blade_name(&self, blade: usize) -> String {
        let a_chassis = usize::from(self.blades);
        match self.tiers {
            2 => format!("c{}_blade{}", blade / a_chassis, blade % a_chassis),
            _ => format!("blade{blade}"),
        }
    }

    fn build(&self) -> Result<Chassis> {
        Chassis::new(&Config {
            blades: self.blades.into(),
            chassis: self.chassis(),
            blade_links: self.blade_links,
            skew: self.skew.split_first().map(|(&uplink, blades)| Skew {
                uplink,
                blades: blades.to_vec(),
            }),
            model_dir: self.model_dir.clone(),
            gap: self.gap,
            seed: self.seed,
            servers: self.servers,
            uart_divisor: self.uart_divisor,
        })
    }

    fn start(&self, chassis: Chassis, script: &[Event], length: u64) -> Result<Session> {
        let agents = Agents::new(self.all_blades(), script, length, self.agent_period * 1000);
        let mut session = Session::begin(chassis, agents, self.max_speed, stop_flag()?)?;
        let chassis = &mut session.chassis;
        let mut managers = chassis.managers();
        if self.tiers == 2 {
            managers.push(Device::Manager);
        }
        for manager in managers {
            if let Some(policy) = self.policy {
                chassis.set_register(manager, "policy", "select", policy.into())?;
            }
            if let Some((address, mask)) = self.vip {
                chassis.set_register(manager, "policy", "vip", address.into())?;
                chassis.set_register(manager, "policy", "vip_mask", mask.into())?;
            }
        }
        Ok(session)
    }

    /// Terminals come when the chassis answers: a program that sees one can use it.
    fn open_terminals(&self, chassis: &mut Chassis) -> Result<()> {
        let mut open = |name: String, link: Option<PathBuf>, device| -> Result<()> {
            let pty = Pty::open(link.as_deref())?;
            println!("{name} {}", pty.path.display());
            chassis.attach(device, pty);
            Ok(())
        };
        let beside = |name: &str| self.pty_link.as_ref().map(|l| PathBuf::from(format!("{}.{name}", l.display())));
        open("manager".into(), self.pty_link.clone(), Device::Manager)?;
        for index in 0..self.chassis() {
            let name = format!("c{index}");
            open(name.clone(), beside(&name), Device::Chassis(index))?;
        }
        for blade in 0..self.all_blades() {
            let name = self.blade_name(blade);
            open(name.clone(), beside(&name), Device::Blade(blade))?;
        }
        Ok(())
    }
}

fn seconds(value: Option<f64>) -> Result<Option<Duration>> {
    value
        .map(|v| Duration::try_from_secs_f64(v).map_err(|_| Error::usage(format!("--duration {v}: seconds, not below 0"))))
        .transpose()
}

pub fn live(options: &LiveOptions) -> Result<()> {
    let duration = seconds(options.duration)?;
    let script = options.chassis.script()?;
    let mut session = options.chassis.start(options.chassis.build()?, &script, 0)?;
    session.origin = session.chassis.time;
    options.chassis.open_terminals(&mut session.chassis)?;
    session.hold(duration)
}

pub fn run(options: &RunOptions) -> Result<()> {
    let rate: Rate = options.rate.parse().map_err(|why| Error::usage(format!("--rate {why}")))?;
    let duration = seconds(options.duration)?;
    let script = options.chassis.script()?;
    let capture = pcap::read(&options.pcap, options.frames.unwrap_or(usize::MAX))?;
    let cut = capture.cut;
    let (mut offers, length) = schedule(capture.packets, rate, options.chassis.gap, options.raw);
    if let Some(every) = options.spoil_fcs {
        offers
            .iter_mut()
            .skip(every as usize - 1)
            .step_by(every as usize)
            .for_each(|o| o.spoil_fcs = true);
    }
    let folder = OutputFolder::new(&options.out)?;
    let mut session = options.chassis.start(options.chassis.build()?, &script, length)?;
    if options.pty || options.chassis.pty_link.is_some() {
        options.chassis.open_terminals(&mut session.chassis)?;
    }
    let bar = ProgressBar::new(offers.len() as u64);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} frames {elapsed} ({eta} left)").expect("a fixed template");
    bar.set_style(style);
    session.traffic(offers.clone(), |sent| bar.set_position(sent as u64))?;
    bar.finish_and_clear();

    let report = account_for(&mut session, &offers, options, cut)?;
    for (blade, server) in session.chassis.servers.iter().enumerate() {
        folder.write_capture(&format!("{}.pcap", options.chassis.blade_name(blade)), &server.received)?;
    }
    folder.write_capture("uplink.pcap", &session.chassis.far_end.received)?;
    folder.write_report(&report)?;
    folder.finish()?;
    print_summary(&report, &options.out);
    if options.hold {
        session.hold(duration)?;
    }
    let failures = report.failures();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Error::failed(format!("not every frame is accounted for: {}", failures.join("; "))))
    }
}
