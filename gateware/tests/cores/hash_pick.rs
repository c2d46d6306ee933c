//! `HashPick` against its rule, which a loop over the blades states.

use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::forward::HashPick;
use std::collections::VecDeque;

/// The first at or after `start`, cyclically, of those that may take flows; else of those that may carry frames.
fn pick(start: usize, eligible: u64, usable: u64) -> Option<usize> {
    [eligible, usable]
        .into_iter()
        .find_map(|mask| (0..16).map(|step| (start + step) % 16).find(|blade| mask >> blade & 1 == 1))
}

#[test]
fn three_cycles_later() {
    let seed = 21;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = HashPick::default();
    uut.connect_all();
    let mut wanted = VecDeque::new();
    let mut seen = [0; 3];
    for step in 0..20_000 {
        let start = rng.gen_range(0..16);
        // Few blades, many, or none.
        let odds = [0.1, 0.5, 0.9, 0.0][rng.gen_range(0..4)];
        let usable: u64 = (0..16).map(|i| u64::from(rng.gen_bool(odds)) << i).sum();
        let eligible = usable & [rng.r#gen::<u64>(), 0][rng.gen_range(0..2)];
        uut.start.next = bits::<4>(start as u64);
        uut.usable.next = bits::<16>(usable);
        uut.eligible.next = bits::<16>(eligible);
        wanted.push_back(pick(start, eligible, usable));
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(&mut uut, 10));
        }
        if wanted.len() == 3 {
            let blade = wanted.pop_front().unwrap();
            seen[if blade.is_none() { 0 } else { 1 + usize::from(eligible != 0) }] += 1;
            assert_eq!(uut.none.val(), blade.is_none(), "seed {seed} step {step}");
            if let Some(blade) = blade {
                assert_eq!(uut.blade.val().index(), blade, "seed {seed} step {step}");
            }
        }
    }
    assert!(seen.iter().all(|count| *count > 1000), "{seen:?}");
}
