//! The three rules that the gateware has.
use super::*;

#[test]
fn estimates_by_hand() {
    assert_eq!(estimate(&READY, 16), 100);
    assert_eq!(estimate(&BladeState { active: 13, ..READY }, 16), 148);
    assert_eq!(estimate(&BladeState { active: 20, ..READY }, 16), 255);
    assert_eq!(estimate(&BladeState { active: 0, ..READY }, 16), 0);
    assert_eq!(estimate(&BladeState { active: 4, ..READY }, 16), 4);
    assert_eq!(estimate(&BladeState { cpu: 248, ..READY }, 16), 266);
    assert_eq!(
        estimate(
            &BladeState {
                cpu: 0,
                stale: true,
                ..READY
            },
            16
        ),
        266
    );
    assert_eq!(
        estimate(
            &BladeState {
                cpu: 255,
                active: 0xFFFF,
                ..READY
            },
            0
        ),
        256 + 4095
    );
}

#[test]
fn an_unknown_blade_is_never_the_idle_one() {
    let unknown = BladeState {
        known: false,
        cpu: 0,
        active: 0,
        ..READY
    };
    let busy = BladeState { cpu: 247, ..READY };
    for policy in [Policy::LeastUtilised, Policy::LeastUtilisedDelta] {
        assert_eq!(select(policy, &[unknown, busy], 16, 0), Some(1));
    }
    assert_eq!(select(Policy::LeastUtilised, &[unknown, unknown], 16, 1), Some(1));
}

#[test]
fn the_last_resort_is_a_draining_blade_never_one_that_is_out() {
    let drain = BladeState {
        admin: ADMIN_DRAIN,
        ..READY
    };
    let maintenance = BladeState {
        host_admin: ADMIN_MAINTENANCE,
        ..READY
    };
    let down = BladeState { link_up: false, ..READY };
    assert_eq!(select(Policy::RoundRobin, &[down, drain, READY, maintenance], 16, 0), Some(2));
    assert_eq!(select(Policy::RoundRobin, &[down, drain, maintenance, down], 16, 2), Some(1));
    assert_eq!(select(Policy::RoundRobin, &[down, maintenance], 16, 0), None);
}

#[test]
fn ties_rotate() {
    let blades = [READY; 3];
    let mut start = 0;
    let order: [usize; 6] = std::array::from_fn(|_| {
        let blade = select(Policy::LeastUtilised, &blades, 16, start).unwrap();
        start = next_start(blade, blades.len());
        blade
    });
    assert_eq!(order, [0, 1, 2, 0, 1, 2]);
}

#[test]
fn the_average_reaches_its_input_within_one_flow() {
    for shift in 0..16 {
        let mut average = 0;
        for _ in 0..16_u32 << shift {
            average = average_step(average, 100, shift);
        }
        assert!(average_integer(average) >= 99, "shift {shift}: {average}");
        for _ in 0..16_u32 << shift {
            average = average_step(average, 0, shift);
        }
        assert_eq!(average_integer(average), 0, "shift {shift}");
    }
}
