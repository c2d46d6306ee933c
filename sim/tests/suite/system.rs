//! The whole chassis through the program, as a user runs it: needs the models (`make sim`).
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// `SPAREBAND_BUILD`, or `build` at the top of the workspace.
fn models() -> PathBuf {
    let build = std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
    let models = build.join("sim");
    assert!(
        models.join("manager_4.so").exists() && models.join("blade.so").exists(),
        "no models in {}: run `make sim`",
        models.display()
    );
    models
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn sim(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spareband-sim"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn make(folder: &Path, arguments: &[&str]) {
    let output = sim(folder, &[&["traffic"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Runs a capture through four blades; every check of the report must hold.
fn run(folder: &Path, arguments: &[&str]) -> Value {
    let models = models();
    let common = ["run", "--model-dir", models.to_str().unwrap(), "--out", "result"];
    let output = sim(folder, &[&common, arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("result/report.json")).unwrap()).unwrap();
    let sum: u64 = ["forwarded", "flooded", "answered", "dropped"]
        .iter()
        .map(|k| report[k].as_u64().unwrap())
        .sum();
    assert_eq!(report["frames_in"], sum);
    report
}

fn per_blade(report: &Value, field: &str) -> Vec<u64> {
    report["blades"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b[field].as_u64().unwrap())
        .collect()
}

#[test]
fn new_flows_leave_a_blade_that_gets_busy() {
    let folder = scratch("busy");
    make(&folder, &["--flows", "120", "--syn-rate", "80000", "--out", "t.pcap"]);
    std::fs::write(folder.join("load.txt"), "at 0us blade all cpu 20%\nat 50% blade 1 cpu 95%\n").unwrap();
    let run = run(
        &folder,
        &[
            "--pcap", "t.pcap", "--rate", "capture", "--load", "load.txt", "--policy", "lu-delta",
        ],
    );
    assert_eq!(run["dropped"], 0);
    let flows = per_blade(&run, "new_flows");
    assert!(flows.iter().sum::<u64>() >= 110, "{flows:?}");
    assert!(
        [0, 2, 3].iter().all(|&other| flows[1] < flows[other]),
        "the busy blade got least: {flows:?}"
    );
    assert!(per_blade(&run, "record_age_ns_max").iter().all(|&age| age > 0 && age < 1_000_000));
    assert!(per_blade(&run, "answers_on_uplink").iter().all(|&answers| answers > 0));
    assert_eq!(run["flows"]["on_more_than_one_blade"], 0);
    let html = std::fs::read_to_string(folder.join("result/report.html")).unwrap();
    assert!(html.contains("<svg") && !html.contains("http"), "self-contained");
    for name in ["blade0.pcap", "blade3.pcap", "uplink.pcap"] {
        let capture = spareband_sim::pcap::read(&folder.join("result").join(name), usize::MAX).unwrap();
        assert!(!capture.packets.is_empty(), "{name}");
    }
}

#[test]
fn round_robin_gives_each_blade_the_same() {
    let folder = scratch("rr");
    make(&folder, &["--flows", "80", "--syn-rate", "80000", "--out", "t.pcap"]);
    let run = run(&folder, &["--pcap", "t.pcap", "--rate", "capture", "--policy", "rr", "--seed", "7"]);
    let flows = per_blade(&run, "new_flows");
    assert!(flows.iter().max().unwrap() - flows.iter().min().unwrap() <= 1, "{flows:?}");
}

#[test]
fn every_broken_frame_is_accounted_for() {
    let folder = scratch("broken");
    make(&folder, &["--broken", "--out", "t.pcap"]);
    let run = run(&folder, &["--pcap", "t.pcap", "--raw", "--spoil-fcs", "10"]);
    for cause in ["bad_fcs", "runt", "oversize"] {
        assert!(run["dropped_by_cause"][cause].as_u64().unwrap() > 0, "{cause}");
    }
}

#[test]
fn a_drained_blade_gets_no_new_flows() {
    let folder = scratch("drain");
    make(&folder, &["--flows", "60", "--syn-rate", "80000", "--out", "t.pcap"]);
    std::fs::write(folder.join("load.txt"), "at 0us blade 2 admin drain\n").unwrap();
    let run = run(&folder, &["--pcap", "t.pcap", "--rate", "capture", "--load", "load.txt"]);
    assert_eq!(per_blade(&run, "new_flows")[2], 0);
}

/// Both tiers account for every frame, and each flow stays where it began.
#[test]
fn two_tiers_carry_every_frame_both_ways() {
    let folder = scratch("tiers");
    make(&folder, &["--flows", "60", "--syn-rate", "80000", "--out", "t.pcap"]);
    let run = run(
        &folder,
        &[
            "--pcap", "t.pcap", "--rate", "capture", "--tiers", "2", "--policy", "rr", "--vip", "10.0.0.1",
        ],
    );
    assert_eq!(
        (&run["dropped"], &run["flows"]["on_more_than_one_blade"]),
        (&Value::from(0), &Value::from(0))
    );
    let chassis = run["chassis"].as_array().unwrap();
    assert_eq!(chassis.len(), 2);
    let flows: Vec<u64> = chassis.iter().map(|c| c["link"]["new_flows"].as_u64().unwrap()).collect();
    assert!(flows[0].abs_diff(flows[1]) <= 1 && flows[0] > 20, "{flows:?}");
    assert_eq!(per_blade(&run, "new_flows").len(), 8);
    assert!(per_blade(&run, "answers_on_uplink").iter().all(|&answers| answers > 0));
    for name in ["c0_blade0.pcap", "c1_blade3.pcap"] {
        let capture = spareband_sim::pcap::read(&folder.join("result").join(name), usize::MAX).unwrap();
        assert!(!capture.packets.is_empty(), "{name}");
    }
}

/// All blades of one chassis get busy after a quarter of the time: the root learns it from the chassis' aggregate, and new flows go to the other chassis.
#[test]
fn new_flows_leave_a_chassis_that_gets_busy() {
    let folder = scratch("tiers_busy");
    make(&folder, &["--flows", "60", "--out", "t.pcap"]);
    let busy: String = (0..4).map(|blade| format!("at 25% blade {blade} cpu 95%\n")).collect();
    std::fs::write(folder.join("load.txt"), format!("at 0us blade all cpu 20%\n{busy}")).unwrap();
    let common = [
        "--pcap", "t.pcap", "--rate", "capture", "--tiers", "2", "--policy", "lu-delta", "--vip", "10.0.0.1",
    ];
    let flows = |run: &Value| -> Vec<u64> {
        let chassis = run["chassis"].as_array().unwrap();
        // The root hears each chassis: its records are young.
        assert!(chassis.iter().all(|c| c["link"]["record_age_ns_max"].as_u64().unwrap() < 50_000));
        chassis.iter().map(|c| c["link"]["new_flows"].as_u64().unwrap()).collect()
    };
    let even = flows(&run(&folder, &common));
    let loaded = flows(&run(&folder, &[&common[..], &["--load", "load.txt"]].concat()));
    assert!(even[0].abs_diff(even[1]) < 10, "{even:?}");
    assert!(loaded[0] + 15 < loaded[1], "{loaded:?}");
}

/// Blades on 10GBASE-R links: every frame arrives both ways, their records come in mode D, and new flows leave the blade that gets busy.
#[test]
fn blades_may_have_10gbase_r_links() {
    let folder = scratch("blades_10g");
    make(&folder, &["--flows", "120", "--syn-rate", "80000", "--out", "t.pcap"]);
    std::fs::write(folder.join("load.txt"), "at 0us blade all cpu 20%\nat 50% blade 1 cpu 95%\n").unwrap();
    let links = ["--blades", "2", "--blade-links", "10gbase-r"];
    let common = [&["--pcap", "t.pcap", "--rate", "capture", "--policy", "lu-delta"], &links[..]].concat();
    let check = |run: &Value| {
        assert_eq!(
            (&run["dropped"], &run["flows"]["on_more_than_one_blade"]),
            (&Value::from(0), &Value::from(0))
        );
        assert!(per_blade(run, "answers_on_uplink").iter().all(|&answers| answers > 0));
        assert!(per_blade(run, "record_age_ns_max").iter().all(|&age| age < 50_000), "{run}");
        per_blade(run, "new_flows")
    };
    let even = check(&run(&folder, &common));
    let loaded = check(&run(&folder, &[&common[..], &["--load", "load.txt"]].concat()));
    assert!(even[0].abs_diff(even[1]) < 20, "{even:?}");
    assert!(loaded[1] + 30 < loaded[0], "{loaded:?}");
}

/// Every clock on its own; the uplink's frames of all sizes arrive, none is dropped or broken for the clocks' sake.
#[test]
fn clocks_may_be_two_hundred_parts_per_million_off() {
    let folder = scratch("skew");
    make(&folder, &["--flows", "80", "--syn-rate", "80000", "--out", "t.pcap"]);
    for skew in ["200,-200,200,-100,100", "-200,200,-200,0"] {
        let run = run(&folder, &["--pcap", "t.pcap", "--rate", "capture", "--skew", skew]);
        assert_eq!(run["dropped"], 0, "{skew}");
        assert!(per_blade(&run, "answers_on_uplink").iter().all(|&answers| answers > 0), "{skew}");
        assert!(per_blade(&run, "record_age_ns_max").iter().all(|&age| age < 1_000_000), "{skew}");
        // Each server gets what the manager sent it, through the blade's elastic buffer.
        let sent = run["blades"]
            .as_array()
            .unwrap()
            .iter()
            .map(|blade| blade["counters"]["tx_frames"].as_u64().unwrap());
        assert_eq!(per_blade(&run, "frames"), sent.collect::<Vec<_>>(), "{skew}");
    }
}

#[test]
fn bad_input_is_one_line_and_leaves_nothing() {
    let folder = scratch("bad");
    make(&folder, &["--flows", "1", "--out", "good.pcap"]);
    let good = std::fs::read(folder.join("good.pcap")).unwrap();
    std::fs::write(folder.join("cut.pcap"), &good[..good.len() - 1]).unwrap();
    let mut raw = good.clone();
    raw[20] = 101;
    std::fs::write(folder.join("raw.pcap"), raw).unwrap();
    std::fs::write(folder.join("nine.txt"), "at 0us blade 9 cpu 1%\n").unwrap();
    std::fs::write(folder.join("word.txt"), "# fine\nat 0us blade 1 cpu lots\n").unwrap();
    for (arguments, code, expected) in [
        (&["--pcap", "absent.pcap"][..], 1, "cannot open absent.pcap"),
        (&["--pcap", "cut.pcap"], 1, "cut.pcap: truncated"),
        (&["--pcap", "raw.pcap"], 1, "raw.pcap: link type"),
        (&["--pcap", "good.pcap", "--load", "nine.txt"], 1, "nine.txt:1: there is no blade 9"),
        (&["--pcap", "good.pcap", "--load", "word.txt"], 1, "word.txt:2: "),
        (&["--pcap", "good.pcap", "--tiers", "2", "--skew", "1"], 2, "--skew is for one tier"),
        (
            &["--pcap", "good.pcap", "--tiers", "2", "--blade-links", "10gbase-r"],
            2,
            "10GBASE-R links to the blades are for one tier",
        ),
        (&["--pcap", "good.pcap", "--rate", "fast"], 2, "--rate `fast`"),
        (&["--pcap", "good.pcap", "--model-dir", "nowhere"], 1, "run `make sim BLADES=N`"),
    ] {
        let before = std::fs::read_dir(&folder).unwrap().count();
        let output = sim(&folder, &[&["run", "--out", "result"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(expected) && said.lines().count() == 1, "{said}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), before, "nothing stays behind");
    }
}

#[test]
fn a_program_reads_registers_over_the_pseudo_terminal_of_a_live_chassis() {
    use spareband_spec::uart_frame::{Deframer, MAX_FRAME, decode_response, encode_read};
    use std::io::{BufRead, BufReader, Read, Write};
    let (folder, models) = (scratch("live"), models());
    let mut child = Command::new(env!("CARGO_BIN_EXE_spareband-sim"))
        .current_dir(&folder)
        .args([
            "live",
            "--pty-link",
            "pty/manager",
            "--duration",
            "6",
            "--model-dir",
            models.to_str().unwrap(),
        ])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The paths are printed when the chassis answers.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!((0..5).all(|_| lines.next().unwrap().unwrap().contains(" /dev/")));
    for (name, kind) in [("manager", 1), ("manager.blade3", 2)] {
        let mut port = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.join("pty").join(name))
            .unwrap();
        let mut request = [0; MAX_FRAME];
        let length = encode_read(9, 0, 4, &mut request);
        port.write_all(&request[..length]).unwrap();
        let mut deframer = Deframer::default();
        let mut byte = [0];
        let words: Vec<u32> = loop {
            port.read_exact(&mut byte).unwrap();
            if let Some(body) = deframer.push(byte[0]) {
                break decode_response(body.unwrap()).unwrap().data.iter().collect();
            }
        };
        assert_eq!((words[0], words[3]), (spareband_spec::regs::MAGIC, kind), "{name}");
    }
    assert!(child.wait().unwrap().success());
    assert!(
        folder.join("pty").read_dir().unwrap().next().is_none(),
        "the links go with the chassis"
    );
}
