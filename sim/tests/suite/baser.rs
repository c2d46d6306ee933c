//! 64b/66b against known answers (docs/LINK_PROTOCOL.md and the 802.3ae vectors it quotes), and encoder against decoder.
use rand::{Rng, SeedableRng, rngs::StdRng};
use spareband_sim::link::baser::{BlockLock, Columns, ERROR, IDLE, Receiver, Scrambler, decode, encode};
use spareband_sim::link::serdes::block;

#[test]
fn scrambler_vectors_of_the_task_force() {
    let mut scrambler = Scrambler::new(u64::MAX);
    assert_eq!(scrambler.scramble(0x1E), 0x7bff_f080_0000_001e);
    assert_eq!(scrambler.scramble(0xD555_5555_5555_5578), 0x6230_16aa_aaad_1578);
}

#[test]
fn scrambler_equals_its_polynomial_bit_by_bit_and_descrambles() {
    let mut random = StdRng::seed_from_u64(3);
    let mut fast = Scrambler::new(0x2_1234_5678_9ABC);
    let mut back = fast.clone();
    // history[0] is the bit sent last
    let mut history: Vec<u64> = (0..58).map(|k| 0x2_1234_5678_9ABC >> (57 - k) & 1).collect();
    for _ in 0..200 {
        let word: u64 = random.r#gen();
        let mut slow = 0;
        for i in 0..64 {
            let bit = (word >> i & 1) ^ history[38] ^ history[57];
            slow |= bit << i;
            history.insert(0, bit);
            history.pop();
        }
        let sent = fast.scramble(word);
        assert_eq!(sent, slow);
        assert_eq!(back.descramble(sent), word);
    }
}

#[test]
fn sequence_sets_have_the_known_payloads() {
    for (d1, d2, d3, low, high) in [
        (0xA0u64, 0x4Bu64, 0xFCu64, 0x0000_0000_FC4B_A04Bu64, 0xFC4B_A000_0000_002Du64),
        (0xA1, 0x0C, 0xF7, 0x0000_0000_F70C_A14B, 0xF70C_A100_0000_002D),
        (0xB0, 0xFF, 0xE0, 0x0000_0000_E0FF_B04B, 0xE0FF_B000_0000_002D),
        (0xA4, 0x10, 0xDB, 0x0000_0000_DB10_A44B, 0xDB10_A400_0000_002D),
    ] {
        let column = 0x9C | d1 << 8 | d2 << 16 | d3 << 24;
        let in_low = Columns {
            data: column | 0x0707_0707 << 32,
            control: 0xF1,
        };
        let in_high = Columns {
            data: 0x0707_0707 | column << 32,
            control: 0x1F,
        };
        assert_eq!(encode(in_low), (0b01, low));
        assert_eq!(encode(in_high), (0b01, high));
        assert_eq!((decode(0b01, low), decode(0b01, high)), (Some(in_low), Some(in_high)));
    }
}

#[test]
fn every_block_type_decodes_to_what_was_encoded() {
    let mut random = StdRng::seed_from_u64(4);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..2000 {
        let bytes: u64 = random.r#gen();
        let mut with = |lanes: &[(u32, u8)]| {
            let mut columns = Columns { data: bytes, control: 0 };
            for &(lane, character) in lanes {
                columns.data = columns.data & !(0xFF << (8 * lane)) | u64::from(character) << (8 * lane);
                columns.control |= 1 << lane;
            }
            let (header, payload) = encode(columns);
            kinds.insert(payload as u8);
            assert_eq!(decode(header, payload), Some(columns), "{columns:x?}");
        };
        with(&[(0, 0xFB)]);
        with(&[(0, 0x9C), (4, 0x9C)]);
        with(&[(0, 0x9C), (4, 0xFB)]);
        with(&[(0, 7), (1, 7), (2, 0xFE), (3, 7), (4, 0xFB)]);
        with(&[(0, 7), (1, 7), (2, 7), (3, 7), (4, 0x9C)]);
        with(&[(0, 0x9C), (4, 7), (5, 7), (6, 7), (7, 7)]);
        with(&[(0, 7), (1, 6), (2, 0xFE), (3, 7), (4, 7), (5, 7), (6, 7), (7, 7)]);
        for last in 0..8u32 {
            let lanes: Vec<(u32, u8)> = (last..8).map(|lane| (lane, if lane == last { 0xFD } else { 7 })).collect();
            with(&lanes);
        }
    }
    let all = [
        0x1E, 0x2D, 0x33, 0x4B, 0x55, 0x66, 0x78, 0x87, 0x99, 0xAA, 0xB4, 0xCC, 0xD2, 0xE1, 0xFF,
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<u8>>(), all);
}

#[test]
fn what_is_no_block_is_an_error() {
    assert_eq!(
        encode(Columns { data: 0xFD, control: 0x01 }).1,
        encode(ERROR).1,
        "data after terminate"
    );
    for (header, payload) in [
        (0, 0x1E),
        (3, 0x1E),
        (1, 0x00),
        (1, 0x1F),
        (1, 0x1E | 0x55 << 8),
        (1, 0x4B | 1 << 32),
    ] {
        assert_eq!(decode(header, payload), None, "{header} {payload:x}");
    }
}

#[test]
fn lock_is_found_from_every_cut_and_lost_after_sixteen_bad_headers() {
    for slip in 0..66 {
        let (mut scrambler, mut receiver) = (Scrambler::new(u64::MAX), Receiver::new(slip));
        let mut idle = None;
        for _ in 0..66 * 80 {
            let (header, payload) = encode(IDLE);
            idle = receiver.receive(block(header, scrambler.scramble(payload)));
        }
        assert_eq!((receiver.locked(), idle, receiver.bad_blocks), (true, Some(IDLE), 0), "cut {slip}");
    }
    let mut lock = BlockLock::default();
    for _ in 0..64 {
        assert!(!lock.header(0b01));
    }
    assert!(lock.locked);
    for bad in 1..=16 {
        assert_eq!(lock.header(0b00), bad == 16);
    }
    assert!(!lock.locked);
}
