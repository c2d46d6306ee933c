//! Two FIFOs of whole frames in one memory, between two clocks: 2^A words of D bits and a last mark, which two writers share in pages.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | write_clk | in | | rising edge |
//! | write_reset | in | write_clk | empties both FIFOs, together with `read_reset` |
//! | a_write, a_data | in | write_clk | a word of a frame of the first stream; there is no back-pressure |
//! | a_load | in | write_clk | set where `a_write` is, and maybe elsewhere: `a_data` is kept for a cycle; all bits of a word hang on it, and nothing else does |
//! | a_last | in | write_clk | with `a_write`: the frame's last word |
//! | a_commit | in | write_clk | with `a_write` and `a_last`, never without: keep the frame, which is discarded otherwise |
//! | a_overflow | out | write_clk | one cycle, after the last word of a frame that found no page |
//! | a_level | out | write_clk | words of the first stream in RAM, those of the frame being written included |
//! | b_write, b_data, b_last, b_commit, b_overflow, b_level | in.. | write_clk | likewise the second stream |
//! | read_clk | in | | rising edge |
//! | read_reset | in | read_clk | empties both FIFOs, together with `write_reset` |
//! | frame_available | out | read_clk | a word is offered |
//! | read | in | read_clk | take the offered word; ignored while none is offered |
//! | read_data, read_last | out | read_clk | the offered word, valid while `frame_available` |
//!
//! Invariant: a word is offered only of a committed frame, and behind it the rest of this frame; each stream's frames come in order, and while
//! both streams have frames they take turns. All outputs are registers.
//!
//! Pages: the memory has `PAGES` of them. A stream takes a page ahead of the one it writes, gives those of a discarded frame back, and each other when
//! the reader has left it. It holds 3/4 of the pages at most, so a quarter is always for the other. Frames of a stream follow each other within a page.
//! Each stream numbers its pages in a ring of its own; a table gives for each number the page of the memory.
//! One page a stream may move every second cycle, which is enough, since a page has 8 words at least.
//!
//! Two writers of a word a cycle: even words are in one bank and odd words in another. A stream's pointer goes on by a word with each word stored, and
//! back only in a cycle that stores none. So a stream never writes one bank in two cycles that follow each other. The first stream writes when it
//! comes; a word of the second that meets it waits one cycle, in the one place that its bank has. A bank is written from registers. Nothing is required of the writers.
//!
//! Crossings: as in `AsyncFrameFifo` the Gray-coded number of committed frames goes to the reader, once its words are written, and the Gray-coded read
//! pointer comes back. The reader looks into the table on its own clock: an entry is written before the first word of its page, so before the commit
//! that leads the reader there, and not again before the read pointer that has left the page is seen. What it finds is registered only then.
//!
//! Latency: the first word is offered at most 6 edges of `read_clk` after three cycles of `write_clk` after the edge of the frame's last word
//! (`latency_of_a_frame`). Throughput: a word a cycle of each stream in; out a word in 4 cycles, 5 at a frame's end (`a_word_in_four_cycles`);
//! the next word is offered 2 cycles after one is taken at the earliest, so that nothing but a register hangs on `read`, nor on the RAM's slow output.
//! The levels are two cycles behind the writer, and five behind the reader plus phase.
//! No page: a frame that finds none, since the other stream has them or it would be more than 3/4, is swallowed to its end and discarded with
//! `overflow`, whatever `commit` says. Two frames too many at once may both be lost.
//! Reset: both resets at once for at least 5 cycles of the slower clock; one alone leaves the two sides in disagreement. The first frame may come 6 cycles
//! of `write_clk` after it, an earlier one may find no page. A frame cut by the reset goes on as a frame of its own.

mod native;
mod verilog;

use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct PagedFrameFifo<const D: usize, const A: usize> {
    pub write_clk: Signal<In, Clock>,
    pub write_reset: Signal<In, Bit>,
    pub a_write: Signal<In, Bit>,
    pub a_load: Signal<In, Bit>,
    pub a_data: Signal<In, Bits<D>>,
    pub a_last: Signal<In, Bit>,
    pub a_commit: Signal<In, Bit>,
    pub a_overflow: Signal<Out, Bit>,
    pub a_level: Signal<Out, Bits<16>>,
    pub b_write: Signal<In, Bit>,
    pub b_data: Signal<In, Bits<D>>,
    pub b_last: Signal<In, Bit>,
    pub b_commit: Signal<In, Bit>,
    pub b_overflow: Signal<Out, Bit>,
    pub b_level: Signal<Out, Bits<16>>,
    pub read_clk: Signal<In, Clock>,
    pub read_reset: Signal<In, Bit>,
    pub frame_available: Signal<Out, Bit>,
    pub read: Signal<In, Bit>,
    pub read_data: Signal<Out, Bits<D>>,
    pub read_last: Signal<Out, Bit>,
    _state: native::State<D>,
}

impl<const D: usize, const A: usize> PagedFrameFifo<D, A> {
    /// 32 pages, fewer where they would be of less than 8 words.
    pub const PAGE_BITS: usize = if A < 8 { A - 3 } else { 5 };
    pub const PAGES: usize = 1 << Self::PAGE_BITS;
    const OFFSET_BITS: usize = A - Self::PAGE_BITS;
    pub const PAGE_WORDS: usize = 1 << Self::OFFSET_BITS;
    /// Pages that one stream may hold.
    pub const MOST_PAGES: usize = Self::PAGES - Self::PAGES / 4;
}

impl<const D: usize, const A: usize> Default for PagedFrameFifo<D, A> {
    fn default() -> Self {
        assert!((5..=15).contains(&A), "2^{A} words");
        Self {
            write_clk: Default::default(),
            write_reset: Default::default(),
            a_write: Default::default(),
            a_load: Default::default(),
            a_data: Default::default(),
            a_last: Default::default(),
            a_commit: Default::default(),
            a_overflow: Default::default(),
            a_level: Default::default(),
            b_write: Default::default(),
            b_data: Default::default(),
            b_last: Default::default(),
            b_commit: Default::default(),
            b_overflow: Default::default(),
            b_level: Default::default(),
            read_clk: Default::default(),
            read_reset: Default::default(),
            frame_available: Default::default(),
            read: Default::default(),
            read_data: Default::default(),
            read_last: Default::default(),
            _state: native::State::new(1 << A, Self::PAGES),
        }
    }
}

impl<const D: usize, const A: usize> Logic for PagedFrameFifo<D, A> {
    fn update(&mut self) {
        let crossing = self._state.crossing();
        // The read side comes first: at a common edge it sees the RAM from before.
        if self.read_clk.pos_edge() {
            self.update_read_side(crossing.frames);
        }
        if self.write_clk.pos_edge() {
            self.update_write_side(crossing.read_pointers);
        }
    }
    fn connect(&mut self) {
        self.a_overflow.connect();
        self.a_level.connect();
        self.b_overflow.connect();
        self.b_level.connect();
        self.frame_available.connect();
        self.read_data.connect();
        self.read_last.connect();
    }
    crate::module_name!(write_clk => a_overflow, a_level, b_overflow, b_level; read_clk => frame_available, read_data, read_last);
    fn hdl(&self) -> Verilog {
        Verilog::Custom(Self::verilog())
    }
}

#[cfg(test)]
mod tests;
