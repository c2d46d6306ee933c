//! Verilator and Icarus Verilog.

use super::native::Trace;
use crate::verilog::{Design, Dir};
use num_bigint::BigUint;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `target/lockstep`, beside the folder the test binary is in.
fn root() -> PathBuf {
    let exe = std::env::current_exe().unwrap_or_default();
    let target = exe
        .ancestors()
        .find(|p| p.file_name().is_some_and(|n| n == "debug" || n == "release"))
        .and_then(Path::parent);
    target.map_or_else(|| std::env::temp_dir().join("lockstep"), |t| t.join("lockstep"))
}

/// A folder no other bench of this run uses.
pub fn work_dir(top: &str, type_name: &str, seed: u64) -> PathBuf {
    static BENCH: AtomicUsize = AtomicUsize::new(0);
    let bench = BENCH.fetch_add(1, Ordering::Relaxed);
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let exe = std::env::current_exe().unwrap_or_default();
    for b in exe.to_string_lossy().bytes().chain(type_name.bytes()) {
        hash = (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3);
    }
    root().join(format!("{top}-{:08x}-{seed}-{}-{bench}", hash as u32, std::process::id()))
}

pub fn clear(dir: &Path) {
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
}

/// A bench that passed keeps nothing.
pub fn finish(dir: &Path) {
    if std::env::var_os("LOCKSTEP_KEEP").is_none() {
        let _ = std::fs::remove_dir_all(dir);
    }
}

pub fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    command.output().unwrap_or_else(|e| match e.kind() {
        std::io::ErrorKind::NotFound => panic!("{name} is not installed: run make setup"),
        _ => panic!("{name}: {e}"),
    })
}

fn must(command: &mut Command, dir: &Path) -> Output {
    let out = run(command);
    assert!(
        out.status.success(),
        "{} failed; files in {}\n{}{}",
        command.get_program().to_string_lossy(),
        dir.display(),
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    out
}

/// Lints, then translates to C++. The second pass also tells of loops (UNOPTFLAT), which lint alone does not look for; comparisons that
/// become constant once it has propagated constants through the hierarchy are none of its business.
pub fn verilate(dir: &Path, design: &Design, waive_constant: bool) {
    // Style is not looked at: several modules a file, words of which some bits are read. Warnings end the bench below, all at once, rather
    // than Verilator at the first.
    let wall = [
        "-Wall",
        "-Wno-DECLFILENAME",
        "-Wno-UNUSEDSIGNAL",
        "-Wno-fatal",
        "--no-timing",
        "--top-module",
        &design.top,
    ];
    let source = format!("{}.v", design.top);
    let lint: &[&str] = if waive_constant {
        &["--lint-only", "-O0", "-Wno-CMPCONST", "-Wno-UNSIGNED"]
    } else {
        &["--lint-only"]
    };
    for mode in [
        lint,
        // Verilator 5.006 ends with "4-state numbers in this context" on `(e >> 13) & 16'hfec0`, which is 0, without the last of these; in
        // the lint of random circuits, which come to such terms, without -O0.
        &[
            "--cc",
            "-Wno-CMPCONST",
            "-Wno-UNSIGNED",
            "-O3",
            "--Mdir",
            "obj",
            "--prefix",
            "Vtop",
            "-fno-const-bit-op-tree",
        ],
    ] {
        let out = must(Command::new("verilator").args(wall).args(mode).arg(&source).current_dir(dir), dir);
        let words = String::from_utf8_lossy(&out.stderr);
        assert!(
            !words.contains("%Warning"),
            "verilator -Wall is not silent; files in {}\n{words}",
            dir.display()
        );
    }
}

fn verilator_include() -> PathBuf {
    let out = run(Command::new("verilator").arg("--getenv").arg("VERILATOR_ROOT"));
    PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()).join("include")
}

/// Verilator's runtime as one library and its header precompiled, made once and used by every bench.
fn runtime(include: &Path) -> PathBuf {
    // One bench of a process builds it while the others wait; processes build each their own, in folders of their own.
    static READY: OnceLock<PathBuf> = OnceLock::new();
    READY.get_or_init(|| build_runtime(include)).clone()
}

fn build_runtime(include: &Path) -> PathBuf {
    let dir = root().join("runtime");
    let ready = dir.join("libverilated.a");
    if ready.exists() {
        return dir;
    }
    let scratch = root().join(format!("runtime-{}", std::process::id()));
    clear(&scratch);
    let flags = cxx_flags(include);
    let mut objects = vec![];
    for name in ["verilated", "verilated_threads"] {
        if include.join(format!("{name}.cpp")).exists() {
            must(
                Command::new("g++")
                    .args(&flags)
                    .args(["-c", "-o"])
                    .arg(scratch.join(format!("{name}.o")))
                    .arg(include.join(format!("{name}.cpp"))),
                &scratch,
            );
            objects.push(format!("{name}.o"));
        }
    }
    must(
        Command::new("g++")
            .args(&flags)
            .args(["-x", "c++-header", "-o"])
            .arg(scratch.join("verilated.h.gch"))
            .arg(include.join("verilated.h")),
        &scratch,
    );
    // A second include of a precompiled header reads the header itself.
    std::fs::copy(include.join("verilated.h"), scratch.join("verilated.h")).unwrap_or_else(|e| panic!("verilated.h: {e}"));
    must(
        Command::new("ar")
            .arg("rcs")
            .arg("libverilated.a")
            .args(&objects)
            .current_dir(&scratch),
        &scratch,
    );
    // The first process to get here puts its library in place; the others throw theirs away.
    if std::fs::rename(&scratch, &dir).is_err() {
        let _ = std::fs::remove_dir_all(&scratch);
    }
    dir
}

fn cxx_flags(include: &Path) -> Vec<String> {
    let mut flags: Vec<String> = [
        "-std=gnu++17",
        "-O1",
        "-w",
        "-DVM_COVERAGE=0",
        "-DVM_SC=0",
        "-DVM_TRACE=0",
        "-DVM_TRACE_FST=0",
        "-DVM_TRACE_VCD=0",
        "-pthread",
    ]
    .iter()
    .map(|f| f.to_string())
    .collect();
    flags.push(format!("-I{}", include.display()));
    flags.push(format!("-I{}", include.join("vltstd").display()));
    flags
}

fn words(v: &BigUint, width: usize) -> Vec<u32> {
    let mut d = v.to_u32_digits();
    d.resize(width.div_ceil(32), 0);
    d
}

/// The name of a port in the model.
pub fn cxx_name(name: &str) -> String {
    name.replace("__", "___05F")
}

/// The beginning of a program: the model with all its parts.
pub fn model_sources(dir: &Path) -> String {
    let mut main = String::from("#include \"verilated.h\"\n");
    let mut sources: Vec<String> = std::fs::read_dir(dir.join("obj"))
        .map(|d| {
            d.filter_map(|f| f.ok()?.file_name().into_string().ok())
                .filter(|n| n.ends_with(".cpp"))
                .collect()
        })
        .unwrap_or_default();
    sources.sort();
    for s in sources {
        let _ = writeln!(main, "#include \"{s}\"");
    }
    main
}

/// Makes `simulation` of the program.
pub fn compile(dir: &Path, main: &str) {
    let include = verilator_include();
    let runtime = runtime(&include);
    write(dir, "main.cpp", main);
    must(
        Command::new("g++")
            .arg("-I")
            .arg(&runtime)
            .args(cxx_flags(&include))
            .args(["-Iobj", "main.cpp", "-o", "simulation"])
            .arg(runtime.join("libverilated.a"))
            .current_dir(dir),
        dir,
    );
}

pub fn run_verilator(dir: &Path, design: &Design, trace: &Trace) -> String {
    let mut vectors: Vec<u8> = vec![];
    for (inputs, _) in &trace.steps {
        for (p, v) in trace.inputs.iter().zip(inputs) {
            words(v, p.width).into_iter().for_each(|w| vectors.extend(w.to_le_bytes()));
        }
    }
    std::fs::write(dir.join("inputs.bin"), vectors).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut main = model_sources(dir);
    main.push_str(MAIN_HEAD);
    for p in &trace.inputs {
        let _ = writeln!(main, "        take(top->{}, {}, in);", cxx_name(&p.name), p.width);
    }
    main.push_str("        top->eval();\n");
    for (i, p) in trace.outputs.iter().enumerate() {
        let _ = writeln!(
            main,
            "        give(top->{}, {}, out, {});",
            cxx_name(&p.name),
            p.width,
            i + 1 == trace.outputs.len()
        );
    }
    main.push_str("    }\n    fclose(out);\n    delete top;\n    return 0;\n}\n");
    compile(dir, &main);
    must(
        Command::new(dir.join("simulation"))
            .arg(trace.steps.len().to_string())
            .current_dir(dir),
        dir,
    );
    let _ = design;
    std::fs::read_to_string(dir.join("verilator.txt")).unwrap_or_default()
}

const MAIN_HEAD: &str = r#"
#include <cstdio>
#include <cstdlib>
#include <type_traits>
static uint32_t word(FILE* in) { uint32_t w = 0; if (fread(&w, 4, 1, in) != 1) exit(2); return w; }
template <class T> typename std::enable_if<std::is_integral<T>::value>::type take(T& p, int width, FILE* in) {
    uint64_t v = word(in);
    if (width > 32) v |= (uint64_t)word(in) << 32;
    p = (T)v;
}
template <class T> typename std::enable_if<!std::is_integral<T>::value>::type take(T& p, int width, FILE* in) {
    for (int i = 0; i < (width + 31) / 32; i++) p[i] = word(in);
}
template <class T> typename std::enable_if<std::is_integral<T>::value>::type give(const T& p, int width, FILE* out, bool last) {
    fprintf(out, "%llx%c", (unsigned long long)p, last ? '\n' : ' ');
}
template <class T> typename std::enable_if<!std::is_integral<T>::value>::type give(const T& p, int width, FILE* out, bool last) {
    for (int i = (width + 31) / 32 - 1; i >= 0; i--) fprintf(out, "%08x", p[i]);
    fputc(last ? '\n' : ' ', out);
}
int main(int argc, char** argv) {
    long steps = atol(argv[1]);
    FILE* in = fopen("inputs.bin", "rb");
    FILE* out = fopen("verilator.txt", "w");
    Vtop* top = new Vtop;
    for (long s = 0; s < steps; s++) {
"#;

pub fn run_iverilog(dir: &Path, design: &Design, trace: &Trace) -> String {
    let total: usize = trace.inputs.iter().map(|p| p.width).sum::<usize>().max(1);
    let mut vectors = String::new();
    for (inputs, _) in &trace.steps {
        let all = trace
            .inputs
            .iter()
            .zip(inputs)
            .fold(BigUint::default(), |all, (p, v)| (all << p.width) | v);
        let _ = writeln!(vectors, "{all:x}");
    }
    write(dir, "inputs.hex", &vectors);
    let steps = trace.steps.len();
    let mut tb = format!(
        "module lockstep_tb;\n    reg [{}:0] vectors [0:{}];\n    integer step, out;\n",
        total - 1,
        steps - 1
    );
    for p in &design.ports {
        let _ = writeln!(
            tb,
            "    {} [{}:0] p_{};",
            if p.dir == Dir::In { "reg" } else { "wire" },
            p.width - 1,
            p.name
        );
    }
    let pins: Vec<String> = design.ports.iter().map(|p| format!(".{0}(p_{0})", p.name)).collect();
    let inputs: Vec<String> = trace.inputs.iter().map(|p| format!("p_{}", p.name)).collect();
    let outputs: Vec<String> = trace.outputs.iter().map(|p| format!("p_{}", p.name)).collect();
    let _ = write!(
        tb,
        "    {} dut ({});\n    initial begin\n        $readmemh(\"inputs.hex\", vectors);\n        out = $fopen(\"iverilog.txt\");\n        \
         for (step = 0; step < {steps}; step = step + 1) begin\n            {{{}}} = vectors[step];\n            #1;\n            \
         $fdisplay(out, \"{}\", {});\n        end\n        $finish;\n    end\nendmodule\n",
        design.top,
        pins.join(", "),
        inputs.join(", "),
        vec!["%h"; outputs.len()].join(" "),
        outputs.join(", ")
    );
    write(dir, "lockstep_tb.v", &tb);
    must(
        Command::new("iverilog")
            .args([
                // As the common test beds do; SystemVerilog gives declared values before any process waits, so that what is never triggered shows.
                "-g2012",
                "-s",
                "lockstep_tb",
                "-o",
                "simulation.vvp",
                "lockstep_tb.v",
                &format!("{}.v", design.top),
            ])
            .current_dir(dir),
        dir,
    );
    must(Command::new("vvp").args(["-n", "simulation.vvp"]).current_dir(dir), dir);
    std::fs::read_to_string(dir.join("iverilog.txt")).unwrap_or_default()
}
