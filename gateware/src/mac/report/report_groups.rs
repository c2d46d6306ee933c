//! Which counters a frame report touches, for `SharedStatistics`: of each group of counters that exclude each other at most one. RFC 2819, IEEE 802.3
//! Clause 30.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | report_valid, report, transmit | in | 1, 24, 1 | `spareband_spec::frame_report`; of a sent frame |
//! | groups, code | out | 6, 6 x 6 | groups it touches, and the number of the counter in each: size, fate, kind of RFC 2819, address, MAC Control or symbol error, opcode or length error |
//! | frame, ok | out | 1 | a frame; received or sent OK |
//! | octets, ok_octets | out | 16 | as in `ReportClass` |
//!
//! Latency: 1 cycle; `transmit` is to stay for it. Throughput: a report a cycle. Bad input: a MAC Control frame is not said to have a wrong length.

use super::report_class::ReportClass;
use rust_hdl::prelude::*;
use spareband_spec::statistics::*;

/// Groups of counters.
pub(super) const GROUPS: usize = 6;

#[derive(LogicBlock)]
pub struct ReportGroups {
    pub clk: Signal<In, Clock>,
    pub report_valid: Signal<In, Bit>,
    pub report: Signal<In, Bits<24>>,
    pub transmit: Signal<In, Bit>,
    pub groups: Signal<Out, Bits<6>>,
    pub code: [Signal<Out, Bits<6>>; GROUPS],
    pub frame: Signal<Out, Bit>,
    pub ok: Signal<Out, Bit>,
    pub octets: Signal<Out, Bits<16>>,
    pub ok_octets: Signal<Out, Bits<16>>,
    class: ReportClass,
    control: Signal<Local, Bit>,
    touches: Signal<Local, Bits<6>>,
    good: Signal<Local, Bit>,
    rx_size: [Constant<Bits<6>>; 7],
    tx_size: [Constant<Bits<6>>; 7],
    at_fcs_error: Constant<Bits<6>>,
    at_too_long: Constant<Bits<6>>,
    at_rx_ok: Constant<Bits<6>>,
    at_tx_ok: Constant<Bits<6>>,
    at_tx_lost: Constant<Bits<6>>,
    at_good_broadcast: Constant<Bits<6>>,
    at_good_multicast: Constant<Bits<6>>,
    at_crc_align_error: Constant<Bits<6>>,
    at_undersize: Constant<Bits<6>>,
    at_oversize: Constant<Bits<6>>,
    at_fragment: Constant<Bits<6>>,
    at_jabber: Constant<Bits<6>>,
    at_rx_multicast: Constant<Bits<6>>,
    at_rx_broadcast: Constant<Bits<6>>,
    at_tx_multicast: Constant<Bits<6>>,
    at_tx_broadcast: Constant<Bits<6>>,
    at_rx_control: Constant<Bits<6>>,
    at_tx_control: Constant<Bits<6>>,
    at_symbol_error: Constant<Bits<6>>,
    at_rx_pause: Constant<Bits<6>>,
    at_rx_priority_pause: Constant<Bits<6>>,
    at_unsupported: Constant<Bits<6>>,
    at_length_error: Constant<Bits<6>>,
    at_tx_pause: Constant<Bits<6>>,
    at_tx_priority_pause: Constant<Bits<6>>,
}

impl Default for ReportGroups {
    fn default() -> Self {
        let at = |counter: usize| Constant::new(bits::<6>(counter as u64));
        with_defaults!(Self {
            rx_size: std::array::from_fn(|size| at(RX_PKTS_64 + size)),
            tx_size: std::array::from_fn(|size| at(TX_PKTS_64 + size)),
            at_fcs_error: at(FRAME_CHECK_SEQUENCE_ERRORS),
            at_too_long: at(FRAME_TOO_LONG_ERRORS),
            at_rx_ok: at(FRAMES_RECEIVED_OK),
            at_tx_ok: at(FRAMES_TRANSMITTED_OK),
            at_tx_lost: at(FRAMES_LOST_INT_MAC_XMIT),
            at_good_broadcast: at(RX_BROADCAST_PKTS),
            at_good_multicast: at(RX_MULTICAST_PKTS),
            at_crc_align_error: at(RX_CRC_ALIGN_ERRORS),
            at_undersize: at(RX_UNDERSIZE_PKTS),
            at_oversize: at(RX_OVERSIZE_PKTS),
            at_fragment: at(RX_FRAGMENTS),
            at_jabber: at(RX_JABBERS),
            at_rx_multicast: at(MULTICAST_FRAMES_RECEIVED_OK),
            at_rx_broadcast: at(BROADCAST_FRAMES_RECEIVED_OK),
            at_tx_multicast: at(MULTICAST_FRAMES_XMITTED_OK),
            at_tx_broadcast: at(BROADCAST_FRAMES_XMITTED_OK),
            at_rx_control: at(MAC_CONTROL_FRAMES_RECEIVED),
            at_tx_control: at(MAC_CONTROL_FRAMES_TRANSMITTED),
            at_symbol_error: at(SYMBOL_ERROR_DURING_CARRIER),
            at_rx_pause: at(PAUSE_FRAMES_RECEIVED),
            at_rx_priority_pause: at(PRIORITY_PAUSE_FRAMES_RECEIVED),
            at_unsupported: at(UNSUPPORTED_OPCODES_RECEIVED),
            at_length_error: at(IN_RANGE_LENGTH_ERRORS),
            at_tx_pause: at(PAUSE_FRAMES_TRANSMITTED),
            at_tx_priority_pause: at(PRIORITY_PAUSE_FRAMES_TRANSMITTED),
        }
            defaults clk report_valid report transmit groups frame ok octets ok_octets class control touches good
            ; arrays code)
    }
}

impl Logic for ReportGroups {
    #[hdl_gen]
    fn update(&mut self) {
        self.class.clk.next = self.clk.val();
        self.class.report_valid.next = self.report_valid.val();
        self.class.report.next = bit_cast::<32, 24>(self.report.val());
        self.frame.next = self.class.frame.val();
        self.octets.next = self.class.octets.val();
        self.ok_octets.next = self.class.ok_octets.val();
        self.good.next = self.class.ok.val();
        self.ok.next = self.good.val();
        self.control.next = (self.class.pause.val() | self.class.priority_pause.val() | self.class.other_control.val()) & self.good.val();
        self.touches.next = 0.into();
        for k in 0..6 {
            self.code[k].next = 0.into();
        }
        for k in 0..7 {
            if self.class.size.val().get_bit(k) {
                self.touches.next = self.touches.val().replace_bit(0, true);
                self.code[0].next = self.rx_size[k].val();
                if self.transmit.val() {
                    self.code[0].next = self.tx_size[k].val();
                }
            }
        }
        if self.good.val() {
            self.touches.next = self.touches.val().replace_bit(1, true);
            self.code[1].next = self.at_rx_ok.val();
            if self.transmit.val() {
                self.code[1].next = self.at_tx_ok.val();
            }
        } else if self.transmit.val() {
            self.touches.next = self.touches.val().replace_bit(1, self.class.bad.val());
            self.code[1].next = self.at_tx_lost.val();
        } else if self.class.too_long.val() {
            self.touches.next = self.touches.val().replace_bit(1, true);
            self.code[1].next = self.at_too_long.val();
        } else {
            self.touches.next = self.touches.val().replace_bit(1, self.class.bad.val() & !self.class.short.val());
            self.code[1].next = self.at_fcs_error.val();
        }
        self.touches.next = self.touches.val().replace_bit(2, self.class.frame.val() & !self.transmit.val());
        if self.class.short.val() {
            self.code[2].next = self.at_undersize.val();
            if self.class.bad.val() {
                self.code[2].next = self.at_fragment.val();
            }
        } else if self.class.long.val() {
            self.code[2].next = self.at_oversize.val();
            if self.class.bad.val() {
                self.code[2].next = self.at_jabber.val();
            }
        } else if self.class.bad.val() {
            self.code[2].next = self.at_crc_align_error.val();
        } else if self.class.multicast.val() {
            self.code[2].next = self.at_good_multicast.val();
        } else if self.class.broadcast.val() {
            self.code[2].next = self.at_good_broadcast.val();
        } else {
            self.touches.next = self.touches.val().replace_bit(2, false);
        }
        self.touches.next = self
            .touches
            .val()
            .replace_bit(3, self.good.val() & (self.class.multicast.val() | self.class.broadcast.val()));
        self.code[3].next = self.at_rx_multicast.val();
        if self.class.broadcast.val() {
            self.code[3].next = self.at_rx_broadcast.val();
        }
        if self.transmit.val() {
            self.code[3].next = self.at_tx_multicast.val();
            if self.class.broadcast.val() {
                self.code[3].next = self.at_tx_broadcast.val();
            }
        }
        self.touches.next = self
            .touches
            .val()
            .replace_bit(4, self.control.val() | (self.class.coding.val() & !self.transmit.val()));
        self.code[4].next = self.at_rx_control.val();
        if self.transmit.val() {
            self.code[4].next = self.at_tx_control.val();
        } else if self.class.coding.val() {
            self.code[4].next = self.at_symbol_error.val();
        }
        if self.class.pause.val() {
            self.touches.next = self.touches.val().replace_bit(5, self.good.val());
            self.code[5].next = self.at_rx_pause.val();
            if self.transmit.val() {
                self.code[5].next = self.at_tx_pause.val();
            }
        } else if self.class.priority_pause.val() {
            self.touches.next = self.touches.val().replace_bit(5, self.good.val());
            self.code[5].next = self.at_rx_priority_pause.val();
            if self.transmit.val() {
                self.code[5].next = self.at_tx_priority_pause.val();
            }
        } else if self.class.other_control.val() {
            self.touches.next = self.touches.val().replace_bit(5, self.good.val() & !self.transmit.val());
            self.code[5].next = self.at_unsupported.val();
        } else {
            self.touches.next = self
                .touches
                .val()
                .replace_bit(5, self.good.val() & self.class.length_error.val() & !self.transmit.val());
            self.code[5].next = self.at_length_error.val();
        }
        self.groups.next = self.touches.val();
    }
    spareband_hdl::module_name!();
}
