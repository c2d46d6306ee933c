//! Physical coding sublayers.

pub mod baser;
pub mod basex;
pub mod loopback;
