//! The timers of the flow table's sweeps, each against its time-out.

use rust_hdl::prelude::*;
use spareband_gateware::forward::FlowTimers;

const SIXTEENTH: u64 = 4096;

/// Cycles of the pulses of each timer.
fn pulses(uut: &mut FlowTimers, cycles: u64) -> [Vec<u64>; 6] {
    let mut pulses: [Vec<u64>; 6] = Default::default();
    for cycle in 0..cycles {
        for level in [false, true] {
            uut.clk.next = level.into();
            assert!(simulate(uut, 20), "no fixed point");
        }
        for (i, pulses) in pulses.iter_mut().enumerate() {
            if uut.due.val().get_bit(i) {
                pulses.push(cycle);
            }
        }
    }
    pulses
}

#[test]
fn a_pulse_every_sixteenth() {
    let mut uut = FlowTimers::default();
    uut.connect_all();
    uut.reset.next = true;
    pulses(&mut uut, 1);
    uut.reset.next = false;
    let timeouts = [1, 2, 3, 7, 0, 0xFFFF_FFFF];
    (0..6).for_each(|i| uut.timeout[i].next = bits::<32>(timeouts[i]));
    let got = pulses(&mut uut, 30 * SIXTEENTH + 100);
    for (i, timeout) in timeouts.iter().enumerate() {
        let first = got[i].first().copied().unwrap_or(0);
        if *timeout > 30 || *timeout == 0 {
            assert!(got[i].is_empty(), "timer {i}");
            continue;
        }
        assert!(
            (timeout * SIXTEENTH..timeout * SIXTEENTH + 16).contains(&first),
            "timer {i}: {first}"
        );
        let wanted: Vec<u64> = (0..30 / timeout).map(|n| first + n * timeout * SIXTEENTH).collect();
        assert_eq!(got[i], wanted, "timer {i}");
    }
    // Lowered past what has gone, and switched off.
    uut.timeout[5].next = bits::<32>(2);
    uut.timeout[0].next = bits::<32>(0);
    let got = pulses(&mut uut, SIXTEENTH + 8);
    assert_eq!((got[5].len(), got[0].len()), (1, 0));
}
