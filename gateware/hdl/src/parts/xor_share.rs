//! Finds sums that several outputs of an XOR network share, in groups of up to four terms: a group is one LUT4.
//!
//! Synthesis restructures adders and control well but not XOR: yosys 0.70 makes 562 LUT4 in 7 levels out of the plain sums of a CRC-32 over 64
//! bits, and 226 in 5 out of these.

use super::words::Words;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Groups of groups, no deeper: a term then reaches its output through at most two groups and the output's own sum.
const DEEPEST: usize = 2;
/// Pairs of terms, the most shared first, that are tried as the start of a group.
const STARTS: usize = 400;
/// Beyond this many terms the search takes too long.
const MOST_TERMS: usize = 6000;

/// Terms are numbered: the inputs first, then the groups in order.
pub(super) struct Shared {
    pub(super) groups: Vec<Vec<usize>>,
    pub(super) outputs: Vec<BTreeSet<usize>>,
    depths: Vec<usize>,
}

/// What the sums of `rows` over `inputs` inputs share.
pub(super) fn share(rows: &[Words], inputs: usize) -> Shared {
    // Term k: the outputs it is in.
    let mut members: Vec<Words> = super::xor_net::transpose(rows, inputs);
    let mut shared = Shared {
        groups: vec![],
        outputs: vec![],
        depths: vec![0; inputs],
    };
    if members.iter().map(count).sum::<usize>() <= MOST_TERMS {
        while let Some((group, outputs)) = best_group(&members, &shared.depths) {
            for &term in &group {
                members[term] = std::array::from_fn(|word| members[term][word] & !outputs[word]);
            }
            members.push(outputs);
            shared
                .depths
                .push(1 + group.iter().map(|&term| shared.depths[term]).max().unwrap_or(0));
            shared.groups.push(group);
        }
    }
    shared.outputs = (0..rows.len())
        .map(|output| {
            (0..members.len())
                .filter(|&term| members[term][output / 64] >> (output % 64) & 1 == 1)
                .collect()
        })
        .collect();
    shared
}

fn count(outputs: &Words) -> usize {
    outputs.iter().map(|word| word.count_ones() as usize).sum()
}

fn both(a: &Words, b: &Words) -> Words {
    std::array::from_fn(|word| a[word] & b[word])
}

/// The group that saves most LUT4, and the outputs it is in. A group of n terms in m outputs takes n - 1 terms from each, a third of a LUT4 a
/// term, and costs one.
fn best_group(members: &[Words], depths: &[usize]) -> Option<(Vec<usize>, Words)> {
    let terms: Vec<usize> = (0..members.len())
        .filter(|&term| depths[term] < DEEPEST && count(&members[term]) >= 2)
        .collect();
    let mut starts = vec![];
    for (index, &a) in terms.iter().enumerate() {
        for &b in &terms[index + 1..] {
            let shared = count(&both(&members[a], &members[b]));
            if shared >= 2 {
                starts.push((Reverse(shared), a, b));
            }
        }
    }
    starts.sort_unstable();
    let mut best: Option<(Vec<usize>, Words)> = None;
    let mut best_gain = (3, Reverse(usize::MAX));
    for &(_, a, b) in starts.iter().take(STARTS) {
        let mut group = vec![a, b];
        let mut outputs = both(&members[a], &members[b]);
        loop {
            let saved = count(&outputs) * (group.len() - 1);
            let depth = group.iter().map(|&term| depths[term]).max().unwrap_or(0);
            let gain = (saved, Reverse(depth));
            if saved > 3 && gain > best_gain {
                best_gain = gain;
                best = Some((group.clone(), outputs));
            }
            let next = terms
                .iter()
                .filter(|term| !group.contains(term))
                .max_by_key(|&&term| (count(&both(&members[term], &outputs)), Reverse(depths[term]), Reverse(term)));
            let Some(&next) = next.filter(|_| group.len() < 4) else { break };
            outputs = both(&members[next], &outputs);
            group.push(next);
        }
    }
    best
}

impl Shared {
    /// Whether a group is of inputs only.
    pub(super) fn of_inputs(&self, group: usize) -> bool {
        self.depths[self.depths.len() - self.groups.len() + group] == 1
    }

    /// The sum of `terms` in parentheses of up to four, the shallow terms innermost.
    pub(super) fn sum(&self, terms: &BTreeSet<usize>, name: impl Fn(usize) -> String) -> String {
        let mut left: BTreeSet<(usize, usize, String)> = terms.iter().map(|&term| (self.depths[term], term, name(term))).collect();
        // The innermost sum takes what makes all the others full.
        let mut fan_in = match left.len() % 3 {
            0 => 3,
            1 => 4,
            _ => 2,
        };
        let mut next = self.depths.len();
        while left.len() > 1 {
            let (mut depth, mut sum) = (0, vec![]);
            while sum.len() < fan_in
                && let Some((term_depth, _, text)) = left.pop_first()
            {
                depth = depth.max(term_depth);
                sum.push(text);
            }
            let text = if left.is_empty() {
                sum.join(" ^ ")
            } else {
                format!("({})", sum.join(" ^ "))
            };
            left.insert((depth + 1, next, text));
            (next, fan_in) = (next + 1, 4);
        }
        left.pop_first().map_or_else(|| "1'b0".to_string(), |(_, _, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    /// The inputs a term stands for, as a row.
    fn expand(shared: &Shared, inputs: usize, terms: impl IntoIterator<Item = usize>) -> Words {
        terms.into_iter().fold([0; 4], |mut row, term| {
            if term < inputs {
                row[term / 64] ^= 1 << (term % 64);
            } else {
                let group = expand(shared, inputs, shared.groups[term - inputs].iter().copied());
                (0..4).for_each(|word| row[word] ^= group[word]);
            }
            row
        })
    }

    #[test]
    fn shared_sums_are_the_sums() {
        for seed in 0..2 {
            let mut rng = StdRng::seed_from_u64(seed);
            let rows: Vec<Words> = (0..40).map(|_| [rng.r#gen(), rng.r#gen::<u64>() >> 60, 0, 0]).collect();
            let shared = share(&rows, 68);
            assert!(!shared.groups.is_empty() && shared.groups.iter().all(|group| (2..=4).contains(&group.len())));
            for (row, terms) in rows.iter().zip(&shared.outputs) {
                assert_eq!(*row, expand(&shared, 68, terms.iter().copied()), "seed {seed}");
            }
        }
    }

    #[test]
    fn sums_name_every_term_once() {
        let shared = share(&[[0x3FF, 0, 0, 0]], 10);
        assert!(shared.groups.is_empty());
        let text = shared.sum(&shared.outputs[0], |term| format!("x{term}"));
        assert_eq!(text, "x8 ^ x9 ^ (x0 ^ x1 ^ x2 ^ x3) ^ (x4 ^ x5 ^ x6 ^ x7)");
    }
}
