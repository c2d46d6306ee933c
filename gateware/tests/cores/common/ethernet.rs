//! Frames on XGMII after IEEE 802.3 Clauses 3 and 46, byte by byte.

use super::baser::Word;
use spareband_spec::xgmii;

/// The frame check sequence, bit by bit (3.2.9), not by way of spareband-spec.
pub fn fcs(frame: &[u8]) -> [u8; 4] {
    let mut register = u32::MAX;
    for byte in frame {
        for bit in 0..8 {
            let feedback = (register >> 31) ^ u32::from(byte >> bit & 1);
            register = register << 1 ^ if feedback == 1 { 0x04C1_1DB7 } else { 0 };
        }
    }
    (!register.reverse_bits()).to_le_bytes()
}

/// A frame with its FCS, padded to 64 bytes.
pub fn with_fcs(frame: &[u8]) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame.resize(frame.len().max(60), 0);
    frame.extend(fcs(&frame));
    frame
}

/// XGMII as characters, one after the other.
#[derive(Default)]
pub struct Characters(pub Vec<(u8, bool)>);

impl Characters {
    pub fn idle(&mut self, count: usize) {
        self.0.extend((0..count).map(|_| (xgmii::IDLE, true)));
    }
    /// A frame as it is given, FCS included, from the next lane 0 or 4 on. Returns where it starts.
    pub fn frame(&mut self, bytes: &[u8]) -> usize {
        while !self.0.len().is_multiple_of(4) {
            self.idle(1);
        }
        let start = self.0.len();
        self.0.push((0xFB, true));
        self.0.extend([(0x55, false); 6]);
        self.0.push((0xD5, false));
        self.0.extend(bytes.iter().map(|byte| (*byte, false)));
        self.0.push((0xFD, true));
        start
    }
    /// The words, filled up with idles.
    pub fn words(&self) -> Vec<Word> {
        let lanes = |lanes: &[(u8, bool)]| {
            let mut word = super::baser::IDLES;
            for (lane, (character, control)) in lanes.iter().enumerate() {
                word.data = word.data & !(0xFF << (8 * lane)) | u64::from(*character) << (8 * lane);
                word.control = word.control & !(1 << lane) | u8::from(*control) << lane;
            }
            word
        };
        self.0.chunks(8).map(lanes).collect()
    }
}

/// A frame found on XGMII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Position of Start and of Terminate.
    pub start: usize,
    pub end: usize,
    /// What stands between preamble and end, FCS included.
    pub bytes: Vec<u8>,
    pub errored: bool,
}

/// The frames in a run of words; panics on what XGMII does not allow a transmitter.
pub fn frames(words: &[Word]) -> Vec<Found> {
    let mut found = vec![];
    let mut current: Option<Found> = None;
    for (position, (character, control)) in words
        .iter()
        .flat_map(|word| (0..8).map(|lane| ((word.data >> (8 * lane)) as u8, word.control >> lane & 1 == 1)))
        .enumerate()
    {
        match (&mut current, character, control) {
            (None, 0x07, true) => {}
            (None, 0xFB, true) => {
                assert_eq!(position % 4, 0, "Start at {position}");
                current = Some(Found {
                    start: position,
                    end: 0,
                    bytes: vec![],
                    errored: false,
                });
            }
            (Some(_), 0xFD, true) => {
                let mut frame = current.take().expect("matched");
                frame.end = position;
                assert_eq!(frame.bytes[..7], [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5], "at {}", frame.start);
                frame.bytes.drain(..7);
                found.push(frame);
            }
            (Some(frame), byte, false) => frame.bytes.push(byte),
            (Some(frame), 0xFE, true) => {
                frame.bytes.push(0xFE);
                frame.errored = true;
            }
            (_, character, control) => panic!("{character:02X} {control} at {position}"),
        }
    }
    assert_eq!(current, None, "a frame has no end");
    found
}

/// A frame as a 64-bit stream.
pub fn stream(frame: &[u8]) -> Vec<(u64, u8, bool)> {
    let count = frame.len().div_ceil(8);
    let word = |(index, bytes): (usize, &[u8])| {
        let mut lanes = [0; 8];
        lanes[..bytes.len()].copy_from_slice(bytes);
        (u64::from_le_bytes(lanes), ((1_u16 << bytes.len()) - 1) as u8, index + 1 == count)
    };
    frame.chunks(8).enumerate().map(word).collect()
}
