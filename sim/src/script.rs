//! The load script: what the blades' agents report, and when. One event a line:
//!
//! ```text
//! # time       who           what
//! at 0us       blade all     cpu 20% irq 5%
//! at 200us     blade 1       cpu 90% queue 30
//! at 50%       blade 2       admin drain
//! at 1.5ms     blade 3       records off
//! ```
//!
//! Times count from the first frame; a percentage is a share of the traffic's length. What an event does not name stays as it was.
use crate::error::{Error, Result};
use std::path::Path;

/// What a blade's agent reports; the record of docs/LINK_PROTOCOL.md without version, sequence and CRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub cpu: u8,
    pub irq: u8,
    pub work: u8,
    pub power: u8,
    pub queue: u8,
    pub admin: u8,
    /// Off: the agent is dead, no records are sent.
    pub records: bool,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            cpu: 0,
            irq: 0,
            work: 255,
            power: 255,
            queue: 0,
            admin: 0,
            records: true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Time {
    Nanoseconds(u64),
    /// Share of the traffic's length.
    Share(f64),
}

impl Time {
    pub fn nanoseconds(self, length: u64) -> u64 {
        match self {
            Self::Nanoseconds(time) => time,
            Self::Share(share) => (share * length as f64) as u64,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    Cpu(u8),
    Irq(u8),
    Work(u8),
    Power(u8),
    Queue(u8),
    Admin(u8),
    Records(bool),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub time: Time,
    /// `None`: all blades.
    pub blade: Option<usize>,
    pub settings: Vec<Setting>,
}

impl Event {
    pub fn applies_to(&self, blade: usize) -> bool {
        self.blade.is_none_or(|b| b == blade)
    }

    pub fn apply(&self, load: &mut Load) {
        for setting in &self.settings {
            match *setting {
                Setting::Cpu(v) => load.cpu = v,
                Setting::Irq(v) => load.irq = v,
                Setting::Work(v) => load.work = v,
                Setting::Power(v) => load.power = v,
                Setting::Queue(v) => load.queue = v,
                Setting::Admin(v) => load.admin = v,
                Setting::Records(v) => load.records = v,
            }
        }
    }
}

pub fn read(path: &Path, blades: usize) -> Result<Vec<Event>> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::io("read", path, &e))?;
    parse(&text, blades).map_err(|(line, why)| Error::failed(format!("{}:{line}: {why}", path.display())))
}

/// Errors carry the number of their line.
pub fn parse(text: &str, blades: usize) -> std::result::Result<Vec<Event>, (usize, String)> {
    let mut events = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        if !words.is_empty() {
            events.push(event(&words, blades).map_err(|why| (index + 1, why))?);
        }
    }
    Ok(events)
}

fn event(words: &[&str], blades: usize) -> std::result::Result<Event, String> {
    let ["at", time, "blade", blade, settings @ ..] = words else {
        return Err("expected `at TIME blade N|all WHAT VALUE ...`".into());
    };
    let blade = match *blade {
        "all" => None,
        number => {
            let index: usize = number.parse().map_err(|_| format!("`{number}` is no blade; a number or `all`"))?;
            if index >= blades {
                return Err(format!("there is no blade {index}; the chassis has blades 0 to {}", blades - 1));
            }
            Some(index)
        }
    };
    if settings.is_empty() || settings.len() % 2 == 1 {
        return Err("expected pairs of WHAT VALUE after the blade, as in `cpu 90% queue 3`".into());
    }
    let settings = settings
        .chunks_exact(2)
        .map(|pair| setting(pair[0], pair[1]))
        .collect::<std::result::Result<_, _>>()?;
    Ok(Event {
        time: self::time(time)?,
        blade,
        settings,
    })
}

fn number(text: &str, what: &str) -> std::result::Result<f64, String> {
    text.parse()
        .ok()
        .filter(|v: &f64| v.is_finite() && *v >= 0.0)
        .ok_or_else(|| format!("`{text}` is no {what}"))
}

fn time(text: &str) -> std::result::Result<Time, String> {
    if let Some(percent) = text.strip_suffix('%') {
        return Ok(Time::Share(number(percent, "percentage")? / 100.0));
    }
    for (suffix, scale) in [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)] {
        if let Some(value) = text.strip_suffix(suffix) {
            return Ok(Time::Nanoseconds((number(value, "time")? * scale).round() as u64));
        }
    }
    Err(format!("`{text}` is no time; say 200us, 1.5ms or 50%"))
}

fn setting(what: &str, value: &str) -> std::result::Result<Setting, String> {
    let percent = || -> std::result::Result<u8, String> {
        let digits = value
            .strip_suffix('%')
            .ok_or_else(|| format!("`{what} {value}`: a percentage is wanted, as in `{what} 90%`"))?;
        let share = number(digits, "percentage")?;
        if share > 100.0 {
            return Err(format!("`{what} {value}` is above 100%"));
        }
        Ok((share * 2.55).round() as u8)
    };
    Ok(match what {
        "cpu" => Setting::Cpu(percent()?),
        "irq" => Setting::Irq(percent()?),
        "work" => Setting::Work(percent()?),
        "power" => Setting::Power(percent()?),
        "queue" => Setting::Queue(
            value
                .parse()
                .map_err(|_| format!("`queue {value}`: a number from 0 to 255 is wanted"))?,
        ),
        "admin" => Setting::Admin(match value {
            "ready" => 0,
            "drain" => 1,
            "maintenance" => 2,
            _ => return Err(format!("`admin {value}`: ready, drain or maintenance is wanted")),
        }),
        "records" => Setting::Records(match value {
            "on" => true,
            "off" => false,
            _ => return Err(format!("`records {value}`: on or off is wanted")),
        }),
        _ => return Err(format!("unknown `{what}`; known are cpu, irq, work, power, queue, admin, records")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_manual() {
        let text =
            "# c\n\nat 0us blade all cpu 20% irq 5%\nat 1.5ms blade 1 cpu 90% queue 30 # more\nat 50% blade 2 admin drain records off\n";
        let events = parse(text, 4).unwrap();
        assert_eq!(events.len(), 3);
        assert_eq!(
            events[0],
            Event {
                time: Time::Nanoseconds(0),
                blade: None,
                settings: vec![Setting::Cpu(51), Setting::Irq(13)]
            }
        );
        assert_eq!(events[1].time.nanoseconds(0), 1_500_000);
        assert_eq!(events[2].time.nanoseconds(1000), 500);
        let mut load = Load::default();
        events[2].apply(&mut load);
        assert_eq!(
            load,
            Load {
                admin: 1,
                records: false,
                ..Load::default()
            }
        );
        assert!(events[1].applies_to(1) && !events[1].applies_to(0) && events[0].applies_to(3));
    }

    #[test]
    fn every_error_names_its_line_and_the_remedy() {
        for (line, expected) in [
            ("at 1us blade 4 cpu 1%", "no blade 4; the chassis has blades 0 to 3"),
            ("at 1us blade x cpu 1%", "`x` is no blade"),
            ("at 1 blade 0 cpu 1%", "`1` is no time"),
            ("at -1us blade 0 cpu 1%", "`-1` is no time"),
            ("at 1us blade 0 cpu 101%", "above 100%"),
            ("at 1us blade 0 cpu 90", "a percentage is wanted"),
            ("at 1us blade 0 queue 256", "0 to 255"),
            ("at 1us blade 0 admin off", "ready, drain or maintenance"),
            ("at 1us blade 0 records maybe", "on or off"),
            ("at 1us blade 0 fan 3", "unknown `fan`"),
            ("at 1us blade 0 cpu", "pairs"),
            ("at 1us blade 0", "pairs"),
            ("blade 0 cpu 1%", "expected `at TIME"),
        ] {
            let (number, why) = parse(&format!("at 0us blade 0 cpu 1%\n{line}\n"), 4).unwrap_err();
            assert!(number == 2 && why.contains(expected), "{line}: {number} {why}");
        }
    }
}
