//! The section on E3: how old a report may be.

use super::Document;
use super::table::{P999, cell, find, header, lines, marks, pivot, verdict};
use crate::cluster::experiments::{Row, e3};
use crate::cluster::plot::{Plot, short};
use std::fmt::Write;

pub fn section(d: &mut Document, rows: &[Row]) {
    d.text.push_str(
        "
## E3: how old a report may be

16 blades of 4 cores, mean work S = 1 ms (cut normal), 70 % of what antagonists leave (on 0.2 s, off 0.6 s in the mean, taking 25 to 90 %), a report every T of the mean over
max(1 ms, T / 2). Idle flows stay in the table for 1 s in the mean after their request (fitted). Numbers are p99.9 / S; rules that do not use reports stand in one column.
",
    );
    let s = 1e3;
    for (series, share) in e3::IDLE {
        if find(rows, series, "1 ms", "lu").is_none() {
            continue;
        }
        write!(d.text, "\n### {:.0} % idle flows\n\n", share * 100.0).expect("a string takes all");
        d.text.push_str(&pivot(rows, series, P999, s));
        d.plot(
            &format!("e3_idle_{:.0}", share * 100.0),
            &Plot {
                title: &format!("p99.9 by report period, {:.0} % idle flows", share * 100.0),
                x: "report period",
                y: "p99.9 / S",
                marks: marks(rows, series),
                logarithmic_x: true,
                lines: lines(
                    rows,
                    series,
                    Some(&[
                        "lu",
                        "hwr",
                        "po2",
                        "lu-delta",
                        "hcl",
                        "lu-track",
                        "lu-track+pending",
                        "hcl+pending+h250",
                        "clairvoyant",
                        "jsq",
                        "least-connections",
                        "prequal",
                    ]),
                    P999,
                    s,
                ),
            },
        );
    }
    d.text
        .push_str("\n### Beside the pilot\n\nAn earlier simulation of the same set-up, written apart from this one, chose the default rule. p99.9 / S there and here, without idle flows:\n\n");
    let mut head = vec!["rule".to_string()];
    head.extend(e3::PERIODS.iter().map(|(label, _)| (*label).to_string()));
    d.text.push_str(&header(&head));
    let mut compare = |policy: &str, series: &str, values: &[f64; 6]| {
        let cells: Vec<String> = e3::PERIODS
            .iter()
            .zip(values)
            .map(|((label, _), v)| {
                let here = find(rows, series, label, policy).map_or("-".into(), |r| short(r.estimate(P999).mean * s));
                format!("{} : {here}", short(*v))
            })
            .collect();
        writeln!(
            d.text,
            "| {policy}{} | {} |",
            if series == "idle 0 %" { "" } else { ", 20 % idle" },
            cells.join(" | ")
        )
        .expect("a string takes all");
    };
    for (policy, values) in e3::PILOT {
        compare(policy, "idle 0 %", &values);
    }
    compare(e3::PILOT_IDLE.0, "idle 20 %", &e3::PILOT_IDLE.1);
    d.text.push_str("\nWithout reports: ");
    let without: Vec<String> = e3::PILOT_WITHOUT
        .iter()
        .map(|(policy, v)| format!("{policy} {} : {}", short(*v), cell(rows, "idle 0 %", "1 ms", policy, P999, s)))
        .collect();
    d.text.push_str(&without.join(", "));
    d.text.push_str(
        ".

That one's lu-delta holds at 10 ms and above, the gateware's arithmetic does not: its clamp at 255 makes all blades that were sent more than a few flows equal, and flows queue unseen
until the next report. `lu-track` counts on without a limit from the last report below full, `hcl` goes over to connections; both hold. With idle flows what matters is to tell them from load:
`lu-track` does at every report, `hcl` and everything that counts connections does not.

### Where ours stand

References: join-shortest-queue (`least-connections` knows what a load balancer knows of it, flows in its table) and polling every 10 ms (`lu` at 10 ms). Differences of p99.9:

",
    );
    d.text.push_str(&header(
        &["rule and report period", "reference", "0 % idle", "20 % idle"].map(String::from),
    ));
    for (policy, label) in [
        ("lu-delta", "12 us"),
        ("lu-track", "12 us"),
        ("lu-delta", "1 ms"),
        ("hcl", "1 ms"),
        ("lu-track", "1 ms"),
        ("lu-track", "10 ms"),
        ("lu-track+pending", "10 ms"),
        ("hcl+pending+h250", "10 ms"),
        ("hcl+pending+h250", "100 ms"),
    ] {
        for (reference, at) in [("least-connections", "1 ms"), ("lu", "10 ms")] {
            let cells =
                ["idle 0 %", "idle 20 %"].map(
                    |series| match (find(rows, series, label, policy), find(rows, series, at, reference)) {
                        (Some(a), Some(b)) => verdict(a, b, P999),
                        _ => "-".into(),
                    },
                );
            let name = if reference == "lu" {
                "10 ms polling"
            } else {
                "join-shortest-queue"
            };
            writeln!(d.text, "| {policy}, {label} | {name} | {} |", cells.join(" | ")).expect("a string takes all");
        }
    }
    for (series, title, text) in [
        (
            "service time",
            "Service time",
            "p99.9 over the mean work is what counts, so the table is in units of it; reports every 1 ms. With 80 ms of work the p99.9 rests on few antagonists' cycles:",
        ),
        (
            "window",
            "Averaging window",
            "p99.9 / S by the window the agents average over, reports every 1 ms:",
        ),
        (
            "managers",
            "Several managers",
            "p99.9 / S where the flows are shared by so many managers that know nothing of each other, reports every 1 ms:",
        ),
    ] {
        if rows.iter().all(|r| r.series != series) {
            continue;
        }
        write!(d.text, "\n### {title}\n\n{text}\n\n").expect("a string takes all");
        if series == "service time" {
            let mut scaled: Vec<Row> = rows.iter().filter(|r| r.series == series).cloned().collect();
            for row in &mut scaled {
                let x = row.x;
                row.runs.iter_mut().for_each(|f| f.p999 /= x);
            }
            d.text.push_str(&pivot(&scaled, series, P999, 1.0));
        } else {
            d.text.push_str(&pivot(rows, series, P999, s));
        }
    }
}
