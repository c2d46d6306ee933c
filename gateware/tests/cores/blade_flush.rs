//! Which blades' flows are to go: the core alone, and the plane with a blade that dies and one that the host empties.

use crate::plane_bench;
use crate::plane_model;
use plane_bench::Bench;
use plane_model::{ACK, Builder, SYN, Setup, flow};
use rust_hdl::prelude::*;
use spareband_gateware::forward::BladeFlush;

fn tick(uut: &mut BladeFlush) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 30));
    }
}

/// A command lasts until both partitions have begun and ended a sweep after it, whatever they were at.
#[test]
fn a_command_lasts_for_a_whole_sweep_of_both() {
    for (first, second) in [(3_u64, 40_u64), (40, 3), (7, 7), (1, 90)] {
        for start in 0..60 {
            let mut uut = BladeFlush::default();
            uut.connect_all();
            uut.reset.next = true;
            tick(&mut uut);
            uut.reset.next = false;
            // Sweeps of these lengths, a cycle between two.
            let lengths = [first, second];
            let mut begun = [None, None];
            let mut whole = [false; 2];
            let mut seen = false;
            for cycle in 0..600_u64 {
                let sweeping = lengths.map(|length| cycle % (length + 1) < length);
                uut.sweeping.next = bits(u64::from(sweeping[0]) | u64::from(sweeping[1]) << 1);
                uut.command.next = bits(if cycle == start { 0x24 } else { 0 });
                let level = uut.flush_blade.val().to_u64();
                if level != 0 {
                    assert_eq!(level, 0x24);
                    seen = true;
                    for i in 0..2 {
                        if cycle % (lengths[i] + 1) == 0 {
                            begun[i] = Some(cycle);
                        }
                        if !sweeping[i] && begun[i].is_some() {
                            whole[i] = true;
                        }
                    }
                } else if seen {
                    break;
                }
                tick(&mut uut);
                assert!(cycle < start + 3 * (first.max(second) + 1) + 5, "it ends");
            }
            assert_eq!(whole, [true; 2], "sweeps of {first} and {second}, command at {start}");
            assert!(!uut.flushing.val());
        }
    }
}

#[test]
fn blade_flush_lockstep() {
    spareband_hdl::lockstep!(BladeFlush::default(); clk, reset, command, gone, re_home, sweeping)
        .clock("clk")
        .bias("reset", 0.01)
        .cycles(4_000)
        .stimulus(|cycle, inputs| {
            if cycle % 50 != 0 {
                inputs.set("command", 0_u32);
            }
        })
        .run();
}

fn active<const N: usize>(bench: &Bench<N>) -> [u16; N] {
    std::array::from_fn(|i| bench.uut.active_flows[i].val().to_u16())
}

/// Eight flows over four blades, each gone on with.
fn eight_flows(bench: &mut Bench<4>) {
    for flags in [SYN, ACK] {
        (0..8).for_each(|number| bench.frame(&Builder::tcp(flow(number, 9, 6), flags).build(), None, 20));
    }
    bench.idle(150);
    assert_eq!(active(bench), [2; 4]);
}

/// Where a segment of each flow goes now.
fn homes(bench: &mut Bench<4>) -> Vec<u16> {
    bench.sent.clear();
    (0..8).for_each(|number| bench.frame(&Builder::tcp(flow(number, 9, 6), ACK).build(), None, 20));
    bench.idle(150);
    bench.sent.iter().map(|sent| sent.mask).collect()
}

#[test]
fn flows_of_a_blade_that_is_gone_are_kept_or_choose_anew() {
    for re_home in [false, true] {
        let mut setup = Setup::ready(4);
        let mut bench = Bench::<4>::new(&setup);
        bench.uut.re_home.next = re_home;
        eight_flows(&mut bench);
        let before = homes(&mut bench);
        assert_eq!(before.iter().filter(|mask| **mask == 0b0010).count(), 2);
        setup.blades[1].link_up = false;
        bench.configure(&setup);
        bench.idle(3000);
        assert_eq!(active(&bench), if re_home { [2, 0, 2, 2] } else { [2; 4] });
        let meanwhile = homes(&mut bench);
        for (before, now) in before.iter().zip(&meanwhile) {
            assert!(if *before == 0b0010 { *now != 0b0010 } else { now == before }, "{before:b} {now:b}");
        }
        // Those that chose anew are in the table again.
        assert_eq!(active(&bench).iter().sum::<u16>(), 8);
        setup.blades[1].link_up = true;
        bench.configure(&setup);
        bench.idle(100);
        assert_eq!(homes(&mut bench), if re_home { meanwhile } else { before });
        assert_eq!(bench.uut.table_entries.val().index(), 8);
    }
}

#[test]
fn the_host_empties_blades() {
    let mut setup = Setup::ready(4);
    let mut bench = Bench::<4>::new(&setup);
    eight_flows(&mut bench);
    let before = homes(&mut bench);
    // Two blades get nothing more, and their flows are forgotten.
    (setup.blades[0].enabled, setup.blades[3].host_admin) = (false, 2);
    bench.configure(&setup);
    bench.uut.flush_blades.next = bits(0b1001);
    bench.tick();
    bench.uut.flush_blades.next = bits(0);
    bench.idle(6000);
    assert_eq!(active(&bench), [0, 2, 2, 0]);
    assert_eq!(bench.uut.table_entries.val().index(), 4);
    let now = homes(&mut bench);
    for (before, now) in before.iter().zip(&now) {
        assert!(if before & 0b1001 != 0 { now & 0b0110 != 0 } else { now == before });
    }
    assert_eq!(active(&bench).iter().sum::<u16>(), 8);
    // The command is over: what the blade gets from now on stays.
    setup.blades[0].enabled = true;
    bench.configure(&setup);
    (20..40).for_each(|number| bench.frame(&Builder::udp(flow(number, 9, 17)).build(), None, 20));
    bench.idle(6000);
    assert!(active(&bench)[0] > 0);
}
