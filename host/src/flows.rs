//! The flow table of a manager, as its window shows it.
//!
//! An entry says which blade, how old and in which state; whose flow it is stands in it as a hash only (`frame::flow_hash`). So addresses
//! cannot be listed, but the entry of a flow whose addresses and ports are known can be found, since the hash's key can be read.

use crate::services::{self, Name, protocol_name};
use crate::{Device, Error, Transport};
use serde::Serialize;
use spareband_spec::frame::{FlowKey, flow_hash};
use spareband_spec::regs::FLOW_TIMEOUT_UNIT_CYCLES;
use spareband_spec::regs::tables::{Table, WORD_BITS};
use spareband_spec::service::ServiceParameters;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Entries of a set.
const WAYS: u32 = 4;
/// Words of an entry.
const ENTRY_WORDS: usize = 2;
/// In an entry's number: it stands in the half-open partition.
const HALF_OPEN: u32 = 1 << (WORD_BITS - 2);
/// Entries that are read in one go.
const ENTRIES_AT_ONCE: usize = 256;
/// Ages are in so many parts of a time-out.
pub const AGE_PARTS: u32 = 16;

/// State of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Both ends have sent, as far as the manager sees.
    Established,
    /// The client has sent its SYN and nothing more.
    HalfOpen,
    /// The client closed it by FIN or RST.
    Closing,
}

/// States by their names, in the order of `State`.
pub const STATES: [(&str, State); 3] = [
    ("established", State::Established),
    ("half-open", State::HalfOpen),
    ("closing", State::Closing),
];

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(STATES[*self as usize].0)
    }
}

/// An entry that holds a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place: way in bits 1..0, set above.
    pub place: u32,
    /// It stands in the half-open partition.
    pub half_open_partition: bool,
    pub blade: u8,
    pub state: State,
    /// Which of the four flow time-outs.
    pub timeout_class: u8,
    /// Time since its last frame, in 16ths of its time-out.
    pub age_sixteenths: u8,
    /// The hash of addresses, ports and protocol that it is found by.
    pub tag: u32,
}

impl Entry {
    /// None: the entry is free.
    pub fn decode(number: u32, words: [u32; ENTRY_WORDS]) -> Option<Entry> {
        let [fields, tag] = words;
        let bit = |lsb: u32| fields >> lsb & 1 == 1;
        bit(0).then(|| Entry {
            place: number & !HALF_OPEN,
            half_open_partition: number & HALF_OPEN != 0,
            blade: (fields >> 8 & 0xF) as u8,
            // A closing entry has the time-out of those, wherever it stands.
            state: match (bit(2), bit(1)) {
                (true, _) => State::Closing,
                (false, true) => State::HalfOpen,
                (false, false) => State::Established,
            },
            timeout_class: (fields >> 3 & 3) as u8,
            age_sixteenths: (fields >> 12 & 0xF) as u8,
            tag,
        })
    }
}

/// How many entries there are: what the table was built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capacity {
    pub flows: u32,
    pub half_open: u32,
}

impl Capacity {
    pub fn read<T: Transport>(device: &mut Device<T>) -> Result<Self, Error> {
        crate::snapshot::require_manager(device)?;
        let place = device.place("forwarding", 0, "geometry");
        let geometry = device.read(&place)?;
        let entries = |field| {
            let sets_log2 = place.register.field(field).get(geometry) as u32;
            WAYS.checked_shl(sets_log2)
                .filter(|entries| sets_log2 < 30 && *entries <= HALF_OPEN)
                .ok_or_else(|| Error::Failed {
                    what: format!("the device says that its flow table has 2^{sets_log2} sets, more than can be read"),
                    help: "the gateware and this program do not fit each other; `spareband info` shows the versions",
                })
        };
        Ok(Capacity {
            flows: entries("flow_sets_log2")?,
            half_open: entries("half_open_sets_log2")?,
        })
    }
}

/// Idle times after which entries go; None: never.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    classes: [Option<f64>; 4],
    closing: Option<f64>,
    half_open: Option<f64>,
}

impl Timeouts {
    pub fn read<T: Transport>(device: &mut Device<T>) -> Result<Self, Error> {
        let forwarding = [
            "flow_timeout_1",
            "flow_timeout_2",
            "flow_timeout_3",
            "closing_timeout",
            "half_open_timeout",
        ];
        let mut places = vec![device.place("policy", 0, "flow_timeout")];
        places.extend(forwarding.map(|name| device.place("forwarding", 0, name)));
        let unit = f64::from(FLOW_TIMEOUT_UNIT_CYCLES) / f64::from(device.identity().clock_hz);
        let values = device.read_places(&places)?;
        let seconds = |index: usize| (values[index] != 0).then(|| values[index] as f64 * unit);
        Ok(Timeouts {
            classes: std::array::from_fn(seconds),
            closing: seconds(4),
            half_open: seconds(5),
        })
    }

    /// Of an entry, in seconds.
    pub fn of(&self, entry: &Entry) -> Option<f64> {
        match entry.state {
            State::Closing => self.closing,
            State::HalfOpen => self.half_open,
            State::Established => self.classes[usize::from(entry.timeout_class)],
        }
    }

    /// About how long the entry has been idle, in seconds; None: the device does not count, since it never goes.
    pub fn idle(&self, entry: &Entry) -> Option<f64> {
        self.of(entry)
            .map(|timeout| timeout * f64::from(entry.age_sixteenths) / f64::from(AGE_PARTS))
    }
}

/// Entries from a number on.
fn read<T: Transport>(device: &mut Device<T>, number: u32, count: usize) -> Result<Vec<Entry>, Error> {
    let mut words = vec![0; ENTRY_WORDS * count];
    device.read_table(Table::Flows, ENTRY_WORDS as u32 * number, &mut words)?;
    let entries = words.chunks_exact(ENTRY_WORDS).zip(number..);
    Ok(entries
        .filter_map(|(words, number)| Entry::decode(number, [words[0], words[1]]))
        .collect())
}

/// All flows; `progress` is told entries read and entries in all. The table goes on changing while it is read.
pub fn list<T: Transport>(device: &mut Device<T>, capacity: Capacity, mut progress: impl FnMut(u64, u64)) -> Result<Vec<Entry>, Error> {
    let all = u64::from(capacity.flows) + u64::from(capacity.half_open);
    let (mut done, mut flows) = (0, vec![]);
    for (from, entries) in [(0, capacity.flows), (HALF_OPEN, capacity.half_open)] {
        for first in (0..entries).step_by(ENTRIES_AT_ONCE) {
            let count = ENTRIES_AT_ONCE.min((entries - first) as usize);
            flows.extend(read(device, from + first, count)?);
            done += count as u64;
            progress(done, all);
        }
    }
    Ok(flows)
}

/// A flow as people know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuple {
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub protocol: u8,
}

impl Tuple {
    /// Of a client's `ADDRESS:PORT` and the service's `ADDRESS:PORT/PROTOCOL`.
    pub fn parse(source: &str, destination: &str) -> Result<Tuple, String> {
        let source: SocketAddr = source
            .parse()
            .map_err(|_| format!("`{source}` is no client; write it as 192.0.2.7:40000 or [2001:db8::7]:40000"))?;
        let Name { address, protocol, port } = Name::parse(destination)?;
        let port = port.ok_or_else(|| format!("`{destination}` names no port, and a flow has one"))?;
        if source.is_ipv4() != address.is_ipv4() {
            return Err("one address is IPv4 and the other IPv6: no frame has both".into());
        }
        Ok(Tuple {
            source,
            destination: SocketAddr::new(address, port),
            protocol,
        })
    }

    fn key(&self, sticky: bool) -> FlowKey {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => address.to_bits().into(),
            IpAddr::V6(address) => address.to_bits(),
        };
        let ports = u32::from(self.source.port()) << 16 | u32::from(self.destination.port());
        FlowKey {
            source: bits(self.source.ip()),
            destination: bits(self.destination.ip()),
            ports: if sticky { 0 } else { ports },
            protocol: if sticky { 0 } else { self.protocol },
            is_ipv6: self.source.is_ipv6(),
        }
    }
}

impl fmt::Display for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let protocol = protocol_name(self.protocol).unwrap_or("?");
        write!(f, "{} -> {}/{protocol}", self.source, self.destination)
    }
}

/// What takes the frames of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taker {
    /// A service, by its number.
    Service(u8, ServiceParameters),
    /// `policy.vip`.
    Vip,
    Nothing,
}

/// Where a flow's entry is to be looked for, and what is there.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub taker: Taker,
    /// Set in the main partition, and in the half-open one.
    pub sets: [u32; 2],
    pub tag: u32,
    pub entry: Option<Entry>,
}

/// Looks one flow up, as the manager would.
pub fn find<T: Transport>(device: &mut Device<T>, tuple: &Tuple) -> Result<Found, Error> {
    let capacity = Capacity::read(device)?;
    let taker = taker(device, tuple)?;
    let sticky = matches!(taker, Taker::Service(_, parameters) if parameters.sticky_by_source);
    let (index, tag) = flow_hash(&tuple.key(sticky), device.read_named("policy.hash_key")?);
    let sets = [capacity.flows, capacity.half_open].map(|entries| index & (entries / WAYS - 1));
    let mut found = None;
    // An entry of the main partition counts first.
    for (from, set) in [0, HALF_OPEN].into_iter().zip(sets) {
        let entries = read(device, from + WAYS * set, WAYS as usize)?;
        found = found.or_else(|| entries.into_iter().find(|entry| entry.tag == tag));
    }
    Ok(Found {
        taker,
        sets,
        tag,
        entry: found,
    })
}

fn taker<T: Transport>(device: &mut Device<T>, tuple: &Tuple) -> Result<Taker, Error> {
    let name = Name {
        address: tuple.destination.ip(),
        protocol: tuple.protocol,
        port: Some(tuple.destination.port()),
    };
    if let Some((number, parameters)) = services::taker(device, &name)?
        && parameters.enabled
    {
        return Ok(Taker::Service(number, parameters));
    }
    let IpAddr::V4(address) = name.address else {
        return Ok(Taker::Nothing);
    };
    let (vip, mask) = (device.read_named("policy.vip")?, device.read_named("policy.vip_mask")?);
    let foreign = (u64::from(address.to_bits()) ^ vip) & mask;
    Ok(if foreign == 0 { Taker::Vip } else { Taker::Nothing })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from the layout in gateware/src/forward/table_access.rs.
    #[test]
    fn entries_by_hand() {
        assert_eq!(Entry::decode(7, [0xFFFF_FFFE, 1]), None);
        let entry = Entry::decode(HALF_OPEN | 5, [1 | 1 << 1 | 2 << 3 | 11 << 8 | 9 << 12, 0xABCD]).unwrap();
        assert_eq!(
            (entry.place, entry.half_open_partition, entry.blade, entry.state),
            (5, true, 11, State::HalfOpen)
        );
        assert_eq!((entry.timeout_class, entry.age_sixteenths, entry.tag), (2, 9, 0xABCD));
        assert_eq!(Entry::decode(0, [0b111, 0]).unwrap().state, State::Closing);
        assert_eq!(Entry::decode(0, [0b1, 0]).unwrap().state, State::Established);
    }

    #[test]
    fn tuples() {
        let tuple = Tuple::parse("192.0.2.7:40000", "10.0.0.1:80/tcp").unwrap();
        assert_eq!(tuple.to_string(), "192.0.2.7:40000 -> 10.0.0.1:80/tcp");
        let key = tuple.key(false);
        assert_eq!((key.source, key.ports, key.protocol), (0xC000_0207, 40000 << 16 | 80, 6));
        assert_eq!((tuple.key(true).ports, tuple.key(true).protocol), (0, 0));
        let v6 = Tuple::parse("[2001:db8::7]:1", "[2001:db8::1]:443/udp").unwrap();
        assert!(v6.key(false).is_ipv6 && v6.to_string().ends_with("/udp"));
        for (source, destination, part) in [
            ("192.0.2.7", "10.0.0.1:80/tcp", "is no client"),
            ("192.0.2.7:1", "10.0.0.1/tcp", "names no port"),
            ("192.0.2.7:1", "[2001:db8::1]:80/tcp", "no frame has both"),
            ("192.0.2.7:1", "10.0.0.1:80", "names no protocol"),
        ] {
            assert!(Tuple::parse(source, destination).unwrap_err().contains(part));
        }
    }
}
