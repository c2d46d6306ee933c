//! The registers of the forwarding plane: blocks `forwarding`, `forwarding_statistics` and `tables` of spec::regs::MANAGER.
//! Invariant: `value` is a register whole, both words of a wide one, and all is zero unless the access is to one of these blocks.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | page, offset, write, write_data, write_low | in | 8, 6, 1, 32, 32 | clk | from RegisterAccess |
//! | value, found, writable, high | out | 64, 1, 1, 1 | clk | as in `ManagerSlot` |
//! | settings | out | struct | clk | `ForwardingSettings` |
//! | table_select | out | 16 | clk | register `tables.select` |
//! | events | in | 16 | clk | bit i counts in counter i of `forwarding_statistics` |
//!
//! Latency: `value` follows `page` after 4 cycles and `offset` after 3, that of a counter after 5; a write is in force 2 cycles later. Throughput: an access per 9 cycles.
//! Bad input: writes to what is not writable do nothing.

use super::SlotOffset;
use super::decode::{at, at_high, page};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CounterBank, ResetReg};
use spareband_spec::frame::{FLOW_SETS_LOG2, HALF_OPEN_SETS_LOG2};
use spareband_spec::regs::{FORWARDING_COUNTERS, MANAGER};

/// What the host chose for the forwarding plane; the registers of spec's block `forwarding`.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
pub struct ForwardingSettings {
    pub flow_timeout_1: Bits<32>,
    pub flow_timeout_2: Bits<32>,
    pub flow_timeout_3: Bits<32>,
    pub closing_timeout: Bits<32>,
    pub half_open_timeout: Bits<32>,
    pub mac_age_time: Bits<32>,
    pub storm_limit: Bits<16>,
    pub reply_limit: Bits<16>,
    pub announce_low: Bits<64>,
    pub announce_high: Bits<64>,
    /// One cycle: announce the address.
    pub announce: bool,
    pub announce_is_ipv6: bool,
    pub announce_tagged: bool,
    pub announce_vid: Bits<12>,
    /// One cycle: forget the learned addresses.
    pub flush_macs: bool,
    /// One cycle: forget the flows of these blades.
    pub flush_blades: Bits<16>,
    /// Forget the flows of blades that are gone.
    pub re_home: bool,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sampled {
    in_forwarding: bool,
    in_statistics: bool,
    in_tables: bool,
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
}

/// The register that the access is to: one at most.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Selected {
    flow_timeout_1: Bit,
    flow_timeout_2: Bit,
    flow_timeout_3: Bit,
    closing_timeout: Bit,
    half_open_timeout: Bit,
    mac_age_time: Bit,
    storm_limit: Bit,
    reply_limit: Bit,
    announce_low: Bit,
    announce_low_upper: Bit,
    announce_high: Bit,
    announce_high_upper: Bit,
    announce: Bit,
    command: Bit,
    link_down: Bit,
    geometry: Bit,
    select: Bit,
    counter: Bit,
    /// The upper word of a counter.
    counter_high: Bit,
}

#[derive(LogicBlock)]
pub struct ForwardingSlot {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub page: Signal<In, Bits<8>>,
    pub offset: Signal<In, Bits<6>>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<32>>,
    pub write_low: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<64>>,
    pub found: Signal<Out, Bit>,
    pub writable: Signal<Out, Bit>,
    pub high: Signal<Out, Bit>,
    pub settings: Signal<Out, ForwardingSettings>,
    pub table_select: Signal<Out, Bits<16>>,
    pub events: Signal<In, Bits<16>>,
    kept: ResetReg<ForwardingSettings>,
    select: ResetReg<Bits<16>>,
    sampled: ResetReg<Sampled>,
    selected: DFF<Selected>,
    place: SlotOffset<6>,
    counters: CounterBank<16, 4>,
    /// They come from far apart.
    happened: DFF<Bits<16>>,
    writes: DFF<Bit>,
    page_forwarding: Constant<Bits<8>>,
    page_statistics: Constant<Bits<8>>,
    page_tables: Constant<Bits<8>>,
    counter_words: Constant<Bits<6>>,
    at_flow_timeout_1: Constant<Bits<6>>,
    at_flow_timeout_2: Constant<Bits<6>>,
    at_flow_timeout_3: Constant<Bits<6>>,
    at_closing_timeout: Constant<Bits<6>>,
    at_half_open_timeout: Constant<Bits<6>>,
    at_mac_age_time: Constant<Bits<6>>,
    at_storm_limit: Constant<Bits<6>>,
    at_reply_limit: Constant<Bits<6>>,
    at_announce_low: Constant<Bits<6>>,
    at_announce_low_upper: Constant<Bits<6>>,
    at_announce_high: Constant<Bits<6>>,
    at_announce_high_upper: Constant<Bits<6>>,
    at_announce: Constant<Bits<6>>,
    at_command: Constant<Bits<6>>,
    at_link_down: Constant<Bits<6>>,
    at_geometry: Constant<Bits<6>>,
    at_select: Constant<Bits<6>>,
    geometry: Constant<Bits<32>>,
    select_mask: Constant<Bits<16>>,
    written: Signal<Local, Bits<64>>,
    word: Signal<Local, Bits<32>>,
    wide: Signal<Local, Bits<64>>,
    writable_now: Signal<Local, Bit>,
}

fn reset_settings() -> ForwardingSettings {
    let reset = |name: &str| MANAGER.register("forwarding", name).reset;
    ForwardingSettings {
        flow_timeout_1: bits::<32>(reset("flow_timeout_1")),
        flow_timeout_2: bits::<32>(reset("flow_timeout_2")),
        flow_timeout_3: bits::<32>(reset("flow_timeout_3")),
        closing_timeout: bits::<32>(reset("closing_timeout")),
        half_open_timeout: bits::<32>(reset("half_open_timeout")),
        mac_age_time: bits::<32>(reset("mac_age_time")),
        storm_limit: bits::<16>(reset("storm_limit")),
        reply_limit: bits::<16>(reset("reply_limit")),
        ..Default::default()
    }
}

fn geometry() -> u64 {
    let register = MANAGER.register("forwarding", "geometry");
    let with = |word, field: &str, value: usize| register.field(field).set(word, value as u64);
    with(
        with(0, "flow_sets_log2", FLOW_SETS_LOG2),
        "half_open_sets_log2",
        HALF_OPEN_SETS_LOG2,
    )
}

/// Cycles from one event to the next of its counter at least: a verdict takes 10 cycles, a frame of a blade 7; requests are dropped on arrival and
/// when their turn comes; addresses are learned from many sides.
fn event_distances() -> [usize; FORWARDING_COUNTERS.len()] {
    FORWARDING_COUNTERS.map(|(name, _)| match name {
        "macs_moved" | "macs_evicted" | "macs_refused" => 1,
        "responder_dropped" | "blade_to_blade" | "blade_flooded" | "blade_dropped" => 3,
        _ => 7,
    })
}

impl Default for ForwardingSlot {
    fn default() -> Self {
        let at_forwarding = |name| at(&MANAGER, "forwarding", name);
        with_defaults!(Self {
            kept: ResetReg::new(reset_settings()),
            counters: CounterBank::with_distances([1; FORWARDING_COUNTERS.len()], event_distances()),
            page_forwarding: page(&MANAGER, "forwarding"),
            page_statistics: page(&MANAGER, "forwarding_statistics"),
            page_tables: page(&MANAGER, "tables"),
            counter_words: Constant::new(bits::<6>(2 * FORWARDING_COUNTERS.len() as u64)),
            at_flow_timeout_1: at_forwarding("flow_timeout_1"),
            at_flow_timeout_2: at_forwarding("flow_timeout_2"),
            at_flow_timeout_3: at_forwarding("flow_timeout_3"),
            at_closing_timeout: at_forwarding("closing_timeout"),
            at_half_open_timeout: at_forwarding("half_open_timeout"),
            at_mac_age_time: at_forwarding("mac_age_time"),
            at_storm_limit: at_forwarding("storm_limit"),
            at_reply_limit: at_forwarding("reply_limit"),
            at_announce_low: at_forwarding("announce_low"),
            at_announce_low_upper: at_high(&MANAGER, "forwarding", "announce_low"),
            at_announce_high: at_forwarding("announce_high"),
            at_announce_high_upper: at_high(&MANAGER, "forwarding", "announce_high"),
            at_announce: at_forwarding("announce"),
            at_command: at_forwarding("command"),
            at_link_down: at_forwarding("link_down"),
            at_geometry: at_forwarding("geometry"),
            at_select: at(&MANAGER, "tables", "select"),
            geometry: Constant::new(bits::<32>(geometry())),
            select_mask: Constant::new(bits::<16>(MANAGER.register("tables", "select").mask())),
        }
            defaults clk reset page offset write write_data write_low value found writable high settings table_select
            events select sampled selected happened writes place written word wide writable_now)
    }
}

impl Logic for ForwardingSlot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, selected, happened, writes);
        self.kept.clk.next = self.clk.val();
        self.kept.reset.next = self.reset.val();
        self.kept.d.next = self.kept.q.val();
        self.select.clk.next = self.clk.val();
        self.select.reset.next = self.reset.val();
        self.select.d.next = self.select.q.val();
        self.sampled.clk.next = self.clk.val();
        self.sampled.reset.next = self.reset.val();
        self.sampled.d.next = self.sampled.q.val();
        self.settings.next = self.kept.q.val();
        self.table_select.next = self.select.q.val();
        self.sampled.d.next.in_forwarding = self.page.val() == self.page_forwarding.val();
        self.sampled.d.next.in_statistics = self.page.val() == self.page_statistics.val();
        self.sampled.d.next.in_tables = self.page.val() == self.page_tables.val();

        // Where the access is, two cycles later; it stands for longer.
        self.place.clk.next = self.clk.val();
        self.place.here.next = self.sampled.q.val().in_forwarding | self.sampled.q.val().in_statistics | self.sampled.q.val().in_tables;
        self.place.offset.next = self.offset.val();
        self.selected.d.next.flow_timeout_1 = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_flow_timeout_1.val());
        self.selected.d.next.flow_timeout_2 = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_flow_timeout_2.val());
        self.selected.d.next.flow_timeout_3 = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_flow_timeout_3.val());
        self.selected.d.next.closing_timeout =
            self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_closing_timeout.val());
        self.selected.d.next.half_open_timeout =
            self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_half_open_timeout.val());
        self.selected.d.next.mac_age_time = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_mac_age_time.val());
        self.selected.d.next.storm_limit = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_storm_limit.val());
        self.selected.d.next.reply_limit = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_reply_limit.val());
        self.selected.d.next.announce_low = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_announce_low.val());
        self.selected.d.next.announce_low_upper =
            self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_announce_low_upper.val());
        self.selected.d.next.announce_high = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_announce_high.val());
        self.selected.d.next.announce_high_upper =
            self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_announce_high_upper.val());
        self.selected.d.next.announce = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_announce.val());
        self.selected.d.next.command = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_command.val());
        self.selected.d.next.link_down = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_link_down.val());
        self.selected.d.next.geometry = self.sampled.q.val().in_forwarding & (self.place.near.val() == self.at_geometry.val());
        self.selected.d.next.select = self.sampled.q.val().in_tables & (self.place.near.val() == self.at_select.val());
        self.selected.d.next.counter = self.sampled.q.val().in_statistics & (self.place.near.val() < self.counter_words.val());
        self.selected.d.next.counter_high =
            self.sampled.q.val().in_statistics & (self.place.near.val() < self.counter_words.val()) & self.place.near.val().get_bit(0);

        // Settings.
        self.written.next = (bit_cast::<64, 32>(self.write_data.val()) << 32) | bit_cast::<64, 32>(self.write_low.val());
        self.kept.d.next.announce = false;
        self.kept.d.next.flush_macs = false;
        self.kept.d.next.flush_blades = 0.into();
        // A cycle later, as what is written stands for longer, and much hangs on it.
        self.writes.d.next = self.write.val();
        if self.writes.q.val() & self.selected.q.val().select {
            self.select.d.next = self.write_data.val().get_bits::<16>(0) & self.select_mask.val();
        }
        if self.writes.q.val() {
            if self.selected.q.val().flow_timeout_1 {
                self.kept.d.next.flow_timeout_1 = self.write_data.val();
            }
            if self.selected.q.val().flow_timeout_2 {
                self.kept.d.next.flow_timeout_2 = self.write_data.val();
            }
            if self.selected.q.val().flow_timeout_3 {
                self.kept.d.next.flow_timeout_3 = self.write_data.val();
            }
            if self.selected.q.val().closing_timeout {
                self.kept.d.next.closing_timeout = self.write_data.val();
            }
            if self.selected.q.val().half_open_timeout {
                self.kept.d.next.half_open_timeout = self.write_data.val();
            }
            if self.selected.q.val().mac_age_time {
                self.kept.d.next.mac_age_time = self.write_data.val();
            }
            if self.selected.q.val().storm_limit {
                self.kept.d.next.storm_limit = self.write_data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().reply_limit {
                self.kept.d.next.reply_limit = self.write_data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().announce_low_upper {
                self.kept.d.next.announce_low = self.written.val();
            }
            if self.selected.q.val().announce_high_upper {
                self.kept.d.next.announce_high = self.written.val();
            }
            if self.selected.q.val().announce {
                self.kept.d.next.announce = self.write_data.val().get_bit(0);
                self.kept.d.next.announce_is_ipv6 = self.write_data.val().get_bit(1);
                self.kept.d.next.announce_tagged = self.write_data.val().get_bit(2);
                self.kept.d.next.announce_vid = self.write_data.val().get_bits::<12>(4);
            }
            if self.selected.q.val().command {
                self.kept.d.next.flush_macs = self.write_data.val().get_bit(0);
                self.kept.d.next.flush_blades = self.write_data.val().get_bits::<16>(16);
            }
            if self.selected.q.val().link_down {
                self.kept.d.next.re_home = self.write_data.val().get_bit(0);
            }
        }

        // Counters, in the map's order.
        self.counters.clk.next = self.clk.val();
        self.counters.read_address.next = self.offset.val().get_bits::<4>(1);
        self.happened.d.next = self.events.val();
        for i in 0..16 {
            self.counters.increment[i].next = 0.into();
            if self.happened.q.val().get_bit(i) {
                self.counters.increment[i].next = 1.into();
            }
        }

        // Read multiplexer.
        self.word.next = 0.into();
        if self.selected.q.val().flow_timeout_1 {
            self.word.next = self.word.val() | self.kept.q.val().flow_timeout_1;
        }
        if self.selected.q.val().flow_timeout_2 {
            self.word.next = self.word.val() | self.kept.q.val().flow_timeout_2;
        }
        if self.selected.q.val().flow_timeout_3 {
            self.word.next = self.word.val() | self.kept.q.val().flow_timeout_3;
        }
        if self.selected.q.val().closing_timeout {
            self.word.next = self.word.val() | self.kept.q.val().closing_timeout;
        }
        if self.selected.q.val().half_open_timeout {
            self.word.next = self.word.val() | self.kept.q.val().half_open_timeout;
        }
        if self.selected.q.val().mac_age_time {
            self.word.next = self.word.val() | self.kept.q.val().mac_age_time;
        }
        if self.selected.q.val().storm_limit {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.kept.q.val().storm_limit);
        }
        if self.selected.q.val().reply_limit {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.kept.q.val().reply_limit);
        }
        if self.selected.q.val().link_down {
            self.word.next = self.word.val() | bit_cast::<32, 1>(self.kept.q.val().re_home.into());
        }
        if self.selected.q.val().geometry {
            self.word.next = self.word.val() | self.geometry.val();
        }
        if self.selected.q.val().select {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.select.q.val());
        }
        self.wide.next = bit_cast::<64, 32>(self.word.val());
        if self.selected.q.val().announce_low | self.selected.q.val().announce_low_upper {
            self.wide.next = self.wide.val() | self.kept.q.val().announce_low;
        }
        if self.selected.q.val().announce_high | self.selected.q.val().announce_high_upper {
            self.wide.next = self.wide.val() | self.kept.q.val().announce_high;
        }
        if self.selected.q.val().counter {
            self.wide.next = self.wide.val() | self.counters.read_data.val();
        }
        self.writable_now.next = self.selected.q.val().flow_timeout_1
            | self.selected.q.val().flow_timeout_2
            | self.selected.q.val().flow_timeout_3
            | self.selected.q.val().closing_timeout
            | self.selected.q.val().half_open_timeout
            | self.selected.q.val().mac_age_time
            | self.selected.q.val().storm_limit
            | self.selected.q.val().reply_limit
            | self.selected.q.val().announce_low
            | self.selected.q.val().announce_low_upper
            | self.selected.q.val().announce_high
            | self.selected.q.val().announce_high_upper
            | self.selected.q.val().announce
            | self.selected.q.val().command
            | self.selected.q.val().link_down
            | self.selected.q.val().select;
        self.sampled.d.next.value = self.wide.val();
        self.sampled.d.next.writable = self.writable_now.val();
        self.sampled.d.next.found = self.writable_now.val() | self.selected.q.val().geometry | self.selected.q.val().counter;
        self.sampled.d.next.high =
            self.selected.q.val().announce_low_upper | self.selected.q.val().announce_high_upper | self.selected.q.val().counter_high;
        self.value.next = self.sampled.q.val().value;
        self.found.next = self.sampled.q.val().found;
        self.writable.next = self.sampled.q.val().writable;
        self.high.next = self.sampled.q.val().high;
    }

    spareband_hdl::module_name!();
}
