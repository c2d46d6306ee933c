//! What received MAC Control frames say, behind the MACs that receive them, and in lockstep with the Verilog.

use crate::common;
use crate::mac_control_model;
use common::ethernet::{Characters, fcs};
use common::seeded;
use mac_control_model::{OWN, Says, control_frame, meaning, number, pause, priority_pause, random_frame};
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{MacRx10g, PauseReceive1g, PauseReceive10g, Rx1g};

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

/// A frame on its way to a receiver: bytes with FCS, what is to come of it, and the place of a coding error.
struct Sent {
    bytes: Vec<u8>,
    good: bool,
    error_at: Option<usize>,
    ends_here: bool,
    says: Says,
}

fn sent(frame: &[u8], by_priority: bool) -> Sent {
    let (ends_here, says) = meaning(frame, by_priority);
    let mut bytes = frame.to_vec();
    bytes.extend(fcs(frame));
    Sent {
        bytes,
        good: true,
        error_at: None,
        ends_here,
        says,
    }
}

/// Frames of every kind, some of them broken: a wrong bit, a coding error, a byte short of 64 with the right FCS.
fn random_frames(rng: &mut StdRng, count: usize, by_priority: bool) -> Vec<Sent> {
    let one = |_| {
        let mut frame = random_frame(rng);
        if rng.gen_bool(0.1) {
            frame.truncate(rng.gen_range(20..60));
            let mut sent = sent(&frame, false);
            sent.good = false;
            return sent;
        }
        let mut sent = sent(&frame, by_priority);
        if rng.gen_bool(0.1) {
            let at = rng.gen_range(0..sent.bytes.len());
            sent.bytes[at] ^= 1 << rng.gen_range(0..8);
            sent.good = false;
        } else if rng.gen_bool(0.05) {
            sent.error_at = Some(rng.gen_range(8..sent.bytes.len()));
            sent.good = false;
        }
        sent
    };
    let mut list: Vec<Sent> = (0..count).map(one).collect();
    // The length just too short, of a PAUSE frame that is well but for it.
    for frame in [pause(7), priority_pause(0xFF, [7; 8])] {
        let mut short = sent(&frame[..59], by_priority);
        assert!(short.bytes.len() == 63 && (short.says == Says::Nothing || short.ends_here));
        short.good = false;
        list.push(short);
    }
    list
}

/// What came of a frame: without error it ends here; the events of the cycle after its last word.
#[derive(Debug, PartialEq, Eq)]
struct Got {
    error: bool,
    ends_here: bool,
    says: Says,
}

fn check(got: &[Got], want: &[Sent]) {
    assert_eq!(got.len(), want.len());
    let mut kinds = [0; 5];
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert_eq!(got.error, !want.good, "frame {index}");
        if want.good {
            assert_eq!(
                (got.ends_here, got.says),
                (want.ends_here, want.says),
                "frame {index}: {:02X?}",
                want.bytes
            );
        } else {
            assert_eq!(got.says, Says::Nothing, "broken frame {index}");
        }
        kinds[match want.says {
            _ if !want.good => 0,
            Says::Nothing if want.ends_here => 1,
            Says::Nothing => 2,
            Says::Unsupported => 3,
            Says::Pause(_) | Says::Priorities(..) => 4,
        }] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 10), "frames by kind: {kinds:?}");
}

macro_rules! said {
    ($uut:expr) => {
        match ($uut.pause_valid.val(), $uut.priority_valid.val(), $uut.unsupported.val()) {
            (false, false, false) => Says::Nothing,
            (true, false, false) => Says::Pause($uut.pause_quanta.val().to_u16()),
            (false, true, false) => {
                let quanta = $uut.priority_quanta.val();
                Says::Priorities(
                    $uut.priority_enable.val().to_u8(),
                    std::array::from_fn(|n| quanta.get_bits::<16>(16 * n).to_u16()),
                )
            }
            (false, false, true) => Says::Unsupported,
            several => panic!("{several:?} at once"),
        }
    };
}

/// Through the MAC; events in any cycle but the one after a last word panic, which is the latency of 1.
fn receive_10g(list: &[Sent], by_priority: bool, gap: impl Fn(usize) -> usize) -> Vec<Got> {
    let (mut mac, mut uut): (MacRx10g, PauseReceive10g) = (new(), new());
    mac.max_length.next = bits(1518);
    uut.own_address.next = bits(number(OWN));
    uut.enable.next = true;
    uut.priority_mode.next = by_priority;
    let mut characters = Characters::default();
    for (index, sent) in list.iter().enumerate() {
        characters.idle(gap(index));
        let start = characters.frame(&sent.bytes);
        if let Some(at) = sent.error_at {
            characters.0[start + 8 + at] = (0xFE, true);
        }
    }
    characters.idle(64);
    let mut got: Vec<Got> = vec![];
    let mut ended = false;
    for word in characters.words() {
        mac.xgmii_rxd.next = bits(word.data);
        mac.xgmii_rxc.next = bits(word.control.into());
        assert!(simulate(&mut mac, 100));
        uut.valid.next = mac.valid.val();
        uut.data.next = mac.data.val();
        uut.last.next = mac.last.val();
        uut.error.next = mac.error.val();
        assert!(simulate(&mut uut, 100));
        let says = said!(uut);
        if ended {
            got.last_mut().expect("a frame").says = says;
        } else {
            assert_eq!(says, Says::Nothing, "between frames");
        }
        ended = mac.valid.val() && mac.last.val();
        if ended {
            got.push(Got {
                error: mac.error.val(),
                ends_here: uut.control_frame.val(),
                says: Says::Nothing,
            });
        }
        edges!(&mut mac, &mut uut);
    }
    got
}

fn receive_1g(list: &[Sent], by_priority: bool) -> Vec<Got> {
    let (mut mac, mut uut): (Rx1g, PauseReceive1g) = (new(), new());
    mac.rx_max_length.next = bits(1518);
    uut.own_address.next = bits(number(OWN));
    uut.enable.next = true;
    uut.priority_mode.next = by_priority;
    let mut line = vec![];
    for sent in list {
        line.extend([(0, false, false); 12]);
        line.extend([(0x55, true, false); 7]);
        line.push((0xD5, true, false));
        line.extend(
            sent.bytes
                .iter()
                .enumerate()
                .map(|(at, byte)| (*byte, true, sent.error_at == Some(at))),
        );
    }
    line.extend([(0, false, false); 12]);
    let mut got: Vec<Got> = vec![];
    let mut ended = false;
    for (data, valid, error) in line {
        mac.gmii_rxd.next = bits(data.into());
        mac.gmii_rx_dv.next = valid;
        mac.gmii_rx_er.next = error;
        assert!(simulate(&mut mac, 100));
        uut.valid.next = mac.rx_valid.val();
        uut.data.next = mac.rx_data.val();
        uut.last.next = mac.rx_last.val();
        uut.error.next = mac.rx_error.val();
        assert!(simulate(&mut uut, 100));
        let says = said!(uut);
        if ended {
            got.last_mut().expect("a frame").says = says;
        } else {
            assert_eq!(says, Says::Nothing, "between frames");
        }
        ended = mac.rx_valid.val() && mac.rx_last.val();
        if ended {
            got.push(Got {
                error: mac.rx_error.val(),
                ends_here: uut.control_frame.val(),
                says: Says::Nothing,
            });
        }
        edges!(&mut mac, &mut uut);
    }
    got
}

#[test]
fn ten_gigabit_events_equal_the_model() {
    for by_priority in [false, true] {
        let mut rng = seeded(1);
        let list = random_frames(&mut rng, 600, by_priority);
        // The shortest gaps that a receiver must take are among them.
        check(&receive_10g(&list, by_priority, |index| [4, 5, 12, 30][index % 4]), &list);
    }
}

#[test]
fn gigabit_events_equal_the_model() {
    for by_priority in [false, true] {
        let mut rng = seeded(2);
        let list = random_frames(&mut rng, 250, by_priority);
        check(&receive_1g(&list, by_priority), &list);
    }
}

/// Frames written out from 31B.3 and 31D.3, and what they say.
#[test]
fn frames_of_the_standard_are_understood() {
    let told = |frame: &[u8], by_priority| {
        let list = [sent(frame, by_priority)];
        let (wide, narrow) = (receive_10g(&list, by_priority, |_| 12), receive_1g(&list, by_priority));
        assert_eq!(wide, narrow);
        assert!(!wide[0].error);
        (wide[0].ends_here, wide[0].says)
    };
    let mut frame = vec![
        0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0x02, 0x00, 0x5E, 0x00, 0x00, 0x02, 0x88, 0x08, 0x00, 0x01, 0x12, 0x34,
    ];
    frame.resize(60, 0);
    assert_eq!(told(&frame, false), (true, Says::Pause(0x1234)));
    assert_eq!(told(&frame, true), (true, Says::Unsupported));
    // To this end's own address; to another's; with another opcode; as data.
    frame[..6].copy_from_slice(&OWN);
    assert_eq!(told(&frame, false), (true, Says::Pause(0x1234)));
    frame[5] = 0x09;
    assert_eq!(told(&frame, false), (true, Says::Nothing));
    frame[5] = 0x01;
    frame[15] = 0x02;
    assert_eq!(told(&frame, false), (true, Says::Unsupported));
    frame[12..16].copy_from_slice(&[0x88, 0x09, 0x00, 0x01]);
    assert_eq!(told(&frame, false), (false, Says::Nothing));
    // By priority: 0 and 7 are spoken of.
    let mut frame = vec![
        0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0x02, 0x00, 0x5E, 0x00, 0x00, 0x02, 0x88, 0x08, 0x01, 0x01, 0x00, 0x81,
    ];
    frame.extend([0x00, 0x01, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0xFF, 0xFE]);
    frame.resize(60, 0);
    assert_eq!(told(&frame, true), (true, Says::Priorities(0x81, [1, 2, 3, 4, 5, 6, 7, 0xFFFE])));
    assert_eq!(told(&frame, false), (true, Says::Unsupported));
}

/// With `enable` low nothing ends here and nothing is said.
#[test]
fn without_leave_control_frames_are_the_clients() {
    let mut rng = seeded(3);
    let (mut wide, mut narrow): (PauseReceive10g, PauseReceive1g) = (new(), new());
    for _ in 0..60 {
        let frame = if rng.gen_bool(0.5) {
            pause(9)
        } else {
            control_frame(OWN, OWN, 9, &[])
        };
        for (index, bytes) in frame.chunks(8).enumerate() {
            let mut lanes = [0; 8];
            lanes[..bytes.len()].copy_from_slice(bytes);
            wide.valid.next = true;
            wide.data.next = bits(u64::from_le_bytes(lanes));
            wide.last.next = index == 7;
            edges!(&mut wide);
            assert!(!wide.control_frame.val() && said!(wide) == Says::Nothing);
        }
        for (index, byte) in frame.iter().enumerate() {
            narrow.valid.next = true;
            narrow.data.next = bits((*byte).into());
            narrow.last.next = index == 59;
            edges!(&mut narrow);
            assert!(!narrow.control_frame.val() && said!(narrow) == Says::Nothing);
        }
    }
}

/// Words that hold addresses, types and opcodes often, which random ones never do.
fn likely_word(rng: &mut StdRng, place: u64) -> u64 {
    if rng.gen_bool(0.2) {
        return rng.r#gen();
    }
    match place {
        0 => [0x0100_00C2_8001, 0x0100_005E_0002][rng.gen_range(0..2)] | (rng.r#gen::<u64>() << 48),
        1 => [0x0100_0888_0000_0000, 0x0101_0888_0000_0000, 0x0200_0888_0000_0000][rng.gen_range(0..3)] | u64::from(rng.r#gen::<u32>()),
        _ => rng.r#gen(),
    }
}

#[test]
fn receive_10g_lockstep() {
    let mut place = 0;
    spareband_hdl::lockstep!(PauseReceive10g::default(); clk, reset, enable, priority_mode, own_address, valid, data, last, error)
        .clock("clk")
        .bias("reset", 0.002)
        .bias("enable", 0.9)
        .bias("error", 0.1)
        .cycles(4000)
        .stimulus(move |_, inputs| {
            let data = likely_word(inputs.rng, place);
            let valid = inputs.rng.gen_bool(0.95);
            let last = inputs.rng.gen_bool(if place > 4 { 0.3 } else { 0.02 });
            inputs.set("own_address", number(OWN));
            inputs.set("data", data);
            inputs.set("valid", u8::from(valid));
            inputs.set("last", u8::from(last));
            if valid {
                place = if last { 0 } else { place + 1 };
            }
        })
        .run();
}

#[test]
fn receive_1g_lockstep() {
    let mut place = 0;
    let mut frame = pause(0);
    spareband_hdl::lockstep!(PauseReceive1g::default(); clk, reset, enable, priority_mode, own_address, valid, data, last, error)
        .clock("clk")
        .bias("reset", 0.0005)
        .bias("enable", 0.98)
        .bias("error", 0.1)
        .cycles(6000)
        .stimulus(move |_, inputs| {
            let valid = inputs.rng.gen_bool(0.97);
            let last = inputs.rng.gen_bool(if place > 33 { 0.3 } else { 0.002 });
            inputs.set("own_address", number(OWN));
            inputs.set("data", *frame.get(place).unwrap_or(&0));
            inputs.set("valid", u8::from(valid));
            inputs.set("last", u8::from(last));
            if valid {
                place += 1;
                if last {
                    (place, frame) = (0, random_frame(inputs.rng));
                }
            }
        })
        .run();
}
