//! The manager's registers and counters of one blade: block `blade` of spec::regs::MANAGER, but for `mac`, which is `AddressSlot`'s.
//! Invariant: what this slot adds to the answer is a register whole, both words of a wide one, and nothing unless the access is to this slot.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | index | in | 4 | clk | number of the blade; constant |
//! | request | in | struct | clk | `SlotRequest`, of any access |
//! | earlier | in | struct | clk | `SlotAnswer` of the slots before this one |
//! | answer | out | struct | clk | that with the register that is asked for |
//! | clear_worst | in | 1 | clk | begin the high-water mark anew |
//! | host_admin, enabled, weight | out | 2, 1, 8 | clk | what the host wants |
//! | link_control | out | struct | clk | what the host wants of the link |
//! | link_up … queue_level | in | | clk | status, as named in the map |
//! | new_flow … code_errors | in | | clk | what each counter adds in this cycle, as far apart as `increment_distances` says; tx_bytes and rx_bytes count with their frames |
//!
//! Latency: `answer` follows `request` after 3 cycles, that of a counter after 4, and `earlier` after 1; a write is in force 1 cycle later. Throughput: an access per 8 cycles.
//! Bad input: writes to what is not writable do nothing.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::decode::{at, at_high, blade_page};
use super::{SlotAnswer, SlotRequest};
use crate::blade_link::LinkControl;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CounterBank, ResetReg};
use spareband_spec::regs::{MANAGER, MANAGER_BLADE_COUNTERS};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Settings {
    admin: Bits<2>,
    enabled: bool,
    weight: Bits<8>,
    vlan_action: Bits<2>,
    vlan_vid: Bits<12>,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sampled {
    high_water: Bits<16>,
    link_was_up: bool,
    sync_loss: bool,
}

/// What counts, a cycle later: it comes from far.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Happened {
    new_flow: Bit,
    record_good: Bit,
    code_errors: Bits<6>,
    /// With their bytes, which are zero without one.
    tx_frame: Bit,
    tx_bytes: Bits<14>,
    rx_frame: Bit,
    rx_bytes: Bits<14>,
}

/// The register that the access is to: one at most.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Selected {
    control: Bit,
    weight: Bit,
    record: Bit,
    age: Bit,
    worst_age: Bit,
    active_flows: Bit,
    queue_level: Bit,
    queue_high_water: Bit,
    index: Bit,
    link_control: Bit,
    link_status: Bit,
    an_ability: Bit,
    an_link_timer: Bit,
    vlan: Bit,
    queue_limit: Bit,
    counter: Bit,
    /// The upper word of a wide one.
    high: Bit,
}

#[derive(LogicBlock)]
pub struct BladeSlot {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub index: Signal<In, Bits<4>>,
    pub request: Signal<In, SlotRequest>,
    pub earlier: Signal<In, SlotAnswer>,
    pub answer: Signal<Out, SlotAnswer>,
    pub clear_worst: Signal<In, Bit>,
    pub host_admin: Signal<Out, Bits<2>>,
    pub enabled: Signal<Out, Bit>,
    pub weight: Signal<Out, Bits<8>>,
    pub vlan_action: Signal<Out, Bits<2>>,
    pub vlan_vid: Signal<Out, Bits<12>>,
    pub link_control: Signal<Out, LinkControl>,
    pub an_complete: Signal<In, Bit>,
    pub an_lp_ability: Signal<In, Bits<16>>,
    pub link_up: Signal<In, Bit>,
    pub known: Signal<In, Bit>,
    pub stale: Signal<In, Bit>,
    pub cpu: Signal<In, Bits<8>>,
    pub irq: Signal<In, Bits<8>>,
    pub work: Signal<In, Bits<8>>,
    pub power: Signal<In, Bits<8>>,
    /// `queue` is a word that Verilator keeps for itself in a module of its own.
    pub request_queue: Signal<In, Bits<8>>,
    pub admin: Signal<In, Bits<2>>,
    pub seq: Signal<In, Bits<4>>,
    pub age: Signal<In, Bits<32>>,
    pub worst_age: Signal<In, Bits<32>>,
    pub active_flows: Signal<In, Bits<16>>,
    pub queue_level: Signal<In, Bits<16>>,
    pub new_flow: Signal<In, Bit>,
    pub tx_frame: Signal<In, Bit>,
    pub tx_bytes: Signal<In, Bits<16>>,
    pub tx_dropped_full: Signal<In, Bit>,
    pub tx_flood_dropped_full: Signal<In, Bit>,
    pub rx_frame: Signal<In, Bit>,
    pub rx_bytes: Signal<In, Bits<16>>,
    pub rx_dropped_bad_fcs: Signal<In, Bit>,
    pub rx_dropped_runt: Signal<In, Bit>,
    pub rx_dropped_oversize: Signal<In, Bit>,
    pub rx_dropped_coding: Signal<In, Bit>,
    pub rx_dropped_full: Signal<In, Bit>,
    pub record_good: Signal<In, Bit>,
    pub record_crc_error: Signal<In, Bit>,
    pub record_rejected: Signal<In, Bit>,
    pub code_errors: Signal<In, Bits<6>>,
    settings: ResetReg<Settings>,
    link: ResetReg<LinkControl>,
    sampled: ResetReg<Sampled>,
    answered: DFF<SlotAnswer>,
    selected: DFF<Selected>,
    happened: DFF<Happened>,
    /// The access is to this slot.
    here: DFF<Bit>,
    counters: CounterBank<16, 4>,
    blade_page: Constant<Bits<4>>,
    at_control: Constant<Bits<6>>,
    at_weight: Constant<Bits<6>>,
    at_record: Constant<Bits<6>>,
    at_record_high: Constant<Bits<6>>,
    at_age: Constant<Bits<6>>,
    at_worst_age: Constant<Bits<6>>,
    at_active_flows: Constant<Bits<6>>,
    at_queue_level: Constant<Bits<6>>,
    at_queue_high_water: Constant<Bits<6>>,
    at_index: Constant<Bits<6>>,
    at_link_control: Constant<Bits<6>>,
    at_link_status: Constant<Bits<6>>,
    at_an_ability: Constant<Bits<6>>,
    at_an_link_timer: Constant<Bits<6>>,
    at_vlan: Constant<Bits<6>>,
    at_queue_limit: Constant<Bits<6>>,
    offset: Signal<Local, Bits<6>>,
    data: Signal<Local, Bits<32>>,
    record_low: Signal<Local, Bits<32>>,
    record_high: Signal<Local, Bits<32>>,
    word: Signal<Local, Bits<32>>,
    wide: Signal<Local, Bits<64>>,
    writable_now: Signal<Local, Bit>,
}

/// Bits of each counter's increment, in the map's order.
fn increment_bits() -> [usize; MANAGER_BLADE_COUNTERS.len()] {
    MANAGER_BLADE_COUNTERS.map(|(name, _)| match name {
        "tx_bytes" | "rx_bytes" => 14,
        "code_errors" => 6,
        _ => 1,
    })
}

/// Cycles from one increment of a counter to its next at least: a frame has 7 words and more, a blade's queue tells of two streams' frames, and pulses from
/// the link's clock come 4 cycles of that apart.
fn increment_distances() -> [usize; MANAGER_BLADE_COUNTERS.len()] {
    MANAGER_BLADE_COUNTERS.map(|(name, _)| match name {
        "code_errors" => 1,
        "new_flows" | "rx_frames" | "rx_bytes" => 7,
        "records_good" | "records_crc_error" | "records_rejected" => 6,
        _ => 3,
    })
}

impl Default for BladeSlot {
    fn default() -> Self {
        let block = MANAGER.block("blade");
        // The counters fill the upper half of the block.
        assert_eq!(
            (block.register(MANAGER_BLADE_COUNTERS[0].0).offset, MANAGER_BLADE_COUNTERS.len()),
            (0x80, 16)
        );
        let control = block.register("control");
        let settings = Settings {
            admin: bits::<2>(control.field("admin").get(control.reset)),
            enabled: control.field("enabled").get(control.reset) == 1,
            weight: bits::<8>(block.register("weight").reset),
            ..Default::default()
        };
        with_defaults!(Self {
            settings: ResetReg::new(settings),
            counters: CounterBank::with_distances(increment_bits(), increment_distances()),
            blade_page: blade_page(&MANAGER),
            at_control: at(&MANAGER, "blade", "control"),
            at_weight: at(&MANAGER, "blade", "weight"),
            at_record: at(&MANAGER, "blade", "record"),
            at_record_high: at_high(&MANAGER, "blade", "record"),
            at_age: at(&MANAGER, "blade", "age"),
            at_worst_age: at(&MANAGER, "blade", "worst_age"),
            at_active_flows: at(&MANAGER, "blade", "active_flows"),
            at_queue_level: at(&MANAGER, "blade", "queue_level"),
            at_queue_high_water: at(&MANAGER, "blade", "queue_high_water"),
            at_index: at(&MANAGER, "blade", "index"),
            link: ResetReg::new(LinkControl::reset_of(block, "link_control")),
            at_link_control: at(&MANAGER, "blade", "link_control"),
            at_link_status: at(&MANAGER, "blade", "link_status"),
            at_an_ability: at(&MANAGER, "blade", "an_ability"),
            at_an_link_timer: at(&MANAGER, "blade", "an_link_timer"),
            at_vlan: at(&MANAGER, "blade", "vlan"),
            at_queue_limit: at(&MANAGER, "blade", "queue_limit"),
        }
            defaults clk reset index request earlier answer clear_worst host_admin
            enabled weight vlan_action vlan_vid link_control an_complete an_lp_ability link_up known stale cpu irq work power request_queue admin seq age worst_age active_flows queue_level
            new_flow tx_frame tx_bytes tx_dropped_full tx_flood_dropped_full rx_frame rx_bytes rx_dropped_bad_fcs rx_dropped_runt
            rx_dropped_oversize rx_dropped_coding rx_dropped_full record_good record_crc_error record_rejected code_errors sampled answered selected happened here offset data
            record_low record_high word wide writable_now)
    }
}

impl Logic for BladeSlot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, selected, happened, answered, here);
        self.settings.clk.next = self.clk.val();
        self.settings.reset.next = self.reset.val();
        self.settings.d.next = self.settings.q.val();
        self.link.clk.next = self.clk.val();
        self.link.reset.next = self.reset.val();
        self.link.d.next = self.link.q.val();
        self.link_control.next = self.link.q.val();
        self.sampled.clk.next = self.clk.val();
        self.sampled.reset.next = self.reset.val();
        self.sampled.d.next = self.sampled.q.val();

        // Where the access is, two cycles later; it stands for longer.
        self.offset.next = self.request.val().offset;
        self.data.next = self.request.val().data;
        self.here.d.next = (self.request.val().page.get_bits::<4>(4) == self.blade_page.val())
            & (self.request.val().page.get_bits::<4>(0) == self.index.val());
        self.selected.d.next.control = self.here.q.val() & (self.offset.val() == self.at_control.val());
        self.selected.d.next.weight = self.here.q.val() & (self.offset.val() == self.at_weight.val());
        self.selected.d.next.age = self.here.q.val() & (self.offset.val() == self.at_age.val());
        self.selected.d.next.worst_age = self.here.q.val() & (self.offset.val() == self.at_worst_age.val());
        self.selected.d.next.active_flows = self.here.q.val() & (self.offset.val() == self.at_active_flows.val());
        self.selected.d.next.queue_level = self.here.q.val() & (self.offset.val() == self.at_queue_level.val());
        self.selected.d.next.queue_high_water = self.here.q.val() & (self.offset.val() == self.at_queue_high_water.val());
        self.selected.d.next.index = self.here.q.val() & (self.offset.val() == self.at_index.val());
        self.selected.d.next.link_control = self.here.q.val() & (self.offset.val() == self.at_link_control.val());
        self.selected.d.next.link_status = self.here.q.val() & (self.offset.val() == self.at_link_status.val());
        self.selected.d.next.an_ability = self.here.q.val() & (self.offset.val() == self.at_an_ability.val());
        self.selected.d.next.an_link_timer = self.here.q.val() & (self.offset.val() == self.at_an_link_timer.val());
        self.selected.d.next.vlan = self.here.q.val() & (self.offset.val() == self.at_vlan.val());
        self.selected.d.next.queue_limit = self.here.q.val() & (self.offset.val() == self.at_queue_limit.val());
        self.selected.d.next.record =
            self.here.q.val() & ((self.offset.val() == self.at_record.val()) | (self.offset.val() == self.at_record_high.val()));
        self.selected.d.next.counter = self.here.q.val() & self.offset.val().get_bit(5);
        self.selected.d.next.high = self.offset.val().get_bit(0);

        // Settings.
        self.host_admin.next = self.settings.q.val().admin;
        self.enabled.next = self.settings.q.val().enabled;
        self.weight.next = self.settings.q.val().weight;
        self.vlan_action.next = self.settings.q.val().vlan_action;
        self.vlan_vid.next = self.settings.q.val().vlan_vid;
        if self.request.val().write {
            if self.selected.q.val().control {
                self.settings.d.next.admin = self.data.val().get_bits::<2>(0);
                self.settings.d.next.enabled = self.data.val().get_bit(2);
            }
            if self.selected.q.val().weight {
                self.settings.d.next.weight = self.data.val().get_bits::<8>(0);
            }
            if self.selected.q.val().link_control {
                self.link.d.next.mode = self.data.val().get_bits::<3>(0);
                self.link.d.next.chassis = self.data.val().get_bit(3);
                self.link.d.next.an_enable = self.data.val().get_bit(4);
                self.link.d.next.an_restart = self.data.val().get_bit(5);
            }
            if self.selected.q.val().an_ability {
                self.link.d.next.an_ability = self.data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().vlan {
                self.settings.d.next.vlan_action = self.data.val().get_bits::<2>(0);
                self.settings.d.next.vlan_vid = self.data.val().get_bits::<12>(4);
            }
            if self.selected.q.val().queue_limit {
                self.link.d.next.queue_limit = self.data.val().get_bits::<16>(0);
            }
            if self.selected.q.val().an_link_timer {
                self.link.d.next.an_link_timer = self.data.val().get_bits::<21>(0);
            }
        }

        // What is derived of the status.
        if self.clear_worst.val() | (self.queue_level.val() > self.sampled.q.val().high_water) {
            self.sampled.d.next.high_water = self.queue_level.val();
        }
        self.sampled.d.next.link_was_up = self.link_up.val();
        self.sampled.d.next.sync_loss = self.sampled.q.val().link_was_up & !self.link_up.val();

        // Counters, in the map's order.
        self.counters.clk.next = self.clk.val();
        self.counters.read_address.next = self.offset.val().get_bits::<4>(1);
        self.happened.d.next.new_flow = self.new_flow.val();
        self.happened.d.next.record_good = self.record_good.val();
        self.happened.d.next.code_errors = self.code_errors.val();
        self.happened.d.next.tx_frame = self.tx_frame.val();
        self.happened.d.next.tx_bytes = 0.into();
        if self.tx_frame.val() {
            self.happened.d.next.tx_bytes = self.tx_bytes.val().get_bits::<14>(0);
        }
        self.happened.d.next.rx_frame = self.rx_frame.val();
        self.happened.d.next.rx_bytes = 0.into();
        if self.rx_frame.val() {
            self.happened.d.next.rx_bytes = self.rx_bytes.val().get_bits::<14>(0);
        }
        self.counters.increment[0].next = bit_cast::<14, 1>(self.happened.q.val().new_flow.into());
        self.counters.increment[1].next = bit_cast::<14, 1>(self.happened.q.val().tx_frame.into());
        self.counters.increment[2].next = self.happened.q.val().tx_bytes;
        self.counters.increment[3].next = bit_cast::<14, 1>((self.tx_dropped_full.val() | self.tx_flood_dropped_full.val()).into());
        self.counters.increment[4].next = bit_cast::<14, 1>(self.happened.q.val().rx_frame.into());
        self.counters.increment[5].next = self.happened.q.val().rx_bytes;
        self.counters.increment[6].next = bit_cast::<14, 1>(self.rx_dropped_bad_fcs.val().into());
        self.counters.increment[7].next = bit_cast::<14, 1>(self.rx_dropped_runt.val().into());
        self.counters.increment[8].next = bit_cast::<14, 1>(self.rx_dropped_oversize.val().into());
        self.counters.increment[9].next = bit_cast::<14, 1>(self.rx_dropped_coding.val().into());
        self.counters.increment[10].next = bit_cast::<14, 1>(self.rx_dropped_full.val().into());
        self.counters.increment[11].next = bit_cast::<14, 1>(self.happened.q.val().record_good.into());
        self.counters.increment[12].next = bit_cast::<14, 1>(self.record_crc_error.val().into());
        self.counters.increment[13].next = bit_cast::<14, 1>(self.record_rejected.val().into());
        self.counters.increment[14].next = bit_cast::<14, 6>(self.happened.q.val().code_errors);
        self.counters.increment[15].next = bit_cast::<14, 1>(self.sampled.q.val().sync_loss.into());

        // Read multiplexer.
        self.record_low.next = bit_cast::<32, 8>(self.cpu.val())
            | (bit_cast::<32, 8>(self.irq.val()) << 8)
            | (bit_cast::<32, 8>(self.work.val()) << 16)
            | (bit_cast::<32, 8>(self.power.val()) << 24);
        self.record_high.next = bit_cast::<32, 8>(self.request_queue.val())
            | (bit_cast::<32, 2>(self.admin.val()) << 8)
            | (bit_cast::<32, 4>(self.seq.val()) << 12)
            | (bit_cast::<32, 1>(self.known.val().into()) << 16)
            | (bit_cast::<32, 1>(self.stale.val().into()) << 17)
            | (bit_cast::<32, 1>(self.link_up.val().into()) << 18);
        self.word.next = 0.into();
        if self.selected.q.val().control {
            self.word.next = self.word.val()
                | bit_cast::<32, 2>(self.settings.q.val().admin)
                | (bit_cast::<32, 1>(self.settings.q.val().enabled.into()) << 2);
        }
        if self.selected.q.val().weight {
            self.word.next = self.word.val() | bit_cast::<32, 8>(self.settings.q.val().weight);
        }
        if self.selected.q.val().age {
            self.word.next = self.word.val() | self.age.val();
        }
        if self.selected.q.val().worst_age {
            self.word.next = self.word.val() | self.worst_age.val();
        }
        if self.selected.q.val().active_flows {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.active_flows.val());
        }
        if self.selected.q.val().queue_level {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.queue_level.val());
        }
        if self.selected.q.val().queue_high_water {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.sampled.q.val().high_water);
        }
        if self.selected.q.val().index {
            self.word.next = self.word.val() | bit_cast::<32, 4>(self.index.val());
        }
        if self.selected.q.val().link_control {
            self.word.next = self.word.val()
                | bit_cast::<32, 3>(self.link.q.val().mode)
                | (bit_cast::<32, 1>(self.link.q.val().chassis.into()) << 3)
                | (bit_cast::<32, 1>(self.link.q.val().an_enable.into()) << 4)
                | (bit_cast::<32, 1>(self.link.q.val().an_restart.into()) << 5);
        }
        if self.selected.q.val().link_status {
            self.word.next = self.word.val()
                | bit_cast::<32, 1>(self.link_up.val().into())
                | (bit_cast::<32, 1>(self.an_complete.val().into()) << 1)
                | (bit_cast::<32, 16>(self.an_lp_ability.val()) << 16);
        }
        if self.selected.q.val().an_ability {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.link.q.val().an_ability);
        }
        if self.selected.q.val().an_link_timer {
            self.word.next = self.word.val() | bit_cast::<32, 21>(self.link.q.val().an_link_timer);
        }
        if self.selected.q.val().vlan {
            self.word.next = self.word.val()
                | bit_cast::<32, 2>(self.settings.q.val().vlan_action)
                | (bit_cast::<32, 12>(self.settings.q.val().vlan_vid) << 4);
        }
        if self.selected.q.val().queue_limit {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.link.q.val().queue_limit);
        }
        self.wide.next = bit_cast::<64, 32>(self.word.val());
        if self.selected.q.val().counter {
            self.wide.next = self.wide.val() | self.counters.read_data.val();
        }
        if self.selected.q.val().record {
            self.wide.next =
                self.wide.val() | bit_cast::<64, 32>(self.record_low.val()) | (bit_cast::<64, 32>(self.record_high.val()) << 32);
        }
        self.answered.d.next.value = self.earlier.val().value | self.wide.val();
        self.writable_now.next = self.selected.q.val().control
            | self.selected.q.val().weight
            | self.selected.q.val().link_control
            | self.selected.q.val().an_ability
            | self.selected.q.val().an_link_timer
            | self.selected.q.val().vlan
            | self.selected.q.val().queue_limit;
        self.answered.d.next.writable = self.earlier.val().writable | self.writable_now.val();
        self.answered.d.next.high =
            self.earlier.val().high | (self.selected.q.val().high & (self.selected.q.val().counter | self.selected.q.val().record));
        self.answered.d.next.found = self.earlier.val().found
            | self.writable_now.val()
            | self.selected.q.val().age
            | self.selected.q.val().worst_age
            | self.selected.q.val().active_flows
            | self.selected.q.val().queue_level
            | self.selected.q.val().queue_high_water
            | self.selected.q.val().index
            | self.selected.q.val().link_status
            | self.selected.q.val().counter
            | self.selected.q.val().record;
        self.answered.d.next.counts = self.earlier.val().counts;
        self.answer.next = self.answered.q.val();
    }

    spareband_hdl::module_name!();
}
