//! Transcripts of `spareband flow` over a pseudo terminal. Where a flow's entry stands is computed with the hash of `spareband_spec`, as the program
//! does: the gateware's own tests hold that hash.

mod program;
mod pty;

use program::{chassis, run, spareband};
use pty::PtyDevice;
use serde_json::json;
use spareband_spec::frame::{FlowKey, flow_hash};
use spareband_spec::regs::tables::Table;

const CLIENT: u128 = 0xC000_0207;
const SERVICE: u128 = 0x0A00_0001;
const HALF_OPEN: u32 = 1 << 19;

/// 64 sets, and 8 half-open ones; two flows of blade 0, one closing, one of blade 2 in class 1, and a half-open one of blade 1.
fn flows() -> PtyDevice {
    let port = chassis();
    let mut device = port.device.lock().unwrap();
    device.set_field("forwarding", 0, "geometry", "flow_sets_log2", 6);
    device.set_field("forwarding", 0, "geometry", "half_open_sets_log2", 3);
    device.set("forwarding", 0, "flow_timeout_1", 0);
    for (entry, fields, tag) in [
        (0, 1 | 4 << 12, 0x11),
        (5, 1 | 1 << 2, 0x22),
        (255, 1 | 1 << 3 | 2 << 8 | 15 << 12, 0x33),
        (HALF_OPEN | 31, 1 | 1 << 1 | 1 << 8 | 8 << 12, 0x44),
        // Past the last, where nothing is looked for.
        (256, 1, 0x55),
        (HALF_OPEN | 32, 1, 0x66),
    ] {
        device.set_table(Table::Flows, 2 * entry, fields);
        device.set_table(Table::Flows, 2 * entry + 1, tag);
    }
    drop(device);
    port
}

#[test]
fn counts_by_blade_and_state() {
    let port = flows();
    let summary = "\
entries 3 of 256   half-open partition 1 of 32

BLADE  ESTABLISHED  HALF-OPEN  CLOSING  ALL
0                1          0        1    2
1                0          1        0    1
2                1          0        0    1
3                0          0        0    0
all              2          1        1    4
";
    for arguments in ["flow list", "flow list --summary"] {
        let listed = spareband(&port, arguments);
        assert_eq!((listed.code, listed.stdout.as_str(), listed.stderr.as_str()), (0, summary, ""));
    }
    assert_eq!(
        spareband(&port, "flow list --entries").stdout,
        "\
PARTITION  SET  WAY  BLADE  STATE          IDLE  TIMEOUT         TAG
main         0    0      0  established  15.0 s   60.0 s  0x00000011
main         1    1      0  closing        0 ns   5.00 s  0x00000022
main        63    3      2  established       -        -  0x00000033
half-open    7    3      1  half-open    5.00 s   10.0 s  0x00000044
"
    );
    let json = spareband(&port, "--json flow list --entries --state established").json();
    assert_eq!(
        (json["schema"].as_str(), &json["flows"]["used"]["flows"]),
        (Some("spareband.flows.v1"), &3.into())
    );
    let entries = json["flows"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (&entries[1]["blade"], &entries[1]["age_sixteenths"], &entries[1]["timeout_seconds"]),
        (&2.into(), &15.into(), &json!(null))
    );
    let one = spareband(&port, "--json flow list --blade 0").json();
    assert_eq!(
        one["flows"]["blades"][0],
        json!({ "blade": 0, "established": 1, "half_open": 0, "closing": 1 })
    );
    assert_eq!(
        (one["flows"]["blades"][2]["established"].as_u64(), one["flows"].get("entries")),
        (Some(0), None)
    );
    spareband(&port, "flow list --blade 4").fails(2, "no blade 4; the device has 0 to 3", "");
    assert_eq!(spareband(&port, "flow list --state open").code, 2);
    assert_eq!(spareband(&port, "flow list --summary --entries").code, 2);
}

/// Enters a flow of the client of port 40000, by the key that the device has.
fn enter(port: &PtyDevice, ports: u32, protocol: u8, half_open: bool) {
    let key = FlowKey {
        source: CLIENT,
        destination: SERVICE,
        ports,
        protocol,
        is_ipv6: false,
    };
    let mut device = port.device.lock().unwrap();
    let (index, tag) = flow_hash(&key, device.get("policy", 0, "hash_key"));
    let (number, fields) = if half_open {
        (HALF_OPEN | (index & 7) << 2 | 2, 1 | 1 << 1 | 3 << 8)
    } else {
        ((index & 63) << 2 | 1, 1 | 2 << 8 | 4 << 12)
    };
    device.set_table(Table::Flows, 2 * number, fields);
    device.set_table(Table::Flows, 2 * number + 1, tag);
}

#[test]
fn one_flow_is_found() {
    let port = flows();
    const SHOW: &str = "flow show 192.0.2.7:40000 10.0.0.1:80/tcp";
    let missing = spareband(&port, SHOW);
    missing.fails(1, "no entry for 192.0.2.7:40000 -> 10.0.0.1:80/tcp", "consistent hash");
    // Mask 0 takes all.
    assert!(missing.stdout.contains("taken by  policy.vip\n"), "{missing:?}");
    spareband(&port, "policy set --vip 10.9.9.9").done();
    assert!(spareband(&port, SHOW).stdout.contains("taken by  nothing"));
    assert_eq!(spareband(&port, "service add 10.0.0.1/tcp").code, 0);
    enter(&port, 40000 << 16 | 80, 6, true);
    let half_open = spareband(&port, SHOW);
    assert_eq!(half_open.code, 0);
    for line in [
        "taken by  service 0\n",
        "blade     3\n",
        "state     half-open\n",
        "idle      0 ns of 10.0 s, to a 16th\n",
    ] {
        assert!(half_open.stdout.contains(line), "{half_open:?}");
    }
    // The main partition's entry counts first, and a service of the port before that of all ports.
    enter(&port, 40000 << 16 | 80, 6, false);
    assert_eq!(spareband(&port, "service add 10.0.0.1:80/tcp").code, 0);
    let json = spareband(&port, &format!("--json {SHOW}")).json();
    assert_eq!(
        (&json["taken_by"]["service"], &json["entry"]["blade"], &json["entry"]["state"]),
        (&1.into(), &2.into(), &"established".into())
    );
    // Another key, another place.
    spareband(&port, "policy set --hash-key 0011223344556677").done();
    assert_eq!(spareband(&port, SHOW).code, 1);
    // A sticky service's entries are of client and address alone.
    spareband(&port, "service set 1 --sticky").done();
    enter(&port, 0, 0, false);
    for client in ["192.0.2.7:40000", "192.0.2.7:1"] {
        let shown = spareband(&port, &format!("flow show {client} 10.0.0.1:80/tcp"));
        assert!(shown.code == 0 && shown.stdout.contains("service 1, sticky"), "{shown:?}");
    }
    spareband(&port, "service set 1 --enabled false").done();
    assert!(spareband(&port, SHOW).stdout.contains("taken by  nothing"));
    for (bad, error) in [
        ("flow show 192.0.2.7 10.0.0.1:80/tcp", "is no client"),
        ("flow show 192.0.2.7:1 10.0.0.1/tcp", "names no port"),
        ("flow show [::1]:1 10.0.0.1:80/tcp", "no frame has both"),
    ] {
        spareband(&port, bad).fails(2, error, "");
    }
}

#[test]
fn flows_are_flushed_all_at_once() {
    let port = flows();
    assert_eq!(spareband(&port, "flow flush").code, 2);
    let flush = spareband(&port, "flow flush --all");
    assert_eq!((flush.code, flush.stderr.as_str()), (0, "note: this forgets 300 flows\n"));
    assert_eq!(port.device.lock().unwrap().actions, [(0x021C, 2)]);
}

#[test]
fn a_table_that_cannot_be_is_not_read() {
    let port = chassis();
    port.device
        .lock()
        .unwrap()
        .set_field("forwarding", 0, "geometry", "flow_sets_log2", 31);
    spareband(&port, "flow list").fails(1, "2^31 sets", "fit each other");
    let blade = PtyDevice::new(spareband::MemoryDevice::blade());
    spareband(&blade, "flow list").fails(2, "the device is a blade", "");
    assert!(run(program::command().args(["flow", "--help"])).stdout.contains("show"));
}

/// As many entries as a manager has; the bar is on the terminal that is the standard error, and only there.
#[test]
fn a_long_reading_shows_how_far_it_is() {
    let port = chassis();
    {
        let mut device = port.device.lock().unwrap();
        device.set_field("forwarding", 0, "geometry", "flow_sets_log2", 12);
        device.set_field("forwarding", 0, "geometry", "half_open_sets_log2", 8);
        device.set_table(Table::Flows, 2 * 16383, 1);
        device.set_table(Table::Flows, 2 * (HALF_OPEN | 1023), 0b11);
    }
    let (mut terminal, slave, _) = pty::pseudo_terminal();
    let child = program::command()
        .args(["-p", &port.path, "flow", "list"])
        .stdout(std::process::Stdio::piped())
        .stderr(slave.try_clone().unwrap())
        .spawn()
        .unwrap();
    let listed = child.wait_with_output().unwrap();
    assert!(listed.status.success());
    let text = String::from_utf8(listed.stdout).unwrap();
    assert!(text.starts_with("entries 1 of 16384   half-open partition 1 of 1024\n"), "{text}");
    let mut shown = [0; 65536];
    let count = std::io::Read::read(&mut terminal, &mut shown).unwrap();
    let shown = String::from_utf8_lossy(&shown[..count]);
    assert!(shown.contains("reading the flow table"), "{shown}");
    assert_eq!(spareband(&port, "flow list").stderr, "");
}
