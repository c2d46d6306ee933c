//! Text of expressions and statements.

use super::ir::{BinOp, Expr, Kind, Sig, Stmt, UnOp, fold};
use num_bigint::BigUint;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Names of a module's signals and localparams.
#[derive(Default)]
pub struct Printer {
    pub sigs: BTreeMap<Sig, (String, usize)>,
    pub params: BTreeMap<String, String>,
}

pub fn range(width: usize) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

pub fn literal(value: &BigUint, width: usize) -> String {
    if width == 1 {
        format!("1'b{value:x}")
    } else {
        format!("{width}'h{value:x}")
    }
}

impl Printer {
    fn signal(&self, sig: Sig, lo: usize, width: usize) -> String {
        let (name, full) = &self.sigs[&sig];
        if lo == 0 && width == *full {
            name.clone()
        } else if width == 1 {
            format!("{name}[{lo}]")
        } else {
            format!("{name}[{}:{lo}]", lo + width - 1)
        }
    }

    /// An operand: closed, so that it may stand next to any operator.
    fn operand(&self, e: &Expr) -> String {
        match e {
            Expr::Bin(..) | Expr::Shl(..) | Expr::Shr(..) | Expr::Un(UnOp::All | UnOp::Any | UnOp::Xor, _) => format!("({})", self.expr(e)),
            _ => self.expr(e),
        }
    }

    pub fn expr(&self, e: &Expr) -> String {
        match e {
            Expr::Lit { value, width } => literal(value, *width),
            Expr::Name { name, .. } => self.params[name].clone(),
            Expr::Sig { sig, lo, width } => self.signal(*sig, *lo, *width),
            Expr::Un(op, a) => {
                let op = match op {
                    UnOp::Not => "~",
                    UnOp::All => "&",
                    UnOp::Any => "|",
                    UnOp::Xor => "^",
                };
                // The operand of a unary operator is a primary in Verilog's grammar.
                match **a {
                    Expr::Un(UnOp::Not, _) => format!("{op}({})", self.expr(a)),
                    _ => format!("{op}{}", self.operand(a)),
                }
            }
            Expr::Bin(op, a, b) => {
                let op = match op {
                    BinOp::Add => "+",
                    BinOp::Sub => "-",
                    BinOp::And => "&",
                    BinOp::Or => "|",
                    BinOp::Xor => "^",
                    BinOp::LogicalAnd => "&&",
                    BinOp::LogicalOr => "||",
                    BinOp::Eq => "==",
                    BinOp::Ne => "!=",
                    BinOp::Lt => "<",
                    BinOp::Le => "<=",
                    BinOp::Gt => ">",
                    BinOp::Ge => ">=",
                };
                format!("{} {op} {}", self.operand(a), self.operand(b))
            }
            Expr::Shl(a, s) => format!("{} << {}", self.operand(a), self.amount(s)),
            Expr::Shr(a, s) => format!("{} >> {}", self.operand(a), self.amount(s)),
            Expr::Concat(parts) => format!("{{{}}}", parts.iter().map(|p| self.expr(p)).collect::<Vec<_>>().join(", ")),
            Expr::Bit(sig, _, index) => format!("{}[{}]", self.sigs[sig].0, self.expr(index)),
        }
    }

    fn amount(&self, s: &Expr) -> String {
        match s {
            Expr::Lit { value, .. } => value.to_string(),
            s => self.operand(s),
        }
    }

    pub fn block(&self, block: &[Stmt], indent: usize, out: &mut String) {
        for s in block {
            self.statement(s, indent, out);
        }
    }

    fn statement(&self, s: &Stmt, indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        for c in &s.comments {
            let _ = writeln!(out, "{pad}// {c}");
        }
        match &s.kind {
            Kind::Assign { sig, lo, width, rhs } => {
                let _ = writeln!(out, "{pad}{} = {};", self.signal(*sig, *lo, *width), self.expr(rhs));
            }
            Kind::If { .. } => {
                let _ = write!(out, "{pad}");
                self.conditional(s, indent, out);
                let _ = writeln!(out, "{pad}end");
            }
            Kind::Case { test, arms, default } => {
                let _ = writeln!(out, "{pad}case ({})", self.expr(test));
                for (label, body) in arms {
                    self.arm(&self.expr(label), body, indent + 1, out);
                }
                self.arm("default", default, indent + 1, out);
                let _ = writeln!(out, "{pad}endcase");
            }
        }
    }

    fn arm(&self, label: &str, body: &[Stmt], indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        match body {
            [] => {
                let _ = writeln!(out, "{pad}{label}: ;");
            }
            [
                Stmt {
                    kind: Kind::Assign { sig, lo, width, rhs },
                    comments,
                    ..
                },
            ] if comments.is_empty() => {
                let _ = writeln!(out, "{pad}{label}: {} = {};", self.signal(*sig, *lo, *width), self.expr(rhs));
            }
            _ => {
                let _ = writeln!(out, "{pad}{label}: begin");
                self.block(body, indent + 1, out);
                let _ = writeln!(out, "{pad}end");
            }
        }
    }

    /// `if … else if …` without the last `end`.
    fn conditional(&self, s: &Stmt, indent: usize, out: &mut String) {
        let Kind::If { cond, then, otherwise } = &s.kind else { return };
        let pad = "    ".repeat(indent);
        if then.is_empty() {
            let not = fold(Expr::Un(UnOp::Not, cond.clone().into()));
            let _ = writeln!(out, "if ({}) begin", self.expr(&not));
            return self.block(otherwise, indent + 1, out);
        }
        let _ = writeln!(out, "if ({}) begin", self.expr(cond));
        self.block(then, indent + 1, out);
        match otherwise.as_slice() {
            [] => {}
            [
                inner @ Stmt {
                    kind: Kind::If { .. },
                    comments,
                    ..
                },
            ] if comments.is_empty() => {
                let _ = write!(out, "{pad}end else ");
                self.conditional(inner, indent, out);
            }
            _ => {
                let _ = writeln!(out, "{pad}end else begin");
                self.block(otherwise, indent + 1, out);
            }
        }
    }
}
