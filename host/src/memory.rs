//! A device in memory, made of the register map: for tests of programs that speak to one. It shares the map and the frame coder with the
//! client, so it cannot find a mistake in those; the gateware's own tests do.

use crate::Transport;
use spareband_spec::mac_table::{self, COMMAND};
use spareband_spec::regs::tables::{self, Table};
use spareband_spec::regs::{
    Access, BLADE, BLADE_CLOCK_HZ, BLADE_MAP_HASH, CORE_CLOCK_HZ, KIND_BLADE, KIND_MANAGER, MANAGER, MANAGER_MAP_HASH, Map,
};
use spareband_spec::uart_frame::{
    Command, Deframer, FLAG, FrameError, MAX_FRAME, MAX_WORDS, Request, Status, decode_request, encode_response,
};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::Duration;

/// The word whose write carries a command of the address table out; reads as whether it did.
const LAST_OF_COMMAND: u32 = COMMAND + 2;

/// What may happen to one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not come.
    Silence,
    /// A bit of it is wrong.
    Damage,
    /// It ends early.
    Cut,
    /// Noise comes before it.
    Noise,
    /// The request arrived damaged.
    RequestDamaged,
    /// It is the answer to an earlier request.
    Late,
}

/// Registers, and the faults that the next answers meet.
pub struct MemoryDevice {
    map: &'static Map,
    blades: usize,
    words: BTreeMap<u16, u32>,
    /// Words of the tables.
    tables: BTreeMap<(u32, u32), u32>,
    written_low: u32,
    deframer: Deframer,
    output: VecDeque<u8>,
    faults: VecDeque<Fault>,
    /// Requests that were carried out.
    pub requests: usize,
    /// What was written to registers that act: their addresses and the values.
    pub actions: Vec<(u16, u32)>,
}

impl MemoryDevice {
    /// A manager after reset.
    pub fn manager(blades: usize) -> Self {
        Self::new(&MANAGER, blades, [MANAGER_MAP_HASH, KIND_MANAGER, blades as u32, CORE_CLOCK_HZ])
    }

    /// A blade after reset.
    pub fn blade() -> Self {
        Self::new(&BLADE, 0, [BLADE_MAP_HASH, KIND_BLADE, 0, BLADE_CLOCK_HZ])
    }

    fn new(map: &'static Map, blades: usize, identity: [u32; 4]) -> Self {
        let mut device = MemoryDevice {
            map,
            blades,
            words: BTreeMap::new(),
            tables: BTreeMap::new(),
            written_low: 0,
            deframer: Deframer::default(),
            output: VecDeque::new(),
            faults: VecDeque::new(),
            requests: 0,
            actions: vec![],
        };
        for place in map.places(blades) {
            device.words.insert(place.address, place.reset() as u32);
            if place.register.words == 2 {
                device.words.insert(place.address + 4, (place.reset() >> 32) as u32);
            }
        }
        for (register, value) in ["map_hash", "kind", "blades", "clock_hz"].into_iter().zip(identity) {
            device.set("identity", 0, register, value.into());
        }
        device
    }

    /// Sets a register, read-only ones too.
    pub fn set(&mut self, block: &str, index: usize, register: &str, value: u64) {
        let block = self.map.block(block);
        let register = block.register(register);
        let address = block.address_of(index, register);
        self.words.insert(address, value as u32);
        if register.words == 2 {
            self.words.insert(address + 4, (value >> 32) as u32);
        }
    }

    /// Sets a field of a register.
    pub fn set_field(&mut self, block: &str, index: usize, register: &str, field: &str, value: u64) {
        let whole = self
            .map
            .register(block, register)
            .field(field)
            .set(self.get(block, index, register), value);
        self.set(block, index, register, whole);
    }

    /// A register's value.
    pub fn get(&self, block: &str, index: usize, register: &str) -> u64 {
        let block = self.map.block(block);
        let register = block.register(register);
        let address = block.address_of(index, register);
        let high = if register.words == 2 { self.words[&(address + 4)] } else { 0 };
        u64::from(high) << 32 | u64::from(self.words[&address])
    }

    /// Sets a word of a table, read-only ones too.
    pub fn set_table(&mut self, table: Table, word: u32, value: u32) {
        self.tables.insert((table as u32, word), value);
    }

    /// The word of a table that the window shows at an address.
    fn shown(&self, address: u16) -> (u32, u32) {
        let (select, field) = (self.get("tables", 0, "select"), |name| {
            self.map.register("tables", "select").field(name)
        });
        let base = self.map.windows[0].base;
        let page = field("page").get(select) as u32;
        (
            field("table").get(select) as u32,
            (page << tables::WINDOW_WORDS_LOG2) + u32::from(address - base) / 4,
        )
    }

    /// A word of a table.
    pub fn table(&self, table: Table, word: u32) -> u32 {
        self.table_word(table as u32, word)
    }

    fn table_word(&self, table: u32, word: u32) -> u32 {
        self.tables.get(&(table, word)).copied().unwrap_or(0)
    }

    fn write_table(&mut self, table: u32, word: u32, value: u32) {
        const FLOWS: u32 = Table::Flows as u32;
        const MACS: u32 = Table::Macs as u32;
        match (table, word) {
            (FLOWS, _) => {}
            (MACS, ..COMMAND) => {}
            (MACS, LAST_OF_COMMAND) => self.write_static(value),
            _ => drop(self.tables.insert((table, word), value)),
        }
    }

    /// Carries a command of the address table out.
    fn write_static(&mut self, last: u32) {
        const MACS: u32 = Table::Macs as u32;
        let [low, high] = [COMMAND, COMMAND + 1].map(|word| self.table_word(MACS, word));
        let vid = last & 0xFFF;
        let row = mac_table::row(
            mac_table::key(u64::from(high & 0xFFFF) << 32 | u64::from(low), vid as u16),
            mac_table::SETS_LOG2,
        );
        let ways = (0..mac_table::WAYS as u32).map(|way| 4 * (4 * u32::from(row) + way));
        let holds = |word: u32| {
            let fields = self.table_word(MACS, word);
            fields & 1 == 1 && fields >> 16 == vid && [1, 2].map(|next| self.table_word(MACS, word + next)) == [low, high & 0xFFFF]
        };
        let (held, free, loose) = (
            ways.clone().find(|word| holds(*word)),
            ways.clone().find(|word| self.table_word(MACS, *word) & 1 == 0),
            ways.clone().find(|word| self.table_word(MACS, *word) & 2 == 0),
        );
        let (place, fields) = if last & mac_table::REMOVE != 0 {
            (held, 0)
        } else {
            (held.or(free).or(loose), 0b11 | (last >> 16 & 0x1F) << 8 | vid << 16)
        };
        if let Some(place) = place {
            for (word, value) in [fields, low, high & 0xFFFF].into_iter().enumerate() {
                self.tables.insert((MACS, place + word as u32), value);
            }
        }
        self.tables.insert((MACS, LAST_OF_COMMAND), place.is_some().into());
    }

    /// Lets the next answers meet these faults, one each.
    pub fn inject(&mut self, faults: &[Fault]) {
        self.faults.extend(faults);
    }

    /// No further faults.
    pub fn forget_faults(&mut self) {
        self.faults.clear();
    }

    /// Takes bytes from the host; gives the bytes that answer.
    pub fn respond(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answers = vec![];
        for byte in bytes {
            let Some(body) = self.deframer.push(*byte) else { continue };
            let body = body.map(<[u8]>::to_vec);
            let answer = match body.as_deref().map_err(|error| *error).and_then(decode_request) {
                Ok(request) => self.serve(&request),
                Err(FrameError::Short) => continue,
                Err(_) => encode(0, 0, &[], Status::BadCrc),
            };
            answers.extend(answer);
        }
        answers
    }

    fn serve(&mut self, request: &Request) -> Vec<u8> {
        let fault = self.faults.pop_front();
        let (sequence, command) = (request.sequence, request.command);
        match fault {
            Some(Fault::Silence) => return vec![],
            Some(Fault::RequestDamaged) => return encode(sequence, command, &[], Status::BadCrc),
            Some(Fault::Late) => return encode(sequence.wrapping_sub(1), command, &[], Status::Ok),
            _ => {}
        }
        self.requests += 1;
        let (data, status) = self.carry_out(request);
        let mut answer = encode(sequence, command, &data, status);
        match fault {
            Some(Fault::Damage) => {
                let middle = answer.len() / 2;
                answer[middle] ^= 0x08;
            }
            Some(Fault::Cut) => answer.truncate(answer.len() / 2),
            Some(Fault::Noise) => answer.splice(0..0, [0x55, FLAG, 0x12, 0xFF, 0x00]).for_each(drop),
            _ => {}
        }
        answer
    }

    fn carry_out(&mut self, request: &Request) -> (Vec<u32>, Status) {
        let count = usize::from(request.count);
        let writes = request.command == Command::Write as u8;
        if !writes && request.command != Command::Read as u8 {
            return (vec![], Status::BadCommand);
        }
        if count == 0 || count > MAX_WORDS || request.data.len() != if writes { count } else { 0 } {
            return (vec![], Status::BadLength);
        }
        let mut data = vec![];
        let mut incoming = request.data.iter();
        for index in 0..count {
            let address = request.address.wrapping_add(4 * index as u16);
            if self.map.window(address).is_some() {
                let (table, word) = self.shown(address);
                match incoming.next() {
                    Some(value) => self.write_table(table, word, value),
                    None => data.push(self.table_word(table, word)),
                }
                continue;
            }
            let Some(place) = self.map.find(self.blades, address) else {
                return (data, Status::BadAddress);
            };
            match (incoming.next(), place.register.access) {
                (None, Access::Strobe) => data.push(0),
                (None, _) => data.push(self.words[&address]),
                (Some(_), Access::ReadOnly | Access::Counter) => return (data, Status::BadAddress),
                (Some(word), Access::Strobe) => self.actions.push((address, word)),
                (Some(word), Access::ReadWrite) if place.register.words == 2 && address == place.address => self.written_low = word,
                (Some(word), Access::ReadWrite) => {
                    let mask = place.register.mask();
                    if place.register.words == 2 {
                        self.words.insert(place.address, self.written_low & mask as u32);
                        self.words.insert(address, word & (mask >> 32) as u32);
                    } else {
                        self.words.insert(address, word & mask as u32);
                    }
                }
            }
        }
        (data, Status::Ok)
    }
}

fn encode(sequence: u8, command: u8, data: &[u32], status: Status) -> Vec<u8> {
    let mut frame = [0; MAX_FRAME];
    let length = encode_response(sequence, command, data, status, &mut frame);
    frame[..length].to_vec()
}

impl Transport for MemoryDevice {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let answer = self.respond(bytes);
        self.output.extend(answer);
        Ok(())
    }
    fn receive(&mut self, buffer: &mut [u8], _timeout: Duration) -> io::Result<usize> {
        let count = buffer.len().min(self.output.len());
        for (slot, byte) in buffer.iter_mut().zip(self.output.drain(..count)) {
            *slot = byte;
        }
        Ok(count)
    }
    fn discard(&mut self) -> io::Result<()> {
        self.output.clear();
        Ok(())
    }
}
