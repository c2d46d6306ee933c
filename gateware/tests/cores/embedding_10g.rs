//! Mode D on XGMII: guards, sets in each gap, transparency, damage, lockstep.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::util::{FieldAssembler, FieldRound, SequenceExtract, SequenceInject};
use spareband_hdl::lockstep;
use spareband_hdl::lockstep::Inputs;
use spareband_spec::{embedding, record, xgmii};

type Word = (u64, u8);
const IDLE: Word = (xgmii::IDLE_WORD, xgmii::ALL_CONTROL);

/// Column as four characters and their control bits.
type Column = (u32, u8);
const IDLE_COLUMN: Column = (xgmii::IDLE_WORD as u32, 0xF);

fn columns(words: &[Word]) -> Vec<Column> {
    words
        .iter()
        .flat_map(|(data, control)| [(*data as u32, control & 15), ((data >> 32) as u32, control >> 4)])
        .collect()
}

/// Words of frames of so many bytes (from Start to before Terminate they are 8 more), gap bytes by `gap`, Terminate being the first of them.
fn frames(lengths: &[usize], mut gap: impl FnMut(usize) -> usize) -> Vec<Word> {
    let mut line = vec![(xgmii::IDLE, true); 32];
    for (n, length) in lengths.iter().enumerate() {
        line.push((xgmii::START, true));
        line.extend([(xgmii::PREAMBLE, false); 6]);
        line.push((xgmii::START_FRAME_DELIMITER, false));
        line.extend((0..*length).map(|at| ((at * 7 + n) as u8, false)));
        line.push((xgmii::TERMINATE, true));
        let end = line.len() - 1 + gap(n);
        // A start is on lane 0 or 4.
        line.resize(end.next_multiple_of(4), (xgmii::IDLE, true));
    }
    line.resize(line.len().next_multiple_of(8) + 64, (xgmii::IDLE, true));
    line.chunks(8)
        .map(|lanes| {
            let data: [u8; 8] = std::array::from_fn(|lane| lanes[lane].0);
            let control = (0..8).fold(0, |control, lane| control | u8::from(lanes[lane].1) << lane);
            (u64::from_le_bytes(data), control)
        })
        .collect()
}

/// The deficit idle count of 46.3.1.4: gaps of 12 on average that end on lane 0 or 4, written from the standard.
fn deficit_gaps(lengths: Vec<usize>) -> impl FnMut(usize) -> usize {
    let mut deficit = 0;
    move |n| {
        let over = (lengths[n] + 12) % 4;
        if over != 0 && deficit + over <= 3 {
            deficit += over;
            12 - over
        } else {
            let more = (4 - over) % 4;
            deficit = deficit.saturating_sub(more);
            12 + more
        }
    }
}

fn inject(words: &[Word], fields: u64, inhibit: impl Fn(usize) -> bool) -> Vec<Word> {
    let mut uut = SequenceInject::default();
    uut.connect_all();
    uut.enable.next = true;
    uut.record.next = fields.into();
    let mut sent = vec![];
    for (n, (data, control)) in words.iter().enumerate() {
        uut.clk.next = false.into();
        uut.mac_txd.next = (*data).into();
        uut.mac_txc.next = u64::from(*control).into();
        uut.inhibit.next = inhibit(n);
        assert!(simulate(&mut uut, 50));
        // In the cycle of the word: no latency.
        sent.push((uut.xgmii_txd.val().to_u64(), uut.xgmii_txc.val().to_u64() as u8));
        uut.clk.next = true.into();
        assert!(simulate(&mut uut, 50));
    }
    sent
}

fn is_set((data, control): Column) -> bool {
    matches!(embedding::column_word(data, control), Ok(Some(_)))
}

/// Every guard of the contract, between what the MAC gave and what left.
fn assert_guards(given: &[Word], sent: &[Word], inhibit: impl Fn(usize) -> bool) {
    let (before, after) = (columns(given), columns(sent));
    for n in 0..before.len() {
        if before[n] == after[n] {
            continue;
        }
        // What holds sets back does so from the next word on.
        let held = inhibit((n / 2).saturating_sub(1));
        assert!(is_set(after[n]) && before[n] == IDLE_COLUMN && !held, "column {n}");
        assert!(
            n > 0 && after[n - 1] == IDLE_COLUMN,
            "no idle column before {n}: {:08X?}",
            after[n - 1]
        );
        let word = &before[n & !1..n | 1];
        assert!(
            word.iter()
                .all(|(data, control)| (0..4).all(|lane| control >> lane & 1 == 0 || (data >> (8 * lane)) as u8 != xgmii::TERMINATE))
        );
        if n % 2 == 0 {
            let start = before[n + 1].0 as u8 == xgmii::START && before[n + 1].1 == 1;
            assert!(start || before[n + 1] == IDLE_COLUMN);
        }
    }
}

/// Records and errors that a receiver sees, and how long after the start the first came.
fn extract(words: &[Word], chassis: bool) -> (Vec<u64>, usize) {
    let mut uut = SequenceExtract::default();
    uut.connect_all();
    uut.enable.next = true;
    uut.chassis.next = chassis;
    let (mut records, mut errors) = (vec![], 0);
    for (data, control) in words.iter().chain(&[IDLE; 4]) {
        uut.clk.next = false.into();
        uut.xgmii_rxd.next = (*data).into();
        uut.xgmii_rxc.next = u64::from(*control).into();
        assert!(simulate(&mut uut, 50));
        uut.clk.next = true.into();
        assert!(simulate(&mut uut, 50));
        if uut.valid.val() {
            records.push(uut.record.val().to_u64());
        }
        errors += usize::from(uut.error.val());
    }
    (records, errors)
}

const FIELDS: u64 = (record::VERSION as u64) << record::VERSION_BIT | 0x0523_4567_89AB;

#[test]
fn sets_in_every_gap() {
    for length in [64, 65, 66, 67, 512, 1518, 9018] {
        let lengths = vec![length; 120];
        let given = frames(&lengths, deficit_gaps(lengths.clone()));
        let sent = inject(&given, FIELDS, |_| false);
        assert_guards(&given, &sent, |_| false);
        // Full load lies between the first start and the last terminate.
        let ends: Vec<usize> = columns(&given)
            .iter()
            .enumerate()
            .filter(|(_, (data, control))| (0..4).any(|lane| control >> lane & 1 == 1 && (data >> (8 * lane)) as u8 == xgmii::TERMINATE))
            .map(|(n, _)| n)
            .collect();
        let sets = columns(&sent)[ends[0]..ends[119]].iter().filter(|column| is_set(**column)).count();
        println!("mode D, {length} byte frames at full load: {sets} sets in {} gaps", ends.len() - 1);
        assert_eq!(sets, 119, "{length}");
        let (records, errors) = extract(&sent, false);
        assert!(records.len() >= 119 / 6 && records.iter().all(|fields| *fields == FIELDS));
        assert_eq!(errors, 0);
    }
}

/// A receiver that takes sequence sets for idles, as 46.3.4 has it of sets that are no fault, sees what the MAC gave.
#[test]
fn a_standard_receiver_sees_the_same() {
    let seed = 31;
    let mut rng = StdRng::seed_from_u64(seed);
    let lengths: Vec<usize> = (0..400).map(|_| rng.gen_range(60..300)).collect();
    let given = frames(&lengths, |_| rng.gen_range(9..60));
    let sent = inject(&given, FIELDS, |_| false);
    assert_guards(&given, &sent, |_| false);
    let ignored: Vec<Column> = columns(&sent)
        .into_iter()
        .map(|column| if is_set(column) { IDLE_COLUMN } else { column })
        .collect();
    assert!(ignored == columns(&given), "seed {seed}");
    let (records, errors) = extract(&sent, false);
    assert!(records.len() > 100 && errors == 0 && records.iter().all(|fields| *fields == FIELDS));
    assert_eq!(extract(&sent, true), (vec![], 0), "the other source");
}

/// Whatever the MAC gives, sequence sets of its own and half idle columns too, and whenever it is held.
#[test]
fn guards_hold_for_any_input() {
    let seed = 32;
    let mut rng = StdRng::seed_from_u64(seed);
    let choices = [
        xgmii::IDLE,
        xgmii::IDLE,
        xgmii::START,
        xgmii::TERMINATE,
        xgmii::ERROR,
        xgmii::LOW_POWER_IDLE,
    ];
    let column = |rng: &mut StdRng| -> Column {
        match rng.gen_range(0..10) {
            0..=5 => IDLE_COLUMN,
            6 => (xgmii::fault_word(xgmii::REMOTE_FAULT) as u32, 1),
            7 => (rng.r#gen(), 0),
            _ => (
                u32::from_le_bytes(std::array::from_fn(|_| *choices.choose(rng).unwrap())),
                rng.r#gen::<u8>() & 15,
            ),
        }
    };
    let given: Vec<Word> = (0..20_000)
        .map(|_| {
            let (low, high) = (column(&mut rng), column(&mut rng));
            (u64::from(high.0) << 32 | u64::from(low.0), high.1 << 4 | low.1)
        })
        .collect();
    let inhibit = |n: usize| n / 50 % 4 == 3;
    let sent = inject(&given, FIELDS, inhibit);
    assert_guards(&given, &sent, inhibit);
    assert!(
        columns(&sent).iter().filter(|column| is_set(**column)).count() > 1000,
        "seed {seed}"
    );
}

/// One line error becomes three payload errors (0, 39, 58 bits on): many of them, and no record that was not sent.
#[test]
fn no_false_record_under_errors() {
    let seed = 33;
    let mut rng = StdRng::seed_from_u64(seed);
    let given = vec![IDLE; 40_000];
    let mut sent = inject(&given, FIELDS, |_| false);
    let bits = sent.len() * 64;
    for _ in 0..bits / 2000 {
        let at = rng.gen_range(0..bits - 58);
        for place in [at, at + 39, at + 58] {
            sent[place / 64].0 ^= 1 << (place % 64);
        }
    }
    let (records, errors) = extract(&sent, false);
    println!("seed {seed}: {} records, {errors} errors", records.len());
    assert!(records.len() > 100 && errors > 100);
    assert!(records.iter().all(|fields| *fields == FIELDS), "seed {seed}");
}

/// Words of idles, frames and sets, more or less in order.
fn xgmii_stimulus(inputs: &mut Inputs, data: &str, control: &str, field: &mut u8) {
    let mut word = IDLE;
    match inputs.rng.gen_range(0..12) {
        0 => word = (inputs.rng.r#gen(), 0),
        1 => word = (u64::from(inputs.rng.r#gen::<u32>()) << 32 | xgmii::IDLE_WORD & 0xFFFF_FFFF, 0x0F),
        2 => word = (u64::from(xgmii::START) << 32 | xgmii::IDLE_WORD & 0xFFFF_FFFF, 0x1F),
        3 => word = (xgmii::fault_word(1), 0x11),
        4..=7 => {
            let mut set = embedding::column(
                embedding::header(0xA | u8::from(inputs.rng.gen_bool(0.1)), *field),
                inputs.rng.r#gen(),
            );
            *field = (*field + 1) % 6;
            if inputs.rng.gen_bool(0.05) {
                set ^= 1 << inputs.rng.gen_range(8..32);
            }
            let (high, idle) = (inputs.rng.r#gen::<bool>(), xgmii::IDLE_WORD & 0xFFFF_FFFF);
            let set = u64::from(set);
            word = if high { (set << 32 | idle, 0x1F) } else { (idle << 32 | set, 0xF1) };
        }
        _ => {}
    }
    inputs.set(data, word.0);
    inputs.set(control, word.1);
}

#[test]
fn sequence_inject_lockstep() {
    let mut field = 0;
    lockstep!(SequenceInject::default(); clk, reset, enable, inhibit, chassis, record, mac_txd, mac_txc)
        .clock("clk")
        .cycles(4000)
        .bias("reset", 0.005)
        .bias("enable", 0.99)
        .bias("inhibit", 0.02)
        .stimulus(move |_, inputs| xgmii_stimulus(inputs, "mac_txd", "mac_txc", &mut field))
        .run();
}

#[test]
fn sequence_extract_lockstep() {
    let mut field = 0;
    lockstep!(SequenceExtract::default(); clk, reset, enable, chassis, xgmii_rxd, xgmii_rxc)
        .clock("clk")
        .cycles(6000)
        .bias("reset", 0.001)
        .bias("enable", 0.998)
        .bias("chassis", 0.0)
        .stimulus(move |_, inputs| xgmii_stimulus(inputs, "xgmii_rxd", "xgmii_rxc", &mut field))
        .run();
}

#[test]
fn field_round_lockstep() {
    lockstep!(FieldRound::default(); clk, reset, record, sent)
        .clock("clk")
        .bias("reset", 0.01)
        .run();
}

#[test]
fn field_assembler_lockstep() {
    let mut next = 0_u8;
    lockstep!(FieldAssembler::default(); clk, reset, clear, field_valid, field, value, field_error)
        .clock("clk")
        .cycles(4000)
        .bias("reset", 0.002)
        .bias("clear", 0.005)
        .bias("field_error", 0.01)
        .stimulus(move |_, inputs| {
            let field = if inputs.rng.gen_bool(0.05) {
                inputs.rng.gen_range(0..16)
            } else {
                next
            };
            next = (field + 1) % 6;
            inputs.set("field_valid", 1_u8);
            inputs.set("field", field);
        })
        .run();
}
