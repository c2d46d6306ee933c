//! Every rule of the selector in co-simulation with its definition, `spareband_spec::score::decide`.
//!
//! `SPAREBAND_CO_SIMULATION=1000000` gives the decisions of each rule; `make co-simulation` does.

use crate::selector_bench;
use selector_bench::{Bench, Found, Mutation};
use spareband_spec::score::{POLICIES, Policy, Signal};

/// Decisions a rule where nothing else is asked for.
const SHORT: u64 = 20_000;

fn asked() -> u64 {
    let asked = std::env::var("SPAREBAND_CO_SIMULATION").ok();
    asked.map_or(SHORT, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("SPAREBAND_CO_SIMULATION is a number of decisions, not {text:?}"))
    })
}

fn check(name: &str, found: &Found) {
    assert_eq!(found.wrong, 0, "{name}: {}", found.first.as_deref().unwrap_or(""));
}

#[test]
fn decides_as_the_arithmetic_says() {
    let bench = Bench::<16>::new();
    let seed = 1;
    println!("seed {seed}");
    for (name, policy) in POLICIES {
        let found = bench.run(policy, seed + policy as u64, asked(), None);
        check(name, &found);
        println!(
            "{name}: {} decisions in {} cycles, no difference; by the ladder {}, last resort {}, none {}",
            found.decisions, found.cycles, found.laddered, found.last_resort, found.none
        );
        assert!(found.last_resort > 0 && found.none > 0, "{name}: {found:?}");
        let by_ladder = matches!(policy, Policy::LeastUtilised | Policy::LeastUtilisedDelta | Policy::LeastTracked);
        assert_eq!(found.laddered > 0, by_ladder, "{name}");
        if policy == Policy::Pack {
            println!("{name}: decisions by blades awake, 0 to 17: {:?}", found.awake);
            assert!(
                found.awake[..12].iter().all(|decisions| *decisions > 0),
                "{name}: {:?}",
                found.awake
            );
        }
        assert!(
            found.blades.iter().all(|flows| *flows > found.decisions / 400),
            "{name}: {:?}",
            found.blades
        );
    }
}

/// A setting that is a little wrong in the definition shows with each rule that goes by it: the setting acts, and the comparison sees it.
#[test]
fn every_setting_acts() {
    use Policy::{
        Hash, HeadroomRandom, HotColdLexicographic, LeastTracked, LeastUtilised, LeastUtilisedDelta, Pack, PowerOfTwo, RoundRobin,
    };
    let mutations: [(&str, Policy, Mutation); 18] = [
        ("signal", LeastUtilised, |s| s.signal = Signal::ALL[(s.signal as usize + 1) % 5]),
        ("second", HotColdLexicographic, |s| {
            s.second = Signal::ALL[(s.second as usize + 1) % 5]
        }),
        ("delta", LeastUtilisedDelta, |s| s.delta = s.delta.wrapping_add(1)),
        ("delta", LeastTracked, |s| s.delta = s.delta.wrapping_add(1)),
        ("delta", PowerOfTwo, |s| s.delta = s.delta.wrapping_add(1)),
        ("delta", HeadroomRandom, |s| s.delta = s.delta.wrapping_add(1)),
        ("span", LeastUtilisedDelta, |s| s.span = s.span.saturating_sub(1)),
        ("hot", HotColdLexicographic, |s| s.hot = s.hot.wrapping_sub(1)),
        ("second_hot", HotColdLexicographic, |s| s.second_hot = s.second_hot.wrapping_sub(1)),
        ("fill", Pack, |s| s.fill = s.fill.wrapping_sub(1)),
        ("wake", Pack, |s| s.wake = s.wake.wrapping_sub(1)),
        ("ladder", LeastUtilised, |s| s.ladder = !s.ladder),
        ("ladder_trust", LeastUtilisedDelta, |s| s.ladder_trust += 1),
        ("ladder_random", LeastTracked, |s| s.ladder_random += 1),
        ("ramp", RoundRobin, |s| s.ramp = !s.ramp),
        ("ramp", Hash, |s| s.ramp = !s.ramp),
        ("good_reports", RoundRobin, |s| {
            s.good_reports = if s.good_reports == 3 { 2 } else { s.good_reports }
        }),
        ("refused_mark", RoundRobin, |s| s.refused_mark = s.refused_mark.saturating_sub(1)),
    ];
    let bench = Bench::<16>::new();
    for (name, policy, mutation) in mutations {
        let found = bench.run(policy, 7, 30_000, Some(mutation));
        println!("{name} with {}: {} differences", policy.name(), found.wrong);
        assert!(found.wrong > 0, "{name} does not act with {}", policy.name());
    }
}

/// As many blades as no power of two has.
#[test]
fn other_numbers_of_blades() {
    for_blades::<2>();
    for_blades::<11>();
}

fn for_blades<const N: usize>() {
    let bench = Bench::<N>::new();
    for (name, policy) in POLICIES {
        let found = bench.run(policy, 40 + policy as u64, 3000, None);
        check(&format!("{name}, {N} blades"), &found);
        assert!(
            found.blades[..N].iter().all(|flows| *flows > 0),
            "{name}, {N} blades: {:?}",
            found.blades
        );
    }
}
