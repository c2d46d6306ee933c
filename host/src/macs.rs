//! The address table of a manager's layer-2 switch: what it learned, and static entries.

use crate::value::format_mac;
use crate::{Device, Error, Transport};
use serde::Serialize;
use spareband_spec::mac_table::{COMMAND, REMOVE, SETS_LOG2, UPLINK_PORT, WAYS, command, key, row};
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;
use spareband_spec::regs::tables::Table;
use std::collections::BTreeMap;

/// Words of an entry.
const ENTRY_WORDS: usize = 4;
/// Entries that are read in one go.
const ENTRIES_AT_ONCE: usize = 128;
/// Entries of the table.
pub const ENTRIES: usize = WAYS << SETS_LOG2;
/// VLAN identifiers are below this; 0 is for frames without a tag.
pub const VLANS: u16 = 4095;

/// An address in a VLAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub vlan: u16,
    /// First byte on the wire lowest.
    pub mac: u64,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&format_mac(self.mac))?;
        match self.vlan {
            0 => Ok(()),
            vlan => write!(f, " in VLAN {vlan}"),
        }
    }
}

/// An entry that holds an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub address: Address,
    /// A blade, or `UPLINK_PORT`.
    pub port: u8,
    pub is_static: bool,
    /// In 16ths of `forwarding.mac_age_time`; a static entry has none.
    pub age_sixteenths: u8,
}

/// An entry for programs.
#[derive(Serialize)]
pub struct EntryReport {
    mac: String,
    vlan: u16,
    port: String,
    r#static: bool,
    age_seconds: Option<f64>,
}

impl Entry {
    /// None: the entry is free.
    pub fn decode(words: [u32; ENTRY_WORDS]) -> Option<Entry> {
        let [fields, low, high, _] = words;
        (fields & 1 == 1).then(|| Entry {
            address: Address {
                vlan: (fields >> 16 & 0xFFF) as u16,
                mac: u64::from(low) | u64::from(high & 0xFFFF) << 32,
            },
            port: (fields >> 8 & 0x1F) as u8,
            is_static: fields >> 1 & 1 == 1,
            age_sixteenths: (fields >> 2 & 0xF) as u8,
        })
    }

    /// About how long ago it was last seen, in seconds; None: it stays for ever.
    pub fn age(&self, age_time: Option<f64>) -> Option<f64> {
        age_time
            .filter(|_| !self.is_static)
            .map(|time| time * f64::from(self.age_sixteenths) / 16.0)
    }

    pub fn report(&self, age_time: Option<f64>) -> EntryReport {
        EntryReport {
            mac: format_mac(self.address.mac),
            vlan: self.address.vlan,
            port: port_name(self.port),
            r#static: self.is_static,
            age_seconds: self.age(age_time),
        }
    }
}

/// `uplink`, or the number of a blade.
pub fn port_name(port: u8) -> String {
    match port {
        UPLINK_PORT => "uplink".into(),
        blade => blade.to_string(),
    }
}

/// The port of that name.
pub fn parse_port(text: &str) -> Result<u8, String> {
    if text == "uplink" {
        return Ok(UPLINK_PORT);
    }
    text.parse()
        .ok()
        .filter(|port| *port < UPLINK_PORT)
        .ok_or_else(|| format!("`{text}` is no port; write `uplink` or the number of a blade"))
}

/// Time after which a learned address is forgotten, in seconds; None: never.
pub fn age_time<T: Transport>(device: &mut Device<T>) -> Result<Option<f64>, Error> {
    let units = device.read_named("forwarding.mac_age_time")?;
    let unit = f64::from(FLOW_TIMEOUT_UNIT_CYCLES) / f64::from(device.identity().clock_hz);
    Ok((units != 0).then_some(units as f64 * unit))
}

/// Neighbouring entries from a number on.
fn read<const WORDS: usize, T: Transport>(device: &mut Device<T>, number: usize) -> Result<Vec<Entry>, Error> {
    let mut words = [0; WORDS];
    device.read_table(Table::Macs, (ENTRY_WORDS * number) as u32, &mut words)?;
    let (each, _) = words.as_chunks::<ENTRY_WORDS>();
    Ok(each.iter().filter_map(|words| Entry::decode(*words)).collect())
}

/// All entries, by address.
pub fn list<T: Transport>(device: &mut Device<T>) -> Result<Vec<Entry>, Error> {
    crate::snapshot::require_manager(device)?;
    let mut entries = vec![];
    for first in (0..ENTRIES).step_by(ENTRIES_AT_ONCE) {
        entries.extend(read::<{ ENTRY_WORDS * ENTRIES_AT_ONCE }, T>(device, first)?);
    }
    entries.sort_by_key(|entry| entry.address);
    Ok(entries)
}

/// The entry of an address.
pub fn find<T: Transport>(device: &mut Device<T>, address: Address) -> Result<Option<Entry>, Error> {
    let row = row(key(address.mac, address.vlan), SETS_LOG2);
    let entries = read::<{ ENTRY_WORDS * WAYS }, T>(device, WAYS * usize::from(row))?;
    Ok(entries.into_iter().find(|entry| entry.address == address))
}

/// Ports of the static entries.
pub fn statics<T: Transport>(device: &mut Device<T>) -> Result<BTreeMap<Address, u8>, Error> {
    let entries = list(device)?.into_iter().filter(|entry| entry.is_static);
    Ok(entries.map(|entry| (entry.address, entry.port)).collect())
}

/// The first address that finds its row full of static ones before it, if these are all written.
pub fn overfull<'a>(addresses: impl Iterator<Item = &'a Address>) -> Option<Address> {
    let mut held = [0; 1 << SETS_LOG2];
    addresses.copied().find(|Address { vlan, mac }| {
        let row = &mut held[usize::from(row(key(*mac, *vlan), SETS_LOG2))];
        *row += 1;
        *row > WAYS
    })
}

fn act<T: Transport>(device: &mut Device<T>, words: &[u32; 3]) -> Result<bool, Error> {
    device.write_table(Table::Macs, COMMAND, words)?;
    let mut done = [0];
    device.read_table(Table::Macs, COMMAND + 2, &mut done)?;
    Ok(done[0] & 1 == 1)
}

/// Writes a static entry, over what there is of the address.
pub fn add<T: Transport>(device: &mut Device<T>, address: Address, port: u8) -> Result<(), Error> {
    if act(device, &command(address.mac, address.vlan, port))? {
        return Ok(());
    }
    Err(Error::Failed {
        what: format!("no room for {address}: the {WAYS} entries of its row are static ones"),
        help: "`spareband mac list --static` shows the static entries; remove one that is no longer needed",
    })
}

/// Removes an entry, a static one or a learned one; false: there was none.
///
/// The command says so too, but one that was repeated for a lost answer finds nothing left to remove.
pub fn remove<T: Transport>(device: &mut Device<T>, address: Address) -> Result<bool, Error> {
    if find(device, address)?.is_none() {
        return Ok(false);
    }
    let [low, high, last] = command(address.mac, address.vlan, 0);
    act(device, &[low, high, last | REMOVE])?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from the layout in gateware/src/forward/table_access.rs.
    #[test]
    fn entries_by_hand() {
        assert_eq!(Entry::decode([0xFFFF_FFFE, 1, 2, 3]), None);
        let entry = Entry::decode([1 | 5 << 2 | 16 << 8 | 100 << 16, 0x0042_5302, 0xFFFF_0700, 9]).unwrap();
        assert_eq!(
            (entry.address.to_string().as_str(), entry.port, entry.is_static),
            ("02:53:42:00:00:07 in VLAN 100", 16, false)
        );
        assert_eq!((entry.age(Some(320.0)), entry.age(None)), (Some(100.0), None));
        let fixed = Entry::decode([3 | 3 << 8, 0, 0, 0]).unwrap();
        assert_eq!((fixed.port, fixed.is_static, fixed.age(Some(1.0))), (3, true, None));
    }

    #[test]
    fn ports() {
        assert_eq!((parse_port("uplink"), parse_port("15")), (Ok(16), Ok(15)));
        assert!(parse_port("16").is_err() && parse_port("up").is_err());
        assert_eq!((port_name(16).as_str(), port_name(3).as_str()), ("uplink", "3"));
    }

    #[test]
    fn a_row_holds_four() {
        let of_row = |wanted: u16| {
            let all = (0_u64..).map(|mac| Address { vlan: 7, mac: mac << 8 });
            all.filter(move |address| row(key(address.mac, address.vlan), SETS_LOG2) == wanted)
        };
        let mut addresses: Vec<Address> = of_row(3).take(5).collect();
        assert_eq!(overfull(addresses.iter()), Some(addresses[4]));
        addresses[4] = of_row(4).next().unwrap();
        assert_eq!(overfull(addresses.iter()), None);
    }
}
