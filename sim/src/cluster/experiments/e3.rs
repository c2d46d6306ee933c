//! E3: how old a report may be.

use super::{Experiment, Point, Size, names};
use crate::cluster::model::{Antagonists, CUT_NORMAL_MEAN, Model, Work};

pub const ANTAGONISTS: Antagonists = Antagonists::OnOff {
    on: 0.2,
    off: 0.6,
    low: 0.25,
    high: 0.9,
};
/// Mean share of the cores that the antagonists leave: they are on a quarter of the time and take 57.5 %.
pub const LEFT: f64 = 1.0 - 0.25 * 0.575;
pub const LOAD: f64 = 0.7;
const IDLE_HOLD: f64 = 1.0;

pub fn model(service: f64, period: f64, idle: f64, requests: u64) -> Model {
    let (servers, cores) = (16, 4.0);
    Model {
        servers,
        cores,
        work: Work::CutNormal {
            location: service / CUT_NORMAL_MEAN,
        },
        rate: LOAD * LEFT * servers as f64 * cores / service,
        antagonists: ANTAGONISTS,
        report_period: period,
        window: (period / 2.0).max(1e-3),
        idle_share: idle,
        idle_hold: IDLE_HOLD,
        requests,
        warm_up: requests / 10,
        ..Default::default()
    }
}

/// Rules that do not go by reports need one point only.
pub const WITHOUT_REPORTS: [&str; 9] = [
    "clairvoyant",
    "jsq",
    "least-connections",
    "wlc+pending",
    "prequal",
    "wrr-util",
    "wrr",
    "random",
    "rr",
];
pub const BY_REPORTS: [&str; 11] = [
    "lu",
    "hwr",
    "po2+d0",
    "po2",
    "lu-delta",
    "lu-delta+d64",
    "hcl",
    "lu-track",
    "hcl+h250",
    "hcl+pending+h250",
    "lu-track+pending",
];
pub const PERIODS: [(&str, f64); 6] = [
    ("12 us", 12e-6),
    ("100 us", 1e-4),
    ("1 ms", 1e-3),
    ("10 ms", 1e-2),
    ("100 ms", 0.1),
    ("1 s", 1.0),
];
/// The pilot's p99.9 / S without idle flows, in the order of `PERIODS`; lu-delta also with 20 % idle flows.
pub const PILOT: [(&str, [f64; 6]); 4] = [
    ("lu", [8.3, 12.0, 31.0, 285.0, 1790.0, 10900.0]),
    ("hwr", [14.0, 14.0, 16.0, 60.0, 419.0, 1676.0]),
    ("po2+d0", [84.0, 84.0, 106.0, 121.0, 608.0, 1866.0]),
    ("lu-delta", [4.1, 4.1, 4.6, 9.8, 15.0, 16.0]),
];
pub const PILOT_IDLE: (&str, [f64; 6]) = ("lu-delta", [4.2, 4.2, 5.3, 45.0, 99.0, 143.0]);
/// Clairvoyant, join-shortest-queue (with 20 % idle flows: 144), wrr, rr.
pub const PILOT_WITHOUT: [(&str, f64); 4] = [("clairvoyant", 3.9), ("least-connections", 11.8), ("wrr", 142.0), ("rr", 1530.0)];
pub const IDLE: [(&str, f64); 3] = [("idle 0 %", 0.0), ("idle 20 %", 0.2), ("idle 50 %", 0.5)];
const SERVICES: [(&str, f64); 3] = [("20 us", 20e-6), ("1 ms", 1e-3), ("80 ms", 0.08)];
const SOME: [&str; 5] = ["lu", "hwr", "po2", "hcl", "lu-track"];

pub fn experiment(size: Size) -> Experiment {
    let requests = size.pick(12_000, 30_000, 80_000);
    let mut points = vec![];
    for (series, idle) in IDLE {
        for (label, period) in PERIODS {
            let left_out = match size {
                Size::Full => idle == 0.5 && ![12e-6, 1e-3, 1e-2].contains(&period),
                _ => idle == 0.5 || period == 1e-4 || period == 1.0,
            };
            if left_out {
                continue;
            }
            let mut policies = names(&BY_REPORTS);
            if period == 1e-3 {
                policies.extend(names(&WITHOUT_REPORTS));
            }
            points.push(Point {
                series,
                label: label.into(),
                x: period,
                model: model(1e-3, period, idle, requests),
                policies,
            });
        }
    }
    if size == Size::Short {
        return Experiment { name: "e3", points };
    }
    for (label, service) in SERVICES {
        let mut policies = names(&SOME);
        policies.extend(names(&["jsq", "clairvoyant"]));
        points.push(Point {
            series: "service time",
            label: label.into(),
            x: service,
            model: model(service, 1e-3, 0.0, requests),
            policies,
        });
    }
    for (label, window) in [("0.1 ms", 1e-4), ("1 ms", 1e-3), ("10 ms", 1e-2)] {
        points.push(Point {
            series: "window",
            label: label.into(),
            x: window,
            model: Model {
                window,
                ..model(1e-3, 1e-3, 0.0, requests)
            },
            policies: names(&["lu", "hwr", "lu-delta", "lu-delta+d64", "hcl", "lu-track"]),
        });
    }
    for managers in [1, 2, 8] {
        points.push(Point {
            series: "managers",
            label: managers.to_string(),
            x: managers as f64,
            model: Model {
                dispatchers: managers,
                managers,
                ..model(1e-3, 1e-3, 0.0, requests)
            },
            policies: names(&["lu", "hwr", "po2", "lu-delta", "hcl", "lu-track", "wlc"]),
        });
    }
    Experiment { name: "e3", points }
}
