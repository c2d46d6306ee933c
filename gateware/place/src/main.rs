//! The program `spareband-place`.

use clap::Parser;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use spareband_place::anneal::{Annealer, Heat};
use spareband_place::design::Design;
use spareband_place::grid::Grid;
use spareband_place::timing::{Timing, Want};
use spareband_place::wires::Wires;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Shorten the wires of a placement that nextpnr-ecp5 made, with the paths that are in a hurry first.
///
/// Reads what `nextpnr-ecp5 --no-route --write FILE` wrote, and writes a line for each cell of the logic: its name, a tab, its place. Block RAMs, multipliers, pads
/// and global buffers stay where they are. `scripts/area.py --dense` puts the places back into the file and lets nextpnr route it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The placed netlist
    placed: PathBuf,
    /// Where the places go
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// What a clock's period is, by a part of its name; the first that fits counts. Others are not looked at
    #[arg(long = "clock", value_name = "NAME=NS", value_parser = period)]
    clocks: Vec<(String, f32)>,
    /// Moves to try for each cell
    #[arg(long, default_value_t = 3000)]
    moves: u64,
    /// Times that it looks at the paths and cools down
    #[arg(long, default_value_t = 1000)]
    rounds: u64,
    /// What a move may make worse at the beginning, in tiles of wire
    #[arg(long, default_value_t = 0.6, value_parser = positive)]
    hot: f32,
    /// The same before the end
    #[arg(long, default_value_t = 0.05, value_parser = positive)]
    cold: f32,
    /// How far moves go at the beginning, in tiles; three at the end
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(i32).range(1..=100))]
    range: i32,
    /// Tiles of wire that a nanosecond is worth on a path without slack
    #[arg(long, default_value_t = 150.0)]
    hurry: f32,
    /// Share of the period below which slack counts as little
    #[arg(long, default_value_t = 0.2, value_parser = positive)]
    slack: f32,
    /// Wires along one axis that a tile should not have more of
    #[arg(long, default_value_t = 40.0, value_parser = positive)]
    room: f32,
    /// What a tile of wire costs more for each time that its tile's wires exceed the room by that
    #[arg(long, default_value_t = 3.0)]
    steep: f32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn positive(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|e| format!("{e}"))?;
    if number > 0.0 && number.is_finite() {
        Ok(number)
    } else {
        Err("it has to be above zero".into())
    }
}

fn period(text: &str) -> Result<(String, f32), String> {
    let wrong = || format!("`{text}` is not NAME=NS, as in clk_core=6.4");
    let (name, period) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name.into(), positive(period).map_err(|_| wrong())?))
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Share of what a connection's hurry lacks that a round adds: with more, what is in a hurry and what is not take turns.
const SHARE: f32 = 0.05;
/// Part of the rounds after which no hurry abates, and part after which no move is taken that makes anything worse.
const SETTLING: f32 = 0.85;
const FROZEN: f32 = 0.95;

fn run(arguments: &Arguments) -> Result<(), String> {
    let design = Design::read(&arguments.placed)?;
    let mut grid = Grid::new(&design)?;
    let mut wires = Wires::new(&design);
    let mut timing = Timing::new(&design, &arguments.clocks);
    say("before", &wires, &mut timing);
    let mut random = SmallRng::seed_from_u64(arguments.seed);
    let bar = indicatif::ProgressBar::new(arguments.rounds);
    bar.set_style(indicatif::ProgressStyle::with_template("{bar:40} {pos} of {len} rounds, {msg}, {eta} left").map_err(|e| e.to_string())?);
    let rounds = arguments.rounds.max(1);
    let mut annealer = Annealer::new(&mut grid, &mut wires);
    for round in 0..rounds {
        let done = round as f32 / rounds as f32;
        if arguments.hurry > 0.0 {
            let want = Want {
                weight: arguments.hurry,
                from: arguments.slack,
                share: SHARE,
                settling: done >= SETTLING,
            };
            annealer.set_hurry(timing.hurry(&annealer.wires.position, want));
        }
        annealer.wires.shun_crowds(arguments.room, arguments.steep);
        let heat = Heat {
            temperature: if done < FROZEN {
                arguments.hot * (arguments.cold / arguments.hot).powf(done)
            } else {
                0.0
            },
            range: (arguments.range as f32 * (3.0 / arguments.range as f32).powf(done))
                .round()
                .max(1.0) as i32,
        };
        annealer.run(arguments.moves * design.cells.len() as u64 / rounds, heat, &mut random);
        bar.set_message(format!("{:.0} tiles of wire", annealer.wires.length()));
        bar.inc(1);
    }
    bar.finish_and_clear();
    say("after", &wires, &mut timing);
    write(&arguments.out, &design, &grid).map_err(|e| format!("{}: {e}", arguments.out.display()))
}

fn say(when: &str, wires: &Wires, timing: &mut Timing) {
    println!(
        "{when}: {:.0} tiles of wire, {:.0} along an axis in a hundredth of the tiles",
        wires.length(),
        wires.densest()
    );
    for report in timing.report(&wires.position).iter().filter(|report| report.longest > 0.0) {
        println!(
            "  {}: {:.1} MHz estimated, {} ends late by {:.1} ns in all",
            report.clock,
            1000.0 / report.longest,
            report.late,
            report.late_by
        );
    }
}

fn write(path: &Path, design: &Design, grid: &Grid) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    for (number, cell) in design.cells.iter().enumerate() {
        if let Some(place) = grid.place(number as u32) {
            writeln!(out, "{}\t{place}", cell.name)?;
        }
    }
    out.flush()
}
