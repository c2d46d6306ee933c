//! The table of `hash`. Eisenbud and others, Maglev, NSDI 2016, 3.4: every lane fills places in its own order, in turns.

/// Places of the table, a prime; 4 bits each fill one block RAM of 18 kbit.
pub const MAGLEV_SIZE: usize = 4093;
const UNUSED: u8 = u8::MAX;

/// Multiply and fold: two of these with different constants are the paper's two hashes of a lane's name.
const fn mix(name: u64, constant: u64) -> u64 {
    let x = (name ^ constant).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 17
}

/// Fill the table with the lanes whose weight is not 0, in proportion to the weights (0 to 16), named by `names`, which stay when lanes
/// come and go. All weights 0: every place is lane 0.
pub fn maglev_fill(table: &mut [u8; MAGLEV_SIZE], names: &[u64], weights: &[u8]) {
    let lanes = names.len().min(weights.len()).min(usize::from(UNUSED));
    let size = MAGLEV_SIZE as u64;
    let order = |lane: usize, turn: u64| ((mix(names[lane], 1) % size + turn * (mix(names[lane], 2) % (size - 1) + 1)) % size) as usize;
    if weights.iter().take(lanes).all(|w| *w == 0) {
        *table = [0; MAGLEV_SIZE];
        return;
    }
    *table = [UNUSED; MAGLEV_SIZE];
    let mut next = [0u64; UNUSED as usize];
    let mut filled = 0;
    loop {
        for (lane, turn) in next.iter_mut().enumerate().take(lanes) {
            for _ in 0..weights[lane] {
                while table[order(lane, *turn)] != UNUSED {
                    *turn += 1;
                }
                table[order(lane, *turn)] = lane as u8;
                filled += 1;
                if filled == MAGLEV_SIZE {
                    return;
                }
            }
        }
    }
}
