//! The manager's register bank against spec::regs::MANAGER.

use crate::bank;
use crate::manager_bench;
use bank::Bank;
use manager_bench::*;
use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::csr::ManagerRegisters;
use spareband_spec::regs::{MANAGER, MANAGER_BLADE_COUNTERS, MANAGER_COUNTERS, MANAGER_MAP_HASH};
use std::collections::BTreeMap;

#[test]
fn only_the_map_answers() {
    bank::only_the_map_answers(&mut Bench::new());
}

#[test]
fn reset_values_and_identity() {
    let mut bench = Bench::new();
    bank::reset_values(&mut bench);
    assert_eq!(bench.get("identity", 0, "map_hash"), u64::from(MANAGER_MAP_HASH));
    assert_eq!(bench.get("identity", 0, "kind"), 1);
    assert_eq!(bench.get("forwarding", 0, "geometry"), 8 << 8 | 12, "4096 and 256 sets");
    assert_eq!(bench.get("identity", 0, "blades"), BLADES as u64);
    assert_eq!(bench.get("identity", 0, "clock_hz"), 156_250_000);
    for blade in 0..BLADES {
        assert_eq!(bench.get("blade", blade, "index"), blade as u64);
    }
}

#[test]
fn writes_go_where_the_map_says_and_come_out_at_the_ports() {
    let mut bench = Bench::new();
    bank::writes_go_where_the_map_says(&mut bench, 5);
    macro_rules! same {
        ($($port:ident $block:literal $register:literal),*) => {
            $(let port = bench.uut.$port.val().to_u64(); assert_eq!(port, bench.get($block, 0, $register), stringify!($port));)*
        };
    }
    same!(max_frame_length "uplink" "max_frame_length", policy "policy" "select", delta "policy" "delta", ewma_shift "policy" "ewma_shift",
        stale_limit "policy" "stale_limit", vip "policy" "vip", vip_mask "policy" "vip_mask", flow_timeout "policy" "flow_timeout",
        hash_key "policy" "hash_key");
    let port =
        bench.uut.aggregate.val() as u64 | (bench.uut.prbs31_transmit.val() as u64) << 1 | (bench.uut.prbs31_check.val() as u64) << 2;
    assert_eq!(port, bench.get("uplink", 0, "control"));
    for (word, register) in bench.uut.selection.clone().iter().zip(MANAGER.block("selector").registers) {
        assert_eq!(word.val().to_u64(), bench.get("selector", 0, register.name), "{}", register.name);
    }
    for blade in 0..BLADES {
        let control = bench.get("blade", blade, "control");
        let register = MANAGER.register("blade", "control");
        assert_eq!(bench.uut.host_admin[blade].val().to_u64(), register.field("admin").get(control));
        assert_eq!(
            u64::from(bench.uut.blade_enabled[blade].val()),
            register.field("enabled").get(control)
        );
        assert_eq!(bench.uut.blade_weight[blade].val().to_u64(), bench.get("blade", blade, "weight"));
        let link = bench.get("blade", blade, "link_control");
        let register = MANAGER.register("blade", "link_control");
        let port = bench.uut.link_control[blade].val();
        assert_eq!(
            [
                port.mode.to_u64(),
                port.chassis.into(),
                port.an_enable.into(),
                port.an_restart.into()
            ],
            ["mode", "source", "an_enable", "an_restart"].map(|name| register.field(name).get(link))
        );
        assert_eq!(port.an_ability.to_u64(), bench.get("blade", blade, "an_ability"));
        assert_eq!(port.an_link_timer.to_u64(), bench.get("blade", blade, "an_link_timer"));
        assert_eq!(bench.uut.blade_mac[blade].val().to_u64(), bench.get("blade", blade, "mac"));
    }
}

#[test]
fn the_addresses_of_a_fresh_manager_are_in_wire_order() {
    let mut bench = Bench::new();
    bench.cycle();
    assert_eq!(
        bench.uut.blade_mac[2].val().to_u64().to_le_bytes()[..6],
        [0x02, 0x53, 0x42, 0, 0, 2]
    );
}

#[test]
fn a_wide_register_changes_only_with_its_high_word() {
    let mut bench = Bench::new();
    let address = MANAGER.address("policy", "hash_key");
    let before = bench.uut.hash_key.val();
    bench.write(address, 0x1111_1111).unwrap();
    assert_eq!(bench.uut.hash_key.val(), before);
    bench.write(address + 4, 0x2222_2222).unwrap();
    assert_eq!(bench.uut.hash_key.val().to_u64(), 0x2222_2222_1111_1111);
}

#[test]
fn a_write_reaches_each_blade_a_cycle_later_than_the_one_before() {
    for blade in 0..BLADES {
        let mut bench = Bench::new();
        let block = MANAGER.block("blade");
        bench.request(block.address_of(blade, block.register("weight")), 77, false, true);
        let after = (1..Bench::LATENCY).find(|_| {
            assert!(bench.cycle().is_none(), "in force before it is answered");
            bench.request(0, 0, false, false);
            bench.uut.blade_weight[blade].val().to_u64() == 77
        });
        assert_eq!(after, Some(6 + blade));
        let others: Vec<u64> = bench.uut.blade_weight.iter().map(|weight| weight.val().to_u64()).collect();
        assert_eq!(others.iter().filter(|weight| **weight == 77).count(), 1);
    }
}

#[test]
fn commands_act_for_one_cycle() {
    let mut bench = Bench::new();
    let command = MANAGER.register("policy", "command");
    for (name, expected) in [("clear_worst", (1, 0)), ("flush_flows", (0, 1))] {
        bench.request(MANAGER.address("policy", "command"), command.field(name).mask() as u32, false, true);
        let mut seen = (0, 0);
        for _ in 0..20 {
            bench.cycle();
            bench.request(0, 0, false, false);
            seen.0 += u32::from(bench.uut.clear_worst.val());
            seen.1 += u32::from(bench.uut.flush_flows.val());
        }
        assert_eq!(seen, expected, "{name}");
    }
    assert_eq!(bench.get("policy", 0, "command"), 0);
}

#[test]
fn status_shows_in_the_fields_that_bear_its_name() {
    let mut bench = Bench::new();
    let mut rng = StdRng::seed_from_u64(7);
    for _ in 0..6 {
        let blade = rng.gen_range(0..BLADES);
        macro_rules! drive {
            ($($port:ident $width:literal),*) => {
                $(let $port = rng.r#gen::<u64>() >> (64 - $width); bench.uut.$port[blade].next = bits::<$width>($port);)*
            };
        }
        drive!(cpu 8, irq 8, work 8, power 8, queue 8, admin 2, seq 4, age 32, worst_age 32, active_flows 16, queue_level 16);
        let (known, stale, link): (bool, bool, bool) = rng.r#gen();
        (
            bench.uut.known[blade].next,
            bench.uut.stale[blade].next,
            bench.uut.link_up[blade].next,
        ) = (known, stale, link);
        let record = bench.get("blade", blade, "record");
        let fields = [
            ("cpu", cpu),
            ("irq", irq),
            ("work", work),
            ("power", power),
            ("queue", queue),
            ("admin", admin),
            ("seq", seq),
            ("known", known.into()),
            ("stale", stale.into()),
            ("link", link.into()),
        ];
        for (name, value) in fields {
            assert_eq!(MANAGER.register("blade", "record").field(name).get(record), value, "{name}");
        }
        for (name, value) in [
            ("age", age),
            ("worst_age", worst_age),
            ("active_flows", active_flows),
            ("queue_level", queue_level),
        ] {
            assert_eq!(bench.get("blade", blade, name), value, "{name}");
        }
    }
    let (lock, local, remote) = (true, false, true);
    (bench.uut.block_lock.next, bench.uut.local_fault.next, bench.uut.remote_fault.next) = (lock, local, remote);
    let status = bench.get("uplink", 0, "status");
    let register = MANAGER.register("uplink", "status");
    assert_eq!(
        ["block_lock", "local_fault", "remote_fault"].map(|name| register.field(name).get(status)),
        [1, 0, 1]
    );
    bench.uut.an_complete[1].next = true;
    bench.uut.an_lp_ability[1].next = bits::<16>(0x4321);
    bench.uut.link_up[1].next = false;
    let (status, register) = (bench.get("blade", 1, "link_status"), MANAGER.register("blade", "link_status"));
    assert_eq!(
        ["up", "an_complete", "lp_ability"].map(|name| register.field(name).get(status)),
        [0, 1, 0x4321]
    );
    bench.uut.table_entries.next = bits::<16>(0x1234);
    bench.uut.awake.next = bits::<5>(17);
    assert_eq!(bench.get("selector", 0, "awake"), 17);
    assert_eq!(bench.get("flows", 0, "entries"), 0x1234);
}

#[test]
fn the_high_water_mark_keeps_the_peak_until_it_is_cleared() {
    let mut bench = Bench::new();
    for level in [5, 900, 17] {
        bench.uut.queue_level[1].next = bits::<16>(level);
        bench.cycle();
    }
    assert_eq!(bench.get("blade", 1, "queue_high_water"), 900);
    bench.set("policy", 0, "command", 1);
    assert_eq!(bench.get("blade", 1, "queue_high_water"), 17);
    assert_eq!(bench.get("blade", 0, "queue_high_water"), 0);
}

/// A record read as two words is one sample, even if it changes between them.
#[test]
fn a_wide_register_is_one_sample() {
    let mut bench = Bench::new();
    let address = MANAGER.block("blade").address_of(2, MANAGER.register("blade", "record"));
    bench.uut.queue[2].next = bits::<8>(0x11);
    bench.read(address).unwrap();
    bench.uut.queue[2].next = bits::<8>(0x22);
    assert_eq!(bench.read(address + 4), Ok(0x11));
}

#[test]
fn uptime_counts_cycles() {
    let mut bench = Bench::new();
    let first = bench.get("identity", 0, "uptime");
    (0..100).for_each(|_| {
        bench.cycle();
    });
    // Two accesses, and a cycle after each.
    assert_eq!(bench.get("identity", 0, "uptime") - first, 100 + 2 * (Bench::LATENCY as u64 + 1));
}

/// Every counter adds what its port of the same name says, and no other's.
#[test]
fn counters_count_what_bears_their_name() {
    let mut bench = Bench::new();
    macro_rules! drive_ports {
        ($step:expr, $name:expr; $($bit:ident)*; $($number:ident $width:literal)*; $($blade_bit:ident)*; $($blade_number:ident $blade_width:literal)*) => {
            $(bench.uut.$bit.next = $name == stringify!($bit);)*
            $(bench.uut.$number.next = bits::<$width>(if $name == stringify!($number) { $step } else { 0 });)*
            for blade in 0..BLADES {
                let name = if blade == 1 { $name } else { "" };
                $(bench.uut.$blade_bit[blade].next = name == concat!("blade.", stringify!($blade_bit));)*
                $(bench.uut.$blade_number[blade].next = bits::<$blade_width>(if name == concat!("blade.", stringify!($blade_number)) { $step } else { 0 });)*
            }
        };
    }
    macro_rules! drive {
        ($step:expr, $name:expr) => {
            drive_ports!($step, $name;
                frames_in forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize dropped_coding dropped_control dropped_malformed dropped_no_blade
                dropped_overrun flow_hits flow_misses flow_misses_without_syn flow_insert_failures flow_closed flow_expired
                uplink_tx_frames uplink_tx_underruns;
                bytes_in 14 uplink_tx_bytes 14 uplink_bad_blocks 6 uplink_sequence_errors 6 uplink_prbs31_errors 6;
                new_flows tx_frames tx_dropped_full tx_flood_dropped_full rx_frames records_good records_crc_error records_rejected
                rx_dropped_bad_fcs rx_dropped_runt rx_dropped_oversize rx_dropped_coding rx_dropped_full;
                tx_bytes 16 rx_bytes 16 code_errors 6)
        };
    }
    let names: Vec<String> = MANAGER_COUNTERS
        .iter()
        .map(|c| c.0.to_string())
        .chain(MANAGER_BLADE_COUNTERS.iter().map(|c| format!("blade.{}", c.0)))
        .collect();
    let mut expected: BTreeMap<String, u64> = names.iter().map(|name| (name.clone(), 0)).collect();
    for (index, name) in names.iter().map(String::as_str).chain(["blade.tx_flood_dropped_full"]).enumerate() {
        let cycles = index + 1;
        for _ in 0..cycles {
            drive!(17, name);
            match name {
                // Losses and faults are edges of levels.
                "uplink_block_lock_losses" => bench.uut.block_lock.next = true,
                "uplink_faults" => bench.uut.remote_fault.next = true,
                "blade.sync_losses" => bench.uut.link_up[1].next = true,
                "dropped_queue_full" => bench.uut.tx_dropped_full[2].next = true,
                // Bytes count with their frame.
                "blade.tx_bytes" => bench.uut.tx_frames[1].next = true,
                "blade.rx_bytes" => bench.uut.rx_frames[1].next = true,
                _ => {}
            }
            bench.cycle();
            bench.uut.block_lock.next = false;
            bench.uut.remote_fault.next = false;
            bench.uut.link_up[1].next = false;
            // Losses and faults end; events are some cycles apart (`increment_distances` of `BladeSlot` and of `ManagerSlot`).
            let gap = match name {
                "flow_expired" => 0,
                "frames_in" | "bytes_in" | "dropped_overrun" | "uplink_block_lock_losses" | "uplink_faults" => 1,
                "dropped_queue_full" => 2,
                "uplink_bad_blocks" | "uplink_sequence_errors" | "uplink_prbs31_errors" => 26,
                _ => 6,
            };
            (bench.uut.tx_frames[1].next, bench.uut.rx_frames[1].next) = (false, false);
            for _ in 0..gap {
                drive!(0, "");
                bench.cycle();
            }
        }
        let mut add = |name: &str, step: u64| *expected.get_mut(name).unwrap() += step * cycles as u64;
        match name {
            "blade.tx_bytes" => add("blade.tx_frames", 1),
            "blade.rx_bytes" => add("blade.rx_frames", 1),
            "blade.tx_dropped_full" => add("dropped_queue_full", 1),
            _ => {}
        }
        let wide = ["bytes", "code_errors", "bad_blocks", "sequence_errors", "prbs31_errors"]
            .iter()
            .any(|part| name.contains(part));
        add(&name.replace("_flood_", "_"), if wide { 17 } else { 1 });
    }
    drive!(0, "");
    (0..100).for_each(|_| {
        bench.cycle();
    });
    for (counter, _) in MANAGER_COUNTERS {
        assert_eq!(bench.get("statistics", 0, counter), expected[counter], "{counter}");
    }
    for (counter, _) in MANAGER_BLADE_COUNTERS {
        assert_eq!(bench.get("blade", 1, counter), expected[&format!("blade.{counter}")], "{counter}");
        assert_eq!(bench.get("blade", 0, counter), 0, "{counter}");
    }
}

#[test]
fn lockstep() {
    let mut wait = 0;
    spareband_hdl::lockstep!(ManagerRegisters::<2>::default();
        clk, reset, bus_address, bus_write_data, bus_write, bus_read,
        block_lock, local_fault, remote_fault, high_ber, table_entries, awake, uplink_count, uplink_paused, uplink_pausing, count_valid, count, paused, pausing, an_complete, an_lp_ability,
        link_up, known, stale, cpu, irq, work, power, queue, admin, seq, age, worst_age, active_flows, queue_level,
        frames_in, bytes_in, forwarded, flooded, dropped_bad_fcs, dropped_runt, dropped_oversize, dropped_coding, dropped_control, dropped_malformed,
        dropped_no_blade, dropped_overrun, flow_hits, flow_misses, flow_misses_without_syn, flow_insert_failures, flow_closed, flow_expired, uplink_tx_frames, uplink_tx_bytes, uplink_tx_underruns,
        uplink_bad_blocks, uplink_sequence_errors, uplink_prbs31_errors,
        forwarding_events, table_ready, table_read_valid, table_read_data,
        new_flows, tx_frames, tx_bytes, tx_dropped_full, tx_flood_dropped_full, rx_frames, rx_bytes, rx_dropped_bad_fcs, rx_dropped_runt, rx_dropped_oversize,
        rx_dropped_coding, rx_dropped_full, records_good, records_crc_error, records_rejected, code_errors)
    .clock("clk")
    .bias("reset", 0.0005)
    .cycles(6_000)
    .stimulus(move |_, inputs| bank::random_access(inputs, &MANAGER, 2, &mut wait))
    .run();
}
