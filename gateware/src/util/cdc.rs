//! Records from a blade's recovered clock into the core's.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | rx_clk | in | | the recovered clock |
//! | rx_valid, rx_record | in | rx_clk | a good record; 6 cycles apart at least |
//! | rx_error | in | rx_clk | a record was lost or wrong |
//! | core_clk | in | | |
//! | valid, record | out | core_clk | a good record: a pulse and its fields, which hold in that cycle |
//! | error | out | core_clk | a pulse for each rx_error, but that those within 8 cycles of one count with it |
//!
//! Invariant: every record comes out once, in order. A record stands still from its edge until the next record's, and its pulse crosses meanwhile
//! (`CdcPulse`). No embedding sends one sooner: mode D has six words a record, the others 24 cycles and more.
//! Latency: at most 6 cycles of core_clk from the edge that takes the record (`records_cross_whole_and_in_order`). No reset: the two sides agree from
//! the start and never disagree.

use rust_hdl::prelude::*;
use spareband_hdl::parts::CdcPulse;

#[derive(LogicBlock, Default)]
pub struct UtilisationCdc {
    pub rx_clk: Signal<In, Clock>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_record: Signal<In, Bits<48>>,
    pub rx_error: Signal<In, Bit>,
    pub core_clk: Signal<In, Clock>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub error: Signal<Out, Bit>,
    held: DFF<Bits<48>>,
    /// Cycles in which an error counts with the last.
    with_last: DFF<Bits<3>>,
    records: CdcPulse,
    errors: CdcPulse,
    counts: Signal<Local, Bit>,
}

impl Logic for UtilisationCdc {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, rx_clk, held, with_last);
        if self.rx_valid.val() {
            self.held.d.next = self.rx_record.val();
        }
        self.counts.next = self.rx_error.val() & !self.with_last.q.val().any();
        if self.with_last.q.val().any() {
            self.with_last.d.next = self.with_last.q.val() - 1;
        }
        if self.counts.val() {
            self.with_last.d.next = 7.into();
        }
        self.records.in_clk.next = self.rx_clk.val();
        self.records.pulse_in.next = self.rx_valid.val();
        self.records.out_clk.next = self.core_clk.val();
        self.errors.in_clk.next = self.rx_clk.val();
        self.errors.pulse_in.next = self.counts.val();
        self.errors.out_clk.next = self.core_clk.val();
        self.valid.next = self.records.pulse_out.val();
        self.record.next = self.held.q.val();
        self.error.next = self.errors.pulse_out.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_cross_whole_and_in_order() {
        // 125 MHz and 156.25 MHz, then the same with the slower clock slightly off.
        for (rx_period, core_period, apart) in [(80, 64, 24), (81, 64, 24), (64, 64, 6), (65, 64, 6), (64, 65, 6)] {
            let mut uut = UtilisationCdc::default();
            uut.connect_all();
            let (mut sent, mut got, mut errors) = (std::collections::VecDeque::new(), 0, (0, 0));
            let mut cycles = 0;
            for now in 1..200_000_u64 {
                if now % rx_period == rx_period / 2 {
                    uut.rx_clk.next = false.into();
                    uut.rx_valid.next = cycles % apart == 5;
                    // Errors come two at once.
                    uut.rx_error.next = matches!(cycles % 24, 17 | 19);
                    uut.rx_record.next = ((cycles * 0x1234_5678_9ABC) % (1 << 48)).into();
                    cycles += 1;
                    assert!(simulate(&mut uut, 20));
                }
                if now % core_period == core_period / 2 {
                    uut.core_clk.next = false.into();
                    assert!(simulate(&mut uut, 20));
                }
                let (rx, core) = (now % rx_period == 0, now % core_period == 0);
                if rx && uut.rx_valid.val() {
                    sent.push_back((uut.rx_record.val(), now));
                }
                errors.0 += u32::from(rx && uut.rx_error.val() && cycles % 24 == 18);
                if rx {
                    uut.rx_clk.next = true.into();
                }
                if core {
                    if uut.valid.val() {
                        let (record, time) = sent.pop_front().expect("a record that was not sent");
                        assert_eq!(uut.record.val(), record);
                        assert!(now - time <= 6 * core_period + 1, "took {} of {core_period}", now - time);
                        got += 1;
                    }
                    errors.1 += u32::from(uut.error.val());
                    uut.core_clk.next = true.into();
                }
                if rx || core {
                    assert!(simulate(&mut uut, 20));
                }
            }
            assert!(got > 50 && sent.len() <= 1 && errors.0 - errors.1 <= 1);
        }
    }
}
