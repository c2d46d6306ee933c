//! A register that holds its value unless enabled, which rust-hdl's `DFF` does only by reading its own output back.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | enable | in | clk | take `d` at the next edge |
//! | d | in | clk | next value |
//! | q | out | clk | value; the initial value (`default()`: zero) from the start |
//!
//! Latency: 1 cycle. Throughput: 1 value a cycle.

use super::text::literal;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct EnableReg<T: Synth> {
    pub clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub d: Signal<In, T>,
    pub q: Signal<Out, T>,
    _initial: T,
}

impl<T: Synth> EnableReg<T> {
    pub fn new(initial: T) -> Self {
        Self {
            clk: Default::default(),
            enable: Default::default(),
            d: Default::default(),
            q: Signal::new_with_default(initial),
            _initial: initial,
        }
    }
}

impl<T: Synth> Default for EnableReg<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Synth> Logic for EnableReg<T> {
    fn update(&mut self) {
        if self.clk.pos_edge() && self.enable.val() {
            self.q.next = self.d.val();
        }
    }
    fn connect(&mut self) {
        self.q.connect();
    }
    crate::module_name!(clk => q);
    fn hdl(&self) -> Verilog {
        Verilog::Custom(format!(
            "initial q = {};\nalways @(posedge clk) begin\n  if (enable) q <= d;\nend\n",
            literal(self._initial)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_unless_enabled() {
        let mut uut = EnableReg::<Bits<40>>::default();
        uut.connect_all();
        let mut expected = bits::<40>(0);
        for step in 0..20_u64 {
            let enable = step % 3 == 1;
            uut.enable.next = enable;
            uut.d.next = bits::<40>(step << 30);
            uut.clk.next = false.into();
            assert!(simulate(&mut uut, 10));
            assert_eq!(uut.q.val(), expected);
            uut.clk.next = true.into();
            assert!(simulate(&mut uut, 10));
            if enable {
                expected = bits::<40>(step << 30);
            }
            assert_eq!(uut.q.val(), expected);
        }
    }
}
