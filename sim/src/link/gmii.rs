//! A server's gigabit MAC on GMII: IEEE 802.3 35.2, one byte a 125 MHz cycle, gap of 12, padding to 60.
use super::{MIN_FRAME, Received, crc, judge};
use std::collections::VecDeque;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gmii {
    pub data: u8,
    pub valid: bool,
    pub error: bool,
}

const PREAMBLE: [u8; 8] = [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5];
const GAP: u32 = 12;

#[derive(Default)]
pub struct Transmitter {
    waiting: VecDeque<Vec<u8>>,
    wire: Vec<u8>,
    at: usize,
    gap: u32,
}

impl Transmitter {
    /// Queues a frame without FCS.
    pub fn send(&mut self, mut frame: Vec<u8>) {
        frame.resize(frame.len().max(MIN_FRAME), 0);
        self.waiting.push_back(frame);
    }

    pub fn backlog(&self) -> usize {
        self.waiting.len() + usize::from(self.at < self.wire.len())
    }

    #[inline]
    pub fn cycle(&mut self) -> Gmii {
        if let Some(&data) = self.wire.get(self.at) {
            self.at += 1;
            self.gap = GAP;
            return Gmii {
                data,
                valid: true,
                error: false,
            };
        }
        if self.gap > 0 {
            self.gap -= 1;
        } else if let Some(frame) = self.waiting.pop_front() {
            self.wire.clear();
            self.wire.extend(PREAMBLE);
            self.wire.extend(&frame);
            self.wire.extend(crc::fcs(&frame));
            self.at = 0;
        }
        Gmii::default()
    }
}

#[derive(Default)]
pub struct Receiver {
    bytes: Vec<u8>,
    inside: bool,
    error: bool,
    started: u64,
}

impl Receiver {
    #[inline]
    pub fn cycle(&mut self, lane: Gmii, time: u64) -> Option<Received> {
        if lane.valid {
            if !self.inside {
                self.inside = true;
                self.error = false;
                self.started = time;
                self.bytes.clear();
            }
            self.bytes.push(lane.data);
            self.error |= lane.error;
            return None;
        }
        if !self.inside {
            return None;
        }
        self.inside = false;
        Some(self.finish())
    }

    /// The PCS may eat preamble bytes (36.2.4.13 start on an even code-group), so the delimiter is looked for.
    fn finish(&mut self) -> Received {
        let delimiter = self.bytes.iter().take(PREAMBLE.len()).position(|&b| b == 0xD5);
        let lead = delimiter.map_or(self.bytes.len(), |at| at + 1);
        let bad_preamble = delimiter.is_none() || self.bytes[..lead - 1].iter().any(|&b| b != 0x55);
        let mut bytes = self.bytes[lead..].to_vec();
        let status = judge(&mut bytes, self.error || bad_preamble);
        Received {
            bytes,
            status,
            time: self.started,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::FrameStatus;

    fn exchange(frames: &[Vec<u8>], mut spoil: impl FnMut(usize, Gmii) -> Option<Gmii>) -> Vec<Received> {
        let (mut transmitter, mut receiver) = (Transmitter::default(), Receiver::default());
        frames.iter().for_each(|f| transmitter.send(f.clone()));
        (0..4000)
            .filter_map(|t| spoil(t, transmitter.cycle()).and_then(|lane| receiver.cycle(lane, t as u64)))
            .collect()
    }

    #[test]
    fn frames_survive_and_short_ones_are_padded() {
        let frames = [vec![7; 61], vec![8; 3], (0..1514usize).map(|i| i as u8).collect()];
        let got = exchange(&frames, |_, lane| Some(lane));
        assert!(got.iter().all(|f| f.status == FrameStatus::Good));
        assert_eq!(got.iter().map(|f| f.bytes.len()).collect::<Vec<_>>(), [61, 60, 1514]);
        assert_eq!((&got[1].bytes[..4], &got[2].bytes), (&[8, 8, 8, 0][..], &frames[2]));
    }

    #[test]
    fn a_lost_preamble_byte_is_fine_an_error_is_not() {
        assert_eq!(
            exchange(&[vec![1; 64]], |t, lane| (t != 1).then_some(lane))[0].status,
            FrameStatus::Good
        );
        let error = exchange(&[vec![1; 64]], |t, lane| Some(Gmii { error: t == 40, ..lane }));
        assert_eq!(error[0].status, FrameStatus::Coding);
        let flipped = exchange(&[vec![1; 64]], |t, lane| {
            Some(Gmii {
                data: lane.data ^ u8::from(t == 40),
                ..lane
            })
        });
        assert_eq!(flipped[0].status, FrameStatus::BadFcs);
    }
}
