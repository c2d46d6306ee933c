//! What lies between two devices' parallel sides: a serial line whose receiver cuts words anywhere.

/// A 66-bit block with its sync header in bits 1..0; bit 0 is first on the wire.
pub type Block = u128;

const BLOCK_MASK: Block = (1 << 66) - 1;

pub fn block(header: u8, payload: u64) -> Block {
    Block::from(header & 3) | Block::from(payload) << 2
}

pub fn header(block: Block) -> u8 {
    block as u8 & 3
}

pub fn payload(block: Block) -> u64 {
    (block >> 2) as u64
}

/// 66-bit words cut `slip` bits off the block border; a bitslip request moves the cut by one bit.
pub struct BlockLine {
    slip: u32,
    last: Block,
}

impl BlockLine {
    pub fn new(slip: u32) -> Self {
        Self { slip: slip % 66, last: 0 }
    }

    #[inline]
    pub fn pass(&mut self, next: Block, bitslip: bool) -> Block {
        if bitslip {
            self.slip = (self.slip + 1) % 66;
        }
        let cut = (self.last >> self.slip) | (next << (66 - self.slip));
        self.last = next;
        cut & BLOCK_MASK
    }
}

/// 10-bit words cut anywhere; the receiver aligns itself on commas.
pub struct CodeGroupLine {
    slip: u32,
    last: u32,
}

impl CodeGroupLine {
    pub fn new(slip: u32) -> Self {
        Self { slip: slip % 10, last: 0 }
    }

    #[inline]
    pub fn pass(&mut self, next: u16) -> u16 {
        let both = self.last | u32::from(next) << 10;
        self.last = u32::from(next);
        ((both >> self.slip) & 0x3FF) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_carries_the_same_bits() {
        for slip in 0..66 {
            let mut line = BlockLine::new(slip);
            let sent: Vec<Block> = (1..20u64).map(|i| block(1, i.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
            let bit = |words: &[Block], at: u32| words[at as usize / 66] >> (at % 66) & 1;
            let got: Vec<Block> = sent.iter().map(|&b| line.pass(b, false)).collect();
            for at in 66..66 * 18 {
                assert_eq!(bit(&got, at), bit(&sent, at - 66 + slip));
            }
        }
    }

    #[test]
    fn bitslip_reaches_every_alignment() {
        let mut line = BlockLine::new(5);
        let word = block(2, 0x0123_4567_89AB_CDEF);
        line.pass(word, false);
        let seen: Vec<bool> = (0..66).map(|_| line.pass(word, true) == word).collect();
        assert_eq!(seen.iter().filter(|&&s| s).count(), 1, "one of 66 cuts is right");
    }

    #[test]
    fn code_group_line_is_a_delay_when_aligned() {
        let mut line = CodeGroupLine::new(0);
        assert_eq!([1u16, 2, 3].map(|w| line.pass(w)), [0, 1, 2]);
        let mut line = CodeGroupLine::new(3);
        line.pass(0b11_1111_1000);
        assert_eq!(line.pass(0b101), 0b10_1111_1111);
    }
}
