//! The result of a run: `report.json`, `report.html`, the captures; and the check of the gateware's counters against the scoreboard.
mod html;
mod svg;

use crate::agents;
use crate::error::{Error, Result};
use crate::link::Received;
use crate::pcap::Writer;
use crate::scoreboard::Account;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Version of the JSON; a field that changes its meaning or goes away makes a new one.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
pub struct Report {
    pub schema: u32,
    pub version: &'static str,
    pub pcap: String,
    pub policy: String,
    pub rate: String,
    pub seed: u64,
    pub frames_in: u64,
    pub forwarded: u64,
    pub flooded: u64,
    /// Frames the manager answered itself.
    pub answered: u64,
    pub dropped: u64,
    pub dropped_by_cause: BTreeMap<&'static str, u64>,
    /// Of all chassis, in order.
    pub blades: Vec<BladeReport>,
    /// With two tiers: the chassis under the root; all else at this level is the root's, and `blades` are theirs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chassis: Vec<ChassisReport>,
    pub uplink: UplinkReport,
    pub flows: FlowReport,
    /// Packets of the input of which the capture held only the beginning.
    pub packets_cut: usize,
    pub simulated_ns: u64,
    pub core_cycles: u64,
    pub wall_seconds: f64,
    pub core_cycles_per_second: f64,
    /// The manager's own counters, as read over its UART.
    pub counters: BTreeMap<&'static str, u64>,
    pub checks: Vec<Check>,
    #[serde(skip)]
    pub series: Series,
}

#[derive(Serialize)]
pub struct BladeReport {
    pub blade: usize,
    pub mac: String,
    pub new_flows: u64,
    pub frames: u64,
    pub bytes: u64,
    /// Frames to this blade dropped for a full queue.
    pub dropped_queue_full: u64,
    pub record_age_ns_max: u64,
    pub records_good: u64,
    pub answers: u64,
    pub answers_on_uplink: u64,
    pub counters: BTreeMap<&'static str, u64>,
}

/// A chassis under a root.
#[derive(Serialize)]
pub struct ChassisReport {
    /// What the root says of it; `blade` is its number.
    pub link: BladeReport,
    /// What its manager says.
    pub counters: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
pub struct UplinkReport {
    pub frames: u64,
    pub bad_blocks: u64,
    /// Shortest gap between two frames the manager sent, in bytes, the terminate counted.
    pub shortest_gap: Option<u64>,
}

#[derive(Serialize)]
pub struct FlowReport {
    pub seen: u64,
    pub on_more_than_one_blade: u64,
}

/// One equation between the gateware's counters and the scoreboard.
#[derive(Serialize)]
pub struct Check {
    pub name: String,
    pub gateware: u64,
    pub scoreboard: u64,
    pub ok: bool,
}

impl Check {
    pub fn new(name: impl Into<String>, gateware: u64, scoreboard: u64) -> Self {
        Self {
            name: name.into(),
            gateware,
            scoreboard,
            ok: gateware == scoreboard,
        }
    }
}

/// What the plots are made of.
#[derive(Default)]
pub struct Series {
    /// Of the whole run, in nanoseconds since the first frame was due.
    pub length: u64,
    pub loads: Vec<Vec<agents::Report>>,
    /// Time and blade of each new flow.
    pub new_flows: Vec<(u64, usize)>,
}

impl ChassisReport {
    /// Nothing is lost between the root and this chassis, either way; here both sides are gateware.
    fn checks(&self) -> [Check; 2] {
        let (above, below) = (|name: &str| self.link.counters[name], |name: &str| self.counters[name]);
        let number = self.link.blade;
        let back = self.link.counters.iter().filter(|(name, _)| name.starts_with("rx_dropped"));
        [
            Check::new(
                format!("frames from the root to chassis {number}"),
                above("tx_frames"),
                below("frames_in"),
            ),
            Check::new(
                format!("frames from chassis {number} to the root"),
                above("rx_frames") + back.map(|(_, v)| v).sum::<u64>(),
                below("uplink_tx_frames"),
            ),
        ]
    }
}

impl Report {
    pub fn failures(&self) -> Vec<String> {
        let failed = self.checks.iter().filter(|c| !c.ok);
        failed
            .map(|c| format!("{}: the gateware says {}, the wires say {}", c.name, c.gateware, c.scoreboard))
            .collect()
    }
}

/// Frames that met one blade's full queue, and those that were good and otherwise dropped.
fn dropped(counters: &BTreeMap<&'static str, u64>) -> (u64, u64) {
    let cause = |name: &str| counters.get(name).copied().unwrap_or(0);
    let all: u64 = counters
        .iter()
        .filter(|(name, _)| name.starts_with("dropped_"))
        .map(|(_, v)| v)
        .sum();
    let bad = ["dropped_bad_fcs", "dropped_runt", "dropped_oversize", "dropped_coding"]
        .map(cause)
        .iter()
        .sum::<u64>();
    (cause("dropped_queue_full"), all - bad)
}

/// The equations that must hold after a run.
pub fn checks(report: &Report, account: &Account) -> Vec<Check> {
    let cause = |name: &str| report.dropped_by_cause.get(name).copied().unwrap_or(0);
    let bad = cause("bad_fcs") + cause("runt") + cause("oversize") + cause("coding");
    // A flooded frame for which every queue was full reached nobody: flooded all the same, but the wires cannot tell. There are no more of
    // these than copies of flooded frames that found a full queue.
    let full: u64 = report.blades.iter().map(|b| b.dropped_queue_full).sum();
    let queue_full = cause("queue_full") + report.chassis.iter().map(|c| dropped(&c.counters).0).sum::<u64>();
    let unseen_floods = report
        .flooded
        .saturating_sub(account.flooded)
        .min(full.saturating_sub(queue_full))
        .min(account.missing);
    // Of what the root gave to a chassis, the chassis may drop some.
    let dropped_below: u64 = report.chassis.iter().map(|c| dropped(&c.counters).1).sum();
    let mut checks = vec![
        Check::new("frames into the uplink", report.frames_in, account.offered),
        Check::new(
            "every frame has one fate",
            report.forwarded + report.flooded + report.answered + report.dropped,
            account.offered,
        ),
        Check::new("forwarded to one blade", report.forwarded - dropped_below, account.forwarded),
        Check::new(
            "good frames dropped",
            report.dropped - bad + dropped_below,
            account.missing - unseen_floods,
        ),
        Check::new("flooded", report.flooded, account.flooded + unseen_floods),
        Check::new("dropped for a wrong FCS", cause("bad_fcs"), account.bad_fcs),
        Check::new("dropped as runts", cause("runt"), account.runt),
        Check::new("dropped as oversize", cause("oversize"), account.oversize),
        Check::new("frames changed or invented", 0, account.unexpected),
        Check::new("frames doubled or out of order", 0, account.disordered),
        Check::new(
            "frames out of the uplink",
            report.counters.get("uplink_tx_frames").copied().unwrap_or(0),
            account.uplink_frames,
        ),
        Check::new("blocks on the uplink that are no code", 0, report.uplink.bad_blocks),
    ];
    for chassis in &report.chassis {
        checks.extend(chassis.checks());
    }
    for blade in &report.blades {
        let index = blade.blade;
        let counter = |name: &str| blade.counters.get(name).copied().unwrap_or(0);
        let lost: u64 = blade
            .counters
            .iter()
            .filter(|(name, _)| name.starts_with("rx_dropped"))
            .map(|(_, v)| v)
            .sum();
        checks.push(Check::new(
            format!("frames to blade {index}"),
            counter("tx_frames"),
            account.blades[index].frames,
        ));
        checks.push(Check::new(
            format!("frames from blade {index}"),
            counter("rx_frames") + lost,
            blade.answers,
        ));
        checks.push(Check::new(
            format!("of them on the uplink, blade {index}"),
            counter("rx_frames"),
            blade.answers_on_uplink,
        ));
    }
    checks
}

/// A folder that appears whole or not at all: written beside its place, renamed at the end.
pub struct OutputFolder {
    target: PathBuf,
    partial: PathBuf,
    done: bool,
}

impl OutputFolder {
    pub fn new(target: &Path) -> Result<Self> {
        let name = target
            .file_name()
            .ok_or_else(|| Error::usage(format!("--out {}: name a folder", target.display())))?;
        if target.exists() && !target.join("report.json").exists() && target.read_dir().is_ok_and(|mut d| d.next().is_some()) {
            return Err(Error::usage(format!(
                "--out {}: the folder holds something that is no earlier result; name another",
                target.display()
            )));
        }
        let partial = target.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
        std::fs::create_dir_all(&partial).map_err(|e| Error::io("make the folder", &partial, &e))?;
        Ok(Self {
            target: target.to_owned(),
            partial,
            done: false,
        })
    }

    /// Puts the result in its place; an earlier result goes away only now.
    pub fn finish(mut self) -> Result<()> {
        if self.target.exists() {
            std::fs::remove_dir_all(&self.target).map_err(|e| Error::io("replace", &self.target, &e))?;
        }
        std::fs::rename(&self.partial, &self.target).map_err(|e| Error::io("write", &self.target, &e))?;
        self.done = true;
        Ok(())
    }

    pub fn write_report(&self, report: &Report) -> Result<()> {
        let json = serde_json::to_string_pretty(report).expect("a report is plain data");
        let write = |name: &str, text: String| {
            let path = self.partial.join(name);
            std::fs::write(&path, text).map_err(|e| Error::io("write", &path, &e))
        };
        write("report.json", json + "\n")?;
        write("report.html", html::page(report))
    }

    /// Frames whose times are chassis times in 0.1 ns.
    pub fn write_capture(&self, name: &str, frames: &[Received]) -> Result<()> {
        let mut writer = Writer::create(&self.partial.join(name))?;
        for frame in frames {
            writer.write(frame.time / crate::chassis::TENTHS_OF_A_NANOSECOND, &frame.bytes)?;
        }
        writer.finish()
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.done {
            let _ = std::fs::remove_dir_all(&self.partial);
        }
    }
}
