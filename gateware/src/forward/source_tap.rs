//! Learns from the blades' frames: the source address, VLAN and blade of each frame on its way to the uplink, for the filtering database.
//!
//! > One source at a time is offered; a frame whose source finds the last one still waiting is not learned from, and its next one is.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets a frame under way, whose rest then counts for a frame |
//! | word_valid, word_data, word_last, word_blade | in | 1, 64, 1, 4 | words as they are taken; the blade they come from |
//! | learn, learn_ready, learn_mac, learn_vid, learn_port | out, in, out.. | 1, 1, 48, 12, 5 | `MacTable`; VLAN of the outer tag, 0 without one |
//!
//! Latency: 1 cycle from a frame's second word. Throughput: a frame in 2 words. Bad input: a frame of one word has no source. Group addresses are
//! `MacTable`'s to refuse.

use rust_hdl::prelude::*;
use spareband_spec::frame::{ETHERTYPE_SERVICE_VLAN, ETHERTYPE_VLAN};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Frame {
    /// Words of the frame before this one: none, one, more.
    first: Bit,
    second: Bit,
    upper: Bits<16>,
    waiting: Bit,
    mac: Bits<48>,
    vid: Bits<12>,
    port: Bits<5>,
}

#[derive(LogicBlock)]
pub struct SourceTap {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_last: Signal<In, Bit>,
    pub word_blade: Signal<In, Bits<4>>,
    pub learn: Signal<Out, Bit>,
    pub learn_ready: Signal<In, Bit>,
    pub learn_mac: Signal<Out, Bits<48>>,
    pub learn_vid: Signal<Out, Bits<12>>,
    pub learn_port: Signal<Out, Bits<5>>,
    frame: DFF<Frame>,
    customer: Constant<Bits<16>>,
    service: Constant<Bits<16>>,
    ethertype: Signal<Local, Bits<16>>,
    vid: Signal<Local, Bits<12>>,
}

impl Default for SourceTap {
    fn default() -> Self {
        with_defaults!(Self {
            // As the bytes stand in the word, the first lowest.
            customer: Constant::new(ETHERTYPE_VLAN.swap_bytes().to_bits()),
            service: Constant::new(ETHERTYPE_SERVICE_VLAN.swap_bytes().to_bits()),
        }
            defaults clk reset word_valid word_data word_last word_blade learn learn_ready learn_mac learn_vid learn_port frame ethertype
            vid)
    }
}

impl Logic for SourceTap {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, frame);
        if self.learn_ready.val() {
            self.frame.d.next.waiting = false;
        }
        self.ethertype.next = self.word_data.val().get_bits::<16>(32);
        self.vid.next = 0.into();
        if (self.ethertype.val() == self.customer.val()) | (self.ethertype.val() == self.service.val()) {
            self.vid.next = (bit_cast::<12, 4>(self.word_data.val().get_bits::<4>(48)) << 8)
                | bit_cast::<12, 8>(self.word_data.val().get_bits::<8>(56));
        }
        if self.word_valid.val() {
            self.frame.d.next.first = self.word_last.val();
            self.frame.d.next.second = self.frame.q.val().first & !self.word_last.val();
            if self.frame.q.val().first {
                self.frame.d.next.upper = self.word_data.val().get_bits::<16>(48);
            }
            if self.frame.q.val().second & (!self.frame.q.val().waiting | self.learn_ready.val()) {
                self.frame.d.next.waiting = true;
                self.frame.d.next.mac =
                    (bit_cast::<48, 32>(self.word_data.val().get_bits::<32>(0)) << 16) | bit_cast::<48, 16>(self.frame.q.val().upper);
                self.frame.d.next.vid = self.vid.val();
                self.frame.d.next.port = bit_cast::<5, 4>(self.word_blade.val());
            }
        }
        self.learn.next = self.frame.q.val().waiting;
        self.learn_mac.next = self.frame.q.val().mac;
        self.learn_vid.next = self.frame.q.val().vid;
        self.learn_port.next = self.frame.q.val().port;
        if self.reset.val() {
            self.frame.d.next.first = true;
            self.frame.d.next.second = false;
            self.frame.d.next.waiting = false;
        }
    }
    spareband_hdl::module_name!();
}
