//! `link`: how a link carries records, and its auto-negotiation.

use super::Port;
use crate::output::{Cell, Output, Tone};
use serde_json::{Value, json};
use spareband::config::PAUSES;
use spareband::value::{self, format_duration, parse_duration};
use spareband::{Error, snapshot::named};
use spareband_spec::regs::{BLADE_CLOCK_HZ, KIND_MANAGER};
use std::time::Duration;

const SET_HELP: &str =
    "A link has two ends, and both must hold the same mode: set the blade's over the blade's own port as `own`, the manager's as the
number of the blade. While they differ the manager finds the blade's load unknown. Frames pass in any mode.

  off  plain idles
  a    ordered sets between frames (1000BASE-X; after reset)
  b    expanded control characters between frames (1000BASE-X; both ends must be Spareband's)
  c    control words in the preamble (1000BASE-X)
  d    sequence ordered sets between frames (10GBASE-R)

Examples:
  spareband link set 1 --mode c                    the manager's end of the link to blade 1
  spareband link set own --mode c                  on that blade
  spareband link set 1 --an on                     negotiate; without a partner that does, the link stays down
  spareband link set 0 --mode d --source chassis   a chassis whose manager sends its aggregate
  spareband link set uplink --aggregate on         on that manager
  spareband link set uplink --pause send           pause the uplink while a queue to a blade is filling";

#[derive(clap::Subcommand)]
pub enum Args {
    /// List the links and their settings
    List,
    /// Change settings of a link
    #[command(after_help = SET_HELP)]
    Set {
        /// `uplink` or the number of a blade on a manager, `own` on a blade
        #[arg(value_name = "LINK")]
        link: String,
        /// How records travel
        #[arg(long, value_name = "off|a|b|c|d")]
        mode: Option<String>,
        /// 10GBASE-R: whose records are listened to
        #[arg(long, value_name = "blade|chassis")]
        source: Option<String>,
        /// Auto-negotiation of a 1000BASE-X link: on at both ends, or off at both
        #[arg(long, value_name = "on|off", value_parser = on_off)]
        an: Option<bool>,
        /// Break the link, then negotiate anew
        #[arg(long)]
        restart: bool,
        /// Base page to advertise
        #[arg(long, value_name = "WORD", value_parser = word)]
        ability: Option<u16>,
        /// Link timer of auto-negotiation
        #[arg(long, value_name = "TIME", value_parser = parse_duration)]
        link_timer: Option<Duration>,
        /// Flow control by PAUSE frames: obey them, send them while the queue behind the receiver fills, or both
        #[arg(long, value_name = "off|obey|send|both", value_parser = pause)]
        pause: Option<u64>,
        /// Time a PAUSE frame asks for, in units of 512 bit times; from 306 on there is no gap, however long the frames
        #[arg(long, value_name = "QUANTA")]
        pause_quanta: Option<u16>,
        /// Uplink: send the chassis aggregate in mode D
        #[arg(long, value_name = "on|off", value_parser = on_off)]
        aggregate: Option<bool>,
    },
}

fn on_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("on or off".into()),
    }
}

fn pause(text: &str) -> Result<u64, String> {
    let number = PAUSES.iter().position(|name| *name == text);
    number.map(|number| number as u64).ok_or_else(|| PAUSES.join(", "))
}

fn word(text: &str) -> Result<u16, String> {
    let number = text
        .strip_prefix("0x")
        .map_or_else(|| text.parse(), |digits| u16::from_str_radix(digits, 16));
    number.map_err(|_| "a number of 16 bits, as 0x0020".into())
}

/// Where the registers of a link are.
struct Link {
    name: String,
    block: &'static str,
    index: usize,
    control: &'static str,
    status: &'static str,
    /// Block of the link's MAC.
    mac: Option<&'static str>,
}

impl Link {
    fn of_blade(index: usize) -> Self {
        Self {
            name: index.to_string(),
            block: "blade",
            index,
            control: "link_control",
            status: "link_status",
            mac: Some("blade_mac"),
        }
    }

    fn own() -> Self {
        Self {
            name: "own".into(),
            block: "link",
            index: 0,
            control: "control",
            status: "status",
            mac: None,
        }
    }

    /// The name of one of its registers.
    fn register(&self, register: &str) -> String {
        match self.block {
            "blade" => format!("blade[{}].{register}", self.index),
            block => format!("{block}.{register}"),
        }
    }
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    match args {
        Args::List => list(device, output),
        Args::Set { link, .. } if link == "uplink" => set_uplink(args, device, output),
        Args::Set { .. } => set(args, device, output),
    }
}

fn is_manager(device: &Port) -> bool {
    device.map().kind == KIND_MANAGER
}

/// The link of that name, if the device has it.
fn find(device: &Port, name: &str) -> Result<Link, Error> {
    match (is_manager(device), name) {
        (false, "own") => Ok(Link::own()),
        (false, _) => Err(Error::Usage(format!("no link `{name}`; a blade has only its `own`"))),
        (true, _) => {
            let index = name.parse().map_err(|_| {
                Error::Usage(format!(
                    "no link `{name}`; a manager has `uplink` and those to its blades, by number"
                ))
            })?;
            super::blade::known(device, index)?;
            Ok(Link::of_blade(index))
        }
    }
}

/// The time first, so that no frame asks for another.
fn pause_settings(mac: &str, pause: Option<u64>, quanta: Option<u16>) -> Vec<(String, u64)> {
    let quanta = quanta.map(|quanta| (format!("{mac}.pause_quanta"), u64::from(quanta)));
    let pause = pause.map(|pause| (format!("{mac}.pause_control"), pause));
    quanta.into_iter().chain(pause).collect()
}

fn set_uplink(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    let Args::Set {
        mode,
        source,
        an,
        restart,
        ability,
        link_timer,
        aggregate,
        pause,
        pause_quanta,
        ..
    } = args
    else {
        return Ok(());
    };
    if !is_manager(device) {
        return Err(Error::Usage("no link `uplink`; a blade has only its `own`".into()));
    }
    if mode.is_some() || source.is_some() || an.is_some() || *restart || ability.is_some() || link_timer.is_some() {
        return Err(Error::Usage("the uplink has only --aggregate, --pause and --pause-quanta".into()));
    }
    let mut settings = pause_settings("uplink_mac", *pause, *pause_quanta);
    settings.extend(aggregate.map(|on| ("uplink.control.aggregate".to_string(), u64::from(on))));
    if settings.is_empty() {
        return Err(Error::Usage("nothing to set; give --aggregate, --pause or --pause-quanta".into()));
    }
    for (name, value) in settings {
        output.detail(&format!("{name} = {value:#x}"));
        device.write_named(&name, value)?;
    }
    Ok(())
}

fn set(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    let Args::Set {
        link,
        mode,
        source,
        an,
        restart,
        ability,
        link_timer,
        aggregate,
        pause,
        pause_quanta,
    } = args
    else {
        return Ok(());
    };
    let link = find(device, link)?;
    if aggregate.is_some() {
        return Err(Error::Usage("--aggregate is for the uplink".into()));
    }
    let field = |name: &str| link.register(&format!("{}.{name}", link.control));
    let mut settings: Vec<(String, u64)> = vec![];
    for (name, text) in [("mode", mode), ("source", source)] {
        if let Some(text) = text {
            settings.push((field(name), value::parse(&device.name(&field(name))?, text)?));
        }
    }
    if let Some(ability) = ability {
        settings.push((link.register("an_ability"), u64::from(*ability)));
    }
    if let Some(time) = link_timer {
        let cycles = (time.as_secs_f64() * f64::from(BLADE_CLOCK_HZ)).round() as u64;
        let name = link.register("an_link_timer");
        let most = device.name(&name)?.place.register.mask();
        if cycles == 0 || cycles > most {
            let most = format_duration(most as f64 / f64::from(BLADE_CLOCK_HZ));
            return Err(Error::Usage(format!("--link-timer: more than nothing, at most {most}")));
        }
        settings.push((name, cycles));
    }
    if let Some(on) = an {
        settings.push((field("an_enable"), u64::from(*on)));
    }
    if *restart {
        settings.extend([(field("an_restart"), 1), (field("an_restart"), 0)]);
    }
    match (link.mac, pause.is_some() || pause_quanta.is_some()) {
        (Some(mac), true) => settings.extend(pause_settings(&format!("{mac}[{}]", link.index), *pause, *pause_quanta)),
        (None, true) => return Err(Error::Usage("--pause is for the links of a manager".into())),
        _ => {}
    }
    if settings.is_empty() {
        return Err(Error::Usage(
            "nothing to set; give --mode, --source, --an, --restart, --ability, --link-timer, --pause or --pause-quanta".into(),
        ));
    }
    for (name, value) in settings {
        output.detail(&format!("{name} = {value:#x}"));
        device.write_named(&name, value)?;
    }
    Ok(())
}

/// What is shown of a link to a blade, or of the blade's own.
fn describe(device: &mut Port, link: &Link) -> Result<Value, Error> {
    let places = [link.control, link.status, "an_ability", "an_link_timer"].map(|name| device.place(link.block, link.index, name));
    let values = device.read_places(&places)?;
    let of = |place: usize, name: &str| places[place].register.field(name).get(values[place]);
    let pause = match link.mac {
        Some(mac) => describe_pause(device, mac, link.index)?,
        None => Value::Null,
    };
    Ok(json!({
        "pause": pause,
        "link": link.name,
        "up": of(1, "up") == 1,
        "mode": named(&places[0], "mode", values[0]),
        "source": named(&places[0], "source", values[0]),
        "an_enable": of(0, "an_enable") == 1,
        "an_complete": of(1, "an_complete") == 1,
        "ability": values[2],
        "partner_ability": of(1, "lp_ability"),
        "link_timer_seconds": values[3] as f64 / f64::from(BLADE_CLOCK_HZ),
    }))
}

fn describe_pause(device: &mut Port, mac: &'static str, index: usize) -> Result<Value, Error> {
    let places = ["pause_control", "pause_quanta", "pause_status"].map(|name| device.place(mac, index, name));
    let values = device.read_places(&places)?;
    let status = |name: &str| places[2].register.field(name).get(values[2]) == 1;
    Ok(json!({
        "frames": PAUSES[values[0] as usize & 3],
        "quanta": values[1],
        "paused": status("paused"),
        "pausing": status("pausing"),
    }))
}

/// Settings, and what goes on now.
fn pause_text(pause: &Value) -> String {
    let state = match (pause["paused"] == true, pause["pausing"] == true) {
        (true, _) => ", paused",
        (false, true) => ", pausing",
        _ => "",
    };
    format!("{}{state}", pause["frames"].as_str().unwrap_or("-"))
}

fn list(device: &mut Port, output: &Output) -> Result<(), Error> {
    let links = match device.blades() {
        0 => vec![Link::own()],
        blades => (0..blades).map(Link::of_blade).collect(),
    };
    let links = links.iter().map(|link| describe(device, link)).collect::<Result<Vec<_>, _>>()?;
    let uplink = match is_manager(device) {
        true => {
            let control = device.place("uplink", 0, "control");
            let value = device.read_places(&[control])?[0];
            let aggregate = control.register.field("aggregate").get(value) == 1;
            Some(json!({ "aggregate": aggregate, "pause": describe_pause(device, "uplink_mac", 0)? }))
        }
        false => None,
    };
    if output.json {
        let mut document = json!({ "links": links });
        if let Some(uplink) = uplink {
            document["uplink"] = uplink;
        }
        output.json("links", document, false);
        return Ok(());
    }
    if let Some(uplink) = uplink {
        let aggregate = if uplink["aggregate"] == true { "on" } else { "off" };
        output.print(&format!(
            "uplink: aggregate {aggregate}, pause {}\n\n",
            pause_text(&uplink["pause"])
        ));
    }
    let row = |link: &Value| -> Vec<Cell> {
        let text = |name: &str| link[name].as_str().unwrap_or("-").to_string();
        let state = match link["up"] == true {
            true => Cell("up".into(), Tone::Good),
            false => Cell("down".into(), Tone::Bad),
        };
        let negotiation = match (link["an_enable"] == true, link["an_complete"] == true) {
            (false, _) => "off".into(),
            (true, true) => Cell("complete".into(), Tone::Good),
            (true, false) => Cell("under way".into(), Tone::Warn),
        };
        let page = |name: &str| format!("{:#06x}", link[name].as_u64().unwrap_or(0)).into();
        vec![
            text("link").into(),
            state,
            text("mode").into(),
            text("source").into(),
            negotiation,
            page("ability"),
            page("partner_ability"),
            format_duration(link["link_timer_seconds"].as_f64().unwrap_or(0.0)).into(),
            pause_text(&link["pause"]).into(),
        ]
    };
    let rows: Vec<_> = links.iter().map(row).collect();
    let heads = [
        "LINK",
        "STATE",
        "MODE",
        "SOURCE",
        "NEGOTIATION",
        "ABILITY",
        "PARTNER",
        "LINK TIMER",
        "PAUSE",
    ];
    output.print(&output.table(&heads, &rows));
    Ok(())
}
