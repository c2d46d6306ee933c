//! Flow counts against a map of entries, with updates and removals as close together as the flow table can make them.

use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::forward::FlowCounts;

const BLADES: usize = 3;

fn tick(uut: &mut FlowCounts<BLADES>) {
    for clock in [true, false] {
        uut.clk.next = clock.into();
        assert!(simulate(uut, 20), "no fixed point");
    }
}

#[test]
fn counts_what_is_in_the_table() {
    const SEED: u64 = 11;
    println!("seed {SEED}");
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut uut = FlowCounts::<BLADES>::default();
    uut.connect_all();
    // Blade and whether it is closing.
    let mut entries: Vec<(usize, bool)> = vec![];
    let mut since_update = 9;
    let mut since_removed = [9; 3];
    let mut together = [0; 4];
    let mut checked = 0;
    for cycle in 0..12_000 {
        // The entries come, and go at the highest rate that the flow table can make, or slowly.
        let odds: f64 = [0.0, 1.0, 0.0, 0.3][cycle / 200 % 4];
        let clear = cycle == 6000;
        let update = !clear && since_update >= 5 && rng.gen_bool(odds.max(0.9));
        uut.clear.next = clear;
        uut.update.next = update;
        if clear {
            entries.clear();
        }
        since_update = if update { 0 } else { since_update + 1 };
        if update {
            let old = if entries.len() < 10 || rng.gen_bool(0.5) {
                None
            } else {
                Some(entries.swap_remove(rng.gen_range(0..entries.len())))
            };
            let (blade, closing) = (rng.gen_range(0..BLADES), rng.gen_bool(0.3));
            uut.blade.next = blade.to_bits();
            uut.closing.next = closing;
            uut.found.next = old.is_some();
            uut.found_blade.next = old.map_or(0, |(blade, _)| blade).to_bits();
            uut.found_closing.next = old.is_some_and(|(_, closing)| closing);
            entries.push((blade, closing));
        }
        let mut removals = 0;
        for (i, since) in since_removed.iter_mut().enumerate() {
            // The last comes with an update; the sweeps never do in their partition, but with one of the other.
            let removed = !clear && *since >= 4 && entries.len() > 4 && (i < 2 || update) && rng.gen_bool(odds);
            uut.removed[i].next = removed;
            *since = if removed { 0 } else { *since + 1 };
            if removed {
                removals += 1;
                let last = entries.len() - usize::from(update);
                let (blade, closing) = entries.swap_remove(rng.gen_range(0..last));
                uut.removed_blade[i].next = blade.to_bits();
                uut.removed_closing[i].next = closing;
            }
        }
        together[removals] += 1;
        tick(&mut uut);
        // What is removed may wait for an update and the two others; what is updated counts a cycle later.
        if since_update == 0 || since_removed.iter().any(|since| *since < 5) {
            continue;
        }
        checked += 1;
        assert_eq!(uut.table_entries.val().index(), entries.len(), "cycle {cycle}");
        for i in 0..BLADES {
            let active = entries.iter().filter(|(blade, closing)| *blade == i && !closing).count();
            assert_eq!(uut.active_flows[i].val().index(), active, "cycle {cycle}, blade {i}");
        }
    }
    assert!(together.iter().all(|times| *times > 15) && checked > 5000, "{together:?} {checked}");
}

/// Past what 16 bits hold the count stays at their end.
#[test]
fn many_flows_are_shown_as_65535() {
    let mut uut = FlowCounts::<BLADES>::default();
    uut.connect_all();
    uut.update.next = true;
    tick(&mut uut);
    for count in 1..70_000_u32 {
        tick(&mut uut);
        let (got, bound) = (uut.active_flows[0].val().to_u32(), count.min(0xFFFF));
        assert!(got == bound || got == 0xFFFF && count >= 65_528, "{got} of {count}");
        assert_eq!(uut.table_entries.val().to_u32(), count);
    }
}
