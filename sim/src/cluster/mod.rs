//! Event-driven simulation of a cluster behind a load balancer: `spareband-sim eval`.
pub mod cli;
pub mod document;
pub mod engine;
pub mod experiments;
pub mod fluid;
pub mod grid;
pub mod model;
pub mod plot;
pub mod policies;
pub mod random;
pub mod server;
pub mod stats;
pub mod timers;
