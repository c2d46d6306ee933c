//! 10GBASE-R physical coding sublayer: XGMII to 66-bit blocks and back. IEEE 802.3 Clause 49.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, tx_rst | in | | 156.25 MHz; reset synchronous, active high |
//! | rx_clk, rx_rst | in | | recovered 156.25 MHz; the same |
//! | xgmii_txd, xgmii_txc | in | tx_clk | lane 0 in the low bits |
//! | serdes_tx_data, serdes_tx_hdr | out | tx_clk | bit 0 first, header before data |
//! | tx_bad_block | out | tx_clk | an error block was made of the word of one cycle ago |
//! | serdes_rx_data, serdes_rx_hdr | in | rx_clk | bit 0 first, header before data |
//! | serdes_rx_bitslip | out | rx_clk | one cycle long: move by one bit |
//! | xgmii_rxd, xgmii_rxc | out | rx_clk | lane 0 in the low bits |
//! | rx_bad_block | out | rx_clk | the word stands for a block that is none of the standard's |
//! | rx_sequence_error | out | rx_clk | the word stands for a block that had no place there |
//! | rx_error_count | out | rx_clk | bits of a block that are not PRBS31 while its check is on, else 0 |
//! | rx_block_lock | out | rx_clk | synchronised |
//! | rx_high_ber | out | rx_clk | 16 invalid headers in a window, whether locked or not; see [`BerMonitor`] |
//! | rx_status | out | rx_clk | PCS_status: locked, and no high bit error ratio since; the link may be used |
//! | serdes_rx_reset_req | out | rx_clk | one cycle: the transceiver's receiver should be reset; see [`ReceiverWatchdog`] |
//! | cfg_tx_prbs31_enable | in | tx_clk | send the test pattern PRBS31 instead |
//! | cfg_rx_prbs31_enable | in | rx_clk | r_test_mode: count what is not PRBS31; no lock and no slips meanwhile, local fault on XGMII |
//!
//! `WINDOW` is the window of the bit error ratio monitor in cycles: 125 us, or less for test beds (`pcs_10gbase_r_fast_ber`).
//!
//! Latency: transmit 2 cycles, receive 3 (`latencies`). Throughput: 1 word a cycle each way.
//! Bad input: see the encoder and the decoder. Without block lock or with hi_ber local fault leaves on XGMII.
//! Not handled: EEE (its codes pass, its states do not exist).

use super::{BaserDecoder, BaserDescrambler, BaserEncoder, BaserScrambler, BerMonitor, BlockSync, Prbs31Check, ReceiverWatchdog};
use rust_hdl::prelude::*;
use spareband_spec::baser::BER_WINDOW;

#[derive(LogicBlock, Default)]
pub struct Pcs10gbaseR<const WINDOW: usize = BER_WINDOW> {
    pub tx_clk: Signal<In, Clock>,
    pub tx_rst: Signal<In, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_rst: Signal<In, Bit>,
    pub xgmii_txd: Signal<In, Bits<64>>,
    pub xgmii_txc: Signal<In, Bits<8>>,
    pub xgmii_rxd: Signal<Out, Bits<64>>,
    pub xgmii_rxc: Signal<Out, Bits<8>>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub tx_bad_block: Signal<Out, Bit>,
    pub rx_error_count: Signal<Out, Bits<7>>,
    pub rx_bad_block: Signal<Out, Bit>,
    pub rx_sequence_error: Signal<Out, Bit>,
    pub rx_block_lock: Signal<Out, Bit>,
    pub rx_high_ber: Signal<Out, Bit>,
    pub rx_status: Signal<Out, Bit>,
    pub serdes_rx_reset_req: Signal<Out, Bit>,
    pub cfg_tx_prbs31_enable: Signal<In, Bit>,
    pub cfg_rx_prbs31_enable: Signal<In, Bit>,
    encoder: BaserEncoder,
    scrambler: BaserScrambler,
    block_sync: BlockSync,
    ber_monitor: BerMonitor<WINDOW>,
    watchdog: ReceiverWatchdog,
    prbs31_check: Prbs31Check,
    descrambler: BaserDescrambler,
    decoder: BaserDecoder,
    usable: Signal<Local, Bit>,
    /// In reset or r_test_mode: LOCK_INIT and BER_MT_INIT, so that nothing slips and there is no lock.
    rx_hold: DFF<Bit>,
    rx_reset: DFF<Bit>,
}

impl<const WINDOW: usize> Logic for Pcs10gbaseR<WINDOW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.encoder.clk.next = self.tx_clk.val();
        self.encoder.reset.next = self.tx_rst.val();
        self.encoder.xgmii_txd.next = self.xgmii_txd.val();
        self.encoder.xgmii_txc.next = self.xgmii_txc.val();
        self.tx_bad_block.next = self.encoder.bad_block.val();
        self.scrambler.clk.next = self.tx_clk.val();
        self.scrambler.payload.next = self.encoder.payload.val();
        self.scrambler.header.next = self.encoder.header.val();
        self.scrambler.prbs31_enable.next = self.cfg_tx_prbs31_enable.val();
        self.serdes_tx_data.next = self.scrambler.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.scrambler.serdes_tx_hdr.val();

        self.block_sync.clk.next = self.rx_clk.val();
        // From registers near what they hold: a reset comes from far away.
        self.rx_reset.clock.next = self.rx_clk.val();
        self.rx_reset.d.next = self.rx_rst.val();
        self.rx_hold.clock.next = self.rx_clk.val();
        self.rx_hold.d.next = self.rx_rst.val() | self.cfg_rx_prbs31_enable.val();
        self.block_sync.reset.next = self.rx_hold.q.val();
        self.block_sync.header.next = self.serdes_rx_hdr.val();
        self.serdes_rx_bitslip.next = self.block_sync.bitslip.val();
        self.rx_block_lock.next = self.block_sync.block_lock.val();
        self.ber_monitor.clk.next = self.rx_clk.val();
        self.ber_monitor.reset.next = self.rx_hold.q.val();
        self.ber_monitor.header.next = self.serdes_rx_hdr.val();
        self.ber_monitor.block_lock.next = self.block_sync.block_lock.val();
        self.rx_high_ber.next = self.ber_monitor.high_ber.val();
        self.usable.next = self.block_sync.block_lock.val() & !self.ber_monitor.hi_ber.val();
        self.rx_status.next = self.usable.val();
        self.watchdog.clk.next = self.rx_clk.val();
        self.watchdog.reset.next = self.rx_hold.q.val();
        self.watchdog.window_end.next = self.ber_monitor.window_end.val();
        self.watchdog.block_lock.next = self.block_sync.block_lock.val();
        self.watchdog.high_ber.next = self.ber_monitor.high_ber.val();
        self.watchdog.bad_block.next = self.decoder.bad_block.val();
        self.watchdog.sequence_error.next = self.decoder.sequence_error.val();
        self.serdes_rx_reset_req.next = self.watchdog.reset_request.val();
        self.prbs31_check.clk.next = self.rx_clk.val();
        self.prbs31_check.enable.next = self.cfg_rx_prbs31_enable.val();
        self.prbs31_check.line.next = (bit_cast::<66, 64>(self.serdes_rx_data.val()) << 2) | bit_cast::<66, 2>(self.serdes_rx_hdr.val());
        self.rx_error_count.next = self.prbs31_check.error_count.val();
        self.descrambler.clk.next = self.rx_clk.val();
        self.descrambler.serdes_rx_data.next = self.serdes_rx_data.val();
        self.decoder.clk.next = self.rx_clk.val();
        self.decoder.reset.next = self.rx_reset.q.val();
        self.decoder.payload.next = self.descrambler.payload.val();
        self.decoder.header.next = self.serdes_rx_hdr.val();
        self.decoder.usable.next = self.usable.val();
        self.xgmii_rxd.next = self.decoder.xgmii_rxd.val();
        self.xgmii_rxc.next = self.decoder.xgmii_rxc.val();
        self.rx_bad_block.next = self.decoder.bad_block.val();
        self.rx_sequence_error.next = self.decoder.sequence_error.val();
    }
    spareband_hdl::module_name!();
}
