//! The statistics of N gigabit links: 64-bit counters of frame reports, one report after the other. RFC 2819 etherStats, IEEE 802.3 Clause 30; order
//! and names: `spareband_spec::statistics`.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | clk_core, rising edge |
//! | tx_waiting, tx_report, tx_take | in, in, out | N x 1, 24, 1 | `spareband_spec::frame_report` of a sent frame, until it is taken (pulse) |
//! | rx_waiting, rx_report, rx_take | in, in, out | N x 1, 24, 1 | likewise, of a received one |
//! | drop_event | in | N x 1 | pulse: a received frame was dropped for want of resources |
//! | read, read_link, read_counter | in | 1, 4, 6 | level, until `read_valid`: the counter asked for |
//! | read_valid, read_data | out | 1, 64 | pulse; the counter, whole, until the next; 0 where there is none |
//!
//! A round takes the report of one link, in turn, while it counts the one before: one counter a cycle of sizes, kinds and errors, beside one
//! a cycle of octets, frames and drops. `LinkStatistics` counts a report in two cycles, at 1,340 lookup tables a link.
//! Invariant: no report that is taken is lost, and each counter is read whole; two counters are read at two moments.
//! Latency: a frame counts at most 20 cycles after its report came where no other waits; a read takes 12 cycles at most
//! (`reads_are_bounded`). Throughput: a report in 3 cycles, of a frame to a group address in 4, of MAC Control in 6; twice that where one link is alone.
//! Sixteen links with frames of 64 bytes in both directions bring one in 3.3 cycles of 156.25 MHz (`sixteen_full_links_keep_up`).
//! Reset: none, counters run from configuration on. Bad input: see `ReportGroups`; a link that is not there reads as one that is.

use super::report_groups::{GROUPS, ReportGroups};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CountingRam, LookupTable};
use spareband_spec::statistics::*;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Round {
    phase: Bits<2>,
    /// It serves the host, no report.
    host: Bit,
    /// Bit i: the host's counter was asked for i + 1 cycles ago.
    reading: Bits<4>,
}

/// The report taken in this round.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Taken {
    any: Bit,
    link: Bits<4>,
    transmit: Bit,
    drops: Bit,
    report: Bits<24>,
}

/// The report that is being counted: groups and totals that are left.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Counted {
    link: Bits<4>,
    transmit: Bit,
    groups: Bits<6>,
    totals: Bits<4>,
    octets: Bits<16>,
    ok_octets: Bits<16>,
    /// More than one group, or more than one total, is left.
    many: Bit,
}

/// The host's counter, near the RAMs: it stands for longer than a cycle before they are asked.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Wanted {
    link: Bits<4>,
    counter: Bits<6>,
    /// It is among the totals, and its number there.
    total: Bits<4>,
}

/// What the RAMs are told.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Told {
    add: Bit,
    address: Bits<10>,
    add_total: Bit,
    total_address: Bits<10>,
    increment: Bits<16>,
}

#[derive(LogicBlock)]
pub struct SharedStatistics<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub tx_waiting: [Signal<In, Bit>; N],
    pub tx_report: [Signal<In, Bits<24>>; N],
    pub tx_take: [Signal<Out, Bit>; N],
    pub rx_waiting: [Signal<In, Bit>; N],
    pub rx_report: [Signal<In, Bits<24>>; N],
    pub rx_take: [Signal<Out, Bit>; N],
    pub drop_event: [Signal<In, Bit>; N],
    pub read: Signal<In, Bit>,
    pub read_link: Signal<In, Bits<4>>,
    pub read_counter: Signal<In, Bits<6>>,
    pub read_valid: Signal<Out, Bit>,
    pub read_data: Signal<Out, Bits<64>>,
    /// Links with a report or drops, which of them comes next and whether turns begin anew with it, the one that is served next, the same in the cycle
    /// that takes its report, and those served since the turns began.
    waiting: DFF<Bits<N>>,
    follower: DFF<Bits<N>>,
    renews: DFF<Bit>,
    picked: DFF<Bits<N>>,
    turn: DFF<Bits<N>>,
    served: DFF<Bits<N>>,
    drops: [DFF<Bits<8>>; N],
    /// Events of drops, which come from far.
    happened: [DFF<Bit>; N],
    round: DFF<Round>,
    taken: DFF<Taken>,
    touched: ReportGroups,
    counted: DFF<Counted>,
    group: [DFF<Bits<6>>; GROUPS],
    told: DFF<Told>,
    wanted: DFF<Wanted>,
    counters: CountingRam,
    totals: CountingRam,
    answer: DFF<Bits<64>>,
    /// Of the host's counter: it is among the totals, its number there.
    total_of: LookupTable<6, 4>,
    starts: Signal<Local, Bit>,
    mine: Signal<Local, Bit>,
    drops_more: Signal<Local, Bits<8>>,
    dropped: Signal<Local, Bits<8>>,
    links: Signal<Local, Bits<N>>,
    candidates: Signal<Local, Bits<N>>,
    unserved: Signal<Local, Bits<N>>,
    pick: Signal<Local, Bits<N>>,
    link_report: Signal<Local, Bits<24>>,
    report: Signal<Local, Bits<24>>,
    transmits: Signal<Local, Bit>,
    receives: Signal<Local, Bit>,
    link: Signal<Local, Bits<4>>,
    first_group: Signal<Local, Bits<6>>,
    groups_left: Signal<Local, Bits<6>>,
    first_code: Signal<Local, Bits<6>>,
    totals_left: Signal<Local, Bits<4>>,
    many_left: Signal<Local, Bit>,
    seen_left: Signal<Local, Bit>,
    many_touched: Signal<Local, Bit>,
    seen_touched: Signal<Local, Bit>,
    first_total: Signal<Local, Bits<2>>,
    over: Signal<Local, Bit>,
    advances: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
    serves_host: Signal<Local, Bit>,
    one: Constant<Bits<16>>,
    of_octets: Constant<Bits<2>>,
    of_ok_octets: Constant<Bits<2>>,
    of_frames: Constant<Bits<2>>,
    of_drops: Constant<Bits<2>>,
}

/// Numbers of the totals: of octets, octets of good frames, frames, drops; 4 more for the transmit direction.
const TOTALS: [usize; 8] = [
    RX_OCTETS,
    OCTETS_RECEIVED_OK,
    RX_PKTS,
    RX_DROP_EVENTS,
    TX_OCTETS,
    OCTETS_TRANSMITTED_OK,
    TX_PKTS,
    COLLISIONS,
];

impl<const N: usize> Default for SharedStatistics<N> {
    fn default() -> Self {
        assert!((1..=16).contains(&N), "1 to 16 links, not {N}");
        const { assert!(ADDRESS_BITS == 6 && COUNTERS < 64) };
        let links = N.next_power_of_two();
        let total_of = |counter: usize| {
            TOTALS
                .iter()
                .position(|total| *total == counter)
                .map_or(0, |place| 8 | place as u64)
        };
        with_defaults!(Self {
            counters: CountingRam::new(links << 6, false),
            totals: CountingRam::new(links << 3, true),
            total_of: LookupTable::new((0..64).map(total_of).collect()),
            one: Constant::new(bits(1)),
            of_octets: Constant::new(bits(0)),
            of_ok_octets: Constant::new(bits(1)),
            of_frames: Constant::new(bits(2)),
            of_drops: Constant::new(bits(3)),
        }
            defaults clk read read_link read_counter read_valid read_data waiting follower renews picked turn served round taken touched counted told wanted answer
            starts mine drops_more dropped links candidates unserved pick link_report report transmits receives link first_group groups_left first_code totals_left many_left seen_left many_touched seen_touched first_total over advances asks serves_host
            ; arrays tx_waiting tx_report tx_take rx_waiting rx_report rx_take drop_event drops happened group)
    }
}

impl<const N: usize> Logic for SharedStatistics<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clk, waiting, follower, renews, picked, turn, served, round, taken, counted, told, wanted, answer
        );

        // Whose report is next: each link that waits once, then all anew; not the one whose report is being taken.
        self.links.next = 0.into();
        self.starts.next = (self.round.q.val().phase == 0) & !self.round.q.val().host;
        for i in 0..N {
            self.mine.next = self.turn.q.val().get_bit(i);
            self.tx_take[i].next = self.mine.val() & self.tx_waiting[i].val();
            self.rx_take[i].next = self.mine.val() & !self.tx_waiting[i].val() & self.rx_waiting[i].val();
            self.drops[i].clock.next = self.clk.val();
            self.drops_more.next = 0.into();
            self.happened[i].clock.next = self.clk.val();
            self.happened[i].d.next = self.drop_event[i].val();
            if self.happened[i].q.val() {
                self.drops_more.next = 1.into();
            }
            self.drops[i].d.next = self.drops[i].q.val() + self.drops_more.val();
            if self.mine.val() & !self.tx_waiting[i].val() & !self.rx_waiting[i].val() {
                self.drops[i].d.next = self.drops_more.val();
            }
            if self.tx_waiting[i].val() | self.rx_waiting[i].val() | self.drops[i].q.val().any() {
                self.links.next = self.links.val().replace_bit(i, true);
            }
        }
        self.waiting.d.next = self.links.val();
        self.candidates.next = self.waiting.q.val() & !self.picked.q.val();
        // A round takes three cycles at least, so it is found a cycle ahead.
        self.unserved.next = self.candidates.val() & !self.served.q.val();
        self.renews.d.next = !self.unserved.val().any();
        self.pick.next = self.unserved.val();
        if !self.unserved.val().any() {
            self.pick.next = self.candidates.val();
        }
        self.follower.d.next = self.pick.val() & (!self.pick.val() + 1);

        // The picked link's report, or its drops.
        self.link.next = 0.into();
        self.report.next = 0.into();
        self.transmits.next = false;
        self.receives.next = false;
        for i in 0..N {
            self.dropped.next = self.drops[i].q.val();
            self.link_report.next = bit_cast::<24, 8>(self.dropped.val());
            if self.rx_waiting[i].val() {
                self.link_report.next = self.rx_report[i].val();
            }
            if self.tx_waiting[i].val() {
                self.link_report.next = self.tx_report[i].val();
            }
            if self.picked.q.val().get_bit(i) {
                self.link.next = self.link.val() | i.to_bits::<4>();
                self.report.next = self.report.val() | self.link_report.val();
            }
            self.transmits.next = self.transmits.val() | (self.picked.q.val().get_bit(i) & self.tx_waiting[i].val());
            self.receives.next = self.receives.val() | (self.picked.q.val().get_bit(i) & self.rx_waiting[i].val());
        }
        if self.starts.val() {
            self.taken.d.next.any = self.picked.q.val().any();
            self.taken.d.next.link = self.link.val();
            self.taken.d.next.transmit = self.transmits.val();
            self.taken.d.next.drops = self.picked.q.val().any() & !self.transmits.val() & !self.receives.val();
            self.taken.d.next.report = self.report.val();
        }
        self.touched.clk.next = self.clk.val();
        self.touched.report_valid.next = self.taken.q.val().any & !self.taken.q.val().drops;
        self.touched.report.next = self.taken.q.val().report;
        self.touched.transmit.next = self.taken.q.val().transmit;

        // The report of the round before is counted, a group and a total a cycle, the lowest first.
        self.first_group.next = self.counted.q.val().groups & (!self.counted.q.val().groups + 1);
        self.groups_left.next = self.counted.q.val().groups & !self.first_group.val();
        self.first_code.next = 0.into();
        for k in 0..6 {
            self.group[k].clock.next = self.clk.val();
            self.group[k].d.next = self.group[k].q.val();
            if self.first_group.val().get_bit(k) {
                self.first_code.next = self.first_code.val() | self.group[k].q.val();
            }
        }
        self.totals_left.next = self.counted.q.val().totals & (self.counted.q.val().totals - 1);
        // What is left behind these is found a cycle ahead: a round that is over changes whose turn it is.
        self.seen_left.next = false;
        self.seen_touched.next = false;
        self.many_left.next = (self.totals_left.val() & (self.totals_left.val() - 1)).any();
        // A frame is in two totals at least.
        self.many_touched.next = self.touched.frame.val();
        for k in 0..6 {
            self.many_left.next = self.many_left.val() | (self.seen_left.val() & self.groups_left.val().get_bit(k));
            self.seen_left.next = self.seen_left.val() | self.groups_left.val().get_bit(k);
            self.many_touched.next = self.many_touched.val() | (self.seen_touched.val() & self.touched.groups.val().get_bit(k));
            self.seen_touched.next = self.seen_touched.val() | self.touched.groups.val().get_bit(k);
        }
        self.first_total.next = self.of_drops.val();
        self.told.d.next.increment = self.counted.q.val().octets;
        if self.counted.q.val().totals.get_bit(0) {
            self.first_total.next = self.of_octets.val();
        } else if self.counted.q.val().totals.get_bit(1) {
            self.first_total.next = self.of_ok_octets.val();
            self.told.d.next.increment = self.counted.q.val().ok_octets;
        } else if self.counted.q.val().totals.get_bit(2) {
            self.first_total.next = self.of_frames.val();
            self.told.d.next.increment = self.one.val();
        }
        self.told.d.next.add = self.counted.q.val().groups.any() & !self.round.q.val().host;
        self.told.d.next.address = (bit_cast::<10, 4>(self.counted.q.val().link) << 6) | bit_cast::<10, 6>(self.first_code.val());
        self.told.d.next.add_total = self.counted.q.val().totals.any() & !self.round.q.val().host;
        self.told.d.next.total_address = (bit_cast::<10, 4>(self.counted.q.val().link) << 3)
            | (bit_cast::<10, 1>(self.counted.q.val().transmit.into()) << 2)
            | bit_cast::<10, 2>(self.first_total.val());
        if !self.round.q.val().host {
            self.counted.d.next.groups = self.groups_left.val();
            self.counted.d.next.many = self.many_left.val();
            self.counted.d.next.totals = self.totals_left.val();
        }

        // A round for the host stands still until nothing is being written, then reads.
        self.total_of.address.next = self.read_counter.val();
        self.wanted.d.next.link = self.read_link.val();
        self.wanted.d.next.counter = self.read_counter.val();
        self.wanted.d.next.total = self.total_of.data.val();
        self.asks.next = self.round.q.val().host & self.round.q.val().phase.all();
        if self.asks.val() {
            self.told.d.next.address = (bit_cast::<10, 4>(self.wanted.q.val().link) << 6) | bit_cast::<10, 6>(self.wanted.q.val().counter);
            self.told.d.next.total_address =
                (bit_cast::<10, 4>(self.wanted.q.val().link) << 3) | bit_cast::<10, 3>(self.wanted.q.val().total.get_bits::<3>(0));
        }
        self.round.d.next.reading = (self.round.q.val().reading << 1) | bit_cast::<4, 1>(self.asks.val().into());
        self.counters.clk.next = self.clk.val();
        self.counters.add.next = self.told.q.val().add;
        self.counters.address.next = self.told.q.val().address;
        self.counters.increment.next = self.one.val();
        self.totals.clk.next = self.clk.val();
        self.totals.add.next = self.told.q.val().add_total;
        self.totals.address.next = self.told.q.val().total_address;
        self.totals.increment.next = self.told.q.val().increment;
        if self.round.q.val().reading.get_bit(2) {
            self.answer.d.next = self.counters.read_data.val();
            if self.wanted.q.val().total.get_bit(3) {
                self.answer.d.next = self.totals.read_data.val();
            }
        }
        self.read_valid.next = self.round.q.val().reading.get_bit(3);
        self.read_data.next = self.answer.q.val();

        // A round of a report lasts until all that it counts is told, and three cycles at least; one for the host four.
        self.over.next = self.asks.val();
        if !self.round.q.val().host {
            self.over.next = self.round.q.val().phase.get_bit(1) & !self.counted.q.val().many;
        }
        self.advances.next = self.over.val() & !self.round.q.val().host;
        if self.round.q.val().host | !self.round.q.val().phase.get_bit(1) {
            self.round.d.next.phase = self.round.q.val().phase + 1;
        }
        // A link's turn to have its report taken is as long as a cycle, and far away.
        self.turn.d.next = 0.into();
        self.serves_host.next = !self.round.q.val().host & self.read.val() & !self.round.q.val().reading.any();
        if self.over.val() {
            self.round.d.next.phase = 0.into();
            self.round.d.next.host = self.serves_host.val();
            if !self.serves_host.val() {
                self.turn.d.next = self.follower.q.val();
                if self.round.q.val().host {
                    self.turn.d.next = self.picked.q.val();
                }
            }
        }
        if self.advances.val() {
            self.picked.d.next = self.follower.q.val();
            self.served.d.next = self.served.q.val() | self.follower.q.val();
            if self.renews.q.val() {
                self.served.d.next = self.follower.q.val();
            }
            self.counted.d.next.link = self.taken.q.val().link;
            self.counted.d.next.transmit = self.taken.q.val().transmit;
            self.counted.d.next.groups = self.touched.groups.val();
            self.counted.d.next.many = self.many_touched.val() & !self.taken.q.val().drops;
            for k in 0..6 {
                self.group[k].d.next = self.touched.code[k].val();
            }
            self.counted.d.next.totals = (bit_cast::<4, 1>(self.touched.frame.val().into()))
                | (bit_cast::<4, 1>(self.touched.ok.val().into()) << 1)
                | (bit_cast::<4, 1>(self.touched.frame.val().into()) << 2);
            self.counted.d.next.octets = self.touched.octets.val();
            self.counted.d.next.ok_octets = self.touched.ok_octets.val();
            if self.taken.q.val().drops {
                self.counted.d.next.totals = bit_cast::<4, 1>(self.taken.q.val().any.into()) << 3;
                self.counted.d.next.octets = self.taken.q.val().report.get_bits::<16>(0);
            }
        }
    }
    spareband_hdl::module_name!();
}
