//! Names of registers as people write them: `policy.delta`, `blade[2].mac`, `blade[2].record.cpu`, `0x0204`.

use crate::Error;
use spareband_spec::regs::{Count, Field, Map, Place};

/// A register or one of its fields.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    pub place: Place,
    pub field: Option<&'static Field>,
}

/// The canonical name of a register.
pub fn of(place: &Place) -> String {
    match place.block.count {
        Count::One => format!("{}.{}", place.block.name, place.register.name),
        Count::Blades => format!("{}[{}].{}", place.block.name, place.index, place.register.name),
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&of(&self.place))?;
        match self.field {
            Some(field) => write!(f, ".{}", field.name),
            None => Ok(()),
        }
    }
}

fn unknown(text: &str, known: impl Iterator<Item = &'static str>) -> Error {
    Error::Usage(format!("no register `{text}`; there are: {}", known.collect::<Vec<_>>().join(", ")))
}

/// Finds what a name means in a device with so many blades.
pub fn parse(map: &'static Map, blades: usize, text: &str) -> Result<Name, Error> {
    if let Some(digits) = text.strip_prefix("0x") {
        let address = u16::from_str_radix(digits, 16).map_err(|_| Error::Usage(format!("`{text}` is no address of 16 bits")))?;
        let place = map
            .find(blades, address)
            .ok_or_else(|| Error::Usage(format!("no register at {address:#06x}")))?;
        return Ok(Name { place, field: None });
    }
    let mut parts = text.split('.');
    let block_text = parts.next().unwrap_or_default();
    let (block_name, index) = match block_text.strip_suffix(']').and_then(|open| open.split_once('[')) {
        Some((name, index)) => (
            name,
            Some(
                index
                    .parse::<usize>()
                    .map_err(|_| Error::Usage(format!("`{index}` is no number of a blade")))?,
            ),
        ),
        None => (block_text, None),
    };
    let block = map
        .blocks
        .iter()
        .find(|block| block.name == block_name)
        .ok_or_else(|| unknown(text, map.blocks.iter().map(|block| block.name)))?;
    let index = match (block.count, index) {
        (Count::One, None) => 0,
        (Count::One, Some(_)) => return Err(Error::Usage(format!("there is only one `{block_name}`: write `{block_name}.…`"))),
        (Count::Blades, None) => {
            return Err(Error::Usage(format!(
                "say which one: `{block_name}[0].…` to `{block_name}[{}].…`",
                blades - 1
            )));
        }
        (Count::Blades, Some(index)) if index < blades => index,
        (Count::Blades, Some(index)) => return Err(Error::Usage(format!("no blade {index}; the device has 0 to {}", blades - 1))),
    };
    let register_name = parts.next().unwrap_or_default();
    let register = block
        .registers
        .iter()
        .find(|register| register.name == register_name)
        .ok_or_else(|| unknown(text, block.registers.iter().map(|register| register.name)))?;
    let field = match parts.next() {
        None => None,
        Some(name) => Some(
            register
                .fields
                .iter()
                .find(|field| field.name == name)
                .ok_or_else(|| unknown(text, register.fields.iter().map(|field| field.name)))?,
        ),
    };
    if parts.next().is_some() {
        return Err(Error::Usage(format!(
            "`{text}` has too many parts; write block.register or block.register.field"
        )));
    }
    Ok(Name {
        place: Place {
            block,
            index,
            register,
            address: block.address_of(index, register),
        },
        field,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use spareband_spec::regs::MANAGER;

    #[test]
    fn names_and_addresses_meet() {
        let by_name = parse(&MANAGER, 4, "blade[2].record.seq").unwrap();
        assert_eq!((by_name.place.address, by_name.field.unwrap().lsb), (0x1210, 44));
        let by_address = parse(&MANAGER, 4, "0x1214").unwrap();
        assert_eq!(by_address.to_string(), "blade[2].record");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("blade[4].mac", "0 to 3"),
            ("blade.mac", "say which"),
            ("policy[1].delta", "only one"),
            ("policy.bogus", "hash_key"),
            ("nothing", "uplink"),
            ("policy.delta.value.more", "too many parts"),
            ("0x0fff", "no register at"),
            ("0xfffff", "16 bits"),
            ("blade[x].mac", "no number"),
        ] {
            let error = parse(&MANAGER, 4, text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
