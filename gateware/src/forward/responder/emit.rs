//! Last stage of the responder: a script's steps and a packet's rest become a frame. IEEE 802.3 3.1.1.
//!
//! > A frame is not released before what is left of it will come as fast as it can go.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset cuts a frame under way |
//! | start, total | in | 1, 12 | pulse: a frame begins; its bytes, which stand still until `done` |
//! | piece_valid, piece | in | 1, 16 | the next two bytes; without meaning between frames |
//! | moves, word | in | 1, 64 | the next eight bytes, behind an odd number of pieces; a register |
//! | done | out | 1 | pulse: the last word is on its way |
//! | out_valid, out_data, out_keep, out_last | out | 1, 64, 8, 1 | a word of the frame without FCS, for one cycle |
//! | filled | in | 1 | twelve words wait where they go to |
//! | released | out | 1 | the frame may go: it is whole, or `filled` was |
//!
//! Latency: 1 cycle. Throughput: a piece or eight bytes a cycle. Bad input: a frame of less than nine bytes.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Progress {
    active: Bit,
    released: Bit,
    /// Pieces of a word that is not whole.
    pieces: Bits<2>,
    /// The word that goes next is the last.
    last: Bit,
    /// Words after the next.
    left: Bits<9>,
    /// The last six bytes.
    rest: Bits<48>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Output {
    valid: Bit,
    data: Bits<64>,
    keep: Bits<8>,
    last: Bit,
}

#[derive(LogicBlock, Default)]
pub struct FrameEmitter {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub total: Signal<In, Bits<12>>,
    pub piece_valid: Signal<In, Bit>,
    pub piece: Signal<In, Bits<16>>,
    pub moves: Signal<In, Bit>,
    pub word: Signal<In, Bits<64>>,
    pub done: Signal<Out, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_data: Signal<Out, Bits<64>>,
    pub out_keep: Signal<Out, Bits<8>>,
    pub out_last: Signal<Out, Bit>,
    pub filled: Signal<In, Bit>,
    pub released: Signal<Out, Bit>,
    progress: DFF<Progress>,
    sent: DFF<Output>,
    takes: Signal<Local, Bit>,
    goes: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    head: Signal<Local, Bits<16>>,
    less: Signal<Local, Bits<12>>,
    tail: Signal<Local, Bits<3>>,
    keep: Signal<Local, Bits<8>>,
}

impl Logic for FrameEmitter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, progress, sent);
        self.takes.next = self.piece_valid.val() & self.progress.q.val().active;
        self.goes.next = self.moves.val() | (self.takes.val() & (self.progress.q.val().pieces == 3));
        self.ends.next = self.goes.val() & self.progress.q.val().last;
        self.done.next = self.ends.val();
        self.less.next = self.total.val() - 1;
        self.tail.next = self.less.val().get_bits::<3>(0);
        self.keep.next = 0.into();
        for i in 0..8 {
            self.keep.next = self.keep.val().replace_bit(i, self.tail.val() >= i.to_bits::<3>());
        }
        self.sent.d.next.valid = self.goes.val();
        self.sent.d.next.last = self.ends.val();
        self.sent.d.next.keep = 255.into();
        if self.ends.val() {
            self.sent.d.next.keep = self.keep.val();
        }
        // Three pieces and what comes; only eight bytes can come behind one piece, and that stands where the last of three does.
        self.head.next = self.piece.val();
        if self.moves.val() {
            self.head.next = self.word.val().get_bits::<16>(0);
        }
        self.sent.d.next.data = (bit_cast::<64, 16>(self.head.val()) << 48) | bit_cast::<64, 48>(self.progress.q.val().rest);
        if !self.progress.q.val().pieces.get_bit(1) {
            self.sent.d.next.data = (self.word.val() << 16) | bit_cast::<64, 16>(self.progress.q.val().rest.get_bits::<16>(32));
        }
        if self.moves.val() {
            self.progress.d.next.rest = self.word.val().get_bits::<48>(16);
        } else if self.takes.val() {
            self.progress.d.next.rest =
                (bit_cast::<48, 16>(self.piece.val()) << 32) | bit_cast::<48, 32>(self.progress.q.val().rest.get_bits::<32>(16));
            self.progress.d.next.pieces = self.progress.q.val().pieces + 1;
        }
        if self.goes.val() {
            self.progress.d.next.left = self.progress.q.val().left - 1;
            self.progress.d.next.last = self.progress.q.val().left == 1;
        }
        if self.ends.val() {
            self.progress.d.next.active = false;
        }
        if self.ends.val() | self.filled.val() {
            self.progress.d.next.released = true;
        }
        if self.start.val() {
            self.progress.d.next.active = true;
            self.progress.d.next.released = false;
            self.progress.d.next.pieces = 0.into();
            self.progress.d.next.last = false;
            self.progress.d.next.left = self.less.val().get_bits::<9>(3);
        }
        self.released.next = self.progress.q.val().released;
        self.out_valid.next = self.sent.q.val().valid;
        self.out_data.next = self.sent.q.val().data;
        self.out_keep.next = self.sent.q.val().keep;
        self.out_last.next = self.sent.q.val().last;
        if self.reset.val() {
            self.progress.d.next.active = false;
            self.sent.d.next.valid = false;
        }
    }
    spareband_hdl::module_name!();
}
