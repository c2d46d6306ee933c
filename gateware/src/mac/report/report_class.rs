//! What a report means to the counters, for one direction. RFC 2819, IEEE 802.3 Clause 30.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk | in | | |
//! | report_valid, report | in | clk | `spareband_spec::frame_report` |
//! | frame, bad | out | clk | a frame; its FCS is wrong or it has a coding error |
//! | short, in_range, long | out | clk | a frame of less than 64, of 64 to 1518, of more bytes |
//! | size[7] | out | clk | a frame of 64, 65 to 127, 128 to 255, 256 to 511, 512 to 1023, 1024 to 1518, more bytes |
//! | ok | out | clk | a frame received or sent OK: not bad, not too long, not short |
//! | coding, too_long, length_error | out | clk | a frame with that |
//! | multicast, broadcast, pause, priority_pause, other_control | out | clk | a frame to such an address, of such a kind |
//! | octets, ok_octets | out | clk | bytes of a frame; data and padding of an OK frame; else 0 |
//!
//! Latency: 1 cycle. Throughput: a report a cycle. Bad input: none; a frame shorter than addresses, Length/Type and FCS is short, so not OK.

use rust_hdl::prelude::*;
use spareband_spec::frame_report::{self, address, control};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Class {
    frame: bool,
    bad: bool,
    short: bool,
    in_range: bool,
    long: bool,
    size: Bits<7>,
    ok: bool,
    coding: bool,
    too_long: bool,
    length_error: bool,
    multicast: bool,
    broadcast: bool,
    pause: bool,
    priority_pause: bool,
    other_control: bool,
    octets: Bits<16>,
    ok_octets: Bits<16>,
}

#[derive(LogicBlock)]
pub struct ReportClass {
    pub clk: Signal<In, Clock>,
    pub report_valid: Signal<In, Bit>,
    pub report: Signal<In, Bits<32>>,
    pub frame: Signal<Out, Bit>,
    pub bad: Signal<Out, Bit>,
    pub short: Signal<Out, Bit>,
    pub in_range: Signal<Out, Bit>,
    pub long: Signal<Out, Bit>,
    pub size: Signal<Out, Bits<7>>,
    pub ok: Signal<Out, Bit>,
    pub coding: Signal<Out, Bit>,
    pub too_long: Signal<Out, Bit>,
    pub length_error: Signal<Out, Bit>,
    pub multicast: Signal<Out, Bit>,
    pub broadcast: Signal<Out, Bit>,
    pub pause: Signal<Out, Bit>,
    pub priority_pause: Signal<Out, Bit>,
    pub other_control: Signal<Out, Bit>,
    pub octets: Signal<Out, Bits<16>>,
    pub ok_octets: Signal<Out, Bits<16>>,
    class: DFF<Class>,
    length: Signal<Local, Bits<16>>,
    is_bad: Signal<Local, Bit>,
    is_short: Signal<Local, Bit>,
    is_long: Signal<Local, Bit>,
    is_ok: Signal<Local, Bit>,
    sizes: Signal<Local, Bits<7>>,
    to: Signal<Local, Bits<2>>,
    kind: Signal<Local, Bits<2>>,
    nothing: Constant<Bits<16>>,
    no_sizes: Constant<Bits<7>>,
    size_bit: [Constant<Bits<7>>; 7],
    size_from: [Constant<Bits<16>>; 7],
    minimum: Constant<Bits<16>>,
    maximum: Constant<Bits<16>>,
    overhead: Constant<Bits<16>>,
    to_multicast: Constant<Bits<2>>,
    to_broadcast: Constant<Bits<2>>,
    is_pause: Constant<Bits<2>>,
    is_priority_pause: Constant<Bits<2>>,
    is_other: Constant<Bits<2>>,
}

/// Least lengths of the size classes.
const SIZES: [u16; 7] = [64, 65, 128, 256, 512, 1024, 1519];

const _: () = assert!(
    frame_report::FCS_ERROR == 16
        && frame_report::CODING == 17
        && frame_report::TOO_LONG == 18
        && frame_report::LENGTH_ERROR == 19
        && frame_report::ADDRESS == 20
        && frame_report::CONTROL == 22
);

impl Default for ReportClass {
    fn default() -> Self {
        let word = |value: u16| Constant::new(bits::<16>(value.into()));
        let two = |value: u8| Constant::new(bits::<2>(value.into()));
        with_defaults!(Self {
            nothing: word(0),
            no_sizes: Constant::new(bits(0)),
            size_bit: std::array::from_fn(|size| Constant::new(bits(1 << size))),
            size_from: SIZES.map(word),
            minimum: word(SIZES[0]),
            maximum: word(SIZES[6] - 1),
            overhead: word(frame_report::FRAME_OVERHEAD),
            to_multicast: two(address::MULTICAST),
            to_broadcast: two(address::BROADCAST),
            is_pause: two(control::PAUSE),
            is_priority_pause: two(control::PRIORITY_PAUSE),
            is_other: two(control::OTHER),
        }
            defaults clk report_valid report frame bad short in_range long size ok coding too_long length_error multicast broadcast
            pause priority_pause other_control octets ok_octets class length is_bad is_short is_long is_ok sizes
            to kind)
    }
}

impl Logic for ReportClass {
    #[hdl_gen]
    fn update(&mut self) {
        self.class.clock.next = self.clk.val();
        self.class.d.next = self.class.q.val();
        self.length.next = self.report.val().get_bits::<16>(0);
        self.is_bad.next = self.report.val().get_bit(16) | self.report.val().get_bit(17);
        self.is_short.next = self.length.val() < self.minimum.val();
        self.is_long.next = self.length.val() > self.maximum.val();
        self.is_ok.next = self.report_valid.val() & !self.is_bad.val() & !self.is_short.val() & !self.report.val().get_bit(18);
        self.sizes.next = self.no_sizes.val();
        for i in 0..7 {
            if self.report_valid.val() & (self.length.val() >= self.size_from[i].val()) {
                self.sizes.next = self.size_bit[i].val();
            }
        }
        self.to.next = self.report.val().get_bits::<2>(20);
        self.kind.next = self.report.val().get_bits::<2>(22);
        self.class.d.next.frame = self.report_valid.val();
        self.class.d.next.bad = self.report_valid.val() & self.is_bad.val();
        self.class.d.next.short = self.report_valid.val() & self.is_short.val();
        self.class.d.next.in_range = self.report_valid.val() & !self.is_short.val() & !self.is_long.val();
        self.class.d.next.long = self.report_valid.val() & self.is_long.val();
        self.class.d.next.size = self.sizes.val();
        self.class.d.next.ok = self.is_ok.val();
        self.class.d.next.coding = self.report_valid.val() & self.report.val().get_bit(17);
        self.class.d.next.too_long = self.report_valid.val() & self.report.val().get_bit(18);
        self.class.d.next.length_error = self.report_valid.val() & self.report.val().get_bit(19);
        self.class.d.next.multicast = self.report_valid.val() & (self.to.val() == self.to_multicast.val());
        self.class.d.next.broadcast = self.report_valid.val() & (self.to.val() == self.to_broadcast.val());
        self.class.d.next.pause = self.report_valid.val() & (self.kind.val() == self.is_pause.val());
        self.class.d.next.priority_pause = self.report_valid.val() & (self.kind.val() == self.is_priority_pause.val());
        self.class.d.next.other_control = self.report_valid.val() & (self.kind.val() == self.is_other.val());

        self.class.d.next.octets = self.nothing.val();
        if self.report_valid.val() {
            self.class.d.next.octets = self.length.val();
        }
        self.class.d.next.ok_octets = self.nothing.val();
        if self.is_ok.val() {
            self.class.d.next.ok_octets = self.length.val() - self.overhead.val();
        }

        self.frame.next = self.class.q.val().frame;
        self.bad.next = self.class.q.val().bad;
        self.short.next = self.class.q.val().short;
        self.in_range.next = self.class.q.val().in_range;
        self.long.next = self.class.q.val().long;
        self.size.next = self.class.q.val().size;
        self.ok.next = self.class.q.val().ok;
        self.coding.next = self.class.q.val().coding;
        self.too_long.next = self.class.q.val().too_long;
        self.length_error.next = self.class.q.val().length_error;
        self.multicast.next = self.class.q.val().multicast;
        self.broadcast.next = self.class.q.val().broadcast;
        self.pause.next = self.class.q.val().pause;
        self.priority_pause.next = self.class.q.val().priority_pause;
        self.other_control.next = self.class.q.val().other_control;
        self.octets.next = self.class.q.val().octets;
        self.ok_octets.next = self.class.q.val().ok_octets;
    }
    spareband_hdl::module_name!();
}
