//! What watches a 10GBASE-R link: bit error ratio monitor, receiver watchdog, test pattern PRBS31, and the whole receiver when its bit offset jumps.

use crate::common;
use common::baser::{IDLES, Scrambler, Transmitter};
use common::seeded;
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::baser::{BerMonitor, Pcs10gbaseR, Prbs31Check, Prbs31Next, ReceiverWatchdog};
use spareband_spec::{baser as spec, xgmii};
use std::collections::VecDeque;

const WINDOW: usize = spec::FAST_BER_WINDOW;

macro_rules! cycle {
    ($uut:expr, $($clk:ident)+) => {
        for level in [true, false] {
            $($uut.$clk.next = Clock { clk: level };)+
            assert!(simulate($uut, 100));
        }
    };
}

/// One header through the monitor: hi_ber, high_ber, window_end after it.
fn header(uut: &mut BerMonitor<WINDOW>, valid: bool, lock: bool) -> (bool, bool, bool) {
    uut.header.next = bits(if valid { 1 } else { 3 });
    uut.block_lock.next = lock;
    assert!(simulate(uut, 100));
    cycle!(uut, clk);
    (uut.hi_ber.val(), uut.high_ber.val(), uut.window_end.val())
}

/// A monitor at the first header of a window.
fn monitor() -> BerMonitor<WINDOW> {
    let mut uut = BerMonitor::<WINDOW>::default();
    uut.connect_all();
    while !header(&mut uut, true, true).2 {}
    uut
}

#[test]
fn sixteen_invalid_headers_in_a_window() {
    let mut uut = monitor();
    for n in 1..=16 {
        let (hi, high, _) = header(&mut uut, false, true);
        assert_eq!((hi, high), (n == 16, n == 16), "after {n}");
    }
    // It stays until a whole window has fewer, the one in which it rose is none.
    let mut ends = 0;
    for _ in 0..3 * WINDOW {
        let (hi, _, end) = header(&mut uut, true, true);
        assert_eq!(hi, ends < 2, "in window {ends}");
        ends += u32::from(end);
        if ends == 2 {
            break;
        }
    }
    assert_eq!(ends, 2);
    assert_eq!(header(&mut uut, true, true), (false, false, false));
}

#[test]
fn windows_are_as_long_as_they_should_be_and_fifteen_do_not_count() {
    let mut uut = monitor();
    for _ in 0..5 {
        let mut length = 0;
        loop {
            length += 1;
            let (hi, high, end) = header(&mut uut, length > 15, true);
            assert!(!hi && !high);
            if end {
                break;
            }
        }
        assert_eq!(length, WINDOW);
    }
}

#[test]
fn the_port_shows_what_lost_the_lock() {
    let mut uut = monitor();
    for _ in 0..16 {
        header(&mut uut, false, true);
    }
    assert_eq!(header(&mut uut, false, false), (false, true, false));
    // Locked again: PCS_status may rise at once, the port falls within two windows.
    for n in 0..2 * WINDOW {
        let (hi, high, _) = header(&mut uut, true, true);
        assert!(!hi);
        assert!(high || n > 1);
    }
    assert!(!header(&mut uut, true, true).1);
}

#[test]
fn four_bad_windows_ask_for_a_reset() {
    let mut uut = ReceiverWatchdog::default();
    uut.connect_all();
    // Each window: lock, high BER, wrong blocks; then whether a reset is asked for at its end.
    let good = (true, false, 0);
    let mut window = |(lock, high, wrong): (bool, bool, usize)| {
        let mut asked = 0;
        for n in 0..40 {
            uut.block_lock.next = lock;
            uut.high_ber.next = high;
            uut.bad_block.next = n < wrong && n % 2 == 0;
            uut.sequence_error.next = n < wrong && n % 2 == 1;
            uut.window_end.next = n == 39;
            assert!(simulate(&mut uut, 100));
            cycle!(&mut uut, clk);
            asked += u32::from(uut.reset_request.val());
            assert!(!uut.reset_request.val() || n == 39);
        }
        asked == 1
    };
    for bad in [(false, false, 0), (true, true, 0), (true, false, 15)] {
        assert_eq!(
            [bad, bad, bad, good, bad, bad, bad, bad].map(&mut window),
            [false, false, false, false, false, false, false, true]
        );
        assert_eq!([bad, bad, bad, bad, good].map(&mut window), [false, false, false, true, false]);
    }
    for _ in 0..12 {
        assert!(!window((true, false, 14)));
    }
}

/// PRBS31 bit by bit, from 49.2.8: x^28 and x^31, sent inverted.
struct Prbs31(VecDeque<bool>);

impl Prbs31 {
    fn new(state: u32) -> Self {
        Self((0..31).map(|bit| state >> bit & 1 == 1).collect())
    }
    /// The next bit of the line.
    fn bit(&mut self) -> bool {
        let next = self.0[31 - 28] ^ self.0[0];
        self.0.pop_front();
        self.0.push_back(next);
        !next
    }
    fn block(&mut self) -> u128 {
        (0..66).fold(0, |block, bit| block | u128::from(self.bit()) << bit)
    }
}

#[test]
fn the_next_bits_are_the_pattern() {
    let mut rng = seeded(11);
    let mut uut = Prbs31Next::default();
    uut.connect_all();
    for _ in 0..200 {
        let state = rng.gen_range(1..1_u32 << 31);
        uut.sent.next = bits(u64::from(!state) & ((1 << 31) - 1));
        assert!(simulate(&mut uut, 100));
        assert_eq!(uut.line.val().to_u128(), Prbs31::new(state).block(), "{state:08X}");
    }
    // A line of ones is where the pattern would stop; it does not.
    uut.sent.next = bits((1 << 31) - 1);
    assert!(simulate(&mut uut, 100));
    assert_ne!(uut.line.val().to_u128(), (1 << 66) - 1);
}

#[test]
fn the_check_counts_each_error_three_times() {
    let mut rng = seeded(12);
    let mut uut = Prbs31Check::default();
    uut.connect_all();
    uut.enable.next = true;
    let mut pattern = Prbs31::new(1);
    let mut counts = vec![];
    let mut check = |line: u128| {
        uut.line.next = to_bits_66(line);
        assert!(simulate(&mut uut, 100));
        cycle!(&mut uut, clk);
        counts.push(uut.error_count.val().to_u64());
    };
    (0..10).for_each(|_| check(pattern.block()));
    let mut expected = 0;
    for _ in 0..200 {
        let errors = if rng.gen_bool(0.3) { 1_u128 << rng.gen_range(0..66) } else { 0 };
        expected += 3 * u64::from(errors.count_ones());
        check(pattern.block() ^ errors);
    }
    (0..6).for_each(|_| check(pattern.block()));
    // Before ten blocks have passed the check has not seen its past yet.
    assert_eq!(counts[4..12], [0; 8]);
    assert_eq!(counts[10..].iter().sum::<u64>(), expected);
}

fn to_bits_66(value: u128) -> Bits<66> {
    (Bits::<66>::from((value >> 32) as u64) << 32) | Bits::<66>::from(value as u64 & 0xFFFF_FFFF)
}

/// A serial side whose bit offset moves by one with each slip.
struct Line {
    transmitter: Transmitter,
    scrambler: Scrambler,
    offset: usize,
    last: u128,
}

impl Line {
    fn block(&mut self) -> u128 {
        let block = self.transmitter.encode(IDLES);
        let now = u128::from(self.scrambler.scramble(block.payload)) << 2 | u128::from(block.header);
        // The offset delays the line by as many bits.
        let shifted = match self.offset % 66 {
            0 => now,
            offset => (now << offset | self.last >> (66 - offset)) & ((1 << 66) - 1),
        };
        self.last = now;
        shifted
    }
}

/// What a public test bench of such coding sublayers asks: the bit offset jumps to half a block; lock is lost and the error ratio high within 100 cycles, lock is found
/// again within 600, and the error ratio is good within 900.
#[test]
fn lock_is_found_again_after_the_bit_offset_jumps() {
    let mut rng = seeded(13);
    for jump in [33, 1, 65, 17] {
        let mut pcs = Pcs10gbaseR::<WINDOW>::default();
        pcs.connect_all();
        let mut line = Line {
            transmitter: Transmitter::default(),
            scrambler: Scrambler::new(rng.r#gen()),
            offset: 0,
            last: 0,
        };
        let mut run = |cycles: usize, jump: Option<usize>| {
            if let Some(jump) = jump {
                line.offset = jump;
            }
            for _ in 0..cycles {
                let slip = pcs.serdes_rx_bitslip.val();
                let block = line.block();
                pcs.serdes_rx_hdr.next = bits((block & 3) as u64);
                pcs.serdes_rx_data.next = bits((block >> 2) as u64);
                assert!(simulate(&mut pcs, 100));
                cycle!(&mut pcs, rx_clk);
                line.offset += usize::from(slip);
            }
            (
                pcs.rx_block_lock.val(),
                pcs.rx_high_ber.val(),
                pcs.rx_status.val(),
                pcs.xgmii_rxd.val().to_u64(),
            )
        };
        let (lock, _, status, word) = run(500, None);
        assert!(lock && status, "never locked");
        assert_eq!(word, xgmii::IDLE_WORD);
        assert!(!run(200, None).1);
        let (lock, high, status, word) = run(100, Some(jump));
        // One bit on, or back, half of the headers still look right; elsewhere too.
        assert!(!lock && high && !status, "jump {jump}: lock {lock}, high BER {high}");
        assert_eq!(word, xgmii::fault_word(xgmii::LOCAL_FAULT));
        // 66 less the jump are the slips it takes.
        let slips = (66 - jump) * 10 + 170;
        let (lock, _, status, word) = run(slips.max(500), None);
        assert!(lock && status, "jump {jump}: no lock after {slips} cycles");
        assert_eq!(word, xgmii::IDLE_WORD);
        assert!(!run(2 * WINDOW, None).1);
    }
}

#[test]
fn prbs31_passes_from_end_to_end() {
    let mut pcs = Pcs10gbaseR::<WINDOW>::default();
    pcs.connect_all();
    pcs.cfg_tx_prbs31_enable.next = true;
    pcs.cfg_rx_prbs31_enable.next = true;
    let mut errors = vec![];
    for cycle in 0..300_u64 {
        let flip = u64::from(cycle % 50 == 49);
        pcs.serdes_rx_data.next = pcs.serdes_tx_data.val() ^ bits(flip << 20);
        pcs.serdes_rx_hdr.next = pcs.serdes_tx_hdr.val();
        assert!(simulate(&mut pcs, 100));
        cycle!(&mut pcs, tx_clk rx_clk);
        errors.push(pcs.rx_error_count.val().to_u64());
        assert!(!pcs.rx_status.val());
    }
    assert_eq!(errors[40..290].iter().sum::<u64>(), 3 * 5);
    assert!(errors[20..50].iter().all(|e| *e == 0));
}

#[test]
fn monitors_lockstep() {
    spareband_hdl::lockstep!(BerMonitor::<WINDOW>::default(); clk, reset, header, block_lock)
        .clock("clk")
        .bias("reset", 0.003)
        .bias("block_lock", 0.98)
        .cycles(3000)
        .run();
    spareband_hdl::lockstep!(ReceiverWatchdog::default(); clk, reset, window_end, block_lock, high_ber, bad_block, sequence_error)
        .clock("clk")
        .bias("reset", 0.01)
        .bias("window_end", 0.1)
        .cycles(2000)
        .run();
    spareband_hdl::lockstep!(Prbs31Check::default(); clk, enable, line)
        .clock("clk")
        .bias("enable", 0.9)
        .cycles(500)
        .run();
    spareband_hdl::lockstep!(Prbs31Next::default(); sent).cycles(200).run();
}
