//! A 10GBASE-R link end whose received frames and states are brought to the core's clock: the manager's uplink, and the link to a blade
//! or chassis that has such a link.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk_core, core_reset | in | 1 | | 156.25 MHz, also transmit |
//! | clk_rx | in | 1 | | 156.25 MHz, recovered |
//! | reset | in | 1 | any | the manager's reset; synchronised here to clk_rx |
//! | tx_* | stream | 64 | clk_core | frames to send; a word a cycle must follow within a frame |
//! | tx_underrun | out | 1 | clk_core | event: a frame ran dry |
//! | rx_* | stream | 64 | clk_core | received frames; never held up |
//! | max_frame_length | in | 16 | any, constant | longest frame accepted |
//! | serdes_* | | | | as in `Pcs10gbaseR` |
//! | block_lock, local_fault, remote_fault | out | 1 | clk_core | state |
//! | link_up | out | 1 | clk_core | block lock and neither fault |
//! | bad_blocks, sequence_errors | out | 6 | clk_core | events in this cycle |
//!
//! Crossings: `rx_words` (AsyncFifo), CdcBit a state, CdcEvents a kind of event. Holds no logic.
//! Latency: that of `Link10g` and at most 5 cycles of `AsyncFifo` on receive. The FIFO cannot fill: both clocks are within 200 ppm of each
//! other, and between any two frames are 13 bytes at least that carry no word.

use crate::mac::Link10g;
use rust_hdl::prelude::*;
use spareband_hdl::parts::{AsyncFifo, CdcBit, CdcEvents, ResetSync};

/// Cause, error, last, keep, data.
const WORD: usize = 77;

#[derive(LogicBlock, Default)]
pub struct LinkPort10g {
    pub clk_core: Signal<In, Clock>,
    pub core_reset: Signal<In, Bit>,
    pub clk_rx: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<64>>,
    pub tx_keep: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub tx_underrun: Signal<Out, Bit>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<64>>,
    pub rx_keep: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub max_frame_length: Signal<In, Bits<16>>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub link_up: Signal<Out, Bit>,
    pub block_lock: Signal<Out, Bit>,
    pub local_fault: Signal<Out, Bit>,
    pub remote_fault: Signal<Out, Bit>,
    pub bad_blocks: Signal<Out, Bits<6>>,
    pub sequence_errors: Signal<Out, Bits<6>>,
    rx_reset: ResetSync,
    link: Link10g,
    rx_words: AsyncFifo<WORD, 5>,
    block_lock_crossing: CdcBit,
    local_fault_crossing: CdcBit,
    remote_fault_crossing: CdcBit,
    bad_block_crossing: CdcEvents,
    sequence_error_crossing: CdcEvents,
    marks: Signal<Local, Bits<5>>,
    word_in: Signal<Local, Bits<WORD>>,
    word_out: Signal<Local, Bits<WORD>>,
}

impl Logic for LinkPort10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.rx_reset.clk.next = self.clk_rx.val();
        self.rx_reset.reset_in.next = self.reset.val();
        self.link.tx_clk.next = self.clk_core.val();
        self.link.tx_rst.next = self.core_reset.val();
        self.link.rx_clk.next = self.clk_rx.val();
        self.link.rx_rst.next = self.rx_reset.reset_out.val();
        self.link.tx_valid.next = self.tx_valid.val();
        self.tx_ready.next = self.link.tx_ready.val();
        self.link.tx_data.next = self.tx_data.val();
        self.link.tx_keep.next = self.tx_keep.val();
        self.link.tx_last.next = self.tx_last.val();
        self.link.tx_error.next = self.tx_error.val();
        self.tx_underrun.next = self.link.tx_underrun.val();
        self.link.rx_max_length.next = self.max_frame_length.val();
        self.serdes_tx_data.next = self.link.serdes_tx_data.val();
        self.serdes_tx_hdr.next = self.link.serdes_tx_hdr.val();
        self.link.serdes_rx_data.next = self.serdes_rx_data.val();
        self.link.serdes_rx_hdr.next = self.serdes_rx_hdr.val();
        self.serdes_rx_bitslip.next = self.link.serdes_rx_bitslip.val();

        self.marks.next = (bit_cast::<5, 3>(self.link.rx_cause.val()) << 2)
            | (bit_cast::<5, 1>(self.link.rx_error.val().into()) << 1)
            | bit_cast::<5, 1>(self.link.rx_last.val().into());
        self.word_in.next = (bit_cast::<WORD, 5>(self.marks.val()) << 72)
            | (bit_cast::<WORD, 8>(self.link.rx_keep.val()) << 64)
            | bit_cast::<WORD, 64>(self.link.rx_data.val());
        self.rx_words.write_clk.next = self.clk_rx.val();
        self.rx_words.write_reset.next = self.rx_reset.reset_out.val();
        self.rx_words.write.next = self.link.rx_valid.val();
        self.rx_words.write_data.next = self.word_in.val();
        self.rx_words.read_clk.next = self.clk_core.val();
        self.rx_words.read_reset.next = self.core_reset.val();
        self.rx_words.read.next = !self.rx_words.empty.val();
        self.word_out.next = self.rx_words.read_data.val();
        self.rx_valid.next = !self.rx_words.empty.val();
        self.rx_data.next = self.word_out.val().get_bits::<64>(0);
        self.rx_keep.next = self.word_out.val().get_bits::<8>(64);
        self.rx_last.next = self.word_out.val().get_bit(72);
        self.rx_error.next = self.word_out.val().get_bit(73);
        self.rx_cause.next = self.word_out.val().get_bits::<3>(74);

        self.block_lock_crossing.clk.next = self.clk_core.val();
        self.block_lock_crossing.d.next = self.link.rx_block_lock.val();
        self.block_lock.next = self.block_lock_crossing.q.val();
        self.local_fault_crossing.clk.next = self.clk_core.val();
        self.local_fault_crossing.d.next = self.link.local_fault.val();
        self.local_fault.next = self.local_fault_crossing.q.val();
        self.remote_fault_crossing.clk.next = self.clk_core.val();
        self.remote_fault_crossing.d.next = self.link.remote_fault.val();
        self.remote_fault.next = self.remote_fault_crossing.q.val();
        self.link_up.next = self.block_lock_crossing.q.val() & !self.local_fault_crossing.q.val() & !self.remote_fault_crossing.q.val();
        self.bad_block_crossing.in_clk.next = self.clk_rx.val();
        self.bad_block_crossing.event_in.next = self.link.rx_bad_block.val();
        self.bad_block_crossing.out_clk.next = self.clk_core.val();
        self.bad_blocks.next = self.bad_block_crossing.increment.val();
        self.sequence_error_crossing.in_clk.next = self.clk_rx.val();
        self.sequence_error_crossing.event_in.next = self.link.rx_sequence_error.val();
        self.sequence_error_crossing.out_clk.next = self.clk_core.val();
        self.sequence_errors.next = self.sequence_error_crossing.increment.val();
    }
    spareband_hdl::module_name!();
}
