//! Block `identity`, which every register map begins with.
//! Invariant: `value` is zero unless the access is to this block, so that it may be ORed into a bank's own.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | page, offset | in | 8, 6 | clk | from RegisterAccess |
//! | write, write_data | in | 1, 32 | clk | from RegisterAccess |
//! | value, found, writable, high | out | 64, 1, 1, 1 | clk | the register; it exists; takes writes; `offset` is a high word |
//!
//! Latency: `value` follows `page` after 3 cycles and `offset` after 2; a write is in force 1 cycle later. Throughput: a read a cycle.
//! Bad input: writes to what is not writable do nothing.

use super::SlotOffset;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::{MAGIC, Map};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Identity {
    here: bool,
    scratch: Bits<32>,
    uptime_low: Bits<32>,
    uptime_high: Bits<32>,
    uptime_wraps: bool,
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
}

#[derive(LogicBlock)]
pub struct IdentityRegisters {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub page: Signal<In, Bits<8>>,
    pub offset: Signal<In, Bits<6>>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<64>>,
    pub found: Signal<Out, Bit>,
    pub writable: Signal<Out, Bit>,
    pub high: Signal<Out, Bit>,
    identity: ResetReg<Identity>,
    magic: Constant<Bits<32>>,
    map_hash: Constant<Bits<32>>,
    version: Constant<Bits<32>>,
    kind: Constant<Bits<32>>,
    blades: Constant<Bits<32>>,
    clock_hz: Constant<Bits<32>>,
    last_of_uptime: Constant<Bits<32>>,
    page_identity: Constant<Bits<8>>,
    at_magic: Constant<Bits<6>>,
    at_map_hash: Constant<Bits<6>>,
    at_version: Constant<Bits<6>>,
    at_kind: Constant<Bits<6>>,
    at_blades: Constant<Bits<6>>,
    at_clock_hz: Constant<Bits<6>>,
    at_scratch: Constant<Bits<6>>,
    at_uptime: Constant<Bits<6>>,
    at_uptime_high: Constant<Bits<6>>,
    place: SlotOffset<6>,
    uptime_low_more: Signal<Local, Bits<32>>,
    uptime_high_more: Signal<Local, Bits<32>>,
    word: Signal<Local, Bits<64>>,
}

impl IdentityRegisters {
    /// The identity of a device with this map, its hash, so many blades, and registers at this clock.
    pub fn new(map: &'static Map, map_hash: u32, blades: usize, clock_hz: u32) -> Self {
        let block = map.block("identity");
        let at = |register: &str, word: u16| Constant::new(bits::<6>((block.register(register).offset / 4 + word).into()));
        let word = |value: u64| Constant::new(bits::<32>(value));
        with_defaults!(Self {
            magic: word(MAGIC.into()),
            map_hash: word(map_hash.into()),
            version: word(block.register("version").reset),
            kind: word(map.kind.into()),
            blades: word(blades as u64),
            clock_hz: word(clock_hz.into()),
            last_of_uptime: word(u64::from(u32::MAX) - 1),
            page_identity: Constant::new(bits::<8>((block.base / 0x100).into())),
            at_magic: at("magic", 0),
            at_map_hash: at("map_hash", 0),
            at_version: at("version", 0),
            at_kind: at("kind", 0),
            at_blades: at("blades", 0),
            at_clock_hz: at("clock_hz", 0),
            at_scratch: at("scratch", 0),
            at_uptime: at("uptime", 0),
            at_uptime_high: at("uptime", 1),
        }
            defaults clk reset page offset write write_data value found writable high identity place uptime_low_more uptime_high_more word)
    }
}

impl Logic for IdentityRegisters {
    #[hdl_gen]
    fn update(&mut self) {
        self.identity.clk.next = self.clk.val();
        self.identity.reset.next = self.reset.val();
        self.identity.d.next = self.identity.q.val();
        self.identity.d.next.here = self.page.val() == self.page_identity.val();
        self.place.clk.next = self.clk.val();
        self.place.here.next = self.identity.q.val().here;
        self.place.offset.next = self.offset.val();

        if self.write.val() & self.identity.q.val().here & (self.place.near.val() == self.at_scratch.val()) {
            self.identity.d.next.scratch = self.write_data.val();
        }

        // The high word counts in the cycle in which the low one wraps.
        self.uptime_low_more.next = self.identity.q.val().uptime_low + 1;
        self.uptime_high_more.next = self.identity.q.val().uptime_high + 1;
        self.identity.d.next.uptime_low = self.uptime_low_more.val();
        self.identity.d.next.uptime_wraps = self.identity.q.val().uptime_low == self.last_of_uptime.val();
        if self.identity.q.val().uptime_wraps {
            self.identity.d.next.uptime_high = self.uptime_high_more.val();
        }

        self.word.next = 0.into();
        self.identity.d.next.found = self.identity.q.val().here;
        self.identity.d.next.writable = false;
        self.identity.d.next.high = false;
        if self.place.near.val() == self.at_magic.val() {
            self.word.next = bit_cast::<64, 32>(self.magic.val());
        } else if self.place.near.val() == self.at_map_hash.val() {
            self.word.next = bit_cast::<64, 32>(self.map_hash.val());
        } else if self.place.near.val() == self.at_version.val() {
            self.word.next = bit_cast::<64, 32>(self.version.val());
        } else if self.place.near.val() == self.at_kind.val() {
            self.word.next = bit_cast::<64, 32>(self.kind.val());
        } else if self.place.near.val() == self.at_blades.val() {
            self.word.next = bit_cast::<64, 32>(self.blades.val());
        } else if self.place.near.val() == self.at_clock_hz.val() {
            self.word.next = bit_cast::<64, 32>(self.clock_hz.val());
        } else if self.place.near.val() == self.at_scratch.val() {
            self.word.next = bit_cast::<64, 32>(self.identity.q.val().scratch);
            self.identity.d.next.writable = self.identity.q.val().here;
        } else if (self.place.near.val() == self.at_uptime.val()) | (self.place.near.val() == self.at_uptime_high.val()) {
            self.word.next =
                (bit_cast::<64, 32>(self.identity.q.val().uptime_high) << 32) | bit_cast::<64, 32>(self.identity.q.val().uptime_low);
            self.identity.d.next.high = self.identity.q.val().here & self.place.near.val().get_bit(0);
        } else {
            self.identity.d.next.found = false;
        }
        self.identity.d.next.value = 0.into();
        if self.identity.q.val().here {
            self.identity.d.next.value = self.word.val();
        }

        self.value.next = self.identity.q.val().value;
        self.found.next = self.identity.q.val().found;
        self.writable.next = self.identity.q.val().writable;
        self.high.next = self.identity.q.val().high;
    }

    spareband_hdl::module_name!();
}
