//! Netlists made here as nextpnr writes one that it placed.

use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use spareband_place::design::Design;

const COLUMNS: i32 = 12;
const ROWS: i32 = 10;
/// Bits of nets that every netlist has.
pub const CLOCK: [u64; 2] = [2, 3];

#[derive(Default)]
pub struct Netlist {
    pub cells: serde_json::Map<String, Value>,
    pub bits: u64,
}

impl Netlist {
    pub fn new() -> Self {
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

    pub fn net(&mut self) -> u64 {
        self.bits += 1;
        self.bits
    }

    pub fn cell(&mut self, name: &str, kind: &str, parameters: Value, place: &str, pins: &[(&str, bool, u64)]) {
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

    pub fn text(&self) -> Vec<u8> {
        serde_json::to_vec(&json!({"modules": {"top": {"cells": self.cells}}})).expect("is JSON")
    }

    /// Cells in the order that the file's text has them.
    pub fn design(&self) -> Design {
        Design::parse(&self.text()).expect("is a placed netlist")
    }
}

/// Tiles with lookup tables, flip-flops tied and free of two clocks, two resets and four enables, carry chains and distributed RAMs, connected at random.
pub fn scattered(seed: u64) -> Netlist {
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
