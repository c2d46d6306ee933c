//! A slowly changing word (a configuration register, a counter for the eye) from one clock domain to another, whole.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk | in | | rising edge |
//! | tx_data | in | tx_clk | the word; sampled whenever the last sample has arrived |
//! | rx_clk | in | | rising edge |
//! | rx_data | out | rx_clk | the latest sample that arrived; zero from the start |
//!
//! Invariant: `hold` does not change from a request's toggle until its acknowledgement, so `rx_data` is always a word that `tx_data` was at one
//! edge. A sample is taken every 3 tx and 3 rx cycles; values in between are skipped. A value held for 4 tx and 4 rx cycles arrives within
//! 8 cycles of the slower clock. No reset: the two sides agree from the start and never disagree.

use super::text::range;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, Default, LogicBlock)]
pub struct CdcBits<const N: usize> {
    pub tx_clk: Signal<In, Clock>,
    pub tx_data: Signal<In, Bits<N>>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_data: Signal<Out, Bits<N>>,
    _tx: Tx<N>,
    _rx: Rx,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tx<const N: usize> {
    request: bool,
    hold: Bits<N>,
    acknowledge: [bool; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct Rx {
    acknowledge: bool,
    request: [bool; 2],
}

impl<const N: usize> Logic for CdcBits<N> {
    fn update(&mut self) {
        let (tx, rx) = (self._tx, self._rx);
        if self.tx_clk.pos_edge() {
            if tx.acknowledge[1] == tx.request {
                self._tx.hold = self.tx_data.val();
                self._tx.request = !tx.request;
            }
            self._tx.acknowledge = [rx.acknowledge, tx.acknowledge[0]];
        }
        if self.rx_clk.pos_edge() {
            if rx.request[1] != rx.acknowledge {
                self.rx_data.next = tx.hold;
                self._rx.acknowledge = rx.request[1];
            }
            self._rx.request = [tx.request, rx.request[0]];
        }
    }
    fn connect(&mut self) {
        self.rx_data.connect();
    }
    crate::module_name!(rx_clk => rx_data);
    fn hdl(&self) -> Verilog {
        let word = range(N);
        Verilog::Custom(format!(
            "reg {word}held_data;
reg request_toggle;
reg acknowledge_toggle;
(* ASYNC_REG = \"TRUE\", keep *) reg request_first;
(* ASYNC_REG = \"TRUE\", keep *) reg request_second;
(* ASYNC_REG = \"TRUE\", keep *) reg acknowledge_first;
(* ASYNC_REG = \"TRUE\", keep *) reg acknowledge_second;
initial begin
  held_data = {N}'h0;
  request_toggle = 1'b0;
  acknowledge_toggle = 1'b0;
  request_first = 1'b0;
  request_second = 1'b0;
  acknowledge_first = 1'b0;
  acknowledge_second = 1'b0;
  rx_data = {N}'h0;
end
always @(posedge tx_clk) begin
  acknowledge_first <= acknowledge_toggle;
  acknowledge_second <= acknowledge_first;
  if (acknowledge_second == request_toggle) begin
    held_data <= tx_data;
    request_toggle <= ~request_toggle;
  end
end
always @(posedge rx_clk) begin
  request_first <= request_toggle;
  request_second <= request_first;
  if (request_second != acknowledge_toggle) begin
    rx_data <= held_data;
    acknowledge_toggle <= request_second;
  end
end
"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::clocks::Clocks;
    use super::*;

    /// `tx_data` counts in both halves at once: a torn word would show different halves.
    #[test]
    fn never_tears_never_goes_back_and_refreshes() {
        for periods in [[10, 10], [10, 37], [37, 10], [10, 11], [16, 5]] {
            let slow = periods[0].max(periods[1]);
            let mut uut = CdcBits::<40>::default();
            uut.connect_all();
            let mut clocks = Clocks::new(periods);
            let (mut count, mut last, mut last_change) = (0_u64, 0, 0);
            for _ in 0..4000 {
                let rising = clocks.step();
                if rising[0] {
                    count += 1;
                    uut.tx_data.next = bits::<40>(count << 20 | count);
                }
                clocks.drive(&mut uut, rising, |uut, levels| {
                    if let Some(level) = levels[0] {
                        uut.tx_clk.next = level.into();
                    }
                    if let Some(level) = levels[1] {
                        uut.rx_clk.next = level.into();
                    }
                });
                let now = uut.rx_data.val().to_u64();
                assert_eq!(now >> 20, now & 0xF_FFFF, "torn at {periods:?}");
                assert!(now >= last);
                if now != last {
                    last_change = clocks.time();
                }
                last = now;
                assert!(clocks.time() - last_change <= 8 * slow, "stale at {periods:?}");
            }
            assert!(last > 100);
        }
    }
}
