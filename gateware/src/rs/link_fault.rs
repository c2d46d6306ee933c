//! Link fault state of a reconciliation sublayer. IEEE 802.3 46.3.4, Figure 46-9.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | reset returns to INIT |
//! | xgmii_rxd, xgmii_rxc | in | clk | two columns, lane 0 in the low bits |
//! | local_fault, remote_fault | out | clk | link_fault; at most one |
//!
//! Invariant: a fault stands from the fourth of its sequences, no two 128 columns apart, to the 128th column without one.
//! Latency: 3 cycles (`a_fault_takes_four_sequences`): the columns are looked at in one and counted in the next. Throughput: two columns a cycle.
//! Bad input: other Sequence ordered sets, utilisation among them, are columns without a fault.

use rust_hdl::prelude::*;
use spareband_spec::xgmii;

// The counter of columns runs over at the limit.
const _: () = assert!(xgmii::FAULT_COLUMNS == 1 << 7);

#[derive(LogicBlock)]
pub struct LinkFault {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub xgmii_rxd: Signal<In, Bits<64>>,
    pub xgmii_rxc: Signal<In, Bits<8>>,
    pub local_fault: Signal<Out, Bit>,
    pub remote_fault: Signal<Out, Bit>,
    column: Signal<Local, Bits<32>>,
    control: Signal<Local, Bits<4>>,
    fault_seen: [DFF<Bit>; 2],
    remote_seen: [DFF<Bit>; 2],
    /// seq_type: remote, else local.
    remote_type: DFF<Bit>,
    /// seq_cnt, up to three.
    sequences: DFF<Bits<2>>,
    /// col_cnt, up to 127.
    columns: DFF<Bits<7>>,
    local: DFF<Bit>,
    remote: DFF<Bit>,
    type_now: Signal<Local, Bit>,
    sequences_now: Signal<Local, Bits<2>>,
    columns_now: Signal<Local, Bits<7>>,
    local_now: Signal<Local, Bit>,
    remote_now: Signal<Local, Bit>,
    only_first: Constant<Bits<4>>,
    local_sequence: Constant<Bits<32>>,
    remote_sequence: Constant<Bits<32>>,
    no_sequences: Constant<Bits<2>>,
    all_sequences: Constant<Bits<2>>,
    no_columns: Constant<Bits<7>>,
}

impl Default for LinkFault {
    fn default() -> Self {
        let sequence = |fault: u8| Constant::new(bits::<32>(xgmii::fault_word(fault) >> 32));
        with_defaults!(Self {
            only_first: Constant::new(bits(1)),
            local_sequence: sequence(xgmii::LOCAL_FAULT),
            remote_sequence: sequence(xgmii::REMOTE_FAULT),
            no_sequences: Constant::new(bits(0)),
            all_sequences: Constant::new(bits((xgmii::FAULT_SEQUENCES - 1).into())),
            no_columns: Constant::new(bits(0)),
        }
            defaults clk reset xgmii_rxd xgmii_rxc local_fault remote_fault column control fault_seen remote_seen remote_type
            sequences columns local remote type_now sequences_now columns_now local_now remote_now)
    }
}

impl Logic for LinkFault {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, remote_type, sequences, columns, local, remote);
        self.type_now.next = self.remote_type.q.val();
        self.sequences_now.next = self.sequences.q.val();
        self.columns_now.next = self.columns.q.val();
        self.local_now.next = self.local.q.val();
        self.remote_now.next = self.remote.q.val();
        for i in 0..2 {
            self.fault_seen[i].clock.next = self.clk.val();
            self.remote_seen[i].clock.next = self.clk.val();
            self.column.next = self.xgmii_rxd.val().get_bits::<32>(32 * i);
            self.control.next = self.xgmii_rxc.val().get_bits::<4>(4 * i);
            self.fault_seen[i].d.next = (self.control.val() == self.only_first.val())
                & ((self.column.val() == self.local_sequence.val()) | (self.column.val() == self.remote_sequence.val()));
            self.remote_seen[i].d.next = self.column.val().get_bit(25);
            if self.fault_seen[i].q.val() {
                if (self.sequences_now.val() == self.no_sequences.val()) | (self.remote_seen[i].q.val() != self.type_now.val()) {
                    // NEW_FAULT_TYPE: its first sequence.
                    self.type_now.next = self.remote_seen[i].q.val();
                    self.sequences_now.next = self.no_sequences.val() + 1;
                } else if self.sequences_now.val() == self.all_sequences.val() {
                    self.local_now.next = !self.type_now.val();
                    self.remote_now.next = self.type_now.val();
                } else {
                    self.sequences_now.next = self.sequences_now.val() + 1;
                }
                self.columns_now.next = self.no_columns.val();
            } else if self.columns_now.val().all() {
                // INIT
                self.local_now.next = false;
                self.remote_now.next = false;
                self.sequences_now.next = self.no_sequences.val();
            } else {
                self.columns_now.next = self.columns_now.val() + 1;
            }
        }
        self.remote_type.d.next = self.type_now.val();
        self.sequences.d.next = self.sequences_now.val();
        self.columns.d.next = self.columns_now.val();
        self.local.d.next = self.local_now.val();
        self.remote.d.next = self.remote_now.val();
        if self.reset.val() {
            self.sequences.d.next = self.no_sequences.val();
            self.columns.d.next = self.no_columns.val();
            self.local.d.next = false;
            self.remote.d.next = false;
        }
        self.local_fault.next = self.local.q.val();
        self.remote_fault.next = self.remote.q.val();
    }
    spareband_hdl::module_name!();
}
