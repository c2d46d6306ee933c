//! The registers of a link's MAC: blocks `uplink_mac` and `blade_mac` of spec::regs::MANAGER. The counters themselves stand beside the MAC.
//! Invariant: what this slot adds to the answer is a register whole, both words of a wide one, and nothing unless the access is to this slot.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | index | in | 4 | clk | number of the link; constant |
//! | request | in | struct | clk | `SlotRequest`, of any access |
//! | earlier, answer | in, out | struct | clk | `SlotAnswer`, as in `BladeSlot` |
//! | settings | out | struct | clk | `MacSettings` for the link |
//! | paused, pausing | in | 1 | clk | `MacReport` of the link |
//!
//! Latency: `answer` follows `request` after 3 cycles, `earlier` after 1; a write is in force 1 cycle later. Throughput: an access per 9 cycles.
//! Bad input: writes to what is not writable do nothing.

use super::{SlotAnswer, SlotRequest};
use crate::blade_link::MacSettings;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::{Count, MAC_COUNTERS, MANAGER};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Settings {
    obey_pause: bool,
    send_pause: bool,
    quanta: Bits<16>,
    queue_high: Bits<16>,
    queue_low: Bits<16>,
    /// XORed with the default that comes of the index, so that all slots are one circuit.
    address: Bits<48>,
}

/// The register that the access is to: one at most.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Selected {
    pause_control: Bit,
    pause_quanta: Bit,
    pause_high: Bit,
    pause_low: Bit,
    pause_status: Bit,
    address: Bit,
    address_high: Bit,
    counter: Bit,
    /// The upper word of a counter.
    counter_high: Bit,
}

#[derive(LogicBlock)]
pub struct MacSlot {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub index: Signal<In, Bits<4>>,
    pub request: Signal<In, SlotRequest>,
    pub earlier: Signal<In, SlotAnswer>,
    pub answer: Signal<Out, SlotAnswer>,
    pub settings: Signal<Out, MacSettings>,
    pub paused: Signal<In, Bit>,
    pub pausing: Signal<In, Bit>,
    kept: ResetReg<Settings>,
    /// Word that was written last, wherever to: the low one of a wide register.
    low: DFF<Bits<32>>,
    sampled: DFF<SlotAnswer>,
    selected: DFF<Selected>,
    /// The access is to this slot.
    here: DFF<Bit>,
    offset: Signal<Local, Bits<7>>,
    data: Signal<Local, Bits<32>>,
    /// Address bits 15..9 of the first link's registers.
    first_page: Constant<Bits<7>>,
    counter_words: Constant<Bits<7>>,
    at_pause_control: Constant<Bits<7>>,
    at_pause_quanta: Constant<Bits<7>>,
    at_pause_high: Constant<Bits<7>>,
    at_pause_low: Constant<Bits<7>>,
    at_pause_status: Constant<Bits<7>>,
    at_address: Constant<Bits<7>>,
    at_address_high: Constant<Bits<7>>,
    address_step: Signal<Local, Bits<48>>,
    own_address: Signal<Local, Bits<48>>,
    address_written: Signal<Local, Bits<64>>,
    word: Signal<Local, Bits<48>>,
    writable_now: Signal<Local, Bit>,
}

impl MacSlot {
    /// The slot of this block.
    pub fn new(block: &str) -> Self {
        let block = MANAGER.block(block);
        let reset = |name: &str| block.register(name).reset;
        let at = |name: &str, word: u16| Constant::new(bits::<7>((block.register(name).offset / 4 + word).into()));
        assert!(matches!(block.register("address").reset_step, 0 | 0x0100_0000_0000));
        // One link, or sixteen whose number is bits 12..9 of an address.
        assert!(matches!(block.count, Count::One) || (block.base % 0x2000, block.stride) == (0, 0x200));
        let kept = Settings {
            quanta: bits::<16>(reset("pause_quanta")),
            queue_high: bits::<16>(reset("pause_high")),
            queue_low: bits::<16>(reset("pause_low")),
            address: bits::<48>(reset("address")),
            ..Default::default()
        };
        with_defaults!(Self {
            kept: ResetReg::new(kept),
            first_page: Constant::new(bits::<7>((block.base / 0x200).into())),
            counter_words: Constant::new(bits::<7>(2 * MAC_COUNTERS.len() as u64)),
            at_pause_control: at("pause_control", 0),
            at_pause_quanta: at("pause_quanta", 0),
            at_pause_high: at("pause_high", 0),
            at_pause_low: at("pause_low", 0),
            at_pause_status: at("pause_status", 0),
            at_address: at("address", 0),
            at_address_high: at("address", 1),
        }
            defaults clk reset index request earlier answer settings paused pausing low sampled selected here offset data
            address_step own_address address_written word writable_now)
    }
}

impl Default for MacSlot {
    fn default() -> Self {
        Self::new("blade_mac")
    }
}

impl Logic for MacSlot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, selected, sampled, here, low);
        self.kept.clk.next = self.clk.val();
        self.kept.reset.next = self.reset.val();
        self.kept.d.next = self.kept.q.val();

        self.address_step.next = bit_cast::<48, 4>(self.index.val()) << 40;
        self.own_address.next = self.kept.q.val().address ^ self.address_step.val();
        self.address_written.next = (bit_cast::<64, 32>(self.data.val()) << 32) | bit_cast::<64, 32>(self.low.q.val());
        self.settings.next.obey_pause = self.kept.q.val().obey_pause;
        self.settings.next.send_pause = self.kept.q.val().send_pause;
        self.settings.next.quanta = self.kept.q.val().quanta;
        self.settings.next.high = self.kept.q.val().queue_high;
        self.settings.next.low = self.kept.q.val().queue_low;
        self.settings.next.address = self.own_address.val();
        // Where the access is, two cycles later; it stands for longer.
        self.offset.next = (bit_cast::<7, 1>(self.request.val().page.get_bits::<1>(0)) << 6) | bit_cast::<7, 6>(self.request.val().offset);
        self.data.next = self.request.val().data;
        self.here.d.next = self.request.val().page.get_bits::<7>(1) == (self.first_page.val() | bit_cast::<7, 4>(self.index.val()));
        self.selected.d.next.pause_control = self.here.q.val() & (self.offset.val() == self.at_pause_control.val());
        self.selected.d.next.pause_quanta = self.here.q.val() & (self.offset.val() == self.at_pause_quanta.val());
        self.selected.d.next.pause_high = self.here.q.val() & (self.offset.val() == self.at_pause_high.val());
        self.selected.d.next.pause_low = self.here.q.val() & (self.offset.val() == self.at_pause_low.val());
        self.selected.d.next.pause_status = self.here.q.val() & (self.offset.val() == self.at_pause_status.val());
        self.selected.d.next.address_high = self.here.q.val() & (self.offset.val() == self.at_address_high.val());
        self.selected.d.next.address =
            self.here.q.val() & ((self.offset.val() == self.at_address.val()) | (self.offset.val() == self.at_address_high.val()));
        self.selected.d.next.counter = self.here.q.val() & (self.offset.val() < self.counter_words.val());
        self.selected.d.next.counter_high =
            self.here.q.val() & (self.offset.val() < self.counter_words.val()) & self.offset.val().get_bit(0);
        if self.request.val().write {
            self.low.d.next = self.data.val();
            if self.selected.q.val().pause_control {
                self.kept.d.next.obey_pause = self.data.val().get_bit(0);
                self.kept.d.next.send_pause = self.data.val().get_bit(1);
            }
            if self.selected.q.val().pause_quanta {
                self.kept.d.next.quanta = self.data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().pause_high {
                self.kept.d.next.queue_high = self.data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().pause_low {
                self.kept.d.next.queue_low = self.data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().address_high {
                self.kept.d.next.address = self.address_written.val().get_bits::<48>(0) ^ self.address_step.val();
            }
        }

        // Read multiplexer.
        self.word.next = 0.into();
        if self.selected.q.val().pause_control {
            self.word.next = self.word.val()
                | bit_cast::<48, 1>(self.kept.q.val().obey_pause.into())
                | (bit_cast::<48, 1>(self.kept.q.val().send_pause.into()) << 1);
        }
        if self.selected.q.val().pause_quanta {
            self.word.next = self.word.val() | bit_cast::<48, 16>(self.kept.q.val().quanta);
        }
        if self.selected.q.val().pause_high {
            self.word.next = self.word.val() | bit_cast::<48, 16>(self.kept.q.val().queue_high);
        }
        if self.selected.q.val().pause_low {
            self.word.next = self.word.val() | bit_cast::<48, 16>(self.kept.q.val().queue_low);
        }
        if self.selected.q.val().pause_status {
            self.word.next =
                self.word.val() | bit_cast::<48, 1>(self.paused.val().into()) | (bit_cast::<48, 1>(self.pausing.val().into()) << 1);
        }
        if self.selected.q.val().address {
            self.word.next = self.word.val() | self.own_address.val();
        }
        self.writable_now.next = self.selected.q.val().pause_control
            | self.selected.q.val().pause_quanta
            | self.selected.q.val().pause_high
            | self.selected.q.val().pause_low
            | self.selected.q.val().address;
        self.sampled.d.next.value = self.earlier.val().value | bit_cast::<64, 48>(self.word.val());
        self.sampled.d.next.found =
            self.earlier.val().found | self.writable_now.val() | self.selected.q.val().pause_status | self.selected.q.val().counter;
        self.sampled.d.next.writable = self.earlier.val().writable | self.writable_now.val();
        self.sampled.d.next.high = self.earlier.val().high | self.selected.q.val().address_high | self.selected.q.val().counter_high;
        self.sampled.d.next.counts = self.earlier.val().counts | self.selected.q.val().counter;
        self.answer.next = self.sampled.q.val();
    }
    spareband_hdl::module_name!();
}
