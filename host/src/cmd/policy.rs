//! `policy`: how flows are balanced.

use super::Port;
use crate::output::Output;
use clap::builder::PossibleValuesParser;
use serde_json::json;
use spareband::Error;
use spareband::snapshot::{Policy, require_manager};
use spareband::value::{format_duration, parse_duration, parse_network};
use spareband_spec::regs::{FLOW_TIMEOUT_UNIT_CYCLES, MANAGER, SIGNALS};
use spareband_spec::score::ACTIVE_MAX;
use std::time::Duration;

#[derive(clap::Subcommand)]
pub enum Args {
    /// Show it
    Show,
    /// Change it
    #[command(
        arg_required_else_help = true,
        after_help = "Examples:
  spareband policy set --select lu-delta --delta 16
  spareband policy set --vip 10.0.0.1 --stale-limit 1ms
  spareband policy set --select hcl --hot 230 --second queue --second-hot 64
  spareband policy set --select pack --fill 180 --wake 150
  spareband policy set --ladder on --slow-start on --good-reports 3 --refused-mark 128
  spareband policy set --vip 0.0.0.0/0          balance every IPv4 TCP and UDP frame"
    )]
    Set(Box<Settings>),
}

#[derive(clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Rule that chooses the blade of a new flow
    #[arg(long, value_parser = rules())]
    select: Option<String>,
    /// lu-delta: utilisation one flow adds, 255 = 100 %
    #[arg(long)]
    delta: Option<u8>,
    /// lu-delta: the mean of active flows moves by 1/2^SHIFT of the difference
    #[arg(long, value_name = "SHIFT", value_parser = clap::value_parser!(u8).range(0..16))]
    ewma_shift: Option<u8>,
    /// Age from which a record says nothing any more
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    stale_limit: Option<Duration>,
    /// IPv4 address or network of the service
    #[arg(long, value_name = "ADDRESS[/LENGTH]", value_parser = parse_network)]
    vip: Option<(u32, u32)>,
    /// Idle time after which a flow is forgotten
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    flow_timeout: Option<Duration>,
    /// Flows of a blade whose link is down: kept for its return, or forgotten so that they choose anew
    #[arg(long, value_name = "keep|re-home", value_parser = ["keep", "re-home"])]
    link_down: Option<String>,
    /// Key of the flow table's hash, 16 hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = parse_key)]
    hash_key: Option<u64>,
    #[command(flatten)]
    selector: Selector,
}

/// What the rules go by, and their guards. Loads and marks are 0 to 255 for 0 to 100 %.
#[derive(clap::Args)]
#[group(skip)]
struct Selector {
    /// Signal that is the load of every rule
    #[arg(long, value_name = "SIGNAL", value_parser = signals())]
    load: Option<String>,
    /// hcl: the second signal
    #[arg(long, value_name = "SIGNAL", value_parser = signals())]
    second: Option<String>,
    /// hcl: a blade is hot from this load on
    #[arg(long, value_name = "LOAD")]
    hot: Option<u8>,
    /// hcl: a blade is hot from this second signal on
    #[arg(long, value_name = "LOAD")]
    second_hot: Option<u8>,
    /// pack: a blade is full from this load on
    #[arg(long, value_name = "LOAD")]
    fill: Option<u8>,
    /// pack: from this load of the last blade in use on, one more should be awake
    #[arg(long, value_name = "LOAD")]
    wake: Option<u8>,
    /// Memory of refused connections from which a blade is avoided; 0: never
    #[arg(long, value_name = "MARK")]
    refused_mark: Option<u8>,
    /// lu, lu-delta, lu-track: go to hwr, then to wrr, when reports are old
    #[arg(long, value_name = "on|off", value_parser = parse_switch)]
    ladder: Option<bool>,
    /// Flows sent since a report up to which it is trusted
    #[arg(long, value_name = "FLOWS")]
    ladder_trust: Option<u8>,
    /// Flows sent since a report up to which it still says where headroom is
    #[arg(long, value_name = "FLOWS")]
    ladder_random: Option<u8>,
    /// A blade that comes up gets a sixteenth of its flows more with each tick
    #[arg(long, value_name = "on|off", value_parser = parse_switch)]
    slow_start: Option<bool>,
    /// Records that say ready, in a row, before a blade is preferred; 0: none
    #[arg(long, value_name = "COUNT")]
    good_reports: Option<u8>,
    /// Time between ticks of slow start and of the memory of refusals; 0s: no ticks
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    tick: Option<Duration>,
    /// lu-delta, lu-track: active flows count up to this in their average
    #[arg(long, value_name = "FLOWS", value_parser = clap::value_parser!(u16).range(0..=i64::from(ACTIVE_MAX)))]
    span: Option<u16>,
    /// The random number goes on from here
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u32>,
}

impl Selector {
    /// Writes what was given; the other fields of a register stay.
    fn write(&self, device: &mut Port, clock: u32) -> Result<(), Error> {
        let signal = |name: &Option<String>| {
            let of_name = |name: &String| SIGNALS.iter().find(|(known, _)| known == name).map_or(0, |(_, number)| *number);
            name.as_ref().map(|name| u64::from(of_name(name)))
        };
        let fields = [
            ("signals", "load", signal(&self.load)),
            ("signals", "second", signal(&self.second)),
            ("marks", "hot", self.hot.map(u64::from)),
            ("marks", "second_hot", self.second_hot.map(u64::from)),
            ("marks", "fill", self.fill.map(u64::from)),
            ("marks", "refused", self.refused_mark.map(u64::from)),
            ("ladder", "enable", self.ladder.map(u64::from)),
            ("ladder", "trust", self.ladder_trust.map(u64::from)),
            ("ladder", "random", self.ladder_random.map(u64::from)),
            ("slow_start", "enable", self.slow_start.map(u64::from)),
            ("slow_start", "good_reports", self.good_reports.map(u64::from)),
            ("span", "flows", self.span.map(u64::from)),
            ("wake", "load", self.wake.map(u64::from)),
        ];
        for register in ["signals", "marks", "ladder", "slow_start", "span", "wake"] {
            let given = || {
                fields
                    .iter()
                    .filter(|field| field.0 == register)
                    .filter_map(|field| Some((field.1, field.2?)))
            };
            if given().next().is_none() {
                continue;
            }
            let place = device.place("selector", 0, register);
            let mut value = device.read(&place)?;
            for (field, number) in given() {
                value = place.register.field(field).set(value, number);
            }
            device.write(&place, value)?;
        }
        if let Some(tick) = self.tick {
            let interval = if tick.is_zero() {
                0
            } else {
                units(tick, clock, FLOW_TIMEOUT_UNIT_CYCLES, "--tick")?
            };
            let place = device.place("selector", 0, "tick_interval");
            device.write(&place, interval)?;
        }
        if let Some(seed) = self.seed {
            let place = device.place("selector", 0, "seed");
            device.write(&place, seed.into())?;
        }
        Ok(())
    }
}

fn signals() -> PossibleValuesParser {
    SIGNALS.iter().map(|(name, _)| *name).collect::<Vec<_>>().into()
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("`{text}` is neither on nor off")),
    }
}

fn rules() -> PossibleValuesParser {
    MANAGER
        .register("policy", "select")
        .field("value")
        .values
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .into()
}

fn parse_key(text: &str) -> Result<u64, String> {
    let mut bytes = [0; 8];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| format!("`{text}` is no key; write 16 hexadecimal digits"))?;
    Ok(u64::from_be_bytes(bytes))
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    require_manager(device)?;
    match args {
        Args::Show => show(device, output),
        Args::Set(settings) => set(settings, device),
    }
}

fn show(device: &mut Port, output: &Output) -> Result<(), Error> {
    let policy = Policy::read(device)?;
    if output.json {
        output.json("policy", json!({ "policy": policy }), false);
        return Ok(());
    }
    let selector = &policy.selector;
    let awake = match policy.awake {
        0 => "-".into(),
        blades => blades.to_string(),
    };
    let switch = |on| if on { "on" } else { "off" };
    output.print(&format!(
        "select        {}\ndelta         {}\newma shift    {}\nstale limit   {}\nvip           {}\nvip mask      {}\nflow timeout  {}\nhash key      {}\nlink down     {}\n\
         load          {}, second {}\nhot           {}, second {}\nfull          {}, wake {}\nladder        {}, trust {}, random {}\n\
         slow start    {}, good reports {}, tick {}\nrefused mark  {}\nspan          {}\nawake         {}\n",
        policy.select,
        policy.delta,
        policy.ewma_shift,
        format_duration(policy.stale_limit_seconds),
        policy.vip,
        policy.vip_mask,
        format_duration(policy.flow_timeout_seconds),
        policy.hash_key,
        policy.link_down.replace('_', "-"),
        selector.load,
        selector.second,
        selector.hot,
        selector.second_hot,
        selector.fill,
        selector.wake,
        switch(selector.ladder),
        selector.ladder_trust,
        selector.ladder_random,
        switch(selector.slow_start),
        selector.good_reports,
        format_duration(selector.tick_seconds),
        selector.refused_mark,
        selector.span,
        awake
    ));
    Ok(())
}

/// A time as a number of units of so many cycles, at least one.
fn units(time: Duration, clock_hz: u32, cycles: u32, what: &str) -> Result<u64, Error> {
    let most = u64::from(u32::MAX);
    let units = spareband::value::units(time, clock_hz, cycles);
    if units > most {
        let seconds = most as f64 * f64::from(cycles) / f64::from(clock_hz);
        return Err(Error::Usage(format!("{what} is at most {}", format_duration(seconds))));
    }
    Ok(units.max(1))
}

fn set(settings: &Settings, device: &mut Port) -> Result<(), Error> {
    let clock = device.identity().clock_hz;
    let mut writes: Vec<(&str, u64)> = vec![];
    if let Some(rule) = &settings.select {
        let name = device.name("policy.select")?;
        writes.push(("select", spareband::value::parse(&name, rule)?));
    }
    writes.extend(settings.delta.map(|delta| ("delta", delta.into())));
    writes.extend(settings.ewma_shift.map(|shift| ("ewma_shift", shift.into())));
    if let Some(limit) = settings.stale_limit {
        writes.push(("stale_limit", units(limit, clock, 1, "--stale-limit")?));
    }
    if let Some((address, mask)) = settings.vip {
        writes.extend([("vip", address.into()), ("vip_mask", mask.into())]);
    }
    if let Some(time) = settings.flow_timeout {
        writes.push(("flow_timeout", units(time, clock, FLOW_TIMEOUT_UNIT_CYCLES, "--flow-timeout")?));
    }
    writes.extend(settings.hash_key.map(|key| ("hash_key", key)));
    if let Some(what) = &settings.link_down {
        device.write_named("forwarding.link_down.flows", u64::from(what == "re-home"))?;
    }
    for (register, value) in writes {
        let place = device.place("policy", 0, register);
        device.write(&place, value)?;
    }
    settings.selector.write(device, clock)
}
