//! A device's UART: the bridge between its pins, the simulation's own register accesses, and a pseudo-terminal.
use crate::link::uart::{Receiver, Transmitter};
use crate::pty::Pty;
use spareband_spec::uart_frame::{Deframer, MAX_FRAME, Status, decode_response, encode_read, encode_write};

/// Clocks without a byte from the program after which the line is taken to be free.
const QUIET_CLOCKS: u64 = 4_000;
/// A program's request without an answer is forgotten after so many clocks.
const FORGET_CLOCKS: u64 = 400_000;

pub struct Serial {
    transmitter: Transmitter,
    receiver: Receiver,
    pty: Option<Pty>,
    clock: u64,
    /// The simulation's own request: its sequence number, and the answer when it came.
    own: Option<Own>,
    sequence: u8,
    deframer: Deframer,
    /// Requests of the program that are not answered yet, and when its last byte passed.
    program_requests: Deframer,
    program_open: u32,
    program_last: u64,
    to_program: Vec<u8>,
}

struct Own {
    sequence: u8,
    answer: Option<Answer>,
}

pub type Answer = Result<Vec<u32>, Status>;

impl Serial {
    pub fn new(clocks_per_bit: u32) -> Self {
        Self {
            transmitter: Transmitter::new(clocks_per_bit),
            receiver: Receiver::new(clocks_per_bit),
            pty: None,
            clock: 0,
            own: None,
            sequence: 0,
            deframer: Deframer::default(),
            program_requests: Deframer::default(),
            program_open: 0,
            program_last: 0,
            to_program: Vec::with_capacity(1024),
        }
    }

    pub fn attach(&mut self, pty: Pty) {
        self.pty = Some(pty);
    }

    /// One clock of the device: level from it in, level to it out.
    #[inline]
    pub fn cycle(&mut self, level: bool) -> bool {
        self.clock += 1;
        if let Some(byte) = self.receiver.cycle(level) {
            self.byte(byte);
        }
        self.transmitter.cycle()
    }

    fn byte(&mut self, byte: u8) {
        let body = self.deframer.push(byte);
        if let Some(own) = &mut self.own {
            if let Some(Ok(body)) = body
                && let Ok(response) = decode_response(body)
                && response.sequence == own.sequence
            {
                own.answer = Some(match response.status {
                    Status::Ok => Ok(response.data.iter().collect()),
                    status => Err(status),
                });
            }
            return;
        }
        if body.is_some() {
            self.program_open = self.program_open.saturating_sub(1);
        }
        self.to_program.push(byte);
    }

    /// Moves bytes between the terminal and the line; a system call or two, so call it every few thousand clocks.
    pub fn exchange(&mut self) {
        let Some(pty) = &self.pty else { return };
        if !self.to_program.is_empty() {
            pty.write(&self.to_program);
            self.to_program.clear();
        }
        if self.own.is_some() || self.transmitter.queue.len() > MAX_FRAME {
            return;
        }
        let mut buffer = [0; 512];
        for &byte in pty.read(&mut buffer) {
            self.program_open += u32::from(self.program_requests.push(byte).is_some());
            self.transmitter.queue.push_back(byte);
            self.program_last = self.clock;
        }
    }

    /// Whether the simulation may use the line: no request of the program is on its way, and none waits in the terminal. It looks there itself,
    /// so that a long row of the simulation's own accesses lets a program's through between two of them.
    pub fn free(&mut self) -> bool {
        self.exchange();
        let silence = self.clock - self.program_last;
        let answered = self.program_open == 0 && silence > QUIET_CLOCKS;
        self.own.is_none() && self.transmitter.idle() && (self.pty.is_none() || answered || silence > FORGET_CLOCKS)
    }

    /// Nothing is left to send.
    pub fn sent(&self) -> bool {
        self.transmitter.idle()
    }

    pub fn ask_read(&mut self, address: u16, words: u8) {
        let mut frame = [0; MAX_FRAME];
        let length = encode_read(self.next_sequence(), address, words, &mut frame);
        self.transmitter.queue.extend(&frame[..length]);
    }

    pub fn ask_write(&mut self, address: u16, data: &[u32]) {
        let mut frame = [0; MAX_FRAME];
        let length = encode_write(self.next_sequence(), address, data, &mut frame);
        self.transmitter.queue.extend(&frame[..length]);
    }

    fn next_sequence(&mut self) -> u8 {
        self.sequence = self.sequence.wrapping_add(1);
        self.program_open = 0;
        self.own = Some(Own {
            sequence: self.sequence,
            answer: None,
        });
        self.sequence
    }

    /// The answer to the last request, once.
    pub fn answer(&mut self) -> Option<Answer> {
        let answer = self.own.as_mut()?.answer.take()?;
        self.own = None;
        Some(answer)
    }

    /// Gives up waiting for an answer.
    pub fn abandon(&mut self) {
        self.own = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spareband_spec::uart_frame::{decode_request, encode_response};
    use std::io::{Read, Write};

    /// The other end of the line: answers reads with the address and its successors.
    struct Device {
        receiver: Receiver,
        transmitter: Transmitter,
        deframer: Deframer,
    }

    impl Device {
        fn cycle(&mut self, level: bool) -> bool {
            if let Some(byte) = self.receiver.cycle(level)
                && let Some(Ok(body)) = self.deframer.push(byte)
            {
                let request = decode_request(body).unwrap();
                let data: Vec<u32> = (0..u32::from(request.count)).map(|n| u32::from(request.address) + n).collect();
                let status = if request.address == 0xFFFC {
                    Status::BadAddress
                } else {
                    Status::Ok
                };
                let mut frame = [0; MAX_FRAME];
                let length = encode_response(request.sequence, request.command, &data, status, &mut frame);
                self.transmitter.queue.extend(&frame[..length]);
            }
            self.transmitter.cycle()
        }
    }

    fn line() -> (Serial, Device) {
        let device = Device {
            receiver: Receiver::new(8),
            transmitter: Transmitter::new(8),
            deframer: Deframer::default(),
        };
        (Serial::new(8), device)
    }

    fn run(serial: &mut Serial, device: &mut Device, clocks: u64) {
        let mut level = true;
        for _ in 0..clocks {
            level = device.cycle(serial.cycle(level));
        }
    }

    #[test]
    fn own_requests_are_answered() {
        let (mut serial, mut device) = line();
        for (address, expected) in [(0x100, Ok(vec![0x100, 0x101, 0x102])), (0xFFFC, Err(Status::BadAddress))] {
            assert!(serial.free());
            serial.ask_read(address, 3);
            assert!(!serial.free() && serial.answer().is_none());
            run(&mut serial, &mut device, 8_000);
            assert_eq!(serial.answer(), Some(expected));
        }
    }

    #[test]
    fn a_program_and_the_simulation_share_the_line_without_mixing_answers() {
        let (mut serial, mut device) = line();
        let pty = Pty::open(None).unwrap();
        let mut program = std::fs::OpenOptions::new().read(true).write(true).open(&pty.path).unwrap();
        serial.attach(pty);
        run(&mut serial, &mut device, QUIET_CLOCKS + 1);
        assert!(serial.free());
        let mut request = [0; MAX_FRAME];
        let length = encode_read(77, 0x40, 1, &mut request);
        program.write_all(&request[..length]).unwrap();
        assert!(!serial.free(), "the program's request goes first");
        run(&mut serial, &mut device, 2 * QUIET_CLOCKS);
        serial.exchange();
        let mut answer = [0; 64];
        let count = program.read(&mut answer).unwrap();
        let mut deframer = Deframer::default();
        let bodies: Vec<Vec<u8>> = answer[..count]
            .iter()
            .filter_map(|&b| deframer.push(b).map(|r| r.unwrap().to_vec()))
            .collect();
        assert_eq!(decode_response(&bodies[0]).unwrap().sequence, 77);

        // Now the other way round: the program waits while the simulation asks.
        assert!(serial.free());
        serial.ask_read(0x80, 2);
        program.write_all(&request[..length]).unwrap();
        serial.exchange();
        run(&mut serial, &mut device, 8_000);
        assert_eq!(serial.answer(), Some(Ok(vec![0x80, 0x81])));
        assert!(serial.to_program.is_empty(), "the program does not see what it did not ask for");
        assert!(
            !serial.free(),
            "what the program asked meanwhile goes before the simulation's next request"
        );
        run(&mut serial, &mut device, 8_000);
        assert!(!serial.to_program.is_empty());
    }
}
