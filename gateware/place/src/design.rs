//! A placed netlist as `nextpnr-ecp5 --write` has it: cells, their places, and the nets between them.

use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// No cell, slot or net.
pub const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lookup table of four inputs.
    Logic,
    /// Half of a carry element.
    Carry,
    /// A sixteen-word column of distributed RAM.
    Ram,
    /// A lookup table that `RamWrite` uses up.
    RamBlock,
    /// What leads address and data of a write to the columns of a distributed RAM.
    RamWrite,
    FlipFlop,
    BlockRam,
    Multiplier,
    /// Leads a clock or reset over the global network.
    GlobalBuffer,
    Other,
}

#[derive(Clone, Debug)]
pub struct Pin {
    pub port: String,
    pub output: bool,
    pub net: u32,
}

#[derive(Clone, Debug)]
pub struct Cell {
    pub name: String,
    pub kind: Kind,
    pub x: i16,
    pub y: i16,
    /// Which of the tile's elements: SLICEA.K0, EBR2.
    pub element: String,
    pub pins: Vec<Pin>,
    /// Of a flip-flop: number of its clock and reset, which are one for a tile, and of its enable, which is one for a slice.
    pub tile_set: u16,
    pub slice_set: u16,
}

impl Cell {
    pub fn net(&self, port: &str) -> Option<u32> {
        self.pins.iter().find(|pin| pin.port == port).map(|pin| pin.net)
    }

    /// A flip-flop that takes its data from the lookup table beside it, with which it has to stay.
    pub fn tied(&self) -> bool {
        self.kind == Kind::FlipFlop && self.net("DI").is_some()
    }
}

pub struct Design {
    pub cells: Vec<Cell>,
    /// The cell that drives each net, `NONE` where none does.
    pub driver: Vec<u32>,
}

#[derive(Deserialize)]
struct File {
    modules: HashMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    cells: serde_json::Map<String, serde_json::Value>,
}

impl Design {
    /// Reads what `nextpnr-ecp5 --write` wrote after placing.
    pub fn read(path: &Path) -> Result<Self, String> {
        let wrong = |e: &dyn std::fmt::Display| format!("{}: {e}; it has to be what nextpnr-ecp5 --no-route --write wrote", path.display());
        let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::parse(&text).map_err(|e| wrong(&e))
    }

    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let mut file: File = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        let module = file.modules.remove("top").ok_or("no module `top`")?;
        let (mut sets, mut nets, mut driver) = (Numbers::default(), HashMap::new(), vec![]);
        let mut cells = Vec::with_capacity(module.cells.len());
        for (name, value) in module.cells {
            let cell = cell(name, &value, &mut sets, &mut nets)?;
            driver.resize(nets.len(), NONE);
            for pin in cell.pins.iter().filter(|pin| pin.output) {
                driver[pin.net as usize] = cells.len() as u32;
            }
            cells.push(cell);
        }
        Ok(Self { cells, driver })
    }

    /// Columns and rows of tiles, as far as cells stand.
    pub fn size(&self) -> [i16; 2] {
        self.cells
            .iter()
            .fold([0, 0], |[x, y], cell| [x.max(cell.x + 1), y.max(cell.y + 1)])
    }

    /// Whether a net is led over the global network, or nothing drives it: its length is no matter.
    pub fn global(&self, net: u32) -> bool {
        let driver = self.driver[net as usize];
        driver == NONE || self.cells[driver as usize].kind == Kind::GlobalBuffer
    }
}

/// Numbers for texts, in the order of their coming.
#[derive(Default)]
struct Numbers(HashMap<String, u16>);

impl Numbers {
    fn of(&mut self, text: String) -> Result<u16, String> {
        let next = u16::try_from(self.0.len()).map_err(|_| "more than 65536 sets of clock, reset and enable")?;
        Ok(*self.0.entry(text).or_insert(next))
    }
}

fn cell(name: String, value: &serde_json::Value, sets: &mut Numbers, nets: &mut HashMap<u64, u32>) -> Result<Cell, String> {
    let parameter = |key: &str| value["parameters"][key].as_str().unwrap_or("").trim();
    let place = value["attributes"]["NEXTPNR_BEL"]
        .as_str()
        .ok_or_else(|| format!("cell {name} has no place"))?;
    let (x, y, element) = split(place).ok_or_else(|| format!("cell {name} is at `{place}`, which is no place in a tile"))?;
    let kind = match (value["type"].as_str().unwrap_or(""), parameter("MODE")) {
        ("TRELLIS_COMB", "" | "LOGIC") => Kind::Logic,
        ("TRELLIS_COMB", "CCU2") => Kind::Carry,
        ("TRELLIS_COMB", "DPRAM") => Kind::Ram,
        ("TRELLIS_COMB", "RAMW_BLOCK") => Kind::RamBlock,
        ("TRELLIS_RAMW", _) => Kind::RamWrite,
        ("TRELLIS_FF", _) => Kind::FlipFlop,
        ("DP16KD", _) => Kind::BlockRam,
        ("MULT18X18D", _) => Kind::Multiplier,
        ("DCCA", _) => Kind::GlobalBuffer,
        _ => Kind::Other,
    };
    let mut pins = vec![];
    for (port, bits) in value["connections"]
        .as_object()
        .ok_or_else(|| format!("cell {name} has no connections"))?
    {
        if let Some(bit) = bits.get(0).and_then(serde_json::Value::as_u64) {
            let next = nets.len() as u32;
            let net = *nets.entry(bit).or_insert(next);
            let output = value["port_directions"][port.as_str()] == "output";
            pins.push(Pin {
                port: port.clone(),
                output,
                net,
            });
        }
    }
    if pins.iter().any(|pin| matches!(pin.port.as_str(), "F1" | "FXA" | "FXB")) {
        return Err(format!(
            "cell {name} is of a lookup table of more than four inputs, which is not known here; synthesise with -nowidelut"
        ));
    }
    let mut cell = Cell {
        name,
        kind,
        x,
        y,
        element,
        pins,
        tile_set: 0,
        slice_set: 0,
    };
    if kind == Kind::FlipFlop {
        let tile = [parameter("CLKMUX"), parameter("LSRMUX"), parameter("SRMODE")].map(str::to_string);
        cell.tile_set = sets.of(format!("tile {:?} {:?} {tile:?}", cell.net("CLK"), cell.net("LSR")))?;
        let slice = [parameter("CEMUX"), parameter("GSR")].map(str::to_string);
        cell.slice_set = sets.of(format!("slice {:?} {slice:?}", cell.net("CE")))?;
    }
    Ok(cell)
}

/// X, Y and what follows of X12/Y34/SLICEA.K0.
fn split(place: &str) -> Option<(i16, i16, String)> {
    let mut parts = place.splitn(3, '/');
    let x = parts.next()?.strip_prefix('X')?.parse().ok()?;
    let y = parts.next()?.strip_prefix('Y')?.parse().ok()?;
    Some((x, y, parts.next()?.to_string()))
}
