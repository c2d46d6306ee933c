//! MAC Control frames in a 10G MAC's receive stream. IEEE 802.3 31.5.3, 31B.3.3, 31D.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | receive clock |
//! | enable, priority_mode | in | 1 | clk | MAC Control frames end here; they are obeyed by priority |
//! | own_address | in | 48 | static | bits 7..0 first on the wire |
//! | valid, data, last, error | in | 1, 64, 1, 1 | clk | as they leave `MacRx10g` |
//! | control_frame | out | 1 | clk | with `last` of a frame without `error`: it is a MAC Control frame and not the client's |
//! | pause_valid, pause_quanta | out | 1, 16 | clk | one cycle: a PAUSE frame |
//! | priority_valid, priority_enable, priority_quanta | out | 1, 8, 128 | clk | one cycle: a priority PAUSE frame; quanta of priority 0 in the low bits |
//! | unsupported | out | 1 | clk | one cycle: a MAC Control frame with an opcode that is none of this end's |
//!
//! Invariant: only a frame that the MAC calls good says anything: type 88-08, at least 64 bytes, right FCS. The two opcodes exclude each other, as the standard has
//! it: PAUSE is unsupported by priority, and the other way round. One to another address is the client's as little, but says nothing.
//! Latency: 1 cycle from `last` to the events (`ten_gigabit_events_equal_the_model`); `control_frame` comes from registers. Throughput: a word a cycle.
//! Bad input: what follows the operands is not looked at, nor is the high byte of the enable vector.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{EnableReg, ResetReg};
use spareband_spec::mac_control;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Looked {
    /// Words so far, up to five.
    place: Bits<3>,
    /// It is to this end; it is a MAC Control frame; its opcode.
    ours: bool,
    control: bool,
    pause: bool,
    priority_pause: bool,
    pause_valid: bool,
    priority_valid: bool,
    unsupported: bool,
}

#[derive(LogicBlock)]
pub struct PauseReceive10g {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub own_address: Signal<In, Bits<48>>,
    pub valid: Signal<In, Bit>,
    pub data: Signal<In, Bits<64>>,
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
    /// The operands, each low byte first.
    first_operand: EnableReg<Bits<16>>,
    first_times: EnableReg<Bits<48>>,
    middle_times: EnableReg<Bits<64>>,
    last_time: EnableReg<Bits<16>>,
    destination: Signal<Local, Bits<48>>,
    length_type: Signal<Local, Bits<16>>,
    opcode: Signal<Local, Bits<16>>,
    turned: Signal<Local, Bits<64>>,
    at_third: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    operand: Signal<Local, Bits<16>>,
    multicast: Constant<Bits<48>>,
    control_type: Constant<Bits<16>>,
    pause_opcode: Constant<Bits<16>>,
    priority_opcode: Constant<Bits<16>>,
    low_bytes: Constant<Bits<64>>,
    beyond: Constant<Bits<3>>,
}

impl Default for PauseReceive10g {
    fn default() -> Self {
        // As they stand on the stream, the first byte in the low bits.
        let field = |value: u16| Constant::new(bits::<16>(value.swap_bytes().into()));
        let mut multicast = [0; 8];
        multicast[..6].copy_from_slice(&mac_control::PAUSE_ADDRESS);
        with_defaults!(Self {
            multicast: Constant::new(bits(u64::from_le_bytes(multicast))),
            control_type: field(mac_control::MAC_CONTROL_TYPE),
            pause_opcode: field(mac_control::OPCODE_PAUSE),
            priority_opcode: field(mac_control::OPCODE_PRIORITY_PAUSE),
            low_bytes: Constant::new(bits(0x00FF_00FF_00FF_00FF)),
            beyond: Constant::new(bits(5)),
        }
            defaults clk reset enable priority_mode own_address valid data last error control_frame pause_valid pause_quanta
            priority_valid priority_enable priority_quanta unsupported looked first_operand first_times middle_times last_time
            destination length_type opcode turned at_third ends operand)
    }
}

impl Logic for PauseReceive10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.looked.clk.next = self.clk.val();
        self.looked.reset.next = self.reset.val();
        self.looked.d.next = self.looked.q.val();
        self.destination.next = self.data.val().get_bits::<48>(0);
        self.length_type.next = self.data.val().get_bits::<16>(32);
        self.opcode.next = self.data.val().get_bits::<16>(48);
        if self.valid.val() {
            if self.looked.q.val().place != self.beyond.val() {
                self.looked.d.next.place = self.looked.q.val().place + 1;
            }
            if self.looked.q.val().place == 0 {
                self.looked.d.next.ours =
                    (self.destination.val() == self.multicast.val()) | (self.destination.val() == self.own_address.val());
                self.looked.d.next.control = false;
            }
            if self.looked.q.val().place == 1 {
                self.looked.d.next.control = self.enable.val() & (self.length_type.val() == self.control_type.val());
                self.looked.d.next.pause = self.opcode.val() == self.pause_opcode.val();
                self.looked.d.next.priority_pause = self.opcode.val() == self.priority_opcode.val();
            }
            if self.last.val() {
                self.looked.d.next.place = 0.into();
            }
        }
        self.control_frame.next = self.looked.q.val().control;

        // A good frame has eight words at least, so that all is known at its last.
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

        // Operands are sent with the high byte first.
        self.turned.next = ((self.data.val() >> 8) & self.low_bytes.val()) | ((self.data.val() & self.low_bytes.val()) << 8);
        self.at_third.next = self.valid.val() & (self.looked.q.val().place == 2);
        self.first_operand.clk.next = self.clk.val();
        self.first_operand.enable.next = self.at_third.val();
        self.first_operand.d.next = self.turned.val().get_bits::<16>(0);
        self.first_times.clk.next = self.clk.val();
        self.first_times.enable.next = self.at_third.val() & self.priority_mode.val();
        self.first_times.d.next = self.turned.val().get_bits::<48>(16);
        self.middle_times.clk.next = self.clk.val();
        self.middle_times.enable.next = self.valid.val() & self.priority_mode.val() & (self.looked.q.val().place == 3);
        self.middle_times.d.next = self.turned.val();
        self.last_time.clk.next = self.clk.val();
        self.last_time.enable.next = self.valid.val() & self.priority_mode.val() & (self.looked.q.val().place == 4);
        self.last_time.d.next = self.turned.val().get_bits::<16>(0);
        self.operand.next = self.first_operand.q.val();
        self.pause_quanta.next = self.operand.val();
        self.priority_enable.next = self.operand.val().get_bits::<8>(0);
        self.priority_quanta.next = (bit_cast::<128, 16>(self.last_time.q.val()) << 112)
            | (bit_cast::<128, 64>(self.middle_times.q.val()) << 48)
            | bit_cast::<128, 48>(self.first_times.q.val());
    }
    spareband_hdl::module_name!();
}
