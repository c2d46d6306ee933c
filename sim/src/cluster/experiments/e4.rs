//! E4: Mitzenmacher, How useful is old information (2000): periodic update, n = 100, exponential service of mean 1.

use super::{Experiment, Point, Size, names};
use crate::cluster::model::{Model, Work};

pub const SERVERS: usize = 100;
pub const LOADS: [(&str, f64); 2] = [("0.5", 0.5), ("0.9", 0.9)];
pub const PERIODS: [f64; 6] = [0.1, 0.5, 1.0, 5.0, 10.0, 50.0];

pub fn model(load: f64, period: f64, requests: u64) -> Model {
    Model {
        servers: SERVERS,
        cores: 1.0,
        work: Work::Exponential { mean: 1.0 },
        rate: load * SERVERS as f64,
        report_period: period,
        // The board shows queues, not means.
        window: 0.01,
        synchronised: true,
        requests,
        warm_up: requests / 4,
        ..Default::default()
    }
}

pub fn experiment(size: Size) -> Experiment {
    let requests = size.pick(8_000, 15_000, 40_000);
    let mut points = vec![];
    for (series, load) in LOADS {
        for period in PERIODS {
            if size != Size::Full && ![0.5, 5.0, 50.0].contains(&period) {
                continue;
            }
            points.push(Point {
                series,
                label: format!("{period}"),
                x: period,
                model: model(load, period, requests),
                policies: names(&[
                    "random",
                    "po2+queue+d0",
                    "lu+queue",
                    "hwr+queue",
                    "lu-delta+queue",
                    "lu-track+queue",
                    "wlc",
                ]),
            });
        }
    }
    Experiment { name: "e4", points }
}
