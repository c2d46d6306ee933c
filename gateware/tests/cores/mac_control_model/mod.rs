//! MAC Control frames after IEEE 802.3 Clause 31 and its annexes, byte by byte, and what a receiver is to make of them. Shares no constant with the circuits.
pub mod ends;
pub mod pair;

use rand::Rng;
use rand::rngs::StdRng;

pub const MULTICAST: [u8; 6] = [0x01, 0x80, 0xC2, 0x00, 0x00, 0x01];
pub const OWN: [u8; 6] = [0x02, 0x00, 0x5E, 0x00, 0x00, 0x01];
pub const OTHER: [u8; 6] = [0x02, 0x00, 0x5E, 0x00, 0x00, 0x02];

/// An address as the circuits take it.
pub fn number(address: [u8; 6]) -> u64 {
    address.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A MAC Control frame of 60 bytes, without its FCS.
pub fn control_frame(to: [u8; 6], from: [u8; 6], opcode: u16, operands: &[u16]) -> Vec<u8> {
    let mut frame = [to, from].concat();
    frame.extend([0x88, 0x08]);
    frame.extend(opcode.to_be_bytes());
    frame.extend(operands.iter().flat_map(|operand| operand.to_be_bytes()));
    frame.resize(60, 0);
    frame
}

pub fn pause(quanta: u16) -> Vec<u8> {
    control_frame(MULTICAST, OTHER, 0x0001, &[quanta])
}

pub fn priority_pause(enable: u8, quanta: [u16; 8]) -> Vec<u8> {
    let mut operands = vec![u16::from(enable)];
    operands.extend(quanta);
    control_frame(MULTICAST, OTHER, 0x0101, &operands)
}

/// What a MAC Control frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Says {
    #[default]
    Nothing,
    Pause(u16),
    Priorities(u8, [u16; 8]),
    Unsupported,
}

/// What a good frame without its FCS is to an end with the address `OWN`: whether it ends there, and what it says.
pub fn meaning(frame: &[u8], by_priority: bool) -> (bool, Says) {
    let word = |at: usize| u16::from(frame[at]) << 8 | u16::from(frame[at + 1]);
    if word(12) != 0x8808 {
        return (false, Says::Nothing);
    }
    let ours = frame[..6] == MULTICAST || frame[..6] == OWN;
    let says = match (word(14), by_priority) {
        (0x0001, false) if ours => Says::Pause(word(16)),
        (0x0101, true) if ours => Says::Priorities(frame[17], std::array::from_fn(|n| word(18 + 2 * n))),
        (0x0001, false) | (0x0101, true) => Says::Nothing,
        _ => Says::Unsupported,
    };
    (true, says)
}

/// A frame without FCS: data, or MAC Control of some kind, nearly right ones among them.
pub fn random_frame(rng: &mut StdRng) -> Vec<u8> {
    let length = if rng.gen_bool(0.7) { 60 } else { rng.gen_range(60..130) };
    let mut frame: Vec<u8> = (0..length).map(|_| rng.r#gen()).collect();
    let to = [MULTICAST, MULTICAST, OWN, OTHER, [0xFF; 6]][rng.gen_range(0..5)];
    frame[..6].copy_from_slice(&to);
    if rng.gen_bool(0.1) {
        frame[rng.gen_range(0..6)] ^= 1 << rng.gen_range(0..8);
    }
    if rng.gen_bool(0.85) {
        frame[12..14].copy_from_slice(&[0x88, 0x08]);
        let opcode = [[0, 1], [0, 1], [1, 1], [1, 1], [0, 2], [0, 0], [0x80, 1]][rng.gen_range(0..7)];
        frame[14..16].copy_from_slice(&opcode);
    }
    if rng.gen_bool(0.05) {
        frame[rng.gen_range(12..16)] ^= 1 << rng.gen_range(0..8);
    }
    frame
}
