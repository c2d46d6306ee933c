//! Values of registers as people write them.

use crate::macs::VLANS;
use crate::{Error, Name};
use serde_json::{Value, json};
use spareband_spec::regs::{Field, MANAGER, Place, Register};
use std::time::Duration;

/// How a register is best shown.
enum Style {
    Mac,
    Ipv4,
    Number,
}

fn style(register: &Register) -> Style {
    match register.name {
        "mac" => Style::Mac,
        "vip" | "vip_mask" => Style::Ipv4,
        _ => Style::Number,
    }
}

/// A MAC address whose first byte is in bits 7..0.
pub fn format_mac(value: u64) -> String {
    value.to_le_bytes()[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(":")
}

/// The value of `aa:bb:cc:dd:ee:ff`.
pub fn parse_mac(text: &str) -> Result<u64, String> {
    let bad = || format!("`{text}` is no MAC address; write it as 02:53:42:00:00:01");
    let parts: Vec<&str> = text.split(':').collect();
    let mut bytes = [0; 8];
    if parts.len() != 6 || parts.iter().any(|part| part.len() != 2) || hex::decode_to_slice(parts.concat(), &mut bytes[..6]).is_err() {
        return Err(bad());
    }
    if bytes[0] & 1 == 1 {
        return Err(format!("`{text}` is a group address; a station needs one of its own"));
    }
    Ok(u64::from_le_bytes(bytes))
}

/// Fields of a blade's register `vlan`.
fn vlan_fields() -> [&'static Field; 2] {
    let register = MANAGER.register("blade", "vlan");
    [register.field("action"), register.field("vid")]
}

/// What becomes of the VLAN tag of frames to a blade: `none`, `strip`, or the identifier that is set.
pub fn format_vlan(value: u64) -> String {
    let [action, vid] = vlan_fields();
    match action.value_name(action.get(value) as u32) {
        Some("keep") => "none".into(),
        Some("strip") => "strip".into(),
        _ => vid.get(value).to_string(),
    }
}

/// The value of a blade's register `vlan` for `none`, `strip` or an identifier; 0 is a tag that bears a priority only.
pub fn parse_vlan(text: &str) -> Result<u64, String> {
    let [action, vid] = vlan_fields();
    let (name, identifier) = match text {
        "none" => ("keep", 0),
        "strip" => ("strip", 0),
        _ => (
            "set",
            text.parse()
                .ok()
                .filter(|vid| *vid < u64::from(VLANS))
                .ok_or_else(|| format!("`{text}` is none of: none, strip, a VLAN identifier of 0 to {}", VLANS - 1))?,
        ),
    };
    let number = action
        .values
        .iter()
        .find(|(known, _)| *known == name)
        .map_or(0, |(_, number)| *number);
    Ok(vid.set(action.set(0, number.into()), identifier))
}

/// `a.b.c.d`.
pub fn format_ipv4(value: u64) -> String {
    std::net::Ipv4Addr::from(value as u32).to_string()
}

/// The address and the mask of `a.b.c.d` or `a.b.c.d/length`.
pub fn parse_network(text: &str) -> Result<(u32, u32), String> {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    let address: std::net::Ipv4Addr = address.parse().map_err(|_| format!("`{address}` is no IPv4 address"))?;
    let length: u32 = length
        .parse()
        .ok()
        .filter(|length| *length <= 32)
        .ok_or_else(|| format!("`/{length}` is no length of 0 to 32"))?;
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    Ok((u32::from(address) & mask, mask))
}

/// A time with its unit: `250us`, `1ms`, `1.5s`, `2min`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is no time; write it as 250us, 1ms, 1.5s or 2min");
    let split = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().map_err(|_| bad())?;
    let seconds = match unit {
        "ns" => 1e-9,
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        _ => return Err(bad()),
    };
    Duration::try_from_secs_f64(number * seconds).map_err(|_| bad())
}

/// A time in units of so many cycles of a clock, rounded up.
pub fn units(time: Duration, clock_hz: u32, cycles: u32) -> u64 {
    // What a time of a whole number of units exceeds that number by, as it was computed, is no part of a unit.
    const ROUNDING: f64 = 1e-4;
    (time.as_secs_f64() * f64::from(clock_hz) / f64::from(cycles) - ROUNDING)
        .ceil()
        .max(0.0) as u64
}

/// The shortest time that `parse_duration` and `units` read as so many units.
pub fn exact_time(count: u64, clock_hz: u32, cycles: u32) -> String {
    let seconds = count as f64 * f64::from(cycles) / f64::from(clock_hz);
    let (factor, unit) = match seconds {
        ..1e-3 => (1e6, "us"),
        ..1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    let written = |digits: usize| {
        let scale = 10_f64.powi(digits as i32);
        format!("{:.digits$}{unit}", (seconds * factor * scale).floor() / scale)
    };
    (0..=9)
        .map(written)
        .find(|text| parse_duration(text).is_ok_and(|time| units(time, clock_hz, cycles) == count))
        .unwrap_or_else(|| written(9))
}

/// A time with three digits and a fitting unit.
pub fn format_duration(seconds: f64) -> String {
    let (number, unit) = [(1e-6, 1e9, "ns"), (1e-3, 1e6, "us"), (1.0, 1e3, "ms"), (f64::INFINITY, 1.0, "s")]
        .into_iter()
        .find(|(limit, ..)| seconds < *limit)
        .map_or((seconds, "s"), |(_, factor, unit)| (seconds * factor, unit));
    let digits = if number >= 100.0 || number == number.trunc() {
        0
    } else if number >= 10.0 {
        1
    } else {
        2
    };
    format!("{number:.digits$} {unit}")
}

/// Q0.8 as a percentage.
pub fn percent(value: u64) -> f64 {
    value as f64 * 100.0 / 255.0
}

/// A register's value for people.
pub fn format(place: &Place, value: u64) -> String {
    let register = place.register;
    let named = register
        .fields
        .iter()
        .find(|field| register.fields.len() == 1 && field.value_name(value as u32).is_some());
    match (named, style(register)) {
        (Some(field), _) => format!("{} ({value})", field.value_name(value as u32).unwrap_or_default()),
        (None, Style::Mac) => format_mac(value),
        (None, Style::Ipv4) => format_ipv4(value),
        (None, Style::Number) => format!("{value} ({value:#x})"),
    }
}

/// A field's value for people.
pub fn format_field(field: &Field, register: u64) -> String {
    let value = field.get(register);
    match field.value_name(value as u32) {
        Some(name) => format!("{name} ({value})"),
        None => value.to_string(),
    }
}

/// A register's fields for programs.
pub fn fields_to_json(place: &Place, value: u64) -> Value {
    let fields = place
        .register
        .fields
        .iter()
        .map(|field| (field.name.to_string(), json!(field.get(value))));
    Value::Object(fields.collect())
}

/// The number that a text means for a register or field, in range.
pub fn parse(name: &Name, text: &str) -> Result<u64, Error> {
    let register = name.place.register;
    let field = name
        .field
        .or_else(|| register.fields.first().filter(|_| register.fields.len() == 1));
    let usage = |message: String| Error::Usage(message);
    if let Some(value) = field
        .and_then(|field| field.values.iter().find(|(word, _)| *word == text))
        .map(|(_, value)| u64::from(*value))
    {
        return Ok(value);
    }
    if name.field.is_none() {
        match style(register) {
            Style::Mac if text.contains(':') => return parse_mac(text).map_err(usage),
            Style::Ipv4 if text.contains('.') => {
                return text
                    .parse::<std::net::Ipv4Addr>()
                    .map(|a| u32::from(a).into())
                    .map_err(|_| usage(format!("`{text}` is no IPv4 address")));
            }
            _ => {}
        }
    }
    let number = text
        .strip_prefix("0x")
        .map_or_else(|| text.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok());
    let number = number.ok_or_else(|| {
        let names: Vec<&str> = field
            .map(|field| field.values.iter().map(|(word, _)| *word).collect())
            .unwrap_or_default();
        usage(if names.is_empty() {
            format!("`{text}` is no number")
        } else {
            format!("`{text}` is neither a number nor one of {}", names.join(", "))
        })
    })?;
    let most = name.field.map_or(register.mask(), |field| field.mask() >> field.lsb);
    if number & !most != 0 {
        return Err(usage(format!("{number:#x} does not fit {name}, which has the bits {most:#x}")));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mac_addresses() {
        assert_eq!(parse_mac("02:53:42:00:00:03"), Ok(0x0300_0042_5302));
        assert_eq!(format_mac(0x0300_0042_5302), "02:53:42:00:00:03");
        for bad in ["02:53:42:00:00", "02:53:42:00:00:0g", "2:53:42:00:00:003", "01:00:5e:00:00:01"] {
            assert!(parse_mac(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn networks() {
        assert_eq!(parse_network("10.1.2.3"), Ok((0x0A01_0203, 0xFFFF_FFFF)));
        assert_eq!(parse_network("10.1.2.3/16"), Ok((0x0A01_0000, 0xFFFF_0000)));
        assert_eq!(parse_network("0.0.0.0/0"), Ok((0, 0)));
        assert!(parse_network("10.0.0.1/33").is_err() && parse_network("10.0.0").is_err());
    }

    /// By hand from the register: action in bits 1..0 (keep, strip, set), identifier in bits 15..4.
    #[test]
    fn vlans() {
        for (text, value) in [("none", 0), ("strip", 1), ("100", 2 | 100 << 4), ("0", 2), ("4094", 2 | 4094 << 4)] {
            assert_eq!((parse_vlan(text), format_vlan(value).as_str()), (Ok(value), text));
        }
        assert_eq!(format_vlan(7 << 4), "none");
        assert!(["4095", "keep", "-1", ""].into_iter().all(|bad| parse_vlan(bad).is_err()));
    }

    /// Every number of units has a text that reads as it.
    #[test]
    fn exact_times() {
        const CLOCK: u32 = 156_250_000;
        for (count, cycles, text) in [
            (156_250, 1, "1ms"),
            (1, 1, "0.006us"),
            (143_052, 65536, "60s"),
            (715_256, 65536, "300s"),
            (u32::MAX.into(), 1, "27.487790688s"),
            (1, 65536, "419us"),
        ] {
            assert_eq!(exact_time(count, CLOCK, cycles), text);
        }
        for cycles in [1, 65536] {
            let mut count = 1_u64;
            for step in 0..20_000_u64 {
                let text = exact_time(count, CLOCK, cycles);
                assert_eq!(units(parse_duration(&text).unwrap(), CLOCK, cycles), count, "{text}");
                count = count.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step) >> (32 + step % 29);
                count = count.max(1) & u64::from(u32::MAX);
            }
        }
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration("1ms"), Ok(Duration::from_millis(1)));
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert!(parse_duration("5").is_err() && parse_duration("-1s").is_err() && parse_duration("1h").is_err());
        let shown = [0.0, 220e-9, 49.2e-6, 1e-3, 1.5, 600.0].map(format_duration);
        assert_eq!(shown, ["0 ns", "220 ns", "49.2 us", "1 ms", "1.50 s", "600 s"]);
    }

    #[test]
    fn values() {
        let name = |text| crate::parse_name(&MANAGER, 2, text).unwrap();
        assert_eq!(parse(&name("policy.select"), "lu-delta").unwrap(), 2);
        assert_eq!(parse(&name("blade[0].control.admin"), "drain").unwrap(), 1);
        assert_eq!(parse(&name("policy.vip"), "10.0.0.1").unwrap(), 0x0A00_0001);
        assert_eq!(parse(&name("policy.delta"), "0xff").unwrap(), 255);
        assert!(parse(&name("policy.delta"), "256").is_err());
        assert!(
            parse(&name("policy.select"), "fastest")
                .unwrap_err()
                .to_string()
                .contains("rr, lu, lu-delta")
        );
    }
}
