//! The run in rust-hdl's own simulator, which is what the others are held against.

use super::{Inputs, Lockstep, random};
use crate::verilog::{Dir, Port};
use num_bigint::BigUint;
use rust_hdl::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Inputs and outputs at the end of every step, in the order of the ports.
pub struct Trace {
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub steps: Vec<(Vec<BigUint>, Vec<BigUint>)>,
}

impl Trace {
    /// `got`: one line a step, the outputs as hexadecimal numbers with a blank between.
    pub fn compare(&self, tool: &str, got: &str, seed: u64, dir: &Path, waive_x: bool) {
        let lines: Vec<&str> = got.lines().collect();
        assert_eq!(lines.len(), self.steps.len(), "{tool} ended early; files in {}", dir.display());
        for (step, (line, (_, want))) in lines.iter().zip(&self.steps).enumerate() {
            for ((port, want), got) in self.outputs.iter().zip(want).zip(line.split(' ')) {
                let unknown = got.contains(['x', 'X', 'z', 'Z']);
                if unknown && waive_x {
                    continue;
                }
                if unknown || BigUint::parse_bytes(got.as_bytes(), 16).as_ref() != Some(want) {
                    let inputs: Vec<String> = self
                        .inputs
                        .iter()
                        .zip(&self.steps[step].0)
                        .map(|(p, v)| format!("{}={v:x}", p.name))
                        .collect();
                    panic!(
                        "lockstep: step {step}: output `{}` is {want:x} in rust-hdl and {got} under {tool} (seed {seed})\n  inputs: {}\n  files: {}",
                        port.name,
                        inputs.join(" "),
                        dir.display()
                    );
                }
            }
        }
    }
}

struct Sample {
    path: Vec<String>,
    depth: usize,
    values: BTreeMap<String, BigUint>,
}

impl Probe for Sample {
    fn visit_start_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth += 1;
    }
    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth -= 1;
    }
    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        self.path.push(name.to_string());
    }
    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        self.path.pop();
    }
    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if self.depth == 1 && atom.kind() == AtomKind::OutputParameter {
            let mut full = self.path.clone();
            full.push(name.to_string());
            let text = format!("{:x}", atom.verilog());
            let digits = text.split_once("'h").map_or("0", |x| x.1);
            self.values.insert(
                full.join("$").replace('$', "_"),
                BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_default(),
            );
        }
    }
}

fn sample<U: Block>(uut: &U) -> BTreeMap<String, BigUint> {
    let mut s = Sample {
        path: vec![],
        depth: 0,
        values: BTreeMap::new(),
    };
    uut.accept("top", &mut s);
    s.values
}

pub fn simulate_native<U: Block>(bench: &mut Lockstep<U>, ports: &[Port]) -> Trace {
    let of = |dir| ports.iter().filter(|p| p.dir == dir).cloned().collect::<Vec<_>>();
    let (inputs, outputs) = (of(Dir::In), of(Dir::Out));
    assert!(of(Dir::InOut).is_empty(), "InOut ports cannot be run in lockstep");
    let mut covered = vec![];
    (bench.visit)(&mut bench.uut, &mut |name, _| covered.push(name.to_string()));
    let missing: Vec<&str> = inputs
        .iter()
        .map(|p| p.name.as_str())
        .filter(|n| !covered.iter().any(|c| c == n))
        .collect();
    assert!(missing.is_empty(), "lockstep!: also name the inputs {}", missing.join(", "));
    for c in &bench.clocks {
        assert!(covered.contains(&c.name), "no input `{}` to be a clock", c.name);
    }
    let widths: BTreeMap<String, usize> = inputs.iter().map(|p| (p.name.clone(), p.width)).collect();
    let mut values: BTreeMap<String, BigUint> = inputs.iter().map(|p| (p.name.clone(), BigUint::default())).collect();
    let mut trace = Trace {
        inputs,
        outputs,
        steps: vec![],
    };
    let mut rng = bench.rng();
    let mut stimulus = bench.stimulus.take();
    let mut settle = |bench: &mut Lockstep<U>, values: &BTreeMap<String, BigUint>| {
        (bench.visit)(&mut bench.uut, &mut |name, port| port.set(&values[name]));
        assert!(
            simulate(&mut bench.uut, 10_000),
            "rust-hdl's simulation does not settle at step {}",
            trace.steps.len()
        );
        let out = sample(&bench.uut);
        trace.steps.push((
            trace.inputs.iter().map(|p| values[&p.name].clone()).collect(),
            trace.outputs.iter().map(|p| out[&p.name].clone()).collect(),
        ));
        out
    };
    let mut outputs = settle(bench, &values);
    let mut time = 0;
    for cycle in 0..bench.cycles {
        for p in widths.iter().filter(|p| !bench.clocks.iter().any(|c| c.name == *p.0)) {
            values.insert(p.0.clone(), random(&mut rng, *p.1, bench.bias.get(p.0).copied()));
        }
        if let Some(f) = &mut stimulus {
            f(
                cycle,
                &mut Inputs {
                    values: &mut values,
                    widths: &widths,
                    outputs: &outputs,
                    rng: &mut rng,
                },
            );
        }
        let Some(pace) = bench.clocks.first().map(|c| c.half_period * 2) else {
            outputs = settle(bench, &values);
            continue;
        };
        // The first clock falls as the inputs change, and rises half a period later; the others go their own way meanwhile.
        values.insert(bench.clocks[0].name.clone(), BigUint::default());
        outputs = settle(bench, &values);
        for _ in 0..pace {
            time += 1;
            for c in 0..bench.clocks.len() {
                let (name, half) = (bench.clocks[c].name.clone(), bench.clocks[c].half_period);
                let rises = time % (2 * half) == half;
                let falls = time % (2 * half) == 0 && c > 0;
                if rises || falls {
                    values.insert(name, BigUint::from(u32::from(rises)));
                    outputs = settle(bench, &values);
                }
            }
        }
    }
    trace
}
