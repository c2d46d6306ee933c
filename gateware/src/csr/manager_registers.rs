//! The manager's register bank, spec::regs::MANAGER: RegisterAccess, a ManagerSlot, a ForwardingSlot, a SelectorSlot, an AddressSlot, a BladeSlot a blade, a MacSlot a link, and
//! a TablePort to the tables behind the window.
//! Invariant: an access is answered once, 9 + 2N cycles after its request, one to a blade's MAC 4 after `count_valid` if that is later; one to a table
//! within 9 + TABLE_WAIT_CYCLES. The slots of links and blades hand on what they are asked from blade to blade, and their answers from one to the next, a cycle each.
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
//! | vlan_action, vlan_vid | out | N of 2, 12 | clk | likewise |
//! | forwarding | out | struct | clk | `ForwardingSettings` |
//! | selection, selection_seed, selection_load_seed | out | 7 x 32, 32, 1 | clk | as in `SelectorSlot` |
//! | awake | in | 5 | clk | register `selector.awake` |
//! | forwarding_events | in | 16 | clk | what block `forwarding_statistics` counts, bit i in counter i |
//! | table_address, table_write_data, table_write, table_read | out | 21, 32, 5, 5 | clk | as in `TablePort` |
//! | table_ready, table_read_valid, table_read_data | in | 5, 5, 5 x 32 | clk | as in `TablePort` |
//! | link_control | out | N of struct | clk | what the host wants of each blade's link |
//! | aggregate, prbs31_transmit, prbs31_check | out | 1 | clk | register `uplink.control` |
//! | uplink_mac, blade_link_mac | out | struct, N of struct | clk | `MacSettings` of the uplink's MAC, and of each blade's link's |
//! | counter, uplink_count | out, in | 6, 64 | clk | number of a counter, and 4 cycles later that of the uplink |
//! | count_read, count_link, count_valid, count | out, out, in, in | 1, 4, 1, 64 | clk | level until `count_valid`, which comes within 100 cycles: `counter` of a blade's link is read; it stays until the next |
//! | uplink_paused, uplink_pausing | in | 1, 1 | clk | `MacReport` of the uplink's MAC |
//! | paused, pausing | in | N of 1, 1 | clk | of the MAC of each blade's link |
//! | an_complete, an_lp_ability | in | N of 1, 16 | clk | auto-negotiation of each blade's link |
//! | block_lock, local_fault, remote_fault, high_ber | in | 1 | clk | state of the uplink |
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
//! Latency: a write is in force 8 + 2N cycles after its request, 9 + 2N in block `forwarding`, at most 5 + N in the slots of links and blades. Throughput: an access per 9 + 2N cycles.
//! Bad input: addresses that are no multiple of 4 (answered after 9 cycles), that no register has, and writes to what is read-only answer `bus_error` and do nothing.
//!
//! Longer than most files here, as a kernel is one function in rust-hdl and its ports, registers and kernel belong together.

use super::{
    AddressSlot, BladeSlot, ForwardingSettings, ForwardingSlot, MacSlot, ManagerSlot, RegisterAccess, SelectorSlot, SlotAnswer,
    SlotRequest, TablePort,
};
use crate::blade_link::{LinkControl, MacSettings};
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::{MANAGER, MAX_BLADES};

/// The register among the slots' that the access is for.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Chosen {
    in_uplink_mac: bool,
    in_window: bool,
    /// Bit i: a frame to blade i alone met its full queue; one did, a cycle later.
    queues_full: Bits<16>,
    queue_full: bool,
    /// A counter of a blade's link is being read.
    counting: bool,
    /// Cycles until all slots have handed on what they say of this access, from two before it is sampled on.
    settles: Bits<6>,
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
}

/// The access on its way to all that it may mean, a cycle later: that is far from the bus, and far apart.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Near {
    page: Bits<8>,
    offset: Bits<6>,
    data: Bits<32>,
    begins: bool,
    writes: bool,
    /// Writes of the blocks, once more a cycle later; of the slots, 2 cycles after `begins`.
    block_write: bool,
    slot_write_follows: bool,
    slot_write: bool,
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
    pub link_control: [Signal<Out, LinkControl>; N],
    pub aggregate: Signal<Out, Bit>,
    pub prbs31_transmit: Signal<Out, Bit>,
    pub prbs31_check: Signal<Out, Bit>,
    pub uplink_mac: Signal<Out, MacSettings>,
    pub counter: Signal<Out, Bits<6>>,
    pub uplink_count: Signal<In, Bits<64>>,
    pub count_read: Signal<Out, Bit>,
    pub count_link: Signal<Out, Bits<4>>,
    pub count_valid: Signal<In, Bit>,
    pub count: Signal<In, Bits<64>>,
    pub uplink_paused: Signal<In, Bit>,
    pub uplink_pausing: Signal<In, Bit>,
    pub blade_link_mac: [Signal<Out, MacSettings>; N],
    pub paused: [Signal<In, Bit>; N],
    pub pausing: [Signal<In, Bit>; N],
    pub an_complete: [Signal<In, Bit>; N],
    pub an_lp_ability: [Signal<In, Bits<16>>; N],
    pub block_lock: Signal<In, Bit>,
    pub local_fault: Signal<In, Bit>,
    pub remote_fault: Signal<In, Bit>,
    pub high_ber: Signal<In, Bit>,
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
    pub vlan_action: [Signal<Out, Bits<2>>; N],
    pub vlan_vid: [Signal<Out, Bits<12>>; N],
    pub forwarding: Signal<Out, ForwardingSettings>,
    pub selection: [Signal<Out, Bits<32>>; 7],
    pub selection_seed: Signal<Out, Bits<32>>,
    pub selection_load_seed: Signal<Out, Bit>,
    pub awake: Signal<In, Bits<5>>,
    pub forwarding_events: Signal<In, Bits<16>>,
    pub table_address: Signal<Out, Bits<21>>,
    pub table_write_data: Signal<Out, Bits<32>>,
    pub table_write: Signal<Out, Bits<5>>,
    pub table_read: Signal<Out, Bits<5>>,
    pub table_ready: Signal<In, Bits<5>>,
    pub table_read_valid: Signal<In, Bits<5>>,
    pub table_read_data: [Signal<In, Bits<32>>; 5],
    access: RegisterAccess,
    tables: TablePort<5>,
    forwarding_slot: ForwardingSlot,
    selector_slot: SelectorSlot,
    addresses: AddressSlot<N>,
    manager: ManagerSlot,
    slot: [BladeSlot; N],
    uplink_slot: MacSlot,
    mac_slot: [MacSlot; N],
    chosen: ResetReg<Chosen>,
    uplink_mac_page: Constant<Bits<7>>,
    blade_mac_page: Constant<Bits<3>>,
    mac_offset: Signal<Local, Bits<7>>,
    value: Signal<Local, Bits<64>>,
    found: Signal<Local, Bit>,
    writable: Signal<Local, Bit>,
    high: Signal<Local, Bit>,
    asked: [DFF<SlotRequest>; N],
    request: Signal<Local, SlotRequest>,
    passed: Signal<Local, SlotAnswer>,
    settled: Constant<Bits<6>>,
    queues_full: Signal<Local, Bits<16>>,
    page: Signal<Local, Bits<8>>,
    offset: Signal<Local, Bits<6>>,
    data: Signal<Local, Bits<32>>,
    near: DFF<Near>,
}

impl<const N: usize> Default for ManagerRegisters<N> {
    fn default() -> Self {
        assert!((1..=MAX_BLADES).contains(&N), "a manager has 1..={MAX_BLADES} blades");
        let (uplink_mac, blade_mac) = (MANAGER.block("uplink_mac"), MANAGER.block("blade_mac"));
        with_defaults!(Self {
            manager: ManagerSlot::new(N),
            uplink_mac_page: Constant::new(bits::<7>((uplink_mac.base / 0x200).into())),
            blade_mac_page: Constant::new(bits::<3>((blade_mac.base / 0x2000).into())),
            uplink_slot: MacSlot::new("uplink_mac"),
            settled: Constant::new(bits::<6>(2 * N as u64 + 2)),
        }
            defaults clk reset bus_address bus_write_data bus_write bus_read bus_read_data bus_done bus_error max_frame_length
            policy delta ewma_shift stale_limit vip vip_mask flow_timeout hash_key clear_worst flush_flows aggregate prbs31_transmit prbs31_check block_lock local_fault
            remote_fault high_ber table_entries frames_in bytes_in forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize
            dropped_coding dropped_control dropped_malformed dropped_no_blade dropped_overrun flow_hits flow_misses flow_misses_without_syn
            flow_insert_failures flow_closed flow_expired uplink_tx_frames uplink_tx_bytes uplink_tx_underruns uplink_bad_blocks
            uplink_sequence_errors uplink_prbs31_errors access chosen near page offset data request queues_full uplink_mac counter uplink_count count_read count_link count_valid count uplink_paused uplink_pausing mac_offset value found writable high passed
            forwarding forwarding_events table_address table_write_data table_write table_read table_ready table_read_valid tables
            forwarding_slot selector_slot addresses selection_seed selection_load_seed awake
            ; arrays selection vlan_action vlan_vid table_read_data host_admin blade_enabled blade_weight blade_mac link_control an_complete an_lp_ability link_up known stale cpu irq work power queue admin seq age
            worst_age active_flows queue_level new_flows tx_frames tx_bytes tx_dropped_full tx_flood_dropped_full rx_frames
            rx_bytes rx_dropped_bad_fcs rx_dropped_runt rx_dropped_oversize rx_dropped_coding rx_dropped_full records_good
            records_crc_error records_rejected code_errors asked slot mac_slot blade_link_mac paused pausing)
    }
}

impl<const N: usize> Logic for ManagerRegisters<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, near);
        self.chosen.clk.next = self.clk.val();
        self.chosen.reset.next = self.reset.val();
        self.chosen.d.next = self.chosen.q.val();

        self.access.clk.next = self.clk.val();
        self.access.reset.next = self.reset.val();
        self.access.bus_address.next = self.bus_address.val();
        self.access.bus_write_data.next = self.bus_write_data.val();
        self.access.bus_write.next = self.bus_write.val();
        self.access.bus_read.next = self.bus_read.val();
        self.bus_read_data.next = self.access.bus_read_data.val();
        self.bus_done.next = self.access.bus_done.val();
        self.bus_error.next = self.access.bus_error.val();
        self.near.d.next.page = self.access.page.val();
        self.near.d.next.offset = self.access.offset.val();
        self.near.d.next.data = self.access.data.val();
        self.near.d.next.begins = self.access.begins.val();
        self.near.d.next.writes = self.access.writes.val();
        self.page.next = self.near.q.val().page;
        self.offset.next = self.near.q.val().offset;
        self.data.next = self.near.q.val().data;
        self.near.d.next.block_write = self.access.write.val();
        self.near.d.next.slot_write_follows = self.near.q.val().begins & self.near.q.val().writes;
        self.near.d.next.slot_write = self.near.q.val().slot_write_follows;
        self.chosen.d.next.in_uplink_mac = self.page.val().get_bits::<7>(1) == self.uplink_mac_page.val();
        self.chosen.d.next.in_window = self.tables.in_window.val();
        self.mac_offset.next = (bit_cast::<7, 1>(self.page.val().get_bits::<1>(0)) << 6) | bit_cast::<7, 6>(self.offset.val());

        // The forwarding plane and its tables.
        self.forwarding_slot.clk.next = self.clk.val();
        self.forwarding_slot.reset.next = self.reset.val();
        self.forwarding_slot.page.next = self.page.val();
        self.forwarding_slot.offset.next = self.offset.val();
        self.forwarding_slot.write.next = self.near.q.val().block_write;
        self.forwarding_slot.write_data.next = self.data.val();
        self.forwarding_slot.write_low.next = self.access.low.val();
        self.forwarding_slot.events.next = self.forwarding_events.val();
        self.forwarding.next = self.forwarding_slot.settings.val();
        self.selector_slot.clk.next = self.clk.val();
        self.selector_slot.reset.next = self.reset.val();
        self.selector_slot.page.next = self.page.val();
        self.selector_slot.offset.next = self.offset.val();
        self.selector_slot.write.next = self.near.q.val().block_write;
        self.selector_slot.write_data.next = self.data.val();
        self.selector_slot.awake.next = self.awake.val();
        for i in 0..7 {
            self.selection[i].next = self.selector_slot.words[i].val();
        }
        self.selection_seed.next = self.selector_slot.seed.val();
        self.selection_load_seed.next = self.selector_slot.load_seed.val();
        self.tables.clk.next = self.clk.val();
        self.tables.reset.next = self.reset.val();
        self.tables.begins.next = self.near.q.val().begins;
        self.tables.writes.next = self.near.q.val().writes;
        self.tables.page.next = self.page.val();
        self.tables.offset.next = self.offset.val();
        self.tables.data.next = self.data.val();
        self.tables.select.next = self.forwarding_slot.table_select.val();
        self.access.hold.next = self.tables.hold.val() | self.chosen.q.val().counting | self.chosen.q.val().settles.any();
        if self.chosen.q.val().settles.any() {
            self.chosen.d.next.settles = self.chosen.q.val().settles - 1;
        }
        if self.near.q.val().begins {
            self.chosen.d.next.settles = self.settled.val();
        }
        self.table_address.next = self.tables.address.val();
        self.table_write_data.next = self.tables.write_data.val();
        self.table_write.next = self.tables.write.val();
        self.table_read.next = self.tables.read.val();
        self.tables.ready.next = self.table_ready.val();
        self.tables.read_valid.next = self.table_read_valid.val();
        for i in 0..5 {
            self.tables.read_data[i].next = self.table_read_data[i].val();
        }

        // The blades' addresses.
        self.addresses.clk.next = self.clk.val();
        self.addresses.reset.next = self.reset.val();
        self.addresses.page.next = self.page.val();
        self.addresses.offset.next = self.offset.val();
        self.addresses.write.next = self.near.q.val().block_write;
        self.addresses.write_data.next = self.data.val();
        self.addresses.write_low.next = self.access.low.val();

        // A frame to one blade meets one queue, so at most one says so.
        self.queues_full.next = 0.into();
        for i in 0..N {
            self.queues_full.next = self.queues_full.val().replace_bit(i, self.tx_dropped_full[i].val());
        }
        self.chosen.d.next.queues_full = self.queues_full.val();
        self.chosen.d.next.queue_full = self.chosen.q.val().queues_full.any();

        // The manager as a whole.
        self.manager.clk.next = self.clk.val();
        self.manager.reset.next = self.reset.val();
        self.manager.page.next = self.page.val();
        self.manager.offset.next = self.offset.val();
        self.manager.write.next = self.near.q.val().block_write;
        self.manager.write_data.next = self.data.val();
        self.manager.write_low.next = self.access.low.val();
        self.manager.queue_full.next = self.chosen.q.val().queue_full;
        self.max_frame_length.next = self.manager.max_frame_length.val();
        self.policy.next = self.manager.policy.val();
        self.delta.next = self.manager.delta.val();
        self.ewma_shift.next = self.manager.ewma_shift.val();
        self.stale_limit.next = self.manager.stale_limit.val();
        self.vip.next = self.manager.vip.val();
        self.vip_mask.next = self.manager.vip_mask.val();
        self.flow_timeout.next = self.manager.flow_timeout.val();
        self.hash_key.next = self.manager.hash_key.val();
        self.clear_worst.next = self.manager.clear_worst.val();
        self.aggregate.next = self.manager.aggregate.val();
        self.prbs31_transmit.next = self.manager.prbs31_transmit.val();
        self.prbs31_check.next = self.manager.prbs31_check.val();
        self.flush_flows.next = self.manager.flush_flows.val();
        self.manager.block_lock.next = self.block_lock.val();
        self.manager.local_fault.next = self.local_fault.val();
        self.manager.remote_fault.next = self.remote_fault.val();
        self.manager.high_ber.next = self.high_ber.val();
        self.manager.table_entries.next = self.table_entries.val();
        self.manager.frames_in.next = self.frames_in.val();
        self.manager.bytes_in.next = self.bytes_in.val();
        self.manager.forwarded.next = self.forwarded.val();
        self.manager.flooded.next = self.flooded.val();
        self.manager.dropped_bad_fcs.next = self.dropped_bad_fcs.val();
        self.manager.dropped_runt.next = self.dropped_runt.val();
        self.manager.dropped_oversize.next = self.dropped_oversize.val();
        self.manager.dropped_coding.next = self.dropped_coding.val();
        self.manager.dropped_control.next = self.dropped_control.val();
        self.manager.dropped_malformed.next = self.dropped_malformed.val();
        self.manager.dropped_no_blade.next = self.dropped_no_blade.val();
        self.manager.dropped_overrun.next = self.dropped_overrun.val();
        self.manager.flow_hits.next = self.flow_hits.val();
        self.manager.flow_misses.next = self.flow_misses.val();
        self.manager.flow_misses_without_syn.next = self.flow_misses_without_syn.val();
        self.manager.flow_insert_failures.next = self.flow_insert_failures.val();
        self.manager.flow_closed.next = self.flow_closed.val();
        self.manager.flow_expired.next = self.flow_expired.val();
        self.manager.uplink_tx_frames.next = self.uplink_tx_frames.val();
        self.manager.uplink_tx_bytes.next = self.uplink_tx_bytes.val();
        self.manager.uplink_tx_underruns.next = self.uplink_tx_underruns.val();
        self.manager.uplink_bad_blocks.next = self.uplink_bad_blocks.val();
        self.manager.uplink_sequence_errors.next = self.uplink_sequence_errors.val();
        self.manager.uplink_prbs31_errors.next = self.uplink_prbs31_errors.val();

        // The counters of the links stand beside them; those of the blades are asked for one by one.
        self.counter.next = self.mac_offset.val().get_bits::<6>(1);
        self.count_link.next = self.page.val().get_bits::<4>(1);
        self.count_read.next = self.chosen.q.val().counting;
        if self.count_valid.val() {
            self.chosen.d.next.counting = false;
        }
        if self.near.q.val().begins {
            self.chosen.d.next.counting = self.page.val().get_bits::<3>(5) == self.blade_mac_page.val();
        }

        // The uplink's MAC.
        self.uplink_slot.clk.next = self.clk.val();
        self.uplink_slot.reset.next = self.reset.val();
        self.uplink_slot.index.next = 0.into();
        self.request.next.page = self.page.val();
        self.request.next.offset = self.offset.val();
        self.request.next.data = self.data.val();
        self.request.next.write = self.near.q.val().slot_write;
        self.uplink_slot.request.next = self.request.val();
        self.passed.next.value = 0.into();
        self.passed.next.found = false;
        self.passed.next.writable = false;
        self.passed.next.high = false;
        self.passed.next.counts = false;
        self.uplink_slot.earlier.next = self.passed.val();
        self.passed.next = self.uplink_slot.answer.val();
        self.uplink_slot.paused.next = self.uplink_paused.val();
        self.uplink_slot.pausing.next = self.uplink_pausing.val();
        self.uplink_mac.next = self.uplink_slot.settings.val();

        // Blades.
        for i in 0..N {
            self.asked[i].clock.next = self.clk.val();
            self.asked[i].d.next = self.request.val();
            self.request.next = self.asked[i].q.val();
            self.mac_slot[i].clk.next = self.clk.val();
            self.mac_slot[i].reset.next = self.reset.val();
            self.mac_slot[i].index.next = i.to_bits::<4>();
            self.mac_slot[i].request.next = self.request.val();
            self.mac_slot[i].earlier.next = self.passed.val();
            self.slot[i].earlier.next = self.mac_slot[i].answer.val();
            self.passed.next = self.slot[i].answer.val();
            self.mac_slot[i].paused.next = self.paused[i].val();
            self.mac_slot[i].pausing.next = self.pausing[i].val();
            self.blade_link_mac[i].next = self.mac_slot[i].settings.val();
            self.slot[i].clk.next = self.clk.val();
            self.slot[i].reset.next = self.reset.val();
            self.slot[i].index.next = i.to_bits::<4>();
            self.slot[i].request.next = self.request.val();
            self.slot[i].clear_worst.next = self.manager.clear_worst.val();
            self.host_admin[i].next = self.slot[i].host_admin.val();
            self.blade_enabled[i].next = self.slot[i].enabled.val();
            self.blade_weight[i].next = self.slot[i].weight.val();
            self.blade_mac[i].next = self.addresses.mac[i].val();
            self.vlan_action[i].next = self.slot[i].vlan_action.val();
            self.vlan_vid[i].next = self.slot[i].vlan_vid.val();
            self.link_control[i].next = self.slot[i].link_control.val();
            self.slot[i].an_complete.next = self.an_complete[i].val();
            self.slot[i].an_lp_ability.next = self.an_lp_ability[i].val();
            self.slot[i].link_up.next = self.link_up[i].val();
            self.slot[i].known.next = self.known[i].val();
            self.slot[i].stale.next = self.stale[i].val();
            self.slot[i].cpu.next = self.cpu[i].val();
            self.slot[i].irq.next = self.irq[i].val();
            self.slot[i].work.next = self.work[i].val();
            self.slot[i].power.next = self.power[i].val();
            self.slot[i].request_queue.next = self.queue[i].val();
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

        // The answer is that of the one slot which has one.
        self.value.next = self.passed.val().value
            | self.manager.value.val()
            | self.forwarding_slot.value.val()
            | self.addresses.value.val()
            | bit_cast::<64, 32>(self.selector_slot.value.val());
        self.found.next = self.passed.val().found
            | self.manager.found.val()
            | self.forwarding_slot.found.val()
            | self.selector_slot.found.val()
            | self.addresses.found.val();
        self.writable.next = self.passed.val().writable
            | self.manager.writable.val()
            | self.forwarding_slot.writable.val()
            | self.selector_slot.writable.val()
            | self.addresses.found.val();
        self.high.next = self.passed.val().high | self.manager.high.val() | self.forwarding_slot.high.val() | self.addresses.high.val();
        if self.passed.val().counts & self.chosen.q.val().in_uplink_mac {
            self.value.next = self.value.val() | self.uplink_count.val();
        }
        if self.passed.val().counts & !self.chosen.q.val().in_uplink_mac {
            self.value.next = self.value.val() | self.count.val();
        }
        if self.chosen.q.val().in_window {
            self.value.next = self.value.val() | bit_cast::<64, 32>(self.tables.value.val());
            self.found.next = self.found.val() | self.tables.found.val();
            self.writable.next = true;
        }
        self.chosen.d.next.value = self.value.val();
        self.chosen.d.next.found = self.found.val();
        self.chosen.d.next.writable = self.writable.val();
        self.chosen.d.next.high = self.high.val();
        self.access.value.next = self.chosen.q.val().value;
        self.access.found.next = self.chosen.q.val().found;
        self.access.writable.next = self.chosen.q.val().writable;
        self.access.high.next = self.chosen.q.val().high;
    }

    spareband_hdl::module_name!();
}
