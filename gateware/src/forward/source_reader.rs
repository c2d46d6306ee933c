//! Reads where frames come from: source address and VLAN, which stand in a frame's first two words.
//!
//! > In a frame `there` comes once at most.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets a frame under way, whose rest then counts for a frame |
//! | word_valid, word_data, word_last | in | 1, 64, 1 | the words of the frames |
//! | there | out | 1 | the word before was a frame's second |
//! | mac, vid | out | 48, 12 | with `there`: bits 7..0 first on the wire; VLAN of the outer tag (0x8100 or 0x88A8), 0 without one |
//!
//! Latency: 1 cycle. Throughput: a word a cycle. Bad input: a frame of one word has no source.

use rust_hdl::prelude::*;
use spareband_spec::frame::{ETHERTYPE_SERVICE_VLAN, ETHERTYPE_VLAN};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Place {
    /// Words of the frame before this one: none, one.
    first: Bit,
    second: Bit,
    /// The address begins with the upper end of the first word.
    upper: Bits<16>,
}

/// What the word of the cycle before says if it is a frame's second.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Read {
    there: Bit,
    mac: Bits<48>,
    vid: Bits<12>,
    /// Bit i: bits 4 i and up of the EtherType are those of the tag.
    customer: Bits<4>,
    service: Bits<4>,
}

#[derive(LogicBlock)]
pub struct SourceReader {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_last: Signal<In, Bit>,
    pub there: Signal<Out, Bit>,
    pub mac: Signal<Out, Bits<48>>,
    pub vid: Signal<Out, Bits<12>>,
    place: DFF<Place>,
    read: DFF<Read>,
    customer: Constant<Bits<16>>,
    service: Constant<Bits<16>>,
    unlike_customer: Signal<Local, Bits<16>>,
    unlike_service: Signal<Local, Bits<16>>,
    customers: Signal<Local, Bits<4>>,
    services: Signal<Local, Bits<4>>,
}

impl Default for SourceReader {
    fn default() -> Self {
        with_defaults!(Self {
            // As the bytes stand in the word, the first lowest.
            customer: Constant::new(ETHERTYPE_VLAN.swap_bytes().to_bits()),
            service: Constant::new(ETHERTYPE_SERVICE_VLAN.swap_bytes().to_bits()),
        }
            defaults clk reset word_valid word_data word_last there mac vid place read unlike_customer unlike_service customers services)
    }
}

impl Logic for SourceReader {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, place, read);
        self.unlike_customer.next = self.word_data.val().get_bits::<16>(32) ^ self.customer.val();
        self.unlike_service.next = self.word_data.val().get_bits::<16>(32) ^ self.service.val();
        self.customers.next = 0.into();
        self.services.next = 0.into();
        for i in 0..4 {
            self.customers.next = self
                .customers
                .val()
                .replace_bit(i, !self.unlike_customer.val().get_bits::<4>(4 * i).any());
            self.services.next = self
                .services
                .val()
                .replace_bit(i, !self.unlike_service.val().get_bits::<4>(4 * i).any());
        }
        self.read.d.next.customer = self.customers.val();
        self.read.d.next.service = self.services.val();
        self.read.d.next.vid =
            (bit_cast::<12, 4>(self.word_data.val().get_bits::<4>(48)) << 8) | bit_cast::<12, 8>(self.word_data.val().get_bits::<8>(56));
        if self.word_valid.val() {
            self.place.d.next.first = self.word_last.val();
            self.place.d.next.second = self.place.q.val().first & !self.word_last.val();
            if self.place.q.val().first {
                self.place.d.next.upper = self.word_data.val().get_bits::<16>(48);
            }
        }
        self.read.d.next.there = self.word_valid.val() & self.place.q.val().second;
        self.read.d.next.mac =
            (bit_cast::<48, 32>(self.word_data.val().get_bits::<32>(0)) << 16) | bit_cast::<48, 16>(self.place.q.val().upper);
        self.there.next = self.read.q.val().there;
        self.mac.next = self.read.q.val().mac;
        self.vid.next = 0.into();
        if self.read.q.val().customer.all() | self.read.q.val().service.all() {
            self.vid.next = self.read.q.val().vid;
        }
        if self.reset.val() {
            self.read.d.next.there = false;
            self.place.d.next.first = true;
            self.place.d.next.second = false;
        }
    }
    spareband_hdl::module_name!();
}
