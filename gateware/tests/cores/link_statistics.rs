//! The statistics of one link and of many against RFC 2819 and IEEE 802.3 Clause 30, counter by counter, and in lockstep with their Verilog.

use crate::common;
use common::seeded;
use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;
use spareband_gateware::mac::{LinkStatistics, SharedStatistics};
use spareband_spec::frame_report::FrameReport;
use spareband_spec::statistics::{COUNTERS, FRAMES_TRANSMITTED_OK, LINK_COUNTERS, TX_PKTS};
use std::collections::VecDeque;

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
        (0..4).for_each(|_| cycle(uut));
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
        // Back-to-back: as near to each other as reports come.
        let dense = step / 1000 % 2 == 0;
        let mut reports = [None; 2];
        for (direction, report) in reports.iter_mut().enumerate() {
            busy[direction] = busy[direction].saturating_sub(1);
            if busy[direction] == 0 && (dense || rng.gen_bool(0.2)) {
                let mut made = random_report(&mut rng, [0, 64][direction]);
                // Nothing is too long to be sent.
                made.too_long &= direction == 0;
                busy[direction] = if made.length < 64 {
                    2
                } else {
                    7.max(u32::from(made.length) / 8192 * 8)
                };
                *report = Some(made);
            }
        }
        uut.rx_report_valid.next = reports[0].is_some();
        uut.rx_report.next = bits(reports[0].map_or(rng.r#gen(), |report: FrameReport| report.pack()).into());
        uut.tx_report_valid.next = reports[1].is_some();
        uut.tx_report.next = bits(reports[1].map_or(rng.r#gen(), |report: FrameReport| report.pack()).into());
        uut.drop_event.next = step % 2 == 0 && rng.gen_bool(0.2);
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

/// A report as a MAC makes it: a length that is wrong is no MAC Control frame.
fn made_report(rng: &mut StdRng, transmit: bool) -> FrameReport {
    let mut report = random_report(rng, [0, 64][usize::from(transmit)]);
    report.too_long &= !transmit;
    report.length_error &= report.control == 0;
    report
}

/// N links whose reports wait in queues as in the FIFOs that bring them.
struct Shared<const N: usize> {
    uut: SharedStatistics<N>,
    /// Of each link what was sent and what was received.
    queues: Vec<[VecDeque<FrameReport>; 2]>,
    models: Vec<Model>,
    longest: usize,
}

impl<const N: usize> Shared<N> {
    fn new() -> Self {
        let mut uut = SharedStatistics::default();
        uut.connect_all();
        Self {
            uut,
            queues: (0..N).map(|_| Default::default()).collect(),
            models: (0..N).map(|_| Model::default()).collect(),
            longest: 0,
        }
    }

    fn offer(&mut self, link: usize, transmit: bool, report: FrameReport) {
        if transmit {
            self.models[link].sent(&report);
        } else {
            self.models[link].received(&report);
        }
        self.queues[link][usize::from(!transmit)].push_back(report);
    }

    /// One cycle; `dropped` says which links drop a frame in it.
    fn cycle(&mut self, dropped: u32) {
        for (link, [sent, received]) in self.queues.iter().enumerate() {
            self.longest = self.longest.max(sent.len()).max(received.len());
            self.uut.tx_waiting[link].next = !sent.is_empty();
            self.uut.tx_report[link].next = bits(sent.front().map_or(0x5A_5A5A, FrameReport::pack).into());
            self.uut.rx_waiting[link].next = !received.is_empty();
            self.uut.rx_report[link].next = bits(received.front().map_or(0x5A_5A5A, FrameReport::pack).into());
            self.uut.drop_event[link].next = dropped >> link & 1 == 1;
            if dropped >> link & 1 == 1 {
                self.models[link].add("etherStatsDropEvents", 1);
            }
        }
        self.uut.clk.next = Clock { clk: false };
        assert!(simulate(&mut self.uut, 100));
        for (link, [sent, received]) in self.queues.iter_mut().enumerate() {
            let taken = [self.uut.tx_take[link].val(), self.uut.rx_take[link].val()];
            assert!(!(taken[0] && taken[1]));
            if taken[0] {
                sent.pop_front().expect("a report that was offered");
            }
            if taken[1] {
                received.pop_front().expect("a report that was offered");
            }
        }
        self.uut.clk.next = Clock { clk: true };
        assert!(simulate(&mut self.uut, 100));
    }

    /// The counter, and the cycles that it took.
    fn read(&mut self, link: usize, counter: usize) -> (u64, usize) {
        self.uut.read.next = true;
        self.uut.read_link.next = bits(link as u64);
        self.uut.read_counter.next = bits(counter as u64);
        for cycles in 1..=40 {
            self.cycle(0);
            if self.uut.read_valid.val() {
                self.uut.read.next = false;
                let data = self.uut.read_data.val().to_u64();
                self.cycle(0);
                return (data, cycles);
            }
        }
        panic!("counter {counter} of link {link} is not read");
    }

    /// Everything against the model; `all` of the counters must have counted somewhere.
    fn check(&mut self, all: bool) {
        let mut tried = [false; COUNTERS];
        for link in 0..N {
            for (counter, meaning) in LINK_COUNTERS.iter().enumerate() {
                let want = self.models[link].0.get(meaning.name).copied().unwrap_or(0);
                assert_eq!(self.read(link, counter).0, want, "{} of link {link}", meaning.name);
                if counter < COUNTERS {
                    tried[counter] |= want > 0;
                }
            }
        }
        let untried = |counter: &usize| !tried[*counter];
        assert_eq!((0..COUNTERS).filter(untried).find(|_| all), None, "a counter that nothing tried");
    }
}

#[test]
fn every_counter_of_every_link_equals_the_model() {
    let mut rng = seeded(2);
    let mut bench = Shared::<3>::new();
    for step in 0..6000 {
        for link in 0..3 {
            for transmit in [false, true] {
                // What is sent goes first, but never without a pause.
                let rate = [0.5, 0.02, 0.2][step / 1000 % 3] * [1.0, 0.1][usize::from(transmit)];
                // Link 2 receives nothing.
                if bench.queues[link][usize::from(!transmit)].len() < 8 && rng.gen_bool(rate) && (link < 2 || transmit) {
                    let report = made_report(&mut rng, transmit);
                    bench.offer(link, transmit, report);
                }
            }
        }
        let dropped = u32::from(rng.gen_bool(0.05)) << rng.gen_range(0..3);
        bench.cycle(dropped);
        if step % 50 == 0 {
            bench.read(rng.gen_range(0..3), rng.gen_range(0..64));
        }
    }
    while bench.queues.iter().flatten().any(|queue| !queue.is_empty()) {
        bench.cycle(0);
    }
    (0..40).for_each(|_| bench.cycle(0));
    bench.check(true);
}

#[test]
fn a_report_that_waits_for_no_other_counts_soon() {
    let mut rng = seeded(3);
    let mut bench = Shared::<8>::new();
    for _ in 0..100 {
        let link = rng.gen_range(0..8);
        let report = made_report(&mut rng, true);
        bench.offer(link, true, report);
        (0..20).for_each(|_| bench.cycle(0));
        // A read may come later, but reads what had counted when it was asked for.
        assert_eq!(bench.read(link, TX_PKTS).0, bench.models[link].0["tx-etherStatsPkts"]);
        let name = "FramesTransmittedOK";
        assert_eq!(
            bench.read(link, FRAMES_TRANSMITTED_OK).0,
            bench.models[link].0.get(name).copied().unwrap_or(0)
        );
        (0..rng.gen_range(0..7)).for_each(|_| bench.cycle(0));
    }
}

#[test]
fn reads_are_bounded() {
    let mut rng = seeded(4);
    let mut bench = Shared::<8>::new();
    let mut longest = 0;
    for _ in 0..300 {
        for link in 0..8 {
            for transmit in [false, true] {
                while bench.queues[link][usize::from(!transmit)].len() < 8 {
                    // The longest rounds: MAC Control frames to a group address.
                    let report = FrameReport {
                        length: 64,
                        address: 1,
                        control: 1,
                        ..Default::default()
                    };
                    bench.offer(link, transmit, report);
                }
            }
        }
        (0..rng.gen_range(0..12)).for_each(|_| bench.cycle(0));
        longest = longest.max(bench.read(rng.gen_range(0..8), rng.gen_range(0..COUNTERS)).1);
    }
    assert_eq!(longest, 12);
}

/// 64-byte frames without a pause, received and sent: 84 byte times of a gigabit are 105 cycles of 156.25 MHz.
#[test]
fn sixteen_full_links_keep_up() {
    let mut rng = seeded(5);
    let mut bench = Shared::<16>::new();
    let phases: Vec<usize> = (0..32).map(|_| rng.gen_range(0..105)).collect();
    for step in 0..6000 {
        for (number, phase) in phases.iter().enumerate() {
            if step % 105 == *phase {
                let report = FrameReport {
                    length: 64,
                    ..Default::default()
                };
                bench.offer(number / 2, number % 2 == 0, report);
            }
        }
        bench.cycle(0);
    }
    // What `ReportCdc` has place for.
    assert!(bench.longest <= 1, "{} reports waited in a queue", bench.longest);
    (0..200).for_each(|_| bench.cycle(0));
    bench.check(false);
}

#[test]
fn shared_statistics_lockstep() {
    spareband_hdl::lockstep!(SharedStatistics::<3>::default();
        clk, tx_waiting, tx_report, rx_waiting, rx_report, drop_event, read, read_link, read_counter)
    .clock("clk")
    .stimulus(|cycle, inputs| {
        inputs.set("read_link", (cycle / 40 % 3) as u32);
        inputs.set("read_counter", (cycle / 40 % 64) as u32);
    })
    .run();
}
