//! Bit error ratio monitor, 10GBASE-R receive. IEEE 802.3 49.2.13.2.4, Figure 49-13.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset returns to BER_MT_INIT |
//! | header | in | clk | the sync header; one a cycle |
//! | block_lock | in | clk | of the block synchronisation |
//! | hi_ber | out | clk | the standard's variable: 16 invalid headers were in a window while locked, and no window with fewer has ended since |
//! | high_ber | out | clk | the same, lock or no lock |
//! | window_end | out | clk | one cycle: a window ends |
//!
//! Invariant: `hi_ber` is never high without `high_ber`.
//! Latency: 1 cycle from the 16th invalid header (`sixteen_invalid_headers_in_a_window`). Throughput: 1 header a cycle.
//! Bad input: none; every header counts.
//!
//! The standard clears hi_ber as soon as lock is lost, which the same invalid headers cause: a host would hardly ever see it. So the port of the PCS is
//! `high_ber`, which stays, while PCS_status and the decoder take `hi_ber`. The window runs freely, where the standard starts it anew at lock: the
//! first one after lock is shorter, its count starts at zero.

use rust_hdl::prelude::*;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct BerMonitor<const WINDOW: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub header: Signal<In, Bits<2>>,
    pub block_lock: Signal<In, Bit>,
    pub hi_ber: Signal<Out, Bit>,
    pub high_ber: Signal<Out, Bit>,
    pub window_end: Signal<Out, Bit>,
    /// Cycles left of the 125 us timer.
    timer: DFF<Bits<15>>,
    timer_done: DFF<Bit>,
    /// ber_cnt, up to one below the limit.
    invalid: DFF<Bits<4>>,
    /// The limit was reached in this window.
    over: DFF<Bit>,
    was_locked: DFF<Bit>,
    in_lock: DFF<Bit>,
    seen: DFF<Bit>,
    valid: Signal<Local, Bit>,
    over_now: Signal<Local, Bit>,
    start: Signal<Local, Bit>,
    so_far: Signal<Local, Bits<4>>,
    last_cycles: Constant<Bits<15>>,
    limit: Constant<Bits<4>>,
    no_cycles: Constant<Bits<15>>,
    none_invalid: Constant<Bits<4>>,
}

impl<const WINDOW: usize> Default for BerMonitor<WINDOW> {
    fn default() -> Self {
        assert!((2..=1 << 15).contains(&WINDOW), "a window of {WINDOW} cycles");
        with_defaults!(Self {
            last_cycles: Constant::new(bits(WINDOW as u64 - 1)),
            limit: Constant::new(bits(u64::from(baser::HI_BER_INVALID) - 1)),
            no_cycles: Constant::new(bits(0)),
            none_invalid: Constant::new(bits(0)),
        }
            defaults clk reset header block_lock hi_ber high_ber window_end timer timer_done invalid over was_locked in_lock seen
            valid over_now start so_far)
    }
}

impl<const WINDOW: usize> Logic for BerMonitor<WINDOW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, timer, timer_done, invalid, over, was_locked, in_lock, seen);
        self.valid.next = self.header.val().get_bit(0) ^ self.header.val().get_bit(1);
        self.was_locked.d.next = self.block_lock.val();
        self.timer.d.next = self.timer.q.val() - 1;
        self.timer_done.d.next = self.timer.q.val() == self.no_cycles.val();
        if self.timer.q.val() == self.no_cycles.val() {
            self.timer.d.next = self.last_cycles.val();
        }
        // START_TIMER: this header is the first of a window, or of a lock.
        self.start.next = self.timer_done.q.val() | (self.block_lock.val() & !self.was_locked.q.val());
        self.so_far.next = self.invalid.q.val();
        self.over_now.next = self.over.q.val();
        if self.start.val() {
            self.so_far.next = self.none_invalid.val();
            self.over_now.next = false;
        }
        self.invalid.d.next = self.so_far.val();
        if !self.valid.val() {
            // BER_BAD_SH
            if self.so_far.val() == self.limit.val() {
                self.over_now.next = true;
            } else {
                self.invalid.d.next = self.so_far.val() + 1;
            }
        }
        self.over.d.next = self.over_now.val();
        if self.over_now.val() {
            // HI_BER
            self.seen.d.next = true;
            self.in_lock.d.next = true;
        } else if self.timer_done.q.val() & !self.over.q.val() {
            // GOOD_BER
            self.seen.d.next = false;
            self.in_lock.d.next = false;
        }
        if !self.block_lock.val() | !self.was_locked.q.val() {
            self.in_lock.d.next = false;
        }
        if self.reset.val() {
            self.timer.d.next = self.last_cycles.val();
            self.timer_done.d.next = false;
            self.invalid.d.next = self.none_invalid.val();
            self.over.d.next = false;
            self.seen.d.next = false;
            self.in_lock.d.next = false;
        }
        self.hi_ber.next = self.in_lock.q.val();
        self.high_ber.next = self.seen.q.val();
        self.window_end.next = self.timer_done.q.val();
    }
    spareband_hdl::module_name!();
}
