//! The service table: which addresses and ports are balanced, and how. Entries, addresses of the host, and where an entry goes.
//!
//! Two banks of rows; a key has one row in each, given by a linear hash, and its entry stands in either (cuckoo hashing, Pagh and Rodler 2001).
//! The hashes are remainders modulo two primitive polynomials, so two keys that differ only within 18 neighbouring bits, as ports do,
//! never share both rows. Whoever chooses the keys is the operator, and the whole key is compared: a linear hash harms nobody.
//!
//! Order of writes: parameters and weights of a number first, then its key; a key that leaves goes before anything of its number changes.

mod placement;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use placement::{Placement, PlacementError, Plan, SlotWrite};

/// log2 of the services of a table, and so the width of a service's number.
pub const SERVICES_LOG2: usize = 6;
pub const SERVICES: usize = 1 << SERVICES_LOG2;
/// Most keys: a service's own, and those beside it for fragments and for questions about its address.
pub const ENTRIES: usize = 3 * SERVICES;
/// Protocol of an address entry: its key, without port, takes ARP requests and neighbour solicitations for the address. Reserved by IANA.
pub const ADDRESS_PROTOCOL: u8 = 255;
/// Protocol of an entry that takes echo requests to its address. Kept for experiments by IANA (RFC 3692).
pub const ECHO_PROTOCOL: u8 = 254;
/// Changed in the protocol of a fragment, whose key has no port: TCP's is 134, UDP's 145, SCTP's 4.
pub const FRAGMENT_PROTOCOL_BIT: u8 = 0x80;
/// log2 of the rows of a bank. A block RAM has 512 rows at least, so fewer would save nothing.
pub const ROWS_LOG2: usize = 9;
pub const BANKS: usize = 2;
/// Words of 32 bits in an entry of a bank.
pub const ENTRY_WORDS: usize = 5;
/// Weights of a service, one a blade.
pub const WEIGHTS: usize = 16;
pub const WEIGHT_WORDS: usize = 4;
/// Width of what a hash takes beside the address: port, protocol, version.
pub const UPPER_BITS: usize = 25;

/// Degree, and the polynomials of the two banks with bit i the coefficient of x^i. All are primitive (`polynomials_are_primitive`).
const POLYNOMIALS: [(usize, [u16; BANKS]); 8] = [
    (3, [0xB, 0xD]),
    (4, [0x13, 0x19]),
    (5, [0x25, 0x29]),
    (6, [0x43, 0x6D]),
    (7, [0x83, 0x8F]),
    (8, [0x11D, 0x12B]),
    (9, [0x22D, 0x259]),
    (10, [0x41B, 0x50D]),
];

/// What a service is known by. `port` 0 stands for any port: port 0 is reserved (RFC 6335, section 6) and no service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceKey {
    /// An IPv4 address in the low 32 bits.
    pub address: u128,
    pub is_ipv6: bool,
    pub protocol: u8,
    pub port: u16,
}

impl ServiceKey {
    /// `port` 0: any port.
    pub const fn new(address: IpAddr, protocol: u8, port: u16) -> ServiceKey {
        let (address, is_ipv6) = match address {
            IpAddr::V4(address) => (address.to_bits() as u128, false),
            IpAddr::V6(address) => (address.to_bits(), true),
        };
        ServiceKey {
            address,
            is_ipv6,
            protocol,
            port,
        }
    }
    /// The address as people write it.
    pub const fn ip(&self) -> IpAddr {
        if self.is_ipv6 {
            IpAddr::V6(Ipv6Addr::from_bits(self.address))
        } else {
            IpAddr::V4(Ipv4Addr::from_bits(self.address as u32))
        }
    }
    /// The key that takes the fragments of this protocol to the address.
    pub const fn fragments(self) -> ServiceKey {
        self.beside(self.protocol ^ FRAGMENT_PROTOCOL_BIT)
    }
    /// The key that takes ARP requests and neighbour solicitations for the address.
    pub const fn resolution(self) -> ServiceKey {
        self.beside(ADDRESS_PROTOCOL)
    }
    /// The key that takes echo requests to the address.
    pub const fn echo(self) -> ServiceKey {
        self.beside(ECHO_PROTOCOL)
    }
    const fn beside(self, protocol: u8) -> ServiceKey {
        ServiceKey { protocol, port: 0, ..self }
    }
    /// The key without its port: the service of all ports that have none of their own.
    pub const fn any_port(self) -> ServiceKey {
        ServiceKey { port: 0, ..self }
    }
    /// Port, protocol and version, as they stand in the last word of an entry.
    pub const fn upper(&self) -> u32 {
        self.port as u32 | (self.protocol as u32) << 16 | (self.is_ipv6 as u32) << 24
    }
    /// No frame bears an IPv4 address of more than 32 bits.
    pub const fn is_valid(&self) -> bool {
        self.is_ipv6 || self.address >> 32 == 0
    }
}

/// Row of a key in a bank of 2^`rows_log2` rows (3..=10; from 8 on no two bits of a key hash alike).
pub const fn row(bank: usize, address: u128, upper: u32, rows_log2: usize) -> u16 {
    let (degree, polynomials) = POLYNOMIALS[rows_log2 - 3];
    let polynomial = polynomials[bank];
    let mut remainder = 0;
    let mut bit = 128 + UPPER_BITS;
    while bit > 0 {
        bit -= 1;
        let coefficient = if bit < 128 {
            address >> bit & 1
        } else {
            (upper >> (bit - 128) & 1) as u128
        };
        remainder = remainder << 1 | coefficient as u16;
        if remainder >> degree & 1 == 1 {
            remainder ^= polynomial;
        }
    }
    remainder
}

const VALID: u32 = 1 << UPPER_BITS;

/// An entry of a bank: address in words 0..4, low word first; then port 16, protocol 8, version 1, valid 1, number 6.
pub const fn entry(key: &ServiceKey, number: u8) -> [u32; ENTRY_WORDS] {
    let address = key.address;
    [
        address as u32,
        (address >> 32) as u32,
        (address >> 64) as u32,
        (address >> 96) as u32,
        key.upper() | VALID | (number as u32) << (UPPER_BITS + 1),
    ]
}

/// An entry that matches nothing.
pub const EMPTY: [u32; ENTRY_WORDS] = [0; ENTRY_WORDS];

/// Key and number of an entry that was read back, if it holds any.
pub const fn decode(words: &[u32; ENTRY_WORDS]) -> Option<(ServiceKey, u8)> {
    let upper = words[4];
    if upper & VALID == 0 {
        return None;
    }
    let key = ServiceKey {
        address: words[0] as u128 | (words[1] as u128) << 32 | (words[2] as u128) << 64 | (words[3] as u128) << 96,
        is_ipv6: upper >> 24 & 1 == 1,
        protocol: (upper >> 16) as u8,
        port: upper as u16,
    };
    Some((key, (upper >> (UPPER_BITS + 1)) as u8))
}

/// How the frames of a service are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceParameters {
    /// Bit i: blade i may be chosen.
    pub blade_set: u16,
    /// Selection rule, 4 bits.
    pub policy: u8,
    /// Which of the four flow time-outs, 2 bits.
    pub timeout_class: u8,
    /// Each datagram is balanced by itself; there are no flows.
    pub udp_per_packet: bool,
    /// The destination MAC becomes the blade's.
    pub rewrite: bool,
    /// Affinity by the client's address alone.
    pub sticky_by_source: bool,
    pub enabled: bool,
}

impl ServiceParameters {
    pub const fn word(&self) -> u32 {
        self.blade_set as u32
            | (self.policy as u32 & 0xF) << 16
            | (self.timeout_class as u32 & 3) << 20
            | (self.udp_per_packet as u32) << 22
            | (self.rewrite as u32) << 23
            | (self.sticky_by_source as u32) << 24
            | (self.enabled as u32) << 25
    }
    pub const fn from_word(word: u32) -> ServiceParameters {
        ServiceParameters {
            blade_set: word as u16,
            policy: (word >> 16 & 0xF) as u8,
            timeout_class: (word >> 20 & 3) as u8,
            udp_per_packet: word >> 22 & 1 == 1,
            rewrite: word >> 23 & 1 == 1,
            sticky_by_source: word >> 24 & 1 == 1,
            enabled: word >> 25 & 1 == 1,
        }
    }
}

/// The weights of a service as its row's words: that of blade 0 in the low byte of word 0.
pub const fn weight_words(weights: &[u8; WEIGHTS]) -> [u32; WEIGHT_WORDS] {
    let mut words = [0; WEIGHT_WORDS];
    let mut blade = 0;
    while blade < WEIGHTS {
        words[blade / 4] |= (weights[blade] as u32) << (8 * (blade % 4));
        blade += 1;
    }
    words
}

/// Counters of a service; the low bits of a counter's address, below the service's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Counter {
    /// Frames to the service, dropped ones too.
    Packets = 0,
    /// Their octets.
    Octets = 1,
    /// Frames that began a flow.
    NewFlows = 2,
    /// Frames that were dropped.
    Drops = 3,
}

/// log2 of the counters of a service.
pub const COUNTERS_LOG2: usize = 2;
pub const COUNTERS: usize = 1 << COUNTERS_LOG2;

/// Number of the first word of a service's counters in the table `service_counters`: two words a counter, the low half first.
pub const fn counters_word(number: u8) -> u32 {
    2 * COUNTERS as u32 * number as u32
}

/// The counters in such words, in the order of `Counter`.
pub const fn counters(words: &[u32; 2 * COUNTERS]) -> [u64; COUNTERS] {
    let mut counters = [0; COUNTERS];
    let mut counter = 0;
    while counter < COUNTERS {
        counters[counter] = words[2 * counter] as u64 | (words[2 * counter + 1] as u64) << 32;
        counter += 1;
    }
    counters
}

/// What a word of the host belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Target {
    Bank0 = 0,
    Bank1 = 1,
    /// Row: the service's number.
    Parameters = 2,
    /// Row: the service's number.
    Weights = 3,
}

impl Target {
    /// The word whose write makes the row visible with the words written before it.
    pub const fn last_word(self) -> usize {
        match self {
            Target::Bank0 | Target::Bank1 => ENTRY_WORDS - 1,
            Target::Parameters => 0,
            Target::Weights => WEIGHT_WORDS - 1,
        }
    }
}

/// Width of a word's address: word 3, row 10, target 2; the top bit counts for nothing.
pub const ADDRESS_BITS: usize = 16;

/// Address of a word.
pub const fn word_address(target: Target, row: u16, word: usize) -> u16 {
    (target as u16) << 13 | row << 3 | word as u16
}

#[cfg(test)]
mod tests;
