//! The filtering database of the layer-2 switch. IEEE 802.1Q-2018, 8.7 (learning) and 8.8 (filtering database).

use crate::regs::FLOW_TIMEOUT_UNIT_CYCLES;
use crate::service;

/// Entries that share a row.
pub const WAYS: usize = 4;
/// log2 of the rows by default: 128 rows of 4 make 512 entries.
pub const SETS_LOG2: usize = 7;
/// Ports 0..16 are the blades'; this one is the uplink's.
pub const UPLINK_PORT: u8 = 16;
pub const PORTS: usize = 17;
/// Cycles of clk_core in a second.
const CYCLES_A_SECOND: u64 = 156_250_000;
/// The ageing time by default, 300 s (802.1Q Table 8-6), in units of the register.
pub const AGING_TIME_DEFAULT: u32 = aging_units(300);

/// Units of `FLOW_TIMEOUT_UNIT_CYCLES` in an ageing time, rounded up. The standard's 10 to 1,000,000 s fit.
pub const fn aging_units(seconds: u32) -> u32 {
    (seconds as u64 * CYCLES_A_SECOND).div_ceil(FLOW_TIMEOUT_UNIT_CYCLES as u64) as u32
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
    fn aging_times() {
        // 300 * 156250000 / 65536 = 715255.7
        assert_eq!(AGING_TIME_DEFAULT, 715_256);
        assert_eq!(aging_units(1_000_000), 2_384_185_792);
        assert_eq!(aging_units(0), 0);
    }

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
