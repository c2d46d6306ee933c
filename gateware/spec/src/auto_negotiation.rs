//! Words of auto-negotiation (IEEE 802.3 37.2.1) and of SGMII, which uses the same exchange.

/// Acknowledge bit of tx_Config_Reg and rx_Config_Reg.
pub const ACKNOWLEDGE: u16 = 1 << 14;
/// What the MAC's end of an SGMII sends: no more than that it is one.
pub const SGMII_MAC: u16 = 0x0001;
