//! Frames that refuse a connection, and frames that nearly do.

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::RefusalTap;

/// As a parser that knows nothing of the circuit reads the frame; what the circuit does not look into does not count.
fn refuses(frame: &[u8]) -> bool {
    let Ok(packet) = SlicedPacket::from_ethernet(frame) else {
        return false;
    };
    let plain = match &packet.net {
        Some(NetSlice::Ipv4(ip)) => ip.header().ihl() == 5 && !ip.header().is_fragmenting_payload(),
        Some(NetSlice::Ipv6(ip)) => ip.extensions().is_empty(),
        _ => false,
    };
    match packet.transport {
        Some(TransportSlice::Tcp(tcp)) => {
            plain && packet.link_exts.len() < 2 && tcp.rst() && tcp.ack() && !tcp.syn() && tcp.sequence_number() == 0
        }
        _ => false,
    }
}

fn frame(rng: &mut StdRng) -> Vec<u8> {
    let often = |rng: &mut StdRng| rng.gen_bool(0.93);
    let mut frame: Vec<u8> = (0..12).map(|_| rng.r#gen()).collect();
    for _ in 0..[0, 0, 1, 1, 2][rng.gen_range(0..5)] {
        frame.extend([[0x81, 0, 0x20, 7], [0x88, 0xA8, 0, 9]][rng.gen_range(0..2)]);
    }
    let protocol = if often(rng) { 6 } else { 17 };
    if rng.r#gen() {
        let options = if often(rng) { 0 } else { 1 };
        let length = 40 + 4 * options;
        let fragment = if often(rng) {
            [0x40, 0]
        } else {
            [[0x20, 0], [0, 5], [0x1F, 0]][rng.gen_range(0..3)]
        };
        frame.extend([
            8,
            0,
            0x45 + options,
            0,
            0,
            length,
            0,
            1,
            fragment[0],
            fragment[1],
            64,
            protocol,
            0,
            0,
        ]);
        frame.extend((0..8 + 4 * options).map(|_| 1));
    } else {
        frame.extend([0x86, 0xDD, 0x60, 0, 0, 0, 0, 20, protocol, 64]);
        frame.extend((0..32).map(|_| rng.r#gen::<u8>()));
    }
    let sequence = if often(rng) { 0 } else { 1_u32 << rng.gen_range(0..32) };
    let flags = if often(rng) { 0x14 } else { rng.r#gen::<u8>() & 0x3F };
    frame.extend([0, 80, 0x30, 0x39]);
    frame.extend(sequence.to_be_bytes());
    frame.extend([1, 2, 3, 4, 0x50, flags, 0, 0, 0, 0, 0, 0]);
    frame.resize(frame.len().max(60), 0);
    frame
}

#[test]
fn a_refusal_is_seen_and_nothing_else() {
    let seed = 0x7E5;
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = RefusalTap::default();
    uut.connect_all();
    let (mut seen, mut expected) = (vec![], vec![]);
    let mut tick = |uut: &mut RefusalTap| {
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(uut, 100));
        }
        if uut.refused.val() {
            seen.push(uut.refused_blade.val().to_u64());
        }
    };
    uut.reset.next = true;
    tick(&mut uut);
    uut.reset.next = false;
    for _ in 0..3000 {
        let mut frame = frame(&mut rng);
        // Some end early.
        if rng.gen_bool(0.05) {
            frame.truncate(rng.gen_range(1..40));
        }
        let blade = rng.gen_range(0..16_u64);
        if refuses(&frame) {
            expected.push(blade);
        }
        for (index, word) in frame.chunks(8).enumerate() {
            let mut bytes = [0; 8];
            bytes[..word.len()].copy_from_slice(word);
            uut.word_valid.next = true;
            uut.word_data.next = bits::<64>(u64::from_le_bytes(bytes));
            uut.word_last.next = index == (frame.len() - 1) / 8;
            uut.word_blade.next = bits::<4>(blade);
            tick(&mut uut);
            if rng.gen_bool(0.1) {
                uut.word_valid.next = false;
                tick(&mut uut);
            }
        }
        uut.word_valid.next = false;
    }
    tick(&mut uut);
    assert_eq!(seen, expected, "seed {seed}");
    assert!((500..2500).contains(&expected.len()), "{}", expected.len());
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(RefusalTap::default(); clk, reset, word_valid, word_data, word_last, word_blade)
        .clock("clk")
        .bias("reset", 0.01)
        .bias("word_last", 0.1)
        .cycles(3000)
        .run();
}
