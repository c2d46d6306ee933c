//! Which connections are in a hurry: static timing analysis with nets as long as the distance of their ends lets nextpnr's placer expect.
//!
//! Paths count that begin and end with the same clock.

use crate::csr::Csr;
use crate::design::{Design, Kind, NONE};
use crate::paths::{Arc, Paths};
use std::collections::HashMap;

/// Nanoseconds for a tile of distance, of which the first five count double, and for the way into the wires and out, in tiles: so routed wires of a
/// manager of eight took. nextpnr's own estimate is 0.3 ns and 0.054 a tile: too little for short wires, far too much for long ones.
pub const TILE: f32 = 0.036;
const ENDS: f32 = 11.7;

/// Urgency of a connection, of which one is without slack: no more than so.
const MOST: f32 = 4.0;

/// Distance in tiles, the first five twice.
pub fn distance(a: [i16; 2], b: [i16; 2]) -> f32 {
    let tiles = (a[0] - b[0]).abs() + (a[1] - b[1]).abs();
    f32::from(tiles + tiles.min(5))
}

struct Clock {
    name: String,
    period: f32,
    /// Nets that paths of this clock lead over, before those that come of them.
    order: Vec<u32>,
    starts: Vec<(u32, f32)>,
    ends: Vec<Arc>,
}

/// A connection from a driver to a cell, and what each tile of it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hurry {
    pub driver: u32,
    pub sink: u32,
    pub cost: f32,
}

/// What connections in a hurry shall cost.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    pub weight: f32,
    pub from: f32,
    pub share: f32,
    pub settling: bool,
}

pub struct Report {
    pub clock: String,
    pub longest: f32,
    pub late: usize,
    /// Nanoseconds by which all late ends are late together.
    pub late_by: f32,
}

pub struct Timing {
    arcs: Vec<Arc>,
    arcs_into: Csr,
    clocks: Vec<Clock>,
    driver: Vec<u32>,
    arrival: Vec<f32>,
    required: Vec<f32>,
    /// Of each net and cell that a path connects, smoothed over the calls.
    connections: Vec<Hurry>,
    connection_of_arc: Vec<u32>,
    connection_of_end: Vec<Vec<u32>>,
}

impl Timing {
    /// `periods`: what a clock's name has in it, and nanoseconds; the first that fits counts.
    pub fn new(design: &Design, periods: &[(String, f32)]) -> Self {
        let Paths { arcs, starts, mut ends } = Paths::of(design);
        let nets = design.driver.len();
        let pairs: Vec<_> = arcs.iter().enumerate().map(|(arc, (to, _))| (*to, arc as u32)).collect();
        let arcs_into = Csr::new(nets, &pairs);
        let arcs: Vec<Arc> = arcs.into_iter().map(|(_, arc)| arc).collect();
        let order = order(nets, &arcs, &arcs_into);
        let mut timing = Self {
            arcs,
            arcs_into,
            clocks: vec![],
            driver: design.driver.clone(),
            arrival: vec![f32::NEG_INFINITY; nets],
            required: vec![f32::INFINITY; nets],
            connections: vec![],
            connection_of_arc: vec![],
            connection_of_end: vec![],
        };
        for (buffer, cell) in design.cells.iter().enumerate().filter(|(_, cell)| cell.kind == Kind::GlobalBuffer) {
            let period = periods
                .iter()
                .find(|(part, _)| cell.name.contains(part.as_str()))
                .map(|(_, period)| *period);
            let (Some(period), Some(net)) = (period, cell.net("CLKO").filter(|net| design.driver[*net as usize] == buffer as u32)) else {
                continue;
            };
            timing.clocks.push(Clock {
                name: cell.name.clone(),
                period,
                order: vec![],
                starts: starts.iter().filter(|(clock, _)| *clock == net).map(|(_, start)| *start).collect(),
                ends: ends.extract_if(.., |(clock, _)| *clock == net).map(|(_, arc)| arc).collect(),
            });
        }
        for clock in 0..timing.clocks.len() {
            timing.clocks[clock].order = timing.reached(clock, &order);
        }
        timing.connect();
        timing
    }

    /// The nets that a clock's paths lead over.
    fn reached(&self, clock: usize, order: &[u32]) -> Vec<u32> {
        let clock = &self.clocks[clock];
        let (mut begun, mut ended) = (vec![false; self.driver.len()], vec![false; self.driver.len()]);
        for (net, _) in &clock.starts {
            begun[*net as usize] = true;
        }
        for net in order {
            let comes = self
                .arcs_into
                .list(*net)
                .iter()
                .any(|arc| begun[self.arcs[*arc as usize].from as usize]);
            begun[*net as usize] |= comes;
        }
        for end in &clock.ends {
            ended[end.from as usize] = true;
        }
        for net in order.iter().rev() {
            if ended[*net as usize] {
                for arc in self.arcs_into.list(*net) {
                    ended[self.arcs[*arc as usize].from as usize] = true;
                }
            }
        }
        order
            .iter()
            .copied()
            .filter(|net| begun[*net as usize] && ended[*net as usize])
            .collect()
    }

    /// One connection for each net and cell.
    fn connect(&mut self) {
        let mut numbers = HashMap::new();
        let (connections, driver) = (&mut self.connections, &self.driver);
        let mut number = |arc: &Arc| {
            let from = driver[arc.from as usize];
            if !arc.routed || from == NONE || from == arc.cell {
                return NONE;
            }
            *numbers.entry((arc.from, arc.cell)).or_insert_with(|| {
                connections.push(Hurry {
                    driver: from,
                    sink: arc.cell,
                    cost: 0.0,
                });
                connections.len() as u32 - 1
            })
        };
        self.connection_of_arc = self.arcs.iter().map(&mut number).collect();
        self.connection_of_end = self
            .clocks
            .iter()
            .map(|clock| clock.ends.iter().map(&mut number).collect())
            .collect();
    }

    fn wire(&self, arc: &Arc, position: &[[i16; 2]]) -> f32 {
        let driver = self.driver[arc.from as usize];
        if !arc.routed || driver == NONE {
            return 0.0;
        }
        TILE * (ENDS + distance(position[driver as usize], position[arc.cell as usize]))
    }

    fn arrive(&mut self, clock: usize, position: &[[i16; 2]]) {
        for net in &self.clocks[clock].order {
            self.arrival[*net as usize] = f32::NEG_INFINITY;
        }
        for (net, delay) in &self.clocks[clock].starts {
            self.arrival[*net as usize] = *delay;
        }
        for place in 0..self.clocks[clock].order.len() {
            let net = self.clocks[clock].order[place];
            let mut latest = self.arrival[net as usize];
            for arc in self.arcs_into.list(net) {
                let arc = &self.arcs[*arc as usize];
                latest = latest.max(self.arrival[arc.from as usize] + arc.delay + self.wire(arc, position));
            }
            self.arrival[net as usize] = latest;
        }
    }

    fn forget(&mut self, clock: usize) {
        for net in self.clocks[clock]
            .order
            .iter()
            .chain(self.clocks[clock].starts.iter().map(|(net, _)| net))
        {
            self.arrival[*net as usize] = f32::NEG_INFINITY;
            self.required[*net as usize] = f32::INFINITY;
        }
    }

    /// How long each clock's longest path is.
    pub fn report(&mut self, position: &[[i16; 2]]) -> Vec<Report> {
        let mut reports = vec![];
        for clock in 0..self.clocks.len() {
            self.arrive(clock, position);
            let Clock { name, period, ends, .. } = &self.clocks[clock];
            let mut report = Report {
                clock: name.clone(),
                longest: 0.0,
                late: 0,
                late_by: 0.0,
            };
            for end in ends {
                let at = self.arrival[end.from as usize] + end.delay + self.wire(end, position);
                report.longest = report.longest.max(at);
                if at > *period {
                    report.late += 1;
                    report.late_by += at - period;
                }
            }
            reports.push(report);
            self.forget(clock);
        }
        reports
    }

    /// What each tile of a connection shall cost: nothing where the slack is more than `from` of the period, more with its square below that, `weight` tiles of
    /// wire for a nanosecond where it is nothing. It goes there by a share of what is missing; while `settling` only upwards.
    pub fn hurry(
        &mut self,
        position: &[[i16; 2]],
        Want {
            weight,
            from,
            share,
            settling,
        }: Want,
    ) -> &[Hurry] {
        let mut wanted = vec![0.0_f32; self.connections.len()];
        for clock in 0..self.clocks.len() {
            self.arrive(clock, position);
            let period = self.clocks[clock].period;
            let want = |wanted: &mut Vec<f32>, connection: u32, slack: f32| {
                let urgency = (1.0 - slack / (from * period)).min(MOST);
                if connection != NONE && urgency > 0.0 {
                    let cost = weight * TILE * urgency * urgency;
                    wanted[connection as usize] = wanted[connection as usize].max(cost);
                }
            };
            for (number, end) in self.clocks[clock].ends.iter().enumerate() {
                let wire = self.wire(end, position) + end.delay;
                want(
                    &mut wanted,
                    self.connection_of_end[clock][number],
                    period - self.arrival[end.from as usize] - wire,
                );
                if self.arrival[end.from as usize] > f32::NEG_INFINITY {
                    let required = &mut self.required[end.from as usize];
                    *required = required.min(period - wire);
                }
            }
            for net in self.clocks[clock].order.iter().rev() {
                let required = self.required[*net as usize];
                for number in self.arcs_into.list(*net) {
                    let arc = &self.arcs[*number as usize];
                    let arrival = self.arrival[arc.from as usize];
                    if arrival > f32::NEG_INFINITY {
                        let before = required - arc.delay - self.wire(arc, position);
                        self.required[arc.from as usize] = self.required[arc.from as usize].min(before);
                        want(&mut wanted, self.connection_of_arc[*number as usize], before - arrival);
                    }
                }
            }
            self.forget(clock);
        }
        for (connection, wanted) in self.connections.iter_mut().zip(wanted) {
            let step = share * (wanted - connection.cost);
            connection.cost += if settling { step.max(0.0) } else { step };
        }
        &self.connections
    }
}

/// All nets, each after those that it comes of.
fn order(nets: usize, arcs: &[Arc], arcs_into: &Csr) -> Vec<u32> {
    let (mut seen, mut order) = (vec![false; nets], Vec::with_capacity(nets));
    for net in 0..nets as u32 {
        let mut stack = vec![(net, 0)];
        while let Some((net, next)) = stack.pop() {
            if next == 0 && std::mem::replace(&mut seen[net as usize], true) {
                continue;
            }
            match arcs_into.list(net).get(next) {
                Some(arc) => {
                    stack.push((net, next + 1));
                    let from = arcs[*arc as usize].from;
                    if !seen[from as usize] {
                        stack.push((from, 0));
                    }
                }
                None => order.push(net),
            }
        }
    }
    order
}
