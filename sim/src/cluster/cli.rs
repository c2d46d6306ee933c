//! `eval`: the command line of the cluster simulation.

use super::document::{self, Results};
use super::experiments::{self, Experiment, Row, Size, rows};
use super::grid::{self, Account, run_all};
use super::policies;
use crate::error::{Error, Result};
use crate::session::stop_flag;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::path::PathBuf;

/// Version of the JSON.
const SCHEMA: u32 = 1;

#[derive(Debug, Clone, clap::Args)]
pub struct EvalOptions {
    /// Few requests and seeds: under five minutes on two cores
    #[arg(long)]
    pub quick: bool,
    /// Experiments: e1, e2, e3, e4, power
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    pub only: Vec<String>,
    /// These rules instead of each experiment's own; NAME+OPTION is explained in docs/EVALUATION.md
    #[arg(long, value_name = "RULE,..", value_delimiter = ',')]
    pub policies: Vec<String>,
    /// Only these points of the experiments, by their labels
    #[arg(long, value_name = "LABEL,..", value_delimiter = ',')]
    pub points: Vec<String>,
    /// Runs of each combination
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100))]
    pub seeds: Option<u64>,
    /// Runs at a time; as many as processors when not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Folder of finished runs, which are used again
    #[arg(long, default_value = "build/eval/cells", value_name = "DIR")]
    pub cache: PathBuf,
    /// Write all figures as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the document, and its plots beside it
    #[arg(long, value_name = "FILE")]
    pub document: Option<PathBuf>,
}

#[derive(Serialize)]
struct Json<'a> {
    schema: u32,
    quick: bool,
    seeds: u64,
    account: Account,
    requests_per_second: f64,
    rows: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    experiment: &'a str,
    #[serde(flatten)]
    row: &'a Row,
}

/// The experiments asked for.
fn chosen(options: &EvalOptions, size: Size) -> Result<Vec<Experiment>> {
    let mut all = experiments::all(size);
    let known: Vec<&str> = all.iter().map(|e| e.name).collect();
    if let Some(wrong) = options.only.iter().find(|o| !known.contains(&o.as_str())) {
        return Err(Error::usage(format!(
            "unknown experiment `{wrong}`; known are {}",
            known.join(", ")
        )));
    }
    for policy in &options.policies {
        policies::parse(policy)?;
    }
    if !options.only.is_empty() {
        all.retain(|e| options.only.iter().any(|o| o == e.name));
    }
    let labels: Vec<&String> = all.iter().flat_map(|e| e.points.iter().map(|p| &p.label)).collect();
    if let Some(wrong) = options.points.iter().find(|p| !labels.contains(p)) {
        return Err(Error::usage(format!(
            "no point `{wrong}` in these experiments; with {} there are more",
            if options.quick { "no --quick" } else { "another --only" }
        )));
    }
    for experiment in &mut all {
        if !options.points.is_empty() {
            experiment.points.retain(|p| options.points.contains(&p.label));
        }
        if !options.policies.is_empty() {
            experiment.points.iter_mut().for_each(|p| p.policies.clone_from(&options.policies));
        }
    }
    Ok(all)
}

fn print(experiment: &str, rows: &[Row]) {
    println!(
        "{:<6} {:<24} {:<8} {:<22} {:>9} {:>9} {:>9} {:>10} {:>10} {:>7}",
        "", "series", "point", "rule", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "+-", "t-out %"
    );
    for row in rows {
        let ms = |f: fn(&super::stats::Figures) -> f64| row.estimate(f).mean * 1e3;
        let p999 = row.estimate(|f| f.p999 * 1e3);
        println!(
            "{experiment:<6} {:<24} {:<8} {:<22} {:>9.3} {:>9.3} {:>9.3} {:>10.3} {:>10.3} {:>7.3}",
            row.series,
            row.label,
            row.policy,
            ms(|f| f.p50),
            ms(|f| f.p90),
            ms(|f| f.p99),
            p999.mean,
            p999.half,
            row.estimate(|f| f.timeouts * 100.0).mean,
        );
    }
}

pub fn eval(options: &EvalOptions) -> Result<()> {
    let size = if options.quick { Size::Quick } else { Size::Full };
    let seeds = options.seeds.unwrap_or(size.seeds());
    let chosen = chosen(options, size)?;
    let stop = stop_flag()?;
    let jobs = options
        .jobs
        .map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    // Hidden by itself where stderr is no terminal.
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg} {bar:30} {percent} % of {human_len} requests, {elapsed} ({eta} left)")
        .expect("a fixed template");
    bar.set_style(style);
    let mut results = Results {
        size,
        seeds,
        account: Account::default(),
        experiments: vec![],
    };
    for experiment in &chosen {
        bar.set_message(experiment.name);
        let cells = experiment.cells(seeds);
        let progress = |done: u64, total: u64| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let grid_options = grid::Options {
            jobs,
            cache: Some(&options.cache),
            stop: &stop,
            progress: &progress,
        };
        let (figures, account) = run_all(&cells, &grid_options).inspect_err(|_| bar.abandon())?;
        results.account.add(&account);
        results.experiments.push((experiment.name, rows(experiment, seeds, &figures)));
    }
    bar.finish_and_clear();
    for (name, rows) in &results.experiments {
        print(name, rows);
    }
    let account = &results.account;
    eprintln!(
        "{} runs, {} of them kept from before; {} requests in {:.1} s: {:.0} a second",
        account.cells,
        account.kept,
        account.requests,
        account.wall,
        account.requests_per_second()
    );
    if let Some(path) = &options.json {
        let json = Json {
            schema: SCHEMA,
            quick: options.quick,
            seeds,
            account: *account,
            requests_per_second: account.requests_per_second(),
            rows: results
                .experiments
                .iter()
                .flat_map(|(experiment, rows)| rows.iter().map(move |row| JsonRow { experiment, row }))
                .collect(),
        };
        let text = serde_json::to_string_pretty(&json).expect("numbers and names");
        std::fs::write(path, text).map_err(|e| Error::io("write", path, &e))?;
    }
    if let Some(path) = &options.document {
        document::write(&results.document(), path)?;
    }
    Ok(())
}
