//! A device whose register map is known.

use crate::{Client, Error, Name, Transport, name};
use serde::Serialize;
use spareband_spec::regs::tables::{self, Table};
use spareband_spec::regs::{
    Access, BLADE, BLADE_MAP_HASH, KIND_BLADE, KIND_MANAGER, MAGIC, MANAGER, MANAGER_MAP_HASH, MAX_BLADES, Map, Place,
};
use spareband_spec::uart_frame::MAX_WORDS;

/// What the identity block says.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    pub kind: &'static str,
    pub version: String,
    pub map_hash: u32,
    pub blades: usize,
    pub clock_hz: u32,
}

/// A manager or a blade.
pub struct Device<T> {
    client: Client<T>,
    map: &'static Map,
    identity: Identity,
}

impl<T: Transport> Device<T> {
    /// Reads the identity block and checks that it is the map this program knows.
    pub fn open(mut client: Client<T>) -> Result<Self, Error> {
        let mut words = [0; 6];
        client.read(MANAGER.address("identity", "magic"), &mut words)?;
        let [magic, map_hash, version, kind, blades, clock_hz] = words;
        if magic != MAGIC {
            return Err(Error::NotSpareband(magic));
        }
        let (map, known) = match kind {
            KIND_MANAGER => (&MANAGER, MANAGER_MAP_HASH),
            KIND_BLADE => (&BLADE, BLADE_MAP_HASH),
            _ => {
                return Err(Error::MapMismatch {
                    found: map_hash,
                    known: MANAGER_MAP_HASH,
                    kind: MANAGER.name,
                });
            }
        };
        if map_hash != known || blades as usize > MAX_BLADES {
            return Err(Error::MapMismatch {
                found: map_hash,
                known,
                kind: map.name,
            });
        }
        let fields = map.register("identity", "version").fields;
        let version = fields
            .iter()
            .rev()
            .map(|field| field.get(version.into()).to_string())
            .collect::<Vec<_>>()
            .join(".");
        Ok(Device {
            client,
            map,
            identity: Identity {
                kind: map.name,
                version,
                map_hash,
                blades: blades as usize,
                clock_hz,
            },
        })
    }

    /// Gives the transport back.
    pub fn into_transport(self) -> T {
        self.client.into_transport()
    }

    /// What the device says of itself.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The register map.
    pub fn map(&self) -> &'static Map {
        self.map
    }

    /// Number of blades; 0 of a blade.
    pub fn blades(&self) -> usize {
        self.identity.blades
    }

    /// Finds a register by its name.
    pub fn name(&self, text: &str) -> Result<Name, Error> {
        name::parse(self.map, self.blades(), text)
    }

    /// The place of a register; panics if the map has none of this name.
    pub fn place(&self, block: &str, index: usize, register: &str) -> Place {
        let block = self.map.block(block);
        let register = block.register(register);
        Place {
            block,
            index,
            register,
            address: block.address_of(index, register),
        }
    }

    /// Reads registers, in bursts where they are neighbours.
    pub fn read_places(&mut self, places: &[Place]) -> Result<Vec<u64>, Error> {
        let mut values = Vec::with_capacity(places.len());
        let mut rest = places;
        while let Some(first) = rest.first() {
            let mut count = 1;
            let mut words = usize::from(first.register.words);
            while let Some(next) = rest.get(count) {
                let size = usize::from(next.register.words);
                if usize::from(next.address) != usize::from(first.address) + 4 * words || words + size > MAX_WORDS {
                    break;
                }
                words += size;
                count += 1;
            }
            let mut data = [0; MAX_WORDS];
            self.client.read(first.address, &mut data[..words])?;
            let mut word = data.iter().map(|word| u64::from(*word));
            for place in &rest[..count] {
                let low = word.next().unwrap_or_default();
                let high = if place.register.words == 2 {
                    word.next().unwrap_or_default()
                } else {
                    0
                };
                values.push(high << 32 | low);
            }
            rest = &rest[count..];
        }
        Ok(values)
    }

    /// Reads one register.
    pub fn read(&mut self, place: &Place) -> Result<u64, Error> {
        Ok(self.read_places(&[*place])?[0])
    }

    /// Writes one register; what keeps its value is read back.
    pub fn write(&mut self, place: &Place, value: u64) -> Result<(), Error> {
        let access = place.register.access;
        if !access.writable() {
            return Err(Error::Usage(format!("{} is read-only", name::of(place))));
        }
        let words = [value as u32, (value >> 32) as u32];
        self.client.write(place.address, &words[..place.register.words.into()])?;
        if access == Access::ReadWrite {
            let found = self.read(place)?;
            if found != value {
                return Err(Error::ReadBack {
                    what: name::of(place),
                    written: value,
                    found,
                });
            }
        }
        Ok(())
    }

    /// Writes words to neighbouring registers in one burst, without reading back.
    pub fn write_burst(&mut self, place: &Place, words: &[u32]) -> Result<(), Error> {
        self.client.write(place.address, words)
    }

    /// Lets the window show where a word of a table is; its address there.
    fn show(&mut self, table: Table, word: u32) -> Result<u16, Error> {
        let (select, address) = tables::place(table, word);
        let register = self.place("tables", 0, "select");
        self.client.write(register.address, &[select])?;
        Ok(address)
    }

    /// Reads neighbouring words of a table, which stand on one page of the window.
    pub fn read_table(&mut self, table: Table, word: u32, words: &mut [u32]) -> Result<(), Error> {
        let address = self.show(table, word)?;
        self.client.read(address, words)
    }

    /// Writes neighbouring words of a table, which stand on one page of the window.
    pub fn write_table(&mut self, table: Table, word: u32, words: &[u32]) -> Result<(), Error> {
        let address = self.show(table, word)?;
        self.client.write(address, words)
    }

    /// Reads a register or field by its name.
    pub fn read_named(&mut self, text: &str) -> Result<u64, Error> {
        let name = self.name(text)?;
        let value = self.read(&name.place)?;
        Ok(name.field.map_or(value, |field| field.get(value)))
    }

    /// Writes a register or field by its name; the register's other fields keep their values.
    pub fn write_named(&mut self, text: &str, value: u64) -> Result<(), Error> {
        let name = self.name(text)?;
        self.write_name(&name, value)
    }

    /// Writes a register or field; the register's other fields keep their values.
    pub fn write_name(&mut self, name: &Name, value: u64) -> Result<(), Error> {
        let value = match name.field {
            None => value,
            Some(field) if name.place.register.access == Access::ReadWrite => field.set(self.read(&name.place)?, value),
            Some(field) => field.set(0, value),
        };
        self.write(&name.place, value)
    }
}
