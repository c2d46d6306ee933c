//! Sees in the blades' frames that one refuses a connection: a TCP segment with RST and ACK and sequence number 0, the answer to a SYN where nothing
//! listens (RFC 9293, 3.10.7.1). For the selector's guard against sink holes.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | clk, reset | in | 1 | clk_core, rising edge; reset forgets a frame under way, whose rest then counts for a frame |
//! | word_valid, word_data, word_last, word_blade | in | 1, 64, 1, 4 | words as they are taken; the blade they come from |
//! | refused, refused_blade | out | 1, 4 | pulse: this blade refused a connection |
//!
//! Latency: 2 cycles from the word with the flags. Throughput: a word a cycle. Untagged frames and those with one tag; IPv4 without options, IPv6 without
//! extension headers. Others do not count, nor do fragments: a host sends such an answer without. Bad input: a frame that ends early does not count.

use rust_hdl::prelude::*;
use spareband_spec::frame::{ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_SERVICE_VLAN, ETHERTYPE_VLAN, PROTOCOL_TCP};

#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Frame {
    /// Words of the frame before this one, 15 for more.
    word: Bits<4>,
    one_tag: Bit,
    ipv4: Bit,
    ipv6: Bit,
    /// All that was seen so far is as it must be.
    good: Bit,
    refused: Bit,
    blade: Bits<4>,
}

/// The word to look at: it is taken on one that much else hangs on.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Word {
    valid: Bit,
    data: Bits<64>,
    last: Bit,
    blade: Bits<4>,
}

#[derive(LogicBlock)]
pub struct RefusalTap {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub word_valid: Signal<In, Bit>,
    pub word_data: Signal<In, Bits<64>>,
    pub word_last: Signal<In, Bit>,
    pub word_blade: Signal<In, Bits<4>>,
    pub refused: Signal<Out, Bit>,
    pub refused_blade: Signal<Out, Bits<4>>,
    word: DFF<Word>,
    frame: DFF<Frame>,
    data: Signal<Local, Bits<64>>,
    customer: Constant<Bits<16>>,
    service: Constant<Bits<16>>,
    ipv4_type: Constant<Bits<16>>,
    ipv6_type: Constant<Bits<16>>,
    tcp: Constant<Bits<8>>,
    outer: Signal<Local, Bits<16>>,
    inner: Signal<Local, Bits<16>>,
    one_tag: Signal<Local, Bit>,
    good: Signal<Local, Bit>,
    flags: Signal<Local, Bits<8>>,
    ends: Signal<Local, Bit>,
}

impl Default for RefusalTap {
    fn default() -> Self {
        with_defaults!(Self {
            // As the bytes stand in the word, the first lowest.
            customer: Constant::new(ETHERTYPE_VLAN.swap_bytes().to_bits()),
            service: Constant::new(ETHERTYPE_SERVICE_VLAN.swap_bytes().to_bits()),
            ipv4_type: Constant::new(ETHERTYPE_IPV4.swap_bytes().to_bits()),
            ipv6_type: Constant::new(ETHERTYPE_IPV6.swap_bytes().to_bits()),
            tcp: Constant::new(PROTOCOL_TCP.to_bits()),
        }
            defaults clk reset word_valid word_data word_last word_blade refused refused_blade word frame data outer inner one_tag good flags ends)
    }
}

impl Logic for RefusalTap {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, word, frame);
        self.word.d.next.valid = self.word_valid.val();
        self.word.d.next.data = self.word_data.val();
        self.word.d.next.last = self.word_last.val();
        self.word.d.next.blade = self.word_blade.val();
        self.data.next = self.word.q.val().data;
        self.outer.next = self.data.val().get_bits::<16>(32);
        self.inner.next = self.data.val().get_bits::<16>(0);
        self.one_tag.next = (self.outer.val() == self.customer.val()) | (self.outer.val() == self.service.val());
        self.good.next = self.frame.q.val().good;
        self.flags.next = 0.into();
        self.ends.next = false;
        self.frame.d.next.refused = false;
        if self.word.q.val().valid {
            if !self.frame.q.val().word.all() {
                self.frame.d.next.word = self.frame.q.val().word + 1;
            }
            if self.frame.q.val().word == 0 {
                self.good.next = true;
                self.frame.d.next.ipv4 = false;
                self.frame.d.next.ipv6 = false;
            }
            if self.frame.q.val().word == 1 {
                self.frame.d.next.one_tag = self.one_tag.val();
                self.frame.d.next.ipv4 = self.outer.val() == self.ipv4_type.val();
                self.frame.d.next.ipv6 = self.outer.val() == self.ipv6_type.val();
                // Version 4 and five words of header.
                if (self.outer.val() == self.ipv4_type.val()) & (self.data.val().get_bits::<8>(48) != 0x45) {
                    self.good.next = false;
                }
            }
            if self.frame.q.val().word == 2 {
                if self.frame.q.val().one_tag {
                    self.frame.d.next.ipv4 = self.inner.val() == self.ipv4_type.val();
                    self.frame.d.next.ipv6 = self.inner.val() == self.ipv6_type.val();
                    if (self.inner.val() == self.ipv4_type.val()) & (self.data.val().get_bits::<8>(16) != 0x45) {
                        self.good.next = false;
                    }
                } else if self.frame.q.val().ipv4 {
                    // Neither offset nor more fragments; the protocol.
                    if self.data.val().get_bits::<6>(32).any()
                        | self.data.val().get_bits::<8>(40).any()
                        | (self.data.val().get_bits::<8>(56) != self.tcp.val())
                    {
                        self.good.next = false;
                    }
                } else if self.data.val().get_bits::<8>(32) != self.tcp.val() {
                    self.good.next = false;
                }
            }
            if (self.frame.q.val().word == 3) & self.frame.q.val().one_tag {
                if self.frame.q.val().ipv4 {
                    if self.data.val().get_bits::<6>(0).any()
                        | self.data.val().get_bits::<8>(8).any()
                        | (self.data.val().get_bits::<8>(24) != self.tcp.val())
                    {
                        self.good.next = false;
                    }
                } else if self.data.val().get_bits::<8>(0) != self.tcp.val() {
                    self.good.next = false;
                }
            }
            // Sequence number and flags: from byte 38, 42, 58 or 62 on.
            if self.frame.q.val().ipv4 & !self.frame.q.val().one_tag {
                if (self.frame.q.val().word == 4) & self.data.val().get_bits::<16>(48).any() {
                    self.good.next = false;
                }
                if self.frame.q.val().word == 5 {
                    self.ends.next = !self.data.val().get_bits::<16>(0).any();
                    self.flags.next = self.data.val().get_bits::<8>(56);
                }
            }
            if self.frame.q.val().ipv4 & self.frame.q.val().one_tag {
                if (self.frame.q.val().word == 5) & self.data.val().get_bits::<32>(16).any() {
                    self.good.next = false;
                }
                if self.frame.q.val().word == 6 {
                    self.ends.next = true;
                    self.flags.next = self.data.val().get_bits::<8>(24);
                }
            }
            if self.frame.q.val().ipv6 & !self.frame.q.val().one_tag {
                if (self.frame.q.val().word == 7) & self.data.val().get_bits::<32>(16).any() {
                    self.good.next = false;
                }
                if self.frame.q.val().word == 8 {
                    self.ends.next = true;
                    self.flags.next = self.data.val().get_bits::<8>(24);
                }
            }
            if self.frame.q.val().ipv6 & self.frame.q.val().one_tag {
                if (self.frame.q.val().word == 7) & self.data.val().get_bits::<16>(48).any() {
                    self.good.next = false;
                }
                if self.frame.q.val().word == 8 {
                    self.ends.next = !self.data.val().get_bits::<16>(0).any();
                    self.flags.next = self.data.val().get_bits::<8>(56);
                }
            }
            // No word is both looked at for the last time and by what `good` hangs on.
            self.frame.d.next.refused = self.ends.val()
                & self.frame.q.val().good
                & self.flags.val().get_bit(2)
                & self.flags.val().get_bit(4)
                & !self.flags.val().get_bit(1);
            self.frame.d.next.good = self.good.val();
            self.frame.d.next.blade = self.word.q.val().blade;
            if self.word.q.val().last {
                self.frame.d.next.word = 0.into();
            }
        }
        self.refused.next = self.frame.q.val().refused;
        self.refused_blade.next = self.frame.q.val().blade;
        if self.reset.val() {
            self.word.d.next.valid = false;
            self.frame.d.next.word = 0.into();
            self.frame.d.next.refused = false;
        }
    }
    spareband_hdl::module_name!();
}
