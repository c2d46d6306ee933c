//! What a kernel's statements do to each signal: assigned on every path, overridden, read half-way.
//!
//! rust-hdl runs a kernel until nothing changes, so a read gives the settled value of a signal wherever it stands. The exception is a
//! Local or an output of the block itself: `val()` gives what was assigned so far. That is the settled value too unless the signal is
//! assigned both before and after the read; such a read is called half-way here, and keeps its place in the program order.

use super::collect::display_name;
use super::ir::{Expr, Kind, Sig, Stmt, mask, walk};
use super::kernel::{Kernel, Role};
use num_bigint::BigUint;
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<(usize, usize)>;

#[derive(Default)]
pub struct Flow {
    /// (statement, signal) of the half-way reads.
    pub halfway: BTreeSet<(usize, Sig)>,
    /// (statement, signal) of the reads that come after every assignment of the signal.
    pub after_all: BTreeSet<(usize, Sig)>,
    /// Assignments that a later one always overrides.
    pub dead: BTreeSet<usize>,
}

fn exclusive(a: &Path, b: &Path) -> bool {
    a.iter().any(|(id, branch)| b.iter().any(|(i, br)| id == i && branch != br))
}

fn paths(block: &[Stmt], path: &mut Path, out: &mut BTreeMap<usize, Path>) {
    for s in block {
        out.insert(s.id, path.clone());
        for (branch, b) in s.blocks().into_iter().enumerate() {
            path.push((s.id, branch));
            paths(b, path, out);
            path.pop();
        }
    }
}

type Masks = BTreeMap<Sig, BigUint>;

impl Kernel<'_> {
    /// Analyses the body and reports latches, undriven signals and reads of values not assigned yet.
    pub fn flow(&mut self) -> Flow {
        let mut flow = Flow::default();
        let mut at = BTreeMap::new();
        paths(&self.body, &mut vec![], &mut at);
        let mut assigns: BTreeMap<Sig, Vec<usize>> = BTreeMap::new();
        let mut reads: BTreeSet<(usize, Sig)> = BTreeSet::new();
        walk(&self.body, &mut |s| {
            if let Kind::Assign { sig, .. } = s.kind {
                assigns.entry(sig).or_default().push(s.id);
            }
            s.operand().for_each_read(&mut |sig, _, _| {
                reads.insert((s.id, sig));
            });
        });
        let none = vec![];
        let around = |id: usize, sig: Sig| {
            let list = assigns.get(&sig).unwrap_or(&none);
            let meets = |a: &&usize| !exclusive(&at[*a], &at[&id]);
            (
                list.iter().filter(meets).any(|a| *a < id),
                list.iter().filter(meets).any(|a| *a >= id),
            )
        };
        for &(id, sig) in reads.iter().filter(|r| self.sigs[r.1].role.reads_as_assigned()) {
            match around(id, sig) {
                (true, true) => flow.halfway.insert((id, sig)),
                (true, false) => flow.after_all.insert((id, sig)),
                _ => false,
            };
        }
        let mut problems = vec![];
        for &(id, operand) in &self.operand_reads {
            for sig in self.operand_sources(operand) {
                if self.sigs[sig].role.reads_as_assigned() && at.contains_key(&id) && around(id, sig) == (true, true) {
                    problems.push((
                        format!(
                            "bits of an expression that reads `{}` between two assignments to it",
                            display_name(&self.sigs[sig].name)
                        ),
                        "assign the expression to a Local first".to_string(),
                    ));
                }
            }
        }
        let end = self.definite(&self.body, Masks::new(), &flow, &mut problems);
        for (sig, info) in self.sigs.iter().enumerate().filter(|s| s.1.role.is_driven_by_kernel()) {
            let name = display_name(&info.name);
            let is_read = reads.iter().any(|r| r.1 == sig);
            match (assigns.contains_key(&sig), info.role) {
                (true, _) if end.get(&sig) != Some(&mask(info.width)) => problems.push((
                    format!("`{name}` is not assigned on every path (a latch)"),
                    "assign a default first; end a match with `_ =>`".into(),
                )),
                (false, Role::Output) => problems.push((format!("output `{name}` is never assigned"), "assign it in the kernel".into())),
                (false, Role::ChildInput { .. }) => problems.push((
                    format!("input `{name}` of a child is never assigned"),
                    "drive it in the kernel".into(),
                )),
                (false, Role::Local) if is_read => problems.push((
                    format!("Local `{name}` is read but never assigned"),
                    "assign it in the kernel".into(),
                )),
                _ => {}
            }
        }
        for p in problems {
            self.report(p);
        }
        let halfway: BTreeSet<Sig> = flow.halfway.iter().map(|h| h.1).collect();
        self.find_dead(&self.body, &halfway, &mut flow.dead);
        flow
    }

    /// Puts the value in the place of signals that are constant, and takes the branches that this decides. Returns whether any was.
    pub fn propagate_constants(&mut self, flow: &Flow) -> bool {
        let mut changed = false;
        for sig in 0..self.sigs.len() {
            let halfway = flow.halfway.iter().any(|h| h.1 == sig);
            if !self.sigs[sig].role.is_driven_by_kernel() || halfway {
                continue;
            }
            let width = self.sigs[sig].width;
            let slice = prune(&self.body, &BTreeSet::from([sig]), &flow.dead);
            let Some(value) = as_expression(&slice, sig, width).and_then(|e| e.constant()) else {
                continue;
            };
            let mut read = false;
            walk(&self.body, &mut |s| s.operand().for_each_read(&mut |r, _, _| read |= r == sig));
            if read {
                let body = std::mem::take(&mut self.body);
                self.body = substitute(body, sig, &super::ir::lit(value, width), &mut changed);
            }
        }
        changed
    }

    fn operand_sources(&self, operand: Sig) -> BTreeSet<Sig> {
        let mut out = BTreeSet::new();
        if let Some((_, e)) = self.operands.iter().find(|o| o.0 == operand) {
            e.for_each_read(&mut |s, _, _| {
                if self.sigs[s].role == Role::Operand {
                    out.extend(self.operand_sources(s));
                } else {
                    out.insert(s);
                }
            });
        }
        out
    }

    /// The bits of each signal that are assigned at the end of `block` whatever path is taken.
    fn definite(&self, block: &[Stmt], mut state: Masks, flow: &Flow, problems: &mut Vec<(String, String)>) -> Masks {
        for s in block {
            s.operand().for_each_read(&mut |sig, lo, width| {
                let bits = mask(width) << lo;
                if flow.halfway.contains(&(s.id, sig)) && state.get(&sig).is_none_or(|m| m & &bits != bits) {
                    problems.push((
                        format!(
                            "`{}` is read before it is assigned on every path, and assigned again later",
                            display_name(&self.sigs[sig].name)
                        ),
                        "assign a default first, or read it after its last assignment".into(),
                    ));
                }
            });
            if let Kind::Assign { sig, lo, width, .. } = s.kind {
                *state.entry(sig).or_default() |= mask(width) << lo;
            }
            let ends: Vec<Masks> = s
                .blocks()
                .into_iter()
                .map(|b| self.definite(b, state.clone(), flow, problems))
                .collect();
            if let Some((first, rest)) = ends.split_first() {
                state = first
                    .iter()
                    .map(|(k, v)| (*k, rest.iter().fold(v.clone(), |v, r| v & r.get(k).cloned().unwrap_or_default())))
                    .collect();
            }
        }
        state
    }

    fn find_dead(&self, block: &[Stmt], halfway: &BTreeSet<Sig>, dead: &mut BTreeSet<usize>) {
        let mut overridden: BTreeSet<Sig> = BTreeSet::new();
        for s in block.iter().rev() {
            walk(std::slice::from_ref(s), &mut |x| {
                if let Kind::Assign { sig, .. } = x.kind
                    && overridden.contains(&sig)
                {
                    dead.insert(x.id);
                }
            });
            if let Kind::Assign { sig, width, .. } = s.kind
                && width == self.sigs[sig].width
                && !halfway.contains(&sig)
            {
                overridden.insert(sig);
            }
            for b in s.blocks() {
                self.find_dead(b, halfway, dead);
            }
        }
    }
}

fn substitute(block: Vec<Stmt>, sig: Sig, value: &Expr, changed: &mut bool) -> Vec<Stmt> {
    let mut out = vec![];
    for Stmt { id, comments, kind } in block {
        let mut with = |e: Expr| match super::ir::replace(&e, sig, value) {
            Some(new) if new != e => {
                *changed = true;
                new
            }
            _ => e,
        };
        let kind = match kind {
            Kind::Assign { sig, lo, width, rhs } => Kind::Assign {
                sig,
                lo,
                width,
                rhs: with(rhs),
            },
            Kind::If { cond, then, otherwise } => {
                let cond = with(cond);
                let (then, otherwise) = (substitute(then, sig, value, changed), substitute(otherwise, sig, value, changed));
                if let Some(v) = cond.constant() {
                    out.extend(if v.bit(0) { then } else { otherwise });
                    continue;
                }
                Kind::If { cond, then, otherwise }
            }
            Kind::Case { test, arms, default } => {
                let test = with(test);
                let mut arms: Vec<_> = arms.into_iter().map(|(l, b)| (l, substitute(b, sig, value, changed))).collect();
                let default = substitute(default, sig, value, changed);
                if let Some(v) = test.constant() {
                    let chosen = arms.iter().position(|a| a.0.constant().as_ref() == Some(&v));
                    out.extend(chosen.map_or(default, |n| arms.swap_remove(n).1));
                    continue;
                }
                Kind::Case { test, arms, default }
            }
        };
        out.push(Stmt { id, comments, kind });
    }
    out
}

/// The statements that assign one of `targets`, with the conditions they stand under.
pub fn prune(block: &[Stmt], targets: &BTreeSet<Sig>, dead: &BTreeSet<usize>) -> Vec<Stmt> {
    let mut out = vec![];
    for s in block {
        let kind = match &s.kind {
            Kind::Assign { sig, .. } if targets.contains(sig) && !dead.contains(&s.id) => s.kind.clone(),
            Kind::Assign { .. } => continue,
            Kind::If { cond, then, otherwise } => {
                let (then, otherwise) = (prune(then, targets, dead), prune(otherwise, targets, dead));
                if then.is_empty() && otherwise.is_empty() {
                    continue;
                }
                Kind::If {
                    cond: cond.clone(),
                    then,
                    otherwise,
                }
            }
            Kind::Case { test, arms, default } => {
                let arms: Vec<(Expr, Vec<Stmt>)> = arms.iter().map(|(l, b)| (l.clone(), prune(b, targets, dead))).collect();
                let default = prune(default, targets, dead);
                if default.is_empty() && arms.iter().all(|a| a.1.is_empty()) {
                    continue;
                }
                Kind::Case {
                    test: test.clone(),
                    arms,
                    default,
                }
            }
        };
        out.push(Stmt {
            id: s.id,
            comments: s.comments.clone(),
            kind,
        });
    }
    out
}

/// A target all of whose assignments are unconditional, as one expression; a half-way read in it is replaced by the value at that point.
pub fn as_expression(block: &[Stmt], target: Sig, width: usize) -> Option<Expr> {
    let mut pieces: BTreeMap<usize, Expr> = BTreeMap::new();
    for s in block {
        let Kind::Assign { lo, width: w, rhs, .. } = &s.kind else {
            return None;
        };
        let mut own_reads = 0;
        rhs.for_each_read(&mut |sig, _, _| own_reads += usize::from(sig == target));
        let rhs = match own_reads {
            0 => rhs.clone(),
            1 => {
                let so_far = super::ir::concat(pieces.values().rev().cloned().collect());
                if so_far.width() != width {
                    return None;
                }
                super::ir::replace(rhs, target, &so_far)?
            }
            _ => return None,
        };
        let overlap: Vec<usize> = pieces
            .iter()
            .filter(|(l, e)| **l < lo + w && *lo < **l + e.width())
            .map(|p| *p.0)
            .collect();
        for l in overlap {
            if l < *lo || l + pieces[&l].width() > lo + w {
                return None;
            }
            pieces.remove(&l);
        }
        pieces.insert(*lo, rhs);
    }
    let e = super::ir::concat(pieces.into_values().rev().collect());
    (e.width() == width).then_some(e)
}
