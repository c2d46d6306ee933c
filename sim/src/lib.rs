//! Chassis simulation: a Verilated manager and N Verilated blades, wired at code-group and 66-bit block level; link models, report.
pub mod agents;
pub mod chassis;
pub mod error;
pub mod frame;
pub mod link;
pub mod model;
pub mod pcap;
pub mod pty;
pub mod scoreboard;
pub mod script;
pub mod server;
pub mod verilate;
