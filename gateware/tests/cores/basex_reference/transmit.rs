//! The transmit ordered-set and code-group processes of Figures 36-5 and 36-6, full duplex. Shares with the circuit nothing but the
//! standard; a misreading of the figures could be in both.

use super::{Code, D5_6, D16_2, K28_5, R, S, Symbol, T, V};
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Xmit {
    Configuration,
    Idle,
    Data,
}

/// TXD, TX_EN, TX_ER of one cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    pub octet: u8,
    pub en: bool,
    pub er: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Figure36_5 {
    TestXmit,
    Configuration,
    Idle,
    XmitData,
    StartOfPacket,
    StartError,
    TxDataError,
    TxData,
    EndOfPacketNoext,
    Epd2Noext,
    Epd3,
    EndOfPacketExt,
    ExtendBy1,
    CarrierExtend,
}

/// One code-group a call, chosen by the GMII of the cycle that it stands for.
pub struct Transmitter36 {
    code: Code,
    positive: bool,
    state: Figure36_5,
    xmit: Xmit,
    xmit_changed: bool,
    second_configuration: bool,
    /// What is left of the ordered set.
    set: VecDeque<Symbol>,
    even: bool,
}

impl Transmitter36 {
    pub fn new() -> Self {
        Self {
            code: Code::new(),
            positive: false,
            state: Figure36_5::TestXmit,
            xmit: Xmit::Idle,
            xmit_changed: true,
            second_configuration: false,
            set: VecDeque::new(),
            even: false,
        }
    }
    pub fn step(&mut self, sent: Sent, xmit: Xmit, configuration: u16) -> Symbol {
        use Figure36_5::*;
        self.xmit_changed |= xmit != self.xmit;
        self.xmit = xmit;
        // tx_even of the code-group to come.
        self.even = !self.even;
        if self.set.is_empty() {
            if self.xmit_changed && self.even {
                self.xmit_changed = false;
                self.state = TestXmit;
            }
            let quiet = !sent.en && !sent.er;
            self.state = match self.state {
                TestXmit if xmit == Xmit::Configuration => Configuration,
                TestXmit | Idle if xmit == Xmit::Data && quiet => XmitData,
                TestXmit | Idle => Idle,
                Configuration => Configuration,
                XmitData | CarrierExtend if sent.en && !sent.er => StartOfPacket,
                XmitData | CarrierExtend if sent.en => StartError,
                XmitData => XmitData,
                StartError => TxDataError,
                StartOfPacket | TxDataError | TxData if sent.en => TxData,
                StartOfPacket | TxDataError | TxData if sent.er => EndOfPacketExt,
                StartOfPacket | TxDataError | TxData => EndOfPacketNoext,
                EndOfPacketNoext | ExtendBy1 => Epd2Noext,
                EndOfPacketExt | CarrierExtend if sent.er => CarrierExtend,
                EndOfPacketExt | CarrierExtend => ExtendBy1,
                // tx_even is that of the /R/ just sent.
                Epd2Noext if !self.even => Epd3,
                Epd2Noext | Epd3 => XmitData,
            };
            let void = |symbol| {
                let bad_extension = !sent.en && sent.octet != 0x0F;
                if sent.er && (sent.en || bad_extension) { V } else { symbol }
            };
            let [low, high] = configuration.to_le_bytes();
            let symbols = match self.state {
                TestXmit => unreachable!(),
                Configuration => {
                    self.second_configuration = !self.second_configuration;
                    let second = if self.second_configuration { 0xB5 } else { 0x42 };
                    vec![K28_5, (false, second), (false, low), (false, high)]
                }
                Idle | XmitData => vec![K28_5, if self.positive { D5_6 } else { D16_2 }],
                StartOfPacket | StartError => vec![S],
                TxDataError => vec![V],
                TxData => vec![void((false, sent.octet))],
                EndOfPacketNoext => vec![T],
                Epd2Noext | Epd3 | ExtendBy1 => vec![R],
                EndOfPacketExt => vec![void(T)],
                CarrierExtend => vec![void(R)],
            };
            self.set.extend(symbols);
        }
        let symbol = self.set.pop_front().unwrap();
        self.code.encode(&mut self.positive, symbol);
        symbol
    }
}
