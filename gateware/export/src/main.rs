//! Writes the Verilog of every top, and the documents that are made from the cores and from the register map.

mod catalogue;
mod documents;
#[cfg(test)]
mod tests;

use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Export Spareband's cores as Verilog: <module>.v with all it instantiates, and <module>.json with its ports.
#[derive(Parser)]
#[command(
    version,
    after_help = "The sizes of the managers are features of this program: --features blades-7 adds manager_7."
)]
struct Arguments {
    /// Folder for <module>.v and <module>.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Folder for the generated documents CORES.md and REGISTERS.md
    #[arg(long, value_name = "DIR")]
    documents: Option<PathBuf>,
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

fn run(arguments: &Arguments) -> Result<(), String> {
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in catalogue::cores().into_iter().chain(catalogue::managers()) {
            let design = entry.export().map_err(|e| format!("{}: {e}", entry.name))?;
            write(&folder.join(format!("{}.v", entry.name)), &design.to_verilog())?;
            write(&folder.join(format!("{}.json", entry.name)), &design.ports_json())?;
        }
    }
    if let Some(folder) = &arguments.documents {
        for (name, text) in documents::all() {
            write(&folder.join(name), &text)?;
        }
    }
    Ok(())
}

/// Writes only what changed, so that what is built from it stays fresh; by way of a second file, so that no half of it ever stands there.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let partial = path.with_extension("partial");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|e| format!("{}: {e}", path.display()))
}
