//! One file a verb.

pub mod announce;
pub mod blade;
pub mod config;
pub mod flow;
mod info;
pub mod link;
mod list;
pub mod mac;
pub mod policy;
pub mod reg;
pub mod service;
pub mod stats;
pub mod status;

use crate::cli::{Cli, Command};
use crate::output::Output;
use indicatif::{ProgressBar, ProgressStyle};
use spareband::{Client, Device, Error, SerialTransport, candidates};
use std::io::{self, BufRead, IsTerminal, Write};

/// The device on the port of the command line.
type Port = Device<SerialTransport>;

pub fn run(cli: &Cli, output: &Output) -> Result<(), Error> {
    if let Command::List = cli.command {
        return list::run(cli, output);
    }
    if let Command::Config(config::Args::Check { file, blades }) = &cli.command {
        return config::check(file, (*blades).into(), output);
    }
    let mut device = open(cli, output)?;
    match &cli.command {
        Command::List => Ok(()),
        Command::Info => info::run(&device, output),
        Command::Status(args) => status::run(args, &mut device, output),
        Command::Stats(args) => stats::run(args, &mut device, output),
        Command::Reg(args) => reg::run(args, &mut device, output),
        Command::Blade(args) => blade::run(args, cli.no_input, &mut device, output),
        Command::Link(args) => link::run(args, &mut device, output),
        Command::Service(args) => service::run(args, &mut device, output),
        Command::Flow(args) => flow::run(args, cli.no_input, &mut device, output),
        Command::Mac(args) => mac::run(args, &mut device, output),
        Command::Announce(args) => announce::run(args, &mut device, output),
        Command::Config(args) => config::run(args, cli.no_input, &mut device, output),
        Command::Policy(args) => policy::run(args, &mut device, output),
    }
}

/// The port of the command line or the environment, or the only one that answers.
fn open(cli: &Cli, output: &Output) -> Result<Port, Error> {
    if let Some(port) = &cli.port {
        output.detail(&format!("opening {port} at {} baud", cli.baud));
        return Device::open(Client::new(SerialTransport::open(port, cli.baud)?));
    }
    let mut answering = candidates(cli.baud);
    match answering.len() {
        0 => Err(Error::NoPort),
        1 => {
            let (name, device) = answering.remove(0);
            output.detail(&format!("found {name}"));
            device
        }
        _ => Err(Error::AmbiguousPort(answering.into_iter().map(|(name, _)| name).collect())),
    }
}

/// A bar on the terminal, for what takes long; its position and length are to be set.
fn progress(what: &str, output: &Output) -> ProgressBar {
    let bar = if output.progress() {
        ProgressBar::new(0)
    } else {
        ProgressBar::hidden()
    };
    let template = format!("{what} {{bar:30}} {{percent}}%");
    bar.set_style(ProgressStyle::with_template(&template).expect("a template"));
    bar
}

/// Asks on a terminal; elsewhere, and with --no-input, only says so.
fn confirm(what: &str, no_input: bool, output: &Output) -> Result<(), Error> {
    if no_input || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        output.note(what);
        return Ok(());
    }
    eprint!("{what}. Go on? [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if answer.trim().eq_ignore_ascii_case("y") {
        Ok(())
    } else {
        Err(Error::Usage("nothing was changed".into()))
    }
}
