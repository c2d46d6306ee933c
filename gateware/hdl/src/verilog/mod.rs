//! A Verilog back end for rust-hdl that prints exactly what rust-hdl's simulator does, or refuses.
//!
//! ```
//! use rust_hdl::prelude::*;
//!
//! #[derive(LogicBlock, Default)]
//! struct Blinker {
//!     pub clock: Signal<In, Clock>,
//!     pub led: Signal<Out, Bit>,
//!     count: DFF<Bits<8>>,
//! }
//! impl Logic for Blinker {
//!     #[hdl_gen]
//!     fn update(&mut self) {
//!         dff_setup!(self, clock, count);
//!         self.count.d.next = self.count.q.val() + 1;
//!         self.led.next = self.count.q.val().get_bit(7);
//!     }
//!     spareband_hdl::module_name!();
//! }
//! let design = spareband_hdl::verilog::export(&mut Blinker::default()).unwrap();
//! assert_eq!(design.top, "blinker");
//! assert!(design.to_verilog().contains("assign led = count_q[7];"));
//! ```

mod collect;
mod custom;
mod depend;
mod expr;
mod flow;
mod ir;
mod kernel;
mod lint;
mod module;
mod names;
mod print;
mod resolve;

pub use kernel::Refusal;
pub use lint::{Finding, source_lint};
pub use names::module_name_of_type;

use collect::Node;
use module::{Child, Text};
use rust_hdl::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// States the Rust type of a block to the exporter, which has no other way to learn the type behind `&dyn Block`. Stands in
/// `impl Logic`. A block with hand-written Verilog also states which outputs depend on no input without a clock edge between:
/// `module_name!(clock => q, valid)`, and for several clocks `module_name!(write_clock => full; read_clock => data, empty)`.
#[macro_export]
macro_rules! module_name {
    () => { $crate::module_name!(=>); };
    (=>) => {
        fn timing(&self) -> Vec<$crate::TimingInfo> {
            vec![$crate::verilog::type_info::<Self>("", &[])]
        }
    };
    ($($clock:ident => $($output:ident),+ $(,)?);+ $(;)?) => {
        fn timing(&self) -> Vec<$crate::TimingInfo> {
            vec![$($crate::verilog::type_info::<Self>(stringify!($clock), &[$(stringify!($output)),+])),+]
        }
    };
}

/// A comment in a kernel that is kept in the Verilog: `comment!("why");`. (`use spareband_hdl::comment;`)
#[macro_export]
macro_rules! comment {
    ($text:literal) => {};
}

#[doc(hidden)]
pub fn type_info<T: ?Sized>(clock: &str, outputs: &[&str]) -> TimingInfo {
    TimingInfo {
        name: std::any::type_name::<T>().to_string(),
        clock: clock.to_string(),
        inputs: vec![],
        outputs: outputs.iter().map(|o| o.to_string()).collect(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dir {
    In,
    Out,
    InOut,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Port {
    pub name: String,
    pub dir: Dir,
    pub width: usize,
}

#[derive(Clone, Debug)]
pub struct Module {
    pub name: String,
    pub text: String,
}

/// A circuit as Verilog.
#[derive(Clone, Debug)]
pub struct Design {
    pub top: String,
    /// The top first, then each module after the first that instantiates it.
    pub modules: Vec<Module>,
    pub ports: Vec<Port>,
    /// Text of black boxes and vendor cores.
    pub cores: Vec<String>,
}

impl Design {
    /// One file with everything the top instantiates.
    pub fn to_verilog(&self) -> String {
        let mut out = format!(
            "// {}: printed from Rust by spareband-hdl; do not edit.\n\n`default_nettype none\n",
            self.top
        );
        for m in &self.modules {
            out.push('\n');
            out.push_str(&m.text);
        }
        for c in &self.cores {
            out.push('\n');
            out.push_str(c.trim());
            out.push('\n');
        }
        out.push_str("\n`default_nettype wire\n");
        out
    }

    /// Name, direction and width of each port of the top, as JSON.
    pub fn ports_json(&self) -> String {
        serde_json::json!({ "module": self.top, "ports": self.ports }).to_string()
    }
}

/// Everything in a circuit that has no exact Verilog.
#[derive(Clone, Debug)]
pub struct ExportError {
    pub refusals: Vec<Refusal>,
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} construct(s) cannot be printed exactly:", self.refusals.len())?;
        for r in &self.refusals {
            writeln!(f, "  {}: {}; {}", r.block, r.what, r.instead)?;
        }
        Ok(())
    }
}

impl std::error::Error for ExportError {}

/// The circuit as Verilog; the top is named after its type.
pub fn export<U: Block>(uut: &mut U) -> Result<Design, ExportError> {
    export_as(uut, None)
}

/// The circuit as Verilog under a name of the caller's.
pub fn export_named<U: Block>(uut: &mut U, top: &str) -> Result<Design, ExportError> {
    export_as(uut, Some(top))
}

fn export_as<U: Block>(uut: &mut U, top: Option<&str>) -> Result<Design, ExportError> {
    uut.connect_all();
    let fallback = module_name_of_type(std::any::type_name::<U>());
    let Some(node) = collect::collect(uut) else {
        let what = "the top is not a block of its own".to_string();
        return Err(ExportError {
            refusals: vec![Refusal {
                block: fallback,
                what,
                instead: "wrap it in a LogicBlock".into(),
            }],
        });
    };
    let top = top.map_or_else(
        || if node.type_name().is_some() { base_name(&node) } else { fallback },
        str::to_string,
    );
    let mut e = Exporter::default();
    e.used.insert(top.clone());
    e.reserved_top = Some(top.clone());
    let root = e.node(&node);
    if !e.refusals.is_empty() {
        return Err(ExportError { refusals: e.refusals });
    }
    let mut modules = vec![];
    e.order(root.module.as_deref().unwrap_or(&top), &mut BTreeSet::new(), &mut modules);
    let ports = node
        .signals
        .iter()
        .zip(&root.ports)
        .filter_map(|(s, name)| {
            let dir = match s.kind {
                AtomKind::InputParameter => Dir::In,
                AtomKind::InOutParameter => Dir::InOut,
                _ => Dir::Out,
            };
            name.as_ref().map(|n| Port {
                name: n.clone(),
                dir,
                width: s.width,
            })
        })
        .collect();
    Ok(Design {
        top,
        modules,
        ports,
        cores: e.cores,
    })
}

fn base_name(node: &Node) -> String {
    if custom::is_stock_dff(node) {
        return format!("dff_{}", node.signals[0].width);
    }
    match node.type_name() {
        Some(t) => module_name_of_type(t),
        None => {
            let plain: Vec<&str> = node.name.split('$').filter(|p| !p.chars().all(|c| c.is_ascii_digit())).collect();
            module_name_of_type(&plain.join("_"))
        }
    }
}

#[derive(Default)]
struct Exporter {
    used: BTreeSet<String>,
    reserved_top: Option<String>,
    /// Module text (without its name) to its name.
    by_text: BTreeMap<String, String>,
    modules: BTreeMap<String, (String, Vec<String>)>,
    cores: Vec<String>,
    refusals: Vec<Refusal>,
}

impl Exporter {
    fn node(&mut self, node: &Node) -> Child {
        let is_top = node.path == "top";
        let (ports, _, reserved) = module::port_names(node);
        let mut child = Child {
            module: None,
            ports,
            summary: BTreeMap::new(),
        };
        let text = match &node.hdl {
            Verilog::Combinatorial(block) => {
                let children: Vec<Child> = node
                    .children
                    .iter()
                    .map(|c| if custom::is_stock_dff(c) { dff(c) } else { self.node(c) })
                    .collect();
                match module::kernel_module(node, block, &children) {
                    Ok(t) => (t, children.into_iter().filter_map(|c| c.module).collect()),
                    Err(r) => {
                        self.refusals.extend(r);
                        return child;
                    }
                }
            }
            Verilog::Custom(body) if node.children.is_empty() => (module::custom_module(node, body, false), vec![]),
            Verilog::Custom(_) => {
                self.refusals.push(Refusal {
                    block: node.describe(),
                    what: "a block with hand-written Verilog has children".into(),
                    instead: "give it fields that start with `_`, or move the children out".into(),
                });
                return child;
            }
            Verilog::Wrapper(w) => {
                self.core(&w.cores);
                (module::custom_module(node, &w.code, true), vec![])
            }
            Verilog::Blackbox(b) => {
                self.core(&b.code);
                child.module = Some(b.name.clone());
                child.ports = node.signals.iter().map(|s| s.is_port().then(|| s.name.clone())).collect();
                child.summary = module::custom_module(node, "", true).summary;
                return child;
            }
            Verilog::Empty => {
                self.refusals.extend(module::without_verilog(node));
                return child;
            }
        };
        self.refusals.extend(reserved);
        let (Text { text, summary }, uses): (Text, Vec<String>) = text;
        child.summary = summary;
        child.module = Some(self.name(node, text, uses, is_top));
        child
    }

    fn core(&mut self, text: &str) {
        if !text.trim().is_empty() && !self.cores.iter().any(|c| c == text) {
            self.cores.push(text.to_string());
        }
    }

    fn name(&mut self, node: &Node, text: String, uses: Vec<String>, is_top: bool) -> String {
        if is_top {
            let name = self.reserved_top.clone().unwrap_or_default();
            self.modules.insert(name.clone(), (format!("module {name}{text}"), uses));
            return name;
        }
        if let Some(known) = self.by_text.get(&text) {
            return known.clone();
        }
        let base = base_name(node);
        let mut name = base.clone();
        let mut n = 2;
        while !self.used.insert(name.clone()) {
            name = format!("{base}_{n}");
            n += 1;
        }
        self.by_text.insert(text.clone(), name.clone());
        self.modules.insert(name.clone(), (format!("module {name}{text}"), uses));
        name
    }

    fn order(&self, name: &str, seen: &mut BTreeSet<String>, out: &mut Vec<Module>) {
        let Some((text, uses)) = self.modules.get(name) else { return };
        if seen.insert(name.to_string()) {
            out.push(Module {
                name: name.to_string(),
                text: text.clone(),
            });
            uses.iter().for_each(|u| self.order(u, seen, out));
        }
    }
}

fn dff(node: &Node) -> Child {
    let (ports, _, _) = module::port_names(node);
    Child {
        module: None,
        ports,
        summary: BTreeMap::from([(1, BTreeSet::new())]),
    }
}
