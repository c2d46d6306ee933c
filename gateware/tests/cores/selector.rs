//! Known answers of the selector's parts. All its rules are held against `spareband_spec::score` by `selector_co_simulation`; an error in a rule itself
//! shows in the tests of `score`.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::select::{AwakeCount, BladeSelector, FlowAverage, RampTimer, SelectorSettings, TournamentTree};
use spareband_spec::regs::{MANAGER, SELECTOR_WORDS};
use spareband_spec::score::{self, BladeState, Policy};
use std::collections::VecDeque;

const LATENCY: usize = 8;
/// Seven cycles, and a turn of four blades.
const AHEAD: usize = 11;

fn tick<const N: usize>(uut: &mut BladeSelector<N>) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 20));
    }
}

fn drive<const N: usize>(uut: &mut BladeSelector<N>, blades: &[BladeState]) {
    uut.service_set.next = bits::<16>(0xFFFF);
    uut.weighted.next = bits::<16>(0xFFFF);
    uut.span.next = bits::<12>(score::ACTIVE_MAX.into());
    for (i, blade) in blades.iter().enumerate() {
        uut.weight[i].next = bits::<5>(16);
        uut.link_up[i].next = blade.link_up;
        uut.enabled[i].next = blade.enabled;
        uut.host_admin[i].next = bits::<2>(blade.host_admin.into());
        uut.known[i].next = blade.known;
        uut.stale[i].next = blade.stale;
        uut.admin[i].next = bits::<2>(blade.admin.into());
        uut.cpu[i].next = bits::<8>(blade.cpu.into());
        uut.active_flows[i].next = bits::<16>(blade.active.into());
    }
}

/// Random registers, and each field of the map where the selector has it.
#[test]
fn each_field_of_the_map_is_where_it_belongs() {
    let mut rng = StdRng::seed_from_u64(31);
    let mut uut = SelectorSettings::default();
    uut.connect_all();
    for _ in 0..100 {
        let words: [u32; SELECTOR_WORDS] = rng.r#gen();
        for (port, word) in uut.words.iter_mut().zip(words) {
            port.next = word.to_bits();
        }
        assert!(simulate(&mut uut, 10));
        let mut fields = 0;
        for (register, word) in MANAGER.block("selector").registers[..SELECTOR_WORDS].iter().zip(words) {
            for field in register.fields {
                let flag = |bit: bool| u64::from(bit);
                let found = match (register.name, field.name) {
                    ("signals", "load") => uut.signal.val().to_u64(),
                    ("signals", "second") => uut.second_signal.val().to_u64(),
                    ("marks", "hot") => uut.hot.val().to_u64(),
                    ("marks", "second_hot") => uut.second_hot.val().to_u64(),
                    ("marks", "fill") => uut.fill.val().to_u64(),
                    ("marks", "refused") => uut.refused_mark.val().to_u64(),
                    ("ladder", "enable") => flag(uut.ladder.val()),
                    ("ladder", "trust") => uut.ladder_trust.val().to_u64(),
                    ("ladder", "random") => uut.ladder_random.val().to_u64(),
                    ("slow_start", "enable") => flag(uut.ramp.val()),
                    ("slow_start", "good_reports") => uut.good_reports.val().to_u64(),
                    ("tick_interval", _) => uut.tick_interval.val().to_u64(),
                    ("span", "flows") => uut.span.val().to_u64(),
                    ("wake", "load") => uut.wake.val().to_u64(),
                    (register, field) => panic!("{register}.{field} reaches no port"),
                };
                assert_eq!(found, field.get(word.into()), "{}.{}", register.name, field.name);
                fields += 1;
            }
        }
        assert_eq!(fields, 14);
    }
}

#[test]
fn latency_is_eight() {
    println!("latency: selector, request to grant: {LATENCY} cycles of 156.25 MHz");
    let mut uut = BladeSelector::<4>::default();
    uut.connect_all();
    drive(
        &mut uut,
        &[BladeState {
            link_up: true,
            enabled: true,
            ..Default::default()
        }; 4],
    );
    for step in 0..20 {
        uut.request.next = step == 6;
        tick(&mut uut);
        assert_eq!(uut.grant_valid.val(), step == 6 + LATENCY - 1);
        // The first request after reset goes to blade 0.
        if uut.grant_valid.val() {
            assert_eq!((uut.grant_blade.val().index(), uut.grant_none.val()), (0, false));
        }
    }
}

/// lu-delta sees departures: the blade whose flows left since its record is taken although all reports are equal.
#[test]
fn departures_attract_flows() {
    let mut uut = BladeSelector::<2>::default();
    uut.connect_all();
    let ready = BladeState {
        link_up: true,
        enabled: true,
        known: true,
        cpu: 100,
        active: 20,
        ..Default::default()
    };
    uut.policy.next = bits::<4>(Policy::LeastUtilisedDelta as u64);
    uut.delta.next = bits::<8>(8);
    drive(&mut uut, &[ready; 2]);
    for step in 0..400 {
        uut.updated.iter_mut().for_each(|updated| updated.next = step == 200);
        tick(&mut uut);
    }
    assert_eq!([0, 1].map(|i| uut.latched[i].val().to_u16()), [20, 20]);
    for (active, best) in [([21, 20], 1), ([20, 21], 0), ([25, 22], 1), ([19, 18], 1), ([17, 18], 0)] {
        drive(
            &mut uut,
            &[0, 1].map(|i| BladeState {
                active: active[i],
                ..ready
            }),
        );
        // The loads are computed ahead of the request.
        (0..AHEAD).for_each(|_| tick(&mut uut));
        uut.request.next = true;
        tick(&mut uut);
        uut.request.next = false;
        (1..LATENCY).for_each(|_| tick(&mut uut));
        assert!(uut.grant_valid.val());
        assert_eq!(uut.grant_blade.val().index(), best, "{active:?}");
    }
}

#[test]
fn round_robin_visits_each_eligible_blade_in_turn() {
    let mut uut = BladeSelector::<4>::default();
    uut.connect_all();
    let mut blades = [BladeState {
        link_up: true,
        enabled: true,
        ..Default::default()
    }; 4];
    blades[1].link_up = false;
    drive(&mut uut, &blades);
    (0..AHEAD).for_each(|_| tick(&mut uut));
    let order: Vec<usize> = (0..6)
        .map(|_| {
            uut.request.next = true;
            tick(&mut uut);
            uut.request.next = false;
            (1..LATENCY).for_each(|_| tick(&mut uut));
            let blade = uut.grant_blade.val();
            (uut.accept.next, uut.accept_blade.next) = (true, blade);
            tick(&mut uut);
            uut.accept.next = false;
            blade.index()
        })
        .collect();
    assert_eq!(order, [0, 2, 3, 0, 2, 3]);
}

/// The loads and answers of `pack_fills_from_the_first_and_asks_for_the_next_in_time` of `score`, request by request.
#[test]
fn awake_comes_with_the_grant() {
    println!("latency: selector, request to blades that should be awake: {LATENCY} cycles of 156.25 MHz");
    let mut uut = BladeSelector::<4>::default();
    uut.connect_all();
    uut.fill.next = bits::<8>(180);
    uut.wake.next = bits::<8>(150);
    let mut awake = 0;
    for (cpu, rule, blade, wanted) in [
        ([100, 0, 0, 0], Policy::Pack, 0, 1),
        ([149, 0, 0, 0], Policy::Pack, 0, 1),
        ([150, 0, 0, 0], Policy::Pack, 0, 2),
        ([180, 10, 0, 0], Policy::Pack, 1, 2),
        ([180, 150, 0, 0], Policy::Pack, 1, 3),
        // Another rule says nothing of it.
        ([180, 10, 0, 0], Policy::LeastUtilised, 2, 3),
        // Full until 16 below.
        ([165, 10, 0, 0], Policy::Pack, 1, 2),
        ([163, 10, 0, 0], Policy::Pack, 0, 2),
        // The last one wakes one more than there are; all full: least load, one more wanted.
        ([200, 190, 220, 155], Policy::Pack, 3, 5),
        ([200, 190, 220, 230], Policy::Pack, 1, 5),
        ([100, 0, 0, 0], Policy::Pack, 0, 1),
    ] {
        uut.policy.next = bits::<4>(rule as u64);
        drive(
            &mut uut,
            &cpu.map(|cpu| BladeState {
                link_up: true,
                enabled: true,
                known: true,
                cpu,
                ..Default::default()
            }),
        );
        (0..AHEAD).for_each(|_| tick(&mut uut));
        uut.request.next = true;
        tick(&mut uut);
        uut.request.next = false;
        for _ in 1..LATENCY {
            assert_eq!((uut.grant_valid.val(), uut.awake.val().index()), (false, awake), "{cpu:?}");
            tick(&mut uut);
        }
        assert!(uut.grant_valid.val());
        assert_eq!((uut.grant_blade.val().index(), uut.awake.val().index()), (blade, wanted), "{cpu:?}");
        awake = wanted;
    }
    // No blade may be taken: none is awake.
    drive(&mut uut, &[BladeState::default(); 4]);
    (0..AHEAD).for_each(|_| tick(&mut uut));
    uut.request.next = true;
    tick(&mut uut);
    uut.request.next = false;
    (1..LATENCY).for_each(|_| tick(&mut uut));
    assert_eq!((uut.grant_none.val(), uut.awake.val().index()), (true, 0));
}

/// Random blades in each cycle, counted one after the other as the rule says.
#[test]
fn awake_blades_are_counted() {
    let seed = 23;
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = AwakeCount::<16>::default();
    uut.connect_all();
    // Blades of the last cycles, their candidates a cycle later, the decision 6 cycles later.
    let mut blades: VecDeque<([bool; 16], [u16; 16], u8)> = VecDeque::new();
    let mut masks: VecDeque<u16> = VecDeque::new();
    let (mut awake, mut seen) = (0, [0; 18]);
    for cycle in 0..20_000 {
        let most = [0.1, 0.5, 0.9, 1.0][rng.gen_range(0..4)];
        let wake = [0, 1, 150, 255][rng.gen_range(0..4)];
        let full: [bool; 16] = std::array::from_fn(|_| rng.gen_bool(most));
        let estimate = std::array::from_fn(|_| [0, 1, 149, 150, 254, 255, 256, 4351][rng.gen_range(0..8)]);
        let mask = match rng.gen_range(0..3) {
            0 => 0xFFFF,
            1 => rng.r#gen(),
            _ => rng.r#gen::<u16>() & rng.r#gen::<u16>() & rng.r#gen::<u16>(),
        };
        uut.wake.next = bits::<8>(wake.into());
        for i in 0..16 {
            uut.full[i].next = full[i];
            uut.estimate[i].next = bits::<13>(estimate[i].into());
        }
        uut.mask.next = bits::<16>(mask.into());
        // The blades of the first decision come 6 cycles before it.
        uut.decided.next = cycle > 6 && rng.gen_bool(0.5);
        blades.push_front((full, estimate, wake));
        masks.push_front(mask);
        if uut.decided.next {
            let ((full, estimate, wake), mask) = (blades[6], masks[5]);
            awake = 0;
            for i in (0..16).filter(|i| mask >> i & 1 == 1) {
                awake += 1;
                if !full[i] {
                    awake += usize::from(estimate[i] >= u16::from(wake));
                    break;
                }
            }
            if (0..16).all(|i| mask >> i & 1 == 0 || full[i]) && mask != 0 {
                awake += 1;
            }
            seen[awake] += 1;
        }
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(&mut uut, 20));
        }
        assert_eq!(uut.awake.val().index(), awake, "seed {seed} cycle {cycle}");
    }
    assert!(seen.iter().all(|decisions| *decisions > 0), "{seen:?}");
    uut.reset.next = true;
    uut.decided.next = true;
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(&mut uut, 20));
    }
    assert_eq!(uut.awake.val().index(), 0);
}

#[test]
fn the_average_follows_its_rule_and_latches_within_a_round() {
    let seed = 7;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = FlowAverage::<2>::default();
    uut.connect_all();
    uut.shift.next = bits::<4>(3);
    uut.span.next = bits::<12>(1000);
    let mut model: [Option<u32>; 2] = [None; 2];
    let mut active = [500_u16, 70];
    for step in 0..40 {
        (0..2).for_each(|i| uut.active[i].next = bits::<16>(active[i].into()));
        for cycle in 0..score::AVERAGE_PERIOD {
            uut.updated.iter_mut().for_each(|updated| updated.next = cycle == 800);
            for level in [false, true] {
                uut.clk.next = level.into();
                assert!(simulate(&mut uut, 20));
            }
        }
        for i in 0..2 {
            let next = model[i].map_or(u32::from(active[i]) << 16, |average| {
                score::average_step(average, active[i].min(1000), 3)
            });
            model[i] = Some(next);
            assert_eq!(
                uut.latched[i].val().to_u16(),
                score::average_integer(next),
                "seed {seed} step {step}"
            );
            active[i] = rng.gen_range(0..1200);
        }
    }
}

#[test]
fn the_least_comes_out_four_cycles_later() {
    let seed = 11;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = TournamentTree::<23>::default();
    uut.connect_all();
    let mut expected = VecDeque::new();
    for _ in 0..500 {
        // Few values now and then, so that there are equal ones: the first counts.
        let most = [2, 5, 1 << 23][rng.gen_range(0..3)];
        let keys: [u64; 16] = std::array::from_fn(|_| rng.gen_range(0..most));
        (0..16).for_each(|i| uut.leaf[i].next = bits::<23>(keys[i]));
        expected.push_back((0..16).min_by_key(|i| keys[*i]).unwrap());
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(&mut uut, 20));
        }
        if expected.len() == 4 {
            assert_eq!(uut.index.val().index(), expected.pop_front().unwrap(), "seed {seed}");
        }
    }
}

#[test]
fn ticks_come_at_their_interval() {
    let mut uut = RampTimer::default();
    uut.connect_all();
    for (interval, units) in [(2_u64, 6), (1, 2), (0, 2)] {
        uut.interval.next = bits::<32>(interval);
        let mut ticks = vec![];
        for cycle in 0..units << 16 {
            uut.reset.next = cycle == 0;
            for level in [false, true] {
                uut.clk.next = level.into();
                assert!(simulate(&mut uut, 20));
            }
            if uut.tick.val() {
                ticks.push(cycle);
            }
        }
        let steps: Vec<_> = ticks.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step == interval << 16), "interval {interval}: {ticks:?}");
        let due = (units - 1).checked_div(interval).unwrap_or(0);
        assert_eq!(ticks.len() as u64, due, "interval {interval}: {ticks:?}");
    }
}
