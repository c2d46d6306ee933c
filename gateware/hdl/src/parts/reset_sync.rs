//! Brings a reset of any origin into a clock domain.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | reset_in | in | any | active high; held for more than one period of `clk` or possibly missed |
//! | reset_out | out | clk | active high; 1 from the start until the third edge that finds `reset_in` low |
//!
//! Both edges of the reset take three cycles: through two flip-flops that settle it, and one that a layout may copy, as it only tells what is settled. A stopped clock needs no earlier assertion: what it clocks stands still, and
//! the first edges after it comes back find the reset. An asynchronous assertion would make every user of `reset_in` an asynchronous one.

use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct ResetSync {
    pub clk: Signal<In, Clock>,
    pub reset_in: Signal<In, Bit>,
    pub reset_out: Signal<Out, Bit>,
    _first: bool,
    _second: bool,
}

impl Default for ResetSync {
    fn default() -> Self {
        Self {
            clk: Default::default(),
            reset_in: Default::default(),
            reset_out: Signal::new_with_default(true),
            _first: true,
            _second: true,
        }
    }
}

impl Logic for ResetSync {
    fn update(&mut self) {
        if self.clk.pos_edge() {
            self.reset_out.next = self._second;
            self._second = self._first;
            self._first = self.reset_in.val();
        }
    }
    fn connect(&mut self) {
        self.reset_out.connect();
    }
    crate::module_name!(clk => reset_out);
    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            "(* ASYNC_REG = \"TRUE\", keep *) reg first_stage;\n(* ASYNC_REG = \"TRUE\", keep *) reg second_stage;\ninitial begin\n  \
             first_stage = 1'b1;\n  second_stage = 1'b1;\n  reset_out = 1'b1;\nend\nalways @(posedge clk) begin\n  \
             first_stage <= reset_in;\n  second_stage <= first_stage;\n  reset_out <= second_stage;\nend\n"
                .into(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_edges_in_and_out() {
        let mut uut = ResetSync::default();
        uut.connect_all();
        assert!(uut.reset_out.val());
        let mut seen = vec![];
        for reset_in in [false, false, false, true, true, true, false, false, false] {
            uut.reset_in.next = reset_in;
            uut.clk.next = false.into();
            assert!(simulate(&mut uut, 10));
            uut.clk.next = true.into();
            assert!(simulate(&mut uut, 10));
            seen.push(uut.reset_out.val());
        }
        assert_eq!(seen, [true, true, false, false, false, true, true, true, false]);
    }
}
