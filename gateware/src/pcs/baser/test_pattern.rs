//! Test patterns and scrambler bypass, between the 10GBASE-R PCS and the transceiver. IEEE 802.3 49.2.8, 49.2.12.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk | in | | 156.25 MHz |
//! | pcs_tx_data, pcs_tx_hdr | in | tx_clk | `serdes_tx_data`, `serdes_tx_hdr` of `Pcs10gbaseR` |
//! | serdes_tx_data, serdes_tx_hdr | out | tx_clk | bit 0 first, header before data |
//! | cfg_tx_pseudo_random_enable | in | tx_clk | send the pseudo-random pattern; see [`TestPatternGenerate`] |
//! | cfg_tx_square_wave_enable | in | tx_clk | send the square wave; goes before the pseudo-random pattern |
//! | cfg_tx_local_fault | in | tx_clk | its data pattern: two Local Fault ordered sets; low: zeros |
//! | cfg_seed_a, cfg_seed_b | in | tx_clk, constant | its seeds |
//! | cfg_tx_scrambler_bypass | in | tx_clk | send the PCS's payloads unscrambled; a pattern goes before |
//! | rx_clk | in | | recovered 156.25 MHz |
//! | serdes_rx_data, serdes_rx_hdr | in | rx_clk | bit 0 first, header before data |
//! | pcs_rx_data, pcs_rx_hdr | out | rx_clk | `serdes_rx_data`, `serdes_rx_hdr` of `Pcs10gbaseR` |
//! | pcs_block_lock | in | rx_clk | its `rx_block_lock` |
//! | cfg_rx_pseudo_random_enable | in | rx_clk | r_test_mode: count what is not the pattern while there is lock; local fault on XGMII meanwhile |
//! | cfg_rx_local_fault | in | rx_clk | data pattern expected |
//! | cfg_rx_scrambler_bypass | in | rx_clk | the line is not scrambled; the check of the pattern goes before |
//! | rx_test_pattern_error | out | rx_clk | pulse: a block counts as an error; see [`TestPatternCheck`] |
//!
//! Invariant: with every cfg input low the line passes unchanged, headers always pass to the PCS.
//! The bypass stands outside the PCS and is sound there: its scrambler is self-synchronous, so that this core's descrambler, which has seen every bit the PCS sent,
//! gives the payload back, and what this core scrambles the PCS descrambles. Both follow the line at all times: switching breaks no block of
//! the own side. PRBS31 is not scrambled: it and the bypass exclude each other (the bypass would send its descrambled form).
//! While the pseudo-random pattern is checked the PCS is given local fault instead, so that its decoder and watchdog rest; its headers, lock and bit slips
//! are those of the line. The square wave has no check, as in the standard: it is for instruments.
//!
//! Latency: 1 cycle each way (`nothing_changes_when_all_is_off`); 4 from a block to its error pulse. Throughput: 1 block a cycle. Needs no reset.

use super::descrambler::descramble;
use super::scrambler::scramble;
use super::{TestPatternCheck, TestPatternGenerate};
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::baser;

#[derive(LogicBlock)]
pub struct TestPattern10gbaseR {
    pub tx_clk: Signal<In, Clock>,
    pub pcs_tx_data: Signal<In, Bits<64>>,
    pub pcs_tx_hdr: Signal<In, Bits<2>>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub cfg_tx_pseudo_random_enable: Signal<In, Bit>,
    pub cfg_tx_square_wave_enable: Signal<In, Bit>,
    pub cfg_tx_local_fault: Signal<In, Bit>,
    pub cfg_seed_a: Signal<In, Bits<58>>,
    pub cfg_seed_b: Signal<In, Bits<58>>,
    pub cfg_tx_scrambler_bypass: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub pcs_rx_data: Signal<Out, Bits<64>>,
    pub pcs_rx_hdr: Signal<Out, Bits<2>>,
    pub pcs_block_lock: Signal<In, Bit>,
    pub cfg_rx_pseudo_random_enable: Signal<In, Bit>,
    pub cfg_rx_local_fault: Signal<In, Bit>,
    pub cfg_rx_scrambler_bypass: Signal<In, Bit>,
    pub rx_test_pattern_error: Signal<Out, Bit>,
    generator: TestPatternGenerate,
    check: TestPatternCheck,
    /// {bits of the PCS, those before} to its payload.
    tx_descramble: XorNet<122, 64>,
    /// {bits received, those before} to the payload.
    rx_descramble: XorNet<122, 64>,
    /// {payload, bits given to the PCS before} to the bits to give to it.
    rx_scramble: XorNet<122, 64>,
    tx_before: DFF<Bits<58>>,
    tx_data: DFF<Bits<64>>,
    tx_header: DFF<Bits<2>>,
    rx_before: DFF<Bits<58>>,
    payload: DFF<Bits<64>>,
    checking: DFF<Bit>,
    rx_data: DFF<Bits<64>>,
    rx_header: DFF<Bits<2>>,
    local_fault_block: Constant<Bits<64>>,
}

impl Default for TestPattern10gbaseR {
    fn default() -> Self {
        with_defaults!(Self {
            tx_descramble: XorNet::from_fn(descramble),
            rx_descramble: XorNet::from_fn(descramble),
            rx_scramble: XorNet::from_fn(scramble),
            local_fault_block: Constant::new(bits(baser::LOCAL_FAULT_PAYLOAD)),
        }
            defaults tx_clk pcs_tx_data pcs_tx_hdr serdes_tx_data serdes_tx_hdr cfg_tx_pseudo_random_enable cfg_tx_square_wave_enable
            cfg_tx_local_fault cfg_seed_a cfg_seed_b cfg_tx_scrambler_bypass rx_clk serdes_rx_data serdes_rx_hdr pcs_rx_data pcs_rx_hdr
            pcs_block_lock cfg_rx_pseudo_random_enable cfg_rx_local_fault cfg_rx_scrambler_bypass rx_test_pattern_error generator check
            tx_before tx_data tx_header rx_before payload checking rx_data rx_header)
    }
}

impl Logic for TestPattern10gbaseR {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, tx_clk, tx_before, tx_data, tx_header);
        dff_setup!(self, rx_clk, rx_before, payload, checking, rx_data, rx_header);
        self.generator.clk.next = self.tx_clk.val();
        self.generator.enable.next = self.cfg_tx_pseudo_random_enable.val();
        self.generator.local_fault.next = self.cfg_tx_local_fault.val();
        self.generator.seed_a.next = self.cfg_seed_a.val();
        self.generator.seed_b.next = self.cfg_seed_b.val();
        self.tx_descramble.x.next = (bit_cast::<122, 64>(self.pcs_tx_data.val()) << 58) | bit_cast::<122, 58>(self.tx_before.q.val());
        self.tx_before.d.next = self.pcs_tx_data.val().get_bits::<58>(6);
        self.tx_data.d.next = self.pcs_tx_data.val();
        self.tx_header.d.next = self.pcs_tx_hdr.val();
        if self.cfg_tx_scrambler_bypass.val() {
            self.tx_data.d.next = self.tx_descramble.y.val();
        }
        if self.generator.valid.val() {
            self.tx_data.d.next = self.generator.data.val();
            self.tx_header.d.next = self.generator.header.val();
        }
        if self.cfg_tx_square_wave_enable.val() {
            self.tx_data.d.next = self.generator.square_data.val();
            self.tx_header.d.next = self.generator.square_header.val();
        }
        self.serdes_tx_data.next = self.tx_data.q.val();
        self.serdes_tx_hdr.next = self.tx_header.q.val();

        self.rx_descramble.x.next = (bit_cast::<122, 64>(self.serdes_rx_data.val()) << 58) | bit_cast::<122, 58>(self.rx_before.q.val());
        self.rx_before.d.next = self.serdes_rx_data.val().get_bits::<58>(6);
        self.payload.d.next = self.rx_descramble.y.val();
        self.checking.d.next = self.cfg_rx_pseudo_random_enable.val() & self.pcs_block_lock.val();
        self.check.clk.next = self.rx_clk.val();
        self.check.enable.next = self.checking.q.val();
        self.check.local_fault.next = self.cfg_rx_local_fault.val();
        self.check.payload.next = self.payload.q.val();
        self.rx_test_pattern_error.next = self.check.error.val();

        // What the PCS was given last is in the register, whatever it was: the scrambler goes on from there.
        self.rx_scramble.x.next =
            (bit_cast::<122, 64>(self.serdes_rx_data.val()) << 58) | bit_cast::<122, 58>(self.rx_data.q.val().get_bits::<58>(6));
        self.rx_data.d.next = self.serdes_rx_data.val();
        if self.cfg_rx_pseudo_random_enable.val() {
            self.rx_scramble.x.next =
                (bit_cast::<122, 64>(self.local_fault_block.val()) << 58) | bit_cast::<122, 58>(self.rx_data.q.val().get_bits::<58>(6));
        }
        if self.cfg_rx_pseudo_random_enable.val() | self.cfg_rx_scrambler_bypass.val() {
            self.rx_data.d.next = self.rx_scramble.y.val();
        }
        self.rx_header.d.next = self.serdes_rx_hdr.val();
        self.pcs_rx_data.next = self.rx_data.q.val();
        self.pcs_rx_hdr.next = self.rx_header.q.val();
    }
    spareband_hdl::module_name!();
}
