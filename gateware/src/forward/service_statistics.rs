//! Counters of each service: packets, bytes, new flows, drops; 64 bits each, in one block RAM.
//!
//! > A frame that was taken is counted once in each counter it belongs to, and a counter is read whole.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets what is under way, the counters run from configuration on |
//! | frame, frame_ready | in, out | 1 | a frame is taken where both are set |
//! | service, octets | in | S, 16 | of the frame |
//! | new_flow, dropped | in | 1 | it began a flow; it was dropped |
//! | read, read_ready | in, out | 1 | a read is taken where both are set |
//! | read_address | in | A | service, then 2 bits: `spareband_spec::service::Counter` |
//! | read_valid, read_data | out | 1, 64 | pulse; the counter, which stays until the next |
//!
//! S is log2 of the services, A = S + 2. Packets and octets count dropped frames too: what was carried is their difference.
//! `CounterBank` has an accumulator for each counter, which for four in each of 64 services would be 256 of them; here one frame after another
//! adds to its four counters in the RAM, one a cycle.
//! Latency: a frame counts after 8 cycles at most; a read is over within 9 (`latencies`). Throughput: a frame in 8 cycles; one that
//! comes earlier is not taken. The counters wrap after 2^64. Bad input: none.

use rust_hdl::prelude::*;
use spareband_hdl::parts::SimpleDualPortRam;
use spareband_spec::service::{COUNTERS_LOG2, SERVICES_LOG2};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Event {
    /// 0 idle; 1 to 4: the counter of this number, less one, is read; 4 to 7: written.
    step: Bits<3>,
    octets: Bits<16>,
    new_flow: Bit,
    dropped: Bit,
    /// Bit i: a counter of a frame was read i + 1 cycles ago.
    counting: Bits<3>,
    pending: Bit,
    /// Bit i: the host's counter was read i + 1 cycles ago.
    reading: Bits<3>,
}

#[derive(LogicBlock)]
pub struct ServiceStatistics<const S: usize, const A: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub frame: Signal<In, Bit>,
    pub frame_ready: Signal<Out, Bit>,
    pub service: Signal<In, Bits<S>>,
    pub octets: Signal<In, Bits<16>>,
    pub new_flow: Signal<In, Bit>,
    pub dropped: Signal<In, Bit>,
    pub read: Signal<In, Bit>,
    pub read_ready: Signal<Out, Bit>,
    pub read_address: Signal<In, Bits<A>>,
    pub read_valid: Signal<Out, Bit>,
    pub read_data: Signal<Out, Bits<64>>,
    event: DFF<Event>,
    frame_service: DFF<Bits<S>>,
    address: DFF<Bits<A>>,
    counters: SimpleDualPortRam<64, A>,
    counter: DFF<Bits<64>>,
    sum: DFF<Bits<64>>,
    shown: DFF<Bits<64>>,
    write_number: Signal<Local, Bits<2>>,
    read_number: Signal<Local, Bits<2>>,
    add_number: Signal<Local, Bits<2>>,
    write_address: Signal<Local, Bits<A>>,
    adds: Signal<Local, Bits<16>>,
    counts: Signal<Local, Bit>,
    go: Signal<Local, Bit>,
    writes: Signal<Local, Bit>,
}

impl<const S: usize, const A: usize> Default for ServiceStatistics<S, A> {
    fn default() -> Self {
        assert!(
            (1..=SERVICES_LOG2).contains(&S) && A == S + COUNTERS_LOG2,
            "2^{S} services at {A} address bits"
        );
        with_defaults!(Self {
            counters: SimpleDualPortRam::default().without_bypass(),
        }
            defaults clk reset frame frame_ready service octets new_flow dropped read read_ready read_address read_valid read_data event
            frame_service address counter sum shown write_number read_number add_number write_address adds counts go writes)
    }
}

impl<const S: usize, const A: usize> Logic for ServiceStatistics<S, A> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, event, frame_service, address, counter, sum, shown);
        // A counter is read, comes out of the RAM, into its fabric register, and is added to, and written: four cycles.
        self.frame_ready.next = self.event.q.val().step == 0;
        if self.event.q.val().step.any() {
            self.event.d.next.step = self.event.q.val().step + 1;
        } else if self.frame.val() {
            self.event.d.next.step = 1.into();
            self.frame_service.d.next = self.service.val();
            self.event.d.next.octets = self.octets.val();
            self.event.d.next.new_flow = self.new_flow.val();
            self.event.d.next.dropped = self.dropped.val();
        }
        self.counts.next = self.event.q.val().step.any() & (self.event.q.val().step <= 4);
        self.event.d.next.counting = (self.event.q.val().counting << 1) | bit_cast::<3, 1>(self.counts.val().into());
        // Numbers modulo 4: step 1 reads counter 0, which is added to in step 3 and written in step 4.
        self.read_number.next = self.event.q.val().step.get_bits::<2>(0) - 1;
        self.add_number.next = self.event.q.val().step.get_bits::<2>(0) + 1;
        self.write_number.next = self.event.q.val().step.get_bits::<2>(0);
        self.adds.next = 1.into();
        if self.add_number.val() == 1 {
            self.adds.next = self.event.q.val().octets;
        }
        if self.add_number.val() == 2 {
            self.adds.next = bit_cast::<16, 1>(self.event.q.val().new_flow.into());
        }
        if self.add_number.val() == 3 {
            self.adds.next = bit_cast::<16, 1>(self.event.q.val().dropped.into());
        }
        self.counter.d.next = self.counters.read_data.val();
        self.sum.d.next = self.counter.q.val() + bit_cast::<64, 16>(self.adds.val());
        self.writes.next = self.event.q.val().counting.get_bit(2);
        self.write_address.next = (bit_cast::<A, S>(self.frame_service.q.val()) << 2) | bit_cast::<A, 2>(self.write_number.val());
        self.counters.clk.next = self.clk.val();
        self.counters.write_enable.next = self.writes.val();
        self.counters.write_address.next = self.write_address.val();
        self.counters.write_data.next = self.sum.q.val();
        // The host reads in a cycle in which no frame does, and not the word that is being written.
        self.read_ready.next = !self.event.q.val().pending;
        if self.read.val() & !self.event.q.val().pending {
            self.event.d.next.pending = true;
            self.address.d.next = self.read_address.val();
        }
        self.go.next = self.event.q.val().pending
            & !self.event.q.val().reading.any()
            & !self.counts.val()
            & !(self.writes.val() & (self.write_address.val() == self.address.q.val()));
        self.event.d.next.reading = (self.event.q.val().reading << 1) | bit_cast::<3, 1>(self.go.val().into());
        self.counters.read_address.next = self.address.q.val();
        if self.counts.val() {
            self.counters.read_address.next =
                (bit_cast::<A, S>(self.frame_service.q.val()) << 2) | bit_cast::<A, 2>(self.read_number.val());
        }
        if self.event.q.val().reading.get_bit(1) {
            self.shown.d.next = self.counter.q.val();
            self.event.d.next.pending = false;
        }
        self.read_valid.next = self.event.q.val().reading.get_bit(2);
        self.read_data.next = self.shown.q.val();
        if self.reset.val() {
            self.event.d.next.step = 0.into();
            self.event.d.next.counting = 0.into();
            self.event.d.next.pending = false;
            self.event.d.next.reading = 0.into();
        }
    }
    spareband_hdl::module_name!();
}
