//! Transcripts of `spareband service` over a pseudo terminal.

mod program;
mod pty;

use program::{chassis, spareband};

/// Services come, change and go; the keys beside them follow.
#[test]
fn services_are_kept() {
    let port = chassis();
    let services = |port| {
        spareband(port, "--json service list").json()["services"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert!(services(&port).is_empty());
    assert_eq!(
        spareband(&port, "service add 10.0.0.1:80/tcp --policy lu --blades 0,2-3 --weight 2=64").code,
        0
    );
    assert_eq!(spareband(&port, "service add [2001:db8::1]:443/tcp --echo false").code, 0);
    assert_eq!(
        spareband(&port, "service add 10.0.0.1/udp --udp-per-packet --timeout-class 2").code,
        0
    );
    let list = services(&port);
    assert_eq!(list.len(), 3);
    assert_eq!(
        (&list[0]["service"], &list[0]["policy"], &list[0]["arp"], &list[0]["two_versions"]),
        (&"10.0.0.1:80/tcp".into(), &1.into(), &true.into(), &false.into())
    );
    assert_eq!(
        (&list[0]["blades"], &list[0]["weights"]),
        (&serde_json::json!([0, 2, 3]), &serde_json::json!([16, 64, 16]))
    );
    assert_eq!(
        (&list[1]["service"], &list[1]["echo"]),
        (&"[2001:db8::1]:443/tcp".into(), &false.into())
    );
    assert_eq!((&list[2]["udp_per_packet"], &list[2]["timeout_class"]), (&true.into(), &2.into()));
    let counters = |service: &serde_json::Value| ["packets", "octets", "new_flows", "drops"].map(|name| service[name].clone());
    assert_eq!(counters(&list[0]), [(1_u64 << 32) + 7, 900, 3, 2].map(serde_json::Value::from));
    assert_eq!(counters(&list[1]), [0, 0, 0, 0].map(serde_json::Value::from));
    let table = spareband(&port, "service list");
    assert!(table.stdout.contains("4294967303"), "{table:?}");
    assert!(
        table.stdout.contains("10.0.0.1/udp") && table.stdout.contains("0=16 2=64 3=16"),
        "{table:?}"
    );

    // A change of blades keeps the old version of the hash until it is settled.
    assert_eq!(spareband(&port, "service set 0 --blades 0-1 --enabled false").code, 0);
    let first = &services(&port)[0];
    assert_eq!((&first["enabled"], &first["two_versions"]), (&false.into(), &true.into()));
    assert_eq!(spareband(&port, "service settle 0").code, 0);
    assert_eq!(services(&port)[0]["two_versions"], false);

    // The address is another service's too: it stays answered for when the first goes.
    assert_eq!(spareband(&port, "service rm 0").code, 0);
    let list = services(&port);
    assert_eq!((list.len(), &list[1]["number"], &list[1]["arp"]), (2, &2.into(), &true.into()));
    assert_eq!(spareband(&port, "service rm 1 2").code, 0);
    assert!(services(&port).is_empty());
}

#[test]
fn bad_services_are_refused_and_change_nothing() {
    let port = chassis();
    assert_eq!(spareband(&port, "service add 10.0.0.1:80/tcp").code, 0);
    for (arguments, code, error) in [
        (
            "service add 10.0.0.1:80/tcp",
            1,
            "service 0 has this address, protocol and port already",
        ),
        ("service add 10.0.0.2:80/tcp --blades 4", 2, "no blade 4; the device has 0 to 3"),
        ("service set 7 --policy rr", 2, "there is no service 7"),
        ("service set 0", 2, "nothing to set"),
        ("service rm 0 5", 2, "there is no service 5"),
    ] {
        let run = spareband(&port, arguments);
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(error), "{run:?}");
    }
    for bad in ["10.0.0.1:80", "10.0.0.1:0/tcp", "10.0.0.1:80/icmp", "10.0.0:80/tcp", "host:80/tcp"] {
        let run = spareband(&port, &format!("service add {bad}"));
        assert!(run.code == 2 && run.stderr.contains("write a service as"), "{run:?}");
    }
    for bad in ["--blades 3-1", "--blades x", "--weight 2", "--weight 16=1"] {
        assert_eq!(spareband(&port, &format!("service add 10.0.0.2:80/tcp {bad}")).code, 2, "{bad}");
    }
    assert_eq!(
        spareband(&port, "--json service list").json()["services"].as_array().unwrap().len(),
        1
    );
}

/// Addresses are those of the register map: 0x0520 the low half, 0x0528 the high one, 0x0530 the command (go 1, IPv6 2, tagged 4, identifier above).
#[test]
fn addresses_are_announced() {
    let port = chassis();
    spareband(&port, "service add 10.0.0.1:80/tcp").done();
    spareband(&port, "service add [2001:db8::1]:443/tcp").done();
    spareband(&port, "service add 10.0.0.2:80/tcp --arp false").done();
    spareband(&port, "announce 10.0.0.1 2001:db8::1 --vlan 100").done();
    {
        let device = port.device.lock().unwrap();
        assert_eq!(device.actions, [(0x0530, 1 | 4 | 100 << 4), (0x0530, 1 | 2 | 4 | 100 << 4)]);
        assert_eq!(device.get("forwarding", 0, "announce_high"), 0x2001_0DB8_0000_0000);
        assert_eq!(device.get("forwarding", 0, "announce_low"), 1);
    }
    for foreign in ["10.0.0.3", "10.0.0.2", "10.0.0.1 2001:db8::2"] {
        spareband(&port, &format!("announce {foreign}")).fails(1, "so nothing was announced", "--force");
    }
    assert_eq!(port.device.lock().unwrap().actions.len(), 2);
    spareband(&port, "announce 10.0.0.3 --force").done();
    {
        let device = port.device.lock().unwrap();
        assert_eq!(
            (device.actions[2], device.get("forwarding", 0, "announce_low")),
            ((0x0530, 1), 0x0A00_0003)
        );
        assert_eq!(device.get("forwarding", 0, "announce_high"), 0);
    }
    for bad in [
        "announce",
        "announce host",
        "announce 10.0.0.1 --vlan 0",
        "announce 10.0.0.1 --vlan 4095",
    ] {
        assert_eq!(spareband(&port, bad).code, 2, "{bad}");
    }
}
