//! What the tests of the 10G MAC and of the whole 10G link share.

use rand::Rng;
use rand::rngs::StdRng;
use rust_hdl::prelude::*;

pub fn new<U: Block + Default>() -> U {
    let mut uut = U::default();
    uut.connect_all();
    assert!(simulate(&mut uut, 100));
    uut
}

pub fn random_frame(rng: &mut StdRng, length: usize) -> Vec<u8> {
    (0..length).map(|_| rng.r#gen()).collect()
}

/// What a frame is to come out as.
#[derive(Debug, PartialEq, Eq)]
pub struct Received {
    pub bytes: Vec<u8>,
    pub cause: u8,
}
