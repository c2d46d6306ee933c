//! Arguments.

use crate::cmd::{announce, blade, config, flow, link, mac, policy, reg, service, stats, status};
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use spareband_spec::uart_frame::DEFAULT_BAUD;

/// Look after a Spareband load balancer over its serial port.
///
/// A manager balances flows over the blades of a chassis by the utilisation each blade reports in the spare bandwidth of its link.
/// This program reads and sets the registers of a manager or of a blade.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  spareband list                                   which ports answer
  spareband -p /dev/ttyUSB0 status --watch         loads, records and flows, once a second
  spareband -p /dev/ttyUSB0 status --check         exit code 6 if something needs a look
  spareband -p /dev/ttyUSB0 blade drain 2          no new flows to blade 2
  spareband -p /dev/ttyUSB0 service add 10.0.0.1:80/tcp --policy lu-track
  spareband -p /dev/ttyUSB0 policy set --select lu-track --vip 10.0.0.1
  spareband -p /dev/ttyUSB0 flow list              how many flows in which state, by blade
  spareband -p /dev/ttyUSB0 flow show 192.0.2.7:40000 10.0.0.1:80/tcp
  spareband -p /dev/ttyUSB0 config dump rack.toml  the whole configuration as a file
  spareband -p /dev/ttyUSB0 config apply rack.toml --dry-run
  spareband -p /dev/ttyUSB0 --json stats | jq .statistics.frames_in

Exit codes: 0 done, 1 failed, 2 usage, 3 no or ambiguous port, 4 time-out or damaged answers, 5 register map mismatch, 6 findings."
)]
pub struct Cli {
    /// Serial port or pseudo terminal; without it the one port that answers
    #[arg(short, long, global = true, env = "SPAREBAND_PORT", value_name = "PORT")]
    pub port: Option<String>,
    /// Bits a second
    #[arg(long, global = true, default_value_t = DEFAULT_BAUD, value_name = "BAUD")]
    pub baud: u32,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Never ask
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Use colours; `auto` honours NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// List the serial ports and what answers there
    List,
    /// What the device is: kind, version, register map, number of blades
    Info,
    /// Loads, records, links and flows now
    Status(status::Args),
    /// Counters since reset
    Stats(stats::Args),
    /// Registers by name or address
    #[command(subcommand)]
    Reg(reg::Args),
    /// Blades of a manager
    #[command(subcommand)]
    Blade(blade::Args),
    /// How links carry records, and their auto-negotiation
    #[command(subcommand)]
    Link(link::Args),
    /// Services: addresses and ports that are balanced, and over which blades
    #[command(subcommand)]
    Service(service::Args),
    /// The flow table: counts, entries, the entry of one flow
    #[command(subcommand)]
    Flow(flow::Args),
    /// Addresses of the layer-2 switch: learned ones, and static entries
    #[command(subcommand)]
    Mac(mac::Args),
    Announce(announce::Args),
    /// The whole configuration as a file
    #[command(subcommand)]
    Config(config::Args),
    /// How flows are balanced
    #[command(subcommand)]
    Policy(policy::Args),
}
