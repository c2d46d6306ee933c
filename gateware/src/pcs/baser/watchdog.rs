//! Receiver watchdog, 10GBASE-R: asks for the transceiver's receiver to be reset when bit slips do not help.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | window_end | in | clk | one cycle: a window of the BER monitor ends |
//! | block_lock, high_ber | in | clk | at the window's end |
//! | bad_block, sequence_error | in | clk | a block of this cycle was wrong |
//! | reset_request | out | clk | one cycle |
//!
//! Invariant: a request is never asked for within four windows of the last, nor while a window in four is good: locked at its end, no high BER, fewer than
//! 16 wrong blocks. Four windows (500 us) are far more than 66 bit slips take.
//! Latency: 1 cycle from the end of the fourth bad window (`four_bad_windows_ask_for_a_reset`). Throughput: 1 block a cycle.
//! Not from the standard, which leaves the transceiver to the PMA.

use rust_hdl::prelude::*;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct ReceiverWatchdog {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub window_end: Signal<In, Bit>,
    pub block_lock: Signal<In, Bit>,
    pub high_ber: Signal<In, Bit>,
    pub bad_block: Signal<In, Bit>,
    pub sequence_error: Signal<In, Bit>,
    pub reset_request: Signal<Out, Bit>,
    /// Wrong blocks of this window, saturating.
    wrong: DFF<Bits<4>>,
    /// Bad windows in a row.
    bad_windows: DFF<Bits<2>>,
    request: DFF<Bit>,
    none_wrong: Constant<Bits<4>>,
    most_wrong: Constant<Bits<4>>,
    no_windows: Constant<Bits<2>>,
    last_window: Constant<Bits<2>>,
}

// The counters' widths.
const _: () = assert!(baser::WATCHDOG_WRONG_BLOCKS == 15 && baser::WATCHDOG_WINDOWS == 4);

impl Default for ReceiverWatchdog {
    fn default() -> Self {
        with_defaults!(Self {
            none_wrong: Constant::new(bits(0)),
            most_wrong: Constant::new(bits(baser::WATCHDOG_WRONG_BLOCKS.into())),
            no_windows: Constant::new(bits(0)),
            last_window: Constant::new(bits(u64::from(baser::WATCHDOG_WINDOWS) - 1)),
        }
            defaults clk reset window_end block_lock high_ber bad_block sequence_error reset_request wrong bad_windows request)
    }
}

impl Logic for ReceiverWatchdog {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, wrong, bad_windows, request);
        self.request.d.next = false;
        if (self.bad_block.val() | self.sequence_error.val()) & (self.wrong.q.val() != self.most_wrong.val()) {
            self.wrong.d.next = self.wrong.q.val() + 1;
        }
        if self.window_end.val() {
            self.wrong.d.next = self.none_wrong.val();
            self.bad_windows.d.next = self.no_windows.val();
            if !self.block_lock.val() | self.high_ber.val() | (self.wrong.q.val() == self.most_wrong.val()) {
                self.bad_windows.d.next = self.bad_windows.q.val() + 1;
                self.request.d.next = self.bad_windows.q.val() == self.last_window.val();
            }
        }
        if self.reset.val() {
            self.wrong.d.next = self.none_wrong.val();
            self.bad_windows.d.next = self.no_windows.val();
            self.request.d.next = false;
        }
        self.reset_request.next = self.request.q.val();
    }
    spareband_hdl::module_name!();
}
