//! Transcripts of `spareband config` over a pseudo terminal.

mod program;
mod pty;

use program::{Run, chassis, command, run, spareband};
use pty::PtyDevice;
use spareband::Fault;
use std::fs;
use std::path::PathBuf;

/// A folder of the test's own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("spareband-config-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().into()
    }
    fn file(&self, text: &str) -> String {
        let path = self.path("rack.toml");
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

const RACK: &str = "\
[policy]
select = \"lu\"
stale_limit = \"2ms\"

[blade.2]
mac = \"02:00:00:00:00:07\"
vlan = 100
queue_limit = 512
admin = \"drain\"

[[service]]
name = \"10.0.0.1:80/tcp\"
blades = [0, 2]
weights = [16, 64]

[[address]]
mac = \"02:00:00:00:00:08\"
port = 1
";

fn config(port: &PtyDevice, verb: &str, file: &str) -> Run {
    spareband(port, &format!("config {verb} {file}"))
}

#[test]
fn a_file_is_compared_and_applied() {
    let folder = Folder::new("apply");
    let port = chassis();
    let rack = folder.file(RACK);
    assert_eq!(run(command().args(["config", "check", &rack, "--blades", "4"])).code, 0);
    let differences = "\
policy.select: \"lu-track\" -> \"lu\"
policy.stale_limit: \"1ms\" -> \"2ms\"
blade.2.mac: \"02:53:42:00:00:02\" -> \"02:00:00:00:00:07\"
blade.2.vlan: \"none\" -> 100
blade.2.queue_limit: 0 -> 512
service 10.0.0.1:80/tcp: new, {\"arp\":true,\"blades\":[0,2],\"echo\":true,\"enabled\":true,\"name\":\"10.0.0.1:80/tcp\",\"policy\":\"lu\",\"rewrite\":true,\"sticky\":false,\"timeout_class\":0,\"udp_per_packet\":false,\"weights\":[16,64]}
address 02:00:00:00:00:08: new, \"1\"
blade.2.admin: \"ready\" -> \"drain\"
";
    let diff = config(&port, "diff", &rack);
    diff.fails(6, "8 differences found", "");
    assert_eq!(diff.stdout, differences);
    let dry = config(&port, "apply --dry-run", &rack);
    assert_eq!((dry.code, dry.stdout.as_str(), dry.stderr.as_str()), (0, differences, ""));
    // Nothing was written but to the window.
    assert_eq!(port.device.lock().unwrap().get("policy", 0, "select"), 10);
    let applied = config(&port, "apply", &rack);
    assert_eq!(
        (applied.code, applied.stdout.as_str(), applied.stderr.as_str()),
        (0, differences, "")
    );
    config(&port, "diff", &rack).done();
    config(&port, "apply", &rack).done();
    let blades = spareband(&port, "--json blade list").json();
    assert_eq!(
        (&blades["blades"][2]["vlan"], &blades["blades"][2]["host_admin"]),
        (&"100".into(), &"drain".into())
    );
    assert_eq!(
        spareband(&port, "--json service list").json()["services"][0]["weights"],
        serde_json::json!([16, 64])
    );
    assert!(spareband(&port, "mac list").stdout.contains("02:00:00:00:00:08"));
    // Weights change with two versions of the hash; the lists are whole.
    let rack = folder.file("address = []\n[[service]]\nname = \"10.0.0.1:80/tcp\"\npolicy = \"lu\"\nblades = [0, 1]\n");
    let applied = config(&port, "--json apply", &rack);
    let json = applied.json();
    assert!(applied.stderr.contains("spareband service settle 0"), "{applied:?}");
    assert_eq!(json["schema"], "spareband.config-apply.v1");
    assert_eq!(
        json["changes"][0],
        serde_json::json!({ "what": "service 10.0.0.1:80/tcp blades", "from": [0, 2], "to": [0, 1] })
    );
    assert_eq!(json["changes"][2]["to"], serde_json::Value::Null);
    assert_eq!(json["complete"], true);
    let rack = folder.file("service = []\n");
    assert_eq!(config(&port, "apply", &rack).stdout, "service 10.0.0.1:80/tcp: removed\n");
    // No blade left: without a terminal it is only said.
    let rack =
        folder.file("[blade.0]\nenabled = false\n[blade.1]\nenabled = false\n[blade.2]\nenabled = false\n[blade.3]\nenabled = false\n");
    assert_eq!(
        config(&port, "apply", &rack).stderr,
        "note: this leaves no blade that takes new flows\n"
    );
}

#[test]
fn what_is_dumped_is_applied_elsewhere() {
    let folder = Folder::new("dump");
    let (first, second) = (chassis(), chassis());
    assert_eq!(config(&first, "apply", &folder.file(RACK)).code, 0);
    for file in ["dump.toml", "dump.json"] {
        let path = folder.path(file);
        config(&first, "dump", &path).done();
        config(&first, "dump", &path).fails(1, "is there already", "--force");
        config(&first, "dump --force", &path).done();
        config(&first, "diff", &path).done();
        assert_eq!(config(&second, "apply", &path).code, 0);
        assert_eq!(config(&second, "dump", "-").stdout, config(&first, "dump", "").stdout);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), if file == "dump.toml" { 2 } else { 3 });
    }
    let text = fs::read_to_string(folder.path("dump.toml")).unwrap();
    for part in [
        "schema = \"spareband.config.v1\"\n\n[policy]\nselect = \"lu\"\ndelta = 16\newma_shift = 4\nstale_limit = \"2ms\"\n",
        "flow_timeout = \"60s\"\n",
        "\n[blade.2]\nenabled = true\nadmin = \"drain\"\nweight = 16\nmac = \"02:00:00:00:00:07\"\nvlan = 100\nqueue_limit = 512\n",
        "\n[[service]]\nname = \"10.0.0.1:80/tcp\"\npolicy = \"lu\"\nblades = [0,2]\nweights = [16,64]\ntimeout_class = 0\nenabled = true\n",
        "\n[[address]]\nmac = \"02:00:00:00:00:08\"\nvlan = 0\nport = 1\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let json = config(&first, "--json dump", "").json();
    assert_eq!(
        (&json["schema"], &json["blade"]["2"]["vlan"]),
        (&"spareband.config.v1".into(), &100.into())
    );
    // Either format from the standard input.
    for (file, json) in [("dump.toml", ""), ("dump.json", "--json ")] {
        let piped = || fs::File::open(folder.path(file)).unwrap();
        let arguments = format!("-p {} config diff -", first.path);
        run(command().args(arguments.split(' ')).stdin(piped())).done();
        run(command().args(["config", "check", "-"]).stdin(piped())).done();
        let printed = spareband(&first, &format!("{json}config dump")).stdout;
        assert_eq!(printed, fs::read_to_string(folder.path(file)).unwrap());
    }
    // A file has the format that its name says.
    assert_eq!(config(&first, "dump --json --force", &folder.path("dump.toml")).code, 0);
    assert!(fs::read_to_string(folder.path("dump.toml")).unwrap().contains("[policy]"));
    // Each section has its device's own: the file of four blades is none for two.
    let small = PtyDevice::new(spareband::MemoryDevice::manager(2));
    config(&small, "apply", &folder.path("dump.toml")).fails(2, "blade.2: there is no such blade; a device of 2 has 0 to 1", "");
    config(&first, "dump", "/nowhere/rack.toml").fails(1, "cannot write /nowhere/rack.toml", "permissions");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let folder = Folder::new("check");
    let bad = folder.file(
        "\
colour = 1
[policy]
select = \"fastest\"
detla = 3
[blade.4]
[blade.0]
queue_limit = 65536
[[service]]
name = \"10.0.0.1:80\"
[[service]]
name = \"10.0.0.1:80/tcp\"
policy = \"rr\"
blades = [0, 0, 9]
weights = [1]
sticky = 1
[[service]]
name = \"10.0.0.2:80/tcp\"
policy = \"rr\"
weights = [0, 0, 0, 0]
[[service]]
name = \"10.0.0.3:80/tcp\"
policy = \"rr\"
[[service]]
name = \"10.0.0.3:80/tcp\"
policy = \"rr\"
[[service]]
name = \"10.0.0.3:81/tcp\"
policy = \"rr\"
arp = false
[[address]]
mac = \"02:00:00:00:00:08\"
port = 7
",
    );
    let checked = run(command().args(["config", "check", &bad, "--blades", "4"]));
    checked.fails(6, "14 findings found", "");
    let known = "schema, policy, selector, forwarding, uplink, blade, service, address";
    assert_eq!(
        checked.stdout,
        format!(
            "\
address 1: there is no such blade; a device of 4 has 0 to 3
blade.0.queue_limit: 65536 is no number of 0 to 65535
blade.4: there is no such blade; a device of 4 has 0 to 3
the file: no key `colour`; there are: {known}
policy: no key `detla`; there are: select, delta, ewma_shift, stale_limit, vip, vip_mask, flow_timeout, hash_key
policy.select: `fastest` is none of: rr, lu, lu-delta, wrr, wlc, hwr, po2, hcl, pack, hash, lu-track
service 1: `10.0.0.1:80` names no protocol; write a service as 10.0.0.1:80/tcp, [2001:db8::1]:443/tcp or 10.0.0.1/udp
service 10.0.0.1:80/tcp: sticky: 1 is neither true nor false
service 10.0.0.1:80/tcp: blades: 9 is no number of 0 to 3
service 10.0.0.1:80/tcp: blades: 0 is there twice
service 10.0.0.1:80/tcp: weights: 1 of them for 2 blades
service 10.0.0.2:80/tcp: a service needs a blade whose weight is not 0
service 10.0.0.3:80/tcp: it is there twice
service 10.0.0.3:81/tcp: `arp` is a matter of the address, and 10.0.0.3:80/tcp has it otherwise
"
        )
    );
    // What is wrong is known before the device is touched.
    let port = chassis();
    config(&port, "apply", &bad).fails(2, "and 13 more", "");
    assert_eq!(port.device.lock().unwrap().get("tables", 0, "select"), 0);
    for (text, error) in [
        ("[policy\nselect = 1\n", "line 1: "),
        ("[policy]\nselect = \"rr\"\nselect = \"lu\"\n", "line 3: duplicate key"),
        ("policy = 1\n", "policy: it is to be a section, [policy]"),
        ("blade = [1]\n", "write a section for each blade"),
        ("service = 1\n", "service: it is to be a list"),
        ("schema = \"spareband.config.v2\"\n", "is another format than"),
        ("[policy]\nselect = 1979-05-27\n", "policy.select: "),
    ] {
        config(&port, "diff", &folder.file(text)).fails(2, error, "");
    }
    let json = folder.path("rack.json");
    fs::write(&json, "{ \"policy\": [").unwrap();
    config(&port, "diff", &json).fails(2, "at line 1", "");
    config(&port, "diff", "/nowhere/rack.toml").fails(1, "cannot read /nowhere/rack.toml", "name of the file");
    let blade = PtyDevice::new(spareband::MemoryDevice::blade());
    config(&blade, "dump", "").fails(2, "the device is a blade", "");
}

/// The device falls silent on the way: what was written is said, in text and for programs, and the rest is done by the next.
#[test]
fn what_fails_half_way_is_said() {
    let folder = Folder::new("half");
    let rack = folder.file("[policy]\ndelta = 9\newma_shift = 3\n[uplink]\nmax_frame_length = 1518\n");
    for json in [false, true] {
        let port = chassis();
        let asked = |arguments: &str| {
            let before = port.device.lock().unwrap().requests;
            let run = spareband(&port, arguments);
            (run, port.device.lock().unwrap().requests - before)
        };
        // As many exchanges as the comparison takes, and the first write, which is of three: read, write, read back.
        let (_, compare) = asked(&format!("config apply --dry-run {rack}"));
        let mut faults = vec![Fault::Noise; compare + 4];
        faults.extend([Fault::Damage; 3]);
        port.device.lock().unwrap().inject(&faults);
        let (failed, _) = asked(&format!("{}config apply {rack}", if json { "--json " } else { "" }));
        failed.fails(
            4,
            "1 of 3 changes were made, then `policy.ewma_shift: 4 -> 3` failed: answers were damaged 3 times",
            "apply the file again",
        );
        if json {
            let document: serde_json::Value = serde_json::from_str(&failed.stdout).unwrap();
            assert_eq!(
                (&document["complete"], document["changes"].as_array().unwrap().len()),
                (&false.into(), 1)
            );
        } else {
            assert_eq!(failed.stdout, "policy.delta: 16 -> 9\n");
        }
        port.device.lock().unwrap().forget_faults();
        let (rest, _) = asked(&format!("config apply {rack}"));
        assert!(
            rest.code == 0 && rest.stdout.ends_with("uplink.max_frame_length: 9618 -> 1518\n"),
            "{rest:?}"
        );
        config(&port, "diff", &rack).done();
    }
}
