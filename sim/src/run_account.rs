//! What became of a run: the gateware's counters against the wires, as a report and in a few lines.
use crate::chassis::{Chassis, Device, TENTHS_OF_A_NANOSECOND};
use crate::error::Result;
use crate::link::far_end::Offer;
use crate::report::{self, BladeReport, ChassisReport, FlowReport, Report, Series, UplinkReport};
use crate::run::{RunOptions, policies};
use crate::scoreboard::{Account, Evidence};
use crate::session::Session;
use spareband_spec::regs::{FORWARDING_COUNTERS, MANAGER_BLADE_COUNTERS, MANAGER_COUNTERS};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the gateware's counters, judges the wires, and puts both into the report.
pub fn account_for(session: &mut Session, offers: &[Offer], options: &RunOptions, cut: usize) -> Result<Report> {
    let counters = manager_counters(&mut session.chassis, Device::Manager)?;
    let policy = session.chassis.register(Device::Manager, "policy", 0, "select")?;
    let max_frame_length = session.chassis.register(Device::Manager, "uplink", 0, "max_frame_length")? as usize;
    let mut addresses = Vec::new();
    let mut reports = Vec::new();
    let a_chassis = session.chassis.blades_a_chassis();
    for (number, manager) in session.chassis.managers().into_iter().enumerate() {
        for blade in 0..a_chassis {
            let address = address(&mut session.chassis, manager, blade)?;
            addresses.push(address);
            reports.push(blade_report(&mut session.chassis, manager, blade, number * a_chassis + blade)?);
        }
    }
    let mut tier = Vec::new();
    for index in 0..session.chassis.tiers_below() {
        tier.push(ChassisReport {
            link: blade_report(&mut session.chassis, Device::Manager, index, index)?,
            counters: manager_counters(&mut session.chassis, Device::Chassis(index))?,
        });
    }
    let chassis = &session.chassis;
    let received: Vec<_> = chassis.servers.iter().map(|s| s.received.clone()).collect();
    let answers: Vec<_> = chassis.servers.iter().map(|s| s.sent.clone()).collect();
    let uplink = &chassis.far_end.received;
    let account = Evidence {
        offers,
        max_frame_length,
        addresses: &addresses,
        received: &received,
        answers: &answers,
        uplink,
    }
    .judge();
    for (report, count) in reports.iter_mut().zip(&account.blades) {
        (report.answers, report.answers_on_uplink) = (count.answers, count.answers_seen);
    }
    let mut report = assemble(session, options, &account, counters, reports);
    report.chassis = tier;
    report.packets_cut = cut;
    report.policy = policies()
        .iter()
        .find(|(_, n)| u64::from(*n) == policy)
        .map_or(policy.to_string(), |(name, _)| (*name).to_owned());
    report.checks = report::checks(&report, &account);
    Ok(report)
}

/// What a manager counts as a whole.
fn manager_counters(chassis: &mut Chassis, manager: Device) -> Result<BTreeMap<&'static str, u64>> {
    let mut all = chassis.counters(manager, "statistics", 0, &MANAGER_COUNTERS)?;
    all.extend(chassis.counters(manager, "forwarding_statistics", 0, &FORWARDING_COUNTERS)?);
    Ok(all.into_iter().collect())
}

/// The address under which a manager knows a blade.
fn address(chassis: &mut Chassis, manager: Device, blade: usize) -> Result<[u8; 6]> {
    let address = chassis.register(manager, "blade", blade, "mac")?.to_le_bytes();
    Ok(address[..6].try_into().expect("six bytes"))
}

/// What a manager says of a link below it; `number` is what the report calls it.
fn blade_report(chassis: &mut Chassis, manager: Device, blade: usize, number: usize) -> Result<BladeReport> {
    let worst_age = chassis.register(manager, "blade", blade, "worst_age")?;
    let own: BTreeMap<_, _> = chassis
        .counters(manager, "blade", blade, &MANAGER_BLADE_COUNTERS)?
        .into_iter()
        .collect();
    Ok(BladeReport {
        blade: number,
        mac: address(chassis, manager, blade)?.map(|b| format!("{b:02x}")).join(":"),
        new_flows: own["new_flows"],
        frames: own["tx_frames"],
        bytes: own["tx_bytes"],
        dropped_queue_full: own["tx_dropped_full"],
        record_age_ns_max: worst_age * 64 / 10,
        records_good: own["records_good"],
        answers: 0,
        answers_on_uplink: 0,
        counters: own,
    })
}

fn assemble(
    session: &Session,
    options: &RunOptions,
    account: &Account,
    counters: BTreeMap<&'static str, u64>,
    blades: Vec<BladeReport>,
) -> Report {
    let dropped_by_cause: BTreeMap<_, _> = counters
        .iter()
        .filter_map(|(name, count)| name.strip_prefix("dropped_").map(|cause| (cause, *count)))
        .collect();
    let since = |time: u64| time.saturating_sub(session.origin) / TENTHS_OF_A_NANOSECOND;
    let queue_full = dropped_by_cause.get("queue_full").copied().unwrap_or(0);
    let far_end = &session.chassis.far_end;
    Report {
        schema: report::SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        pcap: options.pcap.display().to_string(),
        policy: String::new(),
        rate: options.rate.clone(),
        seed: options.chassis.seed,
        frames_in: counters["frames_in"],
        forwarded: counters["forwarded"].saturating_sub(queue_full),
        flooded: counters["flooded"],
        answered: 0,
        dropped: dropped_by_cause.values().sum(),
        dropped_by_cause,
        blades,
        chassis: Vec::new(),
        uplink: UplinkReport {
            frames: account.uplink_frames,
            bad_blocks: far_end.bad_blocks(),
            shortest_gap: Some(far_end.shortest_gap()).filter(|g| *g != u64::MAX && account.uplink_frames > 1),
        },
        flows: FlowReport {
            seen: account.flows,
            on_more_than_one_blade: account.flows_split,
        },
        packets_cut: 0,
        simulated_ns: session.simulated_ns(),
        core_cycles: session.cycles,
        wall_seconds: session.wall.as_secs_f64(),
        core_cycles_per_second: session.cycles as f64 / session.wall.as_secs_f64().max(1e-9),
        counters,
        checks: Vec::new(),
        series: Series {
            length: session.simulated_ns(),
            loads: session.agents.history(),
            new_flows: account.new_flows.iter().map(|f| (since(f.time), f.blade)).collect(),
        },
    }
}

pub fn print_summary(report: &Report, out: &Path) {
    println!(
        "frames in {}  forwarded {}  flooded {}  dropped {}",
        report.frames_in, report.forwarded, report.flooded, report.dropped
    );
    for (cause, count) in report.dropped_by_cause.iter().filter(|(_, count)| **count > 0) {
        println!("  dropped, {}: {count}", cause.replace('_', " "));
    }
    println!(
        "{:>6} {:>10} {:>10} {:>12} {:>10} {:>16}",
        "blade", "new flows", "frames", "bytes", "answers", "oldest record"
    );
    for b in &report.blades {
        let age = format!("{} ns", b.record_age_ns_max);
        println!(
            "{:>6} {:>10} {:>10} {:>12} {:>10} {age:>16}",
            b.blade, b.new_flows, b.frames, b.bytes, b.answers_on_uplink
        );
    }
    for c in &report.chassis {
        let (number, flows, frames) = (c.link.blade, c.link.new_flows, c.link.frames);
        println!("chassis {number}: {flows} new flows, {frames} frames from the root");
    }
    let rate = report.core_cycles_per_second;
    println!(
        "{} core cycles in {:.1} s: {rate:.0} a second; result in {}",
        report.core_cycles,
        report.wall_seconds,
        out.display()
    );
}
