//! What is to be written to a device so that it has a configuration, in an order in which nothing that stays is missing meanwhile.

use super::{Config, Present, Section, Setting, Target, document};
use crate::Error;
use crate::macs::{Address, port_name};
use crate::services::{Keys, Name, Settings};
use serde::Serialize;
use serde_json::{Map, Value};
use spareband_spec::regs::MANAGER;
use std::fmt;

/// One thing that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub what: String,
    /// None: the device does not have it.
    pub from: Option<Value>,
    /// None: it is removed.
    pub to: Option<Value>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Change { what, from, to } = self;
        match (from, to) {
            (Some(from), Some(to)) => write!(f, "{what}: {from} -> {to}"),
            (None, Some(to)) => write!(f, "{what}: new, {to}"),
            (_, None) => write!(f, "{what}: removed"),
        }
    }
}

/// What is written at once.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Settings of one register, or of two that belong together.
    Write(Vec<Setting>),
    AddService(Name, Settings),
    SetService(u8, Settings),
    RemoveService(u8),
    /// What a change that was broken off left.
    TidyServices,
    SetAddress(Address, u8),
    RemoveAddress(Address),
}

/// A step, and what it changes.
#[derive(Clone, Debug)]
pub struct Step {
    pub changes: Vec<Change>,
    pub(super) action: Action,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let changes: Vec<String> = self.changes.iter().map(Change::to_string).collect();
        f.write_str(&changes.join(", "))
    }
}

/// When a step's turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Settings,
    /// Blades that come take flows before anything sends any there.
    BladesCome,
    ServicesTidy,
    /// Only where the table has no room for what comes beside what goes.
    ServicesMakeRoom,
    ServicesComeAndChange,
    /// The addresses that are balanced without a service: after services that take over from it, before services that it takes over from.
    Vip,
    AddressesGo,
    AddressesCome,
    ServicesGo,
    /// Blades that go keep their flows until services have turned away from them.
    BladesGo,
}

/// Everything that is to change.
pub struct Plan {
    pub steps: Vec<Step>,
    /// What is good to know before.
    pub notes: Vec<String>,
    /// Blades took new flows before, and none will.
    pub leaves_no_blade: bool,
    pub(super) keys: Option<Keys>,
}

impl Plan {
    /// From what a device has to what it is to have. Refused: it cannot have that.
    pub fn new(present: &Present, wanted: &Config, target: Target) -> Result<Plan, Error> {
        let mut turns: Vec<(Turn, Step)> = vec![];
        let mut notes = vec![];
        registers(&present.config, wanted, target, &mut turns, &mut notes);
        if let (Some(wanted), Some(had), Some(keys)) = (&wanted.services, &present.config.services, &present.keys) {
            services(had, &present.numbers, wanted, keys, &mut turns, &mut notes)?;
        }
        if let (Some(wanted), Some(had)) = (&wanted.addresses, &present.config.addresses) {
            let at = |port: &u8| Value::from(port_name(*port));
            for (address, port) in wanted.iter().filter(|(address, port)| had.get(address) != Some(port)) {
                let change = change(format!("address {address}"), had.get(address).map(at), Some(at(port)));
                turns.push((Turn::AddressesCome, step(vec![change], Action::SetAddress(*address, *port))));
            }
            for (address, port) in had.iter().filter(|(address, _)| !wanted.contains_key(address)) {
                let change = change(format!("address {address}"), Some(at(port)), None);
                turns.push((Turn::AddressesGo, step(vec![change], Action::RemoveAddress(*address))));
            }
        }
        // A stable sort: within a turn in the order of the file.
        turns.sort_by_key(|(turn, _)| *turn);
        let parts: Vec<(u8, u8)> = (0..target.blades).map(|blade| part(&present.config, wanted, blade)).collect();
        let leaves_no_blade = parts.iter().any(|(before, _)| *before == READY) && parts.iter().all(|(_, after)| *after != READY);
        Ok(Plan {
            steps: turns.into_iter().map(|(_, step)| step).collect(),
            notes,
            leaves_no_blade,
            keys: present.keys.clone(),
        })
    }

    /// All that differs.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.steps.iter().flat_map(|step| &step.changes)
    }
}

fn change(what: String, from: Option<Value>, to: Option<Value>) -> Change {
    Change { what, from, to }
}

fn step(changes: Vec<Change>, action: Action) -> Step {
    Step { changes, action }
}

/// Takes new flows.
const READY: u8 = 2;

/// How much a blade takes part, by what the host says: nothing, its flows, new ones; before, and with what is wanted.
fn part(had: &Config, wanted: &Config, blade: usize) -> (u8, u8) {
    let control = MANAGER.register("blade", "control");
    let of = |config: &Config, before: u64| {
        let settings = config.settings.iter().filter(|setting| {
            setting.key.section == Section::Blade && setting.blade == blade && ["enabled", "admin"].contains(&setting.key.name)
        });
        settings.fold(before, |value, setting| value & !setting.key.mask() | setting.value)
    };
    let level = |value: u64| {
        let admin = control.field("admin");
        match (control.field("enabled").get(value), admin.value_name(admin.get(value) as u32)) {
            (1, Some("ready")) => READY,
            (1, Some("drain")) => 1,
            _ => 0,
        }
    };
    let before = of(had, 0);
    (level(before), level(of(wanted, before)))
}

fn registers(had: &Config, wanted: &Config, target: Target, turns: &mut Vec<(Turn, Step)>, notes: &mut Vec<String>) {
    let mut registers: Vec<(usize, Turn)> = vec![];
    for setting in &wanted.settings {
        let same_key = |other: &&Setting| std::ptr::eq(other.key, setting.key) && other.blade == setting.blade;
        let Some(before) = had.settings.iter().find(same_key) else {
            continue;
        };
        if before.value == setting.value {
            continue;
        }
        let value = |setting: &Setting| Some(setting.key.format(setting.value, target.clock_hz));
        let change = change(setting.path(), value(before), value(setting));
        let name = (setting.key.section, setting.key.name);
        if name == (Section::Policy, "hash_key") {
            notes.push("under another hash key no flow of the table is found any more: flows under way are balanced anew".into());
        }
        let (place, turn) = match name {
            // Both in one burst: between them stands another set of addresses.
            (Section::Policy, "vip" | "vip_mask") => (usize::MAX, Turn::Vip),
            (Section::Blade, "enabled" | "admin") => {
                let (before, after) = part(had, wanted, setting.blade);
                let turn = if after < before { Turn::BladesGo } else { Turn::BladesCome };
                (setting.key.place(setting.blade).address.into(), turn)
            }
            _ => (setting.key.place(setting.blade).address.into(), Turn::Settings),
        };
        let known = registers.iter().position(|register| *register == (place, turn));
        match known.map(|known| &mut turns[known].1) {
            Some(Step {
                changes,
                action: Action::Write(settings),
            }) => {
                changes.push(change);
                settings.push(*setting);
            }
            _ => {
                registers.push((place, turn));
                turns.push((turn, step(vec![change], Action::Write(vec![*setting]))));
            }
        }
    }
}

fn services(
    had: &[(Name, Settings)],
    numbers: &[u8],
    wanted: &[(Name, Settings)],
    keys: &Keys,
    turns: &mut Vec<(Turn, Step)>,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let of = |list: &[(Name, Settings)], name: &Name| list.iter().position(|(other, _)| other == name);
    let come: Vec<_> = wanted.iter().filter(|(name, _)| of(had, name).is_none()).collect();
    let go: Vec<_> = had
        .iter()
        .zip(numbers)
        .filter(|((name, _), _)| of(wanted, name).is_none())
        .collect();
    let mut keys = keys.clone();
    if !keys.tidy()?.is_empty() {
        let change = change(
            "service table".into(),
            Some("a change was broken off".into()),
            Some("put right".into()),
        );
        turns.push((Turn::ServicesTidy, step(vec![change], Action::TidyServices)));
    }
    // Tried in memory: does it all fit, and must what goes go first?
    let fits = |first: bool| {
        let mut keys = keys.clone();
        if first {
            go.iter()
                .try_for_each(|((name, held), _)| keys.remove(name, held.arp, held.echo).map(drop))?;
        }
        come.iter()
            .try_for_each(|(name, held)| keys.add(name, held.arp, held.echo).map(drop))
    };
    let room = fits(false).is_ok();
    if !room {
        fits(true)?;
        notes.push("the service table has no room for what comes beside what goes: services that go are removed first".into());
    }
    for (name, settings) in wanted {
        let what = format!("service {name}");
        let new = document::service(name, settings);
        let Some(index) = of(had, name) else {
            let change = change(what, None, Some(new.into()));
            turns.push((
                Turn::ServicesComeAndChange,
                step(vec![change], Action::AddService(*name, *settings)),
            ));
            continue;
        };
        let changes = differences(&what, document::service(name, &had[index].1), new);
        if changes.is_empty() {
            continue;
        }
        if changes
            .iter()
            .any(|change| change.what.ends_with(" weights") || change.what.ends_with(" blades"))
        {
            notes.push(format!(
                "{what} goes by two versions of its consistent hash from then on; end the old one with `spareband service settle {}`",
                numbers[index]
            ));
        }
        let action = Action::SetService(numbers[index], *settings);
        turns.push((Turn::ServicesComeAndChange, step(changes, action)));
    }
    let turn = if room { Turn::ServicesGo } else { Turn::ServicesMakeRoom };
    for ((name, held), number) in go {
        let change = change(format!("service {name}"), Some(document::service(name, held).into()), None);
        turns.push((turn, step(vec![change], Action::RemoveService(*number))));
    }
    Ok(())
}

fn differences(what: &str, had: Map<String, Value>, wanted: Map<String, Value>) -> Vec<Change> {
    let pairs = had.into_iter().zip(wanted).filter(|((_, had), (_, wanted))| had != wanted);
    pairs
        .map(|((key, had), (_, wanted))| change(format!("{what} {key}"), Some(had), Some(wanted)))
        .collect()
}
