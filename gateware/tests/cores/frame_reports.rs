//! Frame reports against what the frames are, behind the MACs that make the streams, and in lockstep with their Verilog.

use crate::common;
use common::ethernet::{Characters, fcs, stream};
use common::seeded;
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{MacRx10g, MacTx10g, ReceiveReport1g, ReceiveReport10g, Rx1g, TransmitReport1g, TransmitReport10g, Tx1g};
use spareband_spec::frame_report::FrameReport;

macro_rules! edges {
    ($($uut:expr),+) => {
        for level in [true, false] {
            $($uut.clk.next = Clock { clk: level };)+
            $(assert!(simulate($uut, 100));)+
        }
    };
}

fn new<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    assert!(simulate(&mut uut, 100));
    uut
}

/// A frame without FCS, of each kind that a report tells apart.
fn random_frame(rng: &mut StdRng) -> Vec<u8> {
    let length = match rng.gen_range(0..10) {
        0 => rng.gen_range(0..60),
        1 => 60,
        2 => rng.gen_range(150..260),
        _ => rng.gen_range(60..140),
    };
    let mut frame: Vec<u8> = (0..length).map(|_| rng.r#gen()).collect();
    let mut put = |at: usize, bytes: &[u8]| {
        if frame.len() >= at + bytes.len() {
            frame[at..at + bytes.len()].copy_from_slice(bytes);
        }
    };
    match rng.gen_range(0..4) {
        0 => put(0, &[0xFF; 6]),
        1 => put(0, &[0x01, 0x80, 0xC2, 0x00, 0x00, 0x01]),
        2 => put(0, &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]),
        _ => put(0, &[0x02]),
    }
    match rng.gen_range(0..8) {
        0 => put(12, &[0x88, 0x08, 0x00, 0x01]),
        1 => put(12, &[0x88, 0x08, 0x01, 0x01]),
        2 => put(12, &[0x88, 0x08, 0x00, 0x02]),
        3 => put(12, &[0x08, 0x00]),
        4 => put(12, &(rng.gen_range(0..60_u16)).to_be_bytes()),
        5 => put(12, &[0x05, 0xDD]),
        _ => put(12, &(length as u16).wrapping_sub(14).to_be_bytes()),
    }
    frame
}

/// What a report says of a frame, after the standard. Shares nothing with the circuits but the layout of the word.
fn model(with_fcs: &[u8], coding: bool, limit: usize) -> FrameReport {
    let length = with_fcs.len();
    let data = &with_fcs[..length.saturating_sub(4)];
    let wrong = length < 4 || fcs(data) != with_fcs[length - 4..];
    let typed = data.len() >= 16;
    let number = if typed {
        usize::from(data[12]) << 8 | usize::from(data[13])
    } else {
        0xFFFF
    };
    let octets = length.saturating_sub(18);
    FrameReport {
        length: length as u16,
        fcs_error: wrong || coding,
        coding,
        too_long: length > limit,
        length_error: number <= 1500 && octets != number.max(46),
        address: match data.get(..6) {
            Some([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) => 2,
            Some([first, ..]) => first & 1,
            _ => 0,
        },
        control: match (number, data.get(14..16)) {
            (0x8808, Some([0, 1])) => 1,
            (0x8808, Some([1, 1])) => 2,
            (0x8808, _) => 3,
            _ => 0,
        },
    }
}

/// Too short for an address: it means nothing then. Nor does a length in a frame that is short or bad.
fn comparable(mut report: FrameReport) -> FrameReport {
    if report.length < 18 {
        report.address = 0;
    }
    if report.length < 64 || report.fcs_error {
        report.length_error = false;
    }
    report
}

fn compare(got: &[u32], want: &[FrameReport]) {
    assert_eq!(got.len(), want.len());
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert_eq!(comparable(FrameReport::unpack(*got)), comparable(*want), "frame {index}");
    }
    for control in 0..4 {
        assert!(want.iter().any(|report| report.control == control && report.length > 63));
    }
    assert!(want.iter().any(|report| report.length_error && !report.fcs_error));
}

#[test]
fn ten_gigabit_reports_equal_the_model() {
    let mut rng = seeded(1);
    let limit = 200;
    let (mut mac, mut uut): (MacRx10g, ReceiveReport10g) = (new(), new());
    mac.max_length.next = bits(limit as u64);
    uut.rx_max_length.next = bits(limit as u64);
    let mut characters = Characters::default();
    characters.idle(16);
    let mut want = vec![];
    for _ in 0..1500 {
        let frame = random_frame(&mut rng);
        let mut bytes = frame.clone();
        bytes.extend(fcs(&frame));
        if rng.gen_bool(0.05) {
            bytes.truncate(rng.gen_range(0..8));
        }
        if rng.gen_bool(0.1) && bytes.len() > 18 {
            let at = rng.gen_range(16..bytes.len());
            bytes[at] ^= 1;
        }
        let start = characters.frame(&bytes);
        let mut coding = false;
        if rng.gen_bool(0.1) && bytes.len() > 30 {
            let at = rng.gen_range(26..bytes.len());
            characters.0[start + 8 + at] = (0xFE, true);
            bytes.truncate(at);
            coding = true;
        }
        want.push(model(&bytes, coding, limit));
        characters.idle(rng.gen_range(4..24));
    }
    characters.idle(64);
    let (mut got, mut last_at, mut reported_at) = (vec![], None, None);
    for (cycle, word) in characters.words().iter().enumerate() {
        mac.xgmii_rxd.next = bits(word.data);
        mac.xgmii_rxc.next = bits(word.control.into());
        assert!(simulate(&mut mac, 100));
        uut.rx_valid.next = mac.valid.val();
        uut.rx_data.next = mac.data.val();
        uut.rx_keep.next = mac.keep.val();
        uut.rx_last.next = mac.last.val();
        uut.rx_cause.next = mac.cause.val();
        uut.rx_fcs_error.next = mac.fcs_error.val();
        uut.rx_no_data.next = mac.no_data.val();
        assert!(simulate(&mut uut, 100));
        if mac.valid.val() && mac.last.val() {
            last_at.get_or_insert(cycle);
        }
        if uut.report_valid.val() {
            reported_at.get_or_insert(cycle);
            got.push(uut.report.val().to_u32());
        }
        edges!(&mut mac, &mut uut);
    }
    compare(&got, &want);
    assert_eq!(reported_at.expect("a report") - last_at.expect("a frame"), 3);
}

#[test]
fn gigabit_reports_equal_the_model() {
    let mut rng = seeded(2);
    let limit = 200;
    let (mut mac, mut uut): (Rx1g, ReceiveReport1g) = (new(), new());
    mac.rx_max_length.next = bits(limit as u64);
    uut.rx_max_length.next = bits(limit as u64);
    // Data, valid, error.
    let mut line = vec![(0, false, false); 8];
    let mut want = vec![];
    for _ in 0..600 {
        let frame = random_frame(&mut rng);
        let mut bytes = frame.clone();
        bytes.extend(fcs(&frame));
        if rng.gen_bool(0.05) {
            bytes.truncate(rng.gen_range(0..8));
        }
        if rng.gen_bool(0.1) && bytes.len() > 18 {
            let at = rng.gen_range(16..bytes.len());
            bytes[at] ^= 1;
        }
        let coding = rng.gen_bool(0.1) && bytes.len() > 30;
        line.extend([(0x55, true, false); 7]);
        line.push((0xD5, true, false));
        let first = line.len();
        line.extend(bytes.iter().map(|byte| (*byte, true, false)));
        if coding {
            let at = rng.gen_range(first..line.len());
            line[at].2 = true;
        }
        want.push(model(&bytes, coding, limit));
        line.extend(std::iter::repeat_n((0, false, false), rng.gen_range(1..20)));
    }
    line.extend([(0, false, false); 12]);
    let (mut got, mut last_at, mut reported_at) = (vec![], None, None);
    for (cycle, (data, valid, error)) in line.into_iter().enumerate() {
        mac.gmii_rxd.next = bits(u8::into(data));
        mac.gmii_rx_dv.next = valid;
        mac.gmii_rx_er.next = error;
        assert!(simulate(&mut mac, 100));
        uut.rx_valid.next = mac.rx_valid.val();
        uut.rx_data.next = mac.rx_data.val();
        uut.rx_last.next = mac.rx_last.val();
        uut.rx_cause.next = mac.rx_cause.val();
        uut.rx_fcs_error.next = mac.rx_fcs_error.val();
        uut.rx_length.next = mac.rx_length.val();
        assert!(simulate(&mut uut, 100));
        if mac.rx_valid.val() && mac.rx_last.val() {
            last_at.get_or_insert(cycle);
        }
        if uut.report_valid.val() {
            reported_at.get_or_insert(cycle);
            got.push(uut.report.val().to_u32());
        }
        edges!(&mut mac, &mut uut);
    }
    compare(&got, &want);
    assert_eq!(reported_at.expect("a report") - last_at.expect("a frame"), 2);
}

/// What goes out: the frame padded, its FCS right unless it is spoilt.
fn sent_model(frame: &[u8], error: bool) -> FrameReport {
    let mut bytes = frame.to_vec();
    bytes.resize(frame.len().max(60), 0);
    bytes.extend(fcs(&bytes));
    let mut report = model(&bytes, false, usize::MAX);
    report.fcs_error = error;
    // Bytes 14 and 15 of the padding are not looked at.
    if frame.len() < 16 {
        (report.control, report.length_error) = (0, false);
    }
    report
}

#[test]
fn ten_gigabit_transmit_reports_equal_the_model() {
    let mut rng = seeded(3);
    let (mut mac, mut uut): (MacTx10g, TransmitReport10g) = (new(), new());
    let (mut got, mut want) = (vec![], vec![]);
    let mut step = |valid: bool, (data, keep, last): (u64, u8, bool), error: bool| {
        mac.valid.next = valid;
        mac.data.next = bits(data);
        mac.keep.next = bits(keep.into());
        mac.last.next = last;
        mac.error.next = error;
        assert!(simulate(&mut mac, 100));
        uut.tx_due.next = mac.word_due.val();
        uut.tx_valid.next = mac.word_valid.val();
        uut.tx_data.next = mac.word_data.val();
        uut.tx_keep.next = mac.word_keep.val();
        uut.tx_last.next = mac.word_last.val();
        uut.tx_error.next = mac.word_error.val();
        assert!(simulate(&mut uut, 100));
        if uut.report_valid.val() {
            got.push(uut.report.val().to_u32());
        }
        let ready = mac.ready.val();
        edges!(&mut mac, &mut uut);
        ready
    };
    for _ in 0..400 {
        let mut frame = random_frame(&mut rng);
        frame.push(0);
        let words = stream(&frame);
        let error = rng.gen_bool(0.1);
        let dry = (rng.gen_bool(0.1) && words.len() > 3).then(|| rng.gen_range(3..words.len()));
        for (index, word) in words.iter().enumerate() {
            if dry == Some(index) {
                step(false, (0, 0, false), false);
            }
            while !step(true, *word, error && word.2) {}
        }
        if let Some(words) = dry {
            let mut report = sent_model(&frame[..8 * words], true);
            report.coding = true;
            want.push(report);
        } else {
            want.push(sent_model(&frame, error));
        }
        (0..rng.gen_range(0..2) * 9).for_each(|_| _ = step(false, (0, 0, false), false));
    }
    (0..8).for_each(|_| _ = step(false, (0, 0, false), false));
    compare(&got, &want);
}

#[test]
fn gigabit_transmit_reports_equal_the_model() {
    let mut rng = seeded(4);
    let (mut mac, mut uut): (Tx1g, TransmitReport1g) = (new(), new());
    let (mut got, mut want) = (vec![], vec![]);
    let mut step = |valid: bool, data: u8, last: bool, error: bool| {
        mac.tx_valid.next = valid;
        mac.tx_data.next = bits(data.into());
        mac.tx_last.next = last;
        mac.tx_error.next = error;
        assert!(simulate(&mut mac, 100));
        uut.tx_valid.next = valid;
        uut.tx_ready.next = mac.tx_ready.val();
        uut.tx_data.next = bits(data.into());
        uut.tx_last.next = last;
        uut.tx_error.next = error;
        assert!(simulate(&mut uut, 100));
        if uut.report_valid.val() {
            got.push(uut.report.val().to_u32());
        }
        let ready = mac.tx_ready.val();
        edges!(&mut mac, &mut uut);
        ready
    };
    for _ in 0..250 {
        let mut frame = random_frame(&mut rng);
        frame.push(0);
        let error = rng.gen_bool(0.1);
        let dry = (rng.gen_bool(0.1) && frame.len() > 30).then(|| rng.gen_range(20..frame.len()));
        for (index, byte) in frame.iter().enumerate() {
            if dry == Some(index) {
                step(false, 0, false, false);
            }
            let last = index + 1 == frame.len();
            while !step(true, *byte, last, error && last) {}
        }
        if let Some(bytes) = dry {
            let mut report = sent_model(&frame[..bytes], true);
            report.coding = true;
            want.push(report);
        } else {
            want.push(sent_model(&frame, error));
        }
        (0..rng.gen_range(0..2) * 80).for_each(|_| _ = step(false, 0, false, false));
    }
    (0..8).for_each(|_| _ = step(false, 0, false, false));
    compare(&got, &want);
}
