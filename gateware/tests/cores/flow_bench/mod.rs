//! Verdict and flow table, with the selector's answers and the frames' ends played by the bench, and a model of them.
//!
//! The model is written from the rules of the flow table as they stand in its documentation, frame by frame. It shares nothing with the circuit;
//! it knows of no cycles, so that what the sweep does is checked by the tests themselves.
mod model;
mod steps;

pub use model::*;
pub use steps::*;

use rust_hdl::prelude::*;
use spareband_gateware::forward::{FlowTable, VerdictUnit};
use spareband_spec::frame::class;
use std::collections::VecDeque;

pub const BLADES: usize = 4;

#[derive(LogicBlock, Default)]
pub struct FlowCore<const A: usize, const H: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    pub timeout: [Signal<In, Bits<32>>; 4],
    pub closing_timeout: Signal<In, Bits<32>>,
    pub half_open_timeout: Signal<In, Bits<32>>,
    pub flush_blade: Signal<In, Bits<16>>,
    pub index: Signal<In, Bits<32>>,
    pub tag: Signal<In, Bits<32>>,
    pub read: Signal<In, Bit>,
    pub read_index: Signal<In, Bits<20>>,
    pub job_valid: Signal<In, Bit>,
    pub job_class: Signal<In, Bits<3>>,
    pub job_tracked: Signal<In, Bit>,
    pub job_starts: Signal<In, Bit>,
    pub job_half_open: Signal<In, Bit>,
    pub job_fin: Signal<In, Bit>,
    pub job_rst: Signal<In, Bit>,
    pub job_timeout_class: Signal<In, Bits<2>>,
    pub end_valid: Signal<In, Bit>,
    pub end_good: Signal<In, Bit>,
    pub usable: [Signal<In, Bit>; BLADES],
    pub grant_valid: Signal<In, Bit>,
    pub grant_blade: Signal<In, Bits<4>>,
    pub grant_none: Signal<In, Bit>,
    pub hash_blade: Signal<In, Bits<4>>,
    pub hash_none: Signal<In, Bit>,
    pub lookup: Signal<Out, Bit>,
    pub result_valid: Signal<Out, Bit>,
    pub job_take: Signal<Out, Bit>,
    pub end_take: Signal<Out, Bit>,
    pub request: Signal<Out, Bit>,
    pub verdict: VerdictUnit<BLADES>,
    pub flow_table: FlowTable<BLADES, A, H>,
    usable_mask: Signal<Local, Bits<16>>,
}

impl<const A: usize, const H: usize> Logic for FlowCore<A, H> {
    #[hdl_gen]
    fn update(&mut self) {
        self.verdict.clk.next = self.clk.val();
        self.verdict.reset.next = self.reset.val();
        self.flow_table.clk.next = self.clk.val();
        self.flow_table.reset.next = self.reset.val();
        self.flow_table.flush.next = self.flush.val();
        self.usable_mask.next = 0.into();
        for i in 0..4 {
            self.usable_mask.next = self.usable_mask.val().replace_bit(i, self.usable[i].val());
            self.flow_table.timeout[i].next = self.timeout[i].val();
            self.verdict.reachable[i].next = self.usable[i].val();
        }
        self.flow_table.usable.next = self.usable_mask.val();
        self.flow_table.closing_timeout.next = self.closing_timeout.val();
        self.flow_table.half_open_timeout.next = self.half_open_timeout.val();
        self.flow_table.flush_blade.next = self.flush_blade.val();
        self.flow_table.read.next = self.read.val();
        self.flow_table.read_index.next = self.read_index.val();
        self.flow_table.lookup.next = self.verdict.lookup.val();
        self.flow_table.lookup_index.next = self.index.val();
        self.flow_table.lookup_tag.next = self.tag.val();
        self.flow_table.finish.next = self.verdict.finish.val();
        self.flow_table.write.next = self.verdict.write.val();
        self.flow_table.write_half_open.next = self.verdict.write_half_open.val();
        self.flow_table.write_closing.next = self.verdict.write_closing.val();
        self.flow_table.write_blade.next = self.verdict.write_blade.val();
        self.flow_table.write_class.next = self.verdict.write_class.val();
        self.verdict.result_valid.next = self.flow_table.result_valid.val();
        self.verdict.found.next = self.flow_table.found.val();
        self.verdict.found_half_open.next = self.flow_table.found_half_open.val();
        self.verdict.found_blade.next = self.flow_table.found_blade.val();
        self.verdict.found_usable.next = self.flow_table.found_usable.val();
        self.verdict.found_closing.next = self.flow_table.found_closing.val();
        self.verdict.room.next = self.flow_table.room.val();
        self.verdict.ready.next = self.flow_table.ready.val();
        self.verdict.job_valid.next = self.job_valid.val();
        self.verdict.job_class.next = self.job_class.val();
        self.verdict.job_blade.next = 0.into();
        self.verdict.job_tracked.next = self.job_tracked.val();
        self.verdict.job_starts.next = self.job_starts.val();
        self.verdict.job_half_open.next = self.job_half_open.val();
        self.verdict.job_fin.next = self.job_fin.val();
        self.verdict.job_rst.next = self.job_rst.val();
        self.verdict.job_start.next = 0.into();
        self.verdict.job_timeout_class.next = self.job_timeout_class.val();
        self.verdict.job_each.next = false;
        self.verdict.job_rewrite.next = true;
        self.verdict.job_in_service.next = false;
        self.verdict.job_blade_set.next = 0xFFFF.into();
        self.verdict.job_policy.next = 0.into();
        self.verdict.consistent_blade.next = 0.into();
        self.verdict.consistent_none.next = false;
        self.verdict.end_valid.next = self.end_valid.val();
        self.verdict.end_good.next = self.end_good.val();
        self.verdict.end_cause.next = 0.into();
        self.verdict.grant_valid.next = self.grant_valid.val();
        self.verdict.grant_blade.next = self.grant_blade.val();
        self.verdict.grant_none.next = self.grant_none.val();
        self.verdict.hash_blade.next = self.hash_blade.val();
        self.verdict.hash_none.next = self.hash_none.val();
        self.lookup.next = self.verdict.lookup.val();
        self.result_valid.next = self.flow_table.result_valid.val();
        self.job_take.next = self.verdict.job_take.val();
        self.end_take.next = self.verdict.end_take.val();
        self.request.next = self.verdict.request.val();
    }
}

pub struct Bench<const A: usize, const H: usize> {
    pub uut: Box<FlowCore<A, H>>,
    pub cycle: u64,
    /// Cycles from a job's first chance to when the next may come.
    pub period: u64,
    pub usable: [bool; BLADES],
    pub events: Events,
    pub expired: u32,
    /// The blade of each verdict, or none.
    pub verdicts: VecDeque<Option<usize>>,
    /// Longest wait of a job beyond its time, and of a look-up for its result.
    pub late: u64,
    pub look_up: u64,
    job: Option<(Job, u64)>,
    ends: VecDeque<(bool, u64)>,
    grants: VecDeque<(u64, Option<usize>)>,
    taken: Option<Job>,
    looked_up: u64,
}

impl<const A: usize, const H: usize> Bench<A, H> {
    pub fn new() -> Self {
        let mut uut = Box::<FlowCore<A, H>>::default();
        uut.connect_all();
        uut.job_class.next = bits::<3>(class::BALANCE.into());
        let mut bench = Self {
            uut,
            cycle: 0,
            period: 10,
            usable: [true; BLADES],
            events: Events::default(),
            expired: 0,
            verdicts: VecDeque::new(),
            late: 0,
            look_up: 0,
            job: None,
            ends: VecDeque::new(),
            grants: VecDeque::new(),
            taken: None,
            looked_up: 0,
        };
        bench.uut.reset.next = true;
        bench.tick();
        bench.uut.reset.next = false;
        bench.idle((1 << A.max(H)) + 2);
        bench
    }

    /// In units of 65536 cycles: of the classes, of closing and of half-open entries.
    pub fn timeouts(&mut self, classes: [u64; 4], closing: u64, half_open: u64) {
        (0..4).for_each(|i| self.uut.timeout[i].next = bits::<32>(classes[i]));
        self.uut.closing_timeout.next = bits::<32>(closing);
        self.uut.half_open_timeout.next = bits::<32>(half_open);
    }

    pub fn tick(&mut self) {
        let uut = &mut self.uut;
        uut.job_valid.next = self.job.is_some();
        if let Some((job, _)) = self.job {
            uut.index.next = bits::<32>(job.key.0.into());
            uut.tag.next = bits::<32>(job.key.1.into());
            uut.job_tracked.next = job.kind != Kind::Fragment;
            uut.job_starts.next = matches!(job.kind, Kind::Syn | Kind::Datagram);
            uut.job_half_open.next = job.kind == Kind::Syn;
            uut.job_fin.next = job.kind == Kind::Fin;
            uut.job_rst.next = job.kind == Kind::Rst;
            uut.job_timeout_class.next = bits::<2>(job.class);
        }
        let end = self.ends.front().filter(|(_, at)| *at <= self.cycle);
        uut.end_valid.next = end.is_some();
        uut.end_good.next = end.is_some_and(|(good, _)| *good);
        (0..BLADES).for_each(|i| uut.usable[i].next = self.usable[i]);
        let grant = self.grants.front().filter(|(at, _)| *at == self.cycle).copied();
        uut.grant_valid.next = grant.is_some();
        if let Some((_, blade)) = grant {
            uut.grant_none.next = blade.is_none();
            uut.grant_blade.next = bits::<4>(blade.unwrap_or(0) as u64);
            self.grants.pop_front();
        }
        if let Some(job) = self.taken {
            uut.hash_none.next = job.by_hash.is_none();
            uut.hash_blade.next = bits::<4>(job.by_hash.unwrap_or(0) as u64);
        }
        uut.clk.next = false.into();
        assert!(simulate(uut.as_mut(), 40), "settles");
        if uut.lookup.val() {
            self.looked_up = self.cycle;
        }
        if uut.result_valid.val() {
            self.look_up = self.look_up.max(self.cycle - self.looked_up);
        }
        if uut.end_take.val() {
            self.ends.pop_front().expect("an end to take");
        }
        let take = uut.job_take.val();
        if take {
            let (job, since) = self.job.take().expect("a job to take");
            self.late = self.late.max(self.cycle - since);
            self.taken = Some(job);
        }
        if uut.request.val() {
            let job = self.taken.expect("a job that asks");
            self.grants.push_back((self.cycle + 8, job.by_policy));
        }
        uut.clk.next = true.into();
        assert!(simulate(uut.as_mut(), 40), "settles");
        self.cycle += 1;
        self.count();
    }

    fn count(&mut self) {
        let verdict = &self.uut.verdict;
        if verdict.verdict_valid.val() {
            let mask = verdict.verdict_mask.val().to_u64();
            let blade = verdict.verdict_blade.val().index();
            assert!(mask == 0 || mask == 1 << blade);
            self.verdicts.push_back((mask != 0).then_some(blade));
        }
        let events = &mut self.events;
        for (event, count) in [
            (&verdict.flow_hits, &mut events.hits),
            (&verdict.flow_misses, &mut events.misses),
            (&verdict.flow_misses_without_syn, &mut events.without_syn),
            (&verdict.flow_insert_failures, &mut events.failures),
            (&verdict.flow_closed, &mut events.closed),
            (&verdict.flow_half_opens, &mut events.half_opens),
            (&verdict.flow_promotions, &mut events.promotions),
            (&verdict.flow_pickups, &mut events.pickups),
            (&self.uut.flow_table.evicted, &mut events.evictions),
            (&self.uut.flow_table.expired, &mut self.expired),
        ] {
            *count += u32::from(event.val());
        }
    }

    /// A frame, whose end is known `end_after` cycles after its header, and `period` cycles for it.
    pub fn frame(&mut self, job: Job, end_after: u64) {
        let begin = self.cycle;
        self.job = Some((job, begin));
        self.ends.push_back((job.good, begin + end_after));
        while self.job.is_some() || self.cycle < begin + self.period {
            assert!(self.cycle < begin + 60, "the job is taken");
            self.tick();
        }
    }

    /// A frame in whose first cycle a read may begin.
    pub fn ticks_of_a_read(&mut self, job: Job) {
        let period = std::mem::replace(&mut self.period, 1);
        self.frame(job, 0);
        self.uut.read.next = false;
        self.period = period;
        self.idle(period - 1);
    }

    pub fn idle(&mut self, cycles: u64) {
        (0..cycles).for_each(|_| self.tick());
    }

    pub fn active(&self, blade: usize) -> usize {
        self.uut.flow_table.active_flows[blade].val().to_u16().into()
    }

    pub fn entries(&self) -> usize {
        self.uut.flow_table.table_entries.val().index()
    }

    pub fn begin_read(&mut self, index: u64) {
        self.uut.read_index.next = bits::<20>(index);
        self.uut.read.next = true;
        self.tick();
        self.uut.read.next = false;
    }

    /// The answer, once it is ready.
    pub fn answer(&self) -> Option<(u32, Entry)> {
        let table = &self.uut.flow_table;
        table.read_valid.val().then(|| {
            let entry = Entry {
                blade: table.read_blade.val().index(),
                class: table.read_class.val().to_u64(),
                closing: table.read_closing.val(),
                half_open: table.read_half_open.val(),
            };
            (table.read_tag.val().to_u64() as u32, entry)
        })
    }

    /// An entry by its number.
    pub fn read(&mut self, index: u64) -> Option<(u32, Entry)> {
        self.begin_read(index);
        while !self.uut.flow_table.read_ready.val() {
            self.tick();
        }
        self.answer()
    }

    /// All entries, with the set of each.
    pub fn read_all(&mut self) -> Vec<(u64, u32, Entry)> {
        let full = (0..4 << A).collect::<Vec<u64>>();
        let half = (0..4 << H).map(|index| index | 1 << 19);
        let mut entries = vec![];
        for index in full.into_iter().chain(half) {
            if let Some((tag, entry)) = self.read(index) {
                entries.push((index % (1 << 19) / 4, tag, entry));
            }
        }
        entries
    }
}
