//! A level from any clock domain into the domain of `clk`, through two flip-flops.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | d | in | any | a glitch-free level (from a flip-flop); a change that lasts less than a period of `clk` may be missed |
//! | q | out | clk | `d`, two edges later; 0 from the start |
//!
//! Several of these do not carry a word: bits may arrive in different cycles. Use `CdcBits` for words, `CdcPulse` for events.

use rust_hdl::prelude::*;

#[derive(Clone, Debug, Default, LogicBlock)]
pub struct CdcBit {
    pub clk: Signal<In, Clock>,
    pub d: Signal<In, Bit>,
    pub q: Signal<Out, Bit>,
    _first: bool,
}

impl Logic for CdcBit {
    fn update(&mut self) {
        if self.clk.pos_edge() {
            self.q.next = self._first;
            self._first = self.d.val();
        }
    }
    fn connect(&mut self) {
        self.q.connect();
    }
    crate::module_name!(clk => q);
    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            "(* ASYNC_REG = \"TRUE\", keep *) reg first_stage;\ninitial begin\n  first_stage = 1'b0;\n  q = 1'b0;\nend\nalways @(posedge clk) begin\n  \
             first_stage <= d;\n  q <= first_stage;\nend\n"
                .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_after_two_edges() {
        let mut uut = CdcBit::default();
        uut.connect_all();
        let input = [true, false, false, true, true, false];
        let mut seen = vec![];
        for d in input {
            uut.d.next = d;
            uut.clk.next = false.into();
            assert!(simulate(&mut uut, 10));
            uut.clk.next = true.into();
            assert!(simulate(&mut uut, 10));
            seen.push(uut.q.val());
        }
        assert_eq!(seen[1..], input[..5]);
    }
}
