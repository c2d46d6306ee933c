//! The gigabit MAC alone: what it puts on GMII, octet by octet, and what it makes of frames good and bad.

use crate::basex_reference;
use basex_reference::{Gmii, frames, octets};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{Rx1g, Tx1g};
use spareband_spec::regs::frame_cause;

fn random_frame(rng: &mut StdRng, length: usize) -> Vec<u8> {
    (0..length).map(|_| rng.r#gen()).collect()
}

macro_rules! tick {
    ($uut:expr) => {
        for level in [false, true] {
            $uut.clk.next = level.into();
            assert!(simulate(&mut $uut, 50));
        }
    };
}

/// Gives frames back to back (a `None` byte is an underrun) and returns GMII as (en, er, octet) from the first valid byte on.
fn transmit(frames: &[(Vec<Option<u8>>, bool)], cycles: usize) -> (Vec<(bool, bool, u8)>, usize) {
    let mut mac = Tx1g::default();
    mac.connect_all();
    let bytes: Vec<(Option<u8>, bool, bool)> = frames
        .iter()
        .flat_map(|(data, error)| data.iter().enumerate().map(move |(n, byte)| (*byte, n + 1 == data.len(), *error)))
        .collect();
    let (mut place, mut trace, mut underruns) = (0, vec![], 0);
    for _ in 0..cycles {
        let ready = mac.tx_ready.val();
        let (byte, last, error) = bytes.get(place).copied().unwrap_or((None, false, false));
        mac.tx_valid.next = byte.is_some();
        mac.tx_data.next = u64::from(byte.unwrap_or(0)).into();
        mac.tx_last.next = last;
        mac.tx_error.next = last && error;
        tick!(mac);
        if ready {
            place += 1;
        }
        underruns += usize::from(mac.underrun.val());
        trace.push((mac.gmii_tx_en.val(), mac.gmii_tx_er.val(), mac.gmii_txd.val().to_u64() as u8));
    }
    (trace, underruns)
}

/// Octet by octet: preamble, delimiter, padding, FCS, a gap of exactly 12; the first preamble byte one cycle after tx_valid.
#[test]
fn transmitted_frames_are_exact() {
    let seed = 14;
    let mut rng = StdRng::seed_from_u64(seed);
    let frames: Vec<Vec<u8>> = [1, 59, 60, 61, 100].map(|length| random_frame(&mut rng, length)).to_vec();
    let given: Vec<_> = frames
        .iter()
        .map(|data| (data.iter().copied().map(Some).collect(), false))
        .collect();
    let (trace, underruns) = transmit(&given, 600);
    let mut expected = vec![];
    for data in &frames {
        expected.extend(octets(data).into_iter().map(|octet| (true, octet)));
        expected.extend([(false, 0); 12]);
    }
    for (n, (en, octet)) in expected.into_iter().enumerate() {
        assert_eq!((trace[n].0, trace[n].1), (en, false), "cycle {n}");
        assert!(!en || trace[n].2 == octet, "cycle {n}, seed {seed}");
    }
    assert_eq!(underruns, 0);
}

#[test]
fn spoiled_and_underrun_frames_are_bad_and_the_next_is_good() {
    let good: Vec<Option<u8>> = (0..60).map(Some).collect();
    let mut broken = good.clone();
    broken[30] = None;
    let (trace, underruns) = transmit(&[(good.clone(), true), (broken, false), (good, false)], 500);
    let gmii: Vec<Gmii> = trace
        .iter()
        .map(|(dv, er, octet)| Gmii {
            dv: *dv,
            er: *er,
            octet: *octet,
        })
        .collect();
    let seen = frames(&gmii);
    let right = octets(&(0..60).collect::<Vec<u8>>());
    assert_eq!(seen.len(), 3);
    assert!(seen[0].1 && seen[0].0 != right && seen[0].0.len() == right.len());
    assert!(seen[1].1 && seen[1].0.len() == 8 + 31);
    assert_eq!(seen[2], (right, false));
    assert_eq!(underruns, 1);
}

#[test]
fn receive_causes_and_latency() {
    let data: Vec<u8> = (0..80).collect();
    let good = octets(&data);
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut frame = good.clone();
        change(&mut frame);
        frame
    };
    let short = {
        let check = basex_reference::fcs(&data[..59]);
        [&good[..8], &data[..59], &check].concat()
    };
    // (octets, position of gmii_rx_er, cause, data bytes given)
    let rows: [(Vec<u8>, Option<usize>, u8, usize); 9] = [
        (good.clone(), None, frame_cause::GOOD, 80),
        (good[5..].to_vec(), None, frame_cause::GOOD, 80),
        (good[7..].to_vec(), None, frame_cause::GOOD, 80),
        (with(&|f| f[40] ^= 1), None, frame_cause::BAD_FCS, 80),
        (short, None, frame_cause::RUNT, 59),
        (good[..10].to_vec(), None, frame_cause::RUNT, 1),
        (octets(&[7; 97]), None, frame_cause::OVERSIZE, 97),
        (good.clone(), Some(50), frame_cause::CODING, 80),
        // What the preamble says is not looked at.
        (with(&|f| f[3] = 0x54), None, frame_cause::GOOD, 80),
    ];
    for (frame, error, cause, length) in rows {
        let mut mac = Rx1g::default();
        mac.connect_all();
        mac.rx_max_length.next = 100.into();
        let mut given = vec![];
        let mut lasts = 0;
        for n in 0..frame.len() + 20 {
            let place = n.checked_sub(4).filter(|place| *place < frame.len());
            mac.gmii_rx_dv.next = place.is_some();
            mac.gmii_rxd.next = place.map_or(0, |place| u64::from(frame[place])).into();
            mac.gmii_rx_er.next = place.is_some() && place == error;
            tick!(mac);
            if mac.rx_valid.val() {
                if given.is_empty() && cause == frame_cause::GOOD {
                    // The first data byte was taken by the edge of cycle 4 + its position; 6 edges with that one.
                    let first = frame.iter().position(|octet| *octet == 0xD5).unwrap() + 1;
                    assert_eq!(n + 1 - (4 + first), 6);
                }
                given.push(mac.rx_data.val().to_u64() as u8);
                if mac.rx_last.val() {
                    lasts += 1;
                    assert_eq!((mac.rx_cause.val().to_u64() as u8, mac.rx_error.val()), (cause, cause != 0));
                }
            }
        }
        assert_eq!(lasts, 1);
        assert_eq!(given.len(), length, "cause {cause}");
        assert!(cause != frame_cause::GOOD || given == data);
    }
}
