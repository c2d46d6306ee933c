//! One run: arrivals, a policy, servers, antagonists, until so many requests were made and every one of them is done.

use super::model::{Antagonists, Model, Slow};
use super::policies::{Balancer, Reply};
use super::random::Random;
use super::server::Server;
use super::stats::{Figures, Histogram};
use super::timers::Timers;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

struct Job {
    arrival: f64,
    work: f64,
    server: usize,
    dispatcher: usize,
    /// Jobs at the server when this one came, itself included.
    in_flight: usize,
    counts: bool,
    serial: u64,
}

/// Streams of random numbers.
const ARRIVALS: u64 = 1;
const WORK: u64 = 2;
const ANTAGONISTS: u64 = 3;
const SERVERS: u64 = 4;
const IDLE: u64 = 5;
const DISPATCHERS: u64 = 6;

/// A job's number at its server: its serial above its place in the slab.
const PLACE_BITS: u32 = 24;

/// Requests between two looks at the stop flag.
const SLICE: u64 = 4096;
/// How often the controller of sleeping servers looks.
const CONTROL: f64 = 0.1;

pub struct Watch<'a> {
    pub done: &'a AtomicU64,
    pub stop: &'a AtomicBool,
}

struct Antagonist {
    on: bool,
    x: f64,
}

struct Nap {
    /// Ready from this time on.
    ready: Vec<f64>,
    quiet_since: Vec<f64>,
    awake: usize,
    integral: f64,
    at: f64,
}

pub struct Engine<'a> {
    model: &'a Model,
    servers: Vec<Server>,
    jobs: Vec<Job>,
    free: Vec<u32>,
    timers: Timers,
    antagonists: Vec<Antagonist>,
    deadlines: VecDeque<(f64, u32, u64)>,
    idle: BinaryHeap<std::cmp::Reverse<(u64, usize, usize)>>,
    flows: Vec<usize>,
    nap: Option<Nap>,
    arrivals: Random,
    work: Random,
    antagonist: Random,
    idle_random: Random,
    dispatcher: Random,
    latencies: Histogram,
    timeouts: u64,
    sent: Vec<u64>,
    serial: u64,
}

impl<'a> Engine<'a> {
    fn new(model: &'a Model, seed: u64) -> Self {
        let n = model.servers;
        let mut r = Random::new(seed, SERVERS);
        let mut speed = vec![1.0; n];
        match model.slow {
            Slow::None => {}
            Slow::Half { factor } => speed.iter_mut().step_by(2).for_each(|s| *s = 1.0 / factor),
            Slow::Some { share, low, high } => {
                // So many, wherever they are: a share of 2 % of 100 is 2 and not now and then 5.
                let mut places: Vec<usize> = (0..n).collect();
                for k in 0..(share * n as f64).round() as usize {
                    places.swap(k, k + r.below(n - k));
                    speed[places[k]] = 1.0 / (low + (high - low) * r.unit());
                }
            }
        }
        let limit = model.limit.unwrap_or(usize::MAX);
        let servers = speed.iter().map(|s| Server::new(model.cores, *s, limit, true)).collect();
        Engine {
            model,
            servers,
            jobs: vec![],
            free: vec![],
            timers: Timers::new(2 * n + 4),
            antagonists: (0..n).map(|_| Antagonist { on: false, x: 0.0 }).collect(),
            deadlines: VecDeque::new(),
            idle: BinaryHeap::new(),
            flows: vec![0; n],
            nap: model.sleep.map(|_| Nap {
                ready: vec![0.0; n],
                quiet_since: vec![0.0; n],
                awake: n,
                integral: 0.0,
                at: 0.0,
            }),
            arrivals: Random::new(seed, ARRIVALS),
            work: Random::new(seed, WORK),
            antagonist: Random::new(seed, ANTAGONISTS),
            idle_random: Random::new(seed, IDLE),
            dispatcher: Random::new(seed, DISPATCHERS),
            latencies: Histogram::default(),
            timeouts: 0,
            sent: vec![0; n],
            serial: 0,
        }
    }

    fn next_arrival(&mut self, now: f64) -> f64 {
        let mut t = now;
        loop {
            t += self.arrivals.exponential(1.0 / self.model.rate);
            let Some((low, day)) = self.model.diurnal else { return t };
            // Thinning: the peak's arrivals, of which the curve lets through its share.
            let curve = low + (1.0 - low) * (1.0 - (std::f64::consts::TAU * t / day).cos()) / 2.0;
            if self.arrivals.unit() < curve {
                return t;
            }
        }
    }

    /// The antagonist of server `i` does its next thing at `now`; returns when it does one again.
    fn antagonise(&mut self, i: usize, now: f64, first: bool) -> f64 {
        let (r, cores) = (&mut self.antagonist, self.model.cores);
        let a = &mut self.antagonists[i];
        match self.model.antagonists {
            Antagonists::None => f64::INFINITY,
            Antagonists::OnOff { on, off, low, high } => {
                a.on = if first { r.unit() < on / (on + off) } else { !a.on };
                let taken = if a.on { low + (high - low) * r.unit() } else { 0.0 };
                self.servers[i].set_left(now, cores * (1.0 - taken));
                now + r.exponential(if a.on { on } else { off })
            }
            Antagonists::LogNormal {
                allocation,
                median,
                sigma,
                correlation_time,
                step,
            } => {
                let rho = if first { 0.0 } else { (-step / correlation_time).exp() };
                a.x = rho * a.x + (1.0 - rho * rho).sqrt() * r.normal();
                let times = (median.ln() + sigma * a.x).exp().max(1.0);
                self.servers[i].set_left(now, allocation * times);
                // Steps of the servers are spread.
                now + if first { step * r.unit() } else { step }
            }
        }
    }

    fn reschedule(&mut self, server: usize) {
        let time = self.servers[server].next_end();
        self.timers.set(server, time);
    }

    fn arrive(&mut self, now: f64, counts: bool, balancer: &mut dyn Balancer) {
        let dispatcher = self.dispatcher.below(self.model.dispatchers);
        let work = self.model.work.draw(&mut self.work);
        let server = balancer.choose(now, dispatcher, &mut self.servers);
        balancer.before(now, server, &mut self.servers);
        self.sent[server] += u64::from(counts);
        self.serial += 1;
        let job = Job {
            arrival: now,
            work,
            server,
            dispatcher,
            in_flight: self.servers[server].jobs() + 1,
            counts,
            serial: self.serial,
        };
        let id = match self.free.pop() {
            Some(id) => {
                self.jobs[id as usize] = job;
                id
            }
            None => {
                self.jobs.push(job);
                (self.jobs.len() - 1) as u32
            }
        };
        self.flows[server] += 1;
        balancer.sent(now, dispatcher, server);
        self.servers[server].add(now, self.serial << PLACE_BITS | u64::from(id), work);
        if let Some(timeout) = self.model.timeout {
            self.deadlines.push_back((now + timeout, id, self.serial));
            self.set_deadline();
        }
        self.reschedule(server);
    }

    fn set_deadline(&mut self) {
        while let Some(&(time, id, serial)) = self.deadlines.front() {
            if self.jobs[id as usize].serial == serial {
                self.timers.set(2 * self.model.servers + 1, time);
                return;
            }
            self.deadlines.pop_front();
        }
        self.timers.set(2 * self.model.servers + 1, f64::INFINITY);
    }

    /// The request is over, done or given up; its flow goes, or stays idle.
    fn finish(&mut self, now: f64, id: u32, given_up: bool, balancer: &mut dyn Balancer) {
        let job = &mut self.jobs[id as usize];
        let latency = now - job.arrival;
        let (server, dispatcher) = (job.server, job.dispatcher);
        if job.counts {
            self.latencies.add(latency);
            self.timeouts += u64::from(given_up);
        }
        job.serial = 0;
        let reply = Reply {
            latency,
            work: job.work,
            in_flight: job.in_flight,
            given_up,
        };
        self.free.push(id);
        balancer.done(now, dispatcher, server, &reply);
        if self.model.idle_share > 0.0 && self.idle_random.unit() < self.model.idle_share {
            let until = now + self.idle_random.exponential(self.model.idle_hold);
            self.idle.push(std::cmp::Reverse((until.to_bits(), dispatcher, server)));
            self.set_idle();
        } else {
            self.leave(now, dispatcher, server, balancer);
        }
        self.reschedule(server);
    }

    /// The oldest request's time is up, if it is still there.
    fn give_up(&mut self, now: f64, balancer: &mut dyn Balancer) {
        let (_, id, serial) = self.deadlines.pop_front().expect("the timer is set by the front");
        if self.jobs[id as usize].serial == serial {
            let server = self.jobs[id as usize].server;
            balancer.before(now, server, &mut self.servers);
            self.servers[server].cancel(now, serial << PLACE_BITS | u64::from(id));
            self.finish(now, id, true, balancer);
        }
        self.set_deadline();
    }

    fn set_idle(&mut self) {
        let time = self.idle.peek().map_or(f64::INFINITY, |r| f64::from_bits(r.0.0));
        self.timers.set(2 * self.model.servers + 2, time);
    }

    fn leave(&mut self, now: f64, dispatcher: usize, server: usize, balancer: &mut dyn Balancer) {
        self.flows[server] -= 1;
        if let Some(nap) = &mut self.nap {
            nap.quiet_since[server] = now;
        }
        balancer.left(now, dispatcher, server);
    }

    /// Wake what the policy wants, put to sleep the last server that nobody needs.
    fn control(&mut self, now: f64, balancer: &mut dyn Balancer) {
        let (Some(nap), Some(sleep)) = (&mut self.nap, self.model.sleep) else {
            return;
        };
        nap.integral += (self.model.servers - nap.awake) as f64 * (now - nap.at);
        nap.at = now;
        let Some(wanted) = balancer.awake() else {
            // Nobody puts them to sleep; those that are quiet long enough could.
            let quiet = |i: &usize| self.flows[*i] == 0 && now - nap.quiet_since[*i] >= sleep.idle;
            nap.integral += (0..self.model.servers).filter(quiet).count() as f64 * CONTROL;
            return;
        };
        let wanted = wanted.clamp(1, self.model.servers);
        let (last, quiet) = (nap.awake - 1, now - nap.quiet_since[nap.awake - 1]);
        if wanted > nap.awake {
            nap.ready[nap.awake] = now + sleep.wake;
            nap.awake += 1;
        } else if wanted < nap.awake && self.flows[last] == 0 && now >= nap.ready[last] && quiet >= sleep.idle {
            balancer.set_usable(last, false);
            nap.awake -= 1;
        }
        for i in 0..nap.awake {
            if nap.ready[i] <= now && nap.ready[i] > now - CONTROL * 1.5 {
                balancer.set_usable(i, true);
                nap.quiet_since[i] = now;
            }
        }
    }
}

/// `None`: stopped by the flag.
pub fn run(model: &Model, balancer: &mut dyn Balancer, seed: u64, watch: &Watch<'_>) -> Option<Figures> {
    let begin = Instant::now();
    let n = model.servers;
    let mut engine = Engine::new(model, seed);
    for i in 0..n {
        let next = engine.antagonise(i, 0.0, true);
        engine.timers.set(n + i, next);
    }
    let first = engine.next_arrival(0.0);
    engine.timers.set(2 * n, first);
    if model.sleep.is_some() {
        engine.timers.set(2 * n + 3, CONTROL);
    }
    let (mut made, mut now) = (0, 0.0);
    // The last requests see the load that the ones before them saw: arrivals go on until every counted request is done.
    let counted = model.requests - model.warm_up;
    let mut end_of_measure = 0.0;
    while engine.latencies.count < counted {
        let (time, slot) = engine.timers.next();
        now = time;
        if slot < n {
            balancer.before(now, slot, &mut engine.servers);
            let id = engine.servers[slot].end(now) & ((1 << PLACE_BITS) - 1);
            engine.finish(now, id as u32, false, balancer);
        } else if slot < 2 * n {
            balancer.before(now, slot - n, &mut engine.servers);
            let next = engine.antagonise(slot - n, now, false);
            engine.timers.set(slot, next);
            engine.reschedule(slot - n);
        } else if slot == 2 * n {
            if made % SLICE == 0 {
                if watch.stop.load(Ordering::Relaxed) {
                    return None;
                }
                watch
                    .done
                    .fetch_add(SLICE.min(model.requests.saturating_sub(made)), Ordering::Relaxed);
            }
            engine.arrive(now, made >= model.warm_up && made < model.requests, balancer);
            made += 1;
            if made == model.requests {
                end_of_measure = now;
            }
            // Without capacity for the load the backlog grows for ever: it then drains without arrivals.
            let next = if made < 2 * model.requests {
                engine.next_arrival(now)
            } else {
                f64::INFINITY
            };
            engine.timers.set(slot, next);
        } else if slot == 2 * n + 1 {
            engine.give_up(now, balancer);
        } else if slot == 2 * n + 2 {
            let std::cmp::Reverse((_, dispatcher, server)) = engine.idle.pop().expect("the timer is set by the first");
            balancer.before(now, server, &mut engine.servers);
            engine.leave(now, dispatcher, server, balancer);
            engine.set_idle();
        } else {
            engine.control(now, balancer);
            engine.timers.set(slot, now + CONTROL);
        }
    }
    let l = &engine.latencies;
    let most = engine.sent.iter().copied().max().unwrap_or(0);
    Some(Figures {
        mean: l.mean(),
        p50: l.quantile(0.5),
        p90: l.quantile(0.9),
        p99: l.quantile(0.99),
        p999: l.quantile(0.999),
        max: l.max,
        timeouts: engine.timeouts as f64 / counted as f64,
        measured: counted,
        requests: made,
        simulated: end_of_measure.max(now),
        wall: begin.elapsed().as_secs_f64(),
        asleep: engine.nap.as_ref().map_or(0.0, |nap| nap.integral / nap.at.max(1e-9)),
        imbalance: most as f64 * n as f64 / counted as f64,
        messages: balancer.messages() as f64 / made as f64,
    })
}
