//! `flow`: the flow table of a manager.

use super::{Port, confirm, progress};
use crate::output::{Cell, Output, Tone};
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use spareband::Error;
use spareband::flows::{self, AGE_PARTS, Capacity, Entry, Found, STATES, Taker, Timeouts, Tuple};
use spareband::services::protocol_name;
use spareband::snapshot::require_manager;
use spareband::value::format_duration;

const LIST_HELP: &str =
    "Entries are hashed: they say which blade, which state and how old, but not whose flow it is. `spareband flow show` finds the entry
of a flow whose addresses and ports are known. The whole table is read, which takes a while; flows come and go meanwhile.

Examples:
  spareband flow list                              how many flows in which state, by blade
  spareband flow list --blade 2 --entries          each flow of blade 2
  spareband flow list --state half-open            clients that sent a SYN and nothing more
  spareband --json flow list --entries | jq '.flows.entries[] | select(.age_sixteenths > 12)'";

const SHOW_HELP: &str = "Example:
  spareband flow show 192.0.2.7:40000 10.0.0.1:80/tcp

Of a sticky service there is one entry for all connections of a client to its address; the client's port counts for nothing then.
Two flows share an entry with a chance of 1 in 2^30, so an entry found may be another flow's.
Exit code 1 if there is no entry.";

#[derive(clap::Subcommand)]
pub enum Args {
    /// Count the flows by blade and state, or list them
    #[command(after_help = LIST_HELP)]
    List {
        /// Only flows of this blade
        #[arg(long)]
        blade: Option<u8>,
        /// Only flows in this state
        #[arg(long, value_parser = states())]
        state: Option<String>,
        /// Counts by blade and state; what is shown without --entries
        #[arg(long, conflicts_with = "entries")]
        summary: bool,
        /// Each entry
        #[arg(long)]
        entries: bool,
    },
    /// Find the entry of one flow
    #[command(after_help = SHOW_HELP)]
    Show {
        /// Address and port of the client
        #[arg(value_name = "CLIENT:PORT")]
        source: String,
        /// Address, port and protocol of the service
        #[arg(value_name = "SERVICE:PORT/PROTOCOL")]
        destination: String,
    },
    /// Forget every flow: what comes of them then is balanced anew, by the consistent hash where it does not begin a connection
    #[command(after_help = "Example:\n  spareband flow flush --all")]
    Flush {
        /// Of all blades; those of one: `spareband blade flush`
        #[arg(long, required = true)]
        all: bool,
    },
}

fn states() -> PossibleValuesParser {
    STATES.iter().map(|(name, _)| *name).collect::<Vec<_>>().into()
}

pub fn run(args: &Args, no_input: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    require_manager(device)?;
    match args {
        Args::List { blade, state, entries, .. } => {
            if let Some(blade) = blade {
                super::blade::known(device, (*blade).into())?;
            }
            let state = state
                .as_ref()
                .and_then(|name| STATES.iter().find(|(known, _)| known == name))
                .map(|(_, state)| *state);
            let wanted = |entry: &Entry| blade.is_none_or(|blade| blade == entry.blade) && state.is_none_or(|state| state == entry.state);
            list(wanted, *entries, device, output)
        }
        Args::Show { source, destination } => show(source, destination, device, output),
        Args::Flush { .. } => {
            let flows = device.read_named("flows.entries")?;
            confirm(&format!("this forgets {flows} flows"), no_input, output)?;
            device.write_named("policy.command.flush_flows", 1)
        }
    }
}

fn list(wanted: impl Fn(&Entry) -> bool, each: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    let capacity = Capacity::read(device)?;
    let timeouts = Timeouts::read(device)?;
    let bar = progress("reading the flow table", output);
    let flows = flows::list(device, capacity, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let all = flows?;
    let held = |half_open| all.iter().filter(|entry| entry.half_open_partition == half_open).count();
    let (held, held_half_open) = (held(false), held(true));
    let flows: Vec<Entry> = all.into_iter().filter(wanted).collect();
    let counts = count(&flows, device.blades());
    if output.json {
        let blades: Vec<Value> = counts
            .iter()
            .map(|(blade, [established, half_open, closing])| {
                json!({ "blade": blade, "established": established, "half_open": half_open, "closing": closing })
            })
            .collect();
        let mut document = json!({
            "capacity": capacity,
            "used": { "flows": held, "half_open": held_half_open },
            "blades": blades,
        });
        if each {
            document["entries"] = flows.iter().map(|entry| entry_to_json(entry, &timeouts)).collect();
        }
        output.json("flows", json!({ "flows": document }), false);
        return Ok(());
    }
    if each {
        output.print(&entries_table(&flows, &timeouts, output));
        return Ok(());
    }
    let row = |name: String, counts: &[usize; 3]| -> Vec<Cell> {
        let mut row = vec![Cell::from(name)];
        row.extend(counts.iter().chain([&counts.iter().sum()]).map(|count| count.to_string().into()));
        row
    };
    let mut rows: Vec<_> = counts.iter().map(|(blade, counts)| row(blade.to_string(), counts)).collect();
    let sum = std::array::from_fn(|state| counts.iter().map(|(_, counts)| counts[state]).sum());
    rows.push(row("all".into(), &sum));
    let table = output.table(&["BLADE", "ESTABLISHED", "HALF-OPEN", "CLOSING", "ALL"], &rows);
    output.print(&format!(
        "entries {held} of {}   half-open partition {held_half_open} of {}\n\n{table}",
        capacity.flows, capacity.half_open
    ));
    Ok(())
}

/// Flows of each blade by state; of blades that the device does not have, only where it holds any.
fn count(flows: &[Entry], blades: usize) -> Vec<(usize, [usize; STATES.len()])> {
    let mut counts = [[0; STATES.len()]; 16];
    flows
        .iter()
        .for_each(|entry| counts[usize::from(entry.blade)][entry.state as usize] += 1);
    let known = counts.into_iter().enumerate();
    known
        .filter(|(blade, counts)| *blade < blades || counts.iter().any(|count| *count > 0))
        .collect()
}

fn entry_to_json(entry: &Entry, timeouts: &Timeouts) -> Value {
    let mut value = json!(entry);
    value["idle_seconds"] = json!(timeouts.idle(entry));
    value["timeout_seconds"] = json!(timeouts.of(entry));
    value
}

/// About how long an entry has been idle, and after which time it goes.
fn idle(entry: &Entry, timeouts: &Timeouts) -> (String, String) {
    let time = |seconds: Option<f64>| seconds.map_or_else(|| "-".into(), format_duration);
    (time(timeouts.idle(entry)), time(timeouts.of(entry)))
}

fn entries_table(flows: &[Entry], timeouts: &Timeouts, output: &Output) -> String {
    let row = |entry: &Entry| -> Vec<Cell> {
        let (idle, timeout) = idle(entry, timeouts);
        vec![
            partition(entry).into(),
            (entry.place / 4).to_string().into(),
            (entry.place % 4).to_string().into(),
            entry.blade.to_string().into(),
            Cell(entry.state.to_string(), Tone::Plain),
            idle.into(),
            timeout.into(),
            format!("{:#010x}", entry.tag).into(),
        ]
    };
    let rows: Vec<_> = flows.iter().map(row).collect();
    output.table(&["PARTITION", "SET", "WAY", "BLADE", "STATE", "IDLE", "TIMEOUT", "TAG"], &rows)
}

fn partition(entry: &Entry) -> &'static str {
    if entry.half_open_partition { "half-open" } else { "main" }
}

fn show(source: &str, destination: &str, device: &mut Port, output: &Output) -> Result<(), Error> {
    let tuple = Tuple::parse(source, destination).map_err(Error::Usage)?;
    let found = flows::find(device, &tuple)?;
    let timeouts = Timeouts::read(device)?;
    let taker = match found.taker {
        Taker::Service(number, parameters) if parameters.udp_per_packet && protocol_name(tuple.protocol) == Some("udp") => {
            format!("service {number}, which balances each datagram by itself: it has no flows")
        }
        Taker::Service(number, parameters) if parameters.sticky_by_source => {
            format!("service {number}, sticky: one entry for all connections of the client to this address")
        }
        Taker::Service(number, _) => format!("service {number}"),
        Taker::Vip => "policy.vip".into(),
        Taker::Nothing => "nothing: no service that is enabled, and not policy.vip; frames of it are not balanced".into(),
    };
    let Found {
        sets: [main, half_open],
        tag,
        ..
    } = found;
    if output.json {
        let document = json!({
            "flow": tuple.to_string(),
            "taken_by": match found.taker {
                Taker::Service(number, _) => json!({ "service": number }),
                Taker::Vip => json!("vip"),
                Taker::Nothing => Value::Null,
            },
            "set": main,
            "half_open_set": half_open,
            "tag": tag,
            "entry": found.entry.map(|entry| entry_to_json(&entry, &timeouts)),
        });
        output.json("flow", document, false);
    } else {
        let mut text = format!("flow      {tuple}\ntaken by  {taker}\nplace     set {main}, half-open set {half_open}, tag {tag:#010x}\n");
        if let Some(entry) = &found.entry {
            let (idle, timeout) = idle(entry, &timeouts);
            text += &format!(
                "entry     {} partition, way {}\nblade     {}\nstate     {}\nidle      {idle} of {timeout}, to a {AGE_PARTS}th\n",
                partition(entry),
                entry.place % 4,
                entry.blade,
                entry.state
            );
        }
        output.print(&text);
    }
    match found.entry {
        Some(_) => Ok(()),
        None => Err(Error::Failed {
            what: format!("the flow table has no entry for {tuple}"),
            help: "it has not begun, or was idle for its time-out; or the table was full, and it goes by the consistent hash",
        }),
    }
}
