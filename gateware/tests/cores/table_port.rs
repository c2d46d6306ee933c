//! The way from the register bank to the tables: against tables that answer early, late, at random and never.

use rand::prelude::*;
use rust_hdl::prelude::*;
use spareband_gateware::csr::TablePort;
use spareband_spec::regs::tables::{TABLE_WAIT_CYCLES, TABLES};

const T: usize = TABLES.len();

/// A table of the test: how long it lets one wait, and its words, made of their numbers.
struct Table {
    ready_in: u32,
    answer_in: Option<u32>,
    written: Vec<(u32, u32)>,
}

struct Bench {
    uut: TablePort<T>,
    tables: Vec<Table>,
    rng: StdRng,
    /// Longest wait that a table makes, before it takes an access and before it answers.
    slowest: u32,
}

fn word_of(table: usize, address: u32) -> u32 {
    address.wrapping_mul(0x9E37_79B9) ^ (table as u32) << 28
}

impl Bench {
    fn new(seed: u64, slowest: u32) -> Self {
        let mut uut = TablePort::default();
        uut.connect_all();
        let tables = (0..T)
            .map(|_| Table {
                ready_in: 0,
                answer_in: None,
                written: vec![],
            })
            .collect();
        let mut bench = Bench {
            uut,
            tables,
            rng: StdRng::seed_from_u64(seed),
            slowest,
        };
        bench.uut.reset.next = true;
        bench.cycle();
        bench.uut.reset.next = false;
        bench.cycle();
        bench
    }

    fn settle(&mut self) {
        assert!(simulate(&mut self.uut, 100));
    }

    /// One cycle, in which the tables do their part.
    fn cycle(&mut self) {
        let (mut ready, mut valid) = (0_u64, 0_u64);
        self.settle();
        let (write, read) = (self.uut.write.val().to_u64(), self.uut.read.val().to_u64());
        assert!((write | read).count_ones() <= 1);
        let (address, data) = (self.uut.address.val().to_u64() as u32, self.uut.write_data.val().to_u64() as u32);
        for (index, table) in self.tables.iter_mut().enumerate() {
            let asked = (write | read) >> index & 1 == 1;
            if let Some(wait) = &mut table.answer_in {
                if *wait == 0 {
                    valid |= 1 << index;
                    table.answer_in = None;
                } else {
                    *wait -= 1;
                }
            }
            if table.ready_in > 0 {
                table.ready_in -= u32::from(asked);
            } else {
                ready |= 1 << index;
                if asked {
                    table.ready_in = self.rng.gen_range(0..=self.slowest);
                    if write >> index & 1 == 1 {
                        table.written.push((address, data));
                    } else {
                        table.answer_in = Some(self.rng.gen_range(0..=self.slowest));
                        self.uut.read_data[index].next = bits::<32>(word_of(index, address).into());
                    }
                }
            }
        }
        self.uut.ready.next = bits::<T>(ready);
        self.uut.read_valid.next = bits::<T>(valid);
        for level in [true, false] {
            self.uut.clk.next = level.into();
            self.settle();
        }
    }

    /// An access as `RegisterAccess` makes it; whether it was answered, and with what.
    fn access(&mut self, select: u32, offset: u32, data: Option<u32>) -> Option<u32> {
        self.uut.select.next = bits::<16>(select.into());
        self.uut.page.next = bits::<8>(u64::from(0x80 | offset >> 6));
        self.uut.offset.next = bits::<6>((offset & 63).into());
        self.uut.writes.next = data.is_some();
        self.uut.data.next = bits::<32>(data.unwrap_or(0).into());
        self.uut.begins.next = true;
        self.cycle();
        self.uut.begins.next = false;
        for _ in 0..=TABLE_WAIT_CYCLES {
            self.settle();
            if !self.uut.hold.val() {
                return self.uut.found.val().then(|| self.uut.value.val().to_u64() as u32);
            }
            self.cycle();
        }
        panic!("held beyond {TABLE_WAIT_CYCLES} cycles");
    }
}

/// Reads give the word of the table and page chosen, writes reach it once and no other table.
#[test]
fn accesses_reach_their_table() {
    let seed = 0x7AB1E;
    let mut bench = Bench::new(seed, 40);
    for _ in 0..2000 {
        let (table, page, offset) = (
            bench.rng.gen_range(0..T),
            bench.rng.gen_range(0..256_u32),
            bench.rng.gen_range(0..8192_u32),
        );
        let data = bench.rng.r#gen::<bool>().then(|| bench.rng.r#gen::<u32>());
        let before: usize = bench.tables.iter().map(|t| t.written.len()).sum();
        let answer = bench.access(table as u32 | page << 8, offset, data);
        let address = page << 13 | offset;
        let after: usize = bench.tables.iter().map(|t| t.written.len()).sum();
        match data {
            Some(word) => {
                assert_eq!((answer, after), (Some(0), before + 1), "seed {seed}");
                assert_eq!(bench.tables[table].written.last(), Some(&(address, word)), "seed {seed}");
            }
            None => assert_eq!((answer, after), (Some(word_of(table, address)), before), "seed {seed}"),
        }
    }
}

/// A table that is not there, and one that never takes an access or never answers, are given up, and the next access is served.
#[test]
fn what_does_not_answer_is_given_up() {
    let mut bench = Bench::new(1, 3);
    for select in [T as u32, 15] {
        assert_eq!(bench.access(select, 5, None), None);
        assert_eq!(bench.access(select, 5, Some(1)), None);
        assert!(bench.access(0, 5, None).is_some());
    }
    bench.tables[1].ready_in = u32::MAX;
    assert_eq!(bench.access(1, 5, None), None);
    assert!(bench.access(2, 5, None).is_some());
}

/// Addresses outside the window are not the tables' business.
#[test]
fn registers_pass_by() {
    let mut bench = Bench::new(2, 0);
    bench.uut.page.next = bits::<8>(0x7F);
    bench.uut.begins.next = true;
    bench.cycle();
    bench.uut.begins.next = false;
    for _ in 0..10 {
        bench.settle();
        assert!(!bench.uut.hold.val() && !bench.uut.in_window.val());
        assert_eq!((bench.uut.write.val().to_u64(), bench.uut.read.val().to_u64()), (0, 0));
        bench.cycle();
    }
}

#[test]
fn lockstep() {
    spareband_hdl::lockstep!(TablePort::<T>::default();
        clk, reset, begins, writes, page, offset, data, select, ready, read_valid, read_data)
    .clock("clk")
    .bias("reset", 0.002)
    .bias("begins", 0.02)
    .cycles(5_000)
    .run();
}
