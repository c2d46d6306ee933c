//! The blade's register bank against spec::regs::BLADE.

use crate::bank;
use bank::Bank;
use rust_hdl::prelude::*;
use spareband_gateware::csr::BladeRegisters;
use spareband_spec::record::Record;
use spareband_spec::regs::{BLADE, BLADE_MAP_HASH, HOLD_LIMIT_UNIT_CYCLES, Map};

struct Bench {
    uut: BladeRegisters,
}

impl Bench {
    fn new() -> Self {
        let mut uut = BladeRegisters::default();
        uut.connect_all();
        assert!(simulate(&mut uut, 100));
        Bench { uut }
    }

    fn sent(&self) -> Option<Record> {
        self.uut.record_enable.val().then(|| Record::unpack(self.uut.record.val().to_u64()))
    }

    fn write_sample(&mut self, load: u32, state: u32, enable: u32) {
        let first = BLADE.address("record", "load");
        for (word, data) in [load, state, enable].into_iter().enumerate() {
            self.write(first + 4 * word as u16, data).unwrap();
        }
    }

    fn commit(&mut self) {
        self.write(BLADE.address("record", "commit"), 1).unwrap();
    }
}

impl Bank for Bench {
    const MAP: Map = BLADE;
    const BLADES: usize = 0;
    const LATENCY: usize = 9;
    fn request(&mut self, address: u16, data: u32, read: bool, write: bool) {
        self.uut.bus_address.next = bits::<16>(address.into());
        self.uut.bus_write_data.next = bits::<32>(data.into());
        self.uut.bus_read.next = read;
        self.uut.bus_write.next = write;
    }
    fn cycle(&mut self) -> Option<(u32, bool)> {
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(&mut self.uut, 100));
        }
        self.uut
            .bus_done
            .val()
            .then(|| (self.uut.bus_read_data.val().to_u64() as u32, self.uut.bus_error.val()))
    }
}

#[test]
fn only_the_map_answers() {
    bank::only_the_map_answers(&mut Bench::new());
}

#[test]
fn reset_values_and_identity() {
    let mut bench = Bench::new();
    bank::reset_values(&mut bench);
    assert_eq!(bench.get("identity", 0, "map_hash"), u64::from(BLADE_MAP_HASH));
    assert_eq!(bench.get("identity", 0, "kind"), 2);
    assert_eq!(bench.get("identity", 0, "clock_hz"), 125_000_000);
    assert_eq!(bench.sent(), None);
}

#[test]
fn writes_go_where_the_map_says_and_come_out_at_the_ports() {
    let mut bench = Bench::new();
    bank::writes_go_where_the_map_says(&mut bench, 3);
    let (link, register) = (bench.get("link", 0, "control"), BLADE.register("link", "control"));
    let port = bench.uut.link_control.val();
    assert_eq!(
        [
            port.mode.to_u64(),
            port.chassis.into(),
            port.an_enable.into(),
            port.an_restart.into()
        ],
        ["mode", "source", "an_enable", "an_restart"].map(|name| register.field(name).get(link))
    );
    assert_eq!(port.an_ability.to_u64(), bench.get("link", 0, "an_ability"));
    assert_eq!(port.an_link_timer.to_u64(), bench.get("link", 0, "an_link_timer"));
}

#[test]
fn status_shows_in_the_fields_that_bear_its_name() {
    let mut bench = Bench::new();
    (bench.uut.sync.next, bench.uut.an_complete.next, bench.uut.link_up.next) = (false, true, true);
    bench.uut.an_lp_ability.next = bits::<16>(0x4321);
    let (status, register) = (bench.get("link", 0, "status"), BLADE.register("link", "status"));
    assert_eq!(
        ["sync", "an_complete", "up", "lp_ability"].map(|name| register.field(name).get(status)),
        [0, 1, 1, 0x4321]
    );
}

#[test]
fn a_record_changes_whole_at_its_commit() {
    let mut bench = Bench::new();
    bench.write_sample(0x2080_0C4B, 0x0110, 1);
    assert_eq!(bench.sent(), None);
    bench.commit();
    let first = Record {
        version: 1,
        admin: 1,
        seq: 1,
        cpu: 0x4B,
        irq: 0x0C,
        work: 0x80,
        power: 0x20,
        queue: 0x10,
    };
    assert_eq!(bench.sent(), Some(first));
    bench.write_sample(u32::MAX, 0, 1);
    assert_eq!(bench.sent(), Some(first));
    bench.commit();
    let second = Record {
        version: 1,
        admin: 0,
        seq: 2,
        cpu: 255,
        irq: 255,
        work: 255,
        power: 255,
        queue: 0,
    };
    assert_eq!(bench.sent(), Some(second));
    assert_eq!(bench.get("record", 0, "sent"), 0x12);
    for _ in 0..14 {
        bench.commit();
    }
    assert_eq!(bench.sent().unwrap().seq, 0);
    bench.write_sample(0, 0, 0);
    bench.commit();
    assert_eq!(bench.sent(), None);
}

#[test]
fn a_sample_that_nobody_renews_is_no_longer_sent() {
    let mut bench = Bench::new();
    bench.set("record", 0, "hold_limit", 2);
    bench.write_sample(1, 0, 1);
    bench.commit();
    let mut cycles = 0;
    while bench.sent().is_some() {
        bench.cycle();
        cycles += 1;
        assert!(cycles <= 2 * HOLD_LIMIT_UNIT_CYCLES + 8);
    }
    assert!(cycles >= 2 * HOLD_LIMIT_UNIT_CYCLES);
    bench.commit();
    assert!(bench.sent().is_some());
    bench.set("record", 0, "hold_limit", 0);
    for _ in 0..4 * HOLD_LIMIT_UNIT_CYCLES {
        bench.cycle();
    }
    assert!(bench.sent().is_some());
}

#[test]
fn link_and_counters() {
    let mut bench = Bench::new();
    bench.uut.sync.next = true;
    assert_eq!(bench.get("link", 0, "status"), 1);
    bench.uut.sync.next = false;
    bench.uut.code_errors.next = bits::<6>(33);
    bench.uut.rx_frames_broken.next = bits::<6>(2);
    bench.cycle();
    bench.uut.code_errors.next = bits::<6>(0);
    bench.uut.rx_frames_broken.next = bits::<6>(0);
    (0..40).for_each(|_| {
        bench.cycle();
    });
    assert_eq!(
        ["code_errors", "sync_losses", "rx_frames_broken"].map(|name| bench.get("statistics", 0, name)),
        [33, 1, 2]
    );
}

#[test]
fn lockstep() {
    let mut wait = 0;
    spareband_hdl::lockstep!(BladeRegisters::default(); clk, reset, bus_address, bus_write_data, bus_write, bus_read, sync, link_up, an_complete, an_lp_ability, code_errors, rx_frames_broken)
        .clock("clk")
        .bias("reset", 0.0005)
        .cycles(15_000)
        .stimulus(move |_, inputs| bank::random_access(inputs, &BLADE, 0, &mut wait))
        .run();
}
