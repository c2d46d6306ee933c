//! The rules of the part, kept by many moves on small netlists.

mod netlist;

use netlist::{CLOCK, Netlist, scattered};

use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde_json::json;
use spareband_place::anneal::{Annealer, Heat};
use spareband_place::design::{Design, Kind};
use spareband_place::grid::Grid;
use spareband_place::timing::{Timing, Want};
use spareband_place::wires::Wires;
use std::collections::HashMap;

/// Nanoseconds, of which many paths of `scattered` take more.
const PERIOD: f32 = 2.0;

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
fn a_cells_wires_are_shortest_in_the_middle_of_its_nets() {
    let mut netlist = pulled();
    let start = 0;
    netlist.cell("other", "TRELLIS_COMB", json!({}), "X8/Y1/SLICEA.K0", &[("A", false, start)]);
    let design = netlist.design();
    let cell = |name: &str| design.cells.iter().position(|cell| cell.name == name).expect("is there") as u32;
    let mut wires = Wires::new(&design);
    // Without the cell at (0, 9) its nets' boxes are (0, 0) to (8, 1) and (0, 3) alone: of sides 0 0 0 8 and 0 1 3 3 the third.
    assert_eq!(wires.middle(cell("way")), Some([0, 3]));
    // The register at the end has one net, whose other cell that is.
    assert_eq!(wires.middle(cell("end")), Some([0, 9]));
}

#[test]
fn paths_are_as_long_as_by_hand() {
    let design = pulled().design();
    let mut timing = Timing::new(&design, &[("clk_0".into(), 2.0), ("clk_1".into(), 1.0)]);
    let wires = Wires::new(&design);
    let reports = timing.report(&wires.position);
    // Clock to Q, 9 tiles of which five count double, the table, 6 tiles.
    let longest = 0.31 + 0.036 * (11.7 + 9.0 + 5.0) + 0.15 + 0.036 * (11.7 + 6.0 + 5.0);
    assert_eq!(reports.len(), 2);
    assert!((reports[0].longest - longest).abs() < 1e-5, "{}", reports[0].longest);
    assert_eq!(reports[0].late, 1);
    assert!((reports[0].late_by - (longest - 2.0)).abs() < 1e-5);
    assert_eq!(reports[1].longest, 0.0, "nothing has the other clock");
    // Both connections are late by 0.2 of 2 ns: 1 + 0.2 of the weight, squared.
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
        assert!((hurry.cost - 10.0 * 0.036 * urgency * urgency).abs() < 1e-4, "{hurry:?}");
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
    let mut wide = Netlist::new();
    wide.cell(
        "wide",
        "TRELLIS_COMB",
        json!({}),
        "X0/Y0/SLICEA.K0",
        &[("OFX", true, 60), ("F1", false, 61)],
    );
    assert!(refusal(&wide).contains("more than four inputs"));
    assert!(Design::parse(b"{}").is_err());
    assert!(Design::parse(br#"{"modules": {"top": {"cells": {"a": {"attributes": {}}}}}}"#).is_err_and(|e| e.contains("has no place")));
}
