//! The service table with a model of it written from its sentences: rows as the host wrote them, and what look-ups find.

use rust_hdl::prelude::*;
use spareband_gateware::forward::ServiceTable;
use spareband_spec::service::{self, BANKS, ENTRY_WORDS, SERVICES, ServiceKey, ServiceParameters, WEIGHT_WORDS};
use std::collections::{BTreeMap, VecDeque};

pub const LATENCY: u64 = 7;
/// Cycles from look-up to look-up at least.
pub const SPACING: u64 = 4;
pub const HOST_CYCLES: u64 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub number: u8,
    pub parameters: u32,
    pub weights: [u32; WEIGHT_WORDS],
}

/// What the rows hold.
#[derive(Clone)]
pub struct Rows<const A: usize> {
    pub banks: BTreeMap<(usize, u16), [u32; ENTRY_WORDS]>,
    pub parameters: [u32; SERVICES],
    pub weights: [[u32; WEIGHT_WORDS]; SERVICES],
}

impl<const A: usize> Default for Rows<A> {
    fn default() -> Self {
        Self {
            banks: BTreeMap::new(),
            parameters: [0; SERVICES],
            weights: [[0; WEIGHT_WORDS]; SERVICES],
        }
    }
}

impl<const A: usize> Rows<A> {
    pub fn find(&self, key: &ServiceKey) -> Option<Answer> {
        for key in [*key, key.any_port()] {
            for bank in 0..BANKS {
                let row = service::row(bank, key.address, key.upper(), A);
                if let Some((held, number)) = self.banks.get(&(bank, row)).and_then(service::decode)
                    && held == key
                {
                    let index = usize::from(number);
                    return Some(Answer {
                        number,
                        parameters: self.parameters[index],
                        weights: self.weights[index],
                    });
                }
            }
        }
        None
    }

    /// What a write to `address` does, with the words before it.
    pub fn commit(&mut self, address: u16, staging: &[u32; 4], data: u32) {
        let (row, word) = (address >> 3 & 0x3FF, usize::from(address & 7));
        let number = usize::from(row) % SERVICES;
        match address >> 13 {
            2 if word == 0 => self.parameters[number] = data,
            3 if word == 3 => self.weights[number] = [staging[0], staging[1], staging[2], data],
            bank @ 0..2 if word == 4 => {
                let words = [staging[0], staging[1], staging[2], staging[3], data];
                self.banks.insert((usize::from(bank), row % (1 << A)), words);
            }
            _ => {}
        }
    }

    pub fn word(&self, address: u16) -> u32 {
        let (row, word) = (address >> 3 & 0x3FF, usize::from(address & 7));
        let number = usize::from(row) % SERVICES;
        match address >> 13 {
            2 => self.parameters[number],
            3 => self.weights[number][word],
            bank => self.banks.get(&(usize::from(bank), row % (1 << A))).map_or(0, |words| words[word]),
        }
    }
}

pub struct Bench<const A: usize> {
    pub uut: ServiceTable<A, 6>,
    pub cycle: u64,
    pub rows: Rows<A>,
    /// The rows before a write that may not be visible yet.
    pub earlier: Option<Rows<A>>,
    pub staging: [u32; 4],
    /// Look-ups on the way: the cycle, the key, and what it may find.
    pub lookups: VecDeque<(u64, ServiceKey, Vec<Option<Answer>>)>,
    pub results: u64,
    pub found: u64,
    /// The result comes in the next cycle.
    soon: bool,
}

impl<const A: usize> Bench<A> {
    pub fn new() -> Self {
        let mut uut = ServiceTable::default();
        uut.connect_all();
        let mut bench = Self {
            uut,
            cycle: 0,
            rows: Rows::default(),
            earlier: None,
            staging: [0; 4],
            lookups: VecDeque::new(),
            results: 0,
            found: 0,
            soon: false,
        };
        bench.reset();
        bench
    }

    pub fn reset(&mut self) {
        self.uut.reset.next = true;
        self.tick();
        self.uut.reset.next = false;
        self.rows.banks.clear();
        while !self.uut.host_ready.val() {
            self.tick();
        }
    }

    pub fn answer(&self) -> Option<Answer> {
        let uut = &self.uut;
        let parameters = ServiceParameters {
            blade_set: uut.blade_set.val().to_u16(),
            policy: uut.policy.val().to_u8(),
            timeout_class: uut.timeout_class.val().to_u8(),
            udp_per_packet: uut.udp_per_packet.val(),
            rewrite: uut.rewrite.val(),
            sticky_by_source: uut.sticky_by_source.val(),
            enabled: uut.enabled.val(),
        };
        uut.found.val().then(|| Answer {
            number: uut.service.val().to_u8(),
            parameters: parameters.word(),
            weights: std::array::from_fn(|i| uut.weights[i].val().to_u32()),
        })
    }

    pub fn tick(&mut self) {
        for level in [false, true] {
            self.uut.clk.next = level.into();
            assert!(simulate(&mut self.uut, 20), "no fixed point");
        }
        self.cycle += 1;
        if self.uut.host_ready.val() {
            self.earlier = None;
        }
        // A look-up under way may meet what has changed since.
        for (_, key, answers) in &mut self.lookups {
            answers.push(self.rows.find(key));
        }
        if std::mem::replace(&mut self.soon, self.uut.result_soon.val()) {
            let (taken, key, answers) = self.lookups.pop_front().expect("a look-up is under way");
            assert_eq!(self.cycle - taken, LATENCY);
            assert!(
                answers.contains(&self.answer()),
                "{key:x?}: {:x?} is none of {answers:x?}",
                self.answer()
            );
            self.results += 1;
            self.found += u64::from(self.answer().is_some());
        }
        assert!(
            self.lookups.front().is_none_or(|(taken, ..)| self.cycle - taken < LATENCY),
            "no result"
        );
        self.uut.lookup.next = false;
        self.uut.host_write.next = false;
        self.uut.host_read.next = false;
    }

    /// Asks for a look-up in this cycle.
    pub fn lookup(&mut self, key: &ServiceKey) {
        assert!(self.uut.lookup_ready.val());
        self.uut.lookup.next = true;
        self.uut.address.next = (bits::<128>((key.address >> 64) as u64) << 64_u64) | bits::<128>(key.address as u64);
        self.uut.is_ipv6.next = key.is_ipv6;
        self.uut.protocol.next = bits(key.protocol.into());
        self.uut.port.next = bits(key.port.into());
        let mut answers = vec![self.rows.find(key)];
        answers.extend(self.earlier.as_ref().map(|rows| rows.find(key)));
        self.lookups.push_back((self.cycle, *key, answers));
    }

    /// Writes a word in this cycle.
    pub fn write(&mut self, address: u16, data: u32) {
        assert!(self.uut.host_ready.val());
        self.uut.host_write.next = true;
        self.uut.host_address.next = bits(address.into());
        self.uut.host_write_data.next = bits(data.into());
        self.earlier = Some(self.rows.clone());
        self.rows.commit(address, &self.staging, data);
        if address & 7 < 4 {
            self.staging[usize::from(address & 7)] = data;
        }
    }

    pub fn write_now(&mut self, address: u16, data: u32) {
        self.write(address, data);
        self.tick();
        while !self.uut.host_ready.val() {
            self.tick();
        }
    }

    pub fn read_now(&mut self, address: u16) -> u32 {
        assert!(self.uut.host_ready.val());
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
