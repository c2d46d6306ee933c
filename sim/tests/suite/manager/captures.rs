//! Captures, whole: every frame is accounted for; and what broken frames do to their neighbours, which is nothing.
use super::rig::{self, client, segment};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use spareband_sim::frame::{ACK, SYN, TCP};
use spareband_sim::link::FrameStatus;
use spareband_sim::link::far_end::Offer;
use spareband_sim::pcap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn sim(folder: &Path, arguments: &[&str]) {
    let program = Command::new(env!("CARGO_BIN_EXE_spareband-sim"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
}

/// Through four blades. The program itself fails if a frame that the wires tell of is not in the counters, or the other way round, or came
/// changed, twice or out of order.
fn run(folder: &Path, capture: &Path, frames: Option<usize>, more: &[&str]) -> Value {
    let models = rig::models();
    let frames = frames.map(|count| count.to_string());
    let mut arguments = vec!["run", "--model-dir", models.to_str().unwrap(), "--out", "result", "--policy", "rr"];
    arguments.extend(["--pcap", capture.to_str().unwrap()]);
    if let Some(count) = &frames {
        arguments.extend(["--frames", count]);
    }
    arguments.extend(more);
    sim(folder, &arguments);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("result/report.json")).unwrap()).unwrap();
    let sum: u64 = ["forwarded", "flooded", "answered", "dropped"]
        .iter()
        .map(|fate| report[fate].as_u64().unwrap())
        .sum();
    assert_eq!(report["frames_in"].as_u64(), Some(sum), "{}", capture.display());
    println!(
        "Capture {}: {} frames, {} forwarded, {} flooded, {} dropped; {} flows, {} of them on more than one blade",
        capture.file_name().unwrap().to_string_lossy(),
        report["frames_in"],
        report["forwarded"],
        report["flooded"],
        report["dropped"],
        report["flows"]["seen"],
        report["flows"]["on_more_than_one_blade"],
    );
    report
}

fn packets(path: &Path) -> u64 {
    pcap::read(path, usize::MAX).unwrap().packets.len() as u64
}

/// Real captures lie beside the project or in `SPAREBAND_CAPTURES`, if anywhere; of each some frames in the short form, all in the long one.
#[test]
fn every_real_capture_is_accounted_for() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/captures");
    let folder = std::env::var_os("SPAREBAND_CAPTURES").map_or(beside, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("Captures: skipped, there is no folder {}", folder.display());
        return;
    };
    let mut captures: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    captures.retain(|path| path.extension().is_some_and(|extension| extension == "pcap"));
    captures.sort();
    let scratch = scratch("captures");
    for capture in &captures {
        let limit = (!rig::long()).then_some(40);
        let report = run(&scratch, &capture.canonicalize().unwrap(), limit, &[]);
        let offered = packets(capture).min(limit.map_or(u64::MAX, |limit| limit as u64));
        assert_eq!(report["frames_in"].as_u64(), Some(offered));
        assert_eq!(report["flows"]["on_more_than_one_blade"], 0, "{}", capture.display());
    }
}

#[test]
fn captures_of_the_project_are_accounted_for() {
    let folder = scratch("own_captures");
    let flows = if rig::long() { "1000" } else { "30" };
    sim(&folder, &["traffic", "--flows", flows, "--out", "flows.pcap"]);
    sim(&folder, &["traffic", "--broken", "--out", "broken.pcap"]);
    let report = run(&folder, Path::new("flows.pcap"), None, &[]);
    assert_eq!(
        (&report["dropped"], &report["flows"]["on_more_than_one_blade"]),
        (&Value::from(0), &Value::from(0))
    );
    assert_eq!(report["frames_in"].as_u64(), Some(packets(&folder.join("flows.pcap"))));
    let report = run(
        &folder,
        Path::new("broken.pcap"),
        None,
        &["--raw", "--spoil-fcs", "7", "--seed", "9"],
    );
    assert_eq!(report["frames_in"].as_u64(), Some(packets(&folder.join("broken.pcap"))));
    assert!(
        ["bad_fcs", "runt", "oversize", "malformed"]
            .iter()
            .all(|cause| report["dropped_by_cause"][cause].as_u64().unwrap() > 0)
    );
}

/// What the manager drops, of each cause.
fn broken(random: &mut StdRng, number: u32) -> (Offer, &'static str) {
    let whole = segment(
        &client(random.gen_range(0..1 << 20), TCP, [10, 0, 0, 1], 80),
        [SYN, ACK][number as usize % 2],
        number,
        30,
    );
    let mut offer = Offer::new(0, whole, true);
    let cause = ["bad_fcs", "runt", "oversize", "malformed", "malformed", "malformed"][number as usize % 6];
    match number % 6 {
        0 => offer.spoil_fcs = true,
        1 => offer.bytes.truncate(random.gen_range(1..60)),
        2 => offer.bytes.resize(random.gen_range(9615..12_000), 0xEE),
        // IPv4 of version 5; a total length beyond the frame; a TCP header that ends behind the segment.
        3 => offer.bytes[14] = 0x55,
        4 => offer.bytes[16] = 0xFF,
        _ => offer.bytes[46] = 0xF0,
    }
    (offer, cause)
}

/// The same frames with and without broken ones between them, back to back: each arrives at the same blade, in the same order and unchanged.
#[test]
fn broken_frames_change_nothing_for_their_neighbours() {
    const SEED: u64 = 11;
    let count = if rig::long() { 20_000 } else { 600 };
    let mut random = StdRng::seed_from_u64(SEED);
    // Flows of two to five segments that overlap.
    let good: Vec<Vec<u8>> = (0..count)
        .map(|number| {
            let flow = number / 12 * 3 + number % 3;
            let flags = if number % 12 < 3 { SYN } else { ACK };
            segment(&client(flow, TCP, [10, 0, 0, 1], 80), flags, number, random.gen_range(0..300))
        })
        .collect();
    let mut seen = Vec::new();
    for spoil in [false, true] {
        let mut chassis = rig::chassis(4, 12);
        let mut random = StdRng::seed_from_u64(SEED);
        let mut offers = Vec::new();
        let mut expected = std::collections::BTreeMap::new();
        let mut time = 0;
        for (number, frame) in good.iter().enumerate() {
            offers.push(Offer::new(time, frame.clone(), false));
            if spoil {
                for _ in 0..random.gen_range(0..3) {
                    let (mut offer, cause) = broken(&mut random, expected.values().sum::<u64>() as u32);
                    // Right behind the one before.
                    offer.not_before = time;
                    offers.push(offer);
                    *expected.entry(cause).or_insert(0u64) += 1;
                }
            }
            // Groups of good ones without a gap; in sum less than the four links carry.
            if number % 4 == 3 {
                time += 8_000;
            }
        }
        rig::start(&mut chassis, offers);
        rig::finish(&mut chassis);
        let counters = rig::counters(&mut chassis);
        for (cause, count) in &expected {
            assert_eq!(counters[format!("dropped_{cause}").as_str()], *count, "seed {SEED}: {cause}");
        }
        assert_eq!(rig::dropped(&counters), expected.values().sum::<u64>(), "seed {SEED}");
        assert_eq!(counters["frames_in"], u64::from(count) + expected.values().sum::<u64>());
        if spoil {
            println!("Broken frames between {count} good ones: {expected:?}, each counted; the good ones as without them");
            assert_eq!(expected.len(), 4);
        }
        let servers = chassis.servers.iter();
        seen.push(
            servers
                .map(|server| {
                    assert!(server.received.iter().all(|frame| frame.status == FrameStatus::Good));
                    server.received.iter().map(|frame| frame.bytes.clone()).collect::<Vec<_>>()
                })
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(seen[0].iter().map(Vec::len).sum::<usize>(), count as usize);
    assert!(seen[0] == seen[1], "seed {SEED}: the good frames went elsewhere, or changed");
}
