//! Chassis simulation: a Verilated manager and N Verilated blades, wired at code-group and 66-bit block level; link models, report.
pub mod error;
pub mod link;
pub mod model;
pub mod verilate;
