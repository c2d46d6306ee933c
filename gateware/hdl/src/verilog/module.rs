//! One block as one Verilog module.

use super::collect::{Node, Signal, display_name};
use super::custom;
use super::depend::Summary;
use super::flow::{as_expression, prune};
use super::ir::{Expr, Kind, Sig, Stmt, walk};
use super::kernel::{Kernel, Refusal, Role};
use super::names::{Names, is_reserved};
use super::print::{Printer, literal, range};
use rust_hdl::core::ast::VerilogBlock;
use rust_hdl::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How a child is instantiated.
pub struct Child {
    /// `None`: rust-hdl's flip-flop, printed in place, or a block without Verilog.
    pub module: Option<String>,
    /// Port names in the order of the node's signals.
    pub ports: Vec<Option<String>>,
    pub summary: Summary,
}

pub struct Text {
    /// Everything after `module NAME`.
    pub text: String,
    pub summary: Summary,
}

/// Port names of a block, in the order of its signals (`None` for what is no port), and the names they use up.
pub fn port_names(node: &Node) -> (Vec<Option<String>>, Names, Vec<Refusal>) {
    let (mut names, mut refusals) = (Names::default(), vec![]);
    let ports = node
        .signals
        .iter()
        .map(|s| {
            let port = s.is_port();
            if (port || s.kind == AtomKind::LocalSignal) && is_reserved(&s.name) {
                refusals.push(Refusal {
                    block: node.describe(),
                    what: format!("`{}` is a word of Verilog", s.name),
                    instead: "rename the field".into(),
                });
            }
            port.then(|| names.take(&s.name))
        })
        .collect();
    (ports, names, refusals)
}

pub fn header(node: &Node, ports: &[Option<String>], is_reg: &dyn Fn(&Signal, &str) -> bool) -> String {
    let mut lines = vec![];
    for (s, name) in node.signals.iter().zip(ports) {
        let Some(name) = name else { continue };
        let kind = match s.kind {
            AtomKind::InputParameter => "input wire",
            AtomKind::InOutParameter => "inout wire",
            _ if is_reg(s, name) => "output reg",
            _ => "output wire",
        };
        lines.push(format!("    {kind} {}{name}", range(s.width)));
    }
    if lines.is_empty() {
        ";\n".into()
    } else {
        format!(" (\n{}\n);\n", lines.join(",\n"))
    }
}

/// A module with a hand-written body.
pub fn custom_module(node: &Node, body_text: &str, wires_only: bool) -> Text {
    let (ports, mut names, _) = port_names(node);
    let targets = if wires_only {
        BTreeSet::new()
    } else {
        custom::procedural_targets(body_text)
    };
    let mut text = header(node, &ports, &|s, _| targets.contains(&s.name));
    let mut body = body_text.trim_matches('\n').trim_end().to_string();
    for (s, port) in node.signals.iter().zip(&ports) {
        let name = match port {
            Some(p) => p.clone(),
            None if custom::mentions(&body, &s.name) => {
                let name = names.take(&s.name);
                let _ = match s.kind {
                    AtomKind::Constant => {
                        writeln!(text, "    localparam {}{name} = {};", range(s.width), literal(&s.value, s.width))
                    }
                    _ if targets.contains(&s.name) => writeln!(text, "    reg {}{name};", range(s.width)),
                    _ => writeln!(text, "    wire {}{name};", range(s.width)),
                };
                name
            }
            None => continue,
        };
        if name != s.name {
            body = custom::rename(&body, &s.name, &name);
        }
    }
    for line in body.lines() {
        let _ = writeln!(text, "{}", format!("    {line}").trim_end());
    }
    text.push_str("endmodule\n");
    Text {
        text,
        summary: custom::summary(node, body_text),
    }
}

/// A module with a kernel.
pub fn kernel_module(node: &Node, block: &VerilogBlock, children: &[Child]) -> Result<Text, Vec<Refusal>> {
    let (ports, names, reserved) = port_names(node);
    let mut k = Kernel::new(node);
    k.refusals.extend(reserved);
    k.read(block);
    if !k.refusals.is_empty() {
        return Err(k.refusals);
    }
    let mut flow = k.flow();
    while k.refusals.is_empty() && k.propagate_constants(&flow) {
        flow = k.flow();
    }
    if !k.refusals.is_empty() {
        return Err(k.refusals);
    }
    let summaries: Vec<Summary> = children.iter().map(|c| c.summary.clone()).collect();
    let groups = k.group(&flow, &summaries);
    if !k.refusals.is_empty() {
        return Err(k.refusals);
    }
    let processes = groups
        .processes
        .iter()
        .map(|targets| (targets.clone(), prune(&k.body, targets, &flow.dead)))
        .collect();
    let port_index: BTreeMap<&str, usize> = node.signals.iter().enumerate().map(|(i, s)| (s.name.as_str(), i)).collect();
    let summary = groups
        .reach
        .iter()
        .map(|(o, ins)| {
            (
                port_index[k.sigs[*o].name.as_str()],
                ins.iter().map(|i| port_index[k.sigs[*i].name.as_str()]).collect(),
            )
        })
        .collect();
    let text = Writer::new(&k, children, ports, names, processes).write();
    Ok(Text { text, summary })
}

struct Writer<'a> {
    k: &'a Kernel<'a>,
    children: &'a [Child],
    ports: Vec<Option<String>>,
    names: Names,
    printer: Printer,
    /// Targets with one expression, in the order of the kernel, and those with a process.
    assigns: Vec<(Sig, Expr, Vec<String>)>,
    processes: Vec<(BTreeSet<Sig>, Vec<Stmt>)>,
    read: BTreeSet<Sig>,
}

impl<'a> Writer<'a> {
    fn new(
        k: &'a Kernel<'a>,
        children: &'a [Child],
        ports: Vec<Option<String>>,
        names: Names,
        all: Vec<(BTreeSet<Sig>, Vec<Stmt>)>,
    ) -> Writer<'a> {
        let (mut assigns, mut processes, mut read) = (vec![], vec![], BTreeSet::new());
        for (targets, body) in all {
            walk(&body, &mut |s| {
                s.operand().for_each_read(&mut |r, _, _| {
                    read.insert(r);
                })
            });
            match targets.first() {
                Some(t) if targets.len() == 1 => match as_expression(&body, *t, k.sigs[*t].width) {
                    Some(e) => assigns.push((*t, e, body.iter().flat_map(|s| s.comments.clone()).collect())),
                    None => processes.push((targets, body)),
                },
                _ => processes.push((targets, body)),
            }
        }
        processes.retain(|p| !p.1.is_empty());
        Writer {
            k,
            children,
            ports,
            names,
            printer: Printer::default(),
            assigns,
            processes,
            read,
        }
    }

    fn is_reg(&self, sig: Sig) -> bool {
        self.processes.iter().any(|p| p.0.contains(&sig))
    }

    /// The expression a child's input can be connected to without a wire between.
    fn direct(&self, sig: Sig) -> Option<&Expr> {
        let simple = |e: &Expr| matches!(e, Expr::Sig { .. } | Expr::Lit { .. } | Expr::Name { .. });
        let is_input = matches!(self.k.sigs[sig].role, Role::ChildInput { .. });
        self.assigns
            .iter()
            .find(|a| a.0 == sig && is_input && !self.read.contains(&sig) && simple(&a.1))
            .map(|a| &a.1)
    }

    fn name_everything(&mut self, params: &mut String) {
        let own: BTreeMap<&str, &Option<String>> = self.k.node.signals.iter().map(|s| s.name.as_str()).zip(&self.ports).collect();
        for (sig, info) in self.k.sigs.iter().enumerate() {
            let name = match own.get(info.name.as_str()) {
                Some(Some(port)) if matches!(info.role, Role::Input | Role::Output) => port.clone(),
                _ => self.names.take(&info.name),
            };
            self.printer.sigs.insert(sig, (name, info.width));
        }
        let mut used: BTreeMap<String, (num_bigint::BigUint, usize)> = BTreeMap::new();
        let exprs = self.assigns.iter().map(|a| &a.1);
        exprs.for_each(|e| constants(e, &mut used));
        for (_, body) in &self.processes {
            walk(body, &mut |s| {
                constants(s.operand(), &mut used);
                if let Kind::Case { arms, .. } = &s.kind {
                    arms.iter().for_each(|a| constants(&a.0, &mut used));
                }
            });
        }
        for (name, (value, width)) in used {
            let text = self.names.take(&name);
            let _ = writeln!(params, "    localparam {}{text} = {};", range(width), literal(&value, width));
            self.printer.params.insert(name, text);
        }
    }

    fn write(mut self) -> String {
        let (mut params, mut decls, mut body) = (String::new(), String::new(), String::new());
        self.name_everything(&mut params);
        for (sig, info) in self.k.sigs.iter().enumerate() {
            let name = self.printer.sigs[&sig].0.clone();
            let flip_flop = matches!(info.role, Role::ChildOutput { child, .. } if self.children[child].module.is_none());
            let kind = if flip_flop || self.is_reg(sig) { "reg" } else { "wire" };
            let driven = |s| self.assigns.iter().any(|a| a.0 == s) || self.is_reg(s);
            match info.role {
                Role::Input | Role::Output => {}
                Role::Local | Role::Operand | Role::ChildInput { .. } if !driven(sig) || self.direct(sig).is_some() => {}
                _ => {
                    let _ = writeln!(decls, "    {kind} {}{name};", range(info.width));
                }
            }
        }
        self.instances(&mut body);
        self.flip_flops(&mut body);
        for (sig, e, comments) in &self.assigns {
            if self.direct(*sig).is_none() {
                for c in comments {
                    let _ = writeln!(body, "    // {c}");
                }
                let _ = writeln!(body, "    assign {} = {};", self.printer.sigs[sig].0, self.printer.expr(e));
            }
        }
        for (_, block) in &self.processes {
            let _ = writeln!(body, "\n    always @(*) begin");
            self.printer.block(block, 2, &mut body);
            let _ = writeln!(body, "    end");
        }
        let regs: BTreeSet<&str> = (0..self.k.sigs.len())
            .filter(|s| self.is_reg(*s))
            .map(|s| self.printer.sigs[&s].0.as_str())
            .collect();
        let mut text = header(self.k.node, &self.ports, &|_, name| regs.contains(name));
        for part in [params, decls, body] {
            let part = part.trim_matches('\n');
            if !part.is_empty() {
                let _ = write!(text, "\n{part}\n");
            }
        }
        text.push_str("endmodule\n");
        text
    }

    fn connection(&self, child: usize, port: usize) -> String {
        let role = |r: Role| r == Role::ChildInput { child, port } || r == Role::ChildOutput { child, port };
        match (0..self.k.sigs.len()).find(|s| role(self.k.sigs[*s].role)) {
            Some(s) => self
                .direct(s)
                .map_or_else(|| self.printer.sigs[&s].0.clone(), |e| self.printer.expr(e)),
            None => String::new(),
        }
    }

    fn instances(&mut self, out: &mut String) {
        for (i, child) in self.children.iter().enumerate() {
            let Some(module) = &child.module else { continue };
            let node = &self.k.node.children[i];
            let wanted = if is_reserved(&node.name) {
                format!("{}_inst", node.name)
            } else {
                node.name.clone()
            };
            let instance = self.names.take(&wanted);
            let ports: Vec<String> = child
                .ports
                .iter()
                .enumerate()
                .filter_map(|(p, name)| name.as_ref().map(|n| format!("        .{n}({})", self.connection(i, p))))
                .collect();
            let _ = writeln!(out, "\n    {module} {instance} (\n{}\n    );", ports.join(",\n"));
        }
        out.push('\n');
    }

    /// rust-hdl's flip-flops, one process for each clock. They take their first value in an `initial`, not with their declaration: Icarus Verilog gives a declared
    /// value before any process waits, so that an `always @(*)` that reads nothing else would not run before the first change.
    fn flip_flops(&self, out: &mut String) {
        let mut by_clock: Vec<(String, Vec<String>, Vec<String>)> = vec![];
        for (i, child) in self.children.iter().enumerate() {
            let node = &self.k.node.children[i];
            if child.module.is_some() || !custom::is_stock_dff(node) {
                continue;
            }
            let (d, q, clock) = (self.connection(i, 0), self.connection(i, 1), self.connection(i, 2));
            let first = format!("        {q} = {};", literal(&node.signals[1].value, node.signals[1].width));
            let line = format!("        {q} <= {d};");
            match by_clock.iter_mut().find(|c| c.0 == clock) {
                Some(c) => {
                    c.1.push(first);
                    c.2.push(line);
                }
                None => by_clock.push((clock, vec![first], vec![line])),
            }
        }
        for (clock, first, lines) in by_clock {
            let _ = writeln!(out, "    initial begin\n{}\n    end", first.join("\n"));
            let _ = writeln!(out, "    always @(posedge {clock}) begin\n{}\n    end\n", lines.join("\n"));
        }
    }
}

fn constants(e: &Expr, out: &mut BTreeMap<String, (num_bigint::BigUint, usize)>) {
    match e {
        Expr::Name { name, value, width } => {
            out.insert(name.clone(), (value.clone(), *width));
        }
        Expr::Lit { .. } | Expr::Sig { .. } => {}
        Expr::Un(_, a) | Expr::Bit(_, _, a) => constants(a, out),
        Expr::Bin(_, a, b) | Expr::Shl(a, b) | Expr::Shr(a, b) => {
            constants(a, out);
            constants(b, out);
        }
        Expr::Concat(parts) => parts.iter().for_each(|p| constants(p, out)),
    }
}

/// A child rust-hdl has no Verilog for: fine as long as it drives nothing.
pub fn without_verilog(node: &Node) -> Option<Refusal> {
    let drives = node.signals.iter().any(|s| s.kind == AtomKind::OutputParameter);
    (drives || !node.children.is_empty()).then(|| Refusal {
        block: node.describe(),
        what: format!("`{}` has no Verilog (hdl() is Empty)", display_name(&node.name)),
        instead: "put #[hdl_gen] on update, or return Verilog::Custom from hdl()".into(),
    })
}
