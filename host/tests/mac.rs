//! Transcripts of `spareband mac` over a pseudo terminal.

mod program;
mod pty;

use program::{chassis, spareband};
use serde_json::json;
use spareband::Fault;
use spareband_spec::mac_table::{SETS_LOG2, key, row};
use spareband_spec::regs::tables::Table;

#[test]
fn static_entries_come_and_go() {
    let port = chassis();
    // One that was learned, at blade 1, 9/16 of 300 s ago.
    for (word, value) in [1 | 9 << 2 | 1 << 8, 0x0042_5302, 0x0900].into_iter().enumerate() {
        port.device.lock().unwrap().set_table(Table::Macs, 4 * 77 + word as u32, value);
    }
    spareband(&port, "mac add 02:00:00:00:00:07 2").done();
    spareband(&port, "mac add 02:00:00:00:00:07 uplink --vlan 100").done();
    assert_eq!(
        spareband(&port, "mac list").stdout,
        "\
MAC                VLAN  PORT    KIND       AGE
02:00:00:00:00:07     -  2       static       -
02:53:42:00:00:09     -  1       learned  169 s
02:00:00:00:00:07   100  uplink  static       -
"
    );
    let json = spareband(&port, "--json mac list --static --vlan 100").json();
    assert_eq!(
        json,
        json!({ "schema": "spareband.macs.v1", "capacity": 512, "used": 3, "macs": [
            { "mac": "02:00:00:00:00:07", "vlan": 100, "port": "uplink", "static": true, "age_seconds": null }
        ] })
    );
    for (filter, lines) in [
        ("--learned", 1),
        ("--static", 2),
        ("--at 1", 1),
        ("--at uplink", 1),
        ("--vlan 0", 2),
    ] {
        assert_eq!(
            spareband(&port, &format!("mac list {filter}")).stdout.lines().count(),
            1 + lines,
            "{filter}"
        );
    }
    // The entry of an address is written over.
    spareband(&port, "mac add 02:00:00:00:00:07 3").done();
    assert_eq!(spareband(&port, "mac list --at 3").stdout.lines().count(), 2);
    spareband(&port, "mac remove 02:00:00:00:00:07 --vlan 100").done();
    spareband(&port, "mac remove 02:00:00:00:00:07 --vlan 100").fails(1, "no entry of 02:00:00:00:00:07 in VLAN 100", "needs --vlan");
    // An answer that is lost makes the program ask again; the entry was there all the same.
    for exchange in 3..6 {
        spareband(&port, "mac add 02:00:00:00:00:07 3").done();
        let mut faults = vec![Fault::Noise; exchange];
        faults.push(Fault::Damage);
        port.device.lock().unwrap().inject(&faults);
        spareband(&port, "mac remove 02:00:00:00:00:07").done();
        assert_eq!(spareband(&port, "mac list --static").stdout.lines().count(), 1);
        port.device.lock().unwrap().forget_faults();
    }
    spareband(&port, "mac flush").done();
    assert_eq!(port.device.lock().unwrap().actions, [(0x0534, 1)]);
}

#[test]
fn a_full_row_and_bad_addresses_are_refused() {
    let port = chassis();
    let of_a_row: Vec<u64> = (0_u64..)
        .map(|number| number << 8 | 2)
        .filter(|mac| row(key(*mac, 0), SETS_LOG2) == 9)
        .take(5)
        .collect();
    for (number, mac) in of_a_row.into_iter().enumerate() {
        let added = spareband(&port, &format!("mac add {} 0", spareband::value::format_mac(mac)));
        if number < 4 {
            added.done();
        } else {
            added.fails(1, "no room for", "remove one");
        }
    }
    assert_eq!(spareband(&port, "mac list").stdout.lines().count(), 5);
    spareband(&port, "mac add 02:00:00:00:00:07 4").fails(2, "no blade 4", "");
    for bad in [
        "mac add 02:00:00:00:00:07 16",
        "mac add 03:00:00:00:00:07 1",
        "mac add 02:00:00:00:00 1",
        "mac add 02:00:00:00:00:07 1 --vlan 4095",
        "mac list --static --learned",
    ] {
        assert_eq!(spareband(&port, bad).code, 2, "{bad}");
    }
}
