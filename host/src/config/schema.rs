//! What a configuration sets: its keys, the registers behind them, and how their values are written.

use crate::value::{exact_time, format_ipv4, format_mac, format_vlan, parse_duration, parse_mac, parse_vlan, units};
use serde_json::{Value, json};
use spareband_spec::regs::{BLADE_CLOCK_HZ, FLOW_TIMEOUT_UNIT_CYCLES, Field, MANAGER, Place};

/// A part of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Policy,
    Selector,
    Forwarding,
    Uplink,
    /// One for each blade.
    Blade,
}

/// Sections by their names.
pub const SECTIONS: [(&str, Section); 5] = [
    ("policy", Section::Policy),
    ("selector", Section::Selector),
    ("forwarding", Section::Forwarding),
    ("uplink", Section::Uplink),
    ("blade", Section::Blade),
];

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    /// true or false.
    Flag,
    /// The register map's names of the field's values.
    Choice,
    /// Names of the register's values from 0 on.
    Words(&'static [&'static str]),
    /// In units of so many cycles; what 0 is written as.
    Time(Clock, u32, &'static str),
    Mac,
    Ipv4,
    Vlan,
    /// 16 hexadecimal digits.
    Hex,
}

/// The clock whose cycles a time is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    Core,
    Blade,
}

/// A key of a section.
#[derive(Debug)]
pub struct Key {
    pub section: Section,
    pub name: &'static str,
    block: &'static str,
    register: &'static str,
    /// None: all of the register.
    field: Option<&'static str>,
    kind: Kind,
}

const fn key(section: Section, name: &'static str, block: &'static str, register: &'static str, kind: Kind) -> Key {
    Key {
        section,
        name,
        block,
        register,
        field: None,
        kind,
    }
}

/// A register that bears the key's name, in the block of the section's name.
const fn own(section: Section, name: &'static str, kind: Kind) -> Key {
    key(section, name, SECTIONS[section as usize].0, name, kind)
}

const fn part(section: Section, name: &'static str, register: &'static str, field: &'static str, kind: Kind) -> Key {
    Key {
        field: Some(field),
        ..key(section, name, SECTIONS[section as usize].0, register, kind)
    }
}

/// `pause_control`'s bits: receive, transmit.
pub const PAUSES: &[&str] = &["off", "obey", "send", "both"];
const TIMEOUT: Kind = Kind::Time(Clock::Core, FLOW_TIMEOUT_UNIT_CYCLES, "never");

use Kind::{Choice, Flag, Hex, Ipv4, Mac, Number, Vlan, Words};
use Section::{Blade, Forwarding, Policy, Selector, Uplink};

/// Every key, in the order in which they are written.
pub static KEYS: &[Key] = &[
    own(Policy, "select", Choice),
    own(Policy, "delta", Number),
    own(Policy, "ewma_shift", Number),
    own(Policy, "stale_limit", Kind::Time(Clock::Core, 1, "0s")),
    own(Policy, "vip", Ipv4),
    own(Policy, "vip_mask", Ipv4),
    own(Policy, "flow_timeout", TIMEOUT),
    own(Policy, "hash_key", Hex),
    part(Selector, "load", "signals", "load", Choice),
    part(Selector, "second", "signals", "second", Choice),
    part(Selector, "hot", "marks", "hot", Number),
    part(Selector, "second_hot", "marks", "second_hot", Number),
    part(Selector, "fill", "marks", "fill", Number),
    own(Selector, "wake", Number),
    part(Selector, "refused_mark", "marks", "refused", Number),
    part(Selector, "ladder", "ladder", "enable", Flag),
    part(Selector, "ladder_trust", "ladder", "trust", Number),
    part(Selector, "ladder_random", "ladder", "random", Number),
    part(Selector, "slow_start", "slow_start", "enable", Flag),
    part(Selector, "good_reports", "slow_start", "good_reports", Number),
    own(Selector, "tick_interval", TIMEOUT),
    own(Selector, "span", Number),
    own(Forwarding, "link_down", Choice),
    own(Forwarding, "flow_timeout_1", TIMEOUT),
    own(Forwarding, "flow_timeout_2", TIMEOUT),
    own(Forwarding, "flow_timeout_3", TIMEOUT),
    own(Forwarding, "closing_timeout", TIMEOUT),
    own(Forwarding, "half_open_timeout", TIMEOUT),
    own(Forwarding, "mac_age_time", TIMEOUT),
    own(Forwarding, "storm_limit", Number),
    own(Forwarding, "reply_limit", Number),
    own(Uplink, "max_frame_length", Number),
    part(Uplink, "aggregate", "control", "aggregate", Flag),
    key(Uplink, "pause", "uplink_mac", "pause_control", Words(PAUSES)),
    key(Uplink, "pause_quanta", "uplink_mac", "pause_quanta", Number),
    key(Uplink, "pause_high", "uplink_mac", "pause_high", Number),
    key(Uplink, "pause_low", "uplink_mac", "pause_low", Number),
    key(Uplink, "address", "uplink_mac", "address", Mac),
    part(Blade, "enabled", "control", "enabled", Flag),
    part(Blade, "admin", "control", "admin", Choice),
    own(Blade, "weight", Number),
    own(Blade, "mac", Mac),
    own(Blade, "vlan", Vlan),
    own(Blade, "queue_limit", Number),
    part(Blade, "link_mode", "link_control", "mode", Choice),
    part(Blade, "link_source", "link_control", "source", Choice),
    part(Blade, "auto_negotiation", "link_control", "an_enable", Flag),
    key(Blade, "ability", "blade", "an_ability", Number),
    key(Blade, "link_timer", "blade", "an_link_timer", Kind::Time(Clock::Blade, 1, "0s")),
    key(Blade, "pause", "blade_mac", "pause_control", Words(PAUSES)),
    key(Blade, "pause_quanta", "blade_mac", "pause_quanta", Number),
    key(Blade, "pause_high", "blade_mac", "pause_high", Number),
    key(Blade, "pause_low", "blade_mac", "pause_low", Number),
    key(Blade, "address", "blade_mac", "address", Mac),
];

impl Key {
    /// The register, of this blade where there is one for each.
    pub fn place(&self, blade: usize) -> Place {
        let block = MANAGER.block(self.block);
        let register = block.register(self.register);
        Place {
            block,
            index: blade,
            register,
            address: block.address_of(blade, register),
        }
    }

    fn field(&self) -> Option<&'static Field> {
        let register = MANAGER.register(self.block, self.register);
        match (self.field, register.fields) {
            (Some(name), _) => Some(register.field(name)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The register's bits that the key sets.
    pub fn mask(&self) -> u64 {
        self.field()
            .map_or_else(|| MANAGER.register(self.block, self.register).mask(), Field::mask)
    }

    fn shift(&self) -> u32 {
        self.mask().trailing_zeros()
    }

    /// What a register's value is for this key, without differences that nobody sees.
    pub fn canonical(&self, register: u64) -> u64 {
        match self.kind {
            Vlan => parse_vlan(&format_vlan(register)).unwrap_or(register),
            _ => register & self.mask(),
        }
    }

    /// The value of a register as it is written.
    pub fn format(&self, register: u64, clock_hz: u32) -> Value {
        let number = (register & self.mask()) >> self.shift();
        match self.kind {
            Number => json!(number),
            Flag => json!(number != 0),
            // One that has no name is written as it is; reading it says which names there are.
            Choice => self
                .field()
                .and_then(|field| field.value_name(number as u32))
                .map_or(json!(number), |name| json!(name)),
            Words(words) => words.get(number as usize).map_or(json!(number), |word| json!(word)),
            Kind::Time(_, _, zero) if number == 0 => json!(zero),
            Kind::Time(clock, cycles, _) => json!(exact_time(number, clock.hertz(clock_hz), cycles)),
            Mac => json!(format_mac(number)),
            Ipv4 => json!(format_ipv4(number)),
            Vlan => {
                let text = format_vlan(register);
                text.parse::<u64>().map_or(json!(text), |identifier| json!(identifier))
            }
            Hex => json!(format!("{number:016x}")),
        }
    }

    /// The register's bits that a written value means.
    pub fn parse(&self, value: &Value, clock_hz: u32) -> Result<u64, String> {
        let text = || value.as_str().ok_or_else(|| format!("{value} is to be in quotes"));
        let most = self.mask() >> self.shift();
        let one_of = |names: Vec<&'static str>, text: &str| {
            let number = names.iter().position(|name| *name == text);
            number.ok_or_else(|| format!("`{text}` is none of: {}", names.join(", ")))
        };
        let number = match self.kind {
            Number => value
                .as_u64()
                .filter(|number| *number <= most)
                .ok_or_else(|| format!("{value} is no number of 0 to {most}"))?,
            Flag => value.as_bool().ok_or_else(|| format!("{value} is neither true nor false"))?.into(),
            Choice => {
                let values = self.field().map_or(&[][..], |field| field.values);
                let names = values.iter().map(|(name, _)| *name).collect();
                let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
                values[one_of(names, &text)?].1.into()
            }
            Words(words) => {
                let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
                one_of(words.to_vec(), &text)? as u64
            }
            Kind::Time(_, _, zero) if text()? == zero => 0,
            Kind::Time(clock, cycles, zero) => {
                let time = parse_duration(text()?)?;
                let number = units(time, clock.hertz(clock_hz), cycles);
                if number == 0 {
                    return Err(format!("{value} is no time; write \"{zero}\" for 0"));
                }
                if number > most {
                    let longest = exact_time(most, clock.hertz(clock_hz), cycles);
                    return Err(format!("{value} is longer than {longest}, the longest there is"));
                }
                number
            }
            Mac => parse_mac(text()?)?,
            Ipv4 => {
                let text = text()?;
                let address: std::net::Ipv4Addr = text.parse().map_err(|_| format!("`{text}` is no IPv4 address"))?;
                address.to_bits().into()
            }
            Vlan => return parse_vlan(&value.as_str().map_or_else(|| value.to_string(), Into::into)),
            Hex => {
                let text = text()?;
                let digits = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
                let number = u64::from_str_radix(text, 16).ok().filter(|_| digits);
                number.ok_or_else(|| format!("`{text}` is no key; write 16 hexadecimal digits"))?
            }
        };
        Ok(number << self.shift())
    }
}

impl Clock {
    fn hertz(self, core_hz: u32) -> u32 {
        match self {
            Clock::Core => core_hz,
            Clock::Blade => BLADE_CLOCK_HZ,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spareband_spec::regs::{Access, CORE_CLOCK_HZ};

    /// Registers that keep what is written and yet are no configuration: a scratch word, what the window shows, an address to announce.
    const OTHERS: [&str; 4] = ["scratch", "select", "announce_low", "announce_high"];

    /// Whoever adds a register to the map adds its key here.
    #[test]
    fn every_setting_of_the_map_has_a_key() {
        for block in MANAGER.blocks {
            for register in block.registers.iter().filter(|register| register.access == Access::ReadWrite) {
                let has_key = KEYS.iter().any(|key| key.block == block.name && key.register == register.name);
                let other = OTHERS.contains(&register.name) && block.name != "policy";
                assert!(has_key != other, "{}.{}", block.name, register.name);
            }
        }
    }

    #[test]
    fn reset_values_are_written_as_people_write_them() {
        let written = |section, name: &str| {
            let key = KEYS.iter().find(|key| key.section == section && key.name == name).unwrap();
            key.format(key.place(0).reset(), CORE_CLOCK_HZ)
        };
        for (section, name, value) in [
            (Policy, "select", json!("lu-track")),
            (Policy, "stale_limit", json!("1ms")),
            (Policy, "flow_timeout", json!("60s")),
            (Policy, "hash_key", json!("53429e3779b97f4a")),
            (Selector, "second", json!("irq")),
            (Selector, "hot", json!(230)),
            (Selector, "wake", json!(150)),
            (Selector, "ladder", json!(false)),
            (Forwarding, "link_down", json!("keep")),
            (Forwarding, "mac_age_time", json!("300s")),
            (Uplink, "aggregate", json!(false)),
            (Uplink, "pause", json!("off")),
            (Blade, "enabled", json!(true)),
            (Blade, "vlan", json!("none")),
            (Blade, "link_timer", json!("10ms")),
            (Blade, "mac", json!("02:53:42:00:00:00")),
        ] {
            assert_eq!(written(section, name), value, "{name}");
        }
    }

    #[test]
    fn bad_values_say_what_is_wrong() {
        let parse = |name: &str, value: Value| {
            let key = KEYS.iter().find(|key| key.name == name).unwrap();
            key.parse(&value, CORE_CLOCK_HZ).unwrap_err()
        };
        for (name, value, error) in [
            ("select", json!("fastest"), "`fastest` is none of: rr, lu, lu-delta"),
            ("select", json!(7), "`7` is none of: rr"),
            ("delta", json!(256), "256 is no number of 0 to 255"),
            ("delta", json!("1"), "\"1\" is no number of 0 to 255"),
            ("delta", json!(-1), "-1 is no number"),
            ("stale_limit", json!("60s"), "\"60s\" is longer than 27.48"),
            ("stale_limit", json!(5), "5 is to be in quotes"),
            ("flow_timeout", json!("0s"), "write \"never\" for 0"),
            ("vip", json!("10.0.0"), "`10.0.0` is no IPv4 address"),
            ("hash_key", json!("+123456789abcdef"), "write 16 hexadecimal digits"),
            ("mac", json!("01:00:5e:00:00:01"), "is a group address"),
            ("vlan", json!(4095), "`4095` is none of: none, strip"),
            ("enabled", json!("yes"), "\"yes\" is neither true nor false"),
            ("pause", json!("never"), "`never` is none of: off, obey, send, both"),
        ] {
            let found = parse(name, value);
            assert!(found.contains(error), "{name}: {found}");
        }
    }
}
