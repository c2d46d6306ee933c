//! Power: how many blades may sleep over a day, and what that costs.

use super::{Experiment, Point, Size, names};
use crate::cluster::model::{CUT_NORMAL_MEAN, Model, Sleep, Work};

/// A day is compressed to so many seconds.
pub const DAYS: [f64; 3] = [10.0, 30.0, 60.0];
pub const LOW: f64 = 0.1;
pub const PEAK: f64 = 0.7;
pub const SLEEP: Sleep = Sleep { wake: 1.0, idle: 0.5 };

pub fn experiment(size: Size) -> Experiment {
    let (servers, cores, service) = (16, 4.0, 0.01);
    let rate = PEAK * servers as f64 * cores / service;
    let day = size.pick(DAYS[0], DAYS[1], DAYS[2]);
    // A day has the mean of the raised cosine of them.
    let a_day = (rate * day * (1.0 + LOW) / 2.0) as u64;
    let requests = a_day;
    let points = vec![Point {
        series: "day",
        label: "day".into(),
        x: 0.0,
        model: Model {
            servers,
            cores,
            work: Work::CutNormal {
                location: service / CUT_NORMAL_MEAN,
            },
            rate,
            diurnal: Some((LOW, day)),
            report_period: 1e-3,
            window: 1e-3,
            sleep: Some(SLEEP),
            requests,
            warm_up: requests / 20,
            ..Default::default()
        },
        policies: names(&[
            "pack+fill100",
            "pack+fill130",
            "pack+fill160",
            "pack+fill180",
            "pack+fill200",
            "pack+fill220",
            "pack+fill240",
            "rr",
            "lu-delta",
            "lu-track",
            "hcl",
            "wlc",
        ]),
    }];
    Experiment { name: "power", points }
}
