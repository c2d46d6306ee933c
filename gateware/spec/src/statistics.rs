//! The counters of `LinkStatistics` in the order of their addresses, with the names that `ethtool -S` gives them: RFC 2819 (rmon) and IEEE 802.3 Clause 30
//! (eth-mac, eth-ctrl, eth-phy; pause and priority PAUSE have no group of counters there and bear the standard's names).

/// One counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkCounter {
    /// Group of `ethtool -S --groups`.
    pub group: &'static str,
    pub name: &'static str,
    pub doc: &'static str,
}

/// Address bits.
pub const ADDRESS_BITS: usize = 6;
/// Counters that count.
pub const COUNTERS: usize = 46;
/// Bits of the bank's increments; a longer frame is added in steps of `STEP` bytes in the cycles after it.
pub const OCTET_BITS: usize = 14;
/// log2 of a step.
pub const STEP_LOG2: usize = 13;

macro_rules! link_counters {
    ($($constant:ident $group:literal $name:literal $doc:literal)*) => {
        /// Address of each counter.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Order { $($constant,)* }
        $(pub const $constant: usize = Order::$constant as usize;)*
        /// All counters; the last, beyond `COUNTERS`, cannot count and reads as zero.
        pub const LINK_COUNTERS: [LinkCounter; COUNTERS + 1] = [
            $(LinkCounter { group: $group, name: $name, doc: $doc },)*
        ];
    };
}

link_counters! {
    RX_DROP_EVENTS "rmon" "etherStatsDropEvents" "Received frames dropped for want of resources."
    RX_OCTETS "rmon" "etherStatsOctets" "Bytes received in good and bad frames, FCS included, preamble not."
    RX_PKTS "rmon" "etherStatsPkts" "Frames received, good and bad."
    RX_BROADCAST_PKTS "rmon" "etherStatsBroadcastPkts" "Good frames to the broadcast address."
    RX_MULTICAST_PKTS "rmon" "etherStatsMulticastPkts" "Good frames to a multicast address, not broadcast."
    RX_CRC_ALIGN_ERRORS "rmon" "etherStatsCRCAlignErrors" "Frames of 64 to 1518 bytes with a wrong FCS or a coding error."
    RX_UNDERSIZE_PKTS "rmon" "etherStatsUndersizePkts" "Frames shorter than 64 bytes and otherwise well formed."
    RX_OVERSIZE_PKTS "rmon" "etherStatsOversizePkts" "Frames longer than 1518 bytes and otherwise well formed."
    RX_FRAGMENTS "rmon" "etherStatsFragments" "Frames shorter than 64 bytes with a wrong FCS or a coding error."
    RX_JABBERS "rmon" "etherStatsJabbers" "Frames longer than 1518 bytes with a wrong FCS or a coding error."
    RX_PKTS_64 "rmon" "rx-etherStatsPkts64Octets" "Frames received of 64 bytes, good and bad."
    RX_PKTS_65 "rmon" "rx-etherStatsPkts65to127Octets" "Frames received of 65 to 127 bytes, good and bad."
    RX_PKTS_128 "rmon" "rx-etherStatsPkts128to255Octets" "Frames received of 128 to 255 bytes, good and bad."
    RX_PKTS_256 "rmon" "rx-etherStatsPkts256to511Octets" "Frames received of 256 to 511 bytes, good and bad."
    RX_PKTS_512 "rmon" "rx-etherStatsPkts512to1023Octets" "Frames received of 512 to 1023 bytes, good and bad."
    RX_PKTS_1024 "rmon" "rx-etherStatsPkts1024to1518Octets" "Frames received of 1024 to 1518 bytes, good and bad."
    RX_PKTS_1519 "rmon" "rx-etherStatsPkts1519toMaxOctets" "Frames received of 1519 bytes and more, good and bad; beyond RFC 2819."
    TX_OCTETS "rmon" "tx-etherStatsOctets" "Bytes sent in good and spoilt frames, FCS included, preamble not."
    TX_PKTS "rmon" "tx-etherStatsPkts" "Frames sent, good and spoilt."
    TX_PKTS_64 "rmon" "tx-etherStatsPkts64Octets" "Frames sent of 64 bytes."
    TX_PKTS_65 "rmon" "tx-etherStatsPkts65to127Octets" "Frames sent of 65 to 127 bytes."
    TX_PKTS_128 "rmon" "tx-etherStatsPkts128to255Octets" "Frames sent of 128 to 255 bytes."
    TX_PKTS_256 "rmon" "tx-etherStatsPkts256to511Octets" "Frames sent of 256 to 511 bytes."
    TX_PKTS_512 "rmon" "tx-etherStatsPkts512to1023Octets" "Frames sent of 512 to 1023 bytes."
    TX_PKTS_1024 "rmon" "tx-etherStatsPkts1024to1518Octets" "Frames sent of 1024 to 1518 bytes."
    TX_PKTS_1519 "rmon" "tx-etherStatsPkts1519toMaxOctets" "Frames sent of 1519 bytes and more; beyond RFC 2819."
    FRAMES_RECEIVED_OK "eth-mac" "FramesReceivedOK" "aFramesReceivedOK: good frames, MAC Control frames included."
    OCTETS_RECEIVED_OK "eth-mac" "OctetsReceivedOK" "aOctetsReceivedOK: data and padding of good frames, without addresses, Length/Type and FCS."
    FRAME_CHECK_SEQUENCE_ERRORS "eth-mac" "FrameCheckSequenceErrors" "aFrameCheckSequenceErrors: wrong FCS or a coding error, neither too long nor shorter than 64 bytes."
    FRAME_TOO_LONG_ERRORS "eth-mac" "FrameTooLongErrors" "aFrameTooLongErrors: longer than the receive limit, whatever the FCS."
    IN_RANGE_LENGTH_ERRORS "eth-mac" "InRangeLengthErrors" "aInRangeLengthErrors: right FCS, but a Length that is not that of the data."
    MULTICAST_FRAMES_RECEIVED_OK "eth-mac" "MulticastFramesReceivedOK" "aMulticastFramesReceivedOK."
    BROADCAST_FRAMES_RECEIVED_OK "eth-mac" "BroadcastFramesReceivedOK" "aBroadcastFramesReceivedOK."
    FRAMES_TRANSMITTED_OK "eth-mac" "FramesTransmittedOK" "aFramesTransmittedOK: frames sent with a right FCS, MAC Control frames included."
    OCTETS_TRANSMITTED_OK "eth-mac" "OctetsTransmittedOK" "aOctetsTransmittedOK: data and padding of those frames."
    MULTICAST_FRAMES_XMITTED_OK "eth-mac" "MulticastFramesXmittedOK" "aMulticastFramesXmittedOK."
    BROADCAST_FRAMES_XMITTED_OK "eth-mac" "BroadcastFramesXmittedOK" "aBroadcastFramesXmittedOK."
    FRAMES_LOST_INT_MAC_XMIT "eth-mac" "FramesLostDueToIntMACXmitError" "aFramesLostDueToIntMACXmitError: frames that were spoilt or ran dry."
    MAC_CONTROL_FRAMES_RECEIVED "eth-ctrl" "MACControlFramesReceived" "aMACControlFramesReceived."
    UNSUPPORTED_OPCODES_RECEIVED "eth-ctrl" "UnsupportedOpcodesReceived" "aUnsupportedOpcodesReceived."
    MAC_CONTROL_FRAMES_TRANSMITTED "eth-ctrl" "MACControlFramesTransmitted" "aMACControlFramesTransmitted."
    PAUSE_FRAMES_RECEIVED "eth-ctrl" "PAUSEMACCtrlFramesReceived" "aPAUSEMACCtrlFramesReceived."
    PAUSE_FRAMES_TRANSMITTED "eth-ctrl" "PAUSEMACCtrlFramesTransmitted" "aPAUSEMACCtrlFramesTransmitted."
    PRIORITY_PAUSE_FRAMES_RECEIVED "eth-ctrl" "PFCMACCtrlFramesReceived" "Priority PAUSE frames received."
    PRIORITY_PAUSE_FRAMES_TRANSMITTED "eth-ctrl" "PFCMACCtrlFramesTransmitted" "Priority PAUSE frames sent."
    SYMBOL_ERROR_DURING_CARRIER "eth-phy" "SymbolErrorDuringCarrier" "aSymbolErrorDuringCarrier: frames with a coding error."
    COLLISIONS "rmon" "etherStatsCollisions" "Always zero: the links are full duplex."
}

/// Bits of each counter's increment.
pub const fn increment_bits() -> [usize; COUNTERS] {
    let mut bits = [1; COUNTERS];
    bits[RX_OCTETS] = OCTET_BITS;
    bits[OCTETS_RECEIVED_OK] = OCTET_BITS;
    bits[TX_OCTETS] = OCTET_BITS;
    bits[OCTETS_TRANSMITTED_OK] = OCTET_BITS;
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_addresses_fit() {
        const { assert!(LINK_COUNTERS.len() <= 1 << ADDRESS_BITS) };
        for (index, counter) in LINK_COUNTERS.iter().enumerate() {
            assert!(
                LINK_COUNTERS[..index]
                    .iter()
                    .all(|other| (other.group, other.name) != (counter.group, counter.name))
            );
        }
        assert_eq!(COLLISIONS, COUNTERS);
        assert_eq!(LINK_COUNTERS[FRAMES_RECEIVED_OK].name, "FramesReceivedOK");
    }
}
