//! What the slots of a register bank say, handed from one to the next: a slot adds its own and passes all on a cycle later, so that no wires of all slots meet.

use rust_hdl::prelude::*;

/// The register that an access is to; all zero from slots that it is not to.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
pub struct SlotAnswer {
    /// Whole, both words of a wide one.
    pub value: Bits<64>,
    /// It exists; takes writes.
    pub found: bool,
    pub writable: bool,
    /// The access is to its high word.
    pub high: bool,
    /// It is a counter that stands elsewhere; `value` is zero.
    pub counts: bool,
}
