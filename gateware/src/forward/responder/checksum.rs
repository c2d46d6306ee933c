//! The checksums of the responder: that of a neighbour solicitation is proven, that of an advertisement made, those of an echo updated.
//! RFC 1071; RFC 1624 equation 3; RFC 8200 8.1 (pseudo-header).
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk | in | 1 | rising edge |
//! | clear | in | 1 | before a packet's first step |
//! | step_valid, step, data | in | 1, 4, 64 | eight bytes of the packet |
//! | own_mac | in | 48 | bits 7..0 first on the wire; stands still |
//! | solicitation, unspecified | in | 1 | see `RequestExaminer` |
//! | is_ipv4 | in | 1 | an IPv4 packet |
//! | ttl, header_checksum, message_checksum | in | 8, 16, 16 | of an echo request |
//! | solicitation_good | out | 1 | the checksum of the solicitation is right |
//! | reply_header, reply_message | out | 16, 16 | checksums of the reply: IPv4 header with TTL 64; ICMP |
//!
//! Latency: 6 cycles from the last step, or from what an echo's fields were set. All checksums have their first byte in the low bits: the sum
//! does not depend on the order of the bytes (RFC 1071 2 B). A wrong checksum of an echo request is as wrong in the reply. No reset.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Lanes {
    valid: Bit,
    /// Part of the advertisement too; twice.
    once: Bit,
    twice: Bit,
    low: Bits<18>,
    high: Bits<18>,
}

/// Both halves together.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Step {
    valid: Bit,
    once: Bit,
    twice: Bit,
    sum: Bits<18>,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Sums {
    request: Bits<26>,
    request_fold: Bits<17>,
    request_folded: Bits<16>,
    advertisement: Bits<22>,
    message: Bits<22>,
    message_fold: Bits<17>,
    message_folded: Bits<16>,
    header: Bits<18>,
    header_fold: Bits<17>,
    header_folded: Bits<16>,
    own: Bits<17>,
    own_all: Bits<20>,
    fixed: Bits<20>,
}

#[derive(LogicBlock)]
pub struct ReplyChecksum {
    pub clk: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub step_valid: Signal<In, Bit>,
    pub step: Signal<In, Bits<4>>,
    pub data: Signal<In, Bits<64>>,
    pub own_mac: Signal<In, Bits<48>>,
    pub solicitation: Signal<In, Bit>,
    pub unspecified: Signal<In, Bit>,
    pub is_ipv4: Signal<In, Bit>,
    pub ttl: Signal<In, Bits<8>>,
    pub header_checksum: Signal<In, Bits<16>>,
    pub message_checksum: Signal<In, Bits<16>>,
    pub solicitation_good: Signal<Out, Bit>,
    pub reply_header: Signal<Out, Bits<16>>,
    pub reply_message: Signal<Out, Bits<16>>,
    lanes: DFF<Lanes>,
    whole: DFF<Step>,
    sums: DFF<Sums>,
    /// 58 of the pseudo-header.
    next_header: Constant<Bits<18>>,
    /// Length, next header, type and option of an advertisement; flags and destination by whom it goes to.
    advertisement_fixed: Constant<Bits<20>>,
    to_sender: Constant<Bits<20>>,
    to_all: Constant<Bits<20>>,
    echo_type_ipv4: Constant<Bits<22>>,
    echo_type_ipv6: Constant<Bits<22>>,
    ttl_change: Constant<Bits<18>>,
    ones: Constant<Bits<16>>,
    lane_0: Signal<Local, Bits<18>>,
    lane_1: Signal<Local, Bits<18>>,
    lane_2: Signal<Local, Bits<18>>,
    lane_3: Signal<Local, Bits<18>>,
    weighed: Signal<Local, Bits<22>>,
    old_message: Signal<Local, Bits<16>>,
    old_header: Signal<Local, Bits<16>>,
    old_ttl: Signal<Local, Bits<8>>,
}

impl Default for ReplyChecksum {
    fn default() -> Self {
        let swapped = |value: u16| u64::from(value.swap_bytes());
        with_defaults!(Self {
            next_header: Constant::new(bits::<18>(swapped(58))),
            advertisement_fixed: Constant::new(bits::<20>(swapped(32) + swapped(58) + swapped(0x8800) + swapped(0x0201))),
            to_sender: Constant::new(bits::<20>(swapped(0x6000))),
            to_all: Constant::new(bits::<20>(swapped(0x2000) + swapped(0xFF02) + swapped(1))),
            echo_type_ipv4: Constant::new(bits::<22>(swapped(!0x0800))),
            echo_type_ipv6: Constant::new(bits::<22>(swapped(0x0100))),
            // The complement of 1 (ICMP) beside the old TTL, and 64 and 1 beside each other.
            ttl_change: Constant::new(bits::<18>(swapped(0x00FE) + swapped(0x4001))),
            ones: Constant::new(0xFFFF_u16.to_bits()),
        }
            defaults clk clear step_valid step data own_mac solicitation unspecified is_ipv4 ttl header_checksum message_checksum
            solicitation_good reply_header reply_message lanes whole sums lane_0 lane_1 lane_2 lane_3 weighed old_message
            old_header old_ttl)
    }
}

impl Logic for ReplyChecksum {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, lanes, whole, sums);
        // Of the IPv6 header's first eight bytes only the length belongs to the pseudo-header.
        self.lane_0.next = bit_cast::<18, 16>(self.data.val().get_bits::<16>(0));
        self.lane_1.next = bit_cast::<18, 16>(self.data.val().get_bits::<16>(16));
        self.lane_2.next = bit_cast::<18, 16>(self.data.val().get_bits::<16>(32));
        self.lane_3.next = bit_cast::<18, 16>(self.data.val().get_bits::<16>(48));
        if self.step.val() == 0 {
            self.lane_0.next = 0.into();
            self.lane_1.next = 0.into();
            self.lane_3.next = self.next_header.val();
        }
        self.lanes.d.next.low = self.lane_0.val() + self.lane_1.val();
        self.lanes.d.next.high = self.lane_2.val() + self.lane_3.val();
        self.lanes.d.next.valid = self.step_valid.val();
        // The sender becomes the destination; the target is source and target.
        self.lanes.d.next.once = self.step_valid.val() & ((self.step.val() == 1) | (self.step.val() == 2));
        self.lanes.d.next.twice = self.step_valid.val() & ((self.step.val() == 6) | (self.step.val() == 7));
        self.whole.d.next.valid = self.lanes.q.val().valid;
        self.whole.d.next.once = self.lanes.q.val().once;
        self.whole.d.next.twice = self.lanes.q.val().twice;
        self.whole.d.next.sum = self.lanes.q.val().low + self.lanes.q.val().high;
        if self.whole.q.val().valid {
            self.sums.d.next.request = self.sums.q.val().request + bit_cast::<26, 18>(self.whole.q.val().sum);
        }
        self.weighed.next = 0.into();
        if self.whole.q.val().once {
            self.weighed.next = bit_cast::<22, 18>(self.whole.q.val().sum);
        }
        if self.whole.q.val().twice {
            self.weighed.next = bit_cast::<22, 18>(self.whole.q.val().sum) << 1;
        }
        self.sums.d.next.advertisement = self.sums.q.val().advertisement + self.weighed.val();
        if self.clear.val() {
            self.sums.d.next.request = 0.into();
            self.sums.d.next.advertisement = 0.into();
            self.lanes.d.next.valid = false;
            self.lanes.d.next.once = false;
            self.lanes.d.next.twice = false;
            self.whole.d.next.valid = false;
            self.whole.d.next.once = false;
            self.whole.d.next.twice = false;
        }
        self.sums.d.next.request_fold = bit_cast::<17, 16>(self.sums.q.val().request.get_bits::<16>(0))
            + bit_cast::<17, 10>(self.sums.q.val().request.get_bits::<10>(16));
        self.sums.d.next.request_folded =
            self.sums.q.val().request_fold.get_bits::<16>(0) + bit_cast::<16, 1>(self.sums.q.val().request_fold.get_bits::<1>(16));
        self.solicitation_good.next = self.sums.q.val().request_folded == self.ones.val();
        // The advertisement's constant part, which changes as seldom as the own address.
        self.sums.d.next.own =
            bit_cast::<17, 16>(self.own_mac.val().get_bits::<16>(0)) + bit_cast::<17, 16>(self.own_mac.val().get_bits::<16>(16));
        self.sums.d.next.own_all = bit_cast::<20, 17>(self.sums.q.val().own)
            + bit_cast::<20, 16>(self.own_mac.val().get_bits::<16>(32))
            + self.advertisement_fixed.val();
        self.sums.d.next.fixed = self.sums.q.val().own_all + self.to_sender.val();
        if self.unspecified.val() {
            self.sums.d.next.fixed = self.sums.q.val().own_all + self.to_all.val();
        }
        self.old_message.next = !self.message_checksum.val();
        self.old_header.next = !self.header_checksum.val();
        self.old_ttl.next = !self.ttl.val();
        self.sums.d.next.message = bit_cast::<22, 16>(self.old_message.val()) + self.echo_type_ipv6.val();
        if self.is_ipv4.val() {
            self.sums.d.next.message = bit_cast::<22, 16>(self.old_message.val()) + self.echo_type_ipv4.val();
        }
        if self.solicitation.val() {
            self.sums.d.next.message = self.sums.q.val().advertisement + bit_cast::<22, 20>(self.sums.q.val().fixed);
        }
        self.sums.d.next.message_fold = bit_cast::<17, 16>(self.sums.q.val().message.get_bits::<16>(0))
            + bit_cast::<17, 6>(self.sums.q.val().message.get_bits::<6>(16));
        self.sums.d.next.message_folded =
            self.sums.q.val().message_fold.get_bits::<16>(0) + bit_cast::<16, 1>(self.sums.q.val().message_fold.get_bits::<1>(16));
        self.sums.d.next.header = bit_cast::<18, 16>(self.old_header.val()) + bit_cast::<18, 8>(self.old_ttl.val()) + self.ttl_change.val();
        self.sums.d.next.header_fold =
            bit_cast::<17, 16>(self.sums.q.val().header.get_bits::<16>(0)) + bit_cast::<17, 2>(self.sums.q.val().header.get_bits::<2>(16));
        self.sums.d.next.header_folded =
            self.sums.q.val().header_fold.get_bits::<16>(0) + bit_cast::<16, 1>(self.sums.q.val().header_fold.get_bits::<1>(16));
        self.reply_message.next = !self.sums.q.val().message_folded;
        self.reply_header.next = !self.sums.q.val().header_folded;
    }
    spareband_hdl::module_name!();
}
