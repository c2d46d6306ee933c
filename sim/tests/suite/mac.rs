//! Statistics, flow control and test pattern of the links in the chassis, by registers: needs the models (`make sim`).

use crate::common;
use spareband_sim::chassis::{Chassis, Device};
use spareband_sim::frame::{Ends, Flow, UDP, udp};
use spareband_sim::link::FrameStatus;
use spareband_sim::link::far_end::Offer;
use spareband_spec::regs::MAC_COUNTERS;
use std::collections::BTreeMap;

fn chassis() -> Chassis {
    let mut chassis = common::chassis();
    // Round robin, as no blade reports a load.
    chassis.set_register(Device::Manager, "policy", "select", 0).unwrap();
    chassis
}

/// A datagram of this flow whose frame has so many bytes with FCS.
/// Where the uplink's frames come from.
const FAR_END: [u8; 6] = [2, 0xC1, 0, 0, 0, 1];

fn datagram(number: usize, size: usize) -> Vec<u8> {
    let ends = Ends {
        destination_mac: [2, 0x53, 0x42, 0, 0xFF, 1],
        source_mac: FAR_END,
        flow: Flow {
            protocol: UDP,
            source: [10, 1, 0, (number % 250) as u8],
            destination: [10, 0, 0, 1],
            source_port: 5000,
            destination_port: 53,
        },
    };
    udp(&ends, &vec![number as u8; size - 4 - 42])
}

/// A server's frame to the station that `datagram` comes from; `size` with the frame check sequence.
fn to_far_end(size: usize) -> Vec<u8> {
    let mut frame = vec![2; size - 4];
    frame[..6].copy_from_slice(&FAR_END);
    frame
}

/// 31B.1.
fn pause(quanta: u16) -> Vec<u8> {
    let mut frame = vec![1, 0x80, 0xC2, 0, 0, 1, 2, 0xC1, 0, 0, 0, 9, 0x88, 0x08, 0, 1];
    frame.extend(quanta.to_be_bytes());
    frame.resize(60, 0);
    frame
}

fn counters(chassis: &mut Chassis, block: &str, index: usize) -> BTreeMap<&'static str, u64> {
    let mut all = BTreeMap::new();
    for (name, count) in chassis.counters(Device::Manager, block, index, &MAC_COUNTERS).unwrap() {
        assert!(all.insert(name, count).is_none());
    }
    all
}

/// RFC 2819's size classes.
fn class(length: usize) -> &'static str {
    match length {
        64 => "64Octets",
        65..=127 => "65to127Octets",
        128..=255 => "128to255Octets",
        256..=511 => "256to511Octets",
        512..=1023 => "512to1023Octets",
        1024..=1518 => "1024to1518Octets",
        _ => "1519toMaxOctets",
    }
}

/// Counters of frames with these lengths, FCS included; whatever is not named is zero.
fn expected(direction: &str, lengths: &[usize]) -> BTreeMap<String, u64> {
    let prefix = if direction == "tx" { "tx-" } else { "" };
    let mut all = BTreeMap::from([
        (format!("{prefix}etherStatsPkts"), lengths.len() as u64),
        (format!("{prefix}etherStatsOctets"), lengths.iter().sum::<usize>() as u64),
    ]);
    for length in lengths {
        *all.entry(format!("{direction}-etherStatsPkts{}", class(*length))).or_default() += 1;
    }
    all
}

#[test]
fn every_frame_is_in_the_statistics_of_both_its_links() {
    let mut chassis = chassis();
    let sizes = [64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 1518];
    let mut offers: Vec<Offer> = (0..220)
        .map(|n| Offer::new(0, datagram(n, sizes[n % sizes.len()]), false))
        .collect();
    for place in [3, 50, 51] {
        offers[place].spoil_fcs = true;
    }
    let mut broadcast = datagram(7, 100);
    broadcast[..6].fill(0xFF);
    offers.push(Offer::new(0, broadcast, false));
    let lengths: Vec<usize> = offers.iter().map(|offer| offer.bytes.len() + 4).collect();
    // Each server sends something up, to a station that the manager has heard there.
    let up: Vec<usize> = (0..40).map(|n| 64 + 30 * n).collect();
    chassis.far_end.start(offers);
    chassis.run(500);
    for server in &mut chassis.servers {
        up.iter().for_each(|length| server.send(to_far_end(*length)));
    }
    for _ in 0..100 {
        chassis.run(1000);
    }
    assert!(chassis.far_end.all_sent() && chassis.servers.iter().all(|server| server.quiet()));

    let uplink = counters(&mut chassis, "uplink_mac", 0);
    let mut wanted = expected("rx", &lengths);
    wanted.extend(expected("tx", &up.repeat(4)));
    wanted.insert("etherStatsCRCAlignErrors".into(), 3);
    wanted.insert("FrameCheckSequenceErrors".into(), 3);
    wanted.insert("etherStatsBroadcastPkts".into(), 1);
    wanted.insert("BroadcastFramesReceivedOK".into(), 1);
    wanted.insert("FramesReceivedOK".into(), lengths.len() as u64 - 3);
    wanted.insert("FramesTransmittedOK".into(), 4 * up.len() as u64);
    check(&uplink, &wanted, "uplink");
    for blade in 0..4 {
        let counts = counters(&mut chassis, "blade_mac", blade);
        let received: Vec<usize> = chassis.servers[blade].received.iter().map(|frame| frame.bytes.len() + 4).collect();
        assert!(received.len() > 40);
        let mut wanted = expected("tx", &received);
        wanted.extend(expected("rx", &up));
        wanted.insert("FramesTransmittedOK".into(), received.len() as u64);
        wanted.insert("FramesReceivedOK".into(), up.len() as u64);
        wanted.insert("BroadcastFramesXmittedOK".into(), 1);
        check(&counts, &wanted, &format!("blade {blade}"));
    }
}

/// Every counter as wanted, those without a wish zero; octets without headers and length errors follow from the rest.
fn check(counts: &BTreeMap<&str, u64>, wanted: &BTreeMap<String, u64>, link: &str) {
    assert!(wanted.keys().all(|name| counts.contains_key(name.as_str())), "{link}");
    for (name, count) in counts {
        if !["OctetsReceivedOK", "OctetsTransmittedOK", "InRangeLengthErrors"].contains(name) {
            assert_eq!(*count, wanted.get(*name).copied().unwrap_or(0), "{link}: {name}");
        }
    }
}

#[test]
fn a_pause_from_the_uplink_holds_back_what_is_sent_and_loses_nothing() {
    const QUANTA: u16 = 400;
    let mut chassis = chassis();
    // The manager hears the station that the servers answer.
    chassis.far_end.start(vec![Offer::new(0, datagram(1, 64), false)]);
    chassis.run(500);
    for obey in [0, 1] {
        chassis.set_register(Device::Manager, "uplink_mac", "pause_control", obey).unwrap();
        let first = chassis.far_end.received.len();
        for server in &mut chassis.servers {
            (0..40).for_each(|_| server.send(to_far_end(504)));
        }
        chassis.far_end.start(vec![Offer::new(20_000, pause(QUANTA), false)]);
        chassis.run(12_000);
        let received = &chassis.far_end.received[first..];
        assert_eq!(received.len(), 160);
        assert!(received.iter().all(|frame| frame.status == FrameStatus::Good));
        let longest = received.windows(2).map(|pair| pair[1].time - pair[0].time).max().unwrap();
        // A quantum is 512 bit times: 51.2 ns; times are in units of 0.1 ns.
        let asked = u64::from(QUANTA) * 512;
        match obey {
            0 => assert!(longest < asked / 2, "{longest}"),
            // One quantum more at most, and the silence before the pause: the servers' frames come four at once, every 4.2 us.
            _ => assert!((asked..asked + 512 + 43_000).contains(&longest), "{longest} of {asked}"),
        }
        let counts = counters(&mut chassis, "uplink_mac", 0);
        assert_eq!(counts["PAUSEMACCtrlFramesReceived"], obey + 1);
        let dropped = chassis.register(Device::Manager, "statistics", 0, "dropped_control").unwrap();
        assert_eq!(dropped, obey);
    }
}

#[test]
fn a_filling_queue_asks_the_uplink_to_pause_and_then_to_go_on() {
    let mut chassis = chassis();
    chassis.set_register(Device::Manager, "uplink_mac", "pause_quanta", 100).unwrap();
    chassis.set_register(Device::Manager, "uplink_mac", "pause_control", 2).unwrap();
    // One flow, so one blade: ten times what its link takes, 12 kB of it.
    chassis
        .far_end
        .start((0..8).map(|_| Offer::new(0, datagram(1, 1518), false)).collect());
    chassis.run(10_000);
    let sent: Vec<Vec<u8>> = chassis.far_end.received.iter().map(|frame| frame.bytes.clone()).collect();
    let quanta: Vec<u16> = sent.iter().map(|frame| u16::from_be_bytes([frame[16], frame[17]])).collect();
    for frame in &sent {
        assert_eq!(frame[..6], [1, 0x80, 0xC2, 0, 0, 1]);
        assert_eq!(frame[6..12], [2, 0x53, 0x42, 0, 1, 0]);
        assert_eq!(frame[12..16], [0x88, 0x08, 0, 1]);
    }
    // 4096 bytes take 33 us to drain below the mark, a request is repeated every 50 quanta, 2.56 us.
    assert!(
        quanta.len() > 8 && quanta[..quanta.len() - 1].iter().all(|asked| *asked == 100),
        "{quanta:?}"
    );
    assert_eq!(quanta.last(), Some(&0));
    let received: usize = chassis.servers.iter().map(|server| server.received.len()).sum();
    assert_eq!(received, 8);
    assert_eq!(
        counters(&mut chassis, "uplink_mac", 0)["PAUSEMACCtrlFramesTransmitted"],
        quanta.len() as u64
    );
}

/// A blade that pauses its link for as long as one frame can holds back its own frames only.
#[test]
fn a_paused_blade_does_not_hold_up_the_others() {
    let mut chassis = chassis();
    for blade in 0..4 {
        chassis
            .set_register_of(Device::Manager, "blade_mac", blade, "pause_control", 1)
            .unwrap();
    }
    chassis.servers[2].send(pause(0xFFFF));
    chassis.run(200);
    let paused = chassis.register(Device::Manager, "blade_mac", 2, "pause_status").unwrap();
    assert_eq!(paused, 1);
    // 40 flows at half of what three gigabit links take.
    let offers: Vec<Offer> = (0..400).map(|n| Offer::new(500 * n as u64, datagram(n % 40, 64), false)).collect();
    chassis.far_end.start(offers);
    chassis.run(8000);
    let received: Vec<usize> = chassis.servers.iter().map(|server| server.received.len()).collect();
    assert_eq!(received[2], 0);
    assert_eq!([received[0], received[1], received[3]], [100; 3], "{received:?}");
    // The end of the pause, by a frame of no time, lets them out: as many as the queue took.
    chassis.servers[2].send(pause(0));
    chassis.run(3000);
    assert_eq!(chassis.servers[2].received.len(), 100);
}

/// The far end does not send PRBS31, so that every word is wrong; afterwards the link comes back by itself.
#[test]
fn the_check_of_prbs31_takes_the_uplink_down_and_counts() {
    let mut chassis = common::chassis();
    let field = |name: &str| Device::Manager.map().register("uplink", "control").field(name).mask();
    let errors = |chassis: &mut Chassis| chassis.register(Device::Manager, "statistics", 0, "uplink_prbs31_errors").unwrap();
    assert_eq!(errors(&mut chassis), 0);
    let both = field("prbs31_check") | field("prbs31_transmit");
    chassis.set_register(Device::Manager, "uplink", "control", both).unwrap();
    chassis.run(2000);
    assert_eq!(chassis.register(Device::Manager, "uplink", 0, "status").unwrap() & 1, 0);
    assert!(!chassis.far_end.link_up() && errors(&mut chassis) > 5000);
    chassis.set_register(Device::Manager, "uplink", "control", 0).unwrap();
    chassis.bring_up().unwrap();
    assert!(chassis.far_end.link_up());
    let after = errors(&mut chassis);
    chassis.run(2000);
    assert_eq!(errors(&mut chassis), after);
}

/// A queue takes no frame that would make it longer than its limit, and counts it.
#[test]
fn a_limited_queue_takes_what_fits() {
    let mut chassis = chassis();
    for blade in 0..4 {
        chassis
            .set_register_of(Device::Manager, "blade", blade, "queue_limit", 100)
            .unwrap();
    }
    // 190 words, and 63.
    let frames = [datagram(1, 1518), datagram(2, 500)];
    chassis.far_end.start(frames.map(|frame| Offer::new(0, frame, false)).into());
    chassis.run(3000);
    let lengths: Vec<usize> = chassis
        .servers
        .iter()
        .flat_map(|server| server.received.iter().map(|frame| frame.bytes.len()))
        .collect();
    assert_eq!(lengths, [496]);
    let dropped = chassis.register(Device::Manager, "statistics", 0, "dropped_queue_full").unwrap();
    assert_eq!(dropped, 1);
}
