//! The registers of the links' MACs in the manager's bank: counters, which stand elsewhere, and flow control.

use crate::bank;
use crate::manager_bench;
use bank::Bank;
use manager_bench::*;
use rust_hdl::prelude::*;
use spareband_spec::regs::{MAC_COUNTERS, MANAGER};

/// A counter that comes late is waited for, and only where one was asked for.
#[test]
fn a_late_counter_delays_its_access() {
    let mut bench = Bench::new();
    let address = |block: &str, register: &str| {
        let block = MANAGER.block(block);
        block.address_of(2, block.register(register))
    };
    for (delay, expected) in [(1, Bench::LATENCY), (8, 15), (9, 16), (17, 24)] {
        bench.uut.count_valid.next = false;
        bench.uut.count.next = bits::<64>(0xBAD);
        bench.request(address("blade_mac", MAC_COUNTERS[0].0), 0, true, false);
        let mut asked = 0;
        for cycle in 1..=40 {
            let answer = bench.cycle();
            bench.request(0, 0, false, false);
            asked += usize::from(bench.uut.count_read.val());
            bench.uut.count_valid.next = asked == delay;
            if asked == delay {
                bench.uut.count.next = bits::<64>(delay as u64);
            }
            if let Some((word, error)) = answer {
                assert_eq!((cycle, word, error), (expected, delay as u32, false));
                break;
            }
        }
        assert_eq!(asked, delay, "asked until it came");
        // No other access waits.
        bench.read(address("blade", "control")).unwrap();
    }
}

/// The counters of a link are read where they stand: the bank asks for a number and passes on what comes.
#[test]
fn link_counters_and_flow_control() {
    let mut bench = Bench::new();
    bench.uut.count.next = bits::<64>(0x0123_4567_89AB_CDEF);
    bench.uut.uplink_count.next = bits::<64>(77);
    bench.uut.paused[2].next = true;
    bench.uut.uplink_pausing.next = true;
    for (index, (counter, _)) in MAC_COUNTERS.iter().enumerate() {
        assert_eq!(bench.get("blade_mac", 1, counter), 0x0123_4567_89AB_CDEF, "{counter}");
        assert_eq!(bench.uut.counter.val().to_u64(), index as u64);
        assert_eq!(bench.uut.count_link.val().to_u64(), 1);
        assert_eq!(bench.get("uplink_mac", 0, counter), 77, "{counter}");
        assert_eq!(bench.uut.counter.val().to_u64(), index as u64);
    }
    let status = |bench: &mut Bench, block: &str, index: usize| bench.get(block, index, "pause_status");
    let states = [
        status(&mut bench, "uplink_mac", 0),
        status(&mut bench, "blade_mac", 0),
        status(&mut bench, "blade_mac", 2),
    ];
    assert_eq!(states, [2, 0, 1]);
    bank::writes_go_where_the_map_says(&mut bench, 6);
    for link in 0..=BLADES {
        let (block, index, port) = match link {
            BLADES => ("uplink_mac", 0, bench.uut.uplink_mac.val()),
            blade => ("blade_mac", blade, bench.uut.blade_link_mac[blade].val()),
        };
        let control = bench.get(block, index, "pause_control");
        assert_eq!(
            [u64::from(port.obey_pause), u64::from(port.send_pause)],
            [control & 1, control >> 1]
        );
        for (name, value) in [
            ("pause_quanta", port.quanta.to_u64()),
            ("pause_high", port.high.to_u64()),
            ("pause_low", port.low.to_u64()),
            ("address", port.address.to_u64()),
        ] {
            assert_eq!(bench.get(block, index, name), value, "{block} {index} {name}");
        }
    }
}
