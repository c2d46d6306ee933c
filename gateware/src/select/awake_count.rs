//! How many of a service's blades should be awake by the last decision of rule `pack`. `spareband_spec::score::decide`: `Decision::awake`.
//!
//! > awake moves only with decisions of `pack`, and then is 0 just where no blade may be taken.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset: no decision yet |
//! | full, estimate | in | N x 1, 13 | `BladeLane`, 1 cycle after the request |
//! | wake | in | 8 | from this estimate of the last blade in use on, one more should be awake; 1 cycle after the request too |
//! | mask | in | 16 | the candidates, 2 cycles after the request; `Candidates` |
//! | decided | in | 1 | 7 cycles after the request: it is decided by `pack` |
//! | awake | out | 5 | 8 cycles after the request, thus with the grant; stays until the next. 0: no decision yet, or no candidate; one more than the candidates: they are not enough |
//!
//! `pack` takes the first candidate that is not full, so the blade need not be known: the candidates before it are full, it is one more, and at
//! `wake` another. If all are full, all count and another. That the blade granted is that one is held by `decides_as_the_arithmetic_says`.
//!
//! Latency: 8 cycles from the request, 1 from `decided` (`awake_comes_with_the_grant`). Throughput: a decision a cycle. Bad input: bits of `mask` past
//! the last blade count as blades that are not full.

use super::BitCount;
use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Flags {
    full: Bits<16>,
    loaded: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Spare {
    mask: Bits<16>,
    with_room: Bits<16>,
    loaded: Bits<16>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Taken {
    /// Candidates before the one that is taken; all of them if none has room.
    before: Bits<16>,
    /// The one that is taken, if it has room.
    last: Bits<16>,
    loaded: Bits<16>,
    any: Bit,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Counted {
    before: Bits<5>,
    more: Bits<2>,
}

#[derive(LogicBlock)]
pub struct AwakeCount<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub full: [Signal<In, Bit>; N],
    pub estimate: [Signal<In, Bits<13>>; N],
    pub wake: Signal<In, Bits<8>>,
    pub mask: Signal<In, Bits<16>>,
    pub decided: Signal<In, Bit>,
    pub awake: Signal<Out, Bits<5>>,
    flags: DFF<Flags>,
    spare: DFF<Spare>,
    taken: DFF<Taken>,
    counted: DFF<Counted>,
    sum: DFF<Bits<5>>,
    passed: DFF<Bits<5>>,
    held: DFF<Bits<5>>,
    bits_before: BitCount,
    fulls: Signal<Local, Bits<16>>,
    loads: Signal<Local, Bits<16>>,
    less: Signal<Local, Bits<16>>,
    wakes: Signal<Local, Bits<16>>,
}

impl<const N: usize> Default for AwakeCount<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk reset wake mask decided awake flags spare taken counted sum passed held bits_before fulls loads less wakes
            ; arrays full estimate)
    }
}

impl<const N: usize> Logic for AwakeCount<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, flags, spare, taken, counted, sum, passed, held);
        // First: the blades.
        self.fulls.next = 0.into();
        self.loads.next = 0.into();
        for i in 0..N {
            self.fulls.next = self.fulls.val().replace_bit(i, self.full[i].val());
            self.loads.next = self
                .loads
                .val()
                .replace_bit(i, self.estimate[i].val() >= bit_cast::<13, 8>(self.wake.val()));
        }
        self.flags.d.next.full = self.fulls.val();
        self.flags.d.next.loaded = self.loads.val();
        // Second: the candidates.
        self.spare.d.next.mask = self.mask.val();
        self.spare.d.next.with_room = self.mask.val() & !self.flags.q.val().full;
        self.spare.d.next.loaded = self.flags.q.val().loaded;
        // Third: less one, the bits up to and with the lowest set one change.
        self.less.next = self.spare.q.val().with_room - 1;
        self.taken.d.next.before = self.spare.q.val().mask & self.less.val() & !self.spare.q.val().with_room;
        self.taken.d.next.last = self.spare.q.val().with_room & !self.less.val();
        self.taken.d.next.loaded = self.spare.q.val().loaded;
        self.taken.d.next.any = self.spare.q.val().mask.any();
        // Fourth: counts. Where none has room, `last` is empty.
        self.bits_before.of.next = self.taken.q.val().before;
        self.wakes.next = self.taken.q.val().last & self.taken.q.val().loaded;
        self.counted.d.next.before = self.bits_before.count.val();
        self.counted.d.next.more = 0.into();
        if self.taken.q.val().any {
            self.counted.d.next.more = 1.into();
            if self.wakes.val().any() {
                self.counted.d.next.more = 2.into();
            }
        }
        // Fifth: the sum, which waits a cycle so as to come with the grant.
        self.sum.d.next = self.counted.q.val().before + bit_cast::<5, 2>(self.counted.q.val().more);
        self.passed.d.next = self.sum.q.val();
        if self.decided.val() {
            self.held.d.next = self.passed.q.val();
        }
        self.awake.next = self.held.q.val();
        if self.reset.val() {
            self.held.d.next = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
