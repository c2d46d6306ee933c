//! The test patterns of 10GBASE-R beside PRBS31, and the scrambler's bypass. The models share with the circuits the reading of 49.2.8 and 49.2.12, and the scrambler
//! model whose known answers are in `tests/baser.rs`.

use crate::common;
use common::baser::{Block, IDLES, Receiver, Scrambler, Transmitter, Word, random_word};
use common::seeded;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::baser::{Pcs10gbaseR, TestPattern10gbaseR, TestPatternCheck, TestPatternGenerate};
use spareband_hdl::lockstep;
use spareband_spec::baser as spec;

const LOCAL_FAULTS: Word = Word {
    data: 0x0100_009C_0100_009C,
    control: 0x11,
};

macro_rules! cycle {
    ($uut:expr, $($clk:ident)+) => {
        assert!(simulate($uut, 100));
        for level in [true, false] {
            $($uut.$clk.next = Clock { clk: level };)+
            assert!(simulate($uut, 100));
        }
    };
}

fn new<U: rust_hdl::prelude::Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    uut
}

/// The pattern's payloads on the line for ever: the scrambler loaded every 128 blocks, seed and data inverted every other time.
fn pseudo_random(data: u64, seeds: [u64; 2]) -> impl Iterator<Item = u64> {
    const STATE: u64 = (1 << 58) - 1;
    (0..).flat_map(move |load: usize| {
        let (seed, invert) = (seeds[load / 2 % 2], load % 2 == 1);
        let mut scrambler = Scrambler::new(if invert { !seed & STATE } else { seed });
        let data = if invert { !data } else { data };
        (0..128).map(move |_| scrambler.scramble(data))
    })
}

fn seed(rng: &mut StdRng) -> u64 {
    rng.r#gen::<u64>() >> 6
}

#[test]
fn the_pseudo_random_pattern_is_the_standards() {
    let mut rng = seeded(1);
    for (local_fault, data) in [(false, 0), (true, 0x0100_0000_0100_0055)] {
        let seeds = [seed(&mut rng), seed(&mut rng)];
        let mut uut = new::<TestPatternGenerate>();
        uut.local_fault.next = local_fault;
        uut.seed_a.next = bits(seeds[0]);
        uut.seed_b.next = bits(seeds[1]);
        // It begins anew each time it is enabled.
        for blocks in [10, 700] {
            uut.enable.next = false;
            for _ in 0..rng.gen_range(1..5) {
                cycle!(&mut uut, clk);
                assert!(!uut.valid.val());
            }
            uut.enable.next = true;
            for (block, want) in pseudo_random(data, seeds).take(blocks).enumerate() {
                cycle!(&mut uut, clk);
                assert!(uut.valid.val());
                assert_eq!(uut.data.val().to_u64(), want, "block {block}");
                assert_eq!(uut.header.val().to_u8(), spec::HEADER_CONTROL);
            }
        }
    }
}

#[test]
fn the_square_wave_is_eleven_and_eleven() {
    let mut uut = new::<TestPattern10gbaseR>();
    uut.cfg_tx_square_wave_enable.next = true;
    uut.cfg_tx_pseudo_random_enable.next = true;
    let mut line = vec![];
    for _ in 0..20 {
        cycle!(&mut uut, tx_clk);
        let block = u128::from(uut.serdes_tx_data.val().to_u64()) << 2 | u128::from(uut.serdes_tx_hdr.val().to_u8());
        line.extend((0..66).map(|bit| block >> bit & 1));
    }
    let runs = line.chunk_by(|a, b| a == b).map(<[_]>::len).collect::<Vec<_>>();
    assert!(runs.iter().all(|&run| run == 11), "{runs:?}");
    assert_eq!(line[0], 1);
}

/// What the check should count of these payloads.
fn counted(payloads: &[u64], data: u64) -> Vec<bool> {
    let windows = payloads.chunks(128).flat_map(|window| {
        let mut mismatches = 0;
        window.iter().map(move |&payload| {
            let wrong = payload != data && payload != !data;
            mismatches += u32::from(wrong);
            wrong && mismatches > 1
        })
    });
    windows.collect()
}

#[test]
fn the_check_counts_what_the_model_counts() {
    let mut rng = seeded(2);
    for (local_fault, data) in [(false, 0), (true, 0x0100_0000_0100_0055_u64)] {
        for odds in [0.0, 0.005, 0.02, 0.5] {
            let payloads = (0..1500)
                .map(|_| {
                    let wrong = if rng.gen_bool(odds) { 1 << rng.gen_range(0..64) } else { 0 };
                    wrong ^ if rng.r#gen() { data } else { !data }
                })
                .collect::<Vec<u64>>();
            let mut uut = new::<TestPatternCheck>();
            uut.local_fault.next = local_fault;
            uut.payload.next = bits(0x1234);
            for _ in 0..10 {
                cycle!(&mut uut, clk);
                assert!(!uut.error.val());
            }
            uut.enable.next = true;
            let got = payloads.iter().map(|&payload| {
                uut.payload.next = bits(payload);
                cycle!(&mut uut, clk);
                uut.error.val()
            });
            let got = got.collect::<Vec<_>>();
            // Latency: 3 cycles, the one that took the payload among them.
            assert_eq!(got[2..], counted(&payloads, data)[..payloads.len() - 2], "odds {odds}");
            uut.enable.next = false;
            for n in 0..10 {
                uut.payload.next = bits(0x1234);
                cycle!(&mut uut, clk);
                assert!(n < 2 || !uut.error.val());
            }
        }
    }
}

/// A core looped to itself for so many blocks, with these bits of blocks turned; errors counted.
fn loop_back(uut: &mut TestPattern10gbaseR, blocks: usize, wrong: &[(usize, u32)]) -> u32 {
    (0..blocks)
        .map(|block| {
            let turned = wrong
                .iter()
                .filter(|(at, _)| *at == block)
                .fold(0, |all, (_, bit)| all | 1_u64 << bit);
            uut.serdes_rx_data.next = bits(uut.serdes_tx_data.val().to_u64() ^ turned);
            uut.serdes_rx_hdr.next = uut.serdes_tx_hdr.val();
            cycle!(uut, tx_clk rx_clk);
            u32::from(uut.rx_test_pattern_error.val())
        })
        .sum()
}

#[test]
fn generator_and_check_agree() {
    let mut rng = seeded(3);
    for local_fault in [false, true] {
        let mut uut = new::<TestPattern10gbaseR>();
        uut.cfg_seed_a.next = bits(seed(&mut rng));
        uut.cfg_seed_b.next = bits(seed(&mut rng));
        uut.cfg_tx_local_fault.next = local_fault;
        uut.cfg_rx_local_fault.next = local_fault;
        uut.cfg_tx_pseudo_random_enable.next = true;
        loop_back(&mut uut, 10, &[]);
        uut.cfg_rx_pseudo_random_enable.next = true;
        assert_eq!(loop_back(&mut uut, 200, &[]), 0, "no lock, no count");
        uut.pcs_block_lock.next = true;
        assert_eq!(loop_back(&mut uut, 2000, &[]), 0);
        // A turned bit turns those 39 and 58 on: of bit 3 in the same block, of bit 63 in the next one too.
        let place = (0..128)
            .find(|&at| loop_back(&mut uut, 128, &[(at, 3)]) == 0)
            .expect("the seed's block");
        assert_eq!(loop_back(&mut uut, 1280, &[(place + 50, 3), (place + 60, 63)]), 3);
        uut.cfg_rx_local_fault.next = !local_fault;
        let wrong = loop_back(&mut uut, 1280, &[]);
        assert!((1260..=1270).contains(&wrong), "another pattern: {wrong}");
    }
}

#[test]
fn nothing_changes_when_all_is_off() {
    let mut rng = seeded(4);
    let mut uut = new::<TestPattern10gbaseR>();
    for _ in 0..200 {
        let (tx, rx) = (rng.r#gen(), rng.r#gen());
        let (tx_header, rx_header) = (rng.gen_range(0..4_u8), rng.gen_range(0..4_u8));
        uut.pcs_tx_data.next = bits(tx);
        uut.pcs_tx_hdr.next = bits(tx_header.into());
        uut.serdes_rx_data.next = bits(rx);
        uut.serdes_rx_hdr.next = bits(rx_header.into());
        cycle!(&mut uut, tx_clk rx_clk);
        assert_eq!(
            (uut.serdes_tx_data.val().to_u64(), uut.serdes_tx_hdr.val().to_u8()),
            (tx, tx_header)
        );
        assert_eq!((uut.pcs_rx_data.val().to_u64(), uut.pcs_rx_hdr.val().to_u8()), (rx, rx_header));
        assert!(!uut.rx_test_pattern_error.val());
    }
}

/// A PCS and the core at its serial side.
struct Link {
    pcs: Pcs10gbaseR<{ spec::FAST_BER_WINDOW }>,
    test: TestPattern10gbaseR,
}

impl Link {
    fn new() -> Self {
        Self { pcs: new(), test: new() }
    }
    /// One cycle: a word to send, a block received; the block sent and the word received after it.
    fn cycle(&mut self, word: Word, line: Block) -> (Block, Word) {
        let Self { pcs, test } = self;
        pcs.xgmii_txd.next = bits(word.data);
        pcs.xgmii_txc.next = bits(word.control.into());
        test.pcs_tx_data.next = pcs.serdes_tx_data.val();
        test.pcs_tx_hdr.next = pcs.serdes_tx_hdr.val();
        test.serdes_rx_data.next = bits(line.payload);
        test.serdes_rx_hdr.next = bits(line.header.into());
        pcs.serdes_rx_data.next = test.pcs_rx_data.val();
        pcs.serdes_rx_hdr.next = test.pcs_rx_hdr.val();
        test.pcs_block_lock.next = pcs.rx_block_lock.val();
        cycle!(pcs, tx_clk rx_clk);
        cycle!(test, tx_clk rx_clk);
        let sent = Block {
            payload: test.serdes_tx_data.val().to_u64(),
            header: test.serdes_tx_hdr.val().to_u8(),
        };
        let received = Word {
            data: pcs.xgmii_rxd.val().to_u64(),
            control: pcs.xgmii_rxc.val().to_u8(),
        };
        (sent, received)
    }
}

#[test]
fn with_the_bypass_the_line_carries_the_payloads_themselves() {
    let mut rng = seeded(5);
    let mut link = Link::new();
    link.test.cfg_tx_scrambler_bypass.next = true;
    link.test.cfg_rx_scrambler_bypass.next = true;
    let (mut transmitter, mut receiver) = (Transmitter::default(), Receiver::default());
    let (mut blocks, mut words) = (vec![], vec![]);
    let mut sent = IDLES;
    for n in 0..3000 {
        let word = if n < 300 { sent } else { random_word(&mut rng) };
        sent = if n < 300 { IDLES } else { word };
        blocks.push(transmitter.encode(word));
        let line = blocks.len().checked_sub(4).map_or(blocks[0], |at| blocks[at]);
        let (block, received) = link.cycle(word, line);
        // Encoder, scrambler, this core: three cycles, the first in this one.
        if n > 10 {
            assert_eq!(block, blocks[n - 2], "block {n}");
        }
        words.push((line, received));
    }
    // Receive: this core, three of the PCS. The receiver model needs the block after.
    let offset = 3;
    for n in 290..2990 - offset {
        let want = receiver.decode(words[n].0, words[n + 1].0);
        if n > 300 {
            assert_eq!(words[n + offset].1, want, "word {n}");
        }
    }
}

#[test]
fn while_the_pattern_is_checked_the_pcs_shows_local_fault_and_keeps_its_lock() {
    let mut rng = seeded(6);
    let mut link = Link::new();
    link.test.cfg_seed_a.next = bits(seed(&mut rng));
    link.test.cfg_seed_b.next = bits(seed(&mut rng));
    let mut line = Block {
        payload: 0,
        header: spec::HEADER_CONTROL,
    };
    let mut errors = 0;
    for n in 0..4000 {
        let test = (300..3000).contains(&n);
        link.test.cfg_tx_pseudo_random_enable.next = test;
        link.test.cfg_rx_pseudo_random_enable.next = test;
        let received;
        (line, received) = link.cycle(IDLES, line);
        errors += u32::from(link.test.rx_test_pattern_error.val());
        if n > 100 {
            assert!(link.pcs.rx_status.val() && !link.pcs.serdes_rx_reset_req.val(), "cycle {n}");
        }
        if (310..3000).contains(&n) {
            assert_eq!(received, LOCAL_FAULTS, "cycle {n}");
        }
        if (100..300).contains(&n) || n > 3010 {
            assert_eq!(received, IDLES, "cycle {n}");
        }
    }
    // The blocks on the way when the check begins are not the pattern's yet.
    assert!(errors < 6, "{errors}");
}

#[test]
fn in_lockstep() {
    lockstep!(TestPatternGenerate::default(); clk, enable, local_fault, seed_a, seed_b)
        .clock("clk")
        .bias("enable", 0.998)
        .run();
    lockstep!(TestPatternCheck::default(); clk, enable, local_fault, payload)
        .clock("clk")
        .cycles(3000)
        .bias("enable", 0.998)
        .stimulus(|_, inputs| {
            let kinds = [0, u64::MAX, spec::LOCAL_FAULT_PAYLOAD, !spec::LOCAL_FAULT_PAYLOAD];
            let wrong = if inputs.rng.gen_bool(0.05) {
                1 << inputs.rng.gen_range(0..64)
            } else {
                0
            };
            let payload = kinds[inputs.rng.gen_range(0..4)] ^ wrong;
            inputs.set("payload", payload);
            inputs.set("local_fault", u8::from(!payload.count_ones().is_multiple_of(32)));
        })
        .run();
    lockstep!(TestPattern10gbaseR::default(); tx_clk, pcs_tx_data, pcs_tx_hdr, cfg_tx_pseudo_random_enable, cfg_tx_square_wave_enable,
        cfg_tx_local_fault, cfg_seed_a, cfg_seed_b, cfg_tx_scrambler_bypass, rx_clk, serdes_rx_data, serdes_rx_hdr, pcs_block_lock,
        cfg_rx_pseudo_random_enable, cfg_rx_local_fault, cfg_rx_scrambler_bypass)
    .clock("tx_clk")
    .clock_period("rx_clk", 12)
    .stimulus(|cycle, inputs| {
        let phase = cycle / 250;
        inputs.set("cfg_tx_pseudo_random_enable", (phase >> 1 & 1) as u8);
        inputs.set("cfg_rx_pseudo_random_enable", (phase >> 1 & 1) as u8);
        inputs.set("cfg_tx_square_wave_enable", u8::from(phase % 4 == 3));
    })
    .run();
}
