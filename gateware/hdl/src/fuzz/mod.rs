//! Random circuits as Rust source: the exporter's proof. A circuit must be a Rust type for `#[hdl_gen]` to see it, so the circuits are
//! written into a crate of their own, which is compiled once and runs batches of them in lockstep.
//!
//! What it cannot find: a mistake that rust-hdl's simulator and the exporter share, and constructs it does not generate (links,
//! hand-written parts, several clocks), which have tests of their own.

mod circuit;
mod expression;

use rand::SeedableRng;
use rand::rngs::StdRng;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Circuits in one Verilator build.
const BATCH: usize = 50;

/// Inputs every circuit has, with their widths; `a` is a `Bit`, and `clock` comes on top.
pub const INPUTS: [(&str, usize); 8] = [("a", 1), ("b", 3), ("c", 8), ("d", 13), ("e", 32), ("f", 64), ("g", 70), ("h", 2)];

pub fn type_of(name: &str, width: usize) -> String {
    if name == "a" { "Bit".into() } else { format!("Bits<{width}>") }
}

const PRELUDE: &str = "#![allow(unused_parens, clippy::all)]
use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
pub struct Trio {
    pub low: Bits<5>,
    pub high: Bits<9>,
    pub flag: Bit,
}

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum Phase {
    Idle,
    Start,
    Run,
    Drain,
    Done,
}
";

/// The source of one batch: its circuits and a block that holds them all.
fn batch(first: usize, count: usize, seed: u64) -> String {
    let mut src = String::from(PRELUDE);
    let (mut fields, mut kernel) = (String::new(), String::new());
    for n in first..first + count {
        // Each circuit has its own stream, so that the number of circuits does not change any of them.
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(n as u64));
        let c = circuit::generate(n, &mut rng);
        src.push_str(&c.source);
        let _ = writeln!(fields, "    c{n}: C{n},");
        for (name, width) in &c.outputs {
            let _ = writeln!(fields, "    pub c{n}_{name}: Signal<Out, Bits<{width}>>,");
            let _ = writeln!(kernel, "        self.c{n}_{name}.next = self.c{n}.{name}.val();");
        }
        for (name, _) in INPUTS.iter().chain([&("clock", 1)]) {
            let _ = writeln!(kernel, "        self.c{n}.{name}.next = self.{name}.val();");
        }
    }
    let inputs: String = INPUTS
        .iter()
        .map(|(n, w)| format!("    pub {n}: Signal<In, {}>,\n", type_of(n, *w)))
        .collect();
    let names: Vec<&str> = INPUTS.iter().map(|i| i.0).collect();
    let _ = write!(
        src,
        "#[derive(LogicBlock, Default)]\npub struct Batch {{\n    pub clock: Signal<In, Clock>,\n{inputs}{fields}}}\n\
         impl Logic for Batch {{\n    #[hdl_gen]\n    fn update(&mut self) {{\n{kernel}    }}\n    spareband_hdl::module_name!();\n}}\n\
         pub fn run(cycles: u64, seed: u64) {{\n    spareband_hdl::lockstep!(Batch::default(); clock, {}).clock(\"clock\").cycles(cycles).seed(seed)\n        .waive_constant_comparisons().run();\n}}\n",
        names.join(", ")
    );
    src
}

/// Writes the crate and runs it; `Err` says which output of which circuit differs, and where the files are.
pub fn run(circuits: usize, seed: u64, cycles: u64, target: &Path, progress: bool) -> Result<(), String> {
    let hdl = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = target.join("fuzz");
    let io = |e: std::io::Error| format!("{}: {e}", dir.display());
    let _ = std::fs::remove_dir_all(dir.join("src"));
    std::fs::create_dir_all(dir.join("src")).map_err(io)?;
    let batches = circuits.div_ceil(BATCH);
    let (mut mods, mut calls) = (String::new(), String::new());
    for b in 0..batches {
        let count = BATCH.min(circuits - b * BATCH);
        std::fs::write(dir.join(format!("src/b{b}.rs")), batch(b * BATCH, count, seed)).map_err(io)?;
        let _ = writeln!(mods, "mod b{b};");
        let _ = writeln!(
            calls,
            "    b{b}::run({cycles}, {seed});\n    eprintln!(\"{} circuits agree\");",
            b * BATCH + count
        );
    }
    std::fs::write(dir.join("src/main.rs"), format!("{mods}\nfn main() {{\n{calls}}}\n")).map_err(io)?;
    let manifest = format!(
        "[package]\nname = \"fuzz-circuits\"\nversion = \"0.0.0\"\nedition = \"2021\"\npublish = false\n\n[workspace]\n\n[dependencies]\n\
         rust-hdl = \"=0.46.0\"\nspareband-hdl = {{ path = \"{}\" }}\n\n[profile.dev]\nopt-level = 0\ndebug = false\nincremental = false\n\
         [profile.dev.package.\"*\"]\nopt-level = 2\n",
        hdl.display()
    );
    std::fs::write(dir.join("Cargo.toml"), manifest).map_err(io)?;
    // The lock file of the workspace, so that nothing is looked up.
    let lock = hdl.ancestors().map(|p| p.join("Cargo.lock")).find(|p| p.exists());
    if let Some(lock) = lock {
        std::fs::copy(lock, dir.join("Cargo.lock")).map_err(io)?;
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .args(["build", "--quiet", "--offline", "--manifest-path"])
        .arg(dir.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target);
    let built = build.output().map_err(|e| format!("cargo: {e}"))?;
    if !built.status.success() {
        return Err(format!(
            "the generated crate {} does not compile:\n{}",
            dir.display(),
            String::from_utf8_lossy(&built.stderr)
        ));
    }
    let mut simulate = Command::new(target.join("debug/fuzz-circuits"));
    let done = if progress {
        simulate.status().map(|s| (s.success(), String::from("see above")))
    } else {
        simulate
            .output()
            .map(|o| (o.status.success(), String::from_utf8_lossy(&o.stderr).into_owned()))
    };
    match done {
        Ok((true, _)) => Ok(()),
        Ok((false, text)) => Err(text),
        Err(e) => Err(format!("fuzz-circuits: {e}")),
    }
}

/// The target folder the running program was built in.
pub fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let profile = exe
        .ancestors()
        .find(|p| p.file_name().is_some_and(|n| n == "debug" || n == "release"));
    profile.and_then(Path::parent).map_or_else(std::env::temp_dir, Path::to_path_buf)
}
