//! Loop-backs at the serial side of a PCS: near end (what is sent is received) and far end (what is received is sent).
//!
//! [`LoopbackPath`], one direction:
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | write_clk | in | | |
//! | word_in | in | write_clk | a word each cycle |
//! | read_clk | in | | as fast as write_clk, at any phase |
//! | enable | in | any | level; low for 16 cycles between two uses |
//! | word_out | out | read_clk | the same words while `active` |
//! | active | out | read_clk | the loop is closed |
//! | slip | out | read_clk | pulse: a word was lost or repeated |
//!
//! [`SerdesLoopback10g`] and [`SerdesLoopback1g`], between a PCS and its transceiver:
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, rx_clk | in | | those of the PCS |
//! | near_end, far_end | in | any | levels, as `enable` above; both may be high |
//! | pcs_tx_data, pcs_tx_hdr | in | tx_clk | from the PCS (1G: pcs_tx_code_group) |
//! | serdes_tx_data, serdes_tx_hdr | out | tx_clk | to the transceiver: the PCS's, or what is received (1G: serdes_tx_code_group) |
//! | serdes_rx_data, serdes_rx_hdr | in | rx_clk | from the transceiver (1G: serdes_rx_code_group) |
//! | pcs_rx_data, pcs_rx_hdr | out | rx_clk | to the PCS: the transceiver's, or what is sent (1G: pcs_rx_code_group) |
//! | pcs_rx_bitslip, serdes_rx_bitslip | in, out | rx_clk | 10G: slips do not reach the transceiver while its words are not looked at |
//! | near_end_active, far_end_active | out | rx_clk, tx_clk | the loop is closed |
//! | near_end_slip, far_end_slip | out | rx_clk, tx_clk | pulse: a word was lost or repeated |
//!
//! Both clocks must have one source. Words of a scrambled or running-disparity code cannot be left out or put in without an error at the receiver, idles among them
//! neither: 64b/66b blocks of a full link hold no whole block of idles, and a 1000BASE-X set dropped here could be one of a configuration or a record. So no
//! adaptation of rates is sound here, and none is tried: near end wants a receiver locked to the reference of the transmitter (as a transceiver is that
//! has no signal, or loops back itself), far end a transmitter clocked by the recovered clock. Adapting belongs above the PCS, where idles show: see `ElasticBuffer`.
//! What the FIFO is for is the phase, which nothing is known of, and its wander: 2 words either way.
//!
//! Invariant: at one frequency every word passes once, in order, and `slip` stays low (`one_frequency_any_phase`). With clocks that differ every
//! lost word and every stop shows as a slip (`other_frequencies_slip_and_say_so`); the PCS sees blocks or code-groups that do not fit and marks its frames.
//! Latency: closed, 8 to 9 cycles from word to word, by phase (`one_frequency_any_phase`); open, none: a gate. Throughput: a word a cycle.
//! Reset: `enable` low. Closing and opening cuts what is on its way, as a plugged cable does.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{AsyncFifo, CdcBit, CdcEvents};

#[derive(LogicBlock)]
pub struct LoopbackPath<const D: usize> {
    pub write_clk: Signal<In, Clock>,
    pub word_in: Signal<In, Bits<D>>,
    pub read_clk: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub word_out: Signal<Out, Bits<D>>,
    pub active: Signal<Out, Bit>,
    pub slip: Signal<Out, Bit>,
    fifo: AsyncFifo<D, 4>,
    enable_write: CdcBit,
    enable_read: CdcBit,
    overflows: CdcEvents,
    /// Cycles to wait with a word there, so that the FIFO is as far from empty as from full.
    settle: DFF<Bits<2>>,
    running: DFF<Bit>,
    closed: DFF<Bit>,
    underflow: DFF<Bit>,
    slipped: DFF<Bit>,
    last_wait: Constant<Bits<2>>,
    first_wait: Constant<Bits<2>>,
    no_events: Constant<Bits<6>>,
}

impl<const D: usize> Default for LoopbackPath<D> {
    fn default() -> Self {
        with_defaults!(Self {
            last_wait: Constant::new(bits(3)),
            first_wait: Constant::new(bits(0)),
            no_events: Constant::new(bits(0)),
        }
            defaults write_clk word_in read_clk enable word_out active slip fifo enable_write enable_read overflows settle running closed underflow
            slipped)
    }
}

impl<const D: usize> Logic for LoopbackPath<D> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, read_clk, settle, running, closed, underflow, slipped);
        self.enable_write.clk.next = self.write_clk.val();
        self.enable_write.d.next = self.enable.val();
        self.enable_read.clk.next = self.read_clk.val();
        self.enable_read.d.next = self.enable.val();
        self.overflows.in_clk.next = self.write_clk.val();
        self.overflows.out_clk.next = self.read_clk.val();
        self.fifo.write_clk.next = self.write_clk.val();
        self.fifo.write_reset.next = !self.enable_write.q.val();
        self.fifo.write.next = self.enable_write.q.val();
        self.fifo.write_data.next = self.word_in.val();
        self.overflows.event_in.next = self.enable_write.q.val() & self.fifo.full.val();

        self.fifo.read_clk.next = self.read_clk.val();
        self.fifo.read_reset.next = !self.enable_read.q.val();
        self.fifo.read.next = self.running.q.val();
        self.underflow.d.next = false;
        if self.running.q.val() {
            if self.fifo.empty.val() {
                self.running.d.next = false;
                self.underflow.d.next = true;
            }
        } else if !self.fifo.empty.val() {
            self.settle.d.next = self.settle.q.val() + 1;
            if self.settle.q.val() == self.last_wait.val() {
                self.running.d.next = true;
                self.closed.d.next = true;
            }
        }
        if !self.enable_read.q.val() {
            self.settle.d.next = self.first_wait.val();
            self.running.d.next = false;
            self.closed.d.next = false;
            self.underflow.d.next = false;
        }
        self.slipped.d.next = self.underflow.q.val() | (self.overflows.increment.val() != self.no_events.val());
        self.word_out.next = self.fifo.read_data.val();
        self.active.next = self.closed.q.val();
        self.slip.next = self.slipped.q.val();
    }
    spareband_hdl::module_name!();
}

#[derive(LogicBlock, Default)]
pub struct SerdesLoopback10g {
    pub tx_clk: Signal<In, Clock>,
    pub rx_clk: Signal<In, Clock>,
    pub near_end: Signal<In, Bit>,
    pub far_end: Signal<In, Bit>,
    pub pcs_tx_data: Signal<In, Bits<64>>,
    pub pcs_tx_hdr: Signal<In, Bits<2>>,
    pub serdes_tx_data: Signal<Out, Bits<64>>,
    pub serdes_tx_hdr: Signal<Out, Bits<2>>,
    pub serdes_rx_data: Signal<In, Bits<64>>,
    pub serdes_rx_hdr: Signal<In, Bits<2>>,
    pub pcs_rx_data: Signal<Out, Bits<64>>,
    pub pcs_rx_hdr: Signal<Out, Bits<2>>,
    pub pcs_rx_bitslip: Signal<In, Bit>,
    pub serdes_rx_bitslip: Signal<Out, Bit>,
    pub near_end_active: Signal<Out, Bit>,
    pub far_end_active: Signal<Out, Bit>,
    pub near_end_slip: Signal<Out, Bit>,
    pub far_end_slip: Signal<Out, Bit>,
    near: LoopbackPath<66>,
    far: LoopbackPath<66>,
    near_word: Signal<Local, Bits<66>>,
    far_word: Signal<Local, Bits<66>>,
}

impl Logic for SerdesLoopback10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.near.write_clk.next = self.tx_clk.val();
        self.near.read_clk.next = self.rx_clk.val();
        self.near.enable.next = self.near_end.val();
        self.near.word_in.next = (bit_cast::<66, 64>(self.pcs_tx_data.val()) << 2) | bit_cast::<66, 2>(self.pcs_tx_hdr.val());
        self.far.write_clk.next = self.rx_clk.val();
        self.far.read_clk.next = self.tx_clk.val();
        self.far.enable.next = self.far_end.val();
        self.far.word_in.next = (bit_cast::<66, 64>(self.serdes_rx_data.val()) << 2) | bit_cast::<66, 2>(self.serdes_rx_hdr.val());
        self.near_word.next = self.near.word_out.val();
        self.far_word.next = self.far.word_out.val();
        self.pcs_rx_data.next = self.serdes_rx_data.val();
        self.pcs_rx_hdr.next = self.serdes_rx_hdr.val();
        if self.near.active.val() {
            self.pcs_rx_data.next = self.near_word.val().get_bits::<64>(2);
            self.pcs_rx_hdr.next = self.near_word.val().get_bits::<2>(0);
        }
        self.serdes_tx_data.next = self.pcs_tx_data.val();
        self.serdes_tx_hdr.next = self.pcs_tx_hdr.val();
        if self.far.active.val() {
            self.serdes_tx_data.next = self.far_word.val().get_bits::<64>(2);
            self.serdes_tx_hdr.next = self.far_word.val().get_bits::<2>(0);
        }
        self.serdes_rx_bitslip.next = self.pcs_rx_bitslip.val() & !self.near.active.val();
        self.near_end_active.next = self.near.active.val();
        self.far_end_active.next = self.far.active.val();
        self.near_end_slip.next = self.near.slip.val();
        self.far_end_slip.next = self.far.slip.val();
    }
    spareband_hdl::module_name!();
}

#[derive(LogicBlock, Default)]
pub struct SerdesLoopback1g {
    pub tx_clk: Signal<In, Clock>,
    pub rx_clk: Signal<In, Clock>,
    pub near_end: Signal<In, Bit>,
    pub far_end: Signal<In, Bit>,
    pub pcs_tx_code_group: Signal<In, Bits<10>>,
    pub serdes_tx_code_group: Signal<Out, Bits<10>>,
    pub serdes_rx_code_group: Signal<In, Bits<10>>,
    pub pcs_rx_code_group: Signal<Out, Bits<10>>,
    pub near_end_active: Signal<Out, Bit>,
    pub far_end_active: Signal<Out, Bit>,
    pub near_end_slip: Signal<Out, Bit>,
    pub far_end_slip: Signal<Out, Bit>,
    near: LoopbackPath<10>,
    far: LoopbackPath<10>,
}

impl Logic for SerdesLoopback1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.near.write_clk.next = self.tx_clk.val();
        self.near.read_clk.next = self.rx_clk.val();
        self.near.enable.next = self.near_end.val();
        self.near.word_in.next = self.pcs_tx_code_group.val();
        self.far.write_clk.next = self.rx_clk.val();
        self.far.read_clk.next = self.tx_clk.val();
        self.far.enable.next = self.far_end.val();
        self.far.word_in.next = self.serdes_rx_code_group.val();
        self.pcs_rx_code_group.next = self.serdes_rx_code_group.val();
        if self.near.active.val() {
            self.pcs_rx_code_group.next = self.near.word_out.val();
        }
        self.serdes_tx_code_group.next = self.pcs_tx_code_group.val();
        if self.far.active.val() {
            self.serdes_tx_code_group.next = self.far.word_out.val();
        }
        self.near_end_active.next = self.near.active.val();
        self.far_end_active.next = self.far.active.val();
        self.near_end_slip.next = self.near.slip.val();
        self.far_end_slip.next = self.far.slip.val();
    }
    spareband_hdl::module_name!();
}
