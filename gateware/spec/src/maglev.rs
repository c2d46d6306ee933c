//! Consistent hashing after Maglev (Eisenbud et al., NSDI 2016, section 3.4): one table a service, two versions of it, and which is looked at.

/// Entries of a table; a prime, so that every skip visits all of them.
pub const SIZE: usize = 251;
pub const BLADES: usize = 16;
/// log2 of the services that have a table.
pub const SERVICES_LOG2: usize = 6;
/// Entries in a word of 32 bits, the first lowest.
pub const ENTRIES_A_WORD: usize = 8;
/// Words of one version; the entries past the last of the table are never looked up.
pub const WORDS: usize = SIZE.div_ceil(ENTRIES_A_WORD);

/// Index of a 16-bit hash: the hash scaled, without a division. 65536 = 261 * 251 + 25, so 25 entries have 262 hashes and the others 261.
pub const fn index(hash: u16) -> usize {
    (hash as usize * SIZE) >> 16
}

/// Where a backend's permutation of the entries starts, and its step: 1 to M - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    pub offset: usize,
    pub skip: usize,
}

/// Fills a table of a prime number of entries, as the paper's Pseudocode 1 does: the backends take turns, and each takes the next free entry of its
/// permutation. A backend of weight 0 takes none. One of weight w takes w of every `max` turns that the heaviest takes, spread evenly
/// ("by altering the relative frequency of the backends' turns", section 3.4). Equal weights are the paper's own rule.
/// None: no backend has a weight.
pub fn populate<const M: usize, const N: usize>(walks: &[Walk; N], weights: &[u8; N]) -> Option<[u8; M]> {
    let heaviest = u32::from(weights.iter().copied().max()?);
    if heaviest == 0 {
        return None;
    }
    let mut entries = [None; M];
    let mut next: [usize; N] = core::array::from_fn(|backend| walks[backend].offset % M);
    let mut credit = [0; N];
    let mut filled = 0;
    loop {
        for backend in 0..N {
            credit[backend] += u32::from(weights[backend]);
            if credit[backend] < heaviest {
                continue;
            }
            credit[backend] -= heaviest;
            // An entry is free while fewer than M are filled, and a prime M lets the walk reach it.
            while entries[next[backend]].is_some() {
                next[backend] = (next[backend] + walks[backend].skip) % M;
            }
            entries[next[backend]] = Some(backend as u8);
            filled += 1;
            if filled == M {
                return Some(entries.map(|entry| entry.unwrap_or_default()));
            }
        }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): each bit of the input changes about half of the output.
const fn mix(mut value: u64) -> u64 {
    value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}

/// The walk of a blade: two hashes of its number, `offset = h1 mod M` and `skip = h2 mod (M - 1) + 1`. It depends on no other blade, so
/// a blade keeps its preferences while others come and go. Managers with one seed make one table.
pub const fn walk(blade: usize, seed: u64) -> Walk {
    let first = mix(seed.wrapping_add((2 * blade as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let second = mix(seed.wrapping_add((2 * blade as u64 + 2).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    Walk {
        offset: (first % SIZE as u64) as usize,
        skip: (second % (SIZE as u64 - 1)) as usize + 1,
    }
}

/// A service's table for these weights of its blades; none if all are 0.
pub fn table(weights: &[u8; BLADES], seed: u64) -> Option<[u8; SIZE]> {
    let walks = core::array::from_fn(|blade| walk(blade, seed));
    populate(&walks, weights)
}

/// The words of a table, 8 entries of 4 bits each.
pub fn words(entries: &[u8; SIZE]) -> [u32; WORDS] {
    core::array::from_fn(|word| {
        let of_word = entries.iter().skip(word * ENTRIES_A_WORD).take(ENTRIES_A_WORD);
        of_word.rev().fold(0, |all, entry| all << 4 | u32::from(*entry))
    })
}

/// Width of a word's address.
pub const ADDRESS_BITS: usize = 13;

/// Address of a word of a table: word 5, copy 1, service 6.
pub const fn table_address(service: usize, copy: usize, word: usize) -> u16 {
    (service << 6 | copy << 5 | word) as u16
}

/// Address of a service's version register.
pub const fn version_address(service: usize) -> u16 {
    1 << (ADDRESS_BITS - 1) | service as u16
}

/// Which copies of its table a service looks at; one register, so that a change is one write.
///
/// To change a table: fill the spare copy, then `new_copy` is that one with `two_versions`; when the flows of the old version have ended,
/// the same without `two_versions`, and the other copy is spare again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// 0 or 1.
    pub new_copy: u8,
    /// The old version is the other copy; else the old version is the new one.
    pub two_versions: bool,
}

impl Version {
    pub const fn word(&self) -> u32 {
        (self.new_copy & 1) as u32 | (self.two_versions as u32) << 1
    }
    pub const fn from_word(word: u32) -> Version {
        Version {
            new_copy: (word & 1) as u8,
            two_versions: word >> 1 & 1 == 1,
        }
    }
    pub const fn old_copy(&self) -> u8 {
        (self.new_copy ^ self.two_versions as u8) & 1
    }
}

/// The blade of a frame: the old version's if it may carry frames, else the new version's, else the first that may, cyclically after the new version's.
/// A frame that starts a flow belongs to no old one: the new version's comes first.
pub const fn choose(old: u8, new: u8, starts: bool, usable: u16) -> Option<u8> {
    if usable >> old & 1 == 1 && !starts {
        return Some(old);
    }
    let mut distance = 0;
    while distance < BLADES {
        let blade = (new as usize + distance) % BLADES;
        if usable >> blade & 1 == 1 {
            return Some(blade as u8);
        }
        distance += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 1 of the paper: three backends, seven entries, (offset, skip) = (3, 4), (0, 2), (3, 1); then without B1.
    #[test]
    fn the_papers_example() {
        let walks = [(3, 4), (0, 2), (3, 1)].map(|(offset, skip)| Walk { offset, skip });
        assert_eq!(populate::<7, 3>(&walks, &[1, 1, 1]), Some([1, 0, 1, 0, 2, 2, 0]));
        assert_eq!(populate::<7, 3>(&walks, &[1, 0, 1]), Some([0, 0, 0, 0, 2, 2, 2]));
        assert_eq!(populate::<7, 3>(&walks, &[0, 0, 0]), None);
    }

    /// By hand: B0 of weight 2 takes a turn each round, B1 of weight 1 every second: 3; 0, then B1 its 0 is taken, so 2; 4; 1, B1 its 4 is
    /// taken, so 6; then B0 its 5.
    #[test]
    fn weighted_turns_by_hand() {
        let walks = [(3, 4), (0, 2)].map(|(offset, skip)| Walk { offset, skip });
        assert_eq!(populate::<7, 2>(&walks, &[2, 1]), Some([0, 0, 1, 0, 0, 0, 1]));
        // A weight is a ratio.
        assert_eq!(populate::<7, 2>(&walks, &[254, 127]), populate::<7, 2>(&walks, &[2, 1]));
    }

    #[test]
    fn indices_spread_evenly() {
        let mut counts = [0; SIZE];
        (0..=u16::MAX).for_each(|hash| counts[index(hash)] += 1);
        assert!(counts.iter().all(|count| [261, 262].contains(count)));
        assert_eq!(counts.iter().filter(|count| **count == 262).count(), 25);
        assert_eq!([index(0), index(261), index(262), index(u16::MAX)], [0, 0, 1, 250]);
    }

    #[test]
    fn words_by_hand() {
        let entries = core::array::from_fn(|entry| (entry % 16) as u8);
        let words = words(&entries);
        assert_eq!([words[0], words[1], words[31]], [0x7654_3210, 0xFEDC_BA98, 0xA98]);
        assert_eq!([table_address(63, 1, 31), version_address(63)], [0xFFF, 0x103F]);
        let version = Version {
            new_copy: 1,
            two_versions: true,
        };
        assert_eq!((version.word(), version.old_copy()), (3, 0));
        assert_eq!(Version::from_word(1).old_copy(), 1);
    }

    fn counts(table: &[u8; SIZE]) -> [usize; BLADES] {
        let mut counts = [0; BLADES];
        table.iter().for_each(|blade| counts[usize::from(*blade)] += 1);
        counts
    }

    /// Equal weights: the shares differ by one entry at most, since every backend has as many turns as any other, but for the last round.
    #[test]
    fn equal_weights_share_within_one_entry() {
        for seed in 0..200 {
            for blades in 1..=BLADES {
                let weights = core::array::from_fn(|blade| u8::from(blade < blades));
                let counts = counts(&table(&weights, seed).unwrap());
                let share = SIZE / blades;
                assert!(
                    counts[..blades].iter().all(|count| (share..=share + 1).contains(count)),
                    "{counts:?}"
                );
                assert_eq!(counts[blades..].iter().sum::<usize>(), 0);
            }
        }
    }

    /// Any weights: the share of each is within three entries of its part of 251.
    #[test]
    fn weights_share_within_three_entries() {
        let mut worst: f64 = 0.0;
        for seed in 0..400_u64 {
            let weights: [u8; BLADES] = core::array::from_fn(|blade| (mix(seed << 8 | blade as u64) >> 32) as u8);
            let sum: u32 = weights.iter().map(|weight| u32::from(*weight)).sum();
            let counts = counts(&table(&weights, seed).unwrap());
            for blade in 0..BLADES {
                let share = SIZE as f64 * f64::from(weights[blade]) / f64::from(sum);
                worst = worst.max((counts[blade] as f64 - share).abs());
            }
        }
        println!("a share differs from its weight's by {worst:.2} entries at most");
        assert!((0.5..3.0).contains(&worst), "{worst}");
    }

    /// Changed entries beyond those that must change, as a part of the table, when one of `blades` goes (or, read backwards, comes).
    fn disruption(blades: usize, seed: u64) -> f64 {
        let weights = core::array::from_fn(|blade| u8::from(blade < blades));
        let gone = seed as usize % blades;
        let mut fewer = weights;
        fewer[gone] = 0;
        let (before, after) = (table(&weights, seed).unwrap(), table(&fewer, seed).unwrap());
        let pairs = before.iter().zip(&after);
        let moved = pairs
            .filter(|(before, after)| usize::from(**before) != gone && before != after)
            .count();
        moved as f64 / SIZE as f64
    }

    /// The paper's section 5.3: some entries move that need not, the fewer the larger the table. This one has 16 to 125 entries a blade.
    /// Measured here: 2 to 7 % of the table on average.
    #[test]
    fn disruption_is_near_the_least() {
        for blades in [2, 4, 8, 12, 16] {
            let runs: [f64; 200] = core::array::from_fn(|seed| disruption(blades, seed as u64));
            let (mean, most) = (runs.iter().sum::<f64>() / 200.0, runs.iter().copied().fold(0.0, f64::max));
            println!(
                "{blades} blades, one goes: {:.1} % move without need on average, {:.1} % at most",
                100.0 * mean,
                100.0 * most
            );
            // A plain remainder of the hash would move (n - 1) / n of what stays.
            assert!(mean < 0.09 && most < 0.20, "{blades}: {mean} {most}");
            assert!(blades == 2 || mean > 0.0);
        }
    }

    #[test]
    fn chooses_old_then_new_then_the_next() {
        assert_eq!(choose(3, 5, false, 0xFFFF), Some(3));
        assert_eq!(choose(3, 5, true, 0xFFFF), Some(5));
        assert_eq!(choose(3, 5, false, !(1 << 3)), Some(5));
        assert_eq!(choose(3, 5, false, 0b1001_0000_0001_0000), Some(12));
        assert_eq!(choose(3, 14, false, 0b0000_0000_0001_0010), Some(1));
        assert_eq!(choose(0, 0, false, 0), None);
        // A flow that starts goes by the old version only where the search ends there.
        assert_eq!(choose(3, 5, true, 1 << 3), Some(3));
    }
}
