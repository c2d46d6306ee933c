//! Two ends of a link, back to back over a line of some words, each direction on a clock of its own.

use super::super::common::baser::Word;
use super::super::common::ethernet::{frames, stream};
use super::ends::{End1g, End10g};
use rust_hdl::prelude::*;
use std::collections::VecDeque;

/// Time of a cycle of the first end's transmit clock; the other's is a hundredth and a half longer, more than any link's.
pub const PERIODS: [u64; 2] = [64, 65];

/// What the bench sets at an end.
pub struct Levels {
    pub reset: bool,
    pub link_up: bool,
    pub rx_enable: bool,
    pub tx_enable: bool,
    pub priority_mode: bool,
    pub request: bool,
    pub request_priorities: u8,
    pub quanta: u16,
    pub own_address: u64,
}

/// A word of the client's: bytes, and whether it is the frame's last.
pub type ClientWord = (Vec<u8>, bool);

/// A frame on a line: when it begins and ends, and its bytes with FCS.
#[derive(Debug, Clone)]
pub struct OnLine {
    pub start: u64,
    pub end: u64,
    pub bytes: Vec<u8>,
}

/// The two kinds of end.
pub trait Station: Block + Default {
    type Line: Copy;
    const IDLE: Self::Line;
    /// Bytes of a cycle, and cycles of a quantum.
    const BYTES: u64;
    const QUANTUM: u64;
    fn words(frame: &[u8]) -> Vec<ClientWord>;
    fn found(line: &[Self::Line], period: u64) -> Vec<OnLine>;
    fn set_tx_clk(&mut self, level: bool);
    fn set_rx_clk(&mut self, level: bool);
    fn set(&mut self, levels: &Levels);
    fn offer(&mut self, word: Option<&ClientWord>, priority: u8);
    fn taken(&self) -> bool;
    /// Bytes received for the client; with the last, the cause.
    fn received(&self) -> Option<(Vec<u8>, Option<u8>)>;
    fn line_out(&self) -> Self::Line;
    fn line_in(&mut self, line: Self::Line);
    fn pause_sent(&self) -> bool;
    fn pause_received(&self) -> bool;
    fn unsupported(&self) -> bool;
    fn underrun(&self) -> bool;
}

macro_rules! station {
    () => {
        fn set_tx_clk(&mut self, level: bool) {
            self.tx_clk.next = level.into();
        }
        fn set_rx_clk(&mut self, level: bool) {
            self.rx_clk.next = level.into();
        }
        fn set(&mut self, levels: &Levels) {
            self.reset.next = levels.reset;
            self.link_up.next = levels.link_up;
            self.rx_enable.next = levels.rx_enable;
            self.tx_enable.next = levels.tx_enable;
            self.priority_mode.next = levels.priority_mode;
            self.request.next = levels.request;
            self.request_priorities.next = bits(levels.request_priorities.into());
            self.quanta.next = bits(levels.quanta.into());
            self.own_address.next = bits(levels.own_address);
        }
        fn taken(&self) -> bool {
            self.tx_valid.val() && self.tx_ready.val()
        }
        fn pause_sent(&self) -> bool {
            self.pause_sent.val()
        }
        fn pause_received(&self) -> bool {
            self.pause_received.val()
        }
        fn unsupported(&self) -> bool {
            self.unsupported_opcode.val()
        }
        fn underrun(&self) -> bool {
            self.tx_underrun.val()
        }
    };
}

impl Station for End10g {
    type Line = Word;
    const IDLE: Word = super::super::common::baser::IDLES;
    const BYTES: u64 = 8;
    const QUANTUM: u64 = 8;
    station!();
    fn words(frame: &[u8]) -> Vec<ClientWord> {
        let count = frame.len().div_ceil(8);
        frame
            .chunks(8)
            .enumerate()
            .map(|(at, bytes)| (bytes.to_vec(), at + 1 == count))
            .collect()
    }
    fn found(line: &[Word], period: u64) -> Vec<OnLine> {
        let time = |at: usize| at as u64 * period / 8;
        frames(line)
            .into_iter()
            .map(|found| {
                assert!(!found.errored);
                OnLine {
                    start: time(found.start),
                    end: time(found.end),
                    bytes: found.bytes,
                }
            })
            .collect()
    }
    fn offer(&mut self, word: Option<&ClientWord>, priority: u8) {
        self.tx_valid.next = word.is_some();
        self.tx_priority.next = bits(priority.into());
        if let Some((bytes, last)) = word {
            let (data, keep, _) = stream(bytes)[0];
            self.tx_data.next = bits(data);
            self.tx_keep.next = bits(keep.into());
            self.tx_last.next = *last;
        }
    }
    fn received(&self) -> Option<(Vec<u8>, Option<u8>)> {
        self.rx_valid.val().then(|| {
            let bytes = self.rx_keep.val().to_u8().count_ones() as usize;
            let cause = self.rx_last.val().then(|| self.rx_cause.val().to_u8());
            assert!(cause.is_none_or(|cause| (cause != 0) == self.rx_error.val()));
            (self.rx_data.val().to_u64().to_le_bytes()[..bytes].to_vec(), cause)
        })
    }
    fn line_out(&self) -> Word {
        Word {
            data: self.xgmii_txd.val().to_u64(),
            control: self.xgmii_txc.val().to_u8(),
        }
    }
    fn line_in(&mut self, line: Word) {
        self.xgmii_rxd.next = bits(line.data);
        self.xgmii_rxc.next = bits(line.control.into());
    }
}

impl Station for End1g {
    /// Data, valid, error.
    type Line = (u8, bool, bool);
    const IDLE: (u8, bool, bool) = (0, false, false);
    const BYTES: u64 = 1;
    const QUANTUM: u64 = 64;
    station!();
    fn words(frame: &[u8]) -> Vec<ClientWord> {
        frame
            .iter()
            .enumerate()
            .map(|(at, byte)| (vec![*byte], at + 1 == frame.len()))
            .collect()
    }
    fn found(line: &[Self::Line], period: u64) -> Vec<OnLine> {
        let mut found: Vec<OnLine> = vec![];
        let mut within = false;
        for (at, (byte, valid, error)) in line.iter().enumerate() {
            let time = at as u64 * period;
            assert!(!error);
            match (within, *valid) {
                (false, true) => found.push(OnLine {
                    start: time,
                    end: 0,
                    bytes: vec![*byte],
                }),
                (true, true) => found.last_mut().expect("a frame").bytes.push(*byte),
                (true, false) => {
                    let frame = found.last_mut().expect("a frame");
                    frame.end = time;
                    assert_eq!(frame.bytes[..8], [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5]);
                    frame.bytes.drain(..8);
                }
                (false, false) => {}
            }
            within = *valid;
        }
        assert!(!within, "a frame has no end");
        found
    }
    fn offer(&mut self, word: Option<&ClientWord>, priority: u8) {
        self.tx_valid.next = word.is_some();
        self.tx_priority.next = bits(priority.into());
        if let Some((bytes, last)) = word {
            self.tx_data.next = bits(bytes[0].into());
            self.tx_last.next = *last;
        }
    }
    fn received(&self) -> Option<(Vec<u8>, Option<u8>)> {
        self.rx_valid.val().then(|| {
            let cause = self.rx_last.val().then(|| self.rx_cause.val().to_u8());
            assert!(cause.is_none_or(|cause| (cause != 0) == self.rx_error.val()));
            (vec![self.rx_data.val().to_u8()], cause)
        })
    }
    fn line_out(&self) -> Self::Line {
        (self.gmii_txd.val().to_u8(), self.gmii_tx_en.val(), self.gmii_tx_er.val())
    }
    fn line_in(&mut self, (data, valid, error): Self::Line) {
        self.gmii_rxd.next = bits(data.into());
        self.gmii_rx_dv.next = valid;
        self.gmii_rx_er.next = error;
    }
}

/// One end with its client and what was seen of it.
pub struct Side<S: Station> {
    pub station: S,
    pub levels: Levels,
    /// Frames that the client has to send, each with its priority; the one under way is the first.
    pub queue: VecDeque<(Vec<u8>, u8)>,
    words: VecDeque<ClientWord>,
    /// What the end has sent; what is on its way.
    pub line: Vec<S::Line>,
    way: VecDeque<S::Line>,
    /// Frames received, each with its cause.
    pub received: Vec<(Vec<u8>, u8)>,
    current: Vec<u8>,
    pub pauses_sent: usize,
    pub pauses_received: usize,
    pub unsupported: usize,
}

pub struct Pair<S: Station> {
    pub sides: [Side<S>; 2],
    next: [u64; 2],
    pub now: u64,
}

/// Words on their way from end to end.
const WAY: usize = 11;

impl<S: Station> Pair<S> {
    pub fn new(quanta: u16, priority_mode: bool) -> Self {
        let side = |n: u64| {
            let mut station = S::default();
            station.connect_all();
            station.line_in(S::IDLE);
            assert!(simulate(&mut station, 100));
            Side {
                station,
                levels: Levels {
                    reset: true,
                    link_up: true,
                    rx_enable: true,
                    tx_enable: true,
                    priority_mode,
                    request: false,
                    request_priorities: 0,
                    quanta,
                    own_address: super::number(super::OWN) + (n << 40),
                },
                queue: VecDeque::new(),
                words: VecDeque::new(),
                line: vec![],
                way: std::iter::repeat_n(S::IDLE, WAY).collect(),
                received: vec![],
                current: vec![],
                pauses_sent: 0,
                pauses_received: 0,
                unsupported: 0,
            }
        };
        let mut pair = Self {
            sides: [side(0), side(1)],
            next: PERIODS,
            now: 0,
        };
        pair.cycles(4);
        pair.sides.iter_mut().for_each(|side| side.levels.reset = false);
        pair.cycles(20);
        pair
    }

    /// When an end received what it received: each word so much later than the other end has sent it.
    pub fn delay(sender: usize) -> u64 {
        WAY as u64 * PERIODS[sender]
    }

    /// The next edge of either clock, and everything around it. Returns whose transmit clock it was.
    pub fn step(&mut self) -> usize {
        let from = usize::from(self.next[1] < self.next[0]);
        self.now = self.next[from];
        self.next[from] += PERIODS[from];
        let [first, second] = &mut self.sides;
        let (sender, receiver) = if from == 0 { (first, second) } else { (second, first) };
        if sender.words.is_empty()
            && let Some((frame, _)) = sender.queue.front()
        {
            sender.words = S::words(frame).into();
        }
        sender.station.set(&sender.levels);
        let priority = sender.queue.front().map_or(0, |(_, priority)| *priority);
        sender.station.offer(sender.words.front(), priority);
        // Before its first clock under reset a transmitter sends anything.
        let line = if sender.levels.reset { S::IDLE } else { sender.station.line_out() };
        sender.line.push(line);
        sender.way.push_back(line);
        receiver.station.line_in(sender.way.pop_front().expect("a way"));
        assert!(simulate(&mut sender.station, 100) && simulate(&mut receiver.station, 100));

        if sender.station.taken() {
            sender.words.pop_front();
            if sender.words.is_empty() {
                sender.queue.pop_front();
            }
        }
        sender.pauses_sent += usize::from(sender.station.pause_sent());
        assert!(!sender.station.underrun());
        receiver.pauses_received += usize::from(receiver.station.pause_received());
        receiver.unsupported += usize::from(receiver.station.unsupported());
        if let Some((bytes, cause)) = receiver.station.received() {
            receiver.current.extend(bytes);
            if let Some(cause) = cause {
                receiver.received.push((std::mem::take(&mut receiver.current), cause));
            }
        }
        sender.station.set_tx_clk(true);
        receiver.station.set_rx_clk(true);
        assert!(simulate(&mut sender.station, 100) && simulate(&mut receiver.station, 100));
        // The falling edge is settled with the inputs of the next cycle.
        sender.station.set_tx_clk(false);
        receiver.station.set_rx_clk(false);
        from
    }

    /// So many cycles of the first end.
    pub fn cycles(&mut self, count: u64) {
        let end = self.now + count * PERIODS[0];
        while self.now < end {
            self.step();
        }
    }

    /// The frames that an end has sent.
    pub fn sent(&self, side: usize) -> Vec<OnLine> {
        S::found(&self.sides[side].line, PERIODS[side])
    }
}
