//! Reads the tree of blocks and signals out of a rust-hdl circuit.

use num_bigint::BigUint;
use rust_hdl::prelude::*;
use std::collections::BTreeMap;

/// A signal of a block, under the name rust-hdl's syntax tree gives it (`bus$0$data`).
#[derive(Clone, Debug)]
pub struct Signal {
    pub name: String,
    pub kind: AtomKind,
    pub width: usize,
    pub ty: TypeDescriptor,
    pub value: BigUint,
}

impl Signal {
    pub fn is_clock(&self) -> bool {
        self.ty.name == "clock"
    }
    pub fn is_port(&self) -> bool {
        self.kind.is_parameter()
    }
}

/// A block: its signals, its children in the order of the fields, and its logic.
pub struct Node {
    pub name: String,
    pub path: String,
    pub hdl: Verilog,
    pub timing: Vec<TimingInfo>,
    pub signals: Vec<Signal>,
    pub children: Vec<Node>,
}

impl Node {
    /// The Rust type, when the block states it (`module_name!()`).
    pub fn type_name(&self) -> Option<&str> {
        self.timing.first().map(|t| t.name.as_str())
    }
    pub fn describe(&self) -> String {
        match self.type_name() {
            Some(t) => format!("{} ({t})", self.path),
            None => self.path.clone(),
        }
    }
}

#[derive(Default)]
struct Collector {
    stack: Vec<(Node, Vec<String>)>,
    root: Option<Node>,
}

impl Probe for Collector {
    fn visit_start_scope(&mut self, name: &str, block: &dyn Block) {
        let path = match self.stack.last() {
            Some((parent, _)) => format!("{}.{}", parent.path, display_name(name)),
            None => name.to_string(),
        };
        let node = Node {
            name: name.to_string(),
            path,
            hdl: block.hdl(),
            timing: block.timing(),
            signals: Vec::new(),
            children: Vec::new(),
        };
        self.stack.push((node, Vec::new()));
    }
    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        if let Some((_, namespace)) = self.stack.last_mut() {
            namespace.push(name.to_string());
        }
    }
    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if let Some((node, namespace)) = self.stack.last_mut() {
            let mut full = namespace.clone();
            full.push(name.to_string());
            let text = format!("{:x}", atom.verilog());
            let digits = text.split_once("'h").map_or("0", |x| x.1);
            node.signals.push(Signal {
                name: full.join("$"),
                kind: atom.kind(),
                width: atom.bits(),
                ty: atom.descriptor(),
                value: BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_default(),
            });
        }
    }
    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        if let Some((_, namespace)) = self.stack.last_mut() {
            namespace.pop();
        }
    }
    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        if let Some((node, _)) = self.stack.pop() {
            match self.stack.last_mut() {
                Some((parent, _)) => parent.children.push(node),
                None => self.root = Some(node),
            }
        }
    }
}

/// `bus$0$data` as a reader of the Rust knows it: `bus[0].data`.
pub fn display_name(name: &str) -> String {
    let mut out = String::new();
    for (i, part) in name.split('$').enumerate() {
        if part.chars().all(|c| c.is_ascii_digit()) && !part.is_empty() {
            out.push_str(&format!("[{part}]"));
        } else {
            if i > 0 {
                out.push('.');
            }
            out.push_str(part);
        }
    }
    out
}

/// The tree of a circuit; `None` when it is not a block of its own (an array, an interface).
pub fn collect<U: Block>(uut: &U) -> Option<Node> {
    let mut c = Collector::default();
    uut.accept("top", &mut c);
    c.root
}

pub fn bits_of(ty: &TypeDescriptor) -> usize {
    match &ty.kind {
        TypeKind::Bits(n) | TypeKind::Signed(n) => *n,
        TypeKind::Enum(v) => clog2(v.len()),
        TypeKind::Composite(f) => f.iter().map(|x| bits_of(&x.kind)).sum(),
    }
}

pub fn has_signed(ty: &TypeDescriptor) -> bool {
    match &ty.kind {
        TypeKind::Signed(_) => true,
        TypeKind::Composite(f) => f.iter().any(|x| has_signed(&x.kind)),
        _ => false,
    }
}

/// Enum variants reachable from a type: label (`State$Idle`) to value and width. Two that disagree are kept as `None`.
pub fn add_labels(ty: &TypeDescriptor, out: &mut BTreeMap<String, Option<(usize, usize)>>) {
    match &ty.kind {
        TypeKind::Enum(variants) => {
            for (value, label) in variants.iter().enumerate() {
                let entry = Some((value, clog2(variants.len())));
                let known = out.entry(label.replace("::", "$")).or_insert(entry);
                if *known != entry {
                    *known = None;
                }
            }
        }
        TypeKind::Composite(fields) => fields.iter().for_each(|f| add_labels(&f.kind, out)),
        _ => {}
    }
}

/// Offset, width and type of a (nested) field of a LogicStruct.
pub fn field<'a>(ty: &'a TypeDescriptor, path: &[&str]) -> Option<(usize, usize, &'a TypeDescriptor)> {
    let Some((first, rest)) = path.split_first() else {
        return Some((0, bits_of(ty), ty));
    };
    let TypeKind::Composite(fields) = &ty.kind else { return None };
    let mut offset = 0;
    for f in fields {
        if f.fieldname == *first {
            let (o, w, t) = field(&f.kind, rest)?;
            return Some((offset + o, w, t));
        }
        offset += bits_of(&f.kind);
    }
    None
}
