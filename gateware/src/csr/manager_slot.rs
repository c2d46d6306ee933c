//! The manager's registers and counters but the blades': every block of spec::regs::MANAGER except `blade`.
//! Invariant: `value` is a register whole, both words of a wide one, and all is zero unless the access is to one of these blocks.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | page, offset, write, write_data, write_low | in | 8, 6, 1, 32, 32 | clk | from RegisterAccess |
//! | value, found, writable, high | out | 64, 1, 1, 1 | clk | the register; it exists; takes writes; `offset` is a high word |
//! | max_frame_length … flush_flows | out | | clk | settings and commands, as named in the map |
//! | block_lock … table_entries | in | | clk | status, as named in the map |
//! | frames_in … uplink_sequence_errors | in | 1, 6 or 14 | clk | what each counter adds in this cycle |
//! | queue_full | in | 1 | clk | counts as `dropped_queue_full` |
//!
//! Latency: a write is in force 1 cycle later, `max_frame_length` 2. Throughput: an access per 9 cycles.
//! Bad input: writes to what is not writable do nothing.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::IdentityRegisters;
use super::decode::{at, at_high, page};
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CounterBank, ResetReg};
use spareband_spec::regs::{MANAGER, MANAGER_COUNTERS, MANAGER_MAP_HASH};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Settings {
    max_frame_length: Bits<16>,
    policy: Bits<4>,
    delta: Bits<8>,
    ewma_shift: Bits<4>,
    stale_limit: Bits<32>,
    vip: Bits<32>,
    vip_mask: Bits<32>,
    flow_timeout: Bits<32>,
    hash_key: Bits<64>,
    aggregate: bool,
    prbs31_transmit: bool,
    prbs31_check: bool,
    clear_worst: bool,
    flush_flows: bool,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Derived {
    had_block_lock: bool,
    had_fault: bool,
    block_lock_loss: bool,
    fault_begin: bool,
}

/// The block that the access is in, and the register found there.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sampled {
    in_uplink: bool,
    in_policy: bool,
    in_flows: bool,
    in_statistics: bool,
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
}

/// The register that the access is to: one at most.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Selected {
    uplink_status: Bit,
    uplink_max_frame_length: Bit,
    uplink_control: Bit,
    policy_select: Bit,
    policy_delta: Bit,
    policy_ewma_shift: Bit,
    policy_stale_limit: Bit,
    policy_vip: Bit,
    policy_vip_mask: Bit,
    policy_flow_timeout: Bit,
    policy_command: Bit,
    policy_hash_key: Bit,
    policy_hash_key_high: Bit,
    flows_entries: Bit,
    counter: Bit,
    /// The upper word of a counter.
    counter_high: Bit,
}

#[derive(LogicBlock)]
pub struct ManagerSlot {
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
    pub max_frame_length: Signal<Out, Bits<16>>,
    pub policy: Signal<Out, Bits<4>>,
    pub delta: Signal<Out, Bits<8>>,
    pub ewma_shift: Signal<Out, Bits<4>>,
    pub stale_limit: Signal<Out, Bits<32>>,
    pub vip: Signal<Out, Bits<32>>,
    pub vip_mask: Signal<Out, Bits<32>>,
    pub flow_timeout: Signal<Out, Bits<32>>,
    pub hash_key: Signal<Out, Bits<64>>,
    pub clear_worst: Signal<Out, Bit>,
    pub flush_flows: Signal<Out, Bit>,
    pub aggregate: Signal<Out, Bit>,
    pub prbs31_transmit: Signal<Out, Bit>,
    pub prbs31_check: Signal<Out, Bit>,
    pub block_lock: Signal<In, Bit>,
    pub local_fault: Signal<In, Bit>,
    pub remote_fault: Signal<In, Bit>,
    pub high_ber: Signal<In, Bit>,
    pub table_entries: Signal<In, Bits<16>>,
    pub frames_in: Signal<In, Bit>,
    pub bytes_in: Signal<In, Bits<14>>,
    pub forwarded: Signal<In, Bit>,
    pub flooded: Signal<In, Bit>,
    pub dropped_bad_fcs: Signal<In, Bit>,
    pub dropped_runt: Signal<In, Bit>,
    pub dropped_oversize: Signal<In, Bit>,
    pub dropped_coding: Signal<In, Bit>,
    pub dropped_control: Signal<In, Bit>,
    pub dropped_malformed: Signal<In, Bit>,
    pub dropped_no_blade: Signal<In, Bit>,
    pub dropped_overrun: Signal<In, Bit>,
    pub flow_hits: Signal<In, Bit>,
    pub flow_misses: Signal<In, Bit>,
    pub flow_misses_without_syn: Signal<In, Bit>,
    pub flow_insert_failures: Signal<In, Bit>,
    pub flow_closed: Signal<In, Bit>,
    pub flow_expired: Signal<In, Bit>,
    pub uplink_tx_frames: Signal<In, Bit>,
    pub uplink_tx_bytes: Signal<In, Bits<14>>,
    pub uplink_tx_underruns: Signal<In, Bit>,
    pub uplink_bad_blocks: Signal<In, Bits<6>>,
    pub uplink_sequence_errors: Signal<In, Bits<6>>,
    pub uplink_prbs31_errors: Signal<In, Bits<6>>,
    pub queue_full: Signal<In, Bit>,
    identity: IdentityRegisters,
    counters: CounterBank<27, 5>,
    settings: ResetReg<Settings>,
    derived: ResetReg<Derived>,
    /// For the MACs, which are far from the register.
    length_limit: DFF<Bits<16>>,
    sampled: ResetReg<Sampled>,
    selected: DFF<Selected>,
    counter_words: Constant<Bits<6>>,
    page_uplink: Constant<Bits<8>>,
    page_policy: Constant<Bits<8>>,
    page_flows: Constant<Bits<8>>,
    page_statistics: Constant<Bits<8>>,
    at_uplink_status: Constant<Bits<6>>,
    at_uplink_max_frame_length: Constant<Bits<6>>,
    at_uplink_control: Constant<Bits<6>>,
    at_policy_select: Constant<Bits<6>>,
    at_policy_delta: Constant<Bits<6>>,
    at_policy_ewma_shift: Constant<Bits<6>>,
    at_policy_stale_limit: Constant<Bits<6>>,
    at_policy_vip: Constant<Bits<6>>,
    at_policy_vip_mask: Constant<Bits<6>>,
    at_policy_flow_timeout: Constant<Bits<6>>,
    at_policy_command: Constant<Bits<6>>,
    at_policy_hash_key: Constant<Bits<6>>,
    at_flows_entries: Constant<Bits<6>>,
    at_policy_hash_key_high: Constant<Bits<6>>,
    word: Signal<Local, Bits<32>>,
    wide: Signal<Local, Bits<64>>,
    writable_now: Signal<Local, Bit>,
    fault: Signal<Local, Bit>,
}

/// Bits of each counter's increment, in the map's order.
fn increment_bits() -> [usize; MANAGER_COUNTERS.len()] {
    MANAGER_COUNTERS.map(|(name, _)| match name {
        "bytes_in" | "uplink_tx_bytes" => 14,
        "dropped_queue_full" => 3,
        "uplink_bad_blocks" | "uplink_sequence_errors" | "uplink_prbs31_errors" => 6,
        _ => 1,
    })
}

/// Cycles from one increment of a counter to its next at least: a verdict takes 10 and the uplink's shortest frame 8, a received one that is cut
/// may have 1 with one before the next; a queue is given the frames of two streams. Counts from the uplink's clock, which brings one in about
/// every cycle, come as they like, but in a sweep of 54 cycles they are no more than two of 63.
fn increment_distances() -> [usize; MANAGER_COUNTERS.len()] {
    MANAGER_COUNTERS.map(|(name, _)| match name {
        "frames_in" | "bytes_in" | "dropped_overrun" | "uplink_block_lock_losses" | "uplink_faults" => 2,
        "dropped_queue_full" => 3,
        "uplink_bad_blocks" | "uplink_sequence_errors" | "uplink_prbs31_errors" => 27,
        "flow_expired" => 1,
        _ => 7,
    })
}

fn reset_settings() -> Settings {
    let uplink = |name| MANAGER.register("uplink", name).reset;
    let policy = |name| MANAGER.register("policy", name).reset;
    Settings {
        max_frame_length: bits::<16>(uplink("max_frame_length")),
        policy: bits::<4>(policy("select")),
        delta: bits::<8>(policy("delta")),
        ewma_shift: bits::<4>(policy("ewma_shift")),
        stale_limit: bits::<32>(policy("stale_limit")),
        vip: bits::<32>(policy("vip")),
        vip_mask: bits::<32>(policy("vip_mask")),
        flow_timeout: bits::<32>(policy("flow_timeout")),
        hash_key: bits::<64>(policy("hash_key")),
        aggregate: uplink("control") == 1,
        prbs31_transmit: false,
        prbs31_check: false,
        clear_worst: false,
        flush_flows: false,
    }
}

impl ManagerSlot {
    /// The slot of a manager with so many blades.
    pub fn new(blades: usize) -> Self {
        with_defaults!(Self {
            identity: IdentityRegisters::new(&MANAGER, MANAGER_MAP_HASH, blades, MANAGER.clock_hz),
            counters: CounterBank::with_distances(increment_bits(), increment_distances()),
            settings: ResetReg::new(reset_settings()),
            counter_words: Constant::new(bits::<6>(2 * MANAGER_COUNTERS.len() as u64)),
            page_uplink: page(&MANAGER, "uplink"),
            page_policy: page(&MANAGER, "policy"),
            page_flows: page(&MANAGER, "flows"),
            page_statistics: page(&MANAGER, "statistics"),
            at_uplink_status: at(&MANAGER, "uplink", "status"),
            at_uplink_max_frame_length: at(&MANAGER, "uplink", "max_frame_length"),
            at_uplink_control: at(&MANAGER, "uplink", "control"),
            at_policy_select: at(&MANAGER, "policy", "select"),
            at_policy_delta: at(&MANAGER, "policy", "delta"),
            at_policy_ewma_shift: at(&MANAGER, "policy", "ewma_shift"),
            at_policy_stale_limit: at(&MANAGER, "policy", "stale_limit"),
            at_policy_vip: at(&MANAGER, "policy", "vip"),
            at_policy_vip_mask: at(&MANAGER, "policy", "vip_mask"),
            at_policy_flow_timeout: at(&MANAGER, "policy", "flow_timeout"),
            at_policy_command: at(&MANAGER, "policy", "command"),
            at_policy_hash_key: at(&MANAGER, "policy", "hash_key"),
            at_flows_entries: at(&MANAGER, "flows", "entries"),
            at_policy_hash_key_high: at_high(&MANAGER, "policy", "hash_key"),
        }
            defaults clk reset page offset write write_data write_low value found writable high max_frame_length policy
            delta ewma_shift stale_limit vip vip_mask flow_timeout hash_key clear_worst flush_flows aggregate prbs31_transmit prbs31_check block_lock local_fault
            remote_fault high_ber table_entries frames_in bytes_in forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize
            dropped_coding dropped_control dropped_malformed dropped_no_blade dropped_overrun flow_hits flow_misses flow_misses_without_syn
            flow_insert_failures flow_closed flow_expired uplink_tx_frames uplink_tx_bytes uplink_tx_underruns uplink_bad_blocks
            uplink_sequence_errors uplink_prbs31_errors queue_full derived length_limit sampled selected word wide writable_now fault )
    }
}

impl Logic for ManagerSlot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, selected, length_limit);
        self.settings.clk.next = self.clk.val();
        self.settings.reset.next = self.reset.val();
        self.settings.d.next = self.settings.q.val();
        self.derived.clk.next = self.clk.val();
        self.derived.reset.next = self.reset.val();
        self.derived.d.next = self.derived.q.val();
        self.sampled.clk.next = self.clk.val();
        self.sampled.reset.next = self.reset.val();
        self.sampled.d.next = self.sampled.q.val();
        self.identity.clk.next = self.clk.val();
        self.identity.reset.next = self.reset.val();
        self.identity.page.next = self.page.val();
        self.identity.offset.next = self.offset.val();
        self.identity.write.next = self.write.val();
        self.identity.write_data.next = self.write_data.val();
        self.sampled.d.next.in_uplink = self.page.val() == self.page_uplink.val();
        self.sampled.d.next.in_policy = self.page.val() == self.page_policy.val();
        self.sampled.d.next.in_flows = self.page.val() == self.page_flows.val();
        self.sampled.d.next.in_statistics = self.page.val() == self.page_statistics.val();

        // Where the access is, a cycle later; it stands for longer.
        self.selected.d.next.uplink_status = self.sampled.q.val().in_uplink & (self.offset.val() == self.at_uplink_status.val());
        self.selected.d.next.uplink_max_frame_length =
            self.sampled.q.val().in_uplink & (self.offset.val() == self.at_uplink_max_frame_length.val());
        self.selected.d.next.uplink_control = self.sampled.q.val().in_uplink & (self.offset.val() == self.at_uplink_control.val());
        self.selected.d.next.policy_select = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_select.val());
        self.selected.d.next.policy_delta = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_delta.val());
        self.selected.d.next.policy_ewma_shift = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_ewma_shift.val());
        self.selected.d.next.policy_stale_limit = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_stale_limit.val());
        self.selected.d.next.policy_vip = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_vip.val());
        self.selected.d.next.policy_vip_mask = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_vip_mask.val());
        self.selected.d.next.policy_flow_timeout =
            self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_flow_timeout.val());
        self.selected.d.next.policy_command = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_command.val());
        self.selected.d.next.policy_hash_key = self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_hash_key.val());
        self.selected.d.next.policy_hash_key_high =
            self.sampled.q.val().in_policy & (self.offset.val() == self.at_policy_hash_key_high.val());
        self.selected.d.next.flows_entries = self.sampled.q.val().in_flows & (self.offset.val() == self.at_flows_entries.val());
        self.selected.d.next.counter = self.sampled.q.val().in_statistics & (self.offset.val() < self.counter_words.val());
        self.selected.d.next.counter_high =
            self.sampled.q.val().in_statistics & (self.offset.val() < self.counter_words.val()) & self.offset.val().get_bit(0);

        // Settings.
        self.settings.d.next.clear_worst = false;
        self.settings.d.next.flush_flows = false;
        if self.write.val() & self.selected.q.val().uplink_max_frame_length {
            self.settings.d.next.max_frame_length = self.write_data.val().get_bits::<16>(0);
        }
        if self.write.val() & self.selected.q.val().uplink_control {
            self.settings.d.next.aggregate = self.write_data.val().get_bit(0);
            self.settings.d.next.prbs31_transmit = self.write_data.val().get_bit(1);
            self.settings.d.next.prbs31_check = self.write_data.val().get_bit(2);
        }
        if self.write.val() {
            if self.selected.q.val().policy_select {
                self.settings.d.next.policy = self.write_data.val().get_bits::<4>(0);
            }
            if self.selected.q.val().policy_delta {
                self.settings.d.next.delta = self.write_data.val().get_bits::<8>(0);
            }
            if self.selected.q.val().policy_ewma_shift {
                self.settings.d.next.ewma_shift = self.write_data.val().get_bits::<4>(0);
            }
            if self.selected.q.val().policy_stale_limit {
                self.settings.d.next.stale_limit = self.write_data.val();
            }
            if self.selected.q.val().policy_vip {
                self.settings.d.next.vip = self.write_data.val();
            }
            if self.selected.q.val().policy_vip_mask {
                self.settings.d.next.vip_mask = self.write_data.val();
            }
            if self.selected.q.val().policy_flow_timeout {
                self.settings.d.next.flow_timeout = self.write_data.val();
            }
            if self.selected.q.val().policy_command {
                self.settings.d.next.clear_worst = self.write_data.val().get_bit(0);
                self.settings.d.next.flush_flows = self.write_data.val().get_bit(1);
            }
            if self.selected.q.val().policy_hash_key_high {
                self.settings.d.next.hash_key =
                    (bit_cast::<64, 32>(self.write_data.val()) << 32) | bit_cast::<64, 32>(self.write_low.val());
            }
        }
        self.length_limit.d.next = self.settings.q.val().max_frame_length;
        self.max_frame_length.next = self.length_limit.q.val();
        self.policy.next = self.settings.q.val().policy;
        self.delta.next = self.settings.q.val().delta;
        self.ewma_shift.next = self.settings.q.val().ewma_shift;
        self.stale_limit.next = self.settings.q.val().stale_limit;
        self.vip.next = self.settings.q.val().vip;
        self.vip_mask.next = self.settings.q.val().vip_mask;
        self.flow_timeout.next = self.settings.q.val().flow_timeout;
        self.hash_key.next = self.settings.q.val().hash_key;
        self.clear_worst.next = self.settings.q.val().clear_worst;
        self.aggregate.next = self.settings.q.val().aggregate;
        self.prbs31_transmit.next = self.settings.q.val().prbs31_transmit;
        self.prbs31_check.next = self.settings.q.val().prbs31_check;
        self.flush_flows.next = self.settings.q.val().flush_flows;

        // What is derived of the status.
        self.fault.next = self.local_fault.val() | self.remote_fault.val();
        self.derived.d.next.had_block_lock = self.block_lock.val();
        self.derived.d.next.had_fault = self.fault.val();
        self.derived.d.next.block_lock_loss = self.derived.q.val().had_block_lock & !self.block_lock.val();
        self.derived.d.next.fault_begin = self.fault.val() & !self.derived.q.val().had_fault;

        // Counters, in the map's order.
        self.counters.clk.next = self.clk.val();
        self.counters.read_address.next = self.offset.val().get_bits::<5>(1);
        self.counters.increment[0].next = bit_cast::<14, 1>(self.frames_in.val().into());
        self.counters.increment[1].next = self.bytes_in.val();
        self.counters.increment[2].next = bit_cast::<14, 1>(self.forwarded.val().into());
        self.counters.increment[3].next = bit_cast::<14, 1>(self.flooded.val().into());
        self.counters.increment[4].next = bit_cast::<14, 1>(self.dropped_bad_fcs.val().into());
        self.counters.increment[5].next = bit_cast::<14, 1>(self.dropped_runt.val().into());
        self.counters.increment[6].next = bit_cast::<14, 1>(self.dropped_oversize.val().into());
        self.counters.increment[7].next = bit_cast::<14, 1>(self.dropped_coding.val().into());
        self.counters.increment[8].next = bit_cast::<14, 1>(self.dropped_malformed.val().into());
        self.counters.increment[9].next = bit_cast::<14, 1>(self.dropped_no_blade.val().into());
        self.counters.increment[10].next = bit_cast::<14, 1>(self.dropped_overrun.val().into());
        self.counters.increment[11].next = bit_cast::<14, 1>(self.queue_full.val().into());
        self.counters.increment[12].next = bit_cast::<14, 1>(self.flow_hits.val().into());
        self.counters.increment[13].next = bit_cast::<14, 1>(self.flow_misses.val().into());
        self.counters.increment[14].next = bit_cast::<14, 1>(self.flow_misses_without_syn.val().into());
        self.counters.increment[15].next = bit_cast::<14, 1>(self.flow_insert_failures.val().into());
        self.counters.increment[16].next = bit_cast::<14, 1>(self.flow_closed.val().into());
        self.counters.increment[17].next = bit_cast::<14, 1>(self.flow_expired.val().into());
        self.counters.increment[18].next = bit_cast::<14, 1>(self.uplink_tx_frames.val().into());
        self.counters.increment[19].next = self.uplink_tx_bytes.val();
        self.counters.increment[20].next = bit_cast::<14, 1>(self.uplink_tx_underruns.val().into());
        self.counters.increment[21].next = bit_cast::<14, 6>(self.uplink_bad_blocks.val());
        self.counters.increment[22].next = bit_cast::<14, 6>(self.uplink_sequence_errors.val());
        self.counters.increment[23].next = bit_cast::<14, 1>(self.derived.q.val().block_lock_loss.into());
        self.counters.increment[24].next = bit_cast::<14, 1>(self.derived.q.val().fault_begin.into());
        self.counters.increment[25].next = bit_cast::<14, 1>(self.dropped_control.val().into());
        self.counters.increment[26].next = bit_cast::<14, 6>(self.uplink_prbs31_errors.val());

        // Read multiplexer.
        self.word.next = 0.into();
        if self.selected.q.val().uplink_status {
            self.word.next = self.word.val()
                | bit_cast::<32, 1>(self.block_lock.val().into())
                | (bit_cast::<32, 1>(self.local_fault.val().into()) << 1)
                | (bit_cast::<32, 1>(self.remote_fault.val().into()) << 2)
                | (bit_cast::<32, 1>(self.high_ber.val().into()) << 3);
        }
        if self.selected.q.val().uplink_max_frame_length {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.settings.q.val().max_frame_length);
        }
        if self.selected.q.val().uplink_control {
            self.word.next = self.word.val()
                | bit_cast::<32, 1>(self.settings.q.val().aggregate.into())
                | (bit_cast::<32, 1>(self.settings.q.val().prbs31_transmit.into()) << 1)
                | (bit_cast::<32, 1>(self.settings.q.val().prbs31_check.into()) << 2);
        }
        if self.selected.q.val().policy_select {
            self.word.next = self.word.val() | bit_cast::<32, 4>(self.settings.q.val().policy);
        }
        if self.selected.q.val().policy_delta {
            self.word.next = self.word.val() | bit_cast::<32, 8>(self.settings.q.val().delta);
        }
        if self.selected.q.val().policy_ewma_shift {
            self.word.next = self.word.val() | bit_cast::<32, 4>(self.settings.q.val().ewma_shift);
        }
        if self.selected.q.val().policy_stale_limit {
            self.word.next = self.word.val() | self.settings.q.val().stale_limit;
        }
        if self.selected.q.val().policy_vip {
            self.word.next = self.word.val() | self.settings.q.val().vip;
        }
        if self.selected.q.val().policy_vip_mask {
            self.word.next = self.word.val() | self.settings.q.val().vip_mask;
        }
        if self.selected.q.val().policy_flow_timeout {
            self.word.next = self.word.val() | self.settings.q.val().flow_timeout;
        }
        if self.selected.q.val().flows_entries {
            self.word.next = self.word.val() | bit_cast::<32, 16>(self.table_entries.val());
        }
        self.wide.next = bit_cast::<64, 32>(self.word.val()) | self.identity.value.val();
        if self.selected.q.val().policy_hash_key | self.selected.q.val().policy_hash_key_high {
            self.wide.next = self.wide.val() | self.settings.q.val().hash_key;
        }
        if self.selected.q.val().counter {
            self.wide.next = self.wide.val() | self.counters.read_data.val();
        }
        self.writable_now.next = self.selected.q.val().uplink_max_frame_length
            | self.selected.q.val().uplink_control
            | self.selected.q.val().policy_select
            | self.selected.q.val().policy_delta
            | self.selected.q.val().policy_ewma_shift
            | self.selected.q.val().policy_stale_limit
            | self.selected.q.val().policy_vip
            | self.selected.q.val().policy_vip_mask
            | self.selected.q.val().policy_flow_timeout
            | self.selected.q.val().policy_command
            | self.selected.q.val().policy_hash_key
            | self.selected.q.val().policy_hash_key_high;
        self.sampled.d.next.value = self.wide.val();
        self.sampled.d.next.writable = self.writable_now.val() | self.identity.writable.val();
        self.sampled.d.next.found = self.writable_now.val()
            | self.selected.q.val().uplink_status
            | self.selected.q.val().flows_entries
            | self.selected.q.val().counter
            | self.identity.found.val();
        self.sampled.d.next.high =
            self.selected.q.val().policy_hash_key_high | self.selected.q.val().counter_high | self.identity.high.val();
        self.value.next = self.sampled.q.val().value;
        self.found.next = self.sampled.q.val().found;
        self.writable.next = self.sampled.q.val().writable;
        self.high.next = self.sampled.q.val().high;
    }

    spareband_hdl::module_name!();
}
