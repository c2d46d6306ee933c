//! Which signal depends on which without a clock between: loops are refused, and targets are grouped into processes so that no process
//! makes a loop that the circuit does not have.

use super::collect::display_name;
use super::flow::{Flow, prune};
use super::ir::{Kind, Sig, walk};
use super::kernel::{Kernel, Role};
use std::collections::{BTreeMap, BTreeSet};

/// For each output port the input ports it depends on combinationally, as indices into the node's signals.
pub type Summary = BTreeMap<usize, BTreeSet<usize>>;

pub struct Groups {
    /// Targets that share a process, each in the order of the kernel.
    pub processes: Vec<BTreeSet<Sig>>,
    /// By signal index: the block's inputs each output depends on.
    pub reach: BTreeMap<Sig, BTreeSet<Sig>>,
}

struct Graph {
    group: Vec<usize>,
    reads: Vec<BTreeSet<Sig>>,
}

impl Graph {
    fn members(&self, g: usize) -> impl Iterator<Item = Sig> + '_ {
        (0..self.group.len()).filter(move |s| self.group[*s] == g)
    }
    fn sources(&self) -> Vec<BTreeSet<usize>> {
        let mut out = vec![BTreeSet::new(); self.group.len()];
        for (s, reads) in self.reads.iter().enumerate() {
            out[self.group[s]].extend(reads.iter().map(|r| self.group[*r]));
        }
        out
    }
    fn sinks(sources: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
        let mut out = vec![BTreeSet::new(); sources.len()];
        for (g, from) in sources.iter().enumerate() {
            for f in from {
                out[*f].insert(g);
            }
        }
        out
    }
    fn closure(edges: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from]);
        while let Some(g) = todo.pop() {
            for n in &edges[g] {
                if seen.insert(*n) {
                    todo.push(*n);
                }
            }
        }
        seen
    }
    fn unite(&mut self, a: usize, b: usize) {
        for g in &mut self.group {
            if *g == b {
                *g = a;
            }
        }
    }
}

impl Kernel<'_> {
    /// `children`: the summary of each child.
    pub fn group(&mut self, flow: &Flow, children: &[Summary]) -> Groups {
        let n = self.sigs.len();
        let mut graph = Graph {
            group: (0..n).collect(),
            reads: vec![BTreeSet::new(); n],
        };
        let mut assigned: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); n];
        let mut halfway_pairs = vec![];
        let mut ordered: Vec<(Sig, Sig)> = vec![];
        let targets: Vec<Sig> = (0..n).filter(|s| self.sigs[*s].role.is_driven_by_kernel()).collect();
        for &t in &targets {
            for (top, s) in self.body.iter().enumerate() {
                let part = prune(std::slice::from_ref(s), &BTreeSet::from([t]), &flow.dead);
                if part.is_empty() {
                    continue;
                }
                assigned[t].insert(top);
                walk(&part, &mut |x| {
                    x.operand().for_each_read(&mut |r, _, _| {
                        if flow.halfway.contains(&(x.id, r)) {
                            halfway_pairs.push((t, r));
                        } else if flow.after_all.contains(&(x.id, r)) {
                            ordered.push((t, r));
                        } else {
                            graph.reads[t].insert(r);
                        }
                    });
                });
            }
        }
        for (t, r) in halfway_pairs {
            let (a, b) = (graph.group[t], graph.group[r]);
            graph.unite(a.min(b), a.max(b));
        }
        for (t, r) in ordered {
            if graph.group[t] != graph.group[r] {
                graph.reads[t].insert(r);
            }
        }
        let ports: BTreeMap<(usize, usize), Sig> = (0..n)
            .filter_map(|s| match self.sigs[s].role {
                Role::ChildInput { child, port } | Role::ChildOutput { child, port } => Some(((child, port), s)),
                _ => None,
            })
            .collect();
        for s in 0..n {
            if let Role::ChildOutput { child, port } = self.sigs[s].role {
                let from = children[child].get(&port).cloned().unwrap_or_default();
                graph.reads[s].extend(from.iter().filter_map(|p| ports.get(&(child, *p))));
            }
        }
        self.refuse_loops(&graph);
        if self.refusals.is_empty() {
            self.merge(&mut graph, &assigned);
        }
        let mut processes: Vec<BTreeSet<Sig>> = vec![];
        let mut order: Vec<Sig> = targets.clone();
        order.sort_by_key(|t| (self.first_assignment(*t, flow), *t));
        for t in order {
            match processes
                .iter_mut()
                .find(|p| p.first().is_some_and(|f| graph.group[*f] == graph.group[t]))
            {
                Some(p) => {
                    p.insert(t);
                }
                None => processes.push(BTreeSet::from([t])),
            }
        }
        let sources = graph.sources();
        let reach = (0..n)
            .filter(|s| self.sigs[*s].role == Role::Output)
            .map(|s| {
                let all = Graph::closure(&sources, graph.group[s]);
                (
                    s,
                    (0..n)
                        .filter(|i| self.sigs[*i].role == Role::Input && all.contains(&graph.group[*i]))
                        .collect(),
                )
            })
            .collect();
        Groups { processes, reach }
    }

    fn first_assignment(&self, t: Sig, flow: &Flow) -> usize {
        let mut first = usize::MAX;
        walk(&self.body, &mut |s| {
            if matches!(s.kind, Kind::Assign { sig, .. } if sig == t) && !flow.dead.contains(&s.id) {
                first = first.min(s.id);
            }
        });
        first
    }

    fn refuse_loops(&mut self, graph: &Graph) {
        let sources = graph.sources();
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for g in 0..sources.len() {
            if told.contains(&g) || !Graph::closure(&sources, g).contains(&g) {
                continue;
            }
            // A shortest way round, for the message.
            let mut came: BTreeMap<usize, usize> = BTreeMap::new();
            let mut todo = std::collections::VecDeque::from([g]);
            'search: while let Some(x) = todo.pop_front() {
                for n in &sources[x] {
                    if !came.contains_key(n) {
                        came.insert(*n, x);
                        if *n == g {
                            break 'search;
                        }
                        todo.push_back(*n);
                    }
                }
            }
            let mut way = vec![g];
            let mut at = came[&g];
            while at != g {
                way.push(at);
                at = came[&at];
            }
            told.extend(
                Graph::closure(&sources, g)
                    .into_iter()
                    .filter(|x| Graph::closure(&sources, *x).contains(&g)),
            );
            let names: Vec<String> = way
                .iter()
                .map(|x| {
                    graph
                        .members(*x)
                        .map(|s| display_name(&self.sigs[s].name))
                        .collect::<Vec<_>>()
                        .join("+")
                })
                .collect();
            self.report((
                format!("combinational loop: {} -> {}", names.join(" -> "), names[0]),
                "put a register in it; for a hand-written part, state its registered outputs with module_name!(clock => outputs)".into(),
            ));
        }
    }

    /// Puts targets that are assigned under the same conditions into one process where that makes no path the circuit does not have.
    fn merge(&self, graph: &mut Graph, assigned: &[BTreeSet<usize>]) {
        for (top, s) in self.body.iter().enumerate() {
            if !s.is_conditional() {
                continue;
            }
            let mut clusters: Vec<usize> = vec![];
            for t in (0..graph.group.len()).filter(|t| assigned[*t].contains(&top)) {
                let g = graph.group[t];
                if clusters.contains(&g) {
                    continue;
                }
                let host = clusters.iter().copied().find(|c| self.can_share(graph, *c, g));
                match host {
                    Some(c) => graph.unite(c, g),
                    None => clusters.push(g),
                }
            }
        }
    }

    fn can_share(&self, graph: &Graph, a: usize, b: usize) -> bool {
        let sources = graph.sources();
        let sinks = Graph::sinks(&sources);
        let (up_a, up_b) = (Graph::closure(&sources, a), Graph::closure(&sources, b));
        if up_a.contains(&b) || up_b.contains(&a) {
            return false;
        }
        let with_role = |set: &BTreeSet<usize>, own: usize, role: Role| -> BTreeSet<usize> {
            (0..graph.group.len())
                .filter(|s| self.sigs[*s].role == role && (set.contains(&graph.group[*s]) || graph.group[*s] == own))
                .map(|s| graph.group[s])
                .collect()
        };
        let (down_a, down_b) = (Graph::closure(&sinks, a), Graph::closure(&sinks, b));
        let no_new_pairs = |up: &BTreeSet<usize>, from: usize, down: &BTreeSet<usize>, to: usize| {
            let inputs = with_role(up, from, Role::Input);
            with_role(down, to, Role::Output).iter().all(|o| {
                let known = Graph::closure(&sources, *o);
                inputs.iter().all(|i| known.contains(i))
            })
        };
        no_new_pairs(&up_a, a, &down_b, b) && no_new_pairs(&up_b, b, &down_a, a)
    }
}
