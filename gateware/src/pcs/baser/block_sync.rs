//! Block synchronisation, 10GBASE-R receive. IEEE 802.3 49.2.9, Figure 49-12.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset returns to LOCK_INIT |
//! | header | in | clk | two bits that should be the sync header; one pair a cycle |
//! | bitslip | out | clk | one cycle long: the transceiver moves by one bit |
//! | block_lock | out | clk | 64 good headers in a row were seen, and never since 16 bad ones in a window of 64 |
//!
//! Invariant: at most one bit slip outstanding; none within `BITSLIP_WAIT` cycles of the last.
//! Latency: 1 cycle from the 64th good header to lock (`lock_takes_sixty_four_good_headers`). Throughput: 1 header a cycle.
//! Bad input: a line that never shows a header at the same place makes slips for ever.

use rust_hdl::prelude::*;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct BlockSync {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub header: Signal<In, Bits<2>>,
    pub bitslip: Signal<Out, Bit>,
    pub block_lock: Signal<Out, Bit>,
    /// Headers tested in this window (sh_cnt), modulo the window.
    tested: DFF<Bits<6>>,
    /// Invalid ones among them (sh_invalid_cnt).
    invalid: DFF<Bits<5>>,
    lock: DFF<Bit>,
    slip: DFF<Bit>,
    /// Cycles until headers are judged again.
    wait: DFF<Bits<4>>,
    valid: Signal<Local, Bit>,
    invalid_now: Signal<Local, Bits<5>>,
    last_of_window: Constant<Bits<6>>,
    invalid_limit: Constant<Bits<5>>,
    slip_wait: Constant<Bits<4>>,
    none_tested: Constant<Bits<6>>,
    none_invalid: Constant<Bits<5>>,
    no_wait: Constant<Bits<4>>,
}

impl Default for BlockSync {
    fn default() -> Self {
        with_defaults!(Self {
            last_of_window: Constant::new(bits((baser::LOCK_WINDOW - 1).into())),
            invalid_limit: Constant::new(bits(baser::LOCK_INVALID.into())),
            slip_wait: Constant::new(bits(baser::BITSLIP_WAIT.into())),
            none_tested: Constant::new(bits(0)),
            none_invalid: Constant::new(bits(0)),
            no_wait: Constant::new(bits(0)),
        }
            defaults clk reset header bitslip block_lock tested invalid lock slip wait valid invalid_now)
    }
}

impl Logic for BlockSync {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, tested, invalid, lock, slip, wait);
        self.valid.next = self.header.val().get_bit(0) ^ self.header.val().get_bit(1);
        self.invalid_now.next = self.invalid.q.val();
        if !self.valid.val() {
            self.invalid_now.next = self.invalid.q.val() + 1;
        }
        self.slip.d.next = false;
        if self.wait.q.val() != self.no_wait.val() {
            self.wait.d.next = self.wait.q.val() - 1;
        } else {
            self.tested.d.next = self.tested.q.val() + 1;
            self.invalid.d.next = self.invalid_now.val();
            if !self.valid.val() & (!self.lock.q.val() | (self.invalid_now.val() == self.invalid_limit.val())) {
                // SLIP
                self.lock.d.next = false;
                self.slip.d.next = true;
                self.wait.d.next = self.slip_wait.val();
                self.tested.d.next = self.none_tested.val();
                self.invalid.d.next = self.none_invalid.val();
            } else if self.tested.q.val() == self.last_of_window.val() {
                // 64_GOOD: out of lock the first invalid header slips, so none was seen.
                self.lock.d.next = true;
                self.invalid.d.next = self.none_invalid.val();
            }
        }
        if self.reset.val() {
            self.lock.d.next = false;
            self.slip.d.next = false;
            self.wait.d.next = self.no_wait.val();
            self.tested.d.next = self.none_tested.val();
            self.invalid.d.next = self.none_invalid.val();
        }
        self.bitslip.next = self.slip.q.val();
        self.block_lock.next = self.lock.q.val();
    }
    spareband_hdl::module_name!();
}
