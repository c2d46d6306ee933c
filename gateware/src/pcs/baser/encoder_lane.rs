//! What one XGMII lane can be in a 64b/66b block. IEEE 802.3 49.2.4.3, Table 49-1.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | control, character | in | none | the lane |
//! | data | out | none | a data character |
//! | code_valid | out | none | a control character that has a seven-bit code, /E/ aside |
//! | code | out | none | that code; 0 for any other character |
//! | start, terminate | out | none | /S/, /T/ |
//! | ordered_set, signal | out | none | /Q/ or /Fsig/; the latter |
//!
//! Combinational. Bad input: a control character of no meaning raises none of the outputs.

use rust_hdl::prelude::*;
use spareband_hdl::parts::LookupTable;
use spareband_spec::{baser, xgmii};

#[derive(LogicBlock)]
pub struct EncoderLane {
    pub control: Signal<In, Bit>,
    pub character: Signal<In, Bits<8>>,
    pub data: Signal<Out, Bit>,
    pub code_valid: Signal<Out, Bit>,
    pub code: Signal<Out, Bits<7>>,
    pub start: Signal<Out, Bit>,
    pub terminate: Signal<Out, Bit>,
    pub ordered_set: Signal<Out, Bit>,
    pub signal: Signal<Out, Bit>,
    /// Character to {signal, sequence, terminate, start, code valid}.
    kind_table: LookupTable<8, 5>,
    /// Bits 7, 6, 5, 3, 0 of the character, which tell all that matter apart, to the code.
    code_table: LookupTable<5, 7>,
    kind: Signal<Local, Bits<5>>,
    no_code: Constant<Bits<7>>,
}

/// The five bits of a control character by which the code table looks up.
fn code_address(character: u8) -> usize {
    usize::from(
        (character >> 7 & 1) << 4 | (character >> 6 & 1) << 3 | (character >> 5 & 1) << 2 | (character >> 3 & 1) << 1 | character & 1,
    )
}

impl Default for EncoderLane {
    fn default() -> Self {
        let mut kinds = vec![0; 256];
        let mut codes = vec![0; 32];
        for (character, code) in baser::CONTROL_CODES {
            kinds[usize::from(character)] = 1;
            codes[code_address(character)] = u64::from(code);
        }
        for (character, kind) in [(xgmii::START, 2), (xgmii::TERMINATE, 4), (xgmii::SEQUENCE, 8), (xgmii::SIGNAL, 16)] {
            kinds[usize::from(character)] = kind;
            assert_eq!(codes[code_address(character)], 0, "{character:02X} needs an entry of its own");
        }
        with_defaults!(Self {
            kind_table: LookupTable::new(kinds),
            code_table: LookupTable::new(codes),
            no_code: Constant::new(bits(0)),
        }
            defaults control character data code_valid code start terminate ordered_set signal kind)
    }
}

impl Logic for EncoderLane {
    #[hdl_gen]
    fn update(&mut self) {
        self.kind_table.address.next = self.character.val();
        self.kind.next = self.kind_table.data.val();
        self.code_table.address.next = (bit_cast::<5, 3>(self.character.val().get_bits::<3>(5)) << 2)
            | (bit_cast::<5, 1>(self.character.val().get_bits::<1>(3)) << 1)
            | bit_cast::<5, 1>(self.character.val().get_bits::<1>(0));
        self.data.next = !self.control.val();
        self.code_valid.next = self.control.val() & self.kind.val().get_bit(0);
        self.start.next = self.control.val() & self.kind.val().get_bit(1);
        self.terminate.next = self.control.val() & self.kind.val().get_bit(2);
        self.ordered_set.next = self.control.val() & (self.kind.val().get_bit(3) | self.kind.val().get_bit(4));
        self.signal.next = self.control.val() & self.kind.val().get_bit(4);
        self.code.next = self.no_code.val();
        if self.control.val() {
            self.code.next = self.code_table.data.val();
        }
    }
    spareband_hdl::module_name!();
}
