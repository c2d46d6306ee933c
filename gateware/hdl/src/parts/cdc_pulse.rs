//! One-cycle pulses from one clock domain to another.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | in_clk | in | | rising edge |
//! | pulse_in | in | in_clk | an event in every cycle it is high |
//! | out_clk | in | | rising edge |
//! | pulse_out | out | out_clk | high for one cycle an event |
//!
//! Each event arrives exactly once if events are at least 4 cycles of the slower clock apart. Closer ones may be lost in pairs.
//! Latency: the edge that takes the event, then 4 edges of `out_clk`. No reset: the two sides agree from the start and never disagree.

use rust_hdl::prelude::*;

#[derive(Clone, Debug, Default, LogicBlock)]
pub struct CdcPulse {
    pub in_clk: Signal<In, Clock>,
    pub pulse_in: Signal<In, Bit>,
    pub out_clk: Signal<In, Clock>,
    pub pulse_out: Signal<Out, Bit>,
    _toggle: bool,
    _stages: [bool; 3],
}

impl Logic for CdcPulse {
    fn update(&mut self) {
        let toggle = self._toggle;
        if self.in_clk.pos_edge() {
            self._toggle ^= self.pulse_in.val();
        }
        if self.out_clk.pos_edge() {
            let [first, second, third] = self._stages;
            self.pulse_out.next = second != third;
            self._stages = [toggle, first, second];
        }
    }
    fn connect(&mut self) {
        self.pulse_out.connect();
    }
    crate::module_name!(out_clk => pulse_out);
    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            "reg event_toggle;
(* ASYNC_REG = \"TRUE\", keep *) reg first_stage;
(* ASYNC_REG = \"TRUE\", keep *) reg second_stage;
reg third_stage;
initial begin
  event_toggle = 1'b0;
  first_stage = 1'b0;
  second_stage = 1'b0;
  third_stage = 1'b0;
  pulse_out = 1'b0;
end
always @(posedge in_clk) begin
  event_toggle <= event_toggle ^ pulse_in;
end
always @(posedge out_clk) begin
  first_stage <= event_toggle;
  second_stage <= first_stage;
  third_stage <= second_stage;
  pulse_out <= second_stage ^ third_stage;
end
"
            .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::clocks::Clocks;
    use super::*;

    #[test]
    fn every_pulse_arrives_once_at_any_ratio() {
        for periods in [[10, 10], [10, 37], [37, 10], [10, 11], [100, 101], [16, 5]] {
            let slow = periods[0].max(periods[1]);
            let mut uut = CdcPulse::default();
            uut.connect_all();
            let mut clocks = Clocks::new(periods);
            let (mut sent, mut received, mut last) = (0, 0, 0);
            for _ in 0..4000 {
                let rising = clocks.step();
                if rising[0] {
                    let due = clocks.time() >= last + 4 * slow;
                    uut.pulse_in.next = due;
                    if due {
                        last = clocks.time();
                        sent += 1;
                    }
                }
                clocks.drive(&mut uut, rising, |uut, levels| {
                    if let Some(level) = levels[0] {
                        uut.in_clk.next = level.into();
                    }
                    if let Some(level) = levels[1] {
                        uut.out_clk.next = level.into();
                    }
                });
                if rising[1] && uut.pulse_out.val() {
                    received += 1;
                }
            }
            assert!(sent > 20 && (sent - received) <= 2, "{periods:?}: {sent} sent, {received} received");
        }
    }
}
