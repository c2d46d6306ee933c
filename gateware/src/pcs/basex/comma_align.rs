//! Comma alignment. IEEE 802.3 36.2.4.9, 36.3.2.4: finds the code-group boundary in ten unaligned bits a cycle.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | enable | in | clk | a comma may move the boundary |
//! | code_group | in | clk | ten bits of the line, bit 0 first, boundary anywhere |
//! | aligned | out | clk | code-groups |
//!
//! Invariant: while `enable` is low the boundary does not move.
//! Latency: 4 cycles from the cycle that holds a code-group's first bit (`latency_is_four_at_every_offset`). Throughput: 10 bits a
//! cycle. No reset: the first comma sets the boundary. Both commas count. Not handled: a slip in mid-stream with `enable` low; the
//! synchronisation machine loses synchronisation then and enables again.
//!
//! A comma is a pattern of changes between neighbouring bits, the same for both: equal, different, equal four times. The changes
//! are registered, so that ten positions share them.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct CommaAlign {
    pub clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub code_group: Signal<In, Bits<10>>,
    pub aligned: Signal<Out, Bits<10>>,
    /// Words of the line, the newest in `word_0`.
    word_0: DFF<Bits<10>>,
    word_1: DFF<Bits<10>>,
    word_2: DFF<Bits<10>>,
    /// Bit n: bit n of the word differs from the one before it.
    change_0: DFF<Bits<10>>,
    change_1: DFF<Bits<10>>,
    previous: Signal<Local, Bits<10>>,
    pairs: Signal<Local, Bits<15>>,
    comma: Constant<Bits<6>>,
    found: Signal<Local, Bit>,
    position: Signal<Local, Bits<4>>,
    offset: DFF<Bits<4>>,
    window: Signal<Local, Bits<20>>,
    by_8: Signal<Local, Bits<17>>,
    by_4: Signal<Local, Bits<13>>,
    by_2: Signal<Local, Bits<11>>,
    result: DFF<Bits<10>>,
}

impl Default for CommaAlign {
    fn default() -> Self {
        with_defaults!(Self {
            comma: Constant::new(bits::<6>(u64::from(changes(spareband_spec::code_8b10b::COMMA_PLUS)))),
        }
            defaults clk enable code_group aligned word_0 word_1 word_2 change_0 change_1 previous pairs found position offset
            window by_8 by_4 by_2 result)
    }
}

/// Bit n: bits n and n + 1 of the seven differ.
fn changes(comma: u8) -> u8 {
    (comma ^ comma >> 1) & 63
}

impl Logic for CommaAlign {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, word_0, word_1, word_2, change_0, change_1, offset, result);
        self.previous.next =
            (bit_cast::<10, 9>(self.code_group.val().get_bits::<9>(0)) << 1) | bit_cast::<10, 1>(self.word_0.q.val().get_bits::<1>(9));
        self.word_0.d.next = self.code_group.val();
        self.word_1.d.next = self.word_0.q.val();
        self.word_2.d.next = self.word_1.q.val();
        self.change_0.d.next = self.code_group.val() ^ self.previous.val();
        self.change_1.d.next = self.change_0.q.val();
        // Pair n is bits n and n + 1 of {word_0, word_1}.
        self.pairs.next =
            (bit_cast::<15, 6>(self.change_0.q.val().get_bits::<6>(0)) << 9) | bit_cast::<15, 9>(self.change_1.q.val().get_bits::<9>(1));
        self.found.next = false;
        self.position.next = 0.into();
        for i in 0..10 {
            if self.pairs.val().get_bits::<6>(i) == self.comma.val() {
                self.found.next = true;
                // Commas at two places at once are noise: any boundary is as wrong as another.
                self.position.next = self.position.val() | i.to_bits::<4>();
            }
        }
        if self.enable.val() & self.found.val() {
            self.offset.d.next = self.position.val();
        }
        self.window.next = (bit_cast::<20, 10>(self.word_1.q.val()) << 10) | bit_cast::<20, 10>(self.word_2.q.val());
        // By hand from the largest step down: a shift by 8 leaves at most one more, so that six bits need no choice there.
        self.by_8.next = self.window.val().get_bits::<17>(0);
        if self.offset.q.val().get_bit(3) {
            self.by_8.next =
                (bit_cast::<17, 6>(self.window.val().get_bits::<6>(11)) << 11) | bit_cast::<17, 11>(self.window.val().get_bits::<11>(8));
        }
        self.by_4.next = self.by_8.val().get_bits::<13>(0);
        if self.offset.q.val().get_bit(2) {
            self.by_4.next = self.by_8.val().get_bits::<13>(4);
        }
        self.by_2.next = self.by_4.val().get_bits::<11>(0);
        if self.offset.q.val().get_bit(1) {
            self.by_2.next = self.by_4.val().get_bits::<11>(2);
        }
        self.result.d.next = self.by_2.val().get_bits::<10>(0);
        if self.offset.q.val().get_bit(0) {
            self.result.d.next = self.by_2.val().get_bits::<10>(1);
        }
        self.aligned.next = self.result.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;
    use spareband_spec::code_8b10b as code;

    /// Idles of either comma at every offset: aligned from the first comma on.
    #[test]
    fn latency_is_four_at_every_offset() {
        for comma in [code::K28_5_MINUS, code::K28_5_PLUS] {
            for offset in 0..10 {
                let mut uut = CommaAlign::default();
                uut.connect_all();
                uut.enable.next = true;
                let groups: Vec<u16> = (0..8)
                    .flat_map(|n| [comma, code::encode(false, 0x4A + n, comma == code::K28_5_MINUS).unwrap().0])
                    .collect();
                let mut line: Vec<bool> = (0..offset).map(|n| n % 2 == 0).collect();
                line.extend(groups.iter().flat_map(|g| (0..10).map(move |n| g >> n & 1 == 1)));
                line.resize(line.len() + 40, false);
                let mut seen = vec![];
                for word in line.chunks_exact(10) {
                    uut.code_group.next = word.iter().rev().fold(0_u64, |v, b| v << 1 | u64::from(*b)).into();
                    tick!(uut, clk);
                    seen.push(uut.aligned.val().to_u64() as u16);
                }
                // The first code-group begins in word 0, which the first of four edges takes.
                assert_eq!(seen[3..15], groups[..12], "offset {offset}");
            }
        }
    }

    #[test]
    fn stays_when_not_enabled() {
        let mut uut = CommaAlign::default();
        uut.connect_all();
        let word = u64::from(code::K28_5_MINUS << 3 & 0x3FF);
        for _ in 0..6 {
            uut.code_group.next = word.into();
            tick!(uut, clk);
        }
        assert_eq!(uut.aligned.val().to_u64(), word);
    }
}
