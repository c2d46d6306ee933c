//! E2: Cheetah's bimodal load (NSDI 2020): least loaded by CPU reports every 10 ms herds.

use super::{Experiment, Point, Size, names};
use crate::cluster::model::{Model, Work};

/// Median p99 in ms on 16, 32 and 64 servers.
pub const PAPER: [(&str, &str, [f64; 3]); 5] = [
    ("wrr-util", "AWRR", [957.0, 706.0, 874.0]),
    ("po2+d0", "Pow2", [962.0, 716.0, 983.0]),
    ("lu", "least loaded", [1320.0, 975.0, 4202.0]),
    ("rr", "RR", [932.0, 869.0, 1779.0]),
    ("hash", "hash", [986.0, 930.0, 1814.0]),
];
/// Fitted: the paper gives 100 requests a second a server, 53.6 ms of work each, and no cores.
pub const CORES: f64 = 7.0;

pub fn experiment(size: Size) -> Experiment {
    let requests = size.pick(10_000, 20_000, 60_000);
    let points = [16, 32, 64]
        .into_iter()
        .map(|servers| Point {
            series: "bimodal",
            label: servers.to_string(),
            x: servers as f64,
            model: Model {
                servers,
                cores: CORES,
                work: Work::Bimodal {
                    short: 0.004,
                    long: 0.5,
                    share: 0.1,
                },
                rate: 100.0 * servers as f64,
                report_period: 1e-2,
                window: 1e-2,
                limit: Some(1024),
                requests,
                warm_up: requests / 5,
                ..Default::default()
            },
            policies: names(&[
                "wrr-util",
                "po2+d0",
                "lu",
                "rr",
                "hash",
                "random",
                "least-connections",
                "prequal",
                "wrr",
                "hwr",
                "po2",
                "lu-delta",
                "lu-track",
                "hcl",
                "wlc",
            ]),
        })
        .collect();
    Experiment { name: "e2", points }
}
