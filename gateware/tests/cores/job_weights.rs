//! `JobWeights` against a queue of rows.

use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::forward::JobWeights;
use std::collections::VecDeque;

fn cycle(uut: &mut JobWeights) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 10));
    }
}

/// Each job meets the row that stood in the cycle before it came, above 16 as 16; outside a service all weigh 16.
#[test]
fn weights_follow_their_jobs() {
    let seed = 5;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = JobWeights::default();
    uut.connect_all();
    let (mut row, mut jobs, mut taken) = ([0_u8; 16], VecDeque::new(), 0);
    // What the weights must be a cycle later.
    let mut told: Option<[u8; 16]> = None;
    for now in 0..20_000_u64 {
        let write = jobs.len() < 16 && rng.gen_bool(0.3);
        let offered = jobs.front().is_some_and(|(since, _)| now >= since + 3);
        uut.in_service.next = rng.gen_bool(0.7);
        uut.write.next = write;
        let next: [u8; 16] = std::array::from_fn(|_| [0, 1, 15, 16, 17, 255, rng.r#gen()][rng.gen_range(0..7)]);
        for (i, port) in uut.table.iter_mut().enumerate() {
            port.next = u32::from_le_bytes(next[4 * i..][..4].try_into().unwrap()).to_bits();
        }
        let read = offered && rng.gen_bool(0.3);
        uut.read.next = read;
        uut.clk.next = false.into();
        assert!(simulate(&mut uut, 10));
        for (i, wanted) in told.iter().flatten().enumerate() {
            assert_eq!(
                uut.weight[i].val().to_u64(),
                u64::from(*wanted),
                "seed {seed} cycle {now} blade {i}"
            );
            assert_eq!(uut.weighted.val().get_bit(i), *wanted != 0, "seed {seed} cycle {now} blade {i}");
        }
        told = offered.then(|| {
            let (_, wanted): &(u64, [u8; 16]) = jobs.front().unwrap();
            wanted.map(|weight| if uut.in_service.val() { weight.min(16) } else { 16 })
        });
        if write {
            jobs.push_back((now, row));
        }
        if read {
            jobs.pop_front();
            taken += 1;
        }
        row = next;
        cycle(&mut uut);
    }
    assert!(taken > 3000, "{taken}");
}
