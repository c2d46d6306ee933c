//! The responder's frames and the blades' on one way: whole, in order, by turns.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::forward::FrameMerge;
use std::collections::VecDeque;

/// Frames of one side: words with their place, so that any loss or mixture shows.
fn frames(rng: &mut StdRng, side: u64, count: u64) -> Vec<Vec<u64>> {
    (0..count)
        .map(|frame| {
            let words = rng.gen_range(1..20_u64);
            (0..words)
                .map(|word| side << 60 | frame << 16 | word << 1 | u64::from(word + 1 == words))
                .collect()
        })
        .collect()
}

#[test]
fn frames_stay_whole_and_take_turns() {
    for seed in 0..20 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut uut = FrameMerge::<64>::default();
        uut.connect_all();
        let sent = [frames(&mut rng, 0, 60), frames(&mut rng, 1, 60)];
        let mut queues: Vec<VecDeque<u64>> = sent.iter().map(|f| f.iter().flatten().copied().collect()).collect();
        // Whether a side's next frame is there; within a frame a word follows the other.
        let mut there = [false; 2];
        let (busy, ready) = (rng.gen_range(0.02..1.0), rng.gen_range(0.2..1.0));
        let mut received: Vec<u64> = vec![];
        // Whether both sides waited when the frame under way was chosen.
        let (mut chosen_of_two, mut last_side) = (None, None);
        let mut replied = 0;
        uut.reset.next = true;
        for cycle in 0..20_000 {
            for side in 0..2 {
                there[side] |= rng.gen_bool(busy);
                there[side] &= !queues[side].is_empty();
            }
            let word = |side: usize, queue: &VecDeque<u64>| if there[side] { queue[0] } else { 0 };
            let (blades, replies) = (word(0, &queues[0]), word(1, &queues[1]));
            uut.a_valid.next = there[0];
            uut.a_data.next = bits::<64>(blades);
            uut.a_last.next = blades & 1 == 1;
            uut.b_valid.next = there[1];
            uut.b_data.next = bits::<64>(replies);
            uut.b_last.next = replies & 1 == 1;
            uut.tx_ready.next = rng.gen_bool(ready);
            uut.clk.next = false.into();
            assert!(simulate(&mut uut, 100));
            if cycle > 1 {
                if chosen_of_two.is_none() && (there[0] || there[1]) {
                    chosen_of_two = Some(there[0] && there[1]);
                }
                let taken = [uut.a_ready.val() & there[0], uut.b_ready.val() & there[1]];
                assert!(!(taken[0] & taken[1]), "seed {seed}");
                assert_eq!(uut.tx_valid.val() & uut.tx_ready.val(), taken[0] | taken[1], "seed {seed}");
                replied += u32::from(uut.b_sent.val());
                if let Some(side) = (0..2).find(|side| taken[*side]) {
                    let word = queues[side].pop_front().unwrap();
                    assert_eq!(
                        (uut.tx_data.val().to_u64(), uut.tx_last.val()),
                        (word, word & 1 == 1),
                        "seed {seed}"
                    );
                    if word >> 1 & 0x7FFF == 0 && chosen_of_two == Some(true) {
                        assert_ne!(last_side, Some(side), "seed {seed}: two frames of one side while the other waits");
                    }
                    received.push(word);
                    if word & 1 == 1 {
                        (last_side, chosen_of_two) = (Some(side), None);
                        there[side] = rng.gen_bool(busy) && !queues[side].is_empty();
                    }
                }
            }
            uut.reset.next = cycle < 1;
            uut.clk.next = true.into();
            assert!(simulate(&mut uut, 100));
        }
        assert!(queues.iter().all(VecDeque::is_empty), "seed {seed}: {queues:?}");
        assert_eq!(replied, 60, "seed {seed}");
        let mut whole = received.split_inclusive(|word| word & 1 == 1);
        for _ in 0..120 {
            let frame = whole.next().unwrap();
            let (side, number) = ((frame[0] >> 60) as usize, (frame[0] >> 16 & 0xFFFF) as usize);
            assert_eq!(frame, &sent[side][number], "seed {seed}");
        }
    }
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(FrameMerge::<64>::default();
        clk, reset, a_valid, a_data, a_last, b_valid, b_data, b_last, tx_ready)
    .clock("clk")
    .bias("reset", 0.01)
    .cycles(3_000)
    .run();
}
