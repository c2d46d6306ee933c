//! Unsigned product in one registered step, which synthesis puts into a DSP block.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | rising edge |
//! | a | in | clk | A bits |
//! | b | in | clk | B bits |
//! | product | out | clk | a * b of the cycle before; P = A + B bits |
//!
//! Latency: 1 cycle. Throughput: one a cycle. No reset; zero at the start.

use super::text::zero_extend;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct Multiplier<const A: usize, const B: usize, const P: usize> {
    pub clk: Signal<In, Clock>,
    pub a: Signal<In, Bits<A>>,
    pub b: Signal<In, Bits<B>>,
    pub product: Signal<Out, Bits<P>>,
}

impl<const A: usize, const B: usize, const P: usize> Default for Multiplier<A, B, P> {
    fn default() -> Self {
        assert!(A + B == P && P <= 64, "the product of {A} and {B} bits has {} bits, not {P}", A + B);
        Self {
            clk: Default::default(),
            a: Default::default(),
            b: Default::default(),
            product: Default::default(),
        }
    }
}

impl<const A: usize, const B: usize, const P: usize> Logic for Multiplier<A, B, P> {
    fn update(&mut self) {
        if self.clk.pos_edge() {
            self.product.next = bits::<P>(self.a.val().to_u64() * self.b.val().to_u64());
        }
    }
    fn connect(&mut self) {
        self.product.connect();
    }
    fn hdl(&self) -> Verilog {
        Verilog::Custom(format!(
            "initial begin\n  product = {P}'d0;\nend\nalways @(posedge clk) begin\n  product <= {} * {};\nend\n",
            zero_extend("a", A, P),
            zero_extend("b", B, P),
        ))
    }
    crate::module_name!(clk => product);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    #[test]
    fn lockstep() {
        crate::lockstep!(Multiplier::<8, 13, 21>::default(); clk, a, b)
            .clock("clk")
            .cycles(500)
            .run();
    }

    #[test]
    fn multiplies() {
        let seed = 5;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = Multiplier::<8, 13, 21>::default();
        uut.connect_all();
        for _ in 0..500 {
            let (a, b) = (rng.gen_range(0..256_u64), rng.gen_range(0..8192_u64));
            uut.a.next = bits::<8>(a);
            uut.b.next = bits::<13>(b);
            for level in [false, true] {
                uut.clk.next = level.into();
                assert!(simulate(&mut uut, 10));
            }
            assert_eq!(uut.product.val().to_u64(), a * b, "seed {seed}");
        }
    }
}
