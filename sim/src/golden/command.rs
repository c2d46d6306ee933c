//! `spareband-sim golden`: runs files of golden cases, prints a table.
use super::case::{Case, read_files};
use super::device::{Device, HAS};
use super::expect::run_on_model;
use super::feature::Feature;
use crate::error::{Error, Result};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct GoldenOptions {
    /// Files of cases, with a setups.txt beside them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder of the compiled models
    #[arg(long, default_value = "build/sim", value_name = "DIR")]
    model_dir: PathBuf,
    /// Run the software model of the plane alone
    #[arg(long)]
    software: bool,
    /// Decides where the links cut words
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Needs that the manager does not meet.
pub fn missing(case: &Case) -> Vec<Feature> {
    case.needs.iter().copied().filter(|need| !HAS.contains(need)).collect()
}

pub fn golden(options: &GoldenOptions) -> Result<()> {
    let cases = read_files(&options.files)?;
    let mut device = match options.software {
        true => None,
        false => Some(Device::new(&options.model_dir, options.seed)?),
    };
    let mut failures = Vec::new();
    let (mut ran, mut waiting) = (0, 0);
    for case in &cases {
        let software = run_on_model(case, &mut |_| 0).map_err(Error::Failed);
        let missing = missing(case);
        let hardware = match &mut device {
            Some(device) if missing.is_empty() => {
                ran += 1;
                Some(device.run(case))
            }
            _ => None,
        };
        waiting += usize::from(device.is_some() && hardware.is_none());
        let word = |result: &Result<()>| if result.is_ok() { "ok" } else { "FAILED" };
        let manager = match &hardware {
            Some(result) => word(result).to_owned(),
            None if device.is_none() => "-".to_owned(),
            None => format!(
                "waits for {}",
                missing.iter().map(Feature::to_string).collect::<Vec<_>>().join(", ")
            ),
        };
        println!(
            "{:<10} {:>4}  {:<6}  {:<28}  {}",
            case.file,
            case.line,
            word(&software),
            manager,
            case.name
        );
        failures.extend(std::iter::once(software).chain(hardware).filter_map(Result::err));
    }
    println!(
        "{} cases: {ran} ran on the manager, {waiting} wait, {} failures",
        cases.len(),
        failures.len()
    );
    if failures.is_empty() {
        return Ok(());
    }
    failures.iter().for_each(|failure| eprintln!("{failure}"));
    Err(Error::failed(format!("{} golden cases do not hold", failures.len())))
}
