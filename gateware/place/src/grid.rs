//! Where cells stand, and what may stand where.
//!
//! A tile of a um5g-85k's logic has eight slots, two a slice, each of a lookup table and a flip-flop. All flip-flops of a tile have one clock and one reset, the
//! two of a slice one enable. A flip-flop that takes its data from a lookup table stands beside it. The halves of a carry chain stand in one slot after the
//! other, on into the tile to the right. A distributed RAM takes slices A to C of a tile, of which the flip-flops stay free.

use crate::design::{Design, Kind, NONE};

pub const SLOTS: u32 = 8;
/// Slots that a distributed RAM takes.
pub const RAM_SLOTS: u32 = 6;

/// What of two slots changes places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Table,
    FlipFlop,
    Both,
    /// Both, and with them what writes the tiles' distributed RAMs.
    RamFront,
}

#[derive(Clone, Copy, Debug)]
pub struct Swap {
    pub a: u32,
    pub b: u32,
    pub part: Part,
}

#[derive(Clone, Copy)]
struct Trait {
    kind: Kind,
    tied: bool,
    tile_set: u16,
    slice_set: u16,
}

pub struct Grid {
    tiles: Vec<[i16; 2]>,
    /// Number of the tile at (x, y), `NONE` where there is no logic.
    tile_at: Vec<u32>,
    width: i16,
    table: Vec<u32>,
    flip_flop: Vec<u32>,
    /// What writes a tile's distributed RAM.
    ram_write: Vec<u32>,
    /// Slot of each cell, `NONE` for what stays where it is.
    slot: Vec<u32>,
    traits: Vec<Trait>,
    /// Halves of each carry chain, the first one first.
    pub chains: Vec<Vec<u32>>,
}

impl Grid {
    pub fn new(design: &Design) -> Result<Self, String> {
        let cells = &design.cells;
        let [width, height] = design.size();
        let mut grid = Self {
            tiles: vec![],
            tile_at: vec![NONE; width as usize * height as usize],
            width,
            table: vec![],
            flip_flop: vec![],
            ram_write: vec![],
            slot: vec![NONE; cells.len()],
            traits: cells
                .iter()
                .map(|cell| Trait {
                    kind: cell.kind,
                    tied: cell.tied(),
                    tile_set: cell.tile_set,
                    slice_set: cell.slice_set,
                })
                .collect(),
            chains: vec![],
        };
        for (number, cell) in cells.iter().enumerate() {
            let Some(slice) = cell.element.strip_prefix("SLICE") else {
                continue;
            };
            let at = cell.y as usize * width as usize + cell.x as usize;
            if grid.tile_at[at] == NONE {
                grid.tile_at[at] = grid.tiles.len() as u32;
                grid.tiles.push([cell.x, cell.y]);
                grid.table.resize(grid.tiles.len() * SLOTS as usize, NONE);
                grid.flip_flop.resize(grid.tiles.len() * SLOTS as usize, NONE);
                grid.ram_write.push(NONE);
            }
            let tile = grid.tile_at[at];
            let strange = || format!("cell {} stands at `{}`, which is no place in a slice", cell.name, cell.element);
            let first = match slice.as_bytes().first() {
                Some(letter @ b'A'..=b'D') => tile * SLOTS + 2 * u32::from(letter - b'A'),
                _ => return Err(strange()),
            };
            let (place, slot) = match slice.get(2..) {
                Some("K0") => (&mut grid.table[first as usize], first),
                Some("K1") => (&mut grid.table[first as usize + 1], first + 1),
                Some("FF0") => (&mut grid.flip_flop[first as usize], first),
                Some("FF1") => (&mut grid.flip_flop[first as usize + 1], first + 1),
                Some("RAMW") => (&mut grid.ram_write[tile as usize], tile * SLOTS),
                _ => return Err(strange()),
            };
            if *place != NONE {
                return Err(format!(
                    "cells {} and {} stand at the same place",
                    cell.name, cells[*place as usize].name
                ));
            }
            *place = number as u32;
            grid.slot[number] = slot;
        }
        grid.chains = grid.find_chains(design)?;
        if let Some(tile) = (0..grid.tiles.len() as u32).find(|tile| !grid.allows(*tile)) {
            let [x, y] = grid.tiles[tile as usize];
            return Err(format!("flip-flops of tile X{x}/Y{y} have more than one clock, reset or enable"));
        }
        Ok(grid)
    }

    fn find_chains(&self, design: &Design) -> Result<Vec<Vec<u32>>, String> {
        let mut next = std::collections::HashMap::new();
        let halves = || (0..design.cells.len() as u32).filter(|cell| self.traits[*cell as usize].kind == Kind::Carry);
        for half in halves() {
            if let Some(net) = design.cells[half as usize].net("FCI") {
                next.insert(net, half);
            }
        }
        let mut chains = vec![];
        for first in halves() {
            let cell = &design.cells[first as usize];
            let follows = cell.net("FCI").is_some_and(|net| design.driver[net as usize] != NONE);
            if follows || self.slot[first as usize] % 2 == 1 {
                continue;
            }
            let mut chain = vec![first];
            while let Some(half) = design.cells[*chain.last().unwrap_or(&first) as usize]
                .net("FCO")
                .and_then(|net| next.get(&net))
            {
                chain.push(*half);
            }
            if chain.len() % 2 == 1 {
                // The last element's upper half, which takes no carry.
                chain.push(self.table[self.slot[chain[chain.len() - 1] as usize] as usize + 1]);
            }
            let straight = chain.iter().all(|half| *half != NONE)
                && chain
                    .windows(2)
                    .all(|pair| self.after(self.slot[pair[0] as usize]) == self.slot[pair[1] as usize]);
            if !straight {
                return Err(format!("the carry chain that begins with {} does not stand in a row", cell.name));
            }
            chains.push(chain);
        }
        Ok(chains)
    }

    pub fn tile_count(&self) -> u32 {
        self.tiles.len() as u32
    }

    /// The tile at (x, y), `NONE` where there is no logic.
    pub fn tile(&self, x: i32, y: i32) -> u32 {
        if x < 0 || y < 0 || x >= i32::from(self.width) {
            return NONE;
        }
        self.tile_at
            .get(y as usize * self.width as usize + x as usize)
            .copied()
            .unwrap_or(NONE)
    }

    pub fn position(&self, slot: u32) -> [i16; 2] {
        self.tiles[(slot / SLOTS) as usize]
    }

    pub fn slot(&self, cell: u32) -> u32 {
        self.slot[cell as usize]
    }

    pub fn kind(&self, cell: u32) -> Kind {
        self.traits[cell as usize].kind
    }

    pub fn tied(&self, cell: u32) -> bool {
        self.traits[cell as usize].tied
    }

    /// The next slot of a carry chain.
    pub fn after(&self, slot: u32) -> u32 {
        if slot % SLOTS + 1 < SLOTS {
            return slot + 1;
        }
        let [x, y] = self.position(slot);
        match self.tile(i32::from(x) + 1, i32::from(y)) {
            NONE => NONE,
            tile => tile * SLOTS,
        }
    }

    /// Whether the slot's lookup table may go anywhere.
    pub fn plain(&self, slot: u32) -> bool {
        let table = self.table[slot as usize];
        table == NONE || self.traits[table as usize].kind == Kind::Logic
    }

    /// Whether the slot's flip-flop goes only with its lookup table.
    pub fn bound(&self, slot: u32) -> bool {
        let flip_flop = self.flip_flop[slot as usize];
        flip_flop != NONE && self.traits[flip_flop as usize].tied
    }

    /// Whether the flip-flop of `slot` has the clock and reset of those in `tile`.
    pub fn suits_tile(&self, slot: u32, tile: u32) -> bool {
        let set = self.traits[self.flip_flop[slot as usize] as usize].tile_set;
        let first = tile as usize * SLOTS as usize;
        let other = self.flip_flop[first..first + SLOTS as usize].iter().find(|cell| **cell != NONE);
        other.is_none_or(|cell| self.traits[*cell as usize].tile_set == set)
    }

    /// Whether the flip-flop of `slot` has the enable of the one beside `there`.
    pub fn suits_slice(&self, slot: u32, there: u32) -> bool {
        let beside = self.flip_flop[(there ^ 1) as usize];
        beside == NONE || self.traits[beside as usize].slice_set == self.traits[self.flip_flop[slot as usize] as usize].slice_set
    }

    pub fn has_flip_flop(&self, slot: u32) -> bool {
        self.flip_flop[slot as usize] != NONE
    }

    /// Whether the flip-flops of a tile may stand there together.
    pub fn allows(&self, tile: u32) -> bool {
        let first = tile as usize * SLOTS as usize;
        let mut set = None;
        let mut beside: Option<u16> = None;
        for (slot, cell) in self.flip_flop[first..first + SLOTS as usize].iter().enumerate() {
            if slot % 2 == 0 {
                beside = None;
            }
            if *cell == NONE {
                continue;
            }
            let cell = self.traits[*cell as usize];
            if *set.get_or_insert(cell.tile_set) != cell.tile_set || *beside.get_or_insert(cell.slice_set) != cell.slice_set {
                return false;
            }
        }
        true
    }

    /// Changes places; the same once more changes them back.
    pub fn swap(&mut self, swap: Swap) {
        let (a, b) = (swap.a as usize, swap.b as usize);
        if swap.part != Part::FlipFlop {
            self.table.swap(a, b);
        }
        if swap.part != Part::Table {
            self.flip_flop.swap(a, b);
        }
        if swap.part == Part::RamFront {
            self.ram_write.swap(a / SLOTS as usize, b / SLOTS as usize);
        }
        for slot in [swap.a, swap.b] {
            for cell in self.cells(slot, swap.part) {
                self.slot[cell as usize] = slot;
            }
        }
    }

    /// The cells that stand in that part of a slot.
    pub fn cells(&self, slot: u32, part: Part) -> impl Iterator<Item = u32> + use<> {
        let table = if part == Part::FlipFlop { NONE } else { self.table[slot as usize] };
        let flip_flop = if part == Part::Table { NONE } else { self.flip_flop[slot as usize] };
        let ram_write = if part == Part::RamFront {
            self.ram_write[(slot / SLOTS) as usize]
        } else {
            NONE
        };
        [table, flip_flop, ram_write].into_iter().filter(|cell| *cell != NONE)
    }

    /// A cell's place as nextpnr names it; of what stays where it is nothing.
    pub fn place(&self, cell: u32) -> Option<String> {
        let slot = self.slot[cell as usize];
        if slot == NONE {
            return None;
        }
        let [x, y] = self.position(slot);
        let (slice, half) = (char::from(b'A' + (slot % SLOTS / 2) as u8), slot % 2);
        Some(match self.kind(cell) {
            Kind::FlipFlop => format!("X{x}/Y{y}/SLICE{slice}.FF{half}"),
            Kind::RamWrite => format!("X{x}/Y{y}/SLICEC.RAMW"),
            _ => format!("X{x}/Y{y}/SLICE{slice}.K{half}"),
        })
    }
}
