//! Physical coding sublayers.

pub mod baser;
pub mod basex;
