//! What the blades' frames teach: source, VLAN and blade of each, also back to back and with a slow table.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::SourceTap;

#[test]
fn sources_are_those_of_the_frames() {
    let seed = 0x50C;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = SourceTap::default();
    uut.connect_all();
    let (mut expected, mut learned) = (vec![], vec![]);
    let mut tick = |uut: &mut SourceTap, ready: bool| {
        uut.learn_ready.next = ready;
        uut.clk.next = false.into();
        assert!(simulate(uut, 100));
        if uut.learn.val() && ready {
            learned.push((
                uut.learn_mac.val().to_u64(),
                uut.learn_vid.val().to_u64(),
                uut.learn_port.val().to_u64(),
            ));
        }
        uut.clk.next = true.into();
        assert!(simulate(uut, 100));
    };
    uut.reset.next = true;
    tick(&mut uut, false);
    uut.reset.next = false;
    for _ in 0..400 {
        let words = rng.gen_range(1..12);
        let mut bytes: Vec<u8> = (0..8 * words).map(|_| rng.r#gen()).collect();
        let blade = rng.gen_range(0..16_u64);
        let tag: Option<[u8; 2]> = [None, Some([0x81, 0]), Some([0x88, 0xA8]), Some([0x91, 0])][rng.gen_range(0..4)];
        if words > 1 {
            bytes[12..14].copy_from_slice(&tag.unwrap_or([8, 0]));
            let mac = bytes[6..12].iter().rev().fold(0, |mac, byte| mac << 8 | u64::from(*byte));
            let tagged = matches!(tag, Some([0x81, 0] | [0x88, 0xA8]));
            let vid = u64::from(u16::from_be_bytes([bytes[14], bytes[15]]) & 0xFFF);
            expected.push((mac, if tagged { vid } else { 0 }, blade));
        }
        for (index, word) in bytes.chunks(8).enumerate() {
            uut.word_valid.next = true;
            uut.word_data.next = bits::<64>(u64::from_le_bytes(word.try_into().unwrap()));
            uut.word_last.next = index + 1 == words;
            uut.word_blade.next = bits::<4>(blade);
            tick(&mut uut, true);
        }
        uut.word_valid.next = false;
        (0..rng.gen_range(0..3)).for_each(|_| tick(&mut uut, true));
    }
    (0..3).for_each(|_| tick(&mut uut, true));
    assert_eq!(learned, expected, "seed {seed}");
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(SourceTap::default(); clk, reset, word_valid, word_data, word_last, word_blade, learn_ready)
        .clock("clk")
        .bias("reset", 0.01)
        .bias("word_last", 0.3)
        .cycles(3_000)
        .run();
}
