//! Turns the syntax tree that `#[hdl_gen]` made of a kernel into the representation of `ir`, refusing what has no exact form.

use super::collect::{self, Node, Signal, display_name};
use super::expr::Value;
use super::ir::{Expr, Kind, Sig, Stmt, lit};
use num_bigint::BigUint;
use rust_hdl::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use rust_hdl::core::ast::{VerilogBlock, VerilogBlockOrConditional, VerilogExpression, VerilogLink, VerilogMatch, VerilogStatement};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Input,
    Output,
    Local,
    ChildInput {
        child: usize,
        port: usize,
    },
    ChildOutput {
        child: usize,
        port: usize,
    },
    /// A wire the exporter adds for an operand that Verilog can only select from by name.
    Operand,
}

impl Role {
    pub fn is_driven_by_kernel(self) -> bool {
        matches!(self, Role::Output | Role::Local | Role::ChildInput { .. } | Role::Operand)
    }
    /// rust-hdl's `val()` of these gives what this pass of the kernel has assigned so far, not the settled value.
    pub fn reads_as_assigned(self) -> bool {
        matches!(self, Role::Output | Role::Local)
    }
}

pub struct SigInfo {
    pub name: String,
    pub role: Role,
    pub width: usize,
    pub ty: TypeDescriptor,
}

/// A refusal: what, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub block: String,
    pub what: String,
    pub instead: String,
}

pub type Fallible<T> = Result<T, (String, String)>;

pub fn refuse<T>(what: impl Into<String>, instead: impl Into<String>) -> Fallible<T> {
    Err((what.into(), instead.into()))
}

/// A kernel being read, then the result.
pub struct Kernel<'a> {
    pub node: &'a Node,
    pub sigs: Vec<SigInfo>,
    pub by_name: BTreeMap<String, Sig>,
    pub constants: BTreeMap<String, (BigUint, usize)>,
    pub labels: BTreeMap<String, Option<(usize, usize)>>,
    pub loops: Vec<(String, usize)>,
    pub operands: Vec<(Sig, Expr)>,
    /// Operand wires read by a statement, with its id: what they read must be settled there.
    pub operand_reads: Vec<(usize, Sig)>,
    pub body: Vec<Stmt>,
    pub refusals: Vec<Refusal>,
    pub next_id: usize,
    comments: Vec<String>,
}

impl<'a> Kernel<'a> {
    pub fn new(node: &'a Node) -> Kernel<'a> {
        let mut k = Kernel {
            node,
            sigs: vec![],
            by_name: BTreeMap::new(),
            constants: BTreeMap::new(),
            labels: BTreeMap::new(),
            loops: vec![],
            operands: vec![],
            operand_reads: vec![],
            body: vec![],
            refusals: vec![],
            next_id: 0,
            comments: vec![],
        };
        for s in &node.signals {
            collect::add_labels(&s.ty, &mut k.labels);
            let role = match s.kind {
                AtomKind::InputParameter => Role::Input,
                AtomKind::OutputParameter => Role::Output,
                AtomKind::LocalSignal => Role::Local,
                AtomKind::Constant => {
                    k.constants.insert(s.name.clone(), (s.value.clone(), s.width));
                    continue;
                }
                _ => {
                    k.report((
                        format!("`{}` is an InOut signal", display_name(&s.name)),
                        "put it in a Verilog::Wrapper".into(),
                    ));
                    continue;
                }
            };
            k.add(s.name.clone(), role, s);
        }
        for (child, c) in node.children.iter().enumerate() {
            for (port, s) in c.signals.iter().enumerate() {
                collect::add_labels(&s.ty, &mut k.labels);
                let role = match s.kind {
                    AtomKind::InputParameter => Role::ChildInput { child, port },
                    AtomKind::OutputParameter | AtomKind::OutputPassthrough => Role::ChildOutput { child, port },
                    _ => continue,
                };
                k.add(format!("{}${}", c.name, s.name), role, s);
            }
        }
        k
    }

    fn add(&mut self, name: String, role: Role, s: &Signal) {
        if collect::has_signed(&s.ty) {
            self.report((
                format!("`{}` is Signed", display_name(&name)),
                "keep it in Bits and handle the sign in the kernel".into(),
            ));
        }
        if s.width == 0 {
            self.report((
                format!("`{}` has no bits", display_name(&name)),
                "an enum needs two variants, Bits at least one bit".into(),
            ));
        }
        self.by_name.insert(name.clone(), self.sigs.len());
        self.sigs.push(SigInfo {
            name,
            role,
            width: s.width,
            ty: s.ty.clone(),
        });
    }

    pub fn report(&mut self, (what, instead): (String, String)) {
        let r = Refusal {
            block: self.node.describe(),
            what,
            instead,
        };
        if !self.refusals.contains(&r) {
            self.refusals.push(r);
        }
    }

    /// Reads the whole kernel; refusals are in `refusals`.
    pub fn read(&mut self, block: &VerilogBlock) {
        let mut body = Vec::new();
        self.block(block, &mut body);
        for (sig, rhs) in self.operands.clone() {
            let width = rhs.width();
            let id = self.fresh_id();
            body.push(Stmt {
                id,
                comments: vec![],
                kind: Kind::Assign { sig, lo: 0, width, rhs },
            });
        }
        self.body = body;
    }

    fn fresh_id(&mut self) -> usize {
        self.next_id += 1;
        self.next_id
    }

    fn push(&mut self, out: &mut Vec<Stmt>, id: usize, kind: Kind) {
        let comments = std::mem::take(&mut self.comments);
        out.push(Stmt { id, comments, kind });
    }

    fn block(&mut self, block: &VerilogBlock, out: &mut Vec<Stmt>) {
        for s in block {
            self.statement(s, out);
        }
    }

    fn statement(&mut self, s: &VerilogStatement, out: &mut Vec<Stmt>) {
        match s {
            VerilogStatement::Assignment(VerilogExpression::Signal(target), rhs) => self.assign(target, None, rhs, out),
            VerilogStatement::SliceAssignment {
                base: VerilogExpression::Signal(target),
                width,
                offset,
                replacement,
            } => match self.index(offset) {
                Ok(Value::Int(o, _)) => match usize::try_from(o) {
                    Ok(o) => self.assign(target, Some((o, *width)), replacement, out),
                    Err(_) => self.report((format!("slice of `{target}` out of range"), "use a smaller offset".into())),
                },
                Ok(Value::Expr(_)) => self.report((
                    format!("assignment to a slice of `{target}` at an offset that is a signal"),
                    "shift and mask the value, or write one branch for each offset".into(),
                )),
                Err(e) => self.report(e),
            },
            VerilogStatement::Assignment(..) | VerilogStatement::SliceAssignment { .. } => self.report((
                "assignment to something that is not a signal".into(),
                "assign to `signal.next`".into(),
            )),
            VerilogStatement::If(c) => {
                let id = self.fresh_id();
                let cond = self.condition(&c.test, id);
                if let Some(v) = cond.constant() {
                    return if v.bit(0) {
                        self.block(&c.then, out)
                    } else {
                        self.otherwise(&c.otherwise, out)
                    };
                }
                let comments = std::mem::take(&mut self.comments);
                let (mut then, mut otherwise) = (vec![], vec![]);
                self.block(&c.then, &mut then);
                self.otherwise(&c.otherwise, &mut otherwise);
                self.comments = comments;
                self.push(out, id, Kind::If { cond, then, otherwise });
            }
            VerilogStatement::Match(m) => self.case(m, out),
            VerilogStatement::Loop(l) => {
                if self.loops.iter().any(|x| x.0 == l.index) {
                    return self.report((
                        format!("loop variable `{}` hides another of that name", l.index),
                        "give it its own name".into(),
                    ));
                }
                for i in l.from.as_usize()..l.to.as_usize() {
                    self.loops.push((l.index.clone(), i));
                    self.block(&l.block, out);
                    self.loops.pop();
                }
            }
            VerilogStatement::Comment(c) => {
                // The macro's own name and quotes are in the text.
                let text = c.split_once('"').map_or(c.as_str(), |x| x.1).trim_end_matches(['"', ')']);
                self.comments.extend(text.lines().map(|l| l.trim().to_string()));
            }
            VerilogStatement::Macro(b) => self.block(b, out),
            VerilogStatement::Link(links) => {
                for l in links {
                    let name = |base: &str, my: &str| format!("{base}{}", my.replace('.', "$"));
                    let (target, source) = match l {
                        VerilogLink::Forward(d) => (name(&d.other_name, &d.my_name), name(&d.owner_name, &d.my_name)),
                        VerilogLink::Backward(d) => (name(&d.owner_name, &d.my_name), name(&d.other_name, &d.my_name)),
                        VerilogLink::Bidirectional(d) => {
                            self.report((
                                format!("link of the InOut signal `{}`", d.owner_name),
                                "put it in a Verilog::Wrapper".into(),
                            ));
                            continue;
                        }
                    };
                    self.assign(&target, None, &VerilogExpression::Signal(source), out);
                }
            }
        }
    }

    fn otherwise(&mut self, o: &VerilogBlockOrConditional, out: &mut Vec<Stmt>) {
        match o {
            VerilogBlockOrConditional::None => {}
            VerilogBlockOrConditional::Block(b) => self.block(b, out),
            VerilogBlockOrConditional::Conditional(s) => self.statement(s, out),
        }
    }

    fn condition(&mut self, e: &VerilogExpression, id: usize) -> Expr {
        match self.sized(e, Some(1), id) {
            Ok(e) => e,
            Err(e) => {
                self.report(e);
                // Not constant, so that both branches are read and checked.
                self.sigs
                    .iter()
                    .position(|s| s.width >= 1)
                    .map_or(lit(1u32, 1), |sig| Expr::Sig { sig, lo: 0, width: 1 })
            }
        }
    }

    fn assign(&mut self, target: &str, part: Option<(usize, usize)>, rhs: &VerilogExpression, out: &mut Vec<Stmt>) {
        let id = self.fresh_id();
        let (sig, lo, width) = match self.target(target) {
            Ok((sig, lo, width)) => match part {
                Some((o, w)) if o + w <= width => (sig, lo + o, w),
                Some(_) => return self.report((format!("slice of `{target}` out of range"), "stay inside the signal".into())),
                None => (sig, lo, width),
            },
            Err(e) => return self.report(e),
        };
        let rhs = self.sized(rhs, Some(width), id).unwrap_or_else(|(what, instead)| {
            self.report((
                format!("assignment to `{}`: {what}", display_name(target.trim_end_matches("$next"))),
                instead,
            ));
            lit(0u32, width)
        });
        self.push(out, id, Kind::Assign { sig, lo, width, rhs });
    }

    fn target(&mut self, raw: &str) -> Fallible<(Sig, usize, usize)> {
        let r = self.resolve(raw)?;
        let super::resolve::Name::Signal(sig, lo, width) = r else {
            return refuse(
                format!("assignment to `{raw}`, which is no signal"),
                "assign to an output, a Local or a child's input",
            );
        };
        if self.sigs[sig].role.is_driven_by_kernel() {
            Ok((sig, lo, width))
        } else {
            refuse(
                format!(
                    "assignment to `{}`, which this block does not drive",
                    display_name(&self.sigs[sig].name)
                ),
                "assign to an output, a Local or a child's input",
            )
        }
    }

    fn case(&mut self, m: &VerilogMatch, out: &mut Vec<Stmt>) {
        let id = self.fresh_id();
        let test = match self.sized(&m.test, None, id) {
            Ok(t) => t,
            Err(e) => return self.report(e),
        };
        let wraps = |e: &Expr| matches!(e, Expr::Bin(op, ..) if !op.is_one_bit()) || matches!(e, Expr::Shl(..));
        if wraps(&test) {
            return self.report((
                "match on an arithmetic expression".into(),
                "assign it to a Local and match on that".into(),
            ));
        }
        let width = test.width();
        let mut arms: Vec<(Expr, &VerilogBlock)> = vec![];
        let mut default: Option<&VerilogBlock> = None;
        let mut seen = BTreeSet::new();
        for c in &m.cases {
            if default.is_some() {
                continue;
            }
            if c.condition == "default" {
                default = Some(&c.block);
                continue;
            }
            match self.label(&c.condition, width) {
                Ok(l) => {
                    if seen.insert(l.constant()) {
                        arms.push((l, &c.block));
                    }
                }
                Err(e) => self.report(e),
            }
        }
        // Rust's match is exhaustive: without `_` the last arm takes what is left, encodings no variant has included.
        let default = match default.or_else(|| arms.pop().map(|a| a.1)) {
            Some(d) => d,
            None => return,
        };
        if let Some(v) = test.constant() {
            let chosen = arms.iter().find(|a| a.0.constant().as_ref() == Some(&v)).map_or(default, |a| a.1);
            return self.block(chosen, out);
        }
        let comments = std::mem::take(&mut self.comments);
        let mut read = |b: &VerilogBlock| {
            let mut o = vec![];
            self.block(b, &mut o);
            o
        };
        let arms = arms.into_iter().map(|(l, b)| (l, read(b))).collect();
        let default = read(default);
        self.comments = comments;
        self.push(out, id, Kind::Case { test, arms, default });
    }
}
