//! What the tests of link cores on a line share: the amount of work, the line that errs, and the account of frames.
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::{Path, PathBuf};

/// Bit error ratios of the campaign.
pub const RATIOS: [f64; 4] = [1e-3, 1e-4, 1e-5, 1e-6];

/// Symbols (66-bit blocks, code-groups) a ratio: `SPAREBAND_SYMBOLS`, or the short form.
pub fn symbols(short: u64) -> u64 {
    std::env::var("SPAREBAND_SYMBOLS").map_or(short, |n| n.parse().expect("SPAREBAND_SYMBOLS is a number"))
}

pub fn seeded(seed: u64) -> StdRng {
    println!("seed {seed}");
    StdRng::seed_from_u64(seed)
}

/// `SPAREBAND_BUILD`, or `build` at the top of the workspace.
pub fn models() -> PathBuf {
    let build = std::env::var_os("SPAREBAND_BUILD").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../build"), PathBuf::from);
    build.join("sim")
}

/// Independent bit errors: the gaps between them are geometric.
pub struct ErringLine {
    random: StdRng,
    ratio: f64,
    until_next: u64,
    pub errors: u64,
}

impl ErringLine {
    pub fn new(ratio: f64, seed: u64) -> Self {
        let mut line = Self {
            random: StdRng::seed_from_u64(seed),
            ratio,
            until_next: 0,
            errors: 0,
        };
        line.until_next = line.gap();
        line
    }

    fn gap(&mut self) -> u64 {
        let uniform: f64 = self.random.gen_range(f64::MIN_POSITIVE..1.0);
        (uniform.ln() / (1.0 - self.ratio).ln()) as u64
    }

    /// Errors among the next `bits`, as a mask.
    pub fn mask(&mut self, bits: u64) -> u128 {
        let mut mask = 0;
        while self.until_next < bits {
            mask |= 1 << self.until_next;
            self.errors += 1;
            self.until_next += 1 + self.gap();
        }
        self.until_next -= bits;
        mask
    }
}

/// A frame on its way: what was sent, and the symbols it took, those included whose errors may cost it.
pub struct Sent {
    pub bytes: Vec<u8>,
    pub first: u64,
    pub last: u64,
    pub hit: bool,
}

/// Every frame sent is delivered as it was, or an error came near it, or the link was down.
#[derive(Default)]
pub struct Account {
    pub sent: Vec<Sent>,
    next: usize,
    /// Frames that start up to here are hit, too.
    hit_until: u64,
    pub delivered: u64,
    /// Ends with an error, by cause.
    pub marked: [u64; 8],
    pub bad_delivered: u64,
}

impl Account {
    pub fn send(&mut self, bytes: Vec<u8>, first: u64) {
        self.sent.push(Sent {
            bytes,
            first,
            last: u64::MAX,
            hit: first <= self.hit_until,
        });
    }

    /// Frames before the newest have ended by symbol `at`, and it too if nothing is being sent.
    pub fn close(&mut self, at: u64, all: bool) {
        let newest = self.sent.len().saturating_sub(usize::from(!all));
        for frame in self.sent[..newest].iter_mut().rev().take_while(|frame| frame.last == u64::MAX) {
            frame.last = at;
        }
    }

    /// An error, or a down link, at symbol `at`: may cost the frames that end up to `back` symbols before it and those that start up to `ahead` after it.
    pub fn hit(&mut self, at: u64, back: u64, ahead: u64) {
        self.hit_until = at + ahead;
        for frame in self.sent.iter_mut().rev() {
            if frame.last != u64::MAX && frame.last + back < at {
                break;
            }
            frame.hit = true;
        }
    }

    /// A good frame came out. A bad one that CRC-32 lets through would show here, too: none is expected in a campaign of this size.
    pub fn good(&mut self, bytes: &[u8]) {
        match self.sent[self.next..].iter().position(|frame| frame.bytes == bytes) {
            Some(skipped) => {
                for lost in &self.sent[self.next..self.next + skipped] {
                    assert!(
                        lost.hit,
                        "a frame of symbols {}..{} is lost without an error near it",
                        lost.first, lost.last
                    );
                }
                self.next += skipped + 1;
                self.delivered += 1;
            }
            None => self.bad_delivered += 1,
        }
    }

    pub fn lost(&self) -> u64 {
        self.sent.len() as u64 - self.delivered
    }

    /// After the campaign; the frames at the end must have come.
    pub fn check(&self, name: &str, spurious: u64) {
        let marked: u64 = self.marked.iter().sum();
        println!(
            "{name}: {} frames, {} delivered, {} lost, {marked} ends marked bad (by cause {:?})",
            self.sent.len(),
            self.delivered,
            self.lost(),
            self.marked
        );
        assert_eq!(self.bad_delivered, 0, "{name}: a frame was delivered as good that was never sent");
        assert_eq!(self.next, self.sent.len(), "{name}: the last frames did not come");
        assert!(
            marked <= self.lost() + spurious,
            "{name}: {marked} ends marked bad for {} frames lost and {spurious} errors that may have looked like a start",
            self.lost()
        );
    }
}

/// A frame of any legal length, from 60 bytes without FCS up to `most`.
pub fn random_frame(random: &mut StdRng, most: usize) -> Vec<u8> {
    let length = if random.gen_bool(0.5) {
        random.gen_range(60..128)
    } else {
        random.gen_range(60..=most)
    };
    let mut bytes = vec![0; length];
    random.fill(&mut bytes[..]);
    bytes
}
