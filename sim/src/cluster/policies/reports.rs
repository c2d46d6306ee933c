//! When each server reports, and what: the agents of all policies that go by reports.

use crate::cluster::model::Model;
use crate::cluster::server::Server;

pub struct Reports {
    period: f64,
    window: f64,
    next: Vec<f64>,
    /// Reports that come before anybody decides are overtaken by the last of them and need not be made.
    last_only: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Report {
    pub time: f64,
    /// Mean share of the cores in use over the window.
    pub utilisation: f64,
    /// Requests at the server.
    pub queue: usize,
}

impl Reports {
    pub fn new(model: &Model) -> Self {
        let mut reports = Self::every(model.report_period, model.window, model.servers);
        reports.last_only = true;
        if model.synchronised {
            reports.next.fill(model.report_period);
        }
        reports
    }

    /// Server i's reports come i/n of a period after server 0's: agents are not synchronised.
    pub fn every(period: f64, window: f64, servers: usize) -> Self {
        Reports {
            period,
            window,
            last_only: false,
            next: (0..servers).map(|i| period * (i + 1) as f64 / servers as f64).collect(),
        }
    }

    /// The next report of `server` that is due by `now`. Nothing of the server has changed since the last call, so what it says is what it
    /// said at that time.
    pub fn due(&mut self, now: f64, server: usize, servers: &mut [Server]) -> Option<Report> {
        let mut time = self.next[server];
        if time > now {
            return None;
        }
        if self.last_only {
            time += ((now - time) / self.period).floor() * self.period;
        }
        self.next[server] = time + self.period;
        let s = &mut servers[server];
        Some(Report {
            time,
            utilisation: s.utilisation(time, self.window),
            queue: s.jobs(),
        })
    }
}
