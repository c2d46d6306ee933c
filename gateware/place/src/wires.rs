//! The length of all wires: half the perimeter of each net's bounding box, more for nets of many cells, as they branch.
//! Invariant: each box holds its net's cells tightly, with how many of them lie on each side; so most moves change it without a look at the others.

use crate::crowd::{Crowd, Share};
use crate::csr::Csr;
use crate::design::{Design, Kind};
use rand::Rng;
use rand::seq::SliceRandom;

/// Of a net's cells beyond three, each up to the fortieth adds so much of its length.
const BRANCH: f32 = 0.02;
/// Cells of a net that are looked at one by one.
const SMALL: usize = 12;

#[derive(Clone, Copy, Default)]
struct Bounds {
    low: [i16; 2],
    high: [i16; 2],
    on_low: [u16; 2],
    on_high: [u16; 2],
}

impl Bounds {
    fn length(&self) -> f32 {
        f32::from((self.high[0] - self.low[0]) + (self.high[1] - self.low[1]))
    }

    fn add(&mut self, at: [i16; 2]) {
        for (axis, at) in at.into_iter().enumerate() {
            self.add_on(axis, at);
        }
    }

    fn add_on(&mut self, axis: usize, at: i16) {
        if at < self.low[axis] {
            (self.low[axis], self.on_low[axis]) = (at, 0);
        }
        if at > self.high[axis] {
            (self.high[axis], self.on_high[axis]) = (at, 0);
        }
        self.on_low[axis] += u16::from(at == self.low[axis]);
        self.on_high[axis] += u16::from(at == self.high[axis]);
    }

    /// One of the cells went from one place to another; false where only a look at all of them can say what the box is now.
    fn shift(&mut self, from: [i16; 2], to: [i16; 2]) -> bool {
        let mut known = true;
        for axis in 0..2 {
            if from[axis] == to[axis] {
                continue;
            }
            self.add_on(axis, to[axis]);
            if from[axis] == self.low[axis] {
                self.on_low[axis] -= 1;
                known &= self.on_low[axis] > 0;
            }
            if from[axis] == self.high[axis] {
                self.on_high[axis] -= 1;
                known &= self.on_high[axis] > 0;
            }
        }
        known
    }
}

#[derive(Clone, Copy, Default)]
struct Net {
    bounds: Bounds,
    weight: f32,
    seen: u32,
}

pub struct Wires {
    nets: Vec<Net>,
    crowd: Crowd,
    cells_of: Csr,
    nets_of: Csr,
    pub position: Vec<[i16; 2]>,
    /// Of the move under way: its number, and the boxes before it.
    now: u32,
    before: Vec<(u32, Bounds)>,
    /// Of the cell under `middle`: the sides of its nets' boxes on each axis.
    sides: [Vec<i16>; 2],
}

/// Wires inside a tile, which no choice of places changes.
fn inside(kind: Kind, port: &str) -> bool {
    match kind {
        Kind::Carry => matches!(port, "FCI" | "FCO"),
        Kind::Ram => port.starts_with("WAD") || port == "WD",
        Kind::RamWrite => port.starts_with("WADO") || port.starts_with("WDO"),
        _ => false,
    }
}

impl Wires {
    pub fn new(design: &Design) -> Self {
        let mut pairs = vec![];
        for (number, cell) in design.cells.iter().enumerate() {
            for pin in &cell.pins {
                if !design.global(pin.net) && !inside(cell.kind, &pin.port) {
                    pairs.push((pin.net, number as u32));
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let nets = design.driver.len();
        let all = Csr::new(nets, &pairs);
        pairs.retain(|(net, _)| all.list(*net).len() > 1);
        let cells_of = Csr::new(nets, &pairs);
        let turned: Vec<_> = pairs.iter().map(|(net, cell)| (*cell, *net)).collect();
        let mut wires = Self {
            crowd: Crowd::new(design.size()),
            nets: vec![Net::default(); nets],
            cells_of,
            nets_of: Csr::new(design.cells.len(), &turned),
            position: design.cells.iter().map(|cell| [cell.x, cell.y]).collect(),
            now: 0,
            before: vec![],
            sides: Default::default(),
        };
        for net in 0..nets as u32 {
            let cells = wires.cells_of.list(net).len();
            if cells > 1 {
                wires.nets[net as usize].weight = 1.0 + BRANCH * (cells.clamp(3, 40) - 3) as f32;
                wires.nets[net as usize].bounds = wires.bounds(net);
            }
        }
        wires
    }

    /// Half the perimeters of all nets, in tiles.
    pub fn length(&self) -> f64 {
        self.nets.iter().map(|net| f64::from(net.bounds.length())).sum()
    }

    fn density(&self) -> [Vec<f32>; 2] {
        let share = |net: &Net| -> Share { (net.weight, net.bounds.low, net.bounds.high) };
        self.crowd.density(self.nets.iter().filter(|net| net.weight > 0.0).map(share))
    }

    /// Wires along an axis in a tile of the densest hundredth.
    pub fn densest(&self) -> f32 {
        let mut all = self.density().concat();
        all.sort_by(f32::total_cmp);
        all.get(all.len() * 99 / 100).copied().unwrap_or(0.0)
    }

    /// Makes wires dearer by `steep` for each time that those of a tile, along one axis, exceed `room` by that.
    pub fn shun_crowds(&mut self, room: f32, steep: f32) {
        let density = self.density();
        self.crowd.set(&density, room, steep);
    }

    /// A cell that shares a net with this one, at random.
    pub fn neighbour(&self, cell: u32, random: &mut impl Rng) -> Option<u32> {
        let net = *self.nets_of.list(cell).choose(random)?;
        self.cells_of.list(net).choose(random).copied()
    }

    /// Where a cell's wires would be shortest: on each axis the middle of the sides of its nets' boxes, those of small nets without the cell.
    pub fn middle(&mut self, cell: u32) -> Option<[i16; 2]> {
        let sides = &mut self.sides;
        sides.iter_mut().for_each(Vec::clear);
        for net in self.nets_of.list(cell) {
            let bounds = &self.nets[*net as usize].bounds;
            let cells = self.cells_of.list(*net);
            for (axis, sides) in sides.iter_mut().enumerate() {
                let at = self.position[cell as usize][axis];
                let mut ends = [bounds.low[axis], bounds.high[axis]];
                let alone = at == ends[0] && bounds.on_low[axis] == 1 || at == ends[1] && bounds.on_high[axis] == 1;
                if alone && cells.len() <= SMALL {
                    let others = cells
                        .iter()
                        .filter(|other| **other != cell)
                        .map(|other| self.position[*other as usize][axis]);
                    ends = others.fold([i16::MAX, i16::MIN], |[low, high], at| [low.min(at), high.max(at)]);
                }
                sides.extend(ends);
            }
        }
        let mut middle = [0; 2];
        for (middle, sides) in middle.iter_mut().zip(sides) {
            let half = sides.len() / 2;
            // Of no sides there is no middle.
            sides.get(half)?;
            *middle = *sides.select_nth_unstable(half).1;
        }
        Some(middle)
    }

    fn bounds(&self, net: u32) -> Bounds {
        let mut bounds = Bounds {
            low: [i16::MAX; 2],
            high: [i16::MIN; 2],
            ..Default::default()
        };
        for cell in self.cells_of.list(net) {
            bounds.add(self.position[*cell as usize]);
        }
        bounds
    }

    /// Begins a move of these cells: what their nets cost now.
    pub fn begin(&mut self, cells: impl Iterator<Item = u32>) -> f32 {
        self.now += 1;
        self.before.clear();
        let mut cost = 0.0;
        for cell in cells {
            for net in self.nets_of.list(cell) {
                let state = &mut self.nets[*net as usize];
                if state.seen != self.now {
                    state.seen = self.now;
                    cost += state.weight * self.crowd.cost(state.bounds.low, state.bounds.high);
                    self.before.push((*net, state.bounds));
                }
            }
        }
        cost
    }

    /// One cell of the move goes there.
    pub fn go(&mut self, cell: u32, to: [i16; 2]) {
        let from = std::mem::replace(&mut self.position[cell as usize], to);
        if from == to {
            return;
        }
        for place in self.nets_of.range(cell) {
            let net = self.nets_of.item(place);
            if !self.nets[net as usize].bounds.shift(from, to) {
                self.nets[net as usize].bounds = self.bounds(net);
            }
        }
    }

    /// What the nets of the move cost after it.
    pub fn cost(&self) -> f32 {
        let nets = self.before.iter().map(|(net, _)| &self.nets[*net as usize]);
        nets.map(|net| net.weight * self.crowd.cost(net.bounds.low, net.bounds.high)).sum()
    }

    /// Takes the move back, of whose cells the caller says where they were.
    pub fn undo(&mut self, cells: impl Iterator<Item = (u32, [i16; 2])>) {
        for (net, bounds) in &self.before {
            self.nets[*net as usize].bounds = *bounds;
        }
        for (cell, from) in cells {
            self.position[cell as usize] = from;
        }
    }
}
