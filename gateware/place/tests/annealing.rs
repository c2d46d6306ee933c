//! The rules of the part, kept by many moves on a small netlist that is made here as nextpnr writes one.

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use spareband_place::anneal::{Annealer, Heat};
use spareband_place::design::{Design, Kind};
use spareband_place::grid::Grid;
use spareband_place::timing::{Timing, Want};
use spareband_place::wires::Wires;
use std::collections::HashMap;

const COLUMNS: i32 = 12;
const ROWS: i32 = 10;
/// Nanoseconds, of which many paths of `scattered` take more.
const PERIOD: f32 = 3.0;
/// Bits of nets that every netlist has.
const CLOCK: [u64; 2] = [2, 3];

#[derive(Default)]
struct Netlist {
    cells: serde_json::Map<String, Value>,
    bits: u64,
}

impl Netlist {
    fn new() -> Self {
        let mut netlist = Self {
            cells: Default::default(),
            bits: 100,
        };
        for (number, bit) in CLOCK.into_iter().enumerate() {
            let place = format!("X{number}/Y{ROWS}/BDCC{number}");
            netlist.cell(&format!("$gbuf$clk_{number}"), "DCCA", json!({}), &place, &[("CLKO", true, bit)]);
        }
        netlist
    }

    fn net(&mut self) -> u64 {
        self.bits += 1;
        self.bits
    }

    fn cell(&mut self, name: &str, kind: &str, parameters: Value, place: &str, pins: &[(&str, bool, u64)]) {
        let directions: serde_json::Map<_, _> = pins
            .iter()
            .map(|(port, output, _)| (port.to_string(), json!(if *output { "output" } else { "input" })))
            .collect();
        let connections: serde_json::Map<_, _> = pins.iter().map(|(port, _, bit)| (port.to_string(), json!([bit]))).collect();
        self.cells.insert(
            name.into(),
            json!({"type": kind, "parameters": parameters, "attributes": {"NEXTPNR_BEL": place},
                "port_directions": directions, "connections": connections}),
        );
    }

    fn text(&self) -> Vec<u8> {
        serde_json::to_vec(&json!({"modules": {"top": {"cells": self.cells}}})).expect("is JSON")
    }

    /// Cells in the order that the file's text has them.
    fn design(&self) -> Design {
        Design::parse(&self.text()).expect("is a placed netlist")
    }
}

/// Tiles with lookup tables, flip-flops tied and free of two clocks, two resets and four enables, carry chains and distributed RAMs, connected at random.
fn scattered(seed: u64) -> Netlist {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut netlist = Netlist::new();
    let nets: Vec<u64> = (0..300).map(|_| netlist.net()).collect();
    let (resets, enables) = (
        [netlist.net(), netlist.net()],
        [netlist.net(), netlist.net(), netlist.net(), netlist.net()],
    );
    let mut undriven = nets.clone();
    undriven.extend(resets);
    undriven.extend(enables);
    undriven.shuffle(&mut random);
    for x in 0..COLUMNS {
        for y in 0..ROWS {
            let (clock, reset) = (CLOCK[random.gen_range(0..2)], resets[random.gen_range(0..2)]);
            let ram = x == 3 && y % 4 == 0;
            let chain = y == 5 && (4..6).contains(&x);
            if ram {
                let address: Vec<u64> = (0..2).map(|_| netlist.net()).collect();
                for column in 0..4 {
                    let place = format!("X{x}/Y{y}/SLICE{}.K{}", ["A", "B"][column / 2], column % 2);
                    let pins = [
                        ("F", true, undriven.pop().unwrap_or(nets[0])),
                        ("A", false, nets[column]),
                        ("WCK", false, clock),
                        ("WAD0", false, address[0]),
                    ];
                    netlist.cell(
                        &format!("ram_{y}_{column}"),
                        "TRELLIS_COMB",
                        json!({"MODE": "DPRAM"}),
                        &place,
                        &pins,
                    );
                }
                for half in 0..2 {
                    let name = format!("block_{y}_{half}");
                    netlist.cell(
                        &name,
                        "TRELLIS_COMB",
                        json!({"MODE": "RAMW_BLOCK"}),
                        &format!("X{x}/Y{y}/SLICEC.K{half}"),
                        &[],
                    );
                }
                let pins = [("WADO0", true, address[0]), ("D0", false, *nets.choose(&mut random).unwrap())];
                netlist.cell(
                    &format!("write_{y}"),
                    "TRELLIS_RAMW",
                    json!({}),
                    &format!("X{x}/Y{y}/SLICEC.RAMW"),
                    &pins,
                );
            }
            for slot in 0..8 {
                let (slice, half) = (["A", "B", "C", "D"][slot / 2], slot % 2);
                let at = |element: &str| format!("X{x}/Y{y}/SLICE{slice}.{element}{half}");
                let sum = netlist.net();
                let free_table = !(chain || ram && slot < 6);
                let table = free_table && random.gen_bool(0.8);
                let inputs: Vec<u64> = (0..4).map(|_| *nets.choose(&mut random).unwrap()).collect();
                if table {
                    let mut pins = vec![("F", true, sum)];
                    pins.extend(["A", "B", "C", "D"].into_iter().zip(&inputs).map(|(port, net)| (port, false, *net)));
                    netlist.cell(&format!("table_{x}_{y}_{slot}"), "TRELLIS_COMB", json!({}), &at("K"), &pins);
                }
                if chain {
                    let number = (x - 4) * 8 + slot as i32;
                    let mut pins = vec![("F", true, sum), ("A", false, inputs[0])];
                    pins.extend((number > 0).then_some(("FCI", false, 50 + number as u64)));
                    pins.extend((number < 15).then_some(("FCO", true, 51 + number as u64)));
                    netlist.cell(&format!("carry_{number}"), "TRELLIS_COMB", json!({"MODE": "CCU2"}), &at("K"), &pins);
                }
                if random.gen_bool(0.6) {
                    let tied = (table || chain) && random.gen_bool(0.5);
                    let data = if tied { ("DI", false, sum) } else { ("M", false, inputs[1]) };
                    let output = undriven.pop().unwrap_or_else(|| netlist.net());
                    // One enable a slice.
                    let enable = enables[(x as usize + y as usize * 3 + slot / 2) % 4];
                    let pins = [
                        ("Q", true, output),
                        ("CLK", false, clock),
                        ("LSR", false, reset),
                        ("CE", false, enable),
                        data,
                    ];
                    netlist.cell(
                        &format!("register_{x}_{y}_{slot}"),
                        "TRELLIS_FF",
                        json!({"CEMUX": "CE"}),
                        &at("FF"),
                        &pins,
                    );
                }
            }
        }
    }
    netlist
}

/// Each cell's place after `moves` moves.
fn annealed(design: &Design, moves: u64, seed: u64, hurry: bool) -> (Vec<Option<String>>, f64, f64) {
    let mut grid = Grid::new(design).expect("is allowed");
    let mut wires = Wires::new(design);
    let before = wires.length();
    let mut timing = Timing::new(design, &[("clk".into(), PERIOD)]);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut annealer = Annealer::new(&mut grid, &mut wires);
    for round in 0..10 {
        if hurry {
            annealer.set_hurry(timing.hurry(
                &annealer.wires.position,
                Want {
                    weight: 50.0,
                    from: 0.5,
                    share: 0.5,
                    settling: false,
                },
            ));
        }
        annealer.run(
            moves / 10,
            Heat {
                temperature: if round < 9 { 0.5 } else { 0.0 },
                range: 4,
            },
            &mut random,
        );
    }
    let places = (0..design.cells.len() as u32).map(|cell| grid.place(cell)).collect();
    (places, before, wires.length())
}

/// The netlist with its cells at other places.
fn moved(netlist: &Netlist, design: &Design, places: &[Option<String>]) -> Netlist {
    let mut cells = netlist.cells.clone();
    for (cell, place) in design.cells.iter().zip(places) {
        if let Some(place) = place {
            cells[&cell.name]["attributes"]["NEXTPNR_BEL"] = json!(place);
        }
    }
    Netlist { cells, bits: netlist.bits }
}

#[test]
fn the_rules_of_the_part_hold_after_any_moves() {
    let mut shifted = [0; 2];
    for seed in 1..=3 {
        let netlist = scattered(seed);
        let design = netlist.design();
        let (places, before, after) = annealed(&design, 100_000, seed, seed % 2 == 0);
        assert!(after < 0.9 * before, "{before} tiles of wire, then {after}");
        // Read anew: that no two cells stand at one place and chains stand in a row Grid::new says; the wires' length is what it is by boxes made anew.
        let begun = design;
        let design = moved(&netlist, &begun, &places).design();
        Grid::new(&design).expect("is allowed after the moves");
        for (number, kind) in [Kind::Carry, Kind::RamWrite].into_iter().enumerate() {
            let ends = begun.cells.iter().zip(&design.cells);
            shifted[number] += ends
                .filter(|(before, after)| before.kind == kind && (before.x, before.y) != (after.x, after.y))
                .count();
        }
        assert_eq!(Wires::new(&design).length(), after);
        let mut drivers = HashMap::new();
        let mut places = HashMap::new();
        let mut shared = HashMap::new();
        for cell in &design.cells {
            if cell.kind == Kind::FlipFlop {
                let (tile, slice) = ((cell.x, cell.y), cell.element[..6].to_string());
                let nets = ["CLK", "LSR"].map(|port| cell.net(port));
                assert_eq!(
                    *shared.entry((tile, String::new())).or_insert(nets),
                    nets,
                    "clock and reset at {tile:?}"
                );
                let enable = [cell.net("CE"), None];
                assert_eq!(
                    *shared.entry((tile, slice)).or_insert(enable),
                    enable,
                    "enable at {tile:?}, {}",
                    cell.element
                );
            }
            places.insert((cell.x, cell.y, cell.element.clone()), cell.name.clone());
            if cell.kind == Kind::Logic || cell.kind == Kind::Carry {
                drivers.insert(cell.net("F"), cell.clone());
            }
        }
        for cell in &design.cells {
            if cell.tied() {
                let table = &drivers[&cell.net("DI")];
                let beside = (table.x, table.y, table.element.replace('K', "FF"));
                assert_eq!(
                    beside,
                    (cell.x, cell.y, cell.element.clone()),
                    "{} by its {}",
                    cell.name,
                    table.name
                );
            }
            if cell.kind == Kind::RamWrite {
                let at = |element: &str| &places[&(cell.x, cell.y, element.into())];
                let y = cell.name.strip_prefix("write_").expect("is its name");
                for (column, element) in ["SLICEA.K0", "SLICEA.K1", "SLICEB.K0", "SLICEB.K1"].into_iter().enumerate() {
                    assert_eq!(at(element), &format!("ram_{y}_{column}"));
                }
                assert_eq!(
                    (at("SLICEC.K0"), at("SLICEC.K1")),
                    (&format!("block_{y}_0"), &format!("block_{y}_1"))
                );
            }
        }
    }
    assert!(
        shifted.iter().all(|count| *count > 0),
        "halves of carry chains and distributed RAMs that moved: {shifted:?}"
    );
}

#[test]
fn the_same_seed_gives_the_same_places() {
    let design = scattered(7).design();
    let [first, again, other] = [1, 1, 2].map(|seed| annealed(&design, 20_000, seed, true).0);
    assert_eq!(first, again);
    assert_ne!(first, other);
}

/// A lookup table between two registers.
fn pulled() -> Netlist {
    let mut netlist = Netlist::new();
    let (start, way, end) = (netlist.net(), netlist.net(), netlist.net());
    netlist.cell(
        "start",
        "TRELLIS_FF",
        json!({}),
        "X0/Y0/SLICEA.FF0",
        &[("Q", true, start), ("CLK", false, CLOCK[0])],
    );
    netlist.cell(
        "way",
        "TRELLIS_COMB",
        json!({}),
        "X0/Y9/SLICEA.K0",
        &[("F", true, way), ("A", false, start)],
    );
    netlist.cell(
        "end",
        "TRELLIS_FF",
        json!({}),
        "X0/Y3/SLICEA.FF0",
        &[("Q", true, end), ("M", false, way), ("CLK", false, CLOCK[0])],
    );
    netlist
}

#[test]
fn paths_are_as_long_as_by_hand() {
    let design = pulled().design();
    let mut timing = Timing::new(&design, &[("clk_0".into(), 2.0), ("clk_1".into(), 1.0)]);
    let wires = Wires::new(&design);
    let reports = timing.report(&wires.position);
    // Clock to Q, 9 tiles of which five count double, the table, 6 tiles.
    let longest = 0.31 + 0.054 * (6.0 + 9.0 + 5.0) + 0.15 + 0.054 * (6.0 + 6.0 + 5.0);
    assert_eq!(reports.len(), 2);
    assert!((reports[0].longest - longest).abs() < 1e-5, "{}", reports[0].longest);
    assert_eq!(reports[0].late, 1);
    assert!((reports[0].late_by - (longest - 2.0)).abs() < 1e-5);
    assert_eq!(reports[1].longest, 0.0, "nothing has the other clock");
    // Both connections are late by 0.46 of 2 ns: 1 + 0.46 of the weight, squared.
    let hurries = timing.hurry(
        &wires.position,
        Want {
            weight: 10.0,
            from: 0.5,
            share: 1.0,
            settling: false,
        },
    );
    assert_eq!(hurries.len(), 2);
    let urgency = 1.0 + (longest - 2.0) / (0.5 * 2.0);
    for hurry in hurries {
        assert!((hurry.cost - 10.0 * 0.054 * urgency * urgency).abs() < 1e-4, "{hurry:?}");
    }
}

#[test]
fn what_is_in_a_hurry_comes_first() {
    let netlist = scattered(11);
    let design = netlist.design();
    let longest = |hurry: bool| {
        let (places, _, length) = annealed(&design, 100_000, 1, hurry);
        let design = moved(&netlist, &design, &places).design();
        let mut timing = Timing::new(&design, &[("clk".into(), PERIOD)]);
        let late: f32 = timing
            .report(&Wires::new(&design).position)
            .iter()
            .map(|report| report.late_by)
            .sum();
        (late, length)
    };
    let ((late, length), (late_without, length_without)) = (longest(true), longest(false));
    assert!(
        late < 0.8 * late_without,
        "ends late by {late} ns in all, {late_without} without hurry"
    );
    assert!(length > length_without, "{length} tiles of wire, {length_without} without hurry");
}

fn refusal(netlist: &Netlist) -> String {
    match Design::parse(&netlist.text()).and_then(|design| Grid::new(&design).map(|_| ())) {
        Ok(()) => panic!("was taken"),
        Err(message) => message,
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let flip_flop = |netlist: &mut Netlist, name: &str, place: &str, clock: usize| {
        let net = netlist.net();
        netlist.cell(
            name,
            "TRELLIS_FF",
            json!({}),
            place,
            &[("Q", true, net), ("CLK", false, CLOCK[clock])],
        );
    };
    let mut clocks = Netlist::new();
    flip_flop(&mut clocks, "first", "X0/Y0/SLICEA.FF0", 0);
    flip_flop(&mut clocks, "second", "X0/Y0/SLICED.FF0", 1);
    assert!(refusal(&clocks).contains("tile X0/Y0 have more than one clock"));
    let mut twice = Netlist::new();
    flip_flop(&mut twice, "first", "X0/Y0/SLICEA.FF0", 0);
    flip_flop(&mut twice, "second", "X0/Y0/SLICEA.FF0", 0);
    assert!(refusal(&twice).contains("stand at the same place"));
    let mut nowhere = Netlist::new();
    flip_flop(&mut nowhere, "first", "somewhere", 0);
    assert!(refusal(&nowhere).contains("no place in a tile"));
    let mut strange = Netlist::new();
    flip_flop(&mut strange, "first", "X0/Y0/SLICEE.FF0", 0);
    assert!(refusal(&strange).contains("no place in a slice"));
    let mut broken = Netlist::new();
    for (half, place) in ["X0/Y0/SLICEA.K0", "X0/Y0/SLICEB.K0"].into_iter().enumerate() {
        let pins: &[_] = if half == 0 {
            &[("FCO", true, 60)]
        } else {
            &[("FCI", false, 60), ("F", true, 61)]
        };
        broken.cell(&format!("carry_{half}"), "TRELLIS_COMB", json!({"MODE": "CCU2"}), place, pins);
    }
    assert!(refusal(&broken).contains("does not stand in a row"));
    assert!(Design::parse(b"{}").is_err());
    assert!(Design::parse(br#"{"modules": {"top": {"cells": {"a": {"attributes": {}}}}}}"#).is_err_and(|e| e.contains("has no place")));
}
