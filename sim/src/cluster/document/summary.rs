//! What the results come to, and where ours lose, from the results alone.

use super::table::{MS, Measure, P99, P999, find, header, is_ours_in_hardware, is_peer, labels, least, value, verdict};
use crate::cluster::experiments::{Row, e1};
use std::fmt::Write;

/// Best of ours in hardware against the best peer: (where, ours, peer, measure, scale). Peers whose figures do not depend on reports stand at
/// one point of a series only, for all its points.
fn pairs<'a>(name: &str, rows: &'a [Row]) -> Vec<(String, &'a Row, &'a Row, Measure)> {
    let mut pairs = vec![];
    let mut series: Vec<&str> = rows.iter().map(|r| r.series).collect();
    series.dedup();
    for series in series {
        let measure: Measure = if name == "e3" { P999 } else { P99 };
        let of = |r: &&Row| r.series == series;
        // Every Q_RIF of Figure 9 meets the same cluster.
        if series == "figure 9" {
            let ours = least(rows.iter().filter(of).filter(|r| is_ours_in_hardware(&r.policy)), measure);
            let peer = least(rows.iter().filter(of).filter(|r| is_peer(&r.policy)), measure);
            pairs.extend(ours.zip(peer).map(|(a, b)| (format!("{name} {series}"), a, b, measure)));
            continue;
        }
        for label in labels(rows, series) {
            let at = |r: &&Row| r.series == series && r.label == label;
            let ours = least(rows.iter().filter(at).filter(|r| is_ours_in_hardware(&r.policy)), measure);
            let here = least(rows.iter().filter(at).filter(|r| is_peer(&r.policy)), measure);
            let anywhere = || least(rows.iter().filter(of).filter(|r| is_peer(&r.policy)), measure);
            let peer = if name == "e3" { here.or_else(anywhere) } else { here };
            pairs.extend(ours.zip(peer).map(|(a, b)| (format!("{name} {series}, {label}"), a, b, measure)));
        }
    }
    pairs
}

pub fn section(experiments: &[(&'static str, Vec<Row>)]) -> String {
    let mut out = String::from("## In short\n\n");
    for (name, rows) in experiments {
        let show = |series: &str, label: &str, policy: &str, measure: Measure| {
            find(rows, series, label, policy).map_or("-".into(), |r| value(r.estimate(measure), MS))
        };
        match *name {
            "e1" => {
                for label in ["70 %", "90 %"] {
                    let series = e1::SERIES_7[1].0;
                    writeln!(
                        out,
                        "* Prequal's testbed at {label} of the capacity: p99 {} ms with `lu-track`, {} with `lu-delta`, {} with C3, {} with the linear rule, {} with Prequal.",
                        show(series, label, "lu-track", P99),
                        show(series, label, "lu-delta", P99),
                        show(series, label, "c3", P99),
                        show(series, label, "linear", P99),
                        show(series, label, "prequal", P99)
                    )
                    .expect("a string takes all");
                }
            }
            "e3" => {
                for series in ["idle 0 %", "idle 20 %"] {
                    writeln!(
                        out,
                        "* E3, {series}, p99.9 / S: `lu-track` {} with reports every 12 us, {} every 1 ms, {} every 10 ms; `lu-delta` {}, {}, {}; flows in the table {}, the clairvoyant bound {}.",
                        show(series, "12 us", "lu-track", P999),
                        show(series, "1 ms", "lu-track", P999),
                        show(series, "10 ms", "lu-track", P999),
                        show(series, "12 us", "lu-delta", P999),
                        show(series, "1 ms", "lu-delta", P999),
                        show(series, "10 ms", "lu-delta", P999),
                        show(series, "1 ms", "least-connections", P999),
                        show(series, "1 ms", "clairvoyant", P999)
                    )
                    .expect("a string takes all");
                }
            }
            _ => {}
        }
    }
    out.push_str(
        "\n**Where ours lose.** The best of ours that the gateware can have (nothing with `pending`) against the best peer that can be built, at each point, where the interval lies above 0 (p99, for E3 p99.9):\n\n",
    );
    out.push_str(&header(
        &["where", "ours in ms", "peer in ms", "ours to the peer's"].map(String::from),
    ));
    let mut lost = 0;
    for (name, rows) in experiments.iter().filter(|(name, _)| ["e1", "e2", "e3"].contains(name)) {
        for (place, ours, peer, measure) in pairs(name, rows) {
            let verdict = verdict(ours, peer, measure);
            if verdict.contains("worse") {
                lost += 1;
                writeln!(
                    out,
                    "| {place} | {} {} | {} {} | {verdict} |",
                    ours.policy,
                    value(ours.estimate(measure), MS),
                    peer.policy,
                    value(peer.estimate(measure), MS)
                )
                .expect("a string takes all");
            }
        }
    }
    if lost == 0 {
        out.push_str("| nowhere shown | | | |\n");
    }
    out.push_str(
        "
Figure 9's servers differ in speed, not in load, and no signal of ours says speed: Prequal measures latency. With idle flows and reports of 10 ms or more a rule that counts flows in its table
cannot tell load from idle flows in time, and one that asks servers for their requests in flight can; with the reports of 12 us to 1 ms that the links carry it does not matter.

",
    );
    out
}
