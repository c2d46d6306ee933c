//! The return arbiter: whole frames, in order, fair by bytes, against deficit round robin turn by turn.

use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::forward::ReturnArbiter;
use std::collections::VecDeque;

const BLADES: usize = 5;
/// Lengths of each blade's frames: jumbo, shortest, and between.
const LENGTHS: [(usize, usize); BLADES] = [(9018, 9018), (60, 60), (60, 1514), (60, 9018), (1514, 1514)];
const LONGEST: usize = 9018;

struct Bench {
    uut: ReturnArbiter<BLADES>,
    rng: StdRng,
    /// Whether a blade always has a frame waiting.
    backlogged: [bool; BLADES],
    /// Frames, by their length in bytes and number, that are yet to be accepted, and to come out.
    offered: [VecDeque<(usize, u64)>; BLADES],
    wanted: [VecDeque<(usize, u64)>; BLADES],
    numbers: [u64; BLADES],
    at: [usize; BLADES],
    /// A frame's last word was taken, and the next frame comes a cycle later, as out of a return queue.
    ended: [bool; BLADES],
    /// Of the frame that is coming out: bytes, and words so far.
    current: Option<(usize, u64, usize, u64)>,
    sent: [usize; BLADES],
    /// Blade and bytes of each frame.
    order: Vec<(usize, usize)>,
    idle: u32,
    longest_idle: u32,
    ready: f64,
}

impl Bench {
    fn new(seed: u64, quantum: u64) -> Self {
        let mut uut = ReturnArbiter::<BLADES>::default();
        uut.connect_all();
        uut.quantum.next = bits::<14>(quantum);
        Self {
            uut,
            rng: StdRng::seed_from_u64(seed),
            backlogged: [true; BLADES],
            offered: Default::default(),
            wanted: Default::default(),
            numbers: [0; BLADES],
            at: [0; BLADES],
            ended: [false; BLADES],
            current: None,
            sent: [0; BLADES],
            order: vec![],
            idle: 0,
            longest_idle: 0,
            ready: 1.0,
        }
    }

    fn offer(&mut self, blade: usize, bytes: usize) {
        self.offered[blade].push_back((bytes, self.numbers[blade]));
        self.wanted[blade].push_back((bytes, self.numbers[blade]));
        self.numbers[blade] += 1;
    }

    fn tick(&mut self) {
        for (i, (least, most)) in LENGTHS.iter().enumerate() {
            if self.backlogged[i] && self.offered[i].len() < 2 {
                let bytes = self.rng.gen_range(*least..most + 1);
                self.offer(i, bytes);
            }
            let uut = &mut self.uut;
            let frame = self.offered[i].front().filter(|_| !self.ended[i]);
            uut.in_valid[i].next = frame.is_some();
            uut.in_waits[i].next = !self.offered[i].is_empty();
            if let Some((bytes, number)) = frame {
                let left = bytes - self.at[i];
                uut.in_data[i].next = bits::<64>((i as u64) << 56 | number << 16 | self.at[i] as u64);
                uut.in_keep[i].next = bits::<8>((1 << left.min(8)) - 1);
                uut.in_last[i].next = left <= 8;
            }
        }
        let uut = &mut self.uut;
        uut.tx_ready.next = self.rng.gen_bool(self.ready);
        uut.clk.next = false.into();
        assert!(simulate(uut, 20), "settles");
        let uut = &self.uut;
        for i in 0..BLADES {
            self.ended[i] = false;
            if uut.in_valid[i].val() && uut.in_ready[i].val() {
                self.at[i] += 8;
                if self.at[i] >= self.offered[i][0].0 {
                    self.offered[i].pop_front();
                    self.at[i] = 0;
                    self.ended[i] = true;
                }
            }
        }
        assert!(uut.tx_valid.val() || self.current.is_none(), "a gap within a frame");
        // While the uplink takes nothing, no word need come.
        self.idle = if uut.tx_valid.val() {
            0
        } else {
            self.idle + u32::from(uut.tx_ready.val())
        };
        self.longest_idle = self.longest_idle.max(if self.order.is_empty() { 0 } else { self.idle });
        if uut.tx_valid.val() && uut.tx_ready.val() {
            let word = uut.tx_data.val().to_u64();
            let bytes = uut.tx_keep.val().to_u64().count_ones() as usize;
            let (blade, number, total, next) = self.current.unwrap_or(((word >> 56) as usize, word >> 16 & 0xFF_FFFF_FFFF, 0, 0));
            assert_eq!(word, (blade as u64) << 56 | number << 16 | next);
            self.current = Some((blade, number, total + bytes, next + 8));
            if uut.tx_last.val() {
                assert_eq!(Some((total + bytes, number)), self.wanted[blade].pop_front(), "whole, and in order");
                self.sent[blade] += total + bytes;
                self.order.push((blade, total + bytes));
                self.current = None;
            }
        }
        self.uut.clk.next = true.into();
        assert!(simulate(&mut self.uut, 20), "settles");
    }
}

/// The order is that of the turns, each of which lasts while its credit does; so blades that always have a frame waiting stay within a quantum and
/// the longest frame of each other, whatever the lengths of their frames.
#[test]
fn return_arbiter_is_fair() {
    for (seed, quantum, ready) in [(1, 10_240, 1.0), (2, 1000, 1.0), (3, 0, 0.8)] {
        let mut bench = Bench::new(seed, quantum);
        bench.ready = ready;
        let turn = if quantum == 0 { 8192 } else { quantum as i64 };
        let mut seen = 0;
        for _ in 0..60_000 {
            bench.tick();
            if bench.order.len() > seen {
                seen = bench.order.len();
                let ahead = bench.sent.iter().max().unwrap() - bench.sent.iter().min().unwrap();
                assert!(ahead <= turn as usize + LONGEST, "seed {seed}: {:?}", bench.sent);
            }
        }
        assert!(bench.sent.iter().all(|bytes| *bytes > 60_000), "{:?}", bench.sent);
        // Two cycles, which line rate leaves at any length of frame; or more, for turns without a frame.
        assert!(
            if quantum == 1000 {
                bench.longest_idle <= 40
            } else {
                bench.longest_idle == 2
            },
            "{}",
            bench.longest_idle
        );
        // Deficit round robin, turn by turn; blade 1 is the first, since the pointer stands at 0.
        let (mut credits, mut blade) = ([0; BLADES], 1);
        credits[blade] += turn;
        for (i, (sender, bytes)) in bench.order.iter().enumerate() {
            while credits[blade] <= 0 {
                blade = (blade + 1) % BLADES;
                credits[blade] += turn;
            }
            assert_eq!(*sender, blade, "seed {seed} frame {i}");
            credits[blade] -= *bytes as i64;
        }
    }
}

/// A blade that was idle starts without credit, and gets no further ahead of the others than one that was there all the time.
#[test]
fn an_idle_blade_keeps_no_credit() {
    let quantum = 4000;
    let mut bench = Bench::new(4, quantum);
    bench.backlogged = [false, true, true, false, true];
    // It sends a short frame now and then, and so leaves most of its turn unused, often.
    for _ in 0..40 {
        bench.offer(3, 60);
        (0..300).for_each(|_| bench.tick());
    }
    bench.backlogged[3] = true;
    let mut begin = bench.sent;
    begin[0] = 0;
    for _ in 0..20_000 {
        bench.tick();
        let since: Vec<usize> = [1, 2, 3, 4].map(|i| bench.sent[i] - begin[i]).to_vec();
        let most = since.iter().max().unwrap();
        // Fairness from any moment on, by the paper: a quantum and two of the longest frames.
        assert!(most - since.iter().min().unwrap() <= quantum as usize + 2 * LONGEST, "{since:?}");
    }
    // A blade that is alone has all of the uplink.
    bench.backlogged = [false, false, true, false, false];
    while bench.offered.iter().map(VecDeque::len).sum::<usize>() > 3 {
        bench.tick();
    }
    (0..3000).for_each(|_| bench.tick());
    bench.longest_idle = 0;
    let begin = bench.sent[2];
    (0..10_000).for_each(|_| bench.tick());
    assert!(
        bench.longest_idle <= 3 && bench.sent[2] - begin > 75_000,
        "{} {}",
        bench.longest_idle,
        bench.sent[2] - begin
    );
}

#[test]
fn an_idle_start_takes_eight_cycles() {
    let mut bench = Bench::new(5, 10_240);
    bench.backlogged = [false; BLADES];
    (0..5).for_each(|_| bench.tick());
    bench.offer(2, 60);
    let mut cycles = 0;
    while !bench.uut.tx_valid.val() {
        bench.tick();
        cycles += 1;
    }
    assert_eq!(cycles, 8);
}
