//! A UART's far end at bit level.

use std::collections::VecDeque;

/// Sends and receives bytes, one call a clock cycle.
pub struct Line {
    divisor: u32,
    sending: VecDeque<bool>,
    hold: u32,
    level: bool,
    receiving: Option<(u32, Vec<bool>)>,
    pub received: Vec<u8>,
}

impl Line {
    pub fn new(divisor: u32) -> Self {
        Line {
            divisor,
            sending: VecDeque::new(),
            hold: 0,
            level: true,
            receiving: None,
            received: vec![],
        }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.sending.push_back(false);
            self.sending.extend((0..8).map(|bit| byte >> bit & 1 == 1));
            self.sending.push_back(true);
        }
    }

    pub fn silence(&mut self, bits: usize) {
        self.sending.extend(std::iter::repeat_n(true, bits));
    }

    pub fn idle(&self) -> bool {
        self.sending.is_empty() && self.hold == 0
    }

    /// The level to the device for this cycle, given the level from it.
    pub fn step(&mut self, from_device: bool) -> bool {
        if self.hold == 0 {
            match self.sending.pop_front() {
                Some(level) => (self.level, self.hold) = (level, self.divisor - 1),
                None => self.level = true,
            }
        } else {
            self.hold -= 1;
        }
        match &mut self.receiving {
            None if !from_device => self.receiving = Some((self.divisor / 2, vec![])),
            None => {}
            Some((0, bits)) => {
                bits.push(from_device);
                if bits.len() == 10 {
                    assert!(!bits[0] && bits[9], "start and stop bit");
                    self.received.push((0..8).map(|bit| u8::from(bits[bit + 1]) << bit).sum());
                    self.receiving = None;
                } else {
                    let wait = self.divisor - 1;
                    self.receiving.as_mut().unwrap().0 = wait;
                }
            }
            Some((wait, _)) => *wait -= 1,
        }
        self.level
    }
}
