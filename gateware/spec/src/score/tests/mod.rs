mod guards;
mod picks;
mod policies;
mod present;

use super::*;

/// xorshift64*: seeded numbers without a dependency; not the generator under test.
pub struct Numbers(pub u64);

impl Numbers {
    // Called `next` as in any generator; an iterator would end.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 33) % n
    }
    pub fn often(&mut self) -> bool {
        self.below(100) < 85
    }
}

pub const READY: BladeState = BladeState {
    link_up: true,
    enabled: true,
    host_admin: 0,
    known: true,
    stale: false,
    admin: 0,
    cpu: 100,
    active: 10,
    latched: 10,
};

pub fn ready(cpu: u8, active: u16) -> BladeInput {
    BladeInput {
        blade: BladeState { cpu, active, ..READY },
        ..Default::default()
    }
}

pub fn all<const N: usize>(policy: Policy, weights: &[u8; N]) -> Request<'_, N> {
    Request {
        policy,
        service: 0,
        mask: u128::MAX >> (128 - N),
        weights,
        hash: 0,
        table: &[],
    }
}

pub fn random_input(r: &mut Numbers) -> BladeInput {
    let byte = |r: &mut Numbers| [r.next() as u8, 40, 41, 247, 248][r.below(5) as usize];
    BladeInput {
        blade: BladeState {
            link_up: r.often(),
            enabled: r.often(),
            host_admin: if r.often() { 0 } else { r.below(4) as u8 },
            known: r.often(),
            stale: !r.often(),
            admin: if r.often() { 0 } else { r.below(4) as u8 },
            cpu: byte(r),
            active: [r.next() as u16, 7, 8, r.below(300) as u16, 4095][r.below(5) as usize],
            latched: 0,
        },
        irq: byte(r),
        work: byte(r),
        power: byte(r),
        queue: byte(r),
    }
}

/// Decide and accept `times`; how often each lane was taken.
pub fn count<const N: usize>(
    state: &mut State<N>,
    settings: &Settings,
    blades: &[BladeInput; N],
    request: &Request<'_, N>,
    times: usize,
) -> [usize; N] {
    let mut counts = [0; N];
    for _ in 0..times {
        let blade = decide(state, settings, blades, request).blade.expect("a usable lane");
        state.accept(blade);
        counts[blade] += 1;
    }
    counts
}
