//! `mac`: the address table of a manager's layer-2 switch.

use super::Port;
use crate::output::{Cell, Output};
use serde_json::json;
use spareband::Error;
use spareband::macs::{self, Address, ENTRIES, Entry, VLANS, parse_port, port_name};
use spareband::snapshot::require_manager;
use spareband::value::{format_duration, format_mac, parse_mac};
use spareband_spec::mac_table::UPLINK_PORT;

#[derive(clap::Subcommand)]
pub enum Args {
    /// List the addresses, learned and static
    #[command(after_help = "Examples:
  spareband mac list                               all of them, with port and age
  spareband mac list --static                      what `mac add` and `config apply` wrote
  spareband mac list --at 2                        what is behind blade 2")]
    List {
        /// Only static entries
        #[arg(long, conflicts_with = "learned")]
        r#static: bool,
        /// Only learned entries
        #[arg(long)]
        learned: bool,
        /// Only entries at this port
        #[arg(long, value_name = "BLADE|uplink", value_parser = parse_port)]
        at: Option<u8>,
        /// Only entries of this VLAN; 0: frames without a tag
        #[arg(long, value_name = "ID", value_parser = vlan())]
        vlan: Option<u16>,
    },
    /// Write a static entry: it neither ages nor moves, and takes the place of a learned one
    #[command(after_help = "Examples:
  spareband mac add 02:00:00:00:00:07 2            a server behind blade 2
  spareband mac add 02:00:00:00:00:fe uplink --vlan 100")]
    Add {
        #[arg(value_parser = parse_mac)]
        mac: u64,
        /// The blade that the address is behind, or the uplink
        #[arg(value_name = "BLADE|uplink", value_parser = parse_port)]
        at: u8,
        /// VLAN; 0: frames without a tag
        #[arg(long, value_name = "ID", value_parser = vlan(), default_value_t = 0)]
        vlan: u16,
    },
    /// Remove an entry; a learned one comes back with the next frame from there
    #[command(after_help = "Example:\n  spareband mac remove 02:00:00:00:00:fe --vlan 100")]
    Remove {
        #[arg(value_parser = parse_mac)]
        mac: u64,
        /// VLAN; 0: frames without a tag
        #[arg(long, value_name = "ID", value_parser = vlan(), default_value_t = 0)]
        vlan: u16,
    },
    /// Forget every learned address; static ones stay
    Flush,
}

fn vlan() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(..i64::from(VLANS))
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    require_manager(device)?;
    match args {
        Args::List {
            r#static,
            learned,
            at,
            vlan,
        } => {
            at.iter().try_for_each(|at| known(device, *at))?;
            let wanted = |entry: &Entry| {
                (entry.is_static || !r#static)
                    && !(entry.is_static && *learned)
                    && at.is_none_or(|at| at == entry.port)
                    && vlan.is_none_or(|vlan| vlan == entry.address.vlan)
            };
            list(wanted, device, output)
        }
        Args::Add { mac, at, vlan } => {
            known(device, *at)?;
            macs::add(device, Address { vlan: *vlan, mac: *mac }, *at)
        }
        Args::Remove { mac, vlan } => {
            let address = Address { vlan: *vlan, mac: *mac };
            if macs::remove(device, address)? {
                return Ok(());
            }
            Err(Error::Failed {
                what: format!("there is no entry of {address}"),
                help: "`spareband mac list` shows the entries; one of a VLAN needs --vlan",
            })
        }
        Args::Flush => device.write_named("forwarding.command.flush_macs", 1),
    }
}

fn known(device: &Port, port: u8) -> Result<(), Error> {
    match port {
        UPLINK_PORT => Ok(()),
        blade => super::blade::known(device, blade.into()),
    }
}

fn list(wanted: impl Fn(&Entry) -> bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    let age_time = macs::age_time(device)?;
    let all = macs::list(device)?;
    let entries: Vec<&Entry> = all.iter().filter(|entry| wanted(entry)).collect();
    if output.json {
        let entries: Vec<_> = entries.iter().map(|entry| entry.report(age_time)).collect();
        output.json("macs", json!({ "capacity": ENTRIES, "used": all.len(), "macs": entries }), false);
        return Ok(());
    }
    let row = |entry: &&Entry| -> Vec<Cell> {
        let vlan = match entry.address.vlan {
            0 => "-".into(),
            vlan => vlan.to_string(),
        };
        let age = entry.age(age_time).map_or_else(|| "-".into(), format_duration);
        vec![
            format_mac(entry.address.mac).into(),
            vlan.into(),
            port_name(entry.port).into(),
            if entry.is_static { "static" } else { "learned" }.into(),
            age.into(),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    output.print(&output.table(&["MAC", "VLAN", "PORT", "KIND", "AGE"], &rows));
    output.detail(&format!("{} of {ENTRIES} entries in use", all.len()));
    Ok(())
}
