//! `policy`: how flows are balanced.

use super::Port;
use crate::output::Output;
use clap::builder::PossibleValuesParser;
use serde_json::json;
use spareband::Error;
use spareband::snapshot::{Policy, require_manager};
use spareband::value::{format_duration, parse_duration, parse_network};
use spareband_spec::regs::{FLOW_TIMEOUT_UNIT_CYCLES, MANAGER};
use std::time::Duration;

#[derive(clap::Subcommand)]
pub enum Args {
    /// Show it
    Show,
    /// Change it
    #[command(after_help = "Examples:
  spareband policy set --select lu-delta --delta 16
  spareband policy set --vip 10.0.0.1 --stale-limit 1ms
  spareband policy set --vip 0.0.0.0/0          balance every IPv4 TCP and UDP frame")]
    Set(Settings),
}

#[derive(clap::Args)]
#[group(required = true, multiple = true)]
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
    output.print(&format!(
        "select        {}\ndelta         {}\newma shift    {}\nstale limit   {}\nvip           {}\nvip mask      {}\nflow timeout  {}\nhash key      {}\nlink down     {}\n",
        policy.select,
        policy.delta,
        policy.ewma_shift,
        format_duration(policy.stale_limit_seconds),
        policy.vip,
        policy.vip_mask,
        format_duration(policy.flow_timeout_seconds),
        policy.hash_key,
        policy.link_down.replace('_', "-")
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
    Ok(())
}
