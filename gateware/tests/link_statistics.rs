//! The statistics of a link against RFC 2819 and IEEE 802.3 Clause 30, counter by counter, and in lockstep with their Verilog.

mod common;

use common::seeded;
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::LinkStatistics;
use spareband_spec::frame_report::FrameReport;
use spareband_spec::statistics::{COUNTERS, LINK_COUNTERS};

/// Counts by name, from the texts of the two documents; shares names and report layout with the circuit, not the order.
#[derive(Default)]
struct Model(std::collections::BTreeMap<String, u64>);

impl Model {
    fn add(&mut self, name: &str, count: u64) {
        assert!(LINK_COUNTERS.iter().any(|counter| counter.name == name), "{name}");
        *self.0.entry(name.to_string()).or_default() += count;
    }

    fn sizes(&mut self, direction: &str, length: u64) {
        let class = match length {
            ..64 => return,
            64 => "64Octets",
            65..=127 => "65to127Octets",
            128..=255 => "128to255Octets",
            256..=511 => "256to511Octets",
            512..=1023 => "512to1023Octets",
            1024..=1518 => "1024to1518Octets",
            _ => "1519toMaxOctets",
        };
        self.add(&format!("{direction}-etherStatsPkts{class}"), 1);
    }

    fn received(&mut self, frame: &FrameReport) {
        let length = u64::from(frame.length);
        let error = frame.fcs_error || frame.coding;
        self.add("etherStatsPkts", 1);
        self.add("etherStatsOctets", length);
        self.sizes("rx", length);
        match (length, error) {
            (..64, false) => self.add("etherStatsUndersizePkts", 1),
            (..64, true) => self.add("etherStatsFragments", 1),
            (64..=1518, true) => self.add("etherStatsCRCAlignErrors", 1),
            (64..=1518, false) => match frame.address {
                2 => self.add("etherStatsBroadcastPkts", 1),
                1 => self.add("etherStatsMulticastPkts", 1),
                _ => {}
            },
            (_, false) => self.add("etherStatsOversizePkts", 1),
            (_, true) => self.add("etherStatsJabbers", 1),
        }
        if frame.coding {
            self.add("SymbolErrorDuringCarrier", 1);
        }
        // The receive status of 4.3.2: too long before FCS before length; fragments are none.
        if frame.too_long {
            self.add("FrameTooLongErrors", 1);
        } else if length < 64 {
        } else if error {
            self.add("FrameCheckSequenceErrors", 1);
        } else {
            self.add("FramesReceivedOK", 1);
            self.add("OctetsReceivedOK", length - 18);
            match frame.address {
                2 => self.add("BroadcastFramesReceivedOK", 1),
                1 => self.add("MulticastFramesReceivedOK", 1),
                _ => {}
            }
            if frame.length_error {
                self.add("InRangeLengthErrors", 1);
            }
            if frame.control != 0 {
                self.add("MACControlFramesReceived", 1);
                let names = [
                    "PAUSEMACCtrlFramesReceived",
                    "PFCMACCtrlFramesReceived",
                    "UnsupportedOpcodesReceived",
                ];
                self.add(names[usize::from(frame.control) - 1], 1);
            }
        }
    }

    fn sent(&mut self, frame: &FrameReport) {
        let length = u64::from(frame.length);
        self.add("tx-etherStatsPkts", 1);
        self.add("tx-etherStatsOctets", length);
        self.sizes("tx", length);
        if frame.fcs_error {
            self.add("FramesLostDueToIntMACXmitError", 1);
            return;
        }
        self.add("FramesTransmittedOK", 1);
        self.add("OctetsTransmittedOK", length - 18);
        match frame.address {
            2 => self.add("BroadcastFramesXmittedOK", 1),
            1 => self.add("MulticastFramesXmittedOK", 1),
            _ => {}
        }
        if frame.control != 0 {
            self.add("MACControlFramesTransmitted", 1);
        }
        match frame.control {
            1 => self.add("PAUSEMACCtrlFramesTransmitted", 1),
            2 => self.add("PFCMACCtrlFramesTransmitted", 1),
            _ => {}
        }
    }
}

fn random_report(rng: &mut StdRng, least: u16) -> FrameReport {
    const EDGES: [u16; 17] = [
        64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 1518, 1519, 8191, 8192, 8210, 16383, 65535,
    ];
    let length = if rng.gen_bool(0.5) {
        EDGES[rng.gen_range(0..EDGES.len())]
    } else {
        rng.gen_range(least..1600)
    };
    let coding = rng.gen_bool(0.1);
    FrameReport {
        length,
        fcs_error: coding || rng.gen_bool(0.2),
        coding,
        too_long: length > 9600,
        length_error: rng.gen_bool(0.2),
        address: rng.gen_range(0..3),
        control: rng.gen_range(0..4),
    }
}

fn cycle(uut: &mut LinkStatistics) {
    for level in [true, false] {
        uut.clk.next = Clock { clk: level };
        assert!(simulate(uut, 100));
    }
}

fn read_all(uut: &mut LinkStatistics, model: &Model) {
    uut.rx_report_valid.next = false;
    uut.tx_report_valid.next = false;
    uut.drop_event.next = false;
    // The longest that a counter may lag.
    (0..110).for_each(|_| cycle(uut));
    for (address, counter) in LINK_COUNTERS.iter().enumerate() {
        uut.read_address.next = bits(address as u64);
        (0..3).for_each(|_| cycle(uut));
        let want = model.0.get(counter.name).copied().unwrap_or(0);
        assert_eq!(uut.read_data.val().to_u64(), want, "{}", counter.name);
        assert_eq!(want > 0, address < COUNTERS, "{} was not tried", counter.name);
    }
}

#[test]
fn every_counter_equals_the_model() {
    let mut rng = seeded(1);
    let mut uut = LinkStatistics::default();
    uut.connect_all();
    let mut model = Model::default();
    // The cycles that a frame takes at least, so that the next cannot end earlier.
    let mut busy = [0_u32; 2];
    for step in 0..8000 {
        // Back-to-back, as long as frames are short: a report in every cycle.
        let dense = step / 1000 % 2 == 0;
        let mut reports = [None; 2];
        for (direction, report) in reports.iter_mut().enumerate() {
            busy[direction] = busy[direction].saturating_sub(1);
            if busy[direction] == 0 && (dense || rng.gen_bool(0.2)) {
                let mut made = random_report(&mut rng, [0, 64][direction]);
                // Nothing is too long to be sent.
                made.too_long &= direction == 0;
                busy[direction] = u32::from(made.length) / 8192 * 8;
                *report = Some(made);
            }
        }
        uut.rx_report_valid.next = reports[0].is_some();
        uut.rx_report.next = bits(reports[0].map_or(rng.r#gen(), |report: FrameReport| report.pack()).into());
        uut.tx_report_valid.next = reports[1].is_some();
        uut.tx_report.next = bits(reports[1].map_or(rng.r#gen(), |report: FrameReport| report.pack()).into());
        uut.drop_event.next = rng.gen_bool(0.1);
        if uut.drop_event.val() {
            model.add("etherStatsDropEvents", 1);
        }
        reports[0].iter().for_each(|report| model.received(report));
        reports[1].iter().for_each(|report| model.sent(report));
        cycle(&mut uut);
    }
    read_all(&mut uut, &model);
}

#[test]
fn link_statistics_lockstep() {
    spareband_hdl::lockstep!(LinkStatistics::default(); clk, rx_report_valid, rx_report, tx_report_valid, tx_report, drop_event, read_address)
        .clock("clk")
        .stimulus(|cycle, inputs| {
            let (rx, tx) = (random_report(inputs.rng, 0), random_report(inputs.rng, 64));
            inputs.set("rx_report", rx.pack());
            inputs.set("tx_report", tx.pack());
            inputs.set("read_address", (cycle / 4 % 64) as u32);
        })
        .run();
}
