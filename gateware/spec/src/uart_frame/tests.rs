//! The UART frame against hand-made octets and random bodies.

use super::*;
use std::vec::Vec;

fn bodies(bytes: &[u8]) -> Vec<Result<Vec<u8>, FrameError>> {
    let mut deframer = Deframer::default();
    bytes
        .iter()
        .filter_map(|byte| deframer.push(*byte).map(|body| body.map(<[u8]>::to_vec)))
        .collect()
}

/// The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
#[test]
fn crc_check_value() {
    assert_eq!(crc(b"123456789"), 0xCBF4_3926);
    let with_sum = b"123456789"
        .iter()
        .chain(&0xCBF4_3926u32.to_le_bytes())
        .fold(CRC_INITIAL, |c, b| crc_step(c, *b));
    assert_eq!(with_sum, CRC_RESIDUE);
}

#[test]
fn a_write_comes_back_even_if_all_is_escaped() {
    let mut frame = [0; MAX_FRAME];
    let data = [0x7E7D_7E7D; MAX_WORDS];
    let length = encode_write(FLAG, 0x7D7E, &data, &mut frame);
    let found = bodies(&frame[..length]);
    let request = decode_request(found[0].as_ref().unwrap()).unwrap();
    assert_eq!(
        (request.sequence, request.command, request.address, request.count),
        (FLAG, 2, 0x7D7E, 64)
    );
    assert!(request.data.iter().eq(data));
    assert!(frame[1..length - 1].iter().all(|byte| *byte != FLAG));
}

#[test]
fn a_response_comes_back() {
    let mut frame = [0; MAX_FRAME];
    let length = encode_response(9, Command::Read as u8, &[1, 2, 0xFFFF_FFFF], Status::BadAddress, &mut frame);
    let found = bodies(&frame[..length]);
    let response = decode_response(found[0].as_ref().unwrap()).unwrap();
    assert_eq!((response.sequence, response.command, response.status), (9, 1, Status::BadAddress));
    assert_eq!(response.data.iter().collect::<Vec<_>>(), [1, 2, 0xFFFF_FFFF]);
}

#[test]
fn every_single_bit_error_is_found_or_leaves_no_body() {
    let mut frame = [0; MAX_FRAME];
    let length = encode_write(3, 0x0200, &[0x1234_5678, 0x7E00_007D], &mut frame);
    for bit in 0..8 * length {
        let mut hurt = frame;
        hurt[bit / 8] ^= 1 << (bit % 8);
        for body in bodies(&hurt[..length]).into_iter().flatten() {
            assert!(decode_request(&body).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn resynchronises_after_garbage() {
    let mut stream = [0xA5u8, ESCAPE, FLAG, 1, 2, 3, ESCAPE].to_vec();
    stream.extend([0x55; 2 * MAX_BODY]);
    let mut frame = [0; MAX_FRAME];
    let length = encode_read(7, 0x10, 4, &mut frame);
    stream.extend(&frame[..length]);
    stream.extend(&frame[1..length]);
    let found = bodies(&stream);
    assert_eq!(found[0], Err(FrameError::Long));
    assert_eq!(
        found
            .iter()
            .flatten()
            .filter(|body| decode_request(body).is_ok_and(|request| request.sequence == 7))
            .count(),
        2
    );
}
