//! `config`: the whole configuration of a manager as a file.

use super::{Port, confirm, progress};
use crate::output::Output;
use serde_json::json;
use spareband::Error;
use spareband::config::{Change, Config, Format, Plan, Present, Target, apply, refused};
use spareband_spec::regs::MAX_BLADES;
use std::fs;
use std::io::Read;
use std::path::Path;

const DUMP_HELP: &str = "Examples:
  spareband config dump                            print it
  spareband config dump rack.toml                  write a file; FILE.json is written as JSON
  spareband config dump - > rack.toml";

const APPLY_HELP: &str =
    "The file is checked as a whole, and what it would change is known, before the first write. Blades that come are set before services
send anything there; services change without a gap and keep their flows; what goes, goes last. Each change is printed once it is made.
If a write fails, the error says how far it came; applying the file again does the rest.

Examples:
  spareband config apply rack.toml --dry-run       what would be written, in this order
  spareband config apply rack.toml
  spareband -p /dev/ttyUSB1 config apply rack.toml   the same on another rack

What the file does not name stays as it is. A list of services or addresses is the whole list: others are removed.";

const EXAMPLE: &str = "A file by hand:
  [policy]
  select = \"lu-track\"
  stale_limit = \"1ms\"

  [blade.0]
  mac = \"02:00:00:00:00:07\"
  vlan = 100                    # or \"strip\", \"none\"
  queue_limit = 512

  [[service]]
  name = \"10.0.0.1:80/tcp\"
  blades = [0, 1, 2]
  weights = [16, 16, 32]        # 16 each without

  [[address]]
  mac = \"02:00:00:00:00:08\"
  port = 1                      # or \"uplink\"; vlan = 100

`spareband config dump` shows every key.";

#[derive(clap::Subcommand)]
#[command(after_help = EXAMPLE)]
pub enum Args {
    /// Write what the device has
    #[command(after_help = DUMP_HELP)]
    Dump {
        /// TOML, or JSON if its name ends in .json; - is the standard output
        #[arg(default_value = "-")]
        file: String,
        /// Write over a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Say all that is wrong with a file, without a device; exit code 6 if there is anything
    #[command(after_help = EXAMPLE)]
    Check {
        /// TOML, or JSON if its name ends in .json; - is the standard input, either
        file: String,
        /// Blades of the manager that it is for
        #[arg(long, default_value_t = MAX_BLADES as u8, value_parser = clap::value_parser!(u8).range(1..=MAX_BLADES as i64))]
        blades: u8,
    },
    /// Say what a file would change; exit code 6 if there is anything
    #[command(after_help = "Example:\n  spareband config diff rack.toml || echo differs")]
    Diff {
        /// - is the standard input
        file: String,
    },
    /// Change what differs from a file, and nothing else
    #[command(after_help = APPLY_HELP)]
    Apply {
        /// - is the standard input
        file: String,
        /// Only say what would be changed, in this order; exit code 0
        #[arg(long)]
        dry_run: bool,
    },
}

pub fn run(args: &Args, no_input: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    spareband::snapshot::require_manager(device)?;
    match args {
        Args::Check { file, blades } => check(file, (*blades).into(), output),
        Args::Dump { file, force } => dump(file, *force, device, output),
        Args::Diff { file } => {
            let plan = plan(file, &load(file, device)?, device, output)?;
            report(&plan, output);
            match plan.changes().count() {
                0 => Ok(()),
                1 => Err(Error::Findings("1 difference".into())),
                count => Err(Error::Findings(format!("{count} differences"))),
            }
        }
        Args::Apply { file, dry_run } => change(file, *dry_run, no_input, device, output),
    }
}

fn cannot(what: &str, file: &str, error: &std::io::Error) -> Error {
    Error::Failed {
        what: format!("cannot {what} {file}: {error}"),
        help: "check the name of the file and its permissions",
    }
}

fn read(file: &str) -> Result<(String, Format), Error> {
    let read = if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let text = read.map_err(|error| cannot("read", file, &error))?;
    // No TOML begins so.
    let json = file == "-" && text.trim_start().starts_with('{');
    Ok((text, if json { Format::Json } else { Format::of(file) }))
}

fn load(file: &str, device: &Port) -> Result<Config, Error> {
    let (text, format) = read(file)?;
    Config::parse(&text, format, Target::of(device)).map_err(|wrong| refused(file, &wrong))
}

/// Needs no device.
pub fn check(file: &str, blades: usize, output: &Output) -> Result<(), Error> {
    let (text, format) = read(file)?;
    let wrong = Config::parse(&text, format, Target::manager(blades)).err().unwrap_or_default();
    if output.json {
        output.json("config-check", json!({ "findings": wrong }), false);
    } else {
        wrong.iter().for_each(|line| output.print(&format!("{line}\n")));
    }
    match wrong.len() {
        0 => Ok(()),
        1 => Err(Error::Findings("1 finding".into())),
        count => Err(Error::Findings(format!("{count} findings"))),
    }
}

fn dump(file: &str, force: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    let target = Path::new(file);
    if file != "-" && !force && target.exists() {
        return Err(Error::Failed {
            what: format!("{file} is there already"),
            help: "choose another name, or write over it with --force",
        });
    }
    let present = read_device(true, true, device, output)?;
    let text = |format| present.config.text(format, Target::of(device));
    if file == "-" {
        output.print(&text(if output.json { Format::Json } else { Format::Toml }));
        return Ok(());
    }
    // Beside it first, so that a disk that is full leaves what there was.
    let beside = format!("{file}.part");
    let written = fs::write(&beside, text(Format::of(file))).and_then(|()| fs::rename(&beside, target));
    written.map_err(|error| {
        // What could not be written may not be there to be removed.
        let _ = fs::remove_file(&beside);
        cannot("write", file, &error)
    })
}

fn read_device(services: bool, addresses: bool, device: &mut Port, output: &Output) -> Result<Present, Error> {
    let bar = progress("reading the configuration", output);
    let present = Present::read(device, services, addresses, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    present
}

/// What is to change, with only those tables read that the file says anything of.
fn plan(file: &str, wanted: &Config, device: &mut Port, output: &Output) -> Result<Plan, Error> {
    output.detail(&format!("comparing with {file}"));
    let present = read_device(wanted.services.is_some(), wanted.addresses.is_some(), device, output)?;
    Plan::new(&present, wanted, Target::of(device))
}

fn report(plan: &Plan, output: &Output) {
    if output.json {
        let changes: Vec<&Change> = plan.changes().collect();
        output.json("config-diff", json!({ "changes": changes, "notes": plan.notes }), false);
        return;
    }
    plan.changes().for_each(|change| output.print(&format!("{change}\n")));
    plan.notes.iter().for_each(|note| output.note(note));
}

fn change(file: &str, dry_run: bool, no_input: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    let wanted = load(file, device)?;
    let planned = plan(file, &wanted, device, output)?;
    if dry_run {
        report(&planned, output);
        return Ok(());
    }
    if planned.leaves_no_blade {
        confirm("this leaves no blade that takes new flows", no_input, output)?;
    }
    planned.notes.iter().for_each(|note| output.note(note));
    let mut made: Vec<Change> = vec![];
    let applied = apply(device, &planned, |step| {
        made.extend_from_slice(&step.changes);
        if !output.json {
            step.changes.iter().for_each(|change| output.print(&format!("{change}\n")));
        }
    });
    if output.json {
        let document = json!({ "changes": made, "notes": planned.notes, "complete": applied.is_ok() });
        output.json("config-apply", document, false);
    }
    applied?;
    // Read back, tables too.
    if !planned.steps.is_empty() {
        let left = plan(file, &wanted, device, output)?;
        if let Some(change) = left.changes().next() {
            return Err(Error::Failed {
                what: format!("all was written, and yet the device differs: {change}"),
                help: "another program may be using the device; `spareband config diff` shows all differences",
            });
        }
    }
    Ok(())
}
