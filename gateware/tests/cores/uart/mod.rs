//! A UART's far end at bit level and a host's view of the frames.

mod line;

pub use line::Line;
use spareband_spec::uart_frame::{Deframer, MAX_FRAME, Status, decode_response, encode_read, encode_write};

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub sequence: u8,
    pub command: u8,
    pub data: Vec<u32>,
    pub status: Status,
}

/// The responses in received bytes; panics at one that is damaged.
pub fn answers(bytes: &[u8]) -> Vec<Answer> {
    let mut deframer = Deframer::default();
    let mut found = vec![];
    for byte in bytes {
        if let Some(body) = deframer.push(*byte) {
            let response = decode_response(body.unwrap()).unwrap();
            found.push(Answer {
                sequence: response.sequence,
                command: response.command,
                data: response.data.iter().collect(),
                status: response.status,
            });
        }
    }
    found
}

pub fn read_frame(sequence: u8, address: u16, count: u8) -> Vec<u8> {
    let mut frame = [0; MAX_FRAME];
    let length = encode_read(sequence, address, count, &mut frame);
    frame[..length].to_vec()
}

pub fn write_frame(sequence: u8, address: u16, data: &[u32]) -> Vec<u8> {
    let mut frame = [0; MAX_FRAME];
    let length = encode_write(sequence, address, data, &mut frame);
    frame[..length].to_vec()
}
