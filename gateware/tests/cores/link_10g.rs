//! MAC, reconciliation sublayer and PCS of a 10G link, looped back at the serial side.

use crate::common;
use crate::mac_10g_bench;
use common::ethernet::stream;
use common::seeded;
use mac_10g_bench::{Received, new, random_frame};
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::Link10g;
use spareband_spec::regs::frame_cause;
use std::collections::VecDeque;

/// Two ends of a link in one: what leaves the serial side comes back, moved by some bits and with what the closure does to it.
struct Loop {
    link: Link10g,
    line: VecDeque<bool>,
    cycle: u64,
    first_in: Option<u64>,
    first_out: Option<u64>,
    current: Vec<u8>,
    received: Vec<Received>,
    flip: Option<usize>,
}

impl Loop {
    fn new(offset: usize) -> Self {
        let mut link: Link10g = new();
        link.rx_max_length.next = bits(2000);
        let mut uut = Self {
            link,
            line: (0..offset).map(|_| false).collect(),
            cycle: 0,
            first_in: None,
            first_out: None,
            current: vec![],
            received: vec![],
            flip: None,
        };
        while !uut.link.rx_status.val() || uut.link.local_fault.val() || uut.link.remote_fault.val() || uut.cycle < 100 {
            uut.step();
            assert!(uut.cycle < 6000, "no link");
        }
        (0..200).for_each(|_| _ = uut.step());
        uut
    }

    /// One cycle; whether the word offered was taken.
    fn step(&mut self) -> bool {
        let link = &mut self.link;
        let sent = u128::from(link.serdes_tx_data.val().to_u64()) << 2 | u128::from(link.serdes_tx_hdr.val().to_u64());
        self.line.extend((0..66).map(|bit| sent >> bit & 1 == 1));
        if let Some(bit) = self.flip.take() {
            let at = self.line.len() - 66 + bit;
            self.line[at] ^= true;
        }
        if link.serdes_rx_bitslip.val() && self.line.len() > 66 {
            self.line.pop_front();
        } else if link.serdes_rx_bitslip.val() {
            // Nothing to drop: wait a word, all but a bit.
            (0..65).for_each(|_| self.line.push_front(false));
        }
        let taken = self.line.drain(..66).rev().fold(0_u128, |word, bit| word << 1 | u128::from(bit));
        link.serdes_rx_hdr.next = bits((taken & 3) as u64);
        link.serdes_rx_data.next = bits((taken >> 2) as u64);
        assert!(simulate(link, 100));
        let accepted = link.tx_valid.val() && link.tx_ready.val();
        if link.rx_valid.val() {
            self.first_out.get_or_insert(self.cycle);
            let keep = link.rx_keep.val().to_u8();
            self.current
                .extend(&link.rx_data.val().to_u64().to_le_bytes()[..keep.count_ones() as usize]);
            if link.rx_last.val() {
                self.received.push(Received {
                    bytes: std::mem::take(&mut self.current),
                    cause: link.rx_cause.val().to_u8(),
                });
            }
        }
        if accepted {
            self.first_in.get_or_insert(self.cycle);
        }
        self.cycle += 1;
        for level in [true, false] {
            link.tx_clk.next = Clock { clk: level };
            link.rx_clk.next = Clock { clk: level };
            assert!(simulate(link, 100));
        }
        accepted
    }

    fn send(&mut self, frame: &[u8]) {
        for (data, keep, last) in stream(frame) {
            self.link.tx_valid.next = true;
            self.link.tx_data.next = bits(data);
            self.link.tx_keep.next = bits(keep.into());
            self.link.tx_last.next = last;
            while !self.step() {}
        }
        self.link.tx_valid.next = false;
    }
}

#[test]
fn latency_of_the_link() {
    let mut uut = Loop::new(0);
    uut.send(&[0x5A; 100]);
    (0..20).for_each(|_| _ = uut.step());
    assert_eq!(
        uut.received[0],
        Received {
            bytes: vec![0x5A; 100],
            cause: frame_cause::GOOD
        }
    );
    let latency = uut.first_out.expect("a word") - uut.first_in.expect("a word");
    println!("latency: 10G MAC, RS and PCS, looped back at the serial side: {latency} cycles of 156.25 MHz");
    assert_eq!(latency, 11);
}

#[test]
fn every_length_goes_round() {
    // The far half of the lengths in steps: the parts see each length modulo 8 in every alignment long before.
    let mut rng = seeded(6);
    let mut uut = Loop::new(0);
    let mut want = vec![];
    for length in (60..160).chain((160..1600).step_by(37)) {
        let frame = random_frame(&mut rng, length);
        uut.send(&frame);
        if rng.gen_bool(0.3) {
            (0..rng.gen_range(0..20)).for_each(|_| _ = uut.step());
        }
        want.push(frame);
    }
    (0..20).for_each(|_| _ = uut.step());
    assert_eq!(uut.received.len(), want.len());
    for (got, frame) in uut.received.iter().zip(&want) {
        assert_eq!((got.cause, &got.bytes), (frame_cause::GOOD, frame));
    }
}

#[test]
fn line_errors_never_make_a_bad_frame_good() {
    let mut rng = seeded(7);
    // The bits come shifted, so that the receiver has to slip.
    let mut uut = Loop::new(66 - 3);
    let mut want = vec![];
    for _ in 0..150 {
        let length = rng.gen_range(60..140);
        let frame = random_frame(&mut rng, length);
        for word in stream(&frame) {
            uut.link.tx_valid.next = true;
            uut.link.tx_data.next = bits(word.0);
            uut.link.tx_keep.next = bits(word.1.into());
            uut.link.tx_last.next = word.2;
            loop {
                uut.flip = rng.gen_bool(0.03).then(|| rng.gen_range(0..66));
                if uut.step() {
                    break;
                }
            }
        }
        uut.link.tx_valid.next = false;
        want.push(frame);
    }
    (0..30).for_each(|_| _ = uut.step());
    let good: Vec<&Received> = uut.received.iter().filter(|got| got.cause == frame_cause::GOOD).collect();
    println!("{} of {} came, {} good", uut.received.len(), want.len(), good.len());
    assert!(good.len() > 20 && good.len() < 140);
    // What is called good is what was sent, in order.
    let mut left = want.iter();
    for got in good {
        assert!(
            left.any(|frame| *frame == got.bytes),
            "a frame of {} bytes was never sent",
            got.bytes.len()
        );
    }
}

#[test]
fn a_cut_line_is_a_local_fault_and_comes_back() {
    let mut uut = Loop::new(0);
    for _ in 0..600 {
        uut.line.clear();
        uut.line.extend([false; 66]);
        uut.step();
        uut.line.clear();
    }
    assert!(!uut.link.rx_status.val() && uut.link.local_fault.val());
    for _ in 0..2500 {
        uut.step();
    }
    // Looped back, the remote fault that was sent has come and gone.
    assert!(uut.link.rx_status.val() && !uut.link.local_fault.val());
}
