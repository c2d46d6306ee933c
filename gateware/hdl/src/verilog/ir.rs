//! What a kernel is turned into before it is printed: every operand has a width, every name is resolved, loops are unrolled.

use num_bigint::BigUint;

/// Index of a signal in its module.
pub type Sig = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnOp {
    Not,
    All,
    Any,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinOp {
    Add,
    Sub,
    And,
    Or,
    Xor,
    LogicalAnd,
    LogicalOr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl BinOp {
    pub fn is_one_bit(self) -> bool {
        use BinOp::*;
        matches!(self, LogicalAnd | LogicalOr | Eq | Ne | Lt | Le | Gt | Ge)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Lit {
        value: BigUint,
        width: usize,
    },
    /// A localparam of the module: a `Constant` field or an enum's variant.
    Name {
        name: String,
        value: BigUint,
        width: usize,
    },
    /// `width` bits of a signal, from bit `lo` up.
    Sig {
        sig: Sig,
        lo: usize,
        width: usize,
    },
    Un(UnOp, Box<Expr>),
    /// Both operands have the same width.
    Bin(BinOp, Box<Expr>, Box<Expr>),
    Shl(Box<Expr>, Box<Expr>),
    Shr(Box<Expr>, Box<Expr>),
    /// Most significant part first.
    Concat(Vec<Expr>),
    /// One bit of a whole signal, chosen by a signal.
    Bit(Sig, usize, Box<Expr>),
}

pub fn lit(value: impl Into<BigUint>, width: usize) -> Expr {
    Expr::Lit {
        value: value.into(),
        width,
    }
}

pub fn mask(width: usize) -> BigUint {
    (BigUint::from(1u32) << width) - 1u32
}

impl Expr {
    pub fn width(&self) -> usize {
        match self {
            Expr::Lit { width, .. } | Expr::Name { width, .. } | Expr::Sig { width, .. } => *width,
            Expr::Un(UnOp::Not, a) => a.width(),
            Expr::Un(..) | Expr::Bit(..) => 1,
            Expr::Bin(op, a, _) => {
                if op.is_one_bit() {
                    1
                } else {
                    a.width()
                }
            }
            Expr::Shl(a, _) | Expr::Shr(a, _) => a.width(),
            Expr::Concat(parts) => parts.iter().map(Expr::width).sum(),
        }
    }

    /// Calls `f` with every signal read, and the bits read of it.
    pub fn for_each_read(&self, f: &mut dyn FnMut(Sig, usize, usize)) {
        match self {
            Expr::Lit { .. } | Expr::Name { .. } => {}
            Expr::Sig { sig, lo, width } => f(*sig, *lo, *width),
            Expr::Un(_, a) => a.for_each_read(f),
            Expr::Bin(_, a, b) | Expr::Shl(a, b) | Expr::Shr(a, b) => {
                a.for_each_read(f);
                b.for_each_read(f);
            }
            Expr::Concat(parts) => parts.iter().for_each(|p| p.for_each_read(f)),
            Expr::Bit(sig, width, index) => {
                f(*sig, 0, *width);
                index.for_each_read(f);
            }
        }
    }

    /// The value when no signal is read.
    pub fn constant(&self) -> Option<BigUint> {
        let width = self.width();
        Some(match self {
            Expr::Lit { value, .. } | Expr::Name { value, .. } => value.clone(),
            Expr::Sig { .. } | Expr::Bit(..) => return None,
            Expr::Un(op, a) => {
                let v = a.constant()?;
                match op {
                    UnOp::Not => mask(width) ^ v,
                    UnOp::All => BigUint::from(v == mask(a.width())),
                    UnOp::Any => BigUint::from(v != BigUint::default()),
                    UnOp::Xor => BigUint::from(v.count_ones() % 2),
                }
            }
            Expr::Bin(op, a, b) => {
                let (a, b) = (a.constant()?, b.constant()?);
                match op {
                    BinOp::Add => (a + b) & mask(width),
                    BinOp::Sub => ((BigUint::from(1u32) << width) + a - b) & mask(width),
                    BinOp::And => a & b,
                    BinOp::Or => a | b,
                    BinOp::Xor => a ^ b,
                    BinOp::LogicalAnd => BigUint::from(a != BigUint::default() && b != BigUint::default()),
                    BinOp::LogicalOr => BigUint::from(a != BigUint::default() || b != BigUint::default()),
                    BinOp::Eq => BigUint::from(a == b),
                    BinOp::Ne => BigUint::from(a != b),
                    BinOp::Lt => BigUint::from(a < b),
                    BinOp::Le => BigUint::from(a <= b),
                    BinOp::Gt => BigUint::from(a > b),
                    BinOp::Ge => BigUint::from(a >= b),
                }
            }
            Expr::Shl(a, s) => match usize::try_from(s.constant()?) {
                Ok(s) if s < width => (a.constant()? << s) & mask(width),
                _ => BigUint::default(),
            },
            Expr::Shr(a, s) => match usize::try_from(s.constant()?) {
                Ok(s) if s < width => a.constant()? >> s,
                _ => BigUint::default(),
            },
            Expr::Concat(parts) => {
                let mut v = BigUint::default();
                for p in parts {
                    v = (v << p.width()) | p.constant()?;
                }
                v
            }
        })
    }
}

/// `e` without the parts that are constant whatever the signals are: Verilator takes a comparison with them for a mistake.
pub fn fold(e: Expr) -> Expr {
    let width = e.width();
    if matches!(e, Expr::Lit { .. } | Expr::Name { .. }) {
        return e;
    }
    if let Some(v) = e.constant() {
        return lit(v, width);
    }
    let is = |x: &Expr, v: &BigUint| x.constant().as_ref() == Some(v);
    let zero = BigUint::default();
    match e {
        Expr::Bin(BinOp::Or | BinOp::LogicalOr, a, b) if is(&a, &mask(width)) || is(&b, &mask(width)) => lit(mask(width), width),
        Expr::Bin(BinOp::And | BinOp::LogicalAnd, a, b) if is(&a, &zero) || is(&b, &zero) => lit(0u32, width),
        Expr::Bin(BinOp::Or | BinOp::Xor | BinOp::Add | BinOp::LogicalOr, a, b) if is(&a, &zero) => *b,
        Expr::Bin(BinOp::Or | BinOp::Xor | BinOp::Add | BinOp::Sub | BinOp::LogicalOr, a, b) if is(&b, &zero) => *a,
        Expr::Bin(BinOp::And | BinOp::LogicalAnd, a, b) if is(&a, &mask(width)) => *b,
        Expr::Bin(BinOp::And | BinOp::LogicalAnd, a, b) if is(&b, &mask(width)) => *a,
        Expr::Bin(BinOp::Xor | BinOp::Sub | BinOp::Ne | BinOp::Lt | BinOp::Gt, a, b) if a == b => lit(0u32, width),
        Expr::Bin(BinOp::Eq | BinOp::Le | BinOp::Ge, a, b) if a == b => lit(1u32, 1),
        Expr::Bin(BinOp::And | BinOp::Or | BinOp::LogicalAnd | BinOp::LogicalOr, a, b) if a == b => *a,
        Expr::Bin(op, a, b) if op.is_one_bit() => {
            // A comparison with the least or the greatest value of the width is constant or one of equality.
            let top = mask(a.width());
            match op {
                BinOp::Lt if is(&b, &zero) || is(&a, &top) => lit(0u32, 1),
                BinOp::Gt if is(&a, &zero) || is(&b, &top) => lit(0u32, 1),
                BinOp::Le if is(&b, &top) || is(&a, &zero) => lit(1u32, 1),
                BinOp::Ge if is(&a, &top) || is(&b, &zero) => lit(1u32, 1),
                BinOp::Lt if is(&b, &top) || is(&a, &zero) => Expr::Bin(BinOp::Ne, a, b),
                BinOp::Gt if is(&a, &top) || is(&b, &zero) => Expr::Bin(BinOp::Ne, a, b),
                BinOp::Le if is(&b, &zero) || is(&a, &top) => Expr::Bin(BinOp::Eq, a, b),
                BinOp::Ge if is(&a, &zero) || is(&b, &top) => Expr::Bin(BinOp::Eq, a, b),
                _ => Expr::Bin(op, a, b),
            }
        }
        Expr::Shl(a, s) | Expr::Shr(a, s) if is(&s, &zero) || is(&a, &zero) => *a,
        Expr::Shl(a, s) => match (*a, s.constant()) {
            (Expr::Shl(b, t), Some(k)) if t.constant().is_some() => shifted(Expr::Shl, b, t.constant().unwrap_or_default() + k),
            (a, _) => Expr::Shl(a.into(), s),
        },
        Expr::Shr(a, s) => match (*a, s.constant()) {
            (Expr::Shr(b, t), Some(k)) if t.constant().is_some() => shifted(Expr::Shr, b, t.constant().unwrap_or_default() + k),
            (a, _) => Expr::Shr(a.into(), s),
        },
        Expr::Un(UnOp::Not, a) => match *a {
            Expr::Un(UnOp::Not, b) => *b,
            a => Expr::Un(UnOp::Not, a.into()),
        },
        e => e,
    }
}

fn shifted(shift: fn(Box<Expr>, Box<Expr>) -> Expr, a: Box<Expr>, by: BigUint) -> Expr {
    let width = a.width();
    if by >= BigUint::from(width) {
        lit(0u32, width)
    } else {
        shift(a, lit(by, 32).into())
    }
}

/// `e` with zeros above it, `width` bits in all.
pub fn zero_extend(e: Expr, width: usize) -> Expr {
    let pad = width - e.width();
    match e {
        e if pad == 0 => e,
        Expr::Lit { value, .. } => Expr::Lit { value, width },
        Expr::Name { value, .. } => Expr::Lit { value, width },
        e => concat(vec![lit(0u32, pad), e]),
    }
}

/// Concatenation, flattened; neighbouring literals and neighbouring bits of one signal are joined.
pub fn concat(parts: Vec<Expr>) -> Expr {
    let mut out: Vec<Expr> = Vec::new();
    for part in parts {
        let inner = match part {
            Expr::Concat(inner) => inner,
            other => vec![other],
        };
        for e in inner {
            if e.width() == 0 {
                continue;
            }
            match (out.last_mut(), &e) {
                (Some(Expr::Lit { value, width }), Expr::Lit { value: low, width: w }) => {
                    *value = (value.clone() << *w) | low;
                    *width += w;
                }
                (Some(Expr::Sig { sig, lo, width }), Expr::Sig { sig: s, lo: l, width: w }) if *sig == *s && *lo == l + w => {
                    *lo = *l;
                    *width += w;
                }
                _ => out.push(e),
            }
        }
    }
    if out.len() == 1 { out.remove(0) } else { Expr::Concat(out) }
}

/// Bits `lo .. lo + width` of `e`, zero above its most significant bit. `None` where that needs a wire of its own.
pub fn slice(e: &Expr, lo: usize, width: usize) -> Option<Expr> {
    let w = e.width();
    if lo >= w {
        return Some(lit(0u32, width));
    }
    if lo + width > w {
        return Some(zero_extend(slice(e, lo, w - lo)?, width));
    }
    if lo == 0 && width == w {
        return Some(e.clone());
    }
    let constant = |s: &Expr| s.constant().and_then(|k| usize::try_from(k).ok());
    Some(fold(match e {
        Expr::Lit { value, .. } | Expr::Name { value, .. } => lit((value >> lo) & mask(width), width),
        Expr::Sig { sig, lo: base, .. } => Expr::Sig {
            sig: *sig,
            lo: base + lo,
            width,
        },
        Expr::Un(UnOp::Not, a) => Expr::Un(UnOp::Not, slice(a, lo, width)?.into()),
        Expr::Bin(op @ (BinOp::And | BinOp::Or | BinOp::Xor), a, b) => {
            Expr::Bin(*op, slice(a, lo, width)?.into(), slice(b, lo, width)?.into())
        }
        Expr::Bin(op @ (BinOp::Add | BinOp::Sub), a, b) if lo == 0 => {
            Expr::Bin(*op, slice(a, 0, width)?.into(), slice(b, 0, width)?.into())
        }
        Expr::Shl(a, s) => match constant(s) {
            Some(k) if lo >= k => slice(a, lo - k, width)?,
            Some(k) if lo + width <= k => lit(0u32, width),
            Some(k) => concat(vec![slice(a, 0, lo + width - k)?, lit(0u32, k - lo)]),
            None if lo == 0 => Expr::Shl(slice(a, 0, width)?.into(), s.clone()),
            None => return None,
        },
        Expr::Shr(a, s) => slice(a, lo + constant(s)?, width)?,
        Expr::Concat(parts) => {
            let (mut out, mut top) = (Vec::new(), w);
            for p in parts {
                let base = top - p.width();
                let (from, to) = (lo.max(base), (lo + width).min(top));
                if from < to {
                    out.push(slice(p, from - base, to - from)?);
                }
                top = base;
            }
            concat(out)
        }
        _ => return None,
    }))
}

/// `e` with a value in the place of a signal. `None` where it is selected from in a way only a name allows.
pub fn replace(e: &Expr, from: Sig, to: &Expr) -> Option<Expr> {
    let both = |a: &Expr, b: &Expr| Some((Box::new(replace(a, from, to)?), Box::new(replace(b, from, to)?)));
    Some(fold(match e {
        Expr::Lit { .. } | Expr::Name { .. } => e.clone(),
        Expr::Sig { sig, lo, width } if *sig == from => slice(to, *lo, *width)?,
        Expr::Sig { .. } => e.clone(),
        Expr::Un(op, a) => Expr::Un(*op, replace(a, from, to)?.into()),
        Expr::Bin(op, a, b) => both(a, b).map(|(a, b)| Expr::Bin(*op, a, b))?,
        Expr::Shl(a, b) => both(a, b).map(|(a, b)| Expr::Shl(a, b))?,
        Expr::Shr(a, b) => both(a, b).map(|(a, b)| Expr::Shr(a, b))?,
        Expr::Concat(parts) => concat(parts.iter().map(|p| replace(p, from, to)).collect::<Option<Vec<_>>>()?),
        Expr::Bit(sig, ..) if *sig == from => return None,
        Expr::Bit(sig, width, index) => Expr::Bit(*sig, *width, replace(index, from, to)?.into()),
    }))
}

#[derive(Clone, Debug)]
pub struct Stmt {
    /// Position in the kernel, in program order after unrolling.
    pub id: usize,
    pub comments: Vec<String>,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Assign {
        sig: Sig,
        lo: usize,
        width: usize,
        rhs: Expr,
    },
    If {
        cond: Expr,
        then: Vec<Stmt>,
        otherwise: Vec<Stmt>,
    },
    /// The last arm is the default.
    Case {
        test: Expr,
        arms: Vec<(Expr, Vec<Stmt>)>,
        default: Vec<Stmt>,
    },
}

impl Stmt {
    pub fn is_conditional(&self) -> bool {
        !matches!(self.kind, Kind::Assign { .. })
    }
    pub fn blocks(&self) -> Vec<&Vec<Stmt>> {
        match &self.kind {
            Kind::Assign { .. } => vec![],
            Kind::If { then, otherwise, .. } => vec![then, otherwise],
            Kind::Case { arms, default, .. } => arms.iter().map(|a| &a.1).chain([default]).collect(),
        }
    }
    /// What the statement itself reads: its right-hand side or its condition.
    pub fn operand(&self) -> &Expr {
        match &self.kind {
            Kind::Assign { rhs, .. } => rhs,
            Kind::If { cond, .. } => cond,
            Kind::Case { test, .. } => test,
        }
    }
}

pub fn walk<'a>(block: &'a [Stmt], f: &mut dyn FnMut(&'a Stmt)) {
    for s in block {
        f(s);
        for b in s.blocks() {
            walk(b, f);
        }
    }
}
