//! Transcripts of `spareband policy` over a pseudo terminal.

mod program;
mod pty;

use program::{chassis, spareband};

#[test]
fn policy() {
    let device = chassis();
    let set = "policy set --select rr --delta 9 --ewma-shift 3 --stale-limit 2ms --vip 10.1.0.0/16 --flow-timeout 30s --hash-key 00112233445566ff";
    assert_eq!(spareband(&device, set).code, 0);
    assert_eq!(
        spareband(&device, "policy show").stdout,
        "\
select        rr
delta         9
ewma shift    3
stale limit   2 ms
vip           10.1.0.0
vip mask      255.255.0.0
flow timeout  30.0 s
hash key      00112233445566ff
link down     keep
load          cpu, second irq
hot           230, second 230
full          180, wake 150
ladder        off, trust 8, random 128
slow start    off, good reports 0, tick 99.8 ms
refused mark  0
span          4095
awake         -
"
    );
    assert_eq!(spareband(&device, "policy set --link-down re-home").code, 0);
    assert_eq!(spareband(&device, "--json policy show").json()["policy"]["link_down"], "re_home");
    assert_eq!(spareband(&device, "policy set --link-down drop").code, 2);
    assert_eq!(spareband(&device, "--json policy show").json()["policy"]["select"], "rr");
    let guards = "policy set --select hcl --load queue --second work --hot 200 --second-hot 60 --fill 100 --wake 70 --refused-mark 128 --ladder on \
                  --ladder-trust 4 --ladder-random 40 --slow-start on --good-reports 3 --tick 0s --span 300 --seed 7";
    assert_eq!(spareband(&device, guards).code, 0);
    let policy = spareband(&device, "--json policy show").json();
    assert_eq!(policy["policy"]["select"], "hcl");
    assert_eq!(
        policy["policy"]["selector"],
        serde_json::json!({ "load": "queue", "second": "work", "hot": 200, "second_hot": 60, "fill": 100, "wake": 70, "refused_mark": 128, "ladder": true,
            "ladder_trust": 4, "ladder_random": 40, "slow_start": true, "good_reports": 3, "tick_seconds": 0.0, "span": 300 })
    );
    // What the manager says of rule pack.
    assert_eq!(policy["policy"]["awake"], 0);
    device.device.lock().unwrap().set("selector", 0, "awake", 3);
    assert_eq!(spareband(&device, "--json policy show").json()["policy"]["awake"], 3);
    let text = spareband(&device, "policy show").stdout;
    assert!(
        text.contains("full          100, wake 70\n") && text.ends_with("span          300\nawake         3\n"),
        "{text}"
    );
    // One field of a register leaves the others.
    assert_eq!(spareband(&device, "policy set --hot 210 --ladder off").code, 0);
    let policy = spareband(&device, "--json policy show").json();
    let selector = &policy["policy"]["selector"];
    assert_eq!((selector["hot"].as_u64(), selector["second_hot"].as_u64()), (Some(210), Some(60)));
    assert_eq!(
        (selector["ladder"].as_bool(), selector["ladder_random"].as_u64()),
        (Some(false), Some(40))
    );
    for rule in ["wrr", "wlc", "hwr", "po2", "pack", "hash", "lu-track"] {
        assert_eq!(spareband(&device, &format!("policy set --select {rule}")).code, 0, "{rule}");
    }
    for bad in [
        "--hot 256",
        "--wake 256",
        "--load heat",
        "--ladder maybe",
        "--span 4096",
        "--good-reports -1",
        "--seed x",
    ] {
        assert_eq!(spareband(&device, &format!("policy set {bad}")).code, 2, "{bad}");
    }
    assert_eq!(spareband(&device, "policy set --select fastest").code, 2);
    assert_eq!(spareband(&device, "policy set").code, 2);
    spareband(&device, "policy set --stale-limit 60s").fails(2, "--stale-limit is at most 27.5 s", "");
}
