//! The Maglev table against `spareband_spec::maglev`, which holds the rule and the paper's example, and in lockstep with its Verilog.

use crate::common;
use common::seeded;
use rand::prelude::*;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::forward::MaglevTable;
use spareband_hdl::lockstep;
use spareband_spec::maglev::{self, SIZE, Version, WORDS};
use std::collections::VecDeque;

const LATENCY: u64 = 7;
const SPACING: u64 = 4;
const USABLE_AFTER: u64 = 4;
const HOST_CYCLES: u64 = 8;
const SERVICES: usize = 4;

type Table = MaglevTable<2, 8>;

struct Lookup {
    taken: u64,
    service: usize,
    hash: u32,
    starts: bool,
    /// The versions that its register had since the look-up or before it came into effect.
    versions: Vec<Version>,
    usable: u16,
}

struct Bench {
    uut: Table,
    cycle: u64,
    copies: [[[u8; SIZE]; 2]; SERVICES],
    versions: [Version; SERVICES],
    /// What a register was before a write that may not have come into effect.
    earlier: Option<(usize, Version)>,
    lookups: VecDeque<Lookup>,
    results: u64,
}

impl Bench {
    fn new() -> Self {
        let mut uut = Table::default();
        uut.connect_all();
        let mut bench = Self {
            uut,
            cycle: 0,
            copies: [[[0; SIZE]; 2]; SERVICES],
            versions: [Version::default(); SERVICES],
            earlier: None,
            lookups: VecDeque::new(),
            results: 0,
        };
        bench.tick();
        bench
    }

    fn tick(&mut self) {
        for lookup in &mut self.lookups {
            if self.cycle - lookup.taken == USABLE_AFTER {
                lookup.usable = self.uut.usable.next.to_u16();
            }
        }
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(&mut self.uut, 20), "no fixed point");
        }
        self.cycle += 1;
        if self.uut.host_ready.val() {
            self.earlier = None;
        }
        if self.uut.result_valid.val() {
            let lookup = self.lookups.pop_front().expect("a look-up is under way");
            assert_eq!(self.cycle - lookup.taken, LATENCY);
            let index = maglev::index((lookup.hash >> 16) as u16);
            let of_version = |version: &Version| {
                let [old, new] = [version.old_copy(), version.new_copy].map(|copy| self.copies[lookup.service][usize::from(copy)][index]);
                (old, new, maglev::choose(old, new, lookup.starts, lookup.usable))
            };
            let got = (
                self.uut.old_blade.val().to_u8(),
                self.uut.new_blade.val().to_u8(),
                (!self.uut.none.val()).then(|| self.uut.blade.val().to_u8()),
            );
            let may: Vec<_> = lookup.versions.iter().map(of_version).collect();
            assert!(may.contains(&got), "{got:?} is none of {may:?}; usable {:#x}", lookup.usable);
            self.results += 1;
        }
        assert!(
            self.lookups.front().is_none_or(|lookup| self.cycle - lookup.taken < LATENCY),
            "no result"
        );
        self.uut.lookup.next = false;
        self.uut.host_write.next = false;
        self.uut.host_read.next = false;
    }

    fn lookup(&mut self, service: usize, hash: u32, starts: bool) {
        assert!(self.uut.lookup_ready.val());
        self.uut.lookup.next = true;
        self.uut.service.next = bits(service as u64);
        self.uut.hash.next = bits(hash.into());
        self.uut.starts.next = starts;
        let mut versions = vec![self.versions[service]];
        versions.extend(self.earlier.filter(|(of, _)| *of == service).map(|(_, version)| version));
        self.lookups.push_back(Lookup {
            taken: self.cycle,
            service,
            hash,
            starts,
            versions,
            usable: 0,
        });
    }

    /// A word of the host in this cycle.
    fn write(&mut self, address: u16, data: u32) {
        assert!(self.uut.host_ready.val());
        self.uut.host_write.next = true;
        self.uut.host_address.next = bits(address.into());
        self.uut.host_write_data.next = bits(data.into());
        let service = usize::from(address) % SERVICES;
        if address >= maglev::version_address(0) {
            self.earlier = Some((service, self.versions[service]));
            self.versions[service] = Version::from_word(data);
        }
    }

    fn write_now(&mut self, address: u16, data: u32) {
        self.write(address, data);
        self.tick();
        while !self.uut.host_ready.val() {
            self.tick();
        }
    }

    fn read_now(&mut self, address: u16) -> u32 {
        self.uut.host_read.next = true;
        self.uut.host_address.next = bits(address.into());
        let start = self.cycle;
        self.tick();
        while !self.uut.host_read_valid.val() {
            assert!(self.cycle - start < HOST_CYCLES, "no word");
            self.tick();
        }
        self.uut.host_read_data.val().to_u32()
    }
}

fn random_usable(rng: &mut StdRng) -> u16 {
    match rng.gen_range(0..6) {
        0 => 0,
        1 => 1 << rng.gen_range(0..16),
        2 => rng.r#gen::<u16>() & rng.r#gen::<u16>() & rng.r#gen::<u16>(),
        3 => 0xFFFF,
        _ => rng.r#gen(),
    }
}

/// The host fills spare copies and changes versions while look-ups go on, as it does in service.
#[test]
fn follows_the_rule_while_versions_change() {
    let mut rng = seeded(1);
    let mut bench = Bench::new();
    let mut words = VecDeque::new();
    let mut filled: Option<(usize, u8, [u8; SIZE])> = None;
    let (mut next_lookup, mut changes, mut both) = (0, 0, 0);
    while bench.cycle < 16_000 {
        if words.is_empty() {
            let service = rng.gen_range(0..SERVICES);
            let version = bench.versions[service];
            if version.two_versions {
                let version = Version {
                    two_versions: false,
                    ..version
                };
                words.push_back((maglev::version_address(service), version.word()));
            } else {
                let weights = std::array::from_fn(|_| rng.gen_range(0..5));
                let table = maglev::table(&weights, rng.r#gen()).unwrap_or([0; SIZE]);
                let copy = 1 - version.new_copy;
                filled = Some((service, copy, table));
                for (word, data) in maglev::words(&table).into_iter().enumerate() {
                    words.push_back((maglev::table_address(service, copy.into(), word), data));
                }
                let version = Version {
                    new_copy: copy,
                    two_versions: true,
                };
                words.push_back((maglev::version_address(service), version.word()));
            }
        }
        if bench.cycle >= next_lookup {
            let service = rng.gen_range(0..SERVICES);
            both += u32::from(bench.versions[service].two_versions);
            bench.lookup(service, rng.r#gen(), rng.gen_bool(0.3));
            next_lookup = bench.cycle + rng.gen_range(SPACING..12);
        }
        if bench.uut.host_ready.val() && rng.gen_bool(0.8) {
            let (address, data) = words.pop_front().unwrap();
            if address >= maglev::version_address(0) {
                changes += 1;
                // The spare copy is looked at from now on.
                if let Some((service, copy, table)) = filled.take() {
                    bench.copies[service][usize::from(copy)] = table;
                }
            }
            bench.write(address, data);
        }
        bench.uut.usable.next = bits(random_usable(&mut rng).into());
        bench.tick();
        bench.uut.hash.next = bits(rng.r#gen::<u32>().into());
    }
    assert!(
        bench.results > 1500 && changes > 80 && both > 100,
        "{} {changes} {both}",
        bench.results
    );
}

/// Every entry of a table, by the least and the greatest hash that leads to it.
#[test]
fn each_hash_leads_to_its_entry() {
    let mut bench = Bench::new();
    let table = maglev::table(&[1; 16], 7).unwrap();
    for (word, data) in maglev::words(&table).into_iter().enumerate() {
        bench.write_now(maglev::table_address(3, 0, word), data);
    }
    bench.copies[3][0] = table;
    bench.uut.usable.next = bits(0xFFFF);
    for (entry, blade) in table.iter().enumerate() {
        // The least hash whose product with 251 reaches entry * 65536.
        let least = |entry: usize| (entry as u32 * 65536).div_ceil(251);
        for hash in [least(entry), least(entry + 1) - 1] {
            bench.lookup(3, hash << 16 | 0xFFFF, false);
            (0..8).for_each(|_| bench.tick());
            assert_eq!(bench.uut.blade.val().to_u8(), *blade);
        }
    }
    assert_eq!(bench.results, 2 * SIZE as u64);
}

#[test]
fn latency_is_seven() {
    let mut bench = Bench::new();
    bench.lookup(1, 0x1234_0000, false);
    for cycle in 1..20 {
        bench.tick();
        assert_eq!(bench.uut.result_valid.val(), cycle == LATENCY);
        assert_eq!(bench.uut.lookup_ready.val(), cycle >= SPACING);
    }
}

#[test]
fn the_host_is_served_within_8_cycles() {
    let mut longest = [0; 2];
    for spacing in SPACING..12 {
        for phase in 0..spacing {
            for read in [false, true] {
                let mut bench = Bench::new();
                let start = 24 + phase;
                let mut over = None;
                for cycle in 0..50 {
                    if cycle % spacing == 0 {
                        bench.lookup(0, 0, false);
                    }
                    if cycle == start {
                        bench.uut.host_write.next = !read;
                        bench.uut.host_read.next = read;
                    }
                    bench.tick();
                    if cycle >= start && over.is_none() && bench.uut.host_ready.val() {
                        over = Some(cycle + 1 - start);
                    }
                }
                let over = over.expect("it is served");
                longest[usize::from(read)] = over.max(longest[usize::from(read)]);
                assert!(over <= HOST_CYCLES);
            }
        }
    }
    println!("write {}, read {} cycles at most", longest[0], longest[1]);
    assert_eq!(longest, [4, 6]);
}

#[test]
fn the_host_reads_what_it_wrote_and_a_reset_keeps_it() {
    let mut rng = seeded(3);
    let mut bench = Bench::new();
    let mut held = std::collections::BTreeMap::new();
    for service in 0..SERVICES {
        for copy in 0..2 {
            for word in 0..WORDS {
                held.insert(maglev::table_address(service, copy, word), rng.r#gen());
            }
        }
        held.insert(maglev::version_address(service), rng.gen_range(0..4));
    }
    held.iter().for_each(|(address, data)| bench.write_now(*address, *data));
    for pass in 0..2 {
        for (address, data) in &held {
            if bench.uut.lookup_ready.val() && pass == 0 && rng.gen_bool(0.5) {
                // The tables are random words, so only the circuit knows the answer.
                bench.uut.lookup.next = true;
                bench.lookups.clear();
            }
            bench.uut.host_read.next = true;
            bench.uut.host_address.next = bits((*address).into());
            let mut cycles = 0;
            loop {
                for level in [false, true] {
                    bench.uut.clk.next = level.into();
                    assert!(simulate(&mut bench.uut, 20));
                }
                bench.uut.lookup.next = false;
                bench.uut.host_read.next = false;
                cycles += 1;
                assert!(cycles <= HOST_CYCLES);
                if bench.uut.host_read_valid.val() {
                    break;
                }
            }
            assert_eq!(bench.uut.host_read_data.val().to_u32(), *data, "{address:#x}");
        }
        bench.uut.reset.next = true;
        bench.cycle += 1;
        for level in [false, true] {
            bench.uut.clk.next = level.into();
            assert!(simulate(&mut bench.uut, 20));
        }
        bench.uut.reset.next = false;
    }
    assert_eq!(bench.read_now(maglev::version_address(2)), held[&maglev::version_address(2)]);
}

#[test]
fn maglev_table_lockstep() {
    lockstep!(Table::default(); clk, reset, lookup, service, hash, starts, usable, host_write, host_read, host_address, host_write_data)
        .clock("clk")
        .bias("reset", 0.005)
        .bias("host_write", 0.8)
        .cycles(4000)
        .stimulus(|_, inputs| {
            // Few words, so that look-ups find written ones.
            let address = inputs.rng.r#gen::<u16>() & 0x10E7;
            inputs.set("host_address", address);
            let hash = inputs.rng.gen_range(0..64_u32) << 16 | inputs.rng.gen_range(0..0x1000);
            inputs.set("hash", hash);
            let usable = random_usable(inputs.rng);
            inputs.set("usable", usable);
        })
        .run();
}
