//! The 10G MAC against byte-wise models, alone and with the coding sublayer, and in lockstep with its Verilog.

use crate::common;
use crate::mac_10g_bench;
use common::baser::{IDLES, Word};
use common::ethernet::{Characters, Found, fcs, frames, stream, with_fcs};
use common::seeded;
use mac_10g_bench::{Received, new, random_frame};
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{MacRx10g, MacTx10g};
use spareband_spec::regs::frame_cause;
use spareband_spec::xgmii;

fn clock<U: Block>(uut: &mut U, set: impl Fn(&mut U, Clock)) {
    for level in [true, false] {
        set(uut, Clock { clk: level });
        assert!(simulate(uut, 100));
    }
}

/// A frame for the transmitter: what comes and how.
struct Sent {
    frame: Vec<u8>,
    /// Cycles before it is offered.
    pause: usize,
    error: bool,
    /// The word before which the stream runs dry once.
    dry_at: Option<usize>,
}

fn sent(frame: Vec<u8>, pause: usize) -> Sent {
    Sent {
        frame,
        pause,
        error: false,
        dry_at: None,
    }
}

/// Sends frames and returns the XGMII words from the first cycle on, and the underruns seen.
fn transmit(list: &[Sent]) -> (Vec<Word>, usize) {
    let mut uut: MacTx10g = new();
    let mut words = vec![];
    let mut underruns = 0;
    uut.reset.next = true;
    clock(&mut uut, |uut, c| uut.clk.next = c);
    clock(&mut uut, |uut, c| uut.clk.next = c);
    uut.reset.next = false;
    let mut step = |uut: &mut MacTx10g| {
        assert!(simulate(uut, 100));
        let ready = uut.ready.val();
        clock(uut, |uut, c| uut.clk.next = c);
        words.push(Word {
            data: uut.xgmii_txd.val().to_u64(),
            control: uut.xgmii_txc.val().to_u8(),
        });
        underruns += usize::from(uut.underrun.val());
        ready
    };
    for item in list {
        uut.valid.next = false;
        (0..item.pause).for_each(|_| _ = step(&mut uut));
        for (index, (data, keep, last)) in stream(&item.frame).into_iter().enumerate() {
            if item.dry_at == Some(index) {
                uut.valid.next = false;
                step(&mut uut);
            }
            uut.valid.next = true;
            uut.data.next = bits(data);
            uut.keep.next = bits(keep.into());
            uut.last.next = last;
            uut.error.next = last && item.error;
            while !step(&mut uut) {}
        }
    }
    uut.valid.next = false;
    (0..8).for_each(|_| _ = step(&mut uut));
    (words, underruns)
}

#[test]
fn transmits_every_length_in_every_alignment() {
    let mut rng = seeded(1);
    let list: Vec<Sent> = (1..140)
        .map(|length| {
            let pause = if rng.gen_bool(0.3) { rng.gen_range(0..6) } else { 0 };
            sent(random_frame(&mut rng, length), pause)
        })
        .collect();
    let (words, underruns) = transmit(&list);
    let found = frames(&words);
    assert_eq!(underruns, 0);
    assert_eq!(found.len(), list.len());
    let mut lanes = [0; 2];
    for (got, item) in found.iter().zip(&list) {
        assert_eq!(got.bytes, with_fcs(&item.frame), "length {}", item.frame.len());
        lanes[got.start % 8 / 4] += 1;
    }
    assert!(lanes[0] > 10 && lanes[1] > 10, "starts by lane: {lanes:?}");
}

fn gaps(found: &[Found]) -> Vec<usize> {
    found.windows(2).map(|pair| pair[1].start - pair[0].end).collect()
}

#[test]
fn the_gap_is_twelve_bytes_on_average() {
    let mut rng = seeded(2);
    let list: Vec<Sent> = (0..400)
        .map(|_| {
            let length = rng.gen_range(40..200);
            sent(random_frame(&mut rng, length), 0)
        })
        .collect();
    let gaps = gaps(&frames(&transmit(&list).0));
    assert_eq!(gaps.len(), 399);
    assert!(gaps.iter().all(|gap| (9..=15).contains(gap)), "{gaps:?}");
    // The deficit is never over three bytes, so neither is the sum's distance from the average.
    let short_of_twelve = 12 * gaps.len() as i64 - gaps.iter().sum::<usize>() as i64;
    assert!((0..=3).contains(&short_of_twelve), "{short_of_twelve} bytes short");
}

#[test]
fn frames_of_64_bytes_leave_every_ten_and_a_half_cycles() {
    let list: Vec<Sent> = (0..101).map(|n| sent(vec![n; 60], 0)).collect();
    let found = frames(&transmit(&list).0);
    // 84 bytes a frame: 156.25 MHz / 10.5 = 14.88 million frames a second.
    assert_eq!(found[100].start - found[0].start, 100 * 84);
}

#[test]
fn spoils_frames_on_error_and_underrun() {
    let mut rng = seeded(3);
    let mut list = vec![];
    for length in 20..120 {
        let mut item = sent(random_frame(&mut rng, length), rng.gen_range(0..3));
        item.error = length % 3 == 0;
        item.dry_at = (length % 3 == 1 && length > 8).then(|| rng.gen_range(1..length.div_ceil(8)));
        list.push(item);
    }
    let (words, underruns) = transmit(&list);
    let found = frames(&words);
    assert_eq!(found.len(), list.len());
    assert_eq!(underruns, list.iter().filter(|item| item.dry_at.is_some()).count());
    for (got, item) in found.iter().zip(&list) {
        let bad = item.error || item.dry_at.is_some();
        assert_eq!(got.errored, bad, "length {}", item.frame.len());
        assert!(got.bytes.len() >= 64);
        if !bad {
            assert_eq!(got.bytes, with_fcs(&item.frame));
        }
    }
}

fn receive(uut: &mut MacRx10g, words: &[Word]) -> Vec<Received> {
    let mut out = vec![];
    let mut current = vec![];
    for word in words.iter().chain(&[IDLES; 4]) {
        uut.xgmii_rxd.next = bits(word.data);
        uut.xgmii_rxc.next = bits(word.control.into());
        assert!(simulate(uut, 100));
        clock(uut, |uut, c| uut.clk.next = c);
        if uut.valid.val() {
            let keep = uut.keep.val().to_u8();
            assert!(
                keep != 0 && (keep == 0xFF || uut.last.val()) && keep & keep.wrapping_add(1) == 0,
                "keep {keep:02X}"
            );
            current.extend(&uut.data.val().to_u64().to_le_bytes()[..keep.count_ones() as usize]);
            if uut.last.val() {
                let cause = uut.cause.val().to_u8();
                assert_eq!(uut.error.val(), cause != frame_cause::GOOD);
                out.push(Received {
                    bytes: std::mem::take(&mut current),
                    cause,
                });
            }
        }
    }
    out
}

#[test]
fn receives_every_kind_of_frame_at_every_alignment() {
    let mut rng = seeded(4);
    let mut uut: MacRx10g = new();
    let limit = 200;
    uut.max_length.next = bits(limit as u64);
    let mut characters = Characters::default();
    characters.idle(16);
    let mut want = vec![];
    for _ in 0..1200 {
        let length = if rng.gen_bool(0.1) {
            rng.gen_range(0..12)
        } else {
            rng.gen_range(12..230)
        };
        let mut bytes = random_frame(&mut rng, length);
        bytes.extend(fcs(&bytes));
        if rng.gen_bool(0.1) {
            bytes.drain(..bytes.len().min(4));
        }
        let good = bytes.len() >= 4 && fcs(&bytes[..bytes.len() - 4]) == bytes[bytes.len() - 4..];
        let mut cause = match bytes.len() {
            ..64 => frame_cause::RUNT,
            length if length > limit => frame_cause::OVERSIZE,
            _ if good => frame_cause::GOOD,
            _ => frame_cause::BAD_FCS,
        };
        let start = characters.frame(&bytes);
        if cause == frame_cause::GOOD && rng.gen_bool(0.2) {
            let at = start + 8 + rng.gen_range(0..bytes.len());
            characters.0[at].0 ^= 1 << rng.gen_range(0..8);
            bytes[at - start - 8] = characters.0[at].0;
            cause = frame_cause::BAD_FCS;
        } else if rng.gen_bool(0.1) && bytes.len() > 16 {
            // An errored block: all lanes of a word.
            let at = (start + 8 + rng.gen_range(0..bytes.len() - 8)).next_multiple_of(8);
            if at + 8 < characters.0.len() {
                characters.0[at..at + 8].fill((0xFE, true));
                bytes.truncate(at - start - 8);
                cause = frame_cause::CODING;
            }
        }
        want.push((bytes, cause));
        characters.idle(rng.gen_range(4..24));
    }
    let got = receive(&mut uut, &characters.words());
    assert_eq!(got.len(), want.len());
    let mut causes = [0; 5];
    for (index, (got, (bytes, cause))) in got.iter().zip(&want).enumerate() {
        assert_eq!(got.cause, *cause, "frame {index}, {} bytes", bytes.len());
        if bytes.len() > 4 {
            assert_eq!(got.bytes, bytes[..bytes.len() - 4], "frame {index}");
        }
        causes[usize::from(*cause)] += 1;
    }
    assert!(causes.iter().all(|count| *count > 10), "frames by cause: {causes:?}");
}

#[test]
fn the_shortest_gap_is_five_bytes() {
    let mut rng = seeded(5);
    let mut uut: MacRx10g = new();
    uut.max_length.next = bits(1518);
    let mut characters = Characters::default();
    let mut want = vec![];
    for length in 60..120 {
        let bytes = random_frame(&mut rng, length);
        characters.frame(&with_fcs(&bytes));
        // With Terminate that makes five to eight.
        characters.idle(xgmii::RECEIVE_GAP as usize - 1);
        want.push(bytes);
    }
    for (got, bytes) in receive(&mut uut, &characters.words()).iter().zip(&want) {
        assert_eq!((got.cause, &got.bytes), (frame_cause::GOOD, bytes));
    }
}

#[test]
fn a_preamble_without_delimiter_is_no_frame() {
    let mut uut: MacRx10g = new();
    uut.max_length.next = bits(1518);
    let mut characters = Characters::default();
    for lane in [0, 4] {
        characters.idle(16 + lane);
        let start = characters.frame(&with_fcs(&[1; 60]));
        characters.0[start + 7].0 = 0x55;
    }
    characters.idle(16);
    let start = characters.frame(&with_fcs(&[2; 60]));
    // What else the preamble says does not matter: mode C of docs/LINK_PROTOCOL.md puts a word there.
    characters.0[start + 3].0 = 0xA0;
    let got = receive(&mut uut, &characters.words());
    assert_eq!(got.len(), 1);
    assert_eq!(
        got[0],
        Received {
            bytes: vec![2; 60],
            cause: frame_cause::GOOD
        }
    );
}

#[test]
fn transmit_lockstep() {
    let mut within = false;
    spareband_hdl::lockstep!(MacTx10g::default(); clk, reset, valid, data, keep, last, error)
        .clock("clk")
        .bias("reset", 0.002)
        .cycles(2500)
        .stimulus(move |_, inputs| {
            let valid = inputs.rng.gen_bool(if within { 0.995 } else { 0.7 });
            let last = inputs.rng.gen_bool(0.08);
            let keep = if last { (1_u32 << inputs.rng.gen_range(1..9)) - 1 } else { 0xFF };
            inputs.set("valid", u8::from(valid));
            inputs.set("last", u8::from(last));
            inputs.set("keep", keep);
            within = valid && !last;
        })
        .run();
}

#[test]
fn receive_lockstep() {
    let mut rng = seeded(8);
    let mut characters = Characters::default();
    while characters.0.len() < 2500 * 8 {
        let length = rng.gen_range(0..150);
        let frame = with_fcs(&random_frame(&mut rng, length));
        let start = characters.frame(&frame[frame.len().min(rng.gen_range(0..2) * 20)..]);
        if rng.gen_bool(0.2) {
            let at = rng.gen_range(start..characters.0.len());
            characters.0[at] = (rng.r#gen(), rng.r#gen());
        }
        characters.idle(rng.gen_range(0..20));
    }
    let words = characters.words();
    spareband_hdl::lockstep!(MacRx10g::default(); clk, reset, xgmii_rxd, xgmii_rxc, max_length)
        .clock("clk")
        .bias("reset", 0.002)
        .cycles(2500)
        .stimulus(move |cycle, inputs| {
            let word = words[cycle as usize % words.len()];
            inputs.set("xgmii_rxd", word.data);
            inputs.set("xgmii_rxc", word.control);
            inputs.set("max_length", 120_u32);
        })
        .run();
}
