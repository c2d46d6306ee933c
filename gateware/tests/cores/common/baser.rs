//! 10GBASE-R after IEEE 802.3 Clause 49: blocks by their formats in Figure 49-7, state machines of Figures 49-14 and 49-15, scrambler bit by bit.

use rand::Rng;
use rand::rngs::StdRng;
use spareband_spec::{baser as spec, xgmii};

/// A transfer: eight lanes of character and control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub data: u64,
    pub control: u8,
}

pub const IDLES: Word = Word {
    data: xgmii::IDLE_WORD,
    control: 0xFF,
};
pub const ERRORS: Word = Word {
    data: xgmii::ERROR_WORD,
    control: 0xFF,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub payload: u64,
    pub header: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Control,
    Start,
    Data,
    Terminate,
    Error,
}

/// What a format has in a lane.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    C,
    D,
    S,
    T,
    O,
}
use Slot::{C, D, O, S, T};

/// The control blocks of Figure 49-7.
const FORMATS: [(u8, [Slot; 8], Kind); 15] = [
    (0x1E, [C, C, C, C, C, C, C, C], Kind::Control),
    (0x2D, [C, C, C, C, O, D, D, D], Kind::Control),
    (0x33, [C, C, C, C, S, D, D, D], Kind::Start),
    (0x66, [O, D, D, D, S, D, D, D], Kind::Start),
    (0x55, [O, D, D, D, O, D, D, D], Kind::Control),
    (0x78, [S, D, D, D, D, D, D, D], Kind::Start),
    (0x4B, [O, D, D, D, C, C, C, C], Kind::Control),
    (0x87, [T, C, C, C, C, C, C, C], Kind::Terminate),
    (0x99, [D, T, C, C, C, C, C, C], Kind::Terminate),
    (0xAA, [D, D, T, C, C, C, C, C], Kind::Terminate),
    (0xB4, [D, D, D, T, C, C, C, C], Kind::Terminate),
    (0xCC, [D, D, D, D, T, C, C, C], Kind::Terminate),
    (0xD2, [D, D, D, D, D, T, C, C], Kind::Terminate),
    (0xE1, [D, D, D, D, D, D, T, C], Kind::Terminate),
    (0xFF, [D, D, D, D, D, D, D, T], Kind::Terminate),
];

fn code_of(character: u8) -> Option<u8> {
    spec::CONTROL_CODES.iter().find(|(c, _)| *c == character).map(|(_, code)| *code)
}

fn character_of(code: u8) -> Option<u8> {
    spec::CONTROL_CODES
        .iter()
        .find(|(_, c)| *c == code)
        .map(|(character, _)| *character)
}

/// Encodes one word without regard to its neighbours.
pub fn encode_word(word: Word) -> (Kind, Block) {
    let bytes = word.data.to_le_bytes();
    if word.control == 0 {
        let block = Block {
            payload: word.data,
            header: 0b10,
        };
        return (Kind::Data, block);
    }
    for (field, slots, kind) in FORMATS {
        let mut payload = u128::from(field);
        // A data byte follows the byte before it; a terminate takes no room of its own.
        let mut position = 8;
        let fits = slots.iter().enumerate().all(|(lane, slot)| {
            let control = word.control >> lane & 1 == 1;
            let mut put = |at: usize, value: u8| payload |= u128::from(value) << at;
            match slot {
                D => {
                    put(position, bytes[lane]);
                    position += 8;
                    !control
                }
                C => code_of(bytes[lane]).is_some_and(|code| {
                    put(8 + 7 * lane, code);
                    // Data behind control codes stand at the end of the block.
                    position = 8 * (lane + 1);
                    control
                }),
                S => {
                    position = 8 * (lane + 1);
                    control && bytes[lane] == 0xFB
                }
                T => control && bytes[lane] == 0xFD,
                O => {
                    position = 8 * (lane + 1);
                    put(32 + lane, if bytes[lane] == 0x5C { 0xF } else { 0 });
                    control && (bytes[lane] == 0x9C || bytes[lane] == 0x5C)
                }
            }
        });
        if fits {
            let payload = u64::try_from(payload).expect("a format fills 64 bits");
            return (kind, Block { payload, header: 0b01 });
        }
    }
    (Kind::Error, error_block())
}

pub fn error_block() -> Block {
    Block {
        payload: spec::ERROR_PAYLOAD,
        header: 0b01,
    }
}

/// Decodes one block without regard to its neighbours.
pub fn decode_block(block: Block) -> (Kind, Word) {
    if block.header == 0b10 {
        let word = Word {
            data: block.payload,
            control: 0,
        };
        return (Kind::Data, word);
    }
    let field = block.payload as u8;
    let format = FORMATS.iter().find(|(f, _, _)| *f == field);
    let (Some((_, slots, kind)), 0b01) = (format, block.header) else {
        return (Kind::Error, ERRORS);
    };
    let mut bytes = [0; 8];
    let mut control = 0;
    let mut position = 8;
    for (lane, slot) in slots.iter().enumerate() {
        bytes[lane] = match slot {
            D => (block.payload >> position) as u8,
            S => xgmii::START,
            T => xgmii::TERMINATE,
            C => match character_of((block.payload >> (8 + 7 * lane) & 0x7F) as u8) {
                Some(character) => character,
                None => return (Kind::Error, ERRORS),
            },
            O => match block.payload >> (32 + lane) & 0xF {
                0 => xgmii::SEQUENCE,
                0xF => xgmii::SIGNAL,
                _ => return (Kind::Error, ERRORS),
            },
        };
        match slot {
            D => position += 8,
            T => control |= 1 << lane,
            _ => {
                control |= 1 << lane;
                position = 8 * (lane + 1);
            }
        }
    }
    let data = u64::from_le_bytes(bytes);
    (*kind, Word { data, control })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Init,
    C,
    D,
    T,
    E,
}

/// Next state; the figures agree but for the look at the next block.
fn next_state(state: State, kind: Kind, terminate_is_followed_well: bool) -> State {
    let in_gap = matches!(state, State::Init | State::C | State::T);
    match kind {
        Kind::Control if in_gap || state == State::E => State::C,
        Kind::Start if in_gap => State::D,
        Kind::Data if !in_gap => State::D,
        Kind::Terminate if !in_gap && terminate_is_followed_well => State::T,
        _ => State::E,
    }
}

/// Figure 49-14.
pub struct Transmitter {
    state: State,
}

impl Default for Transmitter {
    fn default() -> Self {
        Self { state: State::Init }
    }
}

impl Transmitter {
    pub fn encode(&mut self, word: Word) -> Block {
        let (kind, block) = encode_word(word);
        self.state = next_state(self.state, kind, true);
        if self.state == State::E { error_block() } else { block }
    }
}

/// Figure 49-15.
pub struct Receiver {
    state: State,
}

impl Default for Receiver {
    fn default() -> Self {
        Self { state: State::Init }
    }
}

impl Receiver {
    pub fn decode(&mut self, block: Block, next: Block) -> Word {
        let (kind, word) = decode_block(block);
        let followed_well = matches!(decode_block(next).0, Kind::Control | Kind::Start);
        self.state = next_state(self.state, kind, followed_well);
        if self.state == State::E { ERRORS } else { word }
    }
}

/// Shift register of the scrambler, last bit sent in bit 0.
#[derive(Clone)]
pub struct Scrambler(u64);

impl Scrambler {
    pub fn new(state: u64) -> Self {
        Self(state)
    }
    pub fn scramble(&mut self, payload: u64) -> u64 {
        (0..64).fold(0, |sent, bit| {
            let line = (payload >> bit ^ self.0 >> 38 ^ self.0 >> 57) & 1;
            self.0 = self.0 << 1 | line;
            sent | line << bit
        })
    }
    pub fn descramble(&mut self, received: u64) -> u64 {
        (0..64).fold(0, |payload, bit| {
            let line = received >> bit & 1;
            let sum = (line ^ self.0 >> 38 ^ self.0 >> 57) & 1;
            self.0 = self.0 << 1 | line;
            payload | sum << bit
        })
    }
}

/// A word like those on a link, out of order now and then: the format and, rarely, a wrong character.
pub fn random_word(rng: &mut StdRng) -> Word {
    let mut word = if rng.gen_bool(0.4) {
        Word {
            data: rng.r#gen(),
            control: 0,
        }
    } else {
        let (_, slots, _) = FORMATS[rng.gen_range(0..FORMATS.len())];
        let mut bytes = [0; 8];
        let mut control = 0;
        for (lane, slot) in slots.iter().enumerate() {
            bytes[lane] = match slot {
                D => rng.r#gen(),
                S => xgmii::START,
                T => xgmii::TERMINATE,
                O if rng.gen_bool(0.5) => xgmii::SIGNAL,
                O => xgmii::SEQUENCE,
                C if rng.gen_bool(0.7) => xgmii::IDLE,
                C => spec::CONTROL_CODES[rng.gen_range(0..8)].0,
            };
            control |= u8::from(*slot != D) << lane;
        }
        Word {
            data: u64::from_le_bytes(bytes),
            control,
        }
    };
    if rng.gen_bool(0.05) {
        let lane = rng.gen_range(0..8);
        word.control ^= u8::from(rng.gen_bool(0.5)) << lane;
        word.data ^= u64::from(rng.r#gen::<u8>()) << (8 * lane);
    }
    if rng.gen_bool(0.02) { ERRORS } else { word }
}
