//! The computer behind a blade: takes frames off GMII or XGMII and answers or not.
use crate::frame::{self, ACK, FIN, Layout, RST, SYN, TCP};
use crate::link::baser::Columns;
use crate::link::gmii::{Gmii, Receiver, Transmitter};
use crate::link::{FrameStatus, Received, xgmii};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::VecDeque;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Behaviour {
    /// Every frame goes back, MAC addresses swapped
    Echo,
    /// Nothing goes back
    Sink,
    /// SYN -> SYN/ACK, FIN -> FIN/ACK, TCP data -> ACK, UDP -> a datagram of the same size
    Reply,
    /// TCP segments are refused, as by a host on whose port nothing listens; nothing else goes back
    Refuse,
}

/// Answers wait this long at most, in units of 0.1 ns: 1 to 20 us, drawn from the seed.
const THINKING: std::ops::Range<u64> = 10_000..200_000;
/// Answers beyond this many are not sent: the server is overloaded.
const BACKLOG: usize = 512;
/// Average gap on XGMII in bytes, 46.3.1.4.
const GAP_10G: u64 = 12;

pub struct Server {
    pub behaviour: Behaviour,
    /// Its network card's: a frame for another station is not answered. None: all are.
    pub address: Option<[u8; 6]>,
    transmitter: Transmitter,
    receiver: Receiver,
    sender_10g: xgmii::Sender,
    receiver_10g: xgmii::Receiver,
    random: StdRng,
    due: VecDeque<(u64, Vec<u8>)>,
    pub received: Vec<Received>,
    /// Frames handed to the transmitter, as they are on the wire.
    pub sent: Vec<Vec<u8>>,
    pub overloaded: u64,
}

impl Server {
    pub fn new(behaviour: Behaviour, seed: u64) -> Self {
        Self {
            behaviour,
            address: None,
            transmitter: Transmitter::default(),
            receiver: Receiver::default(),
            sender_10g: xgmii::Sender::new(GAP_10G),
            receiver_10g: xgmii::Receiver::default(),
            random: StdRng::seed_from_u64(seed),
            due: VecDeque::new(),
            received: Vec::new(),
            sent: Vec::new(),
            overloaded: 0,
        }
    }

    /// Nothing more will be sent unless more comes in.
    pub fn quiet(&self) -> bool {
        self.due.is_empty() && self.transmitter.backlog() == 0 && !self.sender_10g.busy()
    }

    /// Lets a frame go as soon as those before it are out.
    pub fn send(&mut self, frame: Vec<u8>) {
        self.due.push_back((0, frame));
    }

    /// One 125 MHz cycle: what comes from the blade in, what goes to it out.
    #[inline]
    pub fn cycle(&mut self, from_blade: Gmii, time: u64) -> Gmii {
        self.receive(from_blade, time);
        self.transmit(time)
    }

    #[inline]
    pub fn receive(&mut self, from_blade: Gmii, time: u64) {
        if let Some(frame) = self.receiver.cycle(from_blade, time) {
            self.take(frame, time);
        }
    }

    #[inline]
    pub fn transmit(&mut self, time: u64) -> Gmii {
        if self.due.front().is_some_and(|(due, _)| *due <= time) {
            let (_, mut frame) = self.due.pop_front().expect("just seen");
            frame.resize(frame.len().max(crate::link::MIN_FRAME), 0);
            self.sent.push(frame.clone());
            self.transmitter.send(frame);
        }
        self.transmitter.cycle()
    }

    /// One cycle of XGMII in.
    #[inline]
    pub fn receive_columns(&mut self, from_blade: Columns, time: u64) {
        let mut frames = Vec::new();
        self.receiver_10g.columns(from_blade, time, &mut frames);
        frames.into_iter().for_each(|frame| self.take(frame, time));
    }

    /// One cycle of XGMII out: what a reconciliation sublayer makes of it while it sees a fault.
    #[inline]
    pub fn transmit_columns(&mut self, time: u64) -> Columns {
        if let Some(columns) = self.receiver_10g.faults.in_place_of_frames() {
            return columns;
        }
        let Self { sender_10g, due, sent, .. } = self;
        sender_10g.columns(|_, buffer| {
            let mut frame = due.pop_front_if(|(due, _)| *due <= time)?.1;
            frame.resize(frame.len().max(crate::link::MIN_FRAME), 0);
            buffer.extend(&frame);
            sent.push(frame);
            Some(xgmii::Fcs { spoil: false })
        })
    }

    fn take(&mut self, frame: Received, time: u64) {
        let for_others = frame.bytes.len() > 6 && frame.bytes[0] & 1 == 0 && self.address.is_some_and(|own| frame.bytes[..6] != own);
        if frame.status == FrameStatus::Good
            && !for_others
            && let Some(answer) = self.answer(&frame.bytes)
        {
            if self.due.len() < BACKLOG {
                // In order, as a queue in one computer is: never before the answer in front.
                let earliest = self.due.back().map_or(0, |(due, _)| *due);
                let due = (time + self.random.gen_range(THINKING)).max(earliest);
                self.due.push_back((due, answer));
            } else {
                self.overloaded += 1;
            }
        }
        self.received.push(frame);
    }

    fn answer(&self, request: &[u8]) -> Option<Vec<u8>> {
        let mut answer = request.to_vec();
        answer[..12].rotate_left(6);
        if answer[6] & 1 == 1 {
            // A group address is nobody's source: the server's own stands for it.
            answer[6..12].copy_from_slice(&[0x02, 0, 0, 0, 0, 0xFE]);
        }
        match self.behaviour {
            Behaviour::Sink => None,
            Behaviour::Echo => Some(answer),
            Behaviour::Reply => reply(answer, request[0] & 1 == 1),
            Behaviour::Refuse => refuse(answer, request[0] & 1 == 1),
        }
    }
}

/// The request with its ends swapped, where it is an IPv4 packet for the server alone; MAC addresses are swapped already.
fn swapped(mut answer: Vec<u8>, group: bool) -> Option<(Vec<u8>, Layout)> {
    let layout = frame::layout(&answer)?;
    if group {
        return None;
    }
    let (ip, transport) = (layout.ip, layout.transport);
    answer[ip + 12..ip + 20].rotate_left(4);
    answer[transport..transport + 4].rotate_left(2);
    Some((answer, layout))
}

/// What a listening server says.
fn reply(answer: Vec<u8>, group: bool) -> Option<Vec<u8>> {
    let (mut answer, layout) = swapped(answer, group)?;
    if layout.flow.protocol == TCP {
        let flags = match layout.flags {
            f if f & RST != 0 => return None,
            f if f & SYN != 0 => SYN | ACK,
            f if f & FIN != 0 => FIN | ACK,
            _ if layout.payload > 0 => ACK,
            _ => return None,
        };
        let sequence = word(&answer, layout.transport + 8);
        segment(&mut answer, &layout, flags, sequence);
    }
    let layout = frame::layout(&answer)?;
    frame::fix_checksums(&mut answer, &layout);
    Some(answer)
}

/// What a host says whose port is closed: RFC 9293, 3.10.7.1.
fn refuse(answer: Vec<u8>, group: bool) -> Option<Vec<u8>> {
    let (mut answer, layout) = swapped(answer, group)?;
    if layout.flow.protocol != TCP || layout.flags & RST != 0 {
        return None;
    }
    let flags = if layout.flags & ACK == 0 { RST | ACK } else { RST };
    let sequence = if flags == RST { word(&answer, layout.transport + 8) } else { 0 };
    segment(&mut answer, &layout, flags, sequence);
    let layout = frame::layout(&answer)?;
    frame::fix_checksums(&mut answer, &layout);
    Some(answer)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Makes of a segment one without data that acknowledges all of it.
fn segment(answer: &mut Vec<u8>, layout: &Layout, flags: u8, sequence: u32) {
    let (ip, transport) = (layout.ip, layout.transport);
    let consumed = layout.payload as u32 + u32::from(layout.flags & (SYN | FIN) != 0);
    let acknowledge = word(answer, transport + 4).wrapping_add(consumed);
    answer.truncate(transport + 20);
    answer[transport + 4..transport + 8].copy_from_slice(&sequence.to_be_bytes());
    answer[transport + 8..transport + 12].copy_from_slice(&acknowledge.to_be_bytes());
    answer[transport + 12..transport + 14].copy_from_slice(&[0x50, flags]);
    let total = (answer.len() - ip) as u16;
    answer[ip + 2..ip + 4].copy_from_slice(&total.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Ends, Flow, UDP, layout, tcp, udp};

    fn ends(protocol: u8) -> Ends {
        let flow = Flow {
            protocol,
            source: [10, 1, 2, 3],
            destination: [10, 0, 0, 1],
            source_port: 40000,
            destination_port: 80,
        };
        Ends {
            destination_mac: [2, 0, 0, 0, 0, 1],
            source_mac: [2, 0, 0, 0, 0, 2],
            flow,
        }
    }

    fn ask(behaviour: Behaviour, frame: Vec<u8>) -> Vec<Vec<u8>> {
        let mut server = Server::new(behaviour, 1);
        let mut client = Transmitter::default();
        client.send(frame);
        for time in 0..10_000 {
            server.cycle(client.cycle(), time * 80);
        }
        assert!(server.quiet());
        server.sent
    }

    #[test]
    fn a_server_answers_as_tcp_does() {
        for (flags, payload, answer) in [
            (SYN, 0, Some(SYN | ACK)),
            (FIN | ACK, 0, Some(FIN | ACK)),
            (ACK, 100, Some(ACK)),
            (ACK, 0, None),
            (RST, 0, None),
        ] {
            let sent = ask(Behaviour::Reply, tcp(&ends(TCP), flags, 1000, 55, &vec![1; payload]));
            let got = sent.first().map(|frame| {
                let seen = layout(frame).unwrap();
                assert_eq!(
                    (seen.flow.source_port, seen.flow.source, &frame[..6]),
                    (80, [10, 0, 0, 1], &[2, 0, 0, 0, 0, 2][..])
                );
                let acknowledged = u32::from_be_bytes(frame[42..46].try_into().unwrap());
                assert_eq!(acknowledged, 1000 + payload as u32 + u32::from(flags & (SYN | FIN) != 0));
                seen.flags
            });
            assert_eq!(got, answer);
        }
        assert_eq!(ask(Behaviour::Reply, udp(&ends(UDP), &[3; 500]))[0].len(), 542);
    }

    #[test]
    fn a_closed_port_refuses_as_tcp_does() {
        let numbers = |frame: &[u8]| [38, 42].map(|at| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap()));
        // With ACK the answer takes its number from there; without, it is 0 and all is acknowledged.
        for (flags, payload, answer) in [
            (SYN, 0, Some((RST | ACK, [0, 1001]))),
            (ACK, 100, Some((RST, [55, 1100]))),
            (RST, 0, None),
        ] {
            let sent = ask(Behaviour::Refuse, tcp(&ends(TCP), flags, 1000, 55, &vec![1; payload]));
            let got = sent.first().map(|frame| (layout(frame).unwrap().flags, numbers(frame)));
            assert_eq!(got, answer);
        }
        assert!(ask(Behaviour::Refuse, udp(&ends(UDP), &[3; 500])).is_empty());
    }

    #[test]
    fn echo_and_sink_and_what_is_no_ip() {
        let odd = [&[0xFF; 6][..], &[2, 0, 0, 0, 0, 9], &[0x12; 50]].concat();
        assert_eq!(ask(Behaviour::Echo, odd.clone())[0][..12], [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 0xFE]);
        assert!(ask(Behaviour::Sink, odd.clone()).is_empty() && ask(Behaviour::Reply, odd).is_empty());
    }
}
