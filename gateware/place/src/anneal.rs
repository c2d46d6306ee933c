//! Simulated annealing: moves of cells that shorten the wires are kept, others now and then, ever more seldom as it cools.
//! Invariant: no move leaves a tile that the part's rules do not allow.

use crate::csr::Csr;
use crate::design::{Kind, NONE};
use crate::grid::{Grid, Part, RAM_SLOTS, SLOTS, Swap};
use crate::timing::{Hurry, distance};
use crate::wires::Wires;
use rand::Rng;
use rand::rngs::SmallRng;

/// Of a thousand moves so many are of a carry chain, so many of a distributed RAM.
const CHAIN_MOVES: u32 = 12;
const RAM_MOVES: u32 = 8;
/// Of a hundred moves of a cell so many go between the ends of a connection in a hurry, to where the cell's wires would be shortest, and beside a cell that
/// it is connected to; the others anywhere within the range.
const HURRIED_MOVES: u32 = 20;
const MIDDLE_MOVES: u32 = 25;
const BESIDE_MOVES: u32 = 10;

pub struct Annealer<'a> {
    grid: &'a mut Grid,
    pub wires: &'a mut Wires,
    /// Lookup tables and flip-flops.
    movable: Vec<u32>,
    /// What writes distributed RAMs.
    rams: Vec<u32>,
    hurries: Vec<Hurry>,
    hurries_of: Csr,
    /// Of the move under way: what changes places, and the cells that do, with where they were.
    swaps: Vec<Swap>,
    moved: Vec<(u32, [i16; 2])>,
}

/// How hot it is: what a move may make worse, in tiles of wire, and how far it goes, in tiles.
#[derive(Clone, Copy, Debug)]
pub struct Heat {
    pub temperature: f32,
    pub range: i32,
}

impl<'a> Annealer<'a> {
    pub fn new(grid: &'a mut Grid, wires: &'a mut Wires) -> Self {
        let cells = wires.position.len() as u32;
        let placed = |cell: &u32, kinds: &[Kind]| kinds.contains(&grid.kind(*cell)) && grid.slot(*cell) != NONE;
        let movable = (0..cells).filter(|cell| placed(cell, &[Kind::Logic, Kind::FlipFlop])).collect();
        let rams = (0..cells).filter(|cell| placed(cell, &[Kind::RamWrite])).collect();
        let hurries_of = Csr::new(cells as usize, &[]);
        Self {
            grid,
            wires,
            movable,
            rams,
            hurries: vec![],
            hurries_of,
            swaps: vec![],
            moved: vec![],
        }
    }

    /// Which connections cost something for themselves from now on.
    pub fn set_hurry(&mut self, hurries: &[Hurry]) {
        // A hundredth of a tile of wire is nothing.
        self.hurries = hurries.iter().filter(|hurry| hurry.cost > 0.01).copied().collect();
        let ends = self
            .hurries
            .iter()
            .enumerate()
            .flat_map(|(number, hurry)| [hurry.driver, hurry.sink].map(|cell| (cell, number as u32)));
        self.hurries_of = Csr::new(self.wires.position.len(), &ends.collect::<Vec<_>>());
    }

    /// Tries so many moves.
    pub fn run(&mut self, moves: u64, heat: Heat, random: &mut SmallRng) {
        if self.movable.is_empty() {
            return;
        }
        for _ in 0..moves {
            self.swaps.clear();
            let kind = random.gen_range(0..1000);
            let found = if kind < CHAIN_MOVES {
                self.chain_move(heat.range, random)
            } else if kind < CHAIN_MOVES + RAM_MOVES {
                self.ram_move(heat.range, random)
            } else {
                self.cell_move(heat.range, random)
            };
            if found.is_some() {
                self.attempt(heat.temperature, random);
            }
        }
    }

    /// A tile within the range of a position.
    fn tile_near(&self, [x, y]: [i16; 2], range: i32, random: &mut SmallRng) -> Option<u32> {
        let tile = self.grid.tile(
            i32::from(x) + random.gen_range(-range..=range),
            i32::from(y) + random.gen_range(-range..=range),
        );
        (tile != NONE).then_some(tile)
    }

    /// A carry chain changes places with what stands in as many slots elsewhere.
    fn chain_move(&mut self, range: i32, random: &mut SmallRng) -> Option<()> {
        let count = self.grid.chains.len();
        let chain = &self.grid.chains[(count > 0).then(|| random.gen_range(0..count))?];
        let (mut from, length) = (self.grid.slot(chain[0]), chain.len());
        let mut to = self.tile_near(self.grid.position(from), range, random)? * SLOTS + 2 * random.gen_range(0..SLOTS / 2);
        for half in 0..length {
            if to == NONE || !self.grid.plain(to) {
                return None;
            }
            self.swaps.push(Swap {
                a: from,
                b: to,
                part: Part::Both,
            });
            if half + 1 < length {
                (from, to) = (self.grid.after(from), self.grid.after(to));
            }
        }
        Some(())
    }

    /// A distributed RAM changes places with three slices of another tile.
    fn ram_move(&mut self, range: i32, random: &mut SmallRng) -> Option<()> {
        let count = self.rams.len();
        let ram = self.rams[(count > 0).then(|| random.gen_range(0..count))?];
        let from = self.grid.slot(ram) / SLOTS;
        let to = self.tile_near(self.grid.position(from * SLOTS), range, random)?;
        if from == to || (0..RAM_SLOTS).any(|slot| !self.grid.plain(to * SLOTS + slot)) {
            return None;
        }
        for slot in 0..RAM_SLOTS {
            let part = if slot == 0 { Part::RamFront } else { Part::Both };
            self.swaps.push(Swap {
                a: from * SLOTS + slot,
                b: to * SLOTS + slot,
                part,
            });
        }
        Some(())
    }

    /// An end of a connection in a hurry, and a tile between it and the other end.
    fn hurried(&self, random: &mut SmallRng) -> Option<(u32, u32)> {
        let Hurry { driver, sink, .. } = self.hurries[random.gen_range(0..self.hurries.len())];
        let (cell, other) = if random.r#gen() { (driver, sink) } else { (sink, driver) };
        if self.grid.slot(cell) == NONE || !matches!(self.grid.kind(cell), Kind::Logic | Kind::FlipFlop) {
            return None;
        }
        let (from, to) = (self.wires.position[cell as usize], self.wires.position[other as usize]);
        let between = |axis: usize, random: &mut SmallRng| random.gen_range(from[axis].min(to[axis])..=from[axis].max(to[axis]));
        let middle = [between(0, random), between(1, random)];
        Some((cell, self.tile_near(middle, 2, random)?))
    }

    /// A lookup table or flip-flop, both of a slot or a slice change places with others.
    fn cell_move(&mut self, range: i32, random: &mut SmallRng) -> Option<()> {
        let choice = random.gen_range(0..100);
        let (cell, tile) = if choice < HURRIED_MOVES && !self.hurries.is_empty() {
            self.hurried(random)?
        } else {
            let cell = self.movable[random.gen_range(0..self.movable.len())];
            let (goal, range) = if choice < HURRIED_MOVES + MIDDLE_MOVES {
                (self.wires.middle(cell)?, 1)
            } else if choice < HURRIED_MOVES + MIDDLE_MOVES + BESIDE_MOVES {
                let other = self.wires.neighbour(cell, random)?;
                (self.wires.position[other as usize], 2)
            } else {
                (self.wires.position[cell as usize], range)
            };
            (cell, self.tile_near(goal, range, random)?)
        };
        let a = self.grid.slot(cell);
        if tile == a / SLOTS {
            return None;
        }
        let mut b = tile * SLOTS + random.gen_range(0..SLOTS);
        let flip_flop = self.grid.kind(cell) == Kind::FlipFlop;
        if flip_flop || self.grid.bound(a) {
            // A tile of another clock takes it only in exchange for all of its own that disagree: seldom.
            if !self.grid.suits_tile(a, tile) && random.gen_range(0..8) != 0 {
                return None;
            }
            if random.gen_range(0..3) == 0 {
                let (a, b) = (a & !1, b & !1);
                if (0..2).all(|half| self.grid.plain(a + half) && self.grid.plain(b + half)) {
                    self.swaps.extend((0..2).map(|half| Swap {
                        a: a + half,
                        b: b + half,
                        part: Part::Both,
                    }));
                    return Some(());
                }
            }
            for _ in 0..4 {
                if self.grid.suits_slice(a, b) {
                    break;
                }
                b = tile * SLOTS + random.gen_range(0..SLOTS);
            }
        }
        let part = match (flip_flop, self.grid.bound(a) || self.grid.bound(b)) {
            (true, false) => Part::FlipFlop,
            (false, false) => Part::Table,
            (_, true) => Part::Both,
        };
        if part != Part::FlipFlop && !(self.grid.plain(a) && self.grid.plain(b)) {
            return None;
        }
        self.swaps.push(Swap { a, b, part });
        Some(())
    }

    fn hurry_cost(&self) -> f32 {
        let mut cost = 0.0;
        for (cell, _) in &self.moved {
            for number in self.hurries_of.list(*cell) {
                let hurry = self.hurries[*number as usize];
                cost += hurry.cost * distance(self.wires.position[hurry.driver as usize], self.wires.position[hurry.sink as usize]);
            }
        }
        cost
    }

    /// Does the swaps, and takes them back unless they are allowed and worth it.
    fn attempt(&mut self, temperature: f32, random: &mut SmallRng) {
        for swap in &self.swaps {
            self.grid.swap(*swap);
        }
        if !(self.allowed() && self.worth(temperature, random)) {
            for swap in self.swaps.iter().rev() {
                self.grid.swap(*swap);
            }
        }
    }

    fn allowed(&self) -> bool {
        let mut last = (NONE, NONE);
        self.swaps.iter().filter(|swap| swap.part != Part::Table).all(|swap| {
            let tiles = (swap.a / SLOTS, swap.b / SLOTS);
            std::mem::replace(&mut last, tiles) == tiles || self.grid.allows(tiles.0) && self.grid.allows(tiles.1)
        })
    }

    fn worth(&mut self, temperature: f32, random: &mut SmallRng) -> bool {
        self.moved.clear();
        for swap in &self.swaps {
            for slot in [swap.a, swap.b] {
                let cells = self.grid.cells(slot, swap.part);
                self.moved.extend(cells.map(|cell| (cell, self.wires.position[cell as usize])));
            }
        }
        let before = self.wires.begin(self.moved.iter().map(|(cell, _)| *cell)) + self.hurry_cost();
        for (cell, _) in &self.moved {
            self.wires.go(*cell, self.grid.position(self.grid.slot(*cell)));
        }
        let worse = self.wires.cost() + self.hurry_cost() - before;
        let keep = worse <= 0.0 || temperature > 0.0 && random.r#gen::<f32>() < (-worse / temperature).exp();
        if !keep {
            self.wires.undo(self.moved.iter().copied());
        }
        keep
    }
}
