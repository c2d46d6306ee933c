//! The word whose turn it is, of N.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | turn | in | 16 | bit i: word i's, one-hot |
//! | word | in | N x W | |
//! | chosen | out | W | that word; 0 if it is no word's turn |
//!
//! Latency: none, combinational: an AND and log2(N) ORs.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct TurnChoice<const W: usize, const N: usize> {
    pub turn: Signal<In, Bits<16>>,
    pub word: [Signal<In, Bits<W>>; N],
    pub chosen: Signal<Out, Bits<W>>,
    gated: Signal<Local, Bits<W>>,
    joined: Signal<Local, Bits<W>>,
}

impl<const W: usize, const N: usize> Default for TurnChoice<W, N> {
    fn default() -> Self {
        with_defaults!(Self {} defaults turn chosen gated joined; arrays word)
    }
}

impl<const W: usize, const N: usize> Logic for TurnChoice<W, N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.joined.next = 0.into();
        for i in 0..N {
            self.gated.next = 0.into();
            if self.turn.val().get_bit(i) {
                self.gated.next = self.word[i].val();
            }
            self.joined.next = self.joined.val() | self.gated.val();
        }
        self.chosen.next = self.joined.val();
    }
    spareband_hdl::module_name!();
}
