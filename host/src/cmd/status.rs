//! `status`: links, records, loads and flows now. `--check` reports what an operator should look at and exits with 6 if there is anything.

use super::Port;
use crate::output::{Cell, Output, Tone};
use serde_json::{Value, json};
use spareband::snapshot::{Blade, BladeDevice, Manager};
use spareband::value::{format_duration, parse_duration, percent};
use spareband::{Error, snapshot};
use spareband_spec::regs::KIND_MANAGER;
use std::time::Duration;

#[derive(clap::Args)]
pub struct Args {
    /// Print again and again until interrupted; with --json one document a line
    #[arg(long)]
    watch: bool,
    /// Time between two prints of --watch
    #[arg(long, default_value = "1s", value_parser = parse_duration, value_name = "TIME", requires = "watch")]
    interval: Duration,
    /// Print only what needs a look, and exit with 6 if anything does
    #[arg(long, conflicts_with = "watch")]
    check: bool,
}

/// Characters of a full CPU bar.
const BAR: usize = 16;
/// CPU utilisation from which it is shown as high and very high.
const HIGH: f64 = 70.0;
const VERY_HIGH: f64 = 90.0;

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    if args.check {
        return check(device, output);
    }
    loop {
        let (document, text) = read(device, output)?;
        if output.json {
            output.json("status", document, args.watch);
        } else if args.watch && output.terminal {
            // Home, text, and nothing of the last print below it.
            output.print(&format!("\x1b[H{}\x1b[J", text.replace('\n', "\x1b[K\n")));
        } else {
            output.print(&text);
        }
        if !args.watch {
            return Ok(());
        }
        std::thread::sleep(args.interval);
    }
}

fn check(device: &mut Port, output: &Output) -> Result<(), Error> {
    let findings = if device.map().kind == KIND_MANAGER {
        Manager::read(device)?.findings()
    } else {
        let blade = BladeDevice::read(device)?;
        let found = [
            (!blade.sync, "link to the manager down"),
            (blade.seq.is_none(), "no record is being sent"),
        ];
        found.into_iter().filter(|(is, _)| *is).map(|(_, text)| text.to_string()).collect()
    };
    if output.json {
        output.json("check", json!({ "findings": findings }), false);
    } else {
        findings.iter().for_each(|finding| output.print(&format!("{finding}\n")));
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err(Error::Findings("1 finding".into())),
        count => Err(Error::Findings(format!("{count} findings"))),
    }
}

fn read(device: &mut Port, output: &Output) -> Result<(Value, String), Error> {
    if device.map().kind == KIND_MANAGER {
        let manager = Manager::read(device)?;
        Ok((json!({ "kind": "manager", "manager": manager }), manager_text(&manager, output)))
    } else {
        let blade = BladeDevice::read(device)?;
        Ok((json!({ "kind": "blade", "blade": blade }), blade_device_text(&blade)))
    }
}

fn manager_text(manager: &Manager, output: &Output) -> String {
    let uplink = &manager.uplink;
    let state = match (uplink.block_lock, uplink.local_fault, uplink.remote_fault) {
        (false, ..) => "no block lock",
        (_, true, _) => "local fault",
        (_, _, true) => "remote fault",
        _ => "up",
    };
    let mut heads = vec!["BLADE", "LINK", "ADMIN", "CPU"];
    if output.terminal {
        heads.push("");
    }
    heads.extend(["IRQ", "WORK", "POWER", "QUEUE", "AGE", "WORST", "FLOWS", "NEW FLOWS"]);
    let rows: Vec<Vec<Cell>> = manager.blades.iter().map(|blade| blade_row(blade, output)).collect();
    format!(
        "uplink {state}   policy {}   flows {}\n\n{}",
        manager.policy,
        manager.flows,
        output.table(&heads, &rows)
    )
}

fn blade_row(blade: &Blade, output: &Output) -> Vec<Cell> {
    let link = if blade.link {
        Cell("up".into(), Tone::Good)
    } else {
        Cell("down".into(), Tone::Bad)
    };
    let admin = match (blade.enabled, blade.admin()) {
        (false, _) => Cell("disabled".into(), Tone::Warn),
        (true, "ready") => Cell("ready".into(), Tone::Good),
        (true, other) => Cell(other.into(), Tone::Warn),
    };
    let mut row: Vec<Cell> = vec![blade.blade.to_string().into(), link, admin];
    let share = |value: u8| format!("{:.0} %", percent(value.into()));
    match &blade.record {
        Some(record) => {
            let cpu = percent(record.cpu.into());
            let tone = if cpu >= VERY_HIGH {
                Tone::Bad
            } else if cpu >= HIGH {
                Tone::Warn
            } else {
                Tone::Plain
            };
            row.push(Cell(share(record.cpu), tone));
            if output.terminal {
                row.push(Cell(output.bar(cpu / 100.0, BAR), tone));
            }
            row.extend([record.irq, record.work, record.power].map(|value| share(value).into()));
            row.push(record.queue.to_string().into());
            let age = format_duration(blade.record_age_seconds);
            row.push(if blade.stale {
                Cell(format!("{age} stale"), Tone::Bad)
            } else {
                age.into()
            });
        }
        None => row.extend((0..if output.terminal { 7 } else { 6 }).map(|_| "-".into())),
    }
    row.push(format_duration(blade.record_worst_age_seconds).into());
    row.extend([blade.active_flows.to_string().into(), blade.new_flows.to_string().into()]);
    row
}

fn blade_device_text(blade: &snapshot::BladeDevice) -> String {
    let record = &blade.record;
    let sent = blade.seq.map_or("nothing".to_string(), |seq| format!("sample {seq}"));
    let share = |value: u8| format!("{:.0} %", percent(value.into()));
    format!(
        "link {}   sending {sent}\n\nadmin  {}\ncpu    {}\nirq    {}\nwork   {}\npower  {}\nqueue  {}\n",
        if blade.sync { "up" } else { "down" },
        record.admin,
        share(record.cpu),
        share(record.irq),
        share(record.work),
        share(record.power),
        record.queue
    )
}
