//! Names of a kernel: signals, fields of structs, array elements, constants, enum variants, loop variables.

use super::collect::{self, display_name};
use super::expr::fit;
use super::ir::{Expr, Sig};
use super::kernel::{Fallible, Kernel, refuse};
use super::names::is_reserved;
use evalexpr::ContextWithMutableVariables;
use num_bigint::BigUint;

pub enum Name {
    Signal(Sig, usize, usize),
    Constant(Expr),
    Int(usize),
}

impl Kernel<'_> {
    /// What a name of the syntax tree stands for.
    pub fn resolve(&mut self, raw: &str) -> Fallible<Name> {
        if let Some((name, value)) = self.loops.iter().rev().find(|l| l.0 == raw).cloned() {
            if self.by_name.contains_key(raw) || self.constants.contains_key(raw) {
                return refuse(
                    format!("loop variable `{name}` has the name of a field"),
                    "rename the loop variable",
                );
            }
            return Ok(Name::Int(value));
        }
        let mut name = raw
            .trim_start_matches('.')
            .replace("::", "$")
            .replace('.', "$")
            .replace("val()", "next");
        while let Some(open) = name.find('[') {
            let Some(close) = name[open..].find(']').map(|p| p + open) else {
                return refuse(
                    format!("index in `{raw}`"),
                    "use one index for each path, of loop variables and literals",
                );
            };
            let index = self.index_value(&name[open + 1..close])?;
            name = format!("{}${index}{}", &name[..open], &name[close + 1..]);
        }
        let (base, fields) = match name.split_once("$next$") {
            Some((base, fields)) if self.by_name.contains_key(base) => (base.to_string(), fields.split('$').collect::<Vec<_>>()),
            _ => (
                name.strip_suffix("$next")
                    .filter(|n| self.by_name.contains_key(*n))
                    .unwrap_or(&name)
                    .to_string(),
                vec![],
            ),
        };
        if let Some(&sig) = self.by_name.get(&base) {
            if is_reserved(&base) {
                return refuse(format!("`{base}` is a word of Verilog"), "rename the field");
            }
            return match collect::field(&self.sigs[sig].ty, &fields) {
                Some((lo, width, _)) => Ok(Name::Signal(sig, lo, width)),
                None => refuse(
                    format!("unknown field in `{}`", display_name(&name)),
                    "name a field of the LogicStruct",
                ),
            };
        }
        if let Some((value, width)) = self.constants.get(&base).cloned() {
            return Ok(Name::Constant(Expr::Name { name: base, value, width }));
        }
        let parts: Vec<&str> = name.split('$').collect();
        if parts.len() >= 2 {
            let label = parts[parts.len() - 2..].join("$");
            match self.labels.get(&label) {
                Some(Some((value, width))) => {
                    return Ok(Name::Constant(Expr::Name {
                        name: label,
                        value: BigUint::from(*value),
                        width: *width,
                    }));
                }
                Some(None) => {
                    return refuse(
                        format!("two enums have a variant `{}`", display_name(&label)),
                        "give the enums different names",
                    );
                }
                None => {}
            }
        }
        refuse(
            format!("unknown name `{raw}`"),
            "use a signal of this block or a port of a child; for a Rust const, a Constant<Bits<N>> field",
        )
    }

    fn index_value(&self, text: &str) -> Fallible<usize> {
        let text = text.replace("_usize", "").replace("usize", "");
        let mut context = evalexpr::HashMapContext::new();
        for (name, value) in &self.loops {
            let _ = context.set_value(name.clone(), i64::try_from(*value).unwrap_or(i64::MAX).into());
        }
        match evalexpr::eval_int_with_context(&text, &context)
            .ok()
            .and_then(|v| usize::try_from(v).ok())
        {
            Some(v) => Ok(v),
            None => refuse(format!("index `[{text}]`"), "use loop variables and literals only"),
        }
    }

    pub fn label(&mut self, condition: &str, width: usize) -> Fallible<Expr> {
        let digits = condition.replace('_', "");
        let number = match condition {
            "true" => Some(BigUint::from(1u32)),
            "false" => Some(BigUint::default()),
            _ => match digits.strip_prefix("0x") {
                Some(h) => BigUint::parse_bytes(h.trim_end_matches("usize").as_bytes(), 16),
                None => BigUint::parse_bytes(digits.trim_end_matches("usize").as_bytes(), 10),
            },
        };
        if let Some(v) = number {
            return fit(v, width);
        }
        match self.resolve(condition) {
            Ok(Name::Constant(e)) if e.width() == width => Ok(e),
            _ => refuse(
                format!("match pattern `{}`", display_name(condition)),
                "use Enum::Variant, a decimal number, true, false, or _; no guards, ranges or bindings",
            ),
        }
    }
}
