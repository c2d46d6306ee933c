//! What the slots of a register bank are asked, handed from blade to blade, a cycle each: they are far from the bus, and far apart.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
pub struct SlotRequest {
    /// Address bits 15..8 and 7..2 of the access; they stand until the next one.
    pub page: Bits<8>,
    pub offset: Bits<6>,
    pub data: Bits<32>,
    /// One cycle, 2 after `page` and `offset` came to stand: write.
    pub write: bool,
}
