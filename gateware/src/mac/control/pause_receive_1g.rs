//! MAC Control frames in a gigabit MAC's receive stream. IEEE 802.3 31.5.3, 31B.3.3, 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | receive clock |
//! | enable, priority_mode | in | 1 | clk | MAC Control frames end here; they are obeyed by priority |
//! | own_address | in | 48 | static | bits 7..0 first on the wire |
//! | valid, data, last, error | in | 1, 8, 1, 1 | clk | as they leave `Rx1g` |
//! | control_frame | out | 1 | clk | with `last` of a frame without `error`: it is a MAC Control frame and not the client's |
//! | pause_valid, pause_quanta | out | 1, 16 | clk | one cycle: a PAUSE frame |
//! | priority_valid, priority_enable, priority_quanta | out | 1, 8, 128 | clk | one cycle: a priority PAUSE frame; quanta of priority 0 in the low bits |
//! | unsupported | out | 1 | clk | one cycle: a MAC Control frame with an opcode that is none of this end's |
//!
//! Invariant: only a frame that the MAC calls good says anything: type 88-08, at least 64 bytes, right FCS. The two opcodes exclude each other, as the standard has
//! it: PAUSE is unsupported by priority, and the other way round. One to another address is the client's as little, but says nothing.
//! Latency: 1 cycle from `last` to the events (`gigabit_events_equal_the_model`); `control_frame` comes from registers. Throughput: a byte a cycle.
//! Bad input: what follows the operands is not looked at, nor is the high byte of the enable vector.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{EnableReg, LookupTable, ResetReg};
use spareband_spec::mac_control;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Looked {
    /// Bytes so far, up to those of a priority PAUSE frame.
    place: Bits<6>,
    before: Bits<8>,
    /// So far it is to the multicast address; to this end's own. To either.
    multicast: bool,
    own: bool,
    ours: bool,
    /// It is a MAC Control frame; its opcode.
    control: bool,
    pause: bool,
    priority_pause: bool,
    pause_valid: bool,
    priority_valid: bool,
    unsupported: bool,
}

#[derive(LogicBlock)]
pub struct PauseReceive1g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub own_address: Signal<In, Bits<48>>,
    pub valid: Signal<In, Bit>,
    pub data: Signal<In, Bits<8>>,
    pub last: Signal<In, Bit>,
    pub error: Signal<In, Bit>,
    pub control_frame: Signal<Out, Bit>,
    pub pause_valid: Signal<Out, Bit>,
    pub pause_quanta: Signal<Out, Bits<16>>,
    pub priority_valid: Signal<Out, Bit>,
    pub priority_enable: Signal<Out, Bits<8>>,
    pub priority_quanta: Signal<Out, Bits<128>>,
    pub unsupported: Signal<Out, Bit>,
    looked: ResetReg<Looked>,
    first_operand: EnableReg<Bits<16>>,
    /// The times enter at the top.
    times: EnableReg<Bits<128>>,
    multicast_octets: LookupTable<3, 8>,
    octet: Signal<Local, Bits<3>>,
    own_octet: Signal<Local, Bits<8>>,
    is_multicast: Signal<Local, Bit>,
    is_own: Signal<Local, Bit>,
    field: Signal<Local, Bits<16>>,
    ends: Signal<Local, Bit>,
    operand: Signal<Local, Bits<16>>,
    control_type: Constant<Bits<16>>,
    pause_opcode: Constant<Bits<16>>,
    priority_opcode: Constant<Bits<16>>,
    address_end: Constant<Bits<6>>,
    type_end: Constant<Bits<6>>,
    opcode_end: Constant<Bits<6>>,
    operand_end: Constant<Bits<6>>,
    beyond: Constant<Bits<6>>,
}

impl Default for PauseReceive1g {
    fn default() -> Self {
        let field = |value: u16| Constant::new(bits::<16>(value.into()));
        let place = |place: usize| Constant::new(bits::<6>(place as u64));
        let mut address = [0; 8];
        address[..6].copy_from_slice(&mac_control::PAUSE_ADDRESS);
        with_defaults!(Self {
            multicast_octets: LookupTable::new(address.map(u64::from).to_vec()),
            control_type: field(mac_control::MAC_CONTROL_TYPE),
            pause_opcode: field(mac_control::OPCODE_PAUSE),
            priority_opcode: field(mac_control::OPCODE_PRIORITY_PAUSE),
            address_end: place(5),
            type_end: place(13),
            opcode_end: place(15),
            operand_end: place(mac_control::PAUSE_BYTES - 1),
            beyond: place(mac_control::PRIORITY_PAUSE_BYTES),
        }
            defaults clk reset enable priority_mode own_address valid data last error control_frame pause_valid pause_quanta
            priority_valid priority_enable priority_quanta unsupported looked first_operand times octet own_octet is_multicast is_own field ends operand)
    }
}

impl Logic for PauseReceive1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.looked.clk.next = self.clk.val();
        self.looked.reset.next = self.reset.val();
        self.looked.d.next = self.looked.q.val();
        // Beyond the address what it is compared with is nobody's concern.
        self.octet.next = self.looked.q.val().place.get_bits::<3>(0);
        self.multicast_octets.address.next = self.octet.val();
        self.own_octet.next = self.own_address.val().get_bits::<8>(0);
        for i in 1..6 {
            if self.octet.val() == i.to_bits::<3>() {
                self.own_octet.next = self.own_address.val().get_bits::<8>(8 * i);
            }
        }
        self.is_multicast.next = self.data.val() == self.multicast_octets.data.val();
        self.is_own.next = self.data.val() == self.own_octet.val();
        if self.looked.q.val().place != 0 {
            self.is_multicast.next = (self.data.val() == self.multicast_octets.data.val()) & self.looked.q.val().multicast;
            self.is_own.next = (self.data.val() == self.own_octet.val()) & self.looked.q.val().own;
        }
        self.field.next = (bit_cast::<16, 8>(self.looked.q.val().before) << 8) | bit_cast::<16, 8>(self.data.val());
        if self.valid.val() {
            self.looked.d.next.before = self.data.val();
            if self.looked.q.val().place != self.beyond.val() {
                self.looked.d.next.place = self.looked.q.val().place + 1;
            }
            self.looked.d.next.multicast = self.is_multicast.val();
            self.looked.d.next.own = self.is_own.val();
            if self.looked.q.val().place == 0 {
                self.looked.d.next.control = false;
            }
            if self.looked.q.val().place == self.address_end.val() {
                self.looked.d.next.ours = self.is_multicast.val() | self.is_own.val();
            }
            if self.looked.q.val().place == self.type_end.val() {
                self.looked.d.next.control = self.enable.val() & (self.field.val() == self.control_type.val());
            }
            if self.looked.q.val().place == self.opcode_end.val() {
                self.looked.d.next.pause = self.field.val() == self.pause_opcode.val();
                self.looked.d.next.priority_pause = self.field.val() == self.priority_opcode.val();
            }
            if self.last.val() {
                self.looked.d.next.place = 0.into();
            }
        }
        self.control_frame.next = self.looked.q.val().control;

        // A good frame has 60 bytes at least, so that all is known at its last.
        self.ends.next = self.valid.val() & self.last.val() & !self.error.val() & self.looked.q.val().control;
        self.looked.d.next.pause_valid = self.ends.val() & self.looked.q.val().ours & self.looked.q.val().pause & !self.priority_mode.val();
        self.looked.d.next.priority_valid =
            self.ends.val() & self.looked.q.val().ours & self.looked.q.val().priority_pause & self.priority_mode.val();
        self.looked.d.next.unsupported = self.ends.val()
            & !(self.looked.q.val().pause & !self.priority_mode.val())
            & !(self.looked.q.val().priority_pause & self.priority_mode.val());
        self.pause_valid.next = self.looked.q.val().pause_valid;
        self.priority_valid.next = self.looked.q.val().priority_valid;
        self.unsupported.next = self.looked.q.val().unsupported;

        // Operands are sent with the high byte first; the times begin at place 18 and end at 33.
        self.first_operand.clk.next = self.clk.val();
        self.first_operand.enable.next = self.valid.val() & (self.looked.q.val().place == self.operand_end.val());
        self.first_operand.d.next = self.field.val();
        self.times.clk.next = self.clk.val();
        self.times.enable.next = self.valid.val()
            & self.priority_mode.val()
            & (self.looked.q.val().place.get_bit(4) | self.looked.q.val().place.get_bit(5))
            & (self.looked.q.val().place != self.operand_end.val())
            & self.looked.q.val().place.get_bit(0);
        self.times.d.next = (bit_cast::<128, 16>(self.field.val()) << 112) | (self.times.q.val() >> 16);
        self.operand.next = self.first_operand.q.val();
        self.pause_quanta.next = self.operand.val();
        self.priority_enable.next = self.operand.val().get_bits::<8>(0);
        self.priority_quanta.next = self.times.q.val();
    }
    spareband_hdl::module_name!();
}
