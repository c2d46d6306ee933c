//! Frames on XGMII columns: sender with preamble, FCS and deficit idle count (46.3.1, 4.4.2 note), receiver, link fault state (46.3.4).
use super::baser::{Columns, IDLE, XGMII_IDLE, XGMII_SEQUENCE, XGMII_START, XGMII_TERMINATE};
use super::{FrameStatus, Received, crc, judge};

const PREAMBLE: [u8; 8] = [XGMII_START, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5];

/// A column of faults: sequence ordered sets with 1 (local) or 2 (remote) in lane 3, in both halves.
fn fault_columns(kind: u64) -> Columns {
    let half = u64::from(XGMII_SEQUENCE) | kind << 24;
    Columns {
        data: half | half << 32,
        control: 0x11,
    }
}

fn remote_fault() -> Columns {
    fault_columns(2)
}

/// What becomes of the FCS of a frame: it is right, or it is spoilt on purpose.
pub struct Fcs {
    pub spoil: bool,
}

/// Builds columns from frames. Keeps the average gap at `gap` bytes, the terminate counted; starts only in lanes 0 and 4.
pub struct Sender {
    /// Start, preamble, frame, FCS, terminate; then idle up to a half column.
    wire: Vec<u8>,
    at: usize,
    gap: u64,
    /// Number of the next octet on the link.
    octet: u64,
    /// First octet at which a frame may start; a multiple of 4.
    free_at: u64,
    deficit: u64,
}

impl Sender {
    pub fn new(gap: u64) -> Self {
        Self {
            wire: Vec::with_capacity(16384),
            at: 0,
            gap,
            octet: 0,
            free_at: 0,
            deficit: 0,
        }
    }

    pub fn busy(&self) -> bool {
        self.at < self.wire.len() || self.free_at > self.octet
    }

    /// Next eight lanes. `next` is asked for a frame when one may start, with the octet number of the start; it appends the frame
    /// without FCS to the buffer, or says there is none.
    #[inline]
    pub fn columns(&mut self, mut next: impl FnMut(u64, &mut Vec<u8>) -> Option<Fcs>) -> Columns {
        if self.at + 8 < self.wire.len() && self.at > 0 {
            // In the middle of a frame: the terminate is in a later column.
            let data = u64::from_le_bytes(self.wire[self.at..self.at + 8].try_into().expect("eight bytes"));
            self.at += 8;
            self.octet += 8;
            return Columns { data, control: 0 };
        }
        let mut columns = IDLE;
        for half in 0..2 {
            if self.at >= self.wire.len() && self.octet >= self.free_at {
                self.start(&mut next);
            }
            for lane in half * 4..half * 4 + 4 {
                let Some(&byte) = self.wire.get(self.at) else { break };
                columns.data = columns.data & !(0xFF << (8 * lane)) | u64::from(byte) << (8 * lane);
                if self.at != 0 && self.at + 1 != self.wire.len() {
                    columns.control &= !(1 << lane);
                }
                self.at += 1;
            }
            self.octet += 4;
        }
        columns
    }

    fn start(&mut self, next: &mut impl FnMut(u64, &mut Vec<u8>) -> Option<Fcs>) {
        self.wire.clear();
        self.at = 0;
        self.wire.extend(PREAMBLE);
        let Some(Fcs { spoil }) = next(self.octet, &mut self.wire) else {
            self.wire.clear();
            return;
        };
        let fcs = crc::fcs(&self.wire[PREAMBLE.len()..]);
        self.wire.extend(fcs.map(|byte| byte ^ u8::from(spoil)));
        self.wire.push(XGMII_TERMINATE);
        let earliest = self.octet + self.wire.len() as u64 - 1 + self.gap;
        let early = earliest % 4;
        // Deficit idle count: give up to three idles away when earlier gaps were longer than asked for.
        if self.deficit + early <= 3 {
            self.deficit += early;
            self.free_at = earliest - early;
        } else {
            self.deficit -= 4 - early;
            self.free_at = earliest + 4 - early;
        }
    }
}

/// Takes frames off columns.
pub struct Receiver {
    bytes: Vec<u8>,
    inside: bool,
    error: bool,
    started: u64,
    idles: u64,
    /// Shortest gap seen between two frames, the terminate counted; 5 is the least a receiver must take (46.2.1).
    pub shortest_gap: u64,
    pub faults: LinkFault,
}

impl Default for Receiver {
    fn default() -> Self {
        Self {
            bytes: Vec::with_capacity(16384),
            inside: false,
            error: false,
            started: 0,
            idles: 64,
            shortest_gap: u64::MAX,
            faults: LinkFault::default(),
        }
    }
}

impl Receiver {
    #[inline]
    pub fn columns(&mut self, columns: Columns, time: u64, frames: &mut Vec<Received>) {
        if self.inside && columns.control == 0 {
            self.bytes.extend(columns.data.to_le_bytes());
        } else if !self.inside && columns == IDLE {
            self.idles += 8;
            self.faults.columns(2);
        } else {
            self.each_lane(columns, time, frames);
        }
    }

    fn each_lane(&mut self, columns: Columns, time: u64, frames: &mut Vec<Received>) {
        for half in 0..2u32 {
            let word = columns.data >> (32 * half);
            if columns.control >> (4 * half) & 0xF == 1 && word as u8 == XGMII_SEQUENCE && !self.inside {
                self.faults.ordered_set((word >> 8) as u32 & 0xFF_FFFF);
                self.idles += 4;
                continue;
            }
            self.faults.columns(1);
            for lane in 4 * half..4 * half + 4 {
                let byte = (columns.data >> (8 * lane)) as u8;
                let control = columns.control >> lane & 1 == 1;
                self.lane(byte, control, lane, time, frames);
            }
        }
    }

    fn lane(&mut self, byte: u8, control: bool, lane: u32, time: u64, frames: &mut Vec<Received>) {
        match (self.inside, control) {
            (false, true) if byte == XGMII_START && lane.is_multiple_of(4) => {
                self.inside = true;
                self.error = false;
                self.started = time;
                self.bytes.clear();
                self.shortest_gap = self.shortest_gap.min(self.idles);
            }
            (false, _) => self.idles += 1,
            (true, false) => self.bytes.push(byte),
            (true, true) => {
                if byte != XGMII_TERMINATE {
                    self.error = true;
                }
                if matches!(byte, XGMII_TERMINATE | XGMII_IDLE) {
                    self.idles = 1;
                    self.inside = false;
                    frames.push(self.finish());
                }
            }
        }
    }

    fn finish(&mut self) -> Received {
        let mut bytes = self.bytes.split_off(self.bytes.len().min(PREAMBLE.len() - 1));
        let preamble_good = self.bytes == PREAMBLE[1..];
        let status = judge(&mut bytes, self.error || !preamble_good);
        Received {
            bytes,
            status,
            time: self.started,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    #[default]
    Ok,
    Local,
    Remote,
}

/// Figure 46-11: four sequence sets of a kind with no more than 127 columns between them set the fault, 128 columns without clear it.
#[derive(Debug, Default)]
pub struct LinkFault {
    pub state: Fault,
    last: u32,
    count: u32,
    columns: u32,
}

impl LinkFault {
    /// What a reconciliation sublayer sends in place of its MAC's frames, 46.3.4.
    #[inline]
    pub fn in_place_of_frames(&self) -> Option<Columns> {
        match self.state {
            Fault::Ok => None,
            Fault::Local => Some(remote_fault()),
            Fault::Remote => Some(IDLE),
        }
    }

    #[inline]
    fn columns(&mut self, count: u32) {
        self.columns = self.columns.saturating_add(count);
        if self.columns >= 128 {
            self.state = Fault::Ok;
            self.count = 0;
        }
    }

    fn ordered_set(&mut self, set: u32) {
        let fault = match set {
            0x01_0000 => Fault::Local,
            0x02_0000 => Fault::Remote,
            _ => return self.columns(1),
        };
        self.count = if set == self.last { (self.count + 1).min(4) } else { 1 };
        (self.last, self.columns) = (set, 0);
        if self.count == 4 {
            self.state = fault;
        }
    }
}

/// A frame as a status word for tests and reports.
pub fn is_good(frame: &Received) -> bool {
    frame.status == FrameStatus::Good
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(frames: &[Vec<u8>], gap: u64, columns: usize) -> (Vec<Columns>, u64) {
        let mut sender = Sender::new(gap);
        let mut index = 0;
        let mut last_start = 0;
        let all = (0..columns)
            .map(|_| {
                sender.columns(|octet, buffer| {
                    let frame = frames.get(index)?;
                    index += 1;
                    last_start = octet;
                    buffer.extend(frame);
                    Some(Fcs { spoil: false })
                })
            })
            .collect();
        (all, last_start)
    }

    fn receive(columns: &[Columns]) -> (Vec<Received>, Receiver) {
        let (mut receiver, mut frames) = (Receiver::default(), Vec::new());
        for (time, &c) in columns.iter().enumerate() {
            receiver.columns(c, time as u64, &mut frames);
        }
        (frames, receiver)
    }

    #[test]
    fn frames_of_every_length_survive_with_an_average_gap_of_twelve() {
        let frames: Vec<Vec<u8>> = (60..400usize).map(|n| (0..n).map(|i| (i * n) as u8).collect()).collect();
        let (columns, last_start) = send(&frames, 12, 20_000);
        let (got, receiver) = receive(&columns);
        assert!(got.iter().all(is_good));
        assert_eq!(got.into_iter().map(|f| f.bytes).collect::<Vec<_>>(), frames);
        assert!((9..=12).contains(&receiver.shortest_gap), "{}", receiver.shortest_gap);
        let wire: u64 = frames[..frames.len() - 1].iter().map(|f| f.len() as u64 + 8 + 4 + 12).sum();
        assert!(
            last_start.abs_diff(wire) < 4,
            "deficit idle count keeps the average: {last_start} for {wire}"
        );
    }

    #[test]
    fn minimum_frames_start_every_84_octets() {
        let frames = vec![vec![0u8; 60]; 1000];
        let (_, last_start) = send(&frames, 12, 12_000);
        assert_eq!(last_start, 999 * 84);
    }

    #[test]
    fn spoiled_frames_are_told_by_cause() {
        let (columns, _) = send(&[vec![1; 100], vec![2; 20], vec![3; 100]], 12, 60);
        let mut spoilt = columns.clone();
        spoilt[5].data ^= 1 << 20;
        let last = spoilt.iter().rposition(|c| c.control == 0).unwrap();
        spoilt[last] = crate::link::baser::ERROR;
        let (frames, _) = receive(&spoilt);
        assert_eq!(
            frames.iter().map(|f| f.status).collect::<Vec<_>>(),
            [FrameStatus::BadFcs, FrameStatus::Runt, FrameStatus::Coding]
        );
        assert_eq!(receive(&columns).0[1].bytes, [2; 20], "a runt is a whole frame all the same");
    }

    #[test]
    fn four_fault_sets_within_128_columns() {
        let mut receiver = Receiver::default();
        let mut frames = Vec::new();
        receiver.columns(remote_fault(), 0, &mut frames);
        assert_eq!(receiver.faults.state, Fault::Ok);
        receiver.columns(remote_fault(), 0, &mut frames);
        assert_eq!(receiver.faults.state, Fault::Remote);
        for _ in 0..64 {
            receiver.columns(IDLE, 0, &mut frames);
        }
        assert_eq!(receiver.faults.state, Fault::Ok);
    }
}
