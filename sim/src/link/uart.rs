//! A serial line at bit level, 8N1: what a USB bridge chip does on a board.
use std::collections::VecDeque;

/// Towards the device.
pub struct Transmitter {
    pub queue: VecDeque<u8>,
    clocks_per_bit: u32,
    countdown: u32,
    /// Start, eight data bits, stop; the bit on the line is bit 0. 0 = idle.
    shift: u32,
}

impl Transmitter {
    pub fn new(clocks_per_bit: u32) -> Self {
        Self {
            queue: VecDeque::new(),
            clocks_per_bit,
            countdown: 0,
            shift: 0,
        }
    }

    pub fn idle(&self) -> bool {
        self.shift == 0 && self.queue.is_empty()
    }

    /// Level of the line in this clock.
    #[inline]
    pub fn cycle(&mut self) -> bool {
        if self.shift == 0 {
            let Some(byte) = self.queue.pop_front() else { return true };
            // The marker above the stop bit says when the byte is over.
            self.shift = u32::from(byte) << 1 | 0b11 << 9;
            self.countdown = self.clocks_per_bit;
        }
        let level = self.shift & 1 == 1;
        self.countdown -= 1;
        if self.countdown == 0 {
            self.countdown = self.clocks_per_bit;
            self.shift >>= 1;
            if self.shift == 1 {
                self.shift = 0;
            }
        }
        level
    }
}

/// From the device; samples in the middle of a bit.
pub struct Receiver {
    clocks_per_bit: u32,
    countdown: u32,
    bits: u32,
    byte: u32,
    pub framing_errors: u64,
}

impl Receiver {
    pub fn new(clocks_per_bit: u32) -> Self {
        Self {
            clocks_per_bit,
            countdown: 0,
            bits: 0,
            byte: 0,
            framing_errors: 0,
        }
    }

    #[inline]
    pub fn cycle(&mut self, level: bool) -> Option<u8> {
        if self.bits == 0 {
            if !level {
                self.bits = 10;
                self.countdown = self.clocks_per_bit / 2;
            }
            return None;
        }
        self.countdown -= 1;
        if self.countdown > 0 {
            return None;
        }
        self.countdown = self.clocks_per_bit;
        self.bits -= 1;
        match self.bits {
            // Middle of the start bit: a glitch is no start.
            9 if level => self.bits = 0,
            0 if level => return Some(self.byte as u8),
            0 => self.framing_errors += 1,
            1..9 => self.byte = self.byte >> 1 | u32::from(level) << 7,
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_crosses_at_several_speeds_with_and_without_pauses() {
        for clocks in [2, 4, 8, 13, 100] {
            let (mut transmitter, mut receiver) = (Transmitter::new(clocks), Receiver::new(clocks));
            let mut got = Vec::new();
            for byte in 0..=255u8 {
                transmitter.queue.push_back(byte);
                if byte % 3 == 0 {
                    for _ in 0..clocks * 10 * 3 + u32::from(byte) {
                        got.extend(receiver.cycle(transmitter.cycle()));
                    }
                }
            }
            while !transmitter.idle() {
                got.extend(receiver.cycle(transmitter.cycle()));
            }
            got.extend((0..clocks).filter_map(|_| receiver.cycle(true)));
            assert_eq!(got, (0..=255).collect::<Vec<u8>>(), "{clocks} clocks a bit");
            assert_eq!(receiver.framing_errors, 0);
        }
    }

    #[test]
    fn a_glitch_is_no_start_bit_and_a_low_stop_bit_is_an_error() {
        let mut receiver = Receiver::new(8);
        let line: Vec<bool> = [vec![true; 5], vec![false; 2], vec![true; 90]].concat();
        assert!(line.iter().all(|&l| receiver.cycle(l).is_none()));
        assert!((0..90).all(|_| receiver.cycle(false).is_none()));
        assert_eq!(receiver.framing_errors, 1);
    }
}
