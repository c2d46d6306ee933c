//! The manager's register bank: decodes bus accesses by spec::regs::MANAGER. A slot a blade holds the blade's registers and counters.
//! Invariant: an access is answered once, 9 cycles after its request, whatever the address.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | bus_address, bus_write_data | in | 16, 32 | clk | byte address and word, stable from the request to `bus_done` |
//! | bus_write, bus_read | in | 1 | clk | one cycle: the request; never both |
//! | bus_read_data | out | 32 | clk | with `bus_done` |
//! | bus_done, bus_error | out | 1 | clk | one cycle: the answer; no such register, or not writable |
//! | max_frame_length | out | 16 | clk | `rx_max_length` of every MAC; changes only by the host, so it may cross clocks as it is |
//! | policy, delta, ewma_shift | out | 4, 8, 4 | clk | block `policy` |
//! | stale_limit, vip, vip_mask, flow_timeout, hash_key | out | 32, 32, 32, 32, 64 | clk | block `policy` |
//! | clear_worst, flush_flows | out | 1 | clk | one cycle: the host's command |
//! | host_admin, blade_enabled, blade_weight, blade_mac | out | N of 2, 1, 8, 48 | clk | what the host wants of each blade |
//! | block_lock, local_fault, remote_fault | in | 1 | clk | state of the uplink |
//! | table_entries | in | 16 | clk | flows in the table |
//! | link_up, known, stale | in | N of 1 | clk | state of each blade's link and record |
//! | cpu, irq, work, power, queue, admin, seq | in | N of 8, 8, 8, 8, 8, 2, 4 | clk | each blade's record |
//! | age, worst_age | in | N of 32 | clk | age of the record in cycles, and its greatest |
//! | active_flows, queue_level | in | N of 16 | clk | |
//! | frames_in … uplink_sequence_errors | in | 1, 6 or 14 | clk | what each counter of block `statistics` adds in this cycle |
//! | new_flows … code_errors | in | N of 1, 6 or 16 | clk | what each counter of block `blade` adds in this cycle; bytes count with their frames |
//! | tx_dropped_full, tx_flood_dropped_full | in | N of 1 | clk | a frame to this blade, or to all, met its full queue; the first is `dropped_queue_full` too |
//!
//! Counters of bits count pulses; 6 bits take the `increment` of a CdcEvents; 14 bits take the `length` of a FrameMeter.
//! `uplink_block_lock_losses`, `uplink_faults` and each blade's `sync_losses` are counted here from the levels.
//! Latency: a write is in force 7 cycles after its request. Throughput: an access per 9 cycles.
//! Bad input: addresses that are no multiple of 4, that no register has, and writes to what is read-only answer `bus_error` and do nothing.

use super::BladeSlot;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{CounterBank, ResetReg};
use spareband_spec::regs::{CORE_CLOCK_HZ, KIND_MANAGER, MAGIC, MANAGER, MANAGER_COUNTERS, MANAGER_MAP_HASH, MAX_BLADES};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Settings {
    scratch: Bits<32>,
    max_frame_length: Bits<16>,
    policy: Bits<4>,
    delta: Bits<8>,
    ewma_shift: Bits<4>,
    stale_limit: Bits<32>,
    vip: Bits<32>,
    vip_mask: Bits<32>,
    flow_timeout: Bits<32>,
    hash_key: Bits<64>,
    clear_worst: bool,
    flush_flows: bool,
}

/// The access under way.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Access {
    /// 0 when idle.
    step: Bits<4>,
    write: bool,
    aligned: bool,
    page: Bits<8>,
    offset: Bits<6>,
    data: Bits<32>,
    /// The word written last: the low word of a wide register.
    low: Bits<32>,
    in_identity: bool,
    in_uplink: bool,
    in_policy: bool,
    in_flows: bool,
    in_statistics: bool,
    in_blade: bool,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Answer {
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
    chosen: Bits<64>,
    chosen_found: bool,
    chosen_writable: bool,
    chosen_high: bool,
    /// High word of the wide register that was read last.
    latched: Bits<32>,
    data: Bits<32>,
    done: bool,
    error: bool,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Derived {
    uptime_low: Bits<32>,
    uptime_high: Bits<32>,
    uptime_wraps: bool,
    had_block_lock: bool,
    had_fault: bool,
    block_lock_loss: bool,
    fault_begin: bool,
    queue_full: bool,
}

#[derive(LogicBlock)]
pub struct ManagerRegisters<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub bus_address: Signal<In, Bits<16>>,
    pub bus_write_data: Signal<In, Bits<32>>,
    pub bus_write: Signal<In, Bit>,
    pub bus_read: Signal<In, Bit>,
    pub bus_read_data: Signal<Out, Bits<32>>,
    pub bus_done: Signal<Out, Bit>,
    pub bus_error: Signal<Out, Bit>,
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
    pub host_admin: [Signal<Out, Bits<2>>; N],
    pub blade_enabled: [Signal<Out, Bit>; N],
    pub blade_weight: [Signal<Out, Bits<8>>; N],
    pub blade_mac: [Signal<Out, Bits<48>>; N],
    pub block_lock: Signal<In, Bit>,
    pub local_fault: Signal<In, Bit>,
    pub remote_fault: Signal<In, Bit>,
    pub table_entries: Signal<In, Bits<16>>,
    pub link_up: [Signal<In, Bit>; N],
    pub known: [Signal<In, Bit>; N],
    pub stale: [Signal<In, Bit>; N],
    pub cpu: [Signal<In, Bits<8>>; N],
    pub irq: [Signal<In, Bits<8>>; N],
    pub work: [Signal<In, Bits<8>>; N],
    pub power: [Signal<In, Bits<8>>; N],
    pub queue: [Signal<In, Bits<8>>; N],
    pub admin: [Signal<In, Bits<2>>; N],
    pub seq: [Signal<In, Bits<4>>; N],
    pub age: [Signal<In, Bits<32>>; N],
    pub worst_age: [Signal<In, Bits<32>>; N],
    pub active_flows: [Signal<In, Bits<16>>; N],
    pub queue_level: [Signal<In, Bits<16>>; N],
    pub frames_in: Signal<In, Bit>,
    pub bytes_in: Signal<In, Bits<14>>,
    pub forwarded: Signal<In, Bit>,
    pub flooded: Signal<In, Bit>,
    pub dropped_bad_fcs: Signal<In, Bit>,
    pub dropped_runt: Signal<In, Bit>,
    pub dropped_oversize: Signal<In, Bit>,
    pub dropped_coding: Signal<In, Bit>,
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
    pub new_flows: [Signal<In, Bit>; N],
    pub tx_frames: [Signal<In, Bit>; N],
    pub tx_bytes: [Signal<In, Bits<16>>; N],
    pub tx_dropped_full: [Signal<In, Bit>; N],
    pub tx_flood_dropped_full: [Signal<In, Bit>; N],
    pub rx_frames: [Signal<In, Bit>; N],
    pub rx_bytes: [Signal<In, Bits<16>>; N],
    pub rx_dropped_bad_fcs: [Signal<In, Bit>; N],
    pub rx_dropped_runt: [Signal<In, Bit>; N],
    pub rx_dropped_oversize: [Signal<In, Bit>; N],
    pub rx_dropped_coding: [Signal<In, Bit>; N],
    pub rx_dropped_full: [Signal<In, Bit>; N],
    pub records_good: [Signal<In, Bit>; N],
    pub records_crc_error: [Signal<In, Bit>; N],
    pub records_rejected: [Signal<In, Bit>; N],
    pub code_errors: [Signal<In, Bits<6>>; N],
    slot: [BladeSlot; N],
    counters: CounterBank<25, 5>,
    settings: ResetReg<Settings>,
    access: ResetReg<Access>,
    answer: ResetReg<Answer>,
    derived: ResetReg<Derived>,
    magic: Constant<Bits<32>>,
    map_hash: Constant<Bits<32>>,
    version: Constant<Bits<32>>,
    kind: Constant<Bits<32>>,
    blades: Constant<Bits<32>>,
    clock_hz: Constant<Bits<32>>,
    counter_words: Constant<Bits<6>>,
    page_identity: Constant<Bits<8>>,
    page_uplink: Constant<Bits<8>>,
    page_policy: Constant<Bits<8>>,
    page_flows: Constant<Bits<8>>,
    page_statistics: Constant<Bits<8>>,
    page_blade: Constant<Bits<8>>,
    at_identity_magic: Constant<Bits<6>>,
    at_identity_map_hash: Constant<Bits<6>>,
    at_identity_version: Constant<Bits<6>>,
    at_identity_kind: Constant<Bits<6>>,
    at_identity_blades: Constant<Bits<6>>,
    at_identity_clock_hz: Constant<Bits<6>>,
    at_identity_scratch: Constant<Bits<6>>,
    at_identity_uptime: Constant<Bits<6>>,
    at_uplink_status: Constant<Bits<6>>,
    at_uplink_max_frame_length: Constant<Bits<6>>,
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
    at_identity_uptime_high: Constant<Bits<6>>,
    at_policy_hash_key_high: Constant<Bits<6>>,
    last_of_uptime: Constant<Bits<32>>,
    page: Signal<Local, Bits<8>>,
    offset: Signal<Local, Bits<6>>,
    data: Signal<Local, Bits<32>>,
    step_more: Signal<Local, Bits<4>>,
    writing: Signal<Local, Bit>,
    sampling: Signal<Local, Bit>,
    word: Signal<Local, Bits<32>>,
    value: Signal<Local, Bits<64>>,
    found: Signal<Local, Bit>,
    writable: Signal<Local, Bit>,
    high: Signal<Local, Bit>,
    chosen: Signal<Local, Bits<64>>,
    chosen_word: Signal<Local, Bits<64>>,
    fault: Signal<Local, Bit>,
    uptime_low_more: Signal<Local, Bits<32>>,
    uptime_high_more: Signal<Local, Bits<32>>,
    refused: Signal<Local, Bit>,
}

/// Number of the 256-byte page that a block fills.
fn page(block: &str) -> Constant<Bits<8>> {
    let base = MANAGER.block(block).base;
    assert_eq!(base % 0x100, 0);
    Constant::new(bits::<8>((base / 0x100).into()))
}

/// Word within its page at which a register is.
fn at(block: &str, register: &str) -> Constant<Bits<6>> {
    Constant::new(bits::<6>((MANAGER.register(block, register).offset / 4).into()))
}

fn at_high(block: &str, register: &str) -> Constant<Bits<6>> {
    Constant::new(bits::<6>((MANAGER.register(block, register).offset / 4 + 1).into()))
}

fn word(value: u64) -> Constant<Bits<32>> {
    Constant::new(bits::<32>(value))
}

/// Bits of each counter's increment, in the map's order.
fn increment_bits() -> [usize; MANAGER_COUNTERS.len()] {
    MANAGER_COUNTERS.map(|(name, _)| match name {
        "bytes_in" | "uplink_tx_bytes" => 14,
        "uplink_bad_blocks" | "uplink_sequence_errors" => 6,
        _ => 1,
    })
}

fn reset_settings() -> Settings {
    let uplink = |name| MANAGER.register("uplink", name).reset;
    let policy = |name| MANAGER.register("policy", name).reset;
    Settings {
        scratch: bits::<32>(MANAGER.register("identity", "scratch").reset),
        max_frame_length: bits::<16>(uplink("max_frame_length")),
        policy: bits::<4>(policy("select")),
        delta: bits::<8>(policy("delta")),
        ewma_shift: bits::<4>(policy("ewma_shift")),
        stale_limit: bits::<32>(policy("stale_limit")),
        vip: bits::<32>(policy("vip")),
        vip_mask: bits::<32>(policy("vip_mask")),
        flow_timeout: bits::<32>(policy("flow_timeout")),
        hash_key: bits::<64>(policy("hash_key")),
        clear_worst: false,
        flush_flows: false,
    }
}

impl<const N: usize> Default for ManagerRegisters<N> {
    fn default() -> Self {
        assert!((1..=MAX_BLADES).contains(&N), "a manager has 1..={MAX_BLADES} blades");
        let blade = MANAGER.block("blade");
        assert_eq!(
            (blade.base, blade.stride),
            (0x1000, 0x100),
            "bits 11..8 of an address are the blade"
        );
        Self {
            clk: Default::default(),
            reset: Default::default(),
            bus_address: Default::default(),
            bus_write_data: Default::default(),
            bus_write: Default::default(),
            bus_read: Default::default(),
            bus_read_data: Default::default(),
            bus_done: Default::default(),
            bus_error: Default::default(),
            max_frame_length: Default::default(),
            policy: Default::default(),
            delta: Default::default(),
            ewma_shift: Default::default(),
            stale_limit: Default::default(),
            vip: Default::default(),
            vip_mask: Default::default(),
            flow_timeout: Default::default(),
            hash_key: Default::default(),
            clear_worst: Default::default(),
            flush_flows: Default::default(),
            host_admin: std::array::from_fn(|_| Default::default()),
            blade_enabled: std::array::from_fn(|_| Default::default()),
            blade_weight: std::array::from_fn(|_| Default::default()),
            blade_mac: std::array::from_fn(|_| Default::default()),
            block_lock: Default::default(),
            local_fault: Default::default(),
            remote_fault: Default::default(),
            table_entries: Default::default(),
            link_up: std::array::from_fn(|_| Default::default()),
            known: std::array::from_fn(|_| Default::default()),
            stale: std::array::from_fn(|_| Default::default()),
            cpu: std::array::from_fn(|_| Default::default()),
            irq: std::array::from_fn(|_| Default::default()),
            work: std::array::from_fn(|_| Default::default()),
            power: std::array::from_fn(|_| Default::default()),
            queue: std::array::from_fn(|_| Default::default()),
            admin: std::array::from_fn(|_| Default::default()),
            seq: std::array::from_fn(|_| Default::default()),
            age: std::array::from_fn(|_| Default::default()),
            worst_age: std::array::from_fn(|_| Default::default()),
            active_flows: std::array::from_fn(|_| Default::default()),
            queue_level: std::array::from_fn(|_| Default::default()),
            frames_in: Default::default(),
            bytes_in: Default::default(),
            forwarded: Default::default(),
            flooded: Default::default(),
            dropped_bad_fcs: Default::default(),
            dropped_runt: Default::default(),
            dropped_oversize: Default::default(),
            dropped_coding: Default::default(),
            dropped_malformed: Default::default(),
            dropped_no_blade: Default::default(),
            dropped_overrun: Default::default(),
            flow_hits: Default::default(),
            flow_misses: Default::default(),
            flow_misses_without_syn: Default::default(),
            flow_insert_failures: Default::default(),
            flow_closed: Default::default(),
            flow_expired: Default::default(),
            uplink_tx_frames: Default::default(),
            uplink_tx_bytes: Default::default(),
            uplink_tx_underruns: Default::default(),
            uplink_bad_blocks: Default::default(),
            uplink_sequence_errors: Default::default(),
            new_flows: std::array::from_fn(|_| Default::default()),
            tx_frames: std::array::from_fn(|_| Default::default()),
            tx_bytes: std::array::from_fn(|_| Default::default()),
            tx_dropped_full: std::array::from_fn(|_| Default::default()),
            tx_flood_dropped_full: std::array::from_fn(|_| Default::default()),
            rx_frames: std::array::from_fn(|_| Default::default()),
            rx_bytes: std::array::from_fn(|_| Default::default()),
            rx_dropped_bad_fcs: std::array::from_fn(|_| Default::default()),
            rx_dropped_runt: std::array::from_fn(|_| Default::default()),
            rx_dropped_oversize: std::array::from_fn(|_| Default::default()),
            rx_dropped_coding: std::array::from_fn(|_| Default::default()),
            rx_dropped_full: std::array::from_fn(|_| Default::default()),
            records_good: std::array::from_fn(|_| Default::default()),
            records_crc_error: std::array::from_fn(|_| Default::default()),
            records_rejected: std::array::from_fn(|_| Default::default()),
            code_errors: std::array::from_fn(|_| Default::default()),
            slot: std::array::from_fn(|_| Default::default()),
            counters: CounterBank::with_widths(increment_bits()),
            settings: ResetReg::new(reset_settings()),
            access: Default::default(),
            answer: Default::default(),
            derived: Default::default(),
            magic: word(MAGIC.into()),
            map_hash: word(MANAGER_MAP_HASH.into()),
            version: word(MANAGER.register("identity", "version").reset),
            kind: word(KIND_MANAGER.into()),
            blades: word(N as u64),
            clock_hz: word(CORE_CLOCK_HZ.into()),
            counter_words: Constant::new(bits::<6>(2 * MANAGER_COUNTERS.len() as u64)),
            page_identity: page("identity"),
            page_uplink: page("uplink"),
            page_policy: page("policy"),
            page_flows: page("flows"),
            page_statistics: page("statistics"),
            page_blade: page("blade"),
            at_identity_magic: at("identity", "magic"),
            at_identity_map_hash: at("identity", "map_hash"),
            at_identity_version: at("identity", "version"),
            at_identity_kind: at("identity", "kind"),
            at_identity_blades: at("identity", "blades"),
            at_identity_clock_hz: at("identity", "clock_hz"),
            at_identity_scratch: at("identity", "scratch"),
            at_identity_uptime: at("identity", "uptime"),
            at_uplink_status: at("uplink", "status"),
            at_uplink_max_frame_length: at("uplink", "max_frame_length"),
            at_policy_select: at("policy", "select"),
            at_policy_delta: at("policy", "delta"),
            at_policy_ewma_shift: at("policy", "ewma_shift"),
            at_policy_stale_limit: at("policy", "stale_limit"),
            at_policy_vip: at("policy", "vip"),
            at_policy_vip_mask: at("policy", "vip_mask"),
            at_policy_flow_timeout: at("policy", "flow_timeout"),
            at_policy_command: at("policy", "command"),
            at_policy_hash_key: at("policy", "hash_key"),
            at_flows_entries: at("flows", "entries"),
            at_identity_uptime_high: at_high("identity", "uptime"),
            at_policy_hash_key_high: at_high("policy", "hash_key"),
            last_of_uptime: word(u32::MAX as u64 - 1),
            page: Default::default(),
            offset: Default::default(),
            data: Default::default(),
            step_more: Default::default(),
            writing: Default::default(),
            sampling: Default::default(),
            word: Default::default(),
            value: Default::default(),
            found: Default::default(),
            writable: Default::default(),
            high: Default::default(),
            chosen: Default::default(),
            chosen_word: Default::default(),
            fault: Default::default(),
            uptime_low_more: Default::default(),
            uptime_high_more: Default::default(),
            refused: Default::default(),
        }
    }
}

impl<const N: usize> Logic for ManagerRegisters<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.settings.clk.next = self.clk.val();
        self.settings.reset.next = self.reset.val();
        self.settings.d.next = self.settings.q.val();
        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.access.d.next = self.access.q.val();
        self.answer.clk.next = self.clk.val();
        self.answer.reset.next = self.reset.val();
        self.answer.d.next = self.answer.q.val();
        self.derived.clk.next = self.clk.val();
        self.derived.reset.next = self.reset.val();
        self.derived.d.next = self.derived.q.val();

        // Step 0 takes the request, 1 finds the page, 2..6 let the counters' RAM answer, 6 samples, 7 chooses, 8 answers.
        self.page.next = self.access.q.val().page;
        self.offset.next = self.access.q.val().offset;
        self.data.next = self.access.q.val().data;
        self.step_more.next = self.access.q.val().step + 1;
        self.writing.next = false;
        self.sampling.next = false;
        if self.access.q.val().step == 0 {
            if self.bus_read.val() | self.bus_write.val() {
                self.access.d.next.step = self.step_more.val();
                self.access.d.next.write = self.bus_write.val();
                self.access.d.next.aligned = self.bus_address.val().get_bits::<2>(0) == 0;
                self.access.d.next.page = self.bus_address.val().get_bits::<8>(8);
                self.access.d.next.offset = self.bus_address.val().get_bits::<6>(2);
                self.access.d.next.data = self.bus_write_data.val();
            }
        } else {
            self.access.d.next.step = self.step_more.val();
            if self.access.q.val().step == 1 {
                self.access.d.next.in_identity = self.page.val() == self.page_identity.val();
                self.access.d.next.in_uplink = self.page.val() == self.page_uplink.val();
                self.access.d.next.in_policy = self.page.val() == self.page_policy.val();
                self.access.d.next.in_flows = self.page.val() == self.page_flows.val();
                self.access.d.next.in_statistics = self.page.val() == self.page_statistics.val();
                self.access.d.next.in_blade = (self.page.val() & 0xF0) == self.page_blade.val();
            }
            if self.access.q.val().step == 6 {
                self.sampling.next = true;
                self.writing.next = self.access.q.val().write & self.access.q.val().aligned;
            }
            if self.access.q.val().step == 8 {
                self.access.d.next.step = 0.into();
                if self.access.q.val().write {
                    self.access.d.next.low = self.data.val();
                }
            }
        }

        // Settings.
        self.settings.d.next.clear_worst = false;
        self.settings.d.next.flush_flows = false;
        if self.writing.val() & self.access.q.val().in_identity & (self.offset.val() == self.at_identity_scratch.val()) {
            self.settings.d.next.scratch = self.data.val();
        }
        if self.writing.val() & self.access.q.val().in_uplink & (self.offset.val() == self.at_uplink_max_frame_length.val()) {
            self.settings.d.next.max_frame_length = self.data.val().get_bits::<16>(0);
        }
        if self.writing.val() & self.access.q.val().in_policy {
            if self.offset.val() == self.at_policy_select.val() {
                self.settings.d.next.policy = self.data.val().get_bits::<4>(0);
            }
            if self.offset.val() == self.at_policy_delta.val() {
                self.settings.d.next.delta = self.data.val().get_bits::<8>(0);
            }
            if self.offset.val() == self.at_policy_ewma_shift.val() {
                self.settings.d.next.ewma_shift = self.data.val().get_bits::<4>(0);
            }
            if self.offset.val() == self.at_policy_stale_limit.val() {
                self.settings.d.next.stale_limit = self.data.val();
            }
            if self.offset.val() == self.at_policy_vip.val() {
                self.settings.d.next.vip = self.data.val();
            }
            if self.offset.val() == self.at_policy_vip_mask.val() {
                self.settings.d.next.vip_mask = self.data.val();
            }
            if self.offset.val() == self.at_policy_flow_timeout.val() {
                self.settings.d.next.flow_timeout = self.data.val();
            }
            if self.offset.val() == self.at_policy_command.val() {
                self.settings.d.next.clear_worst = self.data.val().get_bit(0);
                self.settings.d.next.flush_flows = self.data.val().get_bit(1);
            }
            if self.offset.val() == self.at_policy_hash_key_high.val() {
                self.settings.d.next.hash_key = (bit_cast::<64, 32>(self.data.val()) << 32) | bit_cast::<64, 32>(self.access.q.val().low);
            }
        }
        self.max_frame_length.next = self.settings.q.val().max_frame_length;
        self.policy.next = self.settings.q.val().policy;
        self.delta.next = self.settings.q.val().delta;
        self.ewma_shift.next = self.settings.q.val().ewma_shift;
        self.stale_limit.next = self.settings.q.val().stale_limit;
        self.vip.next = self.settings.q.val().vip;
        self.vip_mask.next = self.settings.q.val().vip_mask;
        self.flow_timeout.next = self.settings.q.val().flow_timeout;
        self.hash_key.next = self.settings.q.val().hash_key;
        self.clear_worst.next = self.settings.q.val().clear_worst;
        self.flush_flows.next = self.settings.q.val().flush_flows;

        // What is derived of the status. The high word of the time counts in the cycle in which the low one wraps.
        self.uptime_low_more.next = self.derived.q.val().uptime_low + 1;
        self.uptime_high_more.next = self.derived.q.val().uptime_high + 1;
        self.derived.d.next.uptime_low = self.uptime_low_more.val();
        self.derived.d.next.uptime_wraps = self.derived.q.val().uptime_low == self.last_of_uptime.val();
        if self.derived.q.val().uptime_wraps {
            self.derived.d.next.uptime_high = self.uptime_high_more.val();
        }
        self.fault.next = self.local_fault.val() | self.remote_fault.val();
        self.derived.d.next.had_block_lock = self.block_lock.val();
        self.derived.d.next.had_fault = self.fault.val();
        self.derived.d.next.block_lock_loss = self.derived.q.val().had_block_lock & !self.block_lock.val();
        self.derived.d.next.fault_begin = self.fault.val() & !self.derived.q.val().had_fault;

        // A frame to one blade meets one queue, so at most one says so.
        self.derived.d.next.queue_full = false;
        for i in 0..N {
            if self.tx_dropped_full[i].val() {
                self.derived.d.next.queue_full = true;
            }
        }

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
        self.counters.increment[11].next = bit_cast::<14, 1>(self.derived.q.val().queue_full.into());
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

        // Blades.
        for i in 0..N {
            self.slot[i].clk.next = self.clk.val();
            self.slot[i].reset.next = self.reset.val();
            self.slot[i].index.next = i.to_bits::<4>();
            self.slot[i].offset.next = self.offset.val();
            self.slot[i].sample.next = self.sampling.val();
            self.slot[i].write.next =
                self.writing.val() & self.access.q.val().in_blade & (self.page.val().get_bits::<4>(0) == i.to_bits::<4>());
            self.slot[i].write_data.next = self.data.val();
            self.slot[i].write_low.next = self.access.q.val().low;
            self.slot[i].clear_worst.next = self.settings.q.val().clear_worst;
            self.host_admin[i].next = self.slot[i].host_admin.val();
            self.blade_enabled[i].next = self.slot[i].enabled.val();
            self.blade_weight[i].next = self.slot[i].weight.val();
            self.blade_mac[i].next = self.slot[i].mac.val();
            self.slot[i].link_up.next = self.link_up[i].val();
            self.slot[i].known.next = self.known[i].val();
            self.slot[i].stale.next = self.stale[i].val();
            self.slot[i].cpu.next = self.cpu[i].val();
            self.slot[i].irq.next = self.irq[i].val();
            self.slot[i].work.next = self.work[i].val();
            self.slot[i].power.next = self.power[i].val();
            self.slot[i].queue.next = self.queue[i].val();
            self.slot[i].admin.next = self.admin[i].val();
            self.slot[i].seq.next = self.seq[i].val();
            self.slot[i].age.next = self.age[i].val();
            self.slot[i].worst_age.next = self.worst_age[i].val();
            self.slot[i].active_flows.next = self.active_flows[i].val();
            self.slot[i].queue_level.next = self.queue_level[i].val();
            self.slot[i].new_flow.next = self.new_flows[i].val();
            self.slot[i].tx_frame.next = self.tx_frames[i].val();
            self.slot[i].tx_bytes.next = self.tx_bytes[i].val();
            self.slot[i].tx_dropped_full.next = self.tx_dropped_full[i].val();
            self.slot[i].tx_flood_dropped_full.next = self.tx_flood_dropped_full[i].val();
            self.slot[i].rx_frame.next = self.rx_frames[i].val();
            self.slot[i].rx_bytes.next = self.rx_bytes[i].val();
            self.slot[i].rx_dropped_bad_fcs.next = self.rx_dropped_bad_fcs[i].val();
            self.slot[i].rx_dropped_runt.next = self.rx_dropped_runt[i].val();
            self.slot[i].rx_dropped_oversize.next = self.rx_dropped_oversize[i].val();
            self.slot[i].rx_dropped_coding.next = self.rx_dropped_coding[i].val();
            self.slot[i].rx_dropped_full.next = self.rx_dropped_full[i].val();
            self.slot[i].record_good.next = self.records_good[i].val();
            self.slot[i].record_crc_error.next = self.records_crc_error[i].val();
            self.slot[i].record_rejected.next = self.records_rejected[i].val();
            self.slot[i].code_errors.next = self.code_errors[i].val();
        }

        // Read multiplexer of all but the blades.
        self.word.next = 0.into();
        self.found.next = true;
        self.writable.next = false;
        if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_magic.val()) {
            self.word.next = self.magic.val();
        } else if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_map_hash.val()) {
            self.word.next = self.map_hash.val();
        } else if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_version.val()) {
            self.word.next = self.version.val();
        } else if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_kind.val()) {
            self.word.next = self.kind.val();
        } else if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_blades.val()) {
            self.word.next = self.blades.val();
        } else if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_clock_hz.val()) {
            self.word.next = self.clock_hz.val();
        } else if self.access.q.val().in_identity & (self.offset.val() == self.at_identity_scratch.val()) {
            self.word.next = self.settings.q.val().scratch;
            self.writable.next = true;
        } else if self.access.q.val().in_uplink & (self.offset.val() == self.at_uplink_status.val()) {
            self.word.next = bit_cast::<32, 1>(self.block_lock.val().into())
                | (bit_cast::<32, 1>(self.local_fault.val().into()) << 1)
                | (bit_cast::<32, 1>(self.remote_fault.val().into()) << 2);
        } else if self.access.q.val().in_uplink & (self.offset.val() == self.at_uplink_max_frame_length.val()) {
            self.word.next = bit_cast::<32, 16>(self.settings.q.val().max_frame_length);
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_select.val()) {
            self.word.next = bit_cast::<32, 4>(self.settings.q.val().policy);
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_delta.val()) {
            self.word.next = bit_cast::<32, 8>(self.settings.q.val().delta);
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_ewma_shift.val()) {
            self.word.next = bit_cast::<32, 4>(self.settings.q.val().ewma_shift);
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_stale_limit.val()) {
            self.word.next = self.settings.q.val().stale_limit;
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_vip.val()) {
            self.word.next = self.settings.q.val().vip;
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_vip_mask.val()) {
            self.word.next = self.settings.q.val().vip_mask;
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_flow_timeout.val()) {
            self.word.next = self.settings.q.val().flow_timeout;
            self.writable.next = true;
        } else if self.access.q.val().in_policy & (self.offset.val() == self.at_policy_command.val()) {
            self.writable.next = true;
        } else if self.access.q.val().in_flows & (self.offset.val() == self.at_flows_entries.val()) {
            self.word.next = bit_cast::<32, 16>(self.table_entries.val());
        } else {
            self.found.next = false;
        }
        self.value.next = bit_cast::<64, 32>(self.word.val());
        self.high.next = false;
        if self.access.q.val().in_statistics & (self.offset.val() < self.counter_words.val()) {
            self.value.next = self.counters.read_data.val();
            self.found.next = true;
            self.high.next = self.offset.val().get_bit(0);
        } else if self.access.q.val().in_identity
            & ((self.offset.val() == self.at_identity_uptime.val()) | (self.offset.val() == self.at_identity_uptime_high.val()))
        {
            self.value.next =
                (bit_cast::<64, 32>(self.derived.q.val().uptime_high) << 32) | bit_cast::<64, 32>(self.derived.q.val().uptime_low);
            self.found.next = true;
            self.high.next = self.offset.val().get_bit(0);
        } else if self.access.q.val().in_policy
            & ((self.offset.val() == self.at_policy_hash_key.val()) | (self.offset.val() == self.at_policy_hash_key_high.val()))
        {
            self.value.next = self.settings.q.val().hash_key;
            self.found.next = true;
            self.writable.next = true;
            self.high.next = self.offset.val().get_bit(0);
        }
        if self.sampling.val() {
            self.answer.d.next.value = self.value.val();
            self.answer.d.next.found = self.found.val();
            self.answer.d.next.writable = self.writable.val();
            self.answer.d.next.high = self.high.val();
        }

        // Choice among the manager's own answer and the blades'.
        self.chosen.next = self.answer.q.val().value;
        self.answer.d.next.chosen_found = self.answer.q.val().found;
        self.answer.d.next.chosen_writable = self.answer.q.val().writable;
        self.answer.d.next.chosen_high = self.answer.q.val().high;
        if self.access.q.val().in_blade {
            self.answer.d.next.chosen_found = false;
            for i in 0..N {
                if self.page.val().get_bits::<4>(0) == i.to_bits::<4>() {
                    self.chosen.next = self.slot[i].value.val();
                    self.answer.d.next.chosen_found = self.slot[i].found.val();
                    self.answer.d.next.chosen_writable = self.slot[i].writable.val();
                    self.answer.d.next.chosen_high = self.slot[i].high.val();
                }
            }
        }
        self.answer.d.next.chosen = self.chosen.val();

        // Answer.
        self.refused.next = !self.access.q.val().aligned
            | !self.answer.q.val().chosen_found
            | (self.access.q.val().write & !self.answer.q.val().chosen_writable);
        self.answer.d.next.done = false;
        self.answer.d.next.error = false;
        self.chosen_word.next = self.answer.q.val().chosen;
        if self.access.q.val().step == 8 {
            self.answer.d.next.done = true;
            self.answer.d.next.error = self.refused.val();
            self.answer.d.next.data = self.chosen_word.val().get_bits::<32>(0);
            if self.answer.q.val().chosen_high {
                self.answer.d.next.data = self.answer.q.val().latched;
            } else if !self.access.q.val().write {
                self.answer.d.next.latched = self.chosen_word.val().get_bits::<32>(32);
            }
        }
        self.bus_read_data.next = self.answer.q.val().data;
        self.bus_done.next = self.answer.q.val().done;
        self.bus_error.next = self.answer.q.val().error;
    }

    spareband_hdl::module_name!();
}
