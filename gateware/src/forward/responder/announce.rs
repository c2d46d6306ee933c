//! The host's announcements for the responder: the last one asked for waits here, and is read like a request.
//! RFC 5227 3 (ARP announcement), RFC 4861 7.2.6 (unsolicited neighbour advertisement).
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets what waits |
//! | announce, announce_is_ipv6, announce_address, announce_vid, announce_tagged | in | 1, 1, 128, 12, 1 | pulse: announce this address, an IPv4 one in the low 32 bits, first byte most significant; with a tag of priority 0 |
//! | accepted | out | 1 | pulse in the next cycle: taken; without it another one still waits, and this one is lost |
//! | waiting, take | out, in | 1 | one waits; it is done |
//! | is_ipv6, has_tag | out | 1, 1 | of the one that waits |
//! | place, data | in, out | 6, 16 | what `ReplyBuilder` stores in this place: the tag at 4 and 5, the address at 24 to 31, an IPv4 one in the last two |
//!
//! Latency: 1 cycle. `data` follows `place` in the same cycle.

use rust_hdl::prelude::*;

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Waiting {
    valid: Bit,
    is_ipv6: Bit,
    has_tag: Bit,
    tag: Bits<32>,
    /// First byte in the low bits.
    address: Bits<128>,
}

#[derive(LogicBlock)]
pub struct AnnouncementSource {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub announce: Signal<In, Bit>,
    pub announce_is_ipv6: Signal<In, Bit>,
    pub announce_address: Signal<In, Bits<128>>,
    pub announce_vid: Signal<In, Bits<12>>,
    pub announce_tagged: Signal<In, Bit>,
    pub accepted: Signal<Out, Bit>,
    pub waiting: Signal<Out, Bit>,
    pub take: Signal<In, Bit>,
    pub is_ipv6: Signal<Out, Bit>,
    pub has_tag: Signal<Out, Bit>,
    pub place: Signal<In, Bits<6>>,
    pub data: Signal<Out, Bits<16>>,
    held: DFF<Waiting>,
    told: DFF<Bit>,
    ethertype_tag: Constant<Bits<32>>,
    octet: Signal<Local, Bits<8>>,
    turned: Signal<Local, Bits<128>>,
    vid: Signal<Local, Bits<12>>,
    low_vid: Signal<Local, Bits<8>>,
    high_vid: Signal<Local, Bits<4>>,
    address: Signal<Local, Bits<128>>,
    tag: Signal<Local, Bits<32>>,
    half: Signal<Local, Bits<64>>,
    quarter: Signal<Local, Bits<32>>,
}

impl Default for AnnouncementSource {
    fn default() -> Self {
        with_defaults!(Self {
            ethertype_tag: Constant::new(0x8100_u16.swap_bytes().to_bits()),
        }
            defaults clk reset announce announce_is_ipv6 announce_address announce_vid announce_tagged accepted waiting take is_ipv6
            has_tag place data held told octet turned vid low_vid high_vid address tag half quarter)
    }
}

impl Logic for AnnouncementSource {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, held, told);
        self.turned.next = 0.into();
        for i in 0..16 {
            self.octet.next = self.announce_address.val().get_bits::<8>(8 * i);
            self.turned.next = (self.turned.val() << 8) | bit_cast::<128, 8>(self.octet.val());
        }
        self.vid.next = self.announce_vid.val();
        self.low_vid.next = self.vid.val().get_bits::<8>(0);
        self.high_vid.next = self.vid.val().get_bits::<4>(8);
        self.told.d.next = false;
        if self.take.val() {
            self.held.d.next.valid = false;
        }
        if self.announce.val() & !self.held.q.val().valid {
            self.told.d.next = true;
            self.held.d.next.valid = true;
            self.held.d.next.is_ipv6 = self.announce_is_ipv6.val();
            self.held.d.next.has_tag = self.announce_tagged.val();
            self.held.d.next.tag =
                (bit_cast::<32, 8>(self.low_vid.val()) << 24) | (bit_cast::<32, 4>(self.high_vid.val()) << 16) | self.ethertype_tag.val();
            self.held.d.next.address = self.turned.val();
        }
        self.accepted.next = self.told.q.val();
        self.waiting.next = self.held.q.val().valid;
        self.is_ipv6.next = self.held.q.val().is_ipv6;
        self.has_tag.next = self.held.q.val().has_tag;
        self.address.next = self.held.q.val().address;
        self.tag.next = self.held.q.val().tag;
        self.half.next = self.address.val().get_bits::<64>(0);
        if self.place.val().get_bit(2) {
            self.half.next = self.address.val().get_bits::<64>(64);
        }
        self.quarter.next = self.half.val().get_bits::<32>(0);
        if self.place.val().get_bit(1) {
            self.quarter.next = self.half.val().get_bits::<32>(32);
        }
        if !self.place.val().get_bit(3) {
            self.quarter.next = self.tag.val();
        }
        self.data.next = self.quarter.val().get_bits::<16>(0);
        if self.place.val().get_bit(0) {
            self.data.next = self.quarter.val().get_bits::<16>(16);
        }
        if self.reset.val() {
            self.held.d.next.valid = false;
            self.told.d.next = false;
        }
    }
    spareband_hdl::module_name!();
}
