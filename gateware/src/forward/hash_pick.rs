//! The blade that a hash points at, where no service has a consistent hash for it: the first at or after the place, cyclically, that may take new
//! flows; if none may, the first that may carry frames. `spareband_spec::score::select` with round robin.
//!
//! > The same hash gives the same blade as long as the same blades may be chosen.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | start | in | 4 | where the hash points |
//! | eligible, usable | in | 16 | blades that may take new flows; that may carry frames at all |
//! | blade, none | out | 4, 1 | the blade of 3 cycles ago's inputs; no blade is usable |
//!
//! Latency: 3 cycles (`three_cycles_later`). Throughput: one a cycle. Reset: none; no state but the pipeline. Bad input: an eligible blade that
//! is not usable counts as both.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Masks {
    eligible: Bits<16>,
    usable: Bits<16>,
    /// Those at or after the start.
    eligible_behind: Bits<16>,
    usable_behind: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Picked {
    blade: Bits<4>,
    none: Bit,
}

#[derive(LogicBlock, Default)]
pub struct HashPick {
    pub clk: Signal<In, Clock>,
    pub start: Signal<In, Bits<4>>,
    pub eligible: Signal<In, Bits<16>>,
    pub usable: Signal<In, Bits<16>>,
    pub blade: Signal<Out, Bits<4>>,
    pub none: Signal<Out, Bit>,
    masks: DFF<Masks>,
    mask: DFF<Bits<16>>,
    picked: DFF<Picked>,
    behind: Signal<Local, Bits<16>>,
    lowest: Signal<Local, Bits<4>>,
}

impl Logic for HashPick {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, masks, mask, picked);
        self.behind.next = 0.into();
        for i in 0..16 {
            self.behind.next = self.behind.val().replace_bit(i, i.to_bits::<4>() >= self.start.val());
        }
        self.masks.d.next.eligible = self.eligible.val();
        self.masks.d.next.usable = self.usable.val();
        self.masks.d.next.eligible_behind = self.eligible.val() & self.behind.val();
        self.masks.d.next.usable_behind = self.usable.val() & self.behind.val();
        self.mask.d.next = self.masks.q.val().usable;
        if self.masks.q.val().usable_behind.any() {
            self.mask.d.next = self.masks.q.val().usable_behind;
        }
        if self.masks.q.val().eligible.any() {
            self.mask.d.next = self.masks.q.val().eligible;
        }
        if self.masks.q.val().eligible_behind.any() {
            self.mask.d.next = self.masks.q.val().eligible_behind;
        }
        self.lowest.next = 0.into();
        for i in 0..16 {
            if self.mask.q.val().get_bit(15 - i) {
                self.lowest.next = (15 - i).to_bits::<4>();
            }
        }
        self.picked.d.next.blade = self.lowest.val();
        self.picked.d.next.none = !self.mask.q.val().any();
        self.blade.next = self.picked.q.val().blade;
        self.none.next = self.picked.q.val().none;
    }
    spareband_hdl::module_name!();
}
