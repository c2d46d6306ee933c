//! The fields of the registers of block `selector`, as `BladeSelector` takes them.
//!
//! > Each output is the field of the register map that bears its name.
//!
//! | port | dir | width | meaning |
//! |---|---|---|---|
//! | words | in | 7 x 32 | the registers of settings in the order of their addresses, see `SelectorSlot` |
//! | signal, second_signal, hot, second_hot, fill, refused_mark, ladder, ladder_trust, ladder_random, ramp, good_reports, span, wake | out | | `BladeSelector` |
//! | tick_interval | out | 32 | `RampTimer` |
//!
//! No clock, no latency (`each_field_of_the_map_is_where_it_belongs`).

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct SelectorSettings {
    pub words: [Signal<In, Bits<32>>; 7],
    pub signal: Signal<Out, Bits<3>>,
    pub second_signal: Signal<Out, Bits<3>>,
    pub hot: Signal<Out, Bits<8>>,
    pub second_hot: Signal<Out, Bits<8>>,
    pub fill: Signal<Out, Bits<8>>,
    pub refused_mark: Signal<Out, Bits<8>>,
    pub ladder: Signal<Out, Bit>,
    pub ladder_trust: Signal<Out, Bits<8>>,
    pub ladder_random: Signal<Out, Bits<8>>,
    pub ramp: Signal<Out, Bit>,
    pub good_reports: Signal<Out, Bits<8>>,
    pub tick_interval: Signal<Out, Bits<32>>,
    pub span: Signal<Out, Bits<12>>,
    pub wake: Signal<Out, Bits<8>>,
}

impl Default for SelectorSettings {
    fn default() -> Self {
        with_defaults!(Self {}
            defaults signal second_signal hot second_hot fill refused_mark ladder ladder_trust ladder_random ramp good_reports tick_interval span wake
            ; arrays words)
    }
}

impl Logic for SelectorSettings {
    #[hdl_gen]
    fn update(&mut self) {
        self.signal.next = self.words[0].val().get_bits::<3>(0);
        self.second_signal.next = self.words[0].val().get_bits::<3>(4);
        self.hot.next = self.words[1].val().get_bits::<8>(0);
        self.second_hot.next = self.words[1].val().get_bits::<8>(8);
        self.fill.next = self.words[1].val().get_bits::<8>(16);
        self.refused_mark.next = self.words[1].val().get_bits::<8>(24);
        self.ladder.next = self.words[2].val().get_bit(0);
        self.ladder_trust.next = self.words[2].val().get_bits::<8>(8);
        self.ladder_random.next = self.words[2].val().get_bits::<8>(16);
        self.ramp.next = self.words[3].val().get_bit(0);
        self.good_reports.next = self.words[3].val().get_bits::<8>(8);
        self.tick_interval.next = self.words[4].val();
        self.span.next = self.words[5].val().get_bits::<12>(0);
        self.wake.next = self.words[6].val().get_bits::<8>(0);
    }
    spareband_hdl::module_name!();
}
