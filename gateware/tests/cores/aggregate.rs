//! The chassis aggregate against arithmetic written from the wire contract. They share the layout of the record.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::util::ChassisAggregate;
use spareband_spec::record::{ADMIN_DRAIN, ADMIN_READY, Record, VERSION};

const N: usize = 4;
const PERIOD: usize = 1024;
/// Cycles from a sample's first cycle to its record.
const GATHER: usize = 54 * N + 64;

#[derive(Clone, Copy, Debug, Default)]
struct Blade {
    eligible: bool,
    weight: u8,
    load: [u8; 5],
}

fn cycle(uut: &mut ChassisAggregate<N>) {
    for level in [false, true] {
        uut.clk.next = level.into();
        assert!(simulate(uut, 50));
    }
}

fn fresh() -> ChassisAggregate<N> {
    let mut uut = ChassisAggregate::default();
    uut.connect_all();
    uut.reset.next = true;
    cycle(&mut uut);
    uut.reset.next = false;
    uut
}

/// One of the six reasons takes a blade out.
fn apply(uut: &mut ChassisAggregate<N>, blades: &[Blade; N], rng: &mut StdRng) {
    for (i, blade) in blades.iter().enumerate() {
        let out = if blade.eligible { 6 } else { rng.gen_range(0..6) };
        uut.link_up[i].next = out != 0;
        uut.enabled[i].next = out != 1;
        uut.known[i].next = out != 2;
        uut.stale[i].next = out == 3;
        uut.host_admin[i].next = bits::<2>(if out == 4 { rng.gen_range(1..3) } else { 0 });
        uut.admin[i].next = bits::<2>(if out == 5 { rng.gen_range(1..3) } else { 0 });
        uut.weight[i].next = bits::<8>(blade.weight.into());
        uut.cpu[i].next = bits::<8>(blade.load[0].into());
        uut.irq[i].next = bits::<8>(blade.load[1].into());
        uut.work[i].next = bits::<8>(blade.load[2].into());
        uut.power[i].next = bits::<8>(blade.load[3].into());
        uut.queue[i].next = bits::<8>(blade.load[4].into());
    }
}

fn expected(blades: &[Blade; N], seq: u8) -> Record {
    let eligible: Vec<&Blade> = blades.iter().filter(|b| b.eligible).collect();
    let weights: u32 = eligible.iter().map(|b| u32::from(b.weight)).sum();
    let mean = |field: usize| {
        let sum: u32 = eligible.iter().map(|b| u32::from(b.weight) * u32::from(b.load[field])).sum();
        sum.checked_div(weights).map_or(255, |mean| mean as u8)
    };
    let sum = |field: usize| match weights {
        0 => 0,
        _ => eligible.iter().fold(0u8, |sum, b| sum.saturating_add(b.load[field])),
    };
    Record {
        version: VERSION,
        admin: if weights == 0 { ADMIN_DRAIN } else { ADMIN_READY },
        seq,
        cpu: mean(0),
        irq: mean(1),
        work: sum(2),
        power: sum(3),
        queue: mean(4),
    }
}

fn shown(uut: &ChassisAggregate<N>) -> Record {
    Record::unpack(uut.record.val().to_u64())
}

#[test]
fn means_sums_and_who_counts() {
    let seed = 11;
    let mut rng = StdRng::seed_from_u64(seed);
    let mut uut = fresh();
    assert_eq!(shown(&uut), expected(&[Blade::default(); N], 0));
    let mut last = shown(&uut);
    for round in 0..60 {
        let mut blades = [Blade::default(); N];
        for blade in &mut blades {
            *blade = Blade {
                eligible: rng.gen_bool(if round % 10 == 0 { 0.0 } else { 0.7 }),
                weight: *[0, 1, 16, 255, rng.r#gen()].choose(&mut rng).unwrap(),
                load: std::array::from_fn(|_| *[0, 255, 60, rng.r#gen()].choose(&mut rng).unwrap()),
            };
        }
        apply(&mut uut, &blades, &mut rng);
        (0..2 * PERIOD).for_each(|_| cycle(&mut uut));
        let changed = expected(&blades, last.seq) != last;
        last = expected(&blades, (last.seq + u8::from(changed)) % 16);
        assert_eq!(shown(&uut), last, "seed {seed}: {blades:?}");
    }
}

#[test]
fn a_change_shows_in_time() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut uut = fresh();
    let mut slowest = 0;
    for round in 0..12 {
        let load = [10 + round as u8; 5];
        let blades = [Blade {
            eligible: true,
            weight: 16,
            load,
        }; N];
        (0..rng.gen_range(1000..2200)).for_each(|_| cycle(&mut uut));
        let before = shown(&uut).cpu;
        apply(&mut uut, &blades, &mut rng);
        let cycles = (1..).find(|_| {
            cycle(&mut uut);
            shown(&uut).cpu == load[0]
        });
        assert_ne!(before, load[0]);
        slowest = slowest.max(cycles.unwrap());
    }
    assert!(slowest <= PERIOD + GATHER && slowest > PERIOD / 2, "{slowest}");
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(ChassisAggregate::<3>::default();
        clk, reset, link_up, enabled, known, stale, host_admin, admin, weight, cpu, irq, work, power, queue)
    .clock("clk")
    .cycles(5_000)
    .stimulus(|cycle, inputs| {
        inputs.set("reset", u32::from(cycle == 0));
        if cycle % 4 != 0 {
            (0..3).for_each(|i| {
                inputs.set(&format!("host_admin_{i}"), 0_u32);
                inputs.set(&format!("admin_{i}"), 0_u32);
            });
        }
    })
    .run();
}
