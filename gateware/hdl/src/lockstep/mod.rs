//! Runs a circuit in rust-hdl's simulator, under Verilator and under Icarus Verilog on the same stimulus, and compares every output
//! after every step. The exported Verilog must also pass `verilator -Wall` without a word.
//!
//! ```no_run
//! # use rust_hdl::prelude::*;
//! # #[derive(LogicBlock, Default)]
//! # struct Core { pub clock: Signal<In, Clock>, pub reset: Signal<In, Bit>, pub data: Signal<In, Bits<8>>, pub out: Signal<Out, Bits<8>> }
//! # impl Logic for Core { #[hdl_gen] fn update(&mut self) { self.out.next = self.data.val(); } }
//! spareband_hdl::lockstep!(Core::default(); clock, reset, data).clock("clock").bias("reset", 0.01).run();
//! ```

mod native;
mod replay;
mod tools;

pub use replay::{Replay, Running};

use num_bigint::BigUint;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A bench over a circuit and the names of all its inputs (clocks too; an array of signals is one name, `data[0]` is written `data_0`).
#[macro_export]
macro_rules! lockstep {
    ($uut:expr; $($input:ident),+ $(,)?) => {
        $crate::lockstep::Lockstep::new($uut, |uut, visit| { $($crate::lockstep::Drive::each(&mut uut.$input, stringify!($input), visit);)+ })
    };
}

/// An input port whose value the bench can set.
pub trait Drive {
    /// Calls `visit` with the port, or with each port of an array.
    fn each(&mut self, name: &str, visit: &mut dyn FnMut(&str, &mut dyn Port));
}

/// One input port.
pub trait Port {
    fn set(&mut self, value: &BigUint);
}

/// Values the bench can make from a number.
pub trait FromNumber: Synth {
    fn from_number(value: &BigUint) -> Self;
}

impl FromNumber for bool {
    fn from_number(value: &BigUint) -> Self {
        value.bit(0)
    }
}

impl FromNumber for Clock {
    fn from_number(value: &BigUint) -> Self {
        Clock { clk: value.bit(0) }
    }
}

impl<const N: usize> FromNumber for Bits<N> {
    fn from_number(value: &BigUint) -> Self {
        value.clone().into()
    }
}

impl<T: FromNumber> Port for Signal<In, T> {
    fn set(&mut self, value: &BigUint) {
        self.next = T::from_number(value);
    }
}

impl<T: FromNumber> Drive for Signal<In, T> {
    fn each(&mut self, name: &str, visit: &mut dyn FnMut(&str, &mut dyn Port)) {
        visit(name, self);
    }
}

impl<D: Drive, const N: usize> Drive for [D; N] {
    fn each(&mut self, name: &str, visit: &mut dyn FnMut(&str, &mut dyn Port)) {
        self.iter_mut().enumerate().for_each(|(i, d)| d.each(&format!("{name}_{i}"), visit));
    }
}

impl<D: Drive> Drive for Vec<D> {
    fn each(&mut self, name: &str, visit: &mut dyn FnMut(&str, &mut dyn Port)) {
        self.iter_mut().enumerate().for_each(|(i, d)| d.each(&format!("{name}_{i}"), visit));
    }
}

/// The inputs of a cycle, as the default stimulus has filled them; a `stimulus` closure changes what it wants shaped.
pub struct Inputs<'a> {
    values: &'a mut BTreeMap<String, BigUint>,
    widths: &'a BTreeMap<String, usize>,
    outputs: &'a BTreeMap<String, BigUint>,
    pub rng: &'a mut StdRng,
}

impl Inputs<'_> {
    pub fn set(&mut self, name: &str, value: impl Into<BigUint>) {
        let value = value.into();
        let width = *self.widths.get(name).unwrap_or_else(|| panic!("no input `{name}`"));
        assert!(value.bits() <= width as u64, "{value:#x} does not fit the {width} bits of `{name}`");
        self.values.insert(name.to_string(), value);
    }
    pub fn get(&self, name: &str) -> BigUint {
        self.values[name].clone()
    }
    /// An output as it was at the end of the cycle before.
    pub fn output(&self, name: &str) -> BigUint {
        self.outputs.get(name).cloned().unwrap_or_else(|| panic!("no output `{name}`"))
    }
}

type Visit<U> = dyn Fn(&mut U, &mut dyn FnMut(&str, &mut dyn Port));
type Stimulus = dyn FnMut(u64, &mut Inputs);

struct ClockSpec {
    name: String,
    half_period: u64,
}

/// See the module's documentation.
pub struct Lockstep<U: Block> {
    uut: U,
    visit: Box<Visit<U>>,
    clocks: Vec<ClockSpec>,
    cycles: u64,
    seed: u64,
    bias: BTreeMap<String, f64>,
    stimulus: Option<Box<Stimulus>>,
    out_dir: Option<PathBuf>,
    waive_x: bool,
    waive_constant: bool,
}

impl<U: Block> Lockstep<U> {
    /// Use the macro `lockstep!`.
    pub fn new(uut: U, visit: impl Fn(&mut U, &mut dyn FnMut(&str, &mut dyn Port)) + 'static) -> Lockstep<U> {
        Lockstep {
            uut,
            visit: Box::new(visit),
            clocks: vec![],
            cycles: 2000,
            seed: 1,
            bias: BTreeMap::new(),
            stimulus: None,
            out_dir: None,
            waive_x: false,
            waive_constant: false,
        }
    }
    /// Names a clock; the first one sets the pace: inputs change at its falling edge, never with a rising edge.
    pub fn clock(self, name: &str) -> Self {
        self.clock_period(name, 10)
    }
    /// A clock with a period (two units or more) of its own; the edges of two clocks never fall together.
    pub fn clock_period(mut self, name: &str, period: u64) -> Self {
        self.clocks.push(ClockSpec {
            name: name.to_string(),
            half_period: (period / 2).max(1),
        });
        self
    }
    /// Cycles of the first clock, or input vectors of a circuit without one.
    pub fn cycles(mut self, cycles: u64) -> Self {
        self.cycles = cycles;
        self
    }
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
    /// The probability that each bit of an input is one.
    pub fn bias(mut self, input: &str, probability: f64) -> Self {
        self.bias.insert(input.to_string(), probability);
        self
    }
    /// Shapes the inputs of each cycle after they were filled at random.
    pub fn stimulus(mut self, f: impl FnMut(u64, &mut Inputs) + 'static) -> Self {
        self.stimulus = Some(Box::new(f));
        self
    }
    /// Where the files are kept; `target/lockstep/<module>` otherwise.
    pub fn out_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(dir.into());
        self
    }
    /// Does not compare under Icarus Verilog what is unknown there, for parts with memories that start undefined.
    pub fn waive_x(mut self) -> Self {
        self.waive_x = true;
        self
    }
    /// Does not fail on comparisons that Verilator finds constant: random expressions are, in ways no one would write.
    pub fn waive_constant_comparisons(mut self) -> Self {
        self.waive_constant = true;
        self
    }

    /// Runs all three; panics with the first difference.
    pub fn run(mut self) {
        let design = crate::verilog::export(&mut self.uut).unwrap_or_else(|e| panic!("{e}"));
        let dir = self
            .out_dir
            .clone()
            .unwrap_or_else(|| tools::work_dir(&design.top, std::any::type_name::<U>(), self.seed));
        tools::clear(&dir);
        let trace = native::simulate_native(&mut self, &design.ports);
        tools::write(&dir, &format!("{}.v", design.top), &design.to_verilog());
        tools::verilate(&dir, &design, self.waive_constant);
        for (tool, got) in [
            ("Verilator", tools::run_verilator(&dir, &design, &trace)),
            ("Icarus Verilog", tools::run_iverilog(&dir, &design, &trace)),
        ] {
            trace.compare(tool, &got, self.seed, &dir, self.waive_x && tool == "Icarus Verilog");
        }
        tools::finish(&dir);
    }

    fn rng(&self) -> StdRng {
        StdRng::seed_from_u64(self.seed)
    }
}

/// A random number of `width` bits; all zeros, all ones and sparse ones are made often, since mistakes hide there.
pub fn random(rng: &mut StdRng, width: usize, probability: Option<f64>) -> BigUint {
    let p = probability.unwrap_or_else(|| [0.0, 1.0, 0.1, 0.9, 0.5, 0.5, 0.5, 0.5][rng.gen_range(0..8)]);
    let p = if width == 1 && probability.is_none() { 0.5 } else { p };
    let mut v = BigUint::default();
    for b in 0..width {
        v.set_bit(b as u64, rng.gen_bool(p));
    }
    v
}
