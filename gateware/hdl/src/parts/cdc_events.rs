//! Events of one clock domain, counted exactly in another: for those that may come in every cycle, where `CdcPulse` would lose some.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | in_clk | in | | rising edge |
//! | event_in | in | in_clk | an event in every cycle it is high |
//! | out_clk | in | | rising edge |
//! | increment | out | out_clk | events that arrived in this cycle, 0 for none |
//!
//! A Gray-coded count modulo 64 crosses; the difference from one `out_clk` cycle to the next comes out. Exact while `in_clk` is less than 60
//! times as fast as `out_clk`. Latency: the edge that takes the event, then at most 4 edges of `out_clk`.
//! No reset: the two sides agree from the start and never disagree.

use rust_hdl::prelude::*;

#[derive(Clone, Debug, Default, LogicBlock)]
pub struct CdcEvents {
    pub in_clk: Signal<In, Clock>,
    pub event_in: Signal<In, Bit>,
    pub out_clk: Signal<In, Clock>,
    pub increment: Signal<Out, Bits<6>>,
    _count: u64,
    /// The count on its way: natively it crosses as it is, the Gray code is for the circuit's sake.
    _stages: [u64; 3],
}

impl Logic for CdcEvents {
    fn update(&mut self) {
        let count = self._count;
        if self.in_clk.pos_edge() {
            self._count += u64::from(self.event_in.val());
        }
        if self.out_clk.pos_edge() {
            let [first, second, third] = self._stages;
            self.increment.next = bits::<6>((second - third) & 63);
            self._stages = [count, first, second];
        }
    }
    fn connect(&mut self) {
        self.increment.connect();
    }
    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            "reg [5:0] count;
reg [5:0] gray;
(* ASYNC_REG = \"TRUE\", keep *) reg [5:0] first;
(* ASYNC_REG = \"TRUE\", keep *) reg [5:0] second;
reg [5:0] third;
wire [5:0] count_next;
wire [5:0] arrived;
initial begin
  count = 6'd0;
  gray = 6'd0;
  first = 6'd0;
  second = 6'd0;
  third = 6'd0;
  increment = 6'd0;
end
assign count_next = count + {5'd0, event_in};
assign arrived = {second[5], ^second[5:4], ^second[5:3], ^second[5:2], ^second[5:1], ^second[5:0]};
always @(posedge in_clk) begin
  count <= count_next;
  gray <= count_next ^ {1'b0, count_next[5:1]};
end
always @(posedge out_clk) begin
  first <= gray;
  second <= first;
  third <= arrived;
  increment <= arrived - third;
end
"
            .into(),
        )
    }
    crate::module_name!(out_clk => increment);
}

#[cfg(test)]
mod tests {
    use super::super::clocks::Clocks;
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    #[test]
    fn every_event_arrives_once_at_any_ratio() {
        for (seed, periods) in [[10, 10], [10, 370], [370, 10], [10, 11], [100, 101], [16, 5]]
            .into_iter()
            .enumerate()
        {
            println!("seed {seed}");
            let mut rng = StdRng::seed_from_u64(seed as u64);
            let mut uut = CdcEvents::default();
            uut.connect_all();
            let mut clocks = Clocks::new(periods);
            let (mut sent, mut received) = (0_u64, 0_u64);
            for step in 0..6000 {
                let rising = clocks.step();
                if rising[0] {
                    // The last edges carry nothing, so that all is through at the end.
                    let event = step < 5000 && rng.gen_bool(0.7);
                    uut.event_in.next = event;
                    sent += u64::from(event);
                }
                clocks.drive(&mut uut, rising, |uut, levels| {
                    if let Some(level) = levels[0] {
                        uut.in_clk.next = level.into();
                    }
                    if let Some(level) = levels[1] {
                        uut.out_clk.next = level.into();
                    }
                });
                if rising[1] {
                    received += uut.increment.val().to_u64();
                }
            }
            assert!(sent > 50, "{sent} events only");
            assert_eq!(sent, received, "periods {periods:?}");
        }
    }
}
