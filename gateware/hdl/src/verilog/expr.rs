//! Expressions of a kernel: widths, and the meaning each operator has in rust-hdl's simulator.

use super::ir::{BinOp, Expr, Sig, UnOp, concat, fold, lit, slice, zero_extend};
use super::kernel::{Fallible, Kernel, Role, SigInfo, refuse};
use super::resolve::Name;
use num_bigint::BigUint;
use rust_hdl::core::ast::{VerilogExpression as Ast, VerilogOp, VerilogOpUnary};
use rust_hdl::prelude::{TypeDescriptor, TypeKind, clog2};

/// Either an integer of Rust's (with whether a loop variable is in it), which takes the width of the other operand, or an expression.
pub enum Value {
    Int(BigUint, bool),
    Expr(Expr),
}

fn boolean(b: bool) -> Value {
    Value::Expr(lit(u32::from(b), 1))
}

impl Kernel<'_> {
    /// An expression with its width checked; an integer takes the width that is wanted.
    pub fn sized(&mut self, e: &Ast, width: Option<usize>, id: usize) -> Fallible<Expr> {
        let value = self.value(e)?;
        let e = match (value, width) {
            (Value::Int(v, _), Some(w)) => fit(v, w)?,
            (Value::Int(v, _), None) => return refuse(format!("the integer {v} where a signal is needed"), "use a signal"),
            (Value::Expr(e), Some(w)) if e.width() != w => {
                return refuse(format!("{} bits where {w} are needed", e.width()), "use bit_cast");
            }
            (Value::Expr(e), _) => e,
        };
        let mut operands = vec![];
        e.for_each_read(&mut |s, _, _| {
            if self.sigs[s].role == Role::Operand {
                operands.push((id, s));
            }
        });
        self.operand_reads.append(&mut operands);
        Ok(e)
    }

    /// An index or an offset: Rust's `usize`, so arithmetic on signals does not wrap there.
    pub fn index(&mut self, e: &Ast) -> Fallible<Value> {
        let v = self.value(e)?;
        match &v {
            Value::Expr(x) if arithmetic(e) && x.constant().is_none() => refuse(
                "arithmetic with signals in an index",
                "assign it to a Local of the width meant, and index with that",
            ),
            _ => Ok(v),
        }
    }

    fn value(&mut self, e: &Ast) -> Fallible<Value> {
        Ok(match self.unfolded(e)? {
            Value::Expr(e) => Value::Expr(fold(e)),
            int => int,
        })
    }

    fn unfolded(&mut self, e: &Ast) -> Fallible<Value> {
        Ok(match e {
            Ast::Signal(s) => match self.resolve(s)? {
                Name::Int(v) => Value::Int(BigUint::from(v), true),
                Name::Constant(e) => Value::Expr(e),
                Name::Signal(sig, lo, width) => Value::Expr(Expr::Sig { sig, lo, width }),
            },
            Ast::Literal(l) => {
                let text = format!("{l:x}");
                match text.split_once("'h").map(|(w, d)| (w, BigUint::parse_bytes(d.as_bytes(), 16))) {
                    Some(("1", Some(v))) => Value::Expr(lit(v, 1)),
                    Some((_, Some(v))) => Value::Int(v, false),
                    _ => return refuse(format!("literal {text}"), "use a positive number"),
                }
            }
            Ast::Paren(x) => self.value(x)?,
            Ast::Cast(x, n) => match self.value(x)? {
                Value::Int(v, _) => Value::Expr(fit(v, *n)?),
                Value::Expr(e) => Value::Expr(self.select(e, 0, *n)),
            },
            Ast::Signed(_) | Ast::Unsigned(_) => return refuse("signed arithmetic", "handle the sign in the kernel"),
            Ast::Unary(VerilogOpUnary::Neg, _) => return refuse("negation", "write 0 - x"),
            Ast::Unary(op, x) => {
                let Value::Expr(x) = self.value(x)? else {
                    return refuse("`!` of an integer", "use a literal of the value meant");
                };
                let op = match op {
                    VerilogOpUnary::All => UnOp::All,
                    VerilogOpUnary::Any => UnOp::Any,
                    VerilogOpUnary::Xor => UnOp::Xor,
                    _ => UnOp::Not,
                };
                Value::Expr(if op != UnOp::Not && x.width() == 1 {
                    x
                } else {
                    Expr::Un(op, x.into())
                })
            }
            Ast::Binary(a, op, b) => self.binary(a, op, b)?,
            Ast::Index(x, i) => {
                let Value::Expr(x) = self.value(x)? else {
                    return refuse("a bit of an integer", "use a signal");
                };
                Value::Expr(match self.index(i)? {
                    Value::Int(k, _) => match usize::try_from(k) {
                        Ok(k) if k < x.width() => self.select(x, k, 1),
                        _ => return refuse(format!("get_bit past the {} bits", x.width()), "use an index inside"),
                    },
                    Value::Expr(_) if x.width() == 1 => x,
                    Value::Expr(i) => {
                        let (sig, width) = self.whole(x);
                        Expr::Bit(sig, width, self.resize(i, clog2(width)).into())
                    }
                })
            }
            Ast::Slice(x, n, offset) => {
                let Value::Expr(x) = self.value(x)? else {
                    return refuse("bits of an integer", "use a signal");
                };
                Value::Expr(match self.index(offset)? {
                    Value::Int(k, _) => match usize::try_from(k) {
                        Ok(k) if k <= x.width() => self.select(x, k, *n),
                        _ => return refuse(format!("get_bits past the {} bits", x.width()), "use an offset inside"),
                    },
                    Value::Expr(s) => {
                        let shifted = shift(VerilogOp::Shr, x, s)?;
                        self.select(shifted, 0, *n)
                    }
                })
            }
            Ast::IndexReplace(x, i, v) => {
                let Value::Expr(x) = self.value(x)? else {
                    return refuse("replace_bit of an integer", "use a signal");
                };
                let v = match self.value(v)? {
                    Value::Expr(v) if v.width() == 1 => v,
                    _ => return refuse("replace_bit with more than one bit", "use a bool"),
                };
                let w = x.width();
                Value::Expr(match self.index(i)? {
                    Value::Int(k, _) => match usize::try_from(k) {
                        Ok(k) if k < w => {
                            let mut parts = vec![];
                            if k + 1 < w {
                                parts.push(self.select(x.clone(), k + 1, w - k - 1));
                            }
                            parts.push(v);
                            if k > 0 {
                                parts.push(self.select(x, 0, k));
                            }
                            concat(parts)
                        }
                        _ => return refuse(format!("replace_bit past the {w} bits"), "use an index inside"),
                    },
                    Value::Expr(_) if w == 1 => v,
                    Value::Expr(i) => {
                        let i = self.resize(i, clog2(w));
                        let hole = fold(Expr::Un(UnOp::Not, Expr::Shl(lit(1u32, w).into(), i.clone().into()).into()));
                        let bit = fold(Expr::Shl(zero_extend(v, w).into(), i.into()));
                        Expr::Bin(BinOp::Or, fold(Expr::Bin(BinOp::And, x.into(), hole.into())).into(), bit.into())
                    }
                })
            }
        })
    }

    fn binary(&mut self, a: &Ast, op: &VerilogOp, b: &Ast) -> Fallible<Value> {
        use VerilogOp as O;
        let (a, b) = (self.value(a)?, self.value(b)?);
        let bin = match op {
            O::Shl | O::Shr => {
                return match (a, b) {
                    (Value::Int(..), _) => refuse("shift of an integer literal", "use a Constant field or bits::<N>(…)"),
                    (Value::Expr(a), Value::Expr(s)) => Ok(Value::Expr(shift(op.clone(), a, s)?)),
                    (Value::Expr(a), Value::Int(k, _)) => {
                        let w = a.width();
                        match usize::try_from(k) {
                            Ok(0) => Ok(Value::Expr(a)),
                            Ok(k) if k < w => Ok(Value::Expr(shift(op.clone(), a, lit(k, 32))?)),
                            _ => Ok(Value::Expr(lit(0u32, w))),
                        }
                    }
                };
            }
            O::Mul => match (&a, &b) {
                (Value::Int(x, i), Value::Int(y, j)) => return Ok(Value::Int(x * y, *i || *j)),
                _ => return refuse("multiplication", "add shifted terms, or write a part with a Verilog body"),
            },
            O::Add => BinOp::Add,
            O::Sub => BinOp::Sub,
            O::LogicalAnd => BinOp::LogicalAnd,
            O::LogicalOr => BinOp::LogicalOr,
            O::BitXor => BinOp::Xor,
            O::BitAnd => BinOp::And,
            O::BitOr => BinOp::Or,
            O::Eq => BinOp::Eq,
            O::Ne => BinOp::Ne,
            O::Lt => BinOp::Lt,
            O::Le => BinOp::Le,
            O::Gt => BinOp::Gt,
            O::Ge => BinOp::Ge,
        };
        let (a, b) = match (a, b) {
            (Value::Int(x, i), Value::Int(y, j)) => return integers(bin, x, y, i || j),
            (Value::Expr(a), Value::Expr(b)) => (a, b),
            (Value::Expr(a), Value::Int(y, looped)) => match outside(bin, &y, a.width(), looped, false) {
                Some(v) => return Ok(v),
                None => (a.clone(), fit(y, a.width())?),
            },
            (Value::Int(x, looped), Value::Expr(b)) => match outside(bin, &x, b.width(), looped, true) {
                Some(v) => return Ok(v),
                None => (fit(x, b.width())?, b),
            },
        };
        let b = match (a.width(), b.width()) {
            // `Bits + bool` is rust-hdl's only operator on two widths.
            (w, 1) if bin == BinOp::Add => zero_extend(b, w),
            (w, x) if w == x => b,
            (w, x) => return refuse(format!("an operation on {w} and {x} bits"), "use bit_cast on one of them"),
        };
        Ok(Value::Expr(Expr::Bin(bin, a.into(), b.into())))
    }

    /// Bits of an expression, through a wire of its own where Verilog can only select from a name.
    fn select(&mut self, e: Expr, lo: usize, width: usize) -> Expr {
        if let Some(e) = slice(&e, lo, width) {
            return e;
        }
        let (sig, w) = self.wire(e);
        slice(&Expr::Sig { sig, lo: 0, width: w }, lo, width).unwrap_or(lit(0u32, width))
    }

    fn resize(&mut self, e: Expr, width: usize) -> Expr {
        self.select(e, 0, width)
    }

    fn whole(&mut self, e: Expr) -> (Sig, usize) {
        match e {
            Expr::Sig { sig, lo: 0, width } if width == self.sigs[sig].width => (sig, width),
            e => self.wire(e),
        }
    }

    fn wire(&mut self, e: Expr) -> (Sig, usize) {
        let width = e.width();
        if let Some((sig, _)) = self.operands.iter().find(|o| o.1 == e) {
            return (*sig, width);
        }
        let sig = self.sigs.len();
        let ty = TypeDescriptor {
            name: String::new(),
            kind: TypeKind::Bits(width),
        };
        self.sigs.push(SigInfo {
            name: format!("operand_{}", self.operands.len() + 1),
            role: Role::Operand,
            width,
            ty,
        });
        self.operands.push((sig, e));
        (sig, width)
    }
}

fn arithmetic(e: &Ast) -> bool {
    match e {
        Ast::Paren(x) => arithmetic(x),
        Ast::Binary(_, VerilogOp::Add | VerilogOp::Sub | VerilogOp::Mul | VerilogOp::Shl, _) => true,
        _ => false,
    }
}

pub fn fit(v: BigUint, width: usize) -> Fallible<Expr> {
    if v.bits() > width as u64 {
        return refuse(
            format!("the literal {v:#x} does not fit {width} bits"),
            "use a value that fits, or a wider signal",
        );
    }
    Ok(lit(v, width))
}

fn shift(op: VerilogOp, a: Expr, s: Expr) -> Fallible<Expr> {
    if s.width() > 32 {
        return refuse(
            format!("shift by a signal of {} bits", s.width()),
            "bit_cast the amount to fewer bits",
        );
    }
    Ok(if matches!(op, VerilogOp::Shl) {
        Expr::Shl(a.into(), s.into())
    } else {
        Expr::Shr(a.into(), s.into())
    })
}

/// A loop variable compared with a signal's `index()` is compared as `usize`: it may lie outside of what the signal can hold.
fn outside(op: BinOp, v: &BigUint, width: usize, looped: bool, int_on_left: bool) -> Option<Value> {
    if !looped || v.bits() <= width as u64 {
        return None;
    }
    match op {
        BinOp::Eq => Some(boolean(false)),
        BinOp::Ne => Some(boolean(true)),
        BinOp::Lt | BinOp::Le => Some(boolean(!int_on_left)),
        BinOp::Gt | BinOp::Ge => Some(boolean(int_on_left)),
        _ => None,
    }
}

fn integers(op: BinOp, x: BigUint, y: BigUint, looped: bool) -> Fallible<Value> {
    Ok(match op {
        BinOp::Add => Value::Int(x + y, looped),
        BinOp::Sub if x >= y => Value::Int(x - y, looped),
        BinOp::And => Value::Int(x & y, looped),
        BinOp::Or => Value::Int(x | y, looped),
        BinOp::Xor => Value::Int(x ^ y, looped),
        BinOp::Eq => boolean(x == y),
        BinOp::Ne => boolean(x != y),
        BinOp::Lt => boolean(x < y),
        BinOp::Le => boolean(x <= y),
        BinOp::Gt => boolean(x > y),
        BinOp::Ge => boolean(x >= y),
        _ => return refuse("an operation on two integers that Rust would not allow", "use signals"),
    })
}
