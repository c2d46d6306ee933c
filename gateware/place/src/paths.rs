//! What paths lead over: the delays of cells, those of a um5g-85k of speed 8, rounded, as in scripts/longest_paths.py, and where paths begin and end.

use crate::design::{Cell, Design, Kind};
use std::collections::HashMap;

const TABLE: f32 = 0.15;
const CLOCK_TO_Q: f32 = 0.31;
const BLOCK_RAM_CLOCK_TO_Q: f32 = 1.42;
const PRODUCT: f32 = 3.0;
/// Carry element: into the sum, into the carry, carry to carry of a half, carry to the sum of the lower half and of the upper one.
const SUM: f32 = 0.25;
const TO_CARRY: f32 = 0.4;
const CARRY: f32 = 0.03;
const FROM_CARRY: [f32; 2] = [0.4, 0.25];

/// From a net through a cell to another, or to the cell's clocked input.
pub struct Arc {
    pub from: u32,
    pub cell: u32,
    pub delay: f32,
    /// Over wires, not inside a tile.
    pub routed: bool,
}

#[derive(Default)]
pub struct Paths {
    /// With the net that each leads to.
    pub arcs: Vec<(u32, Arc)>,
    /// A clock's net, and the net on which a path begins so long after the clock.
    pub starts: Vec<(u32, (u32, f32))>,
    /// With the clock's net.
    pub ends: Vec<(u32, Arc)>,
}

impl Paths {
    pub fn of(design: &Design) -> Self {
        // What writes a distributed RAM knows its clock only by way of the RAM.
        let rams = design.cells.iter().filter(|cell| cell.kind == Kind::Ram);
        let write_clocks: HashMap<u32, u32> = rams.filter_map(|ram| ram.net("WAD0").zip(ram.net("WCK"))).collect();
        let mut paths = Self::default();
        for (number, cell) in design.cells.iter().enumerate() {
            let write_clock = cell.net("WADO0").and_then(|net| write_clocks.get(&net)).copied();
            paths.add(design, number as u32, cell, write_clock);
        }
        paths
    }

    fn add(&mut self, design: &Design, number: u32, cell: &Cell, write_clock: Option<u32>) {
        let Self { arcs, starts, ends } = self;
        let mut arc = |from: Option<u32>, to: Option<u32>, delay: f32, routed: bool| {
            if let (Some(from), Some(to)) = (from, to) {
                arcs.push((
                    to,
                    Arc {
                        from,
                        cell: number,
                        delay,
                        routed,
                    },
                ));
            }
        };
        let mut end = |net: Option<u32>, clock: Option<u32>, routed: bool| {
            if let (Some(from), Some(clock)) = (net, clock) {
                ends.push((
                    clock,
                    Arc {
                        from,
                        cell: number,
                        delay: 0.0,
                        routed,
                    },
                ));
            }
        };
        match cell.kind {
            Kind::Logic | Kind::Ram => {
                for port in ["A", "B", "C", "D"] {
                    arc(cell.net(port), cell.net("F"), TABLE, true);
                }
                end(cell.net("WRE"), cell.net("WCK"), true);
            }
            Kind::Carry => {
                for port in ["A", "B", "C", "D"] {
                    arc(cell.net(port), cell.net("F"), SUM, true);
                    arc(cell.net(port), cell.net("FCO"), TO_CARRY, true);
                }
                let upper = usize::from(cell.element.ends_with('1'));
                arc(cell.net("FCI"), cell.net("F"), FROM_CARRY[upper], false);
                arc(cell.net("FCI"), cell.net("FCO"), CARRY, false);
            }
            Kind::Multiplier => {
                for output in cell.pins.iter().filter(|pin| pin.output) {
                    for input in cell.pins.iter().filter(|pin| !pin.output) {
                        arc(Some(input.net), Some(output.net), PRODUCT, true);
                    }
                }
            }
            Kind::FlipFlop => {
                let clock = cell.net("CLK");
                if let (Some(net), Some(clock)) = (cell.net("Q"), clock) {
                    starts.push((clock, (net, CLOCK_TO_Q)));
                }
                for port in ["DI", "M", "CE", "LSR"] {
                    end(cell.net(port).filter(|net| !design.global(*net)), clock, port != "DI");
                }
            }
            Kind::BlockRam => {
                for pin in &cell.pins {
                    // DOA3, ADB4, CEA, WEB, OCEA, CSB0: the letter before the number is the side.
                    let side = pin
                        .port
                        .trim_end_matches(|c: char| c.is_ascii_digit())
                        .chars()
                        .last()
                        .unwrap_or('A');
                    let clock = cell.net(&format!("CLK{side}"));
                    match (pin.output, clock) {
                        (true, Some(clock)) => starts.push((clock, (pin.net, BLOCK_RAM_CLOCK_TO_Q))),
                        (false, _) if !pin.port.starts_with("CLK") => end(Some(pin.net), clock, true),
                        _ => {}
                    }
                }
            }
            Kind::RamWrite => {
                for pin in cell.pins.iter().filter(|pin| !pin.output) {
                    end(Some(pin.net), write_clock, true);
                }
            }
            Kind::RamBlock | Kind::GlobalBuffer | Kind::Other => {}
        }
    }
}
