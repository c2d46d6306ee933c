//! Steps that several tests of the flow table take.

use super::{BLADES, Bench, Entry, Job, Key, Kind};

pub fn job(key: Key, kind: Kind, blade: usize) -> Job {
    Job {
        key,
        kind,
        class: 0,
        good: true,
        by_policy: Some(blade),
        by_hash: Some((blade + 1) % BLADES),
    }
}

pub fn verdict<const A: usize, const H: usize>(bench: &mut Bench<A, H>, job: Job) -> Option<usize> {
    bench.frame(job, 0);
    bench.idle(12);
    let blade = bench.verdicts.pop_front().expect("a verdict");
    assert!(bench.verdicts.is_empty());
    blade
}

/// The counts are those of the entries that the host reads.
pub fn counts_are_of_the_entries<const A: usize, const H: usize>(bench: &mut Bench<A, H>, what: &str) -> Vec<(u64, u32, Entry)> {
    bench.idle(12);
    let entries = bench.read_all();
    assert_eq!(bench.entries(), entries.len(), "{what}");
    for blade in 0..BLADES {
        let active = entries
            .iter()
            .filter(|(_, _, entry)| entry.blade == blade && !entry.closing)
            .count();
        assert_eq!(bench.active(blade), active, "{what}: blade {blade}");
    }
    entries
}
