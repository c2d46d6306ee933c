//! `stats`: counters since reset.

use super::Port;
use crate::output::{Cell, Output};
use serde_json::{Map, Value, json};
use spareband::Error;
use spareband_spec::regs::{Access, Place};
use spareband_spec::statistics::LINK_COUNTERS;

const GROUPS_HELP: &str = "Groups of link counters, as `ethtool -S --groups` names them:
  rmon      RFC 2819 etherStats: frames, bytes and sizes, what was too short, too long or damaged
  eth-mac   IEEE 802.3 Clause 30, the MAC: frames and bytes that were good, errors by kind
  eth-ctrl  MAC Control: PAUSE frames received and sent
  eth-phy   frames with a coding error
  all       all of them

Examples:
  spareband stats --nonzero                       what the manager and its blades counted
  spareband stats --groups rmon --nonzero         the uplink and the links to the blades, a column each
  spareband stats 2 --groups eth-ctrl             the link to blade 2
  spareband --json stats --groups all             for scripts";

#[derive(clap::Args)]
#[command(after_help = GROUPS_HELP)]
pub struct Args {
    /// Only the counters of this blade
    #[arg(value_name = "BLADE")]
    blade: Option<usize>,
    /// Only counters that are not zero
    #[arg(long)]
    nonzero: bool,
    /// Statistics of the links instead, of these groups
    #[arg(long, value_name = "GROUP,..", value_delimiter = ',')]
    groups: Vec<String>,
}

/// What is shown side by side: a name for people, one for scripts, and where its counters are.
struct Column {
    head: String,
    block: &'static str,
    index: usize,
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    if let Some(blade) = args.blade {
        super::blade::known(device, blade)?;
    }
    let groups = groups(args)?;
    if !groups.is_empty() && device.blades() == 0 {
        return Err(Error::Usage("a blade keeps no statistics of its link; its manager does".into()));
    }
    let blades: Vec<usize> = (0..device.blades())
        .filter(|blade| args.blade.is_none_or(|only| only == *blade))
        .collect();
    let (own, each) = if groups.is_empty() {
        ("statistics", "blade")
    } else {
        ("uplink_mac", "blade_mac")
    };
    let wanted = |place: &Place| {
        place.register.access == Access::Counter
            && (place.block.name == own && args.blade.is_none() || place.block.name == each && blades.contains(&place.index))
            && (groups.is_empty() || groups.contains(&group_of(place.register.name)))
    };
    let places: Vec<Place> = device.map().places(device.blades()).filter(wanted).collect();
    let values = device.read_places(&places)?;
    let counters: Vec<(Place, u64)> = places
        .into_iter()
        .zip(values)
        .filter(|(_, value)| !args.nonzero || *value != 0)
        .collect();
    let mut columns: Vec<Column> = vec![];
    if args.blade.is_none() {
        columns.push(Column {
            head: if groups.is_empty() { "VALUE" } else { "UPLINK" }.into(),
            block: own,
            index: 0,
        });
    }
    columns.extend(blades.iter().map(|blade| Column {
        head: format!("BLADE {blade}"),
        block: each,
        index: *blade,
    }));
    if output.json {
        output.json("stats", document(&columns, &counters, &groups), false);
    } else if groups.is_empty() {
        // The manager's own counters are others than its blades'.
        let (own, blades) = columns.split_at(usize::from(args.blade.is_none()));
        let tables: Vec<String> = [own, blades]
            .iter()
            .filter_map(|columns| table(output, columns, &counters))
            .collect();
        output.print(&tables.join("\n"));
    } else if let Some(table) = table(output, &columns, &counters) {
        output.print(&table);
    }
    Ok(())
}

/// The groups asked for, `all` taken apart.
fn groups(args: &Args) -> Result<Vec<&'static str>, Error> {
    let mut known: Vec<&'static str> = vec![];
    for counter in &LINK_COUNTERS {
        if !known.contains(&counter.group) {
            known.push(counter.group);
        }
    }
    let mut groups = vec![];
    for name in &args.groups {
        match known.iter().find(|group| *group == name) {
            Some(group) => groups.push(*group),
            None if name == "all" => groups.clone_from(&known),
            None => return Err(Error::Usage(format!("no group `{name}`; there are {} and all", known.join(", ")))),
        }
    }
    Ok(groups)
}

fn group_of(name: &str) -> &'static str {
    LINK_COUNTERS
        .iter()
        .find(|counter| counter.name == name)
        .map_or("", |counter| counter.group)
}

/// One row a counter that any column has, one column each.
fn table(output: &Output, columns: &[Column], counters: &[(Place, u64)]) -> Option<String> {
    let value = |column: &Column, name: &str| {
        let found = counters
            .iter()
            .find(|(place, _)| place.block.name == column.block && place.index == column.index && place.register.name == name);
        found.map_or("0".to_string(), |(_, value)| value.to_string())
    };
    let mut names: Vec<&str> = vec![];
    for (place, _) in counters {
        let mine = columns
            .iter()
            .any(|column| place.block.name == column.block && place.index == column.index);
        if mine && !names.contains(&place.register.name) {
            names.push(place.register.name);
        }
    }
    let row = |name: &&str| -> Vec<Cell> {
        let values = columns.iter().map(|column| Cell::from(value(column, name)));
        std::iter::once(Cell::from(*name)).chain(values).collect()
    };
    let rows: Vec<Vec<Cell>> = names.iter().map(row).collect();
    let heads: Vec<&str> = ["COUNTER"]
        .into_iter()
        .chain(columns.iter().map(|column| column.head.as_str()))
        .collect();
    (!rows.is_empty()).then(|| output.table(&heads, &rows))
}

fn document(columns: &[Column], counters: &[(Place, u64)], groups: &[&str]) -> Value {
    let of = |column: &Column| -> Value {
        let mine = counters
            .iter()
            .filter(|(place, _)| place.block.name == column.block && place.index == column.index);
        let flat = |group: Option<&str>| -> Map<String, Value> {
            let chosen = mine
                .clone()
                .filter(|(place, _)| group.is_none_or(|group| group_of(place.register.name) == group));
            chosen
                .map(|(place, value)| (place.register.name.to_string(), json!(value)))
                .collect()
        };
        if groups.is_empty() {
            return flat(None).into();
        }
        groups
            .iter()
            .map(|group| (group.to_string(), Value::from(flat(Some(group)))))
            .collect::<Map<_, _>>()
            .into()
    };
    let (own, each) = if groups.is_empty() {
        ("statistics", "statistics")
    } else {
        ("uplink", "link")
    };
    let mut document = json!({ "blades": [] });
    let mut blades = vec![];
    for column in columns {
        match column.block {
            "statistics" | "uplink_mac" => document[own] = of(column),
            _ => blades.push(json!({ "blade": column.index, each: of(column) })),
        }
    }
    document["blades"] = blades.into();
    document
}
