//! The 8b/10b transmission code of IEEE 802.3 36.2.4, derived by Widmer and Franaszek's rule (no table is typed in).
//!
//! A code-group is a `u16` whose bit 0 is `a`, the bit that goes first, up to bit 9 = `j`. A byte is `HGFEDCBA`, so `D(x, y)` is
//! `y << 5 | x`. Running disparity is a bool: `true` is positive.

/// Byte of Dx.y or Kx.y.
pub const fn byte(x: u8, y: u8) -> u8 {
    y << 5 | x
}

pub const K28_2: u8 = byte(28, 2);
pub const K28_3: u8 = byte(28, 3);
pub const K28_5: u8 = byte(28, 5);
pub const K28_6: u8 = byte(28, 6);
pub const K23_7: u8 = byte(23, 7);
pub const K27_7: u8 = byte(27, 7);
pub const K29_7: u8 = byte(29, 7);
pub const K30_7: u8 = byte(30, 7);
pub const D0_0: u8 = byte(0, 0);
pub const D2_2: u8 = byte(2, 2);
pub const D2_5: u8 = byte(2, 5);
pub const D5_6: u8 = byte(5, 6);
pub const D6_5: u8 = byte(6, 5);
pub const D16_2: u8 = byte(16, 2);
pub const D21_5: u8 = byte(21, 5);
pub const D26_4: u8 = byte(26, 4);

/// The seven bits `abcdeif` of a comma, bit 0 = `a`: 0011111, and its complement.
pub const COMMA_PLUS: u8 = 0b111_1100;
pub const COMMA_MINUS: u8 = !COMMA_PLUS & 0x7F;

/// K28.5 as it is sent at negative running disparity: `001111 1010`.
pub const K28_5_MINUS: u16 = 0b01_0111_1100;
/// K28.5 as it is sent at positive running disparity: `110000 0101`.
pub const K28_5_PLUS: u16 = !K28_5_MINUS & 0x3FF;

const fn bit(value: u8, n: u8) -> bool {
    value >> n & 1 == 1
}

/// Is Kx.y one of the twelve special code-groups?
pub const fn is_special(value: u8) -> bool {
    let (x, y) = (value & 31, value >> 5);
    x == 28 || (y == 7 && (x == 23 || x == 27 || x == 29 || x == 30))
}

/// The six bits `abcdei` (bit 0 = `a`) of x at negative running disparity; `k28` picks K28 over D28.
pub const fn six_minus(x: u8, k28: bool) -> u8 {
    let (a, b, c, d, e) = (bit(x, 0), bit(x, 1), bit(x, 2), bit(x, 3), bit(x, 4));
    let ones = (x & 15).count_ones();
    let (l40, l04, l13, l22) = (ones == 4, ones == 0, ones == 1, ones == 2);
    let six = a as u8
        | (((b && !l40) || l04) as u8) << 1
        | ((c || l04 || (l13 && e && d)) as u8) << 2
        | ((d && !(a && b && c)) as u8) << 3
        | (((e || l13) && !(l13 && e && d)) as u8) << 4
        | (((l22 && (!e || k28)) || ((l04 || l40) && e) || (l13 && e && !d)) as u8) << 5;
    // The rule yields one of the two forms: the one for negative disparity never has fewer ones than zeros.
    if six.count_ones() < 3 { !six & 63 } else { six }
}

/// Does the six-bit block change the running disparity?
pub const fn six_flips(x: u8, k28: bool) -> bool {
    six_minus(x, k28).count_ones() != 3
}

/// The six bits at positive disparity are the complement when the block is unbalanced, and for D7 (`111000`, `000111`).
pub const fn six_alternates(x: u8, k28: bool) -> bool {
    six_flips(x, k28) || x == 7
}

/// Must y = 7 take the alternate form `0111`/`1000`, given the disparity after the six-bit block?
pub const fn alternate_seven(control: bool, x: u8, positive: bool) -> bool {
    control
        || if positive {
            x == 11 || x == 13 || x == 14
        } else {
            x == 17 || x == 18 || x == 20
        }
}

/// The four bits `fghj` (bit 0 = `f`) for the disparity after the six-bit block.
pub const fn four(control: bool, value: u8, positive: bool) -> u8 {
    let (x, y) = (value & 31, value >> 5);
    let (f, g, h) = (bit(y, 0), bit(y, 1), bit(y, 2));
    let alternate = y == 7 && alternate_seven(control, x, positive);
    let code = ((f && !alternate) as u8) | ((g || y == 0) as u8) << 1 | (h as u8) << 2 | ((((f != g) && !h) || alternate) as u8) << 3;
    let ones = code.count_ones();
    let minus = if ones == 1 { !code & 15 } else { code };
    let k28_neutral = control && x == 28 && (y == 1 || y == 2 || y == 5 || y == 6);
    // At positive disparity: unbalanced blocks and y = 3 alternate. K28's balanced ones alternate the other way round, so that
    // K28.1, K28.5 and K28.7 hold a comma.
    if k28_neutral {
        if positive { minus } else { !minus & 15 }
    } else if positive && (ones != 2 || y == 3) {
        !minus & 15
    } else {
        minus
    }
}

/// Does the four-bit block change the running disparity?
pub const fn four_flips(value: u8) -> bool {
    matches!(value >> 5, 0 | 4 | 7)
}

/// The code-group of a byte and the running disparity after it, or `None` when Kx.y is no special code-group.
pub const fn encode(control: bool, value: u8, positive: bool) -> Option<(u16, bool)> {
    if control && !is_special(value) {
        return None;
    }
    let x = value & 31;
    let k28 = control && x == 28;
    let mut six = six_minus(x, k28);
    if positive && six_alternates(x, k28) {
        six = !six & 63;
    }
    let middle = positive != six_flips(x, k28);
    let code = six as u16 | (four(control, value, middle) as u16) << 6;
    Some((code, middle != four_flips(value)))
}

/// Running disparity after a six-bit block, valid or not (36.2.4.4).
pub const fn disparity_after_six(six: u8, positive: bool) -> bool {
    match six.count_ones() {
        0..=2 => false,
        4..=6 => true,
        // 000111 leaves it positive, 111000 negative (bit 0 = a).
        _ => six == 0b11_1000 || (positive && six != 0b00_0111),
    }
}

/// Running disparity after a four-bit block, valid or not (36.2.4.4).
pub const fn disparity_after_four(four: u8, positive: bool) -> bool {
    match four.count_ones() {
        0 | 1 => false,
        3 | 4 => true,
        _ => four == 0b1100 || (positive && four != 0b0011),
    }
}

/// What a six-bit block says by itself, without knowing the running disparity. The decoder's first table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Six {
    pub x: u8,
    pub k28: bool,
    /// In neither column.
    pub invalid: bool,
    /// Only legal at negative, at positive running disparity.
    pub needs_minus: bool,
    pub needs_plus: bool,
}

/// Look a six-bit block up.
pub const fn decode_six(six: u8) -> Six {
    let mut x = 0;
    while x < 32 {
        let mut k = 0;
        while k < 2 {
            let k28 = k == 1;
            let minus = six_minus(x, k28);
            let alternates = six_alternates(x, k28);
            if (x == 28 || !k28) && (minus == six || (alternates && !minus & 63 == six)) {
                return Six {
                    x,
                    k28,
                    invalid: false,
                    needs_minus: alternates && minus == six,
                    needs_plus: alternates && minus != six,
                };
            }
            k += 1;
        }
        x += 1;
    }
    Six {
        x: 0,
        k28: false,
        invalid: true,
        needs_minus: false,
        needs_plus: false,
    }
}

/// A decoded code-group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub control: bool,
    pub value: u8,
    /// In the column of the other running disparity only.
    pub disparity_error: bool,
    /// In neither column.
    pub code_error: bool,
    /// Running disparity after the code-group.
    pub positive: bool,
}

/// Decode by searching the encoder's range: slow, and right by construction.
pub const fn decode(code: u16, positive: bool) -> Decoded {
    let middle = disparity_after_six((code & 63) as u8, positive);
    let after = disparity_after_four((code >> 6) as u8, middle);
    let mut pass = 0;
    while pass < 2 {
        let column = if pass == 0 { positive } else { !positive };
        let mut n = 0;
        while n < 512 {
            let (control, value) = (n >= 256, (n & 255) as u8);
            if let Some((c, _)) = encode(control, value, column)
                && c == code
            {
                return Decoded {
                    control,
                    value,
                    disparity_error: pass == 1,
                    code_error: false,
                    positive: after,
                };
            }
            n += 1;
        }
        pass += 1;
    }
    Decoded {
        control: false,
        value: 0,
        disparity_error: false,
        code_error: true,
        positive: after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IEEE 802.3 Table 36-1's sub-blocks as published (5B/6B and 3B/4B, running disparity negative), `abcdei` and `fghj` as read.
    const FIVE_SIX: [&str; 32] = [
        "100111", "011101", "101101", "110001", "110101", "101001", "011001", "111000", "111001", "100101", "010101", "110100", "001101",
        "101100", "011100", "010111", "011011", "100011", "010011", "110010", "001011", "101010", "011010", "111010", "110011", "100110",
        "010110", "110110", "001110", "101110", "011110", "101011",
    ];

    fn text(code: u16, from: usize, to: usize) -> String {
        (from..to).map(|i| if code >> i & 1 == 1 { '1' } else { '0' }).collect()
    }

    #[test]
    fn six_bit_blocks_are_those_of_the_published_table() {
        for x in 0..32 {
            assert_eq!(text(six_minus(x, false) as u16, 0, 6), FIVE_SIX[x as usize], "D{x}");
        }
        assert_eq!(text(six_minus(28, true) as u16, 0, 6), "001111");
    }

    #[test]
    fn code_groups_of_the_published_tables() {
        // (control, x, y, RD-, RD+) from Tables 36-1 and 36-2.
        let rows = [
            (false, 0, 0, "1001110100", "0110001011"),
            (false, 5, 6, "1010010110", "1010010110"),
            (false, 16, 2, "0110110101", "1001000101"),
            (false, 21, 5, "1010101010", "1010101010"),
            (false, 2, 2, "1011010101", "0100100101"),
            (false, 17, 7, "1000110111", "1000110001"),
            (false, 11, 7, "1101001110", "1101001000"),
            (false, 7, 3, "1110001100", "0001110011"),
            (false, 31, 7, "1010110001", "0101001110"),
            (true, 28, 0, "0011110100", "1100001011"),
            (true, 28, 1, "0011111001", "1100000110"),
            (true, 28, 2, "0011110101", "1100001010"),
            (true, 28, 3, "0011110011", "1100001100"),
            (true, 28, 4, "0011110010", "1100001101"),
            (true, 28, 5, "0011111010", "1100000101"),
            (true, 28, 6, "0011110110", "1100001001"),
            (true, 28, 7, "0011111000", "1100000111"),
            (true, 23, 7, "1110101000", "0001010111"),
            (true, 27, 7, "1101101000", "0010010111"),
            (true, 29, 7, "1011101000", "0100010111"),
            (true, 30, 7, "0111101000", "1000010111"),
        ];
        for (control, x, y, minus, plus) in rows {
            assert_eq!(
                text(encode(control, byte(x, y), false).unwrap().0, 0, 10),
                minus,
                "{control} {x}.{y}"
            );
            assert_eq!(text(encode(control, byte(x, y), true).unwrap().0, 0, 10), plus, "{control} {x}.{y}");
        }
        assert_eq!(encode(true, K28_5, false).unwrap().0, K28_5_MINUS);
        assert_eq!(encode(true, K28_5, true).unwrap().0, K28_5_PLUS);
        assert_eq!(K28_5_MINUS as u8 & 0x7F, COMMA_PLUS);
    }

    #[test]
    fn every_code_group_is_balanced_distinct_and_decodes() {
        for positive in [false, true] {
            let mut seen = std::collections::HashSet::new();
            for control in [false, true] {
                for value in 0..=255u8 {
                    let Some((code, after)) = encode(control, value, positive) else {
                        continue;
                    };
                    assert_eq!(
                        after,
                        match code.count_ones() {
                            4 if positive => false,
                            5 => positive,
                            6 if !positive => true,
                            _ => panic!("disparity bound broken by {value:02x}"),
                        }
                    );
                    assert!(seen.insert(code));
                    let expected = Decoded {
                        control,
                        value,
                        disparity_error: false,
                        code_error: false,
                        positive: after,
                    };
                    assert_eq!(decode(code, positive), expected);
                }
            }
            assert_eq!(seen.len(), 268);
        }
    }

    #[test]
    fn no_run_is_longer_than_five_and_no_comma_across_data() {
        for positive in [false, true] {
            for first in 0..=255u8 {
                let (a, rd) = encode(false, first, positive).unwrap();
                for second in 0..=255u8 {
                    let both = a as u32 | (encode(false, second, rd).unwrap().0 as u32) << 10;
                    for shift in 0..=13 {
                        let window = (both >> shift & 0x7F) as u8;
                        assert!(window != COMMA_PLUS && window != COMMA_MINUS, "{first:02x} {second:02x}");
                    }
                    for shift in 0..=14 {
                        assert!(!matches!(both >> shift & 63, 0 | 63), "{first:02x} {second:02x}");
                    }
                }
            }
        }
    }
}
