//! Parameters of one simulated cluster. Times are in seconds, work in core-seconds.

use super::random::Random;
use crate::error::{Error, Result};
use serde::Serialize;

/// Version of the model: a change that moves any figure makes a new one, and cells kept from before are not used.
pub const MODEL_VERSION: u32 = 2;

#[derive(Clone, Copy, Debug, Serialize)]
pub enum Work {
    Exponential {
        mean: f64,
    },
    /// `max(0, Normal(location, location))`; its mean is 1.0833 times the location.
    CutNormal {
        location: f64,
    },
    /// `long` with probability `share`, else `short`.
    Bimodal {
        short: f64,
        long: f64,
        share: f64,
    },
    Constant {
        mean: f64,
    },
}

/// Mean of `max(0, Normal(1, 1))`: the distribution function of the standard normal at 1, plus its density there.
pub const CUT_NORMAL_MEAN: f64 = 0.841_344_746_068_543 + 0.241_970_724_519_143;

impl Work {
    pub fn mean(self) -> f64 {
        match self {
            Work::Exponential { mean } | Work::Constant { mean } => mean,
            Work::CutNormal { location } => location * CUT_NORMAL_MEAN,
            Work::Bimodal { short, long, share } => short * (1.0 - share) + long * share,
        }
    }

    pub fn draw(self, r: &mut Random) -> f64 {
        match self {
            Work::Exponential { mean } => r.exponential(mean),
            Work::CutNormal { location } => (location * (1.0 + r.normal())).max(0.0),
            Work::Bimodal { short, long, share } => {
                if r.unit() < share {
                    long
                } else {
                    short
                }
            }
            Work::Constant { mean } => mean,
        }
    }
}

/// What others take of a server.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Antagonists {
    None,
    /// On and off for exponential times; while on they take a uniform share of the cores.
    OnOff {
        on: f64,
        off: f64,
        low: f64,
        high: f64,
    },
    /// What is left is `allocation * max(1, lognormal)`, an autoregressive process in the logarithm, stepped every `step`.
    LogNormal {
        allocation: f64,
        median: f64,
        sigma: f64,
        correlation_time: f64,
        step: f64,
    },
}

/// Servers on which every job takes longer, drawn by the seed.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Slow {
    None,
    /// A share of the servers, by a uniform factor.
    Some {
        share: f64,
        low: f64,
        high: f64,
    },
    /// Every second server, by this factor.
    Half {
        factor: f64,
    },
}

/// Servers that may sleep, from the last down.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sleep {
    /// From a wish to ready.
    pub wake: f64,
    /// Without a flow for so long before it sleeps.
    pub idle: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Model {
    pub servers: usize,
    pub cores: f64,
    pub work: Work,
    /// Requests a second, of all dispatchers, at the peak.
    pub rate: f64,
    /// Least rate over peak rate, and the length of a day; the rate is a raised cosine.
    pub diurnal: Option<(f64, f64)>,
    pub dispatchers: usize,
    /// Spareband managers between all dispatchers and the servers; each sees its share of the flows only.
    pub managers: usize,
    pub slow: Slow,
    pub antagonists: Antagonists,
    /// A report a server every so often, each at a time of its own, of the mean over the window before it.
    pub report_period: f64,
    pub window: f64,
    /// All reports at the same time.
    pub synchronised: bool,
    /// Share of flows that stay in the table when their request is done, and for how long in the mean.
    pub idle_share: f64,
    pub idle_hold: f64,
    /// A request that takes longer is given up.
    pub timeout: Option<f64>,
    /// Most requests a server works on at a time.
    pub limit: Option<usize>,
    pub sleep: Option<Sleep>,
    pub requests: u64,
    /// First requests that do not count.
    pub warm_up: u64,
}

impl Default for Model {
    /// E3's cluster without antagonists.
    fn default() -> Self {
        Model {
            servers: 16,
            cores: 4.0,
            work: Work::CutNormal {
                location: 1e-3 / CUT_NORMAL_MEAN,
            },
            rate: 0.7 * 64.0 / 1e-3,
            diurnal: None,
            dispatchers: 1,
            managers: 1,
            slow: Slow::None,
            antagonists: Antagonists::None,
            report_period: 1e-3,
            window: 1e-3,
            synchronised: false,
            idle_share: 0.0,
            idle_hold: 1.0,
            timeout: None,
            limit: None,
            sleep: None,
            requests: 100_000,
            warm_up: 10_000,
        }
    }
}

/// Most servers: lanes of the selector's model.
pub const MAX_SERVERS: usize = spareband_spec::score::MAX_LANES;

impl Model {
    pub fn check(&self) -> Result<()> {
        let positive = [
            ("cores", self.cores),
            ("mean work", self.work.mean()),
            ("rate", self.rate),
            ("report period", self.report_period),
            ("window", self.window),
            ("idle hold", self.idle_hold),
        ];
        for (what, value) in positive {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::usage(format!("{what} is {value}: it must be above 0")));
            }
        }
        if !(1..=MAX_SERVERS).contains(&self.servers) {
            return Err(Error::usage(format!("{} servers: 1 to {MAX_SERVERS}", self.servers)));
        }
        if !(1..=1000).contains(&self.dispatchers) {
            return Err(Error::usage(format!("{} dispatchers: 1 to 1000", self.dispatchers)));
        }
        if !(1..=1000).contains(&self.managers) {
            return Err(Error::usage(format!("{} managers: 1 to 1000", self.managers)));
        }
        if !(0.0..=1.0).contains(&self.idle_share) {
            return Err(Error::usage(format!("an idle share of {}: 0 to 1", self.idle_share)));
        }
        if self.requests <= self.warm_up {
            return Err(Error::usage(format!(
                "{} requests, of which the first {} do not count: nothing is left to measure",
                self.requests, self.warm_up
            )));
        }
        Ok(())
    }
}
