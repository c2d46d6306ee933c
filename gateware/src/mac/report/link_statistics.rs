//! The statistics of a link: 64-bit counters made of frame reports. RFC 2819 etherStats, IEEE 802.3 Clause 30; order and names: `spareband_spec::statistics`.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | rx_report_valid, rx_report | in | clk | `spareband_spec::frame_report` of a received frame |
//! | tx_report_valid, tx_report | in | clk | of a sent frame |
//! | drop_event | in | clk | a received frame was dropped for want of resources |
//! | read_address | in | clk | number of the counter; hold it until the data is there |
//! | read_data | out | clk | the counter, whole; 0 beyond the last |
//!
//! Invariant: of reports as far apart as `distances` says, none is lost; each counter is read whole (all its 64 bits are of one moment), but two counters are read at two
//! moments. A snapshot of all would have to stop folding for as long as a host reads, and the accumulators are wide enough for one sweep only.
//! Latency: read_data follows read_address after at most 4 cycles and lacks at most what came in the last 110 (`every_counter_equals_the_model`).
//! Throughput, a direction: a report in 2 cycles, one of a frame of 64 bytes and more in 7. Reset: none, counters run from configuration on.
//! Bad input: see `ReportClass` and `OctetSteps`.

use super::octet_steps::OctetSteps;
use super::report_class::ReportClass;
use rust_hdl::prelude::*;
use spareband_hdl::parts::CounterBank;
use spareband_spec::statistics;

#[derive(LogicBlock)]
pub struct LinkStatistics {
    pub clk: Signal<In, Clock>,
    pub rx_report_valid: Signal<In, Bit>,
    pub rx_report: Signal<In, Bits<32>>,
    pub tx_report_valid: Signal<In, Bit>,
    pub tx_report: Signal<In, Bits<32>>,
    pub drop_event: Signal<In, Bit>,
    pub read_address: Signal<In, Bits<6>>,
    pub read_data: Signal<Out, Bits<64>>,
    receive: ReportClass,
    transmit: ReportClass,
    /// Received, received OK, sent, sent OK.
    steps: [OctetSteps; 4],
    counters: CounterBank<46, 6>,
}

const _: () = assert!(statistics::COUNTERS == 46 && statistics::ADDRESS_BITS == 6);

/// Cycles from one increment of a counter to its next at least: a frame of 64 bytes has 8 words, a received one that is cut has 2, with what
/// surrounds it, and the crossing to this clock brings two of them some cycles nearer to each other.
fn distances() -> [usize; statistics::COUNTERS] {
    use statistics::*;
    let mut distances = [7; COUNTERS];
    // What frames of any length count in, and octets, which follow a long frame one cycle after the other.
    for counter in [
        RX_DROP_EVENTS,
        RX_PKTS,
        RX_UNDERSIZE_PKTS,
        RX_FRAGMENTS,
        FRAME_TOO_LONG_ERRORS,
        SYMBOL_ERROR_DURING_CARRIER,
        TX_PKTS,
        FRAMES_LOST_INT_MAC_XMIT,
    ] {
        distances[counter] = 2;
    }
    for counter in [RX_OCTETS, OCTETS_RECEIVED_OK, TX_OCTETS, OCTETS_TRANSMITTED_OK] {
        distances[counter] = 1;
    }
    distances
}

impl Default for LinkStatistics {
    fn default() -> Self {
        with_defaults!(Self {
            counters: CounterBank::with_distances(statistics::increment_bits(), distances()),
        }
            defaults clk rx_report_valid rx_report tx_report_valid tx_report drop_event read_address read_data receive transmit
            ; arrays steps)
    }
}

impl Logic for LinkStatistics {
    #[hdl_gen]
    fn update(&mut self) {
        self.receive.clk.next = self.clk.val();
        self.receive.report_valid.next = self.rx_report_valid.val();
        self.receive.report.next = self.rx_report.val();
        self.transmit.clk.next = self.clk.val();
        self.transmit.report_valid.next = self.tx_report_valid.val();
        self.transmit.report.next = self.tx_report.val();
        for i in 0..4 {
            self.steps[i].clk.next = self.clk.val();
        }
        self.steps[0].octets.next = self.receive.octets.val();
        self.steps[1].octets.next = self.receive.ok_octets.val();
        self.steps[2].octets.next = self.transmit.octets.val();
        self.steps[3].octets.next = self.transmit.ok_octets.val();
        self.counters.clk.next = self.clk.val();
        self.counters.read_address.next = self.read_address.val();
        self.read_data.next = self.counters.read_data.val();
        self.counters.increment[0].next = bit_cast::<14, 1>((self.drop_event.val()).into());
        self.counters.increment[1].next = self.steps[0].step.val();
        self.counters.increment[2].next = bit_cast::<14, 1>((self.receive.frame.val()).into());
        self.counters.increment[3].next =
            bit_cast::<14, 1>((self.receive.broadcast.val() & (!self.receive.bad.val() & self.receive.in_range.val())).into());
        self.counters.increment[4].next =
            bit_cast::<14, 1>((self.receive.multicast.val() & (!self.receive.bad.val() & self.receive.in_range.val())).into());
        self.counters.increment[5].next = bit_cast::<14, 1>((self.receive.bad.val() & self.receive.in_range.val()).into());
        self.counters.increment[6].next = bit_cast::<14, 1>((self.receive.short.val() & !self.receive.bad.val()).into());
        self.counters.increment[7].next = bit_cast::<14, 1>((self.receive.long.val() & !self.receive.bad.val()).into());
        self.counters.increment[8].next = bit_cast::<14, 1>((self.receive.short.val() & self.receive.bad.val()).into());
        self.counters.increment[9].next = bit_cast::<14, 1>((self.receive.long.val() & self.receive.bad.val()).into());
        self.counters.increment[10].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(0)).into());
        self.counters.increment[11].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(1)).into());
        self.counters.increment[12].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(2)).into());
        self.counters.increment[13].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(3)).into());
        self.counters.increment[14].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(4)).into());
        self.counters.increment[15].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(5)).into());
        self.counters.increment[16].next = bit_cast::<14, 1>((self.receive.size.val().get_bit(6)).into());
        self.counters.increment[17].next = self.steps[2].step.val();
        self.counters.increment[18].next = bit_cast::<14, 1>((self.transmit.frame.val()).into());
        self.counters.increment[19].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(0)).into());
        self.counters.increment[20].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(1)).into());
        self.counters.increment[21].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(2)).into());
        self.counters.increment[22].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(3)).into());
        self.counters.increment[23].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(4)).into());
        self.counters.increment[24].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(5)).into());
        self.counters.increment[25].next = bit_cast::<14, 1>((self.transmit.size.val().get_bit(6)).into());
        self.counters.increment[26].next = bit_cast::<14, 1>((self.receive.ok.val()).into());
        self.counters.increment[27].next = self.steps[1].step.val();
        self.counters.increment[28].next =
            bit_cast::<14, 1>((self.receive.bad.val() & !self.receive.short.val() & !self.receive.too_long.val()).into());
        self.counters.increment[29].next = bit_cast::<14, 1>((self.receive.too_long.val()).into());
        self.counters.increment[30].next = bit_cast::<14, 1>((self.receive.length_error.val() & self.receive.ok.val()).into());
        self.counters.increment[31].next = bit_cast::<14, 1>((self.receive.multicast.val() & self.receive.ok.val()).into());
        self.counters.increment[32].next = bit_cast::<14, 1>((self.receive.broadcast.val() & self.receive.ok.val()).into());
        self.counters.increment[33].next = bit_cast::<14, 1>((self.transmit.ok.val()).into());
        self.counters.increment[34].next = self.steps[3].step.val();
        self.counters.increment[35].next = bit_cast::<14, 1>((self.transmit.multicast.val() & self.transmit.ok.val()).into());
        self.counters.increment[36].next = bit_cast::<14, 1>((self.transmit.broadcast.val() & self.transmit.ok.val()).into());
        self.counters.increment[37].next = bit_cast::<14, 1>((self.transmit.bad.val()).into());
        self.counters.increment[38].next = bit_cast::<14, 1>(
            ((self.receive.pause.val() | self.receive.priority_pause.val() | self.receive.other_control.val()) & self.receive.ok.val())
                .into(),
        );
        self.counters.increment[39].next = bit_cast::<14, 1>((self.receive.other_control.val() & self.receive.ok.val()).into());
        self.counters.increment[40].next = bit_cast::<14, 1>(
            ((self.transmit.pause.val() | self.transmit.priority_pause.val() | self.transmit.other_control.val()) & self.transmit.ok.val())
                .into(),
        );
        self.counters.increment[41].next = bit_cast::<14, 1>((self.receive.pause.val() & self.receive.ok.val()).into());
        self.counters.increment[42].next = bit_cast::<14, 1>((self.transmit.pause.val() & self.transmit.ok.val()).into());
        self.counters.increment[43].next = bit_cast::<14, 1>((self.receive.priority_pause.val() & self.receive.ok.val()).into());
        self.counters.increment[44].next = bit_cast::<14, 1>((self.transmit.priority_pause.val() & self.transmit.ok.val()).into());
        self.counters.increment[45].next = bit_cast::<14, 1>((self.receive.coding.val()).into());
    }
    spareband_hdl::module_name!();
}
