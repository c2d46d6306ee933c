//! Reading a file, with all that is wrong with it.

use super::document::{FLAGS, Format, rules};
use super::schema::SECTIONS;
use super::{Config, KEYS, SCHEMA, Section, Setting, Target, WEIGHT, comparable};
use crate::Error;
use crate::macs::{Address, VLANS, overfull, parse_port};
use crate::services::{Keys, Name, Settings};
use crate::value::parse_mac;
use serde_json::{Map, Value, json};
use spareband_spec::mac_table::UPLINK_PORT;
use spareband_spec::regs::MANAGER;
use spareband_spec::service::{ServiceParameters, WEIGHTS};
use std::collections::BTreeMap;

/// The document of a text; what is no such text is one line that says where.
fn read(text: &str, format: Format) -> Result<Value, String> {
    match format {
        Format::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
        Format::Toml => toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}"))
        }),
    }
}

/// What is wrong with a document is gathered, so that it is said at once.
struct Reader {
    target: Target,
    wrong: Vec<String>,
}

impl Config {
    /// The configuration of a text, or all that is wrong with it.
    pub fn parse(text: &str, format: Format, target: Target) -> Result<Config, Vec<String>> {
        let document = read(text, format).map_err(|error| vec![error])?;
        let mut reader = Reader { target, wrong: vec![] };
        let config = reader.config(&document);
        if reader.wrong.is_empty() { Ok(config) } else { Err(reader.wrong) }
    }
}

impl Reader {
    fn note(&mut self, path: &str, what: impl std::fmt::Display) {
        self.wrong.push(format!("{path}: {what}"));
    }

    /// Takes what can be read; the rest is noted.
    fn take<V>(&mut self, path: &str, found: Result<V, String>) -> Option<V> {
        found.map_err(|what| self.note(path, what)).ok()
    }

    fn unknown<'a>(&mut self, path: &str, key: &str, known: impl Iterator<Item = &'a str>) {
        let known: Vec<&str> = known.collect();
        self.note(path, format!("no key `{key}`; there are: {}", known.join(", ")));
    }

    fn config(&mut self, document: &Value) -> Config {
        let mut config = Config::default();
        let Some(document) = document.as_object() else {
            self.note("the file", "it is to be one object");
            return config;
        };
        for (name, value) in document {
            match (name.as_str(), SECTIONS.iter().find(|(known, _)| known == name)) {
                ("schema", _) if value == SCHEMA => {}
                ("schema", _) => self.note(
                    "schema",
                    format!("{value} is another format than \"{SCHEMA}\", which this program reads"),
                ),
                ("service", _) => config.services = Some(self.services(document, value)),
                ("address", _) => config.addresses = Some(self.addresses(value)),
                (_, Some((_, Section::Blade))) => self.blades(value, &mut config),
                (_, Some((_, section))) => self.section(name, *section, 0, value, &mut config),
                (_, None) => {
                    let sections = SECTIONS.iter().map(|(name, _)| *name);
                    self.unknown(
                        "the file",
                        name,
                        ["schema"].into_iter().chain(sections).chain(["service", "address"]),
                    );
                }
            }
        }
        // As they are written, whatever the order of the file.
        let order = |setting: &Setting| KEYS.iter().position(|key| std::ptr::eq(key, setting.key));
        config
            .settings
            .sort_by_key(|setting| (setting.key.section as usize, setting.blade, order(setting)));
        config
    }

    fn section(&mut self, path: &str, section: Section, blade: usize, value: &Value, config: &mut Config) {
        let Some(keys) = value.as_object() else {
            return self.note(path, format!("it is to be a section, [{path}]"));
        };
        for (name, value) in keys {
            let mut known = KEYS.iter().filter(|key| key.section == section);
            let Some(key) = known.clone().find(|key| key.name == name) else {
                self.unknown(path, name, known.by_ref().map(|key| key.name));
                continue;
            };
            let value = key.parse(value, self.target.clock_hz);
            if let Some(value) = self.take(&format!("{path}.{name}"), value) {
                config.settings.push(Setting { key, blade, value });
            }
        }
    }

    fn blades(&mut self, value: &Value, config: &mut Config) {
        let Some(blades) = value.as_object() else {
            return self.note("blade", "write a section for each blade: [blade.0]");
        };
        for (number, value) in blades {
            let path = format!("blade.{number}");
            match number.parse::<usize>().ok().filter(|blade| blade.to_string() == *number) {
                Some(blade) if blade < self.target.blades => self.section(&path, Section::Blade, blade, value, config),
                _ => self.note(&path, self.no_blade()),
            }
        }
    }

    fn no_blade(&self) -> String {
        format!(
            "there is no such blade; a device of {} has 0 to {}",
            self.target.blades,
            self.target.blades - 1
        )
    }

    /// The entries of a list, each with its place in it.
    fn entries<'a>(&mut self, name: &str, value: &'a Value) -> Vec<(String, &'a Map<String, Value>)> {
        let Some(list) = value.as_array() else {
            self.note(name, format!("it is to be a list: [[{name}]] for each"));
            return vec![];
        };
        let mut entries = vec![];
        for (index, entry) in list.iter().enumerate() {
            let path = format!("{name} {}", index + 1);
            match entry.as_object() {
                Some(entry) => entries.push((path, entry)),
                None => self.note(&path, format!("it is to be a section, [[{name}]]")),
            }
        }
        entries
    }

    fn services(&mut self, document: &Map<String, Value>, value: &Value) -> Vec<(Name, Settings)> {
        let usual = document.get("policy").and_then(|policy| policy.get("select"));
        let mut services: Vec<(Name, Settings)> = vec![];
        let mut keys = Keys::default();
        for (path, entry) in self.entries("service", value) {
            let before = self.wrong.len();
            let name = entry
                .get("name")
                .and_then(Value::as_str)
                .ok_or("it has no name, as 10.0.0.1:80/tcp".into());
            let Some(name) = self.take(&path, name.and_then(Name::parse)) else {
                continue;
            };
            let path = format!("service {name}");
            let settings = self.service(&path, entry, usual);
            if self.wrong.len() > before {
                continue;
            }
            let same = services.iter().find(|(other, _)| other.address == name.address);
            if let Some((other, held)) = same.filter(|(_, held)| (held.arp, held.echo) != (settings.arp, settings.echo)) {
                let flag = if held.arp == settings.arp { "echo" } else { "arp" };
                self.note(&path, format!("`{flag}` is a matter of the address, and {other} has it otherwise"));
            } else if services.iter().any(|(other, _)| *other == name) {
                self.note(&path, "it is there twice");
            } else if let Err(error) = keys.add(&name, settings.arp, settings.echo) {
                self.note(&path, error);
            }
            services.push((name, settings));
        }
        services
    }

    fn service(&mut self, path: &str, entry: &Map<String, Value>, usual: Option<&Value>) -> Settings {
        let all = json!((0..self.target.blades).collect::<Vec<_>>());
        let flags = FLAGS.map(|(name, usual)| {
            let value = entry.get(name).map_or(Some(usual), Value::as_bool);
            value.unwrap_or_else(|| {
                self.note(path, format!("{name}: {} is neither true nor false", entry[name]));
                usual
            })
        });
        let known = ["name", "policy", "blades", "weights", "timeout_class"]
            .into_iter()
            .chain(FLAGS.map(|(name, _)| name));
        for key in entry.keys().filter(|key| !known.clone().any(|known| known == *key)) {
            self.unknown(path, key, known.clone());
        }
        let [enabled, udp_per_packet, sticky_by_source, rewrite, arp, echo] = flags;
        let select = KEYS.iter().find(|key| key.section == Section::Policy && key.name == "select");
        let reset = json!(rules().value_name(MANAGER.register("policy", "select").reset as u32));
        let policy = entry.get("policy").or(usual).unwrap_or(&reset);
        let policy = select.map_or(Ok(0), |key| key.parse(policy, self.target.clock_hz));
        let class = number(entry.get("timeout_class").unwrap_or(&json!(0)), 3);
        let blades = self.list(path, "blades", entry.get("blades").unwrap_or(&all), self.target.blades as u64 - 1);
        let mut blade_set = 0;
        for blade in &blades {
            if blade_set >> blade & 1 == 1 {
                self.note(path, format!("blades: {blade} is there twice"));
            }
            blade_set |= 1 << blade;
        }
        let mut weights = [WEIGHT; WEIGHTS];
        if let Some(given) = entry.get("weights") {
            let given = self.list(path, "weights", given, u8::MAX.into());
            if given.len() != blades.len() {
                self.note(path, format!("weights: {} of them for {} blades", given.len(), blades.len()));
            }
            for (blade, weight) in blades.iter().zip(given) {
                weights[*blade as usize] = weight as u8;
            }
        }
        if !blades.iter().any(|blade| weights[*blade as usize] != 0) {
            self.note(path, "a service needs a blade whose weight is not 0");
        }
        comparable(Settings {
            parameters: ServiceParameters {
                blade_set,
                policy: self.take(&format!("{path}: policy"), policy).unwrap_or(0) as u8,
                timeout_class: self.take(&format!("{path}: timeout_class"), class).unwrap_or(0) as u8,
                udp_per_packet,
                sticky_by_source,
                rewrite,
                enabled,
            },
            weights,
            arp,
            echo,
        })
    }

    /// Numbers of 0 to `most`.
    fn list(&mut self, path: &str, key: &str, value: &Value, most: u64) -> Vec<u64> {
        let path = format!("{path}: {key}");
        let list = value.as_array().ok_or_else(|| format!("{value} is no list, as [0, 1]"));
        let list = self.take(&path, list).cloned().unwrap_or_default();
        list.iter().filter_map(|value| self.take(&path, number(value, most))).collect()
    }

    fn addresses(&mut self, value: &Value) -> BTreeMap<Address, u8> {
        const KNOWN: [&str; 3] = ["mac", "vlan", "port"];
        let mut addresses = BTreeMap::new();
        for (path, entry) in self.entries("address", value) {
            for key in entry.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
                self.unknown(&path, key, KNOWN.into_iter());
            }
            let mac = entry
                .get("mac")
                .and_then(Value::as_str)
                .ok_or("it has no mac, as 02:00:00:00:00:07".into());
            let vlan = number(entry.get("vlan").unwrap_or(&json!(0)), u64::from(VLANS) - 1);
            let port = match entry.get("port") {
                Some(Value::String(port)) => parse_port(port),
                Some(Value::Number(port)) => parse_port(&port.to_string()),
                _ => Err("it has no port: \"uplink\" or the number of a blade".into()),
            };
            let port = port.and_then(|port| {
                let known = port == UPLINK_PORT || usize::from(port) < self.target.blades;
                known.then_some(port).ok_or_else(|| self.no_blade())
            });
            let (mac, vlan, port) = (
                self.take(&path, mac.and_then(parse_mac)),
                self.take(&path, vlan.map_err(|what| format!("vlan: {what}"))),
                self.take(&path, port),
            );
            if let (Some(mac), Some(vlan), Some(port)) = (mac, vlan, port) {
                let address = Address { vlan: vlan as u16, mac };
                if addresses.insert(address, port).is_some() {
                    self.note(&path, format!("{address} is there twice"));
                }
            }
        }
        if let Some(address) = overfull(addresses.keys()) {
            self.note(
                "address",
                format!("no room for {address}: four others share its row; leave one of them out"),
            );
        }
        addresses
    }
}

fn number(value: &Value, most: u64) -> Result<u64, String> {
    let number = value.as_u64().filter(|number| *number <= most);
    number.ok_or_else(|| format!("{value} is no number of 0 to {most}"))
}

/// One error of all that is wrong with a file.
pub fn refused(file: &str, wrong: &[String]) -> Error {
    let first = wrong.first().map_or("", String::as_str);
    Error::Usage(match wrong.len() {
        ..=1 => format!("{file}: {first}"),
        more => format!("{file}: {first}; `spareband config check {file}` shows this and {} more", more - 1),
    })
}
