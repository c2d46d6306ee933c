//! Code-group alignment. IEEE 802.3 36.2.4.9, 36.3.2.4: brings the commas in ten unaligned bits a cycle to the start of a code-group.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | hunt | in | clk | LOSS_OF_SYNC: the boundary may move |
//! | invalid | in | clk | the code-group that was decoded, 2 cycles after `aligned`, is not in the column of its running disparity |
//! | code_group | in | clk | ten bits of the line, bit 0 first, boundary anywhere |
//! | aligned | out | clk | code-groups |
//!
//! Invariant: while `hunt` is low the boundary does not move.
//! Latency: 2 cycles from the cycle that holds a code-group's first bit (`latency_is_two_at_every_offset`). Throughput: 10 bits a
//! cycle. No reset: any boundary is as good as another to begin with. From any offset to the right one: at most nine slips, at
//! least 8 cycles apart; over idles or configuration the whole receiver is synchronised after 93 cycles at most (`finds_the_boundary`
//! in `tests/basex.rs`). Bad input: a bit error while hunting moves the boundary on, and it comes round again.
//!
//! A comma never stands across two valid code-groups (36.2.4.9), so that a wrong boundary shows by an invalid code-group for every
//! comma at the latest. That makes a search for the comma itself needless: the boundary moves by a bit at each invalid code-group
//! until there is none. After a move as many code-groups go unjudged as it takes the running disparity to be the transmitter's.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct CodeGroupAlign {
    pub clk: Signal<In, Clock>,
    pub hunt: Signal<In, Bit>,
    pub invalid: Signal<In, Bit>,
    pub code_group: Signal<In, Bits<10>>,
    pub aligned: Signal<Out, Bits<10>>,
    last_offset: Constant<Bits<4>>,
    settled: Constant<Bits<3>>,
    word: DFF<Bits<10>>,
    offset: DFF<Bits<4>>,
    /// Code-groups since the last move.
    since: DFF<Bits<3>>,
    window: Signal<Local, Bits<20>>,
    by_8: Signal<Local, Bits<17>>,
    by_4: Signal<Local, Bits<13>>,
    by_2: Signal<Local, Bits<11>>,
    result: DFF<Bits<10>>,
}

impl Default for CodeGroupAlign {
    fn default() -> Self {
        with_defaults!(Self {
            last_offset: Constant::new(bits::<4>(9)),
            settled: Constant::new(bits::<3>(7)),
        }
            defaults clk hunt invalid code_group aligned word offset since window by_8 by_4 by_2 result)
    }
}

impl Logic for CodeGroupAlign {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, word, offset, since, result);
        self.word.d.next = self.code_group.val();
        if self.since.q.val() == self.settled.val() {
            if self.hunt.val() & self.invalid.val() {
                self.since.d.next = 0.into();
                self.offset.d.next = self.offset.q.val() + 1;
                if self.offset.q.val() == self.last_offset.val() {
                    self.offset.d.next = 0.into();
                }
            }
        } else {
            self.since.d.next = self.since.q.val() + 1;
        }
        self.window.next = (bit_cast::<20, 10>(self.code_group.val()) << 10) | bit_cast::<20, 10>(self.word.q.val());
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

    /// Moves by `offset` bits, as if invalid code-groups had been seen.
    fn moved(offset: u32) -> CodeGroupAlign {
        let mut uut = CodeGroupAlign::default();
        uut.connect_all();
        for _ in 0..offset {
            uut.hunt.next = true;
            uut.invalid.next = false;
            for _ in 0..8 {
                tick!(uut, clk);
            }
            uut.invalid.next = true;
            tick!(uut, clk);
        }
        uut.hunt.next = false;
        uut
    }

    #[test]
    fn latency_is_two_at_every_offset() {
        for offset in 0..10 {
            let mut uut = moved(offset);
            let groups: Vec<u16> = (0..20).map(|n| n * 51 % 1024).collect();
            let mut line: Vec<bool> = (0..offset).map(|n| n % 2 == 0).collect();
            line.extend(groups.iter().flat_map(|g| (0..10).map(move |n| g >> n & 1 == 1)));
            let mut seen = vec![];
            for word in line.chunks_exact(10) {
                uut.code_group.next = word.iter().rev().fold(0_u64, |v, b| v << 1 | u64::from(*b)).into();
                tick!(uut, clk);
                seen.push(uut.aligned.val().to_u64() as u16);
            }
            // The first code-group begins in word 0, which the first of two edges takes.
            assert_eq!(seen[1..19], groups[..18], "offset {offset}");
        }
    }

    #[test]
    fn moves_only_while_hunting_and_once_in_eight_cycles() {
        let mut uut = moved(0);
        uut.invalid.next = true;
        // A one in every tenth place shows the offset.
        uut.code_group.next = 1.into();
        for _ in 0..30 {
            tick!(uut, clk);
        }
        assert_eq!(uut.aligned.val().to_u64(), 1);
        uut.hunt.next = true;
        let mut last = 1;
        let mut moves = vec![];
        for n in 0..90 {
            tick!(uut, clk);
            let now = uut.aligned.val().to_u64();
            if now != last {
                assert_eq!(now, if last == 1 { 512 } else { last / 2 });
                moves.push(n);
                last = now;
            }
        }
        assert!(
            moves.len() >= 10 && moves.windows(2).all(|pair| pair[1] - pair[0] == 8),
            "{moves:?}"
        );
    }
}
