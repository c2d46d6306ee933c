//! Policies that know the servers as they are: bounds, not peers.

use super::Balancer;
use crate::cluster::random::Random;
use crate::cluster::server::Server;

struct Known {
    clairvoyant: bool,
    random: Random,
}

pub fn build(name: &str, seed: u64) -> Box<dyn Balancer> {
    Box::new(Known {
        clairvoyant: name == "clairvoyant",
        random: Random::new(seed, 100),
    })
}

impl Balancer for Known {
    fn choose(&mut self, _now: f64, _dispatcher: usize, servers: &mut [Server]) -> usize {
        let cost = |s: &Server| {
            let jobs = s.jobs() as f64;
            if self.clairvoyant {
                // Slowest rate is worst; of servers with a core to spare the one with most of them.
                (-s.rate_of_one_more(), jobs - s.left())
            } else {
                (jobs, 0.0)
            }
        };
        // From a random place on, so that ties do not favour the first.
        let n = servers.len();
        let start = self.random.below(n);
        let mut best = (start, cost(&servers[start]));
        for k in 1..n {
            let i = (start + k) % n;
            let c = cost(&servers[i]);
            if c < best.1 {
                best = (i, c);
            }
        }
        best.0
    }
}
