//! Transcripts of the command line over a pseudo terminal.

mod program;
mod pty;

use program::{chassis, command, run, spareband};
use pty::PtyDevice;
use serde_json::Value;
use spareband::{Fault, MemoryDevice, SerialTransport};
use spareband_spec::regs::MANAGER;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[test]
fn info() {
    let device = chassis();
    let text = spareband(&device, "info").stdout;
    assert!(
        text.starts_with("Spareband manager 0.1.0\nblades        4\nclock         156.25 MHz\nregister map  0x"),
        "{text}"
    );
    let json = spareband(&device, "--json info").json();
    assert_eq!(
        (json["schema"].as_str(), json["kind"].as_str(), json["blades"].as_u64()),
        (Some("spareband.info.v1"), Some("manager"), Some(4))
    );
}

#[test]
fn status_table() {
    let run = spareband(&chassis(), "status");
    assert_eq!(
        run.stdout,
        "\
uplink up   policy lu-track   flows 300

BLADE  LINK  ADMIN   CPU   IRQ  WORK  POWER  QUEUE         AGE    WORST  FLOWS  NEW FLOWS
    0  up    ready   4 %   0 %  96 %   20 %      1     10.0 us  49.2 us    100       5000
    1  up    drain  94 %  24 %   6 %   20 %     24     10.0 us  49.2 us    100       5001
    2  up    ready  50 %   4 %  50 %   20 %     12  2 ms stale  49.2 us    100       5002
    3  down  ready     -     -     -      -      -           -     0 ns      0          0
"
    );
    assert_eq!(run.code, 0);
}

#[test]
fn status_json_and_check() {
    let device = chassis();
    let json = spareband(&device, "status --json").json();
    let blades = json["manager"]["blades"].as_array().unwrap();
    assert_eq!(blades.len(), 4);
    assert_eq!(blades[1]["record"]["cpu"], 240);
    assert_eq!(blades[1]["record"]["admin"], "drain");
    assert_eq!(blades[3]["record"], Value::Null);
    let check = spareband(&device, "status --check");
    check.fails(6, "2 findings found", "");
    assert_eq!(check.stdout, "blade 2: record stale\nblade 3: link down\n");
}

#[test]
fn watch_prints_again_and_again() {
    let device = chassis();
    let mut child = command()
        .args(["-p", &device.path, "--json", "status", "--watch", "--interval", "10ms"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .take(3)
        .map(Result::unwrap)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines {
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["schema"], "spareband.status.v1");
    }
}

#[test]
fn stats() {
    let device = chassis();
    let text = spareband(&device, "stats --nonzero").stdout;
    assert_eq!(
        text,
        "COUNTER            VALUE\nframes_in  1099511627776\n\nCOUNTER    BLADE 0  BLADE 1  BLADE 2  BLADE 3\nnew_flows     5000     5001     5002        0\n"
    );
    let json = spareband(&device, "--json stats").json();
    assert_eq!(json["statistics"]["frames_in"], 1_u64 << 40);
    assert_eq!(json["blades"][2]["statistics"]["new_flows"], 5002);
    let one = spareband(&device, "--json stats 2").json();
    assert_eq!((one["blades"].as_array().unwrap().len(), &one["statistics"]), (1, &Value::Null));
    spareband(&device, "stats 4").fails(2, "no blade 4", "");
    let links = spareband(&device, "stats 2 --groups eth-ctrl,eth-phy").stdout;
    assert!(
        links.starts_with("COUNTER                        BLADE 2\nMACControlFramesReceived "),
        "{links}"
    );
    assert_eq!(links.lines().count(), 1 + 7 + 1, "{links}");
    let json = spareband(&device, "--json stats --groups all").json();
    assert_eq!(json["uplink"]["rmon"]["etherStatsPkts"], 0);
    assert_eq!(json["blades"][3]["link"]["eth-mac"].as_object().unwrap().len(), 12);
    spareband(&device, "stats --groups phy").fails(2, "no group `phy`; there are rmon, eth-mac, eth-ctrl, eth-phy and all", "");
}

#[test]
fn registers() {
    let device = chassis();
    assert_eq!(spareband(&device, "reg read policy.delta").stdout, "policy.delta = 16 (0x10)\n");
    assert_eq!(
        spareband(&device, "reg read 0x0200 blade[0].mac").stdout,
        "policy.select = lu-track (10)\nblade[0].mac = 02:53:42:00:00:00\n"
    );
    assert_eq!(
        spareband(&device, "reg read blade[1].record.cpu").stdout,
        "blade[1].record.cpu = 240\n"
    );
    assert_eq!(spareband(&device, "reg write policy.vip 10.0.0.1").code, 0);
    assert_eq!(spareband(&device, "reg write blade[1].mac 02:00:00:00:00:ff").code, 0);
    let read = spareband(&device, "--json reg read policy.vip blade[1].mac").json();
    assert_eq!(
        (&read["registers"][0]["value"], &read["registers"][1]["value"]),
        (&Value::from(0x0A00_0001), &Value::from(0xFF00_0000_0002_u64))
    );
    spareband(&device, "reg write statistics.frames_in 0").fails(2, "statistics.frames_in is read-only", "");
    spareband(&device, "reg write blade[0].weight 256").fails(2, "does not fit blade[0].weight", "");
    spareband(&device, "reg read policy.bogus").fails(2, "no register `policy.bogus`", "");
    spareband(&device, "reg read 0x0fff").fails(2, "no register at 0x0fff", "");
    let list = spareband(&device, "reg list hash_key").stdout;
    assert_eq!(
        list.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>()[..4],
        ["0x0220", "policy.hash_key", "rw", "64"]
    );
    let dump = spareband(&device, "--json reg dump").json();
    assert!(dump["registers"].as_array().unwrap().len() > 100);
}

#[test]
fn blades() {
    let device = chassis();
    for (state, shown) in [("drain", 1), ("maint", 2), ("ready", 0)] {
        assert_eq!(spareband(&device, &format!("blade {state} 2 3")).code, 0);
        assert_eq!(device.device.lock().unwrap().get("blade", 3, "control") & 3, shown);
    }
    assert_eq!(
        spareband(
            &device,
            "blade set 2 --weight 40 --mac 02:00:00:00:00:07 --enabled false --vlan 100 --queue-limit 512"
        )
        .code,
        0
    );
    let list = spareband(&device, "blade list").stdout;
    assert_eq!(
        list.lines().nth(3).unwrap().split_whitespace().collect::<Vec<_>>(),
        ["2", "no", "ready", "ready", "up", "40", "02:00:00:00:00:07", "100", "512"]
    );
    for (vlan, register) in [("strip", 1), ("none", 0)] {
        spareband(&device, &format!("blade set 2 --vlan {vlan}")).done();
        assert_eq!(device.device.lock().unwrap().get("blade", 2, "vlan"), register);
        assert_eq!(spareband(&device, "--json blade list").json()["blades"][2]["vlan"], vlan);
    }
    for bad in ["--vlan 4095", "--vlan keep", "--queue-limit 65536", "--weight 256"] {
        assert_eq!(spareband(&device, &format!("blade set 2 {bad}")).code, 2, "{bad}");
    }
    assert_eq!(spareband(&device, "blade flush 1 3").code, 0);
    let command = MANAGER.block("forwarding").address_of(0, MANAGER.register("forwarding", "command"));
    assert_eq!(device.device.lock().unwrap().actions, [(command, 0b1010 << 16)]);
    spareband(&device, "blade flush 4").fails(2, "no blade 4; the device has 0 to 3", "");
    spareband(&device, "blade drain 9").fails(2, "no blade 9; the device has 0 to 3", "");
    spareband(&device, "blade set 1").fails(2, "nothing to set", "");
    let last = spareband(&device, "blade drain 0");
    assert_eq!(
        (last.code, last.stderr.as_str()),
        (0, "note: this leaves no blade that takes new flows\n")
    );
}

#[test]
fn links() {
    let device = chassis();
    assert_eq!(
        spareband(
            &device,
            "link set 1 --mode c --an on --ability 0x01a0 --link-timer 1ms --restart --pause both --pause-quanta 400"
        )
        .code,
        0
    );
    assert_eq!(spareband(&device, "link set 2 --mode d --source chassis").code, 0);
    assert_eq!(spareband(&device, "link set uplink --aggregate on --pause send").code, 0);
    let list = spareband(&device, "link list");
    assert_eq!(
        list.stdout,
        "\
uplink: aggregate on, pause send

LINK  STATE  MODE  SOURCE   NEGOTIATION  ABILITY  PARTNER  LINK TIMER  PAUSE
   0  down   a     blade    off           0x0020   0x0000       10 ms  off
   1  down   c     blade    under way     0x01a0   0x0000        1 ms  both
   2  down   d     chassis  off           0x0020   0x0000       10 ms  off
   3  down   a     blade    off           0x0020   0x0000       10 ms  off
"
    );
    let json = spareband(&device, "--json link list").json();
    assert_eq!(
        (json["schema"].as_str(), &json["links"][1]["mode"]),
        (Some("spareband.links.v1"), &"c".into())
    );
    assert_eq!(
        (&json["uplink"]["aggregate"], &json["links"][1]["ability"]),
        (&true.into(), &0x01a0.into())
    );
    assert_eq!(
        (&json["links"][1]["pause"]["quanta"], &json["uplink"]["pause"]["frames"]),
        (&400.into(), &"send".into())
    );
    // The restart is over.
    assert_eq!(
        spareband(&device, "reg read blade[1].link_control.an_restart").stdout,
        "blade[1].link_control.an_restart = 0\n"
    );
    assert_eq!(spareband(&device, "link set 1 --pause sometimes").code, 2);
    for (arguments, error) in [
        ("link set 4 --mode a", "no blade 4"),
        ("link set own --mode a", "no link `own`"),
        ("link set 1", "nothing to set"),
        ("link set 1 --aggregate on", "for the uplink"),
        ("link set uplink --mode d", "only --aggregate"),
        ("link set 1 --link-timer 1s", "at most"),
    ] {
        spareband(&device, arguments).fails(2, error, "");
    }
}

#[test]
fn the_link_of_a_blade() {
    let device = PtyDevice::new(MemoryDevice::blade());
    assert_eq!(spareband(&device, "link set own --mode b").code, 0);
    let json = spareband(&device, "--json link list").json();
    assert_eq!((&json["links"][0]["link"], &json["links"][0]["mode"]), (&"own".into(), &"b".into()));
    assert_eq!(json["uplink"], Value::Null);
    spareband(&device, "link set uplink --aggregate on").fails(2, "only its `own`", "");
    spareband(&device, "link set own --pause obey").fails(2, "links of a manager", "");
    spareband(&device, "stats --groups rmon").fails(2, "its manager does", "");
}

#[test]
fn a_blade_on_the_port() {
    let device = PtyDevice::new(MemoryDevice::blade());
    assert!(spareband(&device, "info").stdout.starts_with("Spareband blade"));
    assert!(spareband(&device, "status").stdout.starts_with("link down   sending nothing"));
    assert_eq!(
        spareband(&device, "status --check").stdout,
        "link to the manager down\nno record is being sent\n"
    );
    spareband(&device, "blade list").fails(2, "the device is a blade", "");
    assert_eq!(spareband(&device, "reg write record.load.cpu 200").code, 0);
    assert_eq!(spareband(&device, "reg read record.load.cpu").stdout, "record.load.cpu = 200\n");
}

#[test]
fn errors_have_their_exit_codes() {
    let device = chassis();
    run(command().args(["-p", "/dev/does-not-exist", "info"])).fails(3, "cannot open /dev/does-not-exist: no such port", "spareband list");
    run(command().args(["-p", "/dev/null", "info"])).fails(3, "cannot open /dev/null", "");
    device.device.lock().unwrap().set("identity", 0, "map_hash", 1);
    spareband(&device, "info").fails(
        5,
        "register map mismatch: the device has 0x00000001",
        "the program that was built with this gateware",
    );
    device.device.lock().unwrap().inject(&[Fault::RequestDamaged; 3]);
    spareband(&device, "info").fails(4, "damaged 3 times in a row", "--baud");
    device.device.lock().unwrap().inject(&[Fault::Silence; 3]);
    spareband(&device, "info").fails(4, "no answer within", "has power");
    assert_eq!(run(command().args(["-p", &device.path, "fly"])).code, 2);
}

#[test]
fn a_port_in_use_is_said_so() {
    let device = chassis();
    let _user = SerialTransport::open(&device.path, 115_200).unwrap();
    spareband(&device, "info").fails(3, "the port is already open", "another program");
}

#[test]
fn the_environment_names_the_port_and_the_flag_wins() {
    let device = chassis();
    assert_eq!(run(command().env("SPAREBAND_PORT", &device.path).arg("info")).code, 0);
    assert_eq!(
        run(command().env("SPAREBAND_PORT", "/dev/nowhere").args(["info", "-p", &device.path])).code,
        0
    );
    let list = run(command().args(["-p", &device.path, "--json", "list"])).json();
    assert_eq!(list["ports"][0]["identity"]["kind"], "manager");
}

#[test]
fn colours_only_when_wanted() {
    let device = chassis();
    assert!(!spareband(&device, "status").stdout.contains('\x1b'));
    assert!(spareband(&device, "--color always status").stdout.contains("\x1b[32mup\x1b[0m"));
}

#[test]
fn help_teaches() {
    let help = run(command().arg("--help")).stdout;
    for part in ["status --watch", "SPAREBAND_PORT", "Exit codes"] {
        assert!(help.contains(part), "{part}");
    }
    let verbs = [
        "list", "info", "status", "stats", "reg", "blade", "link", "service", "flow", "mac", "announce", "config", "policy",
    ];
    let manual = include_str!("../../docs/HOST.md");
    for verb in verbs {
        assert!(help.contains(&format!("\n  {verb} ")), "{verb}");
        assert_eq!(run(command().args([verb, "--help"])).code, 0);
        assert!(
            manual.contains(&format!("`{verb} ")) || manual.contains(&format!("`{verb}`")),
            "{verb}"
        );
    }
    // Every verb that is not plain shows how it is used.
    for verb in [
        "flow list",
        "flow show",
        "flow flush",
        "mac list",
        "mac add",
        "mac remove",
        "announce",
        "config",
        "config dump",
        "config check",
        "config diff",
        "config apply",
        "blade set",
        "service add",
        "link set",
        "policy set",
    ] {
        let help = run(command().args(verb.split(' ')).arg("--help")).stdout;
        assert!(help.contains("Example") || help.contains("A file by hand"), "{verb}");
    }
}
