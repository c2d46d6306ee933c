//! `verilate`: one exported Verilog file -> one shared object that holds the compiled model.
//!
//! Verilator and g++ are driven directly (no generated makefile), so that progress, parallelism and error messages are ours. The result is
//! cached by the content of everything that shapes it: Verilog text, port map, options, tool versions, CPU features (`-march=native`).
mod ports;
mod shim;
mod tool;

pub use ports::{Direction, Port, PortMap};
pub use shim::ABI_VERSION;

use crate::error::{Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// -O3 with a generous inline limit keeps a model in few large functions: fewer loads and stores of signals than one function a module.
/// `fast` X handling drops run-time randomisation. Statements a file: keeps one g++ run below 1 GiB and the runs parallel.
/// Warnings are `make lint`'s, which has every one of them for our own files; third parties' files and older exports compile here too.
const VERILATOR_OPTIONS: &[&str] = &[
    "--cc",
    "-O3",
    // Verilator 5.006 folds some conditions over bits of a wide register wrongly; the flow table's verdict was one of them.
    "-fno-const-bit-op-tree",
    "--x-assign",
    "fast",
    "--x-initial",
    "fast",
    "--no-timing",
    "--no-assert",
    "--inline-mult",
    "-1",
    "--output-split",
    "8000",
    "--output-split-cfuncs",
    "2000",
    "--prefix",
    "Vmodel",
    "-Wno-fatal",
    "-Wno-lint",
    "-Wno-style",
];

/// No exceptions are caught inside a model, nothing is interposed, every symbol but the ABI is hidden: two models live in one process.
const COMPILER_OPTIONS: &[&str] = &[
    "-O3",
    "-march=native",
    "-fPIC",
    "-fvisibility=hidden",
    "-fvisibility-inlines-hidden",
    "-fno-gnu-unique",
    "-fno-semantic-interposition",
    "-fno-plt",
    "-w",
    "-DVM_COVERAGE=0",
    "-DVM_SC=0",
    "-DVM_TRACE=0",
    "-DVM_TRACE_FST=0",
    "-DVM_TRACE_VCD=0",
];

pub struct Options {
    pub verilog: PathBuf,
    pub out: PathBuf,
    pub jobs: usize,
    pub force: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Built(PathBuf),
    Cached(PathBuf),
}

/// Compiles the model unless the one on disk came from the same input.
pub fn verilate(options: &Options) -> Result<Outcome> {
    let verilog = std::fs::read(&options.verilog)
        .map_err(|e| Error::failed(format!("cannot read {}: {e}; run `make verilog`", options.verilog.display())))?;
    let map_path = options.verilog.with_extension("json");
    let map = PortMap::read(&map_path)?;
    let tools = tool::find()?;
    let key = tool::content_key(&[
        &verilog,
        shim::source(&map, &vec![true; map.ports.len()]).as_bytes(),
        VERILATOR_OPTIONS.join(" ").as_bytes(),
        COMPILER_OPTIONS.join(" ").as_bytes(),
        tools.versions.as_bytes(),
        tool::cpu_features().as_bytes(),
    ]);
    std::fs::create_dir_all(&options.out).map_err(|e| Error::io("make the folder", &options.out, &e))?;
    let object = options.out.join(format!("{}.so", map.top));
    let stamp = options.out.join(format!("{}.key", map.top));
    if !options.force && object.exists() && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key) {
        return Ok(Outcome::Cached(object));
    }
    // A half-made object must never be taken for a good one: the stamp goes first and comes last.
    let _ = std::fs::remove_file(&stamp);
    let work = tool::WorkFolder::new(&options.out, &map.top)?;
    build(options, &map, &verilog, &tools, &work.path)?;
    std::fs::rename(work.path.join("model.so"), &object).map_err(|e| Error::io("write", &object, &e))?;
    std::fs::write(&stamp, key).map_err(|e| Error::io("write", &stamp, &e))?;
    Ok(Outcome::Built(object))
}

/// Verilator's run-time library: the same for all models of a folder, so it is compiled with the first and kept.
struct Library {
    sources: Vec<PathBuf>,
    objects: Vec<PathBuf>,
}

impl Library {
    fn of(options: &Options, tools: &tool::Tools, work: &Path) -> Result<Self> {
        let key = tool::content_key(&[
            COMPILER_OPTIONS.join(" ").as_bytes(),
            tools.versions.as_bytes(),
            tool::cpu_features().as_bytes(),
        ]);
        let folder = options.out.join(format!("verilated-{}", key.trim_end()));
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("make the folder", &folder, &e))?;
        let sources = tools.runtime_sources(work)?;
        let object = |source: &PathBuf| folder.join(source.file_stem().unwrap_or_default()).with_extension("o");
        let objects = sources.iter().map(object).collect();
        Ok(Self { sources, objects })
    }

    fn missing(&self, all: bool) -> impl Iterator<Item = PathBuf> {
        let pairs = self.sources.iter().zip(&self.objects);
        pairs
            .filter(move |(_, kept)| all || !kept.exists())
            .map(|(source, _)| source.clone())
    }

    /// Where an object of the library is kept; nothing for an object of the model.
    fn place_of(&self, object: &Path) -> Option<&PathBuf> {
        self.objects.iter().find(|kept| kept.file_name() == object.file_name())
    }
}

fn build(options: &Options, map: &PortMap, verilog: &[u8], tools: &tool::Tools, work: &Path) -> Result<()> {
    let bar = ProgressBar::new_spinner();
    bar.set_message(format!("{}: verilator", map.top));
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let mut arguments: Vec<OsString> = VERILATOR_OPTIONS.iter().map(OsString::from).collect();
    arguments.extend([
        "--top-module".into(),
        map.top.clone().into(),
        "--Mdir".into(),
        work.into(),
        options.verilog.clone().into(),
    ]);
    tool::run("verilator", &arguments)?;
    let header = work.join("Vmodel___024root.h");
    let header = std::fs::read_to_string(&header).map_err(|e| Error::io("read", &header, &e))?;
    let quick = shim::quick_clocks(map, &header, &String::from_utf8_lossy(verilog));
    std::fs::write(work.join("shim.cpp"), shim::source(map, &quick)).map_err(|e| Error::io("write", work, &e))?;

    let mut sources = tool::files_with_extension(work, "cpp")?;
    let library = Library::of(options, tools, work)?;
    sources.extend(library.missing(options.force));
    bar.finish_and_clear();
    let bar = ProgressBar::new(sources.len() as u64);
    bar.set_style(ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {elapsed}").expect("a fixed template"));
    bar.set_message(format!("{}: g++", map.top));
    bar.tick();
    let compile = |source: &PathBuf| -> Result<PathBuf> {
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        let object = work.join(format!("{name}.o"));
        let mut arguments: Vec<OsString> = COMPILER_OPTIONS.iter().map(OsString::from).collect();
        for folder in [work.to_path_buf(), tools.include.clone(), tools.include.join("vltstd")] {
            arguments.extend(["-I".into(), folder.into()]);
        }
        arguments.extend(["-c".into(), source.into(), "-o".into(), object.clone().into()]);
        tool::run("g++", &arguments)?;
        bar.inc(1);
        Ok(object)
    };
    let mut objects = Vec::new();
    for object in tool::in_parallel(&sources, options.jobs, compile)? {
        match library.place_of(&object) {
            Some(kept) => std::fs::rename(&object, kept).map_err(|e| Error::io("write", kept, &e))?,
            None => objects.push(object),
        }
    }
    objects.extend(library.objects);
    let mut arguments: Vec<OsString> = ["-shared", "-Wl,-Bsymbolic", "-pthread", "-o"].map(OsString::from).to_vec();
    arguments.push(work.join("model.so").into());
    arguments.extend(objects.into_iter().map(OsString::from));
    tool::run("g++", &arguments)?;
    bar.finish_and_clear();
    Ok(())
}
