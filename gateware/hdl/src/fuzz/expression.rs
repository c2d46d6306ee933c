//! Random type-correct expressions.

use rand::Rng;
use rand::rngs::StdRng;

/// What may be read: `self.c.val()` and its width. `is_bool` is a `Bit`.
#[derive(Clone)]
pub struct Source {
    pub text: String,
    pub width: usize,
    pub is_bool: bool,
}

pub const PHASES: [&str; 5] = ["Idle", "Start", "Run", "Drain", "Done"];

pub struct Gen<'a> {
    pub rng: &'a mut StdRng,
    pub sources: Vec<Source>,
    /// Expressions of type `Phase`.
    pub phases: Vec<String>,
}

impl Gen<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.rng.gen_range(0..n)
    }

    fn bits_source(&mut self) -> Source {
        let all: Vec<Source> = self.sources.iter().filter(|s| !s.is_bool).cloned().collect();
        let n = self.below(all.len());
        all[n].clone()
    }

    /// A signal that counts to less than `limit`, to index with.
    fn index_source(&mut self, limit: usize) -> Option<Source> {
        let all: Vec<Source> = self
            .sources
            .iter()
            .filter(|s| !s.is_bool && s.width <= 6 && (1 << s.width) <= limit)
            .cloned()
            .collect();
        if all.is_empty() {
            return None;
        }
        let n = self.below(all.len());
        Some(all[n].clone())
    }

    fn literal(&mut self, width: usize) -> String {
        let bits = width.min(64);
        let v: u64 = self.rng.r#gen::<u64>() >> (64 - bits);
        let v = match self.below(4) {
            0 => v & 3,
            1 => u64::MAX >> (64 - bits),
            _ => v,
        };
        if v < 0x7fff_ffff && self.rng.gen_bool(0.5) {
            format!("{v}")
        } else {
            format!("{v:#x}_u64")
        }
    }

    fn other_width(&mut self) -> usize {
        let widths = [1, 2, 3, 5, 8, 9, 13, 16, 32, 33, 64, 70];
        widths[self.below(widths.len())]
    }

    /// Something of type `Bits<width>`.
    pub fn bits(&mut self, width: usize, depth: usize) -> String {
        let same: Vec<String> = self
            .sources
            .iter()
            .filter(|s| !s.is_bool && s.width == width)
            .map(|s| s.text.clone())
            .collect();
        if depth == 0 || self.below(8) == 0 {
            return match self.below(4) {
                0 => format!("bits::<{width}>({})", self.literal(width)),
                1 | 2 if !same.is_empty() => {
                    let n = self.below(same.len());
                    same[n].clone()
                }
                _ => {
                    let s = self.bits_source();
                    format!("bit_cast::<{width}, {}>({})", s.width, s.text)
                }
            };
        }
        let d = depth - 1;
        match self.below(16) {
            0..=4 => {
                let op = ["+", "-", "&", "|", "^"][self.below(5)];
                format!("({} {op} {})", self.bits(width, d), self.bits(width, d))
            }
            5 => {
                let op = ["+", "-", "&", "|", "^"][self.below(5)];
                if self.rng.gen_bool(0.7) {
                    format!("({} {op} {})", self.bits(width, d), self.literal(width))
                } else {
                    let l = self.rng.r#gen::<u64>() >> (64 - width.min(64));
                    format!("({l:#x}_u64 {op} {})", self.bits(width, d))
                }
            }
            6 => format!("(!{})", self.bits(width, d)),
            7 => {
                let op = ["<<", ">>"][self.below(2)];
                let by = self.below(width + 3);
                format!("({} {op} {by})", self.bits(width, d))
            }
            8 => {
                let op = ["<<", ">>"][self.below(2)];
                let w = self.below(6) + 1;
                format!("({} {op} {})", self.bits(width, d), self.bits(w, d.min(1)))
            }
            9 => format!("({} + {})", self.bits(width, d), self.bool(d)),
            10 => {
                let m = self.other_width();
                format!("bit_cast::<{width}, {m}>({})", self.bits(m, d))
            }
            11 => {
                let s = self.bits_source();
                format!("{}.get_bits::<{width}>({})", s.text, self.below(s.width + 1))
            }
            12 => {
                let m = self.other_width();
                format!("({}).get_bits::<{width}>({})", self.bits(m, d), self.below(m + 1))
            }
            13 => {
                let s = self.bits_source();
                match self.index_source(s.width + 1) {
                    Some(i) => format!("{}.get_bits::<{width}>({}.index())", s.text, i.text),
                    None => self.bits(width, d),
                }
            }
            14 => format!("{}.replace_bit({}, {})", self.bits(width, d), self.below(width), self.bool(d)),
            _ => match self.index_source(width) {
                Some(i) => format!("{}.replace_bit({}.index(), {})", self.bits(width, d), i.text, self.bool(d)),
                None => self.bits(width, d),
            },
        }
    }

    /// Something of type `bool`.
    pub fn bool(&mut self, depth: usize) -> String {
        let bools: Vec<String> = self.sources.iter().filter(|s| s.is_bool).map(|s| s.text.clone()).collect();
        if depth == 0 || self.below(8) == 0 {
            if !bools.is_empty() && self.rng.gen_bool(0.5) {
                let n = self.below(bools.len());
                return bools[n].clone();
            }
            let s = self.bits_source();
            return match self.below(4) {
                0 => format!("{}.get_bit({})", s.text, self.below(s.width)),
                1 => format!("{}.any()", s.text),
                2 if !self.phases.is_empty() => {
                    let n = self.below(self.phases.len());
                    let op = ["==", "!="][self.below(2)];
                    let phase = PHASES[self.below(PHASES.len())];
                    format!("({} {op} Phase::{phase})", self.phases[n])
                }
                2 => ["true", "false"][self.below(2)].to_string(),
                _ => format!("({} == {})", s.text, self.literal(s.width.min(31))),
            };
        }
        let d = depth - 1;
        let compare = ["==", "!=", "<", "<=", ">", ">="];
        match self.below(10) {
            0..=2 => {
                let (w, op) = (self.other_width(), compare[self.below(6)]);
                format!("({} {op} {})", self.bits(w, d), self.bits(w, d))
            }
            3 => {
                let (w, op) = (self.other_width(), compare[self.below(6)]);
                format!("({} {op} {})", self.bits(w, d), self.literal(w))
            }
            4 => {
                let (w, f) = (self.other_width(), ["any", "all", "xor"][self.below(3)]);
                format!("({}).{f}()", self.bits(w, d))
            }
            5 | 6 => {
                let op = ["&&", "||", "&", "|", "^", "==", "!="][self.below(7)];
                format!("({} {op} {})", self.bool(d), self.bool(d))
            }
            7 => format!("(!{})", self.bool(d)),
            8 => {
                let w = self.other_width();
                format!("({}).get_bit({})", self.bits(w, d), self.below(w))
            }
            _ => {
                let s = self.bits_source();
                match self.index_source(s.width) {
                    Some(i) => format!("{}.get_bit({}.index())", s.text, i.text),
                    None => self.bool(d),
                }
            }
        }
    }
}
