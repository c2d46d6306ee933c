//! Prequal (Wydrowski and others, NSDI 2024): asynchronous probes, a pool of 16, the hot-cold lexicographic rule. With the same pool, as that
//! paper compares them: C3's scoring function (Suresh and others, NSDI 2015, 3.1) and an even linear combination.
//!
//! As published: 3 probes a query to different random servers, for later queries; a probe lives 1 s and `b_reuse` uses; one is removed a
//! query, in turn the oldest and the worst; below two probes a random server; a server's latency estimate is the median of recent ones at
//! about the present number in flight. Not given there and chosen here: probes take no time on the network; "recent" is the last 16 answers of each
//! number in flight, "about" a fifth of it and one either way; further away latencies count in proportion to the number, as cores are shared.

use super::{Balancer, Reply};
use crate::cluster::model::Model;
use crate::cluster::random::Random;
use crate::cluster::server::Server;
use std::collections::VecDeque;

pub const QUANTILE: f64 = 0.840_896_415_253_714_5; // 2^-0.25
const PROBES: usize = 3;
const POOL: usize = 16;
const LIFE: f64 = 1.0;
const REMOVED: f64 = 1.0;
const ACCUMULATION: f64 = 1.0;
/// Answers kept for each number in flight, numbers that are told apart, answers that make a median, and numbers in flight remembered.
const RECENT: usize = 16;
const TAGS: usize = 256;
const ENOUGH: usize = 8;
const SEEN: usize = 128;
/// Latency one request in flight stands for in the linear rule.
const ALPHA: f64 = 0.075;

#[derive(Clone, Copy)]
pub enum Rule {
    HotCold(f64),
    C3,
    Linear,
}

#[derive(Clone, Copy)]
struct Probe {
    server: usize,
    in_flight: usize,
    latency: f64,
    time: f64,
    uses: u32,
}

struct Client {
    pool: Vec<Probe>,
    seen: VecDeque<usize>,
    remove_oldest: bool,
    /// C3: own requests in flight, and the mean response time seen.
    outstanding: Vec<u32>,
    response: Vec<f64>,
}

struct Prequal {
    rule: Rule,
    random: Random,
    reuse: f64,
    clients: Vec<Client>,
    /// A server's answers, by the number in flight when the request came.
    recent: Vec<Vec<VecDeque<f64>>>,
    /// C3: mean service time of each server, fed back with answers.
    service: Vec<f64>,
    messages: u64,
}

/// Uses of a probe: `max(1, (1 + delta) / ((1 - m / n) * probes - removed))`, without limit where the pool cannot run dry.
fn reuse(servers: usize) -> f64 {
    let pool = POOL.min(servers) as f64;
    let net = (1.0 - pool / servers as f64) * PROBES as f64 - REMOVED;
    if net > 0.0 {
        ((1.0 + ACCUMULATION) / net).max(1.0)
    } else {
        f64::INFINITY
    }
}

pub fn build(rule: Rule, model: &Model, seed: u64) -> Box<dyn Balancer> {
    let n = model.servers;
    Box::new(Prequal {
        rule,
        random: Random::new(seed, 102),
        reuse: reuse(n),
        clients: (0..model.dispatchers)
            .map(|_| Client {
                pool: Vec::with_capacity(POOL + PROBES),
                seen: VecDeque::with_capacity(SEEN),
                remove_oldest: true,
                outstanding: vec![0; n],
                response: vec![model.work.mean(); n],
            })
            .collect(),
        recent: vec![vec![VecDeque::new(); TAGS]; n],
        service: vec![model.work.mean(); n],
        messages: 0,
    })
}

/// Above this number in flight a probe is hot: the quantile of those seen.
fn threshold(seen: &VecDeque<usize>, quantile: f64) -> usize {
    if quantile >= 1.0 {
        return usize::MAX;
    }
    let mut sorted: Vec<usize> = seen.iter().copied().collect();
    if sorted.is_empty() {
        return usize::MAX;
    }
    let rank = ((quantile * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len()) - 1;
    let (_, value, _) = sorted.select_nth_unstable(rank);
    // At 0 every probe is hot.
    if quantile <= 0.0 { 0 } else { *value }
}

impl Prequal {
    /// The median of recent latencies at about the present number in flight; 0 where nothing is known, so that somebody tries.
    fn latency(&self, server: usize, in_flight: usize) -> f64 {
        let tags = &self.recent[server];
        let now = in_flight.min(TAGS - 1);
        let mut found: Vec<f64> = Vec::with_capacity(128);
        let near = now / 5 + 1;
        for distance in 0..TAGS {
            if distance > near && found.len() >= ENOUGH {
                break;
            }
            let (below, above) = (now.checked_sub(distance), now + distance);
            if let Some(tag) = below {
                let scale = if distance > near {
                    in_flight as f64 / tag.max(1) as f64
                } else {
                    1.0
                };
                found.extend(tags[tag].iter().map(|l| l * scale));
            }
            if distance > 0 && above < TAGS {
                found.extend(&tags[above]);
            }
        }
        if found.is_empty() {
            return 0.0;
        }
        let middle = found.len() / 2;
        *found.select_nth_unstable_by(middle, f64::total_cmp).1
    }

    /// Lower is better.
    fn score(&self, client: &Client, probe: &Probe, hot_above: usize, clients: f64) -> (f64, f64) {
        match self.rule {
            Rule::HotCold(_) if probe.in_flight > hot_above || hot_above == 0 => (1.0, probe.in_flight as f64),
            Rule::HotCold(_) => (0.0, probe.latency),
            Rule::Linear => (0.5 * probe.latency + 0.5 * ALPHA * probe.in_flight as f64, 0.0),
            Rule::C3 => {
                let s = probe.server;
                let queue = 1.0 + f64::from(client.outstanding[s]) * clients + probe.in_flight as f64;
                (client.response[s] - self.service[s] + queue.powi(3) * self.service[s], 0.0)
            }
        }
    }

    fn hot_above(&self, client: &Client) -> usize {
        match self.rule {
            Rule::HotCold(quantile) => threshold(&client.seen, quantile),
            _ => usize::MAX,
        }
    }
}

impl Balancer for Prequal {
    fn choose(&mut self, now: f64, dispatcher: usize, servers: &mut [Server]) -> usize {
        let n = servers.len();
        let clients = self.clients.len() as f64;
        let mut client = std::mem::replace(
            &mut self.clients[dispatcher],
            Client {
                pool: vec![],
                seen: VecDeque::new(),
                remove_oldest: true,
                outstanding: vec![],
                response: vec![],
            },
        );
        client.pool.retain(|p| now - p.time <= LIFE);
        let hot_above = self.hot_above(&client);
        let rank = |p: &Probe| self.score(&client, p, hot_above, clients);
        let better = |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1));
        let best = (0..client.pool.len()).min_by(|a, b| better(&rank(&client.pool[*a]), &rank(&client.pool[*b])));
        let chosen = match best {
            Some(place) if client.pool.len() >= 2 => {
                let server = client.pool[place].server;
                client.pool[place].uses += 1;
                // Between two whole numbers of uses, each as often as makes the mean.
                let allowed = if self.reuse.is_finite() {
                    self.reuse.floor() as u32 + u32::from(self.random.unit() < self.reuse.fract())
                } else {
                    u32::MAX
                };
                if client.pool[place].uses >= allowed {
                    client.pool.remove(place);
                }
                client.pool.iter_mut().filter(|p| p.server == server).for_each(|p| p.in_flight += 1);
                server
            }
            _ => self.random.below(n),
        };
        if !client.pool.is_empty() {
            let rank = |p: &Probe| self.score(&client, p, hot_above, clients);
            let place = if client.remove_oldest {
                (0..client.pool.len()).min_by(|a, b| client.pool[*a].time.total_cmp(&client.pool[*b].time))
            } else {
                (0..client.pool.len()).max_by(|a, b| better(&rank(&client.pool[*a]), &rank(&client.pool[*b])))
            };
            client.remove_oldest = !client.remove_oldest;
            if let Some(place) = place {
                client.pool.remove(place);
            }
        }
        let mut probed = [usize::MAX; PROBES];
        for k in 0..PROBES.min(n) {
            let server = loop {
                let server = self.random.below(n);
                if !probed[..k].contains(&server) {
                    break server;
                }
            };
            probed[k] = server;
            // The query itself is on its way to the server that it was sent to.
            let in_flight = servers[server].jobs() + usize::from(server == chosen);
            let latency = self.latency(server, in_flight);
            self.messages += 1;
            if client.seen.len() == SEEN {
                client.seen.pop_front();
            }
            client.seen.push_back(in_flight);
            client.pool.retain(|p| p.server != server);
            if client.pool.len() == POOL {
                let oldest = (0..POOL).min_by(|a, b| client.pool[*a].time.total_cmp(&client.pool[*b].time));
                client.pool.remove(oldest.unwrap_or(0));
            }
            client.pool.push(Probe {
                server,
                in_flight,
                latency,
                time: now,
                uses: 0,
            });
        }
        self.clients[dispatcher] = client;
        chosen
    }

    fn sent(&mut self, _now: f64, dispatcher: usize, server: usize) {
        self.clients[dispatcher].outstanding[server] += 1;
    }

    fn done(&mut self, _now: f64, dispatcher: usize, server: usize, reply: &Reply) {
        let ring = &mut self.recent[server][reply.in_flight.min(TAGS - 1)];
        if ring.len() == RECENT {
            ring.pop_front();
        }
        ring.push_back(reply.latency);
        let client = &mut self.clients[dispatcher];
        client.outstanding[server] -= 1;
        // C3 smooths with 0.9.
        client.response[server] += 0.1 * (reply.latency - client.response[server]);
        self.service[server] += 0.1 * (reply.work - self.service[server]);
    }

    fn messages(&self) -> u64 {
        self.messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_of_a_probe_are_the_papers() {
        // (1 + 1) / (0.84 * 3 - 1)
        assert!((reuse(100) - 1.3158).abs() < 1e-4);
        assert_eq!(reuse(16), f64::INFINITY);
    }

    #[test]
    fn the_threshold_is_the_quantile() {
        let seen: VecDeque<usize> = (1..=100).collect();
        assert_eq!(threshold(&seen, 0.84), 84);
        assert_eq!(threshold(&seen, 1.0), usize::MAX);
        assert_eq!(threshold(&seen, 0.0), 0);
        assert_eq!(threshold(&VecDeque::new(), 0.5), usize::MAX);
    }
}
