//! Bit vectors as 64-bit words: rust-hdl keeps more than 32 bits as one `bool` a bit, too slow to calculate with.

use rust_hdl::prelude::*;

pub(super) const WORDS: usize = 4;
pub(super) type Words = [u64; WORDS];

pub(super) fn to_words<const N: usize>(value: Bits<N>) -> Words {
    let mut words = [0; WORDS];
    match value {
        Bits::Short(short) => words[0] = u64::from(short.short()),
        Bits::Long(long) => {
            for bit in 0..N {
                words[bit / 64] |= u64::from(long.get_bit(bit)) << (bit % 64);
            }
        }
    }
    words
}

pub(super) fn from_words<const N: usize>(words: &Words) -> Bits<N> {
    if N <= 32 {
        bits::<N>(words[0] & ((1 << N) - 1))
    } else {
        let long: [bool; N] = std::array::from_fn(|bit| words[bit / 64] >> (bit % 64) & 1 == 1);
        Bits::Long(long.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(from_words::<7>(&to_words(bits::<7>(0x55))), bits::<7>(0x55));
        assert_eq!(from_words::<32>(&to_words(bits::<32>(0xDEAD_BEEF))), bits::<32>(0xDEAD_BEEF));
        let wide: Bits<200> = (bits::<200>(0x0123_4567_89AB_CDEF) << 130_u64) | bits::<200>(0xFEDC_BA98_7654_3210);
        assert_eq!(from_words::<200>(&to_words(wide)), wide);
    }
}
