//! Golden packets: what goes in, what the forwarding plane must make of it, what comes out, in files that a person reads (`sim/golden`).
//!
//! Each case runs through `plane_model`, and through a Verilated manager as far as that has what the case needs.
mod case;
pub mod command;
pub mod device;
mod expect;
pub mod feature;
mod layers;
pub mod notation;
pub mod random;
mod setups;
mod tables;

pub use case::{Case, Exchange, Step, read_files};
pub use expect::{Expected, Wanted, alternatives, matching, run_on_model, show};
pub use feature::Feature;

/// The cases and setups that come with the program's sources.
pub fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// Every file of cases, by name, and that of the setups.
pub fn files() -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the cases are beside the sources");
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "txt"));
    files.sort();
    files
}

#[cfg(test)]
mod coverage;
