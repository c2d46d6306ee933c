//! Frame reports of one direction of a gigabit link, from its clock to clk_core.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | link_clk | in | 1 | | the direction's clock |
//! | report_valid, report | in | 1, 24 | link_clk | a pulse and its word |
//! | core_clk | in | 1 | | |
//! | waiting, waiting_report, take | out, out, in | 1, 24, 1 | core_clk | a report, until it is taken (pulse) |
//!
//! Invariant: what waits is a report whole. It stands still from its edge until the next one's, while its pulse crosses (`CdcPulse`), and is kept then.
//! Latency: at most 6 cycles of core_clk from the edge that takes the report (`reports_cross_whole_and_in_order`). No reset: the two sides agree from the
//! start and never disagree. Bad input: a report within 8 cycles of another is lost, and so is one that meets a report that waits. Frames of 64 bytes
//! bring one in 84 cycles, 105 of clk_core; those of sixteen links both ways are taken in that time (`sixteen_full_links_keep_up`), where nearly all are to
//! single stations: one to a group takes `SharedStatistics` a cycle more.

use rust_hdl::prelude::*;
use spareband_hdl::parts::CdcPulse;

#[derive(LogicBlock, Default)]
pub struct ReportCdc {
    pub link_clk: Signal<In, Clock>,
    pub report_valid: Signal<In, Bit>,
    pub report: Signal<In, Bits<24>>,
    pub core_clk: Signal<In, Clock>,
    pub waiting: Signal<Out, Bit>,
    pub waiting_report: Signal<Out, Bits<24>>,
    pub take: Signal<In, Bit>,
    /// Stands still while its pulse crosses, and `apart` cycles at least.
    held: DFF<Bits<24>>,
    apart: DFF<Bits<3>>,
    arrivals: CdcPulse,
    full: DFF<Bit>,
    kept: DFF<Bits<24>>,
    sends: Signal<Local, Bit>,
}

impl Logic for ReportCdc {
    spareband_hdl::module_name!();
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, link_clk, held, apart);
        dff_setup!(self, core_clk, full, kept);
        self.sends.next = self.report_valid.val() & !self.apart.q.val().any();
        if self.apart.q.val().any() {
            self.apart.d.next = self.apart.q.val() - 1;
        }
        if self.sends.val() {
            self.apart.d.next = 7.into();
            self.held.d.next = self.report.val();
        }
        self.arrivals.in_clk.next = self.link_clk.val();
        self.arrivals.pulse_in.next = self.sends.val();
        self.arrivals.out_clk.next = self.core_clk.val();

        if self.take.val() {
            self.full.d.next = false;
        }
        if self.arrivals.pulse_out.val() {
            self.full.d.next = true;
            if !self.full.q.val() | self.take.val() {
                self.kept.d.next = self.held.q.val();
            }
        }
        self.waiting.next = self.full.q.val();
        self.waiting_report.next = self.kept.q.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::prelude::*;
    use std::collections::VecDeque;

    /// Reports at least `apart` cycles of link_clk from each other, taken a random time later; the periods are of no unit.
    fn cross(link_period: u64, core_period: u64, apart: u64, patience: u64) -> (usize, usize) {
        let mut rng = StdRng::seed_from_u64(link_period * core_period + apart);
        let mut uut = ReportCdc::default();
        uut.connect_all();
        let (mut sent, mut count, mut got) = (VecDeque::new(), 0, 0);
        let (mut next, mut cycle, mut waited) = (7, 0_u64, 0_u64);
        for now in 1..400_000_u64 {
            if now % link_period == link_period / 2 {
                uut.link_clk.next = false.into();
                uut.report_valid.next = cycle == next;
                uut.report.next = rng.gen_range(0..1_u64 << 24).into();
                if cycle == next {
                    next += apart + rng.gen_range(0..3_u64);
                }
                cycle += 1;
                assert!(simulate(&mut uut, 20));
            }
            if now % core_period == core_period / 2 {
                uut.core_clk.next = false.into();
                waited = if uut.waiting.val() { waited + 1 } else { 0 };
                uut.take.next = waited > 0 && (waited >= patience || rng.gen_bool(0.3));
                assert!(simulate(&mut uut, 20));
            }
            let (link, core) = (now % link_period == 0, now % core_period == 0);
            if link {
                if uut.report_valid.val() {
                    sent.push_back((uut.report.val(), now));
                    count += 1;
                }
                uut.link_clk.next = true.into();
            }
            if core {
                if uut.take.val() {
                    // Those that met one that waited are lost; the others come whole and in order.
                    let report = uut.waiting_report.val();
                    let place = sent.iter().position(|(one, _)| *one == report).expect("a report that was not sent");
                    let (_, time) = sent.drain(..=place).next_back().expect("it was found");
                    assert!(now - time <= (6 + waited) * core_period + 1);
                    got += 1;
                    waited = 0;
                }
                uut.core_clk.next = true.into();
            }
            if link || core {
                assert!(simulate(&mut uut, 20));
            }
        }
        (count, got)
    }

    #[test]
    fn reports_cross_whole_and_in_order() {
        for (link_period, core_period) in [(80, 64), (81, 64), (64, 64), (64, 65)] {
            let (sent, got) = cross(link_period, core_period, 25, 12);
            assert!(sent > 100 && sent - got <= 1, "{got} of {sent}");
        }
    }

    #[test]
    fn a_report_that_meets_one_is_lost_whole() {
        for apart in [9, 3, 1] {
            let (sent, got) = cross(80, 64, apart, 40);
            assert!(got > 100 && got < sent - 1, "{got} of {sent}");
        }
    }
}
