//! The section on E1: the set-up as published, what was fitted, our figures beside the paper's, and who wins.

use super::Document;
use super::table::{MS, P90, P99, P999, best_peer, cell, find, header, lines, marks, pivot, value, verdict};
use crate::cluster::experiments::{Row, e1};
use crate::cluster::plot::{Plot, short};
use std::fmt::Write;

pub fn section(d: &mut Document, rows: &[Row]) {
    d.text.push_str(
        "
## E1: Prequal's testbed

Wydrowski and others, NSDI 2024, Figures 6, 7 and 9. As published: 100 clients, 100 servers on machines of 64 threads with 6.4 of them allocated, work cut
normal with the deviation equal to the mean, at most one core a query, 5 s time-out, Prequal with 3 probes a query, a pool of 16, Q_RIF = 2^-0.25. Fitted:
what antagonists leave is 6.4 * max(1, lognormal(median 1.80, sigma 0.21)), correlated over 120 s; 2 % of the servers take 1.5 to 2 times the work; the location of the work
is 65 ms (with 80 ms the work alone has a p90 of 182 ms, above the 149 ms of the paper), 30 ms for Figure 9. Reports to our managers come every 10 ms. The set-up and the figures
of Figure 9 were taken from public summaries of the paper, not from its text.

### Figure 7

",
    );
    let columns = [
        ("70 % p90", "70 %", P90),
        ("70 % p99", "70 %", P99),
        ("90 % p90", "90 %", P90),
        ("90 % p99", "90 %", P99),
    ];
    for (series, factor) in e1::SERIES_7 {
        writeln!(
            d.text,
            "Load as a share of {}, in ms; left of each pair the paper's, `TO` over 5 s:\n",
            if factor == 1.0 {
                "the allocation, as the paper says"
            } else {
                "what antagonists leave in the mean (fitted)"
            }
        )
        .expect("a string takes all");
        let mut head = vec!["rule".to_string()];
        head.extend(columns.iter().flat_map(|(name, ..)| [format!("{name}, paper"), "here".into()]));
        d.text.push_str(&header(&head));
        let papers = e1::FIGURE_7.iter().map(|(policy, name, values)| (*policy, *name, Some(values)));
        for (policy, name, paper) in papers.chain(e1::OURS.iter().map(|p| (*p, *p, None))) {
            if find(rows, series, "70 %", policy).is_none() {
                continue;
            }
            let mut line = format!("| {name} |");
            for (column, (_, label, measure)) in columns.iter().enumerate() {
                let published = paper.map_or("".into(), |v| if v[column] >= 5000.0 { "TO".into() } else { short(v[column]) });
                let here = cell(rows, series, label, policy, *measure, MS);
                write!(line, " {published} | {here} |").expect("a string takes all");
            }
            d.text.push_str(&line);
            d.text.push('\n');
        }
        d.text.push('\n');
    }
    d.text.push_str(
        "Our rules beside Prequal's own p99 in the paper, and against the best peer as simulated here by paired runs (p99 in ms):\n\n",
    );
    d.text.push_str(&header(
        &[
            "load",
            "rule",
            "here",
            "Prequal in the paper",
            "best peer here",
            "ours to that peer",
        ]
        .map(String::from),
    ));
    for (series, _) in e1::SERIES_7 {
        for (label, paper) in [("70 %", 281.0), ("90 %", 286.0)] {
            let Some(peer) = best_peer(rows, series, label, P99) else {
                continue;
            };
            for ours in e1::OURS.iter().filter_map(|p| find(rows, series, label, p)) {
                writeln!(
                    d.text,
                    "| {label} {} | {} | {} | {paper} | {} {} | {} |",
                    series.trim_start_matches("figure 7, "),
                    ours.policy,
                    value(ours.estimate(P99), MS),
                    peer.policy,
                    value(peer.estimate(P99), MS),
                    verdict(ours, peer, P99)
                )
                .expect("a string takes all");
            }
        }
    }
    d.text.push_str(
        "
Prequal as rebuilt here is weaker than the paper's at high load, and longer memories of answers made it weaker still: within a request's time a server that looks fast is filled up to the
threshold, so that the number in flight when a request came says little about the one it met, and the threshold follows. The paper does not give its estimator in enough detail to say what it does
better. So the measure to take from this table is the better of C3 and the linear rule, which use the same probes, and the paper's own figure.
",
    );
    d.text.push_str(
        "
That round robin times out at 70 % of the allocation while random does not (4984 ms and 294 ms at p90) cannot follow from queues alone: round robin is the smoother of the two.
The paper's cause is not in this model.

### Figure 6

p99 in ms by load over allocation; the paper shows curves: WRR's tail leaves just above 1 and times out, Prequal's stays.

",
    );
    d.text.push_str(&pivot(rows, "figure 6", P99, MS));
    d.text.push_str("\nRequests given up, in percent:\n\n");
    d.text.push_str(&pivot(rows, "figure 6", |f| f.timeouts, 100.0));
    d.plot(
        "e1_figure_6",
        &Plot {
            title: "Figure 6: p99 by load",
            x: "load over allocation",
            y: "p99 in ms",
            marks: marks(rows, "figure 6"),
            logarithmic_x: false,
            lines: lines(rows, "figure 6", None, P99, MS),
        },
    );
    d.text.push_str(
        "
### Figure 9

Half of the servers take twice the time, load 0.75 of the allocation. The paper: p90 93 ms and p99 162 ms at Q_RIF = 0, 75 and 142 ms at 0.99, then a p99 some 20 %
higher at 1. Here the collapse at 1 is deeper and begins before 0.99, for the reason above.

",
    );
    d.text
        .push_str(&header(&["rule", "p90 in ms", "p99 in ms", "p99.9 in ms"].map(String::from)));
    for row in rows.iter().filter(|r| r.series == "figure 9") {
        let values = [P90, P99, P999].map(|m| value(row.estimate(m), MS));
        writeln!(d.text, "| {} | {} |", row.policy, values.join(" | ")).expect("a string takes all");
    }
}
