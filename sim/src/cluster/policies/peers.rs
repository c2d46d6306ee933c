//! Peers that need no probes: random, least connections, the two by a dispatcher's own requests, YARP's polls, weights by utilisation.

use super::reports::Reports;
use super::{Balancer, Reply};
use crate::cluster::model::Model;
use crate::cluster::random::Random;
use crate::cluster::server::Server;

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Random,
    LeastConnections,
    LeastLoaded,
    LeastLoadedOfTwo,
    YarpOfTwo,
    Weighted,
}

/// How often YARP polls: the paper on Prequal gives no other period.
const YARP_PERIOD: f64 = 0.5;
/// How often the weights follow, and the share of a new weight in the smoothed one.
const WEIGHT_PERIOD: f64 = 1.0;
const WEIGHT_SHARE: f64 = 0.2;

struct Peer {
    rule: Rule,
    random: Random,
    /// Flows in the table a server, all dispatchers.
    flows: Vec<u32>,
    /// Requests in flight a dispatcher and server.
    own: Vec<Vec<u32>>,
    reports: Reports,
    polled: Vec<usize>,
    answered: Vec<u32>,
    weights: Vec<f64>,
    messages: u64,
}

pub fn build(name: &str, model: &Model, seed: u64) -> Box<dyn Balancer> {
    let rule = match name {
        "random" => Rule::Random,
        "least-connections" => Rule::LeastConnections,
        "least-loaded" => Rule::LeastLoaded,
        "ll-po2" => Rule::LeastLoadedOfTwo,
        "yarp-po2" => Rule::YarpOfTwo,
        "wrr-util" => Rule::Weighted,
        other => unreachable!("{other} is not in the table of peers"),
    };
    let n = model.servers;
    let reports = match rule {
        Rule::YarpOfTwo => Reports::every(YARP_PERIOD, YARP_PERIOD, n),
        _ => Reports::every(WEIGHT_PERIOD, WEIGHT_PERIOD, n),
    };
    Box::new(Peer {
        rule,
        random: Random::new(seed, 101),
        flows: vec![0; n],
        own: vec![vec![0; n]; model.dispatchers],
        reports,
        polled: vec![0; n],
        answered: vec![0; n],
        weights: vec![1.0; n],
        messages: 0,
    })
}

impl Peer {
    /// The least, ties at random.
    fn least(&mut self, values: impl Fn(&Self, usize) -> u32, n: usize) -> usize {
        let start = self.random.below(n);
        (0..n).map(|k| (start + k) % n).min_by_key(|i| values(self, *i)).unwrap_or(start)
    }

    fn of_two(&mut self, values: impl Fn(&Self, usize) -> usize, n: usize) -> usize {
        let a = self.random.below(n);
        if n == 1 {
            return a;
        }
        let b = (a + 1 + self.random.below(n - 1)) % n;
        if values(self, b) < values(self, a) { b } else { a }
    }

    fn by_weight(&mut self) -> usize {
        let total: f64 = self.weights.iter().sum();
        let mut x = self.random.unit() * total;
        for (i, w) in self.weights.iter().enumerate() {
            if x < *w {
                return i;
            }
            x -= w;
        }
        self.weights.len() - 1
    }
}

impl Balancer for Peer {
    fn before(&mut self, now: f64, server: usize, servers: &mut [Server]) {
        if !matches!(self.rule, Rule::YarpOfTwo | Rule::Weighted) {
            return;
        }
        while let Some(report) = self.reports.due(now, server, servers) {
            self.polled[server] = report.queue;
            self.messages += self.own.len() as u64;
            // Requests a second over utilisation: what a server does with all of itself.
            let weight = f64::from(self.answered[server]) / report.utilisation.max(0.02);
            self.answered[server] = 0;
            let floor = 0.01 * self.weights.iter().sum::<f64>() / self.weights.len() as f64;
            let old = self.weights[server];
            self.weights[server] = (old + WEIGHT_SHARE * (weight / WEIGHT_PERIOD - old)).max(floor);
        }
    }

    fn choose(&mut self, now: f64, dispatcher: usize, servers: &mut [Server]) -> usize {
        let n = servers.len();
        for server in 0..n {
            self.before(now, server, servers);
        }
        match self.rule {
            Rule::Random => self.random.below(n),
            Rule::LeastConnections => self.least(|p, i| p.flows[i], n),
            Rule::LeastLoaded => self.least(|p, i| p.own[dispatcher][i], n),
            Rule::LeastLoadedOfTwo => self.of_two(|p, i| p.own[dispatcher][i] as usize, n),
            Rule::YarpOfTwo => self.of_two(|p, i| p.polled[i], n),
            Rule::Weighted => self.by_weight(),
        }
    }

    fn sent(&mut self, _now: f64, dispatcher: usize, server: usize) {
        self.flows[server] += 1;
        self.own[dispatcher][server] += 1;
    }

    fn done(&mut self, _now: f64, dispatcher: usize, server: usize, reply: &Reply) {
        self.own[dispatcher][server] -= 1;
        self.answered[server] += u32::from(!reply.given_up);
    }

    fn left(&mut self, _now: f64, _dispatcher: usize, server: usize) {
        self.flows[server] -= 1;
    }

    fn messages(&self) -> u64 {
        self.messages
    }
}
