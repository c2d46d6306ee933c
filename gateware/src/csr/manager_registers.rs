//! The manager's register bank, spec::regs::MANAGER: RegisterAccess, a ManagerSlot, and a BladeSlot a blade.
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
//! | link_control | out | N of struct | clk | what the host wants of each blade's link |
//! | aggregate | out | 1 | clk | send the chassis aggregate up the uplink |
//! | an_complete, an_lp_ability | in | N of 1, 16 | clk | auto-negotiation of each blade's link |
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

use super::{BladeSlot, ManagerSlot, RegisterAccess};
use crate::blade_link::LinkControl;
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::{MANAGER, MAX_BLADES};

/// The register among the slots' that the access is for.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Chosen {
    in_blade: bool,
    queue_full: bool,
    value: Bits<64>,
    found: bool,
    writable: bool,
    high: bool,
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
    pub an_complete: [Signal<In, Bit>; N],
    pub an_lp_ability: [Signal<In, Bits<16>>; N],
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
    access: RegisterAccess,
    manager: ManagerSlot,
    slot: [BladeSlot; N],
    chosen: ResetReg<Chosen>,
    blade_page: Constant<Bits<4>>,
    page: Signal<Local, Bits<8>>,
}

impl<const N: usize> Default for ManagerRegisters<N> {
    fn default() -> Self {
        assert!((1..=MAX_BLADES).contains(&N), "a manager has 1..={MAX_BLADES} blades");
        let blade = MANAGER.block("blade");
        assert_eq!(
            (blade.base % 0x1000, blade.stride),
            (0, 0x100),
            "bits 11..8 of an address are the blade"
        );
        with_defaults!(Self {
            manager: ManagerSlot::new(N),
            blade_page: Constant::new(bits::<4>((blade.base / 0x1000).into())),
        }
            defaults clk reset bus_address bus_write_data bus_write bus_read bus_read_data bus_done bus_error max_frame_length
            policy delta ewma_shift stale_limit vip vip_mask flow_timeout hash_key clear_worst flush_flows aggregate block_lock local_fault
            remote_fault table_entries frames_in bytes_in forwarded flooded dropped_bad_fcs dropped_runt dropped_oversize
            dropped_coding dropped_malformed dropped_no_blade dropped_overrun flow_hits flow_misses flow_misses_without_syn
            flow_insert_failures flow_closed flow_expired uplink_tx_frames uplink_tx_bytes uplink_tx_underruns uplink_bad_blocks
            uplink_sequence_errors access chosen page
            ; arrays host_admin blade_enabled blade_weight blade_mac link_control an_complete an_lp_ability link_up known stale cpu irq work power queue admin seq age
            worst_age active_flows queue_level new_flows tx_frames tx_bytes tx_dropped_full tx_flood_dropped_full rx_frames
            rx_bytes rx_dropped_bad_fcs rx_dropped_runt rx_dropped_oversize rx_dropped_coding rx_dropped_full records_good
            records_crc_error records_rejected code_errors slot)
    }
}

impl<const N: usize> Logic for ManagerRegisters<N> {
    #[hdl_gen]
    fn update(&mut self) {
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
        self.page.next = self.access.page.val();
        self.chosen.d.next.in_blade = self.page.val().get_bits::<4>(4) == self.blade_page.val();

        // A frame to one blade meets one queue, so at most one says so.
        self.chosen.d.next.queue_full = false;
        for i in 0..N {
            if self.tx_dropped_full[i].val() {
                self.chosen.d.next.queue_full = true;
            }
        }

        // The manager as a whole.
        self.manager.clk.next = self.clk.val();
        self.manager.reset.next = self.reset.val();
        self.manager.page.next = self.page.val();
        self.manager.offset.next = self.access.offset.val();
        self.manager.sample.next = self.access.sample.val();
        self.manager.write.next = self.access.write.val();
        self.manager.write_data.next = self.access.data.val();
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
        self.flush_flows.next = self.manager.flush_flows.val();
        self.manager.block_lock.next = self.block_lock.val();
        self.manager.local_fault.next = self.local_fault.val();
        self.manager.remote_fault.next = self.remote_fault.val();
        self.manager.table_entries.next = self.table_entries.val();
        self.manager.frames_in.next = self.frames_in.val();
        self.manager.bytes_in.next = self.bytes_in.val();
        self.manager.forwarded.next = self.forwarded.val();
        self.manager.flooded.next = self.flooded.val();
        self.manager.dropped_bad_fcs.next = self.dropped_bad_fcs.val();
        self.manager.dropped_runt.next = self.dropped_runt.val();
        self.manager.dropped_oversize.next = self.dropped_oversize.val();
        self.manager.dropped_coding.next = self.dropped_coding.val();
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

        // Blades.
        for i in 0..N {
            self.slot[i].clk.next = self.clk.val();
            self.slot[i].reset.next = self.reset.val();
            self.slot[i].index.next = i.to_bits::<4>();
            self.slot[i].offset.next = self.access.offset.val();
            self.slot[i].sample.next = self.access.sample.val();
            self.slot[i].write.next =
                self.access.write.val() & self.chosen.q.val().in_blade & (self.page.val().get_bits::<4>(0) == i.to_bits::<4>());
            self.slot[i].write_data.next = self.access.data.val();
            self.slot[i].write_low.next = self.access.low.val();
            self.slot[i].clear_worst.next = self.manager.clear_worst.val();
            self.host_admin[i].next = self.slot[i].host_admin.val();
            self.blade_enabled[i].next = self.slot[i].enabled.val();
            self.blade_weight[i].next = self.slot[i].weight.val();
            self.blade_mac[i].next = self.slot[i].mac.val();
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

        // The slot's answer, a cycle after it sampled.
        self.chosen.d.next.value = self.manager.value.val();
        self.chosen.d.next.found = self.manager.found.val();
        self.chosen.d.next.writable = self.manager.writable.val();
        self.chosen.d.next.high = self.manager.high.val();
        if self.chosen.q.val().in_blade {
            self.chosen.d.next.found = false;
            for i in 0..N {
                if self.page.val().get_bits::<4>(0) == i.to_bits::<4>() {
                    self.chosen.d.next.value = self.slot[i].value.val();
                    self.chosen.d.next.found = self.slot[i].found.val();
                    self.chosen.d.next.writable = self.slot[i].writable.val();
                    self.chosen.d.next.high = self.slot[i].high.val();
                }
            }
        }
        self.access.value.next = self.chosen.q.val().value;
        self.access.found.next = self.chosen.q.val().found;
        self.access.writable.next = self.chosen.q.val().writable;
        self.access.high.next = self.chosen.q.val().high;
    }

    spareband_hdl::module_name!();
}
