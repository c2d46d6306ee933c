//! The far end of the uplink: a switch port that speaks 10GBASE-R. Serial side in 66-bit blocks, one a core cycle.
use super::baser::{self, Columns, Scrambler};
use super::serdes::{self, Block, BlockLine};
use super::xgmii::{self, Fault};
use super::{MIN_FRAME, Received};

/// A frame to send: when at the earliest, in octets of 0.8 ns since `FarEnd::start`, and what.
#[derive(Debug, Clone)]
pub struct Offer {
    pub not_before: u64,
    pub bytes: Vec<u8>,
    pub spoil_fcs: bool,
}

impl Offer {
    /// As a network card sends it: padded to the minimum unless `raw`.
    pub fn new(not_before: u64, mut bytes: Vec<u8>, raw: bool) -> Self {
        if !raw {
            bytes.resize(bytes.len().max(MIN_FRAME), 0);
        }
        Self {
            not_before,
            bytes,
            spoil_fcs: false,
        }
    }
}

pub struct FarEnd {
    sender: xgmii::Sender,
    scrambler: Scrambler,
    to_device: BlockLine,
    from_device: baser::Receiver,
    receiver: xgmii::Receiver,
    offers: Vec<Offer>,
    next: usize,
    /// Octet number of the sender when offers began; sending is off before.
    origin: Option<u64>,
    /// Octet number at which each offer started, relative to the origin.
    pub started: Vec<u64>,
    /// Frames off the uplink since the caller last took them.
    pub received: Vec<Received>,
}

impl FarEnd {
    /// `cuts`: where the two SERDES receivers cut words before they are aligned.
    pub fn new(gap: u64, cuts: [u32; 2]) -> Self {
        Self {
            sender: xgmii::Sender::new(gap),
            scrambler: Scrambler::new(u64::MAX),
            to_device: BlockLine::new(cuts[0]),
            from_device: baser::Receiver::new(cuts[1]),
            receiver: xgmii::Receiver::default(),
            offers: Vec::new(),
            next: 0,
            origin: None,
            started: Vec::new(),
            received: Vec::new(),
        }
    }

    /// Lets the frames go; their times count from now.
    pub fn start(&mut self, offers: Vec<Offer>) {
        self.started = Vec::with_capacity(offers.len());
        (self.offers, self.next, self.origin) = (offers, 0, None);
    }

    pub fn sent(&self) -> usize {
        self.next
    }

    pub fn all_sent(&self) -> bool {
        self.next == self.offers.len() && !self.sender.busy()
    }

    /// Locked, and neither side tells of a fault.
    pub fn link_up(&self) -> bool {
        self.from_device.locked() && self.receiver.faults.state == Fault::Ok
    }

    pub fn bad_blocks(&self) -> u64 {
        self.from_device.bad_blocks
    }

    pub fn shortest_gap(&self) -> u64 {
        self.receiver.shortest_gap
    }

    /// One block each way.
    #[inline]
    pub fn cycle(&mut self, from_device: Block, bitslip: bool, time: u64) -> Block {
        self.receive(from_device, time);
        self.transmit(bitslip)
    }

    #[inline]
    pub fn receive(&mut self, from_device: Block, time: u64) {
        match self.from_device.receive(from_device) {
            Some(columns) => self.receiver.columns(columns, time, &mut self.received),
            None => self.receiver.faults.state = Fault::Local,
        }
    }

    #[inline]
    pub fn transmit(&mut self, bitslip: bool) -> Block {
        let columns = match self.receiver.faults.in_place_of_frames() {
            Some(columns) => columns,
            None => self.next_columns(),
        };
        let (header, payload) = baser::encode(columns);
        self.to_device
            .pass(serdes::block(header, self.scrambler.scramble(payload)), bitslip)
    }

    fn next_columns(&mut self) -> Columns {
        let Self {
            sender,
            offers,
            next,
            origin,
            started,
            ..
        } = self;
        sender.columns(|octet, buffer| {
            let offer = offers.get(*next)?;
            let now = octet - *origin.get_or_insert(octet);
            if now < offer.not_before {
                return None;
            }
            buffer.extend(&offer.bytes);
            started.push(now);
            *next += 1;
            Some(xgmii::Fcs { spoil: offer.spoil_fcs })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::FrameStatus;

    #[test]
    fn two_far_ends_lock_and_exchange_frames_both_ways() {
        for cuts in [[0, 0], [1, 65], [33, 17]] {
            let mut ends = [FarEnd::new(12, cuts), FarEnd::new(12, [0, 0])];
            let mut wires = [0, 0];
            let mut run = |ends: &mut [FarEnd; 2], cycles: u64| {
                for time in 0..cycles {
                    let to_second = ends[0].cycle(wires[1], false, time);
                    wires[1] = ends[1].cycle(wires[0], false, time);
                    wires[0] = to_second;
                }
            };
            // Words cut in the wrong place on the way out need the peer's slips; here each receiver slips its own line.
            run(&mut ends, 66 * 200);
            assert!(ends.iter().all(FarEnd::link_up), "cuts {cuts:?}");
            let frames: Vec<Vec<u8>> = (0..50usize).map(|n| vec![n as u8; 40 + n * 30]).collect();
            for (which, end) in ends.iter_mut().enumerate() {
                let mut offers: Vec<Offer> = frames.iter().map(|f| Offer::new(0, f.clone(), which == 1)).collect();
                offers[7].spoil_fcs = true;
                end.start(offers);
            }
            run(&mut ends, 10_000);
            assert!(ends.iter().all(FarEnd::all_sent));
            for (which, end) in ends.iter().enumerate() {
                assert_eq!(end.received.len(), 50);
                for (n, got) in end.received.iter().enumerate() {
                    let padded = which == 1 && n == 0;
                    assert_eq!(got.bytes.len(), if padded { 60 } else { frames[n].len() });
                    let expected = match (n, which) {
                        (7, _) => FrameStatus::BadFcs,
                        (0, 0) => FrameStatus::Runt,
                        _ => FrameStatus::Good,
                    };
                    assert_eq!(got.status, expected, "frame {n} at end {which}");
                }
                assert_eq!(end.bad_blocks(), 0);
            }
        }
    }
}
