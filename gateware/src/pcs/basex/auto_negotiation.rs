//! Auto-negotiation of the base page. IEEE 802.3 Clause 37, Figure 37-6 without next pages.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | the receive clock |
//! | enable, restart | in | 1 | clk | mr_an_enable; mr_restart_negotiation, which breaks the link as long as it is high |
//! | link_timer | in | 21 | any, constant | link_timer in cycles: 10 ms in 1000BASE-X, 1.6 ms in SGMII |
//! | sync | in | 1 | clk | sync_status |
//! | rudi_configuration, rudi_idle, rudi_invalid | in | 1 | clk | RX_UNITDATA.indicate of the receiver |
//! | word | in | 16 | clk | rx_Config_Reg, with `rudi_configuration` |
//! | xmit_configuration, xmit_data | out | 1 | clk | xmit is CONFIGURATION, DATA; neither: IDLE |
//! | advertise, acknowledge | out | 1 | clk | tx_Config_Reg is the ability, not zero; with the Acknowledge bit |
//! | complete, page_received | out | 1 | clk | mr_an_complete, mr_page_rx |
//! | lp_ability | out | 16 | clk | mr_lp_adv_ability, once `page_received`; before that without meaning |
//!
//! Invariant: data is sent only in LINK_OK, to a partner that has acknowledged this end's page, or while `enable` is low.
//! Latency: 3 cycles from the third matching word to tx_Config_Reg (`latency_is_three`). Throughput: a set every two cycles.
//! What waits: ABILITY_DETECT for a partner, however long, as the standard has it; everything else ends with the link timer.
//! Bad input: a partner that never acknowledges keeps the link down; INVALID and a page of zeros start again; loss of synchronisation
//! of a link timer in LINK_OK does, too. A partner that only sends idles (it does not negotiate) never brings the link up.
//!
//! Acknowledge and ability are matched by two counters: three words that match but for their Acknowledge bit, and three that have it.
//! One timer serves the states and an_sync_status, as no state needs both.

use rust_hdl::prelude::*;
use spareband_spec::auto_negotiation::ACKNOWLEDGE;

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    AnEnable,
    AnRestart,
    AnDisableLinkOk,
    AbilityDetect,
    AcknowledgeDetect,
    CompleteAcknowledge,
    IdleDetect,
    LinkOk,
}

#[derive(LogicBlock)]
pub struct AutoNegotiation {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub enable: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub link_timer: Signal<In, Bits<21>>,
    pub sync: Signal<In, Bit>,
    pub rudi_configuration: Signal<In, Bit>,
    pub rudi_idle: Signal<In, Bit>,
    pub rudi_invalid: Signal<In, Bit>,
    pub word: Signal<In, Bits<16>>,
    pub xmit_configuration: Signal<Out, Bit>,
    pub xmit_data: Signal<Out, Bit>,
    pub advertise: Signal<Out, Bit>,
    pub acknowledge: Signal<Out, Bit>,
    pub complete: Signal<Out, Bit>,
    pub page_received: Signal<Out, Bit>,
    pub lp_ability: Signal<Out, Bits<16>>,
    three: Constant<Bits<2>>,
    but_acknowledge: Constant<Bits<16>>,
    state: DFF<State>,
    was_enabled: DFF<Bit>,
    timer: DFF<Bits<21>>,
    link_timer_done: DFF<Bit>,
    start_timer: Signal<Local, Bit>,
    /// The last word, how many of its kind came in a row, and how many words with the Acknowledge bit.
    last: DFF<Bits<16>>,
    alike: DFF<Bits<2>>,
    acknowledged: DFF<Bits<2>>,
    idles: DFF<Bits<2>>,
    page: DFF<Bits<16>>,
    take_page: Signal<Local, Bit>,
    difference: Signal<Local, Bits<16>>,
    inconsistency: Signal<Local, Bits<16>>,
    ability_match: Signal<Local, Bit>,
    acknowledge_match: Signal<Local, Bit>,
    break_link: Signal<Local, Bit>,
    agreed: Signal<Local, Bit>,
    configuring: DFF<Bit>,
    sending_data: DFF<Bit>,
    advertising: DFF<Bit>,
    acknowledging: DFF<Bit>,
}

impl Default for AutoNegotiation {
    fn default() -> Self {
        with_defaults!(Self {
            three: Constant::new(bits::<2>(3)),
            but_acknowledge: Constant::new(bits::<16>((!ACKNOWLEDGE).into())),
        }
            defaults clk reset enable restart link_timer sync rudi_configuration rudi_idle rudi_invalid word xmit_configuration
            xmit_data advertise acknowledge complete page_received lp_ability state was_enabled timer link_timer_done start_timer
            last alike acknowledged idles page take_page difference inconsistency ability_match acknowledge_match break_link agreed configuring
            sending_data advertising acknowledging)
    }
}

impl Logic for AutoNegotiation {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clk,
            state,
            was_enabled,
            timer,
            link_timer_done,
            last,
            alike,
            acknowledged,
            idles,
            page,
            configuring,
            sending_data,
            advertising,
            acknowledging
        );
        self.was_enabled.d.next = self.enable.val();

        self.difference.next = (self.word.val() ^ self.last.q.val()) & self.but_acknowledge.val();
        if self.rudi_configuration.val() {
            self.last.d.next = self.word.val();
            self.alike.d.next = 1.into();
            if !self.difference.val().any() & self.alike.q.val().any() {
                self.alike.d.next = self.three.val();
                if !self.alike.q.val().get_bit(1) {
                    self.alike.d.next = 2.into();
                }
            }
            self.acknowledged.d.next = 0.into();
            if self.word.val().get_bit(14) {
                self.acknowledged.d.next = self.three.val();
                if self.acknowledged.q.val() != self.three.val() {
                    self.acknowledged.d.next = self.acknowledged.q.val() + 1;
                }
            }
            self.idles.d.next = 0.into();
        }
        if self.rudi_idle.val() & (self.idles.q.val() != self.three.val()) {
            self.idles.d.next = self.idles.q.val() + 1;
        }
        if self.rudi_idle.val() | self.rudi_invalid.val() | (self.state.q.val() == State::AnEnable) {
            self.alike.d.next = 0.into();
            self.acknowledged.d.next = 0.into();
        }
        if self.rudi_invalid.val() {
            self.idles.d.next = 0.into();
        }
        self.ability_match.next = self.alike.q.val() == self.three.val();
        self.acknowledge_match.next = self.ability_match.val() & (self.acknowledged.q.val() == self.three.val());
        self.break_link.next = self.ability_match.val() & !self.last.q.val().any();
        // consistency_match, but for the Acknowledge bit.
        self.inconsistency.next = (self.page.q.val() ^ self.last.q.val()) & self.but_acknowledge.val();

        self.start_timer.next = false;
        self.take_page.next = false;
        match self.state.q.val() {
            State::AnRestart => {
                if self.link_timer_done.q.val() {
                    self.state.d.next = State::AbilityDetect;
                }
            }
            State::AnDisableLinkOk => {
                self.state.d.next = State::AnDisableLinkOk;
            }
            State::AbilityDetect => {
                self.take_page.next = true;
                if self.ability_match.val() & !self.break_link.val() {
                    self.state.d.next = State::AcknowledgeDetect;
                }
            }
            State::AcknowledgeDetect => {
                self.start_timer.next = true;
                if self.acknowledge_match.val() {
                    self.take_page.next = true;
                    self.state.d.next = State::CompleteAcknowledge;
                    if self.inconsistency.val().any() {
                        self.state.d.next = State::AnEnable;
                    }
                }
                if self.break_link.val() {
                    self.state.d.next = State::AnEnable;
                }
            }
            State::CompleteAcknowledge => {
                if self.link_timer_done.q.val() {
                    self.start_timer.next = true;
                    self.state.d.next = State::IdleDetect;
                }
                if self.break_link.val() {
                    self.state.d.next = State::AnEnable;
                }
            }
            State::IdleDetect => {
                if self.link_timer_done.q.val() & (self.idles.q.val() == self.three.val()) {
                    self.start_timer.next = true;
                    self.state.d.next = State::LinkOk;
                }
                if self.break_link.val() {
                    self.state.d.next = State::AnEnable;
                }
            }
            State::LinkOk => {
                // an_sync_status fails when sync_status has failed for a link timer.
                self.start_timer.next = self.sync.val();
                if self.ability_match.val() | self.link_timer_done.q.val() {
                    self.state.d.next = State::AnEnable;
                }
            }
            _ => {
                self.start_timer.next = true;
                self.state.d.next = State::AnDisableLinkOk;
                if self.enable.val() {
                    self.state.d.next = State::AnRestart;
                }
            }
        }
        if self.reset.val()
            | self.restart.val()
            | (self.rudi_invalid.val() & self.enable.val())
            | (self.enable.val() ^ self.was_enabled.q.val())
        {
            self.state.d.next = State::AnEnable;
        }
        if self.take_page.val() {
            self.page.d.next = self.last.q.val();
        }
        self.timer.d.next = self.timer.q.val() + 1;
        if self.timer.q.val() >= self.link_timer.val() {
            self.link_timer_done.d.next = true;
        }
        if self.start_timer.val() {
            self.timer.d.next = 0.into();
            self.link_timer_done.d.next = false;
        }

        self.configuring.d.next = (self.enable.val() & (self.state.q.val() == State::AnEnable))
            | (self.state.q.val() == State::AnRestart)
            | (self.state.q.val() == State::AbilityDetect)
            | (self.state.q.val() == State::AcknowledgeDetect)
            | (self.state.q.val() == State::CompleteAcknowledge);
        self.sending_data.d.next = (self.state.q.val() == State::LinkOk) | (self.state.q.val() == State::AnDisableLinkOk);
        // tx_Config_Reg stays as it is beyond the states that send it, as the last set ends after them.
        self.agreed.next = (self.state.q.val() == State::AcknowledgeDetect)
            | (self.state.q.val() == State::CompleteAcknowledge)
            | (self.state.q.val() == State::IdleDetect)
            | (self.state.q.val() == State::LinkOk);
        self.acknowledging.d.next = self.agreed.val();
        self.advertising.d.next = self.agreed.val() | (self.state.q.val() == State::AbilityDetect);
        self.xmit_configuration.next = self.configuring.q.val();
        self.xmit_data.next = self.sending_data.q.val();
        self.advertise.next = self.advertising.q.val();
        self.acknowledge.next = self.acknowledging.q.val();
        self.complete.next = self.state.q.val() == State::LinkOk;
        self.page_received.next = (self.state.q.val() == State::CompleteAcknowledge)
            | (self.state.q.val() == State::IdleDetect)
            | (self.state.q.val() == State::LinkOk);
        self.lp_ability.next = self.page.q.val();
    }
}
