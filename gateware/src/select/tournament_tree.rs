//! Which of sixteen keys is the least, by a tournament in four registered rounds.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | leaf | in | 16 x K | the keys |
//! | index | out | 4 | which leaf it was; of equal keys the first |
//!
//! Latency: 4 cycles (`the_least_comes_out_four_cycles_later`). Throughput: a decision a cycle. Reset: none; no state but the pipeline.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct TournamentTree<const K: usize> {
    pub clk: Signal<In, Clock>,
    pub leaf: [Signal<In, Bits<K>>; 16],
    pub index: Signal<Out, Bits<4>>,
    eighth: [DFF<Bits<K>>; 8],
    quarter: [DFF<Bits<K>>; 4],
    half: [DFF<Bits<K>>; 2],
    eighth_index: [DFF<Bits<4>>; 8],
    quarter_index: [DFF<Bits<4>>; 4],
    half_index: [DFF<Bits<4>>; 2],
    winner: DFF<Bits<4>>,
}

impl<const K: usize> Default for TournamentTree<K> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk index winner
            ; arrays leaf eighth quarter half eighth_index quarter_index half_index)
    }
}

impl<const K: usize> Logic for TournamentTree<K> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..8 {
            self.eighth[i].clock.next = self.clk.val();
            self.eighth_index[i].clock.next = self.clk.val();
            if self.leaf[2 * i + 1].val() < self.leaf[2 * i].val() {
                self.eighth[i].d.next = self.leaf[2 * i + 1].val();
                self.eighth_index[i].d.next = (2 * i + 1).to_bits::<4>();
            } else {
                self.eighth[i].d.next = self.leaf[2 * i].val();
                self.eighth_index[i].d.next = (2 * i).to_bits::<4>();
            }
        }
        for i in 0..4 {
            self.quarter[i].clock.next = self.clk.val();
            self.quarter_index[i].clock.next = self.clk.val();
            if self.eighth[2 * i + 1].q.val() < self.eighth[2 * i].q.val() {
                self.quarter[i].d.next = self.eighth[2 * i + 1].q.val();
                self.quarter_index[i].d.next = self.eighth_index[2 * i + 1].q.val();
            } else {
                self.quarter[i].d.next = self.eighth[2 * i].q.val();
                self.quarter_index[i].d.next = self.eighth_index[2 * i].q.val();
            }
        }
        for i in 0..2 {
            self.half[i].clock.next = self.clk.val();
            self.half_index[i].clock.next = self.clk.val();
            if self.quarter[2 * i + 1].q.val() < self.quarter[2 * i].q.val() {
                self.half[i].d.next = self.quarter[2 * i + 1].q.val();
                self.half_index[i].d.next = self.quarter_index[2 * i + 1].q.val();
            } else {
                self.half[i].d.next = self.quarter[2 * i].q.val();
                self.half_index[i].d.next = self.quarter_index[2 * i].q.val();
            }
        }
        self.winner.clock.next = self.clk.val();
        if self.half[1].q.val() < self.half[0].q.val() {
            self.winner.d.next = self.half_index[1].q.val();
        } else {
            self.winner.d.next = self.half_index[0].q.val();
        }
        self.index.next = self.winner.q.val();
    }
    spareband_hdl::module_name!();
}
