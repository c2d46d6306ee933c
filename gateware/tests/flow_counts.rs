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
    let (mut since_update, mut since_freed, mut together) = (9, 9, 0);
    for cycle in 0..6000 {
        let clear = cycle == 3000;
        let update = !clear && since_update > 0 && rng.gen_bool(0.4);
        let freed = !clear && !update && since_freed > 2 && !entries.is_empty() && rng.gen_bool(0.5);
        together += u32::from(update && since_freed == 0);
        (since_update, since_freed) = (if update { 0 } else { since_update + 1 }, if freed { 0 } else { since_freed + 1 });
        uut.clear.next = clear;
        uut.update.next = update;
        uut.freed.next = freed;
        if clear {
            entries.clear();
        }
        if update {
            let old = if entries.is_empty() || (entries.len() < 20 && rng.gen_bool(0.5)) {
                None
            } else {
                Some(entries.swap_remove(rng.gen_range(0..entries.len())))
            };
            let (keep, blade, closing) = (old.is_none() || rng.gen_bool(0.7), rng.gen_range(0..BLADES), rng.gen_bool(0.3));
            uut.keep.next = keep;
            uut.blade.next = blade.to_bits();
            uut.closing.next = closing;
            uut.found.next = old.is_some();
            uut.found_blade.next = old.map_or(0, |(blade, _)| blade).to_bits();
            uut.found_closing.next = old.is_some_and(|(_, closing)| closing);
            if keep {
                entries.push((blade, closing));
            }
        }
        if freed {
            let (blade, closing) = entries.swap_remove(rng.gen_range(0..entries.len()));
            uut.freed_blade.next = blade.to_bits();
            uut.freed_closing.next = closing;
        }
        tick(&mut uut);
        // What is freed may wait two cycles.
        if since_freed < 2 {
            continue;
        }
        assert_eq!(uut.table_entries.val().to_u16() as usize, entries.len(), "cycle {cycle}");
        for i in 0..BLADES {
            let active = entries.iter().filter(|(blade, closing)| *blade == i && !closing).count();
            assert_eq!(uut.active_flows[i].val().to_u16() as usize, active, "cycle {cycle}, blade {i}");
        }
    }
    assert!(together > 100, "{together} updates right after a removal");
}
