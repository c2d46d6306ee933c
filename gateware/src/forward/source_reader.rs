//! Reads where frames come from: source address and VLAN, which stand in a frame's first two words.
//!
//! > In a frame `there` comes once at most.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | rising edge; reset forgets a frame under way, whose rest then counts for a frame |
//! | word_valid, word_data, word_last | in | 1, 64, 1 | the words of the frames |
//! | there | out | 1 | this word is a frame's second |
//! | mac, vid | out | 48, 12 | with `there`: bits 7..0 first on the wire; VLAN of the outer tag (0x8100 or 0x88A8), 0 without one |
//!
//! No latency: the outputs are those of the word that is there. Throughput: a word a cycle. Bad input: a frame of one word has no source.

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
    customer: Constant<Bits<16>>,
    service: Constant<Bits<16>>,
    ethertype: Signal<Local, Bits<16>>,
}

impl Default for SourceReader {
    fn default() -> Self {
        with_defaults!(Self {
            // As the bytes stand in the word, the first lowest.
            customer: Constant::new(ETHERTYPE_VLAN.swap_bytes().to_bits()),
            service: Constant::new(ETHERTYPE_SERVICE_VLAN.swap_bytes().to_bits()),
        }
            defaults clk reset word_valid word_data word_last there mac vid place ethertype)
    }
}

impl Logic for SourceReader {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, place);
        self.ethertype.next = self.word_data.val().get_bits::<16>(32);
        self.vid.next = 0.into();
        if (self.ethertype.val() == self.customer.val()) | (self.ethertype.val() == self.service.val()) {
            self.vid.next = (bit_cast::<12, 4>(self.word_data.val().get_bits::<4>(48)) << 8)
                | bit_cast::<12, 8>(self.word_data.val().get_bits::<8>(56));
        }
        if self.word_valid.val() {
            self.place.d.next.first = self.word_last.val();
            self.place.d.next.second = self.place.q.val().first & !self.word_last.val();
            if self.place.q.val().first {
                self.place.d.next.upper = self.word_data.val().get_bits::<16>(48);
            }
        }
        self.there.next = self.word_valid.val() & self.place.q.val().second;
        self.mac.next = (bit_cast::<48, 32>(self.word_data.val().get_bits::<32>(0)) << 16) | bit_cast::<48, 16>(self.place.q.val().upper);
        if self.reset.val() {
            self.place.d.next.first = true;
            self.place.d.next.second = false;
        }
    }
    spareband_hdl::module_name!();
}
