//! `y = M x` over GF(2): CRCs, scramblers, parity. The matrix is read off a linear Rust function or given row by row.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | x | in | none | up to 256 bits |
//! | y | out | none | up to 256 bits |
//!
//! Combinational. A CRC is linear in {state, data}, affine in its initial value: feed the initial value in as state.
//! The Verilog states the network twice: as shared sums for synthesis, and for Verilator, which runs those three times slower, as the parity of
//! masked inputs. Lockstep under Verilator and Icarus Verilog checks one each.
//! `from_fn` panics on a function with `f(0) != 0`; a function that is not linear is found by `from_fn` for sums of two basis vectors.

use super::text::range;
use super::words::{Words, from_words, to_words};
use super::xor_share::share;
use rust_hdl::prelude::*;

#[derive(Clone, Debug, LogicBlock)]
pub struct XorNet<const I: usize, const O: usize> {
    pub x: Signal<In, Bits<I>>,
    pub y: Signal<Out, Bits<O>>,
    /// Row o: the inputs that feed output o.
    _rows: Vec<Words>,
    /// Column i: the outputs that input i feeds.
    _columns: Vec<Words>,
    _cut_inputs: bool,
}

impl<const I: usize, const O: usize> XorNet<I, O> {
    /// The network of a linear function of up to 128 bits.
    pub fn from_fn(function: impl Fn(u128) -> u128) -> Self {
        assert!(I <= 128 && O <= 128, "from_fn carries 128 bits; use from_rows for {I} -> {O}");
        assert_eq!(function(0), 0, "a linear function maps 0 to 0");
        for bit in 1..I {
            let (a, b) = (1_u128 << (bit - 1), 1_u128 << bit);
            assert_eq!(
                function(a | b),
                function(a) ^ function(b),
                "not linear in bits {} and {bit}",
                bit - 1
            );
        }
        let columns: Vec<Words> = (0..I)
            .map(|bit| {
                let column = function(1 << bit);
                assert!(O == 128 || column >> O == 0, "column {bit} is wider than {O} bits");
                [column as u64, (column >> 64) as u64, 0, 0]
            })
            .collect();
        Self::new(transpose(&columns, O), columns)
    }

    /// The network of up to 256 by 256 bits; `rows[o]` has bit i (bit i % 64 of word i / 64) set where input i feeds output o.
    pub fn from_rows(rows: Vec<[u64; 4]>) -> Self {
        assert!(I <= 256 && O <= 256, "at most 256 inputs and outputs, not {I} -> {O}");
        assert_eq!(rows.len(), O, "one row an output");
        let columns = transpose(&rows, I);
        assert_eq!(transpose(&columns, O), rows, "a row is wider than {I} bits");
        Self::new(rows, columns)
    }

    fn new(rows: Vec<Words>, columns: Vec<Words>) -> Self {
        Self {
            x: Default::default(),
            y: Default::default(),
            _rows: rows,
            _columns: columns,
            _cut_inputs: false,
        }
    }

    /// Keeps the mapper from pushing the gates before the inputs into the network, once for each of the sums that use them. Worth trying where an input comes
    /// from more than one gate of four inputs; elsewhere it costs a level.
    pub fn cut_inputs(mut self) -> Self {
        self._cut_inputs = true;
        self
    }
}

/// A matrix as the rows of its transpose, of which there are `count`.
pub(super) fn transpose(rows: &[Words], count: usize) -> Vec<Words> {
    (0..count)
        .map(|bit| {
            let mut row = [0; 4];
            for (index, words) in rows.iter().enumerate() {
                row[index / 64] |= (words[bit / 64] >> (bit % 64) & 1) << (index % 64);
            }
            row
        })
        .collect()
}

impl<const I: usize, const O: usize> Logic for XorNet<I, O> {
    fn update(&mut self) {
        // Linear: the outputs start at 0 with the inputs, so only a change needs work.
        if !self.x.changed {
            return;
        }
        let x = to_words(self.x.val());
        let mut y = [0; 4];
        for (word, mut left) in x.into_iter().enumerate() {
            while left != 0 {
                let column = &self._columns[word * 64 + left.trailing_zeros() as usize];
                for (sum, term) in y.iter_mut().zip(column) {
                    *sum ^= term;
                }
                left &= left - 1;
            }
        }
        self.y.next = from_words(&y);
    }
    fn connect(&mut self) {
        self.y.connect();
    }
    crate::module_name!();
    fn hdl(&self) -> Verilog {
        let terms = if self._cut_inputs { "terms" } else { "x" };
        let input = |bit: usize| if I == 1 { terms.to_string() } else { format!("{terms}[{bit}]") };
        let output = |bit: usize| if O == 1 { "y".to_string() } else { format!("y[{bit}]") };
        let mut code = "`ifdef VERILATOR\n".to_string();
        for (bit, row) in self._rows.iter().enumerate() {
            code += &format!("assign {} = ^(x & {I}'h{:x});\n", output(bit), from_words::<I>(row));
        }
        code += "`else\n";
        if self._cut_inputs {
            code += &format!("(* keep *) wire {}terms = x;\n", range(I));
        }
        let shared = share(&self._rows, I);
        let name = |term: usize| if term < I { input(term) } else { format!("shared_{}", term - I) };
        for (index, group) in shared.groups.iter().enumerate() {
            let sum: Vec<String> = group.iter().map(|&term| name(term)).collect();
            // Without the attribute the mapper dissolves some of these again: up to 75 % more LUT4.
            let keep = if shared.of_inputs(index) { "(* keep *) " } else { "" };
            code += &format!("{keep}wire shared_{index} = {};\n", sum.join(" ^ "));
        }
        for (bit, terms) in shared.outputs.iter().enumerate() {
            code += &format!("assign {} = {};\n", output(bit), shared.sum(terms, name));
        }
        code += "`endif\n";
        Verilog::Wrapper(Wrapper {
            code,
            cores: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;

    /// CRC-32 of IEEE 802.3, bit by bit as its clause 3.2.9 divides, over 8 octets from a register value.
    fn crc32(state: u32, data: u64) -> u32 {
        let mut register = state;
        for bit in 0..64 {
            let feedback = (register ^ (data >> bit) as u32) & 1;
            register = (register >> 1) ^ (feedback * 0xEDB8_8320);
        }
        register
    }

    #[test]
    fn equals_the_function_it_was_built_from() {
        let seed = 1;
        let mut rng = StdRng::seed_from_u64(seed);
        let function = |v: u128| u128::from(crc32(v as u32, (v >> 32) as u64));
        let mut uut = XorNet::<96, 32>::from_fn(function);
        uut.connect_all();
        for _ in 0..2000 {
            let x: u128 = rng.r#gen::<u128>() >> 32;
            uut.x.next = from_words(&[x as u64, (x >> 64) as u64, 0, 0]);
            assert!(simulate(&mut uut, 10));
            assert_eq!(uut.y.val().to_u128(), function(x), "seed {seed}");
        }
        // "12345678" then, as CRC-32's check value needs nine octets, the register after eight: 0x9AE0DAAF is its published CRC.
        uut.x.next = from_words(&[
            u64::from(u32::MAX) | u64::from_le_bytes(*b"12345678") << 32,
            u64::from_le_bytes(*b"12345678") >> 32,
            0,
            0,
        ]);
        assert!(simulate(&mut uut, 10));
        assert_eq!(!uut.y.val().to_u64() as u32, 0x9AE0_DAAF);
    }

    #[test]
    fn rows_carry_256_bits() {
        let seed = 2;
        let mut rng = StdRng::seed_from_u64(seed);
        let rows: Vec<[u64; 4]> = (0..256).map(|_| rng.r#gen()).collect();
        let mut uut = XorNet::<256, 256>::from_rows(rows.clone());
        uut.connect_all();
        for _ in 0..100 {
            let x: [u64; 4] = rng.r#gen();
            uut.x.next = from_words(&x);
            assert!(simulate(&mut uut, 10));
            let y = to_words(uut.y.val());
            for (output, row) in rows.iter().enumerate() {
                let ones: u32 = row.iter().zip(&x).map(|(a, b)| (a & b).count_ones()).sum();
                assert_eq!(
                    y[output / 64] >> (output % 64) & 1,
                    u64::from(ones & 1),
                    "seed {seed}, output {output}"
                );
            }
        }
    }

    #[test]
    #[should_panic(expected = "not linear")]
    fn refuses_a_function_that_is_not_linear() {
        XorNet::<8, 8>::from_fn(|x| (x + (x << 1)) & 0xFF & ((x & 3 != 3) as u128 * 0xFF));
    }
}
