//! Pieces of Verilog text that the parts share.

use rust_hdl::prelude::*;

/// The range of a declaration of `width` bits, with a trailing blank; nothing for one bit, so that its ports stay scalars.
pub(super) fn range(width: usize) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// `expression` of `from` bits, zero-extended to `to` bits.
pub(super) fn zero_extend(expression: &str, from: usize, to: usize) -> String {
    if from == to {
        expression.to_string()
    } else {
        format!("{{{}'d0, {expression}}}", to - from)
    }
}

/// Bits up to which toggles are smaller than a sum (yosys 0.70, synth_ecp5): 9 lookup tables against 10 for five, 13 against 10 for six.
const TOGGLED: usize = 5;

/// `name`, a signal of `width` bits, plus one where the bit `event` is set. yosys makes a carry chain of each sum, to which nextpnr adds two elements.
pub(super) fn count_up(name: &str, width: usize, event: &str) -> String {
    if width > TOGGLED {
        return format!("{name} + {}", zero_extend(event, 1, width));
    }
    if width == 1 {
        return format!("{name} ^ {event}");
    }
    let toggles: Vec<_> = (1..width).rev().map(|bit| format!("&{{{name}[{}:0], {event}}}", bit - 1)).collect();
    format!("{name} ^ {{{}, {event}}}", toggles.join(", "))
}

/// Words that one `initial` block clears: yosys takes the square of a block's statements, 16 seconds for 4096 words and 4 minutes for 16384.
const PAGE: usize = 256;

/// What fills a memory with zeros.
pub(super) fn cleared(memory: &str, words: usize, width: usize) -> String {
    if words <= PAGE {
        return format!(
            "integer {memory}_index;\ninitial for ({memory}_index = 0; {memory}_index < {words}; {memory}_index = {memory}_index + 1) {memory}[{memory}_index] = {width}'h0;\n"
        );
    }
    format!(
        "genvar {memory}_page;
generate for ({memory}_page = 0; {memory}_page < {words}; {memory}_page = {memory}_page + {PAGE}) begin : clear_{memory}
  integer index;
  initial for (index = {memory}_page; index < {memory}_page + {PAGE}; index = index + 1) {memory}[index] = {width}'h0;
end endgenerate
"
    )
}

/// The literal of a value as sized hexadecimal. `VerilogLiteral` of an enumeration forgets the width of its type, so it is set here.
pub(super) fn literal<T: Synth>(value: T) -> String {
    let text = format!("{:x}", value.verilog());
    let digits = text.split("'h").nth(1).expect("rust-hdl prints hexadecimal literals with 'h");
    format!("{}'h{digits}", T::BITS)
}

/// The value that the bits of the signal `select` number, as a tree of two-way choices: a `case` becomes a wide AND-OR in yosys, which took
/// 1800 instead of 540 LUT4 for 40 words of 21 bits. `values` are 2^n for the n bits of `select`.
pub(super) fn mux(select: &str, values: &[String]) -> String {
    if values.windows(2).all(|pair| pair[0] == pair[1]) {
        return values[0].clone();
    }
    let (low, high) = values.split_at(values.len() / 2);
    format!("({select}[{}] ? {} : {})", low.len().ilog2(), mux(select, high), mux(select, low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_bits_count_by_toggles() {
        assert_eq!(count_up("a", 3, "e"), "a ^ {&{a[1:0], e}, &{a[0:0], e}, e}");
        assert_eq!(
            (count_up("a", 1, "e"), count_up("a", 6, "e")),
            ("a ^ e".into(), "a + {5'd0, e}".into())
        );
    }

    #[test]
    fn text_has_exact_widths() {
        assert_eq!((range(1), range(8)), (String::new(), "[7:0] ".to_string()));
        assert_eq!(
            (zero_extend("a", 3, 3), zero_extend("a", 1, 3)),
            ("a".to_string(), "{2'd0, a}".to_string())
        );
        assert_eq!(
            (literal(true), literal(bits::<9>(0x155))),
            ("1'h1".to_string(), "9'h155".to_string())
        );
    }
}
