//! Records from a blade's recovered clock into the core's.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | rx_clk, rx_reset | in | | the recovered clock |
//! | rx_valid, rx_record | in | rx_clk | a good record |
//! | rx_error | in | rx_clk | a record was lost or wrong |
//! | core_clk, core_reset | in | | |
//! | valid, record | out | core_clk | a good record: a pulse and its fields |
//! | error | out | core_clk | a pulse for each rx_error |
//!
//! Invariant: every record and every error that goes in comes out once, in order, as long as the core's clock is not 4 times slower.
//! Latency: at most 6 cycles of core_clk from the edge that takes the record (`records_cross_whole_and_in_order`). Throughput: one a
//! cycle; records come at most every 24 cycles, so that the FIFO of 8 never fills.

use rust_hdl::prelude::*;
use spareband_hdl::parts::AsyncFifo;

#[derive(LogicBlock, Default)]
pub struct UtilisationCdc {
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub rx_valid: Signal<In, Bit>,
    pub rx_record: Signal<In, Bits<48>>,
    pub rx_error: Signal<In, Bit>,
    pub core_clk: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub error: Signal<Out, Bit>,
    fifo: AsyncFifo<50, 3>,
    word: Signal<Local, Bits<50>>,
}

impl Logic for UtilisationCdc {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        self.fifo.write_clk.next = self.rx_clk.val();
        self.fifo.write_reset.next = self.rx_reset.val();
        self.fifo.read_clk.next = self.core_clk.val();
        self.fifo.read_reset.next = self.core_reset.val();
        self.fifo.write.next = self.rx_valid.val() | self.rx_error.val();
        self.fifo.write_data.next = (bit_cast::<50, 1>(self.rx_error.val().into()) << 49)
            | (bit_cast::<50, 1>(self.rx_valid.val().into()) << 48)
            | bit_cast::<50, 48>(self.rx_record.val());
        self.fifo.read.next = true;
        self.word.next = self.fifo.read_data.val();
        self.valid.next = !self.fifo.empty.val() & self.word.val().get_bit(48);
        self.error.next = !self.fifo.empty.val() & self.word.val().get_bit(49);
        self.record.next = self.word.val().get_bits::<48>(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_cross_whole_and_in_order() {
        // 125 MHz and 156.25 MHz, then the same with the slower clock slightly off.
        for (rx_period, core_period) in [(80, 64), (81, 64), (64, 64)] {
            let mut uut = UtilisationCdc::default();
            uut.connect_all();
            let (mut sent, mut got, mut errors) = (std::collections::VecDeque::new(), 0, (0, 0));
            let mut cycles = 0;
            for now in 1..200_000_u64 {
                if now % rx_period == rx_period / 2 {
                    uut.rx_clk.next = false.into();
                    uut.rx_valid.next = cycles % 24 == 5;
                    uut.rx_error.next = cycles % 24 == 17;
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
                errors.0 += u32::from(rx && uut.rx_error.val());
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
