//! `reg`: registers by name or address.

use super::Port;
use crate::output::{Cell, Output};
use serde_json::{Value, json};
use spareband::value::{fields_to_json, format, format_field, parse};
use spareband::{Error, Name};
use spareband_spec::regs::{Access, Place};

#[derive(clap::Subcommand)]
pub enum Args {
    /// List the registers the device has
    ///
    /// Names are block.register or block.register.field; blocks there are several of take a number: blade[2].mac.
    List {
        /// Only names that contain this
        filter: Option<String>,
    },
    /// Read registers
    #[command(
        after_help = "Examples:\n  spareband reg read policy.delta\n  spareband reg read 'blade[0].record' 'blade[0].record.cpu' 0x0204"
    )]
    Read {
        /// Names or addresses (0x0204)
        #[arg(required = true, value_name = "REGISTER")]
        registers: Vec<String>,
    },
    /// Write a register or one of its fields
    #[command(after_help = "Examples:
  spareband reg write policy.delta 32
  spareband reg write policy.vip 10.0.0.1
  spareband reg write 'blade[1].control.admin' drain
  spareband reg write 'blade[1].mac' 02:53:42:00:00:11
  spareband reg write policy.command.clear_worst 1")]
    Write {
        /// Name or address
        register: String,
        /// Number, 0x number, address, or a name the field's values have
        value: String,
    },
    /// Read every register
    Dump,
}

pub fn run(args: &Args, device: &mut Port, output: &Output) -> Result<(), Error> {
    match args {
        Args::List { filter } => list(filter.as_deref().unwrap_or_default(), device, output),
        Args::Read { registers } => {
            let names = registers.iter().map(|text| device.name(text)).collect::<Result<Vec<_>, _>>()?;
            read(&names, true, device, output)
        }
        Args::Dump => {
            let names: Vec<Name> = device
                .map()
                .places(device.blades())
                .map(|place| Name { place, field: None })
                .collect();
            read(&names, false, device, output)
        }
        Args::Write { register, value } => {
            let name = device.name(register)?;
            let number = parse(&name, value)?;
            device.write_name(&name, number)?;
            output.detail(&format!("{name} = {number:#x}"));
            Ok(())
        }
    }
}

fn list(filter: &str, device: &Port, output: &Output) -> Result<(), Error> {
    let names = device.map().places(device.blades()).map(|place| Name { place, field: None });
    let names: Vec<Name> = names.filter(|name| name.to_string().contains(filter)).collect();
    if output.json {
        let registers: Vec<Value> = names
            .iter()
            .map(|name| {
                let register = name.place.register;
                json!({
                    "name": name.to_string(), "address": name.place.address, "words": register.words, "access": register.access.name(),
                    "reset": name.place.reset(), "doc": register.doc,
                })
            })
            .collect();
        output.json("reg.list", json!({ "registers": registers }), false);
        return Ok(());
    }
    let row = |name: &Name| -> Vec<Cell> {
        let register = name.place.register;
        vec![
            format!("{:#06x}", name.place.address).into(),
            name.to_string().into(),
            register.access.name().into(),
            (32 * u16::from(register.words)).to_string().into(),
            register.doc.into(),
        ]
    };
    output.print(&output.table(
        &["ADDRESS", "REGISTER", "ACCESS", "BITS", "MEANING"],
        &names.iter().map(row).collect::<Vec<_>>(),
    ));
    Ok(())
}

/// With fields if `detailed`.
fn read(names: &[Name], detailed: bool, device: &mut Port, output: &Output) -> Result<(), Error> {
    // A strobe has nothing to read.
    let names: Vec<&Name> = names
        .iter()
        .filter(|name| detailed || name.place.register.access != Access::Strobe)
        .collect();
    let places: Vec<Place> = names.iter().map(|name| name.place).collect();
    let values = device.read_places(&places)?;
    if output.json {
        let registers: Vec<Value> = names
            .iter()
            .zip(&values)
            .map(|(name, value)| match name.field {
                Some(field) => json!({ "name": name.to_string(), "address": name.place.address, "value": field.get(*value) }),
                None => json!({
                    "name": name.to_string(), "address": name.place.address, "value": value, "fields": fields_to_json(&name.place, *value),
                }),
            })
            .collect();
        output.json("reg", json!({ "registers": registers }), false);
        return Ok(());
    }
    let mut text = String::new();
    for (name, value) in names.iter().zip(&values) {
        let shown = match name.field {
            Some(field) => format_field(field, *value),
            None => format(&name.place, *value),
        };
        text += &format!("{name} = {shown}\n");
        if detailed && name.field.is_none() && name.place.register.fields.len() > 1 {
            for field in name.place.register.fields {
                text += &format!("  {} = {}\n", field.name, format_field(field, *value));
            }
        }
    }
    output.print(&text);
    Ok(())
}
