//! A register with a synchronous reset, which rust-hdl's `DFF` has not.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | reset | in | clk | `q` takes the reset value at the next edge; wins over `d` |
//! | d | in | clk | next value |
//! | q | out | clk | value; the reset value from the start |
//!
//! Latency: 1 cycle. Throughput: 1 value a cycle.

use super::text::literal;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct ResetReg<T: Synth> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub d: Signal<In, T>,
    pub q: Signal<Out, T>,
    _reset_value: T,
}

impl<T: Synth> ResetReg<T> {
    pub fn new(reset_value: T) -> Self {
        Self {
            clk: Default::default(),
            reset: Default::default(),
            d: Default::default(),
            q: Signal::new_with_default(reset_value),
            _reset_value: reset_value,
        }
    }
}

impl<T: Synth> Default for ResetReg<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Synth> Logic for ResetReg<T> {
    fn update(&mut self) {
        if self.clk.pos_edge() {
            self.q.next = if self.reset.val() { self._reset_value } else { self.d.val() };
        }
    }
    fn connect(&mut self) {
        self.q.connect();
    }
    crate::module_name!(clk => q);
    fn hdl(&self) -> Verilog {
        let value = literal(self._reset_value);
        Verilog::Custom(format!(
            "initial q = {value};\nalways @(posedge clk) begin\n  q <= reset ? {value} : d;\nend\n"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_at_the_reset_value_follows_d_and_resets() {
        let mut uut = ResetReg::new(bits::<9>(0x155));
        uut.connect_all();
        let mut step = |reset: bool, d: u64| {
            for clk in [false, true] {
                uut.clk.next = clk.into();
                uut.reset.next = reset;
                uut.d.next = bits::<9>(d);
                if !clk {
                    assert!(simulate(&mut uut, 10));
                }
            }
            let before = uut.q.val();
            assert!(simulate(&mut uut, 10));
            (before, uut.q.val())
        };
        assert_eq!(step(false, 7), (bits::<9>(0x155), bits::<9>(7)));
        assert_eq!(step(true, 8), (bits::<9>(7), bits::<9>(0x155)));
        assert_eq!(step(false, 9), (bits::<9>(0x155), bits::<9>(9)));
    }
}
