//! The part in plain Rust.

use super::PagedFrameFifo;
use rust_hdl::prelude::*;
use std::collections::VecDeque;

/// Pointers and frame counts run modulo the words of the memory: a stream holds 3/4 of it at most. Natively they cross as they are: the Gray code is
/// for the circuit's sake.
#[derive(Clone, Debug)]
pub(super) struct State<const D: usize> {
    memory: Vec<Word<D>>,
    pub(super) streams: [Stream; 2],
    /// A word of the first stream that is written next, and of the second one in each bank.
    first: Option<(usize, Word<D>)>,
    waiting: [Option<(usize, Word<D>)>; 2],
    /// What is written into each bank now.
    writing: [Option<(usize, Word<D>)>; 2],
    pub(super) free: VecDeque<usize>,
    /// The stream whose page may move in this cycle.
    turn: usize,
    /// A page on its way to the free ones: the stream and its number for it.
    pub(super) returned: Option<(usize, usize)>,
    reader: Reader<D>,
}

type Word<const D: usize> = (Bits<D>, bool);

#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    pub(super) pointer: usize,
    frame_start: usize,
    frames: usize,
    /// Commits whose words may not all be in the memory yet.
    kept: [bool; 3],
    /// The word to come is the first of a page that is not held.
    short: bool,
    /// The same where the frame began, as of the cycle before.
    start_short: bool,
    swallowing: bool,
    /// The read pointer on its way here; the last stage is the binary one.
    read_pointer: [usize; 3],
    /// The ring of pages: those from `left` up to `taken` are held.
    pub(super) map: Vec<usize>,
    pub(super) taken: usize,
    pub(super) left: usize,
    request: Request,
}

#[derive(Clone, Copy, Debug, Default)]
struct Request {
    takes: bool,
    gives_back: bool,
    leaves: bool,
}

enum Movement {
    Take,
    GiveBack,
    Leave,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reader<const D: usize> {
    pointers: [usize; 2],
    /// Frames whose last word has left the RAM.
    frames: [usize; 2],
    committed: [[usize; 2]; 2],
    frame_waits: [bool; 2],
    step: Step,
    inside: bool,
    stream: usize,
    address: usize,
    ram_word: Word<D>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Step {
    #[default]
    Choose,
    Fetch,
    Load,
    Settle,
}

/// What one side sees of the other.
pub(super) struct Crossing {
    pub frames: [usize; 2],
    pub read_pointers: [usize; 2],
}

impl Stream {
    fn new(pages: usize) -> Self {
        Self {
            short: true,
            start_short: true,
            map: vec![0; pages],
            ..Default::default()
        }
    }
}

impl<const D: usize> State<D> {
    pub(super) fn new(words: usize, pages: usize) -> Self {
        Self {
            memory: vec![Default::default(); words],
            streams: [Stream::new(pages), Stream::new(pages)],
            first: None,
            waiting: [None; 2],
            writing: [None; 2],
            free: (0..pages).collect(),
            turn: 0,
            returned: None,
            reader: Default::default(),
        }
    }
    pub(super) fn crossing(&self) -> Crossing {
        Crossing {
            frames: [self.streams[0].frames, self.streams[1].frames],
            read_pointers: self.reader.pointers,
        }
    }
}

impl<const D: usize, const A: usize> PagedFrameFifo<D, A> {
    const WORDS: usize = 1 << A;

    fn physical(stream: &Stream, pointer: usize) -> usize {
        stream.map[pointer / Self::PAGE_WORDS] * Self::PAGE_WORDS + pointer % Self::PAGE_WORDS
    }

    pub(super) fn update_read_side(&mut self, committed: [usize; 2]) {
        let r = self._state.reader;
        let mut next = r;
        next.ram_word = self._state.memory[r.address];
        let mut offered = self.frame_available.val() && !self.read.val();
        match r.step {
            Step::Choose => {
                let second = r.frame_waits[1] && (r.stream == 0 || !r.frame_waits[0]);
                let stream = if r.inside { r.stream } else { usize::from(second) };
                if r.inside || r.frame_waits.contains(&true) {
                    next.address = Self::physical(&self._state.streams[stream], r.pointers[stream]);
                    (next.inside, next.stream, next.step) = (true, stream, Step::Fetch);
                }
            }
            Step::Fetch => next.step = Step::Load,
            Step::Load if !self.frame_available.val() => {
                offered = true;
                (self.read_data.next, self.read_last.next) = r.ram_word;
                next.pointers[r.stream] = (r.pointers[r.stream] + 1) % Self::WORDS;
                next.step = Step::Settle;
            }
            Step::Load => {}
            Step::Settle if r.inside && self.read_last.val() => {
                next.frames[r.stream] = (r.frames[r.stream] + 1) % Self::WORDS;
                next.inside = false;
            }
            Step::Settle => next.step = Step::Choose,
        }
        for (stream, frames) in committed.into_iter().enumerate() {
            next.frame_waits[stream] = r.frames[stream] != r.committed[stream][1];
            next.committed[stream] = [frames, r.committed[stream][0]];
        }
        if self.read_reset.val() {
            next = Reader {
                committed: next.committed,
                address: next.address,
                ram_word: next.ram_word,
                ..Default::default()
            };
            offered = false;
        }
        self._state.reader = next;
        self.frame_available.next = offered;
    }

    pub(super) fn update_write_side(&mut self, read_pointers: [usize; 2]) {
        let words = [
            (self.a_data.val(), self.a_last.val(), self.a_commit.val(), self.a_write.val()),
            (self.b_data.val(), self.b_last.val(), self.b_commit.val(), self.b_write.val()),
        ];
        if self.write_reset.val() {
            let mut streams = [Stream::new(Self::PAGES), Stream::new(Self::PAGES)];
            for (n, stream) in streams.iter_mut().enumerate() {
                std::mem::swap(&mut stream.map, &mut self._state.streams[n].map);
                stream.read_pointer = self._state.streams[n].read_pointer;
                Self::see(stream, read_pointers[n]);
            }
            let memory = std::mem::take(&mut self._state.memory);
            self._state = State {
                memory,
                streams,
                reader: self._state.reader,
                ..State::new(0, Self::PAGES)
            };
            (self.a_overflow.next, self.b_overflow.next) = (false, false);
            (self.a_level.next, self.b_level.next) = (bits::<16>(0), bits::<16>(0));
            return;
        }
        assert!(self.a_load.val() || !self.a_write.val(), "a word is written that is not loaded");
        for (_, last, commit, write) in words {
            assert!(!commit || (write && last), "a frame is kept where none ends");
        }
        let movement = self.movement();
        self.write_banks();
        for (n, (data, last, commit, write)) in words.into_iter().enumerate() {
            let stream = &mut self._state.streams[n];
            stream.request = Self::request(stream);
            let level = (stream.pointer + Self::WORDS - stream.read_pointer[2]) % Self::WORDS;
            Self::see(stream, read_pointers[n]);
            let overflow = write && last && (stream.short || stream.swallowing);
            let end_of_pages = stream.taken * Self::PAGE_WORDS;
            let stored = Self::write_word(stream, write, last, commit);
            let rolls_back = write && stored.is_none();
            if let Some(pointer) = stored {
                let word = (Self::physical(stream, pointer), (data, last));
                if n == 0 {
                    self._state.first = Some(word);
                } else {
                    let waiting = &mut self._state.waiting[pointer % 2];
                    assert!(waiting.is_none(), "two words wait for one bank");
                    *waiting = Some(word);
                }
            }
            stream.short = if rolls_back {
                stream.start_short
            } else {
                stream.pointer == end_of_pages
            };
            stream.start_short = stream.frame_start == end_of_pages;
            let (overflow_port, level_port) = match n {
                0 => (&mut self.a_overflow, &mut self.a_level),
                _ => (&mut self.b_overflow, &mut self.b_level),
            };
            (overflow_port.next, level_port.next) = (overflow, bits::<16>(level as u64));
        }
        self.move_page(movement);
    }

    fn see(stream: &mut Stream, read_pointer: usize) {
        stream.read_pointer = [read_pointer, stream.read_pointer[0], stream.read_pointer[1]];
    }

    /// Moves the stream's pointer by a word; returns where the word is to be stored.
    fn write_word(stream: &mut Stream, write: bool, last: bool, commit: bool) -> Option<usize> {
        let pointer = stream.pointer;
        let swallow = write && (stream.short || stream.swallowing);
        let store = write && !swallow && (!last || commit);
        if store {
            stream.pointer = (pointer + 1) % Self::WORDS;
        } else if write && (swallow || last) {
            stream.pointer = stream.frame_start;
        }
        stream.swallowing = swallow && !last || stream.swallowing && !(write && last);
        stream.frames = (stream.frames + usize::from(stream.kept[2])) % Self::WORDS;
        stream.kept = [store && last, stream.kept[0], stream.kept[1]];
        if store && last {
            stream.frame_start = stream.pointer;
        }
        store.then_some(pointer)
    }

    /// One page is wanted behind those that have words in them.
    fn request(stream: &Stream) -> Request {
        let begun = stream.pointer.div_ceil(Self::PAGE_WORDS);
        let ahead = (stream.taken + Self::PAGES - begun) % Self::PAGES;
        let held = (stream.taken + Self::PAGES - stream.left) % Self::PAGES;
        let leaves = stream.left != stream.read_pointer[2] / Self::PAGE_WORDS;
        Request {
            takes: ahead == 0 && held < Self::MOST_PAGES,
            gives_back: ahead > 1,
            leaves,
        }
    }

    /// What the stream whose turn it is does with its pages.
    fn movement(&self) -> Option<Movement> {
        let request = self._state.streams[self._state.turn].request;
        if request.takes && !self._state.free.is_empty() {
            Some(Movement::Take)
        } else if request.gives_back {
            Some(Movement::GiveBack)
        } else {
            request.leaves.then_some(Movement::Leave)
        }
    }

    fn move_page(&mut self, movement: Option<Movement>) {
        let state = &mut self._state;
        let returned = state.returned.take().map(|(stream, page)| state.streams[stream].map[page]);
        let stream = &mut state.streams[state.turn];
        match movement {
            Some(Movement::Take) => {
                stream.map[stream.taken] = state.free.pop_front().expect("a free page");
                stream.taken = (stream.taken + 1) % Self::PAGES;
            }
            Some(Movement::GiveBack) => {
                stream.taken = (stream.taken + Self::PAGES - 1) % Self::PAGES;
                state.returned = Some((state.turn, stream.taken));
            }
            Some(Movement::Leave) => {
                state.returned = Some((state.turn, stream.left));
                stream.left = (stream.left + 1) % Self::PAGES;
            }
            None => {}
        }
        state.free.extend(returned);
        state.turn = 1 - state.turn;
    }

    /// A word into each bank, and what is next for it: of the first stream where it has one for it.
    fn write_banks(&mut self) {
        let state = &mut self._state;
        let first = state.first.take();
        for bank in 0..2 {
            if let Some((address, word)) = state.writing[bank] {
                state.memory[address] = word;
            }
            state.writing[bank] = first
                .filter(|(address, _)| address % 2 == bank)
                .or_else(|| state.waiting[bank].take());
        }
    }
}
