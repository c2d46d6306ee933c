//! What the forwarding plane knows of frames and headers, and of its own sizes.

/// EtherTypes of IPv4, ARP (RFC 826) and IPv6.
pub const ETHERTYPE_IPV4: u16 = 0x0800;
pub const ETHERTYPE_ARP: u16 = 0x0806;
pub const ETHERTYPE_IPV6: u16 = 0x86DD;
/// EtherTypes of an IEEE 802.1Q C-tag and S-tag.
pub const ETHERTYPE_VLAN: u16 = 0x8100;
pub const ETHERTYPE_SERVICE_VLAN: u16 = 0x88A8;
/// Where the network header starts in a frame without a tag; each tag adds `TAG_BYTES`.
pub const NETWORK_OFFSET: u8 = 14;
pub const TAG_BYTES: u8 = 4;
/// First eight bytes of an ARP request for Ethernet and IPv4: hardware 1, protocol 0x0800, lengths 6 and 4, operation 1.
pub const ARP_REQUEST: u64 = 0x0001_0800_0604_0001;
/// Protocol numbers of IPv4, which are the next header values of IPv6.
pub const PROTOCOL_HOP_BY_HOP: u8 = 0;
pub const PROTOCOL_ICMP: u8 = 1;
pub const PROTOCOL_TCP: u8 = 6;
pub const PROTOCOL_UDP: u8 = 17;
pub const PROTOCOL_ROUTING: u8 = 43;
pub const PROTOCOL_FRAGMENT: u8 = 44;
pub const PROTOCOL_AUTHENTICATION: u8 = 51;
pub const PROTOCOL_ICMPV6: u8 = 58;
pub const PROTOCOL_DESTINATION_OPTIONS: u8 = 60;
pub const PROTOCOL_SCTP: u8 = 132;
/// Extension headers of one IPv6 packet that the parser walks along; RFC 8200 4.1 recommends an order of eight.
pub const MAX_EXTENSION_HEADERS: u8 = 8;
/// Types of ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861). The errors of ICMPv6 are types 1 to 4.
pub const ICMP_ERRORS: [u8; 5] = [3, 4, 5, 11, 12];
pub const ICMP_ECHO_REQUEST: u8 = 8;
pub const ICMPV6_ECHO_REQUEST: u8 = 128;
pub const ICMPV6_NEIGHBOUR_SOLICITATION: u8 = 135;
/// Type of the SCTP chunk that opens an association (RFC 9260 3.3.2).
pub const SCTP_INIT: u8 = 1;
/// Shortest frame without its frame check sequence.
pub const MIN_FRAME_BYTES: usize = 60;
/// Shortest IPv4 header, in 32-bit words.
pub const MIN_IHL: u8 = 5;
pub const IPV6_HEADER_BYTES: u8 = 40;
/// Shortest TCP header, in bytes; its data offset counts 32-bit words.
pub const TCP_HEADER_BYTES: u8 = 20;
pub const MIN_DATA_OFFSET: u8 = 5;
pub const UDP_HEADER_BYTES: u8 = 8;
pub const SCTP_HEADER_BYTES: u8 = 12;

/// What a protocol number means to the parser, one bit each.
pub mod next_header {
    pub const TCP: usize = 0;
    pub const UDP: usize = 1;
    pub const SCTP: usize = 2;
    pub const ICMP: usize = 3;
    pub const ICMPV6: usize = 4;
    /// Hop-by-hop options, routing, destination options: length in 8-byte units without the first.
    pub const OPTIONS: usize = 5;
    pub const FRAGMENT: usize = 6;
    pub const AUTHENTICATION: usize = 7;
}

/// Cause of a drop beside those of the receive MAC: the frame is shorter than its IP packet says.
pub const CAUSE_TRUNCATED: u8 = 5;

/// What the classifier decides of a frame.
pub mod class {
    /// A malformed header: to be dropped.
    pub const MALFORMED: u8 = 0;
    /// To the blade whose address it bears.
    pub const UNICAST: u8 = 1;
    /// To every blade: group address, or an address that is no blade's.
    pub const FLOOD: u8 = 2;
    /// To the blade of its flow.
    pub const BALANCE: u8 = 3;
    /// To the responder: a question about an address of ours.
    pub const RESPOND: u8 = 4;
    /// To the manager's own address, and no service takes it: to be dropped.
    pub const NO_SERVICE: u8 = 5;
    /// To an address known behind the uplink: to be dropped.
    pub const FILTERED: u8 = 6;
    /// To be flooded, but too many are: to be dropped.
    pub const STORM: u8 = 7;
}

/// Frames between parser and verdict at most; one that comes beyond is dropped whole.
pub const FRAMES_IN_FLIGHT: u8 = 16;
/// Cycles in which `forwarding.storm_limit` frames may be flooded.
pub const STORM_PERIOD: u32 = 1 << 16;
/// Bytes of a blade's turn on the way back: more than the longest frame, so that no turn goes by without one.
pub const RETURN_QUANTUM: u16 = 10_240;
/// log2 of the sets of the flow table by default: 4096 sets of 4 make 16384 entries.
pub const FLOW_SETS_LOG2: usize = 12;
/// log2 of the sets of its half-open partition: 256 sets of 4 make 1024 entries.
pub const HALF_OPEN_SETS_LOG2: usize = 8;
/// The sweep visits every entry this many times in a flow time-out.
pub const SWEEPS_A_TIMEOUT: u32 = 16;
/// An entry is removed by the sweep that finds it this old, in sweeps.
pub const AGE_EXPIRED: u8 = 15;
/// Constants of HalfSipHash's initial state.
pub const HASH_CONSTANTS: [u32; 2] = [0x6c79_6765, 0x7465_6462];
/// Rounds of HalfSipHash's permutation after each address, and after the rest of the flow.
pub const HASH_ROUNDS: usize = 2;
pub const HASH_FINAL_ROUNDS: usize = 4;

/// A TCP, UDP or SCTP flow, or the three fields of a fragment with ports 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlowKey {
    /// The addresses of IPv6; an IPv4 address in the low 32 bits.
    pub source: u128,
    pub destination: u128,
    /// Source port in the upper half.
    pub ports: u32,
    pub protocol: u8,
    pub is_ipv6: bool,
}

/// One round of HalfSipHash's permutation (SipHash with 32-bit words, rotations 5, 16, 8, 7, 13, 16).
const fn permute(v: [u32; 4], rounds: usize) -> [u32; 4] {
    let [mut v0, mut v1, mut v2, mut v3] = v;
    let mut round = 0;
    while round < rounds {
        v0 = v0.wrapping_add(v1);
        v1 = v1.rotate_left(5) ^ v0;
        v0 = v0.rotate_left(16);
        v2 = v2.wrapping_add(v3);
        v3 = v3.rotate_left(8) ^ v2;
        v0 = v0.wrapping_add(v3);
        v3 = v3.rotate_left(7) ^ v0;
        v2 = v2.wrapping_add(v1);
        v1 = v1.rotate_left(13) ^ v2;
        v2 = v2.rotate_left(16);
        round += 1;
    }
    [v0, v1, v2, v3]
}

/// XOR of 128 bits into the state: bits 31..0 into word 0.
const fn absorb(v: [u32; 4], block: u128) -> [u32; 4] {
    [
        v[0] ^ block as u32,
        v[1] ^ (block >> 32) as u32,
        v[2] ^ (block >> 64) as u32,
        v[3] ^ (block >> 96) as u32,
    ]
}

/// Keyed hash of a flow: (index word, tag). The table's set is the low bits of the index word.
///
/// HalfSipHash's permutation, initial state and numbers of rounds (2 an input block, 4 at the end), with each block of 128 bits taken in at
/// once, as Chaskey (Mouha et al., SAC 2014) does with its kin of this permutation: source, destination, then ports, protocol and version
/// with the key once more. Half the state is given out. Taking in the whole state at once is what lets three blocks pass in 16 half rounds;
/// it gives up HalfSipHash's 2 rounds a 32-bit word, and this is no proven pseudo-random function: it is to make table
/// flooding impractical for one who sees no hash, not to hide anything. One who floods chooses source and ports, between which stand the
/// destination and 4 rounds; behind every chosen bit are 4 rounds or more.
pub const fn flow_hash(flow: &FlowKey, key: u64) -> (u32, u32) {
    let (k0, k1) = (key as u32, (key >> 32) as u32);
    let v = [k0, k1, k0 ^ HASH_CONSTANTS[0], k1 ^ HASH_CONSTANTS[1]];
    let v = permute(absorb(v, flow.source), HASH_ROUNDS);
    let v = permute(absorb(v, flow.destination), HASH_ROUNDS);
    let rest = flow.ports as u128 | (flow.protocol as u128) << 32 | (flow.is_ipv6 as u128) << 40 | (key as u128) << 64;
    let v = permute(absorb(v, rest), HASH_FINAL_ROUNDS);
    (v[1] ^ v[3], v[0] ^ v[2])
}

/// The blade where the search for a usable one begins for a frame that goes by its hash, for 16, 8, 4 or 2 blades, or any number below:
/// the upper byte of the index word, scaled.
pub const fn hash_start(index_word: u32, blades: usize) -> usize {
    ((index_word >> 24) as usize * blades) >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: FlowKey = FlowKey {
        source: 0x0A00_0001,
        destination: 0xC0A8_0001,
        ports: 0x1234_0050,
        protocol: PROTOCOL_TCP,
        is_ipv6: false,
    };
    const FLOW_V6: FlowKey = FlowKey {
        source: 0x2001_0DB8_0000_0000_0000_0000_0000_0001,
        destination: 0x2001_0DB8_0000_0001_0000_0000_0000_0080,
        is_ipv6: true,
        ..FLOW
    };
    const KEY: u64 = 0x5342_9E37_79B9_7F4A;

    /// SipHash's own way to state its permutation, of which HalfSipHash is the one of 32 bits: the vector of Aumasson's reference
    /// implementation (halfsiphash.c, vectors_hsip32 of an empty input, key 00 01 .. 07).
    #[test]
    fn permutation_is_that_of_halfsiphash() {
        let (k0, k1) = (0x0302_0100_u32, 0x0706_0504_u32);
        let v = [k0, k1, k0 ^ HASH_CONSTANTS[0], k1 ^ HASH_CONSTANTS[1]];
        // Empty input: one block of zero, 2 rounds, 0xFF into v2, 4 rounds, v1 ^ v3.
        let v = permute(v, 2);
        let v = permute([v[0], v[1], v[2] ^ 0xFF, v[3]], 4);
        assert_eq!((v[1] ^ v[3]).to_le_bytes(), [0xA9, 0x35, 0x9F, 0x5B]);
    }

    /// The flow with one of its 297 bits, or the key's 64, changed.
    fn flipped(flow: &FlowKey, key: u64, bit: u32) -> (FlowKey, u64) {
        let mut changed = *flow;
        let mut key = key;
        match bit {
            0..128 => changed.source ^= 1 << bit,
            128..256 => changed.destination ^= 1 << (bit - 128),
            256..288 => changed.ports ^= 1 << (bit - 256),
            288..296 => changed.protocol ^= 1 << (bit - 288),
            296 => changed.is_ipv6 = !changed.is_ipv6,
            _ => key ^= 1 << (bit - 297),
        }
        (changed, key)
    }

    /// Every bit of flow and key changes about half of the hash, and each bit of the hash about half the time.
    #[test]
    fn each_input_bit_spreads() {
        const SAMPLES: u32 = 1024;
        for base in [FLOW, FLOW_V6] {
            for bit in 0..361 {
                let mut changes = [0_u32; 64];
                for other in 0..SAMPLES {
                    let flow = FlowKey {
                        ports: base.ports.wrapping_add(other * 0x0001_0003),
                        ..base
                    };
                    let reference = flow_hash(&flow, KEY);
                    let (changed, key) = flipped(&flow, KEY, bit);
                    let got = flow_hash(&changed, key);
                    let difference = u64::from(got.0 ^ reference.0) << 32 | u64::from(got.1 ^ reference.1);
                    (0..64).for_each(|i| changes[i] += (difference >> i & 1) as u32);
                }
                let mean = f64::from(changes.iter().sum::<u32>()) / f64::from(64 * SAMPLES);
                assert!((0.49..0.51).contains(&mean), "bit {bit} changes {mean} of the hash");
                // 512 +- 16; six deviations.
                assert!(changes.iter().all(|n| (416..608).contains(n)), "bit {bit}: {changes:?}");
            }
        }
    }

    /// Pairs that agree in the low `bits` of the index word, and pairs that agree in the 32 of the tag.
    fn collisions(flows: impl Iterator<Item = FlowKey>, key: u64, bits: u32) -> (usize, u64, u64) {
        let hashes: Vec<_> = flows.map(|flow| flow_hash(&flow, key)).collect();
        let pairs = |mut values: Vec<u32>| {
            values.sort_unstable();
            values
                .chunk_by(|a, b| a == b)
                .map(|run| (run.len() * (run.len() - 1) / 2) as u64)
                .sum()
        };
        let indices = hashes.iter().map(|hash| hash.0 & ((1 << bits) - 1)).collect();
        (hashes.len(), pairs(indices), pairs(hashes.iter().map(|hash| hash.1).collect()))
    }

    /// Structured flows collide as often as random ones: n (n - 1) / 2 pairs over the number of values, six deviations.
    #[test]
    fn structured_flows_collide_by_the_birthday_bound() {
        const BITS: u32 = 20;
        type Structure = fn(u128) -> FlowKey;
        let structures: [(&str, Structure); 7] = [
            ("sequential sources", |i| FlowKey {
                source: FLOW.source + i,
                ..FLOW
            }),
            ("sequential IPv6 sources", |i| FlowKey {
                source: FLOW_V6.source + i,
                ..FLOW_V6
            }),
            ("IPv6 prefixes", |i| FlowKey {
                source: FLOW_V6.source + (i << 64),
                ..FLOW_V6
            }),
            ("sequential ports", |i| FlowKey {
                ports: (i as u32).rotate_left(16) ^ FLOW.ports,
                ..FLOW
            }),
            ("source and port in step", |i| FlowKey {
                source: FLOW_V6.source + (i >> 9 << 32),
                ports: FLOW_V6.ports ^ ((i as u32 & 511) << 16),
                ..FLOW_V6
            }),
            ("source against destination", |i| FlowKey {
                source: FLOW_V6.source ^ i,
                destination: FLOW_V6.destination ^ i,
                ..FLOW_V6
            }),
            ("few bits set in the source", |i| FlowKey {
                source: FLOW_V6.source ^ 1 << (i & 127) ^ 1 << (((i * 37) >> 7) & 127) ^ (i >> 14) << 120,
                ports: FLOW_V6.ports ^ i as u32,
                ..FLOW_V6
            }),
        ];
        for (name, structure) in structures {
            let (mut all, mut index_pairs, mut tag_pairs) = (0.0, 0, 0);
            for key in [KEY, 0, 0x0123_4567_89AB_CDEF, u64::MAX] {
                let (n, index, tag) = collisions((0..1 << 17).map(structure), key, BITS);
                all += (n * (n - 1) / 2) as f64;
                (index_pairs, tag_pairs) = (index_pairs + index, tag_pairs + tag);
            }
            for (what, pairs, bits) in [("index", index_pairs, BITS), ("tag", tag_pairs, 32)] {
                let expected = all / 2_f64.powi(bits as i32);
                let deviations = (pairs as f64 - expected) / expected.sqrt();
                assert!(deviations.abs() < 6.0, "{name}: {pairs} pairs of one {what}, {expected} expected");
            }
        }
    }

    #[test]
    fn starts_spread_over_any_number_of_blades() {
        for blades in 2..17 {
            let mut counts = [0; 16];
            (0..256).for_each(|byte| counts[hash_start(byte << 24, blades)] += 1);
            let share = 256 / blades;
            assert!(counts[..blades].iter().all(|n| (share..share + 2).contains(n)), "{counts:?}");
        }
    }
}
