//! How fast a capture is offered: line rate, bits or frames a second, or the capture's own times.
use crate::link::far_end::Offer;
use crate::pcap::Packet;
use std::str::FromStr;

/// Octets of 0.8 ns in a second of a 10 Gb/s link.
const OCTETS_PER_SECOND: f64 = 1.25e9;
/// Preamble and FCS.
const FRAME_OVERHEAD: u64 = 12;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    Line,
    /// The capture's own times.
    Capture,
    BitsPerSecond(f64),
    FramesPerSecond(f64),
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no rate; say line, capture, 900M, 2.5G, 100kpps or 1Mpps");
        match text {
            "line" => return Ok(Self::Line),
            "capture" => return Ok(Self::Capture),
            _ => {}
        }
        let (digits, frames) = text.strip_suffix("pps").map_or((text, false), |d| (d, true));
        let (digits, scale) = match digits.char_indices().last() {
            Some((at, 'k')) => (&digits[..at], 1e3),
            Some((at, 'M')) => (&digits[..at], 1e6),
            Some((at, 'G')) => (&digits[..at], 1e9),
            _ => (digits, 1.0),
        };
        let value = digits.parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0).ok_or_else(wrong)? * scale;
        Ok(if frames {
            Self::FramesPerSecond(value)
        } else {
            Self::BitsPerSecond(value)
        })
    }
}

/// Frames with their earliest times, and the length of the whole in nanoseconds.
pub fn schedule(packets: Vec<Packet>, rate: Rate, gap: u64, raw: bool) -> (Vec<Offer>, u64) {
    let begin = packets.first().map_or(0, |p| p.time);
    let mut octet = 0.0;
    let offers: Vec<Offer> = packets
        .into_iter()
        .map(|packet| {
            let mut offer = Offer::new(0, packet.bytes, raw);
            let wire = offer.bytes.len() as u64 + FRAME_OVERHEAD + gap;
            let (due, step) = match rate {
                Rate::Line => (0.0, wire as f64),
                Rate::Capture => (packet.time.saturating_sub(begin) as f64 * 1.25, 0.0),
                Rate::BitsPerSecond(bits) => (octet, wire as f64 * OCTETS_PER_SECOND * 8.0 / bits),
                Rate::FramesPerSecond(frames) => (octet, OCTETS_PER_SECOND / frames),
            };
            octet = if rate == Rate::Capture { due } else { octet + step };
            offer.not_before = due as u64;
            offer
        })
        .collect();
    (offers, (octet * 0.8) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        for (text, rate) in [
            ("line", Rate::Line),
            ("capture", Rate::Capture),
            ("900M", Rate::BitsPerSecond(9e8)),
            ("2.5G", Rate::BitsPerSecond(2.5e9)),
            ("100kpps", Rate::FramesPerSecond(1e5)),
            ("7pps", Rate::FramesPerSecond(7.0)),
        ] {
            assert_eq!(text.parse(), Ok(rate));
        }
        for text in ["", "fast", "0", "-1M", "infG", "M", "pps", "1Kpps"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn offers_are_spaced_by_the_rate() {
        let packets = || -> Vec<Packet> {
            (0..5u64)
                .map(|n| Packet {
                    time: 1000 + n * 800,
                    bytes: vec![0; 100],
                    original_length: 100,
                })
                .collect()
        };
        let due = |rate| -> Vec<u64> { schedule(packets(), rate, 12, false).0.iter().map(|o| o.not_before).collect() };
        assert_eq!(due(Rate::Line), [0; 5]);
        assert_eq!(due(Rate::Capture), [0, 1000, 2000, 3000, 4000]);
        assert_eq!(due(Rate::BitsPerSecond(1e9)), [0, 1240, 2480, 3720, 4960]);
        assert_eq!(due(Rate::FramesPerSecond(1.25e6)), [0, 1000, 2000, 3000, 4000]);
        assert_eq!(schedule(packets(), Rate::Line, 12, false).1, 5 * 124 * 4 / 5);
    }
}
