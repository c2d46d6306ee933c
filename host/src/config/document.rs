//! Writing a file.

use super::schema::SECTIONS;
use super::{Config, SCHEMA, Section, Target};
use crate::macs::{Address, port_name};
use crate::services::{Name, Settings, blades_of};
use crate::value::format_mac;
use serde_json::{Map, Value, json};
use spareband_spec::mac_table::UPLINK_PORT;
use spareband_spec::regs::{Field, MANAGER};
use std::collections::BTreeMap;

const HEAD: &str = "# Configuration of a Spareband manager: `spareband config check|diff|apply FILE`.
# What is not here stays as it is; the lists of services and of addresses are whole.
";
/// Flags of a service, in the order in which they are written, and what they are where they are not.
pub(super) const FLAGS: [(&str, bool); 6] = [
    ("enabled", true),
    ("udp_per_packet", false),
    ("sticky", false),
    ("rewrite", true),
    ("arp", true),
    ("echo", true),
];

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Toml,
    Json,
}

impl Format {
    /// JSON if the name ends so.
    pub fn of(path: &str) -> Self {
        if path.ends_with(".json") { Format::Json } else { Format::Toml }
    }
}

/// The names of the rules that choose a blade.
pub(super) fn rules() -> &'static Field {
    MANAGER.register("policy", "select").field("value")
}

impl Config {
    /// The document.
    pub fn document(&self, target: Target) -> Value {
        let mut document = json!({ "schema": SCHEMA });
        for (name, section) in SECTIONS {
            for setting in self.settings.iter().filter(|setting| setting.key.section == section) {
                let value = setting.key.format(setting.value, target.clock_hz);
                match section {
                    Section::Blade => document[name][setting.blade.to_string()][setting.key.name] = value,
                    _ => document[name][setting.key.name] = value,
                }
            }
        }
        if let Some(services) = &self.services {
            document["service"] = services
                .iter()
                .map(|(name, settings)| Value::Object(service(name, settings)))
                .collect();
        }
        if let Some(addresses) = &self.addresses {
            document["address"] = addresses
                .iter()
                .map(|(address, port)| Value::Object(static_address(*address, *port)))
                .collect();
        }
        document
    }

    /// The text of a file.
    pub fn text(&self, format: Format, target: Target) -> String {
        match format {
            Format::Json => format!("{:#}\n", self.document(target)),
            Format::Toml => self.toml(target),
        }
    }

    /// In the order of the keys, which a table of `toml` does not keep.
    fn toml(&self, target: Target) -> String {
        let mut text = format!("{HEAD}schema = \"{SCHEMA}\"\n");
        let empty = |list: bool, name: &str| if list { format!("{name} = []\n") } else { String::new() };
        text += &empty(self.services.as_ref().is_some_and(Vec::is_empty), "service");
        text += &empty(self.addresses.as_ref().is_some_and(BTreeMap::is_empty), "address");
        let mut section = String::new();
        for setting in &self.settings {
            let path = setting.path();
            let (head, key) = path.rsplit_once('.').unwrap_or_default();
            if head != section {
                text += &format!("\n[{head}]\n");
                section = head.into();
            }
            text += &format!("{key} = {}\n", setting.key.format(setting.value, target.clock_hz));
        }
        let mut entry = |name: &str, keys: Map<String, Value>, order: &[&str]| {
            text += &format!("\n[[{name}]]\n");
            order.iter().for_each(|key| text += &format!("{key} = {}\n", keys[*key]));
        };
        let mut order = vec!["name", "policy", "blades", "weights", "timeout_class"];
        order.extend(FLAGS.map(|(flag, _)| flag));
        for (name, settings) in self.services.iter().flatten() {
            entry("service", service(name, settings), &order);
        }
        for (address, port) in self.addresses.iter().flatten() {
            entry("address", static_address(*address, *port), &["mac", "vlan", "port"]);
        }
        text
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A service as the file has it.
pub(super) fn service(name: &Name, settings: &Settings) -> Map<String, Value> {
    let parameters = &settings.parameters;
    let blades = blades_of(parameters.blade_set);
    let weights: Vec<u8> = blades.iter().map(|blade| settings.weights[*blade]).collect();
    let mut map = object(json!({
        "name": name.to_string(),
        "policy": rules().value_name(parameters.policy.into()).map_or(json!(parameters.policy), |name| json!(name)),
        "blades": blades,
        "weights": weights,
        "timeout_class": parameters.timeout_class,
    }));
    let flags = [
        parameters.enabled,
        parameters.udp_per_packet,
        parameters.sticky_by_source,
        parameters.rewrite,
        settings.arp,
        settings.echo,
    ];
    map.extend(FLAGS.iter().zip(flags).map(|((name, _), flag)| (name.to_string(), json!(flag))));
    map
}

fn static_address(address: Address, port: u8) -> Map<String, Value> {
    let port = match port {
        UPLINK_PORT => json!(port_name(port)),
        blade => json!(blade),
    };
    object(json!({ "mac": format_mac(address.mac), "vlan": address.vlan, "port": port }))
}
