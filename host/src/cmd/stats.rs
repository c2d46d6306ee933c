//! `stats`: counters since reset.

use super::Port;
use crate::output::{Cell, Output};
use serde_json::{Map, Value, json};
use spareband::Error;
use spareband_spec::regs::{Access, Place};

#[derive(clap::Args)]
pub struct Args {
    /// Only the counters of this blade
    #[arg(value_name = "BLADE")]
    blade: Option<usize>,
    /// Only counters that are not zero
    #[arg(long)]
    nonzero: bool,
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    if let Some(blade) = args.blade {
        super::blade::known(device, blade)?;
    }
    let wanted = |place: &Place| {
        place.register.access == Access::Counter && args.blade.is_none_or(|blade| place.block.name == "blade" && place.index == blade)
    };
    let places: Vec<Place> = device.map().places(device.blades()).filter(wanted).collect();
    let values = device.read_places(&places)?;
    let counters: Vec<(&Place, u64)> = places
        .iter()
        .zip(values)
        .filter(|(_, value)| !args.nonzero || *value != 0)
        .collect();
    if output.json {
        let of = |block: &str, index: usize| -> Map<String, Value> {
            let mine = counters
                .iter()
                .filter(|(place, _)| place.block.name == block && place.index == index);
            mine.map(|(place, value)| (place.register.name.to_string(), json!(value))).collect()
        };
        let mut document = json!({});
        if args.blade.is_none() {
            document["statistics"] = of("statistics", 0).into();
        }
        let blades = (0..device.blades()).filter(|blade| args.blade.is_none_or(|only| only == *blade));
        document["blades"] = blades
            .map(|blade| json!({ "blade": blade, "statistics": of("blade", blade) }))
            .collect();
        output.json("stats", document, false);
        return Ok(());
    }
    // One column a blade, so that blades can be compared.
    let own: Vec<Vec<Cell>> = counters
        .iter()
        .filter(|(place, _)| place.block.name == "statistics")
        .map(|(place, value)| vec![place.register.name.into(), value.to_string().into()])
        .collect();
    if !own.is_empty() {
        output.print(&output.table(&["COUNTER", "VALUE"], &own));
    }
    let blades: Vec<usize> = (0..device.blades())
        .filter(|blade| args.blade.is_none_or(|only| only == *blade))
        .collect();
    let mut rows: Vec<Vec<Cell>> = vec![];
    let mut names: Vec<&str> = vec![];
    for (place, _) in counters.iter().filter(|(place, _)| place.block.name == "blade") {
        if !names.contains(&place.register.name) {
            names.push(place.register.name);
        }
    }
    for name in names {
        let value = |blade: usize| {
            counters
                .iter()
                .find(|(place, _)| place.block.name == "blade" && place.index == blade && place.register.name == name)
        };
        let mut row: Vec<Cell> = vec![name.into()];
        row.extend(
            blades
                .iter()
                .map(|blade| Cell::from(value(*blade).map_or("0".to_string(), |(_, value)| value.to_string()))),
        );
        rows.push(row);
    }
    if !rows.is_empty() {
        let heads: Vec<String> = blades.iter().map(|blade| format!("BLADE {blade}")).collect();
        let heads: Vec<&str> = ["COUNTER"].into_iter().chain(heads.iter().map(String::as_str)).collect();
        let gap = if own.is_empty() { "" } else { "\n" };
        output.print(&format!("{gap}{}", output.table(&heads, &rows)));
    }
    Ok(())
}
