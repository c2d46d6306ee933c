//! `blade`: blades of a manager.

use super::{Port, confirm};
use crate::output::{Cell, Output, Tone};
use serde_json::json;
use spareband::Error;
use spareband::snapshot::{Blade, require_manager};
use spareband::value::{parse_mac, parse_vlan};

#[derive(clap::Subcommand)]
pub enum Args {
    /// List the blades and their settings
    List,
    /// Change settings of a blade
    #[command(after_help = "Examples:
  spareband blade set 1 --mac 02:53:42:00:00:11 --weight 32
  spareband blade set 1 --vlan 100                 balanced frames reach the blade in VLAN 100
  spareband blade set 1 --vlan strip               they reach it without their outer tag
  spareband blade set 1 --queue-limit 512          4 KiB at most wait for the blade: less delay, more loss")]
    Set {
        blade: usize,
        /// Share among its peers where a rule counts weights
        #[arg(long)]
        weight: Option<u8>,
        /// MAC address of the blade's server
        #[arg(long, value_parser = parse_mac, value_name = "MAC")]
        mac: Option<u64>,
        /// VLAN tag of balanced frames to the blade: set this identifier, strip the tag, or leave frames as they came
        #[arg(long, value_parser = parse_vlan, value_name = "ID|strip|none")]
        vlan: Option<u64>,
        /// 64-bit words beyond which the queue to the blade takes no frame; 0: all it has
        #[arg(long, value_name = "WORDS")]
        queue_limit: Option<u16>,
        /// A disabled blade is treated as absent
        #[arg(long, value_name = "true|false")]
        enabled: Option<bool>,
    },
    /// No new flows to these blades; flows they have go on
    Drain {
        #[arg(required = true)]
        blades: Vec<usize>,
    },
    /// Blades take new flows again
    Ready {
        #[arg(required = true)]
        blades: Vec<usize>,
    },
    /// Forget the flows of these blades: the next frame of each chooses a blade anew
    Flush {
        #[arg(required = true)]
        blades: Vec<usize>,
    },
    /// Nothing at all to these blades
    Maint {
        #[arg(required = true)]
        blades: Vec<usize>,
    },
}

pub fn run(args: &Args, no_input: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    require_manager(device)?;
    match args {
        Args::List => list(device, output),
        Args::Set {
            blade,
            weight,
            mac,
            vlan,
            queue_limit,
            enabled,
        } => {
            known(device, *blade)?;
            let settings = [
                ("weight", weight.map(u64::from)),
                ("mac", *mac),
                ("vlan", *vlan),
                ("queue_limit", queue_limit.map(u64::from)),
                ("control.enabled", enabled.map(u64::from)),
            ];
            if settings.iter().all(|(_, value)| value.is_none()) {
                return Err(Error::Usage(
                    "nothing to set; `spareband blade set --help` shows what there is".into(),
                ));
            }
            for (name, value) in settings {
                if let Some(value) = value {
                    device.write_named(&format!("blade[{blade}].{name}"), value)?;
                }
            }
            Ok(())
        }
        Args::Drain { blades } => administrate(blades, "drain", no_input, device, output),
        Args::Ready { blades } => administrate(blades, "ready", no_input, device, output),
        Args::Flush { blades } => {
            blades.iter().try_for_each(|blade| known(device, *blade))?;
            let set: u64 = blades.iter().fold(0, |set, blade| set | 1 << blade);
            device.write_named("forwarding.command.flush_blades", set)
        }
        Args::Maint { blades } => administrate(blades, "maintenance", no_input, device, output),
    }
}

/// Error unless the manager has this blade.
pub fn known(device: &Port, blade: usize) -> Result<(), Error> {
    match device.blades() {
        0 => Err(Error::Usage("the device is a blade and has none of its own".into())),
        blades if blade < blades => Ok(()),
        blades => Err(Error::Usage(format!("no blade {blade}; the device has 0 to {}", blades - 1))),
    }
}

fn read_all(device: &mut Port) -> Result<Vec<Blade>, Error> {
    (0..device.blades()).map(|blade| Blade::read(device, blade)).collect()
}

fn list(device: &mut Port, output: &Output) -> Result<(), Error> {
    let blades = read_all(device)?;
    if output.json {
        output.json("blades", json!({ "blades": blades }), false);
        return Ok(());
    }
    let row = |blade: &Blade| -> Vec<Cell> {
        let yes_no = |yes: bool, good: &str, bad: &str| {
            if yes {
                Cell(good.into(), Tone::Good)
            } else {
                Cell(bad.into(), Tone::Warn)
            }
        };
        vec![
            blade.blade.to_string().into(),
            yes_no(blade.enabled, "yes", "no"),
            blade.host_admin.into(),
            blade.record.as_ref().map_or("-", |record| record.admin).into(),
            yes_no(blade.link, "up", "down"),
            blade.weight.to_string().into(),
            blade.mac.as_str().into(),
            blade.vlan.as_str().into(),
            match blade.queue_limit {
                0 => "-".into(),
                limit => limit.to_string().into(),
            },
        ]
    };
    let rows: Vec<_> = blades.iter().map(row).collect();
    let columns = [
        "BLADE",
        "ENABLED",
        "HOST",
        "REPORTS",
        "LINK",
        "WEIGHT",
        "MAC",
        "VLAN",
        "QUEUE LIMIT",
    ];
    output.print(&output.table(&columns, &rows));
    Ok(())
}

fn administrate(blades: &[usize], state: &str, no_input: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    blades.iter().try_for_each(|blade| known(device, *blade))?;
    if state != "ready" {
        let all = read_all(device)?;
        let before = all.iter().any(Blade::takes_new_flows);
        let after = all.iter().any(|blade| blade.takes_new_flows() && !blades.contains(&blade.blade));
        if before && !after {
            confirm("this leaves no blade that takes new flows", no_input, output)?;
        }
    }
    for blade in blades {
        let name = device.name(&format!("blade[{blade}].control.admin"))?;
        let value = spareband::value::parse(&name, state)?;
        device.write_name(&name, value)?;
        output.detail(&format!("blade {blade}: {state}"));
    }
    Ok(())
}
