//! A blade's register bank: decodes bus accesses by spec::regs::BLADE and holds the utilisation record that the blade sends.
//! Invariant: `record` and `record_enable` change only at a commit, all fields together, or when the hold limit ends sending.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_blade_tx |
//! | bus_address, bus_write_data | in | 16, 32 | clk | byte address and word, stable from the request to `bus_done` |
//! | bus_write, bus_read | in | 1 | clk | one cycle: the request; never both |
//! | bus_read_data | out | 32 | clk | with `bus_done` |
//! | bus_done, bus_error | out | 1 | clk | one cycle: the answer; no such register, or not writable |
//! | record | out | 48 | clk | the record without its CRC, as spec::record lays it out |
//! | record_enable | out | 1 | clk | send the record |
//! | link_control | out | struct | clk | what the host wants of the link |
//! | link_up | in | 1 | clk | frames can pass |
//! | an_complete, an_lp_ability | in | 1, 16 | clk | auto-negotiation |
//! | sync | in | 1 | clk | the link to the manager is synchronised |
//! | code_errors, rx_frames_broken | in | 6 | clk | `increment` of a CdcEvents |
//!
//! Latency: a commit is in force 8 cycles after its request, the answer comes after 9. Throughput: an access per 9 cycles.
//! Bad input: addresses that are no multiple of 4, that no register has, and writes to what is read-only answer `bus_error` and do nothing.

use super::decode::{at, page};
use super::{IdentityRegisters, RegisterAccess};
use crate::blade_link::LinkControl;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CounterBank, ResetReg};
use spareband_spec::record;
use spareband_spec::regs::{BLADE, BLADE_CLOCK_HZ, BLADE_COUNTERS, BLADE_MAP_HASH, HOLD_LIMIT_UNIT_CYCLES};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Settings {
    load: Bits<32>,
    queue: Bits<8>,
    admin: Bits<2>,
    enable: bool,
    hold_limit: Bits<32>,
    commit: bool,
}

/// What is on the wire.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sent {
    load: Bits<32>,
    queue: Bits<8>,
    admin: Bits<2>,
    seq: Bits<4>,
    enable: bool,
    /// Units since the last commit.
    held: Bits<32>,
    /// Cycles of a unit.
    tick: Bits<10>,
    unit_over: bool,
    limit_reached: bool,
}

/// The block that the access is in, and the register found there.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sampled {
    in_link: bool,
    in_record: bool,
    in_statistics: bool,
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Derived {
    had_sync: bool,
    sync_loss: bool,
}

#[derive(LogicBlock)]
pub struct BladeRegisters {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub bus_address: Signal<In, Bits<16>>,
    pub bus_write_data: Signal<In, Bits<32>>,
    pub bus_write: Signal<In, Bit>,
    pub bus_read: Signal<In, Bit>,
    pub bus_read_data: Signal<Out, Bits<32>>,
    pub bus_done: Signal<Out, Bit>,
    pub bus_error: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub record_enable: Signal<Out, Bit>,
    pub link_control: Signal<Out, LinkControl>,
    pub link_up: Signal<In, Bit>,
    pub an_complete: Signal<In, Bit>,
    pub an_lp_ability: Signal<In, Bits<16>>,
    pub sync: Signal<In, Bit>,
    pub code_errors: Signal<In, Bits<6>>,
    pub rx_frames_broken: Signal<In, Bits<6>>,
    access: RegisterAccess,
    identity: IdentityRegisters,
    counters: CounterBank<3, 2>,
    settings: ResetReg<Settings>,
    link: ResetReg<LinkControl>,
    sent: ResetReg<Sent>,
    sampled: ResetReg<Sampled>,
    derived: ResetReg<Derived>,
    record_version: Constant<Bits<2>>,
    counter_words: Constant<Bits<6>>,
    page_link: Constant<Bits<8>>,
    page_record: Constant<Bits<8>>,
    page_statistics: Constant<Bits<8>>,
    at_status: Constant<Bits<6>>,
    at_link_control: Constant<Bits<6>>,
    at_an_ability: Constant<Bits<6>>,
    at_an_link_timer: Constant<Bits<6>>,
    at_load: Constant<Bits<6>>,
    at_state: Constant<Bits<6>>,
    at_control: Constant<Bits<6>>,
    at_commit: Constant<Bits<6>>,
    at_sent: Constant<Bits<6>>,
    at_hold_limit: Constant<Bits<6>>,
    page: Signal<Local, Bits<8>>,
    offset: Signal<Local, Bits<6>>,
    data: Signal<Local, Bits<32>>,
    load: Signal<Local, Bits<32>>,
    seq_more: Signal<Local, Bits<4>>,
    held_more: Signal<Local, Bits<32>>,
    tick_more: Signal<Local, Bits<10>>,
    word: Signal<Local, Bits<32>>,
    value: Signal<Local, Bits<64>>,
    found: Signal<Local, Bit>,
    writable: Signal<Local, Bit>,
    high: Signal<Local, Bit>,
}

impl Default for BladeRegisters {
    /// At the clock of a blade on a 1000BASE-X link.
    fn default() -> Self {
        Self::new(BLADE_CLOCK_HZ)
    }
}

impl BladeRegisters {
    /// `clock_hz`: what `identity.clock_hz` says of `clk`.
    pub fn new(clock_hz: u32) -> Self {
        assert_eq!(HOLD_LIMIT_UNIT_CYCLES, 1 << 10, "the width of Sent::tick");
        let record = BLADE.block("record");
        let settings = Settings {
            hold_limit: bits::<32>(record.register("hold_limit").reset),
            ..Default::default()
        };
        with_defaults!(Self {
            identity: IdentityRegisters::new(&BLADE, BLADE_MAP_HASH, 0, clock_hz),
            counters: CounterBank::with_widths([6, 1, 6]),
            settings: ResetReg::new(settings),
            record_version: Constant::new(bits::<2>(record::VERSION.into())),
            counter_words: Constant::new(bits::<6>(2 * BLADE_COUNTERS.len() as u64)),
            page_link: page(&BLADE, "link"),
            page_record: page(&BLADE, "record"),
            page_statistics: page(&BLADE, "statistics"),
            at_status: at(&BLADE, "link", "status"),
            link: ResetReg::new(LinkControl::reset_of(BLADE.block("link"), "control")),
            at_link_control: at(&BLADE, "link", "control"),
            at_an_ability: at(&BLADE, "link", "an_ability"),
            at_an_link_timer: at(&BLADE, "link", "an_link_timer"),
            at_load: at(&BLADE, "record", "load"),
            at_state: at(&BLADE, "record", "state"),
            at_control: at(&BLADE, "record", "control"),
            at_commit: at(&BLADE, "record", "commit"),
            at_sent: at(&BLADE, "record", "sent"),
            at_hold_limit: at(&BLADE, "record", "hold_limit"),
        }
            defaults clk reset bus_address bus_write_data bus_write bus_read bus_read_data bus_done bus_error record record_enable
            link_control link_up an_complete an_lp_ability sync code_errors rx_frames_broken sent access derived page offset data load seq_more held_more tick_more  word value found writable high sampled)
    }
}

impl Logic for BladeRegisters {
    #[hdl_gen]
    fn update(&mut self) {
        self.settings.clk.next = self.clk.val();
        self.settings.reset.next = self.reset.val();
        self.settings.d.next = self.settings.q.val();
        self.link.clk.next = self.clk.val();
        self.link.reset.next = self.reset.val();
        self.link.d.next = self.link.q.val();
        self.link_control.next = self.link.q.val();
        self.sent.clk.next = self.clk.val();
        self.sent.reset.next = self.reset.val();
        self.sent.d.next = self.sent.q.val();
        self.sampled.clk.next = self.clk.val();
        self.sampled.reset.next = self.reset.val();
        self.sampled.d.next = self.sampled.q.val();
        self.derived.clk.next = self.clk.val();
        self.derived.reset.next = self.reset.val();
        self.derived.d.next = self.derived.q.val();

        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.access.bus_address.next = self.bus_address.val();
        self.access.bus_write_data.next = self.bus_write_data.val();
        self.access.bus_write.next = self.bus_write.val();
        self.access.bus_read.next = self.bus_read.val();
        self.bus_read_data.next = self.access.bus_read_data.val();
        self.bus_done.next = self.access.bus_done.val();
        self.bus_error.next = self.access.bus_error.val();
        self.access.hold.next = false;
        self.page.next = self.access.page.val();
        self.offset.next = self.access.offset.val();
        self.data.next = self.access.data.val();
        self.identity.clk.next = self.clk.val();
        self.identity.reset.next = self.reset.val();
        self.identity.page.next = self.page.val();
        self.identity.offset.next = self.offset.val();
        self.identity.write.next = self.access.write.val();
        self.identity.write_data.next = self.data.val();
        self.sampled.d.next.in_link = self.page.val() == self.page_link.val();
        self.sampled.d.next.in_record = self.page.val() == self.page_record.val();
        self.sampled.d.next.in_statistics = self.page.val() == self.page_statistics.val();

        // Settings.
        self.settings.d.next.commit = false;
        if self.access.write.val() & self.sampled.q.val().in_record {
            if self.offset.val() == self.at_load.val() {
                self.settings.d.next.load = self.data.val();
            }
            if self.offset.val() == self.at_state.val() {
                self.settings.d.next.queue = self.data.val().get_bits::<8>(0);
                self.settings.d.next.admin = self.data.val().get_bits::<2>(8);
            }
            if self.offset.val() == self.at_control.val() {
                self.settings.d.next.enable = self.data.val().get_bit(0);
            }
            if self.offset.val() == self.at_commit.val() {
                self.settings.d.next.commit = self.data.val().get_bit(0);
            }
            if self.offset.val() == self.at_hold_limit.val() {
                self.settings.d.next.hold_limit = self.data.val();
            }
        }

        if self.access.write.val() & self.sampled.q.val().in_link {
            if self.offset.val() == self.at_link_control.val() {
                self.link.d.next.mode = self.data.val().get_bits::<3>(0);
                self.link.d.next.chassis = self.data.val().get_bit(3);
                self.link.d.next.an_enable = self.data.val().get_bit(4);
                self.link.d.next.an_restart = self.data.val().get_bit(5);
            }
            if self.offset.val() == self.at_an_ability.val() {
                self.link.d.next.an_ability = self.data.val().get_bits::<16>(0);
            }
            if self.offset.val() == self.at_an_link_timer.val() {
                self.link.d.next.an_link_timer = self.data.val().get_bits::<21>(0);
            }
        }

        // The record on the wire, and how long it has been there.
        self.seq_more.next = self.sent.q.val().seq + 1;
        self.tick_more.next = self.sent.q.val().tick + 1;
        self.held_more.next = self.sent.q.val().held + 1;
        self.sent.d.next.tick = self.tick_more.val();
        self.sent.d.next.unit_over = self.tick_more.val() == 0;
        if self.sent.q.val().unit_over {
            self.sent.d.next.held = self.held_more.val();
        }
        self.sent.d.next.limit_reached =
            (self.settings.q.val().hold_limit != 0) & (self.sent.q.val().held == self.settings.q.val().hold_limit);
        if self.sent.q.val().limit_reached {
            self.sent.d.next.enable = false;
        }
        if self.settings.q.val().commit {
            self.sent.d.next.load = self.settings.q.val().load;
            self.sent.d.next.queue = self.settings.q.val().queue;
            self.sent.d.next.admin = self.settings.q.val().admin;
            self.sent.d.next.enable = self.settings.q.val().enable;
            self.sent.d.next.seq = self.seq_more.val();
            self.sent.d.next.held = 0.into();
            self.sent.d.next.tick = 0.into();
            self.sent.d.next.unit_over = false;
            self.sent.d.next.limit_reached = false;
        }
        self.load.next = self.sent.q.val().load;
        self.record_enable.next = self.sent.q.val().enable;
        self.record.next = (bit_cast::<48, 2>(self.record_version.val()) << 46)
            | (bit_cast::<48, 2>(self.sent.q.val().admin) << 44)
            | (bit_cast::<48, 4>(self.sent.q.val().seq) << 40)
            | (bit_cast::<48, 8>(self.load.val().get_bits::<8>(0)) << 32)
            | (bit_cast::<48, 8>(self.load.val().get_bits::<8>(8)) << 24)
            | (bit_cast::<48, 8>(self.load.val().get_bits::<8>(16)) << 16)
            | (bit_cast::<48, 8>(self.load.val().get_bits::<8>(24)) << 8)
            | bit_cast::<48, 8>(self.sent.q.val().queue);

        // What is derived of the status.
        self.derived.d.next.had_sync = self.sync.val();
        self.derived.d.next.sync_loss = self.derived.q.val().had_sync & !self.sync.val();

        // Counters, in the map's order.
        self.counters.clk.next = self.clk.val();
        self.counters.read_address.next = self.offset.val().get_bits::<2>(1);
        self.counters.increment[0].next = bit_cast::<14, 6>(self.code_errors.val());
        self.counters.increment[1].next = bit_cast::<14, 1>(self.derived.q.val().sync_loss.into());
        self.counters.increment[2].next = bit_cast::<14, 6>(self.rx_frames_broken.val());

        // Read multiplexer.
        self.word.next = 0.into();
        self.found.next = true;
        self.writable.next = false;
        if self.sampled.q.val().in_link & (self.offset.val() == self.at_status.val()) {
            self.word.next = bit_cast::<32, 1>(self.sync.val().into())
                | (bit_cast::<32, 1>(self.an_complete.val().into()) << 1)
                | (bit_cast::<32, 1>(self.link_up.val().into()) << 2)
                | (bit_cast::<32, 16>(self.an_lp_ability.val()) << 16);
        } else if self.sampled.q.val().in_link & (self.offset.val() == self.at_link_control.val()) {
            self.word.next = bit_cast::<32, 3>(self.link.q.val().mode)
                | (bit_cast::<32, 1>(self.link.q.val().chassis.into()) << 3)
                | (bit_cast::<32, 1>(self.link.q.val().an_enable.into()) << 4)
                | (bit_cast::<32, 1>(self.link.q.val().an_restart.into()) << 5);
            self.writable.next = true;
        } else if self.sampled.q.val().in_link & (self.offset.val() == self.at_an_ability.val()) {
            self.word.next = bit_cast::<32, 16>(self.link.q.val().an_ability);
            self.writable.next = true;
        } else if self.sampled.q.val().in_link & (self.offset.val() == self.at_an_link_timer.val()) {
            self.word.next = bit_cast::<32, 21>(self.link.q.val().an_link_timer);
            self.writable.next = true;
        } else if self.sampled.q.val().in_record & (self.offset.val() == self.at_load.val()) {
            self.word.next = self.settings.q.val().load;
            self.writable.next = true;
        } else if self.sampled.q.val().in_record & (self.offset.val() == self.at_state.val()) {
            self.word.next = bit_cast::<32, 8>(self.settings.q.val().queue) | (bit_cast::<32, 2>(self.settings.q.val().admin) << 8);
            self.writable.next = true;
        } else if self.sampled.q.val().in_record & (self.offset.val() == self.at_control.val()) {
            self.word.next = bit_cast::<32, 1>(self.settings.q.val().enable.into());
            self.writable.next = true;
        } else if self.sampled.q.val().in_record & (self.offset.val() == self.at_commit.val()) {
            self.writable.next = true;
        } else if self.sampled.q.val().in_record & (self.offset.val() == self.at_sent.val()) {
            self.word.next = bit_cast::<32, 4>(self.sent.q.val().seq) | (bit_cast::<32, 1>(self.sent.q.val().enable.into()) << 4);
        } else if self.sampled.q.val().in_record & (self.offset.val() == self.at_hold_limit.val()) {
            self.word.next = self.settings.q.val().hold_limit;
            self.writable.next = true;
        } else {
            self.found.next = false;
        }
        self.value.next = bit_cast::<64, 32>(self.word.val());
        self.high.next = false;
        if self.sampled.q.val().in_statistics & (self.offset.val() < self.counter_words.val()) {
            self.value.next = self.counters.read_data.val();
            self.found.next = true;
            self.high.next = self.offset.val().get_bit(0);
        }
        if self.access.sample.val() {
            self.sampled.d.next.value = self.value.val() | self.identity.value.val();
            self.sampled.d.next.found = self.found.val() | self.identity.found.val();
            self.sampled.d.next.writable = self.writable.val() | self.identity.writable.val();
            self.sampled.d.next.high = self.high.val() | self.identity.high.val();
        }
        self.access.value.next = self.sampled.q.val().value;
        self.access.found.next = self.sampled.q.val().found;
        self.access.writable.next = self.sampled.q.val().writable;
        self.access.high.next = self.sampled.q.val().high;
    }

    spareband_hdl::module_name!();
}
