//! Mode D of the link protocol, transmit: sequence ordered sets in place of idle columns of XGMII (docs/LINK_PROTOCOL.md, IEEE 802.3 46.3.4).
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | the clock of XGMII transmit |
//! | enable | in | clk | send, from the next cycle on; low starts a new round |
//! | inhibit | in | clk | the reconciliation sublayer does not let the MAC through (faults): from the next cycle on nothing goes, and a new round starts |
//! | chassis | in | clk | source: low a blade, high a chassis aggregate |
//! | record | in | clk | version down to queue, 48 bits; one is taken a round |
//! | mac_txd, mac_txc | in | clk | from the MAC, two columns a cycle |
//! | xgmii_txd, xgmii_txc | out | clk | the same, some idle columns replaced |
//!
//! Invariant: only columns of four idles are replaced, only after a column that leaves as four idles, and in the first half of a word only
//! before idles or a start. So there is an idle column between any two sets, and between the column of /T/ and a set; no word with /T/
//! changes; the MAC's own sequence sets stay (`guards_hold_for_any_input`).
//! Latency: 0 cycles, combinational (`tests/embedding_10g.rs`). Throughput: a set every second word; one in every gap at full load
//! (`sets_in_every_gap`). Reset: nothing goes from the next cycle on; the MAC passes.
//! Not seen: a sequence set of the MAC right after a set in the second half of a word, as that would take a word of delay.

use super::FieldRound;
use rust_hdl::prelude::*;
use spareband_hdl::parts::XorNet;
use spareband_spec::{embedding, xgmii};

#[derive(LogicBlock)]
pub struct SequenceInject {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub inhibit: Signal<In, Bit>,
    pub chassis: Signal<In, Bit>,
    pub record: Signal<In, Bits<48>>,
    pub mac_txd: Signal<In, Bits<64>>,
    pub mac_txc: Signal<In, Bits<8>>,
    pub xgmii_txd: Signal<Out, Bits<64>>,
    pub xgmii_txc: Signal<Out, Bits<8>>,
    round: FieldRound,
    check_net: XorNet<23, 7>,
    idle_column: Constant<Bits<32>>,
    all_control: Constant<Bits<4>>,
    set_control: Constant<Bits<4>>,
    start: Constant<Bits<8>>,
    sequence: Constant<Bits<32>>,
    blade: Constant<Bits<4>>,
    crc_initial: Constant<Bits<7>>,
    check_bit: Constant<Bits<32>>,
    /// The next set: D1, D2, D3 over 9C.
    set: DFF<Bits<32>>,
    ready: DFF<Bit>,
    /// `ready` and `go`: a set may leave.
    armed: DFF<Bit>,
    /// The last column left as four idles.
    idle_before: DFF<Bit>,
    go: DFF<Bit>,
    goes: Signal<Local, Bit>,
    stays: Signal<Local, Bit>,
    load: Signal<Local, Bit>,
    source: Signal<Local, Bits<4>>,
    header: Signal<Local, Bits<8>>,
    low: Signal<Local, Bits<32>>,
    high: Signal<Local, Bits<32>>,
    low_control: Signal<Local, Bits<4>>,
    high_control: Signal<Local, Bits<4>>,
    low_idle: Signal<Local, Bit>,
    high_idle: Signal<Local, Bit>,
    high_start: Signal<Local, Bit>,
    put_low: Signal<Local, Bit>,
    put_high: Signal<Local, Bit>,
    out_low: Signal<Local, Bits<32>>,
    out_high: Signal<Local, Bits<32>>,
    out_low_control: Signal<Local, Bits<4>>,
    out_high_control: Signal<Local, Bits<4>>,
}

/// CRC register in bits 22:16, D1 in 15:8, D2 in 7:0.
pub(super) fn check_step(x: u128) -> u128 {
    u128::from(embedding::crc7_update((x >> 16) as u8, x as u16))
}

impl Default for SequenceInject {
    fn default() -> Self {
        // One bit tells the sources apart.
        assert_eq!(embedding::SOURCE_BLADE | 1, embedding::SOURCE_CHASSIS);
        with_defaults!(Self {
            check_net: XorNet::from_fn(check_step),
            idle_column: Constant::new(bits::<32>(xgmii::IDLE_WORD >> 32)),
            all_control: Constant::new(bits::<4>(0xF)),
            set_control: Constant::new(bits::<4>(u64::from(embedding::COLUMN_CONTROL))),
            start: Constant::new(bits::<8>(u64::from(xgmii::START))),
            sequence: Constant::new(bits::<32>(u64::from(xgmii::SEQUENCE))),
            blade: Constant::new(bits::<4>(u64::from(embedding::SOURCE_BLADE))),
            crc_initial: Constant::new(bits::<7>(u64::from(embedding::CRC7_INITIAL))),
            check_bit: Constant::new(bits::<32>(1 << 31)),
        }
            defaults clk reset enable inhibit chassis record mac_txd mac_txc xgmii_txd xgmii_txc round set ready armed idle_before go goes stays load
            source header low high low_control high_control low_idle high_idle high_start put_low put_high out_low out_high
            out_low_control out_high_control)
    }
}

impl Logic for SequenceInject {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, go, set, ready, armed, idle_before);
        self.goes.next = self.enable.val() & !self.inhibit.val() & !self.reset.val();
        self.go.d.next = self.goes.val();

        // The set to come.
        self.load.next = self.go.q.val() & !self.ready.q.val();
        self.round.clk.next = self.clk.val();
        self.round.reset.next = !self.go.q.val();
        self.round.record.next = self.record.val();
        self.round.sent.next = self.load.val();
        self.source.next = self.blade.val() | bit_cast::<4, 1>(self.chassis.val().into());
        self.header.next = (bit_cast::<8, 4>(self.source.val()) << 4) | bit_cast::<8, 3>(self.round.field.val());
        self.check_net.x.next = (bit_cast::<23, 7>(self.crc_initial.val()) << 16)
            | (bit_cast::<23, 8>(self.header.val()) << 8)
            | bit_cast::<23, 8>(self.round.value.val());
        if self.load.val() {
            self.set.d.next = self.sequence.val()
                | (bit_cast::<32, 8>(self.header.val()) << 8)
                | (bit_cast::<32, 8>(self.round.value.val()) << 16)
                | (bit_cast::<32, 7>(self.check_net.y.val()) << 24)
                | self.check_bit.val();
        }

        // Where it may go.
        self.low.next = self.mac_txd.val().get_bits::<32>(0);
        self.high.next = self.mac_txd.val().get_bits::<32>(32);
        self.low_control.next = self.mac_txc.val().get_bits::<4>(0);
        self.high_control.next = self.mac_txc.val().get_bits::<4>(4);
        self.low_idle.next = (self.low.val() == self.idle_column.val()) & (self.low_control.val() == self.all_control.val());
        self.high_idle.next = (self.high.val() == self.idle_column.val()) & (self.high_control.val() == self.all_control.val());
        self.high_start.next = (self.high.val().get_bits::<8>(0) == self.start.val()) & (self.high_control.val() == self.set_control.val());
        self.put_low.next =
            self.armed.q.val() & self.idle_before.q.val() & self.low_idle.val() & (self.high_idle.val() | self.high_start.val());
        self.put_high.next = self.armed.q.val() & !self.idle_before.q.val() & self.low_idle.val() & self.high_idle.val();
        self.idle_before.d.next = self.high_idle.val() & !self.put_high.val();
        self.stays.next = self.go.q.val() & !self.put_low.val() & !self.put_high.val();
        self.ready.d.next = self.stays.val();
        self.armed.d.next = self.stays.val() & self.goes.val();
        if self.reset.val() {
            self.idle_before.d.next = false;
        }

        self.out_low.next = self.low.val();
        self.out_low_control.next = self.low_control.val();
        if self.put_low.val() {
            self.out_low.next = self.set.q.val();
            self.out_low_control.next = self.set_control.val();
        }
        self.out_high.next = self.high.val();
        self.out_high_control.next = self.high_control.val();
        if self.put_high.val() {
            self.out_high.next = self.set.q.val();
            self.out_high_control.next = self.set_control.val();
        }
        self.xgmii_txd.next = (bit_cast::<64, 32>(self.out_high.val()) << 32) | bit_cast::<64, 32>(self.out_low.val());
        self.xgmii_txc.next = (bit_cast::<8, 4>(self.out_high_control.val()) << 4) | bit_cast::<8, 4>(self.out_low_control.val());
    }
}
