//! Reference models, written from the standard. They share the constants of spareband-spec with the circuits, and no more: a wrong constant is caught by the
//! known answers of the tests, not by a comparison with these models.
pub mod baser;
pub mod ethernet;

use rand::SeedableRng;
use rand::rngs::StdRng;

/// A generator whose seed the test's output shows.
pub fn seeded(seed: u64) -> StdRng {
    println!("seed {seed}");
    StdRng::seed_from_u64(seed)
}
