//! The 1000BASE-X PCS with 8b/10b and auto-negotiation. IEEE 802.3 Clauses 36 and 37. Beside GMII it has ports for utilisation sets: idles whose second code-group
//! another core chooses, and the code-groups as they are received.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | tx_clk, tx_reset | in | | 125 MHz |
//! | gmii_txd, gmii_tx_en, gmii_tx_er | in | tx_clk | GMII transmit |
//! | tx_code_group | out | tx_clk | bit 0 = `a`, first on the wire |
//! | offer_valid, offer, offer_control | in | tx_clk | second code-group for the next idle set: Dx.y, or Kx.y if `offer_control` |
//! | set_sent | out | tx_clk | the second code-group of an idle set is chosen in this cycle |
//! | offer_taken | out | tx_clk | it is the offered one |
//! | tx_data | out | tx_clk | sets are taken: xmit is DATA, and the own receiver is synchronised |
//! | rx_clk, rx_reset | in | | 125 MHz, recovered |
//! | an_enable, an_restart | in | any | levels: auto-negotiate; break the link |
//! | an_sgmii | in | any, constant | this end is the MAC of an SGMII: it sends 0x0001, and the partner's word tells whether the link is up |
//! | an_ability | in | any, constant | base page to advertise; bit 14 is the machine's, bit 15 (next page) is to be 0 |
//! | an_link_timer | in | any, constant | link timer in cycles of rx_clk |
//! | an_complete, an_page_received, an_lp_ability | out | rx_clk | auto-negotiation is done; a page has come; the partner's page |
//! | link_up | out | rx_clk | frames can pass |
//! | rx_code_group | in | rx_clk | ten bits of the line, bit 0 first, any alignment |
//! | gmii_rxd, gmii_rx_dv, gmii_rx_er | out | rx_clk | GMII receive |
//! | sync | out | rx_clk | sync_status |
//! | rx_code_error, rx_disparity_error | out | rx_clk | pulses, while synchronised |
//! | group_k28_5_minus | out | rx_clk | this code-group is exactly `001111 1010` |
//! | group_k28_5 | out | rx_clk | this code-group is K28.5 |
//! | group_valid, group_control, group_value | out | rx_clk | it is in the right column; Kx.y; the byte |
//! | rx_data | out | rx_clk | data is received: sets mean something |
//!
//! Invariant: with offered sets or without, a receiver by the standard sees the same frames with the same gaps (`tests/basex.rs`);
//! sets are only offered while xmit is DATA.
//! Latency, measured by `latency_of_the_pcs` in `tests/basex.rs`: gmii_txd to tx_code_group 4 cycles, rx_code_group to gmii_rxd 8 at
//! alignment 0. Throughput: 1 byte a cycle. While `an_enable` is low both sides send data from the start; then the own receiver's
//! synchronisation stands for a live partner. SGMII at 10 and 100 Mb/s, where bytes are repeated, is not done: the link stays down.
//!
//! Auto-negotiation runs in rx_clk, where the partner's words come; what it decides crosses to tx_clk bit by bit. The bits change one
//! at a time, but for the break of the link, where one set may be half old.

use super::{AutoNegotiation, CarrierDetect, CodeGroupAlign, Decoder8b10b, Encoder8b10b, Receive, Synchronization, Transmit};
use rust_hdl::prelude::*;
use spareband_hdl::parts::CdcBit;
use spareband_spec::auto_negotiation::{ACKNOWLEDGE, SGMII_MAC};

/// A code-group that was received.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Group {
    code_error: Bit,
    disparity_error: Bit,
    /// Either.
    invalid: Bit,
    control: Bit,
    value: Bits<8>,
    data: Bit,
    comma: Bit,
    k28_5: Bit,
    k28_5_minus: Bit,
    /// carrier_detect holds for it.
    carrier: Bit,
}

#[derive(LogicBlock)]
pub struct Pcs1000baseX {
    pub tx_clk: Signal<In, Clock>,
    pub tx_reset: Signal<In, Bit>,
    pub gmii_txd: Signal<In, Bits<8>>,
    pub gmii_tx_en: Signal<In, Bit>,
    pub gmii_tx_er: Signal<In, Bit>,
    pub tx_code_group: Signal<Out, Bits<10>>,
    pub offer_valid: Signal<In, Bit>,
    pub offer_control: Signal<In, Bit>,
    pub offer: Signal<In, Bits<8>>,
    pub set_sent: Signal<Out, Bit>,
    pub offer_taken: Signal<Out, Bit>,
    pub tx_data: Signal<Out, Bit>,
    pub rx_clk: Signal<In, Clock>,
    pub rx_reset: Signal<In, Bit>,
    pub rx_code_group: Signal<In, Bits<10>>,
    pub gmii_rxd: Signal<Out, Bits<8>>,
    pub gmii_rx_dv: Signal<Out, Bit>,
    pub gmii_rx_er: Signal<Out, Bit>,
    pub sync: Signal<Out, Bit>,
    pub rx_code_error: Signal<Out, Bit>,
    pub rx_disparity_error: Signal<Out, Bit>,
    pub group_k28_5_minus: Signal<Out, Bit>,
    pub group_k28_5: Signal<Out, Bit>,
    pub group_valid: Signal<Out, Bit>,
    pub group_control: Signal<Out, Bit>,
    pub group_value: Signal<Out, Bits<8>>,
    pub rx_data: Signal<Out, Bit>,
    pub an_enable: Signal<In, Bit>,
    pub an_restart: Signal<In, Bit>,
    pub an_sgmii: Signal<In, Bit>,
    pub an_ability: Signal<In, Bits<16>>,
    pub an_link_timer: Signal<In, Bits<21>>,
    pub an_complete: Signal<Out, Bit>,
    pub an_page_received: Signal<Out, Bit>,
    pub an_lp_ability: Signal<Out, Bits<16>>,
    pub link_up: Signal<Out, Bit>,
    transmit: Transmit,
    encoder: Encoder8b10b,
    sync_to_tx: CdcBit,
    align: CodeGroupAlign,
    decoder: Decoder8b10b,
    carrier_detector: CarrierDetect,
    synchronization: Synchronization,
    receive: Receive,
    negotiation: AutoNegotiation,
    enable_to_rx: CdcBit,
    restart_to_rx: CdcBit,
    xmit_configuration_to_tx: CdcBit,
    xmit_data_to_tx: CdcBit,
    advertise_to_tx: CdcBit,
    acknowledge_to_tx: CdcBit,
    sgmii_word: Constant<Bits<16>>,
    acknowledge_bit: Constant<Bits<16>>,
    but_acknowledge: Constant<Bits<16>>,
    page: Signal<Local, Bits<16>>,
    partner_ready: Signal<Local, Bit>,
    k28: Signal<Local, Bit>,
    y: Signal<Local, Bits<3>>,
    y_1: Constant<Bits<3>>,
    y_5: Constant<Bits<3>>,
    y_7: Constant<Bits<3>>,
    invalid: Signal<Local, Bit>,
    good_control: Signal<Local, Bit>,
    group: DFF<Group>,
    code_error: DFF<Bit>,
    disparity_error: DFF<Bit>,
}

impl Default for Pcs1000baseX {
    fn default() -> Self {
        with_defaults!(Self {
            sgmii_word: Constant::new(bits::<16>(SGMII_MAC.into())),
            acknowledge_bit: Constant::new(bits::<16>(ACKNOWLEDGE.into())),
            but_acknowledge: Constant::new(bits::<16>((!ACKNOWLEDGE).into())),
            y_1: Constant::new(bits::<3>(1)),
            y_5: Constant::new(bits::<3>(5)),
            y_7: Constant::new(bits::<3>(7)),
        }
            defaults tx_clk tx_reset gmii_txd gmii_tx_en gmii_tx_er tx_code_group offer_valid offer_control offer set_sent
            offer_taken tx_data rx_clk rx_reset rx_code_group gmii_rxd gmii_rx_dv gmii_rx_er sync rx_code_error
            rx_disparity_error group_k28_5_minus group_k28_5 group_valid group_control group_value rx_data an_enable an_restart
            an_sgmii an_ability an_link_timer an_complete an_page_received an_lp_ability link_up transmit encoder sync_to_tx
            align decoder carrier_detector synchronization receive negotiation enable_to_rx restart_to_rx xmit_configuration_to_tx
            xmit_data_to_tx advertise_to_tx acknowledge_to_tx page partner_ready k28 y invalid good_control group code_error disparity_error)
    }
}

impl Logic for Pcs1000baseX {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, rx_clk, group, code_error, disparity_error);
        self.transmit.clk.next = self.tx_clk.val();
        self.transmit.reset.next = self.tx_reset.val();
        self.encoder.clk.next = self.tx_clk.val();
        self.encoder.reset.next = self.tx_reset.val();
        self.sync_to_tx.clk.next = self.tx_clk.val();
        self.align.clk.next = self.rx_clk.val();
        self.decoder.clk.next = self.rx_clk.val();
        self.carrier_detector.clk.next = self.rx_clk.val();
        self.synchronization.clk.next = self.rx_clk.val();
        self.synchronization.reset.next = self.rx_reset.val();
        self.receive.clk.next = self.rx_clk.val();
        self.receive.reset.next = self.rx_reset.val();

        self.xmit_configuration_to_tx.clk.next = self.tx_clk.val();
        self.xmit_data_to_tx.clk.next = self.tx_clk.val();
        self.advertise_to_tx.clk.next = self.tx_clk.val();
        self.acknowledge_to_tx.clk.next = self.tx_clk.val();
        self.enable_to_rx.clk.next = self.rx_clk.val();
        self.restart_to_rx.clk.next = self.rx_clk.val();
        self.negotiation.clk.next = self.rx_clk.val();
        self.negotiation.reset.next = self.rx_reset.val();

        self.sync_to_tx.d.next = self.synchronization.sync.val();
        self.tx_data.next = self.sync_to_tx.q.val() & self.xmit_data_to_tx.q.val();
        self.page.next = 0.into();
        if self.advertise_to_tx.q.val() {
            self.page.next = self.an_ability.val() & self.but_acknowledge.val();
            if self.an_sgmii.val() {
                self.page.next = self.sgmii_word.val();
            }
            if self.acknowledge_to_tx.q.val() {
                self.page.next = self.page.val() | self.acknowledge_bit.val();
            }
        }
        self.transmit.configuration.next = self.page.val();
        self.transmit.xmit_configuration.next = self.xmit_configuration_to_tx.q.val();
        self.transmit.xmit_data.next = self.xmit_data_to_tx.q.val();
        self.transmit.gmii_txd.next = self.gmii_txd.val();
        self.transmit.gmii_tx_en.next = self.gmii_tx_en.val();
        self.transmit.gmii_tx_er.next = self.gmii_tx_er.val();
        self.transmit.positive.next = self.encoder.positive.val();
        self.transmit.offer_valid.next = self.offer_valid.val() & self.sync_to_tx.q.val();
        self.transmit.offer_control.next = self.offer_control.val();
        self.transmit.offer.next = self.offer.val();
        self.set_sent.next = self.transmit.set_sent.val();
        self.offer_taken.next = self.transmit.offer_taken.val();
        self.encoder.control.next = self.transmit.control.val();
        self.encoder.value.next = self.transmit.value.val();
        self.tx_code_group.next = self.encoder.code_group.val();

        self.align.hunt.next = self.synchronization.hunt.val();
        self.align.code_group.next = self.rx_code_group.val();
        self.decoder.code_group.next = self.align.aligned.val();
        self.carrier_detector.code_group.next = self.align.aligned.val();
        self.carrier_detector.positive.next = self.decoder.positive.val();
        // What the code-group is, for all machines at once; a cycle later, as disparity is late.
        self.invalid.next = self.decoder.code_error.val() | self.decoder.disparity_error.val();
        self.good_control.next = self.decoder.control.val() & !self.invalid.val();
        // Of the valid special code-groups only K28.y has both low bits clear.
        self.k28.next = self.good_control.val() & !self.decoder.value.val().get_bit(1) & !self.decoder.value.val().get_bit(0);
        self.y.next = self.decoder.value.val().get_bits::<3>(5);
        self.group.d.next.code_error = self.decoder.code_error.val();
        self.group.d.next.disparity_error = self.decoder.disparity_error.val();
        self.group.d.next.invalid = self.invalid.val();
        self.group.d.next.control = self.decoder.control.val();
        self.group.d.next.value = self.decoder.value.val();
        self.group.d.next.data = !self.decoder.control.val() & !self.invalid.val();
        self.group.d.next.comma =
            self.k28.val() & ((self.y.val() == self.y_1.val()) | (self.y.val() == self.y_5.val()) | (self.y.val() == self.y_7.val()));
        self.group.d.next.k28_5 = self.k28.val() & (self.y.val() == self.y_5.val());
        self.group.d.next.k28_5_minus = self.k28.val() & (self.y.val() == self.y_5.val()) & !self.decoder.positive.val();
        self.group.d.next.carrier = self.carrier_detector.carrier.val();

        self.align.invalid.next = self.group.q.val().invalid;
        self.synchronization.comma.next = self.group.q.val().comma;
        self.synchronization.data.next = self.group.q.val().data;
        self.synchronization.invalid.next = self.group.q.val().invalid;
        self.receive.control.next = self.group.q.val().control;
        self.receive.value.next = self.group.q.val().value;
        self.receive.invalid.next = self.group.q.val().invalid;
        self.receive.carrier.next = self.group.q.val().carrier;
        self.receive.sync.next = self.synchronization.sync.val();
        self.receive.even.next = self.synchronization.even.val();
        self.group_k28_5.next = self.group.q.val().k28_5;
        self.group_k28_5_minus.next = self.group.q.val().k28_5_minus;
        self.group_valid.next = !self.group.q.val().invalid;
        self.group_control.next = self.group.q.val().control;
        self.group_value.next = self.group.q.val().value;

        self.code_error.d.next = self.group.q.val().code_error & self.synchronization.sync.val();
        self.disparity_error.d.next = self.group.q.val().disparity_error & self.synchronization.sync.val();
        self.gmii_rxd.next = self.receive.gmii_rxd.val();
        self.gmii_rx_dv.next = self.receive.gmii_rx_dv.val();
        self.gmii_rx_er.next = self.receive.gmii_rx_er.val();
        self.sync.next = self.synchronization.sync.val();
        self.rx_code_error.next = self.code_error.q.val();
        self.rx_disparity_error.next = self.disparity_error.q.val();
        self.receive.xmit_configuration.next = self.negotiation.xmit_configuration.val();
        self.receive.xmit_data.next = self.negotiation.xmit_data.val();
        self.enable_to_rx.d.next = self.an_enable.val();
        self.restart_to_rx.d.next = self.an_restart.val();
        self.negotiation.enable.next = self.enable_to_rx.q.val();
        self.negotiation.restart.next = self.restart_to_rx.q.val();
        self.negotiation.link_timer.next = self.an_link_timer.val();
        self.negotiation.sync.next = self.synchronization.sync.val();
        self.negotiation.rudi_configuration.next = self.receive.rudi_configuration.val();
        self.negotiation.rudi_idle.next = self.receive.rudi_idle.val();
        self.negotiation.rudi_invalid.next = self.receive.rudi_invalid.val();
        self.negotiation.word.next = self.receive.configuration.val();
        self.xmit_configuration_to_tx.d.next = self.negotiation.xmit_configuration.val();
        self.xmit_data_to_tx.d.next = self.negotiation.xmit_data.val();
        self.advertise_to_tx.d.next = self.negotiation.advertise.val();
        self.acknowledge_to_tx.d.next = self.negotiation.acknowledge.val();
        self.an_complete.next = self.negotiation.complete.val();
        self.an_page_received.next = self.negotiation.page_received.val();
        self.an_lp_ability.next = self.negotiation.lp_ability.val();
        self.rx_data.next = self.synchronization.sync.val() & self.negotiation.xmit_data.val();
        // In SGMII the partner says whether its own line is up, and that at 1000 Mb/s.
        self.partner_ready.next = !self.an_sgmii.val()
            | !self.negotiation.complete.val()
            | (self.negotiation.lp_ability.val().get_bit(15)
                & self.negotiation.lp_ability.val().get_bit(11)
                & !self.negotiation.lp_ability.val().get_bit(10));
        self.link_up.next = self.synchronization.sync.val() & self.negotiation.xmit_data.val() & self.partner_ready.val();
    }
}
