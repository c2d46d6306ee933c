//! The frames a host and a device exchange over a UART (8 data bits, no parity, 1 stop bit).
//!
//! A frame is FLAG, body, CRC-32 of the body (least significant byte first), FLAG. Within body and CRC a byte that equals FLAG or ESCAPE
//! is sent as ESCAPE and the byte XOR ESCAPE_XOR, as in HDLC (ISO/IEC 13239), so FLAG occurs nowhere else and a receiver that lost its
//! place finds it again at the next frame. Numbers are least significant byte first.
//!
//! | request | bytes | | response | bytes |
//! |---|---|---|---|---|
//! | sequence | 1 | | sequence | 1, the request's |
//! | command | 1 | | command | 1, the request's with bit 7 set |
//! | address | 2 | | data | 4 * words read |
//! | count | 1, words, 1..64 | | status | 1 |
//! | data | 4 * count, writes only | | | |
//!
//! The status stands behind the data, because a device learns of a wrong address only when it gets there: the data of a read end where
//! it failed. A write is carried out only after its CRC was found right; at a refused address it stops, and what it wrote before stays.
//! A device answers a body of whole length with a wrong CRC by `BadCrc`, ignores a body shorter than a request's head, and drops a body
//! whose bytes stop coming for [`DEVICE_GAP_CYCLES`] of its clock.

/// Begins and ends a frame.
pub const FLAG: u8 = 0x7E;
/// Says that the next byte was changed.
pub const ESCAPE: u8 = 0x7D;
/// How it was changed.
pub const ESCAPE_XOR: u8 = 0x20;
/// Bit of the command byte that marks a response.
pub const RESPONSE: u8 = 0x80;
/// Most words of one request.
pub const MAX_WORDS: usize = 64;
/// Bytes of a request before its data.
pub const REQUEST_HEAD: usize = 5;
/// Bytes of the CRC.
pub const CRC_BYTES: usize = 4;
/// Most bytes of a body with its CRC.
pub const MAX_BODY: usize = REQUEST_HEAD + 4 * MAX_WORDS + CRC_BYTES;
/// Most bytes of a frame on the wire: everything escaped, and two flags.
pub const MAX_FRAME: usize = 2 * MAX_BODY + 2;
/// A device gives up a frame when no byte came for so many cycles: 54 ms at 156.25 MHz, more than a USB adapter's latency timer.
pub const DEVICE_GAP_CYCLES: u32 = 1 << 23;
/// A device's bus answers within so many cycles, or the status is `NoAnswer`.
pub const DEVICE_BUS_CYCLES: u32 = 255;
/// CRC-32 of IEEE 802.3, reflected.
pub const CRC_POLYNOMIAL: u32 = 0xEDB8_8320;
/// The CRC register before the first byte; also what its final value is XORed with.
pub const CRC_INITIAL: u32 = 0xFFFF_FFFF;
/// The CRC register after a body and its right CRC.
pub const CRC_RESIDUE: u32 = 0xDEBB_20E3;
/// Customary speed of the port.
pub const DEFAULT_BAUD: u32 = 1_000_000;

/// What a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Command {
    /// Read `count` words from ascending addresses.
    Read = 1,
    /// Write the data to ascending addresses.
    Write = 2,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Carried out.
    Ok = 0,
    /// The request's CRC is wrong; nothing was done.
    BadCrc = 1,
    /// No register there, or one that refuses this access; words before it were served.
    BadAddress = 2,
    /// Unknown command; nothing was done.
    BadCommand = 3,
    /// `count` is zero, too great, or not what came; nothing was done.
    BadLength = 4,
    /// The register bank did not answer.
    NoAnswer = 5,
}

impl Status {
    /// The status of this number.
    pub const fn from_code(code: u8) -> Option<Status> {
        Some(match code {
            0 => Status::Ok,
            1 => Status::BadCrc,
            2 => Status::BadAddress,
            3 => Status::BadCommand,
            4 => Status::BadLength,
            5 => Status::NoAnswer,
            _ => return None,
        })
    }
}

/// One step of the CRC register.
pub const fn crc_step(mut crc: u32, byte: u8) -> u32 {
    crc ^= byte as u32;
    let mut bit = 0;
    while bit < 8 {
        crc = (crc >> 1) ^ if crc & 1 == 1 { CRC_POLYNOMIAL } else { 0 };
        bit += 1;
    }
    crc
}

/// The CRC of some bytes.
pub fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(CRC_INITIAL, |crc, byte| crc_step(crc, *byte)) ^ CRC_INITIAL
}

/// Writes one frame into a buffer.
struct Writer<'a> {
    out: &'a mut [u8; MAX_FRAME],
    length: usize,
    crc: u32,
}

impl<'a> Writer<'a> {
    fn begin(out: &'a mut [u8; MAX_FRAME]) -> Self {
        out[0] = FLAG;
        Writer {
            out,
            length: 1,
            crc: CRC_INITIAL,
        }
    }

    fn raw(&mut self, byte: u8) {
        if byte == FLAG || byte == ESCAPE {
            self.out[self.length] = ESCAPE;
            self.out[self.length + 1] = byte ^ ESCAPE_XOR;
            self.length += 2;
        } else {
            self.out[self.length] = byte;
            self.length += 1;
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.crc = crc_step(self.crc, *byte);
            self.raw(*byte);
        }
    }

    fn end(mut self) -> usize {
        for byte in (self.crc ^ CRC_INITIAL).to_le_bytes() {
            self.raw(byte);
        }
        self.out[self.length] = FLAG;
        self.length + 1
    }
}

/// A frame that asks to read `count` words from `address`; the number of its bytes.
pub fn encode_read(sequence: u8, address: u16, count: u8, out: &mut [u8; MAX_FRAME]) -> usize {
    let mut writer = Writer::begin(out);
    writer.put(&[sequence, Command::Read as u8]);
    writer.put(&address.to_le_bytes());
    writer.put(&[count]);
    writer.end()
}

/// A frame that writes words from `address` on; the number of its bytes. At most [`MAX_WORDS`] words.
pub fn encode_write(sequence: u8, address: u16, data: &[u32], out: &mut [u8; MAX_FRAME]) -> usize {
    assert!(data.len() <= MAX_WORDS, "a burst has at most {MAX_WORDS} words");
    let mut writer = Writer::begin(out);
    writer.put(&[sequence, Command::Write as u8]);
    writer.put(&address.to_le_bytes());
    writer.put(&[data.len() as u8]);
    for word in data {
        writer.put(&word.to_le_bytes());
    }
    writer.end()
}

/// A device's answer; the number of its bytes. At most [`MAX_WORDS`] words.
pub fn encode_response(sequence: u8, command: u8, data: &[u32], status: Status, out: &mut [u8; MAX_FRAME]) -> usize {
    assert!(data.len() <= MAX_WORDS, "a burst has at most {MAX_WORDS} words");
    let mut writer = Writer::begin(out);
    writer.put(&[sequence, command | RESPONSE]);
    for word in data {
        writer.put(&word.to_le_bytes());
    }
    writer.put(&[status as u8]);
    writer.end()
}

/// Why a body is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// Shorter than any body.
    Short,
    /// Longer than any body.
    Long,
    /// The CRC does not fit.
    BadCrc,
    /// The CRC fits, the contents do not.
    Malformed,
}

/// Words of a frame, least significant byte first.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len() / 4
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = u32> + 'a {
        self.0
            .chunks_exact(4)
            .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

/// A request as a device reads it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub sequence: u8,
    /// Raw, as a device must answer unknown commands too.
    pub command: u8,
    pub address: u16,
    pub count: u8,
    pub data: Words<'a>,
}

/// A response as a host reads it.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    pub sequence: u8,
    /// The request's command.
    pub command: u8,
    pub data: Words<'a>,
    pub status: Status,
}

fn checked(body: &[u8]) -> Result<&[u8], FrameError> {
    let Some(length) = body.len().checked_sub(CRC_BYTES) else {
        return Err(FrameError::Short);
    };
    let (contents, sum) = body.split_at(length);
    if crc(contents).to_le_bytes() != sum {
        Err(FrameError::BadCrc)
    } else {
        Ok(contents)
    }
}

/// Reads a request's body.
pub fn decode_request(body: &[u8]) -> Result<Request<'_>, FrameError> {
    if body.len() < REQUEST_HEAD + CRC_BYTES {
        return Err(FrameError::Short);
    }
    let contents = checked(body)?;
    let (head, data) = contents.split_at(REQUEST_HEAD);
    Ok(Request {
        sequence: head[0],
        command: head[1],
        address: u16::from_le_bytes([head[2], head[3]]),
        count: head[4],
        data: Words(data),
    })
}

/// Reads a response's body.
pub fn decode_response(body: &[u8]) -> Result<Response<'_>, FrameError> {
    if body.len() < 3 + CRC_BYTES {
        return Err(FrameError::Short);
    }
    let contents = checked(body)?;
    let (head, rest) = contents.split_at(2);
    let (data, status) = rest.split_at(rest.len() - 1);
    let status = Status::from_code(status[0]).ok_or(FrameError::Malformed)?;
    if data.len() % 4 != 0 || head[1] & RESPONSE == 0 {
        return Err(FrameError::Malformed);
    }
    Ok(Response {
        sequence: head[0],
        command: head[1] & !RESPONSE,
        data: Words(data),
        status,
    })
}

/// Finds bodies in a stream of bytes.
#[derive(Clone, Debug)]
pub struct Deframer {
    body: [u8; MAX_BODY],
    length: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Bytes are noise until a flag.
    Hunt,
    Body,
    Escaped,
    Overflow,
    /// The body was handed out; the flag that ended it may begin the next.
    Done,
}

impl Default for Deframer {
    fn default() -> Self {
        Deframer {
            body: [0; MAX_BODY],
            length: 0,
            state: State::Hunt,
        }
    }
}

impl Deframer {
    /// Takes a byte; gives a body, with its CRC not looked at yet, when one ended.
    pub fn push(&mut self, byte: u8) -> Option<Result<&[u8], FrameError>> {
        if self.state == State::Done {
            self.length = 0;
            self.state = State::Body;
        }
        match (self.state, byte) {
            (State::Overflow, FLAG) => {
                self.state = State::Done;
                return Some(Err(FrameError::Long));
            }
            (State::Hunt | State::Escaped, FLAG) => {
                // A flag after an escape is how a sender gives a frame up.
                self.length = 0;
                self.state = State::Body;
            }
            (_, FLAG) if self.length > 0 => {
                self.state = State::Done;
                return Some(Ok(&self.body[..self.length]));
            }
            (State::Hunt | State::Overflow, _) | (State::Body, FLAG) => {}
            (State::Body, ESCAPE) => self.state = State::Escaped,
            (state, byte) => {
                if self.length == MAX_BODY {
                    self.state = State::Overflow;
                } else {
                    self.body[self.length] = if state == State::Escaped { byte ^ ESCAPE_XOR } else { byte };
                    self.length += 1;
                    self.state = State::Body;
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
