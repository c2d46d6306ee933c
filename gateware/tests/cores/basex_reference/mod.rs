//! A 1000BASE-X transmitter and receiver in software, written from IEEE 802.3 Clause 36 as oracles.
//!
//! Shared with the circuits: nothing but the standard. The 8b/10b tables are the published sub-blocks, typed in, not the rule that
//! `spareband_spec` derives them by. What both could have wrong is a reading of the state diagrams.

// Each test crate uses some of it.
pub mod auto_negotiation;
pub mod transmit;

use std::collections::HashMap;

const SIX: [&str; 32] = [
    "100111", "011101", "101101", "110001", "110101", "101001", "011001", "111000", "111001", "100101", "010101", "110100", "001101",
    "101100", "011100", "010111", "011011", "100011", "010011", "110010", "001011", "101010", "011010", "111010", "110011", "100110",
    "010110", "110110", "001110", "101110", "011110", "101011",
];
const FOUR: [&str; 8] = ["1011", "1001", "0101", "1100", "1101", "1010", "0110", "1110"];
/// K28.0 to K28.7 and K23.7, K27.7, K29.7, K30.7 at negative disparity (Table 36-2).
const SPECIAL: [(u8, &str); 12] = [
    (0x1C, "0011110100"),
    (0x3C, "0011111001"),
    (0x5C, "0011110101"),
    (0x7C, "0011110011"),
    (0x9C, "0011110010"),
    (0xBC, "0011111010"),
    (0xDC, "0011110110"),
    (0xFC, "0011111000"),
    (0xF7, "1110101000"),
    (0xFB, "1101101000"),
    (0xFD, "1011101000"),
    (0xFE, "0111101000"),
];

pub const K28_5: Symbol = (true, 0xBC);
pub const S: Symbol = (true, 0xFB);
pub const T: Symbol = (true, 0xFD);
pub const R: Symbol = (true, 0xF7);
pub const V: Symbol = (true, 0xFE);
pub const D5_6: Symbol = (false, 0xC5);
pub const D16_2: Symbol = (false, 0x50);

/// (K, byte).
pub type Symbol = (bool, u8);

fn complement(bits: &str) -> String {
    bits.chars().map(|b| if b == '0' { '1' } else { '0' }).collect()
}

fn weight(bits: &str) -> usize {
    bits.matches('1').count()
}

fn word(bits: &str) -> u16 {
    bits.chars().enumerate().map(|(n, b)| u16::from(b == '1') << n).sum()
}

/// Code-groups of both columns: index by (disparity, symbol).
pub struct Code {
    encode: HashMap<(bool, Symbol), (u16, bool)>,
    decode: HashMap<(bool, u16), Symbol>,
}

impl Code {
    pub fn new() -> Self {
        let mut encode = HashMap::new();
        for positive in [false, true] {
            for byte in 0..=255u8 {
                let (x, y) = ((byte & 31) as usize, (byte >> 5) as usize);
                let six = SIX[x].to_string();
                let flips = weight(&six) != 3;
                let six = if positive && (flips || x == 7) { complement(&six) } else { six };
                let middle = positive != flips;
                let seven = if middle {
                    [11, 13, 14].contains(&x)
                } else {
                    [17, 18, 20].contains(&x)
                };
                let four = if y == 7 && seven { "0111" } else { FOUR[y] };
                let four_flips = weight(four) != 2;
                let four = if middle && (four_flips || y == 3) {
                    complement(four)
                } else {
                    four.to_string()
                };
                encode.insert((positive, (false, byte)), (word(&(six + &four)), middle != four_flips));
            }
            for (byte, minus) in SPECIAL {
                let code = if positive { complement(minus) } else { minus.to_string() };
                encode.insert((positive, (true, byte)), (word(&code), positive != (weight(minus) != 5)));
            }
        }
        let decode = encode
            .iter()
            .map(|((positive, symbol), (code, _))| ((*positive, *code), *symbol))
            .collect();
        Self { encode, decode }
    }
    pub fn encode(&self, positive: &mut bool, symbol: Symbol) -> u16 {
        let (code, after) = self.encode[&(*positive, symbol)];
        *positive = after;
        code
    }
    /// 36.2.4.4: the disparity follows the sub-blocks, valid or not. `None` is [/INVALID/].
    pub fn decode(&self, positive: &mut bool, code: u16) -> Option<Symbol> {
        let symbol = self.decode.get(&(*positive, code)).copied();
        let (six, four) = (code & 63, code >> 6);
        *positive = match six.count_ones() {
            4.. => true,
            0..=2 => false,
            _ if six == word("000111") => true,
            _ if six == word("111000") => false,
            _ => *positive,
        };
        *positive = match four.count_ones() {
            3.. => true,
            0..=1 => false,
            _ if four == word("0011") => true,
            _ if four == word("1100") => false,
            _ => *positive,
        };
        symbol
    }
}

/// A PCS transmitter without records: GMII frames (preamble to FCS) with idles before each, to code-groups.
pub struct Transmitter {
    code: Code,
    positive: bool,
    pub line: Vec<u16>,
}

impl Transmitter {
    pub fn new() -> Self {
        Self {
            code: Code::new(),
            positive: false,
            line: vec![],
        }
    }
    pub fn symbol(&mut self, symbol: Symbol) {
        let code = self.code.encode(&mut self.positive, symbol);
        self.line.push(code);
    }
    pub fn idles(&mut self, sets: usize) {
        for _ in 0..sets {
            let second = if self.positive { D5_6 } else { D16_2 };
            self.symbol(K28_5);
            self.symbol(second);
        }
    }
    /// The octets of a frame from its first preamble byte, which /S/ replaces.
    pub fn frame(&mut self, octets: &[u8]) {
        self.symbol(S);
        for octet in &octets[1..] {
            self.symbol((false, *octet));
        }
        self.end();
    }
    /// /T/R/ or /T/R/R/.
    pub fn end(&mut self) {
        self.symbol(T);
        self.symbol(R);
        if self.line.len() % 2 == 1 {
            self.symbol(R);
        }
    }
}

/// What a receiver's GMII shows in one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gmii {
    pub dv: bool,
    pub er: bool,
    /// Meaningful while dv or er.
    pub octet: u8,
}

/// SYNC_UNITDATA.indicate, with what carrier_detect says of it.
#[derive(Clone, Copy, Debug)]
struct Unit {
    symbol: Option<Symbol>,
    even: bool,
    ok: bool,
    carrier: bool,
}

/// Figure 36-9, one state a code-group.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Figure36_9 {
    LossOfSync,
    CommaDetect(u8),
    AcquireSync(u8),
    SyncAcquired(u8),
    SyncAcquiredA(u8),
}

fn synchronize(code: &Code, line: &[u16]) -> Vec<Unit> {
    let (mut state, mut even, mut good, mut positive) = (Figure36_9::LossOfSync, false, 0, false);
    line.iter()
        .map(|group| {
            let before = positive;
            let symbol = code.decode(&mut positive, *group);
            let comma = matches!(symbol, Some((true, 0x3C | 0xBC | 0xFC)));
            let data = matches!(symbol, Some((false, _)));
            let bad = symbol.is_none() || (comma && even);
            even = !even;
            state = match state {
                Figure36_9::LossOfSync if comma => {
                    even = true;
                    Figure36_9::CommaDetect(1)
                }
                Figure36_9::LossOfSync => state,
                Figure36_9::CommaDetect(3) if data => Figure36_9::SyncAcquired(1),
                Figure36_9::CommaDetect(n) if data => Figure36_9::AcquireSync(n),
                Figure36_9::CommaDetect(_) => Figure36_9::LossOfSync,
                Figure36_9::AcquireSync(_) if bad => Figure36_9::LossOfSync,
                Figure36_9::AcquireSync(n) if comma => Figure36_9::CommaDetect(n + 1),
                Figure36_9::AcquireSync(_) => state,
                Figure36_9::SyncAcquired(4) | Figure36_9::SyncAcquiredA(4) if bad => Figure36_9::LossOfSync,
                Figure36_9::SyncAcquired(n) | Figure36_9::SyncAcquiredA(n) if bad => Figure36_9::SyncAcquired(n + 1),
                Figure36_9::SyncAcquired(1) => state,
                Figure36_9::SyncAcquired(n) => {
                    good = 1;
                    Figure36_9::SyncAcquiredA(n)
                }
                Figure36_9::SyncAcquiredA(n) if good == 3 => Figure36_9::SyncAcquired(n - 1),
                Figure36_9::SyncAcquiredA(_) => {
                    good += 1;
                    state
                }
            };
            let ok = matches!(state, Figure36_9::SyncAcquired(_) | Figure36_9::SyncAcquiredA(_));
            let (minus, plus) = ((group ^ word("0011111010")).count_ones(), (group ^ word("1100000101")).count_ones());
            let expected = if before { plus } else { minus };
            let carrier = even && ((minus >= 2 && plus >= 2) || (2..=9).contains(&expected));
            Unit { symbol, even, ok, carrier }
        })
        .collect()
}

/// Figures 36-7a and 36-7b, xmit = DATA.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Figure36_7 {
    WaitForK,
    RxK,
    RxCb,
    RxCc,
    RxCd,
    RxInvalid,
    IdleD,
    FalseCarrier,
    Receive,
    EarlyEnd,
    TriRri,
    Extend,
}

/// sync_status for a line whose first code-group is aligned.
pub fn sync_status(line: &[u16]) -> Vec<bool> {
    synchronize(&Code::new(), line).into_iter().map(|unit| unit.ok).collect()
}

/// What the standard's receiver puts on GMII for a line whose first code-group is aligned.
pub fn receive(line: &[u16]) -> Vec<Gmii> {
    let code = Code::new();
    let units = synchronize(&code, line);
    let mut state = Figure36_7::WaitForK;
    let mut out = vec![];
    for window in units.windows(3) {
        let unit = window[0];
        let [now, next, after] = [0, 1, 2].map(|n| window[n].symbol);
        let k = now == Some(K28_5);
        let k_even = k && unit.even;
        let data = |s: Option<Symbol>| matches!(s, Some((false, _)));
        let configuration = |s: Option<Symbol>| matches!(s, Some((false, 0xB5 | 0x42)));
        let idle = Gmii::default();
        if !unit.ok {
            // LINK_FAILED, then WAIT_FOR_K.
            let receiving = matches!(state, Figure36_7::Receive);
            out.push(Gmii {
                dv: receiving,
                er: receiving,
                octet: now.map_or(0, |s| s.1),
            });
            state = Figure36_7::WaitForK;
            continue;
        }
        let false_carrier = Gmii {
            dv: false,
            er: true,
            octet: 0x0E,
        };
        let extend = Gmii {
            dv: false,
            er: true,
            octet: 0x0F,
        };
        let check_end = |wanted: [Symbol; 3]| [now, next, after] == wanted.map(Some);
        let (new, gmii) = match state {
            Figure36_7::WaitForK | Figure36_7::RxInvalid | Figure36_7::TriRri if k_even => (Figure36_7::RxK, idle),
            Figure36_7::WaitForK | Figure36_7::RxInvalid => (Figure36_7::WaitForK, idle),
            Figure36_7::TriRri => (Figure36_7::TriRri, idle),
            Figure36_7::RxK | Figure36_7::EarlyEnd if configuration(now) => (Figure36_7::RxCb, idle),
            Figure36_7::RxK | Figure36_7::EarlyEnd => (Figure36_7::IdleD, idle),
            Figure36_7::RxCb => (if data(now) { Figure36_7::RxCc } else { Figure36_7::RxInvalid }, idle),
            Figure36_7::RxCc => (if data(now) { Figure36_7::RxCd } else { Figure36_7::RxInvalid }, idle),
            Figure36_7::RxCd => (if k_even { Figure36_7::RxK } else { Figure36_7::RxInvalid }, idle),
            Figure36_7::IdleD if k || !unit.carrier => (Figure36_7::RxK, idle),
            Figure36_7::IdleD if now == Some(S) => (
                Figure36_7::Receive,
                Gmii {
                    dv: true,
                    er: false,
                    octet: 0x55,
                },
            ),
            Figure36_7::IdleD => (Figure36_7::FalseCarrier, false_carrier),
            Figure36_7::FalseCarrier if k_even => (Figure36_7::RxK, idle),
            Figure36_7::FalseCarrier => (Figure36_7::FalseCarrier, false_carrier),
            Figure36_7::Extend if check_end([R, R, K28_5]) && unit.even => (Figure36_7::TriRri, idle),
            Figure36_7::Extend if k_even => (Figure36_7::RxK, idle),
            Figure36_7::Extend => (Figure36_7::Extend, extend),
            Figure36_7::Receive => {
                let octet = now.map_or(0, |s| s.1);
                let early = k_even && ((data(next) && after == Some(K28_5)) || (configuration(next) && after == Some((false, 0))));
                if early {
                    (Figure36_7::EarlyEnd, Gmii { dv: true, er: true, octet })
                } else if check_end([T, R, K28_5]) && unit.even {
                    (Figure36_7::TriRri, idle)
                } else if check_end([T, R, R]) {
                    (Figure36_7::Extend, extend)
                } else if check_end([R, R, R]) {
                    (Figure36_7::Extend, Gmii { dv: true, er: true, octet })
                } else {
                    (
                        Figure36_7::Receive,
                        Gmii {
                            dv: true,
                            er: !data(now),
                            octet,
                        },
                    )
                }
            }
        };
        state = new;
        out.push(gmii);
    }
    out
}

/// Frames (octets from the first preamble byte) of a GMII trace, with whether gmii_rx_er was seen in them.
pub fn frames(trace: &[Gmii]) -> Vec<(Vec<u8>, bool)> {
    let mut frames = vec![];
    let mut open: Option<(Vec<u8>, bool)> = None;
    for gmii in trace {
        if gmii.dv {
            let frame = open.get_or_insert_with(Default::default);
            frame.0.push(gmii.octet);
            frame.1 |= gmii.er;
        } else {
            frames.extend(open.take());
        }
    }
    frames
}

/// CRC-32 of 3.2.9 by division, bit by bit, first bit of the frame first.
pub fn fcs(data: &[u8]) -> [u8; 4] {
    let mut register = u32::MAX;
    for bit in data.iter().flat_map(|byte| (0..8).map(move |n| u32::from(byte >> n & 1))) {
        let feedback = register >> 31 ^ bit;
        register = (register << 1) ^ (feedback * 0x04C1_1DB7);
    }
    (!register).reverse_bits().to_le_bytes()
}

/// Preamble, delimiter, data padded to 60 bytes, FCS.
pub fn octets(data: &[u8]) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.resize(data.len().max(60), 0);
    let check = fcs(&padded);
    [&[0x55; 7][..], &[0xD5], &padded, &check].concat()
}
