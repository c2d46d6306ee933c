//! Tables of results: policies down, points across; and who is better than whom.

use crate::cluster::experiments::Row;
use crate::cluster::plot::{Line, short};
use crate::cluster::policies::{Kind, parse};
use crate::cluster::stats::{Estimate, Figures};
use std::fmt::Write;

pub type Measure = fn(&Figures) -> f64;

pub const P90: Measure = |f| f.p90;
pub const P99: Measure = |f| f.p99;
pub const P999: Measure = |f| f.p999;
pub const MEAN: Measure = |f| f.mean;
pub const ASLEEP: Measure = |f| f.asleep;
pub const MS: f64 = 1e3;

pub fn find<'a>(rows: &'a [Row], series: &str, label: &str, policy: &str) -> Option<&'a Row> {
    rows.iter().find(|r| r.series == series && r.label == label && r.policy == policy)
}

pub fn labels(rows: &[Row], series: &str) -> Vec<String> {
    let mut labels: Vec<String> = vec![];
    for row in rows.iter().filter(|r| r.series == series) {
        if !labels.contains(&row.label) {
            labels.push(row.label.clone());
        }
    }
    labels
}

pub fn policies(rows: &[Row], series: &str) -> Vec<String> {
    let mut policies: Vec<String> = vec![];
    for row in rows.iter().filter(|r| r.series == series) {
        if !policies.contains(&row.policy) {
            policies.push(row.policy.clone());
        }
    }
    policies
}

/// Mean and half of the interval.
pub fn value(e: Estimate, scale: f64) -> String {
    if e.half.is_finite() {
        format!("{} ± {}", short(e.mean * scale), short(e.half * scale))
    } else {
        short(e.mean * scale)
    }
}

pub fn cell(rows: &[Row], series: &str, label: &str, policy: &str, measure: Measure, scale: f64) -> String {
    find(rows, series, label, policy).map_or_else(|| "-".into(), |row| value(row.estimate(measure), scale))
}

pub fn header(cells: &[String]) -> String {
    format!("| {} |\n|{}\n", cells.join(" | "), "---|".repeat(cells.len()))
}

/// Policies down, points across.
pub fn pivot(rows: &[Row], series: &str, measure: Measure, scale: f64) -> String {
    let labels = labels(rows, series);
    let mut cells = vec!["rule".to_string()];
    cells.extend(labels.iter().cloned());
    let mut out = header(&cells);
    for policy in policies(rows, series) {
        let values: Vec<String> = labels.iter().map(|l| cell(rows, series, l, &policy, measure, scale)).collect();
        writeln!(out, "| {policy} | {} |", values.join(" | ")).expect("a string takes all");
    }
    out
}

/// Bounds that nobody can build.
const BOUNDS: [&str; 2] = ["jsq", "clairvoyant"];

/// Ours as the gateware can have it: without knowing which flows wait for an answer.
pub fn is_ours_in_hardware(policy: &str) -> bool {
    is_ours(policy) && !policy.contains("+pending")
}

pub fn is_peer(policy: &str) -> bool {
    !is_ours(policy) && !BOUNDS.contains(&policy)
}

pub fn least<'a>(rows: impl Iterator<Item = &'a Row>, measure: Measure) -> Option<&'a Row> {
    rows.min_by(|a, b| a.estimate(measure).mean.total_cmp(&b.estimate(measure).mean))
}

fn is_ours(policy: &str) -> bool {
    parse(policy).is_ok_and(|(kind, _)| matches!(kind, Kind::Ours(_)))
}

fn best<'a>(rows: &'a [Row], series: &str, label: &str, measure: Measure, accept: impl Fn(&str) -> bool) -> Option<&'a Row> {
    least(
        rows.iter().filter(|r| r.series == series && r.label == label && accept(&r.policy)),
        measure,
    )
}

/// Of the peers that can be built.
pub fn best_peer<'a>(rows: &'a [Row], series: &str, label: &str, measure: Measure) -> Option<&'a Row> {
    best(rows, series, label, measure, is_peer)
}

/// The difference of the pairs of runs with the same seed, which meet the same arrivals, work and antagonists.
fn paired(ours: &Row, other: &Row, measure: Measure) -> Estimate {
    let differences: Vec<f64> = ours.runs.iter().zip(&other.runs).map(|(a, b)| measure(a) - measure(b)).collect();
    crate::cluster::stats::estimate(&differences)
}

pub fn verdict(ours: &Row, other: &Row, measure: Measure) -> String {
    let difference = paired(ours, other, measure);
    let base = other.estimate(measure).mean;
    let percent = 100.0 * difference.mean / base;
    if !difference.half.is_finite() {
        return format!("{percent:+.1} %, one seed");
    }
    let half = 100.0 * difference.half / base;
    let word = if difference.mean + difference.half < 0.0 {
        "better"
    } else if difference.mean - difference.half > 0.0 {
        "**worse**"
    } else {
        "no difference shown"
    };
    format!("{percent:+.1} ± {half:.1} %: {word}")
}

/// Best of ours against best peer at each point of a series, by paired runs.
pub fn verdicts(rows: &[Row], series: &[&str], measure: Measure, scale: f64) -> String {
    let mut out = header(&["point", "best of ours", "best peer", "ours to the peer's"].map(String::from));
    for series in series {
        for label in labels(rows, series) {
            let ours = best(rows, series, &label, measure, is_ours);
            let peer = best_peer(rows, series, &label, measure);
            if let (Some(ours), Some(peer)) = (ours, peer) {
                writeln!(
                    out,
                    "| {series}, {label} | {} {} | {} {} | {} |",
                    ours.policy,
                    value(ours.estimate(measure), scale),
                    peer.policy,
                    value(peer.estimate(measure), scale),
                    verdict(ours, peer, measure)
                )
                .expect("a string takes all");
            }
        }
    }
    out
}

pub fn marks(rows: &[Row], series: &str) -> Vec<(f64, String)> {
    labels(rows, series)
        .into_iter()
        .filter_map(|label| rows.iter().find(|r| r.series == series && r.label == label).map(|r| (r.x, label)))
        .collect()
}

/// A line a policy; of a policy with one point only, a level line over all points, dashed.
pub fn lines(rows: &[Row], series: &str, chosen: Option<&[&str]>, measure: Measure, scale: f64) -> Vec<Line> {
    let all = marks(rows, series);
    policies(rows, series)
        .into_iter()
        .filter(|p| chosen.is_none_or(|c| c.contains(&p.as_str())))
        .map(|policy| {
            let point = |r: &Row| {
                let e = r.estimate(measure);
                (r.x, e.mean * scale, e.half * scale)
            };
            let mut points: Vec<_> = rows
                .iter()
                .filter(|r| r.series == series && r.policy == policy)
                .map(point)
                .collect();
            let level = points.len() == 1 && all.len() > 1;
            if level {
                let (_, y, _) = points[0];
                points = all.iter().map(|(x, _)| (*x, y, f64::NAN)).collect();
            }
            Line {
                name: policy,
                points,
                dashed: level,
            }
        })
        .collect()
}
