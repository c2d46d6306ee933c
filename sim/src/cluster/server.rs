//! A server: processor sharing over a number of cores, at most one core a job, part of the cores taken by others from time to time.
//!
//! All jobs progress at one rate, so a single virtual clock says when each ends.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet, VecDeque};

pub struct Server {
    /// All cores, and those that antagonists leave.
    cores: f64,
    left: f64,
    /// Work a core does in a second; 0.5: every job takes twice its work.
    speed: f64,
    /// Most jobs at a time; others wait in order.
    limit: usize,
    /// Work each job in service has had since the start.
    progress: f64,
    at: f64,
    /// (progress at which it ends, job), no job's number ever used again: what is cancelled stays here until it comes up. Times are never negative, so their bits are ordered as they are.
    running: BinaryHeap<Reverse<(u64, u64)>>,
    waiting: VecDeque<(f64, u64)>,
    cancelled: HashSet<u64>,
    served: usize,
    /// Busy core-seconds until `at`, and where it was at changes that a window may still reach back to.
    busy: f64,
    history: Option<VecDeque<(f64, f64)>>,
}

impl Server {
    pub fn new(cores: f64, speed: f64, limit: usize, keep_history: bool) -> Self {
        Server {
            cores,
            left: cores,
            speed,
            limit,
            progress: 0.0,
            at: 0.0,
            running: BinaryHeap::new(),
            waiting: VecDeque::new(),
            cancelled: HashSet::new(),
            served: 0,
            busy: 0.0,
            history: keep_history.then(|| VecDeque::from([(0.0, 0.0)])),
        }
    }

    /// Jobs in service and waiting.
    pub fn jobs(&self) -> usize {
        self.served + self.waiting.len()
    }

    /// Rate of each of `jobs` jobs.
    fn rate_with(&self, jobs: usize) -> f64 {
        self.speed * (self.left / jobs as f64).min(1.0)
    }

    /// The rate one more job would have now: what a policy that knows everything goes by.
    pub fn rate_of_one_more(&self) -> f64 {
        self.rate_with(self.jobs() + 1)
    }

    pub fn left(&self) -> f64 {
        self.left
    }

    /// Share of all cores in use, antagonists included.
    fn level(&self) -> f64 {
        (self.cores - self.left + (self.served as f64).min(self.left)) / self.cores
    }

    fn advance(&mut self, now: f64) {
        let step = now - self.at;
        debug_assert!(step >= -1e-9, "time runs backwards");
        if step <= 0.0 {
            return;
        }
        if self.served > 0 {
            self.progress += self.rate_with(self.served) * step;
        }
        self.busy += self.level() * step;
        self.at = now;
        if let Some(history) = &mut self.history {
            history.push_back((now, self.busy));
        }
    }

    fn start(&mut self, work: f64, job: u64) {
        self.running.push(Reverse(((self.progress + work).to_bits(), job)));
        self.served += 1;
    }

    pub fn add(&mut self, now: f64, job: u64, work: f64) {
        self.advance(now);
        if self.served < self.limit {
            self.start(work, job);
        } else {
            self.waiting.push_back((work, job));
        }
    }

    fn refill(&mut self) {
        while self.served < self.limit {
            let Some((work, job)) = self.waiting.pop_front() else { return };
            if !self.cancelled.remove(&job) {
                self.start(work, job);
            }
        }
    }

    /// When the next job ends if nothing changes.
    pub fn next_end(&mut self) -> f64 {
        while let Some(Reverse((end, job))) = self.running.peek().copied() {
            if !self.cancelled.is_empty() && self.cancelled.remove(&job) {
                self.running.pop();
                continue;
            }
            let rest = (f64::from_bits(end) - self.progress).max(0.0);
            return self.at + rest / self.rate_with(self.served);
        }
        f64::INFINITY
    }

    /// The job that ends now.
    pub fn end(&mut self, now: f64) -> u64 {
        self.advance(now);
        let Reverse((_, job)) = self.running.pop().expect("a job ends only where one runs");
        self.served -= 1;
        self.refill();
        job
    }

    /// Take a running or waiting job out.
    pub fn cancel(&mut self, now: f64, job: u64) {
        self.advance(now);
        if let Some(place) = self.waiting.iter().position(|(_, j)| *j == job) {
            self.waiting.remove(place);
            return;
        }
        self.cancelled.insert(job);
        self.served -= 1;
        self.refill();
    }

    /// Antagonists leave so many cores.
    pub fn set_left(&mut self, now: f64, left: f64) {
        self.advance(now);
        self.left = left.clamp(1e-3 * self.cores, self.cores);
    }

    fn busy_at(&mut self, time: f64) -> f64 {
        let history = self.history.as_mut().expect("a server that is asked for windows keeps its history");
        while history.len() > 1 && history[1].0 <= time {
            history.pop_front();
        }
        let (t0, b0) = history[0];
        match history.get(1) {
            Some((t1, b1)) => b0 + (b1 - b0) * ((time - t0) / (t1 - t0)).clamp(0.0, 1.0),
            // The level has been the same since.
            None => b0 + self.level() * (time - t0).max(0.0),
        }
    }

    /// Mean share of the cores in use over the `length` seconds before `to`. No change may lie between `to` and the last one known, and
    /// the beginnings of windows must not go backwards.
    pub fn utilisation(&mut self, to: f64, length: f64) -> f64 {
        let from = (to - length).max(0.0);
        let end = self.busy + self.level() * (to - self.at);
        let begin = self.busy_at(from);
        if to > from {
            ((end - begin) / (to - from)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_share_the_cores() {
        // Two cores, three jobs: each at 2/3.
        let mut s = Server::new(2.0, 1.0, usize::MAX, true);
        for job in 0..3 {
            s.add(0.0, job, job as f64 + 1.0);
        }
        let first = s.next_end();
        assert!((first - 1.5).abs() < 1e-12);
        assert_eq!(s.end(first), 0);
        // Two left on two cores: full rate.
        assert!((s.next_end() - 2.5).abs() < 1e-12);
        // An antagonist takes one and a half cores: a quarter each.
        s.set_left(1.5, 0.5);
        assert!((s.next_end() - 5.5).abs() < 1e-12);
        s.cancel(1.5, 1);
        assert!((s.next_end() - (1.5 + 2.0 / 0.5)).abs() < 1e-12);
        assert_eq!(s.jobs(), 1);
    }

    #[test]
    fn utilisation_is_the_mean_of_the_window() {
        let mut s = Server::new(4.0, 1.0, usize::MAX, true);
        s.add(1.0, 0, 2.0);
        s.add(2.0, 1, 9.0);
        assert_eq!(s.end(3.0), 0);
        // 0 .. 1: 0, 1 .. 2: 1/4, 2 .. 3: 2/4, then 1/4.
        assert!((s.utilisation(3.0, 1.5) - (0.125 + 0.5) / 1.5).abs() < 1e-12);
        assert!((s.utilisation(4.0, 2.0) - 0.375).abs() < 1e-12);
        assert!((s.utilisation(9.0, 1.0) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn a_limit_makes_jobs_wait() {
        let mut s = Server::new(8.0, 0.5, 1, false);
        s.add(0.0, 7, 1.0);
        s.add(0.0, 8, 1.0);
        s.add(0.0, 9, 1.0);
        s.cancel(0.5, 8);
        assert_eq!((s.jobs(), s.next_end()), (2, 2.0));
        assert_eq!(s.end(2.0), 7);
        assert_eq!(s.next_end(), 4.0);
    }
}
