//! Modes A, B and C beside a 1000BASE-X PCS when something is lost, doubled or damaged. The test plays the PCS: a set every second cycle,
//! GMII bytes in frames. Records over a real PCS and the lockstep are in `embedding_1g.rs`.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::util::{UtilisationReceive1g, UtilisationTransmit1g};
use spareband_spec::code_8b10b::{self, K28_5};
use spareband_spec::{embedding, ordered_set, record};

/// Second code-group of a set: control, value.
type Second = (bool, u8);
const IDLE: Second = (false, ordered_set::IDLE_2);
const FIELDS: u64 = (record::VERSION as u64) << record::VERSION_BIT | 0x0523_4567_89AB;

macro_rules! tick {
    ($uut:expr) => {{
        $uut.clk.next = true.into();
        assert!(simulate(&mut $uut, 50), "does not settle");
    }};
}
macro_rules! settle {
    ($uut:expr) => {{
        $uut.clk.next = false.into();
        assert!(simulate(&mut $uut, 50), "does not settle");
    }};
}

fn transmitter(mode: u8, fields: u64) -> UtilisationTransmit1g {
    let mut uut = UtilisationTransmit1g::default();
    uut.connect_all();
    uut.mode.next = u64::from(mode).into();
    uut.enable.next = true;
    uut.tx_data.next = true;
    uut.record.next = fields.into();
    settle!(uut);
    tick!(uut);
    settle!(uut);
    uut
}

/// So many sets; each takes the offer where `take` allows it.
fn sets(uut: &mut UtilisationTransmit1g, count: usize, mut take: impl FnMut(usize) -> bool) -> Vec<Second> {
    (0..count)
        .map(|n| {
            uut.set_sent.next = false;
            uut.offer_taken.next = false;
            settle!(*uut);
            tick!(*uut);
            settle!(*uut);
            let taken = uut.offer_valid.val() && take(n);
            let second = if taken {
                (uut.offer_control.val(), uut.offer.val().to_u64() as u8)
            } else {
                IDLE
            };
            uut.set_sent.next = true;
            uut.offer_taken.next = taken;
            settle!(*uut);
            tick!(*uut);
            second
        })
        .collect()
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    records: Vec<u64>,
    crc_errors: usize,
    version_errors: usize,
    /// Cycle of the last record.
    at: usize,
}

struct Receiver {
    uut: UtilisationReceive1g,
    seen: Seen,
    cycle: usize,
}

impl Receiver {
    fn new(mode: u8) -> Self {
        let mut uut = UtilisationReceive1g::default();
        uut.connect_all();
        uut.mode.next = u64::from(mode).into();
        uut.sync.next = true;
        let mut receiver = Self {
            uut,
            seen: Seen::default(),
            cycle: 0,
        };
        // Mode C hears the first frame only after a gap.
        receiver.cycle();
        receiver
    }
    fn cycle(&mut self) {
        settle!(self.uut);
        tick!(self.uut);
        self.cycle += 1;
        if self.uut.valid.val() {
            self.seen.records.push(self.uut.record.val().to_u64());
            self.seen.at = self.cycle;
        }
        self.seen.crc_errors += usize::from(self.uut.crc_error.val());
        self.seen.version_errors += usize::from(self.uut.version_error.val());
    }
    /// A code-group: valid or not.
    fn group(&mut self, minus: bool, valid: bool, (control, value): Second) {
        self.uut.group_k28_5_minus.next = minus;
        self.uut.group_valid.next = valid;
        self.uut.group_control.next = control;
        self.uut.group_value.next = u64::from(value).into();
        self.cycle();
    }
    fn set(&mut self, second: Second) {
        self.group(true, true, (true, K28_5));
        self.group(false, true, second);
    }
    fn gmii(&mut self, dv: bool, er: bool, byte: u8) {
        self.uut.gmii_rx_dv.next = dv;
        self.uut.gmii_rx_er.next = er;
        self.uut.gmii_rxd.next = u64::from(byte).into();
        self.cycle();
    }
}

fn run_sets(mode: u8, line: &[Second]) -> Seen {
    let mut receiver = Receiver::new(mode);
    for second in line.iter().chain(&[IDLE; 4]) {
        receiver.set(*second);
    }
    receiver.seen
}

fn mode_b(fields: u64) -> Vec<Second> {
    embedding::marked_sets(fields).iter().map(|value| (true, *value)).collect()
}

const MARK: Second = (true, embedding::MARK);

#[test]
fn mode_b_counts_what_is_wrong() {
    let good = mode_b(FIELDS);
    let whole = |line: &[Second]| {
        let Seen {
            records,
            crc_errors,
            version_errors,
            ..
        } = run_sets(embedding::B, line);
        (records, crc_errors, version_errors)
    };
    assert_eq!(whole(&[good.clone(), vec![MARK]].concat()), (vec![FIELDS], 0, 0));
    // Both forms: one mark between two records, or an end and a start mark.
    assert_eq!(whole(&[good.clone(), good.clone(), vec![MARK]].concat()), (vec![FIELDS; 2], 0, 0));
    assert_eq!(
        whole(&[good.clone(), vec![MARK], good.clone(), vec![MARK]].concat()),
        (vec![FIELDS; 2], 0, 0)
    );
    assert_eq!(whole(&good), (vec![], 0, 0), "no end mark");
    assert_eq!(whole(&[mode_b(2 << 46 | 5), vec![MARK]].concat()), (vec![], 0, 1));
    for place in 1..65 {
        let mut lost = good.clone();
        lost.remove(place);
        lost.extend(&good);
        lost.push(MARK);
        assert_eq!(whole(&lost), (vec![FIELDS], 1, 0), "lost {place}");
        let mut doubled = good.clone();
        doubled.insert(place, doubled[place]);
        doubled.push(MARK);
        assert_eq!(whole(&doubled), (vec![], 1, 0), "doubled {place}");
        let mut flipped = good.clone();
        flipped[place].1 ^= embedding::BIT_0 ^ embedding::BIT_1;
        flipped.push(MARK);
        assert_eq!(whole(&flipped), (vec![], 1, 0), "flipped {place}");
        let mut idle = good.clone();
        idle.insert(place, IDLE);
        idle.push(MARK);
        assert_eq!(whole(&idle), (vec![FIELDS], 0, 0), "idle {place}");
    }
    // A lost mark: two records as one, one error.
    assert_eq!(
        whole(&[good.clone(), good[1..].to_vec(), good.clone(), vec![MARK]].concat()),
        (vec![FIELDS], 1, 0)
    );
}

#[test]
fn mode_b_latency_is_two_from_the_mark() {
    let mut receiver = Receiver::new(embedding::B);
    for second in mode_b(FIELDS) {
        receiver.set(second);
    }
    receiver.set(MARK);
    let mark = receiver.cycle;
    receiver.set(IDLE);
    // The edge that takes the mark is the first of the two.
    assert_eq!(receiver.seen.at, mark + 1);
}

#[test]
fn mode_c_latency_is_three_from_the_delimiter() {
    let mut receiver = Receiver::new(embedding::C);
    let mut delimiter = 0;
    for n in 0..6 {
        for byte in embedding::preamble(embedding::header(embedding::SOURCE_BLADE, n), embedding::field_value(FIELDS, n)) {
            receiver.gmii(true, false, byte);
        }
        delimiter = receiver.cycle;
        receiver.gmii(true, false, 0x12);
        receiver.gmii(false, false, 0);
    }
    receiver.gmii(false, false, 0);
    // The edge that takes the delimiter is the first of the three.
    assert_eq!(receiver.seen.at, delimiter + 2);
}

/// Random damage to every second code-group: invalid ones, other symbols, lost sets. No record that was not sent.
#[test]
fn no_false_record_in_modes_a_and_b() {
    let seed = 42;
    let mut rng = StdRng::seed_from_u64(seed);
    for mode in [embedding::A, embedding::B] {
        let mut uut = transmitter(mode, FIELDS);
        let mut receiver = Receiver::new(mode);
        for second in sets(&mut uut, 30_000, |_| true) {
            match rng.gen_range(0..400) {
                0 => continue,
                // A code-group with one wrong bit, as a decoder sees it at positive disparity.
                1..=6 => {
                    let (code, _) = code_8b10b::encode(second.0, second.1, true).unwrap();
                    let bad = code_8b10b::decode(code ^ 1 << rng.gen_range(0..10), true);
                    receiver.group(true, true, (true, K28_5));
                    receiver.group(false, !(bad.code_error || bad.disparity_error), (bad.control, bad.value));
                }
                7 => receiver.set((second.0, rng.r#gen())),
                _ => receiver.set(second),
            }
        }
        let seen = receiver.seen;
        println!("mode {mode}: {} records, {} errors", seen.records.len(), seen.crc_errors);
        assert!(seen.records.len() > 50 && seen.crc_errors > 50);
        assert!(seen.records.iter().all(|fields| *fields == FIELDS), "seed {seed}, mode {mode}");
    }
}

/// Sends a frame through mode C; the bytes that leave in the cycles they came in.
fn pass(uut: &mut UtilisationTransmit1g, bytes: &[u8], gap: usize) -> Vec<u8> {
    let mut out = vec![];
    for n in 0..bytes.len() + gap {
        uut.gmii_tx_en.next = n < bytes.len();
        uut.gmii_txd.next = u64::from(bytes.get(n).copied().unwrap_or(0)).into();
        settle!(*uut);
        if n < bytes.len() {
            out.push(uut.pcs_txd.val().to_u64() as u8);
        }
        tick!(*uut);
    }
    out
}

fn frame(rng: &mut StdRng, preamble: usize) -> Vec<u8> {
    let mut bytes = vec![ordered_set::PREAMBLE; preamble];
    bytes.push(ordered_set::START_FRAME_DELIMITER);
    // Data that look like preambles and words, too.
    bytes.extend((0..rng.gen_range(60..90)).map(|_| {
        if rng.gen_bool(0.3) {
            *[0x55, 0xD5, 0xA0].choose(rng).unwrap()
        } else {
            rng.r#gen()
        }
    }));
    bytes
}

#[test]
fn mode_c_sends_the_known_answer() {
    let mut uut = transmitter(embedding::C, 0x454B_0C80_2010);
    let mut rng = StdRng::seed_from_u64(1);
    // A0 4B -> EE of the wire contract, then the other five fields.
    let values = [0x4B, 0x0C, 0x80, 0x20, 0x10, 0x50, 0x4B];
    for (n, value) in values.into_iter().enumerate() {
        let sent = frame(&mut rng, 7);
        let left = pass(&mut uut, &sent, 12);
        assert_eq!(left[..3], [0x55; 3]);
        assert_eq!(left[3..5], [0xA0 + (n % 6) as u8, value]);
        assert_eq!(left[6..8], [0x55, 0xD5]);
        assert_eq!(left[8..], sent[8..]);
        if n == 0 {
            assert_eq!(left[5], 0xEE);
        }
    }
}

/// Every value, those too whose word would hold a delimiter, through a PCS that drops the first byte of some frames.
#[test]
fn mode_c_carries_every_value() {
    let seed = 43;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut receiver = Receiver::new(embedding::C);
    let mut uut = transmitter(embedding::C, 0);
    let mut expected = vec![];
    for value in 0..=255_u64 {
        let fields = 1 << 46 | (value & 15) << 40 | (value * 0x01_0101_0101);
        uut.record.next = fields.into();
        let words: [u8; 6] = std::array::from_fn(|n| {
            let header = embedding::header(embedding::SOURCE_BLADE, n as u8);
            embedding::sendable(header, embedding::field_value(fields, n as u8))
        });
        expected.push(embedding::round(words));
        for _ in 0..6 {
            let sent = frame(&mut rng, 7);
            let left = pass(&mut uut, &sent, 12);
            // What a standard MAC takes, from the delimiter on, is the same; no delimiter comes before.
            assert_eq!(left[7..], sent[7..]);
            assert!(!left[..7].contains(&ordered_set::START_FRAME_DELIMITER));
            for byte in &left[usize::from(rng.r#gen::<bool>())..] {
                receiver.gmii(true, false, *byte);
            }
            for _ in 0..4 {
                receiver.gmii(false, false, 0);
            }
        }
    }
    assert_eq!(receiver.seen.records, expected, "seed {seed}");
    assert_eq!(receiver.seen.crc_errors, 0);
}

#[test]
fn mode_c_leaves_other_preambles_and_goes_on() {
    let mut rng = StdRng::seed_from_u64(44);
    let mut uut = transmitter(embedding::C, FIELDS);
    for preamble in [0, 1, 2, 3, 4, 5, 6, 8, 9, 12] {
        let sent = frame(&mut rng, preamble);
        let left = pass(&mut uut, &sent, 5);
        for (place, (a, b)) in sent.iter().zip(&left).enumerate() {
            assert!(a == b || ((3..6).contains(&place) && place < preamble), "{preamble} {place}");
        }
    }
    // The field that never went whole goes now.
    let left = pass(&mut uut, &frame(&mut rng, 7), 5);
    assert_eq!(left[3], 0xA0);
    // Off, and while the link is not up, nothing changes.
    for off in 0..3 {
        uut.enable.next = off != 0;
        uut.tx_data.next = off != 1;
        uut.mode.next = u64::from(if off == 2 { embedding::D } else { embedding::C }).into();
        let sent = frame(&mut rng, 7);
        assert_eq!(pass(&mut uut, &sent, 5), sent);
    }
}

/// Damage to any byte before the delimiter; plain preambles between are nothing.
#[test]
fn mode_c_counts_what_is_wrong() {
    let words: Vec<[u8; 8]> = (0..6)
        .map(|n| embedding::preamble(embedding::header(0xA, n), embedding::field_value(FIELDS, n)))
        .collect();
    let send = |receiver: &mut Receiver, bytes: &[u8], error: Option<usize>| {
        for (n, byte) in bytes.iter().chain(&[0xA0, 0x55, 0xD5, 0x12]).enumerate() {
            receiver.gmii(true, error == Some(n), *byte);
        }
        receiver.gmii(false, false, 0);
        receiver.gmii(false, false, 0);
    };
    let plain = [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5];
    for damaged in 0..6 {
        for place in 3..7 {
            for bit in 0..8 {
                let mut receiver = Receiver::new(embedding::C);
                for (n, word) in words.iter().enumerate() {
                    send(&mut receiver, &plain, None);
                    let mut word = *word;
                    word[place] ^= u8::from(n == damaged) << bit;
                    send(&mut receiver, &word, None);
                }
                // A fault that makes a delimiter of a byte cuts the word, and is wrong as well.
                assert_eq!(
                    (receiver.seen.records.len(), receiver.seen.crc_errors),
                    (0, 1),
                    "{damaged} {place} {bit}"
                );
            }
        }
        let mut receiver = Receiver::new(embedding::C);
        for (n, word) in words.iter().enumerate() {
            send(&mut receiver, word, (n == damaged).then_some(4));
        }
        assert!(receiver.seen.records.is_empty());
    }
    let mut receiver = Receiver::new(embedding::C);
    for word in &words {
        send(&mut receiver, word, None);
    }
    assert_eq!(receiver.seen.records, [FIELDS]);
}
