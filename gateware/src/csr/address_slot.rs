//! The blades' own addresses: register `mac` of block `blade` of spec::regs::MANAGER. They stand together, as the forwarding plane asks all of them at once.
//! Invariant: what is read is zero unless the access is to one of them.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | page, offset, write, write_data, write_low | in | 8, 6, 1, 32, 32 | clk | from `RegisterAccess` |
//! | value, found, high | out | 64, 1, 1 | clk | as in `ManagerSlot`; what is found takes writes |
//! | mac | out | N x 48 | clk | bits 7..0 first on the wire |
//!
//! Latency: `value` follows `page` and `offset` after 2 cycles; a write is in force 1 cycle later. Throughput: an access per 9 cycles.
//! Bad input: pages of blades that are not there are not found.

use super::decode::{at, at_high, blade_page};
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::MANAGER;

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sampled {
    /// Bit i: the access is to blade i's address.
    here: Bits<16>,
    at_high: bool,
    value: Bits<64>,
    found: bool,
    high: bool,
}

#[derive(LogicBlock)]
pub struct AddressSlot<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub page: Signal<In, Bits<8>>,
    pub offset: Signal<In, Bits<6>>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<32>>,
    pub write_low: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<64>>,
    pub found: Signal<Out, Bit>,
    pub high: Signal<Out, Bit>,
    pub mac: [Signal<Out, Bits<48>>; N],
    /// XORed with the default that comes of the number, so that all are one circuit.
    kept: [ResetReg<Bits<48>>; N],
    sampled: DFF<Sampled>,
    blade_page: Constant<Bits<4>>,
    at_mac: Constant<Bits<6>>,
    at_mac_high: Constant<Bits<6>>,
    is_mac: Signal<Local, Bit>,
    number: Signal<Local, Bits<48>>,
    step: Signal<Local, Bits<48>>,
    address: Signal<Local, Bits<48>>,
    here: Signal<Local, Bits<16>>,
    written: Signal<Local, Bits<64>>,
    read: Signal<Local, Bits<48>>,
}

impl<const N: usize> Default for AddressSlot<N> {
    fn default() -> Self {
        let mac = MANAGER.register("blade", "mac");
        assert_eq!(mac.reset_step, 1 << 40);
        with_defaults!(Self {
            kept: std::array::from_fn(|_| ResetReg::new(bits::<48>(mac.reset))),
            blade_page: blade_page(&MANAGER),
            at_mac: at(&MANAGER, "blade", "mac"),
            at_mac_high: at_high(&MANAGER, "blade", "mac"),
        }
            defaults clk reset page offset write write_data write_low value found high sampled is_mac number step address here written read
            ; arrays mac)
    }
}

impl<const N: usize> Logic for AddressSlot<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, sampled);
        self.is_mac.next = (self.page.val().get_bits::<4>(4) == self.blade_page.val())
            & ((self.offset.val() == self.at_mac.val()) | (self.offset.val() == self.at_mac_high.val()));
        self.written.next = (bit_cast::<64, 32>(self.write_data.val()) << 32) | bit_cast::<64, 32>(self.write_low.val());
        self.here.next = 0.into();
        self.read.next = 0.into();
        for i in 0..N {
            self.here.next = self
                .here
                .val()
                .replace_bit(i, self.is_mac.val() & (self.page.val().get_bits::<4>(0) == i.to_bits::<4>()));
            self.kept[i].clk.next = self.clk.val();
            self.kept[i].reset.next = self.reset.val();
            self.kept[i].d.next = self.kept[i].q.val();
            self.number.next = i.to_bits::<48>();
            self.step.next = self.number.val() << 40;
            self.address.next = self.kept[i].q.val() ^ self.step.val();
            self.mac[i].next = self.address.val();
            if self.sampled.q.val().here.get_bit(i) {
                self.read.next = self.read.val() | self.address.val();
                if self.write.val() & self.sampled.q.val().at_high {
                    self.kept[i].d.next = self.written.val().get_bits::<48>(0) ^ self.step.val();
                }
            }
        }
        self.sampled.d.next.here = self.here.val();
        self.sampled.d.next.at_high = self.offset.val().get_bit(0);
        self.sampled.d.next.value = bit_cast::<64, 48>(self.read.val());
        self.sampled.d.next.found = self.sampled.q.val().here.any();
        self.sampled.d.next.high = self.sampled.q.val().here.any() & self.sampled.q.val().at_high;
        self.value.next = self.sampled.q.val().value;
        self.found.next = self.sampled.q.val().found;
        self.high.next = self.sampled.q.val().high;
    }

    spareband_hdl::module_name!();
}
