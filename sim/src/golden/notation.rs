//! Packets as a person writes them: layers from the outside in, separated by `/`, and what happens to the whole frame behind `;`. The layers and
//! their words are in `sim/golden/README.md`.
//!
//! ```text
//! eth dst=manager src=client / tag 100 pcp=3 / ipv4 10.1.0.1 > 10.0.0.1 / tcp 40000 > 80 S / data 6 ; bad-fcs
//! ```
use super::layers::{Layer, Outer, build};
use crate::link::MIN_FRAME;
use crate::plane_model::{Frame, Mac, Setup};

/// What names of addresses stand for.
pub struct Names<'a> {
    pub setup: &'a Setup,
}

pub const CLIENT: Mac = [0x02, 0xC1, 0, 0, 0, 1];
pub const ROUTER: Mac = [0x02, 0xC1, 0, 0, 0, 0xFE];
/// An address that nobody has.
pub const STRANGER: Mac = [0x02, 0xAA, 0, 0, 0, 0x77];

impl Names<'_> {
    pub fn mac(&self, text: &str) -> Result<Mac, String> {
        if let Some(index) = text.strip_prefix("blade").and_then(|n| n.parse::<usize>().ok()) {
            let blade = self.setup.blades.get(index).ok_or_else(|| format!("there is no {text}"))?;
            return Ok(blade.mac);
        }
        match text {
            "manager" => Ok(self.setup.own),
            "client" => Ok(CLIENT),
            "router" => Ok(ROUTER),
            "stranger" => Ok(STRANGER),
            "broadcast" => Ok([0xFF; 6]),
            _ => mac(text),
        }
    }
}

fn mac(text: &str) -> Result<Mac, String> {
    let octets: Option<Vec<u8>> = text.split(':').map(|octet| u8::from_str_radix(octet, 16).ok()).collect();
    octets
        .and_then(|octets| octets.try_into().ok())
        .ok_or_else(|| format!("`{text}` is no MAC address"))
}

pub fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b':' | b'_' | b' ')).collect();
    let pair = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok()?;
        (pair.len() == 2).then(|| u8::from_str_radix(text, 16).ok())?
    };
    digits
        .chunks(2)
        .map(pair)
        .collect::<Option<_>>()
        .ok_or_else(|| format!("`{text}` is not hexadecimal"))
}

/// A frame from its notation.
pub fn frame(text: &str, names: &Names) -> Result<Frame, String> {
    let (layers, changes) = text.split_once(';').unwrap_or((text, ""));
    let layers: Vec<Layer> = layers.split(" / ").map(Layer::read).collect::<Result<_, _>>()?;
    let mut bytes = build(&layers, names, Outer::Wire)?;
    let mut raw = false;
    let mut spoil_fcs = false;
    let mut words = changes.split_whitespace();
    while let Some(word) = words.next() {
        let mut count = || -> Result<usize, String> {
            let number = words.next().and_then(|n| n.parse().ok());
            number.ok_or_else(|| format!("`{word}` wants a number of bytes"))
        };
        match word {
            "raw" => raw = true,
            "bad-fcs" => spoil_fcs = true,
            "cut" => {
                let length = count()?;
                if length > bytes.len() {
                    return Err(format!("cut {length}: the frame has {} bytes", bytes.len()));
                }
                bytes.truncate(length);
            }
            "pad" => {
                let length = count()?;
                if length < bytes.len() {
                    return Err(format!("pad {length}: the frame has {} bytes", bytes.len()));
                }
                bytes.resize(length, 0);
            }
            _ => return Err(format!("`{word}` is not known behind `;`")),
        }
    }
    if !raw {
        bytes.resize(bytes.len().max(MIN_FRAME), 0);
    }
    Ok(Frame { bytes, spoil_fcs })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let setup = Setup::new("test");
        frame(text, &Names { setup: &setup })
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .bytes
    }

    fn error(text: &str) -> String {
        let setup = Setup::new("test");
        frame(text, &Names { setup: &setup }).unwrap_err()
    }

    /// Against the frames that the traffic generator makes, whose checksums its own tests hold.
    #[test]
    fn tcp_and_udp_are_those_of_the_traffic_generator() {
        use crate::frame::{Ends, Flow, SYN, TCP, UDP, tcp, udp};
        let ends = |protocol| Ends {
            destination_mac: [2, 0x53, 0x42, 0, 0xFF, 1],
            source_mac: CLIENT,
            flow: Flow {
                protocol,
                source: [10, 1, 0, 1],
                destination: [10, 0, 0, 1],
                source_port: 40000,
                destination_port: 80,
            },
        };
        let data: Vec<u8> = (0..33).collect();
        let made = bytes("eth / ipv4 10.1.0.1 > 10.0.0.1 df / tcp 40000 > 80 S seq=7 / data 33");
        assert_eq!(made, tcp(&ends(TCP), SYN, 7, 0, &data));
        let made = bytes("eth dst=02:53:42:00:ff:01 src=client / ipv4 10.1.0.1 > 10.0.0.1 df / udp 40000 > 80 / data 33");
        assert_eq!(made, udp(&ends(UDP), &data));
    }

    /// The echo request of an IPv6 packet capture: `ping ::1`-like, checksum by hand over RFC 8200 8.1's pseudo-header.
    #[test]
    fn checksum_over_the_ipv6_pseudo_header() {
        let made = bytes("eth / ipv6 ::1 > ::1 / icmp6 128 0 rest=00010001");
        // Pseudo-header: 1 + 1 + 8 (length) + 58; message: 0x8000 + 1 + 1.
        let sum = 0x8000 + 1 + 1 + 8 + 58 + 1 + 1;
        assert_eq!(
            made[54..62],
            [128, 0, ((!sum & 0xFF00) >> 8) as u8, (!sum & 0xFF) as u8, 0, 1, 0, 1]
        );
        assert_eq!((made[12], made[13], made[14], made[20]), (0x86, 0xDD, 0x60, 58));
    }

    #[test]
    fn layers_nest_and_say_what_follows() {
        let made =
            bytes("eth / tag 5 tpid=0x88a8 pcp=7 / tag 6 dei / ipv6 2001:db8::1 > 2001:db8::2 / hopopt / route 16 / frag 1448+ / data 8");
        assert_eq!(made[12..24], [0x88, 0xA8, 0xE0, 5, 0x81, 0, 0x10, 6, 0x86, 0xDD, 0x60, 0]);
        assert_eq!(made[28], 0);
        assert_eq!(made[62..64], [43, 0]);
        assert_eq!(made[70..72], [44, 1]);
        assert_eq!(made[86..90], [59, 0, 0x05, 0xA9]);
        let made = bytes("eth / ipv4 1.2.3.4 > 5.6.7.8 frag=1480+ proto=6 options=01010101 / data 4 ; raw");
        assert_eq!(
            (made[14], made[17], made[20..22].to_vec(), made.len()),
            (0x46, 28, vec![0x20, 185], 42)
        );
        assert_eq!(crate::plane_model::checksum(&made[14..38]), 0);
    }

    #[test]
    fn the_whole_frame_can_be_changed() {
        assert_eq!(bytes("hex 01:02_03 ; raw"), [1, 2, 3]);
        assert_eq!(bytes("hex 010203").len(), 60);
        assert_eq!(bytes("eth type=0x9999 / data 100 ; cut 70").len(), 70);
        assert_eq!(bytes("eth type=0x9999 ; pad 71").len(), 71);
    }

    #[test]
    fn mistakes_are_told() {
        for (text, expected) in [
            ("eth / ipx", "`ipx` is no layer"),
            ("eth dst=nobody", "`nobody` is no MAC address"),
            ("eth dst=blade9", "there is no blade9"),
            ("eth / ipv4 1.2.3.4", "ipv4 wants A > B"),
            ("eth / ipv4 1.2.3.4 > 1.2.3.4 colour=red", "`colour`"),
            ("eth / tcp 1 > 2 S", "tcp: not inside IP"),
            ("hex 123", "not hexadecimal"),
            ("eth type=1 ; cut 99", "has 14 bytes"),
            ("eth type=1 ; shake", "`shake`"),
            ("eth / ipv4 1.2.3.4 > 1.2.3.4 / tcp 1 > 2 Z", "`Z`"),
        ] {
            assert!(error(text).contains(expected), "{text}: {}", error(text));
        }
    }
}
