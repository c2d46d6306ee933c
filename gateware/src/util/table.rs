//! The manager's utilisation table: what it knows of each of N blades, in the core's clock.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | record_valid, record, crc_error, link_up | in | clk | of each blade, from its `UtilisationCdc` |
//! | stale_limit, clear_worst | in | clk | of all |
//! | known .. worst_age | out | clk | of each blade, see `UtilisationEntry` |
//! | good_records, rejected | out | clk | of each blade: a record counted, did not count |
//!
//! Invariant: blades do not influence each other.
//! Latency and throughput: those of `UtilisationEntry`.

use super::UtilisationEntry;
use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct UtilisationTable<const N: usize> {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub record_valid: [Signal<In, Bit>; N],
    pub record: [Signal<In, Bits<48>>; N],
    pub crc_error: [Signal<In, Bit>; N],
    pub link_up: [Signal<In, Bit>; N],
    pub stale_limit: Signal<In, Bits<32>>,
    pub clear_worst: Signal<In, Bit>,
    pub known: [Signal<Out, Bit>; N],
    pub stale: [Signal<Out, Bit>; N],
    pub cpu: [Signal<Out, Bits<8>>; N],
    pub irq: [Signal<Out, Bits<8>>; N],
    pub work: [Signal<Out, Bits<8>>; N],
    pub power: [Signal<Out, Bits<8>>; N],
    pub queue: [Signal<Out, Bits<8>>; N],
    pub admin: [Signal<Out, Bits<2>>; N],
    pub seq: [Signal<Out, Bits<4>>; N],
    pub updated: [Signal<Out, Bit>; N],
    pub age: [Signal<Out, Bits<32>>; N],
    pub worst_age: [Signal<Out, Bits<32>>; N],
    pub good_records: [Signal<Out, Bit>; N],
    pub rejected: [Signal<Out, Bit>; N],
    entry: [UtilisationEntry; N],
    /// Near the entries.
    resets: DFF<Bit>,
}

impl<const N: usize> Default for UtilisationTable<N> {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults clk reset stale_limit clear_worst resets
            ; arrays record_valid record crc_error link_up known stale cpu irq work power queue admin seq updated age worst_age
            good_records rejected entry)
    }
}

impl<const N: usize> Logic for UtilisationTable<N> {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, resets);
        self.resets.d.next = self.reset.val();
        for i in 0..N {
            self.entry[i].clk.next = self.clk.val();
            self.entry[i].reset.next = self.resets.q.val();
            self.entry[i].record_valid.next = self.record_valid[i].val();
            self.entry[i].record.next = self.record[i].val();
            self.entry[i].record_error.next = self.crc_error[i].val();
            self.entry[i].link_up.next = self.link_up[i].val();
            self.entry[i].stale_limit.next = self.stale_limit.val();
            self.entry[i].clear_worst.next = self.clear_worst.val();
            self.known[i].next = self.entry[i].known.val();
            self.stale[i].next = self.entry[i].stale.val();
            self.cpu[i].next = self.entry[i].cpu.val();
            self.irq[i].next = self.entry[i].irq.val();
            self.work[i].next = self.entry[i].work.val();
            self.power[i].next = self.entry[i].power.val();
            self.queue[i].next = self.entry[i].requests.val();
            self.admin[i].next = self.entry[i].admin.val();
            self.seq[i].next = self.entry[i].seq.val();
            self.updated[i].next = self.entry[i].updated.val();
            self.age[i].next = self.entry[i].age.val();
            self.worst_age[i].next = self.entry[i].worst_age.val();
            self.good_records[i].next = self.entry[i].accepted.val();
            self.rejected[i].next = self.entry[i].rejected.val();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;

    #[test]
    fn each_blade_has_its_own_entry() {
        let mut uut = UtilisationTable::<3>::default();
        uut.connect_all();
        uut.stale_limit.next = 50.into();
        for blade in 0..3 {
            uut.link_up[blade].next = blade != 2;
            uut.record[blade].next = (1 << 46 | (0x10 + blade as u64) << 32).into();
            uut.record_valid[blade].next = blade != 1;
        }
        tick!(uut, clk);
        for blade in 0..3 {
            uut.record_valid[blade].next = false;
        }
        tick!(uut, clk);
        let known: Vec<bool> = uut.known.iter().map(|known| known.val()).collect();
        assert_eq!(known, [true, false, false]);
        assert_eq!(uut.cpu[0].val().to_u64(), 0x10);
        assert!(uut.good_records[0].val() && !uut.good_records[1].val() && !uut.good_records[2].val());
    }
}
