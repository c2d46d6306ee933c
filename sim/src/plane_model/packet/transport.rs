//! TCP (RFC 9293 3.1), UDP (RFC 768), SCTP (RFC 9260 3): ports, and whether a packet opens or ends a flow.
use super::protocol::{SCTP, TCP, UDP};
use crate::plane_model::rewrite::half;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// SYN alone of SYN, ACK, FIN and RST; INIT as the first chunk; any datagram.
    pub opens: bool,
    pub fin: bool,
    pub rst: bool,
}

/// First chunk of an association (RFC 9260 3.3.2).
const INIT: u8 = 1;
const SCTP_COMMON_HEADER: usize = 12;

/// The two ports where there are eight bytes of a transport header.
pub fn ports(protocol: u8, payload: &[u8]) -> Option<(u16, u16)> {
    (matches!(protocol, TCP | UDP | SCTP) && payload.len() >= 8).then(|| (half(payload, 0), half(payload, 2)))
}

/// Of a packet that is no fragment. `None`: malformed.
pub fn whole(protocol: u8, payload: &[u8]) -> Option<(Option<(u16, u16)>, Flags)> {
    let mut flags = Flags::default();
    match protocol {
        TCP => {
            let header = usize::from(*payload.get(12)? >> 4) * 4;
            if payload.len() < 20 || header < 20 || header > payload.len() {
                return None;
            }
            let [fin, syn, rst, ack] = [0, 1, 2, 4].map(|bit| payload[13] >> bit & 1 == 1);
            flags = Flags {
                opens: syn && !ack && !fin && !rst,
                fin,
                rst,
            };
        }
        UDP if payload.len() < 8 => return None,
        UDP => flags.opens = true,
        SCTP if payload.len() < SCTP_COMMON_HEADER => return None,
        SCTP => flags.opens = payload.get(SCTP_COMMON_HEADER) == Some(&INIT),
        _ => {}
    }
    Some((ports(protocol, payload), flags))
}
