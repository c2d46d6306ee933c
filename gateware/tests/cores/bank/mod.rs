//! Drives a register bank's bus, and tests any bank against its map.
use rand::prelude::*;
use spareband_spec::regs::{Access, MAGIC, Map, Place};

/// A bank under test.
pub trait Bank {
    const MAP: Map;
    const BLADES: usize;
    /// Cycles from a request to its answer, 9 where the address is no multiple of 4.
    const LATENCY: usize;
    fn request(&mut self, address: u16, data: u32, read: bool, write: bool);
    /// One clock cycle; the answer if there is one after it.
    fn cycle(&mut self) -> Option<(u32, bool)>;

    fn access(&mut self, address: u16, data: Option<u32>) -> Result<u32, ()> {
        self.request(address, data.unwrap_or(0xDEAD_BEEF), data.is_none(), data.is_some());
        let latency = if address.is_multiple_of(4) { Self::LATENCY } else { 9 };
        for cycle in 1..=latency {
            let answer = self.cycle();
            self.request(address, data.unwrap_or(0xDEAD_BEEF), false, false);
            if let Some((word, error)) = answer {
                assert_eq!(cycle, latency);
                assert!(self.cycle().is_none());
                return if error { Err(()) } else { Ok(word) };
            }
        }
        panic!("no answer at {address:#06x}");
    }

    fn read(&mut self, address: u16) -> Result<u32, ()> {
        self.access(address, None)
    }

    fn write(&mut self, address: u16, data: u32) -> Result<(), ()> {
        self.access(address, Some(data)).map(|_| ())
    }

    /// A whole register.
    fn get(&mut self, block: &str, index: usize, register: &str) -> u64 {
        let block = Self::MAP.block(block);
        let register = block.register(register);
        let address = block.address_of(index, register);
        let low = u64::from(self.read(address).unwrap());
        if register.words == 2 {
            low | u64::from(self.read(address + 4).unwrap()) << 32
        } else {
            low
        }
    }

    fn set(&mut self, block: &str, index: usize, register: &str, value: u64) {
        let block = Self::MAP.block(block);
        let register = block.register(register);
        let address = block.address_of(index, register);
        self.write(address, value as u32).unwrap();
        if register.words == 2 {
            self.write(address + 4, (value >> 32) as u32).unwrap();
        }
    }
}

fn name(place: &Place) -> String {
    format!("{}[{}].{}", place.block.name, place.index, place.register.name)
}

/// Exactly the addresses of the map are answered.
pub fn only_the_map_answers<B: Bank>(bank: &mut B) {
    for address in (0..=0xFFFF_u16).filter(|address| address % 4 == 0 && (*address < 0x2200 || *address > 0x7000)) {
        if B::MAP.window(address).is_some() {
            continue;
        }
        assert_eq!(
            bank.read(address).is_ok(),
            B::MAP.find(B::BLADES, address).is_some(),
            "{address:#06x}"
        );
    }
    for address in [1, 2, 3, 0x101, 0x1002] {
        assert!(bank.read(address).is_err() && bank.write(address, 0).is_err(), "{address:#06x}");
    }
}

/// Registers hold their reset values; what the device fills in itself is left to its own test.
pub fn reset_values<B: Bank>(bank: &mut B) {
    for place in B::MAP.places(B::BLADES) {
        let itself = matches!(
            (place.block.name, place.register.name),
            ("identity", "map_hash" | "kind" | "blades" | "clock_hz" | "uptime")
        ) || matches!(place.register.name, "index" | "geometry");
        if !itself {
            assert_eq!(
                bank.get(place.block.name, place.index, place.register.name),
                place.reset(),
                "{}",
                name(&place)
            );
        }
    }
    assert_eq!(bank.get("identity", 0, "magic"), u64::from(MAGIC));
}

/// What may be written keeps exactly the bits of its fields; what may not refuses; no write disturbs another register.
pub fn writes_go_where_the_map_says<B: Bank>(bank: &mut B, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut written: Vec<(Place, u64)> = vec![];
    for place in B::MAP.places(B::BLADES) {
        let value: u64 = rng.r#gen();
        match place.register.access {
            Access::ReadWrite => {
                bank.set(place.block.name, place.index, place.register.name, value);
                written.push((place, value & place.register.mask()));
            }
            Access::Strobe => {}
            Access::ReadOnly | Access::Counter => {
                for word in 0..u16::from(place.register.words) {
                    assert!(bank.write(place.address + 4 * word, value as u32).is_err(), "{}", name(&place));
                }
            }
        }
    }
    for (place, value) in written {
        let mask = if place.register.words == 1 { u64::from(u32::MAX) } else { u64::MAX };
        assert_eq!(
            bank.get(place.block.name, place.index, place.register.name),
            value & mask,
            "seed {seed}: {}",
            name(&place)
        );
    }
}

/// Stimulus of a lockstep test: accesses to registers, and at times to none.
pub fn random_access(inputs: &mut spareband_hdl::lockstep::Inputs, map: &Map, blades: usize, wait: &mut u32) {
    let (mut read, mut write) = (false, false);
    if *wait == 0 {
        let places: Vec<Place> = map.places(blades).collect();
        let place = places.choose(inputs.rng).unwrap();
        let stray = if inputs.rng.gen_bool(0.1) { inputs.rng.r#gen() } else { 0 };
        let word = inputs.rng.gen_range(0..u16::from(place.register.words));
        inputs.set("bus_address", (place.address + 4 * word) ^ stray);
        read = inputs.rng.r#gen();
        write = !read;
        *wait = 16;
    } else {
        *wait -= 1;
        inputs.set("bus_address", 0_u32);
    }
    inputs.set("bus_read", u32::from(read));
    inputs.set("bus_write", u32::from(write));
}
