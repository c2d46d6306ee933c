//! The registers of the selector: block `selector` of spec::regs::MANAGER.
//! Invariant: a setting is what was written last, within its register's mask; what is read is zero unless the access is to this block.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | clk_core |
//! | page, offset, write, write_data | in | 8, 6, 1, 32 | clk | from RegisterAccess |
//! | value, found, writable | out | 32, 1, 1 | clk | as in `ManagerSlot`; every register is of one word |
//! | words | out | 7 x 32 | clk | the registers of settings, in the order of their addresses |
//! | seed, load_seed | out | 32, 1 | clk | register `seed` and a pulse when it was written |
//! | awake | in | 5 | clk | register `awake` |
//!
//! Latency: `value` follows `page` after 3 cycles and `offset` after 2; a write is in force 1 cycle later. Throughput: an access per 9 cycles. Bad input: offsets past the last register are not found.

use super::decode::{at, page};
use rust_hdl::prelude::*;
use spareband_hdl::parts::ResetReg;
use spareband_spec::regs::{MANAGER, SELECTOR_WORDS};

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Sampled {
    in_block: bool,
    /// The register that the access is to: one at most.
    words: Bits<7>,
    at_seed: bool,
    at_awake: bool,
    value: Bits<32>,
    found: bool,
    writable: bool,
    seed: Bits<32>,
    load_seed: bool,
}

#[derive(LogicBlock)]
pub struct SelectorSlot {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub page: Signal<In, Bits<8>>,
    pub offset: Signal<In, Bits<6>>,
    pub write: Signal<In, Bit>,
    pub write_data: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<32>>,
    pub found: Signal<Out, Bit>,
    pub writable: Signal<Out, Bit>,
    pub words: [Signal<Out, Bits<32>>; 7],
    pub seed: Signal<Out, Bits<32>>,
    pub load_seed: Signal<Out, Bit>,
    pub awake: Signal<In, Bits<5>>,
    kept: [ResetReg<Bits<32>>; 7],
    mask: [Constant<Bits<32>>; 7],
    sampled: ResetReg<Sampled>,
    page_selector: Constant<Bits<8>>,
    at_seed: Constant<Bits<6>>,
    /// And the last.
    at_awake: Constant<Bits<6>>,
    word: Signal<Local, Bits<32>>,
    hits: Signal<Local, Bits<7>>,
    here: Signal<Local, Bits<7>>,
}

impl Default for SelectorSlot {
    fn default() -> Self {
        let registers = MANAGER.block("selector").registers;
        assert!(
            registers[..SELECTOR_WORDS]
                .iter()
                .enumerate()
                .all(|(i, register)| usize::from(register.offset) == 4 * i),
            "the settings follow each other"
        );
        with_defaults!(Self {
            kept: std::array::from_fn(|i| ResetReg::new(bits::<32>(registers[i].reset))),
            mask: std::array::from_fn(|i| Constant::new(bits::<32>(registers[i].mask()))),
            page_selector: page(&MANAGER, "selector"),
            at_seed: at(&MANAGER, "selector", "seed"),
            at_awake: at(&MANAGER, "selector", "awake"),
        }
            defaults clk reset page offset write write_data value found writable seed load_seed awake sampled word hits here
            ; arrays words)
    }
}

impl Logic for SelectorSlot {
    #[hdl_gen]
    fn update(&mut self) {
        self.sampled.clk.next = self.clk.val();
        self.sampled.reset.next = self.reset.val();
        self.sampled.d.next = self.sampled.q.val();
        self.sampled.d.next.in_block = self.page.val() == self.page_selector.val();
        self.sampled.d.next.at_seed = self.sampled.q.val().in_block & (self.offset.val() == self.at_seed.val());
        self.sampled.d.next.at_awake = self.sampled.q.val().in_block & (self.offset.val() == self.at_awake.val());
        self.sampled.d.next.load_seed = false;
        self.word.next = 0.into();
        self.hits.next = self.sampled.q.val().words;
        self.here.next = 0.into();
        for i in 0..7 {
            self.kept[i].clk.next = self.clk.val();
            self.kept[i].reset.next = self.reset.val();
            self.kept[i].d.next = self.kept[i].q.val();
            self.words[i].next = self.kept[i].q.val();
            self.here.next = self.here.val().replace_bit(i, self.offset.val() == i.to_bits::<6>());
            if self.hits.val().get_bit(i) {
                self.word.next = self.word.val() | self.kept[i].q.val();
                if self.write.val() {
                    self.kept[i].d.next = self.write_data.val() & self.mask[i].val();
                }
            }
        }
        self.sampled.d.next.words = 0.into();
        if self.sampled.q.val().in_block {
            self.sampled.d.next.words = self.here.val();
        }
        if self.write.val() & self.sampled.q.val().at_seed {
            self.sampled.d.next.seed = self.write_data.val();
            self.sampled.d.next.load_seed = true;
        }
        if self.sampled.q.val().at_awake {
            self.word.next = self.word.val() | bit_cast::<32, 5>(self.awake.val());
        }
        self.sampled.d.next.value = self.word.val();
        self.sampled.d.next.writable = self.hits.val().any() | self.sampled.q.val().at_seed;
        self.sampled.d.next.found = self.hits.val().any() | self.sampled.q.val().at_seed | self.sampled.q.val().at_awake;
        self.value.next = self.sampled.q.val().value;
        self.found.next = self.sampled.q.val().found;
        self.writable.next = self.sampled.q.val().writable;
        self.seed.next = self.sampled.q.val().seed;
        self.load_seed.next = self.sampled.q.val().load_seed;
    }

    spareband_hdl::module_name!();
}
