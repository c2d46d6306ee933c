//! `service`: the services of a manager.

use super::Port;
use crate::output::{Cell, Output, Tone};
use clap::builder::PossibleValuesParser;
use serde_json::json;
use spareband::services::{Name, Service, Services, Settings, blades_of};
use spareband::{Error, SerialTransport};
use spareband_spec::regs::MANAGER;
use spareband_spec::service::{Counter, ServiceParameters, WEIGHTS};

#[derive(clap::Subcommand)]
pub enum Args {
    /// List the services
    List,
    /// Add a service: ADDRESS:PORT/PROTOCOL, or ADDRESS/PROTOCOL for all ports that have no service of their own
    #[command(after_help = "Examples:
  spareband service add 10.0.0.1:80/tcp --policy lu-track
  spareband service add [2001:db8::1]:443/tcp --blades 0,1,4-7
  spareband service add 10.0.0.1/udp --udp-per-packet --weight 0=64 --weight 3=0")]
    Add {
        #[arg(value_name = "SERVICE", value_parser = Name::parse)]
        name: Name,
        #[command(flatten)]
        changes: Changes,
    },
    /// Change a service
    #[command(after_help = "Example:\n  spareband service set 0 --blades 0-2 --weight 1=32")]
    Set {
        /// Its number, as `list` shows it
        number: u8,
        #[command(flatten)]
        changes: Changes,
    },
    /// Remove services
    Rm {
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<u8>,
    },
    /// End the old version of the consistent hash, once the flows that went by it have ended
    Settle {
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<u8>,
    },
}

#[derive(clap::Args)]
pub struct Changes {
    /// Blades that may be chosen: numbers and ranges, 0,2,4-7; all when a service is added
    #[arg(long, value_name = "BLADES", value_parser = parse_blades)]
    blades: Option<u16>,
    /// Rule that chooses the blade of a new flow
    #[arg(long, value_parser = rules())]
    policy: Option<String>,
    /// Share of a blade among its peers, 0 to 255, where the rule counts weights, which is up to 16, and in the consistent hash; 16 when a service is added
    #[arg(long, value_name = "BLADE=WEIGHT", value_parser = parse_weight)]
    weight: Vec<(usize, u8)>,
    /// Which of the four flow time-outs: policy.flow_timeout, or forwarding.flow_timeout_1 to _3
    #[arg(long, value_name = "0..3", value_parser = clap::value_parser!(u8).range(0..=3))]
    timeout_class: Option<u8>,
    /// Balance each UDP datagram by itself
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    udp_per_packet: Option<bool>,
    /// All connections of a client to one blade
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    sticky: Option<bool>,
    /// Rewrite the destination MAC address to the blade's
    #[arg(long, value_name = "true|false")]
    rewrite: Option<bool>,
    /// A disabled service takes no frames
    #[arg(long, value_name = "true|false")]
    enabled: Option<bool>,
    /// Answer ARP requests and neighbour solicitations for the address
    #[arg(long, value_name = "true|false")]
    arp: Option<bool>,
    /// Answer echo requests to the address
    #[arg(long, value_name = "true|false")]
    echo: Option<bool>,
}

fn policies() -> &'static [(&'static str, u32)] {
    MANAGER.register("policy", "select").field("value").values
}

fn rules() -> PossibleValuesParser {
    policies().iter().map(|(name, _)| *name).collect::<Vec<_>>().into()
}

/// A set of blades: `0,2,4-7`.
fn parse_blades(text: &str) -> Result<u16, String> {
    let number = |text: &str| {
        text.parse()
            .ok()
            .filter(|blade: &usize| *blade < WEIGHTS)
            .ok_or_else(|| format!("`{text}` is no blade of 0 to {}", WEIGHTS - 1))
    };
    let mut set = 0;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(format!("`{part}` ends before it begins"));
        }
        (first..=last).for_each(|blade| set |= 1 << blade);
    }
    Ok(set)
}

fn parse_weight(text: &str) -> Result<(usize, u8), String> {
    let bad = || format!("`{text}` is no weight; write it as 2=32");
    let (blade, weight) = text.split_once('=').ok_or_else(bad)?;
    let blade = blade.parse().ok().filter(|blade| *blade < WEIGHTS).ok_or_else(bad)?;
    Ok((blade, weight.parse().map_err(|_| bad())?))
}

impl Changes {
    fn apply(&self, settings: &mut Settings) {
        let parameters = &mut settings.parameters;
        parameters.blade_set = self.blades.unwrap_or(parameters.blade_set);
        if let Some(policy) = &self.policy {
            let number = policies().iter().find(|(name, _)| name == policy).map_or(0, |(_, number)| *number);
            parameters.policy = number as u8;
        }
        parameters.timeout_class = self.timeout_class.unwrap_or(parameters.timeout_class);
        parameters.udp_per_packet = self.udp_per_packet.unwrap_or(parameters.udp_per_packet);
        parameters.sticky_by_source = self.sticky.unwrap_or(parameters.sticky_by_source);
        parameters.rewrite = self.rewrite.unwrap_or(parameters.rewrite);
        parameters.enabled = self.enabled.unwrap_or(parameters.enabled);
        for (blade, weight) in &self.weight {
            settings.weights[*blade] = *weight;
        }
        settings.arp = self.arp.unwrap_or(settings.arp);
        settings.echo = self.echo.unwrap_or(settings.echo);
    }

    fn is_empty(&self) -> bool {
        let flags = [self.udp_per_packet, self.sticky, self.rewrite, self.enabled, self.arp, self.echo];
        self.blades.is_none()
            && self.policy.is_none()
            && self.weight.is_empty()
            && self.timeout_class.is_none()
            && flags.iter().all(Option::is_none)
    }
}

/// What a service begins with: the manager's own rule, all its blades, equal weights.
fn beginning(device: &mut Port) -> Result<Settings, Error> {
    let policy = device.read_named("policy.select")? as u8;
    Ok(Settings {
        parameters: ServiceParameters {
            blade_set: ((1_u32 << device.blades()) - 1) as u16,
            policy,
            rewrite: true,
            enabled: true,
            ..Default::default()
        },
        weights: [16; WEIGHTS],
        arp: true,
        echo: true,
    })
}

/// Blades that the device does not have.
fn check(settings: &Settings, blades: usize) -> Result<(), Error> {
    if let Some(blade) = blades_of(settings.parameters.blade_set).into_iter().find(|blade| *blade >= blades) {
        return Err(Error::Usage(format!("no blade {blade}; the device has 0 to {}", blades - 1)));
    }
    if settings.parameters.blade_set == 0 {
        return Err(Error::Usage("a service needs a blade".into()));
    }
    Ok(())
}

fn open<'a>(device: &'a mut Port, output: &Output) -> Result<Services<'a, SerialTransport>, Error> {
    let bar = super::progress("reading the service table", output);
    let services = Services::open(device, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    services
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    spareband::snapshot::require_manager(device)?;
    let blades = device.blades();
    match args {
        Args::List => list(&open(device, output)?.list()?, output),
        Args::Add { name, changes } => {
            let mut settings = beginning(device)?;
            changes.apply(&mut settings);
            check(&settings, blades)?;
            let number = open(device, output)?.add(*name, &settings)?;
            output.detail(&format!("service {number}: {name}"));
        }
        Args::Set { number, changes } => {
            if changes.is_empty() {
                return Err(Error::Usage(
                    "nothing to set; `spareband service set --help` shows what there is".into(),
                ));
            }
            let mut services = open(device, output)?;
            let mut settings = services.get(*number)?.settings;
            changes.apply(&mut settings);
            check(&settings, blades)?;
            services.set(*number, &settings)?;
        }
        Args::Rm { numbers } => {
            let mut services = open(device, output)?;
            // All are there, or none is removed.
            numbers.iter().try_for_each(|number| services.get(*number).map(|_| ()))?;
            numbers.iter().try_for_each(|number| services.remove(*number))?;
        }
        Args::Settle { numbers } => {
            let mut services = open(device, output)?;
            numbers.iter().try_for_each(|number| services.get(*number).map(|_| ()))?;
            numbers.iter().try_for_each(|number| services.settle(*number))?;
        }
    }
    Ok(())
}

fn list(services: &[Service], output: &Output) {
    if output.json {
        let services: Vec<_> = services.iter().map(Service::report).collect();
        output.json("services", json!({ "services": services }), false);
        return;
    }
    let row = |service: &Service| -> Vec<Cell> {
        let Settings {
            parameters,
            weights,
            arp,
            echo,
        } = &service.settings;
        let policy = policies().iter().find(|(_, number)| *number == u32::from(parameters.policy));
        let blades: Vec<String> = blades_of(parameters.blade_set)
            .into_iter()
            .map(|blade| format!("{blade}={}", weights[blade]))
            .collect();
        let flags = [
            (parameters.udp_per_packet, "udp-per-packet"),
            (parameters.sticky_by_source, "sticky"),
            (!parameters.rewrite, "no-rewrite"),
            (*arp, "arp"),
            (*echo, "echo"),
            (service.two_versions, "two-versions"),
        ];
        let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        vec![
            service.number.to_string().into(),
            service.name.to_string().into(),
            if parameters.enabled {
                Cell("yes".into(), Tone::Good)
            } else {
                Cell("no".into(), Tone::Warn)
            },
            policy.map_or("?", |(name, _)| name).into(),
            blades.join(" ").into(),
            parameters.timeout_class.to_string().into(),
            service.counter(Counter::Packets).to_string().into(),
            service.counter(Counter::Octets).to_string().into(),
            service.counter(Counter::NewFlows).to_string().into(),
            service.counter(Counter::Drops).to_string().into(),
            flags.join(" ").into(),
        ]
    };
    let rows: Vec<_> = services.iter().map(row).collect();
    let columns = [
        "NUMBER", "SERVICE", "ENABLED", "POLICY", "BLADES", "TIMEOUT", "PACKETS", "OCTETS", "FLOWS", "DROPS", "FLAGS",
    ];
    output.print(&output.table(&columns, &rows));
}
