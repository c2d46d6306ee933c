//! The forwarding plane against the model of `plane_model`.

use crate::plane_bench;
use crate::plane_model;
use plane_bench::{Bench, SETS_LOG2, compare};
use plane_model::{ACK, Builder, Cause, FIN, Fate, Model, RST, SYN, Setup, flow, random_frame};
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_spec::frame::{HALF_OPEN_SETS_LOG2, flow_hash};
use spareband_spec::regs::MANAGER;
use spareband_spec::score::Policy;

fn random_traffic<const N: usize>(seed: u64, frames: usize) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut model = Model::new(Setup::ready(N), SETS_LOG2);
    let mut bench = Bench::<N>::new(&model.setup);
    for round in 0..frames / 60 {
        let batch: Vec<_> = (0..60).map(|_| random_frame(&mut rng, &model.setup, 60)).collect();
        compare(&mut bench, &mut model, &batch, &format!("seed {seed} round {round}"));
        // The loads swing, links go and come.
        model.setup.policy = rng.gen_range(0..3);
        model.setup.delta = [1, 16, 64][rng.gen_range(0..3)];
        model.setup.vip_mask = [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_0000, 0][rng.gen_range(0..4)];
        for blade in &mut model.setup.blades {
            blade.cpu = rng.r#gen();
            blade.known = rng.gen_bool(0.9);
            blade.stale = rng.gen_bool(0.1);
            blade.link_up = rng.gen_bool(0.8);
            blade.enabled = rng.gen_bool(0.9);
            blade.admin = if rng.gen_bool(0.8) { 0 } else { rng.gen_range(0..3) };
            blade.host_admin = if rng.gen_bool(0.8) { 0 } else { rng.gen_range(0..3) };
        }
        bench.configure(&model.setup);
        bench.idle(4);
    }
    assert!(
        model.counts.fates.len() >= 5 && model.counts.insert_failures > 0 && model.counts.without_syn > 0,
        "{:?}",
        model.counts
    );
}

#[test]
fn random_traffic_follows_the_model() {
    random_traffic::<4>(1, 1800);
    random_traffic::<3>(2, 600);
}

#[test]
fn golden_frames() {
    let setup = Setup::ready(4);
    let mut model = Model::new(setup.clone(), SETS_LOG2);
    let mut bench = Bench::<4>::new(&setup);
    let a = flow(1, 1000, 6);
    let b = flow(2, 2000, 6);
    // Written out, so that the model is checked too.
    let cases: Vec<(Vec<u8>, Option<u8>, Fate)> = vec![
        (Builder::tcp(a, SYN).build(), None, Fate::Forwarded(0)),
        (Builder::tcp(b, SYN).build(), None, Fate::Forwarded(1)),
        (Builder::tcp(a, ACK).payload(300).build(), None, Fate::Forwarded(0)),
        (
            Builder {
                tag: Some(7),
                options: 10,
                ..Builder::tcp(b, ACK)
            }
            .build(),
            None,
            Fate::Forwarded(1),
        ),
        (Builder::udp(flow(3, 53, 17)).build(), None, Fate::Forwarded(2)),
        (Builder::udp(flow(3, 53, 17)).payload(31).build(), None, Fate::Forwarded(2)),
        (Builder::tcp(a, ACK).to(setup.macs[3]).build(), None, Fate::Forwarded(3)),
        (Builder::tcp(a, SYN).to([0xFF; 6]).build(), None, Fate::Flooded(0b1111)),
        ([[9; 12].as_slice(), &[8, 6], &[0; 46]].concat(), None, Fate::Flooded(0b1111)),
        ([[2; 12].as_slice(), &[8, 6], &[0; 46]].concat(), None, Fate::Flooded(0b1111)),
        (Builder::tcp(a, ACK).build()[..59].to_vec(), None, Fate::Dropped(Cause::Runt)),
        (
            Builder::tcp(a, ACK).payload(100).build()[..100].to_vec(),
            None,
            Fate::Dropped(Cause::Malformed),
        ),
        (
            Builder::tcp(a, ACK).payload(900).build()[..900].to_vec(),
            None,
            Fate::Dropped(Cause::Malformed),
        ),
        (Builder::tcp(a, RST).build(), Some(1), Fate::Dropped(Cause::BadFcs)),
        (Builder::tcp(a, RST).payload(500).build(), Some(3), Fate::Dropped(Cause::Oversize)),
        (Builder::tcp(a, ACK).build(), None, Fate::Forwarded(0)),
        (Builder::tcp(a, FIN | ACK).build(), None, Fate::Forwarded(0)),
        (Builder::tcp(a, ACK).build(), None, Fate::Forwarded(0)),
        (Builder::tcp(a, SYN).build(), None, Fate::Forwarded(3)),
        // Errors follow the flow they are about; about a flow that is not known they open none. The last two belong to no service.
        (
            Builder {
                error: true,
                ..Builder::tcp(b, ACK)
            }
            .build(),
            None,
            Fate::Forwarded(1),
        ),
        (Builder::tcp(flow(4, 9, 132), SYN).build(), None, Fate::Forwarded(0)),
        (Builder::tcp(flow(4, 9, 132), 0).build(), None, Fate::Forwarded(0)),
        (
            Builder {
                error: true,
                ..Builder::tcp(flow(4, 9, 132), 0)
            }
            .build(),
            None,
            Fate::Forwarded(0),
        ),
        (Builder::tcp(flow(5, 9, 50), 0).build(), None, Fate::Flooded(0b1111)),
        (
            [[4; 12].as_slice(), &[0x86, 0xDD, 0x60, 0, 0, 0, 0, 0, 59], &[0; 39]].concat(),
            None,
            Fate::Flooded(0b1111),
        ),
        (Builder::tcp(b, RST).build(), None, Fate::Forwarded(1)),
        (Builder::tcp(b, SYN).build(), None, Fate::Forwarded(1)),
    ];
    let mut checker = Model::new(setup, SETS_LOG2);
    for (i, (frame, error, fate)) in cases.iter().enumerate() {
        assert_eq!(checker.frame(frame, *error), *fate, "case {i}");
    }
    let frames: Vec<_> = cases.into_iter().map(|(frame, error, _)| (frame, error)).collect();
    compare(&mut bench, &mut model, &frames, "golden");
}

/// Every flow stays with its blade whatever the loads do, and its second SYN, right behind the first, goes there too.
#[test]
fn flows_stay_with_their_blade() {
    let mut setup = Setup::ready(4);
    setup.policy = Policy::LeastUtilised as u8;
    let mut bench = Bench::<4>::new(&setup);
    let mut home = std::collections::HashMap::new();
    let mut rng = StdRng::seed_from_u64(5);
    for round in 0..40 {
        for blade in &mut setup.blades {
            blade.cpu = rng.r#gen();
        }
        bench.configure(&setup);
        for number in [round % 20, (round + 7) % 20, (round + 7) % 20] {
            bench.frame(&Builder::tcp(flow(number, 99, 6), SYN).build(), None, 9);
            bench.frame(&Builder::tcp(flow(number, 99, 6), SYN).build(), None, 9);
            bench.idle(120);
            for sent in std::mem::take(&mut bench.sent) {
                assert_eq!(*home.entry(number).or_insert(sent.mask), sent.mask, "flow {number}");
            }
        }
    }
    assert!(home.values().collect::<std::collections::HashSet<_>>().len() == 4);
    assert_eq!(bench.counts.misses, 20);
}

/// A flow that `pack` places tells how many blades should be awake, by the registers' marks; frames that open no flow say nothing of it.
#[test]
fn pack_tells_how_many_blades_should_be_awake() {
    let mut setup = Setup::ready(4);
    setup.policy = Policy::Pack as u8;
    // The flows themselves weigh nothing.
    setup.delta = 0;
    let mut bench = Bench::<4>::new(&setup);
    let wake = MANAGER.register("selector", "wake");
    let word = usize::from(wake.offset / 4);
    assert_eq!(bench.uut.awake.val().index(), 0);
    for (number, cpu, mark, blade, awake) in [
        (0, [200, 160, 0, 0], wake.reset, 1, 3),
        (1, [200, 160, 0, 0], 170, 1, 2),
        (2, [149, 160, 0, 0], wake.reset, 0, 1),
        (3, [200; 4], wake.reset, 0, 5),
    ] {
        for (blade, cpu) in setup.blades.iter_mut().zip(cpu) {
            (blade.known, blade.cpu) = (true, cpu);
        }
        bench.configure(&setup);
        bench.uut.selection[word].next = bits::<32>(mark);
        bench.idle(10);
        bench.frame(&Builder::tcp(flow(number, 99, 6), SYN).build(), None, 9);
        bench.idle(120);
        let sent = bench.sent.pop().unwrap();
        assert_eq!((sent.mask, bench.uut.awake.val().index()), (1 << blade, awake), "{cpu:?}");
        bench.frame(&Builder::tcp(flow(number, 99, 6), ACK).build(), None, 9);
        bench.idle(120);
        assert_eq!((bench.sent.pop().unwrap().mask, bench.uut.awake.val().index()), (1 << blade, awake));
    }
}

/// 64-byte frames, each opening a flow, a frame in 10 cycles; line rate is one in 10.5.
#[test]
fn line_rate_of_new_flows() {
    let setup = Setup::ready(4);
    let mut bench = Bench::<4>::new(&setup);
    let mut model = Model::new(setup, SETS_LOG2);
    let frames: Vec<_> = (0..400)
        .map(|number| (Builder::tcp(flow(number, 7, 6), SYN).build(), None))
        .collect();
    compare(&mut bench, &mut model, &frames, "SYN flood");
    assert_eq!((bench.counts.forwarded, bench.counts.misses), (400, 400));
    // The main partition's 8 sets hold 32 flows.
    let frames: Vec<_> = (0..400).map(|number| (Builder::udp(flow(number, 7, 17)).build(), None)).collect();
    compare(&mut bench, &mut model, &frames, "datagrams");
    assert!(bench.counts.forwarded == 800 && bench.counts.insert_failures > 300);
}

/// A flow that the main partition has no room for stays at its blade when newer SYNs have overwritten its half-open entry.
#[test]
fn a_flood_moves_no_flow_that_the_table_has_no_room_for() {
    let setup = Setup::ready(4);
    let mut bench = Bench::<4>::new(&setup);
    let mut model = Model::new(setup.clone(), SETS_LOG2);
    // The main partition is filled, and all places of one set are taken.
    let fill: Vec<_> = (0..200).map(|number| (Builder::udp(flow(number, 7, 17)).build(), None)).collect();
    compare(&mut bench, &mut model, &fill, "fill");
    let half_set = |number: u32| flow_hash(&flow(number, 9, 6), setup.key).0 & ((1 << HALF_OPEN_SETS_LOG2) - 1);
    let victims: Vec<u32> = (0..12).collect();
    let mut open = Vec::new();
    for &number in &victims {
        open.extend([SYN, ACK].map(|flags| (Builder::tcp(flow(number, 9, 6), flags).build(), None)));
    }
    compare(&mut bench, &mut model, &open, "open");
    let blade = |bench: &mut Bench<4>, number: u32| {
        bench.frame(&Builder::tcp(flow(number, 9, 6), ACK).build(), None, 9);
        bench.idle(120);
        bench.sent.pop().unwrap().mask
    };
    let before: Vec<u16> = victims.iter().map(|&number| blade(&mut bench, number)).collect();
    assert!(before.iter().any(|mask| *mask != before[0]));
    let hits = bench.counts.hits;
    // As many newer ones in the set of each as it has entries.
    for &victim in &victims {
        let same = (1000..).filter(|&number| half_set(number) == half_set(victim));
        for number in same.take(4) {
            bench.frame(&Builder::tcp(flow(number, 9, 6), SYN).build(), None, 10);
        }
    }
    bench.idle(120);
    bench.sent.clear();
    let after: Vec<u16> = victims.iter().map(|&number| blade(&mut bench, number)).collect();
    assert_eq!(after, before);
    assert_eq!(bench.counts.hits, hits, "none has an entry any more");
}

#[test]
fn first_word_latency() {
    let mut bench = Bench::<4>::new(&Setup::ready(4));
    bench.idle(3);
    let begin = bench.cycle;
    let mut latency = 0;
    for word in Builder::tcp(flow(1, 1, 6), SYN).payload(1000).build().chunks(8) {
        bench.word(word, false, None);
        if bench.partial.is_some() && latency == 0 {
            latency = bench.cycle - begin;
        }
    }
    assert_eq!(latency, 62);
}

/// Frames faster than any link brings them: each is accounted for, and what comes after is treated well.
#[test]
fn overrun_drops_whole_frames() {
    let setup = Setup::ready(4);
    let mut bench = Bench::<4>::new(&setup);
    for _ in 0..300 {
        bench.word(&[1, 2, 3], true, None);
    }
    bench.idle(120);
    for number in 0..60 {
        let frame = Builder::tcp(flow(number, 7, 6), SYN).build();
        for (i, word) in frame.chunks(8).enumerate() {
            bench.word(word, i == 7, None);
        }
    }
    bench.idle(200);
    let overruns = bench.counts.fates[&Cause::Overrun];
    assert!(overruns > 50, "{overruns}");
    let dropped: u32 = bench.counts.fates.values().sum();
    assert_eq!((bench.frames_in, 360), (360, bench.counts.forwarded + dropped));
    bench.sent.clear();
    bench.frame(&Builder::tcp(flow(1, 7, 6), ACK).payload(300).build(), None, 9);
    bench.idle(120);
    assert_eq!(bench.sent.len(), 1);
    assert_eq!(bench.sent[0].bytes.len(), 354);
}

#[test]
fn flush_and_reset_forget_all_flows() {
    let mut bench = Bench::<2>::new(&Setup::ready(2));
    for by_reset in [false, true] {
        let hits = bench.counts.hits;
        bench.frame(&Builder::tcp(flow(1, 7, 6), SYN).build(), None, 9);
        bench.frame(&Builder::tcp(flow(1, 7, 6), ACK).build(), None, 9);
        bench.idle(120);
        assert_eq!((bench.uut.table_entries.val().index(), bench.counts.hits), (1, hits + 1));
        (bench.uut.flush_flows.next, bench.uut.reset.next) = (!by_reset, by_reset);
        bench.tick();
        (bench.uut.flush_flows.next, bench.uut.reset.next) = (false, false);
        // The half-open partition has the more sets here.
        bench.idle(300);
        assert_eq!(bench.uut.table_entries.val().index(), 0);
        let misses = bench.counts.without_syn;
        bench.frame(&Builder::tcp(flow(1, 7, 6), ACK).build(), None, 9);
        bench.idle(120);
        assert_eq!(bench.counts.without_syn, misses + 1);
        // It was picked up.
        assert_eq!(bench.uut.table_entries.val().index(), 1);
        bench.uut.flush_flows.next = true;
        bench.tick();
        bench.uut.flush_flows.next = false;
        bench.idle(300);
    }
}

/// Frames of a flow far apart, with all time-outs as the registers have them after reset.
#[test]
fn flows_stay_over_long_gaps() {
    let setup = Setup::ready(4);
    let mut bench = Bench::<4>::new(&setup);
    for class in 0..4 {
        bench.uut.flow_timeout[class].next = bits::<32>(143_051);
    }
    bench.uut.closing_timeout.next = bits::<32>(11_920);
    bench.uut.half_open_timeout.next = bits::<32>(23_840);
    bench.idle(4600);
    for number in 0..2 {
        let protocol = if number % 2 == 0 { 6 } else { 17 };
        bench.frame(&Builder::tcp(flow(number, 7, protocol), SYN).build(), None, 9);
        bench.idle(1000);
        bench.frame(&Builder::tcp(flow(number, 7, protocol), ACK).build(), None, 9);
        bench.idle(1000);
        bench.frame(&Builder::tcp(flow(number, 7, protocol), FIN | ACK).build(), None, 9);
        bench.idle(1000);
        bench.frame(&Builder::tcp(flow(number, 7, protocol), ACK).build(), None, 9);
        bench.idle(100);
    }
    assert_eq!((bench.counts.hits, bench.counts.misses, bench.counts.without_syn), (6, 2, 0));
}
