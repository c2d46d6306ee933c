//! Where the entries of the service table go, and in which order they are written.

use super::{BANKS, EMPTY, ENTRIES, ENTRY_WORDS, ROWS_LOG2, SERVICES, ServiceKey, Target, entry, row, word_address};

/// One row to be written; what it does, it does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotWrite {
    pub bank: usize,
    pub row: u16,
    pub words: [u32; ENTRY_WORDS],
}

impl SlotWrite {
    const NONE: SlotWrite = SlotWrite {
        bank: 0,
        row: 0,
        words: EMPTY,
    };

    /// Address and value of each word, in the order to write them.
    pub fn word_writes(&self) -> [(u16, u32); ENTRY_WORDS] {
        let target = if self.bank == 0 { Target::Bank0 } else { Target::Bank1 };
        core::array::from_fn(|word| (word_address(target, self.row, word), self.words[word]))
    }
}

/// Rows to be written in this order.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    writes: [SlotWrite; ENTRIES],
    length: usize,
}

impl Plan {
    const EMPTY: Plan = Plan {
        writes: [SlotWrite::NONE; ENTRIES],
        length: 0,
    };

    pub fn writes(&self) -> &[SlotWrite] {
        &self.writes[..self.length]
    }

    fn push(&mut self, write: SlotWrite) {
        self.writes[self.length] = write;
        self.length += 1;
    }
}

/// Why a service was not placed. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementError {
    /// All numbers are in use, or as many keys are held as may be.
    Full,
    /// The number is past the last.
    NoSuchNumber,
    /// The number is another service's.
    NumberInUse,
    /// No service has the number.
    NumberNotInUse,
    /// The key is that of the service of this number.
    KeyInUse(u8),
    /// An IPv4 address of more than 32 bits.
    InvalidKey,
    /// Both rows lead into a ring of entries that are in each other's way. Rare (`random_services_are_placed`): leave one of them out.
    NoPlace,
}

impl core::fmt::Display for PlacementError {
    fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
        match self {
            PlacementError::Full => write!(f, "the service table is full: it holds {SERVICES} services and {ENTRIES} keys"),
            PlacementError::NoSuchNumber => write!(f, "the numbers of services are 0 to {}", SERVICES - 1),
            PlacementError::NumberInUse => write!(f, "the number is in use by another service"),
            PlacementError::NumberNotInUse => write!(f, "no service has this number"),
            PlacementError::KeyInUse(number) => write!(f, "service {number} has this address, protocol and port already"),
            PlacementError::InvalidKey => write!(f, "an IPv4 address has 32 bits"),
            PlacementError::NoPlace => write!(
                f,
                "both rows of the key are taken by services that cannot move; change or remove one of them"
            ),
        }
    }
}

impl core::error::Error for PlacementError {}

#[derive(Clone, Copy, Debug)]
struct Placed {
    number: u8,
    key: ServiceKey,
    /// The key's row in each bank.
    rows: [u16; BANKS],
    bank: usize,
}

impl Placed {
    const fn write(&self, words: [u32; ENTRY_WORDS]) -> SlotWrite {
        SlotWrite {
            bank: self.bank,
            row: self.rows[self.bank],
            words,
        }
    }
}

/// What the banks hold: keys, each with the number of its service.
#[derive(Clone, Debug)]
pub struct Placement {
    entries: [Option<Placed>; ENTRIES],
    rows_log2: usize,
}

impl Default for Placement {
    fn default() -> Self {
        Self::new(ROWS_LOG2)
    }
}

impl Placement {
    /// An empty table with banks of 2^`rows_log2` rows.
    pub const fn new(rows_log2: usize) -> Placement {
        assert!(rows_log2 >= 3 && rows_log2 <= 10);
        Placement {
            entries: [None; ENTRIES],
            rows_log2,
        }
    }

    fn rows(&self, key: &ServiceKey) -> [u16; BANKS] {
        [0, 1].map(|bank| row(bank, key.address, key.upper(), self.rows_log2))
    }

    /// Place in `entries` of what stands in a row of a bank.
    fn occupant(&self, bank: usize, row: u16) -> Option<usize> {
        self.entries
            .iter()
            .position(|placed| placed.is_some_and(|placed| placed.bank == bank && placed.rows[bank] == row))
    }

    /// The number of a key.
    pub fn find(&self, key: &ServiceKey) -> Option<u8> {
        self.keys().find(|(_, held)| *held == key).map(|(number, _)| number)
    }

    /// The keys held, each with its number.
    pub fn keys(&self) -> impl Iterator<Item = (u8, &ServiceKey)> {
        self.entries.iter().flatten().map(|placed| (placed.number, &placed.key))
    }

    fn holds(&self, number: u8) -> bool {
        self.keys().any(|(held, _)| held == number)
    }

    /// Those who must move for a new entry in `bank`, from the one in its row to the one that finds a free row; none if they go round in a ring.
    ///
    /// An entry has one other row, so there is one way to go. A ring shows by its length: a way without one meets no service twice.
    fn movers(&self, rows: [u16; BANKS], bank: usize) -> Option<([usize; ENTRIES], usize)> {
        let mut movers = [0; ENTRIES];
        let (mut length, mut bank, mut row) = (0, bank, rows[bank]);
        while let Some(place) = self.occupant(bank, row) {
            if length == ENTRIES || movers[..length].contains(&place) {
                return None;
            }
            movers[length] = place;
            length += 1;
            bank = 1 - bank;
            row = self.entries[place]?.rows[bank];
        }
        Some((movers, length))
    }

    /// Adds a service under the lowest free number.
    pub fn add(&mut self, key: &ServiceKey) -> Result<(u8, Plan), PlacementError> {
        if let Some(number) = self.find(key) {
            return Err(PlacementError::KeyInUse(number));
        }
        let number = (0..SERVICES as u8)
            .find(|number| !self.holds(*number))
            .ok_or(PlacementError::Full)?;
        Ok((number, self.insert(number, key)?))
    }

    /// Adds a service under a number that is free.
    pub fn insert(&mut self, number: u8, key: &ServiceKey) -> Result<Plan, PlacementError> {
        if usize::from(number) >= SERVICES {
            return Err(PlacementError::NoSuchNumber);
        }
        if self.holds(number) && self.find(key).is_none() {
            return Err(PlacementError::NumberInUse);
        }
        self.place(number, key)
    }

    /// Gives a service one more key.
    pub fn alias(&mut self, number: u8, key: &ServiceKey) -> Result<Plan, PlacementError> {
        if !self.holds(number) {
            return Err(PlacementError::NumberNotInUse);
        }
        self.place(number, key)
    }

    /// The last mover is written to its free row first, each other one over the entry that has just got its new row,
    /// and the new one over the first: at any time every service that stays is in one of its rows.
    fn place(&mut self, number: u8, key: &ServiceKey) -> Result<Plan, PlacementError> {
        if !key.is_valid() {
            return Err(PlacementError::InvalidKey);
        }
        if let Some(number) = self.find(key) {
            return Err(PlacementError::KeyInUse(number));
        }
        let free = self.entries.iter().position(Option::is_none).ok_or(PlacementError::Full)?;
        let rows = self.rows(key);
        let ways = [0, 1].map(|bank| self.movers(rows, bank).map(|(movers, length)| (length, movers, bank)));
        let (length, movers, bank) = ways.into_iter().flatten().min().ok_or(PlacementError::NoPlace)?;
        let mut plan = Plan::EMPTY;
        for &mover in movers[..length].iter().rev() {
            if let Some(placed) = &mut self.entries[mover] {
                placed.bank = 1 - placed.bank;
                plan.push(placed.write(entry(&placed.key, placed.number)));
            }
        }
        let placed = Placed {
            number,
            key: *key,
            rows,
            bank,
        };
        plan.push(placed.write(entry(key, number)));
        self.entries[free] = Some(placed);
        Ok(plan)
    }

    /// Takes what a row of a bank was found to hold for placed there, as a host does that finds a table filled.
    pub fn adopt(&mut self, bank: usize, row: u16, number: u8, key: &ServiceKey) -> Result<(), PlacementError> {
        let rows = self.rows(key);
        let free = self.entries.iter().position(Option::is_none).ok_or(PlacementError::Full)?;
        if rows[bank] != row {
            return Err(PlacementError::InvalidKey);
        }
        if let Some(number) = self.find(key) {
            return Err(PlacementError::KeyInUse(number));
        }
        self.entries[free] = Some(Placed {
            number,
            key: *key,
            rows,
            bank,
        });
        Ok(())
    }

    /// Gives a key to another service; not held: nothing to write.
    pub fn renumber(&mut self, key: &ServiceKey, number: u8) -> Option<SlotWrite> {
        let placed = self.entries.iter_mut().flatten().find(|placed| placed.key == *key)?;
        placed.number = number;
        Some(placed.write(entry(key, number)))
    }

    /// Removes a key; not held: nothing to write.
    pub fn remove_key(&mut self, key: &ServiceKey) -> Option<SlotWrite> {
        let held = |placed: &Option<Placed>| placed.is_some_and(|placed| placed.key == *key);
        let placed = self.entries.iter_mut().find(|placed| held(placed))?.take()?;
        Some(placed.write(EMPTY))
    }

    /// Removes a key of a service, as often as it has one; none of that number: nothing to write.
    pub fn remove(&mut self, number: u8) -> Option<SlotWrite> {
        let key = *self.keys().find(|(held, _)| *held == number)?.1;
        self.remove_key(&key)
    }
}
