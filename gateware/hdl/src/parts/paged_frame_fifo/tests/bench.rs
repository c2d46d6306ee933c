//! Writes frames of both streams, reads them, and holds what comes out against what went in.

use super::super::*;
use crate::parts::clocks::Clocks;
use std::collections::VecDeque;

pub type Uut<const A: usize> = PagedFrameFifo<40, A>;

pub fn drive<const A: usize>(clocks: &Clocks, uut: &mut Uut<A>, rising: [bool; 2]) {
    clocks.drive(uut, rising, |uut, levels| {
        if let Some(level) = levels[0] {
            uut.write_clk.next = level.into();
        }
        if let Some(level) = levels[1] {
            uut.read_clk.next = level.into();
        }
    });
}

#[derive(Clone, Copy, Default)]
pub struct Word {
    data: u64,
    last: bool,
    commit: bool,
}

pub fn set<const A: usize>(uut: &mut Uut<A>, stream: usize, word: Option<Word>) {
    let shown = word.unwrap_or(Word {
        data: 0xEE_EEEE,
        last: true,
        commit: false,
    });
    let commit = shown.last && shown.commit;
    if stream == 0 {
        uut.a_write.next = word.is_some();
        uut.a_load.next = word.is_some() || !uut.a_load.val();
        uut.a_data.next = bits::<40>(shown.data);
        (uut.a_last.next, uut.a_commit.next) = (shown.last, commit);
    } else {
        uut.b_write.next = word.is_some();
        uut.b_data.next = bits::<40>(shown.data);
        (uut.b_last.next, uut.b_commit.next) = (shown.last, commit);
    }
}

pub fn overflow<const A: usize>(uut: &Uut<A>, stream: usize) -> bool {
    if stream == 0 { uut.a_overflow.val() } else { uut.b_overflow.val() }
}

pub fn level<const A: usize>(uut: &Uut<A>, stream: usize) -> usize {
    if stream == 0 {
        uut.a_level.val().index()
    } else {
        uut.b_level.val().index()
    }
}

/// Pages of a stream, and those that are free; each page of the memory is in one place.
pub fn pages<const A: usize>(uut: &Uut<A>) -> ([usize; 2], usize) {
    let state = &uut._state;
    let mut all: Vec<usize> = state.free.iter().copied().collect();
    let mut held = [0; 2];
    for (n, stream) in state.streams.iter().enumerate() {
        held[n] = (stream.taken + Uut::<A>::PAGES - stream.left) % Uut::<A>::PAGES;
        all.extend((0..held[n]).map(|i| stream.map[(stream.left + i) % Uut::<A>::PAGES]));
    }
    all.extend(state.returned.map(|(stream, page)| state.streams[stream].map[page]));
    all.sort_unstable();
    assert_eq!(all, (0..Uut::<A>::PAGES).collect::<Vec<_>>(), "a page is lost or in two places");
    (held, state.free.len())
}

/// Bits 32 and up of a word tell its stream.
pub struct Bench<const A: usize> {
    pub uut: Uut<A>,
    pub clocks: Clocks,
    /// The frame being written, its words already written, whether it is kept.
    pub frames: [Option<(usize, usize, bool)>; 2],
    pub numbers: [u64; 2],
    current: [Vec<u64>; 2],
    pub wanted: [VecDeque<Vec<u64>>; 2],
    got: Vec<u64>,
    /// Frames read, lost, discarded.
    pub read: [usize; 2],
    pub lost: [usize; 2],
    pub discarded: [usize; 2],
    /// Words kept and words read of each stream, and the pages that they and one ahead need, at the last write edges.
    kept: [usize; 2],
    taken: [usize; 2],
    needed: VecDeque<[usize; 2]>,
    /// It was so while the frame is written that a page could not be had.
    poor: [bool; 2],
}

impl<const A: usize> Bench<A> {
    pub fn new(periods: [u64; 2]) -> Self {
        let mut uut = Uut::<A>::default();
        uut.connect_all();
        let mut bench = Self {
            uut,
            clocks: Clocks::new(periods),
            frames: [None; 2],
            numbers: [0, 1 << 32],
            current: Default::default(),
            wanted: Default::default(),
            got: vec![],
            read: [0; 2],
            lost: [0; 2],
            discarded: [0; 2],
            kept: [0; 2],
            taken: [0; 2],
            needed: VecDeque::new(),
            poor: [false; 2],
        };
        bench.run(10 + 6 * periods[0].div_ceil(periods[1]) as usize, |_, _| (false, None), |_| false);
        bench
    }

    /// `write` says of a stream, and of whether a frame of it is under way, whether a word is written and what frame (words, kept) may begin.
    pub fn run(
        &mut self,
        edges: usize,
        mut write: impl FnMut(usize, bool) -> (bool, Option<(usize, bool)>),
        mut read: impl FnMut(usize) -> bool,
    ) {
        for edge in 0..edges {
            let rising = self.clocks.step();
            let mut words = [None; 2];
            if rising[0] {
                for (n, word) in words.iter_mut().enumerate() {
                    let (writes, frame) = write(n, self.frames[n].is_some());
                    if let (None, Some((length, commit))) = (self.frames[n], frame) {
                        self.frames[n] = Some((length, 0, commit));
                    }
                    if let Some((length, at, commit)) = self.frames[n].filter(|_| writes) {
                        *word = Some(Word {
                            data: self.numbers[n],
                            last: at + 1 == length,
                            commit: if at + 1 == length {
                                commit
                            } else {
                                self.numbers[n].is_multiple_of(3)
                            },
                        });
                    }
                    set(&mut self.uut, n, *word);
                }
            }
            if rising[1] {
                self.uut.read.next = read(edge);
            }
            let offered = (
                self.uut.frame_available.val(),
                self.uut.read_data.val().to_u64(),
                self.uut.read_last.val(),
            );
            drive(&self.clocks, &mut self.uut, rising);
            if rising[1] && offered.0 && self.uut.read.val() {
                self.take(offered.1, offered.2);
            }
            if rising[0] {
                self.written(words);
            }
        }
    }

    fn take(&mut self, word: u64, last: bool) {
        self.got.push(word);
        let stream = usize::from(self.got[0] >> 32 != 0);
        self.taken[stream] += 1;
        if last {
            assert_eq!(Some(std::mem::take(&mut self.got)), self.wanted[stream].pop_front());
            self.read[stream] += 1;
        }
    }

    /// Pages may be needed as many edges ago as a read pointer and the pages of a discarded frame take to come back.
    fn need(&mut self) {
        let page = Uut::<A>::PAGE_WORDS;
        let needed = [0, 1].map(|n| (self.kept[n] + self.current[n].len()).div_ceil(page) + 1 - self.taken[n] / page);
        self.needed.push_front(needed);
        self.needed.truncate(2 * Uut::<A>::MOST_PAGES + 16);
        let most = [0, 1].map(|n| self.needed.iter().map(|needed| needed[n]).max().unwrap_or(0));
        for n in 0..2 {
            self.poor[n] |= most[n] > Uut::<A>::MOST_PAGES || most[0] + most[1] > Uut::<A>::PAGES;
        }
    }

    fn written(&mut self, words: [Option<Word>; 2]) {
        for (n, word) in words.into_iter().enumerate() {
            self.current[n].extend(word.map(|word| word.data));
        }
        self.need();
        for (n, word) in words.into_iter().enumerate() {
            assert!(word.is_some_and(|word| word.last) || !overflow(&self.uut, n));
            let Some(word) = word else { continue };
            self.numbers[n] += 1;
            let (length, at, commit) = self.frames[n].expect("a frame is written");
            self.frames[n] = (!word.last).then_some((length, at + 1, commit));
            if word.last {
                let frame = std::mem::take(&mut self.current[n]);
                let poor = std::mem::take(&mut self.poor[n]);
                if overflow(&self.uut, n) {
                    assert!(poor, "a frame of {length} words found no page, though there were some");
                    self.lost[n] += 1;
                } else if commit {
                    self.kept[n] += frame.len();
                    self.wanted[n].push_back(frame);
                } else {
                    self.discarded[n] += 1;
                }
            }
        }
        let (held, free) = pages(&self.uut);
        assert!(held.iter().all(|held| *held <= Uut::<A>::MOST_PAGES));
        assert!((0..2).all(|n| level(&self.uut, n) <= Uut::<A>::MOST_PAGES * Uut::<A>::PAGE_WORDS));
        assert!(held[0] + held[1] + free <= Uut::<A>::PAGES);
    }

    /// Both resets, in whatever both sides are at.
    pub fn reset(&mut self) {
        (self.uut.write_reset.next, self.uut.read_reset.next) = (true, true);
        (self.uut.a_write.next, self.uut.b_write.next) = (false, false);
        for _ in 0..12 {
            let rising = self.clocks.step();
            drive(&self.clocks, &mut self.uut, rising);
        }
        (self.uut.write_reset.next, self.uut.read_reset.next) = (false, false);
        (self.frames, self.current, self.wanted, self.got) = Default::default();
        (self.kept, self.taken, self.poor) = Default::default();
    }

    /// Ends the frames under way, reads all, and sees that each stream holds the page it is in and the one ahead, and all others are free.
    pub fn drain(&mut self) {
        let mut left = (40 << A) * 2;
        let busy = |bench: &Self| {
            bench.uut.frame_available.val()
                || bench.frames.iter().any(Option::is_some)
                || bench.wanted.iter().any(|frames| !frames.is_empty())
        };
        while left > 0 && busy(self) {
            self.run(50, |_, inside| (inside, None), |_| true);
            left -= 50;
        }
        // The last pages come back, and nothing else comes out.
        self.run(200, |_, inside| (inside, None), |_| true);
        assert!(self.wanted.iter().all(VecDeque::is_empty) && self.got.is_empty());
        assert!(!self.uut.frame_available.val());
        assert_eq!((level(&self.uut, 0), level(&self.uut, 1)), (0, 0));
        let (held, free) = pages(&self.uut);
        let begun = |n: usize| usize::from(!self.uut._state.streams[n].pointer.is_multiple_of(Uut::<A>::PAGE_WORDS));
        assert_eq!(held, [1 + begun(0), 1 + begun(1)]);
        assert_eq!(held[0] + held[1] + free, Uut::<A>::PAGES);
    }
}
