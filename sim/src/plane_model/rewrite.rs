//! What a balanced frame looks like when it leaves: the blade's address and its VLAN.
use super::setup::{Blade, Service, VlanAction};
use crate::link::MIN_FRAME;

pub const TAG: u16 = 0x8100;
pub const SERVICE_TAG: u16 = 0x88A8;

pub fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// Sets the VLAN of the outer tag, whose priority stays, or adds a tag of priority 0 (IEEE 802.1Q 9.6).
pub fn set_vlan(frame: &mut Vec<u8>, vlan: u16) {
    if matches!(half(frame, 12), TAG | SERVICE_TAG) {
        let control = half(frame, 14) & 0xF000 | vlan;
        frame[14..16].copy_from_slice(&control.to_be_bytes());
    } else {
        let [high, low] = vlan.to_be_bytes();
        frame.splice(12..12, [0x81, 0x00, high, low]);
    }
}

/// Takes the outer tag away. What is then too short for a frame is padded, as a MAC does (IEEE 802.3 4.2.3.3).
pub fn strip_vlan(frame: &mut Vec<u8>) {
    if matches!(half(frame, 12), TAG | SERVICE_TAG) {
        frame.drain(12..16);
        frame.resize(frame.len().max(MIN_FRAME), 0);
    }
}

pub fn rewrite(frame: &[u8], service: &Service, blade: &Blade) -> Vec<u8> {
    let mut frame = frame.to_vec();
    if service.rewrite {
        frame[..6].copy_from_slice(&blade.mac);
    }
    match blade.vlan {
        VlanAction::Keep => {}
        VlanAction::Set(vlan) => set_vlan(&mut frame, vlan),
        VlanAction::Strip => strip_vlan(&mut frame),
    }
    frame
}
