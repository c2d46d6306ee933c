//! Figure 37-6 without next pages, a code-group's time a step. Shares with the circuit nothing but the standard.

use super::transmit::Xmit;

/// RX_UNITDATA.indicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rudi {
    Configuration(u16),
    Idle,
    Invalid,
}

#[derive(Clone, Copy, Debug, PartialEq)]
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

pub struct Figure37_6 {
    pub ability: u16,
    pub link_timer: u64,
    state: State,
    entered: u64,
    now: u64,
    was_enabled: bool,
    failing_since: Option<u64>,
    words: Vec<u16>,
    idles: u32,
    matched: u16,
    pub lp_ability: u16,
}

const ACKNOWLEDGE: u16 = 1 << 14;

impl Figure37_6 {
    pub fn new(ability: u16, link_timer: u64) -> Self {
        Self {
            ability,
            link_timer,
            state: State::AnEnable,
            entered: 0,
            now: 0,
            was_enabled: false,
            failing_since: None,
            words: vec![],
            idles: 0,
            matched: 0,
            lp_ability: 0,
        }
    }
    fn last_three(&self) -> Option<[u16; 3]> {
        self.words.last_chunk().copied()
    }
    fn ability_match(&self) -> bool {
        self.last_three()
            .is_some_and(|words| words.iter().all(|word| (word ^ words[0]) & !ACKNOWLEDGE == 0))
    }
    fn acknowledge_match(&self) -> bool {
        self.last_three()
            .is_some_and(|words| words.iter().all(|word| *word == words[0]) && words[0] & ACKNOWLEDGE != 0)
    }
    pub fn complete(&self) -> bool {
        self.state == State::LinkOk
    }
    /// xmit and tx_Config_Reg after this step.
    pub fn step(&mut self, rudi: Option<Rudi>, sync: bool, enable: bool, restart: bool) -> (Xmit, u16) {
        use State::*;
        self.now += 1;
        match rudi {
            Some(Rudi::Configuration(word)) => {
                self.words.push(word);
                self.idles = 0;
            }
            Some(Rudi::Idle) => {
                self.words.clear();
                self.idles += 1;
            }
            Some(Rudi::Invalid) => {
                self.words.clear();
                self.idles = 0;
            }
            None => (),
        }
        self.failing_since = if sync { None } else { self.failing_since.or(Some(self.now)) };
        let sync_failed = self.failing_since.is_some_and(|since| self.now - since >= self.link_timer);
        let timer_done = self.now - self.entered >= self.link_timer;
        let nothing = self.ability_match() && self.words.last() == Some(&0);
        let anew = restart
            || enable != self.was_enabled
            || (enable && rudi == Some(Rudi::Invalid))
            || (enable && self.state == LinkOk && sync_failed);
        self.was_enabled = enable;
        let next = match self.state {
            _ if anew => AnEnable,
            AnEnable if enable => AnRestart,
            AnEnable => AnDisableLinkOk,
            AnRestart if timer_done => AbilityDetect,
            AbilityDetect if self.ability_match() && !nothing => {
                self.matched = *self.words.last().unwrap();
                AcknowledgeDetect
            }
            AcknowledgeDetect | CompleteAcknowledge | IdleDetect if nothing => AnEnable,
            AcknowledgeDetect if self.acknowledge_match() => {
                self.lp_ability = *self.words.last().unwrap();
                if (self.lp_ability ^ self.matched) & !ACKNOWLEDGE == 0 {
                    CompleteAcknowledge
                } else {
                    AnEnable
                }
            }
            CompleteAcknowledge if timer_done => IdleDetect,
            IdleDetect if timer_done && self.idles >= 3 => LinkOk,
            LinkOk if self.ability_match() => AnEnable,
            state => state,
        };
        if next != self.state || anew {
            self.state = next;
            self.entered = self.now;
            if next == AnEnable {
                self.words.clear();
            }
        }
        let own = self.ability & !ACKNOWLEDGE;
        match self.state {
            AnEnable if !enable => (Xmit::Idle, 0),
            AnEnable | AnRestart => (Xmit::Configuration, 0),
            AnDisableLinkOk => (Xmit::Data, 0),
            LinkOk => (Xmit::Data, own | ACKNOWLEDGE),
            AbilityDetect => (Xmit::Configuration, own),
            AcknowledgeDetect | CompleteAcknowledge => (Xmit::Configuration, own | ACKNOWLEDGE),
            IdleDetect => (Xmit::Idle, own | ACKNOWLEDGE),
        }
    }
}
