//! `spareband-sim`: compile the exported Verilog, run a chassis, make traffic, measure.
use clap::{Parser, Subcommand};
use spareband_sim::bench::{self, BenchOptions};
use spareband_sim::cluster::cli::{self as eval, EvalOptions};
use spareband_sim::error::Result;
use spareband_sim::golden::command::{self, GoldenOptions};
use spareband_sim::run::{self, LiveOptions, RunOptions};
use spareband_sim::traffic::{self, TrafficOptions};
use spareband_sim::verilate::{Options, Outcome, verilate};
use std::path::PathBuf;
use std::process::ExitCode;

const SCRIPT_HELP: &str = "Load script, one event a line (`#` begins a comment):
  at 0us   blade all cpu 20% irq 5%
  at 200us blade 1   cpu 90% queue 30
  at 50%   blade 2   admin drain
  at 1.5ms blade 3   records off
Times count from the first frame; a percentage is a share of the traffic's length. WHAT is one of cpu, irq, work, power
(0% to 100%), queue (0 to 255), admin (ready, drain, maintenance), records (on, off). What is not named stays as it was.

Exit codes: 0 done and every frame accounted for, 1 failed, 2 usage.";

const GOLDEN_HELP: &str =
    "Prints a line for each case: file, line, result in the model, result in the manager or what it lacks for the case.
The notation of packets and the format of the files are in sim/golden/README.md; setups are in setups.txt beside the files.

Exit codes: 0 all hold, 1 some do not, 2 usage.";

/// Simulate a Spareband chassis: a Verilated manager and blades, wired bit by bit
#[derive(Parser)]
#[command(name = "spareband-sim", version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Compile one exported Verilog file into a shared object
    Verilate(VerilateOptions),
    /// Send a capture through a chassis and account for every frame
    #[command(after_help = SCRIPT_HELP)]
    Run(Box<RunOptions>),
    /// Keep a chassis without traffic alive, with a pseudo-terminal each for the manager and the blades
    #[command(after_help = SCRIPT_HELP)]
    Live(Box<LiveOptions>),
    /// Make a capture: realistic flows, or frames broken in every way
    Traffic(TrafficOptions),
    /// Run golden packets through the model of the forwarding plane and through a Verilated manager
    #[command(after_help = GOLDEN_HELP)]
    Golden(GoldenOptions),
    /// Measure the simulation's speed and the manager's throughput
    Bench(BenchOptions),
    /// Evaluate the selection rules on a simulated cluster, beside the literature's
    Eval(EvalOptions),
}

#[derive(clap::Args)]
struct VerilateOptions {
    /// Verilog file; its port map lies beside it as .json
    #[arg(long, value_name = "FILE")]
    verilog: PathBuf,
    /// Folder of the compiled models
    #[arg(long, default_value = "build/sim", value_name = "DIR")]
    out: PathBuf,
    /// Compiler runs at a time; as many as processors when not given
    #[arg(long)]
    jobs: Option<usize>,
    /// Compile even if nothing changed
    #[arg(long)]
    force: bool,
}

fn compile(options: VerilateOptions) -> Result<()> {
    let jobs = options
        .jobs
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let VerilateOptions { verilog, out, force, .. } = options;
    match verilate(&Options { verilog, out, jobs, force })? {
        Outcome::Built(path) => println!("{}", path.display()),
        Outcome::Cached(path) => println!("{} is up to date", path.display()),
    }
    Ok(())
}

fn main() -> ExitCode {
    let result = match Cli::parse().verb {
        Verb::Verilate(options) => compile(options),
        Verb::Run(options) => run::run(&options),
        Verb::Live(options) => run::live(&options),
        Verb::Traffic(options) => traffic::traffic(&options),
        Verb::Golden(options) => command::golden(&options),
        Verb::Bench(options) => bench::bench(&options),
        Verb::Eval(options) => eval::eval(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spareband-sim: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
