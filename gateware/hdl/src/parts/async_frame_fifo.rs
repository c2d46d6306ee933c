//! FIFO of whole frames between two clocks: 2^A words of D bits and a last mark, first-word-fall-through.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | write_clk | in | | rising edge |
//! | write_reset | in | write_clk | empties the FIFO, together with `read_reset` |
//! | write, write_data | in | write_clk | a word of the frame; there is no back-pressure |
//! | write_last | in | write_clk | with `write`: the frame's last word |
//! | write_commit | in | write_clk | with `write_last`: 1 keep the frame, 0 discard it |
//! | overflow | out | write_clk | one cycle, after the last word of a frame that did not fit |
//! | write_level | out | write_clk | words in RAM, those of the frame being written included |
//! | read_clk | in | | rising edge |
//! | read_reset | in | read_clk | empties the FIFO, together with `write_reset` |
//! | frame_available | out | read_clk | a word is offered |
//! | frame_follows | out | read_clk | a word is behind the offered one or, if none is offered, will be in the next cycle; one cycle late behind a frame's last word |
//! | read | in | read_clk | take the offered word; ignored while none is offered |
//! | read_data, read_last | out | read_clk | the offered word, valid while `frame_available` |
//!
//! Invariant: a word is offered only of a committed frame, and once a frame's first word is offered the others follow without a gap as
//! fast as they are read. All outputs are registers.
//! What crosses to the reader is not a pointer (a commit moves it by many) but the Gray-coded number of committed frames, and back the
//! Gray-coded read pointer: both change one bit at most a clock.
//! Latency: the first word is offered at most 6 edges of `read_clk` after the edge of the frame's last word (`latency_is_six`).
//! Throughput: a word a cycle on both sides; the reader's side has a cycle without one behind a frame's last word, since it is known only from the
//! offered word that a frame ends, not from the RAM's slow output (`moves_a_word_a_cycle_and_a_frame_in_one_more`). `write_level` is two cycles
//! behind the writer, and five behind the reader plus phase. Holds 2^A words in RAM and one offered, and as many frames.
//! Too long: a frame that meets a full RAM is swallowed to its end and discarded with `overflow`, whatever `write_commit` says.
//! Reset: both resets at once for at least 5 cycles of the slower clock; one alone, or a shorter one, leaves the two sides in disagreement. A frame cut by the
//! reset goes on as a frame of its own: the writer starts with a frame's first word.

use super::text::zero_extend;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct AsyncFrameFifo<const D: usize, const A: usize> {
    pub write_clk: Signal<In, Clock>,
    pub write_reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<D>>,
    pub write_last: Signal<In, Bit>,
    pub write_commit: Signal<In, Bit>,
    pub overflow: Signal<Out, Bit>,
    pub write_level: Signal<Out, Bits<16>>,
    pub read_clk: Signal<In, Clock>,
    pub read_reset: Signal<In, Bit>,
    pub frame_available: Signal<Out, Bit>,
    pub frame_follows: Signal<Out, Bit>,
    pub read: Signal<In, Bit>,
    pub read_data: Signal<Out, Bits<D>>,
    pub read_last: Signal<Out, Bit>,
    _memory: Vec<(Bits<D>, bool)>,
    _w: WriteSide,
    _r: ReadSide<D>,
}

/// Pointers and frame counts run modulo twice the depth. Natively they cross as they are: the Gray code is for the circuit's sake.
#[derive(Clone, Copy, Debug, Default)]
struct WriteSide {
    pointer: usize,
    /// Where the frame being written began.
    frame_start: usize,
    frames: usize,
    full: bool,
    swallowing: bool,
    /// The read pointer on its way here; the last stage is the binary one.
    read_pointer: [usize; 3],
}

#[derive(Clone, Copy, Debug, Default)]
struct ReadSide<const D: usize> {
    pointer: usize,
    /// Frames whose last word has left the RAM.
    frames: usize,
    /// The number of committed frames on its way here.
    committed: [usize; 2],
    ram_word: (Bits<D>, bool),
    /// The offered word came in the cycle before.
    advanced: bool,
}

impl<const D: usize, const A: usize> AsyncFrameFifo<D, A> {
    const DEPTH: usize = 1 << A;
    const MODULUS: usize = 2 << A;

    fn update_read_side(&mut self, r: ReadSide<D>, committed: usize) {
        let offered = self.frame_available.val();
        let ended = r.advanced && self.read_last.val();
        let follows = self.frame_follows.val();
        let advance = follows && !ended && (!offered || self.read.val());
        if advance {
            (self.read_data.next, self.read_last.next) = r.ram_word;
        }
        let pointer = (r.pointer + usize::from(advance)) % Self::MODULUS;
        let frames = (r.frames + usize::from(ended)) % Self::MODULUS;
        if advance || !follows {
            self._r.ram_word = self._memory[pointer % Self::DEPTH];
        }
        self._r.committed = [committed, r.committed[0]];
        if self.read_reset.val() {
            (self._r.pointer, self._r.frames) = (0, 0);
            self._r.advanced = false;
            self.frame_available.next = false;
            self.frame_follows.next = false;
        } else {
            (self._r.pointer, self._r.frames) = (pointer, frames);
            self._r.advanced = advance;
            self.frame_follows.next = frames != r.committed[1];
            self.frame_available.next = advance || (offered && !self.read.val());
        }
    }

    fn update_write_side(&mut self, w: WriteSide, read_pointer: usize) {
        let (write, last) = (self.write.val(), self.write.val() && self.write_last.val());
        let store = write && !w.full && !w.swallowing;
        let keep = store && last && self.write_commit.val();
        if store {
            self._memory[w.pointer % Self::DEPTH] = (self.write_data.val(), last);
        }
        let swallow = write && !store;
        self._w.read_pointer = [read_pointer, w.read_pointer[0], w.read_pointer[1]];
        let level = (w.pointer + Self::MODULUS - w.read_pointer[2]) % Self::MODULUS;
        if self.write_reset.val() {
            (self._w.pointer, self._w.frame_start, self._w.frames) = (0, 0, 0);
            (self._w.full, self._w.swallowing) = (false, false);
            self.overflow.next = false;
            self.write_level.next = bits::<16>(0);
        } else {
            if swallow || (last && !keep) {
                self._w.pointer = w.frame_start;
            } else if store {
                self._w.pointer = (w.pointer + 1) % Self::MODULUS;
            }
            if keep {
                self._w.frame_start = self._w.pointer;
                self._w.frames = (w.frames + 1) % Self::MODULUS;
            }
            self._w.swallowing = (w.swallowing || swallow) && !last;
            self._w.full = self._w.pointer == (w.read_pointer[2] + Self::DEPTH) % Self::MODULUS;
            self.overflow.next = swallow && last;
            self.write_level.next = bits::<16>(level as u64);
        }
    }
}

impl<const D: usize, const A: usize> Default for AsyncFrameFifo<D, A> {
    fn default() -> Self {
        assert!((2..=15).contains(&A), "2^{A} words");
        Self {
            write_clk: Default::default(),
            write_reset: Default::default(),
            write: Default::default(),
            write_data: Default::default(),
            write_last: Default::default(),
            write_commit: Default::default(),
            overflow: Default::default(),
            write_level: Default::default(),
            read_clk: Default::default(),
            read_reset: Default::default(),
            frame_available: Default::default(),
            frame_follows: Default::default(),
            read: Default::default(),
            read_data: Default::default(),
            read_last: Default::default(),
            _memory: vec![Default::default(); Self::DEPTH],
            _w: Default::default(),
            _r: Default::default(),
        }
    }
}

impl<const D: usize, const A: usize> Logic for AsyncFrameFifo<D, A> {
    fn update(&mut self) {
        let (w, r) = (self._w, self._r);
        // The read side comes first: at a common edge it sees the RAM from before.
        if self.read_clk.pos_edge() {
            self.update_read_side(r, w.frames);
        }
        if self.write_clk.pos_edge() {
            self.update_write_side(w, r.pointer);
        }
    }
    fn connect(&mut self) {
        self.overflow.connect();
        self.write_level.connect();
        self.frame_available.connect();
        self.frame_follows.connect();
        self.read_data.connect();
        self.read_last.connect();
    }
    crate::module_name!(write_clk => overflow, write_level; read_clk => frame_available, frame_follows, read_data, read_last);
    fn hdl(&self) -> Verilog {
        let binary: String = (0..=A)
            .map(|bit| format!("assign read_pointer_arrived[{bit}] = ^read_gray_second[{A}:{bit}];\n"))
            .collect();
        Verilog::Custom(format!(
            "reg [{D}:0] memory_words [0:{last}];
reg [{A}:0] write_pointer;
reg [{A}:0] write_pointer_next;
reg [{A}:0] frame_start;
reg [{A}:0] frame_start_next;
reg [{A}:0] frame_count;
reg [{A}:0] frame_count_gray;
reg memory_full;
reg swallowing_frame;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] read_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] read_gray_second;
reg [{A}:0] read_pointer_seen;
reg [{A}:0] read_pointer;
reg [{A}:0] fetch_pointer;
reg [{A}:0] read_gray;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] frame_count_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] frame_count_gray_second;
reg [{A}:0] frames_read_gray;
reg [{A}:0] frames_next_gray;
reg [{A}:0] frames_ahead;
reg [{D}:0] ram_word;
reg word_advanced;
initial begin
  write_pointer = {count}'d0;
  write_pointer_next = {count}'d1;
  frame_start = {count}'d0;
  frame_start_next = {count}'d1;
  frame_count = {count}'d0;
  frame_count_gray = {count}'d0;
  memory_full = 1'b0;
  swallowing_frame = 1'b0;
  read_gray_first = {count}'d0;
  read_gray_second = {count}'d0;
  read_pointer_seen = {count}'d0;
  overflow = 1'b0;
  write_level = 16'd0;
  read_pointer = {count}'d0;
  fetch_pointer = {count}'d0;
  read_gray = {count}'d0;
  frame_count_gray_first = {count}'d0;
  frame_count_gray_second = {count}'d0;
  frames_read_gray = {count}'d0;
  frames_next_gray = {count}'d1;
  frames_ahead = {count}'d2;
  frame_follows = 1'b0;
  word_advanced = 1'b0;
  frame_available = 1'b0;
  read_data = {D}'h0;
  read_last = 1'b0;
end

wire store_word = write & ~memory_full & ~swallowing_frame;
wire swallow_word = write & (memory_full | swallowing_frame);
wire keep_frame = store_word & write_last & write_commit;
wire roll_back_frame = swallow_word | (write & write_last & ~write_commit);
wire [{A}:0] write_pointer_second = write_pointer_next + {count}'d1;
wire [{A}:0] frame_count_next = frame_count + {count}'d1;
wire [{A}:0] read_pointer_full = read_pointer_seen ^ {count}'d{depth};
wire [{A}:0] words_inside = write_pointer - read_pointer_seen;
wire [{A}:0] read_pointer_arrived;
{binary}always @(posedge write_clk) begin
  if (store_word) memory_words[write_pointer[{top}:0]] <= {{write_last, write_data}};
  read_gray_first <= read_gray;
  read_gray_second <= read_gray_first;
  read_pointer_seen <= read_pointer_arrived;
  if (write_reset) begin
    write_pointer <= {count}'d0;
    write_pointer_next <= {count}'d1;
    frame_start <= {count}'d0;
    frame_start_next <= {count}'d1;
    frame_count <= {count}'d0;
    frame_count_gray <= {count}'d0;
    memory_full <= 1'b0;
    swallowing_frame <= 1'b0;
    overflow <= 1'b0;
    write_level <= 16'd0;
  end else begin
    if (roll_back_frame) begin
      write_pointer <= frame_start;
      write_pointer_next <= frame_start_next;
    end else if (store_word) begin
      write_pointer <= write_pointer_next;
      write_pointer_next <= write_pointer_second;
    end
    if (keep_frame) begin
      frame_start <= write_pointer_next;
      frame_start_next <= write_pointer_second;
      frame_count <= frame_count_next;
      frame_count_gray <= frame_count_next ^ (frame_count_next >> 1);
    end
    memory_full <= roll_back_frame ? frame_start == read_pointer_full
      : store_word ? write_pointer_next == read_pointer_full : write_pointer == read_pointer_full;
    swallowing_frame <= (swallowing_frame | swallow_word) & ~(write & write_last);
    overflow <= swallow_word & write_last;
    write_level <= {level};
  end
end

wire frame_ends = word_advanced & read_last;
wire advance_read = frame_follows & ~frame_ends & (~frame_available | read);
wire fetch_word = ~frame_follows | (~frame_ends & (~frame_available | read));
wire frame_waits = frames_read_gray != frame_count_gray_second;
wire next_waits = frames_next_gray != frame_count_gray_second;
// The RAM's address is a register: the read pointer, and a word further while the RAM's word is one to be offered.
wire [{A}:0] fetch_pointer_next = fetch_pointer + {count}'d1;
wire fetch_moves = advance_read | (frame_follows ? frame_ends & ~next_waits : frame_waits);
always @(posedge read_clk) begin
  if (fetch_word) ram_word <= memory_words[fetch_pointer[{top}:0]];
  if (advance_read) begin
    read_last <= ram_word[{D}];
    read_data <= ram_word[{data_top}:0];
  end
  frame_count_gray_first <= frame_count_gray;
  frame_count_gray_second <= frame_count_gray_first;
  if (read_reset) begin
    read_pointer <= {count}'d0;
    fetch_pointer <= {count}'d0;
    read_gray <= {count}'d0;
    frames_read_gray <= {count}'d0;
    frames_next_gray <= {count}'d1;
    frames_ahead <= {count}'d2;
    frame_follows <= 1'b0;
    word_advanced <= 1'b0;
    frame_available <= 1'b0;
  end else begin
    if (advance_read) begin
      read_pointer <= fetch_pointer;
      read_gray <= fetch_pointer ^ (fetch_pointer >> 1);
    end
    if (fetch_moves) fetch_pointer <= frame_ends ? read_pointer : fetch_pointer_next;
    if (frame_ends) begin
      frames_read_gray <= frames_next_gray;
      frames_next_gray <= frames_ahead ^ (frames_ahead >> 1);
      frames_ahead <= frames_ahead + {count}'d1;
    end
    frame_follows <= frame_ends ? next_waits : frame_waits;
    word_advanced <= advance_read;
    frame_available <= advance_read | (frame_available & ~read);
  end
end
",
            count = A + 1,
            depth = Self::DEPTH,
            last = Self::DEPTH - 1,
            top = A - 1,
            data_top = D - 1,
            level = zero_extend("words_inside", A + 1, 16),
        ))
    }
}

#[cfg(test)]
mod tests;
