//! Each rule against an independent statement of it.
use super::*;
use crate::maglev;

const EVEN: [u8; 16] = [16; 16];

#[test]
fn names_and_numbers_agree() {
    for (number, (name, policy)) in POLICIES.iter().enumerate() {
        assert_eq!(*policy as usize, number);
        assert_eq!((policy.name(), Policy::from_name(name)), (*name, Some(*policy)));
    }
    assert_eq!(Policy::from_name("best"), None);
    // What a command line offers is what the gateware has.
    let offered = crate::regs::MANAGER.register("policy", "select").field("value").values;
    let had: Vec<(&str, u32)> = GATEWARE.iter().map(|policy| (policy.name(), *policy as u32)).collect();
    assert_eq!(offered, had);
    for value in 0..16 {
        let policy = Policy::from_register(value);
        assert!(GATEWARE.contains(&policy) && (policy as u8 == value || policy == Policy::RoundRobin));
    }
}

/// With every guard off three of the rules are those of `select`, whatever the blades are.
#[test]
fn three_rules_are_a_pure_function() {
    let (mut r, mut none) = (Numbers(3), 0);
    let mut state = State::<16>::new(1);
    for step in 0..60_000 {
        let blades: [BladeInput; 16] = std::array::from_fn(|_| random_input(&mut r));
        let settings = Settings {
            delta: [0, 1, 16, 64, 255][r.below(5) as usize],
            ..Default::default()
        };
        let i = r.below(16) as usize;
        state.average(&settings, i, blades[i].blade.active, 1);
        state.report(&settings, i, &blades[i]);
        let policy = GATEWARE[r.below(3) as usize];
        let seen: Vec<BladeState> = (0..16)
            .map(|i| BladeState {
                latched: state.latched[i],
                ..blades[i].blade
            })
            .collect();
        let expected = select(policy, &seen, settings.delta, usize::from(state.pointer));
        let got = decide(&mut state, &settings, &blades, &all(policy, &EVEN)).blade;
        assert_eq!(got, expected, "seed 3 step {step} {policy:?}");
        none += usize::from(got.is_none());
        if let Some(blade) = got {
            state.accept(blade);
        }
    }
    assert!(none < 1000, "{none}");
}

/// The reciprocal's product is the quotient, and orders as u64 cross-multiplication does, equals included.
#[test]
fn shares_order_exactly() {
    for weight in 1..=MAX_WEIGHT {
        for active in 0..=ACTIVE_MAX {
            let exact = ((u64::from(active) + 1) << 8) / u64::from(weight);
            assert_eq!(u64::from(share(active, weight)), exact, "({active} + 1) / {weight}");
        }
    }
    let mut r = Numbers(5);
    let mut equal = 0;
    for _ in 0..2_000_000 {
        let (w, v) = (r.below(16) + 1, r.below(16) + 1);
        let range = [4096, 64][r.below(2) as usize];
        let (a, b) = (r.below(range), r.below(range));
        let cross = ((a + 1) * v).cmp(&((b + 1) * w));
        equal += usize::from(cross.is_eq());
        assert_eq!(share(a as u16, w as u8).cmp(&share(b as u16, v as u8)), cross, "{a}/{w} {b}/{v}");
    }
    assert!(equal > 1000);
    assert_eq!(share(5, 0), share(5, 1));
    assert_eq!(share(u16::MAX, 16), share(ACTIVE_MAX, 16));
}

/// In every run of decisions each lane's count is within 4 of its exact share: as even as 32-bit multiples of the golden ratio are.
#[test]
fn wrr_is_smooth() {
    let mut r = Numbers(13);
    for round in 0..12 {
        let weights: [u8; 16] = std::array::from_fn(|_| r.below(17) as u8);
        let weights = if round == 0 { EVEN } else { weights };
        let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
        let blades = [ready(0, 0); 16];
        let mut state = State::<16>::new(1);
        let (mut low, mut high, mut counts) = ([0f64; 16], [0f64; 16], [0f64; 16]);
        for step in 1..=5000 {
            let lane = decide(
                &mut state,
                &Settings::default(),
                &blades,
                &all(Policy::WeightedRoundRobin, &weights),
            )
            .blade
            .unwrap();
            counts[lane] += 1.0;
            for i in 0..16 {
                let off = counts[i] - f64::from(step) * f64::from(weights[i]) / total;
                (low[i], high[i]) = (low[i].min(off), high[i].max(off));
            }
        }
        // A window is the difference of two beginnings.
        for i in 0..16 {
            assert!(high[i] - low[i] < 4.0, "seed 13 round {round} lane {i}: {}", high[i] - low[i]);
        }
    }
}

#[test]
fn services_have_phases_of_their_own() {
    let blades = [ready(0, 0); 16];
    let settings = Settings::default();
    let alone = |mixed: bool| -> Vec<usize> {
        let mut state = State::<16>::new(1);
        (0..100)
            .map(|_| {
                let mut request = all(Policy::WeightedRoundRobin, &EVEN);
                let lane = decide(&mut state, &settings, &blades, &request).blade.unwrap();
                if mixed {
                    request.service = 3;
                    decide(&mut state, &settings, &blades, &request);
                }
                lane
            })
            .collect()
    };
    assert_eq!(alone(false), alone(true));
}

/// Shares of hwr are headroom times weight.
#[test]
fn hwr_shares_are_headroom() {
    let mut blades = [ready(255, 0); 16];
    let mut weights = EVEN;
    for (i, cpu) in [55u8, 155, 205, 251].into_iter().enumerate() {
        blades[i] = ready(cpu, 0);
    }
    weights[0] = 8;
    let mut state = State::<16>::new(99);
    let counts = count(
        &mut state,
        &Settings::default(),
        &blades,
        &all(Policy::HeadroomRandom, &weights),
        200_000,
    );
    let mut expected = [4.0f64; 16];
    (expected[0], expected[1], expected[2]) = (100.0, 100.0, 50.0);
    let total: f64 = expected.iter().sum();
    for i in 0..16 {
        let mean = 200_000.0 * expected[i] / total;
        assert!(
            (counts[i] as f64 - mean).abs() < 5.0 * mean.sqrt(),
            "lane {i}: {} for {mean}",
            counts[i]
        );
    }
}

/// po2 over a fixed order of loads: the lane of rank r wins the pairs in which it is the better.
#[test]
fn po2_takes_the_better_of_a_uniform_pair() {
    let blades: [BladeInput; 16] = std::array::from_fn(|i| ready(10 * i as u8, 0));
    let mut state = State::<16>::new(4242);
    let n = 240_000;
    let counts = count(&mut state, &Settings::default(), &blades, &all(Policy::PowerOfTwo, &EVEN), n);
    for (rank, count) in counts.iter().enumerate() {
        let mean = n as f64 * (15 - rank) as f64 / 120.0;
        assert!((*count as f64 - mean).abs() <= 5.0 * mean.sqrt(), "rank {rank}: {count} for {mean}");
    }
}

#[test]
fn hcl_takes_cold_before_hot_and_holds_heat() {
    let settings = Settings::default();
    let mut state = State::<4>::new(1);
    let weights = [16, 16, 16, 8];
    let request = all(Policy::HotColdLexicographic, &weights);
    let with_irq = |cpu, active, irq| BladeInput { irq, ..ready(cpu, active) };
    let mut take = |blades: &[BladeInput; 4]| {
        // No flow beyond the latched ones: the estimate is the report.
        for (i, input) in blades.iter().enumerate() {
            state.latched[i] = input.blade.active;
        }
        decide(&mut state, &settings, blades, &request).blade
    };
    // Least load among the cold, the second signal between equals, a hot second signal keeps out.
    assert_eq!(
        take(&[with_irq(90, 1, 50), with_irq(80, 9, 60), with_irq(80, 9, 20), with_irq(10, 0, 231)]),
        Some(2)
    );
    // 225 is cold for those that were cold, hot for one that was hot.
    assert_eq!(
        take(&[with_irq(240, 9, 0), with_irq(240, 9, 0), with_irq(240, 9, 0), with_irq(10, 9, 225)]),
        Some(0)
    );
    assert_eq!(
        take(&[with_irq(225, 3, 0), with_irq(240, 9, 0), with_irq(240, 9, 0), with_irq(240, 2, 0)]),
        Some(0)
    );
    // 16 below its mark lane 1 is cold again.
    assert_eq!(
        take(&[with_irq(225, 0, 0), with_irq(213, 9, 0), with_irq(240, 9, 0), with_irq(240, 2, 0)]),
        Some(1)
    );
}

#[test]
fn pack_fills_from_the_first_and_asks_for_the_next_in_time() {
    let settings = Settings::default();
    let mut state = State::<4>::new(1);
    let weights = [16; 4];
    let request = all(Policy::Pack, &weights);
    let mut take = |cpu: [u8; 4]| {
        let d = decide(&mut state, &settings, &cpu.map(|c| ready(c, 0)), &request);
        (d.blade.unwrap(), d.awake)
    };
    assert_eq!(take([100, 0, 0, 0]), (0, 1));
    assert_eq!(take([150, 0, 0, 0]), (0, 2));
    assert_eq!(take([180, 10, 0, 0]), (1, 2));
    // Full until 16 below.
    assert_eq!(take([165, 10, 0, 0]), (1, 2));
    assert_eq!(take([163, 10, 0, 0]), (0, 2));
    // All full: least load, one more wanted.
    assert_eq!(take([200, 190, 220, 230]), (1, 5));
}

#[test]
fn hash_is_a_function_of_the_hash_alone() {
    let table = maglev::table(&[1; 16], 0).unwrap();
    let settings = Settings {
        ramp: true,
        ..Default::default()
    };
    let mut state = State::<16>::new(1);
    state.ramp[3] = 4;
    let mut r = Numbers(17);
    let mut taken = std::collections::HashMap::new();
    let mut ramped = 0;
    for _ in 0..40_000 {
        let hash = r.below(2000) as u16 * 31;
        let blades: [BladeInput; 16] = std::array::from_fn(|_| ready(r.next() as u8, r.below(100) as u16));
        let request = Request {
            hash,
            table: &table,
            ..all(Policy::Hash, &EVEN)
        };
        let lane = decide(&mut state, &settings, &blades, &request).blade.unwrap();
        state.accept(lane);
        assert_eq!(*taken.entry(hash).or_insert(lane), lane, "hash {hash}");
        let place = maglev::index(hash);
        ramped += usize::from(table[place] == 3 && lane == 4);
        assert!(usize::from(table[place]) == lane || table[place] == 3);
    }
    assert!(ramped > 0);
}

/// Every signal is usable alone: the lane that is idle by that signal wins, a capacity being what is left.
#[test]
fn every_signal_is_usable_alone_and_as_the_second() {
    let busy = BladeInput {
        irq: 100,
        work: 100,
        power: 100,
        queue: 100,
        ..ready(100, 10)
    };
    for (i, signal) in Signal::ALL.into_iter().enumerate() {
        let mut idle = busy;
        match signal {
            Signal::Cpu => idle.blade.cpu = 50,
            Signal::Irq => idle.irq = 50,
            Signal::Work => idle.work = 180,
            Signal::Power => idle.power = 180,
            Signal::Queue => idle.queue = 50,
        }
        let mut blades = [busy; 16];
        blades[i + 3] = idle;
        for other in Signal::ALL {
            let mut state = State::<16>::new(1);
            state.latched = [10; 16];
            let settings = Settings {
                signal: other,
                second: signal,
                ..Default::default()
            };
            let expected = if other == signal { i + 3 } else { 0 };
            let lu = decide(&mut state, &settings, &blades, &all(Policy::LeastUtilised, &EVEN));
            assert_eq!(lu.blade, Some(expected), "{other:?} {signal:?}");
            // The second decides where the first ties.
            let mut level = blades;
            match other {
                Signal::Cpu => level.iter_mut().for_each(|b| b.blade.cpu = 60),
                Signal::Irq => level.iter_mut().for_each(|b| b.irq = 60),
                Signal::Work => level.iter_mut().for_each(|b| b.work = 60),
                Signal::Power => level.iter_mut().for_each(|b| b.power = 60),
                Signal::Queue => level.iter_mut().for_each(|b| b.queue = 60),
            }
            let hcl = decide(&mut state, &settings, &level, &all(Policy::HotColdLexicographic, &EVEN));
            let expected = if other == signal { 0 } else { i + 3 };
            assert_eq!(hcl.blade, Some(expected), "{other:?} {signal:?}");
        }
    }
}

/// lu-track by hand: the base is what a report below full leaves unexplained, holds while the blade is full, and nothing stops at 255.
#[test]
fn tracked_load_goes_on_where_reports_stop() {
    let settings = Settings {
        delta: 64,
        span: 6,
        ..Default::default()
    };
    let mut state = State::<2>::new(1);
    let weights = [16; 2];
    let request = all(Policy::LeastTracked, &weights);
    let settle = |state: &mut State<2>, lane: usize, cpu, active| {
        // The average comes to within one part in 16 of a flow.
        for _ in 0..400 {
            state.average(&settings, lane, active, 4);
        }
        state.report(&settings, lane, &ready(cpu, active));
    };
    // Two flows, half of the blade busy: 2 * 64 - 128 = 0 left over. Ten flows, of which six count: 6 * 64 - 64 = 320 idle or waiting.
    settle(&mut state, 0, 128, 2);
    settle(&mut state, 1, 64, 10);
    assert!(state.base[0].abs() <= 4 && (state.base[1] - 320).abs() <= 4, "{:?}", state.base);
    let take = |state: &mut State<2>, a, b| decide(state, &settings, &[a, b], &request).blade;
    // Loads 128 and 10 * 64 - 320 = 320.
    assert_eq!(take(&mut state, ready(128, 2), ready(64, 10)), Some(0));
    // Seven flows more on blade 0 make 576: past 255 it still says which is the busier.
    assert_eq!(take(&mut state, ready(128, 9), ready(64, 10)), Some(1));
    assert_eq!(take(&mut state, ready(128, 9), ready(64, 15)), Some(0));
    // A full report does not move the base, and puts the blade a whole load behind.
    let base = state.base[0];
    settle(&mut state, 0, 255, 9);
    assert_eq!(state.base[0], base);
    assert_eq!(take(&mut state, ready(255, 5), ready(64, 13)), Some(1));
    assert_eq!(take(&mut state, ready(255, 5), ready(64, 16)), Some(0));
    // But what it reports is there: no more than the rest of its flows can be idle. Six count, 6 * 64 - 255 = 129.
    state.base[0] = 500;
    settle(&mut state, 0, 255, 9);
    assert!((state.base[0] - 129).abs() <= 4, "{:?}", state.base);
    state.base[0] = base;
    // Unknown counts as full, whatever the last report said.
    let mut unknown = ready(0, 5);
    unknown.blade.stale = true;
    assert_eq!(take(&mut state, unknown, ready(64, 13)), Some(1));
}
