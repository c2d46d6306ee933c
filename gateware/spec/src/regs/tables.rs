//! The manager's tables, and the window through which the host reads and writes them.
//!
//! Each table is an address space of 32-bit words of its own. `tables.select` says which table the window shows and from where on; the words
//! then follow each other at the window's addresses. What they mean stands in `service`, `maglev` and `mac_table`, and for what is read of flows
//! and addresses in gateware/src/forward/table_access.rs.

use super::Access::ReadWrite;
use super::{Block, Count, Window, choice, field, register};

/// A table of the manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    /// Services: keys, parameters, weights.
    Services = 0,
    /// Consistent hash of each service, two versions.
    Maglev = 1,
    /// Layer-2 forwarding database.
    Macs = 2,
    /// Flows; read only.
    Flows = 3,
    /// Counters of each service; read only.
    ServiceCounters = 4,
}

/// Tables by their names.
pub const TABLES: &[(&str, u32)] = &[
    ("services", Table::Services as u32),
    ("maglev", Table::Maglev as u32),
    ("macs", Table::Macs as u32),
    ("flows", Table::Flows as u32),
    ("service_counters", Table::ServiceCounters as u32),
];

/// log2 of the words of the window.
pub const WINDOW_WORDS_LOG2: u32 = 13;
/// Bits of a word's number in a table.
pub const WORD_BITS: u32 = WINDOW_WORDS_LOG2 + 8;
/// Cycles of clk_core after which an access to a table that does not answer is given up.
pub const TABLE_WAIT_CYCLES: u32 = 128;

pub(super) const WINDOW: Window = Window {
    name: "table",
    base: 0x8000,
    words: 1 << WINDOW_WORDS_LOG2,
    doc: "Words of the table that `tables.select` chooses.",
};

pub(super) const BLOCK: Block = Block {
    name: "tables",
    base: 0x0600,
    stride: 0x100,
    count: Count::One,
    doc: "What the window `table` shows.",
    registers: &[register(
        "select",
        0x00,
        ReadWrite,
        0,
        "Table and page.",
        &[
            choice("table", 0, 4, "The table.", TABLES),
            field("page", 8, 8, "Word of the table at the window's begin, in units of 8192 words."),
        ],
    )],
};

/// What to write to `tables.select`, and the byte address at which the window then shows this word of the table.
pub const fn place(table: Table, word: u32) -> (u32, u16) {
    assert!(word >> WORD_BITS == 0);
    let in_window = word & ((1 << WINDOW_WORDS_LOG2) - 1);
    (table as u32 | (word >> WINDOW_WORDS_LOG2) << 8, WINDOW.base + 4 * in_window as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_where_the_window_shows_them() {
        assert_eq!(place(Table::Services, 0), (0x000, 0x8000));
        assert_eq!(place(Table::Macs, 8191), (0x002, 0xFFFC));
        assert_eq!(place(Table::Flows, 8192 * 3 + 5), (0x303, 0x8014));
        assert!(WINDOW.holds(0x8000) && WINDOW.holds(0xFFFC) && !WINDOW.holds(0x7FFC) && !WINDOW.holds(0x8001));
    }
}
