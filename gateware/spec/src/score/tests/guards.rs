//! Guards, and what no rule may do whatever the inputs are.
use super::*;

const EVEN: [u8; 16] = [16; 16];

/// For every rule and random inputs: never a lane outside the service, of weight 0 or not usable, never a draining one while an eligible one
/// is there, none only if none is usable; the same state and inputs give the same decision.
#[test]
fn every_rule_keeps_to_the_lanes_it_may_take() {
    let mut r = Numbers(23);
    let mut state = State::<16>::new(5);
    for step in 0..200_000 {
        let blades: [BladeInput; 16] = std::array::from_fn(|_| random_input(&mut r));
        let weights: [u8; 16] = std::array::from_fn(|_| r.below(18) as u8);
        let policy = POLICIES[r.below(POLICIES.len() as u64) as usize].1;
        let request = Request {
            service: r.below(16) as u8,
            mask: u128::from(r.next() & 0xFFFF),
            hash: r.next() as u16,
            ..all(policy, &weights)
        };
        let settings = Settings {
            signal: Signal::ALL[r.below(5) as usize],
            second: Signal::ALL[r.below(5) as usize],
            ladder: r.often(),
            ramp: r.often(),
            good_reports: r.below(3) as u8,
            refused_mark: if r.often() { 128 } else { 0 },
            ..Default::default()
        };
        let lane = r.below(16) as usize;
        match r.below(4) {
            0 => state.report(&settings, lane, &blades[lane]),
            1 => state.refuse(lane),
            2 => state.ramp_tick(),
            _ => state.average(&settings, lane, blades[lane].blade.active, 3),
        }
        let mut twin = state.clone();
        let decision = decide(&mut state, &settings, &blades, &request);
        assert_eq!(decision, decide(&mut twin, &settings, &blades, &request));
        assert_eq!(state, twin);
        let of_service = |i: &usize| request.mask >> i & 1 == 1 && weights[*i] > 0;
        let usable = (0..16).filter(of_service).any(|i| blades[i].blade.usable());
        let eligible = (0..16).filter(of_service).any(|i| blades[i].blade.eligible());
        assert_eq!(decision.blade.is_some(), usable, "seed 23 step {step} {policy:?}");
        if let Some(i) = decision.blade {
            assert!(of_service(&i) && blades[i].blade.usable(), "seed 23 step {step} {policy:?}");
            assert_eq!(blades[i].blade.eligible(), eligible, "seed 23 step {step} {policy:?}");
            assert_eq!(decision.last_resort, !eligible);
            state.accept(i);
        }
    }
}

#[test]
fn the_ladder_steps_down_as_flows_are_sent_without_a_report() {
    let settings = Settings {
        ladder: true,
        ..Default::default()
    };
    let blades = [ready(100, 10); 16];
    let mut state = State::<16>::new(1);
    let mut rule = |sent: u8, stale: usize| {
        state.sent = [sent; 16];
        let mut blades = blades;
        blades[..stale].iter_mut().for_each(|b| b.blade.stale = true);
        decide(&mut state, &settings, &blades, &all(Policy::LeastUtilisedDelta, &EVEN)).policy
    };
    assert_eq!(rule(8, 0), Policy::LeastUtilisedDelta);
    assert_eq!(rule(9, 0), Policy::HeadroomRandom);
    assert_eq!(rule(128, 0), Policy::HeadroomRandom);
    assert_eq!(rule(129, 0), Policy::WeightedRoundRobin);
    assert_eq!(rule(0, 8), Policy::LeastUtilisedDelta);
    assert_eq!(rule(0, 9), Policy::WeightedRoundRobin);
    assert_eq!(rule(9, 8), Policy::HeadroomRandom);
    // Other rules have no ladder.
    assert_eq!(
        decide(&mut state, &settings, &blades, &all(Policy::PowerOfTwo, &EVEN)).policy,
        Policy::PowerOfTwo
    );
}

/// A blade that comes up idle among busy ones would get every flow; the ramp lets it have a sixteenth more of them at each tick.
#[test]
fn slow_start_holds_an_idle_newcomer_back() {
    let settings = Settings {
        ramp: true,
        ..Default::default()
    };
    let mut blades = [ready(200, 10); 16];
    let mut state = State::<16>::new(77);
    state.latched = [10; 16];
    blades[9] = BladeInput::default();
    let request = all(Policy::LeastUtilised, &EVEN);
    count(&mut state, &settings, &blades, &request, 10);
    blades[9] = ready(0, 10);
    for sixteenths in 1..=16 {
        let got = count(&mut state, &settings, &blades, &request, 16_000)[9];
        assert!(got.abs_diff(1000 * sixteenths) < 300, "{got} of 16000 at a ramp of {sixteenths}/16");
        state.ramp_tick();
    }
    // Alone it gets all, ramp or not.
    state.ramp[9] = 1;
    let only = Request { mask: 1 << 9, ..request };
    assert_eq!(count(&mut state, &settings, &blades, &only, 100)[9], 100);
}

#[test]
fn a_blade_needs_good_reports_in_a_row() {
    let settings = Settings {
        good_reports: 3,
        ..Default::default()
    };
    let mut blades = [ready(200, 10); 4];
    blades[2] = ready(0, 10);
    let weights = [16; 4];
    let request = all(Policy::LeastUtilised, &weights);
    let mut state = State::<4>::new(1);
    // Nobody has reported: all alike.
    assert_eq!(decide(&mut state, &settings, &blades, &request).blade, Some(2));
    for i in [0, 0, 0, 2, 2] {
        state.report(&settings, i, &ready(100, 10));
    }
    assert_eq!(decide(&mut state, &settings, &blades, &request).blade, Some(0));
    // A report that asks for maintenance or drain begins the row anew.
    let mut draining = ready(100, 10);
    draining.blade.admin = ADMIN_DRAIN;
    state.report(&settings, 2, &draining);
    for _ in 0..2 {
        state.report(&settings, 2, &ready(100, 10));
        assert_eq!(decide(&mut state, &settings, &blades, &request).blade, Some(0));
    }
    state.report(&settings, 2, &ready(100, 10));
    assert_eq!(decide(&mut state, &settings, &blades, &request).blade, Some(2));
    // So does a link that goes down.
    blades[2].blade.link_up = false;
    decide(&mut state, &settings, &blades, &request);
    blades[2].blade.link_up = true;
    assert_eq!(decide(&mut state, &settings, &blades, &request).blade, Some(0));
}

/// A server that refuses every connection looks idle. It loses its flows, is tried again as time passes, and comes back when it serves.
#[test]
fn a_sink_hole_is_avoided_and_tried_again() {
    let settings = Settings {
        refused_mark: 128,
        ..Default::default()
    };
    let mut blades = [ready(100, 10); 16];
    blades[5] = ready(0, 10);
    let mut state = State::<16>::new(1);
    state.latched = [10; 16];
    let request = all(Policy::LeastUtilisedDelta, &EVEN);
    let run = |state: &mut State<16>, refuses: bool| {
        let mut got = 0;
        for flow in 0..10_000 {
            let blade = decide(state, &settings, &blades, &request).blade.unwrap();
            state.accept(blade);
            if blade == 5 {
                got += 1;
                if refuses {
                    state.refuse(5);
                }
            }
            if flow % 1000 == 999 {
                state.ramp_tick();
            }
        }
        got
    };
    let lost = run(&mut state, true);
    assert!((1..300).contains(&lost), "{lost} of 10000 flows went into the sink hole");
    assert!(run(&mut state, false) > 8000);
    // All refuse: the service is down everywhere, and nobody is special.
    state.refused = [255; 16];
    assert_eq!(decide(&mut state, &settings, &blades, &request).blade, Some(5));
}
