//! The filtering database against a map of addresses, with learning, host, flushes and look-ups at random moments, and in lockstep with its Verilog.
//!
//! The model is written from IEEE 802.1Q 8.7 and 8.8; it shares the order of an address's bytes and the row function with the circuit.

use crate::common;
use crate::mac_bench;
use common::seeded;
use mac_bench::*;
use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_hdl::lockstep;
use spareband_spec::mac_table::{self, PORTS, WAYS};

/// At most four addresses a row, so that none must give way.
fn universe(rng: &mut StdRng) -> Vec<Address> {
    let mut rows = [0; 1 << SETS_LOG2];
    let mut addresses: Vec<Address> = vec![];
    while addresses.len() < WAYS << SETS_LOG2 {
        let address = match addresses.choose(rng) {
            // The same address in another VLAN, and one of the next byte.
            Some((mac, vid)) if rng.gen_bool(0.3) => (*mac, vid ^ 1),
            Some((mac, vid)) if rng.gen_bool(0.3) => (mac ^ 1 << 40, *vid),
            _ => ((rng.r#gen::<u64>() >> 16) & !1, rng.r#gen::<u16>() & 0xFFF),
        };
        let row = usize::from(mac_table::row(mac_table::key(address.0, address.1), SETS_LOG2));
        if !addresses.contains(&address) && rows[row] < WAYS {
            rows[row] += 1;
            addresses.push(address);
        }
    }
    addresses
}

#[test]
fn follows_the_model_under_random_events() {
    let mut rng = seeded(1);
    let mut bench = Bench::new();
    let addresses = universe(&mut rng);
    let (mut next_lookup, mut flushed, mut flushes) = (0, 0_u32, 0);
    while bench.cycle < 25_000 {
        let address = *addresses.choose(&mut rng).unwrap();
        if bench.cycle >= next_lookup && bench.uut.lookup_ready.val() {
            bench.lookup(*addresses.choose(&mut rng).unwrap());
            next_lookup = bench.cycle + [2, 9, rng.gen_range(2..20)][rng.gen_range(0..3)];
        }
        if !bench.uut.flushing.val() {
            flushed = 0;
        }
        if rng.gen_bool(0.003) && bench.uut.learn_ready.val() {
            flushed |= if rng.gen_bool(0.1) {
                0x1_FFFF
            } else {
                1 << rng.gen_range(0..PORTS)
            };
            bench.flush(flushed);
            flushes += 1;
        } else if bench.uut.learn_ready.val() && rng.gen_bool(0.3) {
            let port = rng.gen_range(0..PORTS as u8);
            // What is learned at a port that is being flushed may go with the rest.
            let command = match rng.gen_range(0..10) {
                0 => Command::Write(address, port),
                1 => Command::Remove(address),
                2 => Command::Learn((address.0 | 1, address.1), port),
                _ if flushed >> port & 1 == 1 => Command::Read(rng.r#gen()),
                _ => Command::Learn(address, port),
            };
            bench.put(command);
        }
        bench.tick();
        bench.uut.learn_port.next = bits(rng.gen_range(0..32));
        bench.uut.host_port.next = bits(rng.gen_range(0..32));
    }
    let (found, results) = (bench.found, bench.results);
    assert!(
        found > results / 5 && found < results * 19 / 20 && flushes > 20,
        "{found} of {results}, {flushes} flushes"
    );
    assert!(bench.pulses[0] > 100, "{} moves", bench.pulses[0]);
    assert_eq!(bench.pulses[1..], [0; 3], "none gives way, none is idle for long");
    while bench.uut.flushing.val() {
        bench.tick();
    }
    assert_eq!(bench.dump(), bench.held);
}

/// More addresses than a row has ways: learned ones give way to newer ones and to static ones, static ones never.
#[test]
fn a_full_row_keeps_what_the_host_wrote() {
    let mut bench = Bench::new();
    let mut rng = seeded(2);
    let row_0: Vec<Address> = std::iter::repeat_with(|| ((rng.r#gen::<u64>() >> 16) & !1, 5))
        .filter(|(mac, vid)| mac_table::row(mac_table::key(*mac, *vid), SETS_LOG2) == 0)
        .take(12)
        .collect();
    row_0[..6].iter().for_each(|address| _ = bench.put_now(Command::Learn(*address, 3)));
    assert_eq!(bench.pulses, [0, 2, 0, 0]);
    assert_eq!(bench.dump().len(), WAYS);
    // The last one learned is always there.
    bench.held = bench.dump();
    assert_eq!(bench.lookup_now(row_0[5]), Some((3, false)));
    for (before, address) in row_0[6..10].iter().enumerate() {
        assert_eq!(bench.put_now(Command::Write(*address, 16)), Some(true));
        let statics = bench.dump().values().filter(|(_, is_static)| *is_static).count();
        assert_eq!(statics, before + 1);
    }
    assert_eq!(
        bench.put_now(Command::Write(row_0[10], 16)),
        Some(false),
        "five static entries in a row"
    );
    _ = bench.put_now(Command::Learn(row_0[11], 1));
    assert_eq!(bench.pulses, [0, 6, 1, 0]);
    bench.held = bench.dump();
    assert_eq!(bench.held.keys().collect::<Vec<_>>().len(), WAYS);
    assert!(row_0[6..10].iter().all(|address| bench.held.get(address) == Some(&(16, true))));
    assert_eq!(bench.put_now(Command::Remove(row_0[6])), Some(true));
    assert_eq!(bench.put_now(Command::Remove(row_0[6])), Some(false));
    _ = bench.put_now(Command::Learn(row_0[11], 1));
    assert_eq!(bench.lookup_now(row_0[11]), Some((1, false)));
}

/// Whoever floods the uplink with sources displaces neither what blades taught nor what the host wrote; a blade's source displaces the uplink's.
#[test]
fn the_uplink_displaces_only_its_own() {
    let mut bench = Bench::new();
    let mut rng = seeded(4);
    let row_0: Vec<Address> = std::iter::repeat_with(|| ((rng.r#gen::<u64>() >> 16) & !1, 5))
        .filter(|(mac, vid)| mac_table::row(mac_table::key(*mac, *vid), SETS_LOG2) == 0)
        .take(40)
        .collect();
    let uplink = mac_table::UPLINK_PORT;
    assert_eq!(bench.put_now(Command::Write(row_0[0], uplink)), Some(true));
    _ = bench.put_now(Command::Learn(row_0[1], 3));
    row_0[10..]
        .iter()
        .for_each(|address| _ = bench.put_now(Command::Learn(*address, uplink)));
    assert_eq!(bench.pulses, [0, 28, 0, 0]);
    let kept = bench.dump();
    assert_eq!(kept.len(), WAYS);
    assert_eq!(
        (kept.get(&row_0[0]), kept.get(&row_0[1])),
        (Some(&(uplink, true)), Some(&(3, false)))
    );
    bench.held = kept;
    // The last one is there, and blades' sources take the place of the uplink's two, then of each other.
    assert_eq!(bench.lookup_now(row_0[39]), Some((uplink, false)));
    for (number, address) in row_0[2..4].iter().enumerate() {
        _ = bench.put_now(Command::Learn(*address, 4));
        bench.held = bench.dump();
        assert_eq!(bench.held.len(), WAYS);
        assert_eq!(bench.held.values().filter(|held| **held == (uplink, false)).count(), 1 - number);
        assert_eq!(bench.held.get(&row_0[1]), Some(&(3, false)));
    }
    row_0[10..]
        .iter()
        .for_each(|address| _ = bench.put_now(Command::Learn(*address, uplink)));
    assert_eq!(bench.pulses, [0, 30, 30, 0], "no room for the uplink's any more");
    bench.held.retain(|address, _| row_0[..4].contains(address));
    assert_eq!(bench.dump(), bench.held);
    // A station moves, whichever way.
    _ = bench.put_now(Command::Learn(row_0[2], uplink));
    assert_eq!(bench.lookup_now(row_0[2]), Some((uplink, false)));
    _ = bench.put_now(Command::Learn(row_0[2], 1));
    assert_eq!(bench.lookup_now(row_0[2]), Some((1, false)));
    assert_eq!(bench.pulses[0], 2);
    _ = bench.put_now(Command::Learn(row_0[4], 5));
    assert_eq!(bench.pulses[1], 31);
}

#[test]
fn latencies() {
    let mut bench = Bench::new();
    let address = (0x0605_0403_0202, 7);
    bench.lookup(address);
    for cycle in 1..12 {
        bench.tick();
        assert_eq!(bench.uut.result_valid.val(), cycle == LATENCY);
    }
    // Look-ups in the way, as often as they can be and with gaps: what is learned is there 12 cycles later, as the model has it.
    for (gap, phase) in [2, 3, 4, 5].into_iter().flat_map(|gap| (0..10).map(move |phase| (gap, phase))) {
        let mut bench = Bench::new();
        bench.doubt = ENGINE_CYCLES;
        let mut next_lookup = 0;
        for cycle in 0..60 {
            if cycle >= next_lookup && bench.uut.lookup_ready.val() {
                bench.lookup(address);
                next_lookup = cycle + gap;
            }
            if cycle == 10 + phase {
                bench.put(Command::Learn(address, 9));
            }
            bench.tick();
        }
        assert!(bench.found >= 5, "{}", bench.found);
    }
}

/// A source in the presence of look-ups as they come, and of a host and a sweep that never rest.
#[test]
fn learning_is_bounded() {
    for (looked_up, busy) in [(false, false), (true, false), (true, true)] {
        let mut rng = seeded(5);
        let mut bench = Bench::new();
        let (mut longest, mut learned, mut asked) = (0, vec![], None);
        let (mut next_lookup, mut lookup_wait) = (0, 0);
        for cycle in 0..8000_u64 {
            if looked_up && cycle >= next_lookup && bench.uut.lookup_ready.val() {
                bench.lookup((0, 0));
                lookup_wait = lookup_wait.max(cycle - next_lookup);
                // As often as they can be, then with gaps.
                next_lookup = cycle + if cycle < 3000 { 1 } else { rng.gen_range(1..6) };
            }
            if busy {
                bench.uut.host_read.next = true;
                bench.uut.host_remove.next = rng.gen_bool(0.5);
                bench.uut.flush.next = bits(1 << 15);
            }
            if asked.is_none() && (!busy || rng.gen_bool(0.2)) {
                asked = Some(cycle);
            }
            if let Some(since) = asked {
                bench.uut.learn.next = true;
                bench.uut.learn_mac.next = bits(2);
                bench.uut.learn_vid.next = bits(rng.gen_range(0..8));
                if bench.uut.learn_ready.val() {
                    longest = longest.max(cycle - since);
                    learned.push(cycle);
                    asked = None;
                }
            }
            bench.tick();
        }
        let spacing = learned.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        println!(
            "looked up {looked_up}, busy {busy}: waits {longest} cycles at most, {spacing} between two at most; a look-up waits {lookup_wait}"
        );
        assert!(longest < ENGINE_CYCLES);
        assert!(busy || spacing <= ENGINE_CYCLES);
        // One cycle for the look-up before, three for the engine.
        assert!(lookup_wait <= 4);
    }
}

/// A look-up for the uplink's frames, one for the blades' and a source in 10 cycles: a look-up waits for the other at most, and the source is taken at once.
#[test]
fn line_rate() {
    for (phase, learn_phase, busy) in (0..10).flat_map(|p| (0..10).flat_map(move |q| [(p, q, false), (p, q, true)])) {
        let mut bench = Bench::new();
        // The bench began with a reset and the cycles that empty the table.
        let (mut due, mut last_lookup) = ([false; 2], 0);
        for cycle in 1..101_u64 {
            let addresses = [((2 * cycle) & 6, 0), ((2 * cycle + 2) & 6, 1)];
            due[0] |= cycle % 10 == 0;
            due[1] |= cycle % 10 == phase;
            if let Some(number) = (0..2).find(|number| due[*number]) {
                if bench.uut.lookup_ready.val() {
                    bench.lookup(addresses[number]);
                    due[number] = false;
                    last_lookup = cycle;
                } else {
                    assert_eq!(last_lookup, cycle - 1, "it waits for the engine");
                }
            }
            if busy {
                bench.uut.host_read.next = true;
                bench.uut.flush.next = bits(1 << 15);
            } else if cycle % 10 == learn_phase {
                bench.put(Command::Learn(addresses[usize::from(cycle % 20 < 10)], 3));
            }
            bench.tick();
        }
    }
}

/// An entry goes after 15/16 to 16/16 of the time, one that is seen again does not, nor a static one; with 0 none does.
#[test]
fn idle_entries_go_in_time() {
    let mut bench = Bench::new();
    let (idle, seen, fixed) = ((2, 1), (4, 1), (6, 1));
    bench.put_now(Command::Write(fixed, 16));
    (0..9000).for_each(|_| bench.tick());
    assert_eq!(bench.pulses[3], 0);
    // A unit is 65536 cycles.
    bench.uut.aging_time.next = bits(1);
    bench.put_now(Command::Learn(idle, 1));
    bench.put_now(Command::Learn(seen, 2));
    let start = bench.cycle;
    let mut gone = None;
    while bench.cycle < start + 3 * 65536 / 2 {
        if bench.cycle - start == 40_000 {
            bench.put_now(Command::Learn(seen, 2));
        }
        bench.tick();
        if bench.pulses[3] == 1 && gone.is_none() {
            gone = Some(bench.cycle - start);
        }
    }
    let gone = gone.expect("it went");
    println!("gone after {gone} cycles of 65536");
    assert!((65536 * 15 / 16..65536 + 200).contains(&gone), "{gone}");
    bench.held = Held::from([(seen, (2, false)), (fixed, (16, true))]);
    assert_eq!(bench.dump(), bench.held);
}

#[test]
fn mac_table_lockstep() {
    lockstep!(Uut::default(); clk, reset, aging_time, flush, lookup, lookup_mac, lookup_vid, learn, learn_mac, learn_vid, learn_port,
        host_write, host_remove, host_read, host_mac, host_vid, host_port, host_index)
    .clock("clk")
    .bias("host_write", 0.02)
    .bias("host_remove", 0.02)
    .bias("host_read", 0.1)
    .cycles(9000)
    .stimulus(|cycle, inputs| {
        inputs.set("reset", u32::from(cycle == 0 || cycle == 7000));
        inputs.set("aging_time", 1_u32);
        for name in ["lookup", "learn", "host"] {
            let (mac, vid) = (inputs.rng.gen_range(0..24_u64), inputs.rng.gen_range(0..2_u32));
            inputs.set(&format!("{name}_mac"), mac << 1 | u64::from(mac == 5));
            inputs.set(&format!("{name}_vid"), vid);
        }
        let port = inputs.rng.gen_range(0..17_u32);
        inputs.set("learn_port", port);
        let flush = inputs.rng.gen_bool(0.01);
        inputs.set("flush", if flush { 1_u32 << port } else { 0 });
    })
    .run();
}
