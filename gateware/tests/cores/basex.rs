//! The gigabit link as a whole: MAC, PCS, line, PCS, MAC, and each PCS against the software of `basex_reference`.

use crate::basex_end;
use crate::basex_reference;
use basex_end::{End, RECORD, padded, random_frame};
use basex_reference::{Transmitter, frames, octets, receive, sync_status};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::basex::UtilisationPcs1000baseX;
use spareband_spec::ordered_set;
use spareband_spec::regs::frame_cause;

/// A line that shifts the code-groups by some bits.
struct Shift {
    bits: u32,
    held: u32,
}

impl Shift {
    fn new(bits: u32) -> Self {
        Self { bits, held: 0 }
    }
    fn pass(&mut self, word: u16) -> u16 {
        let all = self.held | u32::from(word) << self.bits;
        self.held = all >> 10;
        (all & 0x3FF) as u16
    }
}

/// Frames of many lengths, MAC to MAC, at every bit alignment, with records in the gaps.
#[test]
fn frames_pass_at_every_alignment() {
    let seed = 11;
    let mut rng = StdRng::seed_from_u64(seed);
    for alignment in 0..10 {
        let (mut a, mut b) = (End::new(Some(RECORD)), End::new(Some(RECORD)));
        let (mut there, mut back) = (Shift::new(alignment), Shift::new(alignment));
        let mut expected = vec![];
        // Short ones everywhere, since the padding and the end's parity lie there; long ones in turn.
        // All of them at one alignment, which the MACs do not see, some at the others.
        let step = if alignment == 3 { 1 } else { 9 };
        let short = (1 + alignment as usize % step..=130).step_by(step);
        let lengths = short.chain((131 + 11 * alignment as usize..=1514).step_by(if alignment == 3 { 110 } else { 500 }));
        for length in lengths {
            let data = random_frame(&mut rng, length);
            expected.push((padded(&data), frame_cause::GOOD));
            a.send(data, rng.gen_range(0..9));
        }
        let (mut from_a, mut from_b, mut left) = (0, 0, 200);
        for n in 0.. {
            // Both synchronise first; the frames then come at either parity.
            if n == 100 {
                assert!(a.pcs.sync.val() && b.pcs.sync.val(), "alignment {alignment}");
            }
            if n < 100 {
                a.wait = 1;
            }
            let (to_b, to_a) = (there.pass(from_a), back.pass(from_b));
            from_a = a.cycle(to_a);
            from_b = b.cycle(to_b);
            if a.idle() {
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        assert_eq!(b.received.len(), expected.len(), "alignment {alignment}, seed {seed}");
        assert!(b.received == expected, "alignment {alignment}, seed {seed}");
        assert!(b.records.len() > 3 && b.records.iter().all(|(_, fields)| *fields == RECORD));
        assert!(a.records.len() > 100 && a.records.iter().all(|(_, fields)| *fields == RECORD));
        assert_eq!((a.record_errors, b.record_errors), (0, 0));
    }
}

/// From the boundary at which the receiver starts to that of the line, over idles and over configuration sets of zeros, with a line
/// that begins anywhere.
#[test]
fn finds_the_boundary() {
    let mut longest = 0;
    for alignment in 0..10 {
        for configuration in [false, true] {
            let mut line = Transmitter::new();
            for n in 0..120 {
                if configuration {
                    line.symbol(basex_reference::K28_5);
                    line.symbol((false, if n % 2 == 0 { 0xB5 } else { 0x42 }));
                    line.symbol((false, 0));
                    line.symbol((false, 0));
                } else {
                    line.idles(1);
                }
            }
            let (mut end, mut shift) = (End::new(None), Shift::new(alignment));
            let needed = line.line.iter().position(|group| {
                end.cycle(shift.pass(*group));
                end.pcs.sync.val()
            });
            let needed = needed.unwrap_or_else(|| panic!("never at {alignment}, configuration {configuration}"));
            longest = longest.max(needed);
        }
    }
    println!("synchronised after {longest} cycles at most");
    assert_eq!(longest, BOUNDARY_CYCLES);
}

/// From the first cycle, the three commas of the synchronisation included.
const BOUNDARY_CYCLES: usize = 93;

/// Sends frames through one end and returns its line, while an idle line keeps its receiver synchronised.
fn line_of(record: Option<u64>, sent: &[(Vec<u8>, usize)], cycles: usize) -> Vec<u16> {
    let mut idle = Transmitter::new();
    idle.idles(cycles / 2 + 1);
    let mut end = End::new(record);
    end.wait = 60;
    for (data, wait) in sent {
        end.send(data.clone(), *wait);
    }
    (0..cycles).map(|n| end.cycle(idle.line[n])).collect()
}

/// A receiver by the standard sees the same cycle by cycle with records and without, and the frames that were sent; the guard rule holds.
#[test]
fn records_are_transparent_to_the_standard() {
    let seed = 12;
    let mut rng = StdRng::seed_from_u64(seed);
    let sent: Vec<(Vec<u8>, usize)> = (0..300)
        .map(|_| {
            let length = rng.gen_range(1..120);
            (
                random_frame(&mut rng, length),
                if rng.gen_bool(0.5) { 0 } else { rng.gen_range(0..60) },
            )
        })
        .collect();
    let cycles = 300 * 140;
    let with = line_of(Some(RECORD), &sent, cycles);
    let without = line_of(None, &sent, cycles);
    assert!(with != without);
    let (seen_with, seen_without) = (receive(&with), receive(&without));
    assert!(seen_with == seen_without, "seed {seed}");
    let got = frames(&seen_with);
    assert_eq!(got.len(), sent.len());
    for ((octets_seen, error), (data, _)) in got.iter().zip(&sent) {
        let whole = octets(data);
        // A start at an odd position costs one preamble byte.
        let shortened = &whole[whole.len() - octets_seen.len()..];
        assert!(
            !error && octets_seen == shortened && whole.len() - octets_seen.len() <= 1,
            "seed {seed}"
        );
    }
    check_guard_rule(&with);
    check_guard_rule(&without);
}

/// Every set in the gaps: first and last are real, as is one in eight; all others are /I2/ or of the alphabet at negative disparity.
fn check_guard_rule(line: &[u16]) {
    use basex_reference::{D5_6, D16_2, K28_5, R, S};
    let code = basex_reference::Code::new();
    let mut positive = false;
    let symbols: Vec<_> = line.iter().map(|group| code.decode(&mut positive, *group)).collect();
    let start = symbols.iter().position(|s| *s == Some(K28_5)).unwrap();
    assert!(symbols[start..].iter().all(Option::is_some), "an invalid code-group was sent");
    let mut in_a_row = 0;
    for n in start + 1..symbols.len() - 1 {
        if symbols[n - 1] != Some(K28_5) {
            continue;
        }
        let second = symbols[n].unwrap();
        let real = second == D5_6 || second == D16_2;
        assert!(
            real || second.1 == ordered_set::RECORD_START || ordered_set::symbol(second.1).is_some(),
            "{second:?}"
        );
        if n >= 2 && symbols[n - 2] == Some(R) {
            assert!(real, "first set after a frame");
        }
        if symbols[n + 1] == Some(S) {
            assert_eq!(second, D16_2, "last set before a frame");
        }
        in_a_row = if real { 0 } else { in_a_row + 1 };
        assert!(in_a_row < 8);
        if !real {
            assert_eq!(line[n - 1], 0b01_0111_1100, "K28.5 of a utilisation set is at negative disparity");
        }
    }
}

/// The receiver against the standard's, GMII cycle by cycle, over a line with every kind of damage. Where synchronisation is lost the
/// comparison ends with LINK_FAILED, as the boundary is then sought anew, which the reference has no need to.
#[test]
fn receiver_is_the_standards() {
    let mut losses = 0;
    for seed in 0..12 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut line = Transmitter::new();
        line.idles(20);
        for _ in 0..150 {
            let length = rng.gen_range(1..90);
            let data = random_frame(&mut rng, length);
            let whole = octets(&data);
            match rng.gen_range(0..12) {
                // A frame cut short, by idles or configuration, at an even position.
                0 => {
                    line.symbol(basex_reference::S);
                    for octet in &whole[1..whole.len() / 2 * 2] {
                        line.symbol((false, *octet));
                    }
                    if rng.gen_bool(0.5) {
                        for byte in [0xB5, 0x00, 0x42, 0x00] {
                            if byte != 0 {
                                line.symbol(basex_reference::K28_5);
                            }
                            line.symbol((false, byte));
                            if byte == 0 {
                                line.symbol((false, 0));
                            }
                        }
                    }
                }
                // Error propagation, a stray special code-group, a false carrier, a run of extension.
                1 => {
                    line.symbol(basex_reference::S);
                    line.symbol(basex_reference::V);
                    line.symbol((false, 0x55));
                    line.symbol((true, 0xFC - 0x20 * rng.gen_range(0..8)));
                    line.end();
                }
                2 => {
                    line.symbol((false, rng.r#gen()));
                    line.symbol((false, rng.r#gen()));
                }
                3 => {
                    line.frame(&whole);
                    line.symbol(basex_reference::R);
                    line.symbol(basex_reference::R);
                }
                4 => {
                    line.symbol(basex_reference::S);
                    line.symbol((false, 1));
                    line.symbol(basex_reference::R);
                    line.symbol(basex_reference::R);
                    line.symbol(basex_reference::R);
                    line.symbol(basex_reference::R);
                }
                _ => line.frame(&whole),
            }
            line.idles(rng.gen_range(1..12));
        }
        line.idles(20);
        let mut line = line.line;
        // Bit errors after both are synchronised; rare enough that synchronisation stays in most seeds.
        for group in &mut line[60..] {
            for bit in 0..10 {
                if seed >= 4 && rng.gen_bool(0.002) {
                    *group ^= 1 << bit;
                }
            }
        }
        let expected = receive(&line);
        let status = sync_status(&line);
        let acquired = status.iter().position(|ok| *ok).unwrap();
        let lost = status[acquired..]
            .iter()
            .position(|ok| !ok)
            .map_or(line.len() - 20, |n| acquired + n + 1);
        losses += usize::from(lost < line.len() - 20);
        let mut end = End::new(None);
        for group in &line {
            end.cycle(*group);
        }
        let latency = RECEIVE_LATENCY - 1;
        for (n, wanted) in expected[..lost].iter().enumerate() {
            let (got, mut wanted) = (end.gmii[n + latency], *wanted);
            // rxd of an invalid code-group is the decoder's business.
            if !wanted.dv && !wanted.er {
                wanted.octet = 0;
            }
            if wanted.dv && wanted.er {
                wanted.octet = got.octet;
            }
            assert_eq!(got, wanted, "seed {seed}, code-group {n}");
        }
    }
    assert!((1..6).contains(&losses), "{losses}");
}

/// Cycles from a code-group's word at the input to its octet on GMII, at alignment 0.
const RECEIVE_LATENCY: usize = 8;
const TRANSMIT_LATENCY: usize = 4;

#[test]
fn latency_of_the_pcs() {
    let mut end = End::new(None);
    let mut idle = Transmitter::new();
    idle.idles(60);
    for n in 0..40 {
        end.cycle(idle.line[n]);
    }
    // Receive: /S/ to gmii_rx_dv.
    let mut line = Transmitter::new();
    line.idles(20);
    let start = line.line.len();
    line.frame(&octets(&[1]));
    line.idles(20);
    let mut end = End::new(None);
    for group in &line.line {
        end.cycle(*group);
    }
    let seen = end.gmii.iter().position(|gmii| gmii.dv).unwrap();
    println!(
        "latency: 1000BASE-X PCS: transmit {TRANSMIT_LATENCY}, receive {} cycles of 125 MHz",
        seen + 1 - start
    );
    assert_eq!(seen + 1 - start, RECEIVE_LATENCY);
    // Transmit: gmii_tx_en to /S/, or to the second code-group of the set before it.
    let mut least = usize::MAX;
    for delay in 0..2 {
        let mut pcs = UtilisationPcs1000baseX::default();
        pcs.connect_all();
        let mut latency = 0;
        for n in 0..60 {
            pcs.gmii_tx_en.next = n >= 30 + delay;
            for level in [false, true] {
                pcs.tx_clk.next = level.into();
                pcs.rx_clk.next = level.into();
                assert!(simulate(&mut pcs, 50));
            }
            if matches!(pcs.tx_code_group.val().to_u64() as u16, 0b00_0101_1011 | 0b11_1010_0100) {
                latency = n + 1 - (30 + delay);
                break;
            }
        }
        least = least.min(latency);
    }
    assert_eq!(least, TRANSMIT_LATENCY);
}
