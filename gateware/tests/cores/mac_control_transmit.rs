//! What the MAC Control sublayer sends, and when; and both ends of it in lockstep with their Verilog.

use crate::common;
use crate::mac_control_model;
use common::ethernet::stream;
use common::seeded;
use mac_control_model::ends::{End1g, End10g};
use mac_control_model::pair::{OnLine, PERIODS, Pair, Station};
use mac_control_model::{OTHER, OWN, Says, meaning, number, pause, priority_pause, random_frame};
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{MacControl1g, MacControl10g, MacTx10g, PauseTransmit1g, PauseTransmit10g, Tx1g};
use spareband_spec::regs::frame_cause;

fn new<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    assert!(simulate(&mut uut, 100));
    uut
}

/// The frames that the second end has sent since a time.
fn sent_since<S: Station>(pair: &Pair<S>, time: u64) -> Vec<OnLine> {
    pair.sent(1).into_iter().filter(|frame| frame.start >= time).collect()
}

fn told(frame: &OnLine, by_priority: bool) -> Says {
    meaning(&frame.bytes[..60], by_priority).1
}

/// Whole frames with their FCS, whose last four bytes were computed with zlib's CRC-32.
fn known_frames<S: Station>() {
    let expected = |opcode: [u8; 2], operands: &[u8], fcs: [u8; 4]| {
        let mut frame = vec![0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0x02, 0x00, 0x5E, 0x00, 0x00, 0x01, 0x88, 0x08];
        frame.extend(opcode);
        frame.extend(operands);
        frame.resize(60, 0);
        frame.extend(fcs);
        frame
    };
    for by_priority in [false, true] {
        let mut pair: Pair<S> = Pair::new(0x1234, by_priority);
        pair.sides[1].levels.own_address = number(OWN);
        pair.sides[1].levels.request = true;
        pair.sides[1].levels.request_priorities = 0xA5;
        pair.cycles(200);
        pair.sides[1].levels.request = false;
        pair.sides[1].levels.request_priorities = 0x24;
        pair.cycles(200);
        let sent = pair.sent(1);
        assert_eq!(sent.len(), 2);
        if by_priority {
            let times = [0x00, 0xA5, 0x12, 0x34, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 0x12, 0x34, 0, 0, 0x12, 0x34];
            assert_eq!(sent[0].bytes, expected([0x01, 0x01], &times, [0x56, 0xE5, 0x0E, 0xD0]));
            // The two that are released are named, with no time.
            let quanta = [0, 0, 0x1234, 0, 0, 0x1234, 0, 0];
            assert_eq!(told(&sent[1], true), Says::Priorities(0xA5, quanta));
        } else {
            assert_eq!(sent[0].bytes, expected([0x00, 0x01], &[0x12, 0x34], [0x8C, 0xFD, 0x56, 0x2B]));
            assert_eq!(sent[1].bytes, expected([0x00, 0x01], &[0x00, 0x00], [0x1D, 0x54, 0x72, 0x52]));
        }
        assert_eq!(pair.sides[1].pauses_sent, 2);
    }
}

#[test]
fn frames_are_as_the_standard_has_them() {
    known_frames::<End10g>();
    known_frames::<End1g>();
}

/// A request on an idle link is said at once, anew after half its time, and taken back at its end.
fn repeats<S: Station>() {
    let quanta = 20;
    let mut pair: Pair<S> = Pair::new(quanta, false);
    let begin = pair.now;
    pair.sides[1].levels.request = true;
    pair.cycles(95 * S::QUANTUM);
    pair.sides[1].levels.request = false;
    let end = pair.now;
    pair.cycles(40 * S::QUANTUM);
    let sent = pair.sent(1);
    let first = sent[0].start - begin;
    println!("first PAUSE frame {} cycles after the request", first.div_ceil(PERIODS[1]));
    assert!(first <= 8 * PERIODS[1]);
    let (last, others) = sent.split_last().expect("frames");
    assert_eq!(others.len(), 10);
    assert!(others.iter().all(|frame| told(frame, false) == Says::Pause(quanta)));
    for pair in others.windows(2) {
        // Half the quanta, the first of which may be short, and the cycles from the beat to the frame.
        let apart = (pair[1].start - pair[0].start).div_ceil(PERIODS[1]);
        assert!((9 * S::QUANTUM..=10 * S::QUANTUM + 4).contains(&apart), "{apart} cycles");
    }
    assert_eq!(told(last, false), Says::Pause(0));
    assert!(last.start >= end && last.start - end <= 8 * PERIODS[1]);
}

#[test]
fn repeats_at_half_the_time() {
    repeats::<End10g>();
    repeats::<End1g>();
}

/// A time so short that a PAUSE frame is always due: the client's frames go between. No time at all: nothing is sent.
fn leaves_room<S: Station>() {
    for quanta in [1, 0] {
        let mut pair: Pair<S> = Pair::new(quanta, false);
        pair.sides[1].levels.request = true;
        for _ in 0..20 {
            pair.sides[1].queue.push_back((vec![0x55; 60], 0));
        }
        pair.cycles(60 * 100 / S::BYTES);
        assert!(pair.sides[1].queue.is_empty());
        pair.sides[1].levels.request = false;
        pair.cycles(300);
        let sent = pair.sent(1);
        let paused = sent.iter().filter(|frame| told(frame, false) == Says::Pause(1)).count();
        assert!(if quanta == 0 { sent.len() == 20 } else { paused >= 19 });
        for (at, frame) in sent.iter().take(if quanta == 0 { 0 } else { 39 }).enumerate() {
            assert_eq!(told(frame, false) == Says::Nothing, at % 2 == 0, "frame {at}");
        }
    }
}

#[test]
fn a_short_time_leaves_room_for_data() {
    leaves_room::<End10g>();
    leaves_room::<End1g>();
}

/// A pause ends with the link, by reset and when it is no longer obeyed; what was asked for is asked for anew when the link is back.
fn ends_with_the_link<S: Station>() {
    let mut pair: Pair<S> = Pair::new(0xFFFF, false);
    for how in 0..3 {
        pair.sides[1].levels.request = true;
        pair.cycles(200);
        pair.sides[0].queue.push_back((vec![0x66; 60], 0));
        pair.cycles(200);
        assert_eq!(pair.sides[0].queue.len(), 1, "held");
        let begin = pair.now;
        match how {
            0 => pair.sides[0].levels.link_up = false,
            1 => pair.sides[0].levels.rx_enable = false,
            _ => pair.sides[0].levels.reset = true,
        }
        pair.cycles(3);
        pair.sides[0].levels.reset = false;
        pair.cycles(200);
        assert!(pair.sides[0].queue.is_empty(), "goes on");
        pair.sides[0].levels.link_up = true;
        pair.sides[0].levels.rx_enable = true;
        assert!(sent_since(&pair, begin).is_empty());
        // This end's link goes, too: it asks for nothing, and anew afterwards.
        pair.sides[1].levels.link_up = false;
        pair.cycles(200);
        assert!(sent_since(&pair, begin).is_empty());
        pair.sides[1].levels.link_up = true;
        pair.cycles(200);
        assert_eq!(sent_since(&pair, begin).len(), 1);
        // No longer allowed to ask, it lets the other end go.
        pair.sides[1].levels.tx_enable = false;
        pair.cycles(200);
        pair.sides[1].levels.tx_enable = true;
        pair.sides[1].levels.request = false;
        pair.cycles(200);
        let sent = sent_since(&pair, begin);
        assert_eq!(told(&sent[1], false), Says::Pause(0));
    }
}

#[test]
fn pauses_end_with_the_link() {
    ends_with_the_link::<End10g>();
    ends_with_the_link::<End1g>();
}

/// A client's frames through the sublayer and without it: the same on every line in every cycle, where a frame that comes when none waited comes a cycle later
/// to the MAC alone.
#[test]
fn adds_a_cycle_to_a_frame_that_comes_alone() {
    let mut rng = seeded(5);
    let (mut alone, mut mac): (MacTx10g, MacTx10g) = (new(), new());
    let mut uut: PauseTransmit10g = new();
    uut.link_up.next = true;
    let mut words = stream(&[1; 60]);
    let (mut wait, mut waits) = (0, false);
    for cycle in 0..4000 {
        let reset = cycle < 2;
        let (data, keep, last) = words[0];
        let valid = wait == 0;
        (alone.reset.next, mac.reset.next, uut.reset.next) = (reset, reset, reset);
        alone.valid.next = valid && waits;
        waits = valid && !reset;
        alone.data.next = bits(data);
        alone.keep.next = bits(keep.into());
        alone.last.next = last;
        uut.valid.next = valid;
        uut.data.next = bits(data);
        uut.keep.next = bits(keep.into());
        uut.last.next = last;
        uut.mac_ready.next = mac.ready.val();
        uut.mac_idle.next = mac.idle.val();
        assert!(simulate(&mut uut, 100));
        mac.valid.next = uut.mac_valid.val();
        mac.data.next = uut.mac_data.val();
        mac.keep.next = uut.mac_keep.val();
        mac.last.next = uut.mac_last.val();
        mac.error.next = uut.mac_error.val();
        assert!(simulate(&mut mac, 100) && simulate(&mut alone, 100));
        assert_eq!(
            (valid && uut.ready.val(), mac.xgmii_txd.val()),
            (alone.valid.val() && alone.ready.val(), alone.xgmii_txd.val()),
            "cycle {cycle}"
        );
        assert_eq!(mac.xgmii_txc.val(), alone.xgmii_txc.val());
        if valid && uut.ready.val() {
            words.remove(0);
            if words.is_empty() {
                words = stream(&vec![cycle as u8; rng.gen_range(1..120)]);
                wait = rng.gen_range(0..2) * rng.gen_range(0..30);
            }
        } else if !valid {
            wait -= 1;
        }
        for level in [true, false] {
            alone.clk.next = level.into();
            mac.clk.next = level.into();
            uut.clk.next = level.into();
            assert!(simulate(&mut alone, 100) && simulate(&mut mac, 100) && simulate(&mut uut, 100));
        }
    }

    let (mut alone, mut mac): (Tx1g, Tx1g) = (new(), new());
    let mut uut: PauseTransmit1g = new();
    uut.link_up.next = true;
    let (mut left, mut wait, mut waits) = (60, 0, false);
    for cycle in 0..8000 {
        let valid = wait == 0;
        alone.tx_valid.next = valid && waits;
        waits = valid;
        alone.tx_data.next = bits(cycle & 0xFF);
        alone.tx_last.next = left == 1;
        uut.valid.next = valid;
        uut.data.next = bits(cycle & 0xFF);
        uut.last.next = left == 1;
        uut.mac_ready.next = mac.tx_ready.val();
        uut.mac_idle.next = mac.idle.val();
        assert!(simulate(&mut uut, 100));
        mac.tx_valid.next = uut.mac_valid.val();
        mac.tx_data.next = uut.mac_data.val();
        mac.tx_last.next = uut.mac_last.val();
        assert!(simulate(&mut mac, 100) && simulate(&mut alone, 100));
        assert_eq!(
            (uut.ready.val(), mac.gmii_tx_en.val()),
            (alone.tx_ready.val(), alone.gmii_tx_en.val()),
            "cycle {cycle}"
        );
        assert!(!mac.gmii_tx_en.val() || mac.gmii_txd.val() == alone.gmii_txd.val());
        if valid && alone.tx_ready.val() {
            left -= 1;
            if left == 0 {
                left = rng.gen_range(1..150);
                wait = rng.gen_range(0..2) * rng.gen_range(0..150);
            }
        } else if !valid {
            wait -= 1;
        }
        for level in [true, false] {
            alone.clk.next = level.into();
            mac.clk.next = level.into();
            uut.clk.next = level.into();
            assert!(simulate(&mut alone, 100) && simulate(&mut mac, 100) && simulate(&mut uut, 100));
        }
    }
}

#[test]
fn control_10g_lockstep() {
    let mut words = vec![];
    let mut idle = true;
    let mut request = 0_u8;
    spareband_hdl::lockstep!(MacControl10g::default(); tx_clk, tx_reset, rx_clk, rx_reset, own_address, quanta, rx_enable, tx_enable, priority_mode,
        link_up, request, request_priorities, rx_valid, rx_data, rx_last, rx_error, rx_cause, tx_valid, tx_data, tx_keep, tx_last, tx_error,
        tx_priority, mac_ready, mac_idle)
    .clock_period("rx_clk", 10)
    .clock_period("tx_clk", 14)
    .bias("tx_reset", 0.0005)
    .bias("rx_reset", 0.0005)
    .bias("tx_last", 0.1)
    .bias("rx_error", 0.1)
    .bias("link_up", 0.999)
    .bias("tx_valid", 0.9)
    .cycles(6000)
    .stimulus(move |cycle, inputs| {
        if words.is_empty() {
            let mut frame = random_frame(inputs.rng);
            // Times that end while this runs.
            frame[16] = 0;
            (18..34).step_by(2).for_each(|at| frame[at] = 0);
            words = stream(&frame);
        }
        let valid = inputs.rng.gen_bool(0.95);
        let (data, _, last) = words[0];
        if valid {
            words.remove(0);
        }
        inputs.set("rx_valid", u8::from(valid));
        inputs.set("rx_data", data);
        inputs.set("rx_last", u8::from(last));
        inputs.set("own_address", number(OWN));
        inputs.set("quanta", 6_u8);
        inputs.set("rx_enable", u8::from(cycle % 1000 < 900));
        inputs.set("tx_enable", u8::from(cycle % 1100 < 1000));
        inputs.set("priority_mode", u8::from(cycle / 1500 % 2 == 1));
        if inputs.rng.gen_bool(0.01) {
            request = inputs.rng.r#gen::<u8>() & inputs.rng.r#gen::<u8>();
        }
        inputs.set("request", request & 1);
        inputs.set("request_priorities", request);
        if inputs.rng.gen_bool(0.2) {
            idle = !idle;
        }
        inputs.set("mac_idle", u8::from(idle));
        inputs.set("mac_ready", u8::from(!idle));
    })
    .run();
}

#[test]
fn control_1g_lockstep() {
    let mut frame = vec![];
    let mut idle = true;
    let mut request = 0_u8;
    spareband_hdl::lockstep!(MacControl1g::default(); tx_clk, tx_reset, rx_clk, rx_reset, own_address, quanta, rx_enable, tx_enable, priority_mode,
        link_up, request, request_priorities, rx_valid, rx_data, rx_last, rx_error, rx_cause, tx_valid, tx_data, tx_last, tx_error,
        tx_priority, mac_ready, mac_idle)
    .clock_period("rx_clk", 10)
    .clock_period("tx_clk", 14)
    .bias("tx_reset", 0.0002)
    .bias("rx_reset", 0.0002)
    .bias("tx_last", 0.02)
    .bias("rx_error", 0.1)
    .bias("link_up", 0.9995)
    .bias("tx_valid", 0.9)
    .cycles(12_000)
    .stimulus(move |cycle, inputs| {
        if frame.is_empty() {
            frame = random_frame(inputs.rng);
            frame[16] = 0;
            // Times that end while this runs.
            (18..34).step_by(2).for_each(|at| (frame[at], frame[at + 1]) = (0, frame[at + 1] & 3));
        }
        let valid = inputs.rng.gen_bool(0.97);
        inputs.set("rx_data", frame[0]);
        inputs.set("rx_last", u8::from(frame.len() == 1));
        inputs.set("rx_valid", u8::from(valid));
        if valid {
            frame.remove(0);
        }
        inputs.set("own_address", number(OTHER));
        inputs.set("quanta", 3_u8);
        inputs.set("rx_enable", u8::from(cycle % 2000 < 1800));
        inputs.set("tx_enable", u8::from(cycle % 2200 < 2000));
        inputs.set("priority_mode", u8::from(cycle / 3000 % 2 == 1));
        if inputs.rng.gen_bool(0.004) {
            request = inputs.rng.r#gen::<u8>() & inputs.rng.r#gen::<u8>();
        }
        inputs.set("request", request & 1);
        inputs.set("request_priorities", request);
        if inputs.rng.gen_bool(0.05) {
            idle = !idle;
        }
        inputs.set("mac_idle", u8::from(idle));
        inputs.set("mac_ready", u8::from(!idle));
    })
    .run();
}

/// A client may send MAC Control frames of its own making: they are obeyed as others are, and not passed on.
#[test]
fn frames_of_a_client_are_obeyed() {
    let mut pair: Pair<End10g> = Pair::new(1, false);
    for (frame, held) in [(pause(0xFFFF), true), (priority_pause(0xFF, [0; 8]), true), (pause(0), false)] {
        let received = pair.sides[0].received.len();
        pair.sides[1].queue.push_back((frame, 0));
        pair.cycles(100);
        assert_eq!(pair.sides[0].station.paused.val(), held);
        assert_eq!(pair.sides[0].received.len(), received + 1);
        assert_eq!(pair.sides[0].received[received].1, frame_cause::CONTROL);
    }
    assert_eq!((pair.sides[0].pauses_received, pair.sides[0].unsupported), (2, 1));
}
