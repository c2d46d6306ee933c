//! The rules of the flow table, frame by frame.

use super::BLADES;
use std::collections::HashMap;

/// Index word and tag.
pub type Key = (u32, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Syn,
    /// A TCP segment without SYN, FIN and RST.
    Segment,
    Fin,
    Rst,
    /// UDP or SCTP.
    Datagram,
    Fragment,
}

#[derive(Clone, Copy, Debug)]
pub struct Job {
    pub key: Key,
    pub kind: Kind,
    pub class: u64,
    pub good: bool,
    pub by_policy: Option<usize>,
    pub by_hash: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub blade: usize,
    pub class: u64,
    pub closing: bool,
    pub half_open: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    pub hits: u32,
    pub misses: u32,
    pub without_syn: u32,
    pub failures: u32,
    pub closed: u32,
    pub half_opens: u32,
    pub promotions: u32,
    pub pickups: u32,
    pub evictions: u32,
}

pub struct Model {
    full_sets: u32,
    half_sets: u32,
    pub usable: [bool; BLADES],
    pub entries: HashMap<Key, Entry>,
    /// Half-open flows of a set, the oldest first.
    half_open: HashMap<u32, Vec<Key>>,
    pub events: Events,
}

impl Model {
    pub fn new(full_sets_log2: usize, half_sets_log2: usize) -> Self {
        Self {
            full_sets: 1 << full_sets_log2,
            half_sets: 1 << half_sets_log2,
            usable: [true; BLADES],
            entries: HashMap::new(),
            half_open: HashMap::new(),
            events: Events::default(),
        }
    }

    fn room(&self, key: Key) -> bool {
        let set = key.0 % self.full_sets;
        let same = |(other, entry): &(&Key, &Entry)| other.0 % self.full_sets == set && !entry.half_open;
        self.entries.iter().filter(same).count() < 4
    }

    fn leave_half_open(&mut self, key: Key) {
        let set = self.half_open.entry(key.0 % self.half_sets).or_default();
        set.retain(|other| *other != key);
    }

    /// An entry that the sweep removed.
    pub fn remove(&mut self, key: Key) {
        self.entries.remove(&key);
        self.leave_half_open(key);
    }

    fn enter(&mut self, job: &Job, blade: usize, half_open: bool) {
        if half_open {
            let set = self.half_open.entry(job.key.0 % self.half_sets).or_default();
            set.push(job.key);
            if set.len() > 4 {
                let oldest = set.remove(0);
                self.entries.remove(&oldest);
                self.events.evictions += 1;
            }
        }
        let entry = Entry {
            blade,
            class: job.class,
            closing: job.kind == Kind::Fin,
            half_open,
        };
        self.entries.insert(job.key, entry);
    }

    /// The frame's blade; what it leaves behind, if it is good.
    pub fn frame(&mut self, job: &Job) -> Option<usize> {
        let starts = matches!(job.kind, Kind::Syn | Kind::Datagram);
        let known = self.entries.get(&job.key).copied().filter(|_| job.kind != Kind::Fragment);
        let room = self.room(job.key);
        if let Some(entry) = known
            && self.usable[entry.blade]
            && !(starts && entry.closing)
        {
            if job.good {
                self.hit(job, entry, room);
            }
            return Some(entry.blade);
        }
        let opens = starts && (known.is_some() || job.kind == Kind::Syn || room);
        // A SYN of a flow that will find no place in the main partition goes by hash already.
        let blade = if opens && (known.is_some() || room) {
            job.by_policy
        } else {
            job.by_hash
        }?;
        if !job.good || job.kind == Kind::Fragment {
            return Some(blade);
        }
        if opens {
            self.events.misses += 1;
            match self.entries.get_mut(&job.key) {
                Some(entry) => {
                    *entry = Entry {
                        blade,
                        class: job.class,
                        closing: false,
                        ..*entry
                    }
                }
                None => {
                    self.events.half_opens += u32::from(job.kind == Kind::Syn);
                    self.enter(job, blade, job.kind == Kind::Syn);
                }
            }
        } else if starts {
            self.events.failures += 1;
        } else {
            self.events.without_syn += 1;
            if known.is_none() && job.kind != Kind::Rst {
                if room {
                    self.events.pickups += 1;
                    self.enter(job, blade, false);
                } else {
                    self.events.failures += 1;
                }
            }
        }
        Some(blade)
    }

    fn hit(&mut self, job: &Job, entry: Entry, room: bool) {
        self.events.hits += 1;
        let ends = matches!(job.kind, Kind::Fin | Kind::Rst);
        self.events.closed += u32::from(ends && !entry.closing);
        let mut half_open = entry.half_open;
        if half_open && matches!(job.kind, Kind::Segment | Kind::Fin) {
            if room {
                self.events.promotions += 1;
                self.leave_half_open(job.key);
                half_open = false;
            } else {
                self.events.failures += 1;
            }
        }
        let closing = entry.closing || ends;
        self.entries.insert(
            job.key,
            Entry {
                closing,
                half_open,
                class: job.class,
                ..entry
            },
        );
    }
}
