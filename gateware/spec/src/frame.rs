//! What the forwarding plane knows of frames and headers, and of its own sizes.

/// EtherType of IPv4.
pub const ETHERTYPE_IPV4: u16 = 0x0800;
/// EtherType of an IEEE 802.1Q C-tag.
pub const ETHERTYPE_VLAN: u16 = 0x8100;
/// IPv4 protocol numbers.
pub const PROTOCOL_TCP: u8 = 6;
pub const PROTOCOL_UDP: u8 = 17;
/// Shortest frame without its frame check sequence.
pub const MIN_FRAME_BYTES: usize = 60;
/// Shortest IPv4 header, in 32-bit words.
pub const MIN_IHL: u8 = 5;
/// Shortest TCP header, in bytes; its data offset counts 32-bit words.
pub const TCP_HEADER_BYTES: u8 = 20;
pub const MIN_DATA_OFFSET: u8 = 5;
pub const UDP_HEADER_BYTES: u8 = 8;

/// Cause of a drop beside those of the receive MAC: the frame is shorter than its IPv4 packet says.
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
}

/// Frames between parser and verdict at most; one that comes beyond is dropped whole.
pub const FRAMES_IN_FLIGHT: u8 = 8;
/// log2 of the sets of the flow table by default: 4096 sets of 4 make 16384 entries.
pub const FLOW_SETS_LOG2: usize = 12;
/// The sweep visits every entry this many times in a flow time-out.
pub const SWEEPS_A_TIMEOUT: u32 = 16;
/// An entry is removed by the sweep that finds it this old, in sweeps.
pub const AGE_EXPIRED: u8 = 15;
/// Constants of HalfSipHash's initial state.
pub const HASH_CONSTANTS: [u32; 2] = [0x6c79_6765, 0x7465_6462];
/// Rounds of HalfSipHash's permutation that the flow hash takes.
pub const HASH_ROUNDS: usize = 3;

/// A TCP or UDP flow, or the three fields of a fragment with ports 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlowKey {
    pub source: u32,
    pub destination: u32,
    /// Source port in the upper half.
    pub ports: u32,
    pub protocol: u8,
}

/// Keyed hash of a flow: (index word, tag). The table's set is the low bits of the index word.
///
/// `HASH_ROUNDS` rounds of HalfSipHash's permutation over the whole key at once, of which half the state is given out. Which flows collide
/// depends on the key in a non-linear way, unlike with a keyed CRC. It is no proven pseudo-random function: it is to make table flooding
/// impractical for one who sees no hash, not to hide anything.
pub const fn flow_hash(flow: &FlowKey, key: u64) -> (u32, u32) {
    let (k0, k1) = (key as u32, (key >> 32) as u32);
    let mut v0 = k0 ^ flow.source;
    let mut v1 = k1 ^ flow.destination;
    let mut v2 = k0 ^ HASH_CONSTANTS[0] ^ flow.ports;
    let mut v3 = k1 ^ HASH_CONSTANTS[1] ^ flow.protocol as u32;
    let mut round = 0;
    while round < HASH_ROUNDS {
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
    (v1 ^ v3, v0 ^ v2)
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
    };

    /// Every bit of flow and key changes about half of the hash.
    #[test]
    fn each_input_bit_spreads() {
        let (index, tag) = flow_hash(&FLOW, 0x5342_9E37_79B9_7F4A);
        let mut least = 64;
        for bit in 0..168 {
            let mut sum = 0;
            for other in 0..64_u32 {
                let flow = FlowKey {
                    ports: FLOW.ports ^ other,
                    ..FLOW
                };
                let mut changed = flow;
                let mut key = 0x5342_9E37_79B9_7F4A;
                let reference = flow_hash(&flow, key);
                match bit {
                    0..32 => changed.source ^= 1 << bit,
                    32..64 => changed.destination ^= 1 << (bit - 32),
                    64..96 => changed.ports ^= 1 << (bit - 64),
                    96..104 => changed.protocol ^= 1 << (bit - 96),
                    _ => key ^= 1 << (bit - 104),
                }
                let got = flow_hash(&changed, key);
                sum += (got.0 ^ reference.0).count_ones() + (got.1 ^ reference.1).count_ones();
            }
            least = least.min(sum / 64);
        }
        assert!(least >= 24, "a bit changes only {least} of 64");
        assert_ne!((index, tag), flow_hash(&FLOW, 0));
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
