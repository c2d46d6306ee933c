//! What the manager knows of one blade: its last plausible record and the record's age (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | record_valid, record | in | clk | a record with good CRC and version |
//! | record_error | in | clk | a record was lost or wrong |
//! | link_up | in | clk | low makes the load unknown at once |
//! | stale_limit | in | clk | oldest age, in cycles, of a load that still counts |
//! | clear_worst | in | clk | forget `worst_age` |
//! | known | out | clk | a record was accepted since the link came up |
//! | stale | out | clk | known, but older than the limit |
//! | cpu, irq, work, power, requests, admin, seq | out | clk | the accepted record; requests is its queue field |
//! | updated | out | clk | it brought a new seq: a pulse |
//! | accepted, rejected | out | clk | a record counted, did not count: pulses |
//! | age, worst_age | out | clk | cycles since the last accepted record, saturating, right from 2 cycles after it on; the highest while known |
//!
//! Invariant: nothing of a rejected record shows. The first record after the link came up is accepted as it is; a later one with
//! another admin, or a seq more than 8 ahead, counts when the next record says the same.
//! Latency: 2 cycles from record_valid to the fields; `stale` and `worst_age` follow `age` 1 and 2 cycles later.
//! Throughput: a record every second cycle (they come at most every 24).

use rust_hdl::prelude::*;
use spareband_spec::record;

#[derive(LogicBlock)]
pub struct UtilisationEntry {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub record_valid: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub record_error: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub stale_limit: Signal<In, Bits<32>>,
    pub clear_worst: Signal<In, Bit>,
    pub known: Signal<Out, Bit>,
    pub stale: Signal<Out, Bit>,
    pub cpu: Signal<Out, Bits<8>>,
    pub irq: Signal<Out, Bits<8>>,
    pub work: Signal<Out, Bits<8>>,
    pub power: Signal<Out, Bits<8>>,
    pub requests: Signal<Out, Bits<8>>,
    pub admin: Signal<Out, Bits<2>>,
    pub seq: Signal<Out, Bits<4>>,
    pub updated: Signal<Out, Bit>,
    pub accepted: Signal<Out, Bit>,
    pub rejected: Signal<Out, Bit>,
    pub age: Signal<Out, Bits<32>>,
    pub worst_age: Signal<Out, Bits<32>>,
    max_step: Constant<Bits<4>>,
    /// The record under examination.
    new: DFF<Bits<48>>,
    examine: DFF<Bit>,
    error: DFF<Bit>,
    /// The accepted one.
    fields: DFF<Bits<48>>,
    is_known: DFF<Bit>,
    /// A record that did not count, whose next must say the same.
    pending: DFF<Bit>,
    pending_seq: DFF<Bits<4>>,
    pending_admin: DFF<Bits<2>>,
    new_seq: Signal<Local, Bits<4>>,
    new_admin: Signal<Local, Bits<2>>,
    old_seq: Signal<Local, Bits<4>>,
    old_admin: Signal<Local, Bits<2>>,
    ahead: Signal<Local, Bits<4>>,
    seq_counts: Signal<Local, Bit>,
    admin_counts: Signal<Local, Bit>,
    accept: Signal<Local, Bit>,
    is_updated: DFF<Bit>,
    is_accepted: DFF<Bit>,
    is_rejected: DFF<Bit>,
    cycles: DFF<Bits<32>>,
    cycles_before: DFF<Bits<32>>,
    is_stale: DFF<Bit>,
    is_worst: DFF<Bit>,
    worst: DFF<Bits<32>>,
}

impl Default for UtilisationEntry {
    fn default() -> Self {
        with_defaults!(Self {
            max_step: Constant::new(bits::<4>(u64::from(record::MAX_SEQUENCE_STEP))),
        }
            defaults clk reset record_valid record record_error link_up stale_limit clear_worst known stale cpu irq work power
            requests admin seq updated accepted rejected age worst_age new examine error fields is_known pending pending_seq
            pending_admin new_seq new_admin old_seq old_admin ahead seq_counts admin_counts accept is_updated is_accepted
            is_rejected cycles cycles_before is_stale is_worst worst)
    }
}

impl Logic for UtilisationEntry {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            new,
            examine,
            error,
            fields,
            is_known,
            pending,
            pending_seq,
            pending_admin
        );
        dff_setup!(
            self,
            clk,
            is_updated,
            is_accepted,
            is_rejected,
            cycles,
            cycles_before,
            is_stale,
            is_worst,
            worst
        );
        self.examine.d.next = self.record_valid.val() & self.link_up.val();
        self.error.d.next = self.record_error.val();
        if self.record_valid.val() {
            self.new.d.next = self.record.val();
        }
        self.new_seq.next = self.new.q.val().get_bits::<4>(40);
        self.new_admin.next = self.new.q.val().get_bits::<2>(44);
        self.old_seq.next = self.fields.q.val().get_bits::<4>(40);
        self.old_admin.next = self.fields.q.val().get_bits::<2>(44);
        self.ahead.next = self.new_seq.val() - self.old_seq.val();
        self.seq_counts.next =
            (self.ahead.val() <= self.max_step.val()) | (self.pending.q.val() & (self.pending_seq.q.val() == self.new_seq.val()));
        self.admin_counts.next =
            (self.new_admin.val() == self.old_admin.val()) | (self.pending.q.val() & (self.pending_admin.q.val() == self.new_admin.val()));
        self.accept.next = self.examine.q.val() & (!self.is_known.q.val() | (self.seq_counts.val() & self.admin_counts.val()));
        self.is_updated.d.next = self.accept.val() & (!self.is_known.q.val() | self.ahead.val().any());
        self.is_accepted.d.next = self.accept.val();
        self.is_rejected.d.next = self.error.q.val() | (self.examine.q.val() & !self.accept.val());
        if self.examine.q.val() {
            self.pending.d.next = !self.accept.val();
            self.pending_seq.d.next = self.new_seq.val();
            self.pending_admin.d.next = self.new_admin.val();
        }
        if !self.cycles.q.val().all() {
            self.cycles.d.next = self.cycles.q.val() + 1;
        }
        self.cycles_before.d.next = self.cycles.q.val();
        // The age follows the record a cycle late, as if it had been in time.
        self.is_stale.d.next = self.is_known.q.val() & !self.is_accepted.q.val() & (self.cycles.q.val() > self.stale_limit.val());
        self.is_worst.d.next = self.is_known.q.val() & !self.is_accepted.q.val() & (self.cycles.q.val() > self.worst.q.val());
        if self.is_accepted.q.val() {
            self.cycles.d.next = 1.into();
        }
        if self.is_worst.q.val() {
            self.worst.d.next = self.cycles_before.q.val();
        }
        if self.clear_worst.val() {
            self.worst.d.next = 0.into();
        }
        if self.accept.val() {
            self.fields.d.next = self.new.q.val();
            self.is_known.d.next = true;
        }
        if self.reset.val() | !self.link_up.val() {
            self.is_known.d.next = false;
            self.pending.d.next = false;
            self.is_stale.d.next = false;
        }
        self.known.next = self.is_known.q.val();
        self.stale.next = self.is_stale.q.val();
        self.cpu.next = self.fields.q.val().get_bits::<8>(32);
        self.irq.next = self.fields.q.val().get_bits::<8>(24);
        self.work.next = self.fields.q.val().get_bits::<8>(16);
        self.power.next = self.fields.q.val().get_bits::<8>(8);
        self.requests.next = self.fields.q.val().get_bits::<8>(0);
        self.admin.next = self.old_admin.val();
        self.seq.next = self.old_seq.val();
        self.updated.next = self.is_updated.q.val();
        self.accepted.next = self.is_accepted.q.val();
        self.rejected.next = self.is_rejected.q.val();
        self.age.next = self.cycles.q.val();
        self.worst_age.next = self.worst.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;
    use spareband_spec::record::Record;

    const LIMIT: u64 = 100;

    fn new() -> UtilisationEntry {
        let mut uut = UtilisationEntry::default();
        uut.connect_all();
        uut.link_up.next = true;
        uut.stale_limit.next = LIMIT.into();
        tick!(uut, clk);
        uut
    }

    fn record(seq: u8, admin: u8, cpu: u8) -> Record {
        Record {
            version: 1,
            admin,
            seq,
            cpu,
            irq: 2,
            work: 3,
            power: 4,
            queue: 5,
        }
    }

    /// Gives a record; returns (accepted, rejected, updated) after the latency of two cycles.
    fn give(uut: &mut UtilisationEntry, record: Record) -> (bool, bool, bool) {
        uut.record.next = record.pack().into();
        uut.record_valid.next = true;
        tick!(*uut, clk);
        uut.record_valid.next = false;
        tick!(*uut, clk);
        (uut.accepted.val(), uut.rejected.val(), uut.updated.val())
    }

    const ACCEPTED: (bool, bool, bool) = (true, false, true);
    const REPEATED: (bool, bool, bool) = (true, false, false);
    const REJECTED: (bool, bool, bool) = (false, true, false);

    #[test]
    fn first_record_is_taken_and_shown() {
        let mut uut = new();
        assert!(!uut.known.val());
        assert_eq!(give(&mut uut, record(9, 2, 0x77)), ACCEPTED);
        assert!(uut.known.val() && !uut.stale.val());
        let fields = [&uut.cpu, &uut.irq, &uut.work, &uut.power, &uut.requests].map(|field| field.val().to_u64());
        assert_eq!(
            (fields, uut.admin.val().to_u64(), uut.seq.val().to_u64()),
            ([0x77, 2, 3, 4, 5], 2, 9)
        );
        assert_eq!(give(&mut uut, record(9, 2, 0x77)), REPEATED);
    }

    #[test]
    fn implausible_records_count_when_repeated() {
        let mut uut = new();
        give(&mut uut, record(14, 0, 1));
        assert_eq!(give(&mut uut, record(6, 0, 2)), ACCEPTED, "8 ahead");
        assert_eq!(give(&mut uut, record(15, 0, 3)), REJECTED, "9 ahead");
        assert_eq!(uut.cpu.val().to_u64(), 2);
        assert_eq!(give(&mut uut, record(15, 0, 4)), ACCEPTED);
        assert_eq!(give(&mut uut, record(15, 1, 5)), REJECTED, "another admin");
        assert_eq!(uut.admin.val().to_u64(), 0);
        assert_eq!(give(&mut uut, record(15, 2, 5)), REJECTED, "yet another");
        assert_eq!(give(&mut uut, record(15, 0, 5)), REPEATED, "as before");
        assert_eq!(give(&mut uut, record(15, 2, 5)), REJECTED);
        assert_eq!(give(&mut uut, record(0, 2, 6)), ACCEPTED);
        assert_eq!(uut.admin.val().to_u64(), 2);
    }

    #[test]
    fn age_staleness_and_the_worst() {
        let mut uut = new();
        give(&mut uut, record(1, 0, 1));
        for cycle in 1..=LIMIT {
            tick!(uut, clk);
            assert_eq!(uut.age.val().to_u64(), cycle);
        }
        tick!(uut, clk);
        assert!(!uut.stale.val());
        tick!(uut, clk);
        assert!(uut.stale.val() && uut.known.val());
        give(&mut uut, record(1, 0, 1));
        tick!(uut, clk);
        assert!(!uut.stale.val());
        tick!(uut, clk);
        assert_eq!(uut.worst_age.val().to_u64(), LIMIT + 3);
        uut.clear_worst.next = true;
        tick!(uut, clk);
        assert_eq!(uut.worst_age.val().to_u64(), 0);
    }

    #[test]
    fn unknown_at_once_when_the_link_falls() {
        let mut uut = new();
        give(&mut uut, record(1, 0, 1));
        uut.link_up.next = false;
        tick!(uut, clk);
        assert!(!uut.known.val());
        assert_eq!(give(&mut uut, record(2, 0, 1)), (false, false, false));
        assert!(!uut.known.val());
        uut.link_up.next = true;
        assert_eq!(give(&mut uut, record(13, 1, 1)), ACCEPTED);
    }

    #[test]
    fn errors_count_as_rejected() {
        let mut uut = new();
        uut.record_error.next = true;
        tick!(uut, clk);
        uut.record_error.next = false;
        tick!(uut, clk);
        assert!(uut.rejected.val());
        tick!(uut, clk);
        assert!(!uut.rejected.val() && !uut.known.val());
    }
}
