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
//! | read | in | read_clk | take the offered word; ignored while none is offered |
//! | read_data, read_last | out | read_clk | the offered word, valid while `frame_available` |
//!
//! Invariant: a word is offered only of a committed frame, and once a frame's first word is offered the others follow without a gap as
//! fast as they are read. All outputs are registers.
//! What crosses to the reader is not a pointer (a commit moves it by many) but the Gray-coded number of committed frames, and back the
//! Gray-coded read pointer: both change one bit at most a clock.
//! Latency: the first word is offered at most 6 edges of `read_clk` after the edge of the frame's last word (`latency_is_six`).
//! Throughput: a word a cycle on both sides, across frames too. `write_level` is two cycles behind the writer, and five behind the reader
//! plus phase. Holds 2^A words in RAM and one offered, and as many frames.
//! Too long: a frame that meets a full RAM is swallowed to its end and discarded with `overflow`, whatever `write_commit` says.
//! Reset: both resets at once for at least 5 cycles of the slower clock; one alone leaves the two sides in disagreement. A frame cut by the
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
    available: bool,
}

impl<const D: usize, const A: usize> AsyncFrameFifo<D, A> {
    const DEPTH: usize = 1 << A;
    const MODULUS: usize = 2 << A;

    fn update_read_side(&mut self, r: ReadSide<D>, committed: usize) {
        let offered = self.frame_available.val();
        let advance = r.available && (!offered || self.read.val());
        if advance {
            (self.read_data.next, self.read_last.next) = r.ram_word;
        }
        let pointer = (r.pointer + usize::from(advance)) % Self::MODULUS;
        let frames = (r.frames + usize::from(advance && r.ram_word.1)) % Self::MODULUS;
        self._r.ram_word = self._memory[pointer % Self::DEPTH];
        self._r.committed = [committed, r.committed[0]];
        if self.read_reset.val() {
            (self._r.pointer, self._r.frames, self._r.available) = (0, 0, false);
            self.frame_available.next = false;
        } else {
            (self._r.pointer, self._r.frames) = (pointer, frames);
            self._r.available = frames != r.committed[1];
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
        self.read_data.connect();
        self.read_last.connect();
    }
    fn hdl(&self) -> Verilog {
        let binary: String = (0..=A)
            .map(|bit| format!("assign read_pointer_arrived[{bit}] = ^read_gray_second[{A}:{bit}];\n"))
            .collect();
        Verilog::Custom(format!(
            "reg [{D}:0] memory [0:{last}];
reg [{A}:0] write_pointer;
reg [{A}:0] frame_start;
reg [{A}:0] frames;
reg [{A}:0] frames_gray;
reg memory_full;
reg swallowing;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] read_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] read_gray_second;
reg [{A}:0] read_pointer_seen;
reg [{A}:0] read_pointer;
reg [{A}:0] read_pointer_next;
reg [{A}:0] read_gray;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] frames_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{A}:0] frames_gray_second;
reg [{A}:0] frames_read;
reg [{A}:0] frames_read_next;
reg [{D}:0] ram_word;
reg available;
initial begin
  write_pointer = {count}'d0;
  frame_start = {count}'d0;
  frames = {count}'d0;
  frames_gray = {count}'d0;
  memory_full = 1'b0;
  swallowing = 1'b0;
  read_gray_first = {count}'d0;
  read_gray_second = {count}'d0;
  read_pointer_seen = {count}'d0;
  overflow = 1'b0;
  write_level = 16'd0;
  read_pointer = {count}'d0;
  read_pointer_next = {count}'d1;
  read_gray = {count}'d0;
  frames_gray_first = {count}'d0;
  frames_gray_second = {count}'d0;
  frames_read = {count}'d0;
  frames_read_next = {count}'d1;
  available = 1'b0;
  frame_available = 1'b0;
  read_data = {D}'h0;
  read_last = 1'b0;
end

wire store = write & ~memory_full & ~swallowing;
wire swallow = write & (memory_full | swallowing);
wire keep_frame = store & write_last & write_commit;
wire roll_back = swallow | (write & write_last & ~write_commit);
wire [{A}:0] write_pointer_next = write_pointer + {count}'d1;
wire [{A}:0] frames_next = frames + {count}'d1;
wire [{A}:0] read_pointer_full = read_pointer_seen ^ {count}'d{depth};
wire [{A}:0] words = write_pointer - read_pointer_seen;
wire [{A}:0] read_pointer_arrived;
{binary}always @(posedge write_clk) begin
  if (store) memory[write_pointer[{top}:0]] <= {{write_last, write_data}};
  read_gray_first <= read_gray;
  read_gray_second <= read_gray_first;
  read_pointer_seen <= read_pointer_arrived;
  if (write_reset) begin
    write_pointer <= {count}'d0;
    frame_start <= {count}'d0;
    frames <= {count}'d0;
    frames_gray <= {count}'d0;
    memory_full <= 1'b0;
    swallowing <= 1'b0;
    overflow <= 1'b0;
    write_level <= 16'd0;
  end else begin
    if (roll_back) write_pointer <= frame_start;
    else if (store) write_pointer <= write_pointer_next;
    if (keep_frame) begin
      frame_start <= write_pointer_next;
      frames <= frames_next;
      frames_gray <= frames_next ^ (frames_next >> 1);
    end
    memory_full <= roll_back ? frame_start == read_pointer_full
      : store ? write_pointer_next == read_pointer_full : write_pointer == read_pointer_full;
    swallowing <= (swallowing | swallow) & ~(write & write_last);
    overflow <= swallow & write_last;
    write_level <= {level};
  end
end

wire advance = available & (~frame_available | read);
wire frame_ends = advance & ram_word[{D}];
wire [{A}:0] frames_read_gray = frames_read ^ (frames_read >> 1);
wire [{A}:0] frames_read_next_gray = frames_read_next ^ (frames_read_next >> 1);
wire [{top}:0] read_address = advance ? read_pointer_next[{top}:0] : read_pointer[{top}:0];
always @(posedge read_clk) begin
  ram_word <= memory[read_address];
  if (advance) begin
    read_last <= ram_word[{D}];
    read_data <= ram_word[{data_top}:0];
  end
  frames_gray_first <= frames_gray;
  frames_gray_second <= frames_gray_first;
  if (read_reset) begin
    read_pointer <= {count}'d0;
    read_pointer_next <= {count}'d1;
    read_gray <= {count}'d0;
    frames_read <= {count}'d0;
    frames_read_next <= {count}'d1;
    available <= 1'b0;
    frame_available <= 1'b0;
  end else begin
    if (advance) begin
      read_pointer <= read_pointer_next;
      read_pointer_next <= read_pointer_next + {count}'d1;
      read_gray <= read_pointer_next ^ (read_pointer_next >> 1);
    end
    if (frame_ends) begin
      frames_read <= frames_read_next;
      frames_read_next <= frames_read_next + {count}'d1;
    end
    available <= frame_ends ? frames_read_next_gray != frames_gray_second : frames_read_gray != frames_gray_second;
    frame_available <= advance | (frame_available & ~read);
  end
end
",
            count = A + 1,
            depth = Self::DEPTH,
            last = Self::DEPTH - 1,
            top = A - 1,
            data_top = D - 1,
            level = zero_extend("words", A + 1, 16),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::clocks::Clocks;
    use super::*;
    use rand::prelude::*;
    use std::collections::VecDeque;

    type Uut<const A: usize> = AsyncFrameFifo<40, A>;

    fn drive<const A: usize>(clocks: &Clocks, uut: &mut Uut<A>, rising: [bool; 2]) {
        clocks.drive(uut, rising, |uut, levels| {
            if let Some(level) = levels[0] {
                uut.write_clk.next = level.into();
            }
            if let Some(level) = levels[1] {
                uut.read_clk.next = level.into();
            }
        });
    }

    fn set<const A: usize>(uut: &mut Uut<A>, word: Option<u64>, last: bool, commit: bool) {
        uut.write.next = word.is_some();
        uut.write_data.next = bits::<40>(word.unwrap_or(0xEE_EEEE));
        uut.write_last.next = last;
        uut.write_commit.next = commit;
    }

    /// A frame either comes out whole and in order, or was discarded by commit, or by an overflow that the RAM's level explains.
    fn random<const A: usize>(seed: u64, periods: [u64; 2]) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = Uut::<A>::default();
        uut.connect_all();
        let mut clocks = Clocks::new(periods);
        // Words committed and not yet read; the words of the frame being written, and the most words inside since it began.
        let mut queue: VecDeque<(u64, bool)> = VecDeque::new();
        let mut frame: Vec<u64> = vec![];
        let mut peak = 0;
        // Words the writer may still count after they were read: five write edges and one read edge of them.
        let unseen = (6 * periods[0] / periods[1] + 3) as usize;
        let (mut left, mut commit, mut count) = (0, false, 0_u64);
        let (mut write_odds, mut read_odds) = (0.5, 0.5);
        let (mut delivered, mut overflows, mut discarded) = (0, 0, 0);
        let mut mid_frame = false;
        let steps = 20_000;
        for step in 0..steps {
            if step % 300 == 0 {
                (write_odds, read_odds) = [(1.0, 1.0), (0.9, 0.2), (0.2, 0.9), (0.5, 0.5), (1.0, 0.0), (0.1, 1.0)][rng.gen_range(0..6)];
            }
            let draining = step > steps - 1000;
            let rising = clocks.step();
            if rising[0] {
                if left == 0 && !draining {
                    left = if rng.gen_bool(0.3) { 1 } else { rng.gen_range(1..=(3 << A) / 4) };
                    commit = rng.gen_bool(0.8);
                }
                let write = left > 0 && (draining || rng.gen_bool(write_odds));
                let last = left == 1;
                set(
                    &mut uut,
                    write.then_some(count),
                    if write { last } else { rng.r#gen() },
                    if last { commit } else { rng.r#gen() },
                );
            }
            if rising[1] {
                uut.read.next = draining || rng.gen_bool(read_odds);
            }
            let offered = (uut.frame_available.val(), uut.read_data.val().to_u64(), uut.read_last.val());
            let inside = queue.len() + frame.len();
            drive(&clocks, &mut uut, rising);
            if rising[1] {
                assert!(offered.0 || !mid_frame, "seed {seed}: a gap within a frame");
                if offered.0 && uut.read.val() {
                    assert_eq!(
                        Some((offered.1, offered.2)),
                        queue.pop_front(),
                        "seed {seed} {periods:?} step {step}"
                    );
                    mid_frame = !offered.2;
                    delivered += 1;
                }
            }
            if rising[0] {
                let write = uut.write.val();
                if write {
                    frame.push(count);
                    count += 1;
                    left -= 1;
                    peak = peak.max(inside);
                }
                if write && left == 0 {
                    let frame = std::mem::take(&mut frame);
                    if uut.overflow.val() {
                        assert!(peak + unseen >= 1 << A, "seed {seed} {periods:?}: overflow at {peak} words");
                        overflows += 1;
                    } else if commit {
                        let length = frame.len();
                        queue.extend(frame.into_iter().enumerate().map(|(index, word)| (word, index + 1 == length)));
                        assert!(queue.len() <= (1 << A) + 1, "seed {seed}: more words than fit");
                    } else {
                        discarded += 1;
                    }
                    peak = 0;
                } else {
                    assert!(!uut.overflow.val());
                }
            }
            assert!(uut.write_level.val().index() <= 1 << A);
        }
        assert!(
            queue.is_empty() && !uut.frame_available.val(),
            "seed {seed} {periods:?}: {} words left",
            queue.len()
        );
        assert_eq!(uut.write_level.val().index(), 0);
        assert!(
            delivered > 500 && overflows > 3 && discarded > 20,
            "seed {seed} {periods:?}: {delivered} {overflows} {discarded}"
        );
    }

    #[test]
    fn frames_come_out_whole_or_not_at_all() {
        for (seed, periods) in [(1, [10, 10]), (2, [10, 37]), (3, [37, 10]), (4, [64, 80]), (5, [100, 101])] {
            random::<3>(seed, periods);
            random::<6>(seed, periods);
        }
    }

    #[test]
    fn latency_is_six() {
        for periods in [[10, 10], [10, 7], [7, 10], [100, 9]] {
            let mut uut = Uut::<3>::default();
            uut.connect_all();
            let mut clocks = Clocks::new(periods);
            let (mut written, mut edges) = (0, 0);
            while !uut.frame_available.val() {
                set(&mut uut, (written < 2).then_some(written), written == 1, true);
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
                edges += u64::from(rising[1] && written == 2);
                written = (written + u64::from(rising[0])).min(2);
            }
            assert!((4..=6).contains(&edges), "{edges} at {periods:?}");
            assert_eq!((uut.read_data.val().to_u64(), uut.read_last.val()), (0, false));
        }
    }

    #[test]
    fn moves_a_word_a_cycle_across_frames() {
        for length in 1..4 {
            let mut uut = Uut::<5>::default();
            uut.connect_all();
            let mut clocks = Clocks::new([10, 10]);
            uut.read.next = true;
            let mut received = 0;
            for word in 0..200 {
                set(&mut uut, Some(word), word % length == length - 1, true);
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
                if uut.frame_available.val() {
                    assert_eq!(uut.read_data.val().to_u64(), received);
                    received += 1;
                } else {
                    assert_eq!(received, 0, "a gap at frames of {length}");
                }
                assert!(!uut.overflow.val());
            }
            assert!(received > 190);
        }
    }

    #[test]
    fn a_frame_as_long_as_the_ram_fits_and_one_longer_overflows() {
        for (length, fits) in [(16, true), (17, false), (40, false)] {
            let mut uut = Uut::<4>::default();
            uut.connect_all();
            let mut clocks = Clocks::new([10, 10]);
            let mut pulses = 0;
            for word in 0..length {
                set(&mut uut, Some(word), word + 1 == length, true);
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
                pulses += u32::from(uut.overflow.val());
            }
            for _ in 0..10 {
                set(&mut uut, None, true, true);
                let rising = clocks.step();
                drive(&clocks, &mut uut, rising);
                pulses += u32::from(uut.overflow.val());
            }
            assert_eq!((uut.frame_available.val(), pulses), (fits, u32::from(!fits)), "{length} words");
        }
    }
}
