//! The filtering database with a model of it, which knows what was held at each cycle a look-up may have seen.

use rust_hdl::prelude::*;
use spareband_gateware::forward::MacTable;
use spareband_spec::mac_table::WAYS;
use std::collections::{BTreeMap, VecDeque};

pub const LATENCY: u64 = 6;
/// Cycles after which the engine is done with what was taken while it rested, and with what waited for it.
pub const ENGINE_CYCLES: u64 = 12;
pub const QUEUED_CYCLES: u64 = 22;
pub const SETS_LOG2: usize = 3;
pub type Uut = MacTable<SETS_LOG2, { SETS_LOG2 + 1 }>;

pub type Address = (u64, u16);
/// Port, and whether the host wrote it.
pub type Held = BTreeMap<Address, (u8, bool)>;
pub type Found = Option<(u8, bool)>;

#[derive(Clone, Copy, Debug)]
pub enum Command {
    Learn(Address, u8),
    Write(Address, u8),
    Remove(Address),
    Read(u16),
}

pub struct Bench {
    pub uut: Uut,
    pub cycle: u64,
    pub held: Held,
    /// What was held before that which the engine may still be at.
    pub earlier: Vec<(u64, Held)>,
    pub lookups: VecDeque<(u64, Address, Vec<Found>)>,
    pub found: u64,
    pub results: u64,
    pub pulses: [u64; 4],
    pub done: Option<bool>,
    /// Cycles for which what was held before counts.
    pub doubt: u64,
}

impl Bench {
    pub fn new() -> Self {
        let mut uut = Uut::default();
        uut.connect_all();
        let mut bench = Self {
            uut,
            cycle: 0,
            held: Held::new(),
            earlier: vec![],
            lookups: VecDeque::new(),
            found: 0,
            results: 0,
            pulses: [0; 4],
            done: None,
            doubt: QUEUED_CYCLES,
        };
        bench.uut.reset.next = true;
        bench.tick();
        bench.uut.reset.next = false;
        (0..2 << SETS_LOG2).for_each(|_| bench.tick());
        bench
    }

    pub fn tick(&mut self) {
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(&mut self.uut, 20), "no fixed point");
        }
        self.cycle += 1;
        self.earlier.retain(|(cycle, _)| self.cycle - cycle < self.doubt);
        for (_, address, answers) in &mut self.lookups {
            answers.push(self.held.get(address).copied());
        }
        if self.uut.result_valid.val() {
            let (taken, address, answers) = self.lookups.pop_front().expect("a look-up is under way");
            assert_eq!(self.cycle - taken, LATENCY);
            let got = self.answer();
            assert!(
                answers.contains(&got),
                "cycle {}: {address:x?}: {got:?} is none of {answers:?}",
                self.cycle
            );
            self.results += 1;
            self.found += u64::from(got.is_some());
        }
        assert!(
            self.lookups.front().is_none_or(|(taken, ..)| self.cycle - taken < LATENCY),
            "no result"
        );
        let uut = &self.uut;
        let pulses = [uut.moved.val(), uut.evicted.val(), uut.refused.val(), uut.expired.val()];
        (0..4).for_each(|i| self.pulses[i] += u64::from(pulses[i]));
        if self.uut.host_done.val() {
            self.done = Some(self.uut.host_good.val());
        }
        self.uut.lookup.next = false;
        self.uut.learn.next = false;
        self.uut.host_write.next = false;
        self.uut.host_remove.next = false;
        self.uut.host_read.next = false;
        self.uut.flush.next = bits(0);
    }

    pub fn answer(&self) -> Option<(u8, bool)> {
        let uut = &self.uut;
        uut.found.val().then(|| (uut.found_port.val().to_u8(), uut.found_static.val()))
    }

    pub fn lookup(&mut self, address: Address) {
        assert!(self.uut.lookup_ready.val());
        self.uut.lookup.next = true;
        self.uut.lookup_mac.next = bits(address.0);
        self.uut.lookup_vid.next = bits(address.1.into());
        let mut answers = vec![self.held.get(&address).copied()];
        answers.extend(self.earlier.iter().map(|(_, held)| held.get(&address).copied()));
        self.lookups.push_back((self.cycle, address, answers));
    }

    pub fn lookup_now(&mut self, address: Address) -> Option<(u8, bool)> {
        self.lookup(address);
        (0..LATENCY).for_each(|_| self.tick());
        self.answer()
    }

    /// Puts a command to the ports and to the model; the engine is idle.
    pub fn put(&mut self, command: Command) {
        assert!(self.uut.learn_ready.val());
        self.earlier.push((self.cycle, self.held.clone()));
        match command {
            Command::Learn(address, port) => {
                self.uut.learn.next = true;
                self.uut.learn_mac.next = bits(address.0);
                self.uut.learn_vid.next = bits(address.1.into());
                self.uut.learn_port.next = bits(port.into());
                // 8.7: not a group address, not over a static entry.
                if address.0 & 1 == 0 && !self.held.get(&address).is_some_and(|(_, is_static)| *is_static) {
                    self.held.insert(address, (port, false));
                }
            }
            Command::Write(address, port) => {
                self.uut.host_write.next = true;
                self.uut.host_port.next = bits(port.into());
                self.host_address(address);
                self.held.insert(address, (port, true));
            }
            Command::Remove(address) => {
                self.uut.host_remove.next = true;
                self.host_address(address);
                self.held.remove(&address);
            }
            Command::Read(index) => {
                self.uut.host_read.next = true;
                self.uut.host_index.next = bits(index.into());
            }
        }
    }

    pub fn host_address(&mut self, address: Address) {
        self.uut.host_mac.next = bits(address.0);
        self.uut.host_vid.next = bits(address.1.into());
    }

    /// Waits for an idle engine, puts the command, and waits until it is done. The host's commands return whether they were good.
    pub fn put_now(&mut self, command: Command) -> Option<bool> {
        while !self.uut.learn_ready.val() {
            self.tick();
        }
        self.done = None;
        self.put(command);
        (0..QUEUED_CYCLES).for_each(|_| self.tick());
        self.done
    }

    pub fn flush(&mut self, ports: u32) {
        self.earlier.push((self.cycle, self.held.clone()));
        self.uut.flush.next = bits(ports.into());
        self.held.retain(|_, (port, is_static)| *is_static || ports >> *port & 1 == 0);
    }

    /// Every valid entry, read by the host.
    pub fn dump(&mut self) -> Held {
        let mut all = Held::new();
        for index in 0..(WAYS << SETS_LOG2) as u16 {
            let good = self.put_now(Command::Read(index)).expect("it is done");
            let entry = self.uut.host_entry.val();
            assert_eq!(entry.get_bit(0), good);
            if good {
                let (mac, vid) = (entry.get_bits::<48>(23).to_u64(), entry.get_bits::<12>(11).to_u16());
                let before = all.insert((mac, vid), (entry.get_bits::<5>(6).to_u8(), entry.get_bit(1)));
                assert_eq!(before, None, "{mac:x} stands twice");
            }
        }
        all
    }
}
