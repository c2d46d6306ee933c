//! Requests and answers over a transport. A lost or damaged exchange is repeated: reads and writes of registers may be carried out twice
//! without harm, since no register changes by being read and a write sets a value.

use crate::{Error, Transport};
use spareband_spec::uart_frame::{Command, Deframer, MAX_FRAME, MAX_WORDS, Response, Status, decode_response, encode_read, encode_write};
use std::time::Duration;

/// Time without a byte after which an exchange is given up: a device answers at once, a simulated one in its own time.
const TIMEOUT: Duration = Duration::from_millis(1000);
/// How often an exchange is tried.
const ATTEMPTS: u32 = 3;

/// Bytes after which a babbling line is given up.
const NOISE_LIMIT: usize = 4 * MAX_FRAME;

/// Reads and writes words of a device.
pub struct Client<T> {
    transport: T,
    sequence: u8,
    timeout: Duration,
    attempts: u32,
}

enum Outcome {
    Done(Vec<u32>, Status),
    Silence,
    Damaged,
}

impl<T: Transport> Client<T> {
    /// A client with the usual patience.
    pub fn new(transport: T) -> Self {
        Client {
            transport,
            sequence: 0,
            timeout: TIMEOUT,
            attempts: ATTEMPTS,
        }
    }

    /// Gives an exchange up after this time without a byte, and all of it after so many attempts.
    pub fn with_timeout(mut self, timeout: Duration, attempts: u32) -> Self {
        (self.timeout, self.attempts) = (timeout, attempts);
        self
    }

    /// Gives the transport back.
    pub fn into_transport(self) -> T {
        self.transport
    }

    /// Reads words from ascending addresses.
    pub fn read(&mut self, address: u16, words: &mut [u32]) -> Result<(), Error> {
        for (index, part) in words.chunks_mut(MAX_WORDS).enumerate() {
            let from = address + (4 * MAX_WORDS * index) as u16;
            let (data, status) = self.exchange(
                |sequence, frame| encode_read(sequence, from, part.len() as u8, frame),
                Command::Read,
            )?;
            if status != Status::Ok {
                return Err(Error::Refused {
                    address: from + 4 * data.len() as u16,
                    status,
                });
            }
            if data.len() != part.len() {
                return Err(Error::Damaged { attempts: self.attempts });
            }
            part.copy_from_slice(&data);
        }
        Ok(())
    }

    /// Writes words to ascending addresses.
    pub fn write(&mut self, address: u16, words: &[u32]) -> Result<(), Error> {
        for (index, part) in words.chunks(MAX_WORDS).enumerate() {
            let from = address + (4 * MAX_WORDS * index) as u16;
            let (_, status) = self.exchange(|sequence, frame| encode_write(sequence, from, part, frame), Command::Write)?;
            if status != Status::Ok {
                return Err(Error::Refused { address: from, status });
            }
        }
        Ok(())
    }

    fn exchange(&mut self, encode: impl Fn(u8, &mut [u8; MAX_FRAME]) -> usize, command: Command) -> Result<(Vec<u32>, Status), Error> {
        let mut damaged = false;
        for _ in 0..self.attempts {
            self.sequence = self.sequence.wrapping_add(1);
            let mut frame = [0; MAX_FRAME];
            let length = encode(self.sequence, &mut frame);
            self.transport.discard()?;
            self.transport.send(&frame[..length])?;
            match self.await_answer(command)? {
                Outcome::Done(data, status) => return Ok((data, status)),
                Outcome::Silence => damaged = false,
                Outcome::Damaged => damaged = true,
            }
        }
        Err(if damaged {
            Error::Damaged { attempts: self.attempts }
        } else {
            Error::TimeOut {
                milliseconds: self.timeout.as_millis(),
                attempts: self.attempts,
            }
        })
    }

    fn await_answer(&mut self, command: Command) -> Result<Outcome, Error> {
        let mut deframer = Deframer::default();
        let mut buffer = [0; 256];
        let mut noise = false;
        let mut taken = 0;
        loop {
            let count = self.transport.receive(&mut buffer, self.timeout)?;
            taken += count;
            // A line that babbles would otherwise be listened to for ever.
            noise |= taken > NOISE_LIMIT;
            if count == 0 || taken > NOISE_LIMIT {
                return Ok(if noise { Outcome::Damaged } else { Outcome::Silence });
            }
            for byte in &buffer[..count] {
                let Some(body) = deframer.push(*byte) else { continue };
                match body.and_then(decode_response) {
                    // The device could not read the request; it was not carried out, so the number need not be the request's.
                    Ok(Response {
                        status: Status::BadCrc, ..
                    }) => return Ok(Outcome::Damaged),
                    Ok(response) if response.sequence == self.sequence && response.command == command as u8 => {
                        return Ok(Outcome::Done(response.data.iter().collect(), response.status));
                    }
                    // An answer that came too late for an earlier attempt.
                    Ok(_) => {}
                    Err(_) => noise = true,
                }
            }
        }
    }
}
