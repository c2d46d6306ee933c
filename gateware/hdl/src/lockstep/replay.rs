//! A circuit under Verilator alone, as a process that takes cycles and answers each with the outputs: for runs too long for the other simulators.

use super::tools;
use crate::verilog::{Design, Dir, Port};
use rust_hdl::prelude::*;
use std::fmt::Write as _;
use std::io::{BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A compiled circuit of one clock.
pub struct Replay {
    dir: std::path::PathBuf,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

/// Bytes of a value of so many bits, the low byte first.
const fn bytes(width: usize) -> usize {
    width.div_ceil(8)
}

impl Replay {
    /// Exports, lints and compiles the circuit. The folder is kept until the value is dropped.
    pub fn new<U: Block>(mut uut: U, clock: &str) -> Replay {
        let design = crate::verilog::export(&mut uut).unwrap_or_else(|e| panic!("{e}"));
        let dir = tools::work_dir(&design.top, std::any::type_name::<U>(), 0);
        tools::clear(&dir);
        tools::write(&dir, &format!("{}.v", design.top), &design.to_verilog());
        tools::verilate(&dir, &design, false);
        let of = |direction| {
            let ports = design.ports.iter().filter(|port| port.dir == direction && port.name != clock);
            ports.cloned().collect::<Vec<_>>()
        };
        let (inputs, outputs) = (of(Dir::In), of(Dir::Out));
        assert!(
            inputs.iter().chain(&outputs).all(|port| port.width <= 64),
            "ports of at most 64 bits"
        );
        let source = main_source(&design, &inputs, &outputs, clock, &dir);
        tools::compile(&dir, &source);
        Replay { dir, inputs, outputs }
    }

    /// Where an input's bytes are in a cycle's, and how many.
    pub fn input(&self, name: &str) -> (usize, usize) {
        place(&self.inputs, name)
    }
    pub fn output(&self, name: &str) -> (usize, usize) {
        place(&self.outputs, name)
    }
    pub fn input_bytes(&self) -> usize {
        self.inputs.iter().map(|port| bytes(port.width)).sum()
    }
    pub fn output_bytes(&self) -> usize {
        self.outputs.iter().map(|port| bytes(port.width)).sum()
    }

    /// A circuit of its own, as it is at the start.
    pub fn start(&self) -> Running {
        let mut child = Command::new(self.dir.join("simulation"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", self.dir.display()));
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            unreachable!("both were asked for")
        };
        Running {
            child,
            input: Some(BufWriter::new(input)),
            output: BufReader::new(output),
            input_bytes: self.input_bytes(),
            output_bytes: self.output_bytes(),
        }
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            tools::finish(&self.dir);
        }
    }
}

fn place(ports: &[Port], name: &str) -> (usize, usize) {
    let mut at = 0;
    for port in ports {
        if port.name == name {
            return (at, bytes(port.width));
        }
        at += bytes(port.width);
    }
    panic!("no port `{name}`")
}

fn main_source(design: &Design, inputs: &[Port], outputs: &[Port], clock: &str, dir: &std::path::Path) -> String {
    let mut main = tools::model_sources(dir);
    main.push_str(
        "#include <cstdio>\n#include <cstring>\nint main() {\n    setvbuf(stdin, 0, _IOFBF, 1 << 20);\n    setvbuf(stdout, 0, _IOFBF, 1 << 20);\n    \
         Vtop* top = new Vtop;\n",
    );
    let total = |ports: &[Port]| ports.iter().map(|port| bytes(port.width)).sum::<usize>().max(1);
    let _ = write!(
        main,
        "    static unsigned char in[{}], out[{}];\n    unsigned count;\n    while (fread(&count, 4, 1, stdin) == 1) {{\n    while (count--) {{\n        \
         if (fread(in, sizeof in, 1, stdin) != 1) return 2;\n        uint64_t v;\n",
        total(inputs),
        total(outputs)
    );
    let mut at = 0;
    for port in inputs {
        let size = bytes(port.width);
        let name = tools::cxx_name(&port.name);
        let _ = writeln!(main, "        v = 0; memcpy(&v, in + {at}, {size}); top->{name} = v;");
        at += size;
    }
    let clock = tools::cxx_name(clock);
    let _ = writeln!(main, "        top->{clock} = 0; top->eval(); top->{clock} = 1; top->eval();");
    at = 0;
    for port in outputs {
        let size = bytes(port.width);
        let name = tools::cxx_name(&port.name);
        let _ = writeln!(main, "        v = top->{name}; memcpy(out + {at}, &v, {size});");
        at += size;
    }
    main.push_str("        fwrite(out, sizeof out, 1, stdout);\n    }\n    fflush(stdout);\n    }\n    delete top;\n    return 0;\n}\n");
    let _ = design;
    main
}

/// A circuit that waits for its next cycles.
pub struct Running {
    child: Child,
    input: Option<BufWriter<ChildStdin>>,
    output: BufReader<ChildStdout>,
    input_bytes: usize,
    output_bytes: usize,
}

impl Running {
    /// Runs the cycles whose inputs these are; gives the outputs after the rising edge of each.
    pub fn run(&mut self, inputs: &[u8]) -> Vec<u8> {
        assert_eq!(inputs.len() % self.input_bytes, 0, "whole cycles");
        let cycles = inputs.len() / self.input_bytes;
        let mut outputs = vec![0; cycles * self.output_bytes];
        // A pipe holds 64 KiB: so few cycles at a time that neither side waits for the other.
        let lot = (32 * 1024 / self.output_bytes.max(1)).max(1);
        let answers = outputs.chunks_mut(lot * self.output_bytes);
        for (questions, answers) in inputs.chunks(lot * self.input_bytes).zip(answers) {
            let Some(input) = &mut self.input else {
                unreachable!("open until dropped")
            };
            let count = (questions.len() / self.input_bytes) as u32;
            let sent = input.write_all(&count.to_le_bytes()).and_then(|()| input.write_all(questions));
            sent.and_then(|()| input.flush()).expect("the circuit takes cycles");
            self.output.read_exact(answers).expect("the circuit answers");
        }
        outputs
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.input = None;
        let _ = self.child.wait();
    }
}
