//! The filtering database of the layer-2 switch. IEEE 802.1Q-2018, 8.7 (learning) and 8.8 (filtering database).

use crate::service;

/// Entries that share a row.
pub const WAYS: usize = 4;
/// log2 of the rows by default: 128 rows of 4 make 512 entries.
pub const SETS_LOG2: usize = 7;
/// Ports 0..16 are the blades'; this one is the uplink's.
pub const UPLINK_PORT: u8 = 16;
pub const PORTS: usize = 17;
/// The ageing time by default (802.1Q Table 8-6).
pub const AGING_SECONDS_DEFAULT: u32 = 300;

/// Number of the first word of a command in the table's words; below are the entries, four words each.
pub const COMMAND: u32 = 1 << 20;
/// Set in a command's last word: the static entry is to be removed, not written.
pub const REMOVE: u32 = 1 << 31;

/// The words of a command, to be written from `COMMAND` on: a static entry of this address at this port.
pub const fn command(mac: u64, vid: u16, port: u8) -> [u32; 3] {
    [mac as u32, (mac >> 32) as u32, vid as u32 | (port as u32) << 16]
}

/// What an entry is found by: address, its first byte lowest as it comes on the wire, above the VLAN identifier.
pub const fn key(mac: u64, vid: u16) -> u64 {
    mac << 12 | vid as u64
}

/// Row of a key. Addresses that differ within `sets_log2` neighbouring bits have rows of their own, so a block of consecutive addresses is spread.
pub const fn row(key: u64, sets_log2: usize) -> u16 {
    service::row(0, key as u128, 0, sets_log2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_addresses_have_rows_of_their_own() {
        for first in [0, 0x40, 0x80] {
            let mut seen = [false; 128];
            for last_byte in first..first + 0x40_u64 {
                let row = usize::from(row(key(last_byte << 40 | 0x34_1200_5202, 7), SETS_LOG2));
                assert!(!seen[row]);
                seen[row] = true;
            }
        }
    }
}
