//! Mode D of the link protocol, receive: sequence ordered sets back to records (docs/LINK_PROTOCOL.md).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | the clock of XGMII receive |
//! | enable | in | clk | the link is up in this mode; low drops what has been collected |
//! | chassis | in | clk | source that is listened to: low blades, high chassis aggregates |
//! | xgmii_rxd, xgmii_rxc | in | clk | what the MAC receives too, before any clock compensation |
//! | valid, record | out | clk | a whole round: a pulse, and version down to queue |
//! | error | out | clk | a set with a wrong CRC-7, two sets in one word, or a round that did not end: a pulse |
//!
//! Invariant: only exact columns `9C D1 D2 D3` with the source's nibble and the right D3 count; faults and others' sets are nothing.
//! Latency: 3 cycles from the word with field 5 (`latency_is_three`). Throughput: a set a word. No sender puts two into one word.

use super::FieldAssembler;
use super::sequence_inject::check_step;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{embedding, xgmii};

#[derive(LogicBlock)]
pub struct SequenceExtract {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub chassis: Signal<In, Bit>,
    pub xgmii_rxd: Signal<In, Bits<64>>,
    pub xgmii_rxc: Signal<In, Bits<8>>,
    pub valid: Signal<Out, Bit>,
    pub record: Signal<Out, Bits<48>>,
    pub error: Signal<Out, Bit>,
    assembler: FieldAssembler,
    check_net: XorNet<23, 7>,
    set_control: Constant<Bits<4>>,
    sequence: Constant<Bits<8>>,
    blade: Constant<Bits<4>>,
    crc_initial: Constant<Bits<7>>,
    source: Signal<Local, Bits<4>>,
    low: Signal<Local, Bit>,
    high: Signal<Local, Bit>,
    is_low: DFF<Bit>,
    is_high: DFF<Bit>,
    /// D1, D2, D3, D1 in the low byte.
    word: DFF<Bits<24>>,
    good_check: Signal<Local, Bit>,
    is_field: DFF<Bit>,
    is_wrong: DFF<Bit>,
    field: DFF<Bits<4>>,
    value: DFF<Bits<8>>,
}

impl Default for SequenceExtract {
    fn default() -> Self {
        with_defaults!(Self {
            check_net: XorNet::from_fn(check_step),
            set_control: Constant::new(bits::<4>(u64::from(embedding::COLUMN_CONTROL))),
            sequence: Constant::new(bits::<8>(u64::from(xgmii::SEQUENCE))),
            blade: Constant::new(bits::<4>(u64::from(embedding::SOURCE_BLADE))),
            crc_initial: Constant::new(bits::<7>(u64::from(embedding::CRC7_INITIAL))),
        }
            defaults clk reset enable chassis xgmii_rxd xgmii_rxc valid record error assembler source low high is_low is_high word
            good_check is_field is_wrong field value)
    }
}

impl Logic for SequenceExtract {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, is_low, is_high, word, is_field, is_wrong, field, value);
        self.source.next = self.blade.val() | bit_cast::<4, 1>(self.chassis.val().into());
        self.low.next = (self.xgmii_rxc.val().get_bits::<4>(0) == self.set_control.val())
            & (self.xgmii_rxd.val().get_bits::<8>(0) == self.sequence.val())
            & (self.xgmii_rxd.val().get_bits::<4>(12) == self.source.val());
        self.high.next = (self.xgmii_rxc.val().get_bits::<4>(4) == self.set_control.val())
            & (self.xgmii_rxd.val().get_bits::<8>(32) == self.sequence.val())
            & (self.xgmii_rxd.val().get_bits::<4>(44) == self.source.val());
        self.is_low.d.next = self.low.val();
        self.is_high.d.next = self.high.val();
        self.word.d.next = self.xgmii_rxd.val().get_bits::<24>(40);
        if self.low.val() {
            self.word.d.next = self.xgmii_rxd.val().get_bits::<24>(8);
        }

        self.check_net.x.next = (bit_cast::<23, 7>(self.crc_initial.val()) << 16)
            | (bit_cast::<23, 8>(self.word.q.val().get_bits::<8>(0)) << 8)
            | bit_cast::<23, 8>(self.word.q.val().get_bits::<8>(8));
        self.good_check.next = self.word.q.val().get_bit(23)
            & (self.word.q.val().get_bits::<7>(16) == self.check_net.y.val())
            & !(self.is_low.q.val() & self.is_high.q.val());
        self.is_field.d.next = (self.is_low.q.val() | self.is_high.q.val()) & self.good_check.val();
        self.is_wrong.d.next = (self.is_low.q.val() | self.is_high.q.val()) & !self.good_check.val();
        self.field.d.next = self.word.q.val().get_bits::<4>(0);
        self.value.d.next = self.word.q.val().get_bits::<8>(8);

        self.assembler.clk.next = self.clk.val();
        self.assembler.reset.next = self.reset.val();
        self.assembler.clear.next = !self.enable.val();
        self.assembler.field_valid.next = self.is_field.q.val();
        self.assembler.field.next = self.field.q.val();
        self.assembler.value.next = self.value.q.val();
        self.assembler.field_error.next = self.is_wrong.q.val();
        self.valid.next = self.assembler.valid.val();
        self.record.next = self.assembler.record.val();
        self.error.next = self.assembler.error.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;

    const FIELDS: u64 = 0x4523_4567_89AB;

    fn new(chassis: bool) -> SequenceExtract {
        let mut uut = SequenceExtract::default();
        uut.connect_all();
        uut.enable.next = true;
        uut.chassis.next = chassis;
        uut
    }

    fn cycle(uut: &mut SequenceExtract, low: Option<u32>, high: Option<u32>) {
        let half = |set: Option<u32>| set.map_or((xgmii::IDLE_WORD as u32, 0xF), |set| (set, embedding::COLUMN_CONTROL));
        let ((low, low_control), (high, high_control)) = (half(low), half(high));
        uut.xgmii_rxd.next = (u64::from(high) << 32 | u64::from(low)).into();
        uut.xgmii_rxc.next = u64::from(high_control << 4 | low_control).into();
        tick!(*uut, clk);
    }

    fn set(source: u8, field: u8) -> u32 {
        embedding::column(embedding::header(source, field), embedding::field_value(FIELDS, field))
    }

    #[test]
    fn latency_is_three() {
        for high in [false, true] {
            let mut uut = new(false);
            for field in 0..6 {
                let set = Some(set(embedding::SOURCE_BLADE, field));
                if high {
                    cycle(&mut uut, None, set);
                } else {
                    cycle(&mut uut, set, None);
                }
            }
            // The last call was the first of the three edges.
            for _ in 0..2 {
                assert!(!uut.valid.val());
                cycle(&mut uut, None, None);
            }
            assert!(uut.valid.val() && !uut.error.val());
            assert_eq!(uut.record.val().to_u64(), FIELDS);
            cycle(&mut uut, None, None);
            assert!(!uut.valid.val());
        }
    }

    /// Records and errors of one round of a source, each column changed by `change`.
    fn heard(chassis: bool, source: u8, change: impl Fn(u8, u32) -> (Option<u32>, Option<u32>)) -> (usize, usize) {
        let mut uut = new(chassis);
        let (mut records, mut errors) = (0, 0);
        for n in 0..10 {
            let (low, high) = if n < 6 { change(n, set(source, n)) } else { (None, None) };
            cycle(&mut uut, low, high);
            records += usize::from(uut.valid.val());
            errors += usize::from(uut.error.val());
        }
        (records, errors)
    }

    #[test]
    fn listens_to_one_source() {
        let (blade, chassis) = (embedding::SOURCE_BLADE, embedding::SOURCE_CHASSIS);
        assert_eq!(heard(false, blade, |_, set| (Some(set), None)), (1, 0));
        assert_eq!(heard(true, chassis, |_, set| (Some(set), None)), (1, 0));
        assert_eq!(heard(true, blade, |_, set| (Some(set), None)), (0, 0));
        assert_eq!(heard(false, chassis, |_, set| (None, Some(set))), (0, 0));
    }

    #[test]
    fn counts_what_is_wrong() {
        let blade = embedding::SOURCE_BLADE;
        for bit in 16..32 {
            let flip = |n, set| (Some(if n == 3 { set ^ 1 << bit } else { set }), None);
            assert_eq!(heard(false, blade, flip), (0, 1), "bit {bit}");
        }
        // Faults between are nothing; two sets in one word are wrong.
        let fault = xgmii::fault_word(xgmii::REMOTE_FAULT) as u32;
        assert_eq!(heard(false, blade, |_, set| (Some(fault), Some(set))), (1, 0));
        assert_eq!(heard(false, blade, |n, set| (Some(set), (n == 2).then_some(set))), (0, 1));
    }
}
