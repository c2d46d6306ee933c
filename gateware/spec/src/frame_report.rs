//! The frame report: what the statistics want to know of one frame, in one word. Each direction of a MAC emits one a frame.
//!
//! | bits | field | meaning |
//! |---|---|---|
//! | 15:0 | length | bytes with FCS, without preamble; 65535 stands for that many or more |
//! | 16 | fcs_error | the frame check sequence is wrong, or the frame has a coding error; transmit: spoilt on purpose or by underrun |
//! | 17 | coding | a coding error during the frame; transmit: it ran dry |
//! | 18 | too_long | more bytes than the receive limit |
//! | 19 | length_error | Length/Type is a length, and not that of the data (aInRangeLengthErrors, IEEE 802.3 30.3.1.1.23) |
//! | 21:20 | address | 0 unicast, 1 multicast, 2 broadcast |
//! | 23:22 | control | 0 no MAC Control frame, 1 PAUSE, 2 priority PAUSE, 3 another opcode |
//! | 31:24 | | zero |

/// Positions of the fields.
pub const FCS_ERROR: usize = 16;
pub const CODING: usize = 17;
pub const TOO_LONG: usize = 18;
pub const LENGTH_ERROR: usize = 19;
pub const ADDRESS: usize = 20;
pub const CONTROL: usize = 22;

/// Destination addresses.
pub mod address {
    pub const UNICAST: u8 = 0;
    pub const MULTICAST: u8 = 1;
    pub const BROADCAST: u8 = 2;
}

/// Kinds of MAC Control frames (IEEE 802.3 Annex 31A).
pub mod control {
    pub const NONE: u8 = 0;
    pub const PAUSE: u8 = 1;
    pub const PRIORITY_PAUSE: u8 = 2;
    pub const OTHER: u8 = 3;
}

/// A report, unpacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameReport {
    pub length: u16,
    pub fcs_error: bool,
    pub coding: bool,
    pub too_long: bool,
    pub length_error: bool,
    pub address: u8,
    pub control: u8,
}

impl FrameReport {
    pub const fn pack(&self) -> u32 {
        self.length as u32
            | (self.fcs_error as u32) << FCS_ERROR
            | (self.coding as u32) << CODING
            | (self.too_long as u32) << TOO_LONG
            | (self.length_error as u32) << LENGTH_ERROR
            | (self.address as u32 & 3) << ADDRESS
            | (self.control as u32 & 3) << CONTROL
    }

    pub const fn unpack(report: u32) -> Self {
        Self {
            length: report as u16,
            fcs_error: report >> FCS_ERROR & 1 == 1,
            coding: report >> CODING & 1 == 1,
            too_long: report >> TOO_LONG & 1 == 1,
            length_error: report >> LENGTH_ERROR & 1 == 1,
            address: (report >> ADDRESS & 3) as u8,
            control: (report >> CONTROL & 3) as u8,
        }
    }
}

/// Largest Length/Type that is a length: the most data of a basic frame (3.2.6).
pub const LARGEST_LENGTH: u16 = 1500;
/// Least data of a frame; shorter data are padded.
pub const LEAST_DATA: u16 = 46;
/// Addresses, Length/Type and FCS.
pub const FRAME_OVERHEAD: u16 = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_the_table_says() {
        let report = FrameReport {
            length: 0x1234,
            address: address::BROADCAST,
            control: control::PAUSE,
            ..Default::default()
        };
        assert_eq!(report.pack(), 0x0060_1234);
        assert_eq!(
            FrameReport {
                coding: true,
                fcs_error: true,
                ..Default::default()
            }
            .pack(),
            0x0003_0000
        );
        assert_eq!(
            FrameReport {
                too_long: true,
                length_error: true,
                ..Default::default()
            }
            .pack(),
            0x000C_0000
        );
        assert_eq!(report.pack() & 0xFF00_0000, 0);
        for bit in 0..24 {
            assert_eq!(FrameReport::unpack(1 << bit).pack(), 1 << bit);
        }
    }
}
