//! The selector against `spareband_spec::score`, which is its arithmetic: an error in the rule itself shows in the tests of `score`, not here.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::select::{BladeSelector, FlowAverage, TournamentTree};
use spareband_spec::score::{self, BladeState, Policy};
use std::collections::VecDeque;

const LATENCY: usize = 7;

fn tick<const N: usize>(uut: &mut BladeSelector<N>) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 20));
    }
}

fn drive<const N: usize>(uut: &mut BladeSelector<N>, blades: &[BladeState]) {
    for (i, blade) in blades.iter().enumerate() {
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

fn random_blade(rng: &mut StdRng) -> BladeState {
    let often = |rng: &mut StdRng| rng.gen_bool(0.85);
    BladeState {
        link_up: often(rng),
        enabled: often(rng),
        host_admin: if often(rng) { 0 } else { rng.gen_range(0..4) },
        known: often(rng),
        stale: !often(rng),
        admin: if often(rng) { 0 } else { rng.gen_range(0..4) },
        // Few values, so that ties happen.
        cpu: [rng.r#gen(), 40, 41, 247, 248][rng.gen_range(0..5)],
        active: [rng.r#gen(), 7, 8, rng.gen_range(0..300), 4095][rng.gen_range(0..5)],
        latched: 0,
    }
}

/// A request a cycle, all inputs new in each, the pointer moved by accepts at random.
fn random_decisions<const N: usize>(seed: u64, decisions: usize) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = BladeSelector::<N>::default();
    uut.connect_all();
    let mut pointer = 0;
    let mut expected = VecDeque::new();
    let mut seen = std::collections::HashMap::new();
    let (mut policy, mut delta) = (0, 16);
    for step in 0..decisions {
        // Both act a fixed number of cycles into the pipeline: constant while decisions are under way.
        if step % 64 == 0 {
            (policy, delta) = (rng.gen_range(0..4), [0, 1, 16, 64, 255][rng.gen_range(0..5)]);
        }
        let quiet = step % 64 > 64 - LATENCY;
        let mut blades: Vec<BladeState> = (0..N).map(|_| random_blade(&mut rng)).collect();
        for (i, blade) in blades.iter_mut().enumerate() {
            blade.latched = uut.latched[i].val().to_u16();
        }
        drive(&mut uut, &blades);
        for updated in &mut uut.updated {
            updated.next = rng.gen_bool(0.02);
        }
        let (request, by_hash, hash_start) = (!quiet && rng.gen_bool(0.9), rng.gen_bool(0.2), rng.gen_range(0..N));
        uut.policy.next = bits::<4>(policy);
        uut.delta.next = bits::<8>(delta);
        uut.ewma_shift.next = bits::<4>(2);
        uut.request.next = request;
        uut.by_hash.next = by_hash;
        uut.hash_start.next = bits::<4>(hash_start as u64);
        let accept = rng.gen_bool(0.3).then(|| rng.gen_range(0..N));
        uut.accept.next = accept.is_some();
        uut.accept_blade.next = bits::<4>(accept.unwrap_or(0) as u64);
        let rule = if by_hash {
            Policy::RoundRobin
        } else {
            Policy::from_register(policy as u8)
        };
        let start = if by_hash { hash_start } else { pointer };
        expected.push_back(request.then(|| score::select(rule, &blades, delta as u8, start)));
        tick(&mut uut);
        if let Some(blade) = accept {
            pointer = score::next_start(blade, N);
        }
        if expected.len() == LATENCY {
            let decision = expected.pop_front().unwrap();
            assert_eq!(uut.grant_valid.val(), decision.is_some(), "seed {seed} step {step}");
            if let Some(decision) = decision {
                let got = (!uut.grant_none.val()).then(|| uut.grant_blade.val().index());
                assert_eq!(got, decision, "seed {seed} step {step} policy {policy}");
                *seen.entry(decision).or_insert(0) += 1;
            }
        }
    }
    assert!(
        (0..N).all(|i| seen.get(&Some(i)).is_some_and(|n| *n > decisions / N / 8)),
        "{seen:?}"
    );
}

#[test]
fn decides_as_the_arithmetic_says() {
    random_decisions::<4>(1, 6000);
    random_decisions::<16>(2, 3000);
    random_decisions::<3>(3, 3000);
}

#[test]
fn latency_is_seven() {
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
        uut.request.next = step == 3;
        tick(&mut uut);
        assert_eq!(uut.grant_valid.val(), step == 3 + LATENCY - 1);
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

#[test]
fn the_average_follows_its_rule_and_latches_within_a_round() {
    let seed = 7;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = FlowAverage::<2>::default();
    uut.connect_all();
    uut.shift.next = bits::<4>(3);
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
            let next = model[i].map_or(u32::from(active[i]) << 16, |average| score::average_step(average, active[i], 3));
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
    let mut uut = TournamentTree::<19>::default();
    uut.connect_all();
    let mut expected = VecDeque::new();
    for _ in 0..500 {
        let keys: [u64; 16] = std::array::from_fn(|_| rng.gen_range(0..1 << 19));
        (0..16).for_each(|i| uut.leaf[i].next = bits::<19>(keys[i]));
        expected.push_back(*keys.iter().min().unwrap());
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(&mut uut, 20));
        }
        if expected.len() == 4 {
            assert_eq!(uut.least.val().to_u64(), expected.pop_front().unwrap(), "seed {seed}");
        }
    }
}
