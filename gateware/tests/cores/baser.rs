//! The 10GBASE-R coding sublayer against the models of tests/common, and in lockstep with its Verilog.

use crate::common;
use std::collections::VecDeque;

use common::baser::{Block, ERRORS, IDLES, Receiver, Scrambler, Transmitter, Word, random_word};
use common::seeded;
use rand::Rng;
use rust_hdl::prelude::*;
use spareband_gateware::pcs::baser::{BaserDecoder, BaserDescrambler, BaserEncoder, BaserScrambler, BlockSync, Pcs10gbaseR};
use spareband_spec::{baser as spec, xgmii};

macro_rules! cycle {
    ($uut:expr, $clk:ident) => {
        for level in [true, false] {
            $uut.$clk.next = Clock { clk: level };
            assert!(simulate($uut, 100));
        }
    };
}

fn new<U: Block_ + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    uut
}
use rust_hdl::prelude::Block as Block_;

fn payload_of(encoder: &BaserEncoder) -> Block {
    Block {
        payload: encoder.payload.val().to_u64(),
        header: encoder.header.val().to_u8(),
    }
}

fn encode(encoder: &mut BaserEncoder, word: Word) -> Block {
    encoder.xgmii_txd.next = bits(word.data);
    encoder.xgmii_txc.next = bits(word.control.into());
    assert!(simulate(encoder, 100));
    cycle!(encoder, clk);
    payload_of(encoder)
}

#[test]
fn encoder_known_answers() {
    // Figure 49-7, and the mode D vectors of docs/LINK_PROTOCOL.md.
    let mut encoder: BaserEncoder = new();
    for (data, control, payload) in [
        (xgmii::IDLE_WORD, 0xFF, 0x0000_0000_0000_001E),
        (0x0707_0707_FC4B_A09C, 0xF1, 0x0000_0000_FC4B_A04B),
        (0xFC4B_A09C_0707_0707, 0x1F, 0xFC4B_A000_0000_002D),
        (0x0707_0707_DB10_A49C, 0xF1, 0x0000_0000_DB10_A44B),
        (0xD555_5555_5555_55FB, 0x01, 0xD555_5555_5555_5578),
        (0x0123_4567_89AB_CDEF, 0x00, 0x0123_4567_89AB_CDEF),
        (0x0707_07FD_4433_2211, 0xF0, 0x0000_0044_3322_11CC),
        (0x5555_55FB_0707_0707, 0x1F, 0x5555_5500_0000_0033),
        (0xFD77_6655_4433_2211, 0x80, 0x7766_5544_3322_11FF),
        (0x0200_009C_0200_009C, 0x11, 0x0200_0000_0200_0055),
        (0x5555_55FB_0201_005C, 0x11, 0x5555_550F_0201_0066),
        (0xAABB_CCDD_EEFF_0011, 0x00, 0xAABB_CCDD_EEFF_0011),
        (0x0707_0707_0707_07FD, 0xFF, 0x0000_0000_0000_0087),
        (0xFEFE_FEFE_FEFE_FEFE, 0xFF, spec::ERROR_PAYLOAD),
    ] {
        let block = encode(&mut encoder, Word { data, control });
        assert_eq!(block.payload, payload, "{data:016X} {control:02X}");
        assert_eq!(block.header, if control == 0 { 0b10 } else { 0b01 });
    }
}

#[test]
fn encoder_equals_the_model() {
    let mut rng = seeded(1);
    let mut encoder: BaserEncoder = new();
    let mut model = Transmitter::default();
    // The first block after configuration is an error block, since nothing is coded yet.
    assert_eq!(encode(&mut encoder, IDLES), model.encode(IDLES));
    for _ in 0..3000 {
        let word = random_word(&mut rng);
        let want = model.encode(word);
        assert_eq!(encode(&mut encoder, word), want, "{word:016X?}");
        assert_eq!(encoder.bad_block.val(), want.payload == spec::ERROR_PAYLOAD && want.header == 0b01);
    }
}

fn scramble(scrambler: &mut BaserScrambler, payload: u64) -> u64 {
    scrambler.payload.next = bits(payload);
    assert!(simulate(scrambler, 100));
    cycle!(scrambler, clk);
    scrambler.serdes_tx_data.val().to_u64()
}

#[test]
fn scrambler_known_answers() {
    // Preset to all ones by a payload that makes the line all ones, then the vectors of thaler_1_0706 (802.3ae task force).
    let mut scrambler: BaserScrambler = new();
    let preset = Scrambler::new(0).descramble(u64::MAX);
    assert_eq!(scramble(&mut scrambler, preset), u64::MAX);
    assert_eq!(scramble(&mut scrambler, 0x1E), 0x7bff_f080_0000_001e);
    assert_eq!(scramble(&mut scrambler, 0xD555_5555_5555_5578), 0x6230_16aa_aaad_1578);
}

#[test]
fn scrambler_and_descrambler_equal_the_model() {
    let mut rng = seeded(2);
    let mut scrambler: BaserScrambler = new();
    let mut descrambler: BaserDescrambler = new();
    let mut model = Scrambler::new(0);
    for _ in 0..500 {
        let payload = rng.r#gen();
        let line = scramble(&mut scrambler, payload);
        assert_eq!(line, model.scramble(payload));
        descrambler.serdes_rx_data.next = bits(line);
        assert!(simulate(&mut descrambler, 100));
        // Latency 0: before the clock edge.
        assert_eq!(descrambler.payload.val().to_u64(), payload);
        cycle!(&mut descrambler, clk);
    }
}

fn decode(decoder: &mut BaserDecoder, block: Block) -> Word {
    decoder.usable.next = true;
    decoder.payload.next = bits(block.payload);
    decoder.header.next = bits(block.header.into());
    assert!(simulate(decoder, 100));
    cycle!(decoder, clk);
    Word {
        data: decoder.xgmii_rxd.val().to_u64(),
        control: decoder.xgmii_rxc.val().to_u8(),
    }
}

#[test]
fn decoder_equals_the_model() {
    let mut rng = seeded(3);
    let mut decoder: BaserDecoder = new();
    let mut transmitter = Transmitter::default();
    // The first block after configuration is an error block, since nothing is decoded yet.
    let mut blocks = vec![transmitter.encode(IDLES)];
    let mut got = vec![decode(&mut decoder, blocks[0])];
    for _ in 0..4000 {
        let mut block = if rng.gen_bool(0.7) {
            transmitter.encode(random_word(&mut rng))
        } else {
            common::baser::encode_word(random_word(&mut rng)).1
        };
        if rng.gen_bool(0.1) {
            block.payload ^= 1 << rng.gen_range(0..64);
        }
        if rng.gen_bool(0.02) {
            block.header = rng.gen_range(0..4);
        }
        blocks.push(block);
        got.push(decode(&mut decoder, block));
    }
    // Latency 3: the word of a block stands after two more.
    let mut model = Receiver::default();
    let mut frames = 0;
    for (at, pair) in blocks.windows(2).enumerate().take(blocks.len() - 3) {
        let want = model.decode(pair[0], pair[1]);
        assert_eq!(got[at + 2], want, "block {at}: {:016X?} then {:016X?}", pair[0], pair[1]);
        frames += u32::from(want.control != 0 && want != ERRORS && want.data.to_le_bytes().contains(&xgmii::TERMINATE));
    }
    assert!(frames > 20, "the stimulus ends frames too rarely: {frames}");
}

/// Lets `header` pass and returns whether a slip was asked for.
fn sync(uut: &mut BlockSync, header: u64) -> bool {
    uut.header.next = bits(header);
    assert!(simulate(uut, 100));
    cycle!(uut, clk);
    uut.bitslip.val()
}

#[test]
fn lock_takes_sixty_four_good_headers() {
    let mut uut: BlockSync = new();
    for n in 0..64 {
        assert!(!uut.block_lock.val(), "after {n}");
        assert!(!sync(&mut uut, 1 + n % 2));
    }
    assert!(uut.block_lock.val());
    // 15 bad ones in a window are borne, over and over; from the first header of a window on.
    for _ in 0..5 {
        for n in 0..64 {
            assert!(!sync(&mut uut, if n % 4 == 0 && n < 60 { 3 } else { 2 }));
        }
        assert!(uut.block_lock.val());
    }
    // The 16th is not.
    for n in 0..16 {
        assert!(uut.block_lock.val());
        assert_eq!(sync(&mut uut, 0), n == 15);
    }
    assert!(!uut.block_lock.val());
    // Nothing is judged while the transceiver slips; then one bad header is enough.
    for _ in 0..spec::BITSLIP_WAIT {
        assert!(!sync(&mut uut, 0));
    }
    assert!(sync(&mut uut, 0));
}

#[test]
fn lock_is_found_at_every_bit_position() {
    let mut rng = seeded(4);
    for offset in (0..66).step_by(5) {
        let mut pcs: Pcs10gbaseR = new();
        let mut transmitter = Transmitter::default();
        let mut scrambler = Scrambler::new(rng.r#gen());
        let mut line: VecDeque<bool> = (0..offset).map(|_| rng.r#gen()).collect();
        let mut slips = 0;
        let mut cycles_left = 3500;
        while cycles_left > 0 {
            while line.len() < 67 {
                let block = transmitter.encode(IDLES);
                let coded = u128::from(scrambler.scramble(block.payload)) << 2 | u128::from(block.header);
                line.extend((0..66).map(|bit| coded >> bit & 1 == 1));
            }
            let taken = line.drain(..66).rev().fold(0_u128, |word, bit| word << 1 | u128::from(bit));
            pcs.serdes_rx_hdr.next = bits((taken & 3) as u64);
            pcs.serdes_rx_data.next = bits((taken >> 2) as u64);
            assert!(simulate(&mut pcs, 100));
            cycle!(&mut pcs, rx_clk);
            if pcs.serdes_rx_bitslip.val() {
                line.pop_front();
                slips += 1;
            }
            cycles_left -= 1;
            if pcs.rx_block_lock.val() && cycles_left > 10 {
                cycles_left = 10;
            }
        }
        assert!(pcs.rx_block_lock.val(), "offset {offset}: no lock after {slips} slips");
        assert_eq!(pcs.xgmii_rxd.val().to_u64(), xgmii::IDLE_WORD, "offset {offset}");
        assert_eq!(pcs.xgmii_rxc.val().to_u64(), 0xFF);
    }
}

#[test]
fn no_lock_is_local_fault() {
    let mut pcs: Pcs10gbaseR = new();
    for _ in 0..50 {
        pcs.serdes_rx_hdr.next = bits(0);
        cycle!(&mut pcs, rx_clk);
    }
    assert!(!pcs.rx_status.val());
    assert_eq!(pcs.xgmii_rxd.val().to_u64(), 0x0100_009C_0100_009C);
    assert_eq!(pcs.xgmii_rxc.val().to_u64(), 0x11);
}

#[test]
fn latencies() {
    // Transmit: a start is on the serial side two cycles after XGMII. Receive: three cycles after that it is on XGMII.
    let mut pcs: Pcs10gbaseR = new();
    let mut seen = vec![];
    for cycle in 0..110 {
        let start = cycle == 100;
        let (data, control) = if start {
            (xgmii::PREAMBLE_WORD, 1)
        } else {
            (xgmii::IDLE_WORD, 0xFF)
        };
        pcs.xgmii_txd.next = bits(data);
        pcs.xgmii_txc.next = bits(control);
        pcs.serdes_rx_data.next = pcs.serdes_tx_data.val();
        pcs.serdes_rx_hdr.next = pcs.serdes_tx_hdr.val();
        assert!(simulate(&mut pcs, 100));
        if pcs.xgmii_rxd.val().to_u64() == xgmii::PREAMBLE_WORD {
            seen.push(cycle);
        }
        for level in [true, false] {
            pcs.tx_clk.next = Clock { clk: level };
            pcs.rx_clk.next = Clock { clk: level };
            assert!(simulate(&mut pcs, 100));
        }
    }
    println!(
        "latency: 10GBASE-R PCS, looped back at the serial side: {} cycles of 156.25 MHz",
        seen[0] - 100
    );
    assert_eq!(seen, [105]);
}

/// Words of a link for a lockstep run.
fn shape(inputs: &mut spareband_hdl::lockstep::Inputs, data: &str, control: &str) {
    let word = random_word(inputs.rng);
    inputs.set(data, word.data);
    inputs.set(control, word.control);
}

#[test]
fn encoder_lockstep() {
    spareband_hdl::lockstep!(BaserEncoder::default(); clk, reset, xgmii_txd, xgmii_txc)
        .clock("clk")
        .bias("reset", 0.02)
        .cycles(1500)
        .stimulus(|_, inputs| shape(inputs, "xgmii_txd", "xgmii_txc"))
        .run();
}

#[test]
fn decoder_lockstep() {
    let mut transmitter = Transmitter::default();
    spareband_hdl::lockstep!(BaserDecoder::default(); clk, reset, payload, header, usable)
        .clock("clk")
        .bias("reset", 0.01)
        .bias("usable", 0.99)
        .cycles(2000)
        .stimulus(move |_, inputs| {
            let word = random_word(inputs.rng);
            let block = transmitter.encode(word);
            let flip = if inputs.rng.gen_bool(0.1) {
                1 << inputs.rng.gen_range(0..64)
            } else {
                0
            };
            let header = if inputs.rng.gen_bool(0.02) { 3 } else { block.header };
            inputs.set("payload", block.payload ^ flip);
            inputs.set("header", header);
        })
        .run();
}

#[test]
fn pcs_lockstep() {
    // Looped back by the stimulus, so that lock is reached, with an error now and then.
    spareband_hdl::lockstep!(<Pcs10gbaseR>::default(); tx_clk, tx_rst, rx_clk, rx_rst, xgmii_txd, xgmii_txc, serdes_rx_data, serdes_rx_hdr, cfg_tx_prbs31_enable, cfg_rx_prbs31_enable)
        .clock_period("tx_clk", 10)
        .clock_period("rx_clk", 10)
        .bias("tx_rst", 0.001)
        .bias("rx_rst", 0.001)
        .bias("cfg_tx_prbs31_enable", 0.002)
        .bias("cfg_rx_prbs31_enable", 0.01)
        .cycles(1500)
        .stimulus(|cycle, inputs| {
            shape(inputs, "xgmii_txd", "xgmii_txc");
            if cycle > 0 {
                let (data, header) = (inputs.output("serdes_tx_data"), inputs.output("serdes_tx_hdr"));
                inputs.set("serdes_rx_data", data);
                inputs.set("serdes_rx_hdr", header);
            }
        })
        .run();
}

/// Idle and in reset from the start, nothing but the clocks changes: every process of the Verilog has to run all the same. Icarus Verilog shows what does not.
#[test]
fn a_quiet_start_lockstep() {
    spareband_hdl::lockstep!(<Pcs10gbaseR>::default(); tx_clk, tx_rst, rx_clk, rx_rst, xgmii_txd, xgmii_txc, serdes_rx_data, serdes_rx_hdr, cfg_tx_prbs31_enable, cfg_rx_prbs31_enable)
        .clock_period("tx_clk", 10)
        .clock_period("rx_clk", 10)
        .cycles(60)
        .stimulus(|cycle, inputs| {
            inputs.set("tx_rst", u32::from(cycle < 20));
            inputs.set("rx_rst", u32::from(cycle < 20));
            inputs.set("xgmii_txd", xgmii::IDLE_WORD);
            inputs.set("xgmii_txc", 0xFF_u32);
            inputs.set("serdes_rx_data", 0_u64);
            inputs.set("serdes_rx_hdr", 1_u32);
            inputs.set("cfg_tx_prbs31_enable", 0_u32);
            inputs.set("cfg_rx_prbs31_enable", 0_u32);
        })
        .run();
}
