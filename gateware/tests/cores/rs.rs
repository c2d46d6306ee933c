//! The reconciliation sublayer against the standard's rules, and in lockstep with its Verilog.

use crate::common;
use common::baser::{IDLES, Word};
use common::seeded;
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::rs::{LinkFault, ReconciliationSublayer};
use spareband_spec::xgmii;

const LOCAL: [u8; 4] = [0x9C, 0, 0, 1];
const REMOTE: [u8; 4] = [0x9C, 0, 0, 2];
/// Utilisation in a Sequence ordered set: no fault.
const OTHER: [u8; 4] = [0x9C, 0xA0, 0x4B, 0xFC];
const IDLE: [u8; 4] = [7; 4];

fn word(columns: [[u8; 4]; 2]) -> Word {
    let control = |column: [u8; 4]| if column == IDLE { 0xF } else { 1 };
    Word {
        data: u64::from(u32::from_le_bytes(columns[0])) | u64::from(u32::from_le_bytes(columns[1])) << 32,
        control: control(columns[0]) | control(columns[1]) << 4,
    }
}

/// Figure 46-9, a column at a time.
#[derive(Default)]
struct Model {
    kind: u8,
    sequences: u32,
    columns: u32,
    link_fault: u8,
}

impl Model {
    fn column(&mut self, column: [u8; 4]) {
        let fault = if column == LOCAL {
            1
        } else if column == REMOTE {
            2
        } else {
            0
        };
        if fault == 0 {
            self.columns += 1;
            if self.columns >= 128 {
                self.sequences = 0;
                self.link_fault = 0;
            }
            return;
        }
        if self.sequences == 0 || self.kind != fault {
            self.kind = fault;
            self.sequences = 0;
        }
        self.sequences += 1;
        self.columns = 0;
        if self.sequences >= 4 {
            self.link_fault = fault;
        }
    }
}

fn new<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    assert!(simulate(&mut uut, 100));
    uut
}

fn step(uut: &mut LinkFault, word: Word) -> u8 {
    uut.xgmii_rxd.next = bits(word.data);
    uut.xgmii_rxc.next = bits(word.control.into());
    assert!(simulate(uut, 100));
    for level in [true, false] {
        uut.clk.next = Clock { clk: level };
        assert!(simulate(uut, 100));
    }
    u8::from(uut.local_fault.val()) | u8::from(uut.remote_fault.val()) << 1
}

#[test]
fn a_fault_takes_four_sequences() {
    for (sequence, fault) in [(LOCAL, 1), (REMOTE, 2)] {
        let mut uut: LinkFault = new();
        // Two words hold four; the third shows the fault.
        assert_eq!(step(&mut uut, word([sequence; 2])), 0);
        assert_eq!(step(&mut uut, word([sequence; 2])), 0);
        assert_eq!(step(&mut uut, IDLES), fault);
        // It stands for 128 columns.
        for _ in 0..63 {
            assert_eq!(step(&mut uut, IDLES), fault);
        }
        assert_eq!(step(&mut uut, IDLES), 0);
    }
}

#[test]
fn link_fault_equals_the_model() {
    let mut rng = seeded(1);
    let mut uut: LinkFault = new();
    let mut model = Model::default();
    let mut seen = [0; 3];
    let mut kind = LOCAL;
    let mut gap = 0;
    let mut before = 0;
    for _ in 0..20_000 {
        let mut column = || {
            if gap > 0 {
                gap -= 1;
                return if rng.gen_bool(0.1) { OTHER } else { IDLE };
            }
            if rng.gen_bool(0.1) {
                kind = if rng.gen_bool(0.5) { LOCAL } else { REMOTE };
            }
            gap = if rng.gen_bool(0.2) {
                rng.gen_range(120..135)
            } else {
                rng.gen_range(0..3)
            };
            kind
        };
        let columns = [column(), column()];
        assert_eq!(step(&mut uut, word(columns)), before);
        columns.iter().for_each(|column| model.column(*column));
        before = model.link_fault;
        seen[usize::from(before)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
}

fn both(uut: &mut ReconciliationSublayer) {
    assert!(simulate(uut, 100));
    for level in [true, false] {
        uut.tx_clk.next = Clock { clk: level };
        uut.rx_clk.next = Clock { clk: level };
        assert!(simulate(uut, 100));
    }
}

#[test]
fn the_mac_passes_through() {
    let mut uut: ReconciliationSublayer = new();
    let mut transmit = |mac: Word, received: Word| {
        uut.mac_txd.next = bits(mac.data);
        uut.mac_txc.next = bits(mac.control.into());
        uut.xgmii_rxd.next = bits(received.data);
        uut.xgmii_rxc.next = bits(received.control.into());
        assert!(simulate(&mut uut, 100));
        both(&mut uut);
        let out = Word {
            data: uut.xgmii_txd.val().to_u64(),
            control: uut.xgmii_txc.val().to_u8(),
        };
        let replaced = out == word([REMOTE; 2]) || (out == IDLES && mac != IDLES);
        assert!(uut.sending_fault.val() || !replaced, "a replaced word that does not say so");
        assert!(!uut.sending_fault.val() || replaced || mac == IDLES);
        out
    };
    let start = Word {
        data: xgmii::PREAMBLE_WORD,
        control: 1,
    };
    let data = Word {
        data: 0x0123_4567_89AB_CDEF,
        control: 0,
    };
    transmit(IDLES, IDLES);
    // Latency 1.
    assert_eq!(transmit(start, IDLES), start);
    for (sequence, sent) in [(LOCAL, word([REMOTE; 2])), (REMOTE, IDLES)] {
        for _ in 0..10 {
            transmit(data, word([sequence; 2]));
        }
        assert_eq!(transmit(data, word([sequence; 2])), sent);
        for _ in 0..80 {
            transmit(data, IDLES);
        }
        // The fault is over, but the frame has no start: idles until the MAC has come to a gap.
        assert_eq!(transmit(data, IDLES), IDLES);
        assert_eq!(transmit(IDLES, IDLES), IDLES);
        assert_eq!(transmit(start, IDLES), start);
        assert_eq!(transmit(data, IDLES), data);
    }
}

#[test]
fn reconciliation_lockstep() {
    spareband_hdl::lockstep!(ReconciliationSublayer::default(); tx_clk, tx_rst, rx_clk, rx_rst, mac_txd, mac_txc, xgmii_rxd, xgmii_rxc)
        .clock_period("tx_clk", 10)
        .clock_period("rx_clk", 12)
        .bias("tx_rst", 0.002)
        .bias("rx_rst", 0.002)
        .cycles(3000)
        .stimulus(|cycle, inputs| {
            let columns = [(); 2].map(|()| match inputs.rng.gen_range(0..10) {
                _ if cycle % 400 > 200 => IDLE,
                0..4 => LOCAL,
                4..8 if cycle % 800 < 400 => REMOTE,
                8 => OTHER,
                _ => IDLE,
            });
            let word = word(columns);
            inputs.set("xgmii_rxd", word.data);
            inputs.set("xgmii_rxc", word.control);
        })
        .run();
}
