//! 64b/66b coding of XGMII columns: IEEE 802.3 49.2.4 (Figure 49-7), scrambler 49.2.6, block lock 49.2.9.
use super::serdes::{self, Block};

/// Eight XGMII lanes: data and one control flag a lane; lane 0 in the low byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    pub data: u64,
    pub control: u8,
}

pub const IDLE: Columns = Columns {
    data: 0x0707_0707_0707_0707,
    control: 0xFF,
};
pub const ERROR: Columns = Columns {
    data: 0xFEFE_FEFE_FEFE_FEFE,
    control: 0xFF,
};

pub const XGMII_IDLE: u8 = 0x07;
pub const XGMII_START: u8 = 0xFB;
pub const XGMII_TERMINATE: u8 = 0xFD;
pub const XGMII_ERROR: u8 = 0xFE;
pub const XGMII_SEQUENCE: u8 = 0x9C;

/// Sync header, bit 0 first on the wire: "01" data, "10" control.
const DATA: u8 = 0b10;
const CONTROL: u8 = 0b01;

/// Block type for a terminate in lane 0..7.
const TERMINATE: [u8; 8] = [0x87, 0x99, 0xAA, 0xB4, 0xCC, 0xD2, 0xE1, 0xFF];

/// Control characters with a 7-bit code (Table 49-1).
const CODES: [(u8, u8); 4] = [(XGMII_IDLE, 0x00), (0x06, 0x06), (XGMII_ERROR, 0x1E), (0x1C, 0x2D)];

fn to_code(lane: u8) -> Option<u64> {
    CODES
        .iter()
        .find(|(character, _)| *character == lane)
        .map(|&(_, code)| u64::from(code))
}

fn from_code(code: u64) -> Option<u64> {
    CODES
        .iter()
        .find(|(_, c)| u64::from(*c) == code & 0x7F)
        .map(|&(character, _)| u64::from(character))
}

/// One 64-bit payload, not scrambled, with its header; columns that no block can say become an error block.
pub fn encode(columns: Columns) -> (u8, u64) {
    let Columns { data, control } = columns;
    if control == 0 {
        return (DATA, data);
    }
    if columns == IDLE {
        return (CONTROL, 0x1E);
    }
    (
        CONTROL,
        encode_control(data, control).unwrap_or_else(|| encode_control(ERROR.data, 0xFF).expect("all error is codable")),
    )
}

fn encode_control(data: u64, control: u8) -> Option<u64> {
    let lane = |i: usize| (data >> (8 * i)) as u8;
    let codes = |lanes: std::ops::Range<usize>, shift: u32| -> Option<u64> {
        let mut bits = 0;
        for i in lanes {
            bits |= to_code(lane(i))? << (shift + 7 * i as u32);
        }
        Some(bits)
    };
    let tail = data & 0xFFFF_FF00_0000_0000;
    let head = data & 0x0000_0000_FFFF_FF00;
    match control {
        0xFF if lane(0) == XGMII_TERMINATE => Some(0x87 | codes(1..8, 8)?),
        0xFF => Some(0x1E | codes(0..8, 8)?),
        0x01 if lane(0) == XGMII_START => Some(0x78 | (data & !0xFF)),
        0x1F if lane(4) == XGMII_START => Some(0x33 | codes(0..4, 8)? | tail),
        0x1F if lane(4) == XGMII_SEQUENCE => Some(0x2D | codes(0..4, 8)? | tail),
        0xF1 if lane(0) == XGMII_SEQUENCE => Some(0x4B | head | codes(4..8, 8)?),
        0x11 if lane(0) == XGMII_SEQUENCE && lane(4) == XGMII_SEQUENCE => Some(0x55 | head | tail),
        0x11 if lane(0) == XGMII_SEQUENCE && lane(4) == XGMII_START => Some(0x66 | head | tail),
        _ => {
            let last = control.trailing_zeros() as usize;
            if control != 0xFFu8 << last || lane(last) != XGMII_TERMINATE {
                return None;
            }
            let low = (data & ((1 << (8 * last)) - 1)) << 8;
            Some(u64::from(TERMINATE[last]) | low | codes(last + 1..8, 8)?)
        }
    }
}

/// `None` for a block that the standard calls invalid.
pub fn decode(header: u8, payload: u64) -> Option<Columns> {
    if header == DATA {
        return Some(Columns { data: payload, control: 0 });
    }
    if header != CONTROL {
        return None;
    }
    if payload == 0x1E {
        return Some(IDLE);
    }
    let codes = |lanes: std::ops::Range<u32>| -> Option<u64> {
        let mut data = 0;
        for i in lanes {
            data |= from_code(payload >> (8 + 7 * i))? << (8 * i);
        }
        Some(data)
    };
    let tail = payload & 0xFFFF_FF00_0000_0000;
    let head = payload & 0x0000_0000_FFFF_FF00;
    let o_code = |shift: u32| payload >> shift & 0xF == 0;
    let (sequence, start) = (u64::from(XGMII_SEQUENCE), u64::from(XGMII_START));
    let (data, control) = match payload as u8 {
        0x1E => (codes(0..8)?, 0xFF),
        0x78 => (payload & !0xFF | start, 0x01),
        0x33 => (codes(0..4)? | start << 32 | tail, 0x1F),
        0x2D if o_code(36) => (codes(0..4)? | sequence << 32 | tail, 0x1F),
        0x4B if o_code(32) => (sequence | head | codes(4..8)?, 0xF1),
        0x55 if o_code(32) && o_code(36) => (sequence | head | sequence << 32 | tail, 0x11),
        0x66 if o_code(32) => (sequence | head | start << 32 | tail, 0x11),
        kind => {
            let last = TERMINATE.iter().position(|&t| t == kind)? as u32;
            let low = (payload >> 8) & ((1 << (8 * last)) - 1);
            (low | u64::from(XGMII_TERMINATE) << (8 * last) | codes(last + 1..8)?, 0xFF << last)
        }
    };
    Some(Columns { data, control })
}

/// Self-synchronising scrambler 1 + x^39 + x^58; 64 bits at a time. `state` bit 57 is the bit sent last.
#[derive(Clone)]
pub struct Scrambler {
    state: u64,
}

const STATE_MASK: u64 = (1 << 58) - 1;

impl Scrambler {
    pub fn new(state: u64) -> Self {
        Self { state: state & STATE_MASK }
    }

    /// Bits are first on the wire at bit 0: output i = input i ^ output i-39 ^ output i-58.
    pub fn scramble(&mut self, input: u64) -> u64 {
        // state bit k is output k-58. The first 39 outputs need only history, the rest also outputs of this word.
        let early = (input ^ (self.state >> 19) ^ self.state) & ((1 << 39) - 1);
        let tap_58 = (self.state >> 39) | (early & 0x3F) << 19;
        let late = (input >> 39) ^ early ^ tap_58;
        let output = early | late << 39;
        self.state = output >> 6;
        output
    }

    /// The inverse; both taps are received bits.
    pub fn descramble(&mut self, input: u64) -> u64 {
        let both = u128::from(self.state) | u128::from(input) << 58;
        self.state = input >> 6;
        input ^ (both >> 19) as u64 ^ both as u64
    }
}

/// Block lock, Figure 49-12: 64 good sync headers in a row lock; 16 bad ones within 64 unlock; a bad one while unlocked slips.
#[derive(Default)]
pub struct BlockLock {
    pub locked: bool,
    seen: u32,
    bad: u32,
}

impl BlockLock {
    /// True: ask the SERDES for one bit.
    pub fn header(&mut self, header: u8) -> bool {
        let valid = header == DATA || header == CONTROL;
        self.seen += 1;
        self.bad += u32::from(!valid);
        if self.bad == 16 || (self.bad > 0 && !self.locked) {
            *self = Self::default();
            return true;
        }
        if self.seen == 64 {
            self.locked |= self.bad == 0;
            (self.seen, self.bad) = (0, 0);
        }
        false
    }
}

/// Receive side of the far end's PCS.
pub struct Receiver {
    line: serdes::BlockLine,
    scrambler: Scrambler,
    lock: BlockLock,
    slip: bool,
    pub bad_blocks: u64,
}

impl Receiver {
    pub fn new(slip: u32) -> Self {
        Self {
            line: serdes::BlockLine::new(slip),
            scrambler: Scrambler::new(0),
            lock: BlockLock::default(),
            slip: false,
            bad_blocks: 0,
        }
    }

    pub fn locked(&self) -> bool {
        self.lock.locked
    }

    /// Columns while locked; an invalid block is a column of errors.
    pub fn receive(&mut self, block: Block) -> Option<Columns> {
        let block = self.line.pass(block, std::mem::take(&mut self.slip));
        self.slip = self.lock.header(serdes::header(block));
        let payload = self.scrambler.descramble(serdes::payload(block));
        if !self.lock.locked {
            return None;
        }
        let columns = decode(serdes::header(block), payload);
        self.bad_blocks += u64::from(columns.is_none());
        Some(columns.unwrap_or(ERROR))
    }
}
